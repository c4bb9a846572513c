//! One request of a source, and what it leaves behind: how gentle we have been to its host is kept at once, so that a death on
//! the way is no way around a gap, a budget or a wish to be left alone.

use anyhow::Result;

use super::{Rooms, blocking};
use crate::fetch::{Fetched, Request, Withheld};

/// Asks, and remembers that we asked.
pub(super) async fn ask(rooms: &Rooms, request: &Request) -> Result<Fetched> {
    let fetched = rooms.fetcher.fetch(request).await;
    let is_sent = !matches!(
        fetched,
        Fetched::Withheld { why: Withheld::Budget { .. } | Withheld::BackedOff { .. } | Withheld::BadAddress }
    );
    if is_sent {
        blocking(|| rooms.store.write(|w| w.put_host_memory(&rooms.fetcher.memory())))?;
    }
    Ok(fetched)
}
