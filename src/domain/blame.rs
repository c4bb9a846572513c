//! Whose fault it is when nothing answers: one source's, or our own connection's. Looks only at what the hosts did last.

use jiff::Timestamp;

/// What a host did when it was last asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostOutcome {
    /// `host`, or `host:port` where the port is not the scheme's own.
    pub host: String,
    /// Whether any answer came, be it a refusal.
    pub reachable: bool,
    /// When.
    pub at: Timestamp,
}
