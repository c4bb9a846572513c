//! To be written.

use jiff::Timestamp;

use super::{Letter, Pace, Sending, Way};
use crate::domain::delivery::{ClaimedDelivery, Outcome};
use crate::domain::digest::Message;
use crate::platform::secret::Secret;

/// A Telegram bot and its chat.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The bot's token.
    pub token: Secret,
    /// The chat's number, or `@name`.
    pub chat: String,
    /// The Bot API server, without a slash at the end.
    pub api: String,
    /// Whether the server may be private.
    pub allow_private: bool,
    /// How long a request may take.
    pub timeout: std::time::Duration,
}

impl Settings {
    /// How long a request may take.
    pub const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(15);
}

#[derive(Debug)]
pub(super) struct Telegram;

impl Telegram {
    pub(super) fn build(_settings: &Settings) -> Result<Self, String> {
        Err("not written yet".into())
    }
}

impl Way for Telegram {
    fn compose(&self, _message: &Message, _letter: &Letter) -> Result<Vec<Vec<u8>>, String> {
        Err("not written yet".into())
    }

    fn send<'w>(&'w self, _delivery: &'w ClaimedDelivery, _now: Timestamp) -> Sending<'w> {
        Box::pin(async move { Outcome::Misconfigured { why: "not written yet".into() }.into() })
    }

    fn pace(&self) -> Pace {
        Pace::ONE
    }
}
