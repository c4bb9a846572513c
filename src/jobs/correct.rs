//! A person's word on a judged value: kept with its author and reason, and the projects and totals moved by it, in one
//! transaction. Taking it back is a word of its own. Both are told to whoever was told the figures before.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use jiff::Timestamp;

use super::regroup::{regroup, within_reach};
use super::restate::{Before, Moved};
use super::settle::refold;
use crate::domain::change::Telling;
use crate::domain::project::{NoticeId, ProjectId};
use crate::domain::ruling::{Matter, RulingId};
use crate::store::{Reader, Store, Writer};

/// Who speaks, and why.
#[derive(Clone, Copy, Debug)]
pub struct Word<'a> {
    /// Who.
    pub author: &'a str,
    /// Why.
    pub reason: &'a str,
    /// When.
    pub now: Timestamp,
}

/// What a word came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrected {
    /// Its number in history.
    pub ruling: RulingId,
    /// What it moved.
    pub moved: Moved,
}

/// The longest author or reason, in characters.
const WORDS_MAX: usize = 1000;

/// Keeps what a person ruled of a notice, or of its project by way of it, and moves the figures.
pub fn correct(store: &Store, notice: &NoticeId, matter: &Matter, word: Word<'_>) -> Result<Corrected> {
    fit(word)?;
    store.write(|w| {
        let Some(stored) = w.notice(notice)? else { bail!("no notice is known as {notice}") };
        let Some(home) = stored.project else { bail!("{notice} belongs to no project yet") };
        refuse_idle(w, notice, matter, home)?;
        let ruling = w.add_ruling(notice, matter, word.author, word.reason, word.now)?;
        let why = format!("ruling {}: {}", ruling.0, word.reason);
        Ok(Corrected { ruling, moved: rule(w, notice, matter, &why, word.now)? })
    })
}

/// Takes a ruling back and moves the figures to where they are without it.
pub fn undo(store: &Store, id: RulingId, word: Word<'_>) -> Result<Corrected> {
    fit(word)?;
    store.write(|w| {
        let Some(known) = w.ruling(id)? else { bail!("there is no ruling {}", id.0) };
        if let Some(undone) = known.undone {
            bail!("ruling {} was undone by {} on {}: to have it again, rule again", id.0, undone.author, undone.at);
        }
        let ruling = w.undo_ruling(id, word.author, word.reason, word.now)?;
        let why = format!("ruling {} undone: {}", id.0, word.reason);
        Ok(Corrected { ruling, moved: rule(w, &known.notice, &known.ruling.matter, &why, word.now)? })
    })
}

/// The notice that rulings on a project hang on: its first, which it keeps through every regrouping.
pub fn first_notice(r: &Reader<'_>, project: ProjectId) -> Result<NoticeId> {
    let members = r.members(project)?;
    let first = members.into_iter().min_by(|left, right| left.place().cmp(&right.place()));
    match first {
        Some(member) => Ok(member.id),
        None => bail!("no project has the number {}", project.0),
    }
}

fn fit(word: Word<'_>) -> Result<()> {
    for (name, text) in [("author", word.author), ("reason", word.reason)] {
        if text.trim().is_empty() {
            bail!("a correction needs its {name}");
        }
        if text.chars().count() > WORDS_MAX {
            bail!("the {name} is longer than {WORDS_MAX} characters");
        }
    }
    Ok(())
}

/// A word that can have no effect is better refused while its author is there.
fn refuse_idle(r: &Reader<'_>, notice: &NoticeId, matter: &Matter, home: ProjectId) -> Result<()> {
    if let Matter::With(other) = matter {
        if other == notice {
            bail!("{notice} cannot be put with itself");
        }
        if r.notice(other)?.is_none() {
            bail!("no notice is known as {other}");
        }
    }
    if let Matter::NotWith(other) = matter
        && r.notice(other)?.and_then(|stored| stored.project) == Some(home)
    {
        bail!("{notice} and {other} are one project already: part them with --alone");
    }
    Ok(())
}

/// Groups and folds anew what a ruling touches, whether it was just made or undone.
fn rule(w: &Writer<'_>, notice: &NoticeId, matter: &Matter, why: &str, now: Timestamp) -> Result<Moved> {
    let Some(stored) = w.notice(notice)? else { bail!("no notice is known as {notice}") };
    let Some(home) = stored.project else { bail!("{notice} belongs to no project yet") };
    let is_link = matches!(matter, Matter::Alone | Matter::With(_));
    let projects = if is_link { within_reach(w, &stored.member, Some(home))? } else { BTreeSet::from([home]) };
    let before = Before::of(w, projects.iter().copied())?;
    let mut touched = if is_link { regroup(w, &projects, why, now)? } else { Default::default() };
    if let Some(topic) = w.topic_of(home)?.filter(|_| w.current_project(home).is_ok_and(|now| now == Some(home))) {
        touched.entry(home).or_insert(topic);
    }
    for (project, topic) in &touched {
        refold(w, *project, topic)?;
    }
    let moved = Moved::since(before, w, touched.into_keys())?;
    w.append_changes(&moved.changes(notice, why, Telling::News, now))?;
    Ok(moved)
}
