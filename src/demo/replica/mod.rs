//! A replica of the procurement site on loopback: search, notice pages, robots.txt, conditional answers, and the story's bad weather. What
//! it shows depends on its clock alone. Printed by hand from what was seen of the site; no reader's code is used.

pub mod html;

pub mod money;

pub mod words;

pub mod older;

pub mod sections;

pub mod pages;

pub mod press;

pub mod search;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri, header};
use axum::routing::get;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use sha2::{Digest, Sha256};

use crate::platform::clock::Clock;

use super::notices::{self, Notice};
use super::story::{self, Weather};
use press::Press;
use search::Query;

/// What the site shows to whom it takes for a robot.
const CHALLENGE: &str = "<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>安全验证</title></head>\
     <body><p>您的访问过于频繁,请稍后再试</p></body></html>\n";
const ROBOTS: &str = "User-agent: *\nDisallow: /admin/\n";

/// The site: what it holds and how often it was asked.
#[derive(Debug)]
pub struct Site {
    clock: Clock,
    url: String,
    press: Mutex<Press>,
    counts: Counts,
}

/// How often the site was asked for what.
#[derive(Debug, Default)]
pub struct Counts {
    /// Result pages.
    pub searches: AtomicU64,
    /// Notice pages.
    pub pages: AtomicU64,
    /// Answers 304.
    pub unchanged: AtomicU64,
    /// Challenges and 503s.
    pub refused: AtomicU64,
}

impl Site {
    /// A site that tells its own address as `url` and lists what it publishes in the file `published`.
    pub fn open(clock: Clock, url: &str, published: &Path) -> std::io::Result<Arc<Self>> {
        let press = Mutex::new(Press::open(published)?);
        Ok(Arc::new(Self { clock, url: url.to_owned(), press, counts: Counts::default() }))
    }

    /// How often it was asked.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Everything that stands on the site now; listed as published before it is handed out.
    pub fn published(&self) -> std::io::Result<Vec<&'static Notice>> {
        let now = self.clock.now();
        let visible: Vec<&'static Notice> =
            notices::all().into_iter().filter(|notice| notice.published_at() <= now).collect();
        let mut press = self.press.lock().unwrap_or_else(PoisonError::into_inner);
        press.publish(&visible, &self.url)?;
        Ok(visible)
    }

    /// The site's addresses.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/robots.txt", get(robots))
            .route("/bxsearch", get(results))
            .fallback(get(notice_page))
            .with_state(self)
    }

    /// The answer that the weather gives instead of content, if it does.
    fn weather(&self) -> Option<Response<Body>> {
        let answer = match story::weather(self.clock.now()) {
            Weather::Fair => return None,
            Weather::Challenge => html(StatusCode::OK, CHALLENGE.to_owned()),
            Weather::Outage => plain(StatusCode::SERVICE_UNAVAILABLE, "503 Service Temporarily Unavailable\n"),
        };
        self.counts.refused.fetch_add(1, Ordering::Relaxed);
        Some(answer)
    }

    fn today(&self) -> jiff::civil::Date {
        Offset::constant(8).to_datetime(self.clock.now()).date()
    }

    /// `page` as an answer, or 304 when the asker has it already.
    fn answer(&self, asked: &HeaderMap, page: String, modified: Option<Timestamp>) -> Response<Body> {
        let tag = tag(&page);
        let unchanged = match (asked.get(header::IF_NONE_MATCH), asked.get(header::IF_MODIFIED_SINCE)) {
            (Some(known), _) => known.to_str().is_ok_and(|known| known.split(',').any(|one| one.trim() == tag)),
            (None, Some(since)) => modified.is_some_and(|at| since.to_str().is_ok_and(|since| since == http_date(at))),
            (None, None) => false,
        };
        let mut response = if unchanged {
            self.counts.unchanged.fetch_add(1, Ordering::Relaxed);
            plain(StatusCode::NOT_MODIFIED, "")
        } else {
            html(StatusCode::OK, page)
        };
        set(&mut response, header::ETAG, &tag);
        if let Some(at) = modified {
            set(&mut response, header::LAST_MODIFIED, &http_date(at));
        }
        response
    }
}

async fn robots(State(site): State<Arc<Site>>) -> Response<Body> {
    // The challenge guards content, not the rules; an outage takes everything.
    match story::weather(site.clock.now()) {
        Weather::Outage => site.weather().unwrap_or_default(),
        Weather::Fair | Weather::Challenge => plain(StatusCode::OK, ROBOTS),
    }
}

async fn results(State(site): State<Arc<Site>>, RawQuery(raw): RawQuery, asked: HeaderMap) -> Response<Body> {
    if let Some(refused) = site.weather() {
        return refused;
    }
    site.counts.searches.fetch_add(1, Ordering::Relaxed);
    let query = Query::parse(&raw.unwrap_or_default(), site.today());
    match site.published() {
        Ok(published) => site.answer(&asked, search::page(&query, &published, &site.url), None),
        Err(error) => broken(&error),
    }
}

async fn notice_page(State(site): State<Arc<Site>>, uri: Uri, asked: HeaderMap) -> Response<Body> {
    if let Some(refused) = site.weather() {
        return refused;
    }
    site.counts.pages.fetch_add(1, Ordering::Relaxed);
    // The real site answers doubled slashes as it does single ones.
    let path = uri.path().replace("//", "/");
    match site.published() {
        Ok(published) => match published.into_iter().find(|notice| notice.path() == path) {
            Some(notice) => site.answer(&asked, pages::page(notice), Some(notice.published_at())),
            None => html(StatusCode::NOT_FOUND, "<html><body><h1>404 Not Found</h1></body></html>\n".to_owned()),
        },
        Err(error) => broken(&error),
    }
}

/// What could not be listed as published is not shown.
fn broken(error: &std::io::Error) -> Response<Body> {
    tracing::error!(%error, "the replica could not list what it publishes");
    plain(StatusCode::INTERNAL_SERVER_ERROR, "500\n")
}

fn tag(page: &str) -> String {
    let digest = Sha256::digest(page.as_bytes());
    let head: [u8; 8] = std::array::from_fn(|place| digest.get(place).copied().unwrap_or_default());
    format!("\"{:016x}\"", u64::from_be_bytes(head))
}

fn http_date(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn html(status: StatusCode, page: String) -> Response<Body> {
    respond(status, "text/html; charset=utf-8", page)
}

fn plain(status: StatusCode, text: &str) -> Response<Body> {
    respond(status, "text/plain; charset=utf-8", text.to_owned())
}

fn respond(status: StatusCode, kind: &'static str, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, kind);
    response
}

fn set(response: &mut Response<Body>, name: header::HeaderName, value: &str) {
    // Every value is ours and ASCII.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
