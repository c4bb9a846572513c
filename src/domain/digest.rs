//! What is worth telling one subscription, in which order and under which id, before it has words; and the finished message,
//! after.

use jiff::Timestamp;
use jiff::civil::Date;

use sha2::{Digest as _, Sha256};

use super::change::{ChangeKind, StoredChange};
use super::delivery::DeliveryId;
use super::project::{Project, ProjectId};
use super::rich::Block;
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
