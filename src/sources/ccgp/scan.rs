//! Finds labels in a line: every colon looks back for the longest run of words that is one. Knows what labels mean, not what
//! their values do.

use crate::sources::dialect::capitals;
use crate::sources::dialect::fold::{is_han, plain};

use super::labels::{Key, bare, classify, classify_exactly};

/// A label in a line, by characters.
pub(super) struct FoundLabel {
    pub key: Key,
    pub start: usize,
    /// Where its value begins.
    pub value: usize,
}

/// The labels of a line; one that only says how the sum before it is meant belongs to that sum: 中标金额：单价：12元.
pub(super) fn labels_of_values(line: &str) -> Vec<FoundLabel> {
    let mut found = labels_in(line);
    let money = |key: Key| {
        matches!(key, Key::Award | Key::AwardTotal | Key::Budget | Key::LotBudget | Key::Ceiling | Key::Contract)
    };
    let mut at = 0;
    while at + 1 < found.len() {
        let joins = match (found.get(at), found.get(at + 1)) {
            (Some(label), Some(next)) => {
                money(label.key) && matches!(next.key, Key::OtherSum | Key::Quote) && next.start <= label.value
            }
            _ => false,
        };
        if joins {
            found.remove(at + 1);
        } else {
            at += 1;
        }
    }
    found
}

/// Every label with a colon in a line, and where its value begins.
pub(super) fn labels_in(line: &str) -> Vec<FoundLabel> {
    let chars: Vec<char> = line.chars().map(plain).collect();
    let mut found: Vec<FoundLabel> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if chars.get(at) != Some(&':') {
            at += 1;
            continue;
        }
        let mut value = at + 1;
        while matches!(chars.get(value), Some(':' | ' ')) {
            value += 1;
        }
        let time = at > 0
            && chars.get(at - 1).is_some_and(char::is_ascii_digit)
            && chars.get(at + 1).is_some_and(char::is_ascii_digit);
        let address = chars.get(at + 1) == Some(&'/');
        if !time && !address && found.len() < 400 {
            let floor = found.last().map_or(0, |label| label.value);
            if let Some((key, start)) = label_before(&chars, at, floor) {
                found.push(FoundLabel { key, start, value });
            }
        }
        at = value.max(at + 1);
    }
    found
}

/// The label that ends at a colon: the longest run of words back from it that is one.
fn label_before(chars: &[char], colon: usize, floor: usize) -> Option<(Key, usize)> {
    let mut starts: Vec<usize> = Vec::new();
    let mut at = colon;
    let mut count = 0;
    while at > floor && count < 30 {
        let c = *chars.get(at - 1)?;
        match c {
            ')' | ']' => {
                let Some(open) = matching(chars, at - 1, floor) else { break };
                // 80.0(万元) 最高限价：the unit belongs to the sum before it.
                if closes_a_sum(chars, open) {
                    break;
                }
                at = open;
                starts.push(at);
            }
            '。' | ';' | '；' | '!' | '?' | '|' | '\n' | ',' | '，' | '(' | '[' | '《' | '》' | ':' | '.' => break,
            '、' | '/' => {
                let joins = at >= 3
                    && chars
                        .get(at..at + 2)
                        .is_some_and(|next| matches!(next, ['成', '交'] | ['中' | '流' | '开', '标'] | ['终', '止']));
                if !joins {
                    break;
                }
                at -= 1;
            }
            ' ' => at -= 1,
            _ => {
                at -= 1;
                count += 1;
                starts.push(at);
            }
        }
    }
    let text_from = |start: usize| -> String { chars.iter().skip(start).take(colon - start).collect() };
    let fresh = |start: usize| -> bool {
        start == floor
            || start == 0
            || chars.get(start - 1).is_none_or(|c| !is_han(*c) || *c == ' ') && chars.get(start - 1) != Some(&'/')
    };
    // The longest listed label that begins where a word may begin, else one word that is a label by its parts.
    let begins: Vec<usize> = starts.iter().rev().copied().filter(|start| fresh(*start)).collect();
    // The 包 of 1包： is no label: the whole is a lot's mark.
    let of_mark = |start: usize, key: Key| {
        key == Key::LotNumber && start > floor && chars.get(start - 1).is_some_and(char::is_ascii_alphanumeric)
    };
    let exactly = |start: usize| classify_exactly(&text_from(start)).filter(|key| !of_mark(start, *key));
    if let Some(hit) = begins.iter().find_map(|start| Some((exactly(*start)?, *start))) {
        return Some(begins.iter().find_map(|start| set_wide(&text_from(*start), *start, hit)).unwrap_or(hit));
    }
    for start in &begins {
        let start = *start;
        let text = text_from(start);
        let stem = without_brackets(&text);
        let one_word = stem.split(' ').filter(|word| !word.is_empty()).all(|word| word.chars().count() == 1)
            || !stem.trim().contains(' ') && bare(&text).chars().count() <= 16;
        if one_word && let Some(key) = classify(&text).filter(|key| !of_mark(start, *key)) {
            let hit = (key, start);
            return Some(begins.iter().find_map(|start| set_wide(&text_from(*start), *start, hit)).unwrap_or(hit));
        }
    }
    glued(chars, colon, &starts)
}

/// Whether a bracket behind a number, or behind its unit, holds a unit or a note on money.
fn closes_a_sum(chars: &[char], open: usize) -> bool {
    let inside: String =
        chars.iter().skip(open + 1).take_while(|c| !matches!(c, ')' | ']')).filter(|c| **c != ' ').collect();
    let noted = ["元", "万元", "亿元", "万"].contains(&inside.as_str())
        || ["人民币", "大写", "小写", "含", "不含", "其中", "税"].iter().any(|word| inside.starts_with(word))
        || inside.chars().all(capitals::in_sum);
    let before = chars.iter().take(open).rev().find(|c| **c != ' ');
    noted && before.is_some_and(|c| c.is_ascii_digit() || matches!(c, '元' | '万' | '整' | ')'))
}

/// 未 中 标 供 应 商 set wide is not the 供应商 at its end.
fn set_wide(text: &str, start: usize, (key, at): (Key, usize)) -> Option<(Key, usize)> {
    let whole: String = text.chars().filter(|c| *c != ' ').collect();
    let denies = ["未中标", "未成交", "落标", "候选", "候补"].iter().any(|word| whole.starts_with(word));
    let other = (start < at && denies && whole.chars().count() <= 12).then(|| classify(&whole)).flatten()?;
    (other != key).then_some((other, start))
}

/// A text without what stands in brackets.
fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    text.chars()
        .filter(|c| {
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        })
        .collect()
}

/// How labels begin that may stand grown onto other words.
const LEADS: [&str; 17] = [
    "总中标",
    "总成交",
    "中标",
    "成交",
    "采购",
    "项目",
    "预算",
    "最高",
    "合同",
    "投标",
    "招标",
    "控制",
    "政府采购",
    "供应商",
    "代理服务",
    "评审",
    "提交",
];

/// A label grown onto the words before it: 本项目预算金额. Only ones that mean one thing.
fn glued(chars: &[char], colon: usize, starts: &[usize]) -> Option<(Key, usize)> {
    for start in starts.iter().rev() {
        let text: String = chars.iter().skip(*start).take(colon - *start).collect();
        let word = bare(&text);
        if !(4..=14).contains(&word.chars().count()) || without_brackets(&text).trim().contains(' ') {
            continue;
        }
        let Some(key) = classify_exactly(&text)
            .or_else(|| LEADS.iter().any(|lead| word.starts_with(lead)).then(|| classify(&text)).flatten())
        else {
            continue;
        };
        let before: String = chars.iter().take(*start).rev().take(6).collect::<Vec<_>>().into_iter().rev().collect();
        if ["未", "落", "候选", "服务", "代理", "评审", "保证", "其他", "拟", "原", "非"]
            .iter()
            .any(|lead| before.trim_end().ends_with(lead))
        {
            return Some((Key::Other, *start));
        }
        let plain = matches!(
            key,
            Key::Number
                | Key::Title
                | Key::Budget
                | Key::Ceiling
                | Key::Award
                | Key::AwardTotal
                | Key::Supplier
                | Key::SupplierAddress
                | Key::Deadline
                | Key::Opening
                | Key::Buyer
                | Key::OtherSum
                | Key::CreditCode
                | Key::OriginalNumber
                | Key::OriginalTitle
                | Key::FirstPublished
                | Key::Candidate
                | Key::Loser
                | Key::LotBudget
                | Key::LotCeiling
                | Key::Contact
        );
        if plain {
            return Some((key, *start));
        }
    }
    None
}

fn matching(chars: &[char], close: usize, floor: usize) -> Option<usize> {
    let mut depth = 0;
    let mut at = close + 1;
    while at > floor && close + 1 - at < 90 {
        at -= 1;
        match chars.get(at)? {
            ')' | ']' => depth += 1,
            '(' | '[' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_set_wide_keeps_its_first_words() {
        for line in ["未中 标 供 应 商：甲有限公司", "未 中 标 供 应 商：甲有限公司", "未中标供应商：甲有限公司"]
        {
            let keys: Vec<Key> = labels_in(line).iter().map(|label| label.key).collect();
            assert_eq!(keys, [Key::Loser], "{line}");
        }
    }

    #[test]
    fn a_unit_in_brackets_belongs_to_the_sum_before_it() {
        let line = "预算金额：￥80.0(万元)（大写：捌拾万元整） 最高限价：0.0(万元)";
        let starts: Vec<usize> = labels_in(line).iter().map(|label| label.start).collect();
        assert_eq!(starts, [0, line.chars().count() - "最高限价：0.0(万元)".chars().count()]);
    }
}
