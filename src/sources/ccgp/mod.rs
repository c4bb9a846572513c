//! The China Government Procurement network (中国政府采购网).

pub mod address;

pub mod listing;

pub mod plan;

use crate::domain::reading::{PageKind, Reading};

/// Reads a page.
#[must_use]
pub fn read(html: &str, url: Option<&str>) -> Reading {
    listing::read(&scraper::Html::parse_document(html), url).unwrap_or_else(|| Reading::of(PageKind::Unknown))
}
