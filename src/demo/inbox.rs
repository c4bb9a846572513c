//! A receiver of webhooks on loopback: each POST becomes one file, synced before it is acknowledged, numbered on over restarts. It checks
//! nothing, so that whoever reads the files can. `/feishu` answers as that chat does.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::platform::clock::Clock;

use super::maildir::{sync_folder, write_synced};
use super::replica::press::rfc3339;

/// Letters of a webhook-id that a file's name keeps.
const ID_LETTERS_MAX: usize = 80;
/// More than a kept request can have.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// What a chat's robot answers when it has taken a message.
const FEISHU: &str = r#"{"code":0,"msg":"success"}"#;

/// A kept request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    /// When it came, by the stage's clock.
    pub received_at: String,
    /// The path it was sent to.
    pub path: String,
    /// `webhook-*` headers and the content type.
    pub headers: Map<String, Value>,
    /// The body, as text.
    pub body: String,
}

impl Hook {
    /// A header, by its name in small letters.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(Value::as_str)
    }
}

/// The folder of requests, and the answers that tests put in the way.
#[derive(Debug)]
pub struct Inbox {
    dir: PathBuf,
    clock: Clock,
    state: Mutex<Memory>,
}

#[derive(Debug)]
struct Memory {
    next: u64,
    faults: Vec<u16>,
}

impl Inbox {
    /// An inbox over the folder `dir`, created if it is not there; numbering goes on after what it holds.
    pub fn open(dir: &Path, clock: Clock) -> io::Result<Arc<Self>> {
        fs::create_dir_all(dir)?;
        let last = files(dir)?.iter().filter_map(|path| number(path)).max().unwrap_or(0);
        let state = Mutex::new(Memory { next: last + 1, faults: Vec::new() });
        Ok(Arc::new(Self { dir: dir.to_owned(), clock, state }))
    }

    /// The next requests are answered with these statuses and not kept.
    pub fn expect_faults(&self, statuses: &[u16]) {
        let mut memory = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        memory.faults.extend(statuses.iter().rev());
    }

    /// What it holds, in the order it came.
    pub fn list(&self) -> io::Result<Vec<Hook>> {
        files(&self.dir)?.iter().map(|path| read(path)).collect()
    }

    /// Its addresses: any path takes a POST.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new().fallback(take).with_state(self)
    }

    /// Keeps a request; when this has returned, it outlives a power cut.
    fn keep(&self, path: &str, headers: &HeaderMap, body: &[u8]) -> io::Result<Kept> {
        let mut memory = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(status) = memory.faults.pop() {
            return Ok(Kept::Refused(status));
        }
        let hook = Hook {
            received_at: rfc3339(self.clock.now()),
            path: path.to_owned(),
            headers: kept_headers(headers),
            body: String::from_utf8_lossy(body).into_owned(),
        };
        let id: String = hook.header("webhook-id").unwrap_or("none").chars().map(plain).take(ID_LETTERS_MAX).collect();
        let name = format!("{:06}-{id}.json", memory.next);
        let text = serde_json::to_string_pretty(&hook).map_err(io::Error::other)?;
        let tmp = self.dir.join(format!("{name}.tmp"));
        // A half-written one of an earlier life may be in the way.
        let _ = fs::remove_file(&tmp);
        write_synced(&tmp, &[text.as_bytes(), b"\n"])?;
        fs::rename(&tmp, self.dir.join(name))?;
        memory.next += 1;
        sync_folder(&self.dir)?;
        Ok(Kept::Yes)
    }
}

enum Kept {
    Yes,
    Refused(u16),
}

/// Only letters that mean nothing to a file system.
fn plain(letter: char) -> char {
    if letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.') { letter } else { '_' }
}

fn kept_headers(headers: &HeaderMap) -> Map<String, Value> {
    let wanted = |name: &str| name.starts_with("webhook-") || name == "content-type" || name == "user-agent";
    let names = headers.iter().filter(|(name, _)| wanted(name.as_str()));
    names
        .map(|(name, value)| {
            (name.as_str().to_owned(), Value::from(String::from_utf8_lossy(value.as_bytes()).as_ref()))
        })
        .collect()
}

async fn take(
    State(inbox): State<Arc<Inbox>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    if method != Method::POST {
        return respond(StatusCode::METHOD_NOT_ALLOWED, "");
    }
    let path = uri.path().to_owned();
    let chat = path.starts_with("/feishu");
    let kept = tokio::task::spawn_blocking(move || inbox.keep(&path, &headers, &body)).await;
    match kept {
        Ok(Ok(Kept::Yes)) if chat => respond(StatusCode::OK, FEISHU),
        Ok(Ok(Kept::Yes)) => respond(StatusCode::NO_CONTENT, ""),
        Ok(Ok(Kept::Refused(status))) => {
            respond(StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE), "")
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "the inbox could not keep a webhook");
            respond(StatusCode::INSUFFICIENT_STORAGE, "")
        }
        Err(_) => respond(StatusCode::INTERNAL_SERVER_ERROR, ""),
    }
}

fn respond(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    if !text.is_empty() {
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    }
    response
}

fn files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
    paths.sort_by_key(|path| (number(path), path.clone()));
    Ok(paths)
}

fn number(path: &Path) -> Option<u64> {
    path.file_name()?.to_str()?.split_once('-')?.0.parse().ok()
}

fn read(path: &Path) -> io::Result<Hook> {
    let mut text = String::new();
    fs::File::open(path)?.take(FILE_BYTES_MAX).read_to_string(&mut text)?;
    serde_json::from_str(&text).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(id: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", HeaderValue::from_str(id).unwrap());
        headers.insert("webhook-signature", HeaderValue::from_static("v1,abc"));
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        headers.insert("authorization", HeaderValue::from_static("Bearer x"));
        headers
    }

    fn clock() -> Clock {
        Clock::hand("2019-09-10T01:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_request_is_one_file_numbered_on_over_restarts() {
        let folder = tempfile::tempdir().unwrap();
        let inbox = Inbox::open(folder.path(), clock()).unwrap();
        inbox.keep("/hook", &headers("d_1"), "{\"说\":1}".as_bytes()).unwrap();
        drop(inbox);
        let inbox = Inbox::open(folder.path(), clock()).unwrap();
        inbox.keep("/hook", &headers("d_2"), b"{}").unwrap();
        assert!(folder.path().join("000001-d_1.json").is_file());
        assert!(folder.path().join("000002-d_2.json").is_file());
        let hooks = inbox.list().unwrap();
        assert_eq!((hooks[0].path.as_str(), hooks[0].body.as_str()), ("/hook", "{\"说\":1}"));
        assert_eq!(hooks[0].received_at, "2019-09-10T09:00:00+08:00");
        assert_eq!(hooks[0].header("webhook-signature"), Some("v1,abc"));
        assert_eq!(hooks[0].header("authorization"), None, "nothing else of a request is kept");
    }

    #[test]
    fn an_id_cannot_lead_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let inbox = Inbox::open(folder.path(), clock()).unwrap();
        inbox.keep("/hook", &headers("../../x y"), b"{}").unwrap();
        assert!(folder.path().join("000001-.._.._x_y.json").is_file());
    }

    #[test]
    fn a_half_written_file_of_an_earlier_life_is_no_webhook() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("000001-d_1.json.tmp"), "{").unwrap();
        let inbox = Inbox::open(folder.path(), clock()).unwrap();
        assert!(inbox.list().unwrap().is_empty());
        inbox.keep("/hook", &headers("d_1"), b"{}").unwrap();
        assert_eq!(inbox.list().unwrap().len(), 1);
    }
}
