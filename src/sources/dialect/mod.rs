//! Small hands shared by the readers.

/// HTML as a tree of bounded depth.
pub mod html;
