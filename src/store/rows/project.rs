//! A project as a JSON document, and back. It can be folded anew from its notices at any time; kept so that reading one costs
//! one row.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{AmountRow, OrganisationRow, RegionRow, StampRow, VERSION, each, known, maybe, organisations, parsed};
use super::{weight_of, weight_word};
use crate::domain::classes::{Category, Level};
use crate::domain::judged::Judged;
use crate::domain::notice::{LotStatus, Method};
use crate::domain::project::{Project, ProjectLot, Status};
use crate::domain::ruling::RulingId;
use crate::store::StoreError;

/// A project as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct ProjectRow {
    v: u32,
    title: String,
    buyers: Vec<OrganisationRow>,
    region: RegionRow,
    numbers: Vec<String>,
    method: Option<String>,
    status: String,
    first_on: Option<Date>,
    latest_at: Option<StampRow>,
    deadline_at: Option<StampRow>,
    budget: AmountRow,
    ceiling: AmountRow,
    award: AmountRow,
    contract: AmountRow,
    topic_part: AmountRow,
    weight: String,
    lots: Vec<ProjectLotRow>,
    rounds: u32,
    notices: u32,
    #[serde(default)]
    level: JudgedRow,
    #[serde(default)]
    category: JudgedRow,
    #[serde(default)]
    rulings: Vec<i64>,
}

/// A judged value by its word.
#[derive(Debug, Default, Serialize, Deserialize)]
struct JudgedRow {
    value: Option<String>,
    rule: String,
}

impl JudgedRow {
    fn of<T: Copy>(judged: &Judged<T>, word: impl Fn(T) -> &'static str) -> Self {
        Self { value: judged.value.map(|value| word(value).to_owned()), rule: judged.rule.clone() }
    }

    fn judged<T>(self, what: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Judged<T>, StoreError> {
        Ok(Judged { value: maybe(self.value, |word| parsed(&word, what, &parse))?, rule: self.rule })
    }
}

impl From<&Project> for ProjectRow {
    fn from(project: &Project) -> Self {
        let Project {
            title,
            buyers,
            region,
            numbers,
            method,
            status,
            first_on,
            latest_at,
            deadline_at,
            budget,
            ceiling,
            award,
            contract,
            topic_part,
            weight,
            lots,
            rounds,
            notices,
            level,
            category,
            rulings,
        } = project;
        Self {
            v: VERSION,
            title: title.clone(),
            buyers: organisations(buyers),
            region: region.into(),
            numbers: numbers.clone(),
            method: method.map(|method| method.word().to_owned()),
            status: status.word().to_owned(),
            first_on: *first_on,
            latest_at: latest_at.map(StampRow::from),
            deadline_at: deadline_at.map(StampRow::from),
            budget: budget.into(),
            ceiling: ceiling.into(),
            award: award.into(),
            contract: contract.into(),
            topic_part: topic_part.into(),
            weight: weight_word(*weight).to_owned(),
            lots: lots.iter().map(ProjectLotRow::from).collect(),
            rounds: *rounds,
            notices: *notices,
            level: JudgedRow::of(level, Level::word),
            category: JudgedRow::of(category, Category::word),
            rulings: rulings.iter().map(|ruling| ruling.0).collect(),
        }
    }
}

impl TryFrom<ProjectRow> for Project {
    type Error = StoreError;

    fn try_from(row: ProjectRow) -> Result<Self, StoreError> {
        known(row.v, "a project")?;
        Ok(Self {
            title: row.title,
            buyers: row.buyers.into_iter().map(Into::into).collect(),
            region: row.region.try_into()?,
            numbers: row.numbers,
            method: maybe(row.method, |word| parsed(&word, "method", Method::parse))?,
            status: parsed(&row.status, "status of a project", Status::parse)?,
            first_on: row.first_on,
            latest_at: maybe(row.latest_at, TryInto::try_into)?,
            deadline_at: maybe(row.deadline_at, TryInto::try_into)?,
            budget: row.budget.into(),
            ceiling: row.ceiling.into(),
            award: row.award.into(),
            contract: row.contract.into(),
            topic_part: row.topic_part.into(),
            weight: parsed(&row.weight, "weight", weight_of)?,
            lots: each(row.lots, TryInto::try_into)?,
            rounds: row.rounds,
            notices: row.notices,
            level: row.level.judged("level", Level::parse)?,
            category: row.category.judged("category", Category::parse)?,
            rulings: row.rulings.into_iter().map(RulingId).collect(),
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct ProjectLotRow {
    label: Option<String>,
    title: Option<String>,
    status: String,
    award: AmountRow,
    suppliers: Vec<OrganisationRow>,
    joint: bool,
}

impl From<&ProjectLot> for ProjectLotRow {
    fn from(lot: &ProjectLot) -> Self {
        let ProjectLot { label, title, status, award, suppliers, joint } = lot;
        Self {
            label: label.clone(),
            title: title.clone(),
            status: status.word().to_owned(),
            award: award.into(),
            suppliers: organisations(suppliers),
            joint: *joint,
        }
    }
}

impl TryFrom<ProjectLotRow> for ProjectLot {
    type Error = StoreError;

    fn try_from(row: ProjectLotRow) -> Result<Self, StoreError> {
        Ok(Self {
            label: row.label,
            title: row.title,
            status: parsed(&row.status, "status of a lot", LotStatus::parse)?,
            award: row.award.into(),
            suppliers: row.suppliers.into_iter().map(Into::into).collect(),
            joint: row.joint,
        })
    }
}
