//! `report`: as of any day it says what a history that ends there says; its pages escape what outsiders wrote and need nothing else.

use serde_json::Value;

use crate::receivers;
use crate::study::begun::{WINDOW, begun, history, verb};
use crate::study::pages;

fn report(dir: &std::path::Path, more: &[&str]) -> String {
    let words: Vec<&str> = WINDOW.iter().chain(more).copied().collect();
    verb(dir, &words)
}

fn study(dir: &std::path::Path, more: &[&str]) -> Value {
    let words: Vec<&str> = ["--format", "json"].iter().chain(more).copied().collect();
    serde_json::from_str::<Value>(&report(dir, &words)).unwrap()["study"].take()
}

/// Everything that names no project by its number.
fn figures(study: &Value) -> Value {
    let mut study = study.clone();
    for field in ["as_of", "projects"] {
        study.as_object_mut().unwrap().remove(field);
    }
    without_projects(&mut study);
    study
}

fn without_projects(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("projects");
            fields.values_mut().for_each(without_projects);
        }
        Value::Array(all) => all.iter_mut().for_each(without_projects),
        _ => {}
    }
}

#[test]
fn as_of_a_past_day_it_is_what_a_history_that_ends_there_says() {
    let day = "2018-12-31";
    let pages = pages();
    let later: Vec<&str> =
        pages.iter().filter(|page| &page.published_at[..10] > day).map(|page| page.file.as_str()).collect();
    assert!((20..130).contains(&later.len()), "{}", later.len());
    let place = tempfile::tempdir().unwrap();
    history(place.path(), |row| !later.iter().any(|file| row.starts_with(file)));
    let (then, ended) = (study(begun(), &["--as-of", day]), study(place.path(), &["--as-of", day]));
    assert!(then["counted"]["count"].as_i64() < Some(57), "{}", then["counted"]);
    let (mut then, mut ended) = (figures(&then), figures(&ended));
    // Only the whole history was given the list of filings.
    for value in [&mut then, &mut ended] {
        value["filings"] = Value::Null;
        value["shifts"] = Value::Null;
        value["winners"]["rows"] = Value::Null;
    }
    assert_eq!(then, ended);
}

#[test]
fn kept_projects_and_a_history_grouped_anew_come_to_the_same_figures() {
    let today = study(begun(), &[]);
    let anew = study(begun(), &["--as-of", "2100-01-01"]);
    assert_eq!(figures(&today), figures(&anew));
    let ids = |study: &Value| {
        let ids = study["projects"].as_array().unwrap().iter().map(|project| project["id"].as_i64().unwrap());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(ids(&today), ids(&anew), "and are called by the same numbers");
}

#[test]
fn known_by_an_instant_before_anything_was_read_there_is_nothing() {
    let nothing = study(begun(), &["--known-by", "2019-09-24T16:00:00Z"]);
    assert_eq!((nothing["hits"]["known"].as_i64(), nothing["counted"]["count"].as_i64()), (Some(0), Some(0)));
    assert_eq!(nothing["as_of"]["published_by"], "2019-09-25", "the China day of that instant");
    assert!(
        report(begun(), &["--known-by", "2019-09-24T16:00:00Z"]).contains("<html"),
        "an empty report is a page too"
    );
}

#[test]
fn the_page_needs_nothing_from_outside_and_lists_the_projects_of_each_figure() {
    for language in ["zh", "en"] {
        let page = report(begun(), &["--language", language]);
        assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<link"), "{language}");
        assert!(!page.contains("src=") && !page.contains("url("), "{language}");
        for id in ["hits", "status", "shares", "totals", "growth", "winners", "firsts", "filings", "shifts", "appendix"]
        {
            assert!(page.contains(&format!("<h2 id=\"{id}\">")), "{language}: {id}");
        }
        assert!(page.matches("<details>").count() > 100 && page.contains("43.6 %"), "{language}");
        assert!(page.contains("href=\"http://www.ccgp.gov.cn/"), "{language}: originals are linked");
        assert!(!page.contains("undefined") && !page.contains("{{"), "{language}");
    }
}

#[test]
fn markdown_and_json_say_the_same() {
    let (markdown, study) = (report(begun(), &["--format", "md"]), study(begun(), &[]));
    assert!(markdown.starts_with("# 区块链政府采购研究报告\n"));
    assert!(markdown.contains("190,000,000 元 38/57"), "{markdown}");
    assert_eq!(study["totals"][0]["sums"][0]["money"]["value"], "190000000");
}

#[test]
fn what_cannot_be_asked_is_refused_with_the_remedy() {
    let dir = begun();
    let refused = |words: &[&str]| {
        let output = receivers::program()
            .current_dir(dir)
            .arg("--config")
            .arg(dir.join("tenderwatch.toml"))
            .args(words)
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(refused(&["report", "--from", "2019-01-02", "--to", "2019-01-01"]).contains("before it begins"));
    let window = ["report", "--from", "2019-01-01", "--to", "2019-01-02"];
    let with = |more: &[&str]| refused(&window.iter().chain(more).copied().collect::<Vec<_>>());
    assert!(with(&["--topic", "x"]).contains("no topic is called x; there is: blockchain"));
    assert!(with(&["--rate", "USD=7"]).contains("USD=7.0@2019-09-24"));
    assert!(with(&["--beside", "x.json", "--beside-dialect", "fpds"]).contains("there is: ccgp, usaspending"));
    assert!(with(&["--beside", "x.json", "--beside-dialect", "usaspending"]).contains("x.json"));
}
