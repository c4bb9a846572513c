//! The American side of the study's comparison, as the ordinary reader reads its one answer. A reconstruction as well: only the total's
//! size and the first firm's share are told.

use tenderwatch::domain::notice::NoticeKind;
use tenderwatch::domain::reading::Coverage;
use tenderwatch::domain::topic::Weight;
use tenderwatch::sources::{Dialect, read_saved};

use super::text;

#[test]
fn the_american_total_is_nearly_ten_million_and_nine_tenths_of_it_is_one_firms() {
    let reading = read_saved(Dialect::Usaspending, &text("us/spending_by_award_1.json"), None);
    assert_eq!((reading.notices.len(), reading.coverage), (4, Coverage::Whole), "{:?}", reading.problems);
    let sum = |name: Option<&str>| -> i64 {
        let of = reading.notices.iter().filter(|n| name.is_none_or(|name| n.lots[0].suppliers[0].name == name));
        of.map(|notice| notice.award.money().unwrap().ten_thousandths / 10_000).sum()
    };
    assert_eq!(sum(None), 9_900_000);
    assert_eq!(sum(Some("CHAINALYSIS INC")) * 1000 / sum(None), 922);
    for notice in &reading.notices {
        assert_eq!((notice.kind, notice.relevance.weight), (NoticeKind::Award, Weight::Subject), "{}", notice.title);
    }
}
