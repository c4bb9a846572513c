//! `correct list`: every correction with its author, reason and day, those taken back included.

use anyhow::Result;

use super::ruling_json;
use crate::cli::show::printable;
use crate::domain::wording;
use crate::jobs::Rooms;

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Arguments {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(rooms: &Rooms, arguments: &Arguments) -> Result<u8> {
    let rulings = rooms.store.read(|r| r.rulings())?;
    if arguments.json {
        let rulings: Vec<_> = rulings.iter().map(ruling_json).collect();
        println!("{}", serde_json::to_string_pretty(&rulings)?);
        return Ok(crate::cli::DONE);
    }
    if rulings.is_empty() {
        println!("nothing was ever corrected");
    }
    for stored in &rulings {
        let ruling = &stored.ruling;
        let project = stored.project.map_or_else(|| "no project".into(), |project| format!("project {}", project.0));
        println!(
            "ruling {} on {} ({project}): {}",
            ruling.id.0,
            stored.notice,
            printable(&wording::matter(&ruling.matter))
        );
        println!("  {}, {}: {}", printable(&ruling.author), ruling.at, printable(&ruling.reason));
        if let Some(undone) = &stored.undone {
            println!("  undone by {}, {}: {}", printable(&undone.author), undone.at, printable(&undone.reason));
        }
    }
    Ok(crate::cli::DONE)
}
