//! One notice as read → history, links, its project, the totals and what is to be told: one transaction, or nothing.

use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::regroup::{regroup, within_reach};
use super::restate::{Before, Moved};
use crate::domain::change::{Change, Telling};
use crate::domain::changes::{self, Context};
use crate::domain::fold::fold;
use crate::domain::link::{self, Candidate, Decision, Link, Rule};
use crate::domain::notice::Notice;
use crate::domain::project::{Member, NoticeId, Project, ProjectId};
use crate::domain::reading::Problem;
use crate::domain::repeat;
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
    let arriving = Member {
        id: arrival.id.clone(),
        notice: arrival.notice.clone(),
        repeat_of: None,
        withdrawn_at: None,
        rulings: previous.as_ref().map(|stored| stored.member.rulings.clone()).unwrap_or_default(),
    };
    let (project, mut changes) = match home {
        Some(home) => rejoin(w, arrival, &arriving, home, now)?,
        None => join(w, arrival, &arriving, now)?,
    };
    let previous = previous.map(|stored| stored.member.notice);
    changes.extend(reckon(w, arrival, project, previous.as_ref(), now)?);
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

/// Finds a new notice's project, making or merging projects where the links say so.
fn join(w: &Writer<'_>, arrival: &Arrival<'_>, arriving: &Member, now: Timestamp) -> Result<(ProjectId, Vec<Change>)> {
    let decision = link::decide(arriving, &candidates(w, arriving)?);
    let (project, rule, confidence, restated) = match &decision.link {
        Link::Joins { projects, rule, confidence } => {
            let (into, restated) = become_one(w, arrival, projects, *rule, now)?;
            (into, rule.word(), confidence.word(), restated)
        }
        Link::New => (w.new_project(now)?, "first", "certain", Vec::new()),
    };
    w.link(&arrival.id, project, rule, confidence, now)?;
    w.set_repeat(&arrival.id, decision.repeat_of.as_ref())?;
    for regrouped in &decision.regrouped {
        w.set_repeat(&regrouped.notice, regrouped.repeat_of.as_ref())?;
    }
    propose(w, arrival, &decision, now)?;
    Ok((project, restated))
}

/// A notice that says something else may belong elsewhere now, and the others of its project no longer together.
fn rejoin(
    w: &Writer<'_>,
    arrival: &Arrival<'_>,
    arriving: &Member,
    home: ProjectId,
    now: Timestamp,
) -> Result<(ProjectId, Vec<Change>)> {
    let projects = within_reach(w, arriving, Some(home))?;
    let before = Before::of(w, projects.iter().copied())?;
    let why = format!("{} was read again", arrival.id);
    let touched = regroup(w, &projects, &why, now)?;
    for (project, topic) in &touched {
        refold(w, *project, topic)?;
    }
    let project = w.notice(&arrival.id)?.and_then(|stored| stored.project).unwrap_or(home);
    let mut decision = link::decide(arriving, &candidates(w, arriving)?);
    decision.proposals.retain(|proposal| proposal.project != project);
    propose(w, arrival, &decision, now)?;
    if touched.is_empty() {
        return Ok((project, Vec::new()));
    }
    let moved = Moved::since(before, w, touched.into_keys())?;
    Ok((project, moved.changes(&arrival.id, &why, arrival.telling, now)))
}

/// The projects that the notice may belong to, without itself.
fn candidates(w: &Writer<'_>, arriving: &Member) -> Result<Vec<Candidate>> {
    let mut candidates = w.candidates(&link::keys(&arriving.notice))?;
    for project in w.ruled_with(arriving)? {
        if candidates.iter().all(|candidate| candidate.project != project) {
            candidates.push(Candidate { project, members: w.members(project)? });
        }
    }
    for candidate in &mut candidates {
        candidate.members.retain(|member| member.id != arriving.id);
    }
    candidates.retain(|candidate| !candidate.members.is_empty());
    Ok(candidates)
}

/// Several known projects turn out to be one: the oldest takes in the others, and what that moved in the figures is told before
/// what the notice brings.
fn become_one(
    w: &Writer<'_>,
    arrival: &Arrival<'_>,
    projects: &[ProjectId],
    rule: Rule,
    now: Timestamp,
) -> Result<(ProjectId, Vec<Change>)> {
    let Some((into, others)) = projects.split_first() else { return Ok((w.new_project(now)?, Vec::new())) };
    if others.is_empty() {
        return Ok((*into, Vec::new()));
    }
    let before = Before::of(w, projects.iter().copied())?;
    w.merge_projects(*into, others, now)?;
    let members = w.members(*into)?;
    let repeats = repeat::repeats(&members.iter().collect::<Vec<_>>());
    for member in &members {
        w.set_repeat(&member.id, repeats.get(&member.id))?;
    }
    refold(w, *into, arrival.topic)?;
    let others: Vec<String> = others.iter().map(|project| project.0.to_string()).collect();
    let why = format!("{} joined project {} to project {}", rule.word(), others.join(", "), into.0);
    let moved = Moved::since(before, w, [*into])?;
    Ok((*into, moved.changes(&arrival.id, &why, arrival.telling, now)))
}

fn propose(w: &Writer<'_>, arrival: &Arrival<'_>, decision: &Decision, now: Timestamp) -> Result<()> {
    for proposal in &decision.proposals {
        w.propose(&arrival.id, proposal.project, proposal.rule.word(), &proposal.why, now)?;
    }
    Ok(())
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
    hasher.update(reading_json::notice_text(notice));
    hasher.update([0]);
    hasher.update(&notice.text);
    format!("{:x}", hasher.finalize())
}
