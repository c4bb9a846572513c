//! What a mail channel is told: the server, the sender, how mail is signed, how fast it leaves. Values only; what cannot work
//! is said when the channel is built.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::platform::secret::Secret;

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

/// How mail is signed (DKIM, RFC 6376).
#[derive(Clone, Debug)]
pub struct Dkim {
    /// The name under which the public key is published: `SELECTOR._domainkey.DOMAIN`.
    pub selector: String,
    /// The signing domain, aligned with the sender's.
    pub domain: String,
    /// The private key in PEM: RSA (PKCS#1 or PKCS#8) or Ed25519 (PKCS#8).
    pub key: Secret,
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
    /// Where bounces go, as `bounces@example.com`: a delivery's own is `bounces+ID@example.com`. Without it: the sender's.
    pub bounce_to: Option<String>,
    /// How mail is signed; not at all without it, as where the server signs.
    pub dkim: Option<Dkim>,
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
    /// How long a connection without work stays open for the next mail.
    pub idle_timeout: Duration,
    /// Mails to one receiver domain in any minute; no bound without it.
    pub per_minute: Option<u32>,
    /// The same for domains that take less, or more: in small letters.
    pub per_minute_to: BTreeMap<String, u32>,
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
            bounce_to: None,
            dkim: None,
            user: None,
            password: None,
            ca_file: None,
            hello_name: None,
            connections_max: 4,
            connect_timeout: Duration::from_secs(20),
            reply_timeout: Duration::from_mins(1),
            content_timeout: Duration::from_mins(3),
            idle_timeout: Duration::from_secs(5),
            per_minute: None,
            per_minute_to: BTreeMap::new(),
        }
    }
}
