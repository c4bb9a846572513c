//! Notice addresses: one spelling for each, and the identity and section that they carry (SOURCES §3). The host is not looked at,
//! so that a replica of the site is read as the site is.

use jiff::civil::Date;
use url::Url;

/// What a notice's address says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The site's own number: global, growing, the identity that lasts.
    pub native_id: String,
    /// Level and channel: `dfgg/zbgg`.
    pub section: String,
    /// The address in its one spelling.
    pub url: String,
    /// The day in the file's name.
    pub published_on: Date,
}

/// Reads `http(s)://host/cggg/{zygg|dfgg}/{channel}/{YYYYMM}/t{YYYYMMDD}_{id}.htm`, whatever the scheme, the host's case and the
/// number of slashes. Nothing for any other address.
#[must_use]
pub fn address(url: &str) -> Option<Address> {
    let url = url.trim();
    let mut url = match url.strip_prefix("//") {
        Some(rest) => Url::parse(&format!("http://{rest}")),
        None => Url::parse(url),
    }
    .ok()?;
    if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let segments: Vec<String> = url.path().split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let [root, level, channel, month, file] = segments.as_slice() else { return None };
    let known = root == "cggg" && is_level(level) && is_channel(channel) && is_month(month);
    let (published_on, native_id) = file_name(file).filter(|_| known)?;
    // One notice, one address: the site serves both schemes.
    if url.scheme() == "https" && url.port().is_none() {
        url.set_scheme("http").ok()?;
    }
    url.set_path(&segments.join("/"));
    url.set_query(None);
    url.set_fragment(None);
    Some(Address { native_id, section: format!("{level}/{channel}"), url: url.into(), published_on })
}

/// The number in a relative link's file name, for lists whose own address is not known.
pub(super) fn native_id_of(link: &str) -> Option<String> {
    let file = link.split(['?', '#']).next()?.rsplit('/').next()?;
    file_name(file).map(|(_, native_id)| native_id)
}

fn is_level(text: &str) -> bool {
    matches!(text, "zygg" | "dfgg")
}

fn is_channel(text: &str) -> bool {
    !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_month(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `t20260928_27357976.htm`, also with a closing `l`.
fn file_name(file: &str) -> Option<(Date, String)> {
    let (stem, ending) = file.rsplit_once('.')?;
    let (day, id) = stem.strip_prefix('t')?.split_once('_')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits =
        matches!(ending, "htm" | "html") && day.len() == 8 && digits(day) && digits(id) && (1..=12).contains(&id.len());
    let date = Date::strptime("%Y%m%d", day).ok().filter(|_| fits)?;
    Some((date, id.to_owned()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_address_gives_identity_section_and_day() {
        let read = address("http://www.ccgp.gov.cn/cggg/dfgg/zbgg/202609/t20260928_27357976.htm").unwrap();
        assert_eq!(read.native_id, "27357976");
        assert_eq!(read.section, "dfgg/zbgg");
        assert_eq!(read.published_on, date(2026, 9, 28));
    }

    #[test]
    fn every_spelling_of_an_address_comes_to_one() {
        let one = "http://www.ccgp.gov.cn/cggg/dfgg/gkzb/201810/t20181012_10896473.htm";
        for other in [
            "https://www.ccgp.gov.cn/cggg/dfgg/gkzb/201810/t20181012_10896473.htm",
            "http://WWW.CCGP.gov.cn:80/cggg/dfgg/gkzb//201810/t20181012_10896473.htm",
            "//www.ccgp.gov.cn//cggg/dfgg/gkzb/201810/t20181012_10896473.htm?from=x#top",
            " http://www.ccgp.gov.cn/cggg/dfgg/gkzb/201810/t20181012_10896473.htm\r\n",
        ] {
            assert_eq!(address(other).unwrap().url, one, "{other}");
        }
    }

    #[test]
    fn a_replica_of_the_site_keeps_its_host_and_port() {
        let url = "http://127.0.0.1:8080/cggg/zygg/zbgg/202609/t20260929_27361234.htm";
        assert_eq!(address(url).unwrap().url, url);
    }

    #[test]
    fn other_addresses_are_none() {
        for other in [
            "",
            "javascript:void(0)",
            "http://www.ccgp.gov.cn/",
            "http://www.ccgp.gov.cn/cggg/dfgg/index.htm",
            "http://www.ccgp.gov.cn/gpsr/df/201806/t20180601_1.htm",
            "http://www.ccgp.gov.cn/cggg/dfgg/zbgg/202609/t20261328_27357976.htm",
            "http://www.ccgp.gov.cn/cggg/dfgg/zbgg/202609/t20260928_.htm",
            "http://user@www.ccgp.gov.cn/cggg/dfgg/zbgg/202609/t20260928_27357976.htm",
            "ftp://www.ccgp.gov.cn/cggg/dfgg/zbgg/202609/t20260928_27357976.htm",
        ] {
            assert_eq!(address(other), None, "{other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_one_spelling_is_its_own(id in 1_u64..100_000_000, slashes in 1_usize..4) {
            let slashes = "/".repeat(slashes);
            let url = format!("https://www.ccgp.gov.cn{slashes}cggg/dfgg/cjgg{slashes}202609/t20260901_{id}.htm");
            let read = address(&url).unwrap();
            proptest::prop_assert_eq!(address(&read.url), Some(read.clone()));
            proptest::prop_assert_eq!(read.native_id, id.to_string());
        }

        #[test]
        fn any_text_is_looked_at(text in "\\PC{0,80}") {
            let _ = address(&text);
            let _ = native_id_of(&text);
        }
    }
}
