//! `reread`: today's readers over kept bodies, as a table of what would change, or has changed, in records and in figures.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::show::printable;
use crate::domain::money::{Currency, Money};
use crate::domain::project::Status;
use crate::figures::cells::{Cells, Dimension, Measure};
use crate::figures::totals::FigureKind;
use crate::jobs::reread::{Asked, Figures, Reread, reread};
use crate::platform::clock::Clock;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Keep what is read today; without it nothing is changed.
    #[arg(long)]
    apply: bool,
    /// Tell subscribers of what moved; without it nobody hears of it.
    #[arg(long, requires = "apply")]
    tell: bool,
    /// Only the notices of this source.
    #[arg(long)]
    source: Option<String>,
    /// How many notices are listed one by one.
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(config: &Path, clock: Clock, arguments: &Arguments) -> Result<u8> {
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    if let Some(source) = &arguments.source
        && rooms.config.sources.iter().all(|known| known.name != *source)
    {
        bail!("no source is called {source}");
    }
    let asked = Asked { apply: arguments.apply, tell: arguments.tell, source: arguments.source.as_deref() };
    let done = reread(&rooms, asked)?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&as_json(&done, arguments.apply))?);
    } else {
        print(&done, arguments);
    }
    Ok(super::DONE)
}

/// A figure's name, what it was and what it is.
type Line = (String, String, String);

/// Every figure of a topic that differs, or every total where `all`.
fn lines((before, after): &(Figures, Figures), all: bool) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut put = |name: String, old: String, new: String, always: bool| {
        if always || old != new {
            lines.push((name, old, new));
        }
    };
    put("projects".into(), before.totals.projects().to_string(), after.totals.projects().to_string(), all);
    let (old, new) = (before.totals.status_counts(), after.totals.status_counts());
    for status in Status::ALL {
        let count = |counts: &BTreeMap<Status, i64>| counts.get(&status).copied().unwrap_or_default().to_string();
        put(format!("projects {}", status.word()), count(&old), count(&new), false);
    }
    for kind in FigureKind::ALL {
        let mut currencies = before.totals.currencies(kind);
        currencies.extend(after.totals.currencies(kind));
        currencies.sort_unstable();
        currencies.dedup();
        for currency in currencies {
            let said = |figures: &Figures| said(figures, kind, currency);
            put(format!("{} {}", kind.word(), currency.code()), said(before), said(after), all);
        }
    }
    for dimension in Dimension::ALL {
        let (old, new) = (counted(before.cells.get(&dimension)), counted(after.cells.get(&dimension)));
        let mut words: Vec<&String> = old.keys().chain(new.keys()).collect();
        words.sort();
        words.dedup();
        for word in words {
            let count = |counts: &BTreeMap<String, i64>| counts.get(word).copied().unwrap_or_default().to_string();
            let named = if word.is_empty() { "unknown" } else { word };
            put(format!("{} {named}", dimension.word()), count(&old), count(&new), false);
        }
    }
    lines
}

/// `1820000 of 3 of 5`: the sum, how many disclose it, of how many.
fn said(figures: &Figures, kind: FigureKind, currency: Currency) -> String {
    let tally = figures.totals.sum(kind, currency);
    let money = Money { ten_thousandths: tally.sum, currency };
    format!("{} ({} of {})", money.decimal(), tally.disclosed, figures.totals.of(kind))
}

/// Projects, or wins, by word.
fn counted(cells: Option<&Cells>) -> BTreeMap<String, i64> {
    let mut counts = BTreeMap::new();
    for (cell, tally) in cells.iter().flat_map(|cells| &cells.0) {
        if matches!(cell.measure, Measure::Projects | Measure::Wins) {
            *counts.entry(cell.word.clone()).or_default() += tally.disclosed;
        }
    }
    counts
}

/// Field → notices in which it moved.
fn fields(done: &Reread) -> BTreeMap<&str, u64> {
    let mut fields = BTreeMap::new();
    for field in done.otherwise.iter().flat_map(|otherwise| &otherwise.fields) {
        *fields.entry(field.field.as_str()).or_default() += 1;
    }
    fields
}

fn print(done: &Reread, arguments: &Arguments) {
    let (would, is) = if arguments.apply { ("read", "is") } else { ("would read", "would be") };
    let otherwise = done.otherwise.len();
    println!("{} notices read again, {} projects folded again", done.notices, done.projects);
    println!("{otherwise} {would} otherwise, {} could not be read", done.unread.len());
    for (field, notices) in fields(done) {
        println!("  {field:14} {notices}");
    }
    for otherwise in done.otherwise.iter().take(arguments.limit) {
        println!("  notice {}", otherwise.id);
        for field in &otherwise.fields {
            let side = |value: &Option<String>| printable(value.as_deref().unwrap_or("—"));
            println!("    {}: {} → {}", field.field, side(&field.old), side(&field.new));
        }
    }
    if otherwise > arguments.limit {
        println!("  and {} more; --limit shows them", otherwise - arguments.limit);
    }
    for (id, why) in &done.unread {
        println!("  not read: {id}: {}", printable(why));
    }
    for (topic, figures) in &done.figures {
        println!("figures of {topic}: what was, and what {is}");
        for (name, old, new) in lines(figures, true) {
            let mark = if old == new { " " } else { "*" };
            println!("{mark} {:24} {:>28} {:>28}", printable(&name), old, new);
        }
    }
    if !arguments.apply {
        println!("Nothing was changed; --apply keeps what is read today.");
    }
}

fn as_json(done: &Reread, applied: bool) -> Value {
    let change = |f: &crate::domain::change::FieldChange| json!({"field": f.field, "old": f.old, "new": f.new});
    let otherwise: Vec<Value> = done
        .otherwise
        .iter()
        .map(|o| json!({"notice": o.id.to_string(), "fields": o.fields.iter().map(change).collect::<Vec<_>>()}))
        .collect();
    let unread: Vec<Value> =
        done.unread.iter().map(|(id, why)| json!({"notice": id.to_string(), "why": why})).collect();
    let figures: BTreeMap<&String, Vec<Value>> = done
        .figures
        .iter()
        .map(|(topic, figures)| {
            let lines = lines(figures, false);
            (topic, lines.into_iter().map(|(name, old, new)| json!({"figure": name, "old": old, "new": new})).collect())
        })
        .collect();
    json!({"applied": applied, "notices": done.notices, "projects": done.projects, "fields": fields(done),
        "otherwise": otherwise, "unread": unread, "figures": figures})
}
