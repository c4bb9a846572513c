//! Values from history as the templates take them: sums with their states, days, names. Every text of an outsider passes through
//! here: one line, bounded, without tricks; addresses only of the web. Escaping happens where it is printed.

use serde::Serialize;

use crate::domain::amount::Amount;
use crate::domain::judged::Judged;
use crate::domain::organisation::Organisation;
use crate::domain::stamp::Stamp;
use crate::domain::subscription::Language;
use crate::telling::plain;
use crate::telling::sums::{self, Sum};

/// The longest title, passage or value that is printed.
pub(super) const TEXT_CHARS_MAX: usize = 400;
/// The longest name.
const NAME_CHARS_MAX: usize = 120;

/// A sum with what is said of it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct AmountView {
    /// `disclosed`, `undisclosed`, …
    state: &'static str,
    sum: Option<Sum>,
    claims: Vec<ClaimView>,
    text: Option<String>,
    /// Where it was read, or which rule gave it.
    by: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct ClaimView {
    place: String,
    sum: Sum,
}

impl AmountView {
    pub(super) fn of(amount: &Amount, language: Language) -> Self {
        let mut view = Self { state: amount.state(), sum: None, claims: Vec::new(), text: None, by: None };
        match amount {
            Amount::Disclosed { money, by } => {
                view.sum = Some(sums::sum(*money, language));
                view.by = Some(text(by));
            }
            Amount::Conflict(claims) => {
                let claim = |claim: &crate::domain::amount::Claim| ClaimView {
                    place: text(&claim.place),
                    sum: sums::sum(claim.money, language),
                };
                view.claims = claims.iter().map(claim).collect();
            }
            Amount::Unparsed { text: found } => view.text = Some(text(found)),
            Amount::Undisclosed | Amount::Zero | Amount::NotApplicable => {}
        }
        view
    }

    pub(super) fn is_disclosed(&self) -> bool {
        self.sum.is_some()
    }
}

/// A judged value and the rule that decided it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct JudgedView {
    value: Option<&'static str>,
    rule: String,
}

impl JudgedView {
    pub(super) fn of<T: Copy>(judged: &Judged<T>, word: impl Fn(T) -> &'static str) -> Self {
        Self { value: judged.value.map(word), rule: text(&judged.rule) }
    }
}

/// An outsider's text, fit to print.
pub(super) fn text(text: &str) -> String {
    plain::line(text, TEXT_CHARS_MAX)
}

/// Names, fit to print.
pub(super) fn names(organisations: &[Organisation]) -> Vec<String> {
    organisations.iter().map(|organisation| plain::line(&organisation.name, NAME_CHARS_MAX)).collect()
}

/// An address of the web, or nothing.
pub(super) fn address(url: Option<&str>) -> Option<String> {
    url.and_then(plain::url)
}

/// `2019-09-10`, where it was printed.
pub(super) fn day(stamp: Option<Stamp>) -> Option<String> {
    stamp.map(|stamp| stamp.day().to_string())
}

/// `2019-09-10 09:30`, where it was printed.
pub(super) fn minute(stamp: Option<Stamp>) -> Option<String> {
    stamp.map(|stamp| stamp.offset.to_datetime(stamp.at).strftime("%Y-%m-%d %H:%M").to_string())
}
