//! Full-width and compatibility forms of characters made one, character by character, so that positions stay. Judges nothing.

/// One character in its plain form: full-width ASCII to ASCII, every blank to a space, brackets and dashes of other scripts
/// to their usual form. The count of characters never changes.
#[must_use]
#[inline]
pub fn plain(c: char) -> char {
    if is_usual(c) { c } else { plain_rarely(c) }
}

/// Nearly everything that is printed: neither folded nor blank.
#[inline]
fn is_usual(c: char) -> bool {
    matches!(c, '!'..='~' | '\u{4e00}'..='\u{9fff}')
}

fn plain_rarely(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{ffe5}' => '¥',
        '﹙' => '(',
        '﹚' => ')',
        '〔' | '﹝' | '【' => '[',
        '〕' | '﹞' | '】' => ']',
        '﹕' | '∶' | '︰' | '׃' => ':',
        '﹐' => ',',
        '\u{2010}'..='\u{2015}' | '﹣' | '−' => '-',
        c if is_blank(c) => ' ',
        c => c,
    }
}

/// Whether a character prints as nothing or as room.
#[must_use]
#[inline]
pub fn is_blank(c: char) -> bool {
    !is_usual(c) && is_blank_rarely(c)
}

fn is_blank_rarely(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{00a0}' | '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{3000}' | '\u{e000}'..='\u{f8ff}')
}

/// A text in plain characters.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    out.extend(text.chars().map(plain));
    out
}

/// A text in plain characters without any blank, as labels are compared.
#[must_use]
pub fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    out.extend(text.chars().map(plain).filter(|c| *c != ' '));
    out
}

/// Whether a character takes no room at all: joiners, direction marks, soft hyphens, byte order marks.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

/// A text as printed, with runs of blanks as one space and none at its ends. What takes no room parts nothing.
#[must_use]
pub fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unseen(c) {
            continue;
        }
        if is_blank(c) {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(c);
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

/// Whether a character is a Chinese one.
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{2fa1f}' | '〇')
}

/// The first `most` characters.
#[must_use]
pub fn head(text: &str, most: usize) -> String {
    let end = text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_keeps_the_count_of_characters() {
        let printed = "（ＡＢＣ）：￥１２　３〔2025〕—…";
        assert_eq!(fold(printed).chars().count(), printed.chars().count());
        assert_eq!(fold("（Ａ１）：　"), "(A1): ");
    }

    #[test]
    fn what_takes_no_room_parts_no_word() {
        assert_eq!(tidy("\u{feff}供应\u{200b}商 \u{200b} 名称"), "供应商 名称");
    }

    #[test]
    fn blanks_inside_a_label_vanish_when_squeezed() {
        assert_eq!(squeeze("名　 称\u{a0}"), "名称");
    }
}
