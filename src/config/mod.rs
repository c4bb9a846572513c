//! Reads the TOML, fills in every default, and rejects nonsense: every mistake at once, each with the line it stands on
//! and a remedy. Reads one file and, when checking, the files it points to. Decides nothing else.

pub mod addresses;
mod blot;
mod canary;
mod channels;
pub mod choices;
mod fetching;
mod limits;
mod mistake;
mod pointers;
mod read;
mod rooms;
mod scalars;
pub mod settings;
mod shifts;
mod sources;
mod subscriptions;
mod summary;
mod values;
mod walk;
mod web;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use toml::de::DeTable;

pub use mistake::{Mistake, Place, Report};
pub use settings::Config;
pub use summary::{Upcoming, summary};

use mistake::Sort;
use walk::Walk;

/// Reads a configuration file. The files it points to (secrets, certificates) are not looked at.
pub fn load(path: &Path) -> Result<Config, Report> {
    let name = path.display().to_string();
    parse(&read_file(path, &name)?, &name)
}

/// Like [`load`], and every file it points to must be readable and hold what it should.
pub fn check(path: &Path) -> Result<Config, Report> {
    let name = path.display().to_string();
    let text = read_file(path, &name)?;
    let (config, walk) = walk_through(&text);
    let (mut mistakes, secrets, files) = walk.into_parts();
    mistakes.extend(files.iter().filter_map(pointers::check));
    settle(config, &name, &text, &secrets, mistakes)
}

/// Reads a configuration from its text; `name` is what mistakes call the file.
pub fn parse(text: &str, name: &str) -> Result<Config, Report> {
    let (config, walk) = walk_through(text);
    let (mistakes, secrets, _) = walk.into_parts();
    settle(config, name, text, &secrets, mistakes)
}

fn settle(
    config: Option<Config>,
    name: &str,
    text: &str,
    secrets: &[std::ops::Range<usize>],
    mistakes: Vec<Mistake>,
) -> Result<Config, Report> {
    match config {
        Some(config) if mistakes.is_empty() => Ok(config),
        _ => Err(Report::new(name, text, secrets, mistakes)),
    }
}

/// The configuration is there unless something it needs was missing; then a mistake says so.
fn walk_through(text: &str) -> (Option<Config>, Walk) {
    let walk = Walk::default();
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        let span = span.start.min(text.len())..span.end.min(text.len());
        let (expected, remedy) = advice(error.message());
        walk.report(Sort::Syntax, &span, error.message(), expected, remedy);
    }
    let config = read::config(&walk, document.get_ref());
    (config, walk)
}

/// What was expected and what to do about a mistake that the TOML parser found, by its words.
fn advice(message: &str) -> (&'static str, &'static str) {
    match message {
        "duplicate key" => ("each name once", "rename one of the two, or bring both together"),
        message if message.starts_with("string values must be quoted") => ("a value in quotes", "put quotes around it"),
        _ => (
            "TOML, as in https://toml.io",
            "look for a missing quote, bracket or equals sign here or in the line before",
        ),
    }
}

fn read_file(path: &Path, name: &str) -> Result<String, Report> {
    let refuse = |message: String, remedy: &str| Report::unreadable(name, message, remedy);
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(limits::FILE_BYTES_MAX + 1).read_to_end(&mut bytes)).map_err(
        |error| refuse(format!("reading the configuration: {error}"), "name another file with --config FILE"),
    )?;
    if bytes.len() as u64 > limits::FILE_BYTES_MAX {
        return Err(refuse(
            "the configuration is larger than 1 MiB".to_owned(),
            "name another file with --config FILE",
        ));
    }
    String::from_utf8(bytes)
        .map_err(|error| refuse(format!("the configuration is not UTF-8: {error}"), "save the file as UTF-8"))
}
