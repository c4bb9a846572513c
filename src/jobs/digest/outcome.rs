//! What one subscription is told now, if anything: the news since its watermark, or else a reminder, a week's near misses, or
//! that all is quiet, as it asked for. Plans; writes nothing.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::told::{self, Finished};
use super::walk::{Walk, Wanted};
use super::{assemble, near_misses_next, wake};
use crate::domain::change::Audience;
use crate::domain::digest::{Closing, NearMiss, Occasion};
use crate::domain::project::ProjectId;
use crate::domain::schedule;
use crate::domain::subscription::{Frequency, Idle, Rhythm, Subscription};
use crate::jobs::Rooms;
use crate::store::Reader;
use crate::store::runs::Run;
use crate::store::subscriptions::{SubscriptionMemory, Wake};

/// How far ahead a closing deadline is worth a line.
const CLOSING: SignedDuration = SignedDuration::from_hours(5 * 24);
/// And where a subscription begins.
const CLOSING_AT_FIRST: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Who hears of a deadline with less time than this cannot use it.
const NOTICE: SignedDuration = SignedDuration::from_hours(24);
/// How many periods are looked through for the latest that was missed.
const PERIODS_MAX: usize = 1_000;

/// What a subscription is told, and what is remembered of it afterwards.
#[derive(Debug)]
pub(super) struct Outcome {
    /// Its name.
    pub subscription: String,
    /// What was remembered.
    pub before: Option<SubscriptionMemory>,
    /// What is, from now on.
    pub after: SubscriptionMemory,
    /// That it spoke, if it did.
    pub run: Option<Run>,
    /// The messages.
    pub digests: Vec<Finished>,
    /// Deadlines that they remind of.
    pub reminders: Vec<(ProjectId, Timestamp)>,
    /// Whether changes are left to look at.
    pub more: bool,
}

/// What is said, before it has words.
pub(super) struct Speech {
    /// Why.
    pub occasion: Occasion,
    /// The changes.
    pub wanted: std::sync::Arc<Wanted>,
    /// Tenders that close.
    pub closing: Vec<Closing>,
    /// What is nearly of the topic.
    pub near_misses: Vec<NearMiss>,
}

/// Plans for one subscription that is due.
pub(super) fn of(
    rooms: &Rooms,
    r: &Reader<'_>,
    walk: &mut Walk,
    subscription: &Subscription,
    memory: Option<&SubscriptionMemory>,
) -> Result<Outcome> {
    let Some(memory) = memory else { return first(rooms, r, walk, subscription) };
    let rhythm = &subscription.rhythm;
    if rhythm.frequency == Frequency::Immediate
        && let Some(until) = schedule::still_until(rhythm, walk.now)
    {
        let after = SubscriptionMemory { wake: Wake { at: Some(until), from: None, on_news: false }, ..memory.clone() };
        return Ok(quiet(subscription, memory, after, false));
    }
    let period = period(r, subscription, memory, walk.now)?;
    let speech = speech(rooms, r, walk, subscription, memory)?;
    let (seen, more) = (speech.wanted.seen, speech.wanted.more);
    let mut after = memory.clone();
    after.watermark = seen;
    // A backlog goes on at once, except where the clock ran ahead before: then its period may have been told already.
    let goes_on = more && memory.next_due_at.is_some_and(|at| at <= walk.now);
    if !goes_on {
        after.next_due_at = schedule::next_digest(rhythm, walk.now);
    }
    let has_near_misses =
        subscription.near_misses && memory.near_misses_at.is_none_or(|at| near_misses_next(at) <= walk.now);
    if has_near_misses {
        after.near_misses_at = Some(walk.now);
    }
    after.wake = wake(rhythm, &after);
    if !says_something(subscription, &speech) {
        return Ok(quiet(subscription, memory, after, more));
    }
    after.last_digest_at = Some(walk.now);
    let topic = assemble::topic_of(rooms, subscription, &[]);
    after.totals_then = Some(assemble::remembered(&*walk.totals(r, &topic)?));
    let occasion = speech.occasion;
    let reminders = match rhythm.frequency {
        Frequency::Immediate => Vec::new(),
        _ => speech.closing.iter().map(|closing| (closing.project, closing.deadline_at.at)).collect(),
    };
    let digests = told::finished(rooms, r, walk, subscription, Some(memory), &period, &speech)?;
    let run = run(period, walk.now, memory.watermark, seen, occasion, &digests)?;
    let before = Some(memory.clone());
    Ok(Outcome { subscription: subscription.name.clone(), before, after, run: Some(run), digests, reminders, more })
}

/// The same at once, out of turn: nothing where there is no news. When it speaks next is left as it was.
pub(super) fn out_of_turn(
    rooms: &Rooms,
    r: &Reader<'_>,
    walk: &mut Walk,
    subscription: &Subscription,
    memory: &SubscriptionMemory,
) -> Result<Option<Outcome>> {
    let wanted = walk.wanted(r, &subscription.filter, memory.watermark)?;
    if wanted.items.is_empty() {
        return Ok(None);
    }
    let period = format!("sent at {}", walk.now);
    let (seen, more) = (wanted.seen, wanted.more);
    let speech = speech(rooms, r, walk, subscription, memory)?;
    let topic = assemble::topic_of(rooms, subscription, &[]);
    let after = SubscriptionMemory {
        watermark: seen,
        last_digest_at: Some(walk.now),
        totals_then: Some(assemble::remembered(&*walk.totals(r, &topic)?)),
        ..memory.clone()
    };
    let digests = told::finished(rooms, r, walk, subscription, Some(memory), &period, &speech)?;
    let run = run(period, walk.now, memory.watermark, seen, Occasion::News, &digests)?;
    let before = Some(memory.clone());
    let (name, reminders) = (subscription.name.clone(), Vec::new());
    Ok(Some(Outcome { subscription: name, before, after, run: Some(run), digests, reminders, more }))
}

/// One that begins, and wants to hear where things stand.
fn first(rooms: &Rooms, r: &Reader<'_>, walk: &mut Walk, subscription: &Subscription) -> Result<Outcome> {
    let mut after = super::begun(subscription, walk);
    let wanted = std::sync::Arc::new(Wanted { items: Vec::new(), seen: walk.last, more: false });
    let closing = closing(rooms, r, walk, subscription, CLOSING_AT_FIRST)?;
    let speech = Speech { occasion: Occasion::Summary, wanted, closing, near_misses: Vec::new() };
    let topic = assemble::topic_of(rooms, subscription, &[]);
    after.totals_then = Some(assemble::remembered(&*walk.totals(r, &topic)?));
    after.last_digest_at = Some(walk.now);
    let digests = told::finished(rooms, r, walk, subscription, None, "start", &speech)?;
    let run = run("start".into(), walk.now, walk.last, walk.last, Occasion::Summary, &digests)?;
    let (name, reminders) = (subscription.name.clone(), Vec::new());
    Ok(Outcome { subscription: name, before: None, after, run: Some(run), digests, reminders, more: false })
}

fn quiet(subscription: &Subscription, before: &SubscriptionMemory, after: SubscriptionMemory, more: bool) -> Outcome {
    let before = Some(before.clone());
    let (digests, reminders) = (Vec::new(), Vec::new());
    Outcome { subscription: subscription.name.clone(), before, after, run: None, digests, reminders, more }
}

fn run(
    period: String,
    now: Timestamp,
    from_seq: i64,
    to_seq: i64,
    occasion: Occasion,
    digests: &[Finished],
) -> Result<Run> {
    let digests = u32::try_from(digests.len())?;
    Ok(Run { period, composed_at: now, from_seq, to_seq, occasion: occasion.word().into(), digests })
}

/// What is due, by name: however many periods were missed, it is the last of them. A backlog that does not fit into one run goes
/// on under the same name with the change it begins after.
fn period(r: &Reader<'_>, subscription: &Subscription, memory: &SubscriptionMemory, now: Timestamp) -> Result<String> {
    let rhythm = &subscription.rhythm;
    if rhythm.frequency == Frequency::Immediate {
        return Ok(format!("after {}", memory.watermark));
    }
    let period = latest_due(rhythm, memory.next_due_at, now).to_string();
    let goes_on = memory.next_due_at.is_some_and(|at| at <= now) && r.has_run(&subscription.name, &period)?;
    Ok(if goes_on { format!("{period} after {}", memory.watermark) } else { period })
}

/// The latest instant at which a subscription was due, up to now.
fn latest_due(rhythm: &Rhythm, kept: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let mut due = match kept {
        Some(at) if at <= now => at,
        // The clock ran ahead and was set back, or nothing was kept: by the calendar alone.
        _ => now.checked_sub(schedule::digest_put_off_most(rhythm)).unwrap_or(now),
    };
    for _ in 0..PERIODS_MAX {
        match schedule::next_digest(rhythm, due) {
            Some(next) if next <= now => due = next,
            _ => break,
        }
    }
    due
}

/// What there is to say.
pub(super) fn speech(
    rooms: &Rooms,
    r: &Reader<'_>,
    walk: &mut Walk,
    subscription: &Subscription,
    memory: &SubscriptionMemory,
) -> Result<Speech> {
    let wanted = walk.wanted(r, &subscription.filter, memory.watermark)?;
    let is_ripe = memory.near_misses_at.is_none_or(|at| near_misses_next(at) <= walk.now);
    let near_misses = if subscription.near_misses && is_ripe {
        walk.near_misses(rooms, r, &subscription.filter)?
    } else {
        Vec::new()
    };
    let mut closing = closing(rooms, r, walk, subscription, CLOSING)?;
    let occasion = if !wanted.items.is_empty() {
        Occasion::News
    } else if !near_misses.is_empty() {
        Occasion::NearMisses
    } else {
        let urgent = urgent(r, subscription, walk.now, &closing)?;
        let reminds = !urgent.is_empty();
        if reminds {
            closing = urgent;
        }
        if reminds { Occasion::Reminder } else { Occasion::Quiet }
    };
    Ok(Speech { occasion, wanted, closing, near_misses })
}

fn says_something(subscription: &Subscription, speech: &Speech) -> bool {
    let has_calendar = subscription.rhythm.frequency != Frequency::Immediate;
    speech.occasion != Occasion::Quiet || (has_calendar && subscription.idle == Idle::AllQuiet && !speech.wanted.more)
}

/// The tenders that close soon, and those that close before the next message would leave a day.
fn closing(
    rooms: &Rooms,
    r: &Reader<'_>,
    walk: &mut Walk,
    subscription: &Subscription,
    within: SignedDuration,
) -> Result<Vec<Closing>> {
    if subscription.filter.audience != Audience::Subscribers {
        return Ok(Vec::new());
    }
    let until = too_late_next_time(subscription, walk.now).max(walk.now.checked_add(within)?);
    let all = walk.closing(rooms, r, &subscription.filter)?;
    Ok(all.iter().filter(|closing| closing.deadline_at.at < until).cloned().collect())
}

/// A deadline before this instant is no use in the next message: it would leave less than a day.
fn too_late_next_time(subscription: &Subscription, now: Timestamp) -> Timestamp {
    let next = schedule::next_digest(&subscription.rhythm, now).unwrap_or(now);
    next.checked_add(NOTICE).unwrap_or(Timestamp::MAX)
}

/// Deadlines that are worth a message of their own: a subscription that speaks by the calendar has no better moment left, and
/// was not reminded of them. A missed deadline costs a reader more than anything else that we could leave out; told once, with
/// any message, it is told enough. One that speaks at once would have to be woken by a clock: it hears of news only.
fn urgent(r: &Reader<'_>, subscription: &Subscription, now: Timestamp, closing: &[Closing]) -> Result<Vec<Closing>> {
    if subscription.rhythm.frequency == Frequency::Immediate {
        return Ok(Vec::new());
    }
    let too_late = too_late_next_time(subscription, now);
    let mut urgent = Vec::new();
    for closing in closing.iter().filter(|closing| closing.deadline_at.at < too_late) {
        if !r.was_reminded(&subscription.name, closing.project, closing.deadline_at.at)? {
            urgent.push(closing.clone());
        }
    }
    Ok(urgent)
}
