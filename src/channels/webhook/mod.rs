//! A signed webhook for programs, by the Standard Webhooks specification
//! (github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md): the delivery's id on every attempt, a
//! fresh timestamp, one signature per key so that keys can be exchanged. docs/webhook.md is its promise.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderValue};

use self::key::Key;
use super::post::{Answer, Posted, Poster};
use super::{Letter, Pace, Sending, Way, program};
use crate::domain::delivery::{ClaimedDelivery, DeliveryId, Outcome};
use crate::domain::digest::Message;
use crate::platform::secret::Secret;

mod key;

/// A webhook channel.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to: an address often bears a token, so it is kept like a secret.
    pub url: Secret,
    /// `whsec_…` or `whsk_…`, the newest first; every payload is signed with each of them, whatever their kinds.
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
    keys: Vec<Key>,
}

impl Webhook {
    pub(super) fn build(settings: &Settings) -> Result<Self, String> {
        let keys = keys(&settings.secrets)?;
        let poster = Poster::new(&settings.url, settings.allow_private, settings.timeout, &settings.secrets)?;
        Ok(Self { poster, keys })
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
        let signatures = self.keys.iter().map(|key| key.sign(&id.0, timestamp, body)).collect::<Result<Vec<_>, _>>()?;
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
        Ok(vec![program::body(message)?])
    }

    fn send<'w>(&'w self, delivery: &'w ClaimedDelivery, now: Timestamp) -> Sending<'w> {
        Box::pin(async move { self.post(delivery, now).await.into() })
    }

    fn pace(&self) -> Pace {
        Pace { at_once: 4, quotas: Vec::new() }
    }
}

/// The keys, in order. Which one is wrong is said by its place: none of them may be seen.
fn keys(secrets: &[Secret]) -> Result<Vec<Key>, String> {
    if secrets.is_empty() {
        return Err("at least one secret is needed to sign with".into());
    }
    let mut keys = Vec::new();
    for (place, secret) in (1..).zip(secrets) {
        let key = Key::read(secret).map_err(|what| format!("secret {place} of {}: {what}", secrets.len()))?;
        if let Some(earlier) = keys.iter().position(|other| *other == key) {
            return Err(format!("secrets {} and {place} are the same: leave one out", earlier + 1));
        }
        keys.push(key);
    }
    Ok(keys)
}

/// What a receiver verifies the signatures of this secret with, where it may be seen: the public half of an ed25519 key. Nothing
/// for a shared secret, an error without it for what is no key.
pub fn public_key(secret: &Secret) -> Result<Option<String>, String> {
    Ok(Key::read(secret)?.public())
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
    fn a_secret_that_is_wrong_is_named_by_its_place() {
        let good = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let wrong = keys(&[good.clone(), Secret::new("whsec_short")]).unwrap_err();
        assert!(wrong.starts_with("secret 2 of 2: ") && !wrong.contains("short"), "{wrong}");
        let twice = keys(&[good.clone(), good]).unwrap_err();
        assert!(twice.contains("1 and 2 are the same"), "{twice}");
        assert!(keys(&[]).is_err());
    }
}
