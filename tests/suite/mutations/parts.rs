//! Parts of a page taken away, doubled, moved, cut short. What is left may still be said, and the sum of the lots that are left.

use std::ops::Range;

use fastrand::Rng;

use super::edits::{Mutant, balanced, leaves, one, plain_tables, replaced, sections, summary_rows};
use super::judge::Allowed;
use super::marks::{Element, body_end, body_start, elements, glyphs};
use super::pages::Page;

fn without(page: &Page, gone: Range<usize>) -> Mutant {
    let piece = page.html[gone.clone()].to_owned();
    let html = replaced(&page.html, vec![(gone, String::new())]);
    let allowed = Allowed::remains(page, &html, &piece);
    Mutant { html, allowed }
}

fn exactly(page: &Page, html: String) -> Option<Mutant> {
    (html != page.html).then(|| Mutant { html, allowed: Allowed::exactly(page) })
}

pub(super) fn paragraph_gone(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    Some(without(page, one(rng, &leaves(page, &["p", "h4", "h3"]))?.outer.clone()))
}

pub(super) fn row_gone(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    Some(without(page, one(rng, &leaves(page, &["tr"]))?.outer.clone()))
}

pub(super) fn cell_emptied(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    Some(without(page, one(rng, &leaves(page, &["td", "th"]))?.inner.clone()))
}

pub(super) fn cell_gone(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    Some(without(page, one(rng, &leaves(page, &["td", "th"]))?.outer.clone()))
}

pub(super) fn header_gone(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let tables = plain_tables(page);
    let grid = one(rng, &tables)?;
    let row = &grid[0];
    Some(without(page, row[0].outer.start..row[row.len() - 1].outer.end))
}

pub(super) fn column_gone(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let tables = plain_tables(page);
    let grid = one(rng, &tables)?;
    let at = rng.usize(0..grid[0].len());
    let piece: String = grid.iter().map(|row| &page.html[row[at].outer.clone()]).collect();
    let html = replaced(&page.html, grid.iter().map(|row| (row[at].outer.clone(), String::new())).collect());
    let allowed = Allowed::remains(page, &html, &piece);
    Some(Mutant { html, allowed })
}

pub(super) fn summary_row_gone(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    Some(without(page, one(rng, &summary_rows(page))?.outer.clone()))
}

/// The row of the summary that prints a sum.
pub(super) fn summary_sum_gone(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let rows: Vec<Element> = summary_rows(page)
        .into_iter()
        .filter(|row| {
            let text = &page.html[row.outer.clone()];
            text.contains("金额") || text.contains("限价")
        })
        .collect();
    Some(without(page, one(rng, &rows)?.outer.clone()))
}

pub(super) fn section_gone(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let whole: Vec<Range<usize>> =
        sections(page).into_iter().filter(|range| balanced(&page.html[range.clone()])).collect();
    Some(without(page, one(rng, &whole)?.clone()))
}

/// Some characters of a line are gone.
pub(super) fn words_gone(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let range = body_start(&page.html)..body_end(&page.html);
    let seen: Vec<_> = glyphs(&page.html).into_iter().filter(|glyph| range.contains(&glyph.start)).collect();
    let from = rng.usize(0..seen.len().max(1));
    let run: Vec<_> = seen
        .iter()
        .skip(from)
        .take_while(|glyph| glyph.c != '\n')
        .take(rng.usize(1..9))
        .take_while(|glyph| !glyph.c.is_ascii_digit() && !matches!(glyph.c, '.' | ',' | '，' | '万' | '亿' | '元'))
        .collect();
    let gone = run.first()?.start..run.last()?.end;
    // Half a name is another name.
    let names = page.notice.lots.iter().flat_map(|lot| &lot.suppliers);
    for name in names.map(|supplier| supplier.name.as_str()) {
        if page.html.match_indices(name).any(|(at, _)| at < gone.end && gone.start < at + name.len()) {
            return None;
        }
    }
    let mut out = without(page, gone);
    // A lot's mark may have been among them.
    let again = Allowed::remains(page, &out.html, "包");
    out.allowed = again;
    Some(out)
}

pub(super) fn sections_change_places(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let all = sections(page);
    let pairs: Vec<&[Range<usize>]> = all
        .windows(2)
        .filter(|pair| pair.iter().all(|range| balanced(&page.html[range.clone()]) && !range.is_empty()))
        .collect();
    let pair = one(rng, &pairs)?;
    let (a, b) = (pair[0].clone(), pair[1].clone());
    let edits = vec![(a.clone(), page.html[b.clone()].to_owned()), (b, page.html[a].to_owned())];
    exactly(page, replaced(&page.html, edits))
}

pub(super) fn section_doubled(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let all = sections(page);
    let whole: Vec<&Range<usize>> = all.iter().filter(|range| balanced(&page.html[(*range).clone()])).collect();
    let range = (*one(rng, &whole)?).clone();
    let at = if rng.bool() { range.end } else { all.last()?.end };
    exactly(page, replaced(&page.html, vec![(at..at, page.html[range].to_owned())]))
}

pub(super) fn paragraph_doubled(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let leaf = one(rng, &leaves(page, &["p", "h4", "tr"]))?.outer.clone();
    exactly(page, replaced(&page.html, vec![(leaf.end..leaf.end, page.html[leaf].to_owned())]))
}

/// The whole body printed twice, as some pages are.
pub(super) fn body_doubled(page: &Page, _: &mut Rng) -> Option<Mutant> {
    let mark = body_start(&page.html);
    let body = elements(&page.html, &["div"])
        .into_iter()
        .find(|element| element.outer.start < mark && mark < element.inner.start)?
        .inner;
    exactly(page, replaced(&page.html, vec![(body.end..body.end, page.html[body].to_owned())]))
}

/// Neighbouring paragraphs change places; which sum is whose may be lost with it.
pub(super) fn paragraphs_change_places(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let all = leaves(page, &["p", "h4"]);
    let at = rng.usize(0..all.len().max(2) - 1);
    let (a, b) = (all.get(at)?.outer.clone(), all.get(at + 1)?.outer.clone());
    if a.end > b.start {
        return None;
    }
    let (first, second) = (page.html[a.clone()].to_owned(), page.html[b.clone()].to_owned());
    let html = replaced(&page.html, vec![(a, second.clone()), (b, first.clone())]);
    let allowed = Allowed::remains(page, &html, &format!("{first}{second}"));
    Some(Mutant { html, allowed })
}

/// The page ends in the middle of its body: as the line broke, or closed in order.
pub(super) fn cut_short(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let range = body_start(&page.html)..body_end(&page.html);
    let seen: Vec<_> = glyphs(&page.html).into_iter().filter(|glyph| range.contains(&glyph.start)).collect();
    let at = one(rng, &seen)?.end;
    Some(cut(page, at, rng.bool()))
}

/// It ends inside a sum or right behind one.
pub(super) fn cut_in_a_sum(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let all = super::edits::printed(page);
    let inside: Vec<_> = all.into_iter().filter(|mention| !mention.summary).collect();
    let mention = one(rng, &inside)?;
    let ends: Vec<usize> = page.html[mention.number.start..mention.end]
        .char_indices()
        .map(|(at, _)| mention.number.start + at)
        .skip(1)
        .collect();
    Some(cut(page, *one(rng, &ends)?, rng.bool()))
}

fn cut(page: &Page, at: usize, closed: bool) -> Mutant {
    let mut html = page.html[..at].to_owned();
    let gone = page.html[at..body_end(&page.html).max(at)].to_owned();
    if closed {
        html.push_str("</div></div></div></body></html>");
    }
    let allowed = Allowed::remains(page, &html, &gone);
    Mutant { html, allowed }
}
