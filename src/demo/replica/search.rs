//! The replica's search, with the real form's parameters: which notices a query finds, and the result page in the real layout. Newest
//! first, twenty rows a page, the pager twice; nothing found means no pager; a range of more than 365 days is answered by a message.

use jiff::civil::Date;
use jiff::{Span, ToSpan, Unit};

use crate::demo::notices::{Level, Notice};

use super::html::escaped;
use super::{pages, words};

const FORM: &str = include_str!("../../../templates/replica/form.html");
const HEAD: &str = include_str!("../../../templates/replica/head.html");

/// Rows on a page.
pub const ROWS: usize = 20;
/// The longest range that the site searches.
const DAYS_MAX: i32 = 365;
/// The site's earliest day.
const EARLIEST: Date = jiff::civil::date(2013, 1, 1);
/// Letters before and after the first match in a snippet.
const SNIPPET: (usize, usize) = (30, 80);
/// Longer values are no search terms.
const VALUE_LETTERS_MAX: usize = 200;

/// What the form asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    fulltext: bool,
    page: usize,
    kw: String,
    bid_sort: String,
    bid_type: String,
    pin_mu: String,
    buyer: String,
    project: String,
    agent: String,
    zone: String,
    from: Date,
    to: Date,
}

impl Query {
    /// Reads the query string; what is missing or makes no sense becomes the form's default.
    #[must_use]
    pub fn parse(raw: &str, today: Date) -> Self {
        let value = |name: &str| {
            let mut pairs = url::form_urlencoded::parse(raw.as_bytes());
            let found = pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
            found.unwrap_or_default().trim().chars().take(VALUE_LETTERS_MAX).collect::<String>()
        };
        let (from, to) = range(&value("timeType"), day(&value("start_time")), day(&value("end_time")), today);
        Self {
            fulltext: value("searchtype") != "1",
            page: value("page_index").parse().unwrap_or(1).max(1),
            kw: value("kw"),
            bid_sort: value("bidSort"),
            bid_type: value("bidType"),
            pin_mu: value("pinMu"),
            buyer: value("buyerName"),
            project: value("projectId"),
            agent: value("agentName"),
            zone: value("zoneId"),
            from,
            to,
        }
    }

    fn too_wide(&self) -> bool {
        self.from.until((Unit::Day, self.to)).is_ok_and(|span| span.get_days() > DAYS_MAX)
    }

    fn finds(&self, notice: &Notice) -> bool {
        let purchase = notice.purchase;
        let on = notice.at.date();
        let any = |wanted: &str| wanted.is_empty() || wanted == "0";
        let sort = match purchase.level {
            Level::Central => "1",
            Level::Local => "2",
        };
        let channel = words::CHANNELS.iter().find(|channel| channel.folder == notice.channel);
        let within = |wanted: &str, text: &str| wanted.is_empty() || text.contains(wanted);
        self.from <= on
            && on <= self.to
            && (any(&self.bid_sort) || self.bid_sort == sort)
            && (any(&self.bid_type) || channel.is_some_and(|channel| channel.bid_type == self.bid_type))
            && (any(&self.pin_mu) || purchase.items_path.starts_with(item_kind(&self.pin_mu)))
            && within(&self.buyer, purchase.buyer)
            && within(&self.project, purchase.number.unwrap_or_default())
            && within(&self.agent, words::agency(notice))
            && (self.zone.is_empty() || in_zone(&self.zone, purchase.zone_code))
            && (within(&self.kw, notice.title) || self.fulltext && within(&self.kw, pages::body(notice).text()))
    }
}

fn day(text: &str) -> Option<Date> {
    let mut parts = text.split(':');
    let year = parts.next()?.parse().ok()?;
    let (month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    if parts.next().is_some() { None } else { Date::new(year, month, day).ok() }
}

/// The days that the form's time choice covers; 6 (or dates without a choice) means the given dates.
fn range(choice: &str, start: Option<Date>, end: Option<Date>, today: Date) -> (Date, Date) {
    let back = |span: Span| (today.saturating_sub(span), today);
    match choice {
        "0" => (today, today),
        "1" => back(2.days()),
        "2" => back(1.week()),
        "3" => back(1.month()),
        "4" => back(3.months()),
        "5" => back(6.months()),
        _ if start.is_none() && end.is_none() => back(3.months()),
        _ => (start.unwrap_or(EARLIEST).max(EARLIEST), end.unwrap_or(today)),
    }
}

fn item_kind(pin_mu: &str) -> &'static str {
    match pin_mu {
        "1" => "货物",
        "2" => "工程",
        "3" => "服务",
        _ => "无此类",
    }
}

/// `44 not 4403`: in the first zone and not in the second.
fn in_zone(wanted: &str, code: &str) -> bool {
    match wanted.split_once(" not ") {
        Some((inside, outside)) => code.starts_with(inside) && !code.starts_with(outside),
        None => code.starts_with(wanted),
    }
}

/// The result page for `query` over what is published.
#[must_use]
pub fn page(query: &Query, published: &[&Notice], site: &str) -> String {
    let middle = if query.too_wide() { message() } else { results(query, published, site) };
    let (from, to) = (form_day(query.from), form_day(query.to));
    let (kw, kind) = (escaped(&query.kw), if query.fulltext { "2" } else { "1" });
    let html = format!(
        r#"
<!doctype html>
<html>
<head>
    <meta http-equiv="Content-Type" content="text/html; charset=utf-8"/>
    <title>采购公告搜索_中国政府采购网</title>
    <link href="/static/css/sytle3.css" rel="stylesheet" type="text/css"/>
</head>
<body style="background:#fff">
{HEAD}
<div class="vT_z">
    <div class="vT-srch-result-top">
        <div class="vT-srch-result-top-form n_fr">
            <form name="searchForm" id="searchForm" action="{site}/bxsearch" method="get">
                <input type="hidden" name="searchtype" id="searchtype" value="{kind}">
                <input type="hidden" name="page_index" id="page_index" value="{page}">
                <input type="hidden" name="dbselect" value="bidx">
                <input name="kw" id="kw" type="text" style="float:left;width:260px" value="{kw}"/>
                <input type="hidden" name="start_time" id="start_time" value="{from}">
                <input type="hidden" name="end_time" id="end_time" value="{to}">
                <input type="button" value="搜标题" id="doSearch1" onclick="validateCode(1)" class="main"/>
                <input type="button" value="搜全文" id="doSearch2" onclick="validateCode(2)" class="main"/>
            </form>
        </div>
    </div>
</div>
<div class="vT_z" id="vT_bidSearch_o">
{FORM}
</div>
{middle}
</body>
</html>
"#,
        page = query.page,
    );
    html.replace('\n', "\r\n")
}

fn message() -> String {
    "<div class=\"vT_z\"><p style=\"color:#c00000\">起止日期 不能超过365天</p></div>\n\
     <script>alert('起止日期 不能超过365天');</script>"
        .to_owned()
}

fn form_day(day: Date) -> String {
    format!("{:04}:{:02}:{:02}", day.year(), day.month(), day.day())
}

fn results(query: &Query, published: &[&Notice], site: &str) -> String {
    let mut found: Vec<&Notice> = published.iter().copied().filter(|notice| query.finds(notice)).collect();
    found.sort_by_key(|notice| std::cmp::Reverse((notice.at, notice.id)));
    let pager = pager(found.len(), query.page);
    let skipped = ROWS.saturating_mul(query.page - 1);
    let rows: String = found.iter().skip(skipped).take(ROWS).map(|notice| row(query, notice, site)).collect();
    format!(
        r#"<div class="vT_z">
    <div style="width:100%;height:30px">
            <div style="font-size:14px">
                <p style="float:left">关键字：
                    <span style="color:#c00000;font-weight:bolder">{kw}</span>
                        {kind}
                    共找到
                    <span style="color:#c00000">{total}</span>
                    条内容 查询日期从
                    <span style="color:#c00000">{from}</span>
                    到
                    <span style="color:#c00000">{to}</span>
                </p>
{pager}
            </div>
    </div>
        <span class="blank10"></span>
        <div class="vT_z" style="position:relative">
            <div class="vT-srch-result">
                <div class="vT-srch-result-list-con2">
                    <div class="vT-srch-result-list">
                        <ul class="vT-srch-result-list-bid">
{rows}
                        </ul>
{pager}
                    </div>
                </div>
            </div>
        </div>
</div>"#,
        kw = escaped(&query.kw),
        kind = if query.fulltext { "全文检索" } else { "标题检索" },
        total = found.len(),
        from = query.from,
        to = query.to,
    )
}

fn pager(total: usize, page: usize) -> String {
    if total == 0 {
        return String::new();
    }
    let (size, current) = (total.div_ceil(ROWS), page - 1);
    format!(
        r#"                    <p class="pager">
                        <script language="javascript">Pager({{
                            size: {size},
                            current: {current},
                            prefix: 'data2',
                            suffix: '.jsp&'
                        }});</script>
                    </p>"#
    )
}

fn row(query: &Query, notice: &Notice, site: &str) -> String {
    let purchase = notice.purchase;
    format!(
        r#"                                <li>
                                    <a href="{site}{path}" style="line-height:18px" target="_blank">
                                        {title}
                                    </a>
                                    <p>{snippet}</p>
                                    <span>{second}
                                        | 采购人：{buyer}
                                        | 代理机构：{agency}
                                        <br/>
                                        <strong style="font-weight:bolder">
                                                {label}
                                        </strong>
                                        | <a href="javascript:void(0)">{zone}</a>
                                        | <strong style="font-weight:bolder"> {items}</strong>
                                    </span>
                                </li>
"#,
        path = notice.path(),
        title = marked(notice.title, &query.kw),
        snippet = marked(&snippet(pages::body(notice).text(), &query.kw), &query.kw),
        second = words::second(notice),
        buyer = escaped(purchase.buyer),
        agency = escaped(words::agency(notice)),
        label = words::label(notice),
        zone = escaped(purchase.zone),
        items = escaped(purchase.items_path),
    )
}

/// A passage around the first match; it begins in the middle of a sentence, as the site's do.
fn snippet(text: &str, kw: &str) -> String {
    let (before, after) = SNIPPET;
    let found = if kw.is_empty() { None } else { text.split_once(kw) };
    match found {
        Some((head, tail)) => {
            let lead: String = head.chars().rev().take(before).collect();
            let lead: String = lead.chars().rev().collect();
            let rest: String = tail.chars().take(after).collect();
            format!("{lead}{kw}{rest}")
        }
        None => text.chars().skip(before).take(before + after).collect(),
    }
}

/// Escaped text with every match in red.
fn marked(text: &str, kw: &str) -> String {
    let text = escaped(text);
    let kw = escaped(kw);
    if kw.is_empty() { text } else { text.replace(&kw, &format!("<font color=red>{kw}</font>")) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use scraper::{Html, Selector};

    use super::*;
    use crate::demo::notices;

    const SITE: &str = "http://127.0.0.1:8080";
    const TODAY: Date = date(2019, 9, 20);

    fn ask(raw: &str) -> Html {
        Html::parse_document(&page(&Query::parse(raw, TODAY), &notices::all(), SITE))
    }

    fn count(page: &Html, selector: &str) -> usize {
        page.select(&Selector::parse(selector).unwrap()).count()
    }

    fn rows(page: &Html) -> Vec<String> {
        let links = Selector::parse("ul.vT-srch-result-list-bid > li > a").unwrap();
        page.select(&links).map(|link| link.attr("href").unwrap().to_owned()).collect()
    }

    fn total(page: &Html) -> usize {
        let spans = Selector::parse("p > span[style='color:#c00000']").unwrap();
        page.select(&spans).next().unwrap().text().collect::<String>().parse().unwrap()
    }

    const YEAR: &str = "start_time=2018%3A09%3A20&end_time=2019%3A09%3A20&timeType=6";

    #[test]
    fn pages_of_a_search_join_into_all_its_rows_newest_first() {
        let first = ask(&format!("searchtype=2&kw=%E5%8C%BA%E5%9D%97%E9%93%BE&page_index=1&{YEAR}"));
        let second = ask(&format!("searchtype=2&kw=%E5%8C%BA%E5%9D%97%E9%93%BE&page_index=2&{YEAR}"));
        assert_eq!(rows(&first).len(), ROWS);
        assert_eq!(rows(&first).len() + rows(&second).len(), total(&first));
        assert_eq!(count(&first, "p.pager"), 2, "the pager stands twice");
        assert!(first.html().contains("size: 2,") && second.html().contains("current: 1,"));
        let all: Vec<String> = rows(&first).into_iter().chain(rows(&second)).collect();
        assert!(all.iter().all(|url| url.starts_with("http://127.0.0.1:8080/cggg/")));
        let ids: Vec<&str> = all.iter().map(|url| url.rsplit('_').next().unwrap()).collect();
        assert!(ids.is_sorted_by(|a, b| a >= b), "newest first: {ids:?}");
    }

    #[test]
    fn nothing_found_says_zero_and_shows_no_pager() {
        let page = ask(&format!("searchtype=2&kw=zzz&{YEAR}"));
        assert_eq!((total(&page), rows(&page).len(), count(&page, "p.pager")), (0, 0, 0));
        assert_eq!(count(&page, "ul.vT-srch-result-list-bid"), 1);
    }

    #[test]
    fn more_than_365_days_are_refused_in_words() {
        let page = ask("searchtype=2&kw=x&start_time=2018:09:19&end_time=2019:09:20&timeType=6");
        assert!(page.html().contains("起止日期 不能超过365天"));
        assert_eq!(count(&page, "ul.vT-srch-result-list-bid"), 0);
    }

    #[test]
    fn a_title_search_passes_over_what_only_the_text_says() {
        let titles = ask(&format!("searchtype=1&kw=%E5%8C%BA%E5%9D%97%E9%93%BE&{YEAR}"));
        let texts = ask(&format!("searchtype=2&kw=%E5%8C%BA%E5%9D%97%E9%93%BE&{YEAR}"));
        // Haidian's platform, the smart campus, and two pages that are only stamped.
        assert_eq!(total(&texts) - total(&titles), 4);
    }

    #[test]
    fn the_form_narrows_by_level_channel_zone_and_kind() {
        let all = total(&ask(YEAR));
        let [central, local] = ["1", "2"].map(|sort| total(&ask(&format!("bidSort={sort}&{YEAR}"))));
        assert_eq!(central + local, all);
        assert!(central > 0 && local > central);
        let by_channel: usize = (1..=12).map(|kind| total(&ask(&format!("bidType={kind}&{YEAR}")))).sum();
        assert_eq!(by_channel, all);
        assert_eq!(total(&ask(&format!("zoneId=44+not+4403&{YEAR}"))), 3);
        assert_eq!(total(&ask(&format!("projectId=YSZY-2019-0910&{YEAR}"))), 2);
        assert_eq!(total(&ask(&format!("pinMu=1&{YEAR}"))), 1);
    }

    /// Tags and classes of an element and what is in it, without the marks of matches.
    fn bones(element: scraper::ElementRef<'_>) -> String {
        let inner: String =
            element.child_elements().filter(|child| child.value().name() != "font").map(bones).collect();
        let classes: Vec<&str> = element.value().classes().collect();
        format!("<{} {}>{inner}</>", element.value().name(), classes.join(" "))
    }

    #[test]
    fn a_row_has_the_bones_of_a_real_one() {
        let folder = std::env::var("TENDERWATCH_CAPTURES").unwrap_or_else(|_| "../shared/captures".to_owned());
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let Ok(real) = std::fs::read_to_string(path.join("ccgp/search_fulltext_2017-12_31hits.html")) else {
            eprintln!("the captures are not here: nothing compared");
            return;
        };
        let (real, ours) = (Html::parse_document(&real), ask(YEAR));
        for part in ["ul.vT-srch-result-list-bid > li", "p.pager"] {
            let part = Selector::parse(part).unwrap();
            let [real, ours] = [&real, &ours].map(|page| bones(page.select(&part).next().unwrap()));
            assert_eq!(real, ours);
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

        #[test]
        fn any_query_is_answered(raw in "(page_index=[0-9]{1,20}&|start_time=[0-9:]{0,11}&|timeType=[0-9]&|kw=.{0,9}&|zoneId=[0-9not +]{0,9}&){0,6}") {
            let answer = page(&Query::parse(&raw, TODAY), &notices::all(), SITE);
            assert!(answer.contains("共找到") || answer.contains("不能超过365天"));
        }
    }

    #[test]
    fn a_match_is_red_and_the_term_cannot_break_the_page() {
        let page = ask(&format!("searchtype=2&kw=%E7%B2%AE%E9%A3%9F&{YEAR}"));
        assert!(count(&page, "li font[color=red]") > 0);
        let broken = ask(&format!("kw=%3Cscript%3Ealert(1)%3C/script%3E&{YEAR}"));
        assert_eq!(count(&broken, "script"), 0);
    }
}
