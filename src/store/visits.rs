//! Between polls: pages that were looked at again and had not changed, jobs that come round by themselves, slow troubles.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::values::At;
use super::{Reader, StoreError, Writer};
use crate::domain::trouble::Trouble;

statements! {
    REVISIT_LATER = "UPDATE wishes SET wish = 'revisit', telling = 'news', next_at = ?3, failures = 0
                     WHERE source = ?1 AND native_id = ?2";
    NO_MORE = "DELETE FROM wishes WHERE source = ?1 AND native_id = ?2";
    JOB_DUE = "SELECT next_due_at FROM jobs WHERE name = ?1";
    TROUBLE = "SELECT since_at, told FROM troubles WHERE source = ?1 AND trouble = ?2";
    PUT_TROUBLE = "INSERT INTO troubles (source, trouble, since_at, told) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (source, trouble) DO UPDATE SET since_at = excluded.since_at, told = excluded.told";
    END_TROUBLE = "DELETE FROM troubles WHERE source = ?1 AND trouble = ?2";
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

/// The slow troubles that are remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slow {
    /// Nothing new for too long.
    Silence,
    /// Pages that are no notices.
    Shape,
}

impl Slow {
    fn word(self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::Shape => "shape",
        }
    }
}

impl Reader<'_> {
    /// What is remembered of a slow trouble.
    pub fn trouble(&self, source: &str, slow: Slow) -> Result<Option<Trouble>, StoreError> {
        let mut statement = self.connection.prepare_cached(TROUBLE)?;
        let known = statement.query_row([source, slow.word()], |row| {
            let At(since) = row.get(0)?;
            Ok(Trouble { since, told: row.get(1)? })
        });
        Ok(known.optional()?)
    }
}

impl Writer<'_> {
    /// Remembers a slow trouble, or that there is none.
    pub fn put_trouble(&self, source: &str, slow: Slow, trouble: Option<Trouble>) -> Result<(), StoreError> {
        match trouble {
            Some(Trouble { since, told }) => {
                self.connection.prepare_cached(PUT_TROUBLE)?.execute(params![source, slow.word(), At(since), told])?
            }
            None => self.connection.prepare_cached(END_TROUBLE)?.execute([source, slow.word()])?,
        };
        Ok(())
    }

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
