//! Receivers that will never take a message again: stopped once, with the reason, and opened by a person.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params};

use super::values::{At, word};
use super::{Reader, StoreError, Writer};

statements! {
    STOP = "SELECT channel, receiver, kind, why, stopped_at FROM stops WHERE channel = ?1 AND receiver = ?2";
    STOPS = "SELECT channel, receiver, kind, why, stopped_at FROM stops ORDER BY channel, receiver";
    PUT = "INSERT INTO stops (channel, receiver, kind, why, stopped_at) VALUES (?1, ?2, ?3, ?4, ?5)
           ON CONFLICT (channel, receiver) DO NOTHING";
    TAKE = "DELETE FROM stops WHERE channel = ?1 AND receiver = ?2";
    CLOSE_RECEIVER = include_str!("sql/close_receiver.sql");
}

/// How a receiver came to be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopKind {
    /// It refused when a message was handed over.
    Refused,
    /// A message came back.
    Bounced,
}

impl StopKind {
    /// `refused`, `bounced`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Bounced => "bounced",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Refused, Self::Bounced].into_iter().find(|kind| kind.word() == word)
    }
}

/// A receiver that is written to no more.
#[derive(Clone, PartialEq, Eq)]
pub struct Stop {
    /// The channel's name.
    pub channel: String,
    /// The receiver: an address, or the channel's name.
    pub receiver: String,
    /// How.
    pub kind: StopKind,
    /// What was said; never an address or a secret.
    pub why: String,
    /// When.
    pub at: Timestamp,
}

/// Without the receiver, which may be somebody's address.
impl std::fmt::Debug for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { channel, kind, why, at, .. } = self;
        f.debug_struct("Stop")
            .field("channel", channel)
            .field("kind", kind)
            .field("why", why)
            .field("at", at)
            .finish_non_exhaustive()
    }
}

impl Reader<'_> {
    /// Whether a receiver is stopped, and why.
    pub fn stop(&self, channel: &str, receiver: &str) -> Result<Option<Stop>, StoreError> {
        Ok(self.connection.prepare_cached(STOP)?.query_row([channel, receiver], row).optional()?)
    }

    /// Every receiver that is stopped.
    pub fn stops(&self) -> Result<Vec<Stop>, StoreError> {
        let mut statement = self.connection.prepare_cached(STOPS)?;
        let rows = statement.query_map([], row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    /// Stops a receiver and gives up what waits for it, with the reason. True when it was not stopped before: then the
    /// operator hears of it.
    pub fn stop_receiver(&self, stop: &Stop) -> Result<bool, StoreError> {
        let Stop { channel, receiver, kind, why, at } = stop;
        let put =
            self.connection.prepare_cached(PUT)?.execute(params![channel, receiver, kind.word(), why, At(*at)])?;
        let with_it = format!("the receiver is stopped: {why}");
        self.connection.prepare_cached(CLOSE_RECEIVER)?.execute(params![channel, receiver, At(*at), with_it])?;
        Ok(put == 1)
    }

    /// Opens a receiver again. False when it was not stopped. What was given up stays so until it is retried.
    pub fn resume_receiver(&self, channel: &str, receiver: &str) -> Result<bool, StoreError> {
        Ok(self.connection.prepare_cached(TAKE)?.execute([channel, receiver])? == 1)
    }
}

fn row(row: &Row<'_>) -> rusqlite::Result<Stop> {
    let At(at) = row.get("stopped_at")?;
    let kind = word(row, "kind", StopKind::parse)?;
    Ok(Stop { channel: row.get("channel")?, receiver: row.get("receiver")?, kind, why: row.get("why")?, at })
}
