//! A digest as Telegram messages in its HTML (core.telegram.org/bots/api#html-style). What counts is what is seen: at most 4,096
//! characters after the marks are read, and at most a hundred marks, the rest of which the platform drops without a word.
//! Names, tags, commands and addresses in plain words would become links and mentions by themselves, and are broken.

use crate::channels::inert::inert;
use crate::channels::parts::{Part, parts, units};
use crate::channels::split::Room;
use crate::domain::digest::Message;
use crate::domain::rich::{Block, Span};

/// The longest message, in UTF-16 units of what is seen, and so never more characters.
const TEXT_MAX: usize = 4_096;

/// Marks of one message that the platform keeps (limits.tginfo.me), the title's among them.
const MARKS_MAX: usize = 100;

/// The longest title.
const TITLE_MAX: usize = 300;

/// Items in one message: it has no rules, so they are told apart by gaps.
const ITEMS_MAX: usize = 40;

/// What stands between two items.
const GAP: &str = "\n\n";

/// What a mark takes of a message's room, so that a full one has no more marks than are kept.
const MARK_UNITS: usize = TEXT_MAX.div_ceil(MARKS_MAX - 1);

/// The finished texts, at least one.
pub(super) fn compose(message: &Message) -> Vec<String> {
    let room = Room { size_max: TEXT_MAX - TITLE_MAX - MARK_UNITS, blocks_max: ITEMS_MAX, measure: &room_taken };
    let parts = parts(message, &room, TITLE_MAX, &|title| units(&broken(title)));
    parts.iter().map(text).collect()
}

fn text(part: &Part) -> String {
    let title = format!("<b>{}</b>", escaped(&part.title));
    let blocks = part.blocks.iter().chain(&part.foot).map(|block| block.written(html));
    std::iter::once(title).chain(blocks).collect::<Vec<_>>().join(GAP)
}

/// What a block takes: what is seen of it, or its marks where there are many.
fn room_taken(block: &Block) -> usize {
    let seen = block.written(|span| broken(span.words()));
    let spans = block.lines.iter().flat_map(|line| &line.0);
    let marks = spans.filter(|span| !matches!(span, Span::Text(_))).count();
    (units(&seen) + GAP.len()).max(marks * MARK_UNITS)
}

fn html(span: &Span) -> String {
    let words = escaped(span.words());
    match span {
        Span::Text(_) => words,
        Span::Strong(_) => format!("<b>{words}</b>"),
        Span::Code(_) => format!("<code>{words}</code>"),
        Span::Link { url, .. } => format!("<a href=\"{}\">{words}</a>", attribute(url)),
    }
}

fn escaped(text: &str) -> String {
    broken(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn attribute(url: &str) -> String {
    url.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Plain words that stay plain: mentions begin with an @, tags with # and $, commands with a slash.
fn broken(text: &str) -> String {
    inert(text, "@#$/")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::channels::inert::BREAK;
    use crate::channels::samples;

    /// Reads the HTML as the platform does: what is seen, and the marks with their addresses. Fails on anything else.
    fn seen(html: &str) -> (String, Vec<String>) {
        let (mut seen, mut marks, mut open) = (String::new(), Vec::new(), Vec::new());
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            seen += &rest[..at];
            let (tag, after) = rest[at + 1..].split_once('>').unwrap();
            rest = after;
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name), "{html}");
                continue;
            }
            let (name, attribute) = tag.split_once(' ').unwrap_or((tag, ""));
            assert!(matches!(name, "b" | "code" | "a"), "{tag}");
            open.push(name);
            let url = attribute.strip_prefix("href=\"").and_then(|url| url.strip_suffix('"'));
            assert_eq!(name == "a", url.is_some(), "{tag}");
            marks.push(url.unwrap_or_default().replace("&amp;", "&"));
        }
        assert!(open.is_empty());
        seen += rest;
        let text = seen.replace("&lt;", "<").replace("&gt;", ">");
        for (at, _) in text.match_indices('&') {
            assert!(text[at..].starts_with("&amp;"), "{text}");
        }
        (text.replace("&amp;", "&"), marks)
    }

    fn within_limits(text: &str) -> (String, Vec<String>) {
        let (seen, marks) = seen(text);
        assert!(units(&seen) <= TEXT_MAX && marks.len() <= MARKS_MAX, "{} {}", units(&seen), marks.len());
        (seen, marks)
    }

    #[test]
    fn messages_of_one_twenty_and_five_hundred_items_keep_within_the_limits_and_every_link() {
        for (items, few) in [(1, 1..=1), (20, 1..=2), (500, 20..=35)] {
            let message = samples::digest(items);
            let texts = compose(&message);
            let count = texts.len();
            assert!(few.contains(&count), "{count} for {items} items");
            let urls: Vec<String> =
                texts.iter().flat_map(|text| within_limits(text).1).filter(|url| !url.is_empty()).collect();
            assert_eq!(urls, samples::said(&message.blocks).1);
            if count > 1 {
                assert!(texts[1].starts_with(&format!("<b>2 项区块链中标 (2/{count})</b>\n\n")), "{}", texts[1]);
            }
        }
    }

    #[test]
    fn no_message_has_more_marks_than_the_platform_keeps() {
        let link = |n: usize| Span::Link { text: "原".into(), url: format!("http://a.cn/{n}") };
        let blocks = (0..150).map(|n| Block { lines: vec![crate::domain::rich::Line(vec![link(n)])] }).collect();
        let texts = compose(&samples::message(blocks));
        assert!(texts.len() > 1);
        assert_eq!(texts.iter().map(|text| within_limits(text).1.len() - 1).sum::<usize>(), 150);
    }

    #[test]
    fn foreign_text_is_neither_mark_nor_mention() {
        let texts = compose(&samples::titled(samples::HOSTILE, vec![Block::text(samples::HOSTILE)]));
        let (shown, marks) = seen(&texts[0]);
        assert_eq!(marks.len(), 1, "the title is bold, and that is all: {marks:?}");
        assert_eq!(shown.replace(BREAK, ""), format!("{h}\n\n{h}", h = samples::HOSTILE));
        for word in ["@everyone", "@all", "#tag", "/start", "://", ".example", ":tada"] {
            assert!(!shown.contains(word), "{word} in {shown}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn nothing_is_too_long_and_nothing_lost(blocks in samples::any_blocks(), subject in "\\PC{0,400}") {
            let texts = compose(&samples::titled(subject, blocks.clone()));
            let known: Vec<&str> = blocks.iter().flat_map(Block::urls).collect();
            let mut told = String::new();
            for text in &texts {
                let (seen, marks) = within_limits(text);
                told += seen.split_once(GAP).map_or("", |(_, rest)| rest);
                prop_assert!(marks.iter().filter(|url| !url.is_empty()).all(|url| known.contains(&url.as_str())));
            }
            prop_assert_eq!(samples::bare(&told), samples::words(&blocks));
        }
    }
}
