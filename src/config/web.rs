//! `[web]`: the pages of our own. Without the table there are none. What could put people's addresses or passes on the wire in
//! the clear has to be said knowingly.

use std::net::{Ipv4Addr, SocketAddr};

use url::{Host, Url};

use super::channels::Declared;
use super::settings::WebSettings;
use super::values;
use super::walk::{Table, one_of};

/// Where to listen when nothing is said.
const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8320);

const LISTEN_EXPECTED: &str = "an address and a port, as \"127.0.0.1:8320\" or \"[::1]:8320\"";
const BASE_EXPECTED: &str = "the address that people see, as \"https://tenders.example.org\"";

/// Reads the table.
pub(super) fn read(table: Option<&Table<'_, '_>>, channels: &[Declared]) -> Option<WebSettings> {
    let table = table?;
    let listen = listen(table);
    let base_url = base_url(table);
    let behind_proxy = table.boolean("behind_proxy", false);
    let signup_channel = signup_channel(table, channels);
    table.finish();
    Some(WebSettings { listen, base_url: base_url?, behind_proxy, signup_channel })
}

/// Plain HTTP on loopback is what a reverse proxy needs. On any other address it is readable on the way, passes included.
fn listen(table: &Table<'_, '_>) -> SocketAddr {
    let is_knowing = table.boolean("allow_public", false);
    let Some(text) = table.text("listen", LISTEN_EXPECTED) else { return LISTEN };
    let Ok(address) = text.value.parse::<SocketAddr>() else {
        let message = format!("listen = {:?} is no address to listen on", text.value);
        table.walk.wrong(&text.span, message, LISTEN_EXPECTED, "write digits, not a name, and a port behind a colon");
        return LISTEN;
    };
    if !address.ip().is_loopback() && !is_knowing {
        table.walk.wrong(
            &text.span,
            format!("listen = {:?} can be reached from other machines, unencrypted", text.value),
            "a loopback address, behind a reverse proxy that speaks https",
            "write \"127.0.0.1:8320\"; or, where only the proxy can reach it, allow_public = true",
        );
    }
    address
}

/// Links in mails begin with it, and they carry passes: https, but for a machine that talks to itself.
fn base_url(table: &Table<'_, '_>) -> Option<String> {
    let found = table.required_text("base_url", BASE_EXPECTED, "base_url = \"https://tenders.example.org\"")?;
    let wrong = |message: String, remedy: &str| {
        table.walk.wrong(&found.span, message, BASE_EXPECTED, remedy);
        None
    };
    let Some(url) = values::web_address(found.value) else {
        return wrong("base_url is no web address".to_owned(), "write https://, a name, nothing else");
    };
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return wrong("base_url goes on after the name".to_owned(), "give the pages a name of their own");
    }
    if url.scheme() != "https" && !is_loopback(&url) {
        return wrong(
            "base_url is not https, and the links in mails permit what they say".to_owned(),
            "write https://, and let the reverse proxy speak it",
        );
    }
    Some(url.as_str().trim_end_matches('/').to_owned())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// People sign up by mail: the proof that an address is theirs goes there.
fn signup_channel(table: &Table<'_, '_>, channels: &[Declared]) -> Option<String> {
    let found = table.text("signup_channel", "the name of a channel of mail")?;
    let takes = channels.iter().find(|channel| channel.name == found.value).map(|channel| channel.takes_receivers);
    let of_mail = channels.iter().filter(|channel| channel.takes_receivers == Some(true));
    if takes == Some(Some(false)) {
        let names: Vec<&str> = of_mail.map(|channel| channel.name.as_str()).collect();
        let expected = if names.is_empty() { "a channel of mail; none is declared".to_owned() } else { one_of(names) };
        let message = format!("signup_channel = {:?} is no channel of mail", found.value);
        let remedy = "name a [channels.NAME.email], or leave the line out: the page then says that sign-up is closed";
        table.walk.wrong(&found.span, message, expected, remedy);
        return None;
    }
    let names: Vec<String> = channels.iter().map(|channel| channel.name.clone()).collect();
    table.reference("signup_channel", &found, "channels", &names);
    takes.is_some().then(|| found.value.to_owned())
}
