//! WeCom: the answer's `errcode` decides, whatever the status.

use std::time::Duration;

use tenderwatch::channels::Kind;
use tenderwatch::channels::room::Settings;
use tenderwatch::platform::secret::Secret;

use super::{Case, Class, Reply, TIMEOUT};

const PAUSE: Option<Duration> = Some(Duration::from_mins(1));

const FAILURES: &[(Reply, Class)] = &[
    (Reply::new(200, r#"{"errcode":-1,"errmsg":"system busy"}"#), Class::Later),
    (Reply::new(200, r#"{"errcode":93000,"errmsg":"invalid webhook url, hint: [1763]"}"#), Class::Misconfigured),
    (Reply::new(200, r#"{"errcode":93004,"errmsg":"robot is disabled"}"#), Class::Misconfigured),
    (Reply::new(200, r#"{"errcode":93008,"errmsg":"not in group"}"#), Class::Misconfigured),
    (Reply::new(200, r#"{"errcode":40008,"errmsg":"invalid message type"}"#), Class::Refused),
    (Reply::new(200, r#"{"errcode":40058,"errmsg":"markdown.content exceed max length 4096"}"#), Class::Refused),
    (Reply::new(200, r#"{"errcode":45002,"errmsg":"content size out of limit"}"#), Class::Refused),
    (Reply::new(400, r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#), Class::Misconfigured),
    (Reply::new(200, r#"{"errcode":77,"errmsg":"a code that nobody knows"}"#), Class::Later),
];

const SLOW_DOWNS: &[(Reply, Option<Duration>)] =
    &[(Reply::new(200, r#"{"errcode":45009,"errmsg":"api freq out of limit, hint: [1763]"}"#), PAUSE)];

fn build(url: &str) -> Kind {
    Kind::Wecom(Settings { allow_private: true, timeout: TIMEOUT, ..Settings::new(Secret::new(url)) })
}

pub(crate) fn case() -> Case {
    Case {
        name: "wecom",
        build,
        path: "/cgi-bin/webhook/send?key=693a91f6-7abc-4bc4-97a0-0ec2fedca5aa",
        secrets: &["693a91f6-7abc-4bc4-97a0-0ec2fedca5aa"],
        success: Reply::new(200, r#"{"errcode":0,"errmsg":"ok"}"#),
        failures: FAILURES,
        slow_downs: SLOW_DOWNS,
        pause: PAUSE,
        unreadable: Class::Ambiguous,
        statuses: &[],
        fresh_fields: &[],
    }
}
