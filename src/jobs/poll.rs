//! One poll of one source: its listings for every term and window, then the pages that they ask for, then what we remember of
//! how it went. A listing of several pages is one reading; only one known to be whole moves the window on or counts absences.

use anyhow::{Context as _, Result};
use jiff::civil::Date;
use url::Url;

use super::pages::{self, Walked};
use super::{Rooms, blocking, health, settle};
use crate::config::settings::SourceSettings;
use crate::domain::change::Telling;
use crate::domain::reading::{Coverage, Row};
use crate::domain::source::{Baseline, SourceMemory, Validators};
use crate::domain::stamp::china_day;
use crate::domain::topic::Topic;
use crate::fetch::{Fetched, Page, Request, Withheld};
use crate::sources::ccgp::plan::Search;
use crate::sources::ccgp::walk::{SearchWalk, Step};

/// What one poll came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Polled {
    /// Listing pages that were fetched.
    pub listing_pages: u64,
    /// Rows that were new to us.
    pub rows_new: u64,
    /// The pages behind them.
    pub pages: Walked,
    /// What went wrong, first thing first: the poll counts as failed.
    pub troubles: Vec<String>,
    /// Listings that were read and are not whole: said in the log, and the window does not move on.
    pub flaws: Vec<String>,
    /// Whether a host gave no answer at all.
    pub is_unreachable: bool,
    /// Whether every listing was read whole and no page is left waiting.
    pub whole: bool,
}

/// Polls one source.
pub async fn poll(rooms: &Rooms, source: &SourceSettings) -> Result<Polled> {
    let topic = topic_of(rooms, source)?;
    let mut poll =
        Poll { rooms, source, topic, polled: Polled { whole: true, ..Polled::default() }, heard: Some(Vec::new()) };
    poll.listings().await?;
    let mut polled = poll.polled;
    if polled.troubles.is_empty() {
        polled.pages = pages::walk(rooms, source, topic).await?;
        polled.whole &= polled.pages.done && polled.pages.failed == 0;
        polled.is_unreachable |= polled.pages.is_unreachable;
        polled.troubles.extend(polled.pages.stopped.clone());
    }
    health::remember(rooms, source, &polled).await?;
    Ok(polled)
}

/// The topic that a source is searched for.
pub(super) fn topic_of<'a>(rooms: &'a Rooms, source: &SourceSettings) -> Result<&'a Topic> {
    let topic = rooms.config.topics.iter().find(|topic| topic.name == source.topic);
    topic.with_context(|| format!("source {} names topic {}, which is not configured", source.name, source.topic))
}

/// One poll on its way through the listings.
struct Poll<'a> {
    rooms: &'a Rooms,
    source: &'a SourceSettings,
    topic: &'a Topic,
    polled: Polled,
    /// Every row that was read, while every listing was read whole and anew: only then can a row be missing.
    heard: Option<Vec<Row>>,
}

/// How the walk of one search ended.
enum Ended {
    Whole,
    Partial,
    Split(Vec<Search>),
    Stopped,
}

/// More rows than this are not held in memory to look for missing ones; a window of ordinary polls has a few hundred.
const HEARD_MAX: usize = 20_000;

impl Poll<'_> {
    /// Walks every term's listings; then looks for what they lack.
    async fn listings(&mut self) -> Result<()> {
        let mut latest_start = self.source.since;
        for term in &self.topic.terms {
            let Some(from) = self.term(term).await? else { return Ok(()) };
            latest_start = latest_start.max(from);
        }
        self.absences(latest_start)
    }

    /// Walks one term's listings from where they were last whole to today, the oldest window first, so that what is whole
    /// grows without a hole. Gives the first day, or nothing where the source asks for rest.
    async fn term(&mut self, term: &str) -> Result<Option<Date>> {
        let (source, rooms) = (self.source, self.rooms);
        let key = format!("{}/{term}", source.name);
        let memory = blocking(|| rooms.store.read(|r| r.source_memory(&key)))?;
        let today = china_day(rooms.clock.now());
        let overlap = source.overlap_days;
        let mut searches = Search::since(term, source.fulltext, source.since, memory.whole_until, overlap, today);
        let from = searches.last().map_or(today, |search| search.from);
        let mut every_whole = true;
        while let Some(search) = searches.pop() {
            match self.search(&search, memory.baseline).await? {
                Ended::Whole => {}
                Ended::Split(halves) => searches.extend(halves),
                Ended::Partial => every_whole = false,
                Ended::Stopped => {
                    self.polled.whole = false;
                    return Ok(None);
                }
            }
        }
        self.polled.whole &= every_whole;
        if every_whole {
            let taken = SourceMemory { baseline: Baseline::Taken, whole_until: Some(today), ..memory };
            blocking(|| rooms.store.write(|w| w.put_source_memory(&key, &taken)))?;
        }
        Ok(Some(from))
    }

    /// Walks the pages of one search and remembers its rows.
    async fn search(&mut self, search: &Search, baseline: Baseline) -> Result<Ended> {
        let mut walk = SearchWalk::new(search.clone(), &self.source.search, self.source.pages_max);
        let mut first: Option<(Url, Validators)> = None;
        loop {
            let url = walk.request();
            let known = if first.is_none() { self.known(&url)? } else { None };
            let step = match self.rooms.fetcher.fetch(&self.request(&url, known)).await {
                Fetched::Page(page) => {
                    self.polled.listing_pages += 1;
                    first.get_or_insert_with(|| (url.clone(), pages::validators(&page, self.source)));
                    self.feed(&mut walk, &url, &page)?
                }
                // The newest rows and the count are as they were when this very search was last read whole.
                Fetched::Unchanged => {
                    self.heard = None;
                    return Ok(Ended::Whole);
                }
                fetched => {
                    let (why, rests) = trouble(&fetched);
                    self.polled.is_unreachable |= matches!(fetched, Fetched::Unreachable { .. });
                    if rests {
                        let site = url.host_str().unwrap_or_default();
                        self.polled.troubles.push(format!("listing at {site}: {why}"));
                        return Ok(Ended::Stopped);
                    }
                    walk.failed(&why)
                }
            };
            match step {
                Step::Next => {}
                Step::Again { why } => tracing::info!(source = %self.source.name, "{why}: the page is asked for again"),
                Step::Split(halves) => return Ok(Ended::Split(halves)),
                Step::Done { rows, coverage, troubles } => {
                    let whole = coverage == Coverage::Whole;
                    let read = !rows.is_empty();
                    self.sight(rows, first.as_ref().filter(|_| whole), baseline)?;
                    for why in troubles {
                        let what = format!("listing of {} to {} is not whole: {why}", search.from, search.to);
                        // What could be read is read; only a listing of which nothing came is a failure.
                        if read { self.polled.flaws.push(what) } else { self.polled.troubles.push(what) }
                    }
                    return Ok(if whole { Ended::Whole } else { Ended::Partial });
                }
            }
        }
    }

    fn request(&self, url: &Url, validators: Option<Validators>) -> Request {
        let dialect = self.source.dialect;
        Request { url: url.clone(), validators, signs: dialect.signs(), content_marks: dialect.content_marks() }
    }

    /// What makes the request conditional, where today's reader read the answer before.
    fn known(&self, url: &Url) -> Result<Option<Validators>> {
        let known = blocking(|| self.rooms.store.read(|r| r.validators(&self.source.name, url.as_str())))?;
        Ok(known.filter(|known| known.reader_version == self.source.dialect.reader_version()))
    }

    /// Reads one page of the walk; what is no listing is kept for a person to look at.
    fn feed(&self, walk: &mut SearchWalk, url: &Url, page: &Page) -> Result<Step> {
        blocking(|| {
            let reading = self.source.dialect.read(&page.text, Some(url.as_str()));
            if reading.listing.is_none() {
                let now = self.rooms.clock.now();
                let hash = self.rooms.store.write(|w| w.keep_body(&page.bytes, now))?;
                tracing::warn!(source = %self.source.name, "a listing's answer is {}, kept as {hash}", reading.page.word());
            }
            Ok(walk.feed(&reading))
        })
    }

    /// Remembers the rows of one search, and its first page's validators where it was whole.
    fn sight(&mut self, rows: Vec<Row>, whole: Option<&(Url, Validators)>, baseline: Baseline) -> Result<()> {
        let now = self.rooms.clock.now();
        let telling = match baseline {
            Baseline::Taking => Telling::Baseline,
            Baseline::Taken => Telling::News,
        };
        let (source, topic) = (self.source, self.topic);
        let sighted = blocking(|| {
            self.rooms.store.write(|w| -> Result<_> {
                let sighted = w.sight(&source.name, &rows, None, telling, now)?;
                for back in &sighted.back {
                    settle::reappear(w, back, &topic.name)?;
                }
                if sighted.new > 0 {
                    health::heard(w, source, now)?;
                }
                if let Some((url, validators)) = whole {
                    w.put_validators(&source.name, url.as_str(), validators, now)?;
                }
                Ok(sighted)
            })
        })?;
        self.polled.rows_new += sighted.new;
        match &mut self.heard {
            Some(heard) if whole.is_some() && heard.len() + rows.len() <= HEARD_MAX => heard.extend(rows),
            _ => self.heard = None,
        }
        Ok(())
    }

    /// Counts what no listing of any term has any more; the third time in a row it is withdrawn.
    fn absences(&mut self, from: Date) -> Result<()> {
        let Some(rows) = self.heard.take() else { return Ok(()) };
        let now = self.rooms.clock.now();
        let window = (from, china_day(now));
        let (source, topic) = (self.source, self.topic);
        blocking(|| {
            self.rooms.store.write(|w| {
                let sighted = w.sight(&source.name, &rows, Some(window), Telling::News, now)?;
                for lost in &sighted.lost {
                    settle::withdraw(w, lost, &topic.name, Telling::News, now)?;
                }
                Ok(())
            })
        })
    }
}

/// Anything but a page, in words; and whether the whole walk has to rest because of it.
pub fn trouble(fetched: &Fetched) -> (String, bool) {
    match fetched {
        Fetched::Page(_) | Fetched::Unchanged => (String::new(), false),
        Fetched::Empty { status } => (format!("an empty answer (status {status})"), false),
        Fetched::Challenged { sign, .. } => (format!("a challenge page (“{sign}”)"), true),
        Fetched::Refused { status: status @ (404 | 410), .. } => (format!("status {status}"), false),
        Fetched::Refused { status, .. } => (format!("refused with status {status}"), true),
        Fetched::Truncated { why } => (format!("cut off: {why}"), false),
        Fetched::Unreachable { why } => (format!("unreachable: {why}"), true),
        Fetched::Withheld { why } => {
            let rests = !matches!(why, Withheld::TooLarge | Withheld::BadAddress | Withheld::TooManyRedirects);
            (format!("not asked: {}", withheld(*why)), rests)
        }
    }
}

fn withheld(why: Withheld) -> String {
    match why {
        Withheld::Robots => "robots.txt forbids it, or could not be read".into(),
        Withheld::PrivateAddress => "the address is private and the host is not marked as the operator's own".into(),
        Withheld::Budget { until } => format!("today's requests to this host are used up, until {until}"),
        Withheld::BackedOff { until } => format!("the host refused us lately and is left alone until {until}"),
        Withheld::TooManyRedirects => "too many redirects".into(),
        Withheld::TooLarge => "the body is larger than allowed".into(),
        Withheld::BadAddress => "not an address that can be asked".into(),
    }
}
