//! Real answers of USAspending kept outside the project, held against their MANIFEST: ids, sums, dates, recipients.

use std::path::Path;

use tenderwatch::domain::notice::NoticeKind;
use tenderwatch::domain::reading::{Coverage, PageKind, Reading};
use tenderwatch::sources::{Dialect, read_saved, reading_json};

fn reading(name: &str) -> Reading {
    let named = std::env::var("TENDERWATCH_CAPTURES").unwrap_or_else(|_| "../shared/captures".into());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(named).join("usaspending").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    read_saved(Dialect::Usaspending, &text, None)
}

/// The sum of the awards in cents, exactly.
fn cents(reading: &Reading) -> i64 {
    let sums = reading.notices.iter().map(|notice| notice.award.money().expect("a sum").ten_thousandths);
    sums.sum::<i64>() / 100
}

fn ids(reading: &Reading) -> Vec<&str> {
    let mut ids: Vec<&str> = reading.notices.iter().filter_map(|notice| notice.native_id.as_deref()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

#[test]
fn searches_read_as_their_manifest_says() {
    for (name, rows, distinct, coverage, sum) in [
        ("spending_by_award_nasa_contracts.json", 5, 4, Coverage::Partial, 4_794_407_549_723),
        ("award_search_dod_mit_2026-02-10.json", 10, 10, Coverage::Partial, 991_327_264_247),
        ("spending_by_award_overland_ai_2026-07-09.json", 8, 8, Coverage::Whole, 1_086_073_319),
    ] {
        let reading = reading(name);
        assert_eq!((reading.page, reading.coverage), (PageKind::Notice, coverage), "{name}");
        assert_eq!((reading.notices.len(), ids(&reading).len(), cents(&reading)), (rows, distinct, sum), "{name}");
        assert_eq!(reading.problems, [], "{name}");
        for notice in &reading.notices {
            assert_eq!(notice.kind, NoticeKind::Award);
            assert_eq!(notice.award.money().unwrap().currency.code(), "USD");
            assert_eq!((notice.buyers.len(), notice.lots[0].suppliers.len()), (1, 1), "{name}");
            assert!(notice.published_at.is_some() && !notice.title.is_empty(), "{name}");
            assert_eq!(notice.region.province, None);
        }
    }
}

#[test]
fn the_same_award_seen_later_is_the_same_notice_with_a_new_sum() {
    let reading = reading("spending_by_award_nasa_contracts.json");
    let seen: Vec<_> = reading
        .notices
        .iter()
        .filter(|notice| notice.native_id.as_deref() == Some("CONT_AWD_80GSFC18C0008_8000_-NONE-_-NONE-"))
        .map(|notice| (notice.award.money().unwrap().decimal(), notice.revision_id.clone()))
        .collect();
    let sums: Vec<&str> = seen.iter().map(|(sum, _)| sum.as_str()).collect();
    assert_eq!(sums, ["168657782.95", "172213419.67"]);
    assert_ne!(seen[0].1, seen[1].1);
}

#[test]
fn details_read_as_their_manifest_says() {
    for (name, id, number, sum, signed, recipient) in [
        (
            "award_detail_80GSFC18C0008.json",
            "CONT_AWD_80GSFC18C0008_8000_-NONE-_-NONE-",
            "80GSFC18C0008",
            "172213419.67",
            "2018-03-05",
            "THE UNIVERSITY OF IOWA",
        ),
        (
            "doc_award_detail_H907.json",
            "CONT_AWD_H907_9700_SPE2DX16D1500_9700",
            "SPE2DX16D1500/H907",
            "61241.34",
            "2016-06-24",
            "MCKESSON CORPORATION",
        ),
    ] {
        let reading = reading(name);
        let [notice] = reading.notices.as_slice() else { panic!("{name}: {:?}", reading.problems) };
        assert_eq!(notice.native_id.as_deref(), Some(id));
        assert_eq!(notice.project_numbers, [number]);
        assert_eq!(notice.award.money().unwrap().decimal(), sum);
        assert_eq!(notice.dates.awarded_on.unwrap().to_string(), signed);
        assert_eq!(notice.lots[0].suppliers[0].name, recipient);
        assert_eq!(notice.ceiling.state(), "disclosed");
    }
}

#[test]
fn sums_over_awards_and_other_feeds_are_no_notices() {
    for name in [
        "spending_by_category_recipient_nasa.json",
        "spending_over_time_dod_mit_fy2015-2025.json",
        "transactions_80GSFC18C0008.json",
        "fpds_atom_gsa_truncated.xml",
    ] {
        let reading = reading(name);
        assert_eq!((reading.page, reading.notices.len()), (PageKind::Unknown, 0), "{name}");
    }
}

#[test]
fn the_reading_prints_in_the_shape_of_every_other() {
    let reading = reading("spending_by_award_overland_ai_2026-07-09.json");
    let line = reading_json::to_json("a.json", Dialect::Usaspending.word(), &reading);
    assert_eq!(line["dialect"], "usaspending");
    assert_eq!(line["notices"][0]["award"]["value"], "1897682.83");
    assert_eq!(line["notices"][0]["award"]["currency"], "USD");
    assert_eq!(line["notices"][0]["lots"][0]["suppliers"][0]["name"], "OVERLAND AI INC");
}
