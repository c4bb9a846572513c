//! Connections that carry several mails: reset in between, never used after a doubt, closed when idle, no more than allowed;
//! and domains that are busy or have a pace, which hold up nobody else.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tenderwatch::domain::delivery::{DeliveryId, Outcome};

use super::server::{Act, Protection, Server, say};
use super::{Settings, attempt, channels, delivery, settings_for, word};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

#[tokio::test]
async fn one_connection_carries_several_mails_with_a_reset_in_between() {
    let server = Server::start(Protection::Plain, &[]);
    let channels = channels(settings_for(&server));
    for n in 0..5 {
        let delivery = delivery(&channels, &format!("reader{n}@example.cn"));
        assert_eq!(channels.send(&delivery, NOW).await.outcome, Outcome::Accepted);
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
    assert_eq!((server.count("RSET"), server.taken().len()), (4, 5));
}

#[tokio::test]
async fn after_any_fault_the_connection_is_not_used_again() {
    let acts = [
        ("RCPT", Act::Stall),
        ("RCPT", Act::Close),
        ("RCPT", say("550 5.1.1 no such user")),
        ("RCPT", say("450 4.2.1 mailbox busy")),
        ("RCPT", Act::Raw(b"250 fine\r\n250 fine\r\n".to_vec())),
        ("DATA", Act::CloseWithin),
        (".", Act::Stall),
        (".", say("554 5.6.0 no")),
        (".", say("nonsense")),
    ];
    for (step, act) in acts {
        let server = Server::start_changing(Protection::Plain, vec![vec![(step, act.clone())], vec![]]);
        let channels = channels(settings_for(&server));
        let first = attempt(&channels).await;
        assert_ne!(word(&first), "accepted", "{step} {act:?}");
        assert_eq!(word(&attempt(&channels).await), "accepted", "{step} {act:?}");
        assert_eq!(server.connections.load(Ordering::SeqCst), 2, "{step} {act:?}");
    }
}

#[tokio::test]
async fn a_resting_connection_that_died_costs_nothing() {
    for act in [Act::Close, Act::Stall, say("421 4.4.2 idle for too long"), say("500 what"), say("354 go on")] {
        let server = Server::start_changing(Protection::Plain, vec![vec![("RSET", act.clone())], vec![]]);
        let channels = channels(settings_for(&server));
        assert_eq!(word(&attempt(&channels).await), "accepted");
        assert_eq!(word(&attempt(&channels).await), "accepted", "{act:?}");
        assert_eq!(server.connections.load(Ordering::SeqCst), 2, "{act:?}");
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_a_while() {
    let server = Server::start(Protection::Plain, &[]);
    let channels = channels(Settings { idle_timeout: Duration::from_millis(200), ..settings_for(&server) });
    assert_eq!(word(&attempt(&channels).await), "accepted");
    assert_eq!(server.open.load(Ordering::SeqCst), 1);
    let until = Instant::now() + Duration::from_secs(5);
    while server.open.load(Ordering::SeqCst) > 0 && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!((server.open.load(Ordering::SeqCst), server.count("QUIT")), (0, 1));
    assert_eq!(word(&attempt(&channels).await), "accepted");
}

#[tokio::test]
async fn no_more_connections_than_allowed_are_open_at_once() {
    let server = Server::start(Protection::Plain, &[]);
    let channels = Arc::new(channels(Settings { connections_max: 2, ..settings_for(&server) }));
    let sends: Vec<_> = (0..20)
        .map(|n| {
            let channels = Arc::clone(&channels);
            let delivery = delivery(&channels, &format!("reader{n}@example.cn"));
            tokio::spawn(async move { channels.send(&delivery, NOW).await.outcome })
        })
        .collect();
    for send in sends {
        assert_eq!(send.await.unwrap(), Outcome::Accepted);
    }
    assert_eq!(server.taken().len(), 20);
    assert!(server.open_most.load(Ordering::SeqCst) <= 2);
    assert!(server.connections.load(Ordering::SeqCst) <= 2, "all of them were used again");
}

#[tokio::test]
async fn a_busy_domain_is_left_alone_while_the_others_get_their_mail() {
    let server = Server::start_changing(Protection::Plain, vec![vec![("RCPT", say("451 4.7.1 slow down"))], vec![]]);
    let channels = channels(settings_for(&server));
    let to = |receiver: &str, now: Timestamp| {
        let delivery = delivery(&channels, receiver);
        let channels = &channels;
        async move { channels.send(&delivery, now).await.outcome }
    };
    assert_eq!(word(&to("a@busy.example.cn", NOW).await), "later");
    let Outcome::Later { why, retry_after: Some(wait) } = to("b@busy.example.cn", NOW).await else {
        panic!("the domain does not rest");
    };
    assert!(why.contains("busy.example.cn") && wait == Duration::from_mins(1), "{why} {wait:?}");
    assert_eq!(server.connections.load(Ordering::SeqCst), 1, "nobody asked the server");
    assert_eq!(to("c@example.org", NOW).await, Outcome::Accepted);
    assert_eq!(to("b@busy.example.cn", NOW + SignedDuration::from_mins(1)).await, Outcome::Accepted);
}

#[tokio::test]
async fn a_single_full_mailbox_is_no_reason_to_rest() {
    let server = Server::start_changing(Protection::Plain, vec![vec![("RCPT", say("452 4.2.2 mailbox full"))], vec![]]);
    let channels = channels(settings_for(&server));
    assert_eq!(word(&attempt(&channels).await), "later");
    assert_eq!(word(&attempt(&channels).await), "accepted");
}

#[tokio::test]
async fn a_server_that_is_busy_itself_is_left_alone_by_all() {
    let server = Server::start_changing(Protection::Plain, vec![vec![("greeting", say("421 4.3.2 too busy"))], vec![]]);
    let channels = channels(settings_for(&server));
    assert_eq!(word(&attempt(&channels).await), "later");
    let other = delivery(&channels, "c@example.org");
    assert_eq!(word(&channels.send(&other, NOW).await.outcome), "later");
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
    let then = NOW + SignedDuration::from_mins(1);
    assert_eq!(channels.send(&other, then).await.outcome, Outcome::Accepted);
}

#[tokio::test]
async fn a_domain_gets_no_more_mails_a_minute_than_it_takes() {
    let server = Server::start(Protection::Plain, &[]);
    let per_minute_to = BTreeMap::from([("qq.com".to_owned(), 2)]);
    let channels = channels(Settings { per_minute_to, ..settings_for(&server) });
    let mut waiting = Vec::new();
    for n in 0..5 {
        let mut delivery = delivery(&channels, &format!("reader{n}@QQ.com"));
        delivery.id = DeliveryId(format!("d_0123456789abcde{n}"));
        match channels.send(&delivery, NOW).await.outcome {
            Outcome::Accepted => {}
            Outcome::Later { retry_after: Some(wait), .. } => waiting.push((wait, delivery)),
            other => panic!("{other:?}"),
        }
    }
    let waits: Vec<u64> = waiting.iter().map(|(wait, _)| wait.as_secs()).collect();
    assert_eq!(waits, [60, 60, 120]);
    assert_eq!(word(&attempt(&channels).await), "accepted", "another domain has no bound");
    for (wait, delivery) in waiting {
        assert_eq!(channels.send(&delivery, NOW + wait).await.outcome, Outcome::Accepted);
    }
    assert_eq!(server.taken().len(), 6);
}
