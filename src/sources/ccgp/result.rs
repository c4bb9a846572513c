//! Who won which lot for what, as a result notice prints it: label lines, tables, sentences of older pages. Losers, scores and
//! fees are passed over. Collects; sums are settled elsewhere.

use std::sync::LazyLock;

use crate::domain::organisation::Organisation;
use crate::domain::words::{Words, any_of};
use crate::sources::dialect::fold::{head, squeeze};
use crate::sources::dialect::names;
use crate::sources::dialect::units::Unit;

use super::clauses::{by_lots, name_and_sum, without_tail};
use super::columns::Sheets;
use super::labels::{Key, classify};
use super::lots::{self, Mark};
use super::money::{Heard, hear};
use super::outline::{Field, Kind, Outline};
use super::repeats::tidy_up;
use super::sections::Section;

/// One award, or one failed lot, as printed in one place.
#[derive(Clone, Debug, Default)]
pub(super) struct Win {
    pub lot: Option<Mark>,
    pub suppliers: Vec<Organisation>,
    pub joint: bool,
    pub sum: Heard,
    /// Places of one merged cell share it: one sum for several suppliers.
    pub sum_origin: Option<usize>,
    /// The number of its row: its lot's, where other rows are lots.
    pub serial: Option<Mark>,
    pub failed: bool,
    /// Its sum stood under 投标报价: a 中标金额 beside it is better.
    pub quoted: bool,
    pub passage: String,
}

/// A line of the item table.
#[derive(Clone, Debug)]
pub(super) struct ItemLine {
    pub lot: Option<String>,
    pub supplier: Option<String>,
    pub name: String,
    pub total: Heard,
    /// Its total is what it may cost, not what it was given for.
    pub is_budget: bool,
}

/// All that a body says of a result.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub wins: Vec<Win>,
    pub totals: Vec<Heard>,
    pub items: Vec<ItemLine>,
    pub reason: Option<String>,
    /// Titles of lots by label.
    pub titles: Vec<Mark>,
    /// The labels of all lots that are spoken of.
    pub labels: Vec<String>,
}

const FAILED: [&str; 17] = [
    "废标",
    "流标",
    "采购失败",
    "招标失败",
    "终止采购",
    "采购终止",
    "终止招标",
    "不足三家",
    "不足3家",
    "不足两家",
    "终止本",
    "合同包终止",
    "采购活动终止",
    "失败",
    "未成交",
    "采购任务取消",
    "终止",
];

/// Words before a table or a line that say: these are not the winners.
pub(super) const NOT_WINNERS: [&str; 22] = [
    "未中标",
    "未成交",
    "落标",
    "评审报价",
    "资格审查",
    "符合性",
    "投标供应商",
    "投标人名",
    "排序",
    "排名",
    "候选",
    "得分",
    "报价一览",
    "报价情况",
    "投标报价",
    "参加投标",
    "参与投标",
    "开标记录",
    "评审情况",
    "评标情况",
    "被否决",
    "无效投标",
];

/// Whether a text says that a lot failed.
pub(super) fn says_failed(text: &str) -> bool {
    static SEARCH: LazyLock<Words> = LazyLock::new(|| Words::of(&FAILED));
    let plain = squeeze(text);
    SEARCH.stand_in(&plain)
        && !any_of!(&plain, ["无废标", "废标条款", "非废标", "未废标", "不予废标", "否则废标", "作废标处理"])
}

/// Reads all of it.
pub(super) fn find(outline: &Outline) -> Found {
    let mut walk = Walk::default();
    for piece in &outline.pieces {
        walk.section = piece.section;
        match &piece.kind {
            Kind::Heading(text) => {
                walk.close();
                walk.lot = None;
                walk.context.clone_from(text);
                walk.losing = false;
            }
            Kind::Lot { mark, rest } => walk.lot(mark, rest),
            Kind::Field(field) => walk.field(field),
            Kind::Line(line) => walk.line(line),
            Kind::Table(read) => walk.table(read),
        }
    }
    walk.close();
    let mut found = walk.found;
    tidy_up(&mut found);
    found
}

/// Walks a body's pieces, remembering lot, winner and section.
#[derive(Default)]
pub(super) struct Walk {
    pub(super) found: Found,
    pub(super) section: Section,
    pub(super) lot: Option<Mark>,
    pub(super) current: Option<Win>,
    /// The last line that is no lot mark: what a table after it is about.
    pub(super) context: String,
    /// Below words that introduce bidders who did not win.
    pub(super) losing: bool,
}

impl Walk {
    /// Whether a winner may be named here.
    fn may_award(&self) -> bool {
        matches!(
            self.section,
            Section::Start
                | Section::Basic
                | Section::Result
                | Section::Elsewhere
                | Section::Failure
                | Section::Items
                | Section::Contract
        )
    }

    fn in_result(&self) -> bool {
        matches!(self.section, Section::Result | Section::Start | Section::Failure | Section::Contract)
    }

    pub(super) fn close(&mut self) {
        if let Some(win) = self.current.take()
            && (!win.suppliers.is_empty() || win.failed || win.sum != Heard::Nothing)
        {
            self.found.wins.push(win);
        }
    }

    fn lot(&mut self, mark: &Mark, rest: &str) {
        if matches!(self.section, Section::Experts | Section::Fee | Section::Contact) {
            return;
        }
        let same = self.lot.as_ref().is_some_and(|lot| lot.label == mark.label);
        if !same {
            self.close();
        }
        self.lot = Some(mark.clone());
        self.label();
        if mark.title.is_some() {
            self.found.titles.push(mark.clone());
        }
        if self.may_award()
            && self.section != Section::Items
            && says_failed(rest)
            && rest.chars().count() < 160
            && names::split(rest).0.iter().all(|n| !n.ends_with("公司"))
        {
            self.fail(rest);
        }
    }

    /// Remembers that the lot is spoken of.
    pub(super) fn label(&mut self) {
        if let Some(lot) = &self.lot
            && !self.found.labels.contains(&lot.label)
            && self.found.labels.len() < 500
        {
            self.found.labels.push(lot.label.clone());
        }
    }

    pub(super) fn fail(&mut self, passage: &str) {
        self.close();
        self.found.wins.push(Win {
            lot: self.lot.clone(),
            failed: true,
            passage: head(passage, 200),
            ..Win::default()
        });
        if self.found.reason.is_none() {
            self.found.reason = Some(head(passage, 200));
        }
    }

    fn field(&mut self, field: &Field) {
        if let Some(label) = &field.lot
            && self.lot.as_ref().is_none_or(|lot| lot.label != *label)
        {
            self.close();
            self.lot = Some(Mark { label: label.clone(), title: None });
        }
        match field.key {
            Key::FailReason if self.section != Section::Qualification => self.fail_reason(field),
            Key::LotResult if says_failed(&field.value) && self.may_award() => {
                self.fail(&format!("{}{}", field.label, field.value));
            }
            Key::LotTitle if self.may_award() && self.section != Section::Items => self.title(&field.value),
            Key::Supplier if self.may_award() && self.may_win(field) => self.supplier(field),
            Key::AwardTotal => {
                let heard = hear(&field.label, &field.value, None, "body");
                if heard != Heard::Nothing {
                    self.found.totals.push(heard);
                }
            }
            Key::Award if self.may_award() && self.section != Section::Items => self.sum(field),
            Key::Quote if self.in_result() && self.current.as_ref().is_some_and(|win| !win.suppliers.is_empty()) => {
                self.sum(field);
            }
            Key::SupplierAddress => self.address(&field.value),
            Key::UnitNote => self.unit_note(&field.label, &field.value),
            Key::Name if Unit::in_label(&field.value).is_some() && field.value.chars().count() <= 4 => {
                self.unit_note(&field.label, &field.value);
            }
            Key::Member if self.in_result() => self.member(field),
            Key::Address
                if (self.in_result() || self.section == Section::Basic)
                    && self.current.as_ref().is_some_and(|win| !win.suppliers.is_empty()) =>
            {
                self.address(&field.value);
            }
            Key::CreditCode => self.code(&field.value),
            Key::Name if self.section == Section::Result && self.context_is_winner() => self.supplier(field),
            Key::Loser | Key::Candidate => {
                self.close();
                self.losing = true;
                self.context.clone_from(&field.label);
            }
            // 某项目（招标编号：A-1）…确定甲公司为中标人: the sentence went on behind the number.
            Key::Number | Key::Title if self.may_award() => self.sentence(&head(&field.value, 400)),
            _ => {}
        }
    }

    /// A plain 供应商名称 below losers, or after winners in another section, names no winner.
    fn may_win(&mut self, field: &Field) -> bool {
        if ["中标", "成交", "中选", "入围"].iter().any(|word| field.label.contains(word)) {
            self.losing = false;
            return true;
        }
        !self.losing && (self.section != Section::Elsewhere || self.found.wins.is_empty())
    }

    fn context_is_winner(&self) -> bool {
        classify(&self.context) == Some(Key::Supplier)
    }

    fn fail_reason(&mut self, field: &Field) {
        let value = field.value.trim_matches(['/', '-', '无', ' ', '。']);
        if value.is_empty() || matches!(self.section, Section::Needs | Section::Documents) {
            return;
        }
        let open = self.current.as_ref().is_some_and(|win| !win.suppliers.is_empty());
        if !open {
            self.current = None;
            self.fail(&format!("{}{}", field.label, field.value));
        }
    }

    fn title(&mut self, value: &str) {
        // 标段名称：一标段 names the lot itself.
        if let Some((mark, _)) = lots::heading(value)
            && self.lot.as_ref().is_none_or(|lot| lot.label != mark.label)
        {
            self.close();
            self.lot = Some(mark);
        }
        if let Some(lot) = &mut self.lot {
            lot.title = Some(head(value, 200)).filter(|title| !title.is_empty());
            self.found.titles.push(lot.clone());
            if let Some(win) = &mut self.current {
                win.lot = Some(lot.clone());
            }
        }
    }

    fn supplier(&mut self, field: &Field) {
        let by_lot = by_lots(&field.value);
        if by_lot.len() > 1 {
            self.close();
            for (mark, text) in by_lot {
                self.lot = Some(mark);
                self.name(&text, &field.label);
                self.close();
            }
            return;
        }
        let (mark, text) =
            by_lot.into_iter().next().map_or((None, field.value.clone()), |(mark, text)| (Some(mark), text));
        if mark.is_some() {
            self.close();
            self.lot = mark;
        }
        self.name(&text, &field.label);
    }

    /// A winner's name, perhaps with its sum behind it.
    pub(super) fn name(&mut self, text: &str, label: &str) {
        if says_failed(text) && !text.contains("公司") {
            self.fail(&format!("{label}{text}"));
            return;
        }
        let (name_text, sum) = name_and_sum(text);
        let name_text = without_tail(&name_text);
        let (found, joint) = names::split(&name_text);
        if found.is_empty() {
            return;
        }
        let code = names::credit_code(text);
        let mut suppliers: Vec<Organisation> = found.into_iter().map(Organisation::named).collect();
        if let [one] = &mut suppliers[..] {
            one.credit_code = code;
        }
        let waits = self.current.as_ref().is_some_and(|win| win.suppliers.is_empty() && !win.failed);
        if !waits {
            self.close();
        }
        let lot = self.lot.clone();
        let win = self.current.get_or_insert_with(Win::default);
        win.lot = lot;
        win.suppliers = suppliers;
        win.joint = joint || label.contains("联合体");
        win.passage = head(&format!("{label}{text}"), 200);
        if sum != Heard::Nothing {
            win.sum = sum;
        }
    }

    /// 联合体成员：某公司 beside the winner whom it joined.
    fn member(&mut self, field: &Field) {
        let (found, _) = names::split(&field.value);
        let found: Vec<String> = found.into_iter().filter(|name| names::looks_like_one(name)).collect();
        if found.is_empty() || self.losing {
            return;
        }
        let open = self.current.as_ref().is_some_and(|win| !win.suppliers.is_empty() && !win.failed);
        if !open || field.label.contains("牵头") || field.label.contains("主体") {
            self.supplier(field);
            return;
        }
        if let Some(win) = &mut self.current {
            for name in found {
                if win.suppliers.iter().all(|known| known.name != name) {
                    win.suppliers.push(Organisation::named(name));
                }
            }
            win.joint = win.suppliers.len() > 1;
        }
    }

    /// The only winner's address; of partners, as many addresses as names, each at its place.
    fn address(&mut self, value: &str) {
        let address = head(&value.replace('\n', " "), 300);
        let Some(win) = &mut self.current else { return };
        let several: Vec<&str> = address.split(['、', '；', ';']).map(str::trim).collect();
        let parts = if win.suppliers.len() == 1 { vec![address.as_str()] } else { several };
        if parts.len() == win.suppliers.len() && parts.iter().all(|part| !part.is_empty() && *part != "/") {
            for (supplier, part) in win.suppliers.iter_mut().zip(parts) {
                supplier.address.get_or_insert_with(|| part.to_owned());
            }
        }
    }

    fn code(&mut self, value: &str) {
        if let Some(win) = &mut self.current
            && let [one] = &mut win.suppliers[..]
            && one.credit_code.is_none()
        {
            one.credit_code = names::credit_code(value);
        }
    }

    fn line(&mut self, line: &str) {
        static SEARCH: LazyLock<Words> = LazyLock::new(|| Words::of(&NOT_WINNERS));
        if self.may_award() && self.section != Section::Items {
            self.sentence(line);
            self.name_alone(line);
        }
        if self.section == Section::Failure && self.found.reason.is_none() && self.lot.is_none() {
            self.found.reason = Some(head(line, 200));
        }
        // 39 characters are 156 bytes at most.
        if line.len() <= 156 && line.chars().count() < 40 && SEARCH.stand_in(line) {
            self.close();
            self.losing = true;
        }
        self.context = head(line, 200);
    }

    fn table(&mut self, read: &Sheets) {
        for sheet in &read.sheets {
            if let Some(mark) = &sheet.lot {
                self.lot(mark, "");
            }
            self.sheet(sheet);
        }
    }
}
