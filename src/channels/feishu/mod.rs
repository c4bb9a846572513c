//! A custom bot of a Feishu or Lark group. The API's facts are those of its guide
//! (open.feishu.cn/document/client-docs/bot-v3/add-custom-bot): 20 KB a request, 5 a second and 100 a minute, an optional
//! signature over a fresh timestamp, and an answer of 200 whose `code` says whether it failed.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::Sha256;

use super::post::{Answer, Posted, Poster};
use super::room::Settings;
use super::{Letter, Pace, Sending, Way};
use crate::domain::delivery::{ClaimedDelivery, Outcome};
use crate::domain::digest::Message;
use crate::platform::secret::Secret;

mod card;

/// A bot, ready to send.
#[derive(Debug)]
pub(super) struct Feishu {
    poster: Poster,
    secret: Option<Secret>,
}

/// What the API says in its answer. The capitalised fields are an older form that it still sends.
#[derive(Deserialize)]
struct Reply {
    code: Option<i64>,
    msg: Option<String>,
    #[serde(rename = "StatusCode")]
    status_code: Option<i64>,
    #[serde(rename = "StatusMessage")]
    status_message: Option<String>,
}

impl Way for Feishu {
    fn compose(&self, message: &Message, _letter: &Letter) -> Result<Vec<Vec<u8>>, String> {
        card::compose(message)
    }

    fn send<'w>(&'w self, delivery: &'w ClaimedDelivery, now: Timestamp) -> Sending<'w> {
        Box::pin(async move { self.post(delivery, now).await.into() })
    }

    fn pace(&self) -> Pace {
        Pace { at_once: 1, quotas: vec![(5, Duration::from_secs(1)), (100, Duration::from_mins(1))] }
    }
}

impl Feishu {
    pub(super) fn build(settings: &Settings) -> Result<Self, String> {
        let secrets: Vec<Secret> = settings.secret.iter().cloned().collect();
        let poster = Poster::new(&settings.url, settings.allow_private, settings.timeout, &secrets)?;
        Ok(Self { poster, secret: settings.secret.clone() })
    }

    async fn post(&self, delivery: &ClaimedDelivery, now: Timestamp) -> Outcome {
        let body = match self.signed(&delivery.payload, now.as_second()) {
            Ok(body) => body,
            Err(why) => return Outcome::Misconfigured { why },
        };
        match self.poster.post(HeaderMap::new(), body, now).await {
            Posted::Answered(answer) => self.judge(&answer),
            Posted::NotSent { why } => Outcome::Later { why, retry_after: None },
            Posted::NotAnswered { why } => Outcome::Ambiguous { why },
            Posted::Private { why } => Outcome::Misconfigured { why },
        }
    }

    /// The kept payload with the signature of this attempt: a timestamp is good for an hour only.
    fn signed(&self, payload: &[u8], timestamp: i64) -> Result<Vec<u8>, String> {
        let Some(secret) = &self.secret else { return Ok(payload.to_vec()) };
        let card: Map<String, Value> = serde_json::from_slice(payload).map_err(|error| error.to_string())?;
        let mut body = Map::new();
        body.insert("timestamp".into(), timestamp.to_string().into());
        body.insert("sign".into(), sign(secret, timestamp)?.into());
        body.extend(card);
        serde_json::to_vec(&body).map_err(|error| error.to_string())
    }

    fn judge(&self, answer: &Answer) -> Outcome {
        let status = answer.status;
        let reply = answer.body.as_deref().and_then(|body| serde_json::from_slice::<Reply>(body).ok());
        let code = reply.as_ref().and_then(|reply| reply.code.or(reply.status_code));
        match (status, reply, code) {
            (200..=299, _, Some(0)) => Outcome::Accepted,
            (_, Some(reply), Some(code)) if code != 0 => {
                let said = reply.msg.or(reply.status_message).unwrap_or_default();
                self.judge_code(code, &said, answer.retry_after)
            }
            // An answer of success that cannot be read may be one.
            (200..=299, _, _) => {
                Outcome::Ambiguous { why: format!("the bot answered {status} without a readable code") }
            }
            (410, _, _) => Outcome::Gone { why: "the bot answered 410: gone for good".into() },
            _ => Outcome::Later { why: format!("the bot answered {status}"), retry_after: answer.retry_after },
        }
    }

    /// What a code of the API means. 9499 stands for two things: too many requests, and a body it cannot read.
    fn judge_code(&self, code: i64, said: &str, retry_after: Option<Duration>) -> Outcome {
        let why = |remedy: &str| format!("the bot answered code {code} ({}){remedy}", self.poster.redact(said));
        let crowded = said.to_ascii_lowercase().contains("too many") || said.to_ascii_lowercase().contains("frequency");
        match code {
            11_232 => Outcome::Later { why: why(": rate limit"), retry_after },
            9_499 if crowded => Outcome::Later { why: why(": rate limit"), retry_after },
            9_499 => Outcome::Refused { why: why(": the card is not understood") },
            19_001 => Outcome::Misconfigured { why: why(": check the bot's address") },
            19_007 => Outcome::Misconfigured { why: why(": the bot is switched off in the group") },
            19_021 => Outcome::Misconfigured { why: why(": check the bot's secret and this machine's clock") },
            19_022 => Outcome::Misconfigured { why: why(": add this machine to the bot's IP allow-list") },
            19_024 => Outcome::Misconfigured { why: why(": the bot's keyword must be a word of every digest") },
            _ => Outcome::Later { why: why(""), retry_after },
        }
    }
}

/// The signature: the HMAC of nothing, under the key `timestamp + "\n" + secret`.
fn sign(secret: &Secret, timestamp: i64) -> Result<String, String> {
    let key = format!("{timestamp}\n{}", secret.reveal());
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).map_err(|error| error.to_string())?;
    Ok(BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bot() -> Feishu {
        let url = Secret::new("https://open.feishu.cn/open-apis/bot/v2/hook/11112222-3333");
        Feishu::build(&Settings { secret: Some(Secret::new("demo")), ..Settings::new(url) }).unwrap()
    }

    fn outcome(status: u16, body: &str) -> Outcome {
        bot().judge(&Answer { status, retry_after: None, body: Some(body.into()) })
    }

    #[test]
    fn the_signature_is_that_of_the_guide() {
        // Computed with the guide's Python example for its own secret and timestamp.
        assert_eq!(sign(&Secret::new("demo"), 1_599_360_473).unwrap(), "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=");
    }

    #[test]
    fn a_signature_is_added_and_nothing_else_changed() {
        let body = bot().signed(br#"{"msg_type":"interactive","card":{"b":1,"a":2}}"#, 1_599_360_473).unwrap();
        let body = String::from_utf8(body).unwrap();
        assert!(body.starts_with(r#"{"timestamp":"1599360473","sign":""#), "{body}");
        assert!(body.ends_with(r#""msg_type":"interactive","card":{"b":1,"a":2}}"#), "{body}");
    }

    #[test]
    fn success_is_code_zero_in_either_form() {
        assert_eq!(outcome(200, r#"{"code":0,"msg":"success","data":{}}"#), Outcome::Accepted);
        assert_eq!(outcome(200, r#"{"StatusCode":0,"StatusMessage":"success"}"#), Outcome::Accepted);
        assert!(matches!(outcome(200, "<html>"), Outcome::Ambiguous { .. }));
        assert!(matches!(outcome(502, "<html>"), Outcome::Later { .. }));
    }

    #[test]
    fn a_failure_inside_an_answer_of_200_is_a_failure() {
        let later = |code, msg: &str| {
            let body = format!(r#"{{"StatusCode":0,"code":{code},"msg":"{msg}"}}"#);
            outcome(200, &body)
        };
        assert!(matches!(later(11_232, "frequency limited"), Outcome::Later { .. }));
        assert!(matches!(later(9_499, "too many request"), Outcome::Later { .. }));
        assert!(matches!(later(9_499, "Bad Request"), Outcome::Refused { .. }));
        assert!(matches!(later(19_021, "sign match fail"), Outcome::Misconfigured { .. }));
        assert!(matches!(later(19_024, "Key Words Not Found"), Outcome::Misconfigured { .. }));
        assert!(matches!(later(77, "?"), Outcome::Later { .. }));
    }
}
