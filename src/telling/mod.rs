//! Pure: a digest becomes a message in every form a channel may want. The wording stands in `templates/digest/`, one file of
//! words per language; here the values are prepared, bounded and cleaned. Knows no channel and no receiver.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::domain::digest::{Digest, ID_MARK, Item, Message, NAME_MARK, Occasion};
use crate::domain::rich::{Block, Line, Span};
use crate::domain::stamp::china_day;
use crate::domain::subscription::Language;

pub mod canary;

pub mod chart;

mod item;

mod marks;

mod payload;

pub(crate) mod plain;

pub mod sample;

mod shape;

pub(crate) mod sums;

mod view;

pub use shape::Templates;

/// Why a digest could not be put into words.
#[derive(Debug, thiserror::Error)]
pub enum TellingError {
    /// A template is at fault.
    #[error("the template {template}{}", at_line(*.line))]
    Template {
        /// Its name.
        template: String,
        /// The line, where that is known.
        line: Option<usize>,
        /// What the template engine says.
        source: Box<minijinja::Error>,
    },
    /// There is no template of that name.
    #[error("there is no template {template:?}")]
    Unknown {
        /// The name.
        template: String,
    },
    /// The JSON form could not be written.
    #[error("writing the digest as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

fn at_line(line: Option<usize>) -> String {
    line.map(|line| format!(", line {line}")).unwrap_or_default()
}

impl TellingError {
    /// Names the template where the mistake stands, which need not be the one that was asked for.
    fn template(asked: &str, source: minijinja::Error) -> Self {
        let template = source.name().unwrap_or(asked).to_owned();
        Self::Template { template, line: source.line(), source: Box::new(source) }
    }
}

/// Changes that were put into words already: in one language and on one day a change reads the same in every message, unless
/// the subscription was told of the project before.
#[derive(Debug, Default)]
pub struct Fragments {
    told: HashMap<Key, Arc<Fragment>>,
}

type Key = (i64, Language, Date, Option<Date>);

/// As many as are kept: more than a day of changes in two languages.
const FRAGMENTS_MAX: usize = 4_096;

#[derive(Debug)]
struct Fragment {
    title: String,
    text: String,
    html: String,
    block: Block,
}

impl Fragments {
    fn get(&mut self, templates: &Templates, digest: &Digest, item: &Item) -> Result<Arc<Fragment>, TellingError> {
        let key = (item.stored.seq, digest.language, digest.day, item.told_at.map(china_day));
        if let Some(known) = self.told.get(&key) {
            return Ok(Arc::clone(known));
        }
        let eye = item::Eye { language: digest.language, day: digest.day };
        let view = item::of(item, eye, digest.base_url.as_deref());
        let piece = shape::Piece::new(templates, digest.language, &view);
        let fragment = Arc::new(Fragment {
            text: piece.text()?,
            html: piece.html()?,
            block: marks::read(&piece.block()?),
            title: view.title,
        });
        if self.told.len() >= FRAGMENTS_MAX {
            self.told.clear();
        }
        self.told.insert(key, Arc::clone(&fragment));
        Ok(fragment)
    }
}

/// Puts a digest into words. The same digest always gives the same message, byte by byte.
pub fn render(templates: &Templates, digest: &Digest) -> Result<Message, TellingError> {
    render_with(templates, &mut Fragments::default(), digest)
}

/// The same, with the changes that were put into words before. All digests that share them must be of one instant: they have
/// to agree on what a change and its project are.
pub fn render_with(templates: &Templates, fragments: &mut Fragments, digest: &Digest) -> Result<Message, TellingError> {
    let told = |item: &Item| fragments.get(templates, digest, item);
    let pieces: Vec<Arc<Fragment>> = digest.items.iter().map(told).collect::<Result<_, _>>()?;
    let (view, order) = view::of(digest, &pieces);
    let frame = shape::Frame::new(templates, digest.language, &view);
    let mut blocks = vec![marks::read(&frame.head()?)];
    blocks.extend(order.iter().filter_map(|place| pieces.get(*place)).map(|piece| piece.block.clone()));
    for rest in [frame.totals()?, frame.more()?] {
        if !rest.is_empty() {
            blocks.push(marks::read(&rest));
        }
    }
    blocks.push(marks::read(&frame.foot()?));
    Ok(Message {
        digest_id: digest.id.clone(),
        composed_at: digest.composed_at,
        subject: frame.subject()?,
        text: frame.text()?,
        html: frame.html()?,
        blocks,
        images: Vec::new(),
        json: serde_json::to_string(&payload::of(digest))?,
    })
}

/// A message that proves a channel and says so, in every form that a digest has. `digest` is empty: it says to whom, when and
/// in which language.
pub fn render_test(templates: &Templates, digest: &Digest) -> Result<Message, TellingError> {
    render(templates, &Digest { occasion: Occasion::Test, ..digest.clone() })
}

/// A message that was rendered for many, as one subscription's own: its name and the digest's id take the place of their marks.
#[must_use]
pub fn addressed(message: &Message, subscription: &str, id: &str) -> Message {
    let put = |text: &str, name: &str| text.replace(NAME_MARK, name).replace(ID_MARK, id);
    let own = |span: &Span| match span {
        Span::Text(text) => Span::Text(put(text, subscription)),
        Span::Strong(text) => Span::Strong(put(text, subscription)),
        other => other.clone(),
    };
    let line = |line: &Line| Line(line.0.iter().map(own).collect());
    let mut blocks = message.blocks.clone();
    // Only the foot names the subscription.
    if let Some(foot) = blocks.last_mut() {
        *foot = Block { lines: foot.lines.iter().map(line).collect() };
    }
    Message {
        digest_id: id.to_owned(),
        composed_at: message.composed_at,
        subject: put(&message.subject, subscription),
        text: put(&message.text, subscription),
        html: put(&message.html, &plain::html(subscription)),
        blocks,
        images: message.images.clone(),
        json: put(&message.json, subscription),
    }
}
