//! `correct project`: what is judged of a project. It hangs on the project's first notice and follows it.

use anyhow::{Context as _, Result, bail};

use super::{Said, each, sum};
use crate::domain::classes::{Category, Level};
use crate::domain::project::ProjectId;
use crate::domain::ruling::Matter;
use crate::jobs::Rooms;
use crate::jobs::correct::first_notice;

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Arguments {
    /// Its number in our history.
    id: i64,
    /// The part bought for the topic itself: a sum, or `undisclosed`.
    #[arg(long, value_name = "SUM")]
    topic_part: Option<String>,
    /// The leaf class, or `unclassified`.
    #[arg(long)]
    category: Option<String>,
    /// The buyer's level: `central` or `local`.
    #[arg(long)]
    level: Option<String>,
    /// The buyer's province as its six digits (110000), or `unknown`.
    #[arg(long, value_name = "CODE")]
    region: Option<String>,
    #[command(flatten)]
    said: Said,
}

pub(super) fn run(rooms: &Rooms, arguments: &Arguments) -> Result<u8> {
    let matters = matters(arguments)?;
    let notice = rooms.store.read(|r| first_notice(r, ProjectId(arguments.id)))?;
    each(rooms, &notice, &matters, &arguments.said)
}

fn matters(arguments: &Arguments) -> Result<Vec<Matter>> {
    let mut matters = Vec::new();
    if let Some(text) = &arguments.topic_part {
        matters.push(Matter::TopicPart(sum(text)?));
    }
    if let Some(word) = &arguments.category {
        matters.push(Matter::Category(category(word)?));
    }
    if let Some(word) = &arguments.level {
        let level = Level::parse(word).with_context(|| format!("{word} is no level: central or local"))?;
        matters.push(Matter::Level(level));
    }
    if let Some(code) = &arguments.region {
        matters.push(Matter::Region(province(code)?));
    }
    Ok(matters)
}

fn category(word: &str) -> Result<Option<Category>> {
    if word == "unclassified" {
        return Ok(None);
    }
    let known = || Category::ALL.map(Category::word).join(", ");
    Category::parse(word).map(Some).with_context(|| format!("{word} is no category: {}, or unclassified", known()))
}

fn province(code: &str) -> Result<Option<String>> {
    if code == "unknown" {
        return Ok(None);
    }
    let is_province = code.len() == 6 && code.ends_with("0000") && code.bytes().all(|byte| byte.is_ascii_digit());
    if !is_province || !(11..=82).contains(&code.get(..2).and_then(|head| head.parse().ok()).unwrap_or(0)) {
        bail!("{code} is no province: six digits that end in 0000, as 110000 for 北京, or unknown");
    }
    Ok(Some(code.to_owned()))
}
