//! The reading as JSON, word for word the shape that outside tools rely on. Names and meanings stay; it may grow. Decides nothing.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::domain::amount::{Amount, Claim};
use crate::domain::notice::{Amendment, Candidate, Evidence, Item, Lot, Method, Notice, Reference};
use crate::domain::organisation::Organisation;
use crate::domain::reading::{Listing, Problem, Reading, Row};
use crate::domain::region::RegionBy;
use crate::domain::topic::{TopicEvidence, Weight};

#[derive(Serialize)]
struct ReadingJson<'a> {
    file: &'a str,
    dialect: &'a str,
    page: &'a str,
    notices: Vec<Value>,
    listing: Option<Value>,
    problems: Vec<Value>,
    coverage: &'a str,
}

/// One line of `tenderwatch source read … --json`.
#[must_use]
pub fn to_json(file: &str, dialect: &str, reading: &Reading) -> Value {
    let shape = ReadingJson {
        file,
        dialect,
        page: reading.page.word(),
        notices: reading.notices.iter().map(notice_json).collect(),
        listing: reading.listing.as_ref().map(listing_json),
        problems: reading.problems.iter().map(problem_json).collect(),
        coverage: reading.coverage.word(),
    };
    value(&shape)
}

fn problem_json(problem: &Problem) -> Value {
    json!({"field": problem.field, "what": problem.what, "passage": problem.passage})
}

/// An amount as `{"state", "value", "currency", "by"}`.
#[must_use]
pub fn amount_json(amount: &Amount) -> Value {
    value(&AmountJson::of(amount))
}

#[derive(Serialize)]
#[serde(untagged)]
enum AmountJson<'a> {
    Disclosed { state: &'a str, value: String, currency: &'a str, by: &'a str },
    Conflict { state: &'a str, values: Vec<ClaimJson<'a>> },
    Unparsed { state: &'a str, text: &'a str },
    Other { state: &'a str },
}

#[derive(Serialize)]
struct ClaimJson<'a> {
    value: String,
    currency: &'a str,
    r#where: &'a str,
}

impl<'a> AmountJson<'a> {
    fn of(amount: &'a Amount) -> Self {
        let state = amount.state();
        match amount {
            Amount::Disclosed { money, by } => {
                Self::Disclosed { state, value: money.decimal(), currency: money.currency.code(), by }
            }
            Amount::Conflict(claims) => {
                let claim = |claim: &'a Claim| ClaimJson {
                    value: claim.money.decimal(),
                    currency: claim.money.currency.code(),
                    r#where: &claim.place,
                };
                Self::Conflict { state, values: claims.iter().map(claim).collect() }
            }
            Amount::Unparsed { text } => Self::Unparsed { state, text },
            Amount::Undisclosed | Amount::Zero | Amount::NotApplicable => Self::Other { state },
        }
    }
}

#[derive(Serialize)]
struct OrganisationJson<'a> {
    name: &'a str,
    credit_code: Option<&'a str>,
    address: Option<&'a str>,
}

impl<'a> OrganisationJson<'a> {
    fn of(organisation: &'a Organisation) -> Self {
        let Organisation { name, credit_code, address } = organisation;
        Self { name, credit_code: credit_code.as_deref(), address: address.as_deref() }
    }
}

#[derive(Serialize)]
struct LotJson<'a> {
    label: Option<&'a str>,
    title: Option<&'a str>,
    status: &'a str,
    budget: AmountJson<'a>,
    award: AmountJson<'a>,
    suppliers: Vec<OrganisationJson<'a>>,
    joint: bool,
}

impl<'a> LotJson<'a> {
    fn of(lot: &'a Lot) -> Self {
        Self {
            label: lot.label.as_deref(),
            title: lot.title.as_deref(),
            status: lot.status.word(),
            budget: AmountJson::of(&lot.budget),
            award: AmountJson::of(&lot.award),
            suppliers: lot.suppliers.iter().map(OrganisationJson::of).collect(),
            joint: lot.joint,
        }
    }
}

#[derive(Serialize)]
struct CandidateJson<'a> {
    name: &'a str,
    credit_code: Option<&'a str>,
    address: Option<&'a str>,
    lot: Option<&'a str>,
    rank: Option<u32>,
}

impl<'a> CandidateJson<'a> {
    fn of(candidate: &'a Candidate) -> Self {
        let OrganisationJson { name, credit_code, address } = OrganisationJson::of(&candidate.supplier);
        Self { name, credit_code, address, lot: candidate.lot.as_deref(), rank: candidate.rank }
    }
}

#[derive(Serialize)]
struct ReferenceJson<'a> {
    project_number: Option<&'a str>,
    title: Option<&'a str>,
    url: Option<&'a str>,
    published_on: Option<String>,
}

impl<'a> ReferenceJson<'a> {
    fn of(reference: &'a Reference) -> Self {
        Self {
            project_number: reference.project_number.as_deref(),
            title: reference.title.as_deref(),
            url: reference.url.as_deref(),
            published_on: reference.published_on.map(|day| day.to_string()),
        }
    }
}

#[derive(Serialize)]
struct AmendmentJson<'a> {
    item: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

impl<'a> AmendmentJson<'a> {
    fn of(amendment: &'a Amendment) -> Self {
        Self { item: &amendment.item, before: amendment.before.as_deref(), after: amendment.after.as_deref() }
    }
}

#[derive(Serialize)]
struct ItemJson<'a> {
    name: &'a str,
    lot: Option<&'a str>,
    total: AmountJson<'a>,
}

impl<'a> ItemJson<'a> {
    fn of(item: &'a Item) -> Self {
        Self { name: &item.name, lot: item.lot.as_deref(), total: AmountJson::of(&item.total) }
    }
}

#[derive(Serialize)]
struct RegionJson<'a> {
    text: Option<&'a str>,
    province: Option<&'a str>,
    by: Option<&'a str>,
}

#[derive(Serialize)]
struct DatesJson {
    opens_on: Option<String>,
    deadline_at: Option<String>,
    awarded_on: Option<String>,
    corrected_on: Option<String>,
}

#[derive(Serialize)]
struct TopicJson<'a> {
    relevant: bool,
    evidence: Vec<FoundJson<'a>>,
}

#[derive(Serialize)]
struct FoundJson<'a> {
    term: &'a str,
    field: &'a str,
    sentence: &'a str,
}

#[derive(Serialize)]
struct EvidenceJson<'a> {
    rule: &'a str,
    passage: &'a str,
}

#[derive(Serialize)]
struct ExtraJson<'a> {
    contract: AmountJson<'a>,
    items: Vec<ItemJson<'a>>,
    amendments: Vec<AmendmentJson<'a>>,
    attachments: &'a [String],
    topic_weight: &'a str,
}

#[derive(Serialize)]
struct NoticeJson<'a> {
    native_id: Option<&'a str>,
    revision_id: Option<&'a str>,
    url: Option<&'a str>,
    section: Option<&'a str>,
    kind: &'a str,
    title: &'a str,
    published_at: Option<String>,
    buyers: Vec<OrganisationJson<'a>>,
    agency: Option<OrganisationJson<'a>>,
    region: RegionJson<'a>,
    project_numbers: &'a [String],
    project_title: Option<&'a str>,
    method: Option<&'a str>,
    items_path: Option<&'a str>,
    budget: AmountJson<'a>,
    ceiling: AmountJson<'a>,
    award: AmountJson<'a>,
    lots: Vec<LotJson<'a>>,
    candidates: Vec<CandidateJson<'a>>,
    refers_to: Vec<ReferenceJson<'a>>,
    dates: DatesJson,
    topic: TopicJson<'a>,
    evidence: BTreeMap<&'a str, EvidenceJson<'a>>,
    extra: ExtraJson<'a>,
}

fn weight_word(weight: Weight) -> &'static str {
    match weight {
        Weight::Subject => "subject",
        Weight::Item => "item",
        Weight::Mention => "mention",
        Weight::None => "none",
    }
}

impl<'a> NoticeJson<'a> {
    fn of(notice: &'a Notice) -> Self {
        let found =
            |found: &'a TopicEvidence| FoundJson { term: &found.term, field: &found.field, sentence: &found.sentence };
        let evidence = notice
            .evidence
            .iter()
            .map(|(field, Evidence { rule, passage })| (field.as_str(), EvidenceJson { rule, passage }));
        Self {
            native_id: notice.native_id.as_deref(),
            revision_id: notice.revision_id.as_deref(),
            url: notice.url.as_deref(),
            section: notice.section.as_deref(),
            kind: notice.kind.word(),
            title: &notice.title,
            published_at: notice.published_at.map(|stamp| stamp.iso()),
            buyers: notice.buyers.iter().map(OrganisationJson::of).collect(),
            agency: notice.agency.as_ref().map(OrganisationJson::of),
            region: RegionJson {
                text: notice.region.text.as_deref(),
                province: notice.region.province.as_deref(),
                by: notice.region.by.map(RegionBy::word),
            },
            project_numbers: &notice.project_numbers,
            project_title: notice.project_title.as_deref(),
            method: notice.method.map(Method::word),
            items_path: notice.items_path.as_deref(),
            budget: AmountJson::of(&notice.budget),
            ceiling: AmountJson::of(&notice.ceiling),
            award: AmountJson::of(&notice.award),
            lots: notice.lots.iter().map(LotJson::of).collect(),
            candidates: notice.candidates.iter().map(CandidateJson::of).collect(),
            refers_to: notice.refers_to.iter().map(ReferenceJson::of).collect(),
            dates: DatesJson {
                opens_on: notice.dates.opens_on.map(|day| day.to_string()),
                deadline_at: notice.dates.deadline_at.map(|stamp| stamp.iso()),
                awarded_on: notice.dates.awarded_on.map(|day| day.to_string()),
                corrected_on: notice.dates.corrected_on.map(|day| day.to_string()),
            },
            topic: TopicJson {
                relevant: notice.relevance.is_relevant(),
                evidence: notice.relevance.evidence.iter().map(found).collect(),
            },
            evidence: evidence.collect(),
            extra: ExtraJson {
                contract: AmountJson::of(&notice.contract),
                items: notice.items.iter().map(ItemJson::of).collect(),
                amendments: notice.amendments.iter().map(AmendmentJson::of).collect(),
                attachments: &notice.attachments,
                topic_weight: weight_word(notice.relevance.weight),
            },
        }
    }
}

/// One notice of the reading.
#[must_use]
pub fn notice_json(notice: &Notice) -> Value {
    value(&NoticeJson::of(notice))
}

/// The same as text.
#[must_use]
pub fn notice_text(notice: &Notice) -> String {
    serde_json::to_string(&NoticeJson::of(notice)).unwrap_or_default()
}

fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).unwrap_or(Value::Null)
}

fn row_json(row: &Row) -> Value {
    json!({
        "native_id": row.native_id,
        "url": row.url,
        "title": row.title,
        "published_at": row.published_at.map(|stamp| stamp.iso()),
        "buyer": row.buyer,
        "agency": row.agency,
        "kind_label": row.kind_label,
        "zone": row.zone,
        "items_path": row.items_path,
        "snippet": row.snippet,
    })
}

fn listing_json(listing: &Listing) -> Value {
    json!({
        "total": listing.total,
        "page": listing.page,
        "pages": listing.pages,
        "rows": listing.rows.iter().map(row_json).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Money;
    use crate::domain::reading::PageKind;

    #[test]
    fn an_amount_prints_exactly_its_own_facts() {
        assert_eq!(amount_json(&Amount::Undisclosed), json!({"state": "undisclosed"}));
        assert_eq!(
            amount_json(&Amount::disclosed(Money::yuan(5), "body")),
            json!({"state": "disclosed", "value": "5", "currency": "CNY", "by": "body"})
        );
        let claim = Claim { money: Money::yuan(3), place: "summary".into() };
        assert_eq!(
            amount_json(&Amount::Conflict(vec![claim])),
            json!({"state": "conflict", "values": [{"value": "3", "currency": "CNY", "where": "summary"}]})
        );
    }

    #[test]
    fn a_page_without_notices_prints_every_key() {
        let value = to_json("a.html", "ccgp", &Reading::of(PageKind::Empty));
        let keys: Vec<&String> = value.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["file", "dialect", "page", "notices", "listing", "problems", "coverage"]);
    }
}
