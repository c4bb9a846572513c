//! `/notices/<source>:<id>`: one notice as read, each value beside the rule and the passage that gave it, and the way to the
//! original.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::Desk;
use super::amounts;
use super::answer::{self, Failed, Keeping};
use super::visit::Visit;
use crate::domain::project::NoticeId;
use crate::jobs::evidence::{self, Origin};
use crate::store::notices::StoredNotice;

#[derive(Serialize)]
struct NoticeView {
    id: String,
    title: String,
    kind: &'static str,
    published: Option<String>,
    project: Option<i64>,
    url: Option<String>,
    read_on: String,
    reader: u32,
    versions: u32,
    body: String,
    withdrawn: bool,
    origins: Vec<OriginView>,
    problems: Vec<(String, String, String)>,
    topic: Vec<(String, String, String)>,
}

#[derive(Serialize)]
struct OriginView {
    /// Its name without places in lists: what the words know it by.
    field: String,
    value: Option<String>,
    rule: String,
    passage: String,
}

/// A notice's identity as it stands in an address; the colon needs no escape, what an outsider named may.
pub(super) fn path(id: &NoticeId) -> String {
    let written = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    // A blank is `+` in a form and `%20` in a path.
    format!("{}:{}", written(&id.source), written(&id.native_id)).replace('+', "%20")
}

pub(super) async fn show(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Failed> {
    let Some((source, native_id)) = id.split_once(':') else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let id = NoticeId { source: source.to_owned(), native_id: native_id.to_owned() };
    let Some(stored) = desk.work(|rooms| evidence::notice(&rooms.store, &id)).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let view = view(&id, &stored);
    Ok(answer::page(&desk, &visit, (StatusCode::OK, Keeping::Anybody), "notice.html", &view))
}

fn view(id: &NoticeId, stored: &StoredNotice) -> NoticeView {
    let notice = &stored.member.notice;
    let text = |text: &String| amounts::text(text);
    NoticeView {
        id: amounts::text(&id.to_string()),
        title: amounts::text(&notice.title),
        kind: notice.kind.word(),
        published: amounts::minute(notice.published_at),
        project: stored.project.map(|project| project.0),
        url: amounts::address(notice.url.as_deref()),
        read_on: crate::domain::stamp::china_day(stored.read_at).to_string(),
        reader: stored.reader_version,
        versions: stored.versions,
        body: amounts::text(&stored.body_hash),
        withdrawn: stored.member.withdrawn_at.is_some(),
        origins: evidence::origins(notice).iter().map(origin).collect(),
        problems: stored.problems.iter().map(|p| (text(&p.field), text(&p.what), text(&p.passage))).collect(),
        topic: notice.relevance.evidence.iter().map(|h| (text(&h.term), text(&h.field), text(&h.sentence))).collect(),
    }
}

fn origin(origin: &Origin) -> OriginView {
    let Origin { field, value, rule, passage } = origin;
    OriginView {
        field: without_places(&amounts::text(field)),
        value: value.as_deref().map(amounts::text),
        rule: amounts::text(rule),
        passage: amounts::text(passage),
    }
}

/// `lots[0].suppliers` → `lots.suppliers`.
fn without_places(field: &str) -> String {
    let parts = field.split('.').map(|part| part.split('[').next().unwrap_or(part));
    parts.collect::<Vec<_>>().join(".")
}
