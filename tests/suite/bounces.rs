//! Mails that came back, in the forms of many servers: which delivery they name, who is stopped by them and who is not, whatever
//! a stranger may write.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::Timestamp;
use proptest::prelude::*;
use tenderwatch::domain::bounce::{self, Bounce, Ignored, Verdict};
use tenderwatch::domain::change::ChangeKind;
use tenderwatch::domain::delivery::{DeliveryId, Outcome};
use tenderwatch::jobs::Rooms;
use tenderwatch::jobs::bounces::{Handled, empty, handle, look};
use tenderwatch::platform::clock::Clock;
use tenderwatch::store::deliveries::{DigestRow, NewDelivery};
use tenderwatch::store::stops::StopKind;

const ID: &str = "d_0123456789abcdef0123456789abcdef";

fn mail(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mail/bounces");
    fs::read(folder.join(format!("{name}.eml"))).unwrap()
}

#[test]
fn the_reports_of_many_servers_are_understood() {
    let cases = [
        ("postfix_unknown", Verdict::Hard, "5.1.1"),
        ("postfix_delayed", Verdict::Delayed, "4.4.1"),
        ("postfix_full", Verdict::Soft, "5.2.2"),
        ("exim_unrouteable", Verdict::Hard, "5.0.0"),
        ("sendmail_host_unknown", Verdict::Hard, "5.1.2"),
        ("exchange_not_found", Verdict::Hard, "5.1.10"),
        ("gmail_over_quota", Verdict::Soft, "4.2.2"),
        ("global_unknown", Verdict::Hard, "5.1.1"),
        ("delivered", Verdict::Delivered, "2.0.0"),
        ("qmail_no_mailbox", Verdict::Hard, "5.1.1"),
        ("coremail_gbk", Verdict::Hard, ""),
        ("qq_refused", Verdict::Soft, ""),
    ];
    for (name, verdict, status) in cases {
        for mail in [mail(name), String::from_utf8(mail(name)).unwrap().replace('\n', "\r\n").into_bytes()] {
            let Bounce { delivery, verdict: found, status: code, said } = bounce::read(&mail).expect(name);
            assert_eq!((found, code.unwrap_or_default().as_str()), (verdict, status), "{name}: {said}");
            assert_eq!(delivery, Some(DeliveryId(ID.into())), "{name}");
            assert!(!said.contains("li@") && !said.contains(['\n', '\r']), "{name}: {said}");
        }
    }
    assert!(bounce::read(&mail("coremail_gbk")).unwrap().said.contains("550 User not found"));
}

#[test]
fn what_is_no_bounce_is_left_aside_with_its_reason() {
    let cases = [
        ("auto_reply", Ignored::AutoReply),
        ("read_receipt", Ignored::Receipt),
        ("complaint", Ignored::Complaint),
        ("a_letter", Ignored::NoReport),
        ("empty_report", Ignored::EmptyReport),
    ];
    for (name, why) in cases {
        assert_eq!(bounce::read(&mail(name)), Err(why), "{name}");
    }
    assert_eq!(bounce::read(b""), Err(Ignored::NotAMail));
    assert_eq!(bounce::read(b"no header at all"), Err(Ignored::NotAMail));
}

#[test]
fn hostile_mails_are_read_in_little_time_and_lead_to_nothing() {
    let nest = |kind: &str| format!("Content-Type: {kind}\n\n").repeat(40_000);
    let bombs = [
        nest("message/rfc822"),
        nest("multipart/mixed; boundary=x"),
        format!(
            "Content-Type: multipart/mixed; boundary=x\n\n{}",
            "--x\nContent-Type: multipart/mixed; boundary=x\n\n".repeat(30_000)
        ),
        format!("Content-Type: multipart/digest; boundary=x\n\n{}", "--x\n\n".repeat(200_000)),
        format!(
            "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n{}",
            "Action: failed\n\n".repeat(60_000)
        ),
        "X: y\n".repeat(200_000),
        format!("X: {}\n\nb", "y ".repeat(500_000)),
        format!("Subject: {}\n\nb", "=?utf-8?b?".repeat(100_000)),
        format!("To: {}\n\n550 5.1.1", "<".repeat(900_000)),
        format!("From: postmaster\nReturn-Path: <>\n\n{}", "5.1.".repeat(250_000)),
        format!("From: postmaster\nContent-Type: text/html; charset=\u{1F4A9}\n\n{}", "<".repeat(900_000)),
    ];
    let began = Instant::now();
    for bomb in bombs {
        if let Ok(Bounce { delivery, said, .. }) = bounce::read(bomb.as_bytes()) {
            assert!(delivery.is_none() && said.chars().count() < 300);
        }
    }
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

proptest! {
    #[test]
    fn no_damage_to_a_bounce_makes_its_reader_panic(at in 0_usize..1_500, cut in 0_usize..40, noise in proptest::collection::vec(any::<u8>(), 0..40)) {
        for name in ["postfix_unknown", "coremail_gbk", "qmail_no_mailbox"] {
            let mut mail = mail(name);
            let at = at.min(mail.len());
            let end = (at + cut).min(mail.len());
            mail.splice(at..end, noise.iter().copied());
            let _ = bounce::read(&mail);
        }
    }
}

struct Service {
    rooms: Rooms,
    folder: tempfile::TempDir,
}

/// A service that has sent one mail.
fn service() -> Service {
    let folder = tempfile::tempdir().unwrap();
    let maildir = folder.path().join("bounces");
    for part in ["new", "cur", "tmp"] {
        fs::create_dir_all(maildir.join(part)).unwrap();
    }
    let text = format!(
        "contact = \"ops@example.org\"\ndata_dir = \"{}\"\n[sources.ccgp]\ndialect = \"ccgp\"\nsince = 2016-12-12\n\
         [channels.office.email]\nfrom = \"watch@example.org\"\nhost = \"127.0.0.1\"\ntls = \"none\"\n\
         [channels.office.email.bounces]\nmaildir = \"{}\"\n",
        folder.path().join("data").display(),
        maildir.display()
    );
    fs::create_dir_all(folder.path().join("data")).unwrap();
    let config = tenderwatch::config::parse(&text, "t.toml").unwrap_or_else(|report| panic!("{}", report.plain()));
    let rooms = tenderwatch::app::open(config, Clock::hand("2026-11-22T01:00:00Z".parse().unwrap())).unwrap();
    send(&rooms, ID, "li@example.cn");
    Service { rooms, folder }
}

/// Puts a delivery into the outbox and records that it was accepted.
fn send(rooms: &Rooms, id: &str, receiver: &str) {
    put(rooms, id, receiver);
    let now = rooms.clock.now();
    let id = DeliveryId(id.to_owned());
    rooms.store.write(|w| w.record_attempt(&id, &Outcome::Accepted, None, None, now)).unwrap();
}

fn put(rooms: &Rooms, id: &str, receiver: &str) {
    let now = rooms.clock.now();
    let digest = DigestRow {
        id: format!("g_{id}"),
        subscription: "morning".into(),
        composed_at: now,
        from_seq: 0,
        to_seq: 0,
        message_json: "{}".into(),
    };
    let delivery = NewDelivery {
        id: DeliveryId(id.to_owned()),
        channel: "office".into(),
        receiver: receiver.into(),
        part: 1,
        payload: b"mail".to_vec(),
        thread: None,
    };
    rooms.store.write(|w| w.put_digest(&digest, &[], &[delivery])).unwrap();
}

fn troubles(rooms: &Rooms) -> Vec<String> {
    let changes = rooms.store.read(|r| r.changes_after(0, 100)).unwrap();
    let stopped = changes.into_iter().filter(|stored| stored.change.kind == ChangeKind::ReceiverStopped);
    stopped.map(|stored| stored.change.reason).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_is_gone_is_stopped_and_the_operator_hears_of_it_once() {
    let Service { rooms, folder: _folder } = service();
    assert!(matches!(handle(&rooms, &mail("postfix_delayed")).unwrap(), Handled::Recorded { .. }));
    assert!(matches!(handle(&rooms, &mail("postfix_full")).unwrap(), Handled::Recorded { .. }));
    assert!(rooms.store.read(|r| r.stops()).unwrap().is_empty());
    for (turn, name) in ["postfix_unknown", "exim_unrouteable", "qmail_no_mailbox"].into_iter().enumerate() {
        let Handled::Stopped { is_new, .. } = handle(&rooms, &mail(name)).unwrap() else { panic!("{name}") };
        assert_eq!(is_new, turn == 0, "{name}");
    }
    let stop = rooms.store.read(|r| r.stop("office", "li@example.cn")).unwrap().unwrap();
    assert_eq!(stop.kind, StopKind::Bounced);
    assert!(stop.why.contains("5.1.1") && !stop.why.contains("li@"), "{}", stop.why);
    let told = troubles(&rooms);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains(ID) && !told[0].contains("li@"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_bounce_stops_nobody() {
    let Service { rooms, folder: _folder } = service();
    let text = String::from_utf8(mail("postfix_unknown")).unwrap();
    // Of a delivery that never was, of one that was not sent yet, and of a receiver without any delivery.
    let never = text.replace(ID, &ID.replace("0123", "ffff"));
    assert!(matches!(handle(&rooms, never.as_bytes()).unwrap(), Handled::Stranger { .. }));
    let waiting = ID.replace("0123", "aaaa");
    put(&rooms, &waiting, "han@example.cn");
    assert!(matches!(handle(&rooms, text.replace(ID, &waiting).as_bytes()).unwrap(), Handled::Stranger { .. }));
    let nameless = text.replace(ID, "x");
    assert!(matches!(handle(&rooms, nameless.as_bytes()).unwrap(), Handled::Stranger { .. }));
    assert!(rooms.store.read(|r| r.stops()).unwrap().is_empty());
    assert!(troubles(&rooms).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_of_bounces_is_emptied_when_its_time_comes() {
    let Service { rooms, folder } = service();
    let maildir = folder.path().join("bounces");
    let listed =
        |part: &str| -> Vec<PathBuf> { fs::read_dir(maildir.join(part)).unwrap().map(|e| e.unwrap().path()).collect() };
    fs::write(maildir.join("new/1.a.host"), mail("auto_reply")).unwrap();
    fs::write(maildir.join("new/2.b.host"), mail("postfix_unknown")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", maildir.join("new/3.c.host")).unwrap();
    let is_due = |now: Timestamp| rooms.store.read(|r| tenderwatch::jobs::bounces::is_due(&rooms, r, now)).unwrap();
    assert!(is_due(rooms.clock.now()));
    look(&rooms).unwrap();
    assert!(listed("new").is_empty());
    assert!(listed("cur").iter().all(|path| path.to_string_lossy().ends_with(":2,S")), "{:?}", listed("cur"));
    assert_eq!((listed("cur").len(), troubles(&rooms).len()), (3, 1));
    assert!(!is_due(rooms.clock.now()), "the next look is in five minutes");
    assert!(is_due(rooms.clock.now() + jiff::SignedDuration::from_mins(5)));
    fs::write(maildir.join("new/4.d.host"), mail("postfix_unknown")).unwrap();
    look(&rooms).unwrap();
    assert_eq!(listed("new").len(), 1, "not before");
    empty(&rooms, &maildir).unwrap();
    assert!(listed("new").is_empty());
    fs::remove_dir_all(&maildir).unwrap();
    assert!(empty(&rooms, &maildir).is_err(), "a mailbox that is gone is said");
}
