//! What is worth telling one subscription, before it has words; and the finished message, after.

use jiff::Timestamp;
use jiff::civil::Date;

use super::change::StoredChange;
use super::project::{Project, ProjectId};
use super::subscription::{Frequency, Language};

/// A change with what a reader needs to make sense of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The change.
    pub stored: StoredChange,
    /// The project as it stands now.
    pub project: Option<(ProjectId, Project)>,
    /// The original's address.
    pub url: Option<String>,
    /// The notice's title.
    pub notice_title: Option<String>,
    /// When this subscription was last told of the project: "you were told X on D".
    pub told_at: Option<Timestamp>,
}

/// A deadline that closes soon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The project.
    pub project: ProjectId,
    /// Its title.
    pub title: String,
    /// When offers must be in.
    pub deadline_at: super::stamp::Stamp,
    /// The original's address.
    pub url: Option<String>,
}

/// A line about a source's health.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceHealth {
    /// The source's name.
    pub source: String,
    /// When it last answered usefully.
    pub healthy_at: Option<Timestamp>,
    /// Since when it fails, if it does.
    pub failing_since: Option<Timestamp>,
}

/// One total with its coverage, as a digest prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureLine {
    /// `budget`, `award`, `topic_part`.
    pub kind: String,
    /// The sum.
    pub sum: super::money::Money,
    /// Projects that disclose it.
    pub disclosed: u64,
    /// Projects in the set.
    pub of: u64,
    /// What it moved by since the last digest.
    pub moved: i64,
    /// Year-on-year growth in words that figures gave: `+42.0 %`, `from nothing`, `too early`.
    pub growth: super::digest::GrowthLine,
}

/// Growth as a digest prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrowthLine {
    /// A rate in tenths of a percent, trailing 12 months against the 12 before.
    Tenths(i64),
    /// Not computable, and why: `from_nothing`, `too_early`, `undisclosed`.
    NotComputable(String),
}

/// Everything one digest says, in no language yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// The digest's id: derived from the subscription and the last change it holds.
    pub id: String,
    /// The subscription's name.
    pub subscription: String,
    /// Its topic, for the subject.
    pub topic: String,
    /// In which language.
    pub language: Language,
    /// How often the subscription speaks.
    pub frequency: Frequency,
    /// When it was composed.
    pub composed_at: Timestamp,
    /// The day it speaks of.
    pub day: Date,
    /// The changes, in the order they are told.
    pub items: Vec<Item>,
    /// The totals.
    pub figures: Vec<FigureLine>,
    /// How many projects the set holds, by status word.
    pub counts: Vec<(String, u64)>,
    /// Deadlines that close soon.
    pub closing: Vec<Closing>,
    /// How the sources are.
    pub sources: Vec<SourceHealth>,
}

/// A finished message, in every form a channel may want.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The digest's id.
    pub digest_id: String,
    /// When it was composed.
    pub composed_at: Timestamp,
    /// The news in one line.
    pub subject: String,
    /// The whole as plain text.
    pub text: String,
    /// The whole as HTML.
    pub html: String,
    /// The short form for chat: one Markdown block per item, head first, foot last.
    pub blocks: Vec<String>,
    /// The whole as JSON for programs: an object, serialised.
    pub json: String,
}
