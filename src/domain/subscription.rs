//! A filter, a channel, a frequency, a language: who wants to hear what, when.

use super::change::{Audience, ChangeKind};

/// The language of a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// `zh`, `en`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }
}

/// How often a subscription speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frequency {
    /// As soon as a change is settled.
    Immediate,
    /// Once a day at a wall-clock time in a zone, by that zone's calendar.
    Daily {
        /// The time of day.
        at: jiff::civil::Time,
        /// An IANA zone, as `Asia/Shanghai`.
        zone: String,
    },
}

/// Which changes a subscription wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// News or troubles.
    pub audience: Audience,
    /// Topics; empty for all.
    pub topics: Vec<String>,
    /// Kinds of change; empty for all of the audience.
    pub kinds: Vec<ChangeKind>,
    /// Six-digit provinces of the buyer; empty for all, the unknown included.
    pub provinces: Vec<String>,
}

/// What the configuration declares of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its name.
    pub name: String,
    /// Which changes.
    pub filter: Filter,
    /// The channel's name.
    pub channel: String,
    /// Mail addresses; empty for channels with one receiver of their own.
    pub receivers: Vec<String>,
    /// How often.
    pub frequency: Frequency,
    /// In which language.
    pub language: Language,
}
