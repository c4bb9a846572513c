//! When next? Polls with an endless, capped back-off and a slower pace by night and on days off; digests by a zone's own
//! calendar, caught up once after a pause. Takes `now`, asks nobody.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};

use super::calendar;
use super::change::ChangeKind;
use super::source::Health;
use super::stamp::Stamp;
use super::subscription::{Frequency, Rhythm};

/// How often a source is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Every {
    /// The pace by day.
    pub every: SignedDuration,
    /// How many times slower by night (22:00 to 07:00 in China) and on days off; 1 keeps the pace.
    pub night_factor: f64,
    /// The longest wait after failures; the back-off never ends and never grows past this.
    pub backoff_max: SignedDuration,
}

impl Default for Every {
    fn default() -> Self {
        Self { every: SignedDuration::from_mins(30), night_factor: 2.0, backoff_max: SignedDuration::from_hours(6) }
    }
}

/// How much a source must fail before the operator hears of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Failures in a row.
    pub failures: u32,
    /// And for how long.
    pub failing_for: SignedDuration,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { failures: 3, failing_for: SignedDuration::from_mins(15) }
    }
}

const NIGHT_BEGINS: i8 = 22;
const NIGHT_ENDS: i8 = 7;

/// When a source is looked at next. `jitter` lies in 0..1 and lengthens the wait by up to a tenth, never shortens it.
#[must_use]
pub fn next_poll(settings: &Every, now: Timestamp, health: &Health, jitter: f64) -> Timestamp {
    let wait = match health {
        Health::Well => paced(settings, now),
        Health::Ailing { failures, .. } | Health::Failing { failures, .. } => backed_off(settings, *failures),
    };
    let share = if jitter.is_finite() { jitter.clamp(0.0, 1.0) / 10.0 } else { 0.0 };
    let longer = wait.checked_add(stretched(wait, share)).unwrap_or(wait);
    now.checked_add(longer).unwrap_or(Timestamp::MAX)
}

/// What comes round daily is never put off longer, whatever the clocks of its zone do.
pub const DAILY_PUT_OFF_MOST: SignedDuration = SignedDuration::from_hours(50);

/// The longest that a poll is put off: by its own pace at night, by failures, or until there are requests again.
#[must_use]
pub fn poll_put_off_most(settings: &Every) -> SignedDuration {
    let slow = stretched(settings.every, settings.night_factor.max(1.0) * 1.2);
    slow.max(settings.backoff_max.saturating_add(settings.every)).max(DAILY_PUT_OFF_MOST)
}

/// Whether a kept time has come: it is past, was never set, or lies further ahead than anything is ever put off. Then the clock
/// ran ahead when it was set, and waiting for it would be a silent death.
#[must_use]
pub fn has_come(due_at: Option<Timestamp>, now: Timestamp, put_off_most: SignedDuration) -> bool {
    due_at.is_none_or(|at| at <= now || at.duration_since(now) > put_off_most)
}

/// By night and on days off the pace drops; a night's wait does not reach into the morning.
fn paced(settings: &Every, now: Timestamp) -> SignedDuration {
    let here = Stamp::CHINA.to_datetime(now);
    let is_night = here.hour() >= NIGHT_BEGINS || here.hour() < NIGHT_ENDS;
    let slow = stretched(settings.every, settings.night_factor.max(1.0));
    if calendar::is_day_off(here.date()) {
        return slow;
    }
    if !is_night {
        return settings.every;
    }
    slow.min(until_morning(now, here.date(), here.hour())).max(settings.every)
}

fn until_morning(now: Timestamp, today: Date, hour: i8) -> SignedDuration {
    let day = if hour < NIGHT_ENDS { Some(today) } else { today.tomorrow().ok() };
    day.and_then(|day| Stamp::china(day.at(NIGHT_ENDS, 0, 0, 0)))
        .map_or(SignedDuration::MAX, |morning| morning.at.duration_since(now))
}

/// Twice as long after each failure, up to the cap.
fn backed_off(settings: &Every, failures: u32) -> SignedDuration {
    let doublings = failures.saturating_sub(1).min(20);
    let cap = settings.backoff_max.max(settings.every);
    settings.every.checked_mul(1_i32 << doublings).unwrap_or(cap).min(cap)
}

fn stretched(wait: SignedDuration, factor: f64) -> SignedDuration {
    if !factor.is_finite() {
        return wait;
    }
    SignedDuration::try_from_secs_f64(wait.as_secs_f64() * factor).unwrap_or(wait)
}

/// What a useful answer makes of a source's health, and the trouble that it ends.
#[must_use]
pub fn after_success(health: &Health) -> (Health, Option<ChangeKind>) {
    let told = matches!(health, Health::Failing { .. }).then_some(ChangeKind::SourceRecovered);
    (Health::Well, told)
}

/// What a failure makes of a source's health, and the trouble that it starts: told once, when both thresholds are reached.
#[must_use]
pub fn after_failure(health: &Health, now: Timestamp, thresholds: &Thresholds) -> (Health, Option<ChangeKind>) {
    let (since, failures) = match health {
        Health::Failing { since, failures } => {
            return (Health::Failing { since: *since, failures: failures.saturating_add(1) }, None);
        }
        Health::Ailing { since, failures } => (*since, failures.saturating_add(1)),
        Health::Well => (now, 1),
    };
    let long_enough = now.duration_since(since) >= thresholds.failing_for;
    if failures >= thresholds.failures && long_enough {
        return (Health::Failing { since, failures }, Some(ChangeKind::SourceFailing));
    }
    (Health::Ailing { since, failures }, None)
}

/// The zone of an IANA name, from the database compiled in: the same answer on every host.
#[must_use]
pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// When a subscription speaks next, strictly later than `after`; nothing for one that speaks at once, or in an unknown zone. What
/// falls on a day off or into quiet hours comes at their end. A reading that the clocks skip is taken as much later as they jump;
/// one that comes twice, the first time, and hours that come twice are two hours.
#[must_use]
pub fn next_digest(rhythm: &Rhythm, after: Timestamp) -> Option<Timestamp> {
    let zone = zone(&rhythm.zone)?;
    let rounds = rounds(rhythm.frequency, &zone, after)?;
    // Everything that falls into one stretch of stillness comes at its end, so that the last round before decides for all of them.
    let before = rounds.iter().rev().find(|at| **at <= after).map(|at| settled(rhythm, &zone, *at));
    if let Some(late) = before.filter(|late| *late > after) {
        return Some(late);
    }
    rounds.iter().find(|at| **at > after).map(|at| settled(rhythm, &zone, *at))
}

/// Until when a subscription keeps still: the end of the quiet hours or days off that last now.
#[must_use]
pub fn still_until(rhythm: &Rhythm, now: Timestamp) -> Option<Timestamp> {
    let zone = zone(&rhythm.zone)?;
    Some(settled(rhythm, &zone, now)).filter(|end| *end > now)
}

/// The longest that a digest is put off: a round of its rhythm, the longest holiday, a night, and what the clocks of its zone do.
#[must_use]
pub fn digest_put_off_most(rhythm: &Rhythm) -> SignedDuration {
    let days = |days| SignedDuration::from_hours(24 * days);
    let round = match rhythm.frequency {
        Frequency::Immediate | Frequency::Hourly => SignedDuration::from_hours(4),
        Frequency::Daily { .. } => DAILY_PUT_OFF_MOST,
        Frequency::Weekly { .. } => days(7).saturating_add(SignedDuration::from_hours(26)),
        Frequency::Monthly { .. } => days(31).saturating_add(SignedDuration::from_hours(26)),
    };
    let rest = if rhythm.working_days_only { days(i64::from(REST_DAYS_MAX)) } else { SignedDuration::ZERO };
    let night = rhythm.quiet.map_or(SignedDuration::ZERO, |_| SignedDuration::from_hours(26));
    round.saturating_add(rest).saturating_add(night)
}

/// The rounds of a rhythm about an instant, in order: at least one before it and one after it.
fn rounds(frequency: Frequency, zone: &TimeZone, about: Timestamp) -> Option<Vec<Timestamp>> {
    let here = zone.to_datetime(about);
    let day = |days: i64| here.date().checked_add(jiff::Span::new().days(days)).ok();
    let mut rounds: Vec<Timestamp> = match frequency {
        Frequency::Immediate => return None,
        Frequency::Hourly => full_hours(here, zone),
        Frequency::Daily { at } => (-2..=2).filter_map(|days| on(day(days)?, at, zone)).collect(),
        Frequency::Weekly { on: weekday, at } => {
            let days = (-8..=8).filter_map(day).filter(|day| day.weekday() == weekday);
            days.filter_map(|day| on(day, at, zone)).collect()
        }
        Frequency::Monthly { on: number, at } => {
            let months = (-2..=2).filter_map(|months| {
                let month = here.date().first_of_month().checked_add(jiff::Span::new().months(months)).ok()?;
                month.checked_add(jiff::Span::new().days(i64::from(number.clamp(1, month.days_in_month())) - 1)).ok()
            });
            months.filter_map(|day| on(day, at, zone)).collect()
        }
    };
    rounds.sort_unstable();
    rounds.dedup();
    Some(rounds)
}

/// The instants about a wall-clock time at which the minutes read zero. An hour that is skipped has none, one that comes twice two.
fn full_hours(here: DateTime, zone: &TimeZone) -> Vec<Timestamp> {
    let hour = here.date().at(here.hour(), 0, 0, 0);
    let hours = (-3..=3).filter_map(|hours| hour.checked_add(jiff::Span::new().hours(hours)).ok());
    let mut found = Vec::new();
    for hour in hours {
        let reading = zone.to_ambiguous_timestamp(hour);
        if !matches!(reading.offset(), AmbiguousOffset::Gap { .. }) {
            found.extend(reading.clone().earlier().ok());
            found.extend(reading.later().ok());
        }
    }
    found
}

fn on(day: Date, at: Time, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(day.to_datetime(at)).compatible().ok()
}

/// No holiday is longer: ten days in 2020, and a weekend beside it.
const REST_DAYS_MAX: u8 = 16;

/// The first instant from `at` on that lies neither on a day off nor in quiet hours. Where there is none within reach, it speaks
/// rather than be silent for ever.
fn settled(rhythm: &Rhythm, zone: &TimeZone, at: Timestamp) -> Timestamp {
    let mut settled = at;
    for _ in 0..REST_DAYS_MAX {
        match still_end(rhythm, zone, settled) {
            Some(end) if end > settled => settled = end,
            _ => break,
        }
    }
    settled
}

/// The end of the day off, or else of the quiet hours, that an instant lies in.
fn still_end(rhythm: &Rhythm, zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
    let here = zone.to_datetime(at);
    if rhythm.working_days_only && calendar::is_day_off(here.date()) {
        let days = (1..=i64::from(REST_DAYS_MAX))
            .filter_map(|days| here.date().checked_add(jiff::Span::new().days(days)).ok());
        let back = days.into_iter().find(|day| !calendar::is_day_off(*day))?;
        return first(back.at(0, 0, 0, 0), zone, at);
    }
    let quiet = rhythm.quiet.filter(|quiet| quiet.holds(here.time()))?;
    let day = if here.time() < quiet.until { here.date() } else { here.date().tomorrow().ok()? };
    first(day.to_datetime(quiet.until), zone, at)
}

/// The first instant after `at` at which the clocks read this, or more where they skip it.
fn first(reading: DateTime, zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
    let found = zone.to_ambiguous_timestamp(reading);
    if matches!(found.offset(), AmbiguousOffset::Gap { .. }) {
        // The jump itself: as late as the reading would have been, much of what is awake already would be kept still.
        return zone.following(at).next().map(|jump| jump.timestamp());
    }
    let once = found.clone().earlier().ok().filter(|once| *once > at);
    once.or_else(|| found.later().ok())
}

/// Whether a digest fell due between the last one and now. However many fell due, one catches up with all of them.
#[must_use]
pub fn missed(rhythm: &Rhythm, last: Timestamp, now: Timestamp) -> bool {
    next_digest(rhythm, last).is_some_and(|due| due <= now)
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn daily(hour: i8, minute: i8, zone: &str) -> Rhythm {
        Rhythm { zone: zone.into(), ..Rhythm::plain(Frequency::Daily { at: time(hour, minute, 0, 0) }) }
    }

    #[test]
    fn a_digest_comes_every_day_at_its_wall_clock_time() {
        let frequency = daily(9, 0, "Asia/Shanghai");
        assert_eq!(next_digest(&frequency, at("2026-11-22T00:59:59Z")), Some(at("2026-11-22T01:00:00Z")));
        assert_eq!(next_digest(&frequency, at("2026-11-22T01:00:00Z")), Some(at("2026-11-23T01:00:00Z")));
        assert_eq!(next_digest(&Rhythm::plain(Frequency::Immediate), at("2026-11-22T01:00:00Z")), None);
        assert_eq!(next_digest(&daily(9, 0, "Moon/Sea"), at("2026-11-22T01:00:00Z")), None);
    }

    #[test]
    fn a_reading_that_the_clocks_skip_is_taken_after_the_gap() {
        let frequency = daily(2, 30, "Europe/Berlin");
        assert_eq!(next_digest(&frequency, at("2026-03-28T12:00:00Z")), Some(at("2026-03-29T01:30:00Z")));
        assert_eq!(next_digest(&frequency, at("2026-03-29T01:30:00Z")), Some(at("2026-03-30T00:30:00Z")));
    }

    #[test]
    fn a_reading_that_comes_twice_is_told_once() {
        let frequency = daily(2, 30, "Europe/Berlin");
        assert_eq!(next_digest(&frequency, at("2026-10-24T12:00:00Z")), Some(at("2026-10-25T00:30:00Z")));
        assert_eq!(next_digest(&frequency, at("2026-10-25T00:30:00Z")), Some(at("2026-10-26T01:30:00Z")));
        assert_eq!(next_digest(&frequency, at("2026-10-25T01:00:00Z")), Some(at("2026-10-26T01:30:00Z")));
    }

    #[test]
    fn a_week_of_rest_is_caught_up_once() {
        let frequency = daily(9, 0, "Asia/Shanghai");
        let (last, now) = (at("2026-11-15T01:00:00Z"), at("2026-11-22T05:00:00Z"));
        assert!(missed(&frequency, last, now));
        assert!(!missed(&frequency, now, now));
        assert_eq!(next_digest(&frequency, now), Some(at("2026-11-23T01:00:00Z")));
        assert!(!missed(&Rhythm::plain(Frequency::Immediate), last, now));
    }

    #[test]
    fn a_source_is_looked_at_more_slowly_by_night_but_in_time_for_the_morning() {
        let every = Every { every: SignedDuration::from_hours(1), night_factor: 4.0, ..Every::default() };
        let wait = |text| next_poll(&every, at(text), &Health::Well, 0.0).duration_since(at(text)).as_hours();
        assert_eq!(wait("2026-11-23T02:00:00Z"), 1, "a Monday at 10:00 in China");
        assert_eq!(wait("2026-11-23T15:00:00Z"), 4, "23:00");
        assert_eq!(wait("2026-11-23T21:00:00Z"), 2, "05:00, two hours before the morning");
        assert_eq!(wait("2026-11-22T02:00:00Z"), 4, "a Sunday");
    }

    #[test]
    fn the_back_off_grows_is_capped_and_never_ends() {
        let every = Every::default();
        let now = at("2026-11-23T02:00:00Z");
        let wait = |failures| {
            next_poll(&every, now, &Health::Failing { since: now, failures }, 0.0).duration_since(now).as_mins()
        };
        assert_eq!((wait(1), wait(2), wait(3), wait(4)), (30, 60, 120, 240));
        assert_eq!((wait(5), wait(1000), wait(u32::MAX)), (360, 360, 360));
    }

    #[test]
    fn a_trouble_is_told_once_when_it_starts_and_once_when_it_ends() {
        let thresholds = Thresholds::default();
        let start = at("2026-11-23T02:00:00Z");
        let (mut health, mut told) = (Health::Well, Vec::new());
        for minutes in [0, 10, 20, 30, 40] {
            let (next, change) = after_failure(&health, start + SignedDuration::from_mins(minutes), &thresholds);
            health = next;
            told.extend(change);
        }
        assert_eq!(told, [ChangeKind::SourceFailing]);
        let (well, change) = after_success(&health);
        assert_eq!((&well, change), (&Health::Well, Some(ChangeKind::SourceRecovered)));
        assert_eq!(after_success(&well), (Health::Well, None));
    }

    #[test]
    fn a_short_trouble_is_not_told_at_all() {
        let now = at("2026-11-23T02:00:00Z");
        let (health, change) = after_failure(&Health::Well, now, &Thresholds::default());
        assert_eq!(change, None);
        assert_eq!(after_success(&health), (Health::Well, None));
    }

    #[test]
    fn a_time_that_a_wrong_clock_set_has_come() {
        let (now, most) = (Timestamp::UNIX_EPOCH, SignedDuration::from_hours(48));
        let come = |hours| has_come(Some(now + SignedDuration::from_hours(hours)), now, most);
        assert!(come(-1) && come(0) && !come(1) && !come(48) && come(49) && come(40_000));
        assert!(has_come(None, now, most));
    }
}
