//! The list of filed blockchain services, as operators' files brought it. The same file changes nothing twice; a corrected file
//! replaces the rows of its holders in its batches, and what was replaced stays in history.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{OptionalExtension, Row, params};

use super::values::{At, Count, Day, json};
use super::{Reader, StoreError, Writer};
use crate::domain::filing::Filing;
use crate::domain::names;

statements! {
    STANDING = "SELECT batch, filed_on, holder, service, number FROM filings WHERE replaced_by IS NULL ORDER BY import, line";
    KNOWN_THEN = include_str!("sql/filings_then.sql");
    OF_HOLDERS = include_str!("sql/filings_of_holders.sql");
    IMPORTED = "SELECT id, imported_at FROM filing_imports
                WHERE sha256 = ?1 AND batch IS ?2 AND published_on IS ?3 ORDER BY id LIMIT 1";
    IMPORT = "INSERT INTO filing_imports (file, sha256, batch, published_on, rows, imported_at)
              VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id";
    OF_HOLDER = "SELECT id, batch, filed_on, holder, service, number FROM filings
                 WHERE holder_key = ?1 AND batch IS ?2 AND replaced_by IS NULL ORDER BY id";
    REPLACE = "UPDATE filings SET replaced_by = ?2 WHERE id = ?1";
    PUT = "INSERT INTO filings (import, line, batch, filed_on, holder, holder_key, service, number)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
}

/// A file of the list as an operator gave it, already understood.
#[derive(Clone, Copy, Debug)]
pub struct FilingFile<'a> {
    /// Its name, without folders.
    pub name: &'a str,
    /// What its bytes are told apart by.
    pub sha256: &'a str,
    /// The batch that the operator named beside it.
    pub batch: Option<u32>,
    /// The day that the operator named beside it.
    pub published_on: Option<Date>,
    /// Its rows, each with its line in the file.
    pub rows: &'a [(u32, Filing)],
}

/// What importing a file came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// The same file was imported before: nothing was done.
    Before {
        /// Under which number.
        import: i64,
        /// When.
        at: Timestamp,
    },
    /// It was taken in.
    Now {
        /// Its number in history.
        import: i64,
        /// Rows that are new.
        added: u64,
        /// Rows that no longer stand because of it.
        replaced: u64,
        /// Rows that stood already.
        unchanged: u64,
    },
}

impl Reader<'_> {
    /// The whole list: as it stands, or as we knew it at an instant.
    pub fn filings(&self, known_by: Option<Timestamp>) -> Result<Vec<Filing>, StoreError> {
        let mut statement = self.connection.prepare_cached(if known_by.is_some() { KNOWN_THEN } else { STANDING })?;
        let rows = match known_by {
            Some(then) => statement.query_map([At(then)], filing)?,
            None => statement.query_map([], filing)?,
        };
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What stands under these names, by index.
    pub fn filings_of(&self, holders: &[&str]) -> Result<Vec<Filing>, StoreError> {
        let keys: BTreeSet<String> = holders.iter().map(|holder| names::key(holder)).collect();
        let mut statement = self.connection.prepare_cached(OF_HOLDERS)?;
        let rows = statement.query_map([json(&keys)?], filing)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    /// Takes a file in: of each holder and batch that it names, its rows stand from now on and no others.
    pub fn import_filings(&self, file: &FilingFile<'_>, now: Timestamp) -> Result<Imported, StoreError> {
        let published_on = file.published_on.map(Day);
        let found = self
            .connection
            .prepare_cached(IMPORTED)?
            .query_row(params![file.sha256, file.batch, published_on], |row| {
                Ok(Imported::Before { import: row.get(0)?, at: row.get::<_, At>(1)?.0 })
            });
        if let Some(before) = found.optional()? {
            return Ok(before);
        }
        let rows = Count::of(file.rows.len());
        let kept = params![file.name, file.sha256, file.batch, published_on, rows, At(now)];
        let import: i64 = self.connection.prepare_cached(IMPORT)?.query_row(kept, |row| row.get(0))?;
        let mut holders: BTreeMap<(String, Option<u32>), Rows<'_>> = BTreeMap::new();
        for (line, filing) in file.rows {
            let holder = holders.entry((names::key(&filing.holder), filing.batch)).or_default();
            holder.entry(filing).or_default().push(*line);
        }
        let (mut added, mut replaced, mut unchanged) = (0, 0, 0);
        for ((holder_key, batch), mut rows) in holders {
            let mut statement = self.connection.prepare_cached(OF_HOLDER)?;
            let standing = statement.query_map(params![holder_key, batch], |row| Ok((row.get("id")?, filing(row)?)))?;
            let standing: Vec<(i64, Filing)> = standing.collect::<Result<_, _>>()?;
            for (id, stands) in standing {
                if rows.get_mut(&stands).and_then(Vec::pop).is_some() {
                    unchanged += 1;
                } else {
                    self.connection.prepare_cached(REPLACE)?.execute([id, import])?;
                    replaced += 1;
                }
            }
            added += self.put_filings(import, &holder_key, &rows)?;
        }
        Ok(Imported::Now { import, added, replaced, unchanged })
    }

    fn put_filings(&self, import: i64, holder_key: &str, rows: &Rows<'_>) -> Result<u64, StoreError> {
        let mut lines: Vec<(u32, &Filing)> =
            rows.iter().flat_map(|(filing, lines)| lines.iter().map(|line| (*line, *filing))).collect();
        lines.sort_by_key(|(line, _)| *line);
        let mut put = self.connection.prepare_cached(PUT)?;
        for (line, Filing { batch, filed_on, holder, service, number }) in &lines {
            put.execute(params![import, line, batch, filed_on.map(Day), holder, holder_key, service, number])?;
        }
        Ok(lines.len() as u64)
    }
}

/// The rows of one holder in one batch, each with the lines that have it.
type Rows<'a> = BTreeMap<&'a Filing, Vec<u32>>;

fn filing(row: &Row<'_>) -> rusqlite::Result<Filing> {
    Ok(Filing {
        batch: row.get("batch")?,
        filed_on: row.get::<_, Option<Day>>("filed_on")?.map(|Day(day)| day),
        holder: row.get("holder")?,
        service: row.get("service")?,
        number: row.get("number")?,
    })
}
