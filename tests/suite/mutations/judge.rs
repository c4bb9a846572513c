//! What a mutated page may be read as, and what came of it. A sum that is believed and not allowed is silently wrong; a sum that
//! is no longer believed is safe.

use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::money::Money;
use tenderwatch::domain::notice::{Lot, LotStatus, Notice};
use tenderwatch::domain::reading::Problem;

use super::marks::{mentions, text_of, values};
use super::pages::Page;

/// A sum that may be disclosed, perhaps only beside a problem that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Permit {
    pub(super) value: i64,
    pub(super) beside: Option<&'static str>,
}

/// What may be disclosed.
#[derive(Clone, Debug, Default)]
pub(super) struct Allowed {
    pub(super) budget: Vec<Permit>,
    pub(super) ceiling: Vec<Permit>,
    pub(super) award: Vec<Permit>,
    pub(super) lot_budgets: Vec<Permit>,
    pub(super) lot_awards: Vec<Permit>,
    pub(super) winners: Vec<String>,
    /// Whether lots still tell whose sum is whose.
    pub(super) paired: bool,
}

/// What a reading of a mutated page came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Everything that the page said is still said.
    Same,
    /// Something is no longer believed; nothing false is.
    Safe,
    /// Something false is believed.
    Wrong(String),
}

/// The three sums of a notice.
pub(super) const SUMS: [&str; 3] = ["budget", "ceiling", "award"];

pub(super) fn sum<'a>(notice: &'a Notice, name: &str) -> &'a Amount {
    match name {
        "budget" => &notice.budget,
        "ceiling" => &notice.ceiling,
        _ => &notice.award,
    }
}

/// Every sum that an amount holds, believed or in conflict.
pub(super) fn claims(amount: &Amount) -> Vec<Money> {
    match amount {
        Amount::Disclosed { money, .. } => vec![*money],
        Amount::Conflict(claims) => claims.iter().map(|claim| claim.money).collect(),
        _ => Vec::new(),
    }
}

pub(super) fn value(amount: &Amount) -> Option<i64> {
    amount.money().map(|money| money.ten_thousandths)
}

pub(super) fn permit(value: i64) -> Permit {
    Permit { value, beside: None }
}

fn awarded(notice: &Notice) -> impl Iterator<Item = &Lot> {
    notice.lots.iter().filter(|lot| lot.status == LotStatus::Awarded)
}

fn squeezed(name: &str) -> String {
    let plain = |c: char| match c {
        '（' => '(',
        '）' => ')',
        c => c,
    };
    name.chars().filter(|c| !c.is_whitespace()).map(plain).collect()
}

fn winners(notice: &Notice) -> Vec<String> {
    awarded(notice).flat_map(|lot| &lot.suppliers).map(|supplier| squeezed(&supplier.name)).collect()
}

impl Allowed {
    pub(super) fn sum(&mut self, name: &str) -> &mut Vec<Permit> {
        match name {
            "budget" => &mut self.budget,
            "ceiling" => &mut self.ceiling,
            _ => &mut self.award,
        }
    }

    /// Exactly what the page says.
    pub(super) fn exactly(page: &Page) -> Self {
        let notice = &page.notice;
        let one = |amount: &Amount| value(amount).map(permit).into_iter().collect::<Vec<Permit>>();
        Self {
            budget: one(&notice.budget),
            ceiling: one(&notice.ceiling),
            award: one(&notice.award),
            lot_budgets: notice.lots.iter().flat_map(|lot| one(&lot.budget)).collect(),
            lot_awards: notice.lots.iter().flat_map(|lot| one(&lot.award)).collect(),
            winners: winners(notice),
            paired: true,
        }
    }

    /// What the page says, or what is left of it where parts were taken away: one side of a conflict that is left alone, the sum of the
    /// lots that are left where no total is.
    pub(super) fn remains(page: &Page, html: &str, gone: &str) -> Self {
        let mut out = Self::exactly(page);
        let notice = &page.notice;
        for name in SUMS {
            match sum(notice, name) {
                Amount::Conflict(told) => {
                    out.sum(name).extend(told.iter().map(|claim| permit(claim.money.ten_thousandths)));
                }
                // What made the summary doubtful may be what was taken away.
                Amount::Unparsed { text } => {
                    out.sum(name).extend(numbers(text).into_iter().map(permit));
                    out.lot_awards.extend(numbers(text).into_iter().map(permit));
                }
                _ => {}
            }
        }
        for lot in &notice.lots {
            out.lot_awards.extend(claims(&lot.award).iter().map(|money| permit(money.ten_thousandths)));
            out.lot_budgets.extend(claims(&lot.budget).iter().map(|money| permit(money.ten_thousandths)));
        }
        // The summary's rounded print, where no finer one is left.
        for mention in mentions(html, &values(page)) {
            for name in SUMS.iter().filter(|name| value(sum(notice, name)) == Some(mention.value)) {
                out.sum(name).push(permit(mention.printed));
            }
            if notice.lots.iter().any(|lot| value(&lot.award) == Some(mention.value)) {
                out.lot_awards.push(permit(mention.printed));
            }
        }
        // Of ceilings, the one lot's that is left.
        if value(&notice.ceiling).is_none() {
            out.ceiling.extend(behind_limits(&text_of(html)).into_iter().map(permit));
        }
        // A line of the items may be all that is left.
        let items: Vec<i64> = notice.items.iter().filter_map(|item| value(&item.total)).take(10).collect();
        if !items.is_empty() && value(&notice.budget).is_none() {
            out.budget.extend(subsets(&items).into_iter().map(permit));
            out.lot_budgets.extend(subsets(&items).into_iter().map(permit));
        }
        let awards: Vec<i64> = notice.lots.iter().filter_map(|lot| value(&lot.award)).collect();
        let budgets: Vec<i64> = notice.lots.iter().filter_map(|lot| value(&lot.budget)).collect();
        out.award.extend(left(value(&notice.award), &awards, html));
        out.budget.extend(left(value(&notice.budget), &budgets, html));
        out.ceiling.extend(left(value(&notice.ceiling), &budgets, html));
        if let [lot] = &budgets[..] {
            out.budget.push(permit(*lot));
        }
        // Without its mark a lot is told as the one above it, and the sums of both as one.
        if ["包", "标段", "标项", "分标", "标的", "供应商", "中标人", "成交人", "单位"]
            .iter()
            .any(|word| text_of(gone).contains(word))
            || gone.contains("<td")
        {
            out.paired = false;
            out.lot_awards.extend(subsets(&awards).into_iter().map(permit));
            out.lot_budgets.extend(subsets(&budgets).into_iter().map(permit));
        }
        out
    }
}

/// The numbers of a text that was not understood, as yuan and as ten thousands of them.
fn numbers(text: &str) -> Vec<i64> {
    let digits = |c: char| c.is_ascii_digit() || c == '.';
    let parts = text
        .split(|c: char| !digits(c))
        .filter(|part| part.len() < 13 && part.starts_with(|c: char| c.is_ascii_digit()));
    let parsed = parts.filter_map(|part| {
        let (whole, part) = part.split_once('.').unwrap_or((part, ""));
        format!("{whole}{part:0<8}").parse::<i64>().ok().filter(|_| part.len() <= 8)
    });
    parsed.flat_map(|wan| [wan, wan / 10_000]).collect()
}

/// The sums that lots can come to, where the total is not.
fn left(total: Option<i64>, lots: &[i64], html: &str) -> Vec<Permit> {
    let printed = |value: i64| !mentions(html, &[value]).is_empty();
    if lots.len() < 2 || total.is_some_and(printed) {
        return Vec::new();
    }
    subsets(lots).into_iter().map(permit).collect()
}

fn subsets(values: &[i64]) -> Vec<i64> {
    let values = &values[..values.len().min(10)];
    (1_usize..1 << values.len())
        .map(|mask| values.iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1).map(|(_, value)| value).sum())
        .collect()
}

/// Judges a reading.
pub(super) fn judge(page: &Page, allowed: &Allowed, read: Option<&(Notice, Vec<Problem>)>) -> Outcome {
    let Some((notice, problems)) = read else { return Outcome::Safe };
    let told = |what: &str| problems.iter().any(|problem| problem.what.contains(what));
    let permitted = |permits: &[Permit], value: i64| {
        permits.iter().any(|permit| permit.value == value && permit.beside.is_none_or(told))
    };
    let show = |amount: &Amount| amount.money().map(|money| money.decimal()).unwrap_or_default();
    let mut kept = true;
    for (name, permits) in [("budget", &allowed.budget), ("ceiling", &allowed.ceiling), ("award", &allowed.award)] {
        let amount = sum(notice, name);
        match value(amount) {
            Some(value) if !permitted(permits, value) => {
                return Outcome::Wrong(format!("{name} {} (was {})", show(amount), show(sum(&page.notice, name))));
            }
            found => kept &= found.is_some() || permits.is_empty(),
        }
    }
    // A result without lots and winners gives its total to nobody.
    let truly = winners(&page.notice);
    let nameless = |lot: &Lot| {
        let all = lot.suppliers.is_empty() || lot.suppliers.len() >= truly.len();
        notice.lots.len() == 1 && lot.label.is_none() && all && lot.award == notice.award
    };
    for lot in notice.lots.iter().filter(|lot| !nameless(lot)) {
        let label = lot.label.as_deref().unwrap_or("-");
        if let Some(found) = value(&lot.budget)
            .filter(|found| !permitted(&allowed.lot_budgets, *found) && !permitted(&allowed.budget, *found))
        {
            return Outcome::Wrong(format!("budget of lot {label}: {}", Money::cny(found).decimal()));
        }
        if let Some(found) = value(&lot.award).filter(|found| !permitted(&allowed.lot_awards, *found)) {
            return Outcome::Wrong(format!("award of lot {label}: {}", Money::cny(found).decimal()));
        }
        if allowed.paired
            && let Some(what) = mispaired(&page.notice, lot)
        {
            return Outcome::Wrong(what);
        }
    }
    for name in winners(notice) {
        if !allowed.winners.contains(&name) {
            return Outcome::Wrong(format!("winner {name}"));
        }
    }
    let believed = |notice: &Notice| notice.lots.iter().filter(|lot| value(&lot.award).is_some()).count();
    let named = winners(notice);
    kept &= believed(notice) >= believed(&page.notice) && winners(&page.notice).iter().all(|name| named.contains(name));
    if kept { Outcome::Same } else { Outcome::Safe }
}

/// A sum that is another lot's, by label or by supplier.
fn mispaired(truth: &Notice, lot: &Lot) -> Option<String> {
    let found = value(&lot.award)?;
    let names: Vec<String> = lot.suppliers.iter().map(|supplier| squeezed(&supplier.name)).collect();
    let its = |other: &&Lot| {
        other.suppliers.iter().any(|supplier| names.contains(&squeezed(&supplier.name)))
            && (lot.label.is_none() || other.label.is_none() || lot.label == other.label)
    };
    let mine: Vec<&Lot> = truth.lots.iter().filter(its).collect();
    let others = truth.lots.iter().any(|other| value(&other.award) == Some(found));
    let wrong =
        others && !mine.is_empty() && mine.iter().all(|other| value(&other.award).is_some_and(|own| own != found));
    wrong.then(|| format!("award of {}: {}, another's", names.join("、"), Money::cny(found).decimal()))
}

/// The sums in yuan that stand behind 最高限价.
fn behind_limits(text: &str) -> Vec<i64> {
    let number = |rest: &str| {
        let digits: String = rest
            .trim_start_matches(['：', ':', ' '])
            .chars()
            .take_while(|c| c.is_ascii_digit() || matches!(c, ',' | '.'))
            .filter(|c| *c != ',')
            .collect();
        digits.split('.').next().and_then(|whole| whole.parse::<i64>().ok()).map(|yuan| yuan * 10_000)
    };
    text.match_indices("限价").filter_map(|(at, word)| number(&text[at + word.len()..])).collect()
}
