//! What is worth telling one subscription, in which order and under which id, before it has words; and the finished message,
//! after.

use jiff::Timestamp;
use jiff::civil::Date;

use sha2::{Digest as _, Sha256};

use super::change::{ChangeKind, StoredChange};
use super::chart::Chart;
use super::delivery::DeliveryId;
use super::project::{Project, ProjectId};
use super::rich::Block;
use super::subscription::{Frequency, Language, Subscription};

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
    /// Whose part in that is largest, the largest first; it need not add up to the whole.
    pub movers: Vec<Mover>,
    /// Year-on-year growth in words that figures gave: `+42.0 %`, `from nothing`, `too early`.
    pub growth: super::digest::GrowthLine,
}

/// A project that moved a total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mover {
    /// The project.
    pub project: ProjectId,
    /// Its title.
    pub title: String,
    /// By how much, in ten-thousandths of the total's currency.
    pub moved: i64,
}

/// What only mentions the topic: kept, in no total, and not told when it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// The project.
    pub project: ProjectId,
    /// Its title.
    pub title: String,
    /// The term that stands in it.
    pub term: String,
    /// Where: `requirement`, `boilerplate`, `title`.
    pub field: String,
    /// The sentence it stands in.
    pub sentence: String,
    /// The original's address.
    pub url: Option<String>,
}

/// Why a message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Occasion {
    /// Something changed.
    #[default]
    News,
    /// A period was empty, and the subscription wants to hear that.
    Quiet,
    /// A subscription begins: where things stand.
    Summary,
    /// Nothing is new, but a tender closes before the next message would come.
    Reminder,
    /// Nothing is new, but a week's near misses are to be shown.
    NearMisses,
    /// Somebody proves a channel.
    Test,
}

impl Occasion {
    /// The word in JSON, tables and templates.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Quiet => "quiet",
            Self::Summary => "summary",
            Self::Reminder => "reminder",
            Self::NearMisses => "near_misses",
            Self::Test => "test",
        }
    }
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
    /// Why it is sent.
    pub occasion: Occasion,
    /// The latest awards, where it says how things stand.
    pub latest: Vec<Item>,
    /// What was nearly of the topic and was not told.
    pub near_misses: Vec<NearMiss>,
    /// Charts, where the message goes with pictures of them.
    pub charts: Vec<Chart>,
    /// What addresses of our own pages begin with, without a slash at the end; nothing without such pages.
    pub base_url: Option<String>,
}

impl Digest {
    /// A digest that says nothing yet, to one subscription at an instant.
    #[must_use]
    pub fn empty(id: String, subscription: &Subscription, now: Timestamp) -> Self {
        Self {
            id,
            subscription: subscription.name.clone(),
            topic: String::new(),
            language: subscription.language,
            frequency: subscription.rhythm.frequency,
            composed_at: now,
            day: super::stamp::china_day(now),
            items: Vec::new(),
            figures: Vec::new(),
            counts: Vec::new(),
            closing: Vec::new(),
            sources: Vec::new(),
            occasion: Occasion::News,
            latest: Vec::new(),
            near_misses: Vec::new(),
            charts: Vec::new(),
            base_url: None,
        }
    }
}

/// A picture that travels with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its id within the message: `chart-1`.
    pub id: String,
    /// What it shows, in words.
    pub alt: String,
    /// The PNG file.
    pub png: Vec<u8>,
}

/// Stands for a receiver's own address in a text and an HTML that are the same for many: whoever composes for the receiver puts
/// the address in its place. No template and no outsider can write it: it is no character that is printed.
pub const MANAGE_MARK: &str = "\u{f8f0}";

/// Stands for the subscription's name in a message that is the same for many subscriptions.
pub const NAME_MARK: &str = "\u{f8f1}";

/// Stands for the digest's id in such a message.
pub const ID_MARK: &str = "\u{f8f2}";

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
    /// The short form for chat: a block per item, head first, foot last.
    pub blocks: Vec<Block>,
    /// Pictures that the HTML shows as `cid:ID`.
    pub images: Vec<Image>,
    /// The whole as JSON for programs: an object, serialised.
    pub json: String,
}

/// Puts the items into the order they are told in: what can still be acted on, then results, then ends and figures; within that
/// by publication, then as history has them.
pub fn order(items: &mut [Item]) {
    items.sort_by_cached_key(|item| {
        let change = &item.stored.change;
        let at = change.published_at.map_or(change.seen_at, |stamp| stamp.at);
        (rank(change.kind), at, item.stored.seq)
    });
}

fn rank(kind: ChangeKind) -> u8 {
    match kind {
        ChangeKind::TenderPublished => 0,
        ChangeKind::Retendered => 1,
        ChangeKind::Corrected => 2,
        ChangeKind::ProjectAnnounced => 3,
        ChangeKind::CandidatesListed => 4,
        ChangeKind::Awarded => 5,
        ChangeKind::AwardCorrected => 6,
        ChangeKind::Contracted => 7,
        ChangeKind::ContractChanged => 8,
        ChangeKind::Completed => 9,
        ChangeKind::Failed => 10,
        ChangeKind::Withdrawn => 11,
        ChangeKind::RecordBroken => 12,
        ChangeKind::TotalPassedMilestone => 13,
        ChangeKind::Shifted => 14,
        ChangeKind::Restated => 15,
        ChangeKind::SourceFailing => 16,
        ChangeKind::SourceShapeChanged => 17,
        ChangeKind::SourceSilent => 18,
        ChangeKind::CanaryMissing => 19,
        ChangeKind::ReceiverStopped => 20,
        ChangeKind::DeliveryGivenUp => 21,
        ChangeKind::AuditDisagrees => 22,
        ChangeKind::SourceRecovered => 23,
        ChangeKind::CanaryArrived => 24,
    }
}

/// A digest's id: the same subscription and the same last change always give the same.
#[must_use]
pub fn id(subscription: &str, last_seq: i64) -> String {
    format!("g_{}", hash(&[subscription, &last_seq.to_string()]))
}

/// The id of one message of a run: the same subscription, period and part always give the same.
#[must_use]
pub fn run_id(subscription: &str, period: &str, part: &str) -> String {
    format!("g_{}", hash(&[subscription, period, part]))
}

/// A delivery's id: the same digest to the same receiver always has the same.
#[must_use]
pub fn delivery_id(digest_id: &str, receiver: &str) -> DeliveryId {
    DeliveryId(format!("d_{}", hash(&[digest_id, receiver])))
}

/// The first 128 bits of the parts' hash, in hex. Their lengths keep `a, bc` from being `ab, c`.
fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.len().to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let bits = hasher.finalize().iter().take(16).fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    format!("{bits:032x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::{Change, Telling};

    fn stored(seq: i64, kind: ChangeKind) -> StoredChange {
        let change = Change {
            kind,
            project: Some(ProjectId(1)),
            notice: None,
            source: None,
            topic: Some("blockchain".into()),
            fields: Vec::new(),
            reason: String::new(),
            published_at: None,
            seen_at: Timestamp::UNIX_EPOCH,
            telling: Telling::News,
        };
        StoredChange { seq, change }
    }

    #[test]
    fn open_tenders_come_before_results_and_figures() {
        let kinds =
            [ChangeKind::TotalPassedMilestone, ChangeKind::Awarded, ChangeKind::TenderPublished, ChangeKind::Awarded];
        let item = |(seq, kind)| Item {
            stored: stored(seq, kind),
            project: None,
            url: None,
            notice_title: None,
            told_at: None,
        };
        let mut items: Vec<Item> = (1..).zip(kinds).map(item).collect();
        order(&mut items);
        assert_eq!(items.iter().map(|item| item.stored.seq).collect::<Vec<_>>(), [3, 2, 4, 1]);
    }

    #[test]
    fn ids_are_stable_and_tell_receivers_apart() {
        let digest = id("daily", 42);
        assert_eq!(digest, id("daily", 42));
        assert_ne!(digest, id("daily4", 2));
        let delivery = delivery_id(&digest, "a@example.org");
        assert_eq!((delivery.0.len(), delivery.0.get(..2)), (34, Some("d_")));
        assert_ne!(delivery, delivery_id(&digest, "b@example.org"));
    }
}
