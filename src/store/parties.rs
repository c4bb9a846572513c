//! Organisations as notices mention them, and what people ruled of them. Kept by mention: which mentions are one party is decided
//! anew whenever it is asked, so that a ruling moves nothing here and can always be undone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::notices::notice_of;
use super::values::{At, Count, Day, at};
use super::{Reader, StoreError, Writer};
use crate::domain::names;
use crate::domain::notice::Notice;
use crate::domain::organisation::Organisation;
use crate::domain::party::{self, MentionFact, MentionKey, PartyMatter, PartyRuling};

statements! {
    FACTS = include_str!("sql/mention_facts.sql");
    FACTS_THEN = include_str!("sql/mention_facts_then.sql");
    CONTENTS_THEN = include_str!("sql/contents_then.sql");
    FACTS_OF = "SELECT name, code, address, min(published_on) AS first_on, max(published_on) AS last_on
                FROM mentions WHERE key = ?1 GROUP BY name, address";
    CODES_OF = "SELECT DISTINCT code FROM mentions WHERE name_key = ?1 AND code IS NOT NULL LIMIT ?2";
    IS_MENTIONED = "SELECT 1 FROM mentions WHERE key = ?1 LIMIT 1";
    DROP = "DELETE FROM mentions WHERE notice = ?1";
    PUT = "INSERT INTO mentions (notice, position, role, key, name, name_key, code, address, published_on)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    LACKING = "SELECT EXISTS (SELECT 1 FROM unmentioned)";
    UNMENTIONED = "SELECT unmentioned.notice, notice_versions.content
                   FROM unmentioned
                   JOIN notices ON notices.id = unmentioned.notice
                   JOIN notice_versions ON notice_versions.notice = notices.id AND notice_versions.version = notices.version
                   ORDER BY unmentioned.notice LIMIT ?1";
    MENTIONED = "DELETE FROM unmentioned WHERE notice = ?1";
    RULINGS = include_str!("sql/party_rulings.sql");
    RULE = "INSERT INTO party_rulings (matter, mention, other, author, reason, made_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            RETURNING id";
    KEPT = "SELECT 1 FROM party_rulings WHERE id = ?1";
    UNDO = "INSERT OR IGNORE INTO party_rulings_undone (ruling, author, reason, undone_at) VALUES (?1, ?2, ?3, ?4)";
}

/// A ruling on parties as history holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPartyRuling {
    /// What was ruled.
    pub ruling: PartyRuling,
    /// Who took it back, if anybody.
    pub undone: Option<Undone>,
}

/// The undoing of a ruling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// Who took it back.
    pub author: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// How many codes of one name are looked into: a name of more is a form's blank, no firm's.
const CODES_MAX: u32 = 16;

/// How many mentions are looked into for one question.
const MENTIONS_MAX: usize = 512;

impl Reader<'_> {
    /// Whether there are notices whose mentions were never kept.
    pub fn lacks_mentions(&self) -> Result<bool, StoreError> {
        Ok(self.connection.prepare_cached(LACKING)?.query_row([], |row| row.get(0))?)
    }

    /// Everything that notices print of organisations: as today, or as we knew it at an instant. Looks at every notice: for
    /// reports and lists.
    pub fn mention_facts(&self, known_by: Option<Timestamp>) -> Result<Vec<MentionFact>, StoreError> {
        let Some(then) = known_by else {
            let mut statement = self.connection.prepare_cached(FACTS)?;
            return facts(statement.query([])?);
        };
        let mut statement = self.connection.prepare_cached(FACTS_THEN)?;
        let mut known = facts(statement.query([At(then)])?)?;
        let mut statement = self.connection.prepare_cached(CONTENTS_THEN)?;
        let mut rows = statement.query([At(then)])?;
        while let Some(row) = rows.next()? {
            let notice = notice_of(&row.get::<_, String>("content")?)?;
            let on = notice.published_at.map(|stamp| stamp.day());
            let mentioned = party::mentioned(&notice).into_iter();
            known.extend(mentioned.map(|(_, organisation)| MentionFact { organisation: organisation.clone(), on }));
        }
        Ok(known)
    }

    /// What tells who is behind these mentions, and who is of their groups. Parties made of these facts are whole for the
    /// mentions asked for and for their groups, and for nobody else. Follows indexes, a bounded number of steps.
    pub fn facts_about(
        &self,
        mentions: &[MentionKey],
        rulings: &[PartyRuling],
    ) -> Result<Vec<MentionFact>, StoreError> {
        let mut asked = Asked { left: mentions.to_vec(), ..Asked::about(rulings) };
        while let Some(key) = asked.left.pop() {
            if asked.known.len() >= MENTIONS_MAX || !asked.known.insert(key.clone()) {
                continue;
            }
            asked.left.extend(asked.beside.get(&key).into_iter().flatten().cloned());
            let mut statement = self.connection.prepare_cached(FACTS_OF)?;
            let found = facts(statement.query([&key.0])?)?;
            let mut names: BTreeSet<String> = found.iter().map(|fact| names::key(&fact.organisation.name)).collect();
            names.extend(key.name().map(str::to_owned));
            asked.facts.extend(found);
            for name in names.into_iter().filter(|name| !name.is_empty()) {
                self.follow(&name, &mut asked)?;
            }
        }
        Ok(asked.facts)
    }

    /// The codes that a name was printed with settle whose it is.
    fn follow(&self, name: &str, asked: &mut Asked) -> Result<(), StoreError> {
        if !asked.names.insert(name.to_owned()) {
            return Ok(());
        }
        let codes = self.codes_of(name, CODES_MAX + 1)?;
        // One row of each is witness enough of who else claims the name.
        let witness = |code: &String| MentionFact {
            organisation: Organisation { credit_code: Some(code.clone()), ..Organisation::named(name) },
            on: None,
        };
        let keys: Vec<MentionKey> = codes.iter().map(|code| MentionKey::of_code(code)).collect();
        let standing: Vec<&MentionKey> = keys.iter().filter(|key| !asked.apart.contains(*key)).collect();
        let is_clear = standing.len() == 1 || (asked.is_joined && codes.len() <= CODES_MAX as usize);
        asked.facts.extend(codes.iter().map(witness));
        if is_clear {
            asked.left.extend(standing.into_iter().cloned());
        }
        asked.left.push(MentionKey(format!("name:{name}")));
        Ok(())
    }

    /// The codes that a folded name was printed with, at most so many.
    fn codes_of(&self, name_key: &str, limit: u32) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare_cached(CODES_OF)?;
        let codes = statement.query_map(params![name_key, limit], |row| row.get(0))?;
        Ok(codes.collect::<Result<_, _>>()?)
    }

    /// The mentions that a name stands for: itself where a notice prints it alone, and the codes that it was printed with.
    pub fn mentions_named(&self, name: &str) -> Result<Vec<MentionKey>, StoreError> {
        let bare = MentionKey::of_name(name);
        let codes = self.codes_of(bare.name().unwrap_or_default(), CODES_MAX)?;
        let mut found: Vec<MentionKey> = codes.iter().map(|code| MentionKey::of_code(code)).collect();
        if self.is_mentioned(&bare)? {
            found.insert(0, bare);
        }
        Ok(found)
    }

    /// Whether any notice has this mention.
    pub fn is_mentioned(&self, mention: &MentionKey) -> Result<bool, StoreError> {
        let found = self.connection.prepare_cached(IS_MENTIONED)?.query_row([&mention.0], |_| Ok(())).optional()?;
        Ok(found.is_some())
    }

    /// Every ruling on parties that was ever made, oldest first.
    pub fn party_rulings_kept(&self) -> Result<Vec<KeptPartyRuling>, StoreError> {
        let mut statement = self.connection.prepare_cached(RULINGS)?;
        let mut rows = statement.query([])?;
        let mut rulings = Vec::new();
        while let Some(row) = rows.next()? {
            rulings.push(kept(row)?);
        }
        Ok(rulings)
    }

    /// The rulings on parties that stand: today, or as we knew it at an instant.
    pub fn party_rulings(&self, known_by: Option<Timestamp>) -> Result<Vec<PartyRuling>, StoreError> {
        let stands = |kept: &KeptPartyRuling| {
            let undone_at = kept.undone.as_ref().map(|undone| undone.at);
            let is_made = known_by.is_none_or(|then| kept.ruling.at <= then);
            is_made && undone_at.is_none_or(|undone| known_by.is_some_and(|then| undone > then))
        };
        Ok(self.party_rulings_kept()?.into_iter().filter(stands).map(|kept| kept.ruling).collect())
    }
}

impl Writer<'_> {
    /// Keeps which organisations a notice names, in place of what was kept of it.
    pub(super) fn put_mentions(&self, key: i64, notice: &Notice) -> Result<(), StoreError> {
        self.connection.prepare_cached(DROP)?.execute([key])?;
        let mut put = self.connection.prepare_cached(PUT)?;
        let on = notice.published_at.map(|stamp| Day(stamp.day()));
        let mut said = BTreeSet::new();
        for (role, organisation) in party::mentioned(notice) {
            let Some(mention) = party::mention_key(organisation) else { continue };
            let Organisation { name, address, .. } = organisation;
            // A supplier of ten lots is mentioned once.
            if !said.insert((role, mention.clone(), name, address)) {
                continue;
            }
            let position = Count::of(said.len());
            let (code, name_key) = (mention.code(), names::key(name));
            put.execute(params![key, position, role.word(), mention.0, name, name_key, code, address, on])?;
        }
        Ok(())
    }

    /// Keeps the mentions of notices that were kept before mentions were, at most so many. Returns how many are done: none
    /// when none is left.
    pub fn fill_mentions(&self, limit: u32) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare_cached(UNMENTIONED)?;
        let rows = statement.query_map([limit], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
        let waiting: Vec<(i64, String)> = rows.collect::<Result<_, _>>()?;
        let mut done = self.connection.prepare_cached(MENTIONED)?;
        for (notice, content) in &waiting {
            self.put_mentions(*notice, &notice_of(content)?)?;
            done.execute([notice])?;
        }
        Ok(waiting.len() as u64)
    }

    /// Keeps a person's word on parties. Returns its number.
    pub fn rule_party(
        &self,
        matter: &PartyMatter,
        author: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let (mention, other) = matter.mentions();
        let ruled = params![matter.word(), mention.0, other.map(|other| &other.0), author, reason, At(now)];
        Ok(self.connection.prepare_cached(RULE)?.query_row(ruled, |row| row.get(0))?)
    }

    /// Takes a ruling on parties back. Says whether it stood until now.
    pub fn undo_party_ruling(
        &self,
        ruling: i64,
        author: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let found = self.connection.prepare_cached(KEPT)?.query_row([ruling], |_| Ok(())).optional()?;
        found.ok_or_else(|| StoreError::Unknown { what: format!("ruling {ruling} on parties") })?;
        let undone = self.connection.prepare_cached(UNDO)?.execute(params![ruling, author, reason, At(now)])?;
        Ok(undone > 0)
    }
}

/// What is being asked about, and what was found.
#[derive(Default)]
struct Asked {
    left: Vec<MentionKey>,
    known: BTreeSet<MentionKey>,
    names: BTreeSet<String>,
    facts: Vec<MentionFact>,
    /// Mention → those that rulings set beside it.
    beside: BTreeMap<MentionKey, Vec<MentionKey>>,
    apart: BTreeSet<MentionKey>,
    /// Whether any ruling joins mentions: then codes may be one that look like several.
    is_joined: bool,
}

impl Asked {
    fn about(rulings: &[PartyRuling]) -> Self {
        let mut asked = Self::default();
        for PartyRuling { matter, .. } in rulings {
            asked.is_joined |= matches!(matter, PartyMatter::Same(..));
            match matter.mentions() {
                (one, Some(other)) => {
                    asked.beside.entry(one.clone()).or_default().push(other.clone());
                    asked.beside.entry(other.clone()).or_default().push(one.clone());
                }
                (one, None) => {
                    asked.apart.insert(one.clone());
                }
            }
        }
        asked
    }
}

/// Rows of what was printed alike, each as the facts of its first and its last day.
fn facts(mut rows: rusqlite::Rows<'_>) -> Result<Vec<MentionFact>, StoreError> {
    let mut facts = Vec::new();
    while let Some(row) = rows.next()? {
        let organisation =
            Organisation { name: row.get("name")?, credit_code: row.get("code")?, address: row.get("address")? };
        let day = |column| row.get::<_, Option<Day>>(column).map(|day| day.map(|Day(day)| day));
        let (first_on, last_on) = (day("first_on")?, day("last_on")?);
        if first_on != last_on {
            facts.push(MentionFact { organisation: organisation.clone(), on: first_on });
        }
        facts.push(MentionFact { organisation, on: last_on });
    }
    Ok(facts)
}

fn kept(row: &Row<'_>) -> Result<KeptPartyRuling, StoreError> {
    let (mention, other) = (MentionKey(row.get("mention")?), row.get::<_, Option<String>>("other")?.map(MentionKey));
    let matter: String = row.get("matter")?;
    let matter = match (matter.as_str(), other) {
        ("same", Some(other)) => PartyMatter::Same(mention, other),
        ("apart", None) => PartyMatter::Apart(mention),
        ("affiliate", Some(parent)) => PartyMatter::Affiliate { party: mention, parent },
        _ => return Err(StoreError::Unreadable { what: format!("the matter `{matter}` of a ruling on parties") }),
    };
    let undone = match at(row, "undone_at")? {
        Some(at) => Some(Undone { author: row.get("undone_by")?, reason: row.get("undone_why")?, at }),
        None => None,
    };
    let ruling = PartyRuling {
        id: row.get("id")?,
        matter,
        author: row.get("author")?,
        reason: row.get("reason")?,
        at: row.get::<_, At>("made_at")?.0,
    };
    Ok(KeptPartyRuling { ruling, undone })
}
