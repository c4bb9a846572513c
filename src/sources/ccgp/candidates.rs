//! Ranked and proposed suppliers: 中标候选人, 拟中标供应商, the proposed supplier of a single-source purchase. None of them has won;
//! their offers are no sums of the notice.

use crate::domain::notice::Candidate;
use crate::domain::organisation::Organisation;
use crate::sources::dialect::capitals;
use crate::sources::dialect::fold::{head, squeeze};
use crate::sources::dialect::names;

use super::columns::Holds;
use super::labels::Key;
use super::lots;
use super::outline::{Field, Kind, Outline};
use super::sections::Section;

/// Most candidates kept.
const MOST: usize = 300;

/// Reads them.
pub(super) fn find(outline: &Outline, single_source: bool) -> Vec<Candidate> {
    let mut walk = Walk { single_source, ..Walk::default() };
    for piece in &outline.pieces {
        walk.section = piece.section;
        match &piece.kind {
            Kind::Heading(_) => walk.lot = None,
            Kind::Lot { mark, .. } => walk.lot = Some(mark.label.clone()),
            Kind::Field(field) => walk.field(field),
            Kind::Table(read) => {
                for sheet in &read.sheets {
                    walk.sheet(sheet);
                }
            }
            Kind::Line(line) => walk.line(line),
        }
    }
    walk.found
}

#[derive(Default)]
struct Walk {
    single_source: bool,
    section: Section,
    lot: Option<String>,
    rank: Option<u32>,
    found: Vec<Candidate>,
}

impl Walk {
    fn field(&mut self, field: &Field) {
        match field.key {
            Key::Candidate => {
                self.rank = rank_in(&field.label);
                self.add(&field.value, self.rank);
            }
            Key::Proposed => self.add(&field.value, None),
            Key::Member if matches!(self.section, Section::Proposed | Section::Candidates) => {
                self.add(&field.value, self.rank);
            }
            Key::Supplier | Key::Name if matches!(self.section, Section::Proposed | Section::Candidates) => {
                self.add(&field.value, self.rank);
            }
            Key::Supplier if self.single_source && !self.section.is_contact() => self.add(&field.value, None),
            Key::SupplierAddress | Key::Address if matches!(self.section, Section::Proposed | Section::Candidates) => {
                if let Some(last) = self.found.last_mut().filter(|last| last.supplier.address.is_none()) {
                    last.supplier.address = Some(head(&field.value, 300)).filter(|address| !address.is_empty());
                }
            }
            Key::CreditCode => {
                if let Some(last) = self.found.last_mut().filter(|last| last.supplier.credit_code.is_none()) {
                    last.supplier.credit_code = names::credit_code(&field.value);
                }
            }
            _ => {}
        }
    }

    /// A line that names the rank of what follows, or a name alone under a heading of candidates.
    fn line(&mut self, line: &str) {
        if !matches!(self.section, Section::Proposed | Section::Candidates) {
            return;
        }
        if line.contains("候选") {
            self.rank = rank_in(line);
            return;
        }
        let name = names::clean(line.split(['，', ',']).next().unwrap_or_default());
        if let Some(name) = name.filter(|name| names::looks_like_one(name) && name.chars().count() <= 40) {
            self.add(&name, self.rank);
        }
    }

    fn sheet(&mut self, sheet: &super::columns::Sheet) {
        let said = sheet.columns.iter().any(|column| {
            column.header.contains("候选") || column.header.contains("拟中标") || column.header.contains("拟定")
        });
        if !said && !matches!(self.section, Section::Candidates | Section::Proposed) {
            return;
        }
        let named = sheet.columns.iter().position(|column| {
            column.header.contains("候选")
                && (column.header.contains("名称")
                    || column.header.ends_with("候选人")
                    || column.header.ends_with("供应商")
                    || column.header.ends_with("单位"))
        });
        let name = sheet
            .idea(&[Key::Candidate, Key::Proposed, Key::Supplier, Key::Loser])
            .or(named)
            .or_else(|| sheet.idea(&[Key::Name]));
        let Some(name) = name else { return };
        let rank = sheet.column(Holds::Rank).or_else(|| sheet.column(Holds::Serial));
        let lot = sheet.idea(&[Key::LotNumber]);
        for row in sheet.rows.iter().take(MOST) {
            let text = |at: Option<usize>| at.and_then(|at| row.get(at)).map_or("", |cell| cell.text.as_str());
            if let Some(mark) = lots::of_cell(text(lot)) {
                self.lot = Some(mark.label);
            }
            let rank = rank.and_then(|_| rank_in(text(rank)));
            self.add(&text(Some(name)).replace('\n', ""), rank);
        }
    }

    fn add(&mut self, printed: &str, rank: Option<u32>) {
        let code = names::credit_code(printed);
        let first = printed.split(['，', ',', '；', ';', '。']).next().unwrap_or(printed);
        let (found, _) = if names::looks_like_one(&names::clean(first).unwrap_or_default()) {
            names::split(first)
        } else {
            names::split(printed)
        };
        for name in found {
            let plain = squeeze(&name);
            let known = self.found.iter().any(|known| squeeze(&known.supplier.name) == plain && known.lot == self.lot);
            if known || plain.chars().count() < 4 || plain.chars().count() > 60 || self.found.len() >= MOST {
                continue;
            }
            let supplier = Organisation { name, credit_code: code.clone(), address: None };
            self.found.push(Candidate { supplier, lot: self.lot.clone(), rank });
        }
    }
}

/// 第一中标候选人, 第1名, 2.
fn rank_in(text: &str) -> Option<u32> {
    let plain = squeeze(text);
    let rest = plain.split_once('第').map_or(plain.as_str(), |(_, rest)| rest);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    if let Ok(rank) = digits.parse::<u32>() {
        return (rank > 0 && rank < 100).then_some(rank);
    }
    let numerals: String = rest.chars().take_while(|c| capitals::digit(*c).is_some() || *c == '十').collect();
    capitals::small(&numerals).and_then(|rank| u32::try_from(rank).ok()).filter(|rank| *rank > 0)
}
