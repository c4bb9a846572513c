//! tenderwatch watches government procurement listings for a topic, keeps their whole history, recomputes running totals and
//! growth after every change, and tells people by email digest and chat webhook. One paragraph per room, in walking order.

/// Pure: what we know and how we decide.
pub mod domain;

/// Pure: a page becomes a reading: notices or rows, problems, coverage. One folder per dialect.
pub mod sources;

/// Pure: arithmetic on history.
pub mod figures;
