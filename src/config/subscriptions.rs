//! `[subscriptions.NAME]`: who wants to hear what, when, in which language, through which channel.

use crate::domain::change::{Audience, ChangeKind};
use crate::domain::subscription::{Filter, Frequency, Grouping, Idle, Language, Rhythm, Start, Subscription};
use crate::domain::topic::Topic;

use super::channels::Declared;
use super::walk::{At, Table, one_of};
use super::{addresses, limits, read, values};

/// Reads every subscription.
pub(super) fn read(root: &Table<'_, '_>, topics: &[Topic], channels: &[Declared]) -> Vec<Subscription> {
    let named = root.named("subscriptions");
    named.into_iter().filter_map(|(name, table)| subscription(name, &table, topics, channels)).collect()
}

fn subscription(name: String, table: &Table<'_, '_>, topics: &[Topic], channels: &[Declared]) -> Option<Subscription> {
    table.check_name(&name);
    let channel = channel(table, channels);
    let receivers = receivers(table, channel.as_deref(), channels);
    let rhythm = rhythm(table);
    let languages = [("zh", Language::Zh), ("en", Language::En)];
    let language = table.word("language", &languages, Language::Zh);
    let filter = filter(table, topics);
    table.finish();
    Some(Subscription {
        name,
        filter,
        channel: channel?,
        receivers,
        rhythm,
        grouping: Grouping::default(),
        language,
        idle: Idle::default(),
        start: Start::default(),
        near_misses: false,
    })
}

fn channel(table: &Table<'_, '_>, channels: &[Declared]) -> Option<String> {
    let names: Vec<String> = channels.iter().map(|channel| channel.name.clone()).collect();
    let found =
        table.required_text("channel", "the name of a channel", "channel = \"NAME\" with a [channels.NAME.email]")?;
    table.reference("channel", &found, "channels", &names);
    Some(found.value.to_owned())
}

/// Mail goes to addresses; a webhook or a room is its own receiver.
fn receivers(table: &Table<'_, '_>, channel: Option<&str>, channels: &[Declared]) -> Vec<String> {
    let expected = "mail addresses, as to = [\"a@example.org\"]";
    let to = table.texts("to", "a mail address in quotes");
    let place = table.place("to");
    let takes =
        channels.iter().find(|declared| Some(declared.name.as_str()) == channel).and_then(|c| c.takes_receivers);
    match (takes, &to, place) {
        (Some(true), None, None) => table.missing("to", expected, "to = [\"a@example.org\"]"),
        (Some(true), Some(list), Some(place)) if list.is_empty() => {
            table.walk.wrong(&place, "to names nobody", expected, "name at least one address");
        }
        (Some(false), _, Some(place)) => {
            let message = format!("the channel {:?} has one receiver of its own", channel.unwrap_or_default());
            table.walk.wrong(&place, message, "`to` only with a channel of mail", "take the line out");
        }
        _ => {}
    }
    to.unwrap_or_default().iter().filter_map(|text| receiver(table, text)).collect()
}

/// The address alone, without a name: it is one line of the envelope.
fn receiver(table: &Table<'_, '_>, text: &At<&str>) -> Option<String> {
    if !addresses::is_mail_address(text.value) {
        let expected = "a mail address alone, as \"a@example.org\"";
        table.walk.wrong(
            &text.span,
            format!("{:?} is no mail address", text.value),
            expected,
            "leave out name and brackets",
        );
        return None;
    }
    Some(text.value.to_owned())
}

/// A time of day means nothing to a subscription that speaks at once.
fn rhythm(table: &Table<'_, '_>) -> Rhythm {
    let at = read::time_of_day(table, "at", limits::DIGEST_AT);
    let zone = read::zone(table, "zone");
    let daily = table.word("frequency", &[("daily", true), ("immediate", false)], true);
    if daily {
        return Rhythm { zone, ..Rhythm::plain(Frequency::Daily { at }) };
    }
    for key in ["at", "zone"] {
        if let Some(place) = table.place(key) {
            let message = format!("`{key}` says nothing to a subscription that speaks at once");
            table.walk.wrong(&place, message, format!("`{key}` only with frequency = \"daily\""), "take the line out");
        }
    }
    Rhythm::plain(Frequency::Immediate)
}

fn filter(table: &Table<'_, '_>, topics: &[Topic]) -> Filter {
    let audiences = [("news", Audience::Subscribers), ("operator", Audience::Operator)];
    let audience = table.word("audience", &audiences, Audience::Subscribers);
    Filter {
        topics: wanted_topics(table, topics),
        kinds: kinds(table, audience),
        provinces: provinces(table),
        ..Filter::all(audience)
    }
}

fn wanted_topics(table: &Table<'_, '_>, topics: &[Topic]) -> Vec<String> {
    let names: Vec<String> = topics.iter().map(|topic| topic.name.clone()).collect();
    let texts = table.texts("topics", "the name of a topic").unwrap_or_default();
    for text in &texts {
        table.reference("topics", text, "topics", &names);
    }
    texts.into_iter().map(|text| text.value.to_owned()).collect()
}

fn kinds(table: &Table<'_, '_>, audience: Audience) -> Vec<ChangeKind> {
    let words = || ChangeKind::ALL.into_iter().filter(|kind| kind.audience() == audience).map(ChangeKind::word);
    let expected = one_of(words());
    let texts = table.texts("kinds", "a kind of change in quotes").unwrap_or_default();
    let mut kinds = Vec::new();
    for text in &texts {
        match ChangeKind::parse(text.value) {
            Some(kind) if kind.audience() == audience => kinds.push(kind),
            Some(kind) => {
                let (is_for, remedy) = match kind.audience() {
                    Audience::Operator => {
                        ("a trouble, not news", "write audience = \"operator\", or take the kind out")
                    }
                    Audience::Subscribers => ("news, not a trouble", "write audience = \"news\", or take the kind out"),
                };
                table.walk.wrong(&text.span, format!("{:?} is {is_for}", text.value), &expected, remedy);
            }
            None => drop(table.known_word("kinds", text, words().collect::<Vec<_>>().into_iter(), &expected)),
        }
    }
    kinds
}

/// Six digits or the short name; kept as digits.
fn provinces(table: &Table<'_, '_>) -> Vec<String> {
    let expected = "a province by its short name or its six digits, as \"上海\" or \"310000\"";
    let texts = table.texts("provinces", expected).unwrap_or_default();
    let mut codes: Vec<String> = Vec::new();
    for text in &texts {
        match values::PROVINCES.iter().find(|(code, name)| *code == text.value || *name == text.value) {
            Some((code, _)) if codes.iter().any(|known| known == code) => {
                table.walk.wrong(
                    &text.span,
                    format!("provinces lists {:?} twice", text.value),
                    "each once",
                    "leave this one out",
                );
            }
            Some((code, _)) => codes.push((*code).to_owned()),
            None => {
                let message = format!("{:?} is no province", text.value);
                table.walk.wrong(&text.span, message, expected, "leave out 省, 市 and 自治区");
            }
        }
    }
    codes
}
