//! HTTP, politely: a request becomes a page, or a named reason why not. One request in flight per host, a gap, a budget, back-off,
//! robots.txt, no private addresses, everything bounded in size and time. Keeps nothing on disk; bypasses no challenge.

mod body;
mod charset;
mod classify;
mod client;
mod host;
mod knock;
mod leave;
mod private_address;
mod retry_after;
mod robots;
mod settings;

use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use url::Url;

pub use self::charset::decode;
use self::client::{Answer, Clients, Limits, NoAnswer};
use self::host::{Hosts, Turn, Verdict};
pub use self::settings::{FetchError, HostRule, Settings};
use crate::domain::blame::HostOutcome;
use crate::domain::source::{HostMemory, Validators};
use crate::platform::clock::Clock;

/// A longer address is nobody's.
const URL_BYTES_MAX: usize = 8 * 1024;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The address: http or https.
    pub url: Url,
    /// What is known of it from last time.
    pub validators: Option<Validators>,
    /// Texts that a challenge or rate-limit page of the site shows.
    pub signs: &'static [&'static str],
    /// Texts that only pages with content show: where one of them stands, a sign is not believed.
    pub content_marks: &'static [&'static str],
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// A body to read.
    Page(Box<Page>),
    /// The same as last time, by the server's word or by the body's hash.
    Unchanged,
    /// A success with nothing in it.
    Empty {
        /// The HTTP status.
        status: u16,
    },
    /// A captcha or a rate limit in the clothes of a page.
    Challenged {
        /// The sign it was known by.
        sign: String,
        /// How long the server asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// A status other than success.
    Refused {
        /// The HTTP status.
        status: u16,
        /// How long the server asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// The body was cut short, or did not end in time.
    Truncated {
        /// How it is known, in words.
        why: String,
    },
    /// No answer at all.
    Unreachable {
        /// What failed, in words.
        why: String,
    },
    /// We did not ask, or did not go on.
    Withheld {
        /// The reason.
        why: Withheld,
    },
}

/// Why we did not ask, or did not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// robots.txt forbids the address, or cannot be had for now.
    Robots,
    /// The address is a private one and the host is not the operator's own.
    PrivateAddress,
    /// The host has had its requests for today.
    Budget {
        /// When there are new ones.
        until: Timestamp,
    },
    /// The host refused us not long ago.
    BackedOff {
        /// When it may be asked again.
        until: Timestamp,
    },
    /// It sent us on and on.
    TooManyRedirects,
    /// The body was larger than allowed.
    TooLarge,
    /// The address is not http or https, names no host, carries a password, or is too long.
    BadAddress,
}

impl std::fmt::Display for Withheld {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Robots => f.write_str("robots.txt gives no leave"),
            Self::PrivateAddress => f.write_str("the address is private and the host not our own"),
            Self::Budget { until } => write!(f, "the host has had its requests for today, until {until}"),
            Self::BackedOff { until } => write!(f, "the host is left alone until {until}"),
            Self::TooManyRedirects => f.write_str("too many redirections"),
            Self::TooLarge => f.write_str("the body is larger than allowed"),
            Self::BadAddress => f.write_str("the address is not one to ask"),
        }
    }
}

/// A body that came whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where it came from in the end.
    pub url: Url,
    /// The HTTP status.
    pub status: u16,
    /// The body, decompressed.
    pub bytes: Vec<u8>,
    /// The body as text.
    pub text: String,
    /// The charset it was read in.
    pub charset: &'static str,
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
    /// The SHA-256 of `bytes`, in hex.
    pub hash: String,
    /// When.
    pub fetched_at: Timestamp,
}

/// Asks hosts, one request at a time each.
#[derive(Debug)]
pub struct Fetcher {
    settings: Settings,
    clock: Clock,
    clients: Clients,
    hosts: Hosts,
    robots: Mutex<robots::Cache>,
}

/// One hop's end.
enum Heard {
    Moved(Url),
    Answered(Fetched),
}

impl Fetcher {
    /// A fetcher that remembers what an earlier one knew. Refuses settings that would be unkind to a host.
    pub fn new(settings: Settings, clock: Clock, memory: Vec<HostMemory>) -> Result<Self, FetchError> {
        settings.check()?;
        let clients = Clients::build(&settings)?;
        let hosts = Hosts::new(&settings, clock.clone(), memory);
        Ok(Self { settings, clock, clients, hosts, robots: Mutex::default() })
    }

    /// Asks for a page: each hop with a good address, with robots.txt's leave, in its host's turn.
    pub async fn fetch(&self, request: &Request) -> Fetched {
        let mut url = request.url.clone();
        let mut left = self.settings.total_timeout;
        for _ in 0..=self.settings.redirects_max {
            if let Err(why) = self.check_address(&url) {
                return Fetched::Withheld { why };
            }
            if let Err(refused) = self.ask_leave(&url).await {
                return refused;
            }
            match self.hop(&url, request, &mut left).await {
                Heard::Moved(next) => url = next,
                Heard::Answered(fetched) => return fetched,
            }
        }
        Fetched::Withheld { why: Withheld::TooManyRedirects }
    }

    /// What is known of every host, to be kept and given to [`Fetcher::new`] after a restart.
    pub fn memory(&self) -> Vec<HostMemory> {
        self.hosts.memory()
    }

    /// What each host did last.
    pub fn outcomes(&self) -> Vec<HostOutcome> {
        self.hosts.outcomes()
    }

    /// How many requests the URL's host has left today, and of how many.
    pub fn left_today(&self, url: &Url) -> Option<(u32, u32)> {
        Some(self.hosts.of(url)?.left_today())
    }

    /// When a host (`host` or `host:port`) may be asked next. Nothing: now.
    pub fn ready_at(&self, host: &str) -> Option<Timestamp> {
        self.hosts.named(host)?.ready_at()
    }

    /// Why https cannot be spoken, if it cannot: to be told to the operator at the start.
    pub fn https_trouble(&self) -> Option<&FetchError> {
        self.clients.https.as_ref().err()
    }

    /// The address itself: what it says, before anything is sent.
    fn check_address(&self, url: &Url) -> Result<(), Withheld> {
        let plain = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.as_str().len() <= URL_BYTES_MAX;
        let host = self.hosts.of(url).filter(|_| plain).ok_or(Withheld::BadAddress)?;
        if private_address::is_named_in(url) && !host.own() { Err(Withheld::PrivateAddress) } else { Ok(()) }
    }

    /// One hop: the answer is judged before the next one in line may go.
    async fn hop(&self, url: &Url, request: &Request, left: &mut Duration) -> Heard {
        let asked = self.ask(url, request.validators.as_ref(), self.settings.body_bytes_max, left).await;
        let (turn, answer) = match asked {
            Ok(asked) => asked,
            Err(why) => return Heard::Answered(Fetched::Withheld { why }),
        };
        let fetched = match answer {
            Err(fetched) => fetched,
            Ok(answer) => match classify::redirection(&answer, url) {
                Some(Ok(next)) => {
                    turn.judge(Verdict::Answered);
                    return Heard::Moved(next);
                }
                Some(Err(why)) => Fetched::Withheld { why },
                None => classify::classify(url, answer, request, self.clock.now()),
            },
        };
        turn.judge(classify::verdict(&fetched));
        Heard::Answered(fetched)
    }

    /// One request in its host's turn, which goes on until the answer was judged.
    async fn ask(
        &self,
        url: &Url,
        validators: Option<&Validators>,
        body_bytes_max: usize,
        left: &mut Duration,
    ) -> Result<(Turn, Result<Answer, Fetched>), Withheld> {
        let host = self.hosts.of(url).ok_or(Withheld::BadAddress)?;
        let turn = host.turn().await?;
        let started = Instant::now();
        let limits = Limits { head: self.settings.head_timeout, body: self.settings.body_timeout, body_bytes_max };
        let answer = self.clients.exchange(url, host.own(), validators, limits, started + *left).await;
        *left = left.saturating_sub(started.elapsed());
        let answer = answer.map_err(|silence| match silence {
            NoAnswer::Private => Fetched::Withheld { why: Withheld::PrivateAddress },
            NoAnswer::Silent(why) => Fetched::Unreachable { why },
        });
        Ok((turn, answer))
    }
}
