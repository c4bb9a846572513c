//! A part of a page as lines and tables: inline text joined without blanks, merged cells spread over the places they cover,
//! tables that only lay out a page taken apart. Judges no text.

use super::fold::tidy;
use super::html::{Child, Element};

/// How many columns a table may have, and how many cells all together; what goes beyond is left out.
const COLUMNS_MAX: usize = 80;
const CELLS_MAX: usize = 60_000;

/// One place of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Its text, the lines of it parted by `\n`.
    pub text: String,
    /// Which printed cell covers it: places of one merged cell share it.
    pub origin: usize,
    /// Whether a cell is printed there at all: short rows are filled up.
    pub printed: bool,
}

/// A table with every place filled.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Grid {
    /// Rows of equal length.
    pub rows: Vec<Vec<Cell>>,
}

/// A piece of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// One line of text.
    Line(String),
    /// One table of data.
    Table(Grid),
}

/// The lines and tables of an element, in the order of the page.
#[must_use]
pub fn blocks(element: Element<'_>) -> Vec<Block> {
    let mut walk = Walk { out: Vec::new(), line: String::new() };
    walk.inside(element);
    walk.end_line();
    walk.out
}

struct Walk {
    out: Vec<Block>,
    line: String,
}

impl Walk {
    fn end_line(&mut self) {
        let line = tidy(&self.line);
        self.line.clear();
        if !line.is_empty() {
            self.out.push(Block::Line(line));
        }
    }

    fn inside(&mut self, element: Element<'_>) {
        for child in element.children() {
            match child {
                Child::Text(text) => self.line.push_str(text),
                Child::Element(inner) if inner.is_unseen() => {}
                Child::Element(inner) if inner.name() == "br" => self.end_line(),
                Child::Element(inner) if inner.name() == "table" => {
                    self.end_line();
                    self.table(inner);
                }
                Child::Element(inner) if inner.is_block() => {
                    self.end_line();
                    self.inside(inner);
                    self.end_line();
                }
                Child::Element(inner) => self.inside(inner),
            }
        }
    }

    /// A table of data becomes a grid; rows that hold tables, or one long cell, are taken apart as the page around them.
    fn table(&mut self, table: Element<'_>) {
        let mut rows = Vec::new();
        self.collect_rows(table, &mut rows);
        let mut pending: Vec<Element<'_>> = Vec::new();
        for row in rows {
            let cells = cells_of(row);
            if cells.iter().any(|cell| lays_out(*cell, cells.len())) {
                self.flush(&mut pending);
                for cell in cells {
                    self.inside(cell);
                    self.end_line();
                }
            } else {
                pending.push(row);
            }
        }
        self.flush(&mut pending);
    }

    /// The rows of a table without those of tables inside it; stray text among them stands as lines before.
    fn collect_rows<'a>(&mut self, element: Element<'a>, rows: &mut Vec<Element<'a>>) {
        for child in element.children() {
            match child {
                Child::Text(text) => self.line.push_str(text),
                Child::Element(inner) if inner.is_unseen() || inner.name() == "colgroup" => {}
                Child::Element(inner) if inner.name() == "tr" => {
                    self.end_line();
                    rows.push(inner);
                }
                Child::Element(inner) if inner.name() == "table" => {
                    self.end_line();
                    self.table(inner);
                }
                Child::Element(inner) => {
                    self.collect_rows(inner, rows);
                    if inner.is_block() {
                        self.end_line();
                    }
                }
            }
        }
        if element.name() == "table" {
            self.end_line();
        }
    }

    fn flush(&mut self, pending: &mut Vec<Element<'_>>) {
        let rows = std::mem::take(pending);
        if rows.is_empty() {
            return;
        }
        let grid = spread(&rows);
        let single =
            grid.rows.iter().all(|row| row.iter().all(|cell| Some(cell.origin) == row.first().map(|c| c.origin)));
        if single {
            for row in rows {
                for cell in cells_of(row) {
                    self.inside(cell);
                    self.end_line();
                }
            }
            return;
        }
        if grid.rows.iter().any(|row| row.iter().any(|cell| !cell.text.is_empty())) {
            self.out.push(Block::Table(grid));
        }
    }
}

/// The cells of a row, without those of tables inside them.
fn cells_of(row: Element<'_>) -> Vec<Element<'_>> {
    let mut cells = Vec::new();
    let mut waiting: Vec<Element<'_>> = row.elements().collect();
    waiting.reverse();
    while let Some(next) = waiting.pop() {
        match next.name() {
            "td" | "th" => cells.push(next),
            "table" | "tr" => {}
            _ => {
                let at = waiting.len();
                waiting.extend(next.elements());
                if let Some(added) = waiting.get_mut(at..) {
                    added.reverse();
                }
            }
        }
    }
    cells
}

/// A cell lays out a page when a table stands in it, or when it is alone in its row and holds several lines.
fn lays_out(cell: Element<'_>, of: usize) -> bool {
    if cell.find(|inner| inner.name() == "table").is_some() {
        return true;
    }
    of == 1 && {
        let text = cell.text();
        text.split('\n').filter(|line| !tidy(line).is_empty()).count() > 2 || text.chars().count() > 300
    }
}

fn span(cell: Element<'_>, attribute: &str, most: usize) -> usize {
    cell.attribute(attribute).and_then(|value| value.trim().parse::<usize>().ok()).unwrap_or(1).clamp(1, most.max(1))
}

/// Rows with merged cells spread over every place they cover.
fn spread(rows: &[Element<'_>]) -> Grid {
    let mut places: Vec<Vec<Option<Cell>>> = vec![Vec::new(); rows.len()];
    let mut origin = 0;
    let mut count = 0;
    for (at, row) in rows.iter().enumerate() {
        let mut column = 0;
        for cell in cells_of(*row) {
            let text = cell_text(cell);
            while places.get(at).and_then(|row| row.get(column)).is_some_and(Option::is_some) {
                column += 1;
            }
            let wide = span(cell, "colspan", COLUMNS_MAX.saturating_sub(column));
            let high = span(cell, "rowspan", rows.len() - at);
            origin += 1;
            count += wide * high;
            if column >= COLUMNS_MAX || count > CELLS_MAX {
                break;
            }
            for below in places.iter_mut().skip(at).take(high) {
                for right in column..column + wide {
                    if below.len() <= right {
                        below.resize(right + 1, None);
                    }
                    if let Some(place) = below.get_mut(right).filter(|place| place.is_none()) {
                        *place = Some(Cell { text: text.clone(), origin, printed: true });
                    }
                }
            }
            column += wide;
        }
    }
    let width = places.iter().map(Vec::len).max().unwrap_or(0);
    let rows = places
        .into_iter()
        .filter(|row| row.iter().any(Option::is_some))
        .map(|mut row| {
            row.resize(width, None);
            row.into_iter()
                .map(|place| {
                    place.unwrap_or_else(|| {
                        origin += 1;
                        Cell { text: String::new(), origin, printed: false }
                    })
                })
                .collect()
        })
        .collect();
    Grid { rows }
}

fn cell_text(cell: Element<'_>) -> String {
    let text = cell.text();
    let lines: Vec<String> = text.split('\n').map(tidy).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::dialect::html::Document;

    fn read(html: &str) -> Vec<Block> {
        blocks(Document::parse(html).root())
    }

    fn texts(grid: &Grid) -> Vec<Vec<&str>> {
        grid.rows.iter().map(|row| row.iter().map(|cell| cell.text.as_str()).collect()).collect()
    }

    #[test]
    fn merged_cells_fill_every_place_they_cover() {
        let html = "<table><tr><td rowspan=2>包1</td><td>甲</td></tr><tr><td>乙</td></tr><tr><td colspan=2>注</td></tr></table>";
        let [Block::Table(grid)] = &read(html)[..] else { panic!("one table") };
        assert_eq!(texts(grid), [["包1", "甲"], ["包1", "乙"], ["注", "注"]]);
        assert_eq!(grid.rows[0][0].origin, grid.rows[1][0].origin);
    }

    #[test]
    fn a_table_around_a_table_only_lays_out() {
        let html =
            "<table><tr><td>一、编号：X<br>二、名称：Y<table><tr><td>a</td><td>b</td></tr></table>尾</td></tr></table>";
        let blocks = read(html);
        assert_eq!(blocks.len(), 4);
        assert_eq!(blocks[0], Block::Line("一、编号：X".into()));
        assert_eq!(blocks[3], Block::Line("尾".into()));
    }

    #[test]
    fn a_span_shown_as_a_block_ends_a_line() {
        let html =
            "<span style='color:red; display: block;'>供应商：甲</span><span style='display:block'>金额：乙</span>";
        assert_eq!(read(html), [Block::Line("供应商：甲".into()), Block::Line("金额：乙".into())]);
    }

    #[test]
    fn a_huge_colspan_does_not_fill_the_memory() {
        let html = "<table><tr><td colspan=999999999 rowspan=99999>x</td><td>y</td></tr><tr><td>z</td></tr></table>";
        assert!(!read(html).is_empty());
    }
}
