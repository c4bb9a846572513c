//! `correct`: a person's word on a judged value, with author and reason, undoable. Prints what it moved in the figures; what it
//! means is decided elsewhere. May be run while the service is at work.

mod decline;

mod list;

mod notice;

mod party;

mod project;

mod undo;

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::show::printable;
use crate::domain::change::FieldChange;
use crate::domain::money::{Currency, Money, SCALE};
use crate::domain::project::NoticeId;
use crate::domain::ruling::Matter;
use crate::domain::wording;
use crate::jobs::Rooms;
use crate::jobs::correct::{Corrected, Word, correct};
use crate::jobs::restate::{Moved, totals_moved};
use crate::platform::clock::Clock;
use crate::store::rulings::StoredRuling;

#[derive(clap::Subcommand, Debug)]
pub(super) enum Verb {
    /// What is judged of a project: its topic part, category, buyer's level and region.
    Project(project::Arguments),
    /// What a notice says, and which project it belongs to.
    Notice(notice::Arguments),
    /// A notice does not belong to a project that it was proposed for.
    Decline(decline::Arguments),
    /// Who is who: two mentions are one party, one stands apart, a party belongs to a group.
    Party(party::Arguments),
    /// Takes a correction back.
    Undo(undo::Arguments),
    /// Every correction, the newest first.
    List(list::Arguments),
}

/// Who corrects, and why; kept with the correction and shown wherever it is used.
#[derive(clap::Args, Debug)]
struct Said {
    /// Who says so.
    #[arg(long)]
    author: String,
    /// Why.
    #[arg(long)]
    reason: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(config: &Path, clock: Clock, verb: &Verb) -> Result<u8> {
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    match verb {
        Verb::Project(arguments) => project::run(&rooms, arguments),
        Verb::Notice(arguments) => notice::run(&rooms, arguments),
        Verb::Decline(arguments) => decline::run(&rooms, arguments),
        Verb::Party(arguments) => party::run(&rooms, arguments),
        Verb::Undo(arguments) => undo::run(&rooms, arguments),
        Verb::List(arguments) => list::run(&rooms, arguments),
    }
}

/// Makes each correction in turn, and prints what each moved.
fn each(rooms: &Rooms, notice: &NoticeId, matters: &[Matter], said: &Said) -> Result<u8> {
    if matters.is_empty() {
        bail!("nothing to correct: say which value, see --help");
    }
    for matter in matters {
        let word = Word { author: &said.author, reason: &said.reason, now: rooms.clock.now() };
        let done = correct(&rooms.store, notice, matter, word)?;
        let what = format!("{notice}: {}", wording::matter(matter));
        print(&done, &what, said.json)?;
    }
    Ok(super::DONE)
}

fn print(done: &Corrected, what: &str, as_json: bool) -> Result<()> {
    if as_json {
        let value = json!({"ruling": done.ruling.0, "says": what, "moved": moved_json(&done.moved)});
        println!("{}", serde_json::to_string_pretty(&value)?);
        return Ok(());
    }
    println!("ruling {}: {}", done.ruling.0, printable(what));
    if done.moved.projects.is_empty() && done.moved.totals.is_empty() {
        println!("  no figure moved");
    }
    for project in &done.moved.projects {
        let title = project.after.as_ref().or(project.before.as_ref()).map_or("", |project| project.title.as_str());
        println!("  project {}: {}", project.id.0, printable(title));
        print_fields(&project.fields());
    }
    for (topic, (before, after)) in &done.moved.totals {
        println!("  totals of {}", printable(topic));
        print_fields(&totals_moved(before, after));
    }
    Ok(())
}

fn print_fields(fields: &[FieldChange]) {
    for FieldChange { field, old, new } in fields {
        let side = |value: &Option<String>| printable(value.as_deref().unwrap_or("—"));
        println!("    {}: {} → {}", printable(field), side(old), side(new));
    }
}

fn moved_json(moved: &Moved) -> Value {
    let fields = |fields: Vec<FieldChange>| -> Vec<Value> {
        fields.into_iter().map(|f| json!({"field": f.field, "old": f.old, "new": f.new})).collect()
    };
    let projects: Vec<Value> = moved
        .projects
        .iter()
        .map(|project| json!({"project": project.id.0, "topic": project.topic, "fields": fields(project.fields())}))
        .collect();
    let totals: Vec<Value> = moved
        .totals
        .iter()
        .map(|(topic, (before, after))| json!({"topic": topic, "fields": fields(totals_moved(before, after))}))
        .collect();
    json!({"projects": projects, "totals": totals})
}

/// A ruling as JSON, for `list` and wherever it is used.
pub(super) fn ruling_json(stored: &StoredRuling) -> Value {
    let ruling = &stored.ruling;
    let undone = stored.undone.as_ref().map(
        |undone| json!({"ruling": undone.id.0, "author": undone.author, "reason": undone.reason, "at": undone.at}),
    );
    json!({"ruling": ruling.id.0, "notice": stored.notice.to_string(), "project": stored.project.map(|id| id.0),
        "matter": ruling.matter.word(), "says": wording::matter(&ruling.matter), "author": ruling.author,
        "reason": ruling.reason, "at": ruling.at, "undone": undone})
}

/// `1,200,000`, `5000.5`, `USD 1,000`; `undisclosed` where nobody knows.
fn sum(text: &str) -> Result<Option<Money>> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("undisclosed") {
        return Ok(None);
    }
    let (currency, digits) = match text.split_once(' ') {
        Some((code, rest)) => (Currency::parse(code).with_context(|| format!("{code} is no currency"))?, rest),
        None => (Currency::CNY, text),
    };
    let unreadable = || {
        format!("{text} is no sum: write whole units with up to four decimals, as 1,200,000 or 5000.5, or undisclosed")
    };
    let plain = digits.replace(',', "");
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    if whole.is_empty() || part.len() > 4 || !plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        bail!(unreadable());
    }
    let whole: i64 = whole.parse().with_context(unreadable)?;
    let part: i64 = format!("{part:0<4}").parse().with_context(unreadable)?;
    let ten_thousandths =
        whole.checked_mul(SCALE).and_then(|units| units.checked_add(part)).with_context(unreadable)?;
    Ok(Some(Money { ten_thousandths, currency }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_read_exactly_or_refused() {
        for (text, ten_thousandths) in [("1,200,000", 12_000_000_000), ("5000.5", 50_005_000), ("0.0001", 1)] {
            assert_eq!(sum(text).unwrap(), Some(Money::cny(ten_thousandths)), "{text}");
        }
        assert_eq!(sum("undisclosed").unwrap(), None);
        assert_eq!(sum("USD 5").unwrap().map(|money| money.currency), Currency::parse("USD"));
        for text in ["", "-5", "5 元", "120万", "1.23456", "1.2.3", "9999999999999999999"] {
            assert!(sum(text).is_err(), "{text}");
        }
    }
}
