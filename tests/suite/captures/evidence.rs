//! Every value that a reading discloses says by which rule it was read and in which passage, and the passage stands in the page.

use serde_json::Value;
use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::notice::Notice;
use tenderwatch::sources::dialect::html::Document;

use super::truths::PAGES;
use super::{file, notices, read};

/// A text without blanks, in plain characters, as passages and pages are compared.
fn plain(text: &str) -> String {
    let fold = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '￥' => '¥',
        '〔' | '【' => '[',
        '〕' | '】' => ']',
        '\u{2010}'..='\u{2015}' => '-',
        c => c,
    };
    text.chars().map(fold).filter(|c| c.is_alphanumeric()).collect()
}

/// What carries a value in a notice, by the name of its evidence.
fn disclosed(notice: &Notice) -> Vec<String> {
    let mut fields: Vec<String> = vec!["kind".into()];
    let mut add = |name: &str, there: bool| {
        if there {
            fields.push(name.to_owned());
        }
    };
    let stated = |amount: &Amount| matches!(amount, Amount::Disclosed { .. } | Amount::Zero | Amount::Conflict(_));
    add("title", !notice.title.is_empty());
    add("published_at", notice.published_at.is_some());
    add("buyers", !notice.buyers.is_empty());
    add("agency", notice.agency.is_some());
    add("region", notice.region.text.is_some());
    add("project_numbers", !notice.project_numbers.is_empty());
    add("project_title", notice.project_title.is_some());
    add("method", notice.method.is_some());
    add("budget", stated(&notice.budget));
    add("ceiling", stated(&notice.ceiling));
    add("award", stated(&notice.award));
    add("contract", stated(&notice.contract));
    add("candidates", !notice.candidates.is_empty());
    add("dates.opens_on", notice.dates.opens_on.is_some());
    add("dates.deadline_at", notice.dates.deadline_at.is_some());
    add("dates.awarded_on", notice.dates.awarded_on.is_some());
    add("dates.corrected_on", notice.dates.corrected_on.is_some());
    for (at, lot) in notice.lots.iter().enumerate() {
        add(&format!("lots[{at}].budget"), stated(&lot.budget));
        add(&format!("lots[{at}].award"), stated(&lot.award));
        add(&format!("lots[{at}].suppliers"), !lot.suppliers.is_empty());
    }
    fields
}

/// Parts of a passage that were printed in different places.
fn parts(passage: &str) -> impl Iterator<Item = &str> {
    passage.split([':', '：', '|', '+', ';', '；', '\n']).filter(|part| part.chars().any(char::is_alphanumeric))
}

fn check(page: &str, html: &str, url: &str, notice: &Notice, wrong: &mut Vec<String>) -> usize {
    let document = Document::parse(html);
    let meta = html.split('"').collect::<Vec<_>>().join(" ");
    let whole = plain(&format!("{} {meta} {url}", document.root().text()));
    let fields = disclosed(notice);
    for field in &fields {
        let Some(evidence) = notice.evidence.get(field) else {
            wrong.push(format!("{page}: nothing says where {field} was read"));
            continue;
        };
        if evidence.rule.is_empty() {
            wrong.push(format!("{page}: {field} has no rule"));
        }
        let mut printed = parts(&evidence.passage).map(plain).peekable();
        if printed.peek().is_none() {
            wrong.push(format!("{page}: {field} has no passage"));
        }
        for part in printed.filter(|part| !whole.contains(part.as_str())) {
            wrong.push(format!("{page}: {field} quotes {part}, which does not stand in the page"));
        }
    }
    fields.len()
}

#[test]
fn every_value_says_its_rule_and_a_passage_that_stands_in_the_page() {
    let mut wrong = Vec::new();
    let mut values = 0;
    for truth in PAGES {
        let html = file(truth.page);
        let (_, notice) = read(&html, None);
        values += check(truth.page, &html, "", &notice, &mut wrong);
    }
    let rows: Vec<Value> = serde_json::from_str(&file("notices20_2026-05-15.json")).unwrap();
    for (at, row) in rows.iter().enumerate() {
        let (html, url) = notices::page_of_twenty(row);
        let (_, notice) = read(&html, Some(&url));
        values += check(&format!("20/{at}"), &html, &url, &notice, &mut wrong);
    }
    for (at, page) in notices::pages_of_168().into_iter().enumerate() {
        let notices::Page { html, url, .. } = page;
        let (_, notice) = read(&html, Some(&url));
        values += check(&format!("168/{}", at + 1), &html, &url, &notice, &mut wrong);
    }
    println!("{values} values, {} without their evidence", wrong.len());
    assert!(values > 2_000, "{values}");
    assert!(wrong.is_empty(), "{} of {values}:\n{}", wrong.len(), wrong.join("\n"));
}
