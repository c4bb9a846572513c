//! `[subscriptions.NAME]`: through which channel, to whom; what they chose beside that is read where rows read it, too.

use crate::domain::subscriber;
use crate::domain::subscription::Subscription;
use crate::domain::topic::Topic;

use super::channels::Declared;
use super::walk::{At, Table};
use super::{addresses, choices};

/// Reads every subscription.
pub(super) fn read(root: &Table<'_, '_>, topics: &[Topic], channels: &[Declared]) -> Vec<Subscription> {
    let named = root.named("subscriptions");
    named.into_iter().filter_map(|(name, table)| subscription(&name, &table, topics, channels)).collect()
}

fn subscription(name: &str, table: &Table<'_, '_>, topics: &[Topic], channels: &[Declared]) -> Option<Subscription> {
    table.check_name(name);
    let channel = channel(table, channels);
    let receivers = receivers(table, channel.as_deref(), channels);
    if subscriber::is_row(name) {
        let message = format!("{name:?} is the name of a subscription that is kept as a row");
        table.walk.wrong(&table.span, message, "another name", "choose one that says what it is for");
    }
    let choices = choices::choices(table, topics);
    table.finish();
    let subscription = choices.subscription(name, &channel?, "");
    Some(Subscription { receivers, ..subscription })
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
