//! The same figures of another country side by side: counts, sums by kind of money, winners and their concentration, in one
//! currency at a stated, dated rate. Kinds of money are never silently compared: a budget beside a contract is marked unlike.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use super::concentration::{Concentration, LotWin, by_amount, by_wins};
use super::printed::{self, Disclosed, Sums, tenths};
use super::study::{Dossier, Entry};
use super::totals::contribution;
use crate::domain::amount::Amount;
use crate::domain::money::{Currency, Money};
use crate::domain::notice::LotStatus;
use crate::domain::organisation::Organisation;
use crate::domain::party::{MentionKey, Parties, mention_key};
use crate::domain::project::{Project, Status};

/// How many yuan a unit of another currency is, on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Of which currency.
    pub currency: Currency,
    /// Millionths of a yuan for one unit: 7.0 is 7,000,000.
    pub millionths: i64,
    /// On which day it was so.
    pub on: Date,
}

impl Rate {
    /// A sum in yuan, rounded half away from zero; nothing of another currency.
    #[must_use]
    pub fn yuan(&self, money: Money) -> Option<Money> {
        if money.currency == Currency::CNY {
            return Some(money);
        }
        if money.currency != self.currency {
            return None;
        }
        let product = i128::from(money.ten_thousandths) * i128::from(self.millionths);
        let half = if product < 0 { -500_000 } else { 500_000 };
        i64::try_from((product + half) / 1_000_000).ok().map(Money::cny)
    }
}

/// Another country's notices, folded into projects. Everything given counts: whoever gave it chose it.
#[derive(Clone, Debug)]
pub struct Beside {
    /// Where they come from, as `usaspending`.
    pub label: String,
    /// Its projects.
    pub entries: Vec<Entry>,
    /// What a unit of its currency is worth.
    pub rate: Option<Rate>,
}

/// A rate as it is printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RateLine {
    /// Of which currency.
    pub currency: String,
    /// Yuan for one unit, as `7`.
    pub yuan: String,
    /// On which day.
    pub on: Date,
}

/// One kind of money on one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SideTotal {
    /// `budget`, `award`, `contract`, `topic_part`.
    pub kind: &'static str,
    /// How many projects it applies to: an award only to those awarded, a contract only to those contracted.
    pub of: i64,
    /// The sum by currency, each with its n.
    pub sums: Vec<Disclosed>,
    /// All of them in yuan at the stated rate; nothing where a currency has no rate.
    #[serde(serialize_with = "printed::maybe_money")]
    pub in_yuan: Option<Money>,
    /// Which projects disclose it.
    pub projects: Vec<i64>,
}

/// One side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The topic on our side, the source on the other.
    pub label: String,
    /// Its projects.
    pub count: i64,
    /// By year of their first notice.
    pub years: Vec<(i16, i64)>,
    /// Its sums, each kind apart.
    pub totals: Vec<SideTotal>,
    /// Its winners by amount, the largest first, at most ten: name and share in tenths of a percent.
    pub largest: Vec<(String, Option<i64>)>,
    /// By wins, then by amount.
    pub concentration: Vec<Concentration>,
}

/// Two sums beside each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// The kind on our side.
    pub here: &'static str,
    /// The kind on the other.
    pub there: &'static str,
    /// Whether both are one kind of money. Where not, the times are of unlike things.
    pub like: bool,
    /// Ours divided by theirs, in tenths: 25 is 2.5 times.
    pub times_tenths: Option<i64>,
}

/// Both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// At which rate.
    pub rate: Option<RateLine>,
    /// Ours.
    pub here: Side,
    /// Theirs.
    pub there: Side,
    /// Every pair of sums that both have in yuan, like kinds first.
    pub pairs: Vec<Pair>,
    /// Why figures are missing or mean less than they seem: `no_rate`, `no_like_kinds`, `other_window`.
    pub cautions: Vec<&'static str>,
}

/// Sets another country's figures beside those of the window.
#[must_use]
pub fn compare(dossier: &Dossier<'_>, beside: &Beside) -> Comparison {
    let in_window = |entry: &&Entry| entry.project.first_on.is_some_and(|day| dossier.from <= day && day <= dossier.to);
    let ours: Vec<&Entry> =
        dossier.entries.iter().filter(in_window).filter(|entry| contribution(&entry.project).is_some()).collect();
    let theirs: Vec<&Entry> = beside.entries.iter().filter(in_window).collect();
    let nobody = Parties::default();
    let here = side(dossier.topic.clone(), &ours, dossier.parties, beside.rate);
    let there = side(beside.label.clone(), &theirs, &nobody, beside.rate);
    let mut pairs: Vec<Pair> =
        here.totals.iter().flat_map(|one| there.totals.iter().filter_map(|other| pair(one, other))).collect();
    pairs.sort_by_key(|pair| !pair.like);
    let is_converted = there.totals.iter().all(|total| total.sums.is_empty() || total.in_yuan.is_some());
    let cautions = [
        (!is_converted, "no_rate"),
        (is_converted && pairs.iter().all(|pair| !pair.like), "no_like_kinds"),
        (theirs.len() < beside.entries.len(), "other_window"),
    ];
    Comparison {
        rate: beside.rate.map(|rate| RateLine {
            currency: rate.currency.code().to_owned(),
            yuan: Money::cny(rate.millionths / 100).decimal(),
            on: rate.on,
        }),
        here,
        there,
        pairs,
        cautions: cautions.into_iter().filter(|(is_so, _)| *is_so).map(|(_, why)| why).collect(),
    }
}

fn pair(here: &SideTotal, there: &SideTotal) -> Option<Pair> {
    let (ours, theirs) = (here.in_yuan?.ten_thousandths, there.in_yuan?.ten_thousandths);
    if here.sums.is_empty() || there.sums.is_empty() {
        return None;
    }
    // A share in tenths of a percent is a hundred times the times in tenths.
    let times_tenths = tenths(ours, theirs).map(|share| (share + 50) / 100);
    Some(Pair { here: here.kind, there: there.kind, like: here.kind == there.kind, times_tenths })
}

/// A kind of money, of which projects it can be known, and where they have it.
type Kind = (&'static str, fn(Status) -> bool, fn(&Project) -> &Amount);

fn side(label: String, entries: &[&Entry], parties: &Parties, rate: Option<Rate>) -> Side {
    let mut years: BTreeMap<i16, i64> = BTreeMap::new();
    for day in entries.iter().filter_map(|entry| entry.project.first_on) {
        *years.entry(day.year()).or_default() += 1;
    }
    let kinds: [Kind; 4] = [
        ("budget", is_any, |project| &project.budget),
        ("award", is_awarded, |project| &project.award),
        ("contract", is_contracted, |project| &project.contract),
        ("topic_part", is_any, |project| &project.topic_part),
    ];
    let (wins, names) = wins(entries, parties);
    let mut currencies: Vec<Currency> = wins.iter().filter_map(|win| Some(win.money?.currency)).collect();
    currencies.sort_unstable();
    currencies.dedup();
    let mut concentration = vec![by_wins(&wins)];
    concentration.extend(currencies.iter().map(|currency| by_amount(&wins, *currency)));
    Side {
        label,
        count: i64::try_from(entries.len()).unwrap_or(i64::MAX),
        years: years.into_iter().collect(),
        totals: kinds.map(|kind| total(kind, entries, rate)).into(),
        largest: largest(&wins, &names, currencies.first().copied()),
        concentration,
    }
}

fn is_any(_: Status) -> bool {
    true
}

fn is_awarded(status: Status) -> bool {
    matches!(status, Status::Awarded | Status::Contracted | Status::Completed)
}

fn is_contracted(status: Status) -> bool {
    matches!(status, Status::Contracted | Status::Completed)
}

fn total((kind, applies, of): Kind, entries: &[&Entry], rate: Option<Rate>) -> SideTotal {
    let disclosed = entries.iter().filter_map(|entry| Some((entry.id.0, of(&entry.project).money()?)));
    let disclosed: Vec<(i64, Money)> = disclosed.collect();
    let mut sums = Sums::default();
    for (_, money) in &disclosed {
        sums.add(*money);
    }
    let lines = sums.lines();
    let in_yuan = |money: Money| match rate {
        Some(rate) => rate.yuan(money),
        None => Some(money).filter(|money| money.currency == Currency::CNY),
    };
    let converted: Option<Vec<Money>> = lines.iter().map(|line| in_yuan(line.money)).collect();
    let sum = converted.map(|sums| sums.iter().fold(0_i64, |sum, money| sum.saturating_add(money.ten_thousandths)));
    SideTotal {
        kind,
        of: i64::try_from(entries.iter().filter(|entry| applies(entry.project.status)).count()).unwrap_or(i64::MAX),
        in_yuan: sum.filter(|_| !lines.is_empty()).map(Money::cny),
        sums: lines,
        projects: disclosed.into_iter().map(|(id, _)| id).collect(),
    }
}

/// The awarded lots with their winners.
fn wins(entries: &[&Entry], parties: &Parties) -> (Vec<LotWin>, BTreeMap<MentionKey, String>) {
    let mut names = BTreeMap::new();
    let mut wins = Vec::new();
    for entry in entries {
        let lots: Vec<_> = entry.project.lots.iter().filter(|lot| lot.status == LotStatus::Awarded).collect();
        for lot in &lots {
            let known: Vec<(MentionKey, String)> =
                lot.suppliers.iter().filter_map(|supplier| named(parties, supplier)).collect();
            wins.push(LotWin {
                project: entry.id,
                parties: known.iter().map(|(key, _)| key.clone()).collect::<BTreeSet<_>>(),
                money: lot.award.money(),
            });
            names.extend(known);
        }
    }
    (wins, names)
}

fn named(parties: &Parties, supplier: &Organisation) -> Option<(MentionKey, String)> {
    let mention = mention_key(supplier)?;
    let party = parties.party(&mention);
    Some(party.map_or((mention, supplier.name.clone()), |party| (party.key.clone(), party.name.clone())))
}

/// Bidders by amount; a joint bid is one of its own.
fn largest(
    wins: &[LotWin],
    names: &BTreeMap<MentionKey, String>,
    currency: Option<Currency>,
) -> Vec<(String, Option<i64>)> {
    let mut sums: BTreeMap<&BTreeSet<MentionKey>, i64> = BTreeMap::new();
    let of_currency = wins.iter().filter(|win| !win.parties.is_empty());
    for win in of_currency {
        let Some(money) = win.money.filter(|money| Some(money.currency) == currency) else { continue };
        let sum = sums.entry(&win.parties).or_default();
        *sum = sum.saturating_add(money.ten_thousandths.max(0));
    }
    let whole = sums.values().fold(0_i64, |sum, one| sum.saturating_add(*one));
    let mut sums: Vec<(&BTreeSet<MentionKey>, i64)> = sums.into_iter().collect();
    sums.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(right.0)));
    let name = |parties: &BTreeSet<MentionKey>| {
        let names: Vec<&str> = parties.iter().filter_map(|party| names.get(party)).map(String::as_str).collect();
        names.join(" + ")
    };
    sums.into_iter().take(10).map(|(parties, sum)| (name(parties), tenths(sum, whole))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_million_dollars_at_seven_are_seventy_million_yuan() {
        let rate = Rate { currency: Currency::USD, millionths: 7_000_000, on: jiff::civil::date(2019, 9, 24) };
        let dollars = Money { ten_thousandths: 10_000_000 * 10_000, currency: Currency::USD };
        assert_eq!(rate.yuan(dollars), Some(Money::yuan(70_000_000)));
        let pounds = Money { currency: Currency::parse("GBP").unwrap(), ..dollars };
        assert_eq!((rate.yuan(pounds), rate.yuan(Money::yuan(3))), (None, Some(Money::yuan(3))));
    }
}
