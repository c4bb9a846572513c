//! 中国政府采购网: a page of the site becomes a reading. Tells notice, listing, challenge and refusal apart; everything else says
//! what it did not understand.

/// Addresses of pages.
pub mod address;

/// Search results and channel lists.
pub mod listing;

/// What to ask for.
pub mod plan;

/// From the first page of a search to its end.
pub mod walk;

/// Pages that bar the way.
pub mod barred;

mod raw;

mod labels;

mod label_words;

mod lots;

mod sections;

mod scan;

mod outline;

mod colons;

mod unanswered;

mod flat;

mod flat_awards;

mod columns;

mod kind;

mod money;

mod clauses;

mod repeats;

mod result;

mod win_sums;

mod sentences;

mod win_tables;

mod award;

mod budget;

mod ceiling;

mod spoken_budget;

mod candidates;

mod correction;

mod parties;

mod when;

mod text;

mod normalise;

mod outcome;

use crate::domain::reading::{Coverage, PageKind, Problem, Reading};
use crate::sources::dialect::html::Document;

/// Texts that only pages with content show: where one of them stands, a challenge's words are not believed.
pub const CONTENT_MARKS: [&str; 5] =
    ["vT-srch-result-list", "vF_detail_content", "vT_detail_content", "公告概要", "c_list_bid"];

/// Raised whenever a kept body may be read differently.
pub const READER_VERSION: u32 = 4;

/// The longest page read; what goes beyond is cut, and said so.
const BYTES_MAX: usize = 8 * 1024 * 1024;

/// Reads a page of the site. The same text and address always give the same reading.
#[must_use]
pub fn read(html: &str, url: Option<&str>) -> Reading {
    let end = (0..=BYTES_MAX.min(html.len())).rev().find(|at| html.is_char_boundary(*at)).unwrap_or(0);
    let whole = html.get(..end).unwrap_or_default();
    let document = Document::parse(whole);
    let mut reading = page_of(&document, whole, url);
    if document.flattened {
        reading.problems.push(Problem {
            field: "page".into(),
            what: "nests deeper than any real page; read flat".into(),
            passage: String::new(),
        });
        reading.coverage = Coverage::Partial;
    }
    if end < html.len() {
        reading.problems.push(Problem {
            field: "page".into(),
            what: "longer than is read; cut".into(),
            passage: String::new(),
        });
        reading.coverage = Coverage::Partial;
    }
    reading
}

/// What a page is. A notice first, whatever words it holds; then a listing; what bars the way last.
fn page_of(document: &Document, html: &str, url: Option<&str>) -> Reading {
    if let Some(raw) = raw::read(document, html) {
        return normalise::notice(&raw, url);
    }
    if let Some(reading) = listing::read(document, url) {
        return reading;
    }
    let kind = barred::kind(document, html);
    let mut reading = Reading::of(kind);
    if kind == PageKind::Unknown {
        reading.problems.push(Problem {
            field: "page".into(),
            what: "neither a notice nor a listing".into(),
            passage: document
                .root()
                .text()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .chars()
                .take(200)
                .collect(),
        });
    }
    reading
}
