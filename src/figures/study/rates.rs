//! How the counts and the totals grew, year by year, under every definition, each under its own name. What cannot be computed
//! says why; part years are compared like with like; a known break of the series is marked.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use super::{Counted, Dossier, number};
use crate::domain::money::{Currency, Money};
use crate::figures::growth::{self, Growth, Known, Measure, Series, break_between};
use crate::figures::printed;
use crate::figures::totals::{FigureKind, Totals, contribution, delta};

/// A rate, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RateLine {
    /// 420 is +42.0 %.
    pub tenths: Option<i64>,
    /// The first year compared.
    pub from_year: Option<i16>,
    /// The last.
    pub to_year: Option<i16>,
    /// Whether only the months that are over were compared.
    pub part_year: bool,
    /// `from_nothing`, `too_early`, `undisclosed`.
    pub not_computable: Option<&'static str>,
    /// A day between the two since when the source publishes otherwise: the rate compares unlike with unlike.
    pub series_break: Option<Date>,
}

/// One year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct YearLine {
    /// Which.
    pub year: i16,
    /// Whether the window or the day that is asked for cuts it.
    pub part_year: bool,
    /// How many counted projects the measure applies to.
    pub of: i64,
    /// Its sum; nothing of a count.
    #[serde(serialize_with = "printed::maybe_money")]
    pub money: Option<Money>,
    /// How many disclose it; of a count, the count.
    pub disclosed: i64,
    /// Against the year before.
    pub yoy: RateLine,
    /// Which projects it applies to.
    pub projects: Vec<i64>,
}

/// The growth of one measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GrowthTable {
    /// `projects`, `budget`, `award`, `topic_part`.
    pub measure: &'static str,
    /// The currency of a total.
    pub currency: Option<String>,
    /// Year by year.
    pub years: Vec<YearLine>,
    /// The mean of the yearly rates.
    pub mean_yoy: RateLine,
    /// The compound yearly rate.
    pub cagr: RateLine,
    /// Twelve months against the twelve before.
    pub trailing_12: RateLine,
}

pub(super) fn growth(dossier: &Dossier<'_>, counted: &[Counted<'_>]) -> Vec<GrowthTable> {
    let mut totals = Totals::default();
    counted.iter().for_each(|one| totals.apply(&delta(None, Some(&one.contribution))));
    let mut measures = vec![Measure::Projects];
    for kind in FigureKind::ALL {
        measures.extend(totals.currencies(kind).into_iter().map(|currency| Measure::Sum(kind, currency)));
    }
    measures.into_iter().map(|measure| table(dossier, counted, &totals, measure)).collect()
}

fn table(dossier: &Dossier<'_>, counted: &[Counted<'_>], totals: &Totals, measure: Measure) -> GrowthTable {
    let as_of = dossier.to.min(dossier.as_of.published_by);
    let series = Series::of(totals, measure, Known { since: since(dossier), as_of });
    let line = |growth: Growth| rate(growth, as_of);
    let first = counted.iter().map(|one| one.contribution.year).min().unwrap_or(as_of.year());
    let year = |year: i16| year_line(dossier, counted, measure, year, line(growth::yoy(&series, year)));
    let (name, currency) = match measure {
        Measure::Projects => ("projects", None),
        Measure::Sum(kind, currency) => (kind.word(), Some(currency.code().to_owned())),
    };
    GrowthTable {
        measure: name,
        currency,
        years: (first..=as_of.year()).map(year).collect(),
        mean_yoy: line(growth::mean_yoy(&series, as_of.year())),
        cagr: line(growth::cagr(&series, as_of.year())),
        trailing_12: line(growth::trailing_12(&series)),
    }
}

/// Where the window cuts off earlier projects, its series is whole only from then on; else it begins with the first project.
fn since(dossier: &Dossier<'_>) -> Option<Date> {
    let is_before = |entry: &super::Entry| entry.project.first_on.is_some_and(|day| day < dossier.from);
    let cuts = dossier.entries.iter().any(|entry| is_before(entry) && contribution(&entry.project).is_some());
    cuts.then_some(dossier.from)
}

fn year_line(dossier: &Dossier<'_>, counted: &[Counted<'_>], measure: Measure, year: i16, yoy: RateLine) -> YearLine {
    let applies = |one: &&Counted<'_>| match measure {
        Measure::Projects => true,
        Measure::Sum(kind, _) => one.contribution.sums.contains_key(&kind),
    };
    let here: Vec<&Counted<'_>> = counted.iter().filter(|one| one.contribution.year == year).filter(applies).collect();
    let sums: BTreeMap<i64, Money> = match measure {
        Measure::Projects => BTreeMap::new(),
        Measure::Sum(kind, currency) => {
            here.iter().filter_map(|one| Some((one.id(), disclosed(one, kind, currency)?))).collect()
        }
    };
    let money = match measure {
        Measure::Projects => None,
        Measure::Sum(_, currency) => Some(Money {
            ten_thousandths: sums.values().fold(0, |sum, money| money.ten_thousandths.saturating_add(sum)),
            currency,
        }),
    };
    let projects: BTreeSet<i64> = here.iter().map(|one| one.id()).collect();
    let as_of = dossier.to.min(dossier.as_of.published_by);
    let is_cut = |day: Date, at_end: bool| {
        day.year() == year && if at_end { day != day.last_of_year() } else { day != day.first_of_year() }
    };
    YearLine {
        year,
        part_year: is_cut(dossier.from, false) || is_cut(as_of, true),
        of: number(here.len()),
        money,
        disclosed: if measure == Measure::Projects { number(here.len()) } else { number(sums.len()) },
        yoy,
        projects: projects.into_iter().collect(),
    }
}

fn disclosed(one: &Counted<'_>, kind: FigureKind, currency: Currency) -> Option<Money> {
    one.contribution.sums.get(&kind).copied().flatten().filter(|money| money.currency == currency)
}

fn rate(growth: Growth, as_of: Date) -> RateLine {
    match growth {
        Growth::Rate { tenths_of_percent, from_year, to_year, part_year } => RateLine {
            tenths: Some(tenths_of_percent),
            from_year: Some(from_year),
            to_year: Some(to_year),
            part_year,
            not_computable: None,
            series_break: break_between(from_year, to_year, as_of).map(|(day, _)| day),
        },
        other => RateLine {
            tenths: None,
            from_year: None,
            to_year: None,
            part_year: false,
            not_computable: Some(other.word()),
            series_break: None,
        },
    }
}
