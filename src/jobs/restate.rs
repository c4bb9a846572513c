//! What did a rewriting move in the figures? Looks before and after it, within one transaction, and says the difference: of the
//! projects that were known, and of the totals. Nothing new was bought, so nothing here is news of a purchase.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use jiff::Timestamp;

use crate::domain::change::{Change, ChangeKind, FieldChange, Telling};
use crate::domain::money::{Currency, Money};
use crate::domain::project::{NoticeId, Project, ProjectId};
use crate::domain::topic::Weight;
use crate::domain::wording;
use crate::figures::totals::{FigureKind, Totals};
use crate::store::Reader;

/// Projects and totals before something is rewritten.
#[derive(Clone, Debug, Default)]
pub(super) struct Before {
    projects: BTreeMap<ProjectId, Project>,
    totals: BTreeMap<String, Totals>,
}

impl Before {
    /// These projects as they stand, and the totals of their topics.
    pub(super) fn of(r: &Reader<'_>, projects: impl IntoIterator<Item = ProjectId>) -> Result<Self> {
        let mut before = Self::default();
        for id in projects {
            before.projects.extend(r.project(id)?.map(|project| (id, project)));
            if let Some(topic) = r.topic_of(id)?.filter(|topic| !before.totals.contains_key(topic)) {
                let totals = r.totals(&topic)?;
                before.totals.insert(topic, totals);
            }
        }
        Ok(before)
    }
}

/// A project before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedProject {
    /// Its number.
    pub id: ProjectId,
    /// Its topic.
    pub topic: String,
    /// The project that it is part of now, where it is another one.
    pub joined: Option<ProjectId>,
    /// As it stood; nothing where it was not known.
    pub before: Option<Project>,
    /// As it stands; nothing where it became part of another.
    pub after: Option<Project>,
}

impl MovedProject {
    /// What moved: budget, award, topic part, status, and what is judged of it.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldChange> {
        let (before, after) = (self.before.as_ref(), self.after.as_ref());
        let side = |of: fn(&Project) -> Option<String>| (before.and_then(of), after.and_then(of));
        let values: [(&str, (Option<String>, Option<String>)); 8] = [
            ("budget", side(|project| wording::amount(&project.budget))),
            ("award", side(|project| wording::amount(&project.award))),
            ("topic_part", side(|project| wording::amount(&project.topic_part))),
            ("status", side(|project| Some(project.status.word().to_owned()))),
            ("level", side(|project| project.level.value.map(|level| level.word().to_owned()))),
            ("category", side(|project| project.category.value.map(|category| category.word().to_owned()))),
            ("region", side(|project| project.region.province.clone())),
            ("relevance", side(|project| Some(wording::weight(project.weight).to_owned()))),
        ];
        let joined = self.joined.map(|into| field("joined", None, Some(format!("{}", into.0))));
        values
            .into_iter()
            .filter(|(_, (old, new))| old != new)
            .map(|(name, (old, new))| field(name, old, new))
            .chain(joined)
            .collect()
    }

    /// Whether anybody who follows the topic could have been told of it.
    fn is_relevant(&self) -> bool {
        let counts = |project: &Project| matches!(project.weight, Weight::Subject | Weight::Item);
        self.before.as_ref().is_some_and(counts) || self.after.as_ref().is_some_and(counts)
    }
}

/// What a rewriting moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// The projects of which anything moved.
    pub projects: Vec<MovedProject>,
    /// Topic → its totals before and after, where they moved.
    pub totals: BTreeMap<String, (Totals, Totals)>,
}

impl Moved {
    /// Looks at the same projects again, and at those that are there besides.
    pub(super) fn since(before: Before, r: &Reader<'_>, now: impl IntoIterator<Item = ProjectId>) -> Result<Self> {
        let Before { mut projects, totals } = before;
        let every: BTreeSet<ProjectId> = projects.keys().copied().chain(now).collect();
        let mut moved = Self::default();
        for id in every {
            let current = r.current_project(id)?;
            let joined = current.filter(|current| *current != id);
            let after = if joined.is_some() { None } else { r.project(id)? };
            let topic = r.topic_of(joined.unwrap_or(id))?.unwrap_or_default();
            let project = MovedProject { id, topic, joined, before: projects.remove(&id), after };
            if !project.fields().is_empty() {
                moved.projects.push(project);
            }
        }
        for (topic, before) in totals {
            let after = r.totals(&topic)?;
            if before != after {
                moved.totals.insert(topic, (before, after));
            }
        }
        Ok(moved)
    }

    /// What is to be told: one change for every project that moved, the first of each topic with its totals.
    #[must_use]
    pub(super) fn changes(&self, notice: &NoticeId, reason: &str, telling: Telling, now: Timestamp) -> Vec<Change> {
        let mut untold = self.totals.clone();
        let relevant = self.projects.iter().filter(|project| project.is_relevant());
        let change = |project: &MovedProject| {
            let mut fields = project.fields();
            if let Some((before, after)) = untold.remove(&project.topic) {
                fields.extend(totals_moved(&before, &after));
            }
            fields.push(field("reason", None, Some(wording::bounded(reason))));
            Change {
                kind: ChangeKind::Restated,
                project: Some(project.id),
                notice: Some(notice.clone()),
                source: Some(notice.source.clone()),
                topic: Some(project.topic.clone()),
                fields,
                reason: wording::bounded(reason),
                published_at: None,
                seen_at: now,
                telling,
            }
        };
        relevant.map(change).collect()
    }
}

/// What moved in a topic's totals: the number of projects, and every sum.
#[must_use]
pub fn totals_moved(before: &Totals, after: &Totals) -> Vec<FieldChange> {
    let counts = (before.projects(), after.projects());
    let projects =
        (counts.0 != counts.1).then(|| field("projects", Some(counts.0.to_string()), Some(counts.1.to_string())));
    let currencies: BTreeSet<Currency> =
        before.sums.keys().chain(after.sums.keys()).map(|cell| cell.currency).collect();
    let sums = FigureKind::ALL.into_iter().flat_map(|kind| currencies.iter().map(move |currency| (kind, *currency)));
    let sum = |(kind, currency): (FigureKind, Currency)| {
        let text = |totals: &Totals| {
            let tally = totals.sum(kind, currency);
            let money = wording::money(Money { ten_thousandths: tally.sum, currency });
            format!("{money} ({}/{})", tally.disclosed, totals.of(kind))
        };
        let (old, new) = (text(before), text(after));
        (old != new).then(|| field(&format!("total_{}", kind.word()), Some(old), Some(new)))
    };
    projects.into_iter().chain(sums.filter_map(sum)).collect()
}

fn field(name: &str, old: Option<String>, new: Option<String>) -> FieldChange {
    FieldChange { field: name.to_owned(), old, new }
}
