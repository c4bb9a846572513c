//! Microsoft Teams: a flow that was started is success; failures have codes, or stand in a text with a status of 200.

use std::time::Duration;

use tenderwatch::channels::Kind;
use tenderwatch::channels::room::Settings;
use tenderwatch::platform::secret::Secret;

use super::{Case, Class, Reply, TIMEOUT};

const FAILURES: &[(Reply, Class)] = &[
    (
        Reply::new(
            200,
            "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413 with ContextId x",
        ),
        Class::Refused,
    ),
    (Reply::new(400, r#"{"error":{"code":"TriggerInputSchemaMismatch","message":"m"}}"#), Class::Misconfigured),
    (Reply::new(400, r#"{"error":{"code":"WorkflowTriggerIsNotEnabled","message":"m"}}"#), Class::Misconfigured),
    (Reply::new(401, r#"{"error":{"code":"DirectApiAuthorizationRequired","message":"m"}}"#), Class::Misconfigured),
    (Reply::new(404, r#"{"error":{"code":"WorkflowNotFound","message":"m"}}"#), Class::Gone),
    (Reply::new(502, r#"{"error":{"code":"NoResponse","message":"m"}}"#), Class::Later),
    (Reply::new(400, r#"{"error":{"code":"ACodeThatNobodyKnows","message":"m"}}"#), Class::Later),
];

const SLOW_DOWNS: &[(Reply, Option<Duration>)] = &[
    (
        Reply::new(
            200,
            "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId x",
        ),
        None,
    ),
    (
        Reply {
            status: 429,
            headers: "Retry-After: 7\r\n",
            body: r#"{"error":{"code":"WorkflowRequestsThrottled","message":"m"}}"#,
        },
        Some(Duration::from_secs(7)),
    ),
];

fn build(url: &str) -> Kind {
    Kind::Teams(Settings { allow_private: true, timeout: TIMEOUT, ..Settings::new(Secret::new(url)) })
}

pub(crate) fn case() -> Case {
    Case {
        name: "teams",
        build,
        path: "/workflows/0123456789abcdef0123/triggers/manual/paths/invoke?api-version=2016-06-01&sv=1.0&sig=S1gnatureOfTheFlow",
        secrets: &["0123456789abcdef0123", "S1gnatureOfTheFlow"],
        success: Reply::new(202, ""),
        failures: FAILURES,
        slow_downs: SLOW_DOWNS,
        pause: None,
        unreadable: Class::Ambiguous,
        statuses: &[(401, Class::Misconfigured), (403, Class::Misconfigured), (413, Class::Refused)],
        fresh_fields: &[],
    }
}
