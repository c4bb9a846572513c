//! The canary: a message that goes the whole way and is found at its other end, or the operator hears that it is missing, once, and
//! once when it arrives again; also over a restart, and by a pipe beside the service.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use jiff::SignedDuration;
use tenderwatch::domain::change::ChangeKind;
use tenderwatch::jobs::{Rooms, canary, deliver};

use crate::outbox::Place;
use crate::receivers;
use crate::servers::{Act, Http, Smtp, say};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn maildir(place: &Place) -> PathBuf {
    let dir = place.path().join("Maildir");
    for part in ["new", "cur", "tmp"] {
        std::fs::create_dir_all(dir.join(part)).unwrap();
    }
    dir
}

fn with_canary(place: Place, folder: bool) -> Place {
    let dir = maildir(&place);
    let line = if folder { format!("maildir = {:?}\n", dir.display().to_string()) } else { String::new() };
    place.more(&format!("[canary]\nchannel = \"office\"\nto = \"canary@example.org\"\nwithin = \"30m\"\n{line}"))
}

fn told(rooms: &Rooms) -> Vec<(ChangeKind, String)> {
    let changes = rooms.store.read(|r| r.changes_after(0, 100)).unwrap();
    changes.into_iter().map(|stored| (stored.change.kind, stored.change.reason)).collect()
}

fn kinds(rooms: &Rooms) -> Vec<ChangeKind> {
    told(rooms).into_iter().map(|(kind, _)| kind).collect()
}

/// Everything that is due for so long, a minute at a time, over a restart each time.
async fn live(place: &Place, minutes: u32) {
    for _ in 0..minutes {
        let rooms = place.rooms();
        let now = place.clock.now();
        if rooms.store.read(|r| canary::is_due(&rooms, r, now)).unwrap() {
            canary::run(&rooms).unwrap();
        }
        deliver::deliver_due(&rooms).await.unwrap();
        place.pass(MINUTE);
    }
}

fn deliver_to_maildir(place: &Place, server: &Smtp) {
    for (n, mail) in server.messages.lock().unwrap().iter().enumerate() {
        std::fs::write(place.path().join(format!("Maildir/new/{n}")), mail).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_lost_on_the_way_is_told_once_and_once_when_one_arrives_again() {
    let server = Smtp::start(&[]).await;
    let place = with_canary(Place::new().mail(&server), true);
    live(&place, 5).await;
    assert_eq!(server.messages.lock().unwrap().len(), 1, "one is sent at the first start, and only one");
    deliver_to_maildir(&place, &server);
    live(&place, 60).await;
    assert_eq!(told(&place.rooms()), [], "it was found");

    place.pass(SignedDuration::from_hours(23));
    live(&place, 60).await;
    assert_eq!(server.messages.lock().unwrap().len(), 2);
    let rooms = place.rooms();
    let (kind, reason) = told(&rooms).remove(0);
    assert_eq!((kind, kinds(&rooms).len()), (ChangeKind::CanaryMissing, 1));
    assert!(reason.contains("accepted at") && !reason.contains("canary@"), "{reason}");
    drop(rooms);
    place.pass(SignedDuration::from_hours(23));
    live(&place, 60).await;
    assert_eq!(kinds(&place.rooms()), [ChangeKind::CanaryMissing], "the next one that is missing is the same trouble");

    deliver_to_maildir(&place, &server);
    live(&place, 3).await;
    assert_eq!(kinds(&place.rooms()), [ChangeKind::CanaryMissing, ChangeKind::CanaryArrived]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_never_leaves_is_missing_and_the_alarm_says_why() {
    let server = Smtp::start(&[("greeting", Act::Close)]).await;
    let place = with_canary(Place::new().mail(&server), true);
    live(&place, 40).await;
    let (kind, reason) = told(&place.rooms()).remove(0);
    assert_eq!(kind, ChangeKind::CanaryMissing);
    assert!(reason.contains("has not left") && reason.contains("on connecting"), "{reason}");

    let server = Smtp::start(&[("RCPT", say("550 5.1.1 no such user"))]).await;
    let place = with_canary(Place::new().mail(&server), true);
    live(&place, 40).await;
    assert_eq!(kinds(&place.rooms()), [ChangeKind::ReceiverStopped, ChangeKind::CanaryMissing]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_beside_the_service_notes_the_arrival_of_the_one_that_is_awaited_only() {
    let server = Smtp::start(&[]).await;
    let place = with_canary(Place::new().mail(&server), false);
    live(&place, 1).await;
    let config = place.path().join("tenderwatch.toml");
    std::fs::write(&config, place.text()).unwrap();
    let clock = place.path().join("clock");
    let held = place.rooms();
    let pipe = |mail: &str| {
        std::fs::write(&clock, place.clock.now().to_string()).unwrap();
        let mut program = receivers::program();
        program.arg("--config").arg(&config).arg("--clock").arg(&clock).args(["canary", "arrived"]);
        let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(mail.as_bytes()).unwrap();
        receivers::printed(child.wait_with_output().unwrap())
    };
    let told_of_another = pipe("Message-ID: <d_0@example.com>\r\n\r\nSpam, and much of it.\r\n");
    assert!(told_of_another.contains("nothing is noted"), "{told_of_another}");
    let mail = server.messages.lock().unwrap()[0].clone() + &"x".repeat(300_000);
    assert!(pipe(&mail).contains("has arrived"));
    drop(held);
    place.pass(SignedDuration::from_hours(1));
    live(&place, 2).await;
    assert_eq!(told(&place.rooms()), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_took_it_has_it() {
    let server = Http::start(Http::answer(200, "", r#"{"code":0}"#)).await;
    let place = Place::new().room(&server.url("/hook")).more("[canary]\nchannel = \"room\"\nevery = \"1h\"\n");
    live(&place, 130).await;
    assert_eq!(server.seen().len(), 3, "one an hour");
    assert_eq!(told(&place.rooms()), []);
}
