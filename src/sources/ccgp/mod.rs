//! The China Government Procurement network (中国政府采购网).

pub mod address;

pub mod listing;

pub mod plan;

pub mod walk;

use crate::domain::reading::{PageKind, Reading};
use crate::sources::dialect::html::Document;

/// Reads a page.
#[must_use]
pub fn read(html: &str, url: Option<&str>) -> Reading {
    listing::read(&Document::parse(html), url).unwrap_or_else(|| Reading::of(PageKind::Unknown))
}
