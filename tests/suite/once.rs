//! `run --once` where nothing answers: it ends soon, says which source and what failed, with exit code 3, and keeps all it knew.

use std::path::Path;
use std::time::{Duration, Instant};

use tenderwatch::app;
use tenderwatch::demo::stage::Stage;
use tenderwatch::demo::{self, story};
use tenderwatch::store::{Counts, Settings, Store};

use crate::receivers;

/// Longer than any timeout of one request, and shorter than a person's patience.
const SOON: Duration = Duration::from_mins(1);

/// A history with the baseline of the story in it.
pub(crate) fn begun(dir: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let stage = Stage::open(dir).unwrap();
        let rooms = app::open(demo::configuration(&stage).unwrap(), stage.clock.clone()).unwrap();
        let polled = app::once(&rooms).await.unwrap();
        assert!(polled.iter().all(|(_, polled)| polled.whole), "{polled:?}");
        stage.close().await;
    });
}

fn counts(dir: &Path) -> Counts {
    let settings = Settings { path: dir.join("data/tenderwatch.db") };
    Store::open(&settings, story::start()).unwrap().read(|r| r.counts()).unwrap()
}

/// The demo's configuration with the search elsewhere, on a host that is the operator's own.
fn elsewhere(dir: &Path, search: &str) -> std::path::PathBuf {
    let text = std::fs::read_to_string(dir.join("tenderwatch.toml")).unwrap();
    let host = search.trim_start_matches("http://").split('/').next().unwrap();
    let line = |line: &str| {
        if line.starts_with("search = ") {
            format!("search = \"{search}\"\n")
        } else if line.starts_with("[fetch.hosts.") {
            format!("[fetch.hosts.\"{host}\"]\n")
        } else {
            format!("{line}\n")
        }
    };
    let path = dir.join("elsewhere.toml");
    std::fs::write(&path, text.lines().map(line).collect::<String>()).unwrap();
    path
}

#[test]
fn once_where_nothing_answers_ends_soon_says_so_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    begun(dir);
    let before = counts(dir);
    assert!(before.notices > 30 && before.changes > 30, "{before:?}");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let searches = [
        (format!("http://{closed}/bxsearch"), "127.0.0.1"),
        ("http://search.invalid/bxsearch".to_owned(), "search.invalid"),
        ("http://search.ccgp.gov.cn/bxsearch".to_owned(), "search.ccgp.gov.cn"),
    ];
    for (search, host) in &searches {
        let config = elsewhere(dir, search);
        let started = Instant::now();
        let clock = dir.join("clock");
        let output =
            receivers::program().arg("--config").arg(config).arg("--clock").arg(clock).args(["run", "--once"]).output();
        let output = output.unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{search}: {said}");
        assert!(started.elapsed() < SOON, "{search} took {:?}", started.elapsed());
        let line = said.lines().find(|line| line.starts_with("tenderwatch: replica: ")).unwrap_or_default();
        assert!(line.contains(host) && line.contains("unreachable"), "{search}: {said}");
        assert!(said.contains("replica was not read whole; what is known is kept"), "{said}");
        assert_eq!(counts(dir), before, "{search}");
    }
    receivers::printed(receivers::verb(dir, &["audit"]));
}
