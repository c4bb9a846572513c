//! Addresses of CCGP pages: one spelling for each, and the section, identity and day that a notice's address carries (SOURCES §3).
//! The host is not looked at, so that a replica of the site is read as the site is.

use jiff::civil::Date;
use url::Url;

/// What an address says.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Address {
    /// The address in its one spelling.
    pub url: String,
    /// Level and channel: `dfgg/zbgg`.
    pub section: Option<String>,
    /// The site's own number: global, growing, the identity that lasts.
    pub native_id: Option<String>,
    /// The day in the file's name.
    pub published_on: Option<Date>,
}

/// Reads any address, also one without a scheme: scheme, host case, port and doubled slashes made one. What is no address at all
/// comes back as it is and says nothing.
#[must_use]
pub fn read(printed: &str) -> Address {
    let printed = printed.trim();
    let Some(mut url) = parse(printed) else { return Address { url: printed.to_owned(), ..Address::default() } };
    let segments: Vec<String> = url.path().split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let slash = if url.path().ends_with('/') && !segments.is_empty() { "/" } else { "" };
    url.set_path(&format!("{}{slash}", segments.join("/")));
    url.set_fragment(None);
    let section = match segments.as_slice() {
        [root, level, channel, _, ..] if root == "cggg" && is_level(level) && is_channel(channel) => {
            Some(format!("{level}/{channel}"))
        }
        _ => None,
    };
    let (published_on, native_id) = segments.last().and_then(|file| file_name(file)).unzip();
    if section.is_some() && native_id.is_some() {
        url.set_query(None);
    }
    Address { url: url.into(), section, native_id, published_on }
}

/// Reads a notice's address: `http(s)://host/cggg/{zygg|dfgg}/{channel}/{YYYYMM}/t{YYYYMMDD}_{id}.htm`. Nothing for any other.
#[must_use]
pub fn address(printed: &str) -> Option<Address> {
    Some(read(printed)).filter(|read| read.section.is_some() && read.native_id.is_some())
}

/// The number in a relative link's file name, for lists whose own address is not known.
pub(super) fn native_id_of(link: &str) -> Option<String> {
    let file = link.split(['?', '#']).next()?.rsplit('/').next()?;
    file_name(file).map(|(_, native_id)| native_id)
}

/// One notice, one address: the site serves both schemes.
fn parse(printed: &str) -> Option<Url> {
    let rest = printed.strip_prefix("//").unwrap_or(printed);
    let mut url = Url::parse(rest).ok().filter(Url::has_host).or_else(|| Url::parse(&format!("http://{rest}")).ok())?;
    let plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    if url.scheme() == "https" && url.port().is_none() {
        url.set_scheme("http").ok()?;
    }
    plain.then_some(url)
}

fn is_level(text: &str) -> bool {
    matches!(text, "zygg" | "dfgg")
}

fn is_channel(text: &str) -> bool {
    !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// `t20260928_27357976.htm`, also with a closing `l`.
fn file_name(file: &str) -> Option<(Date, String)> {
    let (stem, ending) = file.rsplit_once('.')?;
    let (day, id) = stem.strip_prefix('t')?.split_once('_')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = matches!(ending, "htm" | "html") && day.len() == 8 && digits(day) && digits(id);
    let date = Date::strptime("%Y%m%d", day).ok().filter(|_| fits && (1..=12).contains(&id.len()))?;
    Some((date, id.to_owned()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_address_gives_identity_section_and_day() {
        let read = address("http://www.ccgp.gov.cn/cggg/dfgg/zbgg/202609/t20260928_27357976.htm").unwrap();
        assert_eq!(read.native_id.as_deref(), Some("27357976"));
        assert_eq!(read.section.as_deref(), Some("dfgg/zbgg"));
        assert_eq!(read.published_on, Some(date(2026, 9, 28)));
    }

    #[test]
    fn every_spelling_of_an_address_comes_to_one() {
        let one = "http://www.ccgp.gov.cn/cggg/dfgg/gkzb/201810/t20181012_10896473.htm";
        for other in [
            "https://www.ccgp.gov.cn/cggg/dfgg/gkzb/201810/t20181012_10896473.htm",
            "http://WWW.CCGP.gov.cn:80/cggg/dfgg/gkzb//201810/t20181012_10896473.htm",
            "//www.ccgp.gov.cn//cggg/dfgg/gkzb/201810/t20181012_10896473.htm?from=x#top",
            "www.ccgp.gov.cn/cggg/dfgg/gkzb/201810/t20181012_10896473.htm",
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
    fn another_address_gets_its_one_spelling_and_names_no_notice() {
        let list = read("https://WWW.ccgp.gov.cn//cggg/dfgg/index.htm?a=b");
        assert_eq!(list.url, "http://www.ccgp.gov.cn/cggg/dfgg/index.htm?a=b");
        assert_eq!((list.section, list.native_id, list.published_on), (None, None, None));
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
            proptest::prop_assert_eq!(read.native_id, Some(id.to_string()));
        }

        #[test]
        fn any_text_is_looked_at(text in "\\PC{0,80}") {
            let _ = address(&text);
            let _ = native_id_of(&text);
        }
    }
}
