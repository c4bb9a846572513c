//! A digest as Feishu cards: a header, one Markdown element per block, the foot as a note. A long one is split between its
//! blocks and numbered; a link is never cut.

use serde_json::{Value, json};

use crate::channels::literal::{self, literal, reference};
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
    literal::written(block, "\n", reference, &|span| match span {
        Span::Text(text) => literal(text, reference),
        // Marks around nothing would be a rule.
        Span::Strong(text) | Span::Code(text) if text.trim().is_empty() => String::new(),
        Span::Strong(text) => format!("**{}**", literal(text, reference).trim()),
        Span::Code(text) => format!("`{}`", literal::code(text)),
        Span::Link { text, url } => format!("[{}]({url})", literal(text, reference)),
    })
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
    use crate::channels::samples::{digest, message, said, some_blocks, told};

    /// The header and what stands under it, of a card within the platform's limits.
    fn read(card: &[u8]) -> (String, String) {
        assert!(card.len() <= BODY_BYTES_MAX, "{}", card.len());
        let card: Value = serde_json::from_slice(card).unwrap();
        let title = card["card"]["header"]["title"]["content"].as_str().unwrap().to_owned();
        let elements = card["card"]["elements"].as_array().unwrap();
        assert!(elements.len() <= 2 * BLOCKS_MAX);
        let mut text = String::new();
        for element in elements {
            let content = &element["elements"][0]["content"];
            text.push_str(element["content"].as_str().or(content.as_str()).unwrap_or_default());
        }
        (title, text)
    }

    /// The text as the platform will show it.
    fn shown(text: &str) -> String {
        let mut pieces = text.split("&#");
        let mut shown = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (number, rest) = piece.split_once(';').unwrap();
            // What stood for a mark is none: it must not be read as one again.
            shown.push_str(if number.parse::<u32>().is_ok() { " " } else { panic!("{number}") });
            shown.push_str(rest);
        }
        shown
    }

    #[test]
    fn a_short_digest_is_one_card_without_a_number() {
        let cards = compose(&message(["head", "item", "foot"].map(Block::text).to_vec())).unwrap();
        assert_eq!(cards.len(), 1);
        assert_eq!(read(&cards[0]), ("2 项区块链中标".into(), "headitemfoot".into()));
        assert!(String::from_utf8(cards[0].clone()).unwrap().contains(r#""tag":"note""#));
    }

    #[test]
    fn a_digest_of_any_length_is_told_whole_in_numbered_cards() {
        for items in [1, 20, 500] {
            let digest = digest(items);
            let cards = compose(&digest).unwrap();
            assert!(items < 500 || cards.len() > 1);
            let mut text = String::new();
            for (place, card) in cards.iter().enumerate() {
                let (title, part) = read(card);
                let number = format!("2 项区块链中标 ({}/{})", place + 1, cards.len());
                assert_eq!(title, if cards.len() > 1 { number } else { "2 项区块链中标".into() });
                text.push_str(&part);
            }
            assert_eq!(told(&shown(&text)), said(&digest.blocks), "{items} items");
            for bad in ["<at", "<@", "@", "evil.cn", "://evil", "*区块链*"] {
                assert!(!text.contains(bad), "{bad}");
            }
        }
    }

    #[test]
    fn a_subject_may_be_long() {
        let mut long = message(vec![Block::text("x")]);
        long.subject = "题".repeat(400);
        assert_eq!(read(&compose(&long).unwrap()[0]).0.chars().count(), TITLE_CHARS_MAX);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn no_card_is_too_large_and_nothing_is_lost(blocks in some_blocks()) {
            let cards = compose(&message(blocks.clone())).unwrap();
            let text: String = cards.iter().map(|card| shown(&read(card).1)).collect();
            prop_assert_eq!(told(&text), said(&blocks));
        }
    }
}
