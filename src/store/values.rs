//! How instants, days, stamps, words and sums stand in columns. What does not fit is an error, never a guess.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Row, RowIndex};

use super::StoreError;
use crate::domain::amount::Amount;
use crate::domain::change::Telling;
use crate::domain::money::{Currency, Money};
use crate::domain::project::NoticeId;
use crate::domain::stamp::Stamp;

/// An instant as milliseconds since 1970: fine enough for every gap we keep, and sortable.
#[derive(Clone, Copy, Debug)]
pub(super) struct At(pub(super) Timestamp);

impl ToSql for At {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.as_millisecond()))
    }
}

impl FromSql for At {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let at = Timestamp::from_millisecond(value.as_i64()?).map_err(FromSqlError::other)?;
        Ok(Self(at))
    }
}

/// A day as `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Day(pub(super) Date);

impl ToSql for Day {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.to_string()))
    }
}

impl FromSql for Day {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let day = value.as_str()?.parse().map_err(FromSqlError::other)?;
        Ok(Self(day))
    }
}

/// A count: never negative, and too small to leave 63 bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count(pub(super) u64);

impl Count {
    /// The length of something.
    pub(super) fn of(length: usize) -> Self {
        Self(u64::try_from(length).unwrap_or(u64::MAX))
    }
}

impl ToSql for Count {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(i64::try_from(self.0).unwrap_or(i64::MAX)))
    }
}

impl FromSql for Count {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let count = value.as_i64()?;
        u64::try_from(count).map(Self).map_err(|_| FromSqlError::OutOfRange(count))
    }
}

/// An instant that may be missing.
pub(super) fn at<I: RowIndex>(row: &Row<'_>, column: I) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<At>>(column)?.map(|At(at)| at))
}

/// A stamp from its two columns.
pub(super) fn stamp(row: &Row<'_>, at_column: &str, offset_column: &str) -> rusqlite::Result<Option<Stamp>> {
    let Some(at) = at(row, at_column)? else { return Ok(None) };
    let seconds: i32 = row.get(offset_column)?;
    let offset = Offset::from_seconds(seconds).map_err(|why| unfit(row, offset_column, FromSqlError::other(why)))?;
    Ok(Some(Stamp { at, offset }))
}

/// A stamp's two columns.
pub(super) fn stamp_columns(stamp: Option<Stamp>) -> (Option<At>, Option<i32>) {
    (stamp.map(|stamp| At(stamp.at)), stamp.map(|stamp| stamp.offset.seconds()))
}

/// A column's word in the product's vocabulary.
pub(super) fn word<T>(row: &Row<'_>, column: &str, parse: impl Fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let word: String = row.get(column)?;
    parse(&word).ok_or_else(|| unfit(row, column, FromSqlError::Other(format!("the word `{word}` of {column}").into())))
}

/// An id from two columns.
pub(super) fn notice_id(row: &Row<'_>, source: &str, native_id: &str) -> rusqlite::Result<NoticeId> {
    Ok(NoticeId { source: row.get(source)?, native_id: row.get(native_id)? })
}

/// An amount's three columns: state, value, currency.
pub(super) fn amount_columns(amount: &Amount) -> (&'static str, Option<i64>, Option<String>) {
    let money = amount.money();
    (amount.state(), money.map(|money| money.ten_thousandths), money.map(|money| money.currency.code().to_owned()))
}

/// A sum from its two columns.
pub(super) fn money(row: &Row<'_>, value: &str, currency: &str) -> rusqlite::Result<Option<Money>> {
    let Some(ten_thousandths) = row.get::<_, Option<i64>>(value)? else { return Ok(None) };
    let currency = word(row, currency, Currency::parse)?;
    Ok(Some(Money { ten_thousandths, currency }))
}

/// A value as JSON text.
pub(super) fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|why| StoreError::Unreadable { what: format!("a value to be kept ({why})") })
}

/// The inverse of [`json`]; `what` names it in the error.
pub(super) fn from_json<T: serde::de::DeserializeOwned>(text: &str, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|why| StoreError::Unreadable { what: format!("{what} ({why})") })
}

fn unfit(row: &Row<'_>, column: &str, why: FromSqlError) -> rusqlite::Error {
    let index = row.as_ref().column_index(column).unwrap_or_default();
    rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Text, Box::new(why))
}

/// The word of a telling.
pub(super) fn telling_word(telling: Telling) -> &'static str {
    match telling {
        Telling::News => "news",
        Telling::Baseline => "baseline",
    }
}

/// The inverse of [`telling_word`].
pub(super) fn telling_of(word: &str) -> Option<Telling> {
    [Telling::News, Telling::Baseline].into_iter().find(|telling| telling_word(*telling) == word)
}
