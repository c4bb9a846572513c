//! What moved between two readings of one notice? Field by field, as text for people; nothing for the same reading.

use super::change::FieldChange;
use super::notice::{Amendment, Item, Lot, Notice};
use super::wording;

/// The fields that moved from one reading to the other.
#[must_use]
pub fn diff_notice(before: &Notice, after: &Notice) -> Vec<FieldChange> {
    FIELDS
        .iter()
        .filter_map(|(field, value)| moved(field, value(before), value(after)))
        .chain(text(before, after))
        .collect()
}

/// One field's change, where there is one. Values are compared whole and told bounded.
pub(super) fn moved(field: &str, old: Option<String>, new: Option<String>) -> Option<FieldChange> {
    let told = |value: Option<String>| value.map(|text| wording::bounded(&text));
    (old != new).then(|| FieldChange { field: field.to_owned(), old: told(old), new: told(new) })
}

type Value = fn(&Notice) -> Option<String>;

const FIELDS: [(&str, Value); 27] = [
    ("kind", |n| Some(n.kind.word().to_owned())),
    ("title", |n| some(&n.title)),
    ("project_title", |n| n.project_title.as_deref().and_then(some)),
    ("published", |n| n.published_at.map(wording::stamp)),
    ("section", |n| n.section.clone()),
    ("url", |n| n.url.clone()),
    ("revision", |n| n.revision_id.clone()),
    ("buyer", |n| wording::names(&n.buyers)),
    ("agency", |n| n.agency.as_ref().map(|agency| agency.name.clone())),
    ("region", |n| n.region.text.clone().or_else(|| n.region.province.clone())),
    ("number", |n| list(n.project_numbers.iter().cloned())),
    ("method", |n| n.method.map(|method| method.word().to_owned())),
    ("items_path", |n| n.items_path.clone()),
    ("budget", |n| wording::amount(&n.budget)),
    ("ceiling", |n| wording::amount(&n.ceiling)),
    ("award", |n| wording::amount(&n.award)),
    ("contract", |n| wording::amount(&n.contract)),
    ("suppliers", |n| wording::names(&n.lots.iter().flat_map(|lot| lot.suppliers.clone()).collect::<Vec<_>>())),
    ("lots", |n| list(n.lots.iter().map(lot))),
    ("items", |n| list(n.items.iter().map(item))),
    ("candidates", |n| list(n.candidates.iter().map(|candidate| candidate.supplier.name.clone()))),
    ("amendments", |n| list(n.amendments.iter().map(amendment))),
    ("refers_to", |n| {
        list(n.refers_to.iter().filter_map(|other| other.project_number.clone().or_else(|| other.title.clone())))
    }),
    ("deadline", |n| n.dates.deadline_at.map(wording::stamp)),
    ("opens", |n| n.dates.opens_on.map(|day| day.to_string())),
    ("awarded_on", |n| n.dates.awarded_on.map(|day| day.to_string())),
    ("attachments", |n| list(n.attachments.iter().cloned())),
];

fn list(values: impl Iterator<Item = String>) -> Option<String> {
    some(&values.collect::<Vec<_>>().join("; "))
}

fn some(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn lot(lot: &Lot) -> String {
    let label = lot.label.as_deref().unwrap_or("-");
    let sums = [&lot.budget, &lot.award].map(|amount| wording::amount(amount).unwrap_or_else(|| "-".to_owned()));
    let suppliers = wording::names(&lot.suppliers).unwrap_or_else(|| "-".to_owned());
    format!("{label} {} {} {suppliers}", lot.status.word(), sums.join(" "))
}

fn item(item: &Item) -> String {
    let total = wording::amount(&item.total).unwrap_or_default();
    format!("{} {total}", item.name).trim_end().to_owned()
}

fn amendment(amendment: &Amendment) -> String {
    let side = |text: &Option<String>| text.as_deref().unwrap_or("-").to_owned();
    format!("{}: {} → {}", amendment.item, side(&amendment.before), side(&amendment.after))
}

/// The running text is not shown; that it moved is, by the first words that differ.
fn text(before: &Notice, after: &Notice) -> Option<FieldChange> {
    let same = before.text.chars().zip(after.text.chars()).take_while(|(old, new)| old == new).count();
    let from = |text: &str| {
        let tail: String = text.chars().skip(same.saturating_sub(10)).take(80).collect();
        some(&tail)
    };
    let change = || FieldChange { field: "text".to_owned(), old: from(&before.text), new: from(&after.text) };
    (before.text != after.text).then(change)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::amount::Amount;
    use crate::domain::money::Money;

    #[test]
    fn a_moved_budget_shows_both_sums_and_nothing_else() {
        let before = Notice { budget: Amount::disclosed(Money::yuan(100), "summary"), ..Notice::default() };
        let after = Notice { budget: Amount::disclosed(Money::yuan(200), "body"), ..before.clone() };
        let expected = FieldChange { field: "budget".into(), old: Some("¥100".into()), new: Some("¥200".into()) };
        assert_eq!(diff_notice(&before, &after), [expected]);
    }

    #[test]
    fn a_moved_text_is_noticed_however_late() {
        let before = Notice { text: "甲".repeat(5000), ..Notice::default() };
        let after = Notice { text: format!("{}乙", before.text), ..Notice::default() };
        assert_eq!(diff_notice(&before, &after).len(), 1);
    }

    proptest! {
        #[test]
        fn the_same_reading_differs_in_nothing(title in "\\PC{0,20}", text in "\\PC{0,40}", units in 0_i64..1_000_000) {
            let notice = Notice { title, text, award: Amount::disclosed(Money::yuan(units), "lots"), ..Notice::default() };
            prop_assert_eq!(diff_notice(&notice, &notice), Vec::new());
        }
    }
}
