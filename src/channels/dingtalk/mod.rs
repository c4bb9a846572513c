//! A custom robot of a DingTalk group. Its facts are those of the guides (open.dingtalk.com/document/orgapp/custom-robot-access,
//! …/robots/customize-robot-security-settings, …/orgapp/custom-bot-send-message-type): 20 messages a minute or ten minutes of
//! silence, a message of at most 20,000 bytes, a signature in the query, and an answer of 200 whose `errcode` says how it went.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use sha2::Sha256;

use super::coded::{self, Meaning};
use super::post::Poster;
use super::room::Settings;
use super::{Letter, Pace, Sending, Way};
use crate::domain::delivery::{ClaimedDelivery, Outcome};
use crate::domain::digest::Message;
use crate::platform::secret::Secret;

mod text;

/// How long a robot that was too fast is not heard.
const PAUSE: Duration = Duration::from_mins(10);

/// A robot, ready to send.
#[derive(Debug)]
pub(super) struct Dingtalk {
    poster: Poster,
    secret: Option<Secret>,
}

impl Way for Dingtalk {
    fn compose(&self, message: &Message, _letter: &Letter) -> Result<Vec<Vec<u8>>, String> {
        text::compose(message)
    }

    fn send<'w>(&'w self, delivery: &'w ClaimedDelivery, now: Timestamp) -> Sending<'w> {
        Box::pin(async move { self.post(delivery, now).await.into() })
    }

    fn pace(&self) -> Pace {
        Pace { at_once: 1, quotas: vec![(20, Duration::from_mins(1))] }
    }
}

impl Dingtalk {
    pub(super) fn build(settings: &Settings) -> Result<Self, String> {
        let secrets: Vec<Secret> = settings.secret.iter().cloned().collect();
        let poster = Poster::new(&settings.url, settings.allow_private, settings.timeout, &secrets)?;
        Ok(Self { poster, secret: settings.secret.clone() })
    }

    async fn post(&self, delivery: &ClaimedDelivery, now: Timestamp) -> Outcome {
        // A signature is good for an hour only: it is made for the attempt and kept nowhere.
        let query = match self.secret.as_ref().map(|secret| signature(secret, now.as_millisecond())).transpose() {
            Ok(signature) => signature.map(|sign| [("timestamp", now.as_millisecond().to_string()), ("sign", sign)]),
            Err(why) => return Outcome::Misconfigured { why },
        };
        let query = query.iter().flatten().map(|(name, value)| (*name, value.as_str()));
        let posted = self.poster.post_with(query, HeaderMap::new(), delivery.payload.clone(), now).await;
        coded::judge(&self.poster, posted, PAUSE, meaning)
    }
}

/// The HMAC of `timestamp + "\n" + secret` under the secret.
fn signature(secret: &Secret, timestamp: i64) -> Result<String, String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()).map_err(|error| error.to_string())?;
    mac.update(format!("{timestamp}\n{}", secret.reveal()).as_bytes());
    Ok(BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

/// What a code means. Those of limits have changed over the years and 300001 has stood for two things: the words decide too.
fn meaning(code: i64, said: &str) -> Meaning {
    let said = said.to_ascii_lowercase();
    let crowded = ["too fast", "too many", "frequency", "限流", "太快"].iter().any(|word| said.contains(word));
    match code {
        130_101 | 410_100 | 660_026 => Meaning::Later(Some(PAUSE)),
        _ if crowded => Meaning::Later(Some(PAUSE)),
        310_000 if said.contains("keyword") || said.contains("关键词") => {
            Meaning::Misconfigured("the robot's keyword must be a word of every digest")
        }
        310_000 if said.contains("whitelist") || said.contains("白名单") => {
            Meaning::Misconfigured("add this machine to the robot's IP allow-list")
        }
        310_000 => Meaning::Misconfigured("check the robot's secret and this machine's clock"),
        300_001 | 300_005 | 400_101 | 400_106 => Meaning::Misconfigured("check the robot's address"),
        400_102 => Meaning::Misconfigured("the robot is switched off in the group"),
        400_013 => Meaning::Gone("the group is dissolved"),
        40_035 if said.contains("access_token") => Meaning::Misconfigured("check the robot's address"),
        40_035 | 43_004 | 400_105 => Meaning::Refused("the message is not understood"),
        460_101 => Meaning::Refused("the message is too long"),
        430_101..=430_104 => Meaning::Refused("the content is not let through"),
        _ => Meaning::Later(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_guide() {
        // Computed with the guide's Python example: hmac, base64.
        let secret = Secret::new("this is secret");
        assert_eq!(signature(&secret, 1_577_808_000_000).unwrap(), "ijHEivi6YiCNPZOq4hZstmvZ3sPfbioAiMhP30ae7W0=");
    }

    #[test]
    fn the_words_of_an_answer_decide_where_a_code_means_two_things() {
        let is_later = |code, said| matches!(meaning(code, said), Meaning::Later(Some(PAUSE)));
        assert!(is_later(130_101, "send too fast, exceed 20 times per minute"));
        assert!(is_later(300_001, "send too fast"));
        assert!(matches!(meaning(300_001, "token is not exist"), Meaning::Misconfigured(_)));
        assert!(matches!(meaning(40_035, "缺少参数 access_token"), Meaning::Misconfigured(_)));
        assert!(matches!(meaning(40_035, "缺少参数 json"), Meaning::Refused(_)));
        assert!(matches!(meaning(-1, "系统繁忙"), Meaning::Later(None)));
    }
}
