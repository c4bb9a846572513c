//! Firsts and records: the first project, the largest sums, the first per region, category and supplier. Equals share the place:
//! nobody is chosen among them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::printed;
use crate::domain::money::{Currency, Money};

/// The first of a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct First {
    /// Of which class: a province, a category, a party; empty for the first of all.
    pub word: String,
    /// On which day.
    pub on: Date,
    /// Which project; several on one day.
    pub projects: Vec<i64>,
}

/// A record that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record {
    /// `budget`, `award`, `topic_part`.
    pub kind: &'static str,
    /// The sum.
    #[serde(serialize_with = "printed::money")]
    pub money: Money,
    /// Whose; several of one sum.
    pub projects: Vec<i64>,
}

/// The first of each class, by day, then by word. What has no day or no class is passed over.
pub fn firsts<'a>(dated: impl IntoIterator<Item = (&'a str, Option<Date>, i64)>) -> Vec<First> {
    let mut found: BTreeMap<&str, First> = BTreeMap::new();
    for (word, on, project) in dated {
        let Some(on) = on else { continue };
        let new = || First { word: word.to_owned(), on, projects: Vec::new() };
        let first = found.entry(word).or_insert_with(new);
        if on < first.on {
            *first = new();
        }
        if on == first.on && !first.projects.contains(&project) {
            first.projects.push(project);
        }
    }
    let mut firsts: Vec<First> = found.into_values().collect();
    firsts.iter_mut().for_each(|first| first.projects.sort_unstable());
    firsts.sort_by(|left, right| (left.on, &left.word).cmp(&(right.on, &right.word)));
    firsts
}

/// The largest disclosed sum of each currency.
pub fn records(kind: &'static str, sums: impl IntoIterator<Item = (Option<Money>, i64)>) -> Vec<Record> {
    let mut found: BTreeMap<Currency, Record> = BTreeMap::new();
    for (money, project) in sums {
        let Some(money) = money else { continue };
        let new = || Record { kind, money, projects: Vec::new() };
        let record = found.entry(money.currency).or_insert_with(new);
        if money.ten_thousandths > record.money.ten_thousandths {
            *record = new();
        }
        if money == record.money {
            record.projects.push(project);
        }
    }
    let mut records: Vec<Record> = found.into_values().collect();
    records.iter_mut().for_each(|record| record.projects.sort_unstable());
    records
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn equals_share_the_first_place_and_the_record() {
        let (early, late) = (date(2016, 12, 12), date(2019, 8, 7));
        let found =
            firsts([("北京", Some(late), 1), ("北京", Some(early), 2), ("北京", Some(early), 3), ("甘肃", None, 4)]);
        assert_eq!(found, [First { word: "北京".into(), on: early, projects: vec![2, 3] }]);
        let sums = [(Some(Money::yuan(5)), 1), (None, 2), (Some(Money::yuan(9)), 4), (Some(Money::yuan(9)), 3)];
        assert_eq!(records("budget", sums), [Record { kind: "budget", money: Money::yuan(9), projects: vec![3, 4] }]);
    }
}
