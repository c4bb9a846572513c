//! Everything a notice says comes back; every version is kept.

use tenderwatch::domain::project::ProjectId;
use tenderwatch::domain::reading::Problem;
use tenderwatch::store::notices::{FreshNotice, Put};

use super::{Done, fresh, id, later, now, put, rich_notice, tender};

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
