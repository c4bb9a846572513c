//! `[fetch]`: how gently to ask, and what differs by host.

use std::time::Duration;

use super::limits::{self, Limit};
use super::settings::{FetchSettings, HostRule};
use super::values;
use super::walk::Table;

/// Reads the section, or gives the defaults where there is none.
pub(super) fn read(table: Option<&Table<'_, '_>>) -> FetchSettings {
    let Some(table) = table else { return default() };
    let default = rule(table, String::new(), None);
    let hosts = table.named("hosts").into_iter().map(|(name, host)| host_rule(name, &host, &default)).collect();
    let settings = FetchSettings {
        default,
        hosts,
        connect_timeout: table.duration("connect_timeout", limits::CONNECT_TIMEOUT),
        head_timeout: table.duration("head_timeout", limits::HEAD_TIMEOUT),
        body_timeout: table.duration("body_timeout", limits::BODY_TIMEOUT),
        total_timeout: table.duration("total_timeout", limits::TOTAL_TIMEOUT),
        body_bytes_max: table.bytes("body_max", limits::BODY_BYTES),
        redirects_max: table.count_u32("redirects_max", limits::REDIRECTS),
    };
    check_total(table, &settings);
    table.finish();
    settings
}

fn default() -> FetchSettings {
    FetchSettings {
        default: HostRule {
            host: String::new(),
            gap: limits::GAP.default,
            jitter: limits::JITTER.default,
            requests_per_day: u32::try_from(limits::REQUESTS_PER_DAY.default).unwrap_or(u32::MAX),
            own: false,
        },
        hosts: Vec::new(),
        connect_timeout: limits::CONNECT_TIMEOUT.default,
        head_timeout: limits::HEAD_TIMEOUT.default,
        body_timeout: limits::BODY_TIMEOUT.default,
        total_timeout: limits::TOTAL_TIMEOUT.default,
        body_bytes_max: limits::BODY_BYTES.default,
        redirects_max: u32::try_from(limits::REDIRECTS.default).unwrap_or(u32::MAX),
    }
}

/// A fetch that may not last as long as one of its parts is a slip.
fn check_total(table: &Table<'_, '_>, settings: &FetchSettings) {
    let parts = [
        ("connect_timeout", settings.connect_timeout),
        ("head_timeout", settings.head_timeout),
        ("body_timeout", settings.body_timeout),
    ];
    for (key, part) in parts {
        if part <= settings.total_timeout {
            continue;
        }
        let Some(place) = table.place(key).or_else(|| table.place("total_timeout")) else { continue };
        let (part, total) = (values::show_duration(part), values::show_duration(settings.total_timeout));
        let message = format!("{key} = {part} is longer than total_timeout = {total}");
        table.walk.wrong(&place, message, format!("at most {total}"), "raise total_timeout, or lower this one");
    }
}

fn host_rule(name: String, table: &Table<'_, '_>, default: &HostRule) -> HostRule {
    if !values::host_name(&name) {
        let message = format!("{name:?} is not the name of a host");
        table.walk.wrong(&table.span, message, "host or host:port in small letters", "leave out http:// and the path");
    }
    let rule = rule(table, name, Some(default));
    table.finish();
    rule
}

fn rule(table: &Table<'_, '_>, host: String, default: Option<&HostRule>) -> HostRule {
    let is_host = default.is_some();
    let own = is_host && table.boolean("own", false);
    let per_day = default.map_or(limits::REQUESTS_PER_DAY.default, |rule| u64::from(rule.requests_per_day));
    HostRule {
        gap: gap(table, own, default),
        jitter: table.number(
            "jitter",
            Limit { default: default.map_or(limits::JITTER.default, |rule| rule.jitter), ..limits::JITTER },
        ),
        requests_per_day: table.count_u32("requests_per_day", Limit { default: per_day, ..limits::REQUESTS_PER_DAY }),
        own,
        host,
    }
}

/// Others' hosts are asked with a gap, whatever the configuration says.
fn gap(table: &Table<'_, '_>, own: bool, default: Option<&HostRule>) -> Duration {
    let fallback = default.map_or(limits::GAP.default, |rule| rule.gap);
    let Some(text) = table.text("gap", values::DURATION) else { return fallback };
    if !own && values::duration(text.value).is_some_and(|gap| gap < limits::GAP.min) {
        let message = format!("gap = {:?} is too short for a host that is not your own", text.value);
        let expected = format!("at least {}", values::show_duration(limits::GAP.min));
        let remedy = match default {
            Some(_) => "lengthen the gap, or write own = true if this host is yours",
            None => "lengthen the gap; under [fetch.hosts.\"host:port\"] with own = true it may be shorter",
        };
        table.walk.wrong(&text.span, message, expected, remedy);
        return fallback;
    }
    let min = if own { Duration::ZERO } else { limits::GAP.min };
    table.duration_of("gap", &text, Limit { min, ..limits::GAP }).map_or(fallback, |found| found.value)
}
