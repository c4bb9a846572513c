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

/// What is remembered of one term's walk: from when, how far, and since when (`healthy_at`: of the first look, which stays).
struct Look {
    key: String,
    memory: SourceMemory,
}

impl Look {
    /// The first look is silent, and only that: a site whose old listings never come to be whole must not keep us silent for
    /// ever, so what was published after the first look is news even while the baseline is being taken.
    fn is_news(&self, row: &Row) -> bool {
        let is_after = |first| row.published_at.is_some_and(|stamp| stamp.at > first);
        self.memory.baseline == Baseline::Taken || self.memory.healthy_at.is_some_and(is_after)
    }
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
        let mut look = Look { key, memory };
        let today = china_day(rooms.clock.now());
        let overlap = source.overlap_days;
        let mut searches = Search::since(term, source.fulltext, source.since, look.memory.whole_until, overlap, today);
        let from = searches.last().map_or(today, |search| search.from);
        let mut every_whole = true;
        while let Some(search) = searches.pop() {
            match self.search(&search, &mut look).await? {
                // What is whole is kept at once: a first look of many windows that is broken off goes on where it was.
                Ended::Whole if every_whole => self.keep(&mut look, |memory| memory.whole_until = Some(search.to))?,
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
            self.keep(&mut look, |memory| {
                memory.baseline = Baseline::Taken;
                memory.whole_until = Some(today);
            })?;
        }
        Ok(Some(from))
    }

    /// Remembers something more of a term's walk.
    fn keep(&self, look: &mut Look, change: impl FnOnce(&mut SourceMemory)) -> Result<()> {
        change(&mut look.memory);
        Ok(blocking(|| self.rooms.store.write(|w| w.put_source_memory(&look.key, &look.memory)))?)
    }

    /// Walks the pages of one search and remembers its rows.
    async fn search(&mut self, search: &Search, look: &mut Look) -> Result<Ended> {
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
                    self.sight(rows, first.as_ref().filter(|_| whole), look)?;
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

    /// Remembers the rows of one search, its first page's validators where it was whole, and when the first look was.
    fn sight(&mut self, rows: Vec<Row>, whole: Option<&(Url, Validators)>, look: &mut Look) -> Result<()> {
        let now = self.rooms.clock.now();
        let (source, topic) = (self.source, self.topic);
        let (news, baseline): (Vec<_>, Vec<_>) = rows.iter().cloned().partition(|row| look.is_news(row));
        let is_first = look.memory.healthy_at.is_none();
        look.memory.healthy_at.get_or_insert(now);
        let new = blocking(|| {
            self.rooms.store.write(|w| -> Result<_> {
                if is_first {
                    w.put_source_memory(&look.key, &look.memory)?;
                }
                let mut new = 0;
                for (rows, telling) in [(&news, Telling::News), (&baseline, Telling::Baseline)] {
                    let sighted = w.sight(&source.name, rows, None, telling, now)?;
                    for back in &sighted.back {
                        settle::reappear(w, back, &topic.name)?;
                    }
                    new += sighted.new;
                }
                if new > 0 {
                    health::heard(w, source, now)?;
                }
                if let Some((url, validators)) = whole {
                    w.put_validators(&source.name, url.as_str(), validators, now)?;
                }
                Ok(new)
            })
        })?;
        self.polled.rows_new += new;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::stamp::Stamp;

    fn look(baseline: Baseline, first: Option<&str>) -> Look {
        let healthy_at = first.map(|at| at.parse().unwrap());
        Look { key: "ccgp/区块链".into(), memory: SourceMemory { baseline, healthy_at, ..SourceMemory::default() } }
    }

    fn row(at: Option<&str>) -> Row {
        let stamp = |at: &str| Stamp { at: at.parse().unwrap(), offset: Stamp::CHINA };
        Row { published_at: at.map(stamp), ..Row::default() }
    }

    #[test]
    fn the_first_look_is_silent_and_what_was_published_since_is_news() {
        let first = look(Baseline::Taking, None);
        assert!(!first.is_news(&row(Some("2019-09-10T00:00:00Z"))) && !first.is_news(&row(None)));
        let unfinished = look(Baseline::Taking, Some("2019-09-10T01:00:00Z"));
        assert!(!unfinished.is_news(&row(Some("2019-09-10T00:59:00Z"))));
        assert!(!unfinished.is_news(&row(None)), "without a date it may be as old as the site");
        assert!(unfinished.is_news(&row(Some("2019-09-10T01:01:00Z"))));
        let taken = look(Baseline::Taken, Some("2019-09-10T01:00:00Z"));
        assert!(taken.is_news(&row(None)) && taken.is_news(&row(Some("2019-09-01T00:00:00Z"))));
    }
}
