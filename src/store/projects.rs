//! Projects: which notices they are made of, which project a notice may belong to, which projects became one.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, named_params, params};

use super::notices::RawNotice;
use super::rows::project::ProjectRow;
use super::rows::weight_word;
use super::values::{At, Day, amount_columns, from_json, json};
use super::{Reader, StoreError, Writer};
use crate::domain::digest::Closing;
use crate::domain::link::{Candidate, LinkKeys};
use crate::domain::project::{Member, NoticeId, Project, ProjectId};
use crate::figures::totals::{Contribution, Totals};

statements! {
    CURRENT = "SELECT coalesce(merged_into, id) FROM projects WHERE id = ?1";
    PROJECT = include_str!("sql/project.sql");
    MEMBERS = include_str!("sql/members.sql");
    CANDIDATES = include_str!("sql/candidates.sql");
    OWN = "SELECT members.project FROM notices JOIN members ON members.notice = notices.id
           WHERE notices.source = ?1 AND notices.native_id = ?2";
    PROJECTS = include_str!("sql/projects.sql");
    NEWEST = "SELECT id, content FROM projects
              WHERE topic = ?1 AND content IS NOT NULL AND merged_into IS NULL AND counted_topic IS NOT NULL
              ORDER BY first_on DESC, id DESC LIMIT ?2";
    CLOSING = include_str!("sql/closing.sql");
    URL = include_str!("sql/project_url.sql");
    NEW = "INSERT INTO projects (created_at) VALUES (?1) RETURNING id";
    PUT = include_str!("sql/put_project.sql");
    LINK = include_str!("sql/link.sql");
    PROPOSE = "INSERT OR IGNORE INTO proposals (notice, project, rule, why, proposed_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    RECORD_MERGE = include_str!("sql/record_merge.sql");
    MOVE_MEMBERS = "UPDATE members SET project = ?1 WHERE project = ?2";
    MERGE = "UPDATE projects SET merged_into = ?1 WHERE id = ?2 OR merged_into = ?2";
}

impl Reader<'_> {
    /// The project that this one is part of today: itself, unless it was merged.
    pub fn current_project(&self, id: ProjectId) -> Result<Option<ProjectId>, StoreError> {
        let found = self.connection.prepare_cached(CURRENT)?.query_row([id.0], |row| row.get(0));
        Ok(found.optional()?.map(ProjectId))
    }

    /// A project as it stands; a merged one as the project it became. Nothing where it was never folded.
    pub fn project(&self, id: ProjectId) -> Result<Option<Project>, StoreError> {
        let mut statement = self.connection.prepare_cached(PROJECT)?;
        let content: Option<String> = statement.query_row([id.0], |row| row.get(0)).optional()?;
        content.map(|content| project_of(&content)).transpose()
    }

    /// A project's notices with what they say today, oldest first.
    pub fn members(&self, id: ProjectId) -> Result<Vec<Member>, StoreError> {
        let mut statement = self.connection.prepare_cached(MEMBERS)?;
        let rows = statement.query_map([id.0], RawNotice::of)?;
        rows.map(|raw| raw?.member()).collect()
    }

    /// The projects that a notice with these keys may belong to: a number in common within a buyer (or where one of both
    /// names no buyer), or a title in common within a buyer.
    pub fn candidates(&self, keys: &LinkKeys) -> Result<Vec<Candidate>, StoreError> {
        let mut statement = self.connection.prepare_cached(CANDIDATES)?;
        let wanted = params![json(&keys.numbers)?, json(&keys.buyers)?, keys.title];
        let projects: Vec<i64> = statement.query_map(wanted, |row| row.get(0))?.collect::<Result<_, _>>()?;
        let with_members = |project| Ok(Candidate { project, members: self.members(project)? });
        projects.into_iter().map(ProjectId).map(with_members).collect()
    }

    /// The same, and the project that the notice belongs to already, whatever its keys say now.
    pub fn candidates_of(&self, id: &NoticeId, keys: &LinkKeys) -> Result<Vec<Candidate>, StoreError> {
        let mut candidates = self.candidates(keys)?;
        let mut statement = self.connection.prepare_cached(OWN)?;
        let own = statement.query_row([&id.source, &id.native_id], |row| row.get(0)).optional()?;
        if let Some(project) = own.map(ProjectId)
            && candidates.iter().all(|candidate| candidate.project != project)
        {
            candidates.push(Candidate { project, members: self.members(project)? });
        }
        Ok(candidates)
    }

    /// A topic's projects by their first day, those without one first; for reports, a page at a time.
    pub fn projects(&self, topic: &str, limit: u32, offset: u32) -> Result<Vec<(ProjectId, Project)>, StoreError> {
        let mut statement = self.connection.prepare_cached(PROJECTS)?;
        let mut rows = statement.query(params![topic, limit, offset])?;
        let mut projects = Vec::new();
        while let Some(row) = rows.next()? {
            projects.push((ProjectId(row.get(0)?), project_of(&row.get::<_, String>(1)?)?));
        }
        Ok(projects)
    }

    /// The counted projects of a topic, the newest first.
    pub fn newest_projects(&self, topic: &str, limit: u32) -> Result<Vec<(ProjectId, Project)>, StoreError> {
        let mut statement = self.connection.prepare_cached(NEWEST)?;
        let mut rows = statement.query(params![topic, limit])?;
        let mut projects = Vec::new();
        while let Some(row) = rows.next()? {
            projects.push((ProjectId(row.get(0)?), project_of(&row.get::<_, String>(1)?)?));
        }
        Ok(projects)
    }

    /// Relevant projects that take offers until an instant from `from` on and before `to`, the soonest first.
    pub fn closing(&self, topic: &str, from: Timestamp, to: Timestamp) -> Result<Vec<Closing>, StoreError> {
        let mut statement = self.connection.prepare_cached(CLOSING)?;
        let mut rows = statement.query(params![topic, At(from), At(to)])?;
        let mut closing = Vec::new();
        while let Some(row) = rows.next()? {
            let id = ProjectId(row.get(0)?);
            let project = project_of(&row.get::<_, String>(1)?)?;
            if let Some(deadline_at) = project.deadline_at {
                closing.push(Closing { project: id, title: project.title, deadline_at, url: self.project_url(id)? });
            }
        }
        Ok(closing)
    }

    /// The address of a project's latest notice that has one.
    pub fn project_url(&self, id: ProjectId) -> Result<Option<String>, StoreError> {
        Ok(self.connection.prepare_cached(URL)?.query_row([id.0], |row| row.get(0)).optional()?)
    }
}

impl Writer<'_> {
    /// A project without notices yet.
    pub fn new_project(&self, now: Timestamp) -> Result<ProjectId, StoreError> {
        Ok(self.connection.prepare_cached(NEW)?.query_row([At(now)], |row| row.get(0)).map(ProjectId)?)
    }

    /// Makes a notice part of a project, and of no other.
    pub fn link(
        &self,
        id: &NoticeId,
        project: ProjectId,
        rule: &str,
        confidence: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let notice = self.notice_key(id)?;
        self.connection.prepare_cached(LINK)?.execute(params![notice, project.0, rule, confidence, At(now)])?;
        Ok(())
    }

    /// Notes a link that a person has to judge.
    pub fn propose(
        &self,
        id: &NoticeId,
        project: ProjectId,
        rule: &str,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let notice = self.notice_key(id)?;
        self.connection.prepare_cached(PROPOSE)?.execute(params![notice, project.0, rule, why, At(now)])?;
        Ok(())
    }

    /// Makes projects part of another: their notices move, what they were counted for is taken off the totals, and the
    /// merge is recorded. Returns the difference made to the totals; `into` has to be folded and put afterwards.
    pub fn merge_projects(&self, into: ProjectId, from: &[ProjectId], now: Timestamp) -> Result<Totals, StoreError> {
        if self.current_project(into)? != Some(into) {
            return Err(StoreError::Unknown { what: format!("project {} (or it was merged)", into.0) });
        }
        let mut moved = Totals::default();
        for project in from.iter().filter(|project| **project != into) {
            moved.apply(&self.count("", *project, None)?);
            self.connection.prepare_cached(RECORD_MERGE)?.execute(params![into.0, project.0, At(now)])?;
            self.connection.prepare_cached(MOVE_MEMBERS)?.execute([into.0, project.0])?;
            self.connection.prepare_cached(MERGE)?.execute([into.0, project.0])?;
        }
        Ok(moved)
    }

    /// Keeps a project as folded and moves the totals by the difference to what it was counted for. Doing it twice
    /// changes nothing. Returns that difference.
    pub fn put_project(
        &self,
        id: ProjectId,
        topic: &str,
        project: &Project,
        contribution: Option<&Contribution>,
    ) -> Result<Totals, StoreError> {
        let (budget_state, budget_value, budget_currency) = amount_columns(&project.budget);
        let (award_state, award_value, award_currency) = amount_columns(&project.award);
        let (part_state, part_value, part_currency) = amount_columns(&project.topic_part);
        let changed = self.connection.prepare_cached(PUT)?.execute(named_params! {
            ":id": id.0,
            ":topic": topic,
            ":title": project.title,
            ":status": project.status.word(),
            ":weight": weight_word(project.weight),
            ":first_on": project.first_on.map(Day),
            ":year": project.first_on.map(jiff::civil::Date::year),
            ":month": project.first_on.map(jiff::civil::Date::month),
            ":latest_at": project.latest_at.map(|stamp| At(stamp.at)),
            ":deadline_at": project.deadline_at.map(|stamp| At(stamp.at)),
            ":budget_state": budget_state,
            ":budget_value": budget_value,
            ":budget_currency": budget_currency,
            ":award_state": award_state,
            ":award_value": award_value,
            ":award_currency": award_currency,
            ":topic_part_state": part_state,
            ":topic_part_value": part_value,
            ":topic_part_currency": part_currency,
            ":content": json(&ProjectRow::from(project))?,
        })?;
        if changed == 0 {
            return Err(StoreError::Unknown { what: format!("project {} (or it was merged)", id.0) });
        }
        self.count(topic, id, contribution)
    }
}

fn project_of(content: &str) -> Result<Project, StoreError> {
    from_json::<ProjectRow>(content, "a project")?.try_into()
}
