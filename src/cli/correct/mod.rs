//! `correct`: a person's word on a judged value, with author and reason, undoable. May be run while the service is at work.

mod party;

use std::path::Path;

use anyhow::Result;

use crate::platform::clock::Clock;

#[derive(clap::Subcommand, Debug)]
pub(super) enum Verb {
    /// Who is who: two mentions are one party, one stands apart, a party belongs to a group.
    Party(party::Arguments),
}

/// Who corrects, and why; kept with the correction and shown wherever it is used.
#[derive(clap::Args, Debug)]
struct Said {
    /// Who says so.
    #[arg(long)]
    author: String,
    /// Why.
    #[arg(long)]
    reason: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(config: &Path, clock: Clock, verb: &Verb) -> Result<u8> {
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    match verb {
        Verb::Party(arguments) => party::run(&rooms, arguments),
    }
}
