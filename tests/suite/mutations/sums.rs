//! Sums changed in one place: another unit, another number, no unit, capitals that disagree. What may be believed follows the
//! table of READING: a lone print as it stands, a slip of the unit beside its problem, a contradiction never.

use fastrand::Rng;
use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::money::Currency;

use super::edits::{Mutant, capitals, grouped, in_units, one, printed, replaced, yuan};
use super::judge::{Allowed, Permit, SUMS, permit, sum, value};
use super::marks::{Mention, YUAN, body_end, body_start, mentions};
use super::pages::Page;

const SLIP: &str = "unit slip in summary";

/// A page whose sums are all plain: nothing in conflict to begin with.
fn is_plain(page: &Page) -> bool {
    SUMS.iter().map(|name| sum(&page.notice, name)).all(|amount| {
        !matches!(amount, Amount::Conflict(_)) && amount.money().is_none_or(|money| money.currency == Currency::CNY)
    })
}

fn chosen(page: &Page, rng: &mut Rng, fits: impl Fn(&Mention) -> bool) -> Option<Mention> {
    let all: Vec<Mention> = printed(page).into_iter().filter(|mention| is_plain(page) && fits(mention)).collect();
    one(rng, &all).cloned()
}

fn only_summary(page: &Page, name: &str) -> bool {
    let rule = page.notice.evidence.get(name).map_or("", |evidence| evidence.rule.as_str());
    rule.starts_with("summary; ") || rule.contains("whole project's budget")
}

/// What may be believed after one print of a sum became another.
fn changed(page: &Page, html: &str, mention: &Mention, new: i64) -> Allowed {
    let mut out = Allowed::exactly(page);
    let left = mentions(html, &[mention.value]);
    let slip = |big: i64, small: i64| (big - small.saturating_mul(10_000)).abs() <= (big / 1_000).max(100 * YUAN);
    let slipped = slip(new, mention.value) || slip(mention.value, new);
    let notice = &page.notice;
    for name in SUMS.iter().filter(|name| value(sum(notice, name)) == Some(mention.value)) {
        let is_its = |other: &Mention| other.called.is_empty() || other.called.contains(name);
        let permits = out.sum(name);
        if !is_its(mention) {
            continue;
        }
        let in_body = left.iter().any(|other| !other.summary && is_its(other));
        let in_summary = left.iter().any(|other| other.summary && is_its(other));
        if !mention.called.contains(name) {
            // Nobody says what it is: it may be this sum or stand beside it.
            permits.push(permit(new));
            continue;
        }
        permits.clear();
        let lone = only_summary(page, name);
        match (mention.summary, in_summary, in_body) {
            (true, false, _) if lone => permits.push(permit(new)),
            // A bare number fits the unit that the summary now has.
            (true, false, _) if slipped && left.iter().any(|other| !other.summary && other.unit.is_none()) => {
                permits.extend([permit(new), Permit { value: mention.value, beside: Some(SLIP) }]);
            }
            (true, false, _) => permits.extend(slipped.then_some(Permit { value: mention.value, beside: Some(SLIP) })),
            (false, _, _) if lone => permits.push(permit(mention.value)),
            (false, true, false) => permits.extend(slipped.then_some(Permit { value: new, beside: Some(SLIP) })),
            (true, true, _) | (false, false, true) => permits.extend([permit(mention.value), permit(new)]),
            (false, true, true) => {
                permits.push(permit(mention.value));
                permits.push(Permit { value: new, beside: Some(SLIP) });
            }
            (false, false, false) => permits.push(permit(new)),
        }
    }
    if mention.summary && only_summary(page, "award") {
        out.lot_awards.push(permit(new));
    }
    if mention.summary {
        // A table of items that contradicts a lone summary is named beside it.
        out.award.push(Permit { value: new, beside: Some("item table") });
        out.lot_awards.push(Permit { value: new, beside: Some("item table") });
    } else {
        let swapped = |all: Vec<Option<i64>>| -> Vec<i64> {
            all.into_iter().flatten().map(|value| if value == mention.value { new } else { value }).collect()
        };
        let awards = swapped(notice.lots.iter().map(|lot| value(&lot.award)).collect());
        let budgets = swapped(notice.lots.iter().map(|lot| value(&lot.budget)).collect());
        for (name, lots) in [("award", &awards), ("budget", &budgets)] {
            let total = value(sum(notice, name));
            let known = total.is_some_and(|total| !mentions(html, &[total]).is_empty());
            if lots.len() > 1 && lots.contains(&new) && !known {
                out.sum(name).push(permit(lots.iter().sum()));
            }
        }
        out.lot_awards.extend(awards.into_iter().map(permit));
        out.lot_budgets.extend(budgets.into_iter().map(permit));
    }
    out
}

fn mutant(page: &Page, mention: &Mention, text: String, new: i64) -> Mutant {
    let html = replaced(&page.html, vec![(mention.number.start..mention.end, text)]);
    let allowed = changed(page, &html, mention, new);
    Mutant { html, allowed }
}

/// The number stands, the unit is another: 375万元 as 375元.
pub(super) fn unit_changed(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let mention = chosen(page, rng, |mention| mention.unit.is_some())?;
    let units: Vec<(&str, i64)> = [("元", 1), ("万元", 10_000), ("亿元", 100_000_000)]
        .into_iter()
        .filter(|(_, factor)| *factor != mention.factor)
        .collect();
    let (word, factor) = *one(rng, &units)?;
    let unit = mention.unit.clone()?;
    let text = format!("{}{word}{}", &page.html[mention.number.start..unit.start], &page.html[unit.end..mention.end]);
    let old = i128::from(mention.factor);
    let new = i64::try_from((i128::from(mention.printed) * i128::from(factor) + old / 2) / old).ok()?;
    Some(mutant(page, &mention, text, new))
}

/// The summary in the wrong unit, as the site itself has it.
pub(super) fn summary_slips(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let mention = chosen(page, rng, |mention| mention.summary && mention.unit.is_some() && mention.factor == 10_000)?;
    let up = rng.bool();
    let new = if up { mention.printed.checked_mul(10_000)? } else { mention.printed / 10_000 };
    let number = in_units(new, 10_000, 6);
    let kept = page.html[mention.number.end..mention.end].to_owned();
    Some(mutant(page, &mention, format!("{}{kept}", number.get(..number.find('.')? + 7)?), new))
}

/// The unit is gone. A bare number of 1,000 or more is yuan, and says so; a smaller one is nothing.
pub(super) fn unit_gone(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let mention = chosen(page, rng, |mention| mention.unit.is_some())?;
    let bare = mention.printed / mention.factor;
    let html = replaced(&page.html, vec![(mention.number.end..mention.end, String::new())]);
    let mut allowed = Allowed::exactly(page);
    // A currency sign before the number is a unit; a label or a header may give one.
    let before: String = page.html[..mention.number.start].chars().rev().take(12).collect();
    let body = &page.html[body_start(&page.html)..];
    let signed = before.contains(['￥', '¥', '币', '元']) || body.contains("（元）") || body.contains("(元)");
    let beside = (!signed).then_some("unit assumed");
    if bare >= 1_000 * YUAN || signed {
        for name in SUMS.iter().filter(|name| value(sum(&page.notice, name)) == Some(mention.value)) {
            allowed.sum(name).push(Permit { value: bare, beside });
            if mention.factor != 1 {
                allowed.sum(name).push(Permit { value: bare, beside: Some(SLIP) });
            }
        }
        // The lot's bare number in the sum of all.
        let lots = page.notice.lots.iter().filter(|lot| value(&lot.award) == Some(mention.value)).count();
        if let (true, Some(total)) = (lots > 0, value(&page.notice.award)) {
            allowed.award.push(permit(total - mention.value + bare));
        }
        allowed.lot_awards.push(Permit { value: bare, beside });
        allowed.lot_budgets.push(Permit { value: bare, beside });
    }
    if !signed && mention.factor != 1 && !mention.summary {
        // In yuan it is another sum; in the unit that something else suggests it is the same.
        allowed.lot_awards.push(Permit { value: bare, beside: Some("unit assumed") });
    }
    Some(Mutant { html, allowed })
}

/// 375万元（万元）, 375万元万元.
pub(super) fn unit_doubled(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let mention = chosen(page, rng, |mention| mention.unit.is_some())?;
    let word = &page.html[mention.unit.clone()?];
    let more = if rng.bool() { word.to_owned() } else { format!("（{word}）") };
    let html = replaced(&page.html, vec![(mention.end..mention.end, more)]);
    Some(Mutant { html, allowed: Allowed::exactly(page) })
}

/// The unit in a label or a column's header is another: the numbers below it change with it.
pub(super) fn header_unit_changed(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    if !is_plain(page) {
        return None;
    }
    let range = body_start(&page.html)..body_end(&page.html);
    let mut found = Vec::new();
    for (word, other, up) in [("万元", "元", false), ("元", "万元", true)] {
        for (open, close) in [("（", "）"), ("(", ")")] {
            for (at, _) in page.html.match_indices(&format!("{open}{word}{close}")) {
                let lead = page.html[..at].trim_end().chars().next_back().unwrap_or(' ');
                if range.contains(&at) && !lead.is_ascii_digit() && lead != '>' {
                    found.push((at + open.len()..at + open.len() + word.len(), other, up));
                }
            }
        }
    }
    let (place, other, up) = one(rng, &found)?.clone();
    let html = replaced(&page.html, vec![(place, other.to_owned())]);
    let mut allowed = Allowed::exactly(page);
    let scaled = |value: i64| if up { value.saturating_mul(10_000) } else { value / 10_000 };
    let scale = |permits: &[Permit], beside| -> Vec<Permit> {
        permits.iter().map(|known| Permit { value: scaled(known.value), beside }).collect()
    };
    for name in SUMS {
        let summarised = mentions(&page.html, &value(sum(&page.notice, name)).into_iter().collect::<Vec<i64>>())
            .iter()
            .any(|mention| mention.summary);
        let more = scale(allowed.sum(name), summarised.then_some(SLIP));
        allowed.sum(name).extend(more);
    }
    let (awards, budgets) = (scale(&allowed.lot_awards, None), scale(&allowed.lot_budgets, None));
    allowed.lot_awards.extend(awards);
    allowed.lot_budgets.extend(budgets);
    Some(Mutant { html, allowed })
}

/// Another number in one place.
pub(super) fn number_changed(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let mention = chosen(page, rng, |mention| mention.unit.is_some())?;
    let (by, of) = *one(rng, &[(3, 2), (7, 10), (10, 1), (1, 10), (2, 1), (100, 1), (1, 100), (1_000, 1)])?;
    let new = i64::try_from(i128::from(mention.printed) * by / of).ok()? / 100 * 100;
    if (new - mention.value).abs() < 10_000 * YUAN || new < 1_000 * YUAN {
        return None;
    }
    let kept = page.html[mention.number.end..mention.end].to_owned();
    let number = in_units(new, mention.factor, 0);
    let number = if rng.bool() { grouped(&number) } else { number };
    Some(mutant(page, &mention, format!("{number}{kept}"), new))
}

/// Two digits change places.
pub(super) fn digits_change_places(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let mention = chosen(page, rng, |mention| mention.unit.is_some())?;
    let number = page.html[mention.number.clone()].to_owned();
    let digits: Vec<char> = number.chars().collect();
    let whole = digits.iter().position(|c| *c == '.').unwrap_or(digits.len());
    let at = rng.usize(0..whole.max(2) - 1);
    let mut mixed = digits;
    if at + 1 >= whole || !mixed[at].is_ascii_digit() || !mixed[at + 1].is_ascii_digit() {
        return None;
    }
    mixed.swap(at, at + 1);
    let text: String = mixed.iter().collect();
    let plain = text.replace(',', "");
    let (before, after) = plain.split_once('.').unwrap_or((&plain, ""));
    let scaled: i128 = format!("{before}{after:0<8}").parse().ok()?;
    let new = i64::try_from(scaled * i128::from(mention.factor) / 10_000).ok()?;
    if (new - mention.value).abs() < 20_000 * YUAN {
        return None;
    }
    let kept = page.html[mention.number.end..mention.end].to_owned();
    Some(mutant(page, &mention, format!("{text}{kept}"), new))
}

/// The summary's sums change places with another number of the page.
pub(super) fn summary_takes_another(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let mention = chosen(page, rng, |mention| mention.summary && mention.unit.is_some())?;
    let others: Vec<i64> =
        super::marks::values(page).into_iter().filter(|value| (value - mention.value).abs() > 1_000 * YUAN).collect();
    let new = one(rng, &others).copied().unwrap_or(mention.value / 100_000_000 * 150_000_000 + 12_345 * YUAN);
    if (new - mention.value).abs() <= 1_000 * YUAN {
        return None;
    }
    let kept = page.html[mention.number.end..mention.end].to_owned();
    let number = in_units(new, mention.factor, 6);
    Some(mutant(page, &mention, format!("{number}{kept}"), new))
}

/// Capitals that say something else than the figures beside them.
pub(super) fn capitals_that_disagree(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let mention = chosen(page, rng, |mention| mention.unit.is_some() && !mention.summary)?;
    let other = mention.printed / YUAN / 7 * 5 * YUAN;
    let words = capitals(other)?;
    let shown = &page.html[mention.number.start..mention.end];
    let text = match rng.usize(0..3) {
        0 => format!("{shown}（大写：{words}）"),
        1 => format!("人民币{words}（{shown}）"),
        _ => format!("{shown}（人民币{words}）"),
    };
    let html = replaced(&page.html, vec![(mention.number.start..mention.end, text)]);
    let mut allowed = Allowed::exactly(page);
    let elsewhere = mentions(&html, &[mention.value]).iter().filter(|other| !other.summary).count() > 1;
    for name in SUMS {
        let lone = only_summary(page, name);
        let its = mention.called.contains(&name);
        if value(sum(&page.notice, name)) == Some(mention.value) && its && !elsewhere && !lone {
            allowed.sum(name).clear();
        }
    }
    Some(Mutant { html, allowed })
}

/// A rate in the place of a sum.
pub(super) fn rate_in_its_place(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let mention = chosen(page, rng, |mention| mention.unit.is_some() && !mention.summary)?;
    let text = *one(
        rng,
        &[
            "下浮率：12.5%",
            "85%",
            "费率2.35%",
            "优惠率 8.6 %",
            "九五折",
            "0.85（折扣系数）",
            "单价：12.78元",
            "164元/人",
            "0.38元/平方米·月",
        ],
    )?;
    let html = replaced(&page.html, vec![(mention.number.start..mention.end, text.to_owned())]);
    let gone = page.html[mention.number.start..mention.end].to_owned();
    let allowed = Allowed::remains(page, &html, &gone);
    Some(Mutant { html, allowed })
}

/// The sum with its price a piece beside it.
pub(super) fn price_beside(page: &Page, rng: &mut Rng) -> Option<Mutant> {
    let mention =
        chosen(page, rng, |mention| mention.unit.is_some() && !mention.summary && mention.printed == mention.value)?;
    let price = yuan(mention.printed / 12 / 100 * 100, 2);
    let text = match rng.usize(0..4) {
        0 => format!("（单价：{price}元）"),
        1 => format!("（{price}元/月）"),
        2 => format!("，单价{price}元/台"),
        _ => format!("（每年{price}元）"),
    };
    let html = replaced(&page.html, vec![(mention.end..mention.end, text)]);
    Some(Mutant { html, allowed: Allowed::exactly(page) })
}
