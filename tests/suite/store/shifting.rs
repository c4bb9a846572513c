//! What is settled as news is told as a shift where it shifts who wins, and as a record where it breaks one; what is found at the
//! first look is not. Told in words of both languages.

use std::collections::BTreeSet;

use jiff::civil::date;
use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::change::{Change, ChangeKind, Telling};
use tenderwatch::domain::digest::{Digest, Item, Occasion};
use tenderwatch::domain::money::Money;
use tenderwatch::domain::notice::{Lot, LotStatus, Notice, NoticeKind};
use tenderwatch::domain::organisation::Organisation;
use tenderwatch::domain::stamp::Stamp;
use tenderwatch::domain::subscription::{Frequency, Language};
use tenderwatch::domain::topic::{Relevance, Weight};
use tenderwatch::figures::shifts::Thresholds;
use tenderwatch::jobs::settle::{Arrival, settle_watching};
use tenderwatch::store::Store;
use tenderwatch::telling::{Templates, render};

use super::{TOPIC, fresh, id, now};

/// An award by the one buyer, of one lot.
fn award(number: u32, (year, month): (i16, i8), units: i64, suppliers: &[&str]) -> Notice {
    let lot = Lot {
        status: LotStatus::Awarded,
        award: Amount::disclosed(Money::yuan(units), "table"),
        suppliers: suppliers.iter().copied().map(Organisation::named).collect(),
        joint: suppliers.len() > 1,
        ..Lot::default()
    };
    Notice {
        kind: NoticeKind::Award,
        title: format!("某市数据局区块链平台{number}期中标公告"),
        project_title: Some(format!("区块链平台{number}期")),
        published_at: Stamp::china(date(year, month, 1).at(9, 0, 0, 0)),
        buyers: vec![Organisation::named("某市数据局")],
        project_numbers: vec![format!("SJJ{year}{number:08}")],
        budget: Amount::disclosed(Money::yuan(units), "table"),
        award: lot.award.clone(),
        lots: vec![lot],
        relevance: Relevance { weight: Weight::Subject, evidence: vec![] },
        ..Notice::default()
    }
}

fn settle(store: &Store, number: u32, notice: Notice, telling: Telling) -> Vec<Change> {
    let before = store.read(|r| r.last_seq()).unwrap();
    store
        .write(|w| -> anyhow::Result<_> {
            let body_hash = w.keep_body(notice.title.as_bytes(), now())?;
            let arrival = Arrival {
                id: id(&number.to_string()),
                notice,
                problems: &[],
                body_hash: &body_hash,
                reader_version: 1,
                topic: TOPIC,
                telling,
                revisit: &[],
                milestones: &[],
            };
            settle_watching(w, &arrival, Some(&Thresholds::default()), now())
        })
        .unwrap();
    let changes = store.read(|r| r.changes_after(before, 100)).unwrap();
    changes.into_iter().map(|stored| stored.change).collect()
}

/// The shifts by name with what was and what is.
fn shifts(changes: &[Change]) -> Vec<(String, Option<String>, Option<String>)> {
    let shifted: Vec<&Change> = changes.iter().filter(|change| change.kind == ChangeKind::Shifted).collect();
    assert!(shifted.len() <= 1, "one award is one piece of news: {shifted:?}");
    let fields = shifted.into_iter().flat_map(|change| &change.fields).filter(|field| field.field != "supplier");
    fields.map(|field| (field.field.clone(), field.old.clone(), field.new.clone())).collect()
}

#[test]
fn news_of_an_award_tells_what_it_shifts_and_what_it_breaks() {
    let (_folder, store) = fresh();
    let first = settle(&store, 1, award(1, (2017, 1), 100, &["老公司"]), Telling::Baseline);
    let second = settle(&store, 2, award(2, (2017, 6), 200, &["老公司"]), Telling::Baseline);
    assert!(shifts(&first).is_empty() && shifts(&second).is_empty(), "the first look is silent");

    let third = settle(&store, 3, award(3, (2018, 6), 150, &["新公司"]), Telling::News);
    assert_eq!(
        shifts(&third),
        [
            ("first_win".to_owned(), None, Some("2018-06-01".to_owned())),
            ("incumbent_displaced".to_owned(), Some("老公司".to_owned()), Some("新公司".to_owned())),
        ]
    );
    assert!(third.iter().all(|change| change.kind != ChangeKind::RecordBroken));

    let fourth = settle(&store, 4, award(4, (2019, 7), 900, &["老公司", "新公司"]), Telling::News);
    let names: Vec<String> = shifts(&fourth).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names.iter().map(String::as_str).collect::<BTreeSet<_>>(), BTreeSet::from(["return", "new_joint_bid"]));
    let records: Vec<&Change> = fourth.iter().filter(|change| change.kind == ChangeKind::RecordBroken).collect();
    assert_eq!((records.len(), records[0].fields.len()), (1, 2), "the budget's and the topic part's");
    assert_eq!(records[0].fields[0].old.as_deref(), Some("¥200"));

    let again = settle(
        &store,
        4,
        Notice {
            text: "同一结果，正文有改动".into(), ..award(4, (2019, 7), 900, &["老公司", "新公司"])
        },
        Telling::News,
    );
    assert!(shifts(&again).is_empty(), "what was told once is not told again: {again:?}");
    assert!(again.iter().all(|change| change.kind != ChangeKind::RecordBroken));
}

#[test]
fn a_digest_says_it_in_a_sentence() {
    let (_folder, store) = fresh();
    settle(&store, 1, award(1, (2017, 1), 100, &["老公司"]), Telling::Baseline);
    settle(&store, 2, award(2, (2017, 6), 200, &["老公司"]), Telling::Baseline);
    settle(&store, 3, award(3, (2018, 6), 150, &["新公司"]), Telling::News);
    let stored = store.read(|r| r.changes_after(0, 100)).unwrap();
    let shifted = stored.into_iter().filter(|stored| stored.change.kind == ChangeKind::Shifted);
    let project = |stored: &tenderwatch::domain::change::StoredChange| {
        let id = stored.change.project.unwrap();
        store.read(|r| r.project(id)).unwrap().map(|project| (id, project))
    };
    let items: Vec<Item> = shifted
        .map(|stored| Item { project: project(&stored), notice_title: None, url: None, told_at: None, stored })
        .collect();
    let said = |language| {
        let digest = Digest {
            charts: Vec::new(),
            id: "g".into(),
            subscription: "chat".into(),
            topic: TOPIC.into(),
            language,
            frequency: Frequency::Immediate,
            composed_at: now(),
            day: date(2018, 6, 2),
            items: items.clone(),
            figures: vec![],
            counts: vec![],
            closing: vec![],
            sources: vec![],
            occasion: Occasion::News,
            latest: vec![],
            near_misses: vec![],
            base_url: None,
        };
        render(&Templates::built_in().unwrap(), &digest).unwrap().text
    };
    let chinese = said(Language::Zh);
    assert!(chinese.contains("中标格局变化") && chinese.contains("有记录以来首次中标"), "{chinese}");
    assert!(chinese.contains("该采购人此前连续由老公司中标，本次改由新公司中标"), "{chinese}");
    assert!(chinese.contains("新公司：有记录以来首次中标"), "{chinese}");
    let english = said(Language::En);
    assert!(english.contains("First win on record"), "{english}");
    assert!(english.contains("This buyer's last awards all went to 老公司; this one goes to 新公司"), "{english}");
}
