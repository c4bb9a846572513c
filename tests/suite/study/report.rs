//! `tenderwatch report` on the study's fixture beside expected.toml: a test for each of the 27 published figures, reproduced or listed
//! as not reproducible with its reason. What the fixture is expected to come to stands in that file and nowhere here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;
use tenderwatch::domain::classes::Category;

use super::{begun, folder, text};

/// The report's study, as of the day of the search, with the American answer beside it.
fn study() -> &'static Value {
    static STUDY: LazyLock<Value> = LazyLock::new(|| {
        let us = folder().join("us/spending_by_award_1.json");
        let then = ["--as-of", "2019-09-24", "--format", "json"];
        let beside =
            ["--beside", us.to_str().unwrap(), "--beside-dialect", "usaspending", "--rate", "USD=7.0@2019-09-24"];
        let printed = begun::verb(begun::begun(), &[&begun::WINDOW[..], &then, &beside].concat());
        serde_json::from_str::<Value>(&printed).unwrap()["study"].take()
    });
    &STUDY
}

/// The entries of expected.toml for a row.
fn entries(row: u64) -> Vec<Value> {
    let all: Value = toml::from_str(&text("expected.toml")).unwrap();
    let of_row = all["figure"].as_array().unwrap().iter().filter(|figure| figure["row"] == row);
    of_row.cloned().collect()
}

/// The value expected of the row's first entry whose words begin so.
fn expected(row: u64, what: &str) -> Value {
    let found = entries(row).into_iter().find(|entry| entry["what"].as_str().unwrap().starts_with(what));
    found.unwrap_or_else(|| panic!("{row}: nothing is expected of {what}"))["value"].clone()
}

/// What cannot be rebuilt says why, and at some length.
fn cannot_be_rebuilt(row: u64, what: &str) {
    let entry = entries(row).into_iter().find(|entry| entry["what"].as_str().unwrap().starts_with(what)).unwrap();
    assert!(entry["not_reproducible"].as_str().is_some_and(|why| why.len() > 20), "{entry}");
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn words(value: &Value) -> BTreeSet<&str> {
    list(value).iter().filter_map(Value::as_str).collect()
}

/// The line of a list in which a field has this value.
fn line<'a>(lines: &'a Value, field: &str, value: &str) -> &'a Value {
    list(lines).iter().find(|line| line[field] == value).unwrap_or_else(|| panic!("no {field} {value}"))
}

fn shares(by: &str) -> &'static Value {
    line(&study()["shares"], "by", by)
}

/// Whether tenths of a percent are what the article's two decimals round to; of a half, both ways are.
fn is_percent(tenths: &Value, percent: &Value) -> bool {
    let apart = tenths.as_f64().unwrap() / 10.0 - percent.as_f64().unwrap();
    apart.abs() < 0.0501
}

fn project(id: &Value) -> &'static Value {
    list(&study()["projects"]).iter().find(|project| project["id"] == *id).unwrap()
}

fn cents(money: &Value) -> String {
    let value = money["value"].as_str().unwrap();
    let (whole, cents) = value.split_once('.').unwrap_or((value, ""));
    format!("{whole}.{cents:0<2}")
}

/// A counted project of this buyer.
fn of_buyer(buyer: &str) -> &'static Value {
    let counted = list(&study()["counted"]["projects"]);
    let found = list(&study()["projects"])
        .iter()
        .find(|project| counted.contains(&project["id"]) && list(&project["buyers"]).contains(&buyer.into()));
    found.unwrap_or_else(|| panic!("{buyer}"))
}

#[test]
fn row_1_the_keyword_of_the_search() {
    let keyword = expected(1, "source");
    assert!(text("listings/page-1.html").contains(&format!(
        "关键字：\r\n                    <span style=\"color:#c00000;font-weight:bolder\">{}</span>",
        keyword.as_str().unwrap()
    )));
    assert_eq!(study()["topic"], "blockchain");
}

#[test]
fn row_2_the_window_begins_with_the_first_hit() {
    let window = expected(2, "window");
    assert_eq!([&study()["from"], &study()["to"]], [&window[0], &window[1]]);
    assert_eq!(study()["first_hit_on"], window[0]);
}

#[test]
fn row_3_search_hits() {
    assert_eq!(study()["hits"]["hits"], expected(3, "search hits"));
}

#[test]
fn row_4_projects_and_why_the_other_notices_are_none() {
    assert_eq!(study()["counted"]["count"], expected(4, "projects"));
    let excluded = expected(4, "exclusions");
    let bin = |why: &str| line(&study()["hits"]["bins"], "why", why)["count"].clone();
    for (why, reason) in [
        ("near_miss", "only_mention"),
        ("off_topic", "only_stamp"),
        ("failed", "failed"),
        ("repeat", "repeat"),
        ("further", "same_project"),
    ] {
        assert_eq!(bin(why), excluded[reason], "{reason}");
    }
    let notices: usize = list(&study()["hits"]["bins"]).iter().map(|bin| list(&bin["notices"]).len()).sum();
    assert_eq!(notices, 154, "every hit stands in one bin");
}

#[test]
fn row_5_awarded_and_tendering() {
    let status = expected(5, "status");
    let of = |word: &str| {
        list(&study()["status"]).iter().filter(|line| line["word"] == word).find_map(|l| l["count"].as_i64())
    };
    assert_eq!(of("tendering"), status["tendering"].as_i64());
    assert_eq!(of("awarded").zip(of("contracted")).map(|(one, two)| one + two), status["awarded"].as_i64());
}

#[test]
fn row_6_nine_labels_and_seven_classes_of_which_the_members_are_not_known() {
    let label = |word: &str| Category::parse(word).map_or("", Category::label);
    let found: BTreeMap<&str, &Value> = list(&shares("category")["rows"])
        .iter()
        .map(|row| (label(row["word"].as_str().unwrap()), &row["count"]))
        .chain([("unclassified", &shares("category")["unknown"]["count"])])
        .collect();
    let counts = expected(6, "projects by leaf class");
    assert_eq!(found, counts.as_object().unwrap().iter().map(|(name, count)| (name.as_str(), count)).collect());
    let leaves = expected(6, "leaf classes");
    assert!(words(&leaves).iter().all(|leaf| found.contains_key(leaf)));
    let rolled = list(&shares("roll_up")["rows"]).iter().filter(|row| row["word"] != "beyond").count();
    assert_eq!(Some(rolled as u64), expected(6, "categories after").as_u64());
    cannot_be_rebuilt(6, "which project stood");
}

#[test]
fn row_7_levels_and_their_shares() {
    let (counts, percents) = (expected(7, "buyer level"), expected(7, "shares"));
    for level in ["local", "central"] {
        let row = line(&shares("level")["rows"], "word", level);
        assert_eq!(row["count"], counts[level]);
        assert!(is_percent(&row["of_all"], &percents[level]), "{row}");
    }
}

/// The study's regions by code.
const REGIONS: [(&str, &str); 12] = [
    ("110000", "北京"),
    ("220000", "吉林"),
    ("230000", "黑龙江"),
    ("310000", "上海"),
    ("370000", "山东"),
    ("410000", "河南"),
    ("420000", "湖北"),
    ("440000", "广东"),
    ("450000", "广西"),
    ("510000", "四川"),
    ("530000", "云南"),
    ("620000", "甘肃"),
];

#[test]
fn row_8_twelve_regions_and_two_projects_without_one() {
    let found: BTreeSet<&str> = list(&shares("region")["rows"]).iter().filter_map(|row| row["word"].as_str()).collect();
    assert_eq!(found, REGIONS.map(|(code, _)| code).into());
    let wanted = expected(8, "buyer regions");
    assert_eq!(words(&wanted), REGIONS.map(|(_, name)| name).into());
    assert_eq!(shares("region")["unknown"]["count"], expected(8, "projects whose region"));
    cannot_be_rebuilt(8, "why 55");
}

fn region_and_both_shares(row: u64, code: &str, name: &str) {
    let found = line(&shares("region")["rows"], "word", code);
    assert_eq!(found["count"], expected(row, name));
    let percents = entries(row).into_iter().find(|entry| entry["value"].is_object()).unwrap()["value"].take();
    for of in ["of_known", "of_all"] {
        assert!(is_percent(&found[of], &percents[of]), "{found}");
    }
}

#[test]
fn row_9_beijing_of_all_and_of_the_known() {
    region_and_both_shares(9, "110000", "Beijing");
}

#[test]
fn row_10_guangdong_of_all_and_of_the_known() {
    region_and_both_shares(10, "440000", "Guangdong");
}

fn total(row: u64, kind: &str, what: &str) {
    let (found, wanted) = (line(&study()["totals"], "kind", kind), expected(row, what));
    let [sum] = list(&found["sums"]) else { panic!("{found}") };
    assert_eq!(
        (sum["money"]["currency"].as_str(), cents(&sum["money"])),
        (Some("CNY"), wanted["sum"].as_str().unwrap().into())
    );
    assert_eq!((&sum["disclosed"], &found["of"]), (&wanted["disclosed"], &wanted["of"]));
    let behind = list(&line(&found["states"], "word", "disclosed")["projects"]).len();
    assert_eq!(Some(behind as u64), wanted["disclosed"].as_u64(), "each figure lists its projects");
}

#[test]
fn row_11_the_budget_total_with_its_coverage() {
    total(11, "budget", "budget total");
}

#[test]
fn row_12_the_award_total_with_its_coverage() {
    total(12, "award", "award total");
}

#[test]
fn row_13_the_topic_part_total_with_its_coverage() {
    total(13, "topic_part", "topic part total");
}

#[test]
fn row_14_growth_under_its_own_names_and_never_as_the_studys() {
    cannot_be_rebuilt(14, "average annual growth");
    let own = expected(14, "this folder's own rates");
    for kind in ["budget", "award", "topic_part"] {
        let table = line(&study()["growth"], "measure", kind);
        for definition in ["mean_yoy", "cagr"] {
            let (found, wanted) = (&table[definition], &own[kind][definition]);
            let [tenths, from, to] = ["tenths", "from", "to"].map(|key| &wanted[key]);
            assert_eq!([&found["tenths"], &found["from_year"], &found["to_year"]], [tenths, from, to], "{kind}");
            assert_eq!(found["part_year"], true);
        }
    }
}

#[test]
fn row_15_twelve_times_a_year_is_a_reading_of_what_cannot_be_rebuilt() {
    cannot_be_rebuilt(15, "about 12 times");
}

#[test]
fn row_16_winners_and_their_places() {
    let winners = &study()["winners"];
    assert_eq!(winners["parties"], expected(16, "winners"));
    let codes: BTreeSet<&str> =
        list(&winners["places"]["rows"]).iter().filter_map(|row| row["word"].as_str()).collect();
    let printed = expected(16, "the 11 printed regions");
    let code = |name: &str| REGIONS.iter().find(|(_, known)| *known == name).map(|(code, _)| *code);
    let wanted = words(&printed).into_iter().filter_map(|name| {
        code(name).or(match name {
            "福建" => Some("350000"),
            "贵州" => Some("520000"),
            _ => None,
        })
    });
    // Zhejiang beside the printed eleven.
    assert_eq!(codes, wanted.chain(["330000"]).collect());
    assert_eq!(winners["places"]["unknown"]["winners"], expected(16, "winners whose place"));
    cannot_be_rebuilt(16, "11 regions and no other");
    cannot_be_rebuilt(16, "57 projects undertaken");
}

#[test]
fn row_17_the_three_that_won_three_times() {
    let winners = &study()["winners"];
    assert_eq!(winners["wins"], expected(17, "wins"));
    let top = expected(17, "top winners");
    for pair in list(&top) {
        assert_eq!(line(&winners["rows"], "name", pair[0].as_str().unwrap())["wins"], pair[1]);
    }
    assert_eq!(list(&winners["rows"]).iter().filter(|row| row["wins"] != 1).count(), list(&top).len());
}

/// Winners by how they stand on the list now.
fn filed(through: &str) -> BTreeSet<&'static str> {
    let rows = list(&study()["winners"]["rows"]).iter().filter(|row| row["filed"]["by_now"] == through);
    rows.filter_map(|row| row["name"].as_str()).collect()
}

#[test]
fn row_18_winners_on_the_first_list_of_filings() {
    assert_eq!(filed("own"), words(&expected(18, "winners that hold")));
    assert_eq!(line(&study()["filings"]["by_now"], "word", "own")["count"], 2);
    let batch = &study()["filings"]["batches"][0];
    assert_eq!((&batch["holders"], &batch["services"]), (&3.into(), &4.into()));
}

#[test]
fn row_19_the_winner_whose_group_is_on_it_is_counted_apart() {
    assert_eq!(filed("group"), words(&expected(19, "winner whose group")));
    assert_eq!(line(&study()["filings"]["by_now"], "word", "group")["count"], 1);
    assert_eq!(list(&study()["filings"]["batches"][0]["group"]).len(), 1);
}

#[test]
fn row_20_the_first_purchase_and_the_only_one_of_its_year() {
    let (first, wanted) = (&study()["firsts"]["first"], expected(20, "first purchase"));
    let [id] = list(&first["projects"]) else { panic!("{first}") };
    let project = project(id);
    assert_eq!(first["on"], wanted["on"]);
    assert_eq!((&project["buyers"][0], &project["title"]), (&wanted["buyer"], &wanted["title"]));
    assert_eq!(cents(&project["budget"]["money"]), wanted["budget"].as_str().unwrap());
    let years = &line(&study()["growth"], "measure", "projects")["years"];
    let of_2016 = list(years).iter().find(|year| year["year"] == 2016).unwrap();
    assert_eq!(of_2016["of"], expected(20, "projects of 2016"));
}

#[test]
fn row_21_the_largest_topic_part_is_one_of_lines() {
    let (record, wanted) =
        (line(&study()["firsts"]["records"], "kind", "topic_part"), expected(21, "largest topic part"));
    let [id] = list(&record["projects"]) else { panic!("{record}") };
    let project = project(id);
    assert_eq!(cents(&record["money"]), wanted["part"].as_str().unwrap());
    assert_eq!(
        (&project["buyers"][0], &project["title"], &project["first_on"]),
        (&wanted["buyer"], &wanted["title"], &wanted["on"])
    );
    assert_eq!((&project["weight"], &project["topic_part"]["by"]), (&"item".into(), &"items of the topic".into()));
    assert_eq!(project["budget"]["state"], "undisclosed", "the article tells no budget");
}

#[test]
fn row_22_the_example_of_gansu() {
    let project = of_buyer(expected(22, "Gansu").as_str().unwrap());
    assert_eq!((&project["region"]["word"], &project["category"]["word"]), (&"620000".into(), &"tourism".into()));
}

#[test]
fn row_23_the_example_of_the_lottery() {
    let project = of_buyer(expected(23, "the lottery").as_str().unwrap());
    assert_eq!((&project["level"]["word"], &project["category"]["word"]), (&"central".into(), &"finance".into()));
}

#[test]
fn row_24_the_other_suppliers_that_are_named_and_their_buyers() {
    for pair in list(&expected(24, "winner and buyer")) {
        let project = of_buyer(pair[1].as_str().unwrap());
        assert_eq!(list(&project["suppliers"]), [pair[0].clone()]);
        assert_eq!(project["award"]["state"], "undisclosed", "the article tells no amount");
    }
}

/// A total of one side of the comparison.
fn compared(side: &str, kind: &str) -> &'static Value {
    line(&study()["comparison"][side]["totals"], "kind", kind)
}

#[test]
fn row_25_the_american_total() {
    assert_eq!(
        cents(&compared("there", "award")["sums"][0]["money"]),
        expected(25, "American total").as_str().unwrap()
    );
    cannot_be_rebuilt(25, "tripled");
}

#[test]
fn row_26_the_american_shares() {
    let percents = expected(26, "American shares");
    let largest = list(&study()["comparison"]["there"]["largest"]);
    let first = largest.iter().find(|pair| pair[0] == "CHAINALYSIS INC").unwrap();
    assert!(is_percent(&first[1], &percents["CHAINALYSIS INC"]), "{first}");
    let rest: i64 =
        largest.iter().filter(|pair| pair[0] != "CHAINALYSIS INC").filter_map(|pair| pair[1].as_i64()).sum();
    assert!(is_percent(&rest.into(), &percents["the other three"]), "{rest}");
}

#[test]
fn row_27_china_beside_it_with_the_kinds_the_rate_and_its_day_stated() {
    let wanted = expected(27, "China beside it");
    let sum = |kind: &str| cents(&compared("here", kind)["sums"][0]["money"]);
    assert_eq!(sum("budget"), wanted["china_budget_yuan"].as_str().unwrap());
    assert_eq!(sum("award"), wanted["china_award_yuan"].as_str().unwrap());
    // An award can only be known of what is awarded: the N of row 12, not every project.
    assert_eq!((&compared("here", "budget")["of"], &compared("here", "award")["of"]), (&57.into(), &48.into()));
    let rate = &study()["comparison"]["rate"];
    assert_eq!((rate["currency"].as_str(), &rate["on"]), (Some("USD"), &wanted["rate_on"]));
    assert_eq!(rate["yuan"].as_str().unwrap().parse::<f64>().ok(), wanted["yuan_per_dollar"].as_f64());
    let pairs = &study()["comparison"]["pairs"];
    assert_eq!(line(pairs, "here", "budget")["like"], false, "the article compares budgets with contracts");
    assert_eq!(line(pairs, "here", "award")["like"], true);
}
