//! What each subscription has not heard yet → finished messages and their deliveries. Run, digests, deliveries and watermark are
//! one transaction: a crash or a second process makes neither a second message nor a lost one. Changes, projects and words are
//! read and made once for all subscriptions of a walk.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::{Rooms, blocking, subscriptions};
use crate::domain::digest as ids;
use crate::domain::schedule;
use crate::domain::subscription::{Frequency, Rhythm, Start, Subscription};
use crate::store::subscriptions::{SubscriptionMemory, Wake};
use crate::store::{Reader, Writer};

mod assemble;

mod outcome;

mod preview;

mod told;

mod walk;

pub use preview::{Preview, preview, send};

use outcome::Outcome;
use walk::Walk;

/// How many subscriptions are told in one transaction: what a crash may undo, and what is held in memory at once.
const AT_ONCE: usize = 100;

/// How often a subscription hears what is nearly of its topics.
const NEAR_MISSES_EVERY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Composes every message that is due; gives how many were written. A subscription that fails keeps its watermark and holds up
/// no other; the first failure is returned when all had their turn.
pub fn compose_due(rooms: &Rooms) -> Result<u64> {
    let mut written = 0;
    let mut failed = None;
    loop {
        let mut walk = blocking(|| rooms.store.read(|r| Walk::begin(rooms, r)))?;
        let due = blocking(|| roll_call(rooms, &walk))?;
        let mut more = false;
        for chunk in due.chunks(AT_ONCE) {
            let told = blocking(|| tell(rooms, &mut walk, chunk, &mut failed))?;
            written += told.written;
            more |= told.more;
        }
        if !more {
            break;
        }
    }
    failed.map_or(Ok(written), Err)
}

/// Whether any subscription has something to do. Asked every second: costs the same for one and for ten thousand.
pub fn is_due(rooms: &Rooms, r: &Reader<'_>, now: Timestamp) -> Result<bool> {
    if r.roll_call()? != Some(roster(rooms, r)?) {
        return Ok(true);
    }
    let wakes = r.wakes()?;
    let rings = wakes.at.is_some_and(|at| at <= now) || wakes.from.is_some_and(|from| from > now);
    Ok(rings || wakes.heard.map_or(Ok(false), |heard| r.last_seq().map(|last| heard < last))?)
}

/// What tells one roster from another: the declared subscriptions, and when the last row changed.
fn roster(rooms: &Rooms, r: &Reader<'_>) -> Result<String> {
    let declared = ids::run_id("declared", &format!("{:?}", rooms.config.subscriptions), "");
    Ok(format!("{declared} {}", r.roster()?))
}

/// One that is to be told, and what is remembered of it; nothing of one that begins.
type Due = (Subscription, Option<SubscriptionMemory>);

/// Everybody who is due, those who want the same beside each other. Who came is remembered, who went is let sleep, and whoever
/// changed the rhythm is woken by the new one.
fn roll_call(rooms: &Rooms, walk: &Walk) -> Result<Vec<Due>> {
    let (all, mut memories, roster, called) = rooms.store.read(|r| -> Result<_> {
        Ok((subscriptions::all(rooms, r)?, r.subscription_memories()?, roster(rooms, r)?, r.roll_call()?))
    })?;
    let is_new = called.as_ref() != Some(&roster);
    let mut due = Vec::new();
    let mut changed = Vec::new();
    for subscription in all {
        let memory = memories.remove(&subscription.name);
        match memory {
            None if subscription.start == Start::Silent => {
                let memory = begun(&subscription, walk);
                changed.push((subscription.name, None, memory));
            }
            Some(kept) if !is_due_now(&subscription, &kept, walk) => {
                let memory = adjusted(&subscription, &kept, walk.now);
                if is_new && memory != kept {
                    changed.push((subscription.name, Some(kept), memory));
                }
            }
            memory => due.push((subscription, memory)),
        }
    }
    let gone: Vec<String> =
        memories.into_iter().filter(|(_, memory)| memory.wake != Wake::default()).map(|(name, _)| name).collect();
    if is_new || !gone.is_empty() || !changed.is_empty() {
        rooms.store.write(|w| -> Result<()> {
            for (name, before, memory) in &changed {
                if w.subscription_memory(name)? == *before {
                    w.put_subscription_memory(name, memory)?;
                }
            }
            gone.iter().try_for_each(|name| w.let_sleep(name))?;
            Ok(w.put_roll_call(&roster)?)
        })?;
    }
    due.sort_by_cached_key(|(subscription, _)| told::alike(subscription));
    Ok(due)
}

/// A new subscription hears what comes from now on.
fn begun(subscription: &Subscription, walk: &Walk) -> SubscriptionMemory {
    let memory = SubscriptionMemory {
        watermark: walk.last,
        next_due_at: schedule::next_digest(&subscription.rhythm, walk.now),
        near_misses_at: subscription.near_misses.then_some(walk.now),
        ..SubscriptionMemory::default()
    };
    SubscriptionMemory { wake: wake(&subscription.rhythm, &memory), ..memory }
}

/// The memory of one that is not due, by its rhythm as it is today.
fn adjusted(subscription: &Subscription, memory: &SubscriptionMemory, now: Timestamp) -> SubscriptionMemory {
    let mut memory = memory.clone();
    memory.next_due_at = schedule::next_digest(&subscription.rhythm, now);
    memory.near_misses_at = subscription.near_misses.then(|| memory.near_misses_at.unwrap_or(now));
    let is_held =
        subscription.rhythm.frequency == Frequency::Immediate && memory.wake.at.is_some() && !memory.wake.on_news;
    if !is_held {
        memory.wake = wake(&subscription.rhythm, &memory);
    }
    memory
}

fn is_due_now(subscription: &Subscription, memory: &SubscriptionMemory, walk: &Walk) -> bool {
    if subscription.rhythm.frequency != Frequency::Immediate {
        return schedule::has_come(memory.next_due_at, walk.now, schedule::digest_put_off_most(&subscription.rhythm));
    }
    let is_held = memory.wake.at.is_some_and(|at| at > walk.now) && !memory.wake.on_news;
    let is_still = is_held && schedule::still_until(&subscription.rhythm, walk.now).is_some();
    let has_near_misses = memory.near_misses_at.is_some_and(|at| near_misses_next(at) <= walk.now);
    (walk.last > memory.watermark || (subscription.near_misses && has_near_misses)) && !is_still
}

fn near_misses_next(last: Timestamp) -> Timestamp {
    last.checked_add(NEAR_MISSES_EVERY).unwrap_or(Timestamp::MAX)
}

/// What wakes a subscription next.
fn wake(rhythm: &Rhythm, memory: &SubscriptionMemory) -> Wake {
    if rhythm.frequency == Frequency::Immediate {
        return Wake { at: memory.near_misses_at.map(near_misses_next), from: None, on_news: true };
    }
    let from = memory.next_due_at.and_then(|at| at.checked_sub(schedule::digest_put_off_most(rhythm)).ok());
    Wake { at: memory.next_due_at, from, on_news: false }
}

/// What telling some came to.
#[derive(Default)]
struct Told {
    /// Messages.
    written: u64,
    /// Whether any of them has more to hear.
    more: bool,
}

/// Plans and composes for some subscriptions, then keeps all of that at once.
fn tell(rooms: &Rooms, walk: &mut Walk, chunk: &[Due], failed: &mut Option<anyhow::Error>) -> Result<Told> {
    let mut outcomes = Vec::new();
    rooms.store.read(|r| -> Result<()> {
        for (subscription, memory) in chunk {
            match outcome::of(rooms, r, walk, subscription, memory.as_ref()) {
                Ok(outcome) => outcomes.push(outcome),
                Err(error) => {
                    let error = error.context(format!("the digest for {}", subscription.name));
                    tracing::error!("{error:#}");
                    failed.get_or_insert(error);
                }
            }
        }
        Ok(())
    })?;
    rooms.store.write(|w| -> Result<Told> {
        let mut told = Told::default();
        for outcome in &outcomes {
            told.written += keep(w, outcome)?;
            told.more |= outcome.more;
        }
        Ok(told)
    })
}

/// Keeps what was planned, unless somebody else told the subscription meanwhile. Gives how many messages it kept.
fn keep(w: &Writer<'_>, outcome: &Outcome) -> Result<u64> {
    let Outcome { subscription, before, after, run, digests, reminders, .. } = outcome;
    if w.subscription_memory(subscription)? != *before {
        return Ok(0);
    }
    if let Some(run) = run
        && !w.put_run(subscription, run)?
    {
        // This period was told. What came since waits for the next one.
        let watermark = before.as_ref().map_or(after.watermark, |before| before.watermark);
        w.put_subscription_memory(subscription, &SubscriptionMemory { watermark, ..after.clone() })?;
        return Ok(0);
    }
    for digest in digests {
        w.put_message(&digest.row.message_json, &digest.message_json)?;
        w.put_digest(&digest.row, &digest.told, &digest.deliveries)?;
        tracing::info!(
            subscription = %subscription, items = digest.told.len(), deliveries = digest.deliveries.len(),
            "a digest of {} changes is written", digest.told.len()
        );
    }
    w.put_reminders(subscription, reminders)?;
    w.put_subscription_memory(subscription, after)?;
    Ok(digests.len() as u64)
}
