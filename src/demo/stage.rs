//! The stage: the three servers of the demonstration on remembered ports, one hand-moved clock that outlives a restart, one secret. All
//! it keeps lies in one folder. Lacks the play: whoever opens it moves the clock and starts the daemon.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::platform::clock::Clock;

use super::inbox::{Hook, Inbox};
use super::loopback;
use super::mailbox::Mailbox;
use super::maildir::{Mail, sync_folder, write_synced};
use super::replica::Site;
use super::replica::press::{self, Published, rfc3339};
use super::story;

/// Bytes of the webhook's secret.
const SECRET_BYTES: usize = 32;
/// More than any of the small files has.
const SMALL_FILE_BYTES_MAX: u64 = 4096;
/// How long a server may take to finish what it is doing when the stage closes.
const CLOSING: Duration = Duration::from_secs(2);

/// Why the stage cannot be opened, or something on it not be done.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// A file or a socket.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done, to what.
        doing: String,
        /// What the system said.
        source: io::Error,
    },
    /// Another demonstration runs in the same folder.
    #[error("another demonstration is using {0}")]
    InUse(PathBuf),
    /// A file of the stage holds something else.
    #[error("{path} is not what this demonstration wrote: {found:?}; remove it to begin anew")]
    Spoiled {
        /// The file.
        path: PathBuf,
        /// Its beginning.
        found: String,
    },
    /// There is no runtime to serve on.
    #[error("the stage must be opened inside an async runtime")]
    NoRuntime,
    /// No random bytes could be had.
    #[error("no random bytes for the webhook's secret")]
    NoChance,
}

/// The servers, running, and what they share.
#[derive(Debug)]
pub struct Stage {
    /// The folder.
    pub dir: PathBuf,
    /// The clock that everything here lives by. Move it with [`Stage::set_clock`], which remembers it.
    pub clock: Clock,
    /// The replica's address, `http://127.0.0.1:PORT`, without a slash at the end.
    pub replica_url: String,
    /// The mail server.
    pub smtp_addr: SocketAddr,
    /// Where webhooks go.
    pub webhook_url: String,
    /// Where chat messages go; answered as Feishu does.
    pub feishu_url: String,
    /// Where the service may serve its pages: a port that was free when the stage was opened, the same each time if it can be.
    pub pages_addr: SocketAddr,
    /// The webhook's secret, `whsec_…`; also in `webhook.secret` of the folder.
    pub webhook_secret: String,
    /// The mail server itself, for faults and counts.
    pub mailbox: Arc<Mailbox>,
    /// The webhook receiver itself, for faults.
    pub inbox: Arc<Inbox>,
    /// The replica itself, for counts.
    pub site: Arc<Site>,
    stop: CancellationToken,
    servers: Vec<JoinHandle<()>>,
    _lock: File,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Ports {
    replica: Option<u16>,
    smtp: Option<u16>,
    webhook: Option<u16>,
    pages: Option<u16>,
}

impl Stage {
    /// Opens the stage in `dir`: three servers, the clock where it stood (or where the story begins). Needs a tokio runtime.
    pub fn open(dir: &Path) -> Result<Self, StageError> {
        tokio::runtime::Handle::try_current().map_err(|_| StageError::NoRuntime)?;
        fs::create_dir_all(dir).map_err(|source| io_error("creating", dir, source))?;
        let lock = lock(&dir.join("lock"))?;
        let clock = Clock::hand(remembered_clock(&dir.join("clock"))?.unwrap_or_else(story::start));
        let webhook_secret = secret(&dir.join("webhook.secret"))?;
        let (replica, smtp, webhook, pages_addr) = listeners(&dir.join("ports.json"))?;
        let replica_url = format!("http://{}", address(&replica)?);
        let (smtp_addr, webhook_addr) = (address(&smtp)?, address(&webhook)?);

        let open = |name: &str| {
            let path = dir.join(name);
            move |source| io_error("opening", &path, source)
        };
        let site =
            Site::open(clock.clone(), &replica_url, &dir.join("published.jsonl")).map_err(open("published.jsonl"))?;
        let mailbox = Mailbox::open(&dir.join("mail"), clock.clone()).map_err(open("mail"))?;
        let inbox = Inbox::open(&dir.join("webhooks"), clock.clone()).map_err(open("webhooks"))?;

        let stop = CancellationToken::new();
        let servers = vec![
            loopback::serve(replica, Arc::clone(&site).router(), stop.clone()),
            Arc::clone(&mailbox).serve(smtp, stop.clone()),
            loopback::serve(webhook, Arc::clone(&inbox).router(), stop.clone()),
        ];
        let stage = Self {
            dir: dir.to_owned(),
            clock,
            replica_url,
            smtp_addr,
            webhook_url: format!("http://{webhook_addr}/webhook"),
            feishu_url: format!("http://{webhook_addr}/feishu"),
            pages_addr,
            webhook_secret,
            mailbox,
            inbox,
            site,
            stop,
            servers,
            _lock: lock,
        };
        stage.set_clock(stage.clock.now())?;
        Ok(stage)
    }

    /// Moves the clock. It is remembered first, and what appears on the site by then is listed as published.
    pub fn set_clock(&self, at: Timestamp) -> Result<(), StageError> {
        let path = self.dir.join("clock");
        replace(&path, rfc3339(at).as_bytes()).map_err(|source| io_error("writing", &path, source))?;
        self.clock.set(at);
        self.site.published().map_err(|source| io_error("writing", &self.dir.join("published.jsonl"), source))?;
        Ok(())
    }

    /// Everything published so far, oldest first.
    pub fn published(&self) -> Result<Vec<Published>, StageError> {
        let path = self.dir.join("published.jsonl");
        press::read(&path).map_err(|source| io_error("reading", &path, source))
    }

    /// The mails received so far, in their order.
    pub fn mails(&self) -> Result<Vec<Mail>, StageError> {
        self.mailbox.maildir().list().map_err(|source| io_error("reading", &self.dir.join("mail"), source))
    }

    /// The webhooks and chat messages received so far, in their order.
    pub fn hooks(&self) -> Result<Vec<Hook>, StageError> {
        self.inbox.list().map_err(|source| io_error("reading", &self.dir.join("webhooks"), source))
    }

    /// Stops the servers and waits until their ports are free. Dropping a stage stops them too, but does not wait.
    pub async fn close(mut self) {
        self.stop.cancel();
        for mut server in std::mem::take(&mut self.servers) {
            if tokio::time::timeout(CLOSING, &mut server).await.is_err() {
                server.abort();
                // It ends at its next pause; there is nothing to learn from how.
                let _ = server.await;
            }
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn io_error(doing: &str, path: &Path, source: io::Error) -> StageError {
    StageError::Io { doing: format!("{doing} {}", path.display()), source }
}

fn lock(path: &Path) -> Result<File, StageError> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(|source| io_error("opening", path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StageError::InUse(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(io_error("locking", path, source)),
    }
}

/// The three listeners, on the ports of last time where they are free; stored addresses of the replica name its port. The
/// service itself listens on the fourth port: it is found here and left free.
fn listeners(path: &Path) -> Result<(TcpListener, TcpListener, TcpListener, SocketAddr), StageError> {
    let text = small_file(path)?;
    // An unreadable list of ports costs a change of ports, no more.
    let wanted: Ports = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let bind = |port: Option<u16>| {
        loopback::bind(port).map_err(|source| StageError::Io { doing: "listening on 127.0.0.1".to_owned(), source })
    };
    let (replica, smtp, webhook) = (bind(wanted.replica)?, bind(wanted.smtp)?, bind(wanted.webhook)?);
    let pages = address(&bind(wanted.pages)?)?;
    let ports = Ports {
        pages: Some(pages.port()),
        replica: Some(address(&replica)?.port()),
        smtp: Some(address(&smtp)?.port()),
        webhook: Some(address(&webhook)?.port()),
    };
    if wanted.replica.is_some() && wanted.replica != ports.replica {
        tracing::warn!("the replica's former port is taken: addresses stored earlier lead nowhere");
    }
    if ports != wanted {
        let text = serde_json::to_vec(&ports).map_err(|error| io_error("writing", path, io::Error::other(error)))?;
        replace(path, &text).map_err(|source| io_error("writing", path, source))?;
    }
    Ok((replica, smtp, webhook, pages))
}

fn address(listener: &TcpListener) -> Result<SocketAddr, StageError> {
    listener.local_addr().map_err(|source| StageError::Io { doing: "asking a socket its address".to_owned(), source })
}

fn remembered_clock(path: &Path) -> Result<Option<Timestamp>, StageError> {
    let Some(text) = small_file(path)? else { return Ok(None) };
    match text.trim().parse() {
        Ok(at) => Ok(Some(at)),
        Err(_) => Err(StageError::Spoiled { path: path.to_owned(), found: text.chars().take(40).collect() }),
    }
}

fn secret(path: &Path) -> Result<String, StageError> {
    if let Some(text) = small_file(path)? {
        let text = text.trim();
        let bytes = text.strip_prefix("whsec_").and_then(|text| STANDARD.decode(text).ok());
        // What was found is not shown: it may be a secret all the same.
        return match bytes {
            Some(bytes) if bytes.len() >= 24 => Ok(text.to_owned()),
            _ => Err(StageError::Spoiled { path: path.to_owned(), found: String::from("…") }),
        };
    }
    let mut bytes = [0_u8; SECRET_BYTES];
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    provider.secure_random.fill(&mut bytes).map_err(|_| StageError::NoChance)?;
    let text = format!("whsec_{}", STANDARD.encode(bytes));
    write_secret(path, &text).map_err(|source| io_error("writing", path, source))?;
    Ok(text)
}

fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    let tmp = beside(path);
    let _ = fs::remove_file(&tmp);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&tmp)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&tmp, path)?;
    sync_folder(path.parent().unwrap_or(path))
}

/// Replaces a small file as a whole: what reads it sees the old or the new.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let tmp = beside(path);
    // One of an earlier life may be in the way.
    let _ = fs::remove_file(&tmp);
    write_synced(&tmp, &[bytes, b"\n"])?;
    fs::rename(&tmp, path)?;
    sync_folder(path.parent().unwrap_or(path))
}

fn beside(path: &Path) -> PathBuf {
    path.with_added_extension("tmp")
}

fn small_file(path: &Path) -> Result<Option<String>, StageError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(io_error("reading", path, source)),
    };
    let mut text = String::new();
    file.take(SMALL_FILE_BYTES_MAX).read_to_string(&mut text).map_err(|source| io_error("reading", path, source))?;
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// One request by hand: the status, the head and the body.
    async fn ask(url: &str, request: &str, body: &str) -> (u16, String, String) {
        let rest = url.strip_prefix("http://").unwrap();
        let (host, path) = rest.split_once('/').unwrap();
        let mut stream = TcpStream::connect(host).await.unwrap();
        let (verb, headers) = request.split_once('\n').unwrap_or((request, ""));
        let length = body.len();
        let text = format!(
            "{verb} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        );
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), head.to_owned(), body.to_owned())
    }

    fn header(head: &str, name: &str) -> String {
        let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap().to_owned()
    }

    fn search(stage: &Stage) -> String {
        format!(
            "{}/bxsearch?searchtype=2&page_index=1&kw=%E5%8C%BA%E5%9D%97%E9%93%BE&start_time=2019%3A09%3A01&end_time=2019%3A09%3A30&timeType=6",
            stage.replica_url
        )
    }

    #[tokio::test]
    async fn the_stage_opens_where_it_was_left() {
        let folder = tempfile::tempdir().unwrap();
        let stage = Stage::open(folder.path()).unwrap();
        assert_eq!(stage.clock.now(), story::start());
        let (replica, smtp, hook, secret) =
            (stage.replica_url.clone(), stage.smtp_addr, stage.webhook_url.clone(), stage.webhook_secret.clone());
        assert!(matches!(Stage::open(folder.path()), Err(StageError::InUse(_))));
        stage.set_clock(at("2019-09-12T10:00:00+08:00")).unwrap();
        let published = stage.published().unwrap();
        stage.close().await;

        let stage = Stage::open(folder.path()).unwrap();
        assert_eq!(stage.clock.now(), at("2019-09-12T10:00:00+08:00"));
        assert_eq!((&stage.replica_url, stage.smtp_addr, &stage.webhook_url), (&replica, smtp, &hook));
        assert_eq!(stage.webhook_secret, secret);
        assert_eq!(stage.published().unwrap(), published);
        stage.close().await;
    }

    #[tokio::test]
    async fn the_secret_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let stage = Stage::open(folder.path()).unwrap();
        let mode = fs::metadata(folder.path().join("webhook.secret")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let bytes = STANDARD.decode(stage.webhook_secret.strip_prefix("whsec_").unwrap()).unwrap();
        assert_eq!(bytes.len(), SECRET_BYTES);
    }

    #[tokio::test]
    async fn the_site_shows_a_notice_from_its_minute_on_and_has_listed_it() {
        let folder = tempfile::tempdir().unwrap();
        let stage = Stage::open(folder.path()).unwrap();
        let page = format!("{}/cggg/zygg/gkzb/201909/t20190910_12801204.htm", stage.replica_url);
        assert_eq!(ask(&page, "GET", "").await.0, 404);
        assert!(!ask(&search(&stage), "GET", "").await.2.contains("12801204"));
        stage.set_clock(at("2019-09-10T14:20:00+08:00")).unwrap();
        assert!(ask(&search(&stage), "GET", "").await.2.contains(&page));
        let (status, head, body) = ask(&page, "GET", "").await;
        assert_eq!(status, 200);
        assert!(body.contains("国家演示计量研究院"));
        assert_eq!(header(&head, "last-modified"), "Tue, 10 Sep 2019 06:20:00 GMT");
        let told: Vec<Published> = stage.published().unwrap().into_iter().filter(|one| one.story).collect();
        assert_eq!(told.len(), 1);
        assert_eq!(
            (told[0].url.as_str(), told[0].tells.as_slice()),
            (page.as_str(), &["tender_published".to_owned()][..])
        );
    }

    #[tokio::test]
    async fn an_asker_who_knows_the_page_gets_304() {
        let folder = tempfile::tempdir().unwrap();
        let stage = Stage::open(folder.path()).unwrap();
        let page = format!("{}/cggg/zygg//gkzb/201612/t20161212_7690211.htm", stage.replica_url);
        let (status, head, _) = ask(&page, "GET", "").await;
        assert_eq!(status, 200);
        let etag = header(&head, "etag");
        let (status, head, body) = ask(&page, &format!("GET\nif-none-match: {etag}\r\n"), "").await;
        assert_eq!((status, body.as_str(), header(&head, "etag")), (304, "", etag));
        let since = header(&head, "last-modified");
        assert_eq!(ask(&page, &format!("GET\nif-modified-since: {since}\r\n"), "").await.0, 304);
        assert_eq!(ask(&page, "GET\nif-none-match: \"other\"\r\n", "").await.0, 200);
        let (_, head, _) = ask(&search(&stage), "GET", "").await;
        let etag = header(&head, "etag");
        assert_eq!(ask(&search(&stage), &format!("GET\nif-none-match: {etag}\r\n"), "").await.0, 304);
    }

    #[tokio::test]
    async fn bad_weather_comes_and_goes_with_the_clock() {
        let folder = tempfile::tempdir().unwrap();
        let stage = Stage::open(folder.path()).unwrap();
        let robots = format!("{}/robots.txt", stage.replica_url);
        stage.set_clock(at("2019-09-13T12:00:00+08:00")).unwrap();
        let (status, _, body) = ask(&search(&stage), "GET", "").await;
        assert_eq!(status, 200);
        assert!(body.contains("您的访问过于频繁,请稍后再试"));
        assert!(ask(&robots, "GET", "").await.2.starts_with("User-agent: *"));
        stage.set_clock(at("2019-09-18T12:00:00+08:00")).unwrap();
        assert_eq!(ask(&search(&stage), "GET", "").await.0, 503);
        assert_eq!(ask(&robots, "GET", "").await.0, 503);
        stage.set_clock(at("2019-09-18T21:00:00+08:00")).unwrap();
        assert!(ask(&search(&stage), "GET", "").await.2.contains("共找到"));
    }

    #[tokio::test]
    async fn a_webhook_is_kept_before_it_is_acknowledged() {
        let folder = tempfile::tempdir().unwrap();
        let stage = Stage::open(folder.path()).unwrap();
        let post = "POST\nwebhook-id: d_1\r\nwebhook-timestamp: 1\r\ncontent-type: application/json\r\n";
        assert_eq!(ask(&stage.webhook_url, post, "{\"a\":1}").await.0, 204);
        let (status, _, body) = ask(&stage.feishu_url, post, "{}").await;
        assert_eq!((status, body.as_str()), (200, FEISHU_SAYS));
        stage.inbox.expect_faults(&[500, 429]);
        assert_eq!(ask(&stage.webhook_url, post, "{}").await.0, 500);
        assert_eq!(ask(&stage.webhook_url, post, "{}").await.0, 429);
        assert_eq!(ask(&stage.webhook_url, "GET", "").await.0, 405);
        let hooks = stage.hooks().unwrap();
        assert_eq!(hooks.len(), 2);
        assert_eq!((hooks[0].body.as_str(), hooks[1].path.as_str()), ("{\"a\":1}", "/feishu"));
        assert_eq!(hooks[0].header("webhook-timestamp"), Some("1"));
    }

    const FEISHU_SAYS: &str = r#"{"code":0,"msg":"success"}"#;

    #[tokio::test]
    async fn a_whole_story_publishes_each_notice_once_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let stage = Stage::open(folder.path()).unwrap();
        let beats = story::beats();
        for beat in &beats[..15] {
            stage.set_clock(beat.at).unwrap();
        }
        stage.close().await;
        let stage = Stage::open(folder.path()).unwrap();
        for beat in &beats[15..] {
            stage.set_clock(beat.at).unwrap();
        }
        let published = stage.published().unwrap();
        let all = crate::demo::notices::all();
        assert_eq!(published.len(), all.len());
        assert_eq!(published.iter().filter(|one| one.story).count(), 11);
    }
}
