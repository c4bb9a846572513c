//! Microsoft Teams against a scripted workflow: what is sent, and what its answers come to.

use std::time::Duration;

use tenderwatch::channels::{Channels, Kind};
use tenderwatch::domain::delivery::Outcome;

use crate::rooms::{self, assert_outcome};
use crate::servers::{Act, Http};

const PATH: &str = "/workflows/0123456789abcdef/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers&sig=s1gnature-of-the-flow";

fn channels(server: &Http) -> Channels {
    rooms::channels(Kind::Teams(rooms::settings(&server.url(PATH))))
}

async fn outcome(act: Act) -> Outcome {
    let server = Http::start(act).await;
    rooms::outcome(&channels(&server)).await
}

#[tokio::test]
async fn a_flow_that_was_started_has_the_card() {
    let server = Http::start(Http::answer(202, "x-ms-workflow-run-id: 08584\r\n", "")).await;
    assert_eq!(rooms::outcome(&channels(&server)).await, Outcome::Accepted);
    let seen = server.seen();
    assert_eq!(seen[0].path, PATH, "the signature in the address is sent as it was given");
    rooms::kept("teams", &seen[0].body);
}

#[tokio::test]
async fn answers_come_to_their_outcomes() {
    let error = |code: &str| format!(r#"{{"error":{{"code":"{code}","message":"m s1gnature-of-the-flow"}}}}"#);
    let behind = |code: u16| {
        format!(
            "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error {code} with ContextId x"
        )
    };
    for (status, body, expected) in [
        (200, "1".to_owned(), "Accepted"),
        (200, behind(429), "Later"),
        (200, behind(413), "Refused"),
        (400, error("TriggerInputSchemaMismatch"), "Misconfigured"),
        (400, error("WorkflowTriggerIsNotEnabled"), "Misconfigured"),
        (401, error("DirectApiAuthorizationRequired"), "Misconfigured"),
        (403, String::new(), "Misconfigured"),
        (404, error("WorkflowNotFound"), "Gone"),
        (404, "<html>not here</html>".to_owned(), "Later"),
        (413, String::new(), "Refused"),
        (502, error("NoResponse"), "Later"),
        (200, "<html>sign in</html>".to_owned(), "Ambiguous"),
    ] {
        let outcome = outcome(Http::answer(status, "", &body)).await;
        assert_outcome(&outcome, expected, &body);
        assert!(!outcome.why().contains("s1gnature"), "{outcome:?}");
    }
    assert_outcome(&outcome(Act::Close).await, "Ambiguous", "hung up");
    let slow = outcome(Http::answer(429, "Retry-After: 7\r\n", &error("WorkflowRequestsThrottled"))).await;
    assert!(
        matches!(slow, Outcome::Later { retry_after: Some(wait), .. } if wait == Duration::from_secs(7)),
        "{slow:?}"
    );
}
