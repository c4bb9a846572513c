//! Pure: a digest becomes a message in every form a channel may want. The wording stands in `templates/digest/`, one file of
//! words per language; here the values are prepared, bounded and cleaned. Knows no channel and no receiver.

use crate::domain::digest::{Digest, Message};

pub mod canary;

mod item;

mod marks;

mod payload;

pub(crate) mod plain;

mod shape;

pub(crate) mod sums;

mod view;

/// Why a digest could not be put into words.
#[derive(Debug, thiserror::Error)]
pub enum TellingError {
    /// A template is at fault.
    #[error("rendering the template {template}")]
    Template {
        /// Its name.
        template: &'static str,
        /// What the template engine says.
        source: minijinja::Error,
    },
    /// The JSON form could not be written.
    #[error("writing the digest as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Why a message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Occasion {
    /// A digest fell due.
    Digest,
    /// Somebody proves a channel.
    Test,
}

/// Puts a digest into words. The same digest always gives the same message, byte by byte.
pub fn render(digest: &Digest) -> Result<Message, TellingError> {
    put_into_words(digest, Occasion::Digest)
}

/// A message that proves a channel and says so, in every form that a digest has. `digest` is empty: it says to whom, when and
/// in which language.
pub fn render_test(digest: &Digest) -> Result<Message, TellingError> {
    put_into_words(digest, Occasion::Test)
}

fn put_into_words(digest: &Digest, occasion: Occasion) -> Result<Message, TellingError> {
    let view = view::of(digest, occasion);
    let shape = shape::Shape::new(digest.language)?;
    let mut blocks = vec![marks::read(&shape.head(&view)?)];
    for item in view.groups.iter().flat_map(|group| &group.items) {
        blocks.push(marks::read(&shape.block(&view, item)?));
    }
    let totals = shape.totals(&view)?;
    if !totals.is_empty() {
        blocks.push(marks::read(&totals));
    }
    blocks.push(marks::read(&shape.foot(&view)?));
    Ok(Message {
        digest_id: digest.id.clone(),
        composed_at: digest.composed_at,
        subject: shape.subject(&view)?,
        text: shape.text(&view)?,
        html: shape.html(&view)?,
        blocks,
        images: Vec::new(),
        json: serde_json::to_string(&payload::of(digest, occasion))?,
    })
}
