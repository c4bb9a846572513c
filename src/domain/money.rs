//! Money as an integer count of ten-thousandths of a currency's unit. Currencies never add.

use std::fmt;

/// How many ten-thousandths make one unit (one yuan, one dollar).
pub const SCALE: i64 = 10_000;

/// An ISO 4217 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The Chinese yuan.
    pub const CNY: Self = Self(*b"CNY");
    /// The US dollar.
    pub const USD: Self = Self(*b"USD");

    /// Three upper-case letters, or nothing.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Self(bytes))
    }

    /// The code, as `CNY`.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A sum in one currency. `ten_thousandths` is exact: 99.9999999 万元 is 9,999,999,990 of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// The count of ten-thousandths of a unit.
    pub ten_thousandths: i64,
    /// The currency that it is a count of.
    pub currency: Currency,
}

impl Money {
    /// A sum of whole yuan.
    #[must_use]
    pub const fn yuan(units: i64) -> Self {
        Self { ten_thousandths: units * SCALE, currency: Currency::CNY }
    }

    /// A sum in ten-thousandths of a yuan.
    #[must_use]
    pub const fn cny(ten_thousandths: i64) -> Self {
        Self { ten_thousandths, currency: Currency::CNY }
    }

    /// The sum of both, or nothing where the currencies differ or the sum does not fit.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        let ten_thousandths = self.ten_thousandths.checked_add(other.ten_thousandths)?;
        Some(Self { ten_thousandths, ..self })
    }

    /// Whether both are one sum, printed exactly or (from 10,000 on) rounded to 0.01 万: 6,687,920 and 668.79 万.
    #[must_use]
    pub fn is_same_or_rounded(self, other: Self) -> bool {
        const STEP: i64 = 100 * SCALE;
        let is_round = |money: Self| money.ten_thousandths % STEP == 0;
        let apart = self.ten_thousandths.abs_diff(other.ten_thousandths);
        let is_large = self.ten_thousandths.min(other.ten_thousandths) >= 10_000 * SCALE;
        let rounded = is_large && is_round(self) != is_round(other) && apart <= STEP.unsigned_abs() / 2;
        self.currency == other.currency && (apart == 0 || rounded)
    }

    /// Whole units with as many decimals as it needs: `2569303.17`, `1820000`.
    #[must_use]
    pub fn decimal(&self) -> String {
        let sign = if self.ten_thousandths < 0 { "-" } else { "" };
        let magnitude = self.ten_thousandths.unsigned_abs();
        let scale = SCALE.unsigned_abs();
        let (whole, part) = (magnitude / scale, magnitude % scale);
        if part == 0 {
            return format!("{sign}{whole}");
        }
        let digits = format!("{part:04}");
        format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_keeps_every_digit_and_no_more() {
        assert_eq!(Money::cny(25_693_031_700).decimal(), "2569303.17");
        assert_eq!(Money::yuan(1_820_000).decimal(), "1820000");
        assert_eq!(Money::cny(-5).decimal(), "-0.0005");
    }

    #[test]
    fn a_rounded_sum_is_the_same_sum_and_a_corrected_one_is_not() {
        assert!(Money::yuan(6_687_920).is_same_or_rounded(Money::yuan(6_687_900)));
        assert!(!Money::yuan(89_500).is_same_or_rounded(Money::yuan(89_400)));
        assert!(!Money::yuan(89_510).is_same_or_rounded(Money::yuan(89_520)));
    }

    #[test]
    fn currencies_do_not_add() {
        let dollar = Money { ten_thousandths: 1, currency: Currency::USD };
        assert_eq!(Money::yuan(1).checked_add(dollar), None);
    }
}
