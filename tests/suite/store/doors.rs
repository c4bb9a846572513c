//! The two doors: whole or not at all, and history only grows.

use tenderwatch::domain::delivery::{DeliveryId, Outcome};
use tenderwatch::store::audit::audit;
use tenderwatch::store::{Settings, Store, StoreError};

use super::{Done, TOPIC, change_of, change_of_nothing, counted_tender, delivery, fresh, later, now, waiting};

#[test]
fn an_error_keeps_nothing_and_says_what_it_was() {
    let (_folder, store) = fresh();
    let failed: Done = store.write(|w| {
        w.append_changes(&[change_of_nothing()])?;
        Err(StoreError::Unknown { what: "a test".into() })
    });
    assert_eq!(failed.unwrap_err().to_string(), "a test is not in the database");
    assert_eq!(store.read(|r| r.last_seq()).unwrap(), 0);
}

#[test]
fn a_panic_keeps_nothing_and_the_next_write_works() {
    let (_folder, store) = fresh();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.write(|w| -> Done {
            w.append_changes(&[change_of_nothing()])?;
            panic!("a test");
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(store.read(|r| r.last_seq()).unwrap(), 0);
    store.write(|w| w.append_changes(&[change_of_nothing()])).unwrap();
    assert_eq!(store.read(|r| r.last_seq()).unwrap(), 1);
}

#[test]
fn a_reader_sees_one_moment_while_a_writer_goes_on() {
    let (_folder, store) = fresh();
    store
        .read(|r| -> Done {
            assert_eq!(r.last_seq()?, 0);
            store.write(|w| w.append_changes(&[change_of_nothing()]))?;
            assert_eq!(r.last_seq()?, 0, "the snapshot of this read");
            assert_eq!(store.read(|r| r.last_seq())?, 1, "the snapshot of a later one");
            Ok(())
        })
        .unwrap();
}

#[test]
fn readers_of_many_threads_do_not_wait_for_each_other() {
    let (_folder, store) = fresh();
    let gate = std::sync::Barrier::new(12);
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                store.read(|r| -> Done<i64> {
                    gate.wait();
                    r.last_seq()
                })
            });
        }
    });
}

#[test]
fn history_refuses_to_be_changed_or_deleted() {
    let (folder, store) = waiting(&[delivery("d_1", "a@x", 1)]);
    store
        .write(|w| -> Done {
            let (one, two) = (counted_tender(w, "1", 1, 100)?, counted_tender(w, "2", 1, 100)?);
            w.append_changes(&[change_of(one)])?;
            w.merge_projects(one, &[two], now())?;
            w.record_attempt(&DeliveryId("d_1".into()), &Outcome::Accepted, None, None, now())
        })
        .unwrap();
    let connection = rusqlite::Connection::open(folder.path().join("tenderwatch.db")).unwrap();
    let history = [
        ("bodies", "kept_at"),
        ("notice_versions", "read_at"),
        ("changes", "seen_at"),
        ("project_merges", "merged_at"),
        ("attempts", "at"),
    ];
    for (table, column) in history {
        let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert!(count(&format!("SELECT count(*) FROM {table}")) > 0, "{table} has rows to lose");
        for sql in [format!("DELETE FROM {table}"), format!("UPDATE {table} SET {column} = 0")] {
            let refused = connection.execute(&sql, []).unwrap_err().to_string();
            assert!(refused.contains("history"), "{sql}: {refused}");
        }
    }
}

#[test]
fn a_delivery_carries_exactly_the_facts_of_its_state() {
    let (folder, _store) = waiting(&[delivery("d_1", "a@x", 1)]);
    let connection = rusqlite::Connection::open(folder.path().join("tenderwatch.db")).unwrap();
    let wrong = [
        "state = 'claimed'",
        "state = 'sent'",
        "state = 'given_up', next_at = NULL, given_up_at = 1",
        "sent_at = 1",
        "state = 'lost'",
        "next_at = NULL",
    ];
    for change in wrong {
        let refused = connection.execute(&format!("UPDATE deliveries SET {change}"), []).unwrap_err().to_string();
        assert!(refused.contains("CHECK constraint failed"), "{change}: {refused}");
    }
}

#[test]
fn a_connection_that_is_dropped_without_commit_leaves_nothing_behind() {
    let (folder, store) = fresh();
    store.write(|w| counted_tender(w, "1", 1, 100)).unwrap();
    let before = store.read(|r| r.totals(TOPIC)).unwrap();
    {
        let dying = rusqlite::Connection::open(folder.path().join("tenderwatch.db")).unwrap();
        dying.execute_batch("BEGIN IMMEDIATE; UPDATE total_sums SET sum = 0; DELETE FROM notice_keys;").unwrap();
        // The process dies here: dropped without COMMIT.
    }
    drop(store);
    let store = Store::open(&Settings { path: folder.path().join("tenderwatch.db") }, later(1)).unwrap();
    assert_eq!(store.read(|r| r.totals(TOPIC)).unwrap(), before);
    assert!(audit(&store, |_| None).unwrap().agrees());
}

#[test]
fn a_copy_made_while_running_is_whole() {
    let (folder, store) = fresh();
    store.write(|w| counted_tender(w, "1", 1, 100)).unwrap();
    let to = folder.path().join("copy.db");
    store.backup(&to).unwrap();
    let copy = Store::open(&Settings { path: to.clone() }, now()).unwrap();
    assert_eq!(copy.read(|r| r.totals(TOPIC)).unwrap(), store.read(|r| r.totals(TOPIC)).unwrap());
    assert!(matches!(store.backup(&to), Err(StoreError::File { .. })), "nothing is overwritten");
}
