//! Many words looked for in one pass over a text, however many they are. Compares as printed; folding is the caller's.

use std::hash::{BuildHasherDefault, Hasher};

use aho_corasick::AhoCorasick;

/// Words, ready to be looked for.
#[derive(Debug)]
pub struct Words {
    /// In the order in which they were given, with the group that each belongs to.
    words: Vec<(String, u8)>,
    /// Nothing where the words cannot be made one search: then each is looked for by itself.
    search: Option<AhoCorasick>,
}

impl Words {
    /// Words that are all alike.
    #[must_use]
    pub fn of(words: &[&str]) -> Self {
        Self::grouped(&[words])
    }

    /// Words in groups; at most 64 of them are told apart.
    #[must_use]
    pub fn grouped(groups: &[&[&str]]) -> Self {
        let of_group = |(words, group): (&&[&str], u8)| words.iter().map(|word| ((*word).to_owned(), group)).collect();
        let words: Vec<(String, u8)> =
            groups.iter().zip(0_u8..64).flat_map(|pair| -> Vec<_> { of_group(pair) }).collect();
        let search = AhoCorasick::new(words.iter().map(|(word, _)| word)).ok();
        Self { words, search }
    }

    /// Whether one of the words stands in a text.
    #[must_use]
    pub fn stand_in(&self, text: &str) -> bool {
        match &self.search {
            Some(search) => search.is_match(text),
            None => self.words.iter().any(|(word, _)| text.contains(word.as_str())),
        }
    }

    /// The groups of which a word stands in a text, one bit each.
    #[must_use]
    pub fn groups_in(&self, text: &str) -> u64 {
        self.places(text).fold(0, |groups, place| groups | 1 << place.group)
    }

    /// Every place of every word, those that end first first; of places with one end in no order.
    pub fn places<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Place> + 'a {
        let place = |nth: usize, at: usize| {
            self.words.get(nth).map(|(word, group)| Place { nth, group: *group, at, end: at + word.len() })
        };
        let found = self.search.iter().flat_map(move |search| {
            search.find_overlapping_iter(text).filter_map(move |hit| place(hit.pattern().as_usize(), hit.start()))
        });
        let alone = self.words.iter().enumerate().filter(|_| self.search.is_none());
        let one_by_one = alone.flat_map(move |(nth, (word, _))| {
            text.match_indices(word.as_str()).filter_map(move |(at, _)| place(nth, at))
        });
        found.chain(one_by_one)
    }
}

/// Where a word stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which word, as they were given.
    pub nth: usize,
    /// Its group.
    pub group: u8,
    /// Where it begins, in bytes.
    pub at: usize,
    /// Where it ends.
    pub end: usize,
}

/// Whether one of some words, written in place, stands in a text.
macro_rules! any_of {
    ($text:expr, [$($word:expr),+ $(,)?]) => {{
        static WORDS: std::sync::LazyLock<$crate::domain::words::Words> =
            std::sync::LazyLock::new(|| $crate::domain::words::Words::of(&[$($word),+]));
        WORDS.stand_in($text)
    }};
}

pub(crate) use any_of;

/// Hashes words of our own lists: quick, and no shield against chosen keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let word = chunk.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
            self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }

    fn finish(&self) -> u64 {
        // The table looks at the highest bits as well as at the lowest.
        self.0 ^ self.0 >> 32
    }
}

/// A table of our own words.
pub type Table<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<Quick>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_within_words_are_all_found() {
        let words = Words::grouped(&[&["中标公告", "公告"], &["标"]]);
        let mut found: Vec<(usize, usize)> = words.places("中标公告").map(|place| (place.nth, place.at)).collect();
        found.sort_unstable();
        assert_eq!(found, [(0, 0), (1, 6), (2, 3)]);
        assert_eq!(words.groups_in("某公告"), 0b01);
        assert_eq!(words.groups_in("标的"), 0b10);
        assert_eq!(words.groups_in("某"), 0);
        assert!(words.stand_in("招标") && !words.stand_in("告示"));
        assert!(any_of!("某医院", ["医", "院"]) && !any_of!("某局", ["医", "院"]));
    }
}
