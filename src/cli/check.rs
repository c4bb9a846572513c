//! `check`: every mistake in the configuration with its place and remedy, or what the service would do.

use std::path::Path;

use crate::config::{self, Config, Upcoming};
use crate::jobs::templates;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// One line per mistake: FILE:LINE:COLUMN: what; expected …; remedy …
    #[arg(long)]
    plain: bool,
}

pub(super) fn run(path: &Path, arguments: &Arguments) -> u8 {
    match config::check(path) {
        Ok(config) if !templates_hold(&config) => super::USAGE,
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

/// Whether every template of the operator's own compiles and renders; what is wrong goes to stderr, FILE:LINE: what.
fn templates_hold(config: &Config) -> bool {
    let Err(flaws) = templates::load(config.digest.templates.as_deref()) else { return true };
    for flaw in flaws {
        eprintln!("{flaw}");
    }
    false
}
