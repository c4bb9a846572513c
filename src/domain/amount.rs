//! What a page says of a sum: a state that carries exactly its own facts. Undisclosed is not zero, a conflict is never settled.

use super::money::Money;

/// One place's word about a sum, where places disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What it says.
    pub money: Money,
    /// Where it says so, for a person: `summary`, `body`, `sum of lots`.
    pub place: String,
}

/// A sum as read. Only `Disclosed` enters a total.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Amount {
    /// Said, and believed; `by` tells a person where or by which rule.
    Disclosed {
        /// The sum.
        money: Money,
        /// Where it was read or which rule gave it.
        by: String,
    },
    /// Not said (also 0.000000 in a summary, 详见公告正文, a slash).
    #[default]
    Undisclosed,
    /// Said to be free of charge.
    Zero,
    /// Cannot exist yet: a tender has no award.
    NotApplicable,
    /// Two places disagree; both are kept.
    Conflict(Vec<Claim>),
    /// Something stands there that was not understood.
    Unparsed {
        /// What stands there.
        text: String,
    },
}

impl Amount {
    /// A disclosed sum with the place it came from.
    pub fn disclosed(money: Money, by: impl Into<String>) -> Self {
        Self::Disclosed { money, by: by.into() }
    }

    /// The sum, where one is disclosed.
    #[must_use]
    pub fn money(&self) -> Option<Money> {
        match self {
            Self::Disclosed { money, .. } => Some(*money),
            _ => None,
        }
    }

    /// The state's name, as READING and every table print it.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match self {
            Self::Disclosed { .. } => "disclosed",
            Self::Undisclosed => "undisclosed",
            Self::Zero => "zero",
            Self::NotApplicable => "not_applicable",
            Self::Conflict(_) => "conflict",
            Self::Unparsed { .. } => "unparsed",
        }
    }
}

/// Whether anything is said of a sum at all, understood or not.
#[must_use]
pub fn is_stated(amount: &Amount) -> bool {
    !matches!(amount, Amount::Undisclosed | Amount::NotApplicable)
}
