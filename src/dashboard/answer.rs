//! What goes back: a page with its status, or one of the few plain pages that every failure comes to. No failure says more than
//! its page.

use std::fmt::Display;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::Desk;
use super::visit::Visit;

/// Keeps a page out of search engines.
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Who may keep a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeping {
    /// It says what everybody may know; asked again each time, since it changes.
    Anybody,
    /// It is one person's: kept by nobody, found by nobody.
    Nobody,
}

/// A page.
pub(super) fn page(
    desk: &Desk,
    visit: &Visit,
    (status, keeping): (StatusCode, Keeping),
    template: &str,
    view: &impl Serialize,
) -> Response {
    let html = match desk.pages.write(template, visit.language, &visit.path, view) {
        Ok(html) => html,
        Err(error) => return Failed::from(anyhow::Error::from(error)).into_response(),
    };
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    match keeping {
        Keeping::Anybody => drop(headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"))),
        Keeping::Nobody => {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(ROBOTS, HeaderValue::from_static("noindex, nofollow"));
        }
    }
    response
}

#[derive(Serialize)]
struct Note<'a> {
    what: &'a str,
}

/// A page of a few words: what happened, and what to do. `what` is a key of the words.
pub(super) fn note(desk: &Desk, visit: &Visit, status: StatusCode, what: &str) -> Response {
    page(desk, visit, (status, Keeping::Nobody), "note.html", &Note { what })
}

/// The words for a status that is no page of its own.
pub(super) fn words_for(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "not_allowed",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::TOO_MANY_REQUESTS => "too_often",
        StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => "too_slow",
        status if status.is_client_error() => "not_understood",
        _ => "failed",
    }
}

/// Something of ours went wrong: the log has it, the visitor gets a plain page.
pub(super) struct Failed;

impl<E: Into<anyhow::Error>> From<E> for Failed {
    fn from(error: E) -> Self {
        said(&format_args!("{:#}", error.into()));
        Self
    }
}

fn said(what: &impl Display) {
    tracing::error!("a page failed: {what}");
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}
