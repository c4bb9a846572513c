//! `project show`, `notice show`: what is known, in full, and where from.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::domain::amount::Amount;
use crate::domain::change::StoredChange;
use crate::domain::classes::{Category, Level};
use crate::domain::judged::Judged;
use crate::domain::notice::Method;
use crate::domain::project::{Member, NoticeId, Project, ProjectId};
use crate::domain::region::RegionBy;
use crate::domain::ruling::Ruling;
use crate::domain::wording;
use crate::jobs::Rooms;
use crate::jobs::evidence::{self, ProjectEvidence};
use crate::platform::clock::Clock;
use crate::sources::reading_json;

#[derive(clap::Subcommand, Debug)]
pub(super) enum ProjectVerb {
    /// Shows one project.
    Show {
        /// Its number in our history.
        id: i64,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(clap::Subcommand, Debug)]
pub(super) enum NoticeVerb {
    /// Shows one notice.
    Show {
        /// `source:native id`, or the native id alone.
        id: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
        /// Each value with its rule and the passage it was read from.
        #[arg(long)]
        evidence: bool,
    },
    /// Prints the page that it was last read from, byte for byte.
    Body {
        /// `source:native id`, or the native id alone.
        id: String,
    },
}

pub(super) fn project(config: &Path, clock: Clock, verb: &ProjectVerb) -> Result<u8> {
    let ProjectVerb::Show { id, json } = verb;
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    let id = ProjectId(*id);
    let known = evidence::project(&rooms.store, id)?;
    let Some(ProjectEvidence { id, project, members, changes, .. }) = known else {
        bail!("no project has the number {}", id.0)
    };
    if *json {
        println!("{}", serde_json::to_string_pretty(&project_json(id, &project, &members, &changes))?);
    } else {
        print_project(id, &project, &members, &changes);
    }
    Ok(super::DONE)
}

/// An amount in one line for a person.
fn amount(amount: &Amount) -> String {
    match amount {
        Amount::Disclosed { money, by } => format!("{} {} ({by})", money.decimal(), money.currency),
        Amount::Conflict(claims) => {
            let claims: Vec<String> =
                claims.iter().map(|c| format!("{} says {}", c.place, c.money.decimal())).collect();
            format!("in conflict: {}", claims.join("; "))
        }
        Amount::Unparsed { text } => format!("not understood: {}", printable(text)),
        other => other.state().replace('_', " "),
    }
}

/// A judged value with its rule.
fn judged<T: Copy>(judged: &Judged<T>, word: impl Fn(T) -> &'static str) -> String {
    let value = judged.value.map_or("unclassified", word);
    format!("{value} ({})", printable(&judged.rule))
}

/// Text from outside, fit for a terminal: no control characters, nothing that turns the line around, bounded.
pub(super) fn printable(text: &str) -> String {
    let turns = |c: &char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !c.is_control() && !turns(c)).take(400).collect()
}

/// A ruling in one line for a person: what was ruled, by whom, why and when.
fn ruling_line(ruling: &Ruling) -> String {
    let Ruling { id, matter, author, reason, at } = ruling;
    let says = printable(&wording::matter(matter));
    format!("  ruling {}    {says} ({}, {at}: {})", id.0, printable(author), printable(reason))
}

fn print_project(id: ProjectId, project: &Project, members: &[Member], changes: &[StoredChange]) {
    let names = |list: &[crate::domain::organisation::Organisation]| {
        list.iter().map(|o| printable(&o.name)).collect::<Vec<_>>().join("、")
    };
    println!("project {}: {}", id.0, printable(&project.title));
    println!("  status      {}", project.status.word());
    println!("  buyer       {}", names(&project.buyers));
    let region = project.region.province.as_deref().unwrap_or("unknown");
    println!("  region      {region} ({})", project.region.by.map_or("no rule fits", RegionBy::word));
    println!("  level       {}", judged(&project.level, Level::word));
    println!("  category    {}", judged(&project.category, Category::word));
    println!("  method      {}", project.method.map_or("unknown", Method::word));
    println!("  numbers     {}", printable(&project.numbers.join(", ")));
    println!("  first on    {}", project.first_on.map_or_else(|| "unknown".into(), |d| d.to_string()));
    if let Some(deadline) = project.deadline_at {
        println!("  deadline    {}", deadline.iso());
    }
    println!("  budget      {}", amount(&project.budget));
    println!("  ceiling     {}", amount(&project.ceiling));
    println!("  award       {}", amount(&project.award));
    println!("  contract    {}", amount(&project.contract));
    println!("  topic part  {}", amount(&project.topic_part));
    for lot in &project.lots {
        let label = printable(lot.label.as_deref().unwrap_or("(whole)"));
        println!("  lot {label}: {}, {}, {}", lot.status.word(), amount(&lot.award), names(&lot.suppliers));
    }
    for member in members {
        let day = member.notice.published_at.map_or_else(|| "no date".into(), |at| at.iso());
        let repeat = member.repeat_of.as_ref().map(|o| format!(" (repeats {o})")).unwrap_or_default();
        println!(
            "  notice {} {} {day}{repeat} {}",
            member.id,
            member.notice.kind.word(),
            printable(&member.notice.title)
        );
    }
    for ruling in in_use(project, members) {
        println!("{}", ruling_line(ruling));
    }
    for stored in changes {
        println!("  change {} {} {}", stored.seq, stored.change.kind.word(), stored.change.seen_at);
        for field in &stored.change.fields {
            let (old, new) = (field.old.as_deref().unwrap_or("—"), field.new.as_deref().unwrap_or("—"));
            println!("    {}: {} → {}", printable(&field.field), printable(old), printable(new));
        }
    }
}

/// The rulings that shaped a project.
fn in_use<'a>(project: &'a Project, members: &'a [Member]) -> impl Iterator<Item = &'a Ruling> {
    members.iter().flat_map(|member| &member.rulings).filter(|ruling| project.rulings.contains(&ruling.id))
}

fn ruling_json(ruling: &Ruling) -> Value {
    json!({"ruling": ruling.id.0, "matter": ruling.matter.word(), "says": wording::matter(&ruling.matter),
        "author": ruling.author, "reason": ruling.reason, "at": ruling.at})
}

fn project_json(id: ProjectId, project: &Project, members: &[Member], changes: &[StoredChange]) -> Value {
    let changes: Vec<Value> = changes
        .iter()
        .map(|stored| {
            let fields: Vec<Value> =
                stored.change.fields.iter().map(|f| json!({"field": f.field, "old": f.old, "new": f.new})).collect();
            json!({"seq": stored.seq, "kind": stored.change.kind.word(), "seen_at": stored.change.seen_at,
                "notice": stored.change.notice.as_ref().map(ToString::to_string), "fields": fields})
        })
        .collect();
    let notices: Vec<Value> = members
        .iter()
        .map(|m| {
            json!({"id": m.id.to_string(), "repeat_of": m.repeat_of.as_ref().map(ToString::to_string),
            "reading": reading_json::notice_json(&m.notice)})
        })
        .collect();
    json!({"project": id.0, "title": project.title, "status": project.status.word(),
        "buyers": project.buyers.iter().map(|b| &b.name).collect::<Vec<_>>(), "numbers": project.numbers,
        "region": {"province": project.region.province, "by": project.region.by.map(RegionBy::word)},
        "level": {"value": project.level.value.map(Level::word), "rule": project.level.rule},
        "category": {"value": project.category.value.map(Category::word), "rule": project.category.rule},
        "first_on": project.first_on, "deadline_at": project.deadline_at.map(|at| at.iso()),
        "budget": reading_json::amount_json(&project.budget), "ceiling": reading_json::amount_json(&project.ceiling),
        "award": reading_json::amount_json(&project.award), "contract": reading_json::amount_json(&project.contract),
        "topic_part": reading_json::amount_json(&project.topic_part), "notices": notices, "changes": changes,
        "rulings": in_use(project, members).map(ruling_json).collect::<Vec<_>>()})
}

pub(super) fn notice(config: &Path, clock: Clock, verb: &NoticeVerb) -> Result<u8> {
    let (id, json, with_evidence) = match verb {
        NoticeVerb::Show { id, json, evidence } => (id, json, evidence),
        NoticeVerb::Body { id } => return body(config, clock, id),
    };
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    let id = which(&rooms, id)?;
    let Some(stored) = evidence::notice(&rooms.store, &id)? else { bail!("no notice is known as {id}") };
    if *json {
        let value = json!({"id": id.to_string(), "project": stored.project.map(|p| p.0),
            "first_seen_at": stored.first_seen_at, "read_at": stored.read_at, "body": stored.body_hash,
            "reader_version": stored.reader_version, "versions": stored.versions,
            "rulings": stored.member.rulings.iter().map(ruling_json).collect::<Vec<_>>(),
            "reading": reading_json::notice_json(&stored.member.notice)});
        println!("{}", serde_json::to_string_pretty(&value)?);
        return Ok(super::DONE);
    }
    let notice = &stored.member.notice;
    println!("notice {id}: {}", printable(&notice.title));
    println!("  kind        {}", notice.kind.word());
    println!("  published   {}", notice.published_at.map_or_else(|| "unknown".into(), |at| at.iso()));
    println!("  project     {}", stored.project.map_or_else(|| "none".into(), |p| p.0.to_string()));
    println!("  address     {}", printable(notice.url.as_deref().unwrap_or("unknown")));
    println!("  budget      {}", amount(&notice.budget));
    println!("  award       {}", amount(&notice.award));
    println!("  body        sha256 {} (reader version {})", stored.body_hash, stored.reader_version);
    println!("  first seen  {}", stored.first_seen_at);
    for ruling in &stored.member.rulings {
        println!("{}", ruling_line(ruling));
    }
    for problem in &stored.problems {
        println!("  problem     {}: {} “{}”", problem.field, problem.what, printable(&problem.passage));
    }
    for hit in &notice.relevance.evidence {
        println!("  topic       {} in {}: {}", hit.term, hit.field, printable(&hit.sentence));
    }
    if *with_evidence {
        for origin in evidence::origins(notice) {
            println!("  {}", origin.field);
            println!("    value     {}", printable(origin.value.as_deref().unwrap_or("not in the reading")));
            println!("    rule      {}", origin.rule);
            println!("    passage   “{}”", printable(&origin.passage));
        }
        println!("  The page as it came: tenderwatch notice body {id}");
    }
    Ok(super::DONE)
}

/// Prints the kept bytes of a notice's page, exactly as they came.
fn body(config: &Path, clock: Clock, id: &str) -> Result<u8> {
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    let id = which(&rooms, id)?;
    let Some(stored) = rooms.store.read(|r| r.notice(&id))? else { bail!("no notice is known as {id}") };
    let Some(bytes) = rooms.store.read(|r| r.body(&stored.body_hash))? else { bail!("the body of {id} is not kept") };
    std::io::stdout().write_all(&bytes)?;
    Ok(super::DONE)
}

/// The identity that was meant.
pub(super) fn which(rooms: &Rooms, text: &str) -> Result<NoticeId> {
    if let Some((source, native_id)) = text.split_once(':') {
        return Ok(NoticeId { source: source.into(), native_id: native_id.into() });
    }
    let mut found = rooms.store.read(|r| r.find_notices(text))?;
    match (found.pop(), found.is_empty()) {
        (Some(id), true) => Ok(id),
        (None, _) => bail!("no notice is known as {text}"),
        (Some(_), false) => bail!("several sources have a notice {text}: name it as source:{text}"),
    }
}
