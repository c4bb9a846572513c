//! What is kept of messages: digests, the finished bytes for each receiver, where each stands and what was tried. Lacks the
//! moving of them: that is [`super::outbox`].

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, named_params, params};

use super::values::{At, Count, at, word};
use super::{Reader, StoreError, Writer};
use crate::domain::delivery::{Delivery, DeliveryId};
use crate::domain::project::ProjectId;

statements! {
    DELIVERIES = include_str!("sql/deliveries.sql");
    DELIVERY = include_str!("sql/delivery.sql");
    PAYLOAD = "SELECT payload FROM deliveries WHERE id = ?1";
    STATES = "SELECT channel, state, count(*) FROM deliveries GROUP BY channel, state";
    ATTEMPTS = "SELECT number, at, outcome, why FROM attempts WHERE delivery = ?1 ORDER BY number";
    DIGEST = "SELECT id, subscription, composed_at, from_seq, to_seq, message FROM digests WHERE id = ?1";
    PUT_DIGEST = "INSERT INTO digests (id, subscription, composed_at, from_seq, to_seq, message)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO NOTHING";
    PUT_ITEM = "INSERT INTO digest_items (digest, seq, project) VALUES (?1, ?2, ?3)";
    PUT_DELIVERY = include_str!("sql/put_delivery.sql");
}

/// A digest as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestRow {
    /// Its id, the same however often it is composed.
    pub id: String,
    /// Whose it is.
    pub subscription: String,
    /// When it was composed.
    pub composed_at: Timestamp,
    /// It considers the changes after this one …
    pub from_seq: i64,
    /// … up to this one.
    pub to_seq: i64,
    /// The message, for `digest show` and the dashboard.
    pub message_json: String,
}

/// One part of a digest for one receiver, to be delivered at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// Its id, the same however often it is composed.
    pub id: DeliveryId,
    /// The channel's name.
    pub channel: String,
    /// The receiver: an address, or the channel's name.
    pub receiver: String,
    /// Which part, from 1, where a message was split.
    pub part: u32,
    /// The finished bytes.
    pub payload: Vec<u8>,
    /// The project that it speaks of, where it speaks of one.
    pub thread: Option<ProjectId>,
}

/// Which deliveries somebody wants to see; nothing for any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// `waiting`, `claimed`, `sent`, `given_up`.
    pub state: Option<String>,
    /// The channel's name.
    pub channel: Option<String>,
    /// The subscription's name.
    pub subscription: Option<String>,
    /// The receiver.
    pub receiver: Option<String>,
    /// Composed then or later.
    pub since: Option<Timestamp>,
}

/// What keeping a digest came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It was not known: its deliveries wait.
    New,
    /// It was kept before: nothing was added.
    Known,
}

/// A delivery for people: everything but the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Its id.
    pub id: DeliveryId,
    /// The digest.
    pub digest: String,
    /// The subscription.
    pub subscription: String,
    /// The channel's name.
    pub channel: String,
    /// The receiver.
    pub receiver: String,
    /// Which part.
    pub part: u32,
    /// When it was composed.
    pub composed_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Where it stands.
    pub state: Delivery,
    /// What the last attempt came to: `accepted`, `refused`, `later`, `ambiguous`, `misconfigured`.
    pub last_outcome: Option<String>,
    /// What it said.
    pub said: Option<String>,
    /// Who took it back, where a person did.
    pub cancelled_by: Option<String>,
    /// What the platform called it.
    pub receipt: Option<String>,
}

/// One attempt at a delivery, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptRow {
    /// Its number, from 1.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// `accepted`, `refused`, `later`, `ambiguous`, `misconfigured`.
    pub outcome: String,
    /// What was said.
    pub why: Option<String>,
}

/// How many deliveries of a channel stand where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryCount {
    /// The channel's name.
    pub channel: String,
    /// `waiting`, `claimed`, `sent`, `given_up`.
    pub state: String,
    /// How many.
    pub count: u64,
}

impl Reader<'_> {
    /// The latest deliveries, the latest first.
    pub fn deliveries(&self, limit: u32) -> Result<Vec<DeliveryRow>, StoreError> {
        self.deliveries_that(&Wanted::default(), limit)
    }

    /// The latest deliveries that fit, the latest first. Walks the table: for people.
    pub fn deliveries_that(&self, wanted: &Wanted, limit: u32) -> Result<Vec<DeliveryRow>, StoreError> {
        let Wanted { state, channel, subscription, receiver, since } = wanted;
        let mut statement = self.connection.prepare_cached(DELIVERIES)?;
        let values = params![limit, state, channel, subscription, receiver, since.map(At)];
        let rows = statement.query_map(values, delivery_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One delivery.
    pub fn delivery(&self, id: &DeliveryId) -> Result<Option<DeliveryRow>, StoreError> {
        Ok(self.connection.prepare_cached(DELIVERY)?.query_row([&id.0], delivery_row).optional()?)
    }

    /// The bytes of a delivery.
    pub fn payload(&self, id: &DeliveryId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.connection.prepare_cached(PAYLOAD)?.query_row([&id.0], |row| row.get(0)).optional()?)
    }

    /// Every attempt at a delivery, in order.
    pub fn attempts(&self, id: &DeliveryId) -> Result<Vec<AttemptRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(ATTEMPTS)?;
        let rows = statement.query_map([&id.0], |row| {
            let At(at) = row.get(1)?;
            Ok(AttemptRow { number: row.get(0)?, at, outcome: row.get(2)?, why: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many deliveries stand where, by channel; for metrics.
    pub fn delivery_counts(&self) -> Result<Vec<DeliveryCount>, StoreError> {
        let mut statement = self.connection.prepare_cached(STATES)?;
        let rows = statement.query_map([], |row| {
            Ok(DeliveryCount { channel: row.get(0)?, state: row.get(1)?, count: row.get::<_, Count>(2)?.0 })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A digest as it was kept.
    pub fn digest(&self, id: &str) -> Result<Option<DigestRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(DIGEST)?;
        let found = statement.query_row([id], |row| {
            Ok(DigestRow {
                id: row.get("id")?,
                subscription: row.get("subscription")?,
                composed_at: row.get::<_, At>("composed_at")?.0,
                from_seq: row.get("from_seq")?,
                to_seq: row.get("to_seq")?,
                message_json: row.get("message")?,
            })
        });
        Ok(found.optional()?)
    }
}

impl Writer<'_> {
    /// Keeps a digest, what it tells of, and its deliveries, which wait from when it was composed. A digest that is known
    /// by its id adds nothing, whatever it says now: it may be on its way.
    pub fn put_digest(
        &self,
        digest: &DigestRow,
        items: &[(i64, Option<ProjectId>)],
        deliveries: &[NewDelivery],
    ) -> Result<Kept, StoreError> {
        let DigestRow { id, subscription, composed_at, from_seq, to_seq, message_json } = digest;
        let mut put = self.connection.prepare_cached(PUT_DIGEST)?;
        if put.execute(params![id, subscription, At(*composed_at), from_seq, to_seq, message_json])? == 0 {
            return Ok(Kept::Known);
        }
        let mut put_item = self.connection.prepare_cached(PUT_ITEM)?;
        for (seq, project) in items {
            put_item.execute(params![id, seq, project.map(|project| project.0)])?;
        }
        self.put_told(subscription, items.iter().filter_map(|(_, project)| *project), *composed_at)?;
        let mut put_delivery = self.connection.prepare_cached(PUT_DELIVERY)?;
        for delivery in deliveries {
            put_delivery.execute(named_params! {
                ":id": delivery.id.0,
                ":digest": id,
                ":channel": delivery.channel,
                ":receiver": delivery.receiver,
                ":part": delivery.part,
                ":payload": delivery.payload,
                ":composed_at": At(*composed_at),
                ":thread": delivery.thread.map(|project| project.0),
            })?;
        }
        Ok(Kept::New)
    }
}

fn delivery_row(row: &Row<'_>) -> rusqlite::Result<DeliveryRow> {
    Ok(DeliveryRow {
        id: DeliveryId(row.get("id")?),
        digest: row.get("digest")?,
        subscription: row.get("subscription")?,
        channel: row.get("channel")?,
        receiver: row.get("receiver")?,
        part: row.get("part")?,
        composed_at: row.get::<_, At>("composed_at")?.0,
        attempts: row.get("attempts")?,
        state: state(row)?,
        last_outcome: row.get("last_outcome")?,
        said: row.get("said")?,
        cancelled_by: row.get("cancelled_by")?,
        receipt: row.get("receipt")?,
    })
}

/// The state's name decides which column holds its facts; the table's CHECKs promise that it is there.
fn state(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    let at = |column| -> rusqlite::Result<Timestamp> { Ok(at(row, column)?.unwrap_or(Timestamp::UNIX_EPOCH)) };
    let named =
        word(row, "state", |word| ["waiting", "claimed", "sent", "given_up"].into_iter().find(|known| *known == word))?;
    Ok(match named {
        "waiting" => Delivery::Waiting { next_at: at("next_at")? },
        "claimed" => Delivery::Claimed { until: at("claimed_until")? },
        "sent" => Delivery::Sent { at: at("sent_at")? },
        _ => Delivery::GivenUp { at: at("given_up_at")?, why: row.get("why")? },
    })
}
