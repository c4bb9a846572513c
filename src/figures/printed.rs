//! How sums stand in what is serialised for outsiders: a currency and an exact decimal string, with how many disclose it.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::totals::Tally;
use crate::domain::money::{Currency, Money};

/// A sum of one currency and how many disclose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Disclosed {
    /// The sum.
    #[serde(serialize_with = "money")]
    pub money: Money,
    /// Over how many.
    pub disclosed: i64,
}

/// Sums by currency, each with how many disclose it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Sums(BTreeMap<Currency, Tally>);

impl Sums {
    /// Adds one disclosed sum.
    pub fn add(&mut self, money: Money) {
        self.add_tally(money.currency, Tally { sum: money.ten_thousandths, disclosed: 1 });
    }

    /// Adds a sum over several.
    pub fn add_tally(&mut self, currency: Currency, tally: Tally) {
        let known = self.0.entry(currency).or_default();
        *known = known.plus(tally);
    }

    /// As it is printed, one line per currency.
    #[must_use]
    pub fn lines(&self) -> Vec<Disclosed> {
        let line = |(currency, tally): (&Currency, &Tally)| Disclosed {
            money: Money { ten_thousandths: tally.sum, currency: *currency },
            disclosed: tally.disclosed,
        };
        self.0.iter().filter(|(_, tally)| **tally != Tally::default()).map(line).collect()
    }

    /// The sum in one currency.
    #[must_use]
    pub fn of(&self, currency: Currency) -> Tally {
        self.0.get(&currency).copied().unwrap_or_default()
    }
}

/// `{"currency": "CNY", "value": "27080000"}`.
pub(super) fn money<S: Serializer>(money: &Money, to: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeStruct as _;
    let mut fields = to.serialize_struct("Money", 2)?;
    fields.serialize_field("currency", money.currency.code())?;
    fields.serialize_field("value", &money.decimal())?;
    fields.end()
}

/// The same, or null.
pub(super) fn maybe_money<S: Serializer>(sum: &Option<Money>, to: S) -> Result<S::Ok, S::Error> {
    match sum {
        Some(sum) => money(sum, to),
        None => to.serialize_none(),
    }
}

/// A part of a whole in tenths of a percent, rounded half up on its own: the shares of a table need not come to 1000.
#[must_use]
pub fn tenths(part: i64, whole: i64) -> Option<i64> {
    if whole <= 0 || part < 0 {
        return None;
    }
    let (part, whole) = (i128::from(part), i128::from(whole));
    i64::try_from((part * 2_000 + whole) / (whole * 2)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_half_up_in_tenths_of_a_percent() {
        assert_eq!(tenths(24, 55), Some(436));
        assert_eq!(tenths(8, 57), Some(140));
        assert_eq!(tenths(1, 16), Some(63));
        assert_eq!((tenths(1, 0), tenths(0, 5)), (None, Some(0)));
    }

    #[test]
    fn a_sum_is_an_exact_decimal_string() {
        let line = Disclosed { money: Money::cny(25_693_031_700), disclosed: 1 };
        let text = serde_json::to_string(&line).unwrap();
        assert_eq!(text, r#"{"money":{"currency":"CNY","value":"2569303.17"},"disclosed":1}"#);
    }
}
