//! An operator's table, CSV or XLSX, row by row. A CSV may be UTF-8 (with or without its mark) or GB18030, as Chinese
//! spreadsheets write it. Bounded: what unpacks to too much is refused. Lacks: the old XLS form, formulas, further sheets.

use std::io::Cursor;

use anyhow::{Context as _, Result, bail};
use calamine::{DataRef, Reader as _, Xlsx};
use encoding_rs::GB18030;

/// The largest file.
pub(super) const BYTES_MAX: u64 = 64 << 20;

/// What an XLSX may unpack to.
const UNPACKED_BYTES_MAX: u64 = 512 << 20;

/// Columns beyond these are not looked at.
const COLUMNS_MAX: usize = 64;

/// What takes a row's number, from 1, and its cells; it says whether more are wanted.
pub(super) type TakeRow<'a> = dyn FnMut(u32, &[&str]) -> bool + 'a;

/// Gives every row of a table.
pub(super) fn rows(bytes: &[u8], take: &mut TakeRow<'_>) -> Result<()> {
    if bytes.starts_with(b"PK\x03\x04") {
        return sheet(bytes, take);
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        bail!("an XLS file of the old form: save it as XLSX or CSV");
    }
    csv(&text(bytes)?, take)
}

fn text(bytes: &[u8]) -> Result<String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    let (text, had_errors) = GB18030.decode_without_bom_handling(bytes);
    if had_errors || bytes.contains(&0) {
        bail!("neither CSV in UTF-8 or GB18030 nor XLSX: save it as one of these");
    }
    Ok(text.into_owned())
}

fn csv(text: &str, take: &mut TakeRow<'_>) -> Result<()> {
    // Between the two characters of a line's end a row would seem to stand on the line before.
    let text = text.replace("\r\n", "\n");
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = ::csv::StringRecord::new();
    while reader.read_record(&mut record).context("reading the CSV")? {
        let row = record.position().map_or(0, ::csv::Position::line);
        let cells: Vec<&str> = record.iter().take(COLUMNS_MAX).collect();
        if !take(u32::try_from(row).unwrap_or(u32::MAX), &cells) {
            break;
        }
    }
    Ok(())
}

/// The first sheet, cell by cell: a sheet may say that it is far larger than what stands in it.
fn sheet(bytes: &[u8], take: &mut TakeRow<'_>) -> Result<()> {
    let unpacked = unpacked_bytes(bytes).context("reading the XLSX: its table of contents is damaged")?;
    if unpacked > UNPACKED_BYTES_MAX {
        bail!("the XLSX unpacks to {unpacked} bytes, more than the {UNPACKED_BYTES_MAX} that are read");
    }
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).context("reading the XLSX")?;
    let name = book.sheet_names().into_iter().next().context("the XLSX has no sheet")?;
    let mut cells = book.worksheet_cells_reader(&name).with_context(|| format!("reading the sheet {name}"))?;
    let mut current: Option<(u32, Vec<String>)> = None;
    while let Some(cell) = cells.next_cell().with_context(|| format!("reading the sheet {name}"))? {
        let (row, column) = cell.get_position();
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if current.as_ref().is_some_and(|(at, _)| *at != row)
            && let Some((at, texts)) = current.take()
            && !give(at, &texts, take)
        {
            return Ok(());
        }
        let (_, texts) = current.get_or_insert_with(|| (row, Vec::new()));
        if column < COLUMNS_MAX {
            texts.resize(texts.len().max(column + 1), String::new());
            if let Some(place) = texts.get_mut(column) {
                *place = written(cell.get_value());
            }
        }
    }
    if let Some((at, texts)) = current {
        give(at, &texts, take);
    }
    Ok(())
}

fn give(row: u32, texts: &[String], take: &mut TakeRow<'_>) -> bool {
    let cells: Vec<&str> = texts.iter().map(String::as_str).collect();
    take(row.saturating_add(1), &cells)
}

/// A cell as it would be written. A whole number has no point; a day is one, whatever its form on the screen.
fn written(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        // Fifteen digits are exact; a longer number was rounded by the spreadsheet, and must not look whole.
        DataRef::Float(number) if number.abs() < 1e15 => number.to_string(),
        DataRef::Float(number) => format!("{number:e}"),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// What a ZIP file says it unpacks to, by its table of contents; nothing where that cannot be read.
fn unpacked_bytes(bytes: &[u8]) -> Option<u64> {
    let number = |at: usize, width: usize| {
        let digits = bytes.get(at..at.checked_add(width)?)?;
        Some(digits.iter().rev().fold(0_u64, |number, digit| number << 8 | u64::from(*digit)))
    };
    // The end of the contents: 22 bytes, then a comment of at most 65,535.
    let tail = bytes.len().saturating_sub(22 + 65_535);
    let end = bytes.get(tail..)?.windows(4).rposition(|mark| mark == b"PK\x05\x06")? + tail;
    let (files, mut at) = (number(end + 10, 2)?, usize::try_from(number(end + 16, 4)?).ok()?);
    let mut sum = 0_u64;
    for _ in 0..files {
        if bytes.get(at..at.checked_add(4)?)? != b"PK\x01\x02" {
            return None;
        }
        sum = sum.checked_add(number(at + 24, 4)?)?;
        let behind = number(at + 28, 2)? + number(at + 30, 2)? + number(at + 32, 2)?;
        at = at.checked_add(46)?.checked_add(usize::try_from(behind).ok()?)?;
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<(u32, Vec<String>)>> {
        let mut found = Vec::new();
        rows(bytes, &mut |row, cells| {
            found.push((row, cells.iter().map(|cell| (*cell).to_owned()).collect()));
            true
        })?;
        Ok(found)
    }

    #[test]
    fn a_csv_is_read_in_either_charset() {
        let text = "主体名称,服务名称\r\n\"甲,公司\",链\r\n";
        let (gb, _, _) = GB18030.encode(text);
        let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        for bytes in [text.as_bytes(), &marked, &gb] {
            let rows = read(bytes).unwrap();
            assert_eq!(rows[0], (1, vec!["主体名称".to_owned(), "服务名称".to_owned()]));
            assert_eq!(rows[1], (2, vec!["甲,公司".to_owned(), "链".to_owned()]));
        }
    }

    #[test]
    fn what_is_no_table_is_refused_with_advice() {
        for (bytes, advice) in [
            (&b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"[..], "save it as XLSX or CSV"),
            (&b"PK\x03\x04rest"[..], "damaged"),
            (&b"\xFF\xFEa\0b\0"[..], "save it as one of these"),
        ] {
            let refused = format!("{:#}", read(bytes).unwrap_err());
            assert!(refused.contains(advice), "{refused}");
        }
    }

    #[test]
    fn no_bytes_break_the_reading_of_contents() {
        for length in 0..200 {
            let mut bytes = b"PK\x03\x04".repeat(20);
            bytes.extend(b"PK\x05\x06");
            bytes.extend(std::iter::repeat_n(0xFF, length));
            let _ = unpacked_bytes(&bytes);
        }
    }
}
