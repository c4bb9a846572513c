//! The way of every request: through the door, past the limits, to a page, and out with the headers that every answer bears.
//! Serves until it is told to stop, and then for a moment more.

use std::any::Any;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::{TcpListener, TcpSocket};
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use super::door::{Door, Patience};
use super::limits::{Limits, TooOften};
use super::pages::{Pages, STYLE};
use super::visit::{Peer, Visit};
use super::{AT_WORK_MAX, Desk, answer, confirm, front, leave, manage, notice, project, subscribe};
use crate::config::settings::WebSettings;
use crate::jobs::Rooms;

/// The largest body: our longest form has a tenth of it.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// How long a page may take. Shorter than the door's patience with a request, so that a slow page is answered.
const PAGE_WITHIN: Duration = Duration::from_secs(8);
/// What is under way when the service stops gets so long.
const LAST_ANSWERS_WITHIN: Duration = Duration::from_secs(2);
/// Connections that the system keeps for us until we take them.
const BACKLOG: u32 = 256;

/// No script at all, styles and forms of our own only, nothing around us.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// A socket that listens and serves nobody yet.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    patience: Patience,
    /// Where it listens.
    pub address: SocketAddr,
}

/// Listens where the configuration says. A port in use is said now, not after the start.
pub fn bind(settings: &WebSettings) -> Result<Bound> {
    let at = settings.listen;
    let listening = || -> std::io::Result<TcpListener> {
        let socket = if at.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // A restart must not wait for connections of the last life to be forgotten.
        socket.set_reuseaddr(true)?;
        socket.bind(at)?;
        socket.listen(BACKLOG)
    };
    let listener = listening().with_context(|| {
        format!("listening on {at}, as [web] says: is another program using it? Then change listen, or stop the other")
    })?;
    let address = listener.local_addr().context("asking a socket its address")?;
    let patience = if settings.behind_proxy { Patience::BEHIND_PROXY } else { Patience::USUAL };
    Ok(Bound { listener, patience, address })
}

impl Bound {
    /// The same with another patience, for whoever has less time.
    #[must_use]
    pub fn with(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Serves until `stop`, and what is under way then for a moment more.
    pub async fn serve(self, rooms: Arc<Rooms>, stop: CancellationToken) -> Result<()> {
        let desk = Arc::new(Desk {
            rooms,
            pages: Pages::new().context("compiling the pages")?,
            limits: Limits::new(),
            at_work: tokio::sync::Semaphore::new(AT_WORK_MAX),
        });
        let closing = CancellationToken::new();
        let door = Door::new(self.listener, self.patience, closing.clone());
        let service = router(desk).into_make_service_with_connect_info::<Peer>();
        let serving = axum::serve(door, service).with_graceful_shutdown(stop.clone().cancelled_owned());
        let last_answers = async {
            stop.cancelled().await;
            tokio::time::sleep(LAST_ANSWERS_WITHIN).await;
            // Whoever is in the middle of a request by then is shown out: no guest keeps the history open.
            closing.cancel();
        };
        tokio::select! {
            served = serving.into_future() => served.context("serving pages"),
            () = last_answers => Ok(()),
        }
    }
}

/// Every address, and what each request passes through, from the outside in.
fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/", get(front::show))
        .route("/projects/{id}", get(project::show))
        .route("/notices/{id}", get(notice::show))
        .route("/subscribe", get(subscribe::show).post(subscribe::send))
        .route("/confirm/{subscription}/{receiver}/{pass}", get(confirm::show).post(confirm::act))
        .route("/manage/{subscription}/{receiver}/{pass}", get(manage::show).post(manage::act))
        .route("/leave/{subscription}/{receiver}/{pass}", get(leave::show).post(leave::act))
        .route("/style.css", get(style))
        .layer(middleware::from_fn_with_state(desk.clone(), limit))
        .layer(RequestBodyLimitLayer::new(BODY_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PAGE_WITHIN))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(desk.clone(), dress))
        .with_state(desk)
}

/// The stylesheet: its address changes when it does.
async fn style() -> Response {
    let kind = (CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    let keeping = (CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    ([kind, keeping], STYLE).into_response()
}

/// What it said is in the log already: the process's own hook writes it.
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// So many pages for one visitor.
async fn limit(State(desk): State<Arc<Desk>>, visit: Visit, request: Request, next: Next) -> Response {
    match desk.limits.page(visit.client) {
        Ok(()) => next.run(request).await,
        Err(too_often) => refused(too_often),
    }
}

/// Too often: when to come back, and no connection to go on asking on.
pub(super) fn refused(too_often: TooOften) -> Response {
    let mut response = StatusCode::TOO_MANY_REQUESTS.into_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(too_often.seconds()));
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// The last hand on every answer: a page where there is only a status, the headers, a line in the log. The line names neither
/// what a path permits nor who asked.
async fn dress(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let visit = Visit::of(&parts, desk.behind_proxy());
    let (method, room) = (parts.method.clone(), room_of(parts.uri.path()));
    let began = tokio::time::Instant::now();
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let status = response.status();
    if (status.is_client_error() || status.is_server_error()) && !is_page(response.headers()) {
        response = in_a_page(&desk, &visit, &response);
    }
    protect(response.headers_mut());
    let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(%method, room, status = status.as_u16(), took_ms = took, "answered");
    response
}

fn is_page(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// The page for a status; what the bare answer says to programs goes along.
fn in_a_page(desk: &Desk, visit: &Visit, bare: &Response) -> Response {
    let mut response = answer::note(desk, visit, bare.status(), answer::words_for(bare.status()));
    for name in [ALLOW, RETRY_AFTER, CONNECTION] {
        if let Some(value) = bare.headers().get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

/// What every answer bears. The addresses of our pages may permit something: no other site hears of them.
fn protect(headers: &mut HeaderMap) {
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// The first part of a path, where it is one of ours: what stands behind it may be a pass.
fn room_of(path: &str) -> &'static str {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let known = ["", "projects", "notices", "subscribe", "confirm", "manage", "leave", "style.css"];
    known
        .into_iter()
        .find(|name| *name == first)
        .map_or("elsewhere", |name| if name.is_empty() { "front" } else { name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_page_that_panics_is_an_error_and_not_the_end() {
        use tower::ServiceExt as _;
        let layers = Router::<()>::new().route("/", get(panicking)).layer(CatchPanicLayer::custom(panicked));
        let asked = || layers.clone().oneshot(Request::new(axum::body::Body::empty()));
        assert_eq!(asked().await.unwrap().status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(asked().await.unwrap().status(), StatusCode::INTERNAL_SERVER_ERROR);
    }

    async fn panicking() -> StatusCode {
        panic!("a page that panics")
    }

    #[test]
    fn a_log_line_knows_the_room_and_nothing_behind_it() {
        assert_eq!(room_of("/manage/s_1/cmVjZWl2ZXI/pass"), "manage");
        assert_eq!(room_of("/"), "front");
        assert_eq!(room_of("/li@example.org"), "elsewhere");
    }
}
