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
/// A receiver that keeps asking for short waits is not obeyed for ever.
const ATTEMPTS_MAX: u32 = 60;

/// What to do after an attempt; nothing when the receiver has it. `attempts` counts those before this one, `jitter` lies in
/// 0..1 and lengthens the wait by up to a tenth.
#[must_use]
pub fn next(outcome: &Outcome, attempts: u32, composed_at: Timestamp, now: Timestamp, jitter: f64) -> Option<Next> {
    let age = now.duration_since(composed_at);
    match outcome {
        Outcome::Accepted => None,
        Outcome::Refused { why } | Outcome::Gone { why } => Some(Next::GiveUp { why: why.clone() }),
        Outcome::Misconfigured { why } if age > HELD_MAX => Some(Next::GiveUp { why: why.clone() }),
        Outcome::Misconfigured { .. } => Some(after(now, HELD_EVERY, jitter)),
        Outcome::Later { why, .. } | Outcome::Ambiguous { why } if is_spent(attempts, age) => {
            let tried = attempts.saturating_add(1);
            Some(Next::GiveUp { why: format!("given up after {tried} attempts: {why}") })
        }
        Outcome::Later { retry_after: Some(asked), .. } => {
            let asked = SignedDuration::try_from(*asked).unwrap_or(RETRY_AFTER_MAX).min(RETRY_AFTER_MAX);
            Some(after(now, asked.max(SignedDuration::from_secs(1)), jitter))
        }
        Outcome::Later { .. } | Outcome::Ambiguous { .. } => Some(after(now, wait(attempts), jitter)),
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

fn after(now: Timestamp, wait: SignedDuration, jitter: f64) -> Next {
    let share = if jitter.is_finite() { jitter.clamp(0.0, 1.0) / 10.0 } else { 0.0 };
    let longer = wait.checked_add(SignedDuration::from_secs_f64(wait.as_secs_f64() * share)).unwrap_or(wait);
    Next::At(now.checked_add(longer).unwrap_or(Timestamp::MAX))
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
        while let Some(Next::At(at)) = next(&later(None), attempts, START, now, 0.0) {
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
    fn jitter_only_lengthens_and_nonsense_is_ignored() {
        let plain = next(&later(None), 2, START, START, f64::NAN);
        assert_eq!(plain, Some(Next::At(START + SignedDuration::from_mins(30))));
        assert_eq!(next(&later(None), 2, START, START, 9.0), Some(Next::At(START + SignedDuration::from_mins(33))));
    }
}
