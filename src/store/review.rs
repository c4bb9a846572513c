//! What a review looks at: the projects of a topic, near misses included, how their notices were linked, and what was proposed.

use rusqlite::params;

use super::notices::problems_of;
use super::values::notice_id;
use super::{Reader, StoreError};
use crate::domain::project::{NoticeId, ProjectId};
use crate::domain::reading::Problem;
use crate::domain::review::Proposed;

statements! {
    REVIEWED = "SELECT id FROM projects
                WHERE id > ?2 AND topic = ?1 AND content IS NOT NULL AND merged_into IS NULL AND weight <> 'none'
                ORDER BY id LIMIT ?3";
    LINKS = include_str!("sql/links.sql");
    PROPOSALS = include_str!("sql/proposals.sql");
}

/// How a notice came to its project, and what was not understood of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkKept {
    /// The notice.
    pub notice: NoticeId,
    /// The rule that linked it.
    pub rule: String,
    /// How far that is to be trusted.
    pub confidence: String,
    /// What was not understood of it.
    pub problems: Vec<Problem>,
}

impl Reader<'_> {
    /// The topic's projects after this one that are of it or mention it, a page at a time.
    pub fn reviewed_after(&self, topic: &str, after: ProjectId, limit: u32) -> Result<Vec<ProjectId>, StoreError> {
        let mut statement = self.connection.prepare_cached(REVIEWED)?;
        let rows = statement.query_map(params![topic, after.0, limit], |row| Ok(ProjectId(row.get(0)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How a project's notices came to it.
    pub fn links(&self, project: ProjectId) -> Result<Vec<LinkKept>, StoreError> {
        let mut statement = self.connection.prepare_cached(LINKS)?;
        let mut rows = statement.query([project.0])?;
        let mut links = Vec::new();
        while let Some(row) = rows.next()? {
            links.push(LinkKept {
                notice: notice_id(row, "source", "native_id")?,
                rule: row.get("rule")?,
                confidence: row.get("confidence")?,
                problems: problems_of(&row.get::<_, String>("problems")?)?,
            });
        }
        Ok(links)
    }

    /// Every proposal between projects that are still two.
    pub fn proposals(&self) -> Result<Vec<Proposed>, StoreError> {
        let mut statement = self.connection.prepare_cached(PROPOSALS)?;
        let rows = statement.query_map([], |row| {
            Ok(Proposed {
                notice: notice_id(row, "source", "native_id")?,
                home: ProjectId(row.get("home")?),
                other: ProjectId(row.get("other")?),
                why: row.get("why")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
