//! What a listing brings, what is wanted because of it, and what is lost.

use jiff::civil::date;
use tenderwatch::domain::change::Telling;
use tenderwatch::domain::reading::Row;
use tenderwatch::domain::source::Wish;
use tenderwatch::store::listings::Window;

use super::{SOURCE, fresh, id, later, now, put, row, stamp, tender};

#[test]
fn unread_pages_come_first_the_oldest_published_first() {
    let (_folder, store) = fresh();
    let rows = [row("3", 3), row("1", 1), row("2", 2)];
    let sighted = store.write(|w| w.sight(SOURCE, &rows, None, Telling::News, now())).unwrap();
    assert_eq!((sighted.new, sighted.known), (3, 0));
    store.write(|w| put(w, "1", &tender("1", 1, 100), Some(later(10)))).unwrap();
    let ids = |at| -> Vec<String> {
        store.read(|r| r.wanted(SOURCE, at, 10)).unwrap().into_iter().map(|wanted| wanted.native_id).collect()
    };
    assert_eq!(ids(now()), ["2", "3"]);
    assert_eq!(ids(later(10)), ["2", "3", "1"]);
    assert_eq!(store.read(|r| r.wanted_count(SOURCE)).unwrap(), 2);
    assert_eq!(store.read(|r| r.wanted(SOURCE, later(10), 1)).unwrap().len(), 1);
    let wanted = store.read(|r| r.wanted(SOURCE, later(10), 3)).unwrap();
    assert_eq!(wanted[2].wish, Wish::Revisit);
    assert_eq!(wanted[0].published_at, Some(stamp(2)));
}

#[test]
fn news_is_read_before_a_backlog_of_years() {
    let (_folder, store) = fresh();
    store.write(|w| w.sight(SOURCE, &[row("1", 1), row("2", 2)], None, Telling::Baseline, now())).unwrap();
    store.write(|w| w.sight(SOURCE, &[row("9", 9), row("8", 8)], None, Telling::News, later(1))).unwrap();
    let wanted = store.read(|r| r.wanted(SOURCE, later(1), 9)).unwrap();
    let ids: Vec<&str> = wanted.iter().map(|wanted| wanted.native_id.as_str()).collect();
    assert_eq!(ids, ["8", "9", "1", "2"]);
}

#[test]
fn a_page_that_failed_waits() {
    let (_folder, store) = fresh();
    store.write(|w| w.sight(SOURCE, &[row("1", 1)], None, Telling::Baseline, now())).unwrap();
    store.write(|w| w.page_failed(SOURCE, "1", now(), later(30))).unwrap();
    assert_eq!(store.read(|r| r.wanted(SOURCE, later(29), 9)).unwrap(), []);
    assert_eq!(store.read(|r| r.next_wanted_at(SOURCE)).unwrap(), Some(later(30)));
    let wanted = store.read(|r| r.wanted(SOURCE, later(30), 9)).unwrap();
    assert_eq!((wanted[0].failures, wanted[0].telling), (1, Telling::Baseline));
}

#[test]
fn a_changed_row_wishes_a_revisit_and_a_row_that_is_only_shorter_does_not() {
    let (_folder, store) = fresh();
    let full = Row { buyer: Some("某局".into()), snippet: Some("一".into()), ..row("1", 1) };
    store.write(|w| w.sight(SOURCE, std::slice::from_ref(&full), None, Telling::Baseline, now())).unwrap();
    store.write(|w| put(w, "1", &tender("1", 1, 100), None)).unwrap();
    let shorter = Row { snippet: Some("二".into()), ..row("1", 1) };
    store.write(|w| w.sight(SOURCE, &[shorter], None, Telling::News, later(1))).unwrap();
    assert_eq!(store.read(|r| r.wanted(SOURCE, later(1), 9)).unwrap(), []);
    let changed = Row { buyer: Some("另一局".into()), ..full };
    store.write(|w| w.sight(SOURCE, &[changed], None, Telling::News, later(2))).unwrap();
    let wanted = store.read(|r| r.wanted(SOURCE, later(2), 9)).unwrap();
    assert_eq!((wanted[0].wish, wanted[0].telling), (Wish::Revisit, Telling::News));
}

#[test]
fn a_page_that_was_read_changes_as_news_also_under_another_terms_first_look() {
    let (_folder, store) = fresh();
    let full = Row { buyer: Some("某局".into()), ..row("1", 1) };
    store.write(|w| w.sight(SOURCE, std::slice::from_ref(&full), None, Telling::News, now())).unwrap();
    store.write(|w| put(w, "1", &tender("1", 1, 100), None)).unwrap();
    let changed = Row { buyer: Some("另一局".into()), ..full };
    store.write(|w| w.sight(SOURCE, &[changed], None, Telling::Baseline, later(2))).unwrap();
    let wanted = store.read(|r| r.wanted(SOURCE, later(2), 9)).unwrap();
    assert_eq!((wanted[0].wish, wanted[0].telling), (Wish::Revisit, Telling::News));
    store.write(|w| w.sight(SOURCE, &[row("2", 2)], None, Telling::Baseline, later(2))).unwrap();
    store.write(|w| w.page_unchanged(SOURCE, "2", Some(later(5)))).unwrap();
    let wanted = store.read(|r| r.wanted(SOURCE, later(5), 9)).unwrap();
    assert!(wanted.iter().all(|page| page.wish == Wish::Revisit && page.telling == Telling::News), "{wanted:?}");
}

#[test]
fn a_row_with_neither_key_nor_address_is_counted_and_not_wished_for() {
    let (_folder, store) = fresh();
    let nameless = Row { title: "无".into(), ..Row::default() };
    let sighted = store.write(|w| w.sight(SOURCE, &[nameless], None, Telling::News, now())).unwrap();
    assert_eq!((sighted.unaddressed, sighted.new), (1, 0));
}

#[test]
fn absence_from_a_partial_page_is_not_withdrawal() {
    let (_folder, store) = fresh();
    store.write(|w| w.sight(SOURCE, &[row("1", 1)], None, Telling::News, now())).unwrap();
    for round in 0..5 {
        let sighted = store.write(|w| w.sight(SOURCE, &[], None, Telling::News, later(round))).unwrap();
        assert_eq!(sighted.lost, []);
    }
}

#[test]
fn a_notice_is_lost_once_at_the_third_whole_listing_without_it() {
    let (_folder, store) = fresh();
    let window = Some(Window { from: date(2019, 9, 1), to: date(2019, 9, 30), searched_since: now() });
    let see =
        |rows: &[Row], round| store.write(|w| w.sight(SOURCE, rows, window, Telling::News, later(round))).unwrap();
    see(&[row("1", 1), row("2", 2)], 0);
    assert_eq!(see(&[row("1", 1)], 1).lost, []);
    assert_eq!(see(&[row("1", 1)], 2).lost, []);
    assert_eq!(see(&[row("1", 1), row("2", 2)], 3).lost, [], "it came back: counted from the start again");
    assert_eq!(see(&[row("1", 1)], 4).lost, []);
    assert_eq!(see(&[row("1", 1)], 5).lost, []);
    assert_eq!(see(&[row("1", 1)], 6).lost, [id("2")]);
    assert_eq!(see(&[row("1", 1)], 7).lost, [], "it is told once");
    assert_eq!(see(&[row("1", 1), row("2", 2)], 8).back, [id("2")]);
    assert_eq!(see(&[row("1", 1)], 9).lost, []);
}

#[test]
fn what_only_an_earlier_search_showed_is_not_missing_from_another() {
    let (_folder, store) = fresh();
    store.write(|w| w.sight(SOURCE, &[row("1", 1), row("2", 2)], None, Telling::News, now())).unwrap();
    let window = Some(Window { from: date(2019, 9, 1), to: date(2019, 9, 30), searched_since: later(1) });
    let mut lost = Vec::new();
    for round in 1..6 {
        let rows = if round < 2 { vec![row("2", 2)] } else { Vec::new() };
        lost.extend(store.write(|w| w.sight(SOURCE, &rows, window, Telling::News, later(round))).unwrap().lost);
    }
    assert_eq!(lost, [id("2")], "1 was listed for a term that is no longer searched for");
}

#[test]
fn what_lies_outside_the_window_is_not_absent() {
    let (_folder, store) = fresh();
    store.write(|w| w.sight(SOURCE, &[row("1", 1)], None, Telling::News, now())).unwrap();
    let window = Some(Window { from: date(2019, 9, 2), to: date(2019, 9, 30), searched_since: now() });
    for round in 0..4 {
        assert_eq!(store.write(|w| w.sight(SOURCE, &[], window, Telling::News, later(round))).unwrap().lost, []);
    }
}
