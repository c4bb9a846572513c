//! `[channels.NAME.KIND]`: how messages leave. Secrets are named by the file they stand in.

use std::path::PathBuf;

use lettre::message::Mailbox;
use url::Url;

use crate::platform::secret::Secret;

use super::limits::{self, Limit};
use super::mistake::Sort;
use crate::channels::email::Tls;

use super::settings::{ChannelSettings, EmailSettings, Endpoint, FeishuSettings, Login, WebhookSettings};
use super::values;
use super::walk::{Holds, Table};

/// What the kind of a channel is given as.
const KINDS: &str = "one table [channels.NAME.email], [channels.NAME.webhook] or [channels.NAME.feishu]";
/// What an endpoint looks like.
const ENDPOINT: &str = "a web address that begins with https://";

/// A channel as the sections after this one know it; nothing in `settings` where it could not be read.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) settings: Option<ChannelSettings>,
    /// Whether it needs receivers; unknown where its kind is.
    pub(super) takes_receivers: Option<bool>,
}

/// Reads every channel that is declared.
pub(super) fn read(root: &Table<'_, '_>) -> Vec<Declared> {
    root.named("channels").into_iter().map(|(name, table)| channel(name, &table)).collect()
}

fn channel(name: String, table: &Table<'_, '_>) -> Declared {
    table.check_name(&name);
    let email = table.table("email");
    let webhook = table.table("webhook");
    let feishu = table.table("feishu");
    let kinds = [&email, &webhook, &feishu].into_iter().flatten().count();
    if kinds == 0 {
        let remedy = format!("add a table [channels.{name}.email] and its keys");
        table.walk.report(Sort::Elsewhere, &table.span, format!("the channel {name:?} has no kind"), KINDS, remedy);
    }
    if let (2.., Some(second)) = (kinds, [&email, &webhook, &feishu].into_iter().flatten().nth(1)) {
        table.walk.wrong(
            &second.span,
            format!("the channel {name:?} is of {kinds} kinds"),
            KINDS,
            "give the second one a channel of its own",
        );
    }
    let takes_receivers = (kinds == 1).then_some(email.is_some());
    let email = email.and_then(|table| self::email(&table)).map(ChannelSettings::Email);
    let webhook = webhook.and_then(|table| self::webhook(&table)).map(ChannelSettings::Webhook);
    let feishu = feishu.and_then(|table| self::feishu(&table)).map(ChannelSettings::Feishu);
    table.finish();
    Declared { name, settings: email.or(webhook).or(feishu), takes_receivers }
}

fn email(table: &Table<'_, '_>) -> Option<EmailSettings> {
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

fn webhook(table: &Table<'_, '_>) -> Option<WebhookSettings> {
    let allow_private = table.boolean("allow_private", false);
    let endpoint = endpoint(table, allow_private);
    let secret_files = signing_secrets(table);
    table.finish();
    Some(WebhookSettings { endpoint: endpoint?, secret_files: secret_files?, allow_private })
}

/// Never unsigned: a receiver could not tell our message from anybody's.
fn signing_secrets(table: &Table<'_, '_>) -> Option<Vec<PathBuf>> {
    let one = table.file("secret_file", Holds::Secret);
    let several = table.files("secret_files", Holds::Secret);
    let expected = "secret_file, or secret_files with the newest first";
    match (table.place("secret_file"), table.place("secret_files")) {
        (Some(_), Some(place)) => {
            table.walk.wrong(
                &place,
                "both secret_file and secret_files are there",
                expected,
                "put all of them into secret_files",
            );
            None
        }
        (Some(_), None) => one.map(|file| vec![file]),
        (None, Some(place)) => {
            let files = several?;
            if files.is_empty() || files.len() > limits::SIGNING_SECRETS_MAX {
                let message = format!("secret_files lists {} files", files.len());
                let expected = format!("1 to {} files", limits::SIGNING_SECRETS_MAX);
                table.walk.wrong(&place, message, expected, "list the newest first, and one or two old ones");
            }
            Some(files)
        }
        (None, None) => {
            table.missing("secret_file", expected, "secret_file = \"/etc/tenderwatch/webhook-secret\"");
            None
        }
    }
}

fn feishu(table: &Table<'_, '_>) -> Option<FeishuSettings> {
    let allow_private = table.boolean("allow_private", false);
    let endpoint = endpoint(table, allow_private);
    let secret_file = table.file("secret_file", Holds::Secret);
    table.finish();
    Some(FeishuSettings { endpoint: endpoint?, secret_file, allow_private })
}

/// Written down or in a file of its own. What is written is never repeated in a mistake: the address may be the key.
fn endpoint(table: &Table<'_, '_>, allow_private: bool) -> Option<Endpoint> {
    let file = table.file("url_file", Holds::Address);
    let written = table.text("url", ENDPOINT);
    match (table.place("url"), table.place("url_file")) {
        (Some(place), Some(_)) => {
            table.walk.wrong(
                &place,
                "both url and url_file are there",
                "one of them",
                "keep url_file: the address may be a secret",
            );
            None
        }
        (Some(_), None) => {
            let found = written?;
            match endpoint_problem(found.value, allow_private) {
                None => Some(Endpoint::Written(Secret::new(found.value.trim()))),
                Some((message, remedy)) => {
                    table.walk.wrong(&found.span, message, ENDPOINT, remedy);
                    None
                }
            }
        }
        (None, Some(_)) => file.map(Endpoint::File),
        (None, None) => {
            table.missing("url_file", "url_file, or url", "url_file = \"/etc/tenderwatch/room-url\"");
            None
        }
    }
}

fn endpoint_problem(text: &str, allow_private: bool) -> Option<(&'static str, &'static str)> {
    let Some(url) = values::web_address(text) else {
        return Some((
            "url is no web address, or holds a name and password",
            "copy the address as the receiver gives it",
        ));
    };
    if allow_private {
        return None;
    }
    private_or_clear(&url)
}

fn private_or_clear(url: &Url) -> Option<(&'static str, &'static str)> {
    if values::looks_private(url) {
        return Some(("url leads to a private address", "write allow_private = true if that is meant"));
    }
    (url.scheme() != "https").then_some(("url would send in the clear", "begin it with https://"))
}
