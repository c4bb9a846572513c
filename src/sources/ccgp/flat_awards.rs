//! Tables of winners whose cells stand as running text or one below the other: header words, then a name and its sum for each
//! row. Rows are told by names of organisations beside sums; a table that is a ranking or a list of bidders has no award column.

use crate::sources::dialect::amounts::{self, Said};
use crate::sources::dialect::blocks::{Block, Cell};
use crate::sources::dialect::fold::head;
use crate::sources::dialect::names;
use crate::sources::dialect::units::Unit;

use super::columns::{Column, Holds, Sheet, column};
use super::flat::{Flat, Token, is_header_word, is_money, is_sum, tokens};
use super::labels::Key;
use super::lots;
use super::scan::labels_in;
use super::sections::heading_text;

/// Most rows read, and most lines taken together.
const ROWS_MAX: usize = 200;
const LINES_MAX: usize = 400;

/// How far behind a name its sum may stand.
const REACH: usize = 6;

fn is_award(token: &str) -> bool {
    matches!(column(token).holds, Holds::Idea(Key::Award | Key::AwardTotal))
}

fn is_supplier(token: &str) -> bool {
    column(token).holds == Holds::Idea(Key::Supplier)
}

fn is_name(token: &str) -> bool {
    token.chars().count() <= 50 && names::clean(token).is_some_and(|name| names::looks_like_one(&name))
}

/// A token that ends what belongs to the table.
fn ends(token: &str) -> bool {
    let labelled = || {
        labels_in(token)
            .iter()
            .any(|label| !matches!(label.key, Key::Quote | Key::OtherSum | Key::Award | Key::AwardTotal))
    };
    token.ends_with(['：', ':']) || heading_text(token).is_some_and(|(_, major)| major) || labelled()
}

/// The first such table of a line.
pub(super) fn table(line: &str) -> Option<Flat> {
    if !["中标", "成交", "供应商"].iter().all(|word| line.contains(word))
        && !["中标", "成交"].iter().any(|word| line.matches(word).count() > 1)
    {
        return None;
    }
    let tokens = tokens(line);
    let (from, to) = header(&tokens)?;
    let headers = tokens.get(from..to)?;
    let supplier = headers.iter().position(|token| is_supplier(token.text))?;
    let award = headers.iter().position(|token| is_award(token.text))?;
    let lotted = headers.first().is_some_and(|token| {
        matches!(column(token.text).holds, Holds::Idea(Key::LotNumber | Key::LotTitle) | Holds::Serial)
    });
    let award_column = column(headers.get(award)?.text);
    let body = tokens.get(to..)?;
    let (rows, used) = rows(body, supplier < award, award_column.unit, lotted);
    if rows.is_empty() {
        return None;
    }
    let first = column(headers.first()?.text);
    let lot = if lotted { first } else { Column { holds: Holds::Unknown, header: String::new(), unit: None } };
    let mut origin = 0;
    let mut cell = |text: &String| {
        origin += 1;
        Cell { text: text.clone(), origin, printed: true }
    };
    let rows = rows.iter().map(|row| row.iter().map(&mut cell).collect()).collect();
    Some(Flat {
        before: line.get(..headers.first()?.start).unwrap_or_default().to_owned(),
        sheet: Sheet {
            lot: None,
            columns: vec![lot, column(headers.get(supplier)?.text), award_column],
            rows,
            width: 3,
        },
        after: body.get(used..).and_then(|rest| line.get(rest.first()?.start..)).unwrap_or_default().to_owned(),
    })
}

/// The first run of header words that has both a winner and what he was given.
fn header(tokens: &[Token<'_>]) -> Option<(usize, usize)> {
    let mut from = 0;
    while from < tokens.len() {
        let run = tokens.get(from..)?.iter().take_while(|token| is_header_word(token.text)).count();
        let words = tokens.get(from..from + run)?;
        if run >= 2
            && words.iter().any(|token| is_supplier(token.text))
            && words.iter().any(|token| is_award(token.text))
        {
            return Some((from, from + run));
        }
        from += run + 1;
    }
    None
}

/// The sum that a token prints.
fn sum<'a>(token: Option<&Token<'a>>, unit: Option<Unit>) -> Option<&'a str> {
    let text = token?.text;
    let digits = text.chars().any(char::is_numeric);
    let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    let said = digits
        && !is_name(text)
        && (!plain || is_sum(text) || unit.is_some())
        && matches!(amounts::read(text, unit), Said::Sum(_) | Said::NoSum);
    said.then_some(text)
}

/// Rows as lot, name and sum, and how many tokens they took.
fn rows(body: &[Token<'_>], name_first: bool, unit: Option<Unit>, lotted: bool) -> (Vec<Vec<String>>, usize) {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut used = 0;
    let mut at = 0;
    while let Some(token) = body.get(at) {
        let next_table = !rows.is_empty()
            && is_header_word(token.text)
            && body.get(at + 1).is_some_and(|next| is_header_word(next.text));
        if rows.len() >= ROWS_MAX || ends(token.text) || next_table || at > used + 12 {
            break;
        }
        if !is_name(token.text) {
            at += 1;
            continue;
        }
        let found = if name_first {
            (at + 1..=at + REACH)
                .take_while(|next| body.get(*next).is_some_and(|token| !ends(token.text)))
                .find_map(|next| sum(body.get(next), unit).map(|sum| (next, sum)))
        } else {
            at.checked_sub(1)
                .filter(|before| *before >= used)
                .and_then(|before| Some((at, sum(body.get(before), unit)?)))
        };
        let Some((end, sum)) = found else {
            at += 1;
            continue;
        };
        let lead = body.get(used..at).unwrap_or_default();
        let lot = lead.iter().filter(|_| lotted).find(|token| lots::of_cell(token.text).is_some());
        rows.push(vec![
            lot.map_or_else(String::new, |token| token.text.to_owned()),
            head(token.text, 60),
            sum.to_owned(),
        ]);
        used = end + 1;
        at = used;
    }
    (rows, used)
}

/// Lines that are nothing but header words, with the lines below them, as one line each.
pub(super) fn lines_together(blocks: &[Block]) -> Vec<Block> {
    let mut out: Vec<Block> = Vec::with_capacity(blocks.len());
    let mut at = 0;
    while let Some(block) = blocks.get(at) {
        let words = |block: &Block| match block {
            Block::Line(line) if line.chars().count() <= 120 => {
                let tokens = tokens(line);
                let all = !tokens.is_empty() && tokens.iter().all(|token| is_header_word(token.text));
                all.then(|| tokens.iter().map(|token| token.text.to_owned()).collect::<Vec<String>>())
            }
            _ => None,
        };
        let heads: Vec<Vec<String>> = blocks.get(at..).unwrap_or_default().iter().map_while(words).take(20).collect();
        let all: Vec<&String> = heads.iter().flatten().collect();
        let winners = all.iter().any(|word| is_supplier(word)) && all.iter().any(|word| is_award(word));
        if all.len() < 2 || !winners && !all.iter().any(|word| is_money(word)) {
            out.push(block.clone());
            at += 1;
            continue;
        }
        let mut line = all.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(" ");
        at += heads.len();
        for below in blocks.get(at..).unwrap_or_default().iter().take(LINES_MAX) {
            match below {
                Block::Line(text) if !stops(text) => {
                    line.push(' ');
                    line.push_str(text);
                    at += 1;
                }
                _ => break,
            }
        }
        out.push(Block::Line(line));
    }
    out
}

/// A line that no table goes on with.
fn stops(line: &str) -> bool {
    line.split(' ').next().is_some_and(ends) || heading_text(line).is_some_and(|(_, major)| major)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows_of(line: &str) -> Vec<Vec<String>> {
        let flat = table(line).map(|flat| flat.sheet.rows).unwrap_or_default();
        flat.into_iter().map(|row| row.into_iter().map(|cell| cell.text).collect()).collect()
    }

    #[test]
    fn names_beside_sums_are_rows() {
        let line = "1.中标结果： 序号 中标（成交）金额(元) 中标供应商名称 中标供应商地址 1 总价:618888(元) 河岸物业有限公司 一路 2 号 \
                    2 总价:400000(元) 清流物业有限公司 二路 2.废标结果：";
        let rows = rows_of(line);
        assert_eq!(rows, [["1", "河岸物业有限公司", "总价:618888(元)"], ["2", "清流物业有限公司", "总价:400000(元)"]]);
        let line = "供应商名称 供应商地址 中标（成交）金额 评审总得分 河岸养护有限公司 青川 一路 1,620,000.00元 92.5";
        assert_eq!(rows_of(line), [["", "河岸养护有限公司", "1,620,000.00元"]]);
    }

    #[test]
    fn bidders_are_no_winners() {
        assert!(
            rows_of("供应商名称 最终报价（元） 排名 河岸有限公司 1000000 1 清流有限公司 1010000 2 成交").is_empty()
        );
    }

    #[test]
    fn cells_below_each_other_are_one_table() {
        let cells = ["供应商名称", "中标（成交）金额", "河岸有限公司", "1,000.00元", "四、主要标的信息"];
        let blocks: Vec<Block> = cells.iter().map(|text| Block::Line((*text).to_owned())).collect();
        let together = lines_together(&blocks);
        assert_eq!(together.len(), 2);
        assert_eq!(together[0], Block::Line("供应商名称 中标（成交）金额 河岸有限公司 1,000.00元".into()));
    }
}
