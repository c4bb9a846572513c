//! Is this address one of the site's own? A listing names pages to fetch: it may name those of its site, and of no stranger.

use url::Url;

/// First labels under which one site keeps its search and its pages apart.
const ROOMS: [&str; 2] = ["search.", "www."];

/// Whether `address` belongs to the site that is searched at `search`: the same host and port, or, on the schemes' own ports, a
/// host of the same domain.
#[must_use]
pub fn is_of(search: &Url, address: &Url) -> bool {
    let (Some(home), Some(host)) = (search.host_str(), address.host_str()) else { return false };
    if home == host && search.port() == address.port() {
        return true;
    }
    let site = ROOMS.iter().find_map(|room| home.strip_prefix(room)).unwrap_or(home);
    let is_below = || host.strip_suffix(site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    address.port().is_none() && search.domain().is_some() && site.contains('.') && is_below()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_of(search: &str, address: &str) -> bool {
        super::is_of(&Url::parse(search).unwrap(), &Url::parse(address).unwrap())
    }

    #[test]
    fn a_site_keeps_its_search_and_its_pages_on_hosts_of_one_domain() {
        let search = "http://search.ccgp.gov.cn/bxsearch";
        for own in ["http://www.ccgp.gov.cn/a", "https://ccgp.gov.cn/a", "http://search.ccgp.gov.cn/b"] {
            assert!(is_of(search, own), "{own}");
        }
        for other in [
            "http://www.ccgp-beijing.gov.cn/a",
            "http://evilccgp.gov.cn/a",
            "http://ccgp.gov.cn.example.org/a",
            "http://www.gov.cn/a",
            "http://169.254.169.254/latest",
            "http://www.ccgp.gov.cn:8080/a",
        ] {
            assert!(!is_of(search, other), "{other}");
        }
    }

    #[test]
    fn an_address_without_a_name_is_of_its_own_port_only() {
        assert!(is_of("http://127.0.0.1:8080/s", "http://127.0.0.1:8080/a"));
        assert!(!is_of("http://127.0.0.1:8080/s", "http://127.0.0.1:9090/a"));
        assert!(!is_of("http://127.0.0.1:8080/s", "http://127.0.0.1/a"));
        assert!(!is_of("http://localhost/s", "http://a.localhost/a"));
    }
}
