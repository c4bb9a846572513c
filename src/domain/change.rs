//! A typed difference between what was known and what is now read, with old and new values.

use jiff::Timestamp;

use super::project::{NoticeId, ProjectId};
use super::stamp::Stamp;

/// What kind of difference. Troubles are for the operator, the rest is news for subscribers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// An intention was published.
    ProjectAnnounced,
    /// Offers are asked for.
    TenderPublished,
    /// A field moved: deadline, budget, scope, buyer.
    Corrected,
    /// A lot was given to a supplier.
    Awarded,
    /// An award already known says something else.
    AwardCorrected,
    /// Candidates were listed.
    CandidatesListed,
    /// Every lot failed.
    Failed,
    /// A failed project asks for offers again.
    Retendered,
    /// A contract was published.
    Contracted,
    /// A contract was changed.
    ContractChanged,
    /// The delivery was accepted.
    Completed,
    /// A notice is gone from a complete listing for the third time.
    Withdrawn,
    /// A total passed a round figure.
    TotalPassedMilestone,
    /// A record was broken (largest budget, largest topic part).
    RecordBroken,
    /// Figures moved because links or readings were rewritten, or a person ruled: nothing new was bought.
    Restated,
    /// Who wins has shifted: a first win, a displaced incumbent, a band of concentration.
    Shifted,
    /// A source stopped answering usefully.
    SourceFailing,
    /// It answers again.
    SourceRecovered,
    /// Nothing new for unusually long.
    SourceSilent,
    /// Pages no longer look as the reader knows them.
    SourceShapeChanged,
    /// A delivery was given up.
    DeliveryGivenUp,
    /// A receiver refuses for good and is written to no more.
    ReceiverStopped,
    /// A message that was to prove that messages arrive did not.
    CanaryMissing,
    /// They arrive again.
    CanaryArrived,
    /// Kept figures are not what a recount from history gives.
    AuditDisagrees,
}

impl ChangeKind {
    /// Every kind.
    pub const ALL: [Self; 25] = [
        Self::ProjectAnnounced,
        Self::TenderPublished,
        Self::Corrected,
        Self::Awarded,
        Self::AwardCorrected,
        Self::CandidatesListed,
        Self::Failed,
        Self::Retendered,
        Self::Contracted,
        Self::ContractChanged,
        Self::Completed,
        Self::Withdrawn,
        Self::TotalPassedMilestone,
        Self::RecordBroken,
        Self::Restated,
        Self::Shifted,
        Self::SourceFailing,
        Self::SourceRecovered,
        Self::SourceSilent,
        Self::SourceShapeChanged,
        Self::DeliveryGivenUp,
        Self::ReceiverStopped,
        Self::CanaryMissing,
        Self::CanaryArrived,
        Self::AuditDisagrees,
    ];

    /// The word in JSON, tables, templates and the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ProjectAnnounced => "project_announced",
            Self::TenderPublished => "tender_published",
            Self::Corrected => "corrected",
            Self::Awarded => "awarded",
            Self::AwardCorrected => "award_corrected",
            Self::CandidatesListed => "candidates_listed",
            Self::Failed => "failed",
            Self::Retendered => "retendered",
            Self::Contracted => "contracted",
            Self::ContractChanged => "contract_changed",
            Self::Completed => "completed",
            Self::Withdrawn => "withdrawn",
            Self::TotalPassedMilestone => "total_passed_milestone",
            Self::RecordBroken => "record_broken",
            Self::Restated => "restated",
            Self::Shifted => "shifted",
            Self::SourceFailing => "source_failing",
            Self::SourceRecovered => "source_recovered",
            Self::SourceSilent => "source_silent",
            Self::SourceShapeChanged => "source_shape_changed",
            Self::DeliveryGivenUp => "delivery_given_up",
            Self::ReceiverStopped => "receiver_stopped",
            Self::CanaryMissing => "canary_missing",
            Self::CanaryArrived => "canary_arrived",
            Self::AuditDisagrees => "audit_disagrees",
        }
    }

    /// The inverse of [`ChangeKind::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Troubles go to the operator, news to the subscribers.
    #[must_use]
    pub fn audience(self) -> Audience {
        match self {
            Self::SourceFailing
            | Self::SourceRecovered
            | Self::SourceSilent
            | Self::SourceShapeChanged
            | Self::DeliveryGivenUp
            | Self::ReceiverStopped
            | Self::CanaryMissing
            | Self::CanaryArrived
            | Self::AuditDisagrees => Audience::Operator,
            _ => Audience::Subscribers,
        }
    }
}

/// Whom a change concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// News.
    Subscribers,
    /// Troubles.
    Operator,
}

/// Whether a change is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Telling {
    /// It happened while we watched.
    News,
    /// It was there when we first looked: kept, never told.
    Baseline,
}

/// One field's old and new value, as text for people (`2019-09-01 09:30`, `¥1,200,000`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// `deadline`, `budget`, `award`, `suppliers`, `title`, `buyer`, `status`.
    pub field: String,
    /// What was known.
    pub old: Option<String>,
    /// What is read now.
    pub new: Option<String>,
}

/// A typed difference, before it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What kind.
    pub kind: ChangeKind,
    /// The project it concerns.
    pub project: Option<ProjectId>,
    /// The notice that brought it.
    pub notice: Option<NoticeId>,
    /// The source it came through.
    pub source: Option<String>,
    /// The topic it belongs to.
    pub topic: Option<String>,
    /// What moved.
    pub fields: Vec<FieldChange>,
    /// One line for logs and troubles (`search.ccgp.gov.cn answered 403`).
    pub reason: String,
    /// When the notice was published.
    pub published_at: Option<Stamp>,
    /// When we saw it.
    pub seen_at: Timestamp,
    /// Whether it is to be told.
    pub telling: Telling,
}

/// A change as history holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredChange {
    /// Its place in history; only grows.
    pub seq: i64,
    /// The change.
    pub change: Change,
}
