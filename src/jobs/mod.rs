//! The walks, one file each. They name every room and own none of their decisions: a walk reads like the sentence you would
//! say aloud, and what it promises it writes in the same transaction as the fact.

mod ask;

pub mod poll;

pub mod pages;

pub mod settle;

mod regroup;

pub mod restate;

pub mod charts;

pub mod correct;

pub mod review;

pub mod saved;

pub mod health;

pub mod subscriptions;

pub mod links;

pub mod bounces;

pub mod digest;

pub mod deliver;

pub mod canary;

pub mod outbox;

pub mod audit;

pub mod report;

pub mod evidence;

pub mod confirming;

mod shifts;

pub mod catch_up;

pub mod filings;

pub mod suppliers;

mod spreadsheet;

pub mod templates;

pub mod reread;

pub mod backfill;

use std::collections::BTreeSet;
use std::sync::Mutex;

use crate::channels::Channels;
use crate::config::Config;
use crate::domain::pass::Key;
use crate::fetch::Fetcher;
use crate::figures::milestone::Step;
use crate::platform::clock::Clock;
use crate::platform::lock::Lock;
use crate::store::Store;
use crate::telling::Templates;

/// Every room that a walk goes through, built once by the hallway.
pub struct Rooms {
    /// What the operator said.
    pub config: Config,
    /// History.
    pub store: Store,
    /// The way out to the sources.
    pub fetcher: Fetcher,
    /// The way out to the receivers.
    pub channels: Channels,
    /// The only clock.
    pub clock: Clock,
    /// The templates of messages.
    pub templates: Templates,
    /// Round figures of the totals that are worth telling.
    pub milestones: Vec<Step>,
    /// What the passes in links are made with.
    pub passes: Key,
    /// Subscribers whose rows cannot be read, each named once in the log.
    pub unreadable: Mutex<BTreeSet<String>>,
    /// The data folder, held for this process alone where it does more than look.
    pub held: Option<Lock>,
}

/// Runs a synchronous piece of work (SQLite, parsing, rendering) without holding up the other tasks of this thread.
pub fn blocking<T>(work: impl FnOnce() -> T) -> T {
    match tokio::runtime::Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(tokio::runtime::RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}
