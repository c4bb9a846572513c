//! `[shifts]`: from when on a difference among the bidders is a shift, and which shifts are looked for.

use std::collections::BTreeSet;

use crate::figures::shifts::{ShiftKind, Thresholds};

use super::limits;
use super::walk::{Table, one_of};

/// Reads the section; without it every default stands.
pub(super) fn read(table: Option<&Table<'_, '_>>) -> Thresholds {
    let Some(table) = table else { return defaults() };
    let days = |key, limit| i32::try_from(table.count(key, limit)).unwrap_or(i32::MAX);
    let wins = |key, limit| i64::try_from(table.count(key, limit)).unwrap_or(i64::MAX);
    let places = |key, limit| usize::try_from(table.count(key, limit)).unwrap_or(usize::MAX);
    let thresholds = Thresholds {
        kinds: kinds(table),
        record_days: days("record_days", limits::RECORD_DAYS),
        absence_days: days("absence_days", limits::ABSENCE_DAYS),
        incumbent_awards: places("incumbent_awards", limits::INCUMBENT_AWARDS),
        top: places("top", limits::TOP),
        top_wins: wins("top_wins", limits::TOP_WINS),
        window_days: days("window_days", limits::WINDOW_DAYS),
        share_points: wins("share_points", limits::SHARE_POINTS),
        window_wins: wins("window_wins", limits::WINDOW_WINS),
    };
    table.finish();
    thresholds
}

/// What stands where the section or a key is missing.
fn defaults() -> Thresholds {
    let days = |limit: limits::Limit<u64>| i32::try_from(limit.default).unwrap_or(i32::MAX);
    let wins = |limit: limits::Limit<u64>| i64::try_from(limit.default).unwrap_or(i64::MAX);
    let places = |limit: limits::Limit<u64>| usize::try_from(limit.default).unwrap_or(usize::MAX);
    Thresholds {
        kinds: ShiftKind::ALL.into(),
        record_days: days(limits::RECORD_DAYS),
        absence_days: days(limits::ABSENCE_DAYS),
        incumbent_awards: places(limits::INCUMBENT_AWARDS),
        top: places(limits::TOP),
        top_wins: wins(limits::TOP_WINS),
        window_days: days(limits::WINDOW_DAYS),
        share_points: wins(limits::SHARE_POINTS),
        window_wins: wins(limits::WINDOW_WINS),
    }
}

/// Without a list all of them; an empty list is none.
fn kinds(table: &Table<'_, '_>) -> BTreeSet<ShiftKind> {
    let words = ShiftKind::ALL.map(ShiftKind::word);
    let expected = one_of(words);
    let Some(texts) = table.texts("kinds", "a kind of shift in quotes") else { return ShiftKind::ALL.into() };
    let known = texts.iter().filter_map(|text| table.known_word("kinds", text, words.into_iter(), &expected));
    known.filter_map(ShiftKind::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configurations_defaults_are_the_figures_own() {
        assert_eq!(defaults(), Thresholds::default());
    }
}
