//! The wins of a window of awards, counted by party: shares, ranks and concentration. Equals share a rank. Knows no days: the
//! caller chooses the window.

use std::collections::BTreeMap;

use super::{DatedAward, Winner};
use crate::domain::party::MentionKey;
use crate::figures::concentration::hhi;
use crate::figures::printed::tenths;

/// The wins of a window.
#[derive(Clone, Default)]
pub(super) struct Tallies<'a> {
    pub(super) wins: BTreeMap<&'a MentionKey, i64>,
    pub(super) names: BTreeMap<&'a MentionKey, &'a Winner>,
    pub(super) awards: Vec<&'a DatedAward>,
    pub(super) total: i64,
}

impl<'a> Tallies<'a> {
    pub(super) fn of(awards: impl Iterator<Item = &'a DatedAward>) -> Self {
        let mut tallies = Self::default();
        awards.for_each(|award| tallies.add(award));
        tallies
    }

    fn add(&mut self, award: &'a DatedAward) {
        for winner in award.lots.iter().flatten() {
            *self.wins.entry(&winner.party).or_default() += 1;
            self.names.insert(&winner.party, winner);
            self.total += 1;
        }
        self.awards.push(award);
    }

    pub(super) fn plus(&self, award: &'a DatedAward) -> Self {
        let mut tallies = self.clone();
        tallies.add(award);
        tallies
    }

    pub(super) fn wins_of(&self, party: &MentionKey) -> i64 {
        self.wins.get(party).copied().unwrap_or_default()
    }

    pub(super) fn share(&self, party: &MentionKey) -> Option<i64> {
        tenths(self.wins_of(party), self.total)
    }

    pub(super) fn hhi(&self) -> Option<i64> {
        hhi(&self.wins.values().copied().collect::<Vec<_>>())
    }

    pub(super) fn awards_of(&self, party: &MentionKey) -> Vec<&'a DatedAward> {
        self.awards.iter().copied().filter(|award| award.is_won_by(party)).collect()
    }

    pub(super) fn ranks(&self) -> Ranks {
        let mut wins: Vec<i64> = self.wins.values().copied().collect();
        wins.sort_unstable_by(|left, right| right.cmp(left));
        Ranks(wins)
    }
}

/// Wins, the most first.
pub(super) struct Ranks(Vec<i64>);

impl Ranks {
    /// One more than how many have more: equals share a rank.
    pub(super) fn of(&self, wins: i64) -> usize {
        self.0.partition_point(|known| *known > wins) + 1
    }
}
