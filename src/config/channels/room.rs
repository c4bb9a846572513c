//! `[channels.NAME.feishu]` and the other rooms: the address of a bot, which may itself be the key, and where the platform
//! knows them a secret to sign with. Slack's envelope is also Mattermost's and Rocket.Chat's: there the server is named.

use url::Url;

use crate::channels::slack::Flavour;
use crate::config::settings::{Endpoint, RoomKind, RoomSettings};
use crate::config::values;
use crate::config::walk::{Holds, Table};
use crate::platform::secret::Secret;

/// What an endpoint looks like.
const ENDPOINT: &str = "a web address that begins with https://";

pub(super) fn read(table: &Table<'_, '_>, kind: RoomKind) -> Option<RoomSettings> {
    let allow_private = table.boolean("allow_private", false);
    let endpoint = endpoint(table, allow_private);
    let secret_file = if kind.signs() { table.file("secret_file", Holds::Secret) } else { None };
    let flavours = Flavour::ALL.map(|flavour| (flavour.word(), flavour));
    let flavour = (kind == RoomKind::Slack).then(|| table.word("flavour", &flavours, Flavour::default()));
    table.finish();
    Some(RoomSettings { kind, endpoint: endpoint?, secret_file, allow_private, flavour })
}

/// Written down or in a file of its own. What is written is never repeated in a mistake: the address may be the key.
pub(super) fn endpoint(table: &Table<'_, '_>, allow_private: bool) -> Option<Endpoint> {
    let file = table.file("url_file", Holds::Address);
    let written = table.text("url", ENDPOINT);
    match (table.place("url"), table.place("url_file")) {
        (Some(place), Some(_)) => {
            table.walk.wrong(
                &place,
                "both url and url_file are there",
                "one of them",
                "keep url_file: the address may be a secret",
            );
            None
        }
        (Some(_), None) => {
            let found = written?;
            match endpoint_problem(found.value, allow_private) {
                None => Some(Endpoint::Written(Secret::new(found.value.trim()))),
                Some((message, remedy)) => {
                    table.walk.wrong(&found.span, message, ENDPOINT, remedy);
                    None
                }
            }
        }
        (None, Some(_)) => file.map(Endpoint::File),
        (None, None) => {
            table.missing("url_file", "url_file, or url", "url_file = \"/etc/tenderwatch/room-url\"");
            None
        }
    }
}

fn endpoint_problem(text: &str, allow_private: bool) -> Option<(&'static str, &'static str)> {
    let Some(url) = values::web_address(text) else {
        return Some((
            "url is no web address, or holds a name and password",
            "copy the address as the receiver gives it",
        ));
    };
    if allow_private {
        return None;
    }
    private_or_clear(&url)
}

fn private_or_clear(url: &Url) -> Option<(&'static str, &'static str)> {
    if values::looks_private(url) {
        return Some(("url leads to a private address", "write allow_private = true if that is meant"));
    }
    (url.scheme() != "https").then_some(("url would send in the clear", "begin it with https://"))
}
