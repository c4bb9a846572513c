//! The suite: one test binary, one link step. Each file says what it promises.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so and fails")]

mod captures;

mod sources;
