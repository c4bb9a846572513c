//! The house's law: which room may name which, what the pure rooms must not touch, who may use which outside crate, and how
//! files begin and are called. `docs/ARCHITECTURE.md` shows the same table; a test compares them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::paths::{self, Named};

/// A room: who it may name, and whether it is pure.
struct Room {
    name: &'static str,
    may_name: &'static [&'static str],
    is_pure: bool,
}

const fn room(name: &'static str, may_name: &'static [&'static str]) -> Room {
    Room { name, may_name, is_pure: false }
}

const fn pure(name: &'static str, may_name: &'static [&'static str]) -> Room {
    Room { name, may_name, is_pure: true }
}

/// Every room but one's own.
const ALL: &[&str] = &[
    "domain",
    "figures",
    "sources",
    "telling",
    "charts",
    "reports",
    "fetch",
    "store",
    "channels",
    "platform",
    "jobs",
    "config",
    "demo",
    "app",
    "cli",
    "reports",
    "dashboard",
];

/// The table. A new folder or file under `src/` needs a row here and in `docs/ARCHITECTURE.md`.
const ROOMS: &[Room] = &[
    pure("domain", &[]),
    pure("figures", &["domain"]),
    pure("sources", &["domain"]),
    pure("telling", &["domain", "figures"]),
    pure("charts", &["domain", "figures"]),
    pure("reports", &["domain", "figures", "telling"]),
    room("fetch", &["domain", "platform"]),
    room("store", &["domain", "figures"]),
    room("channels", &["domain", "platform"]),
    room("platform", &[]),
    room(
        "jobs",
        &["domain", "figures", "sources", "fetch", "store", "channels", "telling", "charts", "platform", "config"],
    ),
    room("config", &["domain", "figures", "sources", "fetch", "store", "channels", "platform"]),
    room("dashboard", &["domain", "figures", "store", "telling", "charts", "jobs", "config"]),
    room("demo", ALL),
    room("app", ALL),
    room("cli", ALL),
    room("main", ALL),
    room("lib", ALL),
];

/// Outside crates that only some rooms may use. The demonstration stands in for the outside world and may use all.
const OUTSIDERS: &[(&str, &[&str])] = &[
    ("rusqlite", &["store"]),
    ("flate2", &["store", "charts"]),
    ("reqwest", &["fetch", "channels"]),
    ("rustls", &["fetch", "channels", "app", "main"]),
    ("lettre", &["channels", "config"]),
    ("calamine", &["jobs"]),
    ("mail_parser", &["domain"]),
    ("hmac", &["channels", "domain"]),
    ("ed25519_dalek", &["channels"]),
    ("resvg", &["charts"]),
    ("scraper", &["sources"]),
    ("html5ever", &["sources"]),
    ("toml", &["config"]),
    ("annotate_snippets", &["config"]),
    ("minijinja", &["telling", "reports", "dashboard"]),
    ("sd_notify", &["platform"]),
    ("getrandom", &["platform"]),
    ("tracing_subscriber", &["platform"]),
    ("tokio_cron_scheduler", &["app", "jobs"]),
    ("clap", &["cli", "main"]),
    ("anyhow", &["jobs", "dashboard", "app", "cli", "main"]),
    ("axum", &["dashboard"]),
    ("tower", &["dashboard"]),
    ("tower_http", &["dashboard"]),
    ("governor", &["dashboard"]),
];

/// What a pure room must not touch, as the beginning of a path.
const OUTSIDE_WORLD: &[&str] = &[
    "tokio",
    "tokio_util",
    "reqwest",
    "rusqlite",
    "lettre",
    "axum",
    "tracing",
    "fastrand",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::io",
    "std::os",
    "std::time::SystemTime",
    "std::time::Instant",
    "SystemTime",
    "Instant",
];

/// Macros that print.
const PRINTING: &[&str] = &["print", "println", "eprint", "eprintln", "dbg"];

/// Names that say nothing about what is inside.
const MEANINGLESS: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "misc", "manager", "managers", "handler", "handlers", "core",
    "types",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The path below `src/`, with `/`.
fn place(file: &Path) -> String {
    file.strip_prefix(root().join("src")).unwrap().to_string_lossy().into_owned()
}

fn room_of(place: &str) -> &str {
    let first = place.split('/').next().unwrap_or_default();
    first.strip_suffix(".rs").unwrap_or(first)
}

/// How many modules below the crate's root a file is: 1 for `domain/mod.rs`, 2 for `domain/money.rs`.
fn depth(place: &str) -> usize {
    let parts = place.split('/').count();
    if matches!(place, "lib.rs" | "main.rs") { 0 } else { parts - usize::from(place.ends_with("/mod.rs")) }
}

/// Every breach of the law in one file.
fn breaches(place: &str, named: &Named) -> Vec<String> {
    let own = room_of(place);
    let Some(room) = ROOMS.iter().find(|room| room.name == own) else {
        return vec![format!("src/{place}: the room {own} has no row in the table")];
    };
    let mut found = Vec::new();
    for mention in &named.paths {
        let mut segments = mention.path.split("::");
        match (segments.next(), segments.next()) {
            (Some("crate" | "tenderwatch"), Some(other)) if other != own && !room.may_name.contains(&other) => {
                found.push(format!("{} names {}: {own} may name {:?}", place, mention.path, room.may_name));
            }
            (Some("super"), Some("super")) => found.push(format!("{place} climbs with {}", mention.path)),
            (Some("super"), Some(_)) if depth(place) + mention.inner_depth < 2 => {
                found.push(format!("{place} leaves its room with {}: write crate::…", mention.path));
            }
            (Some(outsider), _) => found.extend(outsider_breach(place, own, outsider, mention.in_test)),
            _ => {}
        }
        if room.is_pure && !mention.in_test {
            found.extend(touch_breach(place, &mention.path));
        }
    }
    if room.is_pure && named.is_async {
        found.push(format!("{place} waits for something: {own} is pure"));
    }
    let foreign = named.reexports.iter().filter(|path| leaves_room(path, own));
    found.extend(foreign.map(|path| format!("{place} re-exports {path}: let others name it where it lives")));
    found.sort();
    found.dedup();
    found
}

fn outsider_breach(place: &str, own: &str, outsider: &str, in_test: bool) -> Option<String> {
    let (_, rooms) = OUTSIDERS.iter().find(|(name, _)| *name == outsider)?;
    let allowed = rooms.contains(&own) || own == "demo" || in_test;
    (!allowed).then(|| format!("{place} uses {outsider}, which is for {rooms:?}"))
}

fn touch_breach(place: &str, path: &str) -> Option<String> {
    let begins = |word: &str| path == word || path.strip_prefix(word).is_some_and(|rest| rest.starts_with("::"));
    let touches = OUTSIDE_WORLD.iter().any(|word| begins(word)) || path.ends_with("::now") || PRINTING.contains(&path);
    touches.then(|| format!("{place} touches the outside world with {path}"))
}

fn leaves_room(path: &str, own: &str) -> bool {
    path.strip_prefix("crate::").is_some_and(|rest| rest.split("::").next() != Some(own)) && own != "lib"
}

#[test]
fn rooms_name_only_those_they_may() {
    let mut found = Vec::new();
    for file in files(&root().join("src")) {
        let named = paths::read(&fs::read_to_string(&file).unwrap()).unwrap();
        found.extend(breaches(&place(&file), &named));
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn every_file_begins_by_saying_what_it_is_for() {
    let mut found = Vec::new();
    let all = ["src", "tests", "benches", "fuzz/fuzz_targets"].map(|folder| files(&root().join(folder)));
    for file in all.concat() {
        let text = fs::read_to_string(&file).unwrap();
        let header = text.lines().take_while(|line| line.starts_with("//!")).count();
        if header == 0 || header > 4 {
            found.push(format!("{}: {header} lines of //! at its beginning, wanted 1 to 4", file.display()));
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn no_file_or_folder_has_a_name_that_says_nothing() {
    let all = ["src", "tests", "benches"].map(|folder| files(&root().join(folder)));
    let found: Vec<String> = all
        .concat()
        .iter()
        .map(|file| file.strip_prefix(root()).unwrap().display().to_string())
        .filter(|path| says_nothing(path))
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

fn says_nothing(path: &str) -> bool {
    path.split('/').any(|part| MEANINGLESS.contains(&part.strip_suffix(".rs").unwrap_or(part)))
}

/// The rows of `docs/ARCHITECTURE.md`: `| \`room\` | \`a\` \`b\` | … |`.
#[test]
fn the_documented_table_is_the_law() {
    let text = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    for room in ROOMS.iter().filter(|room| room.name != "lib") {
        let row = text.lines().find(|line| line.starts_with(&format!("| `{}` |", room.name)));
        let row = row.unwrap_or_else(|| panic!("docs/ARCHITECTURE.md has no row for {}", room.name));
        let cell = row.split('|').nth(2).unwrap();
        let shown: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        if room.may_name.len() == ALL.len() {
            assert_eq!(cell.trim(), "all", "{row}");
        } else {
            assert_eq!(shown, room.may_name, "{row}");
        }
        assert_eq!(row.contains("pure"), room.is_pure, "{row}");
    }
}

mod the_law_can_be_broken {
    use super::*;

    fn breaks(place: &str, text: &str) -> bool {
        !breaches(place, &paths::read(text).unwrap()).is_empty()
    }

    #[test]
    fn by_naming_a_room_that_is_not_ones_business() {
        assert!(breaks("domain/x.rs", "use crate::store::Store;"));
        assert!(breaks("domain/x.rs", "use crate::{domain::money, fetch};"));
        assert!(breaks("store/x.rs", "fn f() { crate::channels::send() }"));
        assert!(breaks("store/x.rs", "fn f() { log!(crate::channels::send()) }"));
        assert!(breaks("fetch/x.rs", "#[cfg(test)]\nmod tests { use crate::store::Store; }"));
        assert!(breaks("fetch/x.rs", "use crate::*;"));
        assert!(!breaks("store/x.rs", "use crate::{domain::money::Money, figures, store::sql};"));
    }

    #[test]
    fn by_climbing_out_of_the_room() {
        assert!(breaks("domain/x.rs", "use super::super::store;"));
        assert!(breaks("domain/x.rs", "use super::{super::store, money};"));
        assert!(breaks("domain/mod.rs", "use super::store;"));
        assert!(breaks("config.rs", "use super::store;"));
        assert!(!breaks("domain/x.rs", "use super::money;\n#[cfg(test)]\nmod tests { use super::*; }"));
        assert!(!breaks("domain/mod.rs", "#[cfg(test)]\nmod tests { use super::*; }"));
    }

    #[test]
    fn by_touching_the_outside_world_from_a_pure_room() {
        for text in [
            "use std::fs;",
            "use std::{collections::BTreeMap, env};",
            "fn f() { jiff::Timestamp::now() }",
            "fn f() { format!(\"{}\", Timestamp::now()) }",
            "use tokio::sync::Mutex;",
            "async fn f() {}",
            "fn f() { println!(\"x\") }",
        ] {
            assert!(breaks("domain/x.rs", text), "{text}");
        }
        assert!(!breaks("domain/x.rs", "use std::collections::BTreeMap;\n#[cfg(test)]\nmod tests { use std::fs; }"));
        assert!(!breaks("platform/x.rs", "use std::fs;"));
    }

    #[test]
    fn by_speaking_sql_elsewhere_or_using_another_rooms_tools() {
        assert!(breaks("jobs/x.rs", "use rusqlite::Connection;"));
        assert!(breaks("fetch/x.rs", "fn f() -> anyhow::Result<()> { Ok(()) }"));
        assert!(!breaks("store/x.rs", "use rusqlite::Connection;"));
    }

    #[test]
    fn by_moving_a_name_to_another_room() {
        assert!(breaks("jobs/mod.rs", "pub use crate::domain::money::Money;"));
        assert!(breaks("jobs/mod.rs", "pub(crate) use crate::{domain::money::Money};"));
        assert!(!breaks("jobs/mod.rs", "pub use crate::jobs::poll::poll;\nuse crate::domain::money::Money;"));
    }

    #[test]
    fn by_a_room_without_a_row_or_a_name_without_meaning() {
        assert!(breaks("cellar/mod.rs", ""));
        assert!(says_nothing("src/domain/utils.rs") && says_nothing("src/helpers/x.rs"));
        assert!(!says_nothing("src/domain/money.rs"));
    }
}
