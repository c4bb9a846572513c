//! Who is who? Organisations as notices mention them, and which mentions are one party: by a valid credit code, else by the
//! normalised name, else by a person's word. A pure view of mentions: any order gives the same parties, and what a person merged
//! can be parted again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::judged::Judged;
use super::names;
use super::notice::Notice;
use super::organisation::Organisation;
use super::resolve::{Known, Unions};
use super::uscc;

/// What a mention is told apart by: `code:` and the credit code where a valid one is printed, else `name:` and the folded name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MentionKey(pub String);

impl MentionKey {
    /// The key of whoever holds a code.
    #[must_use]
    pub fn of_code(code: &str) -> Self {
        Self(format!("code:{code}"))
    }

    /// The key of a name that stands without a code.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        Self(format!("name:{}", names::key(name)))
    }

    /// The credit code within, if there is one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.strip_prefix("code:")
    }

    /// The folded name within, if there is one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.0.strip_prefix("name:")
    }
}

impl std::fmt::Display for MentionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The key of an organisation as a notice names it; nothing for one without a name and a code.
#[must_use]
pub fn mention_key(organisation: &Organisation) -> Option<MentionKey> {
    let code = organisation.credit_code.as_deref().filter(|code| uscc::is_valid(code));
    if let Some(code) = code {
        return Some(MentionKey::of_code(code));
    }
    Some(MentionKey::of_name(&organisation.name)).filter(|key| key.name() != Some(""))
}

/// What an organisation is mentioned as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Who buys.
    Buyer,
    /// Who has a lot.
    Supplier,
    /// Who runs the procurement.
    Agency,
    /// Who is proposed or ranked.
    Candidate,
}

impl Role {
    /// The word in JSON and tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Supplier => "supplier",
            Self::Agency => "agency",
            Self::Candidate => "candidate",
        }
    }
}

/// Every organisation that a notice names, with its role; the partners of a joint bid one by one.
#[must_use]
pub fn mentioned(notice: &Notice) -> Vec<(Role, &Organisation)> {
    let buyers = notice.buyers.iter().map(|buyer| (Role::Buyer, buyer));
    let suppliers = notice.lots.iter().flat_map(|lot| &lot.suppliers).map(|supplier| (Role::Supplier, supplier));
    let agency = notice.agency.iter().map(|agency| (Role::Agency, agency));
    let candidates = notice.candidates.iter().map(|candidate| (Role::Candidate, &candidate.supplier));
    buyers.chain(suppliers).chain(agency).chain(candidates).collect()
}

/// An organisation as it was once printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MentionFact {
    /// As printed.
    pub organisation: Organisation,
    /// The day of the notice.
    pub on: Option<Date>,
}

/// A person's word on who is who. It can be undone: then it is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartyRuling {
    /// Its number in history.
    pub id: i64,
    /// What it says.
    pub matter: PartyMatter,
    /// Who said so.
    pub author: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// What can be ruled of parties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartyMatter {
    /// Two mentions are one party.
    Same(MentionKey, MentionKey),
    /// A mention is in nobody's company by rule; only [`PartyMatter::Same`] joins it to others.
    Apart(MentionKey),
    /// A party belongs to a group. The last word on a party stands.
    Affiliate {
        /// Who.
        party: MentionKey,
        /// To whom it belongs.
        parent: MentionKey,
    },
}

impl PartyMatter {
    /// The word in JSON and tables.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Same(..) => "same",
            Self::Apart(_) => "apart",
            Self::Affiliate { .. } => "affiliate",
        }
    }

    /// The mention that is spoken of, and the one that it is set beside.
    #[must_use]
    pub fn mentions(&self) -> (&MentionKey, Option<&MentionKey>) {
        match self {
            Self::Same(one, other) => (one, Some(other)),
            Self::Apart(one) => (one, None),
            Self::Affiliate { party, parent } => (party, Some(parent)),
        }
    }
}

/// A name that a party was printed under, and from when to when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// As printed.
    pub name: String,
    /// The first day of a notice that has it.
    pub first_on: Option<Date>,
    /// The last.
    pub last_on: Option<Date>,
}

/// One organisation, made of mentions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The least of its mentions' keys; a code comes before a name.
    pub key: MentionKey,
    /// The name it was last printed under.
    pub name: String,
    /// Every name it was printed under, that one too, by their first day. Empty where only a ruling names it.
    pub aliases: Vec<Alias>,
    /// Its credit code; the least where it has several by a person's word.
    pub code: Option<String>,
    /// Its mentions' keys, sorted.
    pub mentions: Vec<MentionKey>,
    /// The province it is registered in, by `code`, `address` or `name`.
    pub place: Judged<String>,
    /// The key of the party that it belongs to, by a person's word.
    pub parent: Option<MentionKey>,
    /// The codes that dispute one of its names: nobody has said which of them a mention without a code means.
    pub contested: Vec<String>,
}

/// Every party.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Parties {
    by_key: BTreeMap<MentionKey, Party>,
    /// Mention → its party's key.
    of: BTreeMap<MentionKey, MentionKey>,
    /// Party → those that belong to it.
    children: BTreeMap<MentionKey, Vec<MentionKey>>,
}

impl Parties {
    /// The parties that these mentions are. The same valid code is one party; a name belongs to the only code that it was ever
    /// printed with, and to none where there are several. A branch's name that was printed with its head's code does not make
    /// the branch its head. Rulings that speak of a mention nobody printed make it a party: a group's parent may never bid.
    #[must_use]
    pub fn of(facts: impl IntoIterator<Item = MentionFact>, rulings: &[PartyRuling]) -> Self {
        let mut known = Known::default();
        for fact in facts {
            known.learn(fact);
        }
        for ruling in rulings {
            let (one, other) = ruling.matter.mentions();
            std::iter::once(one).chain(other).for_each(|key| known.speak_of(key));
        }
        let unions = Unions::of(&known, rulings);
        let mut parties = Self::default();
        for members in unions.classes(&known) {
            let Some(party) = known.party(&members, unions.contested(&members)) else { continue };
            for mention in &party.mentions {
                parties.of.insert(mention.clone(), party.key.clone());
            }
            parties.by_key.insert(party.key.clone(), party);
        }
        parties.affiliate(rulings);
        parties
    }

    /// Whose a mention is.
    #[must_use]
    pub fn party(&self, mention: &MentionKey) -> Option<&Party> {
        self.by_key.get(self.of.get(mention)?)
    }

    /// Every party, by key.
    pub fn all(&self) -> impl Iterator<Item = &Party> {
        self.by_key.values()
    }

    /// The party and its group: parent, siblings, children and theirs. Itself first, then by key.
    #[must_use]
    pub fn group_of(&self, mention: &MentionKey) -> Vec<&Party> {
        let Some(own) = self.party(mention) else { return Vec::new() };
        let mut group = BTreeSet::from([&own.key]);
        let mut left = vec![own];
        while let Some(party) = left.pop() {
            let children = self.children.get(&party.key).into_iter().flatten();
            for key in party.parent.iter().chain(children) {
                if group.insert(key) {
                    left.extend(self.by_key.get(key));
                }
            }
        }
        let others = group.into_iter().filter(|key| **key != own.key);
        std::iter::once(own).chain(others.filter_map(|key| self.by_key.get(key))).collect()
    }

    /// The last word on each party's parent.
    fn affiliate(&mut self, rulings: &[PartyRuling]) {
        let mut ordered: Vec<&PartyRuling> = rulings.iter().collect();
        ordered.sort_by_key(|ruling| ruling.id);
        let mut parents: BTreeMap<MentionKey, MentionKey> = BTreeMap::new();
        for ruling in ordered {
            let PartyMatter::Affiliate { party, parent } = &ruling.matter else { continue };
            if let (Some(party), Some(parent)) = (self.of.get(party), self.of.get(parent)) {
                parents.insert(party.clone(), parent.clone());
            }
        }
        // Who was meanwhile found to be the same as the parent belongs to nobody.
        for (key, parent) in parents.into_iter().filter(|(key, parent)| key != parent) {
            self.children.entry(parent.clone()).or_default().push(key.clone());
            if let Some(party) = self.by_key.get_mut(&key) {
                party.parent = Some(parent);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const X: &str = "91440300708461136T";
    const Y: &str = "911100007693890511";

    fn fact(name: &str, code: Option<&str>, year: i16) -> MentionFact {
        let organisation = Organisation { credit_code: code.map(str::to_owned), ..Organisation::named(name) };
        MentionFact { organisation, on: Some(date(year, 5, 1)) }
    }

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

    #[test]
    fn a_name_belongs_to_the_only_code_it_was_ever_printed_with() {
        let facts = [fact("甲公司", None, 2017), fact("甲公司", Some(X), 2019), fact(" 甲公司", None, 2018)];
        let parties = Parties::of(facts, &[]);
        let party = parties.party(&name("甲公司")).unwrap();
        assert_eq!((parties.all().count(), party.code.as_deref()), (1, Some(X)));
        assert_eq!(party.mentions, [code(X), name("甲公司")]);
        assert_eq!(party.aliases.len(), 1);
        assert_eq!(
            (party.aliases[0].first_on, party.aliases[0].last_on),
            (Some(date(2017, 5, 1)), Some(date(2019, 5, 1)))
        );
    }

    #[test]
    fn a_name_of_several_codes_stands_alone_and_says_so() {
        let facts = [fact("甲公司", Some(X), 2018), fact("甲公司", Some(Y), 2019), fact("甲公司", None, 2019)];
        let parties = Parties::of(facts, &[]);
        assert_eq!(parties.all().count(), 3);
        assert_eq!(parties.party(&name("甲公司")).unwrap().contested, [Y, X]);
        assert_eq!(parties.party(&code(X)).unwrap().contested, Vec::<String>::new());
    }

    #[test]
    fn a_code_that_does_not_fit_is_no_code() {
        let parties = Parties::of([fact("甲公司", Some("91310115MA1H8R7C6D"), 2018)], &[]);
        assert_eq!(
            parties.all().map(|party| (&party.key, &party.code)).collect::<Vec<_>>(),
            [(&name("甲公司"), &None)]
        );
    }

    #[test]
    fn a_former_name_is_an_alias_with_its_years() {
        let facts = [fact("旧名公司", Some(X), 2016), fact("新名公司", Some(X), 2019), fact("旧名公司", None, 2017)];
        let parties = Parties::of(facts, &[]);
        let party = parties.party(&name("旧名公司")).unwrap();
        assert_eq!(party.name, "新名公司");
        let aliases: Vec<_> = party.aliases.iter().map(|alias| (alias.name.as_str(), alias.last_on)).collect();
        assert_eq!(aliases, [("旧名公司", Some(date(2017, 5, 1))), ("新名公司", Some(date(2019, 5, 1)))]);
    }

    #[test]
    fn a_company_limited_is_not_one_with_limited_liability() {
        let parties = Parties::of([fact("甲有限公司", None, 2018), fact("甲有限责任公司", None, 2018)], &[]);
        assert_eq!(parties.all().count(), 2);
        let parties = Parties::of([fact("甲（北京） 公司", None, 2018), fact("甲(北京)公司", None, 2018)], &[]);
        assert_eq!(parties.all().count(), 1);
    }

    #[test]
    fn a_branch_is_not_its_head_even_where_it_prints_its_heads_code() {
        let facts = [
            fact("甲股份有限公司", Some(X), 2018),
            fact("甲股份有限公司北京分公司", Some(X), 2019),
            fact("甲股份有限公司北京分公司", None, 2019),
        ];
        let parties = Parties::of(facts, &[]);
        assert_eq!(whose(&parties, &name("甲股份有限公司北京分公司")), "name:甲股份有限公司北京分公司");
        assert_eq!(parties.party(&name("甲股份有限公司北京分公司")).unwrap().contested, [X]);
        assert_eq!(parties.party(&code(X)).unwrap().name, "甲股份有限公司");
        let own = [fact("甲股份有限公司北京分公司", Some(Y), 2019), fact("甲股份有限公司北京分公司", None, 2019)];
        assert_eq!(Parties::of(own, &[]).all().count(), 1, "a code of its own is its own");
    }

    #[test]
    fn a_person_joins_and_sets_apart() {
        let facts = || [fact("甲公司", Some(X), 2018), fact("甲公司", None, 2018), fact("乙公司", None, 2019)];
        let same = [ruling(1, PartyMatter::Same(name("乙公司"), code(X)))];
        assert_eq!(Parties::of(facts(), &same).all().count(), 1);
        let apart = [ruling(1, PartyMatter::Apart(name("甲公司")))];
        assert_eq!(Parties::of(facts(), &apart).all().count(), 3);
        let both = [
            ruling(1, PartyMatter::Apart(name("甲公司"))),
            ruling(2, PartyMatter::Same(name("甲公司"), name("乙公司"))),
        ];
        let parties = Parties::of(facts(), &both);
        assert_eq!(whose(&parties, &name("甲公司")), whose(&parties, &name("乙公司")));
        assert_ne!(whose(&parties, &name("甲公司")), whose(&parties, &code(X)));
    }

    #[test]
    fn setting_a_wrong_code_apart_gives_the_name_back_to_the_right_one() {
        let facts = [fact("甲公司", Some(X), 2018), fact("甲公司", Some(Y), 2019), fact("甲公司", None, 2019)];
        let parties = Parties::of(facts, &[ruling(1, PartyMatter::Apart(code(Y)))]);
        assert_eq!(whose(&parties, &name("甲公司")), whose(&parties, &code(X)));
        assert_eq!(parties.party(&code(X)).unwrap().contested, Vec::<String>::new());
    }

    #[test]
    fn two_codes_of_one_party_dispute_no_name() {
        let facts = [fact("甲公司", Some(X), 2018), fact("甲公司", Some(Y), 2019), fact("甲公司", None, 2019)];
        let parties = Parties::of(facts, &[ruling(1, PartyMatter::Same(code(X), code(Y)))]);
        assert_eq!(parties.all().count(), 1);
        assert_eq!(parties.all().next().unwrap().contested, Vec::<String>::new());
    }

    #[test]
    fn a_group_is_a_persons_word_and_its_parent_need_not_bid() {
        let of = |id, party: &str, parent: &str| {
            ruling(id, PartyMatter::Affiliate { party: name(party), parent: name(parent) })
        };
        let facts = || [fact("甲云公司", None, 2018), fact("乙云公司", None, 2018), fact("丙公司", None, 2018)];
        let rulings = [of(1, "甲云公司", "母公司"), of(2, "乙云公司", "丙公司"), of(3, "乙云公司", "母公司")];
        let parties = Parties::of(facts(), &rulings);
        let group =
            |who: &str| parties.group_of(&name(who)).iter().map(|party| party.name.as_str()).collect::<Vec<_>>();
        assert_eq!(group("甲云公司"), ["甲云公司", "乙云公司", "母公司"]);
        assert_eq!(group("母公司").len(), 3);
        assert_eq!(group("丙公司"), ["丙公司"], "the last word on a parent stands");
        let ring = [of(1, "甲云公司", "乙云公司"), of(2, "乙云公司", "甲云公司"), of(3, "丙公司", "丙公司")];
        assert_eq!(Parties::of(facts(), &ring).group_of(&name("甲云公司")).len(), 2, "a ring ends");
    }
}
