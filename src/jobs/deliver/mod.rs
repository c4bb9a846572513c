//! Deliveries on their way, a lane for each channel: claimed (committed), sent, recorded (committed). Nothing is sent while the
//! database is held; a death in between means a second attempt under the same id. No lane waits for another.

use std::collections::HashSet;
use std::time::Duration;

use anyhow::{Context as _, Result};
use futures_util::FutureExt as _;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use jiff::{SignedDuration, Timestamp};

use super::{Rooms, blocking};
use crate::channels::{Pace, Sent};
use crate::domain::delivery::{ClaimedDelivery, Outcome};
use crate::domain::retry::{self, Next};
use crate::store::outbox::Lane;
use crate::store::{Reader, Writer};

mod pace;

mod record;

pub use record::receiver_stopped;

/// How long an attempt may take, whatever a channel makes of its own timeouts. Those of mail come to less than ten minutes.
const ATTEMPT_MAX: Duration = Duration::from_mins(15);

/// How long a claim holds: longer than any attempt.
const CLAIM: SignedDuration = SignedDuration::from_mins(20);

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

impl Delivered {
    fn count(&mut self, next: Option<&Next>) {
        match next {
            None => self.sent += 1,
            Some(Next::At(_)) => self.waiting += 1,
            Some(Next::GiveUp { .. }) => self.given_up += 1,
        }
    }
}

/// An attempt that has ended.
struct Ended {
    delivery: ClaimedDelivery,
    sent: Sent,
}

/// Sends everything that is due, all lanes side by side. A lane that fails holds up no other; the first failure is returned
/// when all have ended.
pub async fn deliver_due(rooms: &Rooms) -> Result<Delivered> {
    let now = rooms.clock.now();
    let channels = blocking(|| rooms.store.read(|r| due_lanes(rooms, r, now)))?;
    let lanes = channels.iter().map(|channel| lane(rooms, channel, || true));
    let mut all = Delivered::default();
    let mut failed = None;
    for delivered in futures_util::future::join_all(lanes).await {
        match delivered {
            Ok(Delivered { sent, waiting, given_up }) => {
                all.sent += sent;
                all.waiting += waiting;
                all.given_up += given_up;
            }
            Err(error) => {
                failed.get_or_insert(error);
            }
        }
    }
    failed.map_or(Ok(all), Err)
}

/// The channels that have something to send now: those that rest, or have used up a quota, have not.
pub fn due_lanes(rooms: &Rooms, r: &Reader<'_>, now: Timestamp) -> Result<Vec<String>> {
    let mut due = Vec::new();
    for lane in r.lanes()? {
        // What is put off further than anything can be was put off while the clock was ahead.
        let is_stranded = lane.last_at.duration_since(now) > retry::PUT_OFF_MOST;
        if is_stranded || opens_at(rooms, r, &lane, now)? <= now {
            due.push(lane.channel);
        }
    }
    Ok(due)
}

/// When something is due next, by every channel's rests and quotas.
pub fn next_at(rooms: &Rooms, r: &Reader<'_>, now: Timestamp) -> Result<Option<Timestamp>> {
    let opens = r.lanes()?.into_iter().map(|lane| opens_at(rooms, r, &lane, now));
    Ok(opens.collect::<Result<Vec<_>>>()?.into_iter().min())
}

fn opens_at(rooms: &Rooms, r: &Reader<'_>, lane: &Lane, now: Timestamp) -> Result<Timestamp> {
    let open = pace::opens_at(r, &lane.channel, &rooms.channels.pace(&lane.channel), now)?;
    Ok(open.map_or(lane.first_at, |open| open.max(lane.first_at)))
}

/// Sends what is due through one channel, as many at once as it takes, until nothing is left or `goes_on` says no; what is
/// under way then is waited for. Never run twice at once for the same channel.
pub async fn lane(rooms: &Rooms, channel: &str, goes_on: impl Fn() -> bool) -> Result<Delivered> {
    let pace = rooms.channels.pace(channel);
    let mut delivered = Delivered::default();
    let mut under_way = FuturesUnordered::new();
    // A clock that jumps makes a claim expire early: what is being sent is not sent again meanwhile.
    let mut ids = HashSet::new();
    let mut ended: Vec<Ended> = Vec::new();
    let mut failed = None;
    loop {
        let free = if failed.is_none() && goes_on() { pace.at_once.saturating_sub(under_way.len()) } else { 0 };
        match blocking(|| turn(rooms, channel, &pace, &ended, free, under_way.len())) {
            Ok((claimed, nexts)) => {
                for next in &nexts {
                    delivered.count(next.as_ref());
                }
                let fresh = claimed.into_iter().filter(|delivery| ids.insert(delivery.id.clone()));
                under_way.extend(fresh.map(|delivery| send(rooms, delivery)));
            }
            // What was just sent stays claimed, and is sent again under its id when the claim expires.
            Err(error) => {
                failed.get_or_insert(error.context(format!("the deliveries through {channel}")));
            }
        }
        ended.clear();
        let Some(first) = under_way.next().await else { return failed.map_or(Ok(delivered), Err) };
        ended.push(first);
        while let Some(Some(more)) = under_way.next().now_or_never() {
            ended.push(more);
        }
        for Ended { delivery, .. } in &ended {
            ids.remove(&delivery.id);
        }
    }
}

/// Records what has ended and claims what is next: one transaction, and so one wait for the disk.
fn turn(
    rooms: &Rooms,
    channel: &str,
    pace: &Pace,
    ended: &[Ended],
    free: usize,
    under_way: usize,
) -> Result<(Vec<ClaimedDelivery>, Vec<Option<Next>>)> {
    let now = rooms.clock.now();
    let (claimed, nexts) = rooms.store.write(|w| -> Result<_> {
        let nexts = ended.iter().map(|ended| record::record(rooms, w, ended, now)).collect::<Result<Vec<_>>>()?;
        Ok((claim(w, channel, pace, free, under_way, now)?, nexts))
    })?;
    for (ended, next) in ended.iter().zip(&nexts) {
        record::log(ended, next.as_ref());
    }
    Ok((claimed, nexts))
}

/// Claims as much as the channel takes now.
fn claim(
    w: &Writer<'_>,
    channel: &str,
    pace: &Pace,
    free: usize,
    under_way: usize,
    now: Timestamp,
) -> Result<Vec<ClaimedDelivery>> {
    let most = free.min(pace::allowance(w, channel, pace, under_way, now)?);
    if most == 0 {
        return Ok(Vec::new());
    }
    w.bring_forward(channel, now, now.checked_add(retry::PUT_OFF_MOST)?)?;
    Ok(w.claim_deliveries(channel, now, now.checked_add(CLAIM)?, u32::try_from(most)?)?)
}

/// One attempt. One that outlasts every timeout of its channel may have arrived.
async fn send(rooms: &Rooms, delivery: ClaimedDelivery) -> Ended {
    let attempt = rooms.channels.send(&delivery, rooms.clock.now());
    let sent = tokio::time::timeout(ATTEMPT_MAX, attempt).await.unwrap_or_else(|_| {
        Outcome::Ambiguous { why: format!("no end of it within {} minutes", ATTEMPT_MAX.as_secs() / 60) }.into()
    });
    Ended { delivery, sent }
}

/// Makes what a dead process had under way wait again: for the one process that has the data folder.
pub fn free_dead_claims(rooms: &Rooms) -> Result<()> {
    let now = rooms.clock.now();
    let freed = rooms.store.write(|w| w.free_dead_claims(now)).context("freeing what was being sent")?;
    if freed > 0 {
        tracing::warn!(
            "{freed} messages were being sent when the program ended: they are sent again under the same ids"
        );
    }
    Ok(())
}
