//! Messages as files, the Maildir way: written under tmp, synced, moved to new, the folder synced. Only then is a message kept. The
//! envelope stands above each message as Return-Path and Delivered-To lines.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;

/// More than a kept message can have.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// What was said about a message before its data.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// The sender; empty for a bounce.
    pub sender: String,
    /// The receivers.
    pub receivers: Vec<String>,
    /// How the client named itself.
    pub hello: String,
    /// The client's address.
    pub from: String,
}

/// A kept message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Its file.
    pub path: PathBuf,
    /// The envelope's sender.
    pub sender: String,
    /// The envelope's receivers.
    pub receivers: Vec<String>,
    /// The message as it was sent, without the envelope's lines.
    pub raw: Vec<u8>,
}

/// A folder of messages.
#[derive(Clone, Debug)]
pub struct Maildir {
    dir: PathBuf,
    /// Tells messages of one instant apart.
    count: Arc<AtomicU64>,
}

impl Maildir {
    /// Opens the folder, creating it and its three parts.
    pub fn open(dir: &Path) -> io::Result<Self> {
        for part in ["tmp", "new", "cur"] {
            fs::create_dir_all(dir.join(part))?;
        }
        Ok(Self { dir: dir.to_owned(), count: Arc::default() })
    }

    /// Where it is.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Keeps a message; when this has returned, it outlives a power cut.
    pub fn keep(&self, envelope: &Envelope, body: &[u8], now: Timestamp) -> io::Result<PathBuf> {
        let count = self.count.fetch_add(1, Ordering::SeqCst);
        let chance = fastrand::u64(..);
        let name = format!("{:013}.M{count:06}P{}R{chance:016x}.demo", now.as_millisecond(), std::process::id());
        let (tmp, new) = (self.dir.join("tmp").join(&name), self.dir.join("new").join(&name));
        let written = write_synced(&tmp, &[head(envelope).as_bytes(), body]).and_then(|()| fs::rename(&tmp, &new));
        if let Err(error) = written {
            // Best effort: what lies in tmp counts for nothing.
            let _ = fs::remove_file(&tmp);
            return Err(error);
        }
        sync_folder(&self.dir.join("new"))?;
        Ok(new)
    }

    /// What is kept, in the order it came.
    pub fn list(&self) -> io::Result<Vec<Mail>> {
        let mut paths = Vec::new();
        for part in ["new", "cur"] {
            for entry in fs::read_dir(self.dir.join(part))? {
                paths.push(entry?.path());
            }
        }
        paths.sort_by(|one, other| one.file_name().cmp(&other.file_name()));
        paths.into_iter().map(read).collect()
    }
}

fn head(envelope: &Envelope) -> String {
    let receivers: String = envelope.receivers.iter().flat_map(|one| ["Delivered-To: ", one, "\r\n"]).collect();
    let Envelope { sender, hello, from, .. } = envelope;
    format!("Return-Path: <{sender}>\r\n{receivers}Received: from {hello} ([{from}]) by demo.localhost\r\n")
}

fn read(path: PathBuf) -> io::Result<Mail> {
    let mut bytes = Vec::new();
    File::open(&path)?.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
    let mut mail = Mail { path, sender: String::new(), receivers: Vec::new(), raw: Vec::new() };
    let mut rest = bytes.as_slice();
    while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
        let (line, after) = rest.split_at(end + 1);
        rest = after;
        let text = String::from_utf8_lossy(line);
        match text.trim_end().split_once(": ") {
            Some(("Return-Path", path)) => path.trim_matches(['<', '>']).clone_into(&mut mail.sender),
            Some(("Delivered-To", receiver)) => mail.receivers.push(receiver.to_owned()),
            // The line that we wrote last.
            _ => break,
        }
    }
    mail.raw = rest.to_vec();
    Ok(mail)
}

/// Writes a new file and syncs it.
pub fn write_synced(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    for part in parts {
        file.write_all(part)?;
    }
    file.sync_all()
}

/// Syncs a folder, so that a name in it lasts.
pub fn sync_folder(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope() -> Envelope {
        Envelope {
            sender: "a@demo.localhost".to_owned(),
            receivers: vec!["b@demo.localhost".to_owned()],
            hello: "me".to_owned(),
            from: "127.0.0.1".to_owned(),
        }
    }

    #[test]
    fn a_kept_message_lies_in_new_and_nothing_in_tmp() {
        let folder = tempfile::tempdir().unwrap();
        let maildir = Maildir::open(folder.path()).unwrap();
        let path = maildir.keep(&envelope(), b"Subject: x\r\n\r\nbody\r\n", Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(path.parent().unwrap(), folder.path().join("new"));
        assert_eq!(fs::read_dir(folder.path().join("tmp")).unwrap().count(), 0);
        let mails = maildir.list().unwrap();
        assert_eq!(
            (mails[0].sender.as_str(), mails[0].raw.as_slice()),
            ("a@demo.localhost", &b"Subject: x\r\n\r\nbody\r\n"[..])
        );
    }

    #[test]
    fn what_never_left_tmp_is_not_a_message() {
        let folder = tempfile::tempdir().unwrap();
        let maildir = Maildir::open(folder.path()).unwrap();
        fs::write(folder.path().join("tmp/half"), "Subject: half").unwrap();
        assert!(maildir.list().unwrap().is_empty());
    }

    #[test]
    fn a_message_that_cannot_be_moved_to_new_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let maildir = Maildir::open(folder.path()).unwrap();
        fs::remove_dir(folder.path().join("new")).unwrap();
        assert!(maildir.keep(&envelope(), b"x", Timestamp::UNIX_EPOCH).is_err());
        assert_eq!(fs::read_dir(folder.path().join("tmp")).unwrap().count(), 0, "tmp was cleaned");
    }

    #[test]
    fn messages_of_one_instant_keep_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let maildir = Maildir::open(folder.path()).unwrap();
        for place in 0..12 {
            maildir.keep(&envelope(), format!("{place}").as_bytes(), Timestamp::UNIX_EPOCH).unwrap();
        }
        let bodies: Vec<String> =
            maildir.list().unwrap().into_iter().map(|mail| String::from_utf8(mail.raw).unwrap()).collect();
        assert_eq!(bodies, (0..12).map(|place| place.to_string()).collect::<Vec<_>>());
    }
}
