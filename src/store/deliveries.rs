//! The outbox: finished messages and their way to each receiver. Claim (commit), send, record (commit): whatever dies in
//! between, the next attempt sends the same bytes under the same id.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, named_params, params};

use super::values::{At, Count, at, json, word};
use super::{Reader, StoreError, Writer};
use crate::domain::delivery::{ClaimedDelivery, Delivery, DeliveryId, Outcome};
use crate::domain::project::ProjectId;
use crate::domain::retry::Next;

statements! {
    NEXT_AT = "SELECT min(due_at) FROM deliveries WHERE due_at IS NOT NULL";
    NEXT_AT_BESIDES = include_str!("sql/next_delivery_besides.sql");
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
    CLAIM = include_str!("sql/claim_deliveries.sql");
    RELEASE = include_str!("sql/release_claims.sql");
    APPEND_ATTEMPT = include_str!("sql/append_attempt.sql");
    SET_STATE = include_str!("sql/set_delivery_state.sql");
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
    /// What the last attempt said.
    pub said: Option<String>,
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
    /// When the next delivery is due: a waiting one, or one whose claim expires.
    pub fn next_delivery_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let next: Option<At> = self.connection.prepare_cached(NEXT_AT)?.query_row([], |row| row.get(0))?;
        Ok(next.map(|At(at)| at))
    }

    /// The same without the channels that are held.
    pub fn next_delivery_besides(&self, skip_channels: &[String]) -> Result<Option<Timestamp>, StoreError> {
        let mut statement = self.connection.prepare_cached(NEXT_AT_BESIDES)?;
        let next = statement.query_row([json(&skip_channels)?], |row| row.get::<_, At>(0));
        Ok(next.optional()?.map(|At(at)| at))
    }

    /// The latest deliveries, the latest first.
    pub fn deliveries(&self, limit: u32) -> Result<Vec<DeliveryRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(DELIVERIES)?;
        let rows = statement.query_map([limit], delivery_row)?;
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
            })?;
        }
        Ok(Kept::New)
    }

    /// Claims deliveries that are due, the longest waiting first, until `until`: waiting ones, and claimed ones whose
    /// claim has expired. Channels that are held are passed over.
    pub fn claim_deliveries(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
        skip_channels: &[String],
    ) -> Result<Vec<ClaimedDelivery>, StoreError> {
        let mut statement = self.connection.prepare_cached(CLAIM)?;
        let rows = statement.query_map(params![At(now), At(until), limit, json(&skip_channels)?], |row| {
            let claimed = ClaimedDelivery {
                id: DeliveryId(row.get("id")?),
                channel: row.get("channel")?,
                receiver: row.get("receiver")?,
                payload: row.get("payload")?,
                attempts: row.get("attempts")?,
                composed_at: row.get::<_, At>("composed_at")?.0,
                receipts: Vec::new(),
            };
            Ok((row.get::<_, i64>("rowid")?, claimed))
        })?;
        let mut claimed: Vec<_> = rows.collect::<Result<_, _>>()?;
        // RETURNING promises no order; parts of one message go out as they were composed.
        claimed.sort_by_key(|(rowid, _)| *rowid);
        Ok(claimed.into_iter().map(|(_, delivery)| delivery).collect())
    }

    /// Appends what an attempt came to and what follows. A delivery that was accepted stays accepted, whatever a belated
    /// record of another attempt says.
    pub fn record_attempt(
        &self,
        id: &DeliveryId,
        outcome: &Outcome,
        next: Option<&Next>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (outcome_word, why, retry_after) = match outcome {
            Outcome::Accepted => ("accepted", None, None),
            Outcome::Refused { why } => ("refused", Some(why), None),
            Outcome::Later { why, retry_after } => ("later", Some(why), *retry_after),
            Outcome::Ambiguous { why } => ("ambiguous", Some(why), None),
            Outcome::Misconfigured { why } => ("misconfigured", Some(why), None),
        };
        let retry_after_ms = retry_after.map(|wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
        let mut append = self.connection.prepare_cached(APPEND_ATTEMPT)?;
        if append.execute(params![id.0, At(now), outcome_word, why, retry_after_ms])? == 0 {
            return Err(StoreError::Unknown { what: format!("delivery {id}") });
        }
        let state = match (next, why) {
            (Some(Next::At(at)), _) => Delivery::Waiting { next_at: *at },
            (None, None) => Delivery::Sent { at: now },
            // Where nothing was decided of a failure, nobody may believe that it arrived.
            (Some(Next::GiveUp { why }), _) | (None, Some(why)) => Delivery::GivenUp { at: now, why: why.clone() },
        };
        self.set_state(id, &state)
    }

    /// Makes deliveries whose claim has expired wait again. Returns how many. They would be claimed anyway; this shows
    /// them as what they are.
    pub fn release_claims(&self, now: Timestamp) -> Result<u64, StoreError> {
        let released = self.connection.prepare_cached(RELEASE)?.execute([At(now)])?;
        Ok(u64::try_from(released).unwrap_or(u64::MAX))
    }

    fn set_state(&self, id: &DeliveryId, state: &Delivery) -> Result<(), StoreError> {
        let (word, next_at, claimed_until, sent_at, given_up_at, why) = match state {
            Delivery::Waiting { next_at } => ("waiting", Some(At(*next_at)), None, None, None, None),
            Delivery::Claimed { until } => ("claimed", None, Some(At(*until)), None, None, None),
            Delivery::Sent { at } => ("sent", None, None, Some(At(*at)), None, None),
            Delivery::GivenUp { at, why } => ("given_up", None, None, None, Some(At(*at)), Some(why)),
        };
        self.connection.prepare_cached(SET_STATE)?.execute(named_params! {
            ":id": id.0,
            ":state": word,
            ":next_at": next_at,
            ":claimed_until": claimed_until,
            ":sent_at": sent_at,
            ":given_up_at": given_up_at,
            ":why": why,
        })?;
        Ok(())
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
        said: row.get("said")?,
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
