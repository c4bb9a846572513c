//! What does an amendment say? A sum with its unit, an instant, out of a correction's 更正后. What is ambiguous is not read.

use jiff::civil::{Date, DateTime, Time};

use super::money::{Money, SCALE};
use super::names;

/// The one sum that a text states with its unit; the unit may stand in the label (`预算金额（万元）`). Nothing where several
/// different sums, a rate or no unit stand there.
#[must_use]
pub(super) fn sum(label: &str, text: &str) -> Option<Money> {
    let (label, text) = (names::squeezed(label), names::squeezed(text));
    let inherited = unit_in_brackets(&label);
    let mut found: Option<Money> = None;
    let mut rest: &str = &text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (number, tail) = split_number(rest.get(start..)?);
        rest = tail;
        if tail.starts_with(['%', '年', '月', '日', '号', '包', '时', '点']) {
            continue;
        }
        let Some(scale) = unit(tail).or(inherited) else { continue };
        let money = Money::cny(scaled(number, scale)?);
        if found.is_some_and(|other| other != money) {
            return None;
        }
        found = Some(money);
    }
    found
}

/// Whether a correction's line is about the budget.
pub(super) fn names_budget(item: &str) -> bool {
    names::squeezed(item).contains("预算")
}

/// Whether a correction's line is about what was awarded.
pub(super) fn names_award(item: &str) -> bool {
    let item = names::squeezed(item);
    ["中标金额", "成交金额", "中标价", "成交价", "(成交)金额"].iter().any(|word| item.contains(word))
}

/// The leading number with its thousands marks, and what follows it.
fn split_number(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.').unwrap_or(text.len());
    let (number, _) = text.split_at_checked(end).unwrap_or((text, ""));
    let trimmed = number.trim_end_matches([',', '.']);
    text.split_at_checked(trimmed.len()).unwrap_or((text, ""))
}

/// Ten-thousandths per unit: 万元, （万元）, 亿元, 元.
fn unit(tail: &str) -> Option<i64> {
    let tail = tail.strip_prefix('(').unwrap_or(tail);
    let scales = [("亿", 100_000_000), ("万", 10_000), ("元", 1), ("圆", 1)];
    let (word, scale) = scales.into_iter().find(|(word, _)| tail.starts_with(word))?;
    let behind = tail.strip_prefix(word)?.trim_start_matches(['元', ')']);
    (!behind.starts_with(['/', '每'])).then_some(scale * SCALE)
}

fn unit_in_brackets(label: &str) -> Option<i64> {
    let (_, inside) = label.rsplit_once('(')?;
    unit(inside)
}

/// An exact decimal times a scale; nothing where digits would be lost.
fn scaled(number: &str, scale: i64) -> Option<i64> {
    let plain = number.replace(',', "");
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut value = i128::from(whole.parse::<i64>().ok()?).checked_mul(i128::from(scale))?;
    let mut place = i128::from(scale);
    for digit in part.chars() {
        let digit = i128::from(digit.to_digit(10)?);
        if place % 10 != 0 && digit != 0 {
            return None;
        }
        place /= 10;
        value += digit * place;
    }
    i64::try_from(value).ok()
}

/// A day, with its time where one is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// The day.
    pub(super) day: Date,
    /// The time of day.
    pub(super) time: Option<Time>,
}

impl Moment {
    /// The wall-clock reading, with another time of day where none is printed.
    #[must_use]
    pub(super) fn reading(&self, otherwise: Option<Time>) -> Option<DateTime> {
        self.time.or(otherwise).map(|time| self.day.to_datetime(time))
    }
}

/// The first day that a text states, with its time: `2026年9月30日下午2:30`, `2026-09-30 09:30:00`, `2026/9/30 09时30分`.
#[must_use]
pub(super) fn moment(text: &str) -> Option<Moment> {
    let text = names::folded(text);
    let starts = text.match_indices("20").map(|(at, _)| at);
    starts
        .filter(|&at| !text.get(..at).unwrap_or_default().ends_with(|c: char| c.is_ascii_digit()))
        .find_map(|at| moment_at(text.get(at..)?))
}

fn moment_at(text: &str) -> Option<Moment> {
    let (year, rest) = field(text, &["年", "-", "/", "."])?;
    let (month, rest) = field(rest, &["月", "-", "/", "."])?;
    let (day, rest) = leading(rest)?;
    let day = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some(Moment { day, time: clock(rest.trim_start().trim_start_matches('日')) })
}

/// A time of day at the start of a text, up to a few words away (`上午`, `北京时间`).
fn clock(text: &str) -> Option<Time> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || "t(),北京时间".contains(c));
    let (text, is_later) = ["下午", "晚上", "晚"]
        .iter()
        .find_map(|word| text.strip_prefix(word))
        .map_or((text, false), |rest| (rest, true));
    let text = ["上午", "早上", "中午"].iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
    let (hour, rest) = field(text, &[":", "时", "点"])?;
    let (minute, rest) =
        leading(rest).filter(|(_, rest)| !rest.starts_with(['年', '月', '日', '-'])).unwrap_or((0, rest));
    let second = rest.trim_start().strip_prefix(':').and_then(leading).map_or(0, |(second, _)| second);
    let hour = if is_later && hour < 12 { hour + 12 } else { hour };
    if hour == 24 && minute == 0 {
        return Time::new(23, 59, 59, 0).ok();
    }
    Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, i8::try_from(second).ok()?, 0).ok()
}

/// A number with one of these marks behind it.
fn field<'a>(text: &'a str, marks: &[&str]) -> Option<(u32, &'a str)> {
    let (value, rest) = leading(text)?;
    let rest = rest.trim_start();
    marks.iter().find_map(|mark| rest.strip_prefix(mark)).map(|rest| (value, rest))
}

/// At most four leading digits.
fn leading(text: &str) -> Option<(u32, &str)> {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()).min(4);
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sum_needs_its_unit() {
        assert_eq!(sum("预算金额", "1,200,000.00元"), Some(Money::yuan(1_200_000)));
        assert_eq!(sum("预算金额", "人民币 120.5 万元（含税）"), Some(Money::yuan(1_205_000)));
        assert_eq!(sum("预算金额", "63.8600000（万元）"), Some(Money::yuan(638_600)));
        assert_eq!(sum("预算金额（万元）", "99.9999999"), Some(Money::cny(9_999_999_990)));
        assert_eq!(sum("预算金额", "1.5 亿元"), Some(Money::yuan(150_000_000)));
        assert_eq!(sum("预算金额", "1200000"), None);
    }

    #[test]
    fn what_is_ambiguous_or_no_total_is_not_read() {
        for text in ["第一包100万元，第二包200万元", "12.5元/人", "下浮5%", "详见附件", "2026年9月30日", ""]
        {
            assert_eq!(sum("预算金额", text), None, "{text}");
        }
        assert_eq!(sum("预算", "100万元（1000000元）"), Some(Money::yuan(1_000_000)));
    }

    #[test]
    fn moments_are_read_in_every_usual_form() {
        let at = |hour, minute| Some(Moment { day: date(2026, 9, 30), time: Some(time(hour, minute, 0, 0)) });
        for text in [
            "2026年09月30日 09:30",
            "2026-09-30 09:30:00",
            "2026/9/30 09时30分",
            "投标截止：２０２６年9月30日上午9点30分（北京时间）",
        ] {
            assert_eq!(moment(text), at(9, 30), "{text}");
        }
        assert_eq!(moment("2026年9月30日下午2:30"), at(14, 30));
        assert_eq!(moment("2026年9月30日14时"), at(14, 0));
        assert_eq!(moment("延期至2026年9月30日"), Some(Moment { day: date(2026, 9, 30), time: None }));
        assert_eq!(moment("2026年13月40日"), None);
        assert_eq!(moment("JX2026-09-30号"), Some(Moment { day: date(2026, 9, 30), time: None }));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reading(text in "[0-9年月日时分点:：.,万亿元（）() -]{0,40}") {
            let _ = (sum(&text, &text), moment(&text));
        }
    }
}
