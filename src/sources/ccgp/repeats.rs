//! One award printed in several places is one: twins fall together, a sum without a winner goes to the winner without a sum.
//! Different sums are never made one here.

use crate::sources::dialect::fold::squeeze;

use super::money::{Heard, near};
use super::result::{Found, Win};

/// One award printed twice is one; a sum without a winner goes to the winner without a sum.
pub(super) fn tidy_up(found: &mut Found) {
    let mut kept: Vec<Win> = Vec::new();
    let mut early: Vec<Win> = Vec::new();
    for win in std::mem::take(&mut found.wins) {
        let label = win.lot.as_ref().map(|lot| lot.label.as_str());
        let same_lot = |known: &Win| {
            let other = known.lot.as_ref().map(|lot| lot.label.as_str());
            other == label || other.is_none() || label.is_none()
        };
        if win.failed {
            let known = kept.iter().any(|known| {
                known.lot.as_ref().map(|lot| lot.label.as_str()) == label && (known.failed || label.is_some())
            });
            if !known {
                kept.push(win);
            }
            continue;
        }
        if win.suppliers.is_empty() {
            if let Some(known) =
                kept.iter_mut().rev().find(|known| !known.failed && known.sum == Heard::Nothing && same_lot(known))
            {
                known.sum = win.sum;
                known.sum_origin = win.sum_origin;
            } else if kept.iter().all(|known| known.failed) {
                early.push(win);
            }
            continue;
        }
        let names =
            |win: &Win| -> Vec<String> { win.suppliers.iter().map(|supplier| squeeze(&supplier.name)).collect() };
        let twin = kept.iter_mut().find(|known| {
            !known.failed
                && same_lot(known)
                && names(known) == names(&win)
                && (known.sum == Heard::Nothing || win.sum == Heard::Nothing || agree(&known.sum, &win.sum))
        });
        match twin {
            Some(known) => merge(known, win),
            None => kept.push(win),
        }
    }
    before_its_winner(&mut kept, early);
    number_beside_failed(&mut kept);
    found.wins = kept;
}

/// One winner in row 1 and a failed lot 2 in the table below: the row's number is the lot's.
fn number_beside_failed(kept: &mut [Win]) {
    let labels: Vec<String> =
        kept.iter().filter(|win| win.failed).filter_map(|win| Some(win.lot.as_ref()?.label.clone())).collect();
    let mut won: Vec<&mut Win> = kept.iter_mut().filter(|win| !win.failed).collect();
    if let [win] = &mut won[..]
        && win.lot.is_none()
        && !labels.is_empty()
        && win.serial.as_ref().is_some_and(|serial| !labels.contains(&serial.label))
    {
        win.lot = win.serial.take();
    }
}

/// 一、成交金额 二、成交供应商: the sum stands first.
fn before_its_winner(kept: &mut [Win], early: Vec<Win>) {
    for win in early {
        let label = |win: &Win| win.lot.as_ref().map(|lot| lot.label.clone());
        let mut waiting: Vec<&mut Win> = kept
            .iter_mut()
            .filter(|known| !known.failed && known.sum == Heard::Nothing && label(known) == label(&win))
            .collect();
        if let [known] = &mut waiting[..] {
            known.sum = win.sum;
            known.sum_origin = win.sum_origin;
        }
    }
}

fn agree(a: &Heard, b: &Heard) -> bool {
    match (a, b) {
        (Heard::Sum(a), Heard::Sum(b)) => near(&a.figure, &b.figure),
        (Heard::NoSum(_), Heard::NoSum(_)) => true,
        (a, b) => a == b,
    }
}

fn merge(known: &mut Win, win: Win) {
    if known.lot.is_none() {
        known.lot = win.lot;
    }
    known.joint |= win.joint;
    if known.sum == Heard::Nothing || matches!((&known.sum, &win.sum), (Heard::NoSum(_), Heard::Sum(_))) {
        known.sum = win.sum;
        known.sum_origin = win.sum_origin;
    }
    for (mine, other) in known.suppliers.iter_mut().zip(win.suppliers) {
        mine.address = mine.address.take().or(other.address);
        mine.credit_code = mine.credit_code.take().or(other.credit_code);
    }
}
