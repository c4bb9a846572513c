//! The way from the outbox to the receivers: no lane holds up another, what a receiver asked for and what a platform allows is kept
//! over a restart, who refuses for good is written to no more, parts go in order. Real sockets, a hand-moved clock.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::SignedDuration;
use tenderwatch::channels::Letter;
use tenderwatch::domain::change::ChangeKind;
use tenderwatch::domain::delivery::{Delivery, DeliveryId};
use tenderwatch::domain::retry;
use tenderwatch::jobs::{Rooms, deliver, outbox};
use tenderwatch::platform::clock::Clock;
use tenderwatch::store::deliveries::{DeliveryRow, DigestRow, NewDelivery, Wanted};
use tenderwatch::{app, config};

use crate::email::message;
use crate::servers::{Act, Http, Smtp, say};

const WHSEC: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// A source that nobody serves.
const NOWHERE: &str = "[fetch.hosts.\"127.0.0.1:9\"]\nown = true\n[sources.nowhere]\ndialect = \"ccgp\"\n\
                       search = \"http://127.0.0.1:9/bxsearch\"\nsince = \"2026-11-01\"\n";

/// A folder, a clock and what is configured.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) clock: Clock,
    channels: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::hand("2026-11-22T08:00:00Z".parse().unwrap());
        let place = Self { folder, clock, channels: String::new() };
        write_secret(&place.path().join("secret"), WHSEC);
        place
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn mail(mut self, server: &Smtp) -> Self {
        let port = server.address.port();
        self.add(&format!(
            "[channels.office.email]\nfrom = \"watch@example.com\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\n"
        ));
        self
    }

    pub(crate) fn hook(mut self, url: &str) -> Self {
        let secret = self.path().join("secret").display().to_string();
        self.add(&format!(
            "[channels.hook.webhook]\nurl = \"{url}\"\nsecret_file = \"{secret}\"\nallow_private = true\n"
        ));
        self
    }

    pub(crate) fn room(mut self, url: &str) -> Self {
        self.add(&format!("[channels.room.feishu]\nurl = \"{url}\"\nallow_private = true\n"));
        self
    }

    fn add(&mut self, text: &str) {
        self.channels += text;
    }

    pub(crate) fn more(mut self, text: &str) -> Self {
        self.channels += text;
        self
    }

    pub(crate) fn text(&self) -> String {
        let dir = self.path().display();
        format!("contact = \"ops@example.org\"\ndata_dir = \"{dir}/data\"\n{NOWHERE}{}", self.channels)
    }

    /// Every room, as a start of the process builds them. A program that another test is just starting holds the folder a
    /// moment longer: it shares every open file until it is its own.
    pub(crate) fn rooms(&self) -> Rooms {
        let config = config::parse(&self.text(), "test.toml").unwrap_or_else(|report| panic!("{}", report.plain()));
        for _ in 0..250 {
            if let Ok(rooms) = app::open(config.clone(), self.clock.clone()) {
                return rooms;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        app::open(config, self.clock.clone()).unwrap()
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        self.clock.set(self.clock.now() + time);
    }
}

fn write_secret(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// Puts messages into the outbox: one digest for each, to one receiver, in so many parts.
fn put(rooms: &Rooms, channel: &str, receivers: &[&str], parts: u32) {
    for (place, receiver) in receivers.iter().enumerate() {
        let last = rooms.store.read(|r| r.deliveries(1)).unwrap().len();
        let digest = format!("g_{channel}_{place}_{last}_{}", rooms.clock.now().as_millisecond());
        let id = DeliveryId(format!("d_{digest}"));
        let letter = Letter::plain(id.clone(), receiver, "daily");
        let payload = rooms.channels.compose(channel, &message(), &letter).unwrap().remove(0);
        let part = |part: u32| NewDelivery {
            id: if part == 1 { id.clone() } else { DeliveryId(format!("{id}_{part}")) },
            channel: channel.into(),
            receiver: (*receiver).into(),
            part,
            payload: payload.clone(),
            thread: None,
        };
        let deliveries: Vec<_> = (1..=parts).map(part).collect();
        let row = DigestRow {
            id: digest,
            subscription: "daily".into(),
            composed_at: rooms.clock.now(),
            from_seq: 0,
            to_seq: 0,
            message_json: "{}".into(),
        };
        rooms.store.write(|w| w.put_digest(&row, &[], &deliveries)).unwrap();
    }
}

fn rows(rooms: &Rooms, channel: &str) -> Vec<DeliveryRow> {
    let wanted = Wanted { channel: Some(channel.into()), ..Wanted::default() };
    rooms.store.read(|r| r.deliveries_that(&wanted, 1000)).unwrap()
}

fn in_state(rooms: &Rooms, channel: &str, is_it: impl Fn(&Delivery) -> bool) -> usize {
    rows(rooms, channel).iter().filter(|row| is_it(&row.state)).count()
}

fn told(rooms: &Rooms) -> Vec<ChangeKind> {
    let changes = rooms.store.read(|r| r.changes_after(0, 1000)).unwrap();
    changes.into_iter().map(|stored| stored.change.kind).collect()
}

fn ok() -> Act {
    Http::answer(200, "", r#"{"code":0}"#)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_says_nothing_holds_up_no_room_and_takes_no_more_than_its_connections() {
    let (stalled, healthy) = (Smtp::start(&[(".", Act::Stall)]).await, Http::start(ok()).await);
    let place = Place::new().mail(&stalled).room(&healthy.url("/hook/1"));
    let rooms = place.rooms();
    put(&rooms, "office", &["a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org", "f@x.org"], 1);
    put(&rooms, "room", &["room", "room"], 1);
    let cut = tokio::time::timeout(Duration::from_secs(3), deliver::deliver_due(&rooms)).await;
    assert!(cut.is_err(), "the mail server is still silent");
    assert_eq!(healthy.seen().len(), 2, "the room has heard everything meanwhile");
    assert_eq!(in_state(&rooms, "room", |state| matches!(state, Delivery::Sent { .. })), 2);
    assert_eq!(stalled.connections.load(Ordering::SeqCst), 4, "as many as may be open");
    assert_eq!(in_state(&rooms, "office", |state| matches!(state, Delivery::Claimed { .. })), 4);
    drop(rooms);

    // Dead while four were being sent: nobody knows of them, and nothing is lost.
    let rooms = place.rooms();
    let office = rows(&rooms, "office");
    assert!(office.iter().all(|row| matches!(row.state, Delivery::Waiting { .. })), "{office:?}");
    let in_doubt = office.iter().filter(|row| row.last_outcome.as_deref() == Some("ambiguous")).count();
    assert_eq!(in_doubt, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn new_messages_of_a_room_leave_while_a_lane_of_mail_hangs_in_the_running_service() {
    let (stalled, healthy) = (Smtp::start(&[("greeting", Act::Stall)]).await, Http::start(ok()).await);
    let place = Place::new().mail(&stalled).room(&healthy.url("/hook/1"));
    let rooms = place.rooms();
    put(&rooms, "office", &["a@x.org"], 1);
    let app = app::App::start(rooms, tenderwatch::platform::notify::Heart::new(&[])).await.unwrap();
    let until = |count: usize| {
        let healthy = &healthy;
        async move {
            for _ in 0..100 {
                if healthy.seen().len() >= count {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            panic!("the room heard {} of {count}", healthy.seen().len());
        }
    };
    for count in 1..=2 {
        put(app.rooms(), "room", &["room"], 1);
        until(count).await;
        place.pass(SignedDuration::from_secs(1));
    }
    assert_eq!(in_state(app.rooms(), "office", |state| matches!(state, Delivery::Claimed { .. })), 1, "still hanging");
    app.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_asks_to_be_left_alone_is_left_alone_over_a_restart() {
    let busy = Http::start(Http::answer(429, "Retry-After: 600\r\n", "")).await;
    let place = Place::new().hook(&busy.url("/hook"));
    let rooms = place.rooms();
    put(&rooms, "hook", &["hook"; 6], 1);
    deliver::deliver_due(&rooms).await.unwrap();
    let asked = busy.seen().len();
    assert!(asked <= 4, "{asked}: only what was under way already");
    drop(rooms);
    for minutes in [0, 5, 4] {
        place.pass(SignedDuration::from_mins(minutes));
        let rooms = place.rooms();
        put(&rooms, "hook", &["hook"], 1);
        deliver::deliver_due(&rooms).await.unwrap();
        assert_eq!(busy.seen().len(), asked, "also what was written since");
        let next = rooms.store.read(|r| deliver::next_at(&rooms, r, place.clock.now())).unwrap().unwrap();
        assert!(next > place.clock.now());
    }
    place.pass(SignedDuration::from_mins(3));
    deliver::deliver_due(&place.rooms()).await.unwrap();
    assert!(busy.seen().len() > asked);
    assert_eq!(told(&place.rooms()), [], "no trouble yet");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platforms_quota_is_kept_over_a_restart_and_a_clock_set_back_does_not_close_the_channel() {
    let server = Http::start(ok()).await;
    let place = Place::new().room(&server.url("/hook/1"));
    let rooms = place.rooms();
    let (most, window) = rooms.channels.pace("room").quotas[0];
    let most = usize::try_from(most).unwrap();
    put(&rooms, "room", &vec!["room"; most + 3], 1);
    deliver::deliver_due(&rooms).await.unwrap();
    assert_eq!(server.seen().len(), most);
    drop(rooms);
    let rooms = place.rooms();
    deliver::deliver_due(&rooms).await.unwrap();
    assert_eq!(server.seen().len(), most, "a restart is no way around it");
    let opens = rooms.store.read(|r| deliver::next_at(&rooms, r, place.clock.now())).unwrap().unwrap();
    assert_eq!(opens, place.clock.now() + window);
    // Whatever was tried in a future that never came does not count.
    place.clock.set(place.clock.now() - SignedDuration::from_hours(2));
    put(&rooms, "room", &["room"], 1);
    deliver::deliver_due(&rooms).await.unwrap();
    assert_eq!(server.seen().len(), most + 1);
    place.clock.set(opens);
    deliver::deliver_due(&rooms).await.unwrap();
    assert_eq!(server.seen().len(), most + 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_for_good_is_written_to_no_more_and_told_once_until_somebody_opens_it() {
    let server = Smtp::start(&[("RCPT", say("550 5.1.1 no such user"))]).await;
    let place = Place::new().mail(&server);
    let rooms = place.rooms();
    put(&rooms, "office", &["gone@x.org", "gone@x.org", "gone@x.org"], 1);
    for _ in 0..3 {
        deliver::deliver_due(&rooms).await.unwrap();
    }
    let tried = server.connections.load(Ordering::SeqCst);
    assert!(tried <= 3);
    assert_eq!(told(&rooms), [ChangeKind::ReceiverStopped]);
    let changes = rooms.store.read(|r| r.changes_after(0, 10)).unwrap();
    assert!(!changes[0].change.reason.contains("gone@x.org"), "{}", changes[0].change.reason);
    assert_eq!(in_state(&rooms, "office", |state| matches!(state, Delivery::GivenUp { .. })), 3);
    let row = rows(&rooms, "office").remove(0);
    let refused = outbox::retry(&rooms, &row.id).unwrap_err().to_string();
    assert!(refused.contains("resume") && !refused.contains("gone@x.org"), "{refused}");
    assert_eq!(outbox::retry_given_up(&rooms, &Wanted::default()).unwrap(), 0);

    assert!(outbox::resume(&rooms, "office", "gone@x.org").unwrap());
    assert!(!outbox::resume(&rooms, "office", "gone@x.org").unwrap());
    assert_eq!(outbox::retry_given_up(&rooms, &Wanted::default()).unwrap(), 3);
    deliver::deliver_due(&rooms).await.unwrap();
    assert!(server.connections.load(Ordering::SeqCst) > tried);
    assert_eq!(told(&rooms), [ChangeKind::ReceiverStopped; 2], "it was opened, and refuses again");
}

#[tokio::test(flavor = "multi_thread")]
async fn trying_again_writes_to_nobody_who_left_meanwhile() {
    let server = Smtp::start(&[(".", say("554 5.7.1 spam"))]).await;
    let place = Place::new().mail(&server);
    let rooms = place.rooms();
    put(&rooms, "office", &["li@x.org", "wang@x.org"], 1);
    deliver::deliver_due(&rooms).await.unwrap();
    let row = rows(&rooms, "office").into_iter().find(|row| row.receiver == "li@x.org").unwrap();
    let now = rooms.clock.now();
    rooms.store.write(|w| w.leave(&row.subscription, "li@x.org", now)).unwrap();
    let refused = outbox::retry(&rooms, &row.id).unwrap_err().to_string();
    assert!(refused.contains("left") && !refused.contains("li@x.org"), "{refused}");
    assert_eq!(outbox::retry_given_up(&rooms, &Wanted::default()).unwrap(), 1, "only who stayed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_message_stops_nobody() {
    for script in [("RCPT", "552 5.2.2 mailbox full"), (".", "554 5.7.1 spam"), (".", "552 5.3.4 too large")] {
        let server = Smtp::start(&[(script.0, say(script.1))]).await;
        let place = Place::new().mail(&server);
        let rooms = place.rooms();
        put(&rooms, "office", &["li@x.org"], 1);
        deliver::deliver_due(&rooms).await.unwrap();
        assert_eq!(rooms.store.read(|r| r.stops()).unwrap(), [], "{script:?}");
        assert_eq!(told(&rooms), [ChangeKind::DeliveryGivenUp], "{script:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_arrive_in_order_and_none_goes_ahead_of_one_that_waits() {
    let server = Http::start(ok()).await;
    let place = Place::new().hook(&server.url("/hook"));
    let rooms = place.rooms();
    put(&rooms, "hook", &["hook", "hook"], 3);
    deliver::deliver_due(&rooms).await.unwrap();
    let ids: Vec<_> = server.seen().iter().map(|request| request.headers["webhook-id"].clone()).collect();
    for digest in ["_hook_0_", "_hook_1_"] {
        let parts: Vec<_> = ids.iter().filter(|id| id.contains(digest)).collect();
        assert_eq!(parts.len(), 3);
        assert!(parts[1].ends_with("_2") && parts[2].ends_with("_3"), "{parts:?}");
    }

    let busy = Http::start(Http::answer(503, "", "")).await;
    let place = Place::new().hook(&busy.url("/hook"));
    let rooms = place.rooms();
    put(&rooms, "hook", &["hook"], 3);
    deliver::deliver_due(&rooms).await.unwrap();
    assert_eq!(busy.seen().len(), 1, "the others wait for the first");
    let now = place.clock.now();
    assert_eq!(rooms.store.read(|r| deliver::due_lanes(&rooms, r, now)).unwrap(), Vec::<String>::new());
    // Days of refusals: when the first is given up, so are the others, and the operator hears once.
    for _ in 0..200 {
        let Some(next) = rooms.store.read(|r| deliver::next_at(&rooms, r, place.clock.now())).unwrap() else { break };
        place.clock.set(next);
        deliver::deliver_due(&rooms).await.unwrap();
    }
    assert_eq!(in_state(&rooms, "hook", |state| matches!(state, Delivery::GivenUp { .. })), 3);
    assert_eq!(told(&rooms), [ChangeKind::DeliveryGivenUp]);
    let last = rows(&rooms, "hook").remove(0);
    assert!(matches!(&last.state, Delivery::GivenUp { why, .. } if why.contains("earlier part")), "{last:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_receiver_that_failed_is_tried_again() {
    let (busy, healthy) = (Smtp::start(&[("RCPT", say("451 4.7.1 later"))]).await, Http::start(ok()).await);
    let place = Place::new().mail(&busy).hook(&healthy.url("/hook"));
    let rooms = place.rooms();
    put(&rooms, "office", &["a@x.org"], 1);
    put(&rooms, "hook", &["hook"], 1);
    for _ in 0..4 {
        deliver::deliver_due(&rooms).await.unwrap();
        place.pass(SignedDuration::from_hours(1));
    }
    assert_eq!(healthy.seen().len(), 1);
    assert_eq!(busy.connections.load(Ordering::SeqCst), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_off_by_a_clock_that_was_ahead_leaves_when_it_is_set_right() {
    let (server, busy) = (Http::start(ok()).await, Http::start(Http::answer(503, "", "")).await);
    let place = Place::new().hook(&busy.url("/hook"));
    let right = place.clock.now();
    place.pass(SignedDuration::from_hours(24 * 365));
    let rooms = place.rooms();
    put(&rooms, "hook", &["hook"], 1);
    deliver::deliver_due(&rooms).await.unwrap();
    drop(rooms);
    place.clock.set(right);
    let text = place.text().replace(&busy.url("/hook"), &server.url("/hook"));
    let place = Place { channels: text.split_once(NOWHERE).unwrap().1.to_owned(), ..place };
    let rooms = place.rooms();
    assert_eq!(rooms.store.read(|r| deliver::due_lanes(&rooms, r, right)).unwrap(), ["hook"]);
    deliver::deliver_due(&rooms).await.unwrap();
    assert_eq!(server.seen().len(), 1);

    // A leap ahead while a message is on its way: its claim has expired by the clock, and it is not sent twice at once.
    put(&rooms, "hook", &["hook"], 1);
    let claimed: Vec<_> =
        rooms.store.write(|w| w.claim_deliveries("hook", right, right + SignedDuration::from_mins(20), 9)).unwrap();
    assert_eq!(claimed.len(), 1);
    place.pass(retry::PUT_OFF_MOST);
    deliver::deliver_due(&rooms).await.unwrap();
    assert_eq!(server.seen().len(), 2, "what is claimed by nobody any more is sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_cannot_deliver_from_one_folder() {
    let place = Place::new();
    let rooms = place.rooms();
    let config = config::parse(&place.text(), "test.toml").unwrap();
    let refused = app::open(config, place.clock.clone()).err().unwrap().to_string();
    assert!(refused.contains("another tenderwatch"), "{refused}");
    drop(rooms);
}
