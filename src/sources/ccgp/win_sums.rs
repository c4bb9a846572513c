//! What a winner gets, as a result's fields print it: one sum, a sum for each lot, the unit or currency told behind it. Judges no
//! sum: they are settled elsewhere.

use crate::domain::money::Currency;
use crate::sources::dialect::figures::UnitBy;
use crate::sources::dialect::fold::head;
use crate::sources::dialect::units::Unit;

use super::clauses::by_lots;
use super::labels::Key;
use super::lots::Mark;
use super::money::{Heard, hear, together};
use super::outline::Field;
use super::result::{Walk, Win};

impl Walk {
    pub(super) fn sum(&mut self, field: &Field) {
        let by_lot = by_lots(&field.value);
        if by_lot.len() > 1 || by_lot.first().is_some_and(|(mark, _)| self.is_another_lot(mark)) {
            self.sums_by_lot(&by_lot, field);
            return;
        }
        let heard = hear(&field.label, &field.value, None, "body");
        if heard == Heard::Nothing {
            return;
        }
        match &mut self.current {
            Some(win) if win.sum == Heard::Nothing || win.quoted && field.key == Key::Award => {
                win.sum = heard;
                win.quoted = field.key == Key::Quote;
            }
            Some(win) if field.key == Key::Award && matches!(win.sum, Heard::NoSum(_) | Heard::Unclear(_)) => {
                win.sum = heard;
            }
            // A second print of a sum beside the same winner: only one that differs matters.
            Some(win) if field.key == Key::Award && !win.suppliers.is_empty() => {
                win.sum = together(vec![std::mem::take(&mut win.sum), heard]);
            }
            Some(_) => {}
            None => {
                let passage = head(&format!("{}{}", field.label, field.value), 200);
                self.current = Some(Win { lot: self.lot.clone(), sum: heard, passage, ..Win::default() });
            }
        }
    }

    /// 成交金额：第一包：…: not of the winner last named, where he won another lot.
    fn is_another_lot(&self, mark: &Mark) -> bool {
        let current = self.current.as_ref().and_then(|win| win.lot.as_ref()).or(self.lot.as_ref());
        current.is_some_and(|lot| lot.label != mark.label)
    }

    fn sums_by_lot(&mut self, by_lot: &[(Mark, String)], field: &Field) {
        self.close();
        for (mark, text) in by_lot {
            let heard = hear("", text, Unit::in_label(&field.label), "body");
            if let Some(win) =
                self.found.wins.iter_mut().find(|win| win.lot.as_ref().is_some_and(|lot| lot.label == mark.label))
            {
                if win.sum == Heard::Nothing {
                    win.sum = heard;
                }
            } else if heard != Heard::Nothing {
                self.found.wins.push(Win {
                    lot: Some(mark.clone()),
                    sum: heard,
                    passage: head(text, 200),
                    ..Win::default()
                });
            }
        }
    }

    /// 价格单位：万元, 币种：美元 behind a bare sum.
    pub(super) fn unit_note(&mut self, label: &str, value: &str) {
        let Some(unit) = Unit::in_label(value).filter(|_| value.chars().count() <= 6) else { return };
        let Some(Heard::Sum(told)) = self.current.as_mut().map(|win| &mut win.sum) else { return };
        let figure = &mut told.figure;
        if figure.unit_by == UnitBy::Own {
            return;
        }
        figure.money.currency = unit.currency;
        let foreign = unit.currency != Currency::CNY;
        if (!label.contains('币') || foreign) && figure.unit_by == UnitBy::Nowhere {
            let factor = i64::try_from(unit.factor).unwrap_or(1);
            figure.money.ten_thousandths = figure.money.ten_thousandths.saturating_mul(factor);
            figure.place = figure.place.saturating_mul(factor);
            figure.unit_by = UnitBy::Header;
        }
        told.passage = head(&format!("{} {label}{value}", told.passage), 200);
    }
}
