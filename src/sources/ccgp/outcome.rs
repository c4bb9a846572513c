//! How a purchase ended, put into the notice: awards, failed lots, a contract. Settles no award itself, and reads no budget.

use crate::domain::amount::Amount;
use crate::domain::notice::{Lot, LotStatus};
use crate::domain::organisation::Organisation;

use super::award::{Awarded, settle_awards};
use super::columns::Sheet;
use super::labels::Key;
use super::money::{self, Heard, hear, problem, settle};
use super::normalise::Build;
use super::outline::Kind;
use super::result;
use super::sections::Section;

/// Labels of a total in the summary.
pub(super) const TOTALS: [&str; 6] =
    ["总中标金额", "总成交金额", "中标金额", "成交金额", "总中标(成交)金额", "中标(成交)金额"];

impl Build<'_> {
    pub(super) fn take_awards(&mut self, found: &result::Found, only_lot: Option<String>) {
        let summary = self.summary_sum(&TOTALS);
        let mut awarded: Awarded = if found.wins.iter().any(|win| !win.failed) {
            settle_awards(found, &summary, only_lot)
        } else {
            self.problems.push(problem("lots", "no winner was found", &self.raw.title));
            let settled = settle("award", &summary, &money::together(found.totals.clone()));
            // The notice says that it was given, only not to whom.
            let lot =
                Lot { label: only_lot, status: LotStatus::Awarded, award: settled.amount.clone(), ..Lot::default() };
            let lots_seen = settled.evidence.iter().map(|seen| ("lots[0].award".to_owned(), seen.clone())).collect();
            Awarded {
                lots: vec![lot],
                award: settled.amount,
                problems: settled.problems,
                evidence: settled.evidence,
                lots_seen,
            }
        };
        let alone = awarded.award.money().is_some()
            && awarded.evidence.as_ref().is_some_and(|evidence| evidence.rule.starts_with(money::ALONE));
        if alone && money::is_a_rate_in(&summary, &self.body.lines) {
            let text = self.raw.summary(&TOTALS).unwrap_or_default().to_owned();
            awarded.problems.push(problem("award", money::COPIED, &text));
            let was = std::mem::replace(&mut awarded.award, Amount::Unparsed { text });
            for lot in awarded.lots.iter_mut().filter(|lot| lot.award == was) {
                lot.award = awarded.award.clone();
            }
        }
        self.problems.extend(awarded.problems);
        self.notice.evidence.extend(awarded.lots_seen);
        self.notice.award = awarded.award;
        self.notice.lots = awarded.lots;
        if let Some(evidence) = awarded.evidence {
            self.notice.evidence.insert("award".into(), evidence);
        }
        for (at, win) in found.wins.iter().enumerate().take(50) {
            self.because(&format!("winners[{at}]"), if win.failed { "failed lot" } else { "winner" }, &win.passage);
        }
    }

    pub(super) fn take_failed(&mut self, found: &result::Found, only_lot: Option<String>) {
        let printed = self.raw.summary(&TOTALS).is_some();
        self.notice.award = if printed { Amount::Undisclosed } else { Amount::NotApplicable };
        for win in &found.wins {
            let label = win.lot.as_ref().map(|mark| mark.label.clone());
            if self.notice.lots.iter().any(|lot| lot.label == label) {
                continue;
            }
            let title = win.lot.as_ref().and_then(|mark| mark.title.clone());
            let title = title.or_else(|| {
                found.titles.iter().find(|mark| Some(&mark.label) == label.as_ref()).and_then(|mark| mark.title.clone())
            });
            self.notice.lots.push(Lot {
                label,
                title,
                status: LotStatus::Failed,
                award: Amount::NotApplicable,
                ..Lot::default()
            });
        }
        if self.notice.lots.iter().any(|lot| lot.label.is_some()) {
            self.notice.lots.retain(|lot| lot.label.is_some());
        }
        if self.notice.lots.is_empty() {
            let lot =
                Lot { label: only_lot, status: LotStatus::Failed, award: Amount::NotApplicable, ..Lot::default() };
            self.notice.lots.push(lot);
        } else if let [one] = &mut self.notice.lots[..]
            && one.label.is_none()
        {
            one.label = only_lot;
        }
        if let Some(reason) = &found.reason {
            self.because("reason", "why it ended", &reason.clone());
        }
    }

    pub(super) fn take_contract(&mut self, found: &result::Found, only_lot: Option<String>) {
        let mut heard = Vec::new();
        for piece in &self.body.pieces {
            match &piece.kind {
                Kind::Field(field)
                    if matches!(field.key, Key::Contract | Key::Award) && piece.section != Section::Qualification =>
                {
                    heard.push(hear(&field.label, &field.value, None, "body"));
                }
                Kind::Table(read) => heard.extend(read.sheets.iter().filter_map(contract_column)),
                _ => {}
            }
        }
        let settled = settle("contract", &self.summary_sum(&["合同金额", "总合同金额"]), &money::together(heard));
        self.problems.extend(settled.problems);
        self.notice.contract = settled.amount;
        if let Some(evidence) = settled.evidence {
            self.notice.evidence.insert("contract".into(), evidence);
        }
        self.notice.award = Amount::NotApplicable;
        let mut suppliers: Vec<Organisation> = Vec::new();
        for supplier in found.wins.iter().flat_map(|win| &win.suppliers) {
            if !suppliers.iter().any(|known| known.name == supplier.name) {
                suppliers.push(supplier.clone());
            }
        }
        let joint = found.wins.iter().any(|win| win.joint);
        let status = if suppliers.is_empty() { LotStatus::Unknown } else { LotStatus::Awarded };
        self.notice.lots =
            vec![Lot { label: only_lot, status, award: Amount::NotApplicable, suppliers, joint, ..Lot::default() }];
    }
}

/// The sum of a column of contract amounts: each merged cell once, all of them understood.
fn contract_column(sheet: &Sheet) -> Option<Heard> {
    let at = sheet.idea(&[Key::Contract])?;
    let column = sheet.columns.get(at)?;
    let mut told = Vec::new();
    let mut last = None;
    for cell in sheet.rows.iter().filter_map(|row| row.get(at)) {
        if last == Some(cell.origin) || cell.text.is_empty() {
            continue;
        }
        last = Some(cell.origin);
        match hear(&column.header, &cell.text.replace('\n', " "), column.unit, "table") {
            Heard::Sum(one) => told.push(one),
            _ => return None,
        }
    }
    money::sum_of(&told).map(Heard::Sum)
}
