//! `[channels.NAME.email]`: a mail server and the sender.

use lettre::message::Mailbox;

use crate::channels::email::Tls;
use crate::config::limits::{self, Limit};
use crate::config::settings::{EmailSettings, Login};
use crate::config::values;
use crate::config::walk::{Holds, Table};

pub(super) fn read(table: &Table<'_, '_>) -> Option<EmailSettings> {
    let from = from(table);
    let host = host(table);
    let ways = Tls::ALL.map(|tls| (tls.word(), tls));
    let tls = table.word("tls", &ways, Tls::Starttls);
    let port = table.count("port", Limit { default: u64::from(tls.port()), ..limits::PORT });
    let login = login(table, tls);
    let ca_file = table.file("ca_file", Holds::Certificates);
    let hello_name = table.text("hello_name", "a host name, in quotes").map(|found| found.value.to_owned());
    table.finish();
    let port = u16::try_from(port).unwrap_or(tls.port());
    Some(EmailSettings { from: from?, host: host?, port, tls, login, ca_file, hello_name })
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
