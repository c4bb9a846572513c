//! Are two notices of one project? Pairwise and symmetric; never by title alone. A person's word on either goes before every
//! rule; without one the number decides, within one buyer.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use jiff::civil::Date;

use super::Rule;
use crate::domain::names;
use crate::domain::notice::Notice;
use crate::domain::number;
use crate::domain::project::{Member, NoticeId};
use crate::domain::repeat;
use crate::domain::ruling::Matter;
use crate::domain::uscc;

/// A number that is not long may come again after this time for another project.
pub(super) const NUMBER_DAYS: i64 = 400;
/// Titles come again every year; nearer than this they may be one project.
pub(super) const TITLE_DAYS: i64 = 180;

/// A notice's keys, as pairs are compared by.
pub(super) struct Face<'a> {
    pub(super) notice: &'a Notice,
    pub(super) buyers: BTreeSet<String>,
    pub(super) own: BTreeSet<String>,
    pub(super) referred: BTreeSet<String>,
    pub(super) title: String,
    referred_titles: BTreeSet<String>,
    referred_days: BTreeSet<Date>,
}

impl<'a> Face<'a> {
    pub(super) fn of(notice: &'a Notice) -> Self {
        let names: Vec<&str> = notice.buyers.iter().map(|buyer| buyer.name.as_str()).collect();
        let stem = |title: &str| names::title_stem_within(title, &names);
        let number = |text: &str| Some(number::key(text)).filter(|key| !key.is_empty());
        let codes =
            notice.buyers.iter().filter_map(|buyer| buyer.credit_code.clone()).filter(|code| uscc::is_valid(code));
        let own: BTreeSet<String> = notice.project_numbers.iter().filter_map(|text| number(text)).collect();
        let referred = notice.refers_to.iter().filter_map(|other| number(other.project_number.as_deref()?));
        let referred_titles: BTreeSet<String> = notice
            .refers_to
            .iter()
            .filter_map(|other| other.title.as_deref())
            .map(stem)
            .filter(|s| !s.is_empty())
            .collect();
        let printed = notice.project_title.as_deref().filter(|title| !title.trim().is_empty());
        let title =
            printed.or(notice.refers_to.iter().find_map(|other| other.title.as_deref())).unwrap_or(&notice.title);
        Self {
            buyers: names.iter().map(|name| names::key(name)).filter(|name| !name.is_empty()).chain(codes).collect(),
            referred: referred.collect(),
            title: stem(title),
            own,
            referred_titles,
            referred_days: notice.refers_to.iter().filter_map(|other| other.published_on).collect(),
            notice,
        }
    }

    fn numbers_shared<'b>(&'b self, other: &'b Self) -> impl Iterator<Item = &'b String> {
        let mine = self.own.iter().chain(&self.referred);
        mine.filter(|key| other.own.contains(*key) || other.referred.contains(*key))
    }

    fn has_number(&self) -> bool {
        !self.own.is_empty() || !self.referred.is_empty()
    }

    /// Whether it speaks of the other by its title, or by the day of its publication.
    fn refers_to(&self, other: &Self) -> bool {
        let on_day = other.notice.published_at.is_some_and(|stamp| self.referred_days.contains(&stamp.day()));
        on_day || self.referred_titles.contains(&other.title)
    }

    pub(super) fn are_within(&self, other: &Self, days: i64) -> bool {
        match (self.notice.published_at, other.notice.published_at) {
            (Some(left), Some(right)) => {
                left.at.duration_since(right.at).abs() <= SignedDuration::from_hours(24 * days)
            }
            _ => true,
        }
    }
}

/// What a person ruled of a notice's project, if anything: the newest word stands.
pub(super) fn bond(member: &Member) -> Option<&Matter> {
    let links = member.rulings.iter().rev().map(|ruling| &ruling.matter);
    links.into_iter().find(|matter| matches!(matter, Matter::Alone | Matter::With(_)))
}

/// The notice that a person said it belongs with.
pub(super) fn ruled_with(member: &Member) -> Option<&NoticeId> {
    match bond(member) {
        Some(Matter::With(other)) => Some(other),
        _ => None,
    }
}

/// Whether a person said that this notice does not belong with any of those.
pub(super) fn is_declined<'a>(member: &Member, others: impl IntoIterator<Item = &'a Member>) -> bool {
    let declined: Vec<&NoticeId> = member
        .rulings
        .iter()
        .filter_map(|ruling| match &ruling.matter {
            Matter::NotWith(other) => Some(other),
            _ => None,
        })
        .collect();
    !declined.is_empty() && others.into_iter().any(|other| declined.contains(&&other.id))
}

/// Why two notices are of one project; symmetric.
pub(super) fn rule(left: (&Member, &Face), right: (&Member, &Face)) -> Option<Rule> {
    if ruled_with(left.0) == Some(&right.0.id) || ruled_with(right.0) == Some(&left.0.id) {
        return Some(Rule::Ruled);
    }
    let is_free = bond(left.0).is_none() && bond(right.0).is_none();
    is_free.then(|| rule_between(left.1, right.1)).flatten()
}

/// Whether two notices are of one buyer.
pub(super) enum Buyers {
    Shared,
    Different,
    Unnamed,
}

pub(super) fn buyers(left: &Face, right: &Face) -> Buyers {
    if left.buyers.is_empty() || right.buyers.is_empty() {
        Buyers::Unnamed
    } else if left.buyers.is_disjoint(&right.buyers) {
        Buyers::Different
    } else {
        Buyers::Shared
    }
}

/// Why two notices are of one project, whatever people ruled; symmetric.
pub(super) fn rule_between(left: &Face, right: &Face) -> Option<Rule> {
    match buyers(left, right) {
        Buyers::Different => None,
        Buyers::Unnamed => {
            left.numbers_shared(right).any(|key| number::is_distinctive(key)).then_some(Rule::NumberAlone)
        }
        Buyers::Shared => rule_within_buyer(left, right),
    }
}

fn rule_within_buyer(left: &Face, right: &Face) -> Option<Rule> {
    let holds = |key: &&String| number::is_distinctive(key) || left.are_within(right, NUMBER_DAYS);
    let shared: Vec<&String> = left.numbers_shared(right).filter(holds).collect();
    if shared.iter().any(|key| left.own.contains(*key) && right.own.contains(*key)) {
        return Some(Rule::SameNumber);
    }
    if !shared.is_empty() {
        return Some(Rule::ReferredNumber);
    }
    let same_title = !left.title.is_empty() && left.title == right.title;
    if same_title && repeat::is_repeat(left.notice, right.notice) {
        return Some(Rule::Repeat);
    }
    let named = left.refers_to(right) || right.refers_to(left);
    let unnumbered = !left.has_number() || !right.has_number();
    (same_title && named && unnumbered && left.are_within(right, TITLE_DAYS)).then_some(Rule::ReferredTitle)
}
