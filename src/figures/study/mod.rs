//! Every figure of one window, as of a day: notices → exclusions → projects → shares, totals, growth, winners, firsts, filings,
//! shifts, comparison. Each figure lists its projects. A project is in the window by the day of its first notice (China's, both
//! ends included); everything of it is filed under that day.

mod filed;
mod hits;
mod lines;
mod rates;
mod winners;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

pub use filed::{BatchLine, Filings};
pub use hits::{Bin, Hits};
pub use lines::{AmountLine, JudgedLine, NoticeLine, ProjectLine};
pub use rates::{GrowthTable, RateLine, YearLine};
pub use winners::{FiledLine, PlaceRow, Places, WinnerLine, Winners, award};

use super::cells::Dimension;
use super::comparison::{Beside, Comparison, compare};
use super::firsts::{First, Record, firsts, records};
use super::printed::{Disclosed, Sums};
use super::shares::{Breakdown, By, of_projects};
use super::shifts::{Shift, Thresholds, over};
use super::totals::{Contribution, FigureKind, contribution};
use crate::domain::amount::Amount;
use crate::domain::filing::Filing;
use crate::domain::notice::NoticeKind;
use crate::domain::party::Parties;
use crate::domain::project::{NoticeId, Project, ProjectId, Status};
use crate::domain::topic::Weight;

/// A notice of the topic, as far as a study asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its identity.
    pub id: NoticeId,
    /// The day that it was published on, in its source's zone.
    pub on: Option<Date>,
    /// What it announces.
    pub kind: NoticeKind,
    /// Its title.
    pub title: String,
    /// Where the original stands.
    pub url: Option<String>,
    /// How strongly it is of the topic.
    pub weight: Weight,
    /// The notice that it repeats.
    pub repeat_of: Option<NoticeId>,
    /// Whether it was taken back.
    pub withdrawn: bool,
}

/// A project with its notices: counted or not, near misses too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub id: ProjectId,
    /// The project as of the day that is asked for.
    pub project: Project,
    /// Its notices as of that day.
    pub notices: Vec<Hit>,
}

/// As of when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AsOf {
    /// Only what was published by this day, that day included.
    pub published_by: Date,
    /// Only what we had read by this instant; nothing: whatever is known today.
    pub known_by: Option<Timestamp>,
}

/// What a study is made from.
#[derive(Clone, Debug)]
pub struct Dossier<'a> {
    /// The topic's name.
    pub topic: String,
    /// The first day of the window.
    pub from: Date,
    /// Its last day, included.
    pub to: Date,
    /// As of when the entries are.
    pub as_of: AsOf,
    /// Every project of the topic.
    pub entries: Vec<Entry>,
    /// Who is who.
    pub parties: &'a Parties,
    /// The list of filings; empty where none was imported.
    pub filings: &'a [Filing],
    /// From when on a difference is a shift.
    pub thresholds: Thresholds,
    /// Another country's notices.
    pub beside: Option<Beside>,
}

/// A number and the projects behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// What is counted.
    pub word: &'static str,
    /// How many.
    pub count: i64,
    /// Which.
    pub projects: Vec<i64>,
}

/// One of the three totals over the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Total {
    /// `budget`, `award`, `topic_part`.
    pub kind: &'static str,
    /// How many counted projects it applies to: the N of "n of N".
    pub of: i64,
    /// The sum by currency, each with its n.
    pub sums: Vec<Disclosed>,
    /// The projects that it applies to by the state of their amount: `disclosed`, `undisclosed`, `conflict` and so on.
    pub states: Vec<Count>,
}

/// Firsts and records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Firsts {
    /// The first project.
    pub first: Option<First>,
    /// The largest sums.
    pub records: Vec<Record>,
    /// The first of each province.
    pub regions: Vec<First>,
    /// The first of each category.
    pub categories: Vec<First>,
    /// The first project that each party won in, by the project's day.
    pub suppliers: Vec<First>,
}

/// Every figure of a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Study {
    /// The topic.
    pub topic: String,
    /// The first day of the window.
    pub from: Date,
    /// Its last day.
    pub to: Date,
    /// As of when.
    pub as_of: AsOf,
    /// The day of the first notice of the first counted project: where the window really begins.
    pub first_hit_on: Option<Date>,
    /// Notices, and what became of each.
    pub hits: Hits,
    /// Counted projects.
    pub counted: Count,
    /// Distinct buyers of them.
    pub buyers: i64,
    /// Counted projects by where they stand.
    pub status: Vec<Count>,
    /// By level, region, category, roll-up and method.
    pub shares: Vec<Breakdown>,
    /// The three totals.
    pub totals: Vec<Total>,
    /// Growth of the counts and of each total.
    pub growth: Vec<GrowthTable>,
    /// Who won.
    pub winners: Winners,
    /// Firsts and records.
    pub firsts: Firsts,
    /// Who of them is on the filing list.
    pub filings: Filings,
    /// Shifts among the bidders.
    pub shifts: Vec<Shift>,
    /// The same figures of another country.
    pub comparison: Option<Comparison>,
    /// Every project that any figure lists, and those that were left out, with their notices.
    pub projects: Vec<ProjectLine>,
}

/// An entry that counts, with what it counts for.
struct Counted<'a> {
    entry: &'a Entry,
    contribution: Contribution,
}

impl Counted<'_> {
    fn id(&self) -> i64 {
        self.entry.id.0
    }
}

/// Reckons every figure.
#[must_use]
pub fn study(dossier: &Dossier<'_>) -> Study {
    let mut entries: Vec<&Entry> = dossier.entries.iter().collect();
    entries.sort_by_key(|entry| (entry.project.first_on.is_none(), entry.project.first_on, entry.id));
    let counted: Vec<Counted<'_>> = entries
        .iter()
        .filter(|entry| in_window(dossier, entry.project.first_on))
        .filter_map(|entry| Some(Counted { entry, contribution: contribution(&entry.project)? }))
        .collect();
    let shared = |by: By| of_projects(by, counted.iter().map(|one| (one.entry.id, &one.contribution)));
    let by = [Dimension::Level, Dimension::Region, Dimension::Category].map(By::Dimension);
    let all_by = by.into_iter().chain([By::RollUp, By::Dimension(Dimension::Method)]);
    let winners = winners::winners(dossier, &counted);
    let awards = winners::dated(dossier);
    let until = dossier.to.min(dossier.as_of.published_by);
    let mut shifts = over(&awards, &dossier.thresholds, until);
    shifts.retain(|shift| shift.on >= dossier.from);
    let hits = hits::hits(dossier, &entries);
    Study {
        topic: dossier.topic.clone(),
        from: dossier.from,
        to: dossier.to,
        as_of: dossier.as_of,
        first_hit_on: counted.iter().filter_map(|one| one.entry.project.first_on).min(),
        counted: count("counted", counted.iter().map(Counted::id)),
        buyers: buyers(dossier, &counted),
        status: status(&counted),
        shares: all_by.map(shared).collect(),
        totals: FigureKind::ALL.map(|kind| total(kind, &counted)).into(),
        growth: rates::growth(dossier, &counted),
        firsts: firsts_and_records(&counted, &winners),
        filings: filed::filings(dossier, &counted),
        winners,
        shifts,
        comparison: dossier.beside.as_ref().map(|beside| compare(dossier, beside)),
        projects: entries.iter().map(|entry| lines::line(entry, &hits)).collect(),
        hits,
    }
}

/// Whether a day is in the window; both ends are.
fn in_window(dossier: &Dossier<'_>, day: Option<Date>) -> bool {
    day.is_some_and(|day| dossier.from <= day && day <= dossier.to)
}

fn count(word: &'static str, projects: impl Iterator<Item = i64>) -> Count {
    let mut projects: Vec<i64> = projects.collect();
    projects.sort_unstable();
    projects.dedup();
    Count { word, count: number(projects.len()), projects }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn buyers(dossier: &Dossier<'_>, counted: &[Counted<'_>]) -> i64 {
    let named = counted.iter().flat_map(|one| &one.entry.project.buyers);
    let keys: std::collections::BTreeSet<_> =
        named.filter_map(|buyer| winners::party_of(dossier.parties, buyer)).map(|(key, _)| key).collect();
    number(keys.len())
}

fn status(counted: &[Counted<'_>]) -> Vec<Count> {
    let standing = Status::ALL.into_iter().filter(|status| status.is_counted());
    let of = |status: Status| {
        let here = counted.iter().filter(move |one| one.entry.project.status == status);
        count(status.word(), here.map(Counted::id))
    };
    standing.map(of).filter(|line| line.count > 0).collect()
}

/// The state of a counted project's amount; an award that cannot be yet is not of its total.
fn amount(kind: FigureKind, project: &Project) -> &Amount {
    match kind {
        FigureKind::Budget => &project.budget,
        FigureKind::Award => &project.award,
        FigureKind::TopicPart => &project.topic_part,
    }
}

fn total(kind: FigureKind, counted: &[Counted<'_>]) -> Total {
    const STATES: [&str; 6] = ["disclosed", "undisclosed", "zero", "conflict", "unparsed", "not_applicable"];
    let applying: Vec<&Counted<'_>> = counted.iter().filter(|one| one.contribution.sums.contains_key(&kind)).collect();
    let mut sums = Sums::default();
    applying
        .iter()
        .filter_map(|one| one.contribution.sums.get(&kind).copied().flatten())
        .for_each(|money| sums.add(money));
    let of_state = |state: &'static str| {
        let here = applying.iter().filter(move |one| amount(kind, &one.entry.project).state() == state);
        count(state, here.map(|one| one.id()))
    };
    let states = STATES.into_iter().map(of_state).filter(|line| line.count > 0).collect();
    Total { kind: kind.word(), of: number(applying.len()), sums: sums.lines(), states }
}

fn firsts_and_records(counted: &[Counted<'_>], winners: &Winners) -> Firsts {
    let by = |dimension: Dimension| {
        let dated = counted.iter().filter_map(move |one| {
            let word = one.contribution.groups.get(&dimension).map_or("", String::as_str);
            (!word.is_empty()).then_some((word, one.entry.project.first_on, one.id()))
        });
        firsts(dated)
    };
    let days: std::collections::BTreeMap<i64, Option<Date>> =
        counted.iter().map(|one| (one.id(), one.entry.project.first_on)).collect();
    let won = winners
        .rows
        .iter()
        .flat_map(|row| row.projects.iter().map(|id| (row.party.as_str(), days.get(id).copied().flatten(), *id)));
    let record = |kind: FigureKind| {
        let sums = counted.iter().map(move |one| (one.contribution.sums.get(&kind).copied().flatten(), one.id()));
        records(kind.word(), sums)
    };
    Firsts {
        first: firsts(counted.iter().map(|one| ("", one.entry.project.first_on, one.id()))).pop(),
        records: FigureKind::ALL.into_iter().flat_map(record).collect(),
        regions: by(Dimension::Region),
        categories: by(Dimension::Category),
        suppliers: firsts(won),
    }
}

#[cfg(test)]
mod tests;
