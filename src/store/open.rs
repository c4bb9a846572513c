//! Opens the file: pragmas with their reasons, migrations with the digest of each step, a backup before them, refusal of
//! what is newer, foreign or damaged. Lacks: repair; a damaged history is restored by a person, never deleted.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use super::StoreError;
use super::values::At;

/// Says in the file's header whose it is: "tndr".
const APPLICATION_ID: i64 = 0x746e_6472;

/// A file up to this size is checked page by page on every start (about a second); a larger one before migrations and by
/// `audit` only, so that a start never takes minutes.
const CHECKED_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    name: &'static str,
    pub(super) sql: &'static str,
}

/// Every step in order; a step's version is its place, from 1.
pub(super) const STEPS: [Step; 12] = [
    Step { name: "notices", sql: include_str!("../../migrations/0001_notices.sql") },
    Step { name: "projects_and_totals", sql: include_str!("../../migrations/0002_projects_and_totals.sql") },
    Step { name: "telling", sql: include_str!("../../migrations/0003_telling.sql") },
    Step { name: "jobs", sql: include_str!("../../migrations/0004_jobs.sql") },
    Step { name: "looks", sql: include_str!("../../migrations/0005_looks.sql") },
    Step { name: "cells", sql: include_str!("../../migrations/0006_cells.sql") },
    Step { name: "parties", sql: include_str!("../../migrations/0007_parties.sql") },
    Step { name: "rulings", sql: include_str!("../../migrations/0008_rulings.sql") },
    Step { name: "largest_sums", sql: include_str!("../../migrations/0009_largest_sums.sql") },
    Step { name: "subscribers", sql: include_str!("../../migrations/0010_subscribers.sql") },
    Step { name: "outbox", sql: include_str!("../../migrations/0011_outbox.sql") },
    Step { name: "runs", sql: include_str!("../../migrations/0012_runs.sql") },
];

/// How many triggers protect history, as the steps declare them.
pub(super) fn guards() -> usize {
    STEPS.iter().map(|step| step.sql.matches("RAISE(ABORT").count()).sum()
}

/// The writing connection, with today's schema.
pub(super) fn writer(path: &Path, now: Timestamp) -> Result<Connection, StoreError> {
    prepare_file(path)?;
    let mut connection = Connection::open(path)?;
    let found = recognise(&connection, path)?;
    session(&connection)?;
    check(&connection, path, found)?;
    set_up(&connection)?;
    if found > 0 && found < version_of(STEPS.len()) {
        back_up(&connection, path, version_of(STEPS.len()))?;
    }
    migrate(&mut connection, &STEPS, now)?;
    Ok(connection)
}

/// A reading connection: the file is opened read-only, and the session refuses to write besides.
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "query_only", true)?;
    session(&connection)?;
    // 2 MB: several readers are kept, and what they look at is either a few rows or everything once.
    connection.pragma_update(None, "cache_size", -2_000)?;
    Ok(connection)
}

/// What every connection needs.
fn session(connection: &Connection) -> Result<(), StoreError> {
    // A second process (a person with sqlite3, a backup) may hold the file for a moment: wait for it.
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    // SQLite leaves foreign keys unchecked unless each connection asks for them.
    connection.pragma_update(None, "foreign_keys", true)?;
    // A tampered schema must not call functions with side effects.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // Sorting and temporary tables are small: keep them off the disk, which may be full.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // 16 MB of pages: the settle path touches a few hundred.
    connection.pragma_update(None, "cache_size", -16_000)?;
    connection.set_prepared_statement_cache_capacity(160);
    // A kept statement stays as it was prepared. Without this SQLite plans some anew for every value that is bound to them, at
    // the cost of running them; nothing here is analysed, so that there is nothing to plan by.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// What the writing connection needs besides.
fn set_up(connection: &Connection) -> Result<(), StoreError> {
    // Readers see the last commit while a writer works, and neither waits for the other.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // NORMAL may lose the last commits in a power cut. A watermark and a digest that others were told of, or a recorded
    // acceptance, must not be lost: FULL syncs the log before `commit` returns (2,660 commits a second are enough).
    connection.pragma_update(None, "synchronous", "FULL")?;
    // After a burst the log shrinks again instead of keeping its largest size for ever.
    connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    // A REPLACE deletes rows: with this the triggers that protect history see it.
    connection.pragma_update(None, "recursive_triggers", true)?;
    // No writable_schema, no shadow tables: a statement cannot corrupt the file on purpose.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    Ok(())
}

/// Makes the folder and the file, readable by nobody else: subscribers' addresses stand in it.
fn prepare_file(path: &Path) -> Result<(), StoreError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|source| file_error("making the folder", folder, source))?;
    }
    private_file(path)
}

/// Makes a file with mode 0600, or takes everyone else's rights off one that is there.
fn private_file(path: &Path) -> Result<(), StoreError> {
    let opened = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
    let file = opened.map_err(|source| file_error("opening", path, source))?;
    let meta = file.metadata().map_err(|source| file_error("reading the rights of", path, source))?;
    if meta.permissions().mode() & 0o077 != 0 {
        let set = file.set_permissions(fs::Permissions::from_mode(0o600));
        set.map_err(|source| file_error("taking others' rights off", path, source))?;
    }
    Ok(())
}

fn file_error(doing: &'static str, path: &Path, source: std::io::Error) -> StoreError {
    StoreError::File { doing, path: path.to_owned(), source }
}

/// The schema's version, 0 for a fresh file. Refuses what is not ours before anything is written.
fn recognise(connection: &Connection, path: &Path) -> Result<i64, StoreError> {
    let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let objects: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let known = version_of(STEPS.len());
    if application != APPLICATION_ID && (objects > 0 || application != 0) {
        return Err(StoreError::Foreign { path: path.to_owned() });
    }
    if found > known {
        return Err(StoreError::Newer { path: path.to_owned(), found, known });
    }
    Ok(found)
}

/// Looks for damage: always in a small file, and in any file that is about to be migrated.
fn check(connection: &Connection, path: &Path, found: i64) -> Result<(), StoreError> {
    let bytes = fs::metadata(path).map_err(|source| file_error("measuring", path, source))?.len();
    if bytes > CHECKED_BYTES_MAX && found == version_of(STEPS.len()) {
        return Ok(());
    }
    let answer: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if answer == "ok" { Ok(()) } else { Err(StoreError::Damaged { what: answer }) }
}

/// Keeps the file as it is beside itself, as `<db>.before-<version>`, before it is raised to `version`.
fn back_up(connection: &Connection, path: &Path, version: i64) -> Result<(), StoreError> {
    let beside = |suffix: String| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let (unfinished, finished) = (beside(format!(".before-{version}.part")), beside(format!(".before-{version}")));
    if unfinished.exists() {
        fs::remove_file(&unfinished).map_err(|source| file_error("removing the unfinished", &unfinished, source))?;
    }
    copy(connection, &unfinished)?;
    fs::rename(&unfinished, &finished).map_err(|source| file_error("keeping the backup", &finished, source))
}

/// A whole, compact copy at `to`, on the disk when this returns.
pub(super) fn copy(connection: &Connection, to: &Path) -> Result<(), StoreError> {
    let made = OpenOptions::new().create_new(true).write(true).mode(0o600).open(to);
    made.map_err(|source| file_error("making the backup", to, source))?;
    let name = to.to_str().ok_or_else(|| StoreError::Unreadable { what: format!("the path {}", to.display()) })?;
    connection.execute("VACUUM INTO ?1", [name])?;
    let synced = File::open(to).and_then(|file| file.sync_all());
    synced.map_err(|source| file_error("writing the backup", to, source))
}

/// Raises the schema step by step, all of them or none; refuses a history whose steps said something else.
fn migrate(connection: &mut Connection, steps: &[Step], now: Timestamp) -> Result<(), StoreError> {
    // Where every step was taken this only compares: whoever looks does not wait for another that writes.
    let known: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let is_raised = known == version_of(steps.len());
    let behavior = if is_raised { TransactionBehavior::Deferred } else { TransactionBehavior::Immediate };
    let transaction = connection.transaction_with_behavior(behavior)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (place, step) in steps.iter().enumerate() {
        let version = version_of(place + 1);
        let sha256 = hex(&Sha256::digest(step.sql.as_bytes()));
        if version <= found {
            refuse_changed(&transaction, version, step, &sha256)?;
            continue;
        }
        transaction.execute_batch(step.sql)?;
        transaction.execute(
            "INSERT INTO schema_steps (version, name, sha256, applied_at) VALUES (?1, ?2, ?3, ?4)",
            params![version, step.name, sha256, At(now)],
        )?;
        transaction.pragma_update(None, "user_version", version)?;
    }
    if found == 0 {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    transaction.commit()?;
    Ok(())
}

fn refuse_changed(connection: &Connection, version: i64, step: &Step, sha256: &str) -> Result<(), StoreError> {
    let applied = connection
        .query_row("SELECT sha256 FROM schema_steps WHERE version = ?1", [version], |row| row.get::<_, String>(0))?;
    if applied == sha256 {
        return Ok(());
    }
    Err(StoreError::ChangedStep { version, name: step.name.to_owned() })
}

fn version_of(steps: usize) -> i64 {
    i64::try_from(steps).unwrap_or(i64::MAX)
}

/// Bytes as lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
