//! Fetching from servers that mean no good, over raw sockets on loopback: every answer is classed, and in time.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use encoding_rs::GBK;
use jiff::Timestamp;
use tenderwatch::domain::source::Validators;
use tenderwatch::fetch::{Fetched, Fetcher, HostRule, Page, Request, Settings, Withheld};
use tenderwatch::platform::clock::Clock;
use url::Url;

const SIGNS: &[&str] = &["您的访问过于频繁", "安全验证"];
const MARKS: &[&str] = &["vF_detail_content"];

/// A server that says byte for byte what a test tells it to. robots.txt is missing unless the test has one.
struct Server {
    port: u16,
    /// The head of every request, in order.
    heard: Arc<Mutex<Vec<String>>>,
    /// When every request's head was complete.
    at: Arc<Mutex<Vec<Instant>>>,
    most_at_once: Arc<AtomicUsize>,
}

impl Server {
    fn start(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Self { port, heard: Arc::default(), at: Arc::default(), most_at_once: Arc::default() };
        let (heard, at, most) = (Arc::clone(&server.heard), Arc::clone(&server.at), Arc::clone(&server.most_at_once));
        let (answer, now) = (Arc::new(answer), Arc::new(AtomicUsize::new(0)));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let (heard, at, most) = (Arc::clone(&heard), Arc::clone(&at), Arc::clone(&most));
                let (answer, now) = (Arc::clone(&answer), Arc::clone(&now));
                std::thread::spawn(move || {
                    let Some(head) = head_of(&mut stream) else { return };
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                    heard.lock().unwrap().push(head);
                    at.lock().unwrap().push(Instant::now());
                    answer(&path, &mut stream);
                    now.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        server
    }

    /// Says the same to everything but robots.txt.
    fn saying(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::start(move |path, stream| match path {
            "/robots.txt" => say(stream, NOT_FOUND),
            _ => say(stream, &bytes),
        })
    }

    fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}{path}", self.port)).unwrap()
    }

    fn paths(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        heard.iter().map(|head| head.split(' ').nth(1).unwrap().to_owned()).collect()
    }
}

const NOT_FOUND: &[u8] = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// The other side may have had enough; that is its right.
fn say(stream: &mut TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes);
}

fn head_of(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

fn reply(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn page(text: &str) -> Vec<u8> {
    reply("200 OK", "Content-Type: text/html; charset=utf-8\r\n", text.as_bytes())
}

fn moved(to: &str) -> Vec<u8> {
    reply("302 Found", &format!("Location: {to}\r\n"), b"")
}

fn settings(port: u16, gap: Duration) -> Settings {
    let host = format!("127.0.0.1:{port}");
    Settings {
        contact: "https://example.org/tenderwatch".to_owned(),
        hosts: vec![HostRule { host, gap, jitter: 0.0, requests_per_day: 1000, own: true }],
        body_bytes_max: 4 * 1024 * 1024,
        connect_timeout: Duration::from_secs(5),
        head_timeout: Duration::from_millis(700),
        body_timeout: Duration::from_millis(700),
        total_timeout: Duration::from_secs(8),
        ..Settings::default()
    }
}

fn clock() -> Clock {
    Clock::hand("2026-11-22T00:00:00Z".parse().unwrap())
}

fn fetcher(port: u16) -> Fetcher {
    Fetcher::new(settings(port, Duration::ZERO), clock(), vec![]).unwrap()
}

fn request(url: Url) -> Request {
    Request { url, validators: None, signs: SIGNS, content_marks: MARKS }
}

/// Fetches once; whatever the server does, it must be over soon.
async fn fetched(server: &Server) -> Fetched {
    let fetcher = fetcher(server.port);
    let asking = request(server.url("/a"));
    tokio::time::timeout(Duration::from_secs(20), fetcher.fetch(&asking)).await.expect("ends in time")
}

fn the_page(fetched: Fetched) -> Page {
    match fetched {
        Fetched::Page(page) => *page,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_page_comes_with_its_validators_and_its_hash() {
    let headers =
        "Content-Type: text/html; charset=utf-8\r\nETag: \"v1\"\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    let server = Server::saying(reply("200 OK", headers, "正文".as_bytes()));
    let page = the_page(fetched(&server).await);
    assert_eq!((page.text.as_str(), page.charset, page.status), ("正文", "UTF-8", 200));
    assert_eq!(page.etag.as_deref(), Some("\"v1\""));
    assert_eq!(page.last_modified.as_deref(), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
    assert_eq!(page.hash.len(), 64);
    assert_eq!(page.fetched_at, "2026-11-22T00:00:00Z".parse::<Timestamp>().unwrap());
}

#[tokio::test]
async fn we_say_who_we_are_and_nothing_else() {
    let server = Server::start(|path, stream| match path {
        "/robots.txt" => say(stream, NOT_FOUND),
        "/a" => say(stream, &reply("302 Found", "Location: /b\r\nSet-Cookie: HOY_TR=1\r\n", b"")),
        _ => say(stream, &page("正文")),
    });
    the_page(fetched(&server).await);
    assert_eq!(server.paths(), ["/robots.txt", "/a", "/b"]);
    for head in server.heard.lock().unwrap().iter() {
        let head = head.to_ascii_lowercase();
        assert!(head.contains("user-agent: tenderwatch/0."), "{head}");
        assert!(head.contains("(+https://example.org/tenderwatch)"), "{head}");
        assert!(!head.contains("cookie") && !head.contains("referer"), "{head}");
    }
}

#[tokio::test]
async fn half_a_gigabyte_of_zeros_in_a_small_gzip_is_stopped_at_the_cap() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    let zeros = vec![0_u8; 1 << 20];
    for _ in 0..500 {
        packed.write_all(&zeros).unwrap();
    }
    let packed = packed.finish().unwrap();
    assert!(packed.len() < 1 << 20);
    let server = Server::saying(reply("200 OK", "Content-Encoding: gzip\r\n", &packed));
    assert_eq!(fetched(&server).await, Fetched::Withheld { why: Withheld::TooLarge });
}

#[tokio::test]
async fn a_body_that_never_ends_is_truncated() {
    let server = Server::start(|path, stream| {
        if path == "/robots.txt" {
            return say(stream, NOT_FOUND);
        }
        say(stream, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n");
        while stream.write_all(b"1\r\nx\r\n").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    assert!(matches!(fetched(&server).await, Fetched::Truncated { .. }));
}

#[tokio::test]
async fn a_header_that_never_ends_is_no_answer() {
    let server = Server::start(|path, stream| {
        if path == "/robots.txt" {
            return say(stream, NOT_FOUND);
        }
        say(stream, b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"X-More: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n").is_ok() {}
    });
    assert!(matches!(fetched(&server).await, Fetched::Unreachable { .. }));
}

#[tokio::test]
async fn a_header_that_comes_too_slowly_is_no_answer() {
    let server = Server::start(|path, stream| {
        if path == "/robots.txt" {
            return say(stream, NOT_FOUND);
        }
        while stream.write_all(b"H").is_ok() {
            std::thread::sleep(Duration::from_secs(3));
        }
    });
    let fetched = fetched(&server).await;
    assert!(matches!(&fetched, Fetched::Unreachable { why } if why.contains("in time")), "{fetched:?}");
}

#[tokio::test]
async fn a_gbk_page_that_says_utf8_in_header_and_page_is_read_as_gbk() {
    let text = "<html><head><meta charset=\"utf-8\"></head><body>区块链存证平台采购项目中标公告</body></html>";
    let bytes = GBK.encode(text).0;
    let server = Server::saying(reply("200 OK", "Content-Type: text/html; charset=utf-8\r\n", &bytes));
    assert_eq!(the_page(fetched(&server).await).text, text);
}

#[tokio::test]
async fn the_gb2312_label_reads_characters_that_gb2312_lacks() {
    let text = "<p>深圳市嘢镕科技：区块链存证平台</p>";
    let server = Server::saying(reply("200 OK", "Content-Type: text/html; charset=GB2312\r\n", &GBK.encode(text).0));
    assert_eq!(the_page(fetched(&server).await).text, text);
}

#[tokio::test]
async fn a_body_shorter_than_its_length_is_truncated() {
    let server =
        Server::saying("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 500\r\n\r\n<html>区块链");
    assert!(matches!(fetched(&server).await, Fetched::Truncated { .. }));
}

#[tokio::test]
async fn a_body_cut_in_the_middle_of_a_character_is_truncated() {
    let text = "<html><body>区块链存证平台采购".as_bytes();
    let head = b"HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n";
    let server = Server::saying([head.as_slice(), &text[..text.len() - 1]].concat());
    assert!(matches!(fetched(&server).await, Fetched::Truncated { .. }));
}

#[tokio::test]
async fn a_broken_chunk_and_a_broken_gzip_are_truncated() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n";
    let server = Server::saying(format!("{head}5\r\nhello\r\nzz\r\n"));
    assert!(matches!(fetched(&server).await, Fetched::Truncated { .. }));

    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    packed.write_all("正文".repeat(4000).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let server = Server::saying(reply("200 OK", "Content-Encoding: gzip\r\n", &packed[..packed.len() / 2]));
    assert!(matches!(fetched(&server).await, Fetched::Truncated { .. }));
}

#[tokio::test]
async fn a_redirection_to_a_private_address_is_not_followed() {
    let other = Server::saying(page("secret"));
    for target in [
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        other.url("/").to_string(),
        format!("http://[::ffff:127.0.0.1]:{}/", other.port),
        format!("http://localhost:{}/", other.port),
        "http://0x7f.1/".to_owned(),
        "//10.0.0.1/".to_owned(),
    ] {
        let server = Server::saying(moved(&target));
        assert_eq!(fetched(&server).await, Fetched::Withheld { why: Withheld::PrivateAddress }, "{target}");
    }
    assert!(other.paths().is_empty());
}

#[tokio::test]
async fn a_name_that_resolves_to_a_private_address_is_not_asked() {
    let name = std::fs::read_to_string("/etc/hostname").unwrap_or_default().trim().to_owned();
    let Ok(mut found) = tokio::net::lookup_host((name.as_str(), 80)).await else { return };
    let private = |ip| matches!(ip, std::net::IpAddr::V4(v4) if v4.is_private() || v4.is_loopback());
    if name.is_empty() || !found.all(|address| private(address.ip())) {
        return; // this machine has no name to try it with
    }
    let asking = request(Url::parse(&format!("http://{name}/")).unwrap());
    assert_eq!(fetcher(1).fetch(&asking).await, Fetched::Withheld { why: Withheld::PrivateAddress });
}

#[tokio::test]
async fn a_robots_txt_cannot_send_us_to_a_private_address_either() {
    let other = Server::saying(page("secret"));
    let target = other.url("/robots.txt").to_string();
    let server = Server::start(move |_, stream| say(stream, &moved(&target)));
    assert_eq!(fetched(&server).await, Fetched::Withheld { why: Withheld::PrivateAddress });
    assert!(other.paths().is_empty());
}

#[tokio::test]
async fn a_circle_of_redirections_is_left() {
    let server = Server::saying(moved("/a"));
    assert_eq!(fetched(&server).await, Fetched::Withheld { why: Withheld::TooManyRedirects });
    assert_eq!(server.paths().len(), 1 + 6);
}

#[tokio::test]
async fn a_redirection_to_another_scheme_is_a_bad_address() {
    for target in ["file:///etc/passwd", "ftp://example.org/", "http://user:password@127.0.0.1/", "http://["] {
        let server = Server::saying(moved(target));
        assert_eq!(fetched(&server).await, Fetched::Withheld { why: Withheld::BadAddress }, "{target}");
    }
}

#[tokio::test]
async fn a_304_is_unchanged_and_was_asked_for_with_what_is_known() {
    let server = Server::saying("HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
    let known = Validators { etag: Some("\"v1\"".into()), last_modified: Some("then".into()), ..Validators::default() };
    let asking = Request { validators: Some(known), ..request(server.url("/a")) };
    assert_eq!(fetcher(server.port).fetch(&asking).await, Fetched::Unchanged);
    let head = server.heard.lock().unwrap().last().unwrap().to_ascii_lowercase();
    assert!(head.contains("if-none-match: \"v1\"") && head.contains("if-modified-since: then"), "{head}");
}

#[tokio::test]
async fn a_challenge_with_status_200_is_told_from_content() {
    let server = Server::saying(page("<title>安全验证</title>"));
    assert!(matches!(fetched(&server).await, Fetched::Challenged { sign, .. } if sign == "安全验证"));
    let server = Server::saying(page("<div class='vF_detail_content'>须通过安全验证后登录系统</div>"));
    the_page(fetched(&server).await);
}

#[tokio::test]
async fn a_429_says_how_long_in_either_form_and_the_host_is_left_alone_so_long() {
    for header in ["90", "Sun, 22 Nov 2026 00:01:30 GMT"] {
        let server = Server::saying(reply("429 Too Many Requests", &format!("Retry-After: {header}\r\n"), b""));
        let fetcher = fetcher(server.port);
        let asking = request(server.url("/a"));
        let wait = Some(Duration::from_secs(90));
        assert_eq!(fetcher.fetch(&asking).await, Fetched::Refused { status: 429, retry_after: wait });
        let until = "2026-11-22T00:01:30Z".parse().unwrap();
        assert_eq!(fetcher.fetch(&asking).await, Fetched::Withheld { why: Withheld::BackedOff { until } });
        assert_eq!(fetcher.ready_at(&format!("127.0.0.1:{}", server.port)), Some(until));
        assert_eq!(server.paths(), ["/robots.txt", "/a"]);
    }
}

#[tokio::test]
async fn an_empty_200_is_neither_content_nor_refusal() {
    let server = Server::saying(page(" \r\n"));
    assert_eq!(fetched(&server).await, Fetched::Empty { status: 200 });
}

#[tokio::test]
async fn nobody_listening_is_unreachable_and_is_remembered_so() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let fetcher = fetcher(free);
    let asking = request(Url::parse(&format!("http://127.0.0.1:{free}/")).unwrap());
    assert!(matches!(fetcher.fetch(&asking).await, Fetched::Unreachable { why } if why.contains("refused")));
    assert!(fetcher.outcomes().iter().all(|outcome| !outcome.reachable));
    assert!(matches!(fetcher.fetch(&asking).await, Fetched::Withheld { why: Withheld::BackedOff { .. } }));
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_unreachable() {
    let asking = request(Url::parse("http://no-such-host.invalid/").unwrap());
    let fetched = fetcher(1).fetch(&asking).await;
    assert!(matches!(fetched, Fetched::Unreachable { .. }), "{fetched:?}");
}

#[tokio::test]
async fn what_robots_txt_forbids_is_not_asked_for_and_the_file_is_asked_for_once() {
    let server = Server::start(|path, stream| match path {
        "/robots.txt" => say(stream, &reply("200 OK", "", b"User-agent: *\nDisallow: /a\n")),
        _ => say(stream, &page("正文")),
    });
    let fetcher = fetcher(server.port);
    assert_eq!(fetcher.fetch(&request(server.url("/a"))).await, Fetched::Withheld { why: Withheld::Robots });
    the_page(fetcher.fetch(&request(server.url("/b"))).await);
    the_page(fetcher.fetch(&request(server.url("/c"))).await);
    assert_eq!(server.paths(), ["/robots.txt", "/b", "/c"]);
}

#[tokio::test]
async fn a_redirection_to_what_robots_txt_forbids_is_not_followed() {
    let server = Server::start(|path, stream| match path {
        "/robots.txt" => say(stream, &reply("200 OK", "", b"User-agent: *\nDisallow: /b\n")),
        _ => say(stream, &moved("/b")),
    });
    assert_eq!(fetched(&server).await, Fetched::Withheld { why: Withheld::Robots });
    assert_eq!(server.paths(), ["/robots.txt", "/a"]);
}

#[tokio::test]
async fn a_robots_txt_behind_an_error_is_no_leave_for_now() {
    let server = Server::start(|path, stream| match path {
        "/robots.txt" => say(stream, &reply("503 Busy", "Retry-After: 30\r\n", b"")),
        _ => say(stream, &page("正文")),
    });
    let fetcher = fetcher(server.port);
    let asking = request(server.url("/a"));
    assert_eq!(fetcher.fetch(&asking).await, Fetched::Withheld { why: Withheld::Robots });
    assert!(matches!(fetcher.fetch(&asking).await, Fetched::Withheld { why: Withheld::BackedOff { .. } }));
    assert_eq!(server.paths(), ["/robots.txt"]);
}

#[tokio::test]
async fn a_robots_txt_without_end_is_read_as_far_as_its_bound() {
    let server = Server::start(|path, stream| {
        if path != "/robots.txt" {
            return say(stream, &page("正文"));
        }
        say(stream, b"HTTP/1.0 200 OK\r\n\r\nUser-agent: *\nDisallow: /a\n");
        while stream.write_all(&[b'#'; 4096]).is_ok() {}
    });
    assert_eq!(fetched(&server).await, Fetched::Withheld { why: Withheld::Robots });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_never_sees_two_requests_at_once() {
    let server = Server::start(|_, stream| {
        std::thread::sleep(Duration::from_millis(15));
        say(stream, &page("正文"));
    });
    let fetcher = Arc::new(fetcher(server.port));
    let asked: Vec<_> = (0..8)
        .map(|n| {
            let (fetcher, asking) = (Arc::clone(&fetcher), request(server.url(&format!("/{n}"))));
            tokio::spawn(async move { fetcher.fetch(&asking).await })
        })
        .collect();
    for one in asked {
        the_page(one.await.unwrap());
    }
    assert_eq!(server.paths().len(), 1 + 8);
    assert_eq!(server.most_at_once.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_gap_lies_between_any_two_requests_robots_txt_and_redirections_included() {
    let server = Server::start(|path, stream| match path {
        "/robots.txt" => say(stream, NOT_FOUND),
        "/a" => say(stream, &moved("/b")),
        _ => say(stream, &page("正文")),
    });
    let gap = Duration::from_millis(80);
    let fetcher = Fetcher::new(settings(server.port, gap), clock(), vec![]).unwrap();
    the_page(fetcher.fetch(&request(server.url("/a"))).await);
    let at = server.at.lock().unwrap();
    assert_eq!(at.len(), 3);
    for pair in at.windows(2) {
        assert!(pair[1] - pair[0] >= gap, "{:?}", pair[1] - pair[0]);
    }
}

#[tokio::test]
async fn an_exhausted_budget_withholds_without_asking() {
    let server = Server::saying(page("正文"));
    let mut settings = settings(server.port, Duration::ZERO);
    settings.hosts[0].requests_per_day = 2;
    let fetcher = Fetcher::new(settings.clone(), clock(), vec![]).unwrap();
    let asking = request(server.url("/a"));
    the_page(fetcher.fetch(&asking).await);
    let spent = Fetched::Withheld { why: Withheld::Budget { until: "2026-11-22T16:00:00Z".parse().unwrap() } };
    assert_eq!(fetcher.fetch(&asking).await, spent);
    let restarted = Fetcher::new(settings, clock(), fetcher.memory()).unwrap();
    assert_eq!(restarted.fetch(&asking).await, spent);
    assert_eq!(server.paths(), ["/robots.txt", "/a"]);
}

#[test]
fn a_fetcher_without_a_gap_for_a_strangers_host_is_refused() {
    let mut settings = settings(80, Duration::ZERO);
    settings.hosts[0].own = false;
    assert!(Fetcher::new(settings, clock(), vec![]).unwrap_err().to_string().contains("at least 1 second"));
}

/// Runs itself again where no certificate authorities can be found.
#[tokio::test]
async fn without_certificate_authorities_plain_http_still_works_and_https_says_why_not() {
    if std::env::var_os("TENDERWATCH_TEST_WITHOUT_CA").is_none() {
        let name = "fetch::without_certificate_authorities_plain_http_still_works_and_https_says_why_not";
        let nowhere = "/nonexistent";
        let again = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name])
            .envs([("TENDERWATCH_TEST_WITHOUT_CA", "1"), ("SSL_CERT_FILE", nowhere), ("SSL_CERT_DIR", nowhere)])
            .output()
            .unwrap();
        assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stdout));
        return;
    }
    let server = Server::saying(page("正文"));
    let fetcher = fetcher(server.port);
    assert!(fetcher.https_trouble().unwrap().to_string().contains("ca-certificates"));
    the_page(fetcher.fetch(&request(server.url("/a"))).await);
    let secure = Url::parse("https://example.org/").unwrap();
    let fetched = fetcher.fetch(&request(secure)).await;
    assert!(matches!(&fetched, Fetched::Unreachable { why } if why.contains("ca-certificates")), "{fetched:?}");
}
