//! Connections that rest between two mails, for a few seconds. Only those are parked over which the last mail went as it
//! should; one that waited too long is closed, never used.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::converse::Connection;

/// Connections at rest.
pub(super) struct Pool {
    resting: Mutex<Vec<(Instant, Connection)>>,
    rest: Duration,
}

impl Pool {
    pub(super) fn new(rest: Duration) -> Arc<Self> {
        Arc::new(Self { resting: Mutex::default(), rest })
    }

    /// The one that was used last: the others grow old and close.
    pub(super) fn take(&self) -> Option<Connection> {
        let (since, connection) = self.locked().pop()?;
        if since.elapsed() < self.rest {
            return Some(connection);
        }
        // The others are older still.
        self.locked().clear();
        None
    }

    /// Keeps a connection for the next mail, and closes it if none comes.
    pub(super) fn park(self: &Arc<Self>, connection: Connection) {
        if !connection.is_fresh() || self.rest.is_zero() {
            tokio::spawn(connection.leave());
            return;
        }
        self.locked().push((Instant::now(), connection));
        let pool = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(pool.rest).await;
            for connection in pool.old() {
                connection.leave().await;
            }
        });
    }

    /// Takes out what has rested for long enough.
    fn old(&self) -> Vec<Connection> {
        let mut resting = self.locked();
        let (old, young) =
            std::mem::take(&mut *resting).into_iter().partition(|(since, _)| since.elapsed() >= self.rest);
        *resting = young;
        let old: Vec<(Instant, Connection)> = old;
        old.into_iter().map(|(_, connection)| connection).collect()
    }

    /// A panic elsewhere leaves the list whole: every change to it is one call.
    fn locked(&self) -> std::sync::MutexGuard<'_, Vec<(Instant, Connection)>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
