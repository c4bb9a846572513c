//! The last message that was sent to prove that messages arrive, and whether it did.

use rusqlite::{OptionalExtension as _, params};

use super::values::{At, at};
use super::{Reader, StoreError, Writer};
use crate::domain::canary::Canary;
use crate::domain::delivery::DeliveryId;

statements! {
    CANARY = "SELECT delivery, composed_at, arrived_at, told FROM canary WHERE id = 1";
    PUT = "INSERT INTO canary (id, delivery, composed_at, arrived_at, told) VALUES (1, ?1, ?2, ?3, ?4)
           ON CONFLICT (id) DO UPDATE SET delivery = excluded.delivery, composed_at = excluded.composed_at,
                                          arrived_at = excluded.arrived_at, told = excluded.told";
}

impl Reader<'_> {
    /// The last canary; nothing where none was ever sent.
    pub fn canary(&self) -> Result<Option<Canary>, StoreError> {
        let mut statement = self.connection.prepare_cached(CANARY)?;
        let found = statement.query_row([], |row| {
            let At(composed_at) = row.get("composed_at")?;
            let delivery = DeliveryId(row.get("delivery")?);
            Ok(Canary { delivery, composed_at, arrived_at: at(row, "arrived_at")?, told: row.get("told")? })
        });
        Ok(found.optional()?)
    }
}

impl Writer<'_> {
    /// Remembers the last canary.
    pub fn put_canary(&self, canary: &Canary) -> Result<(), StoreError> {
        let Canary { delivery, composed_at, arrived_at, told } = canary;
        let values = params![delivery.0, At(*composed_at), arrived_at.map(At), told];
        self.connection.prepare_cached(PUT)?.execute(values)?;
        Ok(())
    }
}
