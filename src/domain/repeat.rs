//! Is it the same announcement again? A notice published twice within days, under another title or agency's spelling, says the
//! same of the same purchase. The earliest is the original, whichever was seen first.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::amount::Amount;
use super::lots;
use super::names;
use super::notice::{Notice, NoticeKind};
use super::number;
use super::project::{Member, NoticeId};

/// Farther apart than this, the same words are another announcement.
const DAYS: i64 = 3;

/// Repeat → original, for every notice of a project that repeats another one.
#[must_use]
pub fn repeats(members: &[&Member]) -> BTreeMap<NoticeId, NoticeId> {
    let mut sorted: Vec<&Member> = members.to_vec();
    sorted.sort_by(|left, right| left.place().cmp(&right.place()));
    let mut group: Vec<usize> = (0..sorted.len()).collect();
    for (later, member) in sorted.iter().enumerate() {
        for (earlier, other) in sorted.iter().enumerate().take(later) {
            if is_repeat(&member.notice, &other.notice) {
                unite(&mut group, earlier, later);
            }
        }
    }
    let pairs = sorted.iter().zip(&group).enumerate().filter(|(index, (_, first))| index != *first);
    pairs.filter_map(|(_, (member, first))| Some((member.id.clone(), sorted.get(*first)?.id.clone()))).collect()
}

/// Both groups become one, under the earlier of their firsts.
fn unite(group: &mut [usize], left: usize, right: usize) {
    let firsts = [left, right].map(|index| group.get(index).copied().unwrap_or(index));
    let [first, other] = [firsts[0].min(firsts[1]), firsts[0].max(firsts[1])];
    for entry in group.iter_mut().filter(|entry| **entry == other) {
        *entry = first;
    }
}

/// Whether two notices of one buyer are one announcement; symmetric.
#[must_use]
pub fn is_repeat(left: &Notice, right: &Notice) -> bool {
    left.kind == right.kind && are_near(left, right) && are_of_one_purchase(left, right) && say_the_same(left, right)
}

fn are_near(left: &Notice, right: &Notice) -> bool {
    match (left.published_at, right.published_at) {
        (Some(one), Some(two)) => one.at.duration_since(two.at).abs() <= SignedDuration::from_hours(24 * DAYS),
        _ => false,
    }
}

/// The same number, or the same title where one has no number, in the same round.
fn are_of_one_purchase(left: &Notice, right: &Notice) -> bool {
    let (mine, theirs) = (numbers(left), numbers(right));
    let same_title = (mine.is_empty() || theirs.is_empty()) && stem(left) == stem(right);
    (!mine.is_disjoint(&theirs) || same_title) && round(left) == round(right)
}

fn numbers(notice: &Notice) -> BTreeSet<String> {
    notice.project_numbers.iter().map(|text| number::key(text)).filter(|key| !key.is_empty()).collect()
}

fn stem(notice: &Notice) -> String {
    let buyers: Vec<&str> = notice.buyers.iter().map(|buyer| buyer.name.as_str()).collect();
    names::title_stem_within(notice.project_title.as_deref().unwrap_or(&notice.title), &buyers)
}

fn round(notice: &Notice) -> u32 {
    let numbers = notice.project_numbers.iter().filter_map(|text| names::round_of(text));
    numbers.chain(names::round_of(&notice.title)).max().unwrap_or(1)
}

fn say_the_same(left: &Notice, right: &Notice) -> bool {
    match left.kind {
        NoticeKind::Award | NoticeKind::Contract | NoticeKind::ContractChange => {
            same_winners(left, right) && near(&left.award, &right.award) && near(&left.contract, &right.contract)
        }
        NoticeKind::Candidates => !left.candidates.is_empty() && left.candidates == right.candidates,
        NoticeKind::Failed => labels(left) == labels(right) && (stem(left) == stem(right)),
        NoticeKind::Intention | NoticeKind::Prequalification | NoticeKind::Tender | NoticeKind::SingleSource => {
            same_offer(left, right)
        }
        NoticeKind::Correction | NoticeKind::Acceptance | NoticeKind::Withdrawn | NoticeKind::Other => {
            same_words(left, right)
        }
    }
}

/// The same lots to the same suppliers for the same sums, and at least one sum or supplier to tell by.
fn same_winners(left: &Notice, right: &Notice) -> bool {
    let (mine, theirs) = (winners(left), winners(right));
    let told = !mine.is_empty() || [&left.award, &left.contract].iter().any(|amount| amount.money().is_some());
    let same_lots = labels(left) == labels(right) && same_sums(left, right);
    let whole = |notice: &Notice| labels(notice).iter().all(Option::is_none) && notice.award.money().is_some();
    told && mine == theirs && (same_lots || whole(left) || whole(right))
}

fn winners(notice: &Notice) -> BTreeSet<String> {
    notice.lots.iter().flat_map(|lot| &lot.suppliers).map(|supplier| names::key(&supplier.name)).collect()
}

fn labels(notice: &Notice) -> BTreeSet<Option<String>> {
    if notice.lots.is_empty() {
        return BTreeSet::from([lots::named_in(notice)]);
    }
    notice.lots.iter().map(|lot| lots::label(notice, lot)).collect()
}

fn same_sums(left: &Notice, right: &Notice) -> bool {
    left.lots.iter().all(|lot| {
        let label = lots::label(left, lot);
        right.lots.iter().filter(|other| lots::label(right, other) == label).any(|other| near(&lot.award, &other.award))
    })
}

fn same_offer(left: &Notice, right: &Notice) -> bool {
    let told = left.budget.money().is_some() || left.dates.deadline_at.is_some() || !left.text.is_empty();
    let same_dates = left.dates.deadline_at.map(|s| s.at) == right.dates.deadline_at.map(|s| s.at)
        && left.dates.opens_on == right.dates.opens_on;
    told && same_dates
        && near(&left.budget, &right.budget)
        && labels(left) == labels(right)
        && stem(left) == stem(right)
}

fn same_words(left: &Notice, right: &Notice) -> bool {
    let words = |notice: &Notice| names::squeezed(&notice.text);
    let told = !left.amendments.is_empty() || !left.text.is_empty();
    told && left.amendments == right.amendments && words(left) == words(right) && near(&left.award, &right.award)
}

/// Whether two places say the same of a sum. Two that say nothing agree.
fn near(left: &Amount, right: &Amount) -> bool {
    match (left.money(), right.money()) {
        (Some(one), Some(two)) => one.is_same_or_rounded(two),
        (None, None) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Money;
    use crate::domain::organisation::Organisation;
    use crate::domain::samples::{award, correction, id, lost, member, tender, won};

    fn repeats_of(notices: Vec<Notice>) -> Vec<(String, String)> {
        let members: Vec<Member> = notices.into_iter().zip(1..).map(|(notice, n)| member(n, notice)).collect();
        let found = repeats(&members.iter().collect::<Vec<_>>());
        found.into_iter().map(|(repeat, original)| (repeat.native_id, original.native_id)).collect()
    }

    fn first() -> Notice {
        award(3, 5, vec![won(None, 583_500, "丙公司")])
    }

    #[test]
    fn one_award_published_twice_is_one_under_any_title_and_agency() {
        let mut again = first();
        again.title = "区块链平台结果公告".into();
        again.agency = Some(Organisation::named("某咨询有限公司"));
        again.lots[0].award = Amount::disclosed(Money::cny(5_835_000_000), "summary");
        assert_eq!(repeats_of(vec![first(), again]), [("2".into(), "1".into())]);
    }

    #[test]
    fn a_summary_rounded_to_the_hundred_is_the_same_sum() {
        let (exact, rounded) =
            (award(3, 5, vec![won(None, 6_687_920, "丙公司")]), award(3, 5, vec![won(None, 6_687_900, "丙公司")]));
        assert_eq!(repeats_of(vec![exact, rounded]), [("2".into(), "1".into())]);
    }

    #[test]
    fn another_sum_winner_lot_round_or_week_is_no_repeat() {
        let sum = award(3, 5, vec![won(None, 583_600, "丙公司")]);
        let winner = award(3, 5, vec![won(None, 583_500, "丁公司")]);
        let late = award(3, 12, vec![won(None, 583_500, "丙公司")]);
        let second = Notice { title: "某某大学区块链平台采购项目（二次）公告".into(), ..first() };
        let failed = award(3, 5, vec![lost(None)]);
        for other in [sum, winner, late, second, failed] {
            assert_eq!(repeats_of(vec![first(), other]), []);
        }
        let lots = [award(3, 5, vec![won(Some("1"), 5, "丙公司")]), award(3, 5, vec![won(Some("2"), 5, "丙公司")])];
        assert_eq!(repeats_of(lots.to_vec()), []);
    }

    #[test]
    fn a_tender_twice_is_one_and_two_corrections_are_two() {
        assert_eq!(repeats_of(vec![tender(3, 5, 100), tender(3, 6, 100)]), [("2".into(), "1".into())]);
        assert_eq!(repeats_of(vec![tender(3, 5, 100), tender(3, 6, 120)]), []);
        let first = correction(3, 5, "开标时间", "3月9日", "2026年3月19日 9:00");
        let second = correction(3, 6, "开标时间", "3月19日", "2026年3月29日 9:00");
        assert_eq!(repeats_of(vec![first.clone(), second]), []);
        assert_eq!(repeats_of(vec![first.clone(), first]), [("2".into(), "1".into())]);
    }

    #[test]
    fn the_earliest_is_the_original_whichever_came_first() {
        let early = member("27", first());
        let late = member("9", Notice { published_at: award(3, 6, Vec::new()).published_at, ..first() });
        for pair in [[&early, &late], [&late, &early]] {
            assert_eq!(repeats(&pair), BTreeMap::from([(id("9"), id("27"))]));
        }
    }
}
