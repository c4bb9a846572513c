//! The outbox at work: which channel has something due, claims, what attempts came to, quotas and rests. Claim (commit), send,
//! record (commit): whatever dies in between, the next attempt sends the same bytes under the same id.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, named_params, params};

use super::values::{At, Count, at};
use super::{Reader, StoreError, Writer};
use crate::domain::delivery::{ClaimedDelivery, Delivery, DeliveryId, Outcome};
use crate::domain::project::ProjectId;
use crate::domain::retry::Next;

statements! {
    NEXT_AT = "SELECT min(due_at) FROM deliveries WHERE due_at IS NOT NULL";
    LANES = include_str!("sql/lanes.sql");
    TRIED_AT = "SELECT at FROM attempts WHERE channel = ?1 AND at <= ?2 ORDER BY at DESC LIMIT 1 OFFSET ?3";
    TRIED_SINCE = "SELECT count(*) FROM attempts WHERE channel = ?1 AND at > ?2 AND at <= ?3";
    REST = "SELECT until_at, why FROM rests WHERE channel = ?1";
    RECEIPTS = include_str!("sql/receipts.sql");
    THREAD_OF = include_str!("sql/thread_of.sql");
    CLAIM = include_str!("sql/claim_deliveries.sql");
    APPEND_ATTEMPT = include_str!("sql/append_attempt.sql");
    COUNT_ATTEMPT = "UPDATE deliveries SET attempts = attempts + 1, receipt = coalesce(?2, receipt) WHERE id = ?1";
    SET_STATE = include_str!("sql/set_delivery_state.sql");
    PUT_OFF_PARTS = include_str!("sql/put_off_parts.sql");
    GIVE_UP_PARTS = include_str!("sql/give_up_parts.sql");
    PUT_REST = "INSERT INTO rests (channel, until_at, why) VALUES (?1, ?2, ?3)
                ON CONFLICT (channel) DO UPDATE SET until_at = excluded.until_at, why = excluded.why";
    PUT_OFF_RECEIVER = include_str!("sql/put_off_receiver.sql");
    BRING_FORWARD = include_str!("sql/bring_forward.sql");
    NOTE_DEAD_CLAIMS = include_str!("sql/note_dead_claims.sql");
    FREE_DEAD_CLAIMS = include_str!("sql/free_dead_claims.sql");
    CANCEL = include_str!("sql/cancel_message.sql");
    RETRY = include_str!("sql/retry_message.sql");
}

/// How many receipts of a thread a delivery is told.
const RECEIPTS_MAX: u32 = 20;

/// A channel with something on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// The channel's name.
    pub channel: String,
    /// When the first of it is due: a waiting one, or one whose claim expires.
    pub first_at: Timestamp,
    /// When the last of it is.
    pub last_at: Timestamp,
}

/// A channel that asked to be left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rest {
    /// Until then.
    pub until: Timestamp,
    /// What it said.
    pub why: String,
}

impl Reader<'_> {
    /// When the next delivery is due: a waiting one, or one whose claim expires.
    pub fn next_delivery_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let next: Option<At> = self.connection.prepare_cached(NEXT_AT)?.query_row([], |row| row.get(0))?;
        Ok(next.map(|At(at)| at))
    }

    /// Every channel with something on its way, by name.
    pub fn lanes(&self) -> Result<Vec<Lane>, StoreError> {
        let mut statement = self.connection.prepare_cached(LANES)?;
        let rows = statement.query_map([], |row| {
            let (At(first_at), At(last_at)) = (row.get("first_at")?, row.get("last_at")?);
            Ok(Lane { channel: row.get("channel")?, first_at, last_at })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When the attempt through a channel ended that is the `place`th before `now`, from 1.
    pub fn tried_at(&self, channel: &str, now: Timestamp, place: u32) -> Result<Option<Timestamp>, StoreError> {
        let mut statement = self.connection.prepare_cached(TRIED_AT)?;
        let tried = statement.query_row(params![channel, At(now), place.saturating_sub(1)], |row| at(row, 0));
        Ok(tried.optional()?.flatten())
    }

    /// How many attempts through a channel ended after `since` and up to `now`.
    pub fn tried_since(&self, channel: &str, since: Timestamp, now: Timestamp) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare_cached(TRIED_SINCE)?;
        let Count(count) = statement.query_row(params![channel, At(since), At(now)], |row| row.get(0))?;
        Ok(count)
    }

    /// Whether a channel asked to be left alone, also where that is over.
    pub fn rest(&self, channel: &str) -> Result<Option<Rest>, StoreError> {
        let mut statement = self.connection.prepare_cached(REST)?;
        let rest = statement.query_row([channel], |row| {
            let At(until) = row.get("until_at")?;
            Ok(Rest { until, why: row.get("why")? })
        });
        Ok(rest.optional()?)
    }

    /// The messages of a subscription to one receiver about a project, or one that became part of it: sent or on their way,
    /// the oldest first.
    pub fn thread_of(
        &self,
        subscription: &str,
        channel: &str,
        receiver: &str,
        project: ProjectId,
    ) -> Result<Vec<DeliveryId>, StoreError> {
        let mut statement = self.connection.prepare_cached(THREAD_OF)?;
        let rows = statement
            .query_map(params![subscription, channel, receiver, project.0], |row| row.get(0).map(DeliveryId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn receipts(&self, id: &DeliveryId) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare_cached(RECEIPTS)?;
        let rows = statement.query_map(params![id.0, RECEIPTS_MAX], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    /// Claims deliveries of a channel that are due, the longest waiting first, until `until`: waiting ones, and claimed ones
    /// whose claim has expired. A part is passed over while one before it was not accepted.
    pub fn claim_deliveries(
        &self,
        channel: &str,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedDelivery>, StoreError> {
        let mut statement = self.connection.prepare_cached(CLAIM)?;
        let rows = statement.query_map(params![At(now), At(until), limit, channel], |row| {
            let claimed = ClaimedDelivery {
                id: DeliveryId(row.get("id")?),
                channel: row.get("channel")?,
                receiver: row.get("receiver")?,
                payload: row.get("payload")?,
                attempts: row.get("attempts")?,
                composed_at: row.get::<_, At>("composed_at")?.0,
                receipts: Vec::new(),
            };
            Ok((row.get::<_, i64>("rowid")?, row.get::<_, bool>("is_threaded")?, claimed))
        })?;
        let mut claimed: Vec<_> = rows.collect::<Result<_, _>>()?;
        // RETURNING promises no order.
        claimed.sort_by_key(|(rowid, ..)| *rowid);
        let with_receipts = |(_, is_threaded, mut delivery): (i64, bool, ClaimedDelivery)| {
            if is_threaded {
                delivery.receipts = self.receipts(&delivery.id)?;
            }
            Ok(delivery)
        };
        claimed.into_iter().map(with_receipts).collect()
    }

    /// Appends what an attempt came to and what follows, for the parts after it too. A delivery that was accepted stays
    /// accepted, and one that was given up meanwhile stays given up unless it arrived.
    pub fn record_attempt(
        &self,
        id: &DeliveryId,
        outcome: &Outcome,
        receipt: Option<&str>,
        next: Option<&Next>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let retry_after = match outcome {
            Outcome::Later { retry_after, .. } => *retry_after,
            _ => None,
        };
        let why = (*outcome != Outcome::Accepted).then(|| outcome.why());
        let retry_after_ms = retry_after.map(|wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
        let mut append = self.connection.prepare_cached(APPEND_ATTEMPT)?;
        if append.execute(params![id.0, At(now), word(outcome), why, retry_after_ms])? == 0 {
            return Err(StoreError::Unknown { what: format!("delivery {id}") });
        }
        self.connection.prepare_cached(COUNT_ATTEMPT)?.execute(params![id.0, receipt])?;
        let state = match (next, why) {
            (Some(Next::At(at)), _) => Delivery::Waiting { next_at: *at },
            (None, None) => Delivery::Sent { at: now },
            // Where nothing was decided of a failure, nobody may believe that it arrived.
            (Some(Next::GiveUp { why }), _) => Delivery::GivenUp { at: now, why: why.clone() },
            (None, Some(why)) => Delivery::GivenUp { at: now, why: why.to_owned() },
        };
        self.set_state(id, &state)
    }

    /// Makes what a dead process had claimed wait again, from now on, and notes that it may have arrived. For a process that
    /// has the data folder for itself. Gives how many there were.
    pub fn free_dead_claims(&self, now: Timestamp) -> Result<u64, StoreError> {
        let why = "the program ended while it was being sent: it may have arrived";
        self.connection.prepare_cached(NOTE_DEAD_CLAIMS)?.execute(params![At(now), why])?;
        let freed = self.connection.prepare_cached(FREE_DEAD_CLAIMS)?.execute([At(now)])?;
        Ok(u64::try_from(freed).unwrap_or(u64::MAX))
    }

    /// Leaves a channel alone until then, also over a restart.
    pub fn rest_channel(&self, channel: &str, rest: &Rest) -> Result<(), StoreError> {
        self.connection.prepare_cached(PUT_REST)?.execute(params![channel, At(rest.until), rest.why])?;
        Ok(())
    }

    /// Leaves one receiver of a channel alone until then.
    pub fn put_off_receiver(&self, channel: &str, receiver: &str, until: Timestamp) -> Result<(), StoreError> {
        self.connection.prepare_cached(PUT_OFF_RECEIVER)?.execute(params![channel, receiver, At(until)])?;
        Ok(())
    }

    /// Makes due what was put off beyond `latest`, where nothing can be: the clock was set back since.
    pub fn bring_forward(&self, channel: &str, now: Timestamp, latest: Timestamp) -> Result<(), StoreError> {
        self.connection.prepare_cached(BRING_FORWARD)?.execute(params![channel, At(now), At(latest)])?;
        Ok(())
    }

    /// Takes a message to one receiver back, in all its parts that are on their way. Gives how many there were.
    pub fn cancel_message(&self, id: &DeliveryId, author: &str, why: &str, now: Timestamp) -> Result<u64, StoreError> {
        let cancelled = self.connection.prepare_cached(CANCEL)?.execute(params![id.0, At(now), why, author])?;
        Ok(u64::try_from(cancelled).unwrap_or(u64::MAX))
    }

    /// Makes a message to one receiver due now, in all its parts that were not accepted. Gives how many there were.
    pub fn retry_message(&self, id: &DeliveryId, now: Timestamp) -> Result<u64, StoreError> {
        let waiting = self.connection.prepare_cached(RETRY)?.execute(params![id.0, At(now)])?;
        Ok(u64::try_from(waiting).unwrap_or(u64::MAX))
    }

    fn set_state(&self, id: &DeliveryId, state: &Delivery) -> Result<(), StoreError> {
        let (word, next_at, sent_at, given_up_at, why) = match state {
            Delivery::Waiting { next_at } | Delivery::Claimed { until: next_at } => {
                self.connection.prepare_cached(PUT_OFF_PARTS)?.execute(params![id.0, At(*next_at)])?;
                ("waiting", Some(At(*next_at)), None, None, None)
            }
            Delivery::Sent { at } => ("sent", None, Some(At(*at)), None, None),
            Delivery::GivenUp { at, why } => {
                let with_it = format!("an earlier part was given up: {why}");
                self.connection.prepare_cached(GIVE_UP_PARTS)?.execute(params![id.0, At(*at), with_it])?;
                ("given_up", None, None, Some(At(*at)), Some(why))
            }
        };
        self.connection.prepare_cached(SET_STATE)?.execute(named_params! {
            ":id": id.0,
            ":state": word,
            ":next_at": next_at,
            ":sent_at": sent_at,
            ":given_up_at": given_up_at,
            ":why": why,
        })?;
        Ok(())
    }
}

/// An outcome's word in the table of attempts.
fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Refused { .. } | Outcome::Gone { .. } => "refused",
        Outcome::Later { .. } => "later",
        Outcome::Ambiguous { .. } => "ambiguous",
        Outcome::Misconfigured { .. } => "misconfigured",
    }
}
