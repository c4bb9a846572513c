//! Who won, how often, for how much, where they are registered; and the same as dated awards, for the shifts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use super::{Counted, Dossier, Entry, number};
use crate::domain::filing::{FiledThrough, Register};
use crate::domain::notice::{LotStatus, Method, NoticeKind};
use crate::domain::organisation::Organisation;
use crate::domain::party::{MentionKey, Parties, Party, mention_key};
use crate::domain::project::{Project, ProjectId};
use crate::figures::concentration::{Concentration, LotWin, Standing, by_amount, by_wins, standings};
use crate::figures::printed::{Disclosed, tenths};
use crate::figures::shifts::{DatedAward, Winner};
use crate::figures::totals::contribution;

/// How a party stands on the filing list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FiledLine {
    /// `own` or `group`, by the day of its first award in the window.
    pub by_award: Option<&'static str>,
    /// The same by the day that the study is as of.
    pub by_now: Option<&'static str>,
    /// The affiliate that is listed, where it is not the party itself.
    pub holder: Option<String>,
    /// How many services that holder has filed by then.
    pub services: u32,
}

/// A party that won.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WinnerLine {
    /// Its key.
    pub party: String,
    /// Its name.
    pub name: String,
    /// The province it is registered in.
    pub place: Option<String>,
    /// Which rule placed it: `code`, `address`, `name`.
    pub place_rule: String,
    /// The key of the party that it belongs to.
    pub parent: Option<String>,
    /// Lots won, alone and jointly.
    pub wins: i64,
    /// Of them, shared with others.
    pub joint_wins: i64,
    /// What it won alone.
    pub won: Vec<Disclosed>,
    /// What it won with others, undivided: never added up over parties.
    pub won_jointly: Vec<Disclosed>,
    /// How it stands on the filing list.
    pub filed: FiledLine,
    /// In which projects.
    pub projects: Vec<i64>,
}

/// A province of winners.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlaceRow {
    /// Its code; empty for the unknown.
    pub word: String,
    /// How many winners.
    pub winners: i64,
    /// Of all winners, in tenths of a percent.
    pub of_all: Option<i64>,
    /// Of the winners whose place is known.
    pub of_known: Option<i64>,
    /// Lots won by them.
    pub wins: i64,
    /// In which projects.
    pub projects: Vec<i64>,
}

/// Winners by where they are registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Places {
    /// All winners.
    pub of_all: i64,
    /// Those whose place is known.
    pub of_known: i64,
    /// The provinces, the most winners first.
    pub rows: Vec<PlaceRow>,
    /// Those whose place is not known.
    pub unknown: PlaceRow,
}

/// Who won.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Winners {
    /// Distinct parties.
    pub parties: i64,
    /// Counted projects with an awarded lot.
    pub awarded: i64,
    /// Awarded lots of them.
    pub lots: i64,
    /// Of those, lots whose winner no notice names.
    pub unnamed: i64,
    /// Wins: a lot that several share is a win of each.
    pub wins: i64,
    /// Everyone, the most wins first.
    pub rows: Vec<WinnerLine>,
    /// By where they are registered.
    pub places: Places,
    /// By wins, then by amount of each currency.
    pub concentration: Vec<Concentration>,
}

/// Whose a mention is: the party's key and name; the mention's own where nobody knows the party.
pub(super) fn party_of(parties: &Parties, organisation: &Organisation) -> Option<(MentionKey, String)> {
    let mention = mention_key(organisation)?;
    Some(match parties.party(&mention) {
        Some(party) => (party.key.clone(), party.name.clone()),
        None => (mention, organisation.name.clone()),
    })
}

/// The awarded lots of a project, each with its winners.
fn lots(parties: &Parties, id: ProjectId, project: &Project) -> Vec<(LotWin, BTreeMap<MentionKey, String>)> {
    let awarded = project.lots.iter().filter(|lot| lot.status == LotStatus::Awarded);
    let won = awarded.map(|lot| {
        let names: BTreeMap<MentionKey, String> =
            lot.suppliers.iter().filter_map(|supplier| party_of(parties, supplier)).collect();
        let win = LotWin { project: id, parties: names.keys().cloned().collect(), money: lot.award.money() };
        (win, names)
    });
    won.collect()
}

pub(super) fn winners(dossier: &Dossier<'_>, counted: &[Counted<'_>]) -> Winners {
    let mut names: BTreeMap<MentionKey, String> = BTreeMap::new();
    let mut wins: Vec<LotWin> = Vec::new();
    for one in counted {
        for (win, named) in lots(dossier.parties, one.entry.id, &one.entry.project) {
            names.extend(named);
            wins.push(win);
        }
    }
    let register = Register::of(dossier.filings);
    let days = award_days(counted);
    let row = |standing: Standing| line(dossier, &register, &days, &names, standing);
    let rows: Vec<WinnerLine> = standings(&wins).into_iter().map(row).collect();
    let mut currencies: Vec<_> = wins.iter().filter_map(|win| Some(win.money?.currency)).collect();
    currencies.sort_unstable();
    currencies.dedup();
    let by_amounts = currencies.into_iter().map(|currency| by_amount(&wins, currency));
    let awarded: BTreeSet<ProjectId> = wins.iter().map(|win| win.project).collect();
    Winners {
        parties: number(rows.len()),
        awarded: number(awarded.len()),
        lots: number(wins.len()),
        unnamed: number(wins.iter().filter(|win| win.parties.is_empty()).count()),
        wins: rows.iter().map(|row| row.wins).sum(),
        places: places(&rows),
        concentration: std::iter::once(by_wins(&wins)).chain(by_amounts).collect(),
        rows,
    }
}

/// The day of each counted project's award.
fn award_days(counted: &[Counted<'_>]) -> BTreeMap<i64, Date> {
    counted.iter().filter_map(|one| Some((one.id(), awarded_on(one.entry)?))).collect()
}

/// The day of the first result that stands; of a project that only a contract or an acceptance tells of, that one's; else its
/// first day.
pub(super) fn awarded_on(entry: &Entry) -> Option<Date> {
    let first = |kinds: &[NoticeKind]| {
        let told = entry.notices.iter().filter(|hit| !hit.withdrawn && kinds.contains(&hit.kind));
        told.filter_map(|hit| hit.on).min()
    };
    first(&[NoticeKind::Award])
        .or_else(|| first(&[NoticeKind::Contract, NoticeKind::ContractChange, NoticeKind::Acceptance]))
        .or(entry.project.first_on)
}

fn line(
    dossier: &Dossier<'_>,
    register: &Register<'_>,
    days: &BTreeMap<i64, Date>,
    names: &BTreeMap<MentionKey, String>,
    standing: Standing,
) -> WinnerLine {
    let party = dossier.parties.party(&standing.party);
    let first_on = standing.projects.iter().filter_map(|id| days.get(id).copied()).min();
    let filed = party.map(|party| register.filed(party, dossier.parties, first_on, dossier.as_of.published_by));
    let (won, won_jointly) = standing.sums();
    WinnerLine {
        name: names.get(&standing.party).cloned().unwrap_or_default(),
        place: party.and_then(|party| party.place.value.clone()),
        place_rule: party.map_or_else(|| "no rule fits".to_owned(), |party| party.place.rule.clone()),
        parent: party.and_then(|party| party.parent.as_ref()).map(|parent| parent.0.clone()),
        wins: standing.wins,
        joint_wins: standing.joint_wins,
        won,
        won_jointly,
        filed: FiledLine {
            by_award: filed.as_ref().and_then(|filed| filed.by_award.as_ref()).map(through),
            by_now: filed.as_ref().and_then(|filed| filed.by_now.as_ref()).map(through),
            holder: filed.as_ref().and_then(|filed| filed.by_now.as_ref()).and_then(holder),
            services: filed.as_ref().map_or(0, |filed| filed.services),
        },
        party: standing.party.0,
        projects: standing.projects,
    }
}

pub(super) fn through(filed: &FiledThrough) -> &'static str {
    match filed {
        FiledThrough::Own => "own",
        FiledThrough::Group { .. } => "group",
    }
}

fn holder(filed: &FiledThrough) -> Option<String> {
    match filed {
        FiledThrough::Own => None,
        FiledThrough::Group { holder } => Some(holder.clone()),
    }
}

fn places(rows: &[WinnerLine]) -> Places {
    let mut found: BTreeMap<&str, Vec<&WinnerLine>> = BTreeMap::new();
    for row in rows {
        found.entry(row.place.as_deref().unwrap_or_default()).or_default().push(row);
    }
    let of_all = number(rows.len());
    let unknown = found.remove("").unwrap_or_default();
    let of_known = of_all - number(unknown.len());
    let row = |word: &str, here: &[&WinnerLine]| PlaceRow {
        word: word.to_owned(),
        winners: number(here.len()),
        of_all: tenths(number(here.len()), of_all),
        of_known: if word.is_empty() { None } else { tenths(number(here.len()), of_known) },
        wins: here.iter().map(|row| row.wins).sum(),
        projects: here
            .iter()
            .flat_map(|row| row.projects.iter().copied())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
    };
    let mut rows: Vec<PlaceRow> = found.iter().map(|(word, here)| row(word, here)).collect();
    rows.sort_by(|left, right| right.winners.cmp(&left.winners).then_with(|| left.word.cmp(&right.word)));
    Places { of_all, of_known, rows, unknown: row("", &unknown) }
}

/// Every award of the topic, for the shifts: what counts in the totals, whatever its window.
pub(super) fn dated(dossier: &Dossier<'_>) -> Vec<DatedAward> {
    let register = Register::of(dossier.filings);
    dossier
        .entries
        .iter()
        .filter_map(|entry| award(dossier.parties, &register, entry.id, &entry.project, awarded_on(entry)?))
        .collect()
}

/// A project's award on a day; nothing where it is not counted or nobody is known to have won.
#[must_use]
pub fn award(
    parties: &Parties,
    register: &Register<'_>,
    id: ProjectId,
    project: &Project,
    on: Date,
) -> Option<DatedAward> {
    contribution(project)?;
    let winner = |(key, name): (MentionKey, String)| {
        let filed = parties.party(&key).and_then(|party: &Party| register.filed(party, parties, Some(on), on).by_award);
        Winner { party: key, name, filed }
    };
    let won =
        lots(parties, id, project).into_iter().map(|(_, names)| names.into_iter().map(winner).collect::<Vec<_>>());
    let lots: Vec<Vec<Winner>> = won.filter(|winners| !winners.is_empty()).collect();
    let buyers: BTreeSet<MentionKey> =
        project.buyers.iter().filter_map(|buyer| party_of(parties, buyer)).map(|(key, _)| key).collect();
    (!lots.is_empty()).then(|| DatedAward {
        on,
        project: id,
        lots,
        buyers: buyers.into_iter().collect(),
        region: project.region.province.clone(),
        category: project.category.value,
        single_source: project.method == Some(Method::SingleSource),
    })
}
