//! An answer whose `errcode` decides, as DingTalk and WeCom give it: their 200 says nothing. What a code means is for the
//! channel to say.

use std::time::Duration;

use serde::Deserialize;

use super::post::{Answer, Posted, Poster};
use crate::domain::delivery::Outcome;

/// What a code means.
pub(super) enum Meaning {
    /// Not now; at least so long to wait, where the platform documents a pause.
    Later(Option<Duration>),
    /// This message will never be taken.
    Refused(&'static str),
    /// No message will ever be taken again.
    Gone(&'static str),
    /// The bot's address, its secret or its settings are at fault; and what would mend it.
    Misconfigured(&'static str),
}

#[derive(Deserialize)]
struct Reply {
    errcode: Option<i64>,
    errmsg: Option<String>,
    /// The guard before DingTalk's bots turns requests away without an `errcode`, with `"punish": "deny"`.
    punish: Option<String>,
}

/// What became of a request. `pause` is what a refusal for being too fast costs where the answer names no code.
pub(super) fn judge(
    poster: &Poster,
    posted: Posted,
    pause: Duration,
    meaning: impl Fn(i64, &str) -> Meaning,
) -> Outcome {
    let answer = match posted {
        Posted::Answered(answer) => answer,
        Posted::NotSent { why } => return Outcome::Later { why, retry_after: None },
        Posted::NotAnswered { why } => return Outcome::Ambiguous { why },
        Posted::Private { why } => return Outcome::Misconfigured { why },
    };
    let Answer { status, retry_after, body } = answer;
    let reply = body.as_deref().and_then(|body| serde_json::from_slice::<Reply>(body).ok());
    let code = reply.as_ref().and_then(|reply| reply.errcode);
    match (status, reply, code) {
        (200..=299, _, Some(0)) => Outcome::Accepted,
        (_, Some(reply), Some(code)) if code != 0 => {
            let said = reply.errmsg.unwrap_or_default();
            let why = format!("the bot answered code {code} ({})", poster.redact(&said));
            match meaning(code, &said) {
                Meaning::Later(pause) => Outcome::Later { why, retry_after: longer(retry_after, pause) },
                Meaning::Refused(remedy) => Outcome::Refused { why: format!("{why}: {remedy}") },
                Meaning::Gone(what) => Outcome::Gone { why: format!("{why}: {what}") },
                Meaning::Misconfigured(remedy) => Outcome::Misconfigured { why: format!("{why}: {remedy}") },
            }
        }
        (_, Some(Reply { punish: Some(_), .. }), None) => {
            let why = format!("the guard before the bot turned the request away with {status}");
            Outcome::Later { why, retry_after: longer(retry_after, Some(pause)) }
        }
        // An answer of success that cannot be read may be one.
        (200..=299, _, _) => Outcome::Ambiguous { why: format!("the bot answered {status} without a readable code") },
        (410, _, _) => Outcome::Gone { why: "the bot answered 410: gone for good".into() },
        (429, _, _) => Outcome::Later {
            why: format!("the bot answered {status}: rate limit"),
            retry_after: longer(retry_after, Some(pause)),
        },
        _ => Outcome::Later { why: format!("the bot answered {status}"), retry_after },
    }
}

/// The longer of what was asked for and what is documented.
fn longer(asked: Option<Duration>, documented: Option<Duration>) -> Option<Duration> {
    asked.max(documented)
}
