//! `import filings`: an operator's file of filed blockchain services, taken whole or not at all, with every mistake named.

use std::path::{Path, PathBuf};

use anyhow::Result;
use jiff::civil::Date;

use super::show::printable;
use crate::jobs::filings::{self, Beside, Outcome, Taken};
use crate::platform::clock::Clock;
use crate::sources::filing_list::{MISTAKES_MAX, Mistakes};
use crate::store::filings::Imported;

#[derive(clap::Subcommand, Debug)]
pub(super) enum Verb {
    /// The CAC's list of filed blockchain services, as CSV (UTF-8, GB18030) or XLSX.
    ///
    /// The headings are 批次 (batch), 发布日期 (published), 序号 (seq), 主体名称 (holder), 服务名称 (service), 备案编号 (number), in
    /// any order; holder and service are needed. The same file changes nothing twice; a corrected one replaces the rows of the
    /// holders that it names, batch by batch.
    Filings {
        /// The file.
        file: PathBuf,
        /// The batch, where no column has it.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
        batch: Option<u32>,
        /// The day that the batch was published, where no column has it.
        #[arg(long, value_name = "DATE")]
        published: Option<Date>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(config: &Path, clock: Clock, verb: &Verb) -> Result<u8> {
    let Verb::Filings { file, batch, published, json } = verb;
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    let beside = Beside { batch: *batch, published_on: *published };
    match filings::import(&rooms.store, file, beside, rooms.clock.now())? {
        Outcome::Mistaken(mistakes) => {
            refuse(file, &mistakes);
            Ok(super::FAILED)
        }
        Outcome::Read(taken) => {
            if *json {
                println!("{}", as_json(&taken));
            } else {
                print(file, &taken);
            }
            Ok(super::DONE)
        }
    }
}

fn refuse(file: &Path, mistakes: &Mistakes) {
    for mistake in &mistakes.first {
        let what = printable(&mistake.what);
        eprintln!("tenderwatch: {}:{}:{}: {what}", file.display(), mistake.row, mistake.column);
    }
    if mistakes.count > mistakes.first.len() {
        eprintln!("tenderwatch: {} more (the first {MISTAKES_MAX} are shown)", mistakes.count - mistakes.first.len());
    }
    eprintln!("tenderwatch: {}: nothing was imported", file.display());
}

fn print(file: &Path, taken: &Taken) {
    match taken.imported {
        Imported::Before { import, at } => {
            println!("{}: imported before ({import}, at {at}); nothing changed", file.display());
        }
        Imported::Now { import, added, replaced, unchanged } => println!(
            "{}: import {import}: {added} rows added, {replaced} replaced, {unchanged} unchanged",
            file.display()
        ),
    }
    println!("  {} services of {} holders in {} rows", taken.services, taken.holders, taken.rows);
    if taken.undated > 0 {
        println!(
            "  {} rows have no day: they count as filed by now, and by no award (--published names it)",
            taken.undated
        );
    }
    println!("  {} numbers fail their check", taken.failing.len());
    for (row, number) in taken.failing.iter().take(MISTAKES_MAX) {
        println!("    row {row}: {}", printable(number));
    }
}

fn as_json(taken: &Taken) -> serde_json::Value {
    let (import, before_at, added, replaced, unchanged) = match taken.imported {
        Imported::Before { import, at } => (import, Some(at), 0, 0, 0),
        Imported::Now { import, added, replaced, unchanged } => (import, None, added, replaced, unchanged),
    };
    let failing: Vec<_> =
        taken.failing.iter().map(|(row, number)| serde_json::json!({"row": row, "number": number})).collect();
    serde_json::json!({"import": import, "imported_before_at": before_at, "added": added, "replaced": replaced,
        "unchanged": unchanged, "rows": taken.rows, "services": taken.services, "holders": taken.holders,
        "undated": taken.undated, "failing": failing})
}
