//! Rereading and filling a history from saved pages: a trial changes nothing, what is applied comes to the same figures as a
//! history that was read so from the start, and nobody is told unless asked.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use tenderwatch::demo::story;
use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::change::Telling;
use tenderwatch::domain::money::Money;
use tenderwatch::domain::notice::NoticeKind;
use tenderwatch::domain::project::NoticeId;
use tenderwatch::figures::totals::Totals;
use tenderwatch::jobs::settle::{self, Arrival};
use tenderwatch::store::{Settings, Store, StoreError};

use crate::once::begun;
use crate::receivers;

fn store(dir: &Path) -> Store {
    Store::open(&Settings { path: dir.join("data/tenderwatch.db") }, story::start()).unwrap()
}

fn ids(store: &Store) -> Vec<NoticeId> {
    store.read(|r| r.notices_after(None, 10_000)).unwrap()
}

fn totals(store: &Store) -> Totals {
    store.read(|r| r.totals("blockchain")).unwrap()
}

fn news(store: &Store) -> usize {
    let changes = store.read(|r| r.changes_after(0, 10_000)).unwrap();
    changes.iter().filter(|stored| stored.change.telling == Telling::News).count()
}

/// As if an earlier reader had read every tender's budget as one yuan.
fn misread(store: &Store) -> u64 {
    let mut misread = 0;
    for id in ids(store) {
        let stored = store.read(|r| r.notice(&id)).unwrap().unwrap();
        let mut notice = stored.member.notice;
        if notice.kind != NoticeKind::Tender || notice.budget.money().is_none() {
            continue;
        }
        notice.budget = Amount::disclosed(Money::yuan(1), "an earlier reader");
        let arrival = Arrival {
            id,
            notice,
            problems: &[],
            body_hash: &stored.body_hash,
            reader_version: 0,
            topic: "blockchain",
            telling: Telling::Baseline,
            revisit: &[],
            milestones: &[],
        };
        store.write(|w| settle::settle(w, &arrival, story::start())).unwrap();
        misread += 1;
    }
    misread
}

fn reread(dir: &Path, more: &[&str]) -> Value {
    let arguments: Vec<&str> = ["reread", "--json"].iter().chain(more).copied().collect();
    serde_json::from_str(&receivers::printed(receivers::verb(dir, &arguments))).unwrap()
}

#[test]
fn rereading_shows_first_then_mends_and_tells_nobody_unless_asked() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    begun(dir);
    let history = store(dir);
    let (right, told) = (totals(&history), news(&history));
    let misread = misread(&history);
    let wrong = totals(&history);
    assert!(misread > 5 && wrong != right, "{misread}");
    drop(history);

    let trial = reread(dir, &[]);
    assert_eq!((trial["applied"].as_bool(), trial["fields"]["budget"].as_u64()), (Some(false), Some(misread)));
    let moved = trial["figures"]["blockchain"].as_array().unwrap();
    assert!(moved.iter().any(|line| line["figure"] == "budget CNY"), "{moved:?}");
    assert_eq!(totals(&store(dir)), wrong, "a trial changes nothing");

    assert_eq!(reread(dir, &["--apply"])["figures"], trial["figures"], "what was shown is what is done");
    assert_eq!(totals(&store(dir)), right);
    assert_eq!(news(&store(dir)), told, "nobody is told");
    assert_eq!(
        reread(dir, &["--apply"])["otherwise"].as_array().map(Vec::len),
        Some(0),
        "doing it twice changes nothing"
    );
    receivers::printed(receivers::verb(dir, &["audit"]));

    self::misread(&store(dir));
    reread(dir, &["--apply", "--tell"]);
    assert!(news(&store(dir)) > told, "told where asked");
}

#[test]
fn a_history_filled_from_saved_pages_comes_to_the_same_figures() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    begun(dir);
    let history = store(dir);
    let mut pages = "file,url,remark\n".to_owned();
    std::fs::create_dir(dir.join("saved")).unwrap();
    for (place, id) in ids(&history).into_iter().enumerate() {
        let stored = history.read(|r| r.notice(&id)).unwrap().unwrap();
        let body = history.read(|r| r.body(&stored.body_hash)).unwrap().unwrap();
        std::fs::write(dir.join(format!("saved/{place}.html")), body).unwrap();
        writeln!(pages, "{place}.html,{},as found", stored.member.notice.url.unwrap()).unwrap();
    }
    std::fs::write(dir.join("saved/pages.csv"), &pages).unwrap();
    let right = totals(&history);
    drop(history);
    std::fs::rename(dir.join("data"), dir.join("old")).unwrap();

    let fill = || {
        receivers::printed(receivers::verb(
            dir,
            &["source", "backfill", "replica", dir.join("saved/pages.csv").to_str().unwrap()],
        ))
    };
    assert!(fill().contains("0 listings"));
    let counted = |store: &Store| -> Result<_, StoreError> { store.read(|r| r.counts()) };
    let (first, filled) = (counted(&store(dir)).unwrap(), totals(&store(dir)));
    assert_eq!(filled, right);
    assert!(fill().contains("(0 notices new, 0 changed)"), "doing it twice changes nothing");
    assert_eq!(counted(&store(dir)).unwrap(), first);
    assert_eq!(news(&store(dir)), 0, "nobody is told");

    std::fs::write(dir.join("saved/pages.csv"), "file,url\n0.html,not an address\n").unwrap();
    let refused =
        receivers::verb(dir, &["source", "backfill", "replica", dir.join("saved/pages.csv").to_str().unwrap()]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("pages.csv:2: not an address"), "{said}");
}

/// Who looks waits for nobody: a rereading on trial holds the writer for as long as it takes.
#[test]
fn looking_verbs_work_while_another_writes() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    begun(dir);
    let history = store(dir);
    let shown = history.write(|w| -> Result<_, StoreError> {
        w.keep_body("the writer is held".as_bytes(), story::start())?;
        let started = std::time::Instant::now();
        Ok((receivers::verb(dir, &["project", "show", "1"]), started.elapsed()))
    });
    let (shown, took) = shown.unwrap();
    receivers::printed(shown);
    assert!(took < std::time::Duration::from_secs(3), "{took:?}");
}
