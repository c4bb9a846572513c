//! Sums, shares and rates as people read them: 万元 and 亿元 in Chinese, millions in English, always with the exact figure at
//! hand. Integer arithmetic; only the words for the units stand in the templates.

use serde::Serialize;

use crate::domain::money::{Currency, Money, SCALE};
use crate::domain::subscription::Language;

/// A sum, ready for a template.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sum {
    /// The ISO code.
    pub currency: String,
    /// Whether it is below zero; the figures carry no sign.
    pub minus: bool,
    /// Exact, in whole units with thousands marks: `12,345,678.9`.
    pub whole: String,
    /// In the unit people say: `1,234.57`.
    pub scaled: String,
    /// `one`, `wan`, `yi`, `million`, `billion`.
    pub unit: &'static str,
    /// Whether `scaled` loses nothing.
    pub exact: bool,
}

/// Decimals that are said of a unit, and how many yuan it is.
struct Unit {
    name: &'static str,
    yuan: i64,
    decimals: u32,
}

const ONE: Unit = Unit { name: "one", yuan: 1, decimals: 2 };
const CHINESE: [Unit; 2] =
    [Unit { name: "yi", yuan: 100_000_000, decimals: 4 }, Unit { name: "wan", yuan: 10_000, decimals: 2 }];
const ENGLISH: [Unit; 2] = [
    Unit { name: "billion", yuan: 1_000_000_000, decimals: 2 },
    Unit { name: "million", yuan: 1_000_000, decimals: 1 },
];

/// A sum as readers of the language say it.
pub(crate) fn sum(money: Money, language: Language) -> Sum {
    let magnitude = i128::from(money.ten_thousandths).abs();
    let units: &[Unit] = match (money.currency, language) {
        (Currency::CNY, Language::Zh) => &CHINESE,
        (_, Language::Zh) => &[],
        (_, Language::En) => &ENGLISH,
    };
    let unit = units.iter().find(|unit| magnitude >= i128::from(unit.yuan) * i128::from(SCALE)).unwrap_or(&ONE);
    let whole = grouped(money.decimal().trim_start_matches('-'));
    // A sum of less than a unit is said as it is: nothing is won by rounding it.
    let (scaled, exact) = if unit.yuan == 1 { (whole.clone(), true) } else { scale(magnitude, unit) };
    Sum {
        currency: money.currency.code().to_owned(),
        minus: money.ten_thousandths < 0,
        whole,
        scaled,
        unit: unit.name,
        exact,
    }
}

/// The magnitude in a unit, rounded half up to its decimals, and whether nothing was lost.
fn scale(magnitude: i128, unit: &Unit) -> (String, bool) {
    let power = 10_i128.pow(unit.decimals);
    let divisor = i128::from(unit.yuan) * i128::from(SCALE);
    let scaled = (magnitude * power * 2 + divisor) / (divisor * 2);
    let exact = scaled * divisor == magnitude * power;
    let (whole, part) = (scaled / power, scaled % power);
    let part = format!("{part:0width$}", width = unit.decimals as usize);
    let part = part.trim_end_matches('0');
    let text = if part.is_empty() { whole.to_string() } else { format!("{whole}.{part}") };
    (grouped(&text), exact)
}

/// `1234567.89` → `1,234,567.89`.
fn grouped(decimal: &str) -> String {
    let (whole, part) = decimal.split_once('.').map_or((decimal, None), |(whole, part)| (whole, Some(part)));
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(part) = part {
        text.push('.');
        text.push_str(part);
    }
    text
}

/// How much of the second sum the first is, as `95.2`, or nothing where that cannot be said.
pub(crate) fn share(of: Money, whole: Money) -> Option<String> {
    if of.currency != whole.currency || whole.ten_thousandths <= 0 || of.ten_thousandths < 0 {
        return None;
    }
    let (of, whole) = (i128::from(of.ten_thousandths), i128::from(whole.ten_thousandths));
    let tenths = (of * 2_000 + whole) / (whole * 2);
    Some(format!("{}.{}", grouped(&(tenths / 10).to_string()), tenths % 10))
}

/// A rate in tenths of a percent: `+1,188.5`, `−12.3`, `0.0`.
pub(crate) fn rate(tenths: i64) -> String {
    let sign = match tenths {
        0 => "",
        1.. => "+",
        _ => "−",
    };
    let magnitude = tenths.unsigned_abs();
    format!("{sign}{}.{}", grouped(&(magnitude / 10).to_string()), magnitude % 10)
}

/// Reads `¥1,200,000` or `USD 999` as a change prints it.
pub(crate) fn printed(text: &str) -> Option<Money> {
    let text = text.trim();
    let (currency, digits) = match text.strip_prefix('¥') {
        Some(digits) => (Currency::CNY, digits),
        None => text.split_once(' ').and_then(|(code, digits)| Some((Currency::parse(code)?, digits)))?,
    };
    let digits: String = digits.chars().filter(|character| *character != ',').collect();
    let (whole, part) = digits.split_once('.').unwrap_or((&digits, ""));
    if part.len() > 4 || !whole.chars().chain(part.chars()).all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let part: i64 = format!("{part:0<4}").parse().ok()?;
    Some(Money { ten_thousandths: whole.checked_mul(SCALE)?.checked_add(part)?, currency })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(money: Money, language: Language) -> (String, &'static str, bool) {
        let sum = sum(money, language);
        (sum.scaled, sum.unit, sum.exact)
    }

    #[test]
    fn chinese_sums_are_said_in_wan_and_yi() {
        assert_eq!(said(Money::yuan(9_500), Language::Zh), ("9,500".into(), "one", true));
        assert_eq!(said(Money::yuan(12_345_000), Language::Zh), ("1,234.5".into(), "wan", true));
        assert_eq!(said(Money::cny(9_999_999_990), Language::Zh), ("100".into(), "wan", false));
        assert_eq!(said(Money::yuan(190_000_000), Language::Zh), ("1.9".into(), "yi", true));
        assert_eq!(said(Money::yuan(270_812_345), Language::Zh), ("2.7081".into(), "yi", false));
    }

    #[test]
    fn english_sums_are_said_in_millions_and_keep_the_exact_figure() {
        assert_eq!(said(Money::yuan(12_345_000), Language::En), ("12.3".into(), "million", false));
        assert_eq!(said(Money::yuan(1_900_000_000), Language::En), ("1.9".into(), "billion", true));
        assert_eq!(sum(Money::cny(-123_456_789_000), Language::En).whole, "12,345,678.9");
        assert!(sum(Money::cny(-1), Language::En).minus);
    }

    #[test]
    fn other_currencies_are_never_said_in_wan() {
        let dollars = Money { ten_thousandths: 20_000_000 * SCALE, currency: Currency::USD };
        assert_eq!(said(dollars, Language::Zh), ("20,000,000".into(), "one", true));
    }

    #[test]
    fn shares_and_rates_read_as_people_write_them() {
        assert_eq!(share(Money::yuan(952), Money::yuan(1_000)).as_deref(), Some("95.2"));
        assert_eq!(share(Money::yuan(1), Money::yuan(0)), None);
        assert_eq!(rate(11_885), "+1,188.5");
        assert_eq!(rate(-5), "−0.5");
    }

    #[test]
    fn a_printed_sum_is_read_back() {
        assert_eq!(printed("¥1,200,000"), Some(Money::yuan(1_200_000)));
        assert_eq!(printed("¥2,569,303.17"), Some(Money::cny(25_693_031_700)));
        let dollars = Money { ten_thousandths: 999 * SCALE, currency: Currency::USD };
        assert_eq!(printed("USD 999"), Some(dollars));
        assert_eq!(printed("第 2 次"), None);
        assert_eq!(printed("undisclosed"), None);
        assert_eq!(printed("¥"), None);
    }

    proptest! {
        #[test]
        fn any_sum_can_be_said(ten_thousandths: i64) {
            for language in [Language::Zh, Language::En] {
                let said = sum(Money::cny(ten_thousandths), language);
                prop_assert_eq!(said.whole.replace(',', ""), Money::cny(ten_thousandths).decimal().replace('-', ""));
                if said.unit == "one" {
                    prop_assert!(said.exact && said.scaled == said.whole);
                }
            }
        }
    }
}
