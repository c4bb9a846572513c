//! What a person's word promises: it moves the figures at once, outlives re-reading, can be taken back without a trace in the
//! figures, and whatever the order of notices, words and their undoing, the figures are what a recount gives.

mod laws;

mod story;

mod verbs;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tempfile::TempDir;
use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::change::Telling;
use tenderwatch::domain::fold::fold;
use tenderwatch::domain::link;
use tenderwatch::domain::money::Money;
use tenderwatch::domain::notice::{Lot, LotStatus, Notice, NoticeKind};
use tenderwatch::domain::organisation::Organisation;
use tenderwatch::domain::project::{NoticeId, ProjectId};
use tenderwatch::domain::ruling::{Matter, RulingId};
use tenderwatch::domain::stamp::Stamp;
use tenderwatch::domain::topic::{Relevance, Weight};
use tenderwatch::figures::cells::{self, Cells, Dimension};
use tenderwatch::figures::totals::{self, Totals};
use tenderwatch::jobs::correct::{Corrected, Word, correct, undo};
use tenderwatch::jobs::settle::{self, Arrival};
use tenderwatch::store::audit::audit;
use tenderwatch::store::{Settings, Store};

const TOPIC: &str = "blockchain";

fn now() -> Timestamp {
    "2019-09-23T08:00:00Z".parse().unwrap()
}

fn id(native_id: impl std::fmt::Display) -> NoticeId {
    NoticeId { source: "ccgp".into(), native_id: native_id.to_string() }
}

fn fresh() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Settings { path: folder.path().join("tenderwatch.db") }, now()).unwrap();
    (folder, store)
}

fn yuan(units: i64) -> Amount {
    Amount::disclosed(Money::yuan(units), "table")
}

fn notice(kind: NoticeKind, day: i8, number: Option<&str>) -> Notice {
    Notice {
        kind,
        title: "区块链平台采购项目公告".into(),
        published_at: Stamp::china(jiff::civil::datetime(2019, 9, day, 9, 0, 0, 0)),
        buyers: vec![Organisation::named("某某市教育局")],
        project_numbers: number.map(Into::into).into_iter().collect(),
        relevance: Relevance { weight: Weight::Subject, evidence: vec![] },
        ..Notice::default()
    }
}

fn tender(day: i8, number: Option<&str>, budget: i64) -> Notice {
    Notice { budget: yuan(budget), ..notice(NoticeKind::Tender, day, number) }
}

fn award(day: i8, number: Option<&str>, sum: i64) -> Notice {
    let lot = Lot {
        status: LotStatus::Awarded,
        award: yuan(sum),
        suppliers: vec![Organisation::named("某公司")],
        ..Lot::default()
    };
    Notice { award: yuan(sum), lots: vec![lot], ..notice(NoticeKind::Award, day, number) }
}

fn settle(store: &Store, native_id: impl std::fmt::Display, notice: &Notice) {
    store
        .write(|w| -> anyhow::Result<()> {
            let body_hash = w.keep_body(format!("{notice:?}").as_bytes(), now())?;
            let arrival = Arrival {
                id: id(native_id),
                notice: notice.clone(),
                problems: &[],
                body_hash: &body_hash,
                reader_version: 1,
                topic: TOPIC,
                telling: Telling::News,
                revisit: &[],
                milestones: &[],
            };
            settle::settle(w, &arrival, now())?;
            Ok(())
        })
        .unwrap();
}

const WORD: Word<'static> = Word { author: "甲", reason: "查证原文", now: Timestamp::UNIX_EPOCH };

fn rule(store: &Store, native_id: impl std::fmt::Display, matter: &Matter) -> anyhow::Result<Corrected> {
    correct(store, &id(native_id), matter, Word { now: now(), ..WORD })
}

fn take_back(store: &Store, ruling: RulingId) -> Corrected {
    undo(store, ruling, Word { now: now(), ..WORD }).unwrap()
}

/// Everything that may not depend on the way there: which notices are one project, the totals, the cells.
#[derive(Debug, PartialEq)]
struct Figures {
    projects: BTreeSet<BTreeSet<NoticeId>>,
    totals: Totals,
    cells: BTreeMap<Dimension, Cells>,
}

fn figures(store: &Store) -> Figures {
    store
        .read(|r| -> anyhow::Result<Figures> {
            let projects: Vec<ProjectId> = r.projects_after(None, 1000)?.into_iter().map(|(id, _)| id).collect();
            let groups = projects.into_iter().map(|id| Ok(r.members(id)?.into_iter().map(|m| m.id).collect()));
            let cells = Dimension::ALL.into_iter().map(|of| Ok((of, r.cells(TOPIC, of)?)));
            Ok(Figures {
                projects: groups.collect::<anyhow::Result<_>>()?,
                totals: r.totals(TOPIC)?,
                cells: cells.collect::<anyhow::Result<_>>()?,
            })
        })
        .unwrap()
}

/// The same, from every notice and ruling of history and nothing else.
fn recounted(store: &Store) -> Figures {
    let members = store.read(|r| r.history(TOPIC, None)).unwrap();
    let (mut projects, mut totals, mut every) = (BTreeSet::new(), Totals::default(), Cells::default());
    for group in link::group(members) {
        let counted = totals::contribution(&fold(&group));
        totals.apply(&totals::delta(None, counted.as_ref()));
        every.apply(&cells::delta(None, counted.as_ref()));
        projects.insert(group.into_iter().map(|member| member.id).collect());
    }
    let of = |of: Dimension| {
        Cells(every.0.iter().filter(|(cell, _)| cell.dimension == of).map(|(c, t)| (c.clone(), *t)).collect())
    };
    Figures {
        projects,
        totals,
        cells: Dimension::ALL.into_iter().map(|dimension| (dimension, of(dimension))).collect(),
    }
}

fn audited(store: &Store) -> Vec<String> {
    let report = audit(store, |members| totals::contribution(&fold(members))).unwrap();
    report.checks.iter().filter(|check| !check.agrees).map(|check| format!("{check:?}")).collect()
}
