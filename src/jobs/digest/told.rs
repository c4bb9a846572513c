//! What is said → finished messages: rendered once for all who want the same in the same language and were told the same before,
//! then made each receiver's own.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::assemble::{self, Beside};
use super::outcome::Speech;
use super::walk::{Walk, hold};
use crate::channels::{Letter, Thread};
use crate::domain::change::ChangeKind;
use crate::domain::delivery::DeliveryId;
use crate::domain::digest::{self, Item, Message, Occasion};
use crate::domain::project::ProjectId;
use crate::domain::subscription::{Frequency, Grouping, Subscription};
use crate::jobs::{Rooms, charts, links, subscriptions};
use crate::store::Reader;
use crate::store::deliveries::{DigestRow, NewDelivery};
use crate::store::subscriptions::SubscriptionMemory;
use crate::telling;

/// Messages that are held for others: the changes of one run may make as many.
const SHARED_HELD: usize = 24;

/// A message for all who want the same.
#[derive(Debug)]
pub(super) struct Shared {
    /// With marks in the place of each one's own.
    pub message: Message,
    /// What its JSON is kept under.
    id: String,
    /// Which of a run's messages it is.
    part: String,
    /// The changes that it tells.
    told: Vec<(i64, Option<ProjectId>)>,
    /// The one project that it speaks of.
    thread: Option<ProjectId>,
}

/// One message with its deliveries, ready to be kept.
#[derive(Debug)]
pub(super) struct Finished {
    /// The digest.
    pub row: DigestRow,
    /// What it tells.
    pub told: Vec<(i64, Option<ProjectId>)>,
    /// To whom.
    pub deliveries: Vec<NewDelivery>,
    /// The message as it is shared.
    pub message_json: String,
}

/// What those who can share a message have in common, in the subscription itself.
pub(super) fn alike(subscription: &Subscription) -> String {
    let Subscription { filter, language, grouping, rhythm, .. } = subscription;
    let is_immediate = rhythm.frequency == Frequency::Immediate;
    let has_charts = charts::are_wanted(rhythm.frequency);
    format!("{filter:?} {grouping:?} {language:?} {is_immediate} {has_charts}")
}

/// The finished messages of one subscription.
pub(super) fn finished(
    rooms: &Rooms,
    r: &Reader<'_>,
    walk: &mut Walk,
    subscription: &Subscription,
    memory: Option<&SubscriptionMemory>,
    period: &str,
    speech: &Speech,
) -> Result<Vec<Finished>> {
    let (from_seq, to_seq) = (memory.map_or(speech.wanted.seen, |memory| memory.watermark), speech.wanted.seen);
    let shared = shared(rooms, r, walk, subscription, memory, speech, true)?;
    let mut finished = Vec::with_capacity(shared.len());
    for shared in shared.iter() {
        let id = digest::run_id(&subscription.name, period, &shared.part);
        finished.push(Finished {
            deliveries: deliveries(rooms, r, walk, subscription, shared, &id)?,
            row: DigestRow {
                id,
                subscription: subscription.name.clone(),
                composed_at: walk.now,
                from_seq,
                to_seq,
                message_json: shared.id.clone(),
            },
            told: shared.told.clone(),
            message_json: shared.message.json.clone(),
        });
    }
    Ok(finished)
}

/// The messages that a subscription gets, shared with everybody who gets the same.
pub(super) fn shared(
    rooms: &Rooms,
    r: &Reader<'_>,
    walk: &mut Walk,
    subscription: &Subscription,
    memory: Option<&SubscriptionMemory>,
    speech: &Speech,
    has_figures: bool,
) -> Result<Arc<Vec<Shared>>> {
    let told = told_before(r, subscription, &speech.wanted.items, walk.now)?;
    let then = memory.map(|memory| (memory.watermark, &memory.totals_then));
    let closing: Vec<_> = speech.closing.iter().map(|closing| closing.project).collect();
    let near: Vec<_> = speech.near_misses.iter().map(|near| near.project).collect();
    let key = format!("{} {:?} {told:?} {then:?} {closing:?} {near:?}", alike(subscription), speech.occasion);
    if let Some(known) = walk.shared.get(&key) {
        return Ok(Arc::clone(known));
    }
    let mut messages = Vec::new();
    for (part, items) in parts(subscription, speech, &told) {
        let is_first = messages.is_empty();
        let is_whole = subscription.grouping == Grouping::Digest || speech.occasion != Occasion::News;
        let beside = Beside {
            occasion: speech.occasion,
            closing: if is_whole { speech.closing.clone() } else { Vec::new() },
            // Of many messages the first shows them: they belong to none in particular.
            near_misses: if is_first { speech.near_misses.clone() } else { Vec::new() },
            has_figures,
        };
        messages.push(render(rooms, r, walk, subscription, memory, part, items, beside)?);
    }
    let messages = Arc::new(messages);
    hold(&mut walk.shared, SHARED_HELD, key, Arc::clone(&messages));
    Ok(messages)
}

#[expect(clippy::too_many_arguments, reason = "a message needs all of it once")]
fn render(
    rooms: &Rooms,
    r: &Reader<'_>,
    walk: &mut Walk,
    subscription: &Subscription,
    memory: Option<&SubscriptionMemory>,
    part: String,
    items: Vec<Item>,
    beside: Beside,
) -> Result<Shared> {
    let told: Vec<_> = items.iter().map(|i| (i.stored.seq, i.project.as_ref().map(|(id, _)| *id))).collect();
    let thread = only_project(&told);
    let digest = assemble::digest(rooms, r, walk, subscription, memory, items, beside)?;
    let message = telling::render_with(&rooms.templates, &mut walk.fragments, &digest)?;
    let message = Message { images: walk.album.pictures(&digest), ..message };
    Ok(Shared { id: message_id(&message), message, part, told, thread })
}

/// What a shared message is kept under: the same words, the same key.
fn message_id(message: &Message) -> String {
    let hash = Sha256::digest(message.json.as_bytes());
    let bits = hash.iter().take(16).fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    format!("m_{bits:032x}")
}

/// The one project that all changes of a message are of, if it is one.
fn only_project(told: &[(i64, Option<ProjectId>)]) -> Option<ProjectId> {
    let (_, first) = told.first()?;
    first.filter(|first| told.iter().all(|(_, project)| *project == Some(*first)))
}

/// When the subscription was last told of the projects, where a later change may take that back. A new round's deadline differs
/// from the last one's without either having been wrong.
fn told_before(
    r: &Reader<'_>,
    subscription: &Subscription,
    items: &[Arc<Item>],
    now: Timestamp,
) -> Result<BTreeMap<ProjectId, Timestamp>> {
    let asked = items.iter().filter(|item| takes_back(item)).filter_map(|item| item.project.as_ref());
    let mut projects: Vec<ProjectId> = asked.map(|(id, _)| *id).collect();
    projects.sort_unstable();
    projects.dedup();
    if projects.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut told = r.told_of(&subscription.name, &projects)?;
    told.retain(|_, at| *at <= now);
    Ok(told)
}

fn takes_back(item: &Item) -> bool {
    item.stored.change.kind != ChangeKind::Retendered
}

/// The messages of a run by their grouping, each with its name among them.
fn parts(
    subscription: &Subscription,
    speech: &Speech,
    told: &BTreeMap<ProjectId, Timestamp>,
) -> Vec<(String, Vec<Item>)> {
    let own = |item: &Arc<Item>| {
        let told_at = item.project.as_ref().filter(|_| takes_back(item)).and_then(|(id, _)| told.get(id)).copied();
        Item { told_at, ..Item::clone(item) }
    };
    let mut items: Vec<Item> = speech.wanted.items.iter().map(own).collect();
    digest::order(&mut items);
    if items.is_empty() || subscription.grouping == Grouping::Digest {
        return vec![(String::new(), items)];
    }
    let mut parts: Vec<(String, Vec<Item>)> = Vec::new();
    for item in items {
        let name = match (&item.project, subscription.grouping) {
            (Some((id, _)), Grouping::PerProject) => format!("project {}", id.0),
            _ => format!("change {}", item.stored.seq),
        };
        match parts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, items)) => items.push(item),
            None => parts.push((name, vec![item])),
        }
    }
    parts
}

/// One delivery for each receiver and part of the message. Who is stopped gets none.
fn deliveries(
    rooms: &Rooms,
    r: &Reader<'_>,
    walk: &Walk,
    subscription: &Subscription,
    shared: &Shared,
    digest_id: &str,
) -> Result<Vec<NewDelivery>> {
    let Subscription { name, channel, receivers, .. } = subscription;
    let message = telling::addressed(&shared.message, name, digest_id);
    let generation = if rooms.config.web.is_some() { subscriptions::generation(r, name)? } else { 0 };
    let mut deliveries = Vec::new();
    for receiver in rooms.channels.receivers(channel, receivers) {
        if walk.stopped.contains(&(channel.clone(), receiver.clone())) {
            continue;
        }
        let id = digest::delivery_id(digest_id, &receiver);
        let letter = Letter {
            links: links::links(rooms, name, &receiver, generation),
            thread: match shared.thread {
                Some(project) => Some(Thread {
                    root: format!("p{}.{name}", project.0),
                    earlier: r.thread_of(name, channel, &receiver, project)?,
                }),
                None => None,
            },
            ..Letter::plain(id.clone(), &receiver, name)
        };
        let payloads = rooms
            .channels
            .compose(channel, &message, &letter)
            .with_context(|| format!("composing for channel {channel}"))?;
        let parts = payloads.len();
        for (part, payload) in payloads.into_iter().enumerate() {
            let id = if parts == 1 { id.clone() } else { DeliveryId(format!("{id}_{}", part + 1)) };
            let (channel, receiver) = (channel.clone(), receiver.clone());
            let part = u32::try_from(part + 1)?;
            deliveries.push(NewDelivery { id, channel, receiver, part, payload, thread: shared.thread });
        }
    }
    Ok(deliveries)
}
