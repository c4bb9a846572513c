//! Days and times in every printed form: 2026年09月29日 09:22, 2026-9-29 9:22:05, 2026/09/29, 二〇二一年二月五日, digits torn by
//! blanks. What has no valid day is nothing.

use jiff::civil::{Date, DateTime, Time};

use super::capitals;
use super::fold::fold;

/// A day, and the time of day where one stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The day.
    pub day: Date,
    /// The time, where printed.
    pub time: Option<Time>,
    /// Where the text of it ends, in characters.
    pub end: usize,
}

impl Moment {
    /// The day at the printed time, or at its start.
    #[must_use]
    pub fn at(&self) -> DateTime {
        self.day.to_datetime(self.time.unwrap_or(Time::midnight()))
    }
}

/// The first day in a text.
#[must_use]
pub fn first(text: &str) -> Option<Moment> {
    let chars: Vec<char> = fold(text).chars().collect();
    from(&chars, 0)
}

/// Every day in a text, in order.
#[must_use]
pub fn all(text: &str) -> Vec<Moment> {
    let chars: Vec<char> = fold(text).chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(moment) = from(&chars, at) {
        at = moment.end;
        found.push(moment);
        if found.len() >= 200 {
            break;
        }
    }
    found
}

fn from(chars: &[char], start: usize) -> Option<Moment> {
    let mut at = start;
    while at < chars.len() {
        let fresh = at == 0 || !chars.get(at - 1).is_some_and(char::is_ascii_digit);
        if fresh && let Some(moment) = numeric(chars, at).or_else(|| spelled(chars, at)) {
            return Some(moment);
        }
        at += 1;
    }
    None
}

/// A number of at most `most` digits, which blanks may tear, and where it ends.
fn number(chars: &[char], start: usize, most: usize) -> Option<(i64, usize)> {
    let mut at = start;
    let mut value = 0;
    let mut digits = 0;
    let mut end = start;
    while let Some(c) = chars.get(at) {
        if let Some(digit) = c.to_digit(10) {
            if digits == most {
                return None;
            }
            value = value * 10 + i64::from(digit);
            digits += 1;
            at += 1;
            end = at;
        } else if *c == ' ' && digits > 0 && digits < most {
            at += 1;
        } else {
            break;
        }
    }
    (digits > 0).then_some((value, end))
}

fn skip(chars: &[char], mut at: usize) -> usize {
    while chars.get(at) == Some(&' ') {
        at += 1;
    }
    at
}

fn expect(chars: &[char], at: usize, accepted: &[char]) -> Option<usize> {
    let at = skip(chars, at);
    chars.get(at).filter(|c| accepted.contains(c)).map(|_| at + 1)
}

fn numeric(chars: &[char], start: usize) -> Option<Moment> {
    chars.get(start).filter(|c| c.is_ascii_digit())?;
    let (year, at) = number(chars, start, 4)?;
    if !(1990..=2100).contains(&year) {
        return None;
    }
    let at = skip(chars, at);
    let mark = *chars.get(at)?;
    let (month, at, by_mark) = match mark {
        '年' => {
            let (month, at) = number(chars, skip(chars, at + 1), 2)?;
            (month, expect(chars, at, &['月'])?, false)
        }
        '-' | '/' | '.' => {
            let (month, at) = number(chars, skip(chars, at + 1), 2)?;
            (month, expect(chars, at, &[mark])?, true)
        }
        _ => return None,
    };
    // Without 日 a following digit belongs to the time: "2026-09-29 09:22" must not read 29 0 as a day.
    let (day, at) = if by_mark { plain_day(chars, skip(chars, at))? } else { number(chars, skip(chars, at), 2)? };
    let at = if by_mark { at } else { expect(chars, at, &['日', '号']).unwrap_or(at) };
    finish(chars, year, month, day, at)
}

fn plain_day(chars: &[char], start: usize) -> Option<(i64, usize)> {
    let mut value = 0;
    let mut at = start;
    while let Some(digit) = chars.get(at).and_then(|c| c.to_digit(10)) {
        value = value * 10 + i64::from(digit);
        at += 1;
        if at - start > 2 {
            return None;
        }
    }
    (at > start).then_some((value, at))
}

fn spelled(chars: &[char], start: usize) -> Option<Moment> {
    capitals::digit(*chars.get(start)?).filter(|value| *value == 2 || *value == 1)?;
    let until = |from: usize, mark: char, most: usize| -> Option<(i64, usize)> {
        let rest = chars.get(from..)?;
        let length = rest.iter().take(most + 1).position(|c| *c == mark)?;
        let text: String = rest.iter().take(length).filter(|c| **c != ' ').collect();
        Some((capitals::small(&text)?, from + length + 1))
    };
    let (year, at) = until(start, '年', 8)?;
    let (month, at) = until(at, '月', 4)?;
    let (day, at) = until(at, '日', 6)?;
    if !(1990..=2100).contains(&year) {
        return None;
    }
    finish(chars, year, month, day, at)
}

fn finish(chars: &[char], year: i64, month: i64, day: i64, at: usize) -> Option<Moment> {
    let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some(match clock(chars, at) {
        Some((24, minute, second, end)) => {
            let day = (minute == 0 && second == 0).then(|| date.tomorrow().ok()).flatten().unwrap_or(date);
            Moment { day, time: Some(Time::midnight()), end }
        }
        Some((hour, minute, second, end)) => {
            let time =
                Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, i8::try_from(second).ok()?, 0).ok();
            Moment { day: date, time, end }
        }
        None => Moment { day: date, time: None, end: at },
    })
}

/// 十四 before 时, 三十 before 分.
fn numeral(chars: &[char], start: usize) -> Option<(i64, usize)> {
    let rest = chars.get(start..)?;
    let length = rest.iter().take(4).position(|c| matches!(c, '时' | '点' | '分'))?;
    let text: String = rest.iter().take(length).collect();
    Some((capitals::small(&text)?, start + length))
}

/// A time of day just after a day: 09:22, 9点30分, 下午2:30, 14时, T09:00:00.
fn clock(chars: &[char], start: usize) -> Option<(i64, i64, i64, usize)> {
    let mut at = skip(chars, start);
    if matches!(chars.get(at), Some('T' | ',' | '(')) {
        at = skip(chars, at + 1);
    }
    // A weekday may stand between: （星期四）.
    if chars.get(at..).is_some_and(|rest| rest.starts_with(&['星', '期']) || rest.starts_with(&['周'])) {
        let rest = chars.get(at..)?;
        at = skip(chars, at + rest.iter().take(5).position(|c| *c == ')').map_or(3, |found| found + 1));
    }
    if chars.get(at..).is_some_and(|rest| rest.starts_with(&['北', '京', '时', '间'])) {
        at = skip(chars, at + 4);
        at = expect(chars, at, &[')', ',', ':']).unwrap_or(at);
    }
    let word: String = chars.iter().skip(at).take(2).collect();
    let shift = match word.as_str() {
        "下午" | "晚上" | "午后" => Some(12),
        "上午" | "早上" | "中午" => Some(0),
        _ => None,
    };
    if shift.is_some() {
        at = skip(chars, at + 2);
    }
    let (mut hour, at) = number(chars, at, 2).or_else(|| numeral(chars, at))?;
    let at = expect(chars, at, &[':', '时', '点'])?;
    if hour > 24 {
        return None;
    }
    if shift == Some(12) && hour < 12 {
        hour += 12;
    }
    let Some((minute, at)) = number(chars, skip(chars, at), 2)
        .or_else(|| numeral(chars, skip(chars, at)))
        .filter(|(minute, _)| *minute < 60)
    else {
        return Some((hour, if chars.get(at) == Some(&'半') { 30 } else { 0 }, 0, at));
    };
    let Some(after) = expect(chars, at, &[':', '分']) else {
        return Some((hour, minute, 0, at));
    };
    match number(chars, skip(chars, after), 2).filter(|(second, _)| *second < 60) {
        Some((second, end)) if chars.get(after - 1) == Some(&':') || chars.get(skip(chars, end)) == Some(&'秒') => {
            Some((hour, minute, second, end))
        }
        _ => Some((hour, minute, 0, after)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str) -> String {
        first(text).map_or("none".into(), |moment| match moment.time {
            Some(_) => moment.at().to_string(),
            None => moment.day.to_string(),
        })
    }

    #[test]
    fn every_printed_form_is_read() {
        assert_eq!(iso("2026年09月29日  09:22"), "2026-09-29T09:22:00");
        assert_eq!(iso("2021年3月18日8时30分（北京时间）"), "2021-03-18T08:30:00");
        assert_eq!(iso("2026年09月28日 19时57分43秒"), "2026-09-28T19:57:43");
        assert_eq!(iso("2021-03-18 09:30:00"), "2021-03-18T09:30:00");
        assert_eq!(iso("2017/9/7"), "2017-09-07");
        assert_eq!(iso("2017.12.19 17:05:15"), "2017-12-19T17:05:15");
        assert_eq!(iso("于 202 1 年 03 月 19 日 09 时 00 分"), "2021-03-19T09:00:00");
        assert_eq!(iso("2021年 3 月 1 7 日 9 点 0 0 分"), "2021-03-17T09:00:00");
        assert_eq!(iso("二〇二一年二月二十五日"), "2021-02-25");
        assert_eq!(iso("2018年5月9日下午2:30"), "2018-05-09T14:30:00");
        assert_eq!(iso("2018年5月9日（星期三）上午9点半"), "2018-05-09T09:30:00");
        assert_eq!(iso("2021年2月28日24:00"), "2021-03-01T00:00:00");
    }

    #[test]
    fn numbers_and_impossible_days_are_not_dates() {
        assert_eq!(iso("0701-264106070107"), "none");
        assert_eq!(iso("2021-13-40"), "none");
        assert_eq!(iso("计价格[2002]1980号"), "none");
        assert_eq!(iso("3750000"), "none");
    }

    #[test]
    fn every_date_of_a_span_is_found() {
        assert_eq!(all("2021年2月25日至2021年3月5日，每天").len(), 2);
    }
}
