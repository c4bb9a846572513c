//! What the labels of CCGP notices mean: one key per idea, however a province words it. Knows no values.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::domain::words::{Table, any_of};
use crate::sources::dialect::fold::plain;

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

/// Labels that mean one thing, parted by blanks.
const WORDS: &[(Key, &str)] = &[
    (
        Key::Number,
        "项目编号 采购项目编号 招标编号 采购编号 项目号 招标项目编号 政府采购项目编号 项目编码 采购项目号 询价编号 \
         谈判编号 磋商编号 采购项目标号 标书编号 项目标号 政府采购编号 采购项目编码 项目招标编号 项目采购编号 \
         招标代理编号 代理编号 标号 招标项目号 工程编号 采购文号 采购项目招标编号 公开招标编号 项目代理编号 \
         招标采购编号",
    ),
    (
        Key::SecondNumber,
        "采购执行编号 招标文件编号 采购文件编号 采购计划编号 计划编号 采购计划备案号 采购计划备案文号 \
         政府采购计划编号 备案编号 采购执行计划编号 政府采购计划备案文号 询价文件编号 磋商文件编号 谈判文件编号 \
         采购计划文号 财政备案编号 采购计划号 标段编号 分包编号 交易编号 项目代码 采购执行书编号 政府采购备案编号 \
         标书号 省网编号 系统内编号",
    ),
    (
        Key::OriginalNumber,
        "原公告的采购项目编号 原公告采购项目编号 原公告项目编号 原公告的项目编号 原项目编号 原采购项目编号 \
         原公告的招标编号 原公告招标编号 原公告编号 原招标编号 原公告的采购编号",
    ),
    (
        Key::Title,
        "项目名称 采购项目名称 招标项目名称 政府采购项目名称 工程名称 项目 采购项目 招标项目 标的名称 采购项目的名称 \
         项目全称",
    ),
    (
        Key::OriginalTitle,
        "原公告的采购项目名称 原公告采购项目名称 原公告项目名称 原公告的项目名称 原项目名称 原采购项目名称 \
         原公告的招标项目名称 原公告名称 原公告标题 原公告的标题",
    ),
    (
        Key::Buyer,
        "采购人 采购单位 采购人名称 采购单位名称 招标人 招标单位 采购方 招标人名称 采购机构 业主单位 建设单位 \
         采购主体 甲方 采购人单位 采购人单位名称 需求单位 招标单位名称 甲方名称 单位名称 采购业主 征集人 征集人名称 \
         意向单位",
    ),
    (
        Key::BuyerAddress,
        "采购单位地址 采购人地址 采购人联系地址 招标人地址 采购单位联系地址 采购人单位地址 招标单位地址 \
         采购人详细地址",
    ),
    (
        Key::Agency,
        "代理机构名称 采购代理机构 采购代理机构名称 代理机构 招标代理机构 招标代理机构名称 招标代理 代理单位 \
         集中采购机构 采购代理机构全称 代理全称 代理机构全称 采购代理单位 招标代理单位 代理公司 集中采购机构名称 \
         政府采购代理机构 社会代理机构 采购组织机构 采购代理机构单位名称 政府采购代理机构全称",
    ),
    (
        Key::AgencyAddress,
        "代理机构地址 采购代理机构地址 招标代理机构地址 代理机构联系地址 采购代理机构联系地址 集中采购机构地址 \
         招标代理地址",
    ),
    (
        Key::SupplierAddress,
        "供应商地址 中标供应商地址 成交供应商地址 中标人地址 供应商联系地址 中标供应商联系地址 中标单位地址 \
         成交单位地址 成交人地址 成交供应商联系地址 中标商地址 成交商地址 供应商注册地址 中标供应商注册地址 单位地址 \
         企业地址 乙方地址 中选供应商地址 供应商详细地址 注册地址 中标公司地址 中标企业地址 入围供应商地址 公司地址",
    ),
    (
        Key::CreditCode,
        "统一社会信用代码 社会信用代码 供应商统一社会信用代码 信用代码 中标供应商统一社会信用代码 统一信用代码 \
         供应商代码 中标供应商代码 成交供应商统一社会信用代码 组织机构代码 供应商组织机构代码 中标供应商组织机构代码 \
         供应商社会信用代码 统一社会信用代码证号 供应商编码 供应商统一信用代码 成交供应商代码 中标人统一社会信用代码 统一社会信用代码或身份证号",
    ),
    (Key::Method, "采购方式 招标方式 采购形式 政府采购方式 采购类型 原采购方式 采购的方式"),
    (
        Key::LotNumber,
        "包号 包组编号 标段号 标项号 分包号 标包号 合同包号 包组号 标项 标段 包 分标 包组 分标号 采购包 采购包号 标包 \
         包件号 包件 包别 合同包 合同包编号 标项序号 标段序号 包编号 包序号 子包号 采购项目子包编号 分标编号 分包 \
         品目包号 包段 标的序号 所属包 项目包号 包组序号 所属包号 所属标项 标号包号 采购包编号 标包编号",
    ),
    (
        Key::LotTitle,
        "包名称 包组名称 标段名称 标项名称 分包名称 标包名称 合同包名称 分标名称 采购包名称 包件名称 包名 采购包内容 \
         标段内容 包内容 分包内容 包别名称 子包名称 包号名称 标的",
    ),
    (
        Key::LotResult,
        "结果类型 采购结果 评审结果 中标结果 成交结果 结果 是否成交 是否中标 标段结果 包结果 状态 是否废标",
    ),
    (
        Key::FailReason,
        "废标原因 终止原因 流标原因 废标理由 终止理由 流标理由 废标情形 废标终止原因 项目终止的原因 项目废标的原因 \
         终止情形 失败原因 采购失败原因 废标说明 废标的原因 终止的原因 合同包终止原因 采购终止原因 终止采购原因 \
         废标流标原因 废标、流标的原因 项目终止原因 项目废标原因 未成交原因 取消原因 废标、终止原因 废标事由",
    ),
    (
        Key::Proposed,
        "拟定供应商 拟定供应商名称 拟定的供应商 拟定唯一供应商 拟定的唯一供应商 唯一供应商 拟采购供应商 \
         拟单一来源供应商 拟定的唯一供应商名称 拟定的唯一供应商名称及其地址 拟定供应商的名称 拟推荐供应商 \
         拟邀请供应商 单一来源供应商 单一来源供应商名称 唯一供应商名称 拟定唯一供应商名称 拟选供应商 拟确定供应商",
    ),
    (
        Key::Deadline,
        "投标截止时间 提交投标文件截止时间 递交投标文件截止时间 截止时间 提交响应文件截止时间 投标文件递交截止时间 \
         投标文件提交截止时间 响应文件提交截止时间 响应文件递交截止时间 首次响应文件提交截止时间 响应截止时间 \
         投标截止日期 提交投标文件截止时间和开标时间 投标截止时间和开标时间 投标截止时间及开标时间 投标截止及开标时间 \
         投标文件递交的截止时间 投标文件提交的截止时间 递交响应文件截止时间 提交首次响应文件截止时间 \
         投标截止时间、开标时间 报价截止时间 谈判截止时间 磋商截止时间 响应文件提交的截止时间 响应文件递交的截止时间 \
         提交投标文件的截止时间 递交投标文件的截止时间 投标文件递交截止时间及开标时间 投标文件递交时间 \
         提交申请文件截止时间 投标时间 截标时间 递交截止时间 提交截止时间 投标截止时间暨开标时间 投标截止开标时间 \
         响应文件递交截止时间及开启时间 首次响应文件递交截止时间 申请文件提交截止时间 资格预审申请文件提交截止时间 \
         投标文件上传截止时间 提交投标文件截止时间及开标时间 投标文件接收截止时间 响应文件接收截止时间 询价截止时间 \
         提交首次响应文件的截止时间",
    ),
    (
        Key::Opening,
        "开标时间 开启时间 响应文件开启时间 投标文件开启时间 开标日期 谈判时间 磋商时间 询价时间 开标时间及地点 \
         开标时间和地点 谈判日期 磋商日期 资格预审时间 评审时间 开标开启时间 开启日期 响应文件开启日期 开标评标时间 \
         响应文件的开启时间",
    ),
    (
        Key::AwardedOn,
        "中标日期 成交日期 定标日期 确定中标日期 确定成交日期 中标时间 成交时间 确定时间 定标时间 确定中标日期及时间 \
         成交确定日期 中标确定日期 确定供应商日期",
    ),
    (
        Key::CorrectedOn,
        "更正日期 变更日期 更正时间 变更时间 澄清日期 更正公告日期 本次变更日期 本次更正日期 变更公告日期",
    ),
    (
        Key::FirstPublished,
        "首次公告日期 原公告日期 首次公告时间 原公告发布日期 首次公告发布日期 原公告发布时间 原公告时间 首次发布日期 \
         原公告首次发布日期 首次公告日期及发布媒介 原公告首次公告日期 首次采购公告日期 首次招标公告日期 原公告地址 原公告网址 原公告链接",
    ),
    (
        Key::TenderPublished,
        "本项目招标公告日期 招标公告日期 采购公告日期 招标公告发布日期 采购公告发布日期 原采购公告日期 公告日期 \
         采购公告发布时间 招标公告发布时间 竞争性磋商公告日期 竞争性谈判公告日期 询价公告日期 磋商公告日期 \
         采购公告时间 招标公告时间 采购公告发布日期及媒体 采购公告期限 本项目采购公告日期 谈判公告日期",
    ),
    (Key::Name, "名称 单位 供应商全称 全称"),
    (Key::Address, "地址 联系地址 详细地址 通讯地址 地点 单位住址"),
    (
        Key::Before,
        "更正前 更正前内容 原内容 变更前 变更前内容 原公告内容 更正前的内容 原文件内容 原公告信息 更改前 澄清前 \
         原招标文件内容 更正前为 变更前为 原文为 原为 原内容为 更改前为 修改前为 原公告为 原文 更正前信息 原条款 修改前 修改前内容 原采购文件内容",
    ),
    (
        Key::After,
        "更正后为 变更后为 现改为 现为 改为 更改后为 修改后为 现内容为 更正后 更正后内容 变更后 变更后内容 现更正为 更正为 更正后的内容 现变更为 更改后 变更为 澄清后 更正后信息 \
         现内容 修改后 修改为 修改后内容 现更改为 现修改为",
    ),
    (Key::Matter, "更正事项 更正项 更正内容项 变更事项 更正项目 更正条款 变更项 更正类型 更正名称 修改项 变更内容项"),
    (
        Key::UnitNote,
        "币种 价格币种 货币 货币类型 币别 报价币种 金额单位 货币单位 价格单位 报价单位 计价单位 计量单位币种",
    ),
    (
        Key::Member,
        "联合体成员 联合体成员单位 联合体成员名称 联合体其他成员 联合体单位 联合体 联合体成员一 联合体成员二 联合体成员三 \
         联合体成员1 联合体成员2 联合体成员3 联合体成员方 联合体参与方 联合体协办方 成员单位 联合体牵头人 \
         联合体牵头单位 联合体牵头方 联合体主体 联合体牵头人名称 联合体成员人 联合体各方 联合体供应商",
    ),
    (
        Key::TitleAndNumber,
        "项目名称及编号 采购项目名称及编号 项目编号及名称 采购项目编号及名称 项目名称及项目编号 项目名称和编号 \
         项目编号和名称 项目名称、编号 项目编号、名称 项目名称/编号 项目编号/名称 采购项目名称和编号 采购编号及项目名称 \
         项目名称与编号 招标项目名称及编号 采购项目的名称和编号 原公告的采购项目名称及编号 原公告项目名称及编号",
    ),
    (Key::ItemsPath, "品目 采购品目 品目名称 采购品目名称 项目品目"),
    (Key::Region, "行政区域 行政区划 所属区域 项目所在行政区域"),
    (Key::Published, "公告时间 发布时间 公告发布时间 公告发布日期 发布日期 发布公告时间"),
    (
        Key::Contact,
        "联系人 联系方式 联系电话 电话 传真 邮箱 电子邮箱 电子邮件 邮编 手机 项目联系人 项目联系方式 项目联系电话 \
         采购单位联系方式 采购人联系方式 采购人联系人 采购人联系电话 代理机构联系方式 代理机构联系人 代理机构联系电话 \
         质疑联系人 质疑联系方式 质疑电话 监督电话 采购单位联系人 采购单位联系电话 企业办公电话 法定代表人 法人代表 法人 授权代表 \
         供应商联系电话 供应商联系人 供应商联系方式 采购代理机构联系方式 E-mail Email EMAIL QQ 投诉电话 咨询电话 \
         服务电话 采购项目联系人 采购代理机构联系人 采购代理机构联系电话 经办人 项目经办人 邮政编码 采购项目联系电话 \
         监督投诉电话 中标供应商联系方式 负责人 电子信箱 采购经办人 项目负责人 联系人及电话 联系人及联系方式 \
         联系人电话 采购人项目联系人 采购人经办人 监督人 手机号码 固定电话 技术支持电话 业务咨询电话 代理机构经办人 \
         项目经理 账号 开户银行 开户行 开户名 户名 银行账号 开户名称 开户账号 收款人 账户名称 帐号 行号",
    ),
    (
        Key::Other,
        "采购需求 合同履行期限 合同履约期限 资金来源 服务期限 服务期 交货期 交货时间 工期 质保期 评审方法 评审总得分 \
         评审得分 得分 综合得分 最终得分 评审最终得分 总得分 备注 采购内容 采购数量 数量 品牌 规格型号 规格 型号 资质 \
         服务要求 服务范围 服务时间 服务标准 主要标的 主要中标标的 主要成交标的 企业规模 货物名称 服务名称 时间 方式 \
         途径 售价 采购人代表 评审专家 交货地点 履约地点 供货地点 服务地点 收费标准 公告期限 公示期限 公示时间 \
         资格要求 评标方法 评标办法 更正内容 更正原因 变更内容 变更原因 简要规格描述 简要技术要求 是否接受联合体 \
         获取时间 获取方式 获取地点 中标标的 供应商性质 供应商规模 是否价格扣除 采购标的 计划工期 建设地点 招标范围 \
         采购主要内容 项目序列号 用途 项目用途 项目性质 项目类别 采购目录 评审日期 评标日期 采购日期 开标地点 \
         投标地点 开启地点 PPP项目 附件 发布来源 撰写单位 创建人 信息来源 合同编号 合同名称 合同签订日期 签订日期 \
         合同公告日期 所属地域 所属行业 评标委员会成员 评审小组成员 磋商小组成员 谈判小组成员 评标委员会成员名单 \
         评审专家名单 其他事项 其他 本项目 标段划分 采购标的名称 标的类别 成交日期及时间 质量 \
         质量要求 供货期 交付时间 履约期限 合同期限 采购公告标题 公告标题 理由 原因 产地 单位数量 招标内容 \
         招标项目内容 内容 采购标的内容 简要规格描述或项目基本概况介绍、用途 采购项目分包情况 标项概况",
    ),
];

const SUPPLIER_ENDINGS: [&str; 21] = [
    "供应商名称",
    "供应商",
    "人名称",
    "人",
    "单位名称",
    "单位",
    "商",
    "方",
    "公司",
    "机构",
    "企业",
    "投标人",
    "厂商",
    "供货商",
    "服务商",
    "供应商全称",
    "商名称",
    "人单位名称",
    "供应商单位名称",
    "公司名称",
    "供应商名单",
];

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
