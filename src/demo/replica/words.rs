//! The site's words for its channels, and dates as its pages print them.

use jiff::civil::{Date, DateTime};

use crate::demo::notices::{Level, Notice};

/// What a listing and the page's path call a channel, and the code that the search form sends for it.
pub struct Channel {
    /// The folder in addresses.
    pub folder: &'static str,
    /// The search form's `bidType`.
    pub bid_type: &'static str,
    /// The label in listings.
    pub label: &'static str,
}

/// The channels of the site.
pub const CHANNELS: [Channel; 12] = [
    Channel { folder: "gkzb", bid_type: "1", label: "公开招标公告" },
    Channel { folder: "xjgg", bid_type: "2", label: "询价公告" },
    Channel { folder: "jzxtpgg", bid_type: "3", label: "竞争性谈判公告" },
    Channel { folder: "dylygg", bid_type: "4", label: "单一来源公告" },
    Channel { folder: "zgysgg", bid_type: "5", label: "资格预审公告" },
    Channel { folder: "yqzbgg", bid_type: "6", label: "邀请招标公告" },
    Channel { folder: "zbgg", bid_type: "7", label: "中标公告" },
    Channel { folder: "gzgg", bid_type: "8", label: "更正公告" },
    Channel { folder: "qtgg", bid_type: "9", label: "其它公告" },
    Channel { folder: "jzxcs", bid_type: "10", label: "竞争性磋商公告" },
    Channel { folder: "cjgg", bid_type: "11", label: "成交公告" },
    Channel { folder: "fblbgg", bid_type: "12", label: "废标公告" },
];

/// The label of a notice's channel.
#[must_use]
pub fn label(notice: &Notice) -> &'static str {
    CHANNELS.iter().find(|channel| channel.folder == notice.channel).map_or("其它公告", |channel| channel.label)
}

/// `中央公告` or `地方公告`.
#[must_use]
pub fn level(notice: &Notice) -> &'static str {
    match notice.purchase.level {
        Level::Central => "中央公告",
        Level::Local => "地方公告",
    }
}

/// 中标 of a tender, 成交 of the other methods.
#[must_use]
pub fn won(notice: &Notice) -> &'static str {
    if notice.channel == "cjgg" || notice.purchase.method != "公开招标" { "成交" } else { "中标" }
}

/// The agency as this page names it.
#[must_use]
pub fn agency(notice: &Notice) -> &'static str {
    notice.agency.unwrap_or(notice.purchase.agency)
}

/// `2019年09月10日`.
#[must_use]
pub fn day(on: Date) -> String {
    format!("{:04}年{:02}月{:02}日", on.year(), on.month(), on.day())
}

/// `2019年09月10日 14:20`, with as many blanks as wanted.
#[must_use]
pub fn minute(at: DateTime, blanks: &str) -> String {
    format!("{}{blanks}{:02}:{:02}", day(at.date()), at.hour(), at.minute())
}

/// `2019.09.10 14:20:00`, as listings print it.
#[must_use]
pub fn second(notice: &Notice) -> String {
    let at = notice.at;
    let (date, hour, minute, second) = (at.date(), at.hour(), at.minute(), at.second());
    format!("{:04}.{:02}.{:02} {hour:02}:{minute:02}:{second:02}", date.year(), date.month(), date.day())
}
