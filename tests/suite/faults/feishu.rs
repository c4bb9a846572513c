//! Feishu and Lark: the answer's `code` decides, whatever the status.

use std::time::Duration;

use tenderwatch::channels::Kind;
use tenderwatch::channels::room::Settings;
use tenderwatch::platform::secret::Secret;

use super::{Case, Class, Reply, TIMEOUT};

const FAILURES: &[(Reply, Class)] = &[
    (Reply::new(200, r#"{"code":9499,"msg":"Bad Request","data":{}}"#), Class::Refused),
    (
        Reply::new(200, r#"{"code":19001,"msg":"param invalid: incoming webhook access token invalid"}"#),
        Class::Misconfigured,
    ),
    (
        Reply::new(
            200,
            r#"{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time"}"#,
        ),
        Class::Misconfigured,
    ),
    (Reply::new(200, r#"{"code":19022,"msg":"Ip Not Allowed"}"#), Class::Misconfigured),
    (Reply::new(200, r#"{"code":19024,"msg":"Key Words Not Found"}"#), Class::Misconfigured),
    (
        Reply::new(400, r#"{"code":19001,"msg":"param invalid: incoming webhook access token invalid"}"#),
        Class::Misconfigured,
    ),
    (Reply::new(200, r#"{"code":77,"msg":"a code that nobody knows"}"#), Class::Later),
];

const SLOW_DOWNS: &[(Reply, Option<Duration>)] = &[
    (Reply::new(200, r#"{"code":9499,"msg":"too many request","data":{}}"#), None),
    (Reply::new(200, r#"{"code":11232,"msg":"frequency limited psm[lark.oapi.app_platform_runtime]"}"#), None),
];

fn build(url: &str) -> Kind {
    Kind::Feishu(Settings {
        secret: Some(Secret::new("s1gning-secret")),
        allow_private: true,
        timeout: TIMEOUT,
        ..Settings::new(Secret::new(url))
    })
}

pub(crate) fn case() -> Case {
    Case {
        name: "feishu",
        build,
        path: "/open-apis/bot/v2/hook/0123abcd-4567-89ef-0123-456789abcdef",
        secrets: &["0123abcd-4567-89ef-0123-456789abcdef", "s1gning-secret"],
        success: Reply::new(200, r#"{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}"#),
        failures: FAILURES,
        slow_downs: SLOW_DOWNS,
        pause: None,
        unreadable: Class::Ambiguous,
        statuses: &[],
        fresh_fields: &["timestamp", "sign"],
    }
}
