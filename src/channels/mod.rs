//! How a finished message leaves. Composes the bytes of a delivery once, sends exactly those bytes on every attempt, and says
//! in one [`Outcome`] what became of them. Keeps no queue, retries nothing, writes no log: that is the jobs' affair.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::delivery::{ClaimedDelivery, DeliveryId, Outcome};
use crate::domain::digest::Message;

pub mod email;

pub mod webhook;

pub mod feishu;

mod address;

mod post;

mod redact;

/// The channels that the configuration declares.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Name → kind, in the order of the configuration.
    pub channels: Vec<(String, Kind)>,
}

/// What a channel is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Mail by SMTP.
    Email(email::Settings),
    /// A signed webhook for programs.
    Webhook(webhook::Settings),
    /// A custom bot of a Feishu or Lark group.
    Feishu(feishu::Settings),
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

#[derive(Debug)]
enum Channel {
    Email(Box<email::Email>),
    Webhook(webhook::Webhook),
    Feishu(feishu::Feishu),
}

/// Every channel, ready to send.
#[derive(Debug)]
pub struct Channels {
    by_name: BTreeMap<String, Channel>,
}

impl Channels {
    /// Builds every channel; what cannot work is said now, not at the first delivery.
    pub fn build(settings: &Settings) -> Result<Self, ChannelError> {
        // One provider for the whole process; a second installation is refused and means that it is there already.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let mut by_name = BTreeMap::new();
        for (name, kind) in &settings.channels {
            let built = match kind {
                Kind::Email(settings) => email::Email::build(settings).map(|email| Channel::Email(Box::new(email))),
                Kind::Webhook(settings) => webhook::Webhook::build(settings).map(Channel::Webhook),
                Kind::Feishu(settings) => feishu::Feishu::build(settings).map(Channel::Feishu),
            };
            let channel = built.map_err(|what| ChannelError::Setting { channel: name.clone(), what })?;
            if by_name.insert(name.clone(), channel).is_some() {
                return Err(ChannelError::Twice { channel: name.clone() });
            }
        }
        Ok(Self { by_name })
    }

    /// Whom a subscription on this channel reaches: the declared addresses for mail, the channel itself otherwise. One
    /// delivery is made for each.
    pub fn receivers(&self, channel: &str, declared: &[String]) -> Vec<String> {
        match self.by_name.get(channel) {
            Some(Channel::Email(_)) => declared.to_vec(),
            _ => vec![channel.to_owned()],
        }
    }

    /// The finished payloads of a delivery; more than one where the channel's limit asks for a split. A mail bears the id in
    /// its `Message-ID`, so the same id must be given again on sending.
    pub fn compose(
        &self,
        channel: &str,
        message: &Message,
        id: &DeliveryId,
        receiver: &str,
    ) -> Result<Vec<Vec<u8>>, ChannelError> {
        let composed = match self.by_name.get(channel) {
            Some(Channel::Email(email)) => email.compose(message, id, receiver).map(|mail| vec![mail]),
            Some(Channel::Webhook(_)) => webhook::compose(message).map(|body| vec![body]),
            Some(Channel::Feishu(_)) => feishu::compose(message),
            None => return Err(ChannelError::Unknown { channel: channel.to_owned() }),
        };
        composed.map_err(|what| ChannelError::Compose { channel: channel.to_owned(), what })
    }

    /// Sends one claimed delivery, once. Returns within the channel's timeouts, whatever the other side does.
    pub async fn send(&self, delivery: &ClaimedDelivery, now: Timestamp) -> Outcome {
        match self.by_name.get(&delivery.channel) {
            Some(Channel::Email(email)) => email.send(delivery).await,
            Some(Channel::Webhook(webhook)) => webhook.send(delivery, now).await,
            Some(Channel::Feishu(feishu)) => feishu.send(delivery, now).await,
            None => Outcome::Misconfigured { why: format!("there is no channel {:?} any more", delivery.channel) },
        }
    }
}
