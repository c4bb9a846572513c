//! `[channels.NAME.telegram]`: a bot and the chat it writes to.

use crate::config::settings::TelegramSettings;
use crate::config::values;
use crate::config::walk::{Holds, Table};

const CHAT: &str = "the chat's number, as \"-1001234567890\", or the public name of a channel, as \"@tenders\"";

pub(super) fn read(table: &Table<'_, '_>) -> Option<TelegramSettings> {
    let allow_private = table.boolean("allow_private", false);
    let token_file = table.file("token_file", Holds::Secret);
    if table.place("token_file").is_none() {
        let remedy = "token_file = \"/etc/tenderwatch/telegram-token\"";
        table.missing("token_file", "the file that holds the bot's token", remedy);
    }
    let chat = chat(table);
    let api = api(table);
    table.finish();
    Some(TelegramSettings { token_file: token_file?, chat: chat?, api: api?, allow_private })
}

fn chat(table: &Table<'_, '_>) -> Option<String> {
    let found = table.required_text("chat", CHAT, "chat = \"-1001234567890\"")?;
    let text = found.value;
    let is_number = text.parse::<i64>().is_ok();
    let is_name = text
        .strip_prefix('@')
        .is_some_and(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
    if !is_number && !is_name {
        table.walk.wrong(&found.span, format!("chat = {text:?} is no chat"), CHAT, "ask @userinfobot for the number");
        return None;
    }
    Some(text.to_owned())
}

/// Nothing where it could not be read; the platform's own where nothing is written.
fn api(table: &Table<'_, '_>) -> Option<String> {
    let expected = "the address of a Bot API server";
    let Some(found) = table.text("api", expected) else {
        return Some("https://api.telegram.org".into());
    };
    if values::web_address(found.value).is_none() {
        table.walk.wrong(&found.span, "api is no web address", expected, "leave it out for api.telegram.org");
        return None;
    }
    Some(found.value.trim_end_matches('/').to_owned())
}
