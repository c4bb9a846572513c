//! Webhooks against a scripted server: signatures as received, what each status comes to, silence before and after the
//! request, redirects, private addresses.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::Mac as _;
use jiff::Timestamp;
use tenderwatch::channels::webhook::Settings;
use tenderwatch::channels::{Channels, Kind, Letter, Settings as ChannelSettings};
use tenderwatch::domain::delivery::{ClaimedDelivery, DeliveryId, Outcome};
use tenderwatch::platform::secret::Secret;

use crate::email::message;
use crate::servers::{Act, Http};

const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEW: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

fn settings(url: &str) -> Settings {
    Settings {
        allow_private: true,
        secrets: vec![Secret::new(NEW), Secret::new(OLD)],
        timeout: Duration::from_millis(400),
        ..Settings::new(Secret::new(url), Secret::new(NEW))
    }
}

fn channels(settings: Settings) -> Channels {
    Channels::build(&ChannelSettings { channels: vec![("hook".into(), Kind::Webhook(settings))] }).unwrap()
}

fn delivery(channels: &Channels) -> ClaimedDelivery {
    let id = DeliveryId("d_0123456789abcdef".into());
    let payload = channels.compose("hook", &message(), &Letter::plain(id.clone(), "hook", "daily")).unwrap().remove(0);
    ClaimedDelivery {
        id,
        channel: "hook".into(),
        receiver: "hook".into(),
        payload,
        attempts: 0,
        composed_at: message().composed_at,
        receipts: Vec::new(),
    }
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

async fn outcome(act: Act) -> Outcome {
    let server = Http::start(act).await;
    let channels = channels(settings(&server.url("/hooks/t0ken-of-the-receiver")));
    channels.send(&delivery(&channels), now()).await.outcome
}

#[tokio::test]
async fn a_receiver_can_verify_what_it_gets_with_either_secret() {
    let server = Http::start(Http::answer(204, "", "")).await;
    let channels = channels(settings(&server.url("/hooks/x")));
    let delivery = delivery(&channels);
    assert_eq!(channels.send(&delivery, now()).await.outcome, Outcome::Accepted);
    let later = now() + jiff::SignedDuration::from_mins(5);
    assert_eq!(channels.send(&delivery, later).await.outcome, Outcome::Accepted);
    let requests = server.seen();
    assert_eq!(requests.len(), 2);
    for (request, at) in requests.iter().zip([now(), later]) {
        assert_eq!(request.headers["content-type"], "application/json");
        assert_eq!(request.headers["webhook-id"], "d_0123456789abcdef", "the same id on every attempt");
        assert_eq!(request.headers["webhook-timestamp"], at.as_second().to_string());
        assert_eq!(request.body, delivery.payload, "the same bytes on every attempt");
        let signatures: Vec<&str> = request.headers["webhook-signature"].split(' ').collect();
        assert_eq!(signatures.len(), 2);
        for (secret, signature) in [NEW, OLD].into_iter().zip(signatures) {
            let key = BASE64_STANDARD.decode(secret.trim_start_matches("whsec_")).unwrap();
            let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
            mac.update(format!("d_0123456789abcdef.{}.", at.as_second()).as_bytes());
            mac.update(&request.body);
            assert_eq!(signature, format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())));
        }
    }
}

#[tokio::test]
async fn keys_of_both_kinds_sign_side_by_side() {
    use ed25519_dalek::Verifier as _;
    let server = Http::start(Http::answer(204, "", "")).await;
    let private = Secret::new("whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=");
    let public = tenderwatch::channels::webhook::public_key(&private).unwrap().unwrap();
    let secrets = vec![private, Secret::new(OLD)];
    let channels = channels(Settings { secrets, ..settings(&server.url("/hooks/x")) });
    assert_eq!(channels.send(&delivery(&channels), now()).await.outcome, Outcome::Accepted);
    let request = server.seen().remove(0);
    let (first, second) = request.headers["webhook-signature"].split_once(' ').unwrap();
    assert!(first.starts_with("v1a,") && second.starts_with("v1,"), "{first} {second}");
    let key: [u8; 32] = BASE64_STANDARD.decode(public.trim_start_matches("whpk_")).unwrap().try_into().unwrap();
    let signature: [u8; 64] = BASE64_STANDARD.decode(first.trim_start_matches("v1a,")).unwrap().try_into().unwrap();
    let mut signed = format!("d_0123456789abcdef.{}.", now().as_second()).into_bytes();
    signed.extend_from_slice(&request.body);
    let key = ed25519_dalek::VerifyingKey::from_bytes(&key).unwrap();
    let signature = ed25519_dalek::Signature::from_bytes(&signature);
    assert!(key.verify(&signed, &signature).is_ok());
    signed.push(b' ');
    assert!(key.verify(&signed, &signature).is_err());
}

#[tokio::test]
async fn each_status_comes_to_its_outcome() {
    for (status, expected) in [(200, "Accepted"), (202, "Accepted"), (410, "Gone"), (301, "Later"), (400, "Later")] {
        let outcome = outcome(Http::answer(status, "", "whatever")).await;
        assert!(format!("{outcome:?}").starts_with(expected), "{status}: {outcome:?}");
    }
    for status in [401, 403, 404, 408, 413, 429, 500, 502, 503, 504] {
        let outcome = outcome(Http::answer(status, "", "")).await;
        assert!(matches!(&outcome, Outcome::Later { why, .. } if why.contains(&status.to_string())), "{outcome:?}");
    }
}

#[tokio::test]
async fn retry_after_is_passed_on_in_both_forms() {
    for (header, seconds) in
        [("120", 120), ("Sun, 22 Nov 2026 12:10:00 GMT", 600), ("Sun, 22 Nov 2026 11:00:00 GMT", 0)]
    {
        let outcome = outcome(Http::answer(429, &format!("Retry-After: {header}\r\n"), "")).await;
        let Outcome::Later { retry_after, .. } = &outcome else { panic!("{outcome:?}") };
        assert_eq!(*retry_after, Some(Duration::from_secs(seconds)), "{header}");
    }
}

#[tokio::test]
async fn silence_after_the_request_is_ambiguous() {
    for act in [Act::Stall, Act::Close, crate::servers::say("HTTP/1.1 2")] {
        let outcome = outcome(act.clone()).await;
        assert!(matches!(outcome, Outcome::Ambiguous { .. }), "{act:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn nobody_listening_is_later() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let channels = channels(settings(&format!("http://{gone}/x")));
    let outcome = channels.send(&delivery(&channels), now()).await.outcome;
    assert!(matches!(outcome, Outcome::Later { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_listener_that_never_speaks_tls_is_later() {
    let server = Http::start(Act::Stall).await;
    let channels = channels(settings(&server.url("/x").replace("http://", "https://")));
    let outcome = channels.send(&delivery(&channels), now()).await.outcome;
    assert!(!matches!(outcome, Outcome::Accepted | Outcome::Refused { .. }), "{outcome:?}");
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let flood = "x".repeat(3_000_000);
    let outcome =
        outcome(crate::servers::say(format!("HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n{flood}"))).await;
    assert_eq!(outcome, Outcome::Accepted);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Http::start(Http::answer(200, "", "")).await;
    let outcome = outcome(Http::answer(307, &format!("Location: {}\r\n", other.url("/elsewhere")), "")).await;
    assert!(matches!(&outcome, Outcome::Later { why, .. } if why.contains("redirect")), "{outcome:?}");
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn a_name_that_leads_inside_is_not_followed() {
    let server = Http::start(Http::answer(200, "", "")).await;
    let url = format!("https://localhost:{}/x", server.address.port());
    let channels = channels(Settings { allow_private: false, ..settings(&url) });
    let outcome = channels.send(&delivery(&channels), now()).await.outcome;
    assert!(matches!(&outcome, Outcome::Misconfigured { why } if why.contains("allow_private")), "{outcome:?}");
    assert!(server.seen().is_empty());
}
