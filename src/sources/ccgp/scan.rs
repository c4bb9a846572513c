//! Finds labels in a line: every colon looks back for the longest run of words that is one. Knows what labels mean, not what
//! their values do.

use crate::sources::dialect::capitals;
use crate::sources::dialect::fold::{is_han, plain};

use super::labels::{self, Key};

/// A label in a line, by characters.
pub(super) struct FoundLabel {
    pub key: Key,
    pub start: usize,
    /// Where its value begins.
    pub value: usize,
}

/// The labels of a line that have values; one that only says how the sum before it is meant belongs to that sum: 中标金额：单价：12元.
pub(super) fn of_values(mut found: Vec<FoundLabel>) -> Vec<FoundLabel> {
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
    if line.chars().all(|c| plain(c) != ':') {
        return Vec::new();
    }
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
        if !time && !address && !in_remark(&chars, at) && found.len() < 400 {
            let floor = found.last().map_or(0, |label| label.value);
            // 甲公司（联合体成员：乙公司）: in brackets behind a name it belongs to the name.
            let of_name =
                |key: Key, start: usize| key == Key::Member && start > floor && chars.get(start - 1) == Some(&'(');
            if let Some((key, start)) = label_before(&chars, at, floor).filter(|(key, start)| !of_name(*key, *start)) {
                found.push(FoundLabel { key, start, value });
            }
        }
        at = value.max(at + 1);
    }
    found
}

/// Whether a colon stands inside the remark of a label: 预算金额（单位：万元）.
fn in_remark(chars: &[char], colon: usize) -> bool {
    let before: String = chars.iter().take(colon).skip(colon.saturating_sub(6)).filter(|c| **c != ' ').collect();
    let names = ["单位", "币种"].iter().any(|word| before.ends_with(word));
    let opened = before.contains(['(', ',', '，']);
    names && opened && chars.iter().skip(colon + 1).take(7).any(|c| *c == ')')
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
                // A label never begins with a bracketed remark: that is the end of the value before it.
                at = open;
            }
            '。' | ';' | '；' | '!' | '?' | '|' | '\n' | ',' | '，' | '(' | '[' | '《' | '》' | ':' | '.' => break,
            '、' | '/' => {
                let joins = at >= 3
                    && chars.get(at..at + 2).is_some_and(|next| {
                        matches!(
                            next,
                            ['成', '交']
                                | ['中' | '流' | '开', '标']
                                | ['终', '止']
                                | ['用', '途']
                                | ['编', '号']
                                | ['万', '元']
                                | ['元', ':' | ' ']
                                | ['地', '址']
                                | ['联', '系']
                        )
                    });
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
    let fresh = |start: usize| -> bool {
        start == floor
            || start == 0
            || chars.get(start - 1).is_none_or(|c| !is_han(*c) || *c == ' ') && chars.get(start - 1) != Some(&'/')
    };
    let texts = Texts::new(chars, &starts, colon);
    // The 包 of 1包： is no label: the whole is a lot's mark.
    let of_mark = |start: usize, key: Key| {
        key == Key::LotNumber && start > floor && chars.get(start - 1).is_some_and(char::is_ascii_alphanumeric)
    };
    // The longest listed label that begins where a word may begin, else one word that is a label by its parts.
    let begins = || texts.longest_first().filter(|(start, _)| fresh(*start));
    let exactly = |(start, text): (usize, &str)| {
        Some((labels::classify_stripped_exactly(text).filter(|key| !of_mark(start, *key))?, start))
    };
    if let Some(hit) = begins().find_map(exactly) {
        return Some(begins().find_map(|(start, text)| set_wide(text, start, hit)).unwrap_or(hit));
    }
    for (start, text) in begins() {
        if is_one_word(chars.get(start..colon).unwrap_or_default(), text)
            && let Some(key) = labels::classify_stripped(text).filter(|key| !of_mark(start, *key))
        {
            let hit = (key, start);
            return Some(begins().find_map(|(start, text)| set_wide(text, start, hit)).unwrap_or(hit));
        }
    }
    glued(chars, colon, &texts)
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
    let other =
        (start < at && denies && whole.chars().count() <= 12).then(|| labels::classify_stripped(&whole)).flatten()?;
    (other != key).then_some((other, start))
}

/// Whether a label is one word: 名 称 too, its letters stand apart, all but one long part of them.
fn is_one_word(chars: &[char], stripped: &str) -> bool {
    let (mut long, mut short, mut letters) = (0_usize, 0_usize, 0_usize);
    for c in without_brackets(chars).chain([' ']) {
        if c != ' ' {
            letters += 1;
            continue;
        }
        long += usize::from(letters > 1);
        short += usize::from(letters == 1);
        letters = 0;
    }
    long <= usize::from(short > 2) || !has_inner_blank(chars) && labels::trimmed(stripped).chars().count() <= 16
}

/// Whether a blank stands between other characters outside brackets.
fn has_inner_blank(chars: &[char]) -> bool {
    let (mut seen, mut blank) = (false, false);
    for c in without_brackets(chars) {
        if c == ' ' {
            blank = seen;
        } else if blank {
            return true;
        } else {
            seen = true;
        }
    }
    false
}

/// The texts from each place where a label may begin to its colon, stripped as labels are compared: all of them are ends of the longest.
struct Texts {
    stripped: String,
    /// Where each begins, in the line and in `stripped`; the shortest first.
    starts: Vec<(usize, usize)>,
    /// Where angle brackets make that untrue: each by itself.
    apart: Vec<String>,
}

impl Texts {
    fn new(chars: &[char], starts: &[usize], colon: usize) -> Self {
        let first = starts.last().copied().unwrap_or(colon);
        let region = chars.get(first..colon).unwrap_or_default();
        let mut texts = Self {
            stripped: String::with_capacity(region.len() * 3),
            starts: starts.iter().map(|start| (*start, 0)).collect(),
            apart: Vec::new(),
        };
        if region.iter().any(|c| matches!(c, '<' | '>')) {
            let strip = |start: &usize| {
                let (mut depth, mut out) = (0, String::new());
                chars.iter().take(colon).skip(*start).for_each(|c| labels::bare_char(*c, &mut depth, &mut out));
                out
            };
            texts.apart = starts.iter().map(strip).collect();
            return texts;
        }
        let mut depth = 0;
        let mut waiting = texts.starts.iter_mut().rev().peekable();
        for (at, c) in region.iter().enumerate() {
            if let Some((_, offset)) = waiting.next_if(|(start, _)| *start == first + at) {
                *offset = texts.stripped.len();
            }
            labels::bare_char(*c, &mut depth, &mut texts.stripped);
        }
        texts
    }

    fn longest_first(&self) -> impl Iterator<Item = (usize, &str)> {
        (0..self.starts.len()).rev().filter_map(|nth| {
            let (start, offset) = self.starts.get(nth)?;
            let apart = self.apart.get(nth).map(String::as_str);
            Some((*start, apart.or_else(|| self.stripped.get(*offset..))?))
        })
    }
}

/// Characters without what stands in brackets.
fn without_brackets(chars: &[char]) -> impl Iterator<Item = char> {
    let mut depth = 0_usize;
    chars.iter().copied().filter(move |c| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => return depth == 0,
        }
        false
    })
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
fn glued(chars: &[char], colon: usize, texts: &Texts) -> Option<(Key, usize)> {
    for (start, text) in texts.longest_first() {
        let word = labels::trimmed(text);
        if !(4..=14).contains(&word.chars().count()) || has_inner_blank(chars.get(start..colon).unwrap_or_default()) {
            continue;
        }
        let Some(key) = labels::classify_stripped_exactly(text).or_else(|| {
            LEADS.iter().any(|lead| word.starts_with(lead)).then(|| labels::classify_stripped(text)).flatten()
        }) else {
            continue;
        };
        let before: String = chars.iter().take(start).rev().take(6).collect::<Vec<_>>().into_iter().rev().collect();
        if ["未", "落", "候选", "服务", "代理", "评审", "保证", "其他", "拟", "原", "非"]
            .iter()
            .any(|lead| before.trim_end().ends_with(lead))
        {
            return Some((Key::Other, start));
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
            return Some((key, start));
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
