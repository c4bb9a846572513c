//! What another side said, made fit for a record and a log line: one bounded line without our secrets, without the local part
//! of any mail address and without the path of any web address.

use std::fmt::Write as _;

/// The longest text that is kept of an answer, in characters.
const CHARS_MAX: usize = 300;

/// A secret shorter than this is not looked for: it would blank out half of every text.
const HIDDEN_BYTES_MIN: usize = 4;

/// Texts that must not be seen.
#[derive(Clone, Default)]
pub(super) struct Hidden(Vec<String>);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl Hidden {
    /// These texts, the longest first, so that no rest of a longer one stays.
    pub(super) fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let mut texts: Vec<String> = texts.into_iter().filter(|text| text.len() >= HIDDEN_BYTES_MIN).collect();
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        Self(texts)
    }

    /// The text without anything that must not be seen.
    pub(super) fn redact(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        for hidden in &self.0 {
            clean = clean.replace(hidden.as_str(), "…");
        }
        let mut line = String::new();
        for word in clean.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
            if !line.is_empty() {
                line.push(' ');
            }
            // Writing into a String cannot fail.
            let _ = write!(line, "{}", masked(word));
        }
        match line.char_indices().nth(CHARS_MAX) {
            Some((end, _)) => line.get(..end).unwrap_or_default().to_owned() + "…",
            None => line,
        }
    }
}

/// A word with the private part of its addresses left out.
fn masked(word: &str) -> String {
    if let Some((before, after)) = word.split_once("://") {
        let host: String = after.chars().take_while(|c| !matches!(c, '/' | '?' | '#' | '"' | '>' | ')')).collect();
        let host = host.rsplit_once('@').map_or(host.as_str(), |(_, host)| host);
        return format!("{before}://{host}/…");
    }
    let Some((before, after)) = word.rsplit_once('@') else { return word.to_owned() };
    // The local part ends where a character stands that it cannot hold unquoted.
    let start = before.rfind(['<', '(', '[', ':', ',', ';', '"', '\'']).map_or(0, |at| at + 1);
    format!("{}…@{after}", before.get(..start).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_paths_and_secrets_are_left_out() {
        let hidden = Hidden::new(["hunter2".to_owned(), "hunter2-long".to_owned(), "a".to_owned()]);
        assert_eq!(
            hidden.redact(
                "550 5.1.1 <li.lei@example.cn>: no such\r\n user (hunter2-long) at https://u@hook.example/x/token?k=1"
            ),
            "550 5.1.1 <…@example.cn>: no such user (…) at https://hook.example/…"
        );
    }

    #[test]
    fn a_long_answer_is_cut_between_characters() {
        let redacted = Hidden::default().redact(&"拒".repeat(1_000));
        assert_eq!(redacted.chars().count(), CHARS_MAX + 1);
    }
}
