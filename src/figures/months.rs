//! The last months of a kind of total: what a chart of them shows. A month without a disclosed amount has none, which is not
//! zero; the running month is marked; months before the history begins are left out.

use jiff::civil::Date;

use super::growth::{BREAKS, Known};
use super::totals::{CountCell, FigureKind, SumCell, Tally, Totals};
use crate::domain::money::{Currency, Money};

/// One month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first_on: Date,
    /// How many projects the kind applies to.
    pub count: u64,
    /// How many of them disclose an amount, in any currency.
    pub disclosed: u64,
    /// The sum of those in the chart's currency; nothing where nobody discloses one in it.
    pub sum: Option<Money>,
    /// Whether it is not over.
    pub is_open: bool,
    /// The break of the series that lies in it, and what it is.
    pub breaks: Option<(Date, &'static str)>,
}

/// The months of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Months {
    /// The kind.
    pub kind: FigureKind,
    /// In which currency its amounts are.
    pub currency: Currency,
    /// The months without a gap, the oldest first, the running one last.
    pub months: Vec<Month>,
    /// How many projects disclose an amount in another currency: they are counted, and their money is not in the sums.
    pub elsewhere: u64,
    /// The day that it is asked for.
    pub as_of: Date,
}

/// The last months up to the running one, as far as the history is known; nothing where nobody is counted in them.
#[must_use]
pub fn last(totals: &Totals, kind: FigureKind, currency: Currency, known: Known, length: usize) -> Option<Months> {
    let running = known.as_of.first_of_month();
    let since = known.since.or_else(|| first_month(totals, kind));
    let mut months = Vec::new();
    let mut elsewhere = 0;
    let mut first_on = running;
    while months.len() < length && since.is_none_or(|since| since <= first_on) {
        let (month, others) = month(totals, kind, currency, first_on, known.as_of);
        months.push(month);
        elsewhere += others;
        first_on = first_on.checked_sub(jiff::Span::new().months(1)).ok()?;
    }
    months.reverse();
    let any = months.iter().any(|month| month.count > 0);
    any.then_some(Months { kind, currency, months, elsewhere, as_of: known.as_of })
}

/// Where nobody says from when on the history is whole, it begins with its first project.
fn first_month(totals: &Totals, kind: FigureKind) -> Option<Date> {
    let of_kind = totals.counts.keys().filter_map(|cell| match cell {
        CountCell::Of(of, year, month) if *of == kind => Date::new(*year, *month, 1).ok(),
        _ => None,
    });
    of_kind.min()
}

/// A month, and how many disclose their amount in another currency.
fn month(totals: &Totals, kind: FigureKind, currency: Currency, first_on: Date, as_of: Date) -> (Month, u64) {
    let (year, month) = (first_on.year(), first_on.month());
    let count = totals.counts.get(&CountCell::Of(kind, year, month)).copied().unwrap_or_default();
    let tally = |currency| totals.sums.get(&SumCell { kind, currency, year, month }).copied().unwrap_or_default();
    let own: Tally = tally(currency);
    let others: i64 = totals
        .currencies(kind)
        .into_iter()
        .filter(|other| *other != currency)
        .map(|other| tally(other).disclosed)
        .sum();
    let number = |n: i64| u64::try_from(n).unwrap_or_default();
    let last_on = first_on.last_of_month();
    let month = Month {
        first_on,
        count: number(count),
        disclosed: number(own.disclosed + others),
        sum: (own.disclosed > 0).then_some(Money { ten_thousandths: own.sum, currency }),
        is_open: as_of < last_on,
        breaks: BREAKS.into_iter().find(|(day, _)| first_on <= *day && *day <= last_on && *day <= as_of),
    };
    (month, number(others))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::figures::totals::{Contribution, delta};

    fn totals(projects: &[(i16, i8, Option<Money>)]) -> Totals {
        let mut totals = Totals::default();
        for (year, month, award) in projects {
            let sums = [(FigureKind::Award, *award)].into();
            totals.apply(&delta(
                None,
                Some(&Contribution { year: *year, month: *month, sums, ..Contribution::default() }),
            ));
        }
        totals
    }

    #[expect(clippy::unnecessary_wraps, reason = "stands among months that disclose nothing")]
    fn yuan(units: i64) -> Option<Money> {
        Some(Money::yuan(units))
    }

    fn shown(totals: &Totals, since: Option<Date>, as_of: Date) -> Option<Months> {
        last(totals, FigureKind::Award, Currency::CNY, Known { since, as_of }, 24)
    }

    #[test]
    fn a_month_without_a_disclosed_amount_has_none_and_an_empty_one_is_there() {
        let totals = totals(&[(2026, 8, yuan(5)), (2026, 8, None), (2026, 9, None), (2026, 11, yuan(7))]);
        let shown = shown(&totals, None, date(2026, 11, 22)).unwrap();
        let said: Vec<_> = shown.months.iter().map(|m| (m.first_on.month(), m.count, m.disclosed, m.sum)).collect();
        assert_eq!(said, [(8, 2, 1, yuan(5)), (9, 1, 0, None), (10, 0, 0, None), (11, 1, 1, yuan(7))]);
        assert_eq!(shown.months.iter().filter(|month| month.is_open).count(), 1);
        assert!(shown.months[3].is_open);
    }

    #[test]
    fn months_before_the_history_are_left_out_and_so_is_what_is_older_than_the_window() {
        let totals = totals(&[(2016, 1, yuan(5)), (2026, 3, yuan(5))]);
        let since = |day| shown(&totals, Some(day), date(2026, 11, 30)).unwrap();
        assert_eq!(since(date(2026, 2, 10)).months[0].first_on, date(2026, 3, 1), "a month known in part is left out");
        let long = since(date(2010, 1, 1));
        assert_eq!((long.months.len(), long.months[0].first_on), (24, date(2024, 12, 1)));
        assert!(!long.months[23].is_open, "its last day has come");
        assert_eq!(shown(&totals, Some(date(2026, 4, 1)), date(2026, 11, 30)), None, "nothing to show");
    }

    #[test]
    fn another_currency_is_counted_and_not_added_up() {
        let dollars = Money { ten_thousandths: 90_000, currency: Currency::USD };
        let shown =
            shown(&totals(&[(2026, 11, Some(dollars)), (2026, 11, yuan(7))]), None, date(2026, 11, 22)).unwrap();
        assert_eq!((shown.months[0].disclosed, shown.months[0].sum, shown.elsewhere), (2, yuan(7), 1));
    }

    #[test]
    fn a_break_stands_in_its_month() {
        let shown = shown(&totals(&[(2024, 4, yuan(5))]), Some(date(2020, 1, 1)), date(2025, 1, 5)).unwrap();
        let broken: Vec<_> = shown.months.iter().filter(|month| month.breaks.is_some()).map(|m| m.first_on).collect();
        assert_eq!(broken, [date(2024, 4, 1)]);
    }

    proptest! {
        #[test]
        fn the_months_together_are_the_totals(
            projects in prop::collection::vec((2025_i16..=2026, 1_i8..=11, prop::option::of(0_i64..1_000_000)), 1..40),
        ) {
            let projects: Vec<_> = projects.into_iter().map(|(y, m, units)| (y, m, units.map(Money::yuan))).collect();
            let totals = totals(&projects);
            let shown = shown(&totals, Some(date(2024, 12, 1)), date(2026, 11, 22)).unwrap();
            let sum: i64 = shown.months.iter().filter_map(|month| month.sum).map(|sum| sum.ten_thousandths).sum();
            prop_assert_eq!(sum, totals.sum(FigureKind::Award, Currency::CNY).sum);
            prop_assert_eq!(shown.months.iter().map(|month| month.count).sum::<u64>(), projects.len() as u64);
        }
    }
}
