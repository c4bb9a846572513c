//! `/leave/…`: a link asks, a POST leaves. A mail program's one click (RFC 8058) is such a POST, without cookies and without a page
//! to look at: it is answered in a word.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::Desk;
use super::answer::{self, Failed, Keeping};
use super::keys::{self, Key, Parts};
use super::visit::Visit;
use crate::domain::subscriber;
use crate::jobs::subscriptions::{self, Left};
use crate::jobs::{Rooms, links};

#[derive(Serialize)]
struct LeaveView {
    address: String,
    /// `asks`, `left`, `gone`.
    what: &'static str,
    /// The way back into a declared subscription; a row's owner subscribes anew.
    manage: Option<String>,
}

pub(super) async fn show(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    Path(parts): Path<Parts>,
) -> Result<Response, Failed> {
    let Some(key) = Key::of(parts) else { return Ok(keys::no_such_page()) };
    let left = desk.work(|rooms| subscriptions::leavable(rooms, &key.subscription, &key.receiver, &key.pass)).await?;
    Ok(match left {
        Left::Now => page(&desk, &visit, &key, "asks"),
        Left::Already => page(&desk, &visit, &key, "gone"),
        Left::Refused => keys::no_such_page(),
    })
}

pub(super) async fn act(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    Path(parts): Path<Parts>,
    bytes: Bytes,
) -> Result<Response, Failed> {
    let Some(key) = Key::of(parts) else { return Ok(keys::no_such_page()) };
    let left = desk.work(|rooms| leave(rooms, &key)).await?;
    Ok(match left {
        Left::Refused => keys::no_such_page(),
        Left::Now | Left::Already if is_one_click(&bytes) => ([(CONTENT_TYPE, "text/plain")], "left\n").into_response(),
        Left::Now => page(&desk, &visit, &key, "left"),
        Left::Already => page(&desk, &visit, &key, "gone"),
    })
}

fn leave(rooms: &Rooms, key: &Key) -> anyhow::Result<Left> {
    // Asked before, so that a wrong pass costs no place among the writers.
    match subscriptions::leavable(rooms, &key.subscription, &key.receiver, &key.pass)? {
        Left::Now => subscriptions::leave(rooms, &key.subscription, &key.receiver, &key.pass),
        other => Ok(other),
    }
}

/// RFC 8058, 3.2: the pair of the header `List-Unsubscribe-Post`, as a form or in parts.
fn is_one_click(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    let in_parts = text.contains("name=\"List-Unsubscribe\"") && text.contains("One-Click");
    in_parts || text.trim() == "List-Unsubscribe=One-Click"
}

fn page(desk: &Desk, visit: &Visit, key: &Key, what: &'static str) -> Response {
    let is_row = subscriber::is_row(&key.subscription);
    // A declared subscription has no generations: its receiver's passes stay what they are.
    let links = links::links(&desk.rooms, &key.subscription, &key.receiver, 0).filter(|_| !is_row && what != "asks");
    let manage = links.map(|links| desk.own_path(&links.manage));
    let view = LeaveView { address: key.receiver.clone(), what, manage };
    answer::page(desk, visit, (StatusCode::OK, Keeping::Nobody), "leave.html", &view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_click_comes_as_a_form_or_in_parts() {
        assert!(is_one_click(b"List-Unsubscribe=One-Click"));
        let parts = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
        assert!(is_one_click(parts.as_bytes()));
        assert!(!is_one_click(b"do=leave") && !is_one_click(b"") && !is_one_click(&[0xff, 0xfe]));
    }
}
