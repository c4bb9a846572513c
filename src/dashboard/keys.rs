//! What stands behind `/confirm`, `/manage` and `/leave`: a subscription, a receiver, a pass. Whatever is wrong with one of them,
//! the answer is the same page: there is no such page.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::jobs::links;

/// The longest part of such an address: a mail address has 254 bytes, base64 a third more.
const PART_BYTES_MAX: usize = 400;

/// The three parts of an address, as they came.
pub(super) type Parts = (String, String, String);

/// Who comes, and with which pass.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) subscription: String,
    pub(super) receiver: String,
    pub(super) pass: String,
}

impl Key {
    /// Nothing where the parts cannot be a key.
    pub(super) fn of((subscription, receiver, pass): Parts) -> Option<Self> {
        let fits = [&subscription, &receiver, &pass].into_iter().all(|part| part.len() <= PART_BYTES_MAX);
        let receiver = links::receiver_of(&receiver).filter(|_| fits)?;
        Some(Self { subscription, receiver, pass })
    }
}

/// No key, a wrong one, an old one.
pub(super) fn no_such_page() -> Response {
    StatusCode::NOT_FOUND.into_response()
}
