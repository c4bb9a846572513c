//! The list of filed services: the same file twice changes nothing, a corrected one replaces what it names, history keeps both.

use jiff::civil::date;
use tenderwatch::domain::filing::Filing;
use tenderwatch::store::Store;
use tenderwatch::store::filings::{FilingFile, Imported};

use super::{fresh, later};

fn filing(batch: u32, holder: &str, service: &str) -> Filing {
    Filing {
        batch: Some(batch),
        filed_on: Some(date(2019, 3, 30)),
        holder: holder.into(),
        service: service.into(),
        number: None,
    }
}

fn import(store: &Store, sha256: &str, filings: &[Filing], seconds: i64) -> Imported {
    let rows: Vec<(u32, Filing)> = (2..).zip(filings.iter().cloned()).collect();
    let file = FilingFile { name: "备案.csv", sha256, batch: None, published_on: None, rows: &rows };
    store.write(|w| w.import_filings(&file, later(seconds))).unwrap()
}

fn services(store: &Store, seconds: Option<i64>) -> Vec<String> {
    let filings = store.read(|r| r.filings(seconds.map(later))).unwrap();
    filings.into_iter().map(|filing| format!("{} {}", filing.holder, filing.service)).collect()
}

#[test]
fn the_same_file_changes_nothing_twice() {
    let (_folder, store) = fresh();
    let list = [filing(1, "甲公司", "链一"), filing(1, "甲公司", "链二"), filing(1, "乙公司", "链三")];
    assert_eq!(import(&store, "a", &list, 0), Imported::Now { import: 1, added: 3, replaced: 0, unchanged: 0 });
    assert_eq!(import(&store, "a", &list, 9), Imported::Before { import: 1, at: later(0) });
    assert_eq!(store.read(|r| r.filings(None)).unwrap(), list);
}

#[test]
fn a_corrected_file_replaces_its_holders_rows_in_its_batches_and_nothing_else() {
    let (_folder, store) = fresh();
    let list = [
        filing(1, "甲公司", "链一"),
        filing(1, "甲公司", "链二"),
        filing(1, "乙公司", "链三"),
        filing(2, "甲公司", "链四"),
    ];
    import(&store, "a", &list, 0);
    let corrected = [filing(1, "甲 公司", "链一"), filing(1, "甲公司", "链二"), filing(1, "丙公司", "链五")];
    let done = import(&store, "b", &corrected, 10);
    assert_eq!(done, Imported::Now { import: 2, added: 2, replaced: 1, unchanged: 1 });
    assert_eq!(services(&store, None), ["甲公司 链二", "乙公司 链三", "甲公司 链四", "甲 公司 链一", "丙公司 链五"]);
    assert_eq!(services(&store, Some(5)).len(), 4, "as it was known then");
    assert_eq!(services(&store, Some(-5)), Vec::<String>::new());
    let own = store.read(|r| r.filings_of(&["甲公司"])).unwrap();
    assert_eq!(own.len(), 3, "{own:?}");
}

#[test]
fn a_row_that_stands_twice_is_kept_twice_until_a_file_has_it_once() {
    let (_folder, store) = fresh();
    let twice = [filing(1, "甲公司", "链一"), filing(1, "甲公司", "链一")];
    import(&store, "a", &twice, 0);
    let done = import(&store, "b", &twice[..1], 10);
    assert_eq!(done, Imported::Now { import: 2, added: 0, replaced: 1, unchanged: 1 });
    assert_eq!(services(&store, None), ["甲公司 链一"]);
}
