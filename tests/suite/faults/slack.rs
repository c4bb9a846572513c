//! Slack: one word decides, whatever the status.

use std::time::Duration;

use tenderwatch::channels::Kind;
use tenderwatch::channels::room;
use tenderwatch::channels::slack::{Flavour, Settings};
use tenderwatch::platform::secret::Secret;

use super::{Case, Class, Reply, TIMEOUT};

const FAILURES: &[(Reply, Class)] = &[
    (Reply::new(200, "invalid_payload"), Class::Refused),
    (Reply::new(400, "invalid_blocks"), Class::Refused),
    (Reply::new(400, "no_text"), Class::Refused),
    (Reply::new(403, "action_prohibited"), Class::Misconfigured),
    (Reply::new(403, "invalid_token"), Class::Misconfigured),
    (Reply::new(404, "no_service"), Class::Misconfigured),
    (Reply::new(404, "channel_not_found"), Class::Gone),
    (Reply::new(410, "channel_is_archived"), Class::Gone),
    (Reply::new(500, "rollup_error"), Class::Later),
    (Reply::new(400, "a_word_that_nobody_knows"), Class::Later),
];

const SLOW_DOWNS: &[(Reply, Option<Duration>)] =
    &[(Reply { status: 429, headers: "Retry-After: 30\r\n", body: "rate_limited" }, Some(Duration::from_secs(30)))];

fn build(url: &str) -> Kind {
    let room = room::Settings { allow_private: true, timeout: TIMEOUT, ..room::Settings::new(Secret::new(url)) };
    Kind::Slack(Settings { room, flavour: Flavour::Slack })
}

pub(crate) fn case() -> Case {
    Case {
        name: "slack",
        build,
        path: "/services/T00000000/B00000000/xoxTokenOfTheWebhook0000",
        secrets: &["xoxTokenOfTheWebhook0000"],
        success: Reply::new(200, "ok"),
        failures: FAILURES,
        slow_downs: SLOW_DOWNS,
        pause: None,
        unreadable: Class::Ambiguous,
        statuses: &[],
        fresh_fields: &[],
    }
}
