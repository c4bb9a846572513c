//! Since when is a term looked for, from which day on, and is what its listings show news? The first look is silent, however many
//! days it takes; what is published meanwhile is news all the same. Days that the configuration adds in front are looked at once.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::change::Telling;
use super::source::{Baseline, SourceMemory};
use super::stamp::{Stamp, china_day};

/// A term that joins others is told of what was published up to so long before its first look: the listings of the others may
/// have passed it by already, and would never tell it again once this look has seen it.
const JOINING: SignedDuration = SignedDuration::from_hours(24);

/// What is remembered of a term's first look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// When it began.
    pub first_at: Timestamp,
    /// The first day that it was asked for.
    pub from_on: Date,
}

/// The days to walk this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// Days in front of those that were ever asked for, from the first to the last.
    pub earlier: Option<(Date, Date)>,
    /// Where the ordinary walk begins; it ends today.
    pub from: Date,
    /// Whether the ordinary walk leaves out days that were not whole: they are asked for again tomorrow.
    pub leaves_hole: bool,
}

impl Look {
    /// Which days to walk: from where all was last whole, less some days for late entries. An old day whose listing never
    /// becomes whole is asked for once a day, not at every poll.
    #[must_use]
    pub fn days(&self, memory: &SourceMemory, since: Date, overlap_days: u16, today: Date) -> Days {
        let back = |day: Date| day.saturating_sub(i32::from(overlap_days).days()).max(since);
        let walked_today = memory.healthy_at.is_some_and(|at| china_day(at) == today);
        let from = memory.whole_until.map_or(since, back);
        let recent = back(today);
        let is_begun = memory.whole_until.is_some() && since < self.from_on && !walked_today;
        Days {
            earlier: self.from_on.yesterday().ok().filter(|_| is_begun).map(|to| (since, to)),
            from: if walked_today { from.max(recent) } else { from },
            leaves_hole: walked_today && from < recent,
        }
    }

    /// Whether a row is news. `joins` says that the source was looked at for other terms before this one.
    #[must_use]
    pub fn telling(&self, baseline: Baseline, joins: bool, published_at: Option<Stamp>) -> Telling {
        let margin = if joins { JOINING } else { SignedDuration::ZERO };
        let begin = self.first_at.saturating_sub(margin).unwrap_or(Timestamp::MIN);
        let is_since = published_at.is_some_and(|stamp| stamp.at >= begin);
        match baseline {
            Baseline::Taking if !is_since => Telling::Baseline,
            Baseline::Taking | Baseline::Taken => Telling::News,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};

    use super::*;

    const SINCE: Date = date(2019, 1, 1);
    const TODAY: Date = date(2019, 9, 20);

    fn look() -> Look {
        Look { first_at: at(10, 9), from_on: SINCE }
    }

    fn at(day: i8, hour: i8) -> Timestamp {
        Stamp::china(datetime(2019, 9, day, hour, 0, 0, 0)).unwrap().at
    }

    fn memory(whole_until: Option<Date>, walked_at: Option<Timestamp>) -> SourceMemory {
        SourceMemory { whole_until, healthy_at: walked_at, ..SourceMemory::default() }
    }

    #[test]
    fn a_walk_begins_some_days_before_what_was_whole_and_never_before_the_beginning() {
        let from = |whole_until| look().days(&memory(whole_until, None), SINCE, 7, TODAY).from;
        assert_eq!(from(None), SINCE);
        assert_eq!(from(Some(TODAY)), date(2019, 9, 13));
        assert_eq!(from(Some(date(2019, 1, 3))), SINCE);
    }

    #[test]
    fn an_old_hole_is_asked_for_once_a_day() {
        let hole = memory(Some(date(2019, 3, 1)), Some(at(19, 9)));
        let days = look().days(&hole, SINCE, 7, TODAY);
        assert_eq!((days.from, days.leaves_hole), (date(2019, 2, 22), false));
        let walked = memory(Some(date(2019, 3, 1)), Some(at(20, 8)));
        let days = look().days(&walked, SINCE, 7, TODAY);
        assert_eq!((days.from, days.leaves_hole), (date(2019, 9, 13), true));
        let whole = look().days(&memory(Some(TODAY), Some(at(20, 8))), SINCE, 7, TODAY);
        assert_eq!((whole.from, whole.leaves_hole), (date(2019, 9, 13), false));
    }

    #[test]
    fn an_earlier_beginning_is_caught_up_with() {
        let earlier = |memory| look().days(&memory, date(2017, 1, 1), 7, TODAY).earlier;
        let wanted = Some((date(2017, 1, 1), date(2018, 12, 31)));
        assert_eq!(earlier(memory(Some(TODAY), None)), wanted);
        assert_eq!(earlier(memory(None, None)), None, "the first look begins there anyway");
        assert_eq!(earlier(memory(Some(TODAY), Some(at(20, 8)))), None, "tried today");
        assert_eq!(look().days(&memory(Some(TODAY), None), SINCE, 7, TODAY).earlier, None);
    }

    #[test]
    fn what_is_published_while_the_first_look_goes_on_is_news() {
        let told = |day, hour| {
            let stamp = Stamp::china(datetime(2019, 9, day, hour, 0, 0, 0));
            look().telling(Baseline::Taking, false, stamp)
        };
        assert_eq!(told(10, 8), Telling::Baseline);
        assert_eq!(told(10, 9), Telling::News);
        assert_eq!(told(12, 8), Telling::News);
        assert_eq!(look().telling(Baseline::Taking, false, None), Telling::Baseline);
        assert_eq!(look().telling(Baseline::Taken, false, None), Telling::News);
    }

    #[test]
    fn a_term_that_joins_others_hides_nothing_of_the_last_day() {
        let told = |day, hour| {
            let stamp = Stamp::china(datetime(2019, 9, day, hour, 0, 0, 0));
            look().telling(Baseline::Taking, true, stamp)
        };
        assert_eq!(told(9, 10), Telling::News);
        assert_eq!(told(9, 8), Telling::Baseline);
    }
}
