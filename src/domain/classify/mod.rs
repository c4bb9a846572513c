//! Which class is a project of? Ordered rules, each naming itself; where none fits it is unclassified, never silently something.

use super::classes::{Category, Level};
use super::judged::Judged;
use super::notice::Notice;
use super::organisation::Organisation;

mod category;

mod level;

pub(super) mod university;

mod words;

/// The buyer's level, from the project's notices in the order of publication.
#[must_use]
pub fn level(notices: &[&Notice], buyers: &[Organisation]) -> Judged<Level> {
    level::judge(notices, buyers)
}

/// The category, from buyers first, then the title, then the items.
#[must_use]
pub fn category(notices: &[&Notice], buyers: &[Organisation], title: &str) -> Judged<Category> {
    category::judge(notices, buyers, title)
}
