//! When a subscription speaks and what it says then: the real jobs over a real history and a hand-moved clock. Nobody is polled
//! and nothing is sent; what waits in the outbox is looked at.

use std::sync::Barrier;

use jiff::civil::{datetime, time};
use jiff::{SignedDuration, Timestamp};
use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::change::{Audience, Change, ChangeKind, FieldChange, Telling};
use tenderwatch::domain::money::Money;
use tenderwatch::domain::project::{Project, ProjectId, Status};
use tenderwatch::domain::stamp::Stamp;
use tenderwatch::domain::subscriber::{Origin, Standing, Subscriber};
use tenderwatch::domain::subscription::{
    Filter, Frequency, Grouping, Idle, Language, Quiet, Rhythm, Start, Subscription,
};
use tenderwatch::domain::topic::Weight;
use tenderwatch::figures::totals::contribution;
use tenderwatch::jobs::Rooms;
use tenderwatch::jobs::digest::{self, Preview};
use tenderwatch::platform::clock::Clock;
use tenderwatch::store::deliveries::DeliveryRow;
use tenderwatch::store::stops::{Stop, StopKind};
use tenderwatch::{app, config};

const TOPIC: &str = "blockchain";

/// A service's rooms, with these subscriptions.
struct Desk {
    folder: tempfile::TempDir,
    clock: Clock,
    rooms: Rooms,
}

/// A day and an hour of November 2026 in China; the 23rd is a Monday.
fn at(day: i8, hour: i8) -> Timestamp {
    Stamp::china(datetime(2026, 11, day, hour, 0, 0, 0)).unwrap().at
}

fn daily() -> Subscription {
    Subscription {
        name: "daily".into(),
        filter: Filter::all(Audience::Subscribers),
        channel: "mail".into(),
        receivers: vec!["a@example.org".into()],
        rhythm: Rhythm::plain(Frequency::Daily { at: time(9, 0, 0, 0) }),
        grouping: Grouping::Digest,
        language: Language::En,
        idle: Idle::Silent,
        start: Start::Silent,
        near_misses: false,
    }
}

fn immediate() -> Subscription {
    Subscription { rhythm: Rhythm::plain(Frequency::Immediate), ..daily() }
}

impl Desk {
    /// Opens on Monday at 10:00 and lets everybody begin.
    fn open(subscriptions: Vec<Subscription>) -> Self {
        let desk = Self::closed(subscriptions);
        desk.told();
        desk
    }

    fn closed(subscriptions: Vec<Subscription>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::hand(at(23, 10));
        let rooms = rooms(folder.path(), &clock, subscriptions, true);
        Self { folder, clock, rooms }
    }

    /// What is due is composed; gives how many messages that were.
    fn told(&self) -> u64 {
        let told = digest::compose_due(&self.rooms).unwrap();
        assert!(!self.is_due(), "nothing is due after all was told");
        told
    }

    fn is_due(&self) -> bool {
        let now = self.clock.now();
        self.rooms.store.read(|r| digest::is_due(&self.rooms, r, now)).unwrap()
    }

    fn told_at(&self, day: i8, hour: i8) -> u64 {
        self.clock.set(at(day, hour));
        self.told()
    }

    fn project(&self, title: &str, change: impl FnOnce(&mut Project)) -> ProjectId {
        let mut project = Project {
            title: title.into(),
            status: Status::Tendering,
            weight: Weight::Subject,
            first_on: Some(jiff::civil::date(2026, 11, 1)),
            budget: Amount::disclosed(Money::yuan(1_000_000), "summary"),
            award: Amount::NotApplicable,
            contract: Amount::NotApplicable,
            rounds: 1,
            ..Project::default()
        };
        change(&mut project);
        let now = self.clock.now();
        self.rooms
            .store
            .write(|w| {
                let id = w.new_project(now)?;
                w.put_project(id, TOPIC, &project, contribution(&project).as_ref())?;
                Ok::<_, anyhow::Error>(id)
            })
            .unwrap()
    }

    fn happens(&self, kind: ChangeKind, project: Option<ProjectId>, fields: Vec<FieldChange>) -> i64 {
        let change = Change {
            kind,
            project,
            notice: None,
            source: None,
            topic: project.map(|_| TOPIC.to_owned()),
            fields,
            reason: "it did".into(),
            published_at: None,
            seen_at: self.clock.now(),
            telling: Telling::News,
        };
        self.rooms.store.write(|w| w.append_changes(&[change])).unwrap()[0]
    }

    fn tender(&self, title: &str) -> ProjectId {
        let id = self.project(title, |_| {});
        self.happens(ChangeKind::TenderPublished, Some(id), Vec::new());
        id
    }

    /// Everything in the outbox, the oldest first.
    fn outbox(&self) -> Vec<DeliveryRow> {
        let mut rows = self.rooms.store.read(|r| r.deliveries(10_000)).unwrap();
        rows.reverse();
        rows
    }

    /// The last mail, its parts decoded.
    fn last(&self) -> String {
        let row = self.outbox().pop().unwrap();
        let payload = self.rooms.store.read(|r| r.payload(&row.id)).unwrap().unwrap();
        let raw = String::from_utf8(payload).unwrap();
        let (headers, body) = crate::receivers::entity(&raw);
        let text = crate::receivers::parts(&headers, body).remove(0).1;
        let named = headers.iter().filter(|(name, _)| ["References", "In-Reply-To"].contains(&name.as_str()));
        let named: Vec<String> = named.map(|(name, value)| format!("{name}: {value}\n")).collect();
        named.concat() + &text
    }
}

fn rooms(folder: &std::path::Path, clock: &Clock, subscriptions: Vec<Subscription>, alone: bool) -> Rooms {
    let text = format!(
        "contact = \"ops@example.org\"\ndata_dir = \"{}/data\"\n[sources.ccgp]\ndialect = \"ccgp\"\n\
         since = \"2016-12-12\"\n[channels.mail.email]\nfrom = \"tenderwatch <w@example.org>\"\nhost = \"127.0.0.1\"\n\
         tls = \"none\"\n",
        folder.display()
    );
    let mut config = config::parse(&text, "test.toml").unwrap_or_else(|report| panic!("{report:?}"));
    config.subscriptions = subscriptions;
    if alone { app::open(config, clock.clone()).unwrap() } else { app::look(config, clock.clone()).unwrap() }
}

#[test]
fn a_daily_digest_comes_once_a_day_and_a_week_of_rest_is_caught_up_with_one() {
    let desk = Desk::open(vec![daily()]);
    desk.tender("one");
    assert_eq!(desk.told_at(23, 11), 0, "it is not nine yet");
    assert_eq!(desk.told_at(24, 9), 1);
    assert_eq!(desk.told_at(24, 10), 0);
    for day in [25, 26, 27] {
        desk.clock.set(at(day, 8));
        desk.tender(&format!("of day {day}"));
    }
    assert_eq!(desk.told_at(30, 12), 1, "not one for each day that was missed");
    let text = desk.last();
    assert!(["of day 25", "of day 26", "of day 27"].iter().all(|title| text.contains(title)), "{text}");
    assert_eq!(desk.outbox().len(), 2);
    let runs = desk.rooms.store.read(|r| r.runs("daily")).unwrap();
    let periods: Vec<&str> = runs.iter().map(|run| run.period.as_str()).collect();
    assert_eq!(periods, ["2026-11-24T01:00:00Z", "2026-11-30T01:00:00Z"]);
}

#[test]
fn two_processes_that_compose_at_once_make_one_message() {
    let desk = Desk::open(vec![daily(), Subscription { name: "hot".into(), ..immediate() }]);
    let other = rooms(desk.folder.path(), &desk.clock, desk.rooms.config.subscriptions.clone(), false);
    for day in 24..30 {
        desk.clock.set(at(day, 9));
        desk.tender("one");
        let gate = Barrier::new(2);
        let told: Vec<u64> = std::thread::scope(|scope| {
            let compose = |rooms| {
                let gate = &gate;
                scope.spawn(move || {
                    gate.wait();
                    digest::compose_due(rooms).unwrap()
                })
            };
            let both = [compose(&desk.rooms), compose(&other)];
            both.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(told.iter().sum::<u64>(), 2, "{told:?}");
    }
    assert_eq!(desk.outbox().len(), 12);
}

#[test]
fn a_clock_that_was_set_back_makes_no_second_message_of_a_period() {
    let quiet = Subscription { idle: Idle::AllQuiet, ..daily() };
    let desk = Desk::open(vec![quiet]);
    desk.tender("one");
    assert_eq!(desk.told_at(24, 9), 1);
    // The clock was ahead by a month, and is put right.
    desk.clock.set(Stamp::china(datetime(2027, 1, 24, 9, 0, 0, 0)).unwrap().at);
    assert_eq!(desk.told(), 1);
    desk.tender("two");
    assert_eq!(desk.told_at(24, 12), 0, "the period of the 24th was told");
    assert_eq!(desk.told_at(25, 9), 1);
    assert!(desk.last().contains("two"));
}

#[test]
fn news_that_wait_for_the_end_of_quiet_hours_come_in_one_message() {
    let quiet = Some(Quiet { from: time(22, 0, 0, 0), until: time(7, 0, 0, 0) });
    let mut still = immediate();
    still.rhythm.quiet = quiet;
    let desk = Desk::open(vec![still]);
    desk.tender("by day");
    assert_eq!(desk.told(), 1);
    desk.clock.set(at(23, 23));
    desk.tender("by night");
    assert_eq!(desk.told(), 0);
    desk.clock.set(at(24, 3));
    desk.tender("before dawn");
    assert!(!desk.is_due(), "a change by night wakes nobody who sleeps");
    assert_eq!(desk.told_at(24, 7), 1);
    let text = desk.last();
    assert!(text.contains("by night") && text.contains("before dawn"), "{text}");
    desk.tender("by the next day");
    assert_eq!(desk.told(), 1);
}

#[test]
fn an_empty_period_is_told_to_those_who_asked_for_it() {
    let heard = Subscription { name: "heard".into(), idle: Idle::AllQuiet, ..daily() };
    let desk = Desk::open(vec![daily(), heard]);
    assert_eq!(desk.told_at(24, 9), 1);
    let text = desk.last();
    assert!(text.contains("Nothing has changed since the last digest. The watch goes on."), "{text}");
    assert!(text.contains("ccgp: not read yet"), "{text}");
    assert_eq!(desk.outbox()[0].subscription, "heard");
    assert_eq!(desk.told_at(27, 9), 1, "three empty days are one message");
}

#[test]
fn a_subscription_begins_silent_or_with_where_things_stand() {
    let asked = Subscription { name: "asked".into(), start: Start::Summary, ..daily() };
    let desk = Desk::closed(vec![daily(), asked]);
    desk.project("closes on Friday", |project| project.deadline_at = Stamp::china(datetime(2026, 11, 27, 9, 0, 0, 0)));
    desk.tender("there before");
    assert_eq!(desk.told(), 1);
    assert_eq!(desk.outbox()[0].subscription, "asked");
    let text = desk.last();
    assert!(text.contains("Where blockchain procurement stands: 2 projects, 2 open for tenders"), "{text}");
    assert!(text.contains("Your subscription begins."), "{text}");
    assert_eq!(desk.told_at(24, 9), 0, "and what stood there is no news");
    desk.tender("new");
    assert_eq!(desk.told_at(25, 9), 2);
}

#[test]
fn messages_of_one_project_form_a_thread() {
    let grouped = |grouping| Subscription { grouping, ..daily() };
    let desk = Desk::open(vec![grouped(Grouping::PerProject)]);
    let (one, two) = (desk.tender("one"), desk.tender("two"));
    desk.happens(ChangeKind::Corrected, Some(one), Vec::new());
    assert_eq!(desk.told_at(24, 9), 2, "a message a project");
    desk.happens(ChangeKind::Failed, Some(two), Vec::new());
    assert_eq!(desk.told_at(25, 9), 1);
    let rows = desk.outbox();
    let thread = |project| desk.rooms.store.read(|r| r.thread_of("daily", "mail", "a@example.org", project)).unwrap();
    assert_eq!(thread(one), [rows[0].id.clone()]);
    assert_eq!(thread(two), [rows[1].id.clone(), rows[2].id.clone()]);
    let single = Desk::open(vec![grouped(Grouping::PerChange)]);
    let one = single.tender("one");
    single.happens(ChangeKind::Corrected, Some(one), Vec::new());
    assert_eq!(single.told_at(24, 9), 2, "a message a change");
    let whole = Desk::open(vec![daily()]);
    let one = whole.tender("one");
    assert_eq!(whole.told_at(24, 9), 1);
    let row = whole.outbox().remove(0);
    let thread = whole.rooms.store.read(|r| r.thread_of("daily", "mail", "a@example.org", one)).unwrap();
    assert_eq!(thread, [row.id], "a digest that speaks of one project belongs to its thread");
}

#[test]
fn who_left_or_is_stopped_gets_nothing() {
    let receivers = ["a@example.org", "left@example.org", "stopped@example.org"];
    let desk = Desk::open(vec![Subscription { receivers: receivers.map(Into::into).into(), ..daily() }]);
    let now = desk.clock.now();
    let stop = Stop {
        channel: "mail".into(),
        receiver: "stopped@example.org".into(),
        kind: StopKind::Bounced,
        why: "no such mailbox".into(),
        at: now,
    };
    desk.rooms.store.write(|w| w.stop_receiver(&stop)).unwrap();
    desk.rooms.store.write(|w| w.leave("daily", "left@example.org", now)).unwrap();
    desk.tender("one");
    assert_eq!(desk.told_at(24, 9), 1);
    let rows = desk.outbox();
    assert_eq!(rows.iter().map(|row| row.receiver.as_str()).collect::<Vec<_>>(), ["a@example.org"]);
}

#[test]
fn a_deadline_is_reminded_of_once_where_no_better_moment_is_left() {
    let desk = Desk::open(vec![daily(), immediate_named("hot")]);
    let id = desk.project("closes soon", |project| {
        project.deadline_at = Stamp::china(datetime(2026, 12, 4, 9, 30, 0, 0));
    });
    let change = desk.happens(ChangeKind::TenderPublished, Some(id), Vec::new());
    assert!(change > 0);
    assert_eq!(desk.told(), 1, "the immediate one");
    assert_eq!(desk.told_at(24, 9), 1);
    let mut reminded = Vec::new();
    for hours in 1..14 {
        desk.clock.set(at(24, 9) + SignedDuration::from_hours(24 * hours));
        if desk.told() > 0 {
            reminded.push((hours, desk.last()));
        }
    }
    assert_eq!(reminded.len(), 1, "{reminded:?}");
    let (days, text) = &reminded[0];
    assert_eq!(*days, 9, "on 3 December, the last message with a day left");
    assert!(text.contains("1 blockchain tender closing soon, on 4 Dec: closes soon"), "{text}");
}

fn immediate_named(name: &str) -> Subscription {
    Subscription { name: name.into(), ..immediate() }
}

#[test]
fn near_misses_are_shown_once_a_week_to_those_who_asked() {
    let asked = Subscription { name: "asked".into(), near_misses: true, ..daily() };
    let desk = Desk::open(vec![daily(), asked]);
    let mut shown = Vec::new();
    for day in 1..15_i64 {
        desk.clock.set(at(23, 9) + SignedDuration::from_hours(24 * day));
        mention(&desk, &format!("of day {day}"));
        if desk.told() > 0 {
            shown.push((day, desk.last()));
        }
    }
    assert_eq!(shown.iter().map(|(day, _)| *day).collect::<Vec<_>>(), [8], "{shown:?}");
    let text = &shown[0].1;
    assert!(text.contains("of day 7") && !text.contains("of day 1\n"), "{text}");
    assert!(text.contains("In the requirements: \"Suppliers know 区块链.\""), "{text}");
}

/// A project that only mentions the topic, with the notice that does.
fn mention(desk: &Desk, title: &str) {
    use tenderwatch::domain::notice::{Notice, NoticeKind};
    use tenderwatch::domain::project::NoticeId;
    use tenderwatch::domain::topic::{Relevance, TopicEvidence};
    use tenderwatch::store::notices::FreshNotice;
    let now = desk.clock.now();
    let evidence =
        TopicEvidence {
            term: "区块链".into(), field: "requirement".into(), sentence: "Suppliers know 区块链.".into()
        };
    let notice = Notice {
        kind: NoticeKind::Tender,
        title: title.into(),
        relevance: Relevance { weight: Weight::Mention, evidence: vec![evidence] },
        ..Notice::default()
    };
    let id = desk.project(title, |project| {
        project.weight = Weight::Mention;
        project.latest_at = Some(Stamp { at: now, offset: Stamp::CHINA });
    });
    let native_id = NoticeId { source: "ccgp".into(), native_id: title.replace(' ', "-") };
    desk.rooms
        .store
        .write(|w| {
            let body_hash = w.keep_body(title.as_bytes(), now)?;
            let fresh = FreshNotice {
                notice: &notice,
                content_hash: title,
                body_hash: &body_hash,
                reader_version: 1,
                problems: &[],
                next_visit_at: None,
            };
            w.put_notice(&native_id, &fresh, now)?;
            w.link(&native_id, id, "new", "certain", now)
        })
        .unwrap();
}

#[test]
fn what_was_told_and_is_corrected_later_is_said_to_each_as_it_was_told() {
    let per_project = Subscription { name: "each".into(), grouping: Grouping::PerProject, ..daily() };
    let late = Subscription { name: "late".into(), filter: only(ChangeKind::Corrected), ..daily() };
    let desk = Desk::open(vec![daily(), per_project, late]);
    let id = desk.tender("one");
    assert_eq!(desk.told_at(24, 9), 2);
    let moved = FieldChange {
        field: "deadline".into(),
        old: Some("2026-12-20 09:30".into()),
        new: Some("2026-12-21 14:00".into()),
    };
    desk.happens(ChangeKind::Corrected, Some(id), vec![moved]);
    assert_eq!(desk.told_at(25, 9), 3);
    for row in desk.outbox().iter().skip(2) {
        let payload = desk.rooms.store.read(|r| r.payload(&row.id)).unwrap().unwrap();
        let raw = String::from_utf8(payload).unwrap();
        let (headers, body) = crate::receivers::entity(&raw);
        let text = crate::receivers::parts(&headers, body).remove(0).1;
        let was_told = "You were told on 24 Nov: deadline 20 Dec, 09:30; it is now 21 Dec, 14:00";
        assert_eq!(text.contains(was_told), row.subscription != "late", "{}: {text}", row.subscription);
        assert!(text.contains("21 Dec, 14:00"), "{text}");
    }
}

fn only(kind: ChangeKind) -> Filter {
    Filter { kinds: vec![kind], ..Filter::all(Audience::Subscribers) }
}

#[test]
fn a_long_backlog_is_told_whole_and_each_change_once() {
    let desk = Desk::open(vec![daily()]);
    let id = desk.tender("one");
    let seqs: Vec<i64> = (0..1_199).map(|_| desk.happens(ChangeKind::Corrected, Some(id), Vec::new())).collect();
    assert_eq!(desk.told_at(24, 9), 3);
    let runs = desk.rooms.store.read(|r| r.runs("daily")).unwrap();
    let mut spans: Vec<(i64, i64)> = runs.iter().map(|run| (run.from_seq, run.to_seq)).collect();
    spans.sort_unstable();
    assert!(spans.windows(2).all(|pair| pair[0].1 == pair[1].0), "{spans:?}");
    assert_eq!(spans.last().unwrap().1, *seqs.last().unwrap());
}

#[test]
fn a_total_says_which_projects_moved_it() {
    let desk = Desk::open(vec![daily()]);
    desk.tender("before");
    assert_eq!(desk.told_at(24, 9), 1);
    let large = desk.project("the large one", |project| {
        project.budget = Amount::disclosed(Money::yuan(9_000_000), "summary");
    });
    desk.happens(ChangeKind::TenderPublished, Some(large), Vec::new());
    desk.tender("the small one");
    assert_eq!(desk.told_at(25, 9), 1);
    let text = desk.last();
    assert!(text.contains("+¥10M since the last digest"), "{text}");
    assert!(text.contains("mostly \"the large one\" +¥9M, \"the small one\" +¥1M"), "{text}");
}

#[test]
fn a_message_out_of_turn_is_told_once_and_leaves_the_calendar_as_it_was() {
    let desk = Desk::open(vec![daily()]);
    desk.tender("one");
    assert_eq!(digest::send(&desk.rooms, &desk.rooms.config.subscriptions[0]).unwrap(), 1);
    assert_eq!(digest::send(&desk.rooms, &desk.rooms.config.subscriptions[0]).unwrap(), 0);
    assert_eq!(desk.told_at(24, 9), 0, "it was told already");
    desk.tender("two");
    assert_eq!(desk.told_at(25, 9), 1);
}

#[test]
fn a_preview_shows_what_was_seen_by_then_and_writes_nothing() {
    let desk = Desk::open(vec![daily()]);
    desk.tender("of Monday");
    desk.clock.set(at(25, 8));
    desk.tender("of Wednesday");
    let shown = |what| {
        let messages = digest::preview(&desk.rooms, &desk.rooms.config.subscriptions[0], what).unwrap();
        messages.into_iter().map(|message| message.text).collect::<String>()
    };
    let both = shown(Preview::Untold);
    assert!(both.contains("of Monday") && both.contains("of Wednesday"), "{both}");
    let then = shown(Preview::AsOf(at(23, 12)));
    assert!(then.contains("of Monday") && !then.contains("of Wednesday") && !then.contains("Running totals"), "{then}");
    assert_eq!(shown(Preview::AsOf(at(24, 12))), "");
    assert_eq!(desk.told(), 1, "a preview told nobody");
}

#[test]
fn a_row_that_comes_or_rests_while_the_service_runs_is_noticed() {
    let desk = Desk::open(vec![]);
    let row = |standing, hour| {
        let subscription = Subscription { name: "s_0123456789abcdef".into(), ..daily() };
        Subscriber {
            subscription,
            standing,
            origin: Origin::Command,
            generation: 0,
            made_at: at(23, 10),
            changed_at: at(23, hour),
            confirmed_at: None,
        }
    };
    desk.rooms.store.write(|w| w.put_subscriber(&row(Standing::Active, 11))).unwrap();
    assert!(desk.is_due(), "somebody came");
    assert_eq!(desk.told(), 0);
    desk.tender("one");
    assert_eq!(desk.told_at(24, 9), 1);
    desk.rooms.store.write(|w| w.put_subscriber(&row(Standing::Paused, 12))).unwrap();
    desk.tender("two");
    assert_eq!(desk.told_at(25, 9), 0, "who rests is told nothing");
    assert_eq!(desk.outbox().len(), 1);
}

#[test]
fn messages_by_the_calendar_bear_charts_and_the_others_do_not() {
    let desk = Desk::open(vec![daily(), Subscription { name: "hot".into(), ..immediate() }]);
    let awarded = desk.project("ledger", |project| {
        project.status = Status::Awarded;
        project.award = Amount::disclosed(Money::yuan(2_000_000), "summary");
    });
    desk.project("silent", |project| {
        project.status = Status::Awarded;
        project.award = Amount::Undisclosed;
    });
    desk.happens(ChangeKind::Awarded, Some(awarded), Vec::new());
    let mails = |of: &str| {
        let rows: Vec<DeliveryRow> = desk.outbox().into_iter().filter(|row| row.subscription == of).collect();
        let payload = |row: &DeliveryRow| desk.rooms.store.read(|r| r.payload(&row.id)).unwrap().unwrap();
        rows.iter().map(|row| String::from_utf8(payload(row)).unwrap()).collect::<Vec<_>>()
    };
    let message = digest::preview(&desk.rooms, &daily(), Preview::Untold).unwrap().remove(0);
    let ids: Vec<&str> = message.images.iter().map(|image| image.id.as_str()).collect();
    assert_eq!(ids, ["chart-months", "chart-regions"]);
    for image in &message.images {
        assert!(image.png.starts_with(b"\x89PNG") && image.png.len() < 60_000);
        assert!(message.html.contains(&format!("src=\"cid:{}\"", image.id)), "{}", message.html);
    }
    assert!(message.images[0].alt.contains("¥2M, 2 projects, 1 of them undisclosed"), "{}", message.images[0].alt);
    assert!(message.text.contains("Nov 2026: ¥2M, 2 projects, 1 of them undisclosed"), "{}", message.text);
    assert!(message.text.contains("province unknown: 2 · 100.0%"), "{}", message.text);
    assert_eq!(desk.told_at(24, 9), 2);
    let (daily, hot) = (mails("daily"), mails("hot"));
    assert_eq!(daily.last().unwrap().matches("image/png").count(), 2);
    assert!(!hot.last().unwrap().contains("image/png") && !hot.last().unwrap().contains("cid:"));
}
