//! When each subscription spoke, of which period: kept with the digests themselves, so that no period is told twice. And what
//! digests are made of besides changes: near misses, the latest awards.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::changes;
use super::values::At;
use super::{Reader, StoreError, Writer};
use crate::domain::change::StoredChange;
use crate::domain::project::ProjectId;

statements! {
    RUN = "SELECT composed_at, from_seq, to_seq, occasion, digests FROM digest_runs WHERE subscription = ?1 AND period = ?2";
    RUNS = "SELECT period, composed_at, from_seq, to_seq, occasion, digests FROM digest_runs WHERE subscription = ?1
            ORDER BY period";
    PUT_RUN = "INSERT INTO digest_runs (subscription, period, composed_at, from_seq, to_seq, occasion, digests)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (subscription, period) DO NOTHING";
    NEAR_MISSES = include_str!("sql/near_misses.sql");
    LATEST_AWARDS = include_str!("sql/latest_awards.sql");
    MESSAGE = "SELECT message FROM messages WHERE id = ?1";
    PUT_MESSAGE = "INSERT OR IGNORE INTO messages (id, message) VALUES (?1, ?2)";
}

/// One time that a subscription spoke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The period.
    pub period: String,
    /// When.
    pub composed_at: Timestamp,
    /// It considered the changes after this one …
    pub from_seq: i64,
    /// … up to this one.
    pub to_seq: i64,
    /// Why it spoke.
    pub occasion: String,
    /// How many messages that were, for each receiver.
    pub digests: u32,
}

impl Reader<'_> {
    /// Whether a subscription spoke of a period.
    pub fn has_run(&self, subscription: &str, period: &str) -> Result<bool, StoreError> {
        Ok(self.connection.prepare_cached(RUN)?.exists([subscription, period])?)
    }

    /// Every time that a subscription spoke.
    pub fn runs(&self, subscription: &str) -> Result<Vec<Run>, StoreError> {
        let mut statement = self.connection.prepare_cached(RUNS)?;
        let rows = statement.query_map([subscription], |row| {
            Ok(Run {
                period: row.get("period")?,
                composed_at: row.get::<_, At>("composed_at")?.0,
                from_seq: row.get("from_seq")?,
                to_seq: row.get("to_seq")?,
                occasion: row.get("occasion")?,
                digests: row.get("digests")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The projects that only mention a topic and had a notice in this time, the latest first.
    pub fn near_misses(
        &self,
        topic: &str,
        after: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ProjectId>, StoreError> {
        let mut statement = self.connection.prepare_cached(NEAR_MISSES)?;
        let rows = statement.query_map(params![topic, At(after), At(until), limit], |row| row.get(0))?;
        rows.map(|id| Ok(ProjectId(id?))).collect()
    }

    /// The latest awards of a topic by their publication, those that were never told too.
    pub fn latest_awards(&self, topic: &str, limit: u32) -> Result<Vec<StoredChange>, StoreError> {
        let mut statement = self.connection.prepare_cached(LATEST_AWARDS)?;
        let rows = statement.query_map(params![topic, limit], changes::raw)?;
        rows.map(|raw| changes::stored(raw?)).collect()
    }

    /// A message that many digests share, with its marks.
    pub fn message(&self, id: &str) -> Result<Option<String>, StoreError> {
        Ok(self.connection.prepare_cached(MESSAGE)?.query_row([id], |row| row.get(0)).optional()?)
    }
}

impl Writer<'_> {
    /// Keeps a run; false where the subscription spoke of that period already, and then nothing may be sent.
    pub fn put_run(&self, subscription: &str, run: &Run) -> Result<bool, StoreError> {
        let Run { period, composed_at, from_seq, to_seq, occasion, digests } = run;
        let mut statement = self.connection.prepare_cached(PUT_RUN)?;
        let row = params![subscription, period, At(*composed_at), from_seq, to_seq, occasion, digests];
        Ok(statement.execute(row)? == 1)
    }

    /// Keeps a message that many digests share.
    pub fn put_message(&self, id: &str, message: &str) -> Result<(), StoreError> {
        self.connection.prepare_cached(PUT_MESSAGE)?.execute([id, message])?;
        Ok(())
    }
}
