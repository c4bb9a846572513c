//! A whole digest as the templates see it: changes grouped by kind, what they come to, totals, deadlines, sources.

use std::collections::BTreeMap;

use serde::Serialize;

use super::chart::{self, ChartView};
use super::item::{self, AmountView, Day, Eye, Moment, NAME_CHARS_MAX, TITLE_CHARS_MAX};
use super::sums::{self, Sum};
use super::{Fragment, plain};
use crate::domain::change::{Audience, ChangeKind};
use crate::domain::digest::{
    Closing, Digest, FigureLine, GrowthLine, Item, MANAGE_MARK, Mover, NAME_MARK, NearMiss, Occasion, SourceHealth,
};
use crate::domain::money::{Currency, Money};
use crate::domain::project::{Project, ProjectId};

/// How many closing deadlines are printed; the rest is counted.
const CLOSING_MAX: usize = 20;
/// How many near misses; the rest is counted.
const NEAR_MISSES_MAX: usize = 20;
/// How many projects that moved a total.
const MOVERS_MAX: usize = 3;
/// The longest title of one of them.
const MOVER_CHARS_MAX: usize = 40;
/// The longest sentence that shows where a term stands.
const SENTENCE_CHARS_MAX: usize = 200;

/// Everything a template may print.
#[derive(Clone, Debug, Serialize)]
pub(super) struct View {
    id: String,
    occasion: &'static str,
    subscription: String,
    topic: String,
    /// Whether every change in it is a trouble: a message for the operator.
    operator: bool,
    immediate: bool,
    day: Day,
    composed: Moment,
    /// How many changes in all.
    changes: usize,
    /// The changes by kind, in the order they are told.
    groups: Vec<Group>,
    /// Who wins for the first time, where that is news.
    firsts: Vec<String>,
    /// What a subject has room for: the weightiest kinds, as places in `groups`.
    headline: Vec<usize>,
    figures: Vec<FigureView>,
    /// Projects by status, and in all.
    counts: Vec<CountView>,
    projects: u64,
    closing: Vec<ClosingView>,
    closing_more: usize,
    latest: Vec<LatestView>,
    near_misses: Vec<NearMissView>,
    near_misses_more: usize,
    sources: Vec<SourceView>,
    charts: Vec<ChartView>,
    /// Stands for the address where a receiver manages the subscription; nothing where there is none.
    manage: Option<&'static str>,
}

/// Changes of one kind.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Group {
    kind: &'static str,
    /// Distinct projects (or changes without one): what a subject counts.
    count: usize,
    /// What the awards or budgets of those projects come to, where any is disclosed.
    sum: Option<Sum>,
    /// How many of the projects disclose it.
    disclosed: usize,
    /// Names of the sources, for troubles.
    sources: Vec<String>,
    /// The changes.
    items: Vec<Entry>,
}

/// A change that was put into words already.
#[derive(Clone, Debug, Serialize)]
struct Entry {
    /// From 1, through all groups.
    number: usize,
    title: String,
    text: String,
    html: String,
}

#[derive(Clone, Debug, Serialize)]
struct FigureView {
    kind: String,
    sum: Sum,
    disclosed: u64,
    of: u64,
    moved: Option<Sum>,
    movers: Vec<MoverView>,
    /// `+42.0`, in percent.
    rate: Option<String>,
    /// Why there is no rate.
    why_not: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct MoverView {
    title: String,
    moved: Sum,
}

/// An award of late, where a message says how things stand.
#[derive(Clone, Debug, Serialize)]
struct LatestView {
    title: String,
    day: Option<Day>,
    winners: Vec<String>,
    more_winners: usize,
    award: AmountView,
    url: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct NearMissView {
    title: String,
    project: i64,
    field: String,
    sentence: String,
    url: Option<String>,
    evidence: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct CountView {
    status: String,
    count: u64,
}

#[derive(Clone, Debug, Serialize)]
struct ClosingView {
    project: i64,
    title: String,
    deadline: Moment,
    url: Option<String>,
    evidence: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct SourceView {
    source: String,
    healthy: Option<Moment>,
    failing: Option<Moment>,
}

/// Prepares a digest whose changes were put into words; gives also their places in the order in which they are told.
pub(super) fn of(digest: &Digest, pieces: &[std::sync::Arc<Fragment>]) -> (View, Vec<usize>) {
    let eye = Eye { language: digest.language, day: digest.day };
    let base_url = digest.base_url.as_deref();
    let troubles = |item: &Item| item.stored.change.kind.audience() == Audience::Operator;
    let (groups, order) = groups(&digest.items, pieces, eye);
    let firsts = firsts(&digest.items, eye);
    let view = View {
        id: own(&digest.id, crate::domain::digest::ID_MARK),
        occasion: digest.occasion.word(),
        subscription: own(&digest.subscription, NAME_MARK),
        topic: plain::line(&digest.topic, NAME_CHARS_MAX),
        operator: !digest.items.is_empty() && digest.items.iter().all(troubles),
        immediate: digest.frequency == crate::domain::subscription::Frequency::Immediate,
        day: eye.day(digest.day),
        composed: eye.china(digest.composed_at),
        changes: digest.items.len(),
        headline: headline(&groups, !firsts.is_empty()),
        groups,
        firsts,
        figures: digest.figures.iter().map(|line| figure(line, eye)).collect(),
        counts: digest
            .counts
            .iter()
            .map(|(status, count)| CountView { status: status.clone(), count: *count })
            .collect(),
        projects: digest.counts.iter().map(|(_, count)| count).sum(),
        closing: digest.closing.iter().take(CLOSING_MAX).map(|closing| of_closing(closing, eye, base_url)).collect(),
        closing_more: digest.closing.len().saturating_sub(CLOSING_MAX),
        latest: digest.latest.iter().map(|item| of_latest(item, eye)).collect(),
        near_misses: digest.near_misses.iter().take(NEAR_MISSES_MAX).map(|near| of_near_miss(near, base_url)).collect(),
        near_misses_more: digest.near_misses.len().saturating_sub(NEAR_MISSES_MAX),
        sources: digest.sources.iter().map(|source| of_source(source, eye)).collect(),
        charts: digest.charts.iter().map(chart::view).collect(),
        // Who is asked to prove a channel has nothing to manage in that message.
        manage: base_url.filter(|_| digest.occasion != Occasion::Test).map(|_| MANAGE_MARK),
    };
    (view, order)
}

/// What is our own, or its mark in a message for many: marks are what cleaning takes out of everybody else's text.
fn own(text: &str, mark: &str) -> String {
    if text == mark { mark.to_owned() } else { plain::line(text, NAME_CHARS_MAX) }
}

/// Who wins for the first time on record, each once.
fn firsts(items: &[Item], eye: Eye) -> Vec<String> {
    let mut firsts: Vec<String> = Vec::new();
    for item in items.iter().filter(|item| item.stored.change.kind == ChangeKind::Shifted) {
        for who in eye.firsts(&item.stored.change.fields) {
            if !firsts.contains(&who) {
                firsts.push(who);
            }
        }
    }
    firsts
}

/// How many kinds a subject names.
const HEADLINE_MAX: usize = 3;

/// A subject says who won before it says who is asked; the mail itself begins with what can still be acted on.
const WEIGHT: [ChangeKind; 8] = [
    ChangeKind::Awarded,
    ChangeKind::AwardCorrected,
    ChangeKind::TenderPublished,
    ChangeKind::Retendered,
    ChangeKind::Corrected,
    ChangeKind::Failed,
    ChangeKind::Contracted,
    ChangeKind::Withdrawn,
];

fn headline(groups: &[Group], has_firsts: bool) -> Vec<usize> {
    // A first win is said by its name; counting it among the shifts as well would say it twice.
    let is_said = |group: &Group| has_firsts && group.kind == ChangeKind::Shifted.word() && groups.len() > 1;
    let weight = |group: &Group| WEIGHT.iter().position(|kind| kind.word() == group.kind).unwrap_or(WEIGHT.len());
    let weighed = groups.iter().zip(0..).filter(|(group, _)| !is_said(group));
    let mut places: Vec<(usize, usize)> = weighed.map(|(group, place)| (weight(group), place)).collect();
    places.sort_unstable();
    places.into_iter().take(HEADLINE_MAX).map(|(_, place)| place).collect()
}

/// Kinds in the order of their first change; within a kind the order of the digest.
fn groups(items: &[Item], pieces: &[std::sync::Arc<Fragment>], eye: Eye) -> (Vec<Group>, Vec<usize>) {
    let mut kinds: Vec<ChangeKind> = Vec::new();
    for item in items {
        if !kinds.contains(&item.stored.change.kind) {
            kinds.push(item.stored.change.kind);
        }
    }
    let mut order = Vec::new();
    let mut groups = Vec::new();
    for kind in kinds {
        let of_kind = || items.iter().zip(pieces).zip(0..).filter(|((item, _), _)| item.stored.change.kind == kind);
        let mut entries = Vec::new();
        for ((_, piece), place) in of_kind() {
            order.push(place);
            let (title, text, html) = (piece.title.clone(), piece.text.clone(), piece.html.clone());
            entries.push(Entry { number: order.len(), title, text, html });
        }
        let of_kind: Vec<&Item> = of_kind().map(|((item, _), _)| item).collect();
        groups.push(group(kind, &of_kind, entries, eye));
    }
    (groups, order)
}

fn group(kind: ChangeKind, items: &[&Item], entries: Vec<Entry>, eye: Eye) -> Group {
    // Two awards of one project in one digest are one project with one sum.
    let projects: BTreeMap<ProjectId, &Project> =
        items.iter().filter_map(|item| item.project.as_ref()).map(|(id, project)| (*id, project)).collect();
    let loose = items.iter().filter(|item| item.project.is_none()).count();
    let (sum, disclosed) = told_sum(kind, projects.values().copied());
    let mut sources: Vec<String> = Vec::new();
    for source in items.iter().filter_map(|item| item.stored.change.source.as_deref()) {
        let source = plain::line(source, NAME_CHARS_MAX);
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    Group {
        kind: kind.word(),
        count: projects.len() + loose,
        sum: sum.map(|money| sums::sum(money, eye.language)),
        disclosed,
        sources,
        items: entries,
    }
}

/// What a subject may say that the projects of a group come to: awards for awards, budgets for tenders. Yuan only.
fn told_sum<'p>(kind: ChangeKind, projects: impl Iterator<Item = &'p Project>) -> (Option<Money>, usize) {
    let amount = |project: &Project| match kind {
        ChangeKind::Awarded | ChangeKind::AwardCorrected => project.award.money(),
        ChangeKind::TenderPublished | ChangeKind::ProjectAnnounced | ChangeKind::Retendered => project.budget.money(),
        ChangeKind::Contracted | ChangeKind::ContractChanged => project.contract.money(),
        _ => None,
    };
    let mut sum = Money::yuan(0);
    let mut disclosed = 0;
    for money in projects.filter_map(amount).filter(|money| money.currency == Currency::CNY) {
        let Some(more) = sum.checked_add(money) else { return (None, 0) };
        sum = more;
        disclosed += 1;
    }
    ((disclosed > 0).then_some(sum), disclosed)
}

fn figure(line: &FigureLine, eye: Eye) -> FigureView {
    let moved = Money { ten_thousandths: line.moved, ..line.sum };
    let (rate, why_not) = match &line.growth {
        GrowthLine::Tenths(tenths) => (Some(sums::rate(*tenths)), None),
        GrowthLine::NotComputable(why) => (None, Some(plain::line(why, NAME_CHARS_MAX))),
    };
    FigureView {
        kind: line.kind.clone(),
        sum: sums::sum(line.sum, eye.language),
        disclosed: line.disclosed,
        of: line.of,
        moved: (line.moved != 0).then(|| sums::sum(moved, eye.language)),
        movers: if line.moved == 0 { Vec::new() } else { movers(line, eye) },
        rate,
        why_not,
    }
}

fn movers(line: &FigureLine, eye: Eye) -> Vec<MoverView> {
    let mover = |mover: &Mover| MoverView {
        title: plain::line(&mover.title, MOVER_CHARS_MAX),
        moved: sums::sum(Money { ten_thousandths: mover.moved, ..line.sum }, eye.language),
    };
    line.movers.iter().take(MOVERS_MAX).map(mover).collect()
}

fn of_closing(closing: &Closing, eye: Eye, base_url: Option<&str>) -> ClosingView {
    ClosingView {
        project: closing.project.0,
        title: plain::line(&closing.title, TITLE_CHARS_MAX),
        deadline: eye.stamp(closing.deadline_at),
        url: closing.url.as_deref().and_then(plain::url),
        evidence: base_url.and_then(|base| item::project_page(base, closing.project)),
    }
}

/// How many winners of one award are named.
const WINNERS_MAX: usize = 3;

fn of_latest(item: &Item, eye: Eye) -> LatestView {
    let project = item.project.as_ref().map(|(_, project)| project);
    let suppliers = project.iter().flat_map(|project| &project.lots).flat_map(|lot| &lot.suppliers);
    let mut winners: Vec<String> = Vec::new();
    for name in suppliers.map(|supplier| plain::line(&supplier.name, NAME_CHARS_MAX)) {
        if !winners.contains(&name) {
            winners.push(name);
        }
    }
    let more_winners = winners.len().saturating_sub(WINNERS_MAX);
    winners.truncate(WINNERS_MAX);
    let undisclosed = crate::domain::amount::Amount::Undisclosed;
    LatestView {
        title: project.map(|project| plain::line(&project.title, TITLE_CHARS_MAX)).unwrap_or_default(),
        day: item.stored.change.published_at.map(|stamp| eye.day(stamp.day())),
        winners,
        more_winners,
        award: eye.amount(project.map_or(&undisclosed, |project| &project.award)),
        url: item.url.as_deref().and_then(plain::url),
    }
}

fn of_near_miss(near: &NearMiss, base_url: Option<&str>) -> NearMissView {
    NearMissView {
        title: plain::line(&near.title, TITLE_CHARS_MAX),
        project: near.project.0,
        field: plain::line(&near.field, NAME_CHARS_MAX),
        sentence: plain::line(&near.sentence, SENTENCE_CHARS_MAX),
        url: near.url.as_deref().and_then(plain::url),
        evidence: base_url.and_then(|base| item::project_page(base, near.project)),
    }
}

fn of_source(source: &SourceHealth, eye: Eye) -> SourceView {
    SourceView {
        source: plain::line(&source.source, NAME_CHARS_MAX),
        healthy: source.healthy_at.map(|at| eye.china(at)),
        failing: source.failing_since.map(|at| eye.china(at)),
    }
}
