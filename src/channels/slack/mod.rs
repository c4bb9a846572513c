//! An incoming webhook of Slack, or of Mattermost or Rocket.Chat, which take its envelope. Slack's facts are those of
//! docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (the words of its answers) and
//! docs.slack.dev/apis/web-api/rate-limits (one message a second); Mattermost's of docs.mattermost.com/developers/integrate/
//! webhooks/incoming; Rocket.Chat's of docs.rocket.chat (integrations, message size, rate limiter). None gives a receipt.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderMap;

use super::post::{Posted, Poster};
use super::{Letter, Pace, Sending, Way, room};
use crate::domain::delivery::{ClaimedDelivery, Outcome};
use crate::domain::digest::Message;

mod answer;

mod blocks;

mod markdown;

/// Whose server it is. The three read the same envelope and differ in all that stands in it, and an address does not tell
/// which one it is of, so the configuration says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flavour {
    /// Slack: blocks.
    #[default]
    Slack,
    /// Mattermost: Markdown in `text`, `blocks` are ignored.
    Mattermost,
    /// Rocket.Chat: the same, with another limit and a dialect of its own.
    RocketChat,
}

impl Flavour {
    /// Every flavour.
    pub const ALL: [Self; 3] = [Self::Slack, Self::Mattermost, Self::RocketChat];

    /// The word in the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Mattermost => "mattermost",
            Self::RocketChat => "rocketchat",
        }
    }
}

/// A room and whose it is.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The webhook.
    pub room: room::Settings,
    /// Whose server it is.
    pub flavour: Flavour,
}

/// A webhook, ready to send.
#[derive(Debug)]
pub(super) struct Slack {
    poster: Poster,
    flavour: Flavour,
}

impl Way for Slack {
    fn compose(&self, message: &Message, _letter: &Letter) -> Result<Vec<Vec<u8>>, String> {
        match self.flavour {
            Flavour::Slack => blocks::compose(message),
            Flavour::Mattermost | Flavour::RocketChat => markdown::compose(message, self.flavour),
        }
    }

    fn send<'w>(&'w self, delivery: &'w ClaimedDelivery, now: Timestamp) -> Sending<'w> {
        Box::pin(async move { self.post(delivery, now).await.into() })
    }

    fn pace(&self) -> Pace {
        let quotas = match self.flavour {
            Flavour::Slack => vec![(1, Duration::from_secs(1))],
            // Not limited unless its keeper says so, then ten a second.
            Flavour::Mattermost => vec![(10, Duration::from_secs(1))],
            Flavour::RocketChat => vec![(10, Duration::from_mins(1))],
        };
        Pace { at_once: 1, quotas }
    }
}

impl Slack {
    pub(super) fn build(settings: &Settings) -> Result<Self, String> {
        let room = &settings.room;
        let poster = Poster::new(&room.url, room.allow_private, room.timeout, &[])?;
        Ok(Self { poster, flavour: settings.flavour })
    }

    async fn post(&self, delivery: &ClaimedDelivery, now: Timestamp) -> Outcome {
        match self.poster.post(HeaderMap::new(), delivery.payload.clone(), now).await {
            Posted::Answered(answer) => answer::judge(self.flavour, &answer, &|said| self.poster.redact(said)),
            Posted::NotSent { why } => Outcome::Later { why, retry_after: None },
            Posted::NotAnswered { why } => Outcome::Ambiguous { why },
            Posted::Private { why } => Outcome::Misconfigured { why },
        }
    }
}
