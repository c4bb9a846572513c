//! What appears while the story runs, invented for the demonstration; each notice says which changes a perfect watcher tells of it.
//! Two of them are traps and tell nothing: an award published again, and a page that is only stamped by a chain.

use jiff::civil::{DateTime, date, datetime};

use super::purchases::{ARCHIVES, BLOCKS, CHAIN, GRAIN, LEDGER, RELIEF, SEALS, TOILETS, TRADE};
use super::{Form, Level, Line, Lot, Mark, Moved, Notice, Purchase, Says, Supplier};

static METROLOGY: Purchase = Purchase {
    title: "国家演示计量研究院区块链计量数据可信平台项目",
    buyer: "国家演示计量研究院",
    address: "北京市朝阳区演示路30号",
    agency: "演示国际招标有限公司",
    level: Level::Central,
    zone: "北京",
    zone_code: "11",
    region: "北京市",
    items_path: "服务/信息技术服务/软件开发服务/应用软件开发服务",
    number: Some("YSZY-2019-0910"),
    method: "公开招标",
    budget: Some(320_000_000),
    wants: "区块链计量数据可信平台的开发与部署。",
    mark: Mark::Invented,
};

static LICENCES: Purchase = Purchase {
    title: "广东省演示政务服务中心区块链电子证照应用项目",
    buyer: "广东省演示政务服务中心",
    address: "广东省广州市天河区演示路31号",
    agency: "演示招标代理有限公司",
    level: Level::Local,
    zone: "广东",
    zone_code: "44",
    region: "广东省",
    items_path: "服务/信息技术服务/信息系统集成实施服务",
    number: Some("YSGD2019-0911"),
    method: "竞争性谈判",
    budget: Some(158_000_000),
    wants: "区块链电子证照的签发、核验与共享。",
    mark: Mark::Invented,
};

const fn notice(
    id: u32,
    at: DateTime,
    channel: &'static str,
    title: &'static str,
    purchase: &'static Purchase,
    says: Says,
    tells: &'static [&'static str],
) -> Notice {
    Notice { id, at, channel, title, agency: None, form: Form::Older, purchase, says, stamped: false, tells }
}

const fn lot(label: Option<&'static str>, title: &'static str, winners: &'static [Supplier], amount: i64) -> Lot {
    Lot { label, title, winners, amount: Some(amount), failed: None }
}

const GRAIN_LOT: &[Lot] = &[lot(None, "区块链粮食溯源系统", &[CHAIN], 129_900_000)];

/// The notices, oldest first.
pub static NOTICES: &[Notice] = &[
    notice(
        12_801_204,
        datetime(2019, 9, 10, 14, 20, 0, 0),
        "gkzb",
        "国家演示计量研究院区块链计量数据可信平台项目公开招标公告",
        &METROLOGY,
        Says::Tender { deadline: Some(datetime(2019, 10, 8, 9, 30, 0, 0)), lines: &[], lots: &[] },
        &["tender_published"],
    ),
    Notice {
        form: Form::Lines,
        ..notice(
            12_808_577,
            datetime(2019, 9, 11, 10, 5, 0, 0),
            "jzxtpgg",
            "广东省演示政务服务中心区块链电子证照应用项目竞争性谈判公告",
            &LICENCES,
            Says::Tender {
                deadline: Some(datetime(2019, 9, 18, 15, 0, 0, 0)),
                lines: &[Line { name: "区块链电子证照应用系统", total: Some(158_000_000) }],
                lots: &[],
            },
            &["tender_published"],
        )
    },
    Notice {
        form: Form::Table,
        stamped: true,
        ..notice(
            12_809_913,
            datetime(2019, 9, 11, 11, 30, 0, 0),
            "zbgg",
            "安徽演示区城市管理局公共卫生间日常管养服务项目中标公告",
            &TOILETS,
            Says::Award {
                tendered_on: Some(date(2019, 5, 31)),
                awarded_on: Some(date(2019, 9, 10)),
                lots: &[lot(
                    None,
                    "公共卫生间日常管养",
                    &[Supplier {
                        name: "安徽演示保洁服务有限公司", address: "安徽省芜湖市演示路40号"
                    }],
                    309_900_000,
                )],
                lines: &[],
                slip: false,
            },
            &[],
        )
    },
    Notice {
        form: Form::Table,
        ..notice(
            12_812_046,
            datetime(2019, 9, 11, 15, 40, 0, 0),
            "zbgg",
            "广西演示口岸服务中心区块链跨境贸易平台项目中标公告",
            &TRADE,
            Says::Award {
                tendered_on: Some(date(2019, 8, 14)),
                awarded_on: Some(date(2019, 9, 10)),
                lots: &[
                    lot(Some("1"), "区块链跨境贸易平台开发", &[BLOCKS], 251_000_000),
                    lot(Some("2"), "区块链节点与集成", &[LEDGER], 157_600_000),
                ],
                lines: &[],
                slip: false,
            },
            &["awarded", "shifted"],
        )
    },
    Notice {
        form: Form::Table,
        ..notice(
            12_818_330,
            datetime(2019, 9, 12, 9, 30, 0, 0),
            "gzgg",
            "国家演示计量研究院区块链计量数据可信平台项目更正公告",
            &METROLOGY,
            Says::Correction {
                first_on: date(2019, 9, 10),
                moved: &[
                    Moved {
                        item: "投标截止时间", before: "2019年10月08日 09:30", after: "2019年10月15日 09:30"
                    },
                    Moved { item: "开标时间", before: "2019年10月08日 09:30", after: "2019年10月15日 09:30" },
                ],
                of_result: false,
            },
            &["corrected"],
        )
    },
    notice(
        12_824_659,
        datetime(2019, 9, 13, 11, 0, 0, 0),
        "qtgg",
        "黑龙江省演示粮食管理所区块链粮食溯源项目中标候选人公示",
        &GRAIN,
        Says::Candidates { ranked: &[CHAIN, LEDGER, SEALS] },
        &["candidates_listed"],
    ),
    notice(
        12_831_772,
        datetime(2019, 9, 16, 9, 50, 0, 0),
        "zbgg",
        "黑龙江省演示粮食管理所区块链粮食溯源项目中标公告",
        &GRAIN,
        Says::Award {
            tendered_on: Some(date(2019, 8, 20)),
            awarded_on: Some(date(2019, 9, 15)),
            lots: GRAIN_LOT,
            lines: &[],
            slip: false,
        },
        &["awarded", "shifted"],
    ),
    Notice {
        agency: Some("演示招标代理公司"),
        ..notice(
            12_833_508,
            datetime(2019, 9, 16, 14, 0, 0, 0),
            "zbgg",
            "区块链粮食溯源项目结果公告",
            &GRAIN,
            Says::Award {
                tendered_on: Some(date(2019, 8, 20)),
                awarded_on: Some(date(2019, 9, 15)),
                lots: GRAIN_LOT,
                lines: &[],
                slip: false,
            },
            &[],
        )
    },
    notice(
        12_840_117,
        datetime(2019, 9, 17, 10, 10, 0, 0),
        "fblbgg",
        "吉林省演示救助服务站区块链救助资金监管项目废标公告",
        &RELIEF,
        Says::Failed { why: "至投标截止时间，递交投标文件的供应商不足三家。" },
        &["failed"],
    ),
    notice(
        12_848_463,
        datetime(2019, 9, 18, 10, 30, 0, 0),
        "qtgg",
        "上海市演示档案馆区块链电子档案可信管理项目合同公告",
        &ARCHIVES,
        Says::Contract {
            number: Some("YSHT-2019-061"),
            supplier: CHAIN,
            amount: Some(146_000_000),
            signed_on: Some(date(2019, 9, 17)),
        },
        &["contracted"],
    ),
    notice(
        12_855_690,
        datetime(2019, 9, 19, 10, 0, 0, 0),
        "gkzb",
        "吉林省演示救助服务站区块链救助资金监管项目（第二次）公开招标公告",
        &RELIEF,
        Says::Tender { deadline: Some(datetime(2019, 10, 14, 9, 0, 0, 0)), lines: &[], lots: &[] },
        &["retendered"],
    ),
    Notice {
        form: Form::Lines,
        ..notice(
            12_857_925,
            datetime(2019, 9, 19, 15, 30, 0, 0),
            "cjgg",
            "广东省演示政务服务中心区块链电子证照应用项目成交公告",
            &LICENCES,
            Says::Award {
                tendered_on: Some(date(2019, 9, 11)),
                awarded_on: Some(date(2019, 9, 19)),
                lots: &[lot(None, "区块链电子证照应用系统", &[BLOCKS, SEALS], 152_800_000)],
                lines: &[Line { name: "区块链电子证照应用系统", total: Some(152_800_000) }],
                slip: false,
            },
            &["awarded", "shifted"],
        )
    },
    Notice {
        form: Form::Lines,
        ..notice(
            12_861_308,
            datetime(2019, 9, 20, 9, 10, 0, 0),
            "gzgg",
            "广东省演示政务服务中心区块链电子证照应用项目成交结果更正公告",
            &LICENCES,
            Says::Correction {
                first_on: date(2019, 9, 19),
                moved: &[Moved { item: "成交金额", before: "1528000.00元", after: "1498000.00元" }],
                of_result: true,
            },
            &["award_corrected"],
        )
    },
];

/// What a notice brings into the story, for people.
#[must_use]
pub fn told_to_people(id: u32) -> &'static str {
    match id {
        12_801_204 => "A new tender: a trusted platform for measurements, 3.2 million yuan",
        12_808_577 => "A new tender: electronic licences in Guangdong, 1.58 million yuan",
        12_809_913 => "A trap: a cleaning contract whose page only bears a chain's stamp",
        12_812_046 => "An award in two lots to two suppliers, 4.086 million of a budget of 4.2 million yuan",
        12_818_330 => "A correction: the deadline moves by a week",
        12_824_659 => "Candidates are listed while the site shows its challenge",
        12_831_772 => "The award to the first candidate",
        12_833_508 => "A trap: the same award published again under another title",
        12_840_117 => "A procurement is stopped: too few offers",
        12_848_463 => "A contract, a little below its award, while the site is down",
        12_855_690 => "The second round of what was stopped",
        12_857_925 => "An award to a joint bid",
        12_861_308 => "That award is corrected: 1.498 instead of 1.528 million yuan",
        _ => "A notice appears",
    }
}
