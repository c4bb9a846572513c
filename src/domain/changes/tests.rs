//! What is news of a project and what is none, notice by notice.

use jiff::civil::datetime;

use super::*;
use crate::domain::notice::Lot;
use crate::domain::samples::{
    award, china, correction, failed, id, lost, member, members, notice, open, tender, won, yuan,
};
use crate::domain::topic::Relevance;

fn context() -> Context {
    let topic = Some("blockchain".to_owned());
    Context { project: ProjectId(7), topic, seen_at: Timestamp::UNIX_EPOCH, telling: Telling::News }
}

/// What the last of these notices brings.
fn brought(notices: Vec<Notice>) -> Vec<Change> {
    let all = members(notices);
    let (last, known) = all.split_last().unwrap();
    let before = (!known.is_empty()).then(|| fold(known));
    of_project(before.as_ref(), &fold(&all), last, None, &context())
}

fn kinds(changes: &[Change]) -> Vec<ChangeKind> {
    changes.iter().map(|change| change.kind).collect()
}

fn field<'a>(changes: &'a [Change], name: &str) -> (Option<&'a str>, Option<&'a str>) {
    let found = changes.iter().flat_map(|change| &change.fields).find(|field| field.field == name).unwrap();
    (found.old.as_deref(), found.new.as_deref())
}

fn result(units: i64, supplier: &str) -> Notice {
    award(4, 1, vec![won(None, units, supplier)])
}

#[test]
fn every_stage_has_its_news() {
    let mut told = Vec::new();
    for (next, kind) in [
        (notice(NoticeKind::Intention, 1, 1), ChangeKind::ProjectAnnounced),
        (tender(2, 1, 100), ChangeKind::TenderPublished),
        (correction(2, 5, "开标地点", "101室", "202室"), ChangeKind::Corrected),
        (failed(3, 1, vec![]), ChangeKind::Failed),
        (tender(3, 10, 100), ChangeKind::Retendered),
        (notice(NoticeKind::Candidates, 3, 20), ChangeKind::CandidatesListed),
        (result(90, "丙公司"), ChangeKind::Awarded),
        (notice(NoticeKind::Contract, 5, 1), ChangeKind::Contracted),
        (notice(NoticeKind::ContractChange, 6, 1), ChangeKind::ContractChanged),
        (notice(NoticeKind::Acceptance, 9, 1), ChangeKind::Completed),
    ] {
        told.push(next);
        assert_eq!(kinds(&brought(told.clone())), [kind]);
    }
}

#[test]
fn a_project_first_met_by_its_award_is_awarded() {
    let changes = brought(vec![result(90, "丙公司")]);
    assert_eq!(kinds(&changes), [ChangeKind::Awarded]);
    assert_eq!(field(&changes, "award"), (None, Some("¥90")));
    assert_eq!(field(&changes, "suppliers"), (None, Some("丙公司")));
    assert_eq!(changes[0].notice, Some(id(1)));
}

#[test]
fn another_sum_or_winner_corrects_the_award() {
    let changes = brought(vec![
        result(90, "丙公司"),
        Notice { published_at: china(datetime(2026, 5, 1, 9, 0, 0, 0)), ..result(95, "丁公司") },
    ]);
    assert_eq!(kinds(&changes), [ChangeKind::AwardCorrected]);
    assert_eq!(field(&changes, "award"), (Some("¥90"), Some("¥95")));
    assert_eq!(field(&changes, "suppliers"), (Some("丙公司"), Some("丁公司")));
    let price = correction(5, 1, "中标金额", "90元", "95元");
    assert_eq!(kinds(&brought(vec![result(90, "丙公司"), price])), [ChangeKind::AwardCorrected]);
}

#[test]
fn another_lots_award_is_an_award_and_the_same_again_is_nothing() {
    let lot = |label, day| award(4, day, vec![won(Some(label), 90, "丙公司")]);
    let changes = brought(vec![lot("1", 1), lot("2", 20)]);
    assert_eq!(kinds(&changes), [ChangeKind::Awarded]);
    assert_eq!(field(&changes, "award"), (Some("¥90"), Some("¥180")));
    assert_eq!(brought(vec![lot("1", 1), lot("1", 20)]), []);
}

#[test]
fn a_correction_tells_what_moved_and_what_it_says_beside() {
    let mut call = tender(2, 1, 1_000_000);
    call.dates.deadline_at = china(datetime(2026, 2, 20, 9, 30, 0, 0));
    let mut moved = correction(2, 5, "开标时间", "2026年2月20日9:30", "2026年2月27日9:30");
    moved.amendments.extend(correction(2, 5, "预算金额", "100万元", "120万元").amendments);
    moved.amendments.extend(correction(2, 5, "技术参数", "甲", "乙").amendments);
    let changes = brought(vec![call, moved]);
    assert_eq!(kinds(&changes), [ChangeKind::Corrected]);
    assert_eq!(field(&changes, "deadline"), (Some("2026-02-20 09:30"), Some("2026-02-27 09:30")));
    assert_eq!(field(&changes, "budget"), (Some("¥1,000,000"), Some("¥1,200,000")));
    assert_eq!(field(&changes, "技术参数"), (Some("甲"), Some("乙")));
    assert_eq!(changes[0].fields.len(), 3);
}

#[test]
fn a_flood_of_amendments_is_bounded() {
    let mut moved = correction(2, 5, "参数", "甲", &"乙".repeat(5000));
    moved.amendments = vec![moved.amendments[0].clone(); 100];
    let changes = brought(vec![tender(2, 1, 100), moved]);
    assert_eq!(changes[0].fields.len(), AMENDMENTS_MAX);
    assert!(changes[0].fields.iter().all(|field| field.new.as_ref().unwrap().chars().count() <= 301));
}

#[test]
fn some_lots_that_failed_are_named() {
    let call = Notice { lots: vec![open(Some("1"), 50), open(Some("2"), 50)], ..tender(2, 1, 100) };
    let won = award(3, 1, vec![won(Some("1"), 45, "丙公司")]);
    let changes = brought(vec![call, won, failed(3, 5, vec![lost(Some("2"))])]);
    assert_eq!(kinds(&changes), [ChangeKind::Failed]);
    assert_eq!(field(&changes, "failed_lots"), (None, Some("2")));
}

#[test]
fn a_repeat_and_what_is_not_of_the_topic_are_no_news() {
    let mut all = members([result(90, "丙公司"), result(90, "丙公司")]);
    all[1].repeat_of = Some(id(1));
    assert_eq!(of_project(Some(&fold(&all[..1])), &fold(&all), &all[1], None, &context()), []);
    let off = Notice { relevance: Relevance::default(), ..tender(2, 1, 100) };
    assert_eq!(brought(vec![off.clone()]), []);
    assert_eq!(kinds(&brought(vec![off, result(90, "丙公司")])), [ChangeKind::Awarded]);
}

#[test]
fn an_old_tender_found_after_the_award_is_no_news() {
    assert_eq!(brought(vec![result(90, "丙公司"), tender(2, 1, 100)]), []);
}

fn reread(before: &Notice, after: Notice) -> Vec<Change> {
    let (old, new) = (members([tender(2, 1, 100), before.clone()]), members([tender(2, 1, 100), after]));
    of_project(Some(&fold(&old)), &fold(&new), &new[1], Some(before), &context())
}

#[test]
fn a_page_read_again_is_news_only_where_it_changed() {
    assert_eq!(reread(&result(90, "丙公司"), result(90, "丙公司")), []);
    let reworded = Notice { text: "另有说明".into(), ..result(90, "丙公司") };
    assert_eq!(reread(&result(90, "丙公司"), reworded), []);
    let changes = reread(&result(90, "丙公司"), result(9, "丙公司"));
    assert_eq!(kinds(&changes), [ChangeKind::AwardCorrected]);
    assert_eq!(field(&changes, "award"), (Some("¥90"), Some("¥9")));
    let failed = award(4, 1, vec![lost(None)]);
    assert_eq!(kinds(&reread(&result(90, "丙公司"), failed)), [ChangeKind::Failed]);
}

#[test]
fn a_lost_notice_is_withdrawn() {
    let known = members([tender(2, 1, 100), result(90, "丙公司")]);
    let mut lost = known.clone();
    lost[1].withdrawn_at = Some(Timestamp::UNIX_EPOCH);
    let changes = of_project(Some(&fold(&known)), &fold(&lost), &lost[1], Some(&known[1].notice), &context());
    assert_eq!(kinds(&changes), [ChangeKind::Withdrawn]);
    assert_eq!(field(&changes, "status"), (Some("awarded"), Some("tendering")));
}

#[test]
fn a_notice_that_makes_two_projects_one_tells_no_award_again() {
    let all = members([tender(2, 1, 100), result(90, "丙公司"), correction(4, 5, "附件", "甲", "乙")]);
    let known = before(&all, &id(3), None);
    assert_eq!(known.as_ref().map(|project| project.status), Some(Status::Awarded));
    assert_eq!(kinds(&of_project(known.as_ref(), &fold(&all), &all[2], None, &context())), [ChangeKind::Corrected]);
    let as_it_was = before(&all, &id(2), Some(&tender(4, 1, 100)));
    assert_eq!(as_it_was.map(|project| project.status), Some(Status::Tendering));
    assert_eq!(before(&all[..1], &id(1), None), None);
}

#[test]
fn a_sum_that_is_only_partly_told_is_told_lot_by_lot() {
    let silent = Lot { award: crate::domain::amount::Amount::Undisclosed, ..won(Some("2"), 0, "丁公司") };
    let changes = brought(vec![tender(2, 1, 100), award(3, 1, vec![won(Some("1"), 45, "丙公司"), silent])]);
    assert_eq!(field(&changes, "award"), (None, Some("1: ¥45; 2: -")));
}

#[test]
fn a_late_original_brings_nothing_that_its_repeat_has_not_told() {
    let mut all = vec![member(2, result(90, "丙公司"))];
    let before = fold(&all);
    all.push(member(1, Notice { budget: yuan(100), ..result(90, "丙公司") }));
    all[0].repeat_of = Some(id(1));
    assert_eq!(of_project(Some(&before), &fold(&all), &all[1], None, &context()), []);
}

proptest::proptest! {
    #[test]
    fn one_notice_brings_each_kind_at_most_once(
        notices in proptest::collection::vec(crate::domain::samples::some_notice(), 1..7)
    ) {
        let mut kinds = kinds(&brought(notices));
        let all = kinds.len();
        kinds.sort();
        kinds.dedup();
        proptest::prop_assert_eq!(kinds.len(), all);
    }
}
