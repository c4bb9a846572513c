//! What the pages' notices come to without a database: linked, folded and reckoned by the pure rooms, in several orders of
//! arrival, held against the ledger project by project and against the study's totals.

use std::collections::{BTreeMap, BTreeSet};

use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::classes::{Category, Level};
use tenderwatch::domain::fold::fold;
use tenderwatch::domain::link::{self, Candidate, Link, LinkKeys};
use tenderwatch::domain::money::{Currency, Money};
use tenderwatch::domain::notice::Notice;
use tenderwatch::domain::project::{Member, NoticeId, Project, ProjectId};
use tenderwatch::figures::totals::{FigureKind, Totals, contribution, delta};

use super::{ledger, readings, yuan};

const SOURCE: &str = "ccgp";

/// A project as it stands while notices arrive: its notices and the keys of each.
type Gathered = Vec<(Member, LinkKeys)>;

/// Projects found by their keys, as the store finds them.
#[derive(Default)]
struct House {
    projects: BTreeMap<ProjectId, Gathered>,
    next: i64,
}

impl House {
    fn candidates(&self, keys: &LinkKeys) -> Vec<Candidate> {
        let share = |left: &[String], right: &[String]| left.iter().any(|key| right.contains(key));
        let meets = |(_, known): &(Member, LinkKeys)| {
            share(&keys.buyers, &known.buyers) && (share(&keys.numbers, &known.numbers) || keys.title == known.title)
        };
        let found = self.projects.iter().filter(|(_, gathered)| gathered.iter().any(meets));
        let members = |gathered: &Gathered| gathered.iter().map(|(member, _)| member.clone()).collect();
        found.map(|(project, gathered)| Candidate { project: *project, members: members(gathered) }).collect()
    }

    fn settle(&mut self, arriving: Member) {
        let keys = link::keys(&arriving.notice);
        let decision = link::decide(&arriving, &self.candidates(&keys));
        let mut gathered = vec![(Member { repeat_of: decision.repeat_of, ..arriving }, keys)];
        let project = match decision.link {
            Link::New => {
                self.next += 1;
                ProjectId(self.next)
            }
            Link::Joins { projects, .. } => {
                gathered.extend(projects.iter().filter_map(|project| self.projects.remove(project)).flatten());
                projects[0]
            }
        };
        for change in decision.regrouped {
            let (known, _) = gathered.iter_mut().find(|(member, _)| member.id == change.notice).unwrap();
            known.repeat_of = change.repeat_of;
        }
        self.projects.insert(project, gathered);
    }
}

/// A project with its notices.
pub(super) type Made = (Vec<Member>, Project);

/// The projects that notices make, arriving as they stand here.
pub(super) fn made_of<'a>(arriving: impl Iterator<Item = (&'a str, &'a Notice)>) -> Vec<Made> {
    let mut house = House::default();
    for (native_id, notice) in arriving {
        let id = NoticeId { source: SOURCE.into(), native_id: native_id.to_owned() };
        house.settle(Member { id, notice: notice.clone(), repeat_of: None, withdrawn_at: None, rulings: Vec::new() });
    }
    let folded = |gathered: Gathered| {
        let members: Vec<Member> = gathered.into_iter().map(|(member, _)| member).collect();
        let project = fold(&members);
        (members, project)
    };
    house.projects.into_values().map(folded).collect()
}

/// The projects that the pages make, when they arrive in this order.
pub(super) fn projects(order: impl Fn(usize) -> usize) -> Vec<Made> {
    let read = readings();
    let mut places: Vec<usize> = (0..read.len()).collect();
    places.sort_by_key(|place| order(*place));
    made_of(places.into_iter().map(|place| (read[place].0.native_id.as_str(), &read[place].1)))
}

fn told(amount: &Amount) -> String {
    amount.money().map_or_else(|| amount.state().to_owned(), |money| money.decimal())
}

fn expected(printed: &str) -> String {
    yuan(printed).map_or_else(|| printed.to_owned(), |money| money.decimal())
}

#[test]
fn notices_gather_into_the_projects_of_the_ledger_and_leave_them_as_it_says() {
    let ledger = ledger();
    let project_of: BTreeMap<&str, &str> =
        readings().iter().map(|(page, _)| (page.native_id.as_str(), page.project.as_str())).collect();
    let made = projects(|place| place);
    assert_eq!(made.len(), ledger.len());
    let mut wrong = Vec::new();
    for (members, project) in &made {
        let keys: BTreeSet<&str> = members.iter().map(|member| project_of[member.id.native_id.as_str()]).collect();
        let entry = &ledger[*keys.first().unwrap()];
        let whole = keys.len() == 1 && members.len() == entry.notice.len();
        let folder = if entry.level == "central" { "zygg/" } else { "dfgg/" };
        let section = |member: &Member| member.notice.section.clone().unwrap_or_default();
        assert!(members.iter().all(|member| section(member).starts_with(folder)), "{}", entry.key);
        let weight = format!("{:?}", project.weight).to_lowercase();
        let got = [
            project.status.word().to_owned(),
            weight,
            told(&project.budget),
            told(&project.award),
            told(&project.topic_part),
        ];
        let wanted = [
            entry.status.clone(),
            entry.topic.clone(),
            expected(&entry.budget),
            expected(&entry.award),
            expected(&entry.topic_part),
        ];
        let counts = entry.role == "counted";
        let same = if counts { got == wanted } else { got[..2] == wanted[..2] };
        if !whole || !same {
            wrong.push(format!(
                "{}: {keys:?} of {} notices\n  wanted {wanted:?}\n  got    {got:?}",
                entry.key,
                members.len()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn levels_and_categories_are_the_ledgers_and_say_by_which_rule() {
    let ledger = ledger();
    let project_of: BTreeMap<&str, &str> =
        readings().iter().map(|(page, _)| (page.native_id.as_str(), page.project.as_str())).collect();
    let mut wrong = Vec::new();
    for (members, project) in projects(|place| place) {
        let entry = &ledger[project_of[members[0].id.native_id.as_str()]];
        let category = project.category.value.map_or("unclassified", Category::label);
        let level = project.level.value.map_or("unknown", Level::word);
        if (entry.category.as_str(), entry.level.as_str()) != (category, level) {
            wrong.push(format!(
                "{}: {category} by {}, {level} by {}",
                entry.key, project.category.rule, project.level.rule
            ));
        }
        assert!(project.category.value.is_none() || !project.category.rule.is_empty(), "{}", entry.key);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn repeats_are_those_of_the_ledger() {
    let made = projects(|place| place);
    let repeats: BTreeSet<&str> = made
        .iter()
        .flat_map(|(members, _)| members)
        .filter(|member| member.repeat_of.is_some())
        .map(|member| member.id.native_id.as_str())
        .collect();
    let read = readings();
    let wanted: BTreeSet<&str> =
        read.iter().filter(|(page, _)| page.repeat == "yes").map(|(page, _)| page.native_id.as_str()).collect();
    assert_eq!(repeats, wanted);
}

fn totals(made: &[Made]) -> Totals {
    let mut totals = Totals::default();
    for (_, project) in made {
        totals.apply(&delta(None, contribution(project).as_ref()));
    }
    totals
}

#[test]
fn the_three_totals_of_the_study_come_out_in_any_order_of_arrival() {
    let first = totals(&projects(|place| place));
    let sum = |kind| {
        let tally = first.sum(kind, Currency::CNY);
        (Money::cny(tally.sum).decimal(), tally.disclosed, first.of(kind))
    };
    assert_eq!(sum(FigureKind::Budget), ("190000000".into(), 38, 57));
    assert_eq!(sum(FigureKind::Award), ("130000000".into(), 32, 48));
    assert_eq!(sum(FigureKind::TopicPart), ("52000000".into(), 36, 57));
    for stride in [37, 101] {
        assert_eq!(totals(&projects(|place| place * stride % 154)), first);
    }
    assert_eq!(totals(&projects(|place| 154 - place)), first);
}
