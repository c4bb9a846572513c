//! What shifts are and are not, asked award by award.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn winner(name: &str) -> Winner {
    Winner { party: MentionKey(format!("name:{name}")), name: name.to_owned(), filed: None }
}

/// An award of one lot to these, by one buyer in Beijing.
fn award(on: Date, project: i64, winners: &[&str]) -> DatedAward {
    DatedAward {
        on,
        project: ProjectId(project),
        lots: vec![winners.iter().map(|name| winner(name)).collect()],
        buyers: vec![MentionKey("name:甲大学".into())],
        region: Some("110000".into()),
        category: Some(Category::Education),
        single_source: false,
    }
}

fn elsewhere(award: DatedAward) -> DatedAward {
    DatedAward { buyers: vec![MentionKey(format!("name:买方{}", award.project.0))], ..award }
}

fn kinds(history: &[DatedAward], award: &DatedAward) -> Vec<(ShiftKind, String)> {
    let shifts = of_latest(history, award, &Thresholds::default());
    shifts.into_iter().map(|shift| (shift.kind, shift.names.join("、"))).collect()
}

#[test]
fn a_first_win_is_told_once_the_record_is_old_enough() {
    let old = elsewhere(award(date(2017, 1, 1), 1, &["老公司"]));
    let new = elsewhere(award(date(2018, 6, 1), 2, &["新公司"]));
    assert_eq!(kinds(std::slice::from_ref(&old), &new), [(ShiftKind::FirstWin, "新公司".to_owned())]);
    let early = elsewhere(award(date(2017, 6, 1), 2, &["新公司"]));
    assert_eq!(kinds(&[old], &early), []);
    assert_eq!(kinds(&[], &new), []);
}

#[test]
fn a_win_after_two_years_is_a_return() {
    let before = elsewhere(award(date(2017, 1, 1), 1, &["老公司"]));
    let again = elsewhere(award(date(2019, 1, 1), 2, &["老公司"]));
    assert_eq!(kinds(std::slice::from_ref(&before), &again), [(ShiftKind::Return, "老公司".to_owned())]);
    let soon = elsewhere(award(date(2018, 12, 31), 2, &["老公司"]));
    assert_eq!(kinds(&[before], &soon), []);
}

#[test]
fn a_first_win_in_a_region_or_category_is_one_of_a_known_winner_only() {
    let before = elsewhere(award(date(2018, 1, 1), 1, &["老公司"]));
    let mut there = elsewhere(award(date(2018, 2, 1), 2, &["老公司"]));
    there.region = Some("440000".into());
    there.category = Some(Category::Justice);
    let found = kinds(std::slice::from_ref(&before), &there);
    assert_eq!(
        found.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(),
        [ShiftKind::FirstInRegion, ShiftKind::FirstInCategory]
    );
    there.region = None;
    there.category = None;
    assert_eq!(kinds(&[before], &there), []);
}

#[test]
fn an_incumbent_is_displaced_where_its_buyer_turns_to_another() {
    let history = [award(date(2018, 1, 1), 1, &["旧"]), award(date(2018, 5, 1), 2, &["旧"])];
    let mut last = award(date(2018, 9, 1), 3, &["新"]);
    let shifts = of_latest(&history, &last, &Thresholds::default());
    let displaced = shifts.iter().find(|shift| shift.kind == ShiftKind::IncumbentDisplaced).unwrap();
    assert_eq!((displaced.old.as_deref(), displaced.new.as_deref()), (Some("旧"), Some("新")));
    assert_eq!(displaced.projects, [3, 1, 2]);
    last.lots.push(vec![winner("旧")]);
    assert!(kinds(&history, &last).iter().all(|(kind, _)| *kind != ShiftKind::IncumbentDisplaced));
    assert!(kinds(&history[..1], &award(date(2018, 9, 1), 3, &["新"])).is_empty());
}

#[test]
fn parties_that_never_bid_together_make_a_new_joint_bid() {
    let alone = [elsewhere(award(date(2018, 1, 1), 1, &["甲"])), elsewhere(award(date(2018, 1, 2), 2, &["乙"]))];
    let together = elsewhere(award(date(2018, 2, 1), 3, &["甲", "乙"]));
    assert_eq!(kinds(&alone, &together), [(ShiftKind::NewJointBid, "乙、甲".to_owned())]);
    let again = elsewhere(award(date(2018, 3, 1), 4, &["乙", "甲"]));
    assert_eq!(kinds(&[together], &again), []);
}

#[test]
fn who_is_on_the_filing_list_and_who_bid_alone_is_told() {
    let mut one = elsewhere(award(date(2019, 6, 1), 1, &["腾讯云"]));
    one.lots[0][0].filed = Some(FiledThrough::Group { holder: "深圳腾讯".into() });
    one.single_source = true;
    let shifts = of_latest(&[], &one, &Thresholds::default());
    assert_eq!(
        shifts.iter().map(|shift| shift.kind).collect::<Vec<_>>(),
        [ShiftKind::FiledWins, ShiftKind::SingleBidder]
    );
    assert_eq!(shifts[0].new.as_deref(), Some("深圳腾讯"));
    let only = Thresholds { kinds: [ShiftKind::SingleBidder].into(), ..Thresholds::default() };
    assert_eq!(of_latest(&[], &one, &only).len(), 1);
}

/// Twelve parties with two wins each, and one with one.
fn crowd() -> Vec<DatedAward> {
    let days = |project: i64| date(2018, 1, 1).saturating_add(jiff::Span::new().days(project));
    let names: Vec<String> = (0..12).map(|who| format!("公司{who}")).collect();
    let mut crowd: Vec<DatedAward> = (0..24)
        .map(|place| elsewhere(award(days(place), place + 1, &[&names[usize::try_from(place).unwrap() % 12]])))
        .collect();
    crowd.push(elsewhere(award(days(24), 25, &["新秀"])));
    crowd
}

#[test]
fn equals_share_a_rank_and_only_who_crosses_the_border_is_told() {
    let crowd = crowd();
    let thresholds = Thresholds { top: 1, ..Thresholds::default() };
    let next = elsewhere(award(date(2018, 3, 1), 30, &["公司0"]));
    let shifts = of_latest(&crowd, &next, &thresholds);
    let left = shifts.iter().filter(|shift| shift.kind == ShiftKind::LeftTop).count();
    assert_eq!((left, shifts.len()), (11, 11), "公司0 was first beside the others and is first alone");
    let joins = elsewhere(award(date(2018, 3, 1), 30, &["新秀"]));
    let entered = of_latest(&crowd, &joins, &thresholds);
    assert_eq!(
        entered.iter().map(|shift| (shift.kind, shift.new.as_deref())).collect::<Vec<_>>(),
        [(ShiftKind::EnteredTop, Some("1"))]
    );
}

#[test]
fn a_share_that_moves_far_enough_between_two_windows_is_told_once() {
    let day = |year: i16, place: i64| date(year, 2, 1).saturating_add(jiff::Span::new().days(place));
    let mut history: Vec<DatedAward> = (0..10)
        .map(|place| elsewhere(award(day(2017, place), place, &[["甲", "乙"][usize::try_from(place).unwrap() % 2]])))
        .collect();
    history.extend((0..10).map(|place| {
        elsewhere(award(day(2018, 20 + place), 100 + place, &[["甲", "乙"][usize::try_from(place).unwrap() % 2]]))
    }));
    let told = |history: &[DatedAward], project: i64| {
        let next = elsewhere(award(day(2018, 40 + project - 200), project, &["甲"]));
        let shifts = of_latest(history, &next, &Thresholds::default());
        let moved: Vec<Option<String>> =
            shifts.into_iter().filter(|shift| shift.kind == ShiftKind::ShareMoved).map(|shift| shift.new).collect();
        (next, moved)
    };
    let mut all = Vec::new();
    for project in 200..206 {
        let (next, moved) = told(&history, project);
        history.push(next);
        all.push(moved);
    }
    let twice: usize = all.iter().map(Vec::len).sum();
    assert_eq!(twice, 2, "one rose and one fell, each once: {all:?}");
}

#[test]
fn a_band_is_crossed_by_the_award_that_crosses_it() {
    let day = |place: i64| date(2018, 1, 1).saturating_add(jiff::Span::new().days(place));
    let names: Vec<String> = (0..11).map(|who| format!("公司{who}")).collect();
    let mut awards: Vec<DatedAward> =
        (0..11).map(|place| elsewhere(award(day(place), place, &[&names[usize::try_from(place).unwrap()]]))).collect();
    awards.extend((11..30).map(|place| elsewhere(award(day(place), place, &["公司0"]))));
    let shifts = over(&awards, &Thresholds::default(), date(2018, 12, 31));
    let bands: Vec<(Option<&str>, Option<&str>)> = shifts
        .iter()
        .filter(|shift| shift.kind == ShiftKind::BandMoved)
        .map(|shift| (shift.old.as_deref(), shift.new.as_deref()))
        .collect();
    let (low, middle, high) = (Some("unconcentrated"), Some("moderate"), Some("high"));
    assert_eq!(bands, [(middle, low), (low, middle), (middle, high)], "ten equal winners are at the border");
}

fn some_award() -> impl Strategy<Value = (i32, Vec<usize>, usize, bool)> {
    (0_i32..1500, prop::collection::vec(0_usize..6, 1..3), 0_usize..3, prop::bool::ANY)
}

fn awards(rows: Vec<(i32, Vec<usize>, usize, bool)>) -> Vec<DatedAward> {
    const NAMES: [&str; 6] = ["甲", "乙", "丙", "丁", "戊", "己"];
    let rows = rows.into_iter().zip(1..).map(|((days, who, buyer, single_source), project)| {
        let names: BTreeSet<&str> = who.iter().map(|place| NAMES[*place]).collect();
        let on = date(2016, 1, 1).saturating_add(jiff::Span::new().days(days));
        let region = ["110000", "440000", "620000"][buyer];
        let winners: Vec<&str> = names.into_iter().collect();
        DatedAward {
            buyers: vec![MentionKey(format!("name:买方{buyer}"))],
            region: Some(region.into()),
            single_source,
            ..award(on, project, &winners)
        }
    });
    rows.collect()
}

fn sharp() -> Thresholds {
    Thresholds { record_days: 30, absence_days: 90, top: 2, window_days: 120, window_wins: 3, ..Thresholds::default() }
}

proptest! {
    #[test]
    fn the_order_of_arrival_does_not_matter_and_a_later_day_only_adds(
        rows in prop::collection::vec(some_award(), 0..40), until in 0_i32..1500
    ) {
        let mut awards = awards(rows);
        let end = date(2021, 1, 1);
        let whole = over(&awards, &sharp(), end);
        let until = date(2016, 1, 1).saturating_add(jiff::Span::new().days(until));
        let part = over(&awards, &sharp(), until);
        prop_assert_eq!(&whole[..part.len()], &part[..]);
        prop_assert!(whole[part.len()..].iter().all(|shift| shift.on > until));
        awards.reverse();
        prop_assert_eq!(whole, over(&awards, &sharp(), end));
    }

    #[test]
    fn the_awards_that_bear_on_one_give_what_the_whole_record_gives(
        rows in prop::collection::vec(some_award(), 1..40)
    ) {
        let mut awards = awards(rows);
        awards.sort_by_key(DatedAward::place);
        let first_on = awards[0].on;
        for (place, award) in awards.iter().enumerate() {
            let history = &awards[..place];
            let needed: Vec<DatedAward> =
                history.iter().filter(|known| is_needed(known, award, first_on, &sharp())).cloned().collect();
            prop_assert_eq!(of_latest(&needed, award, &sharp()), of_latest(history, award, &sharp()));
        }
    }
}
