//! Do the kept cells come to what projects are counted for, and that to what their notices come to? Adds every contribution up
//! anew; for `audit`.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::kept_cell;
use super::recount::OfTopic;
use super::{Reader, StoreError};
use crate::figures::cells::{self, Cell, Cells, Dimension};
use crate::figures::totals::Contribution;

statements! {
    EVERY = "SELECT topic, dimension, word, year, month, measure, sum, disclosed FROM cells";
}

/// Cells by topic and dimension.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tallied(BTreeMap<(String, Dimension), Cells>);

impl Tallied {
    /// What these contributions come to.
    pub(super) fn of<'a>(counted: impl IntoIterator<Item = &'a OfTopic>) -> Self {
        let mut tallied = Self::default();
        for (topic, contribution) in counted {
            tallied.add(topic, contribution);
        }
        tallied
    }

    /// Adds one contribution.
    pub(super) fn add(&mut self, topic: &str, contribution: &Contribution) {
        for (cell, tally) in cells::delta(None, Some(contribution)).0 {
            let one = Cells([(cell.clone(), tally)].into());
            self.0.entry((topic.to_owned(), cell.dimension)).or_default().apply(&one);
        }
    }

    /// Every topic and dimension that either side knows, with how many cells each has and the first that differs.
    pub(super) fn beside(&self, other: &Self) -> Vec<Compared> {
        let groups: BTreeSet<&(String, Dimension)> = self.0.keys().chain(other.0.keys()).collect();
        let none = Cells::default();
        let compare = |group: &(String, Dimension)| {
            let (kept, recounted) = (self.0.get(group).unwrap_or(&none), other.0.get(group).unwrap_or(&none));
            let every: BTreeSet<&Cell> = kept.0.keys().chain(recounted.0.keys()).collect();
            let differs = every.into_iter().find(|cell| kept.0.get(*cell) != recounted.0.get(*cell)).cloned();
            let counts = (said(kept), said(recounted));
            Compared { topic: group.0.clone(), dimension: group.1, counts, differs }
        };
        groups.into_iter().map(compare).collect()
    }
}

/// `12 cells, 34 in all`: enough for a person to see that something is lost or doubled.
fn said(cells: &Cells) -> String {
    let all: i64 = cells.0.values().map(|tally| tally.disclosed).sum();
    format!("{} cells, {all} in all", cells.0.len())
}

/// One topic and dimension, kept and recounted.
pub(super) struct Compared {
    pub(super) topic: String,
    pub(super) dimension: Dimension,
    pub(super) counts: (String, String),
    pub(super) differs: Option<Cell>,
}

impl Reader<'_> {
    /// Every cell that is kept.
    pub(super) fn tallied(&self) -> Result<Tallied, StoreError> {
        let mut tallied = Tallied::default();
        let mut statement = self.connection.prepare_cached(EVERY)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (cell, tally) = kept_cell(row)?;
            let group = (row.get::<_, String>("topic")?, cell.dimension);
            tallied.0.entry(group).or_default().0.insert(cell, tally);
        }
        Ok(tallied)
    }
}
