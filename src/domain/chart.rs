//! A chart before it is drawn: values and finished words. What is not known has a place of its own and is never a zero.

/// A chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// Its id within a message: `chart-months`.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The same in words and figures, for those who do not see it.
    pub alt: String,
    /// What must be known to read it: breaks, what is not disclosed, what is not over.
    pub notes: Vec<String>,
    /// The values.
    pub plot: Plot,
}

/// The kinds of chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plot {
    /// Amounts and counts month by month.
    Months(Months),
    /// How many there are of each class.
    Shares(Vec<Share>),
}

/// Two rows of columns over the same months.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Months {
    /// What the amounts are, and in which unit.
    pub amounts: String,
    /// Lines across the amounts: how much, and how it is said.
    pub scale: Vec<(i64, String)>,
    /// What is counted.
    pub counts: String,
    /// What the two parts of a count are called: with a disclosed amount, without.
    pub parts: [String; 2],
    /// The months, the oldest first.
    pub columns: Vec<Column>,
}

/// One month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What stands below it; empty for most.
    pub label: String,
    /// The month and its figures in words, as a line of a table has them.
    pub month: String,
    /// The disclosed sum in words, or that there is none.
    pub said: String,
    /// The disclosed sum in ten-thousandths; nothing where nobody discloses one.
    pub amount: Option<i64>,
    /// How many there are.
    pub count: u64,
    /// How many of them disclose an amount.
    pub disclosed: u64,
    /// Whether the month is not over.
    pub is_open: bool,
    /// Whether a break of the series lies at its beginning: before and after are not alike.
    pub breaks: bool,
}

/// One class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Its name.
    pub label: String,
    /// How many, and which part of all.
    pub said: String,
    /// How many.
    pub count: u64,
    /// What the row stands for.
    pub row: Row,
}

/// What a row of shares stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// One class.
    Class,
    /// Every class that has no row of its own.
    Rest,
    /// Those whose class is not known.
    Unknown,
}

/// Round values from 0 to at least the largest: at most five of them, apart by 1, 2 or 5 times a power of ten.
#[must_use]
pub fn steps(largest: i64) -> Vec<i64> {
    let largest = i128::from(largest.max(1));
    let powers = std::iter::successors(Some(1_i128), |power| Some(power * 10));
    let step =
        powers.flat_map(|power| [power, 2 * power, 5 * power]).find(|step| step * 4 >= largest).unwrap_or(largest);
    let end = (largest + step - 1) / step;
    (0..=end).filter_map(|n| i64::try_from(n * step).ok()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn steps_are_round() {
        assert_eq!(steps(0), [0, 1]);
        assert_eq!(steps(3), [0, 1, 2, 3]);
        assert_eq!(steps(7), [0, 2, 4, 6, 8]);
        assert_eq!(steps(19), [0, 5, 10, 15, 20]);
        assert_eq!(steps(101), [0, 50, 100, 150]);
    }

    proptest! {
        #[test]
        fn steps_are_few_and_reach_the_largest(largest in 1..i64::MAX / 2) {
            let steps = steps(largest);
            prop_assert!((2..=5).contains(&steps.len()), "{steps:?}");
            prop_assert!(steps[steps.len() - 1] >= largest && steps[0] == 0);
        }
    }
}
