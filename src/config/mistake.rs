//! What is wrong with a configuration, all of it at once: where it stands, what was found, what was expected, what to do.
//! A line that may hold a secret is shown with the secret blotted out.

use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::blot;

/// How a mistake relates to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Sort {
    /// The text is not TOML there.
    Syntax,
    /// Wrong by itself.
    Here,
    /// Wrong because of something elsewhere (a name that nothing declares, a key that is not there). Not reported
    /// beside mistakes of syntax, which may have swallowed that something.
    Elsewhere,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where, in bytes.
    pub span: Range<usize>,
    /// What is wrong, with what was found.
    pub message: String,
    /// What would be right.
    pub expected: String,
    /// What to do.
    pub remedy: String,
    pub(super) sort: Sort,
}

/// Every mistake of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    name: String,
    text: String,
    mistakes: Vec<Mistake>,
}

/// A place as people count: from 1, in lines and characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl Report {
    /// Orders the mistakes as they stand in the file, and drops those that only follow from a broken syntax.
    pub(super) fn new(name: &str, text: &str, secrets: &[Range<usize>], mut mistakes: Vec<Mistake>) -> Self {
        if mistakes.iter().any(|mistake| mistake.sort == Sort::Syntax) {
            let line = |mistake: &Mistake| place(text, mistake.span.start).line;
            let broken: Vec<usize> = mistakes.iter().filter(|m| m.sort == Sort::Syntax).map(line).collect();
            mistakes.retain(|mistake| match mistake.sort {
                Sort::Syntax => true,
                Sort::Here => !broken.contains(&line(mistake)),
                Sort::Elsewhere => false,
            });
        }
        mistakes.sort_by(|a, b| (a.span.start, &a.message).cmp(&(b.span.start, &b.message)));
        mistakes.dedup();
        Self { name: name.to_owned(), text: blot::secrets(text, secrets), mistakes }
    }

    /// A report of a file that could not be read at all.
    pub(super) fn unreadable(name: &str, message: String, remedy: &str) -> Self {
        let expected = "a readable TOML file".to_owned();
        let mistake = Mistake { span: 0..0, message, expected, remedy: remedy.to_owned(), sort: Sort::Syntax };
        Self { name: name.to_owned(), text: String::new(), mistakes: vec![mistake] }
    }

    /// The mistakes, in the order of the file. Never empty.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// Where a mistake stands.
    #[must_use]
    pub fn place(&self, mistake: &Mistake) -> Place {
        place(&self.text, mistake.span.start)
    }

    /// For people: each mistake under its line of the file. `styled` for a terminal.
    #[must_use]
    pub fn rendered(&self, styled: bool) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let mut out = String::new();
        for mistake in &self.mistakes {
            out.push_str(&renderer.render(&[self.group(mistake)]));
            out.push_str("\n\n");
        }
        let count = self.mistakes.len();
        let noun = if count == 1 { "mistake" } else { "mistakes" };
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}: {count} {noun}", self.name);
        out
    }

    fn group<'a>(&'a self, mistake: &'a Mistake) -> Group<'a> {
        let title = Level::ERROR.primary_title(&*mistake.message);
        let expected = Level::NOTE.message(format!("expected {}", mistake.expected));
        let remedy = Level::HELP.message(&*mistake.remedy);
        let snippet = Snippet::source(&*self.text)
            .path(&*self.name)
            .annotation(AnnotationKind::Primary.span(mistake.span.clone()));
        title.element(snippet).element(expected).element(remedy)
    }

    /// For machines: one line each, `FILE:LINE:COLUMN: message; expected …; remedy …`.
    #[must_use]
    pub fn plain(&self) -> String {
        let mut out = String::new();
        for mistake in &self.mistakes {
            let Place { line, column } = self.place(mistake);
            let Mistake { message, expected, remedy, .. } = mistake;
            let one = format!("{}:{line}:{column}: {message}; expected {expected}; remedy {remedy}", self.name);
            out.push_str(&one.replace(['\n', '\r'], " "));
            out.push('\n');
        }
        out
    }

    /// For programs: an object per mistake.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        let mistakes: Vec<_> = self.mistakes.iter().map(|mistake| self.mistake_json(mistake)).collect();
        serde_json::json!({ "file": self.name, "mistakes": mistakes })
    }

    fn mistake_json(&self, mistake: &Mistake) -> serde_json::Value {
        let Place { line, column } = self.place(mistake);
        serde_json::json!({
            "line": line,
            "column": column,
            "message": mistake.message,
            "expected": mistake.expected,
            "remedy": mistake.remedy,
        })
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.plain())
    }
}

impl std::error::Error for Report {}

fn place(text: &str, byte: usize) -> Place {
    let before = text.get(..byte).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).map_or(0, |part| part.chars().count()) + 1;
    Place { line: before.matches('\n').count() + 1, column }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(span: Range<usize>, sort: Sort) -> Mistake {
        Mistake { span, message: "m".into(), expected: "e".into(), remedy: "r".into(), sort }
    }

    #[test]
    fn a_column_counts_characters_and_not_bytes() {
        let text = "a = 1\n区块链 = 2";
        let report = Report::new("f.toml", text, &[], vec![mistake(text.find("= 2").unwrap()..text.len(), Sort::Here)]);
        assert_eq!(report.place(&report.mistakes()[0]), Place { line: 2, column: 5 });
        assert_eq!(report.plain(), "f.toml:2:5: m; expected e; remedy r\n");
    }

    #[test]
    fn what_follows_from_broken_syntax_is_not_reported_beside_it() {
        let text = "a = \nb = 2\nc = 3\n";
        let all = vec![
            mistake(12..13, Sort::Elsewhere),
            mistake(11..12, Sort::Here),
            mistake(0..1, Sort::Here),
            mistake(4..5, Sort::Syntax),
        ];
        let report = Report::new("f", text, &[], all);
        let kept: Vec<_> = report.mistakes().iter().map(|mistake| mistake.sort).collect();
        assert_eq!(kept, [Sort::Syntax, Sort::Here]);
    }

    #[test]
    fn a_person_sees_the_line_and_the_remedy() {
        let report = Report::new("f.toml", "gapp = 1", &[], vec![mistake(0..4, Sort::Here)]);
        let shown = report.rendered(false);
        assert!(shown.contains("f.toml:1:1") && shown.contains("gapp = 1") && shown.contains("^^^^"), "{shown}");
        assert!(shown.contains("expected e") && shown.contains("help: r") && shown.contains("f.toml: 1 mistake"));
    }
}
