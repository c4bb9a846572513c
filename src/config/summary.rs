//! What a good configuration would do, in lines for `check`. Knows what is declared; what is remembered (when a source is
//! next due) is told by the caller.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::change::{Audience, ChangeKind};
use crate::domain::subscriber::Choices;
use crate::domain::subscription::{Filter, Frequency, Subscription, weekday_word};

use super::choices::{self, Value, clock_time};
use super::settings::{Config, HostRule, SourceSettings};
use super::values;

/// When things happen next, as far as the caller knows. What is not named happens at the first run.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Upcoming {
    /// Sources by name, and when each is asked next.
    pub polls: Vec<(String, Timestamp)>,
    /// Subscriptions by name, and when each speaks next.
    pub digests: Vec<(String, Timestamp)>,
}

impl Upcoming {
    fn of(list: &[(String, Timestamp)], name: &str) -> Option<Timestamp> {
        list.iter().find(|(known, _)| known == name).map(|(_, at)| *at)
    }
}

/// The summary, a line for each source, host, channel and subscription, and a note for what is probably not meant.
#[must_use]
pub fn summary(config: &Config, upcoming: &Upcoming) -> String {
    let mut lines = vec![format!("data in {}", config.data_dir.display())];
    lines.extend(config.topics.iter().map(|topic| format!("topic {}: {}", topic.name, topic.terms.join(", "))));
    lines.extend(config.sources.iter().map(|source| source_line(source, upcoming)));
    lines.extend(host_lines(config));
    lines.extend(config.channels.iter().map(|(name, channel)| format!("channel {name}: {}", channel.word())));
    lines.extend(config.subscriptions.iter().map(|subscription| subscription_line(subscription, upcoming)));
    lines.push(format!("audit: daily at {} {}", clock_time(config.audit.at), config.audit.zone));
    lines.extend(config.canary.as_ref().map(|canary| {
        let (every, within) = (values::show_duration(canary.every), values::show_duration(canary.within));
        format!("canary: every {every} through {}, expected within {within}", canary.channel)
    }));
    lines.extend(notes(config));
    let mut out = lines.join("\n");
    out.push('\n');
    out
}

fn source_line(source: &SourceSettings, upcoming: &Upcoming) -> String {
    let next = Upcoming::of(&upcoming.polls, &source.name).map_or_else(|| "at the first run".to_owned(), china);
    format!(
        "source {}: {} for {} since {}, every {}, next {next}",
        source.name,
        source.search,
        source.topic,
        source.since,
        values::show_duration(source.every),
    )
}

/// The hosts of the sources and those that have a rule, each once.
fn host_lines(config: &Config) -> Vec<String> {
    let searched = config.sources.iter().map(|source| {
        let names = values::host_names(&source.search);
        let rule = config.fetch.hosts.iter().find(|rule| names.contains(&rule.host));
        let plain = source.search.host_str().unwrap_or_default().to_owned();
        rule.map_or((plain, &config.fetch.default), |rule| (rule.host.clone(), rule))
    });
    let ruled = config.fetch.hosts.iter().map(|rule| (rule.host.clone(), rule));
    let mut lines: Vec<String> = Vec::new();
    for (host, rule) in searched.chain(ruled) {
        let line = host_line(&host, rule);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

fn host_line(host: &str, rule: &HostRule) -> String {
    let mut line = format!("host {host}: a request every {}", values::show_duration(rule.gap));
    let extra = Duration::from_millis(u64::try_from(rule.gap.mul_f64(rule.jitter).as_millis()).unwrap_or(u64::MAX));
    if !extra.is_zero() {
        // Writing to a String cannot fail.
        let _ = write!(line, " to {}", values::show_duration(rule.gap + extra));
    }
    let _ = write!(line, ", at most {} a day", rule.requests_per_day);
    if rule.own {
        line.push_str(", your own");
    }
    line
}

fn subscription_line(subscription: &Subscription, upcoming: &Upcoming) -> String {
    let Subscription { name, channel, .. } = subscription;
    let what = match subscription.filter.audience {
        Audience::Subscribers => "news",
        Audience::Operator => "troubles",
    };
    let rhythm = &subscription.rhythm;
    let zone = &rhythm.zone;
    let more = more(subscription);
    let when = match rhythm.frequency {
        Frequency::Immediate => "at once".to_owned(),
        Frequency::Hourly => "hourly".to_owned(),
        Frequency::Daily { at } => format!("daily at {} {zone}", clock_time(at)),
        Frequency::Weekly { on, at } => format!("weekly on {} at {} {zone}", weekday_word(on), clock_time(at)),
        Frequency::Monthly { on, at } => format!("monthly on day {on} at {} {zone}", clock_time(at)),
    };
    let whom = match subscription.receivers.len() {
        0 => String::new(),
        1 => " to 1 address".to_owned(),
        count => format!(" to {count} addresses"),
    };
    let next = Upcoming::of(&upcoming.digests, name).map(|at| format!(", next {}", china(at))).unwrap_or_default();
    let language = subscription.language.word();
    format!("subscription {name}: {what} in {language} through {channel}{whom}, {when}{more}{next}")
}

/// What else was chosen, as the configuration names it.
fn more(subscription: &Subscription) -> String {
    let told = ["frequency", "on", "at", "zone", "language", "audience"];
    let written = choices::written(&Choices::of(subscription));
    let mut more = String::new();
    for (key, value) in written.iter().filter(|(key, _)| !told.contains(key)) {
        // Writing to a String cannot fail.
        let _ = match value {
            Value::Text(text) => write!(more, ", {key} {text}"),
            Value::List(texts) => write!(more, ", {key} {}", texts.join(" ")),
            Value::Number(number) => write!(more, ", {key} {number}"),
            Value::Switch(_) => write!(more, ", {key}"),
        };
    }
    more
}

fn notes(config: &Config) -> Vec<String> {
    let mut notes = Vec::new();
    let hears = |audience| config.subscriptions.iter().any(|subscription| subscription.filter.audience == audience);
    if !hears(Audience::Subscribers) {
        notes.push("note: no subscription hears news: history and totals are kept, nobody is told".to_owned());
    }
    if !hears(Audience::Operator) {
        notes.push("note: no subscription has audience = \"operator\": troubles stand in the log only".to_owned());
    }
    for (name, _) in &config.channels {
        let is_canarys = config.canary.as_ref().is_some_and(|canary| &canary.channel == name);
        if !is_canarys && !config.subscriptions.iter().any(|subscription| &subscription.channel == name) {
            notes.push(format!("note: no subscription uses the channel {name}"));
        }
    }
    if let Some(canary) = &config.canary {
        let hears = |subscription: &Subscription| {
            let Filter { audience, kinds, .. } = &subscription.filter;
            *audience == Audience::Operator && (kinds.is_empty() || kinds.contains(&ChangeKind::CanaryMissing))
        };
        if !config.subscriptions.iter().any(|s| hears(s) && s.channel != canary.channel) {
            notes.push(format!(
                "note: when nothing arrives through {} any more, nobody hears of it: give a subscription with audience = \"operator\" another channel",
                canary.channel
            ));
        }
        if canary.to.is_some() && canary.maildir.is_none() {
            notes.push("note: [canary] names no maildir: it counts as missing until `tenderwatch canary arrived` is given the mail".to_owned());
        }
    }
    for topic in &config.topics {
        if !config.sources.iter().any(|source| source.topic == topic.name) {
            notes.push(format!("note: no source searches for the topic {}", topic.name));
        }
    }
    notes
}

/// An instant by China's clock.
fn china(at: Timestamp) -> String {
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M +08:00").to_string()
}
