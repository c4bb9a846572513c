//! What outsiders wrote, made fit to print: one line, bounded, without control characters and text-direction tricks; addresses
//! only of the web. Escaping for HTML and Markdown happens where the text is put into a shape.

use std::fmt::Write as _;

use url::Url;

/// The longest address that is printed; a longer one is left out whole, never cut.
const URL_BYTES_MAX: usize = 1_000;

/// One line of at most `chars_max` characters; what was cut off is marked with `…`.
pub(crate) fn line(text: &str, chars_max: usize) -> String {
    let visible = text
        .chars()
        .filter(|character| !is_trick(*character) && (!character.is_control() || character.is_whitespace()));
    let mut folded = String::new();
    let mut length = 0;
    let mut gap = false;
    for character in visible {
        if character.is_whitespace() {
            gap = length > 0;
            continue;
        }
        if length + usize::from(gap) >= chars_max {
            folded.pop();
            folded.push('…');
            return folded;
        }
        if gap {
            folded.push(' ');
            length += 1;
            gap = false;
        }
        folded.push(character);
        length += 1;
    }
    folded
}

/// Characters that change how their neighbours are shown without being seen: direction overrides and isolates, marks,
/// zero-width blanks, tags; and those that stand for a receiver's own address in what we write ourselves.
fn is_trick(character: char) -> bool {
    matches!(character,
        '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{f8f0}'..='\u{f8f2}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// An address of the web as it may stand in an attribute and in a Markdown link, or nothing.
pub(crate) fn url(text: &str) -> Option<String> {
    let mut url = Url::parse(text.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return None;
    }
    // `http://ccgp.gov.cn@evil.example/` shows one name and leads to another.
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    let mut safe = String::with_capacity(url.as_str().len());
    for character in url.as_str().chars() {
        match character {
            '(' => safe.push_str("%28"),
            ')' => safe.push_str("%29"),
            '\'' => safe.push_str("%27"),
            '|' => safe.push_str("%7C"),
            '*' => safe.push_str("%2A"),
            '~' => safe.push_str("%7E"),
            _ => safe.push(character),
        }
    }
    (safe.len() <= URL_BYTES_MAX && safe.is_ascii()).then_some(safe)
}

/// Text as it may stand in Markdown: the characters with a meaning become numeric references, which every dialect (and
/// Feishu's cards, whose documentation asks for them) shows as themselves.
pub(crate) fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '&' | '<' | '>' | '*' | '_' | '~' | '`' | '[' | ']' | '(' | ')' | '\\' | '#' | '!' | '|')
        {
            // Writing into a String cannot fail.
            let _ = write!(escaped, "&#{};", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// Text as it may stand in HTML, in an attribute too.
pub(crate) fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn direction_overrides_and_control_characters_are_gone() {
        assert_eq!(line("中标\u{202e}额\u{0007}：\t\n 100\u{200b}万元\u{2066}", 50), "中标额： 100万元");
    }

    #[test]
    fn a_long_line_is_cut_with_a_mark() {
        assert_eq!(line("一二三四五", 5), "一二三四五");
        assert_eq!(line("一二三四五六", 5), "一二三四…");
    }

    #[test]
    fn only_addresses_of_the_web_are_printed() {
        assert_eq!(url("javascript:alert(1)"), None);
        assert_eq!(url("data:text/html,x"), None);
        assert_eq!(url("/relative"), None);
        assert_eq!(url("http://a.cn/x (1).htm?q=\"'").as_deref(), Some("http://a.cn/x%20%281%29.htm?q=%22%27"));
        assert_eq!(url("http://ccgp.gov.cn@evil.cn/").as_deref(), Some("http://evil.cn/"));
        assert_eq!(url(&format!("http://a.cn/{}", "x".repeat(2_000))), None);
    }

    #[test]
    fn markdown_shows_what_was_written() {
        assert_eq!(markdown("a*b_[c](d)<at id=all>"), "a&#42;b&#95;&#91;c&#93;&#40;d&#41;&#60;at id=all&#62;");
    }

    proptest! {
        #[test]
        fn a_line_keeps_its_bound_and_is_stable(text in "\\PC{0,80}|.{0,80}", bound in 1_usize..60) {
            let once = line(&text, bound);
            prop_assert!(once.chars().count() <= bound);
            prop_assert!(!once.chars().any(char::is_control));
            prop_assert_eq!(line(&once, bound), once);
        }
    }
}
