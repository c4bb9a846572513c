//! When next? Polls with an endless, capped back-off and a slower pace by night and on days off; digests by a zone's own
//! calendar, caught up once after a pause. Takes `now`, asks nobody.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Span, Timestamp};

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
    let rounds = rounds(rhythm, &zone, after)?;
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

/// The rounds of a rhythm about an instant, in order: at least one after it, and every one before it that a night or a holiday could
/// put off until after it. What has a time of day keeps it on the working day that it waits for.
fn rounds(rhythm: &Rhythm, zone: &TimeZone, about: Timestamp) -> Option<Vec<Timestamp>> {
    let here = zone.to_datetime(about);
    let (days, at) = match rhythm.frequency {
        Frequency::Immediate => return None,
        Frequency::Hourly => return Some(full_hours(here, zone)),
        Frequency::Daily { at } => (days_about(here.date(), 2), at),
        Frequency::Weekly { on, at } => {
            let mut days = days_about(here.date(), 8);
            days.retain(|day| day.weekday() == on);
            (days, at)
        }
        Frequency::Monthly { on, at } => {
            let months = (-2..=2).filter_map(|months| {
                let month = here.date().first_of_month().checked_add(Span::new().months(months)).ok()?;
                month.checked_add(Span::new().days(i64::from(on.clamp(1, month.days_in_month())) - 1)).ok()
            });
            (months.collect(), at)
        }
    };
    let days = days.into_iter().filter_map(|day| if rhythm.working_days_only { working_day(day) } else { Some(day) });
    let mut rounds: Vec<Timestamp> = days.filter_map(|day| on(day, at, zone)).collect();
    rounds.sort_unstable();
    rounds.dedup();
    Some(rounds)
}

/// The days about one: so many after it, and as many before it with the longest holiday.
fn days_about(day: Date, reach: i64) -> Vec<Date> {
    let days = (-reach - i64::from(REST_DAYS_MAX))..=reach;
    days.filter_map(|days| day.checked_add(Span::new().days(days)).ok()).collect()
}

/// The day itself where China is at work, else the next on which it is.
fn working_day(day: Date) -> Option<Date> {
    let days = (0..=i64::from(REST_DAYS_MAX)).filter_map(|days| day.checked_add(Span::new().days(days)).ok());
    days.into_iter().find(|day| !calendar::is_day_off(*day))
}

/// The instants about a wall-clock time at which the minutes read zero. An hour that is skipped has none, one that comes twice two.
fn full_hours(here: DateTime, zone: &TimeZone) -> Vec<Timestamp> {
    let hour = here.date().at(here.hour(), 0, 0, 0);
    let hours = (-3..=3).filter_map(|hours| hour.checked_add(Span::new().hours(hours)).ok());
    let mut found = Vec::new();
    for hour in hours {
        let reading = zone.to_ambiguous_timestamp(hour);
        if !matches!(reading.offset(), AmbiguousOffset::Gap { .. }) {
            found.extend(reading.earlier().ok());
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
        return first(working_day(here.date())?.at(0, 0, 0, 0), zone, at);
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
    let once = found.earlier().ok().filter(|once| *once > at);
    once.or_else(|| found.later().ok())
}

/// Whether a digest fell due between the last one and now. However many fell due, one catches up with all of them.
#[must_use]
pub fn missed(rhythm: &Rhythm, last: Timestamp, now: Timestamp) -> bool {
    next_digest(rhythm, last).is_some_and(|due| due <= now)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Weekday, time};
    use proptest::prelude::*;

    use super::*;
    use crate::domain::subscription::Quiet;

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

    fn rhythm(frequency: Frequency, zone: &str) -> Rhythm {
        Rhythm { zone: zone.into(), ..Rhythm::plain(frequency) }
    }

    fn quiet(from: i8, until: i8) -> Quiet {
        Quiet { from: time(from, 0, 0, 0), until: time(until, 0, 0, 0) }
    }

    /// Every digest after one instant, up to and with another.
    fn all_between(rhythm: &Rhythm, from: &str, until: &str) -> Vec<Timestamp> {
        let until = at(until);
        std::iter::successors(next_digest(rhythm, at(from)), |last| next_digest(rhythm, *last))
            .take_while(|next| *next <= until)
            .collect()
    }

    #[test]
    fn a_weekly_one_comes_on_its_day_and_a_monthly_one_on_the_last_where_the_month_is_shorter() {
        let weekly = rhythm(Frequency::Weekly { on: Weekday::Monday, at: time(9, 0, 0, 0) }, "Asia/Shanghai");
        assert_eq!(next_digest(&weekly, at("2026-11-22T00:00:00Z")), Some(at("2026-11-23T01:00:00Z")));
        assert_eq!(next_digest(&weekly, at("2026-11-23T01:00:00Z")), Some(at("2026-11-30T01:00:00Z")));
        let monthly = rhythm(Frequency::Monthly { on: 31, at: time(9, 0, 0, 0) }, "Asia/Shanghai");
        let days: Vec<String> = all_between(&monthly, "2027-12-31T12:00:00Z", "2028-06-30T12:00:00Z")
            .iter()
            .map(|at| at.strftime("%m-%d %H").to_string())
            .collect();
        assert_eq!(days, ["01-31 01", "02-29 01", "03-31 01", "04-30 01", "05-31 01", "06-30 01"]);
    }

    #[test]
    fn a_year_of_hours_has_every_hour_that_there_was_once() {
        for (zone, minute) in [("Europe/Berlin", 0), ("Asia/Kolkata", 30), ("America/St_Johns", 30)] {
            let hourly = rhythm(Frequency::Hourly, zone);
            let all = all_between(&hourly, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
            assert_eq!(all.len(), 365 * 24, "{zone}");
            assert!(
                all.windows(2).all(|pair| pair[1].duration_since(pair[0]) == SignedDuration::from_hours(1)),
                "{zone}"
            );
            assert!(all.iter().all(|at| at.strftime("%M").to_string() == format!("{minute:02}")), "{zone}");
        }
    }

    #[test]
    fn a_clock_that_moves_by_half_an_hour_still_strikes_every_full_hour() {
        let hourly = rhythm(Frequency::Hourly, "Australia/Lord_Howe");
        let all = all_between(&hourly, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
        let zone = zone("Australia/Lord_Howe").unwrap();
        assert!(all.iter().all(|at| zone.to_datetime(*at).minute() == 0));
        assert!(all.windows(2).all(|pair| pair[1].duration_since(pair[0]) <= SignedDuration::from_mins(90)));
    }

    #[test]
    fn what_falls_into_quiet_hours_comes_at_their_end_and_once() {
        let late = Rhythm { quiet: Some(quiet(22, 7)), ..daily(23, 0, "Asia/Shanghai") };
        assert_eq!(next_digest(&late, at("2026-11-22T14:00:00Z")), Some(at("2026-11-22T23:00:00Z")));
        assert_eq!(next_digest(&late, at("2026-11-22T18:00:00Z")), Some(at("2026-11-22T23:00:00Z")), "amid the quiet");
        assert_eq!(next_digest(&late, at("2026-11-22T23:00:00Z")), Some(at("2026-11-23T23:00:00Z")));
        let hourly = Rhythm { quiet: Some(quiet(22, 7)), ..rhythm(Frequency::Hourly, "Asia/Shanghai") };
        let day = all_between(&hourly, "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z");
        assert_eq!(day.len(), 15, "08:00 to 21:00 is told, and 07:00");
    }

    #[test]
    fn what_falls_on_a_day_off_comes_with_the_next_working_day_of_china() {
        // The first week of October is off; the tenth is a Saturday that is worked.
        let working = Rhythm { working_days_only: true, ..daily(9, 0, "Asia/Shanghai") };
        assert_eq!(next_digest(&working, at("2026-11-20T02:00:00Z")), Some(at("2026-11-23T01:00:00Z")), "Monday 09:00");
        let all = all_between(&working, "2026-09-30T02:00:00Z", "2026-10-11T02:00:00Z");
        let days: Vec<String> = all.iter().map(|at| at.to_string()).collect();
        assert_eq!(days, ["2026-10-08T01:00:00Z", "2026-10-09T01:00:00Z", "2026-10-10T01:00:00Z"]);
    }

    #[test]
    fn the_day_is_the_one_that_the_rhythms_own_zone_writes() {
        let there = Rhythm { working_days_only: true, ..rhythm(Frequency::Immediate, "America/New_York") };
        assert_eq!(still_until(&there, at("2026-11-23T02:00:00Z")), Some(at("2026-11-23T05:00:00Z")), "Sunday evening");
        let here = Rhythm { working_days_only: true, ..rhythm(Frequency::Immediate, "Asia/Shanghai") };
        assert_eq!(still_until(&here, at("2026-11-23T02:00:00Z")), None, "Monday morning");
    }

    #[test]
    fn an_immediate_one_keeps_still_until_the_quiet_ends() {
        let still = Rhythm { quiet: Some(quiet(22, 7)), ..rhythm(Frequency::Immediate, "Asia/Shanghai") };
        assert_eq!(still_until(&still, at("2026-11-22T13:59:59Z")), None);
        for within in ["2026-11-22T14:00:00Z", "2026-11-22T16:30:00Z", "2026-11-22T22:59:59Z"] {
            assert_eq!(still_until(&still, at(within)), Some(at("2026-11-22T23:00:00Z")), "{within}");
        }
        assert_eq!(still_until(&still, at("2026-11-22T23:00:00Z")), None);
        assert_eq!(next_digest(&still, at("2026-11-22T14:00:00Z")), None);
    }

    #[test]
    fn quiet_hours_end_on_time_where_the_clocks_skip_or_repeat_their_end() {
        let until_half_past = Quiet { from: time(22, 0, 0, 0), until: time(2, 30, 0, 0) };
        let still = Rhythm { quiet: Some(until_half_past), ..rhythm(Frequency::Immediate, "Europe/Berlin") };
        let end = |within| still_until(&still, at(within));
        assert_eq!(end("2026-03-29T00:30:00Z"), Some(at("2026-03-29T01:00:00Z")), "02:30 is skipped: 03:00 is awake");
        assert_eq!(end("2026-10-24T23:30:00Z"), Some(at("2026-10-25T00:30:00Z")), "02:30 for the first time");
        assert_eq!(end("2026-10-25T00:45:00Z"), None);
        assert_eq!(end("2026-10-25T01:15:00Z"), Some(at("2026-10-25T01:30:00Z")), "02:15 again is quiet again");
    }

    #[test]
    fn a_quiet_that_hardly_ends_is_waited_for_and_one_without_length_is_none() {
        let nearly = Quiet { from: time(0, 1, 0, 0), until: time(0, 0, 0, 0) };
        let still = Rhythm { quiet: Some(nearly), working_days_only: true, ..daily(9, 0, "Asia/Shanghai") };
        assert_eq!(next_digest(&still, at("2026-11-19T00:00:00Z")), Some(at("2026-11-19T16:00:00Z")), "Friday 00:00");
        assert_eq!(next_digest(&still, at("2026-11-20T02:00:00Z")), Some(at("2026-11-22T16:00:00Z")), "Monday 00:00");
        let none = Rhythm { quiet: Some(quiet(9, 9)), ..daily(9, 0, "Asia/Shanghai") };
        assert_eq!(next_digest(&none, at("2026-11-22T00:00:00Z")), Some(at("2026-11-22T01:00:00Z")));
        assert_eq!(still_until(&none, at("2026-11-22T01:00:00Z")), None);
    }

    fn any_rhythm() -> impl Strategy<Value = Rhythm> {
        let clock = || (0_i8..24, 0_i8..60).prop_map(|(hour, minute)| time(hour, minute, 0, 0));
        let weekdays = [Weekday::Monday, Weekday::Wednesday, Weekday::Saturday, Weekday::Sunday];
        let frequency = prop_oneof![
            Just(Frequency::Hourly),
            clock().prop_map(|at| Frequency::Daily { at }),
            (proptest::sample::select(weekdays.to_vec()), clock()).prop_map(|(on, at)| Frequency::Weekly { on, at }),
            (1_i8..=31, clock()).prop_map(|(on, at)| Frequency::Monthly { on, at }),
        ];
        let zones =
            ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"];
        let quiet = proptest::option::of((clock(), clock()).prop_map(|(from, until)| Quiet { from, until }));
        (frequency, proptest::sample::select(zones.to_vec()), any::<bool>(), quiet).prop_map(
            |(frequency, zone, working_days_only, quiet)| Rhythm {
                frequency,
                zone: zone.into(),
                working_days_only,
                quiet,
            },
        )
    }

    proptest! {
        #[test]
        fn a_digest_is_later_awake_within_reach_and_the_same_however_often_it_is_asked_for(
            rhythm in any_rhythm(), second in 1_451_606_400_i64..1_893_456_000, early in 0_i64..1_000_000,
        ) {
            let after = Timestamp::from_second(second).unwrap();
            let next = next_digest(&rhythm, after).unwrap();
            prop_assert!(next > after);
            prop_assert!(next.duration_since(after) <= digest_put_off_most(&rhythm), "{after} to {next}");
            let here = zone(&rhythm.zone).unwrap().to_datetime(next);
            prop_assert!(!rhythm.working_days_only || !calendar::is_day_off(here.date()), "{here} is off");
            prop_assert!(!rhythm.quiet.is_some_and(|quiet| quiet.holds(here.time())), "{here} is quiet");
            prop_assert_eq!(still_until(&rhythm, next), None);
            // Asked at any instant in between, it is still the same one.
            let between = Timestamp::from_second(second + early).unwrap();
            if between < next {
                prop_assert_eq!(next_digest(&rhythm, between), Some(next));
            }
            prop_assert!(next_digest(&rhythm, next).unwrap() > next);
        }
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
