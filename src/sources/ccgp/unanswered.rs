//! Labels whose value stands in the lines below them: empty fields, headings that are labels, lines that are nothing but one.
//! Answers them in place; a line that is plainly something else is left alone.

use crate::sources::dialect::amounts::{self, Said};
use crate::sources::dialect::names;

use super::labels::{Key, classify};
use super::outline::{Field, Kind, Piece};
use super::sections::heading_text;

/// A field without a value takes the plain line after it; a heading that is itself a label takes it too.
pub(super) fn fill_empty(pieces: &mut Vec<Piece>) {
    let wants = |key: Key| {
        matches!(
            key,
            Key::Number
                | Key::Title
                | Key::OriginalNumber
                | Key::OriginalTitle
                | Key::Supplier
                | Key::SupplierAddress
                | Key::Award
                | Key::AwardTotal
                | Key::Budget
                | Key::Ceiling
                | Key::Buyer
                | Key::Agency
                | Key::Deadline
                | Key::Opening
                | Key::AwardedOn
                | Key::Proposed
                | Key::FailReason
                | Key::FirstPublished
                | Key::TenderPublished
                | Key::Method
                | Key::Contract
                | Key::Name
                | Key::Address
        )
    };
    name_winners_in_lines(pieces);
    let mut at = 0;
    while at + 1 < pieces.len() {
        let label = match pieces.get(at).map(|piece| &piece.kind) {
            Some(Kind::Field(field)) if field.value.is_empty() && wants(field.key) => {
                Some((field.key, field.label.clone()))
            }
            Some(Kind::Heading(text)) => classify(text).filter(|key| wants(*key)).map(|key| (key, text.clone())),
            Some(Kind::Line(line)) => bare_label(line, pieces.get(at + 1)).map(|key| (key, line.clone())),
            _ => None,
        };
        let next = match pieces.get(at + 1).map(|piece| &piece.kind) {
            Some(Kind::Line(line))
                if line.chars().count() <= 200 && heading_text(line).is_none_or(|(_, major)| !major) =>
            {
                Some(line.clone())
            }
            _ => None,
        };
        if let (Some((key, label)), Some(value)) = (label, next) {
            if let Some(piece) = pieces.get_mut(at + 1) {
                piece.kind = Kind::Field(Field { key, label, value, lot: None });
            }
            if matches!(pieces.get(at).map(|piece| &piece.kind), Some(Kind::Field(_) | Kind::Line(_))) {
                pieces.remove(at);
            } else if key == Key::Supplier {
                more_names(pieces, at + 1);
            }
        }
        at += 1;
    }
}

/// A line that is nothing but a label, above a line that answers it, as cells of a table of one column stand.
fn bare_label(line: &str, next: Option<&Piece>) -> Option<Key> {
    let Some(Kind::Line(value)) = next.map(|piece| &piece.kind) else { return None };
    if line.chars().count() > 24 || line.contains(['：', ':', '，', '。', '；']) {
        return None;
    }
    let key = classify(line)?;
    let answers = match key {
        Key::Supplier => begins_with_name(value).is_some(),
        Key::Award | Key::AwardTotal | Key::Budget | Key::LotBudget | Key::Ceiling => {
            value.chars().count() <= 60
                && value.chars().any(|c| c.is_ascii_digit() || "壹贰叁肆伍陆柒捌玖拾".contains(c))
        }
        Key::Number => value.chars().filter(char::is_ascii_digit).count() >= 3 && value.chars().count() <= 60,
        _ => false,
    };
    answers.then_some(key)
}

/// The organisation that a line begins with.
pub(super) fn begins_with_name(line: &str) -> Option<&str> {
    let first = line.split(['，', ',', '；', ';', '。', ' ', '\u{3000}']).next()?;
    (first.chars().count() <= 60 && names::clean(first).is_some_and(|name| names::looks_like_one(&name)))
        .then_some(first)
}

/// 中标供应商名称、联系地址及中标金额： above 某公司，某路1号，98万元: the first word of each line is a winner, the last may be its sum.
fn name_winners_in_lines(pieces: &mut Vec<Piece>) {
    let mut at = 0;
    let mut below = None;
    while let Some(piece) = pieces.get(at) {
        match &piece.kind {
            Kind::Field(field)
                if field.value.is_empty()
                    && field.key == Key::Other
                    && ["中标", "成交"].iter().any(|lead| field.label.contains(lead))
                    && ["金额", "价"].iter().any(|word| field.label.contains(word)) =>
            {
                below = Some(field.label.clone());
            }
            Kind::Line(line) if below.is_some() && begins_with_name(line).is_some() => {
                let name = begins_with_name(line).unwrap_or_default().to_owned();
                let rest = line.get(name.len()..).unwrap_or_default();
                let last = rest.rsplit(['，', ',', '；', ';', ' ']).next().unwrap_or_default().to_owned();
                let sum = matches!(amounts::read(&last, None), Said::Sum(_));
                let section = piece.section;
                let label = below.clone().unwrap_or_default();
                let field = |key, value| Piece {
                    section,
                    kind: Kind::Field(Field { key, label: label.clone(), value, lot: None }),
                };
                let mut new = vec![field(Key::Supplier, name)];
                if sum {
                    new.push(Piece {
                        section,
                        kind: Kind::Field(Field {
                            key: Key::Award, label: "中标金额".into(), value: last, lot: None
                        }),
                    });
                }
                let count = new.len();
                pieces.splice(at..=at, new);
                at += count;
                continue;
            }
            // What the winner's own line says further.
            Kind::Field(field) if matches!(field.key, Key::Award | Key::SupplierAddress | Key::Quote) => {}
            _ => below = None,
        }
        at += 1;
    }
}

/// A heading of winners above one name a line: all of them are its value.
fn more_names(pieces: &mut Vec<Piece>, at: usize) {
    while let Some(Kind::Line(line)) = pieces.get(at + 1).map(|piece| &piece.kind) {
        let line = line.clone();
        let one = names::clean(&line).is_some_and(|name| names::looks_like_one(&name));
        let Some(Kind::Field(field)) = pieces.get_mut(at).map(|piece| &mut piece.kind).filter(|_| one) else { break };
        field.value.push('；');
        field.value.push_str(&line);
        pieces.remove(at + 1);
    }
}
