//! SQLite; the only room that speaks SQL. Two doors: [`Store::read`] and [`Store::write`], each one transaction. What is
//! written is kept whole or not at all, and survives a power cut once `write` has returned. Processes that write wait for each other.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};

/// Declares a file's statements, and lists them for the tests that prepare each one and look at its plan.
macro_rules! statements {
    ($($name:ident = $sql:expr;)*) => {
        $(const $name: &str = $sql;)*
        #[cfg(test)]
        pub(in crate::store) const STATEMENTS: &[(&str, &str)] = &[$((stringify!($name), $sql)),*];
    };
}

mod open;

mod values;

mod rows;

pub mod sources;

pub mod bodies;

pub mod listings;

pub mod visits;

pub mod looks;

pub mod notices;

pub mod projects;

pub mod totals;

pub mod cells;

pub mod parties;

pub mod filings;

pub mod rulings;
pub mod wins;

pub mod partings;

pub mod review;

pub mod history;

pub mod changes;

pub mod subscriptions;

pub mod runs;

pub mod subscribers;

pub mod deliveries;

pub mod outbox;

pub mod stops;

pub mod canary;

pub mod audit;

pub mod recount;

mod tallied;

#[cfg(test)]
mod plans;

/// Where the history lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The database file; its folder is made where it is missing.
    pub path: PathBuf,
}

/// What can go wrong between us and the file.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file or its folder could not be made, read or locked down.
    #[error("{doing} {path}")]
    File {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A later tenderwatch has written it.
    #[error(
        "{path} has schema {found}, this tenderwatch knows schemas up to {known}: run the later version again, or restore {path}.before-{found}"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// It is a database of something else.
    #[error("{path} is a SQLite file of another program: name another path, it was not touched")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be read as it was written.
    #[error("the database is damaged ({what}): stop, move it aside, and restore a backup; nothing was deleted")]
    Damaged {
        /// What SQLite found.
        what: String,
    },
    /// A migration step says something else than when it was applied.
    #[error(
        "migration {version} ({name}) was applied to this database with another text: this build does not fit its history"
    )]
    ChangedStep {
        /// Its number.
        version: i64,
        /// Its name.
        name: String,
    },
    /// The disk, or the limit set on the file, is full.
    #[error("the disk is full: nothing of this step was kept, everything before it was; make room and it goes on")]
    Full,
    /// Another process holds the file.
    #[error("the database is held by another process: stop it, or try again")]
    Busy,
    /// A value does not fit what the column means.
    #[error("{what} in the database cannot be understood")]
    Unreadable {
        /// Which value.
        what: String,
    },
    /// Something was asked of what is not there.
    #[error("{what} is not in the database")]
    Unknown {
        /// What was asked for.
        what: String,
    },
    /// SQLite refused a statement.
    #[error("SQLite: {0}")]
    Sql(rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { what: error.to_string() },
            _ => match error {
                rusqlite::Error::FromSqlConversionFailure(_, _, why) => Self::Unreadable { what: why.to_string() },
                other => Self::Sql(other),
            },
        }
    }
}

/// Readers that are kept open between reads; more are opened when more read at once.
const READERS_KEPT: usize = 4;

/// The history. One writer at a time; readers never wait for it and see the last commit.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    // Before the writer, so that they are closed first: only a last connection that may write folds the log into the file.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
}

impl Store {
    /// Opens the file, makes it where it is missing, raises it to today's schema after a backup beside it. Refuses a
    /// newer, foreign or damaged file without touching it.
    pub fn open(settings: &Settings, now: Timestamp) -> Result<Self, StoreError> {
        let writer = open::writer(&settings.path, now)?;
        Ok(Self { path: settings.path.clone(), writer: Mutex::new(writer), readers: Mutex::new(Vec::new()) })
    }

    /// Reads within one snapshot.
    pub fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&Reader<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut borrowed = self.borrow()?;
        let transaction = borrowed.connection()?.transaction().map_err(StoreError::from)?;
        work(&Reader { connection: &transaction })
    }

    /// Writes within one transaction: all of it is kept, or, on an error or a panic, none. Never call it, nor wait for
    /// anything, inside `work`: there is one writer.
    pub fn write<T, E: From<StoreError>>(&self, work: impl FnOnce(&Writer<'_>) -> Result<T, E>) -> Result<T, E> {
        // A panic inside `work` rolled back while the lock was held: the connection is as good as before.
        let mut writer = held(&self.writer);
        // Immediate: a deferred transaction that turns to writing fails at once with "locked", whatever the busy timeout.
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
        let value = work(&Writer { reader: Reader { connection: &transaction } })?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(value)
    }

    /// Writes a whole, compact copy to `to`, which must not exist yet.
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        open::copy(&held(&self.writer), to)
    }

    /// The database file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn borrow(&self) -> Result<Borrowed<'_>, StoreError> {
        let kept = held(&self.readers).pop();
        let connection = kept.map_or_else(|| open::reader(&self.path), Ok)?;
        Ok(Borrowed { store: self, connection: Some(connection) })
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A reading connection that returns to its store, also when the reader panics.
struct Borrowed<'a> {
    store: &'a Store,
    connection: Option<Connection>,
}

impl Borrowed<'_> {
    fn connection(&mut self) -> Result<&mut Connection, StoreError> {
        self.connection.as_mut().ok_or(StoreError::Busy)
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        let mut kept = held(&self.store.readers);
        if let Some(connection) = self.connection.take()
            && kept.len() < READERS_KEPT
        {
            kept.push(connection);
        }
    }
}

/// What can be asked, all within one snapshot.
#[derive(Debug)]
pub struct Reader<'a> {
    connection: &'a Connection,
}

/// What can be changed, all within one transaction. It can be asked everything a [`Reader`] can, and sees its own changes.
#[derive(Debug)]
pub struct Writer<'a> {
    reader: Reader<'a>,
}

impl<'a> Deref for Writer<'a> {
    type Target = Reader<'a>;

    fn deref(&self) -> &Reader<'a> {
        &self.reader
    }
}

/// How much there is, for metrics and `doctor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Counts {
    /// Notices.
    pub notices: u64,
    /// Versions of notices.
    pub versions: u64,
    /// Projects, those merged into others not counted.
    pub projects: u64,
    /// Projects of a topic, as subject or item.
    pub relevant_projects: u64,
    /// Changes.
    pub changes: u64,
    /// Distinct bodies.
    pub bodies: u64,
    /// Problems of today's notices.
    pub problems: u64,
}

statements! {
    COUNTS = include_str!("sql/counts.sql");
}

impl Reader<'_> {
    /// How much there is. Looks at whole indexes: for people and metrics, not for every notice.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        let counts = self.connection.prepare_cached(COUNTS)?.query_row([], |row| {
            let count = |column| row.get::<_, values::Count>(column).map(|values::Count(count)| count);
            Ok(Counts {
                notices: count("notices")?,
                versions: count("versions")?,
                projects: count("projects")?,
                relevant_projects: count("relevant_projects")?,
                changes: count("changes")?,
                bodies: count("bodies")?,
                problems: count("problems")?,
            })
        })?;
        Ok(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::source::SourceMemory;

    fn now() -> Timestamp {
        "2019-09-23T08:00:00Z".parse().unwrap()
    }

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Settings { path: folder.path().join("tenderwatch.db") }, now()).unwrap();
        (folder, store)
    }

    /// Bytes that do not deflate.
    fn noise(seed: u64) -> Vec<u8> {
        let mut dice = fastrand::Rng::with_seed(seed);
        std::iter::repeat_with(|| dice.u8(..)).take(100_000).collect()
    }

    #[test]
    fn a_full_disk_loses_nothing_and_says_so() {
        let (_folder, store) = store();
        let first = store.write(|w| w.keep_body(&noise(1), now())).unwrap();
        let limit = |pages: i64| {
            let writer = held(&store.writer);
            writer.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| row.get::<_, i64>(0)).unwrap()
        };
        let used = limit(1);
        let full = store.write(|w| {
            w.put_source_memory("ccgp", &SourceMemory { next_due_at: Some(now()), ..SourceMemory::default() })?;
            w.keep_body(&noise(2), now())
        });
        assert!(matches!(full, Err(StoreError::Full)), "{full:?}");
        assert!(full.unwrap_err().to_string().starts_with("the disk is full"));
        assert_eq!(store.read(|r| r.source_memory("ccgp")).unwrap(), SourceMemory::default(), "half a step is none");
        assert_eq!(store.read(|r| r.body(&first)).unwrap(), Some(noise(1)));
        limit(used + 1000);
        store.write(|w| w.keep_body(&noise(2), now())).unwrap();
        assert_eq!(store.read(|r| r.counts()).unwrap().bodies, 2);
    }

    #[test]
    fn read_cannot_write() {
        let (_folder, store) = store();
        let refused = store.read(|r| -> Result<usize, StoreError> {
            Ok(r.connection.execute("INSERT INTO hosts VALUES ('x', '2019-09-23', 0, NULL, 0, NULL)", [])?)
        });
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains("readonly"), "{refused}");
    }

    #[test]
    fn the_promises_of_the_file_are_on() {
        let (_folder, store) = store();
        let ask = |connection: &Connection, pragma: &str| -> String {
            connection.pragma_query_value(None, pragma, |row| row.get::<_, rusqlite::types::Value>(0)).map_or_else(
                |why| why.to_string(),
                |value| match value {
                    rusqlite::types::Value::Text(text) => text,
                    rusqlite::types::Value::Integer(number) => number.to_string(),
                    other => format!("{other:?}"),
                },
            )
        };
        let writer = held(&store.writer);
        let full = "2";
        for (pragma, expected) in [
            ("journal_mode", "wal"),
            ("synchronous", full),
            ("foreign_keys", "1"),
            ("busy_timeout", "10000"),
            ("journal_size_limit", "67108864"),
            ("recursive_triggers", "1"),
        ] {
            assert_eq!(ask(&writer, pragma), expected, "{pragma}");
        }
        let reader = open::reader(store.path()).unwrap();
        for (pragma, expected) in [("query_only", "1"), ("foreign_keys", "1"), ("busy_timeout", "10000")] {
            assert_eq!(ask(&reader, pragma), expected, "{pragma}");
        }
    }

    #[test]
    fn a_store_that_is_closed_leaves_one_file() {
        let (folder, store) = store();
        store.write(|w| w.keep_body(&noise(1), now())).unwrap();
        store.read(|r| r.counts()).unwrap();
        drop(store);
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["tenderwatch.db"]);
    }

    #[test]
    fn at_most_a_few_readers_are_kept() {
        let (_folder, store) = store();
        let many: Vec<_> = (0..9).map(|_| store.borrow().unwrap()).collect();
        drop(many);
        assert_eq!(held(&store.readers).len(), READERS_KEPT);
    }
}
