//! Saved pages into history, many at once: read on as many cores as are given, settled by one writer in the order in which they came, a
//! batch a transaction. A page that is no notice is kept and counted. Lacks fetching.

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

/// Takes pages in.
pub fn take(
    store: &Store,
    intake: &Intake<'_>,
    pages: impl Iterator<Item = SavedPage>,
    now: Timestamp,
) -> Result<Taken> {
    let mut taken = Taken::default();
    let mut pages = pages.peekable();
    while pages.peek().is_some() {
        store.write(|w| -> Result<()> {
            for page in pages.by_ref().take(BATCH) {
                let reading = read(intake, &page);
                let body_hash = w.keep_body(&page.bytes, now)?;
                if reading.page != PageKind::Notice {
                    taken.strange += 1;
                    continue;
                }
                taken.read += 1;
                for notice in reading.notices {
                    let Some(native_id) = notice.native_id.clone() else { continue };
                    let arrival = Arrival {
                        id: NoticeId { source: intake.source.to_owned(), native_id },
                        notice,
                        problems: &reading.problems,
                        body_hash: &body_hash,
                        reader_version: intake.dialect.reader_version(),
                        topic: &intake.topic.name,
                        telling: intake.telling,
                        revisit: intake.revisit,
                        milestones: intake.milestones,
                    };
                    taken.settled += settle::settle(w, &arrival, now)?;
                }
            }
            Ok(())
        })?;
    }
    Ok(taken)
}

/// Reads one page whole: with region and relevance.
fn read(intake: &Intake<'_>, page: &SavedPage) -> Reading {
    let text = String::from_utf8_lossy(&page.bytes);
    let mut reading = intake.dialect.read(&text, page.url.as_deref());
    for notice in &mut reading.notices {
        sources::complete(notice, None, intake.topic);
    }
    reading
}
