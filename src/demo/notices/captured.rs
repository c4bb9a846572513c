//! Notices of the site's own past that are not of the topic: an award with its contract notice, an award published twice within a
//! quarter of an hour, a printing contract. A watcher of another topic sees them; one of blockchain must not.

use jiff::civil::{date, datetime};

use super::{Form, Level, Lot, Mark, Notice, Purchase, Says, Supplier};

const YIHUI: Supplier =
    Supplier { name: "医惠科技有限公司", address: "浙江省杭州市滨江区东信大道66号" };

static WARDS: Purchase = Purchase {
    title: "北京市普仁医院移动查房和护理系统项目",
    buyer: "北京市普仁医院",
    address: "北京市东城区",
    agency: "北京国际贸易公司",
    level: Level::Local,
    zone: "北京",
    zone_code: "11",
    region: "北京市",
    items_path: "服务/信息技术服务/其他信息技术服务",
    number: None,
    method: "公开招标",
    budget: Some(170_000_000),
    wants: "移动查房和护理系统一套。",
    mark: Mark::Rebuilt,
};

static ASSETS: Purchase = Purchase {
    title: "北京市房山区良乡医院固定资产及物资管理系统项目",
    buyer: "北京市房山区良乡医院",
    address: "北京市房山区",
    agency: "北京国际工程咨询有限公司",
    items_path: "服务/其他服务",
    budget: None,
    wants: "固定资产及物资管理系统一套。",
    ..WARDS
};

static PRINTING: Purchase = Purchase {
    title: "新乡学院2019年公务印刷（其他印刷品）项目",
    buyer: "新乡学院",
    address: "河南省新乡市",
    agency: "新乡市公共资源交易管理中心",
    zone: "河南",
    zone_code: "41",
    region: "新乡市",
    items_path: "",
    budget: None,
    wants: "公务印刷品。",
    ..WARDS
};

const fn notice(
    id: u32,
    at: jiff::civil::DateTime,
    channel: &'static str,
    title: &'static str,
    purchase: &'static Purchase,
    says: Says,
) -> Notice {
    Notice { id, at, channel, title, agency: None, form: Form::Older, purchase, says, stamped: false, tells: &[] }
}

const fn won(awarded_on: jiff::civil::Date, lots: &'static [Lot]) -> Says {
    Says::Award { tendered_on: None, awarded_on: Some(awarded_on), lots, lines: &[], slip: false }
}

const ASSETS_LOT: Lot =
    Lot {
        label: None, title: "固定资产及物资管理系统", winners: &[YIHUI], amount: Some(84_970_000), failed: None
    };

/// The notices, oldest first.
pub static NOTICES: &[Notice] = &[
    notice(
        9_151_152,
        datetime(2017, 11, 13, 16, 7, 19, 0),
        "zbgg",
        "北京市普仁医院移动查房和护理系统项目中标公告",
        &WARDS,
        won(
            date(2017, 11, 13),
            &[Lot {
                label: None,
                title: "移动查房和护理系统",
                winners: &[YIHUI],
                amount: Some(168_995_000),
                failed: None,
            }],
        ),
    ),
    Notice {
        agency: Some("北京国际工程咨询公司"),
        ..notice(
            9_155_408,
            datetime(2017, 11, 14, 9, 43, 4, 0),
            "zbgg",
            "北京市房山区良乡医院固定资产及物资管理系统项目中标公告",
            &ASSETS,
            won(date(2017, 11, 13), &[ASSETS_LOT]),
        )
    },
    notice(
        9_155_599,
        datetime(2017, 11, 14, 9, 57, 24, 0),
        "zbgg",
        "北京市房山区良乡医院固定资产及物资管理系统项目中标公告",
        &ASSETS,
        won(date(2017, 11, 13), &[ASSETS_LOT]),
    ),
    notice(
        9_299_755,
        datetime(2017, 12, 7, 18, 7, 35, 0),
        "qtgg",
        "北京市普仁医院移动查房和护理系统项目合同公告",
        &WARDS,
        Says::Contract { number: None, supplier: YIHUI, amount: None, signed_on: None },
    ),
    notice(
        11_520_087,
        datetime(2019, 2, 27, 10, 29, 0, 0),
        "zbgg",
        "新乡学院2019年公务印刷（其他印刷品）项目结果公告",
        &PRINTING,
        won(
            date(2019, 2, 27),
            &[Lot { label: None, title: "公务印刷", winners: &[], amount: Some(54_745_000), failed: None }],
        ),
    ),
];
