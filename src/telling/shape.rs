//! The templates and how they escape: HTML by entities, Markdown by numeric references, text not at all. A shape (mail, text,
//! chat block) is the same in every language; the words come from `<language>/words.txt`. Compiled once, for every digest.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Captured, Environment, UndefinedBehavior, Value, context};
use serde::Serialize;

use super::item::ItemView;
use super::view::View;
use super::{TellingError, plain};
use crate::domain::subscription::Language;

/// Name and text of every template, compiled in.
const TEMPLATES: [(&str, &str); 14] = [
    ("zh/words.txt", include_str!("../../templates/digest/zh/words.txt")),
    ("en/words.txt", include_str!("../../templates/digest/en/words.txt")),
    ("subject.txt", include_str!("../../templates/digest/subject.txt")),
    ("mail.txt", include_str!("../../templates/digest/mail.txt")),
    ("item.txt", include_str!("../../templates/digest/item.txt")),
    ("mail.html", include_str!("../../templates/digest/mail.html")),
    ("item.html", include_str!("../../templates/digest/item.html")),
    ("charts.txt", include_str!("../../templates/digest/charts.txt")),
    ("charts.html", include_str!("../../templates/digest/charts.html")),
    ("head.md", include_str!("../../templates/digest/head.md")),
    ("block.md", include_str!("../../templates/digest/block.md")),
    ("totals.md", include_str!("../../templates/digest/totals.md")),
    ("more.md", include_str!("../../templates/digest/more.md")),
    ("foot.md", include_str!("../../templates/digest/foot.md")),
];

/// The longest subject, in characters: mail programs show fewer.
const SUBJECT_CHARS_MAX: usize = 150;

/// Every template, compiled once and shared.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
}

impl Templates {
    /// The templates as they are shipped.
    pub fn built_in() -> Result<Self, TellingError> {
        Self::with([])
    }

    /// The same with an operator's own in the place of those of the same name; a name that is not known is refused.
    pub fn with(own: impl IntoIterator<Item = (String, String)>) -> Result<Self, TellingError> {
        let mut environment = Environment::new();
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.map_err(|source| TellingError::template("syntax", source))?);
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
            Some((_, "html")) => AutoEscape::Html,
            Some((_, "md")) => AutoEscape::Custom("markdown".into()),
            _ => AutoEscape::None,
        });
        environment.set_formatter(|out, state, value| {
            if value.is_undefined() || value.is_none() {
                return Ok(());
            }
            let text = value.to_string();
            let escaped = match state.auto_escape() {
                _ if value.is_safe() || value.is_number() => text,
                AutoEscape::Html => plain::html(&text),
                AutoEscape::Custom(_) => plain::markdown(&text),
                _ => text,
            };
            out.write_str(&escaped).map_err(minijinja::Error::from)
        });
        for (name, text) in TEMPLATES {
            environment.add_template(name, text).map_err(|source| TellingError::template(name, source))?;
        }
        for (name, text) in own {
            if !Self::is_known(&name) {
                return Err(TellingError::Unknown { template: name });
            }
            let added = environment.add_template_owned(name.clone(), text);
            added.map_err(|source| TellingError::template(&name, source))?;
        }
        Ok(Self { environment })
    }

    /// The names of all templates: what a file that takes the place of one has to be called.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TEMPLATES.into_iter().map(|(name, _)| name)
    }

    /// Whether a template has that name.
    #[must_use]
    pub fn is_known(name: &str) -> bool {
        Self::names().any(|known| known == name)
    }

    /// The words of a language, to be called one by one.
    pub(super) fn words(&self, language: Language) -> Result<Captured<'_>, TellingError> {
        let name = format!("{}/words.txt", language.word());
        let words = self.environment.get_template(&name).and_then(|words| words.render_captured(()));
        words.map_err(|source| TellingError::template(&name, source))
    }

    fn render(&self, template: &'static str, language: Language, v: &Value, i: &Value) -> Result<String, TellingError> {
        let language = language.word();
        let words = format!("{language}/words.txt");
        self.environment
            .get_template(template)
            .and_then(|compiled| compiled.render(context! { v, i, words, language }))
            .map_err(|source| TellingError::template(template, source))
    }
}

/// A digest before the templates, seen once for all of them.
pub(super) struct Frame<'t> {
    templates: &'t Templates,
    language: Language,
    view: Value,
}

impl<'t> Frame<'t> {
    /// Puts a view before the templates.
    pub(super) fn new(templates: &'t Templates, language: Language, view: &View) -> Self {
        Self { templates, language, view: seen(view) }
    }

    fn of(&self, template: &'static str) -> Result<String, TellingError> {
        self.templates.render(template, self.language, &self.view, &Value::from(()))
    }

    /// The news in one line.
    pub(super) fn subject(&self) -> Result<String, TellingError> {
        Ok(plain::line(&self.of("subject.txt")?, SUBJECT_CHARS_MAX))
    }

    /// The whole as text.
    pub(super) fn text(&self) -> Result<String, TellingError> {
        Ok(tidy(&self.of("mail.txt")?, 1) + "\n")
    }

    /// The whole as HTML.
    pub(super) fn html(&self) -> Result<String, TellingError> {
        Ok(tidy(&self.of("mail.html")?, 0) + "\n")
    }

    /// The first block of a chat message.
    pub(super) fn head(&self) -> Result<String, TellingError> {
        self.of("head.md").map(|text| tidy(&text, 0))
    }

    /// Totals and deadlines on chat; empty where there are none.
    pub(super) fn totals(&self) -> Result<String, TellingError> {
        self.of("totals.md").map(|text| tidy(&text, 0))
    }

    /// The latest awards and near misses on chat; empty where there are none.
    pub(super) fn more(&self) -> Result<String, TellingError> {
        self.of("more.md").map(|text| tidy(&text, 0))
    }

    /// The last block of a chat message.
    pub(super) fn foot(&self) -> Result<String, TellingError> {
        self.of("foot.md").map(|text| tidy(&text, 0))
    }
}

/// One change before the templates: the same in every message of its language and day.
pub(super) struct Piece<'t> {
    templates: &'t Templates,
    language: Language,
    item: Value,
}

impl<'t> Piece<'t> {
    /// Puts a change before the templates.
    pub(super) fn new(templates: &'t Templates, language: Language, item: &ItemView) -> Self {
        Self { templates, language, item: seen(item) }
    }

    fn of(&self, template: &'static str) -> Result<String, TellingError> {
        self.templates.render(template, self.language, &Value::from(()), &self.item)
    }

    /// In the mail as text.
    pub(super) fn text(&self) -> Result<String, TellingError> {
        self.of("item.txt").map(|text| tidy(&text, 0))
    }

    /// In the mail as HTML.
    pub(super) fn html(&self) -> Result<String, TellingError> {
        self.of("item.html").map(|text| tidy(&text, 0))
    }

    /// On chat.
    pub(super) fn block(&self) -> Result<String, TellingError> {
        self.of("block.md").map(|text| tidy(&text, 0))
    }
}

fn seen(value: &impl Serialize) -> Value {
    Value::from(Serde(value))
}

/// Lines without trailing blanks, and at most so many empty ones in a row: templates may be laid out for their readers.
fn tidy(text: &str, empty_max: usize) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut empty = 0;
    for line in text.lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty <= empty_max && !(lines.is_empty() && line.is_empty()) {
            lines.push(line);
        }
    }
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines.join("\n")
}
