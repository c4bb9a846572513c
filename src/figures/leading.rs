//! The largest classes of a breakdown, the others together, the unknown apart: what a chart of shares shows. Their counts come
//! to all that is counted.

use super::printed::tenths;
use super::shares::{Breakdown, Row};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How many.
    pub count: i64,
    /// Their share of all, in tenths of a percent.
    pub of_all: Option<i64>,
}

/// The lines of a breakdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leading {
    /// The largest classes by their word, the largest first.
    pub classes: Vec<(String, Line)>,
    /// The classes that have no line of their own: how many classes, and all of theirs.
    pub rest: Option<(usize, Line)>,
    /// Those whose class is not known.
    pub unknown: Option<Line>,
    /// All that is counted.
    pub of_all: i64,
}

/// At most so many classes, and the others together where that is more than one; nothing where nothing is counted.
#[must_use]
pub fn leading(breakdown: &Breakdown, most: usize) -> Option<Leading> {
    let line = |row: &Row| Line { count: row.count, of_all: row.of_all };
    let shown = if breakdown.rows.len() == most + 1 { most + 1 } else { most };
    let classes = breakdown.rows.iter().take(shown).map(|row| (row.word.clone(), line(row))).collect();
    let others: Vec<&Row> = breakdown.rows.iter().skip(shown).collect();
    let count = others.iter().map(|row| row.count).sum();
    let rest = Line { count, of_all: tenths(count, breakdown.of_all) };
    (breakdown.of_all > 0).then(|| Leading {
        classes,
        rest: (!others.is_empty()).then_some((others.len(), rest)),
        unknown: (breakdown.unknown.count > 0).then(|| line(&breakdown.unknown)),
        of_all: breakdown.of_all,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::figures::cells::{Cell, Cells, Dimension, Measure};
    use crate::figures::shares::{By, of_cells};
    use crate::figures::totals::Tally;

    fn breakdown(counts: &[(String, i64)]) -> Breakdown {
        let cell = |word: &str| Cell {
            dimension: Dimension::Region,
            word: word.to_owned(),
            year: 2026,
            month: 1,
            measure: Measure::Projects,
        };
        let cells = counts.iter().map(|(word, n)| (cell(word), Tally { sum: 0, disclosed: *n })).collect();
        of_cells(By::Dimension(Dimension::Region), &Cells(cells))
    }

    fn named(counts: &[i64], unknown: i64) -> Breakdown {
        let mut named: Vec<_> = (10..).zip(counts).map(|(code, n)| (format!("{code}0000"), *n)).collect();
        named.push((String::new(), unknown));
        breakdown(&named)
    }

    #[test]
    fn the_others_stand_together_and_the_unknown_apart() {
        let leading = leading(&named(&[1, 9, 3, 2, 2], 3), 3).unwrap();
        assert_eq!(
            leading.classes.iter().map(|(word, line)| (word.as_str(), line.count)).collect::<Vec<_>>(),
            [("110000", 9), ("120000", 3), ("130000", 2)]
        );
        assert_eq!(leading.rest, Some((2, Line { count: 3, of_all: Some(150) })));
        assert_eq!(leading.unknown, Some(Line { count: 3, of_all: Some(150) }));
    }

    #[test]
    fn one_class_more_has_a_line_of_its_own_instead_of_being_called_others() {
        let leading = leading(&named(&[4, 3, 2, 1], 0), 3).unwrap();
        assert_eq!((leading.classes.len(), leading.rest, leading.unknown), (4, None, None));
    }

    proptest! {
        #[test]
        fn the_lines_come_to_all(counts in prop::collection::vec(0_i64..1_000, 0..40), unknown in 0_i64..100) {
            let breakdown = named(&counts, unknown);
            let Some(leading) = leading(&breakdown, 6) else {
                prop_assert_eq!(breakdown.of_all, 0);
                return Ok(());
            };
            let classes: i64 = leading.classes.iter().map(|(_, line)| line.count).sum();
            let others = leading.rest.map_or(0, |(_, line)| line.count) + leading.unknown.map_or(0, |line| line.count);
            prop_assert_eq!(classes + others, counts.iter().sum::<i64>() + unknown);
        }
    }
}
