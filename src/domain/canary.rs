//! A message that is sent to prove that messages arrive: when is it missing, and when does it work again? Each is told once.

use jiff::{SignedDuration, Timestamp};

use super::change::ChangeKind;
use super::delivery::DeliveryId;

/// The last such message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canary {
    /// Under which id it left.
    pub delivery: DeliveryId,
    /// When it was composed.
    pub composed_at: Timestamp,
    /// When it was found at the other end.
    pub arrived_at: Option<Timestamp>,
    /// Whether the operator knows that one is missing.
    pub told: bool,
}

impl Canary {
    /// A new one, after those before it.
    #[must_use]
    pub fn next(earlier: Option<&Self>, delivery: DeliveryId, now: Timestamp) -> Self {
        Self { delivery, composed_at: now, arrived_at: None, told: earlier.is_some_and(|canary| canary.told) }
    }

    /// Whether anybody should look for it.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.arrived_at.is_none()
    }

    /// After a look at the other end: what to remember and what to tell.
    #[must_use]
    pub fn looked(&self, is_there: bool, within: SignedDuration, now: Timestamp) -> (Self, Option<ChangeKind>) {
        if !self.is_awaited() {
            return (self.clone(), None);
        }
        if is_there {
            let told = self.told.then_some(ChangeKind::CanaryArrived);
            return (Self { arrived_at: Some(now), told: false, ..self.clone() }, told);
        }
        let is_missing = now.duration_since(self.composed_at) >= within;
        if is_missing && !self.told {
            return (Self { told: true, ..self.clone() }, Some(ChangeKind::CanaryMissing));
        }
        (self.clone(), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITHIN: SignedDuration = SignedDuration::from_mins(30);

    fn minute(minute: i64) -> Timestamp {
        Timestamp::from_second(1_568_000_000 + minute * 60).unwrap()
    }

    fn sent(earlier: Option<&Canary>, at: Timestamp) -> Canary {
        Canary::next(earlier, DeliveryId("d_1".into()), at)
    }

    #[test]
    fn one_that_is_missing_is_told_once_however_often_it_is_looked_for() {
        let (canary, told) = sent(None, minute(0)).looked(false, WITHIN, minute(29));
        assert_eq!(told, None);
        let (canary, told) = canary.looked(false, WITHIN, minute(30));
        assert_eq!(told, Some(ChangeKind::CanaryMissing));
        let (canary, told) = canary.looked(false, WITHIN, minute(31));
        assert_eq!(told, None);
        let (canary, told) = sent(Some(&canary), minute(1440)).looked(false, WITHIN, minute(1480));
        assert_eq!((canary.told, told), (true, None), "the next one that is missing is the same trouble");
        let (canary, told) = canary.looked(true, WITHIN, minute(1481));
        assert_eq!((canary.told, told), (false, Some(ChangeKind::CanaryArrived)));
        assert_eq!(canary.looked(true, WITHIN, minute(1482)), (canary, None));
    }

    #[test]
    fn one_that_arrives_in_time_is_nobodys_news() {
        let (canary, told) = sent(None, minute(0)).looked(true, WITHIN, minute(5));
        assert_eq!((canary.arrived_at, told), (Some(minute(5)), None));
    }
}
