//! Text that stays text in a platform's Markdown: what outsiders wrote becomes neither markup nor mention nor link. A character
//! that could mean more has a stand-in, by what the platform's documentation knows; it reads alike, a search may miss it.

use crate::domain::rich::{Block, Line, Span};

/// What stands for a character that means something.
pub(super) type StandIn = fn(char) -> String;

/// A numeric reference, where the platform shows it as the character.
pub(super) fn reference(character: char) -> String {
    format!("&#{};", u32::from(character))
}

/// The full-width twin, where no way is documented to write the character itself. The whole row of ASCII has twins in Unicode,
/// in the same order.
pub(super) fn twin(character: char) -> String {
    let twin = match character {
        '!'..='~' => char::from_u32(u32::from(character) + 0xfee0).unwrap_or(character),
        _ => character,
    };
    twin.to_string()
}

/// A block written down: each span by `write`, lines joined by `line_break`, no line taken for a list, a rule or a code block.
pub(super) fn written(block: &Block, line_break: &str, stand_in: StandIn, write: &dyn Fn(&Span) -> String) -> String {
    let line = |line: &Line| guarded(&line.0.iter().map(write).collect::<String>(), stand_in);
    block.lines.iter().map(line).collect::<Vec<_>>().join(line_break)
}

/// The text with a stand-in for whatever Markdown, mentions and the eager links of chat programs could be made of.
pub(super) fn literal(text: &str, stand_in: StandIn) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for (at, character) in text.char_indices().filter(|(_, character)| !character.is_control()) {
        let rest = text.get(at + character.len_utf8()..).unwrap_or_default();
        let is_special = match character {
            '&' | '<' | '>' | '*' | '_' | '~' | '`' | '[' | ']' | '\\' | '#' | '|' | '@' | '$' | '^' => true,
            // Chat programs make a link of an address and of a bare name of a host.
            ':' => rest.starts_with("//"),
            '.' => before.is_ascii_alphanumeric() && starts_with_letters(rest, 2),
            // Before a link it would make an image of it.
            '!' => rest.is_empty(),
            _ => false,
        };
        if is_special {
            out.push_str(&stand_in(character));
        } else {
            out.push(character);
        }
        before = character;
    }
    out
}

/// Text between backticks, to be typed as it stands: little means anything there, and references may not be read.
pub(super) fn code(text: &str) -> String {
    let write = |character: char| match character {
        '`' | '<' | '>' | '&' | '[' | ']' | '*' | '@' => twin(character),
        _ => character.to_string(),
    };
    text.chars().filter(|character| !character.is_control()).map(write).collect()
}

fn starts_with_letters(text: &str, count: usize) -> bool {
    text.chars().take(count).filter(char::is_ascii_alphabetic).count() == count
}

/// A line that begins with none of the marks that count only there.
fn guarded(line: &str, stand_in: StandIn) -> String {
    let line = line.trim_start();
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    // The mark of a list stands after digits or first; what stands first may also be a rule or underline a heading.
    let (head, rest) = line.split_at(digits);
    let mut after = rest.chars();
    match after.next() {
        Some(mark @ ('.' | ')')) if digits > 0 && !after.as_str().starts_with(|c: char| c.is_ascii_digit()) => {
            format!("{head}{}{}", stand_in(mark), after.as_str())
        }
        Some(mark @ ('-' | '+' | '=')) if digits == 0 => format!("{}{}", stand_in(mark), after.as_str()),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> String {
        written(&Block::text(text), "\n", twin, &|span| literal(span.words(), twin))
    }

    #[test]
    fn what_could_be_markup_has_a_stand_in() {
        assert_eq!(literal("**a** [b](c) <@all> `d` #1 A&B!", twin), "＊＊a＊＊ ［b］(c) ＜＠all＞ ｀d｀ ＃1 A＆B！");
        assert_eq!(literal("http://evil.cn/x www.evil.com 3.5万元", twin), "http：//evil．cn/x www．evil．com 3.5万元");
        assert_eq!(literal("a*b_[c](d)<at id=all>", reference), "a&#42;b&#95;&#91;c&#93;(d)&#60;at id=all&#62;");
        assert_eq!(plain("- a\n12. b\n3) c\n---\n    d\n2026年\n1.5万"), "－ a\n12． b\n3） c\n－--\nd\n2026年\n1.5万");
        assert_eq!(
            code("tenderwatch notice show ccgp:t1_2 `x` <@all>"),
            "tenderwatch notice show ccgp:t1_2 ｀x｀ ＜＠all＞"
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
