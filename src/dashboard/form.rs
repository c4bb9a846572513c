//! What a person fills in: kept as it was typed, so that a mistake costs nobody the rest; read into choices, or into what is wrong
//! beside which field.

use std::collections::BTreeMap;

use jiff::civil::{Time, Weekday};
use serde::Serialize;

use crate::domain::change::{Audience, ChangeKind};
use crate::domain::region;
use crate::domain::subscriber::Choices;
use crate::domain::subscription::{Filter, Frequency, Language, Rhythm};

/// More pairs than our longest form has are not looked at.
const PAIRS_MAX: usize = 400;
/// The longest text that is kept of one field.
const FIELD_CHARS_MAX: usize = 400;
/// When a digest speaks unless somebody chose another time.
const USUAL_TIME: &str = "08:30";

/// Field → what is wrong with it, as a key of the words.
pub(super) type Wrong = BTreeMap<&'static str, &'static str>;

/// The pairs of a form's body.
#[derive(Clone, Debug, Default)]
pub(super) struct Body(Vec<(String, String)>);

impl Body {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(bytes).take(PAIRS_MAX);
        let bounded = |text: &str| text.chars().take(FIELD_CHARS_MAX).collect::<String>();
        Self(pairs.map(|(name, value)| (name.into_owned(), bounded(&value))).collect())
    }

    pub(super) fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect()
    }
}

/// A filled form, as text.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Entered {
    pub(super) address: String,
    language: String,
    topics: Vec<String>,
    kinds: Vec<String>,
    provinces: Vec<String>,
    words: String,
    frequency: String,
    at: String,
    weekday: String,
    day: String,
    working_days: bool,
}

impl Entered {
    /// An empty form in a language.
    pub(super) fn empty(language: Language) -> Self {
        Self {
            address: String::new(),
            language: language.word().to_owned(),
            topics: Vec::new(),
            kinds: Vec::new(),
            provinces: Vec::new(),
            words: String::new(),
            frequency: "daily".to_owned(),
            at: USUAL_TIME.to_owned(),
            weekday: "1".to_owned(),
            day: "1".to_owned(),
            working_days: false,
        }
    }

    /// As somebody sent it.
    pub(super) fn sent(body: &Body) -> Self {
        let text = |name: &str| body.one(name).to_owned();
        Self {
            address: text("address"),
            language: text("language"),
            topics: body.all("topics"),
            kinds: body.all("kinds"),
            provinces: body.all("provinces"),
            words: text("words"),
            frequency: text("frequency"),
            at: text("at"),
            weekday: text("weekday"),
            day: text("day"),
            working_days: !text("working_days").is_empty(),
        }
    }

    /// As it was chosen before.
    pub(super) fn chosen(choices: &Choices) -> Self {
        let Choices { filter, rhythm, language, .. } = choices;
        let mut entered = Self {
            topics: filter.topics.clone(),
            kinds: filter.kinds.iter().map(|kind| kind.word().to_owned()).collect(),
            provinces: filter.provinces.clone(),
            words: filter.words.join(", "),
            working_days: rhythm.working_days_only,
            ..Self::empty(*language)
        };
        let clock = |at: Time| at.strftime("%H:%M").to_string();
        let word = match rhythm.frequency {
            Frequency::Immediate => "immediate",
            Frequency::Hourly => "hourly",
            Frequency::Daily { at } => {
                entered.at = clock(at);
                "daily"
            }
            Frequency::Weekly { on, at } => {
                (entered.at, entered.weekday) = (clock(at), on.to_monday_one_offset().to_string());
                "weekly"
            }
            Frequency::Monthly { on, at } => {
                (entered.at, entered.day) = (clock(at), on.to_string());
                "monthly"
            }
        };
        word.clone_into(&mut entered.frequency);
        entered
    }

    /// The choices that it makes of `before`; what the form does not ask stays. Or everything that is wrong with it.
    pub(super) fn read(&self, before: &Choices, topics: &[String]) -> Result<Choices, Wrong> {
        let mut wrong = Wrong::new();
        let language = super::visit::language_of(&self.language);
        if language.is_none() {
            wrong.insert("language", "unknown_choice");
        }
        let frequency = self.frequency(&mut wrong);
        let filter = self.filter(&before.filter, topics, &mut wrong);
        let (Some(frequency), Some(language), true) = (frequency, language, wrong.is_empty()) else {
            return Err(wrong);
        };
        let rhythm = Rhythm { frequency, working_days_only: self.working_days, ..before.rhythm.clone() };
        Ok(Choices { filter, rhythm, language, ..before.clone() })
    }

    fn frequency(&self, wrong: &mut Wrong) -> Option<Frequency> {
        // `08:30`, and with seconds as some browsers send it; `0830` is nothing that a form sends.
        let at = Some(self.at.as_str()).filter(|text| text.contains(':')).and_then(|text| text.parse::<Time>().ok());
        let needs_time = matches!(self.frequency.as_str(), "daily" | "weekly" | "monthly");
        if needs_time && at.is_none() {
            wrong.insert("at", "no_time");
        }
        let at = at.unwrap_or_default();
        let frequency = match self.frequency.as_str() {
            "immediate" => Some(Frequency::Immediate),
            "hourly" => Some(Frequency::Hourly),
            "daily" => Some(Frequency::Daily { at }),
            "weekly" => weekday(&self.weekday).map(|on| Frequency::Weekly { on, at }),
            "monthly" => {
                let day = self.day.parse().ok().filter(|day| (1..=31).contains(day));
                day.map(|on| Frequency::Monthly { on, at })
            }
            _ => None,
        };
        if frequency.is_none() {
            wrong.insert("frequency", "unknown_choice");
        }
        frequency
    }

    fn filter(&self, before: &Filter, topics: &[String], wrong: &mut Wrong) -> Filter {
        let kinds: Vec<ChangeKind> = self.kinds.iter().filter_map(|word| news(word)).collect();
        if kinds.len() != self.kinds.len() {
            wrong.insert("kinds", "unknown_choice");
        }
        if !self.topics.iter().all(|topic| topics.contains(topic)) {
            wrong.insert("topics", "unknown_choice");
        }
        if !self.provinces.iter().all(|code| region::by_code(code).as_deref() == Some(code)) {
            wrong.insert("provinces", "unknown_choice");
        }
        let words = words(&self.words);
        if words.len() > 20 || words.iter().any(|word| word.chars().count() > 60) {
            wrong.insert("words", "too_many_words");
        }
        let (topics, provinces) = (once(&self.topics), once(&self.provinces));
        Filter { audience: Audience::Subscribers, topics, kinds, provinces, words, ..before.clone() }
    }
}

/// A kind that is news, by its word.
fn news(word: &str) -> Option<ChangeKind> {
    ChangeKind::parse(word).filter(|kind| kind.audience() == Audience::Subscribers)
}

/// The words of every kind that is news.
pub(super) fn kinds() -> Vec<&'static str> {
    let all = ChangeKind::ALL.into_iter().filter(|kind| kind.audience() == Audience::Subscribers);
    all.map(ChangeKind::word).collect()
}

fn weekday(number: &str) -> Option<Weekday> {
    number.parse().ok().and_then(|number| Weekday::from_monday_one_offset(number).ok())
}

/// `电子证照, 存证` → each word once.
fn words(text: &str) -> Vec<String> {
    let parts = text.split([',', '，', '、', ';', '；']).map(str::trim).filter(|part| !part.is_empty());
    once(&parts.map(str::to_owned).collect::<Vec<_>>())
}

fn once(list: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for entry in list {
        if !kept.contains(entry) {
            kept.push(entry.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn before() -> Choices {
        let rhythm = Rhythm::plain(Frequency::Immediate);
        Choices::plain(Filter::all(Audience::Subscribers), rhythm, Language::Zh)
    }

    fn read(body: &str) -> Result<Choices, Wrong> {
        Entered::sent(&Body::of(body.as_bytes())).read(&before(), &["blockchain".to_owned()])
    }

    #[test]
    fn a_filled_form_is_read_and_shown_again_as_it_was() {
        let body = "language=en&topics=blockchain&kinds=awarded&kinds=corrected&provinces=310000&words=%E5%AD%98%E8%AF%81%EF%BC%8C+x\
                    &frequency=weekly&weekday=5&at=17%3A45&working_days=1";
        let choices = read(body).unwrap();
        assert_eq!(choices.filter.kinds, [ChangeKind::Awarded, ChangeKind::Corrected]);
        assert_eq!(
            (choices.filter.provinces.as_slice(), choices.filter.words.len()),
            (["310000".to_owned()].as_slice(), 2)
        );
        assert!(choices.rhythm.working_days_only && choices.language == Language::En);
        assert_eq!(
            choices.rhythm.frequency,
            Frequency::Weekly { on: Weekday::Friday, at: jiff::civil::time(17, 45, 0, 0) }
        );
        let again = Entered::chosen(&choices);
        assert_eq!(again.read(&before(), &["blockchain".to_owned()]).unwrap(), choices);
    }

    #[test]
    fn each_mistake_is_named_beside_its_field() {
        let wrong =
            read("language=fr&frequency=daily&at=noon&kinds=source_failing&topics=tea&provinces=999999").unwrap_err();
        let fields: Vec<_> = wrong.keys().copied().collect();
        assert_eq!(fields, ["at", "kinds", "language", "provinces", "topics"]);
        assert_eq!(read("language=zh&frequency=monthly&day=32&at=08:30").unwrap_err().len(), 1);
        assert_eq!(read("").unwrap_err().len(), 2);
    }

    proptest! {
        #[test]
        fn no_body_makes_a_form_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let entered = Entered::sent(&Body::of(&bytes));
            drop(entered.read(&before(), &[]));
        }
    }
}
