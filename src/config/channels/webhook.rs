//! `[channels.NAME.webhook]`: signed JSON to one address.

use std::path::PathBuf;

use super::room::endpoint;
use crate::config::limits;
use crate::config::settings::WebhookSettings;
use crate::config::walk::{Holds, Table};

pub(super) fn read(table: &Table<'_, '_>) -> Option<WebhookSettings> {
    let allow_private = table.boolean("allow_private", false);
    let endpoint = endpoint(table, allow_private);
    let secret_files = signing_secrets(table);
    table.finish();
    Some(WebhookSettings { endpoint: endpoint?, secret_files: secret_files?, allow_private })
}

/// Never unsigned: a receiver could not tell our message from anybody's.
fn signing_secrets(table: &Table<'_, '_>) -> Option<Vec<PathBuf>> {
    let one = table.file("secret_file", Holds::WebhookKey);
    let several = table.files("secret_files", Holds::WebhookKey);
    let expected = "secret_file, or secret_files with the newest first";
    match (table.place("secret_file"), table.place("secret_files")) {
        (Some(_), Some(place)) => {
            table.walk.wrong(
                &place,
                "both secret_file and secret_files are there",
                expected,
                "put all of them into secret_files",
            );
            None
        }
        (Some(_), None) => one.map(|file| vec![file]),
        (None, Some(place)) => {
            let files = several?;
            if files.is_empty() || files.len() > limits::SIGNING_SECRETS_MAX {
                let message = format!("secret_files lists {} files", files.len());
                let expected = format!("1 to {} files", limits::SIGNING_SECRETS_MAX);
                table.walk.wrong(&place, message, expected, "list the newest first, and one or two old ones");
            }
            Some(files)
        }
        (None, None) => {
            table.missing("secret_file", expected, "secret_file = \"/etc/tenderwatch/webhook-secret\"");
            None
        }
    }
}
