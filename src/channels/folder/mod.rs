//! Each message as files in a folder, named by the delivery's id: the form for programs, the text, the HTML, its pictures. The
//! `.json` comes last and at once, so whoever sees it sees the whole message; the same delivery again writes the same files.
//! Makes no folder, removes nothing, and never writes outside of its own.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::email::personal;
use super::{Letter, Pace, Sending, Way, program};
use crate::domain::delivery::{ClaimedDelivery, DeliveryId, Outcome};
use crate::domain::digest::Message;

mod place;

/// How long a disk may take before the attempt counts as failed.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The longest name of a file, without its ending.
const NAME_BYTES_MAX: usize = 120;

/// A folder that messages are put into.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where, an absolute path.
    pub path: PathBuf,
}

/// A folder, ready to be written into.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

/// What the outbox keeps of a message: its files, in the order they are written.
#[derive(Debug, Serialize, Deserialize)]
struct Parcel {
    files: Vec<Kept>,
}

/// A file of a message.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// What follows the delivery's id in its name: `.json`, `.chart-1.png`.
    ending: String,
    /// What it holds, in base64.
    bytes: String,
}

impl Kept {
    fn new(ending: String, bytes: &[u8]) -> Self {
        Self { ending, bytes: BASE64_STANDARD.encode(bytes) }
    }
}

impl Folder {
    pub(super) fn build(settings: &Settings) -> Result<Self, String> {
        if !settings.path.is_absolute() {
            return Err(format!("the folder {} must be an absolute path", settings.path.display()));
        }
        Ok(Self { path: settings.path.clone() })
    }

    async fn put(&self, delivery: &ClaimedDelivery) -> Outcome {
        let files = match files(delivery) {
            Ok(files) => files,
            Err(why) => return Outcome::Refused { why },
        };
        let path = self.path.clone();
        let writing = tokio::task::spawn_blocking(move || place::write(&path, &files));
        match tokio::time::timeout(TIMEOUT, writing).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => later(format!("writing into {}: {error}", self.path.display())),
            // What the disk still writes is what the next attempt writes again.
            Err(_) => later(format!("{} did not take the message within {} s", self.path.display(), TIMEOUT.as_secs())),
        }
    }
}

fn later(why: String) -> Outcome {
    Outcome::Later { why, retry_after: None }
}

/// The files of a delivery with their names. Whatever an id or an ending may hold, a name is one plain word.
fn files(delivery: &ClaimedDelivery) -> Result<Vec<(String, Vec<u8>)>, String> {
    let parcel: Parcel = serde_json::from_slice(&delivery.payload)
        .map_err(|error| format!("the kept message is not one of this channel: {error}"))?;
    let mut files = Vec::new();
    for file in parcel.files {
        let name = format!("{}{}", delivery.id, file.ending);
        if !is_plain(&name) {
            return Err("the delivery's id is no name for a file".into());
        }
        files.push((name, BASE64_STANDARD.decode(&file.bytes).map_err(|error| error.to_string())?));
    }
    Ok(files)
}

/// One word of ASCII letters, digits, `-`, `_` and `.`, that begins with no dot: never a path, never hidden.
fn is_plain(name: &str) -> bool {
    let allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
    !name.starts_with('.') && name.len() <= NAME_BYTES_MAX + ".html".len() && name.chars().all(allowed)
}

/// The letters and digits of a picture's id.
fn plain(id: &str) -> String {
    id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(40).collect()
}

/// The HTML with its pictures beside it instead of inside a mail.
fn beside(html: &str, message: &Message, id: &DeliveryId) -> String {
    message.images.iter().fold(html.to_owned(), |html, image| {
        html.replace(&format!("\"cid:{}\"", image.id), &format!("\"{id}.{}.png\"", plain(&image.id)))
    })
}

impl Way for Folder {
    fn compose(&self, message: &Message, letter: &Letter) -> Result<Vec<Vec<u8>>, String> {
        let html = personal::html(&beside(&message.html, message, &letter.id), letter.links.as_ref());
        let text = personal::text(&message.text, letter.links.as_ref());
        let mut files: Vec<Kept> =
            message.images.iter().map(|image| Kept::new(format!(".{}.png", plain(&image.id)), &image.png)).collect();
        files.push(Kept::new(".txt".into(), text.as_bytes()));
        files.push(Kept::new(".html".into(), html.as_bytes()));
        files.push(Kept::new(".json".into(), &program::body(message)?));
        Ok(vec![serde_json::to_vec(&Parcel { files }).map_err(|error| error.to_string())?])
    }

    fn send<'w>(&'w self, delivery: &'w ClaimedDelivery, _now: Timestamp) -> Sending<'w> {
        Box::pin(async move { self.put(delivery).await.into() })
    }

    fn pace(&self) -> Pace {
        Pace::ONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_plain_word() {
        for name in ["d_0123abc.json", "d_0123abc_2.chart-1.png"] {
            assert!(is_plain(name), "{name}");
        }
        for name in ["../d.json", "a/b.json", ".json", "..", "d\0.json", "d\n.json", "标.json", &"d".repeat(200)] {
            assert!(!is_plain(name), "{name:?}");
        }
        assert_eq!(plain("../chart 1/é"), "chart1");
    }

    #[test]
    fn a_relative_folder_is_refused() {
        let told = Folder::build(&Settings { path: "messages".into() }).unwrap_err();
        assert!(told.contains("messages") && told.contains("absolute"), "{told}");
    }
}
