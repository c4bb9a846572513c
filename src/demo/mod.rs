//! `demo`: the real service against a replica of the procurement site, with nothing installed and nothing configured. One
//! folder holds everything; a demo that was killed is taken up where its clock stood.

pub mod notices;

pub mod story;

pub mod replica;

pub mod loopback;

pub mod maildir;

pub mod mailbox;

pub mod inbox;

pub mod stage;

pub mod summary;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};

use crate::app::{self, App};
use crate::config;
use crate::domain::change::{Audience, StoredChange, Telling};
use crate::jobs::deliver;
use crate::platform::clock::Clock;
use crate::platform::logs;
use crate::platform::notify::Heart;

use stage::Stage;
use story::{Beat, What};
use summary::Summary;

/// How the demo is to go.
#[derive(Clone, Debug)]
pub struct Options {
    /// Ends by itself when the story is told.
    pub exit: bool,
    /// Says nothing on the way.
    pub quiet: bool,
    /// Where everything is kept; a new folder among the temporary files where none is given.
    pub dir: Option<PathBuf>,
    /// A file with `[subscriptions.NAME]` tables to play the story for, instead of the demo's own.
    pub subscriptions: Option<PathBuf>,
    /// Until when the clock goes on after the story; the story's end where it is not given.
    pub until: Option<Timestamp>,
}

/// The longest step of the clock: a service that polls every half hour is never left alone for longer in a story.
const STEP: SignedDuration = SignedDuration::from_hours(2);

/// The same where somebody else's subscriptions may speak at any hour.
const SHORT_STEP: SignedDuration = SignedDuration::from_mins(30);

/// More than anybody's subscriptions need.
const SUBSCRIPTIONS_BYTES_MAX: u64 = 256 * 1024;

/// After the story, deliveries that wait for another attempt get these many more steps.
const AFTERMATH: u32 = 60;

/// Plays the whole story, or what is left of it.
pub async fn run(options: &Options) -> Result<Summary> {
    // Troubles are part of the story and are told below; the log is for what is not.
    logs::start(logs::Format::Text, "error").context("starting the log")?;
    let dir = options.dir.clone().unwrap_or_else(fresh_folder);
    let stage = Stage::open(&dir)?;
    let mut teller = Teller { quiet: options.quiet, told: 0 };
    teller.opening(&stage);
    let own = options.subscriptions.as_deref().map(own_subscriptions).transpose()?;
    let step = if own.is_some() { SHORT_STEP } else { STEP };
    let config = configuration_with(&stage, own.as_deref().unwrap_or(SUBSCRIPTIONS))?;
    let rooms = app::open(config, stage.clock.clone())?;
    teller.told = rooms.store.read(|r| r.last_seq())?;
    let mut app = App::start(rooms, Heart::new(&[])).await?;
    app.quiet().await?;
    teller.changes(&app)?;
    for beat in story::beats() {
        advance(&stage, &mut app, beat.at, step).await?;
        teller.beat(&beat);
        teller.changes(&app)?;
    }
    if let Some(until) = options.until {
        advance(&stage, &mut app, until, step).await?;
        teller.changes(&app)?;
    }
    aftermath(&stage, &mut app).await?;
    let summary = Summary::of(&stage, app.rooms())?;
    if !options.exit {
        teller.waiting(&summary);
        tokio::signal::ctrl_c().await.context("listening for Ctrl-C")?;
    }
    app.stop().await?;
    stage.close().await;
    Ok(summary)
}

/// Moves the clock to an instant of the story, step by step, and lets the service finish at each. What lies behind is left.
async fn advance(stage: &Stage, app: &mut App, to: Timestamp, step: SignedDuration) -> Result<()> {
    loop {
        let now = stage.clock.now();
        if now >= to {
            return Ok(());
        }
        let next = now.checked_add(step).map_or(to, |next| next.min(to));
        stage.set_clock(next)?;
        app.quiet().await?;
    }
}

/// Lets deliveries that wait for another attempt have it.
async fn aftermath(stage: &Stage, app: &mut App) -> Result<()> {
    app.quiet().await?;
    for _ in 0..AFTERMATH {
        let rooms = app.rooms();
        let now = stage.clock.now();
        let Some(next) = rooms.store.read(|r| deliver::next_at(rooms, r, now))? else { return Ok(()) };
        stage.set_clock(next.max(now))?;
        app.quiet().await?;
    }
    Ok(())
}

/// A folder that nobody has yet.
fn fresh_folder() -> PathBuf {
    let now = Clock::System.now().as_millisecond();
    std::env::temp_dir().join(format!("tenderwatch-demo-{now}-{}", std::process::id()))
}

/// The configuration that an operator would write, for this stage; also left in the folder, for the other verbs.
pub fn configuration(stage: &Stage) -> Result<config::Config> {
    configuration_with(stage, SUBSCRIPTIONS)
}

fn configuration_with(stage: &Stage, subscriptions: &str) -> Result<config::Config> {
    let path = stage.dir.join("tenderwatch.toml");
    let text = text_of(stage, &std::path::absolute(&stage.dir)?) + subscriptions;
    std::fs::write(&path, &text).with_context(|| format!("writing {}", path.display()))?;
    config::check(&path).map_err(|report| anyhow::anyhow!("{report}"))
}

fn text_of(stage: &Stage, dir: &Path) -> String {
    let dir = toml::Value::String(dir.display().to_string());
    let data = toml::Value::String(stage.dir.join("data").display().to_string());
    let secret = toml::Value::String(stage.dir.join("webhook.secret").display().to_string());
    let host = stage.replica_url.trim_start_matches("http://");
    format!(
        r#"# Written by the demo in {dir}: the same file that an operator would write, for the replica on loopback.
contact = "demo@example.org"
data_dir = {data}

[fetch.hosts."{host}"]
own = true
gap = "0s"
jitter = 0
requests_per_day = 50000

[sources.replica]
dialect = "ccgp"
search = "{replica}/bxsearch"
since = "2016-12-01"
failing_after = 2

[channels.mail.email]
from = "tenderwatch <watch@example.org>"
host = "{mail_host}"
port = {mail_port}
tls = "none"

[channels.hook.webhook]
url = "{webhook}"
secret_file = {secret}
allow_private = true

[channels.room.feishu]
url = "{feishu}"
allow_private = true

[web]
listen = "{pages}"
base_url = "http://{pages}"
signup_channel = "mail"
"#,
        replica = stage.replica_url,
        mail_host = stage.smtp_addr.ip(),
        mail_port = stage.smtp_addr.port(),
        webhook = stage.webhook_url,
        feishu = stage.feishu_url,
        pages = stage.pages_addr,
    )
}

/// Who hears the story.
const SUBSCRIPTIONS: &str = r#"
[subscriptions.morning]
channel = "mail"
to = ["reader@example.org"]
at = "18:00"
language = "zh"

[subscriptions.desk]
channel = "mail"
to = ["desk@example.org"]
at = "18:00"
language = "en"
kinds = ["tender_published", "awarded", "award_corrected", "corrected", "failed", "retendered"]

[subscriptions.program]
channel = "hook"
frequency = "immediate"
language = "en"

[subscriptions.chat]
channel = "room"
frequency = "immediate"
language = "zh"

[subscriptions.troubles]
channel = "mail"
to = ["operator@example.org"]
frequency = "immediate"
language = "en"
audience = "operator"
"#;

/// Somebody's own subscriptions, as text: they are read with the rest of the configuration.
fn own_subscriptions(path: &Path) -> Result<String> {
    let mut text = String::from("\n");
    let file = std::fs::File::open(path).with_context(|| format!("reading {}", path.display()))?;
    let length = file
        .take(SUBSCRIPTIONS_BYTES_MAX + 1)
        .read_to_string(&mut text)
        .with_context(|| format!("reading {}", path.display()))?;
    anyhow::ensure!(length as u64 <= SUBSCRIPTIONS_BYTES_MAX, "{} is too large", path.display());
    Ok(text)
}

/// Tells a person at the terminal what happens.
struct Teller {
    quiet: bool,
    told: i64,
}

impl Teller {
    fn opening(&self, stage: &Stage) {
        self.say(format_args!("tenderwatch demo in {}", stage.dir.display()));
        self.say(format_args!("  the replica of the procurement site   {}", stage.replica_url));
        self.say(format_args!("  a mail server on loopback             {} (mails in mail/new)", stage.smtp_addr));
        self.say(format_args!("  a webhook receiver on loopback        {} (posts in webhooks)", stage.webhook_url));
        self.say(format_args!("  the pages, for your browser           http://{}/", stage.pages_addr));
        self.say(format_args!("  the story's clock stands at           {}", china(stage.clock.now())));
    }

    fn beat(&self, beat: &Beat) {
        let sign = match beat.what {
            What::Publish(_) => "+",
            What::Challenge(_) | What::Outage(_) => "!",
            What::Nothing => " ",
        };
        self.say(format_args!("{} {sign} {}", china(beat.at), beat.title));
    }

    /// What was told since the last beat.
    fn changes(&mut self, app: &App) -> Result<()> {
        let fresh: Vec<StoredChange> = app.rooms().store.read(|r| r.changes_after(self.told, 1000))?;
        for stored in &fresh {
            self.told = self.told.max(stored.seq);
            let change = &stored.change;
            if change.telling == Telling::News {
                let whom = match change.kind.audience() {
                    Audience::Subscribers => "subscribers hear",
                    Audience::Operator => "the operator hears",
                };
                self.say(format_args!("                     → {whom}: {} ({})", change.kind.word(), change.reason));
            }
        }
        let silent = fresh.iter().filter(|stored| stored.change.telling == Telling::Baseline).count();
        if silent > 0 {
            self.say(format_args!(
                "                     → {silent} changes of the baseline are kept and told to nobody"
            ));
        }
        Ok(())
    }

    fn waiting(&self, summary: &Summary) {
        self.say(format_args!("{summary}"));
        self.say(format_args!("The replica, the receivers and the pages go on until Ctrl-C."));
    }

    fn say(&self, line: std::fmt::Arguments<'_>) {
        if !self.quiet {
            println!("{line}");
        }
    }
}

fn china(at: Timestamp) -> String {
    crate::domain::stamp::Stamp::CHINA.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}
