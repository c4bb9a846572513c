//! `/manage/…`: whoever holds the link sees the subscription and changes it, rests it, leaves it, or has everything erased that is
//! kept of the address. A declared subscription is the operator's: its receiver leaves it, or joins it again.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::Desk;
use super::answer::{self, Failed, Keeping};
use super::form::{self, Body, Entered, Wrong};
use super::keys::{self, Key, Parts};
use super::visit::Visit;
use crate::domain::pass::{self, Purpose};
use crate::domain::subscriber::{Choices, Standing, Subscriber};
use crate::jobs::Rooms;
use crate::jobs::subscriptions::{self, Managed};

#[derive(Serialize)]
struct RowView {
    address: String,
    standing: &'static str,
    entered: Entered,
    wrong: Wrong,
    topics: Vec<String>,
    kinds: Vec<&'static str>,
    /// What was just done: `saved`, `paused`, `resumed`; nothing where nothing was.
    done: Option<&'static str>,
}

#[derive(Serialize)]
struct DeclaredView {
    address: String,
    name: String,
    has_left: bool,
    done: Option<&'static str>,
    wrong: Wrong,
}

#[derive(Serialize)]
struct EndView {
    address: String,
    /// `left`, `erased`.
    what: &'static str,
    /// Whether the operator's file still names the address.
    is_declared: bool,
}

pub(super) async fn show(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    Path(parts): Path<Parts>,
) -> Result<Response, Failed> {
    let Some(key) = Key::of(parts) else { return Ok(keys::no_such_page()) };
    let managed = desk.work(|rooms| managed(rooms, &key)).await?;
    Ok(match managed {
        None => keys::no_such_page(),
        Some(Managed::Row(row)) => {
            let entered = Entered::chosen(&Choices::of(&row.subscription));
            row_page(&desk, &visit, &row, (entered, Wrong::new()), None)
        }
        Some(Managed::Declared { has_left, .. }) => declared_page(&desk, &visit, &key, has_left, None, Wrong::new()),
    })
}

fn managed(rooms: &Rooms, key: &Key) -> anyhow::Result<Option<Managed>> {
    subscriptions::managed(rooms, &key.subscription, &key.receiver, &key.pass)
}

pub(super) async fn act(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    Path(parts): Path<Parts>,
    bytes: Bytes,
) -> Result<Response, Failed> {
    let Some(key) = Key::of(parts) else { return Ok(keys::no_such_page()) };
    let Some(managed) = desk.work(|rooms| managed(rooms, &key)).await? else { return Ok(keys::no_such_page()) };
    let body = Body::of(&bytes);
    let is_sure = !body.one("sure").is_empty();
    match (body.one("do"), managed) {
        ("leave", _) => {
            desk.work(|rooms| leave(rooms, &key)).await?;
            Ok(end_page(&desk, &visit, &key, "left", false))
        }
        ("erase", managed) if is_sure => {
            let receiver = match &managed {
                Managed::Row(row) => row.receiver().to_owned(),
                Managed::Declared { .. } => key.receiver.clone(),
            };
            let erased = desk.work(|rooms| subscriptions::erase(rooms, &receiver)).await?;
            Ok(end_page(&desk, &visit, &key, "erased", !erased.declared.is_empty()))
        }
        (what, Managed::Row(row)) => change(&desk, &visit, &row, what, &body).await,
        (what, Managed::Declared { has_left, .. }) => {
            if what == "rejoin" {
                desk.work(|rooms| subscriptions::rejoin(rooms, &key.subscription, &key.receiver)).await?;
                return Ok(declared_page(&desk, &visit, &key, false, Some("rejoined"), Wrong::new()));
            }
            Ok(declared_page(&desk, &visit, &key, has_left, None, unsure(what)))
        }
    }
}

/// Erasing was asked for without the tick.
fn unsure(what: &str) -> Wrong {
    if what == "erase" { Wrong::from([("sure", "not_sure")]) } else { Wrong::new() }
}

/// Who manages may leave: the pass for it is made here.
fn leave(rooms: &Rooms, key: &Key) -> anyhow::Result<()> {
    let generation = rooms.store.read(|r| subscriptions::generation(r, &key.subscription))?;
    let pass = pass::pass(&rooms.passes, Purpose::Leave, &key.subscription, &key.receiver, generation);
    subscriptions::leave(rooms, &key.subscription, &key.receiver, &pass).map(drop)
}

/// Saves what was chosen, rests the row, or wakes it.
async fn change(desk: &Desk, visit: &Visit, row: &Subscriber, what: &str, body: &Body) -> Result<Response, Failed> {
    let before = Choices::of(&row.subscription);
    let name = row.name();
    let (changed, done) = match (what, row.standing) {
        ("save", _) => {
            let entered = Entered::sent(body);
            let choices = match entered.read(&before, &desk.topics()) {
                Ok(choices) => choices,
                Err(wrong) => return Ok(row_page(desk, visit, row, (entered, wrong), None)),
            };
            (desk.work(|rooms| subscriptions::change(rooms, name, &choices)).await?, "saved")
        }
        ("pause", Standing::Active) => (desk.work(|rooms| subscriptions::rest(rooms, name, true)).await?, "paused"),
        ("resume", Standing::Paused) => (desk.work(|rooms| subscriptions::rest(rooms, name, false)).await?, "resumed"),
        // Sent twice, or from a page that is out of date: shown as it is.
        _ => return Ok(row_page(desk, visit, row, (Entered::chosen(&before), unsure(what)), None)),
    };
    let entered = Entered::chosen(&Choices::of(&changed.subscription));
    Ok(row_page(desk, visit, &changed, (entered, Wrong::new()), Some(done)))
}

fn row_page(
    desk: &Desk,
    visit: &Visit,
    row: &Subscriber,
    (entered, wrong): (Entered, Wrong),
    done: Option<&'static str>,
) -> Response {
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = RowView {
        address: row.receiver().to_owned(),
        standing: row.standing.word(),
        entered,
        wrong,
        topics: desk.topics(),
        kinds: form::kinds(),
        done,
    };
    answer::page(desk, visit, (status, Keeping::Nobody), "manage.html", &view)
}

fn declared_page(
    desk: &Desk,
    visit: &Visit,
    key: &Key,
    has_left: bool,
    done: Option<&'static str>,
    wrong: Wrong,
) -> Response {
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = DeclaredView { address: key.receiver.clone(), name: key.subscription.clone(), has_left, done, wrong };
    answer::page(desk, visit, (status, Keeping::Nobody), "declared.html", &view)
}

fn end_page(desk: &Desk, visit: &Visit, key: &Key, what: &'static str, is_declared: bool) -> Response {
    let view = EndView { address: key.receiver.clone(), what, is_declared };
    answer::page(desk, visit, (StatusCode::OK, Keeping::Nobody), "end.html", &view)
}
