//! A message as programs read it: what a webhook posts, a command gets on its standard input and a folder keeps as `.json`.
//! docs/webhook.md is its promise.

use serde_json::json;

use crate::domain::digest::Message;

/// The message's type, its time and the digest, as JSON.
pub(super) fn body(message: &Message) -> Result<Vec<u8>, String> {
    let data: serde_json::Value = serde_json::from_str(&message.json).map_err(|error| error.to_string())?;
    let body = json!({ "type": data.get("type"), "timestamp": message.composed_at.to_string(), "data": data });
    serde_json::to_vec(&body).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_type_time_and_data() {
        let message = Message {
            digest_id: "x".into(),
            composed_at: "2026-11-22T12:00:00Z".parse().unwrap(),
            subject: String::new(),
            text: String::new(),
            html: String::new(),
            blocks: Vec::new(),
            images: Vec::new(),
            json: r#"{"type":"digest","items":[]}"#.into(),
        };
        let body = String::from_utf8(body(&message).unwrap()).unwrap();
        assert_eq!(body, r#"{"type":"digest","timestamp":"2026-11-22T12:00:00Z","data":{"type":"digest","items":[]}}"#);
    }
}
