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
        let mark = digest.iter().take(6).fold(0_u64, |mark, byte| mark << 8 | u64::from(*byte));
        let style_mark = format!("{mark:012x}");
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// `--name: #rrggbb` of a block, as the share of light that each colour sends back (WCAG 2.2, relative luminance).
    fn colours(block: &str) -> BTreeMap<String, f64> {
        let pairs = block.split("--").filter_map(|part| part.split_once(": #"));
        pairs.map(|(name, rest)| (name.to_owned(), luminance(&rest[..6]))).collect()
    }

    fn luminance(hex: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
    }

    #[test]
    fn every_colour_can_be_read_on_every_ground_in_both_schemes() {
        let mut schemes = STYLE.split(":root {").skip(1).map(|rest| colours(rest.split('}').next().unwrap()));
        let (light, dark) = (schemes.next().unwrap(), schemes.next().unwrap());
        assert_eq!(light.len(), dark.len());
        for scheme in [light, dark] {
            let pairs =
                ["ink", "soft", "accent", "warn"].into_iter().flat_map(|ink| ["ground", "sheet"].map(|on| (ink, on)));
            let more = [
                ("on-accent", "accent"),
                ("accent", "tint"),
                ("ink", "tint"),
                ("warn", "warn-tint"),
                ("ink", "warn-tint"),
            ];
            for (ink, on) in pairs.chain(more) {
                let (a, b) = (scheme[ink].max(scheme[on]), scheme[ink].min(scheme[on]));
                let contrast = (a + 0.05) / (b + 0.05);
                assert!(contrast >= 4.5, "{ink} on {on}: {contrast:.2}");
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_words() {
        let names = |text: &str| -> Vec<String> {
            let sets = text.split("{%- set ").skip(1).map(|rest| rest.split(' ').next().unwrap().to_owned());
            let is_key = |key: &str| {
                !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || b"_.".contains(&byte))
            };
            let keys = text.split("\": ").filter_map(|rest| rest.rsplit('"').next()).filter(|key| is_key(key));
            let macros = text.split("{%- macro ").skip(1).map(|rest| rest.split(')').next().unwrap().to_owned());
            sets.chain(macros).chain(keys.map(str::to_owned)).collect()
        };
        let (zh, en) = (TEMPLATES[0].1, TEMPLATES[1].1);
        assert_eq!(names(zh), names(en));
    }
}
