//! `correct decline`: a proposed link that a person looked at and found wrong; it is not proposed again.

use anyhow::Result;

use super::{Said, each};
use crate::cli::show::which;
use crate::domain::project::ProjectId;
use crate::domain::ruling::Matter;
use crate::jobs::Rooms;
use crate::jobs::correct::first_notice;

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Arguments {
    /// `source:native id`, or the native id alone.
    notice: String,
    /// The project's number in our history.
    project: i64,
    #[command(flatten)]
    said: Said,
}

pub(super) fn run(rooms: &Rooms, arguments: &Arguments) -> Result<u8> {
    let notice = which(rooms, &arguments.notice)?;
    let other = rooms.store.read(|r| first_notice(r, ProjectId(arguments.project)))?;
    each(rooms, &notice, &[Matter::NotWith(other)], &arguments.said)
}
