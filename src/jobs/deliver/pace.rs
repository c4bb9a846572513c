//! How much a channel takes now: by its rest and by its quotas, both read from what is kept, so that a restart is no way around.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use crate::channels::Pace;
use crate::domain::retry;
use crate::store::Reader;

/// When the channel takes a message again; nothing where it does already, as far as its rest and quotas go.
pub(super) fn opens_at(r: &Reader<'_>, channel: &str, pace: &Pace, now: Timestamp) -> Result<Option<Timestamp>> {
    let mut opens = rest(r, channel, now)?;
    for (most, window) in &pace.quotas {
        if let Some(tried) = r.tried_at(channel, now, (*most).max(1))? {
            let open = tried.checked_add(SignedDuration::try_from(*window)?)?;
            opens = opens.max((open > now).then_some(open));
        }
    }
    Ok(opens)
}

/// How many requests more may start now, beside those under way.
pub(super) fn allowance(r: &Reader<'_>, channel: &str, pace: &Pace, under_way: usize, now: Timestamp) -> Result<usize> {
    if rest(r, channel, now)?.is_some() {
        return Ok(0);
    }
    let mut allowed = usize::MAX;
    for (most, window) in &pace.quotas {
        let since = now.checked_sub(SignedDuration::try_from(*window)?)?;
        let tried = usize::try_from(r.tried_since(channel, since, now)?)?;
        let most = usize::try_from((*most).max(1))?;
        allowed = allowed.min(most.saturating_sub(tried).saturating_sub(under_way));
    }
    Ok(allowed)
}

/// Until when the channel asked to be left alone. Longer than anybody is obeyed means that the clock was set back since.
fn rest(r: &Reader<'_>, channel: &str, now: Timestamp) -> Result<Option<Timestamp>> {
    let until = r.rest(channel)?.map(|rest| rest.until);
    Ok(until.filter(|until| *until > now && until.duration_since(now) <= retry::PUT_OFF_MOST))
}
