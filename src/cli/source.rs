//! `source read`: what a reader makes of saved pages, one line of JSON each. `source try`: the same of one page fetched now.
//! `source list`: what is configured and how it is.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use url::Url;

use crate::domain::reading::PageKind;
use crate::domain::source::Health;
use crate::domain::topic::Topic;
use crate::fetch::{self, Fetched, Request};
use crate::jobs::backfill;
use crate::platform::clock::Clock;
use crate::sources::{self, Dialect, reading_json};

#[derive(clap::Subcommand, Debug)]
pub(super) enum Verb {
    /// Reads saved responses, without network and without a database.
    Read {
        /// The dialect: ccgp or usaspending.
        dialect: String,
        /// The page's address, once per file, in order.
        #[arg(long)]
        url: Vec<String>,
        /// One line of JSON per file (the only form there is; kept for scripts that ask for it).
        #[arg(long)]
        json: bool,
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Fetches one page as the service would, and shows what the reader makes of it.
    Try {
        /// The configured source.
        source: String,
        /// The page's address; the first page of today's search where none is given.
        url: Option<Url>,
    },
    /// Reads saved pages into the source's history; nobody is told of them.
    Backfill {
        /// The configured source.
        source: String,
        /// A CSV file with the columns `file` (beside it) and `url`, a row per saved page: listings and notices.
        pages: PathBuf,
    },
    /// What is configured and how it is.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(config: &Path, clock: Clock, verb: Verb) -> Result<u8> {
    match verb {
        Verb::Read { dialect, url, json: _, files } => read(&dialect, &url, &files),
        Verb::Try { source, url } => try_page(config, clock, &source, url).await,
        Verb::Backfill { source, pages } => backfill(config, clock, &source, &pages),
        Verb::List { json } => list(config, clock, json),
    }
}

/// Largest saved response that is read.
const FILE_BYTES_MAX: u64 = 32 << 20;

fn read(dialect: &str, urls: &[String], files: &[PathBuf]) -> Result<u8> {
    let Some(dialect) = Dialect::parse(dialect) else {
        bail!("{dialect} is no dialect; there is: {}", Dialect::ALL.map(Dialect::word).join(", "))
    };
    if urls.len() > files.len() {
        bail!("--url is given {} times for {} files", urls.len(), files.len());
    }
    let mut code = super::DONE;
    let topic = Topic::blockchain();
    for (place, file) in files.iter().enumerate() {
        let url = urls.get(place).map(String::as_str);
        match read_file(dialect, file, url, &topic) {
            Ok((line, kind)) => {
                println!("{line}");
                if kind == PageKind::Unknown {
                    eprintln!("tenderwatch: {}: nothing this reader knows", file.display());
                    code = super::FAILED;
                }
            }
            Err(error) => {
                eprintln!("tenderwatch: {error:#}");
                code = super::FAILED;
            }
        }
    }
    Ok(code)
}

fn read_file(dialect: Dialect, file: &Path, url: Option<&str>, topic: &Topic) -> Result<(String, PageKind)> {
    let name = file.display().to_string();
    let size = std::fs::metadata(file).with_context(|| format!("{name}: cannot be read"))?.len();
    if size > FILE_BYTES_MAX {
        bail!("{name}: {size} bytes, more than the {FILE_BYTES_MAX} that are read");
    }
    let bytes = std::fs::read(file).with_context(|| format!("{name}: cannot be read"))?;
    let (text, _) = fetch::decode(&bytes, None);
    let mut reading = dialect.read(&text, url);
    for notice in &mut reading.notices {
        sources::complete(notice, None, topic);
    }
    Ok((reading_json::to_json(&name, dialect.word(), &reading).to_string(), reading.page))
}

async fn try_page(config: &Path, clock: Clock, source: &str, url: Option<Url>) -> Result<u8> {
    let config = match super::load(config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    let Some(settings) = config.sources.iter().find(|s| s.name == source) else {
        bail!("no source is called {source}; there is: {}", names(&config));
    };
    let Some(topic) = config.topics.iter().find(|t| t.name == settings.topic) else {
        bail!("source {source} names topic {}, which is not configured", settings.topic);
    };
    let url = match url {
        Some(url) => url,
        None => first_search(settings, topic, &clock)?,
    };
    let fetcher = fetch::Fetcher::new(config.fetch_settings(), clock, Vec::new())?;
    let request = Request {
        url: url.clone(),
        validators: None,
        signs: settings.dialect.signs(),
        content_marks: settings.dialect.content_marks(),
    };
    match fetcher.fetch(&request).await {
        Fetched::Page(page) => {
            let mut reading = settings.dialect.read(&page.text, Some(url.as_str()));
            for notice in &mut reading.notices {
                sources::complete(notice, None, topic);
            }
            let json = reading_json::to_json(url.as_str(), settings.dialect.word(), &reading);
            eprintln!("{}: status {}, {} bytes, {}", page.url, page.status, page.bytes.len(), page.charset);
            println!("{}", serde_json::to_string_pretty(&json)?);
            Ok(if reading.page == PageKind::Unknown { super::FAILED } else { super::DONE })
        }
        fetched => {
            let (why, _) = crate::jobs::poll::trouble(&fetched);
            eprintln!("tenderwatch: {url}: {why}");
            Ok(super::NOT_WHOLE)
        }
    }
}

fn backfill(config: &Path, clock: Clock, source: &str, pages: &Path) -> Result<u8> {
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    let Some(settings) = rooms.config.sources.iter().find(|s| s.name == source) else {
        bail!("no source is called {source}; there is: {}", names(&rooms.config));
    };
    let Some(topic) = rooms.config.topics.iter().find(|t| t.name == settings.topic) else {
        bail!("source {source} names topic {}, which is not configured", settings.topic);
    };
    let saved = backfill::listed(pages)?;
    let done = backfill::backfill(&rooms, settings, topic, &saved)?;
    println!(
        "{} saved pages: {} listings with {} rows, {} notice pages ({} notices new, {} changed)",
        saved.len(),
        done.listings,
        done.rows,
        done.pages,
        done.settled.new,
        done.settled.changed
    );
    for (file, why) in &done.unread {
        eprintln!("tenderwatch: {}: {why}", file.display());
    }
    Ok(if done.unread.is_empty() { super::DONE } else { super::NOT_WHOLE })
}

/// The first page of the search that a poll would make for the last week.
fn first_search(settings: &crate::config::settings::SourceSettings, topic: &Topic, clock: &Clock) -> Result<Url> {
    use crate::sources::ccgp::plan::Search;
    use crate::sources::ccgp::walk::SearchWalk;
    let today = crate::domain::stamp::china_day(clock.now());
    let from = today.checked_sub(jiff::Span::new().days(7))?;
    let term = topic.terms.first().with_context(|| format!("topic {} has no terms", topic.name))?;
    let searches = Search::windows(term, settings.fulltext, from, today);
    let search = searches.into_iter().next().context("no window")?;
    Ok(SearchWalk::new(search, &settings.search, settings.pages_max).request())
}

fn names(config: &crate::config::Config) -> String {
    config.sources.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn list(config: &Path, clock: Clock, json: bool) -> Result<u8> {
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    for source in &rooms.config.sources {
        let (memory, waiting) = rooms
            .store
            .read(|r| -> Result<_> { Ok((r.source_memory(&source.name)?, r.wanted_count(&source.name)?)) })?;
        let health = match memory.health {
            Health::Well => "well".to_owned(),
            Health::Ailing { since, failures } => format!("ailing since {since} ({failures} failures)"),
            Health::Failing { since, failures } => format!("failing since {since} ({failures} failures)"),
        };
        if json {
            println!(
                "{}",
                serde_json::json!({"source": source.name, "dialect": source.dialect.word(), "topic": source.topic,
                    "health": health, "healthy_at": memory.healthy_at, "next_due_at": memory.next_due_at,
                    "pages_waiting": waiting})
            );
        } else {
            let next = memory.next_due_at.map_or_else(|| "at the next start".into(), |at| at.to_string());
            println!(
                "{} ({}, topic {}): {health}; {waiting} pages waiting; next poll {next}",
                source.name,
                source.dialect.word(),
                source.topic
            );
        }
    }
    Ok(super::DONE)
}
