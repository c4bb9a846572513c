//! The verbs, one file each: they print and never decide. Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 a source
//! was not read whole, 4 an audit disagrees.

mod audit;
mod bounce;
mod canary;
mod check;
mod correct;
mod deliveries;
mod demo;

mod digest;
mod import;
mod notify;
mod report;
mod reread;
mod review;
mod run;
mod show;
mod source;
mod subscriber;
mod supplier;
mod webhook;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::config::{Config, Report};
use crate::jobs::Rooms;
use crate::platform::clock::Clock;
use crate::platform::logs::{self, Format};

/// Done.
pub const DONE: u8 = 0;
/// Failed.
pub const FAILED: u8 = 1;
/// The command line or the configuration is wrong.
pub const USAGE: u8 = 2;
/// A source was not reached or not read whole.
pub const NOT_WHOLE: u8 = 3;
/// The audit disagrees.
pub const DISAGREES: u8 = 4;

/// Watches government procurement listings for a topic and tells people what changed.
#[derive(Parser, Debug)]
#[command(name = "tenderwatch", version, about, max_term_width = 100)]
pub struct Arguments {
    /// The configuration file.
    #[arg(long, global = true, value_name = "FILE", default_value = "/etc/tenderwatch/tenderwatch.toml")]
    config: PathBuf,
    /// A file that holds the time, for tests that move it by hand.
    #[arg(long, global = true, value_name = "FILE", hide = true)]
    clock: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Shows the whole service at work against a replica site on loopback; needs nothing.
    Demo(demo::Arguments),
    /// Runs the service.
    Run(run::Arguments),
    /// Reads the configuration and names every mistake in it.
    Check(check::Arguments),
    /// Sources: what is configured, what a reader makes of pages.
    #[command(subcommand)]
    Source(source::Verb),
    /// Today's readers over kept bodies: what would change in records and figures.
    Reread(reread::Arguments),
    /// A person's word on a judged value, with author and reason; undoable.
    #[command(subcommand)]
    Correct(correct::Verb),
    /// What most deserves a person's look, the largest effect on the figures first.
    Review(review::Arguments),
    /// Recounts every kept figure from history and compares.
    Audit(audit::Arguments),
    /// One project, with its notices and what changed.
    #[command(subcommand)]
    Project(show::ProjectVerb),
    /// One notice, as read and where from.
    #[command(subcommand)]
    Notice(show::NoticeVerb),
    /// Every figure of a window of days, as of any day, each with its coverage and its projects.
    Report(report::Arguments),
    /// Suppliers: who won what, under which names, from where.
    #[command(subcommand)]
    Supplier(supplier::Verb),
    /// Subscriptions that are kept as rows: who hears what, when.
    #[command(subcommand)]
    Subscriber(subscriber::Verb),
    /// What operators bring themselves.
    #[command(subcommand)]
    Import(import::Verb),
    /// Digests before they are sent.
    #[command(subcommand)]
    Digest(digest::Verb),
    /// A mail that came back, from a file or a pipe: whose mailbox is gone gets no more mail.
    Bounce(bounce::Arguments),
    /// Messages on their way: where each stands, what was tried; retried, taken back, receivers opened again.
    #[command(subcommand)]
    Deliveries(deliveries::Verb),
    /// The message that proves that messages arrive.
    #[command(subcommand)]
    Canary(canary::Verb),
    /// Messages that prove a channel.
    #[command(subcommand)]
    Notify(notify::Verb),
    /// What the receiver of a signed webhook needs.
    #[command(subcommand)]
    Webhook(webhook::Verb),
}

/// Carries out the command line.
pub fn main() -> ExitCode {
    end_quietly_when_nobody_listens();
    let arguments = Arguments::parse();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).max_blocking_threads(8).enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(dispatch(arguments)),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("tenderwatch: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}

/// A reader that has seen enough (`| head`) closes the pipe. `println!` panics then; it is no failure of ours.
fn end_quietly_when_nobody_listens() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let what = info.payload_as_str().unwrap_or_default();
        if what.starts_with("failed printing to stdout") && what.contains("Broken pipe") {
            std::process::exit(DONE.into());
        }
        usual(info);
    }));
}

async fn dispatch(arguments: Arguments) -> Result<u8> {
    let Arguments { config, clock, verb } = arguments;
    let clock = clock.map_or(Ok(Clock::System), |path| Clock::file(&path))?;
    match verb {
        Verb::Demo(arguments) => demo::run(arguments).await,
        Verb::Run(arguments) => run::run(&config, clock, &arguments).await,
        Verb::Check(arguments) => Ok(check::run(&config, &arguments)),
        Verb::Source(verb) => source::run(&config, clock, verb).await,
        Verb::Reread(arguments) => reread::run(&config, clock, &arguments),
        Verb::Correct(verb) => correct::run(&config, clock, &verb),
        Verb::Review(arguments) => review::run(&config, clock, &arguments),
        Verb::Audit(arguments) => audit::run(&config, clock, &arguments),
        Verb::Project(verb) => show::project(&config, clock, &verb),
        Verb::Notice(verb) => show::notice(&config, clock, &verb),
        Verb::Report(arguments) => report::run(&config, clock, &arguments),
        Verb::Supplier(verb) => supplier::run(&config, clock, &verb),
        Verb::Subscriber(verb) => subscriber::run(&config, clock, &verb),
        Verb::Import(verb) => import::run(&config, clock, &verb),
        Verb::Digest(verb) => digest::run(&config, clock, verb),
        Verb::Bounce(arguments) => bounce::run(&config, clock, &arguments),
        Verb::Deliveries(verb) => deliveries::run(&config, clock, verb),
        Verb::Canary(verb) => canary::run(&config, clock, &verb),
        Verb::Notify(verb) => notify::run(&config, clock, verb).await,
        Verb::Webhook(verb) => webhook::run(&config, &verb),
    }
}

/// The configuration, or its mistakes on stderr and the exit code for them.
fn load(path: &Path) -> std::result::Result<Config, u8> {
    crate::config::load(path).map_err(|report| refuse(&report))
}

/// The same, with every file that it points to looked at.
fn check(path: &Path) -> std::result::Result<Config, u8> {
    crate::config::check(path).map_err(|report| refuse(&report))
}

fn refuse(report: &Report) -> u8 {
    eprintln!("{}", report.rendered(std::io::stderr().is_terminal()));
    USAGE
}

/// The rooms of a configured service, for verbs that look into its history while it may be at work.
fn rooms(config: &Path, clock: Clock) -> Result<std::result::Result<Rooms, u8>> {
    let config = match load(config) {
        Ok(config) => config,
        Err(code) => return Ok(Err(code)),
    };
    logs::start(Format::Text, "warn")?;
    crate::app::look(config, clock).map(Ok)
}
