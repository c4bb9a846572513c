//! What a CCGP notice page prints: title, publication, the summary table, the body, attachments. Takes it as it stands, judges
//! nothing, and knows the frames of 2013 to today.

use crate::sources::dialect::blocks::{Block, blocks};
use crate::sources::dialect::fold::{is_han, plain, squeeze, tidy};
use crate::sources::dialect::html::{Document, Element};
use crate::sources::dialect::names;

/// One row of the summary table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SummaryField {
    pub label: String,
    pub value: String,
}

/// A notice page as printed.
#[derive(Clone, Debug, Default)]
pub(super) struct Raw {
    pub title: String,
    pub published: Option<String>,
    /// `中央公告 » 中标公告`.
    pub location: Option<String>,
    pub summary: Vec<SummaryField>,
    pub body: Vec<Block>,
    pub has_body: bool,
    pub attachments: Vec<String>,
}

impl Raw {
    /// The first value of a summary label that is not empty.
    pub(super) fn summary(&self, labels: &[&str]) -> Option<&str> {
        self.summary
            .iter()
            .find(|field| labels.contains(&field.label.as_str()) && !field.value.is_empty())
            .map(|field| field.value.as_str())
    }
}

/// Labels that only a notice's summary table has.
const SUMMARY_MARKS: [&str; 8] =
    ["采购项目名称", "采购单位", "行政区域", "公告时间", "采购人", "项目联系人", "代理机构名称", "总中标金额"];

/// Class names of a notice's own text, newest first.
const BODIES: [&str; 5] =
    ["vF_detail_content", "vT_detail_content", "vF_detail_content_container", "noticeArea", "detail_content"];

/// Reads a page, or nothing where neither a summary nor a notice's body stands in it.
pub(super) fn read(document: &Document, html: &str) -> Option<Raw> {
    let root = document.root();
    let table = summary_table(root);
    let body = body(root);
    if table.is_none() && body.is_none() {
        return None;
    }
    let mut raw = Raw { has_body: body.is_some(), ..Raw::default() };
    if let Some(table) = table {
        raw.summary = summary_fields(table, &mut raw.attachments);
    }
    if let Some(body) = body {
        raw.body = blocks(body).into_iter().filter(|block| !is_watermark(block)).collect();
        mark_torn_end(&mut raw.body, html);
        attached(body, &mut raw.attachments);
    }
    raw.title = title(root, &raw);
    raw.published = published(root, &raw);
    raw.location = root
        .find(|element| element.has_class("vF_deail_currentloc") || element.has_class("vT_deail_currentloc"))
        .map(|location| tidy(&location.text()));
    Some(raw)
}

fn body(root: Element<'_>) -> Option<Element<'_>> {
    BODIES
        .iter()
        .find_map(|class| root.find(|element| element.has_class(class) || element.attribute("id") == Some(class)))
}

/// Whether a page ends before its elements do.
fn is_cut(html: &str) -> bool {
    let lower = html.to_lowercase();
    let count = |word: &str| {
        lower.match_indices(word).filter(|(at, _)| !is_name(lower.as_bytes().get(at + word.len()))).count()
    };
    !lower.contains("</html")
        || ["p", "td", "th", "tr", "table", "span"]
            .iter()
            .any(|name| count(&format!("<{name}")) > count(&format!("</{name}")))
}

fn is_name(next: Option<&u8>) -> bool {
    next.is_some_and(u8::is_ascii_alphanumeric)
}

/// What stands last in a body that was cut is marked, so that nobody takes half a sum or half a name for the whole.
fn mark_torn_end(body: &mut [Block], html: &str) {
    const SUMS: [&str; 6] = ["额", "价", "￥", "¥", "预算", "费"];
    const NAMES: [&str; 6] = ["供应商", "中标人", "成交人", "中标单位", "成交单位", "中标商"];
    let open = |text: &str| {
        text.ends_with(|c: char| {
            c.is_ascii_digit() || matches!(plain(c), '.' | ',' | '(' | '0'..='9' | '万' | '亿' | '元')
        })
    };
    match body.last_mut() {
        Some(Block::Line(line)) => {
            let sum = open(line) && SUMS.iter().any(|word| line.contains(word));
            let label = line.rsplit(['：', ':']).nth(1).unwrap_or_default();
            let name =
                NAMES.iter().any(|word| label.contains(word)) && line.ends_with(is_han) && !names::looks_like_one(line);
            if (sum || name) && is_cut(html) {
                line.push('…');
            }
        }
        Some(Block::Table(grid)) => {
            let Some(row) = grid.rows.last_mut() else { return };
            let Some(last) = row.iter().rposition(|cell| !cell.text.is_empty()) else { return };
            let short = last + 1 < row.len();
            if let Some(cell) = row
                .get_mut(last)
                .filter(|cell| (short || open(&cell.text) || cell.text.ends_with(is_han)) && is_cut(html))
            {
                cell.text.push('…');
            }
        }
        None => {}
    }
}

fn is_watermark(block: &Block) -> bool {
    matches!(block, Block::Line(line) if line.len() < 300 && (line.contains("Created with Aspose") || line.contains("Evaluation Only")))
}

/// The table that has at least three of the labels of a summary.
fn summary_table(root: Element<'_>) -> Option<Element<'_>> {
    let in_place = root.find(|element| element.name() == "div" && element.has_class("table"));
    let candidates = in_place
        .into_iter()
        .flat_map(Element::descendants)
        .chain(root.descendants())
        .filter(|element| element.name() == "table");
    for table in candidates {
        let mut marks: Vec<String> = Vec::new();
        for cell in table.descendants().filter(|element| matches!(element.name(), "td" | "th")).take(120) {
            if cell.find(|inner| inner.name() == "table").is_some() {
                marks.clear();
                break;
            }
            let label = squeeze(&cell.text());
            let titled = cell.has_class("title");
            if SUMMARY_MARKS.contains(&label.as_str())
                && !marks.contains(&label)
                && (titled || label.chars().count() < 8)
            {
                marks.push(label);
            }
        }
        let own = table.descendants().any(|cell| cell.name() == "td" && cell.has_class("title"));
        if marks.len() >= 3 && (own || table.text().contains("公告信息")) {
            return Some(table);
        }
    }
    None
}

fn summary_fields(table: Element<'_>, attachments: &mut Vec<String>) -> Vec<SummaryField> {
    let mut fields = Vec::new();
    for row in table.descendants().filter(|element| element.name() == "tr") {
        let cells: Vec<Element<'_>> = row.elements().filter(|cell| matches!(cell.name(), "td" | "th")).collect();
        for pair in cells.chunks(2) {
            let [label, value] = pair else { continue };
            let name = squeeze(&label.text()).trim_end_matches(':').to_owned();
            if name.is_empty() || name.chars().count() > 40 {
                continue;
            }
            if name.starts_with("附件") {
                let file = tidy(&value.text());
                if !file.is_empty() && !attachments.contains(&file) {
                    attachments.push(file);
                }
                continue;
            }
            fields.push(SummaryField { label: name, value: tidy(&value.text()) });
        }
    }
    fields
}

const FILE_ENDINGS: [&str; 13] =
    [".pdf", ".doc", ".docx", ".xls", ".xlsx", ".zip", ".rar", ".7z", ".jpg", ".png", ".ofd", ".wps", ".gpz"];

/// Names of files that the body links to.
fn attached(body: Element<'_>, attachments: &mut Vec<String>) {
    for link in body.descendants().filter(|element| element.name() == "a") {
        let name = tidy(&link.text());
        let lower = name.to_lowercase();
        let target = link.attribute("href").unwrap_or_default().to_lowercase();
        let is_file = link.has_class("bizDownload")
            || FILE_ENDINGS.iter().any(|ending| lower.ends_with(ending) || target.ends_with(ending));
        if is_file
            && !name.is_empty()
            && name.chars().count() <= 300
            && !attachments.contains(&name)
            && attachments.len() < 200
        {
            attachments.push(name);
        }
    }
}

fn title(root: Element<'_>, raw: &Raw) -> String {
    let heading = root
        .find(|element| element.has_class("vF_detail_header") || element.has_class("vT_detail_header"))
        .and_then(|header| header.find(|element| matches!(element.name(), "h1" | "h2")))
        .or_else(|| root.find(|element| element.name() == "h2" && element.has_class("tc")))
        .map(|heading| tidy(&heading.text()));
    let meta = || {
        root.find(|element| element.name() == "meta" && element.attribute("name") == Some("ArticleTitle"))
            .and_then(|meta| meta.attribute("content"))
            .map(tidy)
    };
    let page = || {
        root.find(|element| element.name() == "title")
            .map(|title| tidy(&title.own_text()))
            .map(|title| title.trim_end_matches("_中国政府采购网").trim_end_matches("-中国政府采购网").to_owned())
    };
    let filled = |title: &String| !title.is_empty();
    let long = |title: &String| {
        title.chars().count() > 4 && !matches!(title.as_str(), "公告信息" | "中国政府采购网" | "采购结果公告")
    };
    heading
        .filter(filled)
        .or_else(|| meta().filter(filled))
        .or_else(|| page().filter(long))
        .or_else(|| raw.summary(&["采购项目名称"]).map(str::to_owned))
        .or_else(|| {
            raw.body.iter().find_map(|block| match block {
                Block::Line(line) if line.chars().count() >= 6 => Some(line.clone()),
                _ => None,
            })
        })
        .map(|title| title.chars().take(1_000).collect())
        .unwrap_or_default()
}

fn published(root: Element<'_>, raw: &Raw) -> Option<String> {
    let span = root.find(|element| element.attribute("id") == Some("pubTime")).map(|span| tidy(&span.text()));
    let meta = || {
        root.find(|element| element.name() == "meta" && element.attribute("name") == Some("PubDate"))
            .and_then(|meta| meta.attribute("content"))
            .map(tidy)
    };
    let has_digits = |text: &String| text.chars().any(char::is_numeric);
    let header = || {
        root.find(|element| element.has_class("vF_detail_header") || element.has_class("vT_detail_header"))
            .and_then(|header| header.find(|element| element.name() == "p"))
            .map(|line| tidy(&line.text()))
    };
    span.filter(has_digits)
        .or_else(|| meta().filter(has_digits))
        .or_else(|| raw.summary(&["公告时间"]).map(str::to_owned).filter(has_digits))
        .or_else(|| header().filter(has_digits))
}
