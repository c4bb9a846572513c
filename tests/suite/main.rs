//! One test binary for everything that needs more than one room, or none: one link step.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says so when it fails, also in its helping functions")]

mod architecture;

mod config;

mod docs;

mod paths;
