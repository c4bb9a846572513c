//! `[channels.NAME.KIND]`: how messages leave. Secrets are named by the file they stand in. A file for each sort of kind.

use super::mistake::Sort;
use super::settings::{ChannelSettings, RoomKind};
use super::walk::Table;

mod email;

mod webhook;

mod room;

mod telegram;

mod command;

mod folder;

/// Every kind, by its word in the configuration.
const KINDS: [&str; 11] =
    ["email", "webhook", "feishu", "dingtalk", "wecom", "slack", "teams", "discord", "telegram", "command", "folder"];

/// A channel as the sections after this one know it; nothing in `settings` where it could not be read.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) settings: Option<ChannelSettings>,
    /// Whether it needs receivers; unknown where its kind is.
    pub(super) takes_receivers: Option<bool>,
}

/// Reads every channel that is declared.
pub(super) fn read(root: &Table<'_, '_>) -> Vec<Declared> {
    root.named("channels").into_iter().map(|(name, table)| channel(name, &table)).collect()
}

fn channel(name: String, table: &Table<'_, '_>) -> Declared {
    table.check_name(&name);
    let given: Vec<_> = KINDS.into_iter().filter_map(|kind| Some((kind, table.table(kind)?))).collect();
    let expected = format!("one table [channels.NAME.KIND], where KIND is one of: {}", KINDS.join(", "));
    if given.is_empty() {
        let remedy = format!("add a table [channels.{name}.email] and its keys");
        table.walk.report(Sort::Elsewhere, &table.span, format!("the channel {name:?} has no kind"), expected, remedy);
    } else if let Some((_, second)) = given.get(1) {
        let message = format!("the channel {name:?} is of {} kinds", given.len());
        table.walk.wrong(&second.span, message, expected, "give the second one a channel of its own");
    }
    let takes_receivers = match given.as_slice() {
        [(kind, _)] => Some(*kind == "email"),
        _ => None,
    };
    // All of them are read, so that the mistakes of each are told.
    let mut settings = None;
    for (kind, table) in &given {
        settings = settings.or(of_kind(kind, table));
    }
    table.finish();
    Declared { name, settings, takes_receivers }
}

fn of_kind(kind: &str, table: &Table<'_, '_>) -> Option<ChannelSettings> {
    match kind {
        "email" => email::read(table).map(ChannelSettings::Email),
        "webhook" => webhook::read(table).map(ChannelSettings::Webhook),
        "telegram" => telegram::read(table).map(ChannelSettings::Telegram),
        "command" => command::read(table).map(ChannelSettings::Command),
        "folder" => folder::read(table).map(ChannelSettings::Folder),
        room => RoomKind::parse(room).and_then(|kind| room::read(table, kind)).map(ChannelSettings::Room),
    }
}
