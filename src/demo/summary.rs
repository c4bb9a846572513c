//! What a demo came to: counted from the history, and from the receivers' own files beside it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use anyhow::Result;
use serde_json::{Value, json};

use super::stage::Stage;
use crate::domain::change::Telling;
use crate::domain::money::Money;
use crate::figures::totals::FigureKind;
use crate::jobs::Rooms;
use crate::store::Counts;

/// What happened and where to look.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The folder.
    pub dir: PathBuf,
    /// Notices that the replica published.
    pub published: usize,
    /// What history holds.
    pub counts: Counts,
    /// Kind of total → sum, disclosed, of.
    pub totals: Vec<(FigureKind, Money, i64, i64)>,
    /// Kind of change → how many were told.
    pub told: BTreeMap<&'static str, u64>,
    /// Channel and state → how many deliveries.
    pub deliveries: Vec<(String, String, u64)>,
    /// Mails that the mail server holds.
    pub mails: usize,
    /// Posts that the webhook receiver holds.
    pub posts: usize,
    /// What should have been told and was not: notice and kind.
    pub missing: Vec<String>,
}

impl Summary {
    /// Counts.
    pub fn of(stage: &Stage, rooms: &Rooms) -> Result<Self> {
        let topic = rooms.config.topics.first().map(|topic| topic.name.clone()).unwrap_or_default();
        let (counts, totals, changes, delivery_counts) = rooms.store.read(|r| -> Result<_> {
            Ok((r.counts()?, r.totals(&topic)?, r.changes_after(0, 100_000)?, r.delivery_counts()?))
        })?;
        let mut told = BTreeMap::new();
        let mut heard = Vec::new();
        for change in changes.into_iter().map(|stored| stored.change).filter(|c| c.telling == Telling::News) {
            *told.entry(change.kind.word()).or_default() += 1;
            heard.extend(change.notice.map(|notice| (notice.native_id, change.kind.word())));
        }
        let published = stage.published()?;
        let wanted = published.iter().flat_map(|p| p.tells.iter().map(|kind| (p.native_id.as_str(), kind.as_str())));
        let missing = wanted
            .filter(|(id, kind)| !heard.iter().any(|(known, word)| known == id && word == kind))
            .map(|(id, kind)| format!("{kind} by notice {id}"))
            .collect();
        let figures = FigureKind::ALL.into_iter().flat_map(|kind| {
            let of = totals.of(kind);
            let line = |currency| {
                let tally = totals.sum(kind, currency);
                (kind, Money { ten_thousandths: tally.sum, currency }, tally.disclosed, of)
            };
            totals.currencies(kind).into_iter().map(line).collect::<Vec<_>>()
        });
        Ok(Self {
            dir: stage.dir.clone(),
            published: published.len(),
            counts,
            totals: figures.collect(),
            told,
            deliveries: delivery_counts.into_iter().map(|c| (c.channel, c.state, c.count)).collect(),
            mails: stage.mails()?.len(),
            posts: stage.hooks()?.len(),
            missing,
        })
    }

    /// Whether everything that the story should tell was told and delivered.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.missing.is_empty() && self.deliveries.iter().all(|(_, state, count)| state == "sent" || *count == 0)
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let totals: serde_json::Map<String, Value> = self
            .totals
            .iter()
            .map(|(kind, sum, disclosed, of)| {
                let line =
                    json!({"sum": sum.decimal(), "currency": sum.currency.code(), "disclosed": disclosed, "of": of});
                (kind.word().to_owned(), line)
            })
            .collect();
        let mut deliveries = serde_json::Map::new();
        for (channel, state, count) in &self.deliveries {
            let states = deliveries.entry(channel.clone()).or_insert_with(|| json!({}));
            if let Some(states) = states.as_object_mut() {
                states.insert(state.clone(), (*count).into());
            }
        }
        json!({
            "dir": self.dir.display().to_string(),
            "published": self.published,
            "notices": self.counts.notices,
            "projects": self.counts.projects,
            "projects_of_the_topic": self.counts.relevant_projects,
            "totals": totals,
            "changes_told": self.told,
            "deliveries": deliveries,
            "mails": self.mails,
            "webhooks": self.posts,
            "missing": self.missing,
            "complete": self.complete(),
        })
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = &self.counts;
        writeln!(f)?;
        writeln!(f, "The replica published {} notices; {} were read.", self.published, counts.notices)?;
        writeln!(f, "They make {} projects, {} of them of the topic.", counts.projects, counts.relevant_projects)?;
        for (kind, sum, disclosed, of) in &self.totals {
            let name = kind.word().replace('_', " ");
            writeln!(f, "  {name:<11} {:>16} {}   disclosed by {disclosed} of {of}", sum.decimal(), sum.currency)?;
        }
        let told: Vec<String> = self.told.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        writeln!(f, "Changes told: {}.", told.join(", "))?;
        let sent: Vec<String> =
            self.deliveries.iter().map(|(channel, state, count)| format!("{channel} {count} {state}")).collect();
        writeln!(f, "Deliveries: {}.", sent.join(", "))?;
        writeln!(f, "The receivers hold {} mails and {} posts.", self.mails, self.posts)?;
        if !self.missing.is_empty() {
            writeln!(f, "MISSING: {}.", self.missing.join(", "))?;
        }
        let dir = self.dir.display();
        writeln!(f, "Look at   {dir}/mail/new, {dir}/webhooks, {dir}/data/tenderwatch.db")?;
        write!(f, "and try   tenderwatch --config {dir}/tenderwatch.toml audit   (or: project show 1, source list)")
    }
}
