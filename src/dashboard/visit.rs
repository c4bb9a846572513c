//! Who asks, and in which language: `?lang=`, else `Accept-Language`, else Chinese. Never refuses.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum::serve::IncomingStream;

use super::Desk;
use super::door::Door;
use crate::domain::subscription::Language;

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(SocketAddr);

impl Connected<IncomingStream<'_, Door>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// One visitor's question, apart from what is asked.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    pub(super) language: Language,
    pub(super) client: IpAddr,
    /// The page's own path, for the link to the other language.
    pub(super) path: String,
}

impl Visit {
    pub(super) fn of(parts: &Parts, behind_proxy: bool) -> Self {
        let query = parts.uri.query().unwrap_or_default();
        let chosen = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "lang");
        let language = chosen.and_then(|(_, word)| language_of(&word));
        Self {
            language: language.or_else(|| accepted(&parts.headers)).unwrap_or_default(),
            client: client(parts, behind_proxy),
            path: parts.uri.path().to_owned(),
        }
    }
}

impl FromRequestParts<Arc<Desk>> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, desk: &Arc<Desk>) -> Result<Self, Infallible> {
        Ok(Self::of(parts, desk.behind_proxy()))
    }
}

/// A proxy adds the address that it sees at the end; what stands before it is the visitor's own claim.
fn client(parts: &Parts, behind_proxy: bool) -> IpAddr {
    let forwarded = parts.headers.get_all("x-forwarded-for").into_iter().next_back();
    let last = forwarded.and_then(|value| value.to_str().ok()).and_then(|list| list.rsplit(',').next());
    let claimed = last.and_then(|text| text.trim().trim_matches(['[', ']']).parse().ok());
    if let (true, Some(address)) = (behind_proxy, claimed) {
        return address;
    }
    let peer = parts.extensions.get::<ConnectInfo<Peer>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(Peer(address))| address.ip())
}

/// `zh`, `zh-Hans-CN`, `en-GB`: by the first part.
pub(super) fn language_of(tag: &str) -> Option<Language> {
    let first = tag.split(['-', '_']).next().unwrap_or_default().trim();
    [Language::Zh, Language::En].into_iter().find(|language| first.eq_ignore_ascii_case(language.word()))
}

/// The best of ours in `Accept-Language`, by weight, then by order.
fn accepted(headers: &HeaderMap) -> Option<Language> {
    let list = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best: Option<(u16, Language)> = None;
    for entry in list.split(',').take(20) {
        let (tag, rest) = entry.split_once(';').unwrap_or((entry, ""));
        let weight = rest.trim().strip_prefix("q=").map_or(Some(1.0), |text| text.parse::<f32>().ok());
        let Some(language) = language_of(tag.trim()) else { continue };
        let Some(weight) = weight.filter(|weight| (0.0..=1.0).contains(weight)) else { continue };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
        let weight = (weight * 1000.0) as u16;
        if weight > 0 && best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn visit(uri: &str, headers: &[(&'static str, &str)], behind_proxy: bool) -> Visit {
        let mut request = Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(ConnectInfo(Peer(SocketAddr::from(([127, 0, 0, 1], 9)))));
        Visit::of(&parts, behind_proxy)
    }

    #[test]
    fn the_address_says_the_language_before_the_browser_does() {
        let asks = |uri, list| visit(uri, &[("accept-language", list)], false).language;
        assert_eq!(asks("/?lang=en", "zh-CN"), Language::En);
        assert_eq!(asks("/?lang=xx", "en-GB,zh;q=0.5"), Language::En);
        assert_eq!(asks("/", "fr, zh-TW;q=0.8, en;q=0.9"), Language::En);
        assert_eq!(asks("/", "en;q=0, fr"), Language::Zh);
        assert_eq!(asks("/", "en;q=nonsense, ;;,,q="), Language::Zh);
        assert_eq!(visit("/", &[], false).language, Language::Zh);
    }

    #[test]
    fn a_claimed_address_counts_only_behind_a_proxy_and_only_the_proxys_own_word() {
        let claims = [("x-forwarded-for", "192.0.2.1, 192.0.2.2"), ("x-forwarded-for", "198.51.100.7, 203.0.113.9")];
        assert_eq!(visit("/", &claims, false).client.to_string(), "127.0.0.1");
        assert_eq!(visit("/", &claims, true).client.to_string(), "203.0.113.9");
        assert_eq!(visit("/", &[("x-forwarded-for", "2001:db8::1")], true).client.to_string(), "2001:db8::1");
        assert_eq!(visit("/", &[("x-forwarded-for", "unknown")], true).client.to_string(), "127.0.0.1");
    }
}
