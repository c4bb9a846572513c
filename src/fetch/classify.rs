//! What an answer is: content, the same as before, nothing, a challenge, a refusal, or cut short. Decides on the answer alone;
//! whether a page means something is for its reader.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, ETAG, HeaderName, LAST_MODIFIED, LOCATION, RETRY_AFTER};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::body::End;
use super::client::Answer;
use super::host::Verdict;
use super::{Fetched, Page, Request, Withheld, charset, retry_after};

/// Longer validators are not kept: they would be sent with every request.
const VALIDATOR_BYTES_MAX: usize = 1024;

/// Where a redirection leads. Nothing if it is none, or leads nowhere.
pub(super) fn redirection(answer: &Answer, from: &Url) -> Option<Result<Url, Withheld>> {
    let moved = [301, 302, 303, 307, 308].contains(&answer.status.as_u16());
    let location = answer.headers.get(LOCATION).filter(|_| moved)?;
    // The header is bytes; sites put raw UTF-8 into it.
    let location = String::from_utf8_lossy(location.as_bytes());
    Some(from.join(&location).map_err(|_| Withheld::BadAddress))
}

/// Names the answer.
pub(super) fn classify(url: &Url, answer: Answer, request: &Request, now: Timestamp) -> Fetched {
    let retry_after = text_of(&answer, &RETRY_AFTER).and_then(|header| retry_after::parse(header, now));
    let status = answer.status;
    if status == StatusCode::NOT_MODIFIED && request.validators.is_some() {
        return Fetched::Unchanged;
    }
    if !status.is_success() {
        return Fetched::Refused { status: status.as_u16(), retry_after };
    }
    match &answer.body.end {
        End::TooLarge => return Fetched::Withheld { why: Withheld::TooLarge },
        End::Cut(why) => return Fetched::Truncated { why: why.clone() },
        End::Whole if status == StatusCode::PARTIAL_CONTENT => {
            return Fetched::Truncated { why: "the server sent only a part".to_owned() };
        }
        End::Whole => {}
    }
    if answer.body.bytes.iter().all(u8::is_ascii_whitespace) {
        return Fetched::Empty { status: status.as_u16() };
    }
    content(url, answer, request, retry_after, now)
}

/// A whole body with something in it.
fn content(url: &Url, answer: Answer, request: &Request, retry_after: Option<Duration>, now: Timestamp) -> Fetched {
    let content_type = text_of(&answer, &CONTENT_TYPE).map(str::to_owned);
    let bytes = &answer.body.bytes;
    let (text, charset) = charset::decode(bytes, content_type.as_deref());
    if let Some(sign) = challenge(&text, request) {
        return Fetched::Challenged { sign: sign.to_owned(), retry_after };
    }
    if is_text(content_type.as_deref()) && charset::ends_within_a_character(bytes, content_type.as_deref()) {
        return Fetched::Truncated { why: "the text stops in the middle of a character".to_owned() };
    }
    let hash = hex_of(&Sha256::digest(bytes));
    if request.validators.as_ref().is_some_and(|known| known.body_hash.as_deref() == Some(hash.as_str())) {
        return Fetched::Unchanged;
    }
    let kept = |name| text_of(&answer, name).filter(|value| value.len() <= VALIDATOR_BYTES_MAX).map(str::to_owned);
    let (etag, last_modified) = (kept(&ETAG), kept(&LAST_MODIFIED));
    Fetched::Page(Box::new(Page {
        url: url.clone(),
        status: answer.status.as_u16(),
        etag,
        last_modified,
        bytes: answer.body.bytes,
        text,
        charset,
        hash,
        fetched_at: now,
    }))
}

/// The sign of a challenge that a page shows, unless it shows content as well: a notice may speak of captchas.
fn challenge(text: &str, request: &Request) -> Option<&'static str> {
    let sign = request.signs.iter().find(|sign| text.contains(**sign))?;
    let content = request.content_marks.iter().any(|mark| text.contains(mark));
    (!content).then_some(*sign)
}

/// What the outcome means for the host. A notice that is gone is no refusal of the host.
pub(super) fn verdict(fetched: &Fetched) -> Verdict {
    match fetched {
        Fetched::Refused { status, retry_after } if is_refusal_of_us(*status) => {
            Verdict::Unwelcome { retry_after: *retry_after }
        }
        Fetched::Page(_) | Fetched::Unchanged | Fetched::Refused { .. } => Verdict::Welcome,
        Fetched::Challenged { retry_after, .. } => Verdict::Unwelcome { retry_after: *retry_after },
        Fetched::Unreachable { .. } => Verdict::Silent,
        Fetched::Withheld { why: Withheld::PrivateAddress } => Verdict::Unasked,
        Fetched::Empty { .. } | Fetched::Truncated { .. } | Fetched::Withheld { .. } => Verdict::Answered,
    }
}

/// Whether a status speaks of the caller or the server, not of the one address.
fn is_refusal_of_us(status: u16) -> bool {
    matches!(status, 401 | 403 | 405 | 407 | 408 | 418 | 425 | 429) || status >= 500
}

fn is_text(content_type: Option<&str>) -> bool {
    content_type.is_none_or(|kind| {
        let kind = kind.to_ascii_lowercase();
        kind.starts_with("text/") || kind.contains("html") || kind.contains("xml") || kind.contains("json")
    })
}

fn text_of<'a>(answer: &'a Answer, name: &HeaderName) -> Option<&'a str> {
    answer.headers.get(name)?.to_str().ok()
}

fn hex_of(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;
    use crate::domain::source::Validators;
    use crate::fetch::body::Body;

    fn answer(status: u16, body: &str) -> Answer {
        let body = Body { bytes: body.as_bytes().to_vec(), end: End::Whole };
        Answer { status: StatusCode::from_u16(status).unwrap(), headers: HeaderMap::new(), body }
    }

    fn url() -> Url {
        Url::parse("http://h/a/b").unwrap()
    }

    fn request() -> Request {
        Request {
            url: url(), validators: None, signs: &["您的访问过于频繁"], content_marks: &["vF_detail_content"]
        }
    }

    fn named(answer: Answer, request: &Request) -> Fetched {
        classify(&url(), answer, request, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_challenge_is_one_only_without_content_beside_it() {
        let sign = "您的访问过于频繁,请稍后再试";
        assert!(matches!(named(answer(200, sign), &request()), Fetched::Challenged { .. }));
        let page = format!("<div class=\"vF_detail_content\">网站提示“{sign}”</div>");
        assert!(matches!(named(answer(200, &page), &request()), Fetched::Page(_)));
    }

    #[test]
    fn the_same_bytes_as_last_time_are_unchanged() {
        let Fetched::Page(page) = named(answer(200, "正文"), &request()) else { panic!() };
        let validators = Some(Validators { body_hash: Some(page.hash), ..Validators::default() });
        let again = Request { validators, ..request() };
        assert_eq!(named(answer(200, "正文"), &again), Fetched::Unchanged);
    }

    #[test]
    fn a_304_that_was_not_asked_for_is_a_refusal() {
        assert!(matches!(named(answer(304, ""), &request()), Fetched::Refused { status: 304, .. }));
    }

    #[test]
    fn a_notice_that_is_gone_does_not_make_the_host_unwelcoming() {
        assert_eq!(verdict(&named(answer(404, ""), &request())), Verdict::Welcome);
        for status in [403, 405, 429, 500, 503] {
            assert!(matches!(verdict(&named(answer(status, ""), &request())), Verdict::Unwelcome { .. }));
        }
    }

    #[test]
    fn a_redirection_is_read_relative_to_where_it_came_from() {
        let mut moved = answer(302, "");
        assert_eq!(redirection(&moved, &url()), None);
        moved.headers.insert(LOCATION, HeaderValue::from_static("../c?d"));
        assert_eq!(redirection(&moved, &url()).unwrap().unwrap().as_str(), "http://h/c?d");
        moved.headers.insert(LOCATION, HeaderValue::from_static("http://["));
        assert_eq!(redirection(&moved, &url()), Some(Err(Withheld::BadAddress)));
    }
}
