//! What the Bot API answers: `ok` decides, whatever the status; its descriptions are told apart as the platform writes them.

use std::time::Duration;

use serde::Deserialize;

use crate::channels::Sent;
use crate::channels::post::Answer;
use crate::domain::delivery::Outcome;

/// The longest pause that is obeyed.
const PAUSE_SECONDS_MAX: u64 = 86_400;

/// An answer, read.
#[derive(Debug, PartialEq)]
pub(super) enum Said {
    /// It came to this.
    Sent(Sent),
    /// The group became a supergroup, under another number.
    Moved {
        /// The number.
        to: i64,
    },
}

impl Said {
    /// What it came to; a chat that moves on and on is nobody's to follow.
    pub(super) fn sent(self) -> Sent {
        match self {
            Self::Sent(sent) => sent,
            Self::Moved { .. } => {
                let why = "the group became a supergroup: write its new number into chat".to_owned();
                Outcome::Misconfigured { why }.into()
            }
        }
    }
}

#[derive(Deserialize)]
struct Reply {
    ok: bool,
    result: Option<Kept>,
    error_code: Option<u16>,
    #[serde(default)]
    description: String,
    parameters: Option<Parameters>,
}

#[derive(Deserialize)]
struct Kept {
    message_id: i64,
}

#[derive(Deserialize)]
struct Parameters {
    migrate_to_chat_id: Option<i64>,
    retry_after: Option<u64>,
}

/// Reads an answer; `redact` makes fit to show what the other side said.
pub(super) fn read(answer: &Answer, redact: &dyn Fn(&str) -> String) -> Said {
    let reply = answer.body.as_deref().and_then(|body| serde_json::from_slice::<Reply>(body).ok());
    let Some(reply) = reply else { return Said::Sent(silent(answer).into()) };
    if reply.ok {
        return Said::Sent(match reply.result {
            Some(kept) => Sent { outcome: Outcome::Accepted, receipt: Some(kept.message_id.to_string()) },
            None => Outcome::Ambiguous { why: "the bot answered ok without the message".into() }.into(),
        });
    }
    if let Some(to) = reply.parameters.as_ref().and_then(|parameters| parameters.migrate_to_chat_id) {
        return Said::Moved { to };
    }
    Said::Sent(failed(answer, &reply, redact).into())
}

/// An answer that is not the Bot API's.
fn silent(answer: &Answer) -> Outcome {
    let status = answer.status;
    match status {
        200..=299 => Outcome::Ambiguous { why: format!("the bot answered {status} without a readable answer") },
        410 => Outcome::Gone { why: "the bot answered 410: gone for good".into() },
        _ => Outcome::Later { why: format!("the bot answered {status}"), retry_after: answer.retry_after },
    }
}

fn failed(answer: &Answer, reply: &Reply, redact: &dyn Fn(&str) -> String) -> Outcome {
    let code = reply.error_code.unwrap_or(answer.status);
    let why = |remedy: &str| format!("the bot answered {code} ({}){remedy}", redact(&reply.description));
    let description = reply.description.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| description.contains(word));
    match code {
        429 => {
            let asked = reply.parameters.as_ref().and_then(|parameters| parameters.retry_after);
            let asked = asked.map(|seconds| Duration::from_secs(seconds.min(PAUSE_SECONDS_MAX)));
            Outcome::Later { why: why(": rate limit"), retry_after: asked.or(answer.retry_after) }
        }
        401 | 404 => Outcome::Misconfigured { why: why(": check the bot's token") },
        403 if says(&["rights", "can't initiate"]) => {
            Outcome::Misconfigured { why: why(": let the bot write in the chat") }
        }
        403 => Outcome::Gone { why: why(": the bot was shut out of the chat") },
        400 if says(&["chat not found", "peer_id_invalid", "chat_id is empty"]) => {
            Outcome::Misconfigured { why: why(": check chat, and that the bot is a member") }
        }
        400 if says(&["rights", "write_forbidden", "chat_restricted", "topic_closed"]) => {
            Outcome::Misconfigured { why: why(": let the bot write in the chat") }
        }
        400 if says(&["parse entities", "too long", "text is empty", "must be non-empty"]) => {
            Outcome::Refused { why: why(": the message is not understood") }
        }
        _ => Outcome::Later { why: why(""), retry_after: answer.retry_after },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, body: &str) -> Said {
        read(&Answer { status, retry_after: None, body: Some(body.into()) }, &ToOwned::to_owned)
    }

    fn failure(code: u16, description: &str) -> Outcome {
        let body = format!(r#"{{"ok":false,"error_code":{code},"description":"{description}"}}"#);
        said(code, &body).sent().outcome
    }

    #[test]
    fn the_messages_number_is_the_receipt() {
        let sent = said(200, r#"{"ok":true,"result":{"message_id":815,"date":1,"chat":{"id":-100}}}"#).sent();
        assert_eq!(sent, Sent { outcome: Outcome::Accepted, receipt: Some("815".into()) });
        assert!(matches!(said(200, "<html>").sent().outcome, Outcome::Ambiguous { .. }));
        assert!(matches!(said(200, r#"{"ok":true}"#).sent().outcome, Outcome::Ambiguous { .. }));
        assert!(matches!(said(502, "<html>").sent().outcome, Outcome::Later { .. }));
    }

    #[test]
    fn descriptions_have_their_meanings() {
        assert!(matches!(failure(403, "Forbidden: bot was blocked by the user"), Outcome::Gone { .. }));
        assert!(matches!(failure(403, "Forbidden: bot was kicked from the supergroup chat"), Outcome::Gone { .. }));
        assert!(matches!(failure(400, "Bad Request: chat not found"), Outcome::Misconfigured { .. }));
        assert!(matches!(failure(400, "Bad Request: message is too long"), Outcome::Refused { .. }));
        let parse = "Bad Request: can't parse entities: Unsupported start tag \\\"x\\\" at byte offset 0";
        assert!(matches!(failure(400, parse), Outcome::Refused { .. }));
        assert!(matches!(failure(401, "Unauthorized"), Outcome::Misconfigured { .. }));
        assert!(matches!(failure(500, "Internal Server Error"), Outcome::Later { .. }));
        assert!(matches!(failure(400, "Bad Request: something new"), Outcome::Later { .. }));
    }

    #[test]
    fn a_pause_is_kept_and_a_move_is_told() {
        let slow = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 35","parameters":{"retry_after":35}}"#;
        let expected = Some(Duration::from_secs(35));
        assert!(
            matches!(said(429, slow).sent().outcome, Outcome::Later { retry_after, .. } if retry_after == expected)
        );
        let moved = r#"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001234567890}}"#;
        assert_eq!(said(400, moved), Said::Moved { to: -1_001_234_567_890 });
        assert!(matches!(said(400, moved).sent().outcome, Outcome::Misconfigured { .. }));
    }
}
