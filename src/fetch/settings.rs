//! What can be set about fetching, with its defaults and bounds. Settings that would be unkind to a host are refused.

use std::time::Duration;

/// The shortest gap towards a host that is not the operator's own.
const GAP_MIN: Duration = Duration::from_secs(1);

/// More than this would be no jitter but another gap.
const JITTER_MAX: f64 = 10.0;

/// The longest that any deadline may be.
const DEADLINE_MAX: Duration = Duration::from_hours(1);

/// Bodies are held in memory.
const BODY_BYTES_MOST: usize = 256 * 1024 * 1024;

/// The longest gap: a day's budget is the way to ask for less.
const GAP_MAX: Duration = Duration::from_hours(24);

/// What can be set.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// A mail address or a URL where the operator can be reached; stands in the User-Agent.
    pub contact: String,
    /// Hosts with rules of their own.
    pub hosts: Vec<HostRule>,
    /// The rule of every other host; its `host` and `own` mean nothing.
    pub default: HostRule,
    /// The largest body, decompressed.
    pub body_bytes_max: usize,
    /// Until a connection stands, with TLS.
    pub connect_timeout: Duration,
    /// From asking to the end of the answer's header, connecting included.
    pub head_timeout: Duration,
    /// From the end of the header to the end of the body.
    pub body_timeout: Duration,
    /// All hops of one request together, waiting for turns not counted.
    pub total_timeout: Duration,
    /// How many redirections are followed.
    pub redirects_max: u8,
}

/// How a host is treated.
#[derive(Clone, Debug, PartialEq)]
pub struct HostRule {
    /// `host`, or `host:port` for that port alone.
    pub host: String,
    /// From the end of one request to the start of the next, at least.
    pub gap: Duration,
    /// The gap is made longer by up to this part of it, at random.
    pub jitter: f64,
    /// Requests per China day, those for robots.txt included.
    pub requests_per_day: u32,
    /// The operator's own: its gap may be shorter than a second, its address private.
    pub own: bool,
}

/// Why a fetcher could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Nobody could complain to us.
    #[error("the contact for the User-Agent must be a mail address or a URL in plain letters, at most 200 of them")]
    Contact,
    /// Too short.
    #[error("the gap for {host} must be at least 1 second, unless the host is your own")]
    Gap {
        /// Whose.
        host: String,
    },
    /// Not a part of the gap.
    #[error("the jitter for {host} must lie between 0 and 10")]
    Jitter {
        /// Whose.
        host: String,
    },
    /// Nothing would ever be fetched, or nothing ever given up.
    #[error("{what} must be more than zero and at most {most}")]
    Bounds {
        /// Which setting.
        what: &'static str,
        /// Its upper bound.
        most: &'static str,
    },
    /// No certificate authorities, most often.
    #[error("https cannot be spoken, is the package ca-certificates installed? ({why})")]
    NoHttps {
        /// What the TLS library said.
        why: String,
    },
    /// The HTTP client could not be built at all.
    #[error("building the HTTP client: {why}")]
    Client {
        /// What it said.
        why: String,
    },
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            contact: String::new(),
            hosts: Vec::new(),
            default: HostRule::default(),
            body_bytes_max: 8 * 1024 * 1024,
            connect_timeout: Duration::from_secs(10),
            head_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_mins(1),
            total_timeout: Duration::from_mins(2),
            redirects_max: 5,
        }
    }
}

impl Default for HostRule {
    fn default() -> Self {
        Self { host: String::new(), gap: Duration::from_secs(10), jitter: 0.5, requests_per_day: 2000, own: false }
    }
}

impl Settings {
    /// Whether a fetcher may be made of them.
    pub(super) fn check(&self) -> Result<(), FetchError> {
        let plain = self.contact.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'(' | b')'));
        if self.contact.is_empty() || self.contact.len() > 200 || !plain {
            return Err(FetchError::Contact);
        }
        let every_other = HostRule { host: "every other host".to_owned(), own: false, ..self.default.clone() };
        for rule in self.hosts.iter().chain([&every_other]) {
            rule.check()?;
        }
        self.check_bounds()
    }

    /// `tenderwatch/<version> (+<contact>)`.
    pub(super) fn user_agent(&self) -> String {
        format!("tenderwatch/{} (+{})", env!("CARGO_PKG_VERSION"), self.contact)
    }

    fn check_bounds(&self) -> Result<(), FetchError> {
        let deadlines = [
            ("the deadline for connecting", self.connect_timeout),
            ("the deadline for the header", self.head_timeout),
            ("the deadline for the body", self.body_timeout),
            ("the deadline for all of a request", self.total_timeout),
        ];
        if let Some((what, _)) = deadlines.into_iter().find(|(_, time)| time.is_zero() || *time > DEADLINE_MAX) {
            return Err(FetchError::Bounds { what, most: "an hour" });
        }
        if self.body_bytes_max == 0 || self.body_bytes_max > BODY_BYTES_MOST {
            return Err(FetchError::Bounds { what: "the largest body", most: "256 MiB" });
        }
        Ok(())
    }
}

impl HostRule {
    fn check(&self) -> Result<(), FetchError> {
        if !self.own && self.gap < GAP_MIN {
            return Err(FetchError::Gap { host: self.host.clone() });
        }
        if self.gap > GAP_MAX {
            return Err(FetchError::Bounds { what: "a gap", most: "a day" });
        }
        if !(0.0..=JITTER_MAX).contains(&self.jitter) {
            return Err(FetchError::Jitter { host: self.host.clone() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind() -> Settings {
        Settings { contact: "mailto:ops@example.org".to_owned(), ..Settings::default() }
    }

    #[test]
    fn the_defaults_want_only_a_contact() {
        assert_eq!(Settings::default().check(), Err(FetchError::Contact));
        assert_eq!(kind().check(), Ok(()));
    }

    #[test]
    fn a_gap_below_a_second_is_for_own_hosts_only() {
        let rule = HostRule { host: "h".to_owned(), gap: Duration::ZERO, ..HostRule::default() };
        let strange = Settings { hosts: vec![rule.clone()], ..kind() };
        assert_eq!(strange.check(), Err(FetchError::Gap { host: "h".to_owned() }));
        let own = Settings { hosts: vec![HostRule { own: true, ..rule.clone() }], ..kind() };
        assert_eq!(own.check(), Ok(()));
        let default = Settings { default: HostRule { own: true, ..rule }, ..kind() };
        assert!(matches!(default.check(), Err(FetchError::Gap { .. })));
    }

    #[test]
    fn a_contact_that_would_break_the_header_is_refused() {
        for contact in ["a\r\nX: y", "王", "a)b", ""] {
            let settings = Settings { contact: contact.to_owned(), ..kind() };
            assert_eq!(settings.check(), Err(FetchError::Contact), "{contact}");
        }
    }

    #[test]
    fn the_user_agent_says_who_we_are() {
        assert!(kind().user_agent().starts_with("tenderwatch/0."));
        assert!(kind().user_agent().ends_with(" (+mailto:ops@example.org)"));
    }
}
