//! The pages over real sockets, against the real service with a hand-moved clock: signing up to leaving, passes that are none, limits,
//! hostile input, visitors who are slow on purpose.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use tenderwatch::app::{self, App};
use tenderwatch::config::settings::{Config, WebSettings};
use tenderwatch::dashboard::{self, Patience};
use tenderwatch::demo;
use tenderwatch::demo::stage::Stage;
use tenderwatch::domain::pass::Purpose;
use tenderwatch::domain::subscriber::Standing;
use tenderwatch::jobs::links;
use tenderwatch::platform::notify::Heart;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::receivers;

const ADA: &str = "ada@example.org";

/// What came back.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.get(9..12).and_then(|digits| digits.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// One request on a connection of its own.
async fn ask(at: SocketAddr, verb: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(at).await.unwrap();
    let length = body.len();
    let head =
        format!("{verb} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    // A body that is refused by its length may be cut off while it is sent.
    drop(stream.write_all(body).await);
    let mut bytes = Vec::new();
    drop(stream.read_to_end(&mut bytes).await);
    Answer::of(&bytes)
}

async fn get(at: SocketAddr, path: &str) -> Answer {
    ask(at, "GET", path, "", b"").await
}

async fn post(at: SocketAddr, path: &str, body: &str) -> Answer {
    ask(at, "POST", path, "content-type: application/x-www-form-urlencoded\r\n", body.as_bytes()).await
}

/// The service of the demonstration, with its pages open.
struct Service {
    folder: tempfile::TempDir,
    stage: Stage,
    app: App,
    at: SocketAddr,
}

impl Service {
    async fn start() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(adjust: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let stage = Stage::open(folder.path()).unwrap();
        let mut config = demo::configuration(&stage).unwrap();
        // Found free, and taken by another test meanwhile, it would be an error of the start.
        config.web.as_mut().unwrap().listen = "127.0.0.1:0".parse().unwrap();
        adjust(&mut config);
        let rooms = app::open(config, stage.clock.clone()).unwrap();
        let mut app = App::start(rooms, Heart::new(&[])).await.unwrap();
        app.quiet().await.unwrap();
        let at = app.pages().unwrap();
        Self { folder, stage, app, at }
    }

    /// Plays the story up to an instant.
    async fn play(&mut self, until: &str) {
        let until = until.parse().unwrap();
        while self.stage.clock.now() < until {
            let next = self.stage.clock.now() + SignedDuration::from_hours(2);
            self.stage.set_clock(next.min(until)).unwrap();
            self.app.quiet().await.unwrap();
        }
    }

    fn mails(&self, to: &str) -> Vec<receivers::Mail> {
        receivers::mails(self.folder.path()).into_iter().filter(|mail| mail.receiver == to).collect()
    }

    /// An address of ours as the path that this service answers.
    fn path(&self, address: &str) -> String {
        let base = &self.app.rooms().config.web.as_ref().unwrap().base_url;
        address.strip_prefix(base.as_str()).unwrap_or_else(|| panic!("{address} is not under {base}")).to_owned()
    }

    fn link(&self, purpose: Purpose, subscription: &str, receiver: &str) -> String {
        self.path(&links::address(self.app.rooms(), purpose, subscription, receiver, 0).unwrap())
    }

    fn standing(&self, address: &str) -> Vec<Standing> {
        let rows = self.app.rooms().store.read(|r| r.subscribers_at(address)).unwrap();
        rows.into_iter().map(|row| row.standing).collect()
    }

    async fn stop(self) {
        self.app.stop().await.unwrap();
        self.stage.close().await;
    }

    /// Signs up and confirms; gives the row's name.
    async fn subscribed(&mut self, address: &str) -> String {
        let asked = post(self.at, "/subscribe?lang=en", &form(address)).await;
        assert_eq!(asked.status, 200, "{}", asked.body);
        self.app.quiet().await.unwrap();
        let link = confirming(&self.mails(address).pop().unwrap().text);
        let path = self.path(&link);
        assert_eq!(post(self.at, &path, "").await.status, 200);
        path.split('/').nth(2).unwrap().to_owned()
    }
}

fn form(address: &str) -> String {
    let address = address.replace('@', "%40");
    format!("address={address}&language=en&frequency=immediate&at=08%3A30&weekday=1&day=1")
}

/// The address that a confirming mail asks its reader to open.
fn confirming(text: &str) -> String {
    text.lines()
        .find(|line| line.contains("/confirm/"))
        .unwrap_or_else(|| panic!("no link in {text}"))
        .trim()
        .to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_signing_up_to_leaving_every_step_is_the_persons_own() {
    let mut service = Service::start().await;
    let at = service.at;
    let asked = post(at, "/subscribe?lang=en", &form(ADA)).await;
    assert_eq!(asked.status, 200, "{}", asked.body);
    assert_eq!(asked.header("cache-control"), Some("no-store"));
    assert_eq!(service.standing(ADA), [Standing::Pending]);
    service.app.quiet().await.unwrap();
    let mails = service.mails(ADA);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("somebody entered this address"), "{}", mails[0].text);
    let confirm = service.path(&confirming(&mails[0].text));

    // Programs that follow the links of a mail confirm nothing.
    let shown = get(at, &confirm).await;
    assert!(shown.status == 200 && shown.body.contains("<button type=\"submit\">"), "{}", shown.body);
    assert_eq!(ask(at, "HEAD", &confirm, "", b"").await.status, 200);
    assert_eq!(service.standing(ADA), [Standing::Pending]);
    let done = post(at, &confirm, "").await;
    assert!(done.status == 200 && done.body.contains("/manage/"), "{}", done.body);
    assert_eq!(service.standing(ADA), [Standing::Active]);
    assert_eq!(post(at, &confirm, "").await.status, 200, "pressing twice is no mistake");

    // The first look is silent; the story then has news.
    service.app.quiet().await.unwrap();
    service.play("2019-09-11T20:00:00+08:00").await;
    let told = service.mails(ADA);
    assert!(told.len() > 1, "the story has news for everybody");
    let name = confirm.split('/').nth(2).unwrap();
    let manage = service.link(Purpose::Manage, name, ADA);
    let page = get(at, &manage).await;
    assert!(page.status == 200 && page.body.contains("value=\"immediate\" selected"), "{}", page.body);
    assert_eq!(page.header("x-robots-tag"), Some("noindex, nofollow"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));

    // Leaving by one click, as a mail program does it: no cookie, no page.
    let last = told.last().unwrap();
    let leave = service.path(last.the("List-Unsubscribe").trim_matches(['<', '>']));
    let asks = get(at, &leave).await;
    assert!(asks.status == 200 && asks.body.contains("<form method=\"post\""), "{}", asks.body);
    assert_eq!(service.standing(ADA), [Standing::Active], "a GET asks");
    let left = post(at, &leave, "List-Unsubscribe=One-Click").await;
    assert_eq!((left.status, left.body.as_str()), (200, "left\n"));
    assert_eq!(service.standing(ADA), [Standing::Left]);
    let count = service.mails(ADA).len();
    service.play("2019-09-20T20:00:00+08:00").await;
    assert_eq!(service.mails(ADA).len(), count, "whoever left hears nothing more");
    assert!(get(at, &format!("{leave}?lang=en")).await.body.contains("Already unsubscribed"));
    assert_eq!(get(at, &manage).await.status, 404, "the links in old mails manage nothing any more");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_manages_changes_rests_and_erases() {
    let mut service = Service::start().await;
    let at = service.at;
    let name = service.subscribed(ADA).await;
    let manage = service.link(Purpose::Manage, &name, ADA);
    let row = |service: &Service| service.app.rooms().store.read(|r| r.subscriber(&name)).unwrap().unwrap();

    let saved = post(
        at,
        &manage,
        "do=save&language=zh&frequency=weekly&weekday=5&at=17%3A45&day=1&kinds=awarded&provinces=310000",
    )
    .await;
    assert_eq!(saved.status, 200, "{}", saved.body);
    let changed = row(&service);
    assert_eq!(changed.subscription.filter.provinces, ["310000"]);
    assert_eq!(changed.subscription.rhythm.frequency.word(), "weekly");
    let wrong = post(at, &manage, "do=save&language=zh&frequency=daily&at=noon").await;
    assert!(wrong.status == 422 && wrong.body.contains("id=\"at-wrong\"") && wrong.body.contains("value=\"noon\""));
    assert_eq!(row(&service), changed, "a mistake changes nothing");

    assert_eq!(post(at, &manage, "do=pause").await.status, 200);
    assert_eq!(service.standing(ADA), [Standing::Paused]);
    assert_eq!(post(at, &manage, "do=pause").await.status, 200, "pressing twice is no mistake");
    assert_eq!(post(at, &manage, "do=resume").await.status, 200);
    assert_eq!(service.standing(ADA), [Standing::Active]);

    assert_eq!(post(at, &manage, "do=erase").await.status, 422, "not without the tick");
    assert_eq!(service.standing(ADA), [Standing::Active]);
    assert_eq!(post(at, &manage, "do=erase&sure=1").await.status, 200);
    assert_eq!(service.standing(ADA), [], "nothing names the address");
    assert_eq!(get(at, &manage).await.status, 404);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_of_a_declared_subscription_leaves_it_and_joins_again() {
    let service = Service::start().await;
    let at = service.at;
    let reader = "reader@example.org";
    let has_left = |service: &Service| service.app.rooms().store.read(|r| r.has_left("morning", reader)).unwrap();
    let manage = service.link(Purpose::Manage, "morning", reader);
    let page = get(at, &manage).await;
    assert!(page.status == 200 && page.body.contains("morning") && !page.body.contains("name=\"kinds\""));
    let leave = service.link(Purpose::Leave, "morning", reader);
    assert_eq!(get(at, &leave).await.status, 200);
    assert!(!has_left(&service));
    let left = post(at, &leave, "do=leave").await;
    assert!(left.status == 200 && left.body.contains(&manage) && has_left(&service), "{}", left.body);
    assert_eq!(post(at, &manage, "do=rejoin").await.status, 200);
    assert!(!has_left(&service));
    assert_eq!(post(at, &manage, "do=leave").await.status, 200);
    assert!(has_left(&service));
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_wrong_with_a_pass_the_page_is_the_same() {
    let mut service = Service::start().await;
    let at = service.at;
    let name = service.subscribed(ADA).await;
    let nothing = get(at, "/nothing?lang=en").await;
    // Everything but the link to the page in the other language, which is the visitor's own address.
    let said = |answer: &Answer| answer.body.lines().filter(|line| !line.contains("hreflang")).collect::<String>();
    let good = service.link(Purpose::Manage, &name, ADA);
    let confirm = service.link(Purpose::Confirm, &name, ADA);
    let pass_of = |link: &str| link.rsplit('/').next().unwrap().to_owned();
    let receiver = links::receiver_part(ADA);
    let other = links::receiver_part("eve@example.org");
    let mut flipped = good.clone();
    let last = if flipped.pop() == Some('A') { 'B' } else { 'A' };
    flipped.insert(flipped.len() - 3, last);
    let long = "x".repeat(3_000);
    let wrong = [
        flipped,
        format!("/manage/{name}/{receiver}/{}", pass_of(&confirm)),
        format!("/manage/{name}/{other}/{}", pass_of(&good)),
        format!("/manage/s_0000000000000000/{receiver}/{}", pass_of(&good)),
        format!("/manage/morning/{receiver}/{}", pass_of(&good)),
        format!("/leave/{name}/{receiver}/{}", pass_of(&good)),
        format!("/confirm/{name}/{receiver}/{}", pass_of(&good)),
        format!("/manage/{name}/%00/{}", pass_of(&good)),
        format!("/manage/{name}/{receiver}/{long}"),
        format!("/manage/{name}/{receiver}/%F0%9F%92%A9"),
    ];
    for path in wrong {
        for verb in ["GET", "POST"] {
            let answer = ask(at, verb, &format!("{path}?lang=en"), "", b"do=erase&sure=1").await;
            assert_eq!((answer.status, said(&answer)), (404, said(&nothing)), "{verb} {path}");
        }
    }
    assert_eq!(service.standing(ADA), [Standing::Active]);
    assert_eq!(get(at, &good).await.status, 200);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_to_signing_up_does_not_say_who_is_known() {
    let mut service = Service::start().await;
    let at = service.at;
    service.subscribed(ADA).await;
    let said = |answer: Answer, address: &str| (answer.status, answer.head, answer.body.replace(address, "X"));
    let known = said(post(at, "/subscribe?lang=en", &form(ADA)).await, ADA);
    let new = said(post(at, "/subscribe?lang=en", &form("new@example.org")).await, "new@example.org");
    let head = |head: &str| {
        head.lines().filter(|l| !l.starts_with("date") && !l.starts_with("content-length")).collect::<String>()
    };
    assert_eq!((known.0, head(&known.1), &known.2), (new.0, head(&new.1), &new.2));
    service.app.quiet().await.unwrap();
    assert_eq!(service.mails(ADA).len(), 1, "who has it is not asked again");
    assert_eq!(service.mails("new@example.org").len(), 1);

    // A field that no person sees.
    let machine = format!("{}&website=http%3A%2F%2Fspam.example", form("machine@example.org"));
    assert_eq!(post(at, "/subscribe?lang=en", &machine).await.status, 200);
    assert_eq!(service.standing("machine@example.org"), []);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_stranger_types_is_shown_and_never_obeyed() {
    let service = Service::start().await;
    let at = service.at;
    let script = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let body = format!(
        "address={script}&words={script}&language=xx&frequency=daily&at={script}&kinds={script}&provinces={script}"
    );
    let answer = post(at, "/subscribe?lang=en", &body).await;
    assert_eq!(answer.status, 422);
    assert!(!answer.body.contains("<script") && answer.body.contains("&lt;script&gt;alert(1)"), "{}", answer.body);
    for field in ["address", "at", "language", "kinds", "provinces"] {
        assert!(answer.body.contains(&format!("id=\"{field}-wrong\"")), "{field} is marked");
    }
    for address in ["", "a", "a%40b%0D%0ABcc%3A+c%40d.org", "Ada+%3Ca%40b.org%3E", "%FF%FE%40b.org"] {
        let answer = post(at, "/subscribe", &format!("address={address}&language=zh&frequency=immediate")).await;
        assert_eq!(answer.status, 422, "{address}");
    }
    for path in [
        "/projects/0",
        "/projects/99999999999999999999",
        "/projects/1%20",
        "/projects/-1",
        "/projects/+1",
        "/notices/x",
        "/notices/replica:%3Cscript%3E",
        "/%3Cscript%3E",
        "/projects/%FF",
        "//",
        "/projects/",
    ] {
        let answer = get(at, path).await;
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(!answer.body.contains("<script"), "{path}");
    }
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_is_protected_and_every_refusal_is_a_page() {
    let service = Service::start().await;
    let at = service.at;
    let large = vec![b'a'; 70 * 1024];
    let long = ask(at, "POST", "/subscribe", "", &large).await;
    let answers = [
        (200, get(at, "/").await),
        (200, get(at, "/subscribe").await),
        (200, get(at, "/style.css").await),
        (404, get(at, "/nothing").await),
        (405, post(at, "/", "").await),
        (405, ask(at, "DELETE", "/subscribe", "", b"").await),
        (413, long),
    ];
    for (status, answer) in answers {
        assert_eq!(answer.status, status, "{}", answer.head);
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("script") && !policy.contains("unsafe"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(answer.header("cache-control").is_some() && answer.header("set-cookie").is_none());
        assert!(!answer.body.contains("<script") && !answer.body.contains("style=\""), "{}", answer.body);
        if status >= 400 {
            assert!(answer.body.contains("<h1>") && answer.body.contains("<html lang=\"zh-CN\">"), "{}", answer.body);
        }
    }
    let head = ask(at, "HEAD", "/", "", b"").await;
    assert!(head.status == 200 && head.body.is_empty());
    assert_eq!(post(at, "/", "").await.header("allow"), Some("get,head"));
    let english = ask(at, "GET", "/nothing", "accept-language: en-GB\r\n", b"").await;
    assert!(english.body.contains("<html lang=\"en\">"));
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_too_often_waits_and_nobody_else_does() {
    let service = Service::with(|config| config.web.as_mut().unwrap().behind_proxy = true).await;
    let at = service.at;
    let from = |n: u8| format!("x-forwarded-for: 203.0.113.{n}\r\n");
    let sign_up = |n: u8, address: String| async move {
        ask(at, "POST", "/subscribe", &from(n), form(&address).as_bytes()).await
    };
    for n in 0..5 {
        assert_eq!(sign_up(1, format!("a{n}@example.org")).await.status, 200);
    }
    let limited = sign_up(1, "a6@example.org".into()).await;
    assert_eq!(limited.status, 429);
    let wait: u64 = limited.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=600).contains(&wait), "{wait}");
    assert!(limited.body.contains("<h1>") && limited.header("connection") == Some("close"));
    assert_eq!(service.standing("a6@example.org"), [], "nothing was kept of it");

    // One address of mail, asked for from everywhere.
    let statuses =
        [sign_up(2, ADA.into()).await, sign_up(3, "Ada@example.org".into()).await, sign_up(4, ADA.into()).await];
    assert_eq!(statuses.map(|answer| answer.status), [200, 200, 429]);

    let mut limited = 0;
    for _ in 0..80 {
        limited += u32::from(ask(at, "GET", "/style.css", &from(5), b"").await.status == 429);
    }
    assert!(limited > 0, "eighty at once are too many");
    assert_eq!(ask(at, "GET", "/", &from(6), b"").await.status, 200);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn projects_and_notices_show_where_each_value_was_read() {
    let mut service = Service::start().await;
    service.play("2019-09-20T20:00:00+08:00").await;
    let at = service.at;
    let front = get(at, "/?lang=zh").await;
    let project = front.body.split("href=\"").find_map(|rest| rest.strip_prefix("/projects/")).unwrap();
    let project = format!("/projects/{}", project.split('?').next().unwrap());
    let page = get(at, &format!("{project}?lang=zh")).await;
    assert!(page.status == 200 && page.body.contains("归入依据") && page.body.contains("rel=\"noreferrer nofollow\""));
    let notice = page.body.split("href=\"").find_map(|rest| rest.strip_prefix("/notices/")).unwrap();
    let notice = format!("/notices/{}", notice.split('"').next().unwrap());
    let page = get(at, &notice).await;
    assert!(page.status == 200 && page.body.contains("<blockquote"), "{}", page.body);
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    assert!(get(at, &format!("{project}?lang=en")).await.body.contains("linked by"));
    assert!(!page.body.contains("{{") && !page.body.contains("[object"));
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_in_use_is_an_error_of_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::open(folder.path()).unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = demo::configuration(&stage).unwrap();
    config.web.as_mut().unwrap().listen = taken.local_addr().unwrap();
    let rooms = app::open(config, stage.clock.clone()).unwrap();
    let error = App::start(rooms, Heart::new(&[])).await.err().unwrap();
    let said = format!("{error:#}");
    assert!(said.contains(&taken.local_addr().unwrap().to_string()) && said.contains("[web]"), "{said}");
    stage.close().await;
}

/// The pages alone, with little patience.
async fn impatient(patience: Patience) -> (SocketAddr, CancellationToken, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::open(folder.path()).unwrap();
    let config = demo::configuration(&stage).unwrap();
    let rooms = Arc::new(app::look(config, stage.clock.clone()).unwrap());
    let listen = WebSettings { listen: "127.0.0.1:0".parse().unwrap(), ..rooms.config.web.clone().unwrap() };
    let bound = dashboard::bind(&listen).unwrap().with(patience);
    let (at, stop) = (bound.address, CancellationToken::new());
    tokio::spawn(bound.serve(rooms, stop.clone()));
    stage.close().await;
    (at, stop, folder)
}

const LITTLE: Patience = Patience {
    guests: 8,
    guests_of_one: 8,
    request: Duration::from_millis(400),
    exchange: Duration::from_millis(1_500),
    idle: Duration::from_millis(400),
    request_bytes: 96 * 1024,
};

/// How long until the other side hangs up.
async fn until_shown_out(stream: &mut TcpStream) -> Duration {
    let began = Instant::now();
    let mut bytes = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes)).await;
    assert!(ended.is_ok(), "nobody was shown out");
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn visitors_who_are_slow_on_purpose_are_shown_out() {
    let (at, stop, _folder) = impatient(LITTLE).await;
    // Nothing at all, half a head, half a body, and nothing after an answer.
    let half_body = "POST /subscribe HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nadd";
    for opening in ["", "GET / HTTP/1.1\r\nhost: x\r\nx-half", half_body, "GET /style.css HTTP/1.1\r\nhost: x\r\n\r\n"]
    {
        let mut stream = TcpStream::connect(at).await.unwrap();
        stream.write_all(opening.as_bytes()).await.unwrap();
        let took = until_shown_out(&mut stream).await;
        assert!(took < Duration::from_secs(5), "{opening:?} was borne for {took:?}");
    }
    // A drop at a time: there is always something to read, and never a request.
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    let began = Instant::now();
    while stream.write_all(b"x").await.is_ok() && began.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(began.elapsed() < Duration::from_secs(5), "dripping was borne for {:?}", began.elapsed());
    // A head without end.
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let mut sent = 0;
    while sent < 4 * 1024 * 1024 && stream.write_all(&[b'a'; 4096]).await.is_ok() {
        sent += 4096;
    }
    assert!(sent < 4 * 1024 * 1024, "a head of {sent} bytes was taken");
    stop.cancel();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_house_is_empty_again_soon_and_the_next_visitor_is_served() {
    let (at, stop, _folder) = impatient(LITTLE).await;
    let mut slow = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(at).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").await.unwrap();
        slow.push(stream);
    }
    let answer = tokio::time::timeout(Duration::from_secs(20), get(at, "/style.css")).await.unwrap();
    assert_eq!(answer.status, 200);
    stop.cancel();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_does_not_take_every_place() {
    let (at, stop, _folder) =
        impatient(Patience { guests: 8, guests_of_one: 3, request: Duration::from_secs(20), ..LITTLE }).await;
    let mut streams = Vec::new();
    for _ in 0..4 {
        streams.push(TcpStream::connect(at).await.unwrap());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut fourth = streams.pop().unwrap();
    assert!(until_shown_out(&mut fourth).await < Duration::from_secs(5), "there was no place for a fourth");
    drop(streams.pop());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(get(at, "/style.css").await.status, 200, "a place that was left is free");
    stop.cancel();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_in_the_middle_of_a_request_does_not_hold_up_the_stop() {
    let service = Service::start().await;
    let mut stream = TcpStream::connect(service.at).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-half").await.unwrap();
    assert_eq!(get(service.at, "/").await.status, 200);
    let began = Instant::now();
    let folder = service.folder.path().to_owned();
    let Service { app, stage, folder: _kept, .. } = service;
    app.stop().await.unwrap();
    stage.close().await;
    assert!(began.elapsed() < Duration::from_secs(6), "the stop took {:?}", began.elapsed());
    // Nobody holds the data folder any more.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let stage = Stage::open(&folder).unwrap();
    assert!(app::open(demo::configuration(&stage).unwrap(), stage.clock.clone()).is_ok());
    stage.close().await;
}

/// The service in a process of its own; it ends with the test.
struct Process(std::process::Child);

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_log_line_names_a_visitor_a_pass_or_a_query() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::open(folder.path()).unwrap();
    demo::configuration(&stage).unwrap();
    let path = folder.path().join("tenderwatch.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}\n[log]\nfilter = \"debug\"\n")).unwrap();
    let log = folder.path().join("log");
    let mut command = receivers::program();
    command.arg("--config").arg(&path).arg("--clock").arg(stage.dir.join("clock")).arg("run");
    let _process = Process(command.stderr(std::fs::File::create(&log).unwrap()).spawn().unwrap());
    let said = || std::fs::read_to_string(&log).unwrap();
    let at = stage.pages_addr;
    let until = async |what: &str, so: &dyn Fn() -> bool| {
        let began = Instant::now();
        while !so() {
            assert!(began.elapsed() < Duration::from_mins(1), "{what} did not come\n{}", said());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    until("the opening", &|| said().contains("the pages are open")).await;
    let address = "ada.lovelace@example.org";
    assert_eq!(post(at, "/subscribe?lang=en&secret=qwertzuiop", &form(address)).await.status, 200);
    let mails =
        || receivers::mails(folder.path()).into_iter().filter(|mail| mail.receiver == address).collect::<Vec<_>>();
    until("the mail", &|| !mails().is_empty()).await;
    let link = confirming(&mails()[0].text);
    let link = &link[link.find("/confirm/").unwrap()..];
    assert_eq!(get(at, link).await.status, 200);
    assert_eq!(post(at, link, "do=secretive").await.status, 200);
    assert_eq!(
        ask(at, "GET", "/ada.lovelace@example.org?x=qwertzuiop", "user-agent: peculiar-browser\r\n", b"").await.status,
        404
    );
    until("the last line", &|| said().contains("elsewhere")).await;
    let said = said();
    assert!(said.matches("answered").count() >= 4, "a line per request: {said}");
    let pass = link.rsplit('/').next().unwrap();
    let receiver = links::receiver_part(address);
    for hidden in [address, "ada.lovelace", pass, receiver.as_str(), "qwertzuiop", "secretive", "peculiar-browser"] {
        assert!(!said.contains(hidden), "{hidden} in\n{said}");
    }
    stage.close().await;
}
