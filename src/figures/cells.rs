//! Where shares and winners are kept: a tally per class, month and measure, moved by what each project adds. Suppliers are kept by
//! mention; which mentions are one party is decided when the cells are read.

use std::collections::BTreeMap;

use crate::domain::money::{Currency, Money};
use crate::domain::party::MentionKey;

use super::totals::{Contribution, FigureKind, Tally};

/// By what projects are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// The buyer's level.
    Level,
    /// The buyer's province.
    Region,
    /// The leaf class.
    Category,
    /// How it is bought.
    Method,
    /// Who won, by mention.
    Supplier,
}

impl Dimension {
    /// Every dimension.
    pub const ALL: [Self; 5] = [Self::Level, Self::Region, Self::Category, Self::Method, Self::Supplier];

    /// The word in JSON and tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Level => "level",
            Self::Region => "region",
            Self::Category => "category",
            Self::Method => "method",
            Self::Supplier => "supplier",
        }
    }

    /// The inverse of [`Dimension::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dimension| dimension.word() == word)
    }
}

/// One lot given to one supplier. A joint bid's lot is a win of each partner; its money stands undivided with each, marked joint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Win {
    /// The lot's label.
    pub lot: Option<String>,
    /// Who.
    pub mention: MentionKey,
    /// Whether several suppliers share the lot, as a joint bid or side by side: its money is then nobody's alone.
    pub joint: bool,
    /// What the lot was awarded for.
    pub money: Option<Money>,
}

/// What is tallied in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Counted projects.
    Projects,
    /// Projects that a kind of total applies to: the N of "n of N".
    Of(FigureKind),
    /// A kind's disclosed sum in one currency.
    Sum(FigureKind, Currency),
    /// Wins.
    Wins,
    /// Of them, those shared with others.
    JointWins,
    /// What was won alone.
    Won(Currency),
    /// What was won together with others, undivided: never added up over suppliers.
    WonJointly(Currency),
}

/// A place in the tables.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// By what.
    pub dimension: Dimension,
    /// Which class; empty where it is unknown.
    pub word: String,
    /// The year.
    pub year: i16,
    /// The month.
    pub month: i8,
    /// What.
    pub measure: Measure,
}

/// Tallies by cell, or the difference between two of them; cells of zero are absent. Of a plain count `disclosed` holds the
/// count and `sum` is zero.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Cells(pub BTreeMap<Cell, Tally>);

impl Cells {
    /// Moves every cell by the difference's; cells that come to nothing vanish.
    pub fn apply(&mut self, delta: &Self) {
        for (cell, moved) in &delta.0 {
            self.add(cell, *moved);
        }
    }

    fn add(&mut self, cell: &Cell, moved: Tally) {
        let tally = self.0.entry(cell.clone()).or_default();
        *tally = tally.plus(moved);
        if *tally == Tally::default() {
            self.0.remove(cell);
        }
    }

    /// Adds a contribution, or takes it away again where `times` is -1.
    fn count(&mut self, contribution: &Contribution, times: i64) {
        let Contribution { year, month, sums, groups, wins, .. } = contribution;
        let cell = |dimension, word: &str, measure| Cell {
            dimension,
            word: word.to_owned(),
            year: *year,
            month: *month,
            measure,
        };
        let once = Tally { sum: 0, disclosed: times };
        let of = |money: &Money| Tally { sum: money.ten_thousandths.saturating_mul(times), disclosed: times };
        for (dimension, word) in groups {
            self.add(&cell(*dimension, word, Measure::Projects), once);
            for (kind, money) in sums {
                self.add(&cell(*dimension, word, Measure::Of(*kind)), once);
                if let Some(money) = money {
                    self.add(&cell(*dimension, word, Measure::Sum(*kind, money.currency)), of(money));
                }
            }
        }
        for Win { mention, joint, money, .. } in wins {
            let cell = |measure| cell(Dimension::Supplier, &mention.0, measure);
            self.add(&cell(Measure::Wins), once);
            if *joint {
                self.add(&cell(Measure::JointWins), once);
            }
            if let Some(money) = money {
                let measure = if *joint { Measure::WonJointly } else { Measure::Won };
                self.add(&cell(measure(money.currency)), of(money));
            }
        }
    }
}

/// What the cells move by when a project that added `before` adds `after`.
#[must_use]
pub fn delta(before: Option<&Contribution>, after: Option<&Contribution>) -> Cells {
    let mut moved = Cells::default();
    if let Some(before) = before {
        moved.count(before, -1);
    }
    if let Some(after) = after {
        moved.count(after, 1);
    }
    moved
}
