//! What the documents say is so: commands exist, named paths exist, the README's configuration loads, and no file of the
//! project tells on which machine it was made.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tenderwatch::config;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of the project, but not what is built or fetched.
fn project_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if matches!(name.as_str(), "target" | ".git" | "demo" | "tenderwatch-data") && folder == root() {
            continue;
        }
        if path.is_dir() {
            found.extend(project_files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn documents() -> Vec<(String, String)> {
    let files = project_files(&root()).into_iter().filter(|path| path.extension().is_some_and(|e| e == "md"));
    files.map(|path| (below_root(&path), fs::read_to_string(&path).unwrap())).collect()
}

fn below_root(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

/// The fenced blocks of a language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<(bool, String)> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some((info.trim() == language, String::new())),
            (Some(_), Some(_)) => {
                if let Some((true, block)) = open.take() {
                    found.push(block);
                }
            }
            (Some((_, block)), None) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

/// What stands in backquotes outside fenced blocks.
fn quoted(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut found = Vec::new();
    for line in text.lines() {
        let is_fence = line.starts_with("```");
        fenced ^= is_fence;
        if !fenced && !is_fence {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

/// The words after the program's name, up to a comment, without `--config FILE`: what a reader would type.
fn invocations(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for line in blocks(text, "sh").iter().flat_map(|block| block.lines()) {
        let line = line.split('#').next().unwrap_or_default().trim();
        let line = line.strip_prefix("sudo -u tenderwatch ").unwrap_or(line);
        let line = line
            .strip_prefix("CREDENTIALS_DIRECTORY=")
            .and_then(|rest| rest.split_once(' '))
            .map_or(line, |(_, rest)| rest);
        let typed = line.strip_prefix("tenderwatch ").or_else(|| line.strip_prefix("cargo run --release -- "));
        let words: Vec<&str> = typed.unwrap_or_default().split_whitespace().collect();
        let words = if words.first() == Some(&"--config") { words.get(2..).unwrap_or_default() } else { &words };
        if !words.is_empty() {
            found.push(words.iter().map(|word| (*word).to_owned()).collect());
        }
    }
    found
}

fn tenderwatch(arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_tenderwatch")).args(arguments).output().unwrap()
}

#[test]
fn the_commands_of_the_documents_exist() {
    let nonsense = tenderwatch(&["no-such-verb", "--help"]);
    assert_eq!(nonsense.status.code(), Some(2), "a verb that is not there is refused");
    let mut count = 0;
    for (name, text) in documents() {
        for words in invocations(&text) {
            // A verb, perhaps its second word, and its flags must be known; the values are the reader's.
            let verbs: Vec<&str> = words.iter().take(2).map(String::as_str).filter(|word| is_verb(word)).collect();
            let help = [&verbs[..], &["--help"]].concat();
            let output = tenderwatch(&help);
            let help_text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{name}: {words:?}: {}", String::from_utf8_lossy(&output.stderr));
            for flag in words.iter().filter(|word| word.starts_with("--")) {
                assert!(help_text.contains(flag.as_str()), "{name}: {words:?}: no flag {flag}");
            }
            count += 1;
        }
    }
    assert!(count >= 5, "only {count} commands were found");
}

/// The first word always is one; the second only where the first has several.
fn is_verb(word: &str) -> bool {
    const SECOND: [&str; 23] = [
        "read",
        "try",
        "list",
        "show",
        "preview",
        "test",
        "party",
        "filings",
        "backfill",
        "body",
        "undo",
        "decline",
        "key",
        "retry",
        "cancel",
        "receivers",
        "resume",
        "add",
        "edit",
        "pause",
        "remove",
        "erase",
        "arrived",
    ];
    const FIRST: [&str; 20] = [
        "bounce",
        "demo",
        "run",
        "check",
        "source",
        "project",
        "notice",
        "supplier",
        "correct",
        "import",
        "digest",
        "notify",
        "audit",
        "report",
        "review",
        "reread",
        "webhook",
        "deliveries",
        "canary",
        "subscriber",
    ];
    FIRST.contains(&word) || SECOND.contains(&word)
}

#[test]
fn every_verb_that_the_readme_lists_is_a_verb() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let rows: Vec<&str> = readme.lines().filter(|line| line.starts_with("| `")).collect();
    let verbs: Vec<String> = rows.iter().flat_map(|row| quoted(row.split('|').nth(1).unwrap_or_default())).collect();
    assert!(verbs.len() >= 9, "{verbs:?}");
    for verb in verbs {
        assert!(verb.split_whitespace().all(is_verb), "{verb}");
    }
}

#[test]
fn every_path_that_a_document_names_is_there() {
    const FOLDERS: [&str; 12] = [
        "src/",
        "tests/",
        "docs/",
        "config/",
        "migrations/",
        "templates/",
        "systemd/",
        "data/",
        "benches/",
        "fuzz/",
        ".ci/",
        "examples/",
    ];
    let mut missing = Vec::new();
    for (name, text) in documents() {
        for path in quoted(&text).into_iter().chain(links(&text)) {
            let is_path =
                FOLDERS.iter().any(|folder| path.starts_with(folder)) && !path.contains(['<', '*', '…', ' ', '{']);
            let from_root = root().join(&path);
            let beside = root().join(&name).with_file_name(&path);
            if is_path && !from_root.exists() && !beside.exists() {
                missing.push(format!("{name}: {path}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Targets of links that stay inside the project.
fn links(text: &str) -> Vec<String> {
    let after = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    after.filter(|target| !target.contains("://") && !target.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn every_configuration_in_a_document_loads() {
    let mut count = 0;
    for (name, text) in documents() {
        for block in blocks(&text, "toml") {
            config::parse(&block, &name).unwrap_or_else(|report| panic!("{}", report.rendered(false)));
            count += 1;
        }
    }
    assert!(count >= 1);
}

#[test]
fn no_file_tells_on_which_machine_it_was_made() {
    // Written in two halves, so that this file does not find itself.
    let forbidden = [
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("/wo", "rk/"),
        concat!("/Use", "rs/"),
        concat!(".cargo/", "registry"),
        concat!("artifac", "tory"),
        concat!("crates-", "mirror"),
        concat!("index.crates", ".io"),
        concat!("host.docker", ".internal"),
    ];
    let mut found = Vec::new();
    for path in project_files(&root()) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for (number, line) in text.lines().enumerate() {
            for word in forbidden.iter().filter(|word| tells(line, word)) {
                found.push(format!("{}:{}: {word}", below_root(&path), number + 1));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// Whether the word stands there; a path only where it begins, and not as the middle of a web address.
fn tells(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        !word.starts_with('/')
            || !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | '}'))
    })
}

#[test]
fn every_dependency_comes_from_the_public_registry() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let origin = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    let foreign: Vec<&str> = lock.lines().filter(|line| line.starts_with("source = ") && *line != origin).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
}

mod the_reading_of_documents {
    use super::*;

    #[test]
    fn finds_a_machines_path_but_not_the_middle_of_an_address() {
        assert!(tells("see (/opt/x)", "/opt/") && tells("/opt/x", "/opt/") && tells("x.mirror", "mirror"));
        assert!(!tells("http://site.cn/opt/x", "/opt/"));
    }

    #[test]
    fn finds_commands_paths_and_blocks() {
        let text = "see `src/lib.rs` and [x](docs/y.md)\n```sh\ntenderwatch --config a.toml source try ccgp # now\n\
                    sudo -u tenderwatch tenderwatch audit\nsystemctl status tenderwatch\ncargo run --release -- demo --exit\n```\n\
                    ```toml\na = 1\n```\n";
        assert_eq!(quoted(text), ["src/lib.rs"]);
        assert_eq!(links(text), ["docs/y.md"]);
        assert_eq!(blocks(text, "toml"), ["a = 1\n"]);
        let words: Vec<String> = invocations(text).iter().map(|words| words.join(" ")).collect();
        assert_eq!(words, ["source try ccgp", "audit", "demo --exit"]);
    }
}
