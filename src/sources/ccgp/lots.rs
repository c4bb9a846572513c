//! How lots are called: 包, 第N包, 合同包N(name), 标项N, 分标A, 包组编号, 标段. A mark becomes a label of digits and letters.

use crate::sources::dialect::capitals;
use crate::sources::dialect::fold::{fold, squeeze};

/// A lot's mark as found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// `1`, `A`, `06`.
    pub label: String,
    /// The name in brackets or behind a colon.
    pub title: Option<String>,
}

const NOUNS: [&str; 15] = [
    "合同包",
    "采购包",
    "标项",
    "标段",
    "分标",
    "标包",
    "分包",
    "包组",
    "包件",
    "子包",
    "包段",
    "品目包",
    "包",
    "标的",
    "分项",
];
const AFTER_NOUN: [&str; 7] = ["编号", "序号", "号", "组编号", "组", "别", "名称"];

/// The mark at the start of a text, and what follows it.
pub(super) fn leading(text: &str) -> Option<(&str, Mark)> {
    let start = text.trim_start_matches([' ', '[', '(', '（', '【', '\u{3000}', '.', '、', '*', '·']);
    numbered(start).or_else(|| counted(start))
}

/// 第一包, 01包, A包, 二标段.
fn counted(text: &str) -> Option<(&str, Mark)> {
    let rest = text.strip_prefix('第').unwrap_or(text);
    let ordinal = rest.len() != text.len();
    // Behind the label and what is around it one of the nouns must begin.
    let part = |c: char| {
        let c = crate::sources::dialect::fold::plain(c);
        c.is_ascii_alphanumeric() || is_numeral(c) || matches!(c, 'Ⅰ'..='Ⅹ' | ' ' | '(' | ')')
    };
    if !rest.chars().find(|c| !part(*c)).is_some_and(|c| NOUNS.iter().any(|noun| noun.starts_with(c))) {
        return None;
    }
    let (label, rest) = token(rest)?;
    let rest = rest.trim_start_matches([' ', '(', ')']);
    let noun = NOUNS.iter().filter(|noun| **noun != "标的" || ordinal).find(|noun| rest.starts_with(**noun))?;
    let after = rest.get(noun.len()..)?;
    // 3包装 and 2包含 are no lots; 12个包 counts them.
    if ["装", "含", "括", "干", "价", "裹", "工", "邮", "子"].iter().any(|next| after.starts_with(next)) {
        return None;
    }
    Some((after, Mark { label, title: None }))
}

/// 合同包1, 标项一, 包组编号：002, 包号: 1, 分标A.
fn numbered(text: &str) -> Option<(&str, Mark)> {
    let noun = NOUNS.iter().find(|noun| text.starts_with(**noun))?;
    let mut rest = text.get(noun.len()..)?;
    let mut named = false;
    for word in AFTER_NOUN {
        if let Some(after) = rest.strip_prefix(word) {
            rest = after;
            named = true;
            break;
        }
    }
    let trimmed = rest.trim_start_matches([' ', ':', '：', '\u{3000}', '-', '(']);
    if !named && trimmed.len() != rest.len() && !rest.starts_with([' ', ':', '：', '-']) {
        return None;
    }
    let (label, after) = token(trimmed)?;
    // 包1000元, 包3年: a number that counts something else.
    let next = after.trim_start().chars().next();
    if next.is_some_and(|c| {
        matches!(c, '元' | '万' | '年' | '月' | '日' | '个' | '台' | '套' | '项' | '家' | '名' | '人' | '%' | '.')
    }) {
        return None;
    }
    Some((after, Mark { label, title: None }))
}

/// A label: up to four digits, letters with digits, or Chinese numerals.
fn token(text: &str) -> Option<(String, &str)> {
    let first = crate::sources::dialect::fold::plain(text.chars().next()?);
    if !(first.is_ascii_alphanumeric() || is_numeral(first) || matches!(first, 'Ⅰ'..='Ⅹ')) {
        return None;
    }
    let plain: Vec<char> = text.chars().take(8).map(crate::sources::dialect::fold::plain).collect();
    let ascii = plain.iter().take_while(|c| c.is_ascii_alphanumeric()).count();
    if ascii > 0 {
        let label: String = plain.iter().take(ascii).collect();
        let digits = label.chars().filter(char::is_ascii_digit).count();
        let fits = digits <= 4 && label.len() - digits <= 2;
        let end = text.char_indices().nth(ascii).map_or(text.len(), |(at, _)| at);
        return fits.then(|| (label.to_uppercase(), text.get(end..).unwrap_or_default()));
    }
    let numerals = plain.iter().take_while(|c| is_numeral(**c)).count();
    if numerals > 0 {
        let label: String = plain.iter().take(numerals).collect();
        let value = capitals::small(&label)?;
        let end = text.char_indices().nth(numerals).map_or(text.len(), |(at, _)| at);
        return Some((value.to_string(), text.get(end..).unwrap_or_default()));
    }
    let roman = plain.first().filter(|c| matches!(c, 'Ⅰ'..='Ⅹ'))?;
    let value = u32::from(*roman) - 0x2160 + 1;
    let end = text.char_indices().nth(1).map_or(text.len(), |(at, _)| at);
    Some((value.to_string(), text.get(end..).unwrap_or_default()))
}

fn is_numeral(c: char) -> bool {
    matches!(c, '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十' | '壹' | '贰' | '叁' | '肆' | '伍')
}

/// A line that is a lot's mark: its label and title, and the text behind them.
pub(super) fn heading(line: &str) -> Option<(Mark, String)> {
    let start = line.trim();
    let start = start
        .trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '、' | '(' | ')' | '（' | '）' | ' '));
    let with_digits = without_order(line.trim());
    let (rest, mut mark) = leading(with_digits).or_else(|| leading(start))?;
    let parted = rest.starts_with([' ', '\u{3000}']);
    let rest = rest.trim_start();
    let mut after = rest;
    if let Some(inside) = rest.strip_prefix(['(', '（'])
        && let Some(close) = closing(inside)
    {
        mark.title = inside.get(..close).map(str::trim).filter(|title| !title.is_empty()).map(str::to_owned);
        after = inside.get(close..).unwrap_or_default().trim_start_matches([')', '）']);
    } else if parted && let Some((title, fields)) = titled(rest) {
        mark.title = Some(title);
        after = fields;
    } else if let Some(next) = rest.chars().next()
        && !matches!(next, ':' | '：' | ',' | '，' | '-' | ' ' | ']' | '】' | '、' | '\u{3000}' | ')' | '）' | '—')
    {
        // 第一包中标供应商 is a field with a lot before it, 第1包的 a sentence: no heading by itself.
        return None;
    }
    let after = after.trim_start_matches(|c: char| {
        matches!(c, ':' | '：' | ' ' | '\u{3000}' | ']' | '】' | ')' | '）' | ',' | '，' | '-' | '—' | '、')
    });
    Some((mark, after.to_owned()))
}

/// （一）一标段: the order of the line is not the lot's.
fn without_order(line: &str) -> &str {
    let inside = line.strip_prefix(['（', '(']).and_then(|rest| {
        let end = rest.find(['）', ')'])?;
        let numeral = rest.get(..end)?.trim();
        capitals::small(numeral).filter(|_| (1..=3).contains(&numeral.chars().count()))?;
        rest.get(end..)
    });
    let rest = inside.map_or(line, |rest| rest.trim_start_matches(['）', ')', ' ', '、']));
    if leading(rest).is_some() { rest } else { line }
}

/// 第1包 网络设备：中标单位：甲公司: a name between the mark and the first label, parted from both.
fn titled(rest: &str) -> Option<(String, &str)> {
    let (title, fields) = rest.split_once(['：', ':'])?;
    let short = (2..=30).contains(&title.chars().count()) && !title.contains([' ', '，', ',', '；', ';', '。']);
    let label = fields.split(['：', ':']).next().unwrap_or_default();
    let named = super::labels::classify(title).is_none() && super::labels::classify(label).is_some();
    (short && named).then(|| (title.to_owned(), fields))
}

/// The byte position of the bracket that closes an opened one.
fn closing(inside: &str) -> Option<usize> {
    let mut depth = 1_i32;
    for (at, c) in inside.char_indices() {
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => {
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

/// The label in a cell of a lot column: `1`, `A包`, `合同包2`, `标项一：名称`.
pub(super) fn of_cell(cell: &str) -> Option<Mark> {
    let text = fold(cell);
    let text = text.trim();
    if let Some((rest, mut mark)) = leading(text) {
        let title: String = rest.trim_matches([' ', ':', '(', ')', '-', '\n', ',', ']']).to_owned();
        mark.title = (title.chars().count() > 1).then_some(title);
        return Some(mark);
    }
    let (label, rest) = token(text)?;
    let rest = squeeze(rest);
    rest.trim_matches(['.', '、', ':', ')', '号']).is_empty().then_some(Mark { label, title: None })
}

/// The trailing number of a lot's own project number: JLSZC202002516-2.
pub(super) fn of_number(text: &str) -> Option<Mark> {
    let plain = fold(text);
    let (lead, tail) = plain.trim().rsplit_once(['-', '/', '_', '.'])?;
    let short = (1..=2).contains(&tail.len()) && tail.bytes().all(|b| b.is_ascii_alphanumeric());
    (short && lead.len() >= 5).then(|| Mark { label: tail.to_uppercase(), title: None })
}

/// The one lot that a title names: …第3包中标公告, …06包更正公告, …（A包）.
pub(super) fn of_title(title: &str) -> Option<String> {
    let plain = fold(title);
    let mut found: Vec<String> = Vec::new();
    let starts: Vec<usize> = plain.char_indices().map(|(at, _)| at).collect();
    let mut skip_to = 0;
    for at in starts {
        if at < skip_to {
            continue;
        }
        let Some(rest) = plain.get(at..) else { continue };
        let before = plain.get(..at).and_then(|before| before.chars().next_back());
        let fresh = before.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '第' && c != '-');
        let Some(hit) = Some(rest).filter(|_| fresh).and_then(|rest| counted(rest).or_else(|| numbered(rest))) else {
            continue;
        };
        let (after, mark) = hit;
        // A、B包 names several.
        if before.is_some_and(|c| matches!(c, '、' | '和' | '至' | '~')) {
            return None;
        }
        // 五标段 after a Chinese character may be the end of a word; only 第 or digits are sure there.
        let sure = rest.starts_with('第')
            || rest.starts_with(|c: char| c.is_ascii_alphanumeric())
            || before.is_none_or(|c| !crate::sources::dialect::fold::is_han(c))
            || NOUNS.iter().any(|noun| rest.starts_with(noun))
            || rest.chars().nth(1).is_some()
                && ["标段", "标项", "标包", "合同包"]
                    .iter()
                    .any(|noun| rest.chars().skip(1).take(2).eq(noun.chars().take(2)));
        if !sure || after.starts_with(['、', '-', '至', ',', '~', '和']) {
            if after.starts_with(['、', '-', '至', ',', '~', '和']) {
                return None;
            }
            continue;
        }
        if !found.contains(&mark.label) {
            found.push(mark.label);
        }
        skip_to = plain.len() - after.len();
    }
    if let [one] = &found[..] { Some(one.clone()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(line: &str) -> Option<(String, Option<String>, String)> {
        heading(line).map(|(mark, rest)| (mark.label, mark.title, rest))
    }

    #[test]
    fn marks_of_every_family_are_read() {
        assert_eq!(label("合同包1(京昆改扩建):"), Some(("1".into(), Some("京昆改扩建".into()), String::new())));
        assert_eq!(label("第1包 ："), Some(("1".into(), None, String::new())));
        assert_eq!(label("第一包：某公司"), Some(("1".into(), None, "某公司".into())));
        assert_eq!(label("包组编号：002"), Some(("002".into(), None, String::new())));
        assert_eq!(label("包号：1"), Some(("1".into(), None, String::new())));
        assert_eq!(label("标项二"), Some(("2".into(), None, String::new())));
        assert_eq!(label("分标A"), Some(("A".into(), None, String::new())));
        assert_eq!(label("A包（肉类）"), Some(("A".into(), Some("肉类".into()), String::new())));
        assert_eq!(label("02标段：道路"), Some(("02".into(), None, "道路".into())));
    }

    #[test]
    fn other_words_are_no_marks() {
        assert_eq!(label("包装要求：纸箱"), None);
        assert_eq!(label("包括但不限于"), None);
        assert_eq!(label("3包含安装"), None);
        assert_eq!(label("一、项目编号"), None);
        assert_eq!(label("第一包中标供应商"), None);
    }

    #[test]
    fn a_title_may_name_its_lot() {
        assert_eq!(of_title("检验科设备购置项目（2）第3包中标公告").as_deref(), Some("3"));
        assert_eq!(of_title("特色诊疗中心项目（丰盛医院）06包更正公告").as_deref(), Some("06"));
        assert_eq!(of_title("“粤教云”应用示范校项目（C包）采购").as_deref(), Some("C"));
        assert_eq!(of_title("某项目1包、2包中标公告"), None);
        assert_eq!(of_title("某维修项目（A、D标段）废标公告"), None);
        assert_eq!(of_title("某工程项目三标段（二次）招标公告").as_deref(), Some("3"));
        assert_eq!(of_title("某市面包采购项目中标公告"), None);
    }
}
