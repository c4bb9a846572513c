//! Today's readers over kept bodies: what would be known otherwise, in records and in figures. A trial is the same work taken back
//! at its end; applied, it is kept in small steps that can be taken up again. Tells nobody unless asked.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

use super::settle::{self, Arrival};
use super::{Rooms, blocking, saved};
use crate::config::settings::SourceSettings;
use crate::domain::change::{FieldChange, Telling};
use crate::domain::diff::diff_notice;
use crate::domain::notice::Notice;
use crate::domain::project::{NoticeId, ProjectId};
use crate::domain::reading::{PageKind, Problem};
use crate::domain::topic::Topic;
use crate::fetch;
use crate::figures::cells::{Cells, Dimension};
use crate::figures::totals::Totals;
use crate::sources;
use crate::store::notices::StoredNotice;
use crate::store::{Reader, StoreError, Writer};

/// Notices or projects in one transaction.
const BATCH: u32 = 200;

/// How it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// Whether what is read today is kept.
    pub apply: bool,
    /// Whether subscribers hear of what moved.
    pub tell: bool,
    /// Only this source.
    pub source: Option<&'a str>,
}

/// A notice that reads otherwise today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Otherwise {
    /// Which.
    pub id: NoticeId,
    /// What moved.
    pub fields: Vec<FieldChange>,
}

/// The figures of a topic before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The running totals.
    pub totals: Totals,
    /// The shares, by dimension.
    pub cells: BTreeMap<Dimension, Cells>,
}

/// What rereading came to, or would come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reread {
    /// Notices that were read again.
    pub notices: u64,
    /// Those that say something else.
    pub otherwise: Vec<Otherwise>,
    /// Those that could not be read, and why.
    pub unread: Vec<(NoticeId, String)>,
    /// Projects that were folded again.
    pub projects: u64,
    /// Topic → its figures before and after.
    pub figures: BTreeMap<String, (Figures, Figures)>,
}

/// Why a trial's transaction ends: to be taken back.
#[derive(Debug, thiserror::Error)]
enum Ending {
    #[error("the trial is over")]
    Trial(Box<Reread>),
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads every kept body with today's reader and settles what it says, for good or on trial.
pub fn reread(rooms: &Rooms, asked: Asked<'_>) -> Result<Reread> {
    blocking(|| if asked.apply { for_good(rooms, asked) } else { on_trial(rooms, asked) })
}

fn on_trial(rooms: &Rooms, asked: Asked<'_>) -> Result<Reread> {
    let ended = rooms.store.write(|w| -> Result<(), Ending> {
        let mut done = Reread::default();
        let before = figures(w, rooms)?;
        let mut after = None;
        while let Some(last) = notices(w, rooms, asked, after.as_ref(), &mut done)? {
            after = Some(last);
        }
        let mut after = None;
        while let Some(last) = projects(w, after, &mut done)? {
            after = Some(last);
        }
        done.figures = beside(before, figures(w, rooms)?);
        Err(Ending::Trial(Box::new(done)))
    });
    match ended {
        Err(Ending::Trial(done)) => Ok(*done),
        Err(Ending::Failed(error)) => Err(error),
        Err(Ending::Store(error)) => Err(error.into()),
        Ok(()) => Ok(Reread::default()),
    }
}

fn for_good(rooms: &Rooms, asked: Asked<'_>) -> Result<Reread> {
    let mut done = Reread::default();
    let before = rooms.store.read(|r| figures(r, rooms))?;
    let mut after = None;
    while let Some(last) = rooms.store.write(|w| notices(w, rooms, asked, after.as_ref(), &mut done))? {
        after = Some(last);
    }
    let mut after = None;
    while let Some(last) = rooms.store.write(|w| projects(w, after, &mut done))? {
        after = Some(last);
    }
    done.figures = beside(before, rooms.store.read(|r| figures(r, rooms))?);
    Ok(done)
}

/// Every topic's figures as they stand.
fn figures(r: &Reader<'_>, rooms: &Rooms) -> Result<BTreeMap<String, Figures>> {
    let of = |topic: &Topic| -> Result<(String, Figures)> {
        let cells = Dimension::ALL.into_iter().map(|dimension| Ok((dimension, r.cells(&topic.name, dimension)?)));
        let cells = cells.collect::<Result<_>>()?;
        Ok((topic.name.clone(), Figures { totals: r.totals(&topic.name)?, cells }))
    };
    rooms.config.topics.iter().map(of).collect()
}

fn beside(
    before: BTreeMap<String, Figures>,
    mut after: BTreeMap<String, Figures>,
) -> BTreeMap<String, (Figures, Figures)> {
    before
        .into_iter()
        .map(|(topic, before)| {
            let after = after.remove(&topic).unwrap_or_default();
            (topic, (before, after))
        })
        .collect()
}

/// Rereads the next notices; gives the last of them, or nothing where none is left.
fn notices(
    w: &Writer<'_>,
    rooms: &Rooms,
    asked: Asked<'_>,
    after: Option<&NoticeId>,
    done: &mut Reread,
) -> Result<Option<NoticeId>> {
    let ids = w.notices_after(after, BATCH)?;
    let asked_for = ids.iter().filter(|id| asked.source.is_none_or(|source| source == id.source));
    let kept = asked_for.map(|id| kept(w, rooms, id)).collect::<Result<Vec<_>>>()?;
    // Reading takes longer than all else, and each is read by itself.
    let fresh = saved::each(&kept, |kept| kept.as_ref().ok().and_then(read))?;
    for (kept, fresh) in kept.into_iter().zip(fresh) {
        done.notices += 1;
        let kept = match kept {
            Ok(kept) => kept,
            Err((id, why)) => {
                done.unread.push((id, why));
                continue;
            }
        };
        let Some(fresh) = fresh else {
            done.unread.push((kept.id, "today's reader knows no notice in its body".to_owned()));
            continue;
        };
        let fields = notice(w, rooms, asked, &kept, fresh)?;
        if !fields.is_empty() {
            done.otherwise.push(Otherwise { id: kept.id, fields });
        }
    }
    Ok(ids.into_iter().next_back())
}

/// A notice with all that reading it again needs.
struct Kept<'a> {
    id: NoticeId,
    source: &'a SourceSettings,
    topic: &'a Topic,
    stored: StoredNotice,
    body: Vec<u8>,
    zone: Option<String>,
    url: Option<String>,
}

/// A notice as it is kept, or why it cannot be read again.
fn kept<'a>(
    r: &Reader<'_>,
    rooms: &'a Rooms,
    id: &NoticeId,
) -> Result<std::result::Result<Kept<'a>, (NoticeId, String)>> {
    let Some((source, topic)) = settings(rooms, id) else {
        return Ok(Err((id.clone(), format!("source {} is not configured any more", id.source))));
    };
    let stored = r.notice(id)?.with_context(|| format!("{id} is not in history"))?;
    let Some(body) = r.body(&stored.body_hash)? else {
        return Ok(Err((id.clone(), "its body is not kept".to_owned())));
    };
    let (zone, url) = r.sighted_at(id)?;
    Ok(Ok(Kept { id: id.clone(), source, topic, stored, body, zone, url }))
}

/// Settles one notice as read today: what moved.
fn notice(
    w: &Writer<'_>,
    rooms: &Rooms,
    asked: Asked<'_>,
    kept: &Kept<'_>,
    (fresh, problems): (Notice, Vec<Problem>),
) -> Result<Vec<FieldChange>> {
    let now = rooms.clock.now();
    let Kept { id, source, topic, stored, .. } = kept;
    let known = &stored.member.notice;
    let mut fields = diff_notice(known, &fresh);
    fields.extend(judged("province", known.region.province.as_deref(), fresh.region.province.as_deref()));
    let weights = (format!("{:?}", known.relevance.weight), format!("{:?}", fresh.relevance.weight));
    fields.extend(judged("relevance", Some(&weights.0.to_lowercase()), Some(&weights.1.to_lowercase())));
    let arrival = Arrival {
        id: id.clone(),
        notice: fresh,
        problems: &problems,
        body_hash: &stored.body_hash,
        reader_version: source.dialect.reader_version(),
        topic: &topic.name,
        telling: if asked.tell { Telling::News } else { Telling::Baseline },
        revisit: &source.revisit,
        milestones: &[],
    };
    settle::settle(w, &arrival, now)?;
    Ok(fields)
}

fn judged(field: &str, old: Option<&str>, new: Option<&str>) -> Option<FieldChange> {
    let owned = |value: Option<&str>| value.map(str::to_owned);
    (old != new).then(|| FieldChange { field: field.to_owned(), old: owned(old), new: owned(new) })
}

fn settings<'a>(rooms: &'a Rooms, id: &NoticeId) -> Option<(&'a SourceSettings, &'a Topic)> {
    let source = rooms.config.sources.iter().find(|source| source.name == id.source)?;
    let topic = rooms.config.topics.iter().find(|topic| topic.name == source.topic)?;
    Some((source, topic))
}

/// What the body says of this notice today, completed as when it was first read.
fn read(kept: &Kept<'_>) -> Option<(Notice, Vec<Problem>)> {
    let Kept { id, source, topic, stored, body, zone, url } = kept;
    let (text, _) = fetch::decode(body, None);
    let url = url.as_ref().or(stored.member.notice.url.as_ref());
    let reading = source.dialect.read(&text, url.map(String::as_str));
    if reading.page != PageKind::Notice {
        return None;
    }
    let is_meant = |native_id: Option<&str>| native_id.is_none_or(|native_id| native_id == id.native_id);
    let mut notice = reading.notices.into_iter().find(|notice| is_meant(notice.native_id.as_deref()))?;
    let mut problems = reading.problems;
    if notice.published_at.is_none() {
        notice.published_at = stored.member.notice.published_at;
        problems.extend(stored.problems.iter().filter(|problem| problem.what == super::pages::FROM_LISTING).cloned());
    }
    sources::complete(&mut notice, zone.as_deref(), topic);
    Some((notice, problems))
}

/// Folds the next projects by today's rules; gives the last of them, or nothing where none is left.
fn projects(w: &Writer<'_>, after: Option<ProjectId>, done: &mut Reread) -> Result<Option<ProjectId>> {
    let projects = w.projects_after(after, BATCH)?;
    for (project, topic) in &projects {
        settle::refold(w, *project, topic)?;
        done.projects += 1;
    }
    Ok(projects.last().map(|(project, _)| *project))
}
