//! What stands once people have spoken? Puts the newest word on each matter in the place of what was read, before the fold for
//! what a notice says and after it for what is judged of the project. What was read is never changed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::amend;
use super::amount::Amount;
use super::judged::Judged;
use super::life;
use super::lots;
use super::money::Money;
use super::notice::{Lot, LotStatus, Notice, NoticeKind};
use super::project::{Member, Project};
use super::region::RegionBy;
use super::ruling::{Matter, Ruling, RulingId};

/// How a value's rule names a ruling.
const BY: &str = "ruling ";

/// The rulings that stand among these, in the order they were made: the newest word on each matter.
#[must_use]
pub fn standing<'a>(rulings: impl IntoIterator<Item = &'a Ruling>) -> Vec<&'a Ruling> {
    let mut newest: BTreeMap<(&str, Option<String>), &Ruling> = BTreeMap::new();
    for ruling in rulings {
        let entry = newest.entry(subject(&ruling.matter)).or_insert(ruling);
        if ruling.id > entry.id {
            *entry = ruling;
        }
    }
    let mut standing: Vec<&Ruling> = newest.into_values().collect();
    standing.sort_by_key(|ruling| ruling.id);
    standing
}

/// What a matter is about: two rulings about the same cannot both stand.
fn subject(matter: &Matter) -> (&'static str, Option<String>) {
    let detail = match matter {
        Matter::Award { lot, .. } => lot.as_deref().map(lots::key),
        Matter::NotWith(other) => Some(other.to_string()),
        _ => None,
    };
    (matter.word(), detail)
}

/// Whether a person said this sum.
pub(super) fn is_ruled(amount: &Amount) -> bool {
    matches!(amount, Amount::Disclosed { by, .. } if by.starts_with(BY))
}

/// The rule's name in a value that a ruling gave.
#[must_use]
pub fn by(id: RulingId) -> String {
    format!("{BY}{}", id.0)
}

/// What a notice says once its rulings stand; those of its repeats count as its own.
pub(super) fn notice<'a>(member: &'a Member, all: &'a [Member]) -> Cow<'a, Notice> {
    let mut told = Cow::Borrowed(&member.notice);
    for ruling in of_notice(member, all) {
        apply(told.to_mut(), ruling);
    }
    told
}

/// The rulings that stand on what a notice says.
fn of_notice<'a>(member: &Member, all: &'a [Member]) -> Vec<&'a Ruling> {
    let group = |member: &Member| member.repeat_of.clone().unwrap_or_else(|| member.id.clone());
    let same = all.iter().filter(|other| !other.rulings.is_empty() && group(other) == group(member));
    standing(same.flat_map(|other| &other.rulings).filter(|ruling| says_of_notice(&ruling.matter)))
}

fn says_of_notice(matter: &Matter) -> bool {
    matches!(matter, Matter::Budget(_) | Matter::Award { .. } | Matter::Relevance(_))
}

/// Puts what people judged of the project into it, and lists every ruling that shaped it. `counted` are the notices that count.
pub(super) fn project(project: &mut Project, counted: &[&Member], all: &[Member]) {
    if all.iter().all(|member| member.rulings.is_empty()) {
        return;
    }
    let of_project = standing(all.iter().flat_map(|member| &member.rulings).filter(|ruling| {
        matches!(ruling.matter, Matter::TopicPart(_) | Matter::Category(_) | Matter::Level(_) | Matter::Region(_))
    }));
    for ruling in &of_project {
        judge(project, ruling);
    }
    let links = all.iter().flat_map(|member| standing(&member.rulings)).filter(|ruling| ruling.matter.word() == "link");
    let notices = counted.iter().flat_map(|member| of_notice(member, all));
    project.rulings = of_project.iter().copied().chain(links).chain(notices).map(|ruling| ruling.id).collect();
    project.rulings.sort_unstable();
    project.rulings.dedup();
}

fn judge(project: &mut Project, ruling: &Ruling) {
    let by = by(ruling.id);
    match &ruling.matter {
        Matter::TopicPart(money) => project.topic_part = stated(*money, &by),
        Matter::Category(category) => project.category = Judged { value: *category, rule: by },
        Matter::Level(level) => project.level = Judged { value: Some(*level), rule: by },
        Matter::Region(province) => {
            project.region.province.clone_from(province);
            project.region.by = Some(RegionBy::Ruling);
        }
        _ => {}
    }
}

fn apply(notice: &mut Notice, ruling: &Ruling) {
    let by = by(ruling.id);
    match &ruling.matter {
        Matter::Budget(money) => budget(notice, *money, &by),
        Matter::Award { lot: Some(label), money } => award_of_lot(notice, &lots::key(label), *money, &by),
        Matter::Award { lot: None, money } => award(notice, *money, &by),
        Matter::Relevance(weight) => notice.relevance.weight = *weight,
        _ => {}
    }
}

fn stated(money: Option<Money>, by: &str) -> Amount {
    money.map_or(Amount::Undisclosed, |money| Amount::disclosed(money, by))
}

/// The notice's budget; a correction's own line about it no longer counts, and where nobody knows, its lots' no more either.
fn budget(notice: &mut Notice, money: Option<Money>, by: &str) {
    notice.budget = stated(money, by);
    notice.amendments.retain(|line| !amend::names_budget(&line.item));
    for lot in notice.lots.iter_mut().filter(|_| money.is_none()) {
        lot.budget = Amount::Undisclosed;
    }
}

/// One lot's award; a lot that was not read is added.
fn award_of_lot(notice: &mut Notice, label: &str, money: Option<Money>, by: &str) {
    let mut stated_lots: Vec<Lot> = Vec::new();
    if !notice.lots.is_empty() {
        stated_lots = life::labelled(notice).into_iter().map(|(label, lot)| Lot { label, ..lot }).collect();
    }
    let amount = stated(money, by);
    match stated_lots.iter_mut().find(|lot| lot.label.as_deref() == Some(label)) {
        Some(lot) => lot.award = amount.clone(),
        None if money.is_some() => stated_lots.push(Lot {
            label: Some(label.to_owned()),
            status: LotStatus::Awarded,
            award: amount.clone(),
            ..Lot::default()
        }),
        None => return,
    }
    notice.lots = stated_lots;
    if notice.lots.len() == 1 {
        notice.award = amount;
    } else if matches!(notice.award, Amount::Conflict(_)) {
        notice.award = Amount::Undisclosed;
    }
    notice.amendments.retain(|line| !amend::names_award(&line.item));
}

/// The award of the only lot, or of the whole: then the lots' own count only as far as they come to it.
fn award(notice: &mut Notice, money: Option<Money>, by: &str) {
    notice.amendments.retain(|line| !amend::names_award(&line.item));
    let amount = stated(money, by);
    let mut lots = life::labelled(notice);
    match lots.as_mut_slice() {
        [_] if notice.lots.is_empty() => {
            // A correction without lots restates the one that is known.
            if notice.kind == NoticeKind::Correction && money.is_some() {
                notice.lots.push(Lot { status: LotStatus::Awarded, award: amount.clone(), ..Lot::default() });
            }
        }
        [(label, only)] => {
            notice.lots = vec![Lot { label: label.take(), award: amount.clone(), ..only.clone() }];
        }
        _ => {
            let sums = notice.lots.iter().map(|lot| lot.award.money()).collect::<Option<Vec<Money>>>();
            let sum = sums.and_then(|sums| {
                let (first, rest) = sums.split_first()?;
                rest.iter().try_fold(*first, |sum, money| sum.checked_add(*money))
            });
            for lot in notice.lots.iter_mut().filter(|_| money.is_none() || sum != money) {
                lot.award = Amount::Undisclosed;
            }
        }
    }
    notice.award = amount;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::amount::Claim;
    use crate::domain::classes::{Category, Level};
    use crate::domain::fold::fold;
    use crate::domain::samples::{award, correction, id, members, rule, tender, won};
    use crate::domain::topic::Weight;

    fn sum(amount: &Amount) -> Option<i64> {
        amount.money().map(|money| money.ten_thousandths / crate::domain::money::SCALE)
    }

    fn conflict(units: &[i64]) -> Amount {
        let claim = |units: &i64| Claim { money: Money::yuan(*units), place: "printed".into() };
        Amount::Conflict(units.iter().map(claim).collect())
    }

    #[test]
    fn a_ruling_settles_a_conflict_and_says_that_it_did() {
        let contested = Notice { budget: conflict(&[100, 1_000_000]), ..tender(2, 1, 0) };
        let mut all = members([contested]);
        assert_eq!(fold(&all).budget.state(), "conflict");
        rule(&mut all[0], 7, Matter::Budget(Some(Money::yuan(100))));
        let project = fold(&all);
        assert_eq!(project.budget, Amount::disclosed(Money::yuan(100), "ruling 7"));
        assert_eq!((sum(&project.topic_part), project.rulings), (Some(100), vec![RulingId(7)]));
        rule(&mut all[0], 8, Matter::Budget(None));
        let project = fold(&all);
        assert_eq!(
            (project.budget, project.rulings),
            (Amount::Undisclosed, vec![RulingId(8)]),
            "the newest word stands"
        );
    }

    #[test]
    fn a_ruling_on_a_lot_leaves_the_other_lots() {
        let mut result = award(3, 1, vec![won(Some("1"), 40, "丙公司"), won(Some("2"), 50, "丁公司")]);
        result.award = conflict(&[90, 900]);
        let mut all = members([result]);
        rule(&mut all[0], 1, Matter::Award { lot: Some("包2".into()), money: Some(Money::yuan(55)) });
        let project = fold(&all);
        assert_eq!((sum(&project.award), sum(&project.lots[1].award)), (Some(95), Some(55)));
        rule(&mut all[0], 2, Matter::Award { lot: Some("1".into()), money: None });
        assert_eq!(fold(&all).award, Amount::Undisclosed);
    }

    #[test]
    fn a_ruling_on_the_whole_goes_before_lots_that_do_not_come_to_it() {
        let lots = || vec![won(Some("1"), 40, "丙公司"), won(Some("2"), 50, "丁公司")];
        let mut all = members([award(3, 1, lots())]);
        rule(&mut all[0], 1, Matter::Award { lot: None, money: Some(Money::yuan(90)) });
        assert_eq!((sum(&fold(&all).award), sum(&fold(&all).lots[0].award)), (Some(90), Some(40)));
        rule(&mut all[0], 2, Matter::Award { lot: None, money: Some(Money::yuan(80)) });
        assert_eq!((sum(&fold(&all).award), sum(&fold(&all).lots[0].award)), (Some(80), None));
    }

    #[test]
    fn an_award_without_a_lot_that_was_ruled_is_no_conflict_with_its_lots() {
        let parts = award(3, 1, vec![won(Some("1"), 40, "丙公司"), won(Some("2"), 50, "丁公司")]);
        let mut all = members([parts, award(3, 20, vec![won(None, 30, "丙公司")])]);
        assert_eq!(fold(&all).award.state(), "conflict");
        rule(&mut all[1], 1, Matter::Award { lot: None, money: Some(Money::yuan(91)) });
        assert_eq!(sum(&fold(&all).award), Some(91));
    }

    #[test]
    fn what_a_correction_says_may_be_ruled_too() {
        let price = correction(4, 1, "中标金额", "90元", "91元");
        let mut all = members([tender(2, 1, 100), award(3, 1, vec![won(None, 90, "丙公司")]), price]);
        assert_eq!(sum(&fold(&all).award), Some(91));
        rule(&mut all[2], 1, Matter::Award { lot: None, money: Some(Money::yuan(92)) });
        assert_eq!(sum(&fold(&all).award), Some(92));
        rule(&mut all[2], 2, Matter::Budget(Some(Money::yuan(120))));
        assert_eq!(sum(&fold(&all).budget), Some(120));
    }

    #[test]
    fn a_ruling_on_a_repeat_counts_as_one_on_its_original() {
        let result = award(3, 1, vec![won(None, 90, "丙公司")]);
        let mut all = members([result.clone(), result]);
        all[1].repeat_of = Some(id(1));
        rule(&mut all[1], 3, Matter::Award { lot: None, money: Some(Money::yuan(70)) });
        assert_eq!(sum(&fold(&all).award), Some(70));
    }

    #[test]
    fn what_is_judged_of_the_project_hangs_on_any_of_its_notices() {
        let mut all = members([tender(2, 1, 100), award(3, 1, vec![won(None, 90, "丙公司")])]);
        rule(&mut all[0], 1, Matter::TopicPart(Some(Money::yuan(30))));
        rule(&mut all[1], 2, Matter::TopicPart(None));
        rule(&mut all[0], 3, Matter::Category(Some(Category::Education)));
        rule(&mut all[0], 4, Matter::Level(Level::Central));
        rule(&mut all[1], 5, Matter::Region(Some("110000".into())));
        let project = fold(&all);
        assert_eq!(project.topic_part, Amount::Undisclosed);
        assert_eq!(project.category, Judged::by(Category::Education, "ruling 3"));
        assert_eq!(project.level, Judged::by(Level::Central, "ruling 4"));
        assert_eq!(project.region.province.as_deref(), Some("110000"));
        assert_eq!(project.region.by, Some(RegionBy::Ruling));
        assert_eq!(project.rulings, [2, 3, 4, 5].map(RulingId));
    }

    #[test]
    fn a_notice_that_is_none_of_the_topic_takes_its_project_with_it() {
        let mut all = members([tender(2, 1, 100)]);
        rule(&mut all[0], 1, Matter::Relevance(Weight::Mention));
        let project = fold(&all);
        assert_eq!((project.weight, project.topic_part), (Weight::Mention, Amount::NotApplicable));
    }
}
