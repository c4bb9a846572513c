//! What an attempt came to, and what follows from it: when it is tried again, whether its channel rests, whether its receiver is
//! written to no more, and whether the operator hears of it.

use anyhow::Result;
use jiff::Timestamp;

use super::Ended;
use crate::domain::change::{Audience, Change, ChangeKind, Telling};
use crate::domain::delivery::{ClaimedDelivery, Outcome};
use crate::domain::retry::{self, Next};
use crate::jobs::{Rooms, canary};
use crate::store::outbox::Rest;
use crate::store::stops::{Stop, StopKind};
use crate::store::{Reader, Writer};

/// Records one attempt with everything that follows from it.
pub(super) fn record(rooms: &Rooms, w: &Writer<'_>, ended: &Ended, now: Timestamp) -> Result<Option<Next>> {
    let Ended { delivery, sent } = ended;
    let next = retry::next(&sent.outcome, delivery.attempts, delivery.composed_at, now, fastrand::f64());
    let is_first_mistake = matches!(sent.outcome, Outcome::Misconfigured { .. }) && !was_held(w, delivery)?;
    w.record_attempt(&delivery.id, &sent.outcome, sent.receipt.as_deref(), next.as_ref(), now)?;
    let why = match (&next, &sent.outcome) {
        (_, Outcome::Gone { why }) => return stop(w, delivery, why, now).map(|()| next),
        (Some(Next::At(until)), Outcome::Later { why, retry_after: Some(_) }) => {
            rest(rooms, w, delivery, *until, why)?;
            return Ok(next);
        }
        (Some(Next::GiveUp { why }), _) => why,
        // Our own mistake is held and tried again, and worth telling when it first shows.
        (Some(Next::At(_)), Outcome::Misconfigured { why }) if is_first_mistake => why,
        _ => return Ok(next),
    };
    if is_worth_telling(rooms, w, delivery)? {
        let reason = format!("channel {}, delivery {}: {why}", delivery.channel, delivery.id);
        w.append_changes(&[trouble(ChangeKind::DeliveryGivenUp, reason, now)])?;
    }
    Ok(next)
}

fn was_held(r: &Reader<'_>, delivery: &ClaimedDelivery) -> Result<bool> {
    Ok(r.attempts(&delivery.id)?.iter().any(|attempt| attempt.outcome == "misconfigured"))
}

/// The other side said when it takes messages again: a room for all of them, a mail server for this receiver.
fn rest(rooms: &Rooms, w: &Writer<'_>, delivery: &ClaimedDelivery, until: Timestamp, why: &str) -> Result<()> {
    if rooms.channels.is_addressed(&delivery.channel) {
        w.put_off_receiver(&delivery.channel, &delivery.receiver, until)?;
    } else {
        w.rest_channel(&delivery.channel, &Rest { until, why: why.to_owned() })?;
    }
    Ok(())
}

/// The receiver is written to no more, which the operator hears once, also where it was the operator's own: another of the
/// operator's subscriptions may still be heard.
fn stop(w: &Writer<'_>, delivery: &ClaimedDelivery, why: &str, now: Timestamp) -> Result<()> {
    let stop = Stop {
        channel: delivery.channel.clone(),
        receiver: delivery.receiver.clone(),
        kind: StopKind::Refused,
        why: why.to_owned(),
        at: now,
    };
    if w.stop_receiver(&stop)? {
        w.append_changes(&[receiver_stopped(&stop, &format!("delivery {}", delivery.id))])?;
    }
    Ok(())
}

/// That a receiver was stopped, for the operator: `about` says by what, never to whom.
#[must_use]
pub fn receiver_stopped(stop: &Stop, about: &str) -> Change {
    trouble(ChangeKind::ReceiverStopped, format!("channel {}, {about}: {}", stop.channel, stop.why), stop.at)
}

/// A trouble about a trouble would chase its own tail, and a canary has an alarm of its own. Asked of the delivery's
/// subscription, not of its channel, which subscribers may share; one that is configured no more is somebody's loss.
fn is_worth_telling(rooms: &Rooms, r: &Reader<'_>, delivery: &ClaimedDelivery) -> Result<bool> {
    let Some(row) = r.delivery(&delivery.id)? else { return Ok(true) };
    let declared = rooms.config.subscriptions.iter().find(|subscription| subscription.name == row.subscription);
    let audience = match declared {
        Some(subscription) => Some(subscription.filter.audience),
        None => r.subscriber(&row.subscription)?.map(|kept| kept.subscription.filter.audience),
    };
    let is_operators = audience == Some(Audience::Operator);
    Ok(!is_operators && row.subscription != canary::SUBSCRIPTION)
}

fn trouble(kind: ChangeKind, reason: String, now: Timestamp) -> Change {
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

/// One line for the log; never an address.
pub(super) fn log(ended: &Ended, next: Option<&Next>) {
    let Ended { delivery, sent } = ended;
    let (id, channel) = (&delivery.id, &delivery.channel);
    match next {
        None => tracing::info!(delivery = %id, channel = %channel, "delivered"),
        Some(Next::At(at)) => {
            let doubt = if matches!(sent.outcome, Outcome::Ambiguous { .. }) { " (it may have arrived)" } else { "" };
            tracing::warn!(
                delivery = %id, channel = %channel,
                "not delivered{doubt}, next attempt at {at}: {}", sent.outcome.why()
            );
        }
        Some(Next::GiveUp { why }) => tracing::error!(delivery = %id, channel = %channel, "given up: {why}"),
    }
}
