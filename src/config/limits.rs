//! Every default and every bound of the configuration, in one place. `config/example.toml` shows the same defaults, and a
//! test compares them.

use std::time::Duration;

/// A value's default and bounds, both included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit<T> {
    pub(super) default: T,
    pub(super) min: T,
    pub(super) max: T,
}

const fn seconds(default: u64, min: u64, max: u64) -> Limit<Duration> {
    Limit { default: Duration::from_secs(default), min: Duration::from_secs(min), max: Duration::from_secs(max) }
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const MIB: u64 = 1024 * 1024;

/// The largest configuration that is read.
pub(super) const FILE_BYTES_MAX: u64 = MIB;
/// The longest text value.
pub(super) const TEXT_CHARS_MAX: usize = 2_000;
/// The longest name of a topic, source, channel or subscription: it stands in ids, log lines and mails.
pub(super) const NAME_CHARS_MAX: usize = 40;
/// The longest list (terms, receivers, kinds).
pub(super) const LIST_MAX: usize = 500;

/// Between two requests to a host.
pub(super) const GAP: Limit<Duration> = seconds(10, 1, HOUR);
/// What part of the gap is added at random.
pub(super) const JITTER: Limit<f64> = Limit { default: 0.3, min: 0.0, max: 1.0 };
/// The longest contact: it stands in a header.
pub(super) const CONTACT_CHARS_MAX: usize = 200;
/// Requests to a host in a day of China's calendar, those for robots.txt included.
pub(super) const REQUESTS_PER_DAY: Limit<u64> = Limit { default: 2_000, min: 1, max: 50_000 };
/// Until a connection stands.
pub(super) const CONNECT_TIMEOUT: Limit<Duration> = seconds(10, 1, 2 * MINUTE);
/// From asking to the end of the answer's head, connecting included.
pub(super) const HEAD_TIMEOUT: Limit<Duration> = seconds(30, 1, 5 * MINUTE);
/// From the end of the head to the end of the body.
pub(super) const BODY_TIMEOUT: Limit<Duration> = seconds(MINUTE, 1, 10 * MINUTE);
/// For one fetch, redirects included.
pub(super) const TOTAL_TIMEOUT: Limit<Duration> = seconds(2 * MINUTE, 1, 30 * MINUTE);
/// The largest body, unpacked.
pub(super) const BODY_BYTES: Limit<u64> = Limit { default: 8 * MIB, min: 64 * 1024, max: 64 * MIB };
/// Redirects in a row.
pub(super) const REDIRECTS: Limit<u64> = Limit { default: 5, min: 0, max: 10 };

/// The day of the month that a monthly subscription speaks on; the last one in a month that is shorter.
pub(super) const DAY_OF_MONTH: Limit<u64> = Limit { default: 1, min: 1, max: 31 };

/// Between two looks at a source.
pub(super) const EVERY: Limit<Duration> = seconds(30 * MINUTE, 5 * MINUTE, 7 * DAY);
/// The same for a host of one's own.
pub(super) const EVERY_OWN: Limit<Duration> = seconds(30 * MINUTE, 1, 7 * DAY);
/// How far back every look reaches: late entries and moved dates.
pub(super) const OVERLAP: Limit<Duration> = seconds(7 * DAY, DAY, 90 * DAY);
/// Pages of one search.
pub(super) const PAGES: Limit<u64> = Limit { default: 100, min: 1, max: 1_000 };
/// When a read page is looked at again.
pub(super) const REVISIT: Limit<Duration> = seconds(DAY, HOUR, 365 * DAY);
/// The ages at which it is.
pub(super) const REVISITS: [Duration; 3] =
    [Duration::from_secs(DAY), Duration::from_secs(7 * DAY), Duration::from_secs(30 * DAY)];
/// How many ages may be given.
pub(super) const REVISITS_MAX: usize = 10;
/// Failures in a row before the operator is told.
pub(super) const FAILING_AFTER: Limit<u64> = Limit { default: 3, min: 1, max: 100 };
/// How long nothing new is ordinary.
pub(super) const SILENT_AFTER: Limit<Duration> = seconds(10 * DAY, DAY, 365 * DAY);

/// How long the record has to reach back before a first win is told.
pub(super) const RECORD_DAYS: Limit<u64> = Limit { default: 365, min: 0, max: 3_650 };
/// Days without a win that make a return.
pub(super) const ABSENCE_DAYS: Limit<u64> = Limit { default: 730, min: 30, max: 7_300 };
/// How many of a buyer's last awards make an incumbent.
pub(super) const INCUMBENT_AWARDS: Limit<u64> = Limit { default: 2, min: 1, max: 20 };
/// The n of the first n.
pub(super) const TOP: Limit<u64> = Limit { default: 10, min: 1, max: 100 };
/// With fewer wins in a window nobody is among the first n.
pub(super) const TOP_WINS: Limit<u64> = Limit { default: 2, min: 1, max: 1_000 };
/// The length of a window.
pub(super) const WINDOW_DAYS: Limit<u64> = Limit { default: 365, min: 30, max: 1_830 };
/// How far a share of the wins moves, in percentage points.
pub(super) const SHARE_POINTS: Limit<u64> = Limit { default: 10, min: 1, max: 100 };
/// With fewer wins in a window there are no shares and no bands.
pub(super) const WINDOW_WINS: Limit<u64> = Limit { default: 10, min: 1, max: 10_000 };

/// Between two canaries.
pub(super) const CANARY_EVERY: Limit<Duration> = seconds(DAY, 10 * MINUTE, 7 * DAY);
/// In which time a canary has to arrive.
pub(super) const CANARY_WITHIN: Limit<Duration> = seconds(30 * MINUTE, 2 * MINUTE, DAY);

/// A TCP port.
pub(super) const PORT: Limit<u64> = Limit { default: 0, min: 1, max: 65_535 };
/// Connections to a mail server at once.
pub(super) const CONNECTIONS: Limit<u64> = Limit { default: 4, min: 1, max: 32 };
/// Mails to one receiver domain in a minute.
pub(super) const PER_MINUTE: Limit<u64> = Limit { default: 60, min: 1, max: 10_000 };
/// Between two looks for bounces.
pub(super) const BOUNCES_EVERY: Limit<Duration> = seconds(5 * MINUTE, 10, DAY);
/// Secrets of one webhook: the new one beside the old ones while they are exchanged.
pub(super) const SIGNING_SECRETS_MAX: usize = 5;

/// The wall-clock zone of digests and of the audit.
pub(super) const ZONE: &str = "Asia/Shanghai";
/// When a daily digest is composed.
pub(super) const DIGEST_AT: jiff::civil::Time = jiff::civil::time(8, 30, 0, 0);
/// When the totals are recounted.
pub(super) const AUDIT_AT: jiff::civil::Time = jiff::civil::time(3, 30, 0, 0);
/// The search of the China Government Procurement network.
pub(super) const CCGP_SEARCH: &str = "http://search.ccgp.gov.cn/bxsearch";
/// Where data is kept when systemd names no folder.
pub(super) const DATA_DIR: &str = "tenderwatch-data";
/// What is logged.
pub(super) const LOG_FILTER: &str = "info";
