//! Telegram: `ok` decides, whatever the status.

use std::time::Duration;

use tenderwatch::channels::Kind;
use tenderwatch::channels::telegram::Settings;
use tenderwatch::platform::secret::Secret;

use super::{Case, Class, Reply, TIMEOUT};

const FAILURES: &[(Reply, Class)] = &[
    (
        Reply::new(200, r#"{"ok":false,"error_code":400,"description":"Bad Request: message is too long"}"#),
        Class::Refused,
    ),
    (
        Reply::new(400, r#"{"ok":false,"error_code":400,"description":"Bad Request: can't parse entities: x"}"#),
        Class::Refused,
    ),
    (
        Reply::new(400, r#"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#),
        Class::Misconfigured,
    ),
    (Reply::new(401, r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#), Class::Misconfigured),
    (
        Reply::new(403, r#"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#),
        Class::Gone,
    ),
    (Reply::new(404, r#"{"ok":false,"error_code":404,"description":"Not Found"}"#), Class::Misconfigured),
    (Reply::new(500, r#"{"ok":false,"error_code":500,"description":"Internal Server Error"}"#), Class::Later),
    (Reply::new(400, r#"{"ok":false,"error_code":400,"description":"Bad Request: something new"}"#), Class::Later),
];

const SLOW_DOWNS: &[(Reply, Option<Duration>)] = &[(
    Reply::new(
        429,
        r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 35","parameters":{"retry_after":35}}"#,
    ),
    Some(Duration::from_secs(35)),
)];

fn build(url: &str) -> Kind {
    Kind::Telegram(Settings {
        token: Secret::new("123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQ0"),
        chat: "-1001234567890".into(),
        api: url.into(),
        allow_private: true,
        timeout: TIMEOUT,
    })
}

pub(crate) fn case() -> Case {
    Case {
        name: "telegram",
        build,
        path: "",
        secrets: &["AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQ0", "1001234567890"],
        success: Reply::new(200, r#"{"ok":true,"result":{"message_id":815,"date":1569285000,"text":"x"}}"#),
        failures: FAILURES,
        slow_downs: SLOW_DOWNS,
        pause: None,
        unreadable: Class::Ambiguous,
        statuses: &[],
        fresh_fields: &[],
    }
}
