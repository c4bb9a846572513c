//! What most deserves a person's look? Everything that was left open or only half believed, the largest effect on the figures
//! first, each with the command that would settle it. What a person has ruled on is not asked again.

use std::collections::{BTreeMap, BTreeSet};

use super::amount::Amount;
use super::money::Money;
use super::notice::Notice;
use super::party::Party;
use super::project::{Member, NoticeId, Project, ProjectId, Status};
use super::reading::Problem;
use super::ruled;
use super::ruling::Matter;
use super::topic::Weight;
use super::wording;

/// Why something deserves a look; in the order in which equals are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Places disagree about a sum.
    Conflict,
    /// Two projects may be one.
    Proposal,
    /// Something stands where a sum should, and was not understood.
    Unparsed,
    /// A sum was printed without its unit.
    UnitAssumed,
    /// Nobody knows how much of it was bought for the topic.
    TopicPart,
    /// A link that is not beyond doubt.
    WeakLink,
    /// No rule put it in a category.
    Unclassified,
    /// No rule found the buyer's region.
    UnknownRegion,
    /// No rule found the buyer's level.
    UnknownLevel,
    /// Several codes dispute a winner's name.
    ContestedName,
    /// Only mentioned: it may be of the topic after all.
    NearMiss,
}

impl Cause {
    /// The word in JSON and on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Conflict => "conflict",
            Self::Proposal => "proposal",
            Self::Unparsed => "unparsed",
            Self::UnitAssumed => "unit_assumed",
            Self::TopicPart => "topic_part",
            Self::WeakLink => "weak_link",
            Self::Unclassified => "unclassified",
            Self::UnknownRegion => "unknown_region",
            Self::UnknownLevel => "unknown_level",
            Self::ContestedName => "contested_name",
            Self::NearMiss => "near_miss",
        }
    }
}

/// Something for a person to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Why.
    pub cause: Cause,
    /// The project that it is about.
    pub project: Option<ProjectId>,
    /// The notice that it is about.
    pub notice: Option<NoticeId>,
    /// The project's title, or a party's name.
    pub title: String,
    /// What is open, in a few words.
    pub what: String,
    /// How much the figures may move by, where that can be told.
    pub effect: Option<Money>,
    /// The command that settles it; `--author` and `--reason` are to be added.
    pub command: String,
}

/// A notice with how it came to its project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// The notice.
    pub member: Member,
    /// The rule that linked it.
    pub rule: String,
    /// How far that is to be trusted: `certain`, `high`, `medium`, `low`.
    pub confidence: String,
    /// What was not understood of it.
    pub problems: Vec<Problem>,
}

/// A project with its notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// Its number.
    pub id: ProjectId,
    /// As it stands.
    pub project: Project,
    /// Its notices.
    pub notices: Vec<Linked>,
}

/// A proposal as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// The notice.
    pub notice: NoticeId,
    /// Its project today.
    pub home: ProjectId,
    /// The project that it may belong to.
    pub other: ProjectId,
    /// What speaks for it.
    pub why: String,
}

/// Everything open, the largest effect first; what cannot be told comes last.
#[must_use]
pub fn ranked<'a>(
    projects: &[Reviewed],
    proposals: &[Proposed],
    parties: impl IntoIterator<Item = &'a Party>,
) -> Vec<Doubt> {
    let mut doubts: Vec<Doubt> = projects.iter().flat_map(of_project).collect();
    doubts.extend(of_proposals(projects, proposals));
    doubts
        .extend(parties.into_iter().filter(|party| !party.contested.is_empty()).filter_map(|p| contested(p, projects)));
    let size = |doubt: &Doubt| doubt.effect.map_or(-1, |money| money.ten_thousandths);
    doubts.sort_by(|left, right| {
        let by_size = size(right).cmp(&size(left));
        by_size
            .then(left.cause.cmp(&right.cause))
            .then(left.project.cmp(&right.project))
            .then(left.what.cmp(&right.what))
    });
    doubts
}

/// What a project is worth: its award, before that its budget.
fn worth(project: &Project) -> Option<Money> {
    largest(&project.award).or_else(|| largest(&project.budget))
}

/// A sum, or the larger of those that disagree.
fn largest(amount: &Amount) -> Option<Money> {
    match amount {
        Amount::Conflict(claims) => claims.iter().map(|claim| claim.money).max_by_key(|money| money.ten_thousandths),
        amount => amount.money(),
    }
}

fn of_project(reviewed: &Reviewed) -> Vec<Doubt> {
    let Reviewed { project, notices, .. } = reviewed;
    if project.weight == Weight::Mention {
        return near_miss(reviewed).into_iter().collect();
    }
    if project.weight == Weight::None || project.status == Status::Withdrawn {
        return Vec::new();
    }
    let mut doubts = sums(reviewed);
    doubts.extend(judged(reviewed));
    doubts.extend(notices.iter().filter_map(|linked| weak_link(reviewed, linked)));
    doubts.extend(notices.iter().flat_map(|linked| unit_assumed(reviewed, linked)));
    doubts
}

fn doubt(reviewed: &Reviewed, cause: Cause, what: impl Into<String>, effect: Option<Money>, command: String) -> Doubt {
    let title = reviewed.project.title.clone();
    Doubt { cause, project: Some(reviewed.id), notice: None, title, what: what.into(), effect, command }
}

/// Budget and award in conflict or not understood.
fn sums(reviewed: &Reviewed) -> Vec<Doubt> {
    let project = &reviewed.project;
    let sides: [(&str, &Amount, fn(&Notice) -> &Amount); 2] =
        [("budget", &project.budget, |notice| &notice.budget), ("award", &project.award, |notice| &notice.award)];
    let open = sides.into_iter().filter_map(|(name, amount, of)| {
        let (cause, what, effect) = match amount {
            Amount::Conflict(claims) => {
                let claims: Vec<String> =
                    claims.iter().map(|claim| format!("{} {}", claim.place, wording::money(claim.money))).collect();
                (Cause::Conflict, format!("{name}: {}", claims.join(", ")), largest(amount))
            }
            Amount::Unparsed { text } => {
                (Cause::Unparsed, format!("{name}: {}", wording::bounded(text)), worth(project))
            }
            _ => return None,
        };
        let states = |linked: &&Linked| of(&linked.member.notice).state() == amount.state();
        let speaks = |linked: &&Linked| super::amount::is_stated(of(&linked.member.notice));
        let notices = &reviewed.notices;
        let linked =
            notices.iter().rev().find(states).or_else(|| notices.iter().rev().find(speaks)).or(notices.last())?;
        let command = format!("tenderwatch correct notice {} --{name} SUM", linked.member.id);
        Some(Doubt { notice: Some(linked.member.id.clone()), ..doubt(reviewed, cause, what, effect, command) })
    });
    open.collect()
}

/// What no rule decided, and nobody ruled.
fn judged(reviewed: &Reviewed) -> Vec<Doubt> {
    let project = &reviewed.project;
    let ruled: BTreeSet<&str> = ruled::standing(reviewed.notices.iter().flat_map(|linked| &linked.member.rulings))
        .into_iter()
        .map(|ruling| ruling.matter.word())
        .collect();
    let command = |rest: &str| format!("tenderwatch correct project {} {rest}", reviewed.id.0);
    let is_open = |matter: &str, is_unknown: bool| is_unknown && !ruled.contains(matter);
    let mut doubts = Vec::new();
    let mut put = |cause, what: &str, rest: &str| {
        doubts.push(doubt(reviewed, cause, what, worth(project), command(rest)));
    };
    let is_counted = project.status.is_counted();
    if is_open("topic_part", is_counted && project.topic_part == Amount::Undisclosed && worth(project).is_some()) {
        put(Cause::TopicPart, "the topic's part is undisclosed", "--topic-part SUM");
    }
    if is_open("category", is_counted && project.category.value.is_none()) {
        put(Cause::Unclassified, "no rule fits its category", "--category CATEGORY");
    }
    if is_open("region", is_counted && project.region.province.is_none()) {
        put(Cause::UnknownRegion, "the buyer's region is unknown", "--region CODE");
    }
    if is_open("level", is_counted && project.level.value.is_none()) {
        put(Cause::UnknownLevel, "the buyer's level is unknown", "--level central|local");
    }
    doubts
}

/// A link of medium or low confidence that nobody ruled on.
fn weak_link(reviewed: &Reviewed, linked: &Linked) -> Option<Doubt> {
    let Linked { member, rule, confidence, .. } = linked;
    let is_weak = matches!(confidence.as_str(), "medium" | "low");
    if !is_weak || member.rulings.iter().any(|ruling| ruling.matter.word() == "link") {
        return None;
    }
    let what = format!("linked by {rule} ({confidence} confidence): {}", wording::bounded(&member.notice.title));
    let effect = largest(&member.notice.award).or_else(|| largest(&member.notice.budget));
    let command = format!("tenderwatch correct notice {} --alone, or --with NOTICE", member.id);
    let about = doubt(reviewed, Cause::WeakLink, what, effect, command);
    Some(Doubt { notice: Some(member.id.clone()), ..about })
}

/// Sums that were printed without their unit: a slip here is one of ten thousand times.
fn unit_assumed(reviewed: &Reviewed, linked: &Linked) -> Vec<Doubt> {
    let Linked { member, problems, .. } = linked;
    let ruled: BTreeSet<&str> = member.rulings.iter().map(|ruling| ruling.matter.word()).collect();
    let assumed = problems.iter().filter(|problem| problem.what.starts_with("unit assumed"));
    let open = assumed.filter_map(|problem| {
        let name = if problem.field.contains("budget") { "budget" } else { "award" };
        if ruled.contains(name) {
            return None;
        }
        let amount = if name == "budget" { &member.notice.budget } else { &member.notice.award };
        let what = format!("{}: {} “{}”", problem.field, problem.what, wording::bounded(&problem.passage));
        let command = format!("tenderwatch correct notice {} --{name} SUM", member.id);
        let effect = largest(amount).or_else(|| worth(&reviewed.project));
        let about = doubt(reviewed, Cause::UnitAssumed, what, effect, command);
        Some(Doubt { notice: Some(member.id.clone()), ..about })
    });
    open.collect()
}

/// A project that only mentions the topic, unless somebody ruled that this is so.
fn near_miss(reviewed: &Reviewed) -> Option<Doubt> {
    let is_mention = |linked: &&Linked| linked.member.notice.relevance.weight == Weight::Mention;
    let linked = reviewed.notices.iter().find(is_mention).filter(|_| reviewed.project.status.is_counted())?;
    let is_ruled = |linked: &Linked| linked.member.rulings.iter().any(|r| matches!(r.matter, Matter::Relevance(_)));
    if reviewed.notices.iter().any(is_ruled) {
        return None;
    }
    let sentence = linked.member.notice.relevance.evidence.first().map_or("", |hit| hit.sentence.as_str());
    let what = format!("only mentions the topic: {}", wording::bounded(sentence));
    let command = format!("tenderwatch correct notice {} --relevance subject|item|mention", linked.member.id);
    let about = doubt(reviewed, Cause::NearMiss, what, worth(&reviewed.project), command);
    Some(Doubt { notice: Some(linked.member.id.clone()), ..about })
}

/// Proposals between projects that are still two, of which one counts, that nobody declined. The effect is what would be counted
/// twice: the smaller project.
fn of_proposals(projects: &[Reviewed], proposals: &[Proposed]) -> Vec<Doubt> {
    let known: BTreeMap<ProjectId, &Reviewed> = projects.iter().map(|reviewed| (reviewed.id, reviewed)).collect();
    let mut pairs = BTreeSet::new();
    let open = proposals.iter().filter_map(|proposed| {
        let (home, other) = (known.get(&proposed.home)?, known.get(&proposed.other)?);
        let counts = |reviewed: &Reviewed| matches!(reviewed.project.weight, Weight::Subject | Weight::Item);
        let pair = (home.id.min(other.id), home.id.max(other.id));
        if home.id == other.id || !(counts(home) || counts(other)) || is_settled(proposed, home, other) {
            return None;
        }
        if !pairs.insert(pair) {
            return None;
        }
        let first = other.notices.first()?;
        let effect =
            [worth(&home.project), worth(&other.project)].into_iter().flatten().min_by_key(|m| m.ten_thousandths);
        let command = format!(
            "tenderwatch correct notice {} --with {}, or tenderwatch correct decline {} {}",
            proposed.notice, first.member.id, proposed.notice, other.id.0
        );
        let about =
            doubt(home, Cause::Proposal, format!("may be project {}: {}", other.id.0, proposed.why), effect, command);
        Some(Doubt { notice: Some(proposed.notice.clone()), ..about })
    });
    open.collect()
}

fn is_settled(proposed: &Proposed, home: &Reviewed, other: &Reviewed) -> bool {
    let Some(linked) = home.notices.iter().find(|linked| linked.member.id == proposed.notice) else { return true };
    linked.member.rulings.iter().any(|ruling| match &ruling.matter {
        Matter::NotWith(declined) => other.notices.iter().any(|known| known.member.id == *declined),
        Matter::Alone | Matter::With(_) => true,
        _ => false,
    })
}

/// A winner whose name several codes dispute, with what was won under it.
fn contested(party: &Party, projects: &[Reviewed]) -> Option<Doubt> {
    let is_meant = |name: &str| party.aliases.iter().any(|alias| alias.name == name);
    let lots = projects.iter().flat_map(|reviewed| reviewed.project.lots.iter().map(move |lot| (reviewed, lot)));
    let won: Vec<_> = lots.filter(|(_, lot)| lot.suppliers.iter().any(|supplier| is_meant(&supplier.name))).collect();
    let (first, _) = won.first()?;
    let sums = won.iter().filter_map(|(_, lot)| lot.award.money());
    let effect = sums.reduce(|sum, money| sum.checked_add(money).unwrap_or(sum));
    Some(Doubt {
        cause: Cause::ContestedName,
        project: Some(first.id),
        notice: None,
        title: party.name.clone(),
        what: format!("{} wins under a name that {} claim", won.len(), party.contested.join(" and ")),
        effect,
        command: format!("tenderwatch correct party '{}' --same-as CODE", party.key),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::amount::Claim;
    use crate::domain::fold::fold;
    use crate::domain::samples::{award, id, members, rule, tender, won, yuan};

    fn reviewed(number: i64, members: Vec<Member>) -> Reviewed {
        let project = fold(&members);
        let linked = |member: Member| Linked {
            member,
            rule: "same_number".into(),
            confidence: "high".into(),
            problems: Vec::new(),
        };
        Reviewed { id: ProjectId(number), project, notices: members.into_iter().map(linked).collect() }
    }

    fn causes(doubts: &[Doubt]) -> Vec<Cause> {
        let is_judged =
            |cause: &Cause| matches!(cause, Cause::Unclassified | Cause::UnknownRegion | Cause::UnknownLevel);
        doubts.iter().map(|doubt| doubt.cause).filter(|cause| !is_judged(cause)).collect()
    }

    fn ranked_alone(projects: &[Reviewed]) -> Vec<Doubt> {
        ranked(projects, &[], [])
    }

    fn contested_tender(units: i64) -> Notice {
        let claim = |units| Claim { money: Money::yuan(units), place: "printed".into() };
        Notice { budget: Amount::Conflict(vec![claim(1), claim(units)]), ..tender(3, 1, 0) }
    }

    #[test]
    fn the_largest_effect_comes_first_and_names_its_command() {
        let projects = [reviewed(1, members([contested_tender(100)])), reviewed(2, members([contested_tender(5_000)]))];
        let doubts = ranked_alone(&projects);
        assert_eq!(causes(&doubts), [Cause::Conflict, Cause::Conflict]);
        assert_eq!((doubts[0].project, doubts[0].effect), (Some(ProjectId(2)), Some(Money::yuan(5_000))));
        assert_eq!(doubts[0].command, "tenderwatch correct notice ccgp:1 --budget SUM");
    }

    #[test]
    fn what_a_person_ruled_on_is_not_asked_again() {
        let mut item = tender(3, 1, 100);
        item.relevance.weight = Weight::Item;
        let mut all = members([item]);
        let asked = ranked_alone(&[reviewed(1, all.clone())]);
        assert_eq!(causes(&asked), [Cause::TopicPart]);
        assert!(asked.iter().any(|doubt| doubt.cause == Cause::UnknownRegion));
        rule(&mut all[0], 1, Matter::TopicPart(None));
        rule(&mut all[0], 2, Matter::Category(None));
        rule(&mut all[0], 3, Matter::Region(None));
        rule(&mut all[0], 4, Matter::Level(crate::domain::classes::Level::Local));
        assert_eq!(ranked_alone(&[reviewed(1, all)]), []);
    }

    #[test]
    fn a_proposal_weighs_what_would_be_counted_twice_until_it_is_declined() {
        let mut home = members([award(4, 1, vec![won(None, 90, "丙公司")])]);
        home[0].id = id("9");
        let other = reviewed(1, members([tender(3, 1, 100)]));
        let proposed = Proposed { notice: id("9"), home: ProjectId(2), other: ProjectId(1), why: "same title".into() };
        let ask = |home: &[Member]| {
            let doubts =
                ranked(&[other.clone(), reviewed(2, home.to_vec())], &[proposed.clone(), proposed.clone()], []);
            doubts.into_iter().filter(|doubt| doubt.cause == Cause::Proposal).collect::<Vec<_>>()
        };
        let open = ask(&home);
        assert_eq!((open.len(), open[0].effect), (1, Some(Money::yuan(90))));
        assert!(
            open[0].command.contains("--with ccgp:1, or tenderwatch correct decline ccgp:9 1"),
            "{}",
            open[0].command
        );
        rule(&mut home[0], 1, Matter::NotWith(id(1)));
        assert_eq!(ask(&home), []);
    }

    #[test]
    fn weak_links_assumed_units_and_near_misses_are_asked_until_they_are_ruled_on() {
        let mut weak = reviewed(1, members([tender(3, 1, 100)]));
        weak.notices[0].confidence = "medium".into();
        let problem = Problem { field: "budget".into(), what: "unit assumed".into(), passage: "100".into() };
        weak.notices[0].problems.push(problem);
        assert_eq!(causes(&ranked_alone(&[weak.clone()])), [Cause::UnitAssumed, Cause::WeakLink]);
        rule(&mut weak.notices[0].member, 1, Matter::With(id(5)));
        rule(&mut weak.notices[0].member, 2, Matter::Budget(Some(Money::yuan(1))));
        assert_eq!(causes(&ranked_alone(&[weak])), []);

        let mut mention = Notice { budget: yuan(7), ..tender(3, 1, 7) };
        mention.relevance.weight = Weight::Mention;
        let mut all = members([mention]);
        assert_eq!(causes(&ranked_alone(&[reviewed(1, all.clone())])), [Cause::NearMiss]);
        rule(&mut all[0], 1, Matter::Relevance(Weight::Mention));
        assert_eq!(ranked_alone(&[reviewed(1, all)]), []);
    }
}
