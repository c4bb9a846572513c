//! The matrix itself: every fault of [`super::wire`] and every answer, against every channel, over real sockets. Run with
//! `--nocapture` it prints what came of each.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use jiff::Timestamp;
use serde_json::Value;
use tenderwatch::channels::{Channels, Letter, Settings};
use tenderwatch::domain::delivery::{ClaimedDelivery, DeliveryId, Outcome};

use super::wire::{ATTEMPT_MAX, Server, Wire, halves};
use super::{Case, Class, Reply, cases, usual};
use crate::email::message;

/// The longest pause that anybody is granted.
const PAUSE_MAX: Duration = Duration::from_hours(7 * 24);

/// What is expected of a row.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// This class.
    Class(Class),
    /// Later, after as long as was asked for.
    Asked(Duration),
    /// The same where too much was sent: where the channel knows of a longer pause, that may win, and does where none is asked for.
    Pause(Option<Duration>),
    /// Later, after a pause that is long and yet bounded.
    LongPause,
}

/// One cell of the matrix.
struct Row {
    name: String,
    wire: Wire,
    https: bool,
    expected: Expected,
}

fn row(name: impl Into<String>, wire: Wire, class: Class) -> Row {
    Row { name: name.into(), wire, https: false, expected: Expected::Class(class) }
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn channels(case: &Case, url: &str) -> Channels {
    Channels::build(&Settings { channels: vec![(case.name.to_owned(), (case.build)(url))] }).unwrap()
}

fn delivery(case: &Case, channels: &Channels) -> ClaimedDelivery {
    let id = DeliveryId("d_0123456789abcdef".into());
    let letter = Letter::plain(id.clone(), case.name, "daily");
    let payload = channels.compose(case.name, &message(), &letter).unwrap().remove(0);
    ClaimedDelivery {
        id,
        channel: case.name.to_owned(),
        receiver: case.name.to_owned(),
        payload,
        attempts: 0,
        composed_at: message().composed_at,
        receipts: Vec::new(),
    }
}

fn class(outcome: &Outcome) -> Class {
    match outcome {
        Outcome::Accepted => Class::Accepted,
        Outcome::Refused { .. } => Class::Refused,
        Outcome::Gone { .. } => Class::Gone,
        Outcome::Later { .. } => Class::Later,
        Outcome::Ambiguous { .. } => Class::Ambiguous,
        Outcome::Misconfigured { .. } => Class::Misconfigured,
    }
}

fn bare(case: &Case, status: u16) -> Class {
    case.statuses.iter().find(|(known, _)| *known == status).map_or(usual(status), |(_, class)| *class)
}

/// Faults of the wire: whatever was sent is in doubt from the moment on that it may have been read, and never before.
fn faults(case: &Case) -> Vec<Row> {
    let (good, unreadable) = (case.success, case.unreadable);
    let mut rows = vec![
        row("refused", Wire::Refused, Class::Later),
        row("accepts and closes", Wire::Closes, Class::Ambiguous),
        row("half open", Wire::Deaf, Class::Ambiguous),
        row("reads and closes", Wire::ReadsAndCloses, Class::Ambiguous),
        row("reads, never answers", Wire::Mute, Class::Ambiguous),
        row("answers too late", Wire::Late(good), Class::Ambiguous),
        row("answers no HTTP", Wire::Babbles, Class::Ambiguous),
        row("breaks off in the head", Wire::BreaksOffInTheHead, Class::Ambiguous),
        row("breaks off in the body", Wire::BreaksOff(good), unreadable),
        row("breaks off in a 500", Wire::BreaksOff(Reply::new(500, "oh dear")), bare(case, 500)),
        row("success, then garbage", Wire::Rambles(good), Class::Accepted),
        row("success, unreadable", Wire::Answers(Reply::new(200, "<html>\u{fffd}gateway</html>")), unreadable),
        row("endless 200", Wire::Endless(200), unreadable),
        row("endless 500", Wire::Endless(500), bare(case, 500)),
        row("slow reader", Wire::ReadsSlowly(good), Class::Accepted),
        row("far too slow reader", Wire::ReadsTooSlowly, Class::Ambiguous),
        row("slow writer", Wire::WritesSlowly(good), Class::Ambiguous),
        Row { https: true, ..row("TLS to a plain port", Wire::Plain, Class::Later) },
        Row { https: true, ..row("TLS, half open", Wire::Deaf, Class::Later) },
        Row { https: true, ..row("TLS, accepts and closes", Wire::Closes, Class::Later) },
    ];
    // A short answer is through before the time is.
    if good.body.len() > 8 {
        rows.push(row("slow writer of the body", Wire::WritesBodySlowly(good), unreadable));
    }
    rows
}

/// Answers: bare statuses, the forms of `Retry-After`, and what the platform itself says.
fn answers(case: &Case) -> Vec<Row> {
    let paused = |name: &str, headers: &'static str, status: u16, expected: Expected| Row {
        name: name.to_owned(),
        wire: Wire::Answers(Reply { status, headers, body: "" }),
        https: false,
        expected,
    };
    let seconds = |seconds| Expected::Pause(Some(Duration::from_secs(seconds)));
    let mut rows = vec![row("success", Wire::Answers(case.success), Class::Accepted)];
    for status in [400, 401, 403, 404, 410, 413, 500, 502, 503] {
        rows.push(row(status.to_string(), Wire::Answers(Reply::new(status, "")), bare(case, status)));
    }
    rows.extend([
        paused("429, seconds", "Retry-After: 30\r\n", 429, seconds(30)),
        paused("429, a date", "Retry-After: Sun, 22 Nov 2026 12:20:00 GMT\r\n", 429, seconds(20 * 60)),
        paused("429, a date gone by", "Retry-After: Sun, 22 Nov 2026 11:00:00 GMT\r\n", 429, seconds(0)),
        paused("429, no word", "", 429, Expected::Pause(None)),
        paused("429, absurd", "Retry-After: 99999999999\r\n", 429, Expected::LongPause),
        paused("429, negative", "Retry-After: -5\r\n", 429, Expected::Pause(None)),
        paused("429, words", "Retry-After: soon\r\n", 429, Expected::Pause(None)),
        paused("503, seconds", "Retry-After: 120\r\n", 503, Expected::Asked(Duration::from_mins(2))),
    ]);
    for (reply, class) in case.failures {
        rows.push(row(told(reply), Wire::Answers(*reply), *class));
    }
    for (reply, pause) in case.slow_downs {
        let expected = Expected::Pause(*pause);
        rows.push(Row { name: told(reply), wire: Wire::Answers(*reply), https: false, expected });
    }
    rows
}

fn told(reply: &Reply) -> String {
    let body: String = reply.body.chars().take(60).collect();
    format!("{} {body}", reply.status)
}

/// One attempt against one fault: a line for the table, and what is wrong about it.
async fn run(case: &Case, row: &Row) -> (String, Option<String>) {
    let server = Server::start(row.wire.clone()).await;
    let scheme = if row.https { "https" } else { "http" };
    let channels = channels(case, &format!("{scheme}://{}{}", server.address, case.path));
    let started = Instant::now();
    let delivery = delivery(case, &channels);
    let sending = channels.send(&delivery, now());
    let place = format!("{} · {}", case.name, row.name);
    let Ok(sent) = tokio::time::timeout(ATTEMPT_MAX, sending).await else {
        return (place.clone(), Some(format!("{place}: hangs")));
    };
    let (outcome, took) = (sent.outcome, started.elapsed().as_millis());
    let pause = match &outcome {
        Outcome::Later { retry_after: Some(pause), .. } => format!("{} s", pause.as_secs()),
        _ => String::new(),
    };
    let told = format!("{:?}", class(&outcome));
    let line = format!("{:9} {:62} {told:13} {pause:9} {took:4} ms  {}", case.name, row.name, outcome.why());
    let wrong = wrong(case, row.expected, &outcome).map(|wrong| format!("{place}: {wrong}, {outcome:?}"));
    (line, wrong)
}

fn wrong(case: &Case, expected: Expected, outcome: &Outcome) -> Option<String> {
    if let Some(secret) = case.secrets.iter().find(|secret| outcome.why().contains(*secret)) {
        return Some(format!("tells {secret}"));
    }
    let pause = match outcome {
        Outcome::Later { retry_after, .. } => Some(*retry_after),
        _ => None,
    };
    let is_right = match expected {
        Expected::Class(expected) => class(outcome) == expected,
        Expected::Asked(asked) => pause == Some(Some(asked)),
        Expected::Pause(asked) => pause == Some(asked.max(case.pause)) || asked.is_some() && pause == Some(asked),
        Expected::LongPause => pause.flatten().is_some_and(|p| (Duration::from_hours(24)..=PAUSE_MAX).contains(&p)),
    };
    (!is_right).then(|| format!("not {expected:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_every_channel_comes_to_its_outcome() {
    // A task each: building a channel reads certificates, and nobody else's clock may stand still meanwhile.
    let columns = cases().into_iter().map(|case| {
        tokio::spawn(async move {
            let mut cells = Vec::new();
            for row in faults(&case).iter().chain(&answers(&case)) {
                cells.push(run(&case, row).await);
            }
            cells
        })
    });
    let cells = join_all(columns).await.into_iter().flat_map(Result::unwrap);
    let (lines, wrong): (Vec<String>, Vec<Option<String>>) = cells.unzip();
    println!("{}", lines.join("\n"));
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn no_redirect_is_followed() {
    for case in cases() {
        let elsewhere = Server::start(Wire::Answers(case.success)).await;
        for status in [301, 302, 303, 307, 308] {
            let location = format!("Location: http://{}/\r\n", elsewhere.address).leak();
            let server = Server::start(Wire::Answers(Reply { status, headers: location, body: "" })).await;
            let channels = channels(&case, &format!("http://{}{}", server.address, case.path));
            let outcome = channels.send(&delivery(&case, &channels), now()).await.outcome;
            assert_eq!(class(&outcome), bare(&case, status), "{} · {status}: {outcome:?}", case.name);
            assert_eq!(server.seen().len(), 1);
        }
        assert!(elsewhere.seen().is_empty(), "{}", case.name);
    }
}

#[tokio::test]
async fn what_a_receiver_repeats_of_our_secrets_is_told_nobody() {
    for case in cases() {
        let words = format!("{} and {}", case.path, case.secrets.join(" and "));
        let words: &str = words.leak();
        let fields = ["errmsg", "msg", "message", "description", "error", "StatusMessage"];
        let named: serde_json::Map<String, Value> =
            fields.into_iter().map(|field| (field.to_owned(), words.into())).collect();
        let mut coded = Value::from(named);
        for code in ["errcode", "code", "error_code"] {
            coded[code] = 77.into();
        }
        let coded: &str = coded.to_string().leak();
        for (status, body) in [(200, words), (200, coded), (400, words), (400, coded), (403, coded), (500, words)] {
            let server = Server::start(Wire::Answers(Reply { status, headers: "", body })).await;
            let channels = channels(&case, &format!("http://{}{}", server.address, case.path));
            let outcome = channels.send(&delivery(&case, &channels), now()).await.outcome;
            for secret in case.secrets {
                assert!(!outcome.why().contains(secret), "{} tells {secret}: {outcome:?}", case.name);
            }
        }
    }
}

#[tokio::test]
async fn every_attempt_posts_the_same() {
    for case in cases() {
        let server = Server::start(Wire::Answers(case.success)).await;
        let channels = channels(&case, &format!("http://{}{}", server.address, case.path));
        let delivery = delivery(&case, &channels);
        for at in ["2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z", "2026-11-25T12:00:00Z"] {
            assert_eq!(channels.send(&delivery, at.parse().unwrap()).await.outcome, Outcome::Accepted, "{}", case.name);
        }
        let seen: Vec<(String, Vec<u8>)> = server.seen().iter().map(|request| halves(request).unwrap()).collect();
        assert_eq!(seen[0], seen[1], "{}", case.name);
        let target = |head: &str| head.split(['?', ' ']).nth(1).unwrap().to_owned();
        assert_eq!(target(&seen[0].0), target(&seen[2].0), "{}", case.name);
        let mut bodies = [&seen[0].1, &seen[2].1].map(|body| serde_json::from_slice::<Value>(body).unwrap());
        if case.fresh_fields.is_empty() {
            assert_eq!(seen[0].1, seen[2].1, "{}", case.name);
        }
        for body in &mut bodies {
            for field in case.fresh_fields {
                body.as_object_mut().unwrap().remove(*field).unwrap();
            }
        }
        assert_eq!(bodies[0], bodies[1], "{}", case.name);
    }
}
