//! The pages of our own: what is known and where it was read, signing up, managing, leaving. Serves HTML without a script over
//! plain HTTP, for a reverse proxy or loopback; within bounds of place, time and size. Decides nothing that a walk decides.

mod amounts;

mod answer;

mod door;

mod front;

mod limits;

mod pages;

mod project;

mod notice;

mod confirm;

mod form;

mod keys;

mod leave;

mod letter;

mod manage;

mod subscribe;

mod server;

mod visit;

pub use door::Patience;
pub use server::{Bound, bind};

use std::sync::Arc;

use anyhow::Result;
use tokio::sync::Semaphore;

use crate::jobs::{Rooms, blocking};
use limits::Limits;
use pages::Pages;

/// Visitors for whom history is read at once; more wait, within their request's time.
const AT_WORK_MAX: usize = 4;

/// What every visitor is served from.
struct Desk {
    rooms: Arc<Rooms>,
    pages: Pages,
    limits: Limits,
    at_work: Semaphore,
}

impl Desk {
    /// Whether a proxy says who the visitors are.
    fn behind_proxy(&self) -> bool {
        self.rooms.config.web.as_ref().is_some_and(|web| web.behind_proxy)
    }

    /// The channel that people may sign up to.
    fn signup_channel(&self) -> Option<&str> {
        self.rooms.config.web.as_ref()?.signup_channel.as_deref()
    }

    /// The names of what is watched.
    fn topics(&self) -> Vec<String> {
        self.rooms.config.topics.iter().map(|topic| topic.name.clone()).collect()
    }

    /// What links begin with.
    fn base_url(&self) -> &str {
        self.rooms.config.web.as_ref().map_or("", |web| web.base_url.as_str())
    }

    /// The name that people know these pages by.
    fn site(&self) -> String {
        self.base_url().split("://").last().unwrap_or_default().to_owned()
    }

    /// An address of ours without the part that the visitor's browser knows already.
    fn own_path(&self, address: &str) -> String {
        address.strip_prefix(self.base_url()).unwrap_or(address).to_owned()
    }

    /// Work that reads or writes history, so many at a time: a crowd of visitors never takes every thread from the jobs.
    async fn work<T>(&self, work: impl FnOnce(&Rooms) -> Result<T>) -> Result<T> {
        let _place = self.at_work.acquire().await?;
        blocking(|| work(&self.rooms))
    }
}
