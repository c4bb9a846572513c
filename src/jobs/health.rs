//! What a poll says of its source: well, failing, silent, of another shape; and when it is polled next. Each trouble is told
//! once when it starts and once when it ends, in the transaction that remembers it.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::poll::Polled;
use super::{Rooms, blocking};
use crate::config::settings::SourceSettings;
use crate::domain::blame::{self, Blame};
use crate::domain::change::{Change, ChangeKind, Telling};
use crate::domain::{schedule, trouble};
use crate::store::Writer;
use crate::store::visits::Slow;

/// Remembers how a poll went, and tells the operator what started or ended with it.
pub(super) async fn remember(rooms: &Rooms, source: &SourceSettings, polled: &Polled) -> Result<()> {
    let ours = polled.is_unreachable && blame::blame(&rooms.fetcher.knock().await) == Blame::Ours;
    if ours {
        tracing::warn!(source = %source.name, "no host answers at all: the fault is ours, no source is charged with it");
    }
    let now = rooms.clock.now();
    blocking(|| {
        rooms.store.write(|w| -> Result<()> {
            let mut told = health(w, source, polled, ours, now)?;
            if polled.troubles.is_empty() {
                told.extend(slow_troubles(w, source, polled, now)?);
            }
            w.put_host_memory(&rooms.fetcher.memory())?;
            w.append_changes(&told)?;
            Ok(())
        })
    })
}

/// Whether it answers, and when it is polled next.
fn health(w: &Writer<'_>, source: &SourceSettings, polled: &Polled, ours: bool, now: Timestamp) -> Result<Vec<Change>> {
    let mut memory = w.source_memory(&source.name)?;
    let trouble = polled.troubles.first();
    let (health, told) = match trouble {
        // Nothing was asked, so nothing is known.
        None if polled.rests_until.is_some() => (memory.health.clone(), None),
        Some(_) if ours => (memory.health.clone(), None),
        Some(_) => schedule::after_failure(&memory.health, now, &source.thresholds()),
        None => schedule::after_success(&memory.health),
    };
    if trouble.is_none() && polled.rests_until.is_none() {
        memory.healthy_at = Some(now);
    }
    let next = schedule::next_poll(&source.pace(), now, &health, fastrand::f64());
    let next = polled.rests_until.unwrap_or(next);
    memory.next_due_at = Some(if polled.pages.has_backlog { now } else { next });
    memory.health = health;
    w.put_source_memory(&source.name, &memory)?;
    let reason = trouble.map_or("it answers again", String::as_str);
    Ok(told.map(|kind| of_source(source, kind, reason, now)).into_iter().collect())
}

/// Something new stands in a listing: whatever becomes of the rest of the poll, the source is not silent. In the transaction that
/// remembers the new rows, because they are new only once.
pub(super) fn heard(w: &Writer<'_>, source: &SourceSettings, now: Timestamp) -> Result<()> {
    let told = silence(w, source, true, now)?;
    w.append_changes(told.as_slice())?;
    Ok(())
}

fn silence(w: &Writer<'_>, source: &SourceSettings, any_new: bool, now: Timestamp) -> Result<Option<Change>> {
    let after = SignedDuration::try_from(source.silent_after).unwrap_or(SignedDuration::MAX);
    let known = w.trouble(&source.name, Slow::Silence)?;
    let (silence, told) = trouble::silence(known, any_new, after, now);
    w.put_trouble(&source.name, Slow::Silence, Some(silence))?;
    Ok(told.map(|kind| {
        let why = match kind {
            ChangeKind::SourceSilent => format!("nothing new since {}", silence.since),
            _ => "there is something new again".to_owned(),
        };
        of_source(source, kind, &why, now)
    }))
}

/// What only shows over time, or in the pages.
fn slow_troubles(w: &Writer<'_>, source: &SourceSettings, polled: &Polled, now: Timestamp) -> Result<Vec<Change>> {
    let silent = silence(w, source, false, now)?;
    let known = w.trouble(&source.name, Slow::Shape)?;
    let (shape, strange) = trouble::shape(known, polled.pages.strange, polled.pages.read, now);
    w.put_trouble(&source.name, Slow::Shape, shape)?;
    let strange = strange.map(|kind| {
        let why = match kind {
            ChangeKind::SourceShapeChanged => format!("{} pages that came are no notices", polled.pages.strange),
            _ => "pages are notices again".to_owned(),
        };
        of_source(source, kind, &why, now)
    });
    Ok(silent.into_iter().chain(strange).collect())
}

/// A trouble of a source, as a change for the operator.
fn of_source(source: &SourceSettings, kind: ChangeKind, reason: &str, now: Timestamp) -> Change {
    Change {
        kind,
        project: None,
        notice: None,
        source: Some(source.name.clone()),
        topic: Some(source.topic.clone()),
        fields: Vec::new(),
        reason: reason.to_owned(),
        published_at: None,
        seen_at: now,
        telling: Telling::News,
    }
}
