//! A person's hand on the outbox: messages taken back or tried again, receivers opened again. Short writes, so that it works
//! beside the service; what is being sent this moment is sent.

use anyhow::{Result, bail};

use super::Rooms;
use crate::domain::delivery::{Delivery, DeliveryId};
use crate::domain::subscriber::{self, Standing};
use crate::domain::wording;
use crate::store::deliveries::{DeliveryRow, Wanted};
use crate::store::{Reader, StoreError};

/// What stands in the place of an address that was erased.
const ERASED: &str = "erased:";

/// How many messages one command tries again at most; a second run takes the rest.
pub const RETRIED_MAX: u32 = 10_000;

/// Takes a message to one receiver back. Gives how many parts were on their way.
pub fn cancel(rooms: &Rooms, id: &DeliveryId, author: &str, reason: &str) -> Result<u64> {
    if author.trim().is_empty() || reason.trim().is_empty() {
        bail!("say who takes it back and why: --author NAME --reason TEXT");
    }
    known(rooms, id)?;
    let (now, author, reason) = (rooms.clock.now(), wording::bounded(author), wording::bounded(reason));
    Ok(rooms.store.write(|w| w.cancel_message(id, &author, &reason, now))?)
}

/// Makes a message to one receiver due now. Gives how many parts wait.
pub fn retry(rooms: &Rooms, id: &DeliveryId) -> Result<u64> {
    let row = known(rooms, id)?;
    let now = rooms.clock.now();
    rooms.store.write(|w| {
        if wants_no_more(w, &row)? {
            bail!("its receiver left the subscription, or is erased: nothing is sent there any more");
        }
        if let Some(stop) = w.stop(&row.channel, &row.receiver)? {
            bail!(
                "its receiver is stopped since {}: {}; open it with `tenderwatch deliveries resume` first",
                stop.at,
                stop.why
            );
        }
        Ok(w.retry_message(id, now)?)
    })
}

/// Makes every message due now that was given up and fits, but for those that a person took back and those to receivers that
/// are stopped. Gives how many parts wait.
pub fn retry_given_up(rooms: &Rooms, wanted: &Wanted) -> Result<u64> {
    let wanted = Wanted { state: Some("given_up".into()), ..wanted.clone() };
    let now = rooms.clock.now();
    rooms.store.write(|w| -> Result<u64> {
        let mut waiting = 0;
        for row in w.deliveries_that(&wanted, RETRIED_MAX)? {
            let is_open = row.cancelled_by.is_none()
                && w.stop(&row.channel, &row.receiver)?.is_none()
                && !wants_no_more(w, &row)?;
            // Its earlier parts may have brought it along.
            let is_given_up = |r: &DeliveryRow| matches!(r.state, Delivery::GivenUp { .. });
            if is_open && w.delivery(&row.id)?.as_ref().is_some_and(is_given_up) {
                waiting += w.retry_message(&row.id, now)?;
            }
        }
        Ok(waiting)
    })
}

/// Whether the receiver left, or asked to be erased: whoever tries again may not write to them all the same.
fn wants_no_more(r: &Reader<'_>, row: &DeliveryRow) -> Result<bool> {
    if subscriber::is_row(&row.subscription) {
        let kept = r.subscriber(&row.subscription)?;
        // One that was never confirmed still gets the mail that asks.
        return Ok(kept.is_none_or(|kept| matches!(kept.standing, Standing::Left | Standing::Erased)));
    }
    Ok(row.receiver.starts_with(ERASED) || r.has_left(&row.subscription, &row.receiver)?)
}

/// Opens a receiver again. False when it was not stopped.
pub fn resume(rooms: &Rooms, channel: &str, receiver: &str) -> Result<bool> {
    Ok(rooms.store.write(|w| -> Result<bool, StoreError> { w.resume_receiver(channel, receiver) })?)
}

fn known(rooms: &Rooms, id: &DeliveryId) -> Result<DeliveryRow> {
    let Some(row) = rooms.store.read(|r| r.delivery(id))? else { bail!("no delivery has the id {id}") };
    Ok(row)
}
