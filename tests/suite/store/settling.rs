//! The law of the totals: kept step by step, they equal a recount from history, in whatever order notices arrive, repeat, change
//! and are withdrawn.

use proptest::prelude::*;
use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::fold::fold;
use tenderwatch::domain::link::{self, Link};
use tenderwatch::domain::money::Money;
use tenderwatch::domain::notice::{Lot, LotStatus, Notice, NoticeKind};
use tenderwatch::domain::organisation::Organisation;
use tenderwatch::domain::project::{Member, ProjectId};
use tenderwatch::domain::stamp::Stamp;
use tenderwatch::domain::topic::{Relevance, Weight};
use tenderwatch::figures::totals::{Contribution, Totals, contribution};
use tenderwatch::store::Writer;
use tenderwatch::store::audit::audit;

use super::{Done, TOPIC, fresh, id, now, put};

/// A notice of a small world, where numbers, buyers and titles meet often.
#[derive(Clone, Debug)]
struct Told {
    native_id: String,
    notice: Notice,
    withdrawn: bool,
}

fn amount() -> impl Strategy<Value = Amount> {
    prop_oneof![
        Just(Amount::Undisclosed),
        Just(Amount::Zero),
        (1..9_i64).prop_map(|yuan| Amount::disclosed(Money::yuan(yuan * 1000), "table")),
    ]
}

fn lot() -> impl Strategy<Value = Lot> {
    let label = prop_oneof![Just(None), Just(Some("1".to_owned())), Just(Some("2".to_owned()))];
    let status =
        prop_oneof![Just(LotStatus::Awarded), Just(LotStatus::Failed), Just(LotStatus::Open), Just(LotStatus::Unknown)];
    (label, status, amount(), 0..3_usize).prop_map(|(label, status, award, suppliers)| Lot {
        label,
        status,
        award,
        suppliers: (0..suppliers).map(|number| Organisation::named(format!("公司{number}"))).collect(),
        ..Lot::default()
    })
}

fn told() -> impl Strategy<Value = Told> {
    let kind = prop::sample::select(NoticeKind::ALL.to_vec());
    let weight = prop_oneof![3 => Just(Weight::Subject), 1 => Just(Weight::Mention)];
    let day = 1..28_i8;
    let seldom = prop::bool::weighted(0.1);
    (0..12_u8, kind, 0..3_u8, 0..2_u8, day, amount(), amount(), prop::collection::vec(lot(), 0..3), weight, seldom)
        .prop_map(|(native_id, kind, number, buyer, day, budget, award, lots, weight, withdrawn)| {
            let notice = Notice {
                kind,
                title: format!("区块链平台{number}"),
                published_at: Stamp::china(jiff::civil::datetime(2019, 9, day, 9, 0, 0, 0)),
                buyers: vec![Organisation::named(format!("某某市第{buyer}局"))],
                project_numbers: (number > 0).then(|| format!("ZB2019-{number}")).into_iter().collect(),
                budget,
                award,
                lots,
                relevance: Relevance { weight, evidence: vec![] },
                ..Notice::default()
            };
            Told { native_id: native_id.to_string(), notice, withdrawn }
        })
}

fn refold(members: &[Member]) -> Option<Contribution> {
    contribution(&fold(members))
}

/// One notice settled, as the job does it: put, decide, link, fold, count.
fn settle(w: &Writer<'_>, told: &Told) -> Done {
    let id = id(&told.native_id);
    put(w, &told.native_id, &told.notice, None)?;
    let arriving = Member {
        id: id.clone(),
        notice: told.notice.clone(),
        repeat_of: None,
        withdrawn_at: None,
        rulings: Vec::new(),
    };
    let decision = link::decide(&arriving, &w.candidates_of(&id, &link::keys(&told.notice))?);
    let project = match &decision.link {
        Link::New => {
            let project = w.new_project(now())?;
            w.link(&id, project, "first", "high", now())?;
            project
        }
        Link::Joins { projects, rule, confidence } => {
            let project = projects[0];
            w.merge_projects(project, &projects[1..], now())?;
            w.link(&id, project, rule.word(), confidence.word(), now())?;
            project
        }
    };
    w.set_repeat(&id, decision.repeat_of.as_ref())?;
    for regrouped in &decision.regrouped {
        w.set_repeat(&regrouped.notice, regrouped.repeat_of.as_ref())?;
    }
    reckon(w, project)?;
    if told.withdrawn
        && let Some(project) = w.mark_withdrawn(&id, now())?
    {
        reckon(w, project)?;
    }
    Ok(())
}

fn reckon(w: &Writer<'_>, project: ProjectId) -> Done<Totals> {
    let folded = fold(&w.members(project)?);
    w.put_project(project, TOPIC, &folded, contribution(&folded).as_ref())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn totals_kept_step_by_step_equal_a_recount_from_history(notices in prop::collection::vec(told(), 1..10)) {
        let (_folder, store) = fresh();
        for told in &notices {
            store.write(|w| settle(w, told)).unwrap();
        }
        let report = audit(&store, refold).unwrap();
        let wrong: Vec<_> = report.checks.iter().filter(|check| !check.agrees).collect();
        prop_assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
