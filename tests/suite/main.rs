//! The tests that need more than one room: one binary, one link step.

mod ccgp_listings;
mod fetch;
