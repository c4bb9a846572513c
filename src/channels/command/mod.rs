//! To be written.

use jiff::Timestamp;

use super::{Letter, Pace, Sending, Way};
use crate::domain::delivery::{ClaimedDelivery, Outcome};
use crate::domain::digest::Message;

/// A program that takes messages on its standard input.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The program, an absolute path, and its arguments.
    pub run: Vec<String>,
    /// How long it may take.
    pub timeout: std::time::Duration,
}

impl Settings {
    /// How long it may take.
    pub const TIMEOUT: std::time::Duration = std::time::Duration::from_mins(1);
}

#[derive(Debug)]
pub(super) struct Command;

impl Command {
    pub(super) fn build(_settings: &Settings) -> Result<Self, String> {
        Err("not written yet".into())
    }
}

impl Way for Command {
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
