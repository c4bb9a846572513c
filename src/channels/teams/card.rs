//! A digest as Adaptive Cards in the envelope of a Teams webhook: one rich text block per line. Rich text is not read as Markdown
//! (learn.microsoft.com/adaptive-cards/authoring-cards/text-features), so what stands there can be neither mark nor link, whatever
//! it says, and a link is the run's own action. A mention would need an entry in the card, and there is none.

use serde_json::{Map, Value, json};

use crate::channels::inert::BREAK;
use crate::channels::parts::{Part, parts, units};
use crate::channels::split::Room;
use crate::domain::digest::Message;
use crate::domain::rich::{Block, Line, Span};

/// A message may have about 28 KB; refusals (413) have been met from 21,000 bytes on, so we stay below.
const BODY_BYTES_MAX: usize = 20_000;

/// Items in one card: it is one message in the channel, however long.
const ITEMS_MAX: usize = 40;

/// The longest title; Teams sets no limit, and a longer one is none.
const TITLE_MAX: usize = 300;

/// The finished messages, at least one.
pub(super) fn compose(message: &Message) -> Result<Vec<Vec<u8>>, String> {
    let longest = Part { title: "𠀀".repeat(TITLE_MAX / 2), blocks: Vec::new(), foot: None };
    let size_max = BODY_BYTES_MAX.saturating_sub(payload(&longest).to_string().len());
    let room = Room { size_max, blocks_max: ITEMS_MAX, measure: &item_bytes };
    let parts = parts(message, &room, TITLE_MAX, &units);
    parts.iter().map(|part| serde_json::to_vec(&payload(part)).map_err(|error| error.to_string())).collect()
}

fn payload(part: &Part) -> Value {
    let title = json!({ "type": "TextRun", "text": plain(&part.title), "size": "Large", "weight": "Bolder" });
    let mut body = vec![json!({ "type": "RichTextBlock", "inlines": [title] })];
    body.extend(part.blocks.iter().flat_map(|block| lines(block, false)));
    body.extend(part.foot.iter().flat_map(|foot| lines(foot, true)));
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "msteams": { "width": "Full" },
                "body": body,
            },
        }],
    })
}

/// A block's lines, the first below a rule, the others close to it. An empty line has nothing to show and is left out.
fn lines(block: &Block, small: bool) -> Vec<Value> {
    let shown = block.lines.iter().filter(|line| line.0.iter().any(|span| !span.words().trim().is_empty()));
    let line = |(place, line): (usize, &Line)| {
        let inlines: Vec<Value> =
            line.0.iter().filter(|span| !span.words().is_empty()).map(|s| run(s, small)).collect();
        if place == 0 {
            return json!({ "type": "RichTextBlock", "inlines": inlines, "separator": true });
        }
        json!({ "type": "RichTextBlock", "inlines": inlines, "spacing": "None" })
    };
    shown.enumerate().map(line).collect()
}

fn run(span: &Span, small: bool) -> Value {
    let mut run = Map::new();
    run.insert("type".into(), "TextRun".into());
    run.insert("text".into(), plain(span.words()).into());
    let how = match span {
        Span::Text(_) => None,
        Span::Strong(_) => Some(("weight", "Bolder".into())),
        Span::Code(_) => Some(("fontType", "Monospace".into())),
        Span::Link { url, .. } => Some(("selectAction", json!({ "type": "Action.OpenUrl", "url": url }))),
    };
    run.extend(how.map(|(name, value)| (name.to_owned(), value)));
    if small {
        run.insert("size".into(), "Small".into());
        run.insert("isSubtle".into(), true.into());
    }
    run.into()
}

/// The one thing that cards read in rich text too: `{{DATE(…)}}` and `{{TIME(…)}}`.
fn plain(text: &str) -> String {
    text.replace("{{", &format!("{{{BREAK}{{"))
}

/// What a block adds to a card, its rule included.
fn item_bytes(block: &Block) -> usize {
    lines(block, true).iter().map(|line| line.to_string().len() + 1).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::channels::samples;

    fn read(message: &Message) -> Vec<Value> {
        let payloads = compose(message).unwrap();
        assert!(payloads.iter().all(|payload| payload.len() <= BODY_BYTES_MAX));
        payloads.iter().map(|payload| serde_json::from_slice(payload).unwrap()).collect()
    }

    fn runs(payload: &Value) -> Vec<Value> {
        let body = payload["attachments"][0]["content"]["body"].as_array().unwrap();
        assert!(body.iter().all(|element| element["type"] == "RichTextBlock"));
        body.iter().flat_map(|element| element["inlines"].as_array().unwrap().clone()).collect()
    }

    fn urls(payloads: &[Value]) -> Vec<String> {
        let runs = payloads.iter().flat_map(runs);
        runs.filter_map(|run| run["selectAction"]["url"].as_str().map(ToOwned::to_owned)).collect()
    }

    #[test]
    fn messages_of_one_twenty_and_five_hundred_items_keep_within_the_limits_and_every_link() {
        for (items, few) in [(1, 1..=1), (20, 2..=2), (500, 25..=50)] {
            let message = samples::digest(items);
            let payloads = read(&message);
            let count = payloads.len();
            assert!(few.contains(&count), "{count} for {items} items");
            assert_eq!(urls(&payloads), samples::said(&message.blocks).1);
            if count > 1 {
                assert_eq!(runs(&payloads[1])[0]["text"], format!("2 项区块链中标 (2/{count})"));
            }
        }
    }

    #[test]
    fn foreign_text_stays_text() {
        let payload = &read(&samples::titled(samples::HOSTILE, vec![Block::text(samples::HOSTILE)]))[0];
        for run in runs(payload) {
            assert!(run["selectAction"].is_null());
            assert!(!run["text"].as_str().unwrap().contains("{{"), "{run}");
            assert_eq!(samples::bare(run["text"].as_str().unwrap()), samples::bare(samples::HOSTILE));
        }
        assert!(payload["attachments"][0]["content"]["msteams"]["entities"].is_null());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn nothing_is_too_long_and_nothing_lost(blocks in samples::any_blocks(), subject in "\\PC{0,400}") {
            let payloads = read(&samples::titled(subject, blocks.clone()));
            let told: String = payloads.iter().flat_map(|payload| runs(payload).into_iter().skip(1))
                .filter_map(|run| run["text"].as_str().map(ToOwned::to_owned)).collect();
            prop_assert_eq!(samples::bare(&told), samples::words(&blocks));
            let known: Vec<&str> = blocks.iter().flat_map(Block::urls).collect();
            prop_assert!(urls(&payloads).iter().all(|url| known.contains(&url.as_str())));
        }
    }
}
