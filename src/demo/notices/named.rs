//! The projects and suppliers that the study of 2019 names, rebuilt as notices: names, the two dates and the two amounts that it tells
//! are real. What it does not tell (amounts, numbers, addresses) is left undisclosed; the page says that it is rebuilt.

use jiff::civil::datetime;

use super::{Form, Level, Line, Lot, Mark, Notice, Purchase, Says, Supplier};

const SERVICE: &str = "服务/信息技术服务/软件开发服务/应用软件开发服务";

const fn supplier(name: &'static str) -> Supplier {
    Supplier { name, address: "" }
}

const fn central(title: &'static str, buyer: &'static str, wants: &'static str) -> Purchase {
    Purchase {
        title,
        buyer,
        address: "",
        agency: "",
        level: Level::Central,
        zone: "北京",
        zone_code: "11",
        region: "北京市",
        items_path: SERVICE,
        number: None,
        method: "公开招标",
        budget: None,
        wants,
        mark: Mark::Rebuilt,
    }
}

const fn local(place: [&'static str; 3], title: &'static str, buyer: &'static str, wants: &'static str) -> Purchase {
    let [zone, zone_code, region] = place;
    Purchase { level: Level::Local, zone, zone_code, region, ..central(title, buyer, wants) }
}

const BEIJING: [&str; 3] = ["北京", "11", "北京市"];

static TSINGHUA: Purchase = Purchase {
    budget: Some(90_000_000),
    ..central(
        "电子商务交易技术国家工程实验室基于区块链的数据保护系统采购项目",
        "清华大学",
        "建设基于区块链的数据保护系统一套。",
    )
};

static LOTTERY: Purchase = central(
    "基于区块链智能合约的电子彩票研究项目",
    "中国福利彩票发行管理中心",
    "以区块链智能合约技术研究电子彩票的发行与兑付。",
);

static GANSU: Purchase = local(
    ["甘肃", "62", "甘肃省"],
    "基于区块链的导游服务和旅游商品销售可信平台项目",
    "甘肃省旅游发展委员会",
    "建设导游服务与旅游商品销售的区块链可信平台。",
);

static CUSTOMS: Purchase =
    central("海关区块链应用咨询服务项目", "全国海关信息中心", "就区块链技术在海关业务中的应用提供咨询。");

static REVIEW: Purchase =
    central("区块链安全审查技术研究项目", "中国网络安全审查技术与认证中心", "研究区块链产品与服务的安全审查技术。");

static FILING: Purchase =
    central("区块链信息服务备案管理系统建设项目", "国家互联网信息办公室", "建设区块链信息服务备案管理系统。");

static ACTION_PLAN: Purchase = local(
    BEIJING,
    "北京大数据行动计划区块链目录体系建设项目",
    "北京市经济和信息化局",
    "以区块链支撑大数据行动计划的职责目录与数据共享。",
);

static HAIDIAN: Purchase = local(
    BEIJING,
    "海淀区“一网通办”平台建设项目",
    "北京市海淀区政务服务管理局",
    "建设全区统一的政务服务平台，其中包含区块链应用部分。",
);

static UNTOLD_A: Purchase =
    central("区块链应用服务采购项目（研究未载明名称之一）", "公开报道未载明的采购单位甲", "区块链应用服务。");

static UNTOLD_B: Purchase =
    central("区块链平台集成采购项目（研究未载明名称之二）", "公开报道未载明的采购单位乙", "区块链平台集成。");

static UNTOLD_C: Purchase =
    central("区块链存证服务采购项目（研究未载明名称之三）", "公开报道未载明的采购单位丙", "区块链存证服务。");

static UNTOLD_D: Purchase =
    central("区块链云服务采购项目（研究未载明名称之四）", "公开报道未载明的采购单位丁", "区块链云服务。");

const fn tender(lines: &'static [Line]) -> Says {
    Says::Tender { deadline: None, lines, lots: &[] }
}

const fn award(lots: &'static [Lot]) -> Says {
    Says::Award { tendered_on: None, awarded_on: None, lots, lines: &[], slip: false }
}

const fn won(title: &'static str, winners: &'static [Supplier]) -> Lot {
    Lot { label: None, title, winners, amount: None, failed: None }
}

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

/// The notices, oldest first.
pub static NOTICES: &[Notice] = &[
    notice(
        7_690_211,
        datetime(2016, 12, 12, 10, 5, 0, 0),
        "gkzb",
        "清华大学电子商务交易技术国家工程实验室基于区块链的数据保护系统采购项目公开招标公告",
        &TSINGHUA,
        tender(&[]),
    ),
    notice(
        9_871_034,
        datetime(2018, 4, 10, 9, 42, 0, 0),
        "jzxcs",
        "中国福利彩票发行管理中心基于区块链智能合约的电子彩票研究项目竞争性磋商公告",
        &LOTTERY,
        tender(&[]),
    ),
    notice(
        10_043_377,
        datetime(2018, 5, 24, 15, 18, 0, 0),
        "gkzb",
        "甘肃省旅游发展委员会基于区块链的导游服务和旅游商品销售可信平台项目公开招标公告",
        &GANSU,
        tender(&[]),
    ),
    notice(
        10_688_120,
        datetime(2018, 9, 20, 11, 26, 0, 0),
        "cjgg",
        "全国海关信息中心海关区块链应用咨询服务项目成交公告",
        &CUSTOMS,
        award(&[won("海关区块链应用咨询服务", &[supplier("安永（中国）企业咨询有限公司")])]),
    ),
    notice(
        10_812_555,
        datetime(2018, 10, 16, 16, 2, 0, 0),
        "zbgg",
        "区块链应用服务采购项目（研究未载明名称之一）中标公告",
        &UNTOLD_A,
        award(&[won("区块链应用服务", &[supplier("联动优势科技有限公司")])]),
    ),
    notice(
        11_055_902,
        datetime(2018, 11, 22, 10, 47, 0, 0),
        "cjgg",
        "中国网络安全审查技术与认证中心区块链安全审查技术研究项目成交公告",
        &REVIEW,
        award(&[won("区块链安全审查技术研究", &[supplier("北京邮电大学")])]),
    ),
    notice(
        11_402_318,
        datetime(2019, 1, 17, 9, 33, 0, 0),
        "cjgg",
        "国家互联网信息办公室区块链信息服务备案管理系统建设项目成交公告",
        &FILING,
        award(&[won("区块链信息服务备案管理系统", &[supplier("国家计算机网络与信息安全管理中心")])]),
    ),
    notice(
        11_587_460,
        datetime(2019, 3, 12, 14, 9, 0, 0),
        "zbgg",
        "区块链平台集成采购项目（研究未载明名称之二）中标公告",
        &UNTOLD_B,
        award(&[won("区块链平台集成", &[supplier("太极计算机股份有限公司")])]),
    ),
    notice(
        11_760_741,
        datetime(2019, 4, 18, 10, 58, 0, 0),
        "zbgg",
        "北京市经济和信息化局北京大数据行动计划区块链目录体系建设项目中标公告",
        &ACTION_PLAN,
        award(&[won("区块链目录体系", &[supplier("华为技术有限公司")])]),
    ),
    notice(
        11_934_006,
        datetime(2019, 5, 23, 17, 21, 0, 0),
        "cjgg",
        "区块链存证服务采购项目（研究未载明名称之三）成交公告",
        &UNTOLD_C,
        award(&[won("区块链存证服务", &[supplier("浙江数秦科技有限公司")])]),
    ),
    notice(
        12_188_253,
        datetime(2019, 7, 4, 9, 15, 0, 0),
        "zbgg",
        "区块链云服务采购项目（研究未载明名称之四）中标公告",
        &UNTOLD_D,
        award(&[won("区块链云服务", &[supplier("腾讯云计算（北京）有限责任公司")])]),
    ),
    notice(
        12_560_919,
        datetime(2019, 8, 7, 18, 30, 0, 0),
        "gkzb",
        "海淀区“一网通办”平台建设项目公开招标公告",
        &HAIDIAN,
        tender(&[
            Line { name: "区块链应用部分", total: Some(2_708_000_000) },
            Line { name: "平台其余部分", total: None },
        ]),
    ),
];
