//! The list of filed blockchain services as an operator's table has it: rows of cells become filings, or every mistake is named
//! with its place and what was expected there. Knows the headings, in Chinese and English; what kind of file it was it does not ask.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use super::dialect::dates;
use crate::domain::filing::Filing;
use crate::domain::filing_number::{FilingNumber, NoFilingNumber};
use crate::domain::names;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Batch,
    Published,
    Seq,
    Holder,
    Service,
    Number,
}

/// The headings by which a column is known, squeezed.
const HEADINGS: [(Column, &[&str]); 6] = [
    (Column::Batch, &["批次", "batch"]),
    (Column::Published, &["发布日期", "发布时间", "公布日期", "published"]),
    (Column::Seq, &["序号", "seq"]),
    (Column::Holder, &["主体名称", "备案主体", "备案主体名称", "holder"]),
    (Column::Service, &["服务名称", "service"]),
    (Column::Number, &["备案编号", "备案号", "number"]),
];

/// Tables begin with a title now and then: the headings stand within so many rows.
const HEADINGS_WITHIN: usize = 10;

/// A list has at most so many rows.
pub const ROWS_MAX: usize = 1_000_000;

/// So many mistakes are told in full; all are counted.
pub const MISTAKES_MAX: usize = 100;

/// Names are no longer than this.
const NAME_CHARS_MAX: usize = 300;

/// No batch was published before the rule was in force.
const FIRST_DAY: Date = date(2019, 2, 15);

/// What stands at a place and should not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The row, from 1.
    pub row: u32,
    /// The column, from 1.
    pub column: usize,
    /// What was expected there, and what stands there.
    pub what: String,
}

/// A list without mistakes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilingList {
    /// Its rows, each with its row in the file.
    pub rows: Vec<(u32, Filing)>,
    /// The numbers whose check character does not fit: kept as printed, for they are what was published.
    pub failing: Vec<(u32, String)>,
}

/// A table with mistakes: nothing of it is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mistakes {
    /// The first of them.
    pub first: Vec<Mistake>,
    /// How many there are.
    pub count: usize,
}

/// Reads a table row by row.
#[derive(Debug)]
pub struct TableReader {
    batch: Option<u32>,
    published_on: Option<Date>,
    today: Date,
    /// Column → its place, once the headings were met.
    columns: Option<BTreeMap<Column, usize>>,
    rows_seen: usize,
    list: FilingList,
    mistakes: Mistakes,
}

impl TableReader {
    /// A reader for a table whose batch and day the operator may have named beside it.
    #[must_use]
    pub fn new(batch: Option<u32>, published_on: Option<Date>, today: Date) -> Self {
        let (list, mistakes) = (FilingList::default(), Mistakes::default());
        Self { batch, published_on, today, columns: None, rows_seen: 0, list, mistakes }
    }

    /// Takes the next row. Says whether there is room for more.
    pub fn row(&mut self, row: u32, cells: &[&str]) -> bool {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return true;
        }
        self.rows_seen += 1;
        match self.columns.take() {
            Some(columns) => {
                self.filing(row, cells, &columns);
                self.columns = Some(columns);
            }
            None => self.headings(row, cells),
        }
        let has_room = self.list.rows.len() < ROWS_MAX;
        if !has_room {
            self.mistake(row, 0, format!("at most {ROWS_MAX} rows are read"));
        }
        has_room && (self.columns.is_some() || self.rows_seen < HEADINGS_WITHIN)
    }

    /// The list, or what is wrong with it.
    pub fn finish(mut self) -> Result<FilingList, Mistakes> {
        if self.columns.is_none() {
            let wanted = "the headings 主体名称 (holder) and 服务名称 (service)";
            self.mistake(1, 0, format!("expected {wanted} in one of the first {HEADINGS_WITHIN} rows"));
        } else if self.list.rows.is_empty() && self.mistakes.count == 0 {
            self.mistake(1, 0, "expected rows under the headings, found none".to_owned());
        }
        if self.mistakes.count == 0 { Ok(self.list) } else { Err(self.mistakes) }
    }

    fn headings(&mut self, row: u32, cells: &[&str]) {
        let mut columns = BTreeMap::new();
        for (place, cell) in cells.iter().enumerate() {
            let heading = names::key(cell);
            let known = HEADINGS.iter().find(|(_, words)| words.contains(&heading.as_str()));
            if let Some((column, _)) = known
                && columns.insert(*column, place).is_some()
            {
                self.mistake(row, place, format!("expected one column {}, found a second", printed(cell)));
            }
        }
        if columns.contains_key(&Column::Holder) && columns.contains_key(&Column::Service) {
            self.columns = Some(columns);
        }
    }

    fn filing(&mut self, row: u32, cells: &[&str], columns: &BTreeMap<Column, usize>) {
        let cell = |column| {
            let place = columns.get(&column).copied();
            (place.unwrap_or_default(), place.and_then(|place| cells.get(place)).map_or("", |cell| cell.trim()))
        };
        let before = self.mistakes.count;
        let holder = self.name(row, cell(Column::Holder), "the holder's name; where cells were merged, fill each one");
        let service = self.name(row, cell(Column::Service), "the service's name");
        let number = self.number(row, cell(Column::Number));
        let batch = self.batch(row, cell(Column::Batch));
        let filed_on = self.published(row, cell(Column::Published));
        if self.mistakes.count == before {
            self.list.rows.push((row, Filing { batch, filed_on, holder, service, number }));
        }
    }

    fn name(&mut self, row: u32, (place, text): (usize, &str), expected: &str) -> String {
        let length = text.chars().count();
        if length == 0 {
            self.mistake(row, place, format!("expected {expected}, found nothing"));
        } else if length > NAME_CHARS_MAX {
            let what = format!("expected {expected}, found {length} characters, more than {NAME_CHARS_MAX}");
            self.mistake(row, place, what);
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn number(&mut self, row: u32, (place, text): (usize, &str)) -> Option<String> {
        if matches!(text, "" | "-" | "—" | "/" | "无") {
            return None;
        }
        match FilingNumber::read(text) {
            Ok(number) => Some(number.to_string()),
            Err(NoFilingNumber::Check) => {
                self.list.failing.push((row, text.to_owned()));
                Some(text.to_owned())
            }
            Err(why) => {
                let wanted = "a number as 京网信备 and 20 digits, the last may be X (as text, not as a rounded figure)";
                self.mistake(row, place, format!("expected {wanted}, found {}: {why}", printed(text)));
                None
            }
        }
    }

    fn batch(&mut self, row: u32, (place, text): (usize, &str)) -> Option<u32> {
        if text.is_empty() {
            return self.batch;
        }
        let bare = names::squeezed(text);
        let bare = bare.trim_start_matches('第').trim_end_matches('次').trim_end_matches('批');
        // 一, 12 and 十二 are counted as lots are.
        let batch = names::lot_label(bare).and_then(|label| label.parse().ok()).filter(|batch| *batch > 0);
        match (batch, self.batch) {
            (Some(batch), Some(named)) if batch != named => {
                self.mistake(row, place, format!("expected batch {named} as named beside the file, found {batch}"));
            }
            (None, _) => self.mistake(row, place, format!("expected a batch as 1 or 第一批, found {}", printed(text))),
            _ => {}
        }
        batch
    }

    fn published(&mut self, row: u32, (place, text): (usize, &str)) -> Option<Date> {
        if text.is_empty() {
            return self.published_on;
        }
        let day = dates::first(text).map(|moment| moment.day).filter(|day| (FIRST_DAY..=self.today).contains(day));
        match (day, self.published_on) {
            (Some(day), Some(named)) if day != named => {
                self.mistake(row, place, format!("expected the day {named} as named beside the file, found {day}"));
            }
            (None, _) => {
                let wanted = format!("a day from {FIRST_DAY} to {}, as 2019-03-30 or 2019年3月30日", self.today);
                self.mistake(row, place, format!("expected {wanted}, found {}", printed(text)));
            }
            _ => {}
        }
        day
    }

    fn mistake(&mut self, row: u32, place: usize, what: String) {
        self.mistakes.count += 1;
        if self.mistakes.first.len() < MISTAKES_MAX {
            self.mistakes.first.push(Mistake { row, column: place + 1, what });
        }
    }
}

/// A cell as it is quoted: bounded.
fn printed(cell: &str) -> String {
    let short: String = cell.chars().take(40).collect();
    if short.len() < cell.len() { format!("“{short}…”") } else { format!("“{short}”") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = date(2026, 11, 22);

    fn read(rows: &[&[&str]], batch: Option<u32>, published_on: Option<Date>) -> Result<FilingList, Mistakes> {
        let mut reader = TableReader::new(batch, published_on, TODAY);
        for (row, cells) in (1..).zip(rows) {
            if !reader.row(row, cells) {
                break;
            }
        }
        reader.finish()
    }

    /// `row:column what`.
    fn mistakes(rows: &[&[&str]]) -> Vec<String> {
        let mistakes = read(rows, Some(1), Some(date(2019, 3, 30))).unwrap_err();
        mistakes.first.iter().map(|m| format!("{}:{} {}", m.row, m.column, m.what)).collect()
    }

    #[test]
    fn a_table_in_chinese_under_a_title_is_read() {
        let list = read(
            &[
                &["境内区块链信息服务备案清单（第一批）", "", "", ""],
                &["序号", "主体名称", "服务名称", "备案编号"],
                &["1", " 浙江某某科技有限公司 ", "某链", "浙网信备 33010819963715880033 号"],
                &["", "", "", ""],
                &["2", "北京某某有限公司", "另一链", "京网信备1101081971596078003x号"],
                &["3", "北京某某有限公司", "第三链", "无"],
            ],
            Some(1),
            Some(date(2019, 3, 30)),
        );
        let list = list.unwrap();
        assert_eq!(list.rows.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [3, 5, 6]);
        let first = &list.rows[0].1;
        assert_eq!((first.batch, first.filed_on), (Some(1), Some(date(2019, 3, 30))));
        assert_eq!(first.holder, "浙江某某科技有限公司");
        assert_eq!(first.number.as_deref(), Some("浙网信备33010819963715880033号"));
        assert_eq!(list.rows[1].1.number.as_deref(), Some("京网信备1101081971596078003X号"));
        assert_eq!(list.rows[2].1.number, None);
    }

    #[test]
    fn a_table_in_english_names_batch_and_day_in_each_row() {
        let rows: [&[&str]; 4] = [
            &["Batch", "Published", "Seq", "Holder", "Service", "Number"],
            &["1", "2019-03-30", "1", "甲公司", "链一", ""],
            &["第二批", "2019年10月18日", "1", "甲公司", "链二", ""],
            &["十", "2022/11/01", "1", "甲公司", "链三", ""],
        ];
        let list = read(&rows, None, None).unwrap();
        let batches: Vec<_> = list.rows.iter().map(|(_, filing)| (filing.batch, filing.filed_on)).collect();
        assert_eq!(batches[0], (Some(1), Some(date(2019, 3, 30))));
        assert_eq!(batches[1], (Some(2), Some(date(2019, 10, 18))));
        assert_eq!(batches[2], (Some(10), Some(date(2022, 11, 1))));
    }

    #[test]
    fn a_number_whose_check_fails_is_kept_and_told() {
        let rows: [&[&str]; 2] =
            [&["主体名称", "服务名称", "备案编号"], &["甲公司", "链", "京网信备11010819715960780031号"]];
        let list = read(&rows, None, None).unwrap();
        assert_eq!(list.failing, [(2, "京网信备11010819715960780031号".to_owned())]);
        assert_eq!(list.rows[0].1.number.as_deref(), Some("京网信备11010819715960780031号"));
    }

    #[test]
    fn every_bad_cell_is_named_with_what_was_expected() {
        let found = mistakes(&[
            &["批次", "发布日期", "主体名称", "服务名称", "备案编号"],
            &["1", "2019-03-30", "甲公司", "链", "1.10105E+19"],
            &["2", "2019-03-31", "甲公司", "链", "京ICP备12345678号-1"],
            &["若干", "去年", "", "", ""],
            &["", "1999-01-01", "甲公司", "链", ""],
        ]);
        let places: Vec<&str> = found.iter().map(|mistake| mistake.split(' ').next().unwrap()).collect();
        assert_eq!(places, ["2:5", "3:5", "3:1", "3:2", "4:3", "4:4", "4:1", "4:2", "5:2"], "{found:#?}");
        assert!(found[0].contains("as text"), "{}", found[0]);
        assert!(found[1].contains("an ICP number"), "{}", found[1]);
        assert!(found[2].contains("expected batch 1"), "{}", found[2]);
        assert!(found[4].contains("merged"), "{}", found[4]);
    }

    #[test]
    fn a_table_without_headings_or_rows_is_refused() {
        assert!(mistakes(&[&["甲公司", "链", "1"]])[0].contains("expected the headings"));
        assert!(mistakes(&[])[0].contains("expected the headings"));
        assert!(mistakes(&[&["主体名称", "服务名称"]])[0].contains("expected rows"));
        assert!(mistakes(&[&["主体名称", "服务名称", "holder"], &["甲", "链", "乙"]])[0].contains("found a second"));
    }

    #[test]
    fn mistakes_without_end_are_counted_and_not_all_told() {
        let rows: Vec<&[&str]> =
            std::iter::once(&["主体名称", "服务名称"][..]).chain(std::iter::repeat_n(&["", "链"][..], 500)).collect();
        let mistakes = read(&rows, None, None).unwrap_err();
        assert_eq!((mistakes.first.len(), mistakes.count), (MISTAKES_MAX, 500));
    }
}
