//! Changes in the order they were settled: what digests are made of. Only appended.

use rusqlite::{Row, named_params, params};
use serde::{Deserialize, Serialize};

use super::values::{At, from_json, json, notice_id, stamp, stamp_columns, telling_of, telling_word, word};
use super::{Reader, StoreError, Writer};
use crate::domain::change::{Change, ChangeKind, FieldChange, StoredChange};
use crate::domain::project::ProjectId;

statements! {
    AFTER = "SELECT * FROM changes WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    OF_PROJECT = include_str!("sql/changes_of_project.sql");
    LAST = "SELECT coalesce(max(seq), 0) FROM changes";
    SEQ_AT = "SELECT coalesce(max(seq), 0) FROM changes WHERE seen_at <= ?1";
    APPEND = include_str!("sql/append_change.sql");
}

#[derive(Debug, Serialize, Deserialize)]
struct FieldRow {
    field: String,
    old: Option<String>,
    new: Option<String>,
}

impl Reader<'_> {
    /// The changes settled after `seq`, in order.
    pub fn changes_after(&self, seq: i64, limit: u32) -> Result<Vec<StoredChange>, StoreError> {
        let mut statement = self.connection.prepare_cached(AFTER)?;
        let rows = statement.query_map(params![seq, limit], raw)?;
        rows.map(|raw| stored(raw?)).collect()
    }

    /// A project's changes in order, those of the projects that became part of it included.
    pub fn changes_of(&self, project: ProjectId) -> Result<Vec<StoredChange>, StoreError> {
        let mut statement = self.connection.prepare_cached(OF_PROJECT)?;
        let rows = statement.query_map([project.0], raw)?;
        rows.map(|raw| stored(raw?)).collect()
    }

    /// The last change's place; 0 before the first.
    pub fn last_seq(&self) -> Result<i64, StoreError> {
        Ok(self.connection.prepare_cached(LAST)?.query_row([], |row| row.get(0))?)
    }

    /// The last change that was seen by an instant.
    pub fn seq_at(&self, at: jiff::Timestamp) -> Result<i64, StoreError> {
        Ok(self.connection.prepare_cached(SEQ_AT)?.query_row([At(at)], |row| row.get(0))?)
    }
}

impl Writer<'_> {
    /// Appends changes and returns their places.
    pub fn append_changes(&self, changes: &[Change]) -> Result<Vec<i64>, StoreError> {
        changes.iter().map(|change| self.append_change(change)).collect()
    }

    fn append_change(&self, change: &Change) -> Result<i64, StoreError> {
        let Change { kind, project, notice, source, topic, fields, reason, published_at, seen_at, telling } = change;
        let fields = fields.iter().cloned().map(|FieldChange { field, old, new }| FieldRow { field, old, new });
        let (published_at, published_offset) = stamp_columns(*published_at);
        let mut statement = self.connection.prepare_cached(APPEND)?;
        let seq = statement.query_row(
            named_params! {
                ":kind": kind.word(),
                ":project": project.map(|project| project.0),
                ":notice_source": notice.as_ref().map(|id| &id.source),
                ":notice_native_id": notice.as_ref().map(|id| &id.native_id),
                ":source": source,
                ":topic": topic,
                ":fields": json(&fields.collect::<Vec<_>>())?,
                ":reason": reason,
                ":published_at": published_at,
                ":published_offset": published_offset,
                ":seen_at": At(*seen_at),
                ":telling": telling_word(*telling),
            },
            |row| row.get(0),
        )?;
        Ok(seq)
    }
}

/// A change and its fields as JSON.
pub(super) fn raw(row: &Row<'_>) -> rusqlite::Result<(StoredChange, String)> {
    let source: Option<String> = row.get("notice_source")?;
    let change = Change {
        kind: word(row, "kind", ChangeKind::parse)?,
        project: row.get::<_, Option<i64>>("project")?.map(ProjectId),
        notice: source.map(|_| notice_id(row, "notice_source", "notice_native_id")).transpose()?,
        source: row.get("source")?,
        topic: row.get("topic")?,
        fields: Vec::new(),
        reason: row.get("reason")?,
        published_at: stamp(row, "published_at", "published_offset")?,
        seen_at: row.get::<_, At>("seen_at")?.0,
        telling: word(row, "telling", telling_of)?,
    };
    Ok((StoredChange { seq: row.get("seq")?, change }, row.get("fields")?))
}

pub(super) fn stored((mut stored, fields): (StoredChange, String)) -> Result<StoredChange, StoreError> {
    let fields: Vec<FieldRow> = from_json(&fields, "the fields of a change")?;
    let fields = fields.into_iter().map(|FieldRow { field, old, new }| FieldChange { field, old, new });
    stored.change.fields = fields.collect();
    Ok(stored)
}
