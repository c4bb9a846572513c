//! One poll of one source: its listings for every term and window, then the pages that they ask for, then what we remember of
//! how it went. A listing of several pages is one reading; only one known to be whole moves the window on or counts absences.

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use jiff::civil::Date;
use url::Url;

use super::ask::ask;
use super::pages::{self, Walked};
use super::{Rooms, blocking, health, settle};
use crate::config::settings::SourceSettings;
use crate::domain::change::Telling;
use crate::domain::look::Look;
use crate::domain::reading::{Coverage, Row};
use crate::domain::site;
use crate::domain::source::{Baseline, Validators};
use crate::domain::stamp::china_day;
use crate::domain::topic::Topic;
use crate::fetch::{Fetched, Page, Request, Withheld};
use crate::sources::ccgp::plan::Search;
use crate::sources::ccgp::walk::{SearchWalk, Step};
use crate::store::listings::Window;

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
    /// Until when the listings' host is left alone because today's requests are used up: our own limit, no trouble.
    pub rests_until: Option<Timestamp>,
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
        polled.flaws.extend(polled.pages.rests.clone());
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

/// What decides whether a row of a search is news.
#[derive(Clone, Copy)]
struct FirstLook {
    look: Look,
    joins: bool,
    baseline: Baseline,
    /// Whether the search is for days that were never asked for before.
    is_earlier: bool,
}

impl FirstLook {
    fn telling(&self, row: &Row) -> Telling {
        let baseline = if self.is_earlier { Baseline::Taking } else { self.baseline };
        self.look.telling(baseline, self.joins, row.published_at)
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
        let begun_at = self.rooms.clock.now();
        let looks = self.looks(begun_at)?;
        let mut latest_start = self.source.since;
        for term in &self.topic.terms {
            let look = looks.iter().find(|(known, _)| known == term).map(|(_, look)| *look);
            let look = look.unwrap_or(Look { first_at: begun_at, from_on: self.source.since });
            let joins = looks.iter().any(|(_, other)| other.first_at < look.first_at);
            let Some(from) = self.term(term, look, joins).await? else { return Ok(()) };
            latest_start = latest_start.max(from);
        }
        self.absences(latest_start)
    }

    /// What is remembered of every term's first look; of a term that was never looked for, that its first look begins now.
    fn looks(&self, now: Timestamp) -> Result<Vec<(String, Look)>> {
        let (source, terms) = (self.source, &self.topic.terms);
        blocking(|| {
            self.rooms.store.write(|w| -> Result<_> {
                let mut looks = w.looks(&source.name)?;
                looks.retain(|(search, _)| terms.contains(search));
                for term in terms {
                    if looks.iter().all(|(known, _)| known != term) {
                        let look = Look { first_at: now, from_on: source.since };
                        w.put_look(&source.name, term, &look)?;
                        looks.push((term.clone(), look));
                    }
                }
                Ok(looks)
            })
        })
    }

    /// Walks one term's listings from where they were last whole to today, the oldest window first, so that what is whole
    /// grows without a hole, and is remembered as it grows. Gives the first day, or nothing where the source asks for rest.
    async fn term(&mut self, term: &str, look: Look, joins: bool) -> Result<Option<Date>> {
        let (source, rooms) = (self.source, self.rooms);
        let key = format!("{}/{term}", source.name);
        let mut memory = blocking(|| rooms.store.read(|r| r.source_memory(&key)))?;
        let today = china_day(rooms.clock.now());
        let days = look.days(&memory, source.since, source.overlap_days, today);
        let mut searches = Search::windows(term, source.fulltext, days.from, today);
        if let Some((from, to)) = days.earlier {
            searches.extend(Search::windows(term, source.fulltext, from, to));
        }
        let from = searches.last().map_or(today, |search| search.from);
        let mut every_whole = !days.leaves_hole;
        while let Some(search) = searches.pop() {
            let is_earlier = days.earlier.is_some_and(|(_, to)| search.to <= to);
            let first_look = FirstLook { look, joins, baseline: memory.baseline, is_earlier };
            match self.search(&search, first_look).await? {
                Ended::Whole if every_whole && memory.whole_until.is_none_or(|until| until < search.to) => {
                    memory.whole_until = Some(search.to);
                    blocking(|| rooms.store.write(|w| w.put_source_memory(&key, &memory)))?;
                }
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
        memory.healthy_at = Some(rooms.clock.now());
        if every_whole {
            memory.baseline = Baseline::Taken;
        }
        let asked_from =
            Look { from_on: if every_whole { look.from_on.min(source.since) } else { look.from_on }, ..look };
        blocking(|| {
            rooms.store.write(|w| -> Result<()> {
                w.put_look(&source.name, term, &asked_from)?;
                Ok(w.put_source_memory(&key, &memory)?)
            })
        })?;
        Ok(Some(from))
    }

    /// Walks the pages of one search and remembers its rows, also where the walk ends before its time.
    async fn search(&mut self, search: &Search, first_look: FirstLook) -> Result<Ended> {
        let mut walk = SearchWalk::new(search.clone(), &self.source.search, self.source.pages_max);
        let mut first: Option<(Url, Validators)> = None;
        loop {
            let url = walk.request();
            let known = if first.is_none() { self.known(&url)? } else { None };
            let step = match ask(self.rooms, &self.request(&url, known)).await? {
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
                        self.sight(walk.take_rows(), None, first_look)?;
                        self.rest(&fetched, format!("listing at {}: {why}", url.host_str().unwrap_or_default()));
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
                    self.sight(rows, first.as_ref().filter(|_| whole), first_look)?;
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

    /// The walk has to rest. That our own budget for the day is spent is no trouble of the source's.
    fn rest(&mut self, fetched: &Fetched, why: String) {
        if let Fetched::Withheld { why: Withheld::Budget { until } } = fetched {
            self.polled.rests_until = Some(*until);
            self.polled.flaws.push(why);
        } else {
            self.polled.troubles.push(why);
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
    fn sight(&mut self, rows: Vec<Row>, whole: Option<&(Url, Validators)>, first_look: FirstLook) -> Result<()> {
        let now = self.rooms.clock.now();
        let rows = self.of_the_site(rows);
        let (news, baseline): (Vec<Row>, Vec<Row>) =
            rows.iter().cloned().partition(|row| first_look.telling(row) == Telling::News);
        let (source, topic) = (self.source, self.topic);
        let new = blocking(|| {
            self.rooms.store.write(|w| -> Result<_> {
                let mut new = 0;
                for (rows, telling) in [(&news, Telling::News), (&baseline, Telling::Baseline)] {
                    let sighted = w.sight(&source.name, rows, None, telling, now)?;
                    new += sighted.new;
                    for back in &sighted.back {
                        settle::reappear(w, back, &topic.name)?;
                    }
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

    /// The rows, without addresses that lead to other sites: a listing does not choose whom we ask.
    fn of_the_site(&mut self, mut rows: Vec<Row>) -> Vec<Row> {
        for row in &mut rows {
            let leads_away = |url: &String| !Url::parse(url).is_ok_and(|url| site::is_of(&self.source.search, &url));
            if row.url.take_if(|url| leads_away(url)).is_some() {
                let id = row.native_id.as_deref().unwrap_or_default();
                self.polled.flaws.push(format!("the listing's row {id} leads to another site and is not followed"));
            }
        }
        rows
    }

    /// Counts what no listing of any term has any more; the third time in a row it is withdrawn.
    fn absences(&mut self, from: Date) -> Result<()> {
        let Some(rows) = self.heard.take() else { return Ok(()) };
        let now = self.rooms.clock.now();
        let (source, topic) = (self.source, self.topic);
        let way = format!("{} fulltext={} {}", source.search, source.fulltext, topic.terms.join(" | "));
        blocking(|| {
            self.rooms.store.write(|w| {
                let searched_since = w.first_look_at(&source.name, &way, now)?;
                let window = Window { from, to: china_day(now), searched_since };
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
