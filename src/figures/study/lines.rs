//! A project and its notices in one line each: what a figure's list of projects leads to.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Serialize;

use super::{Entry, Hits};
use crate::domain::amount::Amount;
use crate::domain::classes::{Category, Level};
use crate::domain::money::Money;
use crate::domain::notice::Method;
use crate::domain::region::RegionBy;
use crate::domain::topic::Weight;
use crate::figures::printed;

/// An amount with its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AmountLine {
    /// `disclosed`, `undisclosed`, `zero`, `not_applicable`, `conflict`, `unparsed`.
    pub state: &'static str,
    /// The sum, where one is disclosed.
    #[serde(serialize_with = "printed::maybe_money")]
    pub money: Option<Money>,
    /// Which place or rule it comes from.
    pub by: Option<String>,
}

/// A class and the rule that decided it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JudgedLine {
    /// The class's word, where it is known.
    pub word: Option<String>,
    /// The rule.
    pub rule: String,
}

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NoticeLine {
    /// `source:key`.
    pub id: String,
    /// The day that it was published on.
    pub on: Option<Date>,
    /// What it announces.
    pub kind: &'static str,
    /// Its title.
    pub title: String,
    /// Where the original stands.
    pub url: Option<String>,
    /// What became of it: its bin.
    pub why: &'static str,
}

/// A project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProjectLine {
    /// Its number: in our history, or below zero where it is a project only as of the day that was asked for.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub status: &'static str,
    /// The day of its first notice.
    pub first_on: Option<Date>,
    /// Who buys.
    pub buyers: Vec<String>,
    /// Who won.
    pub suppliers: Vec<String>,
    /// `subject`, `item`, `mention`, `none`.
    pub weight: &'static str,
    /// The buyer's level.
    pub level: JudgedLine,
    /// The buyer's province.
    pub region: JudgedLine,
    /// What for.
    pub category: JudgedLine,
    /// How it is bought.
    pub method: Option<&'static str>,
    /// The budget.
    pub budget: AmountLine,
    /// The award amount.
    pub award: AmountLine,
    /// The part bought for the topic.
    pub topic_part: AmountLine,
    /// The contract's amount; in no total.
    pub contract: AmountLine,
    /// What people ruled of it.
    pub rulings: Vec<i64>,
    /// Its notices, oldest first.
    pub notices: Vec<NoticeLine>,
}

pub(super) fn line(entry: &Entry, hits: &Hits) -> ProjectLine {
    let project = &entry.project;
    let suppliers: BTreeSet<&str> =
        project.lots.iter().flat_map(|lot| &lot.suppliers).map(|supplier| supplier.name.as_str()).collect();
    let mut notices: Vec<NoticeLine> = entry
        .notices
        .iter()
        .map(|hit| NoticeLine {
            id: hit.id.to_string(),
            on: hit.on,
            kind: hit.kind.word(),
            title: hit.title.clone(),
            url: hit.url.clone(),
            why: hits.why.get(&hit.id).copied().unwrap_or_default(),
        })
        .collect();
    notices.sort_by(|left, right| {
        (left.on.is_none(), left.on, left.id.len(), &left.id).cmp(&(
            right.on.is_none(),
            right.on,
            right.id.len(),
            &right.id,
        ))
    });
    ProjectLine {
        id: entry.id.0,
        title: project.title.clone(),
        status: project.status.word(),
        first_on: project.first_on,
        buyers: project.buyers.iter().map(|buyer| buyer.name.clone()).collect(),
        suppliers: suppliers.into_iter().map(str::to_owned).collect(),
        weight: weight(project.weight),
        level: judged(project.level.value.map(Level::word), &project.level.rule),
        region: judged(project.region.province.as_deref(), project.region.by.map_or("no rule fits", RegionBy::word)),
        category: judged(project.category.value.map(Category::word), &project.category.rule),
        method: project.method.map(Method::word),
        budget: amount(&project.budget),
        award: amount(&project.award),
        topic_part: amount(&project.topic_part),
        contract: amount(&project.contract),
        rulings: project.rulings.iter().map(|ruling| ruling.0).collect(),
        notices,
    }
}

fn judged(word: Option<&str>, rule: &str) -> JudgedLine {
    JudgedLine { word: word.map(str::to_owned), rule: rule.to_owned() }
}

fn amount(amount: &Amount) -> AmountLine {
    let by = match amount {
        Amount::Disclosed { by, .. } => Some(by.clone()),
        _ => None,
    };
    AmountLine { state: amount.state(), money: amount.money(), by }
}

fn weight(weight: Weight) -> &'static str {
    match weight {
        Weight::Subject => "subject",
        Weight::Item => "item",
        Weight::Mention => "mention",
        Weight::None => "none",
    }
}
