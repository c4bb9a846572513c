//! `audit`: kept figures beside a recount from history.

use std::path::Path;

use anyhow::Result;

use crate::domain::fold::fold;
use crate::figures::totals;
use crate::platform::clock::Clock;
use crate::store::audit::audit;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(config: &Path, clock: Clock, arguments: &Arguments) -> Result<u8> {
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    let report = audit(&rooms.store, |members| totals::contribution(&fold(members)))?;
    if arguments.json {
        let checks: Vec<_> = report
            .checks
            .iter()
            .map(|c| serde_json::json!({"name": c.name, "kept": c.kept, "recounted": c.recounted, "agrees": c.agrees}))
            .collect();
        println!("{}", serde_json::json!({"agrees": report.agrees(), "checks": checks}));
    } else {
        for check in &report.checks {
            let word = if check.agrees { "agrees" } else { "DISAGREES" };
            println!("{word:9} {}: kept {}, recounted {}", check.name, check.kept, check.recounted);
        }
    }
    Ok(if report.agrees() { super::DONE } else { super::DISAGREES })
}
