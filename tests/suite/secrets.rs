//! No channel lets a secret, a token or a receiver's address out: not in an outcome, not by `Debug`, not in an error, not in
//! a log line, even where the other side echoes all it was told; and neither does the whole service, however much it logs.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tenderwatch::channels::{Channels, Kind, Letter, Links, Settings, email, room, webhook};
use tenderwatch::demo::stage::Stage;
use tenderwatch::domain::delivery::{ClaimedDelivery, DeliveryId};
use tenderwatch::platform::secret::Secret;

use crate::email::message;
use crate::faults;
use crate::servers::{Act, Http, Smtp, say};

const PASSWORD: &str = "pa55word-of-the-account";
const RECEIVER: &str = "zhang.san@receiver.example";
const TOKEN: &str = "t0ken-in-the-path-77aa";
const WHSEC: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const FEISHU: &str = "feishu-signing-key";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn send(settings: Settings, receiver: &str) -> String {
    let channels = Channels::build(&settings).unwrap();
    let mut told = format!("{settings:?}\n{channels:?}\n");
    for (name, _) in &settings.channels {
        let id = DeliveryId("d_1".into());
        let payload = channels.compose(name, &message(), &letter(id.clone(), receiver)).unwrap().remove(0);
        let delivery = ClaimedDelivery {
            id,
            channel: name.clone(),
            receiver: receiver.into(),
            payload,
            attempts: 0,
            composed_at: message().composed_at,
            receipts: Vec::new(),
        };
        let outcome = channels.send(&delivery, Timestamp::UNIX_EPOCH).await.outcome;
        writeln!(told, "{outcome:?}").unwrap();
    }
    told
}

/// What a receiver's own links permit stands in the receiver's copy, and nowhere else.
const PASS: &str = "pass-of-the-receiver-0123456789abcdef";

fn letter(id: DeliveryId, receiver: &str) -> Letter {
    let link = |what: &str| format!("https://tenders.example.org/{what}/daily/{PASS}");
    let links = Links { manage: link("manage"), unsubscribe: link("leave") };
    Letter { links: Some(links), ..Letter::plain(id, receiver, "daily") }
}

fn mail(server: &Smtp) -> Settings {
    let settings = email::Settings {
        port: Some(server.address.port()),
        tls: email::Tls::None,
        user: Some("watch".into()),
        password: Some(Secret::new(PASSWORD)),
        reply_timeout: Duration::from_millis(300),
        content_timeout: Duration::from_millis(300),
        ..email::Settings::new("127.0.0.1", "watch@example.com")
    };
    Settings { channels: vec![("mail".into(), Kind::Email(settings))] }
}

fn posts(url: &str) -> Settings {
    let hook = webhook::Settings {
        allow_private: true,
        timeout: Duration::from_millis(300),
        ..webhook::Settings::new(Secret::new(format!("{url}/{TOKEN}?key={TOKEN}")), Secret::new(WHSEC))
    };
    let feishu = room::Settings {
        allow_private: true,
        secret: Some(Secret::new(FEISHU)),
        timeout: Duration::from_millis(300),
        ..room::Settings::new(Secret::new(format!("{url}/open-apis/bot/v2/hook/{TOKEN}")))
    };
    Settings { channels: vec![("hook".into(), Kind::Webhook(hook)), ("room".into(), Kind::Feishu(feishu))] }
}

#[tokio::test(flavor = "current_thread")]
async fn nothing_secret_leaves_by_an_outcome_a_debug_or_a_log() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
    let guard = tracing::subscriber::set_default(subscriber);

    let mut told = String::new();
    let blank64 = "AHdhdGNoAHBhNTV3b3JkLW9mLXRoZS1hY2NvdW50";
    for script in [
        vec![("AUTH", say(format!("535 5.7.8 no {PASSWORD} {blank64} for you")))],
        vec![("AUTH", say("235 welcome")), ("RCPT", say(format!("550 5.1.1 <{RECEIVER}>: no such user")))],
        vec![("AUTH", say("235 welcome")), (".", say(format!("451 greylisted {RECEIVER}")))],
        vec![("AUTH", say("235 welcome")), (".", Act::Close)],
        vec![("AUTH", Act::Close)],
    ] {
        let server = Smtp::start(&script).await;
        told += &send(mail(&server), RECEIVER).await;
    }
    let echo = format!(r#"{{"code":19021,"msg":"{FEISHU} /open-apis/bot/v2/hook/{TOKEN} {RECEIVER}"}}"#);
    let location = format!("Location: http://127.0.0.1/{TOKEN}\r\n");
    for act in [
        Http::answer(200, "", &echo),
        Http::answer(400, &location, &echo),
        Http::answer(302, &location, &echo),
        Act::Close,
        Act::Stall,
        say(format!("HTTP/1.1 {TOKEN}\r\n\r\n")),
    ] {
        let server = Http::start(act).await;
        told += &send(posts(&format!("http://{}", server.address)), "any").await;
    }
    told += &send(posts("http://127.0.0.1:1"), "any").await;
    let mut hidden_of_all: Vec<&str> = Vec::new();
    for case in faults::cases() {
        let hidden = case.secrets.join(" ");
        let echo = format!(r#"{{"code":1,"errcode":1,"errmsg":"{hidden}","msg":"{hidden}","description":"{hidden}"}}"#);
        for status in [200, 400, 410, 500] {
            let server = Http::start(Http::answer(status, &location, &echo)).await;
            let kind = (case.build)(&server.url(case.path));
            told += &send(Settings { channels: vec![(case.name.into(), kind)] }, "any").await;
        }
        hidden_of_all.extend(case.secrets);
    }
    let bad = webhook::Settings::new(Secret::new(format!("ftp://x/{TOKEN}")), Secret::new(WHSEC));
    told += &Channels::build(&Settings { channels: vec![("bad".into(), Kind::Webhook(bad))] }).unwrap_err().to_string();

    drop(guard);
    let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(told.contains("550") && told.contains("19021"), "the reasons are there: {told}");
    hidden_of_all.extend([
        PASSWORD,
        blank64,
        RECEIVER,
        "zhang.san",
        TOKEN,
        WHSEC,
        WHSEC.trim_start_matches("whsec_"),
        FEISHU,
        PASS,
    ]);
    for hidden in hidden_of_all {
        assert!(!told.contains(hidden), "{hidden} in {told}");
        assert!(!logged.contains(hidden), "{hidden} in the log");
    }
}

/// A secret in a file of its own.
fn keep(path: &Path, secret: &str) {
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path).unwrap();
    file.write_all(secret.as_bytes()).unwrap();
}

/// Channels that work and channels that fail, each with something that must not be said; the log as loud as it goes.
fn service_configuration(stage: &Stage, format: &str) -> String {
    let dir = stage.dir.display();
    let at = |name: &str, text: &str| keep(&stage.dir.join(name), text);
    at("password", PASSWORD);
    at("whsec", WHSEC);
    at("key", FEISHU);
    let inbox = stage.webhook_url.trim_end_matches("/webhook");
    at("hook", &format!("{inbox}/{TOKEN}?key={TOKEN}"));
    at("room", &format!("{}?key={TOKEN}", stage.feishu_url));
    at("nowhere", &format!("http://127.0.0.1:1/{TOKEN}"));
    let email = |name: &str, login: &str| {
        format!(
            "[channels.{name}.email]\nfrom = \"tenderwatch <watch@example.org>\"\nhost = \"127.0.0.1\"\nport = {}\n{login}",
            stage.smtp_addr.port()
        )
    };
    let hook = |name: &str, file: &str| {
        format!(
            "[channels.{name}.webhook]\nurl_file = \"{dir}/{file}\"\nsecret_file = \"{dir}/whsec\"\nallow_private = true\n"
        )
    };
    let channels = [
        email("mail", "tls = \"none\"\n"),
        email("locked", &format!("user = \"watch\"\npassword_file = \"{dir}/password\"\n")),
        hook("hook", "hook"),
        hook("nowhere", "nowhere"),
        format!(
            "[channels.room.feishu]\nurl_file = \"{dir}/room\"\nsecret_file = \"{dir}/key\"\nallow_private = true\n"
        ),
    ];
    let subscription = |name: &str, more: &str| {
        format!("[subscriptions.{name}]\nchannel = \"{name}\"\nfrequency = \"immediate\"\n{more}\n")
    };
    let to = format!("to = [\"{RECEIVER}\"]");
    let subscriptions = [("mail", to.as_str()), ("locked", &to), ("hook", ""), ("nowhere", ""), ("room", "")];
    format!(
        "contact = \"{CONTACT}\"\ndata_dir = \"{dir}/data\"\n[log]\nfilter = \"trace\"\nformat = \"{format}\"\n\
         [fetch.hosts.\"{}\"]\nown = true\ngap = \"0s\"\njitter = 0\nrequests_per_day = 50000\n\
         [sources.replica]\ndialect = \"ccgp\"\nsearch = \"{}/bxsearch\"\nsince = \"2019-08-01\"\n{}{}",
        stage.replica_url.trim_start_matches("http://"),
        stage.replica_url,
        channels.concat(),
        subscriptions.map(|(name, more)| subscription(name, more)).concat()
    )
}

/// Whom the site's keeper can ask; it goes into every request, and into no log line.
const CONTACT: &str = "keeper-of-the-watch@example.org";

/// The service in a process of its own, its log in a file; it ends with the test.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Waits for something of the other process, with a deadline that only a broken one misses.
async fn until(what: &str, log: &Path, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        let said = || fs::read_to_string(log).unwrap_or_default();
        assert!(begun.elapsed() < Duration::from_secs(90), "{what} did not come\n{}", said());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn log_of_a_service(format: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::open(folder.path()).unwrap();
    let config = folder.path().join("tenderwatch.toml");
    fs::write(&config, service_configuration(&stage, format)).unwrap();
    let log = folder.path().join("log");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenderwatch"));
    command.arg("--config").arg(&config).arg("--clock").arg(stage.dir.join("clock")).arg("run");
    let mut service = Service(command.stderr(fs::File::create(&log).unwrap()).spawn().unwrap());
    let said = || fs::read_to_string(&log).unwrap();
    // The first look is silent; then a tender appears.
    until("the first look", &log, || said().contains("polled replica")).await;
    stage.set_clock("2019-09-10T15:30:00+08:00".parse().unwrap()).unwrap();
    until("the mail", &log, || !stage.mails().unwrap().is_empty()).await;
    until("both posts", &log, || stage.hooks().unwrap().len() >= 2).await;
    until("both failures", &log, || ["locked", "nowhere"].iter().all(|name| said().contains(name))).await;
    let id = service.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    until("its end", &log, || service.0.try_wait().unwrap().is_some()).await;
    assert!(stage.hooks().unwrap().iter().any(|hook| hook.path.contains(TOKEN)), "the token was needed");
    let said = said();
    stage.close().await;
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_service_that_logs_all_it_can_says_nothing_secret() {
    for format in ["text", "json"] {
        let said = log_of_a_service(format).await;
        assert!(said.lines().count() > 5, "{said}");
        for hidden in
            [PASSWORD, RECEIVER, "zhang.san", TOKEN, WHSEC, WHSEC.trim_start_matches("whsec_"), FEISHU, CONTACT]
        {
            assert!(!said.contains(hidden), "{hidden} in\n{said}");
        }
    }
}
