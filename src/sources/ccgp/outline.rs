//! A notice's body as pieces in order: headings, fields with their labels, lot marks, plain lines, tables, each with the section
//! it stands in. Works on pages with one field a line and on old ones where everything runs on.

use std::borrow::Cow;

use crate::sources::dialect::blocks::{Block, Grid};
use crate::sources::dialect::fold::{fold, is_han, tidy};

use super::colons::with_colons;
use super::columns::{Sheets, sheets};
use super::labels::{Key, classify, classify_exactly};
use super::lots;
use super::scan::{FoundLabel, labels_in, of_values};
use super::sections::{Section, heading_text, is_numeral, section_of};
use super::unanswered::{begins_with_name, fill_empty};
use super::{flat, flat_awards};

/// A label and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub key: Key,
    /// As printed, with its bracketed note: 预算金额（万元）.
    pub label: String,
    pub value: String,
    /// The lot named inside the label.
    pub lot: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Heading(String),
    Field(Field),
    Lot { mark: lots::Mark, rest: String },
    Line(String),
    Table(Sheets),
}

/// One piece of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub section: Section,
    pub kind: Kind,
}

/// A body in pieces, and its lines as they stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Outline {
    pub pieces: Vec<Piece>,
    /// Every line and table row with its section, for the notice's text.
    pub lines: Vec<(Section, String)>,
}

/// Reads blocks into pieces.
pub(super) fn outline(blocks: &[Block]) -> Outline {
    let mut reading = Reading { out: Outline::default(), section: Section::Start };
    for block in &flat_awards::lines_together(blocks) {
        match block {
            Block::Line(line) => {
                for part in parts(line) {
                    reading.line(part);
                }
            }
            Block::Table(grid) => reading.table(grid),
        }
    }
    fill_empty(&mut reading.out.pieces);
    reading.out
}

struct Reading {
    out: Outline,
    section: Section,
}

impl Reading {
    fn push(&mut self, kind: Kind) {
        if let Kind::Field(field) = &kind
            && field.key == Key::TitleAndNumber
        {
            for (key, value) in both(&field.value) {
                self.push(Kind::Field(Field { key, value, ..field.clone() }));
            }
            return;
        }
        if let Kind::Field(field) = &kind
            && field.key == Key::SupplierAndAddress
        {
            let name = begins_with_name(&field.value).unwrap_or(&field.value);
            let place = field.value.get(name.len()..).unwrap_or_default();
            let place = place.trim_start_matches(['，', ',', '；', ';', ' ', '\u{3000}', '地', '址', '：', ':']);
            let key = if name.is_empty() { Key::Other } else { Key::Supplier };
            let (name, place) = (name.to_owned(), place.to_owned());
            self.push(Kind::Field(Field { key, value: name, ..field.clone() }));
            if !place.is_empty() {
                self.push(Kind::Field(Field { key: Key::SupplierAddress, value: place, ..field.clone() }));
            }
            return;
        }
        self.out.pieces.push(Piece { section: self.section, kind });
    }

    fn line(&mut self, line: &str) {
        let line = line.trim();
        if line.is_empty() {
            return;
        }
        let mut is_heading = false;
        let heading = heading_text(line);
        if let Some((text, major)) = heading.clone() {
            let alone = line.chars().count() <= text.chars().count() + 12;
            // 联系方式：000 is a field of whoever stands above it; only 联系方式 alone or numbered opens a block.
            let valued = || {
                fold(line)
                    .split_once(':')
                    .is_some_and(|(label, value)| !value.trim().is_empty() && label.chars().next().is_some_and(is_han))
            };
            match section_of(&text, major).filter(|section| major || !opens_only_alone(*section) || !valued()) {
                Some(section) => {
                    self.section = section;
                    self.push(Kind::Heading(text));
                    is_heading = alone;
                }
                None if major => {
                    self.section = Section::Elsewhere;
                    self.push(Kind::Heading(text));
                    is_heading = alone;
                }
                None => {}
            }
        }
        self.out.lines.push((self.section, line.to_owned()));
        if let Some((mark, rest)) = lots::heading(line) {
            self.push(Kind::Lot { mark, rest: rest.clone() });
            if !rest.is_empty() {
                self.fields(&rest);
            }
            return;
        }
        let labels = labels_in(line);
        let labelled = !labels.is_empty();
        if let Some(field) = heading.filter(|(_, major)| *major && !labelled).and_then(|(text, _)| spaced(&text)) {
            self.push(Kind::Field(field));
        } else if labelled || !is_heading {
            // A heading that is nothing but one is no line of text as well.
            self.fields_of(line, Some(labels));
        }
    }

    fn fields(&mut self, line: &str) {
        self.fields_of(line, None);
    }

    /// The same where the line's labels have been found already.
    fn fields_of(&mut self, line: &str, labels: Option<Vec<FoundLabel>>) {
        if let Some(flat) = flat::table(line).or_else(|| flat_awards::table(line)) {
            self.fields(&flat.before);
            self.push(Kind::Table(Sheets { sheets: vec![flat.sheet], pairs: Vec::new() }));
            self.fields(&flat.after);
            return;
        }
        let marked = with_colons(line);
        let line = marked.as_ref();
        let known = labels.filter(|_| matches!(marked, Cow::Borrowed(_)));
        let found = of_values(known.unwrap_or_else(|| labels_in(line)));
        // Labels are found by characters, and cut out by bytes.
        let starts: Vec<usize> =
            if found.is_empty() { Vec::new() } else { line.char_indices().map(|(at, _)| at).collect() };
        let byte = |nth: usize| if nth == 0 { 0 } else { starts.get(nth).copied().unwrap_or(line.len()) };
        let slice = |from: usize, to: usize| line.get(byte(from)..byte(to)).unwrap_or_default();
        let before = found.first().map_or(usize::MAX, |label| label.start);
        let lead = tidy(slice(0, before));
        if lead.chars().filter(|c| c.is_alphanumeric()).nth(1).is_some() {
            self.push(Kind::Line(lead));
        }
        for (at, label) in found.iter().enumerate() {
            let end = found.get(at + 1).map_or(usize::MAX, |next| next.start);
            let printed = tidy(slice(label.start, label.value));
            let value = tidy(slice(label.value, end).trim_end_matches(['(', '（', '【', '[']));
            let value = if at + 1 < found.len() { without_next_order(&value) } else { &value };
            let value = value.trim_matches(|c: char| matches!(c, ';' | '；' | '。' | ' ')).to_owned();
            let lot =
                lots::leading(&fold(&printed)).map(|(_, mark)| mark.label).filter(|_| label.key != Key::LotNumber);
            let field = Field { key: label.key, label: printed, value, lot };
            if field.key == Key::LotNumber {
                self.lot_number(field);
                continue;
            }
            let (value, next) = before_mark(&field.value);
            let value = value.to_owned();
            self.push(Kind::Field(Field { value, ..field }));
            if let Some(mark) = next {
                self.push(Kind::Lot { mark, rest: String::new() });
            }
        }
    }

    /// 包号：1 opens a lot as a line of its own would.
    fn lot_number(&mut self, field: Field) {
        let (first, rest) = match field.value.split_once([' ', ',', '，', '；', ';']) {
            Some((first, rest)) => (first.to_owned(), rest.to_owned()),
            None => (field.value.clone(), String::new()),
        };
        match lots::of_cell(&first) {
            Some(mark) => self.push(Kind::Lot { mark, rest }),
            None => self.push(Kind::Field(Field { key: Key::Other, ..field })),
        }
    }

    fn table(&mut self, grid: &Grid) {
        for row in &grid.rows {
            let mut texts: Vec<&str> = Vec::new();
            let mut last = None;
            for cell in row {
                if last != Some(cell.origin) && !cell.text.is_empty() {
                    texts.push(&cell.text);
                }
                last = Some(cell.origin);
            }
            if !texts.is_empty() {
                self.out.lines.push((self.section, texts.join(" | ").replace('\n', " ")));
            }
        }
        let mut read = sheets(grid);
        // A form's rows are fields like any line's.
        for (label, value) in std::mem::take(&mut read.pairs) {
            let Some(key) = classify(&label) else { continue };
            let lot = lots::leading(&fold(&label)).map(|(_, mark)| mark.label).filter(|_| key != Key::LotNumber);
            let field = Field { key, label, value: value.replace('\n', " "), lot };
            if key == Key::LotNumber {
                self.lot_number(field);
            } else {
                self.push(Kind::Field(field));
            }
        }
        self.push(Kind::Table(read));
    }
}

/// A value without the number of the field behind it: QC-2021-002 2、.
fn without_next_order(value: &str) -> &str {
    // QC-2021-002二、: pages without line breaks.
    if let Some(rest) = value.strip_suffix('、') {
        let before = rest.trim_end_matches(is_numeral);
        if (1..=2).contains(&rest.chars().skip(before.chars().count()).count()) && !before.is_empty() {
            return before.trim_end();
        }
    }
    let bare = value.trim_end_matches([')', '）']).trim_end_matches(['、', '.', '．', ' ']);
    let digits = bare.len() - bare.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let before = bare.get(..bare.len() - digits).unwrap_or_default().trim_end_matches(['(', '（']);
    let parted = before.ends_with([' ', '；', ';', '。', '，']) || before.is_empty();
    if bare.len() < value.len() && (1..=2).contains(&digits) && parted { before.trim_end() } else { value }
}

/// The title and the number of a value that holds both, in either order: 某项目（QC-1）, QC-1 某项目, 某项目/QC-1.
fn both(value: &str) -> Vec<(Key, String)> {
    let value = fold(value);
    let number = |text: &str| {
        let code = text.chars().filter(char::is_ascii_alphanumeric).count();
        text.chars().any(|c| c.is_ascii_digit()) && code >= 4 && code * 2 > text.chars().filter(|c| is_han(*c)).count()
    };
    let plain = value.trim();
    let inside = plain
        .strip_suffix([')', '）'])
        .and_then(|rest| rest.rfind(['(', '（']).and_then(|open| Some((rest.get(..open)?, rest.get(open..)?))))
        .map(|(title, inside)| (title, inside.trim_start_matches(['(', '（'])));
    let mut cuts: Vec<(&str, &str)> = inside.into_iter().collect();
    cuts.extend(plain.split_once([' ', '、', '/', '，', ',', '；', ';']));
    cuts.extend(plain.rsplit_once([' ', '、', '，', ',', '；', ';']));
    for (one, other) in cuts {
        let other =
            ["项目编号", "采购编号", "招标编号", "编号"].iter().fold(other, |rest, word| rest.trim_start_matches(word));
        let other = other.trim_start_matches(['：', ':', ' ']);
        if number(other) && !number(one) {
            return vec![(Key::Title, one.trim().to_owned()), (Key::Number, other.trim().to_owned())];
        }
        if number(one) && !number(other) {
            return vec![(Key::Number, one.trim().to_owned()), (Key::Title, other.trim().to_owned())];
        }
    }
    vec![(if number(plain) { Key::Number } else { Key::Title }, plain.to_owned())]
}

/// Sections that a label with a value behind it does not open: 联系方式：000, 未中标供应商：某公司.
fn opens_only_alone(section: Section) -> bool {
    section.is_contact() || section == Section::Bidders
}

/// A value that ends in the mark of the lot that the next field is about: 100万元；二标段.
fn before_mark(value: &str) -> (&str, Option<lots::Mark>) {
    let cut = value.trim_end_matches(['：', ':', ' ']);
    let Some((at, c)) = cut.char_indices().rev().find(|(_, c)| matches!(c, '；' | ';' | '。' | '，' | ',' | ' '))
    else {
        return (value, None);
    };
    let tail = cut.get(at + c.len_utf8()..).unwrap_or_default();
    match lots::heading(tail) {
        Some((mark, rest)) if rest.is_empty() && tail.chars().count() <= 12 => {
            (value.get(..at).unwrap_or_default().trim_end(), Some(mark))
        }
        _ => (value, None),
    }
}

/// 一、项目编号 ABC-1: a label that only a blank parts from its value.
fn spaced(text: &str) -> Option<Field> {
    let (label, value) = text.split_once(' ')?;
    let key = classify_exactly(label)?;
    let takes = matches!(
        key,
        Key::Number | Key::SecondNumber | Key::Title | Key::OriginalNumber | Key::OriginalTitle | Key::Method
    );
    takes.then(|| Field { key, label: label.to_owned(), value: value.trim().to_owned(), lot: None })
}

/// Where the contacts begin inside a running text: 凡对本次公告…, 1.采购人信息, and where such a heading ends.
fn contact_marks(line: &str) -> Vec<usize> {
    const WORDS: [&str; 6] =
        ["采购人信息", "采购单位信息", "采购代理机构信息", "代理机构信息", "项目联系方式", "凡对本次"];
    let mut out = Vec::new();
    for word in WORDS {
        for (at, _) in line.match_indices(word).take(4) {
            let before = line.get(..at).unwrap_or_default();
            let numbered = before.trim_end_matches(['.', '、', '．', ' ']);
            let bare = numbered.trim_end_matches(|c: char| c.is_ascii_digit());
            let order = numbered.len() - bare.len();
            let start =
                if word == "凡对本次" && !before.ends_with(['、', '.']) { Some(before.len()) } else { None };
            let start = start.or((1..=2).contains(&order).then_some(bare.len()));
            let Some(start) = start.filter(|start| *start > 0) else { continue };
            out.push(start);
            if word != "凡对本次" {
                out.push(at + word.len());
            }
        }
    }
    out
}

/// Where 合同包2(某设备): or 采购包2： stands inside a running text.
fn lot_marks(line: &str) -> Vec<usize> {
    let opens = |at: &usize| -> bool {
        let behind = line.get(*at + "合同包".len()..).unwrap_or_default();
        let mark = behind.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = behind.len() - mark.len();
        let begins = line.get(..*at).is_some_and(|before| before.ends_with(' '));
        begins && (1..=3).contains(&digits) && mark.starts_with(['(', '（', ':', '：'])
    };
    // Either is three characters of three bytes.
    let nouns = ["合同包", "采购包"].iter().flat_map(|noun| line.match_indices(noun));
    nouns.map(|(at, _)| at).filter(opens).collect()
}

/// A line that runs on is cut where a numbered heading begins inside it.
fn parts(line: &str) -> Vec<&str> {
    let mut cuts = vec![0];
    let mut before = None;
    for (at, c) in line.char_indices() {
        let fresh = matches!(before, Some(' ' | '。' | '；' | ';' | '\u{3000}'));
        before = Some(c);
        if !fresh || !is_numeral(c) {
            continue;
        }
        let rest = line.get(at..).unwrap_or_default();
        let behind = rest.trim_start_matches(is_numeral);
        // Each numeral is three bytes.
        if rest.len() - behind.len() <= 9 && behind.starts_with(['、', '．']) {
            cuts.push(at);
        }
    }
    cuts.extend(lot_marks(line));
    cuts.extend(contact_marks(line));
    cuts.sort_unstable();
    cuts.dedup();
    cuts.push(line.len());
    cuts.windows(2)
        .filter_map(|window| match window {
            [from, to] => line.get(*from..*to),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(line: &str) -> Vec<(Key, String)> {
        let out = outline(&[Block::Line(line.to_owned())]);
        out.pieces
            .into_iter()
            .filter_map(|piece| match piece.kind {
                Kind::Field(field) => Some((field.key, field.value)),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn several_fields_on_a_line_are_parted() {
        assert_eq!(
            fields("供应商名称：甲有限公司 供应商地址：某路3号 中标（成交）金额：182.0000000（万元）"),
            [
                (Key::Supplier, "甲有限公司".to_owned()),
                (Key::SupplierAddress, "某路3号".to_owned()),
                (Key::Award, "182.0000000（万元）".to_owned()),
            ]
        );
        assert_eq!(
            fields("名 称：某医院 地　址：某路1号"),
            [(Key::Name, "某医院".to_owned()), (Key::Address, "某路1号".to_owned())]
        );
    }

    #[test]
    fn a_running_text_is_cut_at_its_headings() {
        let found = fields("一、项目编号：ABC-1 二、项目名称：某项目 三、中标信息 供应商名称：甲公司");
        assert_eq!(found.len(), 3);
        assert_eq!(found[0], (Key::Number, "ABC-1".to_owned()));
        assert_eq!(found[1], (Key::Title, "某项目".to_owned()));
    }

    #[test]
    fn a_heading_that_is_a_label_takes_the_next_line() {
        let out = outline(&[Block::Line("一、项目编号".into()), Block::Line("EZYG-2023-017".into())]);
        let Some(Piece { kind: Kind::Field(field), .. }) = out.pieces.last() else { panic!("a field") };
        assert_eq!((field.key, field.value.as_str()), (Key::Number, "EZYG-2023-017"));
    }

    #[test]
    fn a_time_is_no_label() {
        assert_eq!(fields("开标时间：2026年06月25日 09:00"), [(Key::Opening, "2026年06月25日 09:00".to_owned())]);
    }
}
