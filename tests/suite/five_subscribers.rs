//! The real binary, a hand-moved clock and two weeks of the replica's story for five subscribers of different filters, frequencies,
//! zones and languages: exactly these messages, to these receivers, in these windows, and no others.

use std::path::Path;

use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::receivers::{self, Mail, demo, printed};

/// Everybody's wishes. The story plays from Tuesday, 10 September 2019, 09:00 in China; Friday the 13th is the Mid-Autumn Festival.
const WISHES: &str = r#"
[subscriptions.office]
channel = "mail"
to = ["office@example.org"]
at = "18:00"
working_days_only = true
language = "zh"

[subscriptions.berlin]
channel = "mail"
to = ["berlin@example.org"]
frequency = "weekly"
on = "monday"
at = "09:00"
zone = "Europe/Berlin"
language = "en"
kinds = ["awarded", "award_corrected"]

[subscriptions.canton]
channel = "mail"
to = ["canton@example.org"]
frequency = "hourly"
grouping = "project"
provinces = ["广东"]
language = "zh"

[subscriptions.newyork]
channel = "mail"
to = ["newyork@example.org"]
frequency = "immediate"
grouping = "change"
zone = "America/New_York"
quiet = "20:00-08:00"
language = "en"

[subscriptions.tokyo]
channel = "mail"
to = ["tokyo@example.org"]
at = "08:00"
zone = "Asia/Tokyo"
amount_from = "300万"
idle = "all_quiet"
language = "zh"
"#;

const UNTIL: &str = "2019-09-24T12:00:00+08:00";

/// The story's notices that bring news.
const METROLOGY_TENDER: &str = "12801204";
const LICENCES_TENDER: &str = "12808577";
const TRADE_AWARD: &str = "12812046";
const METROLOGY_CORRECTION: &str = "12818330";
const GRAIN_CANDIDATES: &str = "12824659";
const GRAIN_AWARD: &str = "12831772";
const RELIEF_FAILED: &str = "12840117";
const ARCHIVES_CONTRACT: &str = "12848463";
const RELIEF_AGAIN: &str = "12855690";
const LICENCES_AWARD: &str = "12857925";
const LICENCES_CORRECTION: &str = "12861308";

/// A message that must come: from when, within how long, and what it tells.
struct Due {
    from: Timestamp,
    within: SignedDuration,
    news: Vec<(&'static str, &'static str)>,
}

/// At a time of September 2019 in China, within half an hour: the clock goes in steps of that length.
fn at(day: i8, hour: i8, minute: i8, news: &[(&'static str, &'static str)]) -> Due {
    within(day, hour, minute, 30, news)
}

fn within(day: i8, hour: i8, minute: i8, minutes: i64, news: &[(&'static str, &'static str)]) -> Due {
    let from = china(date(2019, 9, day).at(hour, minute, 0, 0));
    Due { from, within: SignedDuration::from_mins(minutes), news: news.to_vec() }
}

fn china(reading: DateTime) -> Timestamp {
    reading.to_zoned(TimeZone::get("Asia/Shanghai").unwrap()).unwrap().timestamp()
}

#[test]
fn five_subscribers_hear_exactly_what_they_asked_for_when_they_asked_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let wishes = dir.join("wishes.toml");
    std::fs::write(&wishes, WISHES).unwrap();
    let mut command = demo(dir);
    command.arg("--subscriptions").arg(&wishes).args(["--until", UNTIL]);
    printed(command.output().unwrap());

    let mails = receivers::mails(dir);
    let names = ["office", "berlin", "canton", "newyork", "tokyo"];
    assert!(mails.iter().all(|mail| names.iter().any(|name| mail.receiver == format!("{name}@example.org"))));
    hears(&mails, "office", &office());
    hears(&mails, "berlin", &berlin());
    hears(&mails, "canton", &canton());
    hears(&mails, "newyork", &new_york());
    hears(&mails, "tokyo", &tokyo());
    each_in_their_language(&mails);
    a_projects_messages_form_a_thread(&mails);
    assert!(receivers::posts(dir).is_empty(), "nobody asked for a webhook");
    the_operators_troubles_went_to_nobody(dir, &mails);
}

/// Every evening of a working day; what was read on the days off comes on the first one after them.
fn office() -> Vec<Due> {
    vec![
        at(10, 18, 0, &[(METROLOGY_TENDER, "tender_published")]),
        at(11, 18, 0, &[(LICENCES_TENDER, "tender_published"), (TRADE_AWARD, "awarded"), (TRADE_AWARD, "shifted")]),
        at(12, 18, 0, &[(METROLOGY_CORRECTION, "corrected")]),
        at(16, 18, 0, &[(GRAIN_AWARD, "awarded"), (GRAIN_CANDIDATES, "candidates_listed"), (GRAIN_AWARD, "shifted")]),
        at(17, 18, 0, &[(RELIEF_FAILED, "failed")]),
        at(
            19,
            18,
            0,
            &[
                (ARCHIVES_CONTRACT, "contracted"),
                (RELIEF_AGAIN, "retendered"),
                (LICENCES_AWARD, "awarded"),
                (LICENCES_AWARD, "shifted"),
            ],
        ),
        at(20, 18, 0, &[(LICENCES_CORRECTION, "award_corrected")]),
    ]
}

/// On Mondays at nine in Berlin, when it is 15:00 in China.
fn berlin() -> Vec<Due> {
    vec![
        at(16, 15, 0, &[(TRADE_AWARD, "awarded"), (GRAIN_AWARD, "awarded")]),
        at(23, 15, 0, &[(LICENCES_AWARD, "awarded"), (LICENCES_CORRECTION, "award_corrected")]),
    ]
}

/// At the first full hour after it was read: within half an hour of its publication by day, and the step of the clock.
fn canton() -> Vec<Due> {
    vec![
        within(11, 10, 5, 120, &[(LICENCES_TENDER, "tender_published")]),
        // Nothing is new, but the tender closes within a day: on the 18th at 15:00.
        within(17, 15, 0, 90, &[]),
        within(19, 15, 30, 120, &[(LICENCES_AWARD, "awarded"), (LICENCES_AWARD, "shifted")]),
        within(20, 9, 10, 120, &[(LICENCES_CORRECTION, "award_corrected")]),
    ]
}

/// A message for each change, none between 20:00 and 08:00 in New York, which is 08:00 to 20:00 in China.
fn new_york() -> Vec<Due> {
    vec![
        at(10, 20, 0, &[(METROLOGY_TENDER, "tender_published")]),
        at(11, 20, 0, &[(LICENCES_TENDER, "tender_published")]),
        at(11, 20, 0, &[(TRADE_AWARD, "awarded")]),
        at(11, 20, 0, &[(TRADE_AWARD, "shifted")]),
        at(12, 20, 0, &[(METROLOGY_CORRECTION, "corrected")]),
        within(13, 20, 0, 180, &[(GRAIN_CANDIDATES, "candidates_listed")]),
        at(16, 20, 0, &[(GRAIN_AWARD, "awarded")]),
        at(16, 20, 0, &[(GRAIN_AWARD, "shifted")]),
        at(17, 20, 0, &[(RELIEF_FAILED, "failed")]),
        // The site was down until 21:00 and is asked again within six hours.
        within(18, 21, 0, 450, &[(ARCHIVES_CONTRACT, "contracted")]),
        at(19, 20, 0, &[(RELIEF_AGAIN, "retendered")]),
        at(19, 20, 0, &[(LICENCES_AWARD, "awarded")]),
        at(19, 20, 0, &[(LICENCES_AWARD, "shifted")]),
        at(20, 20, 0, &[(LICENCES_CORRECTION, "award_corrected")]),
    ]
}

/// Every morning at eight in Tokyo, seven in China: the large ones, or that all is quiet.
fn tokyo() -> Vec<Due> {
    let mut due = vec![
        at(11, 7, 0, &[(METROLOGY_TENDER, "tender_published")]),
        at(12, 7, 0, &[(TRADE_AWARD, "awarded"), (TRADE_AWARD, "shifted")]),
        at(13, 7, 0, &[(METROLOGY_CORRECTION, "corrected")]),
    ];
    due.extend((14..=24).map(|day| at(day, 7, 0, &[])));
    due
}

/// A receiver got exactly these, each in its window.
fn hears(mails: &[Mail], name: &str, due: &[Due]) {
    let mut came: Vec<&Mail> = mails.iter().filter(|mail| mail.receiver == format!("{name}@example.org")).collect();
    for due in due {
        let mut wanted: Vec<(String, String)> =
            due.news.iter().map(|(id, kind)| ((*id).to_owned(), (*kind).to_owned())).collect();
        wanted.sort();
        let place = came.iter().position(|mail| {
            let mut news = mail.news();
            news.sort();
            news == wanted && due.from <= mail.at && mail.at <= due.from + due.within
        });
        let Some(place) = place else {
            let told: Vec<_> =
                came.iter().map(|mail| (mail.at.to_string(), mail.the("Subject"), mail.news())).collect();
            panic!("{name} did not get {wanted:?} from {} on; what is left: {told:#?}", due.from);
        };
        came.remove(place);
    }
    let left: Vec<_> = came.iter().map(|mail| (mail.at.to_string(), mail.the("Subject"), mail.news())).collect();
    assert!(left.is_empty(), "{name} got what was not asked for: {left:#?}");
}

fn each_in_their_language(mails: &[Mail]) {
    for mail in mails {
        let is_english = ["berlin", "newyork"].iter().any(|name| mail.receiver.starts_with(name));
        let has_words = |words: &[&str]| words.iter().any(|word| mail.text.contains(word));
        assert_eq!(has_words(&["subscribed to", "subscription"]), is_english, "{}", mail.text);
        assert_eq!(has_words(&["您收到", "订阅"]), !is_english, "{}", mail.text);
    }
}

/// The tender in Guangdong, its award and the corrected award: the later ones name the first.
fn a_projects_messages_form_a_thread(mails: &[Mail]) {
    let of_canton = mails.iter().filter(|mail| mail.receiver.starts_with("canton"));
    let (canton, reminders): (Vec<&Mail>, Vec<&Mail>) = of_canton.partition(|mail| !mail.news().is_empty());
    assert!(reminders[0].text.contains("广东省演示政务服务中心区块链电子证照应用项目"), "{}", reminders[0].text);
    let first = canton[0].the("Message-ID");
    for later in &canton[1..] {
        assert!(later.the("References").contains(first), "{:?}", later.headers);
    }
    let corrected = &canton[2].text;
    assert!(corrected.contains("152.8 万元") && corrected.contains("149.8 万元"), "what it was and is: {corrected}");
}

/// Troubles are the operator's, and this time there is none: the challenge and the outage are in history and in no mail.
fn the_operators_troubles_went_to_nobody(dir: &Path, mails: &[Mail]) {
    let summary = printed(receivers::verb(dir, &["audit"]));
    assert!(!summary.is_empty());
    assert!(mails.iter().all(|mail| mail.news().iter().all(|(_, kind)| !kind.starts_with("source_"))));
}
