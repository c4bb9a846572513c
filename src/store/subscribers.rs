//! Subscriptions that are kept as rows, and who left a declared one. A row that cannot be read is named and passed over: it holds
//! up no other.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, named_params, params};

use super::rows::subscriber::ChoicesRow;
use super::values::{At, Count, at, from_json, json, word};
use super::{Reader, StoreError, Writer};
use crate::domain::subscriber::{Choices, Origin, Standing, Subscriber};

statements! {
    ONE = "SELECT * FROM subscribers WHERE name = ?1";
    ALL = "SELECT * FROM subscribers ORDER BY name";
    ACTIVE = "SELECT * FROM subscribers WHERE standing = 'active' ORDER BY name";
    AT = "SELECT * FROM subscribers WHERE receiver = ?1 ORDER BY name";
    PENDING = "SELECT count(*) FROM subscribers WHERE standing = 'pending'";
    PUT = include_str!("sql/put_subscriber.sql");
    STAND = "UPDATE subscribers SET standing = ?2, changed_at = ?3 WHERE name = ?1 AND standing <> 'erased'";
    EXPIRE = "DELETE FROM subscribers WHERE standing = 'pending' AND changed_at < ?1
              RETURNING name, receiver";
    ERASE = "UPDATE subscribers SET standing = 'erased', receiver = NULL, content = NULL,
                 generation = generation + 1, changed_at = ?2
             WHERE name = ?1 AND standing <> 'erased' RETURNING channel";
    RECEIVER = "SELECT receiver FROM subscribers WHERE name = ?1";
    ERASE_STOPS = "DELETE FROM stops WHERE receiver = ?1 COLLATE NOCASE";
    ERASE_DIGESTS = "UPDATE digests SET message = '{}' WHERE subscription = ?1";
    ERASE_DELIVERIES = include_str!("sql/erase_deliveries.sql");
    FORGET = "DELETE FROM subscriptions WHERE name = ?1";
    CANCEL = include_str!("sql/cancel_waiting.sql");
    LEAVE = "INSERT INTO departures (receiver, subscription, left_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (receiver, subscription) DO NOTHING";
    REJOIN = "DELETE FROM departures WHERE receiver = ?1 AND subscription = ?2";
    HAS_LEFT = "SELECT 1 FROM departures WHERE receiver = ?1 AND subscription = ?2";
    DEPARTED = "SELECT receiver FROM departures WHERE subscription = ?1 ORDER BY receiver";
    DEPARTURES_AT = "SELECT subscription, left_at FROM departures WHERE receiver = ?1 ORDER BY subscription";
}

/// A row that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: String,
}

/// Subscribers, and the rows among them that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Subscribers {
    /// Those that can, by name.
    pub readable: Vec<Subscriber>,
    /// Those that cannot.
    pub unreadable: Vec<Unreadable>,
}

impl Reader<'_> {
    /// One subscriber; an error where its row cannot be read.
    pub fn subscriber(&self, name: &str) -> Result<Option<Subscriber>, StoreError> {
        let found = self.connection.prepare_cached(ONE)?.query_row([name], Raw::of).optional()?;
        found.map(|raw| raw.subscriber().map_err(|unreadable| unreadable.into())).transpose()
    }

    /// Every subscriber that can be read, whatever its standing.
    pub fn subscribers(&self) -> Result<Vec<Subscriber>, StoreError> {
        Ok(self.every_subscriber()?.readable)
    }

    /// Every row, whether it can be read or not.
    pub fn every_subscriber(&self) -> Result<Subscribers, StoreError> {
        self.gather(ALL, params![])
    }

    /// Those that are told.
    pub fn active_subscribers(&self) -> Result<Subscribers, StoreError> {
        self.gather(ACTIVE, params![])
    }

    /// Those of one address, in whatever case it is written.
    pub fn subscribers_at(&self, receiver: &str) -> Result<Vec<Subscriber>, StoreError> {
        Ok(self.every_subscriber_at(receiver)?.readable)
    }

    /// The same, with those that cannot be read.
    pub fn every_subscriber_at(&self, receiver: &str) -> Result<Subscribers, StoreError> {
        self.gather(AT, params![receiver])
    }

    /// How many wait to be confirmed.
    pub fn pending_subscribers(&self) -> Result<u64, StoreError> {
        Ok(self.connection.prepare_cached(PENDING)?.query_row([], |row| row.get::<_, Count>(0))?.0)
    }

    /// Whether a receiver left a subscription that is declared.
    pub fn has_left(&self, subscription: &str, receiver: &str) -> Result<bool, StoreError> {
        Ok(self.connection.prepare_cached(HAS_LEFT)?.exists([receiver, subscription])?)
    }

    /// Who left a subscription that is declared.
    pub fn departed(&self, subscription: &str) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare_cached(DEPARTED)?;
        let rows = statement.query_map([subscription], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The declared subscriptions that a receiver left, and when.
    pub fn departures_at(&self, receiver: &str) -> Result<Vec<(String, Timestamp)>, StoreError> {
        let mut statement = self.connection.prepare_cached(DEPARTURES_AT)?;
        let rows = statement.query_map([receiver], |row| Ok((row.get(0)?, row.get::<_, At>(1)?.0)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn gather(&self, sql: &str, params: impl rusqlite::Params) -> Result<Subscribers, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut found = Subscribers::default();
        for raw in statement.query_map(params, Raw::of)? {
            match raw?.subscriber() {
                Ok(subscriber) => found.readable.push(subscriber),
                Err(unreadable) => found.unreadable.push(unreadable),
            }
        }
        Ok(found)
    }
}

impl Writer<'_> {
    /// Keeps a subscriber, new or changed.
    pub fn put_subscriber(&self, subscriber: &Subscriber) -> Result<(), StoreError> {
        let Subscriber { subscription, standing, origin, generation, made_at, changed_at, confirmed_at } = subscriber;
        let is_erased = *standing == Standing::Erased;
        let content = json(&ChoicesRow::from(&Choices::of(subscription)))?;
        self.connection.prepare_cached(PUT)?.execute(named_params! {
            ":name": subscription.name,
            ":channel": subscription.channel,
            ":receiver": (!is_erased).then(|| subscriber.receiver()),
            ":content": (!is_erased).then_some(content),
            ":standing": standing.word(),
            ":origin": origin.word(),
            ":generation": generation,
            ":made_at": At(*made_at),
            ":changed_at": At(*changed_at),
            ":confirmed_at": confirmed_at.map(At),
        })?;
        Ok(())
    }

    /// Moves a subscriber to another standing. Works on a row whose content cannot be read, too; one that is erased stays so.
    pub fn set_standing(&self, name: &str, standing: Standing, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.connection.prepare_cached(STAND)?.execute(params![name, standing.word(), At(now)])? == 1)
    }

    /// Forgets those that nobody confirmed since, with the mails that asked them. Gives how many.
    pub fn expire_subscribers(&self, before: Timestamp, now: Timestamp) -> Result<usize, StoreError> {
        let mut expire = self.connection.prepare_cached(EXPIRE)?;
        let rows = expire.query_map([At(before)], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let gone: Vec<(String, String)> = rows.collect::<Result<_, _>>()?;
        for (name, receiver) in &gone {
            self.erase_messages(name, receiver, now)?;
        }
        Ok(gone.len())
    }

    /// What one row was sent, and the message that it was made of: it was for this receiver alone and may bear its links.
    fn erase_messages(&self, name: &str, receiver: &str, now: Timestamp) -> Result<(), StoreError> {
        self.connection.prepare_cached(ERASE_DELIVERIES)?.execute(params![receiver, At(now), name])?;
        self.connection.prepare_cached(ERASE_DIGESTS)?.execute([name])?;
        Ok(())
    }

    /// Erases what names a person in a row and in what it was sent; false where there is no such row. What is on its way is not
    /// sent.
    pub fn erase_subscriber(&self, name: &str, now: Timestamp) -> Result<bool, StoreError> {
        let receiver = self.connection.prepare_cached(RECEIVER)?.query_row([name], |row| row.get(0)).optional()?;
        let receiver: Option<String> = receiver.flatten();
        let erased = self.connection.prepare_cached(ERASE)?.query_row(params![name, At(now)], |row| row.get(0));
        let channel: Option<String> = erased.optional()?;
        let Some((channel, receiver)) = channel.zip(receiver) else { return Ok(false) };
        // Where the channel is its own receiver, what it received is nobody's own.
        if channel != receiver {
            self.erase_messages(name, &receiver, now)?;
        }
        Ok(true)
    }

    /// Erases an address from the whole outbox, with what was sent to it and what was said of it. Attempts stay: they hold no address. Gives how many
    /// deliveries that were.
    pub fn erase_deliveries(&self, receiver: &str, now: Timestamp) -> Result<u64, StoreError> {
        self.connection.prepare_cached(ERASE_STOPS)?.execute([receiver])?;
        let erased =
            self.connection.prepare_cached(ERASE_DELIVERIES)?.execute(params![receiver, At(now), None::<&str>])?;
        Ok(u64::try_from(erased).unwrap_or(u64::MAX))
    }

    /// Gives up what waits for a receiver of a subscription. What is being sent this moment may still arrive. Gives how many.
    pub fn cancel_waiting(
        &self,
        subscription: &str,
        channel: &str,
        receiver: &str,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare_cached(CANCEL)?;
        let cancelled = statement.execute(params![subscription, channel, receiver, At(now)])?;
        Ok(u64::try_from(cancelled).unwrap_or(u64::MAX))
    }

    /// Forgets up to where a subscription was told: it begins anew.
    pub fn forget_subscription_memory(&self, name: &str) -> Result<(), StoreError> {
        self.connection.prepare_cached(FORGET)?.execute([name])?;
        Ok(())
    }

    /// A receiver leaves a subscription that is declared.
    pub fn leave(&self, subscription: &str, receiver: &str, now: Timestamp) -> Result<(), StoreError> {
        self.connection.prepare_cached(LEAVE)?.execute(params![receiver, subscription, At(now)])?;
        Ok(())
    }

    /// And is told again.
    pub fn rejoin(&self, subscription: &str, receiver: &str) -> Result<(), StoreError> {
        self.connection.prepare_cached(REJOIN)?.execute([receiver, subscription])?;
        Ok(())
    }
}

/// A row before its content is understood.
struct Raw {
    name: String,
    channel: String,
    receiver: Option<String>,
    content: Option<String>,
    standing: Standing,
    origin: Origin,
    generation: u32,
    made_at: Timestamp,
    changed_at: Timestamp,
    confirmed_at: Option<Timestamp>,
}

impl Raw {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            name: row.get("name")?,
            channel: row.get("channel")?,
            receiver: row.get("receiver")?,
            content: row.get("content")?,
            standing: word(row, "standing", Standing::parse)?,
            origin: word(row, "origin", Origin::parse)?,
            generation: row.get("generation")?,
            made_at: row.get::<_, At>("made_at")?.0,
            changed_at: row.get::<_, At>("changed_at")?.0,
            confirmed_at: at(row, "confirmed_at")?,
        })
    }

    fn subscriber(self) -> Result<Subscriber, Unreadable> {
        let Self { name, channel, receiver, content, standing, origin, generation, made_at, changed_at, confirmed_at } =
            self;
        let choices = match content {
            Some(content) => from_json::<ChoicesRow>(&content, "what was chosen").and_then(Choices::try_from),
            None => Ok(Choices::erased()),
        };
        let choices = match choices {
            Ok(choices) => choices,
            Err(why) => return Err(Unreadable { name, why: why.to_string() }),
        };
        let mut subscription = choices.subscription(&name, &channel, receiver.as_deref().unwrap_or_default());
        subscription.receivers.retain(|receiver| !receiver.is_empty());
        Ok(Subscriber { subscription, standing, origin, generation, made_at, changed_at, confirmed_at })
    }
}

impl From<Unreadable> for StoreError {
    fn from(Unreadable { name, why }: Unreadable) -> Self {
        Self::Unreadable { what: format!("the subscriber {name}: {why}; it") }
    }
}
