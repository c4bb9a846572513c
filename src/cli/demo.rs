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
}

pub(super) async fn run(arguments: Arguments) -> Result<u8> {
    let Arguments { exit, json, dir } = arguments;
    let summary = crate::demo::run(&crate::demo::Options { exit, quiet: json, dir }).await?;
    if json {
        println!("{}", summary.json());
    } else {
        println!("{summary}");
    }
    Ok(if summary.complete() { super::DONE } else { super::FAILED })
}
