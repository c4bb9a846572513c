//! No channel lets a secret, a token or a receiver's address out: not in an outcome, not by `Debug`, not in an error, not in
//! a log line, even where the other side echoes all it was told.

use std::fmt::Write as _;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tenderwatch::channels::{Channels, Kind, Settings, email, feishu, webhook};
use tenderwatch::domain::delivery::{ClaimedDelivery, DeliveryId};
use tenderwatch::platform::secret::Secret;

use crate::email::message;
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
        let payload = channels.compose(name, &message(), &id, receiver).unwrap().remove(0);
        let delivery = ClaimedDelivery {
            id,
            channel: name.clone(),
            receiver: receiver.into(),
            payload,
            attempts: 0,
            composed_at: message().composed_at,
        };
        let outcome = channels.send(&delivery, Timestamp::UNIX_EPOCH).await;
        writeln!(told, "{outcome:?}").unwrap();
    }
    told
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
    let room = feishu::Settings {
        allow_private: true,
        secret: Some(Secret::new(FEISHU)),
        timeout: Duration::from_millis(300),
        ..feishu::Settings::new(Secret::new(format!("{url}/open-apis/bot/v2/hook/{TOKEN}")))
    };
    Settings { channels: vec![("hook".into(), Kind::Webhook(hook)), ("room".into(), Kind::Feishu(room))] }
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
    let bad = webhook::Settings::new(Secret::new(format!("ftp://x/{TOKEN}")), Secret::new(WHSEC));
    told += &Channels::build(&Settings { channels: vec![("bad".into(), Kind::Webhook(bad))] }).unwrap_err().to_string();

    drop(guard);
    let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(told.contains("550") && told.contains("19021"), "the reasons are there: {told}");
    for hidden in [PASSWORD, blank64, RECEIVER, "zhang.san", TOKEN, WHSEC, WHSEC.trim_start_matches("whsec_"), FEISHU] {
        assert!(!told.contains(hidden), "{hidden} in {told}");
        assert!(!logged.contains(hidden), "{hidden} in the log");
    }
}
