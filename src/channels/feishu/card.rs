//! A digest as Feishu cards: a header, one Markdown element per block, the foot as a note. A long one is split between its
//! blocks and numbered; a link is never cut.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::channels::split::{self, Room};
use crate::domain::digest::Message;
use crate::domain::rich::{Block, Span};

/// The limit of a request is 20 KB (see [`super`]); the signature is added on sending and needs its room.
const BODY_BYTES_MAX: usize = 19_500;

/// A card holds a limited number of elements, rules included; well below it.
const BLOCKS_MAX: usize = 20;

/// The longest header, in characters.
const TITLE_CHARS_MAX: usize = 150;

/// The finished cards, at least one.
pub(super) fn compose(message: &Message) -> Result<Vec<Vec<u8>>, String> {
    let (foot, blocks) = match message.blocks.split_last() {
        Some((foot, blocks)) => (markdown(foot), blocks),
        None => (String::new(), &[][..]),
    };
    let title: String = message.subject.chars().take(TITLE_CHARS_MAX).collect();
    // The foot stands on the last card only, but nobody knows yet which one that is: every card keeps room for it.
    let size_max = BODY_BYTES_MAX.saturating_sub(bytes(&card(&format!("{title} (99/99)"), &[], &foot)));
    let parts = split::split(blocks, &Room { size_max, blocks_max: BLOCKS_MAX, measure: &element_bytes });
    let count = parts.len();
    let mut cards = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        let number = place + 1;
        let title = if count > 1 { format!("{title} ({number}/{count})") } else { title.clone() };
        let foot = if number == count { foot.as_str() } else { "" };
        cards.push(serde_json::to_vec(&card(&title, part, foot)).map_err(|error| error.to_string())?);
    }
    Ok(cards)
}

/// A block in the Markdown of cards, where numeric references show the characters that have a meaning.
fn markdown(block: &Block) -> String {
    block.written(|span| match span {
        Span::Text(text) => escaped(text),
        Span::Strong(text) => format!("**{}**", escaped(text)),
        Span::Code(text) => format!("`{}`", escaped(text)),
        Span::Link { text, url } => format!("[{}]({url})", escaped(text)),
    })
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if "&<>*_~`[]\\#!|".contains(character) {
            // Writing into a String cannot fail.
            let _ = write!(out, "&#{};", u32::from(character));
        } else {
            out.push(character);
        }
    }
    out
}

fn card(title: &str, blocks: &[Block], foot: &str) -> Value {
    let mut elements = Vec::new();
    for block in blocks {
        if !elements.is_empty() {
            elements.push(json!({ "tag": "hr" }));
        }
        elements.push(json!({ "tag": "markdown", "content": markdown(block) }));
    }
    if !foot.is_empty() {
        elements.push(json!({ "tag": "note", "elements": [{ "tag": "lark_md", "content": foot }] }));
    }
    json!({
        "msg_type": "interactive",
        "card": {
            "config": { "wide_screen_mode": true, "enable_forward": true },
            "header": { "title": { "tag": "plain_text", "content": title }, "template": "blue" },
            "elements": elements,
        },
    })
}

/// What a block adds to a card, its rule included.
fn element_bytes(block: &Block) -> usize {
    bytes(&json!({ "tag": "markdown", "content": markdown(block) })) + r#",{"tag":"hr"},"#.len()
}

fn bytes(value: &Value) -> usize {
    value.to_string().len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::rich::Line;

    fn message(blocks: &[String]) -> Message {
        Message {
            digest_id: "x".into(),
            composed_at: jiff::Timestamp::UNIX_EPOCH,
            subject: "2 项区块链中标".into(),
            text: String::new(),
            html: String::new(),
            blocks: blocks.iter().map(|block| Block::text(block)).collect(),
            images: Vec::new(),
            json: "{}".into(),
        }
    }

    fn read(card: &[u8]) -> (String, Vec<String>) {
        let card: Value = serde_json::from_slice(card).unwrap();
        let title = card["card"]["header"]["title"]["content"].as_str().unwrap().to_owned();
        let texts = card["card"]["elements"].as_array().unwrap().iter();
        (title, texts.filter_map(|element| element["content"].as_str()).map(ToOwned::to_owned).collect())
    }

    #[test]
    fn a_short_digest_is_one_card_without_a_number() {
        let cards = compose(&message(&["head".into(), "item".into(), "foot".into()])).unwrap();
        assert_eq!(cards.len(), 1);
        assert_eq!(read(&cards[0]), ("2 项区块链中标".into(), vec!["head".into(), "item".into()]));
        assert!(String::from_utf8(cards[0].clone()).unwrap().contains(r#""tag":"note""#));
    }

    #[test]
    fn a_long_digest_is_split_between_items_and_numbered() {
        let url = "http://www.ccgp.gov.cn/cggg/dfgg/zbgg/201909/t20190923_1.htm";
        let mut message = message(&["head".into(), "foot".into()]);
        for n in 0..60 {
            let link = Span::Link { text: "查看原文".into(), url: url.into() };
            let line = Line(vec![Span::Text(format!("{n} {} ", "标题".repeat(150))), link]);
            message.blocks.insert(1 + n, Block { lines: vec![line] });
        }
        let cards = compose(&message).unwrap();
        assert!(cards.len() > 1);
        let mut told = Vec::new();
        for (place, card) in cards.iter().enumerate() {
            assert!(card.len() <= BODY_BYTES_MAX);
            let (title, texts) = read(card);
            assert_eq!(title, format!("2 项区块链中标 ({}/{})", place + 1, cards.len()));
            told.extend(texts);
        }
        let blocks: Vec<String> = message.blocks.iter().map(markdown).collect();
        assert_eq!(told, blocks[..61]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn no_card_is_too_large(blocks in proptest::collection::vec("(\\PC{0,300}\n){0,40}", 1..30)) {
            for card in compose(&message(&blocks)).unwrap() {
                prop_assert!(card.len() <= BODY_BYTES_MAX, "{}", card.len());
            }
        }
    }
}
