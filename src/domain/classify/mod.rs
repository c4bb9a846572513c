//! Which class is a project of? Ordered rules, each naming itself; where none fits it is unclassified, never silently something.

use super::classes::{Category, Level};
use super::judged::Judged;
use super::notice::Notice;
use super::organisation::Organisation;

/// The buyer's level, from the project's notices in the order of publication.
#[must_use]
pub fn level(_notices: &[&Notice], _buyers: &[Organisation]) -> Judged<Level> {
    Judged::undecided("no rule fits")
}

/// The category, from buyers first, then the title, then the items.
#[must_use]
pub fn category(_notices: &[&Notice], _buyers: &[Organisation], _title: &str) -> Judged<Category> {
    Judged::undecided("no rule fits")
}
