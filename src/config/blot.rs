//! Blots secrets out of a configuration's text before a line of it is shown. Works on what was parsed and, because broken
//! text may not parse, on lines that look like a secret. Keeps every byte offset and line break where it was.

use std::ops::Range;

/// A key whose name holds one of these is a secret, unless it ends in `_file` or `_files` and so only says where one is.
const TELLTALES: [&str; 7] = ["url", "password", "passwd", "secret", "token", "credential", "webhook"];

/// Whether a value under this key is kept from view.
pub(super) fn is_secretive(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let points_to_a_file = key.ends_with("_file") || key.ends_with("_files");
    !points_to_a_file && TELLTALES.iter().any(|telltale| key.contains(telltale))
}

/// The text with `*` in place of every byte of a secret.
pub(super) fn secrets(text: &str, parsed: &[Range<usize>]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let spans = parsed.iter().cloned().chain(looks_secret(text));
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
        spans.extend(user_info(line).map(|part| start + part.start..start + part.end));
        start += line.len();
    }
    spans
}

/// `name:password` of `http://name:password@host/`.
fn user_info(line: &str) -> impl Iterator<Item = Range<usize>> {
    line.match_indices("://").filter_map(|(at, mark)| {
        let from = at + mark.len();
        let authority = line.get(from..)?.split(['/', '"', '\'', ' ']).next()?;
        authority.rfind('@').map(|end| from..from + end)
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
        ] {
            let shown = secrets(line, &[]);
            assert!(!shown.contains("TOPSECRET"), "{shown}");
            assert_eq!(shown.len(), line.len());
        }
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
