//! Death at any moment: the real binary killed while it plays the story, and every walk cut at each of its pauses. On waking nothing
//! is missing at the receivers, counted by their own files, and what comes twice has the same id and the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::path::Path;
use std::process::{Child, Stdio};
use std::task::Poll;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use tenderwatch::demo::stage::Stage;
use tenderwatch::demo::{self, story};
use tenderwatch::jobs::{Rooms, deliver, digest, poll};
use tenderwatch::{app, domain};

use crate::journey::history_holds_exactly_the_news;
use crate::receivers::{self, News, ids, printed, verb, wanted};

/// How many kills one demo suffers at most.
const KILLS_EACH: u32 = 4;

/// How many kills in all: `just long` asks for many more.
fn kills() -> u32 {
    std::env::var("TENDERWATCH_KILLS").map_or(12, |text| text.parse().expect("TENDERWATCH_KILLS is a number"))
}

fn seed() -> u64 {
    std::env::var("TENDERWATCH_SEED").map_or_else(|_| fastrand::u64(..), |text| text.parse().unwrap())
}

#[test]
fn killed_at_any_moment_it_loses_nothing_and_tells_nothing_under_two_ids() {
    let seed = seed();
    println!("seed: TENDERWATCH_SEED={seed}");
    let mut dice = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    printed(receivers::demo(folder.path()).output().unwrap());
    let whole = begun.elapsed();
    println!("an undisturbed demo takes {whole:?}");
    nothing_is_lost(folder.path());

    let mut left = kills();
    let mut lives = 0;
    while left > 0 {
        let folder = tempfile::tempdir().unwrap();
        left -= killed(folder.path(), left.min(KILLS_EACH), whole, &mut dice);
        printed(receivers::demo(folder.path()).output().unwrap());
        nothing_is_lost(folder.path());
        lives += 1;
        assert!(lives < 20 + 3 * kills(), "kills come too late to hit anything");
    }
}

/// Starts the demo and kills it, up to `times` times; gives how many kills hit. The moments are spread over what is left of it.
fn killed(dir: &Path, times: u32, whole: Duration, dice: &mut fastrand::Rng) -> u32 {
    for done in 0..times {
        let share = 2.0 / f64::from(times + 1);
        let moment = whole.mul_f64(dice.f64() * share);
        let mut command = receivers::demo(dir);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        if !died(child, moment) {
            return done;
        }
        println!("killed after {moment:?}");
    }
    times
}

/// Kills the child after a while; false where it had ended by itself.
fn died(mut child: Child, moment: Duration) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < moment {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

/// By the receivers' own files, against what was published.
fn nothing_is_lost(dir: &Path) {
    let wanted: BTreeSet<News> = wanted(dir).into_iter().collect();
    let mails = receivers::mails(dir);
    let to = |receiver: &str| {
        let mails = mails.iter().filter(|mail| mail.receiver == receiver);
        ids(mails.map(|mail| (mail.news(), mail.the("Message-ID"))))
    };
    let webhooks = receivers::webhooks(dir);
    let hooks = ids(webhooks.iter().map(|hook| (receivers::news_of_webhook(hook), hook.header("webhook-id").unwrap())));
    let cards = receivers::chat(dir);
    // A card carries no id outside its bytes: the bytes are the id.
    let cards = ids(cards.iter().map(|card| (receivers::news_of_card(card), card.body.as_str())));
    for (receiver, told) in [("mail", to("reader@example.org")), ("webhook", hooks), ("chat", cards)] {
        let heard: BTreeSet<News> = told.keys().cloned().collect();
        assert_eq!(heard, wanted, "{receiver}");
        for (news, ids) in told {
            assert_eq!(ids.len(), 1, "{receiver}: {news:?} under {ids:?}");
        }
    }
    let troubles = to("operator@example.org");
    let under = |kind: &str| troubles.get(&(String::new(), kind.to_owned())).map_or(0, BTreeSet::len);
    assert_eq!((under("source_failing"), under("source_recovered")), (2, 2), "{troubles:?}");

    same_id_same_bytes(mails.iter().map(|mail| (mail.the("Message-ID"), mail.raw.as_slice())));
    same_id_same_bytes(webhooks.iter().map(|hook| (hook.header("webhook-id").unwrap(), hook.body.as_bytes())));
    history_holds_exactly_the_news(dir);
    printed(verb(dir, &["audit"]));
}

fn same_id_same_bytes<'a>(messages: impl Iterator<Item = (&'a str, &'a [u8])>) {
    let mut known: BTreeMap<&str, &[u8]> = BTreeMap::new();
    for (id, bytes) in messages {
        let first = known.entry(id).or_insert(bytes);
        assert_eq!(String::from_utf8_lossy(first), String::from_utf8_lossy(bytes), "{id} came with other bytes");
    }
}

/// Polls `work` until it has paused `pauses` times, then drops it where it stands, as a death would; all of it where it ends before.
async fn cut<T>(work: impl Future<Output = T>, pauses: u32) -> Option<T> {
    let mut work = Box::pin(work);
    let mut left = pauses;
    std::future::poll_fn(move |context| match work.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// Every room, opened anew as after a death. The servers outside live on. A program that another test is just starting shares
/// every open file of this process until it is its own, the lock of a folder too: then the folder is held a moment longer.
fn wake(stage: &Stage) -> Rooms {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(5);
    loop {
        match app::open(demo::configuration(stage).unwrap(), stage.clock.clone()) {
            Ok(rooms) => return rooms,
            Err(why) if std::time::Instant::now() > deadline => panic!("{why:#}"),
            Err(_) => std::thread::sleep(std::time::Duration::from_millis(20)),
        }
    }
}

/// Time enough for any claim to expire.
fn outlast_claims(stage: &Stage) {
    stage.set_clock(stage.clock.now() + SignedDuration::from_mins(6)).unwrap();
}

/// Dies at every few pauses of the poll (in a fetch, between two settle commits) until it ends.
async fn poll_dying(stage: &Stage, stride: u32) {
    let mut pauses = 0;
    loop {
        let rooms = wake(stage);
        let source = rooms.config.sources[0].clone();
        if let Some(polled) = cut(poll::poll(&rooms, &source), pauses).await {
            polled.unwrap();
            return;
        }
        pauses += stride;
    }
}

fn claim_all(rooms: &Rooms, now: jiff::Timestamp) -> Vec<domain::delivery::ClaimedDelivery> {
    let until = now + SignedDuration::from_mins(5);
    let claim = |channel: &str| rooms.store.write(|w| w.claim_deliveries(channel, now, until, 8)).unwrap();
    let lanes = rooms.store.read(|r| r.lanes()).unwrap();
    lanes.iter().flat_map(|lane| claim(&lane.channel)).collect()
}

/// Dies after the claim, then after the sending and before the record, then at each pause of the walk, until all is sent.
async fn deliver_dying(stage: &Stage) {
    let rooms = wake(stage);
    let now = stage.clock.now();
    drop(claim_all(&rooms, now));
    drop(rooms);
    outlast_claims(stage);

    let rooms = wake(stage);
    let now = stage.clock.now();
    for delivery in claim_all(&rooms, now) {
        let outcome = rooms.channels.send(&delivery, now).await.outcome;
        assert_eq!(outcome, domain::delivery::Outcome::Accepted);
    }
    drop(rooms);
    let mut pauses = 0;
    loop {
        outlast_claims(stage);
        let rooms = wake(stage);
        if rooms.store.read(|r| r.next_delivery_at()).unwrap().is_none() {
            return;
        }
        if let Some(delivered) = cut(deliver::deliver_due(&rooms), pauses).await {
            delivered.unwrap();
        }
        pauses += 1;
    }
}

#[test]
fn dead_between_any_two_steps_of_the_walk_it_goes_on_where_it_was() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    runtime.block_on(async {
        let stage = Stage::open(folder.path()).unwrap();
        // Subscriptions start silent: that they are there is the first thing that is written.
        assert_eq!(digest::compose_due(&wake(&stage)).unwrap(), 0);
        // The baseline pauses some hundred times.
        poll_dying(&stage, 9).await;
        for beat in story::beats() {
            if beat.at > stage.clock.now() {
                stage.set_clock(beat.at).unwrap();
            }
            poll_dying(&stage, 1).await;
            // Dead between this poll and the digest, and between the digest and the delivery.
            digest::compose_due(&wake(&stage)).unwrap();
            deliver_dying(&stage).await;
        }
        stage.close().await;
    });
    nothing_is_lost(folder.path());
}

#[test]
fn a_subscription_that_cannot_be_composed_holds_up_no_other_and_loses_nothing() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    runtime.block_on(async {
        let stage = Stage::open(folder.path()).unwrap();
        app::once(&wake(&stage)).await.unwrap();
        let news = story::beats().into_iter().find(|beat| matches!(beat.what, story::What::Publish(_))).unwrap();
        stage.set_clock(news.at).unwrap();
        let mut rooms = wake(&stage);
        let hook = rooms.config.subscriptions.iter_mut().find(|subscription| subscription.name == "program").unwrap();
        hook.channel = "gone".to_owned();
        let failed = app::once(&rooms).await.unwrap_err();
        assert!(format!("{failed:#}").contains("program"), "{failed:#}");
        drop(rooms);
        assert_eq!((receivers::webhooks(folder.path()).len(), receivers::chat(folder.path()).len()), (0, 1));
        app::once(&wake(&stage)).await.unwrap();
        assert_eq!((receivers::webhooks(folder.path()).len(), receivers::chat(folder.path()).len()), (1, 1));
        stage.close().await;
    });
}
