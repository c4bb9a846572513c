//! USAspending: answers of `search/spending_by_award/` as contracts of US federal agencies, for a comparison. An amount is what
//! was obligated to date, without options. Lacks plans: nothing is polled here, saved answers are read.

use jiff::civil::Date;
use jiff::tz::Offset;
use serde::Deserialize;

use crate::domain::amount::Amount;
use crate::domain::money::{Currency, Money};
use crate::domain::notice::{Lot, LotStatus, Notice, NoticeKind};
use crate::domain::organisation::Organisation;
use crate::domain::reading::{Coverage, PageKind, Problem, Reading};
use crate::domain::stamp::Stamp;

/// Changes whenever a kept body may be read differently.
pub const READER_VERSION: u32 = 1;

/// The longest description that is kept as a title, in characters.
const TITLE_CHARS_MAX: usize = 300;

/// An answer, as far as it is read.
#[derive(Deserialize)]
struct Answer {
    results: Vec<serde_json::Value>,
}

/// A row, as far as it is read. What was not asked for is absent or null.
#[derive(Deserialize)]
struct Row {
    generated_internal_id: Option<String>,
    #[serde(rename = "Award ID")]
    award_id: Option<String>,
    #[serde(rename = "Recipient Name")]
    recipient: Option<String>,
    #[serde(rename = "Award Amount")]
    amount: Option<serde_json::Number>,
    #[serde(rename = "Awarding Agency")]
    agency: Option<String>,
    #[serde(rename = "Awarding Sub Agency")]
    sub_agency: Option<String>,
    #[serde(rename = "Description")]
    description: Option<String>,
    #[serde(rename = "Start Date")]
    start: Option<String>,
    #[serde(rename = "Last Modified Date")]
    modified: Option<String>,
}

/// Reads one answer. Anything else is a page that this reader does not know.
#[must_use]
pub fn read(text: &str) -> Reading {
    let Ok(answer) = serde_json::from_str::<Answer>(text) else { return Reading::of(PageKind::Unknown) };
    let mut reading = Reading { coverage: Coverage::Unknown, ..Reading::of(PageKind::Notice) };
    for (place, row) in answer.results.into_iter().enumerate() {
        let field = |name: &str| format!("results[{place}].{name}");
        let row: Row = match serde_json::from_value(row) {
            Ok(row) => row,
            Err(error) => {
                reading.problems.push(problem(field("row"), format!("not read: {error}"), String::new()));
                continue;
            }
        };
        let amount = match &row.amount {
            None => Amount::Undisclosed,
            Some(number) => dollars(&number.to_string()).map_or_else(
                || Amount::Unparsed { text: number.to_string() },
                |money| Amount::disclosed(money, "Award Amount"),
            ),
        };
        if let Amount::Unparsed { text } = &amount {
            reading.problems.push(problem(field("Award Amount"), "no sum".to_owned(), text.clone()));
        }
        reading.notices.push(notice(row, amount));
    }
    reading
}

fn problem(field: String, what: String, passage: String) -> Problem {
    Problem { field, what, passage }
}

fn notice(row: Row, contract: Amount) -> Notice {
    let named = |name: Option<String>| name.filter(|name| !name.trim().is_empty());
    let id = named(row.generated_internal_id);
    let award_id = named(row.award_id);
    let title: String =
        named(row.description).or_else(|| award_id.clone()).unwrap_or_default().chars().take(TITLE_CHARS_MAX).collect();
    let start = row.start.as_deref().and_then(|day| day.parse::<Date>().ok());
    let supplier = named(row.recipient).map(Organisation::named);
    Notice {
        url: id.as_ref().map(|id| format!("https://www.usaspending.gov/award/{id}")),
        project_numbers: id.clone().or(award_id).into_iter().collect(),
        native_id: id,
        revision_id: named(row.modified),
        kind: NoticeKind::Contract,
        title,
        published_at: start.and_then(day),
        buyers: named(row.sub_agency).or(named(row.agency)).map(Organisation::named).into_iter().collect(),
        lots: vec![Lot { status: LotStatus::Awarded, suppliers: supplier.into_iter().collect(), ..Lot::default() }],
        contract,
        ..Notice::default()
    }
}

/// A day without a time of day: no zone would make it another.
fn day(day: Date) -> Option<Stamp> {
    let at = Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()?;
    Some(Stamp { at, offset: Offset::UTC })
}

/// The shortest decimal that a JSON number is written as, exactly; nothing for exponents and for more than four decimals.
fn dollars(number: &str) -> Option<Money> {
    let (sign, magnitude) = number.strip_prefix('-').map_or((1, number), |rest| (-1, rest));
    let (whole, part) = magnitude.split_once('.').unwrap_or((magnitude, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(part) || part.len() > 4 {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let part: i64 = format!("{part:0<4}").parse().ok()?;
    let ten_thousandths = whole.checked_mul(10_000)?.checked_add(part)?.checked_mul(sign)?;
    Some(Money { ten_thousandths, currency: Currency::USD })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_a_contract_with_its_obligation_to_the_cent() {
        let reading = read(
            r#"{"results": [{"Award ID": "W911NF24P0032", "Recipient Name": "OVERLAND AI INC", "Award Amount": 245696.22,
                "Start Date": "2024-04-15", "Awarding Agency": "Department of Defense",
                "generated_internal_id": "CONT_AWD_W911NF24P0032_9700_-NONE-_-NONE-"}]}"#,
        );
        let notice = &reading.notices[0];
        let dollars = Money { ten_thousandths: 2_456_962_200, currency: Currency::USD };
        assert_eq!((notice.kind, notice.contract.money()), (NoticeKind::Contract, Some(dollars)));
        assert_eq!(notice.lots[0].suppliers[0].name, "OVERLAND AI INC");
        assert_eq!(notice.published_at.map(|stamp| stamp.day()), Some(jiff::civil::date(2024, 4, 15)));
    }

    #[test]
    fn what_is_no_answer_is_unknown_and_what_is_no_sum_is_a_problem() {
        assert_eq!(read("<html>").page, PageKind::Unknown);
        let odd = read(r#"{"results": [{"Award Amount": 1e300}, 7]}"#);
        assert_eq!((odd.notices.len(), odd.problems.len()), (1, 2));
        assert_eq!(read(r#"{"results": [{"Award Amount": null}]}"#).notices[0].contract, Amount::Undisclosed);
    }
}
