//! Tags and texts of a page without copying it: a tokenizer for HTML as it mostly is. Where a page does what few do (bytes of zero, rare
//! entities, tags cut off at the end) it gives up, and the specification's own tokenizer reads the page instead; what it does not give
//! up on it reads as that one does, and a test holds both against each other.

use std::ops::Range;

use super::tags::{self, Tag};
use super::tree::{ATTRIBUTES_MAX, Attribute, Builder};

/// The named characters that pages use; any other sends the page to the other tokenizer.
const NAMED: [(&str, &str); 34] = [
    ("nbsp", "\u{a0}"),
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("middot", "·"),
    ("mdash", "—"),
    ("ndash", "–"),
    ("hellip", "…"),
    ("times", "×"),
    ("yen", "¥"),
    ("copy", "©"),
    ("reg", "®"),
    ("raquo", "»"),
    ("laquo", "«"),
    ("ensp", "\u{2002}"),
    ("emsp", "\u{2003}"),
    ("thinsp", "\u{2009}"),
    ("zwnj", "\u{200c}"),
    ("deg", "°"),
    ("plusmn", "±"),
    ("le", "≤"),
    ("ge", "≥"),
    ("divide", "÷"),
    ("permil", "‰"),
    ("bull", "•"),
    ("sup2", "²"),
    ("sup3", "³"),
    ("micro", "µ"),
];

/// Elements whose content is text whatever it looks like. Of a title the entities are resolved.
const RAW: tags::Tags = tags::Tags::of(&["script", "style", "iframe", "noembed", "title"]);
const TITLE: Tag = tags::of("title");
const SCRIPT: Tag = tags::of("script");

/// A page that is left to the other tokenizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooOdd;

/// Reads a page into a builder that was made for it. The page has no carriage returns.
pub(super) fn scan(page: &str, builder: &mut Builder) -> Result<(), TooOdd> {
    if page.contains('\0') {
        return Err(TooOdd);
    }
    Scanner { page, at: 0, builder }.run()
}

struct Scanner<'a> {
    page: &'a str,
    at: usize,
    builder: &'a mut Builder,
}

impl Scanner<'_> {
    fn run(&mut self) -> Result<(), TooOdd> {
        while self.at < self.page.len() {
            let rest = self.page.get(self.at..).ok_or(TooOdd)?;
            match rest.find('<') {
                Some(0) => self.markup()?,
                found => {
                    let end = self.at + found.unwrap_or(rest.len());
                    self.text(self.at..end)?;
                    self.at = end;
                }
            }
        }
        Ok(())
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.page.as_bytes().get(self.at + ahead).copied()
    }

    /// Text with its entities resolved.
    fn text(&mut self, place: Range<usize>) -> Result<(), TooOdd> {
        if place.is_empty() {
            return Ok(());
        }
        let text = self.page.get(place.clone()).ok_or(TooOdd)?;
        let place = if text.contains('&') { self.resolved(text)? } else { place };
        self.builder.text(place);
        Ok(())
    }

    /// A text without entities, written behind the page.
    fn resolved(&mut self, text: &str) -> Result<Range<usize>, TooOdd> {
        let from = self.builder.text.len();
        let mut rest = text;
        while let Some(at) = rest.find('&') {
            let (before, entity) = rest.split_at(at);
            self.builder.text.push_str(before);
            let behind = entity.get(1..).unwrap_or_default();
            rest = match behind.bytes().next() {
                Some(b'#') => self.numbered(behind)?,
                Some(first) if first.is_ascii_alphanumeric() => self.named(behind)?,
                _ => {
                    self.builder.text.push('&');
                    behind
                }
            };
        }
        self.builder.text.push_str(rest);
        Ok(from..self.builder.text.len())
    }

    fn named<'t>(&mut self, behind: &'t str) -> Result<&'t str, TooOdd> {
        let end = behind.bytes().take(8).position(|byte| byte == b';').ok_or(TooOdd)?;
        let name = behind.get(..end).ok_or(TooOdd)?;
        let (_, value) = NAMED.iter().find(|(known, _)| *known == name).ok_or(TooOdd)?;
        self.builder.text.push_str(value);
        behind.get(end + 1..).ok_or(TooOdd)
    }

    fn numbered<'t>(&mut self, behind: &'t str) -> Result<&'t str, TooOdd> {
        let end = behind.bytes().take(9).position(|byte| byte == b';').ok_or(TooOdd)?;
        let digits = behind.get(1..end).ok_or(TooOdd)?;
        let (digits, base) = digits.strip_prefix(['x', 'X']).map_or((digits, 10), |hex| (hex, 16));
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(TooOdd);
        }
        let code = u32::from_str_radix(digits, base).map_err(|_| TooOdd)?;
        // Controls, surrogates and what is no character have rules of their own.
        if !matches!(code, 0x20..=0x7e | 0xa0..=0xd7ff | 0xe000..=0xfdcf) {
            return Err(TooOdd);
        }
        self.builder.text.push(char::from_u32(code).ok_or(TooOdd)?);
        behind.get(end + 1..).ok_or(TooOdd)
    }

    /// What begins with `<`.
    fn markup(&mut self) -> Result<(), TooOdd> {
        match self.byte(1).ok_or(TooOdd)? {
            b'a'..=b'z' | b'A'..=b'Z' => self.start_tag(),
            b'/' => match self.byte(2).ok_or(TooOdd)? {
                b'a'..=b'z' | b'A'..=b'Z' => {
                    self.at += 2;
                    self.end_tag()
                }
                b'>' => {
                    self.at += 3;
                    Ok(())
                }
                _ => self.skip_past(">"),
            },
            b'!' if self.page.get(self.at..).is_some_and(|rest| rest.starts_with("<!--")) => self.comment(),
            b'!' | b'?' => self.skip_past(">"),
            _ => {
                self.builder.text(self.at..self.at + 1);
                self.at += 1;
                Ok(())
            }
        }
    }

    fn skip_past(&mut self, mark: &str) -> Result<(), TooOdd> {
        let rest = self.page.get(self.at..).ok_or(TooOdd)?;
        self.at += rest.find(mark).ok_or(TooOdd)? + mark.len();
        Ok(())
    }

    fn comment(&mut self) -> Result<(), TooOdd> {
        let rest = self.page.get(self.at + 4..).ok_or(TooOdd)?;
        let end = rest.find("-->").ok_or(TooOdd)?;
        let inside = rest.get(..end).ok_or(TooOdd)?;
        // These end a comment, or do not, by rules of their own.
        if rest.starts_with('>') || rest.starts_with("->") || inside.contains("<!-") || inside.contains("--!") {
            return Err(TooOdd);
        }
        self.at += 4 + end + 3;
        Ok(())
    }

    /// The name that begins here.
    fn name(&mut self) -> Range<usize> {
        let from = self.at;
        let rest = self.page.as_bytes().get(from..).unwrap_or_default();
        self.at += rest.iter().position(|byte| ends_name(*byte)).unwrap_or(rest.len());
        from..self.at
    }

    fn start_tag(&mut self) -> Result<(), TooOdd> {
        self.at += 1;
        let place = self.name();
        let name = self.page.get(place.clone()).ok_or(TooOdd)?;
        let tag = tags::printed(name);
        let place = if tag == tags::OTHER && name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            self.builder.write(&name.to_ascii_lowercase())
        } else {
            place
        };
        let attributes = self.builder.attributes.len();
        self.attributes(true)?;
        self.builder.start(tag, place, attributes);
        if RAW.has(tag) { self.raw(tag, name) } else { Ok(()) }
    }

    fn end_tag(&mut self) -> Result<(), TooOdd> {
        let place = self.name();
        let name = self.page.get(place).ok_or(TooOdd)?;
        self.attributes(false)?;
        match tags::printed(name) {
            tags::OTHER if name.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                self.builder.end(tags::OTHER, &name.to_ascii_lowercase());
            }
            tag => self.builder.end(tag, name),
        }
        Ok(())
    }

    /// Attributes up to and with the `>`.
    fn attributes(&mut self, kept: bool) -> Result<(), TooOdd> {
        let first = self.builder.attributes.len();
        loop {
            match self.byte(0).ok_or(TooOdd)? {
                b'\t' | b'\n' | b'\x0c' | b' ' | b'/' => self.at += 1,
                b'>' => {
                    self.at += 1;
                    return Ok(());
                }
                b'=' => return Err(TooOdd),
                _ => {
                    let attribute = self.attribute()?;
                    if kept {
                        self.builder.attributes.push(attribute);
                    }
                    if self.builder.attributes.len() - first > ATTRIBUTES_MAX {
                        return Err(TooOdd);
                    }
                }
            }
        }
    }

    fn attribute(&mut self) -> Result<Attribute, TooOdd> {
        let from = self.at;
        let rest = self.page.as_bytes().get(from..).ok_or(TooOdd)?;
        self.at += rest.iter().position(|byte| ends_name(*byte) || *byte == b'=').ok_or(TooOdd)?;
        let name = from..self.at;
        self.skip_blanks();
        if self.byte(0) != Some(b'=') {
            return Ok(Attribute { name, value: from..from });
        }
        self.at += 1;
        self.skip_blanks();
        let value = match self.byte(0).ok_or(TooOdd)? {
            quote @ (b'"' | b'\'') => {
                self.at += 1;
                let from = self.at;
                let rest = self.page.get(from..).ok_or(TooOdd)?;
                let length = rest.find(char::from(quote)).ok_or(TooOdd)?;
                self.at += length + 1;
                from..from + length
            }
            b'>' => self.at..self.at,
            _ => {
                let from = self.at;
                let rest = self.page.as_bytes().get(from..).ok_or(TooOdd)?;
                self.at += rest.iter().position(|byte| is_blank(*byte) || *byte == b'>').ok_or(TooOdd)?;
                from..self.at
            }
        };
        Ok(Attribute { name, value: self.attribute_value(value)? })
    }

    fn attribute_value(&mut self, place: Range<usize>) -> Result<Range<usize>, TooOdd> {
        let value = self.page.get(place.clone()).ok_or(TooOdd)?;
        if value.contains('&') { self.resolved(value) } else { Ok(place) }
    }

    fn skip_blanks(&mut self) {
        while self.byte(0).is_some_and(is_blank) {
            self.at += 1;
        }
    }

    /// Everything up to the end tag of the element that just began.
    fn raw(&mut self, tag: Tag, name: &str) -> Result<(), TooOdd> {
        let from = self.at;
        let mut end = from;
        loop {
            let rest = self.page.get(end..).ok_or(TooOdd)?;
            end += rest.find("</").ok_or(TooOdd)?;
            let behind = self.page.get(end + 2..).ok_or(TooOdd)?;
            let same = behind.get(..name.len()).is_some_and(|printed| printed.eq_ignore_ascii_case(name));
            if same && behind.as_bytes().get(name.len()).is_some_and(|byte| ends_name(*byte)) {
                break;
            }
            end += 2;
        }
        let inside = self.page.get(from..end).ok_or(TooOdd)?;
        if tag == SCRIPT && inside.contains("<!--") {
            return Err(TooOdd);
        }
        if tag == TITLE {
            self.text(from..end)?;
        } else if from < end {
            self.builder.text(from..end);
        }
        self.at = end + 2;
        self.end_tag()
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b' ')
}

fn ends_name(byte: u8) -> bool {
    is_blank(byte) || matches!(byte, b'/' | b'>')
}
