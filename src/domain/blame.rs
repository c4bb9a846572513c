//! Whose fault is it that nothing answers? One host that is silent is the source's trouble; all of them at once is ours.

/// Whether a host answered at all; a refusal is an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// It said something.
    Answered,
    /// No connection, no name, no answer in time.
    Unreachable,
}

/// What the latest request to a host came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostOutcome {
    /// The host.
    pub host: String,
    /// Whether it answered.
    pub reach: Reach,
}

/// Whom a failure is laid to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Blame {
    /// The source: others still answer, or there is no other to compare with.
    Source,
    /// Our own line, name service or proxy: every host tried is out of reach.
    Ours,
}

/// Lays the blame. Only two or more different hosts, all out of reach, speak against us.
#[must_use]
pub fn blame(outcomes: &[HostOutcome]) -> Blame {
    let all_silent = outcomes.iter().all(|outcome| outcome.reach == Reach::Unreachable);
    let several = outcomes.first().is_some_and(|first| outcomes.iter().any(|other| other.host != first.host));
    if all_silent && several { Blame::Ours } else { Blame::Source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(host: &str, reach: Reach) -> HostOutcome {
        HostOutcome { host: host.into(), reach }
    }

    #[test]
    fn one_silent_host_is_the_sources_trouble() {
        assert_eq!(blame(&[]), Blame::Source);
        assert_eq!(blame(&[outcome("a", Reach::Unreachable)]), Blame::Source);
        assert_eq!(blame(&[outcome("a", Reach::Unreachable), outcome("a", Reach::Unreachable)]), Blame::Source);
        assert_eq!(blame(&[outcome("a", Reach::Unreachable), outcome("b", Reach::Answered)]), Blame::Source);
    }

    #[test]
    fn every_host_silent_at_once_is_our_own_line() {
        assert_eq!(blame(&[outcome("a", Reach::Unreachable), outcome("b", Reach::Unreachable)]), Blame::Ours);
    }
}
