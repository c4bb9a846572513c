//! A test per row of the study's figures (expected.toml, README.md): what `report` prints on the fixture is the published figure, or
//! the row says why it cannot be rebuilt. Nothing here proves anything about anybody: the pages are a reconstruction.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::{folder, text};
use crate::receivers;

/// A configuration with nothing but the study's source; nothing is fetched.
const CONFIG: &str = "contact = \"ops@example.org\"\ndata_dir = \"data\"\n\n[topics.blockchain]\nterms = [\"区块链\", \"blockchain\"]\n\n\
                      [sources.ccgp]\ndialect = \"ccgp\"\ntopic = \"blockchain\"\nsince = \"2016-12-12\"\n";

/// The study's window.
pub(crate) const WINDOW: [&str; 5] = ["report", "--from", "2016-12-12", "--to", "2019-09-24"];

pub(crate) fn verb(dir: &Path, words: &[&str]) -> String {
    let config = dir.join("tenderwatch.toml");
    let output = receivers::program().current_dir(dir).arg("--config").arg(config).args(words).output().unwrap();
    receivers::printed(output)
}

/// A history of the saved pages that are wanted.
pub(crate) fn history(dir: &Path, is_wanted: impl Fn(&str) -> bool) {
    std::fs::write(dir.join("tenderwatch.toml"), CONFIG).unwrap();
    let saved = text("saved.csv");
    let rows = saved
        .lines()
        .enumerate()
        .filter(|(place, row)| *place == 0 || is_wanted(row))
        .map(|(place, row)| if place == 0 { row.to_owned() } else { format!("{}/{row}", folder().display()) });
    std::fs::write(dir.join("saved.csv"), rows.collect::<Vec<_>>().join("\n")).unwrap();
    verb(dir, &["source", "backfill", "ccgp", "saved.csv"]);
}

/// The list of filings; the article names holders and no services, so that each row is told apart by its place.
fn filings(dir: &Path) {
    let rows = text("filings.csv");
    let rows = rows.lines().enumerate().map(|(place, row)| match row.rsplitn(3, ',').collect::<Vec<_>>()[..] {
        [number, "", rest] if place > 0 => format!("{rest},未载明的服务{place},{number}"),
        _ => row.to_owned(),
    });
    std::fs::write(dir.join("filings.csv"), rows.collect::<Vec<_>>().join("\n")).unwrap();
    verb(dir, &["import", "filings", "filings.csv"]);
    for row in text("groups.csv").lines().skip(1) {
        let [parent, affiliate, by] = row.splitn(3, ',').collect::<Vec<_>>()[..] else { panic!("{row}") };
        let words = ["correct", "party", affiliate, "--affiliate-of", parent, "--author", "test", "--reason", by];
        verb(dir, &words);
    }
}

/// The whole study, once: its folder is kept for as long as the tests run.
pub(crate) fn begun() -> &'static Path {
    static BEGUN: LazyLock<PathBuf> = LazyLock::new(|| {
        let dir = tempfile::tempdir().unwrap().keep();
        history(&dir, |_| true);
        filings(&dir);
        dir
    });
    &BEGUN
}

/// The study as of the day of its search, with the American answer beside it.
fn study() -> &'static Value {
    static STUDY: LazyLock<Value> = LazyLock::new(|| {
        let us = folder().join("us/spending_by_award_1.json");
        let more = [
            "--as-of",
            "2019-09-24",
            "--format",
            "json",
            "--beside",
            us.to_str().unwrap(),
            "--beside-dialect",
            "usaspending",
            "--rate",
            "USD=7.0@2019-09-24",
        ];
        let words: Vec<&str> = WINDOW.iter().chain(&more).copied().collect();
        serde_json::from_str::<Value>(&verb(begun(), &words)).unwrap()["study"].take()
    });
    &STUDY
}

/// The row of a list whose field has a value.
fn at<'a>(rows: &'a Value, field: &str, value: &str) -> &'a Value {
    let rows = rows.as_array().unwrap();
    rows.iter().find(|row| row[field] == value).unwrap_or_else(|| panic!("no {field} {value} in {rows:?}"))
}

fn shares(by: &str) -> &'static Value {
    at(&study()["shares"], "by", by)
}

fn project(id: &Value) -> &'static Value {
    let projects = study()["projects"].as_array().unwrap();
    projects.iter().find(|project| project["id"] == *id).unwrap()
}

fn words(rows: &Value) -> Vec<&str> {
    rows.as_array().unwrap().iter().map(|row| row["word"].as_str().unwrap()).collect()
}

#[test]
fn row_1_the_listings_are_those_of_a_search_for_the_term() {
    assert!(text("listings/page-1.html").contains("区块链"));
    assert_eq!(study()["topic"], "blockchain");
}

#[test]
fn row_2_the_window_begins_with_the_first_hit_and_ends_with_the_search() {
    assert_eq!((&study()["from"], &study()["to"]), (&json!("2016-12-12"), &json!("2019-09-24")));
    assert_eq!(study()["first_hit_on"], "2016-12-12");
}

#[test]
fn rows_3_and_4_154_hits_are_57_projects_and_each_exclusion_has_its_reason() {
    let hits = &study()["hits"];
    assert_eq!((hits["hits"].as_i64(), study()["counted"]["count"].as_i64()), (Some(154), Some(57)));
    let count = |why: &str| at(&hits["bins"], "why", why)["count"].as_i64().unwrap();
    assert_eq!((count("near_miss"), count("off_topic"), count("failed"), count("repeat")), (10, 2, 16, 10));
    assert_eq!((count("counted"), count("further")), (57, 59));
    let notices: usize =
        hits["bins"].as_array().unwrap().iter().map(|bin| bin["notices"].as_array().unwrap().len()).sum();
    assert_eq!(notices, 154, "each stands once");
}

#[test]
fn row_5_48_are_awarded_and_9_tendering() {
    let count = |word: &str| at(&study()["status"], "word", word)["count"].as_i64().unwrap();
    assert_eq!((count("awarded") + count("contracted"), count("tendering")), (48, 9));
    assert_eq!(study()["winners"]["awarded"], 48);
}

#[test]
fn row_6_nine_labels_roll_up_to_seven() {
    let leaves = words(&shares("category")["rows"]);
    let printed =
        ["education", "finance", "border", "transport", "employment", "agriculture", "security", "welfare", "health"];
    assert!(printed.iter().all(|leaf| leaves.contains(leaf)), "{leaves:?}");
    let rolled = words(&shares("roll_up")["rows"]);
    assert_eq!(rolled.iter().filter(|word| **word != "beyond").count(), 7, "{rolled:?}");
    // Which project stood where, and the shares, cannot be rebuilt: they are in a picture that is not to be had.
}

#[test]
fn row_7_39_are_local_and_18_central() {
    let level = shares("level");
    let (local, central) = (at(&level["rows"], "word", "local"), at(&level["rows"], "word", "central"));
    assert_eq!((local["count"].as_i64(), central["count"].as_i64()), (Some(39), Some(18)));
    assert_eq!((local["of_all"].as_i64(), central["of_all"].as_i64()), (Some(684), Some(316)), "68.42 and 31.58 %");
}

#[test]
fn rows_8_to_10_twelve_regions_with_both_denominators() {
    let region = shares("region");
    let mut codes = words(&region["rows"]);
    codes.sort_unstable();
    let printed = [
        "110000", "220000", "230000", "310000", "370000", "410000", "420000", "440000", "450000", "510000", "530000",
        "620000",
    ];
    assert_eq!(codes, printed);
    assert_eq!((region["of_all"].as_i64(), region["of_known"].as_i64()), (Some(57), Some(55)));
    assert_eq!(region["unknown"]["count"], 2, "why 55 and not 57 the text does not tell");
    let share = |code: &str| {
        let row = at(&region["rows"], "word", code);
        (row["count"].as_i64().unwrap(), row["of_known"].as_i64().unwrap(), row["of_all"].as_i64().unwrap())
    };
    assert_eq!(share("110000"), (24, 436, 421), "43.64 % of the known");
    assert_eq!(share("440000"), (8, 145, 140), "14.55 % of the known");
}

#[test]
fn rows_11_to_13_three_totals_each_with_its_coverage() {
    for (kind, value, disclosed, of) in
        [("budget", "190000000", 38, 57), ("award", "130000000", 32, 48), ("topic_part", "52000000", 36, 57)]
    {
        let total = at(&study()["totals"], "kind", kind);
        let sum = &total["sums"][0];
        assert_eq!((sum["money"]["value"].as_str(), sum["money"]["currency"].as_str()), (Some(value), Some("CNY")));
        assert_eq!((sum["disclosed"].as_i64(), total["of"].as_i64()), (Some(disclosed), Some(of)), "{kind}");
        assert_eq!(at(&total["states"], "word", "disclosed")["projects"].as_array().unwrap().len() as i64, disclosed);
    }
}

#[test]
fn rows_14_and_15_rates_stand_under_their_own_names_and_are_not_the_studys() {
    let expected =
        [("budget", 15_244, 2016, 8_970), ("award", 21_646, 2017, 7_074), ("topic_part", 3_743, 2016, 4_884)];
    for (kind, mean, mean_from, cagr) in expected {
        let growth = at(&study()["growth"], "measure", kind);
        assert_eq!(
            (growth["mean_yoy"]["tenths"].as_i64(), growth["cagr"]["tenths"].as_i64()),
            (Some(mean), Some(cagr))
        );
        assert_eq!(growth["mean_yoy"]["from_year"], mean_from);
        assert_eq!((growth["cagr"]["from_year"].as_i64(), &growth["cagr"]["part_year"]), (Some(2017), &json!(true)));
        assert!(
            ![4_530, 7_240, 11_885].contains(&mean),
            "453, 724 and 1188.5 % cannot be rebuilt: no definition is given"
        );
    }
}

#[test]
fn row_16_46_winners_of_eleven_regions_and_one_the_article_lacks() {
    let winners = &study()["winners"];
    assert_eq!((winners["parties"].as_i64(), winners["wins"].as_i64()), (Some(46), Some(52)));
    let places = &winners["places"];
    assert_eq!(places["unknown"]["winners"], 5);
    let codes = words(&places["rows"]);
    let printed =
        ["110000", "310000", "440000", "620000", "510000", "370000", "410000", "450000", "420000", "350000", "520000"];
    assert!(printed.iter().all(|code| codes.contains(code)), "{codes:?}");
    let others: Vec<&&str> = codes.iter().filter(|code| !printed.contains(code)).collect();
    assert_eq!(others, [&"330000"], "浙江数秦 is of Zhejiang by its name, which the article does not print");
}

#[test]
fn row_17_three_have_three_wins_and_nobody_more() {
    let rows = study()["winners"]["rows"].as_array().unwrap();
    let mut top: Vec<&str> =
        rows.iter().filter(|row| row["wins"] == 3).map(|row| row["name"].as_str().unwrap()).collect();
    top.sort_unstable();
    assert_eq!(top, ["国家计算机网络与信息安全管理中心", "太极计算机股份有限公司", "联动优势科技有限公司"]);
    assert!(rows.iter().all(|row| row["wins"].as_i64() <= Some(3)));
}

#[test]
fn rows_18_and_19_two_hold_a_filing_and_one_through_its_group() {
    let batch = &study()["filings"]["batches"][0];
    let mut own: Vec<&str> = batch["own"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    own.sort_unstable();
    assert_eq!((batch["batch"].as_i64(), own), (Some(1), vec!["浙江数秦科技有限公司", "联动优势科技有限公司"]));
    assert_eq!(batch["group"], json!(["腾讯云计算（北京）有限责任公司 → 深圳市腾讯计算机系统有限公司"]));
    let count = |by: &str, word: &str| at(&study()["filings"][by], "word", word)["count"].as_i64().unwrap();
    assert_eq!((count("by_now", "own"), count("by_now", "group")), (2, 1));
    assert!(count("by_award", "own") <= 2, "by the day of the award fewer were listed");
}

#[test]
fn row_20_the_first_purchase_is_the_only_one_of_2016() {
    let first = &study()["firsts"]["first"];
    assert_eq!((first["on"].as_str(), first["projects"].as_array().unwrap().len()), (Some("2016-12-12"), 1));
    let project = project(&first["projects"][0]);
    assert_eq!((&project["buyers"], &project["budget"]["money"]["value"]), (&json!(["清华大学"]), &json!("900000")));
    let years = &at(&study()["growth"], "measure", "projects")["years"];
    assert_eq!((years[0]["year"].as_i64(), years[0]["of"].as_i64()), (Some(2016), Some(1)));
}

#[test]
fn row_21_the_largest_part_is_an_itemised_line_of_haidians_platform() {
    let record = at(&study()["firsts"]["records"], "kind", "topic_part");
    assert_eq!(record["money"]["value"], "27080000");
    let project = project(&record["projects"][0]);
    assert_eq!(
        (&project["buyers"], &project["first_on"]),
        (&json!(["北京市海淀区政务服务管理局"]), &json!("2019-08-07"))
    );
}

#[test]
fn rows_22_to_24_the_named_buyers_and_winners_stand_in_the_list() {
    let projects = study()["projects"].as_array().unwrap();
    let has = |buyer: &str, supplier: Option<&str>| {
        projects.iter().any(|project| {
            let names = |field: &str, name: &str| project[field].as_array().unwrap().iter().any(|one| one == name);
            names("buyers", buyer) && supplier.is_none_or(|supplier| names("suppliers", supplier))
        })
    };
    assert!(has("甘肃省旅游发展委员会", None) && has("中国福利彩票发行管理中心", None));
    for (supplier, buyer) in [
        ("安永（中国）企业咨询有限公司", "全国海关信息中心"),
        ("北京邮电大学", "中国网络安全审查技术与认证中心"),
        ("华为技术有限公司", "北京市经济和信息化局"),
        ("国家计算机网络与信息安全管理中心", "国家互联网信息办公室"),
    ] {
        assert!(has(buyer, Some(supplier)), "{supplier} for {buyer}");
    }
}

#[test]
fn rows_25_to_27_the_american_side_stands_beside_in_yuan_and_unlike_kinds_are_marked() {
    let comparison = &study()["comparison"];
    assert_eq!(comparison["rate"], json!({"currency": "USD", "yuan": "7", "on": "2019-09-24"}));
    let there = at(&comparison["there"]["totals"], "kind", "award");
    assert_eq!(there["sums"][0]["money"], json!({"currency": "USD", "value": "9900000"}));
    assert_eq!(there["in_yuan"], json!({"currency": "CNY", "value": "69300000"}));
    assert_eq!(comparison["there"]["largest"][0], json!(["CHAINALYSIS INC", 922]));
    let pairs = comparison["pairs"].as_array().unwrap();
    let budget = pairs.iter().find(|pair| pair["here"] == "budget").unwrap();
    assert_eq!((&budget["there"], &budget["like"]), (&json!("award"), &json!(false)), "the article compares these");
    let award = pairs.iter().find(|pair| pair["here"] == "award").unwrap();
    assert_eq!((&award["like"], award["times_tenths"].as_i64()), (&json!(true), Some(19)));
}
