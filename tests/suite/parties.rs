//! Suppliers, filings and who is who, from the command line over a real history: what is printed, what is refused and where, and
//! that every word of a person's can be taken back.

use std::path::Path;

use jiff::civil::{DateTime, date, datetime};
use serde_json::{Value, json};
use tempfile::TempDir;
use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::change::Telling;
use tenderwatch::domain::money::Money;
use tenderwatch::domain::notice::{Lot, LotStatus, Notice, NoticeKind};
use tenderwatch::domain::organisation::Organisation;
use tenderwatch::domain::project::NoticeId;
use tenderwatch::domain::stamp::Stamp;
use tenderwatch::domain::topic::{Relevance, Weight};
use tenderwatch::jobs::settle::{self, Arrival};
use tenderwatch::store::{Settings, Store, StoreError};

use crate::receivers::{printed, verb};
use crate::spreadsheet::{Cell, xlsx};

const CODE: &str = "91440300708461136T";
const NOW: DateTime = datetime(2019, 9, 24, 12, 0, 0, 0);

fn award(number: u32, on: jiff::civil::Date, yuan: Option<i64>, suppliers: Vec<Organisation>) -> Notice {
    let award = yuan.map_or(Amount::Undisclosed, |yuan| Amount::disclosed(Money::yuan(yuan), "lots"));
    let joint = suppliers.len() > 1;
    Notice {
        native_id: Some(number.to_string()),
        kind: NoticeKind::Award,
        title: format!("某市区块链平台第{number}号项目中标公告"),
        published_at: Stamp::china(on.at(9, 0, 0, 0)),
        buyers: vec![Organisation::named(format!("某市第{number}局"))],
        project_numbers: vec![format!("ZB-2019-{number:03}")],
        lots: vec![Lot { status: LotStatus::Awarded, award, suppliers, joint, ..Lot::default() }],
        relevance: Relevance { weight: Weight::Subject, evidence: vec![] },
        ..Notice::default()
    }
}

/// 甲链 wins alone in 2018 and 2019, and jointly with 乙链 in between; 老甲链 is what it was called before.
fn history() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let config = format!(
        "contact = \"ops@example.org\"\ndata_dir = \"{}/data\"\n[topics.blockchain]\nterms = [\"区块链\"]\n\
         [sources.ccgp]\ndialect = \"ccgp\"\nsince = \"2016-12-12\"\n",
        dir.display()
    );
    std::fs::write(dir.join("tenderwatch.toml"), config).unwrap();
    let now = Stamp::china(NOW).unwrap().at;
    std::fs::write(dir.join("clock"), now.to_string()).unwrap();
    let coded =
        Organisation { credit_code: Some(CODE.into()), ..Organisation::named("深圳甲链科技有限公司") };
    let bare = Organisation::named("深圳甲链科技有限公司");
    let other = Organisation {
        address: Some("北京市海淀区某路1号".into()), ..Organisation::named("乙链有限公司")
    };
    let former = Organisation::named("老甲链有限公司");
    let notices = [
        award(1, date(2018, 5, 10), Some(500_000), vec![coded]),
        award(2, date(2019, 6, 1), Some(300_000), vec![bare.clone(), other]),
        award(3, date(2019, 8, 1), None, vec![bare]),
        award(4, date(2017, 3, 2), Some(90_000), vec![former]),
    ];
    let store = Store::open(&Settings { path: dir.join("data/tenderwatch.db") }, now).unwrap();
    for notice in notices {
        let id = NoticeId { source: "ccgp".into(), native_id: notice.native_id.clone().unwrap() };
        let settled = store.write(|w| -> Result<(), StoreError> {
            let body_hash = w.keep_body(notice.title.as_bytes(), now)?;
            let arrival = Arrival {
                id,
                notice,
                problems: &[],
                body_hash: &body_hash,
                reader_version: 1,
                topic: "blockchain",
                telling: Telling::Baseline,
                revisit: &[],
                milestones: &[],
            };
            settle::settle(w, &arrival, now).unwrap();
            Ok(())
        });
        settled.unwrap();
    }
    folder
}

fn asked(dir: &Path, words: &[&str]) -> Value {
    serde_json::from_str(&printed(verb(dir, words))).unwrap()
}

/// What a refused verb says on stderr.
fn refused(dir: &Path, words: &[&str]) -> String {
    let output = verb(dir, words);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

fn ruled(dir: &Path, words: &[&str]) -> Value {
    let words: Vec<&str> = ["correct", "party"]
        .iter()
        .chain(words)
        .chain(&["--author", "李", "--reason", "工商登记", "--json"])
        .copied()
        .collect();
    asked(dir, &words)
}

fn list(dir: &Path) -> Vec<(String, i64)> {
    let lines = printed(verb(dir, &["supplier", "list", "--json"]));
    let line = |line: &str| -> (String, i64) {
        let line: Value = serde_json::from_str(line).unwrap();
        (line["name"].as_str().unwrap().to_owned(), line["wins"].as_i64().unwrap())
    };
    lines.lines().map(line).collect()
}

#[test]
fn a_supplier_is_shown_with_names_place_wins_and_what_each_is_known_by() {
    let folder = history();
    let dir = folder.path();
    let whole =
        [("深圳甲链科技有限公司".to_owned(), 3), ("老甲链有限公司".to_owned(), 1), ("乙链有限公司".to_owned(), 1)];
    assert_eq!(list(dir), whole);
    let shown = asked(dir, &["supplier", "show", "深圳甲链科技有限公司", "--json"]);
    assert_eq!(asked(dir, &["supplier", "show", CODE, "--json"]), shown, "by code");
    assert_eq!(asked(dir, &["supplier", "show", &format!("code:{CODE}"), "--json"]), shown, "by key");
    assert_eq!(shown["place"], json!({"province": "440000", "rule": "code"}));
    assert_eq!(shown["mentions"], json!([format!("code:{CODE}"), "name:深圳甲链科技有限公司"]));
    assert_eq!(shown["aliases"][0]["first_on"], "2018-05-10");
    assert_eq!(shown["aliases"][0]["last_on"], "2019-08-01");
    let standing = &shown["topics"][0]["standing"];
    let sums = |value: &str| json!([{"money": {"currency": "CNY", "value": value}, "disclosed": 1}]);
    assert_eq!(standing["won"], json!({"of": 2, "sums": sums("500000")}), "one of two discloses");
    assert_eq!(standing["won_jointly"], json!({"of": 1, "sums": sums("300000")}));
    let lots = shown["topics"][0]["lots"].as_array().unwrap();
    assert_eq!(
        lots.iter().map(|lot| lot["won_on"].as_str().unwrap()).collect::<Vec<_>>(),
        ["2019-08-01", "2019-06-01", "2018-05-10"]
    );
    assert_eq!(lots[1]["partners"], json!(["乙链有限公司"]));
    let other = asked(dir, &["supplier", "show", "乙链有限公司", "--json"]);
    assert_eq!(other["place"], json!({"province": "110000", "rule": "address"}));
    let text = printed(verb(dir, &["supplier", "show", "乙链有限公司"]));
    assert!(text.contains("place       110000 (by: address)"), "{text}");
    assert!(text.contains("jointly: 300000 CNY (1 of 1)"), "{text}");
    assert!(printed(verb(dir, &["supplier", "list"])).contains("3 wins (1 jointly)  440000"));
    let nobody = refused(dir, &["supplier", "show", "甲链"]);
    assert!(nobody.contains("no notice names 甲链") && nobody.contains("老甲链有限公司"), "{nobody}");
}

#[test]
fn parties_are_joined_parted_and_given_back() {
    let folder = history();
    let dir = folder.path();
    let before = list(dir);
    let same = ruled(dir, &["老甲链有限公司", "--same-as", CODE]);
    assert_eq!(same["parties"].as_array().unwrap().len(), 1, "{same}");
    assert_eq!(list(dir)[0], ("深圳甲链科技有限公司".to_owned(), 4));
    let shown = asked(dir, &["supplier", "show", "老甲链有限公司", "--json"]);
    assert_eq!(shown["supplier"], format!("code:{CODE}"));
    assert_eq!(shown["aliases"].as_array().unwrap().len(), 2, "the former name with its years");
    assert_eq!((&shown["rulings"][0]["author"], &shown["rulings"][0]["reason"]), (&json!("李"), &json!("工商登记")));
    let undone = ruled(dir, &["--undo", "1"]);
    assert_eq!(undone["parties"].as_array().unwrap().len(), 2);
    assert_eq!(list(dir), before, "as if nobody had said anything");
    assert!(
        refused(dir, &["correct", "party", "--undo", "1", "--author", "李", "--reason", "再"])
            .contains("undone before")
    );

    let apart = ruled(dir, &["name:深圳甲链科技有限公司", "--apart"]);
    assert_eq!(apart["ruling"], 2);
    let wins: Vec<i64> = list(dir).into_iter().map(|(_, wins)| wins).collect();
    assert_eq!(wins, [2, 1, 1, 1]);
    let several = refused(dir, &["supplier", "show", "深圳甲链科技有限公司"]);
    assert!(several.contains("name one by its key") && several.contains(CODE), "{several}");
    ruled(dir, &["--undo", "2"]);
    assert_eq!(list(dir), before);
    printed(verb(dir, &["audit"]));
}

#[test]
fn a_word_without_author_reason_or_sense_is_refused() {
    let folder = history();
    let dir = folder.path();
    let usage = |words: &[&str]| assert_eq!(verb(dir, words).status.code(), Some(2), "{words:?}");
    usage(&["correct", "party", "乙链有限公司", "--apart", "--reason", "无"]);
    usage(&["correct", "party", "乙链有限公司", "--apart", "--author", "李"]);
    usage(&["correct", "party", "乙链有限公司", "--author", "李", "--reason", "无"]);
    usage(&["correct", "party", "乙链有限公司", "--apart", "--same-as", CODE, "--author", "李", "--reason", "无"]);
    usage(&["correct", "party", "--apart", "--author", "李", "--reason", "无"]);
    let said = |words: &[&str]| {
        let words: Vec<&str> =
            ["correct", "party"].iter().chain(words).chain(&["--author", "李", "--reason", "无"]).copied().collect();
        refused(dir, &words)
    };
    assert!(said(&["没有这家", "--apart"]).contains("no notice and no ruling names"));
    assert!(said(&["乙链有限公司", "--same-as", "乙链 有限公司"]).contains("is itself already"));
    assert!(said(&["--undo", "9"]).contains("ruling 9"));
    assert_eq!(list(dir).len(), 3);
}

const LIST: &str = "批次,发布日期,序号,主体名称,服务名称,备案编号\n\
                    1,2019-03-30,1,乙链有限公司,乙链服务,京网信备1101081971596078003x号\n\
                    1,2019-03-30,2,深圳甲链集团有限公司,甲链服务,粤网信备44030419239726130015号\n\
                    1,2019-03-30,3,深圳甲链集团有限公司,甲链浏览器,粤网信备44030419239726130025号\n";

#[test]
fn filings_are_matched_own_and_through_the_group_by_the_award_and_by_now() {
    let folder = history();
    let dir = folder.path();
    let file = dir.join("清单.csv");
    std::fs::write(&file, LIST).unwrap();
    let import = |more: &[&str]| {
        let words: Vec<&str> =
            ["import", "filings", file.to_str().unwrap(), "--json"].iter().chain(more).copied().collect();
        asked(dir, &words)
    };
    let first = import(&[]);
    assert_eq!((&first["rows"], &first["services"], &first["holders"]), (&json!(3), &json!(3), &json!(2)));
    assert_eq!(first["failing"], json!([{"row": 4, "number": "粤网信备44030419239726130025号"}]));
    let again = import(&[]);
    assert_eq!((&again["added"], &again["import"]), (&json!(0), &json!(1)));
    assert!(again["imported_before_at"].is_string());

    let shown = |name: &str| asked(dir, &["supplier", "show", name, "--json"]);
    let by = |shown: &Value, lot: usize, when: &str| shown["topics"][0]["lots"][lot]["filed"][when].clone();
    let own = shown("乙链有限公司");
    assert_eq!(
        (by(&own, 0, "by_award"), by(&own, 0, "by_now")),
        (json!({"through": "own"}), json!({"through": "own"}))
    );
    assert_eq!(own["filings"]["own"].as_array().unwrap().len(), 1);
    assert_eq!(shown("深圳甲链科技有限公司")["filed"]["by_now"], Value::Null);
    ruled(dir, &["深圳甲链科技有限公司", "--affiliate-of", "深圳甲链集团有限公司"]);
    let group = shown("深圳甲链科技有限公司");
    let through = json!({"through": "group", "holder": "深圳甲链集团有限公司"});
    assert_eq!(
        (by(&group, 0, "by_award"), by(&group, 2, "by_award")),
        (through.clone(), Value::Null),
        "2018 was before"
    );
    assert_eq!((by(&group, 2, "by_now"), &group["filed"]["services"]), (through, &json!(2)));
    assert_eq!(group["parent"], "name:深圳甲链集团有限公司");
    let text = printed(verb(dir, &["supplier", "show", CODE]));
    assert!(text.contains("filed by the award: no; by now: through its group (深圳甲链集团有限公司)"), "{text}");

    std::fs::write(&file, LIST.replace("甲链浏览器", "甲链浏览器二").replace("30025", "30015")).unwrap();
    let corrected = import(&[]);
    let moved = (&corrected["added"], &corrected["replaced"], &corrected["unchanged"]);
    assert_eq!(moved, (&json!(1), &json!(1), &json!(2)));
    assert_eq!(shown(CODE)["filings"]["group"].as_array().unwrap().len(), 2);
}

#[test]
fn a_file_with_mistakes_is_refused_whole_with_every_place_named() {
    let folder = history();
    let dir = folder.path();
    let file = dir.join("错.csv");
    std::fs::write(&file, format!("{LIST}1,2019-03-30,4,,无主服务,\n1,明天,5,丙公司,丙链,京ICP备12345678号\n"))
        .unwrap();
    let why = refused(dir, &["import", "filings", file.to_str().unwrap()]);
    let lines: Vec<&str> = why.lines().collect();
    assert_eq!(lines.len(), 4, "{why}");
    assert!(lines[0].contains("错.csv:5:4: expected the holder's name"), "{why}");
    assert!(
        lines[1].contains("错.csv:6:6: expected a number") && lines[2].contains("错.csv:6:2: expected a day"),
        "{why}"
    );
    assert!(lines[3].ends_with("nothing was imported"), "{why}");
    assert_eq!(asked(dir, &["supplier", "show", "乙链有限公司", "--json"])["filings"]["own"], json!([]));
    for (bytes, why) in [(&b""[..], "expected the headings"), (b"\xD0\xCF\x11\xE0", "save it as XLSX or CSV")] {
        std::fs::write(&file, bytes).unwrap();
        assert!(refused(dir, &["import", "filings", file.to_str().unwrap()]).contains(why));
    }
    assert!(refused(dir, &["import", "filings", "/nowhere/x.csv"]).contains("cannot be read"));
}

#[test]
fn a_spreadsheet_and_a_table_in_gb18030_come_to_the_same_list() {
    let folder = history();
    let dir = folder.path();
    let heading = ["序号", "主体名称", "服务名称", "备案编号", "发布日期"].map(Cell::Text);
    let row = [
        Cell::Number("1"),
        Cell::Text("乙链有限公司"),
        Cell::Text("乙链服务"),
        Cell::Text("京网信备1101081971596078003x号"),
        Cell::Day(43_554),
    ];
    let file = dir.join("清单.xlsx");
    std::fs::write(&file, xlsx(&[heading.into(), row.into()])).unwrap();
    let done = asked(dir, &["import", "filings", file.to_str().unwrap(), "--batch", "1", "--json"]);
    assert_eq!((&done["added"], &done["undated"]), (&json!(1), &json!(0)));
    let filings = || asked(dir, &["supplier", "show", "乙链有限公司", "--json"])["filings"]["own"].clone();
    let expected = json!([{"batch": 1, "filed_on": "2019-03-30", "holder": "乙链有限公司", "service": "乙链服务",
        "number": "京网信备1101081971596078003X号"}]);
    assert_eq!(filings(), expected);
    let (gb, _, _) = encoding_rs::GB18030
        .encode("主体名称,服务名称,备案编号\n乙链有限公司,乙链服务,京网信备1101081971596078003X号\n");
    let file = dir.join("清单.csv");
    std::fs::write(&file, gb).unwrap();
    let words = ["import", "filings", file.to_str().unwrap(), "--batch", "1", "--published", "2019-03-30", "--json"];
    let done = asked(dir, &words);
    assert_eq!((&done["added"], &done["unchanged"]), (&json!(0), &json!(1)), "the same rows from another file");
    assert_eq!(filings(), expected);
    let rounded = [
        vec![Cell::Text("主体名称"), Cell::Text("服务名称"), Cell::Text("备案编号")],
        vec![Cell::Text("甲"), Cell::Text("链"), Cell::Number("44030419239726130015")],
    ];
    let file = dir.join("四舍五入.xlsx");
    std::fs::write(&file, xlsx(&rounded)).unwrap();
    assert!(refused(dir, &["import", "filings", file.to_str().unwrap()]).contains(":2:3: expected a number"));
}
