//! What is news of it? Compares a project before and after one notice and names the difference: at most one change of each
//! kind, none for a repeat, none for what is not of the topic, none where nothing moved.

use jiff::Timestamp;

use super::change::{Change, ChangeKind, FieldChange, Telling};
use super::diff::moved;
use super::fold::fold;
use super::names;
use super::notice::{LotStatus, Notice, NoticeKind};
use super::project::{Member, NoticeId, Project, ProjectId, ProjectLot, Status};
use super::topic::Weight;
use super::wording;

/// How many lines of a correction are told.
const AMENDMENTS_MAX: usize = 8;

/// What every change of one settling shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The project.
    pub project: ProjectId,
    /// The topic it is watched for.
    pub topic: Option<String>,
    /// When we saw it.
    pub seen_at: Timestamp,
    /// Whether it is to be told.
    pub telling: Telling,
}

/// The project as it was before one of its notices came, or said what it says now: what its other notices made. Where that notice
/// made several projects one, this is all of them together, so that nothing already told is told again.
#[must_use]
pub fn before(members: &[Member], bringing: &NoticeId, previous: Option<&Notice>) -> Option<Project> {
    let known = members.iter().filter_map(|member| match previous {
        _ if member.id != *bringing => Some(member.clone()),
        Some(notice) => Some(Member { notice: notice.clone(), ..member.clone() }),
        None => None,
    });
    let known: Vec<Member> = known.collect();
    (!known.is_empty()).then(|| fold(&known))
}

/// The changes that one notice brings to a project. `before` is nothing for a project new to us, `previous` what the notice said
/// when it was read before.
#[must_use]
pub fn of_project(
    before: Option<&Project>,
    after: &Project,
    bringing: &Member,
    previous: Option<&Notice>,
    context: &Context,
) -> Vec<Change> {
    if bringing.repeat_of.is_some() || !is_relevant(after) {
        return Vec::new();
    }
    let step = Step { before: before.filter(|project| is_relevant(project)), after, notice: &bringing.notice };
    let found = if bringing.withdrawn_at.is_some() {
        vec![step.withdrawn()]
    } else {
        match previous {
            Some(previous) if step.before.is_some() => step.reread(previous),
            _ => step.first_read(),
        }
    };
    found.into_iter().map(|news| news.change(bringing, context)).collect()
}

fn is_relevant(project: &Project) -> bool {
    matches!(project.weight, Weight::Subject | Weight::Item)
}

fn is_awarded(project: &Project) -> bool {
    project.lots.iter().any(|lot| lot.status == LotStatus::Awarded)
}

/// A kind of change with what moved.
struct News {
    kind: ChangeKind,
    fields: Vec<FieldChange>,
}

impl News {
    fn of(kind: ChangeKind, fields: Vec<FieldChange>) -> Self {
        Self { kind, fields }
    }

    fn change(self, bringing: &Member, context: &Context) -> Change {
        Change {
            kind: self.kind,
            project: Some(context.project),
            notice: Some(bringing.id.clone()),
            source: Some(bringing.id.source.clone()),
            topic: context.topic.clone(),
            fields: self.fields,
            reason: format!("{}: {}", bringing.notice.kind.word(), wording::bounded(&bringing.notice.title)),
            published_at: bringing.notice.published_at,
            seen_at: context.seen_at,
            telling: context.telling,
        }
    }
}

/// A project before and after one notice.
struct Step<'a> {
    before: Option<&'a Project>,
    after: &'a Project,
    notice: &'a Notice,
}

impl Step<'_> {
    /// The news of a notice that was not known.
    fn first_read(&self) -> Vec<News> {
        match self.notice.kind {
            NoticeKind::Intention if self.before.is_none() => vec![News::of(ChangeKind::ProjectAnnounced, Vec::new())],
            NoticeKind::Prequalification | NoticeKind::Tender | NoticeKind::SingleSource => self.tender(),
            NoticeKind::Candidates => self.candidates(),
            NoticeKind::Award => self.result(),
            NoticeKind::Correction => self.correction(),
            NoticeKind::Failed => self.failure(),
            NoticeKind::Contract => self.contract(),
            NoticeKind::ContractChange => self.contract_change(),
            NoticeKind::Acceptance => self.acceptance(),
            NoticeKind::Withdrawn if self.after.status == Status::Withdrawn => vec![self.withdrawn()],
            NoticeKind::Withdrawn | NoticeKind::Intention | NoticeKind::Other => Vec::new(),
        }
    }

    fn tender(&self) -> Vec<News> {
        let Some(before) = self.before else {
            let kind = if self.after.rounds > 1 { ChangeKind::Retendered } else { ChangeKind::TenderPublished };
            return vec![News::of(kind, Vec::new())];
        };
        let reopened = before.status == Status::Failed && self.after.status != Status::Failed;
        if reopened || (self.after.rounds > before.rounds && before.rounds > 0) {
            return vec![News::of(ChangeKind::Retendered, self.moved())];
        }
        let is_newest =
            self.notice.published_at.is_none_or(|at| before.latest_at.is_none_or(|latest| at.at >= latest.at));
        if is_newest || before.status == Status::Planned || before.rounds == 0 {
            return vec![News::of(ChangeKind::TenderPublished, self.moved())];
        }
        Vec::new()
    }

    fn candidates(&self) -> Vec<News> {
        if self.before.is_some_and(is_awarded) {
            return Vec::new();
        }
        let names: Vec<_> = self.notice.candidates.iter().map(|candidate| candidate.supplier.clone()).collect();
        vec![News::of(
            ChangeKind::CandidatesListed,
            moved("candidates", None, wording::names(&names)).into_iter().collect(),
        )]
    }

    /// Lots newly given, and lots given before that now say something else.
    fn result(&self) -> Vec<News> {
        let mut news = Vec::new();
        let newly: Vec<&ProjectLot> =
            self.after.lots.iter().filter(|lot| is_given(lot) && !self.was_given(lot)).collect();
        if !newly.is_empty() {
            news.push(News::of(ChangeKind::Awarded, self.award_fields()));
        }
        let corrected = self.award_corrections();
        if newly.is_empty() && !corrected.is_empty() {
            news.push(News::of(ChangeKind::AwardCorrected, corrected));
        }
        if self.after.status == Status::Failed {
            news.extend(self.failure());
        }
        news
    }

    fn was_given(&self, lot: &ProjectLot) -> bool {
        let Some(before) = self.before else { return false };
        let known = before.lots.iter().filter(|known| is_given(known));
        known.clone().any(|known| known.label == lot.label)
            || known.clone().any(|known| known.label.is_none() && names_overlap(known, lot))
            || (lot.label.is_none() && known.count() > 0)
    }

    fn award_fields(&self) -> Vec<FieldChange> {
        let side = |project: &Project| (award_text(project), wording::names(&winners(project)));
        let (old_award, old_suppliers) = self.before.map(side).unwrap_or_default();
        let (award, suppliers) = side(self.after);
        [moved("award", old_award, award), moved("suppliers", old_suppliers, suppliers)].into_iter().flatten().collect()
    }

    /// Old and new of an award already known, where its sum or its winners moved.
    fn award_corrections(&self) -> Vec<FieldChange> {
        if !self.before.is_some_and(is_awarded) || !is_awarded(self.after) {
            return Vec::new();
        }
        self.award_fields()
    }

    fn correction(&self) -> Vec<News> {
        let mut news = Vec::new();
        let corrected = self.award_corrections();
        let newly = is_awarded(self.after) && !self.before.is_some_and(is_awarded);
        if newly {
            news.push(News::of(ChangeKind::Awarded, self.award_fields()));
        } else if !corrected.is_empty() {
            news.push(News::of(ChangeKind::AwardCorrected, corrected.clone()));
        }
        if !newly {
            let mut fields = self.moved();
            let told: Vec<String> = fields.iter().chain(&corrected).map(|change| change.field.clone()).collect();
            fields.extend(self.amendments(&told));
            if news.is_empty() || !fields.is_empty() {
                news.push(News::of(ChangeKind::Corrected, fields));
            }
        }
        if self.after.status == Status::Failed && self.before.is_none_or(|before| before.status != Status::Failed) {
            news.extend(self.failure());
        }
        news
    }

    /// The lines of the correction itself, without those whose new value a moved field already tells.
    fn amendments(&self, told: &[String]) -> Vec<FieldChange> {
        let lines = self.notice.amendments.iter().filter(|line| line.before.is_some() || line.after.is_some());
        let is_told = |item: &str| {
            let names_any = |words: &[&str]| words.iter().any(|word| item.contains(word));
            told.iter().any(|field| match field.as_str() {
                "deadline" => names_any(&["截止", "开标", "开启"]),
                "budget" => item.contains("预算"),
                "award" => names_any(&["金额", "中标价", "成交价"]),
                "suppliers" => names_any(&["供应商", "中标人", "成交人"]),
                _ => false,
            })
        };
        lines
            .filter(|line| !is_told(&line.item))
            .take(AMENDMENTS_MAX)
            .map(|line| FieldChange {
                field: wording::some(&line.item).unwrap_or_else(|| "text".to_owned()),
                old: line.before.as_deref().and_then(wording::some),
                new: line.after.as_deref().and_then(wording::some),
            })
            .collect()
    }

    /// Every lot failed, or some did: then they are named.
    fn failure(&self) -> Vec<News> {
        let was_failed = self.before.is_some_and(|before| before.status == Status::Failed);
        if self.after.status == Status::Failed {
            let told = !was_failed || self.before.is_some_and(|before| before.rounds < self.after.rounds);
            return if told { vec![News::of(ChangeKind::Failed, self.status())] } else { Vec::new() };
        }
        let failed = |project: &Project| {
            let labels =
                project.lots.iter().filter(|lot| lot.status == LotStatus::Failed).filter_map(|lot| lot.label.clone());
            wording::some(&labels.collect::<Vec<_>>().join("、"))
        };
        let fields: Vec<_> =
            moved("failed_lots", self.before.and_then(failed), failed(self.after)).into_iter().collect();
        if fields.is_empty() { Vec::new() } else { vec![News::of(ChangeKind::Failed, fields)] }
    }

    fn contract(&self) -> Vec<News> {
        let fields = self.contract_fields();
        let was = self.before.is_some_and(|b| matches!(b.status, Status::Contracted | Status::Completed));
        if was && fields.is_empty() { Vec::new() } else { vec![News::of(ChangeKind::Contracted, fields)] }
    }

    fn contract_change(&self) -> Vec<News> {
        vec![News::of(ChangeKind::ContractChanged, self.contract_fields())]
    }

    fn contract_fields(&self) -> Vec<FieldChange> {
        let old = self.before.and_then(|before| wording::amount(&before.contract));
        moved("contract", old, wording::amount(&self.after.contract)).into_iter().collect()
    }

    fn acceptance(&self) -> Vec<News> {
        let was = self.before.is_some_and(|before| before.status == Status::Completed);
        if was || self.after.status != Status::Completed {
            return Vec::new();
        }
        vec![News::of(ChangeKind::Completed, self.status())]
    }

    fn withdrawn(&self) -> News {
        let mut fields = self.status();
        fields.push(FieldChange { field: "notice".into(), old: wording::some(&self.notice.title), new: None });
        News::of(ChangeKind::Withdrawn, fields)
    }

    /// The news of a notice whose page was changed in place.
    fn reread(&self, previous: &Notice) -> Vec<News> {
        let (Some(before), false) = (self.before, previous == self.notice) else {
            return Vec::new();
        };
        let mut news = Vec::new();
        let corrected = self.award_corrections();
        if is_awarded(self.after) && !is_awarded(before) {
            news.push(News::of(ChangeKind::Awarded, self.award_fields()));
        } else if !corrected.is_empty() {
            news.push(News::of(ChangeKind::AwardCorrected, corrected));
        }
        if self.after.status == Status::Failed && before.status != Status::Failed {
            news.extend(self.failure());
        }
        let fields = self.moved();
        if !fields.is_empty() {
            news.push(News::of(ChangeKind::Corrected, fields));
        }
        news
    }

    /// What moved in the project, its award and status aside.
    fn moved(&self) -> Vec<FieldChange> {
        let Some(before) = self.before else { return Vec::new() };
        let pairs = [
            ("deadline", before.deadline_at.map(wording::stamp), self.after.deadline_at.map(wording::stamp)),
            ("budget", wording::amount(&before.budget), wording::amount(&self.after.budget)),
            ("title", wording::some(&before.title), wording::some(&self.after.title)),
            ("buyer", wording::names(&before.buyers), wording::names(&self.after.buyers)),
        ];
        pairs.into_iter().filter_map(|(field, old, new)| moved(field, old, new)).collect()
    }

    fn status(&self) -> Vec<FieldChange> {
        let old = self.before.map(|before| before.status.word().to_owned());
        moved("status", old, Some(self.after.status.word().to_owned())).into_iter().collect()
    }
}

fn is_given(lot: &ProjectLot) -> bool {
    lot.status == LotStatus::Awarded
}

fn names_overlap(left: &ProjectLot, right: &ProjectLot) -> bool {
    let has = |name: &str| right.suppliers.iter().any(|other| names::key(&other.name) == names::key(name));
    left.suppliers.iter().any(|supplier| has(&supplier.name))
}

/// The award as one sum, or lot by lot where it is no single one (`1: ¥5; 2: -`).
fn award_text(project: &Project) -> Option<String> {
    if let Some(text) = wording::amount(&project.award) {
        return Some(text);
    }
    let told = project.lots.iter().filter(|lot| is_given(lot)).map(|lot| {
        let label = lot.label.as_deref().unwrap_or("-");
        (wording::amount(&lot.award), label)
    });
    let lots: Vec<(Option<String>, &str)> = told.collect();
    let any = lots.iter().any(|(amount, _)| amount.is_some());
    let lines =
        lots.into_iter().map(|(amount, label)| format!("{label}: {}", amount.unwrap_or_else(|| "-".to_owned())));
    any.then(|| lines.collect::<Vec<_>>().join("; "))
}

/// Every winner once, in the order of the lots.
fn winners(project: &Project) -> Vec<super::organisation::Organisation> {
    let mut winners: Vec<super::organisation::Organisation> = Vec::new();
    for supplier in project.lots.iter().filter(|lot| is_given(lot)).flat_map(|lot| &lot.suppliers) {
        if !winners.iter().any(|known| names::key(&known.name) == names::key(&supplier.name)) {
            winners.push(supplier.clone());
        }
    }
    winners
}

#[cfg(test)]
mod tests;
