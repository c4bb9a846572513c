//! Mail against scripted servers: what each answer, silence or hang-up at each step comes to, how connections are used again,
//! and what a mail looks like to a reader of another make.

use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;
pub(crate) use tenderwatch::channels::email::{Settings, Tls};
use tenderwatch::channels::{Channels, Kind, Letter, Settings as ChannelSettings};
use tenderwatch::domain::delivery::{ClaimedDelivery, DeliveryId, Outcome};
use tenderwatch::domain::digest::Message;
use tenderwatch::domain::rich::Block;
use tenderwatch::platform::secret::Secret;

use crate::servers::{Act, Smtp, say};

mod compose;

mod matrix;

mod reuse;

pub(crate) mod server;

pub(crate) fn message() -> Message {
    Message {
        digest_id: "daily-7".into(),
        composed_at: "2026-11-22T00:30:00Z".parse().unwrap(),
        subject: "2 项区块链中标，共 1,234.5 万元；1 项新招标".into(),
        text: "一行\n.\n..又一行\n".into(),
        html: "<p>一行</p>".into(),
        blocks: ["head", "item", "foot"].map(Block::text).to_vec(),
        images: Vec::new(),
        json: r#"{"type":"digest","id":"daily-7"}"#.into(),
    }
}

fn settings(server: &Smtp) -> Settings {
    Settings {
        port: Some(server.address.port()),
        tls: Tls::None,
        hello_name: Some("watch.example.com".into()),
        connect_timeout: Duration::from_millis(300),
        reply_timeout: Duration::from_millis(300),
        content_timeout: Duration::from_millis(300),
        ..Settings::new("127.0.0.1", "tenderwatch <watch@example.com>")
    }
}

/// The same for the server that may have TLS.
fn settings_for(server: &server::Server) -> Settings {
    Settings {
        port: Some(server.address.port()),
        tls: Tls::None,
        hello_name: Some("watch.example.com".into()),
        connect_timeout: Duration::from_secs(1),
        reply_timeout: Duration::from_millis(400),
        content_timeout: Duration::from_millis(400),
        ..Settings::new("127.0.0.1", "tenderwatch <watch@example.com>")
    }
}

/// One attempt at always the same mail.
async fn attempt(channels: &Channels) -> Outcome {
    channels.send(&delivery(channels, "li@example.cn"), Timestamp::UNIX_EPOCH).await.outcome
}

fn channels(settings: Settings) -> Channels {
    Channels::build(&ChannelSettings { channels: vec![("mail".into(), Kind::Email(settings))] }).unwrap()
}

fn delivery(channels: &Channels, receiver: &str) -> ClaimedDelivery {
    let id = DeliveryId("d_0123456789abcdef".into());
    let mut payloads = channels.compose("mail", &message(), &Letter::plain(id.clone(), receiver, "daily")).unwrap();
    assert_eq!(payloads.len(), 1);
    ClaimedDelivery {
        id,
        channel: "mail".into(),
        receiver: receiver.into(),
        payload: payloads.remove(0),
        attempts: 0,
        composed_at: message().composed_at,
        receipts: Vec::new(),
    }
}

async fn outcome(settings: Settings) -> Outcome {
    let channels = channels(settings);
    channels.send(&delivery(&channels, "li@example.cn"), Timestamp::UNIX_EPOCH).await.outcome
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Refused { .. } => "refused",
        Outcome::Gone { .. } => "gone",
        Outcome::Later { .. } => "later",
        Outcome::Ambiguous { .. } => "ambiguous",
        Outcome::Misconfigured { .. } => "misconfigured",
    }
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_composed_every_time() {
    let server = Smtp::start(&[]).await;
    let channels = channels(settings(&server));
    let delivery = delivery(&channels, "li@example.cn");
    for _ in 0..2 {
        assert_eq!(channels.send(&delivery, Timestamp::UNIX_EPOCH).await.outcome, Outcome::Accepted);
    }
    let messages = server.messages.lock().unwrap().clone();
    let composed = String::from_utf8(delivery.payload).unwrap();
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0].trim_end(), composed.trim_end());
    assert_eq!(messages[0], messages[1]);
}

#[tokio::test]
async fn a_goodbye_that_never_comes_changes_nothing() {
    let server = Smtp::start(&[("QUIT", Act::Close)]).await;
    assert_eq!(outcome(settings(&server)).await, Outcome::Accepted);
}

#[tokio::test]
async fn a_stall_leaves_nothing_behind_for_the_next_mail() {
    // A connection that was given up must not be used again: its late answers would be read as those of the next mail.
    let server = Smtp::start(&[("RCPT", Act::Stall)]).await;
    let channels = channels(settings(&server));
    for _ in 0..3 {
        let delivery = delivery(&channels, "li@example.cn");
        assert_eq!(word(&channels.send(&delivery, Timestamp::UNIX_EPOCH).await.outcome), "later");
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 3);
    assert!(server.messages.lock().unwrap().is_empty());
}

#[tokio::test]
async fn nobody_listening_is_later() {
    let server = Smtp::start(&[]).await;
    let mut settings = settings(&server);
    // The port of a listener that is gone.
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    settings.port = Some(gone);
    assert_eq!(word(&outcome(settings).await), "later");
}

#[tokio::test]
async fn a_refused_password_is_a_mistake_in_the_settings() {
    let account = |server: &Smtp| Settings {
        user: Some("watch".into()),
        password: Some(Secret::new("hunter2-hunter2")),
        ..settings(server)
    };
    let server = Smtp::start(&[("AUTH", say("535 5.7.8 bad credentials"))]).await;
    assert_eq!(word(&outcome(account(&server)).await), "misconfigured");
    let server = Smtp::start(&[("EHLO", say("250 scripted"))]).await;
    assert_eq!(word(&outcome(account(&server)).await), "misconfigured");
    let server = Smtp::start(&[("AUTH", say("454 4.7.0 try later"))]).await;
    assert_eq!(word(&outcome(account(&server)).await), "later");
    let server = Smtp::start(&[("AUTH", say("235 2.7.0 welcome"))]).await;
    assert_eq!(word(&outcome(account(&server)).await), "accepted");
}

#[tokio::test]
async fn a_receiver_that_is_no_address_is_refused_without_being_said() {
    let server = Smtp::start(&[]).await;
    let channels = channels(settings(&server));
    let id = DeliveryId("d_1".into());
    let error = channels.compose("mail", &message(), &Letter::plain(id, "li lei at home", "daily")).unwrap_err();
    assert!(!error.to_string().contains("li lei"), "{error}");
}
