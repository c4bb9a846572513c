//! The story as data: what happens on the replica site, and when, over ten days of September 2019. The site looks only at the clock,
//! so a story that was interrupted goes on where its clock stands. Lacks any pace: who moves the clock decides that.

use jiff::Timestamp;
use jiff::civil::{DateTime, datetime};

use super::notices::{Notice, china, news};

/// One moment of the story.
#[derive(Clone, Debug)]
pub struct Beat {
    /// When it happens.
    pub at: Timestamp,
    /// What happens, for people.
    pub title: &'static str,
    /// What the site does.
    pub what: What,
}

/// What the site does at a beat.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// A notice appears.
    Publish(&'static Notice),
    /// From now on (or no longer) every page is the challenge against robots.
    Challenge(bool),
    /// From now on (or no longer) the site answers 503.
    Outage(bool),
    /// Nothing on the site: time passes, perhaps a digest falls due.
    Nothing,
}

/// How the site answers at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// With content.
    Fair,
    /// With the challenge page.
    Challenge,
    /// With 503.
    Outage,
}

/// When the story begins: everything published before stands on the site already.
#[must_use]
pub fn start() -> Timestamp {
    china(START)
}

/// When it is over.
#[must_use]
pub fn end() -> Timestamp {
    china(END)
}

const START: DateTime = datetime(2019, 9, 10, 9, 0, 0, 0);
const END: DateTime = datetime(2019, 9, 20, 20, 0, 0, 0);

/// Beats that are not notices.
const OTHERS: [(DateTime, &str, What); 15] = [
    (START, "The first look: what stands on the site is kept as a baseline, and nobody is told", What::Nothing),
    (datetime(2019, 9, 10, 18, 5, 0, 0), "The daily digest falls due: one new tender", What::Nothing),
    (datetime(2019, 9, 11, 18, 5, 0, 0), "The daily digest: a tender and an award in two lots", What::Nothing),
    (datetime(2019, 9, 12, 18, 5, 0, 0), "The daily digest: a deadline has moved", What::Nothing),
    (
        datetime(2019, 9, 13, 10, 0, 0, 0),
        "The site takes us for a robot: a challenge instead of pages",
        What::Challenge(true),
    ),
    (datetime(2019, 9, 13, 16, 0, 0, 0), "The challenge is over", What::Challenge(false)),
    (datetime(2019, 9, 13, 18, 5, 0, 0), "The daily digest: what appeared meanwhile is not lost", What::Nothing),
    (datetime(2019, 9, 16, 18, 5, 0, 0), "The daily digest: the award, once", What::Nothing),
    (datetime(2019, 9, 17, 18, 5, 0, 0), "The daily digest: a procurement was stopped", What::Nothing),
    (datetime(2019, 9, 18, 9, 0, 0, 0), "The site is down: 503 to everything", What::Outage(true)),
    (datetime(2019, 9, 18, 18, 5, 0, 0), "The daily digest falls due while nothing can be read", What::Nothing),
    (datetime(2019, 9, 18, 21, 0, 0, 0), "The site is back", What::Outage(false)),
    (datetime(2019, 9, 19, 18, 5, 0, 0), "The daily digest: a contract, a second round, an award", What::Nothing),
    (
        datetime(2019, 9, 20, 18, 5, 0, 0),
        "The last daily digest: what was told of the award is corrected",
        What::Nothing,
    ),
    (END, "The end", What::Nothing),
];

/// Every beat, in order.
#[must_use]
pub fn beats() -> Vec<Beat> {
    let others = OTHERS.iter().map(|(at, title, what)| Beat { at: china(*at), title, what: *what });
    let notices = news::NOTICES.iter().map(|notice| Beat {
        at: notice.published_at(),
        title: news::told_to_people(notice.id),
        what: What::Publish(notice),
    });
    let mut beats: Vec<Beat> = others.chain(notices).collect();
    beats.sort_by_key(|beat| beat.at);
    beats
}

/// How the site answers at `now`.
#[must_use]
pub fn weather(now: Timestamp) -> Weather {
    let mut weather = Weather::Fair;
    for (_, _, what) in OTHERS.iter().filter(|(at, _, _)| china(*at) <= now) {
        weather = match what {
            What::Challenge(true) => Weather::Challenge,
            What::Outage(true) => Weather::Outage,
            What::Challenge(false) | What::Outage(false) => Weather::Fair,
            What::Publish(_) | What::Nothing => weather,
        };
    }
    weather
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::demo::notices;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_story_lasts_ten_days_and_publishes_all_its_news() {
        let beats = beats();
        assert!(beats.iter().all(|beat| start() <= beat.at && beat.at <= end()));
        assert_eq!(beats.iter().filter(|beat| matches!(beat.what, What::Publish(_))).count(), news::NOTICES.len());
        assert_eq!(beats.len(), 28);
        assert!(beats.iter().all(|beat| !beat.title.is_empty()));
    }

    #[test]
    fn only_the_news_appears_after_the_beginning() {
        for notice in notices::all() {
            assert_eq!(notices::during_the_story(notice), notice.published_at() >= start(), "{}", notice.id);
            assert!(notices::during_the_story(notice) || notice.tells.is_empty(), "{}", notice.id);
        }
    }

    #[test]
    fn ids_are_unique_and_grow_with_time_as_on_the_site() {
        let all = notices::all();
        let ids: BTreeSet<u32> = all.iter().map(|notice| notice.id).collect();
        assert_eq!(ids.len(), all.len());
        assert!(all.is_sorted_by_key(|notice| notice.id), "an id out of order");
    }

    #[test]
    fn the_weather_changes_with_the_clock_alone() {
        assert_eq!(weather(start()), Weather::Fair);
        assert_eq!(weather(at("2019-09-13T12:00:00+08:00")), Weather::Challenge);
        assert_eq!(weather(at("2019-09-13T16:00:00+08:00")), Weather::Fair);
        assert_eq!(weather(at("2019-09-18T20:59:59+08:00")), Weather::Outage);
        assert_eq!(weather(end()), Weather::Fair);
    }
}
