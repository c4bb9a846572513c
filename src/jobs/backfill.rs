//! Saved pages become history, as if they had been fetched: listings first, then notices, all of it baseline that nobody is told of.
//! A page that cannot be read is named and stops nothing. Doing it twice changes nothing.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::settle::{self, Arrival, Settled};
use super::{Rooms, blocking};
use crate::config::settings::SourceSettings;
use crate::domain::change::Telling;
use crate::domain::project::NoticeId;
use crate::domain::reading::{PageKind, Reading};
use crate::domain::topic::Topic;
use crate::fetch;
use crate::sources;

/// The largest saved page.
const PAGE_BYTES_MAX: u64 = 32 << 20;

/// Pages in one transaction.
const BATCH: usize = 50;

/// A saved page: where it lies, and its address on the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The file.
    pub file: PathBuf,
    /// The page's address.
    pub url: Option<String>,
}

/// What became of saved pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backfilled {
    /// Listings that were read.
    pub listings: u64,
    /// Their rows.
    pub rows: u64,
    /// Notice pages that were read.
    pub pages: u64,
    /// What settling them came to.
    pub settled: Settled,
    /// Pages that could not be read, and why.
    pub unread: Vec<(PathBuf, String)>,
}

/// The pages that a CSV file names: columns `file` (beside the CSV) and `url`, others are passed over.
pub fn listed(manifest: &Path) -> Result<Vec<Saved>> {
    let name = manifest.display();
    let mut csv = csv::Reader::from_path(manifest).with_context(|| format!("{name}: cannot be read"))?;
    let headers = csv.headers().with_context(|| format!("{name}:1: no header"))?.clone();
    let column =
        |wanted: &str| headers.iter().position(|header| header.trim_start_matches('\u{feff}').trim() == wanted);
    let Some(file) = column("file") else { bail!("{name}:1: expected a column called file") };
    let url = column("url");
    let folder = manifest.parent().unwrap_or_else(|| Path::new("."));
    let mut saved = Vec::new();
    for record in csv.records() {
        let record = record.with_context(|| format!("{name}: a row is not CSV"))?;
        let line = record.position().map_or(0, csv::Position::line);
        let Some(path) = record.get(file).filter(|path| !path.trim().is_empty()) else {
            bail!("{name}:{line}: expected a file's name in the column file")
        };
        let url = url.and_then(|url| record.get(url)).map(str::trim).filter(|url| !url.is_empty());
        if let Some(url) = url {
            url::Url::parse(url).with_context(|| format!("{name}:{line}: {url} is no address"))?;
        }
        saved.push(Saved { file: folder.join(path.trim()), url: url.map(str::to_owned) });
    }
    Ok(saved)
}

/// Reads saved pages into a source's history.
pub fn backfill(rooms: &Rooms, source: &SourceSettings, topic: &Topic, saved: &[Saved]) -> Result<Backfilled> {
    let mut done = Backfilled::default();
    // Listings come first: what they print beside a row completes the row's page.
    for kind in [PageKind::Listing, PageKind::Notice] {
        for batch in saved.chunks(BATCH) {
            let mut pages = Vec::new();
            for page in batch {
                match read(source, page) {
                    Ok((bytes, reading)) if reading.page == kind => pages.push((page, bytes, reading)),
                    Ok((_, reading))
                        if matches!(reading.page, PageKind::Listing | PageKind::Notice | PageKind::Empty) => {}
                    Ok((_, reading)) if kind == PageKind::Notice => {
                        let what = format!("read as {}", reading.page.word());
                        done.unread.push((page.file.clone(), what));
                    }
                    Err(error) if kind == PageKind::Notice => {
                        done.unread.push((page.file.clone(), format!("{error:#}")));
                    }
                    Ok(_) | Err(_) => {}
                }
            }
            blocking(|| keep(rooms, source, topic, pages, &mut done))?;
        }
    }
    Ok(done)
}

fn read(source: &SourceSettings, page: &Saved) -> Result<(Vec<u8>, Reading)> {
    let size = std::fs::metadata(&page.file).context("cannot be read")?.len();
    if size > PAGE_BYTES_MAX {
        bail!("{size} bytes, more than the {PAGE_BYTES_MAX} that are read");
    }
    let bytes = std::fs::read(&page.file).context("cannot be read")?;
    let (text, _) = fetch::decode(&bytes, None);
    let reading = source.dialect.read(&text, page.url.as_deref());
    Ok((bytes, reading))
}

/// One transaction of pages of one kind.
fn keep(
    rooms: &Rooms,
    source: &SourceSettings,
    topic: &Topic,
    pages: Vec<(&Saved, Vec<u8>, Reading)>,
    done: &mut Backfilled,
) -> Result<()> {
    let now = rooms.clock.now();
    let mut kept = Backfilled::default();
    rooms.store.write(|w| -> Result<()> {
        for (page, bytes, reading) in pages {
            let body_hash = w.keep_body(&bytes, now)?;
            if let Some(listing) = &reading.listing {
                w.sight(&source.name, &listing.rows, None, Telling::Baseline, now)?;
                kept.listings += 1;
                kept.rows += listing.rows.len() as u64;
            }
            let mut is_read = false;
            for mut notice in reading.notices {
                let Some(native_id) = notice.native_id.clone().or_else(|| notice.url.clone()) else {
                    kept.unread.push((page.file.clone(), "without an address nothing tells which notice it is".into()));
                    continue;
                };
                let id = NoticeId { source: source.name.clone(), native_id };
                let (zone, _) = w.sighted_at(&id)?;
                sources::complete(&mut notice, zone.as_deref(), topic);
                let arrival = Arrival {
                    id,
                    notice,
                    problems: &reading.problems,
                    body_hash: &body_hash,
                    reader_version: source.dialect.reader_version(),
                    topic: &topic.name,
                    telling: Telling::Baseline,
                    revisit: &[],
                    milestones: &[],
                };
                kept.settled += settle::settle(w, &arrival, now)?;
                is_read = true;
            }
            kept.pages += u64::from(is_read);
        }
        Ok(())
    })?;
    done.listings += kept.listings;
    done.rows += kept.rows;
    done.pages += kept.pages;
    done.settled += kept.settled;
    done.unread.extend(kept.unread);
    Ok(())
}
