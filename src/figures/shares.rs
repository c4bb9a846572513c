//! Who has how much of it? Counted projects by level, region, category, roll-up or method, each class with its count, its sums
//! and both shares: of all, and of those whose class is known. The same from projects and from kept cells.

use std::collections::BTreeMap;

use serde::Serialize;

use super::cells::{Cells, Dimension, Measure};
use super::printed::{Disclosed, Sums, tenths};
use super::totals::{Contribution, FigureKind, Tally};
use crate::domain::classes::Category;
use crate::domain::money::Currency;
use crate::domain::project::ProjectId;

/// The word of a leaf class that the study's seven do not hold.
pub const BEYOND: &str = "beyond";

/// By what a breakdown tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A dimension's own words.
    Dimension(Dimension),
    /// The categories, rolled up to the study's seven; extension classes are [`BEYOND`] them.
    RollUp,
}

impl By {
    /// The word in JSON and tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Dimension(dimension) => dimension.word(),
            Self::RollUp => "roll_up",
        }
    }

    fn dimension(self) -> Dimension {
        match self {
            Self::Dimension(dimension) => dimension,
            Self::RollUp => Dimension::Category,
        }
    }

    fn class(self, word: &str) -> String {
        match self {
            Self::Dimension(_) => word.to_owned(),
            Self::RollUp => roll_up(word),
        }
    }
}

/// A leaf's place among the seven, named by the leaves that are rolled up together: `border+transport`.
fn roll_up(word: &str) -> String {
    if word.is_empty() {
        return String::new();
    }
    let Some(label) = Category::parse(word).and_then(Category::roll_up) else { return BEYOND.to_owned() };
    let leaves = Category::ALL.into_iter().filter(|leaf| leaf.roll_up() == Some(label));
    leaves.map(Category::word).collect::<Vec<_>>().join("+")
}

/// One kind of total over the projects of a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KindSums {
    /// `budget`, `award`, `topic_part`.
    pub kind: &'static str,
    /// How many projects it applies to: the N of "n of N".
    pub of: i64,
    /// The sum by currency.
    pub sums: Vec<Disclosed>,
}

/// One class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its word; empty for the unknown.
    pub word: String,
    /// Counted projects.
    pub count: i64,
    /// Their share of all counted projects, in tenths of a percent.
    pub of_all: Option<i64>,
    /// Their share of the projects whose class is known; nothing for the unknown themselves.
    pub of_known: Option<i64>,
    /// The totals over them.
    pub totals: Vec<KindSums>,
    /// Which they are; empty where it was made from cells.
    pub projects: Vec<i64>,
}

/// Counted projects by class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Breakdown {
    /// By what.
    pub by: &'static str,
    /// All counted projects.
    pub of_all: i64,
    /// Those whose class is known.
    pub of_known: i64,
    /// The classes, the largest first, then by word.
    pub rows: Vec<Row>,
    /// Those whose class is not known, beside the denominator.
    pub unknown: Row,
}

/// What is tallied of a class.
#[derive(Default)]
struct Class {
    count: i64,
    of: BTreeMap<FigureKind, i64>,
    sums: BTreeMap<FigureKind, Sums>,
    projects: Vec<i64>,
}

impl Class {
    fn apply(&mut self, kind: FigureKind, times: i64) {
        *self.of.entry(kind).or_default() += times;
    }

    fn sum(&mut self, kind: FigureKind, currency: Currency, tally: Tally) {
        self.sums.entry(kind).or_default().add_tally(currency, tally);
    }

    fn row(mut self, word: String, of_all: i64, of_known: i64) -> Row {
        self.projects.sort_unstable();
        let is_known = !word.is_empty();
        let totals = FigureKind::ALL.map(|kind| KindSums {
            kind: kind.word(),
            of: self.of.get(&kind).copied().unwrap_or_default(),
            sums: self.sums.get(&kind).map(Sums::lines).unwrap_or_default(),
        });
        Row {
            word,
            count: self.count,
            of_all: tenths(self.count, of_all),
            of_known: if is_known { tenths(self.count, of_known) } else { None },
            totals: totals.into(),
            projects: self.projects,
        }
    }
}

/// The shares by recounting projects.
pub fn of_projects<'a>(by: By, counted: impl IntoIterator<Item = (ProjectId, &'a Contribution)>) -> Breakdown {
    let mut classes: BTreeMap<String, Class> = BTreeMap::new();
    for (id, contribution) in counted {
        let word = contribution.groups.get(&by.dimension()).map_or("", String::as_str);
        let class = classes.entry(by.class(word)).or_default();
        class.count += 1;
        class.projects.push(id.0);
        for (kind, money) in &contribution.sums {
            class.apply(*kind, 1);
            if let Some(money) = money {
                class.sum(*kind, money.currency, Tally { sum: money.ten_thousandths, disclosed: 1 });
            }
        }
    }
    breakdown(by, classes)
}

/// The same shares from the cells that are kept, without the projects.
#[must_use]
pub fn of_cells(by: By, cells: &Cells) -> Breakdown {
    let mut classes: BTreeMap<String, Class> = BTreeMap::new();
    for (cell, tally) in cells.0.iter().filter(|(cell, _)| cell.dimension == by.dimension()) {
        let class = classes.entry(by.class(&cell.word)).or_default();
        match cell.measure {
            Measure::Projects => class.count += tally.disclosed,
            Measure::Of(kind) => class.apply(kind, tally.disclosed),
            Measure::Sum(kind, currency) => class.sum(kind, currency, *tally),
            Measure::Wins | Measure::JointWins | Measure::Won(_) | Measure::WonJointly(_) => {}
        }
    }
    breakdown(by, classes)
}

fn breakdown(by: By, mut classes: BTreeMap<String, Class>) -> Breakdown {
    let unknown = classes.remove("").unwrap_or_default();
    let of_known: i64 = classes.values().map(|class| class.count).sum();
    let of_all = of_known + unknown.count;
    let mut rows: Vec<Row> = classes
        .into_iter()
        .map(|(word, class)| class.row(word, of_all, of_known))
        .filter(|row| row.count > 0)
        .collect();
    rows.sort_by(|left, right| right.count.cmp(&left.count).then_with(|| left.word.cmp(&right.word)));
    Breakdown { by: by.word(), of_all, of_known, rows, unknown: unknown.row(String::new(), of_all, of_known) }
}

impl Breakdown {
    /// The same without saying which projects: what cells can tell.
    #[must_use]
    pub fn without_projects(mut self) -> Self {
        self.rows.iter_mut().for_each(|row| row.projects.clear());
        self.unknown.projects.clear();
        self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::amount::Amount;
    use crate::domain::classes::Level;
    use crate::domain::judged::Judged;
    use crate::domain::money::Money;
    use crate::domain::notice::Method;
    use crate::domain::project::{Project, Status};
    use crate::domain::topic::Weight;
    use crate::figures::cells::delta;
    use crate::figures::totals::contribution;

    const ALL: [By; 5] = [
        By::Dimension(Dimension::Level),
        By::Dimension(Dimension::Region),
        By::Dimension(Dimension::Category),
        By::Dimension(Dimension::Method),
        By::RollUp,
    ];

    fn of_region(province: Option<&str>) -> Project {
        let mut project = Project {
            first_on: Some(jiff::civil::date(2019, 8, 7)),
            status: Status::Tendering,
            weight: Weight::Subject,
            ..Project::default()
        };
        project.region.province = province.map(Into::into);
        project
    }

    fn recounted(by: By, projects: &BTreeMap<i64, Project>) -> Breakdown {
        let contributions: Vec<_> =
            projects.iter().filter_map(|(id, project)| Some((ProjectId(*id), contribution(project)?))).collect();
        of_projects(by, contributions.iter().map(|(id, contribution)| (*id, contribution)))
    }

    #[test]
    fn both_denominators_are_told_and_the_unknown_stands_beside_them() {
        let provinces = (0..57).map(|place| match place {
            0..24 => Some("110000"),
            24..32 => Some("440000"),
            32..55 => Some("620000"),
            _ => None,
        });
        let projects: BTreeMap<i64, Project> = (1..).zip(provinces.map(of_region)).collect();
        let shares = recounted(By::Dimension(Dimension::Region), &projects);
        let beijing = &shares.rows[0];
        assert_eq!((shares.of_all, shares.of_known, shares.unknown.count), (57, 55, 2));
        assert_eq!((beijing.count, beijing.of_known, beijing.of_all), (24, Some(436), Some(421)));
        assert_eq!(shares.rows[2].of_known, Some(145));
        assert_eq!((shares.unknown.of_all, shares.unknown.of_known), (Some(35), None));
        assert_eq!(beijing.projects.len(), 24);
    }

    #[test]
    fn leaf_classes_are_rolled_up_to_seven_and_extensions_stay_beyond_them() {
        assert_eq!(roll_up("border"), "border+transport");
        assert_eq!(roll_up("transport"), "border+transport");
        assert_eq!(roll_up("health"), "welfare+health");
        assert_eq!((roll_up("government"), roll_up("")), (BEYOND.to_owned(), String::new()));
        let seven: std::collections::BTreeSet<String> =
            Category::ALL.into_iter().map(|leaf| roll_up(leaf.word())).filter(|word| word != BEYOND).collect();
        assert_eq!(seven.len(), 7);
    }

    fn some_project() -> impl Strategy<Value = Project> {
        let word = prop::sample::select(vec![None, Some("110000"), Some("440000")]);
        let level = prop::sample::select(vec![None, Some(Level::Central), Some(Level::Local)]);
        let category = prop::option::of(prop::sample::select(Category::ALL.to_vec()));
        let method = prop::option::of(prop::sample::select(Method::ALL.to_vec()));
        let status = prop::sample::select(Status::ALL.to_vec());
        let sum = || prop::option::of(0_i64..1_000_000);
        (word, level, category, method, status, sum(), sum(), 1_i8..=12).prop_map(
            |(province, level, category, method, status, budget, award, month)| {
                let amount = |units: Option<i64>| {
                    units.map_or(Amount::Undisclosed, |units| Amount::disclosed(Money::yuan(units), "test"))
                };
                Project {
                    status,
                    method,
                    level: Judged { value: level, rule: "test".into() },
                    category: Judged { value: category, rule: "test".into() },
                    budget: amount(budget),
                    award: amount(award),
                    first_on: Some(jiff::civil::date(2019, month, 1)),
                    ..of_region(province)
                }
            },
        )
    }

    proptest! {
        #[test]
        fn shares_from_cells_are_those_of_a_recount_in_any_order_of_ingest(
            steps in prop::collection::vec((0_i64..6, some_project()), 0..30)
        ) {
            let mut known: BTreeMap<i64, Project> = BTreeMap::new();
            let mut cells = Cells::default();
            for (id, project) in steps {
                let before = known.get(&id).and_then(contribution);
                cells.apply(&delta(before.as_ref(), contribution(&project).as_ref()));
                known.insert(id, project);
            }
            for by in ALL {
                prop_assert_eq!(of_cells(by, &cells), recounted(by, &known).without_projects());
            }
        }

        #[test]
        fn every_project_stands_in_exactly_one_row(projects in prop::collection::vec(some_project(), 0..20)) {
            let projects: BTreeMap<i64, Project> = (1..).zip(projects).collect();
            for by in ALL {
                let shares = recounted(by, &projects);
                let mut ids: Vec<i64> =
                    shares.rows.iter().chain([&shares.unknown]).flat_map(|row| row.projects.clone()).collect();
                ids.sort_unstable();
                let counted: Vec<i64> =
                    projects.iter().filter(|(_, project)| contribution(project).is_some()).map(|(id, _)| *id).collect();
                prop_assert_eq!(ids, counted);
                prop_assert_eq!(shares.of_known + shares.unknown.count, shares.of_all);
            }
        }
    }
}
