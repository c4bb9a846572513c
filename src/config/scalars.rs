//! Single values of a table: switches, numbers, durations, sizes, each within its bounds. A value that is wrong is reported
//! and its default stands in for it.

use std::ops::Range;
use std::time::Duration;

use toml::de::DeValue;

use super::limits::Limit;
use super::values;
use super::walk::{At, Table};

impl Table<'_, '_> {
    pub(super) fn boolean(&self, key: &'static str, default: bool) -> bool {
        let Some((value, _)) = self.get(key) else { return default };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.mistyped(key, value, "true or false");
            default
        })
    }

    /// A whole number within bounds.
    pub(super) fn count(&self, key: &'static str, limit: Limit<u64>) -> u64 {
        let Some((value, _)) = self.get(key) else { return limit.default };
        let expected = format!("a whole number from {} to {}", limit.min, limit.max);
        let Some(number) = value.get_ref().as_integer() else {
            self.mistyped(key, value, &expected);
            return limit.default;
        };
        let parsed = u64::from_str_radix(number.as_str(), number.radix()).ok();
        self.within(key, parsed, &number.to_string(), &value.span(), &expected, limit)
    }

    /// [`Table::count`] for bounds that fit 32 bits.
    pub(super) fn count_u32(&self, key: &'static str, limit: Limit<u64>) -> u32 {
        u32::try_from(self.count(key, limit)).unwrap_or(u32::MAX)
    }

    /// A number, whole or not, within bounds.
    pub(super) fn number(&self, key: &'static str, limit: Limit<f64>) -> f64 {
        let Some((value, _)) = self.get(key) else { return limit.default };
        let expected = format!("a number from {} to {}", limit.min, limit.max);
        let written = match value.get_ref() {
            DeValue::Float(float) => float.as_str().to_owned(),
            DeValue::Integer(integer) => integer.to_string(),
            _ => {
                self.mistyped(key, value, &expected);
                return limit.default;
            }
        };
        self.within(key, written.parse().ok(), &written, &value.span(), &expected, limit)
    }

    fn within<T: PartialOrd + Copy>(
        &self,
        key: &str,
        parsed: Option<T>,
        written: &str,
        span: &Range<usize>,
        expected: &str,
        limit: Limit<T>,
    ) -> T {
        match parsed {
            Some(value) if value >= limit.min && value <= limit.max => value,
            _ => {
                let message = format!("{key} = {written} is out of bounds");
                self.walk.wrong(span, message, expected, format!("write {expected}, or leave the line out"));
                limit.default
            }
        }
    }

    /// A duration within bounds.
    pub(super) fn duration(&self, key: &'static str, limit: Limit<Duration>) -> Duration {
        let found = self.text(key, values::DURATION).and_then(|text| self.duration_of(key, &text, limit));
        found.map_or(limit.default, |found| found.value)
    }

    /// The same of a text that was taken already.
    pub(super) fn duration_of(&self, key: &str, text: &At<&str>, limit: Limit<Duration>) -> Option<At<Duration>> {
        let span = text.span.clone();
        let bounds = format!("from {} to {}", values::show_duration(limit.min), values::show_duration(limit.max));
        match values::duration(text.value) {
            None => {
                self.walk.wrong(
                    &span,
                    format!("{key} = {:?} is not a duration", text.value),
                    values::DURATION,
                    "write a number and a unit: ms, s, m, h, d, w",
                );
                None
            }
            Some(value) if value < limit.min || value > limit.max => {
                let message = format!("{key} = {:?} is out of bounds", text.value);
                self.walk.wrong(
                    &span,
                    message,
                    format!("a duration {bounds}"),
                    format!("write one {bounds}, or leave the line out"),
                );
                None
            }
            Some(value) => Some(At { value, span }),
        }
    }

    /// Durations within bounds, each longer than the one before.
    pub(super) fn rising_durations(
        &self,
        key: &'static str,
        limit: Limit<Duration>,
        default: &[Duration],
        count_max: usize,
    ) -> Vec<Duration> {
        let Some(texts) = self.texts(key, values::DURATION) else { return default.to_vec() };
        if let Some(extra) = texts.get(count_max) {
            let message = format!("{key} lists {} durations", texts.len());
            self.walk.wrong(&extra.span, message, format!("at most {count_max}"), "leave some out");
        }
        let found: Vec<_> = texts.iter().filter_map(|text| self.duration_of(key, text, limit)).collect();
        self.rising(key, &found, |duration| values::show_duration(*duration));
        found.into_iter().map(|found| found.value).collect()
    }

    /// Reports what is not greater than the one before it.
    pub(super) fn rising<T: PartialOrd>(&self, key: &str, found: &[At<T>], show: impl Fn(&T) -> String) {
        for (before, after) in found.iter().zip(found.iter().skip(1)) {
            if after.value <= before.value {
                let message = format!("in {key}, {} does not come after {}", show(&after.value), show(&before.value));
                self.walk.wrong(&after.span, message, "rising values", "order the list, without repeats");
            }
        }
    }

    /// A size within bounds: text with a unit, or a number of bytes.
    pub(super) fn bytes(&self, key: &'static str, limit: Limit<u64>) -> u64 {
        let Some((value, _)) = self.get(key) else { return limit.default };
        let bounds = format!("from {} to {}", values::show_bytes(limit.min), values::show_bytes(limit.max));
        let written = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(integer) => integer.to_string(),
            _ => {
                self.mistyped(key, value, values::BYTES);
                return limit.default;
            }
        };
        let parsed = values::bytes(&written);
        if parsed.is_none() {
            self.walk.wrong(
                &value.span(),
                format!("{key} = {written:?} is not a size"),
                values::BYTES,
                "write a number and a unit: KiB, MiB",
            );
            return limit.default;
        }
        self.within(key, parsed, &written, &value.span(), &format!("a size {bounds}"), limit)
    }
}
