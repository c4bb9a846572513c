//! The notices of the captures: HTML pages as they stand, bodies and summaries put into the frame of a page.

use std::collections::BTreeMap;

use serde_json::Value;
use tenderwatch::domain::notice::{Lot, Notice};

use super::score::Scores;
use super::truths::{EYE, LOTS, NUMBERS, PAGES, TWENTY};
use super::{escape, file, framed, read};

/// The HTML pages.
pub(super) fn pages(scores: &mut Scores) {
    scores.of("pages");
    for truth in PAGES {
        let html = file(truth.page);
        let (_, notice) = read(&html, None);
        let title =
            html.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>")).map_or("", |(title, _)| title);
        scores.notice(truth, title.trim(), &notice);
    }
}

pub(crate) const TWENTY_FIELDS: [(&str, &str); 12] = [
    ("project_name", "采购项目名称"),
    ("category", "品目"),
    ("purchaser_unit", "采购单位"),
    ("administrative_region", "行政区域"),
    ("publish_time", "公告时间"),
    ("review_experts", "评审专家名单"),
    ("bid_open_time", "开标时间"),
    ("budget_amount", "预算金额"),
    ("total_bid_amount", "总中标金额"),
    ("purchaser_address", "采购单位地址"),
    ("agency_name", "代理机构名称"),
    ("agency_address", "代理机构地址"),
];

/// One of the twenty in the frame of its page, and its address.
pub(super) fn page_of_twenty(row: &Value) -> (String, String) {
    let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let summary: Vec<(&str, String)> =
        TWENTY_FIELDS.iter().map(|(key, label)| (*label, text(key))).filter(|(_, value)| !value.is_empty()).collect();
    let summary: Vec<(&str, &str)> = summary.iter().map(|(label, value)| (*label, value.as_str())).collect();
    (framed(&text("title"), &text("publish_time"), &summary, &text("content_html")), text("url"))
}

/// 2026年05月15日 16:55 as an instant.
fn instant(printed: &str) -> String {
    let joined: String = printed.split_whitespace().collect::<Vec<_>>().join("T");
    joined.replace(['年', '月'], "-").replace('日', "") + ":00+08:00"
}

/// The twenty notices of 2026-05-15.
pub(super) fn twenty(scores: &mut Scores) {
    scores.of("notices20");
    let all: Vec<Value> = serde_json::from_str(&file("notices20_2026-05-15.json")).unwrap();
    assert_eq!(all.len(), TWENTY.len());
    for (truth, row) in TWENTY.iter().zip(&all) {
        let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (html, url) = page_of_twenty(row);
        let (reading, notice) = read(&html, Some(&url));
        let (published, region) = (instant(&text("publish_time")), text("administrative_region"));
        let mut truth = *truth;
        (truth.published, truth.region) = ("", "");
        scores.notice(&truth, &text("title"), &notice);
        let read_at = notice.published_at.map(|stamp| stamp.iso()).unwrap_or_default();
        scores.check("date", truth.page, &published, &read_at);
        scores.check("region", truth.page, &region, notice.region.text.as_deref().unwrap_or_default());
        let id: String = url.rsplit('_').next().unwrap_or_default().trim_end_matches(".htm").to_owned();
        scores.check("id", truth.page, &id, notice.native_id.as_deref().unwrap_or_default());
        scores.check("relevance", truth.page, "false", &notice.relevance.is_relevant().to_string());
        if truth.page == "0" {
            assert!(reading.problems.iter().any(|problem| problem.what == "unit slip in summary"));
        }
    }
}

const SUMMARY_LABELS: [&str; 21] = [
    "采购项目名称",
    "品目",
    "采购单位",
    "行政区域",
    "公告时间",
    "获取招标文件时间",
    "招标文件售价",
    "获取招标文件的地点",
    "开标时间",
    "开标地点",
    "预算金额",
    "最高限价",
    "联系人及联系方式：",
    "项目联系人",
    "项目联系电话",
    "采购单位",
    "采购单位地址",
    "采购单位联系方式",
    "代理机构名称",
    "代理机构地址",
    "代理机构联系方式",
];

/// Finds the summary's labels in the flat text of a page: values by label, and what follows.
pub(crate) fn unfold(text: &str) -> (Vec<(&'static str, String)>, String) {
    let contacts = text.find(" 联系人及联系方式：").unwrap_or(text.len());
    let mut marks: Vec<(&'static str, usize, usize)> = Vec::new();
    let mut at = text.find("公告信息：").map_or(0, |at| at + "公告信息：".len());
    for label in SUMMARY_LABELS {
        let Some(found) = text.get(at..).and_then(|rest| rest.find(&format!(" {label} "))).map(|found| at + found)
        else {
            continue;
        };
        if at <= contacts && found > contacts {
            continue;
        }
        let end = found + label.len() + 2;
        marks.push((label, found, end));
        at = end - 1;
    }
    let mut values = Vec::new();
    for (place, (label, _, end)) in marks.iter().enumerate() {
        let next = marks.get(place + 1).map_or(*end, |(_, start, _)| *start);
        if !label.contains("方式") {
            values.push((*label, text.get(*end..next.max(*end)).unwrap_or_default().trim().to_owned()));
        }
    }
    let rest = marks.last().and_then(|(_, _, end)| text.get(*end..)).unwrap_or_default().to_owned();
    (values, rest)
}

/// One of the 168 as it stands in its file, and as a page.
pub(super) struct Page {
    pub url: String,
    pub html: String,
    title: String,
    content: String,
    summary: BTreeMap<&'static str, String>,
}

/// The 168 tenders of 2021-02-25 as pages.
pub(super) fn pages_of_168() -> Vec<Page> {
    let text = file("tenders168_2021-02.csv");
    let mut rows = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let page = |row: csv::StringRecord| {
        let content = row.get(0).unwrap().to_owned();
        let (values, body) = unfold(&content);
        let borrowed: Vec<(&str, &str)> = values.iter().map(|(label, value)| (*label, value.as_str())).collect();
        let mut summary = BTreeMap::new();
        for (label, value) in &values {
            summary.entry(*label).or_insert_with(|| value.clone());
        }
        let body = format!("<div class=\"vF_detail_content\"><p>{}</p></div>", escape(&body));
        let title = row.get(4).unwrap().to_owned();
        let html = framed(&title, summary.get("公告时间").map_or("", String::as_str), &borrowed, &body);
        Page { url: row.get(2).unwrap().to_owned(), html, title, content, summary }
    };
    rows.records().map(|row| page(row.unwrap())).collect()
}

/// The tenders: all fields against the summary and the labels of the text, budgets, numbers and lots also against the eye.
pub(super) fn tenders168(scores: &mut Scores) {
    scores.of("tenders168");
    let pages = pages_of_168();
    assert_eq!(pages.len(), 168);
    let mut known: Vec<(Option<String>, usize)> = Vec::new();
    for (at, printed) in pages.iter().enumerate() {
        let (_, notice) = read(&printed.html, Some(&printed.url));
        let page = format!("168/{}", at + 1);
        let value = |wanted: &str| printed.summary.get(wanted).cloned().unwrap_or_default();
        let single = printed.content.contains("拟定供应商信息") || printed.title.contains("单一来源采购的公示");
        scores.check("kind", &page, if single { "single_source" } else { "tender" }, notice.kind.word());
        let title = printed.title.split_whitespace().collect::<Vec<_>>().join(" ");
        scores.check("title", &page, &title, &notice.title);
        let read_at = notice.published_at.map(|stamp| stamp.iso()).unwrap_or_default();
        scores.check("date", &page, &instant(&value("公告时间")), &read_at);
        scores.check("region", &page, &value("行政区域"), notice.region.text.as_deref().unwrap_or_default());
        let buyer: String = value("采购单位").chars().filter(|c| !c.is_whitespace()).collect();
        let buyers: Vec<&str> = notice.buyers.iter().map(|buyer| buyer.name.as_str()).collect();
        let plain = |text: &str| text.replace(['（', '('], "(").replace(['）', ')'], ")");
        scores.check("buyer", &page, &plain(&buyer), &plain(&buyers.join("、")));
        scores.check("number", &page, &number_of_168(at + 1, &printed.content), &first_number(&notice));
        scores.check("relevance", &page, "false", &notice.relevance.is_relevant().to_string());
        scores.sum("award", &page, "not_applicable", &notice.award);
        budget168(scores, at + 1, &page, &value("预算金额"), &notice);
        lots168(scores, at + 1, &page, &notice);
        // Page n+1 brought the tail of page n once more: 17 to 20 are 21 to 24, 153 to 160 are 161 to 168.
        let original = match at + 1 {
            row @ 21..=24 => row - 4,
            row @ 161..=168 => row - 8,
            row => row,
        };
        let first = known.iter().find(|(id, _)| *id == notice.native_id).map_or(at + 1, |(_, row)| *row);
        known.push((notice.native_id.clone(), at + 1));
        scores.check("duplicates", &page, &original.to_string(), &first.to_string());
    }
}

fn first_number(notice: &Notice) -> String {
    notice.project_numbers.first().cloned().unwrap_or_default()
}

/// The number behind its label, found without the reader; the eye's where the text is not so simple.
fn number_of_168(row: usize, content: &str) -> String {
    if let Some((_, number)) = NUMBERS.iter().find(|(at, _)| *at == row) {
        return (*number).to_owned();
    }
    let plain: String = content
        .chars()
        .map(|c| match c {
            '（' => '(',
            '）' => ')',
            '：' => ':',
            '〔' | '【' => '[',
            '〕' | '】' => ']',
            c => c,
        })
        .collect();
    let Some((_, rest)) = plain.split_once("项目编号") else { return String::new() };
    let rest = rest.trim_start();
    let rest = if rest.starts_with('(') { rest.split_once(')').map_or(rest, |(_, rest)| rest) } else { rest };
    let rest = rest.trim_start_matches([':', ' ']);
    rest.split([' ', ';', '；']).next().unwrap_or_default().trim_end_matches('-').to_owned()
}

/// The lots' own budgets where they were read by eye.
fn lots168(scores: &mut Scores, row: usize, page: &str, notice: &Notice) {
    let Some((_, truth)) = LOTS.iter().find(|(at, _)| *at == row) else { return };
    let budget = |lot: &Lot| lot.budget.money().map_or_else(|| lot.budget.state().to_owned(), |money| money.decimal());
    let lots: Vec<String> =
        notice.lots.iter().map(|lot| format!("{} {}", lot.label.as_deref().unwrap_or("-"), budget(lot))).collect();
    scores.check("lots", page, truth, &lots.join(", "));
}

/// A budget's truth: the eye's where it looked, else the summary's figure, which the reader must stay within 100 yuan of.
fn budget168(scores: &mut Scores, row: usize, page: &str, summary: &str, notice: &Notice) {
    if let Some((_, truth)) = EYE.iter().find(|(at, _)| *at == row) {
        scores.sum("budget", page, truth, &notice.budget);
        return;
    }
    let figure: String =
        summary.trim_start_matches('￥').chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let Ok(wan) = figure.parse::<f64>() else { return };
    let Some(money) = notice.budget.money() else {
        scores.check("budget", page, &format!("about {wan} 万"), notice.budget.state());
        return;
    };
    let yuan: f64 = money.decimal().parse().unwrap();
    let near = (yuan - wan * 10_000.0).abs() <= 100.0;
    let slipped = (yuan - wan).abs() <= 100.0 || (yuan - wan * 100_000_000.0).abs() <= 100.0 * 10_000.0;
    if near || slipped {
        scores.check("budget", page, "agrees", "agrees");
    } else {
        scores.silently_wrong.push(format!("{page} budget: summary {wan} 万, read {yuan}"));
        scores.check("budget", page, &format!("about {wan} 万"), &money.decimal());
    }
}
