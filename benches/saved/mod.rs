//! Saved pages for measurements, as many as asked for and no two alike: the replica's notices, and real pages kept outside the project,
//! with other buyers, numbers, suppliers and sums each time. Everything follows from a page's place. Lacks listings.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::Value;
use tenderwatch::demo::notices::{self, Notice, Says};
use tenderwatch::demo::replica::{money, pages};
use tenderwatch::sources::{Dialect, read_saved};

/// Variants that are handed out side by side: the notices of one purchase lie as many pages apart.
const BESIDE: usize = 64;

/// Characters of invented places.
const SYLLABLES: [&str; 40] = [
    "青", "临", "安", "长", "东", "西", "南", "北", "永", "新", "龙", "白", "金", "石", "清", "双", "高", "平", "武",
    "怀", "通", "罗", "凤", "海", "宁", "丰", "和", "泰", "昌", "华", "明", "兴", "福", "康", "德", "仁", "义", "光",
    "宝", "玉",
];

/// The real pages that are one notice each.
const CAPTURED: [&str; 9] = [
    "tender_2026-06_yunnan.html",
    "award_2025-05_shenzhen_longhua_rendered.html",
    "award_2026-09_central_pumch.html",
    "correction_2026-09_beijing_package.html",
    "award_2025-06_guizhou_excerpt.html",
    "result_2026-09_liaoning_allfailed_excerpt.html",
    "award_2026-09_heilongjiang_excerpt.html",
    "award_2026-09_tianjin_excerpt.html",
    "award_2019-02_xinxiang_table_excerpt.html",
];

/// The file that holds twenty real bodies with the fields of their summaries.
const TWENTY: &str = "notices20_2026-05-15.json";

/// Those fields, and the labels of the summary.
const TWENTY_FIELDS: [(&str, &str); 12] = [
    ("project_name", "采购项目名称"),
    ("category", "品目"),
    ("purchaser_unit", "采购单位"),
    ("administrative_region", "行政区域"),
    ("publish_time", "公告时间"),
    ("review_experts", "评审专家名单"),
    ("bid_open_time", "开标时间"),
    ("budget_amount", "预算金额"),
    ("total_bid_amount", "总中标金额"),
    ("purchaser_address", "采购单位地址"),
    ("agency_name", "代理机构名称"),
    ("agency_address", "代理机构地址"),
];

/// What stands differently in each variant.
#[derive(Clone)]
enum Slot {
    Text(String),
    Number(String),
    Buyer(String),
    Supplier(String),
    Sum(i64, fn(i64) -> String),
}

/// A page with its slots, and the address that it is varied under.
struct Form {
    slots: Vec<Slot>,
    folder: String,
    day: String,
}

/// All forms of pages.
pub(crate) struct Saved {
    forms: Vec<Form>,
    /// How many of them are real.
    pub(crate) real: usize,
}

/// One page.
pub(crate) struct Page {
    /// Its address.
    pub(crate) url: String,
    /// Its text.
    pub(crate) html: String,
}

impl Saved {
    /// The replica's pages, and the real ones where there are any.
    pub(crate) fn new() -> Self {
        let mut forms: Vec<Form> = notices::all().into_iter().map(of_replica).collect();
        let invented = forms.len();
        forms.extend(real_pages().into_iter().filter_map(|(html, url)| of_real(&html, url)));
        let real = forms.len() - invented;
        Self { forms, real }
    }

    /// How many forms there are.
    pub(crate) fn len(&self) -> usize {
        self.forms.len()
    }

    /// The page at a place.
    pub(crate) fn page(&self, place: usize) -> Page {
        let block = self.forms.len() * BESIDE;
        let variant = place / block * BESIDE + place % BESIDE;
        let nth = place % block / BESIDE;
        let form = &self.forms[nth];
        let mut html = String::with_capacity(16 * 1024);
        for slot in &form.slots {
            slot.print(variant, &mut html);
        }
        let id = 20_000_000 + variant * self.forms.len() + nth;
        Page { url: format!("{}/t{}_{id}.htm", form.folder, form.day), html }
    }
}

impl Slot {
    fn print(&self, variant: usize, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Number(number) => {
                let _ = write!(out, "K{variant:06}-{number}");
            }
            Self::Buyer(name) => out.push_str(&elsewhere(name, variant)),
            Self::Supplier(name) => out.push_str(&elsewhere(name, variant * 7 % 4_096)),
            Self::Sum(fen, print) => out.push_str(&print(fen + i64::try_from(variant % 9_973).unwrap_or(0) * 10_000)),
        }
    }
}

/// A body of that name in another place.
fn elsewhere(name: &str, variant: usize) -> String {
    let syllable = |nth: u32| SYLLABLES[variant / 40_usize.pow(nth) % 40];
    let place = format!("{}{}{}{}", syllable(0), syllable(1), syllable(2), syllable(3));
    if name.contains("演示") {
        return name.replace("演示", &place);
    }
    let tail: String = name.chars().skip(name.chars().count().saturating_sub(2)).collect();
    format!("{name}{place}{tail}")
}

/// Cuts a page at what varies; of two that begin at one place the longer.
fn cut(html: &str, mut slots: Vec<(String, Slot)>) -> Vec<Slot> {
    slots.retain(|(printed, _)| !printed.is_empty());
    slots.sort_by_key(|(printed, _)| std::cmp::Reverse(printed.len()));
    let (mut pieces, mut from, mut at) = (Vec::new(), 0, 0);
    while at < html.len() {
        let Some(rest) = html.get(at..) else {
            at += 1;
            continue;
        };
        let Some((printed, slot)) = slots.iter().find(|(printed, _)| rest.starts_with(printed.as_str())) else {
            at += 1;
            continue;
        };
        pieces.push(Slot::Text(html[from..at].to_owned()));
        pieces.push(slot.clone());
        at += printed.len();
        from = at;
    }
    pieces.push(Slot::Text(html[from..].to_owned()));
    pieces
}

fn of_replica(notice: &'static Notice) -> Form {
    let purchase = notice.purchase;
    let mut slots = vec![(purchase.buyer.to_owned(), Slot::Buyer(purchase.buyer.to_owned()))];
    slots.extend(purchase.number.map(|number| (number.to_owned(), Slot::Number(number.to_owned()))));
    let mut sums: Vec<i64> = purchase.budget.into_iter().collect();
    let mut suppliers = Vec::new();
    match &notice.says {
        Says::Tender { lines, lots, .. } => sums.extend(lines.iter().chain(*lots).filter_map(|line| line.total)),
        Says::Award { lots, lines, slip, .. } => {
            sums.extend(lines.iter().filter_map(|line| line.total));
            sums.extend(lots.iter().filter_map(|lot| lot.amount));
            let total: i64 = lots.iter().filter_map(|lot| lot.amount).sum();
            if *slip || lots.len() > 1 {
                // The summary prints what is none of the lots' sums: such a page keeps its sums.
                sums.clear();
            } else {
                sums.push(total);
            }
            suppliers.extend(lots.iter().flat_map(|lot| lot.winners));
        }
        Says::Candidates { ranked } => suppliers.extend(*ranked),
        Says::SingleSource { proposed, .. } => suppliers.push(proposed),
        Says::Contract { supplier, amount, .. } => {
            sums.extend(*amount);
            suppliers.push(supplier);
        }
        Says::Failed { .. } | Says::Correction { .. } => {}
    }
    for fen in sums.into_iter().filter(|fen| *fen >= 1_000_000) {
        for print in [money::wan as fn(i64) -> String, money::yuan] {
            slots.push((print(fen), Slot::Sum(fen, print)));
        }
        // The short form may be a part of other figures; it stands before its unit.
        let short: fn(i64) -> String = |fen| format!("{} 万元", money::wan_short(fen));
        slots.push((short(fen), Slot::Sum(fen, short)));
    }
    for supplier in suppliers.into_iter().filter(|supplier| supplier.name.contains("演示")) {
        slots.push((supplier.name.to_owned(), Slot::Supplier(supplier.name.to_owned())));
    }
    let path = notice.path();
    let (folder, file) = path.rsplit_once('/').unwrap_or_default();
    let day = file.get(1..9).unwrap_or_default().to_owned();
    Form { slots: cut(&pages::page(notice), slots), folder: format!("http://www.ccgp.gov.cn{folder}"), day }
}

fn of_real(html: &str, url: Option<String>) -> Option<Form> {
    let reading = read_saved(Dialect::Ccgp, html, url.as_deref());
    let notice = reading.notices.first()?;
    let buyer = notice.buyers.first().map(|buyer| buyer.name.clone()).unwrap_or_default();
    let number = notice.project_numbers.first().cloned().unwrap_or_default();
    let slots = vec![(buyer.clone(), Slot::Buyer(buyer)), (number.clone(), Slot::Number(number))];
    let day = notice.published_at?.day().to_string().replace('-', "");
    let section = url.as_deref().and_then(|url| url.split("/cggg/").nth(1)).unwrap_or("dfgg/qtgg/x");
    let section: Vec<&str> = section.split('/').take(2).collect();
    let folder = format!("http://www.ccgp.gov.cn/cggg/{}/{}", section.join("/"), day.get(..6)?);
    Some(Form { slots: cut(html, slots), folder, day })
}

/// Real pages with their addresses where those are known.
fn real_pages() -> Vec<(String, Option<String>)> {
    let named = std::env::var_os("TENDERWATCH_CAPTURES").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/captures")));
    let folder = folder.join("ccgp");
    let mut pages: Vec<(String, Option<String>)> =
        CAPTURED.iter().filter_map(|file| Some((std::fs::read_to_string(folder.join(file)).ok()?, None))).collect();
    let twenty = std::fs::read_to_string(folder.join(TWENTY)).unwrap_or_else(|_| "[]".into());
    let twenty: Vec<Value> = serde_json::from_str(&twenty).unwrap_or_default();
    pages.extend(twenty.iter().map(framed));
    if pages.is_empty() {
        eprintln!("no real pages in {}: only the replica's; set TENDERWATCH_CAPTURES", folder.display());
    }
    pages
}

/// A real body in the frame of a notice page with its summary.
fn framed(row: &Value) -> (String, Option<String>) {
    let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default();
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut rows = String::new();
    for (key, label) in TWENTY_FIELDS.iter().filter(|(key, _)| !text(key).is_empty()) {
        let value = escape(text(key));
        let _ = write!(rows, "<tr><td class='title'>{label}</td><td colspan='3'>{value}</td></tr>");
    }
    let (title, published, body) = (escape(text("title")), text("publish_time"), text("content_html"));
    let html = format!(
        "<!doctype html><html><head><meta name=\"ArticleTitle\" content=\"{title}\" /></head><body>\
         <div class=\"vF_detail_header\"><h2 class=\"tc\">{title}</h2><p class=\"tc\"><span id=\"pubTime\">{published}</span></p></div>\
         <div class='table'><h5>公告概要：</h5><table><tr><td colspan='4'><b>公告信息：</b></td></tr>{rows}</table></div>\
         <div class=\"vF_detail_content_container\">{body}</div></body></html>"
    );
    (html, Some(text("url").to_owned()))
}
