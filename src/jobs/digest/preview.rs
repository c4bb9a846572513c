//! What a subscription would be told: now, from a change on, or at an instant that is over. Writes nothing. And the same sent
//! at once, out of turn.

use anyhow::{Result, bail};
use jiff::{SignedDuration, Timestamp};

use super::told::{self, Shared};
use super::walk::Walk;
use super::{keep, outcome};
use crate::domain::digest::{Message, Occasion, run_id};
use crate::domain::subscription::{Frequency, Subscription};
use crate::jobs::Rooms;
use crate::store::subscriptions::SubscriptionMemory;
use crate::telling;

/// From where on a preview looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preview {
    /// What was not told yet.
    Untold,
    /// The changes after this one.
    After(i64),
    /// What was seen in the period that ends at this instant: a day for one that speaks daily or at once. Totals, deadlines and
    /// sources are left out: they are known as of now only, as is where each project stands.
    AsOf(Timestamp),
}

/// The messages that a subscription would get; none where there is nothing to tell.
pub fn preview(rooms: &Rooms, subscription: &Subscription, what: Preview) -> Result<Vec<Message>> {
    rooms.store.read(|r| {
        let mut walk = Walk::begin(rooms, r)?;
        let mut memory = r.subscription_memory(&subscription.name)?.unwrap_or_default();
        match what {
            Preview::Untold => {}
            Preview::After(seq) => memory.watermark = seq,
            Preview::AsOf(at) => {
                walk.now = at;
                walk.last = r.seq_at(at)?;
                walk.sources = Vec::new();
                memory = SubscriptionMemory {
                    watermark: r.seq_at(at.checked_sub(length(subscription.rhythm.frequency))?)?,
                    near_misses_at: None,
                    ..SubscriptionMemory::default()
                };
            }
        }
        let mut speech = outcome::speech(rooms, r, &mut walk, subscription, &memory)?;
        let is_over = matches!(what, Preview::AsOf(_));
        if is_over {
            speech.closing = Vec::new();
            if speech.occasion == Occasion::Reminder {
                speech.occasion = Occasion::Quiet;
            }
        }
        if speech.occasion == Occasion::Quiet {
            return Ok(Vec::new());
        }
        let shared = told::shared(rooms, r, &mut walk, subscription, Some(&memory), &speech, !is_over)?;
        Ok(shared.iter().map(|shared| own(shared, subscription)).collect())
    })
}

fn own(shared: &Shared, subscription: &Subscription) -> Message {
    telling::addressed(&shared.message, &subscription.name, &run_id(&subscription.name, "preview", ""))
}

/// How long a period is, near enough for a preview.
fn length(frequency: Frequency) -> SignedDuration {
    match frequency {
        Frequency::Hourly => SignedDuration::from_hours(1),
        Frequency::Immediate | Frequency::Daily { .. } => SignedDuration::from_hours(24),
        Frequency::Weekly { .. } => SignedDuration::from_hours(7 * 24),
        Frequency::Monthly { .. } => SignedDuration::from_hours(31 * 24),
    }
}

/// Puts what was not told yet into the outbox, out of turn; the service delivers it. Gives how many messages that were.
pub fn send(rooms: &Rooms, subscription: &Subscription) -> Result<u64> {
    let planned = rooms.store.read(|r| {
        let mut walk = Walk::begin(rooms, r)?;
        let Some(memory) = r.subscription_memory(&subscription.name)? else {
            bail!("{} has not begun: the service remembers it from its next start on", subscription.name);
        };
        outcome::out_of_turn(rooms, r, &mut walk, subscription, &memory)
    })?;
    let Some(planned) = planned else { return Ok(0) };
    rooms.store.write(|w| keep(w, &planned))
}
