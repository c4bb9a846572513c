//! Every figure of a window, as of a day: the projects as they are kept, or, for a past day, from history: what was published and
//! known by then, grouped and folded anew. Reads only.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use jiff::civil::Date;

use super::Rooms;
use crate::domain::fold::fold;
use crate::domain::link;
use crate::domain::notice::Notice;
use crate::domain::party::{MentionFact, Parties, mentioned};
use crate::domain::project::{Member, NoticeId, Project, ProjectId};
use crate::domain::stamp::{Stamp, china_day};
use crate::fetch;
use crate::figures::comparison::{Beside, Rate};
use crate::figures::study::{AsOf, Dossier, Entry, Hit, Study, study};
use crate::sources::Dialect;
use crate::store::Reader;

/// Projects that are read at a time.
const PAGE: u32 = 500;
/// The largest file that is set beside.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The topic's name.
    pub topic: String,
    /// The first day of the window.
    pub from: Date,
    /// The last day, included.
    pub to: Date,
    /// Only what was published by the end of this day, by China's clocks.
    pub published_by: Option<Date>,
    /// Only what was known by this instant.
    pub known_by: Option<Timestamp>,
    /// Files of another country and how they are read.
    pub beside: Option<(Dialect, Vec<PathBuf>)>,
    /// What a unit of its currency is worth.
    pub rate: Option<Rate>,
}

/// Reckons the study that is asked for.
pub fn report(rooms: &Rooms, asked: &Asked) -> Result<Study> {
    let today = china_day(rooms.clock.now());
    let known = asked.known_by.map(china_day);
    let as_of = AsOf { published_by: asked.published_by.or(known).unwrap_or(today), known_by: asked.known_by };
    let is_past = asked.published_by.is_some() || asked.known_by.is_some();
    let beside = asked.beside.as_ref().map(|(dialect, files)| beside(*dialect, files, asked.rate)).transpose()?;
    rooms.store.read(|r| -> Result<Study> {
        let members = if is_past { of_history(r, &asked.topic, as_of)? } else { as_kept(r, &asked.topic)? };
        let facts = members.iter().flat_map(|(_, _, members)| members).flat_map(facts);
        let parties = Parties::of(facts, &r.party_rulings(as_of.known_by)?);
        let filings = r.filings(as_of.known_by)?;
        let entries = members.into_iter().map(|(id, project, members)| entry(id, project, &members)).collect();
        Ok(study(&Dossier {
            topic: asked.topic.clone(),
            from: asked.from,
            to: asked.to,
            as_of,
            entries,
            parties: &parties,
            filings: &filings,
            thresholds: rooms.config.shifts.clone(),
            beside,
        }))
    })
}

/// A project with its number and its notices.
type Kept = (ProjectId, Project, Vec<Member>);

/// Every project of the topic as it is kept today.
fn as_kept(r: &Reader<'_>, topic: &str) -> Result<Vec<Kept>> {
    let mut kept = Vec::new();
    loop {
        let page = r.projects(topic, PAGE, u32::try_from(kept.len())?)?;
        let is_last = page.len() < PAGE as usize;
        for (id, project) in page {
            kept.push((id, project, r.members(id)?));
        }
        if is_last {
            return Ok(kept);
        }
    }
}

/// Every project of the topic as of a past day.
fn of_history(r: &Reader<'_>, topic: &str, as_of: AsOf) -> Result<Vec<Kept>> {
    let members = r.history(topic, as_of.known_by)?;
    let then = members.into_iter().filter_map(|member| as_of_then(member, as_of.published_by)).collect();
    let groups = link::group(then);
    let ids = numbers(r, &groups)?;
    Ok(ids.into_iter().zip(groups).map(|(id, members)| (id, fold(&members), members)).collect())
}

/// A notice as of the end of a China day; nothing of what came later. A notice without a date stays: nobody can say that it came
/// later. One that was lost from its listing later was still there.
fn as_of_then(member: Member, published_by: Date) -> Option<Member> {
    let day = member.notice.published_at.map(|stamp| china_day(stamp.at));
    if day.is_some_and(|day| day > published_by) {
        return None;
    }
    let withdrawn_at = member.withdrawn_at.filter(|at| Stamp { at: *at, offset: Stamp::CHINA }.day() <= published_by);
    Some(Member { withdrawn_at, ..member })
}

/// What each group is called: the number of the project that its first notice is part of today. Where two groups became one
/// project since, the later one gets a number below zero: it has none in today's history.
fn numbers(r: &Reader<'_>, groups: &[Vec<Member>]) -> Result<Vec<ProjectId>> {
    let mut taken: BTreeSet<ProjectId> = BTreeSet::new();
    let mut ids = Vec::with_capacity(groups.len());
    let mut below = 0;
    for members in groups {
        let first = members.iter().min_by(|left, right| left.place().cmp(&right.place()));
        let today = first.map(|first| r.notice(&first.id)).transpose()?.flatten().and_then(|stored| stored.project);
        let id = today.filter(|id| taken.insert(*id)).unwrap_or_else(|| {
            below -= 1;
            ProjectId(below)
        });
        ids.push(id);
    }
    Ok(ids)
}

fn facts(member: &Member) -> impl Iterator<Item = MentionFact> {
    let on = member.notice.published_at.map(|stamp| stamp.day());
    let named = mentioned(&member.notice).into_iter();
    named.map(move |(_, organisation)| MentionFact { organisation: organisation.clone(), on })
}

fn entry(id: ProjectId, project: Project, members: &[Member]) -> Entry {
    let hit = |member: &Member| Hit {
        id: member.id.clone(),
        on: member.notice.published_at.map(|stamp| stamp.day()),
        kind: member.notice.kind,
        title: member.notice.title.clone(),
        url: member.notice.url.clone(),
        weight: member.notice.relevance.weight,
        repeat_of: member.repeat_of.clone(),
        withdrawn: member.withdrawn_at.is_some(),
    };
    Entry { id, project, notices: members.iter().map(hit).collect() }
}

/// Another country's saved pages as projects. Of a notice that stands in several files the last revision counts.
fn beside(dialect: Dialect, files: &[PathBuf], rate: Option<Rate>) -> Result<Beside> {
    let mut notices: BTreeMap<String, Notice> = BTreeMap::new();
    for file in files {
        for (place, notice) in read(dialect, file)?.into_iter().enumerate() {
            let key = notice.native_id.clone().unwrap_or_else(|| format!("{} {place}", file.display()));
            let known = notices.get(&key);
            if known.is_none_or(|known| known.revision_id <= notice.revision_id) {
                notices.insert(key, notice);
            }
        }
    }
    let source = dialect.word().to_owned();
    let member = |(native_id, notice)| Member {
        id: NoticeId { source: source.clone(), native_id },
        notice,
        repeat_of: None,
        withdrawn_at: None,
        rulings: Vec::new(),
    };
    let groups = link::group(notices.into_iter().map(member).collect());
    let entries = (1..).zip(groups).map(|(id, members)| entry(ProjectId(id), fold(&members), &members)).collect();
    Ok(Beside { label: source.clone(), entries, rate })
}

fn read(dialect: Dialect, file: &std::path::Path) -> Result<Vec<Notice>> {
    let name = file.display();
    let size = std::fs::metadata(file).with_context(|| format!("{name}: cannot be read"))?.len();
    if size > FILE_BYTES_MAX {
        bail!("{name}: {size} bytes, more than the {FILE_BYTES_MAX} that are read");
    }
    let bytes = std::fs::read(file).with_context(|| format!("{name}: cannot be read"))?;
    let (text, _) = fetch::decode(&bytes, None);
    let notices = dialect.read(&text, None).notices;
    if notices.is_empty() {
        bail!("{name}: no {} notice in it", dialect.word());
    }
    Ok(notices)
}
