//! What a subscription wants and when it speaks: the keys that a table of the configuration and a row share. Read from a table,
//! or from keys and values that a person gave elsewhere; and written as the configuration would have it.

use jiff::civil::{Time, Weekday};
use toml::de::DeTable;

use crate::domain::change::{Audience, ChangeKind};
use crate::domain::classes::{Category, Level};
use crate::domain::money::Money;
use crate::domain::subscriber::Choices;
use crate::domain::subscription::{
    Filter, Frequency, Grouping, Idle, Language, Quiet, Rhythm, Start, WEEKDAYS, weekday_word,
};
use crate::domain::topic::Topic;

use super::walk::{At, Table, Walk, one_of};
use super::{limits, read, values};

/// What quiet hours look like.
const QUIET: &str = "two times of day with a dash between, as \"22:00-07:00\"";
/// What a part of a name looks like.
const NAME_PART: &str = "a part of a name, or a credit code, in quotes";

/// A key's value, before it is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// Texts.
    List(Vec<String>),
    /// A whole number.
    Number(i64),
    /// True or false.
    Switch(bool),
}

/// Reads choices from keys and values as the configuration names them; else every mistake, each with what was expected.
pub fn read_choices(given: &[(&'static str, Value)], topics: &[Topic]) -> Result<Choices, Vec<String>> {
    let walk = Walk::default();
    let lines: Vec<String> = given.iter().map(|(key, value)| format!("{key} = {}", value.toml())).collect();
    let text = lines.join("\n");
    let (document, errors) = DeTable::parse_recoverable(&text);
    let table = Table::new(&walk, String::new(), 0..0, document.get_ref());
    let choices = choices(&table, topics);
    table.finish();
    let (mistakes, _, _) = walk.into_parts();
    let mut told: Vec<String> = errors.iter().map(|error| error.message().to_owned()).collect();
    told.extend(mistakes.iter().map(|it| format!("{}; expected {}; {}", it.message, it.expected, it.remedy)));
    if told.is_empty() { Ok(choices) } else { Err(told) }
}

impl Value {
    fn toml(&self) -> String {
        match self {
            Self::Text(text) => toml::Value::from(text.as_str()).to_string(),
            Self::List(texts) => toml::Value::from(texts.clone()).to_string(),
            Self::Number(number) => number.to_string(),
            Self::Switch(switch) => switch.to_string(),
        }
    }
}

/// The choices as the configuration would name them, without those that are the default.
#[must_use]
pub fn written(choices: &Choices) -> Vec<(&'static str, Value)> {
    let Choices { filter, rhythm, grouping, language, idle, start, near_misses } = choices;
    let mut written = written_rhythm(rhythm);
    let mut text = |key, word: &str| written.push((key, Value::Text(word.to_owned())));
    text("language", language.word());
    if *grouping != Grouping::default() {
        text("grouping", grouping.word());
    }
    if *idle != Idle::default() {
        text("idle", idle.word());
    }
    if *start != Start::default() {
        text("start", start.word());
    }
    if *near_misses {
        written.push(("near_misses", Value::Switch(true)));
    }
    written.extend(written_filter(filter));
    written
}

fn written_rhythm(rhythm: &Rhythm) -> Vec<(&'static str, Value)> {
    let text = |text: &str| Value::Text(text.to_owned());
    let mut written = vec![("frequency", text(rhythm.frequency.word()))];
    match rhythm.frequency {
        Frequency::Immediate | Frequency::Hourly => {}
        Frequency::Daily { at } => written.push(("at", Value::Text(clock_time(at)))),
        Frequency::Weekly { on, at } => {
            written.extend([("on", text(weekday_word(on))), ("at", Value::Text(clock_time(at)))]);
        }
        Frequency::Monthly { on, at } => {
            written.extend([("on", Value::Number(on.into())), ("at", Value::Text(clock_time(at)))]);
        }
    }
    let is_still = rhythm.working_days_only || rhythm.quiet.is_some();
    if is_still || rhythm.frequency != Frequency::Immediate {
        written.push(("zone", text(&rhythm.zone)));
    }
    if rhythm.working_days_only {
        written.push(("working_days_only", Value::Switch(true)));
    }
    if let Some(Quiet { from, until }) = rhythm.quiet {
        written.push(("quiet", Value::Text(format!("{}-{}", clock_time(from), clock_time(until)))));
    }
    written
}

fn written_filter(filter: &Filter) -> Vec<(&'static str, Value)> {
    let mut written = Vec::new();
    if filter.audience == Audience::Operator {
        written.push(("audience", Value::Text("operator".to_owned())));
    }
    let words = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let lists = [
        ("topics", filter.topics.clone()),
        ("kinds", words(filter.kinds.iter().map(|kind| kind.word()).collect())),
        ("provinces", filter.provinces.clone()),
        ("levels", words(filter.levels.iter().map(|level| level.word()).collect())),
        ("categories", words(filter.categories.iter().map(|category| category.word()).collect())),
        ("buyers", filter.buyers.clone()),
        ("suppliers", filter.suppliers.clone()),
        ("words", filter.words.clone()),
    ];
    let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
    written.extend(lists.map(|(key, list)| (key, Value::List(list))));
    for (key, sum) in [("amount_from", filter.amount_from), ("amount_to", filter.amount_to)] {
        written.extend(sum.map(|sum| (key, Value::Text(sum.decimal()))));
    }
    written
}

/// A time of day as one would write it in the configuration.
pub(super) fn clock_time(time: Time) -> String {
    time.strftime(if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" }).to_string()
}

/// Reads the choices of a table; whoever owns the table finishes it.
pub(super) fn choices(table: &Table<'_, '_>, topics: &[Topic]) -> Choices {
    let rhythm = rhythm(table);
    let languages = [("zh", Language::Zh), ("en", Language::En)];
    let language = table.word("language", &languages, Language::Zh);
    let grouping = table.word("grouping", &Grouping::ALL.map(|it| (it.word(), it)), Grouping::default());
    let idle = table.word("idle", &Idle::ALL.map(|it| (it.word(), it)), Idle::default());
    if idle == Idle::AllQuiet && rhythm.frequency == Frequency::Immediate {
        idle_word(
            table,
            "idle",
            "at once: it has no time at which there could be no news",
            "a frequency with a calendar",
        );
    }
    let start = table.word("start", &Start::ALL.map(|it| (it.word(), it)), Start::default());
    let near_misses = table.boolean("near_misses", false);
    let filter = filter(table, topics);
    Choices { filter, rhythm, grouping, language, idle, start, near_misses }
}

/// Reports a key that means nothing to a subscription that speaks so.
fn idle_word(table: &Table<'_, '_>, key: &'static str, how: &str, only_with: &str) {
    if let Some(place) = table.place(key) {
        let message = format!("`{key}` says nothing to a subscription that speaks {how}");
        table.walk.wrong(&place, message, format!("`{key}` only with {only_with}"), "take the line out");
    }
}

fn rhythm(table: &Table<'_, '_>) -> Rhythm {
    let at = read::time_of_day(table, "at", limits::DIGEST_AT);
    let words = ["immediate", "hourly", "daily", "weekly", "monthly"].map(|word| (word, word));
    let (frequency, how) = match table.word("frequency", &words, "daily") {
        "immediate" => (Frequency::Immediate, "at once"),
        "hourly" => (Frequency::Hourly, "every hour"),
        "weekly" => (Frequency::Weekly { on: weekday(table), at }, "every week"),
        "monthly" => (Frequency::Monthly { on: day_of_month(table), at }, "every month"),
        _ => (Frequency::Daily { at }, "every day"),
    };
    if matches!(frequency, Frequency::Immediate | Frequency::Hourly) {
        idle_word(table, "at", how, "frequency = \"daily\", \"weekly\" or \"monthly\"");
    }
    if !matches!(frequency, Frequency::Weekly { .. } | Frequency::Monthly { .. }) {
        idle_word(table, "on", how, "frequency = \"weekly\" or \"monthly\"");
    }
    let zone = read::zone(table, "zone");
    let working_days_only = table.boolean("working_days_only", false);
    let quiet = quiet(table);
    if frequency == Frequency::Immediate && !working_days_only && quiet.is_none() {
        idle_word(table, "zone", how, "another frequency, quiet or working_days_only");
    }
    Rhythm { frequency, zone, working_days_only, quiet }
}

/// Monday where none is named.
fn weekday(table: &Table<'_, '_>) -> Weekday {
    table.word("on", &WEEKDAYS, Weekday::Monday)
}

/// The first where none is named.
fn day_of_month(table: &Table<'_, '_>) -> i8 {
    i8::try_from(table.count("on", limits::DAY_OF_MONTH)).unwrap_or(1)
}

fn quiet(table: &Table<'_, '_>) -> Option<Quiet> {
    let found = table.text("quiet", QUIET)?;
    let time = |text: &str| if text.trim().len() == 5 { text.trim().parse::<Time>().ok() } else { None };
    let times = found.value.split_once('-').and_then(|(from, until)| Some((time(from)?, time(until)?)));
    let Some((from, until)) = times else {
        let message = format!("quiet = {:?} is no span of hours", found.value);
        table.walk.wrong(
            &found.span,
            message,
            QUIET,
            "write two digits, a colon, two digits, a dash, and the same again",
        );
        return None;
    };
    if from == until {
        let message = format!("quiet = {:?} ends when it begins", found.value);
        table.walk.wrong(&found.span, message, QUIET, "name another end, or take the line out");
        return None;
    }
    Some(Quiet { from, until })
}

fn filter(table: &Table<'_, '_>, topics: &[Topic]) -> Filter {
    let audiences = [("news", Audience::Subscribers), ("operator", Audience::Operator)];
    let audience = table.word("audience", &audiences, Audience::Subscribers);
    let (amount_from, amount_to) = amounts(table);
    Filter {
        topics: wanted_topics(table, topics),
        kinds: kinds(table, audience),
        provinces: provinces(table),
        levels: classes(table, "levels", &Level::ALL, |level| (level.word(), level.label())),
        categories: classes(table, "categories", &Category::ALL, |category| (category.word(), category.label())),
        buyers: names(table, "buyers", NAME_PART),
        suppliers: names(table, "suppliers", NAME_PART),
        amount_from,
        amount_to,
        words: names(table, "words", "a word of titles in quotes"),
        audience,
    }
}

fn names(table: &Table<'_, '_>, key: &'static str, expected: &str) -> Vec<String> {
    table.texts(key, expected).unwrap_or_default().into_iter().map(|text| text.value.trim().to_owned()).collect()
}

/// Words of a class, or the labels that people read in Chinese.
fn classes<T: Copy + PartialEq>(
    table: &Table<'_, '_>,
    key: &'static str,
    known: &[T],
    words: fn(T) -> (&'static str, &'static str),
) -> Vec<T> {
    let expected = one_of(known.iter().map(|it| words(*it).0));
    let mut found = Vec::new();
    for text in table.texts(key, "a word in quotes").unwrap_or_default() {
        let named = known.iter().copied().find(|it| words(*it).0 == text.value || words(*it).1 == text.value);
        match named {
            Some(it) if found.contains(&it) => {
                let message = format!("{key} lists {:?} twice", text.value);
                table.walk.wrong(&text.span, message, "each once", "leave this one out");
            }
            Some(it) => found.push(it),
            None => {
                let all = known.iter().map(|it| words(*it).0).collect::<Vec<_>>();
                table.known_word(key, &text, all.into_iter(), &expected);
            }
        }
    }
    found
}

/// The least and the most that a project may come to, in yuan.
fn amounts(table: &Table<'_, '_>) -> (Option<Money>, Option<Money>) {
    let [from, to] = ["amount_from", "amount_to"].map(|key| {
        let text = table.text(key, values::YUAN)?;
        let sum = values::yuan(text.value);
        if sum.is_none() {
            let message = format!("{key} = {:?} is no sum", text.value);
            table.walk.wrong(&text.span, message, values::YUAN, "write digits and perhaps 万 or 亿");
        }
        Some(At { value: sum?, span: text.span })
    });
    if let (Some(from), Some(to)) = (&from, &to)
        && from.value.ten_thousandths > to.value.ten_thousandths
    {
        let message = format!("amount_to is {} yuan, less than amount_from", to.value.decimal());
        let expected = format!("at least {} yuan", from.value.decimal());
        table.walk.wrong(&to.span, message, expected, "exchange the two, or leave one out");
    }
    (from.map(|sum| sum.value), to.map(|sum| sum.value))
}

fn wanted_topics(table: &Table<'_, '_>, topics: &[Topic]) -> Vec<String> {
    let names: Vec<String> = topics.iter().map(|topic| topic.name.clone()).collect();
    let texts = table.texts("topics", "the name of a topic").unwrap_or_default();
    for text in &texts {
        table.reference("topics", text, "topics", &names);
    }
    texts.into_iter().map(|text| text.value.to_owned()).collect()
}

fn kinds(table: &Table<'_, '_>, audience: Audience) -> Vec<ChangeKind> {
    let words = || ChangeKind::ALL.into_iter().filter(|kind| kind.audience() == audience).map(ChangeKind::word);
    let expected = one_of(words());
    let texts = table.texts("kinds", "a kind of change in quotes").unwrap_or_default();
    let mut kinds = Vec::new();
    for text in &texts {
        match ChangeKind::parse(text.value) {
            Some(kind) if kind.audience() == audience => kinds.push(kind),
            Some(kind) => {
                let (is_for, remedy) = match kind.audience() {
                    Audience::Operator => {
                        ("a trouble, not news", "write audience = \"operator\", or take the kind out")
                    }
                    Audience::Subscribers => ("news, not a trouble", "write audience = \"news\", or take the kind out"),
                };
                table.walk.wrong(&text.span, format!("{:?} is {is_for}", text.value), &expected, remedy);
            }
            None => drop(table.known_word("kinds", text, words().collect::<Vec<_>>().into_iter(), &expected)),
        }
    }
    kinds
}

/// Six digits or the short name; kept as digits.
fn provinces(table: &Table<'_, '_>) -> Vec<String> {
    let expected = "a province by its short name or its six digits, as \"上海\" or \"310000\"";
    let texts = table.texts("provinces", expected).unwrap_or_default();
    let mut codes: Vec<String> = Vec::new();
    for text in &texts {
        match values::PROVINCES.iter().find(|(code, name)| *code == text.value || *name == text.value) {
            Some((code, _)) if codes.iter().any(|known| known == code) => {
                table.walk.wrong(
                    &text.span,
                    format!("provinces lists {:?} twice", text.value),
                    "each once",
                    "leave this one out",
                );
            }
            Some((code, _)) => codes.push((*code).to_owned()),
            None => {
                let message = format!("{:?} is no province", text.value);
                table.walk.wrong(&text.span, message, expected, "leave out 省, 市 and 自治区");
            }
        }
    }
    codes
}
