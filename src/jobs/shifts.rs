//! What one settled award shifts among the bidders, and which records it breaks: in the transaction that settles it. Looks only at
//! what bears on it, by index and up to a limit; where there is more than that, shares and ranks are left unsaid.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use jiff::civil::Date;

use crate::domain::change::{Change, ChangeKind, FieldChange};
use crate::domain::changes::Context;
use crate::domain::classes::Category;
use crate::domain::filing::Register;
use crate::domain::money::Money;
use crate::domain::notice::NoticeKind;
use crate::domain::party::{MentionKey, Parties, mention_key};
use crate::domain::project::{Member, Project, ProjectId};
use crate::domain::wording;
use crate::figures::cells::Dimension;
use crate::figures::milestone::record_broken;
use crate::figures::shifts::{DatedAward, Shift, ShiftKind, Thresholds, Winner, days_before, of_latest};
use crate::figures::study;
use crate::figures::totals::{FigureKind, contribution};
use crate::store::Writer;
use crate::store::wins::{KeptWin, Wanted};

/// Wins of one party, or at one buyer, that are looked at.
const WINS_MAX: u32 = 500;
/// Wins of two windows that are looked at.
const WINDOW_WINS_MAX: u32 = 3_000;
/// Beyond so many winners a window's mentions are taken as they stand, not as parties.
const MENTIONS_MAX: usize = 300;
/// A project may be awarded so many days after it began.
const AWARDED_WITHIN_DAYS: i32 = 730;

/// A project before and after one notice.
pub(super) struct Moved<'a> {
    /// The notice.
    pub bringing: &'a Member,
    /// The project's notices.
    pub members: &'a [Member],
    /// The project before, if it was known.
    pub before: Option<&'a Project>,
    /// The project now.
    pub after: &'a Project,
    /// Where and when.
    pub context: &'a Context,
}

impl Moved<'_> {
    fn change(&self, kind: ChangeKind, fields: Vec<FieldChange>, reason: String) -> Change {
        Change {
            kind,
            project: Some(self.context.project),
            notice: Some(self.bringing.id.clone()),
            source: Some(self.bringing.id.source.clone()),
            topic: self.context.topic.clone(),
            fields,
            reason,
            published_at: self.bringing.notice.published_at,
            seen_at: self.context.seen_at,
            telling: self.context.telling,
        }
    }

    fn topic(&self) -> &str {
        self.context.topic.as_deref().unwrap_or_default()
    }
}

/// The records that this notice broke.
pub(super) fn records(w: &Writer<'_>, moved: &Moved<'_>) -> Result<Vec<Change>> {
    let Some(counted) = contribution(moved.after) else { return Ok(Vec::new()) };
    let mut best: BTreeMap<FigureKind, Money> = BTreeMap::new();
    for (kind, money) in counted.sums {
        let Some(money) = money else { continue };
        if let Some(largest) = w.largest(moved.topic(), kind, money.currency, moved.context.project)? {
            best.insert(kind, largest);
        }
    }
    let broken = record_broken(&best, moved.before, moved.after);
    let fields: Vec<FieldChange> = broken.iter().flat_map(|record| record.change().1).collect();
    if fields.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![moved.change(ChangeKind::RecordBroken, fields, "a project broke a record".to_owned())])
}

/// What the project's award shifts now and did not shift before this notice.
pub(super) fn shifts(w: &Writer<'_>, moved: &Moved<'_>, thresholds: &Thresholds) -> Result<Vec<Change>> {
    let is_same =
        moved.before.is_some_and(|before| before.lots == moved.after.lots && before.status == moved.after.status);
    let mentions = mentions(moved.after);
    let Some(on) = awarded_on(moved).filter(|_| !is_same && !mentions.is_empty() && !thresholds.kinds.is_empty())
    else {
        return Ok(Vec::new());
    };
    let record = Record::about(w, moved, &mentions, on, thresholds)?;
    let of = |project: &Project| {
        let award = study::award(&record.parties, &record.register(), moved.context.project, project, on)?;
        Some(of_latest(&record.awards, &award, &record.thresholds))
    };
    let known: BTreeSet<(ShiftKind, Vec<String>)> =
        moved.before.and_then(of).unwrap_or_default().into_iter().map(|shift| (shift.kind, shift.parties)).collect();
    let now = of(moved.after).unwrap_or_default();
    let new: Vec<Shift> =
        now.into_iter().filter(|shift| !known.contains(&(shift.kind, shift.parties.clone()))).collect();
    if new.is_empty() {
        return Ok(Vec::new());
    }
    // One award, one piece of news, however much it shifts.
    let reason = new.iter().map(|shift| shift.reason.as_str()).collect::<Vec<_>>().join("; ");
    Ok(vec![moved.change(ChangeKind::Shifted, fields(&new), wording::bounded(&reason))])
}

/// The shifts by their names with what was and what is: those of nobody in particular, then each supplier's behind its name.
fn fields(shifts: &[Shift]) -> Vec<FieldChange> {
    let mut by_name: BTreeMap<String, Vec<FieldChange>> = BTreeMap::new();
    for shift in shifts {
        let names = shift.names.join("、");
        let moved = FieldChange { field: shift.kind.word().to_owned(), old: shift.old.clone(), new: shift.new.clone() };
        by_name.entry(names).or_default().push(moved);
    }
    let whose = |names: String| FieldChange { field: "supplier".to_owned(), old: None, new: Some(names) };
    let of = |(names, moved): (String, Vec<FieldChange>)| {
        Some(names).filter(|names| !names.is_empty()).map(whose).into_iter().chain(moved)
    };
    by_name.into_iter().flat_map(of).collect()
}

/// Who won and who buys.
fn mentions(project: &Project) -> Vec<MentionKey> {
    let suppliers = project.lots.iter().flat_map(|lot| &lot.suppliers);
    let won: BTreeSet<MentionKey> = suppliers.filter_map(mention_key).collect();
    if won.is_empty() {
        return Vec::new();
    }
    won.into_iter().chain(project.buyers.iter().filter_map(mention_key)).collect()
}

/// The day of its first award notice that stands, else of its first contract, else its own.
fn awarded_on(moved: &Moved<'_>) -> Option<Date> {
    let first = |kind: NoticeKind| {
        let told = moved.members.iter().filter(|member| member.notice.kind == kind && member.withdrawn_at.is_none());
        told.filter_map(|member| member.notice.published_at).map(|stamp| stamp.day()).min()
    };
    first(NoticeKind::Award).or_else(|| first(NoticeKind::Contract)).or(moved.after.first_on)
}

/// The awards that bear on one.
struct Record {
    parties: Parties,
    filings: Vec<crate::domain::filing::Filing>,
    awards: Vec<DatedAward>,
    thresholds: Thresholds,
}

impl Record {
    fn register(&self) -> Register<'_> {
        Register::of(&self.filings)
    }

    fn about(w: &Writer<'_>, moved: &Moved<'_>, mentions: &[MentionKey], on: Date, asked: &Thresholds) -> Result<Self> {
        let (topic, project) = (moved.topic(), moved.context.project);
        let mut thresholds = asked.clone();
        let windows = days_before(on, thresholds.window_days.saturating_mul(2));
        let since = days_before(windows, AWARDED_WITHIN_DAYS);
        let recent = w.wins_since(topic, since, project, WINDOW_WINS_MAX)?;
        if recent.len() >= WINDOW_WINS_MAX as usize {
            for kind in [ShiftKind::EnteredTop, ShiftKind::LeftTop, ShiftKind::ShareMoved, ShiftKind::BandMoved] {
                thresholds.kinds.remove(&kind);
            }
        }
        let winners: BTreeSet<&MentionKey> = recent.iter().map(|win| &win.win.mention).collect();
        let mut wanted = mentions.to_vec();
        if winners.len() <= MENTIONS_MAX {
            wanted.extend(winners.into_iter().cloned());
        }
        let rulings = w.party_rulings(None)?;
        let parties = Parties::of(w.facts_about(&wanted, &rulings)?, &rulings);
        let all = |keys: &[MentionKey]| -> Vec<MentionKey> {
            let known = keys
                .iter()
                .flat_map(|key| parties.party(key).map_or_else(|| vec![key.clone()], |party| party.mentions.clone()));
            known.collect::<BTreeSet<_>>().into_iter().collect()
        };
        // Of one day, those of earlier projects are before it too.
        let before = on.tomorrow().ok();
        let asked = Wanted { topic, before, but: Some(project), limit: WINS_MAX };
        let of_winners = w.wins_of(&all(mentions), &asked)?;
        let buyers: Vec<MentionKey> = moved.after.buyers.iter().filter_map(mention_key).collect();
        let at_buyers = w.wins_at(&all(&buyers), &asked)?;
        let first = w.first_win(topic, project)?;
        let named: Vec<String> = mentions.iter().flat_map(|key| names(&parties, key)).collect();
        let filings = w.filings_of(&named.iter().map(String::as_str).collect::<Vec<_>>())?;
        let elsewhere = awards(&parties, recent.into_iter().chain(of_winners).chain(first), &[]);
        let keys: Vec<MentionKey> = buyers.iter().map(|key| own(&parties, key)).collect();
        let mut awards: BTreeMap<_, _> = elsewhere.into_iter().map(|award| (award.project, award)).collect();
        awards.extend(self::awards(&parties, at_buyers, &keys).into_iter().map(|award| (award.project, award)));
        Ok(Self { filings, awards: awards.into_values().collect(), thresholds, parties })
    }
}

/// Every name of a party and of its group.
fn names(parties: &Parties, key: &MentionKey) -> Vec<String> {
    let group = parties.group_of(key).into_iter();
    group
        .flat_map(|party| {
            std::iter::once(party.name.clone()).chain(party.aliases.iter().map(|alias| alias.name.clone()))
        })
        .collect()
}

/// The party's key, or the mention's own.
fn own(parties: &Parties, mention: &MentionKey) -> MentionKey {
    parties.party(mention).map_or_else(|| mention.clone(), |party| party.key.clone())
}

/// The winners of each lot, by party.
type Lots = BTreeMap<Option<String>, BTreeMap<MentionKey, Winner>>;

/// Kept wins as awards: by project, by lot, each party once.
fn awards(parties: &Parties, wins: impl IntoIterator<Item = KeptWin>, buyers: &[MentionKey]) -> Vec<DatedAward> {
    let mut found: BTreeMap<ProjectId, (KeptWin, Lots)> = BTreeMap::new();
    for win in wins {
        let mention = win.win.mention.clone();
        let party = own(parties, &mention);
        let bare = mention.name().or(mention.code()).unwrap_or_default();
        let name = parties.party(&mention).map_or_else(|| bare.to_owned(), |party| party.name.clone());
        let lot = win.win.lot.clone();
        let (_, lots) = found.entry(win.project).or_insert_with(|| (win, BTreeMap::new()));
        lots.entry(lot).or_default().insert(party.clone(), Winner { party, name, filed: None });
    }
    let award = |(project, (win, lots)): (ProjectId, (KeptWin, Lots))| {
        let word = |dimension| win.groups.get(&dimension).filter(|word| !word.is_empty());
        Some(DatedAward {
            on: win.won_on?,
            project,
            lots: lots.into_values().map(|winners| winners.into_values().collect()).collect(),
            buyers: buyers.to_vec(),
            region: word(Dimension::Region).cloned(),
            category: word(Dimension::Category).and_then(|word| Category::parse(word)),
            single_source: false,
        })
    };
    found.into_iter().filter_map(award).collect()
}
