//! The suite: one test binary, one link step. Each file says what it promises.

mod captures;

mod sources;
