//! `digest preview`: the digest a subscription would get, printed and never sent.

use std::path::Path;

use anyhow::{Result, bail};

use crate::domain::rich::Block;
use crate::platform::clock::Clock;

#[derive(clap::Subcommand, Debug)]
pub(super) enum Verb {
    /// Shows what a subscription has not been told yet.
    Preview {
        /// The subscription.
        subscription: String,
        /// From this change on, instead of what was not told yet; 0 for everything that was ever news.
        #[arg(long, value_name = "SEQ")]
        after: Option<i64>,
        /// Which form.
        #[arg(long, value_parser = ["text", "html", "json", "chat"], default_value = "text")]
        form: String,
    },
}

pub(super) fn run(config: &Path, clock: Clock, verb: Verb) -> Result<u8> {
    let Verb::Preview { subscription, after, form } = verb;
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    let Some(declared) = rooms.config.subscriptions.iter().find(|s| s.name == subscription) else {
        let names: Vec<&str> = rooms.config.subscriptions.iter().map(|s| s.name.as_str()).collect();
        bail!("no subscription is called {subscription}; there is: {}", names.join(", "));
    };
    let told = rooms.store.read(|r| r.subscription_memory(&subscription))?.map_or(0, |memory| memory.watermark);
    let Some(digest) = crate::jobs::digest::preview(&rooms, declared, after.unwrap_or(told))? else {
        eprintln!("nothing to tell {subscription}");
        return Ok(super::DONE);
    };
    let message = crate::telling::render(&rooms.templates, &digest)?;
    match form.as_str() {
        "html" => println!("{}", message.html),
        "json" => println!("{}", message.json),
        "chat" => {
            let blocks: Vec<String> = message.blocks.iter().map(Block::plain).collect();
            println!("{}", blocks.join("\n\n"));
        }
        _ => println!("{}\n\n{}", message.subject, message.text),
    }
    Ok(super::DONE)
}
