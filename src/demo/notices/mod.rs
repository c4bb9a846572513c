//! What the replica site can publish: purchases and their notices, as data. Real names come from the published study and are marked as
//! rebuilt; everything invented is marked as a demonstration in the page itself. Lacks any layout: `demo/replica` prints them.

pub mod captured;

pub mod invented;

pub mod named;

pub mod news;

pub mod purchases;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

/// Central or local, as the site sorts its notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// 中央公告, `zygg`.
    Central,
    /// 地方公告, `dfgg`.
    Local,
}

/// Which generation of bodies a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The free form of 2016 to 2019.
    Older,
    /// Numbered sections with label lines.
    Lines,
    /// Numbered sections with tables.
    Table,
}

/// Where a page's facts come from; printed in its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Rebuilt from public reports: names are real, what they do not tell is left undisclosed.
    Rebuilt,
    /// Invented for the demonstration.
    Invented,
}

impl Mark {
    /// The sentence that the page prints.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Rebuilt => "演示页：按公开报道重建；报道未载明的日期、地址、金额等均非原公告内容。",
            Self::Invented => "演示页：本公告的单位、金额与日期均为演示而虚构。",
        }
    }
}

/// What is bought, by whom, through whom. Its notices share it.
#[derive(Debug)]
pub struct Purchase {
    /// 采购项目名称.
    pub title: &'static str,
    /// 采购单位.
    pub buyer: &'static str,
    /// 采购单位地址; empty when unknown.
    pub address: &'static str,
    /// 代理机构; empty when unknown.
    pub agency: &'static str,
    /// Central or local.
    pub level: Level,
    /// The zone's short name in listings (`北京`).
    pub zone: &'static str,
    /// The zone's two-digit code (`11`).
    pub zone_code: &'static str,
    /// 行政区域 as pages print it (`北京市`).
    pub region: &'static str,
    /// 品目.
    pub items_path: &'static str,
    /// 项目编号, when known.
    pub number: Option<&'static str>,
    /// The method in words (`公开招标`).
    pub method: &'static str,
    /// 预算金额 in fen, when disclosed.
    pub budget: Option<i64>,
    /// What is wanted, in a sentence or two.
    pub wants: &'static str,
    /// Where the facts come from.
    pub mark: Mark,
}

/// A supplier as notices name it.
#[derive(Debug, Clone, Copy)]
pub struct Supplier {
    /// Its name.
    pub name: &'static str,
    /// Its address; empty when unknown.
    pub address: &'static str,
}

/// A lot of a result.
#[derive(Debug)]
pub struct Lot {
    /// `1`; none when the purchase has no lots.
    pub label: Option<&'static str>,
    /// The lot's title.
    pub title: &'static str,
    /// Who won: several for a joint bid, none when it failed or the page leaves it to an attachment.
    pub winners: &'static [Supplier],
    /// The award in fen, when disclosed.
    pub amount: Option<i64>,
    /// Why it failed, if it did.
    pub failed: Option<&'static str>,
}

/// A line of needs or of things bought, with its own total.
#[derive(Debug)]
pub struct Line {
    /// 标的名称.
    pub name: &'static str,
    /// Its total in fen, when disclosed.
    pub total: Option<i64>,
}

/// A line of a correction.
#[derive(Debug)]
pub struct Moved {
    /// 更正项.
    pub item: &'static str,
    /// 更正前.
    pub before: &'static str,
    /// 更正后.
    pub after: &'static str,
}

/// What a notice says.
#[derive(Debug)]
pub enum Says {
    /// Offers are asked for until `deadline`.
    Tender {
        /// When offers must be in, when told.
        deadline: Option<DateTime>,
        /// Itemised needs with their budgets.
        lines: &'static [Line],
        /// Lots with their budgets.
        lots: &'static [Line],
    },
    /// A result.
    Award {
        /// When the tender was published.
        tendered_on: Option<Date>,
        /// When it was decided, when told.
        awarded_on: Option<Date>,
        /// The lots.
        lots: &'static [Lot],
        /// What was bought, line by line.
        lines: &'static [Line],
        /// Whether the summary's figure is 10⁴ times too large, as one real page in seventy is.
        slip: bool,
    },
    /// Nothing came of it.
    Failed {
        /// Why.
        why: &'static str,
    },
    /// A correction of the tender or of the result.
    Correction {
        /// 首次公告日期.
        first_on: Date,
        /// What moved.
        moved: &'static [Moved],
        /// Whether the result is corrected, not the tender.
        of_result: bool,
    },
    /// Candidates, in their order.
    Candidates {
        /// First, second, third.
        ranked: &'static [Supplier],
    },
    /// One supplier is proposed.
    SingleSource {
        /// Which.
        proposed: Supplier,
        /// Why only this one.
        why: &'static str,
    },
    /// A contract was signed.
    Contract {
        /// 合同编号, when told.
        number: Option<&'static str>,
        /// With whom.
        supplier: Supplier,
        /// 合同金额 in fen; none when the page states only the budget.
        amount: Option<i64>,
        /// 签订日期, when told.
        signed_on: Option<Date>,
    },
}

/// One notice of the replica.
#[derive(Debug)]
pub struct Notice {
    /// The site's id.
    pub id: u32,
    /// When it appears, in China.
    pub at: DateTime,
    /// The site's channel (`gkzb`).
    pub channel: &'static str,
    /// The title at its head.
    pub title: &'static str,
    /// The agency, where this page names it differently.
    pub agency: Option<&'static str>,
    /// Which generation of body.
    pub form: Form,
    /// What is bought.
    pub purchase: &'static Purchase,
    /// What it says.
    pub says: Says,
    /// Whether an exchange platform stamped it with 区块链已存证.
    pub stamped: bool,
    /// What a perfect watcher tells when it appears during the story, as words of changes.
    pub tells: &'static [&'static str],
}

impl Notice {
    /// The instant it appears.
    #[must_use]
    pub fn published_at(&self) -> Timestamp {
        china(self.at)
    }

    /// `dfgg` or `zygg`.
    #[must_use]
    pub fn level_word(&self) -> &'static str {
        match self.purchase.level {
            Level::Central => "zygg",
            Level::Local => "dfgg",
        }
    }

    /// The path of its page, as the real site builds it.
    #[must_use]
    pub fn path(&self) -> String {
        let (level, channel, at) = (self.level_word(), self.channel, self.at);
        let (year, month, day, id) = (at.year(), at.month(), at.day(), self.id);
        format!("/cggg/{level}/{channel}/{year:04}{month:02}/t{year:04}{month:02}{day:02}_{id}.htm")
    }

    /// The kind of notice, in the product's words.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &self.says {
            Says::Tender { .. } => "tender",
            Says::Award { lots, .. } if lots.iter().all(|lot| lot.failed.is_some()) => "failed",
            Says::Award { .. } => "award",
            Says::Failed { .. } => "failed",
            Says::Correction { .. } => "correction",
            Says::Candidates { .. } => "candidates",
            Says::SingleSource { .. } => "single_source",
            Says::Contract { .. } => "contract",
        }
    }
}

/// The instant of a civil time in China.
#[must_use]
pub fn china(at: DateTime) -> Timestamp {
    // Every constant of this room lies between 2016 and 2019: the conversion cannot leave the range.
    Offset::constant(8).to_timestamp(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Everything the site ever shows, oldest first.
#[must_use]
pub fn all() -> Vec<&'static Notice> {
    let mut notices: Vec<&'static Notice> =
        named::NOTICES.iter().chain(invented::NOTICES).chain(captured::NOTICES).chain(news::NOTICES).collect();
    notices.sort_by_key(|notice| (notice.at, notice.id));
    notices
}

/// What the story publishes, and nothing of what stood there before it.
#[must_use]
pub fn during_the_story(notice: &Notice) -> bool {
    news::NOTICES.iter().any(|news| news.id == notice.id)
}
