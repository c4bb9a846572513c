//! What a poll promises where things do not go by the book: a first look that lasts days, a budget that ends, a term that comes or
//! goes, rows that lead elsewhere, a death on the way. The real jobs over a small site on loopback and a hand-moved clock.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use tenderwatch::domain::change::{ChangeKind, StoredChange, Telling};
use tenderwatch::domain::stamp::Stamp;
use tenderwatch::jobs::{Rooms, deliver, digest, poll};
use tenderwatch::platform::clock::Clock;
use tenderwatch::{app, config};

/// What the site has: number, time of publication, title.
type Row = (u32, DateTime, &'static str);

#[derive(Default)]
struct Script {
    rows: Vec<Row>,
    /// Where a row leads, if not to its page.
    leads: Vec<(u32, String)>,
    /// Every answer whose address holds this is a 403.
    barred: Option<&'static str>,
    /// Answers whose address holds this never come.
    stalled: Option<&'static str>,
    asked: Vec<String>,
}

/// A site, the service's settings for it, and a folder.
struct World {
    script: Arc<Mutex<Script>>,
    site: SocketAddr,
    folder: tempfile::TempDir,
    clock: Clock,
}

impl World {
    async fn begin(rows: &[Row], now: DateTime) -> Self {
        let script = Arc::new(Mutex::new(Script { rows: rows.to_vec(), ..Script::default() }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let site = listener.local_addr().unwrap();
        let router = axum::Router::new()
            .route("/bxsearch", get(results))
            .route("/robots.txt", get(|| async { "" }))
            .fallback(page)
            .with_state((Arc::clone(&script), site));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { script, site, folder: tempfile::tempdir().unwrap(), clock: Clock::hand(at(now)) }
    }

    /// Builds the rooms anew, as a start of the process does.
    fn rooms(&self, terms: &str, budget: u32, more: &str) -> Rooms {
        let text = self.text(terms, budget, more);
        let config = config::parse(&text, "test.toml").unwrap_or_else(|report| panic!("{report:?}"));
        app::open(config, self.clock.clone()).unwrap()
    }

    fn text(&self, terms: &str, budget: u32, more: &str) -> String {
        let (dir, site) = (self.folder.path().display(), self.site);
        format!(
            "contact = \"ops@example.org\"\ndata_dir = \"{dir}/data\"\n[topics.blockchain]\nterms = {terms}\n\
             [fetch.hosts.\"{site}\"]\nown = true\ngap = \"0s\"\njitter = 0\nrequests_per_day = {budget}\n\
             [sources.small]\ndialect = \"ccgp\"\nsearch = \"http://{site}/bxsearch\"\nsince = \"2019-01-01\"\n\
             failing_after = 1\n{more}"
        )
    }

    fn script(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.script.lock().unwrap());
    }

    fn asked(&self, of: &str) -> usize {
        self.script.lock().unwrap().asked.iter().filter(|path| path.contains(of)).count()
    }
}

const CHAIN: &str = "[\"区块链\"]";
const BOTH: &str = "[\"区块链\", \"分布式账本\"]";
const SUBSCRIBED: &str = "[channels.hook.webhook]\nurl = \"http://127.0.0.1:9/x\"\nsecret_file = \"SECRET\"\n\
                          allow_private = true\n[subscriptions.all]\nchannel = \"hook\"\nfrequency = \"immediate\"\n";

fn subscribed(dir: &Path, more: &str) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let secret = dir.join("secret");
    std::fs::write(&secret, "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    SUBSCRIBED.replace("SECRET", &secret.display().to_string()) + more
}

fn at(reading: DateTime) -> Timestamp {
    Stamp::china(reading).unwrap().at
}

const fn day(month: i8, day: i8, hour: i8) -> DateTime {
    jiff::civil::datetime(2019, month, day, hour, 0, 0, 0)
}

async fn results(
    State((script, site)): State<(Arc<Mutex<Script>>, SocketAddr)>,
    RawQuery(query): RawQuery,
    uri: Uri,
) -> Response {
    if let Some(barred) = turned_away(&script, &uri).await {
        return barred;
    }
    let script = script.lock().unwrap();
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let value = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap();
    let date = |name| Date::strptime("%Y:%m:%d", value(name)).unwrap();
    let (from, to, term) = (date("start_time"), date("end_time"), value("kw"));
    let rows: Vec<&Row> =
        script.rows.iter().filter(|(_, at, title)| (from..=to).contains(&at.date()) && title.contains(&term)).collect();
    let items: Vec<String> = rows
        .iter()
        .map(|(id, at, title)| {
            let own = format!("http://{site}/cggg/dfgg/zbgg/201909/t{}_{id}.htm", at.strftime("%Y%m%d"));
            let url = script.leads.iter().find(|(row, _)| row == id).map_or(own, |(_, url)| url.clone());
            format!(
                "<li><a href=\"{url}\" target=\"_blank\">{title}</a><p></p><span>{} | 采购人：某市某局 | 代理机构：某代理 \
                 <br/><strong>中标公告</strong> | <a href=\"javascript:void(0)\">福建</a> | <strong></strong></span></li>",
                at.strftime("%Y.%m.%d %H:%M:%S")
            )
        })
        .collect();
    let pager = if rows.is_empty() { "" } else { "<script>Pager({size: 1, current: 0, prefix:'x'});</script>" };
    Html(format!(
        "<html><head><title>采购公告搜索</title></head><body><p>共找到 <span>{}</span> 条内容</p>\
         <ul class=\"vT-srch-result-list-bid\">{}</ul><p class=\"pager\">{pager}</p></body></html>",
        rows.len(),
        items.concat()
    ))
    .into_response()
}

async fn page(State((script, _)): State<(Arc<Mutex<Script>>, SocketAddr)>, uri: Uri) -> Response {
    if let Some(barred) = turned_away(&script, &uri).await {
        return barred;
    }
    let script = script.lock().unwrap();
    let row = script.rows.iter().find(|(id, ..)| uri.path().ends_with(&format!("_{id}.htm")));
    let Some((id, at, title)) = row else { return StatusCode::NOT_FOUND.into_response() };
    Html(format!(
        "<html><head><title>{title}</title><meta name=\"ArticleTitle\" content=\"{title}\">\
         <meta name=\"PubDate\" content=\"{}\"></head><body><div class=\"vF_deail_currentloc\">地方公告 » 中标公告</div>\
         <div class=\"vF_detail_header\"><h2 class=\"tc\">{title}</h2><span id=\"pubTime\">{}</span></div>\
         <div class=\"vF_detail_content\"><p>一、项目编号：P-{id}</p><p>二、项目名称：{title}</p>\
         <p>三、中标（成交）信息</p><p>供应商名称：第{id}有限公司</p><p>中标（成交）金额：100000元</p>\
         <p>采购人名称：某市某局</p></div></body></html>",
        at.strftime("%Y-%m-%d %H:%M"),
        at.strftime("%Y年%m月%d日 %H:%M")
    ))
    .into_response()
}

async fn turned_away(script: &Mutex<Script>, uri: &Uri) -> Option<Response> {
    let path = uri.to_string();
    let (is_barred, is_stalled) = {
        let mut script = script.lock().unwrap();
        script.asked.push(path.clone());
        let holds = |part: Option<&str>| part.is_some_and(|part| path.contains(part));
        (holds(script.barred), holds(script.stalled))
    };
    if is_stalled {
        std::future::pending::<()>().await;
    }
    is_barred.then(|| StatusCode::FORBIDDEN.into_response())
}

fn changes(rooms: &Rooms) -> Vec<StoredChange> {
    rooms.store.read(|r| r.changes_after(0, 500)).unwrap()
}

/// The notices that were awarded as news.
fn told(rooms: &Rooms) -> Vec<String> {
    let awarded = changes(rooms).into_iter().map(|stored| stored.change);
    let awarded = awarded.filter(|change| change.kind == ChangeKind::Awarded && change.telling == Telling::News);
    awarded.filter_map(|change| change.notice).map(|id| id.native_id).collect()
}

fn troubles(rooms: &Rooms) -> Vec<ChangeKind> {
    changes(rooms).into_iter().map(|stored| stored.change.kind).filter(|kind| *kind != ChangeKind::Awarded).collect()
}

async fn look(rooms: &Rooms) -> poll::Polled {
    poll::poll(rooms, &rooms.config.sources[0]).await.unwrap()
}

#[tokio::test]
async fn what_is_published_while_the_first_look_lasts_is_told_and_the_rest_is_silent() {
    let world =
        World::begin(&[(1, day(3, 1, 9), "区块链平台一"), (2, day(9, 9, 9), "区块链平台二")], day(9, 10, 9)).await;
    world.script(|script| script.barred = Some("page_index=1"));
    let rooms = world.rooms(CHAIN, 5000, "");
    assert!(!look(&rooms).await.troubles.is_empty());
    world.clock.set(at(day(9, 12, 9)));
    world.script(|script| {
        script.barred = None;
        script.rows.push((3, day(9, 11, 9), "区块链平台三"));
    });
    assert!(look(&rooms).await.whole);
    assert_eq!(told(&rooms), ["3"]);
    assert_eq!(changes(&rooms).len(), 3, "the others are in history");
}

#[tokio::test]
async fn a_term_that_joins_hides_no_news_and_a_term_that_leaves_withdraws_nothing() {
    let world = World::begin(&[(1, day(3, 1, 9), "分布式账本平台")], day(9, 10, 9)).await;
    let rooms = world.rooms(CHAIN, 5000, "");
    look(&rooms).await;
    drop(rooms);
    world.script(|script| script.rows.push((2, day(9, 11, 9), "区块链与分布式账本平台")));
    world.clock.set(at(day(9, 11, 10)));
    let rooms = world.rooms(BOTH, 5000, "");
    look(&rooms).await;
    assert_eq!(told(&rooms), ["2"]);
    drop(rooms);
    let rooms = world.rooms("[\"区块链\"]", 5000, "");
    for hour in 11..16 {
        world.clock.set(at(day(9, 11, hour)));
        world.script(|script| script.rows.push((u32::from(hour.unsigned_abs()), day(9, 11, hour), "区块链又一")));
        look(&rooms).await;
    }
    assert!(!changes(&rooms).iter().any(|stored| stored.change.kind == ChangeKind::Withdrawn));
}

#[tokio::test]
async fn an_earlier_beginning_is_caught_up_with_in_silence() {
    let world =
        World::begin(&[(1, day(3, 1, 9), "区块链平台一"), (2, day(9, 9, 9), "区块链平台二")], day(9, 10, 9)).await;
    let rooms = world.rooms(CHAIN, 5000, "");
    look(&rooms).await;
    let mut source = rooms.config.sources[0].clone();
    source.since = jiff::civil::date(2017, 1, 1);
    world.script(|script| script.rows.push((7, jiff::civil::datetime(2018, 2, 1, 9, 0, 0, 0), "区块链平台七")));
    world.clock.set(at(day(9, 11, 9)));
    assert!(poll::poll(&rooms, &source).await.unwrap().whole);
    assert_eq!(changes(&rooms).len(), 3);
    assert_eq!(told(&rooms), Vec::<String>::new());
    let asked = world.asked("start_time=2017");
    world.clock.set(at(day(9, 12, 9)));
    poll::poll(&rooms, &source).await.unwrap();
    assert_eq!(world.asked("start_time=2017"), asked, "once is enough");
}

#[tokio::test]
async fn a_spent_budget_is_no_trouble_and_the_next_day_goes_on() {
    let rows: Vec<Row> = (1..=20).map(|id| (id, day(3, 1, 9), "区块链平台")).collect();
    let world = World::begin(&rows, day(9, 10, 9)).await;
    let rooms = world.rooms(CHAIN, 10, "");
    let first = look(&rooms).await;
    assert_eq!((first.troubles.len(), first.whole), (0, false), "{first:?}");
    assert!(first.pages.rests.is_some());
    let kept = rooms.store.read(|r| r.host_memory()).unwrap();
    assert!(kept[0].requests <= 9, "a fifth is kept for news: {kept:?}");
    for minute in 1..8 {
        world.clock.set(at(day(9, 10, 10 + minute)));
        look(&rooms).await;
    }
    assert_eq!(troubles(&rooms), []);
    let due = rooms.store.read(|r| r.source_memory("small")).unwrap().next_due_at.unwrap();
    assert_eq!(due, at(day(9, 11, 0)), "when there are new requests");
    for later in 11..16 {
        world.clock.set(at(day(9, later, 1)));
        look(&rooms).await;
    }
    assert_eq!(rooms.store.read(|r| r.counts()).unwrap().notices, 20);
    assert_eq!(troubles(&rooms), []);
}

#[tokio::test]
async fn a_listing_does_not_choose_whom_we_ask() {
    let world =
        World::begin(&[(1, day(9, 9, 9), "区块链平台一"), (2, day(9, 9, 9), "区块链平台二")], day(9, 10, 9)).await;
    let elsewhere = World::begin(&[], day(9, 10, 9)).await;
    let path = "cggg/dfgg/zbgg/201909/t20190909_1.htm";
    world.script(|script| script.leads.push((1, format!("http://{}/{path}", elsewhere.site))));
    let rooms = world.rooms(CHAIN, 5000, "");
    let polled = look(&rooms).await;
    assert_eq!(polled.pages.read, 1);
    assert!(polled.flaws.iter().any(|flaw| flaw.contains("another site")), "{:?}", polled.flaws);
    assert_eq!(elsewhere.asked(""), 0);
}

#[tokio::test]
async fn a_page_that_is_gone_or_forbidden_holds_up_no_other() {
    let rows = [(1, day(9, 9, 8), "区块链平台一"), (2, day(9, 9, 9), "区块链平台二")];
    let world = World::begin(&rows, day(9, 10, 9)).await;
    let gone = format!("http://{}/cggg/dfgg/zbgg/201909/t20190909_9.htm", world.site);
    world.script(|script| script.leads.push((1, gone)));
    let rooms = world.rooms(CHAIN, 5000, "");
    let polled = look(&rooms).await;
    assert_eq!((polled.pages.read, polled.pages.failed, polled.troubles.len()), (1, 1, 0));
}

#[tokio::test]
async fn a_death_on_the_way_is_no_way_around_the_budget_and_re_walks_no_year() {
    let rows = [(1, day(3, 1, 9), "区块链平台一"), (2, day(9, 9, 9), "区块链平台二")];
    let world = World::begin(&rows, day(9, 10, 9)).await;
    world.script(|script| script.stalled = Some("_2.htm"));
    let rooms = world.rooms(CHAIN, 5000, "");
    let cut = tokio::time::timeout(Duration::from_secs(2), poll::poll(&rooms, &rooms.config.sources[0])).await;
    assert!(cut.is_err(), "the second page never comes");
    drop(rooms);
    let rooms = world.rooms(CHAIN, 5000, "");
    let kept = rooms.store.read(|r| r.host_memory()).unwrap();
    assert!(kept[0].requests >= 3, "robots.txt, a listing and a page: {kept:?}");
    let asked = world.asked("start_time=2019%3A01%3A01");
    world.script(|script| script.stalled = None);
    assert_eq!(look(&rooms).await.pages.read, 1);
    assert_eq!(world.asked("start_time=2019%3A01%3A01"), asked, "what was whole is not walked again");
}

#[tokio::test]
async fn a_receiver_that_refuses_everything_starts_no_endless_talk_about_itself() {
    let world = World::begin(&[(1, day(3, 1, 9), "区块链平台一")], day(9, 10, 9)).await;
    let refusing = crate::servers::Http::start(crate::servers::Http::answer(410, "", "")).await;
    let operator = "[subscriptions.operator]\nchannel = \"hook\"\nfrequency = \"immediate\"\naudience = \"operator\"\n";
    let more = subscribed(world.folder.path(), operator).replace("http://127.0.0.1:9/x", &refusing.url("/x"));
    let rooms = world.rooms(CHAIN, 5000, &more);
    digest::compose_due(&rooms).unwrap();
    look(&rooms).await;
    world.script(|script| script.rows.push((2, day(9, 10, 10), "区块链平台二")));
    world.clock.set(at(day(9, 10, 11)));
    look(&rooms).await;
    for _ in 0..6 {
        digest::compose_due(&rooms).unwrap();
        deliver::deliver_due(&rooms).await.unwrap();
    }
    assert_eq!(told(&rooms), ["2"]);
    assert_eq!(troubles(&rooms), [ChangeKind::ReceiverStopped], "told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_without_certificate_authorities_serves_what_needs_none() {
    let world = World::begin(&[(1, day(9, 9, 9), "区块链平台一")], day(9, 10, 9)).await;
    let dir = world.folder.path();
    let config = dir.join("tenderwatch.toml");
    std::fs::write(&config, world.text(CHAIN, 5000, &subscribed(dir, ""))).unwrap();
    std::fs::write(dir.join("clock"), world.clock.now().to_string()).unwrap();
    let mut once = crate::receivers::program();
    once.arg("--config").arg(config).arg("--clock").arg(dir.join("clock")).args(["run", "--once"]);
    once.env("SSL_CERT_FILE", "/nonexistent").env("SSL_CERT_DIR", "/nonexistent");
    let printed = crate::receivers::printed(tokio::task::block_in_place(|| once.output()).unwrap());
    assert!(printed.contains("1 pages read"), "{printed}");
}
