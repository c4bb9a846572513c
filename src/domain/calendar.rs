//! Is China at work that day? The State Council's days off and make-up working days, 2016 to 2026; for a year without a list,
//! Monday to Friday.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};

static LISTED: LazyLock<BTreeMap<Date, bool>> = LazyLock::new(|| listed(include_str!("../../data/holidays-cn.csv")));

/// Whether the day is a holiday, or a weekend day that no make-up work falls on.
#[must_use]
pub fn is_day_off(day: Date) -> bool {
    LISTED.get(&day).copied().unwrap_or(matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday))
}

/// Whether the year's own list is known; without it only weekends are days off.
#[must_use]
pub fn is_listed(year: i16) -> bool {
    LISTED.keys().any(|day| day.year() == year)
}

/// Day → whether it is off.
fn listed(csv: &str) -> BTreeMap<Date, bool> {
    let mut days = BTreeMap::new();
    for line in csv.lines().skip(1) {
        let mut cells = line.split(',');
        let day = cells.next().and_then(|text| text.parse().ok());
        if let (Some(day), Some(kind)) = (day, cells.nth(1)) {
            days.insert(day, kind == "off");
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn holidays_and_make_up_saturdays_follow_the_years_list() {
        assert!(is_day_off(date(2016, 1, 1)));
        assert!(!is_day_off(date(2016, 2, 6)), "a Saturday that was worked");
        assert!(is_day_off(date(2026, 11, 22)), "a Sunday");
        assert!(!is_day_off(date(2026, 11, 23)));
        assert!(is_listed(2026) && !is_listed(2031));
    }
}
