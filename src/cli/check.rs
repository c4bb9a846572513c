//! `check`: every mistake in the configuration with its place and remedy, or what the service would do.

use std::path::Path;

use crate::config::{self, Upcoming};

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// One line per mistake: FILE:LINE:COLUMN: what; expected …; remedy …
    #[arg(long)]
    plain: bool,
}

pub(super) fn run(path: &Path, arguments: &Arguments) -> u8 {
    match config::check(path) {
        Ok(config) => {
            print!("{}", config::summary(&config, &Upcoming::default()));
            match config.dns_records() {
                Ok(records) => {
                    for (channel, name, text) in records {
                        println!("channel {channel} signs; publish in DNS: {name} TXT \"{text}\"");
                    }
                    super::DONE
                }
                Err(why) => {
                    eprintln!("tenderwatch: {why}");
                    super::USAGE
                }
            }
        }
        Err(report) if arguments.plain => {
            eprint!("{}", report.plain());
            super::USAGE
        }
        Err(report) => super::refuse(&report),
    }
}
