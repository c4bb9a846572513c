//! What we remember of a source between polls.

use jiff::Timestamp;
use jiff::civil::Date;

use super::stamp::Stamp;

/// Whether the first look is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Baseline {
    /// Still taking stock: what is found is kept and not told.
    #[default]
    Taking,
    /// Taken: what is found is news.
    Taken,
}

/// Whether a source answers usefully. Each trouble is told once when it starts and once when it ends.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Health {
    /// It answers.
    #[default]
    Well,
    /// It failed, not long enough to speak of it.
    Ailing {
        /// Since when.
        since: Timestamp,
        /// How often in a row.
        failures: u32,
    },
    /// The operator has been told.
    Failing {
        /// Since when.
        since: Timestamp,
        /// How often in a row.
        failures: u32,
    },
}

/// A source's memory.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SourceMemory {
    /// The first look.
    pub baseline: Baseline,
    /// Whether it answers.
    pub health: Health,
    /// When it is polled next; nothing before the first poll.
    pub next_due_at: Option<Timestamp>,
    /// When it last answered usefully.
    pub healthy_at: Option<Timestamp>,
    /// The last day up to which every listing was read whole.
    pub whole_until: Option<Date>,
}

/// What makes a repeated request conditional. Remembered only after a clean reading, with the reader's version.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
    /// The SHA-256 of the body that was read, in hex.
    pub body_hash: Option<String>,
    /// The reader's version that read it.
    pub reader_version: u32,
}

/// Why a notice's page is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wish {
    /// Seen in a listing, never read.
    Unread,
    /// Read before; looked at again in case it was changed in place.
    Revisit,
}

/// A notice's page that is to be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The source's own key.
    pub native_id: String,
    /// The address.
    pub url: String,
    /// The zone printed beside it in the listing.
    pub zone: Option<String>,
    /// When the listing says it was published.
    pub published_at: Option<Stamp>,
    /// Whether finding it is news.
    pub telling: super::change::Telling,
    /// Why it is wanted.
    pub wish: Wish,
    /// How often fetching it failed.
    pub failures: u32,
}

/// What must be remembered of a host across restarts, so that a restart is no way around a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostMemory {
    /// The host, with its port where the address names one.
    pub host: String,
    /// The day that `requests` counts.
    pub day: Date,
    /// Requests made on that day.
    pub requests: u32,
    /// Until when the host is left alone: it asked so, or it failed.
    pub backoff_until: Option<Timestamp>,
    /// Failures in a row.
    pub failures: u32,
    /// When the last request was made.
    pub last_request_at: Option<Timestamp>,
}
