//! The pages that are mutated: real ones kept outside the project, the same framed from data, and our own fixtures. What each
//! says is what it reads as unharmed; that this is the truth, `captures` and `sources` hold.

use std::path::Path;

use serde_json::Value;
use tenderwatch::domain::notice::Notice;
use tenderwatch::domain::reading::{Problem, Reading};
use tenderwatch::sources::{Dialect, read_saved};

use crate::captures::notices::{TWENTY_FIELDS, unfold};
use crate::captures::truths::PAGES;
use crate::captures::{escape, file, framed};

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

    /// The same page in another print.
    pub(super) fn reprinted(&self, html: String) -> Self {
        Self { name: self.name.clone(), html, url: self.url.clone(), notice: self.notice.clone() }
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
        let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let summary: Vec<(&str, String)> = TWENTY_FIELDS.iter().map(|(key, label)| (*label, text(key))).collect();
        let summary: Vec<(&str, &str)> =
            summary.iter().filter(|(_, value)| !value.is_empty()).map(|(label, value)| (*label, &**value)).collect();
        let html = framed(&text("title"), &text("publish_time"), &summary, &text("content_html"));
        Page::new(format!("20/{at}"), html, Some(text("url")))
    };
    rows.iter().enumerate().map(page).collect()
}

fn tenders() -> Vec<Page> {
    let text = file("tenders168_2021-02.csv");
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let mut out: Vec<Page> = Vec::new();
    for (at, row) in rows.records().enumerate() {
        let row = row.unwrap();
        let (summary, body) = unfold(row.get(0).unwrap());
        let borrowed: Vec<(&str, &str)> = summary.iter().map(|(label, value)| (*label, value.as_str())).collect();
        let published = summary.iter().find(|(label, _)| *label == "公告时间").map_or("", |(_, value)| value);
        let body = format!("<div class=\"vF_detail_content\"><p>{}</p></div>", escape(&body));
        let html = framed(row.get(4).unwrap(), published, &borrowed, &body);
        if out.iter().all(|page| page.html != html) {
            out.push(Page::new(format!("168/{}", at + 1), html, row.get(2).map(str::to_owned)));
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
        // What was cut may stand in the middle of another page.
        if !html.contains("</html>") {
            continue;
        }
        if read(&html, None).is_some() {
            out.push(Page::new(path.file_stem().unwrap().to_string_lossy().into_owned(), html, None));
        }
    }
    out.sort_by(|a: &Page, b: &Page| a.name.cmp(&b.name));
    out
}
