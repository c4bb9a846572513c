//! By what a notice can be recognised as part of a project.

use std::collections::BTreeSet;

use super::notice::Notice;
use super::project::{Member, ProjectId};

/// What a notice is looked up by.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LinkKeys {
    /// Keys of its buyers' names.
    pub buyers: Vec<String>,
    /// Keys of its own project numbers and of those it refers to.
    pub numbers: Vec<String>,
    /// The stem of its title.
    pub title: String,
}

/// A project that a notice may belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which.
    pub project: ProjectId,
    /// Its notices.
    pub members: Vec<Member>,
}

/// The keys of a notice.
#[must_use]
pub fn keys(notice: &Notice) -> LinkKeys {
    let named = notice.buyers.iter().map(|buyer| buyer.name.clone());
    let referred = notice.refers_to.iter().filter_map(|reference| reference.project_number.clone());
    let numbered = notice.project_numbers.iter().cloned().chain(referred);
    LinkKeys {
        buyers: named.collect::<BTreeSet<_>>().into_iter().collect(),
        numbers: numbered.collect::<BTreeSet<_>>().into_iter().collect(),
        title: notice.project_title.clone().unwrap_or_else(|| notice.title.clone()),
    }
}
