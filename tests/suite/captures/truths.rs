//! What was read by eye in the captures of the Chinese site, and in its description of them (MANIFEST).

/// What is true of one page. An empty text is a truth not known here.
#[derive(Clone, Copy)]
pub(crate) struct Truth {
    pub page: &'static str,
    pub kind: &'static str,
    pub published: &'static str,
    pub buyer: &'static str,
    pub region: &'static str,
    pub number: &'static str,
    /// `disclosed` as the figure, else the state's word.
    pub budget: &'static str,
    pub award: &'static str,
    pub winners: &'static [&'static str],
}

pub(super) const UNKNOWN: Truth =
    Truth { page: "", kind: "", published: "", buyer: "", region: "", number: "", budget: "", award: "", winners: &[] };

/// The HTML pages, from MANIFEST.
pub(crate) const PAGES: &[Truth] = &[
    Truth {
        page: "tender_2026-06_yunnan.html",
        kind: "tender",
        published: "2026-06-02T10:26:00+08:00",
        buyer: "云南能源职业技术学院",
        region: "云南省",
        number: "YNZC2026-G1-02904-QJDH-0010",
        budget: "3750000",
        award: "not_applicable",
        ..UNKNOWN
    },
    Truth {
        page: "award_2025-05_shenzhen_longhua_rendered.html",
        kind: "award",
        published: "2025-05-27T20:20:00+08:00",
        buyer: "深圳市龙华科技实验高级中学",
        region: "龙华区",
        number: "LHACG2025000057",
        award: "6687920",
        winners: &["深圳市金龙空调电器有限公司"],
        ..UNKNOWN
    },
    Truth {
        page: "award_2026-09_central_pumch.html",
        kind: "award",
        published: "2026-09-29T09:22:00+08:00",
        buyer: "中国医学科学院北京协和医院",
        region: "北京市",
        number: "0701-264106070107",
        award: "1820000",
        winners: &["北京若华医疗器械有限公司"],
        ..UNKNOWN
    },
    Truth {
        page: "correction_2026-09_beijing_package.html",
        kind: "correction",
        published: "2026-09-24T15:32:00+08:00",
        buyer: "北京市丰盛中医骨伤专科医院",
        region: "北京市",
        number: "11010226210200025327-XM001",
        budget: "undisclosed",
        award: "not_applicable",
        ..UNKNOWN
    },
    Truth {
        page: "award_2025-06_guizhou_excerpt.html",
        kind: "award",
        published: "2025-06-27T17:52:00+08:00",
        buyer: "清镇市麦格苗族布依族乡人民政府",
        region: "贵州省",
        number: "LKZX2025-CG013",
        award: "569800",
        winners: &["江苏新煦光电科技有限公司"],
        ..UNKNOWN
    },
    Truth {
        page: "result_2026-09_liaoning_allfailed_excerpt.html",
        kind: "failed",
        published: "2026-09-29T10:33:00+08:00",
        buyer: "岫岩满族自治县中心人民医院",
        region: "岫岩满族自治县",
        number: "JH26-210323-00239",
        award: "undisclosed",
        ..UNKNOWN
    },
    Truth {
        page: "award_2026-09_heilongjiang_excerpt.html",
        kind: "award",
        published: "2026-09-29T12:26:00+08:00",
        buyer: "林口县中医院",
        region: "林口县",
        number: "[231025]FAGC[GK]20260002",
        award: "1430000",
        winners: &["国药集团黑龙江医疗器械有限公司"],
        ..UNKNOWN
    },
    Truth {
        page: "award_2026-09_tianjin_excerpt.html",
        kind: "award",
        published: "2026-09-28T23:50:00+08:00",
        buyer: "天津市第五中心医院",
        region: "滨海新区",
        number: "XCSD-2026-A-589",
        award: "13950000",
        winners: &["天津市联大医用设备有限公司"],
        ..UNKNOWN
    },
    Truth {
        page: "award_2019-02_xinxiang_table_excerpt.html",
        kind: "award",
        published: "2019-02-27T10:29:00+08:00",
        buyer: "新乡学院",
        region: "新乡市",
        award: "547450",
        ..UNKNOWN
    },
];

const fn tender(page: &'static str, buyer: &'static str, number: &'static str, budget: &'static str) -> Truth {
    Truth { page, kind: "tender", buyer, number, budget, award: "not_applicable", ..UNKNOWN }
}

const fn correction(page: &'static str, buyer: &'static str, number: &'static str) -> Truth {
    Truth { page, kind: "correction", buyer, number, budget: "undisclosed", award: "not_applicable", ..UNKNOWN }
}

const fn award(
    page: &'static str,
    buyer: &'static str,
    number: &'static str,
    award: &'static str,
    winners: &'static [&'static str],
) -> Truth {
    Truth { page, kind: "award", buyer, number, award, winners, ..UNKNOWN }
}

/// The twenty notices of 2026-05-15, from MANIFEST, in their order.
pub(super) const TWENTY: &[Truth] = &[
    tender("0", "赣州市妇幼保健院", "JXHCGC2026-GZ-J006", "797217"),
    tender("1", "铜陵市铜官区新城办事处", "TLCG2026SF041", "1450000"),
    correction("2", "什邡市民政局", "N5106822026000046"),
    award(
        "3",
        "陕西省交通运输工程质量监测鉴定站",
        "XBMH2026-063",
        "1959339.7",
        &["中路高科交通检测检验认证有限公司", "中咨公路养护检测技术有限公司"],
    ),
    tender("4", "成都市新津区人民法院", "N5101012026000448", "1000000"),
    tender("5", "成都市交通运输局", "N5101012026000471", "700000"),
    tender("6", "陕西神木能源神北航天矿用装备有限公司", "STZHCG2026-04", "810000"),
    tender("7", "省财政厅机关后勤服务中心", "ZCZX-ZB20260502", "3060758.33"),
    award(
        "8",
        "松阳县职业中等专业学校",
        "331124263030080000009-浙金丽招2026046号",
        "620000",
        &["中国电信股份有限公司丽水分公司"],
    ),
    award("9", "绍兴市越城区人民法院", "330602261390010000010-JL2026-A-28", "618888", &["南京森研信息科技有限公司"]),
    correction("10", "舟山市定海区人民政府千岛街道办事处", "330900265032090000011-0773-2641GNZSHWGK1052"),
    correction("11", "托克逊县教育局", "TKXZFCG(GK)JCZX2026-032"),
    correction("12", "扶风县扶风小学", "FFCG-2026-01"),
    tender("13", "北海市120急救指挥中心", "BHZC2026-C3-990094-GXYX", "1894653.95"),
    tender("14", "彭州市规划和自然资源局", "N5101822026000106", "1540000"),
    correction("15", "榆中县第一人民医院", "榆中财采备字[2025]01188号(YZXDYRMYY-2025043).1B2"),
    correction("16", "杭锦旗住房和城乡建设局", "ESZCHJ-G-H-260020"),
    tender("17", "广安市公安局交通管理支队", "N5116012026000073", "681000"),
    award("18", "五华县市政公用事业服务中心", "441424-2026-00551", "1496700", &["五华县华兴公路工程有限公司"]),
    award("19", "韩城市人民医院", "JXZB2026-04-18", "1056000", &["陕西易中医疗设备有限公司"]),
];

/// Rows of the 168 tenders whose budget was read by eye: MANIFEST's, and every row where the reader does not simply agree.
pub(super) const EYE: &[(usize, &str)] = &[
    (1, "undisclosed"),
    (2, "6683466.16"),
    (4, "12362560.49"),
    (5, "500000"),
    (12, "450000"),
    (20, "undisclosed"),
    (24, "undisclosed"),
    (25, "2869900"),
    (27, "2999650"),
    (31, "undisclosed"),
    (33, "530"),
    (46, "2000000"),
    (54, "397000"),
    (56, "130000"),
    (70, "6681049.1"),
    (71, "1945000"),
    (72, "undisclosed"),
    (86, "undisclosed"),
    (88, "470000"),
    (113, "undisclosed"),
    (119, "undisclosed"),
    (125, "undisclosed"),
    (131, "198000"),
    (141, "3655200"),
    (142, "conflict"),
    (146, "500000"),
    (149, "conflict"),
    // The summary has the whole project, the notice is of its second lot.
    (154, "14400000"),
    (162, "14400000"),
    (156, "600000"),
    (164, "600000"),
];

/// Rows of the 168 whose number is not simply what stands behind the first 项目编号.
pub(super) const NUMBERS: &[(usize, &str)] = &[
    (38, "LXZC2021-092"),
    (56, "SDGP371503202002000220"),
    (58, "0658-210410A60056"),
    (67, "GDDYZB-2020-060"),
    (73, "丰采招G(2020)12051"),
    (74, ""),
    (143, "QSZBCG2021-023"),
    (148, "QSZBCG2021-025"),
    (155, "TXZB-2021-002"),
    (163, "TXZB-2021-002"),
];

/// Rows of the 168 that name lots: each lot's label and its own budget.
pub(super) const LOTS: &[(usize, &str)] = &[
    (2, "3 2268706.41"),
    (7, "A 6900000, B 5180000, C 920000"),
    (9, "A 521660, B 346100"),
    (12, "G 450000"),
    (13, "1 2520000, 2 1260000, 3 1260000"),
    (14, "1 1000000"),
    (25, "A 2869900"),
    (54, "A 397000"),
    (56, "5 130000"),
    (63, "- 5000000"),
    (67, "1 1050000, 2 1200000"),
    (70, "A 3030000, B 2020000, C 1631049.1"),
    (85, "1 2576119.14, 2 2456017.2, 3 2213114.4"),
    (88, "A 470000"),
    (94, "1 611557"),
    (102, "1 6897020.44"),
    (114, "1 4411938.6, 2 4081230.6"),
    (123, "A 3690000, B 1680000"),
    (131, "A 198000"),
    (134, "- 7000000"),
    (154, "2 12000000"),
    (141, "1 2255200, 2 550000, 3 850000"),
];
