//! Subscriptions that are kept as rows: what the verb does on the real binary, and what people do with their passes. Mail goes
//! nowhere here; what is owed to whom is looked at.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jiff::civil::{Weekday, time};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;
use tenderwatch::config;
use tenderwatch::domain::change::{Audience, ChangeKind};
use tenderwatch::domain::classes::{Category, Level};
use tenderwatch::domain::delivery::DeliveryId;
use tenderwatch::domain::money::Money;
use tenderwatch::domain::pass::{Purpose, pass};
use tenderwatch::domain::subscriber::{Choices, Standing, Subscriber};
use tenderwatch::domain::subscription::{Filter, Frequency, Grouping, Idle, Language, Quiet, Rhythm, Start};
use tenderwatch::jobs::Rooms;
use tenderwatch::jobs::links;
use tenderwatch::jobs::subscriptions::{self as walks, Confirmed, Left, Managed, SignedUp};
use tenderwatch::platform::clock::Clock;
use tenderwatch::store::deliveries::{DigestRow, NewDelivery};
use tenderwatch::store::subscriptions::SubscriptionMemory;

const ADA: &str = "ada@example.org";

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        let text = format!(
            "contact = \"ops@example.org\"\ndata_dir = \"{}\"\n[sources.ccgp]\ndialect = \"ccgp\"\nsince = 2016-12-12\n\
             [channels.office.email]\nhost = \"127.0.0.1\"\nport = 9\ntls = \"none\"\nfrom = \"t@example.org\"\n\
             [channels.room.feishu]\nurl_file = \"{}\"\n\
             [subscriptions.morning]\nchannel = \"office\"\nto = [\"Ada@example.org\", \"bob@example.org\"]\n",
            place.path("data").display(),
            place.path("room").display(),
        );
        std::fs::write(place.path("room"), "https://room.example.org/hook").unwrap();
        std::fs::set_permissions(place.path("room"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        std::fs::write(place.path("c.toml"), text).unwrap();
        place.set_time("2026-11-23T02:00:00Z");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn set_time(&self, now: &str) {
        std::fs::write(self.path("clock"), now).unwrap();
    }

    /// Moves the clock on from where it stands.
    fn pass_time(&self, hours: i64) {
        let now: Timestamp = std::fs::read_to_string(self.path("clock")).unwrap().trim().parse().unwrap();
        self.set_time(&(now + SignedDuration::from_hours(hours)).to_string());
    }

    fn rooms(&self) -> Rooms {
        let config = config::load(&self.path("c.toml")).unwrap_or_else(|report| panic!("{}", report.plain()));
        tenderwatch::app::look(config, Clock::file(&self.path("clock")).unwrap()).unwrap()
    }

    fn verb(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tenderwatch"))
            .args([
                "--config".as_ref(),
                self.path("c.toml").as_os_str(),
                "--clock".as_ref(),
                self.path("clock").as_os_str(),
            ])
            .arg("subscriber")
            .args(words)
            .output()
            .unwrap()
    }

    fn done(&self, words: &[&str]) -> String {
        let output = self.verb(words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn refused(&self, words: &[&str]) -> String {
        let output = self.verb(words);
        assert!(!output.status.success(), "{words:?} was not refused");
        String::from_utf8(output.stderr).unwrap()
    }

    fn list(&self) -> Vec<Value> {
        serde_json::from_str(&self.done(&["list", "--json"])).unwrap()
    }
}

fn database(folder: &Path) -> Connection {
    Connection::open(folder.join("data/tenderwatch.db")).unwrap()
}

fn choices() -> Choices {
    let rhythm = Rhythm::plain(Frequency::Hourly);
    Choices::plain(Filter::all(Audience::Subscribers), rhythm, Language::En)
}

fn of_topic(topic: &str) -> Choices {
    let filter = Filter { words: vec![topic.to_owned()], ..choices().filter };
    Choices { filter, ..choices() }
}

fn asked(rooms: &Rooms, address: &str, choices: &Choices) -> Option<(Subscriber, String)> {
    match walks::sign_up(rooms, "office", address, choices).unwrap() {
        SignedUp::Confirm { subscriber, pass } => Some((*subscriber, pass)),
        SignedUp::Nothing => None,
        other => panic!("{other:?}"),
    }
}

fn confirmed(rooms: &Rooms, address: &str, choices: &Choices) -> Subscriber {
    let (row, pass) = asked(rooms, address, choices).unwrap();
    match walks::confirm(rooms, row.name(), row.receiver(), &pass).unwrap() {
        Confirmed::Now(row) => *row,
        other => panic!("{other:?}"),
    }
}

fn names(rooms: &Rooms) -> Vec<String> {
    let all = rooms.store.read(|r| walks::all(rooms, r)).unwrap();
    all.into_iter().map(|subscription| subscription.name).collect()
}

#[test]
fn a_row_is_added_changed_rested_and_taken_away_by_the_operator() {
    let place = Place::new();
    let added: Value = serde_json::from_str(&place.done(&[
        "add",
        "--channel",
        "office",
        "--to",
        "ada@Example.org",
        "--frequency",
        "weekly",
        "--on",
        "friday",
        "--at",
        "16:00",
        "--quiet",
        "22:00-07:00",
        "--province",
        "上海",
        "--buyer",
        "税务局",
        "--amount-from",
        "500万",
        "--json",
    ]))
    .unwrap();
    let name = added["name"].as_str().unwrap();
    assert_eq!((&added["standing"], &added["receiver"]), (&"active".into(), &ADA.into()));
    assert_eq!(added["choices"]["amount_from"], "5000000");
    assert_eq!(added["choices"]["provinces"][0], "310000");
    assert_eq!(names(&place.rooms()), ["morning", name], "a service would see it at its next look");

    place.done(&["edit", name, "--frequency", "immediate", "--without", "buyers", "--language", "en"]);
    let row = place.list().remove(0);
    assert_eq!(row["choices"]["frequency"], "immediate");
    assert_eq!(row["choices"]["quiet"], "22:00-07:00", "what no flag names stays");
    assert!(row["choices"]["buyers"].is_null() && row["choices"]["at"].is_null(), "{row}");

    place.done(&["pause", name]);
    assert!(place.refused(&["pause", name]).contains("rests already"));
    assert_eq!(names(&place.rooms()), ["morning"]);
    place.done(&["resume", name]);
    assert_eq!(names(&place.rooms()), ["morning", name]);
    place.done(&["remove", name]);
    assert_eq!(names(&place.rooms()), ["morning"]);
    assert!(place.refused(&["resume", name]).contains("has left"));
}

#[test]
fn what_cannot_be_is_refused_with_the_remedy_and_nothing_is_kept() {
    let place = Place::new();
    for (words, told) in [
        (&["add", "--channel", "office"][..], "needs an address"),
        (&["add", "--channel", "office", "--to", "ada"], "no mail address"),
        (&["add", "--channel", "post", "--to", ADA], "there is: office, room"),
        (&["add", "--channel", "room", "--to", ADA], "leave --to out"),
        (&["add", "--channel", "office", "--to", ADA, "--frequency", "weeky"], "did you mean \"weekly\""),
        (&["add", "--channel", "office", "--to", ADA, "--frequency", "hourly", "--at", "08:00"], "every hour"),
        (&["add", "--channel", "office", "--to", ADA, "--topic", "ai"], "[topics.ai]"),
        (&["add", "--channel", "office", "--to", ADA, "--amount-from", "2万", "--amount-to", "1万"], "less than"),
        (&["edit", "s_0000000000000000"], "no subscriber"),
        (&["erase", "ada"], "no mail address"),
    ] {
        let said = place.refused(words);
        assert!(said.contains(told), "{words:?}: {said}");
    }
    assert!(place.list().is_empty());
    place.done(&["add", "--channel", "room"]);
    assert!(
        place.refused(&["add", "--channel", "room", "--frequency", "hourly"]).contains("edit it"),
        "the same filter"
    );
}

#[test]
fn an_address_is_asked_first_and_told_only_when_it_says_yes() {
    let place = Place::new();
    let rooms = place.rooms();
    let (row, given) = asked(&rooms, " ada@EXAMPLE.org ", &choices()).unwrap();
    assert_eq!((row.receiver(), row.standing), (ADA, Standing::Pending));
    assert_eq!(names(&rooms), ["morning"], "nothing is told before");
    let leaving = pass(&rooms.passes, Purpose::Leave, row.name(), ADA, 0);
    for wrong in ["", "AAAA", &leaving] {
        assert_eq!(walks::confirm(&rooms, row.name(), ADA, wrong).unwrap(), Confirmed::Refused);
    }
    assert_eq!(walks::confirm(&rooms, row.name(), "eve@example.org", &given).unwrap(), Confirmed::Refused);
    let Confirmed::Now(now) = walks::confirm(&rooms, row.name(), ADA, &given).unwrap() else { panic!() };
    assert_eq!((now.standing, now.confirmed_at.is_some()), (Standing::Active, true));
    assert!(
        matches!(walks::confirm(&rooms, row.name(), ADA, &given).unwrap(), Confirmed::Already(_)),
        "a second click"
    );
    assert_eq!(names(&rooms), ["morning", row.name()]);
}

#[test]
fn nobody_is_bombarded_with_confirming_mails_and_what_nobody_confirms_is_forgotten() {
    let place = Place::new();
    let rooms = place.rooms();
    assert!(asked(&rooms, ADA, &of_topic("a")).is_some());
    assert!(asked(&rooms, "ADA@example.org", &of_topic("a")).is_none(), "the same again, in capitals");
    assert!(asked(&rooms, ADA, &of_topic("b")).is_some() && asked(&rooms, ADA, &of_topic("c")).is_some());
    assert!(asked(&rooms, ADA, &of_topic("d")).is_none(), "three wait already");
    assert!(asked(&rooms, "bob@example.org", &of_topic("d")).is_some(), "another address is none of that");
    place.pass_time(25);
    assert!(asked(&rooms, ADA, &of_topic("a")).is_some(), "a day later the mail is sent once more");
    assert!(asked(&rooms, ADA, &of_topic("a")).is_none());
    place.pass_time(8 * 24);
    walks::forget_unconfirmed(&rooms).unwrap();
    assert!(rooms.store.read(|r| r.subscribers()).unwrap().is_empty());
    assert!(asked(&rooms, ADA, &of_topic("d")).is_some());
}

#[test]
fn who_has_a_subscription_and_asks_for_it_again_gets_no_mail_and_no_second_one() {
    let place = Place::new();
    let rooms = place.rooms();
    let first = confirmed(&rooms, ADA, &choices());
    assert!(asked(&rooms, ADA, &choices()).is_none());
    // The same changes at another time: the latest wish stands once it is confirmed, and not before.
    let daily = Choices { rhythm: Rhythm::plain(Frequency::Immediate), ..choices() };
    let (asked_for, given) = asked(&rooms, ADA, &daily).unwrap();
    assert_eq!(names(&rooms), ["morning", first.name()]);
    walks::confirm(&rooms, asked_for.name(), ADA, &given).unwrap();
    assert_eq!(names(&rooms), ["morning", asked_for.name()]);
}

#[test]
fn what_cannot_be_chosen_on_a_page_is_refused() {
    let place = Place::new();
    let rooms = place.rooms();
    let filter = |filter| Choices { filter, ..choices() };
    let all = Filter::all(Audience::Subscribers);
    for unfit in [
        filter(Filter::all(Audience::Operator)),
        filter(Filter { topics: vec!["ai".into()], ..all.clone() }),
        filter(Filter { words: vec![" ".into()], ..all.clone() }),
        filter(Filter { words: vec!["x".repeat(101)], ..all.clone() }),
        filter(Filter { buyers: (0..51).map(|n| n.to_string()).collect(), ..all }),
        Choices { rhythm: Rhythm { zone: "Moon/Sea".into(), ..choices().rhythm }, ..choices() },
    ] {
        let said = walks::sign_up(&rooms, "office", ADA, &unfit).unwrap();
        assert!(matches!(said, SignedUp::Unfit(_)), "{unfit:?}: {said:?}");
    }
    assert_eq!(walks::sign_up(&rooms, "office", "ada", &choices()).unwrap(), SignedUp::NoAddress);
}

#[test]
fn a_pass_out_of_any_mail_lets_its_receiver_go_and_manages_nothing_afterwards() {
    let place = Place::new();
    let rooms = place.rooms();
    let row = confirmed(&rooms, ADA, &choices());
    let given = |purpose| pass(&rooms.passes, purpose, row.name(), ADA, row.generation);
    assert!(matches!(walks::managed(&rooms, row.name(), ADA, &given(Purpose::Manage)).unwrap(), Some(Managed::Row(_))));
    assert_eq!(walks::managed(&rooms, row.name(), ADA, &given(Purpose::Leave)).unwrap(), None);
    assert_eq!(walks::leave(&rooms, row.name(), ADA, &given(Purpose::Manage)).unwrap(), Left::Refused);
    assert_eq!(walks::leave(&rooms, row.name(), ADA, &given(Purpose::Leave)).unwrap(), Left::Now);
    assert_eq!(walks::leave(&rooms, row.name(), ADA, &given(Purpose::Leave)).unwrap(), Left::Already);
    assert_eq!(walks::managed(&rooms, row.name(), ADA, &given(Purpose::Manage)).unwrap(), None);
    let stored = rooms.store.read(|r| r.subscriber(row.name())).unwrap().unwrap();
    assert_eq!((stored.standing, stored.generation), (Standing::Left, 1));
    assert_ne!(confirmed(&rooms, ADA, &choices()).name(), row.name(), "who comes back begins anew");
}

#[test]
fn a_receiver_leaves_a_declared_subscription_and_the_others_stay() {
    let place = Place::new();
    let rooms = place.rooms();
    let receivers = || rooms.store.read(|r| walks::all(&rooms, r)).unwrap()[0].receivers.clone();
    let declared = "Ada@example.org";
    let leaving = pass(&rooms.passes, Purpose::Leave, "morning", declared, 0);
    let managing = pass(&rooms.passes, Purpose::Manage, "morning", declared, 0);
    let has_left = || match walks::managed(&rooms, "morning", declared, &managing).unwrap() {
        Some(Managed::Declared { has_left, .. }) => has_left,
        other => panic!("{other:?}"),
    };
    assert!(!has_left());
    assert_eq!(walks::leave(&rooms, "morning", "bob@example.org", &leaving).unwrap(), Left::Refused);
    assert_eq!(walks::leave(&rooms, "morning", declared, &leaving).unwrap(), Left::Now);
    assert_eq!(walks::leave(&rooms, "morning", declared, &leaving).unwrap(), Left::Already);
    assert!(has_left());
    assert_eq!(receivers(), ["bob@example.org"]);
    walks::rejoin(&rooms, "morning", declared).unwrap();
    assert_eq!(receivers(), [declared, "bob@example.org"]);
}

/// Two digests for two receivers: one sent, one waiting.
fn outbox(rooms: &Rooms, subscription: &str, receivers: [&str; 2]) {
    let now = rooms.clock.now();
    rooms
        .store
        .write(|w| {
            for digest in ["g_1", "g_2"] {
                let row = DigestRow {
                    id: digest.into(),
                    subscription: subscription.into(),
                    composed_at: now,
                    from_seq: 0,
                    to_seq: 0,
                    message_json: "{}".into(),
                };
                let deliveries = receivers.map(|receiver| NewDelivery {
                    id: DeliveryId(format!("d_{digest}_{receiver}")),
                    channel: "office".into(),
                    receiver: receiver.into(),
                    part: 1,
                    payload: format!("To: {receiver}").into_bytes(),
                    thread: None,
                });
                w.put_digest(&row, &[], &deliveries)?;
            }
            for receiver in receivers {
                let id = DeliveryId(format!("d_g_1_{receiver}"));
                w.record_attempt(&id, &tenderwatch::domain::delivery::Outcome::Accepted, None, None, now)?;
            }
            Ok::<_, tenderwatch::store::StoreError>(())
        })
        .unwrap();
}

#[test]
fn what_waits_for_one_who_leaves_is_not_sent() {
    let place = Place::new();
    let rooms = place.rooms();
    let row = confirmed(&rooms, ADA, &choices());
    outbox(&rooms, row.name(), [ADA, "bob@example.org"]);
    walks::remove(&rooms, row.name()).unwrap();
    let states: Vec<(String, String)> = database(place.folder.path())
        .prepare("SELECT receiver, state FROM deliveries WHERE digest = 'g_2' ORDER BY receiver")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let expected = [(ADA, "given_up"), ("bob@example.org", "waiting")];
    assert_eq!(states, expected.map(|(receiver, state)| (receiver.to_owned(), state.to_owned())));
}

#[test]
fn erasing_an_address_leaves_no_trace_of_it_and_nothing_else_is_touched() {
    let place = Place::new();
    let rooms = place.rooms();
    let address = "eve.unique@example.org";
    let row = confirmed(&rooms, address, &of_topic("存证"));
    asked(&rooms, address, &of_topic("b")).unwrap();
    let told = "UPDATE digests SET message = '{\"text\":\"https://t.example.org/manage/eve.unique\"}'";
    let other = confirmed(&rooms, "bob@example.org", &choices());
    outbox(&rooms, row.name(), [address, "bob@example.org"]);
    database(place.folder.path()).execute(told, []).unwrap();
    rooms.store.write(|w| w.leave("evening", address, rooms.clock.now())).unwrap();
    let shown = place.done(&["show", row.name(), "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["deliveries"].as_array().map(Vec::len), Some(2), "{shown}");

    let told = place.done(&["erase", "EVE.unique@example.org"]);
    assert!(told.contains("2 subscriptions, 2 deliveries"), "{told}");
    let text = dump(place.folder.path());
    // The ids of this test's deliveries are made of the address; the service's are hashes.
    assert!(
        !text
            .replace("d_g_1_eve.unique@example.org", "")
            .replace("d_g_2_eve.unique@example.org", "")
            .contains("unique")
    );
    assert!(!text.contains("存证"), "{text}");
    assert!(text.contains("bob@example.org"));
    let bobs = rooms.store.read(|r| r.payload(&DeliveryId("d_g_2_bob@example.org".into()))).unwrap();
    assert_eq!(bobs.as_deref(), Some(&b"To: bob@example.org"[..]));
    assert_eq!(names(&rooms), ["morning", other.name()]);
    assert_eq!(rooms.store.read(|r| r.next_delivery_at()).unwrap(), Some(rooms.clock.now()), "bob's still waits");
    let erased = rooms.store.read(|r| r.subscriber(row.name())).unwrap().unwrap();
    assert_eq!((erased.standing, erased.receiver()), (Standing::Erased, ""));
    let leaving = pass(&rooms.passes, Purpose::Leave, row.name(), address, 0);
    assert_eq!(
        walks::leave(&rooms, row.name(), address, &leaving).unwrap(),
        Left::Already,
        "an old mail's link is harmless"
    );
    assert!(place.done(&["erase", address]).contains("0 subscriptions, 0 deliveries"));
}

/// Every value of the tables that may speak of a person, as text.
fn dump(folder: &Path) -> String {
    let database = database(folder);
    let mut text = String::new();
    for table in ["subscribers", "departures", "deliveries", "attempts", "digests", "subscriptions", "stops"] {
        let mut statement = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                let value: rusqlite::types::Value = row.get(column).unwrap();
                match value {
                    rusqlite::types::Value::Blob(bytes) => text.push_str(&String::from_utf8_lossy(&bytes)),
                    other => write!(text, "{other:?}").unwrap(),
                }
                text.push('\n');
            }
        }
    }
    text
}

#[test]
fn what_nobody_confirmed_is_forgotten_with_the_mail_that_asked() {
    let place = Place::new();
    let rooms = place.rooms();
    let (row, _) = asked(&rooms, ADA, &choices()).unwrap();
    outbox(&rooms, row.name(), [ADA, "bob@example.org"]);
    place.pass_time(8 * 24);
    walks::forget_unconfirmed(&rooms).unwrap();
    let text = dump(place.folder.path()).replace("d_g_1_ada@example.org", "").replace("d_g_2_ada@example.org", "");
    assert!(!text.contains(ADA) && text.contains("bob@example.org"), "{text}");
}

#[test]
fn the_links_in_a_mail_let_their_receiver_in() {
    let place = Place::new();
    let mut text = std::fs::read_to_string(place.path("c.toml")).unwrap();
    let without = place.rooms();
    assert_eq!(links::links(&without, "morning", "bob@example.org", 0), None, "without pages there is nowhere to go");
    text.push_str("[web]\nbase_url = \"https://t.example.org/\"\n");
    std::fs::write(place.path("c.toml"), text).unwrap();
    let rooms = place.rooms();
    let links = links::links(&rooms, "morning", "bob@example.org", 0).unwrap();
    let read = |address: &str, purpose: &str| -> (String, String, String) {
        let rest = address.strip_prefix(&format!("https://t.example.org/{purpose}/")).unwrap().to_owned();
        let parts: Vec<&str> = rest.split('/').collect();
        let [name, receiver, pass] = parts[..] else { panic!("{address}") };
        (name.to_owned(), links::receiver_of(receiver).unwrap(), pass.to_owned())
    };
    let (name, receiver, pass) = read(&links.manage, "manage");
    assert!(walks::managed(&rooms, &name, &receiver, &pass).unwrap().is_some());
    let (name, receiver, pass) = read(&links.unsubscribe, "leave");
    assert_eq!(walks::leave(&rooms, &name, &receiver, &pass).unwrap(), Left::Now);
}

/// Each kind of choice once, away from its default.
fn every_choice() -> Vec<Choices> {
    let named = |frequency, quiet: Option<(i8, i8)>, working_days_only| Rhythm {
        quiet: quiet.map(|(from, until)| Quiet { from: time(from, 0, 0, 0), until: time(until, 30, 0, 0) }),
        working_days_only,
        zone: "Europe/Berlin".into(),
        ..Rhythm::plain(frequency)
    };
    let at = time(16, 5, 0, 0);
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let full = Filter {
        audience: Audience::Subscribers,
        topics: owned(&["blockchain"]),
        kinds: vec![ChangeKind::Awarded, ChangeKind::Failed],
        provinces: owned(&["310000"]),
        levels: Level::ALL.to_vec(),
        categories: Category::ALL.to_vec(),
        buyers: owned(&["税务局", "a \"b\" \\ c"]),
        suppliers: owned(&["911100007693890511"]),
        amount_from: Some(Money::cny(12_345)),
        amount_to: Some(Money::yuan(100_000_000)),
        words: owned(&["存证"]),
    };
    let operator = Filter { kinds: vec![ChangeKind::SourceFailing], ..Filter::all(Audience::Operator) };
    vec![
        choices(),
        Choices {
            filter: full,
            rhythm: named(Frequency::Daily { at }, Some((22, 7)), true),
            near_misses: true,
            ..choices()
        },
        Choices { filter: operator, rhythm: named(Frequency::Immediate, Some((0, 8)), false), ..choices() },
        Choices {
            rhythm: named(Frequency::Weekly { on: Weekday::Sunday, at }, None, false),
            grouping: Grouping::PerProject,
            idle: Idle::AllQuiet,
            ..choices()
        },
        Choices {
            rhythm: named(Frequency::Monthly { on: 31, at }, None, true),
            grouping: Grouping::PerChange,
            start: Start::Summary,
            language: Language::Zh,
            ..choices()
        },
    ]
}

#[test]
fn what_is_chosen_is_kept_and_written_as_it_is() {
    let place = Place::new();
    let rooms = place.rooms();
    for chosen in every_choice() {
        let row = walks::add(&rooms, "office", Some(ADA), &chosen).unwrap();
        let kept = rooms.store.read(|r| r.subscriber(row.name())).unwrap().unwrap();
        assert_eq!(kept, row);
        assert_eq!(Choices::of(&kept.subscription), chosen);
        assert_eq!(config::choices::read_choices(&config::choices::written(&chosen), &rooms.config.topics), Ok(chosen));
        walks::remove(&rooms, row.name()).unwrap();
    }
}

#[test]
fn another_rhythm_speaks_by_its_own_calendar_at_once_and_rest_is_not_caught_up() {
    let place = Place::new();
    let rooms = place.rooms();
    let row = confirmed(&rooms, ADA, &choices());
    let memory = SubscriptionMemory { watermark: 7, next_due_at: Some(rooms.clock.now()), ..Default::default() };
    rooms.store.write(|w| w.put_subscription_memory(row.name(), &memory)).unwrap();
    let daily = Frequency::Daily { at: time(9, 0, 0, 0) };
    walks::change(&rooms, row.name(), &Choices { rhythm: Rhythm::plain(daily), ..choices() }).unwrap();
    let after = rooms.store.read(|r| r.subscription_memory(row.name())).unwrap().unwrap();
    assert_eq!((after.watermark, after.next_due_at), (7, Some("2026-11-24T01:00:00Z".parse().unwrap())));
    let troubles = Choices { filter: Filter::all(Audience::Operator), ..choices() };
    assert!(walks::change(&rooms, row.name(), &troubles).is_err(), "a person cannot make themselves the operator");
    walks::rest(&rooms, row.name(), true).unwrap();
    walks::rest(&rooms, row.name(), false).unwrap();
    assert_eq!(rooms.store.read(|r| r.subscription_memory(row.name())).unwrap(), None);
}

#[test]
fn an_address_that_the_configuration_names_is_still_kept_from_being_told() {
    let place = Place::new();
    let told = place.done(&["erase", "bob@example.org"]);
    assert!(told.contains("the configuration still names the address: in morning"), "{told}");
    let rooms = place.rooms();
    let all = rooms.store.read(|r| walks::all(&rooms, r)).unwrap();
    assert_eq!(all[0].receivers, ["Ada@example.org"]);
}

#[test]
fn a_row_that_cannot_be_read_is_named_and_holds_up_no_other() {
    let place = Place::new();
    let rooms = place.rooms();
    let broken = confirmed(&rooms, ADA, &choices());
    let whole = confirmed(&rooms, "bob@example.org", &choices());
    let later = "UPDATE subscribers SET content = replace(content, '\"v\":1', '\"v\":99') WHERE name = ?1";
    assert_eq!(database(place.folder.path()).execute(later, [broken.name()]).unwrap(), 1);
    assert_eq!(names(&rooms), ["morning", whole.name()]);
    assert!(rooms.unreadable.lock().unwrap().contains(broken.name()), "the log names it once");
    let output = place.verb(&["list"]);
    assert_eq!(output.status.code(), Some(1));
    let (said, shown) = (String::from_utf8(output.stderr).unwrap(), String::from_utf8(output.stdout).unwrap());
    assert!(said.contains(broken.name()) && said.contains("version 99"), "{said}");
    assert!(shown.contains(whole.name()), "{shown}");
    assert!(place.refused(&["show", broken.name()]).contains(broken.name()));
    assert!(place.done(&["erase", ADA]).contains("1 subscriptions"), "it can be erased all the same");
}

#[test]
fn the_key_of_the_links_is_made_once_and_one_that_others_can_read_is_refused() {
    let place = Place::new();
    place.list();
    let key = std::fs::read(place.path("data/link-key")).unwrap();
    place.list();
    assert_eq!(std::fs::read(place.path("data/link-key")).unwrap(), key);
    std::fs::set_permissions(place.path("data/link-key"), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    assert!(place.refused(&["list"]).contains("link-key"));
}
