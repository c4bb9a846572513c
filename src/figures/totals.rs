//! The running totals: what each project adds to them, and what a changed project moves.

use std::collections::BTreeMap;

use crate::domain::money::Currency;
use crate::domain::project::Status;

/// A kind of total. They are never mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FigureKind {
    /// Budgets.
    Budget,
    /// Award amounts.
    Award,
    /// The parts bought for the topic itself.
    TopicPart,
}

impl FigureKind {
    /// Every kind, in the order of a digest.
    pub const ALL: [Self; 3] = [Self::Budget, Self::Award, Self::TopicPart];

    /// The word in JSON, tables and templates.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::Award => "award",
            Self::TopicPart => "topic_part",
        }
    }

    /// The inverse of [`FigureKind::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What one project adds to the totals of one topic. A project without a first day, of another topic or outside the
/// counted set adds nothing and has no contribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// The year of its first notice.
    pub year: i16,
    /// The month of its first notice, 1 to 12.
    pub month: i8,
    /// Where it stands.
    pub status: Status,
    /// Kind → what it discloses; a kind that applies and is not disclosed holds nothing, one that does not apply is absent.
    pub sums: BTreeMap<FigureKind, Option<crate::domain::money::Money>>,
}

/// Where a sum is kept. The number of projects that a kind applies to is kept apart, under [`CountCell`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SumCell {
    /// The kind of total.
    pub kind: FigureKind,
    /// The currency.
    pub currency: Currency,
    /// The year.
    pub year: i16,
    /// The month.
    pub month: i8,
}

/// Where projects are counted: by what a kind applies to (`Of`), or by status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CountCell {
    /// Projects that a kind of total applies to: the N of "n of N".
    Of(FigureKind, i16, i8),
    /// Projects by status.
    Status(Status, i16, i8),
}

/// A sum and how many projects disclose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Tally {
    /// In ten-thousandths.
    pub sum: i64,
    /// How many projects.
    pub disclosed: i64,
}

/// The running totals of one topic, or the difference between two of them.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Totals {
    /// Sums by kind, currency and month; cells of zero are absent.
    pub sums: BTreeMap<SumCell, Tally>,
    /// Counts by kind or status and month; cells of zero are absent.
    pub counts: BTreeMap<CountCell, i64>,
}

impl Totals {
    /// Adds a difference; cells that come to nothing disappear.
    pub fn apply(&mut self, moved: &Self) {
        for (cell, tally) in &moved.sums {
            let kept = self.sums.entry(cell.clone()).or_default();
            kept.sum = kept.sum.saturating_add(tally.sum);
            kept.disclosed = kept.disclosed.saturating_add(tally.disclosed);
        }
        for (cell, count) in &moved.counts {
            let kept = self.counts.entry(*cell).or_default();
            *kept = kept.saturating_add(*count);
        }
        self.sums.retain(|_, tally| *tally != Tally::default());
        self.counts.retain(|_, count| *count != 0);
    }
}

/// What a project moves when it stood for `before` and stands for `after`.
#[must_use]
pub fn delta(before: Option<&Contribution>, after: Option<&Contribution>) -> Totals {
    let mut moved = Totals::default();
    if let Some(before) = before {
        moved.apply(&cells(before, -1));
    }
    if let Some(after) = after {
        moved.apply(&cells(after, 1));
    }
    moved
}

fn cells(contribution: &Contribution, sign: i64) -> Totals {
    let (year, month) = (contribution.year, contribution.month);
    let mut totals = Totals::default();
    totals.counts.insert(CountCell::Status(contribution.status, year, month), sign);
    for (kind, money) in &contribution.sums {
        totals.counts.insert(CountCell::Of(*kind, year, month), sign);
        if let Some(money) = money {
            let cell = SumCell { kind: *kind, currency: money.currency, year, month };
            totals.sums.insert(cell, Tally { sum: sign.saturating_mul(money.ten_thousandths), disclosed: sign });
        }
    }
    totals
}
