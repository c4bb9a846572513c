//! `/`: what is watched, what the totals are and of how many they are known, what is new.

use std::sync::Arc;

use anyhow::Result;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::Desk;
use super::amounts::{self, AmountView};
use super::answer::{self, Failed, Keeping};
use super::visit::Visit;
use crate::domain::money::Money;
use crate::domain::project::{Project, ProjectId, Status};
use crate::domain::stamp::china_day;
use crate::domain::subscription::Language;
use crate::figures::totals::{FigureKind, Totals};
use crate::jobs::Rooms;
use crate::store::Reader;
use crate::telling::sums::{self, Sum};

/// How many projects are listed.
const NEWEST: u32 = 12;

#[derive(Serialize)]
struct Front {
    topics: Vec<TopicView>,
    is_open: bool,
    today: String,
}

#[derive(Serialize)]
struct TopicView {
    name: String,
    terms: Vec<String>,
    /// The first day that its sources are asked for.
    since: Option<String>,
    projects: i64,
    statuses: Vec<(&'static str, i64)>,
    figures: Vec<FigureView>,
    newest: Vec<ProjectLine>,
}

#[derive(Serialize)]
struct FigureView {
    kind: &'static str,
    sum: Sum,
    disclosed: i64,
    of: i64,
    /// How much of them that is, in percent.
    percent: i64,
}

#[derive(Serialize)]
struct ProjectLine {
    id: i64,
    title: String,
    day: Option<String>,
    status: &'static str,
    buyers: Vec<String>,
    /// `award` where there is one, else `budget`.
    kind: &'static str,
    amount: AmountView,
}

pub(super) async fn show(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Failed> {
    let language = visit.language;
    let front = desk.work(|rooms| front(rooms, language)).await?;
    Ok(answer::page(&desk, &visit, (StatusCode::OK, Keeping::Anybody), "front.html", &front))
}

fn front(rooms: &Rooms, language: Language) -> Result<Front> {
    let config = &rooms.config;
    let topics = rooms.store.read(|r| -> Result<_> {
        config.topics.iter().map(|topic| topic_view(rooms, r, &topic.name, &topic.terms, language)).collect()
    })?;
    let is_open = config.web.as_ref().is_some_and(|web| web.signup_channel.is_some());
    Ok(Front { topics, is_open, today: china_day(rooms.clock.now()).to_string() })
}

fn topic_view(rooms: &Rooms, r: &Reader<'_>, name: &str, terms: &[String], language: Language) -> Result<TopicView> {
    let totals = r.totals(name)?;
    let by_status = totals.status_counts();
    let statuses = Status::ALL.into_iter().filter_map(|status| Some((status.word(), *by_status.get(&status)?)));
    let since = rooms.config.sources.iter().filter(|source| source.topic == name).map(|source| source.since).min();
    let newest = r.newest_projects(name, NEWEST)?;
    Ok(TopicView {
        name: name.to_owned(),
        terms: terms.to_vec(),
        since: since.map(|day| day.to_string()),
        projects: totals.projects(),
        statuses: statuses.collect(),
        figures: figures(&totals, language),
        newest: newest.iter().map(|(id, project)| line(*id, project, language)).collect(),
    })
}

/// Every total in every currency, each with the number of projects that it is known of.
fn figures(totals: &Totals, language: Language) -> Vec<FigureView> {
    let mut views = Vec::new();
    for kind in FigureKind::ALL {
        let of = totals.of(kind);
        for currency in totals.currencies(kind) {
            let tally = totals.sum(kind, currency);
            let sum = sums::sum(Money { ten_thousandths: tally.sum, currency }, language);
            let percent = if of > 0 { tally.disclosed * 100 / of } else { 0 };
            views.push(FigureView { kind: kind.word(), sum, disclosed: tally.disclosed, of, percent });
        }
    }
    views
}

fn line(id: ProjectId, project: &Project, language: Language) -> ProjectLine {
    let (kind, amount) = match project.status {
        Status::Awarded | Status::Contracted | Status::Completed => ("award", &project.award),
        _ => ("budget", &project.budget),
    };
    ProjectLine {
        id: id.0,
        title: amounts::text(&project.title),
        day: project.first_on.map(|day| day.to_string()),
        status: project.status.word(),
        buyers: amounts::names(&project.buyers),
        kind,
        amount: AmountView::of(amount, language),
    }
}
