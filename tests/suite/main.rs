//! One test binary for everything that needs more than one room, or none: one link step.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says so when it fails, also in its helping functions")]

mod architecture;

mod config;
mod fetch;

mod paths;
//! One test binary, one link step.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod digests;

mod email;

mod webhook;

mod feishu;

mod secrets;

mod servers;
//! The suite: one test binary, one link step. Each file is a promise of the whole, told from outside.

mod store;
