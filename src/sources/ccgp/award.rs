//! From what a body says of winners to lots and the award: lots as printed, their sum held against the printed total, the summary
//! and the item table. Nothing is settled in silence.

use crate::domain::amount::{Amount, Claim};
use crate::domain::notice::{Evidence, Lot, LotStatus};
use crate::domain::reading::Problem;
use crate::sources::dialect::figures::{Figure, UnitBy};
use crate::sources::dialect::fold::{head, squeeze};

use super::lots::Mark;
use super::money::{Heard, Told, in_wan, near, problem, settle, sum_of, together};
use super::result::{Found, ItemLine, Win};

/// Lots and the award of a result notice.
#[derive(Clone, Debug, Default)]
pub(super) struct Awarded {
    pub lots: Vec<Lot>,
    pub award: Amount,
    pub problems: Vec<Problem>,
    pub evidence: Option<Evidence>,
    /// What each lot's own award and suppliers were read in: `lots[0].award`.
    pub lots_seen: Vec<(String, Evidence)>,
}

struct Group {
    mark: Option<Mark>,
    wins: Vec<Win>,
    heard: Heard,
}

/// Settles them. `only_lot` is the lot that the title names.
pub(super) fn settle_awards(found: &Found, summary: &Heard, only_lot: Option<String>) -> Awarded {
    let mut wins: Vec<Win> = found.wins.clone();
    fit_units(&mut wins, summary);
    let mut groups = group(wins.iter().filter(|win| !win.failed));
    for group in &mut groups {
        group.heard = of_group(&group.wins, summary);
    }
    let mut out = Awarded::default();
    if groups.iter().all(|group| group.heard == Heard::Nothing) {
        from_items(&mut groups, &found.items, summary, &mut out.problems);
    }
    let total = together(found.totals.clone());
    if let [one] = &groups[..] {
        single(one, &total, summary, &mut out);
        without_others_sum(one, found, &mut out);
    } else {
        many(&groups, &total, summary, &mut out);
    }
    without_unread_lots(&groups, found, (&total, summary), &mut out);
    for win in found.wins.iter().filter(|win| win.failed) {
        failed_lot(win, found, &mut out.lots);
    }
    name_lots(&mut out.lots, found, only_lot);
    out
}

fn group<'a>(wins: impl Iterator<Item = &'a Win>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for win in wins {
        let label = win.lot.as_ref().map(|lot| &lot.label);
        match groups.iter_mut().find(|group| group.mark.as_ref().map(|mark| &mark.label) == label) {
            Some(group) => group.wins.push(win.clone()),
            None => groups.push(Group { mark: win.lot.clone(), wins: vec![win.clone()], heard: Heard::Nothing }),
        }
    }
    groups
}

/// Bare numbers get the one unit in which they add up to the summary.
fn fit_units(wins: &mut [Win], summary: &Heard) {
    let Heard::Sum(summary) = summary else { return };
    let sums: Vec<&Told> = wins
        .iter()
        .filter_map(|win| match &win.sum {
            Heard::Sum(told) => Some(told),
            _ => None,
        })
        .collect();
    if sums.is_empty() || sums.iter().any(|told| told.figure.unit_by != UnitBy::Nowhere) {
        return;
    }
    let yuan = |figure: &Figure| Some(Figure { unit_by: UnitBy::Header, ..*figure });
    for unit in [yuan, in_wan] {
        let scaled: Option<Vec<Told>> =
            sums.iter().map(|told| Some(Told { figure: unit(&told.figure)?, ..(*told).clone() })).collect();
        let Some(whole) = scaled.as_deref().and_then(sum_of) else { continue };
        if !near(&summary.figure, &Figure { place: 1, ..whole.figure }) {
            continue;
        }
        for win in wins.iter_mut() {
            if let Heard::Sum(told) = &mut win.sum
                && let Some(figure) = unit(&told.figure)
            {
                told.figure = figure;
            }
        }
        return;
    }
}

/// What one lot was given for.
fn of_group(wins: &[Win], summary: &Heard) -> Heard {
    let mut told: Vec<Told> = Vec::new();
    let mut origins: Vec<usize> = Vec::new();
    let mut rest = Heard::Nothing;
    let mut silent = 0;
    for win in wins {
        if let Some(origin) = win.sum_origin {
            if origins.contains(&origin) {
                continue;
            }
            origins.push(origin);
        }
        match &win.sum {
            Heard::Sum(one) => told.push(one.clone()),
            Heard::Nothing => silent += 1,
            other => rest = other.clone(),
        }
    }
    if told.is_empty() || rest != Heard::Nothing {
        return if told.is_empty() { rest } else { Heard::Several(told) };
    }
    let Some(sum) = sum_of(&told) else { return rest };
    if let [one] = &told[..] {
        // Two winners and one sum: theirs together if they bid as one, else not known whose.
        return if silent == 0 || wins.iter().any(|win| win.joint) {
            Heard::Sum(one.clone())
        } else {
            Heard::Several(told)
        };
    }
    let equal = told.iter().all(|one| told.first().is_some_and(|first| first.figure.money == one.figure.money));
    let sum = Told { place: "sum of winners".into(), ..sum };
    match (equal, summary, told.first()) {
        (true, Heard::Sum(summary), Some(first)) if near(&summary.figure, &first.figure) => Heard::Sum(first.clone()),
        (true, Heard::Sum(summary), _) if near(&summary.figure, &sum.figure) => Heard::Sum(sum),
        (true, ..) => Heard::Several(told),
        (false, ..) => Heard::Sum(sum),
    }
}

/// The money may stand only in the item table: believed where it adds up to the summary or carries its unit and nothing else speaks.
fn from_items(groups: &mut [Group], items: &[ItemLine], summary: &Heard, problems: &mut Vec<Problem>) {
    let alone = groups.len() == 1;
    let mut sums: Vec<Option<Told>> = Vec::new();
    for group in groups.iter() {
        let label = group.mark.as_ref().map(|mark| &mark.label);
        let of_lot: Vec<&ItemLine> = items
            .iter()
            .filter(|item| !item.is_budget)
            .filter(|item| {
                alone
                    || item.lot.as_ref() == label && label.is_some()
                    || item.lot.is_none() && wins_name(group, item.supplier.as_deref())
            })
            .collect();
        let told: Vec<Told> = of_lot
            .iter()
            .filter_map(|item| match &item.total {
                Heard::Sum(told) => Some(told.clone()),
                _ => None,
            })
            .collect();
        let complete = !of_lot.is_empty() && told.len() == of_lot.len();
        sums.push(sum_of(&told).filter(|_| complete).map(|sum| Told { place: "item table".into(), ..sum }));
    }
    let all: Vec<Told> = sums.iter().flatten().cloned().collect();
    if all.is_empty() || all.len() != groups.len() {
        return;
    }
    let Some(whole) = sum_of(&all) else { return };
    let bare = whole.figure.unit_by == UnitBy::Nowhere;
    let counts_wan = |summary: &Told| {
        let wan: Option<Vec<Told>> =
            all.iter().map(|told| Some(Told { figure: in_wan(&told.figure)?, ..told.clone() })).collect();
        bare && wan.as_deref().and_then(sum_of).is_some_and(|whole| near(&summary.figure, &whole.figure))
    };
    let is_wan = match summary {
        Heard::Sum(summary) if near(&summary.figure, &whole.figure) => false,
        Heard::Sum(summary) if counts_wan(summary) => true,
        Heard::Sum(summary) => {
            let passage = format!("{} | {}", summary.passage, whole.passage);
            problems.push(problem("award", "the item table does not add up to the summary and is not used", &passage));
            return;
        }
        _ if !bare && groups.iter().all(|group| items_are_its(group, items)) => false,
        _ => return,
    };
    for (group, sum) in groups.iter_mut().zip(sums) {
        if let Some(mut told) = sum {
            let own = Figure { unit_by: UnitBy::Header, ..told.figure };
            told.figure = if is_wan { in_wan(&told.figure).unwrap_or(own) } else { own };
            group.heard = Heard::Sum(told);
        }
    }
}

/// Whether the items can be those of one winner's lot where nothing else speaks: one winner, and no item of a lot that is not his.
fn items_are_its(group: &Group, items: &[ItemLine]) -> bool {
    let label = group.mark.as_ref().map_or("1", |mark| mark.label.trim_start_matches('0'));
    let its = |item: &ItemLine| {
        item.lot.as_ref().is_none_or(|lot| group.mark.is_some() || lot.trim_start_matches('0') == label)
    };
    let one = group.wins.len() == 1 || group.wins.iter().any(|win| win.joint);
    one && items.iter().all(its)
}

fn wins_name(group: &Group, supplier: Option<&str>) -> bool {
    supplier.is_some_and(|name| {
        group.wins.iter().any(|win| win.suppliers.iter().any(|known| squeeze(&known.name) == squeeze(name)))
    })
}

fn lot_of(group: &Group, award: Amount) -> Lot {
    let mut suppliers = Vec::new();
    for supplier in group.wins.iter().flat_map(|win| &win.suppliers) {
        if !suppliers
            .iter()
            .any(|known: &crate::domain::organisation::Organisation| squeeze(&known.name) == squeeze(&supplier.name))
        {
            suppliers.push(supplier.clone());
        }
    }
    Lot {
        label: group.mark.as_ref().map(|mark| mark.label.clone()),
        title: group.mark.as_ref().and_then(|mark| mark.title.clone()),
        status: LotStatus::Awarded,
        budget: Amount::Undisclosed,
        award,
        suppliers,
        joint: group.wins.iter().any(|win| win.joint),
    }
}

fn single(group: &Group, total: &Heard, summary: &Heard, out: &mut Awarded) {
    let heard = if group.heard == Heard::Nothing { total.clone() } else { group.heard.clone() };
    let whole = if matches!(total, Heard::Disagree(..)) { total } else { &heard };
    let settled = settle("award", summary, whole);
    let own = match &settled.amount {
        Amount::Conflict(_) => settle("lots[0].award", &Heard::Nothing, &heard).amount,
        // The summary may speak for a lot that is silent, not for one that says what is not understood.
        _ if matches!(heard, Heard::Unclear(_)) => settle("lots[0].award", &Heard::Nothing, &heard).amount,
        amount => amount.clone(),
    };
    out.award = settled.amount;
    out.problems.extend(settled.problems);
    out.evidence = settled.evidence;
    if let (Heard::Sum(total), Heard::Sum(lot)) = (total, &heard)
        && !near(&total.figure, &lot.figure)
    {
        apart(total, lot, out);
    }
    if own != Amount::Undisclosed {
        out.lots_seen.extend(out.evidence.clone().map(|seen| ("lots[0].award".to_owned(), seen)));
    }
    out.lots.push(lot_of(group, own));
    suppliers_seen(group, 0, out);
}

/// Where a lot's suppliers are named.
fn suppliers_seen(group: &Group, at: usize, out: &mut Awarded) {
    let named: Vec<&str> = group.wins.iter().map(|win| win.passage.as_str()).collect();
    if group.wins.iter().any(|win| !win.suppliers.is_empty()) {
        let evidence =
            Evidence { rule: "label or column of the winner".into(), passage: head(&named.join(" + "), 200) };
        out.lots_seen.push((format!("lots[{at}].suppliers"), evidence));
    }
}

/// The summary's total is not the one lot's whose winner was found where the body speaks of other lots too.
fn without_others_sum(group: &Group, found: &Found, out: &mut Awarded) {
    let label = group.mark.as_ref().map_or("1", |mark| &mark.label).trim_start_matches('0');
    let failed = |label: &String| {
        found.wins.iter().any(|win| win.failed && win.lot.as_ref().is_some_and(|lot| lot.label == *label))
    };
    let others = found.labels.iter().any(|other| other.trim_start_matches('0') != label && !failed(other));
    let silent = !matches!(group.heard, Heard::Sum(_));
    if let (true, true, Some(lot)) = (others, silent, out.lots.first_mut())
        && lot.award.money().is_some()
        && lot.award == out.award
    {
        lot.award = Amount::Undisclosed;
        let what = "the total is not credited to the one lot whose winner was found";
        out.problems.push(problem(
            "lots[0].award",
            what,
            &group.wins.iter().map(|win| win.passage.as_str()).collect::<String>(),
        ));
    }
}

/// Lots that are spoken of and were not read are no part of the sum: where nothing prints the whole, it is not known.
fn without_unread_lots(groups: &[Group], found: &Found, (total, summary): (&Heard, &Heard), out: &mut Awarded) {
    let plain = |label: &str| label.trim_start_matches('0').to_owned();
    let known: Vec<String> = groups
        .iter()
        .filter_map(|group| group.mark.as_ref())
        .chain(found.wins.iter().filter(|win| win.failed).filter_map(|win| win.lot.as_ref()))
        .map(|mark| plain(&mark.label))
        .collect();
    let unread = found.labels.iter().any(|label| !known.contains(&plain(label)));
    let marked = groups.iter().all(|group| group.mark.is_some());
    if *total == Heard::Nothing && *summary == Heard::Nothing && marked && unread && out.award.money().is_some() {
        let passage: String = found.labels.join(" ");
        out.problems.push(problem("award", "not every lot that is spoken of was read", &passage));
        out.award = Amount::Undisclosed;
        out.evidence = None;
    }
}

/// The printed total and the sum of the lots differ: both are kept.
fn apart(total: &Told, sum: &Told, out: &mut Awarded) {
    out.award = Amount::Conflict(vec![
        Claim { money: total.figure.money, place: format!("printed total ({})", total.place) },
        Claim { money: sum.figure.money, place: "sum of lots".into() },
    ]);
    let passage = head(&format!("{} | {}", total.passage, sum.passage), 200);
    out.problems.push(problem("award", "the lots do not add up to the printed total", &passage));
    out.evidence = Some(Evidence { rule: "places disagree".into(), passage });
}

fn many(groups: &[Group], total: &Heard, summary: &Heard, out: &mut Awarded) {
    let mut told: Vec<Told> = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        let settled = settle(&format!("lots[{at}].award"), &Heard::Nothing, &group.heard);
        if let (Heard::Sum(one), Amount::Disclosed { .. }) = (&group.heard, &settled.amount) {
            told.push(one.clone());
        }
        out.problems.extend(settled.problems);
        out.lots_seen.extend(settled.evidence.map(|seen| (format!("lots[{at}].award"), seen)));
        out.lots.push(lot_of(group, settled.amount));
        suppliers_seen(group, at, out);
    }
    let complete = told.len() == groups.len();
    let sum = sum_of(&told).map(|sum| Told { place: "sum of lots".into(), ..sum });
    let body = match (total, &sum) {
        (Heard::Sum(_) | Heard::Disagree(..), _) => total.clone(),
        (_, Some(sum)) if complete => Heard::Sum(sum.clone()),
        _ => Heard::Nothing,
    };
    let settled = settle("award", summary, &body);
    out.award = settled.amount;
    out.problems.extend(settled.problems);
    out.evidence = settled.evidence;
    let Some(sum) = sum else { return };
    let printed = match (total, summary) {
        (Heard::Sum(total), _) => Some(total),
        (_, Heard::Sum(summary)) if !complete => Some(summary),
        _ => None,
    };
    match printed {
        Some(printed) if !near(&printed.figure, &sum.figure) => apart(printed, &sum, out),
        None if !complete => {
            out.award = Amount::Undisclosed;
            out.problems.push(problem(
                "award",
                format!("only {} of {} lots print a sum", told.len(), groups.len()),
                &sum.passage,
            ));
        }
        _ => {}
    }
}

fn failed_lot(win: &Win, found: &Found, lots: &mut Vec<Lot>) {
    let label = win.lot.as_ref().map(|mark| mark.label.clone());
    let known = lots.iter().any(|lot| lot.label == label);
    if known || label.is_none() && !lots.is_empty() {
        return;
    }
    let title = win.lot.as_ref().and_then(|mark| mark.title.clone());
    let title = title.or_else(|| {
        found.titles.iter().find(|mark| Some(&mark.label) == label.as_ref()).and_then(|mark| mark.title.clone())
    });
    lots.push(Lot { label, title, status: LotStatus::Failed, award: Amount::NotApplicable, ..Lot::default() });
}

fn name_lots(lots: &mut [Lot], found: &Found, only_lot: Option<String>) {
    for lot in lots.iter_mut().filter(|lot| lot.title.is_none()) {
        lot.title = found
            .titles
            .iter()
            .find(|mark| Some(&mark.label) == lot.label.as_ref())
            .and_then(|mark| mark.title.clone());
    }
    if let [one] = lots
        && one.label.is_none()
    {
        one.label = only_lot;
    }
}
