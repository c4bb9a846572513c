//! `/confirm/…`: a mail's link shows a button, and the button confirms. Programs that follow every link of a mail to look for evil
//! confirm nothing.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::Desk;
use super::answer::{self, Failed, Keeping};
use super::keys::{self, Key, Parts};
use super::visit::Visit;
use crate::domain::subscriber::{Standing, Subscriber};
use crate::jobs::{links, subscriptions};

#[derive(Serialize)]
struct ConfirmView {
    address: String,
    is_done: bool,
    frequency: &'static str,
    manage: Option<String>,
}

pub(super) async fn show(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    Path(parts): Path<Parts>,
) -> Result<Response, Failed> {
    let Some(Key { subscription, receiver, pass }) = Key::of(parts) else { return Ok(keys::no_such_page()) };
    let row = desk.work(|rooms| subscriptions::confirmable(rooms, &subscription, &receiver, &pass)).await?;
    let Some(row) = row else { return Ok(keys::no_such_page()) };
    let is_done = row.standing != Standing::Pending;
    Ok(page(&desk, &visit, &row, is_done))
}

pub(super) async fn act(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    Path(parts): Path<Parts>,
) -> Result<Response, Failed> {
    use subscriptions::Confirmed;
    let Some(Key { subscription, receiver, pass }) = Key::of(parts) else { return Ok(keys::no_such_page()) };
    let confirmed = desk.work(|rooms| subscriptions::confirm(rooms, &subscription, &receiver, &pass)).await?;
    Ok(match confirmed {
        Confirmed::Now(row) | Confirmed::Already(row) => page(&desk, &visit, &row, true),
        Confirmed::Refused => keys::no_such_page(),
    })
}

/// What can be managed is said once it is confirmed; before that the link would be no better than the button.
fn page(desk: &Desk, visit: &Visit, row: &Subscriber, is_done: bool) -> Response {
    let links = links::links(&desk.rooms, row.name(), row.receiver(), row.generation);
    let view = ConfirmView {
        address: row.receiver().to_owned(),
        is_done,
        frequency: row.subscription.rhythm.frequency.word(),
        manage: links.filter(|_| is_done).map(|links| desk.own_path(&links.manage)),
    };
    answer::page(desk, visit, (StatusCode::OK, Keeping::Nobody), "confirm.html", &view)
}
