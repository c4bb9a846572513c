//! The templates of messages, with an operator's own in the place of those of the same name. Each is compiled and put before
//! every sample digest at the start, so that none can fail a digest later; what is wrong is said with file and line.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::domain::subscription::Language;
use crate::telling::{self, TellingError, Templates};

/// The largest template.
const BYTES_MAX: u64 = 256 * 1024;

/// What is wrong with a template of the operator's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The file or the folder.
    pub file: PathBuf,
    /// The line, where one is at fault.
    pub line: Option<usize>,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for Flaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.what)
    }
}

/// The templates that a configuration asks for, or everything that is wrong with them.
pub fn load(folder: Option<&Path>) -> Result<Templates, Vec<Flaw>> {
    let Some(folder) = folder else {
        return Templates::built_in().map_err(|error| vec![flaw(Path::new("the shipped templates"), &error)]);
    };
    let (own, mut flaws) = read(folder);
    // Each alone first: one that does not compile would hide what is wrong with the next.
    for (name, text) in &own {
        if let Err(error) = Templates::with([(name.clone(), text.clone())]) {
            flaws.push(flaw(folder, &error));
        }
    }
    if !flaws.is_empty() {
        return Err(flaws);
    }
    let templates = Templates::with(own).map_err(|error| vec![flaw(folder, &error)])?;
    let flaws = tried(&templates, folder);
    if flaws.is_empty() { Ok(templates) } else { Err(flaws) }
}

/// Puts every sample before the templates.
fn tried(templates: &Templates, folder: &Path) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    for digest in [Language::Zh, Language::En].into_iter().flat_map(telling::sample::digests) {
        if let Err(error) = telling::render(templates, &digest) {
            let flaw = flaw(folder, &error);
            if !flaws.contains(&flaw) {
                flaws.push(flaw);
            }
        }
    }
    flaws
}

fn flaw(folder: &Path, error: &TellingError) -> Flaw {
    match error {
        TellingError::Template { template, line, source } => {
            let what = std::iter::successors(Some(source.as_ref() as &dyn std::error::Error), |error| error.source());
            // The engine repeats the place in its words; the line stands before them already.
            let what: Vec<String> = what.map(ToString::to_string).collect();
            Flaw { file: folder.join(template), line: *line, what: what.join(": ") }
        }
        other => Flaw { file: folder.to_owned(), line: None, what: other.to_string() },
    }
}

/// Every file of the folder that is the name of a template, and what is wrong with the others. Hidden files and those that an
/// editor left are none of ours.
fn read(folder: &Path) -> (Vec<(String, String)>, Vec<Flaw>) {
    let mut own = Vec::new();
    let mut flaws = Vec::new();
    for (name, path) in files(folder, &mut flaws) {
        let at = |what: String| Flaw { file: path.clone(), line: None, what };
        if !Templates::is_known(&name) {
            let known: Vec<&str> = Templates::names().collect();
            flaws.push(at(format!("no template is called {name}; there is: {}", known.join(", "))));
            continue;
        }
        match text(&path) {
            Ok(text) => own.push((name, text)),
            Err(what) => flaws.push(at(what)),
        }
    }
    (own, flaws)
}

fn text(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let opened = File::open(path).and_then(|file| file.take(BYTES_MAX + 1).read_to_end(&mut bytes));
    opened.map_err(|error| format!("reading it: {error}"))?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(format!("it is larger than {} KiB", BYTES_MAX / 1024));
    }
    String::from_utf8(bytes).map_err(|error| format!("it is not UTF-8: {error}"))
}

/// The files of the folder and of the folders of the two languages in it, as names of templates, in their order.
fn files(folder: &Path, flaws: &mut Vec<Flaw>) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    let mut look = |prefix: &str, folder: &Path, within: bool| {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                let what = format!("reading the folder: {error}");
                flaws.push(Flaw { file: folder.to_owned(), line: None, what });
                return Vec::new();
            }
        };
        let mut below = Vec::new();
        for entry in entries.filter_map(Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') || name.ends_with('~') {
                continue;
            }
            if entry.path().is_dir() && !within {
                below.push((format!("{name}/"), entry.path()));
            } else {
                files.push((format!("{prefix}{name}"), entry.path()));
            }
        }
        below
    };
    for (prefix, below) in look("", folder, false) {
        look(&prefix, &below, true);
    }
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    fn flaws(files: &[(&str, &str)]) -> Vec<String> {
        let folder = folder(files);
        let flaws = load(Some(folder.path())).map(drop).unwrap_err();
        let root = format!("{}/", folder.path().display());
        flaws.iter().map(|flaw| flaw.to_string().replace(&root, "")).collect()
    }

    #[test]
    fn an_own_template_takes_the_place_of_one_of_the_same_name() {
        let folder = folder(&[("subject.txt", "[our desk] {{ v.topic }}"), (".swp", "{% if %}")]);
        let templates = load(Some(folder.path())).unwrap();
        let digest = telling::sample::digests(Language::En).remove(0);
        assert_eq!(telling::render(&templates, &digest).unwrap().subject, "[our desk] blockchain");
        assert!(load(None).is_ok());
    }

    #[test]
    fn every_mistake_is_said_with_its_file_and_line() {
        let found = flaws(&[
            ("subject.txt", "{% if v.topic %}\nno end"),
            ("foot.md", "one\ntwo {{ say.nothing( }}"),
            ("subjekt.txt", "x"),
            ("en/wrods.txt", "x"),
        ]);
        assert_eq!(found.len(), 4, "{found:#?}");
        let says = |file: &str, what: &str| found.iter().any(|flaw| flaw.starts_with(file) && flaw.contains(what));
        assert!(says("en/wrods.txt: ", "no template is called en/wrods.txt"), "{found:#?}");
        assert!(says("subjekt.txt: ", "there is: "), "{found:#?}");
        assert!(says("subject.txt:2: ", "syntax error"), "{found:#?}");
        assert!(says("foot.md:2: ", "syntax error"), "{found:#?}");
    }

    #[test]
    fn what_compiles_and_cannot_be_rendered_is_found_before_a_digest_meets_it() {
        let found = flaws(&[("head.md", "{% import words as say %}\n\n{{ say.no_such_macro(v) }}")]);
        assert!(found.len() == 1 && found[0].starts_with("head.md:3: "), "{found:#?}");
        let missing = load(Some(Path::new("/nowhere/templates"))).map(drop).unwrap_err();
        assert!(missing[0].to_string().starts_with("/nowhere/templates: reading the folder"), "{missing:?}");
    }
}
