//! `correct undo`: takes a correction back; both stay in history.

use anyhow::Result;

use super::{Said, print};
use crate::domain::ruling::RulingId;
use crate::jobs::Rooms;
use crate::jobs::correct::{Word, undo};

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Arguments {
    /// The ruling's number.
    ruling: i64,
    #[command(flatten)]
    said: Said,
}

pub(super) fn run(rooms: &Rooms, arguments: &Arguments) -> Result<u8> {
    let Arguments { ruling, said } = arguments;
    let word = Word { author: &said.author, reason: &said.reason, now: rooms.clock.now() };
    let done = undo(&rooms.store, RulingId(*ruling), word)?;
    print(&done, &format!("ruling {ruling} is undone"), said.json)?;
    Ok(crate::cli::DONE)
}
