//! To be written.

use jiff::Timestamp;

use super::{Letter, Pace, Sending, Way};
use crate::domain::delivery::{ClaimedDelivery, Outcome};
use crate::domain::digest::Message;

/// A folder that messages are put into.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where.
    pub path: std::path::PathBuf,
}

#[derive(Debug)]
pub(super) struct Folder;

impl Folder {
    pub(super) fn build(_settings: &Settings) -> Result<Self, String> {
        Err("not written yet".into())
    }
}

impl Way for Folder {
    fn compose(&self, _message: &Message, _letter: &Letter) -> Result<Vec<Vec<u8>>, String> {
        Err("not written yet".into())
    }

    fn send<'w>(&'w self, _delivery: &'w ClaimedDelivery, _now: Timestamp) -> Sending<'w> {
        Box::pin(async move { Outcome::Misconfigured { why: "not written yet".into() }.into() })
    }

    fn pace(&self) -> Pace {
        Pace::ONE
    }
}
