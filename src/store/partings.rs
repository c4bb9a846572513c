//! Projects that became one and are two again, or gave notices to each other: the counterpart of a merge. Every parting is kept.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::values::{At, at, from_json, json};
use super::{Reader, StoreError, Writer};
use crate::domain::project::{NoticeId, ProjectId};

statements! {
    TOPIC = "SELECT topic FROM projects WHERE id = ?1";
    FORMERLY = include_str!("sql/formerly.sql");
    REVIVE = "UPDATE projects SET merged_into = NULL WHERE id = ?1";
    RELINK = "UPDATE members SET rule = ?2, confidence = ?3 WHERE notice = ?1 AND rule <> ?2";
    RECORD_PARTING = "INSERT INTO project_partings (from_project, into_project, notices, why, parted_at)
                      VALUES (?1, ?2, ?3, ?4, ?5)";
    FOLLOW = include_str!("sql/follow.sql");
    PARTINGS = "SELECT from_project, into_project, notices, why, parted_at FROM project_partings
                WHERE from_project = ?1 OR into_project = ?1 ORDER BY id";
}

/// Notices that left one project for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parting {
    /// Which they left.
    pub from: ProjectId,
    /// Where they are since.
    pub into: ProjectId,
    /// How many.
    pub notices: usize,
    /// Why.
    pub why: String,
    /// When.
    pub at: Timestamp,
}

impl Reader<'_> {
    /// The topic that a project is watched for.
    pub fn topic_of(&self, project: ProjectId) -> Result<Option<String>, StoreError> {
        let mut statement = self.connection.prepare_cached(TOPIC)?;
        Ok(statement.query_row([project.0], |row| row.get(0)).optional()?)
    }

    /// The project that a notice belonged to before that became part of `project`: the latest such, where there is one.
    pub fn formerly(&self, project: ProjectId, notice: &NoticeId) -> Result<Option<ProjectId>, StoreError> {
        let key = self.notice_key(notice)?;
        let mut statement = self.connection.prepare_cached(FORMERLY)?;
        Ok(statement.query_row([project.0, key], |row| row.get(0)).optional()?.map(ProjectId))
    }

    /// What a project gave to others and took from them, oldest first.
    pub fn partings(&self, project: ProjectId) -> Result<Vec<Parting>, StoreError> {
        let mut statement = self.connection.prepare_cached(PARTINGS)?;
        let mut rows = statement.query([project.0])?;
        let mut partings = Vec::new();
        while let Some(row) = rows.next()? {
            let notices: Vec<i64> = from_json(&row.get::<_, String>(2)?, "the notices of a parting")?;
            partings.push(Parting {
                from: ProjectId(row.get(0)?),
                into: ProjectId(row.get(1)?),
                notices: notices.len(),
                why: row.get(3)?,
                at: at(row, 4)?.unwrap_or_default(),
            });
        }
        Ok(partings)
    }
}

impl Writer<'_> {
    /// Makes a project that became part of another one stand for itself again, without notices yet.
    pub fn revive(&self, project: ProjectId) -> Result<(), StoreError> {
        self.connection.prepare_cached(REVIVE)?.execute([project.0])?;
        Ok(())
    }

    /// Says anew why a notice belongs where it is.
    pub fn relink(&self, id: &NoticeId, rule: &str, confidence: &str) -> Result<(), StoreError> {
        let key = self.notice_key(id)?;
        self.connection.prepare_cached(RELINK)?.execute(params![key, rule, confidence])?;
        Ok(())
    }

    /// Keeps that notices left one project for another.
    pub fn record_parting(
        &self,
        from: ProjectId,
        into: ProjectId,
        notices: &[NoticeId],
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let keys = notices.iter().map(|id| self.notice_key(id)).collect::<Result<Vec<i64>, _>>()?;
        let mut statement = self.connection.prepare_cached(RECORD_PARTING)?;
        statement.execute(params![from.0, into.0, json(&keys)?, why, At(now)])?;
        Ok(())
    }

    /// Lets the projects that became part of `project` follow the first of their notices, where that went elsewhere.
    pub fn follow(&self, project: ProjectId) -> Result<(), StoreError> {
        self.connection.prepare_cached(FOLLOW)?.execute([project.0])?;
        Ok(())
    }
}
