//! Builds a page's tree from its tags and texts, nesting in linear time whatever the page does. Texts and attributes stay where they
//! stand in the page; only what had to be decoded is written anew.

use std::collections::HashMap;
use std::ops::Range;

use super::tags::{self, Tag, Tags};

/// How deep elements nest before further ones are laid flat. Real pages stay below 60.
const DEPTH_MAX: usize = 128;

/// How far out an end tag, or a tag that closes another, finds what it closes.
const REACH: usize = 100;

/// How many attributes of one element are kept.
pub(super) const ATTRIBUTES_MAX: usize = 64;

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Element { tag: Tag, name: Range<usize>, attributes: Range<usize>, shows: Shows },
    Text(Range<usize>),
}

/// What an element's own style says of how it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shows {
    pub as_block: bool,
    pub not_at_all: bool,
}

/// A node. Nodes stand in the order of the page, so that all below one stand behind it without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub kind: Kind,
    /// The number behind that of the last node below.
    pub end: usize,
}

/// A name and its value, as places in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    pub name: Range<usize>,
    pub value: Range<usize>,
}

/// A tree that grows.
#[derive(Debug)]
pub(super) struct Builder {
    /// The page, and behind it what had to be decoded.
    pub text: String,
    pub nodes: Vec<Node>,
    pub attributes: Vec<Attribute>,
    pub flattened: bool,
    /// The open elements, outermost first; the root is always there.
    open: Vec<(usize, Tag)>,
    /// Where in `open` paragraphs are: most blocks look for one to close, few find it.
    paragraphs: Vec<usize>,
    /// How many elements of a name were laid flat and await their end tag.
    flat: HashMap<String, usize>,
    /// Whether the last node is a text directly inside the innermost open element.
    text_goes_on: bool,
}

/// Tags that close a paragraph: blocks, but not what only tables and lists have.
const CLOSES_PARAGRAPH: Tags = Tags::of(&[
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "ul",
]);
const PAGE: Tags = Tags::of(&["html", "head", "body"]);
const CELL: Tags = Tags::of(&["td", "th"]);
const TABLE: Tags = Tags::of(&["table"]);
const CELLS: Tags = Tags::of(&["tr", "table"]);
const ROWS: Tags = Tags::of(&["table", "tbody", "thead", "tfoot"]);
const OPEN_TABLE: Tags = Tags::of(&["table", "tbody", "thead", "tfoot", "tr"]);
const TABLE_PARTS: Tags = Tags::of(&["tbody", "thead", "tfoot", "caption", "colgroup"]);
const ROW_PARTS: Tags = Tags::of(&["tr", "tbody", "thead", "tfoot", "td", "th"]);
const LIST_WALLS: Tags = Tags::of(&["ul", "ol", "td", "th", "table"]);
const TERM_WALLS: Tags = Tags::of(&["dl", "td", "th", "table"]);
const OPTION_WALLS: Tags = Tags::of(&["select", "table"]);
const PARAGRAPH_WALLS: Tags = Tags::of(&["td", "th", "table", "caption", "button"]);
const BLOCK_WALLS: Tags = Tags::of(&["td", "th", "table"]);
const NOTHING: Tags = Tags::of(&[]);

const TR: Tag = tags::of("tr");
const LI: Tag = tags::of("li");
const DT: Tag = tags::of("dt");
const DD: Tag = tags::of("dd");
const OPTION: Tag = tags::of("option");
const P: Tag = tags::of("p");
const TABLE_TAG: Tag = tags::of("table");
const ROOT: Tag = tags::of("root");

impl Builder {
    /// An empty tree of a page.
    pub(super) fn new(page: &str) -> Self {
        let root =
            Node { kind: Kind::Element { tag: ROOT, name: 0..0, attributes: 0..0, shows: Shows::default() }, end: 0 };
        let mut nodes = Vec::with_capacity(64 + page.len() / 32);
        nodes.push(root);
        Self {
            text: page.to_owned(),
            nodes,
            attributes: Vec::with_capacity(page.len() / 64),
            flattened: false,
            open: vec![(0, ROOT)],
            paragraphs: Vec::new(),
            flat: HashMap::new(),
            text_goes_on: false,
        }
    }

    /// Ends every element that is still open.
    pub(super) fn finish(&mut self) {
        self.leave_open(0);
    }

    /// Writes a text behind the page.
    pub(super) fn write(&mut self, text: &str) -> Range<usize> {
        let from = self.text.len();
        self.text.push_str(text);
        from..self.text.len()
    }

    fn top(&self) -> Tag {
        self.open.last().map_or(ROOT, |(_, tag)| *tag)
    }

    fn name_of(&self, id: usize) -> &str {
        match self.nodes.get(id).map(|node| &node.kind) {
            Some(Kind::Element { tag: tags::OTHER, name, .. }) => self.text.get(name.clone()).unwrap_or_default(),
            Some(Kind::Element { tag, .. }) => tags::NAMES.get(usize::from(*tag)).copied().unwrap_or_default(),
            _ => "",
        }
    }

    /// A text that stands at a place; it goes on where one stands just before.
    pub(super) fn text(&mut self, place: Range<usize>) {
        if self.text_goes_on
            && let Some(Node { kind: Kind::Text(before), .. }) = self.nodes.last_mut()
        {
            if before.end == place.start {
                before.end = place.end;
            } else {
                if before.end != self.text.len() {
                    let from = self.text.len();
                    self.text.extend_from_within(before.clone());
                    *before = from..self.text.len();
                }
                self.text.extend_from_within(place);
                before.end = self.text.len();
            }
            return;
        }
        let end = self.nodes.len() + 1;
        self.nodes.push(Node { kind: Kind::Text(place), end });
        self.text_goes_on = true;
    }

    /// A start tag. `attributes` is where those written last begin; `printed` is the name where it is none that is listed.
    pub(super) fn start(&mut self, tag: Tag, printed: Range<usize>, attributes: usize) {
        if PAGE.has(tag) {
            self.attributes.truncate(attributes);
            return;
        }
        self.close_before(tag);
        if CELL.has(tag) && OPEN_TABLE.has(self.top()) && self.top() != TR {
            let row = self.append(TR, 0..0, attributes..attributes);
            self.open.push((row, TR));
        }
        let id = self.append(tag, printed, attributes..self.attributes.len());
        if tags::VOID.has(tag) {
            return;
        }
        if self.open.len() >= DEPTH_MAX {
            self.flattened = true;
            let name = self.name_of(id).to_owned();
            *self.flat.entry(name).or_default() += 1;
            return;
        }
        if tag == P {
            self.paragraphs.push(self.open.len());
        }
        self.open.push((id, tag));
    }

    fn append(&mut self, tag: Tag, name: Range<usize>, attributes: Range<usize>) -> usize {
        let id = self.nodes.len();
        let shows = self.shows(attributes.clone());
        self.nodes.push(Node { kind: Kind::Element { tag, name, attributes, shows }, end: id + 1 });
        self.text_goes_on = false;
        id
    }

    fn shows(&self, attributes: Range<usize>) -> Shows {
        let mut shows = Shows::default();
        let attributes = self.attributes.get(attributes).unwrap_or_default();
        let style = attributes.iter().find(|attribute| {
            self.text.get(attribute.name.clone()).is_some_and(|name| name.eq_ignore_ascii_case("style"))
        });
        let Some(style) = style.and_then(|style| self.text.get(style.value.clone())) else { return shows };
        for (name, value) in style.split(';').filter_map(|rule| rule.split_once(':')) {
            if name.trim().eq_ignore_ascii_case("display") {
                let value = value.trim();
                shows.as_block |= value.eq_ignore_ascii_case("block") || value.eq_ignore_ascii_case("table");
                shows.not_at_all |= value.eq_ignore_ascii_case("none");
            }
        }
        shows
    }

    fn leave_open(&mut self, length: usize) {
        let end = self.nodes.len();
        for (id, _) in self.open.drain(length.min(self.open.len())..) {
            if let Some(node) = self.nodes.get_mut(id) {
                node.end = end;
            }
            self.text_goes_on = false;
        }
        while self.paragraphs.last().is_some_and(|at| *at >= length) {
            self.paragraphs.pop();
        }
    }

    /// Closes what a start tag closes without saying so.
    fn close_before(&mut self, tag: Tag) {
        match tag {
            TR => self.close_to(ROWS),
            _ if CELL.has(tag) => self.close_to(CELLS),
            _ if TABLE_PARTS.has(tag) => self.close_to(TABLE),
            LI => self.close_through(LI, LIST_WALLS),
            DT | DD => {
                self.close_through(DT, TERM_WALLS);
                self.close_through(DD, TERM_WALLS);
            }
            OPTION => self.close_through(OPTION, OPTION_WALLS),
            _ => {}
        }
        if !self.paragraphs.is_empty() && CLOSES_PARAGRAPH.has(tag) {
            self.close_through(P, PARAGRAPH_WALLS);
        }
    }

    /// Leaves open only what is at or above the innermost element of `keep`.
    fn close_to(&mut self, keep: Tags) {
        if let Some(at) = self.open.iter().rposition(|(_, tag)| keep.has(*tag)) {
            self.leave_open(at + 1);
        }
    }

    /// Closes the innermost element of a name and what is inside, unless a wall stands before it or it is far away.
    fn close_through(&mut self, wanted: Tag, walls: Tags) {
        for (at, (_, tag)) in self.open.iter().enumerate().rev().take(REACH) {
            if *tag == wanted {
                self.leave_open(at.max(1));
                return;
            }
            if walls.has(*tag) {
                return;
            }
        }
    }

    /// An end tag.
    pub(super) fn end(&mut self, tag: Tag, printed: &str) {
        if PAGE.has(tag) || tags::VOID.has(tag) {
            return;
        }
        if !self.flat.is_empty() {
            let name = tags::NAMES.get(usize::from(tag)).copied().unwrap_or(printed);
            if let Some(count) = self.flat.get_mut(name).filter(|count| **count > 0) {
                *count -= 1;
                return;
            }
        }
        match tag {
            TABLE_TAG => self.close_through(tag, NOTHING),
            _ if ROW_PARTS.has(tag) => self.close_through(tag, TABLE),
            _ if tags::BLOCK.has(tag) => self.close_through(tag, BLOCK_WALLS),
            _ => self.close_inline(tag, printed),
        }
    }

    /// An inline element ends only inside the block in which it began.
    fn close_inline(&mut self, wanted: Tag, printed: &str) {
        for at in (0..self.open.len()).rev() {
            let Some((id, tag)) = self.open.get(at).copied() else { return };
            if tag == wanted && (tag != tags::OTHER || self.name_of(id) == printed) {
                self.leave_open(at.max(1));
                return;
            }
            if tags::BLOCK.has(tag) {
                return;
            }
        }
    }
}
