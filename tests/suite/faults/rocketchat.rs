//! Rocket.Chat behind Slack's envelope: `success` decides, and a pause is told in words.

use std::time::Duration;

use tenderwatch::channels::Kind;
use tenderwatch::channels::room;
use tenderwatch::channels::slack::{Flavour, Settings};
use tenderwatch::platform::secret::Secret;

use super::{Case, Class, Reply, TIMEOUT};

const FAILURES: &[(Reply, Class)] = &[
    (Reply::new(200, r#"{"success":false,"error":"error-message-size-exceeded"}"#), Class::Refused),
    (Reply::new(400, r#"{"success":false,"error":"invalid-channel"}"#), Class::Misconfigured),
    (
        Reply::new(401, r#"{"status":"error","message":"Invalid integration id or token provided."}"#),
        Class::Misconfigured,
    ),
    (Reply::new(503, r#"{"success":false,"error":"Service Unavailable"}"#), Class::Misconfigured),
    (Reply::new(400, r#"{"success":false,"error":"unknown-error"}"#), Class::Later),
];

const SLOW_DOWNS: &[(Reply, Option<Duration>)] = &[(
    Reply::new(
        429,
        r#"{"success":false,"error":"Error, too many requests. Please slow down. You must wait 42 seconds before trying this endpoint again. [error-too-many-requests]"}"#,
    ),
    Some(Duration::from_secs(42)),
)];

fn build(url: &str) -> Kind {
    let room = room::Settings { allow_private: true, timeout: TIMEOUT, ..room::Settings::new(Secret::new(url)) };
    Kind::Slack(Settings { room, flavour: Flavour::RocketChat })
}

pub(crate) fn case() -> Case {
    Case {
        name: "rocketchat",
        build,
        path: "/hooks/5a1b2c3d4e5f60718293a4b5/TokenOfTheIntegrationIsLong",
        secrets: &["5a1b2c3d4e5f60718293a4b5", "TokenOfTheIntegrationIsLong"],
        success: Reply::new(200, r#"{"success":true}"#),
        failures: FAILURES,
        slow_downs: SLOW_DOWNS,
        pause: None,
        unreadable: Class::Ambiguous,
        statuses: &[],
        fresh_fields: &[],
    }
}
