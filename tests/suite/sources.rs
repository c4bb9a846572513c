//! Walks tests/fixtures/sources: every page beside an .expected.json is read, and everything that file says must hold. Pages of
//! our own making in the real layouts.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tenderwatch::sources::{Dialect, read_saved, reading_json};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sources")
}

/// What is expected and does not hold, as paths.
fn missing(expected: &Value, got: &Value, path: &str, out: &mut Vec<String>) {
    match (expected, got) {
        (Value::Object(expected), Value::Object(got)) => {
            for (key, value) in expected.iter().filter(|(key, _)| !key.starts_with('_')) {
                missing(value, got.get(key).unwrap_or(&Value::Null), &format!("{path}.{key}"), out);
            }
        }
        (Value::Array(expected), Value::Array(got)) if expected.len() == got.len() => {
            for (at, (expected, got)) in expected.iter().zip(got).enumerate() {
                missing(expected, got, &format!("{path}[{at}]"), out);
            }
        }
        (expected, got) if expected == got => {}
        (expected, got) => out.push(format!("{path}: expected {expected}, read {got}")),
    }
}

#[test]
fn every_fixture_reads_as_its_expectation_says() {
    let mut pages = 0;
    let mut wrong = Vec::new();
    for folder in std::fs::read_dir(fixtures()).unwrap() {
        let folder = folder.unwrap().path();
        let dialect = folder.file_name().and_then(|name| name.to_str()).and_then(Dialect::parse);
        let Some(dialect) = dialect else { continue };
        let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files.iter().filter(|file| file.to_string_lossy().ends_with(".expected.json")) {
            let expected: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
            let page = PathBuf::from(file.to_string_lossy().replace(".expected.json", ".html"));
            let text = std::fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
            let reading = read_saved(dialect, &text, expected.get("_url").and_then(Value::as_str));
            let got = reading_json::to_json("page", dialect.word(), &reading);
            let mut out = Vec::new();
            missing(&expected, &got, "", &mut out);
            wrong.extend(out.into_iter().map(|line| format!("{}{line}", page.file_stem().unwrap().to_string_lossy())));
            pages += 1;
        }
    }
    assert!(pages >= 15, "only {pages} fixtures were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_same_bytes_always_give_the_same_reading() {
    for entry in std::fs::read_dir(fixtures().join("ccgp")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "html") {
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!(Dialect::Ccgp.read(&text, None), Dialect::Ccgp.read(&text, None));
        }
    }
}

#[test]
fn no_cut_of_a_page_makes_the_reader_panic_or_invent_a_winner() {
    let text = std::fs::read_to_string(fixtures().join("ccgp/award_lots_one_failed.html")).unwrap();
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).step_by(37).collect();
    for end in ends {
        let reading = Dialect::Ccgp.read(&text[..end], None);
        for supplier in reading.notices.iter().flat_map(|notice| &notice.lots).flat_map(|lot| &lot.suppliers) {
            assert!(text.contains(&supplier.name), "{} at {end}", supplier.name);
        }
    }
}

#[test]
fn deep_and_long_pages_end_soon() {
    let begun = std::time::Instant::now();
    let deep = "<div>".repeat(40_000);
    let reading = Dialect::Ccgp.read(&deep, None);
    assert!(!reading.problems.is_empty());
    let table =
        format!("<div class=vF_detail_content><table>{}</table></div>", "<tr><td>中标金额：1元<td>乙".repeat(20_000));
    let _ = Dialect::Ccgp.read(&table, None);
    let line = format!("<div class=vF_detail_content>{}</div>", "项目编号：1一、 (（:".repeat(20_000));
    let _ = Dialect::Ccgp.read(&line, None);
    assert!(begun.elapsed().as_secs() < 20, "took {:?}", begun.elapsed());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]
    #[test]
    fn no_soup_of_tags_and_words_stops_the_reader(parts in proptest::collection::vec(0_usize..40, 0..120)) {
        const SOUP: [&str; 40] = [
            "<div class=vF_detail_content>", "<table>", "</table>", "<tr>", "<td>", "<td rowspan=3 colspan=2>", "</td>", "</tr>", "<p>",
            "</p>", "<br>", "<span style='display:block'>", "</span>", "一、项目编号：", "ABC-2026-1", "三、中标（成交）信息", "供应商名称：", "甲有限公司",
            "中标（成交）金额：", "100万元", "￥", "1,000.00", "（", "）", "第一包：", "合同包2(乙):", "废标", "预算金额（元）：", "最高限价", "2026年8月1日",
            "更正为：", "原公告的", "单价", "/", "、", "；", "&nbsp;", "<!--", "<script>", "序号",
        ];
        let html: String = parts.iter().map(|at| SOUP[*at]).collect();
        let framed = format!("<h2 class=tc>某项目中标公告</h2><div class=vF_detail_content>{html}</div>");
        let reading = Dialect::Ccgp.read(&framed, None);
        proptest::prop_assert_eq!(reading.notices.len(), 1);
        let _ = reading_json::to_json("soup", "ccgp", &reading);
    }
}
