//! Sums as they stand in a text, each with its unit, its precision and what it is for. Finds; which one is meant is read elsewhere.

use crate::domain::money::{Currency, Money};

use super::capitals;
use super::fold::{fold, is_han};
use super::units::{Unit, unit_at};

/// Where the unit of a figure stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitBy {
    /// Beside the number.
    Own,
    /// In the label or the column's header.
    Header,
    /// Nowhere: the money is the number as yuan.
    Nowhere,
}

/// What a figure is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The whole, as far as is said.
    Whole,
    /// Several years together.
    OverYears,
    /// A piece, a head, a year: never a total.
    Piece,
}

/// One sum as printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The sum; of a figure without a unit, the number as yuan.
    pub money: Money,
    /// The sum if the number counts ten thousands, with decimals that are too fine for the sum itself.
    pub in_wan: Option<Money>,
    /// Where its unit stands.
    pub unit_by: UnitBy,
    /// How many yuan (ten-thousandths) its last printed place that is not zero stands for.
    pub place: i64,
    /// Written in capitals.
    pub in_capitals: bool,
    /// Blanks tear its digits: trust it only where something agrees.
    pub torn: bool,
    /// What it is for.
    pub basis: Basis,
    /// Where it begins and ends, in characters.
    pub start: usize,
    /// The end.
    pub end: usize,
}

/// A number as printed, by characters.
pub(super) struct Number {
    mantissa: i128,
    decimals: u32,
    pub(super) end: usize,
    start: usize,
    torn: bool,
}

pub(super) fn figure(number: &Number, unit: Unit, unit_by: UnitBy) -> Option<Figure> {
    let money = unit.money(number.mantissa, number.decimals)?;
    let mut mantissa = number.mantissa;
    let mut exponent = i64::from(number.decimals);
    while mantissa != 0 && mantissa % 10 == 0 && exponent > 0 {
        mantissa /= 10;
        exponent -= 1;
    }
    let place = unit.money(1, u32::try_from(exponent).ok()?).map_or(1, |money| money.ten_thousandths.max(1));
    let wan = Unit { factor: unit.factor.checked_mul(10_000)?, ..unit };
    Some(Figure {
        money,
        in_wan: wan.money(number.mantissa, number.decimals),
        unit_by,
        place,
        in_capitals: false,
        torn: number.torn,
        basis: Basis::Whole,
        start: number.start,
        end: number.end,
    })
}

/// Reads a number: digits, thousands marks in threes, one decimal point. Blanks between its characters tear it.
pub(super) fn number_at(chars: &[char], start: usize) -> Option<Number> {
    let mut text = String::new();
    let mut at = start;
    let mut end = start;
    let mut torn = false;
    while let Some(c) = chars.get(at) {
        match c {
            '0'..='9' => {
                if at > end && end > start {
                    torn = true;
                }
                text.push(*c);
                at += 1;
                end = at;
            }
            ',' | '.' | '，' if next_digit(chars, at + 1).is_some() && text.chars().count() < 24 => {
                if at > end {
                    torn = true;
                }
                if chars.get(at + 1) == Some(&' ') {
                    torn = true;
                }
                text.push(if *c == '.' { '.' } else { ',' });
                at = next_digit(chars, at + 1)?;
                end = at;
            }
            ' ' if text.chars().count() < 24 => at += 1,
            _ => break,
        }
        if at > end + 2 {
            break;
        }
    }
    let (whole, part) = match text.split_once('.') {
        Some((_, part)) if part.contains(['.', ',']) => return None,
        Some((whole, part)) => (whole, part),
        None => (text.as_str(), ""),
    };
    if whole.contains(',') {
        let mut groups = whole.split(',');
        let first = groups.next()?;
        if first.is_empty() || first.len() > 3 || groups.any(|group| group.len() != 3) {
            return None;
        }
    }
    let digits: String = whole.chars().filter(char::is_ascii_digit).chain(part.chars()).collect();
    if digits.len() > 24 || digits.is_empty() {
        return None;
    }
    Some(Number { mantissa: digits.parse().ok()?, decimals: u32::try_from(part.len()).ok()?, start, end, torn })
}

fn next_digit(chars: &[char], mut at: usize) -> Option<usize> {
    let start = at;
    while chars.get(at) == Some(&' ') && at < start + 2 {
        at += 1;
    }
    chars.get(at).filter(|c| c.is_ascii_digit()).map(|_| at)
}

fn skip_blank(chars: &[char], mut at: usize) -> usize {
    while chars.get(at) == Some(&' ') {
        at += 1;
    }
    at
}

/// Every sum in a text that carries a unit or a currency sign of its own. With a header's unit, a sign alone counts in it.
#[must_use]
pub fn figures(text: &str, header: Option<Unit>) -> Vec<Figure> {
    let chars: Vec<char> = fold(text).chars().collect();
    figures_in(&chars, header)
}

pub(super) fn figures_in(chars: &[char], header: Option<Unit>) -> Vec<Figure> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        if c.is_ascii_digit() {
            if let Some(figure) = digits_at(chars, at, header).filter(|_| !is_glued(chars, at)) {
                at = figure.end.max(at + 1);
                found.push(figure);
                continue;
            }
            while chars.get(at).is_some_and(|c| c.is_ascii_digit() || matches!(c, ',' | '.')) {
                at += 1;
            }
            continue;
        }
        if capitals::in_sum(*c)
            && let Some(figure) = capitals_at(chars, at)
        {
            at = figure.end;
            found.push(figure);
            continue;
        }
        at += 1;
        if found.len() > 2_000 {
            break;
        }
    }
    found
}

/// Whether digits go on from a word or another number. The code of a currency is no such word.
fn is_glued(chars: &[char], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|at| chars.get(at)) else { return false };
    if matches!(before, '-' | '.' | '_' | '/') {
        return true;
    }
    let word: Vec<char> =
        chars.iter().take(at).rev().take_while(|c| c.is_ascii_alphabetic()).take(4).copied().collect();
    let word: String = word.into_iter().rev().collect();
    !word.is_empty() && !["RMB", "CNY"].contains(&word.as_str()) && !FOREIGN_SIGNS.iter().any(|(sign, _)| *sign == word)
}

fn digits_at(chars: &[char], start: usize, header: Option<Unit>) -> Option<Figure> {
    let number = number_at(chars, start)?;
    // 中标金额：￥1,43…: what stands behind is not known.
    if is_torn_off(chars, number.end) {
        return None;
    }
    let lead: String = chars.iter().take(start).rev().filter(|c| **c != ' ').take(4).collect();
    let lead = lead.trim_start_matches([':', '(']);
    let abroad = FOREIGN_SIGNS.iter().find(|(sign, _)| lead.chars().rev().collect::<String>().ends_with(sign));
    let abroad = abroad.and_then(|(_, code)| Currency::parse(code));
    let sign = abroad.is_some() || lead.starts_with('¥') || lead.starts_with("BMR") || lead.starts_with("YNC");
    let mut at = skip_blank(chars, number.end);
    if matches!(chars.get(at), Some('%' | '‰')) {
        return None;
    }
    let bracket = matches!(chars.get(at), Some('(' | '['));
    if bracket {
        at = skip_blank(chars, at + 1);
    }
    // ￥0.85（折扣系数）: a note that makes it a rate.
    let note: String = chars.iter().skip(at).filter(|c| **c != ' ').take(6).collect();
    if bracket && ["折扣", "系数", "费率", "下浮", "优惠", "百分"].iter().any(|word| note.contains(word)) {
        return None;
    }
    let Some((unit, end, _)) = unit_at(chars, at) else {
        if !sign || bracket && header.is_none() {
            return sign.then(|| signed(&number, header, abroad)).flatten();
        }
        return signed(&number, header, abroad);
    };
    if is_torn_off(chars, end) {
        return None;
    }
    let currency = abroad.or_else(|| noted_currency(chars, end)).unwrap_or(unit.currency);
    let mut figure = figure(&number, Unit { currency, ..unit }, UnitBy::Own)?;
    let mut at = skip_blank(chars, end);
    if bracket && matches!(chars.get(at), Some(')' | ']')) {
        at += 1;
    }
    figure.end = at;
    figure.basis = basis_at(chars, skip_blank(chars, past_second_unit(chars, at)), start);
    Some(figure)
}

/// Whether the text breaks off here: 438,…
fn is_torn_off(chars: &[char], mut at: usize) -> bool {
    while matches!(chars.get(at), Some(' ' | ',' | '.' | '(' | '，')) {
        at += 1;
    }
    chars.get(at) == Some(&'…')
}

/// 115万元（万元）/年: a unit printed twice hides nothing.
fn past_second_unit(chars: &[char], at: usize) -> usize {
    let open = skip_blank(chars, at);
    if !matches!(chars.get(open), Some('(' | '[')) {
        return at;
    }
    match unit_at(chars, open + 1) {
        Some((_, end, _)) if matches!(chars.get(skip_blank(chars, end)), Some(')' | ']')) => skip_blank(chars, end) + 1,
        _ => at,
    }
}

/// 28.5 万元（美元）: the currency in brackets behind the unit.
fn noted_currency(chars: &[char], at: usize) -> Option<Currency> {
    let rest: String = chars.iter().skip(at).filter(|c| **c != ' ').take(6).collect();
    let inside = rest.strip_prefix('(')?;
    let (_, code) =
        FOREIGN_SIGNS.iter().find(|(sign, _)| inside.strip_prefix(sign).is_some_and(|rest| rest.starts_with(')')))?;
    Currency::parse(code)
}

/// Signs of other currencies that stand before a number.
const FOREIGN_SIGNS: [(&str, &str); 14] = [
    ("$", "USD"),
    ("USD", "USD"),
    ("美元", "USD"),
    ("美金", "USD"),
    ("EUR", "EUR"),
    ("€", "EUR"),
    ("欧元", "EUR"),
    ("JPY", "JPY"),
    ("日元", "JPY"),
    ("GBP", "GBP"),
    ("£", "GBP"),
    ("英镑", "GBP"),
    ("CHF", "CHF"),
    ("HKD", "HKD"),
];

fn signed(number: &Number, header: Option<Unit>, abroad: Option<Currency>) -> Option<Figure> {
    match (header, abroad) {
        (Some(unit), None) => figure(number, unit, UnitBy::Header),
        (Some(unit), Some(currency)) => figure(number, Unit { currency, ..unit }, UnitBy::Header),
        (None, Some(currency)) => figure(number, Unit { factor: 1, currency }, UnitBy::Own),
        (None, None) => figure(number, Unit::YUAN, UnitBy::Own),
    }
}

/// What stands around a figure says what it is for.
fn basis_at(chars: &[char], at: usize, start: usize) -> Basis {
    let lead: Vec<char> = chars.iter().take(start).rev().filter(|c| **c != ' ').take(6).copied().collect();
    let lead: String = lead.into_iter().rev().collect();
    let single = ["单价", "单套", "单件", "单台", "单份", "单人", "单次", "单张", "单位"];
    if single.iter().any(|word| lead.contains(word)) || lead.contains('每') {
        return Basis::Piece;
    }
    let tail: String = chars.iter().skip(at).filter(|c| **c != ' ').take(8).collect();
    // 34.61万元 每个标段…: a blank begins another sentence.
    if tail.starts_with('每') && at > 0 && chars.get(at - 1) == Some(&' ') {
        return Basis::Whole;
    }
    let Some(rest) = tail.strip_prefix(['/', '每']) else { return Basis::Whole };
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let rest = rest.get(digits.len()..).unwrap_or_default();
    let many = ['两', '二', '三', '四', '五'];
    let years = digits.parse::<u32>().unwrap_or(1) > 1 || rest.starts_with(many);
    if years && rest.trim_start_matches(many).trim_start_matches('个').starts_with('年') {
        return Basis::OverYears;
    }
    // A slash may also part one sum from the next or from nothing: 100万元/.
    let another = rest.starts_with(['大', '小']) || rest.starts_with("人民币");
    let names_piece = rest.chars().next().is_some_and(|c| is_han(c) || c.is_ascii_alphabetic() || c == '(');
    if names_piece && !another { Basis::Piece } else { Basis::Whole }
}

fn capitals_at(chars: &[char], start: usize) -> Option<Figure> {
    let mut text = String::new();
    let mut end = start;
    for (at, c) in chars.iter().enumerate().skip(start).take(60) {
        if capitals::in_sum(*c) {
            text.push(*c);
            end = at + 1;
        } else if *c != ' ' || text.is_empty() {
            break;
        }
    }
    let written = text.chars().any(|c| "壹贰貳叁叄肆伍陆陸柒捌玖拾佰仟".contains(c));
    if text.chars().count() < 2 || !written && !text.contains('元') && !text.contains('圆') {
        return None;
    }
    let value = capitals::sum(&text)?;
    Some(Figure {
        money: Money::cny(i64::try_from(value).ok()?),
        in_wan: None,
        unit_by: UnitBy::Own,
        place: 1,
        in_capitals: true,
        torn: false,
        basis: Basis::Whole,
        start,
        end,
    })
}
