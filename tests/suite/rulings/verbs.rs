//! The verbs, as the real program, beside a service that holds the data folder.

use std::path::Path;

use serde_json::Value;
use tenderwatch::demo::story;
use tenderwatch::platform::lock::Lock;

use super::*;
use crate::once::begun;
use crate::receivers::{printed, verb};

const BY: [&str; 4] = ["--author", "甲", "--reason", "查证原文"];

fn run(dir: &Path, words: &[&str]) -> String {
    printed(verb(dir, words))
}

fn correct(dir: &Path, words: &[&str]) -> String {
    run(dir, &[&["correct"], words, &BY[..]].concat())
}

fn opened(dir: &Path) -> Store {
    Store::open(&Settings { path: dir.join("data/tenderwatch.db") }, story::start()).unwrap()
}

/// A counted project of the story with a budget, and one of its notices.
fn some_project(dir: &Path) -> (ProjectId, NoticeId) {
    let store = opened(dir);
    store
        .read(|r| -> anyhow::Result<(ProjectId, NoticeId)> {
            for (id, project) in r.projects(TOPIC, 100, 0)? {
                if project.status.is_counted() && project.budget.money().is_some() {
                    let members = r.members(id)?;
                    let tender = members.iter().find(|member| member.notice.kind == NoticeKind::Tender);
                    if let Some(tender) = tender {
                        return Ok((id, tender.id.clone()));
                    }
                }
            }
            anyhow::bail!("the story has no such project")
        })
        .unwrap()
}

#[test]
fn a_person_corrects_beside_the_service_sees_what_moved_and_takes_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    begun(dir);
    let (project, tender) = some_project(dir);
    let before = figures(&opened(dir));
    let service = Lock::take(&dir.join("data")).unwrap();
    let at_work = opened(dir);

    let said = correct(dir, &["notice", &tender.to_string(), "--budget", "7,654,321"]);
    assert!(said.contains("ruling 1") && said.contains("→ ¥7,654,321") && said.contains("total_budget"), "{said}");
    let number = project.0.to_string();
    let said = correct(dir, &["project", &number, "--topic-part", "4321", "--level", "central"]);
    assert!(said.contains("ruling 2") && said.contains("ruling 3") && said.contains("→ ¥4,321"), "{said}");
    assert_ne!(figures(&at_work), before, "the service sees it at once");

    let shown = run(dir, &["project", "show", &number]);
    assert!(shown.contains("budget ¥7,654,321 (甲, ") && shown.contains("查证原文"), "{shown}");
    assert!(shown.contains("(ruling 3)") || shown.contains("ruling 3"), "{shown}");
    let shown = run(dir, &["notice", "show", &tender.to_string()]);
    assert!(shown.contains("ruling 1") && shown.contains("甲"), "{shown}");
    let listed: Value = serde_json::from_str(&run(dir, &["correct", "list", "--json"])).unwrap();
    assert_eq!(listed.as_array().map(Vec::len), Some(3));
    run(dir, &["audit"]);

    for ruling in ["1", "2", "3"] {
        correct(dir, &["undo", ruling]);
    }
    assert_eq!(figures(&at_work), before);
    drop((service, at_work));
}

#[test]
fn what_is_not_understood_or_not_signed_is_refused_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    begun(dir);
    let (project, tender) = some_project(dir);
    let (number, tender) = (project.0.to_string(), tender.to_string());
    let refused: [&[&str]; 6] = [
        &["correct", "notice", &tender, "--budget", "120万", "--author", "甲", "--reason", "查"],
        &["correct", "notice", &tender, "--budget", "5", "--author", "甲"],
        &["correct", "project", &number, "--category", "magic", "--author", "甲", "--reason", "查"],
        &["correct", "project", &number, "--region", "110101", "--author", "甲", "--reason", "查"],
        &["correct", "project", &number, "--author", "甲", "--reason", "查"],
        &["correct", "undo", "1", "--author", "甲", "--reason", "查"],
    ];
    for words in refused {
        assert!(!verb(dir, words).status.success(), "{words:?}");
    }
    assert_eq!(opened(dir).read(|r| r.rulings()).unwrap(), []);
}

#[test]
fn a_review_names_commands_and_shrinks_as_they_are_given() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    begun(dir);
    let open = || -> Value { serde_json::from_str(&run(dir, &["review", "--json", "--limit", "1000"])).unwrap() };
    let before = open();
    let listed = before["listed"].as_array().unwrap();
    let effects = listed
        .iter()
        .map(|doubt| doubt["effect"]["value"].as_str().map_or(-1.0, |value| value.parse::<f64>().unwrap()));
    assert!(effects.is_sorted_by(|left, right| left >= right), "{listed:?}");
    let settled = listed.iter().find(|doubt| doubt["cause"] == "unclassified" || doubt["cause"] == "unknown_region");
    let doubt = settled.expect("the story leaves something open");
    let (flag, word) =
        if doubt["cause"] == "unclassified" { ("--category", "finance") } else { ("--region", "110000") };
    correct(dir, &["project", &doubt["project"].to_string(), flag, word]);
    assert_eq!(open()["open"].as_u64(), before["open"].as_u64().map(|open| open - 1));
    assert!(run(dir, &["review"]).contains("tenderwatch correct"), "people see the commands");
}
