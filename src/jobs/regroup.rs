//! Projects whose links are no longer what their notices say, or a person ruled: their notices are grouped anew, and each group
//! keeps the number that it was known by. Does not fold: whoever asks for it restates the figures, in the same transaction.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use jiff::Timestamp;

use crate::domain::link;
use crate::domain::project::{Member, NoticeId, ProjectId};
use crate::store::Writer;

/// The projects that a notice may belong to: its own, those that share a key with it, those that people put it with.
pub(super) fn within_reach(w: &Writer<'_>, member: &Member, home: Option<ProjectId>) -> Result<BTreeSet<ProjectId>> {
    let candidates = w.candidates(&link::keys(&member.notice))?;
    let shared = candidates.into_iter().map(|candidate| candidate.project);
    Ok(home.into_iter().chain(shared).chain(w.ruled_with(member)?).collect())
}

/// Groups the notices of these projects anew. Gives the projects whose notices are others now, or repeat others, with the topic
/// of each; nothing where all is as it was.
pub(super) fn regroup(
    w: &Writer<'_>,
    projects: &BTreeSet<ProjectId>,
    why: &str,
    now: Timestamp,
) -> Result<BTreeMap<ProjectId, String>> {
    let (mut homes, mut members) = (BTreeMap::new(), Vec::new());
    for project in projects {
        for member in w.members(*project)? {
            homes.insert(member.id.clone(), *project);
            members.push(member);
        }
    }
    let repeats: BTreeMap<NoticeId, Option<NoticeId>> =
        members.iter().map(|member| (member.id.clone(), member.repeat_of.clone())).collect();
    let groups = named(w, link::group(members), &homes, now)?;
    let mut touched = BTreeSet::new();
    for gone in projects.iter().filter(|project| groups.iter().all(|(kept, _)| kept != *project)) {
        touched.extend(merge(w, *gone, &groups, &mut homes, now)?);
    }
    touched.extend(part(w, &groups, &homes, why, now)?);
    for (project, group) in &groups {
        for member in group.iter().filter(|member| repeats.get(&member.id) != Some(&member.repeat_of)) {
            w.set_repeat(&member.id, member.repeat_of.as_ref())?;
            touched.insert(*project);
        }
    }
    for project in projects.iter().filter(|_| !touched.is_empty()) {
        w.follow(*project)?;
    }
    with_topics(w, &touched, &groups, &homes)
}

/// Each group with its number: the lowest that its notices have today and no earlier group took, else the one that they had
/// before it became part of another, else a new one.
fn named(
    w: &Writer<'_>,
    groups: Vec<Vec<Member>>,
    homes: &BTreeMap<NoticeId, ProjectId>,
    now: Timestamp,
) -> Result<Vec<(ProjectId, Vec<Member>)>> {
    let mut taken = BTreeSet::new();
    let mut named = Vec::new();
    for group in groups {
        let known: BTreeSet<ProjectId> = group.iter().filter_map(|member| homes.get(&member.id)).copied().collect();
        let kept = known.into_iter().find(|project| !taken.contains(project));
        let project = match kept {
            Some(project) => project,
            None => former(w, &group, homes, &taken)?.map_or_else(|| w.new_project(now), Ok)?,
        };
        taken.insert(project);
        named.push((project, group));
    }
    Ok(named)
}

fn former(
    w: &Writer<'_>,
    group: &[Member],
    homes: &BTreeMap<NoticeId, ProjectId>,
    taken: &BTreeSet<ProjectId>,
) -> Result<Option<ProjectId>> {
    for member in group {
        let Some(home) = homes.get(&member.id) else { continue };
        if let Some(former) = w.formerly(*home, &member.id)?.filter(|former| !taken.contains(former)) {
            w.revive(former)?;
            return Ok(Some(former));
        }
    }
    Ok(None)
}

/// A project that no group kept becomes part of the one that has its earliest notice.
fn merge(
    w: &Writer<'_>,
    gone: ProjectId,
    groups: &[(ProjectId, Vec<Member>)],
    homes: &mut BTreeMap<NoticeId, ProjectId>,
    now: Timestamp,
) -> Result<Option<ProjectId>> {
    let has = |group: &[Member]| group.iter().any(|member| homes.get(&member.id) == Some(&gone));
    let Some((into, _)) = groups.iter().find(|(_, group)| has(group)) else { return Ok(None) };
    w.merge_projects(*into, &[gone], now)?;
    for home in homes.values_mut().filter(|home| **home == gone) {
        *home = *into;
    }
    Ok(Some(*into))
}

/// Notices that stand elsewhere than their group move there, and why is kept. Gives the projects that gave or took.
fn part(
    w: &Writer<'_>,
    groups: &[(ProjectId, Vec<Member>)],
    homes: &BTreeMap<NoticeId, ProjectId>,
    why: &str,
    now: Timestamp,
) -> Result<BTreeSet<ProjectId>> {
    let mut left: BTreeMap<(ProjectId, ProjectId), Vec<NoticeId>> = BTreeMap::new();
    for (project, group) in groups {
        for member in group {
            let rule = link::rule_within(member, group);
            let (rule, confidence) = rule.map_or(("first", "certain"), |rule| (rule.word(), rule.confidence().word()));
            match homes.get(&member.id) {
                Some(home) if home != project => {
                    left.entry((*home, *project)).or_default().push(member.id.clone());
                    w.link(&member.id, *project, rule, confidence, now)?;
                }
                _ if !member.rulings.is_empty() => w.relink(&member.id, rule, confidence)?,
                _ => {}
            }
        }
    }
    for ((from, into), notices) in &left {
        w.record_parting(*from, *into, notices, why, now)?;
    }
    Ok(left.into_keys().flat_map(|(from, into)| [from, into]).collect())
}

fn with_topics(
    w: &Writer<'_>,
    touched: &BTreeSet<ProjectId>,
    groups: &[(ProjectId, Vec<Member>)],
    homes: &BTreeMap<NoticeId, ProjectId>,
) -> Result<BTreeMap<ProjectId, String>> {
    let mut topics = BTreeMap::new();
    for project in touched {
        let group = groups.iter().find(|(kept, _)| kept == project).map(|(_, group)| group);
        let home = group.and_then(|group| group.first()).and_then(|member| homes.get(&member.id)).unwrap_or(project);
        topics.insert(*project, w.topic_of(*home)?.unwrap_or_default());
    }
    Ok(topics)
}
