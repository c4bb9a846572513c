//! The configuration: the example loads and shows the true defaults; every broken file is answered with every mistake, the
//! line it stands on and a remedy; no secret is ever shown.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use proptest::prelude::*;
use tenderwatch::channels::email::Tls;
use tenderwatch::config::settings::{ChannelSettings, Config};
use tenderwatch::config::{self, Upcoming};
use tenderwatch::domain::change::{Audience, ChangeKind};
use tenderwatch::domain::money::Money;
use tenderwatch::domain::subscription::{Frequency, Rhythm};
use tenderwatch::domain::topic::Topic;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn example() -> Config {
    config::load(&root().join("config/example.toml")).unwrap_or_else(|report| panic!("{}", report.rendered(false)))
}

fn parse(text: &str) -> Config {
    config::parse(text, "test.toml").unwrap_or_else(|report| panic!("{}", report.rendered(false)))
}

/// The least that is a configuration.
const LEAST: &str = "contact = \"ops@example.org\"\ndata_dir = \"d\"\n\
                     [sources.ccgp]\ndialect = \"ccgp\"\nsince = 2016-12-12\n";

#[test]
fn the_example_loads_and_means_what_it_says() {
    let config = example();
    assert_eq!(config.contact, "ops@example.org");
    assert_eq!(config.topics, [Topic::blockchain()]);
    let source = &config.sources[0];
    assert_eq!((source.name.as_str(), source.topic.as_str()), ("ccgp", "blockchain"));
    assert_eq!(source.search.as_str(), "http://search.ccgp.gov.cn/bxsearch");
    assert_eq!((source.overlap_days, source.every), (7, Duration::from_mins(30)));
    let own = &config.fetch.hosts[0];
    assert!(own.own && own.gap.is_zero() && own.host == "127.0.0.1:8080");
    let Some((name, ChannelSettings::Email(email))) = config.channels.first() else { panic!("email first") };
    assert_eq!((name.as_str(), email.port, email.tls), ("office", 587, Tls::Starttls));
    let morning = &config.subscriptions[0];
    assert_eq!(morning.receivers, ["a@example.org", "b@example.org"]);
    assert_eq!(morning.filter.provinces, ["110000", "310000"]);
    assert_eq!(morning.filter.kinds.first(), Some(&ChangeKind::TenderPublished));
    let daily = Rhythm::plain(Frequency::Daily { at: jiff::civil::time(8, 30, 0, 0) });
    assert_eq!(morning.rhythm, daily);
    let troubles = config.subscriptions.iter().find(|subscription| subscription.name == "troubles").unwrap();
    assert_eq!(troubles.filter.audience, Audience::Operator);
    assert_eq!(
        config.milestones.budget,
        [Money::yuan(100_000_000), Money::yuan(500_000_000), Money::yuan(1_000_000_000)]
    );
}

/// A line `# key = value` of the example claims to be the default: taking the `# ` away must change nothing.
#[test]
fn every_default_that_the_example_shows_is_the_true_one() {
    let text = fs::read_to_string(root().join("config/example.toml")).unwrap();
    let shown = |line: &&str| line.starts_with("# ") && line[2..].split_once(" = ").is_some_and(|(key, _)| is_key(key));
    // These have no default; their lines say so above them.
    let without_default = ["ca_file", "hello_name", "per_minute"];
    let uncommented: Vec<String> = text
        .lines()
        .map(|line| match line {
            line if shown(&line) && !without_default.iter().any(|key| line.contains(key)) => line[2..].to_owned(),
            line => line.to_owned(),
        })
        .collect();
    let count = text.lines().filter(shown).count();
    assert!(count > 30, "only {count} defaults are shown");
    assert_eq!(format!("{:?}", parse(&uncommented.join("\n"))), format!("{:?}", example()));
}

fn is_key(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

#[test]
fn the_least_configuration_watches_the_topic_out_of_the_box() {
    let config = parse(LEAST);
    assert_eq!(config.topics, [Topic::blockchain()]);
    assert_eq!(config.fetch.default.gap, Duration::from_secs(10));
    assert!(config.subscriptions.is_empty());
    assert_eq!(config.sources[0].since, jiff::civil::date(2016, 12, 12));
}

#[test]
fn a_host_of_ones_own_may_be_asked_often() {
    let own =
        "search = \"http://127.0.0.1:9/s\"\nevery = \"2s\"\n[fetch.hosts.\"127.0.0.1:9\"]\nown = true\ngap = \"0s\"";
    let config = parse(&format!("{LEAST}{own}"));
    assert_eq!(config.sources[0].every, Duration::from_secs(2));
    let refused = config::parse(&format!("{LEAST}{}", own.replace("own = true", "")), "test.toml").unwrap_err();
    let told = refused.plain();
    assert!(told.contains("private address") && told.contains("gap = \"0s\" is too short"), "{told}");
}

/// Each `NAME.toml` is answered exactly as `NAME.expected.txt` says. `TENDERWATCH_BLESS=1` writes the answers anew; read
/// them before they are kept.
#[test]
fn every_broken_configuration_is_answered_with_every_mistake() {
    let folder = root().join("tests/fixtures/config");
    let mut cases: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    cases.sort();
    assert!(cases.len() >= 20, "only {} broken configurations", cases.len());
    let (mut differing, mut unmarked) = (Vec::new(), Vec::new());
    for case in cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&case).unwrap();
        let report = config::parse(&text, &name).expect_err(&name);
        let expected_path = case.with_extension("expected.txt");
        if std::env::var_os("TENDERWATCH_BLESS").is_some() {
            fs::write(&expected_path, report.plain()).unwrap();
        }
        let expected = fs::read_to_string(&expected_path).unwrap_or_default();
        if report.plain() != expected {
            differing.push(format!("{name}\n--- expected\n{expected}--- found\n{}", report.plain()));
        }
        unmarked.extend(wrongly_marked(&name, &text, &report.plain()));
        assert!(!report.rendered(true).is_empty() && report.json()["mistakes"].is_array());
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    assert!(unmarked.is_empty(), "{}", unmarked.join("\n"));
}

/// The same through the command: every mistake as FILE:LINE:COLUMN on stderr, nothing on stdout, and the exit code for it.
#[test]
fn the_command_answers_every_broken_configuration_in_the_same_words() {
    let folder = root().join("tests/fixtures/config");
    let check = |name: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenderwatch"));
        command.current_dir(&folder).args(["--config", name, "check", "--plain"]).output().unwrap()
    };
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.ends_with(".toml") {
            continue;
        }
        let output = check(&name);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {said}");
        // Beyond the text, the command looks at the files that it points to.
        let expected = fs::read_to_string(folder.join(&name).with_extension("expected.txt")).unwrap();
        assert!(expected.lines().all(|mistake| said.lines().any(|line| line == mistake)), "{name}: {said}");
        assert!(said.lines().all(|line| line.starts_with(&format!("{name}:"))) && output.stdout.is_empty(), "{said}");
        count += 1;
    }
    assert!(count >= 20, "only {count} broken configurations");
}

/// In a fixture a comment `#!` ends each line that holds a mistake: an answer that was blessed by inattention still fails.
fn wrongly_marked(name: &str, text: &str, plain: &str) -> Vec<String> {
    let line_of = |mistake: &str| mistake.strip_prefix(&format!("{name}:"))?.split(':').next()?.parse::<usize>().ok();
    let named: Vec<usize> = plain.lines().filter_map(line_of).collect();
    assert_eq!(named.len(), plain.lines().count(), "every mistake names a line\n{plain}");
    let marked = |line: &str| line.contains("#!");
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    lines
        .filter(|(number, line)| named.contains(number) != marked(line))
        .map(|(number, line)| format!("{name}:{number}: {line}\n{plain}"))
        .collect()
}

const TOPSECRET: &str = "TOPSECRET";

#[test]
fn no_secret_in_a_configuration_is_ever_shown() {
    let texts = [
        "[channels.a.feishu]\nurl = \"https://h.example/TOPSECRET\"\nurll = 1",
        "[channels.a.feishu]\nurl = \"http://h.example/TOPSECRET\"",
        "[channels.a.feishu]\nurl = \"nonsense TOPSECRET\"",
        "[channels.a.feishu]\nurl = \"https://h.example/TOPSECRET",
        "[channels.a.feishu]\nurl = [\"https://h.example/TOPSECRET\"]",
        "[channels.a]\nfeishu = { url = \"https://h.example/TOPSECRET\", x = 1 }",
        "[channels.a.email]\npassword = \"TOPSECRET\"",
        "[channels.a.email]\npassword = \"\"\"\nTOPSECRET\"\"\"",
        "[channels.a.webhook]\nsecret = \"TOPSECRET\"\ntoken = TOPSECRET",
        "[sources.s]\nsearch = \"http://user:TOPSECRET@h.example/\"",
        "[sources.s]\nsearch = \"http://user:TOPSECRET@h.example/",
        "contact = \"https://user:TOPSECRET@h.example/\"",
    ];
    for text in texts {
        let report = config::parse(text, "test.toml").expect_err(text);
        for shown in [report.plain(), report.rendered(false), report.rendered(true), report.json().to_string()] {
            assert!(!shown.contains(TOPSECRET), "{text}\n{shown}");
        }
        assert!(!format!("{report:?}").contains(TOPSECRET), "{report:?}");
    }
    let good = parse(&format!("{LEAST}[channels.a.feishu]\nurl = \"https://h.example/TOPSECRET\"\n"));
    assert!(!format!("{good:?}").contains(TOPSECRET));
    assert!(!config::summary(&good, &Upcoming::default()).contains(TOPSECRET));
}

fn write(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn checking_looks_at_every_file_that_is_pointed_to() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(&at("open"), TOPSECRET, 0o644);
    write(&at("good"), "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=\n", 0o600);
    write(&at("no-key"), TOPSECRET, 0o600);
    write(&at("no-address"), TOPSECRET, 0o600);
    write(&at("ca.pem"), "no certificate", 0o644);
    let text = format!(
        "{LEAST}[channels.a.email]\nfrom = \"a@b.example\"\nhost = \"b.example\"\nuser = \"u\"\n\
         password_file = \"{d}/open\"\nca_file = \"{d}/ca.pem\"\n\
         [channels.b.webhook]\nurl = \"https://b.example/\"\nsecret_files = [\"{d}/good\", \"{d}/gone\", \"{d}/no-key\"]\n\
         [channels.c.feishu]\nurl_file = \"{d}/no-address\"\n",
        d = folder.path().display()
    );
    write(&at("config.toml"), &text, 0o644);
    assert!(config::load(&at("config.toml")).is_ok(), "loading does not look at them");
    let report = config::check(&at("config.toml")).unwrap_err();
    let told = report.plain();
    let lines: Vec<usize> = report.mistakes().iter().map(|mistake| report.place(mistake).line).collect();
    assert_eq!(lines, [10, 11, 14, 14, 16], "{told}");
    for words in [
        "chmod 600",
        "holds no certificate",
        "gone: No such file",
        "no-key holds no signing key",
        "holds no web address",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }
    assert!(!told.contains(TOPSECRET) && !report.rendered(false).contains(TOPSECRET));
}

#[test]
fn a_file_that_is_not_there_or_is_not_text_is_a_mistake_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.toml");
    assert!(config::load(&path).unwrap_err().plain().contains("--config FILE"));
    fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
    assert!(config::load(&path).unwrap_err().plain().contains("UTF-8"));
    fs::write(&path, vec![b'#'; 2 * 1024 * 1024]).unwrap();
    assert!(config::load(&path).unwrap_err().plain().contains("1 MiB"));
}

#[test]
fn a_summary_says_what_would_happen_and_what_is_probably_not_meant() {
    let next = "2026-01-02T00:30:00Z".parse().unwrap();
    let upcoming = Upcoming { polls: vec![("ccgp".into(), next)], digests: vec![("morning".into(), next)] };
    let full = config::summary(&example(), &upcoming);
    for line in [
        "source ccgp: http://search.ccgp.gov.cn/bxsearch for blockchain since 2016-12-12, every 30m, next 2026-01-02 08:30 +08:00",
        "host search.ccgp.gov.cn: a request every 10s to 13s, at most 2000 a day",
        "host 127.0.0.1:8080: a request every 0s, at most 50000 a day, your own",
        "subscription morning: news in zh through office to 2 addresses, daily at 08:30 Asia/Shanghai, topics blockchain, kinds tender_published awarded award_corrected corrected failed, provinces 110000 310000, next 2026-01-02 08:30 +08:00",
    ] {
        assert!(full.lines().any(|shown| shown == line), "{line}\n{full}");
    }
    assert!(!full.contains("note:") && !full.contains("a@example.org"), "{full}");
    let least = config::summary(&parse(LEAST), &Upcoming::default());
    assert_eq!(least.matches("note:").count(), 2, "{least}");
    assert!(least.contains("next at the first run"));
}

proptest! {
    /// The example with a piece cut out and something else put in: whatever it is, it loads or is answered.
    #[test]
    fn no_damage_to_a_configuration_goes_unanswered(at in any::<prop::sample::Index>(), cut in 0_usize..60, put in "(\\PC{0,12}|[\\[\\]\"'={}\\n#.区 ]{0,6})") {
        let text: Vec<char> = fs::read_to_string(root().join("config/example.toml")).unwrap().chars().collect();
        let from = at.index(text.len());
        let to = (from + cut).min(text.len());
        let damaged: String = text[..from].iter().copied().chain(put.chars()).chain(text[to..].iter().copied()).collect();
        if let Err(report) = config::parse(&damaged, "damaged.toml") {
            prop_assert!(!report.mistakes().is_empty(), "refused without a word");
            let lines = damaged.lines().count() + 1;
            for mistake in report.mistakes() {
                prop_assert!(report.place(mistake).line <= lines);
            }
            prop_assert!(!report.rendered(true).is_empty() && !report.plain().is_empty());
        }
    }

    /// The same around an address that is a secret: no damage beside it brings it out.
    #[test]
    fn no_damage_to_a_configuration_brings_a_secret_out(at in any::<prop::sample::Index>(), cut in 0_usize..30, put in "[\\[\\]\"'={}\\n#.a ]{0,6}") {
        let before = format!("{LEAST}[channels.a.webhook]\nsecret_file = \"/s\"\nurl = \"");
        let after = "\"\n[subscriptions.a]\nchannel = \"a\"\n";
        let from = at.index(before.len());
        let to = (from + cut).min(before.len());
        let damaged = format!("{}{put}{}http://h.example/TOPSECRET{after}", &before[..from], &before[to..]);
        if let Err(report) = config::parse(&damaged, "damaged.toml") {
            for shown in [report.plain(), report.rendered(true), report.json().to_string()] {
                prop_assert!(!shown.contains(TOPSECRET), "{}", shown);
            }
        }
    }
}
