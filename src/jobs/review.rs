//! Gathers what a person should look at, of one topic: its projects with their notices, proposals, and who disputes whose name.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::domain::party::{MentionFact, Parties, mentioned};
use crate::domain::project::{NoticeId, ProjectId};
use crate::domain::review::{self, Doubt, Linked, Reviewed};
use crate::store::Reader;
use crate::store::review::LinkKept;

/// Projects at a time.
const PAGE: u32 = 500;

/// Everything open of a topic, the largest effect on the figures first.
pub fn of_topic(r: &Reader<'_>, topic: &str) -> Result<Vec<Doubt>> {
    let mut projects = Vec::new();
    let mut after = ProjectId(0);
    loop {
        let page = r.reviewed_after(topic, after, PAGE)?;
        let Some(last) = page.last().copied() else { break };
        for id in page {
            projects.extend(reviewed(r, id)?);
        }
        after = last;
    }
    let facts = projects.iter().flat_map(|reviewed| &reviewed.notices).flat_map(|linked| {
        let notice = &linked.member.notice;
        let on = notice.published_at.map(|stamp| stamp.day());
        mentioned(notice)
            .into_iter()
            .map(move |(_, organisation)| MentionFact { organisation: organisation.clone(), on })
    });
    let parties = Parties::of(facts, &[]);
    Ok(review::ranked(&projects, &r.proposals()?, parties.all()))
}

fn reviewed(r: &Reader<'_>, id: ProjectId) -> Result<Option<Reviewed>> {
    let Some(project) = r.project(id)? else { return Ok(None) };
    let mut links: BTreeMap<NoticeId, LinkKept> =
        r.links(id)?.into_iter().map(|link| (link.notice.clone(), link)).collect();
    let mut members = r.members(id)?;
    members.sort_by(|left, right| left.place().cmp(&right.place()));
    let linked = members.into_iter().filter_map(|member| {
        let LinkKept { rule, confidence, problems, .. } = links.remove(&member.id)?;
        Some(Linked { member, rule, confidence, problems })
    });
    Ok(Some(Reviewed { id, project, notices: linked.collect() }))
}
