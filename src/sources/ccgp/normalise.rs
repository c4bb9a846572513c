//! From a page as printed to a notice in the product's words. Every value set carries the rule and the passage it came from; what
//! was not understood stands beside it as a problem.

use crate::domain::amount::Amount;
use crate::domain::notice::{Evidence, Item, Lot, LotStatus, Notice, NoticeKind, Reference};
use crate::domain::reading::{Coverage, PageKind, Problem, Reading};
use crate::domain::stamp::Stamp;
use crate::sources::dialect::dates;
use crate::sources::dialect::fold::{head, squeeze};

use super::budget::Budgets;
use super::labels::Key;
use super::money::{Heard, hear, problem, settle};
use super::outcome::TOTALS;
use super::outline::{Kind, Outline, outline};
use super::raw::Raw;
use super::sections::Section;
use super::{address, budget, candidates, correction, kind, lots, parties, result, text, when};

/// Reads a notice page.
pub(super) fn notice(raw: &Raw, url: Option<&str>) -> Reading {
    let body = outline(&raw.body);
    let place = url.map(address::read).unwrap_or_default();
    let mut build = Build { raw, body: &body, notice: Notice::default(), problems: Vec::new() };
    build.head(&place, url.is_some());
    build.kind_and_money();
    build.people();
    build.rest();
    let Build { notice, problems, .. } = build;
    let coverage = if raw.has_body { Coverage::Whole } else { Coverage::Partial };
    Reading { page: PageKind::Notice, notices: vec![notice], listing: None, problems, coverage }
}

/// A notice that is being put together, and the page it comes from.
pub(super) struct Build<'a> {
    pub(super) raw: &'a Raw,
    pub(super) body: &'a Outline,
    pub(super) notice: Notice,
    pub(super) problems: Vec<Problem>,
}

impl Build<'_> {
    pub(super) fn because(&mut self, field: &str, rule: &str, passage: &str) {
        let evidence = Evidence { rule: rule.to_owned(), passage: head(passage, 200) };
        self.notice.evidence.insert(field.to_owned(), evidence);
    }

    fn head(&mut self, place: &address::Address, known: bool) {
        let raw = self.raw;
        self.notice.title.clone_from(&raw.title);
        self.notice.attachments.clone_from(&raw.attachments);
        if known {
            self.notice.url = Some(place.url.clone());
            self.notice.section.clone_from(&place.section);
            self.notice.native_id.clone_from(&place.native_id);
        }
        if raw.title.is_empty() {
            self.problems.push(problem("title", "no title", ""));
        }
        self.because("title", "head of the page", &raw.title);
        let published = raw.published.clone().unwrap_or_default();
        self.notice.published_at = dates::first(&published).and_then(|moment| Stamp::china(moment.at()));
        if self.notice.published_at.is_some() {
            self.because("published_at", "publication line", &published);
        } else {
            self.problems.push(problem("published_at", "no date of publication", &published));
        }
        if !raw.has_body {
            self.problems.push(problem("text", "the page has no body", ""));
        }
        self.notice.region.text =
            raw.summary(&["行政区域"]).map(str::to_owned).filter(|region| region.chars().any(char::is_alphabetic));
        if let Some(region) = self.notice.region.text.clone() {
            self.because("region", "summary", &region);
        }
        self.notice.items_path = raw.summary(&["品目"]).map(str::to_owned);
    }

    pub(super) fn summary_sum(&self, labels: &[&str]) -> Heard {
        let Some(field) =
            self.raw.summary.iter().find(|field| labels.contains(&field.label.as_str()) && !field.value.is_empty())
        else {
            return Heard::Nothing;
        };
        match hear(&field.label, &field.value, None, "summary") {
            Heard::Unclear(_) | Heard::NoSum(_) | Heard::Free(_) if field.value.contains("详见") => Heard::Nothing,
            heard => heard,
        }
    }

    fn kind_and_money(&mut self) {
        let raw = self.raw;
        let only_lot = lots::of_title(&raw.title).or_else(|| raw.summary(&["采购项目名称"]).and_then(lots::of_title));
        let mut found = result::find(self.body);
        let single_source = kind::of_title(&raw.title) == Some(NoticeKind::SingleSource);
        let ranked = candidates::find(self.body, single_source);
        let failed = found.wins.iter().filter(|win| win.failed).count();
        let awarded = found.wins.iter().filter(|win| !win.failed && !win.suppliers.is_empty()).count();
        let facts = kind::Body {
            awarded,
            failed,
            candidates: ranked.len(),
            corrects: self.has(|_, key| matches!(key, Key::OriginalNumber | Key::OriginalTitle | Key::CorrectedOn))
                || raw.summary(&["更正日期"]).is_some(),
            reason: found.reason.is_some() || self.body.pieces.iter().any(|piece| piece.section == Section::Failure),
            proposed: self.has(|_, key| key == Key::Proposed)
                || self.body.pieces.iter().any(|piece| piece.section == Section::Proposed),
            contract: self.has(|section, key| key == Key::Contract && section != Section::Qualification),
        };
        let judged = kind::judge(&raw.title, self.notice.section.as_deref(), raw.location.as_deref(), facts);
        self.notice.kind = judged;
        self.because("kind", "title, body and channel", &raw.title);

        let budgets = budget::find(
            self.body,
            &self.summary_sum(&["预算金额", "采购预算"]),
            &self.summary_sum(&["最高限价"]),
            only_lot.as_deref(),
        );
        self.take_budgets(&budgets);
        match judged {
            NoticeKind::Award => self.take_awards(&found, only_lot),
            NoticeKind::Failed => {
                found.wins.retain(|win| win.failed);
                self.take_failed(&found, only_lot);
            }
            NoticeKind::Contract | NoticeKind::ContractChange | NoticeKind::Acceptance => {
                self.take_contract(&found, only_lot);
            }
            _ => {
                self.notice.award = Amount::NotApplicable;
                self.open_lots(&budgets, only_lot, judged);
            }
        }
        if matches!(judged, NoticeKind::Candidates | NoticeKind::SingleSource) {
            self.take_candidates(ranked, &found);
        }
        self.lot_budgets(&budgets);
        self.mistrust_award();
        // What a line may cost is no part of what was paid.
        let given = matches!(judged, NoticeKind::Award | NoticeKind::Contract | NoticeKind::ContractChange);
        self.notice.items = found
            .items
            .iter()
            .take(500)
            .map(|item| Item {
                name: item.name.clone(),
                lot: item.lot.clone(),
                total: if item.is_budget && given {
                    Amount::Undisclosed
                } else {
                    settle("items", &Heard::Nothing, &item.total).amount
                },
            })
            .collect();
    }

    /// A correction of the budget states the new one.
    fn take_amended_budget(&mut self) {
        let amended = self.notice.amendments.iter().rev().find(|amendment| squeeze(&amendment.item).contains("预算"));
        let Some((item, after)) =
            amended.and_then(|amendment| Some((amendment.item.clone(), amendment.after.clone()?)))
        else {
            return;
        };
        let settled = settle("budget", &Heard::Nothing, &hear(&item, &after, None, "amendment"));
        self.problems.extend(settled.problems);
        if let Some(evidence) = settled.evidence {
            self.notice.evidence.insert("budget".into(), evidence);
            self.notice.budget = settled.amount;
        }
    }

    /// An award twenty times its budget or ceiling was misread or mistyped: it is shown, not believed.
    fn mistrust_award(&mut self) {
        let (Some(award), Some(limit)) =
            (self.notice.award.money(), self.notice.ceiling.money().or(self.notice.budget.money()))
        else {
            return;
        };
        let far = award.currency == limit.currency && award.ten_thousandths / 20 > limit.ten_thousandths;
        if far && self.notice.kind == NoticeKind::Award {
            let text = format!("award {} against {}", award.decimal(), limit.decimal());
            self.problems.push(problem("award", "far above the budget or ceiling on the same page", &text));
            self.notice.award = Amount::Unparsed { text };
            for lot in self.notice.lots.iter_mut().filter(|lot| lot.award.money() == Some(award)) {
                lot.award = self.notice.award.clone();
            }
        }
    }

    fn has(&self, wanted: impl Fn(Section, Key) -> bool) -> bool {
        self.body
            .pieces
            .iter()
            .any(|piece| matches!(&piece.kind, Kind::Field(field) if wanted(piece.section, field.key)))
    }

    fn take_budgets(&mut self, budgets: &Budgets) {
        for (field, settled) in [("budget", &budgets.budget), ("ceiling", &budgets.ceiling)] {
            self.problems.extend(settled.problems.iter().cloned());
            if let Some(evidence) = &settled.evidence {
                self.notice.evidence.insert(field.into(), evidence.clone());
            }
        }
        self.notice.budget = budgets.budget.amount.clone();
        self.notice.ceiling = budgets.ceiling.amount.clone();
    }

    fn take_candidates(&mut self, ranked: Vec<crate::domain::notice::Candidate>, found: &result::Found) {
        self.notice.candidates = ranked;
        // A page may call its candidates winners before they are.
        for win in found.wins.iter().filter(|win| !win.failed) {
            for supplier in &win.suppliers {
                if !self.notice.candidates.iter().any(|known| known.supplier.name == supplier.name) {
                    let lot = win.lot.as_ref().map(|mark| mark.label.clone());
                    self.notice.candidates.push(crate::domain::notice::Candidate {
                        supplier: supplier.clone(),
                        lot,
                        rank: None,
                    });
                }
            }
        }
        if self.notice.candidates.is_empty() {
            self.problems.push(problem("candidates", "no candidate was found", &self.raw.title));
        }
    }

    /// The lots of a notice before any award.
    fn open_lots(&mut self, budgets: &Budgets, only_lot: Option<String>, judged: NoticeKind) {
        let status = match judged {
            NoticeKind::Tender | NoticeKind::Prequalification => LotStatus::Open,
            _ => LotStatus::Unknown,
        };
        let empty = |label: Option<String>, title: Option<String>| Lot {
            label,
            title,
            status,
            award: Amount::NotApplicable,
            ..Lot::default()
        };
        for lot in budgets.lots.iter().filter(|lot| !lot.mark.label.is_empty()) {
            self.notice.lots.push(empty(Some(lot.mark.label.clone()), lot.mark.title.clone()));
        }
        if self.notice.lots.is_empty() {
            self.notice.lots.push(empty(only_lot, None));
        }
    }

    /// Puts the lots' own budgets in place.
    fn lot_budgets(&mut self, budgets: &Budgets) {
        let alone = self.notice.lots.len() == 1;
        let mut problems = Vec::new();
        let mut evidence: Vec<(String, Evidence)> = Vec::new();
        for (at, lot) in self.notice.lots.iter_mut().enumerate() {
            let told = budgets
                .lots
                .iter()
                .find(|told| Some(&told.mark.label) == lot.label.as_ref())
                .or_else(|| budgets.lots.first().filter(|_| alone && budgets.lots.len() == 1));
            if let Some(told) = told {
                let field = format!("lots[{at}].budget");
                let settled = settle(&field, &Heard::Nothing, &told.budget);
                problems.extend(settled.problems);
                evidence.extend(settled.evidence.map(|seen| (field, seen)));
                lot.budget = settled.amount;
                lot.title = lot.title.take().or_else(|| told.mark.title.clone());
            }
            // One lot of several: a ceiling below the budget shows that the budget is the whole project's.
            let part = lot.label.is_some()
                && match (self.notice.budget.money(), self.notice.ceiling.money()) {
                    (Some(budget), Some(ceiling)) => ceiling.ten_thousandths < budget.ten_thousandths / 2,
                    _ => false,
                };
            if alone && !part && lot.budget == Amount::Undisclosed && budgets.lots.is_empty() {
                lot.budget = match &self.notice.budget {
                    Amount::Conflict(_) | Amount::Unparsed { .. } => Amount::Undisclosed,
                    amount => amount.clone(),
                };
                let whole = self.notice.evidence.get("budget").filter(|_| lot.budget != Amount::Undisclosed);
                evidence.extend(whole.map(|seen| (format!("lots[{at}].budget"), seen.clone())));
            }
        }
        self.notice.evidence.extend(evidence);
        self.problems.extend(problems);
    }

    fn people(&mut self) {
        self.notice.buyers = parties::buyers(self.raw, self.body);
        self.notice.agency = parties::agency(self.raw, self.body);
        self.notice.project_numbers = parties::numbers(self.raw, self.body, &self.raw.title);
        self.notice.project_title = parties::project_title(self.raw, self.body);
        let buyer = self.notice.buyers.first().map(|buyer| buyer.name.clone());
        match buyer {
            Some(name) => self.because("buyers", "summary, else the buyer's block", &name),
            None => self.problems.push(problem("buyers", "no buyer was found", &self.raw.title)),
        }
        let number = self.notice.project_numbers.first().cloned();
        match number {
            Some(number) => self.because("project_numbers", "label of a number", &number),
            None => self.problems.push(problem("project_numbers", "no project number was found", &self.raw.title)),
        }
    }

    fn rest(&mut self) {
        let raw = self.raw;
        if self.notice.kind == NoticeKind::Correction {
            self.notice.amendments = correction::amendments(self.body);
            self.take_amended_budget();
        }
        let mut reference = correction::refers_to(raw, self.body);
        if self.notice.kind == NoticeKind::Correction {
            // A correction prints its own number: the original's.
            let reference = reference.get_or_insert_default();
            reference.project_number =
                reference.project_number.take().or_else(|| self.notice.project_numbers.first().cloned());
            reference.title = reference.title.take().or_else(|| self.notice.project_title.clone());
        }
        self.notice.refers_to.extend(reference.filter(|reference| *reference != Reference::default()));
        let found = when::dates(raw, self.body, self.notice.kind, &self.notice.amendments);
        self.notice.dates = found.dates;
        for (field, passage) in found.passages {
            self.because(field, "summary, else label or section", &passage);
        }
        let said = self.body.pieces.iter().find_map(|piece| match &piece.kind {
            Kind::Field(field) if field.key == Key::Method => {
                kind::method(&field.value).map(|method| (method, field.value.clone()))
            }
            _ => None,
        });
        let section = self.notice.section.clone();
        let method = said
            .or_else(|| kind::method(&raw.title).map(|method| (method, raw.title.clone())))
            .or_else(|| section.and_then(|section| Some((kind::method_of_section(&section)?, section))))
            .or_else(|| raw.location.as_ref().and_then(|place| Some((kind::method(place)?, place.clone()))))
            .or_else(|| {
                let mut lines = self.body.lines.iter().take(15);
                lines.find_map(|(_, line)| Some((kind::method_in_sentence(line)?, line.clone())))
            });
        if let Some((method, passage)) = method {
            self.notice.method = Some(method);
            self.because("method", "label of the method, else title, channel or first lines", &passage);
        }
        self.notice.text = text::text(self.body);
        self.note_sources();
        self.note_attachments();
        self.note_sent_on();
    }

    /// Where the remaining fields come from.
    fn note_sources(&mut self) {
        let seen: [(&str, &str, Option<String>); 3] = [
            (
                "agency",
                "summary, else the agency's block",
                self.notice.agency.as_ref().map(|agency| agency.name.clone()),
            ),
            ("project_title", "label of the project's name", self.notice.project_title.clone()),
            ("items_path", "summary", self.notice.items_path.clone()),
        ];
        for (field, rule, passage) in seen {
            if let Some(passage) = passage {
                self.because(field, rule, &passage);
            }
        }
        let reference = self
            .notice
            .refers_to
            .first()
            .and_then(|reference| reference.project_number.clone().or(reference.title.clone()));
        if let Some(passage) = reference {
            self.because("refers_to", "original's number and name", &passage);
        }
        let names: Vec<&str> =
            self.notice.candidates.iter().map(|candidate| candidate.supplier.name.as_str()).collect();
        let names = names.join("; ");
        if !names.is_empty() {
            self.because("candidates", "ranked or proposed", &names);
        }
    }

    /// A summary that sends to a body in which nothing was understood.
    fn note_sent_on(&mut self) {
        for (field, labels, amount) in
            [("budget", &["预算金额"][..], &self.notice.budget), ("award", &TOTALS[..], &self.notice.award)]
        {
            let sent = self.raw.summary(labels).filter(|value| value.contains("详见") || value.contains("见公告"));
            if let Some(value) = sent.filter(|_| *amount == Amount::Undisclosed) {
                self.problems.push(problem(
                    field,
                    "the summary sends to the text, in which no such sum was understood",
                    value,
                ));
            }
        }
    }

    /// A needed sum that the text sends to an attachment.
    fn note_attachments(&mut self) {
        let needs_budget = self.notice.kind == NoticeKind::Tender && self.notice.budget == Amount::Undisclosed;
        let elsewhere = ["详见附件", "见附件", "详见招标文件附件"].iter().find_map(|word| {
            let at = self.notice.text.find(word)?;
            self.notice.text.get(at..).map(|tail| head(tail, 80))
        });
        let files = self.notice.attachments.join("; ");
        if files.is_empty() {
            return;
        }
        if let Some(passage) = elsewhere.filter(|_| needs_budget) {
            self.problems.push(problem("budget", "the text sends to attachments, which are not read", &passage));
        }
        if self.notice.kind != NoticeKind::Award {
            return;
        }
        if self.notice.award == Amount::Undisclosed {
            self.problems.push(problem("award", "not in the text; the attachments are not read", &files));
        }
        let named = self.notice.lots.iter().filter(|lot| lot.status == LotStatus::Awarded);
        if named.clone().count() > 0 && named.clone().all(|lot| lot.suppliers.is_empty()) {
            self.problems.push(problem("winners", "not in the text; the attachments are not read", &files));
        }
    }
}
