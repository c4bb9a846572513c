//! `webhook key`: the public keys that a channel's receiver verifies with, one line for each secret. Prints no secret.

use std::path::Path;

use anyhow::{Result, anyhow, bail};

use crate::channels::webhook;
use crate::config::settings::ChannelSettings;
use crate::platform::secret::Secret;

#[derive(clap::Subcommand, Debug)]
pub(super) enum Verb {
    /// Prints the public key (whpk_…) of each private one that a channel signs with.
    Key {
        /// The channel.
        channel: String,
    },
}

pub(super) fn run(config: &Path, verb: &Verb) -> Result<u8> {
    let Verb::Key { channel } = verb;
    let config = match super::load(config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    let Some((_, settings)) = config.channels.iter().find(|(name, _)| name == channel) else {
        bail!("no channel is called {channel}");
    };
    let ChannelSettings::Webhook(settings) = settings else {
        bail!("the channel {channel} is no webhook: nothing of it is signed for its receiver");
    };
    for file in &settings.secret_files {
        let key = webhook::public_key(&Secret::read(file)?).map_err(|what| anyhow!("{}: {what}", file.display()))?;
        match key {
            Some(key) => println!("{key}  {}", file.display()),
            None => println!("-  {}: shared with the receiver, and has no public half", file.display()),
        }
    }
    Ok(super::DONE)
}
