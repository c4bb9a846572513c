//! How often one visitor may ask, and how often one address of mail may be written to. Keys that nothing is remembered of are
//! dropped, and there are never more than so many: an attacker's addresses do not fill the memory.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::state::{InMemoryState, NotKeyed};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// After so many questions the keys are looked through.
const LOOK_EVERY: usize = 1_000;
/// More keys than this are not kept; who comes next waits.
const KEYS_MAX: usize = 50_000;

/// Pages of one visitor: a reader's clicking, with room for those who share an address.
const PAGES: Pace = Pace { burst: 60, each: Duration::from_millis(500) };
/// Sign-ups of one visitor.
const SIGN_UPS: Pace = Pace { burst: 5, each: Duration::from_mins(10) };
/// Confirming mails to one address.
const MAILS: Pace = Pace { burst: 2, each: Duration::from_hours(6) };
/// Confirming mails to all the world: whoever commands many machines does not make a mail cannon of us.
const MAILS_OF_ALL: Pace = Pace { burst: 60, each: Duration::from_secs(30) };

/// So many at once, and one more each so often.
#[derive(Clone, Copy, Debug)]
struct Pace {
    burst: u32,
    each: Duration,
}

impl Pace {
    fn quota(self) -> Quota {
        let burst = NonZeroU32::new(self.burst).unwrap_or(NonZeroU32::MIN);
        let one = Quota::with_period(self.each).unwrap_or_else(|| Quota::per_hour(NonZeroU32::MIN));
        one.allow_burst(burst)
    }
}

/// Asked too often: how long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooOften(pub(super) Duration);

impl TooOften {
    /// For `Retry-After`: whole seconds, at least one.
    pub(super) fn seconds(self) -> u64 {
        self.0.as_secs().saturating_add(u64::from(self.0.subsec_nanos() > 0)).max(1)
    }
}

/// Every limit.
#[derive(Debug)]
pub(super) struct Limits {
    pages: Keyed<IpAddr>,
    sign_ups: Keyed<IpAddr>,
    mails: Keyed<String>,
    mails_of_all: RateLimiter<NotKeyed, InMemoryState, DefaultClock>,
}

impl Limits {
    pub(super) fn new() -> Self {
        Self {
            pages: Keyed::new(PAGES),
            sign_ups: Keyed::new(SIGN_UPS),
            mails: Keyed::new(MAILS),
            mails_of_all: RateLimiter::direct(MAILS_OF_ALL.quota()),
        }
    }

    /// A visitor asks for anything.
    pub(super) fn page(&self, visitor: IpAddr) -> Result<(), TooOften> {
        self.pages.ask(&client_of(visitor))
    }

    /// A visitor signs somebody up. Whether the address is known makes no difference.
    pub(super) fn sign_up(&self, visitor: IpAddr, address: &str) -> Result<(), TooOften> {
        self.sign_ups.ask(&client_of(visitor))?;
        self.mails.ask(&address.to_lowercase())?;
        self.mails_of_all.check().map_err(|until| TooOften(until.wait_time_from(DefaultClock::default().now())))
    }
}

/// A limit for each key.
#[derive(Debug)]
struct Keyed<K: Clone + Hash + Eq> {
    limiter: DefaultKeyedRateLimiter<K>,
    asked: AtomicUsize,
    pace: Pace,
}

impl<K: Clone + Hash + Eq> Keyed<K> {
    fn new(pace: Pace) -> Self {
        Self { limiter: RateLimiter::keyed(pace.quota()), asked: AtomicUsize::new(0), pace }
    }

    fn ask(&self, key: &K) -> Result<(), TooOften> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % LOOK_EVERY == LOOK_EVERY - 1 {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        if self.limiter.len() >= KEYS_MAX {
            return Err(TooOften(self.pace.each));
        }
        self.limiter.check_key(key).map_err(|until| TooOften(until.wait_time_from(DefaultClock::default().now())))
    }
}

/// What counts as one visitor: an address, of IPv6 the network that one household or one machine has.
pub(super) fn client_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_of_version_six_is_one_visitor_and_a_mapped_address_is_of_version_four() {
        assert_eq!(client_of(ip("2001:db8:1:2:3:4:5:6")), client_of(ip("2001:db8:1:2::9")));
        assert_ne!(client_of(ip("2001:db8:1:2::9")), client_of(ip("2001:db8:1:3::9")));
        assert_eq!(client_of(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
        assert_ne!(client_of(ip("192.0.2.1")), client_of(ip("192.0.2.2")));
    }

    #[test]
    fn who_asks_too_often_is_told_how_long_to_wait_and_others_are_not() {
        let limits = Limits::new();
        for _ in 0..PAGES.burst {
            assert!(limits.page(ip("192.0.2.1")).is_ok());
        }
        let waits = limits.page(ip("192.0.2.1")).unwrap_err();
        assert_eq!(waits.seconds(), 1);
        assert!(limits.page(ip("192.0.2.2")).is_ok());
    }

    #[test]
    fn an_address_is_written_to_twice_whoever_asks_and_however_it_is_spelt() {
        let limits = Limits::new();
        assert!(limits.sign_up(ip("192.0.2.1"), "li@example.org").is_ok());
        assert!(limits.sign_up(ip("192.0.2.2"), "Li@Example.org").is_ok());
        let waits = limits.sign_up(ip("192.0.2.3"), "LI@example.org").unwrap_err();
        assert!(waits.seconds() > 5 * 3_600, "{waits:?}");
        assert!(limits.sign_up(ip("192.0.2.3"), "wang@example.org").is_ok());
    }

    #[test]
    fn many_machines_together_do_not_make_a_mail_cannon() {
        let limits = Limits::new();
        let asked = (0..100_u8).map(|n| limits.sign_up(ip(&format!("192.0.2.{n}")), &format!("a{n}@example.org")));
        assert_eq!(asked.flatten().count(), 60);
    }

    #[test]
    fn keys_of_whom_nothing_is_remembered_are_dropped() {
        let keyed = Keyed::new(Pace { burst: 1, each: Duration::from_micros(1) });
        for n in 0..5 * LOOK_EVERY {
            assert!(keyed.ask(&n).is_ok());
        }
        assert!(keyed.limiter.len() <= LOOK_EVERY, "{} keys are kept", keyed.limiter.len());
    }

    #[test]
    fn there_are_never_more_keys_than_so_many() {
        let keyed = Keyed::new(Pace { burst: 1, each: Duration::from_hours(1) });
        let let_in = (0..KEYS_MAX + 10).filter(|n| keyed.ask(n).is_ok()).count();
        assert_eq!(let_in, KEYS_MAX);
    }
}
