//! One POST to a fixed address: no redirects, no proxies of the environment, public addresses only, every wait bounded, the
//! answer bounded. Says whether the other side can have read the request; what an answer means is for the channel to say.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use url::{Host, Url};

use super::address::{PrivateOnly, PublicResolver};
use super::redact::Hidden;
use crate::domain::private_address::is_public;
use crate::platform::secret::Secret;

/// How much of an answer is read.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// How long connecting may take, a greeting of TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest wait that a receiver may ask for; what we make of it is decided elsewhere.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(7 * 24);

/// A way to one address.
#[derive(Debug)]
pub(super) struct Poster {
    client: reqwest::Client,
    /// Why https cannot be spoken, where it is needed and cannot.
    no_https: Option<String>,
    url: Secret,
    host: String,
    /// How long the answer's head may be waited for.
    timeout: Duration,
    hidden: Hidden,
}

/// An answer.
pub(super) struct Answer {
    /// The status code.
    pub status: u16,
    /// When the receiver asks to be tried again.
    pub retry_after: Option<Duration>,
    /// What it said, as far as it was read; nothing where reading broke off.
    pub body: Option<Vec<u8>>,
}

/// What became of a request.
pub(super) enum Posted {
    /// It was answered.
    Answered(Answer),
    /// The other side cannot have read it.
    NotSent {
        /// What happened.
        why: String,
    },
    /// It may have been read, and no answer came.
    NotAnswered {
        /// What happened.
        why: String,
    },
    /// It leads to a private address and was not sent.
    Private {
        /// Which host.
        why: String,
    },
}

fn builder(allow_private: bool, timeout: Duration) -> reqwest::ClientBuilder {
    let client = reqwest::Client::builder()
        .user_agent(concat!("tenderwatch/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .no_proxy()
        .referer(false)
        // A parked connection may be closed under our hands, and then nobody knows what the receiver has read.
        .pool_max_idle_per_host(0)
        // Well below the whole: a request that never left must not look like one that was not answered.
        .connect_timeout(CONNECT_TIMEOUT.min(timeout / 2));
    if allow_private { client } else { client.dns_resolver(PublicResolver) }
}

impl Poster {
    /// A way to the address; `secrets` never appear in what this one says.
    pub(super) fn new(
        url: &Secret,
        allow_private: bool,
        timeout: Duration,
        secrets: &[Secret],
    ) -> Result<Self, String> {
        let parsed = Url::parse(url.reveal()).map_err(|error| format!("url is not an address: {error}"))?;
        let host = parsed.host_str().unwrap_or_default().to_owned();
        match parsed.scheme() {
            "https" => {}
            "http" if allow_private => {}
            "http" => {
                return Err("url must begin with https:// (http:// only together with allow_private = true)".into());
            }
            other => return Err(format!("url must begin with https://, not {other}://")),
        }
        let literal = match parsed.host() {
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
            Some(Host::Domain(_)) | None => None,
        };
        if !allow_private && literal.is_some_and(|address| !is_public(address)) {
            return Err(format!("url leads to the private address {host}: set allow_private = true if it is yours"));
        }
        let builder = || builder(allow_private, timeout);
        // Plain http needs no certificate authorities, and a host without any has other channels to serve.
        let (client, no_https) = match builder().build() {
            Ok(client) => (Ok(client), None),
            Err(error) => (builder().tls_certs_only([]).build(), Some(chain(&error))),
        };
        let client = client.map_err(|error| format!("building the HTTP client: {}", chain(&error)))?;
        let no_https = no_https.filter(|_| parsed.scheme() == "https");
        let mut hidden: Vec<String> = secrets.iter().map(|secret| secret.reveal().to_owned()).collect();
        hidden.push(url.reveal().to_owned());
        hidden.push(parsed.as_str().to_owned());
        hidden.extend(parsed.path_segments().into_iter().flatten().filter(|s| s.len() >= 12).map(ToOwned::to_owned));
        hidden.extend(parsed.query().map(ToOwned::to_owned));
        hidden.extend(parsed.query_pairs().map(|(_, value)| value.into_owned()).filter(|v| v.len() >= 8));
        hidden.extend(parsed.password().map(ToOwned::to_owned));
        Ok(Self { client, no_https, url: url.clone(), host, timeout, hidden: Hidden::new(hidden) })
    }

    /// Posts a JSON body.
    pub(super) async fn post(&self, headers: HeaderMap, body: Vec<u8>, now: Timestamp) -> Posted {
        self.post_with([], headers, body, now).await
    }

    /// Posts a JSON body to the address with more in its query.
    pub(super) async fn post_with<'q>(
        &self,
        query: impl IntoIterator<Item = (&'q str, &'q str)>,
        headers: HeaderMap,
        body: Vec<u8>,
        now: Timestamp,
    ) -> Posted {
        let request = self
            .client
            .post(with_query(self.url.reveal(), query))
            .headers(headers)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(body);
        if let Some(why) = &self.no_https {
            return Posted::NotSent {
                why: format!("https cannot be spoken, is the package ca-certificates installed? ({why})"),
            };
        }
        // The client's own limit for the whole is asked before the connection is: late, it would hide why nothing was sent.
        match tokio::time::timeout(self.timeout, request.send()).await {
            Ok(Ok(response)) => Posted::Answered(answer(response, self.timeout / 2, now).await),
            Ok(Err(error)) => self.failed(&error.without_url()),
            Err(_) => {
                Posted::NotAnswered { why: format!("{} did not answer in time after the request was sent", self.host) }
            }
        }
    }

    /// A text of the other side, without what must not be seen.
    pub(super) fn redact(&self, text: &str) -> String {
        self.hidden.redact(text)
    }

    fn failed(&self, error: &reqwest::Error) -> Posted {
        let host = &self.host;
        if is_private_only(error) {
            return Posted::Private {
                why: format!("{host} leads to a private address: set allow_private = true if it is yours"),
            };
        }
        let what = if error.is_timeout() { "no answer in time".to_owned() } else { self.redact(&chain(error)) };
        if error.is_connect() || error.is_builder() {
            return Posted::NotSent { why: format!("connecting to {host}: {what}") };
        }
        Posted::NotAnswered { why: format!("{host} did not answer after the request was sent: {what}") }
    }
}

/// Reads what matters of an answer. The status is already known: whatever goes wrong now cannot change it.
async fn answer(mut response: reqwest::Response, patience: Duration, now: Timestamp) -> Answer {
    let status = response.status().as_u16();
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| retry_after(value.to_str().ok()?, now));
    let body = tokio::time::timeout(patience, body(&mut response)).await.unwrap_or_default();
    Answer { status, retry_after, body }
}

/// The body, or as much of it as is read; nothing where it broke off.
async fn body(response: &mut reqwest::Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while body.len() < ANSWER_BYTES_MAX {
        let Some(chunk) = response.chunk().await.ok()? else { break };
        body.extend(chunk.iter().take(ANSWER_BYTES_MAX - body.len()));
    }
    Some(body)
}

/// `Retry-After` in both its forms: seconds, and a date (RFC 9110 section 10.2.3).
fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    let wait = if let Ok(seconds) = text.parse::<u64>() {
        Duration::from_secs(seconds)
    } else {
        let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
        Duration::try_from(at.duration_since(now)).unwrap_or_default()
    };
    Some(wait.min(RETRY_AFTER_MAX))
}

/// The address with more in its query; what stands there already stays as it is.
fn with_query<'q>(url: &str, query: impl IntoIterator<Item = (&'q str, &'q str)>) -> String {
    let mut query = query.into_iter().peekable();
    let Ok(mut parsed) = Url::parse(url) else { return url.to_owned() };
    if query.peek().is_none() {
        return url.to_owned();
    }
    parsed.query_pairs_mut().extend_pairs(query);
    parsed.into()
}

fn is_private_only(error: &reqwest::Error) -> bool {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if error.is::<PrivateOnly>() {
            return true;
        }
        source = error.source();
    }
    false
}

/// An error with its causes in one line; reqwest's own texts say nothing without them.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        assert_eq!(retry_after("120", now), Some(Duration::from_mins(2)));
        assert_eq!(retry_after("Sun, 22 Nov 2026 12:10:00 GMT", now), Some(Duration::from_mins(10)));
        assert_eq!(retry_after("Sun, 22 Nov 2026 11:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("99999999999", now), Some(RETRY_AFTER_MAX));
        assert_eq!(retry_after("soon", now), None);
        assert_eq!(retry_after("-5", now), None);
    }

    #[test]
    fn an_address_that_cannot_be_right_is_refused_at_once() {
        let build = |url: &str, allow_private| {
            Poster::new(&Secret::new(url), allow_private, Duration::from_secs(1), &[]).map(|_| ())
        };
        assert!(build("ftp://example.com/", true).unwrap_err().contains("https://"));
        assert!(build("http://example.com/", false).unwrap_err().contains("https://"));
        assert!(build("https://127.0.0.1/hook", false).unwrap_err().contains("allow_private"));
        assert!(build("https://[::ffff:10.0.0.1]/hook", false).unwrap_err().contains("allow_private"));
        assert!(build("https://2130706433/hook", false).unwrap_err().contains("allow_private"));
        assert!(!build("not an address with a token", false).unwrap_err().contains("token"));
    }
}
