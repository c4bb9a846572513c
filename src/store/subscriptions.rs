//! Up to where each subscription was told, and what it was told of.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::rows::totals::TotalsRow;
use super::values::{At, at, from_json, json};
use super::{Reader, StoreError, Writer};
use crate::domain::project::ProjectId;
use crate::figures::totals::Totals;

statements! {
    MEMORY = "SELECT watermark, next_due_at, last_digest_at, totals_then FROM subscriptions WHERE name = ?1";
    PUT = include_str!("sql/put_subscription.sql");
    TOLD_AT = include_str!("sql/told_at.sql");
}

/// What we remember of a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SubscriptionMemory {
    /// The last change that a digest considered.
    pub watermark: i64,
    /// When it speaks next; nothing for an immediate one.
    pub next_due_at: Option<Timestamp>,
    /// When it last spoke.
    pub last_digest_at: Option<Timestamp>,
    /// The totals as it was last told them.
    pub totals_then: Option<Totals>,
}

impl Reader<'_> {
    /// A subscription's memory; nothing where it is new.
    pub fn subscription_memory(&self, name: &str) -> Result<Option<SubscriptionMemory>, StoreError> {
        let mut statement = self.connection.prepare_cached(MEMORY)?;
        let found = statement.query_row([name], |row| {
            let memory = SubscriptionMemory {
                watermark: row.get("watermark")?,
                next_due_at: at(row, "next_due_at")?,
                last_digest_at: at(row, "last_digest_at")?,
                totals_then: None,
            };
            Ok((memory, row.get::<_, Option<String>>("totals_then")?))
        });
        let Some((mut memory, totals)) = found.optional()? else { return Ok(None) };
        if let Some(totals) = totals {
            memory.totals_then = Some(from_json::<TotalsRow>(&totals, "a subscription's totals")?.try_into()?);
        }
        Ok(Some(memory))
    }

    /// When a subscription was last told of a project, or of one that became part of it.
    pub fn told_at(&self, subscription: &str, project: ProjectId) -> Result<Option<Timestamp>, StoreError> {
        let mut statement = self.connection.prepare_cached(TOLD_AT)?;
        let told: Option<At> = statement.query_row(params![subscription, project.0], |row| row.get(0))?;
        Ok(told.map(|At(at)| at))
    }
}

impl Writer<'_> {
    /// Remembers a subscription, in the transaction that keeps its digest.
    pub fn put_subscription_memory(&self, name: &str, memory: &SubscriptionMemory) -> Result<(), StoreError> {
        let SubscriptionMemory { watermark, next_due_at, last_digest_at, totals_then } = memory;
        let totals = totals_then.as_ref().map(|totals| json(&TotalsRow::from(totals))).transpose()?;
        let (next_due_at, last_digest_at) = (next_due_at.map(At), last_digest_at.map(At));
        let mut statement = self.connection.prepare_cached(PUT)?;
        statement.execute(params![name, watermark, next_due_at, last_digest_at, totals])?;
        Ok(())
    }
}
