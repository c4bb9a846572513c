//! Whose is it? Links a notice to the project that its number, or what it refers to, names within one buyer, or that a person
//! named, and recognises a notice published twice. Any order of arrival ends in the same grouping. Never merges by title alone.

mod group;

mod pair;

use std::collections::{BTreeMap, BTreeSet};

use self::pair::{Buyers, Face, TITLE_DAYS};
use super::notice::Notice;
use super::project::{Member, NoticeId, ProjectId};
use super::repeat;

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
    /// A person said so.
    Ruled,
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
            Self::Ruled => "ruled",
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
            Self::First | Self::Known | Self::Ruled | Self::SameNumber | Self::ReferredNumber => Confidence::High,
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

/// What a notice is found by.
#[must_use]
pub fn keys(notice: &Notice) -> LinkKeys {
    let face = Face::of(notice);
    let numbers: BTreeSet<String> = face.own.union(&face.referred).cloned().collect();
    LinkKeys { buyers: face.buyers.into_iter().collect(), numbers: numbers.into_iter().collect(), title: face.title }
}

/// Decides where a notice belongs, what it repeats, and what a person should compare. The candidates are all projects that share
/// a number or a title with one of its buyers (a number alone where either side names no buyer), and those that a person put it
/// or them with; others are never linked.
#[must_use]
pub fn decide(arriving: &Member, candidates: &[Candidate]) -> Decision {
    let face = Face::of(&arriving.notice);
    let mut joined: Vec<(ProjectId, Rule)> = Vec::new();
    let mut proposals = Vec::new();
    for candidate in candidates {
        match rule_into(arriving, &face, candidate) {
            Some(rule) => joined.push((candidate.project, rule)),
            None => proposals.extend(proposal(arriving, &face, candidate)),
        }
    }
    joined.sort_unstable();
    proposals.sort_by_key(|proposal| proposal.project);
    let members =
        candidates.iter().filter(|c| joined.iter().any(|(project, _)| *project == c.project)).flat_map(|c| &c.members);
    let (repeat_of, regrouped) = regroup(arriving, members);
    let projects: Vec<ProjectId> = joined.iter().map(|(project, _)| *project).collect();
    let link = match joined.iter().map(|(_, rule)| *rule).min() {
        Some(rule) => Link::Joins { projects, rule, confidence: rule.confidence() },
        None => Link::New,
    };
    Decision { link, repeat_of, regrouped, proposals }
}

/// All notices' projects from scratch, each with its repeats set and in order, the earliest first: what arrival in any order ends
/// in. Near linear in their number: only notices that share a key are compared.
#[must_use]
pub fn group(members: Vec<Member>) -> Vec<Vec<Member>> {
    group::group(members)
}

/// The best reason for a notice's place among the others of its project; nothing for the first, or where no rule holds it there
/// but by way of others.
#[must_use]
pub fn rule_within(member: &Member, project: &[Member]) -> Option<Rule> {
    let is_first = project.iter().all(|other| member.place() <= other.place());
    let face = Face::of(&member.notice);
    let others = project.iter().filter(|other| other.id != member.id && !is_first);
    others.filter_map(|other| pair::rule((member, &face), (other, &Face::of(&other.notice)))).min()
}

fn rule_into(arriving: &Member, face: &Face, candidate: &Candidate) -> Option<Rule> {
    let rules = candidate.members.iter().filter_map(|member| {
        if member.id == arriving.id {
            return Some(Rule::Known);
        }
        pair::rule((arriving, face), (member, &Face::of(&member.notice)))
    });
    rules.min()
}

/// Where people have spoken, nothing is proposed to them.
fn proposal(arriving: &Member, face: &Face, candidate: &Candidate) -> Option<Proposal> {
    if pair::bond(arriving).is_some() || pair::is_declined(arriving, &candidate.members) {
        return None;
    }
    let other = candidate.members.iter().filter(|member| pair::bond(member).is_none()).find(|member| {
        let other = Face::of(&member.notice);
        let same_title = !face.title.is_empty() && face.title == other.title;
        same_title && matches!(pair::buyers(face, &other), Buyers::Shared) && face.are_within(&other, TITLE_DAYS)
    })?;
    let why = format!("same buyer and title as {} within {TITLE_DAYS} days: {}", other.id, face.title);
    Some(Proposal { project: candidate.project, rule: Rule::SameTitle, why })
}

/// The repeats among the joined projects' notices and the new one, and what that changes.
fn regroup<'a>(arriving: &Member, members: impl Iterator<Item = &'a Member>) -> (Option<NoticeId>, Vec<Regrouped>) {
    let known: Vec<&Member> = members.filter(|member| member.id != arriving.id).collect();
    let all: Vec<&Member> = known.iter().copied().chain([arriving]).collect();
    let mut repeats: BTreeMap<NoticeId, NoticeId> = repeat::repeats(&all);
    let repeat_of = repeats.remove(&arriving.id);
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
    use crate::domain::ruling::Matter;
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
        fn candidates(&self, arriving: &Member) -> Vec<Candidate> {
            let keys = super::keys(&arriving.notice);
            let meets = |member: &Member| {
                let known = super::keys(&member.notice);
                let share = |left: &[String], right: &[String]| left.iter().any(|key| right.contains(key));
                let buyers = share(&keys.buyers, &known.buyers);
                let unnamed = keys.buyers.is_empty() || known.buyers.is_empty();
                let ruled =
                    pair::ruled_with(member) == Some(&arriving.id) || pair::ruled_with(arriving) == Some(&member.id);
                ruled
                    || (buyers || unnamed) && share(&keys.numbers, &known.numbers)
                    || buyers && keys.title == known.title
            };
            let found = self.projects.iter().filter(|(_, members)| members.iter().any(meets));
            found.map(|(project, members)| Candidate { project: *project, members: members.clone() }).collect()
        }

        fn settle(&mut self, arriving: Member) -> Decision {
            let decision = decide(&arriving, &self.candidates(&arriving));
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
        let candidates = house.candidates(&again);
        let decision = decide(&again, &candidates);
        assert!(matches!(decision.link, Link::Joins { rule: Rule::Known, .. }));
        assert_eq!((decision.repeat_of, decision.regrouped), (None, Vec::new()));
        assert_eq!(house.picture(), before);
    }

    #[test]
    fn a_notice_ruled_alone_is_linked_to_nothing_whichever_comes_first() {
        let all = samples::members([tender(3, 1, 100), award(4, 1, vec![won(None, 90, "丙公司")])]);
        for place in 0..2 {
            let mut ruled = all.clone();
            samples::rule(&mut ruled[place], 1, Matter::Alone);
            assert_eq!(settled(ruled.clone()).projects.len(), 2);
            ruled.reverse();
            assert_eq!(settled(ruled).projects.len(), 2);
        }
    }

    #[test]
    fn a_notice_ruled_with_another_joins_it_whatever_else_and_waits_for_it() {
        let mut stranger = award(4, 1, vec![won(None, 90, "丙公司")]);
        stranger.buyers = vec![Organisation::named("另一大学")];
        let mut all = samples::members([tender(3, 1, 100), stranger]);
        samples::rule(&mut all[1], 1, Matter::Alone);
        samples::rule(&mut all[1], 2, Matter::With(samples::id(1)));
        assert_eq!(settled(all.clone()).projects.len(), 1);
        all.reverse();
        let mut house = settled(all[..1].to_vec());
        assert!(matches!(house.settle(all[1].clone()).link, Link::Joins { rule: Rule::Ruled, .. }));
        samples::rule(&mut all[0], 3, Matter::With(samples::id("unknown")));
        assert_eq!(settled(all).projects.len(), 2, "an unknown notice links nothing");
    }

    #[test]
    fn what_a_person_declined_is_not_proposed_again() {
        let mut award = award(4, 1, vec![won(None, 90, "丙公司")]);
        award.project_numbers.clear();
        award.title = "某某大学区块链平台采购项目中标公告".into();
        let mut house = settled(samples::members([tender(3, 1, 100)]));
        let mut arriving = member(9, award);
        samples::rule(&mut arriving, 1, Matter::NotWith(samples::id(1)));
        assert_eq!(house.settle(arriving).proposals, []);
    }

    /// Members of which some are ruled to stand alone, or with another one.
    fn some_members() -> impl Strategy<Value = Vec<Member>> {
        let word =
            prop_oneof![6 => Just(None), 1 => Just(Some(None)), 2 => (1_usize..10).prop_map(|with| Some(Some(with)))];
        let year = prop::sample::select(vec![Some(2025_i16), Some(2026), Some(2026), Some(2027), None]);
        prop::collection::vec((some_notice(), word, year), 1..9).prop_map(|told| {
            let mut members = samples::members(told.iter().map(|(notice, ..)| notice.clone()));
            for (member, (_, word, year)) in members.iter_mut().zip(told) {
                let on = member.notice.published_at.map(|stamp| stamp.day());
                member.notice.published_at = year
                    .zip(on)
                    .and_then(|(year, on)| samples::china(on.with().year(year).build().ok()?.at(9, 0, 0, 0)));
                if let Some(with) = word {
                    samples::rule(member, 1, with.map_or(Matter::Alone, |other| Matter::With(samples::id(other))));
                }
            }
            members
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

        #[test]
        fn any_order_of_arrival_ends_in_the_same_projects_as_grouping_from_scratch(
            (members, order) in some_members().prop_flat_map(|members| {
                (Just(members.clone()), Just(members).prop_shuffle())
            })
        ) {
            let picture = settled(members).picture();
            prop_assert_eq!(&settled(order.clone()).picture(), &picture);
            let grouped = group(order).into_iter().zip(1..).map(|(group, number)| (ProjectId(number), group));
            let grouped = House { projects: grouped.collect(), next: 0 };
            prop_assert_eq!(grouped.picture(), picture);
        }
    }
}
