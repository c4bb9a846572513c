//! How much did it grow? Year on year, the mean of the yearly rates, the compound rate, and twelve months against the twelve
//! before. Part years are compared like with like and marked; what cannot be computed says why. Integers only, never NaN.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::totals::{CountCell, FigureKind, Tally, Totals};
use crate::domain::digest::GrowthLine;
use crate::domain::money::Currency;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// A kind of total in one currency.
    Sum(FigureKind, Currency),
    /// The number of counted projects.
    Projects,
}

/// A rate, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// A rate.
    Rate {
        /// 420 is +42.0 %.
        tenths_of_percent: i64,
        /// The first year compared.
        from_year: i16,
        /// The last year compared.
        to_year: i16,
        /// Whether only the months that are over were compared.
        part_year: bool,
    },
    /// Nothing was bought before: any growth from nothing is without measure.
    FromNothing,
    /// The history does not reach back far enough, or the year is not begun.
    TooEarly,
    /// Projects are there and none of them discloses its sum.
    Undisclosed,
}

impl Growth {
    /// As a digest takes it.
    #[must_use]
    pub fn line(&self) -> GrowthLine {
        match self {
            Self::Rate { tenths_of_percent, .. } => GrowthLine::Tenths(*tenths_of_percent),
            other => GrowthLine::NotComputable(other.word().to_owned()),
        }
    }

    /// The word in JSON and templates.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Rate { .. } => "rate",
            Self::FromNothing => "from_nothing",
            Self::TooEarly => "too_early",
            Self::Undisclosed => "undisclosed",
        }
    }
}

/// Days since when a source publishes otherwise, and how: figures before and after are no comparison of like with like.
pub const BREAKS: [(Date, &str); 1] =
    [(jiff::civil::date(2024, 4, 1), "local notices below five million yuan come to the central site too")];

/// The first break of the series between the beginning of one year and the end of another, as far as it is over by a day.
#[must_use]
pub fn break_between(from_year: i16, to_year: i16, as_of: Date) -> Option<(Date, &'static str)> {
    let mut breaks = BREAKS.into_iter();
    breaks.find(|(day, _)| from_year <= day.year() && day.year() <= to_year && *day <= as_of)
}

/// What the history covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// From when on it is whole, where that is known; else it counts from the first project.
    pub since: Option<Date>,
    /// The day that it is asked for.
    pub as_of: Date,
}

/// One month: the sum, and how many projects stand behind it.
#[derive(Clone, Copy, Debug, Default)]
struct Month {
    tally: Tally,
    projects: i64,
}

/// Months since the year 0, as they are counted with.
type MonthNumber = i32;

/// A measure month by month.
#[derive(Clone, Debug)]
pub struct Series {
    months: BTreeMap<MonthNumber, Month>,
    known: Known,
}

impl Series {
    /// The series of a measure.
    #[must_use]
    pub fn of(totals: &Totals, measure: Measure, known: Known) -> Self {
        let mut months: BTreeMap<MonthNumber, Month> = BTreeMap::new();
        for (cell, count) in &totals.counts {
            match (measure, cell) {
                (Measure::Sum(kind, _), CountCell::Of(of, year, month)) if *of == kind => {
                    let entry = months.entry(number(*year, *month)).or_default();
                    entry.projects = entry.projects.saturating_add(*count);
                }
                (Measure::Projects, CountCell::Status(_, year, month)) => {
                    let entry = months.entry(number(*year, *month)).or_default();
                    entry.projects = entry.projects.saturating_add(*count);
                    entry.tally = entry.tally.plus(Tally { sum: *count, disclosed: *count });
                }
                _ => {}
            }
        }
        if let Measure::Sum(kind, currency) = measure {
            for (cell, tally) in totals.sums.iter().filter(|(cell, _)| cell.kind == kind && cell.currency == currency) {
                let entry = months.entry(number(cell.year, cell.month)).or_default();
                entry.tally = entry.tally.plus(*tally);
            }
        }
        Self { months, known }
    }

    /// The months from one to before another, together.
    fn between(&self, from: MonthNumber, until: MonthNumber) -> Month {
        if from >= until {
            return Month::default();
        }
        let months = self.months.range(from..until).map(|(_, month)| *month);
        months.fold(Month::default(), |sum, month| Month {
            tally: sum.tally.plus(month.tally),
            projects: sum.projects.saturating_add(month.projects),
        })
    }

    /// The first month after the last one that is over.
    fn open_month(&self) -> MonthNumber {
        let today = self.known.as_of;
        let month = number(today.year(), today.month());
        if today == today.last_of_month() { month + 1 } else { month }
    }

    /// Whether the history covers a time that begins with this month.
    fn reaches(&self, from: MonthNumber, until: MonthNumber) -> bool {
        match (self.known.since, self.months.keys().next()) {
            (Some(since), _) => number(since.year(), since.month()) + i32::from(since.day() > 1) <= from,
            (None, Some(first)) => *first < until,
            (None, None) => false,
        }
    }

    /// How many months of a year are over: 12, fewer for the running year, none for one to come.
    fn months_over(&self, year: i16) -> MonthNumber {
        (self.open_month() - number(year, 1)).clamp(0, 12)
    }

    fn first_year(&self) -> Option<i16> {
        let first = self.months.keys().next()?;
        i16::try_from(first.div_euclid(12)).ok()
    }
}

fn number(year: i16, month: i8) -> MonthNumber {
    MonthNumber::from(year) * 12 + MonthNumber::from(month) - 1
}

/// A year against the year before. The running year is compared by its months that are over, and marked.
#[must_use]
pub fn yoy(series: &Series, year: i16) -> Growth {
    match ratio(series, year.saturating_sub(1), year, series.months_over(year)) {
        Ok((before, after)) => rate(rounded((after - before) * 1000, before), year.saturating_sub(1), year, series),
        Err(reason) => reason,
    }
}

/// Both years' values over their first months, the earlier one above zero.
fn ratio(series: &Series, from: i16, to: i16, months: MonthNumber) -> Result<(i128, i128), Growth> {
    if months == 0 {
        return Err(Growth::TooEarly);
    }
    let window = |year: i16| (number(year, 1), number(year, 1) + months);
    let ((base_from, base_until), (late_from, late_until)) = (window(from), window(to));
    compared(series, (base_from, base_until), (late_from, late_until))
}

fn compared(
    series: &Series,
    base: (MonthNumber, MonthNumber),
    late: (MonthNumber, MonthNumber),
) -> Result<(i128, i128), Growth> {
    if !series.reaches(base.0, base.1) {
        return Err(Growth::TooEarly);
    }
    let (before, after) = (series.between(base.0, base.1), series.between(late.0, late.1));
    if before.projects > 0 && before.tally.disclosed == 0 || after.projects > 0 && after.tally.disclosed == 0 {
        return Err(Growth::Undisclosed);
    }
    if before.tally.sum <= 0 {
        return Err(Growth::FromNothing);
    }
    Ok((i128::from(before.tally.sum), i128::from(after.tally.sum)))
}

fn rate(tenths: i128, from_year: i16, to_year: i16, series: &Series) -> Growth {
    let tenths_of_percent = i64::try_from(tenths).unwrap_or(if tenths < 0 { i64::MIN } else { i64::MAX });
    Growth::Rate { tenths_of_percent, from_year, to_year, part_year: series.months_over(to_year) < 12 }
}

/// Rounded half away from zero; the divisor is above zero.
fn rounded(dividend: i128, divisor: i128) -> i128 {
    let half = if dividend < 0 { -divisor / 2 } else { divisor / 2 };
    (dividend + half).checked_div(divisor).unwrap_or(0)
}

/// The first year whose months before `months` disclose something: where rates can start.
fn base_year(series: &Series, to: i16, months: impl Fn(i16) -> MonthNumber) -> Result<i16, Growth> {
    let first = series.first_year().ok_or(Growth::TooEarly)?;
    let mut reason = Growth::TooEarly;
    for year in first..to {
        let from = number(year, 1);
        let until = from + months(year);
        let found = series.between(from, until);
        let reaches = series.reaches(from, until);
        if found.tally.sum > 0 && reaches {
            return Ok(year);
        }
        reason = match found {
            _ if !reaches => Growth::TooEarly,
            Month { projects: 1.., tally } if tally.disclosed == 0 => Growth::Undisclosed,
            _ => Growth::FromNothing,
        };
    }
    Err(reason)
}

/// How fine the mean of the yearly rates is kept.
const FINE: i128 = 1_000_000_000;

/// The mean of the yearly rates from the first year that discloses anything; every year between must.
#[must_use]
pub fn mean_yoy(series: &Series, to_year: i16) -> Growth {
    mean(series, to_year).unwrap_or_else(|reason| reason)
}

fn mean(series: &Series, to_year: i16) -> Result<Growth, Growth> {
    if series.months_over(to_year) == 0 {
        return Err(Growth::TooEarly);
    }
    let from_year = base_year(series, to_year, |_| 12)?;
    let (mut sum, mut steps) = (0_i128, 0_i128);
    for year in from_year.saturating_add(1)..=to_year {
        let (before, after) = ratio(series, year - 1, year, series.months_over(year))?;
        sum = sum.saturating_add((after - before).saturating_mul(FINE) / before);
        steps += 1;
    }
    Ok(rate(rounded(sum.saturating_mul(1000), steps.saturating_mul(FINE)), from_year, to_year, series))
}

/// The compound yearly rate from the first year that discloses anything. With a running last year every year is taken by its
/// months that are over.
#[must_use]
pub fn cagr(series: &Series, to_year: i16) -> Growth {
    compound(series, to_year).unwrap_or_else(|reason| reason)
}

fn compound(series: &Series, to_year: i16) -> Result<Growth, Growth> {
    let months = series.months_over(to_year);
    if months == 0 {
        return Err(Growth::TooEarly);
    }
    let from_year = base_year(series, to_year, |_| months)?;
    let (before, after) = ratio(series, from_year, to_year, months)?;
    let steps = i32::from(to_year) - i32::from(from_year);
    let factor = root(before, after, steps);
    Ok(rate(rounded(factor - ROOT_UNIT, ROOT_UNIT / 1000), from_year, to_year, series))
}

/// One, as factors are counted: in thousandths of a percent.
const ROOT_UNIT: i128 = 100_000;
/// Larger yearly factors than a million are not told apart.
const ROOT_MAX: i128 = ROOT_UNIT * 1_000_000;

/// The largest yearly factor that does not lead past `after`, by halving.
fn root(before: i128, after: i128, steps: i32) -> i128 {
    let (mut low, mut high) = (0_i128, ROOT_MAX);
    while low < high {
        let middle = low + (high - low + 1) / 2;
        if leads_past(before, after, middle, steps) {
            high = middle - 1;
        } else {
            low = middle;
        }
    }
    low
}

/// Whether `before`, times the factor at every step, is more than `after`.
fn leads_past(before: i128, after: i128, factor: i128, steps: i32) -> bool {
    let goal = after.saturating_mul(FINE);
    let mut value = before.saturating_mul(FINE);
    for _ in 0..steps {
        let Some(product) = value.checked_mul(factor) else { return true };
        value = product / ROOT_UNIT;
    }
    value > goal
}

/// The last twelve months that are over against the twelve before them.
#[must_use]
pub fn trailing_12(series: &Series) -> Growth {
    let until = series.open_month();
    match compared(series, (until - 24, until - 12), (until - 12, until)) {
        Ok((before, after)) => {
            let year = |month: MonthNumber| i16::try_from(month.div_euclid(12)).unwrap_or(0);
            let tenths = rounded((after - before) * 1000, before);
            let tenths_of_percent = i64::try_from(tenths).unwrap_or(i64::MAX);
            Growth::Rate { tenths_of_percent, from_year: year(until - 24), to_year: year(until - 1), part_year: false }
        }
        Err(reason) => reason,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::money::Money;
    use crate::domain::project::Status;
    use crate::figures::totals::{Contribution, delta};

    fn totals(projects: &[(i16, i8, Option<i64>)]) -> Totals {
        let mut totals = Totals::default();
        for (year, month, units) in projects {
            let sums = BTreeMap::from([(FigureKind::Budget, units.map(Money::yuan))]);
            let contribution =
                Contribution { year: *year, month: *month, status: Status::Awarded, sums, ..Contribution::default() };
            totals.apply(&delta(None, Some(&contribution)));
        }
        totals
    }

    fn budget(projects: &[(i16, i8, Option<i64>)], as_of: Date) -> Series {
        Series::of(&totals(projects), Measure::Sum(FigureKind::Budget, Currency::CNY), Known { since: None, as_of })
    }

    fn tenths(growth: Growth) -> i64 {
        match growth {
            Growth::Rate { tenths_of_percent, .. } => tenths_of_percent,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_break_of_the_series_is_between_the_years_that_it_parts() {
        let as_of = date(2025, 6, 30);
        assert_eq!(break_between(2023, 2024, as_of).map(|(day, _)| day), Some(date(2024, 4, 1)));
        assert!(break_between(2022, 2023, as_of).is_none() && break_between(2025, 2026, as_of).is_none());
        assert!(break_between(2023, 2024, date(2024, 3, 31)).is_none());
    }

    #[test]
    fn a_whole_year_against_the_year_before() {
        let series = budget(&[(2017, 3, Some(100)), (2018, 11, Some(142))], date(2019, 9, 24));
        let expected = Growth::Rate { tenths_of_percent: 420, from_year: 2017, to_year: 2018, part_year: false };
        assert_eq!(yoy(&series, 2018), expected);
        assert_eq!(yoy(&series, 2017), Growth::TooEarly);
        assert_eq!(yoy(&series, 2020), Growth::TooEarly);
    }

    #[test]
    fn a_running_year_is_compared_like_with_like_and_marked() {
        let projects = [(2018, 2, Some(100)), (2018, 11, Some(900)), (2019, 2, Some(150)), (2019, 9, Some(7000))];
        let series = budget(&projects, date(2019, 9, 24));
        let expected = Growth::Rate { tenths_of_percent: 500, from_year: 2018, to_year: 2019, part_year: true };
        assert_eq!(yoy(&series, 2019), expected);
    }

    #[test]
    fn what_is_not_computable_says_why() {
        let projects = [(2015, 1, Some(5)), (2017, 1, None), (2018, 1, Some(100))];
        let series = budget(&projects, date(2019, 9, 24));
        assert_eq!(yoy(&series, 2018), Growth::Undisclosed);
        assert_eq!(yoy(&series, 2017), Growth::Undisclosed);
        let gap = budget(&[(2015, 1, Some(5)), (2017, 1, Some(7))], date(2019, 9, 24));
        assert_eq!(yoy(&gap, 2017), Growth::FromNothing);
        assert_eq!(tenths(yoy(&gap, 2016)), -1000);
        assert_eq!(yoy(&budget(&[], date(2019, 9, 24)), 2018), Growth::TooEarly);
    }

    #[test]
    fn the_two_averages_of_the_study_differ_and_keep_their_names() {
        let projects = [(2016, 12, Some(100)), (2017, 6, Some(200)), (2018, 6, Some(800))];
        let series = budget(&projects, date(2018, 12, 31));
        assert_eq!(tenths(mean_yoy(&series, 2018)), 2000);
        assert_eq!(tenths(cagr(&series, 2018)), 1828);
        assert!(matches!(cagr(&series, 2018), Growth::Rate { from_year: 2016, to_year: 2018, part_year: false, .. }));
    }

    #[test]
    fn averages_start_where_something_is_disclosed() {
        let projects = [(2016, 12, None), (2017, 6, Some(200)), (2018, 6, Some(800))];
        let series = budget(&projects, date(2018, 12, 31));
        assert!(matches!(mean_yoy(&series, 2018), Growth::Rate { tenths_of_percent: 3000, from_year: 2017, .. }));
        assert!(matches!(cagr(&series, 2018), Growth::Rate { tenths_of_percent: 3000, from_year: 2017, .. }));
        let hidden = budget(&[(2016, 12, None), (2017, 6, Some(5))], date(2017, 12, 31));
        assert_eq!(cagr(&hidden, 2017), Growth::Undisclosed);
    }

    #[test]
    fn twelve_months_against_the_twelve_before() {
        let projects = [(2024, 12, Some(100)), (2025, 10, Some(100)), (2025, 12, Some(300)), (2026, 11, Some(9999))];
        let series = budget(&projects, date(2026, 11, 22));
        assert_eq!(tenths(trailing_12(&series)), 500);
        let young = budget(&[(2026, 1, Some(100))], date(2026, 11, 22));
        assert_eq!(trailing_12(&young), Growth::TooEarly);
    }

    #[test]
    fn a_base_before_the_watch_began_is_too_early() {
        let known = Known { since: Some(date(2025, 3, 1)), as_of: date(2026, 11, 22) };
        let all = totals(&[(2025, 4, Some(100)), (2026, 4, Some(200))]);
        let series = Series::of(&all, Measure::Projects, known);
        assert_eq!(trailing_12(&series), Growth::TooEarly);
        assert_eq!(yoy(&series, 2026), Growth::TooEarly);
    }

    #[test]
    fn projects_are_counted_whatever_they_disclose() {
        let known = Known { since: None, as_of: date(2019, 12, 31) };
        let all = totals(&[(2018, 1, None), (2019, 1, None), (2019, 5, Some(3))]);
        assert_eq!(tenths(yoy(&Series::of(&all, Measure::Projects, known), 2019)), 1000);
    }

    proptest! {
        #[test]
        fn growth_always_answers(
            projects in prop::collection::vec((2000_i16..2030, 1_i8..=12, prop::option::of(0_i64..900_000_000_000_000)), 0..20),
            day in (1990_i16..2040, 1_i8..=12, 1_i8..=28),
            year in i16::MIN..i16::MAX,
            near in 1995_i16..2035,
        ) {
            let series = budget(&projects, date(day.0, day.1, day.2));
            for year in [year, near] {
                let _ = (yoy(&series, year), mean_yoy(&series, year), cagr(&series, year), trailing_12(&series));
            }
        }

        #[test]
        fn steady_growth_is_the_same_by_every_name(base in 1_000_000_i64..1_000_000_000, factor in 1_i64..20) {
            let series = budget(
                &[(2016, 1, Some(base)), (2017, 1, Some(base * factor)), (2018, 1, Some(base * factor * factor))],
                date(2018, 12, 31),
            );
            let rate = (factor - 1) * 1000;
            prop_assert_eq!((tenths(mean_yoy(&series, 2018)), tenths(cagr(&series, 2018))), (rate, rate));
        }
    }
}
