//! tenderwatch watches government procurement listings for a topic, keeps their whole history, recomputes running totals and
//! growth after every change, and tells people by email digest and chat webhook. One paragraph per room, in walking order.

/// HTTP, politely: one request in flight per host, a gap, a budget, back-off, robots.txt; every answer classed.
pub mod fetch;

/// Pure: one folder per dialect; a page becomes a reading.
pub mod sources;

/// Pure: what we know and how we decide.
pub mod domain;

/// Pure: arithmetic on history.
pub mod figures;

/// SQLite: history, totals and what is to be told, in one file. The only room that speaks SQL.
pub mod store;

/// Pure: a digest becomes a message. Every word that a reader sees stands in `templates/digest/`, none of it here.
pub mod telling;

/// Pure: a chart of values and words becomes a picture, with an embedded font.
pub mod charts;

/// Pure: a study becomes a report as JSON, Markdown or a page of HTML; its words stand in `templates/report/`.
pub mod reports;

/// How a finished message leaves: mail, signed webhook, chat card. Composes the bytes once, sends them, and says in one word
/// what became of them; whether to try again is decided elsewhere.
pub mod channels;

/// The process and its surroundings: clock, service manager, logs, secrets.
pub mod platform;

/// Reads the TOML, composes each room's settings, rejects nonsense with the line it stands on.
pub mod config;

/// A replica of the procurement site, a mailbox and an inbox on loopback, and a story to fill them: `demo` and the tests use it.
pub mod demo;

/// The walks, one file each: poll, pages, settle, digest, deliver, audit.
pub mod jobs;

/// The pages of our own: what is known and where it was read, signing up, managing, leaving. Their words stand in
/// `templates/dashboard/`.
pub mod dashboard;

/// The hallway: builds every room once, starts the jobs, stops them in reverse.
pub mod app;

/// One file per verb; prints, never decides.
pub mod cli;
