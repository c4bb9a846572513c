//! `deliveries`: where every message stands and what was tried, and a person's hand on them. Receivers' addresses are shown here,
//! to whoever may read the data folder, and nowhere else. May be run while the service is at work.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::show::printable;
use crate::domain::delivery::{Delivery, DeliveryId};
use crate::domain::stamp::Stamp;
use crate::jobs::{Rooms, outbox};
use crate::platform::clock::Clock;
use crate::store::deliveries::{AttemptRow, DeliveryRow, Wanted};

#[derive(clap::Subcommand, Debug)]
pub(super) enum Verb {
    /// Messages and where they stand, the latest first.
    List {
        #[command(flatten)]
        which: Which,
        /// waiting, claimed, sent or given_up.
        #[arg(long, value_parser = ["waiting", "claimed", "sent", "given_up"])]
        state: Option<String>,
        /// How many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// One message with every attempt at it.
    Show {
        /// Its id.
        id: String,
        /// Its bytes instead, as they are sent.
        #[arg(long, conflicts_with = "json")]
        payload: bool,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Tries a message again now, under its id.
    Retry {
        /// Its id.
        #[arg(required_unless_present = "all_given_up", conflicts_with = "all_given_up")]
        id: Option<String>,
        /// Every message that was given up, but for those that a person took back.
        #[arg(long)]
        all_given_up: bool,
        #[command(flatten)]
        which: Which,
    },
    /// Takes a message back that was not accepted yet.
    Cancel {
        /// Its id.
        id: String,
        /// Who says so.
        #[arg(long)]
        author: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Receivers that refuse for good and are written to no more.
    Receivers {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Writes to a stopped receiver again.
    Resume {
        /// The channel's name.
        channel: String,
        /// The receiver: an address, or the channel's name.
        receiver: String,
    },
}

/// Which messages.
#[derive(clap::Args, Debug)]
pub(super) struct Which {
    /// Only through this channel.
    #[arg(long)]
    channel: Option<String>,
    /// Only of this subscription.
    #[arg(long)]
    subscription: Option<String>,
    /// Only to this receiver.
    #[arg(long)]
    receiver: Option<String>,
    /// Composed on this day of China's calendar or later, as 2026-01-31.
    #[arg(long)]
    since: Option<Date>,
}

impl Which {
    fn wanted(&self, state: Option<&String>) -> Result<Wanted> {
        let midnight = |day: Date| Stamp::china(day.to_datetime(jiff::civil::Time::midnight()));
        let since = match self.since {
            Some(day) => Some(midnight(day).with_context(|| format!("{day} cannot be placed in time"))?.at),
            None => None,
        };
        let Self { channel, subscription, receiver, .. } = self;
        let (channel, subscription, receiver) = (channel.clone(), subscription.clone(), receiver.clone());
        Ok(Wanted { state: state.cloned(), channel, subscription, receiver, since })
    }
}

pub(super) fn run(config: &Path, clock: Clock, verb: Verb) -> Result<u8> {
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    match verb {
        Verb::List { which, state, limit, json } => list(&rooms, &which.wanted(state.as_ref())?, limit, json)?,
        Verb::Show { id, payload, json } => show(&rooms, &DeliveryId(id), payload, json)?,
        Verb::Retry { id: Some(id), .. } => {
            let waiting = outbox::retry(&rooms, &DeliveryId(id))?;
            println!(
                "{}",
                if waiting == 0 { "nothing to try again: it was accepted, or is being sent" } else { "due now" }
            );
        }
        Verb::Retry { id: None, which, .. } => {
            let waiting = outbox::retry_given_up(&rooms, &which.wanted(None)?)?;
            println!("{waiting} due now");
        }
        Verb::Cancel { id, author, reason } => {
            let cancelled = outbox::cancel(&rooms, &DeliveryId(id), &author, &reason)?;
            println!(
                "{}",
                if cancelled == 0 { "nothing to take back: it is no longer on its way" } else { "taken back" }
            );
        }
        Verb::Receivers { json } => receivers(&rooms, json)?,
        Verb::Resume { channel, receiver } => {
            if !outbox::resume(&rooms, &channel, &receiver)? {
                bail!("this receiver of {channel} is not stopped: see `tenderwatch deliveries receivers`");
            }
            println!("opened; what was given up stays so: see `tenderwatch deliveries retry --all-given-up`");
        }
    }
    Ok(super::DONE)
}

fn list(rooms: &Rooms, wanted: &Wanted, limit: u32, as_json: bool) -> Result<()> {
    let rows = rooms.store.read(|r| r.deliveries_that(wanted, limit))?;
    if as_json {
        let rows: Vec<Value> = rows.iter().map(row_json).collect();
        println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    if rows.is_empty() {
        println!("no message fits");
    }
    for row in &rows {
        let DeliveryRow { id, channel, receiver, subscription, composed_at, .. } = row;
        let (receiver, subscription) = (printable(receiver), printable(subscription));
        println!("{id}  {}  {channel} to {receiver}, for {subscription}, of {composed_at}", word(row));
        println!("    {}", printable(&standing(row)));
    }
    Ok(())
}

fn show(rooms: &Rooms, id: &DeliveryId, payload: bool, as_json: bool) -> Result<()> {
    let (row, attempts, bytes) =
        rooms.store.read(|r| -> Result<_> { Ok((r.delivery(id)?, r.attempts(id)?, r.payload(id)?)) })?;
    let row = row.with_context(|| format!("no delivery has the id {id}"))?;
    if payload {
        use std::io::Write as _;
        return Ok(std::io::stdout().lock().write_all(&bytes.unwrap_or_default())?);
    }
    if as_json {
        let mut value = row_json(&row);
        let tried: Vec<Value> = attempts.iter().map(attempt_json).collect();
        if let Some(fields) = value.as_object_mut() {
            fields.insert("tried".into(), tried.into());
            fields.insert("bytes".into(), bytes.map(|bytes| bytes.len()).into());
        }
        println!("{}", serde_json::to_string_pretty(&value)?);
        return Ok(());
    }
    let DeliveryRow { digest, subscription, channel, receiver, part, composed_at, receipt, .. } = &row;
    println!("{id}  {}", word(&row));
    println!("  {channel} to {}, for {}, digest {digest}, part {part}", printable(receiver), printable(subscription));
    println!("  composed {composed_at}, {} bytes", bytes.map_or(0, |bytes| bytes.len()));
    println!("  {}", printable(&standing(&row)));
    if let Some(receipt) = receipt {
        println!("  the platform calls it {}", printable(receipt));
    }
    for AttemptRow { number, at, outcome, why } in &attempts {
        let doubt = if outcome == "ambiguous" { " (it may have arrived)" } else { "" };
        println!("  {number}. {at}  {outcome}{doubt}  {}", printable(why.as_deref().unwrap_or_default()));
    }
    Ok(())
}

fn receivers(rooms: &Rooms, as_json: bool) -> Result<()> {
    let stops = rooms.store.read(|r| r.stops())?;
    if as_json {
        let stops: Vec<Value> = stops
            .iter()
            .map(|stop| {
                json!({"channel": stop.channel, "receiver": stop.receiver, "kind": stop.kind.word(), "why": stop.why,
                    "at": stop.at})
            })
            .collect();
        println!("{}", serde_json::to_string_pretty(&stops)?);
        return Ok(());
    }
    if stops.is_empty() {
        println!("no receiver is stopped");
    }
    for stop in &stops {
        println!("{} {}  {} at {}", stop.channel, printable(&stop.receiver), stop.kind.word(), stop.at);
        println!("    {}", printable(&stop.why));
    }
    Ok(())
}

/// Where it stands, in a word that also says what is in doubt.
fn word(row: &DeliveryRow) -> &'static str {
    match &row.state {
        Delivery::Waiting { .. } if is_in_doubt(row) => "waiting, perhaps arrived",
        Delivery::Waiting { .. } => "waiting",
        Delivery::Claimed { .. } => "being sent",
        Delivery::Sent { .. } => "sent",
        Delivery::GivenUp { .. } if row.cancelled_by.is_some() => "taken back",
        Delivery::GivenUp { .. } if is_in_doubt(row) => "given up, perhaps arrived",
        Delivery::GivenUp { .. } => "given up",
    }
}

/// Nobody knows whether the last attempt arrived.
fn is_in_doubt(row: &DeliveryRow) -> bool {
    row.last_outcome.as_deref() == Some("ambiguous")
}

/// The same with its times and reasons.
fn standing(row: &DeliveryRow) -> String {
    let tried = match row.attempts {
        0 => "not tried yet".to_owned(),
        1 => "tried once".to_owned(),
        more => format!("tried {more} times"),
    };
    let said = row.said.as_deref().map(|said| format!(": {said}")).unwrap_or_default();
    match &row.state {
        Delivery::Waiting { next_at } => format!("{tried}{said}; next at {next_at}"),
        Delivery::Claimed { until } => format!("{tried}; under way, at the latest until {until}"),
        Delivery::Sent { at } => format!("accepted at {at}, {tried}"),
        Delivery::GivenUp { at, why } => match &row.cancelled_by {
            Some(author) => format!("taken back by {author} at {at}: {why}"),
            None => format!("given up at {at}, {tried}: {why}"),
        },
    }
}

fn row_json(row: &DeliveryRow) -> Value {
    let (state, at, why) = match &row.state {
        Delivery::Waiting { next_at } => ("waiting", *next_at, None),
        Delivery::Claimed { until } => ("claimed", *until, None),
        Delivery::Sent { at } => ("sent", *at, None),
        Delivery::GivenUp { at, why } => ("given_up", *at, Some(why)),
    };
    let at: Timestamp = at;
    json!({"id": row.id.0, "digest": row.digest, "subscription": row.subscription, "channel": row.channel,
        "receiver": row.receiver, "part": row.part, "composed_at": row.composed_at, "attempts": row.attempts,
        "state": state, "at": at, "why": why, "last_outcome": row.last_outcome, "said": row.said,
        "perhaps_arrived": is_in_doubt(row), "cancelled_by": row.cancelled_by, "receipt": row.receipt})
}

fn attempt_json(attempt: &AttemptRow) -> Value {
    json!({"number": attempt.number, "at": attempt.at, "outcome": attempt.outcome, "why": attempt.why})
}
