//! Invented purchases and their notices: many buyers, suppliers, numbers, lots and sums from 2013 to 2026, one purchase in a hundred
//! of the topic. Everything follows from a purchase's place. Lacks the oddities of real pages.

use fastrand::Rng;
use jiff::ToSpan as _;
use jiff::civil::{DateTime, date, datetime};
use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::money::Money;
use tenderwatch::domain::notice::{
    Amendment, Dates, Evidence, Item, Lot, LotStatus, Method, Notice, NoticeKind, Reference,
};
use tenderwatch::domain::organisation::Organisation;
use tenderwatch::domain::project::NoticeId;
use tenderwatch::domain::region::{Region, RegionBy};
use tenderwatch::domain::stamp::Stamp;
use tenderwatch::domain::topic::{Relevance, TopicEvidence, Weight};

use super::{Piece, SOURCE};

/// One purchase in so many is of the topic.
const OF_TOPIC: u64 = 100;
/// Notices that a hundred purchases have, about.
const NOTICES_OF_100: usize = 218;
/// More notices than any purchase has.
const NOTICES_MAX: u64 = 10;

const PROVINCES: [(&str, &str); 16] = [
    ("北京市", "110000"),
    ("河北省", "130000"),
    ("辽宁省", "210000"),
    ("黑龙江省", "230000"),
    ("上海市", "310000"),
    ("江苏省", "320000"),
    ("浙江省", "330000"),
    ("福建省", "350000"),
    ("山东省", "370000"),
    ("河南省", "410000"),
    ("湖北省", "420000"),
    ("广东省", "440000"),
    ("四川省", "510000"),
    ("贵州省", "520000"),
    ("云南省", "530000"),
    ("甘肃省", "620000"),
];
const PLACES: [&str; 24] = [
    "青山", "临江", "安平", "长宁", "东河", "西岭", "南浦", "北原", "永和", "新安", "龙泉", "白云", "金沙", "石门",
    "清水", "双桥", "高台", "平湖", "武川", "怀远", "通州", "罗田", "凤山", "海宁",
];
const UNITS: [&str; 20] = [
    "人民医院",
    "第一中学",
    "财政局",
    "公安局",
    "大学",
    "职业技术学院",
    "档案馆",
    "图书馆",
    "税务局",
    "卫生健康委员会",
    "教育局",
    "自然资源局",
    "交通运输局",
    "大数据管理局",
    "市场监督管理局",
    "气象局",
    "水利局",
    "农业农村局",
    "中级人民法院",
    "广播电视台",
];
const THINGS: [&str; 24] = [
    "办公设备",
    "医疗设备",
    "信息化平台",
    "物业服务",
    "空调",
    "实验室建设",
    "校服",
    "道路养护",
    "云服务",
    "网络安全",
    "监控系统",
    "图书",
    "食堂食材",
    "消防设施",
    "绿化养护",
    "软件开发",
    "数据治理",
    "体检服务",
    "车辆租赁",
    "电梯维保",
    "档案数字化",
    "环境监测",
    "教学仪器",
    "会议系统",
];
const OF_THE_TOPIC: [&str; 5] =
    ["区块链服务平台", "区块链存证系统", "区块链电子票据平台", "区块链实验室", "区块链数据共享系统"];
const TRADES: [&str; 8] = ["科技", "信息技术", "网络", "建设工程", "医疗器械", "物业管理", "软件", "教育装备"];

/// A purchase, of which its notices speak.
struct Purchase {
    place: u64,
    buyer: String,
    province: (&'static str, &'static str),
    title: String,
    number: String,
    of_topic: bool,
    tender_at: DateTime,
    budget: i64,
}

/// Notice after notice, without end: a short history is the beginning of every longer one.
pub(crate) fn history() -> impl Iterator<Item = Piece> {
    (0..).flat_map(|place| {
        let purchase = purchase(place, place % OF_TOPIC == 7);
        kinds(place).into_iter().zip(0..).map(|(kind, nth)| piece(&purchase, kind, nth)).collect::<Vec<_>>()
    })
}

/// Notices that no history of that size has: tenders of new purchases, a quarter of them of the topic, and as many corrections and
/// acceptances of known purchases from all over the history. Another `round` brings others.
pub(crate) fn fresh(notices: usize, round: u64, count: u64) -> Vec<Piece> {
    let purchases = purchases_of(notices);
    let mut dice = Rng::with_seed(round ^ 0x5eed);
    (0..count)
        .map(|nth| {
            if nth % 2 == 0 {
                let place = 2 * purchases + round * count + nth;
                piece(&purchase(place, nth % 8 == 0), NoticeKind::Tender, 0)
            } else {
                let place = dice.u64(0..purchases * 9 / 10);
                let kind = if nth % 4 == 1 { NoticeKind::Acceptance } else { NoticeKind::Correction };
                let mut piece = piece(&purchase(place, place % OF_TOPIC == 7), kind, NOTICES_MAX - 1);
                // Another round may draw the same purchase again.
                piece.id.native_id = format!("9{round:07}{nth:02}");
                piece.notice.native_id = Some(piece.id.native_id.clone());
                piece.notice.url = Some(format!("http://www.ccgp.gov.cn/cggg/dfgg/qtgg/t_{}.htm", piece.id.native_id));
                piece.body.extend_from_slice(piece.id.native_id.as_bytes());
                piece
            }
        })
        .collect()
}

fn purchases_of(notices: usize) -> u64 {
    (notices * 100 / NOTICES_OF_100).max(1) as u64
}

/// The life of a purchase, as its notices tell it.
fn kinds(place: u64) -> Vec<NoticeKind> {
    let mut dice = Rng::with_seed(place.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut kinds = vec![NoticeKind::Tender];
    if dice.u8(0..100) < 20 {
        kinds.push(NoticeKind::Correction);
    }
    match dice.u8(0..100) {
        0..70 => {
            kinds.push(NoticeKind::Award);
            if dice.u8(0..100) < 25 {
                kinds.push(NoticeKind::Contract);
            }
        }
        70..80 => kinds.push(NoticeKind::Failed),
        _ => {}
    }
    kinds
}

fn purchase(place: u64, of_topic: bool) -> Purchase {
    let mut dice = Rng::with_seed(place.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(1));
    let province = one(&mut dice, &PROVINCES);
    let buyer = buyer(&mut dice, province.0);
    let thing = if of_topic { one(&mut dice, &OF_THE_TOPIC) } else { one(&mut dice, &THINGS) };
    let (from, to) = (datetime(2013, 1, 4, 8, 0, 0, 0), datetime(2026, 9, 30, 18, 0, 0, 0));
    let minutes = from.until((jiff::Unit::Minute, to)).map_or(0, |span| span.get_minutes());
    let tender_at = from.saturating_add(dice.i64(0..minutes).minutes());
    let (year, term) = (tender_at.year(), dice.u8(1..4));
    let number = match dice.u8(0..3) {
        // Long enough to stand for itself, or one that other buyers use as well.
        0 => format!("{}-{year}{:08}", province.1, dice.u32(0..100_000_000)),
        1 => format!("ZFCG-{year}-{:04}", dice.u16(0..10_000)),
        _ => format!("{}CG{year}{:06}", one(&mut dice, &["A", "HX", "JS", "ZB", "GK"]), dice.u32(0..1_000_000)),
    };
    Purchase {
        place,
        title: format!(
            "{buyer}{year}年{thing}{}采购项目",
            one(&mut dice, &["", "（一期）", "（二期）", "升级改造"][..=usize::from(term)])
        ),
        buyer,
        province,
        number,
        of_topic,
        tender_at,
        budget: dice.i64(5..5_000) * 1_000,
    }
}

/// Some buyers buy often, most of them rarely.
fn buyer(dice: &mut Rng, province: &str) -> String {
    let weight = dice.f64();
    let (county, unit) = (dice.usize(0..PLACES.len()), dice.usize(0..UNITS.len()));
    let (place, unit) = (PLACES.get(county).unwrap_or(&""), UNITS.get(unit).unwrap_or(&""));
    if weight < 0.2 {
        format!("{province}{unit}")
    } else {
        format!("{province}{place}{}{unit}", one(dice, &["市", "县", "区"]))
    }
}

fn supplier(dice: &mut Rng) -> Organisation {
    let (place, trade) = (one(dice, &PLACES), one(dice, &TRADES));
    Organisation::named(format!(
        "{place}{}{trade}有限公司",
        one(dice, &["华", "中", "信", "泰", "恒", "鼎", "天", "智"])
    ))
}

fn one<T: Copy>(dice: &mut Rng, all: &[T]) -> T {
    all[dice.usize(0..all.len())]
}

/// One notice of a purchase.
fn piece(purchase: &Purchase, kind: NoticeKind, nth: u64) -> Piece {
    let mut dice = Rng::with_seed(purchase.place * NOTICES_MAX + nth);
    let native_id = format!("{:09}", 10_000_000 + purchase.place * NOTICES_MAX + nth);
    let at = purchase.tender_at.saturating_add((i64::try_from(nth).unwrap_or(0) * 25 * 24 * 60).minutes());
    let (word, section) = wording(kind);
    let title = format!("{}{word}", purchase.title);
    let mut notice = Notice {
        native_id: Some(native_id.clone()),
        url: Some(format!(
            "http://www.ccgp.gov.cn/cggg/dfgg/{section}/{}/t{}_{native_id}.htm",
            at.strftime("%Y%m"),
            at.strftime("%Y%m%d")
        )),
        section: Some(format!("dfgg/{section}")),
        kind,
        published_at: Stamp::china(at),
        buyers: vec![Organisation {
            address: Some(format!("{}中心大道{}号", purchase.province.0, dice.u16(1..900))),
            ..Organisation::named(&purchase.buyer)
        }],
        agency: Some(Organisation::named(format!("{}政府采购中心", purchase.province.0))),
        region: Region {
            text: Some(purchase.province.0.into()),
            province: Some(purchase.province.1.into()),
            by: Some(RegionBy::Field),
        },
        project_numbers: vec![purchase.number.clone()],
        project_title: Some(purchase.title.clone()),
        method: Some(one(&mut dice, &[Method::Open, Method::Negotiation, Method::Consultation, Method::Inquiry])),
        items_path: Some("服务/信息技术服务/软件开发服务".into()),
        relevance: relevance(purchase),
        evidence: [evidence("budget", "summary", "预算金额"), evidence("kind", "title", word)].into(),
        text: text(purchase, word, &mut dice),
        title,
        ..Notice::default()
    };
    tell(purchase, kind, &mut notice, &mut dice);
    let body = format!("<html><title>{}</title><p>{native_id}</p></html>", notice.title).into_bytes();
    Piece { id: NoticeId { source: SOURCE.into(), native_id }, notice, body }
}

/// What only this kind of notice says.
fn tell(purchase: &Purchase, kind: NoticeKind, notice: &mut Notice, dice: &mut Rng) {
    let budget = Amount::disclosed(Money::yuan(purchase.budget), "summary");
    let lots = 1 + usize::from(dice.u8(0..5) == 0) * 2;
    let share = purchase.budget / i64::try_from(lots).unwrap_or(1);
    let label = |nth: usize| (lots > 1).then(|| (nth + 1).to_string());
    match kind {
        NoticeKind::Tender => {
            let closes = purchase.tender_at.saturating_add(20.days());
            notice.dates =
                Dates { opens_on: Some(closes.date()), deadline_at: Stamp::china(closes), ..Dates::default() };
            let open = |nth| Lot { label: label(nth), status: LotStatus::Open, ..Lot::default() };
            notice.lots = (0..lots).map(open).collect();
            notice.items = vec![Item { name: purchase.title.clone(), lot: None, total: budget.clone() }];
            notice.budget = budget;
        }
        NoticeKind::Award => {
            let paid = share * dice.i64(80..100) / 100;
            let won = |nth| Lot {
                label: label(nth),
                status: LotStatus::Awarded,
                award: Amount::disclosed(Money::yuan(paid), "table"),
                suppliers: vec![supplier(dice)],
                ..Lot::default()
            };
            notice.lots = (0..lots).map(won).collect();
            notice.award = Amount::disclosed(Money::yuan(paid * i64::try_from(lots).unwrap_or(1)), "lots");
            notice.dates.awarded_on = notice.published_at.map(|stamp| stamp.day());
        }
        NoticeKind::Failed => notice.lots = vec![Lot { status: LotStatus::Failed, ..Lot::default() }],
        NoticeKind::Contract => notice.contract = Amount::disclosed(Money::yuan(share), "summary"),
        NoticeKind::Correction => {
            notice.amendments = vec![Amendment {
                item: "开标时间".into(),
                before: Some(purchase.tender_at.date().to_string()),
                after: Some(date(2026, 10, 1).to_string()),
            }];
            notice.refers_to = vec![Reference {
                project_number: Some(purchase.number.clone()),
                published_on: Some(purchase.tender_at.date()),
                ..Reference::default()
            }];
        }
        _ => {}
    }
}

fn wording(kind: NoticeKind) -> (&'static str, &'static str) {
    match kind {
        NoticeKind::Tender => ("公开招标公告", "gkzb"),
        NoticeKind::Correction => ("更正公告", "gzgg"),
        NoticeKind::Award => ("中标公告", "zbgg"),
        NoticeKind::Failed => ("废标公告", "fblbgg"),
        NoticeKind::Contract => ("合同公告", "htgg"),
        _ => ("验收公告", "qtgg"),
    }
}

fn relevance(purchase: &Purchase) -> Relevance {
    if !purchase.of_topic {
        return Relevance::default();
    }
    let place = TopicEvidence { term: "区块链".into(), field: "title".into(), sentence: purchase.title.clone() };
    Relevance { weight: Weight::Subject, evidence: vec![place] }
}

fn evidence(field: &str, rule: &str, passage: &str) -> (String, Evidence) {
    (field.into(), Evidence { rule: rule.into(), passage: passage.into() })
}

/// A body of about half a kilobyte.
fn text(purchase: &Purchase, word: &str, dice: &mut Rng) -> String {
    let head = format!("{}\n{word}\n项目编号：{}\n采购单位：{}\n", purchase.title, purchase.number, purchase.buyer);
    let line = |nth: u8| {
        let (thing, days, months) = (one(dice, &THINGS), dice.u16(10..400), dice.u16(1..60));
        format!("{nth}、{thing}应当符合国家规定，供货期{days}日，质保期{months}个月。\n")
    };
    head + &(1..=6).map(line).collect::<String>()
}
