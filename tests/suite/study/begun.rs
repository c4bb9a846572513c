//! The fixture as a history, begun once through the program itself: saved pages, the list of filings, the groups.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::{folder, text};
use crate::receivers;

/// A configuration with nothing but the study's source; nothing is fetched.
const CONFIG: &str = "contact = \"ops@example.org\"\ndata_dir = \"data\"\n\n[topics.blockchain]\nterms = [\"区块链\", \"blockchain\"]\n\n\
                      [sources.ccgp]\ndialect = \"ccgp\"\ntopic = \"blockchain\"\nsince = \"2016-12-12\"\n";

/// The study's window.
pub(crate) const WINDOW: [&str; 5] = ["report", "--from", "2016-12-12", "--to", "2019-09-24"];

pub(crate) fn verb(dir: &Path, words: &[&str]) -> String {
    let config = dir.join("tenderwatch.toml");
    let output = receivers::program().current_dir(dir).arg("--config").arg(config).args(words).output().unwrap();
    receivers::printed(output)
}

/// A history of the saved pages that are wanted.
pub(crate) fn history(dir: &Path, is_wanted: impl Fn(&str) -> bool) {
    std::fs::write(dir.join("tenderwatch.toml"), CONFIG).unwrap();
    let saved = text("saved.csv");
    let rows = saved
        .lines()
        .enumerate()
        .filter(|(place, row)| *place == 0 || is_wanted(row))
        .map(|(place, row)| if place == 0 { row.to_owned() } else { format!("{}/{row}", folder().display()) });
    std::fs::write(dir.join("saved.csv"), rows.collect::<Vec<_>>().join("\n")).unwrap();
    verb(dir, &["source", "backfill", "ccgp", "saved.csv"]);
}

/// The list of filings, and who belongs to whose group.
fn filings(dir: &Path) {
    let list = folder().join("filings.csv");
    verb(dir, &["import", "filings", list.to_str().unwrap()]);
    for row in text("groups.csv").lines().skip(1) {
        let [parent, affiliate, by] = row.splitn(3, ',').collect::<Vec<_>>()[..] else { panic!("{row}") };
        let words = ["correct", "party", affiliate, "--affiliate-of", parent, "--author", "test", "--reason", by];
        verb(dir, &words);
    }
}

/// The whole study, once: its folder is kept for as long as the tests run.
pub(crate) fn begun() -> &'static Path {
    static BEGUN: LazyLock<PathBuf> = LazyLock::new(|| {
        let dir = tempfile::tempdir().unwrap().keep();
        history(&dir, |_| true);
        filings(&dir);
        dir
    });
    &BEGUN
}
