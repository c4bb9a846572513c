//! One owner per host: one request in flight, a gap with jitter, a daily budget, and back-off that grows to a cap and never gives
//! up. What it knows can be taken out and put back, so a restart is as gentle as no restart. Days are China's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;
use url::Url;

use super::{HostRule, Settings, Withheld};
use crate::domain::blame::{HostOutcome, Reach};
use crate::domain::source::HostMemory;
use crate::domain::stamp::{Stamp, china_day};
use crate::platform::clock::Clock;

/// The first back-off after a refusal; each further one doubles it.
const BACKOFF_FIRST: Duration = Duration::from_mins(1);

/// The longest back-off that is our own idea. A Retry-After may be longer.
const BACKOFF_MAX: Duration = Duration::from_hours(6);

/// Beyond this many hosts, those that nothing is known of are forgotten: redirects may name any number.
const HOSTS_MAX: usize = 256;

/// What an answer means for the host's next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It answered usefully: earlier refusals are forgotten.
    Welcome,
    /// It answered, neither usefully nor in refusal.
    Answered,
    /// It refuses or challenges.
    Unwelcome {
        /// How long it wishes to be left alone.
        retry_after: Option<Duration>,
    },
    /// It did not answer.
    Silent,
    /// It was never asked.
    Unasked,
}

/// All hosts.
#[derive(Debug)]
pub(super) struct Hosts {
    rules: Vec<HostRule>,
    default: HostRule,
    clock: Clock,
    known: Mutex<HashMap<String, Arc<Host>>>,
}

/// One host.
#[derive(Debug)]
pub(super) struct Host {
    rule: HostRule,
    clock: Clock,
    /// Held while a request is in flight. Inside: when the next may start.
    lane: Arc<tokio::sync::Mutex<Option<Instant>>>,
    /// Held while its robots.txt is being asked for, so that nobody asks for it twice.
    robots_asking: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    memory: HostMemory,
    outcome: Option<HostOutcome>,
}

/// The right to send one request. Dropping it, after an answer or in the middle of one, starts the gap.
#[derive(Debug)]
pub(super) struct Turn {
    host: Arc<Host>,
    lane: OwnedMutexGuard<Option<Instant>>,
}

/// The name a host goes by: lower case, with the port where it is not the scheme's own.
pub(super) fn name_of(url: &Url) -> Option<String> {
    let host = url.host_str()?.trim_end_matches('.');
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

impl Hosts {
    pub(super) fn new(settings: &Settings, clock: Clock, memory: Vec<HostMemory>) -> Self {
        let hosts =
            Self { rules: settings.hosts.clone(), default: settings.default.clone(), clock, known: Mutex::default() };
        for memory in memory {
            let host = hosts.remembered(memory);
            lock(&hosts.known).insert(host.rule.host.clone(), host);
        }
        hosts
    }

    /// The owner of the URL's host. Nothing for a URL without a host.
    pub(super) fn of(&self, url: &Url) -> Option<Arc<Host>> {
        let name = name_of(url)?;
        let mut known = lock(&self.known);
        if known.len() >= HOSTS_MAX && !known.contains_key(&name) {
            let now = self.clock.now();
            known.retain(|_, host| Arc::strong_count(host) > 1 || host.is_worth_keeping(now));
        }
        let host = known.entry(name).or_insert_with_key(|name| self.remembered(nothing_of(name)));
        Some(Arc::clone(host))
    }

    pub(super) fn named(&self, name: &str) -> Option<Arc<Host>> {
        lock(&self.known).get(name).cloned()
    }

    pub(super) fn memory(&self) -> Vec<HostMemory> {
        let known = lock(&self.known);
        let memories = known.values().map(|host| lock(&host.state).memory.clone());
        let mut all: Vec<_> = memories.filter(|memory| memory.last_request_at.is_some()).collect();
        all.sort_by(|a, b| a.host.cmp(&b.host));
        all
    }

    pub(super) fn outcomes(&self) -> Vec<HostOutcome> {
        let mut all: Vec<_> = lock(&self.known).values().filter_map(|host| lock(&host.state).outcome.clone()).collect();
        all.sort_by(|a, b| a.host.cmp(&b.host));
        all
    }

    /// The rule for this very port, or else for the host.
    fn rule_for(&self, name: &str) -> &HostRule {
        let usual = |port: &str| format!("{name}:{port}");
        let bare = name.rsplit_once(':').map_or(name, |(host, _)| host);
        [name, &usual("80"), &usual("443"), bare]
            .into_iter()
            .find_map(|wanted| self.rules.iter().find(|rule| rule.host.eq_ignore_ascii_case(wanted)))
            .unwrap_or(&self.default)
    }

    fn remembered(&self, memory: HostMemory) -> Arc<Host> {
        let rule = HostRule { host: memory.host.clone(), ..self.rule_for(&memory.host).clone() };
        let clock = self.clock.clone();
        let waited = memory.last_request_at.and_then(|last| left_of(rule.gap, last, clock.now()));
        let lane = Arc::new(tokio::sync::Mutex::new(waited.and_then(|left| Instant::now().checked_add(left))));
        let state = Mutex::new(State { memory, outcome: None });
        Arc::new(Host { rule, clock, lane, robots_asking: tokio::sync::Mutex::default(), state })
    }
}

impl Host {
    pub(super) fn own(&self) -> bool {
        self.rule.own
    }

    pub(super) async fn robots_asking(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.robots_asking.lock().await
    }

    /// Waits in line and through the gap, and spends one request of the day. Never waits for a back-off or for the next day.
    pub(super) async fn turn(self: &Arc<Self>) -> Result<Turn, Withheld> {
        self.admit()?;
        let lane = Arc::clone(&self.lane).lock_owned().await;
        self.admit()?; // whoever was in front of us may have been refused
        if let Some(free_at) = *lane {
            tokio::time::sleep_until(free_at).await;
        }
        self.spend();
        Ok(Turn { host: Arc::clone(self), lane })
    }

    /// How many requests are left today, and of how many.
    pub(super) fn left_today(&self) -> (u32, u32) {
        let memory = &lock(&self.state).memory;
        let spent = if memory.day == china_day(self.clock.now()) { memory.requests } else { 0 };
        (self.rule.requests_per_day.saturating_sub(spent), self.rule.requests_per_day)
    }

    /// When the next request may start. Nothing: now.
    pub(super) fn ready_at(&self) -> Option<Timestamp> {
        let now = self.clock.now();
        let after_gap = {
            let last = lock(&self.state).memory.last_request_at;
            last.and_then(|last| left_of(self.rule.gap, last, now)).map(|left| later(now, left))
        };
        match self.admit() {
            Err(Withheld::Budget { until } | Withheld::BackedOff { until }) => Some(until),
            _ => after_gap,
        }
    }

    fn admit(&self) -> Result<(), Withheld> {
        let now = self.clock.now();
        let state = lock(&self.state);
        if let Some(until) = state.memory.backoff_until
            && now < until
        {
            return Err(Withheld::BackedOff { until });
        }
        let today = china_day(now);
        if state.memory.day == today && state.memory.requests >= self.rule.requests_per_day {
            return Err(Withheld::Budget { until: next_day(today) });
        }
        Ok(())
    }

    fn spend(&self) {
        let now = self.clock.now();
        let memory = &mut lock(&self.state).memory;
        let today = china_day(now);
        if memory.day != today {
            memory.day = today;
            memory.requests = 0;
        }
        memory.requests = memory.requests.saturating_add(1);
        memory.last_request_at = Some(now);
    }

    fn judge(&self, verdict: Verdict) {
        if verdict == Verdict::Unasked {
            return;
        }
        let at = self.clock.now();
        let mut state = lock(&self.state);
        let reach = if verdict == Verdict::Silent { Reach::Unreachable } else { Reach::Answered };
        state.outcome = Some(HostOutcome { host: self.rule.host.clone(), reach });
        let asked_for = match verdict {
            Verdict::Welcome => {
                state.memory.failures = 0;
                state.memory.backoff_until = None;
                return;
            }
            Verdict::Answered | Verdict::Unasked => return,
            // No wait at all is no wish, and would have us ask again and again.
            Verdict::Unwelcome { retry_after } => retry_after.filter(|wait| !wait.is_zero()),
            Verdict::Silent => None,
        };
        state.memory.failures = state.memory.failures.saturating_add(1);
        let wait = asked_for.unwrap_or_else(|| backoff(state.memory.failures));
        state.memory.backoff_until = Some(later(at, wait));
    }

    fn is_worth_keeping(&self, now: Timestamp) -> bool {
        let memory = &lock(&self.state).memory;
        memory.backoff_until.is_some_and(|until| now < until) || memory.day == china_day(now)
    }

    fn gap(&self) -> Duration {
        self.rule.gap.mul_f64(1.0 + self.rule.jitter * fastrand::f64())
    }
}

impl Turn {
    /// What the host did.
    pub(super) fn judge(&self, verdict: Verdict) {
        self.host.judge(verdict);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.lane = Instant::now().checked_add(self.host.gap());
    }
}

/// How long after so many refusals in a row.
fn backoff(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    BACKOFF_FIRST.saturating_mul(1 << doublings).min(BACKOFF_MAX)
}

/// What is left of a gap that began at `last`. A clock that was set back never makes it longer than the gap.
fn left_of(gap: Duration, last: Timestamp, now: Timestamp) -> Option<Duration> {
    let passed = Duration::try_from(now.duration_since(last)).unwrap_or(Duration::ZERO);
    gap.checked_sub(passed).filter(|left| !left.is_zero())
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    now.saturating_add(by).unwrap_or(Timestamp::MAX)
}

fn next_day(today: Date) -> Timestamp {
    let midnight = today.tomorrow().ok().and_then(|tomorrow| Stamp::china(tomorrow.at(0, 0, 0, 0)));
    midnight.map_or(Timestamp::MAX, |stamp| stamp.at)
}

fn nothing_of(name: &str) -> HostMemory {
    HostMemory {
        host: name.to_owned(),
        day: Date::ZERO,
        requests: 0,
        backoff_until: None,
        failures: 0,
        last_request_at: None,
    }
}

/// A thread that panicked while it held the lock left plain values behind, each of them whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn hosts(clock: &Clock, requests_per_day: u32, memory: Vec<HostMemory>) -> Hosts {
        let rule = HostRule { host: "own".into(), gap: Duration::ZERO, jitter: 0.0, requests_per_day, own: true };
        Hosts::new(&Settings { hosts: vec![rule], ..Settings::default() }, clock.clone(), memory)
    }

    fn own(hosts: &Hosts) -> Arc<Host> {
        hosts.of(&Url::parse("http://own/").unwrap()).unwrap()
    }

    #[test]
    fn backoff_doubles_from_a_minute_to_six_hours_and_stays_there() {
        let minutes: Vec<_> = [1, 2, 3, 9, 10, 40, u32::MAX].map(|n| backoff(n).as_secs() / 60).into();
        assert_eq!(minutes, [1, 2, 4, 256, 360, 360, 360]);
    }

    #[tokio::test]
    async fn a_refused_host_is_left_alone_until_its_backoff_ends_and_a_welcome_forgets_it() {
        let clock = Clock::hand(at("2026-01-01T00:00:00Z"));
        let hosts = hosts(&clock, 100, vec![]);
        let host = own(&hosts);
        host.turn().await.unwrap().judge(Verdict::Unwelcome { retry_after: None });
        let until = at("2026-01-01T00:01:00Z");
        assert_eq!(host.turn().await.unwrap_err(), Withheld::BackedOff { until });
        assert_eq!(host.ready_at(), Some(until));
        clock.set(until);
        host.turn().await.unwrap().judge(Verdict::Silent);
        assert_eq!(hosts.memory()[0].backoff_until, Some(at("2026-01-01T00:03:00Z")));
        assert_eq!(hosts.outcomes()[0].reach, Reach::Unreachable);
        clock.set(at("2026-01-01T00:03:00Z"));
        host.turn().await.unwrap().judge(Verdict::Welcome);
        assert_eq!((hosts.memory()[0].failures, host.ready_at()), (0, None));
    }

    #[tokio::test]
    async fn retry_after_wins_over_our_own_backoff() {
        let clock = Clock::hand(at("2026-01-01T00:00:00Z"));
        let hosts = hosts(&clock, 100, vec![]);
        let host = own(&hosts);
        host.turn().await.unwrap().judge(Verdict::Unwelcome { retry_after: Some(Duration::from_secs(90)) });
        assert_eq!(host.ready_at(), Some(at("2026-01-01T00:01:30Z")));
        clock.set(at("2026-01-01T01:00:00Z"));
        host.turn().await.unwrap().judge(Verdict::Unwelcome { retry_after: Some(Duration::ZERO) });
        assert_eq!(host.ready_at(), Some(at("2026-01-01T01:02:00Z")), "no wait is no wish");
    }

    #[tokio::test]
    async fn the_budget_of_a_day_is_spent_and_comes_back_at_midnight_in_china() {
        let clock = Clock::hand(at("2026-01-01T00:00:00Z"));
        let hosts = hosts(&clock, 2, vec![]);
        let host = own(&hosts);
        for _ in 0..2 {
            host.turn().await.unwrap();
        }
        let until = at("2026-01-01T16:00:00Z");
        assert_eq!(host.turn().await.unwrap_err(), Withheld::Budget { until });
        clock.set(until);
        host.turn().await.unwrap();
    }

    #[tokio::test]
    async fn memory_taken_out_and_put_back_holds_the_same() {
        let clock = Clock::hand(at("2026-01-01T00:00:00Z"));
        let before = hosts(&clock, 1, vec![]);
        own(&before).turn().await.unwrap().judge(Verdict::Unwelcome { retry_after: None });
        let after = hosts(&clock, 1, before.memory());
        assert_eq!(after.memory(), before.memory());
        assert!(matches!(own(&after).turn().await.unwrap_err(), Withheld::BackedOff { .. }));
        clock.set(at("2026-01-01T00:02:00Z"));
        assert!(matches!(own(&after).turn().await.unwrap_err(), Withheld::Budget { .. }));
    }

    #[tokio::test]
    async fn a_cut_off_request_frees_the_lane() {
        let clock = Clock::hand(at("2026-01-01T00:00:00Z"));
        let hosts = hosts(&clock, 9, vec![]);
        let host = own(&hosts);
        drop(host.turn().await.unwrap());
        host.turn().await.unwrap();
    }

    #[test]
    fn a_gap_is_never_longer_for_a_clock_set_back() {
        let gap = Duration::from_secs(10);
        let last = at("2026-01-01T00:00:00Z");
        assert_eq!(left_of(gap, last, at("2026-01-01T00:00:04Z")), Some(Duration::from_secs(6)));
        assert_eq!(left_of(gap, last, at("2025-01-01T00:00:00Z")), Some(gap));
        assert_eq!(left_of(gap, last, at("2026-01-01T00:00:10Z")), None);
    }

    #[test]
    fn hosts_named_by_redirects_do_not_pile_up() {
        let clock = Clock::hand(at("2026-01-01T00:00:00Z"));
        let hosts = hosts(&clock, 9, vec![]);
        for n in 0..HOSTS_MAX * 3 {
            hosts.of(&Url::parse(&format!("http://h{n}/")).unwrap());
        }
        assert!(lock(&hosts.known).len() <= HOSTS_MAX);
        assert_eq!(hosts.memory(), [], "of hosts that were never asked there is nothing to remember");
    }

    #[test]
    fn a_rule_for_a_port_goes_before_one_for_the_host() {
        let rule = |host: &str, seconds| HostRule {
            host: host.into(),
            gap: Duration::from_secs(seconds),
            ..HostRule::default()
        };
        let settings =
            Settings { hosts: vec![rule("h", 2), rule("H:8080", 3), rule("i:80", 4)], ..Settings::default() };
        let hosts = Hosts::new(&settings, Clock::hand(at("2026-01-01T00:00:00Z")), vec![]);
        let gaps = ["h", "h:8080", "h:1", "i", "j"].map(|name| hosts.rule_for(name).gap.as_secs());
        assert_eq!(gaps, [2, 3, 2, 4, 10]);
    }

    #[test]
    fn a_host_goes_by_its_lower_case_name_and_unusual_port() {
        let name = |url| name_of(&Url::parse(url).unwrap()).unwrap();
        assert_eq!(name("http://WWW.ccgp.gov.cn:80/a"), "www.ccgp.gov.cn");
        assert_eq!(name("https://www.ccgp.gov.cn./a"), "www.ccgp.gov.cn");
        assert_eq!(name("http://127.0.0.1:8080/"), "127.0.0.1:8080");
    }
}
