//! `review`: what most deserves a person's look, the largest effect on the figures first, with the command that settles it.

use std::path::Path;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::show::printable;
use crate::domain::review::Doubt;
use crate::domain::wording;
use crate::jobs::review::of_topic;
use crate::platform::clock::Clock;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// How many are listed.
    #[arg(long, default_value_t = 20)]
    limit: usize,
    /// Only this topic; all of them without it.
    #[arg(long)]
    topic: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(config: &Path, clock: Clock, arguments: &Arguments) -> Result<u8> {
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    let topics =
        rooms.config.topics.iter().filter(|topic| arguments.topic.as_ref().is_none_or(|name| *name == topic.name));
    let topics: Vec<&str> = topics.map(|topic| topic.name.as_str()).collect();
    if topics.is_empty() {
        bail!("no topic is called {}", arguments.topic.as_deref().unwrap_or_default());
    }
    for topic in topics {
        let doubts = rooms.store.read(|r| of_topic(r, topic))?;
        if arguments.json {
            let listed: Vec<Value> = doubts.iter().take(arguments.limit).map(doubt_json).collect();
            println!("{}", json!({"topic": topic, "open": doubts.len(), "listed": listed}));
        } else {
            print(topic, &doubts, arguments.limit);
        }
    }
    Ok(super::DONE)
}

fn doubt_json(doubt: &Doubt) -> Value {
    json!({"cause": doubt.cause.word(), "project": doubt.project.map(|id| id.0),
        "notice": doubt.notice.as_ref().map(ToString::to_string), "title": doubt.title, "what": doubt.what,
        "effect": doubt.effect.map(|money| json!({"value": money.decimal(), "currency": money.currency.code()})),
        "command": doubt.command})
}

fn print(topic: &str, doubts: &[Doubt], limit: usize) {
    println!("{}: {} open", printable(topic), doubts.len());
    for doubt in doubts.iter().take(limit) {
        let effect = doubt.effect.map_or_else(|| "effect unknown".to_owned(), wording::money);
        let project = doubt.project.map(|id| format!(" project {}", id.0)).unwrap_or_default();
        println!("{effect}  {}{project}: {}", doubt.cause.word().replace('_', " "), printable(&doubt.title));
        println!("    {}", printable(&doubt.what));
        println!("    {}", printable(&doubt.command));
    }
    if doubts.len() > limit {
        println!("{} more: --limit {}", doubts.len() - limit, doubts.len());
    }
    if !doubts.is_empty() {
        println!("every correction needs --author NAME --reason TEXT");
    }
}
