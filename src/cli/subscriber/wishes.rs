//! The flags that say what a subscriber wants and when, named as in the configuration and read by the same reader.

use anyhow::{Result, bail};

use crate::config::choices::{self, Value};
use crate::domain::subscriber::Choices;
use crate::jobs::Rooms;

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Wishes {
    /// immediate, hourly, daily, weekly or monthly.
    #[arg(long)]
    frequency: Option<String>,
    /// The time of day, as 08:30.
    #[arg(long)]
    at: Option<String>,
    /// The day: monday … for weekly, 1 to 31 for monthly.
    #[arg(long)]
    on: Option<String>,
    /// The time zone, as Asia/Shanghai.
    #[arg(long)]
    zone: Option<String>,
    /// Whether it keeps still on days off in China.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    working_days_only: Option<bool>,
    /// Hours of quiet, as 22:00-07:00.
    #[arg(long)]
    quiet: Option<String>,
    /// zh or en.
    #[arg(long)]
    language: Option<String>,
    /// digest, project or change: what one message holds.
    #[arg(long)]
    grouping: Option<String>,
    /// silent or all_quiet: what it says when there is no news.
    #[arg(long)]
    idle: Option<String>,
    /// silent or summary: how it begins.
    #[arg(long)]
    start: Option<String>,
    /// Whether it hears weekly what was nearly of the topic.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    near_misses: Option<bool>,
    /// news, or operator for troubles.
    #[arg(long)]
    audience: Option<String>,
    /// A topic; may be given several times, as all that follow.
    #[arg(long = "topic", value_name = "TOPIC")]
    topics: Vec<String>,
    /// A kind of change.
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<String>,
    /// A province, by its short name or six digits.
    #[arg(long = "province", value_name = "PROVINCE")]
    provinces: Vec<String>,
    /// central or local.
    #[arg(long = "level", value_name = "LEVEL")]
    levels: Vec<String>,
    /// A category.
    #[arg(long = "category", value_name = "CATEGORY")]
    categories: Vec<String>,
    /// A part of a buyer's name, or its credit code.
    #[arg(long = "buyer", value_name = "NAME")]
    buyers: Vec<String>,
    /// The same of a supplier.
    #[arg(long = "supplier", value_name = "NAME")]
    suppliers: Vec<String>,
    /// A word of titles.
    #[arg(long = "word", value_name = "WORD")]
    words: Vec<String>,
    /// The least sum, as 500万.
    #[arg(long)]
    amount_from: Option<String>,
    /// The largest sum.
    #[arg(long)]
    amount_to: Option<String>,
}

impl Wishes {
    /// The choices that these flags make, those of `before` where a flag is not given. `without` takes keys away first.
    pub(super) fn choices(&self, rooms: &Rooms, before: Option<&Choices>, without: &[String]) -> Result<Choices> {
        let given = self.given();
        let mut all = before.map(choices::written).unwrap_or_default();
        for key in without {
            let count = all.len();
            all.retain(|(known, _)| known != key);
            if all.len() == count {
                bail!("--without {key}: nothing of that name was chosen");
            }
        }
        // A day and a time belong to the frequency that they were chosen with.
        let has = |key: &str| given.iter().any(|(known, _)| *known == key);
        if has("frequency") {
            all.retain(|(known, _)| !matches!(*known, "on" | "at"));
            let is_still = all.iter().chain(&given).any(|(key, _)| matches!(*key, "quiet" | "working_days_only"));
            if self.frequency.as_deref() == Some("immediate") && !is_still {
                all.retain(|(known, _)| *known != "zone");
            }
        }
        all.retain(|(known, _)| !has(known));
        all.extend(given);
        match choices::read_choices(&all, &rooms.config.topics) {
            Ok(choices) => Ok(choices),
            Err(mistakes) => bail!("{}", mistakes.join("\n")),
        }
    }

    /// Each flag that was given, by its key in the configuration.
    fn given(&self) -> Vec<(&'static str, Value)> {
        let on = self.on.as_ref().map(|on| on.parse().map_or_else(|_| Value::Text(on.clone()), Value::Number));
        let texts = [
            ("frequency", &self.frequency),
            ("at", &self.at),
            ("zone", &self.zone),
            ("quiet", &self.quiet),
            ("language", &self.language),
            ("grouping", &self.grouping),
            ("idle", &self.idle),
            ("start", &self.start),
            ("audience", &self.audience),
            ("amount_from", &self.amount_from),
            ("amount_to", &self.amount_to),
        ];
        let lists = [
            ("topics", &self.topics),
            ("kinds", &self.kinds),
            ("provinces", &self.provinces),
            ("levels", &self.levels),
            ("categories", &self.categories),
            ("buyers", &self.buyers),
            ("suppliers", &self.suppliers),
            ("words", &self.words),
        ];
        let switches = [("working_days_only", self.working_days_only), ("near_misses", self.near_misses)];
        let texts = texts.into_iter().filter_map(|(key, text)| Some((key, Value::Text(text.clone()?))));
        let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
        let lists = lists.map(|(key, list)| (key, Value::List(list.clone())));
        let switches = switches.into_iter().filter_map(|(key, switch)| Some((key, Value::Switch(switch?))));
        texts.chain(on.map(|on| ("on", on))).chain(lists).chain(switches).collect()
    }
}
