//! DingTalk against a scripted robot: the signature as received in the query, and answers of 200 that are failures.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use serde_json::Value;
use sha2::Sha256;
use tenderwatch::channels::room::Settings;
use tenderwatch::channels::{Channels, Kind, Letter, Settings as ChannelSettings};
use tenderwatch::domain::delivery::{ClaimedDelivery, DeliveryId, Outcome};
use tenderwatch::platform::secret::Secret;
use url::Url;

use crate::email::message;
use crate::servers::{Act, Http};

const SECRET: &str = "SECdemo+key";

fn channels(url: &str, secret: Option<&str>) -> Channels {
    let settings = Settings {
        secret: secret.map(Secret::new),
        allow_private: true,
        timeout: Duration::from_millis(400),
        ..Settings::new(Secret::new(url))
    };
    Channels::build(&ChannelSettings { channels: vec![("room".into(), Kind::Dingtalk(settings))] }).unwrap()
}

fn delivery(channels: &Channels) -> ClaimedDelivery {
    let id = DeliveryId("d_1".into());
    let payload = channels.compose("room", &message(), &Letter::plain(id.clone(), "room", "daily")).unwrap().remove(0);
    ClaimedDelivery {
        id,
        channel: "room".into(),
        receiver: "room".into(),
        payload,
        attempts: 0,
        composed_at: message().composed_at,
        receipts: Vec::new(),
    }
}

async fn outcome(act: Act) -> Outcome {
    let server = Http::start(act).await;
    let channels = channels(&server.url("/robot/send?access_token=abc123"), Some(SECRET));
    channels.send(&delivery(&channels), Timestamp::UNIX_EPOCH).await.outcome
}

fn success() -> Act {
    Http::answer(200, "", r#"{"errcode":0,"errmsg":"ok"}"#)
}

#[tokio::test]
async fn a_message_is_signed_in_the_query_for_the_moment_it_is_sent() {
    let server = Http::start(success()).await;
    let channels = channels(&server.url("/robot/send?access_token=abc123"), Some(SECRET));
    let delivery = delivery(&channels);
    for millisecond in [1_599_360_473_123, 1_599_364_073_000] {
        let now = Timestamp::from_millisecond(millisecond).unwrap();
        assert_eq!(channels.send(&delivery, now).await.outcome, Outcome::Accepted);
    }
    let seen = server.seen();
    for (request, millisecond) in seen.iter().zip([1_599_360_473_123_i64, 1_599_364_073_000]) {
        let target = Url::parse("http://x").unwrap().join(&request.path).unwrap();
        let query: Vec<(String, String)> = target.query_pairs().into_owned().collect();
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(format!("{millisecond}\n{SECRET}").as_bytes());
        let sign = BASE64_STANDARD.encode(mac.finalize().into_bytes());
        let expected = [("access_token", "abc123"), ("timestamp", &millisecond.to_string()), ("sign", &sign)];
        assert_eq!(target.path(), "/robot/send");
        assert_eq!(query, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        // A plus in a query means a blank: it must have been encoded.
        assert!(!request.path.contains('+'), "{}", request.path);
        assert_eq!(request.headers["content-type"], "application/json");
    }
    assert_eq!(seen[0].body, seen[1].body);
    let body: Value = serde_json::from_slice(&seen[0].body).unwrap();
    assert_eq!(body["msgtype"], "markdown");
    assert_eq!(body["markdown"]["title"], "2 项区块链中标，共 1,234.5 万元；1 项新招标");
    assert_eq!(body["markdown"]["text"], "### 2 项区块链中标，共 1,234.5 万元；1 项新招标\n\nhead\n\nitem\n\nfoot");
    assert_eq!(body["at"]["isAtAll"], false);
}

#[tokio::test]
async fn a_robot_without_a_secret_gets_the_address_as_it_is() {
    let server = Http::start(success()).await;
    let channels = channels(&server.url("/robot/send?access_token=abc123"), None);
    assert_eq!(channels.send(&delivery(&channels), Timestamp::UNIX_EPOCH).await.outcome, Outcome::Accepted);
    assert_eq!(server.seen()[0].path, "/robot/send?access_token=abc123");
}

#[tokio::test]
async fn who_was_too_fast_waits_for_ten_minutes() {
    let limited = Http::answer(200, "", r#"{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}"#);
    let limited = outcome(limited).await;
    assert!(matches!(limited, Outcome::Later { retry_after: Some(wait), .. } if wait == Duration::from_mins(10)));
}

#[tokio::test]
async fn a_remedy_is_told_for_what_the_operator_can_mend() {
    for (body, remedy) in [
        (r#"{"errcode":310000,"errmsg":"sign not match"}"#, "secret and this machine's clock"),
        (r#"{"errcode":310000,"errmsg":"keywords not in content"}"#, "keyword"),
        (r#"{"errcode":310000,"errmsg":"ip 1.2.3.4 not in whitelist"}"#, "allow-list"),
        (r#"{"errcode":300005,"errmsg":"token is not exist"}"#, "address"),
    ] {
        let outcome = outcome(Http::answer(200, "", body)).await;
        let Outcome::Misconfigured { why } = &outcome else { panic!("{body}: {outcome:?}") };
        assert!(why.contains(remedy), "{why}");
    }
}
