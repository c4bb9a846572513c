//! Edits of a page's bytes and the forms in which a sum can be printed. Knows no kind of mutation.

use std::ops::Range;

use fastrand::Rng;

use super::judge::Allowed;
use super::marks::{Element, Mention, YUAN, body_end, body_start, elements, glyphs, mentions, text_of, values};
use super::pages::Page;

/// A page after a mutation, and what it may be read as.
pub(super) struct Mutant {
    pub(super) html: String,
    pub(super) allowed: Allowed,
}

/// Puts other text in the place of some parts, given in any order.
pub(super) fn replaced(html: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(html.len() + 64);
    let mut at = 0;
    for (range, text) in edits {
        if range.start < at {
            continue;
        }
        out.push_str(&html[at..range.start]);
        out.push_str(&text);
        at = range.end;
    }
    out.push_str(&html[at..]);
    out
}

/// One of several.
pub(super) fn one<'a, T>(rng: &mut Rng, from: &'a [T]) -> Option<&'a T> {
    if from.is_empty() { None } else { from.get(rng.usize(..from.len())) }
}

/// The page's own sums where they are printed in one run of text.
pub(super) fn printed(page: &Page) -> Vec<Mention> {
    let found = mentions(&page.html, &values(page));
    found.into_iter().filter(|mention| !page.html[mention.number.start..mention.end].contains(['<', '&'])).collect()
}

/// One of them, or all.
pub(super) fn some_printed(page: &Page, rng: &mut Rng) -> Vec<Mention> {
    let all = printed(page);
    if rng.bool() { all } else { one(rng, &all).cloned().into_iter().collect() }
}

/// Yuan with as many decimals as needed, at least `least`.
pub(super) fn yuan(value: i64, least: usize) -> String {
    decimal(i128::from(value), YUAN.into(), least)
}

/// In a unit of so many yuan.
pub(super) fn in_units(value: i64, factor: i64, least: usize) -> String {
    decimal(i128::from(value), i128::from(YUAN) * i128::from(factor), least)
}

fn decimal(value: i128, one: i128, least: usize) -> String {
    let whole = value / one;
    let mut part = String::new();
    let mut rest = value % one;
    while rest > 0 && part.len() < 14 {
        rest *= 10;
        part.push(char::from(b'0' + u8::try_from(rest / one).unwrap()));
        rest %= one;
    }
    while part.len() < least {
        part.push('0');
    }
    if part.is_empty() { whole.to_string() } else { format!("{whole}.{part}") }
}

/// With thousands marks.
pub(super) fn grouped(number: &str) -> String {
    let (whole, part) = number.split_once('.').map_or((number, None), |(whole, part)| (whole, Some(part)));
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    part.map_or(out.clone(), |part| format!("{out}.{part}"))
}

/// In capitals, where it has no part of a fen.
pub(super) fn capitals(value: i64) -> Option<String> {
    const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
    let (yuan, part) = (value / YUAN, value % YUAN);
    if part % 100 != 0 || yuan == 0 || yuan >= 1_000_000_000_000 {
        return None;
    }
    let digit = |n: i64| DIGITS[usize::try_from(n).unwrap()];
    let four = |n: i64| {
        let mut out = String::new();
        let mut gap = false;
        for (step, unit) in [(1000, "仟"), (100, "佰"), (10, "拾"), (1, "")] {
            let n = n / step % 10;
            if n == 0 {
                gap |= !out.is_empty();
                continue;
            }
            if gap {
                out.push('零');
                gap = false;
            }
            out.push(digit(n));
            out.push_str(unit);
        }
        out
    };
    let mut out = String::new();
    for (step, unit) in [(100_000_000, "亿"), (10_000, "万"), (1, "")] {
        let n = yuan / step % 10_000;
        if n == 0 {
            continue;
        }
        if !out.is_empty() && n < 1_000 {
            out.push('零');
        }
        out.push_str(&four(n));
        out.push_str(unit);
    }
    out.push('元');
    let (jiao, fen) = (part / 1_000, part / 100 % 10);
    match (jiao, fen) {
        (0, 0) => out.push('整'),
        (0, fen) => out.extend(['零', digit(fen), '分']),
        (jiao, 0) => out.extend([digit(jiao), '角', '整']),
        (jiao, fen) => out.extend([digit(jiao), '角', digit(fen), '分']),
    }
    Some(out)
}

/// Paragraphs, headings and rows of the body that hold no other.
pub(super) fn leaves(page: &Page, names: &[&str]) -> Vec<Element> {
    let all = elements(&page.html, names);
    let body = body_start(&page.html)..body_end(&page.html);
    let leaf = |element: &&Element| {
        body.contains(&element.outer.start)
            && element.outer.end <= body.end
            && !all.iter().any(|other| element.inner.contains(&other.outer.start))
            && !text_of(&page.html[element.inner.clone()]).trim().is_empty()
    };
    all.iter().filter(leaf).cloned().collect()
}

/// Rows of the summary.
pub(super) fn summary_rows(page: &Page) -> Vec<Element> {
    let body = body_start(&page.html);
    let table = page.html.find("公告概要").unwrap_or(0);
    elements(&page.html, &["tr"]).into_iter().filter(|row| row.outer.end < body && row.outer.start >= table).collect()
}

/// Tables of the body without merged cells or tables inside: rows of cells, all of one width.
pub(super) fn plain_tables(page: &Page) -> Vec<Vec<Vec<Element>>> {
    let html = &page.html;
    let all = elements(html, &["table"]);
    let rows = elements(html, &["tr"]);
    let cells = elements(html, &["td", "th"]);
    let inside = |outer: &Element, inner: &Element| outer.inner.contains(&inner.outer.start);
    let mut out = Vec::new();
    for table in all.iter().filter(|table| table.outer.start > body_start(html)) {
        let text = &html[table.inner.clone()];
        if text.contains("span=") || all.iter().any(|other| inside(table, other)) {
            continue;
        }
        let grid: Vec<Vec<Element>> = rows
            .iter()
            .filter(|row| inside(table, row))
            .map(|row| cells.iter().filter(|cell| inside(row, cell)).cloned().collect())
            .collect();
        let width = grid.first().map_or(0, Vec::len);
        if width >= 2 && grid.len() >= 2 && grid.iter().all(|row| row.len() == width) {
            out.push(grid);
        }
    }
    out
}

/// Whether the first row of a table is a header of at least three columns.
pub(super) fn has_header(page: &Page, grid: &[Vec<Element>]) -> bool {
    let texts: Vec<String> =
        grid[0].iter().map(|cell| text_of(&page.html[cell.inner.clone()]).split_whitespace().collect()).collect();
    let known =
        ["供应商", "金额", "名称", "序号", "包号", "标段", "报价", "数量", "单价", "排名", "预算", "得分", "品牌"];
    texts.len() >= 3
        && texts.iter().all(|text| text.chars().filter(char::is_ascii_digit).count() == 0 && text.chars().count() < 25)
        && texts.iter().filter(|text| known.iter().any(|word| text.contains(word))).count() >= 2
        && !grid.iter().skip(1).any(|row| {
            row.iter().skip(1).any(|cell| {
                let text: String = text_of(&page.html[cell.inner.clone()]).split_whitespace().collect();
                text.ends_with('：') || ["供应商地址", "中标金额", "成交金额", "中标供应商"].contains(&text.as_str())
            })
        })
}

/// The numbered sections of the body that are whole by themselves: 一、… to the next.
pub(super) fn sections(page: &Page) -> Vec<Range<usize>> {
    let html = &page.html;
    let end = body_end(html);
    let starts: Vec<usize> = leaves(page, &["p", "h4", "h3", "h2", "tr", "div"])
        .into_iter()
        .filter(|element| element.name != "tr")
        .filter(|element| {
            let text: String =
                text_of(&html[element.inner.clone()]).chars().filter(|c| !c.is_whitespace()).take(4).collect();
            let numerals = text.chars().take_while(|c| "一二三四五六七八九十".contains(*c)).count();
            numerals > 0 && text.chars().nth(numerals) == Some('、')
        })
        .map(|element| element.outer.start)
        .collect();
    let ends = starts.iter().skip(1).copied().chain(std::iter::once(end));
    starts.iter().copied().zip(ends).map(|(from, to)| from..to.max(from)).collect()
}

/// Whether a piece opens and closes the same elements.
pub(super) fn balanced(piece: &str) -> bool {
    ["p", "div", "table", "tr", "td", "span", "tbody", "h4", "strong"].iter().all(|name| {
        let tags = super::marks::tags(piece);
        let named = |closes: bool| tags.iter().filter(|tag| tag.name == *name && tag.closes == closes).count();
        named(true) == named(false)
    })
}

/// Places between the blocks of the body, or between its sentences where it is one block.
pub(super) fn gaps(page: &Page) -> Vec<usize> {
    let html = &page.html;
    let tables = elements(html, &["table"]);
    let outside =
        |at: usize| !tables.iter().any(|table| table.inner.contains(&at) && table.outer.start > body_start(html));
    let blocks: Vec<usize> = leaves(page, &["p", "h4", "h3"])
        .into_iter()
        .map(|element| element.outer.end)
        .filter(|at| outside(*at))
        .collect();
    if blocks.len() > 3 {
        return blocks;
    }
    let range = body_start(html)..body_end(html);
    glyphs(html)
        .iter()
        .filter(|glyph| range.contains(&glyph.start) && glyph.c == '。' && outside(glyph.end))
        .map(|glyph| glyph.end)
        .collect()
}
