//! What we remember of a source and of a host between polls.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, named_params, params};

use super::values::{At, Day, at, word};
use super::{Reader, StoreError, Writer};
use crate::domain::source::{Baseline, Health, HostMemory, SourceMemory, Validators};

statements! {
    SOURCE = "SELECT * FROM sources WHERE name = ?1";
    SOURCES = "SELECT * FROM sources ORDER BY name";
    PUT_SOURCE = include_str!("sql/put_source.sql");
    VALIDATORS = "SELECT etag, last_modified, body_hash, reader_version FROM validators WHERE source = ?1 AND url = ?2";
    PUT_VALIDATORS = "REPLACE INTO validators (source, url, etag, last_modified, body_hash, reader_version, read_at)
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    HOSTS = "SELECT host, day, requests, backoff_until, failures, last_request_at FROM hosts ORDER BY host";
    PUT_HOST = "REPLACE INTO hosts (host, day, requests, backoff_until, failures, last_request_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
}

impl Reader<'_> {
    /// A source's memory; a blank one where it was never polled.
    pub fn source_memory(&self, source: &str) -> Result<SourceMemory, StoreError> {
        let found = self.connection.prepare_cached(SOURCE)?.query_row([source], memory).optional()?;
        Ok(found.unwrap_or_default())
    }

    /// Every source that has a memory, by name.
    pub fn sources(&self) -> Result<Vec<(String, SourceMemory)>, StoreError> {
        let mut statement = self.connection.prepare_cached(SOURCES)?;
        let rows = statement.query_map([], |row| Ok((row.get("name")?, memory(row)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What makes a request for `url` conditional, where it was cleanly read before.
    pub fn validators(&self, source: &str, url: &str) -> Result<Option<Validators>, StoreError> {
        let mut statement = self.connection.prepare_cached(VALIDATORS)?;
        let found = statement.query_row([source, url], |row| {
            Ok(Validators {
                etag: row.get(0)?,
                last_modified: row.get(1)?,
                body_hash: row.get(2)?,
                reader_version: row.get(3)?,
            })
        });
        Ok(found.optional()?)
    }

    /// How gentle we have been to each host.
    pub fn host_memory(&self) -> Result<Vec<HostMemory>, StoreError> {
        let mut statement = self.connection.prepare_cached(HOSTS)?;
        let rows = statement.query_map([], |row| {
            Ok(HostMemory {
                host: row.get("host")?,
                day: row.get::<_, Day>("day")?.0,
                requests: row.get("requests")?,
                backoff_until: at(row, "backoff_until")?,
                failures: row.get("failures")?,
                last_request_at: at(row, "last_request_at")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    /// Remembers a source.
    pub fn put_source_memory(&self, source: &str, memory: &SourceMemory) -> Result<(), StoreError> {
        let SourceMemory { baseline, health, next_due_at, healthy_at, whole_until } = memory;
        let (health, since_at, failures) = match health {
            Health::Well => ("well", None, None),
            Health::Ailing { since, failures } => ("ailing", Some(At(*since)), Some(*failures)),
            Health::Failing { since, failures } => ("failing", Some(At(*since)), Some(*failures)),
        };
        self.connection.prepare_cached(PUT_SOURCE)?.execute(named_params! {
            ":name": source,
            ":baseline": baseline_word(*baseline),
            ":health": health,
            ":since_at": since_at,
            ":failures": failures,
            ":next_due_at": next_due_at.map(At),
            ":healthy_at": healthy_at.map(At),
            ":whole_until": whole_until.map(Day),
        })?;
        Ok(())
    }

    /// Remembers what makes the next request for `url` conditional. Only after a clean reading.
    pub fn put_validators(
        &self,
        source: &str,
        url: &str,
        validators: &Validators,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Validators { etag, last_modified, body_hash, reader_version } = validators;
        let mut statement = self.connection.prepare_cached(PUT_VALIDATORS)?;
        statement.execute(params![source, url, etag, last_modified, body_hash, reader_version, At(now)])?;
        Ok(())
    }

    /// Remembers how gentle we have been to these hosts.
    pub fn put_host_memory(&self, hosts: &[HostMemory]) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(PUT_HOST)?;
        for HostMemory { host, day, requests, backoff_until, failures, last_request_at } in hosts {
            let (backoff_until, last_request_at) = (backoff_until.map(At), last_request_at.map(At));
            statement.execute(params![host, Day(*day), requests, backoff_until, failures, last_request_at])?;
        }
        Ok(())
    }
}

fn baseline_word(baseline: Baseline) -> &'static str {
    match baseline {
        Baseline::Taking => "taking",
        Baseline::Taken => "taken",
    }
}

fn baseline_of(word: &str) -> Option<Baseline> {
    [Baseline::Taking, Baseline::Taken].into_iter().find(|baseline| baseline_word(*baseline) == word)
}

fn memory(row: &Row<'_>) -> rusqlite::Result<SourceMemory> {
    Ok(SourceMemory {
        baseline: word(row, "baseline", baseline_of)?,
        health: health(row)?,
        next_due_at: at(row, "next_due_at")?,
        healthy_at: at(row, "healthy_at")?,
        whole_until: row.get::<_, Option<Day>>("whole_until")?.map(|Day(day)| day),
    })
}

fn health(row: &Row<'_>) -> rusqlite::Result<Health> {
    let state = word(row, "health", |word| ["well", "ailing", "failing"].into_iter().find(|known| *known == word))?;
    if state == "well" {
        return Ok(Health::Well);
    }
    let At(since) = row.get("since_at")?;
    let failures = row.get("failures")?;
    Ok(if state == "ailing" { Health::Ailing { since, failures } } else { Health::Failing { since, failures } })
}
