//! tenderwatch watches government procurement listings for a topic, keeps their whole history, recomputes running totals and
//! growth after every change, and tells people by email digest and chat webhook. One paragraph per room, in walking order.

/// Pure: what we know and how we decide.
pub mod domain;

/// Pure: arithmetic on history.
pub mod figures;

/// Pure: a digest becomes a message. Every word that a reader sees stands in `templates/digest/`, none of it here.
pub mod telling;

/// How a finished message leaves: mail, signed webhook, chat card. Composes the bytes once, sends them, and says in one word
/// what became of them; whether to try again is decided elsewhere.
pub mod channels;

/// The process and its surroundings: clock, service manager, logs, secrets.
pub mod platform;
