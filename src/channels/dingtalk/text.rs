//! A digest as DingTalk's Markdown: its subject as a heading, since the title is only seen in lists and notices, and a blank
//! line between blocks. A long one is split between its blocks and numbered; a link is never cut.

use serde_json::{Value, json};

use crate::channels::literal::{self, literal, twin};
use crate::channels::split::{self, Room};
use crate::domain::digest::Message;
use crate::domain::rich::{Block, Span};

/// The limit of a message is 20,000 bytes (see [`super`]), counted over the whole request; a little is left.
const BODY_BYTES_MAX: usize = 19_500;

/// The longest title, in characters.
const TITLE_CHARS_MAX: usize = 100;

/// A line ends with two blanks and a break; the guide asks for blanks on both sides.
const LINE_BREAK: &str = "  \n  ";

const BLOCK_BREAK: &str = "\n\n";

/// The finished messages, at least one.
pub(super) fn compose(message: &Message) -> Result<Vec<Vec<u8>>, String> {
    let title: String = literal(&message.subject, twin).chars().take(TITLE_CHARS_MAX).collect();
    let size_max = BODY_BYTES_MAX.saturating_sub(body(&format!("{title} (99999/99999)"), &[]).to_string().len());
    let parts = split::split(&message.blocks, &Room { size_max, blocks_max: usize::MAX, measure: &bytes });
    let count = parts.len();
    let number = |place: usize| if count > 1 { format!("{title} ({}/{count})", place + 1) } else { title.clone() };
    let bodies = parts.iter().enumerate().map(|(place, part)| body(&number(place), part));
    bodies.map(|body| serde_json::to_vec(&body).map_err(|error| error.to_string())).collect()
}

fn body(title: &str, blocks: &[Block]) -> Value {
    let mut text = format!("### {title}");
    for block in blocks {
        text.push_str(BLOCK_BREAK);
        text.push_str(&markdown(block));
    }
    json!({
        "msgtype": "markdown",
        "markdown": { "title": title, "text": text },
        // Who is mentioned is said here and nowhere else: nobody.
        "at": { "isAtAll": false },
    })
}

/// A block in the robot's Markdown, which has no code.
fn markdown(block: &Block) -> String {
    literal::written(block, LINE_BREAK, twin, &|span| match span {
        Span::Text(text) | Span::Code(text) => literal(text, twin),
        // Marks around nothing would be a rule.
        Span::Strong(text) if text.trim().is_empty() => String::new(),
        Span::Strong(text) => format!("**{}**", literal(text, twin).trim()),
        Span::Link { text, url } => format!("[{}]({url})", literal(text, twin)),
    })
}

/// What a block adds to the request, as it stands in JSON.
fn bytes(block: &Block) -> usize {
    Value::from(format!("{BLOCK_BREAK}{}", markdown(block))).to_string().len() - r#""""#.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::channels::samples::{digest, message, said, some_blocks, told};

    /// The title and what stands under it, of a message within the platform's limits.
    fn read(body: &[u8]) -> (String, String) {
        assert!(body.len() <= 20_000, "{}", body.len());
        let body: Value = serde_json::from_slice(body).unwrap();
        assert_eq!(body["msgtype"], "markdown");
        let (title, text) = (body["markdown"]["title"].as_str().unwrap(), body["markdown"]["text"].as_str().unwrap());
        let text = text.strip_prefix(&format!("### {title}")).unwrap();
        (title.to_owned(), text.to_owned())
    }

    #[test]
    fn a_digest_of_any_length_is_told_whole_in_numbered_messages() {
        for items in [1, 20, 500] {
            let digest = digest(items);
            let bodies = compose(&digest).unwrap();
            assert!(items < 500 || bodies.len() > 1);
            let mut text = String::new();
            for (place, body) in bodies.iter().enumerate() {
                let (title, part) = read(body);
                let number = format!("2 项区块链中标 ({}/{})", place + 1, bodies.len());
                assert_eq!(title, if bodies.len() > 1 { number } else { "2 项区块链中标".into() });
                text.push_str(&part);
            }
            assert_eq!(told(&text), said(&digest.blocks), "{items} items");
            for bad in ["<at", "<@", "@", "evil.cn", "http://evil", "*区块链*"] {
                assert!(!text.contains(bad), "{bad}");
            }
        }
    }

    #[test]
    fn a_subject_may_be_long_and_hostile() {
        let mut long = message(vec![Block::text("x")]);
        long.subject = format!("<@all> *{}", "题".repeat(400));
        let (title, _) = read(&compose(&long).unwrap()[0]);
        assert!(title.starts_with("＜＠all＞ ＊题") && title.chars().count() == TITLE_CHARS_MAX);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn no_message_is_too_long_and_nothing_is_lost(blocks in some_blocks()) {
            let bodies = compose(&message(blocks.clone())).unwrap();
            let text: String = bodies.iter().map(|body| read(body).1).collect();
            prop_assert_eq!(told(&text), said(&blocks));
        }
    }
}
