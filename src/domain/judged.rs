//! A value that a rule decided, with the rule. Nothing is an answer: undecided is never silently something.

/// A value and the rule that decided it; without a value the rule says why none did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged<T> {
    /// What was decided, if anything.
    pub value: Option<T>,
    /// Which rule decided, for people: `channel`, `buyer name: 大学`, `ruling 3`, `no rule fits`.
    pub rule: String,
}

impl<T> Default for Judged<T> {
    fn default() -> Self {
        Self { value: None, rule: String::new() }
    }
}

impl<T> Judged<T> {
    /// A decided value.
    pub fn by(value: T, rule: impl Into<String>) -> Self {
        Self { value: Some(value), rule: rule.into() }
    }

    /// Undecided, and why.
    pub fn undecided(why: impl Into<String>) -> Self {
        Self { value: None, rule: why.into() }
    }
}
