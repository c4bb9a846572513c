//! A webhook leads to the public internet and nowhere else, unless its settings say that the receiver is the operator's own: a
//! public name may resolve to an address inside. What is public is decided in `domain/private_address.rs`.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::domain::private_address::is_public;

/// Every address of a name is private.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to a private address only")]
pub(super) struct PrivateOnly;

/// A resolver that gives out public addresses only. Not asked for addresses that stand in the URL itself: those are looked at
/// before.
pub(super) struct PublicResolver;

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let all = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = all.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(PrivateOnly.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}
