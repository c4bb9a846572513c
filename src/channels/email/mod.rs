//! Mail by SMTP: one message per receiver, so that a refused mailbox stops nobody else's mail; a connection carries several,
//! one after another, as long as all goes as it should. TLS unless the server is this very machine.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::redact::Hidden;
use super::{Letter, Pace, Sending, Way};
use crate::domain::delivery::{ClaimedDelivery, Outcome};
use crate::domain::digest::Message;
use crate::domain::return_path::{self, is_aligned};

mod compose;

mod converse;

pub mod dkim;

mod judge;

mod pace;

pub(super) mod personal;

mod pool;

mod settings;

pub use settings::{Dkim, Settings, Tls};

/// How long all may take before the message itself, a free connection waited for included: with the message's own time it is
/// less than a claim on a delivery holds.
const BEFORE_CONTENT: Duration = Duration::from_secs(100);

/// The name under which the server as a whole rests; no receiver domain has it.
const SERVER: &str = "";

/// A mail channel, ready to send.
pub(super) struct Email {
    settings: Settings,
    port: u16,
    from: Mailbox,
    hello: ClientId,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    connections: Semaphore,
    pool: Arc<pool::Pool>,
    domains: pace::Domains,
    bounce_to: Option<Address>,
    signing: Option<dkim::Signing>,
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
        let domain = from.email.domain();
        let bounce_to = settings.bounce_to.as_deref().map(|address| bounce_to(address, domain)).transpose()?;
        let signing = settings.dkim.as_ref().map(|dkim| dkim::Signing::build(dkim, domain)).transpose()?;
        let hello = settings.hello_name.clone().map_or_else(ClientId::default, ClientId::Domain);
        Ok(Self {
            port: settings.port.unwrap_or(settings.tls.port()),
            bounce_to,
            signing,
            from,
            hello,
            tls,
            credentials,
            connections: Semaphore::new(settings.connections_max.max(1)),
            pool: pool::Pool::new(settings.idle_timeout),
            domains: pace::Domains::new(settings.per_minute, &settings.per_minute_to),
            hidden: hidden(settings),
            settings: settings.clone(),
        })
    }

    async fn hand_over(&self, delivery: &ClaimedDelivery, now: Timestamp) -> Outcome {
        let receiver = match address(&delivery.receiver) {
            Ok(receiver) => receiver,
            Err(why) => return Outcome::Gone { why },
        };
        let domain = receiver.domain().to_lowercase();
        if let Some(outcome) = self.put_off(&domain, delivery, now) {
            return outcome;
        }
        let sender = self.sender(delivery);
        let envelope = converse::Envelope { sender: &sender, receiver: &receiver, message: &delivery.payload };
        let until = Instant::now() + BEFORE_CONTENT;
        let Ok(Ok(_connection)) = tokio::time::timeout_at(until, self.connections.acquire()).await else {
            return Outcome::Later { why: "every connection is in use".into(), retry_after: None };
        };
        let mut stage = converse::Stage::Connect;
        let ended = self.converse(&envelope, until, &mut stage).await;
        self.remember(&domain, stage, ended.as_ref().err(), now);
        match ended {
            Ok(()) => Outcome::Accepted,
            Err(failure) => judge::judge(stage, &failure, &self.settings.host, &self.hidden),
        }
    }

    /// Whether the mail has to wait for its domain, or the server for us; asked without a connection.
    fn put_off(&self, domain: &str, delivery: &ClaimedDelivery, now: Timestamp) -> Option<Outcome> {
        let rests = self.domains.rests(SERVER, now);
        let wait = rests.or_else(|| self.domains.wait(domain, &delivery.id, now))?;
        let why = match wait.is_rest {
            true if rests.is_some() => format!("{} asked to be left alone for a while", self.settings.host),
            true => format!("{domain} asked to be left alone for a while"),
            false => format!("no more than so many mails a minute go to {domain}"),
        };
        Some(Outcome::Later { why, retry_after: Some(wait.time) })
    }

    /// What an attempt says of the domain and of the server.
    fn remember(&self, domain: &str, stage: converse::Stage, failure: Option<&converse::Failure>, now: Timestamp) {
        match failure.map(|failure| judge::busy(stage, failure)) {
            None => {
                self.domains.answered(domain);
                self.domains.answered(SERVER);
            }
            Some(Some(judge::Busy::Server)) => self.domains.busy(SERVER, now),
            Some(Some(judge::Busy::Domain)) => self.domains.busy(domain, now),
            Some(None) => {}
        }
    }

    /// The envelope's sender: an address that names the delivery, where bounces have one of their own.
    fn sender(&self, delivery: &ClaimedDelivery) -> Address {
        let Some(base) = &self.bounce_to else { return self.from.email.clone() };
        // An id that is none of ours could not stand in an address.
        return_path::naming(base.as_ref(), &delivery.id).parse().unwrap_or_else(|_| base.clone())
    }
}

impl Way for Email {
    /// The full message: the same bytes on every attempt.
    fn compose(&self, message: &Message, letter: &Letter) -> Result<Vec<Vec<u8>>, String> {
        Ok(vec![compose::mail(&self.from, &address(&letter.receiver)?, message, letter, self.signing.as_ref())?])
    }

    fn send<'w>(&'w self, delivery: &'w ClaimedDelivery, now: Timestamp) -> Sending<'w> {
        Box::pin(async move { self.hand_over(delivery, now).await.into() })
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

/// The address that bounces go to: it must be the sender's own, so that SPF speaks for the sender, and leave room for an id.
fn bounce_to(text: &str, from: &str) -> Result<Address, String> {
    let address: Address = text.parse().map_err(|_| "bounce_to must be an address, as bounces@example.com")?;
    if !is_aligned(address.domain(), from) {
        return Err(format!("the domain of bounce_to, {}, is not aligned with the sender's, {from}", address.domain()));
    }
    if address.user().len() > return_path::BASE_BYTES_MAX || !address.user().is_ascii() {
        return Err(format!(
            "bounce_to has more than {} ASCII letters before the @: a delivery's id follows them",
            return_path::BASE_BYTES_MAX
        ));
    }
    Ok(address)
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
    use crate::platform::secret::Secret;

    #[test]
    fn mail_in_the_clear_never_leaves_the_machine() {
        let settings = |host: &str| Settings { tls: Tls::None, ..Settings::new(host, "w@example.com") };
        assert!(Email::build(&settings("mail.example.com")).unwrap_err().contains("starttls"));
        assert!(Email::build(&settings("10.0.0.1")).is_err());
        assert!(Email::build(&settings("127.0.0.1")).is_ok());
        assert!(Email::build(&settings("::1")).is_ok());
    }

    #[test]
    fn bounces_go_to_the_senders_own_domain() {
        let built = |bounce_to: &str| {
            let bounce_to = Some(bounce_to.to_owned());
            Email::build(&Settings { bounce_to, tls: Tls::None, ..Settings::new("localhost", "w@mail.example.com") })
        };
        assert!(built("bounces@example.com").is_ok() && built("b@in.mail.example.com").is_ok());
        assert!(built("bounces@example.org").unwrap_err().contains("aligned"));
        assert!(built(&format!("{}@example.com", "b".repeat(27))).unwrap_err().contains("before the @"));
        assert!(built("bounces").is_err());
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
