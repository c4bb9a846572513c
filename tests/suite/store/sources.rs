//! What is remembered of sources, hosts and bodies.

use jiff::civil::date;
use tenderwatch::domain::source::{Baseline, Health, HostMemory, SourceMemory, Validators};

use super::{SOURCE, fresh, later, now};

#[test]
fn a_source_never_polled_has_a_blank_memory() {
    let (_folder, store) = fresh();
    let memory = store.read(|r| r.source_memory("nobody")).unwrap();
    assert_eq!(memory, SourceMemory::default());
}

#[test]
fn a_source_and_its_hosts_are_remembered_in_every_state() {
    let (_folder, store) = fresh();
    let states =
        [Health::Well, Health::Ailing { since: now(), failures: 2 }, Health::Failing { since: now(), failures: 9 }];
    for health in states {
        let memory = SourceMemory {
            baseline: Baseline::Taken,
            health,
            next_due_at: Some(later(60)),
            healthy_at: Some(now()),
            whole_until: Some(date(2019, 9, 23)),
        };
        store.write(|w| w.put_source_memory(SOURCE, &memory)).unwrap();
        assert_eq!(store.read(|r| r.source_memory(SOURCE)).unwrap(), memory);
        assert_eq!(store.read(|r| r.sources()).unwrap(), [(SOURCE.to_owned(), memory)]);
    }
    let host = HostMemory {
        host: "search.ccgp.gov.cn".into(),
        day: date(2019, 9, 23),
        requests: 7,
        backoff_until: Some(later(10)),
        failures: 1,
        last_request_at: Some(now()),
    };
    store.write(|w| w.put_host_memory(std::slice::from_ref(&host))).unwrap();
    assert_eq!(store.read(|r| r.host_memory()).unwrap(), [host]);
    let validators =
        Validators { etag: Some("\"a\"".into()), last_modified: None, body_hash: Some("ff".into()), reader_version: 3 };
    store.write(|w| w.put_validators(SOURCE, "http://x/", &validators, now())).unwrap();
    assert_eq!(store.read(|r| r.validators(SOURCE, "http://x/")).unwrap(), Some(validators));
    assert_eq!(store.read(|r| r.validators(SOURCE, "http://y/")).unwrap(), None);
}

#[test]
fn a_body_is_kept_once_per_content_and_comes_back_byte_by_byte() {
    let (_folder, store) = fresh();
    let body = "区块链".repeat(1000).into_bytes();
    let first = store.write(|w| w.keep_body(&body, now())).unwrap();
    let second = store.write(|w| w.keep_body(&body, later(5))).unwrap();
    assert_eq!(first, second);
    assert_eq!(store.read(|r| r.body(&first)).unwrap(), Some(body));
    assert_eq!(store.read(|r| r.counts()).unwrap().bodies, 1);
    assert_eq!(store.read(|r| r.body("00")).unwrap(), None);
}
