//! The conversation with a mail server, command by command, so that it is known how far it came when it breaks off. lettre's
//! own `send` does not say, and has no timeout beyond connecting; every step here has one, takes only the answers that belong
//! to it, and a conversation that did not go as it should drops its connection with it.

use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::{MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use tokio::time::Instant;

use super::{Email, Tls};

/// How long the goodbye may take; the message is handed over by then.
const QUIT_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a connection that rested may take to show that it is still there.
const RSET_TIMEOUT: Duration = Duration::from_secs(5);

/// Mails over one connection; servers that count close it soon after.
const MAILS_MAX: u32 = 50;

/// How far a conversation came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Connecting, the greeting, EHLO.
    Connect,
    /// STARTTLS.
    Secure,
    /// AUTH.
    Login,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    /// DATA.
    Data,
    /// The message itself; from here on it may have been taken.
    Content,
}

/// Why a conversation ended before its end.
#[derive(Debug)]
pub(super) enum Failure {
    /// What lettre says: a negative answer, a broken connection, TLS.
    Smtp(lettre::transport::smtp::Error),
    /// No answer in time.
    Timeout,
    /// A positive answer that does not belong here, or one that nobody asked for.
    Unexpected(String),
    /// The server does not offer what the settings insist on.
    NotOffered(&'static str),
    /// The receiver's address needs what the server does not offer.
    AddressNotSupported,
    /// The message is larger than the server says it takes.
    TooLarge {
        /// What it takes.
        bytes_max: u64,
        /// What there is.
        bytes: u64,
    },
}

/// Waits for a step, until its own limit or that of the whole.
async fn within<T>(
    limit: Duration,
    until: Instant,
    step: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, Failure> {
    match tokio::time::timeout_at(until.min(Instant::now() + limit), step).await {
        Ok(ended) => ended.map_err(Failure::Smtp),
        Err(_) => Err(Failure::Timeout),
    }
}

/// What a server says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Offers {
    /// The largest message; 0 for no bound, nothing where it does not say.
    size: Option<u64>,
    eight_bit: bool,
    utf8: bool,
}

impl Offers {
    fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let mut offers = Self::default();
        // The first line greets.
        for line in lines.skip(1) {
            let mut words = line.split_ascii_whitespace();
            match words.next().unwrap_or_default().to_ascii_uppercase().as_str() {
                "SIZE" => offers.size = Some(words.next().and_then(|size| size.parse().ok()).unwrap_or(0)),
                "8BITMIME" => offers.eight_bit = true,
                "SMTPUTF8" => offers.utf8 = true,
                _ => {}
            }
        }
        offers
    }
}

/// One mail's envelope and bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Envelope<'a> {
    pub(super) sender: &'a Address,
    pub(super) receiver: &'a Address,
    pub(super) message: &'a [u8],
}

/// A connection that is greeted, secured and logged in.
pub(super) struct Connection {
    inner: AsyncSmtpConnection,
    offers: Offers,
    mails: u32,
}

impl Connection {
    /// Says a command and takes an answer of one severity only. An answer that was there before the question is an earlier
    /// one's, and the next would be taken for this one's: that connection is of no use any more.
    async fn say(
        &mut self,
        limit: Duration,
        until: Instant,
        command: impl std::fmt::Display,
        wanted: Severity,
    ) -> Result<(), Failure> {
        self.listen().await?;
        let answer = within(limit, until, self.inner.command(command)).await?;
        expect(&answer, wanted)
    }

    /// Nothing may be said out of turn.
    async fn listen(&mut self) -> Result<(), Failure> {
        match tokio::time::timeout(Duration::ZERO, self.inner.read_response()).await {
            Err(_) => Ok(()),
            Ok(Ok(answer)) => Err(Failure::Unexpected(format!("out of turn: {}", first(&answer)))),
            Ok(Err(error)) => Err(Failure::Smtp(error)),
        }
    }

    /// Makes a connection that rested ready for another mail; false where it is not worth a second thought.
    pub(super) async fn wake(&mut self, reply: Duration, until: Instant) -> bool {
        self.say(reply.min(RSET_TIMEOUT), until, Rset, Severity::PositiveCompletion).await.is_ok()
    }

    /// Whether another mail may go this way.
    pub(super) fn is_fresh(&self) -> bool {
        self.mails < MAILS_MAX
    }

    /// Says goodbye; what is answered changes nothing.
    pub(super) async fn leave(mut self) {
        drop(tokio::time::timeout(QUIT_TIMEOUT, self.inner.command(Quit)).await);
    }

    /// Hands one message over.
    pub(super) async fn hand_over(
        &mut self,
        envelope: &Envelope<'_>,
        limits: (Duration, Duration),
        until: Instant,
        stage: &mut Stage,
    ) -> Result<(), Failure> {
        let (reply, content) = limits;
        *stage = Stage::Sender;
        let parameters = self.parameters(envelope)?;
        let sender = Mail::new(Some(envelope.sender.clone()), parameters);
        self.say(reply, until, sender, Severity::PositiveCompletion).await?;
        *stage = Stage::Recipient;
        let receiver = Rcpt::new(envelope.receiver.clone(), Vec::new());
        self.say(reply, until, receiver, Severity::PositiveCompletion).await?;
        *stage = Stage::Data;
        self.say(reply, until, Data, Severity::PositiveIntermediate).await?;
        self.listen().await?;
        *stage = Stage::Content;
        let answer = within(content, Instant::now() + content, self.inner.message(envelope.message)).await?;
        expect(&answer, Severity::PositiveCompletion)?;
        self.mails += 1;
        Ok(())
    }

    /// What stands behind MAIL FROM, or why this message cannot go to this server.
    fn parameters(&self, envelope: &Envelope<'_>) -> Result<Vec<MailParameter>, Failure> {
        let mut parameters = Vec::new();
        let is_ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
        if !is_ascii(envelope.receiver) || !is_ascii(envelope.sender) {
            if !self.offers.utf8 {
                return Err(Failure::AddressNotSupported);
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !envelope.message.is_ascii() {
            if !self.offers.eight_bit {
                return Err(Failure::NotOffered("8BITMIME"));
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        if let Some(bytes_max) = self.offers.size {
            let bytes = u64::try_from(envelope.message.len()).unwrap_or(u64::MAX);
            if bytes_max > 0 && bytes > bytes_max {
                return Err(Failure::TooLarge { bytes_max, bytes });
            }
            parameters.push(MailParameter::Size(envelope.message.len()));
        }
        Ok(parameters)
    }
}

fn first(answer: &Response) -> String {
    format!("{} {}", answer.code(), answer.first_line().unwrap_or_default())
}

fn expect(answer: &Response, wanted: Severity) -> Result<(), Failure> {
    if answer.code().severity == wanted { Ok(()) } else { Err(Failure::Unexpected(first(answer))) }
}

impl Email {
    /// Hands one message over, on a connection that rests where there is one. `stage` says how far it came, whatever the end.
    pub(super) async fn converse(
        &self,
        envelope: &Envelope<'_>,
        until: Instant,
        stage: &mut Stage,
    ) -> Result<(), Failure> {
        let mut connection = match self.rested(until).await {
            Some(connection) => connection,
            None => self.connect(until, stage).await?,
        };
        let limits = (self.settings.reply_timeout, self.settings.content_timeout);
        let ended = connection.hand_over(envelope, limits, until, stage).await;
        match &ended {
            Ok(()) => self.pool.park(connection),
            // A server that said no is left as one should; one that was silent or confused is not asked again.
            Err(Failure::Smtp(error)) if error.status().is_some() => connection.leave().await,
            Err(Failure::AddressNotSupported | Failure::TooLarge { .. } | Failure::NotOffered(_)) => {
                connection.leave().await;
            }
            Err(_) => drop(connection),
        }
        ended
    }

    /// A connection that rested and still answers.
    async fn rested(&self, until: Instant) -> Option<Connection> {
        while let Some(mut connection) = self.pool.take() {
            if connection.wake(self.settings.reply_timeout, until).await {
                return Some(connection);
            }
        }
        None
    }

    async fn connect(&self, until: Instant, stage: &mut Stage) -> Result<Connection, Failure> {
        let settings = &self.settings;
        let reply = settings.reply_timeout;
        let implicit = self.tls.clone().filter(|_| settings.tls == Tls::Implicit);
        let server = (settings.host.as_str(), self.port);
        let connecting =
            AsyncSmtpConnection::connect_tokio1(server, Some(settings.connect_timeout), &self.hello, implicit, None);
        let mut inner = within(settings.connect_timeout + reply, until, connecting).await?;
        if settings.tls == Tls::Starttls {
            *stage = Stage::Secure;
            let Some(tls) = self.tls.clone().filter(|_| inner.can_starttls()) else {
                return Err(Failure::NotOffered("STARTTLS"));
            };
            within(settings.connect_timeout + reply, until, inner.starttls(tls, &self.hello)).await?;
        }
        if let Some(credentials) = &self.credentials {
            *stage = Stage::Login;
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            let answer = within(reply, until, inner.auth(&mechanisms, credentials)).await?;
            expect(&answer, Severity::PositiveCompletion)?;
        }
        // lettre keeps of the server's offers what it needs itself; the largest message is not among it.
        let answer = within(reply, until, inner.command(Ehlo::new(self.hello.clone()))).await?;
        expect(&answer, Severity::PositiveCompletion)?;
        let offers = Offers::read(answer.message());
        Ok(Connection { inner, offers, mails: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_offers_are_read_whatever_their_case() {
        let read = |lines: &[&str]| Offers::read(lines.iter().copied());
        assert_eq!(read(&["SIZE 5"]), Offers::default(), "the first line greets");
        let offers = read(&["mail.example.org", "size 1000", "8BitMime", "SMTPUTF8", "DSN"]);
        assert_eq!(offers, Offers { size: Some(1_000), eight_bit: true, utf8: true });
        assert_eq!(read(&["h", "SIZE"]).size, Some(0));
        assert_eq!(read(&["h", "SIZE many"]).size, Some(0));
    }
}
