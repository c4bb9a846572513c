//! A digest for Mattermost and Rocket.Chat: all of it in `text`, in the little Markdown that both read. What would be a mark in
//! either dialect is shown by its wide form: no escape holds in both (Rocket.Chat opens a formula at `\(`), and mentions are
//! looked for in plain text, escaped or not.

use serde_json::json;

use super::Flavour;
use crate::channels::inert::inert;
use crate::channels::literal::{self, literal, twin};
use crate::channels::parts::{Part, parts, units};
use crate::channels::split::Room;
use crate::domain::digest::Message;
use crate::domain::rich::{Block, Span};

/// Below Mattermost's limit of a post, 16,383 characters: it would split a longer one anywhere.
const MATTERMOST_MAX: usize = 16_000;

/// Below Rocket.Chat's `Message_MaxAllowedSize`, 5,000 unless its keeper changed it.
const ROCKET_MAX: usize = 4_900;

/// Items in one message.
const ITEMS_MAX: usize = 50;

/// The longest title, in what it takes when it is written.
const TITLE_MAX: usize = 300;

/// The finished messages, at least one.
pub(super) fn compose(message: &Message, flavour: Flavour) -> Result<Vec<Vec<u8>>, String> {
    let (size_max, rule) = match flavour {
        Flavour::RocketChat => (ROCKET_MAX, "\n\n"),
        Flavour::Slack | Flavour::Mattermost => (MATTERMOST_MAX, "\n\n---\n\n"),
    };
    let measure = |block: &Block| units(&written(block)) + rule.len();
    let title_size = |title: &str| units(&plain(title));
    let room = Room { size_max: size_max - TITLE_MAX - "#### ".len(), blocks_max: ITEMS_MAX, measure: &measure };
    let parts = parts(message, &room, TITLE_MAX, &title_size);
    let payload = |part: &Part| json!({ "text": text(part, rule) });
    parts.iter().map(|part| serde_json::to_vec(&payload(part)).map_err(|error| error.to_string())).collect()
}

fn text(part: &Part, rule: &str) -> String {
    let title = format!("#### {}", plain(&part.title));
    let blocks = part.blocks.iter().chain(&part.foot).map(written);
    std::iter::once(title).chain(blocks).collect::<Vec<_>>().join(rule)
}

fn written(block: &Block) -> String {
    literal::written(block, "\n", twin, &|span| match span {
        Span::Strong(text) if !text.trim().is_empty() => format!("**{}**", plain(text)),
        Span::Text(text) | Span::Strong(text) => plain(text),
        Span::Code(text) => format!("`{}`", text.replace('`', "｀")),
        Span::Link { text, url } => format!("[{}]({url})", plain(text)),
    })
}

/// Text without marks, mentions and addresses, nor a name between colons, which would be a small picture.
fn plain(text: &str) -> String {
    inert(&literal(text, twin), "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::channels::samples;

    const FLAVOURS: [(Flavour, usize); 2] = [(Flavour::Mattermost, 16_383), (Flavour::RocketChat, 5_000)];

    fn read(message: &Message, flavour: Flavour) -> Vec<String> {
        let payloads = compose(message, flavour).unwrap();
        let text = |payload: &Vec<u8>| serde_json::from_slice::<serde_json::Value>(payload).unwrap()["text"].clone();
        payloads.iter().map(|payload| text(payload).as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn messages_of_one_twenty_and_five_hundred_items_keep_within_the_limits_and_every_link() {
        for ((flavour, max), counts) in FLAVOURS.into_iter().zip([[1..=1, 1..=1, 8..=12], [1..=1, 1..=2, 20..=40]]) {
            for (items, few) in [1, 20, 500].into_iter().zip(counts) {
                let message = samples::digest(items);
                let texts = read(&message, flavour);
                let count = texts.len();
                assert!(few.contains(&count), "{count} for {items} items, {flavour:?}");
                assert!(texts.iter().all(|text| units(text) <= max));
                for url in samples::said(&message.blocks).1 {
                    let link = format!("]({url})");
                    assert_eq!(texts.iter().filter(|text| text.contains(&link)).count(), 1);
                }
                if count > 1 {
                    assert!(texts[0].starts_with(&format!("#### 2 项区块链中标 (1/{count})\n\n")), "{}", texts[0]);
                }
            }
        }
    }

    #[test]
    fn foreign_text_is_neither_mark_nor_mention() {
        for (flavour, _) in FLAVOURS {
            let block = Block::text(&format!("{}\n- x\n12. x\n# x\n---", samples::HOSTILE));
            let text = read(&samples::titled(samples::HOSTILE, vec![block]), flavour).remove(0);
            let text = text.trim_start_matches("#### ").replace("\n\n---\n\n", "\n");
            assert!(!text.contains(['*', '_', '~', '`', '[', ']', '<', '>', '|', '\\', '&']), "{text}");
            for word in ["@all", "@everyone", "#tag", ":tada:", "://", ".example"] {
                assert!(!text.contains(word), "{word} in {text}");
            }
            let opens = |line: &str| line.starts_with(['-', '+', '=', '#']) || line.starts_with("12.");
            assert!(!text.lines().any(opens), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn nothing_is_too_long_and_nothing_lost(blocks in samples::any_blocks(), subject in "\\PC{0,400}") {
            for (flavour, max) in FLAVOURS {
                let texts = read(&samples::titled(subject.clone(), blocks.clone()), flavour);
                prop_assert!(texts.iter().all(|text| units(text) <= max));
                let known: Vec<&str> = blocks.iter().flat_map(Block::urls).collect();
                for text in &texts {
                    for (_, link) in text.match_indices("](").map(|(at, _)| text.split_at(at + 2)) {
                        let (url, _) = link.split_once(')').unwrap();
                        prop_assert!(known.contains(&url), "{}", url);
                    }
                }
                let letters = |text: &str| text.chars().filter(|c| matches!(c, '一'..='三')).count();
                let told: usize = texts.iter().map(|text| letters(text.split_once('\n').map_or("", |(_, rest)| rest))).sum();
                prop_assert_eq!(told, letters(&samples::words(&blocks)));
            }
        }
    }
}
