//! How much of it was bought for the topic itself? The whole where the topic is the subject or every item is of it, else the
//! itemised lines of it, else nobody knows; never an estimate. Follows the award once there is one, before that the budget.

use std::collections::BTreeSet;

use super::amount::Amount;
use super::award;
use super::life::Life;
use super::notice::{Item, Notice, NoticeKind};
use super::relevance;
use super::topic::Weight;

/// The topic's part of a project whose notices weigh so much.
pub(super) fn topic_part(notices: &[&Notice], life: &Life, weight: Weight, budget: &Amount, price: &Amount) -> Amount {
    let is_awarded = *price != Amount::NotApplicable;
    let whole = if is_awarded { price } else { budget };
    match weight {
        Weight::Subject => named(whole, "whole project: the topic is its subject"),
        Weight::Item => of_items(&items(notices, life, is_awarded), &terms(notices), whole),
        Weight::Mention | Weight::None => Amount::NotApplicable,
    }
}

fn of_items(items: &[&Item], terms: &[String], whole: &Amount) -> Amount {
    let topical: Vec<&Item> = items.iter().copied().filter(|item| relevance::is_named(&item.name, terms)).collect();
    if topical.is_empty() {
        Amount::Undisclosed
    } else if topical.len() == items.len() {
        named(whole, "whole project: every item is of the topic")
    } else {
        let totals: Vec<Amount> = topical.iter().map(|item| item.total.clone()).collect();
        named(&award::total(&totals), "items of the topic")
    }
}

fn named(amount: &Amount, by: &str) -> Amount {
    match amount {
        Amount::Disclosed { money, .. } => Amount::disclosed(*money, by),
        other => other.clone(),
    }
}

/// The items that were bought, as the notices of the awarded lots list them, or else the latest result that lists any; before an
/// award, those of the latest call.
fn items<'a>(notices: &[&'a Notice], life: &Life, is_awarded: bool) -> Vec<&'a Item> {
    let places: BTreeSet<usize> = life.awarded().map(|(_, lot)| lot.from).collect();
    let given: Vec<&Item> = places.iter().filter_map(|at| notices.get(*at)).flat_map(|notice| &notice.items).collect();
    if is_awarded && !given.is_empty() {
        return given;
    }
    let lists = |notice: &&&'a Notice| (notice.kind == NoticeKind::Award) == is_awarded && !notice.items.is_empty();
    notices.iter().rev().find(lists).map(|notice| notice.items.iter().collect()).unwrap_or_default()
}

/// The terms that the notices were found by.
fn terms(notices: &[&Notice]) -> Vec<String> {
    let found: BTreeSet<&String> =
        notices.iter().flat_map(|notice| &notice.relevance.evidence).map(|evidence| &evidence.term).collect();
    found.into_iter().cloned().collect()
}
