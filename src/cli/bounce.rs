//! `bounce`: reads one mail that came back, from a file or from a pipe of the mail server, and says what it came to.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::domain::bounce::MAIL_BYTES_MAX;
use crate::jobs::bounces::{self, Handled};
use crate::platform::clock::Clock;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// The mail; `-` for standard input.
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
}

pub(super) fn run(config: &Path, clock: Clock, arguments: &Arguments) -> Result<u8> {
    // Read to its end before anything can fail: a mail server takes a broken pipe for a failure of its own.
    let mail = if arguments.file == Path::new("-") {
        read(std::io::stdin().lock()).context("reading standard input")?
    } else {
        let named = || format!("reading {}", arguments.file.display());
        read(File::open(&arguments.file).with_context(named)?).with_context(named)?
    };
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    match bounces::handle(&rooms, &mail)? {
        Handled::Stopped { delivery, is_new, why } => {
            let since = if is_new { "is written to no more" } else { "was stopped before" };
            println!("delivery {delivery}: {why}; its receiver {since}");
        }
        Handled::Recorded { why } => println!("{why}; stops nobody"),
        Handled::Stranger { why } => println!("{why}; names no delivery that was sent, and stops nobody"),
        Handled::Ignored(ignored) => println!("left aside: {}", ignored.why()),
    }
    Ok(super::DONE)
}

/// The beginning, and the rest to nowhere.
fn read(mut from: impl Read) -> std::io::Result<Vec<u8>> {
    let mut mail = Vec::new();
    from.by_ref().take(MAIL_BYTES_MAX as u64).read_to_end(&mut mail)?;
    std::io::copy(&mut from, &mut std::io::sink())?;
    Ok(mail)
}
