//! What became of each notice: counted, or left out for one reason. The first reason that fits is given, in the order of
//! [`WHYS`]; every notice stands in exactly one bin.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use super::{Dossier, Entry, Hit, in_window, number};
use crate::domain::project::{NoticeId, Status};
use crate::domain::topic::Weight;

/// Every bin, in the order of precedence. Those before `withdrawn` are no hits of the window.
const WHYS: [&str; 11] = [
    "undated",
    "out_of_window",
    "withdrawn",
    "near_miss",
    "off_topic",
    "failed",
    "planned",
    "began_earlier",
    "repeat",
    "counted",
    "further",
];

/// Notices that met the same fate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bin {
    /// Which: `counted` (the first notice of a counted project), `further` (another one of it), `repeat` (the same once more),
    /// `failed`, `planned`, `began_earlier` (its project began before the window), `near_miss` (the topic is only mentioned),
    /// `off_topic`, `withdrawn`, `out_of_window`, `undated`.
    pub why: &'static str,
    /// How many.
    pub count: i64,
    /// Which, oldest first.
    pub notices: Vec<String>,
    /// Of which projects.
    pub projects: Vec<i64>,
}

/// Notices of the topic, and what became of each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hits {
    /// Every notice that is known as of the day.
    pub known: i64,
    /// Those published within the window: the hits.
    pub hits: i64,
    /// Their bins, those of the hits first; empty ones are left out.
    pub bins: Vec<Bin>,
    /// Notice → its bin.
    #[serde(skip)]
    pub(super) why: BTreeMap<NoticeId, &'static str>,
}

/// A hit's place among those of its project: by day, then by the source's key.
type Place<'a> = (bool, Option<Date>, usize, &'a str, &'a str);

fn place(hit: &Hit) -> Place<'_> {
    (hit.on.is_none(), hit.on, hit.id.native_id.len(), &hit.id.native_id, &hit.id.source)
}

pub(super) fn hits(dossier: &Dossier<'_>, entries: &[&Entry]) -> Hits {
    let mut found: BTreeMap<&'static str, Vec<(&Hit, i64)>> = BTreeMap::new();
    let mut why = BTreeMap::new();
    for entry in entries {
        let first = first(entry);
        for hit in &entry.notices {
            let bin = bin(dossier, entry, hit, first == Some(&hit.id));
            why.insert(hit.id.clone(), bin);
            found.entry(bin).or_default().push((hit, entry.id.0));
        }
    }
    let known: usize = found.values().map(Vec::len).sum();
    let outside = |why: &str| matches!(why, "undated" | "out_of_window");
    let hits: usize = found.iter().filter(|(why, _)| !outside(why)).map(|(_, hits)| hits.len()).sum();
    let mut order: Vec<&'static str> = vec!["counted", "further"];
    order.extend(WHYS.into_iter().filter(|why| !outside(why) && !matches!(*why, "counted" | "further")));
    order.extend(WHYS.into_iter().filter(|why| outside(why)));
    let bins = order.into_iter().filter_map(|why| Some(gathered(why, found.remove(why)?))).collect();
    Hits { known: number(known), hits: number(hits), bins, why }
}

fn gathered(why: &'static str, mut hits: Vec<(&Hit, i64)>) -> Bin {
    hits.sort_by(|left, right| place(left.0).cmp(&place(right.0)));
    let projects: BTreeSet<i64> = hits.iter().map(|(_, project)| *project).collect();
    Bin {
        why,
        count: number(hits.len()),
        notices: hits.iter().map(|(hit, _)| hit.id.to_string()).collect(),
        projects: projects.into_iter().collect(),
    }
}

/// The notice that stands for its project: the first that was not taken back and repeats none that still stands.
fn first(entry: &Entry) -> Option<&NoticeId> {
    let standing: BTreeSet<&NoticeId> = entry.notices.iter().filter(|hit| !hit.withdrawn).map(|hit| &hit.id).collect();
    let own = |hit: &&Hit| !hit.withdrawn && hit.repeat_of.as_ref().is_none_or(|original| !standing.contains(original));
    entry.notices.iter().filter(own).min_by(|left, right| place(left).cmp(&place(right))).map(|hit| &hit.id)
}

fn bin(dossier: &Dossier<'_>, entry: &Entry, hit: &Hit, is_first: bool) -> &'static str {
    let project = &entry.project;
    match hit.on {
        None => return "undated",
        Some(_) if !in_window(dossier, hit.on) => return "out_of_window",
        Some(_) => {}
    }
    if hit.withdrawn || project.status == Status::Withdrawn {
        return "withdrawn";
    }
    match (project.weight, project.status) {
        (Weight::Mention, _) => "near_miss",
        (Weight::None, _) => "off_topic",
        (_, Status::Failed) => "failed",
        (_, Status::Planned) => "planned",
        _ if !in_window(dossier, project.first_on) => "began_earlier",
        _ if is_first => "counted",
        _ if hit.repeat_of.is_some() => "repeat",
        _ => "further",
    }
}
