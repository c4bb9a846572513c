//! A signed webhook for programs, by the Standard Webhooks specification (standardwebhooks.com): the delivery's id on every
//! attempt, a fresh timestamp, one signature per secret so that secrets can be rotated. docs/webhook.md is its promise.

use std::time::Duration;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::json;
use sha2::Sha256;

use super::post::{Answer, Posted, Poster};
use super::{Letter, Pace, Sending, Way};
use crate::domain::delivery::{ClaimedDelivery, DeliveryId, Outcome};
use crate::domain::digest::Message;
use crate::platform::secret::Secret;

/// What a secret begins with, in the notation of the specification.
const SECRET_PREFIX: &str = "whsec_";

/// How many bytes a key may have, by the specification.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// Secrets are handed around with and without their padding; the reference libraries take both.
const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A webhook channel.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to: an address often bears a token, so it is kept like a secret.
    pub url: Secret,
    /// `whsec_…`, one or more; every payload is signed with each of them.
    pub secrets: Vec<Secret>,
    /// Whether the receiver is the operator's own: private addresses and plain http are allowed.
    pub allow_private: bool,
    /// How long a request may take, 15 to 30 s by the specification.
    pub timeout: Duration,
}

impl Settings {
    /// How long a request may take unless the configuration says otherwise.
    pub const TIMEOUT: Duration = Duration::from_secs(20);

    /// A webhook with one secret, on the public internet.
    pub fn new(url: Secret, secret: Secret) -> Self {
        Self { url, secrets: vec![secret], allow_private: false, timeout: Self::TIMEOUT }
    }
}

/// A webhook, ready to send.
#[derive(Debug)]
pub(super) struct Webhook {
    poster: Poster,
    keys: Keys,
}

/// The keys of the secrets; they cannot print themselves.
struct Keys(Vec<Vec<u8>>);

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// The body: the message's type, its time and the digest as JSON.
fn body(message: &Message) -> Result<Vec<u8>, String> {
    let data: serde_json::Value = serde_json::from_str(&message.json).map_err(|error| error.to_string())?;
    let body = json!({ "type": data.get("type"), "timestamp": message.composed_at.to_string(), "data": data });
    serde_json::to_vec(&body).map_err(|error| error.to_string())
}

impl Webhook {
    pub(super) fn build(settings: &Settings) -> Result<Self, String> {
        if settings.secrets.is_empty() {
            return Err("at least one secret is needed to sign with".into());
        }
        let keys = settings.secrets.iter().map(key).collect::<Result<Vec<_>, _>>()?;
        let poster = Poster::new(&settings.url, settings.allow_private, settings.timeout, &settings.secrets)?;
        Ok(Self { poster, keys: Keys(keys) })
    }

    async fn post(&self, delivery: &ClaimedDelivery, now: Timestamp) -> Outcome {
        let headers = match self.headers(&delivery.id, now, &delivery.payload) {
            Ok(headers) => headers,
            Err(why) => return Outcome::Misconfigured { why },
        };
        match self.poster.post(headers, delivery.payload.clone(), now).await {
            Posted::Answered(answer) => judge(&answer),
            Posted::NotSent { why } => Outcome::Later { why, retry_after: None },
            Posted::NotAnswered { why } => Outcome::Ambiguous { why },
            Posted::Private { why } => Outcome::Misconfigured { why },
        }
    }

    fn headers(&self, id: &DeliveryId, now: Timestamp, body: &[u8]) -> Result<HeaderMap, String> {
        let timestamp = now.as_second();
        let signatures =
            self.keys.0.iter().map(|key| signature(key, &id.0, timestamp, body)).collect::<Result<Vec<_>, _>>()?;
        let value = |text: &str| HeaderValue::from_str(text).map_err(|_| "the id does not fit a header".to_owned());
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", value(&id.0)?);
        headers.insert("webhook-timestamp", HeaderValue::from(timestamp));
        headers.insert("webhook-signature", value(&signatures.join(" "))?);
        Ok(headers)
    }
}

impl Way for Webhook {
    fn compose(&self, message: &Message, _letter: &Letter) -> Result<Vec<Vec<u8>>, String> {
        Ok(vec![body(message)?])
    }

    fn send<'w>(&'w self, delivery: &'w ClaimedDelivery, now: Timestamp) -> Sending<'w> {
        Box::pin(async move { self.post(delivery, now).await.into() })
    }

    fn pace(&self) -> Pace {
        Pace { at_once: 4, quotas: Vec::new() }
    }
}

/// The key of a secret: base64 after the prefix.
fn key(secret: &Secret) -> Result<Vec<u8>, String> {
    let text = secret.reveal().trim();
    let key = ANY_PADDING
        .decode(text.strip_prefix(SECRET_PREFIX).unwrap_or(text))
        .map_err(|_| format!("a secret must be {SECRET_PREFIX} followed by base64"))?;
    if !KEY_BYTES.contains(&key.len()) {
        return Err(format!(
            "a secret must hold {} to {} bytes, this one holds {}: make one with \
             `printf {SECRET_PREFIX}; head -c 32 /dev/urandom | base64`",
            KEY_BYTES.start(),
            KEY_BYTES.end(),
            key.len()
        ));
    }
    Ok(key)
}

/// `v1,` and the HMAC of `id.timestamp.body`, over the exact bytes that are sent.
fn signature(key: &[u8], id: &str, timestamp: i64, body: &[u8]) -> Result<String, String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|error| error.to_string())?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    Ok(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
}

/// What a status means. Only 410 is for good: an address that answers 404 today may be a deployment on its way.
fn judge(answer: &Answer) -> Outcome {
    let why = |what: &str| format!("the receiver answered {}{what}", answer.status);
    match answer.status {
        200..=299 => Outcome::Accepted,
        410 => Outcome::Gone { why: why(": gone for good") },
        300..=399 => {
            Outcome::Later { why: why(": redirects are not followed, give the final address"), retry_after: None }
        }
        _ => Outcome::Later { why: why(""), retry_after: answer.retry_after },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_specification() {
        // The example of the Standard Webhooks reference libraries.
        let key = key(&Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).unwrap();
        let signed =
            signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#).unwrap();
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_may_come_without_its_padding() {
        let padded = key(&Secret::new("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")).unwrap();
        let bare = key(&Secret::new("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")).unwrap();
        assert_eq!((padded.len(), padded), (32, bare));
    }

    #[test]
    fn a_secret_that_cannot_be_right_is_refused_without_being_said() {
        for secret in ["whsec_short", "whsec_äöü-not-base64", ""] {
            let error = key(&Secret::new(secret)).unwrap_err();
            assert!(error.contains("whsec_") && (secret.is_empty() || !error.contains(secret)), "{error}");
        }
    }

    #[test]
    fn the_body_is_type_time_and_data() {
        let message = Message {
            digest_id: "x".into(),
            composed_at: "2026-11-22T12:00:00Z".parse().unwrap(),
            subject: String::new(),
            text: String::new(),
            html: String::new(),
            blocks: Vec::new(),
            images: Vec::new(),
            json: r#"{"type":"digest","items":[]}"#.into(),
        };
        let body = String::from_utf8(body(&message).unwrap()).unwrap();
        assert_eq!(body, r#"{"type":"digest","timestamp":"2026-11-22T12:00:00Z","data":{"type":"digest","items":[]}}"#);
    }
}
