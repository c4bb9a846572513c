//! A webhook of a Discord channel. The facts are those of docs.discord.com/developers/resources/webhook (execute, `wait`),
//! …/resources/message (embed limits, allowed mentions), …/topics/rate-limits (429, and that a webhook which answers 404 must not
//! be tried again) and …/topics/opcodes-and-status-codes (the codes). With `wait=true` Discord answers with the message that
//! it kept: its id is the receipt, and without one nothing says that it was kept.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use url::Url;

use super::post::{Answer, Posted, Poster};
use super::room::Settings;
use super::{Letter, Pace, Sending, Sent, Way};
use crate::domain::delivery::{ClaimedDelivery, Outcome};
use crate::domain::digest::Message;
use crate::platform::secret::Secret;

mod embed;

/// The longest pause that is read out of an answer.
const PAUSE_MAX: Duration = Duration::from_hours(24);

/// A webhook, ready to send.
#[derive(Debug)]
pub(super) struct Discord {
    poster: Poster,
}

/// A kept message, or an error.
#[derive(Default, Deserialize)]
struct Reply {
    id: Option<String>,
    code: Option<i64>,
    #[serde(default)]
    message: String,
    retry_after: Option<f64>,
}

impl Way for Discord {
    fn compose(&self, message: &Message, _letter: &Letter) -> Result<Vec<Vec<u8>>, String> {
        embed::compose(message)
    }

    fn send<'w>(&'w self, delivery: &'w ClaimedDelivery, now: Timestamp) -> Sending<'w> {
        Box::pin(async move { self.post(delivery, now).await })
    }

    /// Discord publishes no figures and asks to obey its answers; these are the ones that webhooks are known to be given.
    fn pace(&self) -> Pace {
        Pace { at_once: 1, quotas: vec![(5, Duration::from_secs(2)), (30, Duration::from_mins(1))] }
    }
}

impl Discord {
    pub(super) fn build(settings: &Settings) -> Result<Self, String> {
        let url = waiting(settings.url.reveal())?;
        let poster = Poster::new(&url, settings.allow_private, settings.timeout, std::slice::from_ref(&settings.url))?;
        Ok(Self { poster })
    }

    async fn post(&self, delivery: &ClaimedDelivery, now: Timestamp) -> Sent {
        match self.poster.post(HeaderMap::new(), delivery.payload.clone(), now).await {
            Posted::Answered(answer) => self.judge(&answer),
            Posted::NotSent { why } => Outcome::Later { why, retry_after: None }.into(),
            Posted::NotAnswered { why } => Outcome::Ambiguous { why }.into(),
            Posted::Private { why } => Outcome::Misconfigured { why }.into(),
        }
    }

    fn judge(&self, answer: &Answer) -> Sent {
        let status = answer.status;
        let reply = answer.body.as_deref().and_then(|body| serde_json::from_slice::<Reply>(body).ok());
        match (status, reply) {
            (200..=299, Some(Reply { id: Some(id), .. })) => Sent { outcome: Outcome::Accepted, receipt: Some(id) },
            (204, _) => Outcome::Accepted.into(),
            (200..=299, _) => {
                Outcome::Ambiguous { why: format!("the webhook answered {status} without the message it kept") }.into()
            }
            (_, reply) => self.failed(answer, &reply.unwrap_or_default()).into(),
        }
    }

    fn failed(&self, answer: &Answer, reply: &Reply) -> Outcome {
        let status = answer.status;
        let code = reply.code.map(|code| format!(", code {code}")).unwrap_or_default();
        let said = self.poster.redact(&reply.message);
        let said = if said.is_empty() { said } else { format!(" ({said})") };
        let why = |remedy: &str| format!("the webhook answered {status}{code}{said}{remedy}");
        match (status, reply.code) {
            (429, _) => Outcome::Later { why: why(": rate limit"), retry_after: pause(answer, reply) },
            (_, Some(10_015 | 10_003)) | (410, _) => Outcome::Gone { why: why(": the webhook is deleted") },
            (_, Some(50_027)) | (401, _) => Outcome::Misconfigured { why: why(": check the webhook's address") },
            (_, Some(220_001..=220_003)) => {
                Outcome::Misconfigured { why: why(": a forum needs ?thread_id=… in the address") }
            }
            (400, Some(50_035 | 50_006 | 50_109)) | (_, Some(40_005)) | (413, _) => {
                Outcome::Refused { why: why(": the message is not understood") }
            }
            (403, Some(_)) => Outcome::Misconfigured { why: why(": the webhook may not write there") },
            _ => Outcome::Later { why: why(""), retry_after: answer.retry_after },
        }
    }
}

/// The address that answers with the kept message; what else stands in its query stays.
fn waiting(url: &str) -> Result<Secret, String> {
    let mut url = Url::parse(url).map_err(|error| format!("url is not an address: {error}"))?;
    let others: Vec<(String, String)> =
        url.query_pairs().filter(|(name, _)| name != "wait").map(|(n, v)| (n.into(), v.into())).collect();
    url.query_pairs_mut().clear().extend_pairs(others).append_pair("wait", "true");
    Ok(Secret::new(url.as_str()))
}

/// How long to pause: the body is finer than the header, and the longer one is safe.
fn pause(answer: &Answer, reply: &Reply) -> Option<Duration> {
    let told = reply.retry_after.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    told.map(|told| told.min(PAUSE_MAX)).max(answer.retry_after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came_to(status: u16, body: &str) -> Sent {
        let url = Secret::new("https://discord.com/api/webhooks/1234567890/abcdefghijklmnop");
        let discord = Discord::build(&Settings::new(url)).unwrap();
        discord.judge(&Answer { status, retry_after: Some(Duration::from_secs(1)), body: Some(body.into()) })
    }

    #[test]
    fn the_address_asks_for_the_kept_message_and_keeps_its_thread() {
        let url = |url: &str| waiting(url).unwrap().reveal().to_owned();
        assert_eq!(url("https://discord.com/api/webhooks/1/x"), "https://discord.com/api/webhooks/1/x?wait=true");
        assert_eq!(url("https://d.example/1/x?wait=false&thread_id=7"), "https://d.example/1/x?thread_id=7&wait=true");
    }

    #[test]
    fn the_kept_messages_id_is_the_receipt() {
        let kept = came_to(200, r#"{"id":"1183","content":"","embeds":[]}"#);
        assert_eq!(kept, Sent { outcome: Outcome::Accepted, receipt: Some("1183".into()) });
        assert_eq!(came_to(204, ""), Outcome::Accepted.into());
        assert!(matches!(came_to(200, "<html>").outcome, Outcome::Ambiguous { .. }));
        assert!(matches!(came_to(200, "{}").outcome, Outcome::Ambiguous { .. }));
    }

    #[test]
    fn a_pause_is_read_to_the_fraction_and_the_longer_one_wins() {
        let limited = came_to(429, r#"{"message":"You are being rate limited.","retry_after":64.57,"global":false}"#);
        let Outcome::Later { retry_after: Some(pause), .. } = limited.outcome else { panic!("{limited:?}") };
        assert_eq!(pause, Duration::from_secs_f64(64.57));
        let odd = came_to(429, r#"{"retry_after":-1e308}"#);
        assert!(matches!(odd.outcome, Outcome::Later { retry_after: Some(wait), .. } if wait.as_secs() == 1));
    }

    #[test]
    fn codes_have_their_meanings() {
        let told = |status, code: i64| came_to(status, &format!(r#"{{"message":"…","code":{code}}}"#)).outcome;
        assert!(matches!(told(404, 10_015), Outcome::Gone { .. }));
        assert!(matches!(told(400, 50_035), Outcome::Refused { .. }));
        assert!(matches!(told(401, 50_027), Outcome::Misconfigured { .. }));
        assert!(matches!(told(403, 50_013), Outcome::Misconfigured { .. }));
        assert!(matches!(told(400, 220_001), Outcome::Misconfigured { .. }));
        assert!(matches!(told(500, 0), Outcome::Later { .. }));
        assert!(matches!(came_to(404, "<html>").outcome, Outcome::Later { .. }));
    }
}
