//! What an audit finds, and what it must not accuse.

use tempfile::TempDir;
use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::change::Telling;
use tenderwatch::domain::money::Money;
use tenderwatch::domain::notice::{Lot, LotStatus, Notice, NoticeKind};
use tenderwatch::domain::organisation::Organisation;
use tenderwatch::domain::project::{ProjectId, Status};
use tenderwatch::figures::totals::{Contribution, FigureKind};
use tenderwatch::store::audit::{AuditReport, audit};
use tenderwatch::store::subscriptions::SubscriptionMemory;

use super::{
    Done, SOURCE, TOPIC, counted_as, counted_tender, delivery, digest, fresh, id, now, put, rich_project, row, settled,
    stamp, tender,
};

fn differences(report: &AuditReport) -> Vec<&str> {
    report.checks.iter().filter(|check| !check.agrees).map(|check| check.name.as_str()).collect()
}

/// Writes past the store, as a careless hand with another program would.
fn tamper(folder: &TempDir, sql: &str) {
    let connection = rusqlite::Connection::open(folder.path().join("tenderwatch.db")).unwrap();
    connection.execute_batch(sql).unwrap();
}

#[test]
fn an_audit_of_a_sound_history_agrees_without_asking_the_fold() {
    let (_folder, store) = fresh();
    store
        .write(|w| -> Done {
            counted_tender(w, "1", 1, 100)?;
            counted_tender(w, "2", 2, 200)?;
            w.sight(SOURCE, &[row("3", 3)], None, Telling::News, now())?;
            Ok(())
        })
        .unwrap();
    let report = audit(&store, |_| panic!("the columns tell it all")).unwrap();
    assert_eq!(differences(&report), [""; 0]);
    assert_eq!(report.differing, []);
    let sum =
        report.checks.iter().find(|check| check.name == "CNY budget of blockchain, recounted from notices").unwrap();
    assert_eq!((sum.kept.as_str(), sum.recounted.as_str()), ("300 CNY of 2", "300 CNY of 2"));
}

#[test]
fn an_audit_follows_a_project_through_correction_award_and_withdrawal() {
    let (_folder, store) = fresh();
    let lot = |label: &str, yuan: i64| Lot {
        label: Some(label.into()),
        status: LotStatus::Awarded,
        award: Amount::disclosed(Money::yuan(yuan), "table"),
        suppliers: vec![Organisation::named("某公司")],
        ..Lot::default()
    };
    let correction = Notice { kind: NoticeKind::Correction, ..tender("2", 2, 250) };
    let award = Notice {
        kind: NoticeKind::Award,
        budget: Amount::Undisclosed,
        award: Amount::disclosed(Money::yuan(230), "summary"),
        lots: vec![lot("1", 110), lot("2", 120)],
        ..tender("3", 3, 0)
    };
    let restated = Notice { lots: vec![lot("2", 100)], award: Amount::Undisclosed, ..award.clone() };
    let repeat = Notice { ..award.clone() };
    let withdrawn = Notice { lots: vec![lot("3", 999)], ..award.clone() };
    let sums = [
        (FigureKind::Budget, Some(Money::yuan(250))),
        (FigureKind::Award, Some(Money::yuan(210))),
        (FigureKind::TopicPart, Some(Money::yuan(210))),
    ];
    let counted =
        Contribution { year: 2019, month: 9, status: Status::Awarded, sums: sums.into(), ..Contribution::default() };
    store
        .write(|w| -> Done {
            let project = settled(w, "1", &tender("1", 1, 100))?;
            let more = [("2", &correction), ("3", &award), ("4", &restated), ("5", &repeat), ("6", &withdrawn)];
            for (native_id, notice) in more {
                let published_at = Some(stamp(native_id.parse().unwrap()));
                put(w, native_id, &Notice { published_at, ..notice.clone() }, None)?;
                w.link(&id(native_id), project, "same_number", "certain", now())?;
            }
            w.set_repeat(&id("5"), Some(&id("3")))?;
            w.mark_withdrawn(&id("6"), now())?;
            w.put_project(project, TOPIC, &rich_project(), Some(&counted))?;
            Ok(())
        })
        .unwrap();
    let report = audit(&store, |_| None).unwrap();
    assert_eq!(report.differing, []);
    assert_eq!(differences(&report), [""; 0]);
}

#[test]
fn an_audit_sees_a_total_that_was_touched() {
    let (folder, store) = fresh();
    store.write(|w| counted_tender(w, "1", 1, 100)).unwrap();
    tamper(&folder, "UPDATE total_sums SET sum = sum + 1 WHERE kind = 'budget'");
    let report = audit(&store, |_| None).unwrap();
    assert!(!report.agrees());
    let expected = [
        "CNY budget of blockchain, as its projects were counted, first differing in 2019-09",
        "CNY budget of blockchain, recounted from notices, first differing in 2019-09",
    ];
    assert_eq!(differences(&report), expected);
}

#[test]
fn a_project_that_its_columns_do_not_explain_is_listed_and_the_fold_decides() {
    let (_folder, store) = fresh();
    let project = store
        .write(|w| -> Done<ProjectId> {
            let project = settled(w, "1", &tender("1", 1, 100))?;
            w.put_project(project, TOPIC, &rich_project(), Some(&counted_as(150)))?;
            Ok(project)
        })
        .unwrap();
    let confirmed = audit(&store, |_| Some(counted_as(150))).unwrap();
    assert!(confirmed.agrees());
    assert_eq!(confirmed.differing[0].project, project);
    assert_eq!(confirmed.differing[0].recounted, Some(counted_as(100)));
    let refuted = audit(&store, |_| Some(counted_as(100))).unwrap();
    assert!(differences(&refuted).contains(&"projects counted for what their notices do not come to"));
    let gone = audit(&store, |_| None).unwrap();
    assert!(
        differences(&gone)
            .contains(&"projects with budget of blockchain, recounted from notices, first differing in 2019-09")
    );
}

#[test]
fn an_audit_sees_what_the_tables_cannot_forbid() {
    let (folder, store) = fresh();
    let memory = SubscriptionMemory { watermark: 9, ..SubscriptionMemory::default() };
    store
        .write(|w| -> Done {
            w.put_subscription_memory("daily", &memory)?;
            w.put_digest(&digest("g", "daily", 0), &[], &[delivery("d_1", "a@x", 1)])?;
            counted_tender(w, "1", 1, 100)?;
            Ok(())
        })
        .unwrap();
    tamper(
        &folder,
        "DROP TRIGGER bodies_are_not_deleted; PRAGMA foreign_keys = OFF; DELETE FROM bodies;
         UPDATE deliveries SET state = 'sent', sent_at = 1, next_at = NULL;
         INSERT INTO wishes (source, native_id, wish, telling, next_at) VALUES ('x', 'y', 'unread', 'news', 1);",
    );
    let report = audit(&store, |_| None).unwrap();
    let expected = [
        "guards of history",
        "rows that point at nothing",
        "watermarks beyond the last change",
        "deliveries sent without an accepted attempt",
        "wishes for pages that no listing showed",
        "versions of notices without their body",
    ];
    assert_eq!(differences(&report), expected);
}
