//! How fast mail goes to one receiver domain, and which domain is left alone for a while: what may not go now is told when it
//! may, without a connection. Remembers nothing over a restart; `now` is a value.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::domain::delivery::DeliveryId;

/// What a pace counts in.
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// How long a domain that is busy is left alone, at first and at most; it doubles in between.
const REST: (SignedDuration, SignedDuration) = (SignedDuration::from_mins(1), SignedDuration::from_hours(1));

/// A delivery that did not come back long after its turn lost it.
const BOOKING_HOURS_MAX: SignedDuration = SignedDuration::from_hours(24);

/// Every domain that mail goes to.
#[derive(Debug)]
pub(super) struct Domains {
    per_minute: Option<u32>,
    per_minute_to: BTreeMap<String, u32>,
    known: Mutex<HashMap<String, Domain>>,
}

/// One of them.
#[derive(Debug, Default)]
struct Domain {
    /// When mail went there, within the last minute.
    sent: VecDeque<Timestamp>,
    /// The latest turns that were given out, as many as go in a minute.
    turns: VecDeque<Timestamp>,
    /// Whose turn comes when.
    booked: HashMap<DeliveryId, Timestamp>,
    /// How often in a row it was busy, and until when it rests.
    busy: u32,
    rests_until: Option<Timestamp>,
}

/// Why a mail has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    /// How long.
    pub(super) time: Duration,
    /// Whether the domain asked for it, or our own pace.
    pub(super) is_rest: bool,
}

impl Domains {
    pub(super) fn new(per_minute: Option<u32>, per_minute_to: &BTreeMap<String, u32>) -> Self {
        Self { per_minute, per_minute_to: per_minute_to.clone(), known: Mutex::default() }
    }

    /// Whether a mail may go now; otherwise how long it has to wait. A turn that was given stays given, so that nobody who
    /// comes again is overtaken for ever.
    pub(super) fn wait(&self, domain: &str, id: &DeliveryId, now: Timestamp) -> Option<Wait> {
        if let Some(rest) = self.rests(domain, now) {
            return Some(rest);
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let per_minute = self.per_minute_to.get(domain).copied().or(self.per_minute);
        let at_most = usize::try_from(per_minute?.max(1)).unwrap_or(usize::MAX);
        let state = known.entry(domain.to_owned()).or_default();
        let turn = state.turn(id, at_most, now)?;
        Some(Wait { time: between(now, turn), is_rest: false })
    }

    /// How long a domain is left alone yet, whatever its pace.
    pub(super) fn rests(&self, domain: &str, now: Timestamp) -> Option<Wait> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let until = known.get(domain)?.rests_until.filter(|until| *until > now)?;
        Some(Wait { time: between(now, until), is_rest: true })
    }

    /// The domain took a mail, or said clearly that it does not: it is at work.
    pub(super) fn answered(&self, domain: &str) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(state) = known.get_mut(domain) {
            (state.busy, state.rests_until) = (0, None);
            if state.sent.is_empty() && state.booked.is_empty() && state.turns.is_empty() {
                known.remove(domain);
            }
        }
    }

    /// The domain is busy: it is left alone, longer each time.
    pub(super) fn busy(&self, domain: &str, now: Timestamp) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let state = known.entry(domain.to_owned()).or_default();
        // Several mails under way may hear the same: that is one rest.
        if state.rests_until.is_some_and(|until| until > now) {
            return;
        }
        let rest = REST.0.checked_mul(1 << state.busy.min(10)).unwrap_or(REST.1).min(REST.1);
        state.busy = state.busy.saturating_add(1);
        state.rests_until = now.checked_add(rest).ok();
    }
}

impl Domain {
    /// Nothing when the mail may go now, otherwise when its turn comes.
    fn turn(&mut self, id: &DeliveryId, at_most: usize, now: Timestamp) -> Option<Timestamp> {
        self.sent.retain(|at| now.duration_since(*at) < MINUTE);
        self.booked.retain(|_, turn| now.duration_since(*turn) < BOOKING_HOURS_MAX);
        let booked = self.booked.get(id).copied();
        if let Some(turn) = booked.filter(|turn| *turn > now) {
            return Some(turn);
        }
        // A turn that has come is worth something only if the minute has room: those before may have been late.
        let turn = match booked {
            Some(_) if self.sent.len() < at_most => now,
            _ => self.next(at_most, now),
        };
        if turn > now {
            self.booked.insert(id.clone(), turn);
            return Some(turn);
        }
        self.booked.remove(id);
        self.sent.push_back(now);
        None
    }

    /// The next free turn: no more than so many in any minute.
    fn next(&mut self, at_most: usize, now: Timestamp) -> Timestamp {
        let first = self.turns.len().checked_sub(at_most).and_then(|skip| self.turns.get(skip));
        let free = first.and_then(|first| first.checked_add(MINUTE).ok()).map_or(now, |free| free.max(now));
        self.turns.push_back(free);
        while self.turns.len() > at_most {
            self.turns.pop_front();
        }
        free
    }
}

fn between(now: Timestamp, then: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn after(seconds: i64) -> Timestamp {
        START + SignedDuration::from_secs(seconds)
    }

    fn id(n: usize) -> DeliveryId {
        DeliveryId(format!("d_{n:08}"))
    }

    #[test]
    fn no_minute_sees_more_than_allowed_and_everybody_comes_in_turn() {
        let domains = Domains::new(Some(3), &BTreeMap::new());
        let mut due: Vec<(Timestamp, usize)> = (0..10).map(|n| (START, n)).collect();
        let mut sent = Vec::new();
        let mut asked = 0;
        while let Some((now, n)) = due.first().copied() {
            due.remove(0);
            asked += 1;
            match domains.wait("example.cn", &id(n), now) {
                // Whoever waits comes a little late, as the outbox does.
                Some(wait) => due.push((now + wait.time + Duration::from_secs(n as u64), n)),
                None => sent.push(now),
            }
            due.sort();
        }
        assert_eq!(sent.len(), 10);
        for at in &sent {
            let within = sent.iter().filter(|other| **other >= *at && other.duration_since(*at) < MINUTE).count();
            assert!(within <= 3, "{within} in the minute from {at}: {sent:?}");
        }
        assert!(asked <= 25, "nobody is sent away again and again: {asked}");
        assert!(sent.last().unwrap().duration_since(START) < SignedDuration::from_mins(5), "{sent:?}");
    }

    #[test]
    fn each_domain_has_a_pace_of_its_own() {
        let domains = Domains::new(None, &BTreeMap::from([("qq.com".to_owned(), 1)]));
        assert_eq!(domains.wait("qq.com", &id(1), START), None);
        let wait = domains.wait("qq.com", &id(2), START).unwrap();
        assert_eq!((wait.time, wait.is_rest), (Duration::from_mins(1), false));
        for n in 3..100 {
            assert_eq!(domains.wait("example.cn", &id(n), START), None);
        }
        assert_eq!(domains.wait("qq.com", &id(2), after(60)), None);
    }

    #[test]
    fn a_busy_domain_rests_longer_each_time_and_the_others_do_not() {
        let domains = Domains::new(None, &BTreeMap::new());
        let mut now = START;
        let mut rests = Vec::new();
        for _ in 0..9 {
            domains.busy("example.cn", now);
            domains.busy("example.cn", now);
            let wait = domains.wait("example.cn", &id(1), now).unwrap();
            assert!(wait.is_rest);
            assert_eq!(domains.wait("example.org", &id(1), now), None);
            rests.push(wait.time.as_secs());
            now += wait.time;
            assert_eq!(domains.wait("example.cn", &id(1), now), None, "the rest is over");
        }
        assert_eq!(rests, [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
        domains.answered("example.cn");
        domains.busy("example.cn", now);
        assert_eq!(domains.wait("example.cn", &id(1), now).unwrap().time.as_secs(), 60, "an answer makes it well");
    }
}
