//! What one walk over all subscriptions reads once: changes, projects, totals, deadlines, near misses, and the words of each
//! change. Bounded: what does not fit is read again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use crate::domain::change::{Change, ChangeKind, StoredChange, Telling};
use crate::domain::digest::{Closing, Item, NearMiss, SourceHealth};
use crate::domain::filter::{self, Seen};
use crate::domain::project::{Project, ProjectId};
use crate::domain::source::{Health, SourceMemory};
use crate::domain::subscription::Filter;
use crate::figures::totals::Totals;
use crate::jobs::Rooms;
use crate::store::Reader;
use crate::telling::Fragments;

use super::told::Shared;

/// At most this many changes are told in one run; a longer backlog makes several.
const ITEMS_MAX: usize = 500;
/// Changes that are read at once.
const PAGE: u32 = 500;
/// Changes with their projects that are held.
const ITEMS_HELD: usize = 2_048;
/// Lists and messages that are held: those who want the same come one after another.
const HELD: usize = 32;
/// How far ahead deadlines are looked at: no calendar is longer.
const CLOSING_MOST: SignedDuration = SignedDuration::from_hours(45 * 24);
/// How far back near misses are looked for, and how many.
const NEAR: (SignedDuration, u32) = (SignedDuration::from_hours(7 * 24), 100);

/// The changes that a filter wants.
#[derive(Debug)]
pub(super) struct Wanted {
    /// In the order of history.
    pub items: Vec<Arc<Item>>,
    /// The last change that was looked at.
    pub seen: i64,
    /// Whether changes are left to look at.
    pub more: bool,
}

/// A tender that closes, with what a filter asks of it.
#[derive(Debug)]
struct Open {
    closing: Closing,
    item: Arc<Item>,
}

/// What is read and made once.
pub(super) struct Walk {
    /// The instant that all of it is of.
    pub now: Timestamp,
    /// The last change that it considers.
    pub last: i64,
    /// Receivers that are written to no more, with their channels.
    pub stopped: BTreeSet<(String, String)>,
    /// How the sources are.
    pub sources: Vec<SourceHealth>,
    /// Changes in words.
    pub fragments: Fragments,
    /// Messages that many share.
    pub shared: HashMap<String, Arc<Vec<Shared>>>,
    items: HashMap<i64, Arc<Item>>,
    wanted: HashMap<(String, i64), Arc<Wanted>>,
    totals: BTreeMap<String, Arc<Totals>>,
    open: BTreeMap<String, Arc<Vec<Open>>>,
    closing: HashMap<String, Arc<Vec<Closing>>>,
    near: BTreeMap<String, Arc<Vec<(NearMiss, Project)>>>,
    movers: HashMap<(String, i64), Arc<super::assemble::Movers>>,
}

impl Walk {
    /// Begins at the clock's instant, with the changes that are there.
    pub(super) fn begin(rooms: &Rooms, r: &Reader<'_>) -> Result<Self> {
        let stops = r.stops()?.into_iter().map(|stop| (stop.channel, stop.receiver));
        Ok(Self {
            now: rooms.clock.now(),
            last: r.last_seq()?,
            stopped: stops.collect(),
            sources: sources(rooms, r)?,
            fragments: Fragments::default(),
            shared: HashMap::new(),
            items: HashMap::new(),
            wanted: HashMap::new(),
            totals: BTreeMap::new(),
            open: BTreeMap::new(),
            closing: HashMap::new(),
            near: BTreeMap::new(),
            movers: HashMap::new(),
        })
    }

    /// The changes after one that a filter wants.
    pub(super) fn wanted(&mut self, r: &Reader<'_>, filter: &Filter, after: i64) -> Result<Arc<Wanted>> {
        let key = (format!("{filter:?}"), after);
        if let Some(known) = self.wanted.get(&key) {
            return Ok(Arc::clone(known));
        }
        let mut wanted = Wanted { items: Vec::new(), seen: after, more: false };
        while wanted.seen < self.last && wanted.items.len() < ITEMS_MAX {
            let page = r.changes_after(wanted.seen, PAGE)?;
            if page.first().is_none_or(|first| first.seq > self.last) {
                break;
            }
            for stored in page {
                if wanted.items.len() >= ITEMS_MAX || stored.seq > self.last {
                    break;
                }
                wanted.seen = stored.seq;
                // Most of a history was there before we looked.
                if stored.change.telling == Telling::Baseline {
                    continue;
                }
                let item = self.item(r, stored)?;
                if wants(filter, &item) {
                    wanted.items.push(item);
                }
            }
        }
        wanted.more = wanted.seen < self.last;
        let wanted = Arc::new(wanted);
        hold(&mut self.wanted, HELD, key, Arc::clone(&wanted));
        Ok(wanted)
    }

    /// A change with its project and notice.
    pub(super) fn item(&mut self, r: &Reader<'_>, stored: StoredChange) -> Result<Arc<Item>> {
        if let Some(known) = self.items.get(&stored.seq) {
            return Ok(Arc::clone(known));
        }
        let seq = stored.seq;
        let item = Arc::new(item_of(r, stored)?);
        hold(&mut self.items, ITEMS_HELD, seq, Arc::clone(&item));
        Ok(item)
    }

    /// A topic's totals.
    pub(super) fn totals(&mut self, r: &Reader<'_>, topic: &str) -> Result<Arc<Totals>> {
        if let Some(known) = self.totals.get(topic) {
            return Ok(Arc::clone(known));
        }
        let totals = Arc::new(r.totals(topic)?);
        self.totals.insert(topic.to_owned(), Arc::clone(&totals));
        Ok(totals)
    }

    /// Who moved a topic's totals after a change.
    pub(super) fn movers(&mut self, r: &Reader<'_>, topic: &str, after: i64) -> Result<Arc<super::assemble::Movers>> {
        let key = (topic.to_owned(), after);
        if let Some(known) = self.movers.get(&key) {
            return Ok(Arc::clone(known));
        }
        let movers = Arc::new(super::assemble::movers(r, topic, after, self.last)?);
        hold(&mut self.movers, HELD, key, Arc::clone(&movers));
        Ok(movers)
    }

    /// The tenders that a filter wants, by when they close.
    pub(super) fn closing(&mut self, rooms: &Rooms, r: &Reader<'_>, filter: &Filter) -> Result<Arc<Vec<Closing>>> {
        let key = format!("{filter:?}");
        if let Some(known) = self.closing.get(&key) {
            return Ok(Arc::clone(known));
        }
        let mut closing = Vec::new();
        for topic in topics(rooms, filter) {
            let open = self.open(r, &topic)?;
            closing.extend(open.iter().filter(|open| wants(filter, &open.item)).map(|open| open.closing.clone()));
        }
        closing.sort_by_key(|closing: &Closing| (closing.deadline_at.at, closing.project.0));
        let closing = Arc::new(closing);
        hold(&mut self.closing, HELD, key, Arc::clone(&closing));
        Ok(closing)
    }

    fn open(&mut self, r: &Reader<'_>, topic: &str) -> Result<Arc<Vec<Open>>> {
        if let Some(known) = self.open.get(topic) {
            return Ok(Arc::clone(known));
        }
        let mut open = Vec::new();
        for closing in r.closing(topic, self.now, self.now.checked_add(CLOSING_MOST)?)? {
            let asks = |stored: &StoredChange| {
                matches!(stored.change.kind, ChangeKind::TenderPublished | ChangeKind::Retendered)
            };
            let Some(mut stored) = r.changes_of(closing.project)?.into_iter().rfind(asks) else { continue };
            // A tender that was there when we first looked closes all the same.
            stored.change.telling = Telling::News;
            open.push(Open { closing, item: Arc::new(item_of(r, stored)?) });
        }
        let open = Arc::new(open);
        self.open.insert(topic.to_owned(), Arc::clone(&open));
        Ok(open)
    }

    /// What is nearly of the topics of a filter and was published within the last week.
    pub(super) fn near_misses(&mut self, rooms: &Rooms, r: &Reader<'_>, filter: &Filter) -> Result<Vec<NearMiss>> {
        // A near miss has no kind of change: it was never one.
        let filter = Filter { kinds: Vec::new(), ..filter.clone() };
        let mut found = Vec::new();
        for topic in topics(rooms, &filter) {
            if !self.near.contains_key(&topic) {
                let near = Arc::new(near_misses(r, &topic, self.now)?);
                self.near.insert(topic.clone(), near);
            }
            let Some(near) = self.near.get(&topic) else { continue };
            let fits = |(near, project): &&(NearMiss, Project)| {
                let stored = mention(&topic, near.project, self.now);
                filter::wants(&filter, &stored, &Seen { project: Some(project), notice_title: Some(&near.title) })
            };
            found.extend(near.iter().filter(fits).map(|(near, _)| near.clone()));
        }
        Ok(found)
    }
}

/// Keeps a value among at most so many.
pub(super) fn hold<K: Eq + Hash, V>(held: &mut HashMap<K, V>, most: usize, key: K, value: V) {
    if held.len() >= most {
        held.clear();
    }
    held.insert(key, value);
}

fn wants(filter: &Filter, item: &Item) -> bool {
    let project = item.project.as_ref().map(|(_, project)| project);
    filter::wants(filter, &item.stored, &Seen { project, notice_title: item.notice_title.as_deref() })
}

pub(super) fn item_of(r: &Reader<'_>, stored: StoredChange) -> Result<Item> {
    let project = match stored.change.project {
        Some(id) => r.project(id)?.map(|project| (id, project)),
        None => None,
    };
    let notice = match &stored.change.notice {
        Some(id) => r.notice(id)?.map(|stored| stored.member.notice),
        None => None,
    };
    Ok(Item {
        url: notice.as_ref().and_then(|notice| notice.url.clone()),
        notice_title: notice.map(|notice| notice.title),
        told_at: None,
        project,
        stored,
    })
}

/// The topics that a filter is about.
fn topics(rooms: &Rooms, filter: &Filter) -> Vec<String> {
    if filter.topics.is_empty() {
        return rooms.config.topics.iter().map(|topic| topic.name.clone()).collect();
    }
    filter.topics.clone()
}

fn near_misses(r: &Reader<'_>, topic: &str, now: Timestamp) -> Result<Vec<(NearMiss, Project)>> {
    let mut found = Vec::new();
    for id in r.near_misses(topic, now.checked_sub(NEAR.0)?, now, NEAR.1)? {
        let Some(project) = r.project(id)? else { continue };
        let members = r.members(id)?;
        let evidence = members.iter().rev().find_map(|member| member.notice.relevance.evidence.first());
        let Some(evidence) = evidence else { continue };
        let near = NearMiss {
            project: id,
            title: project.title.clone(),
            term: evidence.term.clone(),
            field: evidence.field.clone(),
            sentence: evidence.sentence.clone(),
            url: r.project_url(id)?,
        };
        found.push((near, project));
    }
    Ok(found)
}

/// A near miss as a filter can be asked about it.
fn mention(topic: &str, project: ProjectId, now: Timestamp) -> StoredChange {
    let change = Change {
        kind: ChangeKind::TenderPublished,
        project: Some(project),
        notice: None,
        source: None,
        topic: Some(topic.to_owned()),
        fields: Vec::new(),
        reason: String::new(),
        published_at: None,
        seen_at: now,
        telling: Telling::News,
    };
    StoredChange { seq: 0, change }
}

fn sources(rooms: &Rooms, r: &Reader<'_>) -> Result<Vec<SourceHealth>> {
    let mut lines = Vec::new();
    for source in &rooms.config.sources {
        let SourceMemory { health, healthy_at, .. } = r.source_memory(&source.name)?;
        let failing_since = match health {
            Health::Failing { since, .. } => Some(since),
            Health::Well | Health::Ailing { .. } => None,
        };
        lines.push(SourceHealth { source: source.name.clone(), healthy_at, failing_since });
    }
    Ok(lines)
}
