//! The same page printed otherwise: entities, widths, blanks, marks, units, capitals, tags. Nothing of what it says changes.

use fastrand::Rng;

use super::edits::{
    Mutant, capitals, grouped, has_header, in_units, one, plain_tables, printed, replaced, some_printed, yuan,
};
use super::judge::Allowed;
use super::marks::{Mention, YUAN, body_end, body_start, glyphs, plain, tags};
use super::pages::Page;

fn same(page: &Page, html: String) -> Option<Mutant> {
    (html != page.html).then(|| Mutant { html, allowed: Allowed::exactly(page) })
}

/// Every number of the page's sums, or one of them, printed by another hand.
fn numbers(page: &Page, rng: &mut Rng, mut hand: impl FnMut(&str, &mut Rng) -> String) -> Option<Mutant> {
    let edits = some_printed(page, rng)
        .into_iter()
        .map(|mention| {
            let number: String = page.html[mention.number.clone()].chars().map(plain).collect();
            (mention.number, hand(&number, rng))
        })
        .collect();
    same(page, replaced(&page.html, edits))
}

pub(super) fn digits_as_entities(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let hex = rng.bool();
    numbers(page, rng, |number, rng| {
        let whole = rng.bool();
        let coded = |c: char| if hex { format!("&#x{:x};", u32::from(c)) } else { format!("&#{};", u32::from(c)) };
        number.chars().map(|c| if whole || rng.bool() { coded(c) } else { c.to_string() }).collect()
    })
}

pub(super) fn digits_in_full_width(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let marks = rng.bool();
    numbers(page, rng, |number, _| {
        let wide = |c: char| char::from_u32(u32::from(c) + 0xfee0).unwrap();
        number.chars().map(|c| if c.is_ascii_digit() || marks && c.is_ascii() { wide(c) } else { c }).collect()
    })
}

pub(super) fn thousands_marks(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let wide = rng.bool();
    numbers(page, rng, |number, _| {
        if number.contains(',') {
            return number.replace(',', "");
        }
        let marked = grouped(number);
        if wide { marked.replace(',', "，") } else { marked }
    })
}

pub(super) fn blanks_between_digits(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let blank = *one(rng, &["&nbsp;", " ", "\u{a0}", "\u{2009}"])?;
    numbers(page, rng, |number, rng| {
        let at = rng.usize(1..number.len().max(2)).min(number.len() - 1);
        if at == 0 { number.to_owned() } else { format!("{}{blank}{}", &number[..at], &number[at..]) }
    })
}

pub(super) fn unseen_between_digits(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let unseen = *one(rng, &["&#8203;", "&shy;", "\u{feff}", "<!-- -->", "&zwnj;"])?;
    numbers(page, rng, |number, rng| {
        let at = rng.usize(1..number.len().max(2)).min(number.len() - 1);
        if at == 0 { number.to_owned() } else { format!("{}{unseen}{}", &number[..at], &number[at..]) }
    })
}

pub(super) fn tags_between_digits(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let (open, close) = *one(
        rng,
        &[
            ("<span>", "</span>"),
            ("<b>", "</b>"),
            ("<font face=\"宋体\">", "</font>"),
            ("<u>", "</u>"),
            ("<SPAN lang=EN-US>", "</SPAN>"),
        ],
    )?;
    numbers(page, rng, |number, rng| {
        number.chars().map(|c| if rng.bool() { format!("{open}{c}{close}") } else { c.to_string() }).collect()
    })
}

pub(super) fn decimals(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    numbers(page, rng, |number, _| match number.split_once('.') {
        Some((_, part)) if part.chars().any(|c| c != '0') => format!("{number}0"),
        Some((whole, _)) => whole.to_owned(),
        None => format!("{number}.00"),
    })
}

fn with_unit(page: &Page, rng: &mut Rng) -> Vec<Mention> {
    let all: Vec<Mention> = printed(page).into_iter().filter(|mention| mention.unit.is_some()).collect();
    if rng.bool() { all } else { one(rng, &all).cloned().into_iter().collect() }
}

pub(super) fn room_before_unit(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let room = *one(rng, &[" ", "&nbsp;", "&nbsp;&nbsp;", "\u{3000}", "</span><span>"])?;
    let edits = with_unit(page, rng)
        .into_iter()
        .map(|mention| {
            let number = &page.html[mention.number.clone()];
            let text = if room.starts_with('<') { format!("<span>{number}{room}") } else { format!("{number}{room}") };
            let unit = mention.unit.clone().unwrap();
            let between = &page.html[mention.number.end..unit.start];
            if room.starts_with('<') {
                return (mention.number.start..unit.end, format!("{text}{between}{}</span>", &page.html[unit]));
            }
            (mention.number, text)
        })
        .collect();
    same(page, replaced(&page.html, edits))
}

/// 375.000000万元 as 3750000元 or 0.0375亿元, and back.
pub(super) fn other_unit(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let edits = with_unit(page, rng)
        .into_iter()
        .flat_map(|mention| {
            let units: Vec<(&str, i64)> = [("元", 1), ("万元", 10_000), ("亿元", 100_000_000)]
                .into_iter()
                .filter(|(_, factor)| {
                    *factor != mention.factor && (*factor < 100_000_000 || mention.printed >= 10_000_000 * YUAN)
                })
                .collect();
            let (word, factor) = *one(rng, &units).unwrap();
            let number = in_units(mention.printed, factor, 0);
            let number = if rng.bool() { grouped(&number) } else { number };
            [(mention.number, number), (mention.unit.unwrap(), word.to_owned())]
        })
        .collect();
    same(page, replaced(&page.html, edits))
}

pub(super) fn unit_in_brackets(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let (open, close) = *one(rng, &[("（", "）"), ("(", ")"), (" （", "）"), ("(", "）")])?;
    let edits = with_unit(page, rng)
        .into_iter()
        .map(|mention| {
            let unit = page.html[mention.unit.unwrap()].to_owned();
            (mention.number.end..mention.end, format!("{open}{unit}{close}"))
        })
        .collect();
    same(page, replaced(&page.html, edits))
}

pub(super) fn sign_before(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let sign = *one(rng, &["￥", "¥", "人民币", "RMB", "人民币￥", "&yen;", "￥:"])?;
    let edits = with_unit(page, rng)
        .into_iter()
        .filter(|mention| !page.html[..mention.number.start].ends_with(['￥', '¥', '币']))
        .map(|mention| (mention.number.start..mention.number.start, sign.to_owned()))
        .collect();
    same(page, replaced(&page.html, edits))
}

/// 10万元（人民币壹拾万元整）, 人民币壹拾万元整（￥10万元）, both meaning one sum.
pub(super) fn capitals_that_agree(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let form = rng.usize(0..4);
    let edits = with_unit(page, rng)
        .into_iter()
        .filter(|mention| mention.printed == mention.value)
        .filter_map(|mention| {
            let words = capitals(mention.value)?;
            let printed = &page.html[mention.number.start..mention.end];
            let text = match form {
                0 => format!("{printed}（大写：{words}）"),
                1 => format!("{printed}（人民币{words}）"),
                2 => format!("{words}（{printed}）"),
                _ => format!("人民币（大写）：{words}（小写）：{printed}"),
            };
            Some((mention.number.start..mention.end, text))
        })
        .collect();
    same(page, replaced(&page.html, edits))
}

pub(super) fn tax_note(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let form = rng.usize(0..7);
    let edits = with_unit(page, rng)
        .into_iter()
        .map(|mention| {
            let net = mention.printed / 113 * 100;
            let (net, tax) = (yuan(net / 100 * 100, 2), yuan((mention.printed - net) / 100 * 100, 2));
            let note = match form {
                0 => "（含税）".to_owned(),
                1 => "(含增值税)".to_owned(),
                2 => "（含税价）".to_owned(),
                3 => "（含税，税率13%）".to_owned(),
                4 => format!("（含税，其中不含税金额：{net}元，税额：{tax}元）"),
                5 => "，含税".to_owned(),
                _ => format!("，其中税额{tax}元"),
            };
            (mention.end..mention.end, note)
        })
        .collect();
    same(page, replaced(&page.html, edits))
}

/// Brackets, colons and marks of the other width, in the body.
pub(super) fn other_width_of_marks(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let pairs = [('：', ':'), ('（', '('), ('）', ')')];
    let (wide, narrow) = *one(rng, &pairs)?;
    let widen = rng.u8(0..3) == 0;
    let range = body_start(&page.html)..body_end(&page.html);
    let found = glyphs(&page.html);
    let digit = |at: Option<usize>| {
        at.and_then(|at| found.get(at)).is_some_and(|glyph| glyph.c.is_ascii_alphanumeric() || glyph.c == '/')
    };
    let edits = found
        .iter()
        .enumerate()
        .filter(|(at, glyph)| {
            range.contains(&glyph.start) && !(digit(at.checked_sub(1)) && digit(Some(at + 1))) && !digit(Some(at + 1))
        })
        .filter_map(|(_, glyph)| {
            let text = &page.html[glyph.start..glyph.end];
            let (from, to) = if widen { (narrow, wide) } else { (wide, narrow) };
            (text.chars().eq([from])).then(|| (glyph.start..glyph.end, to.to_string()))
        })
        .collect();
    same(page, replaced(&page.html, edits))
}

/// Chinese text as numeric entities, as some pages have it.
pub(super) fn words_as_entities(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let share = *one(rng, &[2_u8, 5, 10])?;
    let range = body_start(&page.html)..body_end(&page.html);
    let edits = glyphs(&page.html)
        .iter()
        .filter(|glyph| range.contains(&glyph.start) && glyph.end - glyph.start == 3 && glyph.c > '\u{4e00}')
        .filter_map(|glyph| {
            let c = page.html[glyph.start..glyph.end].chars().next()?;
            (rng.u8(0..10) < share).then(|| (glyph.start..glyph.end, format!("&#{};", u32::from(c))))
        })
        .collect();
    same(page, replaced(&page.html, edits))
}

/// 预 算 金 额, 中标&nbsp;金额: labels set wide.
pub(super) fn labels_set_wide(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let blank = *one(rng, &["&nbsp;", " ", "\u{3000}", "\u{200b}"])?;
    let mut edits = Vec::new();
    for label in ["预算金额", "最高限价", "供应商名称", "中标供应商", "成交供应商", "成交金额", "中标金额", "总价"]
    {
        for (at, _) in page.html.match_indices(label) {
            if at < body_start(&page.html) || !page.html[at + label.len()..].starts_with(['：', ':', '（', '(', '<'])
            {
                continue;
            }
            let wide: Vec<String> = label.chars().map(String::from).collect();
            edits.push((at..at + label.len(), wide.join(blank)));
        }
    }
    same(page, replaced(&page.html, edits))
}

/// Tags in capitals, without quotes, with attributes, inline ones around words.
pub(super) fn other_markup(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let form = rng.usize(0..5);
    let body = body_start(&page.html);
    let edits = tags(&page.html)
        .into_iter()
        .filter(|tag| tag.at.start > body && tag.at.end < body_end(&page.html))
        .filter_map(|tag| {
            let text = &page.html[tag.at.clone()];
            let known = matches!(tag.name.as_str(), "p" | "td" | "tr" | "span" | "strong" | "table");
            let new = match form {
                _ if !known => return None,
                0 => text.replacen(&tag.name, &tag.name.to_uppercase(), 1),
                1 if !tag.closes => text.replacen('>', " lang=\"zh-CN\">", 1).replace("/ lang", " lang"),
                2 if tag.name == "p" && !tag.closes => format!("{text}<span style=\"font-size:12pt\">"),
                2 if tag.name == "p" => format!("</span>{text}"),
                3 if tag.name == "p" || tag.name == "td" => {
                    if tag.closes {
                        format!("\n  {text}")
                    } else {
                        format!("{text}\n    ")
                    }
                }
                4 if tag.closes && tag.name == "p" => format!("{text}<!-- 第1包：999999元 -->"),
                _ => return None,
            };
            Some((tag.at, new))
        })
        .collect();
    same(page, replaced(&page.html, edits))
}

/// Two rows below a header change places.
pub(super) fn rows_change_places(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let tables: Vec<_> =
        plain_tables(page).into_iter().filter(|grid| grid.len() > 2 && has_header(page, grid)).collect();
    let grid = one(rng, &tables)?;
    let a = rng.usize(1..grid.len() - 1);
    let of = |row: &[super::marks::Element]| row[0].outer.start..row[row.len() - 1].outer.end;
    let (first, second) = (of(&grid[a]), of(&grid[a + 1]));
    let edits = vec![(first.clone(), page.html[second.clone()].to_owned()), (second, page.html[first].to_owned())];
    same(page, replaced(&page.html, edits))
}

/// Two columns change places, header and all.
pub(super) fn columns_change_places(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let tables: Vec<_> = plain_tables(page).into_iter().filter(|grid| has_header(page, grid)).collect();
    let grid = one(rng, &tables)?;
    let (a, b) = (rng.usize(0..grid[0].len()), rng.usize(0..grid[0].len()));
    let edits = grid
        .iter()
        .filter(|_| a != b)
        .flat_map(|row| {
            let (first, second) = (row[a].outer.clone(), row[b].outer.clone());
            [(first.clone(), page.html[second.clone()].to_owned()), (second, page.html[first].to_owned())]
        })
        .collect();
    same(page, replaced(&page.html, edits))
}
