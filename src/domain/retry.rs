//! Again, and when? What one attempt at a delivery came to decides the next: the same bytes under the same id, over about
//! three days. A receiver's Retry-After wins, up to a day.

use jiff::{SignedDuration, Timestamp};

use super::delivery::Outcome;

/// What follows an attempt that was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Try again then.
    At(Timestamp),
    /// Never again.
    GiveUp {
        /// Why, for the operator.
        why: String,
    },
}

/// Waits after the first, second, … attempt; the last repeats.
const WAITS: [SignedDuration; 9] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(5),
    SignedDuration::from_hours(10),
    SignedDuration::from_hours(14),
    SignedDuration::from_hours(20),
    SignedDuration::from_hours(24),
];
/// How old a message must be before we stop, and how often it must have been tried.
const AGE_MAX: SignedDuration = SignedDuration::from_hours(72);
/// Our own mistake is held much longer: whoever mends it expects the messages to leave.
const HELD_MAX: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How often a held message looks whether the mistake is mended.
const HELD_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// No receiver may put us off for longer than this at once.
const RETRY_AFTER_MAX: SignedDuration = SignedDuration::from_hours(24);
/// No attempt is put off for longer than this: what is, was put off by a clock that was ahead.
pub const PUT_OFF_MOST: SignedDuration = SignedDuration::from_hours(36);
/// How far jitter moves our own waits to both sides: those that failed together come back over half of the wait, not at once.
const SPREAD: f64 = 0.25;
/// How far it lengthens a wait that the receiver asked for, which must not be shortened.
const LONGER: f64 = 0.1;
/// A receiver that keeps asking for short waits is not obeyed for ever.
const ATTEMPTS_MAX: u32 = 60;

/// What to do after an attempt; nothing when the receiver has it. `attempts` counts those before this one, `jitter` lies in
/// 0..1: it moves our own waits to both sides and only lengthens one that was asked for.
#[must_use]
pub fn next(outcome: &Outcome, attempts: u32, composed_at: Timestamp, now: Timestamp, jitter: f64) -> Option<Next> {
    let age = now.duration_since(composed_at);
    match outcome {
        Outcome::Accepted => None,
        Outcome::Refused { why } | Outcome::Gone { why } => Some(Next::GiveUp { why: why.clone() }),
        Outcome::Misconfigured { why } if age > HELD_MAX => Some(Next::GiveUp { why: why.clone() }),
        Outcome::Misconfigured { .. } => Some(after(now, spread(HELD_EVERY, jitter))),
        Outcome::Later { why, .. } | Outcome::Ambiguous { why } if is_spent(attempts, age) => {
            let tried = attempts.saturating_add(1);
            Some(Next::GiveUp { why: format!("given up after {tried} attempts: {why}") })
        }
        Outcome::Later { retry_after: Some(asked), .. } => {
            let asked = SignedDuration::try_from(*asked).unwrap_or(RETRY_AFTER_MAX).min(RETRY_AFTER_MAX);
            Some(after(now, longer(asked.max(SignedDuration::from_secs(1)), share(jitter) * LONGER)))
        }
        Outcome::Later { .. } | Outcome::Ambiguous { .. } => Some(after(now, spread(wait(attempts), jitter))),
    }
}

/// Both old and often tried: a message that waited for days before its first attempt still gets all of them.
fn is_spent(attempts: u32, age: SignedDuration) -> bool {
    attempts >= ATTEMPTS_MAX || (age >= AGE_MAX && usize::try_from(attempts).is_ok_and(|done| done >= WAITS.len()))
}

fn wait(attempts: u32) -> SignedDuration {
    let index = usize::try_from(attempts).unwrap_or(usize::MAX);
    WAITS.get(index).or(WAITS.last()).copied().unwrap_or(HELD_EVERY)
}

fn after(now: Timestamp, wait: SignedDuration) -> Next {
    Next::At(now.checked_add(wait).unwrap_or(Timestamp::MAX))
}

/// Between three quarters and five quarters of the wait.
fn spread(wait: SignedDuration, jitter: f64) -> SignedDuration {
    longer(wait, (share(jitter) * 2.0 - 1.0) * SPREAD)
}

fn longer(wait: SignedDuration, by: f64) -> SignedDuration {
    wait.checked_add(SignedDuration::from_secs_f64(wait.as_secs_f64() * by)).unwrap_or(wait)
}

/// Nonsense is the middle.
fn share(jitter: f64) -> f64 {
    if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.5 }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn later(retry_after: Option<Duration>) -> Outcome {
        Outcome::Later { why: "503".into(), retry_after }
    }

    #[test]
    fn an_accepted_message_needs_nothing_more() {
        assert_eq!(next(&Outcome::Accepted, 0, START, START, 0.5), None);
    }

    #[test]
    fn the_waits_grow_over_about_three_days_and_then_end() {
        let (mut now, mut attempts) = (START, 0);
        while let Some(Next::At(at)) = next(&later(None), attempts, START, now, 0.5) {
            (now, attempts) = (at, attempts + 1);
        }
        let age = now.duration_since(START);
        assert_eq!(attempts, 9);
        assert!(age > SignedDuration::from_hours(72) && age < SignedDuration::from_hours(80), "{age:?}");
    }

    #[test]
    fn the_receivers_own_wish_wins_up_to_a_day() {
        let at = |hours| Some(Next::At(START + SignedDuration::from_hours(hours)));
        assert_eq!(next(&later(Some(Duration::from_hours(2))), 0, START, START, 0.0), at(2));
        assert_eq!(next(&later(Some(Duration::from_secs(u64::MAX))), 0, START, START, 0.0), at(24));
    }

    #[test]
    fn a_receiver_that_always_asks_for_a_moment_is_not_obeyed_for_ever() {
        let outcome = later(Some(Duration::from_secs(1)));
        assert!(matches!(next(&outcome, ATTEMPTS_MAX, START, START, 0.0), Some(Next::GiveUp { .. })));
    }

    #[test]
    fn an_old_message_that_was_never_tried_still_gets_its_attempts() {
        let now = START + SignedDuration::from_hours(24 * 10);
        assert!(matches!(next(&later(None), 0, START, now, 0.0), Some(Next::At(_))));
    }

    #[test]
    fn our_own_mistake_is_held_and_a_refusal_is_final() {
        let held = Outcome::Misconfigured { why: "no STARTTLS".into() };
        let now = START + SignedDuration::from_hours(24 * 10);
        assert!(matches!(next(&held, 200, START, now, 0.0), Some(Next::At(_))));
        let refused = Outcome::Refused { why: "550".into() };
        assert_eq!(next(&refused, 0, START, START, 0.0), Some(Next::GiveUp { why: "550".into() }));
    }

    #[test]
    fn those_that_failed_together_come_back_over_half_of_the_wait() {
        let at = |jitter| match next(&later(None), 2, START, START, jitter) {
            Some(Next::At(at)) => at.duration_since(START),
            other => panic!("{other:?}"),
        };
        let (first, last) = (SignedDuration::from_secs(1350), SignedDuration::from_secs(2250));
        assert_eq!((at(0.0), at(0.5), at(1.0)), (first, SignedDuration::from_mins(30), last));
        assert_eq!((at(f64::NAN), at(9.0)), (SignedDuration::from_mins(30), last), "nonsense is ignored");
        let mut minutes: Vec<_> = (0..100).map(|n| at(f64::from(n) / 100.0).as_mins()).collect();
        minutes.dedup();
        assert!(minutes.len() >= 15, "a herd of a hundred in {} different minutes", minutes.len());
    }

    #[test]
    fn a_wait_that_was_asked_for_is_never_shortened() {
        let at = |jitter| next(&later(Some(Duration::from_mins(10))), 0, START, START, jitter);
        assert_eq!(at(0.0), Some(Next::At(START + SignedDuration::from_mins(10))));
        assert_eq!(at(1.0), Some(Next::At(START + SignedDuration::from_mins(11))));
    }

    #[test]
    fn nothing_is_put_off_for_longer_than_is_said() {
        let held = Outcome::Misconfigured { why: String::new() };
        let asked = later(Some(Duration::MAX));
        for attempts in 0..ATTEMPTS_MAX {
            for outcome in [&held, &asked, &later(None)] {
                if let Some(Next::At(at)) = next(outcome, attempts, START, START, 1.0) {
                    assert!(at.duration_since(START) <= PUT_OFF_MOST, "{outcome:?} after {attempts}");
                }
            }
        }
    }
}
