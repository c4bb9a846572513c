//! The suite: one test binary, one link step. Each file is a promise of the whole, told from outside.

mod store;
