//! Slack, Mattermost and Rocket.Chat against a scripted webhook: what is sent, and what their answers come to.

use std::time::Duration;

use tenderwatch::channels::slack::{Flavour, Settings};
use tenderwatch::channels::{Channels, Kind};
use tenderwatch::domain::delivery::Outcome;

use crate::rooms::{self, assert_outcome};
use crate::servers::{Act, Http};

const PATH: &str = "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX";

fn channels(server: &Http, flavour: Flavour) -> Channels {
    rooms::channels(Kind::Slack(Settings { room: rooms::settings(&server.url(PATH)), flavour }))
}

async fn outcome(flavour: Flavour, act: Act) -> Outcome {
    let server = Http::start(act).await;
    rooms::outcome(&channels(&server, flavour)).await
}

#[tokio::test]
async fn each_server_is_sent_what_it_reads() {
    for flavour in Flavour::ALL {
        let server = Http::start(Http::answer(200, "", "ok")).await;
        assert_eq!(rooms::outcome(&channels(&server, flavour)).await, Outcome::Accepted);
        let seen = server.seen();
        assert_eq!((seen[0].path.as_str(), seen[0].headers["content-type"].as_str()), (PATH, "application/json"));
        rooms::kept(flavour.word(), &seen[0].body);
    }
}

#[tokio::test]
async fn slacks_words_come_to_their_outcomes() {
    for (status, body, expected) in [
        (200, "ok", "Accepted"),
        (200, "invalid_payload", "Refused"),
        (400, "invalid_payload", "Refused"),
        (400, "invalid_blocks", "Refused"),
        (400, "no_text", "Refused"),
        (403, "action_prohibited", "Misconfigured"),
        (403, "invalid_token", "Misconfigured"),
        (404, "no_service", "Misconfigured"),
        (404, "channel_not_found", "Gone"),
        (410, "channel_is_archived", "Gone"),
        (500, "rollup_error", "Later"),
        (404, "<html>not here</html>", "Later"),
        (200, "<html>sign in</html>", "Ambiguous"),
    ] {
        assert_outcome(&outcome(Flavour::Slack, Http::answer(status, "", body)).await, expected, body);
    }
    assert_outcome(&outcome(Flavour::Slack, Act::Stall).await, "Ambiguous", "silence");
}

#[tokio::test]
async fn the_others_answers_come_to_theirs() {
    let mattermost = |id: &str| format!(r#"{{"id":"{id}","message":"m","detailed_error":"","status_code":400}}"#);
    for (status, body, expected) in [
        (400, mattermost("web.incoming_webhook.invalid.app_error"), "Misconfigured"),
        (501, mattermost("api.incoming_webhook.disabled.app_error"), "Misconfigured"),
        (400, mattermost("web.incoming_webhook.parse.app_error"), "Refused"),
        (404, mattermost("app.channel.get.existing.app_error"), "Gone"),
        (500, mattermost("app.post.save.app_error"), "Later"),
    ] {
        assert_outcome(&outcome(Flavour::Mattermost, Http::answer(status, "", &body)).await, expected, &body);
    }
    let rocket = |error: &str| format!(r#"{{"success":false,"error":"{error}"}}"#);
    for (status, body, expected) in [
        (200, r#"{"success":true}"#.to_owned(), "Accepted"),
        (200, rocket("error-message-size-exceeded"), "Refused"),
        (400, rocket("invalid-channel"), "Misconfigured"),
        (
            401,
            r#"{"status":"error","message":"Invalid integration id or token provided."}"#.to_owned(),
            "Misconfigured",
        ),
        (503, rocket("Service Unavailable"), "Misconfigured"),
        (400, rocket("unknown-error"), "Later"),
    ] {
        assert_outcome(&outcome(Flavour::RocketChat, Http::answer(status, "", &body)).await, expected, &body);
    }
}

#[tokio::test]
async fn a_pause_is_kept() {
    let asked = outcome(Flavour::Slack, Http::answer(429, "Retry-After: 30\r\n", "rate_limited")).await;
    assert!(
        matches!(asked, Outcome::Later { retry_after: Some(wait), .. } if wait == Duration::from_secs(30)),
        "{asked:?}"
    );
}
