//! Real small programs: what they get, what their end comes to, and that none of them can hold the service up.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tempfile::TempDir;
use tenderwatch::channels::command::Settings;
use tenderwatch::channels::{Channels, Kind, Letter, Settings as ChannelSettings};
use tenderwatch::domain::delivery::{ClaimedDelivery, DeliveryId, Outcome};

use crate::email::message;

/// A program in a folder of its own.
struct Script {
    folder: TempDir,
    channels: Channels,
}

impl Script {
    /// A script for `/bin/sh`; `$here` is its folder.
    fn new(text: &str) -> Self {
        Self::within(text, Duration::from_secs(20))
    }

    fn within(text: &str, timeout: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("script");
        std::fs::write(&path, format!("here={}\n{text}\n", folder.path().display())).unwrap();
        let run = ["/bin/sh".into(), path.to_str().unwrap().to_owned(), "an argument; rm -rf $HOME".into()];
        Self { folder, channels: channels(run.to_vec(), timeout) }
    }

    async fn outcome(&self) -> Outcome {
        self.channels.send(&delivery(&self.channels), now()).await.outcome
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap()
    }
}

fn channels(run: Vec<String>, timeout: Duration) -> Channels {
    let kind = Kind::Command(Settings { run, timeout });
    Channels::build(&ChannelSettings { channels: vec![("script".into(), kind)] }).unwrap()
}

fn delivery(channels: &Channels) -> ClaimedDelivery {
    let id = DeliveryId("d_0123456789abcdef".into());
    let letter = Letter::plain(id.clone(), "script", "daily");
    let payload = channels.compose("script", &message(), &letter).unwrap().remove(0);
    ClaimedDelivery {
        id,
        channel: "script".into(),
        receiver: "script".into(),
        payload,
        attempts: 2,
        composed_at: message().composed_at,
        receipts: Vec::new(),
    }
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// Waits until nobody with this number is left, or says that somebody still is.
fn is_gone(pid_file: &Path) -> bool {
    let pid = std::fs::read_to_string(pid_file).unwrap();
    let status = PathBuf::from(format!("/proc/{}/stat", pid.trim()));
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(5) {
        match std::fs::read_to_string(&status) {
            // A zombie that init has not buried yet is dead.
            Ok(stat) if !stat.contains(") Z ") => std::thread::sleep(Duration::from_millis(20)),
            _ => return true,
        }
    }
    false
}

#[tokio::test]
async fn a_program_gets_the_message_on_its_standard_input_and_a_few_facts() {
    let script =
        Script::new(r#"cat >"$here/input"; env >"$here/env"; printf %s "$1" >"$here/argument"; pwd >"$here/pwd""#);
    assert_eq!(script.outcome().await, Outcome::Accepted);
    let input = script.read("input");
    assert!(input.ends_with("}\n") && input.lines().count() == 1, "{input}");
    let read: serde_json::Value = serde_json::from_str(&input).unwrap();
    assert_eq!((&read["type"], &read["data"]["id"]), (&"digest".into(), &"daily-7".into()));
    assert_eq!(script.read("argument"), "an argument; rm -rf $HOME", "no shell reads the arguments");
    assert_eq!(script.read("pwd"), "/\n");
    let env = script.read("env");
    for fact in [
        "TENDERWATCH_DELIVERY_ID=d_0123456789abcdef",
        "TENDERWATCH_SUBSCRIPTION=daily",
        &format!("TENDERWATCH_SUBJECT={}", message().subject),
        "TENDERWATCH_ATTEMPT=3",
    ] {
        assert!(env.lines().any(|line| line == fact), "{fact}\n{env}");
    }
    // The shell itself adds PWD and the like.
    let strangers = env.lines().map(|line| line.split('=').next().unwrap()).filter(|name| {
        !name.starts_with("TENDERWATCH_") && !["PATH", "LANG", "PWD", "OLDPWD", "SHLVL", "_"].contains(name)
    });
    assert_eq!(strangers.collect::<Vec<_>>(), Vec::<&str>::new(), "{env}");
}

#[tokio::test]
async fn what_a_failed_program_said_stands_in_the_reason_redacted() {
    let script = Script::new("echo progress; echo 'no route for li.lei@example.org' >&2; exit 75");
    let outcome = script.outcome().await;
    let Outcome::Later { why, .. } = &outcome else { panic!("{outcome:?}") };
    assert!(why.contains("code 75") && why.contains("no route for …@example.org"), "{why}");
    let script = Script::new(r#"echo "bad option: $1"; exit 64"#);
    let outcome = script.outcome().await;
    assert!(matches!(&outcome, Outcome::Misconfigured { why } if why.ends_with("bad option: …")), "{outcome:?}");
    let script = Script::new("exit 67");
    assert!(matches!(script.outcome().await, Outcome::Gone { .. }));
    let script = Script::new("kill -TERM $$");
    let outcome = script.outcome().await;
    assert!(matches!(&outcome, Outcome::Ambiguous { why } if why.contains("signal 15")), "{outcome:?}");
}

#[tokio::test]
async fn a_program_need_not_read_its_input() {
    let mut message = message();
    // More than a pipe holds.
    message.json = format!(r#"{{"type":"digest","id":"{}"}}"#, "x".repeat(1_000_000));
    for (text, accepted) in [("exit 0", true), ("exec <&-; sleep 0.2; exit 0", true), ("exit 75", false)] {
        let script = Script::new(text);
        let mut delivery = delivery(&script.channels);
        delivery.payload = script
            .channels
            .compose("script", &message, &Letter::plain(delivery.id.clone(), "s", "d"))
            .unwrap()
            .remove(0);
        let outcome = script.channels.send(&delivery, now()).await.outcome;
        assert_eq!(outcome == Outcome::Accepted, accepted, "{text}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_program_that_does_not_end_is_killed_with_all_that_it_started() {
    let text =
        r#"sleep 600 & echo $! >"$here/child"; echo $$ >"$here/itself"; echo waiting; trap '' TERM; wait; sleep 600"#;
    let script = Script::within(text, Duration::from_millis(700));
    let begin = Instant::now();
    let outcome = script.outcome().await;
    assert!(matches!(&outcome, Outcome::Ambiguous { why } if why.contains("stopped after 1 s")), "{outcome:?}");
    assert!(begin.elapsed() < Duration::from_secs(10));
    for name in ["child", "itself"] {
        assert!(is_gone(&script.file(name)), "{name} is still there");
    }
}

#[tokio::test]
async fn a_program_that_leaves_somebody_behind_is_not_waited_for() {
    let script = Script::new(r#"sleep 600 & echo $! >"$here/child"; echo done; exit 0"#);
    let begin = Instant::now();
    assert_eq!(script.outcome().await, Outcome::Accepted);
    assert!(begin.elapsed() < Duration::from_secs(10));
    let pid = script.read("child");
    assert!(std::process::Command::new("/bin/sh").args(["-c", &format!("kill {pid}")]).status().unwrap().success());
}

#[tokio::test]
async fn endless_words_are_cut_and_end_with_the_time() {
    let script = Script::within("while :; do echo noise; done", Duration::from_millis(700));
    let outcome = script.outcome().await;
    let Outcome::Ambiguous { why } = &outcome else { panic!("{outcome:?}") };
    assert!(why.contains("noise noise") && why.chars().count() < 500, "{why}");
    let script = Script::new("head -c 3000000 /dev/zero | tr '\\0' x; exit 75");
    let outcome = script.outcome().await;
    assert!(matches!(&outcome, Outcome::Later { why, .. } if why.chars().count() < 500), "{outcome:?}");
}

#[tokio::test]
async fn a_program_that_is_missing_or_is_none_is_the_operators_affair() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain");
    std::fs::write(&plain, "no program").unwrap();
    for path in [folder.path().join("missing"), plain, folder.path().to_owned()] {
        let channels = channels(vec![path.to_str().unwrap().into()], Duration::from_secs(5));
        let outcome = channels.send(&delivery(&channels), now()).await.outcome;
        assert!(matches!(&outcome, Outcome::Misconfigured { why } if why.contains("cannot be started")), "{outcome:?}");
    }
}
