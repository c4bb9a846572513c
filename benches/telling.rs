//! What it costs to tell one day's changes to 10,000 subscriptions of 200 distinct filters in both languages: composing, rendering
//! and the outbox's rows in a real SQLite file, for a mail channel whose server is nobody. Prints also how much memory a walk
//! took, and what asking whether anything is due costs.

#![expect(clippy::unwrap_used, reason = "a measurement may fail")]
#![expect(clippy::cast_precision_loss, reason = "rates and medians are for reading")]

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use criterion::Criterion;
use jiff::civil::{datetime, time};
use jiff::{SignedDuration, Timestamp};
use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::change::{Audience, Change, ChangeKind, FieldChange, Telling};
use tenderwatch::domain::money::Money;
use tenderwatch::domain::notice::{LotStatus, Method};
use tenderwatch::domain::organisation::Organisation;
use tenderwatch::domain::project::{Project, ProjectLot, Status};
use tenderwatch::domain::region::Region;
use tenderwatch::domain::stamp::Stamp;
use tenderwatch::domain::subscriber::{Origin, Standing, Subscriber};
use tenderwatch::domain::subscription::{Filter, Frequency, Grouping, Idle, Language, Rhythm, Start, Subscription};
use tenderwatch::domain::topic::Weight;
use tenderwatch::figures::totals::contribution;
use tenderwatch::jobs::Rooms;
use tenderwatch::jobs::digest;
use tenderwatch::platform::clock::Clock;
use tenderwatch::{app, config};

/// Subscriptions, unless the environment names another number.
const SUBSCRIPTIONS: usize = 10_000;
/// Distinct filters among them.
const FILTERS: usize = 200;
/// Changes of a day.
const CHANGES: usize = 60;
/// Provinces that projects and filters are of.
const PROVINCES: [&str; 10] =
    ["110000", "120000", "310000", "320000", "330000", "370000", "420000", "440000", "500000", "510000"];

fn at(day: i8) -> Timestamp {
    Stamp::china(datetime(2026, 11, day, 9, 0, 0, 0)).unwrap().at
}

/// A history with subscribers who were told of yesterday, and a day's changes that nobody heard.
struct World {
    _folder: tempfile::TempDir,
    clock: Clock,
    rooms: Rooms,
}

impl World {
    fn make(subscriptions: usize) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let clock = Clock::hand(at(23));
        let rooms = rooms(folder.path(), &clock)?;
        rooms.store.write(|w| -> Result<()> {
            (0..subscriptions).try_for_each(|place| Ok(w.put_subscriber(&subscriber(place))?))
        })?;
        digest::compose_due(&rooms)?;
        let world = Self { _folder: folder, clock, rooms };
        world.day()?;
        Ok(world)
    }

    /// A day's changes.
    fn day(&self) -> Result<()> {
        let now = self.clock.now();
        self.rooms.store.write(|w| -> Result<()> {
            for place in 0..CHANGES {
                let project = project(place);
                let id = w.new_project(now)?;
                w.put_project(id, "blockchain", &project, contribution(&project).as_ref())?;
                w.append_changes(&[change(id, &project, place, now)])?;
            }
            Ok(())
        })
    }

    /// Tells everybody of it; gives how long that took, and how many messages that were.
    fn told(&self) -> Result<(Duration, u64)> {
        self.clock.set(self.clock.now() + SignedDuration::from_hours(24));
        let started = Instant::now();
        let told = digest::compose_due(&self.rooms)?;
        Ok((started.elapsed(), told))
    }

    fn is_due(&self) -> bool {
        let now = self.clock.now();
        self.rooms.store.read(|r| digest::is_due(&self.rooms, r, now)).unwrap()
    }
}

fn rooms(folder: &Path, clock: &Clock) -> Result<Rooms> {
    let text = format!(
        "contact = \"bench@example.org\"\ndata_dir = \"{}\"\n[sources.ccgp]\ndialect = \"ccgp\"\nsince = \"2016-12-12\"\n\
         [channels.mail.email]\nfrom = \"tenderwatch <w@example.org>\"\nhost = \"127.0.0.1\"\ntls = \"none\"\n",
        folder.display()
    );
    app::open(config::parse(&text, "bench.toml").map_err(|report| anyhow!("{report}"))?, clock.clone())
}

/// One of them: its filter is one of so many, its language one of two.
fn subscriber(place: usize) -> Subscriber {
    let kinds = [ChangeKind::TenderPublished, ChangeKind::Awarded, ChangeKind::Corrected, ChangeKind::Failed];
    let filter = place % FILTERS;
    let provinces: Vec<String> =
        PROVINCES.iter().cycle().skip(filter % 10).take(1 + filter / 50).map(|code| (*code).to_owned()).collect();
    let subscription = Subscription {
        name: format!("s_{place:016x}"),
        filter: Filter {
            kinds: kinds.into_iter().cycle().skip(filter / 10 % 4).take(2 + filter % 3).collect(),
            provinces,
            amount_from: filter.is_multiple_of(4).then(|| Money::yuan(i64::try_from(filter).unwrap() * 10_000)),
            ..Filter::all(Audience::Subscribers)
        },
        channel: "mail".into(),
        receivers: vec![format!("reader{place}@example.org")],
        rhythm: Rhythm::plain(Frequency::Daily { at: time(9, 0, 0, 0) }),
        grouping: Grouping::Digest,
        language: if (place / FILTERS).is_multiple_of(2) { Language::Zh } else { Language::En },
        idle: Idle::Silent,
        start: Start::Silent,
        near_misses: false,
    };
    Subscriber {
        subscription,
        standing: Standing::Active,
        origin: Origin::Command,
        generation: 0,
        made_at: at(23),
        changed_at: at(23),
        confirmed_at: None,
    }
}

fn project(place: usize) -> Project {
    let award = Amount::disclosed(Money::yuan(1_000_000 + i64::try_from(place).unwrap() * 50_000), "summary");
    let province = PROVINCES.iter().cycle().nth(place).map(|code| (*code).to_owned());
    Project {
        title: format!("第{place}号政务服务区块链平台建设与运维服务采购项目"),
        status: if place % 4 == 1 { Status::Awarded } else { Status::Tendering },
        weight: Weight::Subject,
        buyers: vec![Organisation::named("某市政务服务和数字化建设管理局")],
        region: Region { text: Some("某省某市".into()), province, by: None },
        method: Some(Method::Open),
        first_on: Some(jiff::civil::date(2026, 11, 1)),
        deadline_at: Stamp::china(datetime(2026, 12, 20, 9, 30, 0, 0)),
        budget: Amount::disclosed(Money::yuan(2_000_000), "summary"),
        award: award.clone(),
        contract: Amount::NotApplicable,
        lots: vec![ProjectLot {
            label: None,
            title: None,
            status: LotStatus::Awarded,
            award,
            suppliers: vec![Organisation::named("某某信息科技股份有限公司")],
            joint: false,
        }],
        rounds: 1,
        notices: 2,
        ..Project::default()
    }
}

fn change(id: tenderwatch::domain::project::ProjectId, project: &Project, place: usize, now: Timestamp) -> Change {
    let kinds = [ChangeKind::TenderPublished, ChangeKind::Awarded, ChangeKind::Corrected, ChangeKind::Failed];
    let kind = kinds.into_iter().cycle().nth(place).unwrap_or(ChangeKind::Corrected);
    let moved = FieldChange {
        field: "deadline".into(),
        old: Some("2026-12-01 09:30".into()),
        new: Some("2026-12-20 09:30".into()),
    };
    Change {
        kind,
        project: Some(id),
        notice: None,
        source: Some("ccgp".into()),
        topic: Some("blockchain".into()),
        fields: if kind == ChangeKind::Corrected { vec![moved] } else { Vec::new() },
        reason: project.title.clone(),
        published_at: Some(Stamp { at: now, offset: Stamp::CHINA }),
        seen_at: now,
        telling: Telling::News,
    }
}

/// The most memory that this process held so far, in MiB.
fn memory_peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: f64 = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default();
    kib / 1024.0
}

fn main() -> Result<()> {
    let subscriptions =
        std::env::var("TENDERWATCH_BENCH_SUBSCRIPTIONS").map_or(Ok(SUBSCRIPTIONS), |number| number.parse())?;
    let rounds: usize = std::env::var("TENDERWATCH_BENCH_ROUNDS").map_or(Ok(3), |number| number.parse())?;
    let mut times = Vec::new();
    for round in 0..rounds {
        let world = World::make(subscriptions)?;
        let before = memory_peak();
        let (took, told) = world.told()?;
        times.push(took);
        let stored: u64 = std::fs::metadata(world.rooms.store.path())?.len() / 1024 / 1024;
        println!(
            "round {}: {told} messages to {subscriptions} subscriptions in {:.2} s; {stored} MiB on disk; peak memory \
             {before:.0} → {:.0} MiB",
            round + 1,
            took.as_secs_f64(),
            memory_peak()
        );
        if round + 1 == rounds {
            let mut criterion = Criterion::default().configure_from_args().sample_size(20);
            criterion.bench_function(&format!("is anything due among {subscriptions}"), |b| b.iter(|| world.is_due()));
            criterion.final_summary();
        }
    }
    times.sort_unstable();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    println!(
        "median: {:.2} s, {:.0} subscriptions a second",
        median.as_secs_f64(),
        subscriptions as f64 / median.as_secs_f64()
    );
    Ok(())
}
