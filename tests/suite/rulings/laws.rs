//! The laws, over small worlds where numbers, buyers and titles meet often.

use proptest::prelude::*;
use tenderwatch::domain::classes::{Category, Level};

use super::*;

/// One thing that happens to a history.
#[derive(Clone, Debug)]
enum Step {
    Arrives(u8, Box<Notice>),
    Ruled(u8, Matter),
    /// Takes back the ruling of this place, if it stands.
    TakenBack(usize),
}

fn some_amount() -> impl Strategy<Value = Amount> {
    prop_oneof![Just(Amount::Undisclosed), (1..9_i64).prop_map(|units| yuan(units * 1000))]
}

fn some_notice() -> impl Strategy<Value = Notice> {
    let kind = prop::sample::select(vec![
        NoticeKind::Tender,
        NoticeKind::Award,
        NoticeKind::Award,
        NoticeKind::Correction,
        NoticeKind::Contract,
        NoticeKind::Failed,
    ]);
    let number = prop::sample::select(vec![None, Some("ZB2019-001"), Some("ZB2019-002")]);
    let refers = prop::option::weighted(0.2, prop::sample::select(vec!["ZB2019-001", "ZB2019-002"]));
    (kind, number, 0..2_u8, 1..9_i8, some_amount(), some_amount(), refers).prop_map(
        |(kind, number, buyer, day, budget, sum, refers)| {
            let lot = Lot {
                status: LotStatus::Awarded,
                award: sum.clone(),
                suppliers: vec![Organisation::named("某公司")],
                ..Lot::default()
            };
            let is_result = kind == NoticeKind::Award;
            Notice {
                buyers: vec![Organisation::named(format!("某某市第{buyer}局"))],
                budget,
                award: if is_result { sum } else { Amount::NotApplicable },
                lots: if is_result { vec![lot] } else { vec![] },
                refers_to: refers
                    .map(|number| tenderwatch::domain::notice::Reference {
                        project_number: Some(number.into()),
                        ..Default::default()
                    })
                    .into_iter()
                    .collect(),
                ..notice(kind, day, number)
            }
        },
    )
}

fn some_matter() -> impl Strategy<Value = Matter> {
    let money = || prop::option::of((1..9_i64).prop_map(|units| Money::yuan(units * 500)));
    prop_oneof![
        3 => Just(Matter::Alone),
        4 => (0..7_u8).prop_map(|other| Matter::With(id(other))),
        1 => money().prop_map(Matter::TopicPart),
        1 => money().prop_map(Matter::Budget),
        1 => money().prop_map(|money| Matter::Award { lot: None, money }),
        1 => Just(Matter::Category(Some(Category::Education))),
        1 => Just(Matter::Level(Level::Central)),
        1 => Just(Matter::Region(Some("110000".into()))),
        1 => Just(Matter::Relevance(Weight::Mention)),
    ]
}

fn some_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0..7_u8, some_notice()).prop_map(|(at, notice)| Step::Arrives(at, Box::new(notice))),
        3 => (0..7_u8, some_matter()).prop_map(|(at, matter)| Step::Ruled(at, matter)),
        1 => (0..6_usize).prop_map(Step::TakenBack),
    ]
}

/// Goes through the steps. Gives the rulings that were accepted, with whether each still stands.
fn walk(store: &Store, steps: &[Step]) -> Vec<(u8, Matter, RulingId, bool)> {
    let mut ruled: Vec<(u8, Matter, RulingId, bool)> = Vec::new();
    for step in steps {
        match step {
            Step::Arrives(at, notice) => settle(store, at, notice),
            Step::Ruled(at, matter) => {
                if let Ok(done) = rule(store, at, matter) {
                    ruled.push((*at, matter.clone(), done.ruling, true));
                }
            }
            Step::TakenBack(place) => {
                if let Some((.., id, stands)) = ruled.get_mut(*place).filter(|(.., stands)| *stands) {
                    take_back(store, *id);
                    *stands = false;
                }
            }
        }
    }
    ruled
}

/// The last thing that each notice says.
fn last_said(steps: &[Step]) -> BTreeMap<u8, Notice> {
    let arrivals = steps.iter().filter_map(|step| match step {
        Step::Arrives(at, notice) => Some((*at, (**notice).clone())),
        _ => None,
    });
    arrivals.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_figures_are_what_a_recount_gives(steps in prop::collection::vec(some_step(), 1..24)) {
        let (_folder, store) = fresh();
        walk(&store, &steps);
        prop_assert_eq!(figures(&store), recounted(&store));
        prop_assert_eq!(audited(&store), Vec::<String>::new());
    }

    #[test]
    fn rulings_taken_back_leave_no_trace_in_the_figures(steps in prop::collection::vec(some_step(), 1..24)) {
        let (_folder, ruled) = fresh();
        let standing = walk(&ruled, &steps).into_iter().filter(|(.., stands)| *stands);
        for (.., id, _) in standing.collect::<Vec<_>>() {
            take_back(&ruled, id);
        }
        let (_folder, untouched) = fresh();
        let arrivals: Vec<Step> = steps.into_iter().filter(|step| matches!(step, Step::Arrives(..))).collect();
        walk(&untouched, &arrivals);
        prop_assert_eq!(figures(&ruled), figures(&untouched));
    }

    #[test]
    fn the_order_of_notices_and_words_does_not_matter(
        (steps, places) in prop::collection::vec(some_step(), 1..24)
            .prop_flat_map(|steps| (Just(steps), Just((0..7_u8).collect::<Vec<_>>()).prop_shuffle()))
    ) {
        let (_folder, mixed) = fresh();
        let ruled = walk(&mixed, &steps);
        let (_folder, notices_first) = fresh();
        let said = last_said(&steps);
        for (place, notice) in places.iter().filter_map(|place| Some((place, said.get(place)?))) {
            settle(&notices_first, place, notice);
        }
        for (at, matter, ..) in ruled.iter().filter(|(.., stands)| *stands) {
            rule(&notices_first, at, matter).unwrap();
        }
        prop_assert_eq!(figures(&mixed), figures(&notices_first));
    }
}
