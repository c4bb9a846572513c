//! The figures, deadlines and sources beside the changes of a digest.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::domain::change::{Audience, Change, ChangeKind};
use crate::domain::digest::{Digest, FigureLine, ID_MARK, Item, Mover, NAME_MARK, Occasion};
use crate::domain::money::Money;
use crate::domain::project::{ProjectId, Status};
use crate::domain::stamp::china_day;
use crate::domain::subscription::{Grouping, Subscription};
use crate::figures::growth::{self, Known, Measure, Series};
use crate::figures::totals::{self, FigureKind, SumCell, Tally, Totals};
use crate::jobs::Rooms;
use crate::store::Reader;
use crate::store::subscriptions::SubscriptionMemory;
use crate::telling::sums;

use super::walk::{self, Walk};

/// How many of the latest awards a summary names.
const LATEST: usize = 5;
/// How many are looked at to find them.
const LATEST_LOOKED_AT: u32 = 100;

/// What a message says beside its changes.
pub(super) struct Beside {
    /// Why it is sent.
    pub occasion: Occasion,
    /// Tenders that close.
    pub closing: Vec<crate::domain::digest::Closing>,
    /// What is nearly of the topic.
    pub near_misses: Vec<crate::domain::digest::NearMiss>,
    /// Whether totals are known for its instant.
    pub has_figures: bool,
}

/// A message for all who want the same, with marks in the place of what is each one's own.
pub(super) fn digest(
    rooms: &Rooms,
    r: &Reader<'_>,
    walk: &mut Walk,
    subscription: &Subscription,
    memory: Option<&SubscriptionMemory>,
    items: Vec<Item>,
    beside: Beside,
) -> Result<Digest> {
    let topic = topic_of(rooms, subscription, &items);
    let is_news = subscription.filter.audience == Audience::Subscribers;
    // Messages of one project or one change would repeat the same totals one after another.
    let is_whole = subscription.grouping == Grouping::Digest || beside.occasion != Occasion::News;
    let mut digest = Digest {
        subscription: NAME_MARK.into(),
        base_url: rooms.config.web.as_ref().map(|web| web.base_url.clone()),
        occasion: beside.occasion,
        closing: beside.closing,
        near_misses: beside.near_misses,
        items,
        ..Digest::empty(ID_MARK.into(), subscription, walk.now)
    };
    if is_news
        && is_whole
        && beside.has_figures
        && !matches!(beside.occasion, Occasion::Reminder | Occasion::NearMisses)
    {
        let totals = walk.totals(r, &topic)?;
        let day = china_day(walk.now);
        let since = rooms.config.sources.iter().filter(|source| source.topic == topic).map(|source| source.since).max();
        // A subscription to several topics may have been told of another one's totals: what moved since then says nothing.
        let has_one_topic = subscription.filter.topics.len() == 1 || rooms.config.topics.len() == 1;
        let then =
            memory.filter(|_| has_one_topic).and_then(|memory| Some((memory.totals_then.as_ref()?, memory.watermark)));
        let movers = match then {
            Some((_, after)) => Some(walk.movers(r, &topic, after)?),
            None => None,
        };
        let known = Known { since, as_of: day };
        digest.figures = figures(&totals, then.map(|(then, _)| then), movers.as_deref(), known);
        digest.counts = counts(&totals);
    }
    if beside.occasion == Occasion::Summary {
        digest.latest = latest(r, subscription, &topic)?;
    }
    digest.sources = walk.sources.iter().filter(|source| is_whole || source.failing_since.is_some()).cloned().collect();
    digest.topic = topic;
    Ok(digest)
}

/// The topic that a digest speaks of: the subscription's, its items', or the first that is watched.
pub(super) fn topic_of(rooms: &Rooms, subscription: &Subscription, items: &[Item]) -> String {
    let own = subscription.filter.topics.first().cloned();
    own.or_else(|| items.iter().find_map(|item| item.stored.change.topic.clone()))
        .or_else(|| rooms.config.topics.first().map(|topic| topic.name.clone()))
        .unwrap_or_default()
}

/// The totals as the next digest compares with them: their sums alone, without months.
pub(super) fn remembered(totals: &Totals) -> Totals {
    let mut kept = Totals::default();
    for (cell, tally) in &totals.sums {
        let whole = SumCell { year: 0, month: 0, ..cell.clone() };
        let entry = kept.sums.entry(whole).or_default();
        *entry = Tally { sum: entry.sum + tally.sum, disclosed: entry.disclosed + tally.disclosed };
    }
    kept
}

/// The three totals with coverage, what moved them and how they grow.
fn figures(totals: &Totals, then: Option<&Totals>, movers: Option<&Movers>, known: Known) -> Vec<FigureLine> {
    let mut lines = Vec::new();
    for kind in FigureKind::ALL {
        for currency in totals.currencies(kind) {
            let tally = totals.sum(kind, currency);
            let before = then.map_or(0, |then| then.sum(kind, currency).sum);
            let moved = if then.is_some() { tally.sum - before } else { 0 };
            let all = movers.and_then(|movers| movers.get(&kind)).into_iter().flatten();
            let same =
                all.filter(|(_, money)| money.currency == currency && (money.ten_thousandths > 0) == (moved > 0));
            lines.push(FigureLine {
                kind: kind.word().into(),
                sum: Money { ten_thousandths: tally.sum, currency },
                disclosed: tally.disclosed.unsigned_abs(),
                of: totals.of(kind).unsigned_abs(),
                moved,
                movers: if moved == 0 { Vec::new() } else { same.map(|(mover, _)| mover.clone()).take(3).collect() },
                growth: growth::trailing_12(&Series::of(totals, Measure::Sum(kind, currency), known)).line(),
            });
        }
    }
    lines
}

fn counts(totals: &Totals) -> Vec<(String, u64)> {
    let by_status = totals.status_counts();
    Status::ALL
        .into_iter()
        .filter_map(|status| by_status.get(&status).map(|n| (status.word().to_owned(), n.unsigned_abs())))
        .collect()
}

/// The latest awards that a subscription would have been told of, one for each project.
fn latest(r: &Reader<'_>, subscription: &Subscription, topic: &str) -> Result<Vec<Item>> {
    let mut found: Vec<Item> = Vec::new();
    for mut stored in r.latest_awards(topic, LATEST_LOOKED_AT)? {
        stored.change.telling = crate::domain::change::Telling::News;
        let item = walk::item_of(r, stored)?;
        let seen = crate::domain::filter::Seen {
            project: item.project.as_ref().map(|(_, project)| project),
            notice_title: item.notice_title.as_deref(),
        };
        let is_wanted = crate::domain::filter::wants(&subscription.filter, &item.stored, &seen);
        let is_new = found.iter().all(|known| known.stored.change.project != item.stored.change.project);
        if is_wanted && is_new {
            found.push(item);
        }
        if found.len() == LATEST {
            break;
        }
    }
    Ok(found)
}

/// Who moved each total, the largest first.
pub(super) type Movers = BTreeMap<FigureKind, Vec<(Mover, Money)>>;

/// Which projects moved a topic's totals between two changes, by what was settled of them in between. An estimate for readers:
/// a total itself is moved by what a project was counted for.
pub(super) fn movers(r: &Reader<'_>, topic: &str, after: i64, last: i64) -> Result<Movers> {
    let mut touched: BTreeMap<i64, Vec<Change>> = BTreeMap::new();
    let mut from = after;
    loop {
        let page = r.changes_after(from, 500)?;
        let Some(to) = page.last().map(|stored| stored.seq) else { break };
        for stored in
            page.into_iter().filter(|stored| stored.seq <= last && stored.change.topic.as_deref() == Some(topic))
        {
            if let Some(project) = stored.change.project {
                touched.entry(project.0).or_default().push(stored.change);
            }
        }
        from = to;
        if to >= last {
            break;
        }
    }
    let mut movers = Movers::new();
    for (id, changes) in touched {
        let id = ProjectId(id);
        let Some(project) = r.project(id)? else { continue };
        let earlier: Vec<ChangeKind> = r
            .changes_of(id)?
            .into_iter()
            .filter(|stored| stored.seq <= after)
            .map(|stored| stored.change.kind)
            .collect();
        for (kind, money) in moved(&project, &changes, &earlier) {
            let mover = Mover { project: id, title: project.title.clone(), moved: money.ten_thousandths };
            movers.entry(kind).or_default().push((mover, money));
        }
    }
    for of_kind in movers.values_mut() {
        of_kind.sort_by_key(|(mover, _)| std::cmp::Reverse(mover.moved.unsigned_abs()));
    }
    Ok(movers)
}

/// By how much one project moved each total.
fn moved(
    project: &crate::domain::project::Project,
    changes: &[Change],
    earlier: &[ChangeKind],
) -> Vec<(FigureKind, Money)> {
    let Some(counted) = totals::contribution(project) else {
        // What failed or was withdrawn is counted no more.
        let was_counted =
            earlier.iter().any(|kind| matches!(kind, ChangeKind::TenderPublished | ChangeKind::Retendered));
        let minus = |money: Money| Money { ten_thousandths: -money.ten_thousandths, ..money };
        return project
            .budget
            .money()
            .filter(|_| was_counted)
            .map(|money| (FigureKind::Budget, minus(money)))
            .into_iter()
            .collect();
    };
    let is_new = earlier.is_empty();
    let had_award = earlier.iter().any(|kind| {
        matches!(
            kind,
            ChangeKind::Awarded | ChangeKind::AwardCorrected | ChangeKind::Contracted | ChangeKind::Completed
        )
    });
    let now_awarded = changes.iter().any(|change| change.kind == ChangeKind::Awarded);
    let mut found = Vec::new();
    for kind in FigureKind::ALL {
        let sum = counted.sums.get(&kind).copied().flatten();
        let is_whole = is_new || (kind == FigureKind::Award && now_awarded && !had_award);
        let by = if is_whole { sum } else { corrected(kind, changes) };
        found.extend(by.filter(|money| money.ten_thousandths != 0).map(|money| (kind, money)));
    }
    found
}

/// What corrections of a sum come to: from the first that was known to the last.
fn corrected(kind: FigureKind, changes: &[Change]) -> Option<Money> {
    let mut fields = changes.iter().flat_map(|change| &change.fields).filter(|field| field.field == kind.word());
    let first = fields.clone().next()?;
    let last = fields.next_back()?;
    let (old, new) = (sums::printed(first.old.as_deref()?)?, sums::printed(last.new.as_deref()?)?);
    (old.currency == new.currency).then(|| Money { ten_thousandths: new.ten_thousandths - old.ten_thousandths, ..new })
}
