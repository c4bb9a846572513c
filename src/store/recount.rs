//! Counts history again: every project from the columns of its notices, by SQL that knows nothing of the fold; every cell of
//! the totals from the projects. For `audit`; looks at everything, so it is asked seldom.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Row;

use super::tallied::Tallied;
use super::values::{money, word};
use super::{Reader, StoreError};
use crate::domain::money::Money;
use crate::domain::project::{Member, ProjectId, Status};
use crate::figures::totals::{Contribution, FigureKind};

statements! {
    PROJECTS = include_str!("sql/recount_projects.sql");
    COUNTED = "SELECT id FROM projects WHERE counted_topic IS NOT NULL";
    SUMS = include_str!("sql/recount_sums.sql");
    COUNTS = include_str!("sql/recount_counts.sql");
}

/// A project whose columns alone come to something else than it was counted for. That happens by right where the fold reads
/// more than columns; then folding it anew from its notices confirms what was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differing {
    /// Which.
    pub project: ProjectId,
    /// What it was counted for.
    pub counted: Option<Contribution>,
    /// What its notices' columns come to.
    pub recounted: Option<Contribution>,
    /// What its notices come to, folded anew.
    pub folded: Option<Contribution>,
}

impl Differing {
    /// Whether the fold says what was counted.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.counted == self.folded
    }
}

/// A topic and a contribution to its totals.
pub(super) type OfTopic = (String, Contribution);

/// Every project that counts, counted again, and those on which the columns and the count differ.
pub(super) struct Recounted {
    pub(super) projects: Vec<OfTopic>,
    pub(super) differing: Vec<Differing>,
    /// Projects counted under a class or a winner that their notices do not come to.
    pub(super) misfiled: u64,
    /// What the cells come to by what projects were counted for.
    pub(super) as_counted: Tallied,
}

impl Recounted {
    /// A project whose columns tell its part of the totals, and its notices the classes and winners.
    fn file(&mut self, counted: Option<OfTopic>, columns: Option<OfTopic>, folded: Option<Contribution>) {
        let filed = |of: &Contribution| (of.groups.clone(), of.wins.clone());
        let folded = folded.as_ref().map(filed).unwrap_or_default();
        if counted.is_some_and(|(_, counted)| filed(&counted) != folded) {
            self.misfiled += 1;
        }
        let (groups, wins) = folded;
        self.projects.extend(columns.map(|(topic, columns)| (topic, Contribution { groups, wins, ..columns })));
    }
}

/// A cell of sums: topic, kind and currency; and within these the month.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Group {
    pub(super) topic: String,
    pub(super) word: String,
    /// The currency, or what is counted.
    pub(super) of: String,
}

/// What stands in the cells of a group, by year and month: a sum and a count.
pub(super) type Cells = BTreeMap<(i16, i8), (i128, i64)>;

/// Groups with their cells.
pub(super) type Groups = BTreeMap<Group, Cells>;

impl Reader<'_> {
    /// Counts every project again. Where the columns differ from the count, `refold` decides.
    pub(super) fn recount(&self, refold: &impl Fn(&[Member]) -> Option<Contribution>) -> Result<Recounted, StoreError> {
        let mut by_columns = self.recount_by_columns()?;
        let mut statement = self.connection.prepare_cached(COUNTED)?;
        let counted: BTreeSet<i64> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let every: BTreeSet<ProjectId> = counted.into_iter().map(ProjectId).chain(by_columns.keys().copied()).collect();
        let mut recounted =
            Recounted { projects: Vec::new(), differing: Vec::new(), misfiled: 0, as_counted: Tallied::default() };
        for project in every {
            let counted = self.counted_for(project)?;
            let columns = by_columns.remove(&project);
            if let Some((topic, counted)) = &counted {
                recounted.as_counted.add(topic, counted);
            }
            let is_explained = totals_of(counted.as_ref()) == totals_of(columns.as_ref());
            // Classes and winners are judged, which no column can.
            let is_filed = counted.as_ref().is_some_and(|(_, counted)| !counted.groups.is_empty());
            if is_explained && !is_filed {
                recounted.projects.extend(columns);
                continue;
            }
            let folded = refold(&self.members(project)?);
            if is_explained {
                recounted.file(counted, columns, folded);
                continue;
            }
            let topic = counted.as_ref().or(columns.as_ref()).map(|(topic, _)| topic.clone()).unwrap_or_default();
            recounted.projects.extend(folded.clone().map(|folded| (topic, folded)));
            let (counted, columns) = (counted.map(|(_, what)| what), columns.map(|(_, what)| what));
            recounted.differing.push(Differing { project, counted, recounted: columns, folded });
        }
        Ok(recounted)
    }

    fn recount_by_columns(&self) -> Result<BTreeMap<ProjectId, OfTopic>, StoreError> {
        let mut statement = self.connection.prepare_cached(PROJECTS)?;
        let mut rows = statement.query([])?;
        let mut recounted = BTreeMap::new();
        while let Some(row) = rows.next()? {
            recounted.insert(ProjectId(row.get("project")?), (row.get("topic")?, contribution(row)?));
        }
        Ok(recounted)
    }

    /// The kept sums and those of the projects' counted columns.
    pub(super) fn sums_as_counted(&self) -> Result<(Groups, Groups), StoreError> {
        let mut statement = self.connection.prepare_cached(SUMS)?;
        let mut rows = statement.query([])?;
        let (mut kept, mut recounted) = (Groups::new(), Groups::new());
        while let Some(row) = rows.next()? {
            let group = Group { topic: row.get("topic")?, word: row.get("kind")?, of: row.get("currency")? };
            let month = (row.get("year")?, row.get("month")?);
            let cell = |sum, disclosed| -> rusqlite::Result<(i128, i64)> {
                Ok((i128::from(row.get::<_, i64>(sum)?), row.get(disclosed)?))
            };
            put(&mut kept, group.clone(), month, cell("kept_sum", "kept_disclosed")?);
            put(&mut recounted, group, month, cell("recounted_sum", "recounted_disclosed")?);
        }
        Ok((kept, recounted))
    }

    /// The kept counts and those of the projects' counted columns.
    pub(super) fn counts_as_counted(&self) -> Result<(Groups, Groups), StoreError> {
        let mut statement = self.connection.prepare_cached(COUNTS)?;
        let mut rows = statement.query([])?;
        let (mut kept, mut recounted) = (Groups::new(), Groups::new());
        while let Some(row) = rows.next()? {
            let group = Group { topic: row.get("topic")?, word: row.get("word")?, of: row.get("cell")? };
            let month = (row.get("year")?, row.get("month")?);
            put(&mut kept, group.clone(), month, (0, row.get("kept")?));
            put(&mut recounted, group, month, (0, row.get("recounted")?));
        }
        Ok((kept, recounted))
    }
}

/// The sums that these contributions come to, added here and not by the code that moves the totals.
pub(super) fn sums_of(projects: &[OfTopic]) -> Groups {
    let mut groups = Groups::new();
    for (topic, contribution) in projects {
        for (kind, money) in &contribution.sums {
            let Some(money) = money else { continue };
            let group =
                Group { topic: topic.clone(), word: kind.word().to_owned(), of: money.currency.code().to_owned() };
            let cell = groups.entry(group).or_default().entry((contribution.year, contribution.month)).or_default();
            cell.0 += i128::from(money.ten_thousandths);
            cell.1 += 1;
        }
    }
    groups
}

/// The counts that these contributions come to.
pub(super) fn counts_of(projects: &[OfTopic]) -> Groups {
    let mut groups = Groups::new();
    for (topic, contribution) in projects {
        let kinds = contribution.sums.keys().map(|kind| ("of", kind.word()));
        for (of, word) in kinds.chain([("status", contribution.status.word())]) {
            let group = Group { topic: topic.clone(), word: word.to_owned(), of: of.to_owned() };
            groups.entry(group).or_default().entry((contribution.year, contribution.month)).or_default().1 += 1;
        }
    }
    groups
}

/// What columns alone can tell of a contribution: neither classes nor winners.
fn totals_of(counted: Option<&OfTopic>) -> Option<OfTopic> {
    let bare = |counted: &Contribution| Contribution { groups: BTreeMap::new(), wins: Vec::new(), ..counted.clone() };
    counted.map(|(topic, counted)| (topic.clone(), bare(counted)))
}

fn put(groups: &mut Groups, group: Group, month: (i16, i8), cell: (i128, i64)) {
    let cells = groups.entry(group).or_default();
    if cell != (0, 0) {
        cells.insert(month, cell);
    }
}

fn contribution(row: &Row<'_>) -> Result<Contribution, StoreError> {
    let status = word(row, "status", Status::parse)?;
    let budget = money(row, "budget_value", "budget_currency")?;
    let award = money(row, "award_value", "award_currency")?;
    let mut sums: BTreeMap<FigureKind, Option<Money>> = BTreeMap::new();
    sums.insert(FigureKind::Budget, budget);
    if matches!(status, Status::Awarded | Status::Contracted | Status::Completed) {
        sums.insert(FigureKind::Award, award);
    }
    let whole = if row.get("is_given")? { award } else { budget };
    let part = if row.get("is_whole")? { whole } else { money(row, "lines_value", "lines_currency")? };
    sums.insert(FigureKind::TopicPart, part);
    Ok(Contribution { year: row.get("year")?, month: row.get("month")?, status, sums, ..Contribution::default() })
}
