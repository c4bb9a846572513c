//! Who wins has shifted: how, since when, why, and in which projects. Pure over awards in the order of their days, so that it can
//! be asked as of any day. A shift compares the record with and without one award; what merely runs out of a window is none.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use super::concentration::Band;
use crate::domain::classes::Category;
use crate::domain::filing::FiledThrough;
use crate::domain::party::MentionKey;
use crate::domain::project::ProjectId;
use tallies::{Ranks, Tallies};

/// What shifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ShiftKind {
    /// A party wins for the first time on record.
    FirstWin,
    /// It wins again after a long absence.
    Return,
    /// It wins in a region for the first time.
    FirstInRegion,
    /// It wins in a category for the first time.
    FirstInCategory,
    /// A buyer's last awards all went to one party, and this one does not.
    IncumbentDisplaced,
    /// It is among the first n of a window.
    EnteredTop,
    /// It no longer is.
    LeftTop,
    /// Its share of the wins moved between two windows.
    ShareMoved,
    /// The index of concentration moved to another band.
    BandMoved,
    /// Parties that never won together do.
    NewJointBid,
    /// One that is on the filing list, or whose group is, wins.
    FiledWins,
    /// Nobody else could bid: bought from a single source.
    SingleBidder,
}

impl ShiftKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::FirstWin,
        Self::Return,
        Self::FirstInRegion,
        Self::FirstInCategory,
        Self::IncumbentDisplaced,
        Self::EnteredTop,
        Self::LeftTop,
        Self::ShareMoved,
        Self::BandMoved,
        Self::NewJointBid,
        Self::FiledWins,
        Self::SingleBidder,
    ];

    /// The word in JSON, changes and the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::FirstWin => "first_win",
            Self::Return => "return",
            Self::FirstInRegion => "first_in_region",
            Self::FirstInCategory => "first_in_category",
            Self::IncumbentDisplaced => "incumbent_displaced",
            Self::EnteredTop => "entered_top",
            Self::LeftTop => "left_top",
            Self::ShareMoved => "share_moved",
            Self::BandMoved => "band_moved",
            Self::NewJointBid => "new_joint_bid",
            Self::FiledWins => "filed_wins",
            Self::SingleBidder => "single_bidder",
        }
    }

    /// The inverse of [`ShiftKind::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// From when on a difference is a shift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Which shifts are looked for.
    pub kinds: BTreeSet<ShiftKind>,
    /// A first win means something only once the record reaches back so many days.
    pub record_days: i32,
    /// Days without a win that make a return.
    pub absence_days: i32,
    /// How many of a buyer's last awards make an incumbent.
    pub incumbent_awards: usize,
    /// The n of the first n.
    pub top: usize,
    /// With fewer wins in the window nobody is among the first n.
    pub top_wins: i64,
    /// The length of a window.
    pub window_days: i32,
    /// How far a share moves, in percentage points.
    pub share_points: i64,
    /// With fewer wins in a window there are no shares and no index.
    pub window_wins: i64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            kinds: ShiftKind::ALL.into(),
            record_days: 365,
            absence_days: 730,
            incumbent_awards: 2,
            top: 10,
            top_wins: 2,
            window_days: 365,
            share_points: 10,
            window_wins: 10,
        }
    }
}

/// A party in an award.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Winner {
    /// Who.
    pub party: MentionKey,
    /// Its name.
    pub name: String,
    /// How it stood on the filing list on the day of the award.
    pub filed: Option<FiledThrough>,
}

/// One project's award: what it gave to whom, on the day of its first result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatedAward {
    /// The day of its first result notice in the source's zone.
    pub on: Date,
    /// The project.
    pub project: ProjectId,
    /// The lots that were given, each with its winners, each party once.
    pub lots: Vec<Vec<Winner>>,
    /// Who bought.
    pub buyers: Vec<MentionKey>,
    /// The buyer's province.
    pub region: Option<String>,
    /// What for.
    pub category: Option<Category>,
    /// Whether it was bought from a single source.
    pub single_source: bool,
}

impl DatedAward {
    /// Everyone who won something, each once.
    fn winners(&self) -> BTreeMap<&MentionKey, &Winner> {
        self.lots.iter().flatten().map(|winner| (&winner.party, winner)).collect()
    }

    fn is_won_by(&self, party: &MentionKey) -> bool {
        self.lots.iter().flatten().any(|winner| winner.party == *party)
    }

    fn place(&self) -> (Date, ProjectId) {
        (self.on, self.project)
    }

    /// The parties of each lot that several won.
    fn joint(&self) -> impl Iterator<Item = BTreeSet<&MentionKey>> {
        let partners = self.lots.iter().map(|lot| lot.iter().map(|winner| &winner.party).collect::<BTreeSet<_>>());
        partners.filter(|partners| partners.len() > 1)
    }
}

/// A shift: its name, its reason, the projects that show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shift {
    /// What shifted.
    pub kind: ShiftKind,
    /// On which day.
    pub on: Date,
    /// Whose; several of a joint bid, nobody's of a whole market.
    pub parties: Vec<String>,
    /// Their names, as printed.
    pub names: Vec<String>,
    /// What was.
    pub old: Option<String>,
    /// What is.
    pub new: Option<String>,
    /// A sentence.
    pub reason: String,
    /// The award that brought it first, then those it is compared with.
    pub projects: Vec<i64>,
}

/// Every shift up to a day, that day included, in the order of the awards.
#[must_use]
pub fn over(awards: &[DatedAward], thresholds: &Thresholds, until: Date) -> Vec<Shift> {
    let mut awards: Vec<DatedAward> = awards.iter().filter(|award| award.on <= until).cloned().collect();
    awards.sort_by_key(DatedAward::place);
    let shifts = awards
        .iter()
        .enumerate()
        .flat_map(|(place, award)| of_latest(awards.get(..place).unwrap_or_default(), award, thresholds));
    shifts.collect()
}

/// What one award shifts, given the awards before it: all of them, or at least those that [`is_needed`] tells.
#[must_use]
pub fn of_latest(history: &[DatedAward], award: &DatedAward, thresholds: &Thresholds) -> Vec<Shift> {
    let mut before: Vec<&DatedAward> = history.iter().filter(|known| known.place() < award.place()).collect();
    before.sort_by_key(|known| known.place());
    let scene = Scene { before, award, thresholds };
    let mut shifts = scene.of_winners();
    shifts.extend(scene.displaced());
    shifts.extend(scene.of_window());
    shifts.extend(scene.joint_bids());
    shifts.extend(scene.single_bidder());
    shifts.retain(|shift| thresholds.kinds.contains(&shift.kind));
    shifts
}

/// Whether an earlier award bears on what this one shifts: the first on record does, those of the same winners and buyers, and
/// those of the last two windows.
#[must_use]
pub fn is_needed(earlier: &DatedAward, award: &DatedAward, first_on: Date, thresholds: &Thresholds) -> bool {
    let shares_buyer = earlier.buyers.iter().any(|buyer| award.buyers.contains(buyer));
    let shares_winner = earlier.lots.iter().flatten().any(|winner| award.is_won_by(&winner.party));
    let is_recent = earlier.on > days_before(award.on, thresholds.window_days.saturating_mul(2));
    earlier.on == first_on || shares_buyer || shares_winner || is_recent
}

/// So many days before a day.
#[must_use]
pub fn days_before(day: Date, days: i32) -> Date {
    day.saturating_sub(jiff::Span::new().days(days))
}

/// An award and what was before it.
struct Scene<'a> {
    before: Vec<&'a DatedAward>,
    award: &'a DatedAward,
    thresholds: &'a Thresholds,
}

impl Scene<'_> {
    fn shift(&self, kind: ShiftKind, winners: &[&Winner], old: Option<String>, new: Option<String>) -> Shift {
        Shift {
            kind,
            on: self.award.on,
            parties: winners.iter().map(|winner| winner.party.0.clone()).collect(),
            names: winners.iter().map(|winner| winner.name.clone()).collect(),
            old,
            new,
            reason: String::new(),
            projects: vec![self.award.project.0],
        }
    }

    /// First wins, returns, and who is on the filing list.
    fn of_winners(&self) -> Vec<Shift> {
        let mut shifts = Vec::new();
        for (party, winner) in self.award.winners() {
            let earlier: Vec<&DatedAward> =
                self.before.iter().copied().filter(|known| known.is_won_by(party)).collect();
            match earlier.last() {
                None => shifts.extend(self.first_win(winner)),
                Some(last) => {
                    shifts.extend(self.returned(winner, last));
                    shifts.extend(self.first_in_region(winner, &earlier));
                    shifts.extend(self.first_in_category(winner, &earlier));
                }
            }
            shifts.extend(self.filed(winner));
        }
        shifts
    }

    fn first_win(&self, winner: &Winner) -> Option<Shift> {
        let since = self.before.first()?.on;
        if since > days_before(self.award.on, self.thresholds.record_days) {
            return None;
        }
        let shift = self.shift(ShiftKind::FirstWin, &[winner], None, Some(self.award.on.to_string()));
        Some(shift.because(format!("{} wins for the first time in a record since {since}", winner.name)))
    }

    fn returned(&self, winner: &Winner, last: &DatedAward) -> Option<Shift> {
        if last.on > days_before(self.award.on, self.thresholds.absence_days) {
            return None;
        }
        let (old, new) = (Some(last.on.to_string()), Some(self.award.on.to_string()));
        let shift = self.shift(ShiftKind::Return, &[winner], old, new).with(&[last]);
        Some(shift.because(format!("{} wins again, its last win was on {}", winner.name, last.on)))
    }

    fn first_in_region(&self, winner: &Winner, earlier: &[&DatedAward]) -> Option<Shift> {
        let region = self.award.region.as_ref()?;
        let is_known = earlier.iter().any(|known| known.region.as_ref() == Some(region));
        (!is_known).then(|| {
            let shift = self.shift(ShiftKind::FirstInRegion, &[winner], None, Some(region.clone()));
            shift.because(format!("{} wins in {region} for the first time", winner.name))
        })
    }

    fn first_in_category(&self, winner: &Winner, earlier: &[&DatedAward]) -> Option<Shift> {
        let category = self.award.category?;
        let is_known = earlier.iter().any(|known| known.category == Some(category));
        (!is_known).then(|| {
            let word = category.word();
            let shift = self.shift(ShiftKind::FirstInCategory, &[winner], None, Some(word.to_owned()));
            shift.because(format!("{} wins in {word} for the first time", winner.name))
        })
    }

    fn filed(&self, winner: &Winner) -> Option<Shift> {
        let (holder, through) = match winner.filed.as_ref()? {
            FiledThrough::Own => (winner.name.clone(), "is"),
            FiledThrough::Group { holder } => (holder.clone(), "has an affiliate"),
        };
        let shift = self.shift(ShiftKind::FiledWins, &[winner], None, Some(holder.clone()));
        Some(shift.because(format!("{} wins and {through} on the filing list as {holder}", winner.name)))
    }

    /// The last awards of this buyer all went to one party, and no lot of this one does.
    fn displaced(&self) -> Option<Shift> {
        let at_buyer = |known: &&&DatedAward| {
            known.project != self.award.project && known.buyers.iter().any(|buyer| self.award.buyers.contains(buyer))
        };
        let last: Vec<&DatedAward> =
            self.before.iter().rev().filter(at_buyer).take(self.thresholds.incumbent_awards).copied().collect();
        let (latest, others) = last.split_first().filter(|_| last.len() == self.thresholds.incumbent_awards)?;
        let winners = latest.winners();
        let held = winners.values().filter(|winner| others.iter().all(|known| known.is_won_by(&winner.party)));
        let incumbents: Vec<&Winner> = held.copied().collect();
        if incumbents.is_empty() || incumbents.iter().any(|incumbent| self.award.is_won_by(&incumbent.party)) {
            return None;
        }
        let now = self.award.winners();
        let names = |winners: &mut dyn Iterator<Item = &&Winner>| {
            winners.map(|winner| winner.name.clone()).collect::<Vec<_>>().join("、")
        };
        let (old, new) = (names(&mut incumbents.iter()), names(&mut now.values()));
        let winners: Vec<&Winner> = now.values().copied().collect();
        let reason = format!("{new} wins where the last {} awards went to {old}", last.len());
        Some(self.shift(ShiftKind::IncumbentDisplaced, &winners, Some(old), Some(new)).with(&last).because(reason))
    }

    /// The first n, shares and the index: the window that ends with this award, with it and without it.
    fn of_window(&self) -> Vec<Shift> {
        let start = days_before(self.award.on, self.thresholds.window_days);
        let earlier_start = days_before(start, self.thresholds.window_days);
        let within = |from: Date, to: Date| {
            Tallies::of(self.before.iter().copied().filter(move |known| from < known.on && known.on <= to))
        };
        let (previous, without) = (within(earlier_start, start), within(start, self.award.on));
        let with = without.plus(self.award);
        let mut shifts = self.of_top(&without, &with);
        shifts.extend(self.of_shares(&previous, &without, &with));
        shifts.extend(self.of_band(&without, &with));
        shifts
    }

    fn of_top(&self, without: &Tallies<'_>, with: &Tallies<'_>) -> Vec<Shift> {
        let Thresholds { top, top_wins, .. } = *self.thresholds;
        if without.wins.len() <= top {
            return Vec::new();
        }
        let (before, after) = (without.ranks(), with.ranks());
        let mut shifts = Vec::new();
        for party in with.wins.keys() {
            let stands = |tallies: &Tallies<'_>, ranks: &Ranks| {
                let wins = tallies.wins_of(party);
                (wins >= top_wins && ranks.of(wins) <= top).then_some(ranks.of(wins))
            };
            let kind = match (stands(without, &before), stands(with, &after)) {
                (None, Some(_)) => ShiftKind::EnteredTop,
                (Some(_), None) => ShiftKind::LeftTop,
                _ => continue,
            };
            let Some(winner) = with.names.get(party) else { continue };
            // Who has too few wins has no rank that says anything.
            let rank = |tallies: &Tallies<'_>, ranks: &Ranks| {
                let wins = tallies.wins_of(party);
                (wins >= top_wins).then(|| ranks.of(wins).to_string())
            };
            let (old, new) = (rank(without, &before), rank(with, &after));
            let verb = if kind == ShiftKind::EnteredTop { "enters" } else { "leaves" };
            let said = |rank: &Option<String>| {
                rank.clone().map_or_else(|| "no rank".to_owned(), |rank| format!("rank {rank}"))
            };
            let reason =
                format!("{} {verb} the first {top} by wins: {} before, {} now", winner.name, said(&old), said(&new));
            let shift = self.shift(kind, &[winner], old, new);
            shifts.push(shift.because(reason).with(&with.awards_of(party)));
        }
        shifts
    }

    fn of_shares(&self, previous: &Tallies<'_>, without: &Tallies<'_>, with: &Tallies<'_>) -> Vec<Shift> {
        let Thresholds { share_points, window_wins, .. } = *self.thresholds;
        if previous.total < window_wins || with.total < window_wins {
            return Vec::new();
        }
        let parties: BTreeSet<&MentionKey> = previous.wins.keys().chain(with.wins.keys()).copied().collect();
        let moved = |tallies: &Tallies<'_>, party: &MentionKey| {
            Some(tallies.share(party)? - previous.share(party)?).filter(|moved| moved.abs() >= share_points * 10)
        };
        let mut shifts = Vec::new();
        for party in parties {
            let Some(moved_now) = moved(with, party) else { continue };
            if moved(without, party).is_some_and(|known| known.signum() == moved_now.signum()) {
                continue;
            }
            let Some(winner) = with.names.get(party).or_else(|| previous.names.get(party)) else { continue };
            let share = |tallies: &Tallies<'_>| tallies.share(party).map(percent);
            let (old, new) = (share(previous), share(with));
            let reason = format!(
                "the share of {} in the wins moved by {} points between two windows of {} days",
                winner.name,
                percent(moved_now.abs()),
                self.thresholds.window_days
            );
            let awards: Vec<&DatedAward> = with.awards_of(party).into_iter().chain(previous.awards_of(party)).collect();
            shifts.push(self.shift(ShiftKind::ShareMoved, &[winner], old, new).because(reason).with(&awards));
        }
        shifts
    }

    fn of_band(&self, without: &Tallies<'_>, with: &Tallies<'_>) -> Option<Shift> {
        let enough = without.total >= self.thresholds.window_wins;
        let (before, after) = (without.hhi().filter(|_| enough)?, with.hhi()?);
        let (old, new) = (Band::of(before), Band::of(after));
        (old != new).then(|| {
            let (old, new) = (old.word(), new.word());
            let reason = format!(
                "the wins of {} days moved from {old} to {new}: {before} points before, {after} now",
                self.thresholds.window_days
            );
            let shift = self.shift(ShiftKind::BandMoved, &[], Some(old.to_owned()), Some(new.to_owned()));
            shift.because(reason).with(&with.awards)
        })
    }

    fn joint_bids(&self) -> Vec<Shift> {
        let mut known: BTreeSet<BTreeSet<&MentionKey>> = self.before.iter().flat_map(|known| known.joint()).collect();
        let winners = self.award.winners();
        let mut shifts = Vec::new();
        for partners in self.award.joint() {
            if !known.insert(partners.clone()) {
                continue;
            }
            let bidders: Vec<&Winner> = partners.iter().filter_map(|party| winners.get(party).copied()).collect();
            let names: Vec<&str> = bidders.iter().map(|winner| winner.name.as_str()).collect();
            let reason = format!("{} win together for the first time", names.join("、"));
            shifts.push(self.shift(ShiftKind::NewJointBid, &bidders, None, Some(names.join("、"))).because(reason));
        }
        shifts
    }

    /// No notice states how many bid; only a single source leaves no doubt.
    fn single_bidder(&self) -> Option<Shift> {
        let winners: Vec<&Winner> = self.award.winners().into_values().collect();
        (self.award.single_source && !winners.is_empty()).then(|| {
            let shift = self.shift(ShiftKind::SingleBidder, &winners, None, Some("single_source".to_owned()));
            shift.because("bought from a single source".to_owned())
        })
    }
}

impl Shift {
    fn because(self, reason: String) -> Self {
        Self { reason, ..self }
    }

    fn with(mut self, awards: &[&DatedAward]) -> Self {
        let more: BTreeSet<i64> = awards.iter().map(|award| award.project.0).collect();
        let own = self.projects.clone();
        self.projects.extend(more.into_iter().filter(|id| !own.contains(id)));
        self
    }
}

/// Tenths as `12.5`.
fn percent(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, tenths.abs() % 10)
}

mod tallies;

#[cfg(test)]
mod tests;
