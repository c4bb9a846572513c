//! What a mail address is, for the configuration and for people who subscribe: the address alone, as one line of the envelope.

use lettre::Address;

/// The longest path of SMTP without its brackets (RFC 5321, 4.5.3.1.3).
const ADDRESS_BYTES_MAX: usize = 254;

/// Whether a text is a mail address alone, without a name and brackets.
#[must_use]
pub fn is_mail_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

/// An address as a person typed it, as it is kept: without blanks around it, its host in small letters; nothing where it is none.
#[must_use]
pub fn mail_address(text: &str) -> Option<String> {
    let text = text.trim();
    let (user, host) = text.rsplit_once('@')?;
    let kept = format!("{user}@{}", host.to_lowercase());
    let fits = kept.len() <= ADDRESS_BYTES_MAX && !kept.chars().any(|c| c.is_control() || c.is_whitespace());
    (fits && is_mail_address(&kept)).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_as_one_line_with_a_small_host() {
        assert_eq!(mail_address(" Ada@Example.ORG ").as_deref(), Some("Ada@example.org"));
        let long = format!("{}@example.org", "a".repeat(300));
        for text in
            ["", "a", "@b.org", "a@", "a b@c.org", "Ada <a@b.org>", "a@b.org\r\nBcc: c@d.org", "a@b@c.org", &long]
        {
            assert_eq!(mail_address(text), None, "{text:?}");
        }
    }
}
