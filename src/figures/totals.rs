//! The running totals: what each project adds to them, and what a changed project moves.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::classes::{Category, Level};
use crate::domain::money::{Currency, Money};
use crate::domain::notice::{LotStatus, Method};
use crate::domain::party;
use crate::domain::project::{Project, Status};
use crate::domain::topic::Weight;

use super::cells::{Dimension, Win};

/// A kind of total. They are never mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FigureKind {
    /// Budgets.
    Budget,
    /// Award amounts.
    Award,
    /// The parts bought for the topic itself.
    TopicPart,
}

impl FigureKind {
    /// Every kind, in the order of a digest.
    pub const ALL: [Self; 3] = [Self::Budget, Self::Award, Self::TopicPart];

    /// The word in JSON, tables and templates.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::Award => "award",
            Self::TopicPart => "topic_part",
        }
    }

    /// The inverse of [`FigureKind::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What one project adds to the totals of one topic. A project without a first day, of another topic or outside the
/// counted set adds nothing and has no contribution.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Contribution {
    /// The year of its first notice.
    pub year: i16,
    /// The month of its first notice, 1 to 12.
    pub month: i8,
    /// Where it stands.
    pub status: Status,
    /// Kind → what it discloses; a kind that applies and is not disclosed holds nothing, one that does not apply is absent.
    pub sums: BTreeMap<FigureKind, Option<Money>>,
    /// Which class it is of in each dimension but the suppliers'; an empty word where that is unknown.
    pub groups: BTreeMap<Dimension, String>,
    /// Its lots' winners, sorted.
    pub wins: Vec<Win>,
}

/// Where a sum is kept. The number of projects that a kind applies to is kept apart, under [`CountCell`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SumCell {
    /// The kind of total.
    pub kind: FigureKind,
    /// The currency.
    pub currency: Currency,
    /// The year.
    pub year: i16,
    /// The month.
    pub month: i8,
}

/// Where projects are counted: by what a kind applies to (`Of`), or by status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CountCell {
    /// Projects that a kind of total applies to: the N of "n of N".
    Of(FigureKind, i16, i8),
    /// Projects by status.
    Status(Status, i16, i8),
}

/// A sum and how many projects disclose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Tally {
    /// In ten-thousandths.
    pub sum: i64,
    /// How many projects.
    pub disclosed: i64,
}

/// The running totals of one topic, or the difference between two of them.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Totals {
    /// Sums by kind, currency and month; cells of zero are absent.
    pub sums: BTreeMap<SumCell, Tally>,
    /// Counts by kind or status and month; cells of zero are absent.
    pub counts: BTreeMap<CountCell, i64>,
}

/// What a project adds to the totals of its topic: nothing where it is not of the topic, has no day, or is not counted.
#[must_use]
pub fn contribution(project: &Project) -> Option<Contribution> {
    let is_relevant = matches!(project.weight, Weight::Subject | Weight::Item);
    let first_on = project.first_on.filter(|_| is_relevant && project.status.is_counted())?;
    let mut sums = BTreeMap::from([
        (FigureKind::Budget, project.budget.money()),
        (FigureKind::TopicPart, project.topic_part.money()),
    ]);
    if matches!(project.status, Status::Awarded | Status::Contracted | Status::Completed) {
        sums.insert(FigureKind::Award, project.award.money());
    }
    Some(Contribution {
        year: first_on.year(),
        month: first_on.month(),
        status: project.status,
        sums,
        groups: groups(project),
        wins: wins(project),
    })
}

fn groups(project: &Project) -> BTreeMap<Dimension, String> {
    let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
    BTreeMap::from([
        (Dimension::Level, word(project.level.value.map(Level::word))),
        (Dimension::Region, word(project.region.province.as_deref())),
        (Dimension::Category, word(project.category.value.map(Category::word))),
        (Dimension::Method, word(project.method.map(Method::word))),
    ])
}

/// The winners of the lots that are awarded; a supplier named twice in one lot wins it once.
fn wins(project: &Project) -> Vec<Win> {
    let mut wins = Vec::new();
    for lot in project.lots.iter().filter(|lot| lot.status == LotStatus::Awarded) {
        let mentions: BTreeSet<_> = lot.suppliers.iter().filter_map(party::mention_key).collect();
        let joint = lot.joint || mentions.len() > 1;
        let win = |mention| Win { lot: lot.label.clone(), mention, joint, money: lot.award.money() };
        wins.extend(mentions.into_iter().map(win));
    }
    wins.sort_by(|left, right| (&left.lot, &left.mention).cmp(&(&right.lot, &right.mention)));
    wins
}

/// What the totals move by when a project that added `before` adds `after`.
#[must_use]
pub fn delta(before: Option<&Contribution>, after: Option<&Contribution>) -> Totals {
    let mut moved = Totals::default();
    if let Some(before) = before {
        moved.count(before, -1);
    }
    if let Some(after) = after {
        moved.count(after, 1);
    }
    moved
}

impl Totals {
    /// What these totals were before a difference was made to them.
    #[must_use]
    pub fn minus(&self, delta: &Self) -> Self {
        let mut before = self.clone();
        before.apply(&delta.negated());
        before
    }

    fn negated(&self) -> Self {
        let turn = |tally: &Tally| Tally { sum: -tally.sum, disclosed: -tally.disclosed };
        Self {
            sums: self.sums.iter().map(|(cell, tally)| (cell.clone(), turn(tally))).collect(),
            counts: self.counts.iter().map(|(cell, count)| (*cell, -count)).collect(),
        }
    }

    /// Moves every cell by the delta's; cells that come to nothing vanish.
    pub fn apply(&mut self, delta: &Self) {
        for (cell, moved) in &delta.sums {
            self.add_sum(cell, *moved);
        }
        for (cell, moved) in &delta.counts {
            self.add_count(*cell, *moved);
        }
    }

    /// Adds a contribution, or takes it away again where `times` is -1.
    fn count(&mut self, contribution: &Contribution, times: i64) {
        let Contribution { year, month, status, sums, .. } = contribution;
        self.add_count(CountCell::Status(*status, *year, *month), times);
        for (kind, money) in sums {
            self.add_count(CountCell::Of(*kind, *year, *month), times);
            if let Some(money) = money {
                let cell = SumCell { kind: *kind, currency: money.currency, year: *year, month: *month };
                self.add_sum(&cell, Tally { sum: money.ten_thousandths.saturating_mul(times), disclosed: times });
            }
        }
    }

    /// Sums stay far below where they would saturate: nine hundred trillion yuan.
    fn add_sum(&mut self, cell: &SumCell, moved: Tally) {
        let tally = self.sums.entry(cell.clone()).or_default();
        *tally = tally.plus(moved);
        if *tally == Tally::default() {
            self.sums.remove(cell);
        }
    }

    fn add_count(&mut self, cell: CountCell, moved: i64) {
        let count = self.counts.entry(cell).or_default();
        *count = count.saturating_add(moved);
        if *count == 0 {
            self.counts.remove(&cell);
        }
    }

    /// One kind's sum over all time, in one currency.
    #[must_use]
    pub fn sum(&self, kind: FigureKind, currency: Currency) -> Tally {
        self.sum_where(|cell| cell.kind == kind && cell.currency == currency)
    }

    /// One kind's sum over the projects that began in a year.
    #[must_use]
    pub fn year_sum(&self, kind: FigureKind, currency: Currency, year: i16) -> Tally {
        self.sum_where(|cell| cell.kind == kind && cell.currency == currency && cell.year == year)
    }

    fn sum_where(&self, wanted: impl Fn(&SumCell) -> bool) -> Tally {
        let cells = self.sums.iter().filter(|(cell, _)| wanted(cell));
        cells.fold(Tally::default(), |sum, (_, tally)| sum.plus(*tally))
    }

    /// How many projects a kind applies to: the N of "n of N".
    #[must_use]
    pub fn of(&self, kind: FigureKind) -> i64 {
        let cells =
            self.counts.iter().filter(|(cell, _)| matches!(cell, CountCell::Of(counted, ..) if *counted == kind));
        cells.map(|(_, count)| count).sum()
    }

    /// The counted projects by status; a status that nobody has is absent.
    #[must_use]
    pub fn status_counts(&self) -> BTreeMap<Status, i64> {
        let mut counts = BTreeMap::new();
        for (cell, count) in &self.counts {
            if let CountCell::Status(status, ..) = cell {
                *counts.entry(*status).or_default() += count;
            }
        }
        counts
    }

    /// The counted projects.
    #[must_use]
    pub fn projects(&self) -> i64 {
        self.status_counts().values().sum()
    }

    /// Every currency that a kind is disclosed in.
    #[must_use]
    pub fn currencies(&self, kind: FigureKind) -> Vec<Currency> {
        let mut found: Vec<Currency> =
            self.sums.keys().filter(|cell| cell.kind == kind).map(|cell| cell.currency).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl Tally {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { sum: self.sum.saturating_add(other.sum), disclosed: self.disclosed.saturating_add(other.disclosed) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::amount::Amount;
    use crate::domain::fold::fold;
    use crate::domain::link::{Candidate, Link, decide};
    use crate::domain::project::{Member, ProjectId};
    use crate::domain::samples::{members, some_notice};

    fn project(status: Status, budget: Option<i64>, award: Option<i64>, weight: Weight) -> Project {
        let amount = |units: Option<i64>| {
            units.map_or(Amount::Undisclosed, |units| Amount::disclosed(Money::yuan(units), "test"))
        };
        let first_on = Some(jiff::civil::date(2019, 8, 7));
        Project { status, weight, first_on, budget: amount(budget), award: amount(award), ..Project::default() }
    }

    fn totals(projects: &[Project]) -> Totals {
        let mut totals = Totals::default();
        for project in projects {
            totals.apply(&delta(None, contribution(project).as_ref()));
        }
        totals
    }

    #[test]
    fn undisclosed_is_counted_and_not_summed() {
        let totals = totals(&[
            project(Status::Tendering, Some(100), None, Weight::Subject),
            project(Status::Awarded, None, Some(80), Weight::Item),
            project(Status::Contracted, Some(50), None, Weight::Subject),
        ]);
        let sum = |kind| totals.sum(kind, Currency::CNY);
        assert_eq!(sum(FigureKind::Budget), Tally { sum: 1_500_000, disclosed: 2 });
        assert_eq!(sum(FigureKind::Award), Tally { sum: 800_000, disclosed: 1 });
        assert_eq!((totals.of(FigureKind::Budget), totals.of(FigureKind::Award)), (3, 2));
        assert_eq!(totals.year_sum(FigureKind::Budget, Currency::CNY, 2019).disclosed, 2);
        assert_eq!(totals.year_sum(FigureKind::Budget, Currency::CNY, 2018), Tally::default());
        assert_eq!(totals.projects(), 3);
    }

    #[test]
    fn what_is_failed_planned_or_off_topic_adds_nothing() {
        for status in [Status::Planned, Status::Failed, Status::Withdrawn] {
            assert_eq!(contribution(&project(status, Some(1), None, Weight::Subject)), None);
        }
        assert_eq!(contribution(&project(Status::Awarded, Some(1), Some(1), Weight::Mention)), None);
    }

    #[test]
    fn a_project_that_fails_takes_its_sums_away_again() {
        let before = contribution(&project(Status::Tendering, Some(100), None, Weight::Subject));
        let mut totals = totals(&[project(Status::Tendering, Some(100), None, Weight::Subject)]);
        totals.apply(&delta(before.as_ref(), None));
        assert_eq!(totals, Totals::default());
    }

    fn some_project() -> impl Strategy<Value = Project> {
        let status = prop::sample::select(Status::ALL.to_vec());
        let weight = prop::sample::select(vec![Weight::Subject, Weight::Item, Weight::Mention, Weight::None]);
        let sum = || prop::option::of(0_i64..1_000_000_000);
        (status, weight, sum(), sum(), sum(), 2016_i16..2020, 1_i8..=12).prop_map(
            |(status, weight, budget, award, part, year, month)| {
                let mut project = project(status, budget, award, weight);
                project.topic_part =
                    part.map_or(Amount::Undisclosed, |units| Amount::disclosed(Money::yuan(units), "test"));
                project.first_on = Some(jiff::civil::date(year, month, 1));
                project
            },
        )
    }

    proptest! {
        #[test]
        fn a_delta_leads_from_one_contribution_to_the_other(before in some_project(), after in some_project()) {
            let (a, b) = (contribution(&before), contribution(&after));
            let mut moved = delta(None, a.as_ref());
            moved.apply(&delta(a.as_ref(), b.as_ref()));
            prop_assert_eq!(moved, delta(None, b.as_ref()));
            prop_assert_eq!(delta(a.as_ref(), a.as_ref()), Totals::default());
        }

        #[test]
        fn totals_moved_step_by_step_equal_a_recount(
            steps in prop::collection::vec((0_usize..5, some_project()), 0..40)
        ) {
            let mut known: BTreeMap<usize, Project> = BTreeMap::new();
            let mut running = Totals::default();
            for (id, project) in steps {
                let before = known.get(&id).and_then(contribution);
                running.apply(&delta(before.as_ref(), contribution(&project).as_ref()));
                known.insert(id, project);
            }
            prop_assert_eq!(running, totals(&known.into_values().collect::<Vec<_>>()));
        }

        #[test]
        fn totals_moved_notice_by_notice_equal_a_recount(notices in prop::collection::vec(some_notice(), 0..12)) {
            let mut house: BTreeMap<ProjectId, Vec<Member>> = BTreeMap::new();
            let mut running = Totals::default();
            for (member, number) in members(notices).into_iter().zip(1..) {
                settle(&mut house, &mut running, member, ProjectId(number));
                let recounted = totals(&house.values().map(|members| fold(members)).collect::<Vec<_>>());
                prop_assert_eq!(&running, &recounted);
            }
        }
    }

    /// Links one notice and moves the totals by what its projects changed.
    fn settle(house: &mut BTreeMap<ProjectId, Vec<Member>>, running: &mut Totals, member: Member, number: ProjectId) {
        let known = house.iter().map(|(project, members)| Candidate { project: *project, members: members.clone() });
        let decision = decide(&member, &known.collect::<Vec<_>>());
        let joined = match decision.link {
            Link::Joins { projects, .. } => projects,
            Link::New => Vec::new(),
        };
        let mut members = vec![Member { repeat_of: decision.repeat_of, ..member }];
        for project in &joined {
            let old = house.remove(project).unwrap();
            running.apply(&delta(contribution(&fold(&old)).as_ref(), None));
            members.extend(old);
        }
        for change in decision.regrouped {
            members.iter_mut().find(|known| known.id == change.notice).unwrap().repeat_of = change.repeat_of;
        }
        running.apply(&delta(None, contribution(&fold(&members)).as_ref()));
        house.insert(joined.first().copied().unwrap_or(number), members);
    }
}
