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

pub mod judged;

pub mod classes;

pub mod ruling;

pub mod project;

pub mod change;

pub mod subscription;

pub mod delivery;

pub mod filter;

pub mod subscriber;

pub mod canary;

pub mod pass;

pub mod digest;

pub mod source;

pub mod look;

pub mod site;

pub mod private_address;

pub mod personal;

pub mod names;

pub mod words;

pub mod party;

pub mod place;

mod resolve;

pub mod filing;

pub mod filing_number;

pub mod classify;

pub mod number;

pub mod relevance;

pub mod lots;

pub mod repeat;

pub mod link;

pub mod fold;

pub mod wording;

pub mod diff;

pub mod changes;

mod amend;

mod award;

mod boilerplate;

mod budget;

pub mod ruled;

pub mod review;

pub mod rich;

pub mod chart;

mod deadline;

mod life;

mod topic_part;

pub mod uscc;

pub mod calendar;

pub mod schedule;

pub mod blame;

pub mod bounce;

pub mod retry;

pub mod return_path;

#[cfg(test)]
pub(crate) mod samples;

pub mod trouble;
