//! What each subscription has not heard yet → a finished message and its deliveries. Digest, deliveries and watermark are one
//! transaction: a crash makes neither a second digest nor a lost one.

use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};

use super::{Rooms, blocking};
use crate::channels::Letter;
use crate::domain::change::{Audience, ChangeKind, StoredChange, Telling};
use crate::domain::delivery::DeliveryId;
use crate::domain::digest::{self, Digest, FigureLine, Item, SourceHealth};
use crate::domain::filter::{self, Seen};
use crate::domain::project::Status;
use crate::domain::schedule;
use crate::domain::source::{Health, SourceMemory};
use crate::domain::stamp::china_day;
use crate::domain::subscription::{Frequency, Subscription};
use crate::figures::growth::{self, Known, Measure, Series};
use crate::figures::totals::{FigureKind, Totals};
use crate::store::Reader;
use crate::store::deliveries::{DigestRow, NewDelivery};
use crate::store::subscriptions::SubscriptionMemory;

/// At most this many changes are read at once; a longer backlog makes several digests.
const CHANGES: u32 = 500;

/// How far ahead a closing deadline is worth a reminder.
const CLOSING: SignedDuration = SignedDuration::from_hours(5 * 24);

/// Composes every digest that is due; gives how many were written. A subscription that fails keeps its watermark and holds up
/// no other; the first failure is returned when all had their turn.
pub fn compose_due(rooms: &Rooms) -> Result<u64> {
    let mut written = 0;
    let mut failed = None;
    for subscription in &rooms.config.subscriptions {
        match blocking(|| catch_up(rooms, subscription)) {
            Ok(more) => written += more,
            Err(error) => {
                failed.get_or_insert(error.context(format!("the digest for {}", subscription.name)));
            }
        }
    }
    failed.map_or(Ok(written), Err)
}

/// Composes one subscription's digests until nothing is left to look at.
fn catch_up(rooms: &Rooms, subscription: &Subscription) -> Result<u64> {
    let mut written = 0;
    loop {
        let step = compose(rooms, subscription)?;
        written += u64::from(step.written);
        if !step.more {
            return Ok(written);
        }
    }
}

/// Whether any subscription has something to do.
pub fn is_due(rooms: &Rooms, r: &Reader<'_>, now: Timestamp) -> Result<bool> {
    let last = r.last_seq()?;
    for subscription in &rooms.config.subscriptions {
        let due = match r.subscription_memory(&subscription.name)? {
            None => true,
            Some(memory) => is_ripe(subscription, &memory, last, now),
        };
        if due {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What one look at one subscription came to.
#[derive(Default)]
struct Step {
    /// Whether a digest was written.
    written: bool,
    /// Whether changes are left to look at.
    more: bool,
}

fn is_ripe(subscription: &Subscription, memory: &SubscriptionMemory, last: i64, now: Timestamp) -> bool {
    match subscription.rhythm.frequency {
        Frequency::Immediate => last > memory.watermark,
        _ => schedule::has_come(memory.next_due_at, now, schedule::DAILY_PUT_OFF_MOST),
    }
}

/// Composes one subscription's next digest, if it is due and there is something to say.
fn compose(rooms: &Rooms, subscription: &Subscription) -> Result<Step> {
    let now = rooms.clock.now();
    rooms.store.write(|w| -> Result<Step> {
        let last = w.last_seq()?;
        let next_due_at = schedule::next_digest(&subscription.rhythm, now);
        let Some(memory) = w.subscription_memory(&subscription.name)? else {
            // A new subscription starts silent.
            let memory = SubscriptionMemory { watermark: last, next_due_at, last_digest_at: None, totals_then: None };
            w.put_subscription_memory(&subscription.name, &memory)?;
            return Ok(Step::default());
        };
        if !is_ripe(subscription, &memory, last, now) {
            return Ok(Step::default());
        }
        let changes = w.changes_after(memory.watermark, CHANGES)?;
        let seen = changes.last().map_or(memory.watermark, |stored| stored.seq);
        let more = seen < last;
        let items = items(w, subscription, changes)?;
        let mut after = SubscriptionMemory { watermark: seen, next_due_at, ..memory.clone() };
        if more {
            after.next_due_at = memory.next_due_at;
        }
        if items.is_empty() {
            w.put_subscription_memory(&subscription.name, &after)?;
            return Ok(Step { written: false, more });
        }
        let digest = assemble(rooms, w, subscription, &memory, items, now)?;
        let message = crate::telling::render(&rooms.templates, &digest)?;
        let row = DigestRow {
            id: digest.id.clone(),
            subscription: subscription.name.clone(),
            composed_at: now,
            from_seq: memory.watermark,
            to_seq: seen,
            message_json: message.json.clone(),
        };
        let told: Vec<_> = digest.items.iter().map(|i| (i.stored.seq, i.project.as_ref().map(|(id, _)| *id))).collect();
        let mut deliveries = Vec::new();
        for receiver in rooms.channels.receivers(&subscription.channel, &subscription.receivers) {
            if w.stop(&subscription.channel, &receiver)?.is_some() {
                continue;
            }
            let id = digest::delivery_id(&digest.id, &receiver);
            let letter = Letter::plain(id.clone(), &receiver, &subscription.name);
            let payloads = rooms
                .channels
                .compose(&subscription.channel, &message, &letter)
                .with_context(|| format!("composing for channel {}", subscription.channel))?;
            let parts = payloads.len();
            for (part, payload) in payloads.into_iter().enumerate() {
                let id = if parts == 1 { id.clone() } else { DeliveryId(format!("{id}_{}", part + 1)) };
                let (channel, receiver) = (subscription.channel.clone(), receiver.clone());
                deliveries.push(NewDelivery {
                    id,
                    channel,
                    receiver,
                    part: u32::try_from(part + 1)?,
                    payload,
                    thread: None,
                });
            }
        }
        after.last_digest_at = Some(now);
        after.totals_then = Some(w.totals(&digest.topic)?);
        w.put_digest(&row, &told, &deliveries)?;
        w.put_subscription_memory(&subscription.name, &after)?;
        tracing::info!(
            subscription = %subscription.name, items = told.len(), deliveries = deliveries.len(),
            "a digest of {} changes is written", told.len()
        );
        Ok(Step { written: true, more })
    })
}

/// The digest that a subscription would get of everything since a day, without writing anything.
pub fn preview(rooms: &Rooms, subscription: &Subscription, after: i64) -> Result<Option<Digest>> {
    let now = rooms.clock.now();
    rooms.store.read(|r| {
        let changes = r.changes_after(after, CHANGES)?;
        let items = items(r, subscription, changes)?;
        if items.is_empty() {
            return Ok(None);
        }
        let memory = r.subscription_memory(&subscription.name)?.unwrap_or_default();
        assemble(rooms, r, subscription, &memory, items, now).map(Some)
    })
}

/// The changes that the subscription wants, each with what makes sense of it.
fn items(r: &Reader<'_>, subscription: &Subscription, changes: Vec<StoredChange>) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for stored in changes {
        if stored.change.telling == Telling::Baseline {
            continue;
        }
        let project = match stored.change.project {
            Some(id) => r.project(id)?.map(|project| (id, project)),
            None => None,
        };
        let notice = match &stored.change.notice {
            Some(id) => r.notice(id)?.map(|stored| stored.member.notice),
            None => None,
        };
        let notice_title = notice.as_ref().map(|notice| notice.title.as_str());
        let seen = Seen { project: project.as_ref().map(|(_, project)| project), notice_title };
        if !filter::wants(&subscription.filter, &stored, &seen) {
            continue;
        }
        // A new round's deadline differs from the last one's without either having been wrong: only a correction takes back.
        let takes_back = !matches!(stored.change.kind, ChangeKind::Retendered);
        let told_at = match stored.change.project.filter(|_| takes_back) {
            Some(id) => r.told_at(&subscription.name, id)?,
            None => None,
        };
        items.push(Item {
            url: notice.as_ref().and_then(|notice| notice.url.clone()),
            notice_title: notice.map(|notice| notice.title),
            told_at,
            project,
            stored,
        });
    }
    digest::order(&mut items);
    Ok(items)
}

/// Puts the figures, the closing deadlines and the sources beside the items.
fn assemble(
    rooms: &Rooms,
    r: &Reader<'_>,
    subscription: &Subscription,
    memory: &SubscriptionMemory,
    items: Vec<Item>,
    now: Timestamp,
) -> Result<Digest> {
    let topic = topic_of(rooms, subscription, &items);
    let last_seq = items.iter().map(|item| item.stored.seq).max().unwrap_or_default();
    let day = china_day(now);
    let news = subscription.filter.audience == Audience::Subscribers;
    let totals = r.totals(&topic)?;
    let since = rooms.config.sources.iter().filter(|source| source.topic == topic).map(|source| source.since).max();
    let known = Known { since, as_of: day };
    // A subscription to several topics may have been told of another one's totals: what moved since then says nothing.
    let has_one_topic = subscription.filter.topics.len() == 1 || rooms.config.topics.len() == 1;
    let then = memory.totals_then.as_ref().filter(|_| has_one_topic);
    let closing = if news { r.closing(&topic, now, now.checked_add(CLOSING)?)? } else { Vec::new() };
    Ok(Digest {
        id: digest::id(&subscription.name, last_seq),
        subscription: subscription.name.clone(),
        language: subscription.language,
        frequency: subscription.rhythm.frequency,
        composed_at: now,
        day,
        figures: if news { figures(&totals, then, known) } else { Vec::new() },
        counts: if news { counts(&totals) } else { Vec::new() },
        closing,
        sources: sources(rooms, r)?,
        items,
        topic,
        occasion: Default::default(),
        latest: Vec::new(),
        near_misses: Vec::new(),
        charts: Vec::new(),
        base_url: None,
    })
}

/// The topic that a digest speaks of: the subscription's, its items', or the first that is watched.
fn topic_of(rooms: &Rooms, subscription: &Subscription, items: &[Item]) -> String {
    let own = subscription.filter.topics.first().cloned();
    own.or_else(|| items.iter().find_map(|item| item.stored.change.topic.clone()))
        .or_else(|| rooms.config.topics.first().map(|topic| topic.name.clone()))
        .unwrap_or_default()
}

/// The three totals with coverage, what moved them and how they grow.
fn figures(totals: &Totals, then: Option<&Totals>, known: Known) -> Vec<FigureLine> {
    let mut lines = Vec::new();
    for kind in FigureKind::ALL {
        for currency in totals.currencies(kind) {
            let tally = totals.sum(kind, currency);
            let before = then.map_or(0, |then| then.sum(kind, currency).sum);
            lines.push(FigureLine {
                kind: kind.word().into(),
                sum: crate::domain::money::Money { ten_thousandths: tally.sum, currency },
                disclosed: tally.disclosed.unsigned_abs(),
                of: totals.of(kind).unsigned_abs(),
                moved: if then.is_some() { tally.sum - before } else { 0 },
                movers: Vec::new(),
                growth: growth::trailing_12(&Series::of(totals, Measure::Sum(kind, currency), known)).line(),
            });
        }
    }
    lines
}

fn counts(totals: &Totals) -> Vec<(String, u64)> {
    let by_status = totals.status_counts();
    Status::ALL
        .into_iter()
        .filter_map(|status| by_status.get(&status).map(|n| (status.word().to_owned(), n.unsigned_abs())))
        .collect()
}

fn sources(rooms: &Rooms, r: &Reader<'_>) -> Result<Vec<SourceHealth>> {
    let mut lines = Vec::new();
    for source in &rooms.config.sources {
        let SourceMemory { health, healthy_at, .. } = r.source_memory(&source.name)?;
        let failing_since = match health {
            Health::Failing { since, .. } => Some(since),
            Health::Well | Health::Ailing { .. } => None,
        };
        lines.push(SourceHealth { source: source.name.clone(), healthy_at, failing_since });
    }
    Ok(lines)
}
