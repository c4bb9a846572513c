//! Who won on the study's pages: where each winner is registered and by which rule, and who of them stood on the first list of filings,
//! under a name of their own or through their group, by the day of the award and by now.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde::Deserialize;
use tenderwatch::domain::filing::{FiledThrough, Filing, Register};
use tenderwatch::domain::notice::{LotStatus, NoticeKind};
use tenderwatch::domain::organisation::Organisation;
use tenderwatch::domain::party::{MentionFact, MentionKey, Parties, PartyMatter, PartyRuling};
use tenderwatch::figures::totals::contribution;

use super::projects::projects;
use super::{folder, text};

/// The end of the study's window.
const THEN: Date = date(2019, 9, 24);

/// A win: who, and the day of the award's notice.
fn wins() -> Vec<(Organisation, Date)> {
    let mut wins = Vec::new();
    for (members, project) in projects(|place| place) {
        if contribution(&project).is_none() {
            continue;
        }
        let awards = members.iter().filter(|member| member.notice.kind == NoticeKind::Award);
        let Some(on) = awards.filter_map(|member| member.notice.published_at).map(|at| at.day()).min() else {
            continue;
        };
        let awarded = project.lots.iter().filter(|lot| lot.status == LotStatus::Awarded);
        wins.extend(awarded.flat_map(|lot| &lot.suppliers).map(|supplier| (supplier.clone(), on)));
    }
    wins
}

#[derive(Deserialize)]
struct Affiliation {
    parent: String,
    affiliate: String,
    stated_by: String,
}

/// The winners as parties, with the one affiliation that the article states.
fn parties() -> Parties {
    let facts = wins().into_iter().map(|(organisation, on)| MentionFact { organisation, on: Some(on) });
    let stated = csv::Reader::from_path(folder().join("groups.csv")).unwrap().into_deserialize::<Affiliation>();
    let rulings: Vec<PartyRuling> = (1..)
        .zip(stated.map(Result::unwrap))
        .map(|(id, Affiliation { parent, affiliate, stated_by })| {
            let matter =
                PartyMatter::Affiliate { party: MentionKey::of_name(&affiliate), parent: MentionKey::of_name(&parent) };
            PartyRuling { id, matter, author: "study".into(), reason: stated_by, at: Timestamp::UNIX_EPOCH }
        })
        .collect();
    Parties::of(facts, &rulings)
}

#[derive(Deserialize)]
struct Filed {
    batch: u32,
    published: String,
    holder: String,
    service: String,
    number: String,
}

fn filings() -> Vec<Filing> {
    let rows = csv::Reader::from_path(folder().join("filings.csv")).unwrap().into_deserialize::<Filed>();
    rows.map(|row| {
        let Filed { batch, published, holder, service, number } = row.unwrap();
        assert_eq!(number, "", "no number of a filing is known");
        Filing { batch: Some(batch), filed_on: Some(published.parse().unwrap()), holder, service, number: None }
    })
    .collect()
}

/// A value of expected.toml by the row and the words of its figure.
fn expected(row: i64, what: &str) -> toml::Value {
    let all: toml::Table = toml::from_str(&text("expected.toml")).unwrap();
    let figures = all["figure"].as_array().unwrap();
    let found = figures.iter().find(|f| f["row"].as_integer() == Some(row) && f["what"].as_str() == Some(what));
    found.unwrap_or_else(|| panic!("{row} {what}"))["value"].clone()
}

fn names(value: &toml::Value) -> BTreeSet<&str> {
    value.as_array().unwrap().iter().filter_map(toml::Value::as_str).collect()
}

#[test]
fn winners_are_placed_by_address_or_name_and_five_by_nothing() {
    let parties = parties();
    let winners: BTreeSet<MentionKey> = wins().iter().map(|(winner, _)| MentionKey::of_name(&winner.name)).collect();
    assert_eq!(winners.len(), 46);
    let mut by_rule: BTreeMap<&str, u32> = BTreeMap::new();
    let mut provinces = BTreeSet::new();
    for winner in &winners {
        let party = parties.party(winner).unwrap();
        *by_rule.entry(party.place.rule.as_str()).or_default() += 1;
        provinces.extend(party.place.value.as_deref());
    }
    let printed = expected(16, "the 11 printed regions, each of which occurs");
    // The printed eleven, and Zhejiang, which the article does not print.
    assert_eq!(provinces.len(), names(&printed).len() + 1);
    assert!(provinces.contains("330000"));
    assert_eq!(by_rule["no rule fits"], 5);
    assert!(by_rule["address"] > 10 && by_rule["name"] > 3, "{by_rule:?}");
}

#[test]
fn filed_winners_are_the_studys_and_the_group_is_counted_apart() {
    let (parties, filings) = (parties(), filings());
    let register = Register::of(&filings);
    assert_eq!((register.holders(), register.services()), (3, 4));
    let (mut own, mut through, mut by_award) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    let wins = wins();
    for (winner, on) in &wins {
        let party = parties.party(&MentionKey::of_name(&winner.name)).unwrap();
        let filed = register.filed(party, &parties, Some(*on), THEN);
        match filed.by_now {
            Some(FiledThrough::Own) => _ = own.insert(winner.name.as_str()),
            Some(FiledThrough::Group { holder }) => {
                assert_eq!((holder.as_str(), filed.services), ("深圳市腾讯计算机系统有限公司", 2));
                through.insert(winner.name.as_str());
            }
            None => {}
        }
        if filed.by_award == Some(FiledThrough::Own) {
            *by_award.entry(winner.name.as_str()).or_insert(0) += 1;
        }
    }
    assert_eq!(own, names(&expected(18, "winners that hold a filing of batch 1")));
    assert_eq!(through, names(&expected(19, "winner whose group holds one")));
    let wins_filed = expected(18, "wins on a day by which their winner was filed");
    let wins_filed =
        wins_filed.as_table().unwrap().iter().map(|(name, count)| (name.as_str(), count.as_integer().unwrap()));
    assert_eq!(by_award, wins_filed.collect());
}
