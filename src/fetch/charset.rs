//! Bytes to text: a byte order mark, then what the bytes plainly are, then what the header and the page say, then a guess.
//! Declarations are often wrong (a GBK page that says utf-8, and the reverse), so the bytes are asked before they are believed.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8};

/// A page says its charset within its first kilobytes, or nowhere.
const DECLARED_WITHIN: usize = 4096;

/// The text of a body and the name of the charset that it was read in. Never fails: what no charset explains becomes U+FFFD.
#[must_use]
pub fn decode(bytes: &[u8], content_type: Option<&str>) -> (String, &'static str) {
    if let Some(text) = plain_utf8(bytes) {
        return (text.to_owned(), UTF_8.name());
    }
    let encoding = encoding_of(bytes, content_type);
    let (text, used, _) = encoding.decode(bytes);
    (text.into_owned(), used.name())
}

/// What is UTF-8 beyond doubt: well-formed, more than ASCII, without a mark at its beginning or a fault in it.
fn plain_utf8(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    (!text.is_ascii() && !text.starts_with('\u{feff}') && !text.contains(char::REPLACEMENT_CHARACTER)).then_some(text)
}

/// Whether the body stops in the middle of a character, as one that was cut does.
pub(super) fn ends_within_a_character(bytes: &[u8], content_type: Option<&str>) -> bool {
    Open::read(encoding_of(bytes, content_type), bytes).is_some_and(|open| open.unfinished)
}

/// A text whose end may still be missing.
struct Open {
    text: String,
    /// Whether its last character was begun and not finished.
    unfinished: bool,
}

impl Open {
    fn read(encoding: &'static Encoding, bytes: &[u8]) -> Option<Self> {
        let mut decoder = encoding.new_decoder();
        let mut text = String::with_capacity(decoder.max_utf8_buffer_length(bytes.len())?);
        let _ = decoder.decode_to_string(bytes, &mut text, false);
        let mut rest = String::with_capacity(16);
        let (_, _, unfinished) = decoder.decode_to_string(&[], &mut rest, true);
        Some(Self { text, unfinished })
    }
}

fn encoding_of(bytes: &[u8], content_type: Option<&str>) -> &'static Encoding {
    if let Some((marked, _)) = Encoding::for_bom(bytes) {
        return marked;
    }
    if looks_like_utf8(bytes) {
        return UTF_8;
    }
    [content_type.and_then(labelled), declared_in(bytes)]
        .into_iter()
        .flatten()
        .find(|encoding| *encoding != UTF_8 && explains(encoding, bytes))
        .unwrap_or_else(|| guess(bytes))
}

/// Whether nearly every byte beyond ASCII stands in a well-formed UTF-8 character. Text in another charset hardly ever does; a
/// page of UTF-8 with a few characters cut in half still does.
fn looks_like_utf8(bytes: &[u8]) -> bool {
    Open::read(UTF_8, bytes).is_some_and(|open| {
        let (characters, faults) = counted(&open.text);
        characters > faults && faults * 10 <= characters
    })
}

/// Whether a declared charset leaves almost nothing unexplained. ASCII alone is explained by all of them.
fn explains(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    Open::read(encoding, bytes).is_some_and(|open| {
        let (characters, faults) = counted(&open.text);
        faults * 10 <= characters
    })
}

/// Characters beyond ASCII, and those among them that stand for what could not be read.
fn counted(text: &str) -> (usize, usize) {
    let beyond = text.chars().filter(|character| !character.is_ascii());
    beyond.fold((0, 0), |(all, faults), character| {
        (all + 1, faults + usize::from(character == char::REPLACEMENT_CHARACTER))
    })
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    match detector.guess(Some(b"cn"), Utf8Detection::Allow) {
        guessed if guessed == GBK => GB18030,
        guessed => guessed,
    }
}

/// The encoding of a label, as the Encoding Standard has it: `gb2312` is GBK. GB 18030 reads all of GBK and more.
fn labelled(content_type: &str) -> Option<&'static Encoding> {
    let start = content_type.to_ascii_lowercase().find("charset")? + "charset".len();
    let value = content_type.get(start..)?.trim_start().strip_prefix('=')?;
    by_label(value)
}

fn by_label(value: &str) -> Option<&'static Encoding> {
    let value = value.trim_start().trim_start_matches(['"', '\'']);
    let label: String = value
        .chars()
        .take_while(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | ':' | '.'))
        .take(40)
        .collect();
    match Encoding::for_label(label.as_bytes())? {
        found if found == GBK => Some(GB18030),
        found => Some(found),
    }
}

/// What `<meta charset>`, its older form, or an XML declaration says.
fn declared_in(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..DECLARED_WITHIN).unwrap_or(bytes);
    let head: String = head.iter().map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    if head.trim_start().starts_with("<?xml") {
        let declaration = head.split("?>").next().unwrap_or_default();
        if let Some((_, value)) = declaration.split_once("encoding=") {
            return by_label(value);
        }
    }
    head.match_indices("<meta").find_map(|(at, _)| {
        let tag = head.get(at..)?.split('>').next()?;
        labelled(tag)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "<html><head><title>中国政府采购网</title></head><body>区块链存证平台采购项目中标公告，圳市嘢镕</body></html>";

    fn gbk(text: &str) -> Vec<u8> {
        GBK.encode(text).0.into_owned()
    }

    #[test]
    fn a_gbk_page_that_says_utf8_is_read_as_gbk() {
        let bytes = gbk(&PAGE.replace("<head>", "<head><meta charset=\"utf-8\">"));
        for header in [None, Some("text/html; charset=utf-8"), Some("text/html")] {
            let (text, charset) = decode(&bytes, header);
            assert!(text.contains("区块链存证平台"), "{header:?}");
            assert_eq!(charset, "gb18030");
        }
    }

    #[test]
    fn the_gb2312_label_means_all_of_gbk() {
        let (text, _) = decode(&gbk(PAGE), Some("text/html; charset=GB2312"));
        assert_eq!(text, PAGE);
        let inside =
            PAGE.replace("<head>", "<head><meta http-equiv='Content-Type' content='text/html; charset=gb2312'>");
        assert_eq!(decode(&gbk(&inside), None).0, inside);
    }

    #[test]
    fn a_utf8_page_that_says_gbk_is_read_as_utf8() {
        let (text, charset) = decode(PAGE.as_bytes(), Some("text/html; charset=gbk"));
        assert_eq!(text, PAGE);
        assert_eq!(charset, "UTF-8");
    }

    #[test]
    fn a_byte_order_mark_is_believed_and_taken_off() {
        let bytes = [b"\xef\xbb\xbf".as_slice(), PAGE.as_bytes()].concat();
        assert_eq!(decode(&bytes, Some("text/html; charset=gbk")).0, PAGE);
    }

    #[test]
    fn one_broken_character_does_not_change_the_charset() {
        let mut bytes = PAGE.as_bytes().to_vec();
        let at = PAGE.find('链').unwrap();
        bytes.remove(at);
        let (text, charset) = decode(&bytes, None);
        assert_eq!(charset, "UTF-8");
        assert!(text.contains("存证平台采购项目"));
    }

    #[test]
    fn an_xml_declaration_is_read() {
        let text = "<?xml version=\"1.0\" encoding=\"GBK\"?><a>采购</a>";
        assert_eq!(decode(&gbk(text), None).0, text);
    }

    #[test]
    fn a_body_cut_within_a_character_is_noticed() {
        let whole = PAGE.as_bytes();
        let at = PAGE.find('链').unwrap();
        assert!(!ends_within_a_character(whole, None));
        assert!(ends_within_a_character(whole.get(..=at).unwrap(), None));
        let whole = gbk(PAGE);
        assert!(!ends_within_a_character(&whole, Some("text/html; charset=gbk")));
        let cut = gbk("中标公告");
        assert!(ends_within_a_character(cut.split_last().unwrap().1, Some("text/html; charset=gbk")));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_give_some_text(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..512)) {
            let _ = decode(&bytes, None);
            let _ = ends_within_a_character(&bytes, Some("text/html; charset=gb2312"));
        }
    }
}
