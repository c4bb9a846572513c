//! The budget and the ceiling of a notice and of its lots: from label lines, tables of lots, sentences; the summary beside them.
//! A ceiling is never a budget, a lot's never the project's.

use crate::domain::amount::Amount;
use crate::domain::notice::Evidence;
use crate::domain::reading::Problem;
use crate::sources::dialect::figures::UnitBy;
use crate::sources::dialect::fold::{fold, head};
use crate::sources::dialect::units::Unit;

use super::ceiling::{fit_unit, mistrust_ceiling};
use super::clauses::by_lots;
use super::columns::{Holds, Sheet};
use super::labels::Key;
use super::lots::{self, Mark};
use super::money::{Heard, Settled, Told, hear, near, problem, settle, sum_of, together};
use super::outline::{Field, Kind, Outline};
use super::sections::Section;
use super::spoken_budget::spoken;

/// A lot's budget and ceiling as printed.
#[derive(Clone, Debug)]
pub(super) struct LotMoney {
    pub mark: Mark,
    pub budget: Heard,
    pub ceiling: Heard,
}

/// Budget and ceiling of a notice.
#[derive(Clone, Debug, Default)]
pub(super) struct Budgets {
    pub budget: Settled,
    pub ceiling: Settled,
    pub lots: Vec<LotMoney>,
}

#[derive(Default)]
struct Walk {
    section: Section,
    lot: Option<Mark>,
    budgets: Vec<Heard>,
    ceilings: Vec<Heard>,
    /// 采购金额 and sums of item tables: only where no budget is called so.
    weak: Vec<Heard>,
    /// Sums in sentences.
    spoken: Vec<Heard>,
    spoken_ceilings: Vec<Heard>,
    lots: Vec<LotMoney>,
}

/// Reads them. `only_lot` is the lot that the title names.
pub(super) fn find(
    outline: &Outline,
    summary_budget: &Heard,
    summary_ceiling: &Heard,
    only_lot: Option<&str>,
) -> Budgets {
    let mut walk = Walk::default();
    for piece in &outline.pieces {
        walk.section = piece.section;
        match &piece.kind {
            Kind::Heading(_) => walk.lot = None,
            Kind::Lot { mark, rest } => {
                walk.open(mark);
                walk.spoken_of(mark, rest);
            }
            Kind::Field(field) => walk.field(field),
            Kind::Line(line) => walk.sentence(line),
            Kind::Table(read) => {
                for sheet in &read.sheets {
                    if let Some(mark) = &sheet.lot {
                        walk.open(mark);
                    }
                    walk.sheet(sheet);
                }
            }
        }
    }
    walk.finish(summary_budget, summary_ceiling, only_lot)
}

impl Walk {
    fn speaks_of_money(&self) -> bool {
        !matches!(
            self.section,
            Section::Qualification
                | Section::Correction
                | Section::Fee
                | Section::Contact
                | Section::BuyerContact
                | Section::AgencyContact
                | Section::Experts
                | Section::Items
                | Section::Bidders
        )
    }

    fn open(&mut self, mark: &Mark) {
        if matches!(
            self.section,
            Section::Start | Section::Basic | Section::Needs | Section::Elsewhere | Section::Proposed
        ) {
            self.lot = Some(mark.clone());
            if mark.title.is_some() {
                self.lot_entry(mark);
            }
        }
    }

    /// 第一包：彩超，预算500万元；第二包：DR，预算360万元。
    fn spoken_of(&mut self, mark: &Mark, rest: &str) {
        if !self.speaks_of_money() || self.lot.is_none() || !rest.contains("预算") {
            return;
        }
        for (mark, text) in by_lots(&format!("{}包：{rest}", mark.label)) {
            if let Some(heard) = spoken(&text, &["预算金额", "采购预算", "预算"]) {
                self.lot_budget(&mark, heard, false);
            }
        }
    }

    fn lot_entry(&mut self, mark: &Mark) -> Option<&mut LotMoney> {
        if let Some(at) = self.lots.iter().position(|lot| lot.mark.label == mark.label) {
            let entry = self.lots.get_mut(at)?;
            if entry.mark.title.is_none() {
                entry.mark.title.clone_from(&mark.title);
            }
            return Some(entry);
        }
        if self.lots.len() >= 500 {
            return None;
        }
        self.lots.push(LotMoney { mark: mark.clone(), budget: Heard::Nothing, ceiling: Heard::Nothing });
        self.lots.last_mut()
    }

    fn lot_budget(&mut self, mark: &Mark, heard: Heard, ceiling: bool) {
        if heard == Heard::Nothing {
            return;
        }
        if let Some(entry) = self.lot_entry(mark) {
            let place = if ceiling { &mut entry.ceiling } else { &mut entry.budget };
            *place = together(vec![std::mem::take(place), heard]);
        }
    }

    fn field(&mut self, field: &Field) {
        if !self.speaks_of_money() {
            return;
        }
        let named = field.lot.as_ref().map(|label| Mark { label: label.clone(), title: None });
        let lot = named.clone().or_else(|| self.lot.clone());
        let both = field.key == Key::Budget && fold(&field.label).contains("限价");
        match field.key {
            Key::LotTitle if matches!(self.section, Section::Basic | Section::Needs | Section::Start) => {
                let label =
                    self.lot.as_ref().map_or_else(|| (self.lots.len() + 1).to_string(), |lot| lot.label.clone());
                // A title without a number opens a lot of its own only where numbers stand before titles.
                if self.lot.is_some() {
                    let mark = Mark { label, title: Some(head(&field.value, 200)) };
                    self.lot_entry(&mark);
                } else {
                    self.lot = Some(Mark { label: String::new(), title: Some(head(&field.value, 200)) });
                }
            }
            Key::Budget | Key::LotBudget | Key::Ceiling | Key::LotCeiling => {
                let ceiling = matches!(field.key, Key::Ceiling | Key::LotCeiling);
                self.money(field, lot.as_ref(), ceiling, both);
            }
            Key::PurchaseSum if lot.is_none() => self.weak.push(hear(&field.label, &field.value, None, "body")),
            _ => self.sentence(&field.value),
        }
    }

    fn money(&mut self, field: &Field, lot: Option<&Mark>, ceiling: bool, both: bool) {
        let parts = by_lots(&field.value);
        if parts.len() > 1 {
            let unit = Unit::in_label(&field.label);
            for (mark, text) in parts {
                let heard = hear("", &text, unit, "body");
                self.lot_budget(&mark, heard, ceiling);
            }
            // What stands before the first lot is the whole: 300万元，其中第一包…
            let lead = before_lots(&field.value);
            let whole = hear(&field.label, &lead, None, "body");
            if matches!(whole, Heard::Sum(_) | Heard::Disagree(..)) {
                self.project(whole, ceiling, both);
            }
            return;
        }
        let mut heard = hear(&field.label, &field.value, None, "body");
        if let (true, Some(sum)) = (matches!(heard, Heard::Unclear(_)), listed(field)) {
            heard = Heard::Sum(sum);
        }
        if !ceiling {
            self.sentence_ceiling(&field.value);
        }
        let of_lot = matches!(field.key, Key::LotBudget | Key::LotCeiling) || lot.is_some();
        match lot {
            Some(mark) if of_lot && !mark.label.is_empty() => {
                let mark = mark.clone();
                self.lot_budget(&mark, heard.clone(), ceiling);
                if both {
                    self.lot_budget(&mark, heard, true);
                }
            }
            Some(_) => {
                // 标项名称 without a number: the one item of the project.
                let mark = Mark { label: String::new(), title: None };
                self.lot_budget(&mark, heard, ceiling);
            }
            None if of_lot => {
                let mark = Mark { label: String::new(), title: None };
                self.lot_budget(&mark, heard, ceiling);
            }
            None => self.project(heard, ceiling, both),
        }
    }

    fn project(&mut self, heard: Heard, ceiling: bool, both: bool) {
        if ceiling {
            self.ceilings.push(heard);
        } else {
            if both {
                self.ceilings.push(heard.clone());
            }
            self.budgets.push(heard);
        }
    }

    fn sentence(&mut self, line: &str) {
        if !self.speaks_of_money() || self.lot.is_some() {
            return;
        }
        if let Some(heard) = spoken(
            line,
            &["采购预算", "项目预算", "预算金额", "预算总额", "预算总金额", "总预算", "预算价", "预算", "总招标金额"],
        ) {
            self.spoken.push(heard);
        }
        self.sentence_ceiling(line);
    }

    fn sentence_ceiling(&mut self, line: &str) {
        if let Some(heard) = spoken(line, &["最高限价", "最高投标限价", "控制价", "拦标价"]) {
            self.spoken_ceilings.push(heard);
        }
    }

    fn sheet(&mut self, sheet: &Sheet) {
        if !self.speaks_of_money() {
            return;
        }
        let budget = sheet.idea(&[Key::Budget, Key::LotBudget, Key::PurchaseSum]);
        let ceiling = sheet.idea(&[Key::Ceiling, Key::LotCeiling]);
        if budget.is_none() && ceiling.is_none() {
            return;
        }
        // 本包预算金额（最高限价，单位：万元）is both.
        let both = budget.filter(|at| sheet.columns.get(*at).is_some_and(|column| column.header.contains("限价")));
        let lot_column = sheet.idea(&[Key::LotNumber, Key::SecondNumber]);
        let title = sheet.idea(&[Key::LotTitle]).or_else(|| sheet.column(Holds::Item));
        let serial = sheet.column(Holds::Serial);
        let items = sheet.column(Holds::Quantity).is_some() || sheet.column(Holds::UnitPrice).is_some();
        let mut told: Vec<Told> = Vec::new();
        let mut untold = false;
        let mut last_budget = None;
        for row in &sheet.rows {
            let text = |at: Option<usize>| at.and_then(|at| row.get(at)).map_or("", |cell| cell.text.as_str());
            let heard = |at: Option<usize>| {
                let column = at.and_then(|at| sheet.columns.get(at));
                column.map_or(Heard::Nothing, |column| {
                    if sheet.is_short(row) {
                        return Heard::Unclear(head(&text(at).replace('\n', " "), 200));
                    }
                    hear(&column.header, &text(at).replace('\n', " "), column.unit, "table")
                })
            };
            let first = fold(row.first().map_or("", |cell| cell.text.as_str()));
            if ["合计", "总计", "共计"].iter().any(|word| first.trim().starts_with(word)) {
                self.project(heard(budget), false, false);
                continue;
            }
            let origin = budget.and_then(|at| row.get(at)).map(|cell| cell.origin);
            let mark = lots::of_cell(text(lot_column))
                .or_else(|| lots::of_number(text(lot_column)))
                .or_else(|| lots::of_cell(text(title)).filter(|mark| mark.title.is_some()))
                .or_else(|| (!items && lot_column.is_none()).then(|| lots::of_cell(text(serial))).flatten());
            if last_budget.is_some() && last_budget == origin {
                // One cell over several lots is theirs together; a cell without a sum leaves this lot without one.
                if let (Some(mark), false) = (&mark, matches!(heard(budget), Heard::Sum(_))) {
                    self.lot_entry(mark);
                }
                continue;
            }
            last_budget = origin;
            match mark.filter(|_| lot_column.is_some() || !items) {
                Some(mut mark) => {
                    if mark.title.is_none() {
                        mark.title = Some(head(&text(title).replace('\n', " "), 200)).filter(|title| !title.is_empty());
                    }
                    // A lot without a sum is a lot: the others are not the whole.
                    if budget.is_some() {
                        self.lot_entry(&mark);
                    }
                    self.lot_budget(&mark, heard(budget), false);
                    self.lot_budget(&mark, heard(ceiling.or(both)), true);
                }
                // A lot whose number is lost is one of the lots all the same.
                None if lot_column.is_some() && matches!(heard(budget), Heard::Sum(_)) => {
                    let mark = Mark { label: String::new(), title: None };
                    self.lot_budget(&mark, heard(budget), false);
                    self.lot_budget(&mark, heard(ceiling.or(both)), true);
                }
                None => {
                    if let Heard::Sum(one) = heard(budget) {
                        told.push(one);
                    } else {
                        untold |= row.iter().any(|cell| !cell.text.is_empty());
                    }
                }
            }
        }
        // Lines of which some print nothing add up to no budget.
        if let Some(sum) = sum_of(&told).filter(|_| !untold) {
            self.weak.push(Heard::Sum(Told { place: "item table".into(), ..sum }));
        }
    }

    fn finish(mut self, summary_budget: &Heard, summary_ceiling: &Heard, only_lot: Option<&str>) -> Budgets {
        if let Some(label) = only_lot {
            for lot in self.lots.iter_mut().filter(|lot| lot.mark.label.is_empty()) {
                lot.mark.label = String::from(label);
            }
        }
        self.fit_lots();
        let lot_sums = complete(&self.lots, |lot| &lot.budget);
        let doubtful = |lot: &LotMoney| matches!(lot.budget, Heard::Several(_) | Heard::Disagree(..));
        let lot_ceilings = complete(&self.lots, |lot| &lot.ceiling).filter(|_| !self.lots.iter().any(doubtful));
        let mut body = together(std::mem::take(&mut self.budgets));
        let stated = body.clone();
        if body == Heard::Nothing {
            body = lot_sums.clone().map_or(Heard::Nothing, Heard::Sum);
        }
        // Lots that do not come to the printed budget are not all of them.
        let all = match (&stated, &lot_sums) {
            (Heard::Sum(stated), Some(sum)) => near(&stated.figure, &sum.figure),
            _ => true,
        };
        let lot_ceilings = lot_ceilings.filter(|_| all);
        for fallback in [std::mem::take(&mut self.spoken), std::mem::take(&mut self.weak)] {
            if body == Heard::Nothing {
                body = agreeing(together(fallback), summary_budget);
            }
        }
        let mut budget = match self.whole_of_part(&stated, summary_budget) {
            Some(settled) => settled,
            None => settle("budget", summary_budget, &body),
        };
        check_lots(&stated, lot_sums.as_ref(), &self.lots, &mut budget.problems);
        let mut ceiling = together(std::mem::take(&mut self.ceilings));
        if ceiling == Heard::Nothing {
            ceiling = together(std::mem::take(&mut self.spoken_ceilings));
        }
        if ceiling == Heard::Nothing {
            ceiling = lot_ceilings.map_or(Heard::Nothing, Heard::Sum);
        }
        fit_unit(&mut ceiling, &budget.amount);
        let mut ceiling = settle("ceiling", summary_ceiling, &ceiling);
        mistrust_ceiling(&mut ceiling, &budget.amount);
        Budgets { budget, ceiling, lots: self.lots }
    }

    /// Bare budgets of lots count in yuan where they add up to a printed budget of the project.
    fn fit_lots(&mut self) {
        let Heard::Sum(stated) = together(self.budgets.clone()) else { return };
        let Some(sum) = complete(&self.lots, |lot| &lot.budget) else { return };
        if stated.figure.unit_by == UnitBy::Nowhere
            || sum.figure.unit_by != UnitBy::Nowhere
            || !near(&stated.figure, &sum.figure)
        {
            return;
        }
        for lot in &mut self.lots {
            if let Heard::Sum(told) = &mut lot.budget {
                told.figure.unit_by = UnitBy::Header;
            }
        }
    }

    /// A notice of one lot that is not the first shows the whole project's budget in its summary.
    fn whole_of_part(&self, stated: &Heard, summary: &Heard) -> Option<Settled> {
        let (Heard::Sum(summary), [lot]) = (summary, &self.lots[..]) else { return None };
        let ((Heard::Sum(part), _) | (Heard::Nothing, Heard::Sum(part))) = (&lot.budget, &lot.ceiling) else {
            return None;
        };
        let label = lot.mark.label.trim_start_matches('0');
        let later = !matches!(label, "" | "1" | "A");
        let same = match stated {
            Heard::Sum(stated) => near(&stated.figure, &part.figure),
            Heard::Nothing => true,
            _ => false,
        };
        let larger = summary.figure.money.ten_thousandths > part.figure.money.ten_thousandths
            && summary.figure.money.ten_thousandths / 100 < part.figure.money.ten_thousandths
            && !near(&summary.figure, &part.figure);
        (later && same && larger).then(|| Settled {
            amount: Amount::disclosed(summary.figure.money, "summary"),
            problems: Vec::new(),
            evidence: Some(Evidence {
                rule: "the whole project's budget in a notice of one lot".into(),
                passage: summary.passage.clone(),
            }),
        })
    }
}

/// 最高限价（元）：2000000,1500000 — one number for each lot, in the label's unit.
fn listed(field: &Field) -> Option<Told> {
    let unit = Unit::in_label(&field.label)?;
    let value = fold(&field.value);
    let parts: Vec<&str> = value.split([',', '、', ';']).map(str::trim).collect();
    let plain = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit() || c == '.');
    if parts.len() < 2 || parts.len() > 60 || !parts.iter().all(plain) {
        return None;
    }
    let told: Option<Vec<Told>> = parts
        .iter()
        .map(|part| match hear(&field.label, part, Some(unit), "body") {
            Heard::Sum(told) => Some(told),
            _ => None,
        })
        .collect();
    sum_of(&told?)
}

/// What stands before the first lot's mark.
fn before_lots(value: &str) -> String {
    let cut = [
        "其中",
        "第一包",
        "第1包",
        "包1",
        "A包",
        "一包",
        "01包",
        "1包",
        "包一",
        "标项1",
        "标段1",
        "一标段",
        "第一标段",
    ]
    .iter()
    .filter_map(|word| value.find(word))
    .min();
    value.get(..cut.unwrap_or(0)).unwrap_or_default().to_owned()
}

fn complete(lots: &[LotMoney], money: impl Fn(&LotMoney) -> &Heard) -> Option<Told> {
    let told: Vec<Told> = lots
        .iter()
        .filter_map(|lot| match money(lot) {
            Heard::Sum(told) => Some(told.clone()),
            _ => None,
        })
        .collect();
    (!told.is_empty() && told.len() == lots.len()).then(|| sum_of(&told)).flatten()
}

/// A sum from a sentence counts alone only where the summary does not contradict it, or has none.
fn agreeing(heard: Heard, summary: &Heard) -> Heard {
    match (&heard, summary) {
        (Heard::Sum(_), _) | (_, Heard::Nothing) => heard,
        (Heard::Several(several), Heard::Sum(summary)) => {
            several.iter().find(|told| near(&told.figure, &summary.figure)).cloned().map_or(Heard::Nothing, Heard::Sum)
        }
        _ => Heard::Nothing,
    }
}

fn check_lots(stated: &Heard, sum: Option<&Told>, lots: &[LotMoney], problems: &mut Vec<Problem>) {
    if let (Heard::Sum(stated), Some(sum)) = (stated, sum)
        && lots.len() > 1
        && !near(&stated.figure, &sum.figure)
    {
        problems.push(problem(
            "budget",
            "the lots do not add up to the printed budget",
            &format!("{} | {}", stated.passage, sum.passage),
        ));
    }
}
