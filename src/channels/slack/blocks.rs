//! A digest in Slack's blocks (docs.slack.dev/reference/block-kit/blocks): a header, one rich text block per item, the foot in
//! small print. Rich text needs no escaping: what is text there can be neither mark nor mention, whatever it says. `text` is
//! what notifications show.

use serde_json::{Value, json};

use crate::channels::parts::{Part, parts, units};
use crate::channels::split::Room;
use crate::domain::digest::Message;
use crate::domain::rich::{Block, Span};

/// Slack names no limit for all blocks together and yet has one: messages are refused (`msg_blocks_too_long`) from about 13,200
/// characters on, containers counted (github.com/slackapi/bolt-js/issues/2509, 2867). Bytes are never fewer than characters.
const BLOCKS_BYTES_MAX: usize = 11_000;

/// Items in one message: with a rule each, a header and a foot they stay below Slack's 50 blocks.
const ITEMS_MAX: usize = 20;

/// The longest header.
const TITLE_MAX: usize = 150;

/// The longest plain text of a context block; Slack's limit of a text object is 3,000.
const SMALL_PRINT_MAX: usize = 2_000;

/// The longest fallback text; Slack cuts at 40,000 and people read one line.
const FALLBACK_CHARS_MAX: usize = 300;

/// The finished messages, at least one.
pub(super) fn compose(message: &Message) -> Result<Vec<Vec<u8>>, String> {
    let room = Room { size_max: BLOCKS_BYTES_MAX - 1_000, blocks_max: ITEMS_MAX, measure: &item_bytes };
    let parts = parts(message, &room, TITLE_MAX, &units);
    parts.iter().map(|part| serde_json::to_vec(&payload(part)).map_err(|error| error.to_string())).collect()
}

fn payload(part: &Part) -> Value {
    let title = json!({ "type": "plain_text", "text": part.title, "emoji": false });
    let mut blocks = vec![json!({ "type": "header", "text": title })];
    for (place, block) in part.blocks.iter().enumerate() {
        if place > 0 {
            blocks.push(json!({ "type": "divider" }));
        }
        blocks.push(rich(block));
    }
    if let Some(foot) = &part.foot {
        blocks.push(json!({ "type": "divider" }));
        blocks.push(small(foot));
    }
    // The summary of a link's page would stand between the items.
    json!({ "text": fallback(&part.title), "blocks": blocks, "unfurl_links": false, "unfurl_media": false })
}

/// The only three characters that Slack asks to be escaped; without a `<` nothing is a mention or a link.
fn fallback(title: &str) -> String {
    let title: String = title.chars().take(FALLBACK_CHARS_MAX).collect();
    title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn rich(block: &Block) -> Value {
    let elements: Vec<Value> = runs(block).iter().map(element).collect();
    json!({ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": elements }] })
}

/// The spans with line breaks between the lines, neighbours of plain text joined; Slack refuses an empty one.
fn runs(block: &Block) -> Vec<Span> {
    let mut runs: Vec<Span> = Vec::new();
    let mut push = |span: Span| match (runs.last_mut(), span) {
        (Some(Span::Text(last)), Span::Text(more)) => last.push_str(&more),
        (_, span) if span.words().is_empty() && !matches!(span, Span::Link { .. }) => {}
        (_, span) => runs.push(span),
    };
    for (place, line) in block.lines.iter().enumerate() {
        if place > 0 {
            push(Span::Text("\n".into()));
        }
        line.0.iter().cloned().for_each(&mut push);
    }
    runs
}

fn element(span: &Span) -> Value {
    match span {
        Span::Text(text) => json!({ "type": "text", "text": text }),
        Span::Strong(text) => json!({ "type": "text", "text": text, "style": { "bold": true } }),
        Span::Code(text) => json!({ "type": "text", "text": text, "style": { "code": true } }),
        Span::Link { text, url } if text.is_empty() => json!({ "type": "link", "url": url }),
        Span::Link { text, url } => json!({ "type": "link", "url": url, "text": text }),
    }
}

/// The foot in small print where it is short plain text, and like an item where it is not.
fn small(foot: &Block) -> Value {
    let text = foot.plain();
    if foot.urls().next().is_some() || units(&text) > SMALL_PRINT_MAX {
        return rich(foot);
    }
    json!({ "type": "context", "elements": [{ "type": "plain_text", "text": text, "emoji": false }] })
}

/// What a block adds to a message, its rule included.
fn item_bytes(block: &Block) -> usize {
    rich(block).to_string().len() + r#",{"type":"divider"},"#.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::channels::samples;

    fn read(message: &Message) -> Vec<Value> {
        compose(message).unwrap().iter().map(|payload| serde_json::from_slice(payload).unwrap()).collect()
    }

    fn within_limits(payload: &Value) {
        let blocks = payload["blocks"].as_array().unwrap();
        assert!(blocks.len() <= 50, "{}", blocks.len());
        assert!(payload["blocks"].to_string().len() <= BLOCKS_BYTES_MAX);
        assert_eq!(blocks[0]["type"], "header");
        assert!(units(blocks[0]["text"]["text"].as_str().unwrap()) <= TITLE_MAX);
        for element in elements(payload) {
            let text = element["text"].as_str().or(element["url"].as_str());
            assert!(text.is_some_and(|text| !text.is_empty()), "{element}");
        }
    }

    fn elements(payload: &Value) -> Vec<Value> {
        let blocks = payload["blocks"].as_array().unwrap().iter();
        let sections = blocks.filter(|block| block["type"] == "rich_text").map(|block| &block["elements"][0]);
        sections.flat_map(|section| section["elements"].as_array().unwrap().clone()).collect()
    }

    fn urls(payloads: &[Value]) -> Vec<String> {
        let elements = payloads.iter().flat_map(elements);
        elements.filter_map(|element| element["url"].as_str().map(ToOwned::to_owned)).collect()
    }

    #[test]
    fn messages_of_one_twenty_and_five_hundred_items_keep_within_the_limits_and_every_link() {
        for (items, few) in [(1, 1..=1), (20, 2..=2), (500, 30..=60)] {
            let message = samples::digest(items);
            let payloads = read(&message);
            let count = payloads.len();
            assert!(few.contains(&count), "{count} for {items} items");
            payloads.iter().for_each(within_limits);
            assert_eq!(urls(&payloads), samples::said(&message.blocks).1);
            if count > 1 {
                let last = &payloads[count - 1]["blocks"];
                assert_eq!(last[0]["text"]["text"], format!("2 项区块链中标 ({count}/{count})"));
                assert_eq!(last.as_array().unwrap().last().unwrap()["type"], "context");
            }
        }
    }

    #[test]
    fn foreign_text_stays_text() {
        let message = samples::titled(samples::HOSTILE, vec![Block::text(samples::HOSTILE), Block::text("foot")]);
        let payload = &read(&message)[0];
        assert_eq!(elements(payload), [json!({ "type": "text", "text": samples::HOSTILE })]);
        assert_eq!(payload["blocks"][0]["text"]["type"], "plain_text");
        assert!(!payload["text"].as_str().unwrap().contains(['<', '>']), "{}", payload["text"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn nothing_is_too_long_and_nothing_lost(blocks in samples::any_blocks(), subject in "\\PC{0,400}") {
            let payloads = read(&samples::titled(subject, blocks.clone()));
            payloads.iter().for_each(within_limits);
            let small = |payload: &Value| payload["blocks"].as_array().unwrap().last().unwrap()["elements"][0]["text"].as_str().map(ToOwned::to_owned);
            let told: String = payloads.iter().flat_map(|payload| {
                let texts = elements(payload).into_iter().filter_map(|element| element["text"].as_str().map(ToOwned::to_owned));
                texts.chain(small(payload)).collect::<Vec<_>>()
            }).collect();
            prop_assert_eq!(samples::bare(&told), samples::words(&blocks));
            let known: Vec<&str> = blocks.iter().flat_map(Block::urls).collect();
            prop_assert!(urls(&payloads).iter().all(|url| known.contains(&url.as_str())));
        }
    }
}
