//! Which class do the words of a text name? The terms stand in `data/categories.csv`; among those found the lowest priority
//! number wins, then the longest term, and two classes that are still even are a tie. Knows no notices.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::domain::classes::Category;
use crate::domain::names;

/// Where a text stands; each place has terms of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A buyer's name.
    Buyer,
    /// A project's title, without the parties' names.
    Title,
    /// The names and the path of what is bought.
    Items,
}

impl Place {
    /// The word in `data/categories.csv`.
    fn word(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Title => "title",
            Self::Items => "items",
        }
    }

    fn words(self) -> &'static Words {
        match self {
            Self::Buyer => &BUYER,
            Self::Title => &TITLE,
            Self::Items => &ITEMS,
        }
    }
}

/// What the words of one text come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// No term stands there.
    Silent,
    /// One class, by this term.
    One(Category, &'static str),
    /// Several classes by equally strong terms.
    Tie(Vec<(Category, &'static str)>),
}

/// A row of the table. One without a category is a trap: it keeps the shorter term inside it from misleading.
struct Term {
    category: Option<Category>,
    text: &'static str,
    priority: u8,
}

/// The terms of one place, ready to be looked for.
struct Words {
    terms: Vec<Term>,
    automaton: Option<AhoCorasick>,
}

const TABLE: &str = include_str!("../../../data/categories.csv");

static BUYER: LazyLock<Words> = LazyLock::new(|| Words::of(TABLE, Place::Buyer));
static TITLE: LazyLock<Words> = LazyLock::new(|| Words::of(TABLE, Place::Title));
static ITEMS: LazyLock<Words> = LazyLock::new(|| Words::of(TABLE, Place::Items));

/// What a text's words come to at this place.
pub(super) fn verdict(place: Place, text: &str) -> Verdict {
    place.words().verdict(&names::squeezed(text))
}

impl Words {
    fn of(table: &'static str, place: Place) -> Self {
        let rows = table.lines().skip(1).filter_map(|line| row(line, place));
        let terms: Vec<Term> = rows.collect();
        let folded = terms.iter().map(|term| names::squeezed(term.text));
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(folded).ok();
        Self { terms, automaton }
    }

    fn verdict(&self, text: &str) -> Verdict {
        let found = self.found(text);
        let strength = |term: &Term| (term.priority, std::cmp::Reverse(term.text.chars().count()));
        let Some(best) = found.iter().map(|term| strength(term)).min() else { return Verdict::Silent };
        let mut even: BTreeMap<Category, &'static str> = BTreeMap::new();
        for term in found.into_iter().filter(|term| strength(term) == best) {
            if let Some(category) = term.category {
                even.entry(category).or_insert(term.text);
            }
        }
        let even: Vec<(Category, &'static str)> = even.into_iter().collect();
        match even.as_slice() {
            [] => Verdict::Silent,
            [(category, term)] => Verdict::One(*category, term),
            _ => Verdict::Tie(even),
        }
    }

    /// The terms that stand in a folded text, the longest at each place; traps swallow what they cover.
    fn found(&self, text: &str) -> Vec<&Term> {
        let hits = self.automaton.iter().flat_map(|automaton| automaton.find_iter(text));
        let terms = hits.filter_map(|hit| self.terms.get(hit.pattern().as_usize()));
        terms.filter(|term| term.category.is_some()).collect()
    }
}

/// `class,where,term,priority,source`; `where` names the places with `|` between them.
fn row(line: &'static str, place: Place) -> Option<Term> {
    let cells: Vec<&'static str> = line.split(',').collect();
    let [class, places, text, priority, _] = cells.as_slice() else { return None };
    places.split('|').any(|word| word == place.word()).then_some(())?;
    Some(Term { category: Category::parse(class), text, priority: priority.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_of_the_table_is_understood() {
        let mut seen = BTreeSet::new();
        for line in TABLE.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let [class, places, term, priority, source] = cells.as_slice() else { panic!("{line}") };
            assert!(*class == "none" || Category::parse(class).is_some(), "{line}");
            assert!(places.split('|').all(|place| ["buyer", "title", "items"].contains(&place)), "{line}");
            assert!(term.chars().count() >= 2 && priority.parse::<u8>().is_ok(), "{line}");
            assert!(["label", "name", "trap"].contains(source), "{line}");
            for place in places.split('|') {
                assert!(seen.insert((place, *term)), "twice: {line}");
            }
        }
        for place in [Place::Buyer, Place::Title, Place::Items] {
            assert!(place.words().automaton.is_some());
        }
        let buyers: BTreeSet<_> = BUYER.terms.iter().filter_map(|term| term.category).collect();
        assert_eq!(buyers.len(), Category::ALL.len());
    }

    #[test]
    fn the_longer_term_hides_the_shorter_one_inside_it() {
        assert_eq!(verdict(Place::Buyer, "某市人民政府"), Verdict::Silent);
        assert_eq!(verdict(Place::Buyer, "某市民政局"), Verdict::One(Category::Welfare, "民政局"));
        assert_eq!(verdict(Place::Buyer, "Ａ 市 民 政 局"), Verdict::One(Category::Welfare, "民政局"));
    }

    #[test]
    fn equally_strong_terms_of_two_classes_are_a_tie() {
        let Verdict::Tie(classes) = verdict(Place::Buyer, "某生态农业旅游示范区管理委员会") else {
            panic!()
        };
        assert_eq!(classes, [(Category::Agriculture, "农业"), (Category::Tourism, "旅游")]);
    }
}
