//! A digest as Discord embeds, one a message: the subject as its title, the items as its description, the foot as its footer,
//! which knows no Markdown. Nobody is mentioned: nothing may be parsed for it, and the marks are escaped besides.

use serde_json::{Map, Value, json};

use crate::channels::parts::{Part, parts, units};
use crate::channels::split::Room;
use crate::domain::digest::Message;
use crate::domain::rich::{Block, Span};

/// The longest title.
const TITLE_MAX: usize = 256;

/// The longest description; with a title and a foot it stays below the 6,000 of all embeds of a message.
const DESCRIPTION_MAX: usize = 4_096;

/// Items in one message.
const ITEMS_MAX: usize = 40;

/// The bar beside an embed.
const COLOUR: u32 = 0x33_70_ff;

/// What stands between two items.
const GAP: &str = "\n\n";

/// The finished messages, at least one. Discord counts characters; UTF-16 units are never fewer.
pub(super) fn compose(message: &Message) -> Result<Vec<Vec<u8>>, String> {
    let measure = |block: &Block| units(&written(block)) + GAP.len();
    let title_size = |title: &str| units(&escaped(title));
    let room = Room { size_max: DESCRIPTION_MAX, blocks_max: ITEMS_MAX, measure: &measure };
    let parts = parts(message, &room, TITLE_MAX, &title_size);
    parts.iter().map(|part| serde_json::to_vec(&payload(part)).map_err(|error| error.to_string())).collect()
}

fn payload(part: &Part) -> Value {
    let mut blocks: Vec<String> = part.blocks.iter().map(written).collect();
    let footer = part.foot.as_ref().filter(|foot| foot.urls().next().is_none());
    if let Some(foot) = part.foot.as_ref().filter(|_| footer.is_none()) {
        blocks.push(written(foot));
    }
    let mut embed = Map::new();
    embed.insert("title".into(), escaped(&part.title).into());
    embed.insert("description".into(), blocks.join(GAP).into());
    embed.insert("color".into(), COLOUR.into());
    embed.extend(footer.map(|foot| ("footer".to_owned(), json!({ "text": foot.plain() }))));
    json!({ "embeds": [embed], "allowed_mentions": { "parse": [] } })
}

/// A block in Discord's Markdown, where no line begins a list, a quote or a heading.
fn written(block: &Block) -> String {
    let text = block.written(|span| match span {
        Span::Strong(text) if !text.trim().is_empty() => format!("**{}**", escaped(text)),
        Span::Text(text) | Span::Strong(text) => escaped(text),
        // A backquote cannot be escaped inside of two.
        Span::Code(text) => format!("`{}`", text.replace('`', "'")),
        Span::Link { text, url } => format!("[{}]({url})", escaped(text)),
    });
    text.lines().map(begun).collect::<Vec<_>>().join("\n")
}

/// A line, where what would begin a list is escaped.
fn begun(line: &str) -> String {
    let text = line.trim_start();
    let blank = line.get(..line.len() - text.len()).unwrap_or_default();
    let after = text.trim_start_matches(|c: char| c.is_ascii_digit());
    if text.starts_with(['-', '+']) {
        return format!("{blank}\\{text}");
    }
    match text.strip_suffix(after).filter(|digits| !digits.is_empty() && after.starts_with('.')) {
        Some(digits) => format!("{blank}{digits}\\{after}"),
        None => line.to_owned(),
    }
}

/// A backslash before any mark shows the mark. A colon opens an emoji before a letter and an address before a slash.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        let opens = character == ':' && next.is_some_and(|next| next == '/' || next.is_ascii_alphabetic());
        if opens || "\\*_~`|<>#@[]".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::channels::samples;

    fn read(message: &Message) -> Vec<Value> {
        let payloads = compose(message).unwrap();
        let payloads = payloads.iter().map(|payload| serde_json::from_slice(payload).unwrap());
        payloads.inspect(within_limits).collect()
    }

    fn within_limits(payload: &Value) {
        let embed = &payload["embeds"][0];
        let size = |text: &Value| text.as_str().map_or(0, units);
        let (title, told, foot) = (size(&embed["title"]), size(&embed["description"]), size(&embed["footer"]["text"]));
        assert!(title <= TITLE_MAX && told <= DESCRIPTION_MAX && foot <= 2_048, "{title}, {told}, {foot}");
        assert!(title + told + foot <= 6_000);
        assert_eq!(payload["embeds"].as_array().unwrap().len(), 1);
        assert_eq!(payload["allowed_mentions"], json!({ "parse": [] }));
    }

    fn told(payload: &Value) -> &str {
        payload["embeds"][0]["description"].as_str().unwrap()
    }

    #[test]
    fn messages_of_one_twenty_and_five_hundred_items_keep_within_the_limits_and_every_link() {
        for (items, few) in [(1, 1..=1), (20, 1..=2), (500, 24..=50)] {
            let message = samples::digest(items);
            let payloads = read(&message);
            let count = payloads.len();
            assert!(few.contains(&count), "{count} for {items} items");
            for url in samples::said(&message.blocks).1 {
                let link = format!("]({url})");
                assert_eq!(payloads.iter().filter(|payload| told(payload).contains(&link)).count(), 1);
            }
            if count > 1 {
                assert_eq!(payloads[0]["embeds"][0]["title"], format!("2 项区块链中标 (1/{count})"));
                assert_eq!(payloads[count - 1]["embeds"][0]["footer"]["text"], "每天 08:30");
            }
        }
    }

    #[test]
    fn foreign_text_is_neither_mark_nor_mention() {
        let block = Block::text(&format!("{}\n- x\n12. x\n# x\n> x", samples::HOSTILE));
        let payload = &read(&samples::titled(samples::HOSTILE, vec![block, Block::text("foot")]))[0];
        for text in [told(payload), payload["embeds"][0]["title"].as_str().unwrap()] {
            let shown = text.replace("\\\\", "");
            for mark in ["*", "_", "~", "`", "|", "<", "[", "](", "@", ":tada", "://", "#"] {
                for (at, _) in shown.match_indices(mark) {
                    assert!(shown[..at].ends_with('\\'), "{mark} at {at} of {shown}");
                }
            }
        }
        assert!(told(payload).ends_with("\n\\- x\n12\\. x\n\\# x\n\\> x"), "{}", told(payload));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn nothing_is_too_long_and_nothing_lost(blocks in samples::any_blocks(), subject in "\\PC{0,400}") {
            let payloads = read(&samples::titled(subject, blocks.clone()));
            let letters = |text: &str| text.chars().filter(|c| matches!(c, '一'..='三' | '𠀀')).count();
            let all = |payload: &Value| letters(told(payload)) + payload["embeds"][0]["footer"]["text"].as_str().map_or(0, letters);
            prop_assert_eq!(payloads.iter().map(all).sum::<usize>(), letters(&samples::words(&blocks)));
            let known: Vec<&str> = blocks.iter().flat_map(Block::urls).collect();
            for text in payloads.iter().map(told) {
                for (at, _) in text.match_indices("](").filter(|(at, _)| !text[..*at].ends_with('\\')) {
                    let (url, _) = text[at + 2..].split_once(')').unwrap();
                    prop_assert!(known.contains(&url), "{}", url);
                }
            }
        }
    }
}
