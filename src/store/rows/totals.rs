//! Totals as a JSON document, and back: what they were when a subscription was last told.

use serde::{Deserialize, Serialize};

use super::{CurrencyRow, VERSION, known, parsed};
use crate::domain::project::Status;
use crate::figures::totals::{CountCell, FigureKind, SumCell, Tally, Totals};
use crate::store::StoreError;

/// Totals as they are kept.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct TotalsRow {
    v: u32,
    sums: Vec<SumRow>,
    counts: Vec<CountRow>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SumRow {
    kind: String,
    currency: CurrencyRow,
    year: i16,
    month: i8,
    sum: i64,
    disclosed: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct CountRow {
    cell: String,
    word: String,
    year: i16,
    month: i8,
    count: i64,
}

/// A count's cell as its two words and its month.
pub(in crate::store) fn count_words(cell: CountCell) -> (&'static str, &'static str, i16, i8) {
    match cell {
        CountCell::Of(kind, year, month) => ("of", kind.word(), year, month),
        CountCell::Status(status, year, month) => ("status", status.word(), year, month),
    }
}

/// The inverse of [`count_words`].
pub(in crate::store) fn count_cell(cell: &str, word: &str, year: i16, month: i8) -> Result<CountCell, StoreError> {
    match cell {
        "of" => Ok(CountCell::Of(parsed(word, "kind of total", FigureKind::parse)?, year, month)),
        "status" => Ok(CountCell::Status(parsed(word, "status of a project", Status::parse)?, year, month)),
        other => Err(StoreError::Unreadable { what: format!("the count `{other}`") }),
    }
}

impl From<&Totals> for TotalsRow {
    fn from(totals: &Totals) -> Self {
        let sums = totals.sums.iter().map(|(cell, tally)| SumRow {
            kind: cell.kind.word().to_owned(),
            currency: CurrencyRow(cell.currency),
            year: cell.year,
            month: cell.month,
            sum: tally.sum,
            disclosed: tally.disclosed,
        });
        let counts = totals.counts.iter().map(|(cell, count)| {
            let (cell, word, year, month) = count_words(*cell);
            CountRow { cell: cell.to_owned(), word: word.to_owned(), year, month, count: *count }
        });
        Self { v: VERSION, sums: sums.collect(), counts: counts.collect() }
    }
}

impl TryFrom<TotalsRow> for Totals {
    type Error = StoreError;

    fn try_from(row: TotalsRow) -> Result<Self, StoreError> {
        known(row.v, "totals")?;
        let mut totals = Self::default();
        for SumRow { kind, currency, year, month, sum, disclosed } in row.sums {
            let kind = parsed(&kind, "kind of total", FigureKind::parse)?;
            totals.sums.insert(SumCell { kind, currency: currency.0, year, month }, Tally { sum, disclosed });
        }
        for CountRow { cell, word, year, month, count } in row.counts {
            totals.counts.insert(count_cell(&cell, &word, year, month)?, count);
        }
        Ok(totals)
    }
}
