//! Lists of the real site: a result page of 2017 and the addresses of some thousand notices, kept outside the project.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::path::{Path, PathBuf};

use jiff::civil::date;
use tenderwatch::domain::reading::{Coverage, PageKind, Reading};
use tenderwatch::sources::ccgp;
use tenderwatch::sources::ccgp::address::address;
use tenderwatch::sources::ccgp::plan::Search;
use tenderwatch::sources::ccgp::walk::{PAGES_MAX, SearchWalk, Step};
use url::Url;

/// The folder of captures. One that was named must be there; without one the default place may be empty.
fn captures() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("TENDERWATCH_CAPTURES") {
        let folder = PathBuf::from(named).join("ccgp");
        assert!(folder.is_dir(), "{} is no folder", folder.display());
        return Some(folder);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/captures/ccgp");
    folder.is_dir().then_some(folder)
}

fn result_page() -> Option<Reading> {
    let html = std::fs::read_to_string(captures()?.join("search_fulltext_2017-12_31hits.html")).unwrap();
    Some(ccgp::read(&html, None))
}

#[test]
fn the_result_page_of_2017_is_read_row_by_row() {
    let Some(reading) = result_page() else { return };
    assert_eq!(reading.problems, []);
    assert_eq!((reading.page, reading.coverage), (PageKind::Listing, Coverage::Partial));
    let listing = reading.listing.unwrap();
    assert_eq!((listing.total, listing.page, listing.pages), (Some(31), 1, Some(2)));
    let rows = listing.rows;
    assert_eq!(rows.len(), 20);
    let without_items = rows.iter().filter(|row| row.items_path.is_none()).filter_map(|row| row.native_id.as_deref());
    assert_eq!(without_items.collect::<Vec<_>>(), ["9252407", "9167002", "9073141", "9066024"]);
    assert!(rows.iter().all(|row| row.agency.is_some() && row.zone.is_some() && !row.title.contains('\n')));

    let (first, contract) = (rows.first().unwrap(), rows.get(2).unwrap());
    assert_eq!(first.url.as_deref(), Some("http://www.ccgp.gov.cn/cggg/dfgg/cjgg/201712/t20171219_9362956.htm"));
    assert_eq!(first.published_at.unwrap().iso(), "2017-12-19T17:05:15+08:00");
    assert!(first.snippet.as_deref().unwrap().starts_with("017年12月06日"));
    assert_eq!(contract.native_id.as_deref(), Some("9299755"));
    assert_eq!(contract.kind_label.as_deref(), Some("其它公告"));
    assert_eq!((contract.buyer.as_deref(), contract.zone.as_deref()), (Some("北京市普仁医院"), Some("北京")));
}

#[test]
fn a_walk_goes_on_from_the_result_page_to_its_second() {
    let Some(reading) = result_page() else { return };
    let search =
        Search { term: "医惠科技".into(), fulltext: true, from: date(2017, 9, 21), to: date(2017, 12, 22) };
    let mut walk = SearchWalk::new(search, &Url::parse("http://search.ccgp.gov.cn/bxsearch").unwrap(), PAGES_MAX);
    assert_eq!(walk.feed(&reading), Step::Next);
    assert!(walk.request().as_str().contains("page_index=2&"));
}

#[test]
fn every_address_of_june_2022_names_its_notice() {
    let Some(folder) = captures() else { return };
    let rows = std::fs::read_to_string(folder.join("titles_2022-06_part1.tsv")).unwrap();
    let mut seen = 0;
    // Some titles hold line breaks; the address ends the last line of each record.
    for url in rows.lines().filter_map(|line| line.rsplit('\t').next()).filter(|field| field.starts_with("http")) {
        let id = url.rsplit('_').next().unwrap().trim_end_matches(".htm");
        assert_eq!(address(url).and_then(|read| read.native_id).as_deref(), Some(id), "{url}");
        seen += 1;
    }
    assert!(seen > 1000, "{seen}");
}
