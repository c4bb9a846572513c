//! When each search of a source was first made, and from which day on: a search is a term's, or that of all terms together.

use jiff::Timestamp;
use rusqlite::params;

use super::values::{At, Day};
use super::{Reader, StoreError, Writer};
use crate::domain::look::Look;
use crate::domain::stamp::china_day;

statements! {
    LOOKS = "SELECT search, first_at, from_on FROM looks WHERE source = ?1";
    PUT_LOOK = "INSERT INTO looks (source, search, first_at, from_on) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (source, search) DO UPDATE SET from_on = excluded.from_on";
    FIRST_AT = "SELECT first_at FROM looks WHERE source = ?1 AND search = ?2";
}

impl Reader<'_> {
    /// What is remembered of a source's first looks, by search.
    pub fn looks(&self, source: &str) -> Result<Vec<(String, Look)>, StoreError> {
        let mut statement = self.connection.prepare_cached(LOOKS)?;
        let rows = statement.query_map([source], |row| {
            let (At(first_at), Day(from_on)) = (row.get(1)?, row.get(2)?);
            Ok((row.get(0)?, Look { first_at, from_on }))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    /// Remembers a look. When it began is remembered once.
    pub fn put_look(&self, source: &str, search: &str, look: &Look) -> Result<(), StoreError> {
        let Look { first_at, from_on } = look;
        self.connection.prepare_cached(PUT_LOOK)?.execute(params![source, search, At(*first_at), Day(*from_on)])?;
        Ok(())
    }

    /// When a search was first made: now, where it never was.
    pub fn first_look_at(&self, source: &str, search: &str, now: Timestamp) -> Result<Timestamp, StoreError> {
        self.put_look(source, search, &Look { first_at: now, from_on: china_day(now) })?;
        let At(first_at) = self.connection.prepare_cached(FIRST_AT)?.query_row([source, search], |row| row.get(0))?;
        Ok(first_at)
    }
}
