//! Whose is it? Links a notice to the project that its number, or what it refers to, names within one buyer, and recognises a
//! notice published twice. Pairwise and symmetric, so any order of arrival ends in the same grouping. Never merges by title alone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use jiff::civil::Date;

use super::names;
use super::notice::Notice;
use super::number;
use super::project::{Member, NoticeId, ProjectId};
use super::repeat;
use super::uscc;

/// What a notice is found by.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LinkKeys {
    /// The buyers' names as they are compared, and their credit codes.
    pub buyers: Vec<String>,
    /// The project numbers as they are compared, those of the notices it refers to included.
    pub numbers: Vec<String>,
    /// The title's stem without the buyers' names; empty where there is none.
    pub title: String,
}

/// A project that shares a key with the notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The project.
    pub project: ProjectId,
    /// Its notices.
    pub members: Vec<Member>,
}

/// Why a notice belongs to a project, or may belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// It is the project's first notice.
    First,
    /// It was there before and is read again.
    Known,
    /// The same number within the same buyer.
    SameNumber,
    /// It refers to a number of the same buyer, or is referred to.
    ReferredNumber,
    /// The same announcement, published twice.
    Repeat,
    /// One has no number, both have the same buyer and title, and one refers to the other by title or day.
    ReferredTitle,
    /// A number long enough to stand for itself; one of the notices names no buyer.
    NumberAlone,
    /// The same buyer and the same title; only ever proposed.
    SameTitle,
}

impl Rule {
    /// The word in tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Known => "known",
            Self::SameNumber => "same_number",
            Self::ReferredNumber => "referred_number",
            Self::Repeat => "repeat",
            Self::ReferredTitle => "referred_title",
            Self::NumberAlone => "number_alone",
            Self::SameTitle => "same_title",
        }
    }

    /// How far the rule is to be trusted.
    #[must_use]
    pub fn confidence(self) -> Confidence {
        match self {
            Self::First | Self::Known | Self::SameNumber | Self::ReferredNumber => Confidence::High,
            Self::Repeat | Self::ReferredTitle | Self::NumberAlone => Confidence::Medium,
            Self::SameTitle => Confidence::Low,
        }
    }
}

/// How far a link is to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Both notices say so.
    High,
    /// Everything speaks for it.
    Medium,
    /// A person should look.
    Low,
}

impl Confidence {
    /// The word in tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// Where a notice belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// To a project of its own.
    New,
    /// To these projects, which become one: the first, which is the oldest, takes in the others.
    Joins {
        /// At least one, in rising order.
        projects: Vec<ProjectId>,
        /// The best reason.
        rule: Rule,
        /// How far it is to be trusted.
        confidence: Confidence,
    },
}

/// A project that a person should compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The project.
    pub project: ProjectId,
    /// The rule that proposes it.
    pub rule: Rule,
    /// What speaks for it.
    pub why: String,
}

/// A notice whose repetition is now seen differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regrouped {
    /// The notice.
    pub notice: NoticeId,
    /// What it repeats now, if anything.
    pub repeat_of: Option<NoticeId>,
}

/// What is decided of one notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Where it belongs.
    pub link: Link,
    /// The notice that it repeats.
    pub repeat_of: Option<NoticeId>,
    /// Other notices of the joined projects that repeat another one than was known: a repeat may arrive before its original.
    pub regrouped: Vec<Regrouped>,
    /// Projects that may be the same.
    pub proposals: Vec<Proposal>,
}

/// A number that is not long may come again after this time for another project.
const NUMBER_DAYS: i64 = 400;
/// Titles come again every year; nearer than this they may be one project.
const TITLE_DAYS: i64 = 180;

/// What a notice is found by.
#[must_use]
pub fn keys(notice: &Notice) -> LinkKeys {
    let face = Face::of(notice);
    let numbers: BTreeSet<String> = face.own.union(&face.referred).cloned().collect();
    LinkKeys { buyers: face.buyers.into_iter().collect(), numbers: numbers.into_iter().collect(), title: face.title }
}

/// A notice's keys, as pairs are compared by.
struct Face<'a> {
    notice: &'a Notice,
    buyers: BTreeSet<String>,
    own: BTreeSet<String>,
    referred: BTreeSet<String>,
    title: String,
    referred_titles: BTreeSet<String>,
    referred_days: BTreeSet<Date>,
}

impl<'a> Face<'a> {
    fn of(notice: &'a Notice) -> Self {
        let names: Vec<&str> = notice.buyers.iter().map(|buyer| buyer.name.as_str()).collect();
        let stem = |title: &str| names::title_stem_within(title, &names);
        let number = |text: &str| Some(number::key(text)).filter(|key| !key.is_empty());
        let codes =
            notice.buyers.iter().filter_map(|buyer| buyer.credit_code.clone()).filter(|code| uscc::is_valid(code));
        let own: BTreeSet<String> = notice.project_numbers.iter().filter_map(|text| number(text)).collect();
        let referred = notice.refers_to.iter().filter_map(|other| number(other.project_number.as_deref()?));
        let referred_titles: BTreeSet<String> = notice
            .refers_to
            .iter()
            .filter_map(|other| other.title.as_deref())
            .map(stem)
            .filter(|s| !s.is_empty())
            .collect();
        let printed = notice.project_title.as_deref().filter(|title| !title.trim().is_empty());
        let title =
            printed.or(notice.refers_to.iter().find_map(|other| other.title.as_deref())).unwrap_or(&notice.title);
        Self {
            buyers: names.iter().map(|name| names::key(name)).filter(|name| !name.is_empty()).chain(codes).collect(),
            referred: referred.collect(),
            title: stem(title),
            own,
            referred_titles,
            referred_days: notice.refers_to.iter().filter_map(|other| other.published_on).collect(),
            notice,
        }
    }

    fn numbers_shared<'b>(&'b self, other: &'b Self) -> impl Iterator<Item = &'b String> {
        let mine = self.own.iter().chain(&self.referred);
        mine.filter(|key| other.own.contains(*key) || other.referred.contains(*key))
    }

    fn has_number(&self) -> bool {
        !self.own.is_empty() || !self.referred.is_empty()
    }

    /// Whether it speaks of the other by its title, or by the day of its publication.
    fn refers_to(&self, other: &Self) -> bool {
        let on_day = other.notice.published_at.is_some_and(|stamp| self.referred_days.contains(&stamp.day()));
        on_day || self.referred_titles.contains(&other.title)
    }

    fn are_within(&self, other: &Self, days: i64) -> bool {
        match (self.notice.published_at, other.notice.published_at) {
            (Some(left), Some(right)) => {
                left.at.duration_since(right.at).abs() <= SignedDuration::from_hours(24 * days)
            }
            _ => true,
        }
    }
}

/// Whether two notices are of one buyer.
enum Buyers {
    Shared,
    Different,
    Unnamed,
}

fn buyers(left: &Face, right: &Face) -> Buyers {
    if left.buyers.is_empty() || right.buyers.is_empty() {
        Buyers::Unnamed
    } else if left.buyers.is_disjoint(&right.buyers) {
        Buyers::Different
    } else {
        Buyers::Shared
    }
}

/// Why two notices are of one project; symmetric.
fn rule_between(left: &Face, right: &Face) -> Option<Rule> {
    match buyers(left, right) {
        Buyers::Different => None,
        Buyers::Unnamed => {
            left.numbers_shared(right).any(|key| number::is_distinctive(key)).then_some(Rule::NumberAlone)
        }
        Buyers::Shared => rule_within_buyer(left, right),
    }
}

fn rule_within_buyer(left: &Face, right: &Face) -> Option<Rule> {
    let holds = |key: &&String| number::is_distinctive(key) || left.are_within(right, NUMBER_DAYS);
    let shared: Vec<&String> = left.numbers_shared(right).filter(holds).collect();
    if shared.iter().any(|key| left.own.contains(*key) && right.own.contains(*key)) {
        return Some(Rule::SameNumber);
    }
    if !shared.is_empty() {
        return Some(Rule::ReferredNumber);
    }
    let same_title = !left.title.is_empty() && left.title == right.title;
    if same_title && repeat::is_repeat(left.notice, right.notice) {
        return Some(Rule::Repeat);
    }
    let named = left.refers_to(right) || right.refers_to(left);
    let unnumbered = !left.has_number() || !right.has_number();
    (same_title && named && unnumbered && left.are_within(right, TITLE_DAYS)).then_some(Rule::ReferredTitle)
}

/// Decides where a notice belongs, what it repeats, and what a person should compare. The candidates are all projects that share
/// a number or a title with one of its buyers (a number alone where either side names no buyer); others are never linked.
#[must_use]
pub fn decide(id: &NoticeId, notice: &Notice, candidates: &[Candidate]) -> Decision {
    let face = Face::of(notice);
    let mut joined: Vec<(ProjectId, Rule)> = Vec::new();
    let mut proposals = Vec::new();
    for candidate in candidates {
        match rule_into(id, &face, candidate) {
            Some(rule) => joined.push((candidate.project, rule)),
            None => proposals.extend(proposal(&face, candidate)),
        }
    }
    joined.sort_unstable();
    proposals.sort_by_key(|proposal| proposal.project);
    let members =
        candidates.iter().filter(|c| joined.iter().any(|(project, _)| *project == c.project)).flat_map(|c| &c.members);
    let (repeat_of, regrouped) = regroup(id, notice, members);
    let projects: Vec<ProjectId> = joined.iter().map(|(project, _)| *project).collect();
    let link = match joined.iter().map(|(_, rule)| *rule).min() {
        Some(rule) => Link::Joins { projects, rule, confidence: rule.confidence() },
        None => Link::New,
    };
    Decision { link, repeat_of, regrouped, proposals }
}

fn rule_into(id: &NoticeId, face: &Face, candidate: &Candidate) -> Option<Rule> {
    let rules = candidate.members.iter().filter_map(|member| {
        if member.id == *id { Some(Rule::Known) } else { rule_between(face, &Face::of(&member.notice)) }
    });
    rules.min()
}

fn proposal(face: &Face, candidate: &Candidate) -> Option<Proposal> {
    let other = candidate.members.iter().find(|member| {
        let other = Face::of(&member.notice);
        let same_title = !face.title.is_empty() && face.title == other.title;
        same_title && matches!(buyers(face, &other), Buyers::Shared) && face.are_within(&other, TITLE_DAYS)
    })?;
    let why = format!("same buyer and title as {} within {TITLE_DAYS} days: {}", other.id, face.title);
    Some(Proposal { project: candidate.project, rule: Rule::SameTitle, why })
}

/// The repeats among the joined projects' notices and the new one, and what that changes.
fn regroup<'a>(
    id: &NoticeId,
    notice: &Notice,
    members: impl Iterator<Item = &'a Member>,
) -> (Option<NoticeId>, Vec<Regrouped>) {
    let known: Vec<&Member> = members.filter(|member| member.id != *id).collect();
    let new =
        Member { id: id.clone(), notice: notice.clone(), repeat_of: None, withdrawn_at: None, rulings: Vec::new() };
    let all: Vec<&Member> = known.iter().copied().chain([&new]).collect();
    let mut repeats: BTreeMap<NoticeId, NoticeId> = repeat::repeats(&all);
    let repeat_of = repeats.remove(id);
    let regrouped = known.iter().filter_map(|member| {
        let now = repeats.remove(&member.id);
        (now != member.repeat_of).then(|| Regrouped { notice: member.id.clone(), repeat_of: now })
    });
    (repeat_of, regrouped.collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::fold::fold;
    use crate::domain::notice::{NoticeKind, Reference};
    use crate::domain::organisation::Organisation;
    use crate::domain::project::Project;
    use crate::domain::samples::{self, award, member, notice, some_notice, tender, won};

    /// Notices with what they repeat.
    type Group = Vec<(String, Option<NoticeId>)>;

    /// A house of projects that finds candidates by keys alone, as the store does.
    #[derive(Default)]
    struct House {
        projects: BTreeMap<ProjectId, Vec<Member>>,
        next: i64,
    }

    impl House {
        fn candidates(&self, keys: &LinkKeys) -> Vec<Candidate> {
            let meets = |member: &Member| {
                let known = super::keys(&member.notice);
                let share = |left: &[String], right: &[String]| left.iter().any(|key| right.contains(key));
                let buyers = share(&keys.buyers, &known.buyers);
                let unnamed = keys.buyers.is_empty() || known.buyers.is_empty();
                (buyers || unnamed) && share(&keys.numbers, &known.numbers) || buyers && keys.title == known.title
            };
            let found = self.projects.iter().filter(|(_, members)| members.iter().any(meets));
            found.map(|(project, members)| Candidate { project: *project, members: members.clone() }).collect()
        }

        fn settle(&mut self, arriving: Member) -> Decision {
            let decision = decide(&arriving.id, &arriving.notice, &self.candidates(&super::keys(&arriving.notice)));
            let mut members = vec![Member { repeat_of: decision.repeat_of.clone(), ..arriving }];
            let project = match &decision.link {
                Link::New => {
                    self.next += 1;
                    ProjectId(self.next)
                }
                Link::Joins { projects, .. } => {
                    members.extend(projects.iter().filter_map(|project| self.projects.remove(project)).flatten());
                    projects[0]
                }
            };
            for Regrouped { notice, repeat_of } in &decision.regrouped {
                let known = members.iter_mut().find(|member| member.id == *notice).unwrap();
                known.repeat_of.clone_from(repeat_of);
            }
            self.projects.insert(project, members);
            decision
        }

        /// Groups, repeats and folds, whatever the projects' numbers.
        fn picture(&self) -> Vec<(Group, Project)> {
            let mut picture: Vec<_> = self
                .projects
                .values()
                .map(|members| {
                    let mut ids: Vec<_> = members.iter().map(|m| (m.id.to_string(), m.repeat_of.clone())).collect();
                    ids.sort();
                    (ids, fold(members))
                })
                .collect();
            picture.sort_by(|left, right| left.0.cmp(&right.0));
            picture
        }
    }

    fn settled(members: impl IntoIterator<Item = Member>) -> House {
        let mut house = House::default();
        for member in members {
            house.settle(member);
        }
        house
    }

    fn count(notices: Vec<Notice>) -> usize {
        settled(samples::members(notices)).projects.len()
    }

    #[test]
    fn the_same_number_within_the_same_buyer_is_one_project() {
        let mut second = award(4, 1, vec![won(None, 90, "丙公司")]);
        second.project_numbers = vec!["abcd2026000001（二次）".into()];
        second.buyers = vec![Organisation::named("某某大学 ")];
        assert_eq!(count(vec![tender(3, 1, 100), second.clone()]), 1);
        second.buyers = vec![Organisation::named("另一大学")];
        assert_eq!(count(vec![tender(3, 1, 100), second]), 2);
    }

    #[test]
    fn any_of_several_buyers_links() {
        let mut joint = tender(3, 1, 100);
        joint.buyers.push(Organisation::named("乙医院"));
        let mut other = award(4, 1, vec![won(None, 90, "丙公司")]);
        other.buyers = vec![Organisation::named("乙医院")];
        assert_eq!(count(vec![joint, other]), 1);
    }

    #[test]
    fn a_correction_finds_what_it_refers_to() {
        let mut correction = notice(NoticeKind::Correction, 3, 5);
        correction.project_numbers.clear();
        correction.refers_to =
            vec![Reference { project_number: Some("ABCD2026000001".into()), ..Reference::default() }];
        let mut house = settled(samples::members([tender(3, 1, 100)]));
        let decision = house.settle(member(9, correction));
        assert!(matches!(decision.link, Link::Joins { rule: Rule::ReferredNumber, confidence: Confidence::High, .. }));
    }

    #[test]
    fn without_a_number_a_title_only_proposes_unless_it_is_referred_to() {
        let mut award = award(4, 1, vec![won(None, 90, "丙公司")]);
        award.project_numbers.clear();
        award.title = "某某大学区块链平台采购项目中标公告".into();
        let mut house = settled(samples::members([tender(3, 1, 100)]));
        let decision = house.settle(member(9, award.clone()));
        assert_eq!(decision.link, Link::New);
        assert_eq!(decision.proposals.iter().map(|p| p.project).collect::<Vec<_>>(), [ProjectId(1)]);

        award.refers_to =
            vec![Reference { title: Some("某某大学区块链平台采购项目".into()), ..Reference::default() }];
        let mut house = settled(samples::members([tender(3, 1, 100)]));
        assert!(matches!(house.settle(member(9, award.clone())).link, Link::Joins { rule: Rule::ReferredTitle, .. }));

        award.refers_to = vec![Reference { published_on: Some(jiff::civil::date(2026, 3, 1)), ..Reference::default() }];
        let mut house = settled(samples::members([tender(3, 1, 100)]));
        assert!(matches!(house.settle(member(9, award)).link, Link::Joins { rule: Rule::ReferredTitle, .. }));
    }

    #[test]
    fn next_years_purchase_of_the_same_name_is_not_even_proposed() {
        let mut next = tender(11, 20, 100);
        next.project_numbers = vec!["ABCD2026000777".into()];
        let mut house = settled(samples::members([tender(1, 5, 100)]));
        let decision = house.settle(member(9, next));
        assert_eq!((decision.link, decision.proposals), (Link::New, Vec::new()));
    }

    #[test]
    fn an_award_published_twice_without_a_number_is_one_project() {
        let unnumbered = |title: &str| Notice {
            title: title.into(),
            project_numbers: Vec::new(),
            ..award(3, 5, vec![won(None, 583_500, "丙公司")])
        };
        let pair = [unnumbered("某某大学集成平台（三期）中标公告"), unnumbered("集成平台（三期）结果公告")];
        let house = settled(samples::members(pair));
        assert_eq!(house.projects.len(), 1);
        assert_eq!(fold(&house.projects[&ProjectId(1)]).notices, 1);
    }

    #[test]
    fn an_original_that_arrives_late_takes_its_place() {
        let late = award(3, 6, vec![won(None, 90, "丙公司")]);
        let mut house = settled([member(20, late.clone())]);
        let early = award(3, 5, vec![won(None, 90, "丙公司")]);
        let decision = house.settle(member(10, early));
        assert_eq!(decision.repeat_of, None);
        assert_eq!(decision.regrouped, [Regrouped { notice: samples::id(20), repeat_of: Some(samples::id(10)) }]);
    }

    #[test]
    fn a_notice_between_two_projects_makes_them_one() {
        let mut other = tender(3, 2, 100);
        other.project_numbers = vec!["WXYZ2026000009".into()];
        let mut both = award(4, 1, vec![won(None, 90, "丙公司")]);
        both.project_numbers = vec!["ABCD2026000001".into(), "WXYZ2026000009".into()];
        let mut house = settled(samples::members([tender(3, 1, 100), other]));
        let Link::Joins { projects, .. } = house.settle(member(9, both)).link else { panic!("not joined") };
        assert_eq!(projects, [ProjectId(1), ProjectId(2)]);
    }

    #[test]
    fn a_notice_read_again_stays_where_it_is() {
        let house = settled(samples::members([tender(3, 1, 100), award(4, 1, vec![won(None, 90, "丙公司")])]));
        let before = house.picture();
        let again = house.projects[&ProjectId(1)].iter().find(|m| m.id == samples::id(2)).cloned().unwrap();
        let candidates = house.candidates(&keys(&again.notice));
        let decision = decide(&again.id, &again.notice, &candidates);
        assert!(matches!(decision.link, Link::Joins { rule: Rule::Known, .. }));
        assert_eq!((decision.repeat_of, decision.regrouped), (None, Vec::new()));
        assert_eq!(house.picture(), before);
    }

    proptest! {
        #[test]
        fn any_order_of_arrival_ends_in_the_same_projects(
            (notices, order) in prop::collection::vec(some_notice(), 1..9)
                .prop_flat_map(|notices| {
                    let places: Vec<usize> = (0..notices.len()).collect();
                    (Just(notices), Just(places).prop_shuffle())
                })
        ) {
            let members = samples::members(notices);
            let shuffled: Vec<Member> = order.iter().map(|place| members[*place].clone()).collect();
            prop_assert_eq!(settled(members).picture(), settled(shuffled).picture());
        }
    }
}
