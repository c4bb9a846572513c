//! Pure: arithmetic on history. Changes in, totals, counts and growth out, each with its coverage.

pub mod totals;

pub mod cells;

pub mod growth;

pub mod milestone;

pub mod printed;

pub mod shares;

pub mod leading;

pub mod months;

pub mod concentration;

pub mod shifts;

pub mod firsts;

pub mod comparison;

pub mod study;
