//! Pages that were looked at again and had not changed, and jobs that come round by themselves.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::values::At;
use super::{Reader, StoreError, Writer};

statements! {
    REVISIT_LATER = "UPDATE wishes SET wish = 'revisit', next_at = ?3, failures = 0 WHERE source = ?1 AND native_id = ?2";
    NO_MORE = "DELETE FROM wishes WHERE source = ?1 AND native_id = ?2";
    JOB_DUE = "SELECT next_due_at FROM jobs WHERE name = ?1";
    PUT_JOB = "INSERT INTO jobs (name, next_due_at) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET next_due_at = excluded.next_due_at";
}

impl Reader<'_> {
    /// When a job that comes round by itself is due; nothing before its time was first set.
    pub fn job_due_at(&self, job: &str) -> Result<Option<Timestamp>, StoreError> {
        let mut statement = self.connection.prepare_cached(JOB_DUE)?;
        let due: Option<At> = statement.query_row([job], |row| row.get(0)).optional()?;
        Ok(due.map(|At(at)| at))
    }
}

impl Writer<'_> {
    /// The page is as it was: its wish is fulfilled, or waits for the next visit.
    pub fn page_unchanged(&self, source: &str, native_id: &str, next: Option<Timestamp>) -> Result<(), StoreError> {
        match next {
            Some(at) => self.connection.prepare_cached(REVISIT_LATER)?.execute(params![source, native_id, At(at)])?,
            None => self.connection.prepare_cached(NO_MORE)?.execute(params![source, native_id])?,
        };
        Ok(())
    }

    /// Sets when a job is due next.
    pub fn put_job_due_at(&self, job: &str, at: Timestamp) -> Result<(), StoreError> {
        self.connection.prepare_cached(PUT_JOB)?.execute(params![job, At(at)])?;
        Ok(())
    }
}
