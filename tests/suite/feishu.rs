//! Feishu against a scripted bot: the signature as received, and answers of 200 that are failures.

use std::time::Duration;

use jiff::Timestamp;
use tenderwatch::channels::room::Settings;
use tenderwatch::channels::{Channels, Kind, Letter, Settings as ChannelSettings};
use tenderwatch::domain::delivery::{ClaimedDelivery, DeliveryId, Outcome};
use tenderwatch::platform::secret::Secret;

use crate::email::message;
use crate::servers::{Act, Http};

fn channels(url: &str) -> Channels {
    let settings = Settings {
        secret: Some(Secret::new("demo")),
        allow_private: true,
        timeout: Duration::from_millis(400),
        ..Settings::new(Secret::new(url))
    };
    Channels::build(&ChannelSettings { channels: vec![("room".into(), Kind::Feishu(settings))] }).unwrap()
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
    let channels = channels(&server.url("/open-apis/bot/v2/hook/0000-1111"));
    channels.send(&delivery(&channels), Timestamp::UNIX_EPOCH).await.outcome
}

#[tokio::test]
async fn a_card_is_signed_for_the_moment_it_is_sent() {
    let server = Http::start(Http::answer(200, "", r#"{"code":0,"msg":"success"}"#)).await;
    let channels = channels(&server.url("/open-apis/bot/v2/hook/0000-1111"));
    let now = Timestamp::from_second(1_599_360_473).unwrap();
    assert_eq!(channels.send(&delivery(&channels), now).await.outcome, Outcome::Accepted);
    let seen = server.seen();
    let body: serde_json::Value = serde_json::from_slice(&seen[0].body).unwrap();
    assert_eq!(seen[0].path, "/open-apis/bot/v2/hook/0000-1111");
    assert_eq!(body["timestamp"], "1599360473");
    assert_eq!(body["sign"], "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=");
    assert_eq!(body["msg_type"], "interactive");
    assert_eq!(body["card"]["elements"][0]["tag"], "markdown");
}

#[tokio::test]
async fn an_answer_of_200_may_be_a_failure() {
    let answer = |body: &str| outcome(Http::answer(200, "", body));
    for (body, expected) in [
        (r#"{"code":0}"#, "Accepted"),
        (r#"{"StatusCode":0,"StatusMessage":"success"}"#, "Accepted"),
        (r#"{"code":11232,"msg":"frequency limited psm"}"#, "Later"),
        (r#"{"code":9499,"msg":"too many request"}"#, "Later"),
        (r#"{"code":9499,"msg":"Bad Request","data":{}}"#, "Refused"),
        (r#"{"code":19021,"msg":"sign match fail or timestamp is not within one hour"}"#, "Misconfigured"),
        (r#"{"code":19022,"msg":"Ip Not Allowed"}"#, "Misconfigured"),
        (r#"{"code":19024,"msg":"Key Words Not Found"}"#, "Misconfigured"),
        ("<html>gateway</html>", "Ambiguous"),
    ] {
        let outcome = answer(body).await;
        assert!(format!("{outcome:?}").starts_with(expected), "{body}: {outcome:?}");
    }
}

#[tokio::test]
async fn statuses_and_silence_come_to_their_outcomes() {
    let limited = outcome(Http::answer(429, "Retry-After: 30\r\n", "")).await;
    assert!(matches!(limited, Outcome::Later { retry_after: Some(wait), .. } if wait == Duration::from_secs(30)));
    let coded = outcome(Http::answer(400, "", r#"{"code":19021,"msg":"sign match fail"}"#)).await;
    assert!(matches!(coded, Outcome::Misconfigured { .. }), "{coded:?}");
    assert!(matches!(outcome(Http::answer(500, "", "")).await, Outcome::Later { .. }));
    assert!(matches!(outcome(Act::Stall).await, Outcome::Ambiguous { .. }));
    assert!(matches!(outcome(Act::Close).await, Outcome::Ambiguous { .. }));
}
