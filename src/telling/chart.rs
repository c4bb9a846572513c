//! Charts put into words: titles, axes, notes, every figure as a line of text. What is drawn and what is read tell the same. Knows
//! how no picture is made.

use minijinja::value::Serde;
use minijinja::{Captured, Value};
use serde::Serialize;

use super::item::{Day, Eye, NAME_CHARS_MAX};
use super::sums::{self, Sum};
use super::{TellingError, Templates, plain};
use crate::domain::chart::{Chart, Column, Months, Plot, Row, Share, steps};
use crate::domain::money::Money;
use crate::domain::subscription::Language;
use crate::figures::leading::{Leading, Line};
use crate::figures::months;

/// How wide a bar of text becomes.
const BAR_MAX: u128 = 20;

/// What the words of a chart may speak of.
#[derive(Serialize)]
struct About {
    topic: String,
    /// How many months, or how many projects.
    count: u64,
    currency: String,
    as_of: Day,
}

/// A month as its line is said.
#[derive(Serialize)]
struct Said {
    sum: Option<Sum>,
    count: u64,
    undisclosed: u64,
    is_open: bool,
    as_of: Day,
}

/// A share as it is said.
#[derive(Serialize)]
struct Part {
    count: i64,
    percent: Option<String>,
}

/// A chart as the templates see it: its picture by its id, and every figure as a line.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ChartView {
    id: String,
    title: String,
    alt: String,
    notes: Vec<String>,
    lines: Vec<LineView>,
}

#[derive(Clone, Debug, Serialize)]
struct LineView {
    label: String,
    said: String,
    /// As long as the value is large.
    bar: String,
}

/// The words of one language, to be called one by one.
struct Words<'t>(Captured<'t>);

impl<'t> Words<'t> {
    fn of(templates: &'t Templates, language: Language) -> Result<Self, TellingError> {
        templates.words(language).map(Self)
    }

    fn say(&mut self, name: &str, arguments: &[Value]) -> Result<String, TellingError> {
        let said = self.0.with_state_mut(|state| state.call_macro(name, arguments));
        Ok(said.map_err(|source| TellingError::template("words.txt", source))?.trim().to_owned())
    }
}

fn seen(what: impl Serialize) -> Value {
    Value::from(Serde(what))
}

/// The last months in words.
pub fn months(
    templates: &Templates,
    language: Language,
    topic: &str,
    shown: &months::Months,
) -> Result<Chart, TellingError> {
    let mut words = Words::of(templates, language)?;
    let eye = Eye { language, day: shown.as_of };
    let about = seen(About {
        topic: plain::line(topic, NAME_CHARS_MAX),
        count: u64::try_from(shown.months.len()).unwrap_or_default(),
        currency: shown.currency.code().to_owned(),
        as_of: eye.day(shown.as_of),
    });
    let mut columns = Vec::new();
    for month in &shown.months {
        columns.push(column(&mut words, eye, month)?);
    }
    let mut scale = Vec::new();
    for value in steps(columns.iter().filter_map(|column| column.amount).max().unwrap_or_default()) {
        let sum = sums::sum(Money { ten_thousandths: value, currency: shown.currency }, language);
        scale.push((value, words.say("chart_tick", &[seen(sum)])?));
    }
    let notes = notes(&mut words, eye, shown, &about)?;
    let title = words.say("chart_months", std::slice::from_ref(&about))?;
    let alt = alt(&mut words, &title, columns.iter().filter(|c| c.count > 0).map(|c| (&c.month, &c.said)), &notes)?;
    let months = Months {
        amounts: words.say("chart_amounts", std::slice::from_ref(&about))?,
        scale,
        counts: words.say("chart_counts", &[])?,
        parts: [words.say("chart_disclosed", &[])?, words.say("chart_undisclosed", &[])?],
        columns,
    };
    Ok(Chart { id: "chart-months".into(), title, alt, notes, plot: Plot::Months(months) })
}

fn column(words: &mut Words<'_>, eye: Eye, month: &months::Month) -> Result<Column, TellingError> {
    let first_on = eye.day(month.first_on);
    let said = seen(Said {
        sum: month.sum.map(|sum| sums::sum(sum, eye.language)),
        count: month.count,
        undisclosed: month.count.saturating_sub(month.disclosed),
        is_open: month.is_open,
        as_of: eye.day(eye.day),
    });
    Ok(Column {
        label: month.first_on.strftime("%Y-%m").to_string(),
        month: words.say("chart_month", &[seen(first_on)])?,
        said: words.say("chart_month_line", &[said])?,
        amount: month.sum.map(|sum| sum.ten_thousandths),
        count: month.count,
        disclosed: month.disclosed,
        is_open: month.is_open,
        breaks: month.breaks.is_some(),
    })
}

/// What must be known to read the months: only what is so of these.
fn notes(words: &mut Words<'_>, eye: Eye, shown: &months::Months, about: &Value) -> Result<Vec<String>, TellingError> {
    let mut notes = vec![words.say("chart_note_months", &[])?];
    if shown.months.iter().any(|month| month.count > 0 && month.sum.is_none()) {
        notes.push(words.say("chart_note_undisclosed", &[])?);
    }
    if shown.months.iter().any(|month| month.is_open) {
        notes.push(words.say("chart_note_open", std::slice::from_ref(about))?);
    }
    for (day, _) in shown.months.iter().filter_map(|month| month.breaks) {
        notes.push(words.say("chart_note_break", &[seen(eye.day(day))])?);
    }
    if shown.elsewhere > 0 {
        notes.push(words.say("chart_note_elsewhere", &[Value::from(shown.elsewhere)])?);
    }
    Ok(notes)
}

/// Where the projects are, in words.
pub fn regions(
    templates: &Templates,
    language: Language,
    topic: &str,
    as_of: jiff::civil::Date,
    shown: &Leading,
) -> Result<Chart, TellingError> {
    let mut words = Words::of(templates, language)?;
    let about = seen(About {
        topic: plain::line(topic, NAME_CHARS_MAX),
        count: u64::try_from(shown.of_all).unwrap_or_default(),
        currency: String::new(),
        as_of: Eye { language, day: as_of }.day(as_of),
    });
    let mut rows = Vec::new();
    for (word, line) in &shown.classes {
        let label = words.say("province", &[Value::from(plain::line(word, NAME_CHARS_MAX))])?;
        rows.push(share(&mut words, label, line, Row::Class)?);
    }
    if let Some((classes, line)) = &shown.rest {
        let label = words.say("chart_rest", &[Value::from(*classes)])?;
        rows.push(share(&mut words, label, line, Row::Rest)?);
    }
    if let Some(line) = &shown.unknown {
        let label = words.say("chart_unknown", &[])?;
        rows.push(share(&mut words, label, line, Row::Unknown)?);
    }
    let title = words.say("chart_regions", &[about])?;
    let alt = alt(&mut words, &title, rows.iter().map(|row| (&row.label, &row.said)), &[])?;
    Ok(Chart { id: "chart-regions".into(), title, alt, notes: Vec::new(), plot: Plot::Shares(rows) })
}

fn share(words: &mut Words<'_>, label: String, line: &Line, row: Row) -> Result<Share, TellingError> {
    let percent = line.of_all.map(|tenths| format!("{}.{}", tenths / 10, tenths % 10));
    let said = words.say("chart_share", &[seen(Part { count: line.count, percent })])?;
    Ok(Share { label, said, count: u64::try_from(line.count).unwrap_or_default(), row })
}

/// Title, every line and the notes, one after the other.
fn alt<'l>(
    words: &mut Words<'_>,
    title: &str,
    lines: impl Iterator<Item = (&'l String, &'l String)>,
    notes: &[String],
) -> Result<String, TellingError> {
    let mut said = Vec::new();
    for (label, value) in lines {
        said.push(words.say("pair", &[Value::from(label.as_str()), Value::from(value.as_str())])?);
    }
    words.say("chart_alt", &[Value::from(title), Value::from(said), Value::from(notes.to_vec())])
}

/// A chart before the templates. Months without anything have no line.
pub(super) fn view(chart: &Chart) -> ChartView {
    let lines = match &chart.plot {
        Plot::Months(months) => {
            let largest = months.columns.iter().filter_map(|column| column.amount).max().unwrap_or_default();
            let line = |column: &Column| LineView {
                label: column.month.clone(),
                said: column.said.clone(),
                bar: bar(column.amount.unwrap_or_default().unsigned_abs(), largest.unsigned_abs()),
            };
            months.columns.iter().filter(|column| column.count > 0).map(line).collect()
        }
        Plot::Shares(rows) => {
            let largest = rows.iter().map(|row| row.count).max().unwrap_or_default();
            let line = |row: &Share| LineView {
                label: row.label.clone(),
                said: row.said.clone(),
                bar: bar(row.count, largest),
            };
            rows.iter().map(line).collect()
        }
    };
    let (id, title, alt) = (chart.id.clone(), chart.title.clone(), chart.alt.clone());
    ChartView { id, title, alt, notes: chart.notes.clone(), lines }
}

/// At least one block for anything at all.
fn bar(value: u64, largest: u64) -> String {
    let blocks = (u128::from(value) * BAR_MAX).div_ceil(u128::from(largest.max(1))).min(BAR_MAX);
    "▇".repeat(usize::try_from(blocks).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::money::Currency;
    use crate::figures::totals::FigureKind;

    fn month(first_on: jiff::civil::Date, units: Option<i64>, count: u64, disclosed: u64) -> months::Month {
        let (sum, is_open) = (units.map(Money::yuan), first_on.month() == 11);
        months::Month { first_on, count, disclosed, sum, is_open, breaks: None }
    }

    fn shown() -> months::Months {
        months::Months {
            kind: FigureKind::Award,
            currency: Currency::CNY,
            months: vec![
                month(date(2026, 8, 1), Some(12_000_000), 3, 2),
                month(date(2026, 9, 1), None, 1, 0),
                month(date(2026, 10, 1), None, 0, 0),
                month(date(2026, 11, 1), Some(3_400_000), 1, 1),
            ],
            elsewhere: 0,
            as_of: date(2026, 11, 22),
        }
    }

    fn leading() -> Leading {
        let line = |count, tenths| Line { count, of_all: Some(tenths) };
        Leading {
            classes: vec![("110000".into(), line(5, 500)), ("440000".into(), line(2, 200))],
            rest: Some((2, line(2, 200))),
            unknown: Some(line(1, 100)),
            of_all: 10,
        }
    }

    #[test]
    fn a_month_says_its_sum_its_count_and_what_is_not_disclosed() {
        let templates = Templates::built_in().unwrap();
        let chart = months(&templates, Language::Zh, "blockchain", &shown()).unwrap();
        let Plot::Months(drawn) = &chart.plot else { panic!("months") };
        let said: Vec<_> = drawn.columns.iter().map(|column| column.said.as_str()).collect();
        assert_eq!(said[0], "1,200 万元，3 个项目，其中 1 个金额未披露");
        assert_eq!(said[1], "1 个项目，金额未披露");
        assert_eq!(said[3], "340 万元，1 个项目，截至 11月22日");
        assert!(chart.title.contains("区块链") && chart.title.contains("4 个月"), "{}", chart.title);
        assert!(!chart.alt.contains("2026年10月"), "nothing is said of a month without anything: {}", chart.alt);
        assert_eq!(chart.notes.len(), 3, "{:?}", chart.notes);
    }

    #[test]
    fn picture_alternative_and_text_tell_the_same_in_both_languages() {
        let templates = Templates::built_in().unwrap();
        for language in [Language::Zh, Language::En] {
            let charts = [
                months(&templates, language, "blockchain", &shown()).unwrap(),
                regions(&templates, language, "blockchain", date(2026, 11, 22), &leading()).unwrap(),
            ];
            for chart in charts {
                let view = view(&chart);
                assert!(view.lines.len() >= 3 && chart.alt.starts_with(&chart.title), "{}", chart.alt);
                for line in &view.lines {
                    assert!(chart.alt.contains(&line.label) && chart.alt.contains(&line.said), "{}", chart.alt);
                    assert!(!line.label.is_empty() && !line.said.is_empty());
                }
                let words = format!("{} {:?}", chart.alt, chart.plot);
                assert!(!words.contains("{{") && !words.contains("undefined"), "{words}");
            }
        }
    }

    #[test]
    fn regions_name_the_others_and_the_unknown() {
        let templates = Templates::built_in().unwrap();
        let chart = regions(&templates, Language::En, "blockchain", date(2026, 11, 22), &leading()).unwrap();
        let Plot::Shares(rows) = &chart.plot else { panic!("shares") };
        let said: Vec<_> = rows.iter().map(|row| (row.label.as_str(), row.said.as_str())).collect();
        assert_eq!(said[0], ("Beijing", "5 · 50.0%"));
        assert_eq!(said[2], ("2 other provinces", "2 · 20.0%"));
        assert_eq!(said[3], ("province unknown", "1 · 10.0%"));
    }

    #[test]
    fn a_bar_of_text_is_as_long_as_its_value_is_large() {
        let length = |value| bar(value, 40).chars().count();
        assert_eq!([0, 1, 20, 40].map(length), [0, 1, 10, 20]);
        assert_eq!(bar(0, 0), "");
    }
}
