//! Purchases and suppliers that exist only in the demonstration. Their names say so, that nobody takes them for real ones.

use super::{Level, Mark, Purchase, Supplier};

const DEVELOPMENT: &str = "服务/信息技术服务/软件开发服务/应用软件开发服务";
const INTEGRATION: &str = "服务/信息技术服务/信息系统集成实施服务";

/// A supplier of the demonstration.
pub const CHAIN: Supplier =
    Supplier { name: "北京演示链科技有限公司", address: "北京市海淀区演示路1号" };
/// Another.
pub const LEDGER: Supplier =
    Supplier { name: "上海演示账本信息技术有限公司", address: "上海市浦东新区演示路2号" };
/// Another.
pub const BLOCKS: Supplier =
    Supplier { name: "深圳演示区块数据有限公司", address: "广东省深圳市南山区演示路3号" };
/// Another.
pub const SEALS: Supplier =
    Supplier { name: "成都演示存证科技有限公司", address: "四川省成都市高新区演示路4号" };
/// Another.
pub const CAMPUS: Supplier =
    Supplier { name: "郑州演示教育科技有限公司", address: "河南省郑州市金水区演示路5号" };

const BASE: Purchase = Purchase {
    title: "",
    buyer: "",
    address: "",
    agency: "演示招标代理有限公司",
    level: Level::Local,
    zone: "",
    zone_code: "",
    region: "",
    items_path: DEVELOPMENT,
    number: None,
    method: "公开招标",
    budget: None,
    wants: "",
    mark: Mark::Invented,
};

/// 上海市演示大学区块链教学实验平台采购项目.
pub static TEACHING: Purchase = Purchase {
    title: "上海市演示大学区块链教学实验平台采购项目",
    buyer: "上海市演示大学",
    address: "上海市杨浦区演示路10号",
    zone: "上海",
    zone_code: "31",
    region: "上海市",
    number: Some("YS-SH-2017-012"),
    method: "竞争性磋商",
    budget: Some(48_000_000),
    wants: "区块链教学实验平台一套，含课程与实训环境。",
    ..BASE
};

/// 广东省演示税务服务中心区块链电子票据试点项目.
pub static INVOICES: Purchase = Purchase {
    title: "广东省演示税务服务中心区块链电子票据试点项目",
    buyer: "广东省演示税务服务中心",
    address: "广东省广州市越秀区演示路11号",
    zone: "广东",
    zone_code: "44",
    region: "广东省",
    number: Some("YSGD2017-0815"),
    budget: Some(98_000_000),
    wants: "区块链电子票据试点系统的开发与一年运维。",
    ..BASE
};

/// 山东省演示农业服务站农产品区块链溯源项目.
pub static TRACING: Purchase = Purchase {
    title: "山东省演示农业服务站农产品区块链溯源项目",
    buyer: "山东省演示农业服务站",
    address: "山东省济南市历下区演示路12号",
    zone: "山东",
    zone_code: "37",
    region: "济南市",
    number: Some("YSSD-2018-007"),
    budget: Some(120_000_000),
    wants: "农产品区块链溯源平台与追溯标签。",
    ..BASE
};

/// 四川省演示仲裁服务中心区块链电子存证平台建设项目.
pub static COURT: Purchase = Purchase {
    title: "四川省演示仲裁服务中心区块链电子存证平台建设项目",
    buyer: "四川省演示仲裁服务中心",
    address: "四川省成都市青羊区演示路13号",
    zone: "四川",
    zone_code: "51",
    region: "成都市",
    items_path: INTEGRATION,
    number: Some("YSSC[2018]0466号"),
    budget: Some(300_000_000),
    wants: "区块链电子存证平台，分三包采购。",
    ..BASE
};

/// 国家演示标准研究院区块链互操作标准验证项目.
pub static STANDARDS: Purchase = Purchase {
    title: "国家演示标准研究院区块链互操作标准验证项目",
    buyer: "国家演示标准研究院",
    address: "北京市海淀区演示路14号",
    level: Level::Central,
    zone: "北京",
    zone_code: "11",
    region: "北京市",
    number: Some("YSZY-2018-231"),
    method: "单一来源",
    budget: Some(65_000_000),
    wants: "区块链互操作标准的验证环境。",
    ..BASE
};

/// 云南省演示旅游服务中心区块链诚信旅游平台项目.
pub static TOURISM: Purchase = Purchase {
    title: "云南省演示旅游服务中心区块链诚信旅游平台项目",
    buyer: "云南省演示旅游服务中心",
    address: "云南省昆明市五华区演示路15号",
    zone: "云南",
    zone_code: "53",
    region: "云南省",
    number: Some("YSYN2018-G1-0093"),
    budget: Some(180_000_000),
    wants: "区块链诚信旅游平台的开发。",
    ..BASE
};

/// 河南省演示不动产登记中心区块链数据共享项目.
pub static LAND: Purchase = Purchase {
    title: "河南省演示不动产登记中心区块链数据共享项目",
    buyer: "河南省演示不动产登记中心",
    address: "河南省郑州市金水区演示路16号",
    zone: "河南",
    zone_code: "41",
    region: "郑州市",
    number: Some("豫演采-2019-18"),
    method: "竞争性磋商",
    budget: Some(210_000_000),
    wants: "以区块链共享不动产登记数据。",
    ..BASE
};

/// 湖北省演示港航管理站区块链电子提单项目.
pub static PORT: Purchase = Purchase {
    title: "湖北省演示港航管理站区块链电子提单项目",
    buyer: "湖北省演示港航管理站",
    address: "湖北省武汉市江岸区演示路17号",
    zone: "湖北",
    zone_code: "42",
    region: "武汉市",
    number: Some("YSHB-1904-CG033"),
    budget: Some(76_000_000),
    wants: "区块链电子提单系统。",
    ..BASE
};

/// Awarded before the story; its contract appears in it.
pub static ARCHIVES: Purchase = Purchase {
    title: "上海市演示档案馆区块链电子档案可信管理项目",
    buyer: "上海市演示档案馆",
    address: "上海市黄浦区演示路18号",
    zone: "上海",
    zone_code: "31",
    region: "上海市",
    number: Some("YS-SH-2019-061"),
    budget: Some(150_000_000),
    wants: "区块链电子档案可信管理系统。",
    ..BASE
};

/// Tendering when the story begins; awarded in it, lot by lot.
pub static TRADE: Purchase = Purchase {
    title: "广西演示口岸服务中心区块链跨境贸易平台项目",
    buyer: "广西演示口岸服务中心",
    address: "广西壮族自治区南宁市青秀区演示路19号",
    zone: "广西",
    zone_code: "45",
    region: "广西壮族自治区",
    items_path: INTEGRATION,
    number: Some("GXYS2019-G3-00417"),
    budget: Some(420_000_000),
    wants: "区块链跨境贸易平台，分两包采购：第1包平台开发，第2包节点与集成。",
    ..BASE
};

/// Tendering when the story begins; stopped in it, and tendered again.
pub static RELIEF: Purchase = Purchase {
    title: "吉林省演示救助服务站区块链救助资金监管项目",
    buyer: "吉林省演示救助服务站",
    address: "吉林省长春市朝阳区演示路20号",
    zone: "吉林",
    zone_code: "22",
    region: "长春市",
    number: Some("YSJL-2019-0388"),
    budget: Some(88_000_000),
    wants: "区块链救助资金监管系统。",
    ..BASE
};

/// Tendering when the story begins; candidates and the award follow in it.
pub static GRAIN: Purchase = Purchase {
    title: "黑龙江省演示粮食管理所区块链粮食溯源项目",
    buyer: "黑龙江省演示粮食管理所",
    address: "黑龙江省哈尔滨市南岗区演示路21号",
    zone: "黑龙江",
    zone_code: "23",
    region: "哈尔滨市",
    number: Some("[230001]YSZB[GK]20190072"),
    budget: Some(135_000_000),
    wants: "区块链粮食溯源系统。",
    ..BASE
};

/// 河南演示学院智慧校园设备采购项目.
pub static SMART_CAMPUS: Purchase = Purchase {
    title: "河南演示学院智慧校园设备采购项目",
    buyer: "河南演示学院",
    address: "河南省新乡市演示路22号",
    zone: "河南",
    zone_code: "41",
    region: "新乡市",
    items_path: "货物/通用设备/计算机设备及软件/计算机设备",
    number: Some("YSHN-2019-02-115"),
    method: "询价",
    budget: Some(260_000_000),
    wants: "智慧校园设备一批，包括服务器、交换机、多媒体教室、物联网实训箱、区块链实训软件与机房改造。",
    ..BASE
};

/// What has nothing to do with chains, except the stamp that the platform puts under every page.
pub static TOILETS: Purchase = Purchase {
    title: "安徽演示区城市管理局公共卫生间日常管养服务项目",
    buyer: "安徽演示区城市管理局",
    address: "安徽省芜湖市弋江区演示路23号",
    zone: "安徽",
    zone_code: "34",
    region: "芜湖市",
    items_path: "服务/环境服务/清扫服务",
    number: Some("YSWH-2019-0531"),
    budget: Some(315_880_100),
    wants: "公共卫生间的日常保洁与养护。",
    ..BASE
};
