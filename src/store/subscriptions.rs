//! Up to where each subscription was told, when it is looked at next, and what it was told of.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::rows::totals::TotalsRow;
use super::values::{At, at, from_json, json};
use super::{Reader, StoreError, Writer};
use crate::domain::project::ProjectId;
use crate::figures::totals::Totals;

statements! {
    MEMORY = "SELECT * FROM subscriptions WHERE name = ?1";
    MEMORIES = "SELECT * FROM subscriptions";
    PUT = include_str!("sql/put_subscription.sql");
    SLEEP = "UPDATE subscriptions SET wake_at = NULL, wake_from = NULL, on_news = 0 WHERE name = ?1";
    TOLD_OF = include_str!("sql/told_of.sql");
    PUT_TOLD = "INSERT INTO told (subscription, project, told_at) VALUES (?1, ?2, ?3)
                ON CONFLICT (subscription, project) DO UPDATE SET told_at = excluded.told_at";
    REMINDED = "SELECT project, deadline_at FROM reminders WHERE subscription = ?1 AND project = ?2";
    PUT_REMINDER = "INSERT OR IGNORE INTO reminders (subscription, project, deadline_at) VALUES (?1, ?2, ?3)";
    WAKES = include_str!("sql/wakes.sql");
    ROSTER = include_str!("sql/roster.sql");
    ROLL_CALL = "SELECT roster FROM roll_call WHERE id = 1";
    CALL = "INSERT INTO roll_call (id, roster) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET roster = excluded.roster";
}

/// What we remember of a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SubscriptionMemory {
    /// The last change that a digest considered.
    pub watermark: i64,
    /// When it speaks next; nothing for an immediate one.
    pub next_due_at: Option<Timestamp>,
    /// When it last spoke.
    pub last_digest_at: Option<Timestamp>,
    /// The totals as it was last told them.
    pub totals_then: Option<Totals>,
    /// When it last heard what is nearly of its topics.
    pub near_misses_at: Option<Timestamp>,
    /// What wakes it.
    pub wake: Wake,
}

/// What makes a subscription be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Wake {
    /// The clock, at this instant.
    pub at: Option<Timestamp>,
    /// An instant before this one says that the clock ran ahead when the other was set.
    pub from: Option<Timestamp>,
    /// Any change.
    pub on_news: bool,
}

/// What the next of all subscriptions waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Wakes {
    /// The earliest instant.
    pub at: Option<Timestamp>,
    /// The latest before which a clock ran ahead.
    pub from: Option<Timestamp>,
    /// The last change that all who wait for news have heard.
    pub heard: Option<i64>,
}

impl Reader<'_> {
    /// A subscription's memory; nothing where it is new.
    pub fn subscription_memory(&self, name: &str) -> Result<Option<SubscriptionMemory>, StoreError> {
        let mut statement = self.connection.prepare_cached(MEMORY)?;
        let found = statement.query_row([name], raw).optional()?;
        found.map(|(_, memory, totals)| whole(memory, totals)).transpose()
    }

    /// Every subscription's memory, of those that nobody wants any more too.
    pub fn subscription_memories(&self) -> Result<BTreeMap<String, SubscriptionMemory>, StoreError> {
        let mut statement = self.connection.prepare_cached(MEMORIES)?;
        let rows = statement.query_map([], raw)?;
        rows.map(|row| {
            row.map_err(StoreError::from).and_then(|(name, memory, totals)| Ok((name, whole(memory, totals)?)))
        })
        .collect()
    }

    /// When a subscription was last told of each of these projects, or of one that became part of it.
    pub fn told_of(
        &self,
        subscription: &str,
        projects: &[ProjectId],
    ) -> Result<BTreeMap<ProjectId, Timestamp>, StoreError> {
        let wanted: Vec<i64> = projects.iter().map(|project| project.0).collect();
        let mut statement = self.connection.prepare_cached(TOLD_OF)?;
        let mut rows = statement.query(params![subscription, json(&wanted)?])?;
        let mut told = BTreeMap::new();
        while let Some(row) = rows.next()? {
            if let Some(At(at)) = row.get::<_, Option<At>>("told_at")? {
                told.insert(ProjectId(row.get("project")?), at);
            }
        }
        Ok(told)
    }

    /// Whether a subscription was reminded of a project's deadline as it is now.
    pub fn was_reminded(
        &self,
        subscription: &str,
        project: ProjectId,
        deadline_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut statement = self.connection.prepare_cached(REMINDED)?;
        let rows = statement.query_map(params![subscription, project.0], |row| row.get::<_, At>("deadline_at"))?;
        for row in rows {
            if row?.0 == deadline_at {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What the next subscription waits for. Costs the same for one and for ten thousand.
    pub fn wakes(&self) -> Result<Wakes, StoreError> {
        Ok(self.connection.prepare_cached(WAKES)?.query_row([], |row| {
            Ok(Wakes { at: at(row, "wake_at")?, from: at(row, "wake_from")?, heard: row.get("heard")? })
        })?)
    }

    /// What differs when a subscriber comes, changes or goes: when the last one did, and how many there are.
    pub fn roster(&self) -> Result<String, StoreError> {
        Ok(self.connection.prepare_cached(ROSTER)?.query_row([], |row| {
            let changed_at: Option<i64> = row.get("changed_at")?;
            let (active, departed): (i64, i64) = (row.get("active")?, row.get("departed")?);
            Ok(format!("{} {active} {departed}", changed_at.unwrap_or_default()))
        })?)
    }

    /// The roster of the last roll call.
    pub fn roll_call(&self) -> Result<Option<String>, StoreError> {
        Ok(self.connection.prepare_cached(ROLL_CALL)?.query_row([], |row| row.get(0)).optional()?)
    }
}

impl Writer<'_> {
    /// Remembers a subscription, in the transaction that keeps its digest.
    pub fn put_subscription_memory(&self, name: &str, memory: &SubscriptionMemory) -> Result<(), StoreError> {
        let SubscriptionMemory { watermark, next_due_at, last_digest_at, totals_then, near_misses_at, wake } = memory;
        let totals = totals_then.as_ref().map(|totals| json(&TotalsRow::from(totals))).transpose()?;
        let mut statement = self.connection.prepare_cached(PUT)?;
        statement.execute(params![
            name,
            watermark,
            next_due_at.map(At),
            last_digest_at.map(At),
            totals,
            wake.at.map(At),
            wake.from.map(At),
            wake.on_news,
            near_misses_at.map(At),
        ])?;
        Ok(())
    }

    /// Nothing wakes a subscription that nobody wants any more.
    pub fn let_sleep(&self, name: &str) -> Result<(), StoreError> {
        self.connection.prepare_cached(SLEEP)?.execute([name])?;
        Ok(())
    }

    /// Remembers that a subscription was told of these projects.
    pub(super) fn put_told(
        &self,
        subscription: &str,
        projects: impl IntoIterator<Item = ProjectId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(PUT_TOLD)?;
        for project in projects {
            statement.execute(params![subscription, project.0, At(now)])?;
        }
        Ok(())
    }

    /// Remembers that a subscription was reminded of these deadlines.
    pub fn put_reminders(&self, subscription: &str, deadlines: &[(ProjectId, Timestamp)]) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(PUT_REMINDER)?;
        for (project, deadline_at) in deadlines {
            statement.execute(params![subscription, project.0, At(*deadline_at)])?;
        }
        Ok(())
    }

    /// Remembers which roster was called.
    pub fn put_roll_call(&self, roster: &str) -> Result<(), StoreError> {
        self.connection.prepare_cached(CALL)?.execute([roster])?;
        Ok(())
    }
}

/// A row with its totals as JSON.
fn raw(row: &Row<'_>) -> rusqlite::Result<(String, SubscriptionMemory, Option<String>)> {
    let memory = SubscriptionMemory {
        watermark: row.get("watermark")?,
        next_due_at: at(row, "next_due_at")?,
        last_digest_at: at(row, "last_digest_at")?,
        totals_then: None,
        near_misses_at: at(row, "near_misses_at")?,
        wake: Wake { at: at(row, "wake_at")?, from: at(row, "wake_from")?, on_news: row.get("on_news")? },
    };
    Ok((row.get("name")?, memory, row.get("totals_then")?))
}

fn whole(mut memory: SubscriptionMemory, totals: Option<String>) -> Result<SubscriptionMemory, StoreError> {
    if let Some(totals) = totals {
        memory.totals_then = Some(from_json::<TotalsRow>(&totals, "a subscription's totals")?.try_into()?);
    }
    Ok(memory)
}
