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
use tenderwatch::store::stops::{Stop, StopKind};
use tenderwatch::store::subscriptions::{SubscriptionMemory, Wake};

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
    let memory = SubscriptionMemory {
        watermark: 3,
        next_due_at: Some(later(1)),
        last_digest_at: Some(now()),
        totals_then,
        near_misses_at: Some(now()),
        wake: Wake { at: Some(later(1)), from: Some(now()), on_news: true },
    };
    store.write(|w| w.put_subscription_memory("daily", &memory)).unwrap();
    assert_eq!(store.read(|r| r.subscription_memory("daily")).unwrap(), Some(memory));
}

#[test]
fn what_a_subscription_was_told_of_is_known_also_after_a_merge() {
    let (_folder, store) = fresh();
    let (one, two) = (store.write(|w| w.new_project(now())).unwrap(), store.write(|w| w.new_project(now())).unwrap());
    let seqs = store.write(|w| w.append_changes(&[change_of(two)])).unwrap();
    store.write(|w| w.put_digest(&digest("g", "daily", seqs[0]), &[(seqs[0], Some(two))], &[])).unwrap();
    let told = |name: &str, project| store.read(|r| r.told_of(name, &[project])).unwrap().get(&project).copied();
    assert_eq!(told("daily", two), Some(now()));
    assert_eq!(told("daily", one), None);
    assert_eq!(told("other", two), None);
    store.write(|w| w.merge_projects(one, &[two], now())).unwrap();
    assert_eq!(told("daily", one), Some(now()));
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
    let claimed = store.write(|w| w.claim_deliveries("mail", now(), later(60), 10)).unwrap();
    let ids: Vec<_> = claimed.iter().map(|claimed| claimed.id.0.as_str()).collect();
    assert_eq!(ids, ["d_1", "d_3"], "the second part waits for the first");
}

#[test]
fn a_claimed_delivery_is_not_claimed_again_before_its_claim_expires() {
    let (_folder, store) = waiting(&[delivery("d_1", "a@x", 1)]);
    let claim =
        |at: Timestamp| store.write(|w| w.claim_deliveries("mail", at, at + Duration::from_mins(1), 10)).unwrap();
    let first = claim(now());
    assert_eq!((first[0].payload.as_slice(), first[0].attempts), (b"bytes".as_slice(), 0));
    assert_eq!(claim(later(59)), []);
    assert_eq!(store.read(|r| r.next_delivery_at()).unwrap(), Some(later(60)));
    assert_eq!(claim(later(60)), first, "the process died: the same bytes under the same id");
}

#[test]
fn what_a_dead_process_had_claimed_waits_at_once_and_is_marked_as_perhaps_arrived() {
    let (_folder, store) = waiting(&[delivery("d_1", "a@x", 1), delivery("d_2", "b@x", 1)]);
    store.write(|w| w.claim_deliveries("mail", now(), later(600), 1)).unwrap();
    assert_eq!(store.write(|w| w.free_dead_claims(later(5))).unwrap(), 1);
    let row = |id: &str| store.read(|r| r.delivery(&DeliveryId(id.into()))).unwrap().unwrap();
    assert_eq!(row("d_1").state, Delivery::Waiting { next_at: later(5) });
    assert_eq!((row("d_1").attempts, row("d_1").last_outcome.as_deref()), (1, Some("ambiguous")));
    assert_eq!((row("d_2").attempts, row("d_2").state), (0, Delivery::Waiting { next_at: now() }));
    assert_eq!(store.write(|w| w.free_dead_claims(later(6))).unwrap(), 0, "once");
}

#[test]
fn each_channel_is_a_lane_with_a_limit_of_its_own() {
    let on = |channel: &str, id: &str| NewDelivery { channel: channel.into(), ..delivery(id, id, 1) };
    let (_folder, store) = waiting(&[on("mail", "d_1"), on("chat", "d_2"), on("chat", "d_3")]);
    let lanes = || -> Vec<_> { store.read(|r| r.lanes()).unwrap().into_iter().map(|lane| lane.channel).collect() };
    assert_eq!(lanes(), ["chat", "mail"]);
    let claimed = store.write(|w| w.claim_deliveries("chat", now(), later(60), 1)).unwrap();
    assert_eq!(claimed.iter().map(|claimed| claimed.id.0.as_str()).collect::<Vec<_>>(), ["d_2"]);
    for id in ["d_2", "d_3"] {
        let id = DeliveryId(id.into());
        store.write(|w| w.record_attempt(&id, &Outcome::Accepted, None, None, now())).unwrap();
    }
    assert_eq!(lanes(), ["mail"]);
}

#[test]
fn a_part_waits_for_the_one_before_it_and_shares_its_end() {
    let parts = [delivery("d_1", "a@x", 1), delivery("d_2", "a@x", 2), delivery("d_3", "b@x", 1)];
    let (_folder, store) = waiting(&parts);
    let claim = |at| -> Vec<String> {
        let claimed = store.write(|w| w.claim_deliveries("mail", at, at + Duration::from_mins(1), 9)).unwrap();
        claimed.into_iter().map(|claimed| claimed.id.0).collect()
    };
    let record = |id: &str, outcome: &Outcome, next: Option<&Next>, at| {
        store.write(|w| w.record_attempt(&DeliveryId(id.into()), outcome, None, next, at)).unwrap();
    };
    assert_eq!(claim(now()), ["d_1", "d_3"]);
    let busy = Outcome::Later { why: "451".into(), retry_after: None };
    record("d_1", &busy, Some(&Next::At(later(100))), later(1));
    record("d_3", &Outcome::Accepted, None, later(1));
    let lanes = store.read(|r| r.lanes()).unwrap();
    assert_eq!(lanes[0].first_at, later(100), "the second part is not due before the first");
    assert_eq!(claim(later(100)), ["d_1"]);
    record("d_1", &Outcome::Accepted, None, later(101));
    assert_eq!(claim(later(101)), ["d_2"]);

    let (_folder, store) = waiting(&parts);
    let refused = Outcome::Refused { why: "552".into() };
    let end = Next::GiveUp { why: "552".into() };
    store.write(|w| w.record_attempt(&DeliveryId("d_1".into()), &refused, None, Some(&end), now())).unwrap();
    let row = store.read(|r| r.delivery(&DeliveryId("d_2".into()))).unwrap().unwrap();
    let why = "an earlier part was given up: 552".to_owned();
    assert_eq!(row.state, Delivery::GivenUp { at: now(), why });
    assert_eq!(store.write(|w| w.retry_message(&DeliveryId("d_2".into()), later(1))).unwrap(), 2, "both parts");
    let claimed = store.write(|w| w.claim_deliveries("mail", later(1), later(60), 9)).unwrap();
    assert_eq!(claimed.iter().map(|claimed| claimed.id.0.as_str()).collect::<Vec<_>>(), ["d_1", "d_3"]);
}

#[test]
fn a_message_that_was_taken_back_stays_so_unless_it_arrives_after_all() {
    let (_folder, store) = waiting(&[delivery("d_1", "a@x", 1), delivery("d_2", "a@x", 2)]);
    let id = DeliveryId("d_1".into());
    store.write(|w| w.claim_deliveries("mail", now(), later(60), 1)).unwrap();
    assert_eq!(store.write(|w| w.cancel_message(&id, "li", "wrong figures", now())).unwrap(), 2);
    let row = || store.read(|r| r.delivery(&id)).unwrap().unwrap();
    assert_eq!(row().state, Delivery::GivenUp { at: now(), why: "wrong figures".into() });
    assert_eq!(row().cancelled_by.as_deref(), Some("li"));
    let busy = Outcome::Later { why: "451".into(), retry_after: None };
    store.write(|w| w.record_attempt(&id, &busy, None, Some(&Next::At(later(9))), now())).unwrap();
    assert_eq!(row().cancelled_by.as_deref(), Some("li"), "an attempt under way does not bring it back");
    store.write(|w| w.record_attempt(&id, &Outcome::Accepted, Some("m7"), None, later(1))).unwrap();
    let row = row();
    assert_eq!(
        (row.state, row.cancelled_by, row.receipt.as_deref()),
        (Delivery::Sent { at: later(1) }, None, Some("m7"))
    );
    assert_eq!(store.write(|w| w.cancel_message(&id, "li", "again", now())).unwrap(), 0);
}

#[test]
fn a_thread_knows_its_earlier_messages_and_what_the_platform_called_them() {
    let (_folder, store) = fresh();
    let project = store.write(|w| w.new_project(now())).unwrap();
    let put = |digest_id: &str, subscription: &str, id: &str| {
        let message = NewDelivery { thread: Some(project), ..delivery(id, "a@x", 1) };
        store.write(|w| w.put_digest(&digest(digest_id, subscription, 0), &[], &[message])).unwrap();
    };
    let accept = |id: &str, receipt: &str| {
        let id = DeliveryId(id.into());
        store.write(|w| w.record_attempt(&id, &Outcome::Accepted, Some(receipt), None, now())).unwrap();
    };
    put("g1", "daily", "d_1");
    put("g2", "other", "d_2");
    put("g3", "daily", "d_3");
    for (id, receipt) in [("d_1", "m1"), ("d_2", "m2"), ("d_3", "m3")] {
        accept(id, receipt);
    }
    put("g4", "daily", "d_4");
    let claimed = store.write(|w| w.claim_deliveries("mail", now(), later(60), 9)).unwrap();
    assert_eq!(claimed[0].receipts, ["m3", "m1"], "the latest first, of this subscription");
    let thread = |receiver| store.read(|r| r.thread_of("daily", "mail", receiver, project)).unwrap();
    assert_eq!(thread("a@x").iter().map(|id| id.0.as_str()).collect::<Vec<_>>(), ["d_1", "d_3", "d_4"]);
    assert_eq!(thread("b@x"), []);
}

#[test]
fn a_receiver_is_stopped_once_and_what_waits_for_it_is_given_up_with_the_reason() {
    let (_folder, store) = waiting(&[delivery("d_1", "a@x", 1), delivery("d_2", "b@x", 1)]);
    let stop = Stop {
        channel: "mail".into(),
        receiver: "a@x".into(),
        kind: StopKind::Bounced,
        why: "550 5.1.1".into(),
        at: now(),
    };
    assert!(!format!("{stop:?}").contains("a@x"));
    assert!(store.write(|w| w.stop_receiver(&stop)).unwrap());
    assert!(!store.write(|w| w.stop_receiver(&stop)).unwrap(), "it is stopped already");
    assert_eq!(store.read(|r| r.stop("mail", "a@x")).unwrap(), Some(stop.clone()));
    assert_eq!(store.read(|r| r.stop("chat", "a@x")).unwrap(), None);
    assert_eq!(store.read(|r| r.stops()).unwrap(), [stop]);
    let state = |id: &str| store.read(|r| r.delivery(&DeliveryId(id.into()))).unwrap().unwrap().state;
    let why = "the receiver is stopped: 550 5.1.1".to_owned();
    assert_eq!(state("d_1"), Delivery::GivenUp { at: now(), why });
    assert_eq!(state("d_2"), Delivery::Waiting { next_at: now() });
    assert!(store.write(|w| w.resume_receiver("mail", "a@x")).unwrap());
    assert!(!store.write(|w| w.resume_receiver("mail", "a@x")).unwrap());
    assert_eq!(store.read(|r| r.stop("mail", "a@x")).unwrap(), None);
}

#[test]
fn every_outcome_is_recorded_and_an_accepted_delivery_stays_accepted() {
    let (_folder, store) = waiting(&[delivery("d_1", "a@x", 1)]);
    let id = DeliveryId("d_1".into());
    let record = |outcome: &Outcome, next: Option<&Next>, at| {
        store.write(|w| w.record_attempt(&id, outcome, None, next, at)).unwrap();
    };
    let state = || store.read(|r| r.delivery(&id)).unwrap().unwrap().state;
    let busy = Outcome::Later { why: "451".into(), retry_after: Some(Duration::from_secs(5)) };
    store.write(|w| w.claim_deliveries("mail", now(), later(60), 1)).unwrap();
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
    let unknown: Done =
        store.write(|w| w.record_attempt(&DeliveryId("d_9".into()), &Outcome::Accepted, None, None, now()));
    assert!(matches!(unknown, Err(StoreError::Unknown { .. })));
}
