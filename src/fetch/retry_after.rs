//! The Retry-After header in both its forms: a number of seconds, or a date (RFC 9110 §10.2.3, with the two older spellings of
//! dates). Never longer than a week, whatever a server asks.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::{Timestamp, tz::Offset};

/// A server that asks for more is mistaken, or unkind.
const LONGEST: Duration = Duration::from_hours(7 * 24);

/// How long to wait. A date that has passed is no wait at all.
pub(super) fn parse(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    let wait = match seconds(header) {
        Some(seconds) => Duration::from_secs(seconds),
        None => Duration::try_from(date(header)?.duration_since(now)).unwrap_or(Duration::ZERO),
    };
    Some(wait.min(LONGEST))
}

/// Digits only; more of them than fit a number are a very long time.
fn seconds(header: &str) -> Option<u64> {
    let digits = !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| header.parse().unwrap_or(u64::MAX))
}

/// The day of the week says nothing that the rest does not, and some servers have it wrong.
fn date(header: &str) -> Option<Timestamp> {
    let (_, rest) = header.split_once([',', ' '])?;
    ["%d %b %Y %H:%M:%S GMT", "%d-%b-%y %H:%M:%S GMT", "%b %e %H:%M:%S %Y"]
        .iter()
        .find_map(|form| DateTime::strptime(form, rest.trim_start()).ok())
        .and_then(|reading| Offset::UTC.to_timestamp(reading).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(header: &str) -> Option<u64> {
        parse(header, "1994-11-06T08:48:37Z".parse().unwrap()).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_and_every_form_of_date_are_understood() {
        assert_eq!(wait("120"), Some(120));
        assert_eq!(wait(" 0 "), Some(0));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), Some(60));
        assert_eq!(wait("Sunday, 06-Nov-94 08:49:37 GMT"), Some(60));
        assert_eq!(wait("Sun Nov  6 08:49:37 1994"), Some(60));
    }

    #[test]
    fn a_date_that_has_passed_is_no_wait() {
        assert_eq!(wait("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
    }

    #[test]
    fn an_endless_wait_is_a_week() {
        assert_eq!(wait("99999999999999999999999999"), Some(7 * 24 * 3600));
        assert_eq!(wait("Sun, 06 Nov 2094 08:49:37 GMT"), Some(7 * 24 * 3600));
    }

    #[test]
    fn anything_else_is_no_header() {
        for header in ["", "soon", "-5", "1.5", "12 minutes"] {
            assert_eq!(wait(header), None, "{header}");
        }
    }
}
