//! An operator's file of filed blockchain services → history: the whole of it or nothing, and the same file once.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use super::spreadsheet;
use crate::domain::filing::{Filing, Register};
use crate::domain::stamp::china_day;
use crate::sources::filing_list::{Mistakes, TableReader};
use crate::store::Store;
use crate::store::filings::{FilingFile, Imported};

/// What the operator says beside the file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside {
    /// The batch, where no column has it.
    pub batch: Option<u32>,
    /// The day that the batch was published, where no column has it.
    pub published_on: Option<Date>,
}

/// What became of a file.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It has mistakes: nothing of it was taken.
    Mistaken(Mistakes),
    /// It was read whole.
    Read(Taken),
}

/// A file that was read whole.
#[derive(Clone, Debug)]
pub struct Taken {
    /// What importing it came to.
    pub imported: Imported,
    /// Rows in it.
    pub rows: usize,
    /// Services in it.
    pub services: usize,
    /// Holders in it, each once.
    pub holders: usize,
    /// Rows that no batch and no option dates.
    pub undated: usize,
    /// Numbers whose check character does not fit, with their rows.
    pub failing: Vec<(u32, String)>,
}

/// Imports a file.
pub fn import(store: &Store, file: &Path, beside: Beside, now: Timestamp) -> Result<Outcome> {
    let bytes = read(file).with_context(|| format!("{}", file.display()))?;
    let mut table = TableReader::new(beside.batch, beside.published_on, china_day(now));
    spreadsheet::rows(&bytes, &mut |row, cells| table.row(row, cells))
        .with_context(|| format!("{}", file.display()))?;
    let list = match table.finish() {
        Ok(list) => list,
        Err(mistakes) => return Ok(Outcome::Mistaken(mistakes)),
    };
    let sha256 = format!("{:x}", Sha256::digest(&bytes));
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let Beside { batch, published_on } = beside;
    let kept = FilingFile { name: &name, sha256: &sha256, batch, published_on, rows: &list.rows };
    let imported = store.write(|w| w.import_filings(&kept, now))?;
    let filings: Vec<Filing> = list.rows.into_iter().map(|(_, filing)| filing).collect();
    let register = Register::of(&filings);
    Ok(Outcome::Read(Taken {
        imported,
        rows: filings.len(),
        services: register.services(),
        holders: register.holders(),
        undated: filings.iter().filter(|filing| filing.filed_on.is_none()).count(),
        failing: list.failing,
    }))
}

/// The file's bytes, bounded whatever it says of its size.
fn read(file: &Path) -> Result<Vec<u8>> {
    let opened = std::fs::File::open(file).context("cannot be read")?;
    let mut bytes = Vec::new();
    opened.take(spreadsheet::BYTES_MAX + 1).read_to_end(&mut bytes).context("cannot be read")?;
    if bytes.len() as u64 > spreadsheet::BYTES_MAX {
        bail!("more than the {} bytes that are read", spreadsheet::BYTES_MAX);
    }
    Ok(bytes)
}
