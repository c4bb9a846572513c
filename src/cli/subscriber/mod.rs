//! `subscriber`: subscriptions that are kept as rows, each for one receiver. Prints what is kept; what may be done is decided
//! elsewhere. May be run while the service is at work, which sees a change at its next look.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::show::printable;
use crate::config::addresses;
use crate::config::choices::{self, Value as Chosen};
use crate::domain::delivery::Delivery;
use crate::domain::subscriber::{Choices, Standing, Subscriber};
use crate::jobs::Rooms;
use crate::jobs::subscriptions;
use crate::platform::clock::Clock;
use crate::store::deliveries::{DeliveryRow, Wanted};

mod wishes;

use wishes::Wishes;

/// How many deliveries are shown of one receiver.
const DELIVERIES_SHOWN: u32 = 1_000;

#[derive(clap::Subcommand, Debug)]
pub(super) enum Verb {
    /// Adds a subscription for a receiver; you vouch that it is wanted there.
    Add {
        /// The channel.
        #[arg(long)]
        channel: String,
        /// The address; none for a channel with one receiver of its own.
        #[arg(long)]
        to: Option<String>,
        #[command(flatten)]
        wishes: Box<Wishes>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Every subscription that is kept as a row.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Everything that is kept of one, with what was sent to its receiver: for whoever asks what is known of them.
    Show {
        /// Its name.
        name: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Changes what one wants; what no flag names stays.
    Edit {
        /// Its name.
        name: String,
        #[command(flatten)]
        wishes: Box<Wishes>,
        /// Takes a choice away, by its key in the configuration: quiet, buyers, amount_to.
        #[arg(long, value_name = "KEY")]
        without: Vec<String>,
    },
    /// Lets one rest.
    Pause {
        /// Its name.
        name: String,
    },
    /// Tells one again, from now on.
    Resume {
        /// Its name.
        name: String,
    },
    /// Ends one; its links are dead.
    Remove {
        /// Its name.
        name: String,
    },
    /// Erases an address: from the rows, from what was sent, from who left. It cannot be undone.
    Erase {
        /// The address.
        address: String,
    },
}

pub(super) fn run(config: &Path, clock: Clock, verb: &Verb) -> Result<u8> {
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    match verb {
        Verb::Add { channel, to, wishes, json } => {
            let choices = wishes.choices(&rooms, None, &[])?;
            let row = subscriptions::add(&rooms, channel, to.as_deref(), &choices)?;
            print_row(&row, *json)?;
        }
        Verb::List { json } => return list(&rooms, *json),
        Verb::Show { name, json } => show(&rooms, name, *json)?,
        Verb::Edit { name, wishes, without } => {
            let before = rooms.store.read(|r| r.subscriber(name))?;
            let before = before.with_context(|| format!("there is no subscriber {name}"))?;
            let choices = wishes.choices(&rooms, Some(&Choices::of(&before.subscription)), without)?;
            print_row(&subscriptions::change(&rooms, name, &choices)?, false)?;
        }
        Verb::Pause { name } => print_row(&subscriptions::rest(&rooms, name, true)?, false)?,
        Verb::Resume { name } => print_row(&subscriptions::rest(&rooms, name, false)?, false)?,
        Verb::Remove { name } => {
            subscriptions::remove(&rooms, name)?;
            println!("{} has left", printable(name));
        }
        Verb::Erase { address } => erase(&rooms, address)?,
    }
    Ok(super::DONE)
}

fn list(rooms: &Rooms, as_json: bool) -> Result<u8> {
    let rows = rooms.store.read(|r| r.every_subscriber())?;
    if as_json {
        let rows: Vec<Value> = rows.readable.iter().map(row_json).collect();
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        rows.readable.iter().for_each(|row| println!("{}", line(row)));
    }
    for row in &rows.unreadable {
        eprintln!("tenderwatch: the subscriber {} cannot be read: {}", row.name, row.why);
    }
    Ok(if rows.unreadable.is_empty() { super::DONE } else { super::FAILED })
}

fn show(rooms: &Rooms, name: &str, as_json: bool) -> Result<()> {
    let (row, deliveries) = rooms.store.read(|r| -> Result<_> {
        let row = r.subscriber(name)?.with_context(|| format!("there is no subscriber {name}"))?;
        if row.standing == Standing::Erased {
            return Ok((row, Vec::new()));
        }
        // Everything that its receiver was sent, by other subscriptions too.
        let wanted = Wanted { receiver: Some(row.receiver().to_owned()), ..Wanted::default() };
        let deliveries = r.deliveries_that(&wanted, DELIVERIES_SHOWN)?;
        Ok((row, deliveries))
    })?;
    if as_json {
        let mut value = row_json(&row);
        if let Some(object) = value.as_object_mut() {
            object.insert("deliveries".into(), deliveries.iter().map(delivery_json).collect());
        }
        println!("{}", serde_json::to_string_pretty(&value)?);
        return Ok(());
    }
    print_row(&row, false)?;
    for delivery in &deliveries {
        println!(
            "  {} {} of {} on {}: {}, tried {} times",
            delivery.id,
            delivery.channel,
            delivery.subscription,
            delivery.composed_at,
            state_word(&delivery.state),
            delivery.attempts
        );
    }
    if deliveries.is_empty() {
        println!("  nothing was sent");
    }
    Ok(())
}

fn erase(rooms: &Rooms, address: &str) -> Result<()> {
    let Some(address) = addresses::mail_address(address) else { bail!("{address:?} is no mail address") };
    let erased = subscriptions::erase(rooms, &address)?;
    println!("erased: {} subscriptions, {} deliveries", erased.rows, erased.deliveries);
    if !erased.declared.is_empty() {
        println!(
            "the configuration still names the address: in {}. Nothing is sent to it; take it out there, and erase again",
            erased.declared.join(", ")
        );
    }
    Ok(())
}

fn print_row(row: &Subscriber, as_json: bool) -> Result<()> {
    if as_json {
        println!("{}", serde_json::to_string_pretty(&row_json(row))?);
        return Ok(());
    }
    println!("{}", line(row));
    println!("  made {} by {}, changed {}", row.made_at, row.origin.word(), row.changed_at);
    if let Some(at) = row.confirmed_at {
        println!("  confirmed {at}");
    }
    if row.standing != Standing::Erased {
        for (key, value) in choices::written(&Choices::of(&row.subscription)) {
            println!("  {key} = {}", printable(&shown(&value)));
        }
    }
    Ok(())
}

fn line(row: &Subscriber) -> String {
    let Subscriber { subscription, standing, .. } = row;
    let whom = if row.receiver().is_empty() { "—" } else { row.receiver() };
    let (frequency, language) = (subscription.rhythm.frequency.word(), subscription.language.word());
    let (channel, standing) = (&subscription.channel, standing.word());
    format!("{} {standing}: {} through {channel}, {frequency}, {language}", row.name(), printable(whom))
}

fn shown(value: &Chosen) -> String {
    match value {
        Chosen::Text(text) => text.clone(),
        Chosen::List(texts) => texts.join(", "),
        Chosen::Number(number) => number.to_string(),
        Chosen::Switch(switch) => switch.to_string(),
    }
}

fn row_json(row: &Subscriber) -> Value {
    let is_erased = row.standing == Standing::Erased;
    let chosen: serde_json::Map<String, Value> = choices::written(&Choices::of(&row.subscription))
        .into_iter()
        .filter(|_| !is_erased)
        .map(|(key, value)| {
            let value = match value {
                Chosen::Text(text) => json!(text),
                Chosen::List(texts) => json!(texts),
                Chosen::Number(number) => json!(number),
                Chosen::Switch(switch) => json!(switch),
            };
            (key.to_owned(), value)
        })
        .collect();
    let receiver = Some(row.receiver()).filter(|receiver| !receiver.is_empty());
    json!({"name": row.name(), "standing": row.standing.word(), "channel": row.subscription.channel,
        "receiver": receiver, "origin": row.origin.word(), "made_at": row.made_at, "changed_at": row.changed_at,
        "confirmed_at": row.confirmed_at, "choices": chosen})
}

fn state_word(state: &Delivery) -> &'static str {
    match state {
        Delivery::Waiting { .. } => "waiting",
        Delivery::Claimed { .. } => "claimed",
        Delivery::Sent { .. } => "sent",
        Delivery::GivenUp { .. } => "given up",
    }
}

fn delivery_json(delivery: &DeliveryRow) -> Value {
    json!({"id": delivery.id.0, "subscription": delivery.subscription, "channel": delivery.channel,
        "composed_at": delivery.composed_at, "state": state_word(&delivery.state), "attempts": delivery.attempts})
}
