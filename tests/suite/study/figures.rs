//! The study's figures from the pure rooms alone, in the shape of the independent recount: each expected figure comes out, and an
//! altered page moves what it must and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tenderwatch::domain::classes::Category;
use tenderwatch::domain::money::{Currency, Money};
use tenderwatch::domain::notice::{LotStatus, Notice};
use tenderwatch::domain::organisation::Organisation;
use tenderwatch::domain::project::{Project, Status};
use tenderwatch::domain::region;
use tenderwatch::domain::topic::Weight;
use tenderwatch::figures::growth::{self, Growth, Known, Measure, Series};
use tenderwatch::figures::totals::{FigureKind, Tally, Totals, contribution, delta};

use super::projects::{Made, made_of};
use super::{ledger, read, readings, text};

/// Provinces as the study names them.
const PROVINCES: [(&str, &str); 15] = [
    ("110000", "北京"),
    ("220000", "吉林"),
    ("230000", "黑龙江"),
    ("310000", "上海"),
    ("330000", "浙江"),
    ("350000", "福建"),
    ("370000", "山东"),
    ("410000", "河南"),
    ("420000", "湖北"),
    ("440000", "广东"),
    ("450000", "广西"),
    ("510000", "四川"),
    ("520000", "贵州"),
    ("530000", "云南"),
    ("620000", "甘肃"),
];

fn province(code: Option<&str>) -> &str {
    PROVINCES.iter().find(|(known, _)| Some(*known) == code).map_or("unknown", |(_, name)| name)
}

/// The printed address before the name.
fn home(supplier: &Organisation) -> Option<String> {
    let address = supplier.address.as_deref().and_then(|text| region::resolve(None, &[], &[text], &[], None).province);
    address.or_else(|| region::resolve(None, &[&supplier.name], &[], &[], None).province)
}

fn counts<K: Into<String>>(keys: impl Iterator<Item = K>) -> Value {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for key in keys {
        *counts.entry(key.into()).or_default() += 1;
    }
    json!(counts)
}

fn is_counted(made: &Made) -> bool {
    contribution(&made.1).is_some()
}

/// Why notices are no project of their own; the first reason that holds.
fn excluded(made: &[Made]) -> Value {
    let reasons = made.iter().flat_map(|entry| {
        let (members, project) = entry;
        let repeats = members.iter().filter(|member| member.repeat_of.is_some()).count();
        let whole = |reason: &'static str| vec![reason; members.len()];
        match (project.weight, project.status) {
            (Weight::None, _) => whole("only_stamp"),
            (Weight::Mention, _) => whole("only_mention"),
            (_, Status::Failed) => whole("failed"),
            _ if !is_counted(entry) => whole("no_project"),
            _ => [vec!["repeat"; repeats], vec!["same_project"; members.len() - repeats - 1]].concat(),
        }
    });
    counts(reasons)
}

fn two_decimals(money: Money) -> String {
    let (whole, cents) = money
        .decimal()
        .split_once('.')
        .map_or((money.decimal(), String::new()), |(whole, cents)| (whole.to_owned(), cents.to_owned()));
    format!("{whole}.{cents:0<2}")
}

fn tally(tally: Tally, of: i64) -> Value {
    json!({"sum": two_decimals(Money::cny(tally.sum)), "disclosed": tally.disclosed, "of": of})
}

fn of_year<'a>(projects: &[&'a Project], year: i16) -> Vec<&'a Project> {
    projects.iter().copied().filter(|project| project.first_on.is_some_and(|on| on.year() == year)).collect()
}

fn totals(projects: &[&Project]) -> Totals {
    let mut totals = Totals::default();
    for project in projects {
        totals.apply(&delta(None, contribution(project).as_ref()));
    }
    totals
}

fn three(projects: &[&Project]) -> Map<String, Value> {
    let totals = totals(projects);
    let one = |kind: FigureKind| (kind.word().to_owned(), tally(totals.sum(kind, Currency::CNY), totals.of(kind)));
    FigureKind::ALL.into_iter().map(one).collect()
}

fn years(projects: &[&Project]) -> Value {
    let years: BTreeSet<i16> = projects.iter().filter_map(|project| Some(project.first_on?.year())).collect();
    let of = |year: i16| {
        let projects = of_year(projects, year);
        let mut figures = three(&projects);
        figures.insert("projects".into(), json!(projects.len()));
        (year.to_string(), Value::Object(figures))
    };
    Value::Object(years.into_iter().map(of).collect())
}

fn rate(growth: Growth) -> Value {
    match growth {
        Growth::Rate { tenths_of_percent, from_year, to_year, .. } => {
            json!({"tenths": tenths_of_percent, "from": from_year, "to": to_year})
        }
        other => json!(other.word()),
    }
}

fn growths(projects: &[&Project], as_of: Date) -> Value {
    let totals = totals(projects);
    let known = Known { since: Some(date(2016, 12, 12)), as_of };
    let of = |kind: FigureKind| {
        let series = Series::of(&totals, Measure::Sum(kind, Currency::CNY), known);
        let rates = json!({"mean_yoy": rate(growth::mean_yoy(&series, as_of.year())), "cagr": rate(growth::cagr(&series, as_of.year()))});
        (kind.word().to_owned(), rates)
    };
    Value::Object(FigureKind::ALL.into_iter().map(of).collect())
}

fn brief(project: &Project, name: &str, money: Option<Money>) -> Value {
    let mut told = json!({"on": project.first_on, "buyer": project.buyers[0].name, "title": project.title});
    told[name] = json!(money.map(two_decimals));
    told
}

/// All figures of the recount that the pure rooms can give.
fn figures(made: &[Made], as_of: Date) -> Value {
    let counted: Vec<&Made> = made.iter().filter(|entry| is_counted(entry)).collect();
    let projects: Vec<&Project> = counted.iter().map(|(_, project)| project).collect();
    let level = |(members, _): &&Made| {
        let central = members[0].notice.section.as_deref().is_some_and(|section| section.starts_with("zygg"));
        if central { "central" } else { "local" }
    };
    let status = |project: &&Project| if project.status == Status::Tendering { "tendering" } else { "awarded" };
    let lots = |status: LotStatus| projects.iter().flat_map(|p| &p.lots).filter(move |lot| lot.status == status);
    let mut wins: BTreeMap<&str, (u64, Option<String>)> = BTreeMap::new();
    for supplier in lots(LotStatus::Awarded).flat_map(|lot| &lot.suppliers) {
        let entry = wins.entry(&supplier.name).or_default();
        *entry = (entry.0 + 1, entry.1.take().or_else(|| home(supplier)));
    }
    let top: Vec<(&str, u64)> = wins.iter().filter(|(_, win)| win.0 > 1).map(|(name, win)| (*name, win.0)).collect();
    let first = projects.iter().min_by_key(|project| project.first_on).unwrap();
    let largest = projects.iter().max_by_key(|project| project.topic_part.money().map(|m| m.ten_thousandths)).unwrap();
    json!({
        "hits": made.iter().map(|(members, _)| members.len()).sum::<usize>(),
        "excluded": excluded(made),
        "projects": projects.len(),
        "status": counts(projects.iter().map(status)),
        "contracted": projects.iter().filter(|project| project.status == Status::Contracted).count(),
        "levels": counts(counted.iter().map(level)),
        "regions": counts(projects.iter().map(|project| province(project.region.province.as_deref()))),
        "categories": counts(projects.iter().map(|project| project.category.value.map_or("unclassified", Category::label))),
        "totals": three(&projects),
        "years": years(&projects),
        "growth": growths(&projects, as_of),
        "winners": wins.len(),
        "wins": wins.values().map(|win| win.0).sum::<u64>(),
        "top": top,
        "winner_regions": counts(wins.values().map(|win| province(win.1.as_deref()))),
        "first": brief(first, "budget", first.budget.money()),
        "largest_part": brief(largest, "part", largest.topic_part.money()),
        "failed_lots": lots(LotStatus::Failed).count(),
    })
}

/// The figures from what was published by a day.
fn figures_as_of(as_of: Date) -> Value {
    let by_then = readings().iter().filter(|(_, notice)| notice.published_at.is_some_and(|at| at.day() <= as_of));
    figures(&made_of(by_then.map(|(page, notice)| (page.native_id.as_str(), notice))), as_of)
}

/// The end of the study's window.
const THEN: Date = date(2019, 9, 24);

fn at<'a>(figures: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(figures, |value, step| value.get(step).unwrap_or(&Value::Null))
}

/// Whether everything expected stands there; what stands there besides is not asked.
fn holds(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            expected.iter().all(|(key, value)| found.get(key).is_some_and(|found| holds(value, found)))
        }
        _ => expected == found,
    }
}

#[derive(Deserialize)]
struct Expected {
    figure: Vec<Figure>,
    as_of: Vec<AsOf>,
}

#[derive(Deserialize)]
struct AsOf {
    day: String,
    at: String,
    value: Value,
}

#[derive(Deserialize)]
struct Figure {
    row: u32,
    what: String,
    at: Option<String>,
    value: Option<Value>,
    not_reproducible: Option<String>,
}

#[test]
fn every_published_figure_is_expected_or_said_not_to_be_reproducible() {
    let expected: Expected = toml::from_str(&text("expected.toml")).unwrap();
    let rows: BTreeSet<u32> = expected.figure.iter().map(|figure| figure.row).collect();
    assert_eq!(rows, (1..=27).collect());
    for figure in &expected.figure {
        assert!(figure.value.is_some() != figure.not_reproducible.is_some(), "{} {}", figure.row, figure.what);
    }
}

#[test]
fn what_is_expected_of_the_pages_comes_out() {
    let expected: Expected = toml::from_str(&text("expected.toml")).unwrap();
    let figures = figures_as_of(THEN);
    let mut wrong = Vec::new();
    for figure in &expected.figure {
        let (Some(path), Some(value)) = (&figure.at, &figure.value) else { continue };
        let found = at(&figures, path);
        if !holds(value, found) {
            wrong.push(format!("{} {}: expected {value}, found {found}", figure.row, figure.what));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn past_days_are_answered_from_what_was_published_by_then() {
    let expected: Expected = toml::from_str(&text("expected.toml")).unwrap();
    let days: BTreeSet<&str> = expected.as_of.iter().map(|figure| figure.day.as_str()).collect();
    let by_day: BTreeMap<&str, Value> = days.iter().map(|day| (*day, figures_as_of(day.parse().unwrap()))).collect();
    let mut wrong = Vec::new();
    for figure in &expected.as_of {
        let found = at(&by_day[figure.day.as_str()], &figure.at);
        if !holds(&figure.value, found) {
            wrong.push(format!("{} {}: expected {}, found {found}", figure.day, figure.at, figure.value));
        }
    }
    assert!(days.len() >= 2 && wrong.is_empty(), "{}", wrong.join("\n"));
}

#[derive(Deserialize)]
struct Alterations {
    alteration: Vec<Alteration>,
}

#[derive(Deserialize)]
struct Alteration {
    name: String,
    moves: BTreeSet<String>,
    #[serde(default)]
    then: BTreeMap<String, String>,
    edit: Vec<Edit>,
}

#[derive(Deserialize)]
struct Edit {
    page: String,
    replace: Vec<(String, String)>,
}

/// The notices when the pages are altered so.
fn altered(alteration: &Alteration) -> Vec<(&'static str, Notice)> {
    let ledger = ledger();
    let with_edit = |(page, notice): &'static (super::Page, Notice)| {
        let Some(edit) = alteration.edit.iter().find(|edit| edit.page == page.native_id) else {
            return (page.native_id.as_str(), notice.clone());
        };
        let mut html = text(&page.file);
        for (old, new) in &edit.replace {
            assert!(html.contains(old.as_str()), "{}: {old} is not in {}", alteration.name, page.file);
            html = html.replace(old.as_str(), new);
        }
        (page.native_id.as_str(), read(page, &html, &ledger[&page.project].zone))
    };
    readings().iter().map(with_edit).collect()
}

#[test]
fn an_altered_page_moves_the_figures_that_it_must_and_no_others() {
    let alterations: Alterations = toml::from_str(&text("alterations.toml")).unwrap();
    let before = figures_as_of(THEN);
    let mut wrong = Vec::new();
    for alteration in &alterations.alteration {
        let notices = altered(alteration);
        let after = figures(&made_of(notices.iter().map(|(native_id, notice)| (*native_id, notice))), THEN);
        let names = before.as_object().unwrap().keys();
        let moved: BTreeSet<String> = names.filter(|name| before[*name] != after[*name]).cloned().collect();
        if moved != alteration.moves {
            wrong.push(format!("{}: moves {moved:?}, not {:?}", alteration.name, alteration.moves));
        }
        for (path, value) in &alteration.then {
            let found = at(&after, path).to_string();
            if found.trim_matches('"') != value {
                wrong.push(format!("{}: {path} is {found}, not {value}", alteration.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
