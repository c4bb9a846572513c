//! What opening promises: a fresh file and a raised one are equal, an old one is kept aside first, and what is newer, foreign,
//! changed or damaged is refused and left as it was. `TENDERWATCH_RENEW=1` rewrites schema.sql after a new step.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;
use tenderwatch::domain::project::NoticeId;
use tenderwatch::domain::source::Baseline;
use tenderwatch::store::audit::audit;
use tenderwatch::store::{Settings, Store, StoreError};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn a_fresh_database_is_the_picture_of_today() {
    let place = Place::new();
    place.open().unwrap();
    let (fresh, picture) = (place.schema(), PathBuf::from(ROOT).join("migrations/schema.sql"));
    if std::env::var_os("TENDERWATCH_RENEW").is_some() {
        std::fs::write(&picture, &fresh).unwrap();
    }
    let kept = std::fs::read_to_string(&picture).unwrap();
    assert!(kept == fresh, "migrations/schema.sql is not what the steps make: renew it with TENDERWATCH_RENEW=1");
    let drawn = Connection::open_in_memory().unwrap();
    drawn.execute_batch(&kept).unwrap();
    assert_eq!(schema_of(&drawn), fresh, "the picture can be executed and makes the same database");
}

#[test]
fn an_old_database_rises_and_keeps_its_rows() {
    let place = Place::with(&fixture("v1.sql"));
    let store = place.open().unwrap();
    let fresh = Place::new();
    fresh.open().unwrap();
    assert_eq!(place.schema(), fresh.schema(), "raised and fresh are equal");
    let id = NoticeId { source: "ccgp".into(), native_id: "27357976".into() };
    let stored = store.read(|r| r.notice(&id)).unwrap().unwrap();
    assert_eq!(stored.member.notice.title, "沧州市中心医院家具采购中标公告");
    assert_eq!(store.read(|r| r.body(&stored.body_hash)).unwrap().as_deref(), Some("页".as_bytes()));
    assert_eq!(store.read(|r| r.source_memory("ccgp")).unwrap().baseline, Baseline::Taken);
    assert_eq!(store.read(|r| r.wanted("ccgp", now(), 9)).unwrap()[0].native_id, "27357977");
    assert!(audit(&store, |_| None).unwrap().agrees());
}

#[test]
fn the_mentions_of_an_old_history_are_filled_in_once() {
    let place = Place::with(&fixture("v1.sql"));
    let store = place.open().unwrap();
    assert_eq!(store.read(|r| r.mention_facts(None)).unwrap(), []);
    let filled = store.write(|w| w.fill_mentions(100)).unwrap();
    assert_eq!(filled, store.read(|r| r.counts()).unwrap().notices);
    let facts = store.read(|r| r.mention_facts(None)).unwrap();
    assert!(facts.iter().any(|fact| fact.organisation.name == "沧州市中心医院"), "{facts:?}");
    assert_eq!(store.write(|w| w.fill_mentions(100)).unwrap(), 0, "none is left");
    assert_eq!(store.read(|r| r.mention_facts(None)).unwrap(), facts);
}

#[test]
fn every_step_can_be_risen_from() {
    let steps = steps();
    let fresh = Place::new();
    fresh.open().unwrap();
    for reached in 1..steps.len() {
        let place = Place::new();
        place.build(&steps[..reached]);
        place.open().unwrap();
        assert_eq!(place.schema(), fresh.schema(), "from step {reached}");
    }
}

#[test]
fn an_old_database_is_kept_aside_before_it_rises() {
    let place = Place::with(&fixture("v1.sql"));
    let before = place.schema();
    place.open().unwrap();
    let aside = place.beside(&format!(".before-{}", steps().len()));
    assert_eq!(schema_of(&Connection::open(&aside).unwrap()), before);
    assert_eq!(mode(&aside), 0o600);
    assert!(!place.beside(&format!(".before-{}.part", steps().len())).exists());
    let made = std::fs::metadata(&aside).unwrap().modified().unwrap();
    place.open().unwrap();
    assert_eq!(std::fs::metadata(&aside).unwrap().modified().unwrap(), made, "opening again keeps no further copy");
}

#[test]
fn a_fresh_database_needs_no_copy_and_opening_twice_changes_nothing() {
    let place = Place::new();
    place.open().unwrap();
    let before = place.schema();
    place.open().unwrap();
    assert_eq!(place.schema(), before);
    let names: Vec<_> =
        std::fs::read_dir(place.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().contains("before")), "{names:?}");
}

#[test]
fn a_changed_step_is_refused() {
    let place = Place::new();
    place.open().unwrap();
    place.execute("UPDATE schema_steps SET sha256 = 'of another text' WHERE version = 2");
    let refused = place.open().unwrap_err();
    assert!(matches!(&refused, StoreError::ChangedStep { version: 2, .. }), "{refused}");
}

#[test]
fn a_newer_schema_is_refused_and_left_as_it_is() {
    let place = Place::new();
    place.open().unwrap();
    place.execute("CREATE TABLE later (x); PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE);");
    let before = std::fs::read(&place.path).unwrap();
    let refused = place.open().unwrap_err();
    assert!(matches!(refused, StoreError::Newer { found: 99, .. }), "{refused}");
    assert!(refused.to_string().contains("schema 99"), "{refused}");
    assert_eq!(std::fs::read(&place.path).unwrap(), before);
}

#[test]
fn a_file_of_another_program_is_refused() {
    let place = Place::with("CREATE TABLE photos (name TEXT);");
    let before = std::fs::read(&place.path).unwrap();
    assert!(matches!(place.open().unwrap_err(), StoreError::Foreign { .. }));
    assert_eq!(std::fs::read(&place.path).unwrap(), before);
}

#[test]
fn a_file_that_is_no_database_is_refused_and_kept() {
    let place = Place::new();
    let text = "this is no database, but it may be all that somebody has. ".repeat(50);
    std::fs::write(&place.path, &text).unwrap();
    let refused = place.open().unwrap_err();
    assert!(matches!(refused, StoreError::Damaged { .. }), "{refused}");
    assert!(refused.to_string().contains("restore a backup"), "{refused}");
    assert_eq!(std::fs::read_to_string(&place.path).unwrap(), text);
}

#[test]
fn a_damaged_database_is_refused_and_kept() {
    let place = Place::with(&fixture("v1.sql"));
    let mut bytes = std::fs::read(&place.path).unwrap();
    let page = bytes.len() / 2 / 4096 * 4096;
    bytes[page..page + 4096].fill(0x5a);
    std::fs::write(&place.path, &bytes).unwrap();
    let refused = place.open().unwrap_err();
    assert!(matches!(refused, StoreError::Damaged { .. }), "{refused}");
    assert_eq!(std::fs::read(&place.path).unwrap(), bytes, "nothing was deleted or repaired");
}

#[test]
fn nobody_else_may_read_the_file_or_its_companions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/tenderwatch.db");
    let store = Store::open(&Settings { path: path.clone() }, now()).unwrap();
    store.write(|w| w.keep_body(b"x", now())).unwrap();
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for suffix in ["", "-wal", "-shm"] {
        let file = PathBuf::from(format!("{}{suffix}", path.display()));
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    drop(store);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    Store::open(&Settings { path: path.clone() }, now()).unwrap();
    assert_eq!(mode(&path), 0o600, "others' rights are taken off");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let path = folder.path().join("file/tenderwatch.db");
    let refused = Store::open(&Settings { path }, now()).unwrap_err();
    assert!(refused.to_string().starts_with("making the folder"), "{refused}");
}

// --- what the tests speak of

fn now() -> Timestamp {
    "2026-09-28T12:00:00Z".parse().unwrap()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn fixture(name: &str) -> String {
    std::fs::read_to_string(PathBuf::from(ROOT).join("tests/fixtures/databases").join(name)).unwrap()
}

/// Every step's file in order, with its name without number.
fn steps() -> Vec<(String, String)> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(PathBuf::from(ROOT).join("migrations")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.file_name().unwrap().to_string_lossy().starts_with('0'));
    files.sort();
    let named = |file: PathBuf| {
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        (stem.split_once('_').unwrap().1.to_owned(), std::fs::read_to_string(file).unwrap())
    };
    files.into_iter().map(named).collect()
}

/// A folder with a database that may not be there yet.
struct Place {
    folder: TempDir,
    path: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tenderwatch.db");
        Self { folder, path }
    }

    fn with(sql: &str) -> Self {
        let place = Self::new();
        place.execute(sql);
        place
    }

    fn execute(&self, sql: &str) {
        Connection::open(&self.path).unwrap().execute_batch(sql).unwrap();
    }

    /// A database as a build that knew only these steps left it.
    fn build(&self, steps: &[(String, String)]) {
        use sha2::{Digest, Sha256};
        use std::fmt::Write as _;
        for (place, (name, sql)) in steps.iter().enumerate() {
            let sha256 = Sha256::digest(sql).iter().fold(String::new(), |mut hex, byte| {
                write!(hex, "{byte:02x}").unwrap();
                hex
            });
            let version = place + 1;
            self.execute(sql);
            self.execute(&format!("INSERT INTO schema_steps VALUES ({version}, '{name}', '{sha256}', 0)"));
            self.execute(&format!("PRAGMA user_version = {version}; PRAGMA application_id = {}", 0x746e_6472));
        }
    }

    fn open(&self) -> Result<Store, StoreError> {
        Store::open(&Settings { path: self.path.clone() }, now())
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        PathBuf::from(format!("{}{suffix}", self.path.display()))
    }

    fn schema(&self) -> String {
        schema_of(&Connection::open(&self.path).unwrap())
    }
}

/// Tables, indexes and triggers as SQLite keeps them, tables first, each kind by name.
fn schema_of(connection: &Connection) -> String {
    let mut statement = connection
        .prepare(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
             ORDER BY type = 'trigger', type = 'index', name",
        )
        .unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let mut text = String::from(
        "-- Today's picture of the database, made by the steps; see README.md. Not executed by the program.\n",
    );
    for sql in rows {
        text.push('\n');
        text.push_str(&sql.unwrap());
        text.push_str(";\n");
    }
    text
}
