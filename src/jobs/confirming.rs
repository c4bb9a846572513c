//! Somebody asks on a page to be told by mail: the row and the mail that asks the address whether it is so, in one transaction. The
//! mail goes through the outbox, so that it is neither lost nor sent twice. Lacks the words: whoever asks brings them.

use anyhow::{Context as _, Result};

use super::subscriptions::{self, SignedUp};
use super::{Rooms, links};
use crate::channels::Letter;
use crate::domain::delivery::DeliveryId;
use crate::domain::digest::{self, Message};
use crate::domain::pass::Purpose;
use crate::domain::subscriber::{Choices, Subscriber};
use crate::store::Writer;
use crate::store::deliveries::{DigestRow, NewDelivery};

/// Signs an address up and asks it; `write` puts the question into words, given the row and the address that confirms it.
pub fn ask(
    rooms: &Rooms,
    channel: &str,
    address: &str,
    choices: &Choices,
    write: impl Fn(&Subscriber, &str) -> Result<Message>,
) -> Result<SignedUp> {
    subscriptions::sign_up_owing(rooms, channel, address, choices, |w, row| {
        let link = links::address(rooms, Purpose::Confirm, row.name(), row.receiver(), row.generation);
        let message = write(row, &link.context("there is no [web] that the mail could lead to")?)?;
        post(rooms, w, row, &message)
    })
}

/// Puts the question into the outbox. Asking again later makes another mail, under another id.
fn post(rooms: &Rooms, w: &Writer<'_>, row: &Subscriber, message: &Message) -> Result<()> {
    let (channel, receiver) = (&row.subscription.channel, row.receiver());
    let digest = digest::run_id(row.name(), &row.changed_at.to_string(), "confirm");
    let id = digest::delivery_id(&digest, receiver);
    let letter = Letter::plain(id.clone(), receiver, row.name());
    let payloads = rooms
        .channels
        .compose(channel, message, &letter)
        .with_context(|| format!("composing for channel {channel}"))?;
    let parts = payloads.len();
    let mut deliveries = Vec::new();
    for (part, payload) in payloads.into_iter().enumerate() {
        let id = if parts == 1 { id.clone() } else { DeliveryId(format!("{id}_{}", part + 1)) };
        let part = u32::try_from(part + 1)?;
        deliveries.push(NewDelivery {
            id,
            channel: channel.clone(),
            receiver: receiver.to_owned(),
            part,
            payload,
            thread: None,
        });
    }
    let seen = w.last_seq()?;
    let kept = DigestRow {
        id: digest,
        subscription: row.name().to_owned(),
        composed_at: row.changed_at,
        from_seq: seen,
        to_seq: seen,
        message_json: message.json.clone(),
    };
    w.put_digest(&kept, &[], &deliveries)?;
    tracing::info!(subscription = %row.name(), "somebody asks to be told: the address is asked whether it is so");
    Ok(())
}
