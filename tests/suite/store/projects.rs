//! Projects, their candidates, their totals and what merging does to them.

use jiff::civil::datetime;
use tenderwatch::domain::link;
use tenderwatch::domain::money::Money;
use tenderwatch::domain::notice::Notice;
use tenderwatch::domain::organisation::Organisation;
use tenderwatch::domain::project::{Project, ProjectId, Status};
use tenderwatch::domain::stamp::Stamp;
use tenderwatch::figures::totals::{Contribution, CountCell, FigureKind, SumCell, Tally, Totals, delta};
use tenderwatch::store::StoreError;

use super::{Done, TOPIC, contribution, fresh, later, now, rich_project, settled, tender};

#[test]
fn candidates_share_a_number_or_a_title_within_a_buyer() {
    let (_folder, store) = fresh();
    let one = Notice { project_title: Some("区块链存证平台".into()), ..tender("1", 1, 100) };
    let elsewhere = Notice { buyers: vec![Organisation::named("某市卫生局")], ..tender("2", 1, 100) };
    let nameless = Notice { buyers: vec![], title: "无主".into(), ..tender("3", 1, 100) };
    let projects: Vec<_> = [("1", &one), ("2", &elsewhere), ("3", &nameless)]
        .map(|(native_id, notice)| store.write(|w| settled(w, native_id, notice)).unwrap())
        .into();
    let found = |notice: &Notice| -> Vec<ProjectId> {
        let candidates = store.read(|r| r.candidates(&link::keys(notice))).unwrap();
        candidates.into_iter().map(|candidate| candidate.project).collect()
    };
    assert_eq!(found(&tender("9", 5, 1)), [projects[0], projects[2]], "the same number within the buyer, or of nobody");
    assert_eq!(found(&nameless), projects, "a notice without buyer asks by number alone");
    let by_title =
        Notice { project_numbers: vec![], project_title: Some("区块链存证平台".into()), ..tender("9", 5, 1) };
    assert_eq!(found(&by_title), [projects[0]]);
    let stranger = Notice { project_numbers: vec!["ZB2019-999".into()], title: "别的".into(), ..tender("9", 5, 1) };
    assert_eq!(found(&stranger), []);
}

#[test]
fn everything_a_project_comes_to_comes_back() {
    let (_folder, store) = fresh();
    let project = rich_project();
    let id = store.write(|w| -> Done<ProjectId> {
        let id = w.new_project(now())?;
        w.put_project(id, TOPIC, &project, None)?;
        Ok(id)
    });
    let id = id.unwrap();
    assert_eq!(store.read(|r| r.project(id)).unwrap(), Some(project.clone()));
    assert_eq!(store.read(|r| r.projects(TOPIC, 10, 0)).unwrap(), [(id, project)]);
    assert_eq!(store.read(|r| r.projects(TOPIC, 10, 1)).unwrap(), []);
    assert_eq!(store.read(|r| r.counts()).unwrap().relevant_projects, 1);
}

#[test]
fn a_deadline_closes_within_its_window_only() {
    let (_folder, store) = fresh();
    let deadline = Stamp::china(datetime(2019, 9, 25, 9, 30, 0, 0)).unwrap();
    let project = Project { deadline_at: Some(deadline), status: Status::Tendering, ..rich_project() };
    let notice = tender("1", 1, 100);
    let project_id = store.write(|w| settled(w, "1", &notice)).unwrap();
    store.write(|w| w.put_project(project_id, TOPIC, &project, None)).unwrap();
    let closing = store.read(|r| r.closing(TOPIC, deadline.at, later(1_000_000))).unwrap();
    assert_eq!(closing.len(), 1);
    assert_eq!((closing[0].project, closing[0].deadline_at), (project_id, deadline));
    assert_eq!(closing[0].url, notice.url);
    assert_eq!(store.read(|r| r.closing(TOPIC, now(), deadline.at)).unwrap(), []);
    assert_eq!(store.read(|r| r.closing("other", now(), later(1_000_000))).unwrap(), []);
}

#[test]
fn totals_move_by_the_difference_and_twice_is_once() {
    let (_folder, store) = fresh();
    let project = rich_project();
    let first = contribution(2019, 9, Status::Tendering, Some(100));
    let second = contribution(2019, 8, Status::Awarded, None);
    let id = store.write(|w| w.new_project(now())).unwrap();
    let put = |contribution: Option<&Contribution>| -> Totals {
        store.write(|w| w.put_project(id, TOPIC, &project, contribution)).unwrap()
    };
    assert_eq!(put(Some(&first)), delta(None, Some(&first)));
    assert_eq!(put(Some(&first)), Totals::default());
    assert_eq!(store.read(|r| r.totals(TOPIC)).unwrap(), delta(None, Some(&first)));
    assert_eq!(put(Some(&second)), delta(Some(&first), Some(&second)));
    assert_eq!(store.read(|r| r.totals(TOPIC)).unwrap(), delta(None, Some(&second)));
    assert_eq!(put(None), delta(Some(&second), None));
    assert_eq!(store.read(|r| r.totals(TOPIC)).unwrap(), Totals::default());
}

#[test]
fn a_project_that_changes_its_topic_leaves_one_and_enters_the_other() {
    let (_folder, store) = fresh();
    let counted = contribution(2019, 9, Status::Tendering, Some(100));
    let id = store.write(|w| w.new_project(now())).unwrap();
    store.write(|w| w.put_project(id, TOPIC, &rich_project(), Some(&counted))).unwrap();
    store.write(|w| w.put_project(id, "other", &rich_project(), Some(&counted))).unwrap();
    assert_eq!(store.read(|r| r.totals(TOPIC)).unwrap(), Totals::default());
    assert_eq!(store.read(|r| r.totals("other")).unwrap(), delta(None, Some(&counted)));
}

#[test]
fn a_sum_that_does_not_fit_is_refused_and_the_totals_stay() {
    let (_folder, store) = fresh();
    let huge = Contribution {
        sums: [(FigureKind::Budget, Some(Money::cny(i64::MAX)))].into(),
        ..contribution(2019, 9, Status::Tendering, None)
    };
    let count = |huge: &Contribution| -> Done<Totals> {
        store.write(|w| {
            let id = w.new_project(now())?;
            w.put_project(id, TOPIC, &rich_project(), Some(huge))
        })
    };
    count(&huge).unwrap();
    let before = store.read(|r| r.totals(TOPIC)).unwrap();
    assert!(count(&huge).is_err());
    assert_eq!(store.read(|r| r.totals(TOPIC)).unwrap(), before);
}

#[test]
fn merged_projects_are_counted_once_and_found_under_either_number() {
    let (_folder, store) = fresh();
    let counted = contribution(2019, 9, Status::Tendering, Some(100));
    let (one, two) = store
        .write(|w| -> Done<_> {
            let (one, two) = (settled(w, "1", &tender("1", 1, 100))?, settled(w, "2", &tender("2", 2, 100))?);
            w.put_project(one, TOPIC, &rich_project(), Some(&counted))?;
            w.put_project(two, TOPIC, &rich_project(), Some(&counted))?;
            Ok((one, two))
        })
        .unwrap();
    let moved = store.write(|w| w.merge_projects(one, &[one, two], later(1))).unwrap();
    assert_eq!(moved, delta(Some(&counted), None));
    assert_eq!(store.read(|r| r.totals(TOPIC)).unwrap(), delta(None, Some(&counted)));
    assert_eq!(store.read(|r| r.members(one)).unwrap().len(), 2);
    assert_eq!(store.read(|r| r.current_project(two)).unwrap(), Some(one));
    assert_eq!(store.read(|r| r.project(two)).unwrap(), Some(rich_project()));
    let put: Done<Totals> = store.write(|w| w.put_project(two, TOPIC, &rich_project(), Some(&counted)));
    assert!(matches!(put, Err(StoreError::Unknown { .. })), "a merged project is counted no more");
    let three = store.write(|w| w.new_project(now())).unwrap();
    store.write(|w| w.merge_projects(three, &[one], later(2))).unwrap();
    assert_eq!(store.read(|r| r.current_project(two)).unwrap(), Some(three), "merges of merges lead to the end");
    let back: Done<Totals> = store.write(|w| w.merge_projects(one, &[three], later(3)));
    assert!(back.is_err(), "nothing is merged into what is no more");
}

#[test]
fn a_cell_of_zero_is_absent() {
    let counted = contribution(2019, 9, Status::Tendering, Some(0));
    let (_folder, store) = fresh();
    let id = store.write(|w| w.new_project(now())).unwrap();
    store.write(|w| w.put_project(id, TOPIC, &rich_project(), Some(&counted))).unwrap();
    let cell =
        SumCell { kind: FigureKind::Budget, currency: tenderwatch::domain::money::Currency::CNY, year: 2019, month: 9 };
    let totals = store.read(|r| r.totals(TOPIC)).unwrap();
    assert_eq!(totals.sums[&cell], Tally { sum: 0, disclosed: 1 }, "disclosed as nothing is not undisclosed");
    assert_eq!(totals.counts[&CountCell::Of(FigureKind::Budget, 2019, 9)], 1);
    store.write(|w| w.put_project(id, TOPIC, &rich_project(), None)).unwrap();
    assert_eq!(store.read(|r| r.totals(TOPIC)).unwrap(), Totals::default());
}
