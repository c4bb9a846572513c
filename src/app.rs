//! The hallway: builds every room once, starts the jobs, stops them in reverse. tokio-cron-scheduler gives one tick a second;
//! what is due is asked of our own durable times, so that a missed tick is caught up once and nothing depends on its calendar.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio_cron_scheduler::{Job, JobScheduler};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::channels::Channels;
use crate::config::Config;
use crate::config::settings::SourceSettings;
use crate::fetch::Fetcher;
use crate::jobs::{Rooms, audit, blocking, deliver, digest, poll};
use crate::platform::clock::Clock;
use crate::platform::notify::{Heart, Work};
use crate::store::Store;

/// The audit's name among the jobs that come round by themselves.
const AUDIT: &str = "audit";

/// How long an orderly stop waits for work under way.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// Builds every room.
pub fn open(config: Config, clock: Clock) -> Result<Rooms> {
    let store = Store::open(&config.store_settings(), clock.now()).context("opening the history")?;
    let memory = store.read(|r| r.host_memory())?;
    let fetcher =
        Fetcher::new(config.fetch_settings(), clock.clone(), memory).context("building the way to the sources")?;
    let channels = Channels::build(&config.channel_settings()?).context("building the channels")?;
    let milestones = config.milestone_steps();
    Ok(Rooms { config, store, fetcher, channels, clock, milestones })
}

/// The running service.
pub struct App {
    rooms: Arc<Rooms>,
    nudge: mpsc::Sender<()>,
    quiet: watch::Receiver<Timestamp>,
    token: CancellationToken,
    tracker: TaskTracker,
    scheduler: JobScheduler,
}

/// Asks for a tick. A full channel means that one is waiting already, a closed one that the service stops: both will do.
fn poke(nudge: &mpsc::Sender<()>) {
    nudge.try_send(()).unwrap_or_default();
}

impl App {
    /// Starts the jobs over rooms that are built.
    pub async fn start(rooms: Rooms, heart: Heart) -> Result<Self> {
        let rooms = Arc::new(rooms);
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
            under_way: Arc::default(),
            quiet_now,
            heart: Arc::new(heart),
            nudge: nudge.clone(),
        };
        tracker.spawn(ticker.run(ticks));
        Ok(Self { rooms, nudge, quiet, token, tracker, scheduler })
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

/// The kinds of work that never overlap with themselves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Task {
    Poll(String),
    Digest,
    Deliver,
    Audit,
}

/// Asks at every tick what is due, and starts it unless it is under way.
struct Ticker {
    rooms: Arc<Rooms>,
    tracker: TaskTracker,
    token: CancellationToken,
    under_way: Arc<Mutex<HashSet<Task>>>,
    quiet_now: watch::Sender<Timestamp>,
    heart: Arc<Heart>,
    nudge: mpsc::Sender<()>,
}

impl Ticker {
    async fn run(self, mut ticks: mpsc::Receiver<()>) {
        loop {
            tokio::select! {
                () = self.token.cancelled() => return,
                tick = ticks.recv() => if tick.is_none() { return },
            }
            let now = self.rooms.clock.now();
            match blocking(|| self.due(now)) {
                Ok(due) => {
                    self.heart.beat(Work::Tick);
                    let busy = self.start(due);
                    if !busy {
                        self.quiet_now.send_replace(now);
                    }
                }
                Err(error) => tracing::error!("asking what is due: {error:#}"),
            }
        }
    }

    /// What is due now, by the times kept in history.
    fn due(&self, now: Timestamp) -> Result<Vec<Task>> {
        let rooms = &self.rooms;
        let due = rooms.store.read(|r| -> Result<Vec<Task>> {
            let mut due = Vec::new();
            for source in &rooms.config.sources {
                if r.source_memory(&source.name)?.next_due_at.is_none_or(|at| at <= now) {
                    due.push(Task::Poll(source.name.clone()));
                }
            }
            if digest::is_due(rooms, r, now)? {
                due.push(Task::Digest);
            }
            if deliver::is_due(r, now)? {
                due.push(Task::Deliver);
            }
            if r.job_due_at(AUDIT)?.is_none_or(|at| at <= now) {
                due.push(Task::Audit);
            }
            Ok(due)
        })?;
        Ok(due)
    }

    /// Starts what is due and not under way. True while anything is under way.
    fn start(&self, due: Vec<Task>) -> bool {
        for task in due {
            if !lock(&self.under_way).insert(task.clone()) {
                continue;
            }
            let rooms = self.rooms.clone();
            let guard = UnderWay { tasks: self.under_way.clone(), task: task.clone(), nudge: self.nudge.clone() };
            let heart = self.heart.clone();
            let token = self.token.clone();
            self.tracker.spawn(async move {
                let _guard = guard;
                let work = perform(&rooms, &task);
                let result = tokio::select! {
                    // A poll is cut at once, between two transactions; deliveries get the stop's few seconds to end.
                    () = token.cancelled(), if matches!(task, Task::Poll(_)) => return,
                    result = work => result,
                };
                match result {
                    Ok(()) => heart.beat(Work::Writer),
                    Err(error) => tracing::error!("{task:?}: {error:#}"),
                }
            });
        }
        !lock(&self.under_way).is_empty()
    }
}

/// Does one piece of work.
async fn perform(rooms: &Rooms, task: &Task) -> Result<()> {
    match task {
        Task::Poll(name) => {
            if let Some(source) = rooms.config.sources.iter().find(|source| source.name == *name) {
                report(source, &poll::poll(rooms, source).await?);
            }
        }
        Task::Digest => {
            blocking(|| digest::compose_due(rooms))?;
        }
        Task::Deliver => {
            deliver::deliver_due(rooms).await?;
        }
        Task::Audit => {
            let now = rooms.clock.now();
            blocking(|| -> Result<()> {
                let next = rooms.config.audit.after(now);
                // The first start only sets the time: there is nothing to recount yet.
                let first = rooms.store.read(|r| r.job_due_at(AUDIT))?.is_none();
                rooms.store.write(|w| w.put_job_due_at(AUDIT, next))?;
                if !first {
                    audit::run(rooms)?;
                }
                Ok(())
            })?;
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

/// Takes the task off the list when it ends, however it ends, and asks at once what is due because of it.
struct UnderWay {
    tasks: Arc<Mutex<HashSet<Task>>>,
    task: Task,
    nudge: mpsc::Sender<()>,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        lock(&self.tasks).remove(&self.task);
        poke(&self.nudge);
    }
}

/// A panic elsewhere leaves the list whole: every change to it is one call.
fn lock(tasks: &Mutex<HashSet<Task>>) -> std::sync::MutexGuard<'_, HashSet<Task>> {
    tasks.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Everything that is due now, once: polls of every source, then digests, then deliveries. Gives what each source came to.
pub async fn once(rooms: &Rooms) -> Result<Vec<(String, poll::Polled)>> {
    blocking(|| digest::compose_due(rooms))?;
    let mut polled = Vec::new();
    for source in &rooms.config.sources {
        let outcome = poll::poll(rooms, source).await?;
        report(source, &outcome);
        polled.push((source.name.clone(), outcome));
    }
    blocking(|| digest::compose_due(rooms))?;
    deliver::deliver_due(rooms).await?;
    Ok(polled)
}
