//! The sections of a notice: which heading opens which, whatever its number. Knows no fields.

use std::sync::LazyLock;

use crate::domain::words::{Words, any_of};
use crate::sources::dialect::fold::{is_han, plain, tidy};

use super::labels::bare;

/// What a part of a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub(super) enum Section {
    /// Before any heading.
    #[default]
    Start,
    /// 项目基本情况.
    Basic,
    /// 中标（成交）信息.
    Result,
    /// 主要标的信息.
    Items,
    /// Bidders, scores, prices of all.
    Bidders,
    /// 中标候选人.
    Candidates,
    /// 拟定供应商.
    Proposed,
    /// 废标、终止原因.
    Failure,
    /// 更正信息.
    Correction,
    /// 采购需求.
    Needs,
    /// Qualification of bidders.
    Qualification,
    /// How to get the documents.
    Documents,
    /// How and until when to hand in.
    Submission,
    /// 开标.
    Opening,
    /// 评审专家.
    Experts,
    /// 代理服务收费.
    Fee,
    /// 公告期限.
    Period,
    /// 合同主要信息.
    Contract,
    /// 采购人信息.
    BuyerContact,
    /// 采购代理机构信息.
    AgencyContact,
    /// Any other contact.
    Contact,
    /// 附件.
    Attachments,
    /// 其他补充事宜 and headings that say nothing known.
    Elsewhere,
}

impl Section {
    /// Whether it holds persons and telephones.
    pub(super) fn is_contact(self) -> bool {
        matches!(self, Self::BuyerContact | Self::AgencyContact | Self::Contact)
    }
}

pub(super) fn is_numeral(c: char) -> bool {
    matches!(c, '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十')
}

/// The words of a heading without its number, and whether the number is of the first order (一、).
pub(super) fn heading_text(line: &str) -> Option<(String, bool)> {
    let line = line.trim();
    let chars = || line.chars().map(plain);
    let at = |nth: usize| chars().nth(nth);
    let numerals = chars().take_while(|c| is_numeral(*c)).count();
    let (start, major) = if numerals > 0 && numerals <= 3 && matches!(at(numerals), Some('、' | '.' | ',' | ' ' | ':'))
    {
        (numerals + 1, true)
    } else if numerals == 0 && at(0) == Some('(') {
        let inside = chars().skip(1).take_while(|c| is_numeral(*c) || c.is_ascii_digit()).count();
        if inside == 0 || inside > 3 || at(inside + 1) != Some(')') {
            return None;
        }
        (inside + 2, false)
    } else {
        let digits = chars().take_while(char::is_ascii_digit).count();
        if digits > 2 || digits > 0 && !matches!(at(digits), Some('.' | '、' | ',' | ' ')) {
            return None;
        }
        (if digits > 0 { digits + 1 } else { 0 }, false)
    };
    let rest = chars().skip(start).skip_while(|c| matches!(c, '.' | ' ' | '、'));
    let text = rest.take_while(|c| !matches!(c, ':' | '。' | ';' | '；')).take(60);
    // A sentence is no heading, however many blanks stand in it.
    if !major && text.clone().filter(|c| *c != ' ').nth(24).is_some() {
        return None;
    }
    let text: String = text.collect();
    let text = tidy(&text);
    let han = text.chars().filter(|c| is_han(*c)).count();
    if han < 2 || !major && text.chars().count() > 24 {
        return None;
    }
    Some((text, major))
}

/// The section that a heading opens. One without a number must be nothing but a known heading.
pub(super) fn section_of(text: &str, major: bool) -> Option<Section> {
    let word = bare(text);
    let is = |words: &[&str]| words.contains(&word.as_str());
    if is(&["采购人信息", "采购单位信息", "招标人信息", "采购人", "采购单位", "采购人名称"])
        && (!major || word.ends_with("信息"))
    {
        return word.ends_with("信息").then_some(Section::BuyerContact);
    }
    if word.starts_with("凡对本次") {
        return Some(Section::Contact);
    }
    if any_of!(&word, ["代理机构信息", "集中采购机构信息"]) {
        return Some(Section::AgencyContact);
    }
    if is(&["项目联系方式", "联系方式", "联系事项", "项目联系人", "监督部门", "同级政府采购监督管理部门"])
    {
        return Some(Section::Contact);
    }
    if !major {
        return minor_section(&word);
    }
    let hit = HEADINGS_SEARCH.groups_in(&word);
    HEADINGS.get(hit.trailing_zeros() as usize).map(|(_, section)| *section)
}

/// What stands in a heading of the first order; the first row decides.
const HEADINGS: &[(&[&str], Section)] = &[
    (&["询问", "质疑", "联系方式", "联系事项", "咨询", "监督", "联系人"], Section::Contact),
    (&["附件"], Section::Attachments),
    (&["公告期限", "公示期", "公告期", "公示时间"], Section::Period),
    (&["代理服务", "服务收费", "服务费", "收费标准"], Section::Fee),
    (
        &[
            "评审专家",
            "评标委员会",
            "评审委员会",
            "磋商小组",
            "谈判小组",
            "询价小组",
            "评审小组",
            "专家名单",
            "评标专家",
            "评委",
        ],
        Section::Experts,
    ),
    (
        &[
            "未中标",
            "未成交",
            "落标",
            "投标供应商",
            "参加",
            "参与",
            "投标人",
            "报价情况",
            "评审情况",
            "评标情况",
            "资格审查",
            "符合性",
            "得分",
            "排名",
            "排序",
            "报名",
        ],
        Section::Bidders,
    ),
    (&["候选"], Section::Candidates),
    (&["拟定", "拟采购供应商", "唯一供应商", "拟中标", "预中标", "拟成交"], Section::Proposed),
    (&["主要标的", "标的信息", "货物清单", "主要成交标的", "主要中标标的", "中标标的", "成交标的"], Section::Items),
    (&["废标", "流标", "终止"], Section::Failure),
    (&["更正", "变更", "澄清"], Section::Correction),
    (&["合同主要信息", "合同信息", "合同主要内容"], Section::Contract),
    (
        &["中标", "成交", "采购结果", "结果信息", "定标", "评审结果", "入围", "中选", "结果", "评标结果"],
        Section::Result,
    ),
    (&["资格要求", "资格条件", "供应商资格", "投标人资格", "申请人", "资质要求"], Section::Qualification),
    (&["获取", "领取", "文件发售", "报名", "购买"], Section::Documents),
    (&["提交", "递交", "截止", "响应文件"], Section::Submission),
    (&["开启", "开标"], Section::Opening),
    (&["采购需求", "采购内容", "招标内容", "项目需求", "技术要求", "采购清单", "需求概况", "招标项目"], Section::Needs),
    (&["补充", "其他", "其它"], Section::Elsewhere),
    (
        &[
            "项目",
            "基本情况",
            "概况",
            "基本信息",
            "采购人",
            "采购方式",
            "合同",
            "采购单位",
            "招标人",
            "预算",
            "限价",
            "日期",
            "公告媒",
        ],
        Section::Basic,
    ),
];

static HEADINGS_SEARCH: LazyLock<Words> =
    LazyLock::new(|| Words::grouped(&HEADINGS.iter().map(|(words, _)| *words).collect::<Vec<_>>()));

/// Headings of the second order that change what the lines below are about.
fn minor_section(word: &str) -> Option<Section> {
    let is = |words: &[&str]| words.contains(&word);
    if is(&[
        "中标信息",
        "中标结果",
        "成交信息",
        "成交结果",
        "中标结果信息",
        "中标供应商信息",
        "成交供应商信息",
        "采购结果",
        "评审结果",
    ]) {
        return Some(Section::Result);
    }
    if is(&["废标结果", "流标结果", "废标信息"]) {
        return Some(Section::Failure);
    }
    if is(&["主要标的信息", "主要标的", "中标标的信息"]) {
        return Some(Section::Items);
    }
    any_of!(
        word,
        [
            "未中标",
            "未成交",
            "落标",
            "评审报价",
            "投标报价情况",
            "报价情况",
            "评审排序",
            "投标人名单",
            "供应商名单",
            "评审得分",
            "通过资格审查",
            "排序情况",
            "资格性审查",
            "评标情况",
            "候选人排",
        ]
    )
    .then_some(Section::Bidders)
}
