//! The HTTP clients and one exchange with them: no proxy, no cookies, no Referer, no redirects of their own, a connection for
//! each request, and a deadline for everything. Says in words why nothing answered; knows nothing of turns and budgets.

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use reqwest::{Client, ClientBuilder, StatusCode, redirect, retry};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::body::{self, Body};
use super::private_address::{self, Guard};
use super::{FetchError, Settings};
use crate::domain::source::Validators;

/// A header this large is an attack; hyper reads one into memory whole.
const HEADER_FIELDS_MAX: usize = 100;

/// Two clients: one for the world, one for the operator's own hosts, whose addresses may be private.
#[derive(Debug)]
pub(super) struct Clients {
    world: Client,
    own: Client,
    /// Why https cannot be spoken, where it cannot: plain http still works.
    pub(super) https: Result<(), FetchError>,
}

/// What came back, its body read as far as it is of use.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Body,
}

/// Nothing came back.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// The host's addresses are private.
    Private,
    /// Why, in words, without the URL.
    Silent(String),
}

/// What one exchange may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) head: Duration,
    pub(super) body: Duration,
    pub(super) body_bytes_max: usize,
}

impl Clients {
    /// Builds both. Without a usable store of certificate authorities they speak only plain http, and `https` says so.
    pub(super) fn build(settings: &Settings) -> Result<Self, FetchError> {
        // The first one installed stays; it is this one everywhere in the program.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let https = base(settings).build().map(drop).map_err(|error| FetchError::NoHttps { why: reasons(&error) });
        let build = |builder: ClientBuilder| {
            let builder = if https.is_ok() { builder } else { builder.tls_certs_only([]) };
            builder.build().map_err(|error| FetchError::Client { why: reasons(&error) })
        };
        let world = build(base(settings).dns_resolver(Guard))?;
        let own = build(base(settings))?;
        Ok(Self { world, own, https })
    }

    /// Asks once and reads the answer. `deadline` bounds all of it.
    pub(super) async fn exchange(
        &self,
        url: &Url,
        own: bool,
        validators: Option<&Validators>,
        limits: Limits,
        deadline: Instant,
    ) -> Result<Answer, NoAnswer> {
        if let (Err(error), "https") = (&self.https, url.scheme()) {
            return Err(NoAnswer::Silent(error.to_string()));
        }
        let client = if own { &self.own } else { &self.world };
        let asking = client.get(url.clone()).headers(conditions(validators)).send();
        let response = match timeout_at(deadline.min(Instant::now() + limits.head), asking).await {
            Err(_) => return Err(NoAnswer::Silent("no complete header in time".to_owned())),
            Ok(Err(error)) if private_address::is_behind(&error) => return Err(NoAnswer::Private),
            Ok(Err(error)) => return Err(NoAnswer::Silent(reasons(&error))),
            Ok(Ok(response)) => response,
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let body = if status.is_success() {
            body::read(response, limits.body_bytes_max, deadline.min(Instant::now() + limits.body)).await
        } else {
            Body::unread()
        };
        Ok(Answer { status, headers, body })
    }
}

fn base(settings: &Settings) -> ClientBuilder {
    let mut headers = HeaderMap::new();
    headers
        .insert(ACCEPT, HeaderValue::from_static("text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8"));
    headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("zh-CN,zh;q=0.9,en;q=0.5"));
    Client::builder()
        .user_agent(settings.user_agent())
        .default_headers(headers)
        .connect_timeout(settings.connect_timeout)
        .timeout(settings.total_timeout)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        .http1_max_headers(HEADER_FIELDS_MAX)
        // A kept connection may be closed by the other side just as it is used again, and would look like a failure.
        .pool_max_idle_per_host(0)
}

/// The headers that make a request conditional. Remembered values that are no header values are left out.
fn conditions(validators: Option<&Validators>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let Some(validators) = validators else { return headers };
    for (name, value) in [(IF_NONE_MATCH, &validators.etag), (IF_MODIFIED_SINCE, &validators.last_modified)] {
        if let Some(value) = value.as_deref().and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
    headers
}

/// An error and what is behind it, in one line without the URL.
pub(super) fn reasons(error: &reqwest::Error) -> String {
    let mut innermost = String::new();
    let mut next = error.source();
    while let Some(error) = next {
        let said = error.to_string();
        if !innermost.contains(&said) {
            if !innermost.is_empty() {
                innermost.push_str(": ");
            }
            innermost.push_str(&said);
        }
        next = error.source();
    }
    if innermost.is_empty() {
        "the request failed".clone_into(&mut innermost);
    }
    innermost.chars().take(200).collect()
}
