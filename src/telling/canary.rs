//! The message that is sent to prove that messages arrive: it says so, in both languages, in every form that a digest has.

use jiff::Timestamp;

use super::TellingError;
use crate::domain::digest::Message;
use crate::domain::rich::Block;

const SUBJECT: &str = "tenderwatch: test of the way / 投递试验";
const LINES: [&str; 2] = [
    "This message proves that messages of tenderwatch arrive. Nobody needs to read it; its absence raises the alarm.",
    "本消息用于验证 tenderwatch 的消息能够送达，无需阅读；收不到时会自动报警。",
];

/// The message under its id. The same id and instant always give the same bytes.
pub fn message(id: &str, now: Timestamp) -> Result<Message, TellingError> {
    let text = LINES.join("\n");
    let json = serde_json::json!({"type": "canary", "id": id, "composed_at": now});
    Ok(Message {
        digest_id: id.to_owned(),
        composed_at: now,
        subject: SUBJECT.to_owned(),
        html: format!("<!doctype html><meta charset=\"utf-8\"><p>{}</p><p lang=\"zh\">{}</p>", LINES[0], LINES[1]),
        blocks: vec![Block::text(SUBJECT), Block::text(&text)],
        text: format!("{text}\n"),
        images: Vec::new(),
        json: serde_json::to_string(&json)?,
    })
}
