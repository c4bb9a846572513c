//! What may it cost? The latest round's tenders and corrections say so, then a result's own statement, then an intention's. The
//! whole project's budget printed in the notice of every lot is counted once; what cannot be decided stays a conflict.

use std::collections::BTreeSet;

use super::amend;
use super::amount::{Amount, Claim, is_stated};
use super::life::{Life, labelled};
use super::lots;
use super::money::Money;
use super::notice::{Notice, NoticeKind};
use super::ruled;

/// One notice's word about the budget.
struct Statement {
    round: u32,
    /// The lots it speaks of; one without a label is the whole.
    lots: BTreeSet<Option<String>>,
    amount: Amount,
    /// Whether its sum is that of its own lots, and so not the whole project's.
    is_own: bool,
    place: String,
}

/// The budget that the notices leave, taken in the order of publication.
pub(super) fn budget(notices: &[&Notice], life: &Life) -> Amount {
    let mut asked: Vec<Statement> = Vec::new();
    let (mut given, mut intended) = (Vec::new(), Vec::new());
    for (notice, then) in notices.iter().zip(&life.then) {
        match notice.kind {
            NoticeKind::Tender | NoticeKind::Prequalification | NoticeKind::SingleSource => {
                // A round for what is left over does not state the whole.
                let is_rest = then.awarded && !asked.is_empty();
                asked.extend(statement(notice, then.round).filter(|_| !is_rest));
            }
            NoticeKind::Correction => asked.extend(correction(notice, then.round, asked.last())),
            NoticeKind::Award | NoticeKind::Contract | NoticeKind::Failed => {
                given.extend(statement(notice, then.round));
            }
            NoticeKind::Intention => intended.extend(statement(notice, then.round)),
            _ => {}
        }
    }
    [asked, given, intended].into_iter().map(settled).find(|amount| *amount != Amount::Undisclosed).unwrap_or_default()
}

fn statement(notice: &Notice, round: u32) -> Option<Statement> {
    let sum = sum_of_lots(notice);
    let printed = is_stated(&notice.budget).then(|| notice.budget.clone());
    let amount = printed.or_else(|| sum.map(|money| Amount::disclosed(money, "sum of lots")))?;
    let is_own = sum.is_some() && sum == amount.money();
    let lots = labelled(notice).into_iter().map(|(label, _)| label).collect();
    Some(Statement { round, lots, amount, is_own, place: notice.kind.word().to_owned() })
}

/// A correction that states a budget; one that replaces the sum known speaks of the same lots.
fn correction(notice: &Notice, round: u32, known: Option<&Statement>) -> Option<Statement> {
    let amended = notice.amendments.iter().rev().find_map(amended_budget);
    let amount = match amended {
        Some((_, after)) => Amount::disclosed(after, "correction"),
        None => Some(notice.budget.clone()).filter(is_stated)?,
    };
    let before = amended.and_then(|(before, _)| before);
    let replaced = known.filter(|statement| before.is_none() || before == statement.amount.money());
    let named: BTreeSet<Option<String>> = match lots::named_in(notice) {
        Some(label) => BTreeSet::from([Some(label)]),
        None => labelled(notice).into_iter().map(|(label, _)| label).collect(),
    };
    let lots = match replaced {
        Some(statement) if before.is_some() || named.contains(&None) => statement.lots.clone(),
        _ => named,
    };
    let is_own = replaced.is_some_and(|statement| statement.is_own);
    Some(Statement { round, lots, amount, is_own, place: "correction".into() })
}

/// An amendment's old and new budget.
fn amended_budget(amendment: &super::notice::Amendment) -> Option<(Option<Money>, Money)> {
    if !amend::names_budget(&amendment.item) {
        return None;
    }
    let after = amend::sum(&amendment.item, amendment.after.as_deref()?)?;
    Some((amendment.before.as_deref().and_then(|before| amend::sum(&amendment.item, before)), after))
}

/// The sum of the lots' own budgets, where every lot states one.
fn sum_of_lots(notice: &Notice) -> Option<Money> {
    let mut budgets = notice.lots.iter().map(|lot| lot.budget.money());
    let first = budgets.next()??;
    budgets.try_fold(first, |sum, money| sum.checked_add(money?))
}

/// What statements of one standing come to: those of the latest round, the latest of each lot.
fn settled(mut statements: Vec<Statement>) -> Amount {
    let round = statements.iter().map(|statement| statement.round).max().unwrap_or(0);
    statements.retain(|statement| statement.round == round);
    if statements.iter().any(|statement| !matches!(statement.amount, Amount::Unparsed { .. })) {
        statements.retain(|statement| !matches!(statement.amount, Amount::Unparsed { .. }));
    }
    let mut latest: Vec<Statement> = Vec::new();
    for statement in statements {
        let covers_all = statement.lots.contains(&None);
        latest.retain(|earlier| !covers_all && !earlier.lots.is_subset(&statement.lots));
        latest.push(statement);
    }
    match latest.as_slice() {
        [] => Amount::Undisclosed,
        [only] => only.amount.clone(),
        several => together(several),
    }
}

/// Several notices, each of some lots: the same sum in each is the whole's; sums of their own lots add; else nobody knows.
fn together(several: &[Statement]) -> Amount {
    let Some(last) = several.last() else { return Amount::Undisclosed };
    let Some(sums) = several.iter().map(|statement| statement.amount.money()).collect::<Option<Vec<Money>>>() else {
        return several.iter().find(|s| s.amount.money().is_none()).map_or(Amount::Undisclosed, |s| s.amount.clone());
    };
    let is_repeated = last.amount.money().is_some_and(|whole| sums.iter().all(|money| money.is_same_or_rounded(whole)));
    if is_repeated {
        return last.amount.clone();
    }
    // A person who ruled on one of them has looked at the whole.
    if let Some(ruled) = several.iter().rev().find(|statement| ruled::is_ruled(&statement.amount)) {
        return ruled.amount.clone();
    }
    let total =
        sums.iter().skip(1).try_fold(*sums.first().unwrap_or(&Money::yuan(0)), |sum, money| sum.checked_add(*money));
    let whole = several.iter().filter(|statement| !statement.is_own).collect::<Vec<_>>();
    match (total, whole.as_slice()) {
        (Some(total), []) => Amount::disclosed(total, "sum of lots"),
        _ => Amount::Conflict(several.iter().zip(sums).map(|(statement, money)| claim(statement, money)).collect()),
    }
}

fn claim(statement: &Statement, money: Money) -> Claim {
    let labels: Vec<&str> = statement.lots.iter().flatten().map(String::as_str).collect();
    let place = if labels.is_empty() {
        statement.place.clone()
    } else {
        format!("{}, lot {}", statement.place, labels.join(", "))
    };
    Claim { money, place }
}
