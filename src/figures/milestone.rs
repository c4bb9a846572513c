//! Did a total pass a round figure, or a project break a record? Compares before with after; knows nothing of what was told.

use std::collections::BTreeMap;

use super::totals::{FigureKind, Totals};
use crate::domain::change::{ChangeKind, FieldChange};
use crate::domain::money::Money;
use crate::domain::project::Project;
use crate::domain::wording;

/// Every how much a total is worth a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The kind of total.
    pub kind: FigureKind,
    /// The distance of two milestones; one of nothing has none.
    pub every: Money,
}

/// A milestone that was passed: the highest, where a change passed several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// The kind of total.
    pub kind: FigureKind,
    /// The round figure.
    pub passed: Money,
    /// The total before.
    pub before: Money,
    /// The total now.
    pub after: Money,
}

/// The milestones between two totals, upwards only.
#[must_use]
pub fn milestones_passed(before: &Totals, after: &Totals, steps: &[Step]) -> Vec<Milestone> {
    steps.iter().filter_map(|step| passed(before, after, step)).collect()
}

fn passed(before: &Totals, after: &Totals, step: &Step) -> Option<Milestone> {
    let currency = step.every.currency;
    let [old, new] = [before, after].map(|totals| totals.sum(step.kind, currency).sum);
    let every = step.every.ten_thousandths;
    let count = |sum: i64| sum.checked_div_euclid(every).filter(|_| every > 0);
    let (old_count, new_count) = (count(old)?, count(new)?);
    let money = |ten_thousandths| Money { ten_thousandths, currency };
    let passed = money(new_count.checked_mul(every)?);
    (new_count > old_count).then(|| Milestone { kind: step.kind, passed, before: money(old), after: money(new) })
}

/// A record that a project broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Largest budget, or largest topic part.
    pub kind: FigureKind,
    /// The record until now.
    pub old: Money,
    /// The new one.
    pub new: Money,
}

/// The records that a project's change broke. `best` is the largest of all other counted projects, by kind; the first of its kind
/// breaks nothing, and neither does a holder that only grows.
#[must_use]
pub fn record_broken(best: &BTreeMap<FigureKind, Money>, before: Option<&Project>, after: &Project) -> Vec<Record> {
    let broken = |kind: &FigureKind| {
        let (old, new) = (*best.get(kind)?, value(*kind, after)?);
        let was = before.and_then(|project| value(*kind, project));
        let exceeds = |money: Money| money.currency == old.currency && money.ten_thousandths > old.ten_thousandths;
        (exceeds(new) && !was.is_some_and(exceeds)).then_some(Record { kind: *kind, old, new })
    };
    [FigureKind::Budget, FigureKind::TopicPart].iter().filter_map(broken).collect()
}

fn value(kind: FigureKind, project: &Project) -> Option<Money> {
    super::totals::contribution(project)?.sums.get(&kind).copied().flatten()
}

impl Milestone {
    /// The kind of change, and what moved.
    #[must_use]
    pub fn change(&self) -> (ChangeKind, Vec<FieldChange>) {
        (ChangeKind::TotalPassedMilestone, vec![field(self.kind, self.before, self.after), field_passed(self.passed)])
    }
}

impl Record {
    /// The kind of change, and what moved.
    #[must_use]
    pub fn change(&self) -> (ChangeKind, Vec<FieldChange>) {
        (ChangeKind::RecordBroken, vec![field(self.kind, self.old, self.new)])
    }
}

fn field(kind: FigureKind, old: Money, new: Money) -> FieldChange {
    FieldChange { field: kind.word().to_owned(), old: Some(wording::money(old)), new: Some(wording::money(new)) }
}

fn field_passed(passed: Money) -> FieldChange {
    FieldChange { field: "milestone".to_owned(), old: None, new: Some(wording::money(passed)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::amount::Amount;
    use crate::domain::project::Status;
    use crate::domain::topic::Weight;
    use crate::figures::totals::{contribution, delta};

    fn project(units: i64) -> Project {
        let budget = Amount::disclosed(Money::yuan(units), "test");
        let first_on = Some(jiff::civil::date(2019, 8, 7));
        Project { budget, first_on, status: Status::Tendering, weight: Weight::Subject, ..Project::default() }
    }

    fn totals(units: i64) -> Totals {
        delta(None, contribution(&project(units)).as_ref())
    }

    const STEPS: [Step; 1] = [Step { kind: FigureKind::Budget, every: Money::yuan(100) }];

    #[test]
    fn only_the_highest_milestone_is_told_and_only_upwards() {
        let passed = milestones_passed(&totals(90), &totals(310), &STEPS);
        assert_eq!(passed.iter().map(|milestone| milestone.passed).collect::<Vec<_>>(), [Money::yuan(300)]);
        assert_eq!(milestones_passed(&totals(110), &totals(190), &STEPS), []);
        assert_eq!(milestones_passed(&totals(310), &totals(90), &STEPS), []);
        let broken = [Step { kind: FigureKind::Budget, every: Money::yuan(0) }];
        assert_eq!(milestones_passed(&totals(90), &totals(310), &broken), []);
    }

    #[test]
    fn a_record_is_broken_once() {
        let best = BTreeMap::from([(FigureKind::Budget, Money::yuan(100))]);
        assert_eq!(record_broken(&best, None, &project(150)).len(), 1);
        assert_eq!(record_broken(&best, Some(&project(120)), &project(150)), []);
        assert_eq!(record_broken(&best, None, &project(100)), []);
        assert_eq!(record_broken(&BTreeMap::new(), None, &project(150)), []);
    }
}
