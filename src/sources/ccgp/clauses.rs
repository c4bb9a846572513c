//! Values that say several things: lots and what is said of each, a name and its sum, a name and the labels behind it.

use crate::sources::dialect::figures::figures;
use crate::sources::dialect::fold::{is_blank, plain};
use crate::sources::dialect::names;

use super::lots::{self, Mark};
use super::money::{Heard, hear};

/// 第一包：甲公司；第二包：乙公司 as lots and what is said of each.
pub(super) fn by_lots(value: &str) -> Vec<(Mark, String)> {
    let mut out: Vec<(Mark, String)> = Vec::new();
    for part in clauses(value) {
        let part = part.trim().trim_start_matches("其中").trim_start_matches(['：', ':', ' ']);
        if part.is_empty() {
            continue;
        }
        if let Some((mark, rest)) = lots::heading(part) {
            out.push((mark, rest));
        } else {
            let Some((_, text)) = out.last_mut() else { continue };
            text.push(' ');
            text.push_str(part);
        }
    }
    out.retain(|(_, text)| !text.trim().is_empty());
    out
}

/// A text cut at its marks, the thousands marks of sums left whole.
fn clauses(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut parts = vec![String::new()];
    for (at, c) in chars.iter().enumerate() {
        let thousands = is_within_number(&chars, at);
        if !thousands && matches!(c, '；' | ';' | '\n' | '。' | '，' | ',' | ' ') {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(*c);
        }
    }
    parts
}

/// Whether a mark or a blank stands inside a number: 1,000 and, torn by blanks, 1 ,000.
fn is_within_number(chars: &[char], at: usize) -> bool {
    let digit = |c: Option<&char>| c.is_some_and(|c| plain(*c).is_ascii_digit());
    let mark = |c: Option<&char>| matches!(c, Some(',' | '，'));
    let before = chars.iter().take(at).rev().find(|c| !is_blank(**c));
    let after = chars.iter().skip(at + 1).find(|c| !is_blank(**c));
    match chars.get(at) {
        Some(c) if is_blank(*c) && *c != '\n' => digit(before) && mark(after) || mark(before) && digit(after),
        c => mark(c) && digit(before) && digit(after),
    }
}

/// A name without the labels that follow it on the same line: 甲公司 资质：….
pub(super) fn without_tail(text: &str) -> String {
    let first = text.split([' ', '\u{3000}']).next().unwrap_or(text);
    let labelled = text.contains(['：', ':']);
    if labelled && names::clean(first).is_some_and(|name| names::looks_like_one(&name)) {
        return first.to_owned();
    }
    text.to_owned()
}

/// A name with a sum behind it: 甲公司，中标金额100万元; 甲公司（￥1,000元）.
pub(super) fn name_and_sum(text: &str) -> (String, Heard) {
    for word in ["中标金额", "成交金额", "中标价", "成交价", "投标报价", "报价", "金额"] {
        if let Some(at) = text.find(word).filter(|at| *at > 6) {
            let name =
                text.get(..at).unwrap_or_default().trim_end_matches(['（', '(', '，', ',', ' ', '；', ';', '：', ':']);
            let sum = text.get(at..).unwrap_or_default();
            let value = sum.trim_start_matches(word).trim_start_matches(['：', ':', '为', ' ']);
            return (name.to_owned(), hear(word, value, None, "body"));
        }
    }
    behind_name(text).unwrap_or_else(|| (text.to_owned(), Heard::Nothing))
}

/// 甲公司（￥1,000元）, 甲公司 1,000元: a sum right behind a name, without any word.
fn behind_name(text: &str) -> Option<(String, Heard)> {
    let first = figures(text, None).into_iter().next()?;
    let chars: Vec<char> = text.chars().collect();
    let name: String = chars.iter().take(first.start).collect();
    let name = name.trim_end_matches(|c: char| "（(￥¥：:，,；; 　".contains(c)).trim_end_matches("人民币");
    let name = name.trim_end_matches(['（', '(', '，', ',', ' ']);
    let sum: String = chars.iter().skip(name.chars().count()).collect();
    names::clean(name).is_some_and(|name| names::looks_like_one(&name)).then(|| {
        (name.to_owned(), hear("", sum.trim_start_matches(['（', '(', '，', ',', '：', ':', ' ']), None, "body"))
    })
}
