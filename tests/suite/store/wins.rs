//! Who won what, asked for by supplier and by buyer, before a day and but for one project.

use jiff::civil::date;
use tenderwatch::domain::money::Money;
use tenderwatch::domain::notice::{Notice, NoticeKind};
use tenderwatch::domain::organisation::Organisation;
use tenderwatch::domain::party::MentionKey;
use tenderwatch::domain::project::{ProjectId, Status};
use tenderwatch::figures::cells::{Dimension, Win};
use tenderwatch::figures::totals::Contribution;
use tenderwatch::store::wins::{KeptWin, Wanted};
use tenderwatch::store::{Reader, Store};

use super::parties::{award, firm};
use super::{Done, TOPIC, contribution, fresh, now, rich_project, settled};

/// A project of this buyer whose award of a day gave one lot to each.
fn won(store: &Store, native_id: &str, day: i8, buyer: &str, winners: &[&str]) -> ProjectId {
    let firms: Vec<Organisation> = winners.iter().map(|name| firm(name, None)).collect();
    let notice = Notice { buyers: vec![Organisation::named(buyer)], ..award(native_id, day, &firms) };
    let wins = winners.iter().zip(1..).map(|(name, lot)| Win {
        lot: Some(format!("{lot}")),
        mention: MentionKey::of_name(name),
        joint: false,
        money: Some(Money::yuan(lot)),
    });
    let counted = Contribution {
        groups: [(Dimension::Region, "110000".to_owned()), (Dimension::Category, String::new())].into(),
        wins: wins.collect(),
        ..contribution(2019, 9, Status::Awarded, None)
    };
    let put = |w: &tenderwatch::store::Writer<'_>| -> Done<ProjectId> {
        let project = settled(w, native_id, &notice)?;
        w.put_project(project, TOPIC, &rich_project(), Some(&counted))?;
        Ok(project)
    };
    store.write(put).unwrap()
}

fn wanted() -> Wanted<'static> {
    Wanted { topic: TOPIC, before: None, but: None, limit: 100 }
}

fn of(store: &Store, name: &str, wanted: &Wanted<'_>) -> Vec<KeptWin> {
    store.read(|r| r.wins_of(&[MentionKey::of_name(name)], wanted)).unwrap()
}

fn projects(wins: &[KeptWin]) -> Vec<ProjectId> {
    wins.iter().map(|won| won.project).collect()
}

#[test]
fn wins_are_found_by_supplier_latest_first() {
    let (_folder, store) = fresh();
    let first = won(&store, "1", 3, "某局", &["甲公司", "乙公司"]);
    let second = won(&store, "2", 5, "某院", &["甲公司"]);
    let wins = of(&store, "甲公司", &wanted());
    assert_eq!(projects(&wins), [second, first]);
    let win = &wins[1];
    assert_eq!((win.first_on, win.won_on), (Some(date(2019, 9, 3)), Some(date(2019, 9, 3))));
    assert_eq!((win.win.lot.as_deref(), win.win.money), (Some("1"), Some(Money::yuan(1))));
    assert_eq!(win.groups[&Dimension::Region], "110000");
    let before = Wanted { before: Some(date(2019, 9, 5)), ..wanted() };
    assert_eq!(projects(&of(&store, "甲公司", &before)), [first], "that day is not before it");
    assert_eq!(projects(&of(&store, "甲公司", &Wanted { but: Some(first), ..wanted() })), [second]);
    assert_eq!(projects(&of(&store, "甲公司", &Wanted { limit: 1, ..wanted() })), [second]);
    assert_eq!(of(&store, "甲公司", &Wanted { topic: "other", ..wanted() }), []);
    let winners = store.read(|r| r.winners(TOPIC)).unwrap();
    assert_eq!(winners, [MentionKey::of_name("乙公司"), MentionKey::of_name("甲公司")]);
}

#[test]
fn wins_are_found_by_buyer_whoever_won() {
    let (_folder, store) = fresh();
    let first = won(&store, "1", 3, "某局", &["甲公司", "乙公司"]);
    won(&store, "2", 4, "某院", &["甲公司"]);
    let third = won(&store, "3", 5, "某 局", &["丙公司"]);
    let at = |wanted: &Wanted<'_>| {
        let asked = |r: &Reader<'_>| r.wins_at(&[MentionKey::of_name("某局")], wanted);
        store.read(asked).unwrap()
    };
    assert_eq!(projects(&at(&wanted())), [third, first, first]);
    let before = Wanted { before: Some(date(2019, 9, 5)), but: Some(first), ..wanted() };
    assert_eq!(at(&before), []);
}

#[test]
fn a_contract_tells_the_day_only_where_no_award_does() {
    let (_folder, store) = fresh();
    let project = won(&store, "1", 9, "某局", &["甲公司"]);
    let contract = Notice { kind: NoticeKind::Contract, ..award("2", 4, &[]) };
    let link = |w: &tenderwatch::store::Writer<'_>| -> Done {
        super::put(w, "2", &contract, None)?;
        w.link(&super::id("2"), project, "number", "certain", now())
    };
    store.write(link).unwrap();
    assert_eq!(of(&store, "甲公司", &wanted())[0].won_on, Some(date(2019, 9, 9)));
}
