//! Telegram against a scripted Bot API: what is sent, the receipt, answers to earlier messages and the button under them, a group
//! that became a supergroup, and what the API's answers come to.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tenderwatch::channels::telegram::Settings;
use tenderwatch::channels::{Channels, Kind, Sent};
use tenderwatch::domain::delivery::Outcome;
use tenderwatch::platform::secret::Secret;

use crate::rooms::{self, assert_outcome};
use crate::servers::{Act, Http, Request};

const TOKEN: &str = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQ0";
const CHAT: &str = "-1001234567890";
const GOOD: &str = r#"{"ok":true,"result":{"message_id":815,"date":1569285000,"text":"x"}}"#;

fn channels(server: &Http, chat: &str) -> Channels {
    rooms::channels(Kind::Telegram(Settings {
        token: Secret::new(TOKEN),
        chat: chat.into(),
        api: server.url(""),
        allow_private: true,
        timeout: Duration::from_millis(400),
    }))
}

async fn sent(server: &Http, chat: &str, receipts: &[&str]) -> Sent {
    let channels = channels(server, chat);
    channels.send(&rooms::delivery(&channels, receipts), Timestamp::UNIX_EPOCH).await
}

fn body(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

fn accepted() -> Sent {
    Sent { outcome: Outcome::Accepted, receipt: Some("815".into()) }
}

#[tokio::test]
async fn the_messages_number_is_the_receipt() {
    let server = Http::start(Http::answer(200, "", GOOD)).await;
    assert_eq!(sent(&server, CHAT, &[]).await, accepted());
    let seen = server.seen();
    assert_eq!((seen.len(), seen[0].path.as_str()), (1, format!("/bot{TOKEN}/sendMessage").as_str()));
    rooms::kept("telegram", &seen[0].body);
}

#[tokio::test]
async fn a_correction_answers_to_the_latest_message_and_marks_the_earlier_ones() {
    let server = Http::start(Http::answer(200, "", GOOD)).await;
    assert_eq!(sent(&server, CHAT, &["700", "600", "500", "400"]).await, accepted());
    let seen = server.seen();
    let first = body(&seen[0]);
    assert_eq!(first["reply_parameters"], json!({ "message_id": 700, "allow_sending_without_reply": true }));
    assert!(first.get("marks_outdated").is_none(), "{first}");
    let edits: Vec<Value> = seen[1..].iter().map(body).collect();
    assert!(seen[1..].iter().all(|request| request.path == format!("/bot{TOKEN}/editMessageReplyMarkup")));
    let button = json!({ "text": "已更正，见后来的消息", "url": "https://t.me/c/1234567890/815" });
    let edit = |number: i64| json!({ "chat_id": -1_001_234_567_890_i64, "message_id": number, "reply_markup": { "inline_keyboard": [[button]] } });
    assert_eq!(edits, [edit(700), edit(600), edit(500)]);
}

#[tokio::test]
async fn an_edit_that_fails_fails_nothing() {
    let gone = r#"{"ok":false,"error_code":400,"description":"Bad Request: message to edit not found"}"#;
    let slow = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 9","parameters":{"retry_after":9}}"#;
    for (edit, requests) in
        [(Http::answer(400, "", gone), 3), (Http::answer(429, "", slow), 2), (Act::Close, 2), (Act::Stall, 2)]
    {
        let name = format!("{edit:?}");
        let treat = move |request: &Request| {
            if request.path.ends_with("/sendMessage") { Http::answer(200, "", GOOD) } else { edit.clone() }
        };
        let server = Http::treating(treat).await;
        assert_eq!(sent(&server, CHAT, &["700", "600"]).await, accepted(), "{name}");
        assert_eq!(server.seen().len(), requests, "{name}");
    }
}

#[tokio::test]
async fn nothing_is_marked_by_a_message_that_was_not_taken() {
    let slow = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 9","parameters":{"retry_after":9}}"#;
    let server = Http::start(Http::answer(429, "", slow)).await;
    let sent = sent(&server, CHAT, &["700"]).await;
    assert!(
        matches!(sent.outcome, Outcome::Later { retry_after: Some(wait), .. } if wait == Duration::from_secs(9)),
        "{sent:?}"
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_group_that_became_a_supergroup_is_followed() {
    let moved = r#"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1009876543210}}"#;
    let treat = move |request: &Request| {
        if body(request)["chat_id"] == -4711 { Http::answer(400, "", moved) } else { Http::answer(200, "", GOOD) }
    };
    let server = Http::treating(treat).await;
    let channels = channels(&server, "-4711");
    for _ in 0..2 {
        let delivery = rooms::delivery(&channels, &[]);
        assert_eq!(channels.send(&delivery, Timestamp::UNIX_EPOCH).await, accepted());
    }
    let chats: Vec<Value> = server.seen().iter().map(|request| body(request)["chat_id"].clone()).collect();
    assert_eq!(chats, [json!(-4711), json!(-1_009_876_543_210_i64), json!(-1_009_876_543_210_i64)]);
}

#[tokio::test]
async fn a_move_that_never_ends_is_told() {
    let moved = r#"{"ok":false,"error_code":400,"description":"x","parameters":{"migrate_to_chat_id":-1009876543210}}"#;
    let server = Http::start(Http::answer(400, "", moved)).await;
    assert_outcome(&sent(&server, "-4711", &[]).await.outcome, "Misconfigured", "moves on and on");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn answers_come_to_their_outcomes() {
    for (status, description, expected) in [
        (400, "Bad Request: chat not found", "Misconfigured"),
        (400, "Bad Request: can't parse entities: Unclosed start tag at byte offset 7", "Refused"),
        (400, "Bad Request: message is too long", "Refused"),
        (400, "Bad Request: not enough rights to send text messages to the chat", "Misconfigured"),
        (401, "Unauthorized", "Misconfigured"),
        (403, "Forbidden: bot was blocked by the user", "Gone"),
        (403, "Forbidden: bot was kicked from the group chat", "Gone"),
        (404, "Not Found", "Misconfigured"),
        (500, "Internal Server Error", "Later"),
        (200, "Bad Request: something new", "Later"),
    ] {
        let body = json!({ "ok": false, "error_code": status, "description": format!("{description} {TOKEN} {CHAT}") });
        let server = Http::start(Http::answer(status, "", &body.to_string())).await;
        let outcome = sent(&server, CHAT, &[]).await.outcome;
        assert_outcome(&outcome, expected, description);
        assert!(!outcome.why().contains("AAbb") && !outcome.why().contains("1001234567890"), "{outcome:?}");
    }
    let unreadable = Http::start(Http::answer(200, "", "<html>")).await;
    assert_outcome(&sent(&unreadable, CHAT, &[]).await.outcome, "Ambiguous", "a page");
    let silent = Http::start(Act::Stall).await;
    assert_outcome(&sent(&silent, CHAT, &[]).await.outcome, "Ambiguous", "silence");
}
