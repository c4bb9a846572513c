//! Text for a Markdown whose documentation knows no way to write a special character as itself: its full-width twin stands in
//! for it, so that what outsiders wrote becomes neither markup nor mention nor link. It reads alike; a search may miss it.

use crate::domain::rich::{Block, Line, Span};

/// A block written down: each span by `write`, lines joined by `line_break`, no line taken for a list, a rule or a code block.
pub(super) fn written(block: &Block, line_break: &str, write: &dyn Fn(&Span) -> String) -> String {
    let line = |line: &Line| guarded(&line.0.iter().map(write).collect::<String>());
    block.lines.iter().map(line).collect::<Vec<_>>().join(line_break)
}

/// The text with twins for whatever Markdown, mentions and the eager links of chat programs could be made of.
pub(super) fn widened(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        let rest = text.get(at + character.len_utf8()..).unwrap_or_default();
        let is_special = match character {
            '&' | '<' | '>' | '*' | '_' | '~' | '`' | '[' | ']' | '\\' | '#' | '|' | '@' | '$' | '^' => true,
            // Chat programs make a link of an address and of a bare name of a host.
            ':' => rest.starts_with("//"),
            // Before a link it would make an image of it.
            '!' => rest.is_empty(),
            '.' => before.is_ascii_alphanumeric() && starts_with_letters(rest, 2),
            _ => false,
        };
        if !character.is_control() {
            out.push(if is_special { twin(character) } else { character });
        }
        before = character;
    }
    out
}

fn starts_with_letters(text: &str, count: usize) -> bool {
    text.chars().take(count).filter(char::is_ascii_alphabetic).count() == count
}

/// The full-width form of an ASCII character: the whole row stands in Unicode in the same order.
fn twin(character: char) -> char {
    match character {
        '!'..='~' => char::from_u32(u32::from(character) + 0xfee0).unwrap_or(character),
        _ => character,
    }
}

/// A line that begins with none of the marks that count only there.
fn guarded(line: &str) -> String {
    let line = line.trim_start();
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    // The mark of a list stands after digits or first; what stands first may also be a rule or underline a heading.
    let (head, rest) = line.split_at(digits);
    let mut after = rest.chars();
    match after.next() {
        Some(mark @ ('.' | ')')) if digits > 0 => format!("{head}{}{}", twin(mark), after.as_str()),
        Some(mark @ ('-' | '+' | '=')) if digits == 0 => format!("{}{}", twin(mark), after.as_str()),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> String {
        written(&Block::text(text), "\n", &|span| widened(span.words()))
    }

    #[test]
    fn what_could_be_markup_becomes_its_twin() {
        assert_eq!(widened("**a** [b](c) <@all> `d` #1 A&B"), "＊＊a＊＊ ［b］(c) ＜＠all＞ ｀d｀ ＃1 A＆B");
        assert_eq!(widened("http://evil.cn/x www.evil.com 3.5万元"), "http：//evil．cn/x www．evil．com 3.5万元");
        assert_eq!(
            plain("- a\n12. b\n3) c\n---\n    d\n2026年\n1.5万"),
            "－ a\n12． b\n3） c\n－--\nd\n2026年\n1．5万"
        );
    }

    proptest! {
        #[test]
        fn nothing_that_markdown_or_a_mention_needs_is_left(text in "[-&<>*_~`\\[\\]\\\\#|@$^:/. a-z0-9一-三\n]{0,80}") {
            let written = plain(&text);
            prop_assert!(!written.contains(['<', '>', '*', '_', '`', '[', ']', '#', '@', '\\', '&', '|', '~']));
            prop_assert!(!written.contains("://"));
            let opens = |line: &str| line.starts_with(['-', '+', '=', ' ']);
            prop_assert!(!written.lines().any(opens), "{written}");
        }
    }
}
