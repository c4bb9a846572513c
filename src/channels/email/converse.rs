//! The conversation with a mail server, command by command, so that it is known how far it came when it breaks off. lettre's
//! own `send` does not say, and has no timeout beyond connecting; every step here has one, and a step that is given up drops
//! its connection with it.

use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailParameter};

use super::{Email, Tls};

/// How long the goodbye may take; the message is handed over by then.
const QUIT_TIMEOUT: Duration = Duration::from_secs(2);

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
    /// The server does not offer what the settings insist on.
    NotOffered(&'static str),
    /// The receiver's address needs what the server does not offer.
    AddressNotSupported,
}

async fn within<T>(
    limit: Duration,
    step: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, Failure> {
    match tokio::time::timeout(limit, step).await {
        Ok(ended) => ended.map_err(Failure::Smtp),
        Err(_) => Err(Failure::Timeout),
    }
}

impl Email {
    /// Hands one message over on a fresh connection. `stage` says how far it came, whatever the end.
    pub(super) async fn converse(&self, to: &Address, message: &[u8], stage: &mut Stage) -> Result<(), Failure> {
        let reply = self.settings.reply_timeout;
        let mut connection = self.connect(stage).await?;
        if let Some(credentials) = &self.credentials {
            *stage = Stage::Login;
            within(reply, connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials)).await?;
        }
        *stage = Stage::Sender;
        let mut parameters = Vec::new();
        if !AsRef::<str>::as_ref(to).is_ascii() {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(Failure::AddressNotSupported);
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        within(reply, connection.command(Mail::new(Some(self.from.email.clone()), parameters))).await?;
        *stage = Stage::Recipient;
        within(reply, connection.command(Rcpt::new(to.clone(), Vec::new()))).await?;
        *stage = Stage::Data;
        within(reply, connection.command(Data)).await?;
        *stage = Stage::Content;
        within(self.settings.content_timeout, connection.message(message)).await?;
        // Taken. Whatever happens to the goodbye changes nothing.
        drop(within(QUIT_TIMEOUT, connection.command(Quit)).await);
        Ok(())
    }

    async fn connect(&self, stage: &mut Stage) -> Result<AsyncSmtpConnection, Failure> {
        let settings = &self.settings;
        let implicit = self.tls.clone().filter(|_| settings.tls == Tls::Implicit);
        let server = (settings.host.as_str(), self.port);
        let connecting =
            AsyncSmtpConnection::connect_tokio1(server, Some(settings.connect_timeout), &self.hello, implicit, None);
        let mut connection = within(settings.connect_timeout + settings.reply_timeout, connecting).await?;
        if settings.tls == Tls::Starttls {
            *stage = Stage::Secure;
            let Some(tls) = self.tls.clone().filter(|_| connection.can_starttls()) else {
                return Err(Failure::NotOffered("STARTTLS"));
            };
            within(settings.connect_timeout + settings.reply_timeout, connection.starttls(tls, &self.hello)).await?;
        }
        Ok(connection)
    }
}
