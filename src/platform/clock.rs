//! What time it is: the system's, one moved by hand, or one read from a file. The only file that asks the system; everyone
//! else takes `now` as a value. It never sleeps and never goes by itself when moved by hand.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// More than any instant needs; a larger file is not an instant.
const INSTANT_BYTES_MAX: u64 = 64;

/// Where `now` comes from. Clones show the same time.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system's clock.
    System,
    /// Milliseconds since 1970, moved by [`Clock::set`]: for tests and the demonstration.
    Hand(Arc<AtomicI64>),
    /// A file with an RFC 3339 instant, moved by whoever writes to it: for tests of the finished program.
    File(Arc<FileClock>),
}

/// A clock that stands in a file.
#[derive(Debug)]
pub struct FileClock {
    path: PathBuf,
    /// The last instant that could be read, in milliseconds: a file caught half-written must not stop time.
    last: AtomicI64,
}

/// Why a clock file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// It is not there, or may not be read.
    #[error("reading the clock file {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It holds something else.
    #[error("the clock file {path} must hold one RFC 3339 instant, as 2026-01-31T08:30:00+08:00; it holds {found:?}")]
    NotAnInstant {
        /// The file.
        path: PathBuf,
        /// Its beginning.
        found: String,
    },
}

impl Clock {
    /// A clock that stands at `at` until it is set.
    #[must_use]
    pub fn hand(at: Timestamp) -> Self {
        Self::Hand(Arc::new(AtomicI64::new(at.as_millisecond())))
    }

    /// A clock that shows what the file says. The file must be readable now; later it may be away for a moment.
    pub fn file(path: &Path) -> Result<Self, ClockError> {
        let at = read_instant(path)?;
        let last = AtomicI64::new(at.as_millisecond());
        Ok(Self::File(Arc::new(FileClock { path: path.to_owned(), last })))
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => system_now(),
            Self::Hand(millis) => from_millis(millis.load(Ordering::SeqCst)),
            Self::File(file) => file.now(),
        }
    }

    /// Moves a clock that is moved by hand. The others keep their own time.
    pub fn set(&self, at: Timestamp) {
        if let Self::Hand(millis) = self {
            millis.store(at.as_millisecond(), Ordering::SeqCst);
        }
    }
}

impl FileClock {
    fn now(&self) -> Timestamp {
        match read_instant(&self.path) {
            Ok(at) => {
                self.last.store(at.as_millisecond(), Ordering::SeqCst);
                at
            }
            Err(_) => from_millis(self.last.load(Ordering::SeqCst)),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the system what time it is")]
fn system_now() -> Timestamp {
    Timestamp::now()
}

/// Only instants that were a [`Timestamp`] before come here, so the fallback is never seen.
fn from_millis(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn read_instant(path: &Path) -> Result<Timestamp, ClockError> {
    let unreadable = |source| ClockError::Unreadable { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(INSTANT_BYTES_MAX).read_to_end(&mut bytes)).map_err(unreadable)?;
    let text = String::from_utf8_lossy(&bytes);
    text.trim().parse().map_err(|_| ClockError::NotAnInstant { path: path.to_owned(), found: text.trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_hand_moved_clock_stands_still_and_its_clones_move_with_it() {
        let clock = Clock::hand(at("2026-01-01T00:00:00Z"));
        let other = clock.clone();
        assert_eq!(clock.now(), clock.now());
        clock.set(at("2026-01-02T03:04:05.678Z"));
        assert_eq!(other.now(), at("2026-01-02T03:04:05.678Z"));
    }

    #[test]
    fn a_clock_file_is_read_again_at_every_look() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("now");
        std::fs::write(&path, "2026-01-01T08:00:00+08:00\n").unwrap();
        let clock = Clock::file(&path).unwrap();
        assert_eq!(clock.now(), at("2026-01-01T00:00:00Z"));
        std::fs::write(&path, "2026-01-01T09:00:00+08:00").unwrap();
        assert_eq!(clock.now(), at("2026-01-01T01:00:00Z"));
    }

    #[test]
    fn a_clock_file_caught_half_written_or_gone_does_not_stop_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("now");
        std::fs::write(&path, "2026-01-01T00:00:00Z").unwrap();
        let clock = Clock::file(&path).unwrap();
        std::fs::write(&path, "2026-01-").unwrap();
        assert_eq!(clock.now(), at("2026-01-01T00:00:00Z"));
        std::fs::remove_file(&path).unwrap();
        assert_eq!(clock.now(), at("2026-01-01T00:00:00Z"));
    }

    #[test]
    fn a_clock_file_that_holds_no_instant_is_refused_at_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("now");
        assert!(matches!(Clock::file(&path), Err(ClockError::Unreadable { .. })));
        std::fs::write(&path, "noon").unwrap();
        let told = Clock::file(&path).unwrap_err().to_string();
        assert!(told.contains("RFC 3339") && told.contains("noon"), "{told}");
    }

    #[test]
    fn the_system_clock_is_not_moved_by_hand() {
        let clock = Clock::System;
        clock.set(Timestamp::UNIX_EPOCH);
        assert!(clock.now() > at("2020-01-01T00:00:00Z"));
    }
}
