//! Walks a parsed document key by key and collects every mistake on the way. Asking for a key makes it known; what was
//! never asked for is an unknown key. A value that is wrong is reported and stands in for its default, so that the walk
//! goes on to the end.

use std::cell::RefCell;
use std::fmt::Display;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::limits;
use super::mistake::{Mistake, Sort};
use super::{blot, values};

/// What is gathered during one walk.
#[derive(Debug, Default)]
pub(super) struct Walk {
    mistakes: RefCell<Vec<Mistake>>,
    /// Values that must not be shown.
    secrets: RefCell<Vec<Range<usize>>>,
    /// Files that the configuration points to, for those who want to know whether they can be read.
    files: RefCell<Vec<Pointer>>,
}

/// A file that the configuration points to.
#[derive(Clone, Debug)]
pub(super) struct Pointer {
    pub(super) path: PathBuf,
    pub(super) span: Range<usize>,
    pub(super) holds: Holds,
}

/// What such a file should hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// A secret.
    Secret,
    /// A secret that webhooks are signed with.
    WebhookKey,
    /// A secret that is a web address.
    Address,
    /// A secret that is a key to sign mail with.
    SigningKey,
    /// Certificates; no secret.
    Certificates,
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

impl Walk {
    pub(super) fn report(
        &self,
        sort: Sort,
        span: &Range<usize>,
        message: impl Display,
        expected: impl Display,
        remedy: impl Display,
    ) {
        let mistake = Mistake {
            span: span.clone(),
            message: message.to_string(),
            expected: expected.to_string(),
            remedy: remedy.to_string(),
            sort,
        };
        self.mistakes.borrow_mut().push(mistake);
    }

    pub(super) fn wrong(
        &self,
        span: &Range<usize>,
        message: impl Display,
        expected: impl Display,
        remedy: impl Display,
    ) {
        self.report(Sort::Here, span, message, expected, remedy);
    }

    pub(super) fn hide(&self, span: &Range<usize>) {
        self.secrets.borrow_mut().push(span.clone());
    }

    /// What was gathered: mistakes, secret places, files.
    pub(super) fn into_parts(self) -> (Vec<Mistake>, Vec<Range<usize>>, Vec<Pointer>) {
        (self.mistakes.into_inner(), self.secrets.into_inner(), self.files.into_inner())
    }
}

/// A table during the walk.
#[derive(Debug)]
pub(super) struct Table<'w, 'd> {
    pub(super) walk: &'w Walk,
    /// As one would write its header: `fetch.hosts."h:80"`; empty for the document.
    pub(super) path: String,
    /// Where its name stands.
    pub(super) span: Range<usize>,
    entries: &'d DeTable<'d>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'w, 'd> Table<'w, 'd> {
    pub(super) fn new(walk: &'w Walk, path: String, span: Range<usize>, entries: &'d DeTable<'d>) -> Self {
        Self { walk, path, span, entries, asked: RefCell::default() }
    }

    /// `[fetch]`, or `the file`.
    pub(super) fn title(&self) -> String {
        if self.path.is_empty() { "the file".to_owned() } else { format!("[{}]", self.path) }
    }

    fn child_path(&self, key: &str) -> String {
        let bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        let key = if bare { key.to_owned() } else { format!("{key:?}") };
        if self.path.is_empty() { key } else { format!("{}.{key}", self.path) }
    }

    pub(super) fn get(&self, key: &'static str) -> Option<(&'d Spanned<DeValue<'d>>, Range<usize>)> {
        self.asked.borrow_mut().push(key);
        let (name, value) = self.entries.iter().find(|(name, _)| name.get_ref() == key)?;
        if blot::is_secretive(key) && !value.get_ref().is_table() {
            self.walk.hide(&value.span());
        }
        Some((value, name.span()))
    }

    /// Where the value stands, if it is there.
    pub(super) fn place(&self, key: &'static str) -> Option<Range<usize>> {
        self.get(key).map(|(value, _)| value.span())
    }

    /// Says that a key must be there. `example` is a whole line.
    pub(super) fn missing(&self, key: &str, expected: impl Display, example: impl Display) {
        let remedy = format!("add {example} to {}", self.title());
        self.walk.report(Sort::Elsewhere, &self.span, format!("{} has no {key}", self.title()), expected, remedy);
    }

    pub(super) fn mistyped(&self, key: &str, value: &Spanned<DeValue<'d>>, expected: impl Display) {
        let found = article(value.get_ref());
        self.walk.wrong(&value.span(), format!("{key} is {found}"), &expected, format!("write {expected}"));
    }

    /// A text, bounded in length.
    pub(super) fn text(&self, key: &'static str, expected: &str) -> Option<At<&'d str>> {
        let (value, _) = self.get(key)?;
        let Some(text) = value.get_ref().as_str() else {
            self.mistyped(key, value, expected);
            return None;
        };
        self.bounded(key, At { value: text, span: value.span() }, expected)
    }

    fn bounded(&self, key: &str, text: At<&'d str>, expected: &str) -> Option<At<&'d str>> {
        let count = text.value.chars().count();
        if count > limits::TEXT_CHARS_MAX {
            let message = format!("{key} has {count} characters");
            let bound = format!("at most {} characters", limits::TEXT_CHARS_MAX);
            self.walk.wrong(&text.span, message, bound, format!("write {expected}"));
            return None;
        }
        if text.value.trim().is_empty() {
            self.walk.wrong(
                &text.span,
                format!("{key} is empty"),
                expected,
                format!("write {expected}, or leave the line out"),
            );
            return None;
        }
        Some(text)
    }

    /// A text that must be there.
    pub(super) fn required_text(&self, key: &'static str, expected: &str, example: &str) -> Option<At<&'d str>> {
        if !self.entries.iter().any(|(name, _)| name.get_ref() == key) {
            self.asked.borrow_mut().push(key);
            self.missing(key, expected, example);
            return None;
        }
        self.text(key, expected)
    }

    /// A list of texts, without repeats.
    pub(super) fn texts(&self, key: &'static str, expected: &str) -> Option<Vec<At<&'d str>>> {
        let (value, _) = self.get(key)?;
        let Some(array) = value.get_ref().as_array() else {
            self.mistyped(key, value, format!("a list in brackets, each {expected}"));
            return None;
        };
        if array.len() > limits::LIST_MAX {
            let message = format!("{key} lists {} things", array.len());
            self.walk.wrong(&value.span(), message, format!("at most {}", limits::LIST_MAX), "leave some out");
        }
        let mut texts: Vec<At<&'d str>> = Vec::new();
        for item in array {
            let Some(text) = item.get_ref().as_str() else {
                self.mistyped(&format!("an entry of {key}"), item, expected);
                continue;
            };
            let Some(text) =
                self.bounded(&format!("an entry of {key}"), At { value: text, span: item.span() }, expected)
            else {
                continue;
            };
            if texts.iter().any(|other| other.value == text.value) {
                self.walk.wrong(
                    &text.span,
                    format!("{key} lists {:?} twice", text.value),
                    "each entry once",
                    "leave this one out",
                );
            } else {
                texts.push(text);
            }
        }
        Some(texts)
    }

    /// A text or a native TOML date or time, as text.
    pub(super) fn text_or_datetime(&self, key: &'static str, expected: &str) -> Option<At<String>> {
        let (value, _) = self.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(At { value: text.to_string(), span: value.span() }),
            DeValue::Datetime(datetime) => Some(At { value: datetime.to_string(), span: value.span() }),
            _ => {
                self.mistyped(key, value, expected);
                None
            }
        }
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&self, key: &'static str, known: &[(&'static str, T)], default: T) -> T {
        let expected = one_of(known.iter().map(|(word, _)| *word));
        let Some(text) = self.text(key, &expected) else { return default };
        let found = self.known_word(key, &text, known.iter().map(|(word, _)| *word), &expected);
        let value = known.iter().find(|(word, _)| Some(*word) == found).map(|(_, value)| *value);
        value.unwrap_or(default)
    }

    /// The word if it is known; otherwise the mistake is reported.
    pub(super) fn known_word<'k>(
        &self,
        key: &str,
        text: &At<&str>,
        known: impl Iterator<Item = &'k str> + Clone,
        expected: &str,
    ) -> Option<&'k str> {
        let found = known.clone().find(|word| *word == text.value);
        if found.is_none() {
            let remedy = values::meant(text.value, known)
                .map_or_else(|| "write one of those, in quotes".to_owned(), |word| format!("did you mean {word:?}?"));
            self.walk.wrong(&text.span, format!("{key} = {:?} is not known", text.value), expected, remedy);
        }
        found
    }

    /// A reference to something declared elsewhere in the file.
    pub(super) fn reference(&self, key: &str, text: &At<&str>, section: &str, declared: &[String]) {
        if declared.iter().any(|name| name == text.value) {
            return;
        }
        let message = format!("{key} = {:?}, but there is no [{section}.{}]", text.value, text.value);
        let expected = if declared.is_empty() {
            format!("the name of a declared one; none is declared under [{section}.…]")
        } else {
            one_of(declared.iter().map(String::as_str))
        };
        let remedy = values::meant(text.value, declared.iter().map(String::as_str)).map_or_else(
            || format!("declare [{section}.{}], or name one that is declared", text.value),
            |name| format!("did you mean {name:?}?"),
        );
        self.walk.report(Sort::Elsewhere, &text.span, message, expected, remedy);
    }

    /// A path to a file that is read where it is used.
    pub(super) fn file(&self, key: &'static str, holds: Holds) -> Option<PathBuf> {
        let text = self.text(key, file_expected(holds))?;
        self.pointer(key, &text, holds)
    }

    /// Several of them.
    pub(super) fn files(&self, key: &'static str, holds: Holds) -> Option<Vec<PathBuf>> {
        let texts = self.texts(key, file_expected(holds))?;
        Some(texts.iter().filter_map(|text| self.pointer(key, text, holds)).collect())
    }

    fn pointer(&self, key: &str, text: &At<&str>, holds: Holds) -> Option<PathBuf> {
        let path = Path::new(text.value);
        let bare = path.file_name().is_some_and(|name| name == path.as_os_str());
        let allowed = path.is_absolute() || (bare && holds != Holds::Certificates);
        if !allowed {
            // Somebody may have written the secret itself.
            self.walk.hide(&text.span);
            let remedy = "write the path from the root, as \"/etc/tenderwatch/…\"";
            let message = format!("{key} depends on where the program is started");
            self.walk.wrong(&text.span, message, file_expected(holds), remedy);
            return None;
        }
        let pointer = Pointer { path: path.to_owned(), span: text.span.clone(), holds };
        self.walk.files.borrow_mut().push(pointer);
        Some(path.to_owned())
    }

    /// A table inside this one.
    pub(super) fn table(&self, key: &'static str) -> Option<Table<'w, 'd>> {
        let (value, name) = self.get(key)?;
        self.as_table(key, name, value)
    }

    fn as_table(&self, key: &str, name: Range<usize>, value: &'d Spanned<DeValue<'d>>) -> Option<Table<'w, 'd>> {
        let path = self.child_path(key);
        let Some(entries) = value.get_ref().as_table() else {
            let found = article(value.get_ref());
            self.walk.wrong(
                &value.span(),
                format!("{path} is {found}"),
                "a table",
                format!("write [{path}] and its keys below it"),
            );
            return None;
        };
        Some(Table::new(self.walk, path, name, entries))
    }

    /// The tables of a section whose keys are names that the operator chose, in the order of the file.
    pub(super) fn named(&self, key: &'static str) -> Vec<(String, Table<'w, 'd>)> {
        let Some(section) = self.table(key) else { return Vec::new() };
        section.entries_in_order()
    }

    /// Every entry that is a table, in the order of the file.
    pub(super) fn entries_in_order(&self) -> Vec<(String, Table<'w, 'd>)> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        entries
            .into_iter()
            .filter_map(|(name, value)| {
                let table = self.as_table(name.get_ref(), name.span(), value)?;
                Some((name.get_ref().to_string(), table))
            })
            .collect()
    }

    /// Checks a name that the operator chose.
    pub(super) fn check_name(&self, name: &str) {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
        if name.is_empty() || name.len() > limits::NAME_CHARS_MAX || !name.chars().all(allowed) {
            let expected = format!("1 to {} of a-z, 0-9, _ and -", limits::NAME_CHARS_MAX);
            let message = format!("{name:?} cannot be a name: it stands in ids, log lines and addresses");
            self.walk.wrong(&self.span, message, expected, "choose a short name in small letters");
        }
    }

    /// Reports every key that was never asked for.
    pub(super) fn finish(&self) {
        let asked = self.asked.borrow();
        for (name, value) in self.entries {
            let key = name.get_ref();
            if asked.iter().any(|known| known == key) {
                continue;
            }
            if !value.get_ref().is_table() && blot::is_secretive(key) {
                self.walk.hide(&value.span());
            }
            let remedy = remedy_for_unknown(key, &asked);
            let expected = if asked.is_empty() { "nothing".to_owned() } else { one_of(unique(&asked)) };
            self.walk.wrong(&name.span(), format!("{} has no key {key:?}", self.title()), expected, remedy);
        }
    }
}

fn remedy_for_unknown(key: &str, asked: &[&'static str]) -> String {
    let file_key = format!("{key}_file");
    if asked.contains(&file_key.as_str()) {
        return format!(
            "secrets do not stand here: put it in a file of its own and write {file_key} = \"/path/to/it\""
        );
    }
    values::meant(key, asked.iter().copied())
        .map_or_else(|| "take the line out".to_owned(), |word| format!("did you mean {word:?}?"))
}

fn file_expected(holds: Holds) -> &'static str {
    match holds {
        Holds::Secret | Holds::WebhookKey | Holds::Address | Holds::SigningKey => {
            "an absolute path, or the bare name of a systemd credential, in quotes"
        }
        Holds::Certificates => "an absolute path to a PEM file, in quotes",
    }
}

fn unique<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let mut words = words.to_vec();
    words.sort_unstable();
    words.dedup();
    words
}

/// `"a", "b" or "c"`.
pub(super) fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("{word:?}")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => "nothing".to_owned(),
    }
}

/// The kind of a value in words.
fn article(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
