//! After a step of the schema: what history knows and its new tables lack is worked out from the notices, a batch at a time, before
//! anything else is done. Tells nobody: nothing has changed.

use anyhow::Result;

use super::settle;
use crate::store::Store;

/// Projects in one transaction.
const BATCH: u32 = 200;

/// Notices in one transaction.
const NOTICES: u32 = 500;

/// Folds the projects anew that were counted before cells were kept. Returns how many.
pub fn cells(store: &Store) -> Result<u64> {
    let mut folded = 0;
    // Asked of a reader: who only looks does not wait for another that writes.
    while !store.read(|r| r.without_cells(1))?.is_empty() {
        let done = store.write(|w| -> Result<u64> {
            let projects = w.without_cells(BATCH)?;
            for (project, topic) in &projects {
                settle::refold(w, *project, topic)?;
            }
            Ok(projects.len() as u64)
        })?;
        folded += done;
        tracing::info!(folded, "working out shares and winners of projects that were counted before they were kept");
    }
    Ok(folded)
}

/// Keeps which organisations are named by the notices that were kept before this was. Returns how many notices.
pub fn mentions(store: &Store) -> Result<u64> {
    let mut filled = 0;
    while store.read(|r| r.lacks_mentions())? {
        let done = store.write(|w| w.fill_mentions(NOTICES))?;
        if done == 0 {
            anyhow::bail!("notices wait for their mentions and have no content: the history is damaged");
        }
        filled += done;
        tracing::info!(filled, "working out whom notices name that were kept before this was kept");
    }
    Ok(filled)
}
