//! Foreign text made harmless where a platform makes links and mentions of plain words by itself: a blank of no width behind
//! the character that would start one. Nothing is taken away; for what has a notation of its own, see each channel.

/// Seen by nobody, and no platform reads a name or an address across it. Texts from outside hold none: telling takes them out.
pub(super) const BREAK: char = '\u{200b}';

/// The text, where neither a word after one of `starters` is a mention nor anything an address.
pub(super) fn inert(text: &str, starters: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        out.push(character);
        let next = characters.peek().copied();
        let starts = match character {
            '.' => before.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphabetic),
            // An address has a slash there and a name of a small picture a letter, a time of day has a digit.
            ':' => next.is_some_and(|next| next == '/' || next.is_ascii_alphabetic()),
            // Commands and the signs of shares have letters: 3/4 and $5 are none.
            '/' | '$' => {
                starters.contains(character)
                    && !before.is_some_and(|before| before.is_ascii_alphanumeric())
                    && next.is_some_and(|next| next.is_ascii_alphabetic())
            }
            _ => starters.contains(character) && next.is_some_and(|next| next.is_alphanumeric() || next == '_'),
        };
        if starts {
            out.push(BREAK);
        }
        before = Some(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_mentions_are_broken_and_figures_are_not() {
        let shown = |text: &str| inert(text, "@#").replace(BREAK, "|");
        assert_eq!(shown("@all 见 www.evil.cn"), "@|all 见 www.|evil.|cn");
        assert_eq!(shown("https://a.example/x :tada: #区块链"), "https:|//a.|example/x :|tada: #|区块链");
        assert_eq!(shown("09:30，1,234.5 万元。# 1"), "09:30，1,234.5 万元。# 1");
        assert_eq!(inert("a@b", ""), "a@b");
        assert_eq!(inert("/start（/a）3/4 a/b $5 $USD", "/$").replace(BREAK, "|"), "/|start（/|a）3/4 a/b $5 $|USD");
    }
}
