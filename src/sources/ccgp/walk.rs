//! How to walk the pages of one search: which page next, when to ask again, when to split the window, and when the walk may be
//! called whole. Pure: it says what to ask for and is fed what came. Tolerates a list that moves while it is walked.

use std::collections::HashSet;

use url::Url;

use super::plan::Search;
use crate::domain::reading::{Coverage, Listing, Reading, Row};

/// Every page but the last has as many rows.
const ROWS_A_PAGE: usize = 20;

/// How often one page is asked for again before it is taken as it is, or the walk ends without it.
const AGAIN_MAX: u32 = 3;

/// How often the whole list is walked, if it moves each time.
const WALKS_MAX: u32 = 3;

/// The pages that a search is walked to unless the configuration says otherwise.
pub const PAGES_MAX: u32 = 100;

/// What to do after a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ask for [`SearchWalk::request`].
    Next,
    /// The page was not what was asked for: ask for [`SearchWalk::request`] once more, after a while.
    Again {
        /// What was wrong.
        why: String,
    },
    /// The walk is over.
    Done {
        /// Every row seen, each once, newest first as far as the site had them so.
        rows: Vec<Row>,
        /// `Whole` only if the site's own figures agree with what was read.
        coverage: Coverage,
        /// Why it is not whole; none where it is.
        troubles: Vec<String>,
    },
    /// There are more pages than may be walked: walk these instead.
    Split(Vec<Search>),
}

/// A walk through all pages of one search.
#[derive(Clone, Debug)]
pub struct SearchWalk {
    search: Search,
    site: Url,
    pages_max: u32,
    page: u32,
    agains: u32,
    walks: u32,
    rows: Vec<Row>,
    known: HashSet<String>,
    walk: Walk,
    /// What the walk before this one came to.
    before: Option<Walk>,
}

/// One pass from the first page to the last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Walk {
    total: Option<u64>,
    seen: HashSet<String>,
    /// Rows with their repeats.
    shown: u64,
    flaw: Option<String>,
}

impl SearchWalk {
    /// A walk that begins at the first page. `site` is the search's address without parameters; `pages_max` at least 1.
    #[must_use]
    pub fn new(search: Search, site: &Url, pages_max: u32) -> Self {
        Self {
            search,
            site: site.clone(),
            pages_max: pages_max.max(1),
            page: 1,
            agains: 0,
            walks: 1,
            rows: Vec::new(),
            known: HashSet::new(),
            walk: Walk::default(),
            before: None,
        }
    }

    /// The address of the page to ask for.
    #[must_use]
    pub fn request(&self) -> Url {
        self.search.request(&self.site, self.page)
    }

    /// What to do after a page: search results, the site's word that there are none, or neither.
    pub fn feed(&mut self, reading: &Reading) -> Step {
        match &reading.listing {
            Some(listing) => self.feed_listing(listing),
            None => self.failed(&format!("a page of another kind came: {}", reading.page.word())),
        }
    }

    /// What to do after a page that did not come, or not whole.
    pub fn failed(&mut self, why: &str) -> Step {
        self.again(why.to_owned()).unwrap_or_else(|why| self.done(Some(why)))
    }

    /// Takes the rows of a walk that ends before its time.
    pub fn take_rows(&mut self) -> Vec<Row> {
        std::mem::take(&mut self.rows)
    }

    fn feed_listing(&mut self, listing: &Listing) -> Step {
        if let Some(why) = self.is_another_page(listing) {
            return self.again(why).unwrap_or_else(|why| self.done(Some(why)));
        }
        if listing.pages.is_some_and(|pages| pages > self.pages_max)
            && let Some(halves) = self.search.halves()
        {
            return Step::Split(halves.into());
        }
        if let Some(why) = self.misses_rows(listing) {
            match self.again(why) {
                Ok(step) => return step,
                // Some lists are short for good: what they have is taken, and the walk goes on.
                Err(why) => self.walk.mark(why),
            }
        }
        self.agains = 0;
        self.take(listing);
        self.forward(listing)
    }

    /// Whether this cannot be the page that was asked for.
    fn is_another_page(&self, listing: &Listing) -> Option<String> {
        let past_the_end = listing.pages.is_some_and(|pages| self.page > pages.max(1));
        let nothing_at_all = listing.total == Some(0) && !self.known.is_empty();
        if nothing_at_all {
            return Some("the site says that there is nothing, after it showed rows".to_owned());
        }
        // A list that became shorter has no such page any more; that is no mistake of the site's.
        (listing.page != self.page && !past_the_end)
            .then(|| format!("page {} was asked for and page {} came", self.page, listing.page))
    }

    /// Whether the page has fewer rows than its place in the list demands.
    fn misses_rows(&self, listing: &Listing) -> Option<String> {
        let pages = listing.pages.unwrap_or(self.page);
        let (page, rows) = (self.page, listing.rows.len());
        if listing.total.is_none() {
            return Some(format!("page {page} does not say how many rows there are"));
        }
        if page < pages && rows < ROWS_A_PAGE {
            return Some(format!("page {page} of {pages} has {rows} rows"));
        }
        if rows == 0 && page <= pages && listing.total != Some(0) {
            return Some(format!("page {page} of {pages} has no rows"));
        }
        listing.pages.is_none().then(|| format!("page {page} does not say how many pages there are"))
    }

    /// Asks for the same page once more, or gives the reason back when it was asked for often enough.
    fn again(&mut self, why: String) -> Result<Step, String> {
        if self.agains >= AGAIN_MAX {
            return Err(why);
        }
        self.agains += 1;
        Ok(Step::Again { why })
    }

    fn take(&mut self, listing: &Listing) {
        match self.walk.total {
            None => self.walk.total = listing.total,
            Some(total) if listing.total.is_some_and(|now| now != total) => {
                self.walk.mark("the list changed while it was walked".to_owned());
                self.walk.total = listing.total;
            }
            Some(_) => {}
        }
        if listing.page != self.page {
            return; // the list became shorter: these rows were read in their place
        }
        for row in &listing.rows {
            let key = key(row);
            self.walk.seen.insert(key.clone());
            self.walk.shown += 1;
            if self.known.insert(key) {
                self.rows.push(row.clone());
            }
        }
    }

    fn forward(&mut self, listing: &Listing) -> Step {
        let pages = listing.pages.unwrap_or(self.page);
        if self.page >= pages {
            return self.end_of_walk();
        }
        if self.page >= self.pages_max {
            return self.done(Some(format!("more than {} pages on one day", self.pages_max)));
        }
        self.page += 1;
        Step::Next
    }

    /// Whole if the list stood still and as many rows were read as the site counts. Otherwise it is walked again, unless it came to
    /// the same twice: then the site shows a row twice, or its own figures disagree, and will.
    fn end_of_walk(&mut self) -> Step {
        let repeats_only = self.walk.flaw.is_none() && self.walk.total == Some(self.walk.shown);
        let read = u64::try_from(self.walk.seen.len()).ok();
        if self.walk.total != read {
            let total = self.walk.total.map_or_else(|| "an unknown number".to_owned(), |total| total.to_string());
            self.walk.mark(format!("the site counts {total} rows and shows {}", self.walk.seen.len()));
        }
        let Some(why) = self.walk.flaw.clone() else { return self.done(None) };
        let walk = std::mem::take(&mut self.walk);
        let same_again = self.before.as_ref() == Some(&walk);
        if same_again || self.walks >= WALKS_MAX {
            return self.done(if same_again && repeats_only { None } else { Some(why) });
        }
        self.before = Some(walk);
        self.walks += 1;
        self.page = 1;
        Step::Next
    }

    fn done(&mut self, why: Option<String>) -> Step {
        let coverage = if why.is_none() { Coverage::Whole } else { Coverage::Partial };
        Step::Done { rows: std::mem::take(&mut self.rows), coverage, troubles: why.into_iter().collect() }
    }
}

impl Walk {
    /// The first flaw says the most.
    fn mark(&mut self, why: String) {
        self.flaw.get_or_insert(why);
    }
}

/// What a row is known by: the site's number, or else everything that is printed of it.
fn key(row: &Row) -> String {
    let printed = || {
        let at = row.published_at.map(|stamp| stamp.iso()).unwrap_or_default();
        format!("{} {at} {}", row.title, row.buyer.as_deref().unwrap_or_default())
    };
    row.native_id.clone().or_else(|| row.url.clone()).unwrap_or_else(printed)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};
    use proptest::prelude::*;

    use super::*;
    use crate::domain::reading::PageKind;

    /// A site whose list moves while it is walked: row numbers, newest first.
    struct Site {
        rows: Vec<u32>,
        next: u32,
    }

    /// What happens before a request is answered.
    #[derive(Clone, Copy, Debug)]
    enum Event {
        Nothing,
        Appears(usize),
        Vanishes(usize),
        ShortPage,
        OtherPage,
        Fails,
    }

    impl Site {
        fn of(rows: u32) -> Self {
            Self { rows: (0..rows).rev().collect(), next: rows }
        }

        fn happens(&mut self, event: Event) {
            match event {
                Event::Appears(at) => {
                    self.rows.insert(at.min(self.rows.len()), self.next);
                    self.next += 1;
                }
                Event::Vanishes(at) if !self.rows.is_empty() => {
                    self.rows.remove(at % self.rows.len());
                }
                _ => {}
            }
        }

        fn listing(&self, page: u32) -> Listing {
            let from = (page as usize - 1) * ROWS_A_PAGE;
            let rows = self.rows.iter().skip(from).take(ROWS_A_PAGE);
            let rows = rows.map(|id| Row { native_id: Some(id.to_string()), ..Row::default() }).collect();
            let pages = u32::try_from(self.rows.len().div_ceil(ROWS_A_PAGE)).unwrap();
            Listing { total: Some(self.rows.len() as u64), page, pages: Some(pages), rows }
        }

        fn answer(&mut self, walk: &mut SearchWalk, event: Event) -> Step {
            self.happens(event);
            let mut listing = self.listing(asked(walk));
            match event {
                Event::Fails => return walk.failed("HTTP 503"),
                Event::ShortPage => listing.rows.truncate(listing.rows.len() / 2),
                Event::OtherPage => listing = self.listing(listing.page + 1),
                _ => {}
            }
            walk.feed_listing(&listing)
        }

        /// Walks to the end with these events, then with none. Answers the rows, the coverage and the number of requests.
        fn walk(&mut self, walk: &mut SearchWalk, events: &[Event]) -> (Vec<u32>, Coverage, usize) {
            let mut events = events.iter().copied();
            for request in 1.. {
                let event = events.next().unwrap_or(Event::Nothing);
                if let Step::Done { rows, coverage, .. } = self.answer(walk, event) {
                    let rows = rows.iter().map(|row| row.native_id.as_deref().unwrap().parse().unwrap()).collect();
                    return (rows, coverage, request);
                }
                assert!(request < 1000, "a walk must end");
            }
            unreachable!()
        }
    }

    fn asked(walk: &SearchWalk) -> u32 {
        let url = walk.request();
        let (_, page) = url.query_pairs().find(|(name, _)| name == "page_index").unwrap();
        page.parse().unwrap()
    }

    fn site_url() -> Url {
        Url::parse("http://search.ccgp.gov.cn/bxsearch").unwrap()
    }

    fn search(from: Date, to: Date) -> Search {
        Search { term: "区块链".into(), fulltext: true, from, to }
    }

    fn walk() -> SearchWalk {
        SearchWalk::new(search(date(2026, 9, 1), date(2026, 9, 30)), &site_url(), PAGES_MAX)
    }

    #[test]
    fn pages_are_walked_to_the_end_and_the_count_agrees() {
        let (rows, coverage, requests) = Site::of(45).walk(&mut walk(), &[]);
        assert_eq!(rows, (0..45).rev().collect::<Vec<_>>());
        assert_eq!((coverage, requests), (Coverage::Whole, 3));
    }

    #[test]
    fn a_window_without_hits_is_whole_and_empty() {
        let (rows, coverage, requests) = Site::of(0).walk(&mut walk(), &[]);
        assert_eq!((rows.len(), coverage, requests), (0, Coverage::Whole, 1));
    }

    #[test]
    fn a_row_that_appears_while_walking_costs_a_second_walk_and_nothing_else() {
        let events = [Event::Nothing, Event::Appears(0)];
        let (rows, coverage, requests) = Site::of(45).walk(&mut walk(), &events);
        assert_eq!((rows.len(), coverage, requests), (46, Coverage::Whole, 6));
    }

    #[test]
    fn the_tail_pushed_to_a_new_page_is_followed_there() {
        let events = [Event::Nothing, Event::Appears(0)];
        let (rows, coverage, _) = Site::of(40).walk(&mut walk(), &events);
        assert_eq!((rows.len(), coverage), (41, Coverage::Whole));
    }

    #[test]
    fn a_last_page_that_vanished_is_no_endless_walk() {
        let events = [Event::Nothing, Event::Nothing, Event::Vanishes(0)];
        let (rows, coverage, _) = Site::of(41).walk(&mut walk(), &events);
        assert_eq!((rows.len(), coverage), (41, Coverage::Whole));
    }

    #[test]
    fn a_wrong_page_is_asked_for_again_and_then_given_up() {
        let mut site = Site::of(45);
        let mut walk = walk();
        assert_eq!(site.answer(&mut walk, Event::Nothing), Step::Next);
        for event in [Event::OtherPage, Event::ShortPage, Event::Fails] {
            assert!(matches!(site.answer(&mut walk, event), Step::Again { .. }));
            assert_eq!(asked(&walk), 2);
        }
        let Step::Done { rows, coverage, troubles } = site.answer(&mut walk, Event::Fails) else { panic!() };
        assert_eq!((rows.len(), coverage, troubles), (20, Coverage::Partial, vec!["HTTP 503".to_owned()]));
    }

    #[test]
    fn a_page_that_stays_short_is_taken_and_the_walk_goes_on_without_being_whole() {
        let mut walk = walk();
        let mut site = Site::of(45);
        for _ in 0..AGAIN_MAX {
            assert!(matches!(site.answer(&mut walk, Event::ShortPage), Step::Again { .. }));
        }
        assert_eq!(site.answer(&mut walk, Event::ShortPage), Step::Next);
        assert_eq!(asked(&walk), 2);
        let always = [Event::ShortPage; 40];
        let (rows, coverage, _) = site.walk(&mut walk, &always);
        assert!(rows.contains(&4), "the last page was reached all the same");
        assert_eq!(coverage, Coverage::Partial);
    }

    #[test]
    fn a_count_that_never_agrees_is_partial_after_two_walks() {
        let mut walk = walk();
        let mut listing = Site::of(15).listing(1);
        listing.total = Some(16);
        let reading = Reading { listing: Some(listing), ..Reading::of(PageKind::Listing) };
        assert_eq!(walk.feed(&reading), Step::Next);
        let Step::Done { rows, coverage, troubles } = walk.feed(&reading) else { panic!() };
        assert_eq!((rows.len(), coverage), (15, Coverage::Partial));
        assert_eq!(troubles, ["the site counts 16 rows and shows 15"]);
    }

    #[test]
    fn a_row_that_the_site_itself_shows_twice_is_no_flaw_once_it_is_seen_to_stay() {
        let mut walk = walk();
        let mut listing = Site::of(15).listing(1);
        listing.rows.extend(listing.rows.first().cloned());
        listing.total = Some(16);
        assert_eq!(walk.feed_listing(&listing), Step::Next);
        let Step::Done { rows, coverage, .. } = walk.feed_listing(&listing) else { panic!() };
        assert_eq!((rows.len(), coverage), (15, Coverage::Whole));
    }

    #[test]
    fn a_sudden_nothing_after_rows_is_not_believed() {
        let (mut walk, site) = (walk(), Site::of(45));
        assert_eq!(walk.feed_listing(&site.listing(1)), Step::Next);
        assert!(matches!(walk.feed_listing(&Site::of(0).listing(1)), Step::Again { .. }));
    }

    #[test]
    fn a_page_that_is_no_listing_is_asked_for_again_and_ends_the_walk_partial() {
        let mut walk = walk();
        let reading = Reading::of(PageKind::Challenge);
        for _ in 0..AGAIN_MAX {
            assert!(matches!(walk.feed(&reading), Step::Again { why } if why.contains("challenge")));
        }
        assert!(matches!(walk.feed(&reading), Step::Done { coverage: Coverage::Partial, .. }));
    }

    #[test]
    fn too_many_pages_are_split_into_halves_and_a_single_day_stays_partial() {
        let mut many = SearchWalk::new(search(date(2026, 9, 1), date(2026, 9, 30)), &site_url(), 2);
        let Step::Split(halves) = many.feed_listing(&Site::of(41).listing(1)) else { panic!() };
        let days: Vec<_> = halves.iter().map(|half| (half.from, half.to)).collect();
        assert_eq!(days, [(date(2026, 9, 16), date(2026, 9, 30)), (date(2026, 9, 1), date(2026, 9, 15))]);
        let mut day = SearchWalk::new(search(date(2026, 9, 1), date(2026, 9, 1)), &site_url(), 2);
        let (rows, coverage, requests) = Site::of(41).walk(&mut day, &[]);
        assert_eq!((rows.len(), coverage, requests), (40, Coverage::Partial, 2));
    }

    fn drift() -> impl Strategy<Value = Event> {
        prop_oneof![
            4 => Just(Event::Nothing),
            2 => Just(Event::Appears(0)),
            1 => (0_usize..90).prop_map(Event::Appears),
            1 => (0_usize..90).prop_map(Event::Vanishes),
        ]
    }

    fn trouble() -> impl Strategy<Value = Event> {
        prop_oneof![
            4 => drift(),
            1 => Just(Event::ShortPage),
            1 => Just(Event::OtherPage),
            1 => Just(Event::Fails),
        ]
    }

    proptest! {
        #[test]
        fn new_rows_never_cost_an_old_one(rows in 0_u32..90, at in prop::collection::vec(0_usize..90, 0..40)) {
            let events: Vec<_> = at.into_iter().map(Event::Appears).collect();
            let (read, _, _) = Site::of(rows).walk(&mut walk(), &events);
            for row in 0..rows {
                prop_assert!(read.contains(&row));
            }
        }

        #[test]
        fn a_walk_called_whole_has_every_row_that_stood_throughout(
            rows in 0_u32..90,
            events in prop::collection::vec(trouble(), 0..40),
        ) {
            let mut site = Site::of(rows);
            let (read, coverage, _) = site.walk(&mut walk(), &events);
            let each_once: HashSet<_> = read.iter().collect();
            prop_assert_eq!(each_once.len(), read.len());
            if coverage == Coverage::Whole {
                for row in site.rows.iter().filter(|row| **row < rows) {
                    prop_assert!(read.contains(row));
                }
            }
        }

        #[test]
        fn a_list_that_comes_to_rest_is_read_whole(rows in 0_u32..90, events in prop::collection::vec(drift(), 0..5)) {
            let mut site = Site::of(rows);
            let (read, coverage, _) = site.walk(&mut walk(), &events);
            prop_assert_eq!(coverage, Coverage::Whole);
            for row in &site.rows {
                prop_assert!(read.contains(row));
            }
        }
    }
}
