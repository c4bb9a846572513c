//! The score of readings against truths: by source and field, how many cases came right, wrong, or not at all. Prints itself.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::notice::{LotStatus, Notice};

use super::truths::Truth;

#[derive(Clone, Copy, Default)]
struct Score {
    right: usize,
    wrong: usize,
    missing: usize,
}

impl Score {
    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missing += other.missing;
    }

    fn cases(self) -> usize {
        self.right + self.wrong + self.missing
    }

    /// Of what was read, how much is right.
    fn precision(self) -> f64 {
        ratio(self.right, self.right + self.wrong)
    }

    /// Of what is true, how much was read.
    fn recall(self) -> f64 {
        ratio(self.right, self.cases())
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    let count = |n: usize| f64::from(u32::try_from(n).unwrap());
    if whole == 0 { 1.0 } else { count(part) / count(whole) }
}

/// All scores of a run.
#[derive(Default)]
pub(super) struct Scores {
    fields: BTreeMap<(&'static str, &'static str), Score>,
    source: &'static str,
    pub notes: Vec<String>,
    pub silently_wrong: Vec<String>,
}

impl Scores {
    /// What is scored from here on.
    pub(super) fn of(&mut self, source: &'static str) {
        self.source = source;
    }

    /// One case. An empty truth is none.
    pub(super) fn check(&mut self, field: &'static str, page: &str, expected: &str, got: &str) {
        if expected.is_empty() {
            return;
        }
        let score = self.fields.entry((field, self.source)).or_default();
        if expected == got {
            score.right += 1;
            return;
        }
        if got.is_empty() {
            score.missing += 1;
        } else {
            score.wrong += 1;
        }
        self.notes.push(format!("{page} {field}: expected {expected}, read {got}"));
    }

    /// A sum that is believed and false is the one thing that must not be.
    pub(super) fn sum(&mut self, field: &'static str, page: &str, expected: &str, amount: &Amount) {
        let got = amount.money().map_or_else(|| amount.state().to_owned(), |money| money.decimal());
        if !expected.is_empty() && amount.money().is_some() && got != expected {
            self.silently_wrong.push(format!("{page} {field}: expected {expected}, read {got}"));
        }
        self.check(field, page, expected, &got);
    }

    /// A whole notice against its truth.
    pub(super) fn notice(&mut self, truth: &Truth, title: &str, notice: &Notice) {
        let page = truth.page;
        self.check("kind", page, truth.kind, notice.kind.word());
        self.check("title", page, title, &notice.title);
        let published = notice.published_at.map(|stamp| stamp.iso()).unwrap_or_default();
        self.check("date", page, truth.published, &published);
        self.check("buyer", page, truth.buyer, notice.buyers.first().map_or("", |buyer| &buyer.name));
        self.check("region", page, truth.region, notice.region.text.as_deref().unwrap_or_default());
        self.check("number", page, truth.number, notice.project_numbers.first().map_or("", String::as_str));
        self.sum("budget", page, truth.budget, &notice.budget);
        self.sum("award", page, truth.award, &notice.award);
        if truth.kind == "award" && !truth.winners.is_empty() {
            self.check("winners", page, &truth.winners.join(" "), &winners(notice));
        }
    }

    /// The table: one line for each source and field, one for each field over all sources.
    pub(super) fn table(&self) -> String {
        let mut out = String::from("field       source         cases  right  wrong  missing  precision  recall\n");
        let mut line = |field: &str, source: &str, score: Score| {
            let _ = writeln!(
                out,
                "{field:<11} {source:<12} {:>7} {:>6} {:>6} {:>8} {:>10.3} {:>7.3}",
                score.cases(),
                score.right,
                score.wrong,
                score.missing,
                score.precision(),
                score.recall()
            );
        };
        let mut fields: Vec<&str> = self.fields.keys().map(|(field, _)| *field).collect();
        fields.dedup();
        for field in fields {
            let of_field = self.fields.iter().filter(|((name, _), _)| *name == field);
            let mut count = 0;
            for ((_, source), score) in of_field {
                line(field, source, *score);
                count += 1;
            }
            if count > 1 {
                line(field, "all", self.over_all(field));
            }
        }
        out
    }

    fn over_all(&self, field: &str) -> Score {
        let mut whole = Score::default();
        for (_, score) in self.fields.iter().filter(|((name, _), _)| *name == field) {
            whole.add(*score);
        }
        whole
    }

    /// Insists on a floor for both, over at least so many cases.
    pub(super) fn insist(&self, field: &str, floor: f64, cases: usize) {
        let score = self.over_all(field);
        assert!(score.cases() >= cases, "{field}: only {} cases", score.cases());
        let (precision, recall) = (score.precision(), score.recall());
        assert!(precision >= floor && recall >= floor, "{field}: precision {precision:.4}, recall {recall:.4}");
    }
}

fn winners(notice: &Notice) -> String {
    let lots = notice.lots.iter().filter(|lot| lot.status == LotStatus::Awarded);
    lots.flat_map(|lot| &lot.suppliers).map(|supplier| supplier.name.as_str()).collect::<Vec<_>>().join(" ")
}
