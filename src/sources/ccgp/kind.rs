//! What a notice announces: the last notice word of its title decides, the body where the title is silent or a result failed;
//! the site's channel is only a hint.

use std::sync::LazyLock;

use crate::domain::notice::{Method, NoticeKind};
use crate::domain::words::{Place, Words};
use crate::sources::dialect::fold::squeeze;

use NoticeKind::{
    Acceptance, Award, Candidates, Contract, ContractChange, Correction, Failed, Intention, Other, Prequalification,
    SingleSource, Tender, Withdrawn,
};

/// Notice words of titles. Where several stand in a title the one that ends last decides, among those the longest.
const WORDS: &[(NoticeKind, &str)] = &[
    (Intention, "采购意向 意向公告 意向公开 意向公示"),
    (Prequalification, "资格预审公告 资格预审文件 预审公告 资格预审邀请 资格预审"),
    (
        Correction,
        "更正 变更公告 变更公示 变更通知 澄清 补充公告 补充通知 答疑 补遗 延期 暂停 恢复 顺延 更改公告 修改公告 变更 \
         更正事项公告 恢复采购公告 恢复招标公告 恢复采购活动公告 暂停采购公告 暂停招标公告 中止采购公告 中止招标公告 \
         暂停采购活动公告 延期采购公告 延期招标公告 勘误 推迟 延长 中止公告 中止 重启 修正公告 调整公告 更改 说明公告 补充说明 更正通知 修改通知",
    ),
    (
        Candidates,
        "候选人公示 候选人公告 候选人 候选供应商 拟中标 预中标 拟成交 预成交 中标预公示 预公示 评标结果公示 \
         评审结果公示 拟中选 中标公示 成交公示 结果公示",
    ),
    (
        Award,
        "中标公告 成交公告 结果公告 中标结果 成交结果 中标 成交 采购结果 结果 入围公告 入围结果 中选公告 中选结果 \
         中标通知 成交通知 定标公告 定标结果 中标成交 入围 入库结果 结果公式 中标(成交)公告 中标(成交)结果公告 \
         成交(中标)公告 中标(成交) 中标（成交） 结果公示公告 成交结果公示 中标结果公示 采购结果公示 中标成交公告",
    ),
    (
        Failed,
        "废标公告 流标公告 终止公告 废标 流标 终止 失败公告 采购失败 招标失败 取消公告 项目取消 取消采购 未成交公告 \
         失败 流采公告 终止采购公告 终止招标公告 终止磋商公告 终止谈判公告 终止询价公告 取消采购公告 取消招标公告 \
         终止采购活动公告 废标采购公告 废标终止公告 废标(终止)公告 终止(废标)公告 异常公告 流标(终止)公告 采购终止 未成交 无效公告 \
         撤项",
    ),
    (
        SingleSource,
        "单一来源公示 单一来源采购公示 单一来源采购方式公示 单一来源采购征求意见公示 单一来源采购公告 单一来源公告 \
         单一来源论证公示 单一来源采购专家论证 单一来源方式采购公示 单一来源采购方式的公示 单一来源采购征求意见 \
         单一来源采购信息公示 采用单一来源 单一来源采购方式 单一来源采购 单一来源 单一来源采购论证公示",
    ),
    (Contract, "合同公告 合同公示 合同公开 合同信息 采购合同 合同备案 合同签订"),
    (
        ContractChange,
        "合同变更 合同变更公告 变更合同 补充合同 补充合同公告 补充合同公示 补充协议公告 合同补充协议 合同变更公示",
    ),
    (Acceptance, "验收公告 验收结果 验收公示 履约验收 验收报告 验收结果公告 履约验收公告"),
    (Withdrawn, "撤销公告 撤回公告 公告作废 作废公告 撤销 撤回 作废"),
    (
        Tender,
        "招标公告 采购公告 询价公告 谈判公告 磋商公告 比选公告 询比公告 遴选公告 征集公告 邀请函 邀请书 邀请公告 招标 \
         竞争性谈判 竞争性磋商 磋商 询价 竞价公告 竞价 比选 遴选 招标采购 公开招标 邀请招标 采购文件 招标文件 \
         投标邀请 询价函 询价采购 采购邀请 竞争性磋商邀请 议价公告 预公告 招募公告 招标公示 采购公示 磋商文件 征集 \
         谈判 竞采 公开询价 询价通知书 竞争性磋商采购 竞争性谈判采购 框架协议征集",
    ),
];

static SEARCH: LazyLock<Words> = LazyLock::new(|| {
    let squeezed: Vec<Vec<String>> = WORDS.iter().map(|(_, words)| words.split(' ').map(squeeze).collect()).collect();
    let words: Vec<Vec<&str>> = squeezed.iter().map(|words| words.iter().map(String::as_str).collect()).collect();
    Words::grouped(&words.iter().map(Vec::as_slice).collect::<Vec<_>>())
});

/// The kind that a title says, or nothing.
pub(super) fn of_title(title: &str) -> Option<NoticeKind> {
    let plain = squeeze(title);
    // Which ends last, among those the longest, among those the first listed.
    let rank = |place: &Place| (place.end, place.end - place.at, std::cmp::Reverse(place.nth));
    let best = SEARCH.places(&plain).max_by_key(rank);
    if ["关于撤销", "关于撤回", "关于作废"].iter().any(|lead| plain.contains(lead)) && plain.ends_with("公告")
    {
        return Some(Withdrawn);
    }
    let (kind, _) = WORDS.get(usize::from(best?.group))?;
    Some(refine(*kind, &plain))
}

/// What words elsewhere in a title change about the last one.
fn refine(kind: NoticeKind, title: &str) -> NoticeKind {
    let has = |words: &[&str]| words.iter().any(|word| title.contains(word));
    match kind {
        Correction if has(&["合同变更公告", "合同变更公示", "合同变更协议", "合同内容变更"]) => {
            ContractChange
        }
        // 招标文件预公示, 采购文件征求意见公告: papers put up for comment.
        Candidates if has(&["文件", "需求", "论证", "意向"]) && !has(&["中标", "成交", "候选", "结果", "单一来源"]) => {
            Other
        }
        Tender if has(&["征求意见", "征集意见"]) && !has(&["单一来源"]) => Other,
        Tender if has(&["代招标公告", "代采购公告"]) && has(&["预审"]) => Prequalification,
        // 变更 and 更改 of something else than a notice: 变更采购方式 of a single source.
        Correction if has(&["单一来源公示", "单一来源采购公示"]) && !has(&["更正", "澄清", "变更公告", "延期"]) => {
            SingleSource
        }
        Candidates if has(&["流标", "废标", "终止"]) && !has(&["中标", "成交", "候选"]) => Failed,
        Candidates if has(&["候选"]) || has(&["拟中标", "预中标", "拟成交", "预成交", "预公示"]) => {
            Candidates
        }
        Candidates if has(&["单一来源"]) && !has(&["成交", "中标", "结果"]) => SingleSource,
        Award if has(&["中标候选人", "成交候选人", "候选人公示", "候选供应商公示", "拟中标", "预中标"]) => {
            Candidates
        }
        Award if has(&["废标结果", "流标结果", "终止结果"]) && !has(&["中标", "成交"]) => Failed,
        Award if has(&["合同公告", "合同公示"]) => Contract,
        Award if has(&["验收结果", "履约验收"]) => Acceptance,
        Award if has(&["资格预审结果", "资格审查结果", "预审结果"]) => Other,
        Award if has(&["投诉处理", "监督检查", "处罚结果", "考核结果", "处理结果"]) => Other,
        Tender if has(&["单一来源"]) && !has(&["招标公告", "磋商公告", "谈判公告", "询价公告"]) => {
            SingleSource
        }
        Tender if has(&["资格预审公告", "资格预审"]) && !has(&["招标公告", "采购公告"]) => {
            Prequalification
        }
        kind => kind,
    }
}

/// The kind that a channel holds, mostly.
pub(super) fn of_section(section: &str) -> Option<NoticeKind> {
    Some(match section.rsplit('/').next()? {
        "gkzb" | "xjgg" | "jzxtpgg" | "jzxcs" | "yqzbgg" => Tender,
        "dylygg" => SingleSource,
        "zgysgg" => Prequalification,
        "zbgg" | "cjgg" => Award,
        "gzgg" => Correction,
        "fblbgg" => Failed,
        _ => return None,
    })
}

/// The kind in the words of the page's own path (地方公告 » 中标公告).
pub(super) fn of_location(location: &str) -> Option<NoticeKind> {
    let last = squeeze(location);
    let last = last.rsplit(['»', '>']).next().unwrap_or_default().to_owned();
    (!last.contains("其他") && !last.contains("其它")).then(|| of_title(&last)).flatten()
}

/// What the body adds to the judgement.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a thing that a body shows or does not; they do not exclude each other"
)]
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Body {
    /// Lots given to someone.
    pub awarded: usize,
    /// Lots that failed.
    pub failed: usize,
    /// Ranked or proposed suppliers.
    pub candidates: usize,
    /// 更正前, 更正后 or 原公告的….
    pub corrects: bool,
    /// A reason for ending stands in it.
    pub reason: bool,
    /// An amount of a contract or its number.
    pub contract: bool,
    /// A proposed supplier of a single-source purchase.
    pub proposed: bool,
}

/// The kind of a notice, from everything.
pub(super) fn judge(title: &str, section: Option<&str>, location: Option<&str>, body: Body) -> NoticeKind {
    let hinted = section.and_then(of_section).or_else(|| location.and_then(of_location));
    let said = of_title(title);
    let plain = squeeze(title);
    let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    let kind = match said {
        Some(Candidates) if !names_candidates(title) => unnamed_candidates(hinted, body),
        Some(Tender | SingleSource) if hinted == Some(Award) && body.awarded > 0 => Award,
        Some(Tender) if hinted == Some(Failed) && body.awarded == 0 => Failed,
        Some(Tender) if hinted == Some(Award) && body.failed > 0 => Failed,
        Some(Tender) if hinted == Some(SingleSource) && !has(&["公开招标", "磋商", "询价"]) => SingleSource,
        Some(Tender | Intention) if hinted == Some(Correction) && (body.corrects || has(&["更正"]) || !has(&CALLS)) => {
            Correction
        }
        Some(Award) if hinted == Some(Failed) && body.awarded == 0 && !has(&["中标", "成交"]) => Failed,
        Some(kind) => kind,
        None => silent(hinted, body),
    };
    match kind {
        Award if body.awarded == 0 && body.failed > 0 => Failed,
        Award if body.awarded == 0 && body.reason && hinted == Some(Failed) => Failed,
        Failed if body.awarded > 0 && says_award(title) => Award,
        kind => kind,
    }
}

/// Titles that call for offers beyond doubt.
const CALLS: [&str; 6] = ["招标公告", "采购公告", "磋商公告", "谈判公告", "询价公告", "邀请"];

/// 中标公示, 结果公示: of winners where the body or the channel says so.
fn unnamed_candidates(hinted: Option<NoticeKind>, body: Body) -> NoticeKind {
    if body.candidates > 0 && body.awarded == 0 {
        Candidates
    } else if body.awarded + body.failed > 0 || hinted == Some(Award) {
        Award
    } else if hinted == Some(Failed) {
        Failed
    } else {
        Candidates
    }
}

/// A title that says nothing: the body where it is plain, else the channel.
fn silent(hinted: Option<NoticeKind>, body: Body) -> NoticeKind {
    if body.corrects {
        Correction
    } else if body.proposed && body.awarded == 0 {
        SingleSource
    } else if body.contract && body.awarded == 0 && hinted.is_none() {
        Contract
    } else if body.awarded > 0 {
        Award
    } else if body.failed > 0 || body.reason && hinted.is_none() {
        Failed
    } else {
        hinted.unwrap_or(if body.candidates > 0 { Candidates } else { Other })
    }
}

fn names_candidates(title: &str) -> bool {
    let plain = squeeze(title);
    ["候选", "拟中标", "预中标", "拟成交", "预成交", "预公示", "拟中选"].iter().any(|word| plain.contains(word))
}

fn says_award(title: &str) -> bool {
    let plain = squeeze(title);
    ["中标", "成交", "结果"].iter().any(|word| plain.contains(word))
}

/// The method in words of a page, a title or a channel.
pub(super) fn method(text: &str) -> Option<Method> {
    let plain = squeeze(text);
    let table = [
        ("框架协议", Method::Framework),
        ("合作创新", Method::Innovation),
        ("竞争性磋商", Method::Consultation),
        ("竞争性谈判", Method::Negotiation),
        ("单一来源", Method::SingleSource),
        ("公开招标", Method::Open),
        ("邀请招标", Method::Invited),
        ("询价", Method::Inquiry),
        ("磋商", Method::Consultation),
        ("竞谈", Method::Negotiation),
        ("谈判", Method::Negotiation),
        ("公开遴选", Method::Other),
    ];
    table
        .iter()
        .filter_map(|(word, method)| Some((plain.find(word)?, *method)))
        .min_by_key(|(at, _)| *at)
        .map(|(_, method)| method)
}

/// The method that a sentence says was used: 对某项目进行了竞争性谈判, 以公开招标方式采购.
pub(super) fn method_in_sentence(line: &str) -> Option<Method> {
    // Every way that is looked for has one of these characters.
    if !line.contains(['招', '谈', '磋', '询', '单']) {
        return None;
    }
    let plain = squeeze(line);
    ["公开招标", "邀请招标", "竞争性谈判", "竞争性磋商", "询价", "单一来源"].iter().find_map(|word| {
        let at = plain.find(word)?;
        let before: Vec<char> = plain.get(..at)?.chars().rev().take(5).collect();
        let before: String = before.into_iter().rev().collect();
        let after = plain.get(at + word.len()..)?;
        let led = ["进行", "采用", "实施", "组织", "通过"].iter().any(|lead| before.contains(lead));
        (led || after.starts_with("方式") || after.starts_with("采购方式")).then(|| method(word)).flatten()
    })
}

/// The method that a channel stands for.
pub(super) fn method_of_section(section: &str) -> Option<Method> {
    Some(match section.rsplit('/').next()? {
        "gkzb" => Method::Open,
        "xjgg" => Method::Inquiry,
        "jzxtpgg" => Method::Negotiation,
        "jzxcs" => Method::Consultation,
        "dylygg" => Method::SingleSource,
        "yqzbgg" => Method::Invited,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_notice_word_of_a_title_decides() {
        for (title, kind) in [
            ("某医院采购公告成交公告", Award),
            ("某项目公开招标公告更正公告（第一次）", Correction),
            ("某项目中标结果更正公告", Correction),
            ("某项目中标候选人公示", Candidates),
            ("菏泽市立医院拟中标公告", Candidates),
            ("某项目废标公告", Failed),
            ("某系统验收服务项目竞争性磋商公告", Tender),
            ("某合同管理系统中标公告", Award),
            ("某项目合同公告", Contract),
            ("某项目合同变更公告", ContractChange),
            ("某局单一来源采购公示", SingleSource),
            ("某局单一来源采购成交公告", Award),
            ("某项目资格预审公告", Prequalification),
            ("某单位2026年5月政府采购意向", Intention),
            ("某项目（第二次）结果公告", Award),
            ("某项目招标公告(三次)", Tender),
            ("某项目更正事项公告(第一次)", Correction),
            ("某项目暂停公告", Correction),
            ("某项目终止公告", Failed),
            ("某服务履约验收公告", Acceptance),
        ] {
            assert_eq!(of_title(title), Some(kind), "{title}");
        }
    }

    #[test]
    fn a_result_in_which_every_lot_failed_is_failed() {
        let body = Body { failed: 1, ..Body::default() };
        assert_eq!(judge("某项目结果公告", Some("dfgg/zbgg"), None, body), Failed);
        let body = Body { failed: 1, awarded: 2, ..Body::default() };
        assert_eq!(judge("某项目结果公告", Some("dfgg/zbgg"), None, body), Award);
    }

    #[test]
    fn a_silent_title_leaves_it_to_body_and_channel() {
        assert_eq!(judge("某某设备", Some("dfgg/gkzb"), None, Body::default()), Tender);
        assert_eq!(judge("某某设备", Some("dfgg/qtgg"), None, Body { awarded: 1, ..Body::default() }), Award);
    }
}
