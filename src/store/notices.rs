//! Notices as they stand, every version of what they said, and what repeats or was withdrawn.

use std::cell::RefCell;
use std::collections::VecDeque;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, named_params, params};
use serde::{Deserialize, Serialize};

use super::rows::notice::NoticeRow;
use super::rows::weight_word;
use super::rulings;
use super::values::{At, Count, Day, amount_columns, at, from_json, json, notice_id, stamp_columns};
use super::{Reader, StoreError, Writer};
use crate::domain::link;
use crate::domain::lots;
use crate::domain::notice::{Lot, Notice};
use crate::domain::project::{Member, NoticeId, ProjectId};
use crate::domain::reading::Problem;

statements! {
    NOTICE = include_str!("sql/notice.sql");
    HEADLINE = "SELECT title, url FROM notices WHERE source = ?1 AND native_id = ?2";
    VERSIONS = include_str!("sql/notice_versions.sql");
    FIND = "SELECT source, native_id FROM notices WHERE native_id = ?1 ORDER BY source";
    AFTER = "SELECT source, native_id FROM notices WHERE (source, native_id) > (?1, ?2) ORDER BY source, native_id LIMIT ?3";
    KEY = "SELECT id FROM notices WHERE source = ?1 AND native_id = ?2";
    KNOWN = "SELECT id, version, content_hash, reader_version FROM notices WHERE source = ?1 AND native_id = ?2";
    INSERT = include_str!("sql/notice_insert.sql");
    UPDATE = include_str!("sql/notice_update.sql");
    SAME = include_str!("sql/notice_same.sql");
    APPEND_VERSION = "INSERT INTO notice_versions (notice, version, content_hash, body_hash, reader_version, read_at, content)
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    DROP_LOTS = "DELETE FROM notice_lots WHERE notice = ?1";
    PUT_LOT = "INSERT INTO notice_lots (notice, position, label, status, suppliers, award_state, award_value, award_currency)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    DROP_ITEMS = "DELETE FROM notice_items WHERE notice = ?1";
    PUT_ITEM = "INSERT INTO notice_items (notice, position, name, lot, total_state, total_value, total_currency)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    DROP_KEYS = "DELETE FROM notice_keys WHERE notice = ?1";
    PUT_KEY = "INSERT OR IGNORE INTO notice_keys (kind, key, buyer, notice) VALUES (?1, ?2, ?3, ?4)";
    SET_REPEAT = "UPDATE notices SET repeat_of = ?2 WHERE id = ?1 AND repeat_of IS NOT ?2";
    SET_WITHDRAWN = include_str!("sql/notice_withdrawn.sql");
}

/// A notice as history holds it today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredNotice {
    /// The notice, with its identity.
    pub member: Member,
    /// The project it belongs to.
    pub project: Option<ProjectId>,
    /// What its content is told apart by.
    pub content_hash: String,
    /// The body it was last read from.
    pub body_hash: String,
    /// When it was first read.
    pub first_seen_at: Timestamp,
    /// When it was last read.
    pub read_at: Timestamp,
    /// The reader that last read it.
    pub reader_version: u32,
    /// How many contents it has had.
    pub versions: u32,
    /// What was not understood of it.
    pub problems: Vec<Problem>,
}

/// One content that a notice has had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1.
    pub version: u32,
    /// What it said.
    pub notice: Notice,
    /// The body it was read from.
    pub body_hash: String,
    /// The reader that read it.
    pub reader_version: u32,
    /// When.
    pub read_at: Timestamp,
}

/// A notice as a reader just read it, with where it came from.
#[derive(Clone, Copy, Debug)]
pub struct FreshNotice<'a> {
    /// What it says.
    pub notice: &'a Notice,
    /// Tells contents apart: equal hashes mean equal notices.
    pub content_hash: &'a str,
    /// The body it was read from, kept before.
    pub body_hash: &'a str,
    /// The reader.
    pub reader_version: u32,
    /// What was not understood.
    pub problems: &'a [Problem],
    /// When its page is looked at again, if at all.
    pub next_visit_at: Option<Timestamp>,
}

/// What putting a notice came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It was not known.
    New,
    /// It says something else: a version was appended.
    Changed,
    /// It says what it said.
    Same,
}

/// A notice's title and address, without the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headline {
    /// As printed.
    pub title: String,
    /// The address.
    pub url: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct ProblemRow {
    field: String,
    what: String,
    passage: String,
}

impl Reader<'_> {
    /// A notice with all it says.
    pub fn notice(&self, id: &NoticeId) -> Result<Option<StoredNotice>, StoreError> {
        let mut statement = self.connection.prepare_cached(NOTICE)?;
        let found = statement.query_row([&id.source, &id.native_id], RawNotice::of).optional()?;
        found.map(RawNotice::stored).transpose()
    }

    /// A notice's title and address.
    pub fn headline(&self, id: &NoticeId) -> Result<Option<Headline>, StoreError> {
        let mut statement = self.connection.prepare_cached(HEADLINE)?;
        let found = statement
            .query_row([&id.source, &id.native_id], |row| Ok(Headline { title: row.get(0)?, url: row.get(1)? }));
        Ok(found.optional()?)
    }

    /// Every content a notice has had, oldest first.
    pub fn versions(&self, id: &NoticeId) -> Result<Vec<Version>, StoreError> {
        let mut statement = self.connection.prepare_cached(VERSIONS)?;
        let mut rows = statement.query([&id.source, &id.native_id])?;
        let mut versions = Vec::new();
        while let Some(row) = rows.next()? {
            versions.push(Version {
                version: row.get("version")?,
                notice: notice_of(&row.get::<_, String>("content")?)?,
                body_hash: row.get("body_hash")?,
                reader_version: row.get("reader_version")?,
                read_at: row.get::<_, At>("read_at")?.0,
            });
        }
        Ok(versions)
    }

    /// The notices of all sources that have this native id.
    pub fn find_notices(&self, native_id: &str) -> Result<Vec<NoticeId>, StoreError> {
        let mut statement = self.connection.prepare_cached(FIND)?;
        let rows = statement.query_map([native_id], |row| notice_id(row, "source", "native_id"))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notices after this one by source and native id, a page at a time; for rereading everything.
    pub fn notices_after(&self, after: Option<&NoticeId>, limit: u32) -> Result<Vec<NoticeId>, StoreError> {
        let (source, native_id) = after.map_or(("", ""), |id| (&id.source, &id.native_id));
        let mut statement = self.connection.prepare_cached(AFTER)?;
        let rows =
            statement.query_map(params![source, native_id, limit], |row| notice_id(row, "source", "native_id"))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A notice's key in our tables.
    pub(super) fn notice_key(&self, id: &NoticeId) -> Result<i64, StoreError> {
        let found = self.connection.prepare_cached(KEY)?.query_row([&id.source, &id.native_id], |row| row.get(0));
        found.optional()?.ok_or_else(|| StoreError::Unknown { what: format!("notice {id}") })
    }
}

impl Writer<'_> {
    /// Keeps what was read of a notice. A content that differs becomes a version; the page's wish is fulfilled.
    pub fn put_notice(&self, id: &NoticeId, fresh: &FreshNotice<'_>, now: Timestamp) -> Result<Put, StoreError> {
        let mut statement = self.connection.prepare_cached(KNOWN)?;
        let known = statement.query_row([&id.source, &id.native_id], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?, row.get::<_, u32>(3)?))
        });
        let known: Option<(i64, u32, _, _)> = known.optional()?;
        self.fulfil(id, fresh.notice, fresh.next_visit_at, now)?;
        let Some((key, version, content_hash, reader_version)) = known else {
            let key = self.put_columns(INSERT, id, fresh, 1, now)?;
            self.append_version(key, 1, fresh, now)?;
            return Ok(Put::New);
        };
        if content_hash != fresh.content_hash {
            let key = self.put_columns(UPDATE, id, fresh, version + 1, now)?;
            self.append_version(key, version + 1, fresh, now)?;
            return Ok(Put::Changed);
        }
        self.read_again(key, fresh, now)?;
        if reader_version != fresh.reader_version {
            // A new release may know notices by other keys.
            self.drop_parts(key)?;
            self.put_parts(key, fresh.notice, &link::keys(fresh.notice))?;
        }
        Ok(Put::Same)
    }

    /// Says that a notice repeats another one, or that it does not.
    pub fn set_repeat(&self, id: &NoticeId, repeat_of: Option<&NoticeId>) -> Result<(), StoreError> {
        let key = self.notice_key(id)?;
        let original = repeat_of.map(|original| self.notice_key(original)).transpose()?;
        self.connection.prepare_cached(SET_REPEAT)?.execute(params![key, original])?;
        Ok(())
    }

    /// Marks a notice as gone from listings known to be whole. Returns the project that has to be folded anew; nothing
    /// where the notice was never read or belongs to none.
    pub fn mark_withdrawn(&self, id: &NoticeId, at: Timestamp) -> Result<Option<ProjectId>, StoreError> {
        self.set_withdrawn(id, Some(at))
    }

    /// Takes the mark off again: the listing has the notice once more.
    pub fn mark_present(&self, id: &NoticeId) -> Result<Option<ProjectId>, StoreError> {
        self.set_withdrawn(id, None)
    }

    fn set_withdrawn(&self, id: &NoticeId, at: Option<Timestamp>) -> Result<Option<ProjectId>, StoreError> {
        let mut statement = self.connection.prepare_cached(SET_WITHDRAWN)?;
        let found =
            statement.query_row(params![id.source, id.native_id, at.map(At)], |row| row.get::<_, Option<i64>>(0));
        Ok(found.optional()?.flatten().map(ProjectId))
    }

    fn put_columns(
        &self,
        statement: &str,
        id: &NoticeId,
        fresh: &FreshNotice<'_>,
        version: u32,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let notice = fresh.notice;
        let keys = link::keys(notice);
        let (published_at, published_offset) = stamp_columns(notice.published_at);
        let (budget_state, budget_value, budget_currency) = amount_columns(&notice.budget);
        let (award_state, award_value, award_currency) = amount_columns(&notice.award);
        let mut statement = self.connection.prepare_cached(statement)?;
        let key = statement.query_row(
            named_params! {
                ":source": id.source,
                ":native_id": id.native_id,
                ":version": version,
                ":content_hash": fresh.content_hash,
                ":body_hash": fresh.body_hash,
                ":reader_version": fresh.reader_version,
                ":now": At(now),
                ":kind": notice.kind.word(),
                ":title": notice.title,
                ":title_stem": keys.title,
                ":url": notice.url,
                ":published_at": published_at,
                ":published_offset": published_offset,
                ":published_on": notice.published_at.map(|stamp| Day(stamp.day())),
                ":weight": weight_word(notice.relevance.weight),
                ":budget_state": budget_state,
                ":budget_value": budget_value,
                ":budget_currency": budget_currency,
                ":award_state": award_state,
                ":award_value": award_value,
                ":award_currency": award_currency,
                ":problems": problems_json(fresh.problems)?,
                ":problem_count": Count::of(fresh.problems.len()),
            },
            |row| row.get(0),
        )?;
        // Of a notice that was not known there is nothing to drop.
        if version > 1 {
            self.drop_parts(key)?;
        }
        self.put_parts(key, notice, &keys)?;
        Ok(key)
    }

    fn append_version(
        &self,
        key: i64,
        version: u32,
        fresh: &FreshNotice<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let content = json(&NoticeRow::from(fresh.notice))?;
        let FreshNotice { content_hash, body_hash, reader_version, .. } = fresh;
        let mut statement = self.connection.prepare_cached(APPEND_VERSION)?;
        statement.execute(params![key, version, content_hash, body_hash, reader_version, At(now), content])?;
        remember(content, fresh.notice);
        Ok(())
    }

    fn read_again(&self, key: i64, fresh: &FreshNotice<'_>, now: Timestamp) -> Result<(), StoreError> {
        self.connection.prepare_cached(SAME)?.execute(named_params! {
            ":id": key,
            ":body_hash": fresh.body_hash,
            ":reader_version": fresh.reader_version,
            ":now": At(now),
            ":problems": problems_json(fresh.problems)?,
            ":problem_count": Count::of(fresh.problems.len()),
        })?;
        Ok(())
    }

    fn drop_parts(&self, key: i64) -> Result<(), StoreError> {
        for statement in [DROP_LOTS, DROP_ITEMS, DROP_KEYS] {
            self.connection.prepare_cached(statement)?.execute([key])?;
        }
        Ok(())
    }

    /// What today's version is looked up and recounted by.
    fn put_parts(&self, key: i64, notice: &Notice, keys: &link::LinkKeys) -> Result<(), StoreError> {
        let mut put_lot = self.connection.prepare_cached(PUT_LOT)?;
        for (position, (label, lot)) in labelled(notice).into_iter().enumerate() {
            let (state, value, currency) = amount_columns(&lot.award);
            let (position, suppliers) = (Count::of(position), Count::of(lot.suppliers.len()));
            put_lot.execute(params![key, position, label, lot.status.word(), suppliers, state, value, currency])?;
        }
        let mut put_item = self.connection.prepare_cached(PUT_ITEM)?;
        for (position, item) in notice.items.iter().enumerate() {
            let (state, value, currency) = amount_columns(&item.total);
            put_item.execute(params![key, Count::of(position), item.name, item.lot, state, value, currency])?;
        }
        self.put_mentions(key, notice)?;
        self.put_keys(key, keys)
    }

    fn put_keys(&self, key: i64, keys: &link::LinkKeys) -> Result<(), StoreError> {
        let mut put_key = self.connection.prepare_cached(PUT_KEY)?;
        let nobody = [String::new()];
        let buyers = if keys.buyers.is_empty() { &nobody } else { keys.buyers.as_slice() };
        for buyer in buyers {
            for number in &keys.numbers {
                put_key.execute(params!["number", number, buyer, key])?;
            }
            if !keys.title.is_empty() {
                put_key.execute(params!["title", keys.title, buyer, key])?;
            }
        }
        Ok(())
    }
}

/// A notice's lots under the labels they are compared by; a notice without any has one.
fn labelled(notice: &Notice) -> Vec<(Option<String>, Lot)> {
    if notice.lots.is_empty() {
        return vec![(lots::named_in(notice), Lot { award: notice.award.clone(), ..Lot::default() })];
    }
    notice.lots.iter().map(|lot| (lots::label(notice, lot), lot.clone())).collect()
}

/// A row of `sql/notice.sql` or `sql/members.sql`, before its documents are read.
pub(super) struct RawNotice {
    id: NoticeId,
    content: String,
    repeat_of: Option<NoticeId>,
    withdrawn_at: Option<Timestamp>,
    project: Option<i64>,
    content_hash: String,
    body_hash: String,
    first_seen_at: Timestamp,
    read_at: Timestamp,
    reader_version: u32,
    versions: u32,
    problems: String,
    rulings: String,
}

impl RawNotice {
    pub(super) fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let repeats: Option<String> = row.get("repeat_source")?;
        Ok(Self {
            id: notice_id(row, "source", "native_id")?,
            content: row.get("content")?,
            repeat_of: repeats.map(|_| notice_id(row, "repeat_source", "repeat_native_id")).transpose()?,
            withdrawn_at: at(row, "withdrawn_at")?,
            project: row.get("project")?,
            content_hash: row.get("content_hash")?,
            body_hash: row.get("body_hash")?,
            first_seen_at: row.get::<_, At>("first_seen_at")?.0,
            read_at: row.get::<_, At>("read_at")?.0,
            reader_version: row.get("reader_version")?,
            versions: row.get("version")?,
            problems: row.get("problems")?,
            rulings: row.get("rulings")?,
        })
    }

    pub(super) fn member(self) -> Result<Member, StoreError> {
        let notice = notice_of(&self.content)?;
        Ok(Member {
            id: self.id,
            notice,
            repeat_of: self.repeat_of,
            withdrawn_at: self.withdrawn_at,
            rulings: rulings::standing_of(&self.rulings)?,
        })
    }

    fn stored(self) -> Result<StoredNotice, StoreError> {
        Ok(StoredNotice {
            problems: problems_of(&self.problems)?,
            project: self.project.map(ProjectId),
            content_hash: self.content_hash.clone(),
            body_hash: self.body_hash.clone(),
            first_seen_at: self.first_seen_at,
            read_at: self.read_at,
            reader_version: self.reader_version,
            versions: self.versions,
            member: self.member()?,
        })
    }
}

/// How many documents are remembered, and how long one may be.
const LATELY_MAX: usize = 32;
const DOCUMENT_MAX: usize = 64 * 1024;

thread_local! {
    /// What the documents say that were written or read last: a notice is folded with its project's others as soon as it is kept.
    static LATELY: RefCell<VecDeque<(String, Notice)>> = const { RefCell::new(VecDeque::new()) };
}

/// What a document says. The same text always says the same.
pub(super) fn notice_of(content: &str) -> Result<Notice, StoreError> {
    let known = LATELY.with_borrow(|lately| {
        lately.iter().rev().find(|(known, _)| known == content).map(|(_, notice)| notice.clone())
    });
    if let Some(notice) = known {
        return Ok(notice);
    }
    let notice = parsed(content)?;
    remember(content.to_owned(), &notice);
    Ok(notice)
}

fn parsed(content: &str) -> Result<Notice, StoreError> {
    from_json::<NoticeRow>(content, "a notice")?.try_into()
}

fn remember(content: String, notice: &Notice) {
    if content.len() > DOCUMENT_MAX {
        return;
    }
    debug_assert_eq!(parsed(&content).as_ref().ok(), Some(notice), "a document says what was written into it");
    LATELY.with_borrow_mut(|lately| {
        if lately.len() >= LATELY_MAX {
            lately.pop_front();
        }
        lately.push_back((content, notice.clone()));
    });
}

/// The problems of a notice, as its column holds them.
pub(super) fn problems_of(text: &str) -> Result<Vec<Problem>, StoreError> {
    let rows: Vec<ProblemRow> = from_json(text, "the problems of a notice")?;
    Ok(rows.into_iter().map(|ProblemRow { field, what, passage }| Problem { field, what, passage }).collect())
}

fn problems_json(problems: &[Problem]) -> Result<String, StoreError> {
    let rows = problems.iter().cloned().map(|Problem { field, what, passage }| ProblemRow { field, what, passage });
    json(&rows.collect::<Vec<_>>())
}
