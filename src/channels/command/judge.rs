//! What a program's end means. 0 is accepted. Of the codes of sysexits.h those that only a person can mend hold the channel, one
//! refuses this message, two say that the receiver is gone for good, and every other one is tried again. A program that was killed may have
//! done its work.

use std::io::ErrorKind;
use std::time::Duration;

use super::child::{End, Ended};
use crate::domain::delivery::Outcome;

/// A Unix error that the standard library has no name for: the file is no program (ENOEXEC).
const NO_PROGRAM: i32 = 8;

/// What the end of a program comes to; `redact` makes what it printed fit for a record.
pub(super) fn judge(ended: Ended, timeout: Duration, redact: impl Fn(&str) -> String) -> Outcome {
    let Ended { end, said } = ended;
    let said = redact(&said);
    let said = if said.is_empty() { String::new() } else { format!(": {said}") };
    match end {
        End::NotStarted(error) => not_started(&error),
        End::Exited(0) => Outcome::Accepted,
        End::Exited(code) => exited(code, &said),
        End::Killed(signal) => Outcome::Ambiguous {
            why: format!("the program was ended by signal {signal} and may have done its work{said}"),
        },
        End::TookTooLong => Outcome::Ambiguous {
            why: format!(
                "the program was stopped after {} s and may have done its work{said}",
                timeout.as_secs_f32().ceil()
            ),
        },
        End::Lost(error) => Outcome::Ambiguous { why: format!("waiting for the program: {error}{said}") },
    }
}

fn not_started(error: &std::io::Error) -> Outcome {
    let why = format!("the program cannot be started: {error}");
    let is_ours = matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::NotADirectory)
        || error.raw_os_error() == Some(NO_PROGRAM);
    if is_ours { Outcome::Misconfigured { why } } else { Outcome::Later { why, retry_after: None } }
}

fn exited(code: i32, said: &str) -> Outcome {
    let why = |meaning: &str| format!("the program ended with code {code}{meaning}{said}");
    match code {
        64 => Outcome::Misconfigured { why: why(" (usage): its arguments are wrong") },
        65 => Outcome::Refused { why: why(" (data error): it will not take this message") },
        67 => Outcome::Gone { why: why(" (no user): the receiver is unknown") },
        68 => Outcome::Gone { why: why(" (no host): the receiver's host is unknown") },
        72 => Outcome::Misconfigured { why: why(" (system file): a file that it needs is missing") },
        77 => Outcome::Misconfigured { why: why(" (no permission)") },
        78 => Outcome::Misconfigured { why: why(" (configuration)") },
        126 => Outcome::Misconfigured { why: why(": what it runs may not be run") },
        127 => Outcome::Misconfigured { why: why(": what it runs is not there") },
        75 => Outcome::Later { why: why(" (temporary failure)"), retry_after: None },
        _ => Outcome::Later { why: why(""), retry_after: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(end: End) -> String {
        let ended = Ended { end, said: "no route".into() };
        let outcome = judge(ended, Duration::from_secs(2), ToOwned::to_owned);
        format!("{outcome:?}")
    }

    #[test]
    fn every_exit_code_has_its_meaning() {
        for code in [1, 2, 66, 69, 70, 71, 73, 74, 75, 76, 79, 255] {
            let outcome = outcome(End::Exited(code));
            assert!(outcome.starts_with("Later") && outcome.contains(&format!("code {code}")), "{outcome}");
        }
        for code in [64, 72, 77, 78, 126, 127] {
            assert!(outcome(End::Exited(code)).starts_with("Misconfigured"), "{code}");
        }
        for (code, kind) in [(65, "Refused"), (67, "Gone"), (68, "Gone")] {
            let outcome = outcome(End::Exited(code));
            assert!(outcome.starts_with(kind) && outcome.ends_with(": no route\" }"), "{outcome}");
        }
        assert_eq!(outcome(End::Exited(0)), "Accepted");
    }

    #[test]
    fn what_was_killed_may_have_done_its_work() {
        assert!(outcome(End::Killed(9)).starts_with("Ambiguous"));
        assert!(outcome(End::TookTooLong).contains("after 2 s"));
    }

    #[test]
    fn a_program_that_cannot_be_started_is_the_operators_affair_and_a_full_machine_is_not() {
        for code in [2, 8, 13, 20] {
            let outcome = outcome(End::NotStarted(std::io::Error::from_raw_os_error(code)));
            assert!(outcome.starts_with("Misconfigured"), "{outcome}");
        }
        for code in [11, 12, 24, 26] {
            let outcome = outcome(End::NotStarted(std::io::Error::from_raw_os_error(code)));
            assert!(outcome.starts_with("Later"), "{outcome}");
        }
    }
}
