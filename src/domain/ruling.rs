//! A person's word on a judged value, with reason and author. It hangs on a notice, so that it follows that notice through every
//! re-reading and regrouping; undoing it leaves it in history.

use jiff::Timestamp;

use super::classes::{Category, Level};
use super::money::Money;
use super::project::NoticeId;
use super::topic::Weight;

/// A ruling's number in history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RulingId(pub i64);

/// What is ruled, and what it is from now on. Nothing within means: cleared, nobody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matter {
    /// The project's topic part.
    TopicPart(Option<Money>),
    /// The notice's budget, where places disagree or none was read.
    Budget(Option<Money>),
    /// The award of the notice's lot with this label (nothing: the only lot, or the whole).
    Award {
        /// The lot's label.
        lot: Option<String>,
        /// What it was awarded for.
        money: Option<Money>,
    },
    /// The project's category.
    Category(Option<Category>),
    /// The buyer's level.
    Level(Level),
    /// The buyer's province, as a six-digit code.
    Region(Option<String>),
    /// How strongly the notice is of the topic.
    Relevance(Weight),
    /// The notice belongs to no other: what rules link it to is passed over.
    Alone,
    /// The notice belongs with this one, and with what no rule but this links it to.
    With(NoticeId),
    /// The notice does not belong with this one: that they be one project is not proposed again.
    NotWith(NoticeId),
}

impl Matter {
    /// The word in JSON, tables and on the command line.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::TopicPart(_) => "topic_part",
            Self::Budget(_) => "budget",
            Self::Award { .. } => "award",
            Self::Category(_) => "category",
            Self::Level(_) => "level",
            Self::Region(_) => "region",
            Self::Relevance(_) => "relevance",
            Self::Alone | Self::With(_) => "link",
            Self::NotWith(_) => "proposal",
        }
    }
}

/// A ruling that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// Its number.
    pub id: RulingId,
    /// What it says.
    pub matter: Matter,
    /// Who said so.
    pub author: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}
