//! What a correction changes: the original it speaks of, and old and new of every changed item as printed. Does not judge what
//! a change means.

use crate::domain::notice::{Amendment, Reference};
use crate::sources::dialect::dates;
use crate::sources::dialect::fold::{head, squeeze};

use super::labels::Key;
use super::outline::{Kind, Outline};
use super::raw::Raw;
use super::sections::Section;

/// Most amendments kept, and how long each side of one may be.
const AMENDMENTS_MAX: usize = 200;
const SIDE_MAX: usize = 2_000;

/// The notice that this one speaks of, if any.
pub(super) fn refers_to(raw: &Raw, outline: &Outline) -> Option<Reference> {
    let mut reference = Reference::default();
    let mut just_dated = false;
    for piece in &outline.pieces {
        let Kind::Field(field) = &piece.kind else { continue };
        match field.key {
            Key::OriginalNumber if reference.project_number.is_none() => {
                reference.project_number = super::parties::number(&field.value);
            }
            Key::OriginalTitle if reference.title.is_none() => {
                reference.title = Some(head(&field.value, 500)).filter(|title| !title.is_empty());
            }
            Key::FirstPublished => {
                if reference.published_on.is_none() {
                    reference.published_on = dates::first(&field.value).map(|moment| moment.day);
                }
                reference.url = reference.url.take().or_else(|| link(&field.value));
                just_dated = true;
                continue;
            }
            // 首次公告日期：2026-09-07 地址：http://…
            Key::Address if just_dated => reference.url = reference.url.take().or_else(|| link(&field.value)),
            Key::TenderPublished if reference.published_on.is_none() => {
                reference.published_on = dates::first(&field.value).map(|moment| moment.day);
            }
            _ => {}
        }
        just_dated = false;
    }
    let printed = raw.summary(&["首次公告日期"]).or_else(|| raw.summary(&["本项目招标公告日期"]));
    if let Some(moment) = printed.and_then(dates::first) {
        reference.published_on = Some(moment.day);
    }
    (reference != Reference::default()).then_some(reference)
}

fn link(text: &str) -> Option<String> {
    let at = text.find("http")?;
    let url: String = text.get(at..)?.chars().take_while(char::is_ascii_graphic).take(500).collect();
    (url.len() > 10).then_some(url)
}

/// One side of a correction that runs over several paragraphs.
#[derive(Default)]
struct Sides {
    item: String,
    before: Vec<String>,
    after: Vec<String>,
    in_after: bool,
    open: bool,
}

impl Sides {
    fn line(&mut self, text: &str) {
        if self.open && !text.trim().is_empty() && self.before.len() + self.after.len() < 400 {
            let side = if self.in_after { &mut self.after } else { &mut self.before };
            side.push(head(text.trim(), SIDE_MAX));
        }
    }

    /// Ends it: lines that name the same item stand against each other, what is left as a whole.
    fn close(&mut self, out: &mut Vec<Amendment>) {
        let Self { item, before, after, .. } = std::mem::take(self);
        let several = before.len() > 1 || after.len() > 1;
        let named: Vec<(String, String)> = after.iter().filter_map(|line| named(line)).collect();
        if several && item.is_empty() && !named.is_empty() && named.len() == after.len() {
            for (item, new) in named {
                let old = before.iter().find_map(|line| named_as(line, &item));
                out.push(Amendment { item, before: old, after: Some(new) });
            }
            return;
        }
        let whole = |lines: Vec<String>| Some(head(&lines.join("\n"), SIDE_MAX)).filter(|text| !text.is_empty());
        let amendment = Amendment { item, before: whole(before), after: whole(after) };
        if amendment.before.is_some() || amendment.after.is_some() {
            out.push(amendment);
        }
    }
}

/// 1、提交投标文件截止时间：2024年… as the item and what is said of it.
fn named(line: &str) -> Option<(String, String)> {
    let (item, said) = line.split_once(['：', ':'])?;
    let item = item.trim_start_matches(|c: char| c.is_ascii_digit() || "、.．（）() ".contains(c)).trim();
    let fits = (2..=40).contains(&item.chars().count()) && !said.trim().is_empty();
    fits.then(|| (item.to_owned(), said.trim().to_owned()))
}

fn named_as(line: &str, item: &str) -> Option<String> {
    named(line).filter(|(other, _)| other == item).map(|(_, said)| said)
}

/// Old and new, line by line.
pub(super) fn amendments(outline: &Outline) -> Vec<Amendment> {
    let mut out = Vec::new();
    let mut sides = Sides::default();
    for piece in &outline.pieces {
        if piece.section.is_contact() {
            sides.close(&mut out);
            continue;
        }
        match &piece.kind {
            Kind::Table(read) => {
                sides.close(&mut out);
                for sheet in &read.sheets {
                    let (Some(before), Some(after)) = (sheet.idea(&[Key::Before]), sheet.idea(&[Key::After])) else {
                        continue;
                    };
                    let item = sheet.idea(&[Key::Matter]);
                    for row in &sheet.rows {
                        let text =
                            |at: Option<usize>| at.and_then(|at| row.get(at)).map(|cell| head(&cell.text, SIDE_MAX));
                        let item = text(item).unwrap_or_default();
                        out.push(Amendment { item, before: text(Some(before)), after: text(Some(after)) });
                    }
                }
            }
            Kind::Field(field) if field.key == Key::Before => {
                sides.close(&mut out);
                sides.open = true;
                sides.line(&field.value);
            }
            Kind::Field(field) if field.key == Key::After => {
                if sides.in_after {
                    sides.close(&mut out);
                }
                (sides.open, sides.in_after) = (true, true);
                sides.line(&field.value);
            }
            Kind::Field(field) if matches!(field.key, Key::CorrectedOn | Key::Matter | Key::OriginalNumber) => {
                sides.close(&mut out);
            }
            Kind::Field(field) => {
                sides.line(&format!("{}：{}", field.label.trim_end_matches(['：', ':']), field.value));
            }
            Kind::Line(line) => sides.line(line),
            Kind::Lot { mark, rest } => sides.line(&format!("{}包 {rest}", mark.label)),
            Kind::Heading(_) => sides.close(&mut out),
        }
    }
    sides.close(&mut out);
    for (section, line) in &outline.lines {
        if !section.is_contact()
            && *section != Section::Experts
            && let Some(amendment) = in_words(line)
            && !out.iter().any(|known: &Amendment| known.after == amendment.after && known.before == amendment.before)
        {
            out.retain(|known| !(known.item.is_empty() && known.before.is_none() && known.after == amendment.after));
            out.push(amendment);
        }
    }
    let empty = |side: &Option<String>| side.as_deref().is_none_or(str::is_empty);
    let personal = |item: &str| ["联系", "电话", "邮箱", "传真"].iter().any(|word| item.contains(word));
    let silent = |amendment: &Amendment| empty(&amendment.before) && empty(&amendment.after);
    out.retain(|amendment| !silent(amendment) && !personal(&amendment.item));
    out.truncate(AMENDMENTS_MAX);
    out
}

/// 原公告的开标时间：A，更正为：B.
fn in_words(line: &str) -> Option<Amendment> {
    let plain = line.trim();
    for mark in [
        "现更正为",
        "更正为",
        "现变更为",
        "变更为",
        "现修改为",
        "修改为",
        "现更改为",
        "更改为",
        "调整为",
        "延期至",
        "延长至",
        "推迟至",
        "顺延至",
    ] {
        let Some(at) = plain.find(mark) else { continue };
        let before = plain.get(..at)?.trim().trim_end_matches(['，', ',', '；', ';', '。', '现', ' ', '“', '"']);
        let after = plain.get(at + mark.len()..)?.trim_start_matches(['：', ':', ' ', '“', '"']);
        if before.is_empty() || after.is_empty() {
            return None;
        }
        let folded = before.trim_start_matches(|c: char| {
            c.is_ascii_digit() || matches!(c, '.' | '、' | '（' | '）' | '(' | ')' | ' ')
        });
        let folded = folded.trim_start_matches(['原', ' ']);
        let folded = folded.strip_prefix("公告的").or_else(|| folded.strip_prefix("公告")).unwrap_or(folded);
        let (item, old) = match folded.split_once(['：', ':']) {
            Some((item, old)) if item.chars().count() <= 60 => {
                (item.trim().to_owned(), Some(head(old.trim(), SIDE_MAX)))
            }
            _ => match folded.split_once('为') {
                // 原投标截止时间为…
                Some((item, old)) if item.chars().count() <= 30 && !item.contains(['，', ',', '。']) => {
                    (item.trim().to_owned(), Some(head(old.trim(), SIDE_MAX)))
                }
                _ => (String::new(), Some(head(before, SIDE_MAX))),
            },
        };
        let after = head(after.trim_end_matches(['。', '；', ';', '”', '"']), SIDE_MAX);
        return Some(Amendment { item, before: old, after: Some(after) });
    }
    None
}

/// The new instant of an amended item whose name says what it is.
pub(super) fn amended<'a>(amendments: &'a [Amendment], words: &[&str]) -> Option<&'a str> {
    amendments
        .iter()
        .rev()
        .find(|amendment| {
            let item = squeeze(&format!(
                "{}{}",
                amendment.item,
                if amendment.item.is_empty() { amendment.before.as_deref().unwrap_or_default() } else { "" }
            ));
            words.iter().any(|word| item.contains(word))
        })
        .and_then(|amendment| amendment.after.as_deref())
        .filter(|after| dates::first(after).is_some())
}
