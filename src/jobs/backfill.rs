//! Saved pages become history, as if they had been fetched: listings first, then notices, all of it baseline that nobody is told of.
//! A page that cannot be read is named and stops nothing. Doing it twice changes nothing.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::saved::{self, Became, Intake, SavedPage};
use super::settle::Settled;
use super::{Rooms, blocking};
use crate::config::settings::SourceSettings;
use crate::domain::change::Telling;
use crate::domain::reading::PageKind;
use crate::domain::topic::Topic;

/// The largest saved page.
const PAGE_BYTES_MAX: u64 = 32 << 20;

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
    let intake = Intake {
        source: &source.name,
        dialect: source.dialect,
        topic,
        telling: Telling::Baseline,
        revisit: &[],
        milestones: &[],
        cores: saved::cores(),
    };
    let mut done = Backfilled::default();
    let unread = RefCell::new(BTreeMap::new());
    // Listings come first: what they print beside a row completes the row's page.
    for wanted in [PageKind::Listing, PageKind::Notice] {
        let opened = RefCell::new(Vec::new());
        let pages = saved.iter().enumerate().filter_map(|(place, page)| match open(page) {
            Ok(page) => {
                opened.borrow_mut().push(place);
                Some(page)
            }
            Err(error) => {
                unread.borrow_mut().insert(place, format!("{error:#}"));
                None
            }
        });
        let told = |nth: usize, became: Became| {
            let why = done.count(became).filter(|_| wanted == PageKind::Notice);
            let place = opened.borrow().get(nth).copied();
            if let (Some(place), Some(why)) = (place, why) {
                unread.borrow_mut().insert(place, why);
            }
        };
        blocking(|| saved::take(&rooms.store, &intake, wanted, pages, rooms.clock.now(), told))?;
    }
    let unread = unread.into_inner().into_iter();
    done.unread = unread.filter_map(|(place, why)| Some((saved.get(place)?.file.clone(), why))).collect();
    Ok(done)
}

impl Backfilled {
    /// Counts what became of a page; gives the reason where nothing did.
    fn count(&mut self, became: Became) -> Option<String> {
        match became {
            Became::Listing(rows) => {
                self.listings += 1;
                self.rows += rows;
                None
            }
            Became::Notices { settled, named, unnamed } => {
                self.settled += settled;
                self.pages += u64::from(named > 0);
                (unnamed > 0).then(|| "without an address nothing tells which notice it is".to_owned())
            }
            Became::PassedOver(PageKind::Listing | PageKind::Notice | PageKind::Empty) => None,
            Became::PassedOver(kind) => Some(format!("read as {}", kind.word())),
        }
    }
}

fn open(page: &Saved) -> Result<SavedPage> {
    let size = std::fs::metadata(&page.file).context("cannot be read")?.len();
    if size > PAGE_BYTES_MAX {
        bail!("{size} bytes, more than the {PAGE_BYTES_MAX} that are read");
    }
    let bytes = std::fs::read(&page.file).context("cannot be read")?;
    Ok(SavedPage { url: page.url.clone(), bytes })
}
