//! The templates and how they escape: HTML by entities, Markdown by numeric references, text not at all. A shape (mail, text,
//! chat block) is the same in every language; the words come from `<language>/words.txt`.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

use super::item::ItemView;
use super::view::View;
use super::{TellingError, plain};
use crate::domain::subscription::Language;

/// Name and text of every template, compiled in.
const TEMPLATES: [(&str, &str); 9] = [
    ("zh/words.txt", include_str!("../../templates/digest/zh/words.txt")),
    ("en/words.txt", include_str!("../../templates/digest/en/words.txt")),
    ("subject.txt", include_str!("../../templates/digest/subject.txt")),
    ("mail.txt", include_str!("../../templates/digest/mail.txt")),
    ("mail.html", include_str!("../../templates/digest/mail.html")),
    ("head.md", include_str!("../../templates/digest/head.md")),
    ("block.md", include_str!("../../templates/digest/block.md")),
    ("totals.md", include_str!("../../templates/digest/totals.md")),
    ("foot.md", include_str!("../../templates/digest/foot.md")),
];

/// The longest subject, in characters: mail programs show fewer.
const SUBJECT_CHARS_MAX: usize = 150;

/// The templates in one language.
pub(super) struct Shape {
    environment: Environment<'static>,
    language: Language,
}

impl Shape {
    /// Compiles the templates.
    pub(super) fn new(language: Language) -> Result<Self, TellingError> {
        let mut environment = Environment::new();
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.map_err(|source| TellingError::Template { template: "syntax", source })?);
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
        for (template, text) in TEMPLATES {
            environment.add_template(template, text).map_err(|source| TellingError::Template { template, source })?;
        }
        Ok(Self { environment, language })
    }

    fn render(&self, template: &'static str, view: &View, item: Option<&ItemView>) -> Result<String, TellingError> {
        let language = self.language.word();
        let words = format!("{language}/words.txt");
        let (v, i) = (Value::from(Serde(view)), Value::from(Serde(item)));
        self.environment
            .get_template(template)
            .and_then(|compiled| compiled.render(context! { v, i, words, language }))
            .map_err(|source| TellingError::Template { template, source })
    }

    /// The news in one line.
    pub(super) fn subject(&self, view: &View) -> Result<String, TellingError> {
        Ok(plain::line(&self.render("subject.txt", view, None)?, SUBJECT_CHARS_MAX))
    }

    /// The whole as text.
    pub(super) fn text(&self, view: &View) -> Result<String, TellingError> {
        Ok(tidy(&self.render("mail.txt", view, None)?, 1) + "\n")
    }

    /// The whole as HTML.
    pub(super) fn html(&self, view: &View) -> Result<String, TellingError> {
        Ok(tidy(&self.render("mail.html", view, None)?, 0) + "\n")
    }

    /// The first block of a chat message.
    pub(super) fn head(&self, view: &View) -> Result<String, TellingError> {
        self.render("head.md", view, None).map(|text| tidy(&text, 0))
    }

    /// One change on chat.
    pub(super) fn block(&self, view: &View, item: &ItemView) -> Result<String, TellingError> {
        self.render("block.md", view, Some(item)).map(|text| tidy(&text, 0))
    }

    /// Totals and deadlines on chat; empty where there are none.
    pub(super) fn totals(&self, view: &View) -> Result<String, TellingError> {
        self.render("totals.md", view, None).map(|text| tidy(&text, 0))
    }

    /// The last block of a chat message.
    pub(super) fn foot(&self, view: &View) -> Result<String, TellingError> {
        self.render("foot.md", view, None).map(|text| tidy(&text, 0))
    }
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
