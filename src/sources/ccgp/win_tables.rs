//! Winners, failed lots and items in tables. Rankings, bidders and candidates are told apart from awards by headers and by what
//! introduces the table.

use crate::domain::organisation::Organisation;
use crate::sources::dialect::blocks::Cell;
use crate::sources::dialect::fold::{head, squeeze};
use crate::sources::dialect::names;

use super::columns::{Holds, Sheet};
use super::labels::{Key, classify};
use super::lots;
use super::money::{Heard, hear};
use super::result::{ItemLine, NOT_WINNERS, Walk, Win, says_failed};
use super::sections::Section;

const BUDGETS: [Key; 3] = [Key::Budget, Key::LotBudget, Key::PurchaseSum];

impl Walk {
    pub(super) fn sheet(&mut self, sheet: &Sheet) {
        let item_like = sheet.column(Holds::UnitPrice).is_some()
            || sheet.column(Holds::Quantity).is_some() && sheet.column(Holds::Item).is_some()
            || self.is_list_of_needs(sheet)
            || self.section == Section::Items;
        let decided = says_who_won(sheet);
        let supplier = sheet.idea(&[Key::Supplier]).or_else(|| sheet.idea(&[Key::Loser]).filter(|_| decided));
        let award = sheet.idea(&[Key::Award, Key::AwardTotal]);
        let reason = sheet.idea(&[Key::FailReason]);
        if item_like {
            self.items(sheet);
        }
        if !decided && self.not_winners(sheet)
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
            && (award.is_some() || names_winners || decided || self.section == Section::Result && !item_like)
            && (self.section != Section::Items || award.is_some() && names_winners);
        if let Some(supplier) = supplier.filter(|_| wins && (decided || !lists_all_bidders(sheet))) {
            self.rows(sheet, supplier, award);
        } else if let Some(reason) = reason {
            self.failed_rows(sheet, reason);
        }
    }

    /// What is wanted and what each of it may cost, in a call.
    fn is_list_of_needs(&self, sheet: &Sheet) -> bool {
        let place = matches!(self.section, Section::Start | Section::Basic | Section::Needs);
        place
            && (sheet.column(Holds::Item).is_some() || sheet.idea(&[Key::Title]).is_some())
            && sheet.idea(&BUDGETS).is_some()
            && sheet.idea(&[Key::Supplier, Key::LotNumber]).is_none()
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
        let introduced = (self.losing || NOT_WINNERS.iter().any(|word| context.contains(word)))
            && sheet.idea(&[Key::Award]).is_none();
        losers
            || ranked
            || introduced
            || matches!(self.section, Section::Candidates | Section::Proposed)
            || self.section == Section::Bidders && sheet.idea(&[Key::Award]).is_none()
    }

    fn rows(&mut self, sheet: &Sheet, supplier: usize, award: Option<usize>) {
        self.close();
        let quote = award.or_else(|| {
            let told = sheet.idea(&[Key::LotResult]).filter(|at| holds_sums(sheet, *at));
            sheet
                .idea(&[Key::Quote])
                .or(told)
                .or_else(|| if sheet.column(Holds::UnitPrice).is_none() { sheet.column(Holds::Total) } else { None })
        });
        let rank = sheet.column(Holds::Rank);
        let lot_column = sheet.idea(&[Key::LotNumber]);
        let lot_title = sheet.idea(&[Key::LotTitle]);
        let serial = sheet.column(Holds::Serial);
        let result = sheet.idea(&[Key::LotResult]);
        let decided = says_who_won(sheet);
        let kept = self.lot.clone();
        let several = sheet.rows.len() > 1;
        // Row numbers stand for lots only where every row was given for a sum of its own.
        let own_sums = quote.is_some_and(|at| {
            let mut cells = sheet.rows.iter().filter_map(|row| row.get(at)).filter(|cell| !cell.text.is_empty());
            cells.all(|cell| matches!(hear("", &cell.text, None, ""), Heard::Sum(_)) || says_failed(&cell.text))
        });
        let mut last_origin = None;
        for row in &sheet.rows {
            let text = |at: Option<usize>| at.and_then(|at| row.get(at)).map_or("", |cell| cell.text.as_str());
            let name = text(Some(supplier));
            let row_text = row_text(row);
            if is_remark(row) {
                continue;
            }
            if let Some(first) = row.first()
                && row.iter().all(|cell| cell.origin == first.origin)
            {
                continue;
            }
            if rank.is_some()
                && !decided
                && !matches!(squeeze(text(rank)).as_str(), "" | "1" | "第一" | "第1" | "第一名" | "一" | "第1名")
            {
                continue;
            }
            self.lot = lots::of_cell(text(lot_column))
                .or_else(|| lots::of_number(text(lot_column)))
                .or_else(|| lots::of_cell(text(lot_title)).filter(|mark| mark.title.is_some() || lot_column.is_none()))
                .or_else(|| {
                    (several && own_sums && lot_column.is_none() && kept.is_none())
                        .then(|| lots::of_cell(text(serial)))
                        .flatten()
                })
                .or_else(|| kept.clone());
            self.label();
            if let Some(lot) = &mut self.lot
                && lot.title.is_none()
                && !text(lot_title).is_empty()
            {
                lot.title = Some(head(&text(lot_title).replace('\n', ""), 200));
            }
            if row.iter().any(|cell| ["合计", "总计", "共计"].iter().any(|word| squeeze(&cell.text).starts_with(word)))
            {
                self.total_row(sheet, row, quote);
                continue;
            }
            let not_won = matches!(squeeze(text(result)).as_str(), "否" | "未中标" | "未成交" | "不成交" | "落标");
            if not_won || decided && !has_won(text(result)) {
                continue;
            }
            let cleaned = names::clean(&name.replace('\n', ""));
            let no_name = cleaned.as_ref().is_none_or(|name| {
                let named = names::looks_like_one(name);
                !named && (sheet.is_short(row) || classify(name).is_some() || names_elsewhere(sheet, row))
            }) || says_failed(name) && !name.contains("公司");
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
            if let Some(win) = self.found.wins.last_mut().filter(|win| win.lot.is_none()) {
                win.serial = lots::of_cell(text(serial));
            }
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
            if sheet.is_short(row) {
                return Heard::Unclear(head(row_text, 200));
            }
            let mut printed = text(Some(at)).replace('\n', " ");
            // 中标金额 | 单位 above 198 | 万元: the unit has a column of its own.
            if let Some(unit) = unit_beside(sheet, row, at).filter(|_| printed.ends_with(char::is_numeric)) {
                printed.push_str(&unit);
            }
            hear(header, &printed, column.and_then(|column| column.unit), "table")
        });
        self.found.wins.push(Win {
            lot: self.lot.clone(),
            suppliers,
            joint: joint || name.contains("联合体"),
            sum,
            sum_origin,
            serial: None,
            failed: false,
            quoted: false,
            passage: head(row_text, 200),
        });
    }

    /// 合计: the printed total of the table.
    fn total_row(&mut self, sheet: &Sheet, row: &[Cell], quote: Option<usize>) {
        let column = quote.and_then(|at| sheet.columns.get(at));
        let text = quote.and_then(|at| row.get(at)).map_or("", |cell| cell.text.as_str());
        if let Some(column) = column {
            let heard = hear(&column.header, &text.replace('\n', " "), column.unit, "table");
            if matches!(heard, Heard::Sum(_)) {
                self.found.totals.push(heard);
            }
        }
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
        let name = sheet.column(Holds::Item).or_else(|| sheet.idea(&[Key::ItemsPath, Key::LotTitle, Key::Title]));
        let paid = sheet.column(Holds::Total).or_else(|| sheet.idea(&[Key::Award, Key::Quote]));
        let total = paid.or_else(|| sheet.idea(&BUDGETS));
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
            let supplier = names::clean(text(supplier));
            self.found.items.push(ItemLine { lot, supplier, name: item, total: heard, is_budget: paid.is_none() });
        }
    }
}

/// A table of names with prices or scores that never says 中标 or 成交, several to a lot: everyone who bid.
fn lists_all_bidders(sheet: &Sheet) -> bool {
    let says_won = sheet
        .columns
        .iter()
        .any(|column| ["中标", "成交", "中选", "入围"].iter().any(|word| column.header.contains(word)));
    let compares = sheet.idea(&[Key::Quote]).is_some() || sheet.column(Holds::Score).is_some();
    if says_won || !compares {
        return false;
    }
    match sheet.idea(&[Key::LotNumber]) {
        None => sheet.rows.len() > 1,
        Some(at) => {
            let mut seen: Vec<&str> = Vec::new();
            sheet.rows.iter().filter_map(|row| row.get(at)).any(|cell| {
                let again = seen.contains(&cell.text.as_str());
                seen.push(&cell.text);
                again
            })
        }
    }
}

/// Whether a name of an organisation stands where numbers are expected: then the row's cells moved.
fn names_elsewhere(sheet: &Sheet, row: &[Cell]) -> bool {
    sheet.columns.iter().zip(row).any(|(column, cell)| {
        let counts = matches!(
            column.holds,
            Holds::Serial | Holds::Rank | Holds::Quantity | Holds::Score | Holds::Idea(Key::LotNumber)
        );
        counts && names::clean(&cell.text).is_some_and(|name| names::looks_like_one(&name))
    })
}

/// The unit of money that a column of its own prints beside a sum.
fn unit_beside(sheet: &Sheet, row: &[Cell], sum: usize) -> Option<String> {
    let place = sheet.columns.iter().enumerate().skip(sum + 1).find(|(_, column)| {
        matches!(column.header.as_str(), "单位" | "金额单位" | "价格单位" | "报价单位" | "货币单位" | "计价单位")
    })?;
    let unit = squeeze(&row.get(place.0)?.text);
    let known =
        matches!(unit.as_str(), "元" | "万元" | "亿元" | "人民币元" | "人民币万元" | "%" | "折" | "美元" | "欧元");
    known.then_some(unit)
}

/// 备注 | …: a row about the table, not of it.
fn is_remark(row: &[Cell]) -> bool {
    let first = row.iter().find(|cell| !cell.text.is_empty()).map(|cell| squeeze(&cell.text)).unwrap_or_default();
    matches!(first.as_str(), "备注" | "说明" | "注" | "附注")
        || ["备注:", "说明:", "注:", "附注:"].iter().any(|word| first.starts_with(word))
}

fn has_won(cell: &str) -> bool {
    matches!(
        squeeze(cell).as_str(),
        "是" | "中标" | "成交" | "中标人" | "成交人" | "中标供应商" | "成交供应商" | "√" | "中选"
    )
}

/// A column that says of every bidder whether he won.
fn says_who_won(sheet: &Sheet) -> bool {
    let Some(at) = sheet.idea(&[Key::LotResult]) else { return false };
    let mut cells = sheet.rows.iter().filter_map(|row| row.get(at));
    cells.any(|cell| has_won(&cell.text))
}

/// Whether a column named 中标结果 holds what was bid.
fn holds_sums(sheet: &Sheet, at: usize) -> bool {
    sheet
        .rows
        .iter()
        .filter_map(|row| row.get(at))
        .any(|cell| matches!(hear("", &cell.text, None, ""), Heard::Sum(_) | Heard::NoSum(_)))
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
