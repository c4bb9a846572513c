//! Which notices are one project, all at once? Joins those that share a key and a rule, and whatever a person put together; what
//! is not joined by any chain of links stays apart.

use std::collections::{BTreeMap, HashMap};

use super::pair::{self, Face, NUMBER_DAYS, TITLE_DAYS};
use crate::domain::number;
use crate::domain::project::{Member, NoticeId};
use crate::domain::repeat;

/// The projects that these notices make, each in order and with its repeats, the earliest first.
pub(super) fn group(members: Vec<Member>) -> Vec<Vec<Member>> {
    let mut sets = Sets::of(members.len());
    unite_ruled(&members, &mut sets);
    let faces: Vec<Option<Face>> =
        members.iter().map(|member| pair::bond(member).is_none().then(|| Face::of(&member.notice))).collect();
    unite_by_rules(&faces, &mut sets);
    drop(faces);
    let mut groups: BTreeMap<usize, Vec<Member>> = BTreeMap::new();
    for (place, member) in members.into_iter().enumerate() {
        groups.entry(sets.first(place)).or_default().push(member);
    }
    let mut groups: Vec<Vec<Member>> = groups.into_values().map(in_order).collect();
    groups.sort_by(|left, right| left.first().map(Member::place).cmp(&right.first().map(Member::place)));
    groups
}

/// A project's notices in order, with what each repeats.
fn in_order(mut members: Vec<Member>) -> Vec<Member> {
    members.sort_by(|left, right| left.place().cmp(&right.place()));
    let mut repeats = repeat::repeats(&members.iter().collect::<Vec<_>>());
    for member in &mut members {
        member.repeat_of = repeats.remove(&member.id);
    }
    members
}

fn unite_ruled(members: &[Member], sets: &mut Sets) {
    let ruled: Vec<(usize, &NoticeId)> =
        members.iter().enumerate().filter_map(|(at, member)| Some((at, pair::ruled_with(member)?))).collect();
    if ruled.is_empty() {
        return;
    }
    let places: HashMap<&NoticeId, usize> = members.iter().zip(0..).map(|(member, at)| (&member.id, at)).collect();
    for (at, with) in ruled {
        if let Some(other) = places.get(with) {
            sets.unite(at, *other);
        }
    }
}

/// Notices by what they share, as their places.
#[derive(Default)]
struct Index<'a> {
    by_number: HashMap<&'a str, Vec<usize>>,
    by_number_and_buyer: HashMap<(&'a str, &'a str), Vec<usize>>,
    by_title_and_buyer: HashMap<(&'a str, &'a str), Vec<usize>>,
}

impl<'a> Index<'a> {
    fn of(faces: &'a [Option<Face<'a>>]) -> Self {
        let mut index = Self::default();
        for (at, face) in faces.iter().enumerate() {
            if let Some(face) = face {
                index.learn(at, face);
            }
        }
        index
    }

    fn learn(&mut self, at: usize, face: &'a Face<'a>) {
        for number in face.own.union(&face.referred) {
            if number::is_distinctive(number) {
                self.by_number.entry(number).or_default().push(at);
            }
            for buyer in &face.buyers {
                self.by_number_and_buyer.entry((number, buyer)).or_default().push(at);
            }
        }
        for buyer in face.buyers.iter().filter(|_| !face.title.is_empty()) {
            self.by_title_and_buyer.entry((&face.title, buyer)).or_default().push(at);
        }
    }
}

/// The same links as [`pair::rule_between`] makes of every pair, found without comparing every pair.
fn unite_by_rules(faces: &[Option<Face>], sets: &mut Sets) {
    let index = Index::of(faces);
    let face = |at: usize| faces.get(at).and_then(Option::as_ref);
    for places in index.by_number.values() {
        let has_unnamed = places.iter().any(|at| face(*at).is_some_and(|face| face.buyers.is_empty()));
        if has_unnamed {
            sets.unite_all(places);
        }
    }
    for ((number, _), places) in &index.by_number_and_buyer {
        if number::is_distinctive(number) {
            sets.unite_all(places);
        } else {
            near_pairs(places, faces, NUMBER_DAYS, |left, right| sets.unite(left, right));
        }
    }
    for places in index.by_title_and_buyer.values() {
        near_pairs(places, faces, TITLE_DAYS, |left, right| {
            if sets.first(left) == sets.first(right) {
                return;
            }
            if let (Some(one), Some(other)) = (face(left), face(right))
                && pair::rule_between(one, other).is_some()
            {
                sets.unite(left, right);
            }
        });
    }
}

/// Every pair that lies within so many days; one without a day lies near to all.
fn near_pairs(places: &[usize], faces: &[Option<Face>], days: i64, mut each: impl FnMut(usize, usize)) {
    let mut sorted: Vec<(usize, &Face)> =
        places.iter().filter_map(|at| Some((*at, faces.get(*at)?.as_ref()?))).collect();
    sorted.sort_by_key(|(at, face)| (face.notice.published_at.map(|stamp| stamp.at), *at));
    let undated = sorted.iter().take_while(|(_, face)| face.notice.published_at.is_none()).count();
    for (later, (right, face)) in sorted.iter().enumerate() {
        let (without_day, dated) = sorted.split_at(undated.min(later));
        let earlier = dated.iter().take(later - without_day.len()).rev();
        for (left, _) in earlier.take_while(|(_, other)| face.are_within(other, days)).chain(without_day) {
            each(*left, *right);
        }
    }
}

/// Sets of places that only grow together; each known by one of its places.
struct Sets(Vec<usize>);

impl Sets {
    fn of(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn first(&mut self, place: usize) -> usize {
        let mut at = place;
        while let Some(next) = self.0.get(at).copied().filter(|next| *next != at) {
            // Halves the way for whoever asks next.
            let beyond = self.0.get(next).copied().unwrap_or(next);
            if let Some(entry) = self.0.get_mut(at) {
                *entry = beyond;
            }
            at = beyond;
        }
        at
    }

    fn unite(&mut self, left: usize, right: usize) {
        let (left, right) = (self.first(left), self.first(right));
        if let Some(entry) = self.0.get_mut(left.max(right)) {
            *entry = left.min(right);
        }
    }

    fn unite_all(&mut self, places: &[usize]) {
        if let Some((first, rest)) = places.split_first() {
            for place in rest {
                self.unite(*first, *place);
            }
        }
    }
}
