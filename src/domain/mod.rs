//! Pure: what we know and how we decide. Knows no files, network, clock or database; takes values and `now`, returns values
//! and named reasons.

pub mod money;

pub mod amount;

pub mod stamp;

pub mod organisation;

pub mod region;

pub mod notice;

pub mod reading;

pub mod topic;

pub mod project;

pub mod change;

pub mod subscription;

pub mod delivery;

pub mod digest;

pub mod source;

pub mod blame;
pub mod link;

pub mod retry;
