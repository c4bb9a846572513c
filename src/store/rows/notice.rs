//! A notice as a JSON document, and back. Taken apart field by field: a field that is added to the noun does not compile
//! until it is kept.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{AmountRow, OrganisationRow, RegionRow, StampRow, VERSION, each, known, maybe, organisations, parsed};
use super::{weight_of, weight_word};
use crate::domain::notice::{
    Amendment, Candidate, Dates, Evidence, Item, Lot, LotStatus, Method, Notice, NoticeKind, Reference,
};
use crate::domain::topic::{Relevance, TopicEvidence};
use crate::store::StoreError;

/// A notice as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct NoticeRow {
    v: u32,
    native_id: Option<String>,
    revision_id: Option<String>,
    url: Option<String>,
    section: Option<String>,
    kind: String,
    title: String,
    published_at: Option<StampRow>,
    buyers: Vec<OrganisationRow>,
    agency: Option<OrganisationRow>,
    region: RegionRow,
    project_numbers: Vec<String>,
    project_title: Option<String>,
    method: Option<String>,
    items_path: Option<String>,
    budget: AmountRow,
    ceiling: AmountRow,
    award: AmountRow,
    contract: AmountRow,
    lots: Vec<LotRow>,
    items: Vec<ItemRow>,
    candidates: Vec<CandidateRow>,
    amendments: Vec<AmendmentRow>,
    refers_to: Vec<ReferenceRow>,
    dates: DatesRow,
    attachments: Vec<String>,
    relevance: RelevanceRow,
    evidence: BTreeMap<String, EvidenceRow>,
    text: String,
}

impl From<&Notice> for NoticeRow {
    fn from(notice: &Notice) -> Self {
        let Notice {
            native_id,
            revision_id,
            url,
            section,
            kind,
            title,
            published_at,
            buyers,
            agency,
            region,
            project_numbers,
            project_title,
            method,
            items_path,
            budget,
            ceiling,
            award,
            contract,
            lots,
            items,
            candidates,
            amendments,
            refers_to,
            dates,
            attachments,
            relevance,
            evidence,
            text,
        } = notice;
        Self {
            v: VERSION,
            native_id: native_id.clone(),
            revision_id: revision_id.clone(),
            url: url.clone(),
            section: section.clone(),
            kind: kind.word().to_owned(),
            title: title.clone(),
            published_at: published_at.map(StampRow::from),
            buyers: organisations(buyers),
            agency: agency.as_ref().map(OrganisationRow::from),
            region: region.into(),
            project_numbers: project_numbers.clone(),
            project_title: project_title.clone(),
            method: method.map(|method| method.word().to_owned()),
            items_path: items_path.clone(),
            budget: budget.into(),
            ceiling: ceiling.into(),
            award: award.into(),
            contract: contract.into(),
            lots: lots.iter().map(LotRow::from).collect(),
            items: items.iter().map(ItemRow::from).collect(),
            candidates: candidates.iter().map(CandidateRow::from).collect(),
            amendments: amendments.iter().map(AmendmentRow::from).collect(),
            refers_to: refers_to.iter().map(ReferenceRow::from).collect(),
            dates: dates.into(),
            attachments: attachments.clone(),
            relevance: relevance.into(),
            evidence: evidence.iter().map(|(field, why)| (field.clone(), why.into())).collect(),
            text: text.clone(),
        }
    }
}

impl TryFrom<NoticeRow> for Notice {
    type Error = StoreError;

    fn try_from(row: NoticeRow) -> Result<Self, StoreError> {
        known(row.v, "a notice")?;
        Ok(Self {
            native_id: row.native_id,
            revision_id: row.revision_id,
            url: row.url,
            section: row.section,
            kind: parsed(&row.kind, "kind of a notice", NoticeKind::parse)?,
            title: row.title,
            published_at: maybe(row.published_at, TryInto::try_into)?,
            buyers: row.buyers.into_iter().map(Into::into).collect(),
            agency: row.agency.map(Into::into),
            region: row.region.try_into()?,
            project_numbers: row.project_numbers,
            project_title: row.project_title,
            method: maybe(row.method, |word| parsed(&word, "method", Method::parse))?,
            items_path: row.items_path,
            budget: row.budget.into(),
            ceiling: row.ceiling.into(),
            award: row.award.into(),
            contract: row.contract.into(),
            lots: each(row.lots, TryInto::try_into)?,
            items: row.items.into_iter().map(Into::into).collect(),
            candidates: row.candidates.into_iter().map(Into::into).collect(),
            amendments: row.amendments.into_iter().map(Into::into).collect(),
            refers_to: row.refers_to.into_iter().map(Into::into).collect(),
            dates: row.dates.try_into()?,
            attachments: row.attachments,
            relevance: row.relevance.try_into()?,
            evidence: row.evidence.into_iter().map(|(field, why)| (field, why.into())).collect(),
            text: row.text,
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct LotRow {
    label: Option<String>,
    title: Option<String>,
    status: String,
    budget: AmountRow,
    award: AmountRow,
    suppliers: Vec<OrganisationRow>,
    joint: bool,
}

impl From<&Lot> for LotRow {
    fn from(lot: &Lot) -> Self {
        let Lot { label, title, status, budget, award, suppliers, joint } = lot;
        Self {
            label: label.clone(),
            title: title.clone(),
            status: status.word().to_owned(),
            budget: budget.into(),
            award: award.into(),
            suppliers: organisations(suppliers),
            joint: *joint,
        }
    }
}

impl TryFrom<LotRow> for Lot {
    type Error = StoreError;

    fn try_from(row: LotRow) -> Result<Self, StoreError> {
        Ok(Self {
            label: row.label,
            title: row.title,
            status: parsed(&row.status, "status of a lot", LotStatus::parse)?,
            budget: row.budget.into(),
            award: row.award.into(),
            suppliers: row.suppliers.into_iter().map(Into::into).collect(),
            joint: row.joint,
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct ItemRow {
    name: String,
    lot: Option<String>,
    total: AmountRow,
}

impl From<&Item> for ItemRow {
    fn from(item: &Item) -> Self {
        let Item { name, lot, total } = item;
        Self { name: name.clone(), lot: lot.clone(), total: total.into() }
    }
}

impl From<ItemRow> for Item {
    fn from(row: ItemRow) -> Self {
        Self { name: row.name, lot: row.lot, total: row.total.into() }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct CandidateRow {
    supplier: OrganisationRow,
    lot: Option<String>,
    rank: Option<u32>,
}

impl From<&Candidate> for CandidateRow {
    fn from(candidate: &Candidate) -> Self {
        let Candidate { supplier, lot, rank } = candidate;
        Self { supplier: supplier.into(), lot: lot.clone(), rank: *rank }
    }
}

impl From<CandidateRow> for Candidate {
    fn from(row: CandidateRow) -> Self {
        Self { supplier: row.supplier.into(), lot: row.lot, rank: row.rank }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct AmendmentRow {
    item: String,
    before: Option<String>,
    after: Option<String>,
}

impl From<&Amendment> for AmendmentRow {
    fn from(amendment: &Amendment) -> Self {
        let Amendment { item, before, after } = amendment.clone();
        Self { item, before, after }
    }
}

impl From<AmendmentRow> for Amendment {
    fn from(row: AmendmentRow) -> Self {
        Self { item: row.item, before: row.before, after: row.after }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct ReferenceRow {
    project_number: Option<String>,
    title: Option<String>,
    url: Option<String>,
    published_on: Option<Date>,
}

impl From<&Reference> for ReferenceRow {
    fn from(reference: &Reference) -> Self {
        let Reference { project_number, title, url, published_on } = reference.clone();
        Self { project_number, title, url, published_on }
    }
}

impl From<ReferenceRow> for Reference {
    fn from(row: ReferenceRow) -> Self {
        Self { project_number: row.project_number, title: row.title, url: row.url, published_on: row.published_on }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct DatesRow {
    opens_on: Option<Date>,
    deadline_at: Option<StampRow>,
    awarded_on: Option<Date>,
    corrected_on: Option<Date>,
}

impl From<&Dates> for DatesRow {
    fn from(dates: &Dates) -> Self {
        let Dates { opens_on, deadline_at, awarded_on, corrected_on } = *dates;
        Self { opens_on, deadline_at: deadline_at.map(StampRow::from), awarded_on, corrected_on }
    }
}

impl TryFrom<DatesRow> for Dates {
    type Error = StoreError;

    fn try_from(row: DatesRow) -> Result<Self, StoreError> {
        let deadline_at = maybe(row.deadline_at, TryInto::try_into)?;
        Ok(Self { opens_on: row.opens_on, deadline_at, awarded_on: row.awarded_on, corrected_on: row.corrected_on })
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct RelevanceRow {
    weight: String,
    evidence: Vec<TopicEvidenceRow>,
}

impl From<&Relevance> for RelevanceRow {
    fn from(relevance: &Relevance) -> Self {
        let Relevance { weight, evidence } = relevance;
        Self {
            weight: weight_word(*weight).to_owned(),
            evidence: evidence.iter().map(TopicEvidenceRow::from).collect(),
        }
    }
}

impl TryFrom<RelevanceRow> for Relevance {
    type Error = StoreError;

    fn try_from(row: RelevanceRow) -> Result<Self, StoreError> {
        let weight = parsed(&row.weight, "weight", weight_of)?;
        Ok(Self { weight, evidence: row.evidence.into_iter().map(Into::into).collect() })
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct TopicEvidenceRow {
    term: String,
    field: String,
    sentence: String,
}

impl From<&TopicEvidence> for TopicEvidenceRow {
    fn from(evidence: &TopicEvidence) -> Self {
        let TopicEvidence { term, field, sentence } = evidence.clone();
        Self { term, field, sentence }
    }
}

impl From<TopicEvidenceRow> for TopicEvidence {
    fn from(row: TopicEvidenceRow) -> Self {
        Self { term: row.term, field: row.field, sentence: row.sentence }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct EvidenceRow {
    rule: String,
    passage: String,
}

impl From<&Evidence> for EvidenceRow {
    fn from(evidence: &Evidence) -> Self {
        let Evidence { rule, passage } = evidence.clone();
        Self { rule, passage }
    }
}

impl From<EvidenceRow> for Evidence {
    fn from(row: EvidenceRow) -> Self {
        Self { rule: row.rule, passage: row.passage }
    }
}
