//! The notice pages that listings asked for: fetched one by one, read, settled. Each is its own transaction, so that whatever
//! ends the walk loses nothing that was read.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::ask::ask;
use super::settle::{self, Arrival, Settled};
use super::{Rooms, blocking};
use crate::config::settings::SourceSettings;
use crate::domain::change::Telling;
use crate::domain::project::NoticeId;
use crate::domain::reading::{PageKind, Problem, Reading};
use crate::domain::site;
use crate::domain::source::{Validators, Wanted};
use crate::domain::topic::Topic;
use crate::fetch::{Fetched, Page, Request, Withheld};
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
    /// Why it ended early by our own will: the day's requests are spent, or kept for news.
    pub rests: Option<String>,
    /// Whether a host gave no answer at all.
    pub is_unreachable: bool,
    /// Whether it ended because the listings were due again.
    pub has_backlog: bool,
    /// Whether nothing is waiting any more.
    pub done: bool,
}

/// The problem of a page that prints no date.
pub(super) const FROM_LISTING: &str = "taken from the listing";

/// At most this many pages are asked from the store at once.
const BATCH: u32 = 50;

/// What part of a day's requests the baseline leaves to news: a fifth.
const KEPT_FOR_NEWS: u32 = 5;

/// The longest wait after a page failed, in minutes: a day where it answered, an hour where nobody did. The latter speaks of the
/// network, and a page must not wait a day for the end of an outage.
const WAITS_MAX: (i64, i64) = (24 * 60, 60);

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
            if wish.telling == Telling::Baseline && is_kept_for_news(rooms, &wish.url) {
                walked.rests =
                    Some("what is left of today's requests is kept for news: the baseline goes on tomorrow".into());
                return Ok(walked);
            }
            if let Some(why) = visit(rooms, source, topic, wish, &mut walked).await? {
                walked.stopped = Some(why);
            }
            if walked.stopped.is_some() || walked.rests.is_some() {
                return Ok(walked);
            }
        }
    }
}

/// Whether a host has so few requests left today that the baseline should leave them to what is published today.
fn is_kept_for_news(rooms: &Rooms, url: &str) -> bool {
    let left = Url::parse(url).ok().and_then(|url| rooms.fetcher.left_today(&url));
    left.is_some_and(|(left, of)| left < of / KEPT_FOR_NEWS)
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
        postpone(rooms, source, wish, "address", "not an address", WAITS_MAX.0)?;
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
    match ask(rooms, &request).await? {
        Fetched::Page(page) if !site::is_of(&source.search, &page.url) => {
            walked.failed += 1;
            postpone(rooms, source, wish, "address", "it leads to another site", WAITS_MAX.0)?;
            Ok(None)
        }
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
        Fetched::Withheld { why: Withheld::Budget { until } } => {
            walked.rests = Some(format!("today's requests are used up: the pages go on at {until}"));
            Ok(None)
        }
        // The page was not asked for, so it has not failed.
        fetched @ Fetched::Withheld { why: Withheld::BackedOff { .. } } => Ok(Some(super::poll::trouble(&fetched).0)),
        fetched => {
            walked.failed += 1;
            let (why, rests) = super::poll::trouble(&fetched);
            let is_silent = matches!(fetched, Fetched::Unreachable { .. });
            walked.is_unreachable |= is_silent;
            postpone(rooms, source, wish, "page", &why, if is_silent { WAITS_MAX.1 } else { WAITS_MAX.0 })?;
            // Where one page may not be asked for, others may.
            let is_its_own = matches!(fetched, Fetched::Withheld { .. });
            Ok((rests && !is_its_own).then_some(why))
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
            postpone(rooms, source, wish, "page", &what, WAITS_MAX.0)?;
            return Ok(false);
        }
        complete(&mut reading, wish, topic);
        *settled += rooms.store.write(|w| -> Result<Settled> {
            let body_hash = w.keep_body(&page.bytes, now)?;
            let mut sum = Settled::default();
            let mut is_fulfilled = false;
            for notice in std::mem::take(&mut reading.notices) {
                let native_id = notice.native_id.clone().unwrap_or_else(|| wish.native_id.clone());
                is_fulfilled |= native_id == wish.native_id;
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
            if !is_fulfilled {
                // The page knows itself by another key than its row did: it is looked at again by its own.
                w.page_unchanged(&source.name, &wish.native_id, None)?;
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
                what: FROM_LISTING.into(),
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

/// The wish waits: 10 minutes, doubling, up to `most` of them.
fn postpone(rooms: &Rooms, source: &SourceSettings, wish: &Wanted, field: &str, what: &str, most: i64) -> Result<()> {
    let now = rooms.clock.now();
    let minutes = 10_i64.saturating_mul(1 << wish.failures.min(8)).min(most);
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
