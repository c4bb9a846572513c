//! What it costs to see that nothing changed: the look at what is known of a listing and the hash of its body, and a whole poll of the
//! replica on loopback, from the request to the commit. Nothing is parsed in either.

#![expect(clippy::unwrap_used, reason = "a measurement may fail")]

use std::hint::black_box;
use std::path::Path;

use criterion::Criterion;
use jiff::civil::date;
use sha2::{Digest as _, Sha256};
use tenderwatch::app;
use tenderwatch::config;
use tenderwatch::demo::notices;
use tenderwatch::demo::replica::search;
use tenderwatch::demo::stage::Stage;
use tenderwatch::domain::source::Validators;
use tenderwatch::jobs::{Rooms, poll};
use tenderwatch::store::{Settings, Store};

const SOURCE: &str = "replica";

/// The same body as last time, by its hash.
fn by_hash(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let now = tenderwatch::demo::story::end();
    let store = Store::open(&Settings { path: folder.path().join("tenderwatch.db") }, now).unwrap();
    let query = search::Query::parse(
        "kw=%E5%8C%BA%E5%9D%97%E9%93%BE&timeType=6&start_time=2018:10:01&end_time=2019:09:20",
        date(2019, 9, 23),
    );
    let body = search::page(&query, &notices::all(), "http://127.0.0.1:8080");
    let url = "http://127.0.0.1:8080/bxsearch?kw=%E5%8C%BA%E5%9D%97%E9%93%BE";
    let validators = Validators { body_hash: Some(hash(&body)), reader_version: 1, ..Validators::default() };
    store.write(|w| w.put_validators(SOURCE, url, &validators, now)).unwrap();
    let named = format!("unchanged listing of {} KiB, by its hash", body.len() / 1024);
    criterion.bench_function(&named, |bencher| {
        bencher.iter(|| {
            let known = store.read(|r| r.validators(SOURCE, black_box(url))).unwrap().unwrap();
            assert!(known.body_hash.as_deref() == Some(&hash(black_box(&body))));
        });
    });
}

fn hash(body: &str) -> String {
    format!("{:x}", Sha256::digest(body.as_bytes()))
}

/// A whole poll that finds nothing new: robots.txt is known, the site answers 304 to each of the topic's terms.
fn whole_poll(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _inside = runtime.enter();
    let stage = Stage::open(folder.path()).unwrap();
    let rooms = rooms(&stage, folder.path());
    let source = rooms.config.sources.first().unwrap();
    let first = runtime.block_on(poll::poll(&rooms, source)).unwrap();
    assert!(first.whole && first.pages.read > 0, "{first:?}");
    // The first poll reaches back to the beginning, those after it ask for the last days only.
    runtime.block_on(poll::poll(&rooms, source)).unwrap();
    criterion.bench_function("unchanged listing, a whole poll on loopback", |bencher| {
        bencher.iter(|| {
            let polled = runtime.block_on(poll::poll(&rooms, source)).unwrap();
            assert!(polled.whole && polled.listing_pages == 0 && polled.pages.read == 0, "{polled:?}");
        });
    });
    runtime.block_on(stage.close());
}

fn rooms(stage: &Stage, folder: &Path) -> Rooms {
    let text = format!(
        "contact = \"bench@example.org\"\ndata_dir = {data:?}\n\
         [fetch.hosts.\"{host}\"]\nown = true\ngap = \"0s\"\njitter = 0\nrequests_per_day = 50000\n\
         [sources.{SOURCE}]\ndialect = \"ccgp\"\nsearch = \"{url}/bxsearch\"\nsince = \"2016-12-01\"\n",
        data = folder.join("data").display().to_string(),
        host = stage.replica_url.trim_start_matches("http://"),
        url = stage.replica_url,
    );
    let config = config::parse(&text, "bench.toml").unwrap();
    app::open(config, stage.clock.clone()).unwrap()
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    by_hash(&mut criterion);
    whole_poll(&mut criterion);
    criterion.final_summary();
}
