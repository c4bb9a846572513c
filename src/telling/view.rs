//! A whole digest as the templates see it: changes grouped by kind, what they come to, totals, deadlines, sources.

use std::collections::BTreeMap;

use serde::Serialize;

use super::item::{self, Day, Eye, ItemView, Moment, NAME_CHARS_MAX, TITLE_CHARS_MAX};
use super::sums::{self, Sum};
use super::{Occasion, plain};
use crate::domain::change::{Audience, ChangeKind};
use crate::domain::digest::{Closing, Digest, FigureLine, GrowthLine, Item, SourceHealth};
use crate::domain::money::{Currency, Money};
use crate::domain::project::{Project, ProjectId};

/// How many closing deadlines are printed; the rest is counted.
const CLOSING_MAX: usize = 20;

/// Everything a template may print.
#[derive(Clone, Debug, Serialize)]
pub(super) struct View {
    id: String,
    occasion: Occasion,
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
    pub groups: Vec<Group>,
    /// What a subject has room for: the weightiest kinds, as places in `groups`.
    headline: Vec<usize>,
    figures: Vec<FigureView>,
    /// Projects by status, and in all.
    counts: Vec<CountView>,
    projects: u64,
    closing: Vec<ClosingView>,
    closing_more: usize,
    sources: Vec<SourceView>,
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
    pub items: Vec<ItemView>,
}

#[derive(Clone, Debug, Serialize)]
struct FigureView {
    kind: String,
    sum: Sum,
    disclosed: u64,
    of: u64,
    moved: Option<Sum>,
    /// `+42.0`, in percent.
    rate: Option<String>,
    /// Why there is no rate.
    why_not: Option<String>,
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
}

#[derive(Clone, Debug, Serialize)]
struct SourceView {
    source: String,
    healthy: Option<Moment>,
    failing: Option<Moment>,
}

/// Prepares a digest.
pub(super) fn of(digest: &Digest, occasion: Occasion) -> View {
    let groups = groups(&digest.items, Eye { language: digest.language, day: digest.day });
    let eye = Eye { language: digest.language, day: digest.day };
    let troubles = |item: &Item| item.stored.change.kind.audience() == Audience::Operator;
    View {
        id: plain::line(&digest.id, NAME_CHARS_MAX),
        occasion,
        subscription: plain::line(&digest.subscription, NAME_CHARS_MAX),
        topic: plain::line(&digest.topic, NAME_CHARS_MAX),
        operator: !digest.items.is_empty() && digest.items.iter().all(troubles),
        immediate: digest.frequency == crate::domain::subscription::Frequency::Immediate,
        day: eye.day(digest.day),
        composed: eye.china(digest.composed_at),
        changes: digest.items.len(),
        headline: headline(&groups),
        groups,
        figures: digest.figures.iter().map(|line| figure(line, eye)).collect(),
        counts: digest
            .counts
            .iter()
            .map(|(status, count)| CountView { status: status.clone(), count: *count })
            .collect(),
        projects: digest.counts.iter().map(|(_, count)| count).sum(),
        closing: digest.closing.iter().take(CLOSING_MAX).map(|closing| of_closing(closing, eye)).collect(),
        closing_more: digest.closing.len().saturating_sub(CLOSING_MAX),
        sources: digest.sources.iter().map(|source| of_source(source, eye)).collect(),
    }
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

fn headline(groups: &[Group]) -> Vec<usize> {
    let weight = |group: &Group| WEIGHT.iter().position(|kind| kind.word() == group.kind).unwrap_or(WEIGHT.len());
    let mut places: Vec<(usize, usize)> = groups.iter().map(weight).zip(0..).collect();
    places.sort_unstable();
    places.into_iter().take(HEADLINE_MAX).map(|(_, place)| place).collect()
}

/// Kinds in the order of their first change; within a kind the order of the digest.
fn groups(items: &[Item], eye: Eye) -> Vec<Group> {
    let mut kinds: Vec<ChangeKind> = Vec::new();
    for item in items {
        if !kinds.contains(&item.stored.change.kind) {
            kinds.push(item.stored.change.kind);
        }
    }
    let mut number = 0;
    let mut groups = Vec::new();
    for kind in kinds {
        let of_kind: Vec<&Item> = items.iter().filter(|item| item.stored.change.kind == kind).collect();
        let mut views = Vec::new();
        for item in &of_kind {
            number += 1;
            views.push(item::of(item, number, eye));
        }
        groups.push(group(kind, &of_kind, views, eye));
    }
    groups
}

fn group(kind: ChangeKind, items: &[&Item], views: Vec<ItemView>, eye: Eye) -> Group {
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
        items: views,
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
        rate,
        why_not,
    }
}

fn of_closing(closing: &Closing, eye: Eye) -> ClosingView {
    ClosingView {
        project: closing.project.0,
        title: plain::line(&closing.title, TITLE_CHARS_MAX),
        deadline: eye.stamp(closing.deadline_at),
        url: closing.url.as_deref().and_then(plain::url),
    }
}

fn of_source(source: &SourceHealth, eye: Eye) -> SourceView {
    SourceView {
        source: plain::line(&source.source, NAME_CHARS_MAX),
        healthy: source.healthy_at.map(|at| eye.china(at)),
        failing: source.failing_since.map(|at| eye.china(at)),
    }
}
