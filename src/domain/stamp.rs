//! An instant together with the offset it was printed in. Chinese sources print without zone: they mean +08:00, always.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

/// An instant as a source means it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The instant.
    pub at: Timestamp,
    /// The offset it was printed in.
    pub offset: Offset,
}

impl Stamp {
    /// China's offset from UTC: +08:00 without summer time since 1991.
    pub const CHINA: Offset = jiff::tz::offset(8);

    /// A wall-clock reading on a Chinese page.
    #[must_use]
    pub fn china(reading: DateTime) -> Option<Self> {
        let at = Self::CHINA.to_timestamp(reading).ok()?;
        Some(Self { at, offset: Self::CHINA })
    }

    /// The day it falls on where it was printed.
    #[must_use]
    pub fn day(&self) -> Date {
        self.offset.to_datetime(self.at).date()
    }

    /// `2026-09-28T17:20:00+08:00`.
    #[must_use]
    pub fn iso(&self) -> String {
        let seconds = self.offset.seconds();
        let sign = if seconds < 0 { '-' } else { '+' };
        let minutes = seconds.unsigned_abs() / 60;
        let reading = self.offset.to_datetime(self.at);
        format!("{}{sign}{:02}:{:02}", reading.strftime("%Y-%m-%dT%H:%M:%S"), minutes / 60, minutes % 60)
    }

    /// The inverse of [`Stamp::iso`].
    #[must_use]
    pub fn parse_iso(text: &str) -> Option<Self> {
        let at: Timestamp = text.parse().ok()?;
        let pieces = jiff::fmt::temporal::DateTimeParser::new().parse_pieces(text).ok()?;
        let offset = pieces.to_numeric_offset()?;
        Some(Self { at, offset })
    }
}

/// The China day of an instant.
#[must_use]
pub fn china_day(at: Timestamp) -> Date {
    Stamp::CHINA.to_datetime(at).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_survives_its_text() {
        let stamp = Stamp::china(jiff::civil::datetime(2026, 9, 28, 17, 20, 0, 0)).unwrap();
        assert_eq!(stamp.iso(), "2026-09-28T17:20:00+08:00");
        assert_eq!(Stamp::parse_iso(&stamp.iso()), Some(stamp));
    }

    #[test]
    fn a_late_evening_in_utc_is_the_next_day_in_china() {
        let at: Timestamp = "2019-09-23T16:30:00Z".parse().unwrap();
        assert_eq!(china_day(at), jiff::civil::date(2019, 9, 24));
    }
}
