//! How a finished message leaves. Composes the bytes of a delivery once, sends exactly those bytes on every attempt, and says
//! in one [`Sent`] what became of them. Keeps no queue, retries nothing, writes no log: that is the jobs' affair.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::delivery::{ClaimedDelivery, DeliveryId, Outcome};
use crate::domain::digest::Message;

pub mod email;

pub mod webhook;

pub mod feishu;

pub mod dingtalk;

pub mod wecom;

pub mod slack;

pub mod teams;

pub mod discord;

pub mod telegram;

pub mod command;

pub mod folder;

pub mod room;

mod address;

mod coded;

mod inert;

mod literal;

mod parts;

mod post;

mod program;

mod redact;

#[cfg(test)]
mod samples;

mod split;

/// The channels that the configuration declares.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Name → kind, in the order of the configuration.
    pub channels: Vec<(String, Kind)>,
}

/// What a channel is.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "as many as the configuration has channels")]
pub enum Kind {
    /// Mail by SMTP.
    Email(email::Settings),
    /// A signed webhook for programs.
    Webhook(webhook::Settings),
    /// A custom bot of a Feishu or Lark group.
    Feishu(room::Settings),
    /// A custom bot of a DingTalk group.
    Dingtalk(room::Settings),
    /// A bot of a WeCom group.
    Wecom(room::Settings),
    /// An incoming webhook of Slack, Mattermost or Rocket.Chat.
    Slack(slack::Settings),
    /// A workflow of Microsoft Teams.
    Teams(room::Settings),
    /// A webhook of a Discord channel.
    Discord(room::Settings),
    /// A Telegram bot.
    Telegram(telegram::Settings),
    /// A program's standard input.
    Command(command::Settings),
    /// Files in a folder.
    Folder(folder::Settings),
}

/// Why a channel could not be built or a message could not be composed for it. Never names an address or a secret.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// Two channels of one name.
    #[error("the channel {channel:?} is declared twice")]
    Twice {
        /// The name.
        channel: String,
    },
    /// No channel of that name.
    #[error("there is no channel {channel:?}")]
    Unknown {
        /// The name.
        channel: String,
    },
    /// A setting that cannot work.
    #[error("the channel {channel:?}: {what}")]
    Setting {
        /// The channel.
        channel: String,
        /// What is wrong, and what would be right.
        what: String,
    },
    /// The message could not be put into the channel's form.
    #[error("composing for the channel {channel:?}: {what}")]
    Compose {
        /// The channel.
        channel: String,
        /// What is wrong.
        what: String,
    },
}

/// To whom a message goes, and what only this receiver's copy bears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The delivery's id, the same on every attempt.
    pub id: DeliveryId,
    /// An address, or the channel's name.
    pub receiver: String,
    /// The subscription's name: the list that a mail belongs to.
    pub subscription: String,
    /// Where the receiver manages the subscription and leaves it; nothing without a public address of ours.
    pub links: Option<Links>,
    /// The project's earlier messages to this receiver, where the message speaks of one project.
    pub thread: Option<Thread>,
}

impl Letter {
    /// A letter that belongs to no thread and bears no links.
    #[must_use]
    pub fn plain(id: DeliveryId, receiver: &str, subscription: &str) -> Self {
        let (receiver, subscription) = (receiver.to_owned(), subscription.to_owned());
        Self { id, receiver, subscription, links: None, thread: None }
    }
}

/// A receiver's own addresses: they need no login, so they stand in this receiver's copy alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// Shows and changes the subscription.
    pub manage: String,
    /// Leaves it: a POST acts, a GET only asks (RFC 8058).
    pub unsubscribe: String,
}

/// What a message about one project follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// Names the thread, the same for every message of it: `p12.morning`.
    pub root: String,
    /// Ids of its earlier deliveries to this receiver, the oldest first.
    pub earlier: Vec<DeliveryId>,
}

/// What one attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// What became of it.
    pub outcome: Outcome,
    /// The platform's own id of the message, where it gave one and a later message may point to it.
    pub receipt: Option<String>,
}

impl From<Outcome> for Sent {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, receipt: None }
    }
}

/// How much a platform takes. The outbox keeps to it, over restarts too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Requests under way at once.
    pub at_once: usize,
    /// At most so many requests in so much time; every line holds. Empty for no quota.
    pub quotas: Vec<(u32, Duration)>,
}

impl Pace {
    /// One at a time, without a quota.
    pub const ONE: Self = Self { at_once: 1, quotas: Vec::new() };
}

/// What is under way.
type Sending<'w> = Pin<Box<dyn Future<Output = Sent> + Send + 'w>>;

/// A kind of channel, ready to send: one folder each.
trait Way: std::fmt::Debug + Send + Sync {
    /// The finished payloads of a delivery; more than one where the platform's limit asks for a split.
    fn compose(&self, message: &Message, letter: &Letter) -> Result<Vec<Vec<u8>>, String>;

    /// Sends one claimed delivery, once, within the channel's timeouts, whatever the other side does.
    fn send<'w>(&'w self, delivery: &'w ClaimedDelivery, now: Timestamp) -> Sending<'w>;

    /// How much the platform takes.
    fn pace(&self) -> Pace;

    /// Whether the subscription names its receivers; elsewhere the channel is its own receiver.
    fn is_addressed(&self) -> bool {
        false
    }
}

/// Every channel, ready to send.
#[derive(Debug)]
pub struct Channels {
    by_name: BTreeMap<String, Box<dyn Way>>,
}

impl Channels {
    /// Builds every channel; what cannot work is said now, not at the first delivery.
    pub fn build(settings: &Settings) -> Result<Self, ChannelError> {
        // One provider for the whole process; a second installation is refused and means that it is there already.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let mut by_name = BTreeMap::new();
        for (name, kind) in &settings.channels {
            let channel = way(kind).map_err(|what| ChannelError::Setting { channel: name.clone(), what })?;
            if by_name.insert(name.clone(), channel).is_some() {
                return Err(ChannelError::Twice { channel: name.clone() });
            }
        }
        Ok(Self { by_name })
    }

    /// Whom a subscription on this channel reaches: the declared addresses for mail, the channel itself otherwise. One
    /// delivery is made for each.
    pub fn receivers(&self, channel: &str, declared: &[String]) -> Vec<String> {
        if self.is_addressed(channel) {
            return declared.to_vec();
        }
        vec![channel.to_owned()]
    }

    /// Whether a channel's receivers are somebody's addresses, each on its own; false where it is unknown.
    pub fn is_addressed(&self, channel: &str) -> bool {
        self.by_name.get(channel).is_some_and(|way| way.is_addressed())
    }

    /// How much a channel takes; one at a time where it is unknown.
    pub fn pace(&self, channel: &str) -> Pace {
        self.by_name.get(channel).map_or(Pace::ONE, |way| way.pace())
    }

    /// The finished payloads of a delivery; more than one where the channel's limit asks for a split. A mail bears the id in
    /// its `Message-ID`, so the same id must be given again on sending.
    pub fn compose(&self, channel: &str, message: &Message, letter: &Letter) -> Result<Vec<Vec<u8>>, ChannelError> {
        let Some(way) = self.by_name.get(channel) else {
            return Err(ChannelError::Unknown { channel: channel.to_owned() });
        };
        way.compose(message, letter).map_err(|what| ChannelError::Compose { channel: channel.to_owned(), what })
    }

    /// Sends one claimed delivery, once. Returns within the channel's timeouts, whatever the other side does.
    pub async fn send(&self, delivery: &ClaimedDelivery, now: Timestamp) -> Sent {
        match self.by_name.get(&delivery.channel) {
            Some(way) => way.send(delivery, now).await,
            None => {
                Outcome::Misconfigured { why: format!("there is no channel {:?} any more", delivery.channel) }.into()
            }
        }
    }
}

/// The register: one line a kind.
fn way(kind: &Kind) -> Result<Box<dyn Way>, String> {
    Ok(match kind {
        Kind::Email(settings) => Box::new(email::Email::build(settings)?),
        Kind::Webhook(settings) => Box::new(webhook::Webhook::build(settings)?),
        Kind::Feishu(settings) => Box::new(feishu::Feishu::build(settings)?),
        Kind::Dingtalk(settings) => Box::new(dingtalk::Dingtalk::build(settings)?),
        Kind::Wecom(settings) => Box::new(wecom::Wecom::build(settings)?),
        Kind::Slack(settings) => Box::new(slack::Slack::build(settings)?),
        Kind::Teams(settings) => Box::new(teams::Teams::build(settings)?),
        Kind::Discord(settings) => Box::new(discord::Discord::build(settings)?),
        Kind::Telegram(settings) => Box::new(telegram::Telegram::build(settings)?),
        Kind::Command(settings) => Box::new(command::Command::build(settings)?),
        Kind::Folder(settings) => Box::new(folder::Folder::build(settings)?),
    })
}
