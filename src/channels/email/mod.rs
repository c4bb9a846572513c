//! Mail by SMTP: one message and one fresh connection per receiver, so that a refused mailbox stops nobody else's mail and a
//! given-up wait leaves no half-read answer behind. TLS unless the server is this very machine.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::sync::Semaphore;

use super::redact::Hidden;
use super::{Letter, Pace, Sending, Way};
use crate::domain::delivery::{ClaimedDelivery, Outcome};
use crate::domain::digest::Message;
use crate::platform::secret::Secret;

mod compose;

mod converse;

mod judge;

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Tls {
    /// Plain at first, then STARTTLS; a server without it gets no mail. Port 587.
    #[default]
    Starttls,
    /// From the first byte. Port 465.
    Implicit,
    /// Not at all: for a server on this machine only. Port 25.
    None,
}

impl Tls {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Starttls, Self::Implicit, Self::None];

    /// The word in the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Starttls => "starttls",
            Self::Implicit => "implicit",
            Self::None => "none",
        }
    }

    /// The inverse of [`Tls::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tls| tls.word() == word)
    }

    /// The port that the mode has by custom.
    #[must_use]
    pub fn port(self) -> u16 {
        match self {
            Self::Starttls => 587,
            Self::Implicit => 465,
            Self::None => 25,
        }
    }
}

/// A mail channel.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The server.
    pub host: String,
    /// Its port; by the mode's custom where not given.
    pub port: Option<u16>,
    /// How the connection is protected.
    pub tls: Tls,
    /// `tenderwatch <watch@example.com>`: the sender of every mail, and the domain of every `Message-ID`.
    pub from: String,
    /// The account, where the server asks for one.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<Secret>,
    /// A CA of one's own, in PEM, trusted beside those of the system.
    pub ca_file: Option<PathBuf>,
    /// What we call ourselves to the server; the machine's name where not given.
    pub hello_name: Option<String>,
    /// How many connections may be open at once.
    pub connections_max: usize,
    /// How long connecting may take, TLS included.
    pub connect_timeout: Duration,
    /// How long the server may take to answer a command.
    pub reply_timeout: Duration,
    /// How long taking over the message may take: servers look for spam and viruses before they answer.
    pub content_timeout: Duration,
}

impl Settings {
    /// A server with STARTTLS and no account; the waits are those of RFC 5321 section 4.5.3.2, shortened for a service that
    /// tries again anyway.
    pub fn new(host: impl Into<String>, from: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port: None,
            tls: Tls::default(),
            from: from.into(),
            user: None,
            password: None,
            ca_file: None,
            hello_name: None,
            connections_max: 4,
            connect_timeout: Duration::from_secs(20),
            reply_timeout: Duration::from_mins(1),
            content_timeout: Duration::from_mins(3),
        }
    }
}

/// A mail channel, ready to send.
pub(super) struct Email {
    settings: Settings,
    port: u16,
    from: Mailbox,
    hello: ClientId,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    connections: Semaphore,
    hidden: Hidden,
}

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Email").field("host", &self.settings.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl Email {
    pub(super) fn build(settings: &Settings) -> Result<Self, String> {
        let from: Mailbox = settings
            .from
            .parse()
            .map_err(|error| format!("from must be an address, as `tenderwatch <watch@example.com>`: {error}"))?;
        if settings.tls == Tls::None && !is_loopback(&settings.host) {
            return Err(format!(
                "tls = \"none\" is for a server on this machine only, and {} is not: use \"starttls\" or \"implicit\"",
                settings.host
            ));
        }
        let credentials = match (&settings.user, &settings.password) {
            (Some(user), Some(password)) => Some(Credentials::new(user.clone(), password.reveal().to_owned())),
            (None, None) => None,
            (Some(_), None) => return Err("user is given without a password".into()),
            (None, Some(_)) => return Err("a password is given without a user".into()),
        };
        let tls = match settings.tls {
            Tls::None => None,
            Tls::Starttls | Tls::Implicit => Some(tls(settings)?),
        };
        let hello = settings.hello_name.clone().map_or_else(ClientId::default, ClientId::Domain);
        Ok(Self {
            port: settings.port.unwrap_or(settings.tls.port()),
            from,
            hello,
            tls,
            credentials,
            connections: Semaphore::new(settings.connections_max.max(1)),
            hidden: hidden(settings),
            settings: settings.clone(),
        })
    }

    async fn hand_over(&self, delivery: &ClaimedDelivery) -> Outcome {
        let receiver = match address(&delivery.receiver) {
            Ok(receiver) => receiver,
            Err(why) => return Outcome::Gone { why },
        };
        let Ok(_connection) = self.connections.acquire().await else {
            return Outcome::Later { why: "the channel is shutting down".into(), retry_after: None };
        };
        let mut stage = converse::Stage::Connect;
        let ended = self.converse(&receiver, &delivery.payload, &mut stage).await;
        match ended {
            Ok(()) => Outcome::Accepted,
            Err(failure) => judge::judge(stage, &failure, &self.settings.host, &self.hidden),
        }
    }
}

impl Way for Email {
    /// The full message: the same bytes on every attempt.
    fn compose(&self, message: &Message, letter: &Letter) -> Result<Vec<Vec<u8>>, String> {
        Ok(vec![compose::mail(&self.from, &address(&letter.receiver)?, message, letter)?])
    }

    fn send<'w>(&'w self, delivery: &'w ClaimedDelivery, _now: Timestamp) -> Sending<'w> {
        Box::pin(async move { self.hand_over(delivery).await.into() })
    }

    fn pace(&self) -> Pace {
        Pace { at_once: self.settings.connections_max.max(1), quotas: Vec::new() }
    }

    fn is_addressed(&self) -> bool {
        true
    }
}

fn address(receiver: &str) -> Result<Address, String> {
    receiver.parse().map_err(|_| "the receiver is not a mail address".to_owned())
}

fn tls(settings: &Settings) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.ca_file {
        let pem = std::fs::read(path).map_err(|error| format!("reading ca_file {}: {error}", path.display()))?;
        let certificate = Certificate::from_pem(&pem);
        builder = builder.add_root_certificate(
            certificate.map_err(|error| format!("ca_file {} is not a certificate in PEM: {error}", path.display()))?,
        );
    }
    builder.build().map_err(|error| format!("preparing TLS: {error}"))
}

/// What the server may echo and nobody may read: the password, and the two forms in which it travels.
fn hidden(settings: &Settings) -> Hidden {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    let mut texts = Vec::new();
    if let (Some(user), Some(password)) = (&settings.user, &settings.password) {
        let password = password.reveal();
        texts.push(password.to_owned());
        texts.push(BASE64_STANDARD.encode(password));
        texts.push(BASE64_STANDARD.encode(format!("\0{user}\0{password}")));
    }
    Hidden::new(texts)
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_in_the_clear_never_leaves_the_machine() {
        let settings = |host: &str| Settings { tls: Tls::None, ..Settings::new(host, "w@example.com") };
        assert!(Email::build(&settings("mail.example.com")).unwrap_err().contains("starttls"));
        assert!(Email::build(&settings("10.0.0.1")).is_err());
        assert!(Email::build(&settings("127.0.0.1")).is_ok());
        assert!(Email::build(&settings("::1")).is_ok());
    }

    #[test]
    fn half_an_account_is_a_mistake() {
        let settings = Settings { user: Some("u".into()), ..Settings::new("mail.example.com", "w@example.com") };
        assert!(Email::build(&settings).unwrap_err().contains("password"));
    }

    #[test]
    fn nothing_secret_prints() {
        let settings = Settings {
            user: Some("u".into()),
            password: Some(Secret::new("hunter2")),
            tls: Tls::None,
            ..Settings::new("localhost", "w@example.com")
        };
        let printed = format!("{settings:?} {:?}", Email::build(&settings).unwrap());
        assert!(!printed.contains("hunter2"), "{printed}");
    }
}
