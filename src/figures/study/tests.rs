//! A small dossier, reckoned by hand; and laws that hold of any.

use std::collections::BTreeSet;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::fold::fold;
use crate::domain::link::group;
use crate::domain::money::{Currency, Money};
use crate::domain::notice::Notice;
use crate::domain::organisation::Organisation;
use crate::domain::party::MentionFact;
use crate::domain::project::Member;
use crate::domain::samples::{award, failed, member, members, notice, some_notice, tender, won};

fn parties(members: &[Member]) -> Parties {
    let organisations = members.iter().flat_map(|member| {
        let suppliers = member.notice.lots.iter().flat_map(|lot| &lot.suppliers);
        let on = member.notice.published_at.map(|stamp| stamp.day());
        suppliers.chain(&member.notice.buyers).map(move |one| MentionFact { organisation: one.clone(), on })
    });
    Parties::of(organisations, &[])
}

fn entries(members: Vec<Member>) -> Vec<Entry> {
    let hit = |member: &Member| Hit {
        id: member.id.clone(),
        on: member.notice.published_at.map(|stamp| stamp.day()),
        kind: member.notice.kind,
        title: member.notice.title.clone(),
        url: member.notice.url.clone(),
        weight: member.notice.relevance.weight,
        repeat_of: member.repeat_of.clone(),
        withdrawn: member.withdrawn_at.is_some(),
    };
    let groups = group(members).into_iter().zip(1..);
    let entry = |(members, id): (Vec<Member>, i64)| Entry {
        id: ProjectId(id),
        project: fold(&members),
        notices: members.iter().map(hit).collect(),
    };
    groups.map(entry).collect()
}

fn reckoned(members: Vec<Member>, filings: &[Filing], (from, to): (Date, Date)) -> Study {
    let parties = parties(&members);
    study(&Dossier {
        topic: "blockchain".into(),
        from,
        to,
        as_of: AsOf { published_by: to, known_by: None },
        entries: entries(members),
        parties: &parties,
        filings,
        thresholds: Thresholds::default(),
        beside: None,
    })
}

const YEAR: (Date, Date) = (date(2026, 1, 1), date(2026, 12, 31));

fn of(buyer: &str, number: &str, told: Notice) -> Notice {
    Notice {
        buyers: vec![Organisation::named(buyer)],
        project_numbers: vec![number.into()],
        title: format!("{buyer}区块链项目{number}公告"),
        ..told
    }
}

/// One project of tender, the same again, and award; one that failed; one that only mentions; one of the year before.
fn story() -> Vec<Member> {
    let mut mention = of("乙医院", "YYYY2026000002", notice(NoticeKind::Tender, 3, 1));
    mention.relevance.weight = Weight::Mention;
    let told = [
        of("甲大学", "JJJJ2026000001", tender(1, 5, 100)),
        of("甲大学", "JJJJ2026000001", tender(1, 5, 100)),
        of("甲大学", "JJJJ2026000001", award(2, 5, vec![won(None, 90, "丙公司")])),
        of("丁局", "DDDD2026000003", tender(2, 1, 50)),
        of("丁局", "DDDD2026000003", failed(2, 20, vec![])),
        mention,
    ];
    let mut members = members(told);
    let mut before = of("戊中心", "WWWW2025000004", tender(1, 1, 70));
    before.published_at = crate::domain::samples::china(jiff::civil::datetime(2025, 12, 31, 23, 59, 0, 0));
    members.push(member("90", before));
    members.push(member("91", of("戊中心", "WWWW2025000004", award(4, 1, vec![won(None, 60, "丁公司")]))));
    members
}

fn bin<'a>(study: &'a Study, why: &str) -> Option<&'a Bin> {
    study.hits.bins.iter().find(|bin| bin.why == why)
}

#[test]
fn every_notice_is_left_out_for_one_reason_or_counted() {
    let study = reckoned(story(), &[], YEAR);
    let bins: Vec<(&str, i64)> = study.hits.bins.iter().map(|bin| (bin.why, bin.count)).collect();
    let expected = [
        ("counted", 1),
        ("further", 1),
        ("near_miss", 1),
        ("failed", 2),
        ("began_earlier", 1),
        ("repeat", 1),
        ("out_of_window", 1),
    ];
    assert_eq!(bins, expected);
    assert_eq!((study.hits.known, study.hits.hits), (8, 7));
    assert_eq!((study.counted.count, study.buyers, study.first_hit_on), (1, 1, Some(date(2026, 1, 5))));
    assert_eq!(bin(&study, "counted").unwrap().notices, ["ccgp:1"]);
}

#[test]
fn both_ends_of_the_window_are_in_it() {
    let ends = (date(2025, 12, 31), date(2026, 1, 5));
    let study = reckoned(story(), &[], ends);
    assert_eq!(study.counted.count, 2);
    assert_eq!(reckoned(story(), &[], (date(2026, 1, 1), date(2026, 1, 4))).counted.count, 0);
}

#[test]
fn totals_say_how_many_of_how_many_and_in_which_state() {
    let mut told = story();
    told.push(member("92", of("己院", "JIJI2026000009", notice(NoticeKind::Tender, 5, 1))));
    let study = reckoned(told, &[], YEAR);
    let budget = &study.totals[0];
    assert_eq!((budget.kind, budget.of, budget.sums[0].disclosed), ("budget", 2, 1));
    assert_eq!(budget.sums[0].money, Money::yuan(100));
    let states: Vec<(&str, i64)> = budget.states.iter().map(|state| (state.word, state.count)).collect();
    assert_eq!(states, [("disclosed", 1), ("undisclosed", 1)]);
    assert_eq!((study.totals[1].of, study.totals[1].sums[0].money), (1, Money::yuan(90)));
}

#[test]
fn winners_stand_with_their_filings_by_the_award_and_by_now() {
    let filing = |holder: &str, month: i8| Filing {
        batch: Some(1),
        filed_on: Some(date(2026, month, 1)),
        holder: holder.into(),
        service: "某服务".into(),
        number: None,
    };
    let study = reckoned(story(), &[filing("丙公司", 3)], YEAR);
    assert_eq!((study.winners.parties, study.winners.awarded, study.winners.wins), (1, 1, 1));
    let winner = &study.winners.rows[0];
    assert_eq!((winner.name.as_str(), winner.filed.by_award, winner.filed.by_now), ("丙公司", None, Some("own")));
    assert_eq!((study.filings.by_award[0].count, study.filings.by_now[0].count), (0, 1));
    assert_eq!(study.filings.batches[0].own, ["丙公司"]);
    let concentration = &study.winners.concentration;
    assert_eq!((concentration[0].hhi, concentration[1].cr1), (Some(10_000), Some(1_000)));
}

#[test]
fn a_window_that_cuts_a_year_off_has_no_growth_from_it() {
    let mut told = story();
    told.push(member("92", of("己院", "JIJI2026000009", notice(NoticeKind::Tender, 5, 1))));
    let mut late = of("庚院", "GENG2025000010", notice(NoticeKind::Tender, 1, 1));
    late.published_at = crate::domain::samples::china(jiff::civil::datetime(2025, 12, 1, 9, 0, 0, 0));
    told.push(member("93", late));
    let mean = |from: Date| reckoned(told.clone(), &[], (from, date(2026, 12, 31))).growth.swap_remove(0);
    let whole = mean(date(2025, 1, 1));
    assert_eq!(whole.years.iter().map(|year| year.of).collect::<Vec<_>>(), [2, 2]);
    assert_eq!(whole.mean_yoy.tenths, Some(0));
    let cut = mean(date(2025, 12, 15));
    assert_eq!(cut.years.iter().map(|year| (year.of, year.part_year)).collect::<Vec<_>>(), [(1, true), (2, false)]);
    assert_eq!(cut.mean_yoy.not_computable, Some("too_early"));
}

#[test]
fn the_first_and_the_largest_are_named() {
    let study = reckoned(story(), &[], (date(2025, 1, 1), date(2026, 12, 31)));
    let first = study.firsts.first.unwrap();
    assert_eq!((first.on, first.projects.len()), (date(2025, 12, 31), 1));
    let budget = study.firsts.records.iter().find(|record| record.kind == "budget").unwrap();
    assert_eq!((budget.money, budget.money.currency), (Money::yuan(100), Currency::CNY));
}

#[test]
fn a_study_is_a_json_object_with_exact_sums() {
    let value = serde_json::to_value(reckoned(story(), &[], YEAR)).unwrap();
    assert_eq!(value["totals"][1]["sums"][0]["money"]["value"], "90");
    assert_eq!(value["from"], "2026-01-01");
    assert_eq!(value["hits"]["bins"][0]["why"], "counted");
}

proptest! {
    #[test]
    fn every_notice_has_one_fate_and_the_order_of_arrival_none(
        notices in prop::collection::vec(some_notice(), 0..14)
    ) {
        let members = members(notices);
        let study = reckoned(members.clone(), &[], YEAR);
        let known: Vec<&String> = study.hits.bins.iter().flat_map(|bin| &bin.notices).collect();
        let distinct: BTreeSet<&&String> = known.iter().collect();
        prop_assert_eq!((known.len(), distinct.len()), (members.len(), members.len()));
        let counted = bin(&study, "counted").map_or(0, |bin| bin.count);
        prop_assert_eq!(counted, study.counted.count);
        for shares in &study.shares {
            prop_assert_eq!(shares.of_all, study.counted.count);
        }
        let mut turned = members;
        turned.reverse();
        let other = reckoned(turned, &[], YEAR);
        prop_assert_eq!(&other.totals.iter().map(|total| &total.sums).collect::<Vec<_>>(),
            &study.totals.iter().map(|total| &total.sums).collect::<Vec<_>>());
        prop_assert_eq!(other.hits.bins.iter().map(|bin| (bin.why, bin.notices.clone())).collect::<Vec<_>>(),
            study.hits.bins.iter().map(|bin| (bin.why, bin.notices.clone())).collect::<Vec<_>>());
        prop_assert_eq!(other.winners.concentration.iter().map(|line| line.hhi).collect::<Vec<_>>(),
            study.winners.concentration.iter().map(|line| line.hhi).collect::<Vec<_>>());
    }
}
