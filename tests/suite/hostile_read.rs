//! Pages that were written to harm: deep nesting, endless repetition, bytes without sense. A reader ends soon and never panics.

use std::time::Duration;

use proptest::prelude::*;
use tenderwatch::domain::topic::Topic;
use tenderwatch::fetch;
use tenderwatch::sources::{self, Dialect};

/// A page's address, so that the reader of notices has its say.
const NOTICE: &str = "http://www.ccgp.gov.cn/cggg/dfgg/zbgg/201909/t20190916_12831772.htm";
/// A search's address.
const SEARCH: &str = "http://search.ccgp.gov.cn/bxsearch?searchtype=1&page_index=1&kw=%E5%8C%BA%E5%9D%97%E9%93%BE";

/// Everything that the service does to a page between the fetch and the store.
fn read(text: &str, url: Option<&str>) {
    let mut reading = Dialect::Ccgp.read(text, url);
    for notice in &mut reading.notices {
        sources::complete(notice, None, &Topic::blockchain());
    }
    drop(sources::reading_json::to_json("page", "ccgp", &reading).to_string());
}

/// How long this thread has been at work, whatever else the machine does.
fn worked() -> Duration {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(line.split(' ').next().unwrap().parse().unwrap())
}

/// Two seconds, for the program that people run; a build without optimisation takes some ten times as long.
const LIMIT: Duration = if cfg!(debug_assertions) { Duration::from_secs(20) } else { Duration::from_secs(2) };

fn soon(name: &str, text: &str) {
    for url in [NOTICE, SEARCH] {
        let begun = worked();
        read(text, Some(url));
        let took = worked().saturating_sub(begun);
        println!("{name}, {} bytes: {took:?}", text.len());
        assert!(took < LIMIT, "{name}, {} bytes, at {url} took {took:?}", text.len());
    }
}

/// A notice page around something hostile.
fn page(inside: &str) -> String {
    format!(
        "<html><head><title>某局区块链平台项目中标公告</title></head><body><div class=\"vF_deail_maincontent\">\
         <h2 class=\"tc\">某局区块链平台项目中标公告</h2><div class=\"vF_detail_content\">{inside}</div></div></body></html>"
    )
}

#[test]
fn deep_nesting_is_read_in_good_time() {
    for bytes in [200_000, 2_000_000] {
        soon("nested div", &"<div>".repeat(bytes / 5));
        soon("nested div in a notice", &page(&"<div>".repeat(bytes / 5)));
        soon("nested tables", &page(&"<table><tr><td>".repeat(bytes / 15)));
    }
    soon("nested and closed", &page(&format!("{}x{}", "<p><b>".repeat(10_000), "</b></p>".repeat(10_000))));
    soon("nested formatting", &page(&"<font><b>".repeat(20_000)));
}

#[test]
fn endless_repetition_is_read_in_good_time() {
    let row = "<tr><td>1</td><td>区块链</td><td>1万元</td></tr>";
    soon("rows", &page(&format!("<table>{}</table>", row.repeat(6_000))));
    soon("labels", &page(&"<p>中标金额：1.00万元 供应商名称：甲公司</p>".repeat(6_000)));
    soon("attributes", &format!("<div {}>", "a=\"b\" ".repeat(200_000)));
    soon("one word", &page(&"区".repeat(200_000)));
    soon("one number", &page(&"9".repeat(500_000)));
    soon("open angle brackets", &"<".repeat(500_000));
    soon("comments", &"<!--".repeat(200_000));
    soon("entities", &page(&"&amp;".repeat(100_000)));
}

/// Pieces from which pages are made, and pieces that break them.
const PIECES: [&str; 28] = [
    "<html>",
    "<body>",
    "<div class=\"vF_deail_maincontent\">",
    "<h2 class=\"tc\">",
    "</h2>",
    "</div>",
    "<table>",
    "<tr>",
    "<td>",
    "</td>",
    "</tr>",
    "</table>",
    "<p>",
    "<td colspan=\"99999999999\" rowspan=\"-1\">",
    "<ul class=\"vT-srch-result-list-bid\">",
    "<li>",
    "<a href=\"",
    "\">",
    "区块链",
    "中标金额",
    "：",
    "￥99999999999999999999999999元",
    "1.5万元",
    "2019年99月99日 25:61",
    "包1",
    "&#0;",
    "<!--",
    "\u{0}",
];

/// Few, unless more are asked for, as `just long` does.
fn cases() -> ProptestConfig {
    let usual = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() { usual } else { ProptestConfig { cases: 96, ..usual } }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..6000), header in prop::option::of("[a-z/;= -]{0,40}")) {
        let (text, _) = fetch::decode(&bytes, header.as_deref());
        read(&text, Some(NOTICE));
        read(&text, Some(SEARCH));
    }

    #[test]
    fn pages_made_of_broken_pieces_never_panic(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..400)) {
        let text = pieces.concat();
        read(&text, Some(NOTICE));
        read(&page(&text), Some(NOTICE));
        read(&text, Some(SEARCH));
    }

    #[test]
    fn real_words_in_random_order_never_panic(text in "[区块链中标成交金额预算万元亿：:（）()包标段第0-9.,年月日 \\n<>&;/\"=-]{0,3000}") {
        read(&page(&text), Some(NOTICE));
        read(&text, None);
    }
}
