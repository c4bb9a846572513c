//! Search result pages and channel lists (SOURCES §1, §2): the site's count, the pager, and the rows as printed. A row it cannot
//! read wholly is kept with a problem beside it. Rows are hints at notices, never a source of figures.

use jiff::civil::DateTime;
use url::Url;

use super::address::{address, native_id_of};
use crate::domain::reading::{Coverage, Listing, PageKind, Problem, Reading, Row};
use crate::domain::stamp::Stamp;
use crate::sources::dialect::html::{Child, Document, Element};

/// More rows than any page of the site has.
const ROWS_MAX: usize = 200;

/// The longest field of a row that is kept.
const FIELD_CHARS_MAX: usize = 500;

/// The longest snippet that is kept.
const SNIPPET_CHARS_MAX: usize = 2000;

/// The longest passage in a problem.
const PASSAGE_CHARS_MAX: usize = 200;

/// Where the site's relative links lead when the page's own address is not known.
const SITE: &str = "http://www.ccgp.gov.cn/";

/// The classes of the lists of a search result and of a channel.
pub(in crate::sources) const LISTS: [&str; 2] = ["vT-srch-result-list-bid", "c_list_bid"];

/// Reads a search result page or a channel list. Nothing if the page is neither. `url` is where it came from: channel lists link
/// relative to it.
pub(super) fn read(document: &Document, url: Option<&str>) -> Option<Reading> {
    let list = |class: &str| document.root().find(|element| element.name() == "ul" && element.has_class(class));
    let [of_search, of_channel] = LISTS;
    if let Some(found) = list(of_search) {
        return Some(search(document, found, url));
    }
    list(of_channel).map(|found| channel(document, found, url))
}

/// A search result page. `Empty` only if the site itself says 0.
fn search(document: &Document, list: Element<'_>, url: Option<&str>) -> Reading {
    let mut problems = Vec::new();
    let total = count(document);
    if total.is_none() {
        problems.push(problem("listing.total", "the site's count is missing", ""));
    }
    let elsewhere = script_links(document);
    let items: Vec<_> = items(list).collect();
    let in_order = elsewhere.len() == items.len();
    let rows: Vec<Row> = (items.iter().enumerate())
        .map(|(index, item)| {
            let spare = elsewhere.get(index).filter(|_| in_order).map(String::as_str);
            search_row(*item, index, spare, url, &mut problems)
        })
        .collect();
    let (page, pages) = match pager(document) {
        Some((page, pages)) => (page, Some(pages)),
        // Nothing found has no pager; neither need a single page have one.
        None if total == u64::try_from(rows.len()).ok() => (1, Some(u32::from(!rows.is_empty()))),
        None => {
            problems.push(problem("listing.pages", "the pager is missing", ""));
            (1, None)
        }
    };
    let empty = total == Some(0) && rows.is_empty();
    let whole = pages.is_some_and(|pages| pages <= 1) && total == u64::try_from(rows.len()).ok();
    Reading {
        page: if empty { PageKind::Empty } else { PageKind::Listing },
        listing: Some(Listing { total, page, pages, rows }),
        problems,
        coverage: if whole { Coverage::Whole } else { Coverage::Partial },
        notices: Vec::new(),
    }
}

/// A channel list: the latest of a section, so never the whole of anything.
fn channel(document: &Document, list: Element<'_>, url: Option<&str>) -> Reading {
    let mut problems = Vec::new();
    let rows: Vec<Row> =
        items(list).enumerate().map(|(index, item)| channel_row(item, index, url, &mut problems)).collect();
    let (page, pages) = match pager(document) {
        Some((page, pages)) => (page, Some(pages)),
        None => (url.and_then(page_in_name).unwrap_or(1), None),
    };
    Reading {
        page: if rows.is_empty() { PageKind::Empty } else { PageKind::Listing },
        listing: Some(Listing { total: None, page, pages, rows }),
        problems,
        coverage: Coverage::Partial,
        notices: Vec::new(),
    }
}

fn search_row(
    item: Element<'_>,
    index: usize,
    spare: Option<&str>,
    base: Option<&str>,
    problems: &mut Vec<Problem>,
) -> Row {
    let link = item.elements().find(|child| child.name() == "a").or_else(|| item.find(is_link));
    let facts = item.find(is_facts);
    let mut row = Row {
        title: link.map(|link| text_of(link, FIELD_CHARS_MAX)).unwrap_or_default(),
        snippet: item.find(|element| element.name() == "p").and_then(snippet),
        ..facts.map(read_facts).unwrap_or_default()
    };
    let href = link.and_then(|link| link.attribute("href")).unwrap_or_default();
    locate(&mut row, &[href, spare.unwrap_or_default()], base);
    note_gaps(&row, index, item, problems);
    row
}

fn channel_row(item: Element<'_>, index: usize, base: Option<&str>, problems: &mut Vec<Problem>) -> Row {
    let mut row = Row::default();
    let Some(link) = item.find(is_link) else {
        note_gaps(&row, index, item, problems);
        return row;
    };
    let whole = link.attribute("title").map(|title| folded(title, FIELD_CHARS_MAX)).filter(|title| !title.is_empty());
    row.title = whole.unwrap_or_else(|| text_of(link, FIELD_CHARS_MAX));
    locate(&mut row, &[link.attribute("href").unwrap_or_default()], base);
    let mut label = String::new();
    for child in item.children() {
        match child {
            Child::Text(text) => text.trim().trim_end_matches(['：', ':']).clone_into(&mut label),
            Child::Element(mark) if mark.name() == "em" => {
                let value = non_empty(mark);
                match label.as_str() {
                    _ if mark.attribute("rel") == Some("bxlx") => row.kind_label = value.map(|it| kind_in_words(&it)),
                    "发布时间" => row.published_at = value.as_deref().and_then(stamp),
                    "地域" => row.zone = value,
                    "采购人" => row.buyer = value,
                    _ => {}
                }
                label.clear();
            }
            Child::Element(_) => {}
        }
    }
    note_gaps(&row, index, item, problems);
    row
}

/// The site writes some kinds as a number, which its script puts into words (detailaddon.js).
fn kind_in_words(printed: &str) -> String {
    let words = match printed {
        "974" | "998" => "公开招标公告",
        "975" | "997" => "询价公告",
        "976" | "996" => "邀请公告",
        "977" | "999" => "单一来源公告",
        "978" | "1000" => "竞争性谈判公告",
        "979" | "1001" => "资格预审公告",
        "981" | "1003" => "更正公告",
        "982" | "1004" => "中标公告",
        "984" | "985" | "990" | "1006" | "1007" | "1012" => "其他公告",
        "2653" | "2654" => "竞争性磋商公告",
        "2655" | "2657" => "成交公告",
        "2656" | "2658" => "终止公告",
        other => other,
    };
    words.to_owned()
}

/// The first link that is a notice's address gives the row its identity.
fn locate(row: &mut Row, links: &[&str], base: Option<&str>) {
    let site = base.and_then(|base| Url::parse(base).ok()).or_else(|| Url::parse(SITE).ok());
    let absolute = |link: &&str| Some(site.as_ref()?.join(link).ok()?.to_string());
    if let Some(found) = links.iter().filter_map(absolute).find_map(|link| address(&link)) {
        row.native_id = found.native_id;
        row.url = Some(found.url);
    } else {
        row.native_id = links.iter().find_map(|link| native_id_of(link));
    }
}

/// What a row lacks that every row of the site has.
fn note_gaps(row: &Row, index: usize, item: Element<'_>, problems: &mut Vec<Problem>) {
    let gaps = [
        ("url", "the row has no notice's address", row.url.is_none()),
        ("title", "the row has no title", row.title.is_empty()),
        ("published_at", "the row has no time of publication", row.published_at.is_none()),
    ];
    for (field, what, _) in gaps.iter().filter(|(.., missing)| *missing) {
        problems.push(problem(&format!("rows[{index}].{field}"), what, &text_of(item, PASSAGE_CHARS_MAX)));
    }
}

/// The line below the snippet: time | 采购人 | 代理机构, then kind, zone and items in marks of their own.
fn read_facts(span: Element<'_>) -> Row {
    let mut row = Row::default();
    let mut words = String::new();
    let mut marks = Vec::new();
    for child in span.children() {
        match child {
            Child::Text(text) if marks.is_empty() => words.push_str(text),
            Child::Element(mark) if mark.name() == "a" => row.zone = non_empty(mark),
            Child::Element(mark) if mark.name() == "strong" => marks.push(non_empty(mark)),
            _ => {}
        }
    }
    let mut marks = marks.into_iter();
    row.kind_label = marks.next().flatten();
    row.items_path = marks.next().flatten();
    for (index, piece) in words.split('|').enumerate() {
        let piece = folded(piece, FIELD_CHARS_MAX);
        match piece.split_once(['：', ':']) {
            _ if index == 0 => row.published_at = stamp(&piece),
            Some(("采购人" | "采购单位", name)) => {
                row.buyer = Some(name.trim().to_owned()).filter(|it| !it.is_empty());
            }
            Some(("代理机构", name)) => row.agency = Some(name.trim().to_owned()).filter(|it| !it.is_empty()),
            _ => {}
        }
    }
    row
}

/// A row's facts stand in the span with marks in it; hits in the snippet may stand in spans too.
fn is_facts(element: Element<'_>) -> bool {
    let marked = || element.elements().any(|child| child.name() == "strong");
    element.name() == "span" && (marked() || element.own_text().contains("采购人："))
}

fn is_link(element: Element<'_>) -> bool {
    element.name() == "a" && element.attribute("href").is_some()
}

/// The text around the hit. Where the page forgot to close the paragraph, the facts stand at its end and are left out.
fn snippet(paragraph: Element<'_>) -> Option<String> {
    let mut text = paragraph.text();
    if let Some(facts) = paragraph.find(is_facts)
        && let Some(at) = text.find(&facts.text())
    {
        text.truncate(at);
    }
    Some(folded(&text, SNIPPET_CHARS_MAX)).filter(|text| !text.is_empty())
}

fn items(list: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    list.elements().filter(|child| child.name() == "li").take(ROWS_MAX)
}

/// `共找到 31 条内容`.
fn count(document: &Document) -> Option<u64> {
    let text: String = document.root().text().split_whitespace().collect();
    let (_, after) = text.split_once("共找到")?;
    let digits: String = after.chars().take_while(|c| c.is_ascii_digit() || *c == ',').filter(|c| *c != ',').collect();
    digits.parse().ok()
}

/// `Pager({size: 2, current: 0, …})`: pages, and the page from 0. Answers the page from 1.
fn pager(document: &Document) -> Option<(u32, u32)> {
    scripts(document).find_map(|script| {
        let (_, after) = script.split_once("Pager(")?;
        let call = after.split(')').next()?;
        let current: u32 = number_after(call, "current")?;
        Some((current.checked_add(1)?, number_after(call, "size")?))
    })
}

fn number_after(call: &str, name: &str) -> Option<u32> {
    let (_, after) = call.split_once(name)?;
    let value = after.trim_start_matches(['"', '\'']).trim_start().strip_prefix(':')?.trim_start();
    let digits: String =
        value.trim_start_matches(['"', '\'']).chars().take_while(char::is_ascii_digit).take(9).collect();
    digits.parse().ok()
}

/// The links that some pages carry in order in a script, where those of the rows lead nowhere.
fn script_links(document: &Document) -> Vec<String> {
    let found = scripts(document).find_map(|script| {
        let (_, after) = script.split_once("ohtmlurls")?;
        let value = after.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        value.split(quote).nth(1).map(str::to_owned)
    });
    let found = found.unwrap_or_default();
    found.split(',').map(str::trim).filter(|link| !link.is_empty()).map(str::to_owned).take(ROWS_MAX).collect()
}

fn scripts(document: &Document) -> impl Iterator<Item = String> {
    document.root().descendants().filter(|element| element.name() == "script").map(Element::own_text)
}

/// `index_3.htm` is the fourth page, `index.htm` the first.
fn page_in_name(url: &str) -> Option<u32> {
    let file = url.rsplit('/').next()?.strip_prefix("index")?;
    match file.strip_prefix('_') {
        Some(rest) => rest.split('.').next()?.parse::<u32>().ok()?.checked_add(1),
        None => Some(1),
    }
}

/// `2017.12.19 17:05:15`, `2026-05-15 16:55`, `2026年05月15日 16:55`: China's time.
fn stamp(text: &str) -> Option<Stamp> {
    let parts = text.split(|character: char| !character.is_ascii_digit()).filter(|part| !part.is_empty());
    let numbers: Vec<i16> = parts.map_while(|part| part.parse().ok()).take(6).collect();
    let year = numbers.first().copied().filter(|year| (2000..=2100).contains(year))?;
    let part = |index: usize| i8::try_from(numbers.get(index).copied().unwrap_or(0)).ok();
    let reading = DateTime::new(year, part(1)?, part(2)?, part(3)?, part(4)?, part(5)?, 0).ok()?;
    Stamp::china(reading)
}

fn non_empty(element: Element<'_>) -> Option<String> {
    Some(text_of(element, FIELD_CHARS_MAX)).filter(|text| !text.is_empty())
}

fn text_of(element: Element<'_>, chars_max: usize) -> String {
    folded(&element.text(), chars_max)
}

/// Line breaks and runs of blanks become one blank.
fn folded(text: &str, chars_max: usize) -> String {
    let words = text.split(|character: char| character.is_whitespace()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(chars_max).collect()
}

fn problem(field: &str, what: &str, passage: &str) -> Problem {
    Problem {
        field: field.to_owned(),
        what: what.to_owned(),
        passage: passage.chars().take(PASSAGE_CHARS_MAX).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_at(html: &str, url: Option<&str>) -> Option<Reading> {
        read(&Document::parse(html), url)
    }

    fn rows(html: &str) -> Vec<Row> {
        read_at(html, None).unwrap().listing.unwrap().rows
    }

    /// A result page as the site builds it.
    fn page(total: u64, pager: &str, rows: &str) -> String {
        format!(
            "<title>采购公告搜索_中国政府采购网</title>\r\n<p>关键字：<span>区块链</span> 全文检索 共找到\r\n\
             <span style=\"color:#c00000\">{total}</span>\r\n条内容</p><p class=\"pager\"><script>{pager}</script></p>\
             <ul class=\"vT-srch-result-list-bid\">{rows}</ul>"
        )
    }

    fn row(href: &str, rest: &str) -> String {
        format!(
            "<li><a href=\"{href}\" target=\"_blank\">\r\n  某某<font color=red>区块链</font>平台\n项目 </a>\r\n<p>摘要</p>\
             <span>2026.09.28 17:20:00 | 采购人：某市数据局\r | 代理机构：某某公司 <br/> {rest}</span></li>"
        )
    }

    const HREF: &str = "https://www.ccgp.gov.cn/cggg/dfgg//zbgg/202609/t20260928_27357976.htm";
    const MARKS: &str =
        "<strong> 中标公告 </strong> | <a href=\"javascript:void(0)\">广东</a> | <strong>服务/信息技术服务</strong>";

    #[test]
    fn a_row_is_read_as_printed_with_its_address_in_one_spelling() {
        let html = page(1, "Pager({size: 1, current: 0, prefix:'data2'});", &row(HREF, MARKS));
        let reading = read_at(&html, None).unwrap();
        assert_eq!((reading.page, reading.coverage), (PageKind::Listing, Coverage::Whole));
        assert_eq!(reading.problems, []);
        let listing = reading.listing.unwrap();
        assert_eq!((listing.total, listing.page, listing.pages), (Some(1), 1, Some(1)));
        let expected = Row {
            native_id: Some("27357976".into()),
            url: Some("http://www.ccgp.gov.cn/cggg/dfgg/zbgg/202609/t20260928_27357976.htm".into()),
            title: "某某区块链平台 项目".into(),
            published_at: stamp("2026.09.28 17:20:00"),
            buyer: Some("某市数据局".into()),
            agency: Some("某某公司".into()),
            kind_label: Some("中标公告".into()),
            zone: Some("广东".into()),
            items_path: Some("服务/信息技术服务".into()),
            snippet: Some("摘要".into()),
        };
        assert_eq!(listing.rows, [expected]);
    }

    #[test]
    fn nothing_found_is_a_whole_empty_listing_and_not_an_unknown_page() {
        let reading = read_at(&page(0, "", "\r\n"), None).unwrap();
        assert_eq!((reading.page, reading.coverage), (PageKind::Empty, Coverage::Whole));
        let listing = reading.listing.unwrap();
        assert_eq!((listing.total, listing.pages, listing.rows.len()), (Some(0), Some(0), 0));
        assert_eq!(read_at("<html><title>频繁访问</title></html>", None), None);
        assert_eq!(read_at("", None), None);
    }

    #[test]
    fn a_list_without_rows_that_claims_some_is_partial() {
        let reading = read_at(&page(31, "", ""), None).unwrap();
        assert_eq!((reading.page, reading.coverage), (PageKind::Listing, Coverage::Partial));
        assert_eq!(reading.listing.unwrap().pages, None);
    }

    #[test]
    fn zone_and_items_may_be_missing_in_several_ways() {
        let kind = "<strong>其它公告</strong>";
        for rest in
            [kind.to_owned(), format!("{kind} | <a href=\"#\"></a> | <strong> </strong>"), format!("{kind} | | ")]
        {
            let rows = rows(&page(1, "", &row(HREF, &rest)));
            assert_eq!(rows[0].kind_label.as_deref(), Some("其它公告"), "{rest}");
            assert_eq!((&rows[0].zone, &rows[0].items_path), (&None, &None), "{rest}");
        }
    }

    #[test]
    fn links_from_the_script_stand_in_for_unusable_ones_when_they_are_as_many() {
        let other = "http://www.ccgp.gov.cn/cggg/zygg/zbgg/202609/t20260929_27361234.htm";
        let script = format!("var ohtmlurls=\"{HREF},{other},\";Pager({{size:1,current:0}})");
        let twice = row("javascript:void(0)", MARKS).repeat(2);
        let ids: Vec<_> = rows(&page(2, &script, &twice)).into_iter().map(|row| row.native_id.unwrap()).collect();
        assert_eq!(ids, ["27357976", "27361234"]);
        let thrice = row("javascript:void(0)", MARKS).repeat(3);
        assert!(rows(&page(3, &script, &thrice)).iter().all(|row| row.native_id.is_none()));
    }

    #[test]
    fn a_row_without_address_or_time_is_kept_with_problems() {
        let html = page(1, "", "<li><a href=\"/about.htm\">某项目</a><p></p><span>采购人：甲</span></li>");
        let reading = read_at(&html, None).unwrap();
        let fields: Vec<_> = reading.problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["rows[0].url", "rows[0].published_at"]);
        assert_eq!(reading.listing.unwrap().rows[0].title, "某项目");
    }

    #[test]
    fn a_paragraph_that_was_never_closed_does_not_swallow_the_facts() {
        let row = row(HREF, MARKS).replace("</p>", "");
        let rows = rows(&page(1, "", &row));
        assert_eq!(rows[0].snippet.as_deref(), Some("摘要"));
        assert_eq!(rows[0].buyer.as_deref(), Some("某市数据局"));
    }

    #[test]
    fn a_channel_list_is_read_relative_to_its_own_address() {
        let html = "<ul class=\"c_list_bid\"><li><a href=\"./gzgg/202607/t20260701_26900001.htm\" \
             title=\"某项目\r\n更正公告\">某项目…</a> <em rel=\"bxlx\">更正公告</em> 发布时间：<em>2026-07-01 09:30</em>\r\n\
             地域：<em>河北</em> 采购人：<em>某水务局</em></li>\
             <li><a href=\"./gzgg/202607/t20260701_26900002.htm\" title=\"乙\">乙</a> <em rel=\"bxlx\">1003</em> \
             发布时间：<em>2026-07-01 09:29</em> 采购人：<em>某学校</em></li></ul>";
        let reading = read_at(html, Some("http://www.ccgp.gov.cn/cggg/dfgg/index_3.htm")).unwrap();
        assert_eq!((reading.page, reading.coverage, reading.problems.len()), (PageKind::Listing, Coverage::Partial, 0));
        let listing = reading.listing.unwrap();
        assert_eq!((listing.total, listing.page), (None, 4));
        let first = &listing.rows[0];
        assert_eq!(first.url.as_deref(), Some("http://www.ccgp.gov.cn/cggg/dfgg/gzgg/202607/t20260701_26900001.htm"));
        assert_eq!(first.title, "某项目 更正公告");
        assert_eq!(first.published_at.unwrap().iso(), "2026-07-01T09:30:00+08:00");
        assert_eq!((first.zone.as_deref(), first.buyer.as_deref()), (Some("河北"), Some("某水务局")));
        assert!(listing.rows.iter().all(|row| row.kind_label.as_deref() == Some("更正公告")));
        assert_eq!((listing.rows[1].zone.as_deref(), listing.rows[1].buyer.as_deref()), (None, Some("某学校")));
        let unplaced = read_at(html, None).unwrap().listing.unwrap();
        assert_eq!((unplaced.rows[0].native_id.as_deref(), &unplaced.rows[0].url), (Some("26900001"), &None));
    }

    #[test]
    fn a_page_that_nests_without_end_is_looked_at_in_time() {
        let deep = format!("{}{}", page(1, "", &row(HREF, MARKS)), "<b><div>".repeat(10_000));
        assert_eq!(rows(&deep).len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn any_text_in_a_row_leaves_one_row(text in "[^<>&\"]{0,60}") {
            let html = page(1, "Pager({size: 1, current: 0})", &row(HREF, MARKS).replace("某市数据局", &text));
            proptest::prop_assert_eq!(rows(&html).len(), 1);
        }
    }
}
