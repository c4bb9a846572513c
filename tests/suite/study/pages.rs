//! The 154 pages and their listings, each field of each reading held against what the ledger says was printed.

use std::collections::BTreeSet;

use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::notice::{LotStatus, Notice, NoticeKind};
use tenderwatch::domain::{names, number};
use tenderwatch::sources::{self, Dialect};

use super::{Entry, Page, folder, ledger, pages, readings, text, yuan};

/// Whether an amount is the sum, or has the state, that the ledger names.
fn is(amount: &Amount, expected: &str) -> bool {
    match yuan(expected) {
        Some(money) => amount.money() == Some(money),
        None => amount.state() == expected,
    }
}

fn said(amount: &Amount) -> String {
    amount.money().map_or_else(|| amount.state().to_owned(), |money| money.decimal())
}

/// Every field of a reading that is not as expected.
fn differences(page: &Page, notice: &Notice) -> Vec<String> {
    let mut found = Vec::new();
    let mut hold = |field: &str, expected: &str, got: String| {
        if expected != got {
            found.push(format!("{} {field}: expected {expected}, read {got}", page.file));
        }
    };
    hold("kind", &page.kind, notice.kind.word().to_owned());
    hold("title", &page.title, notice.title.clone());
    hold("url", &page.url, notice.url.clone().unwrap_or_default());
    hold("native_id", &page.native_id, notice.native_id.clone().unwrap_or_default());
    hold("published_at", &page.published_at, notice.published_at.map(|stamp| stamp.iso()).unwrap_or_default());
    hold("buyers", &page.buyer, notice.buyers.iter().map(|buyer| buyer.name.as_str()).collect::<Vec<_>>().join("、"));
    hold("region", &page.region, notice.region.text.clone().unwrap_or_default());
    let numbers: BTreeSet<String> = notice.project_numbers.iter().map(|text| number::key(text)).collect();
    hold("number", &number::key(&page.number), numbers.into_iter().collect::<Vec<_>>().join(" "));
    let winners = notice.lots.iter().flat_map(|lot| &lot.suppliers).map(|supplier| supplier.name.as_str());
    hold("winners", &page.winners, winners.collect::<Vec<_>>().join("|"));
    for (field, expected, amount) in [
        ("budget", &page.budget, &notice.budget),
        ("award", &page.award, &notice.award),
        ("contract", &page.contract, &notice.contract),
    ] {
        if !is(amount, expected) {
            found.push(format!("{} {field}: expected {expected}, read {}", page.file, said(amount)));
        }
    }
    found
}

/// What the lots, items and amendments of a reading say otherwise than the ledger.
fn inner_differences(entry: &Entry, page: &Page, notice: &Notice) -> Vec<String> {
    let mut found = Vec::new();
    if notice.kind == NoticeKind::Award {
        let expected: Vec<_> =
            entry.lot.iter().map(|lot| (lot.failed.is_some(), lot.joint, lot.suppliers.len())).collect();
        let got: Vec<_> =
            notice.lots.iter().map(|lot| (lot.status == LotStatus::Failed, lot.joint, lot.suppliers.len())).collect();
        let sums = entry.lot.iter().zip(&notice.lots).all(|(lot, read)| is(&read.award, &lot.award));
        let labels =
            entry.lot.len() == 1 || entry.lot.iter().zip(&notice.lots).all(|(lot, read)| lot.label == read.label);
        if expected != got || !sums || !labels {
            found.push(format!("{} lots: expected {:?}, read {:?}", page.file, entry.lot, notice.lots));
        }
    }
    if matches!(notice.kind, NoticeKind::Award | NoticeKind::Tender) {
        let same = entry.items.len() == notice.items.len()
            && entry
                .items
                .iter()
                .zip(&notice.items)
                .all(|((name, total), item)| *name == item.name && is(&item.total, total));
        if !same {
            found.push(format!("{} items: expected {:?}, read {:?}", page.file, entry.items, notice.items));
        }
    }
    let printed = entry.notice.iter().find(|known| known.id.to_string() == page.native_id).unwrap();
    let amended: Vec<[String; 3]> = notice
        .amendments
        .iter()
        .map(|line| {
            [line.item.clone(), line.before.clone().unwrap_or_default(), line.after.clone().unwrap_or_default()]
        })
        .collect();
    if amended != printed.amend {
        found.push(format!("{} amendments: expected {:?}, read {amended:?}", page.file, printed.amend));
    }
    found
}

#[test]
fn every_page_reads_as_the_ledger_says() {
    let ledger = ledger();
    let read = readings();
    assert_eq!(read.len(), 154);
    let wrong: Vec<String> = read
        .iter()
        .flat_map(|(page, notice)| {
            let inner = inner_differences(&ledger[&page.project], page, notice);
            differences(page, notice).into_iter().chain(inner).collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn places_of_winners_are_read_where_they_are_printed() {
    let ledger = ledger();
    for (page, notice) in readings().iter().filter(|(page, _)| page.kind == "award") {
        let entry = &ledger[&page.project];
        // One cell of two addresses belongs to two bidders: whose is whose is not asked here.
        for (lot, read) in entry.lot.iter().zip(&notice.lots).filter(|(lot, _)| !lot.joint) {
            let printed = lot.suppliers.iter().map(|(_, place)| place.as_str());
            let got = read.suppliers.iter().map(|supplier| supplier.address.as_deref().unwrap_or_default());
            assert!(printed.eq(got), "{}: {:?}", page.file, read.suppliers);
        }
    }
}

#[test]
fn listings_hold_every_page_once_newest_first() {
    let mut rows = Vec::new();
    for at in 1..=8 {
        let file = format!("listings/page-{at}.html");
        let url = format!("http://search.ccgp.gov.cn/bxsearch?page_index={at}");
        let reading = sources::read_saved(Dialect::Ccgp, &text(&file), Some(&url));
        assert_eq!(reading.problems, [], "{file}");
        let listing = reading.listing.unwrap();
        assert_eq!((listing.total, listing.page, listing.pages), (Some(154), at, Some(8)), "{file}");
        assert_eq!(listing.rows.len(), if at < 8 { 20 } else { 14 }, "{file}");
        rows.extend(listing.rows);
    }
    assert!(rows.is_sorted_by(|newer, older| newer.published_at.map(|at| at.at) >= older.published_at.map(|at| at.at)));
    let ledger = ledger();
    for (row, page) in rows.iter().zip(pages()) {
        assert_eq!(row.native_id.as_deref(), Some(page.native_id.as_str()));
        assert_eq!(row.url.as_deref(), Some(page.url.as_str()));
        assert_eq!(names::squeezed(&row.title), names::squeezed(&page.title));
        assert_eq!(row.buyer.as_deref(), Some(page.buyer.as_str()));
        assert_eq!(row.zone.as_deref().unwrap_or_default(), ledger[&page.project].zone);
        assert_eq!(row.published_at.map(|at| at.iso()).as_deref(), Some(page.published_at.as_str()));
    }
}

#[test]
fn every_page_says_that_it_is_a_reconstruction_and_names_no_one_real_without_a_fact() {
    let ledger = ledger();
    for (page, notice) in readings() {
        let html = text(&page.file);
        assert!(html.contains(r#"<meta name="tenderwatch:reconstruction""#), "{}", page.file);
        assert!(notice.text.contains("重构页"), "{}", page.file);
        let entry = &ledger[&page.project];
        if entry.facts.is_empty() {
            assert!(page.buyer.contains("示例"), "{}: {}", page.file, page.buyer);
            let suppliers = entry.lot.iter().flat_map(|lot| &lot.suppliers);
            for (name, _) in suppliers {
                assert!(["虚构", "样例"].iter().any(|mark| name.contains(mark)), "{}: {name}", page.file);
            }
        } else {
            // What the article does not tell is not filled in.
            assert_eq!(entry.notice.len(), 1, "{}", entry.key);
            assert_eq!(
                entry.award,
                if entry.lot.is_empty() { "not_applicable" } else { "undisclosed" },
                "{}",
                entry.key
            );
            assert!(entry.budget == "undisclosed" || entry.key == "tsinghua", "{}", entry.key);
            assert_eq!(page.number, "", "{}", entry.key);
        }
    }
    let stray = std::fs::read_dir(folder().join("pages")).unwrap().count();
    assert_eq!(stray, 154);
}
