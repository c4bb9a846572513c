//! `correct notice`: what a notice says, how it weighs, and which project it belongs to.

use anyhow::{Context as _, Result, bail};

use super::{Said, each, sum};
use crate::cli::show::which;
use crate::domain::ruling::Matter;
use crate::domain::topic::Weight;
use crate::domain::wording;
use crate::jobs::Rooms;

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Arguments {
    /// `source:native id`, or the native id alone.
    id: String,
    /// The budget that it states: a sum, or `undisclosed`.
    #[arg(long, value_name = "SUM")]
    budget: Option<String>,
    /// What was awarded: a sum, or `undisclosed`; of the whole, unless a lot is named.
    #[arg(long, value_name = "SUM")]
    award: Option<String>,
    /// The lot that the award is of.
    #[arg(long, value_name = "LABEL", requires = "award")]
    lot: Option<String>,
    /// How it is of the topic: `subject`, `item`, `mention` (a near miss) or `none`.
    #[arg(long)]
    relevance: Option<String>,
    /// It belongs with no other notice.
    #[arg(long, conflicts_with = "with")]
    alone: bool,
    /// It belongs with this notice, and with what else does.
    #[arg(long, value_name = "NOTICE")]
    with: Option<String>,
    #[command(flatten)]
    said: Said,
}

pub(super) fn run(rooms: &Rooms, arguments: &Arguments) -> Result<u8> {
    let notice = which(rooms, &arguments.id)?;
    let mut matters = Vec::new();
    if let Some(text) = &arguments.budget {
        matters.push(Matter::Budget(sum(text)?));
    }
    if let Some(text) = &arguments.award {
        let lot = arguments.lot.as_deref().map(str::trim).filter(|label| !label.is_empty());
        if arguments.lot.is_some() && lot.is_none() {
            bail!("--lot needs the lot's label");
        }
        matters.push(Matter::Award { lot: lot.map(str::to_owned), money: sum(text)? });
    }
    if let Some(word) = &arguments.relevance {
        matters.push(Matter::Relevance(weight(word)?));
    }
    if arguments.alone {
        matters.push(Matter::Alone);
    }
    if let Some(other) = &arguments.with {
        matters.push(Matter::With(which(rooms, other)?));
    }
    each(rooms, &notice, &matters, &arguments.said)
}

fn weight(word: &str) -> Result<Weight> {
    let every = [Weight::Subject, Weight::Item, Weight::Mention, Weight::None];
    let found = every.into_iter().find(|weight| wording::weight(*weight) == word);
    found.with_context(|| format!("{word} is no relevance: subject, item, mention or none"))
}
