//! Saved pages into history, many at once: read on as many cores as are given, settled by one writer in the order in which they came, a
//! batch a transaction. Lacks fetching, and files.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;

use super::settle::{self, Arrival, Settled};
use crate::domain::change::Telling;
use crate::domain::project::NoticeId;
use crate::domain::reading::{PageKind, Reading};
use crate::domain::topic::Topic;
use crate::fetch;
use crate::figures::milestone::Step;
use crate::sources::{self, Dialect};
use crate::store::bodies::PackedBody;
use crate::store::{Store, Writer};

/// Pages that are settled in one transaction.
const BATCH: usize = 100;

/// More cores do not help: one writer settles what they read.
const CORES_MAX: usize = 4;

/// A page as it was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedPage {
    /// Its address, where it is known.
    pub url: Option<String>,
    /// Its bytes, as they came.
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

/// What became of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// A listing's rows, so many.
    Listing(u64),
    /// Notices.
    Notices {
        /// What settling them came to.
        settled: Settled,
        /// How many were settled.
        named: u64,
        /// How many have neither key nor address.
        unnamed: u64,
    },
    /// Nothing: it was read as this, and not asked for.
    PassedOver(PageKind),
}

/// The cores that there are to read on.
#[must_use]
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(CORES_MAX)
}

/// Takes in those of the pages that are listings, or those that are notices, and tells what became of each once it is kept. While one
/// batch is settled the next is read on the other cores; at most two batches are held at a time.
pub fn take(
    store: &Store,
    intake: &Intake<'_>,
    wanted: PageKind,
    mut pages: impl Iterator<Item = SavedPage>,
    now: Timestamp,
    mut told: impl FnMut(usize, Became),
) -> Result<()> {
    let (mut read, mut taken) = (Vec::new(), 0);
    loop {
        let batch: Vec<SavedPage> = pages.by_ref().take(BATCH).collect();
        if batch.is_empty() && read.is_empty() {
            return Ok(());
        }
        let before = std::mem::take(&mut read);
        let settle = || -> Result<()> {
            for became in settle_all(store, intake, before, now)? {
                told(taken, became);
                taken += 1;
            }
            Ok(())
        };
        let one = |place: usize| batch.get(place).map(|page| read_page(intake, wanted, page));
        read = beside(intake.cores, batch.len(), one, settle)?.into_iter().flatten().collect::<Result<_>>()?;
    }
}

/// Does the same with each of many on all cores; what comes of them stands in their order.
pub(super) fn each<A: Sync, B: Send>(many: &[A], work: impl Fn(&A) -> B + Sync) -> Result<Vec<B>> {
    Ok(beside(cores(), many.len(), |place| many.get(place).map(&work), || Ok(()))?.into_iter().flatten().collect())
}

/// Does pieces of work on all cores, in their order afterwards; and one other thing on this core, before it helps.
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

/// A page as read.
enum ReadPage {
    Wanted(Reading, PackedBody),
    PassedOver(PageKind),
}

fn read_page(intake: &Intake<'_>, wanted: PageKind, page: &SavedPage) -> Result<ReadPage> {
    let (text, _) = fetch::decode(&page.bytes, None);
    if wanted == PageKind::Listing && !intake.dialect.may_be_listing(&text) {
        return Ok(ReadPage::PassedOver(PageKind::Unknown));
    }
    let mut reading = intake.dialect.read(&text, page.url.as_deref());
    if reading.page != wanted {
        return Ok(ReadPage::PassedOver(reading.page));
    }
    for notice in &mut reading.notices {
        sources::complete(notice, None, intake.topic);
    }
    Ok(ReadPage::Wanted(reading, PackedBody::of(&page.bytes)?))
}

/// Settles a batch in one transaction.
fn settle_all(store: &Store, intake: &Intake<'_>, batch: Vec<ReadPage>, now: Timestamp) -> Result<Vec<Became>> {
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    store.write(|w| {
        let settled = batch.into_iter().map(|page| match page {
            ReadPage::PassedOver(kind) => Ok(Became::PassedOver(kind)),
            ReadPage::Wanted(reading, body) => settle_page(w, intake, reading, &body, now),
        });
        settled.collect()
    })
}

fn settle_page(
    w: &Writer<'_>,
    intake: &Intake<'_>,
    reading: Reading,
    body: &PackedBody,
    now: Timestamp,
) -> Result<Became> {
    w.keep_packed_body(body, now)?;
    if let Some(listing) = &reading.listing {
        w.sight(intake.source, &listing.rows, None, intake.telling, now)?;
        return Ok(Became::Listing(listing.rows.len() as u64));
    }
    let (mut settled, mut named, mut unnamed) = (Settled::default(), 0, 0);
    for mut notice in reading.notices {
        let Some(native_id) = notice.native_id.clone().or_else(|| notice.url.clone()) else {
            unnamed += 1;
            continue;
        };
        let id = NoticeId { source: intake.source.to_owned(), native_id };
        let (zone, _) = w.sighted_at(&id)?;
        if zone.is_some() {
            sources::complete(&mut notice, zone.as_deref(), intake.topic);
        }
        let arrival = Arrival {
            id,
            notice,
            problems: &reading.problems,
            body_hash: &body.hash,
            reader_version: intake.dialect.reader_version(),
            topic: &intake.topic.name,
            telling: intake.telling,
            revisit: intake.revisit,
            milestones: intake.milestones,
        };
        settled += settle::settle(w, &arrival, now)?;
        named += 1;
    }
    Ok(Became::Notices { settled, named, unnamed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_done_on_many_cores_stands_in_its_order() {
        let many: Vec<usize> = (0..1_000).collect();
        for cores in [0, 1, 2, 7] {
            let mut other = 0;
            let first = || {
                other += 1;
                Ok(())
            };
            let done = beside(cores, many.len(), |place| many[place] * 2, first).unwrap();
            assert_eq!(done, many.iter().map(|one| one * 2).collect::<Vec<_>>());
            assert_eq!(other, 1);
        }
        assert_eq!(each(&many, |one| one + 1).unwrap().len(), many.len());
    }

    #[test]
    fn what_fails_on_this_core_fails_the_whole() {
        let failed = beside(2, 10, |place| place, || Err(anyhow::anyhow!("full")));
        assert_eq!(failed.unwrap_err().to_string(), "full");
    }
}
