//! Who won what: the lots that counted projects gave to suppliers, asked for by supplier or by buyer, before a day. By index, and
//! never more than is asked for: shifts are told from these.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rusqlite::{Row, params};

use super::values::{Day, from_json, json, money};
use super::{Reader, StoreError};
use crate::domain::party::MentionKey;
use crate::domain::project::ProjectId;
use crate::figures::cells::{Dimension, Win};

statements! {
    OF = include_str!("sql/wins_of.sql");
    AT = include_str!("sql/wins_at.sql");
    WINNERS = "SELECT DISTINCT counted_wins.mention FROM counted_wins
               JOIN projects ON projects.id = counted_wins.project AND projects.counted_topic = ?1
               ORDER BY counted_wins.mention";
}

/// A win, with the project that it was won in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptWin {
    /// Which project.
    pub project: ProjectId,
    /// Its title.
    pub title: String,
    /// The day that every figure files it under.
    pub first_on: Option<Date>,
    /// The day of its first award notice, else of its first contract notice, else of its first notice.
    pub won_on: Option<Date>,
    /// Lot, supplier and money.
    pub win: Win,
    /// What the project is counted for; an empty word where that is unknown.
    pub groups: BTreeMap<Dimension, String>,
}

/// Which wins are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Of which topic.
    pub topic: &'a str,
    /// Only those of earlier days.
    pub before: Option<Date>,
    /// Not those of this project.
    pub but: Option<ProjectId>,
    /// At most so many; the latest come first.
    pub limit: u32,
}

impl Reader<'_> {
    /// What these mentions won. Two mentions of one party in one lot give two rows.
    pub fn wins_of(&self, mentions: &[MentionKey], wanted: &Wanted<'_>) -> Result<Vec<KeptWin>, StoreError> {
        self.wins(OF, mentions, wanted)
    }

    /// What anybody won at the buyers with these mentions.
    pub fn wins_at(&self, buyers: &[MentionKey], wanted: &Wanted<'_>) -> Result<Vec<KeptWin>, StoreError> {
        self.wins(AT, buyers, wanted)
    }

    /// Every mention that won anything in a topic. Looks at every win: for lists and reports.
    pub fn winners(&self, topic: &str) -> Result<Vec<MentionKey>, StoreError> {
        let mut statement = self.connection.prepare_cached(WINNERS)?;
        let rows = statement.query_map([topic], |row| row.get(0).map(MentionKey))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn wins(&self, statement: &str, keys: &[MentionKey], wanted: &Wanted<'_>) -> Result<Vec<KeptWin>, StoreError> {
        let keys: BTreeSet<&str> = keys.iter().map(|key| key.0.as_str()).collect();
        let Wanted { topic, before, but, limit } = wanted;
        let mut statement = self.connection.prepare_cached(statement)?;
        let mut rows =
            statement.query(params![json(&keys)?, topic, before.map(Day), but.map(|project| project.0), limit])?;
        let mut wins = Vec::new();
        while let Some(row) = rows.next()? {
            wins.push(kept(row)?);
        }
        Ok(wins)
    }
}

fn kept(row: &Row<'_>) -> Result<KeptWin, StoreError> {
    let day = |column| row.get::<_, Option<Day>>(column).map(|day| day.map(|Day(day)| day));
    let groups: BTreeMap<String, String> = match row.get::<_, Option<String>>("counted_groups")? {
        Some(text) => from_json(&text, "a project's classes")?,
        None => BTreeMap::new(),
    };
    let known = |(name, word): (String, String)| Some((Dimension::parse(&name)?, word));
    Ok(KeptWin {
        project: ProjectId(row.get("project")?),
        title: row.get("title")?,
        first_on: day("first_on")?,
        won_on: day("won_on")?,
        win: Win {
            lot: row.get("lot")?,
            mention: MentionKey(row.get("mention")?),
            joint: row.get("joint")?,
            money: money(row, "value", "currency")?,
        },
        groups: groups.into_iter().filter_map(known).collect(),
    })
}
