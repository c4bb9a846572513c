//! How is a value written for people, in no language? Sums as `¥1,200,000`, instants as `2019-09-01 09:30`, lists with 、.

use super::amount::{Amount, Claim};
use super::classes::Category;
use super::money::{Currency, Money};
use super::organisation::Organisation;
use super::ruling::Matter;
use super::stamp::Stamp;
use super::topic::Weight;

/// The longest text of one value, in characters.
const VALUE_MAX: usize = 300;

/// `¥1,200,000`, `¥2,569,303.17`, `USD 5,720,188`.
#[must_use]
pub fn money(money: Money) -> String {
    let decimal = money.decimal();
    let (sign, magnitude) = decimal.strip_prefix('-').map_or(("", decimal.as_str()), |rest| ("-", rest));
    let (whole, part) = magnitude.split_once('.').map_or((magnitude, None), |(whole, part)| (whole, Some(part)));
    let mut text = String::with_capacity(24);
    text.push_str(sign);
    if money.currency == Currency::CNY {
        text.push('¥');
    } else {
        text.push_str(money.currency.code());
        text.push(' ');
    }
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(part) = part {
        text.push('.');
        text.push_str(part);
    }
    text
}

/// A sum's word, its claims where places disagree (`¥3 / ¥5`), nothing where none is stated.
#[must_use]
pub fn amount(amount: &Amount) -> Option<String> {
    match amount {
        Amount::Disclosed { money: sum, .. } => Some(money(*sum)),
        Amount::Zero => Some("0".to_owned()),
        Amount::Conflict(claims) => Some(conflict(claims)),
        Amount::Unparsed { text } => Some(text.trim().to_owned()),
        Amount::Undisclosed | Amount::NotApplicable => None,
    }
}

fn conflict(claims: &[Claim]) -> String {
    let sums: Vec<String> = claims.iter().take(6).map(|claim| money(claim.money)).collect();
    sums.join(" / ")
}

/// What a ruling says: `budget ¥1,200,000`, `category unclassified`, `with ccgp:123`.
#[must_use]
pub fn matter(matter: &Matter) -> String {
    let sum = |sum: Option<Money>| sum.map_or_else(|| "undisclosed".to_owned(), money);
    match matter {
        Matter::TopicPart(money) => format!("topic part {}", sum(*money)),
        Matter::Budget(money) => format!("budget {}", sum(*money)),
        Matter::Award { lot: None, money } => format!("award {}", sum(*money)),
        Matter::Award { lot: Some(label), money } => format!("award of lot {label} {}", sum(*money)),
        Matter::Category(category) => format!("category {}", category.map_or("unclassified", Category::word)),
        Matter::Level(level) => format!("level {}", level.word()),
        Matter::Region(province) => format!("region {}", province.as_deref().unwrap_or("unknown")),
        Matter::Relevance(relevance) => format!("relevance {}", weight(*relevance)),
        Matter::Alone => "alone, a project of its own".to_owned(),
        Matter::With(other) => format!("with {other}"),
        Matter::NotWith(other) => format!("not with {other}"),
    }
}

/// How strongly something is of the topic.
#[must_use]
pub fn weight(weight: Weight) -> &'static str {
    match weight {
        Weight::Subject => "subject",
        Weight::Item => "item",
        Weight::Mention => "mention",
        Weight::None => "none",
    }
}

/// `2019-09-01 09:30`, as printed where it was printed.
#[must_use]
pub fn stamp(stamp: Stamp) -> String {
    stamp.offset.to_datetime(stamp.at).strftime("%Y-%m-%d %H:%M").to_string()
}

/// Names with 、 between them, or nothing.
#[must_use]
pub fn names(list: &[Organisation]) -> Option<String> {
    let names: Vec<&str> = list.iter().map(|party| party.name.as_str()).collect();
    (!names.is_empty()).then(|| names.join("、"))
}

/// A text cut to what a message may carry, with an ellipsis where it was cut.
#[must_use]
pub fn bounded(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(VALUE_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The text where there is any.
#[must_use]
pub fn some(text: &str) -> Option<String> {
    Some(bounded(text)).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_carry_their_currency_and_their_thousands() {
        assert_eq!(money(Money::yuan(1_200_000)), "¥1,200,000");
        assert_eq!(money(Money::cny(25_693_031_700)), "¥2,569,303.17");
        assert_eq!(money(Money::cny(-123_456_789)), "-¥12,345.6789");
        assert_eq!(money(Money { ten_thousandths: 999 * 10_000, currency: Currency::USD }), "USD 999");
    }

    #[test]
    fn a_conflict_shows_both_sums() {
        let claim = |units| Claim { money: Money::yuan(units), place: String::new() };
        assert_eq!(amount(&Amount::Conflict(vec![claim(3), claim(5)])).as_deref(), Some("¥3 / ¥5"));
        assert_eq!(amount(&Amount::Undisclosed), None);
    }

    #[test]
    fn a_long_value_is_cut() {
        assert_eq!(bounded(&"长".repeat(400)).chars().count(), VALUE_MAX + 1);
    }
}
