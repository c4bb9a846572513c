//! The whole document: its sections in the order in which they refer to each other. Each section has its own file, or a
//! function here when it is small.

use std::path::PathBuf;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use toml::de::DeTable;

use crate::domain::money::Money;
use crate::domain::topic::Topic;
use crate::platform::logs;

use super::settings::{AuditSettings, Config, DigestSettings, LogSettings, Milestones};
use super::walk::{At, Table, Walk};
use super::{canary, channels, fetching, limits, shifts, sources, subscriptions, values, web};

/// What a time of day looks like.
const TIME: &str = "a time of day in quotes, as \"08:30\"";
/// What a zone looks like.
const ZONE: &str = "an IANA time zone, as \"Asia/Shanghai\" or \"Europe/Berlin\"";

/// Walks the document. Nothing comes back only where something is missing that no default stands in for.
pub(super) fn config(walk: &Walk, document: &DeTable<'_>) -> Option<Config> {
    let root = Table::new(walk, String::new(), 0..0, document);
    let contact = contact(&root);
    let data_dir = data_dir(&root);
    let log = root.table("log").map_or_else(default_log, |table| log(&table));
    let topics = topics(&root);
    let fetch = fetching::read(root.table("fetch").as_ref());
    let sources = sources::read(&root, &topics, &fetch);
    let declared = channels::read(&root);
    let subscriptions = subscriptions::read(&root, &topics, &declared);
    let audit = audit(root.table("audit").as_ref());
    let milestones = root.table("milestones").map_or_else(Milestones::default, |table| milestones(&table));
    let shifts = shifts::read(root.table("shifts").as_ref());
    let digest = root.table("digest").map_or_else(DigestSettings::default, |table| digest(&table));
    let web = web::read(root.table("web").as_ref(), &declared);
    let canary = canary::read(root.table("canary").as_ref(), &declared);
    root.finish();
    let contact = contact?;
    let channels = declared.into_iter().filter_map(|channel| Some((channel.name, channel.settings?))).collect();
    Some(Config {
        contact,
        data_dir,
        log,
        topics,
        fetch,
        sources,
        channels,
        subscriptions,
        audit,
        milestones,
        shifts,
        digest,
        web,
        canary,
    })
}

fn contact(root: &Table<'_, '_>) -> Option<String> {
    let expected = "a mail address or a web address at which a site's keeper can reach you";
    let found = root.required_text("contact", expected, "contact = \"ops@example.org\"")?;
    let text = found.value.trim();
    let is_mail = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    // It becomes part of a header.
    let is_plain = text.len() <= limits::CONTACT_CHARS_MAX
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'(' | b')'));
    if is_plain && (is_mail || values::web_address(text).is_some()) {
        return Some(text.to_owned());
    }
    root.walk.wrong(
        &found.span,
        format!("contact = {text:?} is no address"),
        expected,
        "write contact = \"ops@example.org\"",
    );
    None
}

fn data_dir(root: &Table<'_, '_>) -> PathBuf {
    if let Some(found) = root.text("data_dir", "a folder, in quotes") {
        return PathBuf::from(found.value);
    }
    // systemd may name several folders, with colons; the first is ours.
    let given = std::env::var("STATE_DIRECTORY").ok();
    let first = given.as_deref().and_then(|folders| folders.split(':').next()).filter(|folder| !folder.is_empty());
    PathBuf::from(first.unwrap_or(limits::DATA_DIR))
}

fn default_log() -> LogSettings {
    LogSettings { format: logs::Format::Text, filter: limits::LOG_FILTER.to_owned() }
}

fn log(table: &Table<'_, '_>) -> LogSettings {
    let formats = [("text", logs::Format::Text), ("json", logs::Format::Json)];
    let format = table.word("format", &formats, logs::Format::Text);
    let expected = "a level, as \"info\", or target=level pairs with commas";
    let filter = table.text("filter", expected);
    if let Some(found) = &filter
        && logs::check(found.value).is_err()
    {
        table.walk.wrong(
            &found.span,
            format!("filter = {:?} is not understood", found.value),
            expected,
            "write \"info\" or \"info,tenderwatch::jobs=debug\"",
        );
    }
    table.finish();
    LogSettings { format, filter: filter.map_or(limits::LOG_FILTER, |found| found.value).to_owned() }
}

/// Without a `[topics]` section the topic out of the box is watched.
fn topics(root: &Table<'_, '_>) -> Vec<Topic> {
    if root.place("topics").is_none() {
        return vec![Topic::blockchain()];
    }
    let named = root.named("topics");
    if named.is_empty() {
        root.missing(
            "topic",
            "at least one table [topics.NAME], or no [topics] at all",
            "[topics.blockchain] with terms = [\"区块链\"]",
        );
    }
    named.into_iter().map(|(name, table)| topic(name, &table)).collect()
}

fn topic(name: String, table: &Table<'_, '_>) -> Topic {
    table.check_name(&name);
    let terms = table.texts("terms", "a term in quotes, as \"区块链\"");
    match (table.place("terms"), &terms) {
        (None, _) => table.missing("terms", "at least one term", "terms = [\"区块链\", \"blockchain\"]"),
        (Some(place), Some(list)) if list.is_empty() => {
            table.walk.wrong(&place, "terms names nothing to look for", "at least one term", "name one");
        }
        _ => {}
    }
    let exclusions = table.texts("exclusions", "a passage in quotes that does not count");
    table.finish();
    Topic { name, terms: owned(terms), exclusions: owned(exclusions) }
}

fn owned(texts: Option<Vec<At<&str>>>) -> Vec<String> {
    texts.unwrap_or_default().into_iter().map(|text| text.value.to_owned()).collect()
}

fn audit(table: Option<&Table<'_, '_>>) -> AuditSettings {
    let Some(table) = table else {
        return AuditSettings { at: limits::AUDIT_AT, zone: limits::ZONE.to_owned() };
    };
    let settings = AuditSettings { at: time_of_day(table, "at", limits::AUDIT_AT), zone: zone(table, "zone") };
    table.finish();
    settings
}

fn digest(table: &Table<'_, '_>) -> DigestSettings {
    let expected = "an absolute path to a folder, in quotes";
    let templates = table.text("templates", expected).and_then(|found| {
        let folder = PathBuf::from(found.value);
        if !folder.is_absolute() {
            let message = "templates depends on where the program is started";
            let remedy = "write the path from the root, as \"/etc/tenderwatch/templates\"";
            table.walk.wrong(&found.span, message, expected, remedy);
            return None;
        }
        Some(folder)
    });
    table.finish();
    DigestSettings { templates }
}

/// A wall-clock time, as text or as TOML's own.
pub(super) fn time_of_day(table: &Table<'_, '_>, key: &'static str, default: Time) -> Time {
    let Some(found) = table.text_or_datetime(key, TIME) else { return default };
    let parsed = if found.value.len() >= 5 { found.value.parse::<Time>().ok() } else { None };
    parsed.unwrap_or_else(|| {
        table.walk.wrong(
            &found.span,
            format!("{key} = {:?} is no time of day", found.value),
            TIME,
            "write two digits, a colon, two digits: 00:00 to 23:59",
        );
        default
    })
}

/// A zone of the IANA database.
pub(super) fn zone(table: &Table<'_, '_>, key: &'static str) -> String {
    let Some(found) = table.text(key, ZONE) else { return limits::ZONE.to_owned() };
    if TimeZone::get(found.value).is_err() {
        let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let remedy = values::meant(found.value, known.iter().map(String::as_str)).map_or_else(
            || "write a zone by its city, not by its offset".to_owned(),
            |name| format!("did you mean {name:?}?"),
        );
        table.walk.wrong(&found.span, format!("{key} = {:?} is no time zone", found.value), ZONE, remedy);
        return limits::ZONE.to_owned();
    }
    found.value.to_owned()
}

fn milestones(table: &Table<'_, '_>) -> Milestones {
    let milestones = Milestones {
        budget: sums(table, "budget"),
        award: sums(table, "award"),
        topic_part: sums(table, "topic_part"),
    };
    table.finish();
    milestones
}

fn sums(table: &Table<'_, '_>, key: &'static str) -> Vec<Money> {
    let texts = table.texts(key, values::YUAN).unwrap_or_default();
    let mut found: Vec<At<i64>> = Vec::new();
    for text in &texts {
        if let Some(sum) = values::yuan(text.value) {
            found.push(At { value: sum.ten_thousandths, span: text.span.clone() });
        } else {
            let message = format!("in {key}, {:?} is no sum", text.value);
            table.walk.wrong(&text.span, message, values::YUAN, "write digits and perhaps 万 or 亿");
        }
    }
    table.rising(key, &found, |sum| format!("{} yuan", Money::cny(*sum).decimal()));
    found.into_iter().map(|sum| Money::cny(sum.value)).collect()
}
