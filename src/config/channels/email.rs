//! `[channels.NAME.email]`: a mail server and the sender.

use std::path::PathBuf;

use lettre::Address;
use lettre::message::Mailbox;

use crate::channels::email::Tls;
use crate::config::limits::{self, Limit};
use crate::config::settings::{BounceSettings, DkimSettings, EmailSettings, Login};
use crate::config::values;
use crate::config::walk::{Holds, Table};
use crate::domain::return_path::{BASE_BYTES_MAX, is_aligned};

pub(super) fn read(table: &Table<'_, '_>) -> Option<EmailSettings> {
    let from = from(table);
    let host = host(table);
    let ways = Tls::ALL.map(|tls| (tls.word(), tls));
    let tls = table.word("tls", &ways, Tls::Starttls);
    let port = table.count("port", Limit { default: u64::from(tls.port()), ..limits::PORT });
    let login = login(table, tls);
    let ca_file = table.file("ca_file", Holds::Certificates);
    let hello_name = table.text("hello_name", "a host name, in quotes").map(|found| found.value.to_owned());
    let domain = from.as_deref().and_then(domain_of);
    let bounce_to = bounce_to(table, domain.as_deref());
    let dkim = table.table("dkim").and_then(|table| dkim(&table, domain));
    let bounces = table.table("bounces").and_then(|table| bounces(&table));
    let connections_max = usize::try_from(table.count("connections_max", limits::CONNECTIONS)).unwrap_or(1);
    let per_minute = table.place("per_minute").map(|_| table.count_u32("per_minute", limits::PER_MINUTE));
    let per_minute_to = table.named("domains").iter().map(|(name, table)| pace(name, table)).collect();
    table.finish();
    let port = u16::try_from(port).unwrap_or(tls.port());
    Some(EmailSettings {
        from: from?,
        host: host?,
        port,
        tls,
        login,
        ca_file,
        hello_name,
        bounce_to,
        dkim,
        bounces,
        connections_max,
        per_minute,
        per_minute_to,
    })
}

fn domain_of(from: &str) -> Option<String> {
    from.parse::<Mailbox>().ok().map(|from| from.email.domain().to_lowercase())
}

/// Bounces come to the sender's own domain, and an id must find room before the @.
fn bounce_to(table: &Table<'_, '_>, from: Option<&str>) -> Option<String> {
    let expected = "an address of the sender's domain or of one below or above it, as \"bounces@example.org\"";
    let found = table.text("bounce_to", expected)?;
    let address = found.value.parse::<Address>().ok();
    let message = match (&address, from) {
        (None, _) => "bounce_to is no address".to_owned(),
        (Some(address), Some(from)) if !is_aligned(address.domain(), from) => {
            format!("bounce_to is in {}, which is not aligned with {from}", address.domain())
        }
        (Some(address), _) if address.user().len() > BASE_BYTES_MAX || !address.user().is_ascii() => {
            format!("bounce_to has more than {BASE_BYTES_MAX} ASCII letters before the @: a delivery's id follows them")
        }
        _ => return Some(found.value.to_owned()),
    };
    table.walk.wrong(&found.span, message, expected, "make a short address there that takes what follows a +");
    None
}

fn dkim(table: &Table<'_, '_>, from: Option<String>) -> Option<DkimSettings> {
    let expected = "the name under which the key is published, as \"tw2026\"";
    let selector = table.required_text("selector", expected, "selector = \"tw2026\"").and_then(|found| {
        let is_name = values::host_name(found.value) && !found.value.contains(':');
        if !is_name {
            let message = format!("selector = {:?} cannot stand in DNS", found.value);
            table.walk.wrong(&found.span, message, expected, "write small letters and digits");
        }
        is_name.then(|| found.value.to_owned())
    });
    let expected = "the sender's domain, or one below or above it";
    let given = table.text("domain", expected);
    let strange = given.as_ref().zip(from.as_deref()).filter(|(given, from)| !is_aligned(given.value, from));
    if let Some((given, from)) = strange {
        let message = format!("domain = {:?} is not aligned with the sender's, {from}", given.value);
        table.walk.wrong(&given.span, message, expected, "leave the line out to sign for the sender's domain");
    }
    let domain = given.map(|given| given.value.to_lowercase()).or(from);
    if table.place("key_file").is_none() {
        let example = "key_file = \"/etc/tenderwatch/dkim.pem\"";
        table.missing("key_file", "the file that holds the private key", example);
    }
    let key_file = table.file("key_file", Holds::SigningKey);
    table.finish();
    Some(DkimSettings { selector: selector?, domain: domain?, key_file: key_file? })
}

fn bounces(table: &Table<'_, '_>) -> Option<BounceSettings> {
    let expected = "the absolute path of a folder with cur, new and tmp in it";
    let maildir = table.required_text("maildir", expected, "maildir = \"/var/mail/tenderwatch-bounces\"");
    let every = table.duration("every", limits::BOUNCES_EVERY);
    table.finish();
    let maildir = maildir?;
    let path = PathBuf::from(maildir.value);
    if !path.is_absolute() {
        let message = "maildir depends on where the program is started";
        table.walk.wrong(&maildir.span, message, expected, "write the path from the root, as \"/var/mail/…\"");
        return None;
    }
    Some(BounceSettings { maildir: path, every })
}

/// `[….domains."qq.com"]`: a receiver domain with a pace of its own.
fn pace(name: &str, table: &Table<'_, '_>) -> (String, u32) {
    if !values::host_name(name) || name.contains(':') {
        let message = format!("{name:?} is not the name of a domain");
        table.walk.wrong(&table.span, message, "a domain in small letters", "write it as in qq.com");
    }
    if table.place("per_minute").is_none() {
        table.missing("per_minute", "how many mails a minute it takes", "per_minute = 20");
    }
    let per_minute = table.count_u32("per_minute", limits::PER_MINUTE);
    table.finish();
    (name.to_owned(), per_minute)
}

fn from(table: &Table<'_, '_>) -> Option<String> {
    let expected = "a sender, as \"tenderwatch <watch@example.org>\"";
    let found = table.required_text("from", expected, "from = \"tenderwatch <watch@example.org>\"")?;
    if found.value.parse::<Mailbox>().is_err() {
        table.walk.wrong(
            &found.span,
            "from is no sender",
            expected,
            "write the address alone, or a name and the address in <>",
        );
        return None;
    }
    Some(found.value.to_owned())
}

fn host(table: &Table<'_, '_>) -> Option<String> {
    let expected = "the name of a mail server, as \"mail.example.org\"";
    let found = table.required_text("host", expected, "host = \"mail.example.org\"")?;
    let has_port = found.value.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let is_ipv6 = found.value.parse::<std::net::Ipv6Addr>().is_ok();
    if !is_ipv6 && (has_port || !values::host_name(&found.value.to_lowercase())) {
        let message = format!("host = {:?} is not the name of a server", found.value);
        table.walk.wrong(&found.span, message, expected, "leave out smtp:// and give the port as port = 587");
        return None;
    }
    Some(found.value.to_owned())
}

/// A name without a password is a slip, and a password in the clear a leak.
fn login(table: &Table<'_, '_>, tls: Tls) -> Option<Login> {
    let user = table.text("user", "a user name, in quotes");
    let password_file = table.file("password_file", Holds::Secret);
    match (user, table.place("password_file")) {
        (Some(user), Some(place)) => {
            if tls == Tls::None {
                let remedy = "use tls = \"starttls\" or \"implicit\", or leave out user and password_file";
                table.walk.wrong(
                    &place,
                    "the password would cross the network in the clear",
                    "TLS wherever a password is sent",
                    remedy,
                );
            }
            password_file.map(|password_file| Login { user: user.value.to_owned(), password_file })
        }
        (Some(_), None) => {
            table.missing(
                "password_file",
                "the file that holds the password",
                "password_file = \"/etc/tenderwatch/smtp-password\"",
            );
            None
        }
        (None, Some(_)) => {
            if table.place("user").is_none() {
                table.missing("user", "the user name beside the password", "user = \"watch@example.org\"");
            }
            None
        }
        (None, None) => None,
    }
}
