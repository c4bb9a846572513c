//! `/subscribe`: a form, and the question that is mailed because of it. The answer is the same whether an address is known or not:
//! nobody learns here who is told what.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::answer::{self, Failed, Keeping};
use super::form::{self, Body, Entered, Wrong};
use super::visit::Visit;
use super::{Desk, letter, server};
use crate::config::addresses;
use crate::domain::change::Audience;
use crate::domain::subscriber::Choices;
use crate::domain::subscription::{Filter, Frequency, Rhythm};
use crate::jobs::confirming;
use crate::jobs::subscriptions::SignedUp;

#[derive(Serialize)]
struct SubscribeView {
    is_open: bool,
    entered: Entered,
    wrong: Wrong,
    topics: Vec<String>,
    kinds: Vec<&'static str>,
}

#[derive(Serialize)]
struct AskedView<'a> {
    address: &'a str,
}

pub(super) async fn show(State(desk): State<Arc<Desk>>, visit: Visit) -> Response {
    let entered = Entered::empty(visit.language);
    form_page(&desk, &visit, StatusCode::OK, entered, Wrong::new())
}

fn form_page(desk: &Desk, visit: &Visit, status: StatusCode, entered: Entered, wrong: Wrong) -> Response {
    let is_open = desk.signup_channel().is_some();
    let view = SubscribeView { is_open, entered, wrong, topics: desk.topics(), kinds: form::kinds() };
    // What somebody typed is theirs; the empty form is everybody's.
    let keeping = if status == StatusCode::OK { Keeping::Anybody } else { Keeping::Nobody };
    answer::page(desk, visit, (status, keeping), "subscribe.html", &view)
}

pub(super) async fn send(State(desk): State<Arc<Desk>>, visit: Visit, bytes: Bytes) -> Result<Response, Failed> {
    let Some(channel) = desk.signup_channel() else {
        let entered = Entered::empty(visit.language);
        return Ok(form_page(&desk, &visit, StatusCode::FORBIDDEN, entered, Wrong::new()));
    };
    let body = Body::of(&bytes);
    let entered = Entered::sent(&body);
    let (choices, address) = match read(&desk, &entered) {
        Ok(read) => read,
        Err(wrong) => return Ok(form_page(&desk, &visit, StatusCode::UNPROCESSABLE_ENTITY, entered, wrong)),
    };
    // A field that no person sees: whoever fills it in is a machine, and is answered as if it had worked.
    if body.one("website").is_empty() {
        if let Err(too_often) = desk.limits.sign_up(visit.client, &address) {
            return Ok(server::refused(too_often));
        }
        if let Some(wrong) = ask(&desk, channel, &address, &choices).await? {
            return Ok(form_page(&desk, &visit, StatusCode::UNPROCESSABLE_ENTITY, entered, wrong));
        }
    }
    let view = AskedView { address: &address };
    Ok(answer::page(&desk, &visit, (StatusCode::OK, Keeping::Nobody), "asked.html", &view))
}

/// The address and the choices, or everything that is wrong.
fn read(desk: &Desk, entered: &Entered) -> Result<(Choices, String), Wrong> {
    let new = Choices::plain(
        Filter::all(Audience::Subscribers),
        Rhythm::plain(Frequency::Immediate),
        crate::domain::subscription::Language::default(),
    );
    let address = addresses::mail_address(&entered.address);
    match (entered.read(&new, &desk.topics()), address) {
        (Ok(choices), Some(address)) => Ok((choices, address)),
        (read, address) => {
            let mut wrong = read.err().unwrap_or_default();
            if address.is_none() {
                let is_empty = entered.address.trim().is_empty();
                wrong.insert("address", if is_empty { "no_address" } else { "bad_address" });
            }
            Err(wrong)
        }
    }
}

/// Asks the address. What comes back is only ever a mistake of the form.
async fn ask(desk: &Desk, channel: &str, address: &str, choices: &Choices) -> anyhow::Result<Option<Wrong>> {
    let site = desk.site();
    let write =
        |row: &crate::domain::subscriber::Subscriber, link: &str| letter::question(&desk.pages, row, &site, link);
    let signed_up = desk.work(|rooms| confirming::ask(rooms, channel, address, choices, write)).await?;
    Ok(match signed_up {
        SignedUp::Confirm { .. } | SignedUp::Nothing => None,
        SignedUp::NoAddress => Some(Wrong::from([("address", "bad_address")])),
        SignedUp::Unfit(_) => Some(Wrong::from([("words", "unknown_choice")])),
    })
}
