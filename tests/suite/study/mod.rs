//! The study of 2019 on its fixture: the pages as the ordinary reader reads them, and what their notices come to. The fixture is a
//! reconstruction and proves nothing about anybody; its README says so.

mod pages;

pub(crate) mod begun;

mod projects;

mod report;

mod united_states;

mod figures;

mod history;

mod parties;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::Deserialize;
use tenderwatch::domain::money::Money;
use tenderwatch::domain::notice::Notice;
use tenderwatch::domain::topic::Topic;
use tenderwatch::sources::{self, Dialect};

/// The fixture's folder.
pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/study-2019")
}

pub(super) fn text(file: &str) -> String {
    std::fs::read_to_string(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// A page in `pages.csv`: where it is, and what a right reading says of it. Sums are yuan, or a state's word.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Page {
    pub(crate) file: String,
    pub(super) native_id: String,
    pub(super) url: String,
    pub(crate) published_at: String,
    pub(super) project: String,
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) buyer: String,
    pub(super) number: String,
    pub(super) region: String,
    pub(super) budget: String,
    pub(super) award: String,
    pub(super) contract: String,
    pub(super) winners: String,
    pub(super) repeat: String,
}

pub(crate) fn pages() -> Vec<Page> {
    csv::Reader::from_path(folder().join("pages.csv")).unwrap().deserialize().map(Result::unwrap).collect()
}

/// A project in `ledger.toml`.
#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) role: String,
    pub(super) status: String,
    pub(super) level: String,
    #[serde(default)]
    pub(super) zone: String,
    pub(super) category: String,
    pub(super) topic: String,
    pub(super) budget: String,
    pub(super) award: String,
    pub(super) topic_part: String,
    #[serde(default)]
    pub(super) facts: Vec<u32>,
    #[serde(default)]
    pub(super) items: Vec<(String, String)>,
    #[serde(default)]
    pub(super) lot: Vec<LotEntry>,
    pub(super) notice: Vec<NoticeEntry>,
}

/// A lot of it, as its result must leave it.
#[derive(Debug, Deserialize)]
pub(super) struct LotEntry {
    pub(super) label: Option<String>,
    pub(super) award: String,
    #[serde(default)]
    pub(super) suppliers: Vec<(String, String)>,
    #[serde(default)]
    pub(super) joint: bool,
    pub(super) failed: Option<String>,
}

/// A notice of it, as far as `pages.csv` does not say it.
#[derive(Debug, Deserialize)]
pub(super) struct NoticeEntry {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) amend: Vec<[String; 3]>,
}

#[derive(Deserialize)]
struct Ledger {
    project: Vec<Entry>,
}

/// The ledger's projects by key.
pub(super) fn ledger() -> BTreeMap<String, Entry> {
    let ledger: Ledger = toml::from_str(&text("ledger.toml")).unwrap();
    ledger.project.into_iter().map(|entry| (entry.key.clone(), entry)).collect()
}

/// A page's text as the ordinary walk reads it: with its address, and with the region that the listing prints beside it.
pub(super) fn read(page: &Page, html: &str, zone: &str) -> Notice {
    let mut reading = Dialect::Ccgp.read(html, Some(&page.url));
    assert_eq!(reading.notices.len(), 1, "{}", page.file);
    let mut notice = reading.notices.remove(0);
    sources::complete(&mut notice, Some(zone).filter(|zone| !zone.is_empty()), &Topic::blockchain());
    notice
}

/// Every page with its notice; read once.
pub(super) fn readings() -> &'static [(Page, Notice)] {
    static READINGS: LazyLock<Vec<(Page, Notice)>> = LazyLock::new(|| {
        let ledger = ledger();
        let with_notice = |page: Page| {
            let notice = read(&page, &text(&page.file), &ledger[&page.project].zone);
            (page, notice)
        };
        pages().into_iter().map(with_notice).collect()
    });
    &READINGS
}

/// A sum of the manifest: yuan with two decimals or four, nothing for a state's word.
pub(super) fn yuan(printed: &str) -> Option<Money> {
    let (whole, cents) = printed.split_once('.')?;
    let digits = format!("{whole}{cents:0<4}");
    Some(Money::cny(digits.parse().ok()?))
}
