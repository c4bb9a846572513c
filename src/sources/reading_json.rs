//! The reading as JSON, word for word the shape that outside tools rely on. Names and meanings stay; it may grow. Decides nothing.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::domain::amount::Amount;
use crate::domain::notice::{Amendment, Candidate, Item, Lot, Notice, Reference};
use crate::domain::organisation::Organisation;
use crate::domain::reading::{Listing, Problem, Reading, Row};
use crate::domain::topic::Weight;

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
    serde_json::to_value(shape).unwrap_or(Value::Null)
}

fn problem_json(problem: &Problem) -> Value {
    json!({"field": problem.field, "what": problem.what, "passage": problem.passage})
}

/// An amount as `{"state", "value", "currency", "by"}`.
#[must_use]
pub fn amount_json(amount: &Amount) -> Value {
    match amount {
        Amount::Disclosed { money, by } => {
            json!({"state": amount.state(), "value": money.decimal(), "currency": money.currency.code(), "by": by})
        }
        Amount::Conflict(claims) => {
            let values: Vec<Value> = claims
                .iter()
                .map(|claim| {
                    json!({"value": claim.money.decimal(), "currency": claim.money.currency.code(), "where": claim.place})
                })
                .collect();
            json!({"state": amount.state(), "values": values})
        }
        Amount::Unparsed { text } => json!({"state": amount.state(), "text": text}),
        Amount::Undisclosed | Amount::Zero | Amount::NotApplicable => json!({"state": amount.state()}),
    }
}

fn organisation_json(organisation: &Organisation) -> Value {
    json!({"name": organisation.name, "credit_code": organisation.credit_code, "address": organisation.address})
}

fn organisations_json(organisations: &[Organisation]) -> Vec<Value> {
    organisations.iter().map(organisation_json).collect()
}

fn lot_json(lot: &Lot) -> Value {
    json!({
        "label": lot.label,
        "title": lot.title,
        "status": lot.status.word(),
        "budget": amount_json(&lot.budget),
        "award": amount_json(&lot.award),
        "suppliers": organisations_json(&lot.suppliers),
        "joint": lot.joint,
    })
}

fn candidate_json(candidate: &Candidate) -> Value {
    let mut value = organisation_json(&candidate.supplier);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("lot".into(), json!(candidate.lot));
        fields.insert("rank".into(), json!(candidate.rank));
    }
    value
}

fn reference_json(reference: &Reference) -> Value {
    json!({
        "project_number": reference.project_number,
        "title": reference.title,
        "url": reference.url,
        "published_on": reference.published_on.map(|day| day.to_string()),
    })
}

fn amendment_json(amendment: &Amendment) -> Value {
    json!({"item": amendment.item, "before": amendment.before, "after": amendment.after})
}

fn item_json(item: &Item) -> Value {
    json!({"name": item.name, "lot": item.lot, "total": amount_json(&item.total)})
}

fn weight_word(weight: Weight) -> &'static str {
    match weight {
        Weight::Subject => "subject",
        Weight::Item => "item",
        Weight::Mention => "mention",
        Weight::None => "none",
    }
}

fn extra_json(notice: &Notice) -> Value {
    let mut extra = Map::new();
    extra.insert("contract".into(), amount_json(&notice.contract));
    extra.insert("items".into(), notice.items.iter().map(item_json).collect());
    extra.insert("amendments".into(), notice.amendments.iter().map(amendment_json).collect());
    extra.insert("attachments".into(), json!(notice.attachments));
    extra.insert("topic_weight".into(), json!(weight_word(notice.relevance.weight)));
    Value::Object(extra)
}

/// One notice of the reading.
#[must_use]
pub fn notice_json(notice: &Notice) -> Value {
    let evidence: Map<String, Value> = notice
        .evidence
        .iter()
        .map(|(field, evidence)| (field.clone(), json!({"rule": evidence.rule, "passage": evidence.passage})))
        .collect();
    let topic: Vec<Value> = notice
        .relevance
        .evidence
        .iter()
        .map(|found| json!({"term": found.term, "field": found.field, "sentence": found.sentence}))
        .collect();
    json!({
        "native_id": notice.native_id,
        "revision_id": notice.revision_id,
        "url": notice.url,
        "section": notice.section,
        "kind": notice.kind.word(),
        "title": notice.title,
        "published_at": notice.published_at.map(|stamp| stamp.iso()),
        "buyers": organisations_json(&notice.buyers),
        "agency": notice.agency.as_ref().map(organisation_json),
        "region": {
            "text": notice.region.text,
            "province": notice.region.province,
            "by": notice.region.by.map(crate::domain::region::RegionBy::word),
        },
        "project_numbers": notice.project_numbers,
        "project_title": notice.project_title,
        "method": notice.method.map(crate::domain::notice::Method::word),
        "items_path": notice.items_path,
        "budget": amount_json(&notice.budget),
        "ceiling": amount_json(&notice.ceiling),
        "award": amount_json(&notice.award),
        "lots": notice.lots.iter().map(lot_json).collect::<Vec<_>>(),
        "candidates": notice.candidates.iter().map(candidate_json).collect::<Vec<_>>(),
        "refers_to": notice.refers_to.iter().map(reference_json).collect::<Vec<_>>(),
        "dates": {
            "opens_on": notice.dates.opens_on.map(|day| day.to_string()),
            "deadline_at": notice.dates.deadline_at.map(|stamp| stamp.iso()),
            "awarded_on": notice.dates.awarded_on.map(|day| day.to_string()),
            "corrected_on": notice.dates.corrected_on.map(|day| day.to_string()),
        },
        "topic": {"relevant": notice.relevance.is_relevant(), "evidence": topic},
        "evidence": evidence,
        "extra": extra_json(notice),
    })
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
    use crate::domain::amount::Claim;
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
