//! What stood on the site before the story begins, invented for the demonstration: the turns that real procurements take. An award
//! published twice, a failure and its second round, lots of which one fails, a corrected budget, a contract below its award, a
//! summary with a slipped unit, a mere mention and a page that is only stamped by a chain.

use jiff::civil::{Date, DateTime, date, datetime};

use super::purchases::{
    ARCHIVES, BLOCKS, CHAIN, COURT, GRAIN, INVOICES, LAND, LEDGER, PORT, RELIEF, SEALS, SMART_CAMPUS, STANDARDS,
    TEACHING, TOILETS, TOURISM, TRACING, TRADE,
};
use super::{Form, Line, Lot, Moved, Notice, Purchase, Says, Supplier};

const fn notice(
    id: u32,
    at: DateTime,
    channel: &'static str,
    title: &'static str,
    purchase: &'static Purchase,
    says: Says,
) -> Notice {
    Notice { id, at, channel, title, agency: None, form: Form::Older, purchase, says, stamped: false, tells: &[] }
}

const fn tender(deadline: DateTime) -> Says {
    Says::Tender { deadline: Some(deadline), lines: &[], lots: &[] }
}

const fn award(tendered_on: Date, awarded_on: Date, lots: &'static [Lot]) -> Says {
    Says::Award { tendered_on: Some(tendered_on), awarded_on: Some(awarded_on), lots, lines: &[], slip: false }
}

const fn won(title: &'static str, winners: &'static [Supplier], amount: i64) -> Lot {
    Lot { label: None, title, winners, amount: Some(amount), failed: None }
}

const fn lot(label: &'static str, title: &'static str, winners: &'static [Supplier], amount: i64) -> Lot {
    Lot { label: Some(label), title, winners, amount: Some(amount), failed: None }
}

const INVOICES_LOT: &[Lot] = &[won("区块链电子票据试点系统", &[BLOCKS], 95_600_000)];

/// The notices, oldest first.
pub static NOTICES: &[Notice] = &[
    notice(
        8_270_613,
        datetime(2017, 5, 18, 9, 20, 0, 0),
        "jzxcs",
        "上海市演示大学区块链教学实验平台采购项目竞争性磋商公告",
        &TEACHING,
        tender(datetime(2017, 6, 5, 13, 30, 0, 0)),
    ),
    notice(
        8_402_977,
        datetime(2017, 6, 12, 15, 41, 0, 0),
        "cjgg",
        "上海市演示大学区块链教学实验平台采购项目成交公告",
        &TEACHING,
        award(date(2017, 5, 18), date(2017, 6, 9), &[won("区块链教学实验平台", &[LEDGER], 46_800_000)]),
    ),
    notice(
        8_911_406,
        datetime(2017, 9, 20, 11, 3, 0, 0),
        "gkzb",
        "广东省演示税务服务中心区块链电子票据试点项目公开招标公告",
        &INVOICES,
        tender(datetime(2017, 10, 12, 9, 30, 0, 0)),
    ),
    notice(
        9_038_512,
        datetime(2017, 10, 17, 10, 12, 0, 0),
        "zbgg",
        "广东省演示税务服务中心区块链电子票据试点项目中标公告",
        &INVOICES,
        award(date(2017, 9, 20), date(2017, 10, 16), INVOICES_LOT),
    ),
    Notice {
        agency: Some("演示招标代理公司"),
        ..notice(
            9_038_766,
            datetime(2017, 10, 17, 10, 55, 0, 0),
            "zbgg",
            "区块链电子票据试点项目结果公告",
            &INVOICES,
            award(date(2017, 9, 20), date(2017, 10, 16), INVOICES_LOT),
        )
    },
    notice(
        9_704_128,
        datetime(2018, 3, 5, 14, 26, 0, 0),
        "gkzb",
        "山东省演示农业服务站农产品区块链溯源项目公开招标公告",
        &TRACING,
        tender(datetime(2018, 3, 27, 9, 0, 0, 0)),
    ),
    notice(
        9_812_640,
        datetime(2018, 3, 28, 16, 50, 0, 0),
        "fblbgg",
        "山东省演示农业服务站农产品区块链溯源项目废标公告",
        &TRACING,
        Says::Failed { why: "有效投标人不足三家。" },
    ),
    notice(
        9_902_457,
        datetime(2018, 4, 16, 9, 8, 0, 0),
        "gkzb",
        "山东省演示农业服务站农产品区块链溯源项目（第二次）公开招标公告",
        &TRACING,
        tender(datetime(2018, 5, 8, 9, 0, 0, 0)),
    ),
    notice(
        9_998_230,
        datetime(2018, 5, 11, 10, 34, 0, 0),
        "zbgg",
        "山东省演示农业服务站农产品区块链溯源项目（第二次）中标公告",
        &TRACING,
        award(date(2018, 4, 16), date(2018, 5, 10), &[won("农产品区块链溯源平台", &[CHAIN], 116_500_000)]),
    ),
    Notice {
        form: Form::Table,
        ..notice(
            10_112_905,
            datetime(2018, 6, 6, 8, 57, 0, 0),
            "gkzb",
            "四川省演示仲裁服务中心区块链电子存证平台建设项目公开招标公告",
            &COURT,
            Says::Tender {
                deadline: Some(datetime(2018, 6, 28, 10, 0, 0, 0)),
                lines: &[],
                lots: &[
                    Line { name: "区块链存证平台", total: Some(120_000_000) },
                    Line { name: "区块链节点设备", total: Some(100_000_000) },
                    Line { name: "区块链安全服务", total: Some(80_000_000) },
                ],
            },
        )
    },
    Notice {
        form: Form::Table,
        ..notice(
            10_260_733,
            datetime(2018, 7, 3, 17, 15, 0, 0),
            "zbgg",
            "四川省演示仲裁服务中心区块链电子存证平台建设项目中标公告",
            &COURT,
            award(
                date(2018, 6, 6),
                date(2018, 7, 2),
                &[
                    lot("1", "区块链存证平台", &[SEALS], 118_000_000),
                    lot("2", "区块链节点设备", &[CHAIN], 97_350_000),
                    Lot {
                        label: Some("3"),
                        title: "区块链安全服务",
                        winners: &[],
                        amount: None,
                        failed: Some("有效投标人不足三家"),
                    },
                ],
            ),
        )
    },
    notice(
        10_774_301,
        datetime(2018, 10, 9, 10, 10, 0, 0),
        "dylygg",
        "国家演示标准研究院区块链互操作标准验证项目单一来源公示",
        &STANDARDS,
        Says::SingleSource {
            proposed: CHAIN, why: "验证环境须与既有系统保持一致，只能从原供应商处采购。"
        },
    ),
    notice(
        10_866_019,
        datetime(2018, 10, 25, 14, 44, 0, 0),
        "cjgg",
        "国家演示标准研究院区块链互操作标准验证项目成交公告",
        &STANDARDS,
        award(date(2018, 10, 9), date(2018, 10, 24), &[won("区块链互操作标准验证环境", &[CHAIN], 64_000_000)]),
    ),
    notice(
        11_010_244,
        datetime(2018, 11, 15, 9, 27, 0, 0),
        "gkzb",
        "云南省演示旅游服务中心区块链诚信旅游平台项目公开招标公告",
        &TOURISM,
        tender(datetime(2018, 12, 6, 9, 30, 0, 0)),
    ),
    notice(
        11_064_870,
        datetime(2018, 11, 23, 16, 31, 0, 0),
        "gzgg",
        "云南省演示旅游服务中心区块链诚信旅游平台项目更正公告",
        &TOURISM,
        Says::Correction {
            first_on: date(2018, 11, 15),
            moved: &[
                Moved { item: "预算金额", before: "1800000.00元", after: "1950000.00元" },
                Moved { item: "开标时间", before: "2018年12月06日 09:30", after: "2018年12月13日 09:30" },
            ],
            of_result: false,
        },
    ),
    notice(
        11_228_606,
        datetime(2018, 12, 18, 11, 49, 0, 0),
        "zbgg",
        "云南省演示旅游服务中心区块链诚信旅游平台项目中标公告",
        &TOURISM,
        award(date(2018, 11, 15), date(2018, 12, 17), &[won("区块链诚信旅游平台", &[SEALS], 188_800_000)]),
    ),
    Notice {
        form: Form::Lines,
        ..notice(
            11_451_392,
            datetime(2019, 1, 28, 10, 6, 0, 0),
            "jzxcs",
            "河南省演示不动产登记中心区块链数据共享项目竞争性磋商公告",
            &LAND,
            tender(datetime(2019, 2, 15, 9, 0, 0, 0)),
        )
    },
    Notice {
        form: Form::Lines,
        ..notice(
            11_507_728,
            datetime(2019, 2, 21, 15, 22, 0, 0),
            "cjgg",
            "河南省演示不动产登记中心区块链数据共享项目成交公告",
            &LAND,
            award(date(2019, 1, 28), date(2019, 2, 20), &[won("区块链数据共享系统", &[LEDGER, BLOCKS], 205_000_000)]),
        )
    },
    Notice {
        form: Form::Lines,
        ..notice(
            11_566_115,
            datetime(2019, 3, 6, 9, 52, 0, 0),
            "qtgg",
            "河南省演示不动产登记中心区块链数据共享项目合同公告",
            &LAND,
            Says::Contract {
                number: Some("YSHT-2019-018"),
                supplier: LEDGER,
                amount: Some(204_000_000),
                signed_on: Some(date(2019, 3, 5)),
            },
        )
    },
    notice(
        11_601_882,
        datetime(2019, 3, 15, 13, 37, 0, 0),
        "xjgg",
        "河南演示学院智慧校园设备采购项目询价公告",
        &SMART_CAMPUS,
        tender(datetime(2019, 3, 25, 9, 0, 0, 0)),
    ),
    notice(
        11_696_530,
        datetime(2019, 4, 3, 10, 29, 0, 0),
        "gkzb",
        "湖北省演示港航管理站区块链电子提单项目公开招标公告",
        &PORT,
        tender(datetime(2019, 4, 24, 9, 30, 0, 0)),
    ),
    notice(
        11_845_067,
        datetime(2019, 4, 29, 16, 14, 0, 0),
        "zbgg",
        "湖北省演示港航管理站区块链电子提单项目中标公告",
        &PORT,
        Says::Award {
            tendered_on: Some(date(2019, 4, 3)),
            awarded_on: Some(date(2019, 4, 28)),
            lots: &[won("区块链电子提单系统", &[BLOCKS], 73_500_000)],
            lines: &[],
            slip: true,
        },
    ),
    Notice {
        form: Form::Table,
        stamped: true,
        ..notice(
            11_970_514,
            datetime(2019, 5, 31, 11, 11, 0, 0),
            "gkzb",
            "安徽演示区城市管理局公共卫生间日常管养服务项目招标公告",
            &TOILETS,
            tender(datetime(2019, 6, 21, 9, 0, 0, 0)),
        )
    },
    notice(
        12_075_649,
        datetime(2019, 6, 14, 9, 39, 0, 0),
        "gkzb",
        "上海市演示档案馆区块链电子档案可信管理项目公开招标公告",
        &ARCHIVES,
        tender(datetime(2019, 7, 5, 9, 30, 0, 0)),
    ),
    notice(
        12_231_880,
        datetime(2019, 7, 12, 14, 58, 0, 0),
        "zbgg",
        "上海市演示档案馆区块链电子档案可信管理项目中标公告",
        &ARCHIVES,
        award(date(2019, 6, 14), date(2019, 7, 11), &[won("区块链电子档案可信管理系统", &[CHAIN], 147_000_000)]),
    ),
    Notice {
        form: Form::Table,
        ..notice(
            12_603_347,
            datetime(2019, 8, 14, 10, 21, 0, 0),
            "gkzb",
            "广西演示口岸服务中心区块链跨境贸易平台项目公开招标公告",
            &TRADE,
            Says::Tender {
                deadline: Some(datetime(2019, 9, 6, 9, 30, 0, 0)),
                lines: &[],
                lots: &[
                    Line { name: "区块链跨境贸易平台开发", total: Some(260_000_000) },
                    Line { name: "区块链节点与集成", total: Some(160_000_000) },
                ],
            },
        )
    },
    notice(
        12_650_098,
        datetime(2019, 8, 20, 15, 5, 0, 0),
        "gkzb",
        "黑龙江省演示粮食管理所区块链粮食溯源项目公开招标公告",
        &GRAIN,
        tender(datetime(2019, 9, 11, 9, 0, 0, 0)),
    ),
    notice(
        12_688_931,
        datetime(2019, 8, 26, 9, 47, 0, 0),
        "gkzb",
        "吉林省演示救助服务站区块链救助资金监管项目公开招标公告",
        &RELIEF,
        tender(datetime(2019, 9, 17, 9, 0, 0, 0)),
    ),
];
