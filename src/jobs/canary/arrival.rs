//! The other end: is a message with this id in the Maildir? Reads the newest files first, only their heads, never more than a
//! bound of either; deletes nothing.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::domain::delivery::DeliveryId;

/// How much of a mail is read: its head stands in it.
pub const MAIL_BYTES_MAX: u64 = 64 * 1024;

/// How many files are listed at most; a folder that nobody empties must not stop the service.
const LISTED_MAX: usize = 50_000;

/// How many of them are opened, the newest first.
const OPENED_MAX: usize = 500;

/// Whether one of the newest mails bears the id.
pub(super) fn is_in_maildir(folder: &Path, id: &DeliveryId) -> io::Result<bool> {
    let mut files = listed(&folder.join("new"))?;
    files.extend(listed(&folder.join("cur"))?);
    files.sort_by_key(|(modified, _)| std::cmp::Reverse(*modified));
    for (_, path) in files.into_iter().take(OPENED_MAX) {
        let mut head = Vec::new();
        // A reader of the mailbox may move a file away at any time.
        let read = File::open(path).and_then(|file| file.take(MAIL_BYTES_MAX).read_to_end(&mut head));
        if read.is_ok() && message_id(&head).is_some_and(|found| names(&found, id)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn listed(folder: &Path) -> io::Result<Vec<(SystemTime, PathBuf)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)?.take(LISTED_MAX) {
        let entry = entry?;
        if let Ok(meta) = entry.metadata()
            && meta.is_file()
        {
            files.push((meta.modified()?, entry.path()));
        }
    }
    Ok(files)
}

/// The `Message-ID` of a mail, from its first bytes.
#[must_use]
pub fn message_id(head: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.lines().take_while(|line| !line.is_empty()).peekable();
    while let Some(line) = lines.next() {
        let Some((name, value)) = line.split_once(':') else { continue };
        if !name.trim().eq_ignore_ascii_case("message-id") {
            continue;
        }
        // A long id may stand alone on the line that follows.
        let folded = lines.next_if(|next| next.starts_with([' ', '\t'])).unwrap_or_default();
        let whole = format!("{value}{folded}");
        return Some(whole.trim().trim_matches(['<', '>']).to_owned());
    }
    None
}

/// Whether a `Message-ID` is that of the delivery, at whatever domain.
pub(super) fn names(message_id: &str, id: &DeliveryId) -> bool {
    message_id.split_once('@').is_some_and(|(local, _)| local == id.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_from_the_head_and_nowhere_else() {
        let id = |text: &str| message_id(text.as_bytes());
        assert_eq!(id("Received: x\r\nmessage-ID: <d_1@a.org>\r\n\r\nbody"), Some("d_1@a.org".into()));
        assert_eq!(id("Message-ID:\r\n <d_1@a.org>\r\nTo: x\r\n\r\n"), Some("d_1@a.org".into()), "folded");
        assert_eq!(id("Subject: x\r\n\r\nMessage-ID: <d_1@a.org>\r\n"), None, "a body may quote anything");
        assert!(names("d_1@a.org", &DeliveryId("d_1".into())));
        assert!(!names("d_12@a.org", &DeliveryId("d_1".into())) && !names("d_1", &DeliveryId("d_1".into())));
    }

    #[test]
    fn a_mail_is_found_wherever_its_reader_put_it_and_among_many() {
        let folder = tempfile::tempdir().unwrap();
        for part in ["new", "cur", "tmp"] {
            std::fs::create_dir(folder.path().join(part)).unwrap();
        }
        let id = DeliveryId("d_7".into());
        let put = |name: &str, id: &str| {
            std::fs::write(folder.path().join(name), format!("Message-ID: <{id}@a.org>\n\nx")).unwrap();
        };
        (0..30).for_each(|n| put(&format!("new/{n}"), &format!("d_{}", n + 100)));
        put("tmp/1", "d_7");
        assert!(!is_in_maildir(folder.path(), &id).unwrap(), "what is in tmp is not delivered yet");
        put("cur/1:2,S", "d_7");
        assert!(is_in_maildir(folder.path(), &id).unwrap());
        assert!(is_in_maildir(&folder.path().join("gone"), &id).is_err());
    }
}
