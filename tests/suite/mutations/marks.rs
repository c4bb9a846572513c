//! Where things stand in a page's bytes: visible characters, sums that are printed, elements. An own small scanner, so that the
//! reader under test has no part in finding what to mutate.

use std::ops::Range;

use tenderwatch::domain::money::Money;

use super::pages::Page;

/// One yuan, in the count of `Money`.
pub(super) const YUAN: i64 = 10_000;

/// A visible character and its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    /// In its plain width; a boundary of a block is a line end of no bytes.
    pub(super) c: char,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A tag.
#[derive(Clone, Debug)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) closes: bool,
    pub(super) at: Range<usize>,
}

/// An element with both its tags.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) outer: Range<usize>,
    pub(super) inner: Range<usize>,
}

/// A printed sum that is one of the page's.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    /// The bytes of the number.
    pub(super) number: Range<usize>,
    /// The bytes of the unit's word.
    pub(super) unit: Option<Range<usize>>,
    /// Where number, unit and a bracket around the unit end.
    pub(super) end: usize,
    /// Yuan in one of its unit.
    pub(super) factor: i64,
    /// As printed, rounding and all.
    pub(super) printed: i64,
    /// The page's sum that it is.
    pub(super) value: i64,
    /// In the summary table.
    pub(super) summary: bool,
    /// What the words before it call it, where they do: `budget`, `ceiling`, `award`.
    pub(super) called: Vec<&'static str>,
}

const INLINE: [&str; 16] =
    ["a", "b", "i", "u", "em", "strong", "span", "font", "sup", "sub", "samp", "o:p", "label", "input", "img", "small"];

/// Every tag outside comments, scripts and styles.
pub(super) fn tags(html: &str) -> Vec<Tag> {
    let bytes = html.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(found) = html[at..].find('<').map(|found| found + at) {
        if html[found..].starts_with("<!--") {
            at = html[found..].find("-->").map_or(html.len(), |end| found + end + 3);
            continue;
        }
        let closes = bytes.get(found + 1) == Some(&b'/');
        let from = found + 1 + usize::from(closes);
        if !bytes.get(from).is_some_and(u8::is_ascii_alphabetic) {
            at = found + 1;
            continue;
        }
        let mut quote = None;
        let mut end = from;
        while let Some(byte) = bytes.get(end) {
            match (quote, byte) {
                (None, b'>') => break,
                (None, b'"' | b'\'') => quote = Some(*byte),
                (Some(open), byte) if open == *byte => quote = None,
                _ => {}
            }
            end += 1;
        }
        let end = (end + 1).min(html.len());
        let name: String = html[from..end]
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == ':')
            .collect::<String>()
            .to_lowercase();
        at = end;
        if !closes && matches!(name.as_str(), "script" | "style" | "title") {
            let close = format!("</{name}");
            at = html[end..].find(&close).map_or(html.len(), |close| end + close);
        }
        out.push(Tag { name, closes, at: found..end });
    }
    out
}

/// The visible characters.
pub(super) fn glyphs(html: &str) -> Vec<Glyph> {
    let mut out = Vec::new();
    let mut at = 0;
    let mut hidden = false;
    for tag in tags(html) {
        if !hidden {
            run(html, at..tag.at.start, &mut out);
        }
        if !INLINE.contains(&tag.name.as_str()) {
            out.push(Glyph { c: '\n', start: tag.at.start, end: tag.at.start });
        }
        hidden = !tag.closes && matches!(tag.name.as_str(), "script" | "style" | "title");
        at = tag.at.end;
    }
    run(html, at..html.len(), &mut out);
    out
}

fn run(html: &str, range: Range<usize>, out: &mut Vec<Glyph>) {
    let mut at = range.start;
    while at < range.end {
        let rest = &html[at..range.end];
        if rest.starts_with("<!--") {
            at += rest.find("-->").map_or(rest.len(), |end| end + 3);
            continue;
        }
        let c = rest.chars().next().unwrap();
        let entity =
            rest.find(';').filter(|end| c == '&' && *end < 10).and_then(|end| Some((decoded(&rest[1..end])?, end + 1)));
        let (c, long) = entity.unwrap_or((c, c.len_utf8()));
        out.push(Glyph { c: plain(c), start: at, end: at + long });
        at += long;
    }
}

fn decoded(name: &str) -> Option<char> {
    match name {
        "nbsp" => Some(' '),
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "yen" => Some('¥'),
        _ => {
            let code = name.strip_prefix('#')?;
            let code = match code.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => code.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// In its plain width.
pub(super) fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap(),
        '\u{3000}' | '\u{a0}' => ' ',
        '￥' => '¥',
        c => c,
    }
}

/// Elements of some names, innermost and outermost alike, in the order of their ends.
pub(super) fn elements(html: &str, names: &[&str]) -> Vec<Element> {
    let mut open: Vec<Tag> = Vec::new();
    let mut out = Vec::new();
    for tag in tags(html) {
        if !names.contains(&tag.name.as_str()) {
            continue;
        }
        if !tag.closes {
            open.push(tag);
            continue;
        }
        let Some(at) = open.iter().rposition(|known| known.name == tag.name) else { continue };
        let begin = open.remove(at);
        out.push(Element { name: tag.name, outer: begin.at.start..tag.at.end, inner: begin.at.end..tag.at.start });
    }
    out
}

/// Where the notice's own text begins: after the summary.
pub(super) fn body_start(html: &str) -> usize {
    ["vF_detail_content_container", "vF_detail_content", "vT_detail_content", "noticeArea"]
        .iter()
        .find_map(|mark| html.find(&format!("class=\"{mark}")).or_else(|| html.find(&format!("class='{mark}"))))
        .unwrap_or(html.len())
}

/// Where it ends, as far as the frame tells.
pub(super) fn body_end(html: &str) -> usize {
    ["vF_detail_relcontent", "相关公告", "class=\"footer", "</body>"]
        .iter()
        .filter_map(|mark| html.rfind(mark))
        .filter(|at| *at > body_start(html))
        .min()
        .map_or(html.len(), |at| html[..at].rfind('<').unwrap_or(at))
}

/// The text of a part of a page.
pub(super) fn text_of(html: &str) -> String {
    glyphs(html).iter().map(|glyph| glyph.c).collect()
}

/// Every sum of a notice that is disclosed or claimed.
pub(super) fn values(page: &Page) -> Vec<i64> {
    let notice = &page.notice;
    let lots = notice.lots.iter().flat_map(|lot| [&lot.budget, &lot.award]);
    let mut out: Vec<i64> = [&notice.budget, &notice.ceiling, &notice.award]
        .into_iter()
        .chain(lots)
        .flat_map(super::judge::claims)
        .map(|money: Money| money.ten_thousandths)
        .filter(|value| *value >= 100 * YUAN)
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// Where a page prints some of these sums.
pub(super) fn mentions(html: &str, values: &[i64]) -> Vec<Mention> {
    let glyphs = glyphs(html);
    let body = body_start(html);
    let digit = |at: usize| glyphs.get(at).is_some_and(|glyph| glyph.c.is_ascii_digit());
    let mut out = Vec::new();
    let mut at = 0;
    while at < glyphs.len() {
        if !digit(at) {
            at += 1;
            continue;
        }
        let from = at;
        while digit(at) || at > from && matches!(glyphs.get(at).map(|g| g.c), Some(',' | '.')) && digit(at + 1) {
            at += 1;
        }
        let before = from.checked_sub(1).and_then(|at| glyphs.get(at)).map_or(' ', |glyph| glyph.c);
        if before.is_ascii_alphanumeric() || matches!(before, '-' | '.' | '/') {
            continue;
        }
        if let Some(mention) = mention(&glyphs, from..at, values, body) {
            out.push(mention);
        }
    }
    out
}

fn mention(glyphs: &[Glyph], run: Range<usize>, values: &[i64], body: usize) -> Option<Mention> {
    let text: String = glyphs[run.clone()].iter().map(|glyph| glyph.c).filter(|c| *c != ',').collect();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    if whole.len() > 13 || part.len() > 8 || part.contains('.') {
        return None;
    }
    let number = format!("{whole}{part:0<8}").parse::<i128>().ok()?;
    let mut at = run.end;
    while glyphs.get(at).is_some_and(|glyph| glyph.c == ' ') && at < run.end + 2 {
        at += 1;
    }
    let bracket = glyphs.get(at).is_some_and(|glyph| glyph.c == '(');
    at += usize::from(bracket);
    let next: String = glyphs.iter().skip(at).take(2).map(|glyph| glyph.c).collect();
    let own = [("亿元", 100_000_000), ("万元", 10_000), ("元", 1), ("万", 10_000)]
        .into_iter()
        .find(|(word, _)| next.starts_with(word));
    let printed = |factor: i64| i64::try_from(number * i128::from(factor) * i128::from(YUAN) / 100_000_000).ok();
    let near = |printed: i64| {
        values.iter().copied().find(|value| *value == printed).or_else(|| {
            let rounded = |value: &i64| (value - printed).abs() <= 100 * YUAN && *value >= 10_000 * YUAN;
            values.iter().copied().find(rounded)
        })
    };
    let start = glyphs[run.start].start;
    let at_number = run.start;
    let end_of_number = glyphs[run.end - 1].end;
    if let Some((word, factor)) = own {
        let last = at + word.chars().count() - 1;
        let unit = glyphs[at].start..glyphs[last].end;
        let closed = bracket && glyphs.get(last + 1).is_some_and(|glyph| glyph.c == ')');
        let end = glyphs[last + usize::from(closed)].end;
        let printed = printed(factor)?;
        let value = near(printed)?;
        return Some(Mention {
            number: start..end_of_number,
            unit: Some(unit),
            end,
            factor,
            printed,
            value,
            summary: start < body,
            called: called(glyphs, at_number),
        });
    }
    let sure = text.len() >= 5 || glyphs[run].iter().any(|glyph| glyph.c == ',');
    [1, 10_000].into_iter().filter(|_| sure).find_map(|factor| {
        let printed = printed(factor)?;
        let value = values.iter().copied().find(|value| *value == printed)?;
        Some(Mention {
            number: start..end_of_number,
            unit: None,
            end: end_of_number,
            factor,
            printed,
            value,
            summary: start < body,
            called: called(glyphs, at_number),
        })
    })
}

/// What the label before a number calls it.
fn called(glyphs: &[Glyph], number: usize) -> Vec<&'static str> {
    let from = number.saturating_sub(40);
    let lead: String = glyphs[from..number].iter().map(|glyph| glyph.c).filter(|c| *c != ' ').collect();
    let clause = lead.rsplit(['。', ';', '；', '，', '元']).find(|part| part.chars().count() > 3).unwrap_or_default();
    let words = [
        ("budget", "预算"),
        ("ceiling", "限价"),
        ("ceiling", "控制价"),
        ("ceiling", "拦标价"),
        ("award", "中标"),
        ("award", "成交"),
    ];
    words.into_iter().filter(|(_, word)| clause.contains(word)).map(|(name, _)| name).collect()
}
