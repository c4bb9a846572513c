//! The parts of a mail, flat and bounded. mail-parser reads the headers; the tree is walked here, because its own way through
//! messages within messages ends, thousands of levels down, where the stack does.

use std::borrow::Cow;

use encoding_rs::Encoding;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{HeaderValue, Message, MessageParser};

/// Parts that are looked at, and multiparts within multiparts.
const PARTS_MAX: usize = 40;
const DEPTH_MAX: usize = 4;

/// How long the headers of one part may be.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// What is read of one part's text.
const TEXT_BYTES_MAX: usize = 128 * 1024;

/// A part, or the whole mail.
pub(super) struct Part<'m> {
    /// Nothing where there are no headers: mail-parser's own look at those of an empty message panics.
    head: Option<Message<'m>>,
    /// `text/plain`, in small letters.
    pub(super) kind: String,
    body: &'m [u8],
}

/// The whole first, then its parts in order. Nothing where there are no headers.
pub(super) fn parts(mail: &[u8]) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    gather(mail, 0, &mut parts)?;
    Some(parts)
}

fn gather<'m>(raw: &'m [u8], depth: usize, parts: &mut Vec<Part<'m>>) -> Option<()> {
    let part = part(raw)?;
    let boundary = part.attribute("boundary").filter(|_| part.kind.starts_with("multipart/") && depth < DEPTH_MAX);
    let body = part.body;
    parts.push(part);
    if let Some(boundary) = boundary {
        for inner in split(body, boundary.as_bytes()) {
            if parts.len() >= PARTS_MAX {
                break;
            }
            // A part that cannot be read takes none of the others with it.
            let _ = gather(inner, depth + 1, parts);
        }
    }
    Some(())
}

fn part(raw: &[u8]) -> Option<Part<'_>> {
    // A part without headers begins with an empty line.
    let end = if raw.starts_with(b"\r\n") || raw.starts_with(b"\n") { 0 } else { head_end(raw)? };
    let (head, rest) = raw.split_at(end);
    let body = rest.strip_prefix(b"\r\n").or(rest.strip_prefix(b"\n")).unwrap_or(rest);
    let head = MessageParser::default().parse_headers(head).filter(|head| !head.parts.is_empty());
    let kind = match head.as_ref().and_then(|head| head.header("Content-Type")) {
        Some(HeaderValue::ContentType(kind)) => format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("plain")),
        _ => "text/plain".to_owned(),
    };
    Some(Part { head, kind: kind.to_ascii_lowercase(), body })
}

/// Where the headers end: after the last line before an empty one, or with the mail.
fn head_end(raw: &[u8]) -> Option<usize> {
    let mut at = 0;
    for line in raw.get(..HEAD_BYTES_MAX).unwrap_or(raw).split_inclusive(|byte| *byte == b'\n') {
        if matches!(line, b"\n" | b"\r\n") {
            return Some(at);
        }
        at += line.len();
    }
    (raw.len() <= HEAD_BYTES_MAX && raw.contains(&b':')).then_some(raw.len())
}

/// What stands between the lines of a boundary.
fn split<'m>(body: &'m [u8], boundary: &[u8]) -> Vec<&'m [u8]> {
    let mut found = Vec::new();
    let mut start = None;
    let mut at = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let mark = line.strip_prefix(b"--").and_then(|rest| rest.strip_prefix(boundary)).map(<[u8]>::trim_ascii_end);
        if let Some(rest) = mark.filter(|rest| matches!(**rest, [] | [b'-', b'-'])) {
            found.extend(start.and_then(|start| body.get(start..at)));
            start = (rest != b"--").then_some(at + line.len());
            if start.is_none() || found.len() >= PARTS_MAX {
                return found;
            }
        }
        at += line.len();
    }
    // A mail that was cut off: what there is of its last part.
    found.extend(start.and_then(|start| body.get(start..)));
    found
}

impl Part<'_> {
    /// A header's value, unfolded; of several the first.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let (_, value) = self.head.as_ref()?.headers_raw().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(value.split(['\r', '\n']).map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned())
    }

    /// An attribute of the Content-Type, names and values in small letters but for the boundary's.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let Some(HeaderValue::ContentType(kind)) = self.head.as_ref()?.header("Content-Type") else { return None };
        let value = kind.attribute(name)?;
        Some(if name == "boundary" { value.to_owned() } else { value.to_ascii_lowercase() })
    }

    fn decoded(&self) -> Cow<'_, [u8]> {
        let body = self.body.get(..TEXT_BYTES_MAX).unwrap_or(self.body);
        let encoding = self.header("Content-Transfer-Encoding").unwrap_or_default().to_ascii_lowercase();
        let decoded = match encoding.as_str() {
            "base64" => base64_decode(body),
            "quoted-printable" => quoted_printable_decode(body),
            _ => None,
        };
        decoded.map_or(Cow::Borrowed(body), Cow::Owned)
    }

    /// The body as text, by its charset or by a guess; what is no text in it is marked as such.
    pub(super) fn text(&self) -> String {
        let label = self.attribute("charset").unwrap_or_default();
        let charset = Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::UTF_8);
        let bytes = self.decoded();
        // Many servers say nothing of GBK, or that it is ASCII.
        let charset = if std::str::from_utf8(&bytes).is_ok() { encoding_rs::UTF_8 } else { charset };
        let charset = if charset == encoding_rs::UTF_8 && std::str::from_utf8(&bytes).is_err() {
            encoding_rs::GB18030
        } else {
            charset
        };
        charset.decode(&bytes).0.into_owned()
    }

    /// The Message-ID of a mail that this part returns, whole or its headers only.
    pub(super) fn returned_message_id(&self) -> Option<String> {
        const RETURNED: [&str; 5] = [
            "message/rfc822",
            "text/rfc822-headers",
            "message/rfc822-headers",
            "message/global",
            "message/global-headers",
        ];
        if !RETURNED.contains(&self.kind.as_str()) {
            return None;
        }
        message_id(&self.text())
    }
}

/// The Message-ID in the headers at the beginning of a text.
pub(super) fn message_id(text: &str) -> Option<String> {
    let mut lines = text.lines().skip_while(|line| line.trim().is_empty()).take_while(|line| !line.trim().is_empty());
    while let Some(line) = lines.next() {
        let Some((name, value)) = line.split_once(':') else { continue };
        if name.trim().eq_ignore_ascii_case("Message-ID") {
            // A long one may stand in the next line.
            let value = if value.trim().is_empty() { lines.next().unwrap_or_default() } else { value };
            return Some(value.trim().to_owned());
        }
    }
    None
}
