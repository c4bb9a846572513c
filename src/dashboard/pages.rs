//! The templates of the pages: one shape for every language, the words in `<language>/words.txt`, and the words that mails say
//! too taken from the mails. Everything that is printed is escaped.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::domain::subscription::Language;
use crate::telling::{plain, sums};

/// Name and text of every template, compiled in.
const TEMPLATES: [(&str, &str); 22] = [
    ("zh/words.txt", include_str!("../../templates/dashboard/zh/words.txt")),
    ("en/words.txt", include_str!("../../templates/dashboard/en/words.txt")),
    ("told/zh/words.txt", include_str!("../../templates/digest/zh/words.txt")),
    ("told/en/words.txt", include_str!("../../templates/digest/en/words.txt")),
    ("page.html", include_str!("../../templates/dashboard/page.html")),
    ("parts.html", include_str!("../../templates/dashboard/parts.html")),
    ("front.html", include_str!("../../templates/dashboard/front.html")),
    ("project.html", include_str!("../../templates/dashboard/project.html")),
    ("notice.html", include_str!("../../templates/dashboard/notice.html")),
    ("fields.html", include_str!("../../templates/dashboard/fields.html")),
    ("subscribe.html", include_str!("../../templates/dashboard/subscribe.html")),
    ("asked.html", include_str!("../../templates/dashboard/asked.html")),
    ("confirm.html", include_str!("../../templates/dashboard/confirm.html")),
    ("manage.html", include_str!("../../templates/dashboard/manage.html")),
    ("declared.html", include_str!("../../templates/dashboard/declared.html")),
    ("erase.html", include_str!("../../templates/dashboard/erase.html")),
    ("end.html", include_str!("../../templates/dashboard/end.html")),
    ("leave.html", include_str!("../../templates/dashboard/leave.html")),
    ("confirm_subject.txt", include_str!("../../templates/dashboard/confirm_subject.txt")),
    ("confirm_mail.txt", include_str!("../../templates/dashboard/confirm_mail.txt")),
    ("confirm_mail.html", include_str!("../../templates/dashboard/confirm_mail.html")),
    ("note.html", include_str!("../../templates/dashboard/note.html")),
];

/// The one stylesheet.
pub(super) const STYLE: &str = include_str!("../../templates/dashboard/style.css");

/// Every page, compiled.
#[derive(Debug)]
pub(super) struct Pages {
    environment: Environment<'static>,
    /// Tells one stylesheet from the next, so that browsers may keep it for long.
    style_mark: String,
}

impl Pages {
    pub(super) fn new() -> Result<Self, minijinja::Error> {
        let mut environment = Environment::new();
        environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
            Some((_, "html")) => AutoEscape::Html,
            _ => AutoEscape::None,
        });
        environment.set_formatter(|out, state, value| {
            if value.is_undefined() || value.is_none() {
                return Ok(());
            }
            let text = value.to_string();
            let is_markup = value.is_safe() || value.is_number();
            let text = if is_markup || *state.auto_escape() != AutoEscape::Html { text } else { plain::html(&text) };
            out.write_str(&text).map_err(minijinja::Error::from)
        });
        environment.add_filter("rate", sums::rate);
        for (template, text) in TEMPLATES {
            environment.add_template(template, text)?;
        }
        let digest = Sha256::digest(STYLE.as_bytes());
        let style_mark = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { environment, style_mark })
    }

    /// Writes a page. `path` is where it stands, for the link to the other language; `v` is what it shows.
    pub(super) fn write(
        &self,
        template: &str,
        language: Language,
        path: &str,
        view: &impl Serialize,
    ) -> Result<String, minijinja::Error> {
        let word = language.word();
        let (words, told) = (format!("{word}/words.txt"), format!("told/{word}/words.txt"));
        let (v, style) = (Value::from(Serde(view)), &self.style_mark);
        self.environment.get_template(template)?.render(context! { v, words, told, language => word, path, style })
    }
}
