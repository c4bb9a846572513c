//! One notice as read → history, links, its project, the totals and what is to be told: one transaction, or nothing.

use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::domain::change::{Change, Telling};
use crate::domain::changes::{self, Context};
use crate::domain::fold::fold;
use crate::domain::link::{self, Link};
use crate::domain::notice::Notice;
use crate::domain::project::{Member, NoticeId, Project, ProjectId};
use crate::domain::reading::Problem;
use crate::figures::{milestone, totals};
use crate::sources::reading_json;
use crate::store::Writer;
use crate::store::notices::{FreshNotice, Put};

/// A notice on its way into history.
pub struct Arrival<'a> {
    /// Its identity.
    pub id: NoticeId,
    /// What the reader made of it.
    pub notice: Notice,
    /// What the reader could not understand.
    pub problems: &'a [Problem],
    /// The kept body that it was read from.
    pub body_hash: &'a str,
    /// Which reader read it.
    pub reader_version: u32,
    /// The topic it is watched for.
    pub topic: &'a str,
    /// Whether finding it is news.
    pub telling: Telling,
    /// When its page is looked at again, by age.
    pub revisit: &'a [Duration],
    /// Round figures of the totals that are worth telling.
    pub milestones: &'a [crate::figures::milestone::Step],
}

/// What settling one notice came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Notices that were new to us.
    pub new: u64,
    /// Notices that say something else than before.
    pub changed: u64,
    /// Changes written into history.
    pub changes: u64,
}

impl std::ops::AddAssign for Settled {
    fn add_assign(&mut self, other: Self) {
        self.new += other.new;
        self.changed += other.changed;
        self.changes += other.changes;
    }
}

/// Settles one notice inside the caller's transaction.
pub fn settle(w: &Writer<'_>, arrival: &Arrival<'_>, now: Timestamp) -> Result<Settled> {
    let previous = w.notice(&arrival.id)?;
    let published_at = arrival.notice.published_at.map(|stamp| stamp.at);
    let next_visit = published_at.and_then(|at| next_visit(at, arrival.revisit, now));
    let content_hash = content_hash(&arrival.notice);
    let fresh = FreshNotice {
        notice: &arrival.notice,
        content_hash: &content_hash,
        body_hash: arrival.body_hash,
        reader_version: arrival.reader_version,
        problems: arrival.problems,
        next_visit_at: next_visit,
    };
    let put = w.put_notice(&arrival.id, &fresh, now)?;
    let mut settled = Settled::default();
    match put {
        Put::Same => return Ok(settled),
        Put::New => settled.new = 1,
        Put::Changed => settled.changed = 1,
    }
    let home = previous.as_ref().and_then(|stored| stored.project);
    let project = join(w, arrival, home, now)?;
    let previous = previous.map(|stored| stored.member.notice);
    let changes = reckon(w, arrival, project, previous.as_ref(), now)?;
    if let Some(left) = home.filter(|home| *home != project) {
        refold(w, left, arrival.topic)?;
    }
    settled.changes = changes.len() as u64;
    w.append_changes(&changes)?;
    Ok(settled)
}

/// A notice that a listing known to be whole has lost for the third time.
pub fn withdraw(w: &Writer<'_>, id: &NoticeId, topic: &str, telling: Telling, now: Timestamp) -> Result<u64> {
    let Some(project) = w.mark_withdrawn(id, now)? else { return Ok(0) };
    let before = w.project(project)?;
    let after = refold(w, project, topic)?;
    let Some(member) = w.members(project)?.into_iter().find(|member| member.id == *id) else { return Ok(0) };
    let context = Context { project, topic: Some(topic.to_owned()), seen_at: now, telling };
    let changes = changes::of_project(before.as_ref(), &after, &member, Some(&member.notice), &context);
    w.append_changes(&changes)?;
    Ok(changes.len() as u64)
}

/// A notice that was lost and stands in the listing again: it counts as before, and nobody is told that nothing happened.
pub fn reappear(w: &Writer<'_>, id: &NoticeId, topic: &str) -> Result<()> {
    if let Some(project) = w.mark_present(id)? {
        refold(w, project, topic)?;
    }
    Ok(())
}

/// Finds the notice's project, making or merging projects where the links say so.
fn join(w: &Writer<'_>, arrival: &Arrival<'_>, home: Option<ProjectId>, now: Timestamp) -> Result<ProjectId> {
    let keys = link::keys(&arrival.notice);
    let mut candidates = w.candidates(&keys)?;
    for candidate in &mut candidates {
        candidate.members.retain(|member| member.id != arrival.id);
    }
    candidates.retain(|candidate| !candidate.members.is_empty());
    let arriving = Member {
        id: arrival.id.clone(),
        notice: arrival.notice.clone(),
        repeat_of: None,
        withdrawn_at: None,
        rulings: Vec::new(),
    };
    let decision = link::decide(&arriving, &candidates);
    let (project, rule, confidence) = match &decision.link {
        Link::Joins { projects, rule, confidence } => {
            let into = projects.first().copied().map_or_else(|| w.new_project(now), Ok)?;
            (into, rule.word(), confidence.word())
        }
        Link::New => (alone_at_home(w, home, &arrival.id)?.map_or_else(|| w.new_project(now), Ok)?, "first", "certain"),
    };
    if let Link::Joins { projects, .. } = &decision.link {
        let others: Vec<ProjectId> = projects.iter().copied().filter(|other| *other != project).collect();
        if !others.is_empty() {
            w.merge_projects(project, &others, now)?;
        }
    }
    w.link(&arrival.id, project, rule, confidence, now)?;
    w.set_repeat(&arrival.id, decision.repeat_of.as_ref())?;
    for regrouped in &decision.regrouped {
        w.set_repeat(&regrouped.notice, regrouped.repeat_of.as_ref())?;
    }
    for proposal in &decision.proposals {
        w.propose(&arrival.id, proposal.project, proposal.rule.word(), &proposal.why, now)?;
    }
    Ok(project)
}

/// The notice's own project, if nobody else lives there.
fn alone_at_home(w: &Writer<'_>, home: Option<ProjectId>, id: &NoticeId) -> Result<Option<ProjectId>> {
    let Some(home) = home else { return Ok(None) };
    let alone = w.members(home)?.iter().all(|member| member.id == *id);
    Ok(alone.then_some(home))
}

/// Folds the project anew, moves the totals by the difference and says what changed.
fn reckon(
    w: &Writer<'_>,
    arrival: &Arrival<'_>,
    project: ProjectId,
    previous: Option<&Notice>,
    now: Timestamp,
) -> Result<Vec<Change>> {
    let members = w.members(project)?;
    let after = fold(&members);
    let contribution = totals::contribution(&after);
    let delta = w.put_project(project, arrival.topic, &after, contribution.as_ref())?;
    let Some(bringing) = members.iter().find(|member| member.id == arrival.id) else { return Ok(Vec::new()) };
    let context = Context { project, topic: Some(arrival.topic.to_owned()), seen_at: now, telling: arrival.telling };
    // Folded anew rather than taken as stored: where projects became one, what was told of either counts as told.
    let before = changes::before(&members, &arrival.id, previous);
    let mut changes = changes::of_project(before.as_ref(), &after, bringing, previous, &context);
    if !delta.sums.is_empty() && !arrival.milestones.is_empty() {
        let after = w.totals(arrival.topic)?;
        changes.extend(milestones(&after, &delta, arrival.milestones, bringing, &context));
    }
    Ok(changes)
}

/// The round figures that the totals passed because of one notice.
fn milestones(
    after: &totals::Totals,
    delta: &totals::Totals,
    steps: &[milestone::Step],
    bringing: &Member,
    context: &Context,
) -> Vec<Change> {
    let before = after.minus(delta);
    let passed = milestone::milestones_passed(&before, after, steps);
    let change = |(kind, fields)| Change {
        kind,
        project: Some(context.project),
        notice: Some(bringing.id.clone()),
        source: Some(bringing.id.source.clone()),
        topic: context.topic.clone(),
        fields,
        reason: "a total passed a round figure".to_owned(),
        published_at: bringing.notice.published_at,
        seen_at: context.seen_at,
        telling: context.telling,
    };
    passed.iter().map(|milestone| change(milestone.change())).collect()
}

/// Folds a project whose members changed without news of their own.
pub(super) fn refold(w: &Writer<'_>, project: ProjectId, topic: &str) -> Result<Project> {
    let after = fold(&w.members(project)?);
    let contribution = totals::contribution(&after);
    w.put_project(project, topic, &after, contribution.as_ref())?;
    Ok(after)
}

/// When the page is looked at again: the first of the given ages that still lies ahead.
pub(super) fn next_visit(published_at: Timestamp, ages: &[Duration], now: Timestamp) -> Option<Timestamp> {
    ages.iter().filter_map(|age| published_at.checked_add(*age).ok()).find(|at| *at > now)
}

/// What the notice says, as one hash: the same reading always has the same hash.
fn content_hash(notice: &Notice) -> String {
    let mut hasher = Sha256::new();
    hasher.update(reading_json::notice_json(notice).to_string());
    hasher.update([0]);
    hasher.update(&notice.text);
    format!("{:x}", hasher.finalize())
}
