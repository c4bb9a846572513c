//! Keeps requests from private addresses: a literal in the URL, and every address that a name resolves to. A host of the
//! operator's own is exempt. Which addresses are private is decided in `domain/private_address.rs`.

use std::net::{IpAddr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::domain::private_address::is_public;

/// Every address of the name is one that strangers may not send us to.
#[derive(Debug, thiserror::Error)]
#[error("every address of the host is private")]
pub(super) struct OnlyPrivate;

/// Whether the URL names a private address outright, or a name that always means this machine.
pub(super) fn is_named_in(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => !is_public(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => !is_public(IpAddr::V6(address)),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
        }
        None => false,
    }
}

/// Resolves names as the system does and withholds the private addresses among the answers.
#[derive(Debug)]
pub(super) struct Guard;

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let open: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if open.is_empty() {
                return Err(OnlyPrivate.into());
            }
            let addresses: Addrs = Box::new(open.into_iter());
            Ok(addresses)
        })
    }
}

/// Whether an error came from [`Guard`], however deep it is wrapped.
pub(super) fn is_behind(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<OnlyPrivate>() {
            return true;
        }
        next = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_seen_in_every_spelling_of_it() {
        for url in [
            "http://127.0.0.1/",
            "http://0x7f000001/",
            "http://2130706433/",
            "http://0177.1/",
            "http://[::1]/",
            "http://[::ffff:169.254.169.254]/",
            "http://localhost:8080/",
            "http://LOCALHOST./",
            "http://a.localhost/",
        ] {
            assert!(is_named_in(&Url::parse(url).unwrap()), "{url}");
        }
        assert!(!is_named_in(&Url::parse("http://www.ccgp.gov.cn/").unwrap()));
    }
}
