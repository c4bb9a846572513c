//! tenderwatch watches government procurement listings for a topic, keeps their whole history, recomputes running totals and
//! growth after every change, and tells people by email digest and chat webhook. One paragraph per room, in walking order.

/// Pure: what we know and how we decide.
pub mod domain;

/// Pure: arithmetic on history.
pub mod figures;

/// SQLite: history, totals and what is to be told, in one file. The only room that speaks SQL.
pub mod store;
