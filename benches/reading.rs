//! How many pages a second one core reads: real pages kept outside the project, and pages of the demonstration's replica. From the
//! text of a page to the notices with region and relevance, or to the rows of a listing. Lacks fetching and decoding.

#![expect(clippy::unwrap_used, reason = "a measurement may fail")]

use std::hint::black_box;
use std::path::PathBuf;

use criterion::{Criterion, Throughput};
use jiff::civil::date;
use tenderwatch::demo::notices;
use tenderwatch::demo::replica::{pages, search};
use tenderwatch::sources::{Dialect, read_saved};

/// Real pages: the name of the measurement and the file.
const CAPTURED: [(&str, &str); 4] = [
    ("search page of 20 rows", "search_fulltext_2017-12_31hits.html"),
    ("tender page", "tender_2026-06_yunnan.html"),
    ("award page", "award_2026-09_central_pumch.html"),
    ("award page, rendered by a browser", "award_2025-05_shenzhen_longhua_rendered.html"),
];

/// Where the real pages are.
fn captures() -> PathBuf {
    let named = std::env::var_os("TENDERWATCH_CAPTURES").map(PathBuf::from);
    named.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/captures"))).join("ccgp")
}

fn captured(criterion: &mut Criterion) {
    let folder = captures();
    let mut group = criterion.benchmark_group("read a real page");
    group.throughput(Throughput::Elements(1));
    for (name, file) in CAPTURED {
        let Ok(html) = std::fs::read_to_string(folder.join(file)) else {
            eprintln!("skipped: {name}: no {file} in {}; set TENDERWATCH_CAPTURES", folder.display());
            continue;
        };
        let named = format!("{name} ({} KiB)", html.len() / 1024);
        group.bench_function(named, |bencher| bencher.iter(|| read_saved(Dialect::Ccgp, black_box(&html), None)));
    }
    group.finish();
}

fn replica(criterion: &mut Criterion) {
    const SITE: &str = "http://127.0.0.1:8080";
    let published = notices::all();
    let query = search::Query::parse(
        "kw=%E5%8C%BA%E5%9D%97%E9%93%BE&timeType=6&start_time=2018:10:01&end_time=2019:09:20",
        date(2019, 9, 23),
    );
    let listing = search::page(&query, &published, SITE);
    let all: Vec<String> = published.iter().map(|notice| pages::page(notice)).collect();
    let mut group = criterion.benchmark_group("read the replica");
    group.throughput(Throughput::Elements(1));
    let named = format!("result page ({} KiB)", listing.len() / 1024);
    group.bench_function(named, |bencher| bencher.iter(|| read_saved(Dialect::Ccgp, black_box(&listing), None)));
    group.throughput(Throughput::Elements(u64::try_from(all.len()).unwrap()));
    let named = format!("all {} notice pages", all.len());
    group.bench_function(named, |bencher| {
        bencher.iter(|| all.iter().map(|page| read_saved(Dialect::Ccgp, black_box(page), None)).collect::<Vec<_>>());
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    captured(&mut criterion);
    replica(&mut criterion);
    criterion.final_summary();
}
