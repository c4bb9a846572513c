//! Saved pages into history, many at once: read on as many cores as are given, settled by one writer in the order in which they came, a
//! batch a transaction. A page that is no notice is kept and counted. Lacks fetching.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;

use super::settle::{self, Arrival, Settled};
use crate::domain::change::Telling;
use crate::domain::project::NoticeId;
use crate::domain::reading::{PageKind, Reading};
use crate::domain::topic::Topic;
use crate::figures::milestone::Step;
use crate::sources::{self, Dialect};
use crate::store::Store;
use crate::store::bodies::PackedBody;

/// Pages that are settled in one transaction.
const BATCH: usize = 100;

/// A page as it was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedPage {
    /// Its address, where it is known.
    pub url: Option<String>,
    /// Its text, in UTF-8.
    pub bytes: Vec<u8>,
}

/// What holds for all pages.
#[derive(Clone, Copy, Debug)]
pub struct Intake<'a> {
    /// The source's name in the configuration.
    pub source: &'a str,
    /// Who reads them.
    pub dialect: Dialect,
    /// What they are watched for.
    pub topic: &'a Topic,
    /// Whether finding them is news.
    pub telling: Telling,
    /// When their pages are looked at again, by age.
    pub revisit: &'a [Duration],
    /// Round figures that are worth telling.
    pub milestones: &'a [Step],
    /// Cores to read on.
    pub cores: usize,
}

/// What taking pages in came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Pages that were read as notices.
    pub read: u64,
    /// Pages that are none, or have no key of their own.
    pub strange: u64,
    /// What settling came to.
    pub settled: Settled,
}

/// Takes pages in. While one batch is settled, the next is read on the other cores; at most two batches are held at a time.
pub fn take(
    store: &Store,
    intake: &Intake<'_>,
    mut pages: impl Iterator<Item = SavedPage>,
    now: Timestamp,
) -> Result<Taken> {
    let mut taken = Taken::default();
    let mut read: Vec<ReadPage> = Vec::new();
    loop {
        let batch: Vec<SavedPage> = pages.by_ref().take(BATCH).collect();
        if batch.is_empty() && read.is_empty() {
            return Ok(taken);
        }
        let before = std::mem::take(&mut read);
        read = beside(
            intake.cores,
            batch.len(),
            |place| batch.get(place).map(|page| read_page(intake, page)),
            || settle_all(store, intake, before, now, &mut taken),
        )?
        .into_iter()
        .flatten()
        .collect::<Result<_>>()?;
    }
}

/// Does pieces of work on all cores, in their order afterwards, and one more piece on this core before it helps.
fn beside<T: Send>(
    cores: usize,
    pieces: usize,
    work: impl Fn(usize) -> T + Sync,
    first: impl FnOnce() -> Result<()>,
) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let some = || -> Vec<(usize, T)> {
        let places = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|place| *place < pieces));
        places.map(|place| (place, work(place))).collect()
    };
    let mut done = std::thread::scope(|scope| -> Result<Vec<(usize, T)>> {
        let others: Vec<_> = (1..cores.max(1)).map(|_| scope.spawn(some)).collect();
        let first = first();
        let mut done = some();
        for other in others {
            // A reader that panics takes the whole walk with it, as it would alone.
            done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        first.map(|()| done)
    })?;
    done.sort_by_key(|(place, _)| *place);
    Ok(done.into_iter().map(|(_, done)| done).collect())
}

/// Reads texts on all cores, each whole, with region and relevance; in the order given. For walks over many kept bodies.
pub fn read_all(
    dialect: Dialect,
    topic: &Topic,
    texts: &[(Option<String>, String)],
    cores: usize,
) -> Result<Vec<Reading>> {
    let read = |place: usize| texts.get(place).map(|(url, text)| read_text(dialect, topic, text, url.as_deref()));
    Ok(beside(cores, texts.len(), read, || Ok(()))?.into_iter().flatten().collect())
}

/// A page as read, and its body.
struct ReadPage {
    reading: Reading,
    body: PackedBody,
}

fn read_page(intake: &Intake<'_>, page: &SavedPage) -> Result<ReadPage> {
    let text = String::from_utf8_lossy(&page.bytes);
    let reading = read_text(intake.dialect, intake.topic, &text, page.url.as_deref());
    Ok(ReadPage { reading, body: PackedBody::of(&page.bytes)? })
}

fn read_text(dialect: Dialect, topic: &Topic, text: &str, url: Option<&str>) -> Reading {
    let mut reading = dialect.read(text, url);
    for notice in &mut reading.notices {
        sources::complete(notice, None, topic);
    }
    reading
}

/// Settles a batch in one transaction.
fn settle_all(
    store: &Store,
    intake: &Intake<'_>,
    batch: Vec<ReadPage>,
    now: Timestamp,
    taken: &mut Taken,
) -> Result<()> {
    if batch.is_empty() {
        return Ok(());
    }
    *taken = store.write(|w| -> Result<Taken> {
        let mut taken = *taken;
        for page in batch {
            w.keep_packed_body(&page.body, now)?;
            if page.reading.page != PageKind::Notice {
                taken.strange += 1;
                continue;
            }
            taken.read += 1;
            for notice in page.reading.notices {
                let Some(native_id) = notice.native_id.clone() else { continue };
                let arrival = Arrival {
                    id: NoticeId { source: intake.source.to_owned(), native_id },
                    notice,
                    problems: &page.reading.problems,
                    body_hash: &page.body.hash,
                    reader_version: intake.dialect.reader_version(),
                    topic: &intake.topic.name,
                    telling: intake.telling,
                    revisit: intake.revisit,
                    milestones: intake.milestones,
                };
                taken.settled += settle::settle(w, &arrival, now)?;
            }
        }
        Ok(taken)
    })?;
    Ok(())
}
