//! A workflow of Microsoft Teams ("Post to a channel when a webhook request is received"); Office 365's connectors are retired.
//! learn.microsoft.com: …/webhooks-and-connectors/how-to/add-incoming-webhook (28 KB, four requests a second), …/connectors-using
//! (other quotas, failures in a 200), azure/connectors/connectors-native-reqres (202, codes of errors). 202 says that the flow was
//! started, not that it posted: what fails inside it is seen in its own run history alone. Teams gives no receipt.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use serde::Deserialize;

use super::post::{Answer, Posted, Poster};
use super::room::Settings;
use super::{Letter, Pace, Sending, Way};
use crate::domain::delivery::{ClaimedDelivery, Outcome};
use crate::domain::digest::Message;

mod card;

/// How a connector tells of a failure behind it, with a status of 200.
const FAILED_BEHIND: &str = "Microsoft Teams endpoint returned HTTP error ";

/// A workflow, ready to send to.
#[derive(Debug)]
pub(super) struct Teams {
    poster: Poster,
}

/// An error of the workflow service.
#[derive(Deserialize)]
struct Reply {
    error: Problem,
}

#[derive(Deserialize)]
struct Problem {
    code: String,
    #[serde(default)]
    message: String,
}

impl Way for Teams {
    fn compose(&self, message: &Message, _letter: &Letter) -> Result<Vec<Vec<u8>>, String> {
        card::compose(message)
    }

    fn send<'w>(&'w self, delivery: &'w ClaimedDelivery, now: Timestamp) -> Sending<'w> {
        Box::pin(async move { self.post(delivery, now).await.into() })
    }

    fn pace(&self) -> Pace {
        let hours = Duration::from_hours;
        let seconds = Duration::from_secs;
        let quotas = vec![(4, seconds(1)), (60, seconds(30)), (100, hours(1)), (150, hours(2)), (1_800, hours(24))];
        Pace { at_once: 1, quotas }
    }
}

impl Teams {
    pub(super) fn build(settings: &Settings) -> Result<Self, String> {
        let poster = Poster::new(&settings.url, settings.allow_private, settings.timeout, &[])?;
        Ok(Self { poster })
    }

    async fn post(&self, delivery: &ClaimedDelivery, now: Timestamp) -> Outcome {
        match self.poster.post(HeaderMap::new(), delivery.payload.clone(), now).await {
            Posted::Answered(answer) => self.judge(&answer),
            Posted::NotSent { why } => Outcome::Later { why, retry_after: None },
            Posted::NotAnswered { why } => Outcome::Ambiguous { why },
            Posted::Private { why } => Outcome::Misconfigured { why },
        }
    }

    fn judge(&self, answer: &Answer) -> Outcome {
        let text = answer.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        let text = text.trim();
        let status = answer.status;
        if let Some((_, code)) = text.split_once(FAILED_BEHIND) {
            let digits: String = code.chars().take_while(char::is_ascii_digit).collect();
            return behind(digits.parse().unwrap_or_default(), answer.retry_after);
        }
        if let Ok(reply) = serde_json::from_str::<Reply>(text) {
            return self.failed(status, &reply.error, answer.retry_after);
        }
        match status {
            // A flow may answer by an action of its own: whatever it says then, it ran.
            200..=299 if answer.body.is_some() && is_short_word(text) => Outcome::Accepted,
            200..=299 => Outcome::Ambiguous { why: format!("the workflow answered {status} with a page") },
            410 => Outcome::Gone { why: "the workflow answered 410: gone for good".into() },
            413 => Outcome::Refused { why: "the workflow answered 413: the card is too large".into() },
            401 | 403 => Outcome::Misconfigured {
                why: format!("the workflow answered {status}: check its address, and that anyone may call it"),
            },
            _ => Outcome::Later { why: format!("the workflow answered {status}"), retry_after: answer.retry_after },
        }
    }

    /// What an error of the workflow service means.
    fn failed(&self, status: u16, error: &Problem, retry_after: Option<Duration>) -> Outcome {
        let said = self.poster.redact(&format!("{}: {}", error.code, error.message));
        let why = |remedy: &str| format!("the workflow answered {status} ({said}){remedy}");
        match error.code.as_str() {
            "WorkflowNotFound" | "WorkflowVersionNotFound" => Outcome::Gone { why: why(": the flow is deleted") },
            "WorkflowTriggerIsNotEnabled" | "WorkflowSuspended" | "WorkflowDisabled" => {
                Outcome::Misconfigured { why: why(": switch the flow on") }
            }
            "DirectApiAuthorizationRequired"
            | "DirectApiInvalidAuthorizationScheme"
            | "AuthorizationFailed"
            | "InvalidAuthenticationToken"
            | "SasSignatureInvalid"
            | "Forbidden"
            | "Unauthorized" => {
                Outcome::Misconfigured { why: why(": check the flow's address, and that anyone may call it") }
            }
            "TriggerInputSchemaMismatch" | "InvalidRequestContent" | "InvalidRequestParameters" => {
                Outcome::Misconfigured {
                    why: why(": the flow must begin with \"When a Teams webhook request is received\""),
                }
            }
            "RequestEntityTooLarge" | "ContentTooLarge" => Outcome::Refused { why: why(": the card is too large") },
            _ if status == 401 || status == 403 => Outcome::Misconfigured { why: why(": check the flow's address") },
            _ if status == 410 => Outcome::Gone { why: why(": gone for good") },
            _ => Outcome::Later { why: why(""), retry_after },
        }
    }
}

/// Whether a flow may have said it, and not whatever stands before it.
fn is_short_word(text: &str) -> bool {
    text.len() < 1_000 && !text.starts_with('<')
}

/// What the side behind a connector answered it.
fn behind(status: u16, retry_after: Option<Duration>) -> Outcome {
    let why = |remedy: &str| format!("Teams answered {status} behind the webhook{remedy}");
    match status {
        400 => Outcome::Refused { why: why(": the card is not understood") },
        413 => Outcome::Refused { why: why(": the card is too large") },
        404 | 410 => Outcome::Gone { why: why(": the channel is gone") },
        401 | 403 => Outcome::Misconfigured { why: why(": check the webhook's address") },
        _ => Outcome::Later { why: why(""), retry_after },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::secret::Secret;

    fn came_to(status: u16, body: &str) -> Outcome {
        let url = Secret::new("https://prod-1.westeurope.logic.azure.com/workflows/0123456789abcdef/triggers/manual");
        let teams = Teams::build(&Settings::new(url)).unwrap();
        teams.judge(&Answer { status, retry_after: None, body: Some(body.into()) })
    }

    #[test]
    fn a_flow_that_was_started_is_success_and_a_page_is_not() {
        assert_eq!(came_to(202, ""), Outcome::Accepted);
        assert_eq!(came_to(200, "1"), Outcome::Accepted);
        assert!(matches!(came_to(200, "<html>sign in</html>"), Outcome::Ambiguous { .. }));
    }

    #[test]
    fn a_failure_inside_an_answer_of_200_is_a_failure() {
        let told = |code: u16| {
            let body = "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error";
            came_to(200, &format!("{body} {code} with ContextId tcid=0,server=DB3PEPF"))
        };
        assert!(matches!(told(429), Outcome::Later { .. }));
        assert!(matches!(told(502), Outcome::Later { .. }));
        assert!(matches!(told(413), Outcome::Refused { .. }));
        assert!(matches!(told(403), Outcome::Misconfigured { .. }));
    }

    #[test]
    fn the_workflow_services_codes_have_their_meanings() {
        let told = |status, code: &str| came_to(status, &format!(r#"{{"error":{{"code":"{code}","message":"…"}}}}"#));
        assert!(matches!(told(404, "WorkflowNotFound"), Outcome::Gone { .. }));
        assert!(matches!(told(400, "WorkflowTriggerIsNotEnabled"), Outcome::Misconfigured { .. }));
        assert!(matches!(told(400, "TriggerInputSchemaMismatch"), Outcome::Misconfigured { .. }));
        assert!(matches!(told(401, "DirectApiAuthorizationRequired"), Outcome::Misconfigured { .. }));
        assert!(matches!(told(429, "WorkflowRunActionsQuotaExceeded"), Outcome::Later { .. }));
        assert!(matches!(told(502, "NoResponse"), Outcome::Later { .. }));
    }
}
