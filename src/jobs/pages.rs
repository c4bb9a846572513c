//! The notice pages that listings asked for: fetched one by one, read, settled. Each is its own transaction, so that whatever
//! ends the walk loses nothing that was read.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::settle::{self, Arrival, Settled};
use super::{Rooms, blocking};
use crate::config::settings::SourceSettings;
use crate::domain::project::NoticeId;
use crate::domain::reading::{PageKind, Problem, Reading};
use crate::domain::source::{Validators, Wanted};
use crate::domain::topic::Topic;
use crate::fetch::{Fetched, Page, Request};
use crate::sources;

/// What a walk over the wanted pages came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walked {
    /// Pages that were read.
    pub read: u64,
    /// Pages that had not changed.
    pub unchanged: u64,
    /// Pages that could not be fetched or read, and wait.
    pub failed: u64,
    /// Those of them that came and are no notices.
    pub strange: u64,
    /// What settling came to.
    pub settled: Settled,
    /// Why the walk ended early, if it did.
    pub stopped: Option<String>,
    /// Whether a host gave no answer at all.
    pub is_unreachable: bool,
    /// Whether it ended because the listings were due again.
    pub has_backlog: bool,
    /// Whether nothing is waiting any more.
    pub done: bool,
}

/// At most this many pages are asked from the store at once.
const BATCH: u32 = 50;

/// Fetches and settles every wanted page, until none is due, the host asks for rest, or it is time to look at the listings
/// again: a backlog of years must not hide what was published this hour.
pub async fn walk(rooms: &Rooms, source: &SourceSettings, topic: &Topic) -> Result<Walked> {
    let mut walked = Walked::default();
    let until = rooms.clock.now().checked_add(source.every)?;
    loop {
        let now = rooms.clock.now();
        let wanted = blocking(|| rooms.store.read(|r| r.wanted(&source.name, now, BATCH)))?;
        if wanted.is_empty() {
            walked.done = true;
            return Ok(walked);
        }
        for wish in &wanted {
            if rooms.clock.now() >= until {
                walked.has_backlog = true;
                return Ok(walked);
            }
            if let Some(why) = visit(rooms, source, topic, wish, &mut walked).await? {
                walked.stopped = Some(why);
                return Ok(walked);
            }
        }
    }
}

/// Visits one page; gives the reason where the whole walk has to rest.
async fn visit(
    rooms: &Rooms,
    source: &SourceSettings,
    topic: &Topic,
    wish: &Wanted,
    walked: &mut Walked,
) -> Result<Option<String>> {
    let Ok(url) = Url::parse(&wish.url) else {
        postpone(rooms, source, wish, "address", "not an address")?;
        walked.failed += 1;
        return Ok(None);
    };
    let known = blocking(|| rooms.store.read(|r| r.validators(&source.name, &wish.url)))?;
    let version = source.dialect.reader_version();
    let request = Request {
        url,
        validators: known.clone().filter(|known| known.reader_version == version),
        signs: source.dialect.signs(),
        content_marks: source.dialect.content_marks(),
    };
    match rooms.fetcher.fetch(&request).await {
        Fetched::Page(page) => {
            let same = known.is_some_and(|k| k.reader_version == version && k.body_hash.as_deref() == Some(&page.hash));
            if same {
                unchanged(rooms, source, wish)?;
                walked.unchanged += 1;
            } else if settle_page(rooms, source, topic, wish, &page, &mut walked.settled)? {
                walked.read += 1;
            } else {
                walked.failed += 1;
                walked.strange += 1;
            }
            Ok(None)
        }
        Fetched::Unchanged => {
            unchanged(rooms, source, wish)?;
            walked.unchanged += 1;
            Ok(None)
        }
        fetched => {
            walked.failed += 1;
            let (why, rests) = super::poll::trouble(&fetched);
            walked.is_unreachable |= matches!(fetched, Fetched::Unreachable { .. });
            postpone(rooms, source, wish, "page", &why)?;
            Ok(rests.then_some(why))
        }
    }
}

/// Keeps the body, reads it and settles what it says. False where it is no notice page; the body is kept all the same.
fn settle_page(
    rooms: &Rooms,
    source: &SourceSettings,
    topic: &Topic,
    wish: &Wanted,
    page: &Page,
    settled: &mut Settled,
) -> Result<bool> {
    let now = rooms.clock.now();
    blocking(|| {
        let mut reading = source.dialect.read(&page.text, Some(&wish.url));
        if reading.page != PageKind::Notice || reading.notices.is_empty() {
            rooms.store.write(|w| w.keep_body(&page.bytes, now))?;
            let what = format!("expected a notice, read as {}", reading.page.word());
            postpone(rooms, source, wish, "page", &what)?;
            return Ok(false);
        }
        complete(&mut reading, wish, topic);
        *settled += rooms.store.write(|w| -> Result<Settled> {
            let body_hash = w.keep_body(&page.bytes, now)?;
            let mut sum = Settled::default();
            for notice in std::mem::take(&mut reading.notices) {
                let native_id = notice.native_id.clone().unwrap_or_else(|| wish.native_id.clone());
                let arrival = Arrival {
                    id: NoticeId { source: source.name.clone(), native_id },
                    notice,
                    problems: &reading.problems,
                    body_hash: &body_hash,
                    reader_version: source.dialect.reader_version(),
                    topic: &topic.name,
                    telling: wish.telling,
                    revisit: &source.revisit,
                    milestones: &rooms.milestones,
                };
                sum += settle::settle(w, &arrival, now)?;
            }
            w.put_validators(&source.name, &wish.url, &validators(page, source), now)?;
            Ok(sum)
        })?;
        Ok(true)
    })
}

/// What only the configuration and the listing know: the topic, the zone beside the row.
fn complete(reading: &mut Reading, wish: &Wanted, topic: &Topic) {
    for notice in &mut reading.notices {
        if notice.published_at.is_none() {
            notice.published_at = wish.published_at;
            reading.problems.push(Problem {
                field: "published_at".into(),
                what: "taken from the listing".into(),
                passage: String::new(),
            });
        }
        sources::complete(notice, wish.zone.as_deref(), topic);
    }
}

/// The page is as it was: the wish is fulfilled, nothing was parsed.
fn unchanged(rooms: &Rooms, source: &SourceSettings, wish: &Wanted) -> Result<()> {
    let now = rooms.clock.now();
    let next = wish.published_at.and_then(|at| settle::next_visit(at.at, &source.revisit, now));
    Ok(blocking(|| rooms.store.write(|w| w.page_unchanged(&source.name, &wish.native_id, next)))?)
}

/// The wish waits: 10 minutes, doubling, at most a day.
fn postpone(rooms: &Rooms, source: &SourceSettings, wish: &Wanted, field: &str, what: &str) -> Result<()> {
    let now = rooms.clock.now();
    let minutes = 10_i64.saturating_mul(1 << wish.failures.min(8)).min(24 * 60);
    let next: Timestamp = now.checked_add(SignedDuration::from_mins(minutes))?;
    tracing::warn!(source = %source.name, notice = %wish.native_id, field, "{what}: the page is asked for again at {next}");
    Ok(blocking(|| rooms.store.write(|w| w.page_failed(&source.name, &wish.native_id, now, next)))?)
}

/// What makes the next request for this page conditional.
pub(super) fn validators(page: &Page, source: &SourceSettings) -> Validators {
    Validators {
        etag: page.etag.clone(),
        last_modified: page.last_modified.clone(),
        body_hash: Some(page.hash.clone()),
        reader_version: source.dialect.reader_version(),
    }
}
