//! Notices and projects as JSON: structs of the store's own, so that a noun may be renamed without rewriting history. Each
//! document carries its version; a later one is refused. What a later version adds must have a default here.

use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::domain::amount::{Amount, Claim};
use crate::domain::money::{Currency, Money};
use crate::domain::organisation::Organisation;
use crate::domain::region::{Region, RegionBy};
use crate::domain::stamp::Stamp;
use crate::domain::topic::Weight;

pub(super) mod notice;

pub(super) mod project;

pub(super) mod ruling;

pub(super) mod subscriber;

pub(super) mod totals;

/// The version that is written.
const VERSION: u32 = 1;

/// Refuses a document of a later version.
fn known(version: u32, what: &str) -> Result<(), StoreError> {
    if version <= VERSION {
        return Ok(());
    }
    Err(StoreError::Unreadable { what: format!("{what} of document version {version}") })
}

/// A word of the vocabulary, or an error that names it.
fn parsed<T>(word: &str, what: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
    parse(word).ok_or_else(|| StoreError::Unreadable { what: format!("the {what} `{word}`") })
}

fn each<A, B>(from: Vec<A>, turn: impl Fn(A) -> Result<B, StoreError>) -> Result<Vec<B>, StoreError> {
    from.into_iter().map(turn).collect()
}

fn maybe<A, B>(from: Option<A>, turn: impl Fn(A) -> Result<B, StoreError>) -> Result<Option<B>, StoreError> {
    from.map(turn).transpose()
}

/// The word of a weight in columns and documents.
pub(super) fn weight_word(weight: Weight) -> &'static str {
    match weight {
        Weight::Subject => "subject",
        Weight::Item => "item",
        Weight::Mention => "mention",
        Weight::None => "none",
    }
}

/// The inverse of [`weight_word`].
pub(super) fn weight_of(word: &str) -> Option<Weight> {
    [Weight::Subject, Weight::Item, Weight::Mention, Weight::None]
        .into_iter()
        .find(|weight| weight_word(*weight) == word)
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct MoneyRow(i64, CurrencyRow);

#[derive(Clone, Copy, Debug)]
struct CurrencyRow(Currency);

impl Serialize for CurrencyRow {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0.code())
    }
}

impl<'de> Deserialize<'de> for CurrencyRow {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let code = String::deserialize(from)?;
        Currency::parse(&code).map(Self).ok_or_else(|| serde::de::Error::custom(format!("the currency `{code}`")))
    }
}

impl From<Money> for MoneyRow {
    fn from(money: Money) -> Self {
        Self(money.ten_thousandths, CurrencyRow(money.currency))
    }
}

impl From<MoneyRow> for Money {
    fn from(row: MoneyRow) -> Self {
        Self { ten_thousandths: row.0, currency: row.1.0 }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum AmountRow {
    Disclosed {
        money: MoneyRow,
        by: String,
    },
    #[default]
    Undisclosed,
    Zero,
    NotApplicable,
    Conflict {
        claims: Vec<ClaimRow>,
    },
    Unparsed {
        text: String,
    },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct ClaimRow {
    money: MoneyRow,
    place: String,
}

impl From<&Amount> for AmountRow {
    fn from(amount: &Amount) -> Self {
        match amount {
            Amount::Disclosed { money, by } => Self::Disclosed { money: (*money).into(), by: by.clone() },
            Amount::Undisclosed => Self::Undisclosed,
            Amount::Zero => Self::Zero,
            Amount::NotApplicable => Self::NotApplicable,
            Amount::Conflict(claims) => Self::Conflict {
                claims: claims
                    .iter()
                    .map(|claim| ClaimRow { money: claim.money.into(), place: claim.place.clone() })
                    .collect(),
            },
            Amount::Unparsed { text } => Self::Unparsed { text: text.clone() },
        }
    }
}

impl From<AmountRow> for Amount {
    fn from(row: AmountRow) -> Self {
        match row {
            AmountRow::Disclosed { money, by } => Self::Disclosed { money: money.into(), by },
            AmountRow::Undisclosed => Self::Undisclosed,
            AmountRow::Zero => Self::Zero,
            AmountRow::NotApplicable => Self::NotApplicable,
            AmountRow::Conflict { claims } => Self::Conflict(
                claims.into_iter().map(|claim| Claim { money: claim.money.into(), place: claim.place }).collect(),
            ),
            AmountRow::Unparsed { text } => Self::Unparsed { text },
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct OrganisationRow {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    credit_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
}

impl From<&Organisation> for OrganisationRow {
    fn from(organisation: &Organisation) -> Self {
        let Organisation { name, credit_code, address } = organisation.clone();
        Self { name, credit_code, address }
    }
}

impl From<OrganisationRow> for Organisation {
    fn from(row: OrganisationRow) -> Self {
        Self { name: row.name, credit_code: row.credit_code, address: row.address }
    }
}

fn organisations(from: &[Organisation]) -> Vec<OrganisationRow> {
    from.iter().map(OrganisationRow::from).collect()
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct RegionRow {
    text: Option<String>,
    province: Option<String>,
    by: Option<String>,
}

impl From<&Region> for RegionRow {
    fn from(region: &Region) -> Self {
        let Region { text, province, by } = region.clone();
        Self { text, province, by: by.map(|by| by.word().to_owned()) }
    }
}

impl TryFrom<RegionRow> for Region {
    type Error = StoreError;

    fn try_from(row: RegionRow) -> Result<Self, StoreError> {
        let by = maybe(row.by, |word| parsed(&word, "rule of a region", RegionBy::parse))?;
        Ok(Self { text: row.text, province: row.province, by })
    }
}

/// An instant and its offset, both exact.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct StampRow {
    at: jiff::Timestamp,
    offset: i32,
}

impl From<Stamp> for StampRow {
    fn from(stamp: Stamp) -> Self {
        Self { at: stamp.at, offset: stamp.offset.seconds() }
    }
}

impl TryFrom<StampRow> for Stamp {
    type Error = StoreError;

    fn try_from(row: StampRow) -> Result<Self, StoreError> {
        let offset = jiff::tz::Offset::from_seconds(row.offset)
            .map_err(|_| StoreError::Unreadable { what: format!("the offset {}", row.offset) })?;
        Ok(Self { at: row.at, offset })
    }
}
