//! How few win how much? Wins and amounts per party; the shares of the first one, three and ten; the Herfindahl-Hirschman index.
//! By wins every partner of a joint bid has a win. By amount a joint bid is a bidder of its own: its money is never divided,
//! never given to one partner, and counted once.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::printed::{Disclosed, Sums, tenths};
use crate::domain::money::{Currency, Money};
use crate::domain::party::MentionKey;
use crate::domain::project::ProjectId;

/// Below this many points a market is unconcentrated (US Merger Guidelines of 1982 and 1992, section 1.5).
pub const MODERATE_FROM: i64 = 1_000;
/// Above this many points it is highly concentrated (the same; kept by the US Merger Guidelines of 2023, guideline 1).
pub const HIGH_ABOVE: i64 = 1_800;

/// A lot that was won: by one party, or by several together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotWin {
    /// Of which project.
    pub project: ProjectId,
    /// By whom, each once.
    pub parties: BTreeSet<MentionKey>,
    /// For what.
    pub money: Option<Money>,
}

/// What a party won.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Who.
    pub party: MentionKey,
    /// Lots won, alone and jointly.
    pub wins: i64,
    /// Of them, jointly.
    pub joint_wins: i64,
    /// In which projects, sorted.
    pub projects: Vec<i64>,
    /// What it won alone.
    pub won: Sums,
    /// What it won together with others, undivided: never added up over parties.
    pub won_jointly: Sums,
}

/// How concentrated a market is: from 0 to 10,000 points, with bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Below [`MODERATE_FROM`].
    Unconcentrated,
    /// From there up to [`HIGH_ABOVE`].
    Moderate,
    /// Above it.
    High,
}

impl Band {
    /// The band of an index.
    #[must_use]
    pub fn of(hhi: i64) -> Self {
        match hhi {
            ..MODERATE_FROM => Self::Unconcentrated,
            MODERATE_FROM..=HIGH_ABOVE => Self::Moderate,
            _ => Self::High,
        }
    }

    /// The word in JSON and changes.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unconcentrated => "unconcentrated",
            Self::Moderate => "moderate",
            Self::High => "high",
        }
    }
}

/// Concentration by one measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Concentration {
    /// `wins`, or `amount` of one currency.
    pub measure: &'static str,
    /// The currency of an amount.
    pub currency: Option<String>,
    /// How many bidders share it: parties by wins; parties and joint bids by amount.
    pub bidders: i64,
    /// How many lots enter.
    pub lots: i64,
    /// Of how many.
    pub of: i64,
    /// The share of the first, in tenths of a percent; nothing where nothing enters.
    pub cr1: Option<i64>,
    /// Of the first three.
    pub cr3: Option<i64>,
    /// Of the first ten.
    pub cr10: Option<i64>,
    /// The sum of the squared shares, 0 to 10,000 points, rounded.
    pub hhi: Option<i64>,
    /// The index's band.
    pub band: Option<Band>,
    /// The projects whose lots enter, sorted.
    pub projects: Vec<i64>,
}

/// Everyone who won, by wins, then by what was won alone in yuan, then by key.
#[must_use]
pub fn standings(wins: &[LotWin]) -> Vec<Standing> {
    let mut standings: BTreeMap<&MentionKey, Standing> = BTreeMap::new();
    for win in wins {
        let is_joint = win.parties.len() > 1;
        for party in &win.parties {
            let standing = standings.entry(party).or_insert_with(|| Standing {
                party: party.clone(),
                wins: 0,
                joint_wins: 0,
                projects: Vec::new(),
                won: Sums::default(),
                won_jointly: Sums::default(),
            });
            standing.wins += 1;
            standing.joint_wins += i64::from(is_joint);
            standing.projects.push(win.project.0);
            let sums = if is_joint { &mut standing.won_jointly } else { &mut standing.won };
            win.money.into_iter().for_each(|money| sums.add(money));
        }
    }
    let mut standings: Vec<Standing> = standings.into_values().collect();
    for standing in &mut standings {
        standing.projects.sort_unstable();
        standing.projects.dedup();
    }
    standings.sort_by_key(|standing| (-standing.wins, -standing.won.of(Currency::CNY).sum, standing.party.clone()));
    standings
}

/// Concentration by wins.
#[must_use]
pub fn by_wins(wins: &[LotWin]) -> Concentration {
    let mut weights: BTreeMap<&MentionKey, i64> = BTreeMap::new();
    for party in wins.iter().flat_map(|win| &win.parties) {
        *weights.entry(party).or_default() += 1;
    }
    let entering: Vec<&LotWin> = wins.iter().filter(|win| !win.parties.is_empty()).collect();
    concentration("wins", None, weights.into_values().collect(), &entering, wins.len())
}

/// Concentration by what was disclosed in one currency.
#[must_use]
pub fn by_amount(wins: &[LotWin], currency: Currency) -> Concentration {
    let mut weights: BTreeMap<&BTreeSet<MentionKey>, i64> = BTreeMap::new();
    let mut entering: Vec<&LotWin> = Vec::new();
    for win in wins.iter().filter(|win| !win.parties.is_empty()) {
        let Some(money) = win.money.filter(|money| money.currency == currency) else { continue };
        let weight = weights.entry(&win.parties).or_default();
        *weight = weight.saturating_add(money.ten_thousandths.max(0));
        entering.push(win);
    }
    let code = currency.code().to_owned();
    concentration("amount", Some(code), weights.into_values().collect(), &entering, wins.len())
}

fn concentration(
    measure: &'static str,
    currency: Option<String>,
    mut weights: Vec<i64>,
    entering: &[&LotWin],
    of: usize,
) -> Concentration {
    weights.retain(|weight| *weight > 0);
    weights.sort_unstable_by(|left, right| right.cmp(left));
    let total = weights.iter().fold(0_i64, |sum, weight| sum.saturating_add(*weight));
    let first =
        |count: usize| tenths(weights.iter().take(count).fold(0, |sum, weight| sum.saturating_add(*weight)), total);
    let hhi = hhi(&weights);
    let mut projects: Vec<i64> = entering.iter().map(|win| win.project.0).collect();
    projects.sort_unstable();
    projects.dedup();
    Concentration {
        measure,
        currency,
        bidders: count(weights.len()),
        lots: count(entering.len()),
        of: count(of),
        cr1: first(1),
        cr3: first(3),
        cr10: first(10),
        hhi,
        band: hhi.map(Band::of),
        projects,
    }
}

/// The sum of the squared shares in percent, 0 to 10,000, rounded half up; nothing of nothing.
#[must_use]
pub fn hhi(weights: &[i64]) -> Option<i64> {
    /// Shares are squared as millionths: exact to far below a point.
    const UNIT: i128 = 1_000_000;
    let total: i128 = weights.iter().map(|weight| i128::from((*weight).max(0))).sum();
    if total == 0 {
        return None;
    }
    let share = |weight: &i64| (i128::from((*weight).max(0)) * UNIT * 2 + total) / (total * 2);
    let squares: i128 = weights.iter().map(|weight| share(weight).pow(2)).sum();
    let points = UNIT * UNIT / 10_000;
    i64::try_from((squares * 2 + points) / (points * 2)).ok().map(|hhi| hhi.min(10_000))
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Standing {
    /// What it won alone and jointly, as it is printed.
    #[must_use]
    pub fn sums(&self) -> (Vec<Disclosed>, Vec<Disclosed>) {
        (self.won.lines(), self.won_jointly.lines())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(name: &str) -> MentionKey {
        MentionKey(format!("name:{name}"))
    }

    fn win(project: i64, parties: &[&str], units: Option<i64>) -> LotWin {
        let parties = parties.iter().map(|name| key(name)).collect();
        LotWin { project: ProjectId(project), parties, money: units.map(Money::yuan) }
    }

    #[test]
    fn joint_money_is_neither_divided_nor_counted_twice() {
        let wins = [win(1, &["甲"], Some(60)), win(2, &["甲", "乙"], Some(40)), win(3, &["丙"], None)];
        let standings = standings(&wins);
        assert_eq!((standings[0].party.clone(), standings[0].wins, standings[0].joint_wins), (key("甲"), 2, 1));
        assert_eq!(standings[0].won.of(Currency::CNY).sum, 600_000);
        assert_eq!(standings[0].won_jointly.of(Currency::CNY).sum, 400_000);
        let amounts = by_amount(&wins, Currency::CNY);
        assert_eq!((amounts.bidders, amounts.lots, amounts.of), (2, 2, 3));
        assert_eq!((amounts.cr1, amounts.cr3, amounts.hhi), (Some(600), Some(1000), Some(5_200)));
        assert_eq!(by_wins(&wins).bidders, 3);
    }

    #[test]
    fn one_winner_of_all_is_a_monopoly_and_nobody_is_nothing() {
        let all = [win(1, &["甲"], Some(1)), win(2, &["甲"], Some(2))];
        let monopoly = by_amount(&all, Currency::CNY);
        assert_eq!((monopoly.hhi, monopoly.cr1, monopoly.band), (Some(10_000), Some(1000), Some(Band::High)));
        let nobody = by_wins(&[]);
        assert_eq!((nobody.hhi, nobody.cr1, nobody.band, nobody.bidders), (None, None, None, 0));
    }

    #[test]
    fn the_bands_meet_where_the_guidelines_say() {
        let words = [999, 1_000, 1_800, 1_801].map(|hhi| Band::of(hhi).word());
        assert_eq!(words, ["unconcentrated", "moderate", "moderate", "high"]);
    }

    #[test]
    fn ten_equal_winners_have_a_thousand_points() {
        assert_eq!(hhi(&[7; 10]), Some(1_000));
        assert_eq!(hhi(&[922, 78]), Some(8_562));
    }

    proptest! {
        #[test]
        fn an_index_stays_between_nothing_and_ten_thousand(weights in prop::collection::vec(0_i64..1_000_000_000_000, 0..60)) {
            let hhi = hhi(&weights);
            prop_assert!(hhi.is_none_or(|hhi| (0..=10_000).contains(&hhi)));
            prop_assert_eq!(hhi.is_none(), weights.iter().all(|weight| *weight == 0));
        }

        #[test]
        fn the_order_of_wins_does_not_matter(
            places in prop::collection::vec((0_i64..5, 0_usize..4, prop::bool::ANY, prop::option::of(1_i64..100)), 0..20)
        ) {
            const NAMES: [&str; 4] = ["甲", "乙", "丙", "丁"];
            let mut wins: Vec<LotWin> = places.iter().map(|(project, who, joint, units)| {
                let partner = NAMES[(who + 1) % 4];
                let parties = if *joint { vec![NAMES[*who], partner] } else { vec![NAMES[*who]] };
                win(*project, &parties, *units)
            }).collect();
            let before = (standings(&wins), by_wins(&wins), by_amount(&wins, Currency::CNY));
            wins.reverse();
            prop_assert_eq!(before, (standings(&wins), by_wins(&wins), by_amount(&wins, Currency::CNY)));
        }
    }
}
