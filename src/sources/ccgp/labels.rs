//! What the labels of CCGP notices mean: one key per idea, however a province words it. Knows no values.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::domain::words::{Table, any_of};
use crate::sources::dialect::fold::plain;

use super::label_words::{SUPPLIER_ENDINGS, WORDS};

/// The idea behind a label or a column header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// 项目编号.
    Number,
    /// A further number of the same project: 采购执行编号, 招标文件编号.
    SecondNumber,
    /// 原公告的采购项目编号.
    OriginalNumber,
    /// 项目名称.
    Title,
    /// 原公告的采购项目名称.
    OriginalTitle,
    /// 采购人.
    Buyer,
    BuyerAddress,
    /// 采购代理机构.
    Agency,
    AgencyAddress,
    /// 中标（成交）供应商.
    Supplier,
    SupplierAddress,
    /// 统一社会信用代码.
    CreditCode,
    /// 中标（成交）金额.
    Award,
    /// 总中标金额: of all lots together.
    AwardTotal,
    /// 投标报价, 总价: an award only beside a winner.
    Quote,
    /// 预算金额 of the project.
    Budget,
    /// 预算金额 of a lot.
    LotBudget,
    /// 最高限价 of the project.
    Ceiling,
    /// 最高限价 of a lot.
    LotCeiling,
    /// 采购金额: a budget where nothing else is called so.
    PurchaseSum,
    /// 合同金额.
    Contract,
    /// 采购方式.
    Method,
    /// 包号.
    LotNumber,
    /// 包名称.
    LotTitle,
    /// 结果类型.
    LotResult,
    /// 废标（终止）原因.
    FailReason,
    /// 中标候选人, 拟中标供应商.
    Candidate,
    /// 拟定供应商 of a single-source purchase.
    Proposed,
    /// 投标截止时间.
    Deadline,
    /// 开标时间.
    Opening,
    /// 中标日期, 定标日期.
    AwardedOn,
    /// 更正日期.
    CorrectedOn,
    /// 首次公告日期.
    FirstPublished,
    /// 招标公告日期.
    TenderPublished,
    /// 名称, of whoever the section is about.
    Name,
    /// 地址, likewise.
    Address,
    /// 中标供应商名称及地址: both in one value.
    SupplierAndAddress,
    /// 更正前.
    Before,
    /// 更正后.
    After,
    /// 更正事项, 更正项.
    Matter,
    /// 品目.
    ItemsPath,
    /// 行政区域.
    Region,
    /// 公告时间.
    Published,
    /// A person, a telephone: never kept.
    Contact,
    /// A fee, a deposit, a price per piece: never a sum of the notice.
    OtherSum,
    /// Bidders who did not win.
    Loser,
    /// 币种, 价格单位: says how the sum before it counts.
    UnitNote,
    /// 联合体成员, 联合体牵头人: one of those who bid together.
    Member,
    /// 项目名称及编号: both in one value.
    TitleAndNumber,
    /// Anything else that ends the value before it.
    Other,
}

/// A label without blanks and brackets, 中标、成交 as one word.
pub(super) fn bare(label: &str) -> String {
    let mut out = String::with_capacity(label.len());
    let mut depth = 0_usize;
    label.chars().map(plain).for_each(|c| bare_char(c, &mut depth, &mut out));
    let text = trimmed(&out);
    if text.len() == out.len() { out } else { text.into_owned() }
}

/// One character more of a bare label, in its plain form.
pub(super) fn bare_char(c: char, depth: &mut usize, out: &mut String) {
    match c {
        '(' | '[' | '<' => *depth += 1,
        ')' | ']' | '>' => *depth = depth.saturating_sub(1),
        ' ' | ':' | '*' | '★' | '▲' | '●' | '■' | '·' | '"' | '“' | '”' => {}
        _ if *depth == 0 => out.push(c),
        _ => {}
    }
}

/// A bare label without marks around it, 中标、成交 as one word.
pub(super) fn trimmed(bare: &str) -> Cow<'_, str> {
    let text = bare.trim_matches(['.', '、', ',', '-']);
    if !(text.contains('成')
        && any_of!(
            text,
            [
                "中标成交",
                "成交中标",
                "中标、成交",
                "中标/成交",
                "成交、中标",
                "成交/中标",
                "中标或成交",
                "中标或者成交"
            ]
        ))
    {
        return Cow::Borrowed(text);
    }
    let mut out = text.to_owned();
    for pair in
        ["中标、成交", "中标/成交", "成交、中标", "成交/中标", "中标或成交", "中标或者成交", "中标成交", "成交中标"]
    {
        out = out.replace(pair, "中标");
    }
    Cow::Owned(out)
}

/// What a label means, or nothing where it is none that is known.
pub(super) fn classify(label: &str) -> Option<Key> {
    classify_bare(&bare(label))
}

/// The same of what [`bare_char`] has left of a label.
pub(super) fn classify_stripped(stripped: &str) -> Option<Key> {
    classify_bare(&trimmed(stripped))
}

fn classify_bare(whole: &str) -> Option<Key> {
    let label = without_lot(whole);
    let lotted = label.len() < whole.len();
    let count = label.chars().count();
    if label.is_empty() || count > 26 {
        return None;
    }
    if let Some(key) = exact(label) {
        return Some(key);
    }
    if label.chars().any(|c| c.is_ascii_digit())
        || label.contains("公司") && !label.ends_with("公司") && !label.ends_with("公司名称")
    {
        return None;
    }
    if any_of!(
        label,
        [
            "未中标",
            "未成交",
            "落标",
            "未入围",
            "其他供应商",
            "其他投标",
            "无效投标",
            "投标人名",
            "投标供应商",
            "参加供应商",
            "参与供应商",
            "响应供应商",
            "被否决",
        ]
    ) {
        return Some(Key::Loser);
    }
    if any_of!(label, ["候选", "候补", "拟中标", "预中标", "拟成交", "预成交", "拟中选"]) {
        return (!any_of!(label, ["金额", "报价", "地址", "得分", "公示", "资格"]))
            .then_some(Key::Candidate)
            .or(Some(Key::Other));
    }
    if names_winner_and_place(label) {
        return Some(Key::SupplierAndAddress);
    }
    // 联系地址及中标金额: a heading over several things.
    if label.contains('及') && any_of!(label, ["地址", "名称"]) {
        return Some(Key::Other);
    }
    if names_winner_and_sum(label) {
        return Some(Key::Supplier);
    }
    if let Some(key) = sum_key(label, lotted) {
        return Some(key);
    }
    supplier_key(label)
}

/// What a label means if it is one of the listed words and nothing more.
pub(super) fn classify_exactly(label: &str) -> Option<Key> {
    exact(without_lot(&bare(label)))
}

/// The same of what [`bare_char`] has left of a label.
pub(super) fn classify_stripped_exactly(stripped: &str) -> Option<Key> {
    exact(without_lot(&trimmed(stripped)))
}

fn exact(label: &str) -> Option<Key> {
    static KEYS: LazyLock<Table<&str, Key>> = LazyLock::new(|| {
        let pairs = WORDS.iter().flat_map(|(key, words)| words.split(' ').map(|word| (word, *key)));
        // The first listing of a word decides.
        let mut keys = Table::default();
        for (word, key) in pairs {
            keys.entry(word).or_insert(key);
        }
        keys
    });
    KEYS.get(label).copied()
}

/// The label without the lot that some pages put before it: 第一包中标供应商, 合同包1预算金额.
fn without_lot(label: &str) -> &str {
    let Some((rest, _)) = super::lots::leading(label) else { return label };
    let rest = rest.trim_start_matches(['的', ':', '-', ',']);
    if rest.is_empty() { label } else { rest }
}

/// A label of a sum: which of the five kinds of money, or none of them.
fn sum_key(label: &str, lotted: bool) -> Option<Key> {
    let ends = [
        "金额",
        "价",
        "价格",
        "总额",
        "报价",
        "预算",
        "限价",
        "费用",
        "资金",
        "投资",
        "价款",
        "预算额",
        "费",
        "额",
        "总价元",
        "额度",
    ]
    .iter()
    .any(|word| label.ends_with(word));
    if !ends && !any_of!(label, ["预算金额", "最高限价", "中标金额", "成交金额"]) {
        return None;
    }
    if any_of!(
        label,
        [
            "服务费",
            "代理费",
            "保证金",
            "评审费",
            "售价",
            "工本费",
            "单价",
            "收费",
            "费率",
            "注册资",
            "业绩",
            "押金",
            "评标价",
            "评审价",
            "评审报价",
            "首付",
            "暂列",
            "税额",
            "定额",
            "扣除",
            "下浮",
            "优惠",
            "品目预算",
            "中标服务",
            "标书",
            "文件费",
            "节约",
            "预估",
            "估算",
            "第一次报价",
            "首轮",
            "评标报价",
            "图纸",
        ]
    ) {
        return Some(Key::OtherSum);
    }
    let of_lot = lotted
        || any_of!(
            label,
            [
                "包预算",
                "标段预算",
                "标项预算",
                "分包预算",
                "包最高",
                "包采购",
                "标段最高",
                "标项最高",
                "包限价",
                "包件",
                "分标",
                "每包",
                "各包",
                "分项预算",
            ]
        );
    if any_of!(label, ["限价", "控制价", "拦标价", "上限价", "控制金额"]) {
        return Some(if of_lot { Key::LotCeiling } else { Key::Ceiling });
    }
    if any_of!(label, ["预算"]) {
        return Some(if of_lot { Key::LotBudget } else { Key::Budget });
    }
    if any_of!(label, ["合同"]) {
        return Some(Key::Contract);
    }
    if any_of!(label, ["中标", "成交", "中选", "入围"]) {
        let total = label.starts_with('总') || any_of!(label, ["合计", "总中标", "总成交"]);
        return Some(if total { Key::AwardTotal } else { Key::Award });
    }
    if any_of!(
        label,
        [
            "采购金额",
            "项目金额",
            "招标金额",
            "采购资金",
            "采购总金额",
            "项目总金额",
            "项目投资",
            "总投资",
            "采购总额",
            "项目资金",
            "招标总金额",
        ]
    ) {
        return Some(Key::PurchaseSum);
    }
    let quoted = [
        "报价",
        "投标报价",
        "投标总价",
        "最终报价",
        "总报价",
        "响应报价",
        "最后报价",
        "总价",
        "投标价",
        "投标金额",
        "报价金额",
        "金额",
        "最终价格",
        "价格",
        "总金额",
        "磋商报价",
        "最终磋商报价",
        "谈判报价",
        "最终谈判报价",
        "投标总报价",
        "合计金额",
        "最后磋商报价",
        "成员报价",
        "供货金额",
    ];
    quoted.contains(&label).then_some(Key::Quote)
}

/// 中标供应商名称及地址, 供应商名称、联系地址.
fn names_winner_and_place(label: &str) -> bool {
    let mut parts = label.split(['及', '和', '与', '、']);
    let named = parts.next().is_some_and(|first| supplier_key(first).is_some());
    let rest: Vec<&str> = parts.collect();
    named && !rest.is_empty() && rest.iter().all(|part| part.ends_with("地址") || part.ends_with("联系方式"))
}

/// 成交供应商及成交金额, 中标人名称、地址及中标价: a name comes first.
fn names_winner_and_sum(label: &str) -> bool {
    let between = ['及', '和', '与', '、'];
    let ends_in_sum = ["金额", "价", "报价", "价格"].iter().any(|word| label.ends_with(word));
    ends_in_sum && label.split_once(between).is_some_and(|(first, _)| supplier_key(first).is_some())
}

fn supplier_key(label: &str) -> Option<Key> {
    if matches!(
        label,
        "供应商名称"
            | "供应商"
            | "供应商单位名称"
            | "乙方"
            | "乙方名称"
            | "合同乙方"
            | "供货商"
            | "供货商名称"
            | "供应商信息"
            | "合同供应商"
    ) {
        return Some(Key::Supplier);
    }
    let rest =
        ["拟签订合同", "确定的", "最终", "推荐"].iter().find_map(|word| label.strip_prefix(word)).unwrap_or(label);
    for lead in ["中标", "成交", "中选", "入围", "入选", "入库"] {
        if let Some(rest) = rest.strip_prefix(lead) {
            let rest = rest.strip_prefix("的").unwrap_or(rest);
            if SUPPLIER_ENDINGS.contains(&rest) {
                return Some(Key::Supplier);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_many_provinces_come_to_one_key() {
        for (label, key) in [
            ("中标（成交）供应商名称", Key::Supplier),
            ("中标、成交供应商名称", Key::Supplier),
            ("成交人", Key::Supplier),
            ("供 应 商 名 称", Key::Supplier),
            ("第一包中标供应商", Key::Supplier),
            ("中标（成交）金额", Key::Award),
            ("总成交金额", Key::AwardTotal),
            ("合同包预算金额", Key::LotBudget),
            ("合同包1预算金额（元）", Key::LotBudget),
            ("采购预算", Key::Budget),
            ("最高限价（如有）", Key::Ceiling),
            ("代理服务费金额（万元）", Key::OtherSum),
            ("货物单价(元)", Key::OtherSum),
            ("项目编号（或招标编号、政府采购计划编号）", Key::Number),
            ("原公告的采购项目编号", Key::OriginalNumber),
            ("未中标供应商名称", Key::Loser),
            ("第一中标候选人", Key::Candidate),
            ("拟定供应商", Key::Proposed),
            ("名　称", Key::Name),
            ("废标（终止）原因", Key::FailReason),
        ] {
            assert_eq!(classify(label), Some(key), "{label}");
        }
        assert_eq!(classify("监理工程师资格"), None);
    }
}
