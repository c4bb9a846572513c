//! The fault matrix of every channel that speaks HTTP: what each refusal, silence, break and answer comes to. A channel brings
//! a [`Case`]; what all have in common stands here once.

use std::time::Duration;

use tenderwatch::channels::Kind;

mod dingtalk;

mod discord;

mod feishu;

mod matrix;

mod rocketchat;

mod slack;

mod teams;

mod telegram;

mod webhook;

mod wecom;

mod wire;

/// What an attempt came to, without its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Accepted,
    Refused,
    Gone,
    Later,
    Ambiguous,
    Misconfigured,
}

/// What the platform answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Whole lines, each with its `\r\n`: `"Retry-After: 30\r\n"`.
    pub(crate) headers: &'static str,
    pub(crate) body: &'static str,
}

impl Reply {
    /// An answer without headers that matter.
    pub(crate) const fn new(status: u16, body: &'static str) -> Self {
        Self { status, headers: "", body }
    }
}

/// A channel as the matrix meets it.
pub(crate) struct Case {
    /// The channel's kind.
    pub(crate) name: &'static str,
    /// The channel with `timeout` [`TIMEOUT`] and `allow_private`, for the address `http://127.0.0.1:port` + `path`.
    pub(crate) build: fn(url: &str) -> Kind,
    /// Path and query of the address, as the platform shapes it.
    pub(crate) path: &'static str,
    /// What may stand in no reason: tokens of the address, secrets. No server of the matrix repeats a header, but they do
    /// repeat the request's target and body.
    pub(crate) secrets: &'static [&'static str],
    /// The answer of success.
    pub(crate) success: Reply,
    /// The platform's own failures, a 200 that is none first of all, each with what it must come to.
    pub(crate) failures: &'static [(Reply, Class)],
    /// The platform's own ways to ask for a pause, with the pause that must be kept.
    pub(crate) slow_downs: &'static [(Reply, Option<Duration>)],
    /// What a 429 without a word on how long comes to: the pause of the channel's own.
    pub(crate) pause: Option<Duration>,
    /// What a 200 comes to whose body cannot be read, or breaks off.
    pub(crate) unreadable: Class,
    /// What a bare status without a readable body comes to where it is not [`usual`].
    pub(crate) statuses: &'static [(u16, Class)],
    /// The fields of the body's top level that are made anew at each attempt: a timestamp, a signature.
    pub(crate) fresh_fields: &'static [&'static str],
}

/// How long a channel under test waits for an answer.
pub(crate) const TIMEOUT: Duration = Duration::from_millis(600);

/// What a bare status comes to unless the platform says otherwise: only 410 is for good.
pub(crate) fn usual(status: u16) -> Class {
    match status {
        200..=299 => Class::Accepted,
        410 => Class::Gone,
        _ => Class::Later,
    }
}

/// The register: one line a channel.
pub(crate) fn cases() -> Vec<Case> {
    vec![
        webhook::case(),
        feishu::case(),
        dingtalk::case(),
        wecom::case(),
        slack::case(),
        rocketchat::case(),
        teams::case(),
        discord::case(),
        telegram::case(),
    ]
}
