//! Small hands shared by the readers: HTML, sums, dates, names. Pure; each knows one kind of text and no site.

/// HTML as a tree of bounded depth, and a tree as lines and tables.
pub mod html;

mod tags;

mod tree;

mod scanner;

/// A table with merged cells spread out, and the lines between tables.
pub mod blocks;

/// Widths, blanks and brackets made one.
pub mod fold;

/// Units of money.
pub mod units;

/// Sums of money in every printed form.
pub mod figures;

/// What a place says of a sum.
pub mod amounts;

/// Chinese capitals and numerals as numbers.
pub mod capitals;

/// Days and times in every printed form, as China dates.
pub mod dates;

/// Names of organisations: cleaned, split, told apart from other words; credit codes checked.
pub mod names;
