//! What the demo's receivers hold, read from their own files and from nothing else: mails, webhooks, chat posts; and the list of
//! what should have been told.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::Value;
use tenderwatch::demo::inbox::Hook;
use tenderwatch::demo::maildir::Maildir;
use tenderwatch::demo::replica::press::{self, Published};

/// One piece of news: the notice's id on the site, and the kind of change.
pub(crate) type News = (String, String);

/// How each kind is headed in a Chinese and an English message.
const HEADINGS: [(&str, &str, &str); 11] = [
    ("tender_published", "新招标", "New tenders"),
    ("corrected", "更正", "Corrections"),
    ("awarded", "中标", "Awards"),
    ("award_corrected", "中标结果更正", "Corrected awards"),
    ("candidates_listed", "中标候选公示", "Candidates listed"),
    ("failed", "废标或终止", "Failed or terminated"),
    ("retendered", "重新招标", "Tendered again"),
    ("contracted", "合同公告", "Contracts"),
    ("shifted", "中标格局变化", "Shifts among the bidders"),
    ("source_failing", "来源读取失败", "Sources failing"),
    ("source_recovered", "来源恢复", "Sources recovered"),
];

fn kind(heading: &str) -> Option<&'static str> {
    HEADINGS.iter().find(|(_, zh, en)| heading == *zh || heading == *en).map(|(kind, _, _)| *kind)
}

/// The program under test.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenderwatch"));
    command.stdin(Stdio::null()).env_remove("NOTIFY_SOCKET").env_remove("WATCHDOG_USEC").env_remove("WATCHDOG_PID");
    command
}

/// `demo --exit --json` in a folder.
pub(crate) fn demo(dir: &Path) -> Command {
    let mut command = program();
    command.args(["demo", "--exit", "--json", "--dir"]).arg(dir);
    command
}

/// A verb over a finished demo, at the time where its clock stands.
pub(crate) fn verb(dir: &Path, words: &[&str]) -> Output {
    let mut command = program();
    command.arg("--config").arg(dir.join("tenderwatch.toml")).arg("--clock").arg(dir.join("clock")).args(words);
    command.output().unwrap()
}

/// What a program printed, after it ended well.
pub(crate) fn printed(output: Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// What was published, oldest first.
pub(crate) fn published(dir: &Path) -> Vec<Published> {
    press::read(&dir.join("published.jsonl")).unwrap()
}

/// What should have been told, each piece once.
pub(crate) fn wanted(dir: &Path) -> Vec<News> {
    let pieces = published(dir).into_iter().flat_map(|notice| {
        let id = notice.native_id;
        notice.tells.into_iter().map(move |kind| (id.clone(), kind))
    });
    let mut wanted: Vec<News> = pieces.collect();
    wanted.sort();
    wanted
}

/// A mail as it lies in the maildir.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    /// When it came, by the demo's clock.
    pub(crate) at: Timestamp,
    pub(crate) receiver: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) raw: Vec<u8>,
    /// Its plain text.
    pub(crate) text: String,
}

impl Mail {
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let named = |(known, _): &&(String, String)| known.eq_ignore_ascii_case(name);
        self.headers.iter().filter(named).map(|(_, value)| value.as_str()).collect()
    }

    /// The one value of a header that must be there once.
    pub(crate) fn the(&self, name: &str) -> &str {
        let values = self.header(name);
        assert_eq!(values.len(), 1, "{name} of {:?}", self.headers);
        values[0]
    }

    /// The news it tells: (notice, kind); troubles have no notice.
    pub(crate) fn news(&self) -> Vec<News> {
        let mut news = Vec::new();
        let mut heading = None;
        for line in self.text.lines() {
            if let Some(title) = line.strip_prefix("== ") {
                heading = title.split(['（', '(']).next().and_then(|word| kind(word.trim_end_matches([' ', '='])));
            } else if let Some(kind) = heading {
                if kind.starts_with("source_") && line.starts_with("1. ") {
                    news.push((String::new(), kind.to_owned()));
                } else if let Some(id) = notice_of(line) {
                    news.push((id, kind.to_owned()));
                }
            }
        }
        news
    }
}

/// The notice whose address a line is.
fn notice_of(line: &str) -> Option<String> {
    let address = line.trim().strip_prefix("http://127.0.0.1:")?;
    Some(address.strip_suffix(".htm")?.rsplit_once('_')?.1.to_owned())
}

/// Every mail, in the order they came.
pub(crate) fn mails(dir: &Path) -> Vec<Mail> {
    let kept = Maildir::open(&dir.join("mail")).unwrap().list().unwrap();
    let mail = |kept: tenderwatch::demo::maildir::Mail| {
        let text = String::from_utf8(kept.raw.clone()).expect("a message of mail is ASCII");
        assert!(text.is_ascii(), "headers and bodies are encoded");
        let (headers, body) = entity(&text);
        let plain = parts(&headers, body).into_iter().find(|(kind, _)| kind.starts_with("text/plain"));
        let name = kept.path.file_name().unwrap().to_str().unwrap();
        let at = Timestamp::from_millisecond(name.split('.').next().unwrap().parse().unwrap()).unwrap();
        Mail { at, receiver: kept.receivers.join(","), headers, text: plain.unwrap().1, raw: kept.raw }
    };
    kept.into_iter().map(mail).collect()
}

/// The parts of a multipart message: content type and decoded text.
pub(crate) fn parts(headers: &[(String, String)], body: &str) -> Vec<(String, String)> {
    let kind = value(headers, "Content-Type");
    let boundary = kind.split("boundary=").nth(1).unwrap().trim_matches('"');
    let whole = format!("\r\n{body}");
    let mut pieces: Vec<&str> = whole.split(&format!("\r\n--{boundary}")).collect();
    assert_eq!(pieces.pop().unwrap().trim(), "--", "the last boundary closes the message");
    let part = |piece: &&str| {
        let (headers, body) = entity(piece.strip_prefix("\r\n").unwrap());
        let kind = value(&headers, "Content-Type");
        // HTML with its pictures is a message within the message.
        if kind.starts_with("multipart/") {
            return parts(&headers, body);
        }
        if kind.starts_with("image/") {
            return vec![(kind, String::new())];
        }
        vec![(kind, decoded(&value(&headers, "Content-Transfer-Encoding"), body))]
    };
    pieces.iter().skip(1).flat_map(part).collect()
}

fn value(headers: &[(String, String)], name: &str) -> String {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).unwrap().1.clone()
}

/// Unfolded headers, and what follows them.
pub(crate) fn entity(text: &str) -> (Vec<(String, String)>, &str) {
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let header = |line: &str| {
        let (name, value) = line.split_once(':').unwrap();
        (name.to_owned(), value.trim().to_owned())
    };
    (unfolded.split("\r\n").map(header).collect(), body)
}

fn decoded(encoding: &str, body: &str) -> String {
    let bytes = match encoding {
        "base64" => {
            let packed: String = body.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
            BASE64_STANDARD.decode(packed).unwrap()
        }
        "quoted-printable" => quoted_printable(body),
        "7bit" => body.as_bytes().to_vec(),
        other => panic!("an encoding that nobody asked for: {other}"),
    };
    String::from_utf8(bytes).unwrap()
}

fn quoted_printable(body: &str) -> Vec<u8> {
    let joined = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'=' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    bytes
}

/// Every POST, in the order they came, with its number.
pub(crate) fn posts(dir: &Path) -> Vec<Hook> {
    let mut files: Vec<_> =
        std::fs::read_dir(dir.join("webhooks")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files.iter().map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
}

/// The webhooks.
pub(crate) fn webhooks(dir: &Path) -> Vec<Hook> {
    posts(dir).into_iter().filter(|hook| hook.path == "/webhook").collect()
}

/// The chat's messages.
pub(crate) fn chat(dir: &Path) -> Vec<Hook> {
    posts(dir).into_iter().filter(|hook| hook.path == "/feishu").collect()
}

/// What a webhook tells.
pub(crate) fn news_of_webhook(hook: &Hook) -> Vec<News> {
    let body: Value = serde_json::from_str(&hook.body).unwrap();
    let item = |item: &Value| {
        let id = item["notice"]["id"].as_str().unwrap();
        (id.trim_start_matches("replica:").to_owned(), item["kind"].as_str().unwrap().to_owned())
    };
    body["data"]["items"].as_array().unwrap().iter().map(item).collect()
}

/// What a card tells.
pub(crate) fn news_of_card(hook: &Hook) -> Vec<News> {
    let body: Value = serde_json::from_str(&hook.body).unwrap();
    let blocks = body["card"]["elements"].as_array().unwrap().iter().filter_map(|element| element["content"].as_str());
    let news = |block: &str| {
        let line = block.lines().next()?;
        let (heading, rest) = line.strip_prefix("**")?.split_once("** · [")?;
        let id = rest.strip_suffix(".htm)")?.rsplit_once('_')?.1;
        Some((id.to_owned(), kind(heading)?.to_owned()))
    };
    blocks.filter_map(news).collect()
}

/// Under how many different ids each piece of news came to one receiver.
pub(crate) fn ids<'a>(told: impl IntoIterator<Item = (Vec<News>, &'a str)>) -> BTreeMap<News, BTreeSet<String>> {
    let mut ids: BTreeMap<News, BTreeSet<String>> = BTreeMap::new();
    for (news, id) in told {
        for piece in news {
            ids.entry(piece).or_default().insert(id.to_owned());
        }
    }
    ids
}
