//! What it costs to settle 20 new notices, five of them of the topic, in one transaction in a history of 1,000 notices and in a large
//! one (`TENDERWATCH_BENCH_HISTORY`, by default 200,000). Ends with the ratio of both, measured in turn, pair by pair.

#![expect(clippy::unwrap_used, reason = "a measurement may fail")]
#![expect(clippy::indexing_slicing, reason = "so may an invention")]
#![expect(clippy::cast_precision_loss, reason = "rates and medians are for reading")]

mod history;

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use criterion::{BatchSize, Criterion};
use history::{Piece, invent};
use tenderwatch::config;
use tenderwatch::domain::change::Telling;
use tenderwatch::figures::milestone::Step;
use tenderwatch::store::{Store, StoreError};

/// The small history.
const SMALL: usize = 1_000;
/// The large one, unless the environment names another size.
const LARGE: usize = 200_000;
/// Notices in one measurement.
const FRESH: u64 = 20;
/// Pairs behind the ratio.
const PAIRS: u64 = 101;

/// A history under measurement.
struct Subject {
    notices: usize,
    store: Store,
    milestones: Vec<Step>,
}

impl Subject {
    fn open(notices: usize) -> Result<Self> {
        let text = "contact = \"bench@example.org\"\n[sources.ccgp]\ndialect = \"ccgp\"\nsince = \"2016-12-12\"\n";
        let milestones = config::parse(text, "bench.toml").map_err(|report| anyhow!("{report}"))?.milestone_steps();
        Ok(Self { notices, store: history::open(notices)?, milestones })
    }

    /// Settles and takes it back, so that every measurement meets the same history.
    fn settle(&self, pieces: &[Piece]) {
        let undone = self.store.write(|w| -> Result<()> {
            for piece in pieces {
                let settled = history::add(w, piece, Telling::News, &self.milestones)?;
                assert!(settled.new == 1, "{} is not new", piece.id);
            }
            Err(StoreError::Full.into())
        });
        assert!(undone.is_err());
    }

    fn timed(&self, round: u64) -> Duration {
        let pieces = invent::fresh(self.notices, round, FRESH);
        let started = Instant::now();
        self.settle(&pieces);
        started.elapsed()
    }
}

fn settling(criterion: &mut Criterion, subject: &Subject) {
    let mut round = 1_000;
    criterion.bench_function(&format!("settle {FRESH} new notices in a history of {}", subject.notices), |bencher| {
        bencher.iter_batched(
            || {
                round += 1;
                invent::fresh(subject.notices, round, FRESH)
            },
            |pieces| subject.settle(&pieces),
            BatchSize::PerIteration,
        );
    });
}

/// Both in turn, so that a machine that is busy with something else slows both.
fn ratio(small: &Subject, large: &Subject) {
    let mut pairs: Vec<(f64, f64)> = Vec::new();
    for round in 0..PAIRS {
        pairs.push((small.timed(round).as_secs_f64(), large.timed(round).as_secs_f64()));
    }
    let small_median = median(pairs.iter().map(|(small, _)| *small));
    let large_median = median(pairs.iter().map(|(_, large)| *large));
    let of_pairs = median(pairs.iter().map(|(small, large)| large / small));
    println!(
        "settle {FRESH} new notices, median of {PAIRS} pairs: {:.2} ms in a history of {}, {:.2} ms in one of {}: ratio {of_pairs:.2}",
        small_median * 1e3,
        small.notices,
        large_median * 1e3,
        large.notices,
    );
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let large = std::env::var("TENDERWATCH_BENCH_HISTORY").map_or(LARGE, |size| size.parse().unwrap());
    let (small, large) = (Subject::open(SMALL).unwrap(), Subject::open(large).unwrap());
    let mut criterion = Criterion::default().configure_from_args();
    settling(&mut criterion, &small);
    settling(&mut criterion, &large);
    criterion.final_summary();
    ratio(&small, &large);
}
