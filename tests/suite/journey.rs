//! The real binary over the whole story: exactly these notices, to these receivers, in these messages, and no others; then every
//! verb over what is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::Mac as _;
use jiff::SignedDuration;
use jiff::civil::Date;
use serde_json::Value;
use tenderwatch::demo::stage::Stage;
use tenderwatch::demo::story::{self, Weather};
use tenderwatch::domain::change::Telling;
use tenderwatch::domain::stamp::china_day;
use tenderwatch::store::{Settings, Store};

use crate::receivers::{self, News, demo, printed, verb, wanted};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_story_is_told_exactly_and_a_second_demo_tells_nothing_new() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let summary = json(&printed(demo(dir).output().unwrap()));
    history_holds_exactly_the_news(dir);
    every_receiver_heard_each_piece_once(dir);
    mails_are_well_formed(dir);
    one_digest_a_day(dir);
    webhooks_verify(dir);
    figures_agree(dir, &summary);
    verbs_print_what_they_should(dir);

    let (mails, posts) = (receivers::mails(dir).len(), receivers::posts(dir).len());
    let again = json(&printed(demo(dir).output().unwrap()));
    assert_eq!(again["changes_told"], summary["changes_told"]);
    assert_eq!(again["totals"], summary["totals"]);
    assert_eq!((receivers::mails(dir).len(), receivers::posts(dir).len()), (mails, posts), "nothing was sent again");
    history_holds_exactly_the_news(dir);
    test_messages_are_accepted(dir);
}

/// In history: what `tells` says, two troubles that began and ended, and nothing else. Traps and the baseline tell nothing.
pub(crate) fn history_holds_exactly_the_news(dir: &Path) {
    let settings = Settings { path: dir.join("data/tenderwatch.db") };
    let store = Store::open(&settings, story::end()).unwrap();
    let changes = store.read(|r| r.changes_after(0, 100_000)).unwrap();
    let mut told: Vec<News> = Vec::new();
    let mut troubles: BTreeMap<&str, u32> = BTreeMap::new();
    for change in changes.into_iter().map(|stored| stored.change).filter(|change| change.telling == Telling::News) {
        match change.notice {
            Some(id) => told.push((id.native_id, change.kind.word().to_owned())),
            None => *troubles.entry(change.kind.word()).or_default() += 1,
        }
    }
    told.sort();
    assert_eq!(told, wanted(dir));
    assert_eq!(troubles, BTreeMap::from([("source_failing", 2), ("source_recovered", 2)]));
}

fn every_receiver_heard_each_piece_once(dir: &Path) {
    let wanted = wanted(dir);
    let sorted = |mut news: Vec<News>| {
        news.sort();
        news
    };
    let to = |receiver: &str| {
        let mails = receivers::mails(dir).into_iter().filter(|mail| mail.receiver == receiver);
        sorted(mails.flat_map(|mail| mail.news()).collect())
    };
    assert_eq!(to("reader@example.org"), wanted);
    let desk: Vec<News> = wanted
        .iter()
        .filter(|(_, kind)| !matches!(kind.as_str(), "candidates_listed" | "contracted" | "shifted"))
        .cloned()
        .collect();
    assert_eq!(to("desk@example.org"), desk);
    let troubles = to("operator@example.org").into_iter().map(|(_, kind)| kind).collect::<Vec<_>>();
    assert_eq!(troubles, ["source_failing", "source_failing", "source_recovered", "source_recovered"]);
    assert_eq!(sorted(receivers::webhooks(dir).iter().flat_map(receivers::news_of_webhook).collect()), wanted);
    assert_eq!(sorted(receivers::chat(dir).iter().flat_map(receivers::news_of_card).collect()), wanted);
}

fn mails_are_well_formed(dir: &Path) {
    let mails = receivers::mails(dir);
    let mut ids = BTreeSet::new();
    for mail in &mails {
        let id = mail.the("Message-ID");
        assert!(id.starts_with('<') && id.ends_with("@example.org>") && !id.contains(' '), "{id}");
        assert!(ids.insert(id.to_owned()), "{id} is the id of one delivery");
        assert!(mail.the("Content-Type").starts_with("multipart/alternative;"));
        assert_eq!(mail.the("MIME-Version"), "1.0");
        assert!(jiff::fmt::rfc2822::parse(mail.the("Date")).is_ok(), "{}", mail.the("Date"));
        let list = mail.the("List-Id");
        assert!(list.ends_with('>') && list.contains('<'), "{list}");
        assert_eq!(mail.the("To"), mail.receiver);
        assert!(mail.the("From").contains("watch@example.org"));
        assert!(!mail.the("Subject").is_empty());
        let raw = String::from_utf8(mail.raw.clone()).unwrap();
        assert!(raw.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
        let (headers, body) = receivers::entity(&raw);
        let parts = receivers::parts(&headers, body);
        let kinds: Vec<&str> = parts.iter().map(|(kind, _)| kind.split(';').next().unwrap()).collect();
        // Charts come behind the words, in mails by the calendar.
        let words: Vec<_> = kinds.iter().filter(|kind| !kind.starts_with("image/png")).copied().collect();
        assert_eq!(words, ["text/plain", "text/html"]);
        assert!(parts[1].1.starts_with("<!DOCTYPE html>") && parts[1].1.trim_end().ends_with("</html>"));
    }
}

/// The day on whose evening a piece of news is told: the first 18:00 after it can be read.
fn day_of(published_at: &str) -> Date {
    let mut at: jiff::Timestamp = published_at.parse().unwrap();
    while story::weather(at) != Weather::Fair {
        at += SignedDuration::from_mins(1);
    }
    // Six hours before midnight: the evening's digest is the next day's, moved.
    china_day(at + SignedDuration::from_hours(6))
}

fn one_digest_a_day(dir: &Path) {
    let published = receivers::published(dir);
    let told = |wants: fn(&str) -> bool| -> Vec<Date> {
        let notices = published.iter().filter(|notice| notice.tells.iter().any(|kind| wants(kind)));
        notices.map(|notice| day_of(&notice.published_at)).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let had = |receiver: &str| -> Vec<Date> {
        let mails = receivers::mails(dir).into_iter().filter(|mail| mail.receiver == receiver);
        mails.map(|mail| china_day(jiff::fmt::rfc2822::parse(mail.the("Date")).unwrap().timestamp())).collect()
    };
    assert_eq!(had("reader@example.org"), told(|_| true));
    assert_eq!(had("desk@example.org"), told(|kind| !matches!(kind, "candidates_listed" | "contracted" | "shifted")));
}

fn webhooks_verify(dir: &Path) {
    let secret = std::fs::read_to_string(dir.join("webhook.secret")).unwrap();
    let key = BASE64_STANDARD.decode(secret.trim().strip_prefix("whsec_").unwrap()).unwrap();
    let mut ids = BTreeSet::new();
    for hook in receivers::webhooks(dir) {
        let (id, at) = (hook.header("webhook-id").unwrap(), hook.header("webhook-timestamp").unwrap());
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{id}.{at}.{}", hook.body).as_bytes());
        let signature = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
        assert_eq!(hook.header("webhook-signature"), Some(signature.as_str()), "{id}");
        assert!(ids.insert(id.to_owned()), "{id} came twice");
    }
    assert!(!ids.is_empty());
}

/// What the summary says, what `audit` recounts.
fn figures_agree(dir: &Path, summary: &Value) {
    assert_eq!(summary["complete"], true, "{summary}");
    assert_eq!(summary["missing"], Value::Array(Vec::new()));
    assert_eq!(summary["published"], receivers::published(dir).len());
    assert_eq!(summary["mails"], receivers::mails(dir).len());
    assert_eq!(summary["webhooks"], receivers::posts(dir).len());
    let report = json(&printed(verb(dir, &["audit", "--json"])));
    assert_eq!(report["agrees"], true, "{report}");
    let checks = report["checks"].as_array().unwrap();
    assert!(checks.iter().all(|check| check["agrees"] == true && check["kept"] == check["recounted"]), "{report}");
    for (kind, total) in summary["totals"].as_object().unwrap() {
        let word = kind.replace('_', " ");
        let said = format!("{} {}", total["sum"].as_str().unwrap(), total["currency"].as_str().unwrap());
        let recounted: Vec<&str> = checks
            .iter()
            .filter(|check| {
                let name = check["name"].as_str().unwrap();
                name.contains(kind.as_str()) || name.contains(&word)
            })
            .map(|check| check["recounted"].as_str().unwrap())
            .collect();
        assert!(recounted.iter().any(|text| text.contains(&said)), "{kind}: {said} in {recounted:?}");
    }
}

fn verbs_print_what_they_should(dir: &Path) {
    let list = json(&printed(verb(dir, &["source", "list", "--json"])));
    assert_eq!(
        (&list["source"], &list["health"], &list["pages_waiting"]),
        (&"replica".into(), &"well".into(), &0.into())
    );
    assert!(printed(verb(dir, &["source", "list"])).starts_with("replica (ccgp"));

    let corrected = wanted(dir).into_iter().find(|(_, kind)| kind == "award_corrected").unwrap().0;
    let notice = json(&printed(verb(dir, &["notice", "show", &corrected, "--json"])));
    assert_eq!(notice["id"], format!("replica:{corrected}"));
    assert_eq!(notice["reading"]["kind"], "correction", "{notice}");
    let project = notice["project"].to_string();
    let project = json(&printed(verb(dir, &["project", "show", &project, "--json"])));
    let kinds: Vec<&str> =
        project["changes"].as_array().unwrap().iter().map(|change| change["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["tender_published", "awarded", "shifted", "award_corrected"]);
    assert_eq!(project["status"], "awarded");
    let evidence = printed(verb(dir, &["notice", "show", &format!("replica:{corrected}"), "--evidence"]));
    assert!(evidence.contains("  title\n    value     广东省") && evidence.contains("区块链 in title"), "{evidence}");

    let told = verb(dir, &["digest", "preview", "morning"]);
    assert_eq!(String::from_utf8_lossy(&told.stderr), "nothing to tell morning\n", "everything was told");
    assert!(printed(told).is_empty());
    for (form, sign) in
        [("text", "== 累计"), ("html", "</html>"), ("chat", "新招标 · "), ("json", "\"type\":\"digest\"")]
    {
        let all = printed(verb(dir, &["digest", "preview", "morning", "--after", "0", "--form", form]));
        assert!(all.contains(sign), "{form}: {all}");
    }
    let items = json(&printed(verb(dir, &["digest", "preview", "morning", "--after", "0", "--form", "json"])));
    assert_eq!(items["items"].as_array().unwrap().len(), wanted(dir).len());
    let unknown = verb(dir, &["digest", "preview", "nobody"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("morning"), "the names there are");
}

/// A message that proves a channel is accepted by webhook and mail, and brings no news.
fn test_messages_are_accepted(dir: &Path) {
    let (mails, posts) = (receivers::mails(dir).len(), receivers::posts(dir).len());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let stage = runtime.block_on(async { Stage::open(dir) }).unwrap();
    for subscription in ["program", "morning"] {
        let said = printed(verb(dir, &["notify", "test", subscription]));
        assert!(said.contains("accepted under the id d_"), "{said}");
    }
    runtime.block_on(stage.close());
    assert_eq!((receivers::mails(dir).len(), receivers::posts(dir).len()), (mails + 1, posts + 1));
    let mail = receivers::mails(dir).into_iter().find(|mail| mail.news().is_empty()).unwrap();
    assert_eq!(mail.receiver, "reader@example.org", "{}", mail.text);
    webhooks_verify(dir);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.htm");
    std::fs::write(&page, "<html><body>nothing</body></html>").unwrap();
    let mut command = receivers::program();
    command.args(["source", "read", "ccgp"]).arg(&page).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Before it can have started, and so before it prints.
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}
