//! robots.txt by RFC 9309: which paths of a host may be asked for, and how long that answer is remembered. Our own reader; of the
//! file only the lines meant for us are kept. Sitemaps and crawl delays are not looked at.

use std::collections::HashMap;
use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use url::Url;

/// What is read of a robots.txt; the rest of a longer one is ignored, as RFC 9309 §2.5 allows.
pub(super) const BYTES_MAX: usize = 500 * 1024;

/// How long an answer holds (RFC 9309 §2.4).
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// How long an old answer holds on when a new one cannot be had.
const HELD_OVER: SignedDuration = SignedDuration::from_hours(1);

/// The name that robots.txt files call us by.
const PRODUCT: &str = "tenderwatch";

/// What a robots.txt says to us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rules {
    lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    allow: bool,
    pattern: String,
}

/// Everything up to now in the group that is being read.
#[derive(Default)]
struct Groups {
    ours: Option<Vec<Line>>,
    anyone: Option<Vec<Line>>,
    /// Whether the group that is open names us, names everyone.
    open: (bool, bool),
    /// A user-agent line after a rule begins a new group; after another one it widens the group.
    rules_begun: bool,
}

impl Rules {
    /// Reads a robots.txt. What it does not understand is skipped: a page of HTML forbids nothing.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes.get(..BYTES_MAX).unwrap_or(bytes));
        let mut groups = Groups::default();
        for line in text.trim_start_matches('\u{feff}').split(['\n', '\r']) {
            let line = line.split('#').next().unwrap_or_default();
            if let Some((key, value)) = line.split_once(':') {
                groups.take(key.trim(), value.trim());
            }
        }
        Self { lines: groups.ours.or(groups.anyone).unwrap_or_default() }
    }

    /// Whether the address may be asked for: the longest matching line decides, and of two as long the one that allows.
    pub(super) fn allow(&self, url: &Url) -> bool {
        let mut path = url.path().to_owned();
        if let Some(query) = url.query() {
            path.push('?');
            path.push_str(query);
        }
        let path = normalised(&path);
        if path == "/robots.txt" {
            return true;
        }
        let matching = self.lines.iter().filter(|line| matches(&line.pattern, &path));
        matching.max_by_key(|line| (line.pattern.len(), line.allow)).is_none_or(|line| line.allow)
    }
}

impl Groups {
    fn take(&mut self, key: &str, value: &str) {
        if key.eq_ignore_ascii_case("user-agent") {
            self.open_for(value);
        } else if key.eq_ignore_ascii_case("allow") {
            self.rule(true, value);
        } else if key.eq_ignore_ascii_case("disallow") {
            self.rule(false, value);
        }
    }

    fn open_for(&mut self, agent: &str) {
        if self.rules_begun {
            self.open = (false, false);
            self.rules_begun = false;
        }
        let token: String = agent.chars().take_while(|c| c.is_ascii_alphabetic() || matches!(c, '-' | '_')).collect();
        if token.eq_ignore_ascii_case(PRODUCT) {
            self.open.0 = true;
            self.ours.get_or_insert_default();
        } else if agent.starts_with('*') {
            self.open.1 = true;
            self.anyone.get_or_insert_default();
        }
    }

    fn rule(&mut self, allow: bool, pattern: &str) {
        self.rules_begun = true;
        if pattern.is_empty() {
            return;
        }
        let line = Line { allow, pattern: normalised(pattern) };
        if self.open.0 {
            self.ours.get_or_insert_default().push(line.clone());
        }
        if self.open.1 {
            self.anyone.get_or_insert_default().push(line);
        }
    }
}

/// One spelling for one path: what need not be escaped is not, what must be is, in capitals.
fn normalised(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = String::with_capacity(path.len());
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%'
            && let Some((escaped, after)) = after.split_first_chunk::<2>()
            && let Some(value) = hex(*escaped)
        {
            rest = after;
            push_escaped(&mut out, value);
        } else if byte.is_ascii_graphic() {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn hex([high, low]: [u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? * 16 + digit(low)?)
}

/// Unreserved characters (RFC 3986 §2.3) mean the same escaped or not; of the others the escape is kept.
fn push_escaped(out: &mut String, value: u8) {
    if value.is_ascii_alphanumeric() || matches!(value, b'-' | b'.' | b'_' | b'~') {
        out.push(char::from(value));
    } else {
        let _ = write!(out, "%{value:02X}");
    }
}

/// Whether a pattern with `*` and a closing `$` matches the beginning of a path. Takes the first place that fits for each piece,
/// so it never goes back.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, anchored) = match pattern.strip_suffix('$') {
        Some(body) => (body, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut last = None;
    for piece in pieces {
        if let Some(earlier) = last.replace(piece) {
            match rest.split_once(earlier) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
    }
    match (last, anchored) {
        (None, true) => rest.is_empty(),
        (None, false) => true,
        (Some(piece), true) => rest.ends_with(piece),
        (Some(piece), false) => rest.contains(piece),
    }
}

/// The answers of all hosts, by scheme, host and port.
#[derive(Debug, Default)]
pub(super) struct Cache {
    answers: HashMap<String, Answer>,
}

#[derive(Debug)]
struct Answer {
    rules: Rules,
    until: Timestamp,
}

impl Cache {
    /// What is remembered and still holds.
    pub(super) fn allow(&self, url: &Url, now: Timestamp) -> Option<bool> {
        let answer = self.answers.get(&origin(url))?;
        (now < answer.until).then(|| answer.rules.allow(url))
    }

    /// Remembers an answer for a day, and forgets those that nobody asked for since.
    pub(super) fn remember(&mut self, url: &Url, rules: Rules, now: Timestamp) {
        self.answers.retain(|_, answer| now < answer.until.saturating_add(FRESH).unwrap_or(Timestamp::MAX));
        self.answers.insert(origin(url), Answer { rules, until: later(now, FRESH) });
    }

    /// A new answer could not be had: lets an old one hold on. False if there is none.
    pub(super) fn hold_over(&mut self, url: &Url, now: Timestamp) -> bool {
        let Some(answer) = self.answers.get_mut(&origin(url)) else { return false };
        answer.until = later(now, HELD_OVER);
        true
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_add(by).unwrap_or(Timestamp::MAX)
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(robots: &str, path: &str) -> bool {
        Rules::parse(robots.as_bytes()).allow(&Url::parse(&format!("http://h{path}")).unwrap())
    }

    #[test]
    fn nothing_said_is_everything_allowed() {
        assert!(allowed("", "/a"));
        assert!(allowed("<html><title>not: found</title></html>", "/a"));
        assert!(allowed("User-agent: *\nDisallow:", "/a"));
        assert!(allowed("Disallow: /", "/a"));
        assert!(allowed("User-agent: otherbot\nDisallow: /", "/a"));
    }

    #[test]
    fn the_group_that_names_us_counts_instead_of_everyones() {
        let robots = "User-agent: *\nDisallow: /\n\nUser-Agent: TenderWatch/2.0\nDisallow: /private # ours\n";
        assert!(allowed(robots, "/a"));
        assert!(!allowed(robots, "/private/x"));
    }

    #[test]
    fn groups_that_name_the_same_agent_are_one() {
        let robots = "User-agent: *\nDisallow: /a\nUser-agent: x\nDisallow: /b\nUser-agent: *\nDisallow: /c\n";
        assert!(!allowed(robots, "/a"));
        assert!(allowed(robots, "/b"));
        assert!(!allowed(robots, "/c"));
    }

    #[test]
    fn several_agents_share_the_rules_below_them() {
        let robots = "user-agent: x\nSitemap: http://h/s\nuser-agent: *\rdisallow: /a\r\n";
        assert!(!allowed(robots, "/a"));
    }

    #[test]
    fn the_longest_line_decides_and_allow_wins_a_tie() {
        let robots = "User-agent: *\nDisallow: /example/\nAllow: /example/page\nDisallow: /same\nAllow: /same\n";
        assert!(allowed(robots, "/example/page"));
        assert!(!allowed(robots, "/example/other"));
        assert!(allowed(robots, "/same"));
    }

    #[test]
    fn stars_and_the_dollar_sign_mean_what_the_rfc_says() {
        let robots = "User-agent: *\nDisallow: *.gif$\nDisallow: /a*b*c\nDisallow: /end$\n";
        assert!(!allowed(robots, "/x/y.gif"));
        assert!(allowed(robots, "/x/y.gif?z"));
        assert!(!allowed(robots, "/a1b2c3"));
        assert!(allowed(robots, "/a1c2"));
        assert!(!allowed(robots, "/end"));
        assert!(allowed(robots, "/ending"));
    }

    #[test]
    fn escapes_and_chinese_paths_are_compared_as_one_spelling() {
        assert!(!allowed("User-agent: *\nDisallow: /采购", "/%e9%87%87%E8%B4%AD/1"));
        assert!(!allowed("User-agent: *\nDisallow: /%7ejoe", "/~joe/x"));
        assert!(!allowed("User-agent: *\nDisallow: /*?kw=", "/bxsearch?kw=%E5%8C%BA"));
    }

    #[test]
    fn robots_txt_itself_is_always_allowed() {
        assert!(allowed("User-agent: *\nDisallow: /", "/robots.txt"));
    }

    #[test]
    fn an_answer_holds_for_a_day() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let url = Url::parse("http://h/a").unwrap();
        let mut cache = Cache::default();
        assert_eq!(cache.allow(&url, now), None);
        assert!(!cache.hold_over(&url, now));
        cache.remember(&url, Rules::parse(b"User-agent: *\nDisallow: /a"), now);
        assert_eq!(cache.allow(&url, now + SignedDuration::from_hours(23)), Some(false));
        let day_after = now + SignedDuration::from_hours(25);
        assert_eq!(cache.allow(&url, day_after), None);
        assert!(cache.hold_over(&url, day_after));
        assert_eq!(cache.allow(&url, day_after), Some(false));
    }

    proptest::proptest! {
        #[test]
        fn a_pattern_without_signs_is_a_prefix(a in "[a-c/]{0,6}", b in "[a-c/]{0,6}") {
            proptest::prop_assert_eq!(matches(&a, &b), b.starts_with(&a));
        }

        #[test]
        fn any_file_is_read(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let _ = Rules::parse(&bytes);
        }
    }
}
