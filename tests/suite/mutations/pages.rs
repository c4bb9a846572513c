//! The pages that are mutated: real ones kept outside the project, the same framed from data, and our own fixtures. What each
//! says is what it reads as unharmed; that this is the truth, `captures` and `sources` hold.

use std::path::Path;

use serde_json::Value;
use tenderwatch::domain::notice::Notice;
use tenderwatch::domain::reading::{Problem, Reading};
use tenderwatch::sources::{Dialect, read_saved};

use crate::captures::file;
use crate::captures::notices::{page_of_twenty, pages_of_168};
use crate::captures::truths::PAGES;

/// A page and what it says.
pub(super) struct Page {
    pub(super) name: String,
    pub(super) html: String,
    pub(super) url: Option<String>,
    pub(super) notice: Notice,
}

impl Page {
    fn new(name: String, html: String, url: Option<String>) -> Self {
        let (notice, _) = read(&html, url.as_deref()).unwrap_or_else(|| panic!("{name} is no notice"));
        Self { name, html, url, notice }
    }
}

/// The first notice of a page and the problems beside it, where the page is still one.
pub(super) fn read(html: &str, url: Option<&str>) -> Option<(Notice, Vec<Problem>)> {
    let Reading { notices, problems, .. } = read_saved(Dialect::Ccgp, html, url);
    notices.into_iter().next().map(|notice| (notice, problems))
}

/// Every page, in groups that are drawn from alike.
pub(super) fn groups() -> [Vec<Page>; 4] {
    let whole = PAGES.iter().map(|truth| Page::new(truth.page.to_owned(), file(truth.page), None)).collect();
    [whole, twenty(), tenders(), fixtures()]
}

fn twenty() -> Vec<Page> {
    let rows: Vec<Value> = serde_json::from_str(&file("notices20_2026-05-15.json")).unwrap();
    let page = |(at, row): (usize, &Value)| {
        let (html, url) = page_of_twenty(row);
        Page::new(format!("20/{at}"), html, Some(url))
    };
    rows.iter().enumerate().map(page).collect()
}

fn tenders() -> Vec<Page> {
    let mut out: Vec<Page> = Vec::new();
    for (at, printed) in pages_of_168().into_iter().enumerate() {
        if out.iter().all(|page| page.html != printed.html) {
            out.push(Page::new(format!("168/{}", at + 1), printed.html, Some(printed.url)));
        }
    }
    out
}

fn fixtures() -> Vec<Page> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sources/ccgp");
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "html") {
            continue;
        }
        let html = std::fs::read_to_string(&path).unwrap();
        if read(&html, None).is_some() {
            out.push(Page::new(path.file_stem().unwrap().to_string_lossy().into_owned(), html, None));
        }
    }
    out.sort_by(|a: &Page, b: &Page| a.name.cmp(&b.name));
    out
}
