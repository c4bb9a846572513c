//! Settles what summary and body say of one sum, by the table of READING: neither is believed blindly, a slip of the unit is
//! named, a conflict is shown and never decided in silence.

use crate::domain::amount::{Amount, Claim};
use crate::domain::money::{Money, SCALE};
use crate::domain::notice::Evidence;
use crate::domain::reading::Problem;
use crate::sources::dialect::amounts::{self, Said};
use crate::sources::dialect::figures::{Figure, UnitBy};
use crate::sources::dialect::fold::{fold, head};
use crate::sources::dialect::units::Unit;

/// Sums this far apart are one: 100 yuan.
const NEAR: i64 = 100 * SCALE;
/// A whole budget below this (1,000 yuan) is pointed out.
const PLAUSIBLE_MIN: i64 = 1_000 * SCALE;

/// A sum alone in a summary below this (1,000 yuan) or from that on (a billion: the site's own slips of the unit) is not believed.
const PLAUSIBLE: std::ops::Range<i64> = 1_000 * SCALE..HEADER_MAX;

/// A sum of this size (a billion yuan) is not believed in a unit that only a header prints.
const HEADER_MAX: i64 = 1_000_000_000 * SCALE;

/// No purchase of this size (ten billion yuan) is believed at all.
const BELIEVED_MAX: i64 = 10_000_000_000 * SCALE;

/// The rule by which a summary is believed.
pub(super) const ALONE: &str = "summary; the body is silent";

/// What is wrong with a summary that took its number from a price or a rate.
pub(super) const COPIED: &str = "the summary repeats a price or a rate of the body";

/// One place's word on a sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub figure: Figure,
    /// `summary`, `body`, `table`, `sum of lots`.
    pub place: String,
    pub passage: String,
}

/// All that one side of a page says of a sum.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) enum Heard {
    #[default]
    Nothing,
    Free(String),
    /// A rate or a price per piece, with the text.
    NoSum(String),
    Sum(Told),
    Disagree(Told, Told),
    Several(Vec<Told>),
    Unclear(String),
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Settled {
    pub amount: Amount,
    pub problems: Vec<Problem>,
    pub evidence: Option<Evidence>,
}

/// A problem with a field.
pub(super) fn problem(field: &str, what: impl Into<String>, passage: &str) -> Problem {
    Problem { field: field.to_owned(), what: what.into(), passage: head(passage.trim(), 200) }
}

/// Reads the value of a label or a cell.
pub(super) fn hear(label: &str, value: &str, header: Option<Unit>, place: &str) -> Heard {
    let passage = if label.is_empty() {
        head(value, 200)
    } else {
        head(&format!("{}：{value}", label.trim_end_matches(['：', ':'])), 200)
    };
    let told = |figure: Figure| Told { figure, place: place.to_owned(), passage: passage.clone() };
    match amounts::read(value, header.or_else(|| Unit::in_label(label))) {
        Said::Nothing => Heard::Nothing,
        Said::Free => Heard::Free(passage),
        Said::NoSum => Heard::NoSum(passage),
        Said::Sum(figure)
            if Unit::is_per_piece(label) && (figure.unit_by != UnitBy::Own || fold(label).contains("单价")) =>
        {
            Heard::NoSum(passage)
        }
        Said::Sum(figure) => Heard::Sum(told(figure)),
        Said::Disagree(a, b) => Heard::Disagree(told(a), told(b)),
        Said::Several(figures) => Heard::Several(figures.into_iter().map(told).collect()),
        Said::Unclear => Heard::Unclear(passage),
    }
}

/// Several places of one side as one: agreeing sums fall together, differing ones stay several.
pub(super) fn together(heard: Vec<Heard>) -> Heard {
    let mut sums: Vec<Told> = Vec::new();
    let mut rest = Heard::Nothing;
    for one in heard {
        let new = match one {
            Heard::Sum(told) => vec![told],
            Heard::Several(several) => several,
            Heard::Disagree(..) => return one,
            Heard::Nothing => continue,
            other => {
                if rest == Heard::Nothing {
                    rest = other;
                }
                continue;
            }
        };
        for told in new {
            match sums.iter_mut().find(|known| near(&known.figure, &told.figure)) {
                Some(known) if worth(&told.figure) > worth(&known.figure) => *known = told,
                Some(_) => {}
                None => sums.push(told),
            }
        }
    }
    match sums.len() {
        0 => rest,
        1 => sums.pop().map_or(rest, Heard::Sum),
        _ => Heard::Several(sums),
    }
}

/// The largest power of ten that divides a sum: of 6,687,920 and 668.79万 the first is the finer, in whatever unit it is printed.
fn grain(figure: &Figure) -> i64 {
    let mut grain = 1;
    while figure.money.ten_thousandths != 0 && figure.money.ten_thousandths % (grain * 10) == 0 {
        grain *= 10;
    }
    grain
}

/// How much a print of a sum is worth beside another of the same.
fn worth(figure: &Figure) -> (bool, bool, std::cmp::Reverse<i64>) {
    (!figure.torn, figure.unit_by != UnitBy::Nowhere, std::cmp::Reverse(figure.place))
}

/// Whether two prints are one sum: within 100 yuan, or one within the printed rounding of the other.
pub(super) fn near(a: &Figure, b: &Figure) -> bool {
    let apart = (a.money.ten_thousandths - b.money.ten_thousandths).abs();
    let rounding = a.place.max(b.place).min(10_000 * SCALE) / 2;
    a.money.currency == b.money.currency && apart <= NEAR.max(rounding)
}

/// A bare number as ten thousands, or nothing where that is not to be believed: from 10,000 on such a number counts yuan unless
/// it is finer than a fen.
pub(super) fn in_wan(figure: &Figure) -> Option<Figure> {
    let large = figure.money.ten_thousandths >= 10_000 * SCALE;
    if large && figure.place >= SCALE / 100 {
        return None;
    }
    Some(Figure {
        money: figure.in_wan?,
        in_wan: None,
        unit_by: UnitBy::Header,
        place: figure.place.checked_mul(10_000)?,
        ..*figure
    })
}

fn times(figure: &Figure, factor: i64) -> Option<Figure> {
    let ten_thousandths = figure.money.ten_thousandths.checked_mul(factor)?;
    Some(Figure {
        money: Money { ten_thousandths, ..figure.money },
        place: figure.place.checked_mul(factor)?,
        ..*figure
    })
}

/// Whether one is exactly 10⁴ times the other, rounding allowed.
pub(super) fn slipped(summary: &Figure, body: &Figure) -> bool {
    let close = |big: &Figure, small: &Figure| {
        times(small, 10_000).is_some_and(|small| {
            let apart = (big.money.ten_thousandths - small.money.ten_thousandths).abs();
            apart <= NEAR.max(big.place.max(small.place) / 2).min(big.money.ten_thousandths / 1_000 + 1)
        })
    };
    close(summary, body) || close(body, summary)
}

fn disclosed(told: &Told, by: &str, rule: &str) -> Settled {
    Settled {
        amount: Amount::disclosed(told.figure.money, by),
        problems: Vec::new(),
        evidence: Some(Evidence { rule: rule.to_owned(), passage: told.passage.clone() }),
    }
}

fn conflict(field: &str, claims: &[&Told], what: &str) -> Settled {
    let mut values: Vec<Claim> = Vec::new();
    for told in claims.iter().take(8) {
        let claim = Claim { money: told.figure.money, place: told.place.clone() };
        if !values.contains(&claim) {
            values.push(claim);
        }
    }
    let passage: Vec<&str> = claims.iter().map(|told| told.passage.as_str()).collect();
    let passage = head(&passage.join(" | "), 200);
    Settled {
        amount: Amount::Conflict(values),
        problems: vec![problem(field, what, &passage)],
        evidence: Some(Evidence { rule: "places disagree".into(), passage }),
    }
}

fn unparsed(field: &str, text: &str, what: &str) -> Settled {
    Settled {
        amount: Amount::Unparsed { text: head(text, 200) },
        problems: vec![problem(field, what, text)],
        evidence: Some(Evidence { rule: "not understood".into(), passage: head(text, 200) }),
    }
}

/// One sum from the summary and the body. What both print alike may still be a slip of whoever filled in the form.
pub(super) fn settle(field: &str, summary: &Heard, body: &Heard) -> Settled {
    let mut settled = weigh(field, summary, body);
    let Some(size) = settled.amount.money().map(|money| money.ten_thousandths) else { return settled };
    let passage = settled.evidence.as_ref().map(|seen| seen.passage.clone()).unwrap_or_default();
    if size >= BELIEVED_MAX {
        return unparsed(field, &passage, "larger than any purchase; its unit is not believed");
    }
    if size < PLAUSIBLE_MIN && matches!(field, "budget" | "ceiling") {
        settled.problems.push(problem(field, "unusually small; perhaps a price per piece", &passage));
    }
    if size >= HEADER_MAX {
        settled.problems.push(problem(field, "unusually large; its unit may be wrong", &passage));
    }
    settled
}

fn weigh(field: &str, summary: &Heard, body: &Heard) -> Settled {
    match (summary, body) {
        (_, Heard::Disagree(capital, figure)) => conflict(field, &[capital, figure], "capitals and figures disagree"),
        (Heard::Sum(summary), Heard::Sum(body)) => both(field, summary, body),
        (Heard::Sum(summary), Heard::Several(several)) => among(field, summary, several),
        (Heard::Sum(summary), Heard::NoSum(text)) if repeats(&summary.figure, text) => {
            unparsed(field, &summary.passage, COPIED)
        }
        (Heard::Sum(summary), _) => alone_in_summary(field, summary),
        (_, Heard::Sum(body)) => alone_in_body(field, body),
        (_, Heard::Several(several)) => {
            let all: Vec<&Told> = several.iter().collect();
            conflict(field, &all, "several sums, none said to be the whole")
        }
        (_, Heard::Free(text)) => Settled {
            amount: Amount::Zero,
            problems: Vec::new(),
            evidence: Some(Evidence { rule: "said to be free".into(), passage: text.clone() }),
        },
        (_, Heard::Unclear(text)) | (Heard::Unclear(text), _) => unparsed(field, text, "not understood as a sum"),
        _ => Settled::default(),
    }
}

/// 成交金额（万元）：356000.00 beside a summary of 35.6万: in the label's unit no purchase, in yuan the summary's sum.
fn label_slipped(field: &str, summary: &Told, body: &Told) -> Option<Settled> {
    let absurd = body.figure.unit_by == UnitBy::Header && body.figure.money.ten_thousandths >= HEADER_MAX;
    let money = |ten_thousandths| Money { ten_thousandths, ..body.figure.money };
    let yuan = Figure {
        money: money(body.figure.money.ten_thousandths / 10_000),
        place: (body.figure.place / 10_000).max(1),
        ..body.figure
    };
    let sound = PLAUSIBLE.contains(&yuan.money.ten_thousandths) && yuan.money.ten_thousandths < HEADER_MAX;
    if !absurd || !sound || !near(&summary.figure, &yuan) {
        return None;
    }
    let told = Told { figure: yuan, ..body.clone() };
    let mut settled = disclosed(&told, &body.place, "unit slip in the label; in yuan as the summary says");
    let passage = format!("{} | {}", summary.passage, body.passage);
    settled.problems.push(problem(field, "unit slip in the body's label", &passage));
    Some(settled)
}

/// ￥28.5 万元（美元） beside 28.5（万元）: one number, and one side says which money it is.
fn other_currency(field: &str, summary: &Told, body: &Told) -> Option<Settled> {
    let (one, other) = (summary.figure.money, body.figure.money);
    if one.ten_thousandths != other.ten_thousandths || one.currency == other.currency {
        return None;
    }
    let cny = crate::domain::money::Currency::CNY;
    let told = [summary, body].into_iter().find(|told| told.figure.money.currency != cny)?;
    let known = one.currency == cny || other.currency == cny;
    let mut settled = disclosed(told, &told.place, "summary and body agree but for the currency");
    let passage = format!("{} | {}", summary.passage, body.passage);
    settled.problems.push(problem(field, "only one place names the currency", &passage));
    known.then_some(settled)
}

fn both(field: &str, summary: &Told, body: &Told) -> Settled {
    if let Some(settled) = label_slipped(field, summary, body).or_else(|| other_currency(field, summary, body)) {
        return settled;
    }
    if body.figure.unit_by == UnitBy::Nowhere {
        let finer = |told: Told, rule: &str| {
            let best = if grain(&summary.figure) < grain(&told.figure) { summary.clone() } else { told };
            disclosed(&best, &best.place, rule)
        };
        if near(&summary.figure, &body.figure) {
            return finer(body.clone(), "body, in yuan as the summary says");
        }
        if let Some(wan) = in_wan(&body.figure).filter(|wan| near(&summary.figure, wan)) {
            return finer(Told { figure: wan, ..body.clone() }, "body, in 万元 as the summary says");
        }
        return conflict(field, &[summary, body], "summary and body disagree; the body prints no unit");
    }
    if near(&summary.figure, &body.figure) {
        let finer = if grain(&summary.figure) < grain(&body.figure) && !body.figure.torn { summary } else { body };
        return disclosed(finer, &finer.place, "summary and body agree; the finer print");
    }
    if slipped(&summary.figure, &body.figure) {
        let trusted = body.figure.unit_by == UnitBy::Own && !body.figure.torn
            || body.figure.money.ten_thousandths >= 10_000 * SCALE
                && summary.figure.money.ten_thousandths > body.figure.money.ten_thousandths
            || body.figure.money.ten_thousandths < 1_000_000_000 * SCALE
                && summary.figure.money.ten_thousandths < 1_000 * SCALE;
        if !trusted {
            return conflict(
                field,
                &[summary, body],
                "summary and body are 10,000 times apart; the unit stands in a header only",
            );
        }
        let mut settled = disclosed(body, &body.place, "unit slip in the summary; the body's");
        settled.problems.push(problem(
            field,
            "unit slip in summary",
            &format!("{} | {}", summary.passage, body.passage),
        ));
        return settled;
    }
    conflict(field, &[summary, body], "summary and body disagree")
}

fn among(field: &str, summary: &Told, several: &[Told]) -> Settled {
    let fitting: Vec<&Told> = several.iter().filter(|told| near(&summary.figure, &told.figure)).collect();
    if let [one] = fitting[..] {
        return both(field, summary, one);
    }
    if let Some(sum) = sum_of(several).filter(|sum| near(&summary.figure, &sum.figure)) {
        return disclosed(&sum, "sum of the body's parts", "the body's parts add up to the summary");
    }
    let claims: Vec<&Told> = std::iter::once(summary).chain(several).collect();
    conflict(field, &claims, "summary and body disagree")
}

/// The sum of several tellings, where all are of one currency.
pub(super) fn sum_of(several: &[Told]) -> Option<Told> {
    let first = several.first()?;
    let mut figure = first.figure;
    for told in several.iter().skip(1) {
        figure.money = figure.money.checked_add(told.figure.money)?;
        figure.in_wan = figure.in_wan.zip(told.figure.in_wan).and_then(|(a, b)| a.checked_add(b));
        figure.place = figure.place.max(told.figure.place);
        if told.figure.unit_by == UnitBy::Nowhere {
            figure.unit_by = UnitBy::Nowhere;
        }
        figure.torn |= told.figure.torn;
    }
    let place = if several.len() > 1 { "sum of lots".to_owned() } else { first.place.clone() };
    Some(Told {
        figure,
        place,
        passage: head(&several.iter().map(|told| told.passage.as_str()).collect::<Vec<_>>().join(" + "), 200),
    })
}

/// Whether a text's numbers are those of a sum, as they stand or in 万: then the sum was copied from a price.
fn repeats(summary: &Figure, text: &str) -> bool {
    let chars: Vec<char> = fold(text).chars().collect();
    let mut number = String::new();
    let mut found = false;
    for c in chars.iter().chain(std::iter::once(&' ')) {
        if c.is_ascii_digit() || *c == '.' {
            number.push(*c);
            continue;
        }
        if let Said::Sum(figure) = amounts::read(&number, None) {
            found |=
                figure.money == summary.money || times(&figure, 10_000).is_some_and(|wan| wan.money == summary.money);
        }
        number.clear();
    }
    found
}

/// Whether a line prints the number of a summary's sum as a rate: 100.5% beside ￥100.500000万元. It was copied from there.
pub(super) fn is_a_rate_in(summary: &Heard, lines: &[(super::sections::Section, String)]) -> bool {
    let Heard::Sum(told) = summary else { return false };
    lines.iter().any(|(_, line)| {
        line.match_indices(['%', '％']).any(|(at, _)| {
            let before = line.get(..at).unwrap_or_default().trim_end();
            let number: Vec<char> =
                before.chars().rev().take_while(|c| c.is_ascii_digit() || *c == '.').take(12).collect();
            let number: String = number.into_iter().rev().collect();
            number.len() > 1 && repeats(&told.figure, &number)
        })
    })
}

fn alone_in_summary(field: &str, summary: &Told) -> Settled {
    if !PLAUSIBLE.contains(&summary.figure.money.ten_thousandths) {
        return unparsed(field, &summary.passage, "the summary's sum is not plausible and the body has none");
    }
    disclosed(summary, &summary.place, ALONE)
}

fn alone_in_body(field: &str, body: &Told) -> Settled {
    if body.figure.unit_by == UnitBy::Nowhere {
        if body.figure.money.ten_thousandths < 1_000 * SCALE {
            return unparsed(field, &body.passage, "a small number without a unit");
        }
        let mut settled = disclosed(body, &body.place, "body; no unit printed, yuan assumed");
        settled.problems.push(problem(field, "unit assumed", &body.passage));
        return settled;
    }
    if body.figure.unit_by == UnitBy::Header && body.figure.money.ten_thousandths >= HEADER_MAX {
        return unparsed(field, &body.passage, "too large in the header's unit, and nothing agrees");
    }
    let mut settled = disclosed(body, &body.place, "body");
    if body.figure.torn {
        settled.problems.push(problem(field, "digits torn by blanks were joined", &body.passage));
    }
    settled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(summary: &str, body: &str) -> String {
        let settled =
            settle("budget", &hear("预算金额", summary, None, "summary"), &hear("预算金额", body, None, "body"));
        let problems: Vec<String> = settled.problems.into_iter().map(|problem| problem.what).collect();
        let value = settled.amount.money().map(|money| money.decimal()).unwrap_or_default();
        format!("{} {value} {}", settled.amount.state(), problems.join("; ")).trim().replace("  ", " ")
    }

    #[test]
    fn the_table_of_the_reading_holds() {
        assert_eq!(of("￥0.000000万元", "/"), "undisclosed");
        assert_eq!(of("￥0.000000万元", "5072100元"), "disclosed 5072100");
        assert_eq!(of("详见公告正文", "1945000.00 元，最高限价为 1873600.00 元"), "disclosed 1945000");
        assert_eq!(of("￥668.790000 万元（人民币）", "6687920.0元"), "disclosed 6687920");
        assert_eq!(
            of("￥1236.260000万元", "人民币壹仟贰佰叁拾陆万贰仟伍佰陆拾元肆角玖分（￥ 12362560.49元）"),
            "disclosed 12362560.49"
        );
        assert_eq!(of("￥0.007972万元（人民币）", "797217.00 元"), "disclosed 797217 unit slip in summary");
        assert_eq!(of("￥2340000.000000万元", "2340000.00 元"), "disclosed 2340000 unit slip in summary");
        assert_eq!(of("￥3.000000万元", "258 万元"), "conflict summary and body disagree");
        assert_eq!(of("￥75.000000万元", "67.5万元"), "conflict summary and body disagree");
        assert_eq!(of("￥599.600000万元", "596.6万元"), "conflict summary and body disagree");
        assert_eq!(of("￥50.000000万元", "500000"), "disclosed 500000");
        assert_eq!(of("￥1395.000000万元", "1,395"), "disclosed 13950000");
        assert_eq!(of("", "500000"), "disclosed 500000 unit assumed");
        assert_eq!(of("", "375"), "unparsed a small number without a unit");
        assert_eq!(of("", "叁拾万元整（￥350000元）"), "conflict capitals and figures disagree");
        assert_eq!(of("￥164.000000万元", "164元/人"), "unparsed the summary repeats a price or a rate of the body");
        assert_eq!(of("￥0.007972万元", ""), "unparsed the summary's sum is not plausible and the body has none");
        assert_eq!(of("￥50.000000万元（人民币）", "约 5 0 万元"), "disclosed 500000");
        assert_eq!(of("￥9.000000万元", "免费"), "disclosed 90000");
        assert_eq!(of("", "免费"), "zero");
        assert!(matches!(hear("中标金额（元/年）", "120000", None, "body"), Heard::NoSum(_)));
        assert!(matches!(hear("中标金额（元/%）", "120000", None, "body"), Heard::Sum(_)));
    }
}
