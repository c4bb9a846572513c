//! The list of what the replica has published, one JSON line each, written and synced before a notice is first served. Each notice is
//! listed once, also over restarts; a line torn by a crash is cut off and written again.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::demo::notices::{self, Notice};

/// More than any line of the list needs.
const LINE_BYTES_MAX: u64 = 64 * 1024;

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The site's id.
    pub native_id: String,
    /// The page's address.
    pub url: String,
    /// The title.
    pub title: String,
    /// The kind of notice, in the product's words.
    pub kind: String,
    /// When it appeared, in China's offset.
    pub published_at: String,
    /// Whether a perfect watcher tells of it: a notice of the story that is neither a repeat nor off the topic.
    pub story: bool,
    /// The changes that such a watcher tells.
    pub tells: Vec<String>,
}

/// The list, open for adding.
#[derive(Debug)]
pub struct Press {
    file: File,
    known: BTreeSet<String>,
}

impl Press {
    /// Opens the list, creating it when there is none.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
        let (known, whole) = intact(&file)?;
        file.set_len(whole)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self { file, known })
    }

    /// Lists those notices that are not listed yet, and syncs. Nothing may be served before this has returned.
    pub fn publish(&mut self, notices: &[&Notice], site: &str) -> io::Result<()> {
        let mut lines = String::new();
        let mut fresh = Vec::new();
        for notice in notices.iter().filter(|notice| !self.known.contains(&notice.id.to_string())) {
            let line = serde_json::to_string(&published(notice, site)).map_err(io::Error::other)?;
            lines.push_str(&line);
            lines.push('\n');
            fresh.push(notice.id.to_string());
        }
        if fresh.is_empty() {
            return Ok(());
        }
        let end = self.file.stream_position()?;
        if let Err(error) = self.file.write_all(lines.as_bytes()).and_then(|()| self.file.sync_data()) {
            // Half a list must not be followed by a whole one.
            self.file.set_len(end)?;
            self.file.seek(SeekFrom::Start(end))?;
            return Err(error);
        }
        self.known.extend(fresh);
        Ok(())
    }
}

/// What the list holds, oldest line first.
pub fn read(path: &PathBuf) -> io::Result<Vec<Published>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut lines = Vec::new();
    for_each_line(&file, |line| lines.push(line))?;
    Ok(lines)
}

/// The ids listed, and how many bytes hold whole lines.
fn intact(file: &File) -> io::Result<(BTreeSet<String>, u64)> {
    let mut known = BTreeSet::new();
    let whole = for_each_line(file, |line| {
        known.insert(line.native_id);
    })?;
    Ok((known, whole))
}

fn for_each_line(file: &File, mut each: impl FnMut(Published)) -> io::Result<u64> {
    let mut reader = BufReader::new(file);
    let mut whole = 0_u64;
    loop {
        let mut line = String::new();
        let bytes = reader.by_ref().take(LINE_BYTES_MAX).read_line(&mut line)?;
        let Ok(published) = serde_json::from_str(&line) else { return Ok(whole) };
        if !line.ends_with('\n') {
            return Ok(whole);
        }
        whole += u64::try_from(bytes).map_err(io::Error::other)?;
        each(published);
    }
}

fn published(notice: &Notice, site: &str) -> Published {
    Published {
        native_id: notice.id.to_string(),
        url: format!("{site}{}", notice.path()),
        title: notice.title.to_owned(),
        kind: notice.kind().to_owned(),
        published_at: rfc3339(notice.published_at()),
        story: notices::during_the_story(notice) && !notice.tells.is_empty(),
        tells: notice.tells.iter().map(|&word| word.to_owned()).collect(),
    }
}

/// An instant with China's offset.
#[must_use]
pub fn rfc3339(at: Timestamp) -> String {
    at.display_with_offset(jiff::tz::Offset::constant(8)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "http://127.0.0.1:1";

    #[test]
    fn each_notice_is_listed_once_also_over_restarts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("published.jsonl");
        let all = notices::all();
        Press::open(&path).unwrap().publish(&all[..3], SITE).unwrap();
        let mut again = Press::open(&path).unwrap();
        again.publish(&all[..5], SITE).unwrap();
        again.publish(&all[..5], SITE).unwrap();
        let listed = read(&path).unwrap();
        assert_eq!(listed.len(), 5);
        assert_eq!(listed[0].native_id, all[0].id.to_string());
        assert_eq!(listed[0].published_at, "2016-12-12T10:05:00+08:00");
        assert!(!listed[0].story);
    }

    #[test]
    fn a_line_torn_by_a_crash_is_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("published.jsonl");
        let all = notices::all();
        Press::open(&path).unwrap().publish(&all[..2], SITE).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, &text[..text.len() - 20]).unwrap();
        Press::open(&path).unwrap().publish(&all[..2], SITE).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}
