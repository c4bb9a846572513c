//! Which lot is it?

use super::notice::{Lot, Notice};

/// A lot's label as it is compared; nothing for the only lot of a project.
#[must_use]
pub fn label(_notice: &Notice, lot: &Lot) -> Option<String> {
    lot.label.clone()
}

/// The one lot that a notice's title or number names.
#[must_use]
pub fn named_in(_notice: &Notice) -> Option<String> {
    None
}
