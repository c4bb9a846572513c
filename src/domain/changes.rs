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
mod tests {
    use jiff::civil::datetime;

    use super::*;
    use crate::domain::notice::Lot;
    use crate::domain::samples::{
        award, china, correction, failed, id, lost, member, members, notice, open, tender, won, yuan,
    };
    use crate::domain::topic::Relevance;

    fn context() -> Context {
        let topic = Some("blockchain".to_owned());
        Context { project: ProjectId(7), topic, seen_at: Timestamp::UNIX_EPOCH, telling: Telling::News }
    }

    /// What the last of these notices brings.
    fn brought(notices: Vec<Notice>) -> Vec<Change> {
        let all = members(notices);
        let (last, known) = all.split_last().unwrap();
        let before = (!known.is_empty()).then(|| fold(known));
        of_project(before.as_ref(), &fold(&all), last, None, &context())
    }

    fn kinds(changes: &[Change]) -> Vec<ChangeKind> {
        changes.iter().map(|change| change.kind).collect()
    }

    fn field<'a>(changes: &'a [Change], name: &str) -> (Option<&'a str>, Option<&'a str>) {
        let found = changes.iter().flat_map(|change| &change.fields).find(|field| field.field == name).unwrap();
        (found.old.as_deref(), found.new.as_deref())
    }

    fn result(units: i64, supplier: &str) -> Notice {
        award(4, 1, vec![won(None, units, supplier)])
    }

    #[test]
    fn every_stage_has_its_news() {
        let mut told = Vec::new();
        for (next, kind) in [
            (notice(NoticeKind::Intention, 1, 1), ChangeKind::ProjectAnnounced),
            (tender(2, 1, 100), ChangeKind::TenderPublished),
            (correction(2, 5, "开标地点", "101室", "202室"), ChangeKind::Corrected),
            (failed(3, 1, vec![]), ChangeKind::Failed),
            (tender(3, 10, 100), ChangeKind::Retendered),
            (notice(NoticeKind::Candidates, 3, 20), ChangeKind::CandidatesListed),
            (result(90, "丙公司"), ChangeKind::Awarded),
            (notice(NoticeKind::Contract, 5, 1), ChangeKind::Contracted),
            (notice(NoticeKind::ContractChange, 6, 1), ChangeKind::ContractChanged),
            (notice(NoticeKind::Acceptance, 9, 1), ChangeKind::Completed),
        ] {
            told.push(next);
            assert_eq!(kinds(&brought(told.clone())), [kind]);
        }
    }

    #[test]
    fn a_project_first_met_by_its_award_is_awarded() {
        let changes = brought(vec![result(90, "丙公司")]);
        assert_eq!(kinds(&changes), [ChangeKind::Awarded]);
        assert_eq!(field(&changes, "award"), (None, Some("¥90")));
        assert_eq!(field(&changes, "suppliers"), (None, Some("丙公司")));
        assert_eq!(changes[0].notice, Some(id(1)));
    }

    #[test]
    fn another_sum_or_winner_corrects_the_award() {
        let changes = brought(vec![
            result(90, "丙公司"),
            Notice { published_at: china(datetime(2026, 5, 1, 9, 0, 0, 0)), ..result(95, "丁公司") },
        ]);
        assert_eq!(kinds(&changes), [ChangeKind::AwardCorrected]);
        assert_eq!(field(&changes, "award"), (Some("¥90"), Some("¥95")));
        assert_eq!(field(&changes, "suppliers"), (Some("丙公司"), Some("丁公司")));
        let price = correction(5, 1, "中标金额", "90元", "95元");
        assert_eq!(kinds(&brought(vec![result(90, "丙公司"), price])), [ChangeKind::AwardCorrected]);
    }

    #[test]
    fn another_lots_award_is_an_award_and_the_same_again_is_nothing() {
        let lot = |label, day| award(4, day, vec![won(Some(label), 90, "丙公司")]);
        let changes = brought(vec![lot("1", 1), lot("2", 20)]);
        assert_eq!(kinds(&changes), [ChangeKind::Awarded]);
        assert_eq!(field(&changes, "award"), (Some("¥90"), Some("¥180")));
        assert_eq!(brought(vec![lot("1", 1), lot("1", 20)]), []);
    }

    #[test]
    fn a_correction_tells_what_moved_and_what_it_says_beside() {
        let mut call = tender(2, 1, 1_000_000);
        call.dates.deadline_at = china(datetime(2026, 2, 20, 9, 30, 0, 0));
        let mut moved = correction(2, 5, "开标时间", "2026年2月20日9:30", "2026年2月27日9:30");
        moved.amendments.extend(correction(2, 5, "预算金额", "100万元", "120万元").amendments);
        moved.amendments.extend(correction(2, 5, "技术参数", "甲", "乙").amendments);
        let changes = brought(vec![call, moved]);
        assert_eq!(kinds(&changes), [ChangeKind::Corrected]);
        assert_eq!(field(&changes, "deadline"), (Some("2026-02-20 09:30"), Some("2026-02-27 09:30")));
        assert_eq!(field(&changes, "budget"), (Some("¥1,000,000"), Some("¥1,200,000")));
        assert_eq!(field(&changes, "技术参数"), (Some("甲"), Some("乙")));
        assert_eq!(changes[0].fields.len(), 3);
    }

    #[test]
    fn a_flood_of_amendments_is_bounded() {
        let mut moved = correction(2, 5, "参数", "甲", &"乙".repeat(5000));
        moved.amendments = vec![moved.amendments[0].clone(); 100];
        let changes = brought(vec![tender(2, 1, 100), moved]);
        assert_eq!(changes[0].fields.len(), AMENDMENTS_MAX);
        assert!(changes[0].fields.iter().all(|field| field.new.as_ref().unwrap().chars().count() <= 301));
    }

    #[test]
    fn some_lots_that_failed_are_named() {
        let call = Notice { lots: vec![open(Some("1"), 50), open(Some("2"), 50)], ..tender(2, 1, 100) };
        let won = award(3, 1, vec![won(Some("1"), 45, "丙公司")]);
        let changes = brought(vec![call, won, failed(3, 5, vec![lost(Some("2"))])]);
        assert_eq!(kinds(&changes), [ChangeKind::Failed]);
        assert_eq!(field(&changes, "failed_lots"), (None, Some("2")));
    }

    #[test]
    fn a_repeat_and_what_is_not_of_the_topic_are_no_news() {
        let mut all = members([result(90, "丙公司"), result(90, "丙公司")]);
        all[1].repeat_of = Some(id(1));
        assert_eq!(of_project(Some(&fold(&all[..1])), &fold(&all), &all[1], None, &context()), []);
        let off = Notice { relevance: Relevance::default(), ..tender(2, 1, 100) };
        assert_eq!(brought(vec![off.clone()]), []);
        assert_eq!(kinds(&brought(vec![off, result(90, "丙公司")])), [ChangeKind::Awarded]);
    }

    #[test]
    fn an_old_tender_found_after_the_award_is_no_news() {
        assert_eq!(brought(vec![result(90, "丙公司"), tender(2, 1, 100)]), []);
    }

    fn reread(before: &Notice, after: Notice) -> Vec<Change> {
        let (old, new) = (members([tender(2, 1, 100), before.clone()]), members([tender(2, 1, 100), after]));
        of_project(Some(&fold(&old)), &fold(&new), &new[1], Some(before), &context())
    }

    #[test]
    fn a_page_read_again_is_news_only_where_it_changed() {
        assert_eq!(reread(&result(90, "丙公司"), result(90, "丙公司")), []);
        let reworded = Notice { text: "另有说明".into(), ..result(90, "丙公司") };
        assert_eq!(reread(&result(90, "丙公司"), reworded), []);
        let changes = reread(&result(90, "丙公司"), result(9, "丙公司"));
        assert_eq!(kinds(&changes), [ChangeKind::AwardCorrected]);
        assert_eq!(field(&changes, "award"), (Some("¥90"), Some("¥9")));
        let failed = award(4, 1, vec![lost(None)]);
        assert_eq!(kinds(&reread(&result(90, "丙公司"), failed)), [ChangeKind::Failed]);
    }

    #[test]
    fn a_lost_notice_is_withdrawn() {
        let known = members([tender(2, 1, 100), result(90, "丙公司")]);
        let mut lost = known.clone();
        lost[1].withdrawn_at = Some(Timestamp::UNIX_EPOCH);
        let changes = of_project(Some(&fold(&known)), &fold(&lost), &lost[1], Some(&known[1].notice), &context());
        assert_eq!(kinds(&changes), [ChangeKind::Withdrawn]);
        assert_eq!(field(&changes, "status"), (Some("awarded"), Some("tendering")));
    }

    #[test]
    fn a_notice_that_makes_two_projects_one_tells_no_award_again() {
        let all = members([tender(2, 1, 100), result(90, "丙公司"), correction(4, 5, "附件", "甲", "乙")]);
        let known = before(&all, &id(3), None);
        assert_eq!(known.as_ref().map(|project| project.status), Some(Status::Awarded));
        assert_eq!(kinds(&of_project(known.as_ref(), &fold(&all), &all[2], None, &context())), [ChangeKind::Corrected]);
        let as_it_was = before(&all, &id(2), Some(&tender(4, 1, 100)));
        assert_eq!(as_it_was.map(|project| project.status), Some(Status::Tendering));
        assert_eq!(before(&all[..1], &id(1), None), None);
    }

    #[test]
    fn a_sum_that_is_only_partly_told_is_told_lot_by_lot() {
        let silent = Lot { award: crate::domain::amount::Amount::Undisclosed, ..won(Some("2"), 0, "丁公司") };
        let changes = brought(vec![tender(2, 1, 100), award(3, 1, vec![won(Some("1"), 45, "丙公司"), silent])]);
        assert_eq!(field(&changes, "award"), (None, Some("1: ¥45; 2: -")));
    }

    #[test]
    fn a_late_original_brings_nothing_that_its_repeat_has_not_told() {
        let mut all = vec![member(2, result(90, "丙公司"))];
        let before = fold(&all);
        all.push(member(1, Notice { budget: yuan(100), ..result(90, "丙公司") }));
        all[0].repeat_of = Some(id(1));
        assert_eq!(of_project(Some(&before), &fold(&all), &all[1], None, &context()), []);
    }

    proptest::proptest! {
        #[test]
        fn one_notice_brings_each_kind_at_most_once(
            notices in proptest::collection::vec(crate::domain::samples::some_notice(), 1..7)
        ) {
            let mut kinds = kinds(&brought(notices));
            let all = kinds.len();
            kinds.sort();
            kinds.dedup();
            proptest::prop_assert_eq!(kinds.len(), all);
        }
    }
}
