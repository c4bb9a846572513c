//! Readings of real pages kept outside the project, held against what was read in them by eye, field by field. Prints how many
//! of each field came right, wrong, or not at all, and insists on the worst that is allowed.

mod evidence;
mod lists;
pub(super) mod notices;
mod score;
pub(super) mod truths;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tenderwatch::domain::notice::Notice;
use tenderwatch::domain::reading::{PageKind, Reading};
use tenderwatch::sources::{Dialect, read_saved};

use score::Scores;

/// The folder of captures; a missing one is a failure, never a pass.
pub(super) fn captures() -> PathBuf {
    let named = std::env::var("TENDERWATCH_CAPTURES").unwrap_or_else(|_| "../shared/captures".into());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(named).join("ccgp");
    assert!(
        folder.join("MANIFEST.md").exists(),
        "the captures are not at {}: set TENDERWATCH_CAPTURES to the folder that holds ccgp/MANIFEST.md",
        folder.display()
    );
    folder
}

pub(super) fn file(name: &str) -> String {
    let path = captures().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(super) fn read(html: &str, url: Option<&str>) -> (Reading, Notice) {
    let reading = read_saved(Dialect::Ccgp, html, url);
    assert_eq!(reading.page, PageKind::Notice);
    let notice = reading.notices.first().cloned().unwrap();
    (reading, notice)
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A body put into the frame of a notice page with its summary.
pub(super) fn framed(title: &str, published: &str, summary: &[(&str, &str)], body: &str) -> String {
    let mut rows = String::new();
    for (label, value) in summary {
        let _ = write!(rows, "<tr><td class='title'>{label}</td><td colspan='3'>{}</td></tr>", escape(value));
    }
    let title = escape(title);
    format!(
        "<!doctype html><html><head><meta name=\"ArticleTitle\" content=\"{title}\" /></head><body>\
         <div class=\"vF_detail_header\"><h2 class=\"tc\">{title}</h2><p class=\"tc\"><span id=\"pubTime\">{published}</span></p></div>\
         <div class='table'><h5>公告概要：</h5><table><tr><td colspan='4'><b>公告信息：</b></td></tr>{rows}</table></div>\
         <div class=\"vF_detail_content_container\">{body}</div></body></html>"
    )
}

#[test]
fn real_pages_read_as_the_eye_reads_them() {
    let mut scores = Scores::default();
    notices::pages(&mut scores);
    notices::twenty(&mut scores);
    notices::tenders168(&mut scores);
    lists::titles(&mut scores);
    lists::rows_of_2023(&mut scores);
    lists::trade_portal(&mut scores);
    lists::rows_with_details(&mut scores);
    lists::search_page(&mut scores);
    lists::relevance_elsewhere(&mut scores);
    println!("{}", scores.table());
    println!("{}", scores.notes.join("\n"));
    assert!(scores.silently_wrong.is_empty(), "silently wrong:\n{}", scores.silently_wrong.join("\n"));
    for (field, cases) in [
        ("kind", 190),
        ("title", 190),
        ("date", 190),
        ("buyer", 190),
        ("region", 190),
        ("number", 180),
        ("budget", 185),
        ("award", 25),
        ("winners", 10),
        ("lots", 20),
        ("relevance", 8_000),
        ("duplicates", 300),
        ("title kind", 7_900),
        ("id", 8_000),
    ] {
        scores.insist(field, 0.99, cases);
    }
}

#[test]
fn a_notary_stamp_is_not_in_the_text_of_a_notice() {
    let rows: Value = serde_json::from_str(&file("wuhu_chain_stamp_2026-03-24.json")).unwrap();
    let text = rows.to_string();
    assert!(text.contains("区块链已存证"));
    let body = format!(
        "<div class=\"vF_detail_content\"><p>{}</p></div>",
        escape("区块链已存证 存证时间 2026-03-16 存证哈希值 ab12 区块高度 9")
    );
    let (_, notice) = read(
        &framed(
            "某公厕管养项目招标公告",
            "2026年03月16日 10:00",
            &[("采购项目名称", "某公厕管养"), ("采购单位", "某局"), ("行政区域", "弋江区")],
            &body,
        ),
        None,
    );
    assert!(!notice.text.contains("区块链"), "{}", notice.text);
}
