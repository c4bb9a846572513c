//! Discord: the kept message is success; failures have codes.

use std::time::Duration;

use tenderwatch::channels::Kind;
use tenderwatch::channels::room::Settings;
use tenderwatch::platform::secret::Secret;

use super::{Case, Class, Reply, TIMEOUT};

const FAILURES: &[(Reply, Class)] = &[
    (Reply::new(200, "{}"), Class::Ambiguous),
    (
        Reply::new(400, r#"{"message":"Invalid Form Body","code":50035,"errors":{"embeds":{"_errors":[]}}}"#),
        Class::Refused,
    ),
    (
        Reply::new(400, r#"{"message":"Webhooks posted to forum channels must have a thread_name","code":220001}"#),
        Class::Misconfigured,
    ),
    (Reply::new(401, r#"{"message":"Invalid Webhook Token","code":50027}"#), Class::Misconfigured),
    (Reply::new(403, r#"{"message":"Missing Permissions","code":50013}"#), Class::Misconfigured),
    (Reply::new(404, r#"{"message":"Unknown Webhook","code":10015}"#), Class::Gone),
    (Reply::new(413, r#"{"message":"Request entity too large","code":40005}"#), Class::Refused),
    (Reply::new(500, r#"{"message":"500: Internal Server Error","code":0}"#), Class::Later),
];

const SLOW_DOWNS: &[(Reply, Option<Duration>)] = &[
    (
        Reply {
            status: 429,
            headers: "Retry-After: 65\r\nX-RateLimit-Reset-After: 64.57\r\n",
            body: r#"{"message":"You are being rate limited.","retry_after":64.57,"global":false}"#,
        },
        Some(Duration::from_secs(65)),
    ),
    (
        Reply::new(429, r#"{"message":"You are being rate limited.","retry_after":0.5,"global":true}"#),
        Some(Duration::from_millis(500)),
    ),
];

fn build(url: &str) -> Kind {
    Kind::Discord(Settings { allow_private: true, timeout: TIMEOUT, ..Settings::new(Secret::new(url)) })
}

pub(crate) fn case() -> Case {
    Case {
        name: "discord",
        build,
        path: "/api/webhooks/1234567890123456789/TokenOfTheWebhook",
        secrets: &["TokenOfTheWebhook", "1234567890123456789"],
        success: Reply::new(200, r#"{"id":"1188888888888888888","type":0,"embeds":[]}"#),
        failures: FAILURES,
        slow_downs: SLOW_DOWNS,
        pause: None,
        unreadable: Class::Ambiguous,
        statuses: &[(401, Class::Misconfigured), (413, Class::Refused)],
        fresh_fields: &[],
    }
}
