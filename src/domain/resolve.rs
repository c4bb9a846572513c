//! Which mentions are one party? Joins by code, by name and by ruling, until nothing moves; what was printed under the mentions
//! that were joined makes the party. No order of mentions or rulings matters, and nothing is remembered from one time to the next.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::names;
use super::organisation::Organisation;
use super::party::{Alias, MentionFact, MentionKey, Party, PartyMatter, PartyRuling, mention_key};
use super::place::{self, Printed};

/// How long a name was seen, and how it is written.
#[derive(Clone, Debug, Default)]
struct Seen {
    written: String,
    first_on: Option<Date>,
    last_on: Option<Date>,
}

impl Seen {
    /// Takes in another sight of the same name, in whatever order they come.
    fn take(&mut self, other: &Self) {
        if self.written.is_empty() || (!other.written.is_empty() && other.written < self.written) {
            self.written.clone_from(&other.written);
        }
        self.first_on = [self.first_on, other.first_on].into_iter().flatten().min();
        self.last_on = self.last_on.max(other.last_on);
    }
}

/// What was printed under one key.
#[derive(Clone, Debug, Default)]
struct Mention {
    /// By folded name.
    names: BTreeMap<String, Seen>,
    /// With the last day.
    addresses: BTreeMap<String, Option<Date>>,
    /// Whether any notice has it, or a ruling speaks of it. Otherwise it is the bare name of a code's holder.
    occurs: bool,
}

/// Every mention by its key.
#[derive(Debug, Default)]
pub(super) struct Known(BTreeMap<MentionKey, Mention>);

impl Known {
    /// A ruling speaks of a mention, whether any notice has it or not.
    pub(super) fn speak_of(&mut self, key: &MentionKey) {
        if let Some(mention) = self.0.get_mut(key) {
            mention.occurs = true;
        } else {
            self.0.insert(key.clone(), Mention { occurs: true, ..Mention::default() });
        }
    }

    /// A notice has printed this.
    pub(super) fn learn(&mut self, fact: MentionFact) {
        let Some(key) = mention_key(&fact.organisation) else { return };
        let MentionFact { organisation: Organisation { name, address, .. }, on } = fact;
        let folded = names::key(&name);
        if key.code().is_some() && !folded.is_empty() {
            self.0.entry(MentionKey(format!("name:{folded}"))).or_default();
        }
        let mention = self.0.entry(key).or_default();
        mention.occurs = true;
        if !folded.is_empty() {
            let seen = Seen { written: name.trim().to_owned(), first_on: on, last_on: on };
            mention.names.entry(folded).or_default().take(&seen);
        }
        if let Some(address) = address.filter(|address| !address.trim().is_empty()) {
            let last = mention.addresses.entry(address).or_insert(on);
            *last = (*last).max(on);
        }
    }

    /// The party that these mentions make; they are sorted.
    pub(super) fn party(&self, members: &[&MentionKey], contested: Vec<String>) -> Option<Party> {
        let key = (*members.first()?).clone();
        let mut names: BTreeMap<&str, Seen> = BTreeMap::new();
        let mut addresses: Vec<Printed<'_>> = Vec::new();
        for mention in members.iter().filter_map(|key| self.0.get(*key)) {
            for (folded, seen) in &mention.names {
                names.entry(folded).or_default().take(seen);
            }
            addresses.extend(mention.addresses.iter().map(|(address, on)| (address.as_str(), *on)));
        }
        let latest = names.iter().max_by_key(|(folded, seen)| (!is_branch(folded), seen.last_on, Reverse(*folded)));
        let bare = || key.name().or(key.code()).unwrap_or_default();
        let name = latest.map_or_else(|| bare().to_owned(), |(_, seen)| seen.written.clone());
        let codes: Vec<&str> = members.iter().filter_map(|key| key.code()).collect();
        let mut printed: Vec<Printed<'_>> = names.values().map(|seen| (seen.written.as_str(), seen.last_on)).collect();
        if printed.is_empty() {
            printed.push((&name, None));
        }
        let place = place::place(&codes, &addresses, &printed);
        let code = codes.first().map(|code| (*code).to_owned());
        let mentions = members.iter().map(|key| (*key).clone()).collect();
        Some(Party { aliases: aliases(names), name, code, mentions, place, parent: None, contested, key })
    }
}

fn aliases(names: BTreeMap<&str, Seen>) -> Vec<Alias> {
    let alias = |Seen { written, first_on, last_on }| Alias { name: written, first_on, last_on };
    let mut aliases: Vec<Alias> = names.into_values().map(alias).collect();
    aliases.sort_by(|one, other| (one.first_on, &one.name).cmp(&(other.first_on, &other.name)));
    aliases
}

/// What a part of a firm is called that has a name and a code of its own.
const BRANCH_WORDS: [&str; 7] = ["分公司", "支公司", "分行", "支行", "分部", "营业部", "办事处"];

fn is_branch(name: &str) -> bool {
    BRANCH_WORDS.iter().any(|word| name.ends_with(word))
}

/// Which mentions are one.
pub(super) struct Unions<'a> {
    keys: Vec<&'a MentionKey>,
    place: BTreeMap<&'a MentionKey, usize>,
    /// Each points to an earlier one, or to itself.
    up: Vec<usize>,
    /// Mentions that a person joined to another or set apart: no code disputes them any more.
    ruled: BTreeSet<&'a MentionKey>,
    /// Name → the codes that it was printed with and that nobody set apart.
    codes: BTreeMap<MentionKey, BTreeSet<&'a MentionKey>>,
}

impl<'a> Unions<'a> {
    /// Joins what rulings join, then by the rules.
    pub(super) fn of(known: &'a Known, rulings: &'a [PartyRuling]) -> Self {
        let keys: Vec<&MentionKey> = known.0.keys().collect();
        let place = keys.iter().enumerate().map(|(place, key)| (*key, place)).collect();
        let up = (0..keys.len()).collect();
        let mut apart = BTreeSet::new();
        let mut unions = Self { keys, place, up, ruled: BTreeSet::new(), codes: BTreeMap::new() };
        for ruling in rulings {
            match &ruling.matter {
                PartyMatter::Same(one, other) => {
                    unions.ruled.extend([one, other]);
                    unions.join(one, other);
                }
                PartyMatter::Apart(one) => {
                    unions.ruled.insert(one);
                    apart.insert(one);
                }
                PartyMatter::Affiliate { .. } => {}
            }
        }
        unions.codes = codes_of_names(known, &apart);
        let fixed = |name: &MentionKey, codes: &BTreeSet<&MentionKey>| {
            apart.contains(name) || codes.iter().any(|code| is_heads(known, name, code))
        };
        let joined: Vec<(MentionKey, BTreeSet<&MentionKey>)> = unions
            .codes
            .iter()
            .filter(|(name, codes)| !fixed(name, codes))
            .map(|(n, c)| (n.clone(), c.clone()))
            .collect();
        // A join may settle which code another name means. Joins never undo one another, so that the end is the same in
        // whatever order they are made.
        while unions.settle(&joined) {}
        unions
    }

    /// Joins every name to its code where there is one only. Says whether anything moved.
    fn settle(&mut self, names: &[(MentionKey, BTreeSet<&'a MentionKey>)]) -> bool {
        let mut moved = false;
        for (name, codes) in names {
            let roots: BTreeSet<Option<usize>> = codes.iter().map(|code| self.root_of(code)).collect();
            if let (1, Some(code)) = (roots.len(), codes.first()) {
                moved |= self.join(name, code);
            }
        }
        moved
    }

    fn root_of(&self, key: &MentionKey) -> Option<usize> {
        self.place.get(key).map(|place| self.root(*place))
    }

    fn root(&self, mut place: usize) -> usize {
        while let Some(up) = self.up.get(place).filter(|up| **up != place) {
            place = *up;
        }
        place
    }

    fn join(&mut self, one: &MentionKey, other: &MentionKey) -> bool {
        let (Some(one), Some(other)) = (self.root_of(one), self.root_of(other)) else { return false };
        if let Some(up) = self.up.get_mut(one.max(other)).filter(|_| one != other) {
            *up = one.min(other);
            return true;
        }
        false
    }

    /// The mentions of each party, sorted. A name that was printed with codes only and of which no ruling speaks is none.
    pub(super) fn classes(&self, known: &Known) -> Vec<Vec<&'a MentionKey>> {
        let mut classes: BTreeMap<usize, Vec<&MentionKey>> = BTreeMap::new();
        for (place, key) in self.keys.iter().enumerate() {
            if known.0.get(*key).is_some_and(|mention| mention.occurs) {
                classes.entry(self.root(place)).or_default().push(key);
            }
        }
        classes.into_values().collect()
    }

    /// The codes that dispute names among these mentions: printed with the name, and not of its party.
    pub(super) fn contested(&self, members: &[&MentionKey]) -> Vec<String> {
        let mut contested = BTreeSet::new();
        for name in members.iter().filter(|key| !self.ruled.contains(**key)) {
            let codes = self.codes.get(*name).into_iter().flatten();
            if codes.clone().any(|code| self.root_of(code) != self.root_of(name)) {
                contested.extend(codes.filter_map(|code| code.code()).map(str::to_owned));
            }
        }
        contested.into_iter().collect()
    }
}

/// Name → the codes that it was printed with, those set apart left out.
fn codes_of_names<'a>(
    known: &'a Known,
    apart: &BTreeSet<&MentionKey>,
) -> BTreeMap<MentionKey, BTreeSet<&'a MentionKey>> {
    let mut codes: BTreeMap<MentionKey, BTreeSet<&MentionKey>> = BTreeMap::new();
    for (code, mention) in known.0.iter().filter(|(key, _)| key.code().is_some() && !apart.contains(key)) {
        for folded in mention.names.keys() {
            codes.entry(MentionKey(format!("name:{folded}"))).or_default().insert(code);
        }
    }
    codes
}

/// Whether a branch's name stands beside the code of its head, which was printed with a name of its own besides.
fn is_heads(known: &Known, name: &MentionKey, code: &MentionKey) -> bool {
    let names = known.0.get(code).map(|mention| &mention.names);
    is_branch(&name.0) && names.is_some_and(|names| names.keys().any(|other| !is_branch(other)))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::party::Parties;
    use crate::domain::uscc;

    const X: &str = "91440300708461136T";
    const Y: &str = "911100007693890511";
    const Z: &str = "91350100M000100Y43";

    fn ruling(id: i64, matter: PartyMatter) -> PartyRuling {
        PartyRuling { id, matter, author: "li".into(), reason: "工商登记".into(), at: Timestamp::UNIX_EPOCH }
    }

    fn name(name: &str) -> MentionKey {
        MentionKey::of_name(name)
    }

    fn code(code: &str) -> MentionKey {
        MentionKey::of_code(code)
    }

    /// Whose a mention is, by key.
    fn whose<'a>(parties: &'a Parties, mention: &MentionKey) -> &'a str {
        parties.party(mention).map_or("nobody", |party| &party.key.0)
    }

    /// Few names and codes, so that they meet.
    fn facts() -> impl Strategy<Value = Vec<MentionFact>> {
        let names = ["甲有限公司", "甲 有限公司", "甲有限责任公司", "乙公司", "乙公司北京分公司", "四川丙公司", ""];
        let codes = [None, Some(X), Some(Y), Some(Z), Some("91310115MA1H8R7C6D")];
        let addresses = [None, Some("北京市海淀区"), Some("广东省深圳市"), Some("  ")];
        let fact = (
            prop::sample::select(names.to_vec()),
            prop::sample::select(codes.to_vec()),
            prop::sample::select(addresses.to_vec()),
            prop::option::of(2016_i16..2020),
        );
        let fact = fact.prop_map(|(name, code, address, year)| MentionFact {
            organisation: Organisation {
                name: name.to_owned(),
                credit_code: code.map(str::to_owned),
                address: address.map(str::to_owned),
            },
            on: year.map(|year| date(year, 1, 1)),
        });
        prop::collection::vec(fact, 0..12)
    }

    fn key() -> impl Strategy<Value = MentionKey> {
        prop::sample::select(vec![
            code(X),
            code(Y),
            code(Z),
            name("甲有限公司"),
            name("乙公司"),
            name("乙公司北京分公司"),
            name("谁也没提过"),
        ])
    }

    fn matter() -> impl Strategy<Value = PartyMatter> {
        prop_oneof![
            (key(), key()).prop_map(|(one, other)| PartyMatter::Same(one, other)),
            key().prop_map(PartyMatter::Apart),
            (key(), key()).prop_map(|(party, parent)| PartyMatter::Affiliate { party, parent }),
        ]
    }

    fn rulings() -> impl Strategy<Value = Vec<PartyRuling>> {
        let numbered = |matters: Vec<PartyMatter>| matters.into_iter().zip(1..).map(|(m, id)| ruling(id, m)).collect();
        prop::collection::vec(matter(), 0..5).prop_map(numbered)
    }

    proptest! {
        #[test]
        fn any_order_of_mentions_and_rulings_gives_the_same_parties(
            (facts, shuffled) in facts().prop_flat_map(|facts| (Just(facts.clone()), Just(facts).prop_shuffle())),
            (rulings, turned) in rulings().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        ) {
            prop_assert_eq!(Parties::of(facts, &rulings), Parties::of(shuffled, &turned));
        }

        #[test]
        fn a_ruling_and_its_undoing_change_nothing(facts in facts(), rulings in rulings(), more in matter()) {
            // Undone is left out, whatever was ruled before and since.
            let before = Parties::of(facts.clone(), &rulings);
            let mut ruled = rulings.clone();
            ruled.insert(rulings.len() / 2, ruling(99, more));
            let _with = Parties::of(facts.clone(), &ruled);
            ruled.retain(|ruling| ruling.id != 99);
            prop_assert_eq!(before, Parties::of(facts, &ruled));
        }

        #[test]
        fn a_merge_that_is_parted_leaves_every_mention_where_it_was(facts in facts(), one in key(), other in key()) {
            let spoken_of = [PartyMatter::Affiliate { party: one.clone(), parent: one.clone() },
                PartyMatter::Affiliate { party: other.clone(), parent: other.clone() }];
            let spoken_of: Vec<_> = spoken_of.into_iter().zip(1..).map(|(matter, id)| ruling(id, matter)).collect();
            let before = Parties::of(facts.clone(), &spoken_of);
            let mut merged = spoken_of.clone();
            merged.push(ruling(3, PartyMatter::Same(one.clone(), other.clone())));
            let merged = Parties::of(facts, &merged);
            prop_assert_eq!(whose(&merged, &one), whose(&merged, &other));
            for party in before.all() {
                for mention in &party.mentions {
                    let now = merged.party(mention).unwrap();
                    prop_assert!(party.mentions.iter().all(|kept| now.mentions.contains(kept)), "{mention} lost company");
                }
            }
        }

        #[test]
        fn every_mention_has_one_party_and_every_code_is_valid(facts in facts(), rulings in rulings()) {
            let keys: BTreeSet<MentionKey> = facts.iter().filter_map(|fact| mention_key(&fact.organisation)).collect();
            let parties = Parties::of(facts, &rulings);
            let mut seen = BTreeSet::new();
            for party in parties.all() {
                prop_assert!(party.code.iter().all(|code| uscc::is_valid(code)));
                prop_assert!(party.mentions.iter().all(|mention| seen.insert(mention.clone())), "in two parties");
                prop_assert_eq!(Some(&party.key), party.mentions.first());
                prop_assert!(party.parent.as_ref().is_none_or(|parent| parties.party(parent).is_some()));
                prop_assert!(parties.group_of(&party.key).first().is_some_and(|first| first.key == party.key));
            }
            prop_assert!(keys.is_subset(&seen));
        }

        #[test]
        fn no_text_breaks_a_party(name in "\\PC{0,40}", address in "\\PC{0,40}", code in "\\PC{0,20}") {
            let organisation = Organisation { name, credit_code: Some(code), address: Some(address) };
            let _ = Parties::of([MentionFact { organisation, on: None }], &[]);
        }
    }
}
