//! What do its notices make of a project? A pure fold in the order of publication: the order of arrival never matters, a repeat
//! adds nothing, a notice taken back is as if it had never been. People's rulings stand in the place of what was read.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::amount::{Amount, is_stated};
use super::award;
use super::budget;
use super::classify;
use super::deadline;
use super::life::Life;
use super::lots;
use super::money::Money;
use super::notice::{LotStatus, Notice, NoticeKind};
use super::number;
use super::organisation::Organisation;
use super::project::{Member, NoticeId, Project, ProjectLot, Status};
use super::region::Region;
use super::ruled;
use super::topic::Weight;
use super::topic_part;

/// The project that these notices make. Without any it is an empty plan.
#[must_use]
pub fn fold(members: &[Member]) -> Project {
    let standing = standing(members, |member| member.withdrawn_at.is_none());
    if standing.is_empty() && !members.is_empty() {
        return Project { status: Status::Withdrawn, ..as_ruled(&in_order(members.iter().collect()), members) };
    }
    as_ruled(&standing, members)
}

/// The project of the notices that count, with what people ruled of them and of it.
fn as_ruled(counted: &[&Member], all: &[Member]) -> Project {
    let told: Vec<Cow<'_, Notice>> = counted.iter().map(|member| ruled::notice(member, all)).collect();
    let mut project = project(&told.iter().map(AsRef::as_ref).collect::<Vec<_>>());
    ruled::project(&mut project, counted, all);
    project
}

/// The notices that count, one of each group of repeats: the original, or its first repeat that still stands.
fn standing(members: &[Member], stands: impl Fn(&Member) -> bool) -> Vec<&Member> {
    let mut firsts: BTreeMap<&NoticeId, &Member> = BTreeMap::new();
    for member in members.iter().filter(|member| stands(member)) {
        let group = member.repeat_of.as_ref().unwrap_or(&member.id);
        let first = firsts.entry(group).or_insert(member);
        if member.place() < first.place() {
            *first = member;
        }
    }
    in_order(firsts.into_values().collect())
}

fn in_order(mut members: Vec<&Member>) -> Vec<&Member> {
    members.sort_by(|left, right| left.place().cmp(&right.place()));
    members
}

fn project(notices: &[&Notice]) -> Project {
    let life = Life::of(notices);
    let weight = weight(notices);
    let budget = budget::budget(notices, &life);
    let award = award::award(notices, &life);
    let (title, buyers) = (title(notices), buyers(notices));
    Project {
        level: classify::level(notices, &buyers),
        category: classify::category(notices, &buyers, &title),
        rulings: Vec::new(),
        title,
        buyers,
        region: region(notices),
        numbers: numbers(notices),
        method: notices.iter().rev().find_map(|notice| notice.method),
        status: life.status(),
        first_on: notices.iter().filter_map(|notice| notice.published_at).map(|stamp| stamp.day()).min(),
        latest_at: notices.iter().filter_map(|notice| notice.published_at).max_by_key(|stamp| stamp.at),
        deadline_at: deadline::deadline(notices),
        ceiling: notices
            .iter()
            .rev()
            .map(|notice| &notice.ceiling)
            .find(|amount| is_stated(amount))
            .cloned()
            .unwrap_or_default(),
        contract: contract(notices),
        topic_part: topic_part::topic_part(notices, &life, weight, &budget, &award),
        weight,
        lots: project_lots(&life),
        rounds: life.rounds,
        notices: u32::try_from(notices.len()).unwrap_or(u32::MAX),
        budget,
        award,
    }
}

fn title(notices: &[&Notice]) -> String {
    let titled =
        notices.iter().filter_map(|notice| notice.project_title.as_deref()).find(|title| !title.trim().is_empty());
    titled.or(notices.first().map(|notice| notice.title.as_str())).unwrap_or_default().trim().to_owned()
}

/// The first to name a buyer names it, unless a correction names another.
fn buyers(notices: &[&Notice]) -> Vec<Organisation> {
    let keys = |list: &[Organisation]| list.iter().map(|b| super::names::key(&b.name)).collect::<BTreeSet<_>>();
    let mut known: &[Organisation] = &[];
    for notice in notices.iter().filter(|notice| !notice.buyers.is_empty()) {
        let corrects = notice.kind == NoticeKind::Correction && keys(&notice.buyers).is_disjoint(&keys(known));
        if known.is_empty() || corrects {
            known = &notice.buyers;
        }
    }
    known.to_vec()
}

/// The first region with a province; else the first that is printed at all.
fn region(notices: &[&Notice]) -> Region {
    let placed = notices.iter().map(|notice| &notice.region).find(|region| region.province.is_some());
    placed
        .or(notices.iter().map(|notice| &notice.region).find(|region| region.text.is_some()))
        .cloned()
        .unwrap_or_default()
}

fn numbers(notices: &[&Notice]) -> Vec<String> {
    let keys = notices.iter().flat_map(|notice| &notice.project_numbers).map(|text| number::key(text));
    keys.filter(|key| !key.is_empty()).collect::<BTreeSet<_>>().into_iter().collect()
}

fn weight(notices: &[&Notice]) -> Weight {
    notices.iter().map(|notice| notice.relevance.weight).min_by_key(|weight| weight.rank()).unwrap_or_default()
}

/// The contracts' sum: one contract per set of lots and suppliers, as its latest notice states it.
fn contract(notices: &[&Notice]) -> Amount {
    let mut contracts: BTreeMap<Vec<String>, Amount> = BTreeMap::new();
    for notice in notices.iter().filter(|notice| is_stated(&notice.contract)) {
        let parties = notice.lots.iter().flat_map(|lot| {
            let label = lots::label(notice, lot).unwrap_or_default();
            lot.suppliers.iter().map(move |supplier| format!("{label} {}", super::names::key(&supplier.name)))
        });
        let key: Vec<String> = parties.collect();
        contracts.insert(key, notice.contract.clone());
    }
    award::total(&contracts.into_values().collect::<Vec<_>>())
}

fn project_lots(life: &Life) -> Vec<ProjectLot> {
    let mut lots: Vec<ProjectLot> = life
        .lots
        .iter()
        .map(|(label, lot)| ProjectLot {
            label: label.clone(),
            title: lot.title.clone(),
            status: lot.status,
            award: if lot.status == LotStatus::Awarded { lot.award.clone() } else { Amount::NotApplicable },
            suppliers: lot.suppliers.clone(),
            joint: lot.joint,
        })
        .collect();
    lots.sort_by_cached_key(|lot| {
        let number = lot.label.as_deref().and_then(|label| label.parse::<u32>().ok());
        (lot.label.is_some(), number.is_none(), number, lot.label.clone())
    });
    lots
}

/// The part of the award that is known: the sum over the awarded lots that disclose one, and how many do of how many. For
/// "partial sum, n of m lots"; it never enters a total.
#[must_use]
pub fn partial_award(project: &Project) -> Option<(Money, usize, usize)> {
    let awarded: Vec<&ProjectLot> = project.lots.iter().filter(|lot| lot.status == LotStatus::Awarded).collect();
    let told: Vec<Money> = awarded.iter().filter_map(|lot| lot.award.money()).collect();
    let (first, rest) = told.split_first()?;
    let sum = rest.iter().try_fold(*first, |sum, money| sum.checked_add(*money))?;
    (told.len() < awarded.len()).then_some((sum, told.len(), awarded.len()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::amount::Claim;
    use crate::domain::notice::Item;
    use crate::domain::samples::{
        award, china, correction, failed, id, lost, member, members, notice, open, some_notice, tender, won, yuan,
    };
    use crate::domain::topic::{Relevance, TopicEvidence};

    fn folded(notices: impl IntoIterator<Item = Notice>) -> Project {
        fold(&members(notices))
    }

    fn sum(amount: &Amount) -> Option<i64> {
        amount.money().map(|money| money.ten_thousandths / crate::domain::money::SCALE)
    }

    #[test]
    fn a_project_lives_from_tender_to_acceptance() {
        let mut told = vec![notice(NoticeKind::Intention, 1, 1)];
        let mut statuses = vec![folded(told.clone()).status];
        let contract = Notice { contract: yuan(88), ..notice(NoticeKind::Contract, 5, 1) };
        for next in [
            tender(2, 1, 100),
            award(4, 1, vec![won(None, 90, "丙公司")]),
            contract,
            notice(NoticeKind::Acceptance, 9, 1),
        ] {
            told.push(next);
            statuses.push(folded(told.clone()).status);
        }
        let life = [Status::Planned, Status::Tendering, Status::Awarded, Status::Contracted, Status::Completed];
        assert_eq!(statuses, life);
        let project = folded(told);
        assert_eq!(
            (sum(&project.budget), sum(&project.award), sum(&project.contract)),
            (Some(100), Some(90), Some(88))
        );
        assert_eq!((project.rounds, project.notices, project.first_on), (1, 5, Some(jiff::civil::date(2026, 1, 1))));
    }

    #[test]
    fn a_failed_project_reopens_and_may_be_awarded_after_all() {
        let mut told = vec![tender(2, 1, 100), failed(3, 1, vec![])];
        assert_eq!(folded(told.clone()).status, Status::Failed);
        told.push(Notice {
            title: "某某大学区块链平台采购项目（二次）公告".into(), ..tender(3, 10, 110)
        });
        let second = folded(told.clone());
        assert_eq!((second.status, second.rounds, sum(&second.budget)), (Status::Tendering, 2, Some(110)));
        assert_eq!(second.award, Amount::NotApplicable);
        told.push(award(4, 1, vec![won(None, 90, "丙公司")]));
        assert_eq!(folded(told).status, Status::Awarded);
    }

    #[test]
    fn lots_may_fare_differently() {
        let call = Notice { lots: vec![open(Some("1"), 50), open(Some("2"), 50)], ..tender(2, 1, 100) };
        let result = award(3, 1, vec![won(Some("1"), 45, "丙公司"), lost(Some("2"))]);
        let project = folded([call.clone(), result.clone()]);
        assert_eq!((project.status, sum(&project.award)), (Status::Awarded, Some(45)));
        assert_eq!(
            project.lots.iter().map(|lot| lot.status).collect::<Vec<_>>(),
            [LotStatus::Awarded, LotStatus::Failed]
        );

        let rest = Notice { lots: vec![open(Some("2"), 50)], ..tender(4, 1, 50) };
        let later = award(5, 1, vec![won(Some("包2"), 40, "丁公司")]);
        let project = folded([call.clone(), result, rest, later]);
        assert_eq!((sum(&project.award), sum(&project.budget)), (Some(85), Some(100)));
        assert_eq!(folded([call, failed(3, 1, vec![lost(Some("1")), lost(Some("2"))])]).status, Status::Failed);
    }

    #[test]
    fn a_partial_sum_is_no_sum() {
        let mut silent = won(Some("2"), 0, "丁公司");
        silent.award = Amount::Undisclosed;
        let project = folded([award(3, 1, vec![won(Some("1"), 45, "丙公司"), silent])]);
        assert_eq!(project.award, Amount::Undisclosed);
        assert_eq!(partial_award(&project), Some((Money::yuan(45), 1, 2)));
    }

    #[test]
    fn a_lots_latest_award_wins_and_conflicts_stay() {
        let first = award(3, 1, vec![won(Some("1"), 45, "丙公司"), won(Some("2"), 5, "丙公司")]);
        let mended = award(3, 20, vec![won(Some("1"), 46, "丁公司")]);
        let project = folded([first.clone(), mended]);
        assert_eq!(sum(&project.award), Some(51));
        assert_eq!(project.lots[0].suppliers[0].name, "丁公司");

        let claims = vec![Claim { money: Money::yuan(60), place: "printed".into() }];
        let contested = Notice { award: Amount::Conflict(claims), ..first };
        assert_eq!(folded([contested]).award.state(), "conflict");
    }

    #[test]
    fn a_lot_given_to_several_on_several_lines_is_one_lot() {
        let result = award(3, 1, vec![won(Some("1"), 40, "丙公司"), won(Some("01"), 50, "丁公司")]);
        let project = folded([result]);
        assert_eq!((project.lots.len(), project.lots[0].suppliers.len(), sum(&project.award)), (1, 2, Some(90)));
    }

    #[test]
    fn a_result_published_again_without_its_sum_keeps_it() {
        let mut silent = won(None, 0, "丙公司");
        silent.award = Amount::Undisclosed;
        let again = award(3, 20, vec![silent]);
        assert_eq!(sum(&folded([award(3, 1, vec![won(None, 90, "丙公司")]), again]).award), Some(90));
    }

    #[test]
    fn a_printed_total_stands_where_its_lots_are_silent() {
        let mut lots = vec![won(Some("1"), 0, "丙公司"), won(Some("2"), 0, "丁公司")];
        for lot in &mut lots {
            lot.award = Amount::Undisclosed;
        }
        let result = Notice { award: yuan(77), ..award(3, 1, lots) };
        assert_eq!(sum(&folded([result]).award), Some(77));
    }

    #[test]
    fn an_award_of_no_lot_beside_awards_of_lots_is_a_conflict_unless_it_is_their_sum() {
        let parts = award(3, 1, vec![won(Some("1"), 40, "丙公司"), won(Some("2"), 50, "丁公司")]);
        let whole = |units| award(3, 20, vec![won(None, units, "丙公司")]);
        assert_eq!(sum(&folded([parts.clone(), whole(90)]).award), Some(90));
        assert_eq!(folded([parts, whole(30)]).award.state(), "conflict");
    }

    #[test]
    fn the_whole_budget_printed_with_every_lot_is_counted_once() {
        let lot = |label, own, day| Notice { lots: vec![open(Some(label), own)], ..tender(2, day, 668) };
        assert_eq!(sum(&folded([lot("1", 200, 1), lot("2", 300, 1), lot("3", 168, 2)]).budget), Some(668));
    }

    #[test]
    fn budgets_of_lots_add_only_where_each_notice_states_its_own() {
        let own = |label, units, day| Notice { lots: vec![open(Some(label), units)], ..tender(2, day, units) };
        assert_eq!(sum(&folded([own("1", 200, 1), own("2", 300, 2)]).budget), Some(500));
        let mixed = Notice { lots: vec![open(Some("2"), 300)], ..tender(2, 2, 900) };
        assert_eq!(folded([own("1", 200, 1), mixed]).budget.state(), "conflict");
    }

    #[test]
    fn corrections_move_budget_deadline_and_award() {
        let mut call = tender(2, 1, 1_000_000);
        call.dates.deadline_at = china(datetime(2026, 2, 20, 9, 30, 0, 0));
        let budget = correction(2, 5, "预算金额", "1000000元", "120万元");
        let deadline = correction(2, 6, "开标时间", "2026年2月20日9:30", "2026年2月27日9:30");
        let project = folded([call.clone(), budget, deadline]);
        assert_eq!(sum(&project.budget), Some(1_200_000));
        assert_eq!(project.deadline_at, china(datetime(2026, 2, 27, 9, 30, 0, 0)));
        let price = correction(4, 1, "中标金额", "90万元", "91万元");
        assert_eq!(sum(&folded([call, award(3, 1, vec![won(None, 900_000, "丙公司")]), price]).award), Some(910_000));
    }

    #[test]
    fn without_a_tender_the_result_says_the_budget() {
        let result = Notice { budget: yuan(100), ..award(3, 1, vec![won(None, 90, "丙公司")]) };
        assert_eq!(sum(&folded([result.clone()]).budget), Some(100));
        let plan = Notice { budget: yuan(70), ..notice(NoticeKind::Intention, 1, 1) };
        assert_eq!(sum(&folded([plan.clone()]).budget), Some(70));
        assert_eq!(sum(&folded([plan, result]).budget), Some(100));
    }

    #[test]
    fn repeats_and_withdrawn_notices_add_nothing() {
        let mut all = members([
            tender(2, 1, 100),
            award(3, 1, vec![won(None, 90, "丙公司")]),
            award(3, 1, vec![won(None, 90, "丙公司")]),
        ]);
        all[2].repeat_of = Some(id(2));
        let project = fold(&all);
        assert_eq!((project.notices, sum(&project.award)), (2, Some(90)));

        all[1].withdrawn_at = Some(jiff::Timestamp::UNIX_EPOCH);
        assert_eq!(sum(&fold(&all).award), Some(90), "the repeat stands in");
        all[2].withdrawn_at = Some(jiff::Timestamp::UNIX_EPOCH);
        assert_eq!(fold(&all).status, Status::Tendering);
        all[0].withdrawn_at = Some(jiff::Timestamp::UNIX_EPOCH);
        assert_eq!(fold(&all).status, Status::Withdrawn);
        assert_eq!(fold(&[]).notices, 0);
    }

    #[test]
    fn the_topic_part_is_the_whole_where_the_topic_is_the_subject() {
        assert_eq!(sum(&folded([tender(2, 1, 100)]).topic_part), Some(100));
        let result = award(3, 1, vec![won(None, 90, "丙公司")]);
        assert_eq!(sum(&folded([tender(2, 1, 100), result.clone()]).topic_part), Some(90));
        let mut silent = result;
        silent.lots[0].award = Amount::Undisclosed;
        silent.award = Amount::Undisclosed;
        assert_eq!(folded([tender(2, 1, 100), silent]).topic_part, Amount::Undisclosed);
    }

    #[test]
    fn among_other_items_only_those_of_the_topic_are_its_part() {
        let item = |name: &str, units| Item { name: name.into(), lot: None, total: yuan(units) };
        let evidence =
            vec![TopicEvidence { term: "区块链".into(), field: "items".into(), sentence: "区块链平台".into() }];
        let mut result = award(3, 1, vec![won(None, 90, "丙公司")]);
        result.relevance = Relevance { weight: Weight::Item, evidence };
        result.items = vec![item("区块链平台", 30), item("服务器", 50), item("区块链教学软件", 10)];
        assert_eq!(sum(&folded([result.clone()]).topic_part), Some(40));
        result.items[2].total = Amount::Undisclosed;
        assert_eq!(folded([result.clone()]).topic_part, Amount::Undisclosed);
        result.items.remove(1);
        assert_eq!(sum(&folded([result.clone()]).topic_part), Some(90), "every item is of the topic");
        result.relevance.weight = Weight::Mention;
        assert_eq!(folded([result]).topic_part, Amount::NotApplicable);
    }

    #[test]
    fn a_late_notice_changes_nothing_but_what_it_says() {
        let told = [tender(2, 1, 100), award(3, 1, vec![won(None, 90, "丙公司")])];
        let mut late = told.to_vec();
        late.reverse();
        let (early, late) =
            (members(told), late.into_iter().zip([2, 1]).map(|(n, i)| member(i, n)).collect::<Vec<_>>());
        assert_eq!(fold(&early), fold(&late));
    }

    proptest! {
        #[test]
        fn the_order_of_arrival_never_matters(
            (all, order) in prop::collection::vec(some_notice(), 0..8).prop_flat_map(|notices| {
                let all = members(notices);
                (Just(all.clone()), Just(all).prop_shuffle())
            })
        ) {
            prop_assert_eq!(fold(&all), fold(&order));
        }

        #[test]
        fn a_repeat_never_adds_anything(all in prop::collection::vec(some_notice(), 1..7), which in 0_usize..7) {
            let mut all = members(all);
            let before = fold(&all);
            let original = all[which % all.len()].clone();
            all.push(Member { id: id("9999"), repeat_of: Some(original.id.clone()), ..original });
            prop_assert_eq!(fold(&all), before);
        }

        #[test]
        fn an_award_is_stated_only_where_a_lot_is_awarded(notices in prop::collection::vec(some_notice(), 0..8)) {
            let project = folded(notices);
            let is_awarded = project.lots.iter().any(|lot| lot.status == LotStatus::Awarded);
            prop_assert_eq!(project.award == Amount::NotApplicable, !is_awarded);
        }
    }
}
