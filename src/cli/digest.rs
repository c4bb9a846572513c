//! `digest preview`: the messages that a subscription would get, printed and never sent. `digest send`: the same put into the
//! outbox at once.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::digest::Message;
use crate::domain::rich::Block;
use crate::domain::stamp::Stamp;
use crate::domain::subscription::Subscription;
use crate::jobs::Rooms;
use crate::jobs::digest::{self, Preview};
use crate::platform::clock::Clock;

#[derive(clap::Subcommand, Debug)]
pub(super) enum Verb {
    /// Shows what a subscription would be told.
    Preview(Shown),
    /// Puts what a subscription has not been told yet into the outbox now, out of turn.
    Send {
        /// The subscription: declared, or the name of a row.
        name: String,
    },
}

#[derive(clap::Args, Debug)]
#[command(group(clap::ArgGroup::new("who").required(true).args(["name", "subscription", "subscriber"])))]
pub(super) struct Shown {
    /// The subscription: declared, or the name of a row.
    name: Option<String>,
    /// A declared subscription.
    #[arg(long, value_name = "NAME")]
    subscription: Option<String>,
    /// The name of a row, as `subscriber list` gives it.
    #[arg(long, value_name = "NAME")]
    subscriber: Option<String>,
    /// From this change on, instead of what was not told yet; 0 for everything that was ever news.
    #[arg(long, value_name = "SEQ", conflicts_with = "as_of")]
    after: Option<i64>,
    /// What was seen in the period that ends then: a day (its end in China) or an instant, as 2019-09-24T09:00:00+08:00.
    #[arg(long, value_name = "DAY|INSTANT", value_parser = instant)]
    as_of: Option<Timestamp>,
    /// Which form.
    #[arg(long, value_parser = ["text", "html", "json", "chat"], default_value = "text")]
    form: String,
    /// Opens the mail in a browser, or says where it lies.
    #[arg(long)]
    open: bool,
}

pub(super) fn run(config: &Path, clock: Clock, verb: Verb) -> Result<u8> {
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    match verb {
        Verb::Preview(shown) => preview(&rooms, shown),
        Verb::Send { name } => send(&rooms, &name),
    }
}

fn preview(rooms: &Rooms, shown: Shown) -> Result<u8> {
    let Shown { name, subscription, subscriber, after, as_of, form, open } = shown;
    let name = name.or(subscription).or(subscriber).context("whose digest?")?;
    let subscription = named(rooms, &name)?;
    let what = match (after, as_of) {
        (_, Some(at)) => Preview::AsOf(at),
        (Some(seq), None) => Preview::After(seq),
        (None, None) => Preview::Untold,
    };
    let messages = digest::preview(rooms, &subscription, what)?;
    if messages.is_empty() {
        eprintln!("nothing to tell {name}");
    }
    if as_of.is_some() {
        eprintln!("as of then: totals, deadlines and sources are left out, projects are shown as they stand today");
    }
    for message in &messages {
        if open {
            show(message)?;
        } else {
            print(message, &form);
        }
    }
    Ok(super::DONE)
}

fn print(message: &Message, form: &str) {
    match form {
        "html" => println!("{}", message.html),
        "json" => println!("{}", message.json),
        "chat" => {
            let blocks: Vec<String> = message.blocks.iter().map(Block::plain).collect();
            println!("{}", blocks.join("\n\n"));
        }
        _ => println!("{}\n\n{}", message.subject, message.text),
    }
}

/// Puts the mail into a file that only its owner may read, and asks the desktop to show it where there is one.
fn show(message: &Message) -> Result<()> {
    let named = tempfile_name(message);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&named).with_context(|| format!("making {}", named.display()))?;
    file.write_all(message.html.as_bytes())?;
    let has_desktop = ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(|name| std::env::var_os(name).is_some());
    let opened = has_desktop
        && Command::new("xdg-open")
            .arg(&named)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .is_ok();
    if !opened {
        println!("{}", named.display());
    }
    Ok(())
}

/// A name that nobody guesses: the folder is everybody's.
fn tempfile_name(message: &Message) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("tenderwatch-{}-{:016x}.html", message.digest_id, fastrand::u64(..)))
}

fn send(rooms: &Rooms, name: &str) -> Result<u8> {
    let subscription = named(rooms, name)?;
    match digest::send(rooms, &subscription)? {
        0 => eprintln!("nothing to tell {name}"),
        1 => println!("a message to {name} waits in the outbox; the service delivers it"),
        many => println!("{many} messages to {name} wait in the outbox; the service delivers them"),
    }
    Ok(super::DONE)
}

/// A declared subscription or a row that is told.
pub(super) fn named(rooms: &Rooms, name: &str) -> Result<Subscription> {
    if let Some(declared) = rooms.config.subscriptions.iter().find(|declared| declared.name == name) {
        return Ok(declared.clone());
    }
    if let Some(row) = rooms.store.read(|r| r.subscriber(name))? {
        return Ok(row.subscription);
    }
    let names: Vec<&str> = rooms.config.subscriptions.iter().map(|s| s.name.as_str()).collect();
    bail!("no subscription is called {name}; declared are: {}; rows are listed by `subscriber list`", names.join(", "));
}

/// A day's end in China, or an instant.
fn instant(text: &str) -> Result<Timestamp, String> {
    let expected = || format!("{text:?} is neither a day, as 2019-09-24, nor an instant, as 2019-09-24T09:00:00+08:00");
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let day: Date = text.parse().map_err(|_| expected())?;
    let next = day.tomorrow().map_err(|_| expected())?;
    Stamp::china(next.at(0, 0, 0, 0)).map(|stamp| stamp.at).ok_or_else(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_in_china() {
        assert_eq!(instant("2019-09-24").unwrap().to_string(), "2019-09-24T16:00:00Z");
        assert_eq!(instant("2019-09-24T09:00:00+08:00").unwrap().to_string(), "2019-09-24T01:00:00Z");
        assert!(instant("yesterday").is_err());
    }
}
