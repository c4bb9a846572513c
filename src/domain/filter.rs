//! Does a subscription want a change, and if not, why not? The first reason that speaks against it is the verdict. What is unknown
//! of a project fits no list that is not empty; a change that concerns no project is not narrowed by what projects are like.

use super::amount::Amount;
use super::change::{Audience, StoredChange, Telling};
use super::money::Money;
use super::names;
use super::organisation::Organisation;
use super::project::Project;
use super::subscription::Filter;

/// Why a subscription does not want a change, or that it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is told.
    Wanted,
    /// It was there when we first looked.
    Baseline,
    /// News for others: troubles go to the operator, news to the subscribers.
    OtherAudience,
    /// Of a topic that is not subscribed.
    OtherTopic,
    /// Of a kind that is not subscribed.
    OtherKind,
    /// Of a buyer in another province, or in an unknown one.
    OtherProvince,
    /// Of a buyer of another level, or of an undecided one.
    OtherLevel,
    /// Of another category, or of an undecided one.
    OtherCategory,
    /// Of another buyer.
    OtherBuyer,
    /// Won by others, or by nobody yet.
    OtherSupplier,
    /// Of a smaller or larger sum, in another currency, undisclosed, or one that places disagree on.
    OtherAmount,
    /// None of the words is in a title.
    OtherWords,
}

/// What is known beside a change.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen<'a> {
    /// The project that it concerns, as it stands now.
    pub project: Option<&'a Project>,
    /// The title of the notice that brought it.
    pub notice_title: Option<&'a str>,
}

/// Whether a subscription wants a change, with the reason.
#[must_use]
pub fn judge(filter: &Filter, stored: &StoredChange, seen: &Seen<'_>) -> Verdict {
    let change = &stored.change;
    let is_trouble = filter.audience == Audience::Operator && change.topic.is_none();
    let has_topic = || change.topic.as_ref().is_some_and(|topic| filter.topics.contains(topic));
    if change.kind.audience() != filter.audience {
        Verdict::OtherAudience
    } else if change.telling == Telling::Baseline {
        Verdict::Baseline
    } else if !filter.topics.is_empty() && !is_trouble && !has_topic() {
        Verdict::OtherTopic
    } else if !fits(&filter.kinds, Some(change.kind)) {
        Verdict::OtherKind
    } else if change.project.is_none() && seen.project.is_none() {
        // A total or a source has no buyer, no sum and no title of its own.
        Verdict::Wanted
    } else {
        judge_project(filter, seen)
    }
}

/// Whether a subscription wants a change.
#[must_use]
pub fn wants(filter: &Filter, stored: &StoredChange, seen: &Seen<'_>) -> bool {
    judge(filter, stored, seen) == Verdict::Wanted
}

fn judge_project(filter: &Filter, seen: &Seen<'_>) -> Verdict {
    let project = seen.project;
    let lots = || project.into_iter().flat_map(|project| &project.lots);
    if !fits(&filter.provinces, project.and_then(|project| project.region.province.clone())) {
        Verdict::OtherProvince
    } else if !fits(&filter.levels, project.and_then(|project| project.level.value)) {
        Verdict::OtherLevel
    } else if !fits(&filter.categories, project.and_then(|project| project.category.value)) {
        Verdict::OtherCategory
    } else if !names_any(&filter.buyers, project.into_iter().flat_map(|project| &project.buyers)) {
        Verdict::OtherBuyer
    } else if !names_any(&filter.suppliers, lots().flat_map(|lot| &lot.suppliers)) {
        Verdict::OtherSupplier
    } else if !is_between(project.and_then(sum), filter.amount_from, filter.amount_to) {
        Verdict::OtherAmount
    } else if !says_any(&filter.words, seen) {
        Verdict::OtherWords
    } else {
        Verdict::Wanted
    }
}

/// An empty list takes everything, what is unknown too.
fn fits<T: PartialEq>(wanted: &[T], value: Option<T>) -> bool {
    wanted.is_empty() || value.is_some_and(|value| wanted.contains(&value))
}

/// Whether any of the organisations is meant: by its credit code, or by a part of its name as names are compared.
fn names_any<'a>(wanted: &[String], organisations: impl Iterator<Item = &'a Organisation>) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let parts: Vec<String> = wanted.iter().map(|part| names::key(part)).filter(|part| !part.is_empty()).collect();
    organisations.into_iter().any(|organisation| {
        let name = names::key(&organisation.name);
        let code = organisation.credit_code.as_deref().map(names::key);
        parts.iter().any(|part| name.contains(part) || code.as_ref() == Some(part))
    })
}

/// The award where it is disclosed, else the budget. Where places disagree on the award, the budget does not settle it.
fn sum(project: &Project) -> Option<Money> {
    match &project.award {
        Amount::Disclosed { money, .. } => Some(*money),
        Amount::Conflict(_) => None,
        _ => project.budget.money(),
    }
}

/// Both bounds belong to it. A sum in another currency is on no side of a bound.
fn is_between(sum: Option<Money>, from: Option<Money>, to: Option<Money>) -> bool {
    let holds = |bound: Option<Money>, is_right: fn(i64, i64) -> bool| {
        bound.is_none_or(|bound| {
            sum.is_some_and(|sum| {
                sum.currency == bound.currency && is_right(sum.ten_thousandths, bound.ten_thousandths)
            })
        })
    };
    holds(from, |sum, bound| sum >= bound) && holds(to, |sum, bound| sum <= bound)
}

/// Whether the project's or the notice's title holds one of the words.
fn says_any(wanted: &[String], seen: &Seen<'_>) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let titles: Vec<String> = seen
        .project
        .map(|project| project.title.as_str())
        .into_iter()
        .chain(seen.notice_title)
        .map(names::folded)
        .collect();
    let words = wanted.iter().map(|word| names::folded(word.trim())).filter(|word| !word.is_empty());
    words.into_iter().any(|word| titles.iter().any(|title| title.contains(&word)))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::amount::Claim;
    use crate::domain::change::{Change, ChangeKind};
    use crate::domain::classes::{Category, Level};
    use crate::domain::judged::Judged;
    use crate::domain::money::Currency;
    use crate::domain::project::{ProjectId, ProjectLot};

    fn stored(kind: ChangeKind) -> StoredChange {
        let change = Change {
            kind,
            project: Some(ProjectId(1)),
            notice: None,
            source: None,
            topic: Some("blockchain".into()),
            fields: Vec::new(),
            reason: String::new(),
            published_at: None,
            seen_at: Timestamp::UNIX_EPOCH,
            telling: Telling::News,
        };
        StoredChange { seq: 1, change }
    }

    fn filter() -> Filter {
        Filter::all(Audience::Subscribers)
    }

    /// A hospital in Beijing gave its platform to Tencent for 1.2 million; 1.5 million were planned.
    fn project() -> Project {
        let mut project = Project {
            title: "区块链电子病历平台".into(),
            buyers: vec![Organisation::named("北京某某医院")],
            budget: Amount::disclosed(Money::yuan(1_500_000), "summary"),
            award: Amount::disclosed(Money::yuan(1_200_000), "summary"),
            level: Judged::by(Level::Local, "channel"),
            category: Judged::by(Category::Health, "buyer name"),
            ..Project::default()
        };
        project.region.province = Some("110000".into());
        let winner = Organisation {
            name: "腾讯云计算（北京）有限责任公司".into(),
            credit_code: Some("91440300708461136T".into()),
            address: None,
        };
        project.lots = vec![ProjectLot { suppliers: vec![winner], ..ProjectLot::default() }];
        project
    }

    fn of<'a>(project: &'a Project, notice_title: Option<&'a str>) -> Seen<'a> {
        Seen { project: Some(project), notice_title }
    }

    fn verdict(filter: &Filter, project: &Project) -> Verdict {
        judge(filter, &stored(ChangeKind::Awarded), &of(project, Some("某某医院Blockchain平台中标公告")))
    }

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn an_open_filter_wants_all_news_and_no_troubles() {
        let filter = filter();
        let nothing = Seen::default();
        assert!(wants(&filter, &stored(ChangeKind::Awarded), &nothing));
        assert!(!wants(&filter, &stored(ChangeKind::SourceFailing), &nothing));
        let mut old = stored(ChangeKind::Awarded);
        old.change.telling = Telling::Baseline;
        assert_eq!(judge(&filter, &old, &nothing), Verdict::Baseline);
    }

    #[test]
    fn the_operator_hears_of_troubles_whatever_their_topic() {
        let filter = Filter { audience: Audience::Operator, topics: vec!["ai".into()], ..filter() };
        let mut trouble = stored(ChangeKind::SourceFailing);
        assert_eq!(judge(&filter, &trouble, &Seen::default()), Verdict::OtherTopic);
        trouble.change.topic = None;
        assert!(wants(&filter, &trouble, &Seen::default()));
        assert_eq!(judge(&filter, &stored(ChangeKind::Awarded), &Seen::default()), Verdict::OtherAudience);
    }

    #[test]
    fn each_part_of_a_filter_narrows_it_down_and_is_named_in_the_verdict() {
        let project = project();
        let table: [(Filter, Verdict); 12] = [
            (Filter { topics: owned(&["ai"]), ..filter() }, Verdict::OtherTopic),
            (Filter { kinds: vec![ChangeKind::Failed], ..filter() }, Verdict::OtherKind),
            (Filter { kinds: vec![ChangeKind::Failed, ChangeKind::Awarded], ..filter() }, Verdict::Wanted),
            (Filter { provinces: owned(&["440000"]), ..filter() }, Verdict::OtherProvince),
            (Filter { provinces: owned(&["440000", "110000"]), ..filter() }, Verdict::Wanted),
            (Filter { levels: vec![Level::Central], ..filter() }, Verdict::OtherLevel),
            (Filter { levels: vec![Level::Local], ..filter() }, Verdict::Wanted),
            (Filter { categories: vec![Category::Finance], ..filter() }, Verdict::OtherCategory),
            (Filter { categories: vec![Category::Finance, Category::Health], ..filter() }, Verdict::Wanted),
            (Filter { buyers: owned(&["清华大学"]), ..filter() }, Verdict::OtherBuyer),
            (Filter { suppliers: owned(&["蚂蚁"]), ..filter() }, Verdict::OtherSupplier),
            (Filter { words: owned(&["存证"]), ..filter() }, Verdict::OtherWords),
        ];
        for (filter, expected) in table {
            assert_eq!(verdict(&filter, &project), expected, "{filter:?}");
        }
    }

    #[test]
    fn an_organisation_is_meant_by_a_part_of_its_name_or_by_its_code() {
        let project = project();
        for part in ["某某医院", "北京 某某", "腾讯云计算(北京)", "91440300708461136T", "91440300708461136t"]
        {
            let any = Filter { buyers: owned(&[part]), ..filter() };
            let other = Filter { suppliers: owned(&[part]), ..filter() };
            let found = [verdict(&any, &project), verdict(&other, &project)];
            assert!(found.contains(&Verdict::Wanted) && found != [Verdict::Wanted; 2], "{part}: {found:?}");
        }
        for part in ["9144030070846113", "、", " "] {
            let filter = Filter { suppliers: owned(&[part]), ..filter() };
            assert_eq!(verdict(&filter, &project), Verdict::OtherSupplier, "{part:?}");
        }
    }

    #[test]
    fn a_word_is_found_in_either_title_whatever_its_width_and_case() {
        let project = project();
        for word in ["病历", "ＢＬＯＣＫＣＨＡＩＮ", "blockchain平台", " 电子 "] {
            let filter = Filter { words: owned(&["存证", word]), ..filter() };
            assert_eq!(verdict(&filter, &project), Verdict::Wanted, "{word}");
        }
    }

    #[test]
    fn a_sum_is_the_award_or_else_the_budget_and_unknown_on_no_side() {
        let clash = |sums: [i64; 2]| {
            let claim = |sum| Claim { money: Money::yuan(sum), place: "body".into() };
            Amount::Conflict(sums.map(claim).to_vec())
        };
        let between = |from: Option<i64>, to: Option<i64>| Filter {
            amount_from: from.map(Money::yuan),
            amount_to: to.map(Money::yuan),
            ..filter()
        };
        let awarded = project();
        let open = Project { award: Amount::NotApplicable, ..project() };
        let silent = Project { award: Amount::Undisclosed, budget: Amount::Undisclosed, ..project() };
        let torn = Project { award: clash([1, 2]), ..project() };
        let in_dollars = Money { currency: Currency::USD, ..Money::yuan(1_200_000) };
        let foreign = Project { award: Amount::disclosed(in_dollars, "page"), ..project() };
        for (project, from, to, is_wanted) in [
            (&awarded, Some(1_200_000), Some(1_200_000), true),
            (&awarded, Some(1_200_001), None, false),
            (&awarded, None, Some(1_199_999), false),
            (&open, Some(1_400_000), None, true),
            (&open, None, Some(1_400_000), false),
            (&silent, Some(0), None, false),
            (&silent, None, Some(i64::MAX / 10_000), false),
            (&silent, None, None, true),
            (&torn, Some(0), None, false),
            (&foreign, Some(1), None, false),
        ] {
            let found = verdict(&between(from, to), project) == Verdict::Wanted;
            assert_eq!(found, is_wanted, "{from:?} to {to:?} of {:?}", project.award);
        }
    }

    #[test]
    fn what_is_unknown_fits_no_list_and_what_has_no_project_is_not_narrowed() {
        let blank = Project::default();
        let lists = [
            Filter { provinces: owned(&["110000"]), ..filter() },
            Filter { levels: vec![Level::Local], ..filter() },
            Filter { categories: vec![Category::Health], ..filter() },
            Filter { buyers: owned(&["医院"]), ..filter() },
            Filter { suppliers: owned(&["腾讯"]), ..filter() },
            Filter { amount_to: Some(Money::yuan(1)), ..filter() },
            Filter { words: owned(&["病历"]), ..filter() },
        ];
        let mut total = stored(ChangeKind::TotalPassedMilestone);
        total.change.project = None;
        for filter in lists {
            assert!(!wants(&filter, &stored(ChangeKind::Awarded), &of(&blank, None)), "{filter:?}");
            assert!(!wants(&filter, &stored(ChangeKind::Awarded), &Seen::default()), "{filter:?}");
            assert!(wants(&filter, &total, &Seen::default()), "{filter:?}");
        }
    }

    /// A filter of a few values each, so that they meet the project often.
    fn any_filter() -> impl Strategy<Value = Filter> {
        let some = |words: &'static [&'static str]| {
            proptest::collection::vec(proptest::sample::select(words), 0..3)
                .prop_map(|found| found.into_iter().map(str::to_owned).collect::<Vec<_>>())
        };
        let sum = || proptest::option::of((0_i64..2_000_000).prop_map(Money::yuan));
        let kinds = proptest::collection::vec(proptest::sample::select(&ChangeKind::ALL[..6]), 0..3);
        let levels = proptest::collection::vec(proptest::sample::select(&Level::ALL[..]), 0..2);
        let categories = proptest::collection::vec(proptest::sample::select(&Category::ALL[6..10]), 0..3);
        let lists = (some(&["blockchain", "ai"]), some(&["110000", "440000"]), some(&["医院", "大学"]));
        let more = (some(&["腾讯", "91440300708461136T", "蚂蚁"]), some(&["病历", "存证"]));
        (lists, more, kinds, levels, categories, sum(), sum()).prop_map(
            |((topics, provinces, buyers), (suppliers, words), kinds, levels, categories, amount_from, amount_to)| {
                Filter {
                    topics,
                    kinds,
                    provinces,
                    levels,
                    categories,
                    buyers,
                    suppliers,
                    amount_from,
                    amount_to,
                    words,
                    ..Filter::all(Audience::Subscribers)
                }
            },
        )
    }

    /// One step wider: a list gets another entry, or is opened; a bound moves out, or is taken away.
    fn widened(mut filter: Filter, other: &Filter, step: usize) -> Filter {
        fn wider<T: Clone>(list: &mut Vec<T>, other: &[T]) {
            if list.is_empty() || other.is_empty() {
                list.clear();
            } else {
                list.extend_from_slice(other);
            }
        }
        match step {
            0 => wider(&mut filter.topics, &other.topics),
            1 => wider(&mut filter.kinds, &other.kinds),
            2 => wider(&mut filter.provinces, &other.provinces),
            3 => wider(&mut filter.levels, &other.levels),
            4 => wider(&mut filter.categories, &other.categories),
            5 => wider(&mut filter.buyers, &other.buyers),
            6 => wider(&mut filter.suppliers, &other.suppliers),
            7 => wider(&mut filter.words, &other.words),
            8 => filter.amount_from = filter.amount_from.map(|sum| Money::cny(sum.ten_thousandths - 1)),
            9 => filter.amount_to = filter.amount_to.map(|sum| Money::cny(sum.ten_thousandths + 1)),
            10 => filter.amount_from = None,
            _ => filter.amount_to = None,
        }
        filter
    }

    proptest! {
        #[test]
        fn a_wider_filter_never_loses_a_change(narrow in any_filter(), other in any_filter(), step in 0_usize..12,
                                               kind in proptest::sample::select(&ChangeKind::ALL[..6]),
                                               budget in proptest::option::of(0_i64..2_000_000)) {
            let project = Project {
                award: if budget.is_some() { Amount::Undisclosed } else { project().award },
                budget: budget.map_or(Amount::Undisclosed, |sum| Amount::disclosed(Money::yuan(sum), "page")),
                ..project()
            };
            let wide = widened(narrow.clone(), &other, step);
            let told = |filter: &Filter| wants(filter, &stored(kind), &of(&project, None));
            prop_assert!(!told(&narrow) || told(&wide), "{narrow:?} tells it, {wide:?} does not");
        }
    }
}
