//! `[sources.NAME]`: where to look, for which topic, how often.

use std::time::Duration;

use jiff::civil::{Date, date};
use url::Url;

use crate::domain::topic::Topic;

use super::limits;
use crate::sources::Dialect;

use super::settings::{FetchSettings, SourceSettings};
use super::values;
use super::walk::{Table, one_of};

/// What a day looks like.
const DAY: &str = "a day, as \"2016-12-12\"";
/// Before this no source has anything to say.
const FIRST_DAY: Date = date(1990, 1, 1);

/// Reads every source. There must be one: without it nothing would happen, for ever.
pub(super) fn read(root: &Table<'_, '_>, topics: &[Topic], fetch: &FetchSettings) -> Vec<SourceSettings> {
    let named = root.named("sources");
    if named.is_empty() {
        root.missing(
            "source",
            "at least one table [sources.NAME]",
            "[sources.ccgp] with dialect = \"ccgp\" and since = \"2016-12-12\"",
        );
    }
    named.into_iter().filter_map(|(name, table)| source(name, &table, topics, fetch)).collect()
}

fn source(name: String, table: &Table<'_, '_>, topics: &[Topic], fetch: &FetchSettings) -> Option<SourceSettings> {
    table.check_name(&name);
    let dialect = dialect(table);
    let topic = topic(table, topics);
    let search = search(table, fetch);
    let own = search.as_ref().is_some_and(|url| is_own(url, fetch));
    let every = table.duration("every", if own { limits::EVERY_OWN } else { limits::EVERY });
    let since = since(table);
    let overlap_days = overlap_days(table);
    let fulltext = table.boolean("fulltext", true);
    let pages_max = table.count_u32("pages_max", limits::PAGES);
    let revisit = table.rising_durations("revisit", limits::REVISIT, &limits::REVISITS, limits::REVISITS_MAX);
    let failing_after = table.count_u32("failing_after", limits::FAILING_AFTER);
    let silent_after = silent_after(table, every);
    table.finish();
    Some(SourceSettings {
        name,
        dialect: dialect?,
        topic: topic?,
        search: search?,
        every,
        since: since?,
        overlap_days,
        fulltext,
        pages_max,
        revisit,
        failing_after,
        silent_after,
    })
}

fn dialect(table: &Table<'_, '_>) -> Option<Dialect> {
    let expected = one_of(Dialect::POLLED.map(Dialect::word));
    let found = table.required_text("dialect", &expected, "dialect = \"ccgp\"")?;
    let word = table.known_word("dialect", &found, Dialect::POLLED.map(Dialect::word).into_iter(), &expected)?;
    Dialect::POLLED.into_iter().find(|dialect| dialect.word() == word)
}

/// With one topic there is nothing to choose.
fn topic(table: &Table<'_, '_>, topics: &[Topic]) -> Option<String> {
    let names: Vec<String> = topics.iter().map(|topic| topic.name.clone()).collect();
    if let Some(found) = table.text("topic", "the name of a topic") {
        table.reference("topic", &found, "topics", &names);
        return Some(found.value.to_owned());
    }
    match names.as_slice() {
        [only] => Some(only.clone()),
        [first, ..] => {
            if table.place("topic").is_none() {
                table.missing("topic", one_of(names.iter().map(String::as_str)), format!("topic = {first:?}"));
            }
            None
        }
        [] => None,
    }
}

fn search(table: &Table<'_, '_>, fetch: &FetchSettings) -> Option<Url> {
    let expected = "a web address without name, password and query, as \"http://search.ccgp.gov.cn/bxsearch\"";
    let Some(found) = table.text("search", expected) else {
        return Url::parse(limits::CCGP_SEARCH).ok();
    };
    let url = values::web_address(found.value).filter(|url| url.query().is_none() && url.fragment().is_none());
    let Some(url) = url else {
        table.walk.wrong(
            &found.span,
            "search is not such an address",
            expected,
            "write the address up to the question mark",
        );
        return None;
    };
    if values::looks_private(&url) && !is_own(&url, fetch) {
        let host = values::host_names(&url).into_iter().next().unwrap_or_default();
        let remedy = format!("if this host is yours, add [fetch.hosts.{host:?}] with own = true");
        table.walk.wrong(
            &found.span,
            "search leads to a private address",
            "a public host, or one declared as your own",
            remedy,
        );
    }
    Some(url)
}

fn is_own(url: &Url, fetch: &FetchSettings) -> bool {
    let names = values::host_names(url);
    fetch.hosts.iter().any(|rule| rule.own && names.contains(&rule.host))
}

fn since(table: &Table<'_, '_>) -> Option<Date> {
    let Some(found) = table.text_or_datetime("since", DAY) else {
        if table.place("since").is_none() {
            table.missing("since", "the first day of interest", "since = \"2016-12-12\"");
        }
        return None;
    };
    let day = if found.value.len() == 10 { found.value.parse::<Date>().ok() } else { None };
    let day = day.filter(|day| *day >= FIRST_DAY);
    if day.is_none() {
        let message = format!("since = {:?} is no day", found.value);
        table.walk.wrong(&found.span, message, DAY, format!("write year-month-day, not before {FIRST_DAY}"));
    }
    day
}

fn overlap_days(table: &Table<'_, '_>) -> u16 {
    let day = limits::OVERLAP.min;
    let overlap = table.duration("overlap", limits::OVERLAP);
    let days = overlap.as_secs() / day.as_secs();
    if day.as_secs() * days != overlap.as_secs()
        && let Some(place) = table.place("overlap")
    {
        table.walk.wrong(
            &place,
            "overlap is not a whole number of days",
            "whole days, as \"7d\"",
            "sites search by day: round it up",
        );
    }
    u16::try_from(days).unwrap_or(u16::MAX)
}

fn silent_after(table: &Table<'_, '_>, every: Duration) -> Duration {
    let silent_after = table.duration("silent_after", limits::SILENT_AFTER);
    if silent_after <= every
        && let Some(place) = table.place("silent_after").or_else(|| table.place("every"))
    {
        let every = values::show_duration(every);
        let message = format!("silent_after is not longer than every = {every}");
        table.walk.wrong(&place, message, format!("more than {every}"), "lengthen silent_after, or look more often");
    }
    silent_after
}
