//! Rows of listings as last seen, the pages that are wanted because of them, and what is absent from a listing known whole.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{OptionalExtension, Row as SqlRow, named_params, params};
use serde::{Deserialize, Serialize};

use super::values::{At, Count, Day, from_json, json, stamp, stamp_columns, telling_of, telling_word, word};
use super::{Reader, StoreError, Writer};
use crate::domain::change::Telling;
use crate::domain::notice::Notice;
use crate::domain::project::NoticeId;
use crate::domain::reading::Row;
use crate::domain::source::{Wanted, Wish};
use crate::domain::stamp::Stamp;

/// Whole listings in a row that must lack a row before it counts as lost (PRODUCT, rule 3).
const ABSENCES_UNTIL_LOST: u32 = 3;

statements! {
    UNREAD = include_str!("sql/wanted_unread.sql");
    REVISITS = include_str!("sql/wanted_revisits.sql");
    UNREAD_COUNT = "SELECT count(*) FROM wishes WHERE wish = 'unread' AND source = ?1";
    NEXT_WISH = include_str!("sql/next_wish_at.sql");
    SIGHTING = "SELECT facts, url, lost_at IS NOT NULL AS lost FROM sightings WHERE source = ?1 AND native_id = ?2";
    SIGHT_NEW = include_str!("sql/sight_new.sql");
    SIGHT_AGAIN = include_str!("sql/sight_again.sql");
    STILL_THERE = "UPDATE sightings SET last_seen_at = ?3, absences = 0, lost_at = NULL WHERE source = ?1 AND native_id = ?2";
    IN_WINDOW = "SELECT native_id, absences FROM sightings
                 WHERE source = ?1 AND published_on BETWEEN ?2 AND ?3 AND last_seen_at >= ?4 AND lost_at IS NULL
                 ORDER BY native_id";
    ABSENT = "UPDATE sightings SET absences = ?3, lost_at = ?4 WHERE source = ?1 AND native_id = ?2";
    WAS_READ = "SELECT 1 FROM notices WHERE source = ?1 AND native_id = ?2";
    WISH = include_str!("sql/wish.sql");
    FULFIL = "DELETE FROM wishes WHERE source = ?1 AND native_id = ?2";
    FAILED = "UPDATE wishes SET failures = failures + 1, next_at = ?3 WHERE source = ?1 AND native_id = ?2";
}

/// The days for which a listing is known to be whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first.
    pub from: Date,
    /// The last.
    pub to: Date,
    /// Since when the source is searched like this: what only another search showed is not missing here.
    pub searched_since: Timestamp,
}

/// What a listing brought.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Sighted {
    /// Rows never seen before.
    pub new: u64,
    /// Rows seen before.
    pub known: u64,
    /// Rows with neither key nor address: nothing can be asked for.
    pub unaddressed: u64,
    /// Notices that a whole listing now lacks for the third time in a row; each is named once.
    pub lost: Vec<NoticeId>,
    /// Notices that were lost and stand in the listing again; see [`Writer::mark_present`].
    pub back: Vec<NoticeId>,
}

/// What a listing prints of a row. The text around a hit is left out: it depends on the search.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Facts {
    title: String,
    published: Option<String>,
    buyer: Option<String>,
    agency: Option<String>,
    kind_label: Option<String>,
    zone: Option<String>,
    items_path: Option<String>,
}

impl Facts {
    fn of(row: &Row) -> Self {
        Self {
            title: row.title.clone(),
            published: row.published_at.map(|stamp| stamp.iso()),
            buyer: row.buyer.clone(),
            agency: row.agency.clone(),
            kind_label: row.kind_label.clone(),
            zone: row.zone.clone(),
            items_path: row.items_path.clone(),
        }
    }

    /// These facts, and the earlier ones where these are silent: a short form of a listing takes nothing back.
    fn over(self, earlier: &Self) -> Self {
        Self {
            title: self.title,
            published: self.published.or_else(|| earlier.published.clone()),
            buyer: self.buyer.or_else(|| earlier.buyer.clone()),
            agency: self.agency.or_else(|| earlier.agency.clone()),
            kind_label: self.kind_label.or_else(|| earlier.kind_label.clone()),
            zone: self.zone.or_else(|| earlier.zone.clone()),
            items_path: self.items_path.or_else(|| earlier.items_path.clone()),
        }
    }

    /// Whether a fact was replaced; one that is only added now is no change.
    fn contradict(&self, earlier: &Self) -> bool {
        let differs = |new: &Option<String>, old: &Option<String>| old.is_some() && new != old;
        self.title != earlier.title
            || differs(&self.published, &earlier.published)
            || differs(&self.buyer, &earlier.buyer)
            || differs(&self.agency, &earlier.agency)
            || differs(&self.kind_label, &earlier.kind_label)
            || differs(&self.zone, &earlier.zone)
            || differs(&self.items_path, &earlier.items_path)
    }
}

struct Sighting {
    facts: Facts,
    url: Option<String>,
    lost: bool,
}

impl Reader<'_> {
    /// Pages that are due: unread ones first (news before the baseline, the oldest published first), then revisits.
    pub fn wanted(&self, source: &str, now: Timestamp, limit: u32) -> Result<Vec<Wanted>, StoreError> {
        let mut wanted = Vec::new();
        for statement in [UNREAD, REVISITS] {
            let room = limit.saturating_sub(u32::try_from(wanted.len()).unwrap_or(u32::MAX));
            let mut statement = self.connection.prepare_cached(statement)?;
            for row in statement.query_map(params![source, At(now), room], wanted_page)? {
                wanted.push(row?);
            }
        }
        Ok(wanted)
    }

    /// How many pages of a source were never read, due or not.
    pub fn wanted_count(&self, source: &str) -> Result<u64, StoreError> {
        let Count(count) = self.connection.prepare_cached(UNREAD_COUNT)?.query_row([source], |row| row.get(0))?;
        Ok(count)
    }

    /// When a source's next page is due.
    pub fn next_wanted_at(&self, source: &str) -> Result<Option<Timestamp>, StoreError> {
        let mut statement = self.connection.prepare_cached(NEXT_WISH)?;
        let next: Option<At> = statement.query_row([source], |row| row.get(0))?;
        Ok(next.map(|At(at)| at))
    }

    fn sighting(&self, id: &NoticeId) -> Result<Option<Sighting>, StoreError> {
        let mut statement = self.connection.prepare_cached(SIGHTING)?;
        let found = statement.query_row([&id.source, &id.native_id], |row| {
            Ok((row.get::<_, String>("facts")?, row.get("url")?, row.get("lost")?))
        });
        let Some((facts, url, lost)) = found.optional()? else { return Ok(None) };
        Ok(Some(Sighting { facts: from_json(&facts, "a row of a listing")?, url, lost }))
    }
}

impl Writer<'_> {
    /// Remembers the rows of a listing and wishes for new and changed ones. With a `window`, the listing is known to be
    /// whole for these days: what it lacks is absent, and lost the third time in a row. A row without key is known by its
    /// address.
    pub fn sight(
        &self,
        source: &str,
        rows: &[Row],
        window: Option<Window>,
        telling: Telling,
        now: Timestamp,
    ) -> Result<Sighted, StoreError> {
        let mut sighted = Sighted::default();
        let mut present = BTreeSet::new();
        for row in rows {
            let Some(native_id) = row.native_id.as_ref().or(row.url.as_ref()) else {
                sighted.unaddressed += 1;
                continue;
            };
            if present.insert(native_id.clone()) {
                let id = NoticeId { source: source.to_owned(), native_id: native_id.clone() };
                self.sight_row(id, row, telling, now, &mut sighted)?;
            }
        }
        if let Some(window) = window {
            sighted.lost = self.count_absences(source, &present, window, now)?;
        }
        Ok(sighted)
    }

    /// The page could not be fetched or read: its wish waits until `next_at`.
    pub fn page_failed(
        &self,
        source: &str,
        native_id: &str,
        _now: Timestamp,
        next_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.connection.prepare_cached(FAILED)?.execute(params![source, native_id, At(next_at)])?;
        Ok(())
    }

    fn sight_row(
        &self,
        id: NoticeId,
        row: &Row,
        telling: Telling,
        now: Timestamp,
        sighted: &mut Sighted,
    ) -> Result<(), StoreError> {
        let Some(earlier) = self.sighting(&id)? else {
            sighted.new += 1;
            self.put_sighting(SIGHT_NEW, &id, row.url.as_deref(), row.published_at, &Facts::of(row), now)?;
            return if row.url.is_some() {
                self.wish(&id, Wish::Unread, telling, row.published_at, now)
            } else {
                Ok(())
            };
        };
        sighted.known += 1;
        let facts = Facts::of(row).over(&earlier.facts);
        let url = row.url.clone().or_else(|| earlier.url.clone());
        let changed = facts.contradict(&earlier.facts) || url != earlier.url;
        if changed || facts != earlier.facts {
            self.put_sighting(SIGHT_AGAIN, &id, url.as_deref(), row.published_at, &facts, now)?;
        }
        let mut still_there = self.connection.prepare_cached(STILL_THERE)?;
        still_there.execute(params![id.source, id.native_id, At(now)])?;
        if changed && url.is_some() {
            let read = self.connection.prepare_cached(WAS_READ)?.exists([&id.source, &id.native_id])?;
            // What changes after we read a page is news, also where the walk that saw it is another term's first look.
            let (wish, telling) = if read { (Wish::Revisit, Telling::News) } else { (Wish::Unread, telling) };
            self.wish(&id, wish, telling, row.published_at, now)?;
        }
        if earlier.lost {
            sighted.back.push(id);
        }
        Ok(())
    }

    fn put_sighting(
        &self,
        statement: &str,
        id: &NoticeId,
        url: Option<&str>,
        published: Option<Stamp>,
        facts: &Facts,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (published_at, published_offset) = stamp_columns(published);
        self.connection.prepare_cached(statement)?.execute(named_params! {
            ":source": id.source,
            ":native_id": id.native_id,
            ":url": url,
            ":zone": facts.zone,
            ":published_at": published_at,
            ":published_offset": published_offset,
            ":published_on": published.map(|stamp| Day(stamp.day())),
            ":facts": json(facts)?,
            ":now": At(now),
        })?;
        Ok(())
    }

    fn count_absences(
        &self,
        source: &str,
        present: &BTreeSet<String>,
        Window { from, to, searched_since }: Window,
        now: Timestamp,
    ) -> Result<Vec<NoticeId>, StoreError> {
        let mut statement = self.connection.prepare_cached(IN_WINDOW)?;
        let known = statement
            .query_map(params![source, Day(from), Day(to), At(searched_since)], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let known: Vec<(String, u32)> = known.collect::<Result<_, _>>()?;
        let mut absent = self.connection.prepare_cached(ABSENT)?;
        let mut lost = Vec::new();
        for (native_id, absences) in known.into_iter().filter(|(native_id, _)| !present.contains(native_id)) {
            let absences = absences + 1;
            let lost_at = (absences >= ABSENCES_UNTIL_LOST).then_some(At(now));
            absent.execute(params![source, native_id, absences, lost_at])?;
            if lost_at.is_some() {
                lost.push(NoticeId { source: source.to_owned(), native_id });
            }
        }
        Ok(lost)
    }

    fn wish(
        &self,
        id: &NoticeId,
        wish: Wish,
        telling: Telling,
        published: Option<Stamp>,
        next_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.connection.prepare_cached(WISH)?.execute(named_params! {
            ":source": id.source,
            ":native_id": id.native_id,
            ":wish": wish_word(wish),
            ":telling": telling_word(telling),
            ":published_at": published.map(|stamp| At(stamp.at)),
            ":next_at": At(next_at),
        })?;
        Ok(())
    }

    /// The page was read: its wish is fulfilled, and a later look may be wished for. What changes in place after we read
    /// a page is news, whatever it was when it was found.
    pub(super) fn fulfil(
        &self,
        id: &NoticeId,
        notice: &Notice,
        next_visit_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.connection.prepare_cached(FULFIL)?.execute([&id.source, &id.native_id])?;
        let Some(next_visit_at) = next_visit_at else { return Ok(()) };
        match self.sighting(id)? {
            Some(sighting) if sighting.url.is_none() => return Ok(()),
            Some(_) => {}
            None if notice.url.is_none() => return Ok(()),
            None => {
                let facts = Facts { title: notice.title.clone(), ..Facts::default() };
                self.put_sighting(SIGHT_NEW, id, notice.url.as_deref(), notice.published_at, &facts, now)?;
            }
        }
        self.wish(id, Wish::Revisit, Telling::News, notice.published_at, next_visit_at)
    }
}

fn wanted_page(row: &SqlRow<'_>) -> rusqlite::Result<Wanted> {
    Ok(Wanted {
        native_id: row.get("native_id")?,
        url: row.get("url")?,
        zone: row.get("zone")?,
        published_at: stamp(row, "published_at", "published_offset")?,
        telling: word(row, "telling", telling_of)?,
        wish: word(row, "wish", wish_of)?,
        failures: row.get("failures")?,
    })
}

fn wish_word(wish: Wish) -> &'static str {
    match wish {
        Wish::Unread => "unread",
        Wish::Revisit => "revisit",
    }
}

fn wish_of(word: &str) -> Option<Wish> {
    [Wish::Unread, Wish::Revisit].into_iter().find(|wish| wish_word(*wish) == word)
}
