//! Rows of lists in the captures: kinds, numbers and relevance as their titles say them, and rows that come twice. What another
//! program parsed of them is a weak label and only used where a title bears it out.

use std::collections::BTreeSet;

use serde_json::Value;
use tenderwatch::domain::notice::Notice;
use tenderwatch::domain::topic::Weight;
use tenderwatch::sources::ccgp::address::address;

use super::score::Scores;
use super::{escape, file, framed, read};

/// The two notices of June 2022 that are of the topic, by their numbers on the site.
const OF_TOPIC: [&str; 2] = ["18057353", "18051277"];

/// Words of titles that name another kind than their channel beyond doubt: such titles were looked at, the title is right.
const CONTRADICT: [&str; 17] = [
    "废标",
    "流标",
    "终止",
    "候选",
    "合同公示",
    "中标结果公告",
    "成交公告",
    "资格预审",
    "单一来源",
    "失败公告",
    "暂停",
    "中止",
    "招标公告",
    "谈判采购公告",
    "磋商公告",
    "开启公告",
    "更正公告",
];

fn of_title(title: &str, url: Option<&str>, text: &str) -> Notice {
    let summary = [("采购项目名称", ""), ("采购单位", "某单位"), ("行政区域", "")];
    let body = format!("<div class=\"vF_detail_content\"><p>{}</p></div>", escape(text));
    let (_, notice) = read(&framed(title, "2022年06月08日 10:00", &summary, &body), url);
    notice
}

fn weight(notice: &Notice) -> &'static str {
    match notice.relevance.weight {
        Weight::Subject => "subject",
        Weight::Item => "item",
        Weight::Mention => "mention",
        Weight::None => "none",
    }
}

fn of_channel(channel: &str) -> &'static str {
    match channel {
        "gkzb" | "xjgg" | "jzxtpgg" | "jzxcs" | "yqzbgg" => "tender",
        "dylygg" => "single_source",
        "zbgg" | "cjgg" => "award",
        "gzgg" => "correction",
        "fblbgg" => "failed",
        _ => "",
    }
}

/// The number that a title prints behind its label, found without the reader.
fn number_in(title: &str) -> String {
    let plain: String = title
        .chars()
        .map(|c| match c {
            '（' => '(',
            '）' => ')',
            '：' => ':',
            '〔' | '【' => '[',
            '〕' | '】' => ']',
            c => c,
        })
        .filter(|c| !c.is_whitespace())
        .collect();
    let Some((_, rest)) = plain.split_once("项目编号:") else { return String::new() };
    let mut depth = 0_i32;
    let number: String = rest
        .chars()
        .take_while(|c| {
            depth += i32::from(matches!(c, '(' | '[')) - i32::from(matches!(c, ')' | ']'));
            depth >= 0 && !matches!(c, '、' | ',' | '，' | ';' | '；' | '的')
        })
        .collect();
    let printed = number.chars().filter(char::is_ascii_alphanumeric).count();
    if printed >= 5 && number.is_ascii() { number } else { String::new() }
}

/// Titles with their channel: the channel is a prior that few titles contradict.
pub(super) fn titles(scores: &mut Scores) {
    scores.of("titles");
    let text = file("titles_2022-06_part1.tsv");
    let mut rows = csv::ReaderBuilder::new().delimiter(b'\t').flexible(true).from_reader(text.as_bytes());
    let (mut seen, mut known): (BTreeSet<String>, BTreeSet<String>) = (BTreeSet::new(), BTreeSet::new());
    for row in rows.records() {
        let row = row.unwrap();
        let (Some(title), Some(url)) = (row.get(2), row.get(4)) else { continue };
        let id = url.rsplit('_').next().unwrap_or_default().trim_end_matches(".htm");
        let notice = of_title(title, Some(url), "");
        let page = head(title);
        scores.check("id", &page, id, notice.native_id.as_deref().unwrap_or_default());
        scores.check("title", &page, &title.split_whitespace().collect::<Vec<_>>().join(" "), &notice.title);
        scores.check("number", &page, &number_in(title), &first_number(&notice));
        let relevant = if OF_TOPIC.contains(&id) { "subject" } else { "none" };
        scores.check("relevance", &page, relevant, weight(&notice));
        // The same notice again: known by its number on the site, whatever its address looks like.
        let again = if seen.insert(id.to_owned()) { "new" } else { "again" };
        let read_again = known.insert(notice.native_id.clone().unwrap_or_default());
        scores.check("duplicates", &page, again, if read_again { "new" } else { "again" });
        let expected = of_channel(url.split('/').nth(5).unwrap_or_default());
        let contradicts = CONTRADICT.iter().any(|word| title.contains(word));
        if notice.kind.word() == expected || !contradicts {
            scores.check("title kind", &page, expected, notice.kind.word());
        }
    }
}

/// The rows of May 2023 whose title says another kind than their type, read by eye.
const OTHERWISE: [(&str, &str); 4] =
    [("中标候选人公示", "candidates"), ("废标公告", "failed"), ("流标公告", "failed"), ("更正公告", "correction")];

/// Rows of the site's lists, out of the log of a crawler.
pub(super) fn rows_of_2023(scores: &mut Scores) {
    scores.of("listrows");
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for part in 1..=5 {
        let name = format!("listrows_2023-05-22.gb18030.log.{part}");
        let bytes = std::fs::read(super::captures().join(name)).unwrap();
        let (text, _, _) = encoding_rs::GB18030.decode(&bytes);
        for values in text.split("VALUES ('").skip(1) {
            let fields: Vec<&str> = values.split("', '").collect();
            let [title, url, label, ..] = &fields[..] else { continue };
            let title = title.replace("\\r", " ").replace("\\n", " ");
            let notice = of_title(&title, Some(url), "");
            let page = head(&title);
            let said = OTHERWISE.iter().find(|(words, _)| title.contains(words)).map(|(_, kind)| *kind);
            scores.check("title kind", &page, said.unwrap_or_else(|| of_label(label)), notice.kind.word());
            scores.check("number", &page, &number_in(&title), &first_number(&notice));
            scores.check("relevance", &page, "none", weight(&notice));
            let expected = if seen.insert(url.replace("https:", "http:")) { "new" } else { "again" };
            let read = known.insert(address(url).and_then(|read| read.native_id).unwrap_or_default());
            scores.check("duplicates", &page, expected, if read { "new" } else { "again" });
        }
    }
    assert_eq!(known.len(), 131);
}

fn of_label(label: &str) -> &'static str {
    match label {
        "成交公告" | "中标公告" => "award",
        "竞争性磋商公告" | "公开招标公告" | "竞争性谈判公告" | "询价公告" | "邀请公告" => {
            "tender"
        }
        "更正公告" => "correction",
        "终止公告" => "failed",
        _ => "",
    }
}

/// A trade portal's export: its own class of each notice where the title bears it out, its stamp that is no blockchain.
pub(super) fn trade_portal(scores: &mut Scores) {
    scores.of("jianyu");
    for name in ["jianyu_medical_sssxw1.json", "jianyu_medical_sssxw4.json"] {
        let rows: Vec<Value> = serde_json::from_str(&file(name)).unwrap();
        for row in &rows {
            let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default();
            let notice = of_title(text("title"), None, text("detail"));
            let page = head(text("title"));
            scores.check("relevance", &page, "none", weight(&notice));
            let (expected, words): (&str, &[&str]) = match text("subtype") {
                "成交" | "中标" => ("award", &["中标公告", "成交公告", "结果公告", "中标(成交)结果公告"]),
                "招标" => ("tender", &["招标公告"]),
                "合同" => ("contract", &["合同公告", "合同公示"]),
                "变更" => ("correction", &["更正公告", "变更公告"]),
                "废标" => ("failed", &["废标公告", "终止公告", "流标公告"]),
                "单一" => ("single_source", &["单一来源"]),
                _ => continue,
            };
            if words.iter().any(|word| text("title").ends_with(word)) {
                scores.check("title kind", &page, expected, notice.kind.word());
            }
        }
    }
}

/// Search rows with what another program parsed of their pages: the number where the title prints it too.
pub(super) fn rows_with_details(scores: &mut Scores) {
    scores.of("listdetail");
    let text = file("listdetail_medical_2026-04.csv");
    let mut rows = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    for row in rows.records() {
        let row = row.unwrap();
        let (title, url) = (row.get(0).unwrap(), row.get(2).unwrap());
        let notice = of_title(title, Some(url), "");
        let page = head(title);
        let channel = url.split('/').nth(5).unwrap_or_default();
        let said = OTHERWISE.iter().find(|(words, _)| title.contains(words)).map(|(_, kind)| *kind);
        scores.check("title kind", &page, said.unwrap_or_else(|| of_channel(channel)), notice.kind.word());
        scores.check("number", &page, &number_in(title), &first_number(&notice));
        scores.check("relevance", &page, "none", weight(&notice));
        let id = url.rsplit('_').next().unwrap_or_default().trim_end_matches(".htm");
        scores.check("id", &page, id, notice.native_id.as_deref().unwrap_or_default());
    }
}

/// The search page of 2017: rows 11 and 12, 17 and 18, 19 and 20 are one award each, row 13 goes before the contract of row 3.
pub(super) fn search_page(scores: &mut Scores) {
    scores.of("search");
    let reading = tenderwatch::sources::ccgp::read(&file("search_fulltext_2017-12_31hits.html"), None);
    let listing = reading.listing.unwrap();
    for row in &listing.rows {
        let expected = match row.kind_label.as_deref().unwrap_or_default() {
            _ if row.title.contains("拟中标") => "candidates",
            "其它公告" => "contract",
            label => of_label(label),
        };
        let url = row.url.clone().unwrap_or_default();
        let notice = of_title(&row.title, Some(&url), "");
        scores.check("title kind", &head(&row.title), expected, notice.kind.word());
        scores.check("id", &head(&row.title), row.native_id.as_deref().unwrap(), notice.native_id.as_deref().unwrap());
    }
}

/// Other platforms: a stamp on every page, and a true mention among eight parts.
pub(super) fn relevance_elsewhere(scores: &mut Scores) {
    scores.of("elsewhere");
    let rows: Value = serde_json::from_str(&file("wuhu_chain_stamp_2026-03-24.json")).unwrap();
    for item in rows.get("items").and_then(Value::as_array).unwrap() {
        let text = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
        let notice = of_title(text("title"), None, &item.to_string());
        scores.check("relevance", &head(text("title")), "none", weight(&notice));
    }
    let rows: Value = serde_json::from_str(&file("telecom_blockchain_mention_2026-08.json")).unwrap();
    for item in rows.get("notices").and_then(Value::as_array).unwrap() {
        let text = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
        let notice = of_title(text("title"), None, text("purchaseContent"));
        scores.check("relevance", &head(text("title")), "mention", weight(&notice));
    }
}

fn first_number(notice: &Notice) -> String {
    notice.project_numbers.first().cloned().unwrap_or_default()
}

fn head(title: &str) -> String {
    title.chars().take(60).collect()
}
