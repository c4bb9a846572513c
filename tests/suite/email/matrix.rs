//! Every fault at every step of a conversation: what the attempt comes to, that nothing is lost, and that a second copy is
//! possible only where the first attempt was ambiguous, under the same Message-ID.

use std::sync::atomic::Ordering;

use jiff::Timestamp;
use tenderwatch::channels::email::Tls;

use super::server::{Act, Protection, Server, fixture, say};
use super::{Settings, attempt, channels, delivery, settings_for, word};

const STEPS: [&str; 6] = ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "."];

/// What an answer at each of the steps comes to, in the steps' order.
const ANSWERS: &[(&str, [&str; 6])] = &[
    ("250 fine", ["accepted", "accepted", "accepted", "accepted", "later", "accepted"]),
    ("354 go on", ["accepted", "later", "later", "later", "accepted", "ambiguous"]),
    ("421 4.3.2 going down", ["later"; 6]),
    ("450 4.7.1 greylisted", ["later"; 6]),
    ("451 4.3.0 not now", ["later"; 6]),
    ("452 4.2.2 mailbox full", ["later"; 6]),
    ("530 5.7.0 TLS first", ["later", "later", "misconfigured", "misconfigured", "misconfigured", "misconfigured"]),
    ("535 5.7.8 log in", ["later", "later", "misconfigured", "misconfigured", "misconfigured", "misconfigured"]),
    ("550 5.1.1 no such user", ["later", "later", "misconfigured", "gone", "refused", "refused"]),
    ("552 5.3.4 too large", ["later", "later", "refused", "refused", "refused", "refused"]),
    ("554 5.7.1 no", ["later", "later", "misconfigured", "refused", "refused", "refused"]),
    ("550-5.1.1 no such user\r\n550 5.1.1 here", ["later", "later", "misconfigured", "gone", "refused", "refused"]),
    // What is no answer says nothing: before the message it is tried again, after it nobody knows.
    ("2x0 what", ["later", "later", "later", "later", "later", "ambiguous"]),
    ("999 what", ["later", "later", "later", "later", "later", "ambiguous"]),
    ("", ["later", "later", "later", "later", "later", "ambiguous"]),
    ("250-two\r\n550 minds", ["later", "later", "later", "later", "later", "ambiguous"]),
];

#[tokio::test]
async fn every_answer_at_every_step_means_what_it_should() {
    let mut wrong = Vec::new();
    for (answer, expected) in ANSWERS {
        for (step, expected) in STEPS.iter().zip(expected) {
            let server = Server::start(Protection::Plain, &[(step, say(answer))]);
            let outcome = attempt(&channels(settings_for(&server))).await;
            if word(&outcome) != *expected {
                wrong.push(format!("{answer:?} at {step}: {outcome:?}, not {expected}"));
            }
            let taken = server.taken().len();
            // Taken and not known to be taken: only an ambiguous end may bring a second copy.
            if taken > 0 && !matches!(word(&outcome), "accepted" | "ambiguous") {
                wrong.push(format!("{answer:?} at {step}: taken, but {outcome:?}"));
            }
            if word(&outcome) == "accepted" && taken != 1 {
                wrong.push(format!("{answer:?} at {step}: lost"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn silence_hang_ups_and_noise_at_every_step() {
    let noise = [
        ("silence", Act::Stall),
        ("a hang-up", Act::Close),
        ("a line without end", Act::Raw(vec![b'2'; 100_000])),
        ("an answer in no charset", Act::Raw(b"550 \xc4\xe3\xba\xc3\r\n".to_vec())),
        ("half an answer", Act::Raw(b"250-fi".to_vec())),
    ];
    let mut wrong = Vec::new();
    for (name, act) in noise {
        for step in STEPS {
            let server = Server::start(Protection::Plain, &[(step, act.clone())]);
            let outcome = attempt(&channels(settings_for(&server))).await;
            let expected = if step == "." { "ambiguous" } else { "later" };
            if word(&outcome) != expected {
                wrong.push(format!("{name} at {step}: {outcome:?}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn an_answer_that_comes_before_its_question_is_nobodys() {
    // Each would be read as the answer to the next command; after DATA, as that to the message.
    for (step, said) in [("MAIL", "250 a\r\n250 b\r\n"), ("RCPT", "250 a\r\n354 b\r\n"), ("DATA", "354 a\r\n250 b\r\n")]
    {
        let server = Server::start(Protection::Plain, &[(step, Act::Raw(said.into())), (".", say("554 no"))]);
        let outcome = attempt(&channels(settings_for(&server))).await;
        assert_eq!(word(&outcome), "later", "{step}: {outcome:?}");
        assert!(server.taken().is_empty());
    }
}

#[tokio::test]
async fn a_connection_that_breaks_within_the_message_is_ambiguous_and_the_same_mail_goes_again() {
    let server = Server::start_changing(
        Protection::Plain,
        vec![vec![("DATA", Act::CloseWithin)], vec![(".", Act::Close)], vec![]],
    );
    let channels = channels(settings_for(&server));
    assert_eq!(word(&attempt(&channels).await), "ambiguous");
    assert!(server.taken().is_empty(), "the server knows that it has half of it");
    assert_eq!(word(&attempt(&channels).await), "ambiguous", "this time it has all of it");
    assert_eq!(word(&attempt(&channels).await), "accepted");
    let taken = server.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[0].message, taken[1].message, "the second copy can be known by its Message-ID");
    assert_eq!(server.connections.load(Ordering::SeqCst), 3, "no broken connection is used again");
}

#[tokio::test]
async fn slow_servers_are_waited_for() {
    let script =
        [("greeting", Act::Slowly("220 slow".into())), ("RCPT", Act::Slowly("250 fine".into())), ("DATA", Act::Sip)];
    let server = Server::start(Protection::Plain, &script);
    let settings = Settings { content_timeout: std::time::Duration::from_secs(5), ..settings_for(&server) };
    assert_eq!(word(&attempt(&channels(settings)).await), "accepted");
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn a_server_that_accepts_connections_and_never_greets_is_later() {
    // Nobody accepts: the kernel answers, no program does. That is what a half-open connection looks like.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = Server::start(Protection::Plain, &[]);
    let settings = Settings { port: Some(listener.local_addr().unwrap().port()), ..settings_for(&server) };
    assert_eq!(word(&attempt(&channels(settings)).await), "later");
}

#[tokio::test]
async fn a_message_larger_than_the_server_takes_is_refused_without_being_sent() {
    let server = Server::start(Protection::Plain, &[("EHLO", say("250-scripted\r\n250 SIZE 100"))]);
    let outcome = attempt(&channels(settings_for(&server))).await;
    assert_eq!(word(&outcome), "refused");
    assert!(outcome.why().contains("takes 100"), "{outcome:?}");
    assert_eq!(server.count("MAIL"), 0);
}

#[tokio::test]
async fn an_address_that_is_not_ascii_needs_a_server_that_takes_such() {
    let server = Server::start(Protection::Plain, &[]);
    let far = channels(settings_for(&server));
    let outcome = far.send(&delivery(&far, "李雷@example.cn"), Timestamp::UNIX_EPOCH).await.outcome;
    assert_eq!((word(&outcome), server.count("MAIL")), ("gone", 0), "{outcome:?}");
    let server = Server::start(Protection::Plain, &[("EHLO", say("250-scripted\r\n250-8BITMIME\r\n250 SMTPUTF8"))]);
    let near = channels(settings_for(&server));
    let outcome = near.send(&delivery(&near, "李雷@example.cn"), Timestamp::UNIX_EPOCH).await.outcome;
    assert_eq!(word(&outcome), "accepted", "{outcome:?}");
    assert!(server.taken()[0].sender.contains("SMTPUTF8") && server.taken()[0].receiver.contains("李雷"));
}

fn secured(server: &Server, tls: Tls) -> Settings {
    Settings {
        tls,
        ca_file: Some(fixture("ca.pem")),
        connect_timeout: std::time::Duration::from_secs(3),
        ..settings_for(server)
    }
}

#[tokio::test]
async fn tls_is_what_it_should_be_or_no_mail_leaves() {
    use Protection::{Implicit, Plain, Starttls};
    let cases: &[(&str, Protection, Tls, bool, &str)] = &[
        ("starttls", Starttls("server"), Tls::Starttls, true, "accepted"),
        ("implicit", Implicit("server"), Tls::Implicit, true, "accepted"),
        ("starttls, another's name", Starttls("stranger"), Tls::Starttls, true, "misconfigured"),
        ("implicit, another's name", Implicit("stranger"), Tls::Implicit, true, "misconfigured"),
        ("starttls, unknown authority", Starttls("server"), Tls::Starttls, false, "misconfigured"),
        ("implicit, unknown authority", Implicit("server"), Tls::Implicit, false, "misconfigured"),
        ("stripped", Plain, Tls::Starttls, true, "misconfigured"),
        ("plain where TLS is expected", Plain, Tls::Implicit, true, "misconfigured"),
    ];
    for (name, protection, tls, is_trusted, expected) in cases {
        let server = Server::start(*protection, &[]);
        let mut settings = secured(&server, *tls);
        if !is_trusted {
            settings.ca_file = None;
        }
        let outcome = attempt(&channels(settings)).await;
        assert_eq!(word(&outcome), *expected, "{name}: {outcome:?}");
        assert_eq!(server.taken().len(), usize::from(*expected == "accepted"), "{name}");
    }
    let server = Server::start(Implicit("server"), &[]);
    let outcome = attempt(&channels(secured(&server, Tls::Starttls))).await;
    assert_eq!(word(&outcome), "later", "TLS where a greeting is expected is a silent server: {outcome:?}");
}

#[tokio::test]
async fn starttls_that_is_refused_or_tampered_with_lets_nothing_out() {
    let injected = "220 go ahead\r\n250-scripted\r\n250-AUTH PLAIN\r\n250 SIZE 1\r\n";
    let acts = [
        (say("454 4.7.0 not now"), "later"),
        (say("502 5.5.1 no such command"), "misconfigured"),
        (Act::Stall, "later"),
        (Act::Close, "later"),
        (Act::Raw(injected.into()), "later"),
    ];
    for (act, expected) in acts {
        let server = Server::start(Protection::Starttls("server"), &[("STARTTLS", act.clone())]);
        let outcome = attempt(&channels(secured(&server, Tls::Starttls))).await;
        assert_eq!(word(&outcome), expected, "{act:?}: {outcome:?}");
        assert!(server.taken().is_empty());
    }
}
