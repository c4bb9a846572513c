//! A program of the operator's that takes each message on its standard input, as JSON: no shell, an environment of a few facts,
//! a bounded time, a bounded output. Its exit code is the answer (sysexits.h: man.freebsd.org/cgi/man.cgi?query=sysexits).
//! docs/channels.md is its promise.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::redact::Hidden;
use super::{Letter, Pace, Sending, Way, program};
use crate::domain::delivery::{ClaimedDelivery, Outcome};
use crate::domain::digest::Message;

mod child;

mod judge;

/// An argument that is shorter hides nothing, and its letters would blank out half of every reason.
const HIDDEN_ARGUMENT_MIN: usize = 12;

/// The longest subject that goes into the environment, in characters.
const SUBJECT_CHARS_MAX: usize = 300;

/// A program that takes messages on its standard input.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The program, an absolute path, and its arguments.
    pub run: Vec<String>,
    /// How long it may take.
    pub timeout: Duration,
}

impl Settings {
    /// How long it may take.
    pub const TIMEOUT: Duration = Duration::from_mins(1);
}

/// A program, ready to be run.
pub(super) struct Command {
    program: String,
    arguments: Vec<String>,
    timeout: Duration,
    hidden: Hidden,
}

/// Its arguments may hold a token.
impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Command").field("program", &self.program).finish_non_exhaustive()
    }
}

/// What the outbox keeps of a message.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// What the subscription is called.
    subscription: String,
    /// The news in one line.
    subject: String,
    /// What goes to the standard input.
    input: String,
}

impl Command {
    pub(super) fn build(settings: &Settings) -> Result<Self, String> {
        let Some((program, arguments)) = settings.run.split_first() else {
            return Err("run names no program".into());
        };
        if !Path::new(program).is_absolute() {
            return Err(format!("the program {program:?} must be an absolute path: no shell looks it up"));
        }
        if settings.run.iter().any(|word| word.contains('\0')) {
            return Err("an argument of run holds a NUL character, which no program can be given".into());
        }
        let hidden = arguments.iter().filter(|argument| argument.len() >= HIDDEN_ARGUMENT_MIN).cloned();
        Ok(Self {
            program: program.clone(),
            arguments: arguments.to_vec(),
            timeout: settings.timeout,
            hidden: Hidden::new(hidden),
        })
    }

    async fn run(&self, delivery: &ClaimedDelivery) -> Outcome {
        let kept: Kept = match serde_json::from_slice(&delivery.payload) {
            Ok(kept) => kept,
            Err(error) => {
                return Outcome::Refused { why: format!("the kept message is not one of this channel: {error}") };
            }
        };
        let facts = [
            ("TENDERWATCH_DELIVERY_ID", delivery.id.0.clone()),
            ("TENDERWATCH_SUBSCRIPTION", line(&kept.subscription)),
            ("TENDERWATCH_SUBJECT", line(&kept.subject)),
            ("TENDERWATCH_ATTEMPT", (u64::from(delivery.attempts) + 1).to_string()),
        ];
        let ended = child::run(&self.program, &self.arguments, &facts, kept.input.into_bytes(), self.timeout).await;
        judge::judge(ended, self.timeout, |said| self.hidden.redact(said))
    }
}

/// One line without control characters, as an environment can hold it.
fn line(text: &str) -> String {
    let plain = |character: char| if character.is_control() { ' ' } else { character };
    text.chars().map(plain).take(SUBJECT_CHARS_MAX).collect()
}

impl Way for Command {
    fn compose(&self, message: &Message, letter: &Letter) -> Result<Vec<Vec<u8>>, String> {
        let mut input = String::from_utf8(program::body(message)?).map_err(|error| error.to_string())?;
        input.push('\n');
        let kept = Kept { subscription: letter.subscription.clone(), subject: message.subject.clone(), input };
        Ok(vec![serde_json::to_vec(&kept).map_err(|error| error.to_string())?])
    }

    fn send<'w>(&'w self, delivery: &'w ClaimedDelivery, _now: Timestamp) -> Sending<'w> {
        Box::pin(async move { self.run(delivery).await.into() })
    }

    fn pace(&self) -> Pace {
        Pace::ONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(run: &[&str]) -> Result<Command, String> {
        let run = run.iter().map(|word| (*word).to_owned()).collect();
        Command::build(&Settings { run, timeout: Settings::TIMEOUT })
    }

    #[test]
    fn what_cannot_be_run_is_refused_at_once() {
        assert!(build(&[]).unwrap_err().contains("no program"));
        assert!(build(&["notify"]).unwrap_err().contains("absolute"));
        assert!(build(&["/bin/true", "a\0b"]).unwrap_err().contains("NUL"));
        let command = build(&["/bin/true", "--token=0123456789abcdef"]).unwrap();
        assert!(!format!("{command:?}").contains("0123456789"), "{command:?}");
    }
}
