//! HTML as a tree of bounded depth: the specification's tokenizer, and a builder that nests in linear time whatever the page
//! does. Lacks what a browser needs and a reader does not: formatting repair, scripts, styles.

use std::cell::RefCell;
use std::collections::HashMap;

use html5ever::tendril::{StrTendril, Tendril};
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

/// How deep elements nest before further ones are laid flat. Real pages stay below 60.
const DEPTH_MAX: usize = 128;

/// How far out an end tag, or a tag that closes another, finds what it closes.
const REACH: usize = 100;

/// How many attributes of one element are kept.
const ATTRIBUTES_MAX: usize = 64;

/// Elements without content.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Elements that stand on lines of their own.
const BLOCK: [&str; 44] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "caption",
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
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "option",
];

/// Elements whose text no one sees.
const UNSEEN: [&str; 7] = ["script", "style", "title", "template", "noembed", "iframe", "object"];

#[derive(Debug)]
enum Kind {
    Element { name: String, attributes: Vec<(String, String)> },
    Text(String),
}

#[derive(Debug)]
struct Stored {
    kind: Kind,
    children: Vec<usize>,
}

/// A parsed page.
#[derive(Debug)]
pub struct Document {
    nodes: Vec<Stored>,
    /// Whether elements were laid flat because the page nests deeper than any real one.
    pub flattened: bool,
}

/// One element of a [`Document`].
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    document: &'a Document,
    id: usize,
}

/// What stands inside an element.
#[derive(Clone, Copy, Debug)]
pub enum Child<'a> {
    /// Another element.
    Element(Element<'a>),
    /// Text, entities resolved.
    Text(&'a str),
}

impl Document {
    /// Reads a page. Never fails: what is not HTML is text.
    #[must_use]
    pub fn parse(html: &str) -> Self {
        let sink = Sink(RefCell::new(Builder::new()));
        let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
        let queue = BufferQueue::default();
        queue.push_back(Tendril::from_slice(html));
        let _ = tokenizer.feed(&queue);
        tokenizer.end();
        let builder = tokenizer.sink.0.into_inner();
        Self { nodes: builder.nodes, flattened: builder.flattened }
    }

    /// The element that holds everything.
    #[must_use]
    pub fn root(&self) -> Element<'_> {
        Element { document: self, id: 0 }
    }
}

impl<'a> Element<'a> {
    fn stored(self) -> Option<&'a Stored> {
        self.document.nodes.get(self.id)
    }

    /// Whether two handles mean the same element.
    #[must_use]
    pub fn is(self, other: Self) -> bool {
        self.id == other.id
    }

    /// The tag's name in lower case.
    #[must_use]
    pub fn name(self) -> &'a str {
        match self.stored().map(|stored| &stored.kind) {
            Some(Kind::Element { name, .. }) => name,
            _ => "",
        }
    }

    /// An attribute's value.
    #[must_use]
    pub fn attribute(self, wanted: &str) -> Option<&'a str> {
        match self.stored().map(|stored| &stored.kind) {
            Some(Kind::Element { attributes, .. }) => {
                attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
            }
            _ => None,
        }
    }

    /// Whether the element has a class.
    #[must_use]
    pub fn has_class(self, wanted: &str) -> bool {
        self.attribute("class").is_some_and(|classes| classes.split_ascii_whitespace().any(|class| class == wanted))
    }

    /// What stands inside, in order.
    pub fn children(self) -> impl Iterator<Item = Child<'a>> {
        let document = self.document;
        self.stored().map(|stored| stored.children.as_slice()).unwrap_or_default().iter().filter_map(move |id| {
            match document.nodes.get(*id).map(|stored| &stored.kind) {
                Some(Kind::Element { .. }) => Some(Child::Element(Element { document, id: *id })),
                Some(Kind::Text(text)) => Some(Child::Text(text)),
                None => None,
            }
        })
    }

    /// The elements directly inside.
    pub fn elements(self) -> impl Iterator<Item = Element<'a>> {
        self.children().filter_map(|child| match child {
            Child::Element(element) => Some(element),
            Child::Text(_) => None,
        })
    }

    /// Every element below, in the order of the page.
    pub fn descendants(self) -> impl Iterator<Item = Element<'a>> {
        let mut waiting: Vec<Element<'a>> = self.elements().collect();
        waiting.reverse();
        std::iter::from_fn(move || {
            let next = waiting.pop()?;
            let at = waiting.len();
            waiting.extend(next.elements());
            waiting.get_mut(at..).map(<[_]>::reverse);
            Some(next)
        })
    }

    /// The first element below that a test accepts.
    pub fn find(self, test: impl Fn(Element<'a>) -> bool) -> Option<Element<'a>> {
        self.descendants().find(|element| test(*element))
    }

    /// Whether it begins and ends a line.
    #[must_use]
    pub fn is_block(self) -> bool {
        BLOCK.contains(&self.name()) || self.shows_as("block") || self.shows_as("table")
    }

    /// Whether a reader of the page never sees its text.
    #[must_use]
    pub fn is_unseen(self) -> bool {
        UNSEEN.contains(&self.name()) || self.shows_as("none")
    }

    fn shows_as(self, display: &str) -> bool {
        self.attribute("style").is_some_and(|style| {
            style.split(';').any(|rule| {
                rule.split_once(':').is_some_and(|(name, value)| {
                    name.trim().eq_ignore_ascii_case("display") && value.trim().eq_ignore_ascii_case(display)
                })
            })
        })
    }

    /// All text below joined as it stands, unseen elements left out; lines end where blocks do.
    #[must_use]
    pub fn text(self) -> String {
        let mut out = String::new();
        self.write_text(&mut out);
        out
    }

    fn write_text(self, out: &mut String) {
        for child in self.children() {
            match child {
                Child::Text(text) => out.push_str(text),
                Child::Element(element) if element.is_unseen() => {}
                Child::Element(element) if element.name() == "br" => out.push('\n'),
                Child::Element(element) => {
                    let block = element.is_block();
                    if block {
                        out.push('\n');
                    }
                    element.write_text(out);
                    if block {
                        out.push('\n');
                    }
                }
            }
        }
    }

    /// The text of an element that is itself unseen, as a `title`.
    #[must_use]
    pub fn own_text(self) -> String {
        self.children()
            .filter_map(|child| match child {
                Child::Text(text) => Some(text),
                Child::Element(_) => None,
            })
            .collect()
    }
}

struct Sink(RefCell<Builder>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut builder = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => builder.text(&text),
            Token::TagToken(tag) if tag.kind == TagKind::EndTag => builder.end(tag.name.as_ref()),
            Token::TagToken(tag) => {
                builder.start(&tag);
                return match tag.name.as_ref() {
                    "script" => TokenSinkResult::RawData(RawKind::ScriptData),
                    "style" | "iframe" | "noembed" => TokenSinkResult::RawData(RawKind::Rawtext),
                    "title" => TokenSinkResult::RawData(RawKind::Rcdata),
                    _ => TokenSinkResult::Continue,
                };
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

struct Builder {
    nodes: Vec<Stored>,
    /// The open elements, outermost first; the root is always there.
    open: Vec<usize>,
    /// Where in `open` paragraphs are: most blocks look for one to close, few find it.
    paragraphs: Vec<usize>,
    /// How many elements of a name were laid flat and await their end tag.
    flat: HashMap<String, usize>,
    flattened: bool,
}

impl Builder {
    fn new() -> Self {
        let root = Stored { kind: Kind::Element { name: "root".into(), attributes: Vec::new() }, children: Vec::new() };
        Self { nodes: vec![root], open: vec![0], paragraphs: Vec::new(), flat: HashMap::new(), flattened: false }
    }

    fn name_of(&self, id: usize) -> &str {
        match self.nodes.get(id).map(|stored| &stored.kind) {
            Some(Kind::Element { name, .. }) => name,
            _ => "",
        }
    }

    fn top(&self) -> usize {
        self.open.last().copied().unwrap_or(0)
    }

    fn append(&mut self, kind: Kind) -> usize {
        let id = self.nodes.len();
        self.nodes.push(Stored { kind, children: Vec::new() });
        let top = self.top();
        if let Some(parent) = self.nodes.get_mut(top) {
            parent.children.push(id);
        }
        id
    }

    fn text(&mut self, text: &StrTendril) {
        let last = self.nodes.get(self.top()).and_then(|parent| parent.children.last().copied());
        if let Some(Stored { kind: Kind::Text(before), .. }) = last.and_then(|id| self.nodes.get_mut(id)) {
            before.push_str(text);
            return;
        }
        self.append(Kind::Text(text.to_string()));
    }

    fn start(&mut self, tag: &Tag) {
        let name = tag.name.as_ref();
        if matches!(name, "html" | "head" | "body") {
            return;
        }
        self.close_before(name);
        if matches!(name, "td" | "th") && self.in_open_table() && self.name_of(self.top()) != "tr" {
            let row = self.append(Kind::Element { name: "tr".into(), attributes: Vec::new() });
            self.open.push(row);
        }
        let attributes = tag
            .attrs
            .iter()
            .take(ATTRIBUTES_MAX)
            .map(|attribute| (attribute.name.local.to_string(), attribute.value.to_string()))
            .collect();
        let id = self.append(Kind::Element { name: name.to_owned(), attributes });
        if VOID.contains(&name) {
            return;
        }
        if self.open.len() >= DEPTH_MAX {
            self.flattened = true;
            *self.flat.entry(name.to_owned()).or_default() += 1;
            return;
        }
        if name == "p" {
            self.paragraphs.push(self.open.len());
        }
        self.open.push(id);
    }

    fn leave_open(&mut self, length: usize) {
        self.open.truncate(length);
        while self.paragraphs.last().is_some_and(|at| *at >= length) {
            self.paragraphs.pop();
        }
    }

    /// Whether the innermost open table is open for rows: no cell of it is.
    fn in_open_table(&self) -> bool {
        matches!(self.name_of(self.top()), "table" | "tbody" | "thead" | "tfoot" | "tr")
    }

    /// Closes what a start tag closes without saying so.
    fn close_before(&mut self, name: &str) {
        match name {
            "tr" => self.close_to(&["table", "tbody", "thead", "tfoot"], &["table"]),
            "td" | "th" => self.close_to(&["tr"], &["table"]),
            "tbody" | "thead" | "tfoot" | "caption" | "colgroup" => self.close_to(&["table"], &["table"]),
            "li" => self.close_through("li", &["ul", "ol", "td", "th", "table"]),
            "dt" | "dd" => {
                self.close_through("dt", &["dl", "td", "th", "table"]);
                self.close_through("dd", &["dl", "td", "th", "table"]);
            }
            "option" => self.close_through("option", &["select", "table"]),
            _ => {}
        }
        if !self.paragraphs.is_empty()
            && BLOCK.contains(&name)
            && !matches!(name, "td" | "th" | "tr" | "tbody" | "thead" | "tfoot" | "option" | "caption")
        {
            self.close_through("p", &["td", "th", "table", "caption", "button"]);
        }
    }

    /// Leaves open only what is at or above the innermost element of `keep`, looking no further than `wall`.
    fn close_to(&mut self, keep: &[&str], wall: &[&str]) {
        let mut length = self.open.len();
        while let Some(id) = length.checked_sub(1).and_then(|at| self.open.get(at)) {
            let name = self.name_of(*id);
            if keep.contains(&name) || wall.contains(&name) {
                self.leave_open(length);
                return;
            }
            length -= 1;
        }
    }

    /// Closes the innermost element of a name and what is inside, unless a wall stands before it or it is far away.
    fn close_through(&mut self, wanted: &str, walls: &[&str]) {
        let mut length = self.open.len();
        let floor = length.saturating_sub(REACH);
        while length > floor
            && let Some(id) = length.checked_sub(1).and_then(|at| self.open.get(at))
        {
            let name = self.name_of(*id);
            if name == wanted {
                self.leave_open((length - 1).max(1));
                return;
            }
            if walls.contains(&name) {
                return;
            }
            length -= 1;
        }
    }

    fn end(&mut self, name: &str) {
        if matches!(name, "html" | "head" | "body") || VOID.contains(&name) {
            return;
        }
        if let Some(count) = self.flat.get_mut(name).filter(|count| **count > 0) {
            *count -= 1;
            return;
        }
        match name {
            "table" => self.close_through(name, &[]),
            "tr" | "tbody" | "thead" | "tfoot" | "td" | "th" => self.close_through(name, &["table"]),
            _ if BLOCK.contains(&name) => self.close_through(name, &["td", "th", "table"]),
            _ => self.close_inline(name),
        }
    }

    /// An inline element ends only inside the block in which it began.
    fn close_inline(&mut self, wanted: &str) {
        let mut length = self.open.len();
        while let Some(id) = length.checked_sub(1).and_then(|at| self.open.get(at)) {
            let name = self.name_of(*id);
            if name == wanted {
                self.leave_open((length - 1).max(1));
                return;
            }
            if BLOCK.contains(&name) || length == 1 {
                return;
            }
            length -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squeezed(html: &str) -> String {
        Document::parse(html).root().text().split_whitespace().collect::<Vec<_>>().join("|")
    }

    #[test]
    fn inline_tags_do_not_part_a_word() {
        assert_eq!(squeezed("<p>1<b>2</b>,0<span>00</span><i>,000</i>元</p>"), "12,000,000元");
    }

    #[test]
    fn a_cell_without_row_or_end_tag_still_is_one() {
        let document = Document::parse("<table><th>名称<th>品牌<tr><td>甲<td>乙</table>后");
        let rows = document.root().descendants().filter(|element| element.name() == "tr").count();
        assert_eq!(rows, 2);
        assert_eq!(squeezed("<table><th>名称<th>品牌<tr><td>甲<td>乙</table>后"), "名称|品牌|甲|乙|后");
    }

    #[test]
    fn an_end_tag_inside_a_cell_does_not_close_what_holds_the_table() {
        let document = Document::parse("<div id=a><table><tr><td>x</div></p>y</td><td>z</td></tr></table>t</div>");
        let cells = document.root().descendants().filter(|element| element.name() == "td").count();
        assert_eq!(cells, 2);
    }

    #[test]
    fn two_hundred_kilobytes_of_nested_elements_are_read_flat() {
        let deep = format!("{}深处{}<p>后面</p>", "<div>".repeat(40_000), "</div>".repeat(40_000));
        let document = Document::parse(&deep);
        assert!(document.flattened);
        assert_eq!(document.root().text().split_whitespace().collect::<String>(), "深处后面");
    }

    #[test]
    fn the_head_of_a_nested_document_is_not_text() {
        assert_eq!(
            squeezed("<div><html><head><title>题</title><style>a{}</style></head><body>文</body></html></div>"),
            "文"
        );
    }
}
