//! One announcement as published by a source: everything that a reader understood of it, in the product's words.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::amount::Amount;
use super::organisation::Organisation;
use super::region::Region;
use super::stamp::Stamp;
use super::topic::Relevance;

/// What a notice announces. Judged from title and body; the section of the site is a hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum NoticeKind {
    /// 采购意向.
    Intention,
    /// 资格预审.
    Prequalification,
    /// 招标, 谈判, 磋商, 询价.
    Tender,
    /// 更正, also a pause or a resumption published as one.
    Correction,
    /// 中标候选人公示, 拟中标公告.
    Candidates,
    /// 中标, 成交; some lots may have failed.
    Award,
    /// 废标, 流标, 终止; every lot failed.
    Failed,
    /// 单一来源公示: a proposed supplier is a candidate.
    SingleSource,
    /// 合同.
    Contract,
    /// 合同变更.
    ContractChange,
    /// 验收.
    Acceptance,
    /// The announcement itself was taken back.
    Withdrawn,
    /// None of these.
    #[default]
    Other,
}

impl NoticeKind {
    /// Every kind, in the order of a project's life.
    pub const ALL: [Self; 13] = [
        Self::Intention,
        Self::Prequalification,
        Self::Tender,
        Self::Correction,
        Self::Candidates,
        Self::Award,
        Self::Failed,
        Self::SingleSource,
        Self::Contract,
        Self::ContractChange,
        Self::Acceptance,
        Self::Withdrawn,
        Self::Other,
    ];

    /// The word in JSON, tables and templates.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Intention => "intention",
            Self::Prequalification => "prequalification",
            Self::Tender => "tender",
            Self::Correction => "correction",
            Self::Candidates => "candidates",
            Self::Award => "award",
            Self::Failed => "failed",
            Self::SingleSource => "single_source",
            Self::Contract => "contract",
            Self::ContractChange => "contract_change",
            Self::Acceptance => "acceptance",
            Self::Withdrawn => "withdrawn",
            Self::Other => "other",
        }
    }

    /// The inverse of [`NoticeKind::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// How the purchase is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// 公开招标.
    Open,
    /// 邀请招标.
    Invited,
    /// 竞争性谈判.
    Negotiation,
    /// 竞争性磋商.
    Consultation,
    /// 询价.
    Inquiry,
    /// 单一来源.
    SingleSource,
    /// 框架协议.
    Framework,
    /// 合作创新采购.
    Innovation,
    /// Named, and none of these.
    Other,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 9] = [
        Self::Open,
        Self::Invited,
        Self::Negotiation,
        Self::Consultation,
        Self::Inquiry,
        Self::SingleSource,
        Self::Framework,
        Self::Innovation,
        Self::Other,
    ];

    /// The word in JSON, tables and templates.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Invited => "invited",
            Self::Negotiation => "negotiation",
            Self::Consultation => "consultation",
            Self::Inquiry => "inquiry",
            Self::SingleSource => "single_source",
            Self::Framework => "framework",
            Self::Innovation => "innovation",
            Self::Other => "other",
        }
    }

    /// The inverse of [`Method::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.word() == word)
    }
}

/// Where a lot stands, as one notice says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum LotStatus {
    /// Tendering.
    Open,
    /// Given to one or more suppliers.
    Awarded,
    /// 废标, 流标.
    Failed,
    /// Taken out of the procurement.
    Cancelled,
    /// Not said.
    #[default]
    Unknown,
}

impl LotStatus {
    /// The word in JSON, tables and templates.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Awarded => "awarded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Unknown => "unknown",
        }
    }

    /// The inverse of [`LotStatus::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Open, Self::Awarded, Self::Failed, Self::Cancelled, Self::Unknown].into_iter().find(|s| s.word() == word)
    }
}

/// A part of a project (包, 标段, 标项). A notice without lots has one, with no label.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Lot {
    /// `1`, `A`, `06`: digits and letters only, as printed otherwise.
    pub label: Option<String>,
    /// The lot's own title.
    pub title: Option<String>,
    /// Where it stands.
    pub status: LotStatus,
    /// The lot's own budget.
    pub budget: Amount,
    /// What it was awarded for.
    pub award: Amount,
    /// To whom.
    pub suppliers: Vec<Organisation>,
    /// Whether several suppliers bid as one (联合体).
    pub joint: bool,
}

/// A supplier that was proposed or ranked, and has won nothing yet.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Candidate {
    /// Who.
    pub supplier: Organisation,
    /// The lot's label.
    pub lot: Option<String>,
    /// First, second, third.
    pub rank: Option<u32>,
}

/// One line of a correction: what stood and what stands now, as printed.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Amendment {
    /// 更正项.
    pub item: String,
    /// 更正前.
    pub before: Option<String>,
    /// 更正后.
    pub after: Option<String>,
}

/// What another notice is named by: the original's number, title, address.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Reference {
    /// 原公告的采购项目编号.
    pub project_number: Option<String>,
    /// 原公告的采购项目名称.
    pub title: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// 首次公告日期.
    pub published_on: Option<Date>,
}

/// The dates in a notice's own text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Dates {
    /// 开标时间, the day.
    pub opens_on: Option<Date>,
    /// The instant by which offers must be in.
    pub deadline_at: Option<Stamp>,
    /// 中标日期, 成交日期.
    pub awarded_on: Option<Date>,
    /// 更正日期.
    pub corrected_on: Option<Date>,
}

/// Why a value is what it is: the rule and the passage it was read from.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Evidence {
    /// The rule's name.
    pub rule: String,
    /// The passage, at most 200 characters.
    pub passage: String,
}

/// One line of what is bought (主要标的信息).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Item {
    /// Its name.
    pub name: String,
    /// The lot's label.
    pub lot: Option<String>,
    /// Its own total, never a unit price.
    pub total: Amount,
}

/// One announcement as read.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Notice {
    /// The source's own key, as `27357976`; known from the address where the page does not print it.
    pub native_id: Option<String>,
    /// The revision's key, where a source has one.
    pub revision_id: Option<String>,
    /// The address, normalised.
    pub url: Option<String>,
    /// `dfgg/zbgg`.
    pub section: Option<String>,
    /// What it announces.
    pub kind: NoticeKind,
    /// As printed at the head.
    pub title: String,
    /// 公告时间.
    pub published_at: Option<Stamp>,
    /// Who buys; several for a joint purchase.
    pub buyers: Vec<Organisation>,
    /// Who runs the procurement for the buyer.
    pub agency: Option<Organisation>,
    /// Where the buyer is.
    pub region: Region,
    /// Project numbers as printed, full-width forms folded.
    pub project_numbers: Vec<String>,
    /// 采购项目名称.
    pub project_title: Option<String>,
    /// How it is bought.
    pub method: Option<Method>,
    /// 品目, as `货物/设备/…`.
    pub items_path: Option<String>,
    /// 预算金额.
    pub budget: Amount,
    /// 最高限价.
    pub ceiling: Amount,
    /// 中标（成交）金额; of a contract notice, the contract's amount stands in `contract`.
    pub award: Amount,
    /// 合同金额.
    pub contract: Amount,
    /// The parts.
    pub lots: Vec<Lot>,
    /// What is bought, line by line.
    pub items: Vec<Item>,
    /// Proposed or ranked suppliers.
    pub candidates: Vec<Candidate>,
    /// Old and new of a correction.
    pub amendments: Vec<Amendment>,
    /// The notices it speaks of.
    pub refers_to: Vec<Reference>,
    /// Dates of the text.
    pub dates: Dates,
    /// Names of attachments; they are not read.
    pub attachments: Vec<String>,
    /// Whether and why it is of the topic.
    pub relevance: Relevance,
    /// Field → rule and passage.
    pub evidence: BTreeMap<String, Evidence>,
    /// The body as plain text, stamps and page furniture removed, contact blocks left out; at most 64 KiB.
    pub text: String,
}
