//! The suite: one test binary, one link step. Each file is a promise of the whole, told from outside. `cfg(test)` tells the lints
//! that helpers of tests may fail like tests.

#[cfg(test)]
mod migrations;

#[cfg(test)]
mod store;
