//! One test binary, one link step.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod digests;

mod email;

mod webhook;

mod feishu;

mod secrets;

mod servers;
