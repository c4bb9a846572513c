//! Real pages and our own, mutated by chance from a fixed seed: none may come to a sum or a winner that the page does not state.
//! Prints per kind of mutation how many readings stayed the same, became safe, or went silently wrong. `TENDERWATCH_MUTATIONS`
//! raises the number of cases of each kind.

mod decoys;

mod edits;

mod judge;

mod marks;

mod notation;

mod pages;

mod parts;

mod sums;

use std::fmt::Write as _;

use fastrand::Rng;

use edits::Mutant;
use judge::{Outcome, judge};
use pages::{Page, groups, read};

/// What a kind of mutation does to what a page says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    /// Nothing but the print.
    Notation,
    /// The order of what is said.
    Order,
    /// Less is said.
    Parts,
    /// Something else is said in one place.
    Sums,
    /// Something is said beside it.
    Decoys,
}

struct Kind {
    name: &'static str,
    family: Family,
    make: fn(&Page, &mut Rng) -> Option<Mutant>,
}

macro_rules! kinds {
    ($($family:ident: $($room:ident::$name:ident),+;)+) => {
        [$($(Kind { name: stringify!($name), family: Family::$family, make: $room::$name },)+)+]
    };
}

const KINDS: &[Kind] = &kinds! {
    Notation: notation::digits_as_entities, notation::digits_in_full_width, notation::thousands_marks,
        notation::blanks_between_digits, notation::unseen_between_digits, notation::tags_between_digits, notation::decimals,
        notation::room_before_unit, notation::other_unit, notation::unit_in_brackets, notation::sign_before,
        notation::capitals_that_agree, notation::tax_note, notation::other_width_of_marks, notation::words_as_entities,
        notation::labels_set_wide, notation::other_markup;
    Order: notation::rows_change_places, notation::columns_change_places, parts::sections_change_places,
        parts::section_doubled, parts::paragraph_doubled, parts::body_doubled, parts::paragraphs_change_places;
    Parts: parts::paragraph_gone, parts::row_gone, parts::cell_emptied, parts::cell_gone, parts::header_gone, parts::column_gone,
        parts::summary_row_gone, parts::summary_sum_gone, parts::section_gone, parts::words_gone, parts::cut_short, parts::cut_in_a_sum;
    Sums: sums::unit_changed, sums::summary_slips, sums::unit_gone, sums::unit_doubled, sums::header_unit_changed,
        sums::number_changed, sums::digits_change_places, sums::summary_takes_another, sums::capitals_that_disagree,
        sums::rate_in_its_place, sums::price_beside;
    Decoys: decoys::fee, decoys::deposit, decoys::unit_price, decoys::loser, decoys::bidders, decoys::candidates,
        decoys::other_money, decoys::budget_beside_award, decoys::table_of_another_lot, decoys::row_of_remarks;
};

/// Hands by which a page may be printed before it is mutated.
const HANDS: [fn(&Page, &mut Rng) -> Option<Mutant>; 8] = [
    notation::digits_in_full_width,
    notation::thousands_marks,
    notation::decimals,
    notation::other_unit,
    notation::unit_in_brackets,
    notation::sign_before,
    notation::other_markup,
    notation::words_as_entities,
];

/// Cases of one kind, unless the environment says more.
const CASES: u64 = 50;

#[derive(Default)]
struct Count {
    cases: usize,
    same: usize,
    safe: usize,
    wrong: usize,
}

impl Count {
    fn add(&mut self, other: &Self) {
        self.cases += other.cases;
        self.same += other.same;
        self.safe += other.safe;
        self.wrong += other.wrong;
    }
}

fn cases() -> u64 {
    std::env::var("TENDERWATCH_MUTATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(CASES)
}

fn row(out: &mut String, name: &str, count: &Count) {
    let Count { cases, same, safe, wrong } = count;
    let _ = writeln!(out, "{name:<26} {cases:>6} {same:>6} {safe:>6} {wrong:>6}");
}

/// One case: a page drawn by the seed, perhaps printed by another hand, mutated, read and judged; nothing where the mutation does
/// not fit the page.
fn case<'a>(kind: &Kind, groups: &'a [Vec<Page>], seed: u64) -> Option<(&'a Page, Mutant, Outcome)> {
    let mut rng = Rng::with_seed(seed);
    let group = &groups[rng.usize(0..groups.len())];
    let page = &group[rng.usize(0..group.len())];
    let hand = HANDS[rng.usize(0..HANDS.len())];
    let reprinted = if rng.u8(0..3) == 0 { hand(page, &mut rng) } else { None };
    let reprinted = reprinted.map(|mutant| page.reprinted(mutant.html));
    let printed = reprinted.as_ref().unwrap_or(page);
    let mutant = (kind.make)(printed, &mut rng)?;
    let outcome = judge(printed, &mutant.allowed, read(&mutant.html, page.url.as_deref()).as_ref());
    Some((page, mutant, outcome))
}

/// What one kind came to, and what went wrong.
fn tried(kind: &Kind, at: usize, groups: &[Vec<Page>]) -> (Count, Vec<String>) {
    let mut count = Count::default();
    let mut wrong = Vec::new();
    let first = u64::try_from(at).unwrap() << 32;
    // Some mutations fit few pages: draw again, but not for ever.
    for seed in first..first + cases() * 12 {
        if u64::try_from(count.cases).unwrap() >= cases() {
            break;
        }
        let Some((page, mutant, outcome)) = case(kind, groups, seed) else { continue };
        count.cases += 1;
        match outcome {
            Outcome::Same => count.same += 1,
            Outcome::Safe => count.safe += 1,
            Outcome::Wrong(what) => {
                count.wrong += 1;
                keep(kind.name, seed, page, &mutant.html);
                wrong.push(format!("{} of {} (seed {seed}): {what}", kind.name, page.name));
            }
        }
    }
    (count, wrong)
}

#[test]
fn no_mutation_makes_a_silently_wrong_amount() {
    let groups = groups();
    let half = KINDS.len() / 2;
    let part = |range: std::ops::Range<usize>| -> Vec<(Count, Vec<String>)> {
        range.map(|at| tried(&KINDS[at], at, &groups)).collect()
    };
    let mut results = Vec::new();
    std::thread::scope(|scope| {
        let rest = scope.spawn(|| part(half..KINDS.len()));
        results.extend(part(0..half));
        results.extend(rest.join().unwrap());
    });
    let mut table = String::from("kind                        cases   same   safe  wrong\n");
    let mut wrong = Vec::new();
    let (mut all, mut notation) = (Count::default(), Count::default());
    for (kind, (count, what)) in KINDS.iter().zip(results) {
        row(&mut table, kind.name, &count);
        all.add(&count);
        if kind.family == Family::Notation {
            notation.add(&count);
        }
        wrong.extend(what);
    }
    row(&mut table, "print alone", &notation);
    row(&mut table, "all", &all);
    println!("{table}");
    assert!(wrong.is_empty(), "silently wrong:\n{}", wrong.join("\n"));
    assert!(notation.same * 100 >= notation.cases * 97, "{} of {} stayed the same", notation.same, notation.cases);
    assert!(KINDS.len() * 20 <= all.cases, "only {} cases were found", all.cases);
}

/// A page that went wrong is kept beside its unharmed self where the environment names a folder.
fn keep(kind: &str, seed: u64, page: &Page, html: &str) {
    if let Ok(folder) = std::env::var("TENDERWATCH_MUTANTS") {
        let folder = std::path::Path::new(&folder);
        std::fs::write(folder.join(format!("{kind}-{seed}.html")), html).unwrap();
        std::fs::write(folder.join(format!("{kind}-{seed}.unharmed.html")), &page.html).unwrap();
    }
}
