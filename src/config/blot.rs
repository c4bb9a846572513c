//! Blots secrets out of a configuration's text before a line of it is shown. Works on what was parsed and, because broken
//! text may not parse, on lines that look like a secret. Keeps every byte offset and line break where it was.

use std::ops::Range;

/// A key whose name holds one of these is a secret, unless it ends in `_file` or `_files` and so only says where one is.
const TELLTALES: [&str; 7] = ["url", "password", "passwd", "secret", "token", "credential", "webhook"];

/// Whether a value under this key is kept from view.
pub(super) fn is_secretive(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let points_to_a_file = key.ends_with("_file") || key.ends_with("_files");
    // Our own address stands on every page.
    let is_ours = key == "base_url";
    !points_to_a_file && !is_ours && TELLTALES.iter().any(|telltale| key.contains(telltale))
}

/// The text with `*` in place of every byte of a secret.
pub(super) fn secrets(text: &str, parsed: &[Range<usize>]) -> String {
    blotted(text, parsed.iter().cloned().chain(looks_secret(text)))
}

/// A sentence that may quote a value: addresses in it lose what may be secret, and a value that a broken quote has let
/// swallow the lines after it ends where the first one did.
pub(super) fn sentence(text: &str) -> String {
    match text.split_once("\\n") {
        Some((first_line, _)) => format!("{}…", blotted(first_line, in_addresses(first_line, false))),
        None => blotted(text, in_addresses(text, false)),
    }
}

fn blotted(text: &str, spans: impl Iterator<Item = Range<usize>>) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for span in spans {
        for byte in bytes.get_mut(span).into_iter().flatten() {
            if !matches!(byte, b'\n' | b'\r' | b'"' | b'\'') {
                *byte = b'*';
            }
        }
    }
    // Only whole values are blotted, so that this never fails; if it did, nothing is shown rather than too much.
    String::from_utf8(bytes).unwrap_or_else(|_| "*".repeat(text.len()))
}

/// What stands behind `key =` to the end of the line, for every key that is a secret by its name.
fn looks_secret(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(equals) = first_secret(line) {
            let value = line.get(equals + 1..).unwrap_or_default();
            let blanks = value.len() - value.trim_start().len();
            spans.push(start + equals + 1 + blanks..start + line.len());
        }
        let is_public = ["search", "contact", "base_url"].iter().any(|key| line.trim_start().starts_with(key));
        spans.extend(in_addresses(line, is_public).map(|part| start + part.start..start + part.end));
        start += line.len();
    }
    spans
}

/// What may be a secret in a web address, whatever its key: the name and password, and, but for the addresses that are
/// public by their purpose, all that follows the host.
fn in_addresses(line: &str, is_public: bool) -> impl Iterator<Item = Range<usize>> {
    line.match_indices("://").filter_map(move |(at, mark)| {
        let from = at + mark.len();
        let address = line.get(from..)?.split(['"', '\'', ' ', '\n', '\r']).next()?;
        let host_end = address.find(['/', '?', '#']).unwrap_or(address.len());
        let login_end = address.get(..host_end)?.rfind('@').unwrap_or(0);
        let secret_end = if is_public { login_end } else { address.len() };
        let secret_start = if login_end == 0 { host_end.min(secret_end) } else { 0 };
        (secret_end > secret_start + 1).then_some(from + secret_start..from + secret_end)
    })
}

fn first_secret(line: &str) -> Option<usize> {
    line.match_indices('=').map(|(at, _)| at).find(|at| {
        let before = line.get(..*at).unwrap_or_default().trim_end().trim_end_matches(['"', '\'']);
        let word_start = before
            .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))
            .map_or(0, |at| at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
        is_secretive(before.get(word_start..).unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_blotted_in_every_spelling_of_its_line() {
        for line in [
            "url = \"https://h/TOPSECRET\"",
            "url=\"https://h/TOPSECRET",
            "feishu.url = 'https://h/TOPSECRET'",
            "x = { \"url\" = \"https://h/TOPSECRET\" }",
            "密 = 1, password = TOPSECRET é",
            "smtp_password = \"TOPSECRET\"",
            "search = \"http://user:TOPSECRET@host/\"",
            "room = \"https://h/TOPSECRET\"",
            "\"https://user:x@h/TOPSECRET",
            "ur = https://h?TOPSECRET",
        ] {
            let shown = secrets(line, &[]);
            assert!(!shown.contains("TOPSECRET"), "{shown}");
            assert_eq!(shown.len(), line.len());
        }
    }

    #[test]
    fn a_sentence_quotes_no_secret_and_no_swallowed_lines() {
        assert_eq!(sentence("room = \"https://h/TOP\" is not known"), "room = \"https://h****\" is not known");
        assert_eq!(sentence(&format!("host = {:?} is wrong", "a\nsecret = TOP")), "host = \"a…");
    }

    #[test]
    fn the_path_of_a_secret_is_no_secret() {
        let line = "password_file = \"smtp\" # and url_file\nsecret_files = [\"a\"]\nsearch = \"http://s/a@b\"";
        assert_eq!(secrets(line, &[]), line);
    }

    #[test]
    fn a_parsed_secret_over_several_lines_is_blotted_and_its_lines_stay() {
        let text = "x = \"\"\"\nTOP\nSECRET\"\"\"\n";
        let value = 4..text.len() - 1;
        assert_eq!(secrets(text, std::slice::from_ref(&value)), "x = \"\"\"\n***\n******\"\"\"\n");
    }
}
