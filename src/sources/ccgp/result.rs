//! Who won which lot for what, as a result notice prints it: label lines, tables, sentences of older pages. Losers, scores and
//! fees are passed over. Collects; sums are settled elsewhere.

use crate::domain::organisation::Organisation;
use crate::sources::dialect::amounts::Unit;
use crate::sources::dialect::blocks::{Cell, Grid};
use crate::sources::dialect::fold::{fold, head, squeeze};
use crate::sources::dialect::names;

use super::columns::{Holds, Sheet, sheets};
use super::labels::{Key, classify};
use super::lots::{self, Mark};
use super::money::{Heard, hear};
use super::outline::{Field, Kind, Outline, Section};

/// One award, or one failed lot, as printed in one place.
#[derive(Clone, Debug, Default)]
pub(super) struct Win {
    pub lot: Option<Mark>,
    pub suppliers: Vec<Organisation>,
    pub joint: bool,
    pub sum: Heard,
    /// Places of one merged cell share it: one sum for several suppliers.
    pub sum_origin: Option<usize>,
    pub failed: bool,
    pub passage: String,
}

/// A line of the item table.
#[derive(Clone, Debug)]
pub(super) struct ItemLine {
    pub lot: Option<String>,
    pub supplier: Option<String>,
    pub name: String,
    pub total: Heard,
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
const NOT_WINNERS: [&str; 22] = [
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
    let plain = squeeze(text);
    FAILED.iter().any(|word| plain.contains(word))
        && !["无废标", "废标条款", "非废标", "未废标", "不予废标", "否则废标", "作废标处理"]
            .iter()
            .any(|word| plain.contains(word))
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
                if piece.section == Section::Failure {
                    walk.failing = true;
                }
            }
            Kind::Lot { mark, rest } => walk.lot(mark, rest),
            Kind::Field(field) => walk.field(field),
            Kind::Line(line) => walk.line(line),
            Kind::Table(grid) => walk.table(grid),
        }
    }
    walk.close();
    let mut found = walk.found;
    tidy_up(&mut found);
    found
}

#[derive(Default)]
struct Walk {
    found: Found,
    section: Section,
    lot: Option<Mark>,
    current: Option<Win>,
    /// The last line that is no lot mark: what a table after it is about.
    context: String,
    failing: bool,
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

    fn close(&mut self) {
        if let Some(win) = self.current.take()
            && (!win.suppliers.is_empty() || win.failed || win.sum != Heard::Nothing && self.lot.is_some())
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

    fn fail(&mut self, passage: &str) {
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
        if let Some(label) = &field.lot {
            if self.lot.as_ref().is_none_or(|lot| lot.label != *label) {
                self.close();
                self.lot = Some(Mark { label: label.clone(), title: None });
            }
        }
        match field.key {
            Key::FailReason if self.section != Section::Qualification => self.fail_reason(field),
            Key::LotResult if says_failed(&field.value) && self.may_award() => {
                self.fail(&format!("{}{}", field.label, field.value))
            }
            Key::LotTitle if self.may_award() && self.section != Section::Items => self.title(&field.value),
            Key::Supplier if self.may_award() => self.supplier(field),
            Key::AwardTotal => {
                let heard = hear(&field.label, &field.value, None, "body");
                if heard != Heard::Nothing {
                    self.found.totals.push(heard);
                }
            }
            Key::Award if self.may_award() && self.section != Section::Items => self.sum(field),
            Key::Quote if self.in_result() && self.current.as_ref().is_some_and(|win| !win.suppliers.is_empty()) => {
                self.sum(field)
            }
            Key::SupplierAddress => self.address(&field.value),
            Key::Address
                if (self.in_result() || self.section == Section::Basic)
                    && self.current.as_ref().is_some_and(|win| !win.suppliers.is_empty()) =>
            {
                self.address(&field.value)
            }
            Key::CreditCode => self.code(&field.value),
            Key::Name if self.section == Section::Result && self.context_is_winner() => self.supplier(field),
            Key::Loser | Key::Candidate => {
                self.close();
                self.context.clone_from(&field.label);
            }
            _ => {}
        }
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
    fn name(&mut self, text: &str, label: &str) {
        if says_failed(text) && !text.contains("公司") {
            self.fail(&format!("{label}{text}"));
            return;
        }
        let (name_text, sum) = name_and_sum(text);
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

    fn sum(&mut self, field: &Field) {
        let by_lot = by_lots(&field.value);
        if by_lot.len() > 1 {
            self.sums_by_lot(&by_lot, field);
            return;
        }
        let heard = hear(&field.label, &field.value, None, "body");
        if heard == Heard::Nothing {
            return;
        }
        match &mut self.current {
            Some(win) if win.sum == Heard::Nothing => win.sum = heard,
            Some(win) if field.key == Key::Award && matches!(win.sum, Heard::NoSum(_) | Heard::Unclear(_)) => {
                win.sum = heard
            }
            // A second print of a sum beside the same winner: only one that differs matters.
            Some(win) if field.key == Key::Award && !win.suppliers.is_empty() => {
                win.sum = super::money::together(vec![std::mem::take(&mut win.sum), heard]);
            }
            Some(_) => {}
            None => {
                let passage = head(&format!("{}{}", field.label, field.value), 200);
                self.current = Some(Win { lot: self.lot.clone(), sum: heard, passage, ..Win::default() });
            }
        }
    }

    fn sums_by_lot(&mut self, by_lot: &[(Mark, String)], field: &Field) {
        self.close();
        for (mark, text) in by_lot {
            let heard = hear("", text, Unit::in_label(&field.label), "body");
            if let Some(win) =
                self.found.wins.iter_mut().find(|win| win.lot.as_ref().is_some_and(|lot| lot.label == mark.label))
            {
                if win.sum == Heard::Nothing {
                    win.sum = heard;
                }
            } else if heard != Heard::Nothing {
                self.found.wins.push(Win {
                    lot: Some(mark.clone()),
                    sum: heard,
                    passage: head(text, 200),
                    ..Win::default()
                });
            }
        }
    }

    fn address(&mut self, value: &str) {
        let address = head(&value.replace('\n', " "), 300);
        if let Some(win) = &mut self.current
            && let [one] = &mut win.suppliers[..]
            && one.address.is_none()
            && !address.is_empty()
            && address != "/"
        {
            one.address = Some(address);
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
        if self.may_award() && self.section != Section::Items {
            self.sentence(line);
        }
        if self.section == Section::Failure && self.found.reason.is_none() && self.lot.is_none() {
            self.found.reason = Some(head(line, 200));
        }
        self.context = head(line, 200);
    }

    /// Old pages say it in words: 中标供应商为某公司，中标金额为…; 第2包因…废标.
    fn sentence(&mut self, line: &str) {
        let plain = fold(line);
        if let Some((_, mark)) = lots::leading(plain.trim())
            && says_failed(&plain)
            && plain.chars().count() < 200
        {
            let kept = self.lot.replace(mark);
            self.fail(line);
            self.lot = kept;
            return;
        }
        if matches!(self.section, Section::Result | Section::Failure)
            && self.lot.is_some()
            && self.current.is_none()
            && says_failed(&plain)
            && plain.chars().count() < 120
        {
            let label = self.lot.as_ref().map(|lot| lot.label.clone());
            let known = self.found.wins.iter().any(|win| win.lot.as_ref().map(|lot| lot.label.clone()) == label);
            if !known {
                self.fail(line);
            }
            return;
        }
        for lead in [
            "中标供应商为",
            "成交供应商为",
            "中标人为",
            "中标单位为",
            "成交单位为",
            "成交人为",
            "确定成交供应商为",
            "中标供应商是",
            "中标商为",
            "成交商为",
        ] {
            let Some(at) = plain.find(lead) else { continue };
            let rest: String =
                plain.get(at + lead.len()..).unwrap_or_default().trim_start_matches([':', ' ']).to_owned();
            let name: String = rest.split([',', '，', '。', ';', '；']).next().unwrap_or_default().to_owned();
            if names::clean(&name).is_some_and(|name| names::looks_like_one(&name)) {
                self.name(&name, lead);
                let sum_at = ["中标金额", "成交金额", "中标价", "成交价"].iter().find_map(|word| rest.find(word));
                if let Some(tail) = sum_at.and_then(|at| rest.get(at..))
                    && let Some(win) = &mut self.current
                    && win.sum == Heard::Nothing
                {
                    win.sum = hear("", tail, None, "body");
                }
            }
            return;
        }
    }

    fn table(&mut self, grid: &Grid) {
        let read = sheets(grid);
        for (label, value) in &read.pairs {
            if let Some(key) = classify(label) {
                let lot = lots::leading(&fold(label)).map(|(_, mark)| mark.label);
                let field = Field { key, label: label.clone(), value: value.replace('\n', " "), lot };
                if key == Key::LotNumber {
                    if let Some(mark) = lots::of_cell(value) {
                        self.lot(&mark, "");
                    }
                } else {
                    self.field(&field);
                }
            }
        }
        for sheet in &read.sheets {
            if let Some(mark) = &sheet.lot {
                self.lot(mark, "");
            }
            self.sheet(sheet);
        }
    }

    fn sheet(&mut self, sheet: &Sheet) {
        let item_like = sheet.column(Holds::UnitPrice).is_some()
            || sheet.column(Holds::Quantity).is_some() && sheet.column(Holds::Item).is_some()
            || self.section == Section::Items;
        let supplier = sheet.idea(&[Key::Supplier]);
        let award = sheet.idea(&[Key::Award, Key::AwardTotal]);
        let reason = sheet.idea(&[Key::FailReason]);
        if item_like {
            self.items(sheet);
        }
        if self.not_winners(sheet)
            || matches!(
                self.section,
                Section::Experts | Section::Fee | Section::Contact | Section::Needs | Section::Qualification
            )
        {
            return;
        }
        let names_winners = supplier.is_some_and(|at| {
            sheet
                .columns
                .get(at)
                .is_some_and(|column| ["中标", "成交", "中选", "入围"].iter().any(|word| column.header.contains(word)))
        });
        let wins = supplier.is_some()
            && (award.is_some() || names_winners || self.section == Section::Result && !item_like)
            && (self.section != Section::Items || award.is_some() && names_winners);
        if let Some(supplier) = supplier.filter(|_| wins) {
            self.rows(sheet, supplier, award);
        } else if let Some(reason) = reason {
            self.failed_rows(sheet, reason);
        }
    }

    /// A ranking, a list of bidders, a list of candidates.
    fn not_winners(&self, sheet: &Sheet) -> bool {
        let losers = sheet.columns.iter().any(|column| {
            matches!(column.holds, Holds::Idea(Key::Loser | Key::Candidate))
                || column.header.contains("候选")
                || column.header.contains("未中标")
        });
        let ranked = sheet.column(Holds::Rank).is_some() && sheet.idea(&[Key::Award]).is_none();
        let context = squeeze(&self.context);
        let introduced = NOT_WINNERS.iter().any(|word| context.contains(word)) && sheet.idea(&[Key::Award]).is_none();
        losers
            || ranked
            || introduced
            || matches!(self.section, Section::Bidders | Section::Candidates | Section::Proposed)
    }

    fn rows(&mut self, sheet: &Sheet, supplier: usize, award: Option<usize>) {
        self.close();
        let quote = award.or_else(|| {
            sheet
                .idea(&[Key::Quote])
                .or_else(|| if sheet.column(Holds::UnitPrice).is_none() { sheet.column(Holds::Total) } else { None })
        });
        let rank = sheet.column(Holds::Rank);
        let lot_column = sheet.idea(&[Key::LotNumber]);
        let lot_title = sheet.idea(&[Key::LotTitle]);
        let serial = sheet.column(Holds::Serial);
        let result = sheet.idea(&[Key::LotResult]);
        let kept = self.lot.clone();
        let several = sheet.rows.len() > 1;
        let mut last_origin = None;
        for row in &sheet.rows {
            let text = |at: Option<usize>| at.and_then(|at| row.get(at)).map_or("", |cell| cell.text.as_str());
            let name = text(Some(supplier));
            let row_text = row_text(row);
            if let Some(first) = row.first()
                && row.iter().all(|cell| cell.origin == first.origin)
            {
                continue;
            }
            if rank.is_some()
                && !matches!(squeeze(text(rank)).as_str(), "" | "1" | "第一" | "第1" | "第一名" | "一" | "第1名")
            {
                continue;
            }
            self.lot = lots::of_cell(text(lot_column))
                .or_else(|| lots::of_cell(text(lot_title)).filter(|mark| mark.title.is_some() || lot_column.is_none()))
                .or_else(|| {
                    (several && lot_column.is_none() && kept.is_none()).then(|| lots::of_cell(text(serial))).flatten()
                })
                .or_else(|| kept.clone());
            if let Some(lot) = &mut self.lot
                && lot.title.is_none()
                && !text(lot_title).is_empty()
            {
                lot.title = Some(head(&text(lot_title).replace('\n', ""), 200));
            }
            let not_won = matches!(squeeze(text(result)).as_str(), "否" | "未中标" | "未成交" | "不成交" | "落标");
            if not_won {
                continue;
            }
            let no_name =
                names::clean(&name.replace('\n', "")).is_none() || says_failed(name) && !name.contains("公司");
            if no_name {
                if says_failed(&row_text) {
                    self.fail(&row_text);
                }
                continue;
            }
            let supplier_origin = row.get(supplier).map(|cell| cell.origin);
            let sum_origin = quote.and_then(|at| row.get(at)).map(|cell| cell.origin);
            // One merged cell over several lines of items is one award.
            if last_origin == Some((supplier_origin, sum_origin)) {
                continue;
            }
            last_origin = Some((supplier_origin, sum_origin));
            self.row(sheet, row, name, quote, sum_origin, &row_text);
        }
        self.lot = kept;
    }

    fn row(
        &mut self,
        sheet: &Sheet,
        row: &[Cell],
        name: &str,
        quote: Option<usize>,
        sum_origin: Option<usize>,
        row_text: &str,
    ) {
        let (found, joint) = names::split(name);
        let mut suppliers: Vec<Organisation> = found.into_iter().map(Organisation::named).collect();
        let text = |at: Option<usize>| at.and_then(|at| row.get(at)).map_or("", |cell| cell.text.as_str());
        if let [one] = &mut suppliers[..] {
            one.credit_code =
                names::credit_code(text(sheet.idea(&[Key::CreditCode]))).or_else(|| names::credit_code(name));
            let address = sheet.idea(&[Key::SupplierAddress, Key::Address]);
            one.address = Some(head(&text(address).replace('\n', " "), 300))
                .filter(|address| !address.is_empty() && address != "/");
        }
        let sum = quote.map_or(Heard::Nothing, |at| {
            let column = sheet.columns.get(at);
            let header = column.map_or("", |column| column.header.as_str());
            hear(header, &text(Some(at)).replace('\n', " "), column.and_then(|column| column.unit), "table")
        });
        self.found.wins.push(Win {
            lot: self.lot.clone(),
            suppliers,
            joint: joint || name.contains("联合体"),
            sum,
            sum_origin,
            failed: false,
            passage: head(row_text, 200),
        });
    }

    fn failed_rows(&mut self, sheet: &Sheet, reason: usize) {
        self.close();
        let lot_column = sheet.idea(&[Key::LotNumber]).or_else(|| sheet.column(Holds::Serial));
        let lot_title = sheet.idea(&[Key::LotTitle]);
        let kept = self.lot.clone();
        for row in &sheet.rows {
            let text = |at: Option<usize>| at.and_then(|at| row.get(at)).map_or("", |cell| cell.text.as_str());
            if text(Some(reason)).trim_matches(['/', '-', '无', ' ']).is_empty() {
                continue;
            }
            self.lot =
                lots::of_cell(text(lot_column)).or_else(|| lots::of_cell(text(lot_title))).or_else(|| kept.clone());
            if let Some(lot) = &mut self.lot
                && lot.title.is_none()
                && !text(lot_title).is_empty()
            {
                lot.title = Some(head(&text(lot_title).replace('\n', ""), 200));
            }
            self.fail(&row_text(row));
        }
        self.lot = kept;
    }

    fn items(&mut self, sheet: &Sheet) {
        let name = sheet.column(Holds::Item).or_else(|| sheet.idea(&[Key::ItemsPath, Key::LotTitle]));
        let total = sheet.column(Holds::Total).or_else(|| sheet.idea(&[Key::Award, Key::Quote]));
        let supplier = sheet.idea(&[Key::Supplier]);
        let lot_column = sheet.idea(&[Key::LotNumber]);
        for row in sheet.rows.iter().take(2_000) {
            let text = |at: Option<usize>| at.and_then(|at| row.get(at)).map_or("", |cell| cell.text.as_str());
            let item = head(&text(name).replace('\n', " "), 200);
            if item.is_empty() || squeeze(&item).starts_with("合计") {
                continue;
            }
            let column = total.and_then(|at| sheet.columns.get(at));
            let heard = column.map_or(Heard::Nothing, |column| {
                hear(&column.header, &text(total).replace('\n', " "), column.unit, "item table")
            });
            let lot = lots::of_cell(text(lot_column)).or_else(|| self.lot.clone()).map(|mark| mark.label);
            self.found.items.push(ItemLine { lot, supplier: names::clean(text(supplier)), name: item, total: heard });
        }
    }
}

fn row_text(row: &[Cell]) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut last = None;
    for cell in row {
        if last != Some(cell.origin) && !cell.text.is_empty() {
            texts.push(cell.text.replace('\n', " "));
        }
        last = Some(cell.origin);
    }
    texts.join(" | ")
}

/// 第一包：甲公司；第二包：乙公司 as lots and what is said of each.
pub(super) fn by_lots(value: &str) -> Vec<(Mark, String)> {
    let mut out: Vec<(Mark, String)> = Vec::new();
    for part in value.split(['；', ';', '\n', '。', '，', ',', ' ']) {
        let part = part.trim();
        if part.is_empty() {
            continue;
        }
        match lots::heading(part) {
            Some((mark, rest)) => out.push((mark, rest)),
            None => {
                let Some((_, text)) = out.last_mut() else { continue };
                text.push(' ');
                text.push_str(part);
            }
        }
    }
    out.retain(|(_, text)| !text.trim().is_empty());
    out
}

/// A name with a sum behind it: 甲公司，中标金额100万元; 甲公司（￥1,000元）.
fn name_and_sum(text: &str) -> (String, Heard) {
    for word in ["中标金额", "成交金额", "中标价", "成交价", "投标报价", "报价", "金额"] {
        if let Some(at) = text.find(word).filter(|at| *at > 6) {
            let name =
                text.get(..at).unwrap_or_default().trim_end_matches(['（', '(', '，', ',', ' ', '；', ';', '：', ':']);
            let sum = text.get(at..).unwrap_or_default();
            let value = sum.trim_start_matches(word).trim_start_matches(['：', ':', '为', ' ']);
            return (name.to_owned(), hear(word, value, None, "body"));
        }
    }
    (text.to_owned(), Heard::Nothing)
}

/// One award printed twice is one; a sum without a winner goes to the winner without a sum.
fn tidy_up(found: &mut Found) {
    let mut kept: Vec<Win> = Vec::new();
    for win in std::mem::take(&mut found.wins) {
        let label = win.lot.as_ref().map(|lot| lot.label.as_str());
        let same_lot = |known: &Win| {
            let other = known.lot.as_ref().map(|lot| lot.label.as_str());
            other == label || other.is_none() || label.is_none()
        };
        if win.failed {
            let known = kept.iter().any(|known| {
                known.lot.as_ref().map(|lot| lot.label.as_str()) == label && (known.failed || label.is_some())
            });
            if !known {
                kept.push(win);
            }
            continue;
        }
        if win.suppliers.is_empty() {
            if let Some(known) =
                kept.iter_mut().rev().find(|known| !known.failed && known.sum == Heard::Nothing && same_lot(known))
            {
                known.sum = win.sum;
                known.sum_origin = win.sum_origin;
            }
            continue;
        }
        let names =
            |win: &Win| -> Vec<String> { win.suppliers.iter().map(|supplier| squeeze(&supplier.name)).collect() };
        let twin = kept.iter_mut().find(|known| {
            !known.failed
                && same_lot(known)
                && names(known) == names(&win)
                && (known.sum == Heard::Nothing || win.sum == Heard::Nothing || agree(&known.sum, &win.sum))
        });
        match twin {
            Some(known) => merge(known, win),
            None => kept.push(win),
        }
    }
    found.wins = kept;
}

fn agree(a: &Heard, b: &Heard) -> bool {
    match (a, b) {
        (Heard::Sum(a), Heard::Sum(b)) => super::money::near(&a.figure, &b.figure),
        (Heard::NoSum(_), Heard::NoSum(_)) => true,
        (a, b) => a == b,
    }
}

fn merge(known: &mut Win, win: Win) {
    if known.lot.is_none() {
        known.lot = win.lot;
    }
    known.joint |= win.joint;
    if known.sum == Heard::Nothing || matches!((&known.sum, &win.sum), (Heard::NoSum(_), Heard::Sum(_))) {
        known.sum = win.sum;
        known.sum_origin = win.sum_origin;
    }
    for (mine, other) in known.suppliers.iter_mut().zip(win.suppliers) {
        mine.address = mine.address.take().or(other.address);
        mine.credit_code = mine.credit_code.take().or(other.credit_code);
    }
}
