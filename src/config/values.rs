//! How a single value is written: durations, sizes, sums, addresses, hosts. Text in, value or what was expected out; knows
//! nothing of files and places.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use url::{Host, Url};

use crate::domain::money::{Money, SCALE};

/// What a duration looks like.
pub(super) const DURATION: &str = "a duration in quotes, as \"10s\", \"30m\", \"12h\" or \"7d\"";
/// What a size looks like.
pub(super) const BYTES: &str = "a size in quotes, as \"512KiB\" or \"8MiB\"";
/// What a sum looks like.
pub(super) const YUAN: &str = "a sum of yuan in quotes, as \"1亿\", \"5000万\" or \"120000000\"";

/// `10s`, `30m`, `1h30m`, `7d`, `2w`, `500ms`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (count, tail) = rest.split_at_checked(digits)?;
        let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at_checked(letters)?;
        let millis = count.parse::<u64>().ok()?.checked_mul(unit_millis(unit)?)?;
        total = total.checked_add(Duration::from_millis(millis))?;
        rest = tail.trim_start();
    }
    (!text.trim().is_empty()).then_some(total)
}

fn unit_millis(unit: &str) -> Option<u64> {
    Some(match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 604_800_000,
        _ => return None,
    })
}

/// A duration as one would write it in the configuration.
pub(super) fn show_duration(duration: Duration) -> String {
    let millis = duration.as_millis();
    for (unit, size) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] {
        if millis != 0 && millis.is_multiple_of(size) {
            return format!("{}{unit}", millis / size);
        }
    }
    if millis == 0 { "0s".to_owned() } else { format!("{millis}ms") }
}

/// `8MiB`, `512KiB`, `1000000`.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (count, unit) = text.split_at_checked(digits)?;
    let size = match unit.trim() {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "kB" => 1_000,
        "MB" => 1_000_000,
        _ => return None,
    };
    count.parse::<u64>().ok()?.checked_mul(size)
}

/// A size as one would write it in the configuration.
pub(super) fn show_bytes(bytes: u64) -> String {
    match bytes {
        _ if bytes != 0 && bytes.is_multiple_of(1 << 20) => format!("{}MiB", bytes >> 20),
        _ if bytes != 0 && bytes.is_multiple_of(1 << 10) => format!("{}KiB", bytes >> 10),
        _ => bytes.to_string(),
    }
}

/// `1亿`, `1.5亿`, `5000万`, `120000000`: a positive sum that is a whole count of ten-thousandths of a yuan.
pub(super) fn yuan(text: &str) -> Option<Money> {
    let text = text.trim();
    let (number, unit) = match (text.strip_suffix('亿'), text.strip_suffix('万')) {
        (Some(number), _) => (number, 100_000_000),
        (_, Some(number)) => (number, 10_000),
        _ => (text, 1),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole) || !is_number(part) {
        return None;
    }
    let divisor = 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
    let scaled = whole.parse::<i128>().ok()?.checked_mul(divisor)?.checked_add(part.parse().ok()?)?;
    let dividend = scaled.checked_mul(unit * i128::from(SCALE))?;
    if dividend % divisor != 0 {
        return None;
    }
    i64::try_from(dividend / divisor).ok().filter(|sum| *sum > 0).map(Money::cny)
}

/// A web address with a host, without a name and password in it.
pub(super) fn web_address(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let carries_login = !url.username().is_empty() || url.password().is_some();
    (is_web && !carries_login).then_some(url)
}

/// Whether an address leads to this machine or into a private network by its looks. A public-looking name may still
/// resolve to one; that is found out when it is connected to.
pub(super) fn looks_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => is_private(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => is_private(IpAddr::V6(ip)),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost") || !name.contains('.'),
        None => false,
    }
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified(),
        IpAddr::V6(ip) => {
            let mapped = ip.to_ipv4_mapped().is_some_and(|ip| is_private(IpAddr::V4(ip)));
            ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || is_link_local(ip) || mapped
        }
    }
}

fn is_link_local(ip: Ipv6Addr) -> bool {
    ip.is_unicast_link_local()
}

/// `host` or `host:port`, as a rule for a host is named: lower case, no scheme, no path.
pub(super) fn host_name(text: &str) -> bool {
    let Ok(url) = Url::parse(&format!("http://{text}/")) else { return false };
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    plain && !text.is_empty() && text.bytes().all(|b| !b.is_ascii_uppercase() && b != b'/' && b != b'@')
}

/// The names that a rule for this address's host may have: `host:port`, `host`.
pub(super) fn host_names(url: &Url) -> Vec<String> {
    let host = url.host_str().unwrap_or_default();
    let with_port = url.port_or_known_default().map(|port| format!("{host}:{port}"));
    with_port.into_iter().chain([host.to_owned()]).collect()
}

/// Six digits of each province with its short name.
pub(super) const PROVINCES: [(&str, &str); 34] = [
    ("110000", "北京"),
    ("120000", "天津"),
    ("130000", "河北"),
    ("140000", "山西"),
    ("150000", "内蒙古"),
    ("210000", "辽宁"),
    ("220000", "吉林"),
    ("230000", "黑龙江"),
    ("310000", "上海"),
    ("320000", "江苏"),
    ("330000", "浙江"),
    ("340000", "安徽"),
    ("350000", "福建"),
    ("360000", "江西"),
    ("370000", "山东"),
    ("410000", "河南"),
    ("420000", "湖北"),
    ("430000", "湖南"),
    ("440000", "广东"),
    ("450000", "广西"),
    ("460000", "海南"),
    ("500000", "重庆"),
    ("510000", "四川"),
    ("520000", "贵州"),
    ("530000", "云南"),
    ("540000", "西藏"),
    ("610000", "陕西"),
    ("620000", "甘肃"),
    ("630000", "青海"),
    ("640000", "宁夏"),
    ("650000", "新疆"),
    ("710000", "台湾"),
    ("810000", "香港"),
    ("820000", "澳门"),
];

/// The word of `known` that was most likely meant, if any is near enough.
pub(super) fn meant<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_lowercase();
    let budget = (word.chars().count() / 3).clamp(1, 3);
    let near = known.into_iter().map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate));
    near.filter(|(steps, _)| *steps <= budget).min_by_key(|(steps, _)| *steps).map(|(_, candidate)| candidate)
}

/// How many letters must be put in, left out, replaced or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let replaced = at(&last, j) + usize::from(x != y);
            let mut least = replaced.min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                least = least.min(at(&before_last, j - 1) + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, seconds) in [("10s", 10), ("90m", 5_400), ("1h30m", 5_400), ("7d", 604_800), ("2w", 1_209_600)] {
            assert_eq!(duration(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(duration("250ms"), Some(Duration::from_millis(250)));
        for text in ["", "10", "s", "10 s", "-1s", "1.5h", "10x", "99999999999999999999d"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn sums_are_read_in_chinese_units_and_never_rounded() {
        assert_eq!(yuan("1亿"), Some(Money::yuan(100_000_000)));
        assert_eq!(yuan("1.5亿"), Some(Money::yuan(150_000_000)));
        assert_eq!(yuan("5000万"), Some(Money::yuan(50_000_000)));
        assert_eq!(yuan("99.99999999万"), Some(Money::cny(9_999_999_999)));
        for text in ["", "0", "-1亿", "亿", "1.亿", "1e8", "0.00001", "99999999999999亿", "1 亿元"] {
            assert_eq!(yuan(text), None, "{text}");
        }
    }

    #[test]
    fn private_addresses_are_recognised_by_their_looks() {
        for private in
            ["http://127.0.0.1/", "http://[::1]:8080/", "http://10.1.2.3/", "http://[::ffff:10.0.0.1]/", "http://mail/"]
        {
            assert!(looks_private(&Url::parse(private).unwrap()), "{private}");
        }
        assert!(!looks_private(&Url::parse("http://search.ccgp.gov.cn/bxsearch").unwrap()));
    }

    #[test]
    fn a_host_is_named_without_scheme_path_or_capitals() {
        for good in ["search.ccgp.gov.cn", "127.0.0.1:8080", "[::1]:80"] {
            assert!(host_name(good), "{good}");
        }
        for bad in ["", "http://h", "h/path", "H.cn", "u@h", "h:port", "a b"] {
            assert!(!host_name(bad), "{bad}");
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_recognised_and_a_different_word_is_not() {
        assert_eq!(meant("chanel", ["channel", "topic"]), Some("channel"));
        assert_eq!(meant("gpa", ["gap", "own"]), Some("gap"));
        assert_eq!(meant("colour", ["gap", "own"]), None);
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(millis in 0_u64..100_000_000_000) {
            let value = Duration::from_millis(millis);
            prop_assert_eq!(duration(&show_duration(value)), Some(value));
            prop_assert_eq!(bytes(&show_bytes(millis)), Some(millis));
        }

        #[test]
        fn no_text_makes_a_reader_panic(text in ".{0,40}") {
            let _ = (duration(&text), bytes(&text), yuan(&text), web_address(&text), host_name(&text));
            prop_assert_eq!(distance(&text, &text), 0);
        }
    }
}
