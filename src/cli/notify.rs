//! `notify test`: one message that proves a subscription's channel and says so, through the same code as every digest.

use std::path::Path;

use anyhow::{Result, bail};

use crate::channels::Letter;
use crate::domain::delivery::{ClaimedDelivery, Outcome};
use crate::domain::digest::{self, Digest};
use crate::platform::clock::Clock;

#[derive(clap::Subcommand, Debug)]
pub(super) enum Verb {
    /// Sends a test message to every receiver of a subscription.
    Test {
        /// The subscription.
        subscription: String,
    },
}

pub(super) async fn run(config: &Path, clock: Clock, verb: Verb) -> Result<u8> {
    let Verb::Test { subscription } = verb;
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    let Some(declared) = rooms.config.subscriptions.iter().find(|s| s.name == subscription) else {
        bail!("no subscription is called {subscription}");
    };
    let now = rooms.clock.now();
    // The instant in the id: two tests are two messages.
    let id = digest::id(&format!("{subscription} test {now}"), 0);
    let test = Digest {
        topic: rooms.config.topics.first().map(|t| t.name.clone()).unwrap_or_default(),
        ..Digest::empty(id, declared, now)
    };
    let message = crate::telling::render_test(&rooms.templates, &test)?;
    let mut code = super::DONE;
    for (place, receiver) in rooms.channels.receivers(&declared.channel, &declared.receivers).into_iter().enumerate() {
        let id = digest::delivery_id(&test.id, &receiver);
        let letter = Letter::plain(id.clone(), &receiver, &subscription);
        for payload in rooms.channels.compose(&declared.channel, &message, &letter)? {
            let delivery = ClaimedDelivery {
                id: id.clone(),
                channel: declared.channel.clone(),
                receiver: receiver.clone(),
                payload,
                attempts: 0,
                composed_at: now,
                receipts: Vec::new(),
            };
            let outcome = rooms.channels.send(&delivery, now).await.outcome;
            let n = place + 1;
            if outcome == Outcome::Accepted {
                println!("receiver {n} of {subscription} through {}: accepted under the id {id}", declared.channel);
            } else {
                eprintln!(
                    "tenderwatch: receiver {n} of {subscription} through {}: {}",
                    declared.channel,
                    outcome.why()
                );
                code = super::FAILED;
            }
        }
    }
    Ok(code)
}
