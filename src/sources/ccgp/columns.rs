//! Tables of notices as sheets: a header row gives every column its meaning and unit, rows follow; tables without a header are
//! forms of label and value. Judges no sums.

use crate::sources::dialect::blocks::{Cell, Grid};
use crate::sources::dialect::fold::squeeze;
use crate::sources::dialect::names;
use crate::sources::dialect::units::Unit;

use super::labels::{Key, bare, classify};
use super::lots::{self, Mark};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// One of the ideas that labels have too.
    Idea(Key),
    Serial,
    Rank,
    Item,
    Quantity,
    UnitPrice,
    /// 金额, 总价 of a line.
    Total,
    Score,
    Unknown,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub holds: Holds,
    pub header: String,
    pub unit: Option<Unit>,
}

/// A header and the rows below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sheet {
    /// The lot that a row across the table names.
    pub lot: Option<Mark>,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
    /// How many places the header's cells cover.
    pub width: usize,
}

/// How many places the printed cells of a row cover.
fn width(row: &[Cell]) -> usize {
    row.iter().rposition(|cell| cell.printed).map_or(0, |at| at + 1)
}

impl Sheet {
    /// Whether a row has fewer cells than the header: what stands below which column is not known.
    pub(super) fn is_short(&self, row: &[Cell]) -> bool {
        width(row) < self.width
    }

    /// The first column that holds something.
    pub(super) fn column(&self, holds: Holds) -> Option<usize> {
        self.columns.iter().position(|column| column.holds == holds)
    }

    /// The first column that holds one of several ideas, in the order of the ideas.
    pub(super) fn idea(&self, keys: &[Key]) -> Option<usize> {
        keys.iter().find_map(|key| self.column(Holds::Idea(*key)))
    }
}

/// A table read: its sheets, and the labels and values of rows that belong to none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sheets {
    pub sheets: Vec<Sheet>,
    pub pairs: Vec<(String, String)>,
}

/// Reads a table.
pub(super) fn sheets(grid: &Grid) -> Sheets {
    let upright = upright(grid);
    let grid = upright.as_ref().unwrap_or(grid);
    let mut out = Sheets::default();
    let mut lot: Option<Mark> = None;
    let mut rows = grid.rows.iter().peekable();
    while let Some(row) = rows.next() {
        if let Some(text) = banner(row) {
            if let Some((mark, _)) = lots::heading(&text) {
                lot = Some(mark);
            } else if let Some(sheet) = out.sheets.last_mut() {
                sheet.rows.push(row.clone());
            }
            continue;
        }
        let header = header(row).filter(|_| !alternates(row));
        if header.is_none() && is_form(row) {
            out.pairs.extend(pairs(row));
            continue;
        }
        if let Some(mut columns) = header {
            while let Some(next) = rows.peek().filter(|next| continues_header(row, next)) {
                deepen(&mut columns, row, next);
                rows.next();
            }
            if let Some(next) = rows.peek().filter(|next| width(row) < width(next) && banner(next).is_none()) {
                unsettle(&mut columns, next);
            }
            out.sheets.push(Sheet { lot: lot.take(), columns, rows: Vec::new(), width: width(row) });
            continue;
        }
        match out.sheets.last_mut() {
            Some(sheet) if lot.is_none() => sheet.rows.push(row.clone()),
            Some(sheet) => {
                // A lot's row across the table, then its rows under the header above.
                let (columns, width) = (sheet.columns.clone(), sheet.width);
                out.sheets.push(Sheet { lot: lot.take(), columns, rows: vec![row.clone()], width });
            }
            None => out.pairs.extend(pairs(row)),
        }
    }
    out
}

/// A header with fewer cells than the rows below it lost one: no column of sums is sure, and one of names only by its names.
fn unsettle(columns: &mut [Column], below: &[Cell]) {
    for (column, cell) in columns.iter_mut().zip(below) {
        let named = names::clean(&cell.text).is_some_and(|name| names::looks_like_one(&name));
        if !named && column.holds == Holds::Idea(Key::Supplier) {
            column.holds = Holds::Unknown;
        }
        let sums = matches!(
            column.holds,
            Holds::UnitPrice
                | Holds::Total
                | Holds::Idea(
                    Key::Award
                        | Key::AwardTotal
                        | Key::Quote
                        | Key::Budget
                        | Key::LotBudget
                        | Key::Ceiling
                        | Key::LotCeiling
                        | Key::PurchaseSum
                )
        );
        if sums {
            column.holds = Holds::Unknown;
        }
    }
}

/// A table that lies on its side, 包号 | 1 | 2 above 中标供应商 | 甲 | 乙, set upright.
fn upright(grid: &Grid) -> Option<Grid> {
    let first = grid.rows.first()?;
    let lots_across = first.len() >= 3
        && first.len() <= 60
        && matches!(classify(&first.first()?.text), Some(Key::LotNumber | Key::LotTitle))
        && first.iter().skip(1).all(|cell| cell.text.is_empty() || lots::of_cell(&cell.text).is_some())
        && first.iter().skip(1).any(|cell| !cell.text.is_empty());
    // One label that is lost or not known does not turn the table.
    let known = |row: &&Vec<Cell>| row.first().is_some_and(|cell| classify(&cell.text).is_some());
    let labels_down = grid.rows.len() >= 2
        && grid.rows.iter().all(|row| row.len() == first.len())
        && grid.rows.iter().skip(1).filter(known).count() * 2 >= grid.rows.len() - 1;
    if !lots_across || !labels_down {
        return None;
    }
    let rows = (0..first.len()).map(|at| grid.rows.iter().filter_map(|row| row.get(at).cloned()).collect()).collect();
    Some(Grid { rows })
}

/// The text of a row that is one merged cell.
fn banner(row: &[Cell]) -> Option<String> {
    let first = row.first()?;
    let merged = row.len() > 1 && row.iter().all(|cell| cell.origin == first.origin);
    let alone =
        row.iter().skip(1).all(|cell| cell.text.is_empty()) && row.len() > 1 && lots::heading(&first.text).is_some();
    (merged || alone).then(|| first.text.clone())
}

/// Label, value, label, value: the first cell ends in a colon or is a label that its neighbour answers.
fn is_form(row: &[Cell]) -> bool {
    let cells = distinct(row);
    let [label, value, ..] = &cells[..] else { return false };
    if cells.len() > 4 || cells.len() == 3 {
        return false;
    }
    let known = classify(label).is_some();
    let value_is_label = classify(value).is_some();
    known && !value_is_label && (cells.len() == 2 || cells.get(2).is_some_and(|third| classify(third).is_some()))
}

/// Label, value, label, value, where a value could be taken for a header's word: it names someone or prints digits.
fn alternates(row: &[Cell]) -> bool {
    let [label, value, second, answer] = &distinct(row)[..] else { return false };
    let labels = [label, second].iter().all(|text| classify(text).is_some());
    let values = [value, answer].iter().all(|text| classify(text).is_none() && column(text).holds == Holds::Unknown);
    let telling = [value, answer].iter().any(|text| {
        let named = text.chars().count() > 5 && names::clean(text).is_some_and(|name| names::looks_like_one(&name));
        named || text.chars().filter(|c| c.is_numeric()).count() >= 2
    });
    labels && values && telling && is_form(row)
}

fn distinct(row: &[Cell]) -> Vec<&str> {
    let mut out = Vec::new();
    let mut last = None;
    for cell in row {
        if last != Some(cell.origin) {
            out.push(cell.text.as_str());
        }
        last = Some(cell.origin);
    }
    out
}

fn pairs(row: &[Cell]) -> Vec<(String, String)> {
    let cells = distinct(row);
    // 中标供应商 | 甲公司 | 乙公司: all that stands behind the label.
    if let [label, values @ ..] = &cells[..]
        && values.len() > 1
        && classify(label) == Some(Key::Supplier)
        && values.iter().all(|value| names::clean(value).is_some_and(|name| names::looks_like_one(&name)))
    {
        return vec![((*label).to_owned(), values.join("；"))];
    }
    cells
        .chunks(2)
        .filter_map(|pair| match pair {
            [label, value] if !label.is_empty() => Some(((*label).to_owned(), (*value).to_owned())),
            _ => None,
        })
        .collect()
}

/// The columns of a row that is a header: at least two known ones, no values among them.
fn header(row: &[Cell]) -> Option<Vec<Column>> {
    let texts = distinct(row);
    if texts.len() < 2 {
        return None;
    }
    if texts.iter().any(|text| is_value(text)) {
        return None;
    }
    let columns: Vec<Column> = row.iter().map(|cell| column(&cell.text)).collect();
    let mut known = 0;
    let mut last = None;
    for (cell, column) in row.iter().zip(&columns) {
        if last != Some(cell.origin) && column.holds != Holds::Unknown {
            known += 1;
        }
        last = Some(cell.origin);
    }
    (known >= 2 && known * 2 >= texts.len().min(6)).then_some(columns)
}

fn is_value(text: &str) -> bool {
    let plain = squeeze(text);
    let digits = plain.chars().filter(char::is_ascii_digit).count();
    plain.chars().count() > 45 || digits > 0 && digits * 2 > plain.chars().count()
}

/// Whether a row is the second line of a header: cells of the first reach down into it.
fn continues_header(row: &[Cell], next: &[Cell]) -> bool {
    let shared = row.iter().zip(next).filter(|(a, b)| a.origin == b.origin).count();
    let fresh = row.iter().zip(next).filter(|(a, b)| a.origin != b.origin).all(|(_, b)| !is_value(&b.text));
    shared > 0 && shared < row.len() && fresh
}

fn deepen(columns: &mut [Column], row: &[Cell], next: &[Cell]) {
    for ((place, above), below) in columns.iter_mut().zip(row).zip(next) {
        if above.origin != below.origin && !below.text.is_empty() {
            let own = column(&below.text);
            let both = column(&format!("{}{}", above.text, below.text));
            // 名称 below 中标供应商 is the winner's.
            let generic = matches!(own.holds, Holds::Unknown | Holds::Item | Holds::Idea(Key::Name | Key::Address));
            *place = if generic && both.holds != Holds::Unknown || own.holds == Holds::Unknown { both } else { own };
        }
    }
}

/// What a header cell says.
pub(super) fn column(text: &str) -> Column {
    let header = squeeze(text);
    Column { holds: holds(&header), unit: Unit::in_label(&header), header }
}

fn holds(header: &str) -> Holds {
    let word = bare(header);
    let is = |words: &[&str]| words.contains(&word.as_str());
    let has = |words: &[&str]| words.iter().any(|w| word.contains(w));
    if is(&["序号", "编号", "序", "行号", "NO", "No"]) {
        return Holds::Serial;
    }
    if has(&["排名", "名次", "排序", "推荐顺序", "推荐排名", "候选人顺序"]) {
        return Holds::Rank;
    }
    if has(&["单价", "元/"]) || header.contains("元/") {
        return Holds::UnitPrice;
    }
    if has(&["得分", "评分", "分值", "总分"]) {
        return Holds::Score;
    }
    if is(&["数量", "数量单位", "采购数量", "数量及单位", "台数", "中标数量", "成交数量"]) {
        return Holds::Quantity;
    }
    if is(&[
        "标的名称",
        "采购标的",
        "货物名称",
        "名称",
        "品名",
        "产品名称",
        "服务名称",
        "货物",
        "设备名称",
        "采购条目名称",
        "采购标的名称",
        "标的",
        "商品名称",
        "货物服务名称",
        "工程名称",
        "采购内容",
        "物品名称",
        "主要标的名称",
        "主要中标标的",
        "主要成交标的",
        "中标标的",
        "中标标的名称",
        "品目名称",
        "项目内容",
    ]) {
        return Holds::Item;
    }
    if is(&["金额", "总价", "合计", "小计", "总金额", "合价", "总额", "合计金额", "金额小计", "价格", "总价格"])
    {
        return Holds::Total;
    }
    match classify(header) {
        Some(Key::Other) | None => Holds::Unknown,
        Some(Key::Title) if word != "项目名称" && word != "采购项目名称" => Holds::Item,
        Some(key) => Holds::Idea(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::dialect::blocks::{Block, blocks};
    use crate::sources::dialect::html::Document;

    fn read(html: &str) -> Sheets {
        match &blocks(Document::parse(html).root())[..] {
            [Block::Table(grid)] => sheets(grid),
            other => panic!("one table, not {other:?}"),
        }
    }

    #[test]
    fn a_header_gives_columns_their_meaning_and_unit() {
        let read = read(
            "<table><tr><td>序号</td><td>中标（成交）金额(万元)</td><td>中标供应商名称</td></tr><tr><td>1</td><td>62</td><td>甲公司</td></tr></table>",
        );
        let sheet = &read.sheets[0];
        assert_eq!(sheet.idea(&[Key::Award]), Some(1));
        assert_eq!(sheet.columns[1].unit, Some(Unit::WAN));
        assert_eq!(sheet.idea(&[Key::Supplier]), Some(2));
        assert_eq!(sheet.rows.len(), 1);
    }

    #[test]
    fn a_form_is_labels_and_values() {
        let read =
            read("<table><tr><td>中标供应商</td><td>甲公司</td></tr><tr><td>中标金额</td><td>12万元</td></tr></table>");
        assert!(read.sheets.is_empty());
        assert_eq!(read.pairs.len(), 2);
    }

    #[test]
    fn a_header_of_two_lines_is_one() {
        let read = read(
            "<table><tr><td rowspan=2>包号</td><td colspan=2>中标情况</td></tr><tr><td>中标供应商</td><td>中标金额（元）</td></tr><tr><td>1</td><td>甲公司</td><td>5000</td></tr></table>",
        );
        let sheet = &read.sheets[0];
        assert_eq!(sheet.idea(&[Key::Supplier]), Some(1));
        assert_eq!(sheet.idea(&[Key::Award]), Some(2));
        assert_eq!(sheet.rows.len(), 1);
    }
}
