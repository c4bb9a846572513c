//! Who is that, and what did they win? A supplier as everything known of it says: names, place, group, wins, filings, rulings.
//! Reads only; who is who is decided in `domain`, what it comes to in `figures`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use jiff::civil::Date;

use crate::domain::filing::{Filed, Filing, Register};
use crate::domain::notice::LotStatus;
use crate::domain::party::{MentionKey, Parties, Party, mention_key};
use crate::domain::uscc;
use crate::figures::concentration::{self, LotWin, Standing};
use crate::store::parties::KeptPartyRuling;
use crate::store::wins::{KeptWin, Wanted};
use crate::store::{Reader, StoreError};

/// Everyone who won anything in a topic, by wins.
#[derive(Clone, Debug)]
pub struct Winners {
    /// Who is who.
    pub parties: Parties,
    /// What each won, the most wins first.
    pub standings: Vec<Standing>,
}

/// A supplier.
#[derive(Clone, Debug)]
pub struct Supplier {
    /// Who.
    pub party: Party,
    /// The others of its group.
    pub group: Vec<Party>,
    /// What it won, by topic.
    pub topics: Vec<TopicWins>,
    /// Whether it is on the list of filed services by now, itself or through its group.
    pub filed: Filed,
    /// The filings under its own names.
    pub own_filings: Vec<Filing>,
    /// The filings under other names of its group.
    pub group_filings: Vec<Filing>,
    /// What people ruled of its mentions, undone rulings too.
    pub rulings: Vec<KeptPartyRuling>,
}

/// What a supplier won in a topic.
#[derive(Clone, Debug)]
pub struct TopicWins {
    /// The topic's name.
    pub topic: String,
    /// What it comes to; nothing where nothing was won.
    pub standing: Option<Standing>,
    /// Lot by lot, the latest first.
    pub lots: Vec<WonLot>,
}

/// A lot that a supplier won.
#[derive(Clone, Debug)]
pub struct WonLot {
    /// The lot in its project.
    pub won: KeptWin,
    /// With whom, by name, where it was won jointly.
    pub partners: Vec<String>,
    /// Whether it was filed by the award, and by now.
    pub filed: Filed,
}

/// Whom a text means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meant {
    /// One party, by one of its mentions.
    One(MentionKey),
    /// Several that share the name.
    Several(Vec<Party>),
    /// Nobody whom a notice or a ruling names.
    Nobody,
}

/// The mention that a text stands for: a key as we print it, a credit code, else a name.
#[must_use]
pub fn mention_of(text: &str) -> MentionKey {
    let text = text.trim();
    match text.split_once(':') {
        Some(("code", code)) => MentionKey::of_code(&code.to_uppercase()),
        Some(("name", name)) => MentionKey::of_name(name),
        _ if uscc::is_valid(&text.to_uppercase()) => MentionKey::of_code(&text.to_uppercase()),
        _ => MentionKey::of_name(text),
    }
}

/// Finds whom a text means: by key, by code, or by any name that was ever printed.
pub fn find(r: &Reader<'_>, text: &str) -> Result<Meant, StoreError> {
    let key = mention_of(text);
    let rulings = r.party_rulings(None)?;
    let mut keys = match key.name() {
        Some(name) => r.mentions_named(name)?,
        None => Vec::new(),
    };
    if keys.is_empty() || text.trim().starts_with("name:") {
        keys = vec![key];
    }
    let parties = Parties::of(r.facts_about(&keys, &rulings)?, &rulings);
    let mut found: BTreeMap<&MentionKey, &Party> = BTreeMap::new();
    for party in keys.iter().filter_map(|key| parties.party(key)) {
        found.insert(&party.key, party);
    }
    let mut found = found.into_values();
    Ok(match (found.next(), found.len()) {
        (None, _) => Meant::Nobody,
        (Some(party), 0) => Meant::One(party.key.clone()),
        (Some(first), _) => Meant::Several(std::iter::once(first).chain(found).cloned().collect()),
    })
}

/// The names of winners that hold a text: what a person may have meant.
pub fn like(r: &Reader<'_>, text: &str, topics: &[String], at_most: usize) -> Result<Vec<String>, StoreError> {
    let mut names = BTreeSet::new();
    for topic in topics {
        let Winners { parties, standings } = winners(r, topic)?;
        let party = standings.iter().filter_map(|standing| parties.party(&standing.party));
        let like = party.filter(|party| party.aliases.iter().any(|alias| alias.name.contains(text.trim())));
        names.extend(like.map(|party| party.name.clone()));
    }
    Ok(names.into_iter().take(at_most).collect())
}

/// Everyone who won anything in a topic.
pub fn winners(r: &Reader<'_>, topic: &str) -> Result<Winners, StoreError> {
    let parties = Parties::of(r.mention_facts(None)?, &r.party_rulings(None)?);
    let wanted = Wanted { topic, before: None, but: None, limit: u32::MAX };
    let mut lots: BTreeMap<(i64, Option<String>), LotWin> = BTreeMap::new();
    for won in r.wins_of(&r.winners(topic)?, &wanted)? {
        let KeptWin { project, win, .. } = won;
        let lot = lots.entry((project.0, win.lot)).or_insert_with(|| LotWin {
            project,
            parties: BTreeSet::new(),
            money: win.money,
        });
        lot.parties.insert(key_of(&parties, win.mention));
    }
    let lots: Vec<LotWin> = lots.into_values().collect();
    Ok(Winners { standings: concentration::standings(&lots), parties })
}

fn key_of(parties: &Parties, mention: MentionKey) -> MentionKey {
    parties.party(&mention).map_or(mention, |party| party.key.clone())
}

/// Everything known of one supplier; nothing where nobody is meant by the mention.
pub fn supplier(
    r: &Reader<'_>,
    mention: &MentionKey,
    topics: &[String],
    today: Date,
) -> Result<Option<Supplier>, StoreError> {
    let rulings = r.party_rulings(None)?;
    let parties = Parties::of(r.facts_about(std::slice::from_ref(mention), &rulings)?, &rulings);
    let Some(party) = parties.party(mention) else { return Ok(None) };
    let group: Vec<&Party> = parties.group_of(mention);
    let names: Vec<&str> = group.iter().flat_map(|party| names_of(party)).collect();
    let filings = r.filings_of(&names)?;
    let register = Register::of(&filings);
    let others = group.iter().filter(|other| other.key != party.key);
    let group_filings = others.clone().flat_map(|other| register.of_party(other)).cloned().collect();
    let about = |topic: &String| topic_wins(r, topic, party, &parties, &register, today);
    Ok(Some(Supplier {
        group: others.map(|other| (*other).clone()).collect(),
        topics: topics.iter().map(about).collect::<Result<_, _>>()?,
        filed: register.filed(party, &parties, None, today),
        own_filings: register.of_party(party).into_iter().cloned().collect(),
        group_filings,
        rulings: rulings_on(r, party)?,
        party: party.clone(),
    }))
}

/// Every name that a party may stand under on a list.
fn names_of(party: &Party) -> impl Iterator<Item = &str> {
    let aliases = party.aliases.iter().map(|alias| alias.name.as_str());
    let bare = party.mentions.iter().filter_map(|mention| mention.name());
    std::iter::once(party.name.as_str()).chain(aliases).chain(bare)
}

fn rulings_on(r: &Reader<'_>, party: &Party) -> Result<Vec<KeptPartyRuling>, StoreError> {
    let mut rulings = r.party_rulings_kept()?;
    rulings.retain(|kept| {
        let (one, other) = kept.ruling.matter.mentions();
        party.mentions.contains(one) || other.is_some_and(|other| party.mentions.contains(other))
    });
    Ok(rulings)
}

fn topic_wins(
    r: &Reader<'_>,
    topic: &str,
    party: &Party,
    parties: &Parties,
    register: &Register<'_>,
    today: Date,
) -> Result<TopicWins, StoreError> {
    let wanted = Wanted { topic, before: None, but: None, limit: u32::MAX };
    let mut lots: BTreeMap<(i64, Option<String>), LotWin> = BTreeMap::new();
    let mut won_lots = Vec::new();
    for won in r.wins_of(&party.mentions, &wanted)? {
        let place = (won.project.0, won.win.lot.clone());
        if lots.contains_key(&place) {
            // Two of its mentions in one lot: one party, one win.
            continue;
        }
        let partners = if won.win.joint { partners(r, &won, party, parties)? } else { BTreeMap::new() };
        let all = partners.keys().cloned().chain([party.key.clone()]);
        lots.insert(place, LotWin { project: won.project, parties: all.collect(), money: won.win.money });
        let filed = register.filed(party, parties, won.won_on, today);
        won_lots.push(WonLot { won, partners: partners.into_values().collect(), filed });
    }
    let lots: Vec<LotWin> = lots.into_values().collect();
    let standing = concentration::standings(&lots).into_iter().find(|standing| standing.party == party.key);
    Ok(TopicWins { topic: topic.to_owned(), standing, lots: won_lots })
}

/// The others that a lot was given to, with their names as printed.
fn partners(
    r: &Reader<'_>,
    won: &KeptWin,
    party: &Party,
    parties: &Parties,
) -> Result<BTreeMap<MentionKey, String>, StoreError> {
    let project = r.project(won.project)?.unwrap_or_default();
    let lots = project.lots.iter().filter(|lot| lot.status == LotStatus::Awarded && lot.label == won.win.lot);
    let keyed = lots.flat_map(|lot| &lot.suppliers).filter_map(|supplier| Some((mention_key(supplier)?, supplier)));
    let keyed = keyed.map(|(mention, supplier)| (key_of(parties, mention), supplier.name.clone()));
    Ok(keyed.filter(|(key, _)| *key != party.key).collect())
}

/// The mention that a ruling is to speak of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spoken {
    /// One that notices or rulings know.
    Known(MentionKey),
    /// One that nobody has named yet.
    Unknown(MentionKey),
    /// A name that stands alone nowhere, and beside several codes.
    Several(Vec<MentionKey>),
}

/// Finds the mention that a text stands for: the bare name where a notice prints it so, else the one code beside it.
pub fn spoken_of(r: &Reader<'_>, text: &str) -> Result<Spoken, StoreError> {
    let key = mention_of(text);
    if r.is_mentioned(&key)? || is_ruled(r, &key)? {
        return Ok(Spoken::Known(key));
    }
    let mut codes = match key.name() {
        Some(name) if !text.trim().starts_with("name:") => r.mentions_named(name)?,
        _ => Vec::new(),
    };
    Ok(match (codes.pop(), codes.is_empty()) {
        (None, _) => Spoken::Unknown(key),
        (Some(code), true) => Spoken::Known(code),
        (Some(last), false) => {
            codes.push(last);
            Spoken::Several(codes)
        }
    })
}

fn is_ruled(r: &Reader<'_>, key: &MentionKey) -> Result<bool, StoreError> {
    let mentions = |kept: &KeptPartyRuling| {
        let (one, other) = kept.ruling.matter.mentions();
        one == key || other == Some(key)
    };
    Ok(r.party_rulings_kept()?.iter().any(mentions))
}
