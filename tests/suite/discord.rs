//! Discord against a scripted webhook: what is sent, the receipt, and what its answers come to.

use std::time::Duration;

use jiff::Timestamp;
use tenderwatch::channels::{Channels, Kind};
use tenderwatch::domain::delivery::Outcome;

use crate::rooms::{self, assert_outcome};
use crate::servers::{Act, Http};

const PATH: &str = "/api/webhooks/1234567890123456789/t0ken-of-the-webhook";

fn channels(server: &Http) -> Channels {
    rooms::channels(Kind::Discord(rooms::settings(&server.url(PATH))))
}

async fn outcome(act: Act) -> Outcome {
    let server = Http::start(act).await;
    rooms::outcome(&channels(&server)).await
}

#[tokio::test]
async fn the_kept_message_is_the_receipt() {
    let answer = r#"{"id":"1188888888888888888","type":0,"content":"","embeds":[{"type":"rich"}],"mentions":[]}"#;
    let server = Http::start(Http::answer(200, "", answer)).await;
    let channels = channels(&server);
    let sent = channels.send(&rooms::delivery(&channels, &[]), Timestamp::UNIX_EPOCH).await;
    assert_eq!((sent.outcome, sent.receipt.as_deref()), (Outcome::Accepted, Some("1188888888888888888")));
    let seen = server.seen();
    assert_eq!(seen[0].path, format!("{PATH}?wait=true"));
    rooms::kept("discord", &seen[0].body);
}

#[tokio::test]
async fn answers_come_to_their_outcomes() {
    let error = |code: u32| format!(r#"{{"message":"t0ken-of-the-webhook","code":{code}}}"#);
    for (status, body, expected) in [
        (204, String::new(), "Accepted"),
        (200, "<html>".to_owned(), "Ambiguous"),
        (400, error(50_035), "Refused"),
        (400, error(220_001), "Misconfigured"),
        (401, error(50_027), "Misconfigured"),
        (403, error(50_013), "Misconfigured"),
        (404, error(10_015), "Gone"),
        (404, "<html>".to_owned(), "Later"),
        (500, error(0), "Later"),
    ] {
        let outcome = outcome(Http::answer(status, "", &body)).await;
        assert_outcome(&outcome, expected, &body);
        assert!(!outcome.why().contains("t0ken"), "{outcome:?}");
    }
    assert_outcome(&outcome(Act::Stall).await, "Ambiguous", "silence");
}

#[tokio::test]
async fn a_pause_is_kept_to_the_fraction() {
    let body = r#"{"message":"You are being rate limited.","retry_after":0.75,"global":false}"#;
    let slow = outcome(Http::answer(429, "X-RateLimit-Reset-After: 0.75\r\n", body)).await;
    assert!(
        matches!(slow, Outcome::Later { retry_after: Some(wait), .. } if wait == Duration::from_millis(750)),
        "{slow:?}"
    );
    let cloud = outcome(Http::answer(429, "Retry-After: 600\r\n", "error code: 1015")).await;
    assert!(
        matches!(cloud, Outcome::Later { retry_after: Some(wait), .. } if wait == Duration::from_mins(10)),
        "{cloud:?}"
    );
}
