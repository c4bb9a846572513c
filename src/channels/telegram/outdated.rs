//! The button under an earlier message that a later one corrects. A button, and not another text: the text of the earlier one is
//! kept nowhere but there, and what was told stays as it was told. It leads to the correcting message where Telegram has
//! addresses for messages (supergroups and channels), elsewhere to the first address of the correction.

use serde_json::{Value, json};

use crate::channels::Letter;
use crate::domain::change::ChangeKind;
use crate::domain::digest::Message;

/// The field of the kept message that holds the button to come; the platform never sees it.
pub(super) const FIELD: &str = "marks_outdated";

/// The kinds of change after which what was told does not hold.
const CORRECTIONS: [ChangeKind; 3] = [ChangeKind::Corrected, ChangeKind::AwardCorrected, ChangeKind::Withdrawn];

/// What such a button will say, where the message corrects what its thread was told.
pub(super) fn mark(message: &Message, letter: &Letter) -> Option<Value> {
    letter.thread.as_ref().filter(|thread| !thread.earlier.is_empty())?;
    let digest: Value = serde_json::from_str(&message.json).ok()?;
    let items = digest.get("items")?.as_array()?;
    let corrects = |item: &Value| {
        let kind = item.get("kind").and_then(Value::as_str);
        CORRECTIONS.iter().any(|correction| kind == Some(correction.word()))
    };
    if !items.iter().any(corrects) {
        return None;
    }
    let words = match digest.get("language").and_then(Value::as_str) {
        Some("en") => "Corrected: see the later message",
        _ => "已更正，见后来的消息",
    };
    let url = message.blocks.iter().find_map(|block| block.urls().next());
    Some(json!({ "words": words, "url": url }))
}

/// The button, where there is anything to lead to.
pub(super) fn button(mark: &Value, chat: &Value, number: &str) -> Option<Value> {
    let words = mark.get("words")?;
    let url = address(chat, number).or_else(|| mark.get("url")?.as_str().map(ToOwned::to_owned))?;
    Some(json!({ "text": words, "url": url }))
}

/// A message's own address (core.telegram.org/api/links#message-links): of a public channel by its name, of a supergroup by
/// its number without the -100 that only the Bot API writes before it.
fn address(chat: &Value, number: &str) -> Option<String> {
    if let Some(name) = chat.as_str().and_then(|chat| chat.strip_prefix('@')) {
        return Some(format!("https://t.me/{name}/{number}"));
    }
    let chat = chat.as_i64()?.to_string();
    let inner = chat.strip_prefix("-100").filter(|inner| inner.len() >= 9)?;
    Some(format!("https://t.me/c/{inner}/{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::{Thread, samples};
    use crate::domain::delivery::DeliveryId;

    fn letter(earlier: &[&str]) -> Letter {
        let earlier = earlier.iter().map(|id| DeliveryId((*id).into())).collect();
        let thread = Some(Thread { root: "p12.morning".into(), earlier });
        Letter { thread, ..Letter::plain(DeliveryId("d_2".into()), "room", "chat") }
    }

    fn of(kind: &str, language: &str) -> Message {
        let json = json!({ "type": "digest", "language": language, "items": [{ "seq": 1, "kind": kind }] });
        Message { json: json.to_string(), ..samples::digest(1) }
    }

    #[test]
    fn only_a_correction_of_what_was_told_marks_it() {
        let expected = json!({ "words": "已更正，见后来的消息", "url": "http://www.ccgp.gov.cn/cggg/t1.htm" });
        assert_eq!(mark(&of("corrected", "zh"), &letter(&["d_1"])), Some(expected));
        let english = mark(&of("withdrawn", "en"), &letter(&["d_1"])).unwrap();
        assert_eq!(english["words"], "Corrected: see the later message");
        assert_eq!(mark(&of("awarded", "zh"), &letter(&["d_1"])), None);
        assert_eq!(mark(&of("corrected", "zh"), &letter(&[])), None);
    }

    #[test]
    fn the_button_leads_to_the_later_message_where_messages_have_addresses() {
        let mark = json!({ "words": "已更正", "url": "http://a.cn/1" });
        let leads = |chat: Value| button(&mark, &chat, "8")?["url"].as_str().map(ToOwned::to_owned);
        assert_eq!(leads(json!(-1_001_234_567_890_i64)).as_deref(), Some("https://t.me/c/1234567890/8"));
        assert_eq!(leads(json!("@tenders")).as_deref(), Some("https://t.me/tenders/8"));
        assert_eq!(leads(json!(4711)).as_deref(), Some("http://a.cn/1"));
        assert_eq!(leads(json!(-4711)).as_deref(), Some("http://a.cn/1"));
        assert_eq!(button(&json!({ "words": "已更正", "url": null }), &json!(4711), "8"), None);
    }
}
