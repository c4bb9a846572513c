//! Units of money as printed: 元, 万元, 亿元, foreign ones; beside a number, in brackets, in a label or a column's header.

use crate::domain::money::{Currency, Money, SCALE};

use super::fold::{fold, is_han};

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Currency units in one of it: 10,000 for 万元.
    pub factor: i128,
    /// The currency.
    pub currency: Currency,
}

impl Unit {
    /// 元.
    pub const YUAN: Self = Self { factor: 1, currency: Currency::CNY };
    /// 万元.
    pub const WAN: Self = Self { factor: 10_000, currency: Currency::CNY };

    /// The unit named in a label or a column header, as 预算金额（万元）.
    #[must_use]
    pub fn in_label(label: &str) -> Option<Self> {
        let folded: Vec<char> = fold(label).chars().filter(|c| *c != ' ').collect();
        let text: String = folded.iter().collect();
        if ["元/", "万/", "每", "%", "折", "费率", "率("].iter().any(|word| text.contains(word)) {
            return None;
        }
        let at = folded.iter().position(|c| matches!(c, '(' | '[' | '/' | ':')).map_or(0, |at| at + 1);
        (at..folded.len())
            .find_map(|start| unit_at(&folded, start).filter(|(_, _, named)| *named).map(|(unit, ..)| unit))
    }

    /// Whether a label says that its numbers are per piece, head or year, as 中标金额（元/年）.
    #[must_use]
    pub fn is_per_piece(label: &str) -> bool {
        let text: String = fold(label).chars().filter(|c| *c != ' ').collect();
        let price = text.contains("单价") && !text.contains('总') && !text.contains("合价");
        price
            || ["元/", "万/"].iter().any(|word| text.split_once(word).is_some_and(|(_, rest)| rest.starts_with(is_han)))
    }

    /// The money of a decimal number of this unit, rounded to a ten-thousandth.
    pub(super) fn money(self, mantissa: i128, decimals: u32) -> Option<Money> {
        let scaled = mantissa.checked_mul(self.factor)?.checked_mul(i128::from(SCALE))?;
        let divisor = 10_i128.checked_pow(decimals)?;
        let rounded = (scaled + divisor / 2) / divisor;
        Some(Money { ten_thousandths: i64::try_from(rounded).ok()?, currency: self.currency })
    }
}

const UNITS: [(&str, i128, Currency); 23] = [
    ("亿元", 100_000_000, Currency::CNY),
    ("亿圆", 100_000_000, Currency::CNY),
    ("千万元", 10_000_000, Currency::CNY),
    ("百万元", 1_000_000, Currency::CNY),
    ("十万元", 100_000, Currency::CNY),
    ("万美元", 10_000, Currency::USD),
    ("万元", 10_000, Currency::CNY),
    ("万圆", 10_000, Currency::CNY),
    ("萬元", 10_000, Currency::CNY),
    ("万人民币", 10_000, Currency::CNY),
    ("千元", 1_000, Currency::CNY),
    ("美元", 1, Currency::USD),
    ("美金", 1, Currency::USD),
    ("USD", 1, Currency::USD),
    ("元", 1, Currency::CNY),
    ("圆", 1, Currency::CNY),
    ("RMB", 1, Currency::CNY),
    ("CNY", 1, Currency::CNY),
    ("人民币元", 1, Currency::CNY),
    ("人民币万元", 10_000, Currency::CNY),
    ("亿", 100_000_000, Currency::CNY),
    ("万", 10_000, Currency::CNY),
    ("W", 10_000, Currency::CNY),
];

/// Foreign units, by their code.
const FOREIGN: [(&str, &str); 8] = [
    ("欧元", "EUR"),
    ("EUR", "EUR"),
    ("英镑", "GBP"),
    ("日元", "JPY"),
    ("港元", "HKD"),
    ("港币", "HKD"),
    ("瑞士法郎", "CHF"),
    ("澳元", "AUD"),
];

/// The unit at a place, where it ends, and whether it names money beyond doubt (万 alone does not).
pub(super) fn unit_at(chars: &[char], start: usize) -> Option<(Unit, usize, bool)> {
    let first = *chars.iter().skip(start).take(8).find(|c| **c != ' ')?;
    let mut words = UNITS.iter().map(|(word, ..)| *word).chain(FOREIGN.iter().map(|(word, _)| *word));
    if !words.any(|word| word.starts_with(first)) {
        return None;
    }
    let text: String = chars.iter().skip(start).take(8).collect();
    let compact: String = text.chars().filter(|c| *c != ' ').collect();
    let end_of = |word: &str| {
        let mut left = word.chars().count();
        let mut at = start;
        while left > 0 {
            if chars.get(at) != Some(&' ') {
                left -= 1;
            }
            at += 1;
        }
        at
    };
    for (word, code) in FOREIGN {
        if compact.starts_with(word) {
            return Some((Unit { factor: 1, currency: Currency::parse(code)? }, end_of(word), true));
        }
    }
    let (word, factor, currency) = UNITS.iter().find(|(word, ..)| compact.starts_with(word))?;
    let doubtful = matches!(*word, "万" | "亿" | "W");
    if doubtful {
        // A blank ends the word: 60万 采用 is a sum, 60万人 a crowd.
        let next = chars.get(end_of(word)).copied().filter(|c| *c != ' ');
        let counts_things = next.is_some_and(|c| is_han(c) && !matches!(c, '整' | '左' | '以' | '人' | '(' | '每'));
        if counts_things || (*word == "W" && next.is_some_and(char::is_alphanumeric)) || next == Some('人') {
            return None;
        }
    }
    Some((Unit { factor: *factor, currency: *currency }, end_of(word), !doubtful || *word != "W"))
}
