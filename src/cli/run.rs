//! `run`: the service until SIGTERM or Ctrl-C; `run --once`: everything that is due, once.

use std::path::Path;

use anyhow::{Context as _, Result};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::app::{self, App};
use crate::platform::clock::Clock;
use crate::platform::logs;
use crate::platform::notify::{Heart, Work};

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Does everything that is due once and ends: 0 when every source was read whole, 3 when one was not.
    #[arg(long)]
    once: bool,
}

pub(super) async fn run(path: &Path, clock: Clock, arguments: &Arguments) -> Result<u8> {
    let config = match super::check(path) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    logs::start(config.log.format, &config.log.filter)?;
    let rooms = app::open(config, clock)?;
    if arguments.once {
        return once(&rooms).await;
    }
    // Before we say that we are ready: whoever hears it may stop us at once.
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    let heart = Heart::new(&[Work::Tick, Work::Writer]);
    let app = App::start(rooms, heart.clone()).await?;
    heart.ready();
    tracing::info!("watching");
    stop_signal(&mut terminate).await?;
    tracing::info!("stopping");
    heart.stopping();
    app.stop().await?;
    tracing::info!("stopped");
    Ok(super::DONE)
}

async fn once(rooms: &crate::jobs::Rooms) -> Result<u8> {
    let mut code = super::DONE;
    for (source, polled) in app::once(rooms).await? {
        let pages = &polled.pages;
        println!(
            "{source}: {} listing pages, {} new rows, {} pages read, {} unchanged, {} failed, {} changes",
            polled.listing_pages, polled.rows_new, pages.read, pages.unchanged, pages.failed, pages.settled.changes
        );
        if !polled.whole {
            code = super::NOT_WHOLE;
            for trouble in polled.troubles.iter().chain(&polled.flaws) {
                eprintln!("tenderwatch: {source}: {trouble}");
            }
            eprintln!(
                "tenderwatch: {source} was not read whole; what is known is kept, the next run goes on from there"
            );
        }
    }
    Ok(code)
}

async fn stop_signal(terminate: &mut Signal) -> Result<()> {
    tokio::select! {
        _ = terminate.recv() => {}
        outcome = tokio::signal::ctrl_c() => outcome.context("listening for Ctrl-C")?,
    }
    Ok(())
}
