//! What was it awarded for? The sum over the awarded lots, each as its latest notice states it. A part of the sum is no sum.

use std::collections::BTreeMap;

use super::amount::{Amount, Claim};
use super::life::{Life, LotLife, labelled};
use super::money::Money;
use super::notice::{LotStatus, Notice};
use super::ruled;

/// The award that the lots come to: not applicable while none is awarded, undisclosed while one of them is.
pub(super) fn award(notices: &[&Notice], life: &Life) -> Amount {
    let mut by_notice: BTreeMap<usize, Vec<&LotLife>> = BTreeMap::new();
    for (_, lot) in life.awarded() {
        by_notice.entry(lot.from).or_default().push(lot);
    }
    if by_notice.is_empty() {
        return Amount::NotApplicable;
    }
    if let Some(contested) = contested(notices, life) {
        return contested;
    }
    let pieces: Vec<Amount> =
        by_notice.into_iter().flat_map(|(from, lots)| pieces(notices.get(from).copied(), &lots)).collect();
    total(&pieces)
}

/// What one notice's lots come to: its own total where it alone is printed, or where it disagrees with its lots.
fn pieces(notice: Option<&Notice>, lots: &[&LotLife]) -> Vec<Amount> {
    let each = || lots.iter().map(|lot| lot.award.clone()).collect();
    let Some(notice) = notice else { return each() };
    let stated = labelled(notice);
    let is_whole = stated.iter().filter(|(_, lot)| lot.status == LotStatus::Awarded).count() <= lots.len();
    let is_told = lots.iter().all(|lot| lot.award.money().is_some() || lot.award == Amount::Zero);
    match notice.award {
        Amount::Conflict(_) if is_whole => vec![notice.award.clone()],
        Amount::Disclosed { .. } | Amount::Unparsed { .. } if is_whole && !is_told => vec![notice.award.clone()],
        _ => each(),
    }
}

/// An award without a label beside awards with labels: the same sum once more, or a conflict.
fn contested(notices: &[&Notice], life: &Life) -> Option<Amount> {
    let (whole, parts): (Vec<_>, Vec<_>) = life.awarded().partition(|(label, _)| label.is_none());
    let (_, whole) = whole.first().filter(|_| !parts.is_empty())?;
    let from = notices.get(whole.from).copied();
    let whole = total(&pieces(from, &[*whole]));
    let parts: Vec<Amount> = parts.into_iter().map(|(_, lot)| lot.award.clone()).collect();
    let is_ruled = parts.iter().any(ruled::is_ruled);
    let parts = total(&parts);
    if ruled::is_ruled(&whole) || is_ruled {
        return Some(if ruled::is_ruled(&whole) { whole } else { parts });
    }
    Some(match (whole.money(), parts.money()) {
        (Some(printed), Some(sum)) if printed.is_same_or_rounded(sum) => parts,
        (Some(printed), Some(sum)) => Amount::Conflict(vec![
            Claim { money: sum, place: "sum of lots".into() },
            Claim { money: printed, place: "award without a lot".into() },
        ]),
        _ => Amount::Undisclosed,
    })
}

/// The sum of all pieces; the worst of them decides what it is.
pub(super) fn total(pieces: &[Amount]) -> Amount {
    if let [only] = pieces {
        return only.clone();
    }
    let worst = |state: &str| pieces.iter().find(|piece| piece.state() == state).cloned();
    for state in ["conflict", "unparsed", "undisclosed", "not_applicable"] {
        match worst(state) {
            Some(Amount::NotApplicable) => return Amount::Undisclosed,
            Some(amount) => return amount,
            None => {}
        }
    }
    let sums: Vec<Money> = pieces.iter().filter_map(Amount::money).collect();
    let Some((first, rest)) = sums.split_first() else {
        return if pieces.is_empty() { Amount::Undisclosed } else { Amount::Zero };
    };
    match rest.iter().try_fold(*first, |sum, money| sum.checked_add(*money)) {
        Some(sum) => Amount::disclosed(sum, format!("sum of {} lots", pieces.len())),
        None => Amount::Conflict(sums.iter().map(|money| Claim { money: *money, place: "lot".into() }).collect()),
    }
}
