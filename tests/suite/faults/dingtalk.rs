//! DingTalk: the answer's `errcode` decides, whatever the status; too fast means ten minutes of silence.

use std::time::Duration;

use tenderwatch::channels::Kind;
use tenderwatch::channels::room::Settings;
use tenderwatch::platform::secret::Secret;

use super::{Case, Class, Reply, TIMEOUT};

const PAUSE: Option<Duration> = Some(Duration::from_mins(10));

const FAILURES: &[(Reply, Class)] = &[
    (Reply::new(200, r#"{"errcode":-1,"errmsg":"系统繁忙"}"#), Class::Later),
    (Reply::new(200, r#"{"errcode":310000,"errmsg":"keywords not in content"}"#), Class::Misconfigured),
    (Reply::new(200, r#"{"errcode":310000,"errmsg":"sign not match"}"#), Class::Misconfigured),
    (Reply::new(200, r#"{"errcode":310000,"errmsg":"ip 10.0.0.1 not in whitelist"}"#), Class::Misconfigured),
    (Reply::new(200, r#"{"errcode":300005,"errmsg":"token is not exist"}"#), Class::Misconfigured),
    (Reply::new(200, r#"{"errcode":300001,"errmsg":"token is not exist"}"#), Class::Misconfigured),
    (Reply::new(200, r#"{"errcode":400102,"errmsg":"机器人已停用"}"#), Class::Misconfigured),
    (Reply::new(200, r#"{"errcode":400013,"errmsg":"群已被解散"}"#), Class::Gone),
    (Reply::new(200, r#"{"errcode":40035,"errmsg":"缺少参数 json"}"#), Class::Refused),
    (Reply::new(200, r#"{"errcode":460101,"errmsg":"message too long, exceed 20000 bytes"}"#), Class::Refused),
    (Reply::new(200, r#"{"errcode":430104,"errmsg":"含有不合适的内容"}"#), Class::Refused),
    (Reply::new(400, r#"{"errcode":300005,"errmsg":"token is not exist"}"#), Class::Misconfigured),
    (Reply::new(200, r#"{"errcode":77,"errmsg":"a code that nobody knows"}"#), Class::Later),
];

const SLOW_DOWNS: &[(Reply, Option<Duration>)] = &[
    (Reply::new(200, r#"{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}"#), PAUSE),
    (Reply::new(200, r#"{"errcode":410100,"errmsg":"发送速度太快而限流"}"#), PAUSE),
    (Reply::new(200, r#"{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"24ce64f6"}"#), PAUSE),
    (
        Reply::new(
            200,
            r#"{"status":1111,"wait":5,"punish":"deny","errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}"#,
        ),
        PAUSE,
    ),
];

fn build(url: &str) -> Kind {
    Kind::Dingtalk(Settings {
        secret: Some(Secret::new("SEC-s1gning-secret")),
        allow_private: true,
        timeout: TIMEOUT,
        ..Settings::new(Secret::new(url))
    })
}

pub(crate) fn case() -> Case {
    Case {
        name: "dingtalk",
        build,
        path: "/robot/send?access_token=0123456789abcdef0123456789abcdef",
        secrets: &["0123456789abcdef0123456789abcdef", "SEC-s1gning-secret"],
        success: Reply::new(200, r#"{"errcode":0,"errmsg":"ok"}"#),
        failures: FAILURES,
        slow_downs: SLOW_DOWNS,
        pause: PAUSE,
        unreadable: Class::Ambiguous,
        statuses: &[],
        fresh_fields: &[],
    }
}
