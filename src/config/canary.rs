//! `[canary]`: a message that goes the whole way on schedule, and where its arrival shows. Without the table there is none.

use std::path::PathBuf;

use lettre::Address;

use super::channels::Declared;
use super::limits;
use super::settings::CanarySettings;
use super::values;
use super::walk::Table;

const MAILDIR: &str = "an absolute path of a Maildir, as \"/var/mail/canary/Maildir\"";

/// Reads the table.
pub(super) fn read(table: Option<&Table<'_, '_>>, channels: &[Declared]) -> Option<CanarySettings> {
    let table = table?;
    let channel = channel(table, channels);
    let takes = channels.iter().find(|declared| Some(&declared.name) == channel.as_ref());
    let is_mail = takes.and_then(|declared| declared.takes_receivers);
    let to = receiver(table, is_mail);
    let every = table.duration("every", limits::CANARY_EVERY);
    let within = table.duration("within", limits::CANARY_WITHIN);
    if let Some(place) = table.place("within").or_else(|| table.place("every"))
        && within >= every
    {
        let message = format!("within {} is as long as every {}", show(within), show(every));
        table.walk.wrong(&place, message, "less time to arrive in than lies between two", "send one less often");
    }
    let maildir = maildir(table, is_mail);
    table.finish();
    Some(CanarySettings { channel: channel?, to, every, within, maildir })
}

fn show(duration: std::time::Duration) -> String {
    values::show_duration(duration)
}

fn channel(table: &Table<'_, '_>, channels: &[Declared]) -> Option<String> {
    let names: Vec<String> = channels.iter().map(|channel| channel.name.clone()).collect();
    let found = table.required_text("channel", "the name of a channel", "channel = \"NAME\"")?;
    table.reference("channel", &found, "channels", &names);
    Some(found.value.to_owned())
}

/// Mail needs an address; a webhook or a room is its own receiver.
fn receiver(table: &Table<'_, '_>, is_mail: Option<bool>) -> Option<String> {
    let expected = "a mail address alone, as \"canary@example.org\"";
    let found = table.text("to", expected);
    match (is_mail, &found) {
        (Some(true), None) if table.place("to").is_none() => {
            table.missing("to", expected, "to = \"canary@example.org\"");
        }
        (Some(false), Some(found)) => {
            let message = "this channel has one receiver of its own";
            table.walk.wrong(&found.span, message, "`to` only with a channel of mail", "take the line out");
        }
        (_, Some(found)) if found.value.parse::<Address>().is_err() => {
            let message = format!("{:?} is no mail address", found.value);
            table.walk.wrong(&found.span, message, expected, "leave out name and brackets");
        }
        _ => {}
    }
    found.map(|found| found.value.to_owned())
}

fn maildir(table: &Table<'_, '_>, is_mail: Option<bool>) -> Option<PathBuf> {
    let found = table.text("maildir", MAILDIR)?;
    let path = PathBuf::from(found.value);
    if is_mail == Some(false) {
        let message = "maildir is nowhere to look for what goes to a room";
        table.walk.wrong(&found.span, message, "`maildir` only with a channel of mail", "take the line out");
    } else if !path.is_absolute() {
        table.walk.wrong(
            &found.span,
            format!("maildir = {:?} is relative", found.value),
            MAILDIR,
            "write the whole path",
        );
    }
    Some(path)
}
