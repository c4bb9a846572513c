//! `demo`: the whole service at work against a replica site, with nothing installed and nothing configured.

use std::path::PathBuf;

use anyhow::Result;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Ends by itself when the story is told, with a summary.
    #[arg(long)]
    exit: bool,
    /// The summary as JSON.
    #[arg(long)]
    json: bool,
    /// Where everything is kept; an interrupted demo goes on from there.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Plays the story for the [subscriptions.NAME] tables of this file; the channels are mail, hook and room.
    #[arg(long, value_name = "FILE")]
    subscriptions: Option<PathBuf>,
    /// Lets the clock go on after the story, up to this instant, as 2019-09-24T20:00:00+08:00.
    #[arg(long, value_name = "INSTANT")]
    until: Option<jiff::Timestamp>,
}

pub(super) async fn run(arguments: Arguments) -> Result<u8> {
    let Arguments { exit, json, dir, subscriptions, until } = arguments;
    let options = crate::demo::Options { exit, quiet: json, dir, subscriptions, until };
    let summary = crate::demo::run(&options).await?;
    if json {
        println!("{}", summary.json());
    } else {
        println!("{summary}");
    }
    Ok(if summary.complete() { super::DONE } else { super::FAILED })
}
