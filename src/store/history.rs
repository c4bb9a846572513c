//! What was known at a past instant: every notice as it read then. Lacks: that a withdrawn notice had come back in between.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::notices::notice_of;
use super::values::{at, notice_id};
use super::{Reader, StoreError};
use crate::domain::project::{Member, NoticeId, ProjectId};

statements! {
    HISTORY = include_str!("sql/history.sql");
    UNCELLED = "SELECT id, counted_topic FROM projects WHERE counted_topic IS NOT NULL AND counted_groups IS NULL LIMIT ?1";
    EVERY = "SELECT id, topic FROM projects WHERE id > ?1 AND content IS NOT NULL AND merged_into IS NULL
             ORDER BY id LIMIT ?2";
    PLACE = "SELECT zone, url FROM sightings WHERE source = ?1 AND native_id = ?2";
}

/// A later instant than any that is asked for: what is known today.
const TODAY: i64 = i64::MAX;

impl Reader<'_> {
    /// Every notice of a topic's projects as it was known at an instant, today where none is given: the last content read by then
    /// and the rulings of then. Repeats are not marked: whoever groups the notices anew marks them.
    pub fn history(&self, topic: &str, known_by: Option<Timestamp>) -> Result<Vec<Member>, StoreError> {
        let until = known_by.map_or(TODAY, Timestamp::as_millisecond);
        let mut statement = self.connection.prepare_cached(HISTORY)?;
        let mut rows = statement.query(params![topic, until])?;
        let mut rulings = self.rulings_as_of(known_by)?;
        let mut members = Vec::new();
        while let Some(row) = rows.next()? {
            let id = notice_id(row, "source", "native_id")?;
            members.push(Member {
                rulings: rulings.remove(&id).unwrap_or_default(),
                id,
                notice: notice_of(&row.get::<_, String>("content")?)?,
                repeat_of: None,
                withdrawn_at: at(row, "withdrawn_at")?,
            });
        }
        Ok(members)
    }

    /// Projects that were counted before cells were kept, with their topic; for catching up.
    pub fn without_cells(&self, limit: u32) -> Result<Vec<(ProjectId, String)>, StoreError> {
        let mut statement = self.connection.prepare_cached(UNCELLED)?;
        let rows = statement.query_map([limit], |row| Ok((ProjectId(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every project after this one with its topic, a page at a time; for folding everything anew.
    pub fn projects_after(&self, after: Option<ProjectId>, limit: u32) -> Result<Vec<(ProjectId, String)>, StoreError> {
        let mut statement = self.connection.prepare_cached(EVERY)?;
        let after = after.map_or(0, |project| project.0);
        let rows = statement.query_map([after, i64::from(limit)], |row| Ok((ProjectId(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What a listing printed beside a notice: its zone, and its address there.
    pub fn sighted_at(&self, id: &NoticeId) -> Result<(Option<String>, Option<String>), StoreError> {
        let mut statement = self.connection.prepare_cached(PLACE)?;
        let found = statement.query_row([&id.source, &id.native_id], |row| Ok((row.get(0)?, row.get(1)?)));
        Ok(found.optional()?.unwrap_or_default())
    }
}
