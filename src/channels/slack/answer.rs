//! What the three servers answer: Slack one word, Mattermost `ok` or an error with an id, Rocket.Chat JSON whose `success` counts.

use std::time::Duration;

use serde::Deserialize;

use super::Flavour;
use crate::channels::post::Answer;
use crate::domain::delivery::Outcome;

/// The JSON of Mattermost's errors and of Rocket.Chat's answers.
#[derive(Default, Deserialize)]
struct Reply {
    /// Mattermost: what went wrong, a name.
    id: Option<String>,
    message: Option<String>,
    /// Rocket.Chat.
    success: Option<bool>,
    error: Option<serde_json::Value>,
}

/// What it came to; `redact` makes fit to show what the other side said.
pub(super) fn judge(flavour: Flavour, answer: &Answer, redact: &dyn Fn(&str) -> String) -> Outcome {
    let text = answer.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    let text = text.trim();
    let reply: Reply = serde_json::from_str(text).unwrap_or_default();
    let is_good = (200..=299).contains(&answer.status);
    if is_good && (text == "ok" || (flavour == Flavour::RocketChat && reply.success == Some(true))) {
        return Outcome::Accepted;
    }
    let error = reply.error.as_ref().map(|error| error.as_str().map_or_else(|| error.to_string(), ToOwned::to_owned));
    let said = match flavour {
        Flavour::Slack => word(text).map(ToOwned::to_owned),
        Flavour::Mattermost => reply.id.clone(),
        Flavour::RocketChat => error.or_else(|| reply.message.clone()),
    };
    let Some(said) = said else { return silent(answer, is_good) };
    let why = |remedy: &str| format!("the webhook answered {} ({}){remedy}", answer.status, redact(&said));
    let later = |retry_after: Option<Duration>| Outcome::Later { why: why(""), retry_after };
    match flavour {
        _ if answer.status == 429 => later(answer.retry_after.or_else(|| wait(&said))),
        Flavour::Slack => slack(&said, &why).unwrap_or_else(|| later(answer.retry_after)),
        Flavour::Mattermost => mattermost(&said, &why).unwrap_or_else(|| later(answer.retry_after)),
        Flavour::RocketChat => rocket(&said, &why).unwrap_or_else(|| later(answer.retry_after.or_else(|| wait(&said)))),
    }
}

/// An answer that says nothing we know.
fn silent(answer: &Answer, is_good: bool) -> Outcome {
    let status = answer.status;
    if is_good {
        // It may have been taken.
        return Outcome::Ambiguous { why: format!("the webhook answered {status} without the word of success") };
    }
    if status == 410 {
        return Outcome::Gone { why: "the webhook answered 410: gone for good".into() };
    }
    Outcome::Later { why: format!("the webhook answered {status}"), retry_after: answer.retry_after }
}

/// Slack's answers are a word in small letters; a page of a proxy is none.
fn word(text: &str) -> Option<&str> {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    (!text.is_empty() && text.len() <= 60 && text.bytes().all(is_word)).then_some(text)
}

/// The words of Slack, whatever the status they come with.
fn slack(word: &str, why: &dyn Fn(&str) -> String) -> Option<Outcome> {
    Some(match word {
        "channel_is_archived" | "channel_not_found" | "user_not_found" | "team_disabled" => {
            Outcome::Gone { why: why(": the webhook's channel is gone") }
        }
        // A new address mends these, and the messages that wait leave through it.
        "no_service" | "no_service_id" | "no_active_hooks" | "no_team" | "invalid_token" => {
            Outcome::Misconfigured { why: why(": make a new webhook and give its address") }
        }
        "action_prohibited" | "posting_to_general_channel_denied" => {
            Outcome::Misconfigured { why: why(": an administrator of the workspace does not allow it") }
        }
        "invalid_payload" | "invalid_blocks" | "msg_blocks_too_long" | "no_text" | "too_many_attachments" => {
            Outcome::Refused { why: why(": the message is not understood") }
        }
        _ => return None,
    })
}

/// The ids of Mattermost's errors.
fn mattermost(id: &str, why: &dyn Fn(&str) -> String) -> Option<Outcome> {
    Some(match id {
        "web.incoming_webhook.invalid.app_error" => {
            Outcome::Misconfigured { why: why(": make a new webhook and give its address") }
        }
        "api.incoming_webhook.disabled.app_error" | "web.incoming_webhook.disabled.app_error" => {
            Outcome::Misconfigured { why: why(": the server's keeper has to switch incoming webhooks on") }
        }
        "web.incoming_webhook.permissions.app_error" | "web.incoming_webhook.channel_locked.app_error" => {
            Outcome::Misconfigured { why: why(": whoever made the webhook may not write there") }
        }
        "app.channel.get.existing.app_error" | "web.incoming_webhook.channel.app_error" => {
            Outcome::Gone { why: why(": the webhook's channel is gone") }
        }
        "web.incoming_webhook.parse.app_error"
        | "web.incoming_webhook.text.app_error"
        | "web.incoming_webhook.split_props_length.app_error" => {
            Outcome::Refused { why: why(": the message is not understood") }
        }
        _ => return None,
    })
}

/// What Rocket.Chat says is wrong.
fn rocket(error: &str, why: &dyn Fn(&str) -> String) -> Option<Outcome> {
    let error = error.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| error.contains(word));
    Some(if says(&["too-many-requests", "too many requests"]) {
        return None;
    } else if says(&["message-size-exceeded"]) {
        Outcome::Refused { why: why(": the message is too long for this server") }
    } else if says(&["invalid integration id or token"]) {
        Outcome::Misconfigured { why: why(": make a new integration and give its address") }
    } else if error == "service unavailable" {
        Outcome::Misconfigured { why: why(": the integration is switched off") }
    } else if says(&["invalid-channel", "invalid-room", "not-allowed", "room-archived", "error-running-script"]) {
        Outcome::Misconfigured { why: why(": check the integration's channel and script") }
    } else {
        return None;
    })
}

/// Rocket.Chat says in words how long to wait: "You must wait 42 seconds before trying this endpoint again."
fn wait(said: &str) -> Option<Duration> {
    let (seconds, _) = said.split_once("must wait ")?.1.split_once(" second")?;
    seconds.parse().ok().filter(|seconds| *seconds <= 86_400).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came_to(flavour: Flavour, status: u16, body: &str) -> Outcome {
        judge(flavour, &Answer { status, retry_after: None, body: Some(body.into()) }, &ToOwned::to_owned)
    }

    #[test]
    fn each_server_has_its_own_word_of_success() {
        for flavour in Flavour::ALL {
            assert_eq!(came_to(flavour, 200, "ok"), Outcome::Accepted);
            assert!(matches!(came_to(flavour, 200, "<html>"), Outcome::Ambiguous { .. }));
            assert!(matches!(came_to(flavour, 502, "<html>"), Outcome::Later { .. }));
            assert!(matches!(came_to(flavour, 410, "<html>"), Outcome::Gone { .. }));
        }
        assert_eq!(came_to(Flavour::RocketChat, 200, r#"{"success":true}"#), Outcome::Accepted);
        assert!(matches!(came_to(Flavour::Slack, 200, r#"{"success":true}"#), Outcome::Ambiguous { .. }));
    }

    #[test]
    fn a_word_of_failure_is_one_with_any_status() {
        assert!(matches!(came_to(Flavour::Slack, 200, "invalid_payload"), Outcome::Refused { .. }));
        assert!(matches!(came_to(Flavour::Slack, 404, "no_service"), Outcome::Misconfigured { .. }));
        assert!(matches!(came_to(Flavour::Slack, 410, "channel_is_archived"), Outcome::Gone { .. }));
        assert!(matches!(came_to(Flavour::Slack, 403, "action_prohibited"), Outcome::Misconfigured { .. }));
        assert!(matches!(came_to(Flavour::Slack, 500, "rollup_error"), Outcome::Later { .. }));
    }

    #[test]
    fn a_wait_told_in_words_is_kept() {
        let slow = r#"{"success":false,"error":"Error, too many requests. Please slow down. You must wait 42 seconds before trying this endpoint again. [error-too-many-requests]"}"#;
        let expected = Some(Duration::from_secs(42));
        assert!(
            matches!(came_to(Flavour::RocketChat, 429, slow), Outcome::Later { retry_after, .. } if retry_after == expected)
        );
    }
}
