//! What the store promises: nothing is lost, nothing is counted twice, history only grows, a delivery keeps its id.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{date, datetime};
use tempfile::TempDir;
use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::change::{Change, ChangeKind, FieldChange, Telling};
use tenderwatch::domain::delivery::{Delivery, DeliveryId, Outcome};
use tenderwatch::domain::link;
use tenderwatch::domain::money::Money;
use tenderwatch::domain::notice::{
    Amendment, Candidate, Dates, Evidence, Item, Lot, LotStatus, Method, Notice, NoticeKind, Reference,
};
use tenderwatch::domain::organisation::Organisation;
use tenderwatch::domain::project::{NoticeId, Project, ProjectId, ProjectLot, Status};
use tenderwatch::domain::reading::{Problem, Row};
use tenderwatch::domain::region::{Region, RegionBy};
use tenderwatch::domain::retry::Next;
use tenderwatch::domain::source::{Baseline, Health, HostMemory, SourceMemory, Validators, Wish};
use tenderwatch::domain::stamp::Stamp;
use tenderwatch::domain::topic::{Relevance, TopicEvidence, Weight};
use tenderwatch::figures::totals::{Contribution, CountCell, FigureKind, SumCell, Tally, Totals, delta};
use tenderwatch::store::deliveries::{DigestRow, Kept, NewDelivery};
use tenderwatch::store::notices::{FreshNotice, Put};
use tenderwatch::store::subscriptions::SubscriptionMemory;
use tenderwatch::store::{Settings, Store, StoreError, Writer};

type Done<T = ()> = Result<T, StoreError>;

const SOURCE: &str = "ccgp";
const TOPIC: &str = "blockchain";

// --- sources

#[test]
fn a_source_never_polled_has_a_blank_memory() {
    let (_folder, store) = fresh();
    let memory = store.read(|r| r.source_memory("nobody")).unwrap();
    assert_eq!(memory, SourceMemory::default());
}

#[test]
fn a_source_and_its_hosts_are_remembered_in_every_state() {
    let (_folder, store) = fresh();
    let states =
        [Health::Well, Health::Ailing { since: now(), failures: 2 }, Health::Failing { since: now(), failures: 9 }];
    for health in states {
        let memory = SourceMemory {
            baseline: Baseline::Taken,
            health,
            next_due_at: Some(later(60)),
            healthy_at: Some(now()),
            whole_until: Some(date(2019, 9, 23)),
        };
        store.write(|w| w.put_source_memory(SOURCE, &memory)).unwrap();
        assert_eq!(store.read(|r| r.source_memory(SOURCE)).unwrap(), memory);
        assert_eq!(store.read(|r| r.sources()).unwrap(), [(SOURCE.to_owned(), memory)]);
    }
    let host = HostMemory {
        host: "search.ccgp.gov.cn".into(),
        day: date(2019, 9, 23),
        requests: 7,
        backoff_until: Some(later(10)),
        failures: 1,
        last_request_at: Some(now()),
    };
    store.write(|w| w.put_host_memory(std::slice::from_ref(&host))).unwrap();
    assert_eq!(store.read(|r| r.host_memory()).unwrap(), [host]);
    let validators =
        Validators { etag: Some("\"a\"".into()), last_modified: None, body_hash: Some("ff".into()), reader_version: 3 };
    store.write(|w| w.put_validators(SOURCE, "http://x/", &validators, now())).unwrap();
    assert_eq!(store.read(|r| r.validators(SOURCE, "http://x/")).unwrap(), Some(validators));
    assert_eq!(store.read(|r| r.validators(SOURCE, "http://y/")).unwrap(), None);
}

// --- bodies

#[test]
fn a_body_is_kept_once_per_content_and_comes_back_byte_by_byte() {
    let (_folder, store) = fresh();
    let body = "区块链".repeat(1000).into_bytes();
    let first = store.write(|w| w.keep_body(&body, now())).unwrap();
    let second = store.write(|w| w.keep_body(&body, later(5))).unwrap();
    assert_eq!(first, second);
    assert_eq!(store.read(|r| r.body(&first)).unwrap(), Some(body));
    assert_eq!(store.read(|r| r.counts()).unwrap().bodies, 1);
    assert_eq!(store.read(|r| r.body("00")).unwrap(), None);
}

// --- listings

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
    let window = Some((date(2019, 9, 1), date(2019, 9, 30)));
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
fn what_lies_outside_the_window_is_not_absent() {
    let (_folder, store) = fresh();
    store.write(|w| w.sight(SOURCE, &[row("1", 1)], None, Telling::News, now())).unwrap();
    let window = Some((date(2019, 9, 2), date(2019, 9, 30)));
    for round in 0..4 {
        assert_eq!(store.write(|w| w.sight(SOURCE, &[], window, Telling::News, later(round))).unwrap().lost, []);
    }
}

// --- notices

#[test]
fn everything_a_notice_says_comes_back() {
    let (_folder, store) = fresh();
    let notice = rich_notice();
    let problems = [Problem { field: "budget".into(), what: "unit".into(), passage: "1".into() }];
    let put = store.write(|w| {
        let body_hash = w.keep_body(b"page", now())?;
        let fresh = FreshNotice {
            notice: &notice,
            content_hash: "a",
            body_hash: &body_hash,
            reader_version: 4,
            problems: &problems,
            next_visit_at: None,
        };
        w.put_notice(&id("1"), &fresh, now())
    });
    assert_eq!(put.unwrap(), Put::New);
    let stored = store.read(|r| r.notice(&id("1"))).unwrap().unwrap();
    assert_eq!(stored.member.notice, notice);
    assert_eq!(stored.problems, problems);
    assert_eq!((stored.versions, stored.reader_version, stored.project), (1, 4, None));
    assert_eq!(store.read(|r| r.find_notices("1")).unwrap(), [id("1")]);
    assert_eq!(store.read(|r| r.counts()).unwrap().problems, 1);
}

#[test]
fn a_notice_read_again_keeps_one_version_and_a_changed_one_keeps_both() {
    let (_folder, store) = fresh();
    let (first, second) = (tender("1", 1, 100), tender("1", 1, 200));
    assert_eq!(store.write(|w| put(w, "1", &first, None)).unwrap(), Put::New);
    assert_eq!(store.write(|w| put(w, "1", &first, None)).unwrap(), Put::Same);
    assert_eq!(store.write(|w| put(w, "1", &second, None)).unwrap(), Put::Changed);
    assert_eq!(store.write(|w| put(w, "1", &first, None)).unwrap(), Put::Changed);
    let versions = store.read(|r| r.versions(&id("1"))).unwrap();
    let said: Vec<_> = versions.into_iter().map(|version| version.notice).collect();
    assert_eq!(said, [first.clone(), second, first]);
    assert_eq!(store.read(|r| r.notice(&id("1"))).unwrap().unwrap().versions, 3);
}

#[test]
fn a_notice_without_its_body_is_refused() {
    let (_folder, store) = fresh();
    let notice = tender("1", 1, 100);
    let fresh_notice = FreshNotice {
        notice: &notice,
        content_hash: "a",
        body_hash: "missing",
        reader_version: 1,
        problems: &[],
        next_visit_at: None,
    };
    let put: Done<Put> = store.write(|w| w.put_notice(&id("1"), &fresh_notice, now()));
    assert!(put.is_err());
    assert_eq!(store.read(|r| r.notice(&id("1"))).unwrap(), None);
}

#[test]
fn a_repeat_and_a_withdrawal_are_marked_and_unmarked() {
    let (_folder, store) = fresh();
    store.write(|w| put(w, "1", &tender("1", 1, 100), None)).unwrap();
    store.write(|w| put(w, "2", &tender("2", 1, 100), None)).unwrap();
    let project = store
        .write(|w| -> Done<ProjectId> {
            w.set_repeat(&id("2"), Some(&id("1")))?;
            let project = w.new_project(now())?;
            w.link(&id("2"), project, "repeat", "certain", now())?;
            Ok(project)
        })
        .unwrap();
    assert_eq!(store.write(|w| w.mark_withdrawn(&id("2"), now())).unwrap(), Some(project));
    assert_eq!(store.write(|w| w.mark_withdrawn(&id("2"), later(9))).unwrap(), Some(project));
    let member = store.read(|r| r.notice(&id("2"))).unwrap().unwrap().member;
    assert_eq!((member.repeat_of, member.withdrawn_at), (Some(id("1")), Some(now())));
    store.write(|w| w.mark_present(&id("2"))).unwrap();
    store.write(|w| w.set_repeat(&id("2"), None)).unwrap();
    let member = store.read(|r| r.notice(&id("2"))).unwrap().unwrap().member;
    assert_eq!((member.repeat_of, member.withdrawn_at), (None, None));
    assert_eq!(store.write(|w| w.mark_withdrawn(&id("never read"), now())).unwrap(), None);
}

// --- projects

#[test]
fn candidates_share_a_number_or_a_title_within_a_buyer() {
    let (_folder, store) = fresh();
    let one = Notice { project_title: Some("平台".into()), ..tender("1", 1, 100) };
    let elsewhere = Notice { buyers: vec![Organisation::named("别处")], ..tender("2", 1, 100) };
    let nameless = Notice { buyers: vec![], title: "无主".into(), ..tender("3", 1, 100) };
    let projects: Vec<_> = [("1", &one), ("2", &elsewhere), ("3", &nameless)]
        .map(|(native_id, notice)| store.write(|w| settled(w, native_id, notice)).unwrap())
        .into();
    let found = |notice: &Notice| -> Vec<ProjectId> {
        let candidates = store.read(|r| r.candidates(&link::keys(notice))).unwrap();
        candidates.into_iter().map(|candidate| candidate.project).collect()
    };
    assert_eq!(found(&tender("9", 5, 1)), [projects[0], projects[2]], "the same number within the buyer, or of nobody");
    assert_eq!(found(&nameless), projects, "a notice without buyer asks by number alone");
    let by_title = Notice { project_numbers: vec![], project_title: Some("平台".into()), ..tender("9", 5, 1) };
    assert_eq!(found(&by_title), [projects[0]]);
    let stranger = Notice { project_numbers: vec!["Z".into()], title: "别的".into(), ..tender("9", 5, 1) };
    assert_eq!(found(&stranger), []);
}

#[test]
fn everything_a_project_comes_to_comes_back() {
    let (_folder, store) = fresh();
    let project = rich_project();
    let id = store.write(|w| -> Done<ProjectId> {
        let id = w.new_project(now())?;
        w.put_project(id, TOPIC, &project, None)?;
        Ok(id)
    });
    let id = id.unwrap();
    assert_eq!(store.read(|r| r.project(id)).unwrap(), Some(project.clone()));
    assert_eq!(store.read(|r| r.projects(TOPIC, 10, 0)).unwrap(), [(id, project)]);
    assert_eq!(store.read(|r| r.projects(TOPIC, 10, 1)).unwrap(), []);
    assert_eq!(store.read(|r| r.counts()).unwrap().relevant_projects, 1);
}

#[test]
fn a_deadline_closes_within_its_window_only() {
    let (_folder, store) = fresh();
    let deadline = Stamp::china(datetime(2019, 9, 25, 9, 30, 0, 0)).unwrap();
    let project = Project { deadline_at: Some(deadline), status: Status::Tendering, ..rich_project() };
    let notice = tender("1", 1, 100);
    let project_id = store.write(|w| settled(w, "1", &notice)).unwrap();
    store.write(|w| w.put_project(project_id, TOPIC, &project, None)).unwrap();
    let closing = store.read(|r| r.closing(TOPIC, deadline.at, later(1_000_000))).unwrap();
    assert_eq!(closing.len(), 1);
    assert_eq!((closing[0].project, closing[0].deadline_at), (project_id, deadline));
    assert_eq!(closing[0].url, notice.url);
    assert_eq!(store.read(|r| r.closing(TOPIC, now(), deadline.at)).unwrap(), []);
    assert_eq!(store.read(|r| r.closing("other", now(), later(1_000_000))).unwrap(), []);
}

// --- totals

#[test]
fn totals_move_by_the_difference_and_twice_is_once() {
    let (_folder, store) = fresh();
    let project = rich_project();
    let first = contribution(2019, 9, Status::Tendering, Some(100));
    let second = contribution(2019, 8, Status::Awarded, None);
    let id = store.write(|w| w.new_project(now())).unwrap();
    let put = |contribution: Option<&Contribution>| -> Totals {
        store.write(|w| w.put_project(id, TOPIC, &project, contribution)).unwrap()
    };
    assert_eq!(put(Some(&first)), delta(None, Some(&first)));
    assert_eq!(put(Some(&first)), Totals::default());
    assert_eq!(store.read(|r| r.totals(TOPIC)).unwrap(), delta(None, Some(&first)));
    assert_eq!(put(Some(&second)), delta(Some(&first), Some(&second)));
    assert_eq!(store.read(|r| r.totals(TOPIC)).unwrap(), delta(None, Some(&second)));
    assert_eq!(put(None), delta(Some(&second), None));
    assert_eq!(store.read(|r| r.totals(TOPIC)).unwrap(), Totals::default());
}

#[test]
fn a_project_that_changes_its_topic_leaves_one_and_enters_the_other() {
    let (_folder, store) = fresh();
    let counted = contribution(2019, 9, Status::Tendering, Some(100));
    let id = store.write(|w| w.new_project(now())).unwrap();
    store.write(|w| w.put_project(id, TOPIC, &rich_project(), Some(&counted))).unwrap();
    store.write(|w| w.put_project(id, "other", &rich_project(), Some(&counted))).unwrap();
    assert_eq!(store.read(|r| r.totals(TOPIC)).unwrap(), Totals::default());
    assert_eq!(store.read(|r| r.totals("other")).unwrap(), delta(None, Some(&counted)));
}

#[test]
fn a_sum_that_does_not_fit_is_refused_and_the_totals_stay() {
    let (_folder, store) = fresh();
    let huge = Contribution {
        sums: [(FigureKind::Budget, Some(Money::cny(i64::MAX)))].into(),
        ..contribution(2019, 9, Status::Tendering, None)
    };
    let count = |huge: &Contribution| -> Done<Totals> {
        store.write(|w| {
            let id = w.new_project(now())?;
            w.put_project(id, TOPIC, &rich_project(), Some(huge))
        })
    };
    count(&huge).unwrap();
    let before = store.read(|r| r.totals(TOPIC)).unwrap();
    assert!(count(&huge).is_err());
    assert_eq!(store.read(|r| r.totals(TOPIC)).unwrap(), before);
}

#[test]
fn merged_projects_are_counted_once_and_found_under_either_number() {
    let (_folder, store) = fresh();
    let counted = contribution(2019, 9, Status::Tendering, Some(100));
    let (one, two) = store
        .write(|w| -> Done<_> {
            let (one, two) = (settled(w, "1", &tender("1", 1, 100))?, settled(w, "2", &tender("2", 2, 100))?);
            w.put_project(one, TOPIC, &rich_project(), Some(&counted))?;
            w.put_project(two, TOPIC, &rich_project(), Some(&counted))?;
            Ok((one, two))
        })
        .unwrap();
    let moved = store.write(|w| w.merge_projects(one, &[one, two], later(1))).unwrap();
    assert_eq!(moved, delta(Some(&counted), None));
    assert_eq!(store.read(|r| r.totals(TOPIC)).unwrap(), delta(None, Some(&counted)));
    assert_eq!(store.read(|r| r.members(one)).unwrap().len(), 2);
    assert_eq!(store.read(|r| r.current_project(two)).unwrap(), Some(one));
    assert_eq!(store.read(|r| r.project(two)).unwrap(), Some(rich_project()));
    let put: Done<Totals> = store.write(|w| w.put_project(two, TOPIC, &rich_project(), Some(&counted)));
    assert!(matches!(put, Err(StoreError::Unknown { .. })), "a merged project is counted no more");
    let three = store.write(|w| w.new_project(now())).unwrap();
    store.write(|w| w.merge_projects(three, &[one], later(2))).unwrap();
    assert_eq!(store.read(|r| r.current_project(two)).unwrap(), Some(three), "merges of merges lead to the end");
    let back: Done<Totals> = store.write(|w| w.merge_projects(one, &[three], later(3)));
    assert!(back.is_err(), "nothing is merged into what is no more");
}

// --- changes and subscriptions

#[test]
fn changes_come_back_in_the_order_they_were_settled() {
    let (_folder, store) = fresh();
    let project = store.write(|w| settled(w, "1", &tender("1", 1, 100))).unwrap();
    let full = Change {
        kind: ChangeKind::Corrected,
        project: Some(project),
        notice: Some(id("1")),
        source: Some(SOURCE.into()),
        topic: Some(TOPIC.into()),
        fields: vec![FieldChange { field: "deadline".into(), old: None, new: Some("2019-09-01 09:30".into()) }],
        reason: "更正".into(),
        published_at: Some(stamp(1)),
        seen_at: now(),
        telling: Telling::News,
    };
    let trouble = Change {
        kind: ChangeKind::SourceFailing,
        project: None,
        notice: None,
        topic: None,
        fields: vec![],
        published_at: None,
        telling: Telling::Baseline,
        ..full.clone()
    };
    assert_eq!(store.read(|r| r.last_seq()).unwrap(), 0);
    let places = store.write(|w| w.append_changes(&[full.clone(), trouble.clone()])).unwrap();
    let stored = store.read(|r| r.changes_after(0, 10)).unwrap();
    assert_eq!(stored.iter().map(|stored| stored.seq).collect::<Vec<_>>(), places);
    assert_eq!(stored.iter().map(|stored| stored.change.clone()).collect::<Vec<_>>(), [full, trouble]);
    assert_eq!(store.read(|r| r.changes_after(places[0], 10)).unwrap().len(), 1);
    assert_eq!(store.read(|r| r.changes_of(project)).unwrap().len(), 1);
    assert_eq!(store.read(|r| r.last_seq()).unwrap(), places[1]);
}

#[test]
fn a_subscription_is_remembered_with_its_totals() {
    let (_folder, store) = fresh();
    assert_eq!(store.read(|r| r.subscription_memory("daily")).unwrap(), None);
    let totals_then = Some(delta(None, Some(&contribution(2019, 9, Status::Awarded, Some(5)))));
    let memory =
        SubscriptionMemory { watermark: 3, next_due_at: Some(later(1)), last_digest_at: Some(now()), totals_then };
    store.write(|w| w.put_subscription_memory("daily", &memory)).unwrap();
    assert_eq!(store.read(|r| r.subscription_memory("daily")).unwrap(), Some(memory));
}

#[test]
fn what_a_subscription_was_told_of_is_known_also_after_a_merge() {
    let (_folder, store) = fresh();
    let (one, two) = (store.write(|w| w.new_project(now())).unwrap(), store.write(|w| w.new_project(now())).unwrap());
    let seqs = store.write(|w| w.append_changes(&[change_of(two)])).unwrap();
    store.write(|w| w.put_digest(&digest("g", "daily", seqs[0]), &[(seqs[0], Some(two))], &[])).unwrap();
    assert_eq!(store.read(|r| r.told_at("daily", two)).unwrap(), Some(now()));
    assert_eq!(store.read(|r| r.told_at("daily", one)).unwrap(), None);
    assert_eq!(store.read(|r| r.told_at("other", two)).unwrap(), None);
    store.write(|w| w.merge_projects(one, &[two], now())).unwrap();
    assert_eq!(store.read(|r| r.told_at("daily", one)).unwrap(), Some(now()));
}

// --- deliveries

#[test]
fn a_digest_composed_twice_is_kept_once() {
    let (_folder, store) = fresh();
    let compose =
        || store.write(|w| w.put_digest(&digest("g", "daily", 0), &[], &[delivery("d_1", "a@x", 1)])).unwrap();
    assert_eq!((compose(), compose()), (Kept::New, Kept::Known));
    assert_eq!(store.read(|r| r.deliveries(10)).unwrap().len(), 1);
    assert_eq!(store.read(|r| r.digest("g")).unwrap(), Some(digest("g", "daily", 0)));
}

#[test]
fn a_receiver_gets_one_delivery_per_part_of_a_digest() {
    let (_folder, store) = fresh();
    let twice = [delivery("d_1", "a@x", 1), delivery("d_2", "a@x", 1)];
    let put: Done<Kept> = store.write(|w| w.put_digest(&digest("g", "daily", 0), &[], &twice));
    assert!(put.is_err());
    assert_eq!(store.read(|r| r.digest("g")).unwrap(), None, "the whole digest is refused");
    let parts = [delivery("d_1", "a@x", 1), delivery("d_2", "a@x", 2), delivery("d_3", "b@x", 1)];
    store.write(|w| w.put_digest(&digest("g", "daily", 0), &[], &parts)).unwrap();
    let claimed = store.write(|w| w.claim_deliveries(now(), later(60), 10, &[])).unwrap();
    let ids: Vec<_> = claimed.iter().map(|claimed| claimed.id.0.as_str()).collect();
    assert_eq!(ids, ["d_1", "d_2", "d_3"]);
}

#[test]
fn a_claimed_delivery_is_not_claimed_again_before_its_claim_expires() {
    let (_folder, store) = waiting(&[delivery("d_1", "a@x", 1)]);
    let claim = |at: Timestamp| store.write(|w| w.claim_deliveries(at, at + Duration::from_secs(60), 10, &[])).unwrap();
    let first = claim(now());
    assert_eq!((first[0].payload.as_slice(), first[0].attempts), (b"bytes".as_slice(), 0));
    assert_eq!(claim(later(59)), []);
    assert_eq!(store.read(|r| r.next_delivery_at()).unwrap(), Some(later(60)));
    assert_eq!(claim(later(60)), first, "the process died: the same bytes under the same id");
}

#[test]
fn an_expired_claim_can_be_shown_as_waiting_again() {
    let (_folder, store) = waiting(&[delivery("d_1", "a@x", 1)]);
    store.write(|w| w.claim_deliveries(now(), later(60), 10, &[])).unwrap();
    assert_eq!(store.write(|w| w.release_claims(later(59))).unwrap(), 0);
    assert_eq!(store.write(|w| w.release_claims(later(60))).unwrap(), 1);
    let row = store.read(|r| r.delivery(&DeliveryId("d_1".into()))).unwrap().unwrap();
    assert_eq!(row.state, Delivery::Waiting { next_at: later(60) });
}

#[test]
fn held_channels_and_the_limit_are_respected() {
    let on = |channel: &str, id: &str| NewDelivery { channel: channel.into(), ..delivery(id, id, 1) };
    let (_folder, store) = waiting(&[on("mail", "d_1"), on("chat", "d_2"), on("chat", "d_3")]);
    let held = ["mail".to_owned()];
    assert_eq!(store.read(|r| r.next_delivery_besides(&held)).unwrap(), Some(now()));
    let claimed = store.write(|w| w.claim_deliveries(now(), later(60), 1, &held)).unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].channel, "chat");
    let all = ["mail".to_owned(), "chat".to_owned()];
    assert_eq!(store.read(|r| r.next_delivery_besides(&all)).unwrap(), None);
}

#[test]
fn every_outcome_is_recorded_and_an_accepted_delivery_stays_accepted() {
    let (_folder, store) = waiting(&[delivery("d_1", "a@x", 1)]);
    let id = DeliveryId("d_1".into());
    let record =
        |outcome: &Outcome, next: Option<&Next>, at| store.write(|w| w.record_attempt(&id, outcome, next, at)).unwrap();
    let state = || store.read(|r| r.delivery(&id)).unwrap().unwrap().state;
    let busy = Outcome::Later { why: "451".into(), retry_after: Some(Duration::from_secs(5)) };
    store.write(|w| w.claim_deliveries(now(), later(60), 1, &[])).unwrap();
    record(&busy, Some(&Next::At(later(5))), later(1));
    assert_eq!(state(), Delivery::Waiting { next_at: later(5) });
    let gone = Outcome::Refused { why: "550".into() };
    record(&gone, Some(&Next::GiveUp { why: "550".into() }), later(6));
    assert_eq!(state(), Delivery::GivenUp { at: later(6), why: "550".into() });
    record(&Outcome::Accepted, None, later(7));
    assert_eq!(state(), Delivery::Sent { at: later(7) });
    record(&Outcome::Ambiguous { why: "reset".into() }, Some(&Next::At(later(9))), later(8));
    assert_eq!(state(), Delivery::Sent { at: later(7) });
    let attempts = store.read(|r| r.attempts(&id)).unwrap();
    let outcomes: Vec<_> = attempts.iter().map(|attempt| attempt.outcome.as_str()).collect();
    assert_eq!(outcomes, ["later", "refused", "accepted", "ambiguous"]);
    let counts = store.read(|r| r.delivery_counts()).unwrap();
    assert_eq!((counts[0].channel.as_str(), counts[0].state.as_str(), counts[0].count), ("mail", "sent", 1));
    assert_eq!(store.read(|r| r.payload(&id)).unwrap().as_deref(), Some(b"bytes".as_slice()));
    let unknown: Done = store.write(|w| w.record_attempt(&DeliveryId("d_9".into()), &Outcome::Accepted, None, now()));
    assert!(matches!(unknown, Err(StoreError::Unknown { .. })));
}

// --- the two doors

#[test]
fn an_error_keeps_nothing_and_says_what_it_was() {
    let (_folder, store) = fresh();
    let failed: Done = store.write(|w| {
        w.append_changes(&[change_of_nothing()])?;
        Err(StoreError::Unknown { what: "a test".into() })
    });
    assert_eq!(failed.unwrap_err().to_string(), "a test is not in the database");
    assert_eq!(store.read(|r| r.last_seq()).unwrap(), 0);
}

#[test]
fn a_panic_keeps_nothing_and_the_next_write_works() {
    let (_folder, store) = fresh();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.write(|w| -> Done {
            w.append_changes(&[change_of_nothing()])?;
            panic!("a test");
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(store.read(|r| r.last_seq()).unwrap(), 0);
    store.write(|w| w.append_changes(&[change_of_nothing()])).unwrap();
    assert_eq!(store.read(|r| r.last_seq()).unwrap(), 1);
}

#[test]
fn a_reader_sees_one_moment_while_a_writer_goes_on() {
    let (_folder, store) = fresh();
    store
        .read(|r| -> Done {
            assert_eq!(r.last_seq()?, 0);
            store.write(|w| w.append_changes(&[change_of_nothing()]))?;
            assert_eq!(r.last_seq()?, 0, "the snapshot of this read");
            assert_eq!(store.read(|r| r.last_seq())?, 1, "the snapshot of a later one");
            Ok(())
        })
        .unwrap();
}

#[test]
fn readers_of_many_threads_do_not_wait_for_each_other() {
    let (_folder, store) = fresh();
    let gate = std::sync::Barrier::new(12);
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                store.read(|r| -> Done<i64> {
                    gate.wait();
                    r.last_seq()
                })
            });
        }
    });
}

// --- what the tests speak of

fn now() -> Timestamp {
    "2019-09-23T08:00:00Z".parse().unwrap()
}

fn later(seconds: i64) -> Timestamp {
    now() + jiff::SignedDuration::from_secs(seconds)
}

fn stamp(day: i8) -> Stamp {
    Stamp::china(datetime(2019, 9, day, 17, 20, 0, 0)).unwrap()
}

fn id(native_id: &str) -> NoticeId {
    NoticeId { source: SOURCE.into(), native_id: native_id.into() }
}

fn fresh() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Settings { path: folder.path().join("tenderwatch.db") }, now()).unwrap();
    (folder, store)
}

fn waiting(deliveries: &[NewDelivery]) -> (TempDir, Store) {
    let (folder, store) = fresh();
    store.write(|w| w.put_digest(&digest("g", "daily", 0), &[], deliveries)).unwrap();
    (folder, store)
}

fn row(native_id: &str, day: i8) -> Row {
    Row {
        native_id: Some(native_id.into()),
        url: Some(format!("http://www.ccgp.gov.cn/{native_id}.htm")),
        title: format!("公告{native_id}"),
        published_at: Some(stamp(day)),
        ..Row::default()
    }
}

fn tender(native_id: &str, day: i8, yuan: i64) -> Notice {
    Notice {
        native_id: Some(native_id.into()),
        url: Some(format!("http://www.ccgp.gov.cn/{native_id}.htm")),
        kind: NoticeKind::Tender,
        title: "区块链平台招标公告".into(),
        published_at: Some(stamp(day)),
        buyers: vec![Organisation::named("某局")],
        project_numbers: vec!["A-1".into()],
        budget: Amount::disclosed(Money::yuan(yuan), "summary"),
        award: Amount::NotApplicable,
        relevance: Relevance { weight: Weight::Subject, evidence: vec![] },
        ..Notice::default()
    }
}

fn put(w: &Writer<'_>, native_id: &str, notice: &Notice, next_visit_at: Option<Timestamp>) -> Done<Put> {
    let body_hash = w.keep_body(notice.title.as_bytes(), now())?;
    let content_hash = format!("{:?}", notice.budget);
    let fresh = FreshNotice {
        notice,
        content_hash: &content_hash,
        body_hash: &body_hash,
        reader_version: 1,
        problems: &[],
        next_visit_at,
    };
    w.put_notice(&id(native_id), &fresh, now())
}

fn settled(w: &Writer<'_>, native_id: &str, notice: &Notice) -> Done<ProjectId> {
    put(w, native_id, notice, None)?;
    let project = w.new_project(now())?;
    w.link(&id(native_id), project, "new", "certain", now())?;
    Ok(project)
}

fn contribution(year: i16, month: i8, status: Status, budget_yuan: Option<i64>) -> Contribution {
    Contribution { year, month, status, sums: [(FigureKind::Budget, budget_yuan.map(Money::yuan))].into() }
}

fn digest(id: &str, subscription: &str, to_seq: i64) -> DigestRow {
    DigestRow {
        id: id.into(),
        subscription: subscription.into(),
        composed_at: now(),
        from_seq: 0,
        to_seq,
        message_json: "{}".into(),
    }
}

fn delivery(id: &str, receiver: &str, part: u32) -> NewDelivery {
    NewDelivery {
        id: DeliveryId(id.into()),
        channel: "mail".into(),
        receiver: receiver.into(),
        part,
        payload: b"bytes".to_vec(),
    }
}

fn change_of_nothing() -> Change {
    Change {
        kind: ChangeKind::SourceSilent,
        project: None,
        notice: None,
        source: Some(SOURCE.into()),
        topic: None,
        fields: vec![],
        reason: "silent".into(),
        published_at: None,
        seen_at: now(),
        telling: Telling::News,
    }
}

fn change_of(project: ProjectId) -> Change {
    Change { kind: ChangeKind::TenderPublished, project: Some(project), ..change_of_nothing() }
}

/// Every field filled, every state of an amount present.
fn rich_notice() -> Notice {
    let organisation = Organisation {
        name: "某公司".into(),
        credit_code: Some("91350100M000100Y43".into()),
        address: Some("福州".into()),
    };
    let claim = tenderwatch::domain::amount::Claim { money: Money::yuan(3), place: "body".into() };
    let lot = Lot {
        label: Some("1".into()),
        title: Some("包一".into()),
        status: LotStatus::Awarded,
        budget: Amount::Zero,
        award: Amount::Conflict(vec![claim]),
        suppliers: vec![organisation.clone()],
        joint: true,
    };
    Notice {
        native_id: Some("1".into()),
        revision_id: Some("r".into()),
        url: Some("http://x/1".into()),
        section: Some("dfgg/zbgg".into()),
        kind: NoticeKind::Award,
        title: "中标公告".into(),
        published_at: Some(stamp(3)),
        buyers: vec![organisation.clone()],
        agency: Some(organisation.clone()),
        region: Region { text: Some("福州市".into()), province: Some("350000".into()), by: Some(RegionBy::Field) },
        project_numbers: vec!["A-1".into()],
        project_title: Some("平台".into()),
        method: Some(Method::Open),
        items_path: Some("服务/软件".into()),
        budget: Amount::disclosed(Money::cny(9_999_999_990), "summary"),
        ceiling: Amount::Unparsed { text: "若干".into() },
        award: Amount::Undisclosed,
        contract: Amount::NotApplicable,
        lots: vec![lot],
        items: vec![Item {
            name: "软件".into(),
            lot: Some("1".into()),
            total: Amount::disclosed(Money::yuan(2), "table"),
        }],
        candidates: vec![Candidate { supplier: organisation, lot: None, rank: Some(1) }],
        amendments: vec![Amendment { item: "时间".into(), before: Some("a".into()), after: None }],
        refers_to: vec![Reference {
            project_number: Some("A-1".into()),
            title: Some("原".into()),
            url: Some("http://x/0".into()),
            published_on: Some(date(2019, 9, 1)),
        }],
        dates: Dates {
            opens_on: Some(date(2019, 9, 2)),
            deadline_at: Some(stamp(4)),
            awarded_on: Some(date(2019, 9, 3)),
            corrected_on: None,
        },
        attachments: vec!["附件.pdf".into()],
        relevance: Relevance {
            weight: Weight::Item,
            evidence: vec![TopicEvidence {
                term: "区块链".into(), field: "items".into(), sentence: "区块链。".into()
            }],
        },
        evidence: [("award".to_owned(), Evidence { rule: "lots".into(), passage: "元".into() })].into(),
        text: "正文".into(),
    }
}

fn rich_project() -> Project {
    let notice = rich_notice();
    Project {
        title: "平台".into(),
        buyers: notice.buyers.clone(),
        region: notice.region.clone(),
        numbers: vec!["A1".into()],
        method: notice.method,
        status: Status::Awarded,
        first_on: Some(date(2019, 9, 3)),
        latest_at: Some(stamp(5)),
        deadline_at: None,
        budget: notice.budget.clone(),
        ceiling: notice.ceiling.clone(),
        award: notice.lots[0].award.clone(),
        contract: Amount::Undisclosed,
        topic_part: Amount::disclosed(Money::yuan(7), "items"),
        weight: Weight::Item,
        lots: vec![ProjectLot {
            label: Some("1".into()),
            title: None,
            status: LotStatus::Awarded,
            award: Amount::Undisclosed,
            suppliers: notice.buyers,
            joint: false,
        }],
        rounds: 2,
        notices: 3,
    }
}

#[test]
fn a_cell_of_zero_is_absent() {
    let counted = contribution(2019, 9, Status::Tendering, Some(0));
    let (_folder, store) = fresh();
    let id = store.write(|w| w.new_project(now())).unwrap();
    store.write(|w| w.put_project(id, TOPIC, &rich_project(), Some(&counted))).unwrap();
    let cell =
        SumCell { kind: FigureKind::Budget, currency: tenderwatch::domain::money::Currency::CNY, year: 2019, month: 9 };
    let totals = store.read(|r| r.totals(TOPIC)).unwrap();
    assert_eq!(totals.sums[&cell], Tally { sum: 0, disclosed: 1 }, "disclosed as nothing is not undisclosed");
    assert_eq!(totals.counts[&CountCell::Of(FigureKind::Budget, 2019, 9)], 1);
    store.write(|w| w.put_project(id, TOPIC, &rich_project(), None)).unwrap();
    assert_eq!(store.read(|r| r.totals(TOPIC)).unwrap(), Totals::default());
}
