//! Who of the winners is on the filing list: under its own name, or through its group, counted apart; by its award's day and by
//! the day that the study is as of; over the whole list and batch by batch.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use super::winners::{awarded_on, party_of};
use super::{Count, Counted, Dossier, count, number};
use crate::domain::filing::{FiledThrough, Filing, Register};
use crate::domain::party::{MentionKey, Party};

/// Winners on one batch of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BatchLine {
    /// The batch; nothing where the list does not say.
    pub batch: Option<u32>,
    /// The day that it was published on.
    pub filed_on: Option<Date>,
    /// Services in it.
    pub services: i64,
    /// Holders in it.
    pub holders: i64,
    /// Winners that it names.
    pub own: Vec<String>,
    /// Winners whose group it names, and who is named.
    pub group: Vec<String>,
    /// The projects that they won.
    pub projects: Vec<i64>,
}

/// The filing list beside the winners.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Filings {
    /// Rows of the list; none where no list was imported.
    pub rows: i64,
    /// Services on it.
    pub services: i64,
    /// Holders on it, each once.
    pub holders: i64,
    /// Winners on it by the day of their first award in the window: `own`, `group`.
    pub by_award: Vec<Count>,
    /// Winners on it by the day that the study is as of.
    pub by_now: Vec<Count>,
    /// Batch by batch, whatever the day.
    pub batches: Vec<BatchLine>,
}

/// A winner with its first award and its projects.
type Won = BTreeMap<MentionKey, (Option<Date>, BTreeSet<i64>)>;

pub(super) fn filings(dossier: &Dossier<'_>, counted: &[Counted<'_>]) -> Filings {
    let register = Register::of(dossier.filings);
    let won = won(dossier, counted);
    let now = dossier.as_of.published_by;
    let mut by_award: BTreeMap<&'static str, (i64, Vec<i64>)> = BTreeMap::new();
    let mut by_now = by_award.clone();
    for (key, (first_on, projects)) in &won {
        let Some(party) = dossier.parties.party(key) else { continue };
        let filed = register.filed(party, dossier.parties, *first_on, now);
        for (through, lines) in [(filed.by_award, &mut by_award), (filed.by_now, &mut by_now)] {
            let Some(through) = through else { continue };
            let line = lines.entry(super::winners::through(&through)).or_default();
            line.0 += 1;
            line.1.extend(projects);
        }
    }
    Filings {
        rows: number(dossier.filings.len()),
        services: number(register.services()),
        holders: number(register.holders()),
        by_award: counts(by_award),
        by_now: counts(by_now),
        batches: batches(dossier, &won),
    }
}

/// Both lines, each with how many winners; the projects are theirs.
fn counts(mut lines: BTreeMap<&'static str, (i64, Vec<i64>)>) -> Vec<Count> {
    let line = |word: &'static str| {
        let (winners, projects) = lines.remove(word).unwrap_or_default();
        Count { count: winners, ..count(word, projects.into_iter()) }
    };
    ["own", "group"].map(line).into()
}

fn won(dossier: &Dossier<'_>, counted: &[Counted<'_>]) -> Won {
    let mut won = Won::new();
    for one in counted {
        let on = awarded_on(one.entry);
        let awarded =
            one.entry.project.lots.iter().filter(|lot| lot.status == crate::domain::notice::LotStatus::Awarded);
        for (key, _) in
            awarded.flat_map(|lot| &lot.suppliers).filter_map(|supplier| party_of(dossier.parties, supplier))
        {
            let (first_on, projects) = won.entry(key).or_default();
            *first_on = [*first_on, on].into_iter().flatten().min();
            projects.insert(one.id());
        }
    }
    won
}

fn batches(dossier: &Dossier<'_>, won: &Won) -> Vec<BatchLine> {
    let mut rows: BTreeMap<(Option<u32>, Option<Date>), Vec<Filing>> = BTreeMap::new();
    for filing in dossier.filings {
        rows.entry((filing.batch, filing.filed_on)).or_default().push(filing.clone());
    }
    let line = |((batch, filed_on), filings): ((Option<u32>, Option<Date>), Vec<Filing>)| {
        let register = Register::of(&filings);
        let mut line = BatchLine {
            batch,
            filed_on,
            services: number(register.services()),
            holders: number(register.holders()),
            own: Vec::new(),
            group: Vec::new(),
            projects: Vec::new(),
        };
        for (key, (_, projects)) in won {
            let Some(party) = dossier.parties.party(key) else { continue };
            match register.filed(party, dossier.parties, None, Date::MAX).by_now {
                None => continue,
                Some(FiledThrough::Own) => line.own.push(party.name.clone()),
                Some(FiledThrough::Group { holder }) => line.group.push(through_group(party, &holder)),
            }
            line.projects.extend(projects);
        }
        line.projects.sort_unstable();
        line.projects.dedup();
        line
    };
    rows.into_iter().map(line).collect()
}

fn through_group(party: &Party, holder: &str) -> String {
    format!("{} → {holder}", party.name)
}
