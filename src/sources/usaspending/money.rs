//! Dollars and days as the source prints them: numbers, numbers in quotes, days with or without a time behind. Exact, or unparsed.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde_json::Value;

use crate::domain::amount::Amount;
use crate::domain::money::{Currency, Money};
use crate::domain::stamp::Stamp;

/// How many decimals a ten-thousandth has.
const DECIMALS: usize = 4;

/// What is obligated to date; nothing printed is undisclosed.
pub(super) fn obligated(value: Option<&Value>) -> Amount {
    value.map_or(Amount::Undisclosed, |value| amount(value, "obligated to date"))
}

/// A sum of dollars.
pub(super) fn amount(value: &Value, by: &str) -> Amount {
    let printed = match value {
        Value::Null => return Amount::Undisclosed,
        Value::String(text) if text.trim().is_empty() => return Amount::Undisclosed,
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    match ten_thousandths(&printed) {
        Some(ten_thousandths) => Amount::disclosed(Money { ten_thousandths, currency: Currency::USD }, by),
        None => Amount::Unparsed { text: printed.chars().take(200).collect() },
    }
}

/// A plain decimal number; more decimals than are kept must be noughts.
fn ten_thousandths(printed: &str) -> Option<i64> {
    let (sign, digits) = printed.strip_prefix('-').map_or((1, printed), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(part) {
        return None;
    }
    let (kept, rest) = part.split_at_checked(DECIMALS).unwrap_or((part, ""));
    if rest.bytes().any(|byte| byte != b'0') {
        return None;
    }
    format!("{whole}{kept:0<DECIMALS$}").parse::<i64>().ok().map(|value| sign * value)
}

/// The day at the beginning of a text.
pub(super) fn day(printed: &str) -> Option<Date> {
    printed.get(..10)?.parse().ok()
}

/// Midnight UTC of that day.
pub(super) fn midnight(printed: &str) -> Option<Stamp> {
    let at: Timestamp = Offset::UTC.to_timestamp(day(printed)?.at(0, 0, 0, 0)).ok()?;
    Some(Stamp { at, offset: Offset::UTC })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_stand_bare_or_in_quotes_and_are_exact() {
        for (value, decimal) in [
            (json!(22_108_961_401.86), Some("22108961401.86")),
            (json!(10_167_075_939.0), Some("10167075939")),
            (json!("61241.34"), Some("61241.34")),
            (json!(0), Some("0")),
            (json!(-0.5), Some("-0.5")),
            (json!("1.00000"), Some("1")),
            (json!("1.00005"), None),
            (json!("1,000"), None),
            (json!("n/a"), None),
        ] {
            assert_eq!(amount(&value, "test").money().map(|money| money.decimal()).as_deref(), decimal, "{value}");
        }
        assert_eq!(amount(&Value::Null, "test"), Amount::Undisclosed);
        assert_eq!(amount(&json!("n/a"), "test").state(), "unparsed");
    }

    #[test]
    fn a_day_may_carry_a_time() {
        assert_eq!(day("2019-10-27 20:06:44"), Some(jiff::civil::date(2019, 10, 27)));
        assert_eq!(day("2019"), None);
        assert_eq!(day("yesterday…"), None);
    }

    proptest! {
        #[test]
        fn cents_survive(cents in -1_000_000_000_000_i64..1_000_000_000_000) {
            let printed = format!("{}{}.{:02}", if cents < 0 { "-" } else { "" }, cents.abs() / 100, cents.abs() % 100);
            prop_assert_eq!(ten_thousandths(&printed), Some(cents * 100));
        }

        #[test]
        fn no_text_breaks_it(text in "\\PC{0,30}") {
            let _ = (ten_thousandths(&text), day(&text));
        }
    }
}
