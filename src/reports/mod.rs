//! Pure: a study becomes a report, as JSON, Markdown or one page of HTML that needs nothing else. Every word that a reader sees
//! stands in `templates/report/`; what outsiders wrote is cleaned and escaped. Knows no file and no clock.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

use crate::domain::money::{Currency, Money};
use crate::domain::subscription::Language;
use crate::figures::study::Study;
use crate::telling::{plain, sums};

/// The version of the JSON form (docs/report.md): fields are added within one, never renamed or removed.
pub const VERSION: u32 = 1;

/// The longest text of an outsider that is printed, in characters.
const TEXT_CHARS_MAX: usize = 300;

/// Name and text of every template, compiled in.
const TEMPLATES: [(&str, &str); 4] = [
    ("zh.txt", include_str!("../../templates/report/zh.txt")),
    ("en.txt", include_str!("../../templates/report/en.txt")),
    ("page.html", include_str!("../../templates/report/page.html")),
    ("page.md", include_str!("../../templates/report/page.md")),
];

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For programs, in no language.
    Json,
    /// For a browser or a printer.
    Html,
    /// For an editor.
    Markdown,
}

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A template is at fault.
    #[error("rendering the report's template {template}")]
    Template {
        /// Its name.
        template: &'static str,
        /// What the template engine says.
        source: minijinja::Error,
    },
    /// The study could not be written as JSON.
    #[error("writing the study as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Writes a study. The same study always gives the same bytes.
pub fn write(study: &Study, form: Form, language: Language) -> Result<String, ReportError> {
    let mut value = serde_json::to_value(study)?;
    match form {
        Form::Json => {
            let whole = serde_json::json!({"version": VERSION, "study": value});
            Ok(serde_json::to_string_pretty(&whole)? + "\n")
        }
        Form::Html => page("page.html", &mut value, language),
        Form::Markdown => page("page.md", &mut value, language),
    }
}

fn page(template: &'static str, study: &mut serde_json::Value, language: Language) -> Result<String, ReportError> {
    clean(study);
    let by_id = by_id(study);
    let words = format!("{}.txt", language.word());
    let (s, p) = (Value::from(Serde(&*study)), Value::from(Serde(&by_id)));
    let text = environment(language)?
        .get_template(template)
        .and_then(|compiled| compiled.render(context! { s, p, words, language => language.word() }))
        .map_err(|source| ReportError::Template { template, source })?;
    Ok(tidy(&text))
}

/// Project → its line, for the lists under each figure.
fn by_id(study: &serde_json::Value) -> serde_json::Map<String, serde_json::Value> {
    let projects = study.get("projects").and_then(serde_json::Value::as_array).into_iter().flatten();
    let line = |project: &serde_json::Value| {
        let url = project.get("notices")?.as_array()?.iter().find_map(|notice| notice.get("url")?.as_str());
        let brief =
            serde_json::json!({"title": project.get("title")?, "first_on": project.get("first_on")?, "url": url});
        Some((project.get("id")?.to_string(), brief))
    };
    projects.filter_map(line).collect()
}

/// Every text on one line, bounded, without control characters and tricks; addresses only of the web.
fn clean(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => *text = plain::line(text, TEXT_CHARS_MAX),
        serde_json::Value::Array(all) => all.iter_mut().for_each(clean),
        serde_json::Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                match field {
                    serde_json::Value::String(address) if name == "url" => {
                        *field = plain::url(address).map_or(serde_json::Value::Null, serde_json::Value::String);
                    }
                    field => clean(field),
                }
            }
        }
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
    }
}

fn environment(language: Language) -> Result<Environment<'static>, ReportError> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.map_err(|source| ReportError::Template { template: "syntax", source })?);
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
    environment.add_filter("percent", |tenths: i64| format!("{}.{}", tenths / 10, tenths % 10));
    environment.add_filter("rate", sums::rate);
    environment.add_filter("sum", move |money: Value| sum(&money, language));
    for (template, text) in TEMPLATES {
        environment.add_template(template, text).map_err(|source| ReportError::Template { template, source })?;
    }
    Ok(environment)
}

/// `{"currency": "CNY", "value": "27080000"}` as readers of the language say it.
fn sum(money: &Value, language: Language) -> Value {
    let field = |name: &str| money.get_attr(name).ok().filter(|value| !value.is_undefined());
    let read = || {
        let currency = Currency::parse(field("currency")?.as_str()?)?;
        Some(Money { ten_thousandths: ten_thousandths(field("value")?.as_str()?)?, currency })
    };
    read().map_or(Value::UNDEFINED, |money| Value::from(Serde(sums::sum(money, language))))
}

/// The inverse of [`Money::decimal`].
fn ten_thousandths(decimal: &str) -> Option<i64> {
    let (sign, magnitude) = decimal.strip_prefix('-').map_or((1, decimal), |rest| (-1, rest));
    let (whole, part) = magnitude.split_once('.').unwrap_or((magnitude, ""));
    let whole: i64 = whole.parse().ok()?;
    let part: i64 = if part.len() > 4 { return None } else { format!("{part:0<4}").parse().ok()? };
    whole.checked_mul(crate::domain::money::SCALE)?.checked_add(part)?.checked_mul(sign)
}

/// Lines without trailing blanks, and at most one empty one in a row: templates may be laid out for their readers.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut was_empty = true;
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && was_empty) {
            tidied.push_str(line);
            tidied.push('\n');
        }
        was_empty = line.is_empty();
    }
    tidied
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_outsiders_wrote_is_one_line_and_leads_only_to_the_web() {
        let mut value = serde_json::json!({"title": "a\u{202e}\nb", "url": "javascript:alert(1)", "id": 3});
        clean(&mut value);
        assert_eq!(value, serde_json::json!({"title": "a b", "url": null, "id": 3}));
    }

    proptest! {
        #[test]
        fn a_decimal_reads_back(ten_thousandths in any::<i32>()) {
            let money = Money::cny(i64::from(ten_thousandths));
            prop_assert_eq!(super::ten_thousandths(&money.decimal()), Some(money.ten_thousandths));
        }
    }
}
