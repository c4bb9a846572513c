//! What a ruling says, as a JSON document, and back.

use serde::{Deserialize, Serialize};

use super::{MoneyRow, maybe, parsed, weight_of, weight_word};
use crate::domain::classes::{Category, Level};
use crate::domain::project::NoticeId;
use crate::domain::ruling::{Matter, Ruling, RulingId};
use crate::store::StoreError;

/// What the matter is from now on.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(in crate::store) struct FactsRow {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    money: Option<MoneyRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lot: Option<String>,
    /// A category, a level, a weight, a province's code, `alone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    word: Option<String>,
    /// Source and native id of another notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    other: Option<(String, String)>,
}

impl From<&Matter> for FactsRow {
    fn from(matter: &Matter) -> Self {
        let word = |word: Option<&str>| Self { word: word.map(str::to_owned), ..Self::default() };
        match matter {
            Matter::TopicPart(money) | Matter::Budget(money) => {
                Self { money: money.map(Into::into), ..Self::default() }
            }
            Matter::Award { lot, money } => Self { money: money.map(Into::into), lot: lot.clone(), ..Self::default() },
            Matter::Category(category) => word(category.map(Category::word)),
            Matter::Level(level) => word(Some(level.word())),
            Matter::Region(province) => word(province.as_deref()),
            Matter::Relevance(weight) => word(Some(weight_word(*weight))),
            Matter::Alone => word(Some("alone")),
            Matter::With(other) | Matter::NotWith(other) => {
                Self { other: Some((other.source.clone(), other.native_id.clone())), ..Self::default() }
            }
        }
    }
}

impl FactsRow {
    /// What was ruled, by its word.
    pub(in crate::store) fn matter(self, matter: &str) -> Result<Matter, StoreError> {
        let Self { money, lot, word, other } = self;
        let money = money.map(Into::into);
        let missing = || StoreError::Unreadable { what: format!("a ruling on `{matter}`") };
        let other = other.map(|(source, native_id)| NoticeId { source, native_id });
        Ok(match (matter, other) {
            ("topic_part", _) => Matter::TopicPart(money),
            ("budget", _) => Matter::Budget(money),
            ("award", _) => Matter::Award { lot, money },
            ("category", _) => Matter::Category(maybe(word, |word| parsed(&word, "category", Category::parse))?),
            ("level", _) => Matter::Level(parsed(&word.ok_or_else(missing)?, "level", Level::parse)?),
            ("region", _) => Matter::Region(word),
            ("relevance", _) => Matter::Relevance(parsed(&word.ok_or_else(missing)?, "weight", weight_of)?),
            ("link", None) if word.as_deref() == Some("alone") => Matter::Alone,
            ("link", Some(other)) => Matter::With(other),
            ("proposal", Some(other)) => Matter::NotWith(other),
            _ => return Err(missing()),
        })
    }
}

/// A standing ruling in the list that comes with its notice.
#[derive(Debug, Deserialize)]
pub(in crate::store) struct RulingRow {
    id: i64,
    matter: String,
    facts: FactsRow,
    author: String,
    reason: String,
    at: i64,
}

impl TryFrom<RulingRow> for Ruling {
    type Error = StoreError;

    fn try_from(row: RulingRow) -> Result<Self, StoreError> {
        let at = jiff::Timestamp::from_millisecond(row.at);
        Ok(Self {
            id: RulingId(row.id),
            matter: row.facts.matter(&row.matter)?,
            author: row.author,
            reason: row.reason,
            at: at.map_err(|_| StoreError::Unreadable { what: format!("the instant {}", row.at) })?,
        })
    }
}
