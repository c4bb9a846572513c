//! `correct party`: who is who, and who belongs to whom. Moves no kept figure: which mentions are one party is decided whenever
//! winners are read. Any word can be undone by its number.

use anyhow::{Result, bail};
use serde_json::json;

use super::Said;
use crate::cli::show::printable;
use crate::cli::supplier;
use crate::domain::party::{MentionKey, Parties, Party, PartyMatter};
use crate::jobs::Rooms;
use crate::jobs::suppliers::{self, Spoken};

#[derive(clap::Args, Debug)]
#[command(group = clap::ArgGroup::new("word").required(true))]
pub(in crate::cli) struct Arguments {
    /// Its name, credit code, or key (`code:…`, `name:…`).
    #[arg(required_unless_present = "undo", conflicts_with = "undo")]
    party: Option<String>,
    /// It is this one.
    #[arg(long, group = "word", value_name = "PARTY")]
    same_as: Option<String>,
    /// No rule joins it to others.
    #[arg(long, group = "word")]
    apart: bool,
    /// It belongs to the group of this one.
    #[arg(long, group = "word", value_name = "PARTY")]
    affiliate_of: Option<String>,
    /// Takes this ruling on parties back.
    #[arg(long, group = "word", value_name = "RULING")]
    undo: Option<i64>,
    #[command(flatten)]
    said: Said,
}

pub(super) fn run(rooms: &Rooms, arguments: &Arguments) -> Result<u8> {
    let Said { author, reason, json } = &arguments.said;
    if author.trim().is_empty() || reason.trim().is_empty() {
        bail!("--author and --reason must say something");
    }
    let now = rooms.clock.now();
    if let Some(ruling) = arguments.undo {
        if !rooms.store.write(|w| w.undo_party_ruling(ruling, author.trim(), reason.trim(), now))? {
            bail!("ruling {ruling} on parties was undone before");
        }
        return print(rooms, ruling, "is undone", *json);
    }
    let matter = matter(rooms, arguments)?;
    let ruling = rooms.store.write(|w| w.rule_party(&matter, author.trim(), reason.trim(), now))?;
    print(rooms, ruling, &supplier::matter_words(&matter), *json)
}

fn matter(rooms: &Rooms, arguments: &Arguments) -> Result<PartyMatter> {
    let Some(text) = &arguments.party else { bail!("no party is named") };
    let (party, true) = spoken_of(rooms, text)? else { bail!("no notice and no ruling names {}", printable(text)) };
    let Some(other) = arguments.same_as.as_ref().or(arguments.affiliate_of.as_ref()) else {
        return Ok(PartyMatter::Apart(party));
    };
    let (other, is_known) = spoken_of(rooms, other)?;
    if other == party {
        bail!("{} is itself already", printable(&party.0));
    }
    if !is_known {
        eprintln!("tenderwatch: no notice names {} yet: the ruling stands for when one does", printable(&other.0));
    }
    let is_same = arguments.same_as.is_some();
    Ok(if is_same { PartyMatter::Same(party, other) } else { PartyMatter::Affiliate { party, parent: other } })
}

/// The mention that is meant, and whether it is known.
fn spoken_of(rooms: &Rooms, text: &str) -> Result<(MentionKey, bool)> {
    match rooms.store.read(|r| suppliers::spoken_of(r, text))? {
        Spoken::Known(key) => Ok((key, true)),
        Spoken::Unknown(key) if key.name() == Some("") => bail!("a party needs a name or a code"),
        Spoken::Unknown(key) => Ok((key, false)),
        Spoken::Several(keys) => {
            let keys: Vec<String> = keys.iter().map(|key| printable(&key.0)).collect();
            bail!("{} was printed with several codes: name one of {}", printable(text), keys.join(", "));
        }
    }
}

/// The ruling, and who its mentions are now.
fn print(rooms: &Rooms, ruling: i64, what: &str, as_json: bool) -> Result<u8> {
    let parties = rooms.store.read(|r| -> Result<Vec<Party>> {
        let standing = r.party_rulings(None)?;
        let kept = r.party_rulings_kept()?;
        let spoken = kept.iter().find(|kept| kept.ruling.id == ruling).map(|kept| kept.ruling.matter.mentions());
        let keys: Vec<MentionKey> =
            spoken.into_iter().flat_map(|(one, other)| [Some(one), other]).flatten().cloned().collect();
        let parties = Parties::of(r.facts_about(&keys, &standing)?, &standing);
        let mut found: Vec<Party> = keys.iter().filter_map(|key| parties.party(key)).cloned().collect();
        found.dedup_by(|one, other| one.key == other.key);
        Ok(found)
    })?;
    if as_json {
        let parties: Vec<_> = parties.iter().map(supplier::party_json).collect();
        println!("{}", serde_json::to_string_pretty(&json!({"ruling": ruling, "says": what, "parties": parties}))?);
        return Ok(crate::cli::DONE);
    }
    println!("ruling {ruling}: {}", printable(what));
    for party in &parties {
        let mentions: Vec<String> = party.mentions.iter().map(|mention| printable(&mention.0)).collect();
        println!("  {}: {}", printable(&party.name), mentions.join(", "));
        if let Some(parent) = &party.parent {
            println!("    belongs to {}", printable(&parent.0));
        }
    }
    Ok(crate::cli::DONE)
}
