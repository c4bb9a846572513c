//! What a subscriber chose, as a JSON document, and back.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use super::{MoneyRow, VERSION, each, known, maybe, parsed};
use crate::domain::change::{Audience, ChangeKind};
use crate::domain::classes::{Category, Level};
use crate::domain::subscriber::Choices;
use crate::domain::subscription::{
    Filter, Frequency, Grouping, Idle, Language, Quiet, Rhythm, Start, WEEKDAYS, weekday_word,
};
use crate::store::StoreError;

/// Everything of a subscription but its name, its channel and its receiver, which are columns.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct ChoicesRow {
    v: u32,
    filter: FilterRow,
    rhythm: RhythmRow,
    grouping: String,
    language: String,
    idle: String,
    start: String,
    near_misses: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct FilterRow {
    audience: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    topics: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    kinds: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    provinces: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    levels: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    categories: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    buyers: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    suppliers: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amount_from: Option<MoneyRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amount_to: Option<MoneyRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    words: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct RhythmRow {
    frequency: FrequencyRow,
    zone: String,
    working_days_only: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quiet: Option<(Time, Time)>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "every", rename_all = "snake_case")]
enum FrequencyRow {
    Immediate,
    Hourly,
    Daily { at: Time },
    Weekly { on: String, at: Time },
    Monthly { on: i8, at: Time },
}

impl From<&Choices> for ChoicesRow {
    fn from(choices: &Choices) -> Self {
        let Choices { filter, rhythm, grouping, language, idle, start, near_misses } = choices;
        Self {
            v: VERSION,
            filter: filter.into(),
            rhythm: rhythm.into(),
            grouping: grouping.word().to_owned(),
            language: language.word().to_owned(),
            idle: idle.word().to_owned(),
            start: start.word().to_owned(),
            near_misses: *near_misses,
        }
    }
}

impl TryFrom<ChoicesRow> for Choices {
    type Error = StoreError;

    fn try_from(row: ChoicesRow) -> Result<Self, StoreError> {
        known(row.v, "a subscriber")?;
        Ok(Self {
            filter: row.filter.try_into()?,
            rhythm: row.rhythm.try_into()?,
            grouping: parsed(&row.grouping, "grouping", Grouping::parse)?,
            language: parsed(&row.language, "language", Language::parse)?,
            idle: parsed(&row.idle, "idle", Idle::parse)?,
            start: parsed(&row.start, "start", Start::parse)?,
            near_misses: row.near_misses,
        })
    }
}

impl From<&Filter> for FilterRow {
    fn from(filter: &Filter) -> Self {
        let words = |words: Vec<&'static str>| words.into_iter().map(str::to_owned).collect();
        let audience = match filter.audience {
            Audience::Subscribers => "news",
            Audience::Operator => "operator",
        };
        Self {
            audience: audience.to_owned(),
            topics: filter.topics.clone(),
            kinds: words(filter.kinds.iter().map(|kind| kind.word()).collect()),
            provinces: filter.provinces.clone(),
            levels: words(filter.levels.iter().map(|level| level.word()).collect()),
            categories: words(filter.categories.iter().map(|category| category.word()).collect()),
            buyers: filter.buyers.clone(),
            suppliers: filter.suppliers.clone(),
            amount_from: filter.amount_from.map(Into::into),
            amount_to: filter.amount_to.map(Into::into),
            words: filter.words.clone(),
        }
    }
}

impl TryFrom<FilterRow> for Filter {
    type Error = StoreError;

    fn try_from(row: FilterRow) -> Result<Self, StoreError> {
        Ok(Self {
            audience: parsed(&row.audience, "audience", |word| match word {
                "news" => Some(Audience::Subscribers),
                "operator" => Some(Audience::Operator),
                _ => None,
            })?,
            topics: row.topics,
            kinds: each(row.kinds, |word| parsed(&word, "kind of change", ChangeKind::parse))?,
            provinces: row.provinces,
            levels: each(row.levels, |word| parsed(&word, "level", Level::parse))?,
            categories: each(row.categories, |word| parsed(&word, "category", Category::parse))?,
            buyers: row.buyers,
            suppliers: row.suppliers,
            amount_from: row.amount_from.map(Into::into),
            amount_to: row.amount_to.map(Into::into),
            words: row.words,
        })
    }
}

impl From<&Rhythm> for RhythmRow {
    fn from(rhythm: &Rhythm) -> Self {
        let frequency = match rhythm.frequency {
            Frequency::Immediate => FrequencyRow::Immediate,
            Frequency::Hourly => FrequencyRow::Hourly,
            Frequency::Daily { at } => FrequencyRow::Daily { at },
            Frequency::Weekly { on, at } => FrequencyRow::Weekly { on: weekday_word(on).to_owned(), at },
            Frequency::Monthly { on, at } => FrequencyRow::Monthly { on, at },
        };
        Self {
            frequency,
            zone: rhythm.zone.clone(),
            working_days_only: rhythm.working_days_only,
            quiet: rhythm.quiet.map(|quiet| (quiet.from, quiet.until)),
        }
    }
}

impl TryFrom<RhythmRow> for Rhythm {
    type Error = StoreError;

    fn try_from(row: RhythmRow) -> Result<Self, StoreError> {
        let weekday = |word: &str| WEEKDAYS.iter().find(|(known, _)| *known == word).map(|(_, day)| *day);
        let frequency = match row.frequency {
            FrequencyRow::Immediate => Frequency::Immediate,
            FrequencyRow::Hourly => Frequency::Hourly,
            FrequencyRow::Daily { at } => Frequency::Daily { at },
            FrequencyRow::Weekly { on, at } => Frequency::Weekly { on: parsed(&on, "day of the week", weekday)?, at },
            FrequencyRow::Monthly { on: on @ 1..=31, at } => Frequency::Monthly { on, at },
            FrequencyRow::Monthly { on, .. } => {
                return Err(StoreError::Unreadable { what: format!("the day {on} of a month") });
            }
        };
        let quiet = maybe(row.quiet, |(from, until)| Ok(Quiet { from, until }))?;
        Ok(Self { frequency, zone: row.zone, working_days_only: row.working_days_only, quiet })
    }
}
