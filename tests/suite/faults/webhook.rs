//! The signed webhook: its statuses say everything, its body nothing.

use tenderwatch::channels::Kind;
use tenderwatch::channels::webhook::Settings;
use tenderwatch::platform::secret::Secret;

use super::{Case, Class, Reply, TIMEOUT};

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

fn build(url: &str) -> Kind {
    Kind::Webhook(Settings {
        allow_private: true,
        timeout: TIMEOUT,
        ..Settings::new(Secret::new(url), Secret::new(SECRET))
    })
}

pub(crate) fn case() -> Case {
    Case {
        name: "webhook",
        build,
        path: "/hooks/t0ken-of-the-receiver?key=k3y-of-the-receiver",
        secrets: &["t0ken-of-the-receiver", "k3y-of-the-receiver", SECRET],
        success: Reply::new(204, ""),
        failures: &[],
        slow_downs: &[],
        pause: None,
        unreadable: Class::Accepted,
        statuses: &[],
        fresh_fields: &[],
    }
}
