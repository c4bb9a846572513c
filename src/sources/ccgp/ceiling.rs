//! Whether a ceiling goes with the budget beside it: the unit in which it fits, and doubt where none does. Finds no ceiling.

use crate::domain::amount::Amount;
use crate::sources::dialect::figures::{Figure, UnitBy};

use super::money::{Heard, Settled, in_wan, problem};

/// A bare ceiling counts in the unit in which it comes just below the budget.
pub(super) fn fit_unit(ceiling: &mut Heard, budget: &Amount) {
    let (Heard::Sum(told), Some(budget)) = (ceiling, budget.money()) else { return };
    if told.figure.unit_by != UnitBy::Nowhere {
        return;
    }
    let yuan = Figure { unit_by: UnitBy::Header, ..told.figure };
    let fits = |figure: &Figure| {
        let money = figure.money.ten_thousandths;
        money <= budget.ten_thousandths && money >= budget.ten_thousandths / 10
    };
    if let Some(figure) = [Some(yuan), in_wan(&told.figure)].into_iter().flatten().find(fits) {
        told.figure = figure;
    }
}

/// A ceiling 10,000 times apart from the budget stands in a wrong unit, or the budget does: it is shown, not believed.
pub(super) fn mistrust_ceiling(ceiling: &mut Settled, budget: &Amount) {
    let (Some(money), Some(budget)) = (ceiling.amount.money(), budget.money()) else { return };
    let (small, big) =
        (money.ten_thousandths.min(budget.ten_thousandths), money.ten_thousandths.max(budget.ten_thousandths));
    let above = ceiling.evidence.as_ref().is_some_and(|evidence| evidence.passage.contains(" + "))
        && money.ten_thousandths / 1_001 > budget.ten_thousandths / 1_000;
    if money.currency == budget.currency && above {
        let text = format!("ceilings {} against budget {}", money.decimal(), budget.decimal());
        ceiling.problems.push(problem("ceiling", "the lots' ceilings come to more than the budget", &text));
        ceiling.amount = Amount::Unparsed { text };
        return;
    }
    if money.currency == budget.currency && small > 0 && small.checked_mul(9_999).is_some_and(|least| least <= big) {
        let text = format!("ceiling {} against budget {}", money.decimal(), budget.decimal());
        ceiling.problems.push(problem("ceiling", "10,000 times apart from the budget", &text));
        ceiling.amount = Amount::Unparsed { text };
    }
}
