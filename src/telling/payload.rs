//! The digest for programs: one JSON object, in no language, sums as decimal strings beside their state. Its shape is a
//! promise (docs/webhook.md): fields are added, never renamed or removed.

use serde::Serialize;

use super::{item, plain};
use crate::domain::amount::Amount;
use crate::domain::change::FieldChange;
use crate::domain::digest::{Closing, Digest, FigureLine, GrowthLine, Item, Mover, NearMiss, Occasion, SourceHealth};
use crate::domain::organisation::Organisation;
use crate::domain::project::{Project, ProjectId, ProjectLot};

/// The longest text that is passed on.
const TEXT_CHARS_MAX: usize = 500;

#[derive(Serialize)]
pub(super) struct DigestJson {
    r#type: &'static str,
    id: String,
    subscription: String,
    topic: String,
    language: &'static str,
    composed_at: String,
    day: String,
    items: Vec<ItemJson>,
    figures: Vec<FigureJson>,
    counts: serde_json::Map<String, serde_json::Value>,
    closing: Vec<ClosingJson>,
    sources: Vec<SourceJson>,
    occasion: &'static str,
    latest_awards: Vec<ItemJson>,
    near_misses: Vec<NearMissJson>,
}

#[derive(Serialize)]
struct ItemJson {
    seq: i64,
    kind: &'static str,
    audience: &'static str,
    project: Option<ProjectJson>,
    notice: Option<NoticeJson>,
    source: Option<String>,
    fields: Vec<FieldJson>,
    reason: String,
    seen_at: String,
    told_at: Option<String>,
    evidence_url: Option<String>,
}

#[derive(Serialize)]
struct NoticeJson {
    id: String,
    url: Option<String>,
    title: Option<String>,
    published_at: Option<String>,
}

#[derive(Serialize)]
struct ProjectJson {
    id: i64,
    title: String,
    status: &'static str,
    buyers: Vec<OrganisationJson>,
    region: RegionJson,
    numbers: Vec<String>,
    method: Option<&'static str>,
    first_on: Option<String>,
    deadline_at: Option<String>,
    budget: AmountJson,
    ceiling: AmountJson,
    award: AmountJson,
    contract: AmountJson,
    topic_part: AmountJson,
    lots: Vec<LotJson>,
    rounds: u32,
    notices: u32,
}

#[derive(Serialize)]
struct RegionJson {
    text: Option<String>,
    province: Option<String>,
}

#[derive(Serialize)]
struct OrganisationJson {
    name: String,
    credit_code: Option<String>,
}

#[derive(Serialize)]
struct LotJson {
    label: Option<String>,
    title: Option<String>,
    status: &'static str,
    award: AmountJson,
    suppliers: Vec<OrganisationJson>,
    joint: bool,
}

#[derive(Serialize)]
struct AmountJson {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    claims: Vec<ClaimJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

#[derive(Serialize)]
struct ClaimJson {
    amount: String,
    currency: String,
    place: String,
}

#[derive(Serialize)]
struct FieldJson {
    field: String,
    old: Option<String>,
    new: Option<String>,
}

#[derive(Serialize)]
struct FigureJson {
    kind: String,
    amount: String,
    currency: String,
    disclosed: u64,
    of: u64,
    moved: String,
    growth: GrowthJson,
    movers: Vec<MoverJson>,
}

#[derive(Serialize)]
struct MoverJson {
    project: i64,
    title: String,
    moved: String,
}

#[derive(Serialize)]
struct NearMissJson {
    project: i64,
    title: String,
    term: String,
    field: String,
    sentence: String,
    url: Option<String>,
    evidence_url: Option<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum GrowthJson {
    Rate { percent: String },
    NotComputable { not_computable: String },
}

#[derive(Serialize)]
struct ClosingJson {
    project: i64,
    title: String,
    deadline_at: String,
    url: Option<String>,
    evidence_url: Option<String>,
}

#[derive(Serialize)]
struct SourceJson {
    source: String,
    healthy_at: Option<String>,
    failing_since: Option<String>,
}

/// The digest for programs.
pub(super) fn of(digest: &Digest) -> DigestJson {
    let base_url = digest.base_url.as_deref();
    DigestJson {
        r#type: if digest.occasion == Occasion::Test { "test" } else { "digest" },
        id: digest.id.clone(),
        subscription: digest.subscription.clone(),
        topic: digest.topic.clone(),
        language: digest.language.word(),
        composed_at: digest.composed_at.to_string(),
        day: digest.day.to_string(),
        items: digest.items.iter().map(|item| of_item(item, base_url)).collect(),
        figures: digest.figures.iter().map(of_figure).collect(),
        counts: digest.counts.iter().map(|(status, count)| (status.clone(), (*count).into())).collect(),
        closing: digest.closing.iter().map(|closing| of_closing(closing, base_url)).collect(),
        sources: digest.sources.iter().map(of_source).collect(),
        occasion: digest.occasion.word(),
        latest_awards: digest.latest.iter().map(|item| of_item(item, base_url)).collect(),
        near_misses: digest.near_misses.iter().map(|near| of_near_miss(near, base_url)).collect(),
    }
}

fn of_item(item: &Item, base_url: Option<&str>) -> ItemJson {
    let change = &item.stored.change;
    ItemJson {
        seq: item.stored.seq,
        kind: change.kind.word(),
        audience: match change.kind.audience() {
            crate::domain::change::Audience::Subscribers => "subscribers",
            crate::domain::change::Audience::Operator => "operator",
        },
        project: item.project.as_ref().map(|(id, project)| of_project(*id, project)),
        notice: change.notice.as_ref().map(|id| NoticeJson {
            id: id.to_string(),
            url: item.url.as_deref().and_then(plain::url),
            title: item.notice_title.as_deref().map(text),
            published_at: change.published_at.map(|stamp| stamp.iso()),
        }),
        source: change.source.clone(),
        fields: change.fields.iter().map(of_field).collect(),
        reason: text(&change.reason),
        seen_at: change.seen_at.to_string(),
        told_at: item.told_at.map(|at| at.to_string()),
        evidence_url: base_url.and_then(|base| item::evidence(item, base)),
    }
}

fn of_project(id: ProjectId, project: &Project) -> ProjectJson {
    ProjectJson {
        id: id.0,
        title: text(&project.title),
        status: project.status.word(),
        buyers: project.buyers.iter().map(of_organisation).collect(),
        region: RegionJson {
            text: project.region.text.as_deref().map(text),
            province: project.region.province.clone(),
        },
        numbers: project.numbers.iter().map(|number| text(number)).collect(),
        method: project.method.map(crate::domain::notice::Method::word),
        first_on: project.first_on.map(|day| day.to_string()),
        deadline_at: project.deadline_at.map(|stamp| stamp.iso()),
        budget: of_amount(&project.budget),
        ceiling: of_amount(&project.ceiling),
        award: of_amount(&project.award),
        contract: of_amount(&project.contract),
        topic_part: of_amount(&project.topic_part),
        lots: project.lots.iter().map(of_lot).collect(),
        rounds: project.rounds,
        notices: project.notices,
    }
}

fn of_organisation(organisation: &Organisation) -> OrganisationJson {
    OrganisationJson { name: text(&organisation.name), credit_code: organisation.credit_code.clone() }
}

fn of_lot(lot: &ProjectLot) -> LotJson {
    LotJson {
        label: lot.label.as_deref().map(text),
        title: lot.title.as_deref().map(text),
        status: lot.status.word(),
        award: of_amount(&lot.award),
        suppliers: lot.suppliers.iter().map(of_organisation).collect(),
        joint: lot.joint,
    }
}

fn of_amount(amount: &Amount) -> AmountJson {
    let mut json =
        AmountJson { state: amount.state(), amount: None, currency: None, by: None, claims: Vec::new(), text: None };
    match amount {
        Amount::Disclosed { money, by } => {
            json.amount = Some(money.decimal());
            json.currency = Some(money.currency.code().to_owned());
            json.by = Some(text(by));
        }
        Amount::Conflict(claims) => {
            json.claims = claims
                .iter()
                .map(|claim| ClaimJson {
                    amount: claim.money.decimal(),
                    currency: claim.money.currency.code().to_owned(),
                    place: text(&claim.place),
                })
                .collect();
        }
        Amount::Unparsed { text: passage } => json.text = Some(text(passage)),
        Amount::Undisclosed | Amount::Zero | Amount::NotApplicable => {}
    }
    json
}

fn of_field(field: &FieldChange) -> FieldJson {
    FieldJson { field: text(&field.field), old: field.old.as_deref().map(text), new: field.new.as_deref().map(text) }
}

fn of_figure(line: &FigureLine) -> FigureJson {
    let moved = crate::domain::money::Money { ten_thousandths: line.moved, ..line.sum };
    FigureJson {
        kind: line.kind.clone(),
        amount: line.sum.decimal(),
        currency: line.sum.currency.code().to_owned(),
        disclosed: line.disclosed,
        of: line.of,
        moved: moved.decimal(),
        growth: match &line.growth {
            GrowthLine::Tenths(tenths) => GrowthJson::Rate { percent: percent(*tenths) },
            GrowthLine::NotComputable(why) => GrowthJson::NotComputable { not_computable: text(why) },
        },
        movers: line.movers.iter().map(|mover| of_mover(mover, line.sum)).collect(),
    }
}

fn of_mover(mover: &Mover, total: crate::domain::money::Money) -> MoverJson {
    let moved = crate::domain::money::Money { ten_thousandths: mover.moved, ..total };
    MoverJson { project: mover.project.0, title: text(&mover.title), moved: moved.decimal() }
}

fn of_near_miss(near: &NearMiss, base_url: Option<&str>) -> NearMissJson {
    NearMissJson {
        project: near.project.0,
        title: text(&near.title),
        term: text(&near.term),
        field: text(&near.field),
        sentence: text(&near.sentence),
        url: near.url.as_deref().and_then(plain::url),
        evidence_url: base_url.and_then(|base| item::project_page(base, near.project)),
    }
}

/// Tenths of a percent as a decimal for programs: `-12.3`.
fn percent(tenths: i64) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    format!("{sign}{}.{}", tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10)
}

fn of_closing(closing: &Closing, base_url: Option<&str>) -> ClosingJson {
    ClosingJson {
        project: closing.project.0,
        title: text(&closing.title),
        deadline_at: closing.deadline_at.iso(),
        url: closing.url.as_deref().and_then(plain::url),
        evidence_url: base_url.and_then(|base| item::project_page(base, closing.project)),
    }
}

fn of_source(source: &SourceHealth) -> SourceJson {
    SourceJson {
        source: source.source.clone(),
        healthy_at: source.healthy_at.map(|at| at.to_string()),
        failing_since: source.failing_since.map(|at| at.to_string()),
    }
}

fn text(text: &str) -> String {
    plain::line(text, TEXT_CHARS_MAX)
}
