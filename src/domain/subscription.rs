//! A filter, a channel, a rhythm, a language: who wants to hear what, when.

use jiff::civil::{Time, Weekday};

use super::change::{Audience, ChangeKind};
use super::classes::{Category, Level};
use super::money::Money;

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

    /// The inverse of [`Language::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Zh, Self::En].into_iter().find(|language| language.word() == word)
    }
}

/// The days of the week as the configuration, tables and JSON name them.
pub const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// A weekday's word.
#[must_use]
pub fn weekday_word(day: Weekday) -> &'static str {
    WEEKDAYS.iter().find(|(_, known)| *known == day).map_or("monday", |(word, _)| word)
}

/// How often a subscription speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frequency {
    /// As soon as a change is settled.
    Immediate,
    /// At every full hour.
    Hourly,
    /// Once a day at a wall-clock time.
    Daily {
        /// The time of day.
        at: Time,
    },
    /// Once a week.
    Weekly {
        /// The day of the week.
        on: Weekday,
        /// The time of day.
        at: Time,
    },
    /// Once a month.
    Monthly {
        /// The day of the month, 1 to 31; the last day in a month that is shorter.
        on: i8,
        /// The time of day.
        at: Time,
    },
}

impl Frequency {
    /// `immediate`, `hourly`, `daily`, `weekly`, `monthly`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Immediate => "immediate",
            Self::Hourly => "hourly",
            Self::Daily { .. } => "daily",
            Self::Weekly { .. } => "weekly",
            Self::Monthly { .. } => "monthly",
        }
    }
}

/// When a subscription may speak, by the calendar of its zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// How often.
    pub frequency: Frequency,
    /// An IANA zone, as `Asia/Shanghai`.
    pub zone: String,
    /// Whether it keeps still on days off, by the Chinese calendar; what falls due waits for the next working day.
    pub working_days_only: bool,
    /// When it keeps still within a day; what falls due waits for the end.
    pub quiet: Option<Quiet>,
}

impl Rhythm {
    /// This often, in China's zone, on every day, at every hour.
    #[must_use]
    pub fn plain(frequency: Frequency) -> Self {
        Self { frequency, zone: "Asia/Shanghai".into(), working_days_only: false, quiet: None }
    }
}

/// Hours of quiet, in the rhythm's zone: from the first, up to and without the second; over midnight where the second is
/// earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// From then on.
    pub from: Time,
    /// Until then.
    pub until: Time,
}

impl Quiet {
    /// Whether a time of day is quiet. From a time until the same is never.
    #[must_use]
    pub fn holds(self, time: Time) -> bool {
        if self.from <= self.until {
            return self.from <= time && time < self.until;
        }
        self.from <= time || time < self.until
    }
}

/// What one message holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Grouping {
    /// Everything since the last one.
    #[default]
    Digest,
    /// One project with everything that happened to it; its messages form a thread.
    PerProject,
    /// One change.
    PerChange,
}

impl Grouping {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Digest, Self::PerProject, Self::PerChange];

    /// The word in the configuration, tables and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::PerProject => "project",
            Self::PerChange => "change",
        }
    }

    /// The inverse of [`Grouping::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

/// What a subscription with a calendar says when there is no news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Idle {
    /// Nothing.
    #[default]
    Silent,
    /// That all is quiet, so that silence is not mistaken for a fault.
    AllQuiet,
}

impl Idle {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Silent, Self::AllQuiet];

    /// The word in the configuration, tables and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::AllQuiet => "all_quiet",
        }
    }

    /// The inverse of [`Idle::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

/// How a new subscription begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Start {
    /// It hears what happens from now on.
    #[default]
    Silent,
    /// One message first: where things stand.
    Summary,
}

impl Start {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Silent, Self::Summary];

    /// The word in the configuration, tables and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Summary => "summary",
        }
    }

    /// The inverse of [`Start::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

/// Which changes a subscription wants. An empty list wants all; what is unknown of a change fits no list that is not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// News or troubles.
    pub audience: Audience,
    /// Topics.
    pub topics: Vec<String>,
    /// Kinds of change.
    pub kinds: Vec<ChangeKind>,
    /// Six-digit provinces of the buyer.
    pub provinces: Vec<String>,
    /// Levels of the buyer.
    pub levels: Vec<Level>,
    /// Categories of the project.
    pub categories: Vec<Category>,
    /// Buyers, by a part of their name or their credit code.
    pub buyers: Vec<String>,
    /// Suppliers, by a part of their name or their credit code.
    pub suppliers: Vec<String>,
    /// The award, or else the budget, is at least this.
    pub amount_from: Option<Money>,
    /// The award, or else the budget, is at most this.
    pub amount_to: Option<Money>,
    /// Words of the title, any of them.
    pub words: Vec<String>,
}

impl Filter {
    /// Everything that an audience may hear.
    #[must_use]
    pub fn all(audience: Audience) -> Self {
        Self {
            audience,
            topics: Vec::new(),
            kinds: Vec::new(),
            provinces: Vec::new(),
            levels: Vec::new(),
            categories: Vec::new(),
            buyers: Vec::new(),
            suppliers: Vec::new(),
            amount_from: None,
            amount_to: None,
            words: Vec::new(),
        }
    }
}

/// Who wants to hear what, when, in which language, through which channel: declared in the configuration, or kept as a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its name, the same for its whole life: `morning`, or `s_…` for one that was made for an address.
    pub name: String,
    /// Which changes.
    pub filter: Filter,
    /// The channel's name.
    pub channel: String,
    /// Mail addresses; empty for channels with one receiver of their own.
    pub receivers: Vec<String>,
    /// When it speaks.
    pub rhythm: Rhythm,
    /// What one message holds.
    pub grouping: Grouping,
    /// In which language.
    pub language: Language,
    /// What it says when there is no news.
    pub idle: Idle,
    /// How it begins.
    pub start: Start,
    /// Whether it hears once a week what was nearly of the topic and was not told.
    pub near_misses: bool,
}
