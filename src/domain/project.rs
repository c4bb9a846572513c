//! One procurement, made of linked notices. Everything here is a pure fold of the notices: their order of arrival never matters.

use jiff::civil::Date;

use super::amount::Amount;
use super::classes::{Category, Level};
use super::judged::Judged;
use super::notice::{Method, Notice};
use super::organisation::Organisation;
use super::region::Region;
use super::ruling::{Ruling, RulingId};
use super::stamp::Stamp;
use super::topic::Weight;

/// A project's number in our own history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectId(pub i64);

/// A notice's identity: the source's name and the source's own key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoticeId {
    /// The source's name in the configuration.
    pub source: String,
    /// The source's own key.
    pub native_id: String,
}

impl std::fmt::Display for NoticeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.source, self.native_id)
    }
}

/// Where a project stands. `Failed` covers 废标, 流标 and 终止.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Status {
    /// Announced as an intention.
    #[default]
    Planned,
    /// Offers are asked for.
    Tendering,
    /// At least one lot is awarded.
    Awarded,
    /// A contract is published.
    Contracted,
    /// Accepted.
    Completed,
    /// Every lot failed, and no new round is open.
    Failed,
    /// Every notice of it was taken back.
    Withdrawn,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 7] = [
        Self::Planned,
        Self::Tendering,
        Self::Awarded,
        Self::Contracted,
        Self::Completed,
        Self::Failed,
        Self::Withdrawn,
    ];

    /// The word in JSON, tables and templates.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Tendering => "tendering",
            Self::Awarded => "awarded",
            Self::Contracted => "contracted",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The inverse of [`Status::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }

    /// Whether the study's set holds it: tendering, awarded, contracted or completed.
    #[must_use]
    pub fn is_counted(self) -> bool {
        matches!(self, Self::Tendering | Self::Awarded | Self::Contracted | Self::Completed)
    }
}

/// A lot as its project's notices leave it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ProjectLot {
    /// The label, or nothing for the only lot.
    pub label: Option<String>,
    /// Its title, where any notice gives one.
    pub title: Option<String>,
    /// Where it stands.
    pub status: super::notice::LotStatus,
    /// Its award amount.
    pub award: Amount,
    /// Its winners.
    pub suppliers: Vec<Organisation>,
    /// Whether they bid as one.
    pub joint: bool,
}

/// A notice of a project, with its identity, as the fold takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Whose it is.
    pub id: NoticeId,
    /// What it says today.
    pub notice: Notice,
    /// The notice that it repeats at a second address, if it does; repeats add nothing to any figure.
    pub repeat_of: Option<NoticeId>,
    /// When a listing known to be complete had lost it for the third time.
    pub withdrawn_at: Option<jiff::Timestamp>,
    /// What people ruled of it and of its project, oldest first; the last of a matter stands.
    pub rulings: Vec<Ruling>,
}

impl Member {
    /// Its place among a project's notices, whatever the order of arrival: by publication, then by the source's key (shorter keys
    /// are older), then by source. One without a date comes last.
    #[must_use]
    pub fn place(&self) -> (bool, Option<jiff::Timestamp>, usize, &str, &str) {
        let at = self.notice.published_at.map(|stamp| stamp.at);
        (at.is_none(), at, self.id.native_id.len(), &self.id.native_id, &self.id.source)
    }
}

/// One procurement as its notices leave it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Project {
    /// The best title: the project title of the earliest notice that has one.
    pub title: String,
    /// Who buys.
    pub buyers: Vec<Organisation>,
    /// Where the buyer is.
    pub region: Region,
    /// Every project number, normalised, sorted.
    pub numbers: Vec<String>,
    /// How it is bought.
    pub method: Option<Method>,
    /// Where it stands.
    pub status: Status,
    /// The day of its first notice, in the source's zone: the day, month and year that every figure files it under.
    pub first_on: Option<Date>,
    /// When the latest notice was published.
    pub latest_at: Option<Stamp>,
    /// The deadline for offers as corrected.
    pub deadline_at: Option<Stamp>,
    /// The budget as corrected.
    pub budget: Amount,
    /// The ceiling; never summed.
    pub ceiling: Amount,
    /// The sum of its lots' awards.
    pub award: Amount,
    /// The contract's amount; kept apart.
    pub contract: Amount,
    /// The part bought for the topic itself: the whole where the topic is the subject or every item is of it, else the
    /// itemised lines of it, else undisclosed.
    pub topic_part: Amount,
    /// How strongly it is of the topic: the strongest of its notices.
    pub weight: Weight,
    /// Its lots, sorted by label.
    pub lots: Vec<ProjectLot>,
    /// How many rounds were opened (二次, 第三次).
    pub rounds: u32,
    /// How many distinct notices it has, repeats not counted.
    pub notices: u32,
    /// The buyer's level.
    pub level: Judged<Level>,
    /// What it is bought for.
    pub category: Judged<Category>,
    /// The rulings that shaped any of the above.
    pub rulings: Vec<RulingId>,
}
