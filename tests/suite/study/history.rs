//! The study's pages through the program itself: saved listings and pages become a history, whose totals are the study's, and which
//! its own audit finds sound.

use std::path::Path;

use tenderwatch::domain::money::{Currency, Money};
use tenderwatch::figures::totals::{FigureKind, Totals};
use tenderwatch::store::{Settings, Store};

use super::folder;
use crate::receivers;

/// A configuration with nothing but the study's source; nothing is fetched.
const CONFIG: &str = "contact = \"ops@example.org\"\ndata_dir = \"data\"\n\n[topics.blockchain]\nterms = [\"区块链\", \"blockchain\"]\n\n\
                      [sources.ccgp]\ndialect = \"ccgp\"\ntopic = \"blockchain\"\nsince = \"2016-12-12\"\n";

fn totals(dir: &Path) -> Totals {
    let now = "2019-09-24T15:00:00Z".parse().unwrap();
    let store = Store::open(&Settings { path: dir.join("data/tenderwatch.db") }, now).unwrap();
    store.read(|r| r.totals("blockchain")).unwrap()
}

fn verb(dir: &Path, words: &[&str]) -> String {
    let config = dir.join("tenderwatch.toml");
    let output = receivers::program().current_dir(dir).arg("--config").arg(config).args(words).output().unwrap();
    receivers::printed(output)
}

#[test]
fn the_program_makes_a_history_of_the_saved_pages_that_comes_to_the_studys_totals() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path();
    std::fs::write(dir.join("tenderwatch.toml"), CONFIG).unwrap();
    let saved = folder().join("saved.csv");
    let said = verb(dir, &["source", "backfill", "ccgp", saved.to_str().unwrap()]);
    assert!(said.contains("8 listings") && said.contains("154 notices new"), "{said}");
    let first = totals(dir);
    for (kind, sum, disclosed, of) in [
        (FigureKind::Budget, 190_000_000, 38, 57),
        (FigureKind::Award, 130_000_000, 32, 48),
        (FigureKind::TopicPart, 52_000_000, 36, 57),
    ] {
        let tally = first.sum(kind, Currency::CNY);
        assert_eq!(
            (Money::cny(tally.sum), tally.disclosed, first.of(kind)),
            (Money::yuan(sum), disclosed, of),
            "{kind:?}"
        );
    }
    verb(dir, &["audit"]);
    let again = verb(dir, &["source", "backfill", "ccgp", saved.to_str().unwrap()]);
    assert!(again.contains("(0 notices new, 0 changed)"), "{again}");
    assert_eq!(totals(dir), first);
}
