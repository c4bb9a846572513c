//! One change as the templates see it: the project as it stands, what moved, where to read the original. Values only; which
//! of them a kind of change prints, and in which words, is the templates' affair.

use jiff::civil::{Date, DateTime};
use serde::Serialize;

use super::plain;
use super::sums::{self, Sum};
use crate::domain::amount::Amount;
use crate::domain::change::{Audience, ChangeKind, FieldChange};
use crate::domain::digest::Item;
use crate::domain::notice::LotStatus;
use crate::domain::organisation::Organisation;
use crate::domain::project::{Project, ProjectId, ProjectLot, Status};
use crate::domain::stamp::{Stamp, china_day};
use crate::domain::subscription::Language;

/// The longest title that is printed, in characters.
pub(super) const TITLE_CHARS_MAX: usize = 200;
/// The longest name of an organisation.
pub(super) const NAME_CHARS_MAX: usize = 80;
/// The longest value of a field, reason or passage.
const VALUE_CHARS_MAX: usize = 200;
/// How many lots, names or fields of one project are printed; the rest is counted.
const LIST_MAX: usize = 8;

/// What every value is prepared by.
#[derive(Clone, Copy)]
pub(super) struct Eye {
    /// The reader's language.
    pub language: Language,
    /// The digest's day: dates of its year are said without the year.
    pub day: Date,
}

/// A day.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Day {
    year: i16,
    month: i8,
    #[serde(rename = "day")]
    of_month: i8,
    /// Whether the year is to be said.
    other_year: bool,
    /// 1 for Monday to 7 for Sunday.
    weekday: i8,
}

/// A day and a time of day, in the zone it was printed in.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Moment {
    day: Day,
    hour: i8,
    minute: i8,
    /// Days from the digest's day; negative when over.
    days_left: i32,
    /// Whether it is a reading of China's clocks.
    china: bool,
}

/// A sum with its state.
#[derive(Clone, Debug, Serialize)]
pub(super) struct AmountView {
    state: &'static str,
    sum: Option<Sum>,
    claims: Vec<ClaimView>,
    text: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct ClaimView {
    sum: Sum,
    place: String,
}

/// A list that was bounded.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Bounded<T> {
    shown: Vec<T>,
    more: usize,
}

/// A lot that was won.
#[derive(Clone, Debug, Serialize)]
pub(super) struct LotView {
    label: Option<String>,
    title: Option<String>,
    award: AmountView,
    suppliers: Bounded<String>,
    joint: bool,
}

/// One fact of a project that a kind of change is told with.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Fact {
    /// `buyers`, `budget`, `winners`: the templates have a label for each.
    name: &'static str,
    #[serde(flatten)]
    value: FactValue,
}

/// What a fact says.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
enum FactValue {
    Buyers { names: Bounded<String>, region: Option<String> },
    Amount { amount: AmountView, share: Option<String> },
    Moment(Moment),
    Lots(Bounded<LotView>),
    Method(&'static str),
    Status(&'static str),
    Text(String),
    Count(usize),
}

/// A field's value: a word that the templates know, a sum, a time, or text.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
enum Value {
    State(&'static str),
    Status(&'static str),
    Sum(Sum),
    /// Sums that different places state.
    Conflict(Vec<Sum>),
    /// Sums lot by lot.
    Lots(Vec<LotSum>),
    Moment(Moment),
    Day(Day),
    Text(String),
}

/// A lot's sum in a field's value.
#[derive(Clone, Debug, Serialize)]
struct LotSum {
    label: Option<String>,
    sum: Option<Sum>,
}

/// What moved.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FieldView {
    field: String,
    /// Whether this subscription was told the old value: only then may it read "you were told".
    told: bool,
    /// Whose shift it is, where a change tells those of several.
    who: Option<String>,
    old: Option<Value>,
    new: Option<Value>,
}

/// A change, ready for a template.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ItemView {
    /// The kind's word.
    kind: &'static str,
    /// What it is called: the project's title, or else the notice's.
    pub title: String,
    /// The project's id, for `tenderwatch project show`.
    project: Option<i64>,
    facts: Vec<Fact>,
    notice_title: Option<String>,
    url: Option<String>,
    /// Our own page of it, where there are such pages.
    evidence: Option<String>,
    published: Option<Day>,
    source: Option<String>,
    seen: Moment,
    reason: String,
    fields: Bounded<FieldView>,
    /// When this subscription was last told of the project.
    told: Option<Day>,
}

/// Prepares one change.
pub(super) fn of(item: &Item, eye: Eye, base_url: Option<&str>) -> ItemView {
    let change = &item.stored.change;
    let notice_title = item.notice_title.as_deref().map(title).filter(|title| !title.is_empty());
    let project = item.project.as_ref();
    let own_title = project.map(|(_, project)| title(&project.title)).filter(|title| !title.is_empty());
    let fields: Vec<&FieldChange> = change.fields.iter().filter(|field| is_moved(change.kind, field)).collect();
    let mut facts = project.map(|(_, project)| facts(change.kind, project, &fields, eye)).unwrap_or_default();
    if change.kind != ChangeKind::Shifted {
        facts.extend(change.fields.iter().filter_map(stated));
    }
    ItemView {
        kind: change.kind.word(),
        title: own_title.clone().or_else(|| notice_title.clone()).unwrap_or_default(),
        project: project.map(|(id, _)| id.0),
        facts,
        // Most notices are titled "<project>公告": saying it twice says nothing.
        notice_title: notice_title.filter(|title| !own_title.as_ref().is_some_and(|own| title.contains(own.as_str()))),
        url: item.url.as_deref().and_then(plain::url),
        evidence: base_url.and_then(|base| evidence(item, base)),
        published: change.published_at.map(|stamp| eye.day(stamp.day())),
        source: change.source.as_deref().map(|source| plain::line(source, NAME_CHARS_MAX)),
        seen: eye.china(change.seen_at),
        reason: if tells_reason(change.kind) { plain::line(&change.reason, VALUE_CHARS_MAX) } else { String::new() },
        fields: if change.kind == ChangeKind::Shifted {
            bounded(eye.shifts(&change.fields).into_iter())
        } else {
            bounded(fields.into_iter().map(|field| eye.field(field, item.told_at.is_some())))
        },
        told: item.told_at.map(|at| eye.day(china_day(at))),
    }
}

/// Our own page of a change's project, or else of its notice.
pub(super) fn evidence(item: &Item, base_url: &str) -> Option<String> {
    match (&item.project, &item.stored.change.notice) {
        (Some((id, _)), _) => project_page(base_url, *id),
        (None, Some(notice)) => plain::url(&format!("{base_url}/notices/{notice}")),
        (None, None) => None,
    }
}

/// Our own page of a project.
pub(super) fn project_page(base_url: &str, id: ProjectId) -> Option<String> {
    plain::url(&format!("{base_url}/projects/{}", id.0))
}

/// Fields that every telling of a project says, so that a later one may recall it.
const TOLD_FIELDS: [&str; 7] = ["deadline", "budget", "award", "contract", "suppliers", "title", "buyer"];

/// Fields that only ever gain a value: said as facts.
const STATED_FIELDS: [&str; 3] = ["candidates", "failed_lots", "reason"];

/// Whether the old and the new value of a field are news; elsewhere the facts say the same better.
fn is_moved(kind: ChangeKind, field: &FieldChange) -> bool {
    if STATED_FIELDS.contains(&field.field.as_str()) {
        return false;
    }
    match kind {
        ChangeKind::Corrected
        | ChangeKind::AwardCorrected
        | ChangeKind::ContractChanged
        | ChangeKind::TotalPassedMilestone
        | ChangeKind::RecordBroken
        | ChangeKind::Restated
        | ChangeKind::Shifted => true,
        ChangeKind::TenderPublished | ChangeKind::Retendered => field.old.is_some(),
        _ => false,
    }
}

fn stated(field: &FieldChange) -> Option<Fact> {
    let name = STATED_FIELDS.into_iter().find(|name| *name == field.field)?;
    let text = plain::line(field.new.as_deref()?, VALUE_CHARS_MAX);
    (!text.is_empty()).then_some(Fact { name, value: FactValue::Text(text) })
}

/// Whether the change's own reason is for the reader: it is a line for logs and troubles.
fn tells_reason(kind: ChangeKind) -> bool {
    kind.audience() == Audience::Operator
}

/// What a kind of change is told with, most important first. What a field already says is not said twice.
fn facts(kind: ChangeKind, project: &Project, fields: &[&FieldChange], eye: Eye) -> Vec<Fact> {
    let names: &[&'static str] = match kind {
        ChangeKind::TenderPublished => &["buyers", "budget", "deadline", "method"],
        ChangeKind::Retendered => &["buyers", "budget", "deadline", "method", "rounds"],
        ChangeKind::Corrected => &["buyers", "budget", "deadline", "status"],
        ChangeKind::Awarded | ChangeKind::AwardCorrected => &["winners", "award", "buyers", "failed_count"],
        ChangeKind::ProjectAnnounced | ChangeKind::CandidatesListed => &["buyers", "budget"],
        ChangeKind::Failed => &["buyers", "budget", "rounds"],
        ChangeKind::Contracted | ChangeKind::ContractChanged => &["winners", "contract", "buyers"],
        ChangeKind::Completed => &["winners", "award", "buyers"],
        ChangeKind::Withdrawn | ChangeKind::Shifted => &["buyers"],
        ChangeKind::Restated => &["buyers", "budget", "award"],
        _ => &[],
    };
    let said = |name: &str| fields.iter().any(|field| field.field == name);
    let facts = names.iter().filter(|name| !said(name));
    facts.filter_map(|name| fact(name, project, eye).map(|value| Fact { name, value })).collect()
}

fn fact(name: &str, project: &Project, eye: Eye) -> Option<FactValue> {
    let amount = |amount: &Amount, share: Option<String>| match amount {
        Amount::NotApplicable => None,
        amount => Some(FactValue::Amount { amount: eye.amount(amount), share }),
    };
    match name {
        "buyers" if project.buyers.is_empty() => None,
        "buyers" => Some(FactValue::Buyers {
            names: bounded(project.buyers.iter().map(self::name)),
            region: project.region.text.as_deref().map(|text| plain::line(text, NAME_CHARS_MAX)),
        }),
        "budget" => amount(&project.budget, None),
        "award" => amount(&project.award, share(project)),
        "contract" => amount(&project.contract, None),
        "deadline" => project.deadline_at.map(|stamp| FactValue::Moment(eye.stamp(stamp))),
        "method" => project.method.map(|method| FactValue::Method(method.word())),
        "status" => Some(FactValue::Status(project.status.word())),
        "rounds" => (project.rounds > 1).then_some(FactValue::Count(project.rounds as usize)),
        "winners" => {
            let won = || project.lots.iter().filter(|lot| !lot.suppliers.is_empty());
            won().next()?;
            Some(FactValue::Lots(bounded(won().map(|lot| eye.lot(lot)))))
        }
        "failed_count" => {
            let failed = project.lots.iter().filter(|lot| lot.status == LotStatus::Failed).count();
            (failed > 0).then_some(FactValue::Count(failed))
        }
        _ => None,
    }
}

/// The award as a share of the budget, in percent.
fn share(project: &Project) -> Option<String> {
    sums::share(project.award.money()?, project.budget.money()?)
}

fn title(text: &str) -> String {
    plain::line(text, TITLE_CHARS_MAX)
}

fn name(organisation: &Organisation) -> String {
    plain::line(&organisation.name, NAME_CHARS_MAX)
}

fn bounded<T>(all: impl Iterator<Item = T>) -> Bounded<T> {
    let mut shown: Vec<T> = all.collect();
    let more = shown.len().saturating_sub(LIST_MAX);
    shown.truncate(LIST_MAX);
    Bounded { shown, more }
}

impl Eye {
    /// A day as a template sees it.
    pub(super) fn day(self, day: Date) -> Day {
        Day {
            year: day.year(),
            month: day.month(),
            of_month: day.day(),
            other_year: day.year() != self.day.year(),
            weekday: day.weekday().to_monday_one_offset(),
        }
    }

    /// An instant by China's clocks.
    pub(super) fn china(self, at: jiff::Timestamp) -> Moment {
        self.stamp(Stamp { at, offset: Stamp::CHINA })
    }

    /// An instant as it was printed.
    pub(super) fn stamp(self, stamp: Stamp) -> Moment {
        self.reading(stamp.offset.to_datetime(stamp.at), stamp.offset == Stamp::CHINA)
    }

    fn reading(self, reading: DateTime, china: bool) -> Moment {
        let days_left = self.day.until(reading.date()).map_or(0, |span| span.get_days());
        Moment { day: self.day(reading.date()), hour: reading.hour(), minute: reading.minute(), days_left, china }
    }

    /// A sum with its state.
    pub(super) fn amount(self, amount: &Amount) -> AmountView {
        let mut view = AmountView { state: amount.state(), sum: None, claims: Vec::new(), text: None };
        match amount {
            Amount::Disclosed { money, .. } => view.sum = Some(sums::sum(*money, self.language)),
            Amount::Conflict(claims) => {
                view.claims = claims
                    .iter()
                    .take(LIST_MAX)
                    .map(|claim| ClaimView {
                        sum: sums::sum(claim.money, self.language),
                        place: plain::line(&claim.place, NAME_CHARS_MAX),
                    })
                    .collect();
            }
            Amount::Unparsed { text } => view.text = Some(plain::line(text, NAME_CHARS_MAX)),
            Amount::Undisclosed | Amount::Zero | Amount::NotApplicable => {}
        }
        view
    }

    fn lot(self, lot: &ProjectLot) -> LotView {
        LotView {
            label: lot.label.as_deref().map(|label| plain::line(label, NAME_CHARS_MAX)),
            title: lot.title.as_deref().map(title),
            award: self.amount(&lot.award),
            suppliers: bounded(lot.suppliers.iter().map(name)),
            joint: lot.joint,
        }
    }

    /// The suppliers of a change that win for the first time on record.
    pub(super) fn firsts(self, fields: &[FieldChange]) -> Vec<String> {
        let shifts = self.shifts(fields).into_iter();
        shifts.filter(|shift| shift.field == "first_win").filter_map(|shift| shift.who).collect()
    }

    /// Shifts, each with the suppliers that stand before it; those before any are nobody's in particular.
    fn shifts(self, fields: &[FieldChange]) -> Vec<FieldView> {
        let mut who = None;
        let mut shifts = Vec::new();
        for field in fields {
            if field.field == "supplier" {
                who = field.new.as_deref().map(|names| plain::line(names, VALUE_CHARS_MAX));
            } else {
                shifts.push(FieldView { who: who.clone(), ..self.field(field, false) });
            }
        }
        shifts
    }

    fn field(self, change: &FieldChange, told: bool) -> FieldView {
        let value = |text: &String| self.value(&change.field, text);
        FieldView {
            field: plain::line(&change.field, NAME_CHARS_MAX),
            told: told && TOLD_FIELDS.contains(&change.field.as_str()),
            who: None,
            old: change.old.as_ref().map(value),
            new: change.new.as_ref().map(value),
        }
    }

    /// A value of a change is text for people in one neutral form; what is recognised is said in the reader's language.
    fn value(self, field: &str, text: &str) -> Value {
        let text = text.trim();
        if let Some(value) = self.sums(text) {
            return value;
        }
        if field == "status"
            && let Some(status) = Status::parse(text)
        {
            return Value::Status(status.word());
        }
        if text == "0" && ["budget", "award", "contract"].contains(&field) {
            return Value::State("zero");
        }
        if let Some(state) =
            ["undisclosed", "zero", "not_applicable", "conflict", "unparsed"].into_iter().find(|s| *s == text)
        {
            return Value::State(state);
        }
        if let Some(stamp) = Stamp::parse_iso(text) {
            return Value::Moment(self.stamp(stamp));
        }
        if text.len() == 10
            && let Ok(day) = text.parse::<Date>()
        {
            return Value::Day(self.day(day));
        }
        if let Ok(reading) = text.parse::<DateTime>() {
            return Value::Moment(self.reading(reading, true));
        }
        Value::Text(plain::line(text, VALUE_CHARS_MAX))
    }

    /// `¥5`, places that disagree as `¥3 / ¥5`, lots as `1: ¥5; 2: -`.
    fn sums(self, text: &str) -> Option<Value> {
        let sum = |text: &str| sums::printed(text).map(|money| sums::sum(money, self.language));
        if let Some(only) = sum(text) {
            return Some(Value::Sum(only));
        }
        if text.contains(" / ") {
            return text.split(" / ").map(sum).collect::<Option<Vec<_>>>().map(Value::Conflict);
        }
        let lots = text.split("; ").map(|lot| {
            let (label, amount) = lot.rsplit_once(": ")?;
            let sum = if amount == "-" { None } else { Some(sum(amount)?) };
            Some(LotSum { label: Some(plain::line(label, NAME_CHARS_MAX)).filter(|label| label != "-"), sum })
        });
        lots.collect::<Option<Vec<_>>>().map(Value::Lots)
    }
}
