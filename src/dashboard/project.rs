//! `/projects/<id>`: a project as it stands, and why: its sums with what is said of each, its lots and winners, the notices that
//! it is made of and what linked them, what changed.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;

use super::Desk;
use super::amounts::{self, AmountView, JudgedView};
use super::answer::{self, Failed, Keeping};
use super::visit::Visit;
use crate::domain::change::StoredChange;
use crate::domain::classes::{Category, Level};
use crate::domain::notice::Method;
use crate::domain::project::{Member, Project, ProjectId, ProjectLot};
use crate::domain::region::RegionBy;
use crate::domain::stamp::china_day;
use crate::domain::subscription::Language;
use crate::jobs::evidence::{self, ProjectEvidence};
use crate::store::review::LinkKept;

#[derive(Serialize)]
struct ProjectView {
    id: i64,
    title: String,
    status: &'static str,
    buyers: Vec<String>,
    province: Option<String>,
    province_by: Option<&'static str>,
    level: JudgedView,
    category: JudgedView,
    method: Option<&'static str>,
    numbers: Vec<String>,
    first_on: Option<String>,
    deadline: Option<String>,
    sums: Vec<(&'static str, AmountView)>,
    lots: Vec<LotView>,
    lots_disclosed: usize,
    notices: Vec<NoticeLine>,
    changes: Vec<ChangeLine>,
    rulings: usize,
}

#[derive(Serialize)]
struct LotView {
    label: Option<String>,
    title: Option<String>,
    status: &'static str,
    award: AmountView,
    suppliers: Vec<String>,
    joint: bool,
}

#[derive(Serialize)]
struct NoticeLine {
    id: String,
    /// The id as it may stand in an address.
    path: String,
    kind: &'static str,
    day: Option<String>,
    title: String,
    url: Option<String>,
    repeats: bool,
    withdrawn: bool,
    /// The rule that linked it, and how far that is to be trusted.
    rule: Option<String>,
    confidence: Option<String>,
}

#[derive(Serialize)]
struct ChangeLine {
    kind: &'static str,
    day: String,
    fields: Vec<(String, Option<String>, Option<String>)>,
}

pub(super) async fn show(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Failed> {
    // A number as we write it, and nothing that merely can be read as one.
    let Some(id) = id.parse::<i64>().ok().filter(|number| number.to_string() == id) else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let Some(known) = desk.work(|rooms| evidence::project(&rooms.store, ProjectId(id))).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    if known.id.0 != id {
        let to = format!("/projects/{}?lang={}", known.id.0, visit.language.word());
        return Ok(Redirect::temporary(&to).into_response());
    }
    let view = view(&known, visit.language);
    Ok(answer::page(&desk, &visit, (StatusCode::OK, Keeping::Anybody), "project.html", &view))
}

fn view(known: &ProjectEvidence, language: Language) -> ProjectView {
    let project = &known.project;
    let lots: Vec<LotView> = project.lots.iter().map(|lot| lot_view(lot, language)).collect();
    ProjectView {
        id: known.id.0,
        title: amounts::text(&project.title),
        status: project.status.word(),
        buyers: amounts::names(&project.buyers),
        province: project.region.province.clone(),
        province_by: project.region.by.map(RegionBy::word),
        level: JudgedView::of(&project.level, Level::word),
        category: JudgedView::of(&project.category, Category::word),
        method: project.method.map(Method::word),
        numbers: project.numbers.iter().map(|number| amounts::text(number)).collect(),
        first_on: project.first_on.map(|day| day.to_string()),
        deadline: amounts::minute(project.deadline_at),
        sums: project_sums(project, language),
        lots_disclosed: lots.iter().filter(|lot| lot.award.is_disclosed()).count(),
        lots,
        notices: known.members.iter().map(|member| notice_line(member, &known.links)).collect(),
        changes: known.changes.iter().map(change_line).collect(),
        rulings: project.rulings.len(),
    }
}

fn project_sums(project: &Project, language: Language) -> Vec<(&'static str, AmountView)> {
    let all = [
        ("budget", &project.budget),
        ("ceiling", &project.ceiling),
        ("award", &project.award),
        ("contract", &project.contract),
        ("topic_part", &project.topic_part),
    ];
    all.into_iter().map(|(kind, amount)| (kind, AmountView::of(amount, language))).collect()
}

fn lot_view(lot: &ProjectLot, language: Language) -> LotView {
    LotView {
        label: lot.label.as_deref().map(amounts::text),
        title: lot.title.as_deref().map(amounts::text),
        status: lot.status.word(),
        award: AmountView::of(&lot.award, language),
        suppliers: amounts::names(&lot.suppliers),
        joint: lot.joint,
    }
}

fn notice_line(member: &Member, links: &[LinkKept]) -> NoticeLine {
    let Member { id, notice, .. } = member;
    let link = links.iter().find(|link| link.notice == *id);
    NoticeLine {
        id: amounts::text(&id.to_string()),
        path: super::notice::path(id),
        kind: notice.kind.word(),
        day: amounts::day(notice.published_at),
        title: amounts::text(&notice.title),
        url: amounts::address(notice.url.as_deref()),
        repeats: member.repeat_of.is_some(),
        withdrawn: member.withdrawn_at.is_some(),
        rule: link.map(|link| amounts::text(&link.rule)),
        confidence: link.map(|link| amounts::text(&link.confidence)),
    }
}

fn change_line(stored: &StoredChange) -> ChangeLine {
    let printed = |value: &Option<String>| value.as_deref().map(amounts::text);
    let fields = stored.change.fields.iter();
    ChangeLine {
        kind: stored.change.kind.word(),
        day: china_day(stored.change.seen_at).to_string(),
        fields: fields.map(|moved| (amounts::text(&moved.field), printed(&moved.old), printed(&moved.new))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::pages::Pages;
    use crate::domain::amount::Amount;
    use crate::domain::notice::Notice;
    use crate::domain::organisation::Organisation;
    use crate::domain::project::NoticeId;

    const EVIL: &str = "\"><script>alert(1)</script>{{ 7*7 }}\u{202e}";

    #[test]
    fn what_outsiders_wrote_is_printed_and_not_obeyed() {
        let notice = Notice { title: EVIL.into(), url: Some("javascript:alert(1)".into()), ..Notice::default() };
        let id = NoticeId { source: "a".into(), native_id: "1/../<b>".into() };
        let member = Member { id, notice, repeat_of: None, withdrawn_at: None, rulings: Vec::new() };
        let lot = ProjectLot {
            label: Some(EVIL.into()),
            suppliers: vec![Organisation::named(EVIL)],
            ..ProjectLot::default()
        };
        let project = Project {
            title: EVIL.into(),
            buyers: vec![Organisation::named(EVIL)],
            numbers: vec![EVIL.into()],
            budget: Amount::Unparsed { text: EVIL.into() },
            lots: vec![lot],
            ..Project::default()
        };
        let known = ProjectEvidence {
            id: ProjectId(1),
            project,
            members: vec![member],
            changes: Vec::new(),
            links: Vec::new(),
        };
        let pages = Pages::new().unwrap();
        for language in [Language::Zh, Language::En] {
            let html = pages.write("project.html", language, "/projects/1", &view(&known, language)).unwrap();
            assert!(!html.contains("<script") && !html.contains("javascript:") && !html.contains('\u{202e}'), "{html}");
            assert!(html.contains("&lt;script&gt;") && html.contains("{{ 7*7 }}"), "{html}");
            assert!(html.contains("/notices/a:1%2F..%2F%3Cb%3E?"), "{html}");
        }
    }
}
