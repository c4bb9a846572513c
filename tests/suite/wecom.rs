//! WeCom against a scripted robot: the message as received, and answers of 200 that are failures.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tenderwatch::channels::room::Settings;
use tenderwatch::channels::{Channels, Kind, Letter, Settings as ChannelSettings};
use tenderwatch::domain::delivery::{ClaimedDelivery, DeliveryId, Outcome};
use tenderwatch::platform::secret::Secret;

use crate::email::message;
use crate::servers::Http;

async fn sent(answer: &str) -> (Outcome, Vec<crate::servers::Request>) {
    let server = Http::start(Http::answer(200, "", answer)).await;
    let url = Secret::new(server.url("/cgi-bin/webhook/send?key=693a91f6"));
    let settings = Settings { allow_private: true, timeout: Duration::from_millis(400), ..Settings::new(url) };
    let settings = ChannelSettings { channels: vec![("room".into(), Kind::Wecom(settings))] };
    let channels = Channels::build(&settings).unwrap();
    let id = DeliveryId("d_1".into());
    let payload = channels.compose("room", &message(), &Letter::plain(id.clone(), "room", "daily")).unwrap().remove(0);
    let delivery = ClaimedDelivery {
        id,
        channel: "room".into(),
        receiver: "room".into(),
        payload,
        attempts: 0,
        composed_at: message().composed_at,
        receipts: Vec::new(),
    };
    let outcome = channels.send(&delivery, Timestamp::UNIX_EPOCH).await.outcome;
    (outcome, server.seen())
}

#[tokio::test]
async fn a_message_is_markdown_under_its_subject() {
    let (outcome, seen) = sent(r#"{"errcode":0,"errmsg":"ok"}"#).await;
    assert_eq!(outcome, Outcome::Accepted);
    assert_eq!(seen[0].path, "/cgi-bin/webhook/send?key=693a91f6");
    assert_eq!(seen[0].headers["content-type"], "application/json");
    let body: Value = serde_json::from_slice(&seen[0].body).unwrap();
    assert_eq!(body["msgtype"], "markdown");
    let content = body["markdown"]["content"].as_str().unwrap();
    assert_eq!(content, "### 2 项区块链中标，共 1,234.5 万元；1 项新招标\n\nhead\n\nitem\n\nfoot");
    // The platform refuses escapes of this form (code 40033).
    assert!(!String::from_utf8(seen[0].body.clone()).unwrap().contains("\\u"));
}

#[tokio::test]
async fn an_answer_of_200_may_be_a_failure() {
    for (body, expected) in [
        (r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#, "Misconfigured"),
        (r#"{"errcode":40058,"errmsg":"markdown.content exceed max length 4096"}"#, "Refused"),
        (r#"{"errcode":-1,"errmsg":"system busy"}"#, "Later"),
        ("<html>gateway</html>", "Ambiguous"),
    ] {
        let (outcome, _) = sent(body).await;
        assert!(format!("{outcome:?}").starts_with(expected), "{body}: {outcome:?}");
    }
    let (limited, _) = sent(r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#).await;
    assert!(matches!(limited, Outcome::Later { retry_after: Some(wait), .. } if wait == Duration::from_mins(1)));
}
