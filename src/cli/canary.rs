//! `canary`: tells the service that the message which proves the way has arrived, from a mail on standard input.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::jobs::canary;
use crate::platform::clock::Clock;

#[derive(clap::Subcommand, Debug)]
pub(super) enum Verb {
    /// Reads a mail from standard input and notes that it arrived, where it is the one that is awaited.
    Arrived,
}

pub(super) fn run(config: &Path, clock: Clock, verb: &Verb) -> Result<u8> {
    let Verb::Arrived = verb;
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    let mut head = Vec::new();
    let mut mail = std::io::stdin().lock();
    (&mut mail).take(canary::MAIL_BYTES_MAX).read_to_end(&mut head).context("reading the mail")?;
    // A mail server that pipes to us takes an early end for a failure.
    std::io::copy(&mut mail, &mut std::io::sink()).context("reading the mail")?;
    if canary::arrived(&rooms, &head)? {
        println!("noted: the canary has arrived");
    } else {
        println!("this is not the canary that is awaited: nothing is noted");
    }
    Ok(super::DONE)
}
