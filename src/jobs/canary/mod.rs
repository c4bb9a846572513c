//! Do messages still arrive? On schedule one goes the whole way of every other; it has to be found at its other end in time, or
//! the operator hears that it is missing, once, and once when one arrives again.

use anyhow::{Context as _, Result, bail};
use jiff::{SignedDuration, Timestamp};

use super::{Rooms, blocking};
use crate::channels::Letter;
use crate::config::settings::CanarySettings;
use crate::domain::canary::Canary;
use crate::domain::change::{Change, ChangeKind, Telling};
use crate::domain::delivery::{Delivery, DeliveryId};
use crate::domain::{digest, schedule};
use crate::store::deliveries::{DeliveryRow, DigestRow, NewDelivery};
use crate::store::{Reader, Writer};

mod arrival;

pub use arrival::{MAIL_BYTES_MAX, message_id};

/// The name in place of a subscription's, and of the job that sends.
pub const SUBSCRIPTION: &str = "canary";

/// The job that looks for what was sent.
const LOOK: &str = "canary look";

/// Between two looks.
const LOOK_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Whether one is to be sent or looked for.
pub fn is_due(rooms: &Rooms, r: &Reader<'_>, now: Timestamp) -> Result<bool> {
    let Some(settings) = &rooms.config.canary else { return Ok(false) };
    Ok(is_to_be_sent(settings, r, now)? || is_to_be_looked_for(r, now)?)
}

fn is_to_be_sent(settings: &CanarySettings, r: &Reader<'_>, now: Timestamp) -> Result<bool> {
    Ok(schedule::has_come(r.job_due_at(SUBSCRIPTION)?, now, signed(settings.every)))
}

fn is_to_be_looked_for(r: &Reader<'_>, now: Timestamp) -> Result<bool> {
    let is_awaited = r.canary()?.is_some_and(|canary| canary.is_awaited());
    Ok(is_awaited && schedule::has_come(r.job_due_at(LOOK)?, now, LOOK_EVERY))
}

/// Looks for the last one, then sends the next one, as far as either is due.
pub fn run(rooms: &Rooms) -> Result<()> {
    let Some(settings) = &rooms.config.canary else { return Ok(()) };
    let now = rooms.clock.now();
    let (look, send) = blocking(|| {
        rooms.store.read(|r| -> Result<_> { Ok((is_to_be_looked_for(r, now)?, is_to_be_sent(settings, r, now)?)) })
    })?;
    if look || send {
        blocking(|| look_for(rooms, settings, now))?;
    }
    if send {
        blocking(|| self::send(rooms, settings, now))?;
    }
    Ok(())
}

/// Sends one: digest, delivery, what is awaited and the next time are one transaction.
fn send(rooms: &Rooms, settings: &CanarySettings, now: Timestamp) -> Result<()> {
    let id = format!("c_{}", now.as_millisecond());
    let message = crate::telling::canary::message(&id, now)?;
    let declared: Vec<String> = settings.to.iter().cloned().collect();
    let receivers = rooms.channels.receivers(&settings.channel, &declared);
    let receiver = receivers.first().context("the canary has no receiver")?;
    let delivery = digest::delivery_id(&id, receiver);
    let letter = Letter::plain(delivery.clone(), receiver, SUBSCRIPTION);
    let payload = rooms.channels.compose(&settings.channel, &message, &letter)?.into_iter().next();
    let deliveries = [NewDelivery {
        id: delivery.clone(),
        channel: settings.channel.clone(),
        receiver: receiver.clone(),
        part: 1,
        payload: payload.context("the canary has no message")?,
        thread: None,
    }];
    rooms.store.write(|w| -> Result<()> {
        let seq = w.last_seq()?;
        let row = DigestRow {
            id,
            subscription: SUBSCRIPTION.to_owned(),
            composed_at: now,
            from_seq: seq,
            to_seq: seq,
            message_json: message.json,
        };
        w.put_digest(&row, &[], &deliveries)?;
        w.put_canary(&Canary::next(w.canary()?.as_ref(), delivery, now))?;
        w.put_job_due_at(SUBSCRIPTION, now.checked_add(signed(settings.every))?)?;
        w.put_job_due_at(LOOK, now.checked_add(LOOK_EVERY)?)?;
        Ok(())
    })
}

/// Looks at the other end.
fn look_for(rooms: &Rooms, settings: &CanarySettings, now: Timestamp) -> Result<()> {
    let Some((canary, row)) = rooms.store.read(awaited)? else { return Ok(()) };
    let is_sent = matches!(row.state, Delivery::Sent { .. });
    // A room cannot be looked into: that it took the message is all there is to know.
    let is_there = if rooms.channels.is_addressed(&settings.channel) {
        // A folder that cannot be read proves no arrival: the log says why, and the alarm comes in its time.
        let found = settings.maildir.as_deref().map(|folder| arrival::is_in_maildir(folder, &canary.delivery));
        found.transpose().unwrap_or_else(|error| {
            tracing::warn!("looking for the canary: {error}");
            None
        }) == Some(true)
    } else {
        is_sent
    };
    rooms.store.write(|w| {
        w.put_job_due_at(LOOK, now.checked_add(LOOK_EVERY)?)?;
        looked(w, &row, is_there, signed(settings.within), now)
    })
}

/// What is awaited, and how far it came.
fn awaited(r: &Reader<'_>) -> Result<Option<(Canary, DeliveryRow)>> {
    let Some(canary) = r.canary()?.filter(Canary::is_awaited) else { return Ok(None) };
    let row = r.delivery(&canary.delivery)?.context("the canary's delivery is not in the database")?;
    Ok(Some((canary, row)))
}

/// A mail came in whose `Message-ID` names a canary: `tenderwatch canary arrived`. Says whether it is the one that is awaited.
pub fn arrived(rooms: &Rooms, head: &[u8]) -> Result<bool> {
    let Some(found) = message_id(head) else { bail!("no Message-ID stands in the first bytes of this mail") };
    let Some(settings) = &rooms.config.canary else { bail!("no [canary] is configured") };
    let now = rooms.clock.now();
    rooms.store.write(|w| {
        let Some((canary, row)) = awaited(w)? else { return Ok(false) };
        if !arrival::names(&found, &canary.delivery) {
            return Ok(false);
        }
        looked(w, &row, true, signed(settings.within), now)?;
        Ok(true)
    })
}

/// Remembers what a look came to, with what is to be told of it.
fn looked(w: &Writer<'_>, row: &DeliveryRow, is_there: bool, within: SignedDuration, now: Timestamp) -> Result<()> {
    let Some(canary) = w.canary()?.filter(|canary| canary.delivery == row.id) else { return Ok(()) };
    let (after, told) = canary.looked(is_there, within, now);
    w.put_canary(&after)?;
    if let Some(kind) = told {
        w.append_changes(&[change(kind, row, within, now)])?;
    }
    Ok(())
}

fn change(kind: ChangeKind, row: &DeliveryRow, within: SignedDuration, now: Timestamp) -> Change {
    let DeliveryRow { id, channel, .. } = row;
    let minutes = within.as_mins();
    let reason = match kind {
        ChangeKind::CanaryMissing => {
            format!("channel {channel}, delivery {id}: not found within {minutes} minutes; {}", so_far(row))
        }
        _ => format!("channel {channel}, delivery {id}: arrived"),
    };
    Change {
        kind,
        project: None,
        notice: None,
        source: None,
        topic: None,
        fields: Vec::new(),
        reason,
        published_at: None,
        seen_at: now,
        telling: Telling::News,
    }
}

/// How far it came on our side.
fn so_far(row: &DeliveryRow) -> String {
    let said = row.said.as_deref().unwrap_or("it was not tried yet");
    match &row.state {
        Delivery::Sent { at } => format!("it was accepted at {at}, and lost after that"),
        Delivery::GivenUp { why, .. } => format!("it was given up: {why}"),
        Delivery::Waiting { .. } | Delivery::Claimed { .. } => format!("it has not left: {said}"),
    }
}

fn signed(duration: std::time::Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

/// The id that is awaited, for people.
pub fn awaited_id(r: &Reader<'_>) -> Result<Option<DeliveryId>> {
    Ok(awaited(r)?.map(|(canary, _)| canary.delivery))
}
