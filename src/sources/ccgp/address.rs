//! Addresses of CCGP pages: made one however they are printed, and read for section and id. Asks no one.

/// What an address says.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Address {
    /// Scheme, doubled slashes and host case made one.
    pub url: String,
    /// `dfgg/zbgg`.
    pub section: Option<String>,
    /// `27357976`.
    pub native_id: Option<String>,
}

/// Reads an address of a notice; also one without a scheme.
#[must_use]
pub fn read(printed: &str) -> Address {
    let url = normal(printed);
    let path = url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    let section = match parts.as_slice() {
        ["cggg", level, channel, ..] if !channel.contains('.') && parts.len() > 3 => Some(format!("{level}/{channel}")),
        _ => None,
    };
    let native_id = parts.last().and_then(|file| {
        let (day, rest) = file.strip_prefix('t')?.split_once('_')?;
        let id = rest.split('.').next()?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        (digits(day) && digits(id)).then(|| id.to_owned())
    });
    Address { url, section, native_id }
}

/// `http://` in front of a lower-case host; doubled slashes of the path as one.
fn normal(printed: &str) -> String {
    let printed = printed.trim();
    let rest = printed.split_once("://").map_or(printed.trim_start_matches("//"), |(_, rest)| rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.to_ascii_lowercase();
    let host = host.strip_suffix(":80").unwrap_or(&host);
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let slash = if path.ends_with('/') && !parts.is_empty() { "/" } else { "" };
    format!("http://{host}/{}{slash}{query}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_print_of_an_address_is_one() {
        let read_one = read("https://WWW.ccgp.gov.cn/cggg/zygg//jzxcs//201810/t20181010_10900000.htm");
        assert_eq!(read_one.url, "http://www.ccgp.gov.cn/cggg/zygg/jzxcs/201810/t20181010_10900000.htm");
        assert_eq!(read_one.section.as_deref(), Some("zygg/jzxcs"));
        assert_eq!(read_one.native_id.as_deref(), Some("10900000"));
    }

    #[test]
    fn another_address_names_no_notice() {
        let other = read("http://www.ccgp.gov.cn/cggg/dfgg/index.htm");
        assert_eq!((other.section, other.native_id), (None, None));
    }
}
