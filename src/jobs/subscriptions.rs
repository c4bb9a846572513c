//! Who is told: the declared subscriptions without those who left them, and the rows that are active. And how a row comes and goes:
//! asked for, confirmed, changed, rested, left, erased. A pass lets its holder in; the operator's verbs need none.

use std::sync::PoisonError;

use anyhow::{Context as _, Result, bail};
use jiff::{SignedDuration, Timestamp};

use super::Rooms;
use crate::config::addresses;
use crate::domain::change::Audience;
use crate::domain::pass::{self, Purpose};
use crate::domain::schedule;
use crate::domain::subscriber::{self, Choices, Origin, Standing, Subscriber};
use crate::domain::subscription::{Filter, Frequency, Subscription};
use crate::platform::chance;
use crate::store::subscribers::Unreadable;
use crate::store::{Reader, Writer};

/// How many unconfirmed rows an address may have: each costs it one mail a day at most.
const PENDING_PER_ADDRESS: usize = 3;
/// How many rows in all an address may have.
const ROWS_PER_ADDRESS: usize = 20;
/// How many unconfirmed rows there may be: whoever makes up addresses fills no disk.
const PENDING_MOST: u64 = 5_000;
/// How long somebody who asks for the same again is not written to again.
const ASK_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// How long an address has to confirm; then it is forgotten.
const PENDING_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How many earlier generations of a leaving pass are tried.
const GENERATIONS_TRIED: u32 = 64;
/// The longest list of a filter, and the longest entry in characters.
const LIST_MAX: usize = 50;
const ENTRY_CHARS_MAX: usize = 100;

/// Every subscription that is told: the declared ones, receivers who left taken out, then the active rows.
pub fn all(rooms: &Rooms, r: &Reader<'_>) -> Result<Vec<Subscription>> {
    let mut all = Vec::new();
    for declared in &rooms.config.subscriptions {
        let mut declared = declared.clone();
        let was_addressed = !declared.receivers.is_empty();
        let departed = r.departed(&declared.name)?;
        declared.receivers.retain(|receiver| !departed.iter().any(|left| left.eq_ignore_ascii_case(receiver)));
        if !was_addressed || !declared.receivers.is_empty() {
            all.push(declared);
        }
    }
    let rows = r.active_subscribers()?;
    for unreadable in &rows.unreadable {
        complain(rooms, unreadable);
    }
    all.extend(rows.readable.into_iter().map(|row| row.subscription));
    Ok(all)
}

/// The generation of a receiver's passes.
pub fn generation(r: &Reader<'_>, subscription: &str) -> Result<u32> {
    Ok(r.subscriber(subscription)?.map_or(0, |row| row.generation))
}

/// Once per row and process: it is looked at every second.
fn complain(rooms: &Rooms, Unreadable { name, why }: &Unreadable) {
    let mut named = rooms.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
    if named.insert(name.clone()) {
        tracing::error!(subscription = %name, "the subscriber {name} cannot be read and is told nothing: {why}");
    }
}

/// What asking for a subscription came to. A page says the same of each but the first two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignedUp {
    /// That is no address.
    NoAddress,
    /// Something chosen cannot be.
    Unfit(String),
    /// A confirming mail is owed, with this pass.
    Confirm {
        /// The row.
        subscriber: Box<Subscriber>,
        /// The pass that confirms it.
        pass: String,
    },
    /// Nothing is to be sent: the address has it, was asked lately, or was asked too often.
    Nothing,
}

/// Somebody asks for a subscription on a page. Asking twice is harmless, and the answer tells nobody whether an address is known.
pub fn sign_up(rooms: &Rooms, channel: &str, address: &str, choices: &Choices) -> Result<SignedUp> {
    sign_up_owing(rooms, channel, address, choices, |_, _| Ok(()))
}

/// The same, with what is owed because of it put down in one transaction with the row: neither is ever kept without the other.
pub fn sign_up_owing(
    rooms: &Rooms,
    channel: &str,
    address: &str,
    choices: &Choices,
    owe: impl Fn(&Writer<'_>, &Subscriber) -> Result<()>,
) -> Result<SignedUp> {
    let Some(address) = addresses::mail_address(address) else { return Ok(SignedUp::NoAddress) };
    if let Err(why) = fit(rooms, choices) {
        return Ok(SignedUp::Unfit(why));
    }
    if choices.filter.audience == Audience::Operator {
        return Ok(SignedUp::Unfit("troubles are the operator's".into()));
    }
    receiver(rooms, channel, Some(&address))?;
    let now = rooms.clock.now();
    let fresh = subscriber::name(chance::bits64()?);
    let owed = rooms.store.write(|w| -> Result<Option<Subscriber>> {
        expire(w, now)?;
        let rows: Vec<_> =
            w.subscribers_at(&address)?.into_iter().filter(|row| row.standing != Standing::Left).collect();
        let same =
            rows.iter().find(|row| row.subscription.channel == channel && Choices::of(&row.subscription) == *choices);
        if let Some(row) = same {
            let is_owed = row.standing == Standing::Pending && now.duration_since(row.changed_at) >= ASK_AGAIN_AFTER;
            let again = is_owed.then(|| Subscriber { changed_at: now, ..row.clone() });
            if let Some(row) = &again {
                w.put_subscriber(row)?;
                owe(w, row)?;
            }
            return Ok(again);
        }
        let pending = rows.iter().filter(|row| row.standing == Standing::Pending).count();
        if pending >= PENDING_PER_ADDRESS || rows.len() >= ROWS_PER_ADDRESS {
            return Ok(None);
        }
        if w.pending_subscribers()? >= PENDING_MOST {
            tracing::warn!("{PENDING_MOST} subscriptions wait to be confirmed: more are not taken until some expire");
            return Ok(None);
        }
        let row = Subscriber {
            subscription: choices.clone().subscription(&fresh, channel, &address),
            standing: Standing::Pending,
            origin: Origin::Page,
            generation: 0,
            made_at: now,
            changed_at: now,
            confirmed_at: None,
        };
        w.put_subscriber(&row)?;
        owe(w, &row)?;
        Ok(Some(row))
    })?;
    Ok(owed.map_or(SignedUp::Nothing, |row| {
        let pass = pass::pass(&rooms.passes, Purpose::Confirm, row.name(), row.receiver(), row.generation);
        SignedUp::Confirm { subscriber: Box::new(row), pass }
    }))
}

/// Forgets what nobody confirmed in time.
fn expire(w: &Writer<'_>, now: Timestamp) -> Result<()> {
    let gone = w.expire_subscribers(now.checked_sub(PENDING_FOR)?, now)?;
    if gone > 0 {
        tracing::info!(gone, "{gone} subscriptions that nobody confirmed are forgotten");
    }
    Ok(())
}

/// Forgets what nobody confirmed in time, where nothing else is to be written.
pub fn forget_unconfirmed(rooms: &Rooms) -> Result<()> {
    let now = rooms.clock.now();
    rooms.store.write(|w| expire(w, now))
}

/// What confirming came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// It is told from now on.
    Now(Box<Subscriber>),
    /// It was confirmed before.
    Already(Box<Subscriber>),
    /// The pass is none, or the row is gone: it expired or was left.
    Refused,
}

/// An address says that it wants the subscription. Another of its rows with the same filter gives way: one address hears a change
/// once, by its latest wish.
pub fn confirm(rooms: &Rooms, name: &str, receiver: &str, given: &str) -> Result<Confirmed> {
    let now = rooms.clock.now();
    rooms.store.write(|w| {
        let Some(row) = w.subscriber(name)?.filter(|row| row.receiver() == receiver) else {
            return Ok(Confirmed::Refused);
        };
        if !pass::permits(&rooms.passes, Purpose::Confirm, name, receiver, row.generation, given) {
            return Ok(Confirmed::Refused);
        }
        match row.standing {
            Standing::Active | Standing::Paused => Ok(Confirmed::Already(Box::new(row))),
            Standing::Left | Standing::Erased => Ok(Confirmed::Refused),
            Standing::Pending => {
                for older in same_filter(w, &row.subscription.channel, receiver, &row.subscription.filter)? {
                    end(w, older, now)?;
                }
                let row = Subscriber { standing: Standing::Active, confirmed_at: Some(now), changed_at: now, ..row };
                w.put_subscriber(&row)?;
                Ok(Confirmed::Now(Box::new(row)))
            }
        }
    })
}

/// The rows of a receiver that are told the same changes already.
fn same_filter(r: &Reader<'_>, channel: &str, receiver: &str, filter: &Filter) -> Result<Vec<Subscriber>> {
    let rows = r.subscribers_at(receiver)?.into_iter();
    let lives = |row: &Subscriber| matches!(row.standing, Standing::Active | Standing::Paused);
    let same = |row: &Subscriber| row.subscription.channel == channel && row.subscription.filter == *filter;
    Ok(rows.filter(|row| lives(row) && same(row)).collect())
}

/// Ends a row: it is told nothing more, and its links are dead.
fn end(w: &Writer<'_>, row: Subscriber, now: Timestamp) -> Result<()> {
    w.cancel_waiting(row.name(), &row.subscription.channel, row.receiver(), now)?;
    let generation = row.generation.saturating_add(1);
    w.put_subscriber(&Subscriber { standing: Standing::Left, generation, changed_at: now, ..row })?;
    Ok(())
}

/// The row that a confirming pass would confirm, or has; for whoever asks before it is done. Nothing where the pass is none.
pub fn confirmable(rooms: &Rooms, name: &str, receiver: &str, given: &str) -> Result<Option<Subscriber>> {
    rooms.store.read(|r| {
        let row = r.subscriber(name)?;
        let generation = row.as_ref().map_or(0, |row| row.generation);
        let permits = pass::permits(&rooms.passes, Purpose::Confirm, name, receiver, generation, given);
        let lives = |row: &Subscriber| !matches!(row.standing, Standing::Left | Standing::Erased);
        Ok(row.filter(|row| permits && lives(row) && row.receiver() == receiver))
    })
}

/// What a managing pass opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Managed {
    /// A row, which its owner may change.
    Row(Box<Subscriber>),
    /// A declared subscription, which its receiver may only leave and join again.
    Declared {
        /// As it is declared.
        subscription: Box<Subscription>,
        /// Whether the receiver left it.
        has_left: bool,
    },
}

/// Lets the holder of a managing pass in.
pub fn managed(rooms: &Rooms, name: &str, receiver: &str, given: &str) -> Result<Option<Managed>> {
    rooms.store.read(|r| {
        let row = r.subscriber(name)?;
        let generation = row.as_ref().map_or(0, |row| row.generation);
        if !pass::permits(&rooms.passes, Purpose::Manage, name, receiver, generation, given) {
            return Ok(None);
        }
        if let Some(row) = row {
            let lives = matches!(row.standing, Standing::Active | Standing::Paused | Standing::Pending);
            return Ok(Some(row).filter(|row| lives && row.receiver() == receiver).map(Box::new).map(Managed::Row));
        }
        let Some(subscription) = declared(rooms, name, receiver) else { return Ok(None) };
        let has_left = r.has_left(name, receiver)?;
        Ok(Some(Managed::Declared { subscription: Box::new(subscription.clone()), has_left }))
    })
}

fn declared<'a>(rooms: &'a Rooms, name: &str, receiver: &str) -> Option<&'a Subscription> {
    let names_it = |it: &&Subscription| it.receivers.iter().any(|known| known.eq_ignore_ascii_case(receiver));
    rooms.config.subscriptions.iter().find(|subscription| subscription.name == name).filter(names_it)
}

/// What leaving came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing is sent any more.
    Now,
    /// That was so before.
    Already,
    /// The pass is none.
    Refused,
}

/// Whether a leaving pass is one, for whoever asks before it is done; and whether there is anything left to leave.
pub fn leavable(rooms: &Rooms, name: &str, receiver: &str, given: &str) -> Result<Left> {
    rooms.store.read(|r| {
        let row = r.subscriber(name)?;
        let generation = row.as_ref().map_or(0, |row| row.generation);
        let permits = |generation| pass::permits(&rooms.passes, Purpose::Leave, name, receiver, generation, given);
        if !(generation.saturating_sub(GENERATIONS_TRIED)..=generation).any(permits) {
            return Ok(Left::Refused);
        }
        let is_told = match row {
            Some(row) => !matches!(row.standing, Standing::Left | Standing::Erased) && row.receiver() == receiver,
            None => declared(rooms, name, receiver).is_some() && !r.has_left(name, receiver)?,
        };
        Ok(if is_told { Left::Now } else { Left::Already })
    })
}

/// The holder of a leaving pass leaves. A pass out of any mail that was ever sent will do: whoever wants to go is let go.
pub fn leave(rooms: &Rooms, name: &str, receiver: &str, given: &str) -> Result<Left> {
    let now = rooms.clock.now();
    rooms.store.write(|w| {
        let row = w.subscriber(name)?;
        let generation = row.as_ref().map_or(0, |row| row.generation);
        let permits = |generation| pass::permits(&rooms.passes, Purpose::Leave, name, receiver, generation, given);
        if !(generation.saturating_sub(GENERATIONS_TRIED)..=generation).any(permits) {
            return Ok(Left::Refused);
        }
        if let Some(row) = row {
            if matches!(row.standing, Standing::Left | Standing::Erased) || row.receiver() != receiver {
                return Ok(Left::Already);
            }
            end(w, row, now)?;
            return Ok(Left::Now);
        }
        let Some(declared) = declared(rooms, name, receiver) else { return Ok(Left::Already) };
        if w.has_left(name, receiver)? {
            return Ok(Left::Already);
        }
        w.cancel_waiting(name, &declared.channel, receiver, now)?;
        w.leave(name, receiver, now)?;
        Ok(Left::Now)
    })
}

/// A receiver who left a declared subscription is told again, from now on.
pub fn rejoin(rooms: &Rooms, name: &str, receiver: &str) -> Result<()> {
    rooms.store.write(|w| Ok(w.rejoin(name, receiver)?))
}

/// The operator adds a row, and vouches for the address.
pub fn add(rooms: &Rooms, channel: &str, to: Option<&str>, choices: &Choices) -> Result<Subscriber> {
    let receiver = receiver(rooms, channel, to)?;
    fit(rooms, choices).map_err(anyhow::Error::msg)?;
    let now = rooms.clock.now();
    let name = subscriber::name(chance::bits64()?);
    rooms.store.write(|w| {
        expire(w, now)?;
        if let Some(row) = same_filter(w, channel, &receiver, &choices.filter)?.first() {
            bail!("{} wants the same changes for the same receiver: edit it, or resume it if it rests", row.name());
        }
        let row = Subscriber {
            subscription: choices.clone().subscription(&name, channel, &receiver),
            standing: Standing::Active,
            origin: Origin::Command,
            generation: 0,
            made_at: now,
            changed_at: now,
            confirmed_at: None,
        };
        w.put_subscriber(&row)?;
        Ok(row)
    })
}

/// Whom a row on a channel reaches: an address for mail, the channel itself otherwise.
fn receiver(rooms: &Rooms, channel: &str, to: Option<&str>) -> Result<String> {
    is_channel(rooms, channel)?;
    match (rooms.channels.receivers(channel, &[]).pop(), to) {
        (Some(own), None) => Ok(own),
        (Some(_), Some(_)) => bail!("the channel {channel} has one receiver of its own: leave --to out"),
        (None, None) => bail!("the channel {channel} needs an address: --to a@example.org"),
        (None, Some(to)) => addresses::mail_address(to)
            .with_context(|| format!("{to:?} is no mail address: write the address alone, as a@example.org")),
    }
}

fn is_channel(rooms: &Rooms, channel: &str) -> Result<()> {
    let names: Vec<&str> = rooms.config.channels.iter().map(|(name, _)| name.as_str()).collect();
    if !names.contains(&channel) {
        bail!("there is no channel {channel}; there is: {}", names.join(", "));
    }
    Ok(())
}

/// What a row wants from now on. When it speaks next follows from its rhythm as it is now.
pub fn change(rooms: &Rooms, name: &str, choices: &Choices) -> Result<Subscriber> {
    fit(rooms, choices).map_err(anyhow::Error::msg)?;
    let now = rooms.clock.now();
    rooms.store.write(|w| {
        let row = living(w, name)?;
        if row.origin == Origin::Page && choices.filter.audience == Audience::Operator {
            bail!("troubles are the operator's");
        }
        let subscription = choices.clone().subscription(name, &row.subscription.channel, row.receiver());
        if let Some(mut memory) = w.subscription_memory(name)?
            && row.subscription.rhythm != subscription.rhythm
        {
            memory.next_due_at = schedule::next_digest(&subscription.rhythm, now);
            w.put_subscription_memory(name, &memory)?;
        }
        let row = Subscriber { subscription, changed_at: now, ..row };
        w.put_subscriber(&row)?;
        Ok(row)
    })
}

/// A row rests, or is told again from now on.
pub fn rest(rooms: &Rooms, name: &str, shall_rest: bool) -> Result<Subscriber> {
    let now = rooms.clock.now();
    rooms.store.write(|w| {
        let row = living(w, name)?;
        let standing = match (row.standing, shall_rest) {
            (Standing::Active, true) => Standing::Paused,
            (Standing::Paused, false) => Standing::Active,
            (Standing::Pending, _) => bail!("{name} waits to be confirmed by its address"),
            (_, true) => bail!("{name} rests already"),
            (_, false) => bail!("{name} is told already"),
        };
        // What happened meanwhile is not told afterwards.
        w.forget_subscription_memory(name)?;
        let row = Subscriber { standing, changed_at: now, ..row };
        w.put_subscriber(&row)?;
        Ok(row)
    })
}

/// The operator takes a row away.
pub fn remove(rooms: &Rooms, name: &str) -> Result<()> {
    let now = rooms.clock.now();
    rooms.store.write(|w| end(w, living(w, name)?, now))
}

fn living(r: &Reader<'_>, name: &str) -> Result<Subscriber> {
    let row = r.subscriber(name)?.with_context(|| format!("there is no subscriber {name}"))?;
    match row.standing {
        Standing::Left => bail!("{name} has left; add a new one"),
        Standing::Erased => bail!("{name} is erased; add a new one"),
        Standing::Pending | Standing::Active | Standing::Paused => Ok(row),
    }
}

/// What erasing an address came to.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Erased {
    /// Rows that named it.
    pub rows: usize,
    /// Deliveries that were made for it.
    pub deliveries: u64,
    /// Declared subscriptions that still name it: nothing is sent to it, but the file is the operator's.
    pub declared: Vec<String>,
}

/// Erases what is kept of an address: in rows, in the outbox, in departures. What happened in the world stays.
pub fn erase(rooms: &Rooms, address: &str) -> Result<Erased> {
    let now = rooms.clock.now();
    let names_it = |it: &&Subscription| it.receivers.iter().any(|known| known.eq_ignore_ascii_case(address));
    let declared: Vec<String> =
        rooms.config.subscriptions.iter().filter(names_it).map(|subscription| subscription.name.clone()).collect();
    rooms.store.write(|w| {
        let deliveries = w.erase_deliveries(address, now)?;
        let rows = w.every_subscriber_at(address)?;
        let readable = rows.readable.iter().map(|row| row.name());
        let names: Vec<&str> = readable.chain(rows.unreadable.iter().map(|row| row.name.as_str())).collect();
        for name in &names {
            w.erase_subscriber(name, now)?;
        }
        for (subscription, _) in w.departures_at(address)? {
            if !declared.contains(&subscription) {
                w.rejoin(&subscription, address)?;
            }
        }
        for subscription in &declared {
            w.leave(subscription, address, now)?;
        }
        Ok(Erased { rows: names.len(), deliveries, declared: declared.clone() })
    })
}

/// Whether choices can be kept; else why not.
fn fit(rooms: &Rooms, choices: &Choices) -> Result<(), String> {
    let Filter { topics, provinces, buyers, suppliers, words, amount_from, amount_to, .. } = &choices.filter;
    for topic in topics {
        if !rooms.config.topics.iter().any(|known| known.name == *topic) {
            let known: Vec<&str> = rooms.config.topics.iter().map(|topic| topic.name.as_str()).collect();
            return Err(format!("there is no topic {topic}; there is: {}", known.join(", ")));
        }
    }
    for (name, list) in [("provinces", provinces), ("buyers", buyers), ("suppliers", suppliers), ("words", words)] {
        if list.len() > LIST_MAX {
            return Err(format!("{name} lists {} things, more than {LIST_MAX}", list.len()));
        }
        let is_fit = |entry: &String| !entry.trim().is_empty() && entry.chars().count() <= ENTRY_CHARS_MAX;
        if !list.iter().all(is_fit) {
            return Err(format!("an entry of {name} is empty or longer than {ENTRY_CHARS_MAX} characters"));
        }
    }
    let rising = |(from, to): (crate::domain::money::Money, crate::domain::money::Money)| {
        from.currency == to.currency && from.ten_thousandths <= to.ten_thousandths
    };
    if !amount_from.zip(*amount_to).is_none_or(rising) {
        return Err("the smallest amount is larger than the largest".into());
    }
    if schedule::zone(&choices.rhythm.zone).is_none() {
        return Err(format!("there is no time zone {:?}", choices.rhythm.zone));
    }
    match choices.rhythm.frequency {
        Frequency::Monthly { on, .. } if !(1..=31).contains(&on) => Err(format!("no month has a day {on}")),
        _ => Ok(()),
    }
}
