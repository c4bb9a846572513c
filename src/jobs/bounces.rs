//! Mails that came back → receivers that are written to no more. A bounce stops somebody only if it names a delivery that was
//! sent, and says that the mailbox is gone; anything else is recorded in the log and forgotten.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use jiff::Timestamp;

use super::{Rooms, blocking};
use crate::config::settings::{BounceSettings, ChannelSettings};
use crate::domain::bounce::{self, Bounce, Ignored, Verdict};
use crate::domain::change::{Change, ChangeKind, Telling};
use crate::domain::delivery::{Delivery, DeliveryId};
use crate::domain::schedule;
use crate::store::Reader;
use crate::store::deliveries::DeliveryRow;
use crate::store::stops::{Stop, StopKind};

/// Mails that are read in one look at one mailbox; the rest waits for the next.
const MAILS_AT_ONCE: usize = 200;

/// What a bounce came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handled {
    /// Its receiver is written to no more, from now on or since before.
    Stopped {
        /// The delivery that came back.
        delivery: DeliveryId,
        /// Whether this bounce did it.
        is_new: bool,
        /// What it says.
        why: String,
    },
    /// It says that the mail was not or not yet delivered, and stops nobody.
    Recorded {
        /// What it says.
        why: String,
    },
    /// It names no delivery, or one that we never sent.
    Stranger {
        /// What it says.
        why: String,
    },
    /// It is no bounce.
    Ignored(Ignored),
}

/// Reads one mail and does what it asks for.
pub fn handle(rooms: &Rooms, mail: &[u8]) -> Result<Handled> {
    let bounce = match bounce::read(mail) {
        Ok(bounce) => bounce,
        Err(ignored) => return Ok(Handled::Ignored(ignored)),
    };
    let why = in_words(&bounce);
    let Some(id) = &bounce.delivery else { return Ok(Handled::Stranger { why }) };
    let now = rooms.clock.now();
    blocking(|| {
        rooms.store.write(|w| -> Result<Handled> {
            let Some(row) = w.delivery(id)?.filter(was_sent) else { return Ok(Handled::Stranger { why }) };
            if bounce.verdict != Verdict::Hard {
                return Ok(Handled::Recorded { why });
            }
            let DeliveryRow { channel, receiver, .. } = row;
            let kind = StopKind::Bounced;
            let is_new =
                w.stop_receiver(&Stop { channel: channel.clone(), receiver, kind, why: why.clone(), at: now })?;
            if is_new {
                w.append_changes(&[stopped(&channel, id, &why, now)])?;
            }
            Ok(Handled::Stopped { delivery: id.clone(), is_new, why })
        })
    })
}

/// Whether a delivery can have come back: it was tried, or is being tried and nobody knows yet.
fn was_sent(row: &DeliveryRow) -> bool {
    row.attempts > 0 || matches!(row.state, Delivery::Claimed { .. })
}

fn in_words(bounce: &Bounce) -> String {
    let status = bounce.status.as_deref().unwrap_or("no status");
    let said = if bounce.said.is_empty() { String::new() } else { format!(": {}", bounce.said) };
    format!("{} ({status}){said}", bounce.verdict.word())
}

fn stopped(channel: &str, id: &DeliveryId, why: &str, now: Timestamp) -> Change {
    Change {
        kind: ChangeKind::ReceiverStopped,
        project: None,
        notice: None,
        source: None,
        topic: None,
        fields: Vec::new(),
        reason: format!("channel {channel}, delivery {id}: {why}"),
        published_at: None,
        seen_at: now,
        telling: Telling::News,
    }
}

/// Writes what a bounce came to into the log; `from` says where it was.
pub fn log(handled: &Handled, from: &str) {
    match handled {
        Handled::Stopped { delivery, is_new: true, why } => {
            tracing::warn!(%delivery, "{from}: its receiver is written to no more: {why}");
        }
        Handled::Stopped { delivery, is_new: false, why } => {
            tracing::info!(%delivery, "{from}: its receiver was stopped before: {why}");
        }
        Handled::Recorded { why } => tracing::warn!("{from}: {why}"),
        Handled::Stranger { why } => tracing::warn!("{from}: names no delivery that was sent, and stops nobody: {why}"),
        Handled::Ignored(ignored) => tracing::info!("{from}: left aside: {}", ignored.why()),
    }
}

/// The mailboxes of bounces that are configured, each with its channel.
fn mailboxes(rooms: &Rooms) -> impl Iterator<Item = (&str, &BounceSettings)> {
    rooms.config.channels.iter().filter_map(|(name, channel)| match channel {
        ChannelSettings::Email(email) => Some((name.as_str(), email.bounces.as_ref()?)),
        _ => None,
    })
}

fn job(channel: &str) -> String {
    format!("bounces {channel}")
}

/// Whether a mailbox is to be looked at.
pub fn is_due(rooms: &Rooms, r: &Reader<'_>, now: Timestamp) -> Result<bool> {
    for (channel, settings) in mailboxes(rooms) {
        if has_come(r, channel, settings, now)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn has_come(r: &Reader<'_>, channel: &str, settings: &BounceSettings, now: Timestamp) -> Result<bool> {
    let put_off_most = settings.every.try_into().unwrap_or(schedule::DAILY_PUT_OFF_MOST);
    Ok(schedule::has_come(r.job_due_at(&job(channel))?, now, put_off_most))
}

/// Looks at every mailbox that is due, and sets when it is looked at next. One that cannot be read holds up no other.
pub fn look(rooms: &Rooms) -> Result<()> {
    let now = rooms.clock.now();
    let mut failed = None;
    for (channel, settings) in mailboxes(rooms) {
        if !rooms.store.read(|r| has_come(r, channel, settings, now))? {
            continue;
        }
        let next = now.checked_add(settings.every)?;
        rooms.store.write(|w| w.put_job_due_at(&job(channel), next))?;
        if let Err(error) = empty(rooms, &settings.maildir) {
            failed.get_or_insert(error.context(format!("bounces of channel {channel}")));
        }
    }
    failed.map_or(Ok(()), Err)
}

/// Reads what is new in a Maildir and moves it to what was seen.
pub fn empty(rooms: &Rooms, maildir: &Path) -> Result<()> {
    let new = maildir.join("new");
    let mut files: Vec<PathBuf> = fs::read_dir(&new)
        .with_context(|| format!("reading {}", new.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    files.sort();
    for file in files.into_iter().take(MAILS_AT_ONCE) {
        match read_mail(&file) {
            Ok(mail) => log(&handle(rooms, &mail)?, "a bounce"),
            Err(error) => tracing::warn!("a bounce could not be read, and is left aside: {error:#}"),
        }
        // Read and handled: a death before this line reads it once more, and stops nobody twice.
        seen(maildir, &file)?;
    }
    Ok(())
}

/// Moves a file from `new` to `cur`, marked as seen.
fn seen(maildir: &Path, file: &Path) -> Result<()> {
    let name = file.file_name().context("a mail has a name")?.to_string_lossy().into_owned();
    let name = if name.contains(":2,") { name } else { format!("{name}:2,S") };
    let to = maildir.join("cur").join(name);
    fs::rename(file, &to).with_context(|| format!("moving a bounce into {}", maildir.join("cur").display()))
}

/// A plain file's beginning; a link or a pipe is none.
fn read_mail(file: &Path) -> Result<Vec<u8>> {
    anyhow::ensure!(fs::symlink_metadata(file)?.is_file(), "it is no plain file");
    let mut mail = Vec::new();
    File::open(file)?.take(bounce::MAIL_BYTES_MAX as u64).read_to_end(&mut mail)?;
    Ok(mail)
}
