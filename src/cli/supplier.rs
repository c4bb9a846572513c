//! `supplier list`, `supplier show`: who won what, under which names, from where, and whether they are on the filing list.

use std::path::Path;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::show::printable;
use crate::domain::filing::{Filed, FiledThrough, Filing};
use crate::domain::party::{Party, PartyMatter};
use crate::domain::stamp::china_day;
use crate::figures::concentration::Standing;
use crate::figures::printed::Disclosed;
use crate::jobs::Rooms;
use crate::jobs::suppliers::{self, Meant, Supplier, TopicWins, WonLot};
use crate::platform::clock::Clock;
use crate::store::parties::KeptPartyRuling;

#[derive(clap::Subcommand, Debug)]
pub(super) enum Verb {
    /// Everyone who won anything, the most wins first.
    List {
        /// As JSON, one line each.
        #[arg(long)]
        json: bool,
    },
    /// One supplier: names, place, group, wins, filings, corrections.
    Show {
        /// Its name, credit code, or key (`code:…`, `name:…`).
        supplier: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(config: &Path, clock: Clock, verb: &Verb) -> Result<u8> {
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    match verb {
        Verb::List { json } => list(&rooms, *json),
        Verb::Show { supplier, json } => show(&rooms, supplier, *json),
    }
}

fn topics(rooms: &Rooms) -> Vec<String> {
    rooms.config.topics.iter().map(|topic| topic.name.clone()).collect()
}

fn list(rooms: &Rooms, as_json: bool) -> Result<u8> {
    for topic in topics(rooms) {
        let winners = rooms.store.read(|r| suppliers::winners(r, &topic))?;
        if !as_json {
            println!("topic {}: {} suppliers", printable(&topic), winners.standings.len());
        }
        for standing in &winners.standings {
            let party = winners.parties.party(&standing.party);
            let name = party.map_or(standing.party.0.as_str(), |party| party.name.as_str());
            if as_json {
                let mut line = json!({"topic": topic, "supplier": standing.party.0, "name": name,
                    "place": party.map(place_json)});
                extend(&mut line, standing_json(standing));
                println!("{line}");
                continue;
            }
            let place = party.and_then(|party| party.place.value.as_deref()).unwrap_or("unknown");
            println!(
                "{:>5} wins ({} jointly)  {place:7}  {}  {}",
                standing.wins,
                standing.joint_wins,
                printable(name),
                printable(&standing.party.0)
            );
            print_sums(standing, "        ");
        }
    }
    Ok(super::DONE)
}

fn show(rooms: &Rooms, text: &str, as_json: bool) -> Result<u8> {
    let topics = topics(rooms);
    let mention = match rooms.store.read(|r| suppliers::find(r, text))? {
        Meant::One(mention) => mention,
        Meant::Several(parties) => {
            let keys: Vec<String> = parties
                .iter()
                .map(|party| format!("{} ({})", printable(&party.key.0), printable(&party.name)))
                .collect();
            bail!("several are called {}: name one by its key: {}", printable(text), keys.join(", "));
        }
        Meant::Nobody => {
            let like = rooms.store.read(|r| suppliers::like(r, text, &topics, 5))?;
            let like: Vec<String> = like.iter().map(|name| printable(name)).collect();
            let hint = if like.is_empty() { String::new() } else { format!("; there is: {}", like.join(", ")) };
            bail!("no notice names {}{hint}", printable(text));
        }
    };
    let today = china_day(rooms.clock.now());
    let supplier = rooms.store.read(|r| suppliers::supplier(r, &mention, &topics, today))?;
    let Some(supplier) = supplier else { bail!("no notice names {}", printable(text)) };
    if as_json {
        println!("{}", serde_json::to_string_pretty(&supplier_json(&supplier))?);
    } else {
        print(&supplier);
    }
    Ok(super::DONE)
}

fn print(supplier: &Supplier) {
    let Supplier { party, group, topics, filed, own_filings, group_filings, rulings } = supplier;
    println!("supplier {}: {}", printable(&party.key.0), printable(&party.name));
    println!("  code        {}", party.code.as_deref().unwrap_or("unknown"));
    let place = party.place.value.as_deref().unwrap_or("unknown");
    println!("  place       {place} (by: {})", printable(&party.place.rule));
    for alias in &party.aliases {
        let day = |on: Option<jiff::civil::Date>| on.map_or_else(|| "no date".to_owned(), |on| on.to_string());
        println!("  name        {} ({} to {})", printable(&alias.name), day(alias.first_on), day(alias.last_on));
    }
    for mention in &party.mentions {
        println!("  mention     {}", printable(&mention.0));
    }
    if !party.contested.is_empty() {
        println!("  disputed    its name was printed with {}", printable(&party.contested.join(", ")));
    }
    if let Some(parent) = &party.parent {
        println!("  belongs to  {}", printable(&parent.0));
    }
    for other in group {
        println!("  group       {} ({})", printable(&other.name), printable(&other.key.0));
    }
    println!("  filed       {}", filed_words(filed.by_now.as_ref()));
    if filed.by_now.is_some() {
        let first = filed.first_on.map_or_else(|| "no date".to_owned(), |on| on.to_string());
        println!("  services    {}, the first {first}", filed.services);
    }
    for (whose, filings) in [("own", own_filings), ("group", group_filings)] {
        for filing in filings {
            println!("  filing      {whose}: {}", filing_line(filing));
        }
    }
    for wins in topics {
        print_wins(wins);
    }
    for kept in rulings {
        println!("  {}", ruling_line(kept));
    }
}

fn print_wins(wins: &TopicWins) {
    let (count, joint) = wins.standing.as_ref().map_or((0, 0), |standing| (standing.wins, standing.joint_wins));
    println!("  topic {}: {count} wins ({joint} jointly)", printable(&wins.topic));
    if let Some(standing) = &wins.standing {
        print_sums(standing, "    ");
    }
    for WonLot { won, partners, filed } in &wins.lots {
        let day = won.won_on.map_or_else(|| "no date".to_owned(), |on| on.to_string());
        let lot = won.win.lot.as_deref().map(|lot| format!(", lot {}", printable(lot))).unwrap_or_default();
        let money =
            won.win.money.map_or_else(|| "undisclosed".to_owned(), |m| format!("{} {}", m.decimal(), m.currency));
        let names: Vec<String> = partners.iter().map(|name| printable(name)).collect();
        let jointly = if won.win.joint { format!(", jointly with {}", names.join("、")) } else { String::new() };
        println!("    {day} project {}{lot}: {} ({money}{jointly})", won.project.0, printable(&won.title));
        println!(
            "      filed by the award: {}; by now: {}",
            filed_words(filed.by_award.as_ref()),
            filed_words(filed.by_now.as_ref())
        );
    }
}

/// What was won alone and jointly, each with how many of how many disclose it.
fn print_sums(standing: &Standing, indent: &str) {
    let (alone, jointly) = standing.sums();
    let lines = [("alone", alone, standing.wins - standing.joint_wins), ("jointly", jointly, standing.joint_wins)];
    for (how, sums, of) in lines.into_iter().filter(|(.., of)| *of > 0) {
        if sums.is_empty() {
            println!("{indent}{how}: undisclosed (0 of {of})");
        }
        for Disclosed { money, disclosed } in sums {
            println!("{indent}{how}: {} {} ({disclosed} of {of})", money.decimal(), money.currency);
        }
    }
}

fn filed_words(through: Option<&FiledThrough>) -> String {
    match through {
        None => "no".to_owned(),
        Some(FiledThrough::Own) => "own".to_owned(),
        Some(FiledThrough::Group { holder }) => format!("through its group ({})", printable(holder)),
    }
}

fn filing_line(filing: &Filing) -> String {
    let batch = filing.batch.map_or_else(|| "no batch".to_owned(), |batch| format!("batch {batch}"));
    let day = filing.filed_on.map_or_else(|| "no date".to_owned(), |on| on.to_string());
    let number = filing.number.as_deref().unwrap_or("no number");
    format!("{batch}, {day}, {}: {}, {}", printable(&filing.holder), printable(&filing.service), printable(number))
}

/// A ruling in one line.
pub(super) fn ruling_line(kept: &KeptPartyRuling) -> String {
    let ruling = &kept.ruling;
    let undone = kept.undone.as_ref().map(|undone| {
        format!("; undone by {} at {}: {}", printable(&undone.author), undone.at, printable(&undone.reason))
    });
    let (author, reason) = (printable(&ruling.author), printable(&ruling.reason));
    let what = matter_words(&ruling.matter);
    format!("ruling {}: {what} (by {author} at {}: {reason}{})", ruling.id, ruling.at, undone.unwrap_or_default())
}

/// What a ruling says.
pub(super) fn matter_words(matter: &PartyMatter) -> String {
    match matter {
        PartyMatter::Same(one, other) => format!("{} is {}", printable(&one.0), printable(&other.0)),
        PartyMatter::Apart(one) => format!("{} stands apart", printable(&one.0)),
        PartyMatter::Affiliate { party, parent } => {
            format!("{} belongs to {}", printable(&party.0), printable(&parent.0))
        }
    }
}

fn supplier_json(supplier: &Supplier) -> Value {
    let Supplier { party, group, topics, filed, own_filings, group_filings, rulings } = supplier;
    let group: Vec<Value> = group.iter().map(|other| json!({"supplier": other.key.0, "name": other.name})).collect();
    let filings = |filings: &[Filing]| filings.iter().map(filing_json).collect::<Vec<_>>();
    let mut whole = party_json(party);
    extend(
        &mut whole,
        json!({"group": group, "filed": filed_json(filed), "filings": {"own": filings(own_filings),
            "group": filings(group_filings)}, "topics": topics.iter().map(wins_json).collect::<Vec<_>>(),
            "rulings": rulings.iter().map(ruling_json).collect::<Vec<_>>()}),
    );
    whole
}

/// A party as JSON.
pub(super) fn party_json(party: &Party) -> Value {
    let aliases: Vec<Value> = party
        .aliases
        .iter()
        .map(|alias| json!({"name": alias.name, "first_on": alias.first_on, "last_on": alias.last_on}))
        .collect();
    json!({"supplier": party.key.0, "name": party.name, "code": party.code, "place": place_json(party),
        "aliases": aliases, "mentions": party.mentions.iter().map(|mention| &mention.0).collect::<Vec<_>>(),
        "contested": party.contested, "parent": party.parent.as_ref().map(|parent| &parent.0)})
}

fn place_json(party: &Party) -> Value {
    json!({"province": party.place.value, "rule": party.place.rule})
}

fn through_json(through: Option<&FiledThrough>) -> Value {
    match through {
        None => Value::Null,
        Some(FiledThrough::Own) => json!({"through": "own"}),
        Some(FiledThrough::Group { holder }) => json!({"through": "group", "holder": holder}),
    }
}

fn filed_json(filed: &Filed) -> Value {
    json!({"by_award": through_json(filed.by_award.as_ref()), "by_now": through_json(filed.by_now.as_ref()),
        "services": filed.services, "first_on": filed.first_on})
}

fn filing_json(filing: &Filing) -> Value {
    json!({"batch": filing.batch, "filed_on": filing.filed_on, "holder": filing.holder, "service": filing.service,
        "number": filing.number})
}

fn standing_json(standing: &Standing) -> Value {
    let (alone, jointly) = standing.sums();
    json!({"wins": standing.wins, "joint_wins": standing.joint_wins, "projects": standing.projects,
        "won": {"of": standing.wins - standing.joint_wins, "sums": alone},
        "won_jointly": {"of": standing.joint_wins, "sums": jointly}})
}

fn wins_json(wins: &TopicWins) -> Value {
    let lots: Vec<Value> = wins
        .lots
        .iter()
        .map(|WonLot { won, partners, filed }| {
            let money = won.win.money.map(|m| json!({"currency": m.currency.code(), "value": m.decimal()}));
            json!({"project": won.project.0, "title": won.title, "lot": won.win.lot, "won_on": won.won_on,
                "first_on": won.first_on, "money": money, "joint": won.win.joint, "partners": partners,
                "filed": filed_json(filed)})
        })
        .collect();
    json!({"topic": wins.topic, "standing": wins.standing.as_ref().map(standing_json), "lots": lots})
}

/// A ruling as JSON.
pub(super) fn ruling_json(kept: &KeptPartyRuling) -> Value {
    let ruling = &kept.ruling;
    let (mention, other) = ruling.matter.mentions();
    let undone = kept.undone.as_ref();
    let undone = undone.map(|undone| json!({"author": undone.author, "reason": undone.reason, "at": undone.at}));
    json!({"ruling": ruling.id, "matter": ruling.matter.word(), "mention": mention.0,
        "other": other.map(|other| &other.0), "author": ruling.author, "reason": ruling.reason, "at": ruling.at,
        "undone": undone})
}

/// Adds the fields of one object to another.
fn extend(whole: &mut Value, more: Value) {
    if let (Some(whole), Value::Object(more)) = (whole.as_object_mut(), more) {
        whole.extend(more);
    }
}
