//! The envelope sender of a mail: an address of ours that names the delivery, so that whatever comes back says of which one it
//! speaks. Pure; says also when two domains belong together as DMARC sees it, without the list of public suffixes.

use super::delivery::DeliveryId;

/// The longest local part of an address, RFC 5321 section 4.5.3.1.1.
const LOCAL_BYTES_MAX: usize = 64;

/// The longest id of a delivery, its part's number included: `d_`, 32 digits, `_99`.
const ID_BYTES_MAX: usize = 37;

/// The longest local part that leaves room for a delivery's id behind a plus sign.
pub const BASE_BYTES_MAX: usize = LOCAL_BYTES_MAX - 1 - ID_BYTES_MAX;

/// `bounces@example.org` and a delivery → `bounces+d_….@example.org`; the base itself, where it is no address.
#[must_use]
pub fn naming(base: &str, id: &DeliveryId) -> String {
    base.rsplit_once('@').map_or_else(|| base.to_owned(), |(local, domain)| format!("{local}+{id}@{domain}"))
}

/// The delivery that an address names, if it names one; servers may have changed the case of letters on the way.
#[must_use]
pub fn named(address: &str) -> Option<DeliveryId> {
    let (local, _) = address.rsplit_once('@')?;
    let (_, tag) = local.rsplit_once('+')?;
    id(tag)
}

/// The delivery that a Message-ID names: `<d_…@example.org>`.
#[must_use]
pub fn named_by_message_id(message_id: &str) -> Option<DeliveryId> {
    let (local, _) = message_id.trim().trim_start_matches('<').split_once('@')?;
    id(local)
}

/// A text that has the form of a delivery's id.
fn id(text: &str) -> Option<DeliveryId> {
    let text = text.to_ascii_lowercase();
    let rest = text.strip_prefix("d_")?;
    let (hash, part) = rest.split_once('_').unwrap_or((rest, "1"));
    let is_hash = (8..=32).contains(&hash.len()) && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_part = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (is_hash && is_part).then_some(DeliveryId(text))
}

/// Whether two domains are aligned: the same, or one below the other. Two sisters may belong to one organisation as well; that
/// takes the list of public suffixes to know, and they are taken for strangers.
#[must_use]
pub fn is_aligned(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_ascii_lowercase(), other.to_ascii_lowercase());
    let is_below = |low: &str, high: &str| {
        high.contains('.') && low.strip_suffix(high).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
    };
    one == other || is_below(&one, &other) || is_below(&other, &one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_named_is_read_back_and_nothing_else_is() {
        let id = DeliveryId("d_0123456789abcdef0123456789abcdef_2".into());
        let address = naming("bounces@mail.example.org", &id);
        assert_eq!(address, "bounces+d_0123456789abcdef0123456789abcdef_2@mail.example.org");
        assert_eq!(named(&address.to_uppercase()), Some(id.clone()));
        assert_eq!(named_by_message_id(&format!(" <{id}@example.org>")), Some(id));
        for other in ["bounces@example.org", "a+b@example.org", "a+d_@x", "a+d_xyz45678@x", "d_0123456789abcdef@x", ""]
        {
            assert_eq!(named(other), None, "{other}");
        }
        assert_eq!(named_by_message_id("<d_0123456789abcdef; rm@x>"), None);
    }

    #[test]
    fn the_longest_address_is_within_the_bound() {
        let id = DeliveryId(format!("d_{}_99", "f".repeat(32)));
        let address = naming(&format!("{}@x.org", "b".repeat(BASE_BYTES_MAX)), &id);
        assert_eq!(address.split('@').next().map(str::len), Some(LOCAL_BYTES_MAX));
    }

    #[test]
    fn domains_are_aligned_upwards_and_downwards_only() {
        assert!(is_aligned("example.org", "Example.org") && is_aligned("a.example.org", "example.org"));
        assert!(is_aligned("example.org", "bounces.example.org"));
        for stranger in ["example.com", "notexample.org", "org", "b.other.org", ".example.org", ""] {
            assert!(!is_aligned("example.org", stranger), "{stranger}");
        }
        assert!(!is_aligned("a.example.org", "b.example.org"));
    }
}
