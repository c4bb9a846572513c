//! A digest as Feishu cards: a header, one Markdown element per block, the foot as a note. A long one is split between its
//! blocks and numbered; a link is never cut.

use serde_json::{Value, json};

use crate::domain::digest::Message;

/// The limit of a request is 20 KB (see [`super`]); the signature is added on sending and needs its room.
const BODY_BYTES_MAX: usize = 19_500;

/// A card holds a limited number of elements, rules included; well below it.
const BLOCKS_MAX: usize = 20;

/// The longest header, in characters.
const TITLE_CHARS_MAX: usize = 150;

/// The finished cards, at least one.
pub(super) fn compose(message: &Message) -> Result<Vec<Vec<u8>>, String> {
    let (foot, blocks) = match message.blocks.split_last() {
        Some((foot, blocks)) => (foot.as_str(), blocks),
        None => ("", &[][..]),
    };
    let title: String = message.subject.chars().take(TITLE_CHARS_MAX).collect();
    // The foot stands on the last card only, but nobody knows yet which one that is: every card keeps room for it.
    let room = BODY_BYTES_MAX.saturating_sub(bytes(&card(&format!("{title} (99/99)"), &[], foot))?);
    let parts = parts(blocks, room)?;
    let count = parts.len();
    let mut cards = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        let number = place + 1;
        let title = if count > 1 { format!("{title} ({number}/{count})") } else { title.clone() };
        let foot = if number == count { foot } else { "" };
        cards.push(serde_json::to_vec(&card(&title, part, foot)).map_err(|error| error.to_string())?);
    }
    Ok(cards)
}

fn card(title: &str, blocks: &[String], foot: &str) -> Value {
    let mut elements = Vec::new();
    for block in blocks {
        if !elements.is_empty() {
            elements.push(json!({ "tag": "hr" }));
        }
        elements.push(json!({ "tag": "markdown", "content": block }));
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

/// The blocks in as few cards as have room for them, in their order.
fn parts(blocks: &[String], room: usize) -> Result<Vec<Vec<String>>, String> {
    let mut parts: Vec<Vec<String>> = Vec::new();
    let mut part: Vec<String> = Vec::new();
    let mut used = 0;
    for block in blocks {
        for piece in pieces(block, room)? {
            let needed = element_bytes(&piece)?;
            if !part.is_empty() && (used + needed > room || part.len() >= BLOCKS_MAX) {
                parts.push(std::mem::take(&mut part));
                used = 0;
            }
            used += needed;
            part.push(piece);
        }
    }
    if !part.is_empty() || parts.is_empty() {
        parts.push(part);
    }
    Ok(parts)
}

/// A block that is too long for a card of its own, split between its lines.
fn pieces(block: &str, room: usize) -> Result<Vec<String>, String> {
    if element_bytes(block)? <= room {
        return Ok(vec![block.to_owned()]);
    }
    let mut pieces: Vec<String> = Vec::new();
    for line in block.lines() {
        let line = cut(line, room)?;
        match pieces.last_mut() {
            Some(piece) if element_bytes(&format!("{piece}\n{line}"))? <= room => {
                piece.push('\n');
                piece.push_str(&line);
            }
            _ => pieces.push(line),
        }
    }
    Ok(pieces)
}

/// A line that fits, cut before the link that would not fit whole.
fn cut(line: &str, room: usize) -> Result<String, String> {
    if element_bytes(line)? <= room {
        return Ok(line.to_owned());
    }
    // A byte of Markdown takes at most two in JSON: control characters are gone from every block.
    let mut end = (room / 2).min(line.len());
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let mut kept = line.get(..end).unwrap_or_default();
    let open = kept.rfind('[');
    let whole = open.is_none_or(|open| {
        let link = kept.get(open..).unwrap_or_default();
        link.find("](").is_some_and(|middle| link.get(middle..).is_some_and(|rest| rest.contains(')')))
    });
    if let (false, Some(open)) = (whole, open) {
        kept = kept.get(..open).unwrap_or_default();
    }
    Ok(format!("{kept}…"))
}

/// What a block adds to a card, its rule included.
fn element_bytes(block: &str) -> Result<usize, String> {
    Ok(bytes(&json!({ "tag": "markdown", "content": block }))? + r#",{"tag":"hr"},"#.len())
}

fn bytes(value: &Value) -> Result<usize, String> {
    serde_json::to_vec(value).map(|text| text.len()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(blocks: Vec<String>) -> Message {
        Message {
            digest_id: "x".into(),
            composed_at: jiff::Timestamp::UNIX_EPOCH,
            subject: "2 项区块链中标".into(),
            text: String::new(),
            html: String::new(),
            blocks,
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
        let cards = compose(&message(vec!["head".into(), "item".into(), "foot".into()])).unwrap();
        assert_eq!(cards.len(), 1);
        assert_eq!(read(&cards[0]), ("2 项区块链中标".into(), vec!["head".into(), "item".into()]));
        assert!(String::from_utf8(cards[0].clone()).unwrap().contains(r#""tag":"note""#));
    }

    #[test]
    fn a_long_digest_is_split_between_items_and_numbered() {
        let link = "[查看原文](http://www.ccgp.gov.cn/cggg/dfgg/zbgg/201909/t20190923_1.htm)";
        let mut blocks = vec!["head".to_owned()];
        blocks.extend((0..60).map(|n| format!("{n} {} {link}", "标题".repeat(150))));
        blocks.push("foot".into());
        let cards = compose(&message(blocks.clone())).unwrap();
        assert!(cards.len() > 1);
        let mut told = Vec::new();
        for (place, card) in cards.iter().enumerate() {
            assert!(card.len() <= BODY_BYTES_MAX);
            let (title, texts) = read(card);
            assert_eq!(title, format!("2 项区块链中标 ({}/{})", place + 1, cards.len()));
            told.extend(texts);
        }
        assert_eq!(told, blocks[..61]);
    }

    #[test]
    fn a_line_that_fits_nowhere_is_cut_before_its_link() {
        let line = format!("{} [查看]({})", "长".repeat(3_000), "http://a.cn/".to_owned() + &"x".repeat(30_000));
        let cards = compose(&message(vec![line, "foot".into()])).unwrap();
        let (_, texts) = read(&cards[0]);
        assert!(!texts[0].contains('['), "the link is gone whole");
        assert!(texts[0].ends_with('…'));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn no_card_is_too_large(blocks in proptest::collection::vec("(\\PC{0,300}\n){0,40}", 1..30)) {
            for card in compose(&message(blocks)).unwrap() {
                prop_assert!(card.len() <= BODY_BYTES_MAX, "{}", card.len());
            }
        }
    }
}
