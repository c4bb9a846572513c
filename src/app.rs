//! The hallway: builds every room once, starts the jobs, stops them in reverse. tokio-cron-scheduler gives one tick a second;
//! what is due is asked of our own durable times, so that a missed tick is caught up once and nothing depends on its calendar.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, Interval, MissedTickBehavior};
use tokio_cron_scheduler::{Job, JobScheduler};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::channels::Channels;
use crate::config::Config;
use crate::config::settings::SourceSettings;
use crate::dashboard::{self, Bound};
use crate::domain::pass::Key;
use crate::domain::schedule;
use crate::fetch::Fetcher;
use crate::jobs::{Rooms, audit, blocking, bounces, canary, catch_up, deliver, digest, poll, subscriptions, templates};
use crate::platform::clock::Clock;
use crate::platform::link_key;
use crate::platform::lock::Lock;
use crate::platform::notify::{Heart, Work};
use crate::store::Store;
use crate::telling::Templates;

/// The audit's name among the jobs that come round by themselves.
const AUDIT: &str = "audit";

/// How long an orderly stop waits for work under way.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// How long work that failed waits before it is tried again, at first and at most; it doubles in between.
const REST: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(5));

/// Takes the data folder for this process alone and builds every room: for whoever polls, digests and delivers.
pub fn open(config: Config, clock: Clock) -> Result<Rooms> {
    let held = Lock::take(&config.data_dir)?;
    let rooms = Rooms { held: Some(held), ..look(config, clock)? };
    // Nobody else delivers: what is claimed was claimed by a process that is no more.
    deliver::free_dead_claims(&rooms)?;
    Ok(rooms)
}

/// Builds every room beside a service that may be at work in the same folder: for whoever looks, or proves a channel.
pub fn look(config: Config, clock: Clock) -> Result<Rooms> {
    let store = Store::open(&config.store_settings(), clock.now()).context("opening the history")?;
    catch_up::cells(&store)?;
    catch_up::mentions(&store)?;
    let memory = store.read(|r| r.host_memory())?;
    let fetcher =
        Fetcher::new(config.fetch_settings(), clock.clone(), memory).context("building the way to the sources")?;
    let channels = Channels::build(&config.channel_settings()?).context("building the channels")?;
    let templates = templates(&config)?;
    let milestones = config.milestone_steps();
    let passes = Key::new(link_key::load_or_make(&config.data_dir)?);
    let unreadable = Mutex::default();
    Ok(Rooms { config, store, fetcher, channels, clock, templates, milestones, passes, unreadable, held: None })
}

/// The templates, or all that is wrong with an operator's own: a digest that meets a broken one would be held up for ever.
fn templates(config: &Config) -> Result<Templates> {
    templates::load(config.digest.templates.as_deref()).map_err(|flaws| {
        let lines: Vec<String> = flaws.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the templates cannot be used:\n{}", lines.join("\n"))
    })
}

/// The running service.
pub struct App {
    rooms: Arc<Rooms>,
    nudge: mpsc::Sender<()>,
    quiet: watch::Receiver<Timestamp>,
    token: CancellationToken,
    tracker: TaskTracker,
    scheduler: JobScheduler,
    pages: Option<SocketAddr>,
}

/// Asks for a tick. A full channel means that one is waiting already, a closed one that the service stops: both will do.
fn poke(nudge: &mpsc::Sender<()>) {
    nudge.try_send(()).unwrap_or_default();
}

impl App {
    /// Starts the jobs over rooms that are built.
    pub async fn start(rooms: Rooms, heart: Heart) -> Result<Self> {
        let rooms = Arc::new(rooms);
        // Before anything else is started: a port in use is an error of the start.
        let bound = rooms.config.web.as_ref().map(dashboard::bind).transpose()?;
        let pages = bound.as_ref().map(|bound| bound.address);
        let token = CancellationToken::new();
        let tracker = TaskTracker::new();
        let (nudge, ticks) = mpsc::channel(1);
        let (quiet_now, quiet) = watch::channel(Timestamp::UNIX_EPOCH);
        let scheduler = JobScheduler::new().await.context("starting the scheduler")?;
        let tick = nudge.clone();
        let job = Job::new_async("* * * * * *", move |_, _| {
            let tick = tick.clone();
            Box::pin(async move { poke(&tick) })
        })?;
        scheduler.add(job).await?;
        scheduler.start().await?;
        let ticker = Ticker {
            rooms: rooms.clone(),
            tracker: tracker.clone(),
            token: token.clone(),
            work: Arc::default(),
            quiet_now,
            heart: Arc::new(heart),
            nudge: nudge.clone(),
        };
        tracker.spawn(ticker.run(ticks));
        if let Some(bound) = bound {
            tracker.spawn(serve(bound, rooms.clone(), token.clone()));
        }
        Ok(Self { rooms, nudge, quiet, token, tracker, scheduler, pages })
    }

    /// Where the pages are served, if they are.
    pub fn pages(&self) -> Option<SocketAddr> {
        self.pages
    }

    /// The rooms, for those who look in.
    pub fn rooms(&self) -> &Rooms {
        &self.rooms
    }

    /// Waits until everything that is due at this clock time is done.
    pub async fn quiet(&mut self) -> Result<()> {
        // What was quiet before the clock was moved does not count.
        self.quiet.borrow_and_update();
        loop {
            poke(&self.nudge);
            let now = self.rooms.clock.now();
            self.quiet.changed().await.context("the service has stopped")?;
            if *self.quiet.borrow_and_update() >= now {
                return Ok(());
            }
        }
    }

    /// Stops in reverse: no new work, a few seconds for what is under way, then the door.
    pub async fn stop(mut self) -> Result<()> {
        self.token.cancel();
        self.tracker.close();
        if tokio::time::timeout(STOP_WITHIN, self.tracker.wait()).await.is_err() {
            tracing::warn!("work under way did not end in time; what it claimed is tried again at the next start");
        }
        self.scheduler.shutdown().await?;
        Ok(())
    }
}

/// Serves the pages until the stop. Should that end before, the jobs go on without them.
async fn serve(bound: Bound, rooms: Arc<Rooms>, token: CancellationToken) {
    tracing::info!(address = %bound.address, "the pages are open");
    if let Err(error) = bound.serve(rooms, token).await {
        tracing::error!("the pages are closed: {error:#}");
    }
}

/// The kinds of work that never overlap with themselves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Task {
    Poll(String),
    Digest,
    Deliver(String),
    Audit,
    Bounces,
    Canary,
}

/// What is being done, and what failed and waits.
#[derive(Debug, Default)]
struct InHand {
    under_way: HashSet<Task>,
    resting: HashMap<Task, Rest>,
}

/// Work that failed: a full disk or a bad template is not mended by asking without pause, least of all a source.
#[derive(Clone, Copy, Debug)]
struct Rest {
    failures: u32,
    until: Instant,
}

impl InHand {
    /// Takes a task in hand, unless it is already, or rests.
    fn take(&mut self, task: &Task) -> bool {
        let rests = self.resting.get(task).is_some_and(|rest| Instant::now() < rest.until);
        !rests && self.under_way.insert(task.clone())
    }

    /// The task has ended, well or not.
    fn end(&mut self, task: &Task, is_done: bool) {
        self.under_way.remove(task);
        if is_done {
            self.resting.remove(task);
            return;
        }
        let failures = self.resting.get(task).map_or(0, |rest| rest.failures);
        let wait = REST.0.saturating_mul(1 << failures.min(16)).min(REST.1);
        self.resting.insert(task.clone(), Rest { failures: failures.saturating_add(1), until: Instant::now() + wait });
    }
}

/// Asks at every tick what is due, and starts it unless it is under way.
struct Ticker {
    rooms: Arc<Rooms>,
    tracker: TaskTracker,
    token: CancellationToken,
    work: Arc<Mutex<InHand>>,
    quiet_now: watch::Sender<Timestamp>,
    heart: Arc<Heart>,
    nudge: mpsc::Sender<()>,
}

impl Ticker {
    async fn run(self, mut ticks: mpsc::Receiver<()>) {
        let mut pulse = self.pulse();
        loop {
            tokio::select! {
                () = self.token.cancelled() => return,
                () = next(&mut pulse) => self.try_writer(),
                tick = ticks.recv() => match tick {
                    Some(()) => self.turn(),
                    None => return,
                },
            }
        }
    }

    /// Looks once at what is due.
    fn turn(&self) {
        let now = self.rooms.clock.now();
        // Asked before the question what is due: what ends in between may have made something due that was not seen.
        let was_idle = lock(&self.work).under_way.is_empty();
        match blocking(|| self.due(now)) {
            Ok(due) => {
                self.heart.beat(Work::Tick);
                let is_quiet = was_idle && due.is_empty();
                self.start(due);
                if is_quiet {
                    self.quiet_now.send_replace(now);
                }
            }
            Err(error) => tracing::error!("asking what is due: {error:#}"),
        }
    }

    /// Twice per watchdog interval, where there is a watchdog.
    fn pulse(&self) -> Option<Interval> {
        let timeout = self.heart.watchdog_timeout()?;
        let mut pulse = tokio::time::interval((timeout / 2).max(Duration::from_millis(100)));
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Some(pulse)
    }

    /// A service with nothing to write shows that it could: an empty transaction through the one writer, to its commit.
    fn try_writer(&self) {
        match blocking(|| self.rooms.store.write(|_| Ok::<_, anyhow::Error>(()))) {
            Ok(()) => self.heart.beat(Work::Writer),
            Err(error) => tracing::error!("an empty transaction: {error:#}"),
        }
    }

    /// What is due now, by the times kept in history.
    fn due(&self, now: Timestamp) -> Result<Vec<Task>> {
        let rooms = &self.rooms;
        let due = rooms.store.read(|r| -> Result<Vec<Task>> {
            let mut due = Vec::new();
            for source in &rooms.config.sources {
                let next_due_at = r.source_memory(&source.name)?.next_due_at;
                if schedule::has_come(next_due_at, now, schedule::poll_put_off_most(&source.pace())) {
                    due.push(Task::Poll(source.name.clone()));
                }
            }
            if digest::is_due(rooms, r, now)? {
                due.push(Task::Digest);
            }
            due.extend(deliver::due_lanes(rooms, r, now)?.into_iter().map(Task::Deliver));
            if schedule::has_come(r.job_due_at(AUDIT)?, now, schedule::DAILY_PUT_OFF_MOST) {
                due.push(Task::Audit);
            }
            if bounces::is_due(rooms, r, now)? {
                due.push(Task::Bounces);
            }
            if canary::is_due(rooms, r, now)? {
                due.push(Task::Canary);
            }
            Ok(due)
        })?;
        Ok(due)
    }

    /// Starts what is due and neither under way nor resting.
    fn start(&self, due: Vec<Task>) {
        for task in due {
            if !lock(&self.work).take(&task) {
                continue;
            }
            let rooms = self.rooms.clone();
            let guard =
                UnderWay { work: self.work.clone(), task: task.clone(), nudge: self.nudge.clone(), is_done: false };
            let heart = self.heart.clone();
            let token = self.token.clone();
            self.tracker.spawn(async move {
                // The whole of it lives as long as the work, not the one field that is set below.
                let mut guard = guard;
                let work = perform(&rooms, &task, || !token.is_cancelled());
                let result = tokio::select! {
                    // A poll is cut at once, between two transactions; deliveries get the stop's few seconds to end.
                    () = token.cancelled(), if matches!(task, Task::Poll(_)) => return,
                    result = work => result,
                };
                match result {
                    Ok(()) => {
                        guard.is_done = true;
                        heart.beat(Work::Writer);
                    }
                    Err(error) => tracing::error!("{task:?}: {error:#}"),
                }
            });
        }
    }
}

/// The next pulse; never, where there is none.
async fn next(pulse: &mut Option<Interval>) {
    match pulse {
        Some(pulse) => {
            pulse.tick().await;
        }
        None => std::future::pending().await,
    }
}

/// Does one piece of work; one that has many steps ends after the one under way when it goes on no more.
async fn perform(rooms: &Rooms, task: &Task, goes_on: impl Fn() -> bool) -> Result<()> {
    match task {
        Task::Poll(name) => {
            if let Some(source) = rooms.config.sources.iter().find(|source| source.name == *name) {
                report(source, &poll::poll(rooms, source).await?);
            }
        }
        Task::Digest => {
            blocking(|| digest::compose_due(rooms))?;
        }
        Task::Deliver(channel) => {
            deliver::lane(rooms, channel, goes_on).await?;
        }
        Task::Canary => canary::run(rooms)?,
        Task::Audit => {
            let now = rooms.clock.now();
            blocking(|| -> Result<()> {
                let next = rooms.config.audit.after(now);
                // The first start only sets the time: there is nothing to recount yet.
                let first = rooms.store.read(|r| r.job_due_at(AUDIT))?.is_none();
                rooms.store.write(|w| w.put_job_due_at(AUDIT, next))?;
                subscriptions::forget_unconfirmed(rooms)?;
                if !first {
                    audit::run(rooms)?;
                }
                Ok(())
            })?;
        }
        Task::Bounces => {
            blocking(|| bounces::look(rooms))?;
        }
    }
    Ok(())
}

/// One line for the log of an hour.
fn report(source: &SourceSettings, polled: &poll::Polled) {
    let pages = &polled.pages;
    tracing::info!(
        source = %source.name, listing_pages = polled.listing_pages, rows_new = polled.rows_new,
        read = pages.read, unchanged = pages.unchanged, failed = pages.failed, changes = pages.settled.changes,
        whole = polled.whole,
        "polled {}: {} new rows, {} pages read, {} changes", source.name, polled.rows_new, pages.read, pages.settled.changes
    );
    for trouble in polled.troubles.iter().chain(&polled.flaws) {
        tracing::warn!(source = %source.name, "{trouble}");
    }
}

/// Takes the task out of hand when it ends, however it ends, and asks at once what is due because of it.
struct UnderWay {
    work: Arc<Mutex<InHand>>,
    task: Task,
    nudge: mpsc::Sender<()>,
    /// Stays false where the task failed or panicked.
    is_done: bool,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        lock(&self.work).end(&self.task, self.is_done);
        poke(&self.nudge);
    }
}

/// A panic elsewhere leaves the list whole: every change to it is one call.
fn lock(work: &Mutex<InHand>) -> std::sync::MutexGuard<'_, InHand> {
    work.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Everything that is due now, once: polls of every source, then digests, then deliveries. Gives what each source came to.
pub async fn once(rooms: &Rooms) -> Result<Vec<(String, poll::Polled)>> {
    // A subscription that fails stops neither the polls nor the others; it fails again below and is returned there.
    if let Err(error) = blocking(|| digest::compose_due(rooms)) {
        tracing::error!("{error:#}");
    }
    let mut polled = Vec::new();
    for source in &rooms.config.sources {
        let outcome = poll::poll(rooms, source).await?;
        report(source, &outcome);
        polled.push((source.name.clone(), outcome));
    }
    let composed = blocking(|| digest::compose_due(rooms));
    deliver::deliver_due(rooms).await?;
    composed?;
    Ok(polled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_in_hand_once() {
        let mut work = InHand::default();
        assert!(work.take(&Task::Digest));
        assert!(!work.take(&Task::Digest), "it never overlaps with itself");
        assert!(work.take(&Task::Deliver("office".into())) && work.take(&Task::Poll("ccgp".into())));
        work.end(&Task::Digest, true);
        assert!(work.take(&Task::Digest));
    }

    #[test]
    fn what_failed_rests_longer_each_time_and_not_for_ever() {
        let mut work = InHand::default();
        let mut waits = Vec::new();
        for _ in 0..12 {
            let before = Instant::now();
            work.end(&Task::Digest, false);
            waits.push((work.resting[&Task::Digest].until - before).as_secs());
            assert!(!work.take(&Task::Digest));
            assert!(work.take(&Task::Audit), "the others go on");
            work.end(&Task::Audit, true);
        }
        assert!(waits.is_sorted(), "{waits:?}");
        assert_eq!((waits[0], waits[11]), (REST.0.as_secs(), REST.1.as_secs()));
        work.end(&Task::Digest, true);
        assert!(work.take(&Task::Digest), "what went well is forgotten");
    }
}
