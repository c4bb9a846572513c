//! Is what we keep what history comes to? Recounts the totals, checks the file, and looks for what the tables' own rules cannot
//! say. Reads only; nothing is ever put right silently.

use super::open;
use super::recount::{Cells, Differing, Group, Groups, counts_of, sums_of};
use super::tallied::{Compared, Tallied};
use super::{Reader, Store, StoreError};
use crate::domain::money::{Currency, Money};
use crate::domain::project::Member;
use crate::figures::totals::Contribution;

statements! {
    WATERMARKS = "SELECT count(*) FROM subscriptions WHERE watermark > (SELECT coalesce(max(seq), 0) FROM changes)";
    CLAIMS = "SELECT count(*) FROM deliveries WHERE state = 'claimed' AND claimed_until IS NULL";
    ATTEMPTS = "SELECT count(*) FROM deliveries
                WHERE attempts <> (SELECT count(*) FROM attempts WHERE attempts.delivery = deliveries.id)";
    SENT = include_str!("sql/audit_sent.sql");
    WISHES = include_str!("sql/audit_wishes.sql");
    BODIES = include_str!("sql/audit_bodies.sql");
    TODAY = include_str!("sql/audit_today.sql");
    RULINGS = "SELECT count(*) FROM rulings JOIN rulings AS undone ON undone.id = rulings.undoes
               WHERE undone.undoes IS NOT NULL OR undone.notice <> rulings.notice";
    MERGED = "SELECT count(*) FROM projects JOIN projects AS into_project ON into_project.id = projects.merged_into
              WHERE into_project.merged_into IS NOT NULL";
    MEMBERS = "SELECT count(*) FROM members JOIN projects ON projects.id = members.project
               WHERE projects.merged_into IS NOT NULL";
    ITEMS = "SELECT count(*) FROM digest_items JOIN digests ON digests.id = digest_items.digest
             WHERE digest_items.seq <= digests.from_seq OR digest_items.seq > digests.to_seq";
    GUARDS = "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '%RAISE(ABORT%'";
    FOREIGN_KEYS = "SELECT count(*) FROM pragma_foreign_key_check";
    INTEGRITY = "SELECT group_concat(integrity_check, '; ') FROM pragma_integrity_check";
}

/// Where no offender may be found: a name for people, and the statement that counts offenders.
const NOWHERE: [(&str, &str); 12] = [
    ("rows that point at nothing", FOREIGN_KEYS),
    ("watermarks beyond the last change", WATERMARKS),
    ("claims without an end", CLAIMS),
    ("deliveries whose attempts do not add up", ATTEMPTS),
    ("deliveries sent without an accepted attempt", SENT),
    ("wishes for pages that no listing showed", WISHES),
    ("versions of notices without their body", BODIES),
    ("notices that do not stand as their last version", TODAY),
    ("notices of projects that are part of another", MEMBERS),
    ("projects that are part of one that is part of another", MERGED),
    ("undoings of what is no ruling on the same notice", RULINGS),
    ("told changes outside their digest", ITEMS),
];

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What.
    pub name: String,
    /// What is kept.
    pub kept: String,
    /// What it should be.
    pub recounted: String,
    /// Whether both are the same, month by month where there are months.
    pub agrees: bool,
}

/// What an audit found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditReport {
    /// Every check, in order.
    pub checks: Vec<Check>,
    /// Projects whose columns alone come to something else than they were counted for, confirmed by the fold or not.
    pub differing: Vec<Differing>,
}

impl AuditReport {
    /// Whether all is as it should be.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.checks.iter().all(|check| check.agrees)
    }
}

/// Audits the whole file within one snapshot. `refold` makes a project's contribution from its notices, as settling does; it
/// is asked only about projects whose columns alone do not explain what they were counted for.
pub fn audit(store: &Store, refold: impl Fn(&[Member]) -> Option<Contribution>) -> Result<AuditReport, StoreError> {
    store.read(|reader| {
        let mut checks = vec![integrity(reader)?, guards(reader)?];
        for (name, statement) in NOWHERE {
            checks.push(offenders(reader, name, statement)?);
        }
        let (kept_sums, counted_sums) = reader.sums_as_counted()?;
        let (kept_counts, counted_counts) = reader.counts_as_counted()?;
        checks.extend(compared(&kept_sums, &counted_sums, "as its projects were counted"));
        checks.extend(compared(&kept_counts, &counted_counts, "as its projects were counted"));
        let recounted = reader.recount(&refold)?;
        checks.extend(compared(&kept_sums, &sums_of(&recounted.projects), "recounted from notices"));
        checks.extend(compared(&kept_counts, &counts_of(&recounted.projects), "recounted from notices"));
        let unconfirmed = recounted.differing.iter().filter(|differing| !differing.is_confirmed()).count();
        checks.push(nothing("projects counted for what their notices do not come to", unconfirmed.to_string()));
        let tallied = reader.tallied()?;
        checks.extend(tallies(&tallied, &recounted.as_counted, "as its projects were counted"));
        checks.extend(tallies(&tallied, &Tallied::of(&recounted.projects), "recounted from notices"));
        let misfiled = recounted.misfiled.to_string();
        checks.push(nothing("projects counted under a class or winner that their notices do not come to", misfiled));
        Ok(AuditReport { checks, differing: recounted.differing })
    })
}

fn integrity(reader: &Reader<'_>) -> Result<Check, StoreError> {
    let answer: String = reader.connection.prepare_cached(INTEGRITY)?.query_row([], |row| row.get(0))?;
    Ok(check("the file", answer, "ok".to_owned()))
}

fn guards(reader: &Reader<'_>) -> Result<Check, StoreError> {
    let kept: i64 = reader.connection.prepare_cached(GUARDS)?.query_row([], |row| row.get(0))?;
    Ok(check("guards of history", kept.to_string(), open::guards().to_string()))
}

fn offenders(reader: &Reader<'_>, name: &str, statement: &str) -> Result<Check, StoreError> {
    let found: i64 = reader.connection.prepare_cached(statement)?.query_row([], |row| row.get(0))?;
    Ok(nothing(name, found.to_string()))
}

fn nothing(name: &str, found: String) -> Check {
    check(name, found, "0".to_owned())
}

fn check(name: &str, kept: String, recounted: String) -> Check {
    let agrees = kept == recounted;
    Check { name: name.to_owned(), kept, recounted, agrees }
}

/// One check per topic and kind of total; a difference names its first month.
fn compared(kept: &Groups, recounted: &Groups, how: &str) -> Vec<Check> {
    let mut groups: Vec<_> = kept.keys().chain(recounted.keys()).collect();
    groups.sort();
    groups.dedup();
    let none = Cells::new();
    let compare = |group: &Group| {
        let (kept, recounted) = (kept.get(group).unwrap_or(&none), recounted.get(group).unwrap_or(&none));
        let mut months = kept.keys().chain(recounted.keys());
        let differs = months.find(|month| kept.get(month) != recounted.get(month));
        let at = differs.map(|(year, month)| format!(", first differing in {year}-{month:02}")).unwrap_or_default();
        Check {
            name: format!("{} of {}, {how}{at}", titled(group), group.topic),
            kept: said(&group.of, kept),
            recounted: said(&group.of, recounted),
            agrees: differs.is_none(),
        }
    };
    groups.into_iter().map(compare).collect()
}

/// One check per topic and dimension; a difference names its first cell.
fn tallies(kept: &Tallied, recounted: &Tallied, how: &str) -> Vec<Check> {
    let check = |compared: Compared| {
        let Compared { topic, dimension, counts: (kept, recounted), differs } = compared;
        let agrees = differs.is_none();
        let at = differs.map(|cell| format!(", first differing in {} {}-{:02}", cell.word, cell.year, cell.month));
        let name = format!("{} of {topic}, {how}{}", dimension.word(), at.unwrap_or_default());
        Check { name, kept, recounted, agrees }
    };
    kept.beside(recounted).into_iter().map(check).collect()
}

/// `CNY budget`, `projects with budget`, `projects awarded`.
fn titled(group: &Group) -> String {
    match group.of.as_str() {
        "of" => format!("projects with {}", group.word),
        "status" => format!("projects {}", group.word),
        currency => format!("{currency} {}", group.word),
    }
}

/// `1820000 CNY of 12`, or the count alone.
fn said(of: &str, cells: &Cells) -> String {
    let count: i64 = cells.values().map(|(_, count)| count).sum();
    let sum: i128 = cells.values().map(|(sum, _)| sum).sum();
    match Currency::parse(of) {
        Some(currency) => match i64::try_from(sum) {
            Ok(ten_thousandths) => format!("{} {of} of {count}", Money { ten_thousandths, currency }.decimal()),
            Err(_) => format!("{sum} ten-thousandths {of} of {count}"),
        },
        None => count.to_string(),
    }
}
