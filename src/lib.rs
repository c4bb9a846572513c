//! tenderwatch watches government procurement listings for a topic, keeps their whole history, recomputes running totals and
//! growth after every change, and tells people by email digest and chat webhook. One paragraph per room, in walking order.

/// Pure: what we know and how we decide.
pub mod domain;

/// Pure: arithmetic on history.
pub mod figures;

/// The process and its surroundings: clock, service manager, logs, secrets.
pub mod platform;

/// A replica of the procurement site, a mailbox and an inbox on loopback, and a story to fill them: `demo` and the tests use it.
pub mod demo;
