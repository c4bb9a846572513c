//! What follows an attempt to deliver.

use jiff::Timestamp;

/// What follows an attempt that was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Tried again.
    At(Timestamp),
    /// Not tried any more.
    GiveUp {
        /// Why.
        why: String,
    },
}
