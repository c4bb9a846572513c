//! The font of every chart: Noto Sans CJK SC, cut down to GB 2312 and Latin (data/fonts/README.md). Says what it cannot show and
//! how wide a text is; the width of everything but ASCII is taken as a full square, which is never too small.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb::{Database, Source};

/// Its name.
pub(super) const FAMILY: &str = "Noto Sans CJK SC";

/// What stands for a character that the font has not.
const UNKNOWN: char = '□';

const FONT: &[u8] = include_bytes!("../../data/fonts/NotoSansCJKsc-subset.otf");

/// Every character of the font, sorted.
const CHARACTERS: &str = include_str!("../../data/fonts/characters.txt");

/// The advance of ' ' to '~', in thousandths of the size.
const ASCII: [u16; 95] = [
    224, 323, 474, 555, 555, 921, 680, 278, 338, 338, 467, 555, 278, 347, 278, 392, 555, 555, 555, 555, 555, 555, 555,
    555, 555, 555, 278, 278, 555, 555, 555, 474, 946, 608, 657, 638, 688, 589, 552, 689, 728, 293, 535, 646, 543, 812,
    723, 742, 633, 742, 635, 596, 599, 721, 575, 878, 573, 531, 603, 338, 392, 338, 555, 559, 606, 563, 618, 510, 620,
    554, 325, 564, 607, 275, 275, 552, 284, 926, 610, 606, 620, 620, 388, 468, 377, 607, 521, 802, 498, 521, 475, 338,
    270, 338, 555,
];

/// The font alone: nothing that is installed is looked at.
pub(super) fn database() -> Arc<Database> {
    static DATABASE: LazyLock<Arc<Database>> = LazyLock::new(|| {
        let mut database = Database::new();
        database.load_font_source(Source::Binary(Arc::new(FONT)));
        Arc::new(database)
    });
    Arc::clone(&DATABASE)
}

fn has(character: char) -> bool {
    static KNOWN: LazyLock<BTreeSet<char>> = LazyLock::new(|| CHARACTERS.chars().collect());
    KNOWN.contains(&character)
}

/// The text as it can be shown.
pub(super) fn shown(text: &str) -> String {
    let shown = |character: char| match character {
        _ if character.is_control() => ' ',
        _ if has(character) => character,
        _ => UNKNOWN,
    };
    text.chars().map(shown).collect()
}

/// The characters that cannot be shown, each once, in order.
pub(super) fn missing(text: &str) -> String {
    let mut seen = BTreeSet::new();
    text.chars().filter(|c| !c.is_control() && !has(*c) && seen.insert(*c)).collect()
}

/// How wide a text is at a size.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let advance = |character: char| {
        let place = u32::from(character).checked_sub(0x20).and_then(|place| usize::try_from(place).ok());
        place.and_then(|place| ASCII.get(place)).map_or(1_000, |advance| u32::from(*advance))
    };
    f64::from(text.chars().map(advance).sum::<u32>()) / 1_000.0 * size
}

/// The text in lines of at most this width, broken at blanks and between Chinese characters, and inside a word only where that
/// alone is too wide. What goes beyond the last line is left out, with `…` in its place.
pub(super) fn lines(text: &str, size: f64, width_max: f64, lines_max: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words(text) {
        let line = lines.last().map_or("", String::as_str);
        if width(&format!("{line}{}", word.trim_end()), size) <= width_max {
            push(&mut lines, &word);
            continue;
        }
        if !line.is_empty() {
            lines.push(String::new());
        }
        for character in word.chars() {
            let line = lines.last().map_or("", String::as_str);
            if width(line, size) + width(character.encode_utf8(&mut [0; 4]), size) > width_max && !line.is_empty() {
                lines.push(String::new());
            }
            push(&mut lines, character.encode_utf8(&mut [0; 4]));
        }
    }
    if lines.len() > lines_max {
        lines.truncate(lines_max);
        if let Some(last) = lines.last_mut() {
            while !last.is_empty() && width(last, size) + size > width_max {
                last.pop();
            }
            last.push('…');
        }
    }
    lines.iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

fn push(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

/// Pieces that may be torn apart: a word with the blank behind it, a Chinese character with the punctuation behind it.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut may_break = true;
    for character in text.chars() {
        let is_han = u32::from(character) >= 0x2e80;
        let is_tail = matches!(character, '，' | '。' | '、' | '；' | '：' | '）' | '》' | '”' | '！' | '？' | '％');
        if (may_break || is_han) && !is_tail && character != ' ' {
            words.push(String::new());
        }
        match words.last_mut() {
            Some(word) => word.push(character),
            None => words.push(character.to_string()),
        }
        may_break = character == ' ' || (is_han && !matches!(character, '（' | '《' | '“'));
    }
    words
}

#[cfg(test)]
mod tests {
    use resvg::usvg::{Node, Options, Text, Tree};

    use super::*;

    /// What the renderer makes of a text at size 100: the glyphs' numbers, and the width it takes.
    fn laid_out(text: &str) -> (Vec<u32>, f32) {
        let svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="9999" height="200"><text y="100" font-size="100" font-family="{FAMILY}" xml:space="preserve">{text}</text></svg>"#
        );
        let tree = Tree::from_str(&svg, &Options { fontdb: database(), ..Options::default() }).unwrap();
        let Some(Node::Text(text)) = tree.root().children().first() else { panic!("a text") };
        let text: &Text = text;
        let glyphs = text.layouted().iter().flat_map(|span| &span.positioned_glyphs).map(|glyph| glyph.id.0).collect();
        (glyphs, text.bounding_box().width())
    }

    #[test]
    fn the_list_of_characters_is_sorted_and_in_the_font() {
        assert!(CHARACTERS.chars().is_sorted(), "each once, in order");
        let some: String = CHARACTERS.chars().filter(|c| u32::from(*c) > 0xff).step_by(29).collect();
        let (glyphs, _) = laid_out(&some);
        assert!(glyphs.len() > 200 && !glyphs.contains(&0), "a listed character has no glyph");
        assert!(laid_out("喆").0.contains(&0) && !has('喆'), "a missing one is told apart");
    }

    #[test]
    fn widths_are_those_of_the_font() {
        for text in ["WWWWWWWWWW", "iiiiiiiiii", "2026-11, 12.5", "中标金额", "~~~~~~~~~"] {
            let (computed, drawn) = (width(text, 100.0), f64::from(laid_out(text).1));
            assert!((computed - drawn).abs() < 20.0, "{text}: {computed} is drawn {drawn} wide");
        }
    }

    #[test]
    fn what_the_font_has_not_is_shown_as_a_box_and_listed_once() {
        assert_eq!(shown("李喆\n堃喆"), "李□ □□");
        assert_eq!(missing("李喆堃喆\n"), "喆堃");
    }

    #[test]
    fn a_long_text_is_broken_and_keeps_within_its_width() {
        let text = "各省项目数（按采购人所在地），2024 年 4 月起 local notices come to the central site too";
        for width_max in [120.0, 200.0, 500.0] {
            let lines = lines(text, 16.0, width_max, 20);
            assert!(lines.iter().all(|line| width(line, 16.0) <= width_max), "{lines:?}");
            let joined: String = lines.concat().replace(' ', "");
            assert_eq!(joined, text.replace(' ', ""), "nothing is lost");
            assert!(!lines.iter().any(|line| line.starts_with('，')), "{lines:?}");
        }
        assert_eq!(lines("a verylongwordthatgoeson", 16.0, 60.0, 2).len(), 2);
        assert!(lines(text, 16.0, 120.0, 2)[1].ends_with('…'));
    }
}
