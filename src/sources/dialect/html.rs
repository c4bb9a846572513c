//! HTML as a tree of bounded depth. Lacks what a browser needs and a reader does not: formatting repair, scripts, styles.

use std::borrow::Cow;
use std::cell::RefCell;

use html5ever::tendril::Tendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use super::scanner;
use super::tags;
use super::tree::{ATTRIBUTES_MAX, Attribute, Builder, Kind, Node};

/// A parsed page.
#[derive(Debug, PartialEq, Eq)]
pub struct Document {
    text: String,
    nodes: Vec<Node>,
    attributes: Vec<Attribute>,
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
        let page = html.strip_prefix('\u{feff}').unwrap_or(html);
        let page = if page.contains('\r') {
            Cow::Owned(page.replace("\r\n", "\n").replace('\r', "\n"))
        } else {
            Cow::Borrowed(page)
        };
        let mut builder = Builder::new(&page);
        match scanner::scan(&page, &mut builder) {
            Ok(()) => Self::of(builder),
            Err(scanner::TooOdd) => Self::parse_as_specified(html),
        }
    }

    /// The same by the specification's own tokenizer.
    fn parse_as_specified(html: &str) -> Self {
        let sink = Sink(RefCell::new(Builder::new("")));
        let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
        let queue = BufferQueue::default();
        queue.push_back(Tendril::from_slice(html));
        let _ = tokenizer.feed(&queue);
        tokenizer.end();
        Self::of(tokenizer.sink.0.into_inner())
    }

    fn of(mut builder: Builder) -> Self {
        builder.finish();
        let Builder { text, nodes, attributes, flattened, .. } = builder;
        Self { text, nodes, attributes, flattened }
    }

    /// The element that holds everything.
    #[must_use]
    pub fn root(&self) -> Element<'_> {
        Element { document: self, id: 0 }
    }

    fn child(&self, id: usize) -> Option<Child<'_>> {
        Some(match &self.nodes.get(id)?.kind {
            Kind::Element { .. } => Child::Element(Element { document: self, id }),
            Kind::Text(place) => Child::Text(self.text.get(place.clone()).unwrap_or_default()),
        })
    }
}

impl<'a> Element<'a> {
    fn node(self) -> Option<&'a Node> {
        self.document.nodes.get(self.id)
    }

    fn end(self) -> usize {
        self.node().map_or(self.id, |node| node.end)
    }

    /// Whether two handles mean the same element.
    #[must_use]
    pub fn is(self, other: Self) -> bool {
        self.id == other.id
    }

    fn tag(self) -> tags::Tag {
        match self.node().map(|node| &node.kind) {
            Some(Kind::Element { tag, .. }) => *tag,
            _ => tags::OTHER,
        }
    }

    /// The tag's name in lower case.
    #[must_use]
    pub fn name(self) -> &'a str {
        match self.node().map(|node| &node.kind) {
            Some(Kind::Element { tag: tags::OTHER, name, .. }) => {
                self.document.text.get(name.clone()).unwrap_or_default()
            }
            Some(Kind::Element { tag, .. }) => tags::NAMES.get(usize::from(*tag)).copied().unwrap_or_default(),
            _ => "",
        }
    }

    /// An attribute's value.
    #[must_use]
    pub fn attribute(self, wanted: &str) -> Option<&'a str> {
        let Some(Kind::Element { attributes, .. }) = self.node().map(|node| &node.kind) else { return None };
        let attributes = self.document.attributes.get(attributes.clone())?;
        let text = self.document.text.as_str();
        let is_wanted = |attribute: &&Attribute| {
            attribute.name.len() == wanted.len()
                && text.get(attribute.name.clone()).is_some_and(|name| name.eq_ignore_ascii_case(wanted))
        };
        text.get(attributes.iter().find(is_wanted)?.value.clone())
    }

    /// Whether the element has a class.
    #[must_use]
    pub fn has_class(self, wanted: &str) -> bool {
        self.attribute("class").is_some_and(|classes| classes.split_ascii_whitespace().any(|class| class == wanted))
    }

    /// What stands inside, in order.
    pub fn children(self) -> impl Iterator<Item = Child<'a>> {
        let (mut at, end) = (self.id + 1, self.end());
        std::iter::from_fn(move || {
            let id = at;
            if id >= end {
                return None;
            }
            at = self.document.nodes.get(id)?.end;
            self.document.child(id)
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
        let document = self.document;
        let below = document.nodes.get(self.id + 1..self.end()).unwrap_or_default();
        below
            .iter()
            .zip(self.id + 1..)
            .filter_map(move |(node, id)| matches!(node.kind, Kind::Element { .. }).then_some(Element { document, id }))
    }

    /// The first element below that a test accepts.
    pub fn find(self, test: impl Fn(Element<'a>) -> bool) -> Option<Element<'a>> {
        self.descendants().find(|element| test(*element))
    }

    /// Whether it begins and ends a line.
    #[must_use]
    pub fn is_block(self) -> bool {
        match self.node().map(|node| &node.kind) {
            Some(Kind::Element { tag, shows, .. }) => shows.as_block || tags::BLOCK.has(*tag),
            _ => false,
        }
    }

    /// Whether a reader of the page never sees its text.
    #[must_use]
    pub fn is_unseen(self) -> bool {
        match self.node().map(|node| &node.kind) {
            Some(Kind::Element { tag, shows, .. }) => shows.not_at_all || tags::UNSEEN.has(*tag),
            _ => false,
        }
    }

    /// All text below joined as it stands, unseen elements left out; lines end where blocks do.
    #[must_use]
    pub fn text(self) -> String {
        let mut out = String::new();
        self.write_text(&mut out);
        out
    }

    fn write_text(self, out: &mut String) {
        const BR: tags::Tag = tags::of("br");
        for child in self.children() {
            match child {
                Child::Text(text) => out.push_str(text),
                Child::Element(element) if element.is_unseen() => {}
                Child::Element(element) if element.tag() == BR => out.push('\n'),
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
            Token::CharacterTokens(text) => {
                let place = builder.write(&text);
                builder.text(place);
            }
            Token::TagToken(tag) if tag.kind == TagKind::EndTag => {
                builder.end(tags::printed(&tag.name), &tag.name);
            }
            Token::TagToken(tag) => {
                start(&mut builder, &tag);
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

fn start(builder: &mut Builder, tag: &Tag) {
    let name = builder.write(&tag.name);
    let attributes = builder.attributes.len();
    for attribute in tag.attrs.iter().take(ATTRIBUTES_MAX) {
        let (name, value) = (builder.write(&attribute.name.local), builder.write(&attribute.value));
        builder.attributes.push(Attribute { name, value });
    }
    builder.start(tags::printed(&tag.name), name, attributes);
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

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

    /// A tree in words: names, kept attributes, texts.
    fn told(document: &Document) -> String {
        fn tell(element: Element<'_>, out: &mut String) {
            out.push('<');
            out.push_str(element.name());
            let Some(Kind::Element { attributes, .. }) = element.node().map(|node| &node.kind) else { return };
            let mut known: Vec<String> = Vec::new();
            for attribute in &element.document.attributes[attributes.clone()] {
                let name = element.document.text[attribute.name.clone()].to_ascii_lowercase();
                if !known.contains(&name) {
                    write!(out, " {name}={:?}", element.attribute(&name).unwrap()).unwrap();
                    known.push(name);
                }
            }
            out.push('>');
            for child in element.children() {
                match child {
                    Child::Text(text) => write!(out, "{text:?}").unwrap(),
                    Child::Element(inner) => tell(inner, out),
                }
            }
            out.push_str("</>");
        }
        let mut out = String::new();
        tell(document.root(), &mut out);
        out
    }

    fn assert_same(html: &str) {
        let (mine, specified) = (Document::parse(html), Document::parse_as_specified(html));
        assert_eq!(told(&mine), told(&specified), "{html}");
        assert_eq!(mine.flattened, specified.flattened);
        assert_eq!(mine.root().descendants().count(), specified.root().descendants().count());
        assert_eq!(mine.root().text(), specified.root().text());
    }

    #[test]
    fn odd_pages_are_read_as_specified() {
        for html in [
            "",
            "a",
            "<",
            "</",
            "<a",
            "</a",
            "<!",
            "<!-",
            "<!--",
            "<!-->x",
            "<!--->x-->y",
            "<!---->x",
            "<!-- <!--> a --> b",
            "<!-- a --!> b --> c",
            "<!doctype html><p>x",
            "<![CDATA[x>y]]>z",
            "<?xml version='1'?>x",
            "</>x",
            "</ p>x",
            "< p>x",
            "a < b > c & d &amp; e &lt; f &nbsp g &amp",
            "&#20013;&#x4e2d;&#0;&#128;&#xD800;&#x110000;&#13;&notit;&copy=1",
            "<p CLASS=a class=b ID = 'x' data-x=\"&quot;&amp;\" hidden/>y",
            "<p a=b/c d>x",
            "<p =a>x",
            "<p a=>x",
            "<p a='x'b=\"y\">x",
            "<title>a &amp; b</TITLE >x</title>y",
            "<title>a",
            "<script>if (a</b/.c) '</scripty>'</script>x",
            "<script><!--<script></script>--></script>x",
            "<style>a<b</style>x",
            "<iframe><p></iframe><p>x",
            "<textarea><p>x</textarea>",
            "a\r\nb\rc\n<p\r\nclass='a\r\nb'>x</p\r>",
            "\u{feff}a\u{feff}",
            "a\0b<p\0>c",
            "<PRE>\n\nx</PRE>",
            "</root>x</html>y",
            "<x-y>a<X-Y>b</x-Y>c</x-y>d",
            "<p<b>x</p<b>y",
            "<table><tr><td>a<tr><td>b<table><td>c</table></table>d</td>e",
            "<ul><li>a<li>b<ul><li>c</ul><li>d</ul>",
            "<dl><dt>a<dd>b<dt>c</dl>",
            "<p>a<p>b<div>c</p>d</div>e",
            "<br></br><br/>x",
            "a<!-- x -->b<!-- y -->c<b></b>d<!-- z -->e",
            "<option>a<option>b",
            "<a b c=d e='f'>x</a y=z>w",
        ] {
            assert_same(html);
        }
        assert_same(&format!("{}x{}y", "<div><p>".repeat(200), "</p></div>".repeat(150)));
        assert_same(&format!("<p {}>x", (0..80).map(|n| format!("a{n}=b")).collect::<Vec<_>>().join(" ")));
    }

    proptest::proptest! {
        #[test]
        fn whatever_a_page_does_it_is_read_as_specified(
            pieces in proptest::collection::vec(proptest::sample::select(vec![
                "<", ">", "/", "!", "-", "--", "=", "'", "\"", "&", ";", "#", "x", " ", "\n", "\r", "p", "td", "<p>", "</p>", "<td>",
                "</td>", "<tr>", "</tr>", "<table>", "</table>", "<div class='a b'>", "</div>", "<span style=\"display: none\">", "</span>",
                "<br/>", "<!--", "-->", "<script>", "</script>", "<title>", "</title>", "&nbsp;", "&amp;", "&#65;", "中", "标：", "<a href=x?a=1&b=2>",
                "</a>", "<li>", "<ul>", "</ul>", "<b>", "</b>", "<!doctype html>", "<html>", "<head>", "</head>", "<body>", "\0", "<P ID=x>",
            ]), 0..40)
        ) {
            assert_same(&pieces.concat());
        }
    }
}
