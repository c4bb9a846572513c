//! USAspending: answers of `spending_by_award` and award details become notices of awards in dollars. What is obligated to date
//! is the award; a new amount under the same id is the same notice, amended. Sums over many awards are none of its business.

mod detail;

mod money;

mod row;

use serde_json::Value;

use crate::domain::notice::{Evidence, Lot, LotStatus, Notice, NoticeKind};
use crate::domain::organisation::Organisation;
use crate::domain::reading::{Coverage, PageKind, Problem, Reading};
use crate::domain::stamp::Stamp;

/// Raised whenever a kept body may be read differently.
pub const READER_VERSION: u32 = 1;

/// The longest answer read: a page of a hundred awards is a hundredth of it.
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// How long a title may be, in characters; descriptions run to pages.
const TITLE_MAX: usize = 300;
/// How much of a description is kept, in characters.
const TEXT_MAX: usize = 16_000;
/// How long a passage of evidence may be, in characters.
const PASSAGE_MAX: usize = 200;

/// Reads one answer. The same text always gives the same reading; addresses come from the awards themselves.
#[must_use]
pub fn read(text: &str) -> Reading {
    if text.len() > BYTES_MAX {
        return unknown("longer than is read", text);
    }
    let Ok(answer) = serde_json::from_str::<Value>(text) else { return unknown("no JSON", text) };
    if let Some(rows) = answer.get("results").and_then(Value::as_array) {
        return search(&answer, rows);
    }
    if answer.get("generated_unique_award_id").is_some() {
        return one(&answer);
    }
    if answer.get("detail").is_some() || answer.get("message").is_some() {
        return Reading::of(PageKind::Refusal);
    }
    unknown("neither a search nor an award", text)
}

/// A page of a search: a row that names no award is a problem beside the good ones.
fn search(answer: &Value, rows: &[Value]) -> Reading {
    let coverage = coverage(answer);
    if rows.is_empty() {
        return Reading { coverage, ..Reading::of(PageKind::Empty) };
    }
    let mut reading = Reading { coverage, ..Reading::of(PageKind::Notice) };
    for (place, row) in rows.iter().enumerate() {
        match row::award(row) {
            Some(award) => award.tell(&mut reading),
            None => reading.problems.push(problem(&format!("results[{place}]"), "names no award", &row.to_string())),
        }
    }
    if reading.notices.is_empty() {
        reading.page = PageKind::Unknown;
    }
    reading
}

fn one(answer: &Value) -> Reading {
    let Some(award) = detail::award(answer) else { return unknown("an award without an id", "") };
    let mut reading = Reading { coverage: Coverage::Whole, ..Reading::of(PageKind::Notice) };
    award.tell(&mut reading);
    reading
}

/// Whole only where one page holds everything: the source gives no total.
fn coverage(answer: &Value) -> Coverage {
    let Some(paging) = answer.get("page_metadata") else { return Coverage::Unknown };
    let is_first = paging.get("page").and_then(Value::as_u64) == Some(1);
    match paging.get("hasNext").and_then(Value::as_bool) {
        Some(false) if is_first => Coverage::Whole,
        Some(_) => Coverage::Partial,
        None => Coverage::Unknown,
    }
}

fn unknown(what: &str, passage: &str) -> Reading {
    Reading { problems: vec![problem("page", what, passage)], ..Reading::of(PageKind::Unknown) }
}

fn problem(field: &str, what: &str, passage: &str) -> Problem {
    Problem { field: field.into(), what: what.into(), passage: head(passage, PASSAGE_MAX) }
}

/// What either form of answer says of one award, as printed.
#[derive(Default)]
struct Award<'a> {
    /// `CONT_AWD_{piid}_{agency}_{parent}_{its agency}`: the identity that lasts.
    id: &'a str,
    /// The number on the contract; unique only with its parent's.
    piid: Option<&'a str>,
    description: Option<&'a str>,
    /// What is obligated to date, and what all options together would come to.
    obligated: Option<&'a Value>,
    ceiling: Option<&'a Value>,
    signed_on: Option<&'a str>,
    starts_on: Option<&'a str>,
    modified_on: Option<&'a str>,
    agency: Option<&'a str>,
    sub_agency: Option<&'a str>,
    recipient: Option<&'a str>,
    uei: Option<&'a str>,
    address: Option<String>,
    /// What is bought, by the product code, else the industry's.
    product: Option<String>,
}

impl Award<'_> {
    /// Adds the notice and its problems to a reading.
    fn tell(&self, reading: &mut Reading) {
        let field = |name: &str| format!("notices[{}].{name}", reading.notices.len());
        let award = money::obligated(self.obligated);
        if award.money().is_some_and(|money| money.ten_thousandths < 0) {
            reading.problems.push(problem(&field("award"), "more was taken back than obligated", self.id));
        }
        let (published_at, dated_by) = self.dated();
        if published_at.is_none() {
            reading.problems.push(problem(
                &field("published_at"),
                "no date signed and no start of performance",
                self.id,
            ));
        }
        let named = |name: Option<&str>| name.map(Organisation::named);
        let recipient =
            self.recipient.map(|name| Organisation { address: self.address.clone(), ..Organisation::named(name) });
        let lot = Lot {
            status: LotStatus::Awarded,
            award: award.clone(),
            suppliers: recipient.into_iter().collect(),
            ..Lot::default()
        };
        let description = self.description.unwrap_or_default();
        let mut notice = Notice {
            native_id: Some(self.id.to_owned()),
            revision_id: self.modified_on.map(str::to_owned),
            url: Some(format!("https://www.usaspending.gov/award/{}/", address(self.id))),
            kind: NoticeKind::Award,
            title: head(if description.is_empty() { self.piid.unwrap_or(self.id) } else { description }, TITLE_MAX),
            published_at,
            buyers: named(self.agency.or(self.sub_agency)).into_iter().collect(),
            agency: named(self.sub_agency.filter(|_| self.agency.is_some() && self.sub_agency != self.agency)),
            project_numbers: vec![self.number()],
            items_path: self.product.clone(),
            award,
            ceiling: self.ceiling.map(|value| money::amount(value, "base and all options")).unwrap_or_default(),
            lots: vec![lot],
            text: head(description, TEXT_MAX),
            ..Notice::default()
        };
        notice.dates.awarded_on = self.signed_on.and_then(money::day);
        let mut explain = |field: &str, rule: &str, passage: Option<String>| {
            if let Some(passage) = passage {
                let evidence = Evidence { rule: rule.into(), passage: head(&passage, PASSAGE_MAX) };
                notice.evidence.insert(field.into(), evidence);
            }
        };
        explain("award", "obligated to date", self.obligated.map(Value::to_string));
        explain("ceiling", "base and all options", self.ceiling.map(Value::to_string));
        explain("supplier", "recipient's UEI", self.uei.map(str::to_owned));
        explain("published_at", dated_by, published_at.map(|stamp| stamp.day().to_string()));
        reading.notices.push(notice);
    }

    /// The day of signature, else the start of performance, at midnight UTC: the source prints days only.
    fn dated(&self) -> (Option<Stamp>, &'static str) {
        let signed = self.signed_on.and_then(money::midnight);
        let starts = || self.starts_on.and_then(money::midnight);
        signed.map_or_else(|| (starts(), "start of performance: no date signed"), |stamp| (Some(stamp), "date signed"))
    }

    /// The contract's number, behind its parent's where the id names one: `0007` alone is no number.
    fn number(&self) -> String {
        let parts: Vec<&str> = self.id.split('_').collect();
        match parts.as_slice() {
            ["CONT", "AWD", piid, _, parent, _] if *parent != "-NONE-" => format!("{parent}/{piid}"),
            _ => self.piid.unwrap_or(self.id).to_owned(),
        }
    }
}

/// The id as a part of an address.
fn address(id: &str) -> String {
    url::form_urlencoded::byte_serialize(id.as_bytes()).collect()
}

fn head(text: &str, characters: usize) -> String {
    text.trim().chars().take(characters).collect()
}

/// A text under a key; blanks and nulls are nothing.
fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// `105 JESSUP HALL, IOWA CITY, IA, UNITED STATES`.
fn postal(place: &Value) -> Option<String> {
    let keys = ["address_line1", "city_name", "state_code", "country_name"];
    let parts: Vec<&str> = keys.iter().filter_map(|key| text(place, key)).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = r#"{"results": [{"generated_internal_id": "CONT_AWD_0007_9700_FA870215D0001_9700", "Award ID": "0007",
        "Recipient Name": "CHAIN LLC", "Award Amount": 1594101040.69, "Description": "BLOCKCHAIN ANALYSIS",
        "Base Obligation Date": "2018-03-05", "Last Modified Date": "2025-06-23", "Awarding Agency": "Department of Defense",
        "Awarding Sub Agency": "Department of the Air Force", "Recipient UEI": "SN5KKUDR9LY8"}],
        "page_metadata": {"page": 1, "hasNext": false}}"#;

    #[test]
    fn a_row_is_an_award_in_dollars() {
        let reading = read(ROW);
        assert_eq!((reading.page, reading.coverage), (PageKind::Notice, Coverage::Whole));
        let [notice] = reading.notices.as_slice() else { panic!() };
        assert_eq!(notice.native_id.as_deref(), Some("CONT_AWD_0007_9700_FA870215D0001_9700"));
        assert_eq!(notice.revision_id.as_deref(), Some("2025-06-23"));
        assert_eq!(notice.project_numbers, ["FA870215D0001/0007"]);
        assert_eq!(notice.buyers[0].name, "Department of Defense");
        assert_eq!(notice.agency.as_ref().unwrap().name, "Department of the Air Force");
        let money = notice.award.money().unwrap();
        assert_eq!((money.decimal().as_str(), money.currency.code()), ("1594101040.69", "USD"));
        assert_eq!(notice.lots[0].suppliers[0].name, "CHAIN LLC");
        assert_eq!(notice.published_at.unwrap().iso(), "2018-03-05T00:00:00+00:00");
        assert_eq!(reading.problems, []);
    }

    #[test]
    fn what_is_no_list_of_awards_is_told_apart() {
        assert_eq!(read(r#"{"results": [], "page_metadata": {"page": 1, "hasNext": false}}"#).page, PageKind::Empty);
        assert_eq!(
            read(r#"{"detail": "Missing value: 'filters|award_type_codes' is a required field"}"#).page,
            PageKind::Refusal
        );
        for text in ["", "<html>", "[]", "{}", r#"{"results": [{"amount": 1, "name": "X"}]}"#] {
            let reading = read(text);
            assert_eq!((reading.page, reading.notices.len()), (PageKind::Unknown, 0), "{text}");
            assert!(!reading.problems.is_empty(), "{text}");
        }
    }

    #[test]
    fn a_bad_row_is_a_problem_beside_the_good_ones() {
        let text = ROW.replace("[{", "[{\"Award ID\": null}, {").replace("1594101040.69", "\"-5.5\"");
        let reading = read(&text);
        assert_eq!((reading.page, reading.notices.len()), (PageKind::Notice, 1));
        let fields: Vec<&str> = reading.problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["results[0]", "notices[0].award"]);
        assert_eq!(reading.notices[0].award.money().unwrap().decimal(), "-5.5");
    }
}
