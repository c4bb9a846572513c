//! Whose is it? Links a notice to the project that its number, or what it refers to, names within one buyer, or that a person
//! named, and recognises a notice published twice. Any order of arrival ends in the same grouping. Never merges by title alone.

mod decide;

mod group;

mod pair;

use std::collections::BTreeSet;

pub use self::decide::{decide, rule_within};
pub use self::group::group;
use self::pair::Face;
use super::notice::Notice;
use super::project::{Member, NoticeId, ProjectId};

/// What a notice is found by.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LinkKeys {
    /// The buyers' names as they are compared, and their credit codes.
    pub buyers: Vec<String>,
    /// The project numbers as they are compared, those of the notices it refers to included.
    pub numbers: Vec<String>,
    /// The title's stem without the buyers' names; empty where there is none.
    pub title: String,
}

/// A project that shares a key with the notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The project.
    pub project: ProjectId,
    /// Its notices.
    pub members: Vec<Member>,
}

/// Why a notice belongs to a project, or may belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// It is the project's first notice.
    First,
    /// It was there before and is read again.
    Known,
    /// A person said so.
    Ruled,
    /// The same number within the same buyer.
    SameNumber,
    /// It refers to a number of the same buyer, or is referred to.
    ReferredNumber,
    /// The same announcement, published twice.
    Repeat,
    /// One has no number, both have the same buyer and title, and one refers to the other by title or day.
    ReferredTitle,
    /// A number long enough to stand for itself; one of the notices names no buyer.
    NumberAlone,
    /// The same buyer and the same title; only ever proposed.
    SameTitle,
}

impl Rule {
    /// The word in tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Known => "known",
            Self::Ruled => "ruled",
            Self::SameNumber => "same_number",
            Self::ReferredNumber => "referred_number",
            Self::Repeat => "repeat",
            Self::ReferredTitle => "referred_title",
            Self::NumberAlone => "number_alone",
            Self::SameTitle => "same_title",
        }
    }

    /// How far the rule is to be trusted.
    #[must_use]
    pub fn confidence(self) -> Confidence {
        match self {
            Self::First | Self::Known | Self::Ruled | Self::SameNumber | Self::ReferredNumber => Confidence::High,
            Self::Repeat | Self::ReferredTitle | Self::NumberAlone => Confidence::Medium,
            Self::SameTitle => Confidence::Low,
        }
    }
}

/// How far a link is to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Both notices say so.
    High,
    /// Everything speaks for it.
    Medium,
    /// A person should look.
    Low,
}

impl Confidence {
    /// The word in tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// Where a notice belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// To a project of its own.
    New,
    /// To these projects, which become one: the first, which is the oldest, takes in the others.
    Joins {
        /// At least one, in rising order.
        projects: Vec<ProjectId>,
        /// The best reason.
        rule: Rule,
        /// How far it is to be trusted.
        confidence: Confidence,
    },
}

/// A project that a person should compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The project.
    pub project: ProjectId,
    /// The rule that proposes it.
    pub rule: Rule,
    /// What speaks for it.
    pub why: String,
}

/// A notice whose repetition is now seen differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regrouped {
    /// The notice.
    pub notice: NoticeId,
    /// What it repeats now, if anything.
    pub repeat_of: Option<NoticeId>,
}

/// What is decided of one notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Where it belongs.
    pub link: Link,
    /// The notice that it repeats.
    pub repeat_of: Option<NoticeId>,
    /// Other notices of the joined projects that repeat another one than was known: a repeat may arrive before its original.
    pub regrouped: Vec<Regrouped>,
    /// Projects that may be the same.
    pub proposals: Vec<Proposal>,
}

/// What a notice is found by.
#[must_use]
pub fn keys(notice: &Notice) -> LinkKeys {
    let face = Face::of(notice);
    let numbers: BTreeSet<String> = face.own.union(&face.referred).cloned().collect();
    LinkKeys { buyers: face.buyers.into_iter().collect(), numbers: numbers.into_iter().collect(), title: face.title }
}
