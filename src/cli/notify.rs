//! `notify test`: one message that proves a subscription's channel and says so, through the same code as every digest. What
//! fails is said with its part: words, form or way.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::channels::Letter;
use crate::domain::delivery::{ClaimedDelivery, Outcome};
use crate::domain::digest::{self, Digest, Message};
use crate::domain::subscription::Subscription;
use crate::jobs::{Rooms, links, subscriptions};
use crate::platform::clock::Clock;

#[derive(clap::Subcommand, Debug)]
pub(super) enum Verb {
    /// Sends a test message to every receiver of a subscription.
    Test {
        /// The subscription: declared, or the name of a row.
        subscription: String,
    },
}

pub(super) async fn run(config: &Path, clock: Clock, verb: Verb) -> Result<u8> {
    let Verb::Test { subscription } = verb;
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    let subscription = super::digest::named(&rooms, &subscription)?;
    let now = rooms.clock.now();
    // The instant in the id: two tests are two messages.
    let id = digest::id(&format!("{} test {now}", subscription.name), 0);
    let topic = rooms.config.topics.first().map(|topic| topic.name.clone()).unwrap_or_default();
    let test = Digest { topic, ..Digest::empty(id, &subscription, now) };
    let message = crate::telling::render_test(&rooms.templates, &test).context("putting the message into words")?;
    let receivers = rooms.channels.receivers(&subscription.channel, &subscription.receivers);
    if receivers.is_empty() {
        bail!("{} has no receiver", subscription.name);
    }
    let mut code = super::DONE;
    for (place, receiver) in receivers.iter().enumerate() {
        let who = format!("receiver {} of {} through {}", place + 1, subscription.name, subscription.channel);
        match prove(&rooms, &subscription, &message, receiver).await {
            Ok(said) => println!("{who}: {said}"),
            Err(error) => {
                eprintln!("tenderwatch: {who}: {error:#}");
                code = super::FAILED;
            }
        }
    }
    Ok(code)
}

/// Sends every part of the message to one receiver; the first that fails ends it.
async fn prove(rooms: &Rooms, subscription: &Subscription, message: &Message, receiver: &str) -> Result<String> {
    let Subscription { name, channel, .. } = subscription;
    let id = digest::delivery_id(&message.digest_id, receiver);
    let (generation, stopped) =
        rooms.store.read(|r| -> Result<_> { Ok((subscriptions::generation(r, name)?, r.stop(channel, receiver)?)) })?;
    let links = links::links(rooms, name, receiver, generation);
    let letter = Letter { links, ..Letter::plain(id.clone(), receiver, name) };
    let payloads = rooms.channels.compose(channel, message, &letter).context("putting it into the channel's form")?;
    let parts = payloads.len();
    for (part, payload) in payloads.into_iter().enumerate() {
        let delivery = ClaimedDelivery {
            id: id.clone(),
            channel: channel.clone(),
            receiver: receiver.to_owned(),
            payload,
            attempts: 0,
            composed_at: message.composed_at,
            receipts: Vec::new(),
        };
        let outcome = rooms.channels.send(&delivery, rooms.clock.now()).await.outcome;
        if outcome != Outcome::Accepted {
            bail!("sending part {} of {parts}: {}", part + 1, outcome.why());
        }
    }
    let stopped = stopped.map_or("", |_| "; digests do not go there: the receiver is stopped");
    Ok(format!("accepted under the id {id}{stopped}"))
}
