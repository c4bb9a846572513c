//! One digest on its way to one receiver. Its id never changes, whatever happens on the way.

use std::time::Duration;

use jiff::Timestamp;

/// The stable id of a delivery: `Message-ID` of a mail and `webhook-id` of a webhook on every attempt.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId(pub String);

impl std::fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a delivery stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// To be tried from then on.
    Waiting {
        /// The next attempt.
        next_at: Timestamp,
    },
    /// Being tried; if the process dies, tried again after `until`.
    Claimed {
        /// When the claim expires.
        until: Timestamp,
    },
    /// Accepted by the receiver.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// Not tried any more.
    GivenUp {
        /// When.
        at: Timestamp,
        /// Why.
        why: String,
    },
}

/// What one attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it.
    Accepted,
    /// The receiver will never take this message, and may take others (too large, held for spam, not understood).
    Refused {
        /// What it said.
        why: String,
    },
    /// The receiver will never take any message again (410, mailbox unknown): it is written to no more.
    Gone {
        /// What it said.
        why: String,
    },
    /// Not now (429, 4xx reply, connection refused, 5xx).
    Later {
        /// What happened.
        why: String,
        /// When the receiver asked to be tried again.
        retry_after: Option<Duration>,
    },
    /// The connection broke after everything was handed over: it may have arrived.
    Ambiguous {
        /// What happened.
        why: String,
    },
    /// Our own configuration is at fault (no STARTTLS, bad credentials): held, and the operator is told.
    Misconfigured {
        /// What is wrong.
        why: String,
    },
}

impl Outcome {
    /// What happened, for logs and people; never an address or a secret.
    #[must_use]
    pub fn why(&self) -> &str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused { why }
            | Self::Gone { why }
            | Self::Later { why, .. }
            | Self::Ambiguous { why }
            | Self::Misconfigured { why } => why,
        }
    }
}

/// A delivery that was claimed for an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// The channel's name.
    pub channel: String,
    /// The receiver: an address, or the channel's name.
    pub receiver: String,
    /// The finished message: the same bytes on every attempt.
    pub payload: Vec<u8>,
    /// Attempts before this one.
    pub attempts: u32,
    /// When it was composed.
    pub composed_at: Timestamp,
    /// What the platform called the earlier messages of its thread, the latest first: a later message may point to them.
    pub receipts: Vec<String>,
}
