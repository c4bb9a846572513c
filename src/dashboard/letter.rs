//! The mail that asks an address whether somebody who asked for it was its owner: who asks, for what, what happens if nothing is
//! done. As text and as HTML; the words stand with those of the pages.

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::pages::Pages;
use crate::domain::digest::Message;
use crate::domain::rich::Block;
use crate::domain::subscriber::Subscriber;

#[derive(Serialize)]
struct LetterView<'a> {
    link: &'a str,
    /// Whose pages these are, as people see it.
    site: &'a str,
    frequency: &'static str,
}

/// The question for one row.
pub(super) fn question(pages: &Pages, row: &Subscriber, site: &str, link: &str) -> Result<Message> {
    let language = row.subscription.language;
    let frequency = row.subscription.rhythm.frequency.word();
    let view = LetterView { link, site, frequency };
    let write = |template: &str| pages.write(template, language, "/", &view).context("writing a confirming mail");
    let text = write("confirm_mail.txt")?.trim().to_owned() + "\n";
    Ok(Message {
        digest_id: String::new(),
        composed_at: row.changed_at,
        subject: write("confirm_subject.txt")?.trim().to_owned(),
        html: write("confirm_mail.html")?,
        blocks: vec![Block::text(&text)],
        images: Vec::new(),
        // What is kept beside the outbox names no pass.
        json: serde_json::json!({"type": "confirm", "subscription": row.name()}).to_string(),
        text,
    })
}
