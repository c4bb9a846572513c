//! What to search for (SOURCES §1): which windows of days, and the site's own form filled in. Pure; `walk.rs` goes through the pages.

use jiff::ToSpan as _;
use jiff::civil::Date;
use url::Url;

/// The site takes no longer window: 起止日期不能超过365天.
const WINDOW_DAYS_MAX: i32 = 365;

/// One search: a term over a window of days, both ends included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// The keyword; empty finds everything.
    pub term: String,
    /// In the text of notices; otherwise in their titles.
    pub fulltext: bool,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Search {
    /// The windows that together cover these days, newest first, none longer than the site takes.
    #[must_use]
    pub fn windows(term: &str, fulltext: bool, from: Date, to: Date) -> Vec<Self> {
        let mut windows = Vec::new();
        let mut end = to;
        while from <= end {
            let start = end.saturating_sub((WINDOW_DAYS_MAX - 1).days()).max(from);
            windows.push(Self { term: term.to_owned(), fulltext, from: start, to: end });
            let Ok(before) = start.yesterday() else { break };
            end = before;
        }
        windows
    }

    /// The two halves of the window, newest first. A single day has none.
    pub(super) fn halves(&self) -> Option<[Self; 2]> {
        let days = days_between(self.from, self.to);
        let middle = self.from.checked_add((days / 2).days()).ok().filter(|_| days > 0)?;
        let after = middle.tomorrow().ok()?;
        Some([Self { from: after, ..self.clone() }, Self { to: middle, ..self.clone() }])
    }

    /// The address of one page: the parameters of the site's own form, in its order.
    #[must_use]
    pub fn request(&self, site: &Url, page: u32) -> Url {
        let mut url = site.clone();
        let day = |date: Date| date.strftime("%Y:%m:%d").to_string();
        url.query_pairs_mut()
            .clear()
            .append_pair("searchtype", if self.fulltext { "2" } else { "1" })
            .append_pair("page_index", &page.to_string())
            .append_pair("bidSort", "0")
            .append_pair("buyerName", "")
            .append_pair("projectId", "")
            .append_pair("pinMu", "0")
            .append_pair("bidType", "0")
            .append_pair("dbselect", "bidx")
            .append_pair("kw", &self.term)
            .append_pair("start_time", &day(self.from))
            .append_pair("end_time", &day(self.to))
            .append_pair("timeType", "6")
            .append_pair("displayZone", "")
            .append_pair("zoneId", "")
            .append_pair("pppStatus", "0")
            .append_pair("agentName", "");
        url
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn site_url() -> Url {
        Url::parse("http://search.ccgp.gov.cn/bxsearch").unwrap()
    }

    fn search(from: Date, to: Date) -> Search {
        Search { term: "区块链".into(), fulltext: true, from, to }
    }

    #[test]
    fn a_request_carries_the_form_of_the_site() {
        let url = search(date(2026, 9, 1), date(2026, 9, 30)).request(&site_url(), 3);
        assert_eq!(
            url.as_str(),
            "http://search.ccgp.gov.cn/bxsearch?searchtype=2&page_index=3&bidSort=0&buyerName=&projectId=&pinMu=0\
             &bidType=0&dbselect=bidx&kw=%E5%8C%BA%E5%9D%97%E9%93%BE&start_time=2026%3A09%3A01&end_time=2026%3A09%3A30\
             &timeType=6&displayZone=&zoneId=&pppStatus=0&agentName="
        );
        let title = Search { fulltext: false, ..search(date(2026, 9, 1), date(2026, 9, 30)) };
        assert!(title.request(&site_url(), 1).as_str().contains("searchtype=1&page_index=1&"));
    }

    proptest! {
        #[test]
        fn windows_cover_every_day_once_newest_first(start in 0_i32..4000, days in 0_i32..1500) {
            let from = date(2013, 1, 1) + start.days();
            let to = from + days.days();
            let mut end = to;
            for window in Search::windows("x", false, from, to) {
                prop_assert_eq!(window.to, end);
                prop_assert!(days_between(window.from, window.to) < WINDOW_DAYS_MAX);
                end = window.from.yesterday().unwrap();
            }
            prop_assert_eq!(end, from.yesterday().unwrap());
        }

        #[test]
        fn halves_cover_the_window(days in 0_i32..400) {
            let whole = search(date(2026, 1, 1), date(2026, 1, 1) + days.days());
            match whole.halves() {
                None => prop_assert_eq!(days, 0),
                Some([newer, older]) => {
                    prop_assert_eq!((older.from, newer.to), (whole.from, whole.to));
                    prop_assert_eq!(older.to.tomorrow().unwrap(), newer.from);
                }
            }
        }
    }
}
