//! Tables that a page, or a copy of it, prints as running text: header words, then rows of words that end in their sums. Only
//! ones with a money column that carries its unit, and only where every row comes out.

use crate::sources::dialect::blocks::Cell;
use crate::sources::dialect::fold::{fold, head, is_blank};

use super::columns::{Column, Holds, Sheet, column};
use super::labels::{Key, classify};
use super::lots;

/// A table inside a line, and what stands around it.
pub(super) struct Flat {
    pub before: String,
    pub sheet: Sheet,
    pub after: String,
}

/// Most rows read.
const ROWS_MAX: usize = 100;

/// A word between blanks, and where it stands in bytes.
#[derive(Clone, Copy)]
pub(super) struct Token<'a> {
    pub text: &'a str,
    pub start: usize,
    end: usize,
}

/// The first such table of a line.
pub(super) fn table(line: &str) -> Option<Flat> {
    if !line.contains("元") || !["预算", "限价"].iter().any(|word| line.contains(word)) {
        return None;
    }
    let tokens = with_units(line, &tokens(line));
    let mut from = 0;
    while let Some(at) = tokens.get(from..)?.iter().position(|token| is_money(token.text)) {
        let behind = tokens.get(from + at..)?.iter().take_while(|token| is_money(token.text)).count();
        // The last columns may be empty: 最高限价（如有）.
        let found = (1..=behind).rev().find_map(|count| under(line, &tokens, from + at, (behind, count)));
        if found.is_some() {
            return found;
        }
        from += at + behind;
    }
    None
}

/// The table whose `behind` money columns begin at a token, of which the rows fill `count`.
fn under(line: &str, tokens: &[Token<'_>], money: usize, (behind, count): (usize, usize)) -> Option<Flat> {
    let optional = |token: &Token<'_>| token.text.contains("如有");
    if !tokens.get(money + count..money + behind)?.iter().all(optional) {
        return None;
    }
    let lead = tokens.get(..money)?.iter().rev().take_while(|token| is_header_word(token.text)).count();
    let first = money.checked_sub(lead).filter(|_| lead > 0)?;
    let body = tokens.get(money + behind..)?;
    let sums: Vec<Column> = tokens.get(money..money + count)?.iter().map(|token| column(token.text)).collect();
    let opening = tokens.get(first)?;
    let headers: Vec<Holds> = tokens.get(first..money)?.iter().map(|token| column(token.text).holds).collect();
    let shape = Shape {
        // 序号 包号 包名称: the lot is the second word of a row.
        mark: headers.iter().take(3).position(|holds| *holds == Holds::Idea(Key::LotNumber)).unwrap_or(0),
        own_units: sums.iter().any(|column| column.unit.is_none()),
        sums: sums.len(),
    };
    let lotted = matches!(
        headers.first(),
        Some(Holds::Idea(Key::LotNumber | Key::LotTitle | Key::SecondNumber) | Holds::Serial)
    );
    let (rows, used) = if lotted { by_lots(body, shape)? } else { alone(body, shape)? };
    let mut columns = vec![
        Column { holds: Holds::Idea(Key::LotNumber), header: "包号".into(), unit: None },
        Column { holds: Holds::Item, header: "标的名称".into(), unit: None },
    ];
    columns.extend(sums);
    let mut origin = 0;
    let mut cell = |text: &str| {
        origin += 1;
        Cell { text: text.to_owned(), origin, printed: true }
    };
    let rows = rows.iter().map(|row| row.iter().map(|text| cell(text)).collect()).collect();
    Some(Flat {
        before: line.get(..opening.start).unwrap_or_default().to_owned(),
        sheet: Sheet { lot: None, width: columns.len(), columns, rows },
        after: body.get(used..).and_then(|rest| line.get(rest.first()?.start..)).unwrap_or_default().to_owned(),
    })
}

/// The words of a line.
pub(super) fn tokens(line: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut start = None;
    for (at, c) in line.char_indices().chain(std::iter::once((line.len(), ' '))) {
        match (is_blank(c), start) {
            (true, Some(from)) => {
                out.push(Token { text: line.get(from..at).unwrap_or_default(), start: from, end: at });
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
        if out.len() >= 20_000 {
            break;
        }
    }
    out
}

/// A sum and the unit that a blank parts from it as one word: 12,000.00 元.
fn with_units<'a>(line: &'a str, tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    let mut out: Vec<Token<'a>> = Vec::with_capacity(tokens.len());
    for token in tokens {
        match out.last_mut() {
            Some(last) if matches!(token.text, "元" | "万元") && is_number(last.text) => {
                last.end = token.end;
                last.text = line.get(last.start..token.end).unwrap_or(last.text);
            }
            _ => out.push(*token),
        }
    }
    out
}

/// 预算金额（万元）, 本包预算金额（最高限价，单位：万元）, 分包预算.
pub(super) fn is_money(token: &str) -> bool {
    if token.chars().count() > 30 || token.chars().any(|c| c.is_ascii_digit()) || token.ends_with(['：', ':']) {
        return false;
    }
    let column = column(token);
    let short = token.chars().count() <= 10 && !token.contains(['，', ',', '。']);
    (column.unit.is_some() && token.ends_with([')', '）']) || column.unit.is_none() && short)
        && matches!(
            column.holds,
            Holds::Idea(Key::Budget | Key::LotBudget | Key::Ceiling | Key::LotCeiling | Key::PurchaseSum)
        )
}

/// A word that may head a column.
pub(super) fn is_header_word(token: &str) -> bool {
    let plain = fold(token);
    if plain.chars().count() > 14 || plain.chars().any(|c| c.is_ascii_digit() || matches!(c, ':' | ',' | '。' | ';')) {
        return false;
    }
    column(token).holds != Holds::Unknown
        || classify(token).is_some()
        || ["要求", "名称", "内容", "数量", "单位"].iter().any(|end| plain.ends_with(end))
}

/// A plain decimal number, thousands marks allowed.
fn is_number(token: &str) -> bool {
    let plain = fold(token);
    let plain = plain.trim_end_matches(['元', '万', ' ']);
    plain.starts_with(|c: char| c.is_ascii_digit())
        && plain.ends_with(|c: char| c.is_ascii_digit())
        && plain.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
        && plain.matches('.').count() <= 1
}

/// A number that is more likely a sum than a count: with decimals, or of four digits and more.
pub(super) fn is_sum(token: &str) -> bool {
    is_number(token)
        && (token.ends_with('元')
            || token.split_once('.').is_some_and(|(_, part)| part.len() >= 2)
            || token.chars().filter(char::is_ascii_digit).count() >= 4)
}

/// What stands at a place: `count` numbers that end before `end`.
fn sums_before<'a>(body: &[Token<'a>], end: usize, count: usize) -> Option<Vec<&'a str>> {
    let found = body.get(end.checked_sub(count)?..end)?;
    found.iter().all(|token| is_number(token.text)).then(|| found.iter().map(|token| token.text).collect())
}

type Rows = Vec<Vec<String>>;

/// Where a row's lot stands among its words, and in how many sums it ends.
#[derive(Clone, Copy)]
struct Shape {
    mark: usize,
    sums: usize,
    /// The columns print no unit: every sum must.
    own_units: bool,
}

/// Rows that begin with their lot's label, one after the other.
fn by_lots(body: &[Token<'_>], Shape { mark, sums: count, own_units }: Shape) -> Option<(Rows, usize)> {
    let mut rows: Rows = Vec::new();
    let mut from = 0;
    let mut label = label_at(body, 0)?;
    while rows.len() < ROWS_MAX {
        let next = (from + mark + 1 + count..body.len()).find(|at| {
            label_at(body, *at).is_some_and(|next| follows(&label, &next))
                && sums_before(body, *at, count).is_some_and(|sums| sums.iter().any(|sum| is_sum(sum)))
        });
        let end = match next {
            Some(at) => at,
            None => last_end(body, from + mark + 1, count)?,
        };
        let sums = sums_before(body, end, count)?;
        if own_units && !sums.iter().all(|sum| sum.ends_with('元')) {
            return None;
        }
        let place = from + mark;
        let title = body.get(place + 1).filter(|_| place + 1 + count < end).map_or("", |token| token.text);
        let mut row = vec![body.get(place)?.text.to_owned(), head(title, 60)];
        row.extend(sums.into_iter().map(str::to_owned));
        rows.push(row);
        from = end;
        match next.and_then(|at| label_at(body, at)) {
            Some(next) => label = next,
            None => return Some((rows, from)),
        }
    }
    None
}

/// The lot that a word names, by itself or as the end of its number.
fn label_at(body: &[Token<'_>], at: usize) -> Option<String> {
    let text = body.get(at)?.text;
    lots::of_cell(text).or_else(|| lots::of_number(text)).map(|mark| mark.label)
}

/// Where the last row ends: at the end of the text, or behind the first sums in it.
fn last_end(body: &[Token<'_>], from: usize, count: usize) -> Option<usize> {
    if body.len() >= from + count && sums_before(body, body.len(), count).is_some() {
        return Some(body.len());
    }
    (from + count..=body.len().min(from + 40))
        .find(|end| sums_before(body, *end, count).is_some_and(|sums| sums.iter().all(|sum| is_sum(sum))))
}

/// One row without a lot.
fn alone(body: &[Token<'_>], Shape { sums: count, own_units, .. }: Shape) -> Option<(Rows, usize)> {
    if own_units {
        return None;
    }
    let title = body.first().filter(|_| body.len() > count)?.text;
    let mut row = vec![String::new(), head(title, 60)];
    row.extend(sums_before(body, body.len(), count)?.into_iter().map(str::to_owned));
    let words = body.last().is_some_and(|last| last.end > 0);
    words.then(|| (vec![row], body.len()))
}

/// 1 before 2, A before B, 09 before 10.
fn follows(before: &str, after: &str) -> bool {
    if let (Ok(before), Ok(after)) = (before.parse::<u32>(), after.parse::<u32>()) {
        return after == before + 1;
    }
    match (before.as_bytes(), after.as_bytes()) {
        ([before], [after]) => before.is_ascii_uppercase() && *after == before.saturating_add(1),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(line: &str) -> Vec<Vec<String>> {
        let flat = table(line).map(|flat| flat.sheet.rows).unwrap_or_default();
        flat.into_iter().map(|row| row.into_iter().map(|cell| cell.text).collect()).collect()
    }

    #[test]
    fn rows_of_running_text_end_in_their_sums() {
        let line = "分包情况： 标包 货物服务名称 数量 投标人资格要求 本包预算金额（最高限价，单位：万元） A 显微镜 1 1、有执照；2、无违法 \
                    45.000000 B 离心机 2 详见文件 30.500000";
        assert_eq!(rows(line), [["A", "显微镜", "45.000000"], ["B", "离心机", "30.500000"]]);
        let line =
            "如下： 包号 预算金额（元） A包（肉类） 3030000.00 B包（蔬菜） 2020000.00 4、采购内容及要求：详见文件";
        assert_eq!(rows(line), [["A包（肉类）", "", "3030000.00"], ["B包（蔬菜）", "", "2020000.00"]]);
        let line =
            "序号 包号 包名称 包预算（元） 包最高限价（元） 1 A包 树木 3690000 3690000 2 B包 道路 1680000 1600000";
        assert_eq!(rows(line), [["A包", "树木", "3690000", "3690000"], ["B包", "道路", "1680000", "1600000"]]);
        let line =
            "如下： 包号 预算金额（元） A包（肉类） 3030000.00 B包（蔬菜） 2020000.00 4、采购内容及要求：详见文件";
        assert_eq!(table(line).unwrap().after, "4、采购内容及要求：详见文件");
    }

    #[test]
    fn sums_may_carry_their_units_themselves() {
        let line = "分包编号 分包名称 分包预算 最高限价（如有） JL2024-2 采样器 (2 次招标 ) 12,000,000.00 元";
        assert_eq!(rows(line), [["JL2024-2", "采样器", "12,000,000.00 元"]]);
        let line = "包号 采购内容 最高投标限价 A包 树木 369万元 B包 道路 168万元 5.3资金来源：财政资金";
        assert_eq!(rows(line), [["A包", "树木", "369万元"], ["B包", "道路", "168万元"]]);
    }

    #[test]
    fn a_label_with_a_value_is_no_table() {
        assert!(rows("项目名称：某设备 预算金额（元）：5000000 最高限价（元）：无").is_empty());
        assert!(rows("采购需求： 标项名称: 某设备 数量: 1 预算金额（元）: 5000000 简要说明").is_empty());
    }
}
