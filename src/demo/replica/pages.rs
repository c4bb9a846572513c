//! A notice's page in the real site's layout: head, summary table, body. The replica's own printing; no reader is asked how.

use crate::demo::notices::{Form, Notice, Says};

use super::html::{Paper, escaped};
use super::{money, older, sections, words};

const HEAD: &str = include_str!("../../../templates/replica/head.html");
const FOOT: &str = include_str!("../../../templates/replica/foot.html");

/// The year whose pages still had the frame before last: another class of the body, 采购人 for 采购单位.
const OLD_FRAME_UNTIL: i16 = 2016;

/// Nobody: real pages name people here, and what names people must not travel on.
pub const CONTACT: &str = "演示联系人";
/// Nobody's number.
pub const TELEPHONE: &str = "000-00000000";

/// The body of a notice: what it says, and where its facts come from.
#[must_use]
pub fn body(notice: &Notice) -> Paper {
    let mut paper = match notice.form {
        Form::Older => older::body(notice),
        Form::Lines | Form::Table => sections::body(notice),
    };
    paper.p(notice.purchase.mark.sentence());
    if notice.stamped {
        paper.p(&format!(
            "区块链已存证 存证时间：{} 存证哈希值：73C45CFCE7E111BD4D76CFCD27090D2D 区块高度：{}",
            words::minute(notice.at, " "),
            notice.id
        ));
    }
    paper
}

/// The whole page.
#[must_use]
pub fn page(notice: &Notice) -> String {
    let title = escaped(notice.title);
    let at = notice.at;
    let published = format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute());
    let class = if old_frame(notice) { "vT_detail_content w760c" } else { "vF_detail_content" };
    let (level, label) = (words::level(notice), words::label(notice));
    format!(
        r#"<!doctype html>
<html>
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<meta name="SiteName" content="中国政府采购网" />
<meta name="SiteDomain" content="www.ccgp.gov.cn" />
<meta name="SiteIDCode" content="bm14000002" />
<meta name="ArticleTitle" content="{title}" />
<meta name="PubDate" content="{published}" />
<meta name="ContentSource" content="中国政府采购网" />
<title>{title}</title>
<link href="/css/detail.css" rel="stylesheet" type="text/css" />
</head>
<body id="detail">
{HEAD}
<div class="main">
<div class="main_container">
    <div class="vF_deail_currentloc mt10">
        <p>当前位置：<a href="../../../../" title="首页" class="CurrChnlCls">首页</a>&nbsp;&raquo;&nbsp;
                <a href="../../../" title="政采公告" class="CurrChnlCls">政采公告</a>&nbsp;&raquo;&nbsp;<a href="../../" title="{level}" class="CurrChnlCls">{level}</a>&nbsp;&raquo;&nbsp;<a href="../" title="{label}" class="CurrChnlCls">{label}</a></p>
    </div>
    <div class="vF_deail_maincontent">
<div class="vF_detail_main  pzIn{zone}">
            <div class="vF_detail_header"><h2 class="tc">{title}</h2>
            <p class="tc"><span id="pubTime">{minute}</span> 来源：<span id="sourceName"></span> 【<span id="printBtn">打印</span>】 <span id="shareTo"></span></p></div>
<!--contentTable-->
{summary}
<!--contentTable-->
<div class="vF_detail_content_container">
            <div class="{class}">
{body}
            </div>
        </div><!--vF_detail_content_container-->
        </div><!--vF_detail_main-->
    </div><!--vF_deail_maincontent-->
    <div class="vF_detail_relcontent mt13">
    <h2><p>相关公告</p></h2>
    <div class="vF_detail_relcontent_lst">
        <ul class="c_list_tat">
        </ul>
    </div>
</div><!--相关公告-->
    </div>
</div>
</div>
{FOOT}"#,
        zone = notice.purchase.zone_code,
        minute = words::minute(at, " "),
        summary = summary(notice),
        body = body(notice).html(),
    )
}

fn old_frame(notice: &Notice) -> bool {
    notice.at.year() <= OLD_FRAME_UNTIL
}

/// The summary table, with the site's single quotes.
struct Summary(String);

impl Summary {
    fn wide(&mut self, label: &str, value: &str) {
        self.raw(label, &escaped(value));
    }

    fn raw(&mut self, label: &str, html: &str) {
        self.0.extend(["<tr><td class='title'>", label, "</td><td colspan='3'>", html, "</td></tr>"]);
    }

    fn pair(&mut self, left: (&str, &str), right: (&str, &str)) {
        let (first, second) = (escaped(left.1), escaped(right.1));
        self.0.extend(["<tr><td class='title'>", left.0, "</td><td width='168'>", &first, "</td>"]);
        self.0.extend(["<td class='title' width='128'>", right.0, "</td><td width='168'>", &second, "</td></tr>"]);
    }
}

fn summary(notice: &Notice) -> String {
    let purchase = notice.purchase;
    let buyer = if old_frame(notice) { "采购人" } else { "采购单位" };
    let mut table = Summary(String::new());
    table.wide("采购项目名称", purchase.title);
    table.raw("品目", &format!("<p>{}</p>", escaped(purchase.items_path)));
    table.wide(buyer, purchase.buyer);
    table.pair(("行政区域", purchase.region), ("公告时间", &words::minute(notice.at, "  ")));
    particulars(&mut table, notice);
    table.0.push_str("<tr><td colspan=\"4\"><b>联系人及联系方式：</b></td></tr>");
    table.wide("项目联系人", CONTACT);
    table.wide("项目联系电话", TELEPHONE);
    table.wide(buyer, purchase.buyer);
    table.wide(&format!("{buyer}地址"), purchase.address);
    table.wide(&format!("{buyer}联系方式"), TELEPHONE);
    table.wide("代理机构名称", words::agency(notice));
    table.wide("代理机构地址", "");
    table.wide("代理机构联系方式", TELEPHONE);
    format!(
        "<div class='table'><h5>公告概要：</h5><table width='600' border='0' cellspacing='1' bgcolor='#bfbfbf' \
         style='text-align:left;'><tr><td colspan='4'><b>公告信息：</b></td></tr>{}</table></div>",
        table.0
    )
}

/// The rows that depend on the kind of notice.
fn particulars(table: &mut Summary, notice: &Notice) {
    match &notice.says {
        Says::Tender { deadline, .. } => {
            let days = deadline.map_or_else(undisclosed, |until| {
                let (from, to) = (words::day(notice.at.date()), words::day(until.date()));
                let hours = "每日上午:09:00 至 12:00&nbsp;&nbsp;下午:13:00 至 17:00（北京时间，法定节假日除外）";
                format!("{from}至{to}<br/>{hours}")
            });
            table.raw("获取招标文件时间", &days);
            table.wide("招标文件售价", "￥0");
            table.wide("获取招标文件的地点", "详见公告正文");
            table.wide("开标时间", &deadline.map_or_else(|| "详见公告正文".to_owned(), |at| words::minute(at, "  ")));
            table.wide("开标地点", "详见公告正文");
            let budget = notice.purchase.budget;
            table.wide(
                "预算金额",
                &budget.map_or_else(undisclosed, |fen| format!("￥{}万元（人民币）", money::wan(fen))),
            );
        }
        Says::Award { tendered_on, awarded_on, lots, slip, .. } => {
            let won = words::won(notice);
            if let (Some(tendered), Some(awarded)) = (tendered_on, awarded_on) {
                table.pair(
                    ("本项目招标公告日期", &words::day(*tendered)),
                    (&format!("{won}日期"), &words::day(*awarded)),
                );
            }
            table.wide("评审专家名单", "详见公告正文");
            let told: Option<i64> = lots.iter().filter(|lot| lot.failed.is_none()).map(|lot| lot.amount).sum();
            let told = told.map(|fen| if *slip { fen.saturating_mul(10_000) } else { fen });
            let total = told.map_or_else(undisclosed, |fen| format!("￥{} 万元（人民币）", money::wan(fen)));
            table.wide(&format!("总{won}金额"), &total);
        }
        Says::Correction { first_on, .. } => {
            table.pair(("首次公告日期", &words::day(*first_on)), ("更正日期", &words::day(notice.at.date())));
        }
        _ => {}
    }
}

/// What the site prints when a form was left empty.
fn undisclosed() -> String {
    "详见公告正文".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::notices;
    use scraper::{Html, Selector};

    fn texts(page: &Html, selector: &str) -> Vec<String> {
        page.select(&Selector::parse(selector).unwrap()).map(|element| element.text().collect()).collect()
    }

    #[test]
    fn every_page_has_the_frame_of_the_site() {
        for notice in notices::all() {
            let page = Html::parse_document(&page(notice));
            assert_eq!(texts(&page, "div.vF_detail_header > h2.tc"), [notice.title], "{}", notice.id);
            assert_eq!(texts(&page, "span#pubTime"), [words::minute(notice.at, " ")], "{}", notice.id);
            let meta = Selector::parse("meta[name=ArticleTitle]").unwrap();
            assert_eq!(page.select(&meta).next().unwrap().attr("content"), Some(notice.title));
            let labels = texts(&page, "div.table td.title");
            let buyer = if old_frame(notice) { "采购人" } else { "采购单位" };
            assert_eq!(
                labels.iter().filter(|label| *label == buyer).count(),
                2,
                "the buyer stands twice: {}",
                notice.id
            );
            let bodies = texts(&page, "div.vF_detail_content, div.vT_detail_content");
            assert_eq!(bodies.len(), 1, "{}", notice.id);
            assert!(bodies[0].contains("演示页"), "a page that does not say what it is: {}", notice.id);
        }
    }

    #[test]
    fn what_is_not_known_is_not_printed_as_a_figure() {
        let tsinghua = notices::named::NOTICES.iter().find(|notice| notice.id == 7_690_211).unwrap();
        assert!(page(tsinghua).contains("￥90.000000万元（人民币）"));
        let haidian = notices::named::NOTICES.iter().find(|notice| notice.id == 12_560_919).unwrap();
        assert!(page(haidian).contains("27,080,000.00"));
        let others = notices::named::NOTICES.iter().filter(|notice| ![tsinghua.id, haidian.id].contains(&notice.id));
        for notice in others {
            // The documents cost nothing; no other figure of money stands there.
            let page = page(notice).replace("￥0</td>", "").replace("金额(万元)", "");
            assert!(!page.contains('￥') && !page.contains("万元"), "{}", notice.id);
        }
    }

    #[test]
    fn the_slipped_summary_says_ten_thousand_times_the_body() {
        let slipped = notices::invented::NOTICES.iter().find(|notice| notice.id == 11_845_067).unwrap();
        let page = page(slipped);
        assert!(page.contains("￥735000.000000 万元（人民币）"), "the summary");
        assert!(page.contains("总中标金额：73.5 万元（人民币）"), "the body");
    }
}
