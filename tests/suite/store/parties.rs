//! Who is mentioned, what people ruled of it, and that asking about a few gives what asking about everybody gives.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tenderwatch::domain::notice::{Lot, LotStatus, Notice, NoticeKind};
use tenderwatch::domain::organisation::Organisation;
use tenderwatch::domain::party::{MentionFact, MentionKey, Parties, PartyMatter, PartyRuling, mention_key};
use tenderwatch::store::notices::FreshNotice;
use tenderwatch::store::{Reader, Store, StoreError, Writer};

use super::{Done, fresh, id, later, now, stamp, tender};

const X: &str = "91440300708461136T";
const Y: &str = "911100007693890511";
const Z: &str = "91350100M000100Y43";

pub(super) fn firm(name: &str, code: Option<&str>) -> Organisation {
    Organisation { credit_code: code.map(str::to_owned), ..Organisation::named(name) }
}

/// An award of one lot to these.
pub(super) fn award(native_id: &str, day: i8, suppliers: &[Organisation]) -> Notice {
    let lot = Lot { status: LotStatus::Awarded, suppliers: suppliers.to_vec(), ..Lot::default() };
    Notice {
        kind: NoticeKind::Award,
        title: format!("公告{native_id}"),
        lots: vec![lot],
        ..tender(native_id, day, 100)
    }
}

fn read_at(w: &Writer<'_>, native_id: &str, notice: &Notice, seconds: i64) -> Done {
    let body_hash = w.keep_body(notice.title.as_bytes(), now())?;
    let content_hash = format!("{:?}", notice.lots);
    let fresh = FreshNotice {
        notice,
        content_hash: &content_hash,
        body_hash: &body_hash,
        reader_version: 1,
        problems: &[],
        next_visit_at: None,
    };
    w.put_notice(&id(native_id), &fresh, later(seconds))?;
    Ok(())
}

fn names(facts: &[MentionFact]) -> Vec<String> {
    let mut names: Vec<String> = facts.iter().map(|fact| fact.organisation.name.clone()).collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn mentions_are_those_of_todays_version_and_those_of_then_can_be_asked_for() {
    let (_folder, store) = fresh();
    let read = |native_id: &str, notice: &Notice, seconds| {
        store.write(|w| read_at(w, native_id, notice, seconds)).unwrap();
    };
    read("1", &award("1", 3, &[firm("甲公司", None), firm("乙公司", Some(X))]), 0);
    read("1", &award("1", 3, &[firm("丙公司", None)]), 100);
    read("2", &award("2", 4, &[firm("丁公司", Some("91310115MA1H8R7C6D"))]), 200);
    let then = |at| names(&store.read(|r| r.mention_facts(at)).unwrap());
    assert_eq!(then(None), ["丁公司", "丙公司", "某市教育局"]);
    assert_eq!(then(Some(later(150))), ["丙公司", "某市教育局"]);
    assert_eq!(then(Some(later(50))), ["乙公司", "某市教育局", "甲公司"]);
    assert_eq!(then(Some(later(-1))), Vec::<String>::new());
    let facts = store.read(|r| r.mention_facts(None)).unwrap();
    let of = |name: &str| facts.iter().filter(|fact| fact.organisation.name == name).collect::<Vec<_>>();
    assert_eq!(of("丁公司")[0].organisation.credit_code, None, "no code that does not fit");
    assert_eq!(of("丁公司")[0].on, Some(stamp(4).day()));
    assert_eq!(of("某市教育局").len(), 2, "first and last day");
}

#[test]
fn a_name_is_found_with_every_code_it_was_printed_with() {
    let (_folder, store) = fresh();
    let suppliers = [firm("甲公司", None), firm("甲公司", Some(X)), firm("甲 公司", Some(Y)), firm("乙公司", Some(Z))];
    store.write(|w| read_at(w, "1", &award("1", 3, &suppliers), 0)).unwrap();
    let found = store.read(|r| r.mentions_named("甲公司 ")).unwrap();
    assert_eq!(found, [MentionKey::of_name("甲公司"), MentionKey::of_code(Y), MentionKey::of_code(X)]);
    assert_eq!(store.read(|r| r.mentions_named("乙公司")).unwrap(), [MentionKey::of_code(Z)]);
    assert_eq!(store.read(|r| r.mentions_named("谁")).unwrap(), []);
}

#[test]
fn a_ruling_stands_until_it_is_undone_and_stays_in_history() {
    let (_folder, store) = fresh();
    let matters = [
        PartyMatter::Same(MentionKey::of_name("甲"), MentionKey::of_code(X)),
        PartyMatter::Apart(MentionKey::of_name("甲")),
        PartyMatter::Affiliate { party: MentionKey::of_name("甲"), parent: MentionKey::of_name("乙") },
    ];
    let rule = |w: &Writer<'_>| -> Done<Vec<i64>> {
        matters.iter().zip([0, 10, 20]).map(|(matter, at)| w.rule_party(matter, "李", "工商登记", later(at))).collect()
    };
    let ids = store.write(rule).unwrap();
    let standing = |then| {
        let rulings = store.read(|r| r.party_rulings(then)).unwrap();
        rulings.into_iter().map(|ruling| ruling.matter).collect::<Vec<_>>()
    };
    assert_eq!(standing(None), matters);
    assert!(store.write(|w| w.undo_party_ruling(ids[0], "王", "看错了", later(30))).unwrap());
    assert!(!store.write(|w| w.undo_party_ruling(ids[0], "王", "看错了", later(40))).unwrap(), "once");
    assert_eq!(standing(None), matters[1..]);
    assert_eq!(standing(Some(later(25))), matters, "then it stood");
    assert_eq!(standing(Some(later(5))), matters[..1]);
    let kept = store.read(|r| r.party_rulings_kept()).unwrap();
    let undone = kept[0].undone.as_ref().unwrap();
    assert_eq!((undone.author.as_str(), undone.reason.as_str(), undone.at), ("王", "看错了", later(30)));
    let unknown = store.write(|w| w.undo_party_ruling(99, "王", "无", now())).unwrap_err();
    assert!(matches!(unknown, StoreError::Unknown { .. }), "{unknown}");
}

/// A history of few names and codes, so that they meet, and what was ruled of them.
fn history() -> impl Strategy<Value = (Vec<Vec<Organisation>>, Vec<PartyMatter>)> {
    let names = prop::sample::select(vec!["甲公司", "乙公司", "乙公司北京分公司", "丙公司", "丁公司"]);
    let codes = prop::sample::select(vec![None, None, Some(X), Some(Y), Some(Z)]);
    let firms = prop::collection::vec((names, codes).prop_map(|(name, code)| firm(name, code)), 1..4);
    let keys = ["甲公司", "乙公司", "丙公司", "母公司"].map(MentionKey::of_name).into_iter();
    let keys: Vec<MentionKey> = keys.chain([X, Y, Z].map(MentionKey::of_code)).collect();
    let key = move || prop::sample::select(keys.clone());
    let matter = prop_oneof![
        (key(), key()).prop_map(|(one, other)| PartyMatter::Same(one, other)),
        key().prop_map(PartyMatter::Apart),
        (key(), key()).prop_map(|(party, parent)| PartyMatter::Affiliate { party, parent }),
    ];
    (prop::collection::vec(firms, 1..6), prop::collection::vec(matter, 0..4))
}

/// Puts the history in place of what was kept under the same numbers.
fn put(store: &Store, notices: &[Vec<Organisation>], round: i64) {
    let write = |w: &Writer<'_>| -> Done {
        for place in 0..6 {
            let firms = notices.get(place).map_or(&[][..], Vec::as_slice);
            let notice = Notice { buyers: vec![], ..award(&place.to_string(), 3, firms) };
            let notice = Notice { title: format!("第{round}轮"), ..notice };
            read_at(w, &place.to_string(), &notice, round)?;
        }
        Ok(())
    };
    store.write(write).unwrap();
}

#[test]
fn asking_about_one_gives_what_asking_about_everybody_gives() {
    let (_folder, store) = fresh();
    let mut runner = TestRunner::new(Config { failure_persistence: None, cases: 200, ..Config::default() });
    let round = std::cell::Cell::new(0);
    let law = runner.run(&history(), |(notices, matters)| {
        round.set(round.get() + 1);
        put(&store, &notices, round.get());
        let ruling = |(matter, id)| PartyRuling { id, matter, author: "李".into(), reason: "无".into(), at: now() };
        let rulings: Vec<PartyRuling> = matters.into_iter().zip(1..).map(ruling).collect();
        let everybody = Parties::of(store.read(|r| r.mention_facts(None)).unwrap(), &rulings);
        let keys: Vec<MentionKey> = notices.iter().flatten().filter_map(mention_key).collect();
        for key in keys {
            let asked = |r: &Reader<'_>| r.facts_about(std::slice::from_ref(&key), &rulings);
            let few = Parties::of(store.read(asked).unwrap(), &rulings);
            prop_assert_eq!(few.party(&key), everybody.party(&key));
            prop_assert_eq!(few.group_of(&key), everybody.group_of(&key));
        }
        Ok(())
    });
    law.unwrap();
}
