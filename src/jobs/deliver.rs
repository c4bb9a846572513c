//! Deliveries on their way: claimed (committed), sent, recorded (committed). Nothing is sent while the database is held; a
//! death in between means a second attempt under the same id.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::{Rooms, blocking};
use crate::channels::Sent;
use crate::domain::change::{Audience, Change, ChangeKind, Telling};
use crate::domain::delivery::{ClaimedDelivery, Outcome};
use crate::domain::retry::{self, Next};
use crate::store::Reader;

/// How long a claim holds: longer than any channel's whole deadline.
const CLAIM: SignedDuration = SignedDuration::from_mins(5);

/// How many deliveries are under way at once.
const AT_ONCE: u32 = 8;

/// What one walk over the outbox came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Accepted by their receivers.
    pub sent: u64,
    /// To be tried again.
    pub waiting: u64,
    /// Not tried any more.
    pub given_up: u64,
}

/// Sends everything that is due.
pub async fn deliver_due(rooms: &Rooms) -> Result<Delivered> {
    let mut delivered = Delivered::default();
    loop {
        let now = rooms.clock.now();
        let until = now.checked_add(CLAIM)?;
        let claimed = blocking(|| {
            rooms.store.write(|w| -> Result<Vec<ClaimedDelivery>> {
                let mut claimed = Vec::new();
                for lane in w.lanes()?.into_iter().filter(|lane| lane.first_at <= now) {
                    claimed.extend(w.claim_deliveries(&lane.channel, now, until, AT_ONCE)?);
                }
                Ok(claimed)
            })
        })?;
        if claimed.is_empty() {
            return Ok(delivered);
        }
        let sends = claimed.iter().map(|delivery| async move {
            let sent = rooms.channels.send(delivery, now).await;
            record(rooms, delivery, &sent)
        });
        for next in futures_util::future::join_all(sends).await {
            match next? {
                None => delivered.sent += 1,
                Some(Next::At(_)) => delivered.waiting += 1,
                Some(Next::GiveUp { .. }) => delivered.given_up += 1,
            }
        }
    }
}

/// Whether anything in the outbox is due.
pub fn is_due(r: &Reader<'_>, now: Timestamp) -> Result<bool> {
    Ok(r.next_delivery_at()?.is_some_and(|at| at <= now))
}

/// Records what one attempt came to, and tells the operator where a delivery is given up.
fn record(rooms: &Rooms, delivery: &ClaimedDelivery, sent: &Sent) -> Result<Option<Next>> {
    let now = rooms.clock.now();
    let outcome = &sent.outcome;
    let next = retry::next(outcome, delivery.attempts, delivery.composed_at, now, fastrand::f64());
    blocking(|| {
        rooms.store.write(|w| -> Result<()> {
            w.record_attempt(&delivery.id, outcome, sent.receipt.as_deref(), next.as_ref(), now)?;
            let why = match (&next, outcome) {
                (Some(Next::GiveUp { why }), _) => why,
                // Our own mistake is held and tried again, and worth telling when it first shows.
                (Some(Next::At(_)), Outcome::Misconfigured { why }) if delivery.attempts == 0 => why,
                _ => return Ok(()),
            };
            if !went_to_operator(rooms, w, delivery)? {
                w.append_changes(&[given_up(delivery, why, now)])?;
            }
            Ok(())
        })
    })?;
    match (&next, outcome) {
        (None, _) => tracing::info!(delivery = %delivery.id, channel = %delivery.channel, "delivered"),
        (Some(Next::At(at)), outcome) => {
            tracing::warn!(delivery = %delivery.id, channel = %delivery.channel, "not delivered, next attempt at {at}: {}", outcome.why());
        }
        (Some(Next::GiveUp { why }), _) => {
            tracing::error!(delivery = %delivery.id, channel = %delivery.channel, "given up: {why}");
        }
    }
    Ok(next)
}

/// Whether the delivery itself went to the operator: a trouble about a trouble would chase its own tail. Asked of its
/// subscription, not of its channel, which subscribers may share; one that is configured no more is somebody's loss.
fn went_to_operator(rooms: &Rooms, r: &Reader<'_>, delivery: &ClaimedDelivery) -> Result<bool> {
    let Some(row) = r.delivery(&delivery.id)? else { return Ok(false) };
    let subscription = rooms.config.subscriptions.iter().find(|subscription| subscription.name == row.subscription);
    Ok(subscription.is_some_and(|subscription| subscription.filter.audience == Audience::Operator))
}

fn given_up(delivery: &ClaimedDelivery, why: &str, now: Timestamp) -> Change {
    Change {
        kind: ChangeKind::DeliveryGivenUp,
        project: None,
        notice: None,
        source: None,
        topic: None,
        fields: Vec::new(),
        reason: format!("channel {}, delivery {}: {why}", delivery.channel, delivery.id),
        published_at: None,
        seen_at: now,
        telling: Telling::News,
    }
}
