//! Real buyers, classed: those of the captures with their distribution, and a table of real names whose level and category were
//! judged by eye; and what of them is of the topic. Prints both; insists on the share that must come right.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tenderwatch::domain::classes::{Category, Level};
use tenderwatch::domain::classify;
use tenderwatch::domain::notice::Notice;
use tenderwatch::domain::organisation::Organisation;
use tenderwatch::domain::topic::{Topic, Weight};
use tenderwatch::domain::{region, relevance};

/// Real buyers and what a person says they are: the level's initial (`c`, `l`), and the category's word or `-`.
const JUDGED: &[(&str, &str, &str)] = &[
    ("三河市燕郊镇人民政府", "l", "-"),
    ("上海市嘉定区环境监测站", "l", "-"),
    ("上海市消防救援总队", "c", "-"),
    ("上海海事大学", "l", "education"),
    ("上海交通大学医学院附属新华医院", "l", "health"),
    ("上海市医疗器械化妆品审评核查中心", "l", "health"),
    ("东莞市城市管理和综合执法局", "l", "-"),
    ("中共滁州市委网络安全和信息化委员会办公室", "l", "security"),
    ("中国邮政储蓄银行股份有限公司福建省分行", "l", "finance"),
    ("中华人民共和国株洲海关", "c", "border"),
    ("中国科学院电工研究所", "c", "education"),
    ("中国民航大学", "c", "education"),
    ("中国福利彩票发行管理中心", "c", "finance"),
    ("中央财经大学", "c", "education"),
    ("临沭县自然资源和规划局本级", "l", "-"),
    ("丰县行政审批局", "l", "government"),
    ("交通运输部职业资格中心", "c", "transport"),
    ("佛冈县财政局", "l", "finance"),
    ("佛山市顺德区北滘镇农业农村办公室", "l", "agriculture"),
    ("全国海关信息中心", "c", "border"),
    ("兰陵县交通运输局", "l", "transport"),
    ("化学与精细化工广东省实验室潮州分中心", "l", "education"),
    ("北京市房山区中医医院", "l", "health"),
    ("北京市海淀区政务服务管理局", "l", "government"),
    ("北海市120急救指挥中心", "l", "health"),
    ("厦门市湖里区司法局", "l", "justice"),
    ("国家税务总局广州市南沙区税务局", "c", "finance"),
    ("四川省中医药科学院中医研究所", "l", "education"),
    ("复旦大学", "c", "education"),
    ("外交部机关及驻外机构服务中心集中采购中心", "c", "-"),
    ("大厂广播电视台", "l", "-"),
    ("天津市医疗器械质量监督检验中心", "l", "health"),
    ("安徽省公益性项目建设管理中心", "l", "-"),
    ("定西市财政局", "l", "finance"),
    ("山东省水利厅", "l", "-"),
    ("山西省司法厅", "l", "justice"),
    ("广安市公安局交通管理支队", "l", "transport"),
    ("广州市招生考试委员会办公室", "l", "education"),
    ("惠州出入境边防检查站", "c", "border"),
    ("扶风县扶风小学", "l", "education"),
    ("昭通市公安局", "l", "-"),
    ("杭锦旗住房和城乡建设局", "l", "-"),
    ("松阳县职业中等专业学校", "l", "education"),
    ("武宣县环境卫生管理站", "l", "-"),
    ("武汉市救助管理站", "l", "welfare"),
    ("水利部海河水利委员会引滦工程管理局", "c", "-"),
    ("江西文化演艺发展集团有限责任公司", "l", "-"),
    ("海南省琼山监狱", "l", "justice"),
    ("深圳先进技术研究院", "l", "education"),
    ("牡丹江市人民政府办公室", "l", "-"),
    ("珠海市市场监督管理局", "l", "-"),
    ("甘肃省旅游发展委员会", "l", "tourism"),
    ("省财政厅机关后勤服务中心", "l", "finance"),
    ("福州大学附属省立医院", "l", "health"),
    ("简阳市三新惠农科技有限公司", "l", "agriculture"),
    ("绍兴市越城区人民法院", "l", "justice"),
    ("舟山市定海区人民政府千岛街道办事处", "l", "-"),
    ("苏北航务管理处徐州航务中心", "l", "transport"),
    ("莘县文化和旅游局", "l", "tourism"),
    ("萧县数据资源管理局", "l", "government"),
    ("西藏自治区公路局", "l", "transport"),
    ("逊克县奇克粮库有限公司", "l", "agriculture"),
    ("通化市公安局交通警察支队", "l", "transport"),
    ("青岛市公共卫生临床中心", "l", "health"),
    ("什邡市民政局", "l", "welfare"),
    ("四平市消防救援支队", "c", "-"),
    ("德州市慈善事业发展中心", "l", "charity"),
    ("西藏自治区就业服务中心", "l", "employment"),
    ("赣州市赣县区就业创业服务中心", "l", "employment"),
    ("内江市人力资源社会保障数据网络中心", "l", "welfare"),
    ("惠安县就业和人事人才公共服务中心", "l", "employment"),
    ("抚顺市住房公积金管理中心", "l", "welfare"),
    ("宁夏农林科学院", "l", "education"),
    ("湖北省福利彩票发行中心", "l", "finance"),
    ("山东省气象局", "c", "-"),
    ("秦皇岛市山海关区园林中心", "l", "-"),
    ("永吉县水库移民服务中心", "l", "-"),
    ("中国人民政治协商会议新疆维吾尔自治区委员会", "l", "-"),
    ("机械工业仪器仪表综合技术经济研究所", "c", "education"),
    ("深圳市国家气候观象台", "l", "-"),
];

fn captures() -> PathBuf {
    let named = std::env::var("TENDERWATCH_CAPTURES").unwrap_or_else(|_| "../shared/captures".into());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(named).join("ccgp");
    assert!(folder.join("MANIFEST.md").exists(), "the captures are not at {}", folder.display());
    folder
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(captures().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// One real notice as its listing tells of it.
#[derive(Default)]
struct Told {
    buyer: String,
    title: String,
    url: String,
    zone: String,
}

/// The rows that a crawler's log holds as SQL: title, address, kind, time, zone, buyer.
fn list_rows() -> Vec<Told> {
    let mut rows = Vec::new();
    for part in 1..=5 {
        let bytes = bytes(&format!("listrows_2023-05-22.gb18030.log.{part}"));
        let (text, _, _) = encoding_rs::GB18030.decode(&bytes);
        for row in text.split("VALUES ('").skip(1) {
            let cells: Vec<&str> = row.split("', '").collect();
            let [title, url, _, _, zone, buyer, ..] = cells.as_slice() else { continue };
            let buyer = buyer.trim_end_matches("\\r").trim();
            rows.push(Told { buyer: buyer.into(), title: (*title).into(), url: (*url).into(), zone: (*zone).into() });
        }
    }
    rows
}

/// Buyers of the tables and exports, without their zones.
fn other_rows() -> Vec<Told> {
    let mut rows = Vec::new();
    let detail = bytes("listdetail_medical_2026-04.csv");
    for row in csv::Reader::from_reader(detail.as_slice()).records().flatten() {
        let cell = |place: usize| row.get(place).unwrap_or_default().trim().to_owned();
        rows.push(Told { buyer: cell(10), title: cell(0), url: cell(2), zone: String::new() });
    }
    let tenders = bytes("tenders168_2021-02.csv");
    for row in csv::Reader::from_reader(tenders.as_slice()).records().flatten() {
        let cell = |place: usize| row.get(place).unwrap_or_default().to_owned();
        let content = cell(0);
        let buyer = content.split_once("采购单位").and_then(|(_, rest)| rest.split_whitespace().next());
        let buyer = buyer.unwrap_or_default().to_owned();
        rows.push(Told { buyer, title: cell(4), url: cell(2), zone: String::new() });
    }
    for name in ["jianyu_medical_sssxw1.json", "jianyu_medical_sssxw4.json", "notices20_2026-05-15.json"] {
        let exported: Vec<Value> = serde_json::from_slice(&bytes(name)).unwrap();
        for row in exported {
            let cell = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let buyer = [cell("buyer"), cell("purchaser")].concat();
            rows.push(Told { buyer, title: cell("title"), url: cell("url"), zone: cell("region") });
        }
    }
    rows
}

/// Titles of June 2022 with their addresses; no buyers.
fn titles() -> Vec<Told> {
    let table = bytes("titles_2022-06_part1.tsv");
    let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').flexible(true).from_reader(table.as_slice());
    let rows = reader.records().flatten().map(|row| {
        let cell = |place: usize| row.get(place).unwrap_or_default().to_owned();
        Told { title: cell(2), url: cell(4), ..Told::default() }
    });
    rows.collect()
}

fn buyers(name: &str) -> Vec<Organisation> {
    if name.is_empty() { Vec::new() } else { vec![Organisation::named(name)] }
}

fn word(category: Option<Category>) -> &'static str {
    category.map_or("-", Category::word)
}

#[test]
fn buyers_judged_by_eye_are_classed_alike() {
    let (mut levels, mut categories) = (0, 0);
    for (name, level, category) in JUDGED {
        let found = classify::level(&[], &buyers(name));
        let said = if found.value == Some(Level::Central) { "c" } else { "l" };
        levels += usize::from(said == *level);
        if said != *level {
            println!("level of {name}: {said} by {}", found.rule);
        }
        let found = classify::category(&[], &buyers(name), "");
        categories += usize::from(word(found.value) == *category);
        if word(found.value) != *category {
            println!("category of {name}: {} by {}, a person says {category}", word(found.value), found.rule);
        }
    }
    let all = JUDGED.len();
    println!("levels {levels} of {all}, categories {categories} of {all}");
    assert!(levels * 100 >= all * 95, "levels {levels} of {all}");
    assert!(categories * 100 >= all * 95, "categories {categories} of {all}");
}

#[test]
fn every_buyer_of_the_captures_gets_an_answer_that_names_its_rule() {
    let rows: Vec<Told> = list_rows().into_iter().chain(other_rows()).collect();
    assert!(rows.len() > 450, "{}", rows.len());
    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for row in &rows {
        let notice = Notice { url: Some(row.url.clone()), ..Notice::default() };
        let level = classify::level(&[&notice], &buyers(&row.buyer));
        let category = classify::category(&[&notice], &buyers(&row.buyer), &row.title);
        assert!(!level.rule.is_empty() && !category.rule.is_empty());
        let step = category.rule.split(':').next().unwrap_or_default();
        *counts.entry(("category", word(category.value).into())).or_default() += 1;
        *counts.entry(("decided by", step.into())).or_default() += 1;
        *counts.entry(("level", level.value.map_or("-", Level::word).into())).or_default() += 1;
    }
    for ((what, word), count) in &counts {
        println!("{what:>12} {word:<14} {count:>5}");
    }
}

/// The listing's zone is a truth that the name's rule does not see.
#[test]
fn a_buyers_name_and_its_listings_zone_agree() {
    let (mut right, mut silent, mut wrong) = (0, 0, Vec::new());
    for row in list_rows() {
        let Some(zone) = region::resolve(None, &[], &[], &[], Some(&row.zone)).province else { continue };
        match region::by_name(&row.buyer) {
            Some(named) if named == zone => right += 1,
            Some(named) => wrong.push((row.buyer, row.zone, named)),
            None => silent += 1,
        }
    }
    println!("regions by name: {right} right, {silent} silent, wrong: {wrong:?}");
    assert!(right >= 120, "{right}");
    assert!(wrong.len() * 50 <= right, "{wrong:?}");
}

/// A buyer's address is a truth that its name's rule does not see.
#[test]
fn a_buyers_name_and_its_address_agree() {
    let (mut right, mut unsaid, mut wrong) = (0, 0, Vec::new());
    let detail = bytes("listdetail_medical_2026-04.csv");
    for row in csv::Reader::from_reader(detail.as_slice()).records().flatten() {
        let [name, address] = [10, 11].map(|place| row.get(place).unwrap_or_default().trim());
        match (region::by_name(name), region::by_address(address)) {
            (Some(named), Some(there)) if named == there => right += 1,
            (Some(_), Some(_)) => wrong.push((name.to_owned(), address.to_owned())),
            _ => unsaid += 1,
        }
    }
    println!("names and addresses: {right} agree, {unsaid} unsaid, apart: {wrong:?}");
    assert!(right >= 20 && wrong.is_empty(), "{right} agree, apart: {wrong:?}");
}

/// The channel is a truth that the name's rules do not see: how often they agree where a title begins with its buyer.
#[test]
fn central_names_stand_mostly_in_the_central_channel() {
    let (mut central, mut found) = (0, 0);
    for row in titles().iter().filter(|row| row.url.contains("/zygg/")) {
        let buyer = row.title.split(['采', '项', '2']).next().unwrap_or_default();
        if buyer.chars().count() < 4 {
            continue;
        }
        central += 1;
        let level = classify::level(&[], &buyers(buyer));
        found += usize::from(level.value == Some(Level::Central));
    }
    println!("of {central} titles in the central channel {found} begin with a name that the rules call central");
    assert!(central > 200 && found * 100 >= central * 65, "{found} of {central}");
}

fn notice_saying(title: &str, text: &str) -> Notice {
    Notice { title: title.into(), text: text.into(), ..Notice::default() }
}

/// The captures hold two notary stamps, one true mention and two titles of the topic.
#[test]
fn stamps_mentions_and_subjects_of_the_captures_are_told_apart() {
    let topic = Topic::blockchain();
    let mut heard: BTreeMap<&str, usize> = BTreeMap::new();
    for row in titles() {
        let weight = relevance::judge(&notice_saying(&row.title, ""), &topic).weight;
        *heard.entry(if weight == Weight::Subject { "subject" } else { "none" }).or_default() += 1;
    }
    assert_eq!(heard.get("subject"), Some(&2));

    for name in ["jianyu_medical_sssxw4.json", "wuhu_chain_stamp_2026-03-24.json"] {
        let text = String::from_utf8(bytes(name)).unwrap();
        for line in text.lines().filter(|line| line.contains("区块链")) {
            assert_eq!(relevance::judge(&notice_saying("", line), &topic).weight, Weight::None, "{line}");
        }
    }

    let telecom: Value = serde_json::from_slice(&bytes("telecom_blockchain_mention_2026-08.json")).unwrap();
    let notice = &telecom["notices"][0];
    let [title, content] = ["title", "purchaseContent"].map(|key| notice[key].as_str().unwrap());
    let judged = relevance::judge(&notice_saying(title, content), &topic);
    assert_eq!(judged.weight, Weight::Mention);
    let [evidence] = judged.evidence.as_slice() else { panic!("{judged:?}") };
    assert_eq!(evidence.field, "requirement");
    assert!(evidence.sentence.contains("可信空数据空间-区块链"));
}
