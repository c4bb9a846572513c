//! Slow troubles of a source that answers: nothing new for too long, and pages that no longer look as the reader knows them.
//! Each is told once when it starts and once when it ends.

use jiff::{SignedDuration, Timestamp};

use super::change::ChangeKind;

/// What is remembered of one slow trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The last sign that all was well.
    pub since: Timestamp,
    /// Whether the operator was told.
    pub told: bool,
}

/// After a poll that went well: did anything new appear, and if not, since when? Gives what to remember and what to tell.
#[must_use]
pub fn silence(
    known: Option<Trouble>,
    any_new: bool,
    silent_after: SignedDuration,
    now: Timestamp,
) -> (Trouble, Option<ChangeKind>) {
    let fresh = Trouble { since: now, told: false };
    match known {
        None => (fresh, None),
        Some(trouble) if any_new => (fresh, trouble.told.then_some(ChangeKind::SourceRecovered)),
        Some(trouble) if !trouble.told && now.duration_since(trouble.since) >= silent_after => {
            (Trouble { told: true, ..trouble }, Some(ChangeKind::SourceSilent))
        }
        Some(trouble) => (trouble, None),
    }
}

/// After a poll that fetched pages: `strange` of them were no notices, `read` were. Gives what to remember and what to tell.
#[must_use]
pub fn shape(known: Option<Trouble>, strange: u64, read: u64, now: Timestamp) -> (Option<Trouble>, Option<ChangeKind>) {
    match known {
        None if strange > 0 => (Some(Trouble { since: now, told: true }), Some(ChangeKind::SourceShapeChanged)),
        Some(_) if strange == 0 && read > 0 => (None, Some(ChangeKind::SourceRecovered)),
        known => (known, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN_DAYS: SignedDuration = SignedDuration::from_hours(240);

    fn day(day: i64) -> Timestamp {
        Timestamp::from_second(1_568_000_000 + day * 86_400).unwrap()
    }

    #[test]
    fn silence_is_told_once_and_its_end_once() {
        let (memory, told) = silence(None, false, TEN_DAYS, day(0));
        assert_eq!(told, None);
        let (memory, told) = silence(Some(memory), false, TEN_DAYS, day(9));
        assert_eq!(told, None);
        let (memory, told) = silence(Some(memory), false, TEN_DAYS, day(10));
        assert_eq!(told, Some(ChangeKind::SourceSilent));
        let (memory, told) = silence(Some(memory), false, TEN_DAYS, day(30));
        assert_eq!(told, None);
        let (memory, told) = silence(Some(memory), true, TEN_DAYS, day(31));
        assert_eq!((memory.since, told), (day(31), Some(ChangeKind::SourceRecovered)));
    }

    #[test]
    fn strange_pages_are_told_once_and_ordinary_ones_end_it() {
        let (memory, told) = shape(None, 2, 5, day(0));
        assert_eq!(told, Some(ChangeKind::SourceShapeChanged));
        let (memory, told) = shape(memory, 1, 0, day(1));
        assert_eq!(told, None);
        let (memory, told) = shape(memory, 0, 0, day(2));
        assert_eq!((memory.is_some(), told), (true, None));
        assert_eq!(shape(memory, 0, 1, day(3)), (None, Some(ChangeKind::SourceRecovered)));
        assert_eq!(shape(None, 0, 9, day(4)), (None, None));
    }
}
