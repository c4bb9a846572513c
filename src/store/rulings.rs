//! What people ruled and took back. Rows are only added; what stands comes with each notice ([`Reader::members`]).

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, named_params, params};

use super::rows::ruling::{FactsRow, RulingRow};
use super::values::{At, at, from_json, json, notice_id};
use super::{Reader, StoreError, Writer};
use crate::domain::project::{Member, NoticeId, ProjectId};
use crate::domain::ruling::{Matter, Ruling, RulingId};

statements! {
    RULING = include_str!("sql/ruling.sql");
    RULINGS = include_str!("sql/rulings.sql");
    AS_OF = include_str!("sql/rulings_as_of.sql");
    RULED_WITH = include_str!("sql/ruled_with.sql");
    HOME = "SELECT members.project FROM notices JOIN members ON members.notice = notices.id
            WHERE notices.source = ?1 AND notices.native_id = ?2";
    ADD = "INSERT INTO rulings (notice, matter, facts, other_source, other_native_id, author, reason, ruled_at)
           VALUES (:notice, :matter, :facts, :other_source, :other_native_id, :author, :reason, :at) RETURNING id";
    UNDO = "INSERT INTO rulings (undoes, notice, matter, facts, other_source, other_native_id, author, reason, ruled_at)
            SELECT id, notice, matter, facts, other_source, other_native_id, ?2, ?3, ?4 FROM rulings
            WHERE id = ?1 AND undoes IS NULL RETURNING id";
}

/// A ruling with what it hangs on and whether it still stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRuling {
    /// What was ruled.
    pub ruling: Ruling,
    /// The notice that it hangs on.
    pub notice: NoticeId,
    /// That notice's project today.
    pub project: Option<ProjectId>,
    /// Who took it back, if anybody did.
    pub undone: Option<Undoing>,
}

/// The taking back of a ruling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undoing {
    /// Its own number in history.
    pub id: RulingId,
    /// Who.
    pub author: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

impl Reader<'_> {
    /// One ruling, standing or undone; nothing where the number is that of an undoing.
    pub fn ruling(&self, id: RulingId) -> Result<Option<StoredRuling>, StoreError> {
        let found = self.connection.prepare_cached(RULING)?.query_row([id.0], RawRuling::of).optional()?;
        found.map(RawRuling::stored).transpose()
    }

    /// Every ruling, the newest first, those undone included.
    pub fn rulings(&self) -> Result<Vec<StoredRuling>, StoreError> {
        let mut statement = self.connection.prepare_cached(RULINGS)?;
        let rows = statement.query_map([], RawRuling::of)?;
        rows.map(|raw| raw?.stored()).collect()
    }

    /// What stood at an instant, today where none is given, by notice and in the order it was ruled.
    pub fn rulings_as_of(&self, known_by: Option<Timestamp>) -> Result<BTreeMap<NoticeId, Vec<Ruling>>, StoreError> {
        let until = known_by.map_or(i64::MAX, Timestamp::as_millisecond);
        let mut statement = self.connection.prepare_cached(AS_OF)?;
        let rows = statement.query_map([until], RawRuling::of)?;
        let mut standing: BTreeMap<NoticeId, Vec<Ruling>> = BTreeMap::new();
        for raw in rows {
            let StoredRuling { ruling, notice, .. } = raw?.stored()?;
            standing.entry(notice).or_default().push(ruling);
        }
        Ok(standing)
    }

    /// The projects that people put this notice with, or others with it.
    pub fn ruled_with(&self, member: &Member) -> Result<Vec<ProjectId>, StoreError> {
        let mut statement = self.connection.prepare_cached(RULED_WITH)?;
        let rows = statement.query_map([&member.id.source, &member.id.native_id], |row| row.get(0))?;
        let mut projects: Vec<i64> = rows.collect::<Result<_, _>>()?;
        let mut statement = self.connection.prepare_cached(HOME)?;
        for ruling in &member.rulings {
            if let Matter::With(other) = &ruling.matter {
                let home = statement.query_row([&other.source, &other.native_id], |row| row.get::<_, i64>(0));
                projects.extend(home.optional()?);
            }
        }
        projects.sort_unstable();
        projects.dedup();
        Ok(projects.into_iter().map(ProjectId).collect())
    }
}

impl Writer<'_> {
    /// Adds a ruling on a notice that is known.
    pub fn add_ruling(
        &self,
        notice: &NoticeId,
        matter: &Matter,
        author: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<RulingId, StoreError> {
        let other = match matter {
            Matter::With(other) | Matter::NotWith(other) => Some(other),
            _ => None,
        };
        let added = self.connection.prepare_cached(ADD)?.query_row(
            named_params! {
                ":notice": self.notice_key(notice)?,
                ":matter": matter.word(),
                ":facts": json(&FactsRow::from(matter))?,
                ":other_source": other.map(|other| &other.source),
                ":other_native_id": other.map(|other| &other.native_id),
                ":author": author,
                ":reason": reason,
                ":at": At(now),
            },
            |row| row.get(0),
        );
        Ok(RulingId(added?))
    }

    /// Takes a ruling back: a further row. Gives its number. One that is undone already, or no ruling, is refused.
    pub fn undo_ruling(
        &self,
        id: RulingId,
        author: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<RulingId, StoreError> {
        let stands = self.ruling(id)?.is_some_and(|known| known.undone.is_none());
        let unknown = || StoreError::Unknown { what: format!("a standing ruling {}", id.0) };
        if !stands {
            return Err(unknown());
        }
        let added =
            self.connection.prepare_cached(UNDO)?.query_row(params![id.0, author, reason, At(now)], |row| row.get(0));
        added.optional()?.map(RulingId).ok_or_else(unknown)
    }
}

/// The rulings that stand on a notice, as its row holds them.
pub(super) fn standing_of(rows: &str) -> Result<Vec<Ruling>, StoreError> {
    // Most notices have none: nothing is parsed for them.
    if rows == "[]" {
        return Ok(Vec::new());
    }
    let rows: Vec<RulingRow> = from_json(rows, "the rulings of a notice")?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A row of `sql/ruling.sql`, `rulings.sql` or `rulings_as_of.sql`, before its document is read.
struct RawRuling {
    id: i64,
    notice: NoticeId,
    project: Option<i64>,
    matter: String,
    facts: String,
    author: String,
    reason: String,
    at: Timestamp,
    undone: Option<Undoing>,
}

impl RawRuling {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let undoing = |id| -> rusqlite::Result<Undoing> {
            Ok(Undoing {
                id: RulingId(id),
                author: row.get("undone_by")?,
                reason: row.get("undone_because")?,
                at: row.get::<_, At>("undone_at")?.0,
            })
        };
        Ok(Self {
            id: row.get("id")?,
            notice: notice_id(row, "source", "native_id")?,
            project: row.get("project")?,
            matter: row.get("matter")?,
            facts: row.get("facts")?,
            author: row.get("author")?,
            reason: row.get("reason")?,
            at: at(row, "ruled_at")?.unwrap_or_default(),
            undone: row.get::<_, Option<i64>>("undone")?.map(undoing).transpose()?,
        })
    }

    fn stored(self) -> Result<StoredRuling, StoreError> {
        let Self { id, notice, project, matter, facts, author, reason, at, undone } = self;
        let matter = from_json::<FactsRow>(&facts, "a ruling")?.matter(&matter)?;
        let ruling = Ruling { id: RulingId(id), matter, author, reason, at };
        Ok(StoredRuling { ruling, notice, project: project.map(ProjectId), undone })
    }
}
