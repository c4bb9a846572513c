//! Changes, subscriptions and deliveries: told once, under one id.

use jiff::Timestamp;
use std::time::Duration;
use tenderwatch::domain::change::{Change, ChangeKind, FieldChange, Telling};
use tenderwatch::domain::delivery::{Delivery, DeliveryId, Outcome};
use tenderwatch::domain::project::Status;
use tenderwatch::domain::retry::Next;
use tenderwatch::figures::totals::delta;
use tenderwatch::store::StoreError;
use tenderwatch::store::deliveries::{Kept, NewDelivery};
use tenderwatch::store::subscriptions::SubscriptionMemory;

use super::{
    Done, SOURCE, TOPIC, change_of, contribution, delivery, digest, fresh, id, later, now, settled, stamp, tender,
    waiting,
};

#[test]
fn changes_come_back_in_the_order_they_were_settled() {
    let (_folder, store) = fresh();
    let project = store.write(|w| settled(w, "1", &tender("1", 1, 100))).unwrap();
    let full = Change {
        kind: ChangeKind::Corrected,
        project: Some(project),
        notice: Some(id("1")),
        source: Some(SOURCE.into()),
        topic: Some(TOPIC.into()),
        fields: vec![FieldChange { field: "deadline".into(), old: None, new: Some("2019-09-01 09:30".into()) }],
        reason: "更正".into(),
        published_at: Some(stamp(1)),
        seen_at: now(),
        telling: Telling::News,
    };
    let trouble = Change {
        kind: ChangeKind::SourceFailing,
        project: None,
        notice: None,
        topic: None,
        fields: vec![],
        published_at: None,
        telling: Telling::Baseline,
        ..full.clone()
    };
    assert_eq!(store.read(|r| r.last_seq()).unwrap(), 0);
    let places = store.write(|w| w.append_changes(&[full.clone(), trouble.clone()])).unwrap();
    let stored = store.read(|r| r.changes_after(0, 10)).unwrap();
    assert_eq!(stored.iter().map(|stored| stored.seq).collect::<Vec<_>>(), places);
    assert_eq!(stored.iter().map(|stored| stored.change.clone()).collect::<Vec<_>>(), [full, trouble]);
    assert_eq!(store.read(|r| r.changes_after(places[0], 10)).unwrap().len(), 1);
    assert_eq!(store.read(|r| r.changes_of(project)).unwrap().len(), 1);
    assert_eq!(store.read(|r| r.last_seq()).unwrap(), places[1]);
}

#[test]
fn a_subscription_is_remembered_with_its_totals() {
    let (_folder, store) = fresh();
    assert_eq!(store.read(|r| r.subscription_memory("daily")).unwrap(), None);
    let totals_then = Some(delta(None, Some(&contribution(2019, 9, Status::Awarded, Some(5)))));
    let memory =
        SubscriptionMemory { watermark: 3, next_due_at: Some(later(1)), last_digest_at: Some(now()), totals_then };
    store.write(|w| w.put_subscription_memory("daily", &memory)).unwrap();
    assert_eq!(store.read(|r| r.subscription_memory("daily")).unwrap(), Some(memory));
}

#[test]
fn what_a_subscription_was_told_of_is_known_also_after_a_merge() {
    let (_folder, store) = fresh();
    let (one, two) = (store.write(|w| w.new_project(now())).unwrap(), store.write(|w| w.new_project(now())).unwrap());
    let seqs = store.write(|w| w.append_changes(&[change_of(two)])).unwrap();
    store.write(|w| w.put_digest(&digest("g", "daily", seqs[0]), &[(seqs[0], Some(two))], &[])).unwrap();
    assert_eq!(store.read(|r| r.told_at("daily", two)).unwrap(), Some(now()));
    assert_eq!(store.read(|r| r.told_at("daily", one)).unwrap(), None);
    assert_eq!(store.read(|r| r.told_at("other", two)).unwrap(), None);
    store.write(|w| w.merge_projects(one, &[two], now())).unwrap();
    assert_eq!(store.read(|r| r.told_at("daily", one)).unwrap(), Some(now()));
}

#[test]
fn a_digest_composed_twice_is_kept_once() {
    let (_folder, store) = fresh();
    let compose =
        || store.write(|w| w.put_digest(&digest("g", "daily", 0), &[], &[delivery("d_1", "a@x", 1)])).unwrap();
    assert_eq!((compose(), compose()), (Kept::New, Kept::Known));
    assert_eq!(store.read(|r| r.deliveries(10)).unwrap().len(), 1);
    assert_eq!(store.read(|r| r.digest("g")).unwrap(), Some(digest("g", "daily", 0)));
}

#[test]
fn a_receiver_gets_one_delivery_per_part_of_a_digest() {
    let (_folder, store) = fresh();
    let twice = [delivery("d_1", "a@x", 1), delivery("d_2", "a@x", 1)];
    let put: Done<Kept> = store.write(|w| w.put_digest(&digest("g", "daily", 0), &[], &twice));
    assert!(put.is_err());
    assert_eq!(store.read(|r| r.digest("g")).unwrap(), None, "the whole digest is refused");
    let parts = [delivery("d_1", "a@x", 1), delivery("d_2", "a@x", 2), delivery("d_3", "b@x", 1)];
    store.write(|w| w.put_digest(&digest("g", "daily", 0), &[], &parts)).unwrap();
    let claimed = store.write(|w| w.claim_deliveries(now(), later(60), 10, &[])).unwrap();
    let ids: Vec<_> = claimed.iter().map(|claimed| claimed.id.0.as_str()).collect();
    assert_eq!(ids, ["d_1", "d_2", "d_3"]);
}

#[test]
fn a_claimed_delivery_is_not_claimed_again_before_its_claim_expires() {
    let (_folder, store) = waiting(&[delivery("d_1", "a@x", 1)]);
    let claim = |at: Timestamp| store.write(|w| w.claim_deliveries(at, at + Duration::from_mins(1), 10, &[])).unwrap();
    let first = claim(now());
    assert_eq!((first[0].payload.as_slice(), first[0].attempts), (b"bytes".as_slice(), 0));
    assert_eq!(claim(later(59)), []);
    assert_eq!(store.read(|r| r.next_delivery_at()).unwrap(), Some(later(60)));
    assert_eq!(claim(later(60)), first, "the process died: the same bytes under the same id");
}

#[test]
fn an_expired_claim_can_be_shown_as_waiting_again() {
    let (_folder, store) = waiting(&[delivery("d_1", "a@x", 1)]);
    store.write(|w| w.claim_deliveries(now(), later(60), 10, &[])).unwrap();
    assert_eq!(store.write(|w| w.release_claims(later(59))).unwrap(), 0);
    assert_eq!(store.write(|w| w.release_claims(later(60))).unwrap(), 1);
    let row = store.read(|r| r.delivery(&DeliveryId("d_1".into()))).unwrap().unwrap();
    assert_eq!(row.state, Delivery::Waiting { next_at: later(60) });
}

#[test]
fn held_channels_and_the_limit_are_respected() {
    let on = |channel: &str, id: &str| NewDelivery { channel: channel.into(), ..delivery(id, id, 1) };
    let (_folder, store) = waiting(&[on("mail", "d_1"), on("chat", "d_2"), on("chat", "d_3")]);
    let held = ["mail".to_owned()];
    assert_eq!(store.read(|r| r.next_delivery_besides(&held)).unwrap(), Some(now()));
    let claimed = store.write(|w| w.claim_deliveries(now(), later(60), 1, &held)).unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].channel, "chat");
    let all = ["mail".to_owned(), "chat".to_owned()];
    assert_eq!(store.read(|r| r.next_delivery_besides(&all)).unwrap(), None);
}

#[test]
fn every_outcome_is_recorded_and_an_accepted_delivery_stays_accepted() {
    let (_folder, store) = waiting(&[delivery("d_1", "a@x", 1)]);
    let id = DeliveryId("d_1".into());
    let record =
        |outcome: &Outcome, next: Option<&Next>, at| store.write(|w| w.record_attempt(&id, outcome, next, at)).unwrap();
    let state = || store.read(|r| r.delivery(&id)).unwrap().unwrap().state;
    let busy = Outcome::Later { why: "451".into(), retry_after: Some(Duration::from_secs(5)) };
    store.write(|w| w.claim_deliveries(now(), later(60), 1, &[])).unwrap();
    record(&busy, Some(&Next::At(later(5))), later(1));
    assert_eq!(state(), Delivery::Waiting { next_at: later(5) });
    let gone = Outcome::Refused { why: "550".into() };
    record(&gone, Some(&Next::GiveUp { why: "550".into() }), later(6));
    assert_eq!(state(), Delivery::GivenUp { at: later(6), why: "550".into() });
    record(&Outcome::Accepted, None, later(7));
    assert_eq!(state(), Delivery::Sent { at: later(7) });
    record(&Outcome::Ambiguous { why: "reset".into() }, Some(&Next::At(later(9))), later(8));
    assert_eq!(state(), Delivery::Sent { at: later(7) });
    let attempts = store.read(|r| r.attempts(&id)).unwrap();
    let outcomes: Vec<_> = attempts.iter().map(|attempt| attempt.outcome.as_str()).collect();
    assert_eq!(outcomes, ["later", "refused", "accepted", "ambiguous"]);
    let counts = store.read(|r| r.delivery_counts()).unwrap();
    assert_eq!((counts[0].channel.as_str(), counts[0].state.as_str(), counts[0].count), ("mail", "sent", 1));
    assert_eq!(store.read(|r| r.payload(&id)).unwrap().as_deref(), Some(b"bytes".as_slice()));
    let unknown: Done = store.write(|w| w.record_attempt(&DeliveryId("d_9".into()), &Outcome::Accepted, None, now()));
    assert!(matches!(unknown, Err(StoreError::Unknown { .. })));
}
