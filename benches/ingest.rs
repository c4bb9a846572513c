//! Saved pages into history: read, completed, kept, settled and counted, through the functions that the service uses, on one core and on
//! both, beside a plain script (`plain.py`) on the same pages in the same run, in turn. Says how far both read the same, and how much
//! memory it takes as histories grow. `TENDERWATCH_BENCH_PAGES` and `_RUNS` size it; `TENDERWATCH_BENCH_FLAT=10000,100000` measures memory.

#![expect(clippy::unwrap_used, reason = "a measurement may fail")]
#![expect(clippy::indexing_slicing, reason = "so may an invention")]
#![expect(clippy::cast_precision_loss, reason = "rates and medians are for reading")]

mod saved;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use jiff::Timestamp;
use serde_json::{Value, json};
use tenderwatch::config;
use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::change::Telling;
use tenderwatch::domain::notice::Notice;
use tenderwatch::domain::reading::PageKind;
use tenderwatch::domain::topic::{Topic, Weight};
use tenderwatch::figures::totals::{CountCell, FigureKind};
use tenderwatch::jobs::saved::{Became, Intake, SavedPage, take};
use tenderwatch::sources::{Dialect, read_saved};
use tenderwatch::store::{Settings, Store};

/// Pages in one pass, unless the environment says otherwise.
const PAGES: usize = 6_000;
/// Passes of each way.
const RUNS: usize = 5;
/// What both ways are compared by.
const FIELDS: [&str; 11] =
    ["kind", "title", "date", "buyer", "region", "province", "number", "budget", "award", "winners", "topic"];

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [_, "pass", cores, folder, history] => pass(cores, Path::new(folder), Path::new(history)),
        [_, "read", folder] => read_only(Path::new(folder)),
        [_, "grow", cores, pages, history] => grow(cores, pages.parse().unwrap(), Path::new(history)),
        _ => compare(),
    }
}

/// Where pages and histories are made.
fn folder() -> PathBuf {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    scratch.parent().unwrap_or(scratch).join("bench-ingest")
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

/// Both ways in turn, and what they come to.
fn compare() {
    let saved = saved::Saved::new();
    if let Ok(sizes) = std::env::var("TENDERWATCH_BENCH_FLAT") {
        sizes.split(',').for_each(|size| memory(size.trim()));
        return;
    }
    let (count, runs) = (setting("TENDERWATCH_BENCH_PAGES", PAGES), setting("TENDERWATCH_BENCH_RUNS", RUNS));
    let pages = folder().join(format!("pages-{count}"));
    let bytes = write_pages(&saved, count, &pages);
    println!(
        "{count} distinct pages of {} forms, {} of them real; {:.1} KiB each",
        saved.len(),
        saved.real,
        bytes as f64 / count as f64 / 1024.0
    );
    let python = python();
    if let Some(python) = &python {
        agreement(python, &pages);
    }
    let ways = ["one core", "both cores", "plain Python", "plain Python, bodies not kept"];
    let mut passes: [Vec<Value>; 4] = Default::default();
    for _ in 0..runs {
        passes[0].push(our_pass("1", &pages));
        if let Some(python) = &python {
            passes[2].push(its_pass(python, &pages, &[]));
            passes[3].push(its_pass(python, &pages, &["--no-bodies"]));
        }
        passes[1].push(our_pass("2", &pages));
    }
    let rates = passes.each_ref().map(|passes| rates(passes));
    for (way, (passes, rates)) in ways.iter().zip(passes.iter().zip(&rates)) {
        let Some(last) = passes.last() else { continue };
        println!(
            "{way}: {:.0} a second, {:.0} a second of processor time, peak {} MiB; topic: {} projects, budgets {}, awards {}",
            rates.0,
            rates.1,
            last["peak_kib"].as_u64().unwrap() / 1024,
            last["projects"],
            last["budget"],
            last["award"],
        );
    }
    if python.is_some() {
        for (beside, at) in [("bodies kept by both", 2), ("Python keeps no bodies", 3)] {
            println!(
                "times Python ({beside}): one core {:.2} (processor time {:.2}), both cores {:.2}",
                rates[0].0 / rates[at].0,
                rates[0].1 / rates[at].1,
                rates[1].0 / rates[at].0
            );
        }
    }
}

/// Medians: pages a second, pages a second of processor time.
fn rates(passes: &[Value]) -> (f64, f64) {
    let median = |field: &str| {
        let mut rates: Vec<f64> =
            passes.iter().map(|pass| pass["pages"].as_f64().unwrap() / pass[field].as_f64().unwrap()).collect();
        rates.sort_by(f64::total_cmp);
        rates.get(rates.len() / 2).copied().unwrap_or(f64::NAN)
    };
    (median("seconds"), median("processor"))
}

/// Writes the pages, and the list of them, unless they are there. Answers their size.
fn write_pages(saved: &saved::Saved, count: usize, folder: &Path) -> u64 {
    let list = folder.join("list.tsv");
    if !list.exists() {
        fs::create_dir_all(folder).unwrap();
        let mut lines = String::new();
        for place in 0..count {
            let page = saved.page(place);
            let name = format!("{place:07}.html");
            fs::write(folder.join(&name), page.html).unwrap();
            lines.push_str(&format!("{name}\t{}\n", page.url));
        }
        fs::write(list, lines).unwrap();
    }
    let sizes = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len());
    sizes.sum()
}

/// The interpreter with lxml: `$TENDERWATCH_BENCH_PYTHON`, else the one in `target/bench-python`, else the system's.
fn python() -> Option<String> {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/target/bench-python/bin/python").to_owned();
    let named = std::env::var("TENDERWATCH_BENCH_PYTHON").ok();
    let found = named.into_iter().chain([own, "python3".to_owned()]).find(|python| {
        Command::new(python).args(["-c", "import lxml.html"]).output().is_ok_and(|output| output.status.success())
    });
    if found.is_none() {
        println!(
            "no Python with lxml: python3 -m venv target/bench-python && target/bench-python/bin/pip install lxml"
        );
    }
    found
}

fn script() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/benches/plain.py")
}

/// An empty place for a history.
fn fresh(name: &str) -> PathBuf {
    let place = folder().join(name);
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).unwrap();
    place.join("history.db")
}

fn run(command: &mut Command) -> Value {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn our_pass(cores: &str, pages: &Path) -> Value {
    run(Command::new(std::env::current_exe().unwrap()).args(["pass", cores]).arg(pages).arg(fresh("ours")))
}

fn its_pass(python: &str, pages: &Path, more: &[&str]) -> Value {
    run(Command::new(python).arg(script()).arg(pages).arg(fresh("its")).args(more))
}

fn memory(size: &str) {
    for cores in ["1", "2"] {
        let grown = run(Command::new(std::env::current_exe().unwrap()).args(["grow", cores, size]).arg(fresh("grown")));
        println!(
            "{size} pages on {cores}: peak {:.1} MiB, {:.0} a second, history of {:.0} MiB",
            grown["peak_kib"].as_f64().unwrap() / 1024.0,
            grown["pages"].as_f64().unwrap() / grown["seconds"].as_f64().unwrap(),
            grown["file_bytes"].as_f64().unwrap() / 1024.0 / 1024.0,
        );
    }
    let _ = fs::remove_dir_all(folder().join("grown"));
}

/// How far both read the same, field by field; what differs is written beside the pages.
fn agreement(python: &str, pages: &Path) {
    let dump = folder().join("its.tsv");
    run(Command::new(python).arg(script()).arg(pages).arg(fresh("its")).arg("--dump").arg(&dump));
    let theirs = fs::read_to_string(dump).unwrap();
    let mut differing = fs::File::create(folder().join("differing.tsv")).unwrap();
    let mut same = [0_usize; FIELDS.len()];
    let mut notices = 0_usize;
    for (line, (name, url)) in theirs.lines().zip(listed(pages)) {
        let html = fs::read_to_string(pages.join(name)).unwrap();
        let reading = read_saved(Dialect::Ccgp, &html, Some(&url));
        let Some(notice) = reading.notices.first() else { continue };
        notices += 1;
        let mine = fields(notice);
        for (at, (mine, its)) in mine.iter().zip(line.split('\t').skip(1)).enumerate() {
            if mine == its {
                same[at] += 1;
            } else {
                writeln!(differing, "{}\t{url}\t{mine}\t{its}", FIELDS[at]).unwrap();
            }
        }
    }
    let told: Vec<String> = FIELDS
        .iter()
        .zip(same)
        .map(|(field, same)| format!("{field} {:.1} %", 100.0 * same as f64 / notices as f64))
        .collect();
    println!("both read the same in {notices} notices: {}", told.join(", "));
}

fn fields(notice: &Notice) -> Vec<String> {
    let sum =
        |amount: &Amount| amount.money().map(|money| (money.ten_thousandths / 100).to_string()).unwrap_or_default();
    let given = if notice.contract.money().is_some() { &notice.contract } else { &notice.award };
    let winners: Vec<&str> =
        notice.lots.iter().flat_map(|lot| &lot.suppliers).map(|supplier| supplier.name.as_str()).collect();
    let of_topic = matches!(notice.relevance.weight, Weight::Subject | Weight::Item);
    vec![
        notice.kind.word().to_owned(),
        notice.title.clone(),
        notice.published_at.map(|at| at.day().to_string()).unwrap_or_default(),
        notice.buyers.first().map(|buyer| buyer.name.clone()).unwrap_or_default(),
        notice.region.text.clone().unwrap_or_default(),
        notice.region.province.clone().unwrap_or_default(),
        notice.project_numbers.first().cloned().unwrap_or_default(),
        sum(&notice.budget),
        sum(given),
        winners.join("、"),
        if of_topic { "topic" } else { "" }.to_owned(),
    ]
}

fn listed(folder: &Path) -> Vec<(String, String)> {
    let list = fs::read_to_string(folder.join("list.tsv")).unwrap();
    list.lines().map(|line| line.split_once('\t').unwrap()).map(|(name, url)| (name.into(), url.into())).collect()
}

/// Prints all that is read of the pages, for holding two builds against each other.
fn read_only(folder: &Path) {
    for (name, url) in listed(folder) {
        let html = fs::read(folder.join(&name)).unwrap();
        let reading = read_saved(Dialect::Ccgp, &String::from_utf8_lossy(&html), Some(&url));
        println!("{name}\t{reading:?}");
    }
}

/// One pass over saved files, in a process of its own.
fn pass(cores: &str, folder: &Path, history: &Path) {
    let listed = listed(folder);
    let pages = listed
        .iter()
        .map(|(name, url)| SavedPage { url: Some(url.clone()), bytes: fs::read(folder.join(name)).unwrap() });
    measured(cores, listed.len(), pages, history);
}

/// One pass over pages that are made on the way, so that no disk has to hold them.
fn grow(cores: &str, count: usize, history: &Path) {
    let saved = saved::Saved::new();
    let pages = (0..count).map(move |place| {
        let page = saved.page(place);
        SavedPage { url: Some(page.url), bytes: page.html.into_bytes() }
    });
    measured(cores, count, pages, history);
}

/// Takes the pages in, and prints what it took.
fn measured(cores: &str, count: usize, pages: impl Iterator<Item = SavedPage> + Send, history: &Path) {
    let now = Timestamp::from_second(1_795_000_000).unwrap();
    let store = Store::open(&Settings { path: history.to_owned() }, now).unwrap();
    let text = "contact = \"bench@example.org\"\n[sources.ccgp]\ndialect = \"ccgp\"\nsince = \"2016-12-12\"\n";
    let config = config::parse(text, "bench.toml").unwrap();
    let (topic, milestones) = (Topic::blockchain(), config.milestone_steps());
    let intake = Intake {
        source: "ccgp",
        dialect: Dialect::Ccgp,
        topic: &topic,
        telling: Telling::Baseline,
        revisit: &config.sources.first().unwrap().revisit,
        milestones: &milestones,
        cores: cores.parse().unwrap(),
    };
    let (started, spent) = (Instant::now(), processor());
    let (mut read, mut new) = (0, 0);
    let told = |_, became| match became {
        Became::Notices { settled, .. } => {
            read += 1;
            new += settled.new;
        }
        Became::Listing(_) | Became::PassedOver(_) => {}
    };
    take(&store, &intake, PageKind::Notice, pages, now, told).unwrap();
    let (seconds, spent) = (started.elapsed().as_secs_f64(), processor() - spent);
    assert_eq!((read, new), (count as u64, count as u64));
    let totals = store.read(|r| r.totals(&topic.name)).unwrap();
    let sum =
        |kind| totals.sums.iter().filter(|(cell, _)| cell.kind == kind).map(|(_, tally)| tally.sum / 100).sum::<i64>();
    let projects: u64 = totals
        .counts
        .iter()
        .filter(|(cell, _)| matches!(cell, CountCell::Status(..)))
        .map(|(_, count)| u64::try_from(*count).unwrap())
        .sum();
    let told = json!({
        "pages": count,
        "seconds": seconds,
        "processor": spent,
        "peak_kib": peak(),
        "projects": projects,
        "budget": sum(FigureKind::Budget),
        "award": sum(FigureKind::Award),
        "file_bytes": fs::metadata(history).unwrap().len(),
    });
    println!("{told}");
}

/// Seconds of processor time that this process has spent: user and system, hundredths of a second from /proc.
fn processor() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

/// The largest resident size that this process has had, in KiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
