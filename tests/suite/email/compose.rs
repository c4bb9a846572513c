//! A mail as a reader of another make sees it: headers, both parts, pictures, the receiver's own address; signed, and the same
//! every time.

use mail_parser::{Address, HeaderValue, MessageParser, MimeHeaders as _, PartType};
use tenderwatch::channels::email::{Dkim, Settings, Tls, dkim};
use tenderwatch::channels::{Channels, Letter, Links, Thread};
use tenderwatch::domain::delivery::DeliveryId;
use tenderwatch::domain::digest::{Image, MANAGE_MARK, Message};
use tenderwatch::platform::secret::Secret;

use super::server::{Protection, Server, fixture};
use super::{attempt, channels, message, settings_for};

fn settings() -> Settings {
    Settings { tls: Tls::None, ..Settings::new("localhost", "tenderwatch 招标 <watch@example.org>") }
}

fn letter() -> Letter {
    Letter {
        links: Some(Links {
            manage: "https://t.example.org/manage/a/b?x=1&y=2".into(),
            unsubscribe: format!("https://t.example.org/leave/morning/{}", "x".repeat(180)),
        }),
        thread: Some(Thread {
            root: "p12.morning".into(),
            earlier: (0..30).map(|n| DeliveryId(format!("d_{n:032x}"))).collect(),
        }),
        ..Letter::plain(DeliveryId("d_0123456789abcdef0123456789abcdef".into()), "li@example.cn", "morning")
    }
}

fn rich() -> Message {
    let text = format!("{}\n管理：{MANAGE_MARK}\n.\n{}\n", "中标公告，".repeat(300), "x".repeat(2_000));
    let html = format!(
        "<p>{}</p><img src=\"cid:chart-1\" alt=\"趋势\"><a href=\"{MANAGE_MARK}\">管理</a>",
        "区块链中标".repeat(300)
    );
    let image =
        Image {
            id: "chart-1".into(), alt: "一年的走势\r\nX-Evil: 1".into(), png: vec![0x89, b'P', 0, 255, b'\n']
        };
    Message { text, html, images: vec![image], ..message() }
}

fn compose(channels: &Channels, message: &Message, letter: &Letter) -> Vec<u8> {
    channels.compose("mail", message, letter).unwrap().remove(0)
}

/// The lines of a header, unfolded.
fn header(mail: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8(mail.to_vec()).unwrap().replace("\r\n ", " ").replace("\r\n\t", " ");
    let head = text.split("\r\n\r\n").next().unwrap().to_owned();
    let mut found = head.lines().filter_map(|line| line.strip_prefix(&format!("{name}: ")));
    let value = found.next().map(str::to_owned);
    assert!(found.next().is_none(), "{name} stands twice");
    value
}

#[test]
fn every_header_is_a_function_of_the_delivery() {
    let channels = channels(settings());
    let mail = compose(&channels, &rich(), &letter());
    assert_eq!(compose(&channels, &rich(), &letter()), mail, "the same every time");
    let read = |name| header(&mail, name).unwrap_or_default();
    assert_eq!(read("To"), "li@example.cn");
    assert_eq!(read("Date"), "Sun, 22 Nov 2026 00:30:00 +0000");
    assert_eq!(read("Message-ID"), "<d_0123456789abcdef0123456789abcdef@example.org>");
    assert_eq!(read("List-Id"), "<morning.tenderwatch.example.org>");
    assert_eq!(read("Auto-Submitted"), "auto-generated");
    assert_eq!(read("List-Unsubscribe"), format!("<{}>", letter().links.unwrap().unsubscribe));
    assert_eq!(read("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert_eq!(header(&mail, "Precedence"), None);
    let references: Vec<String> = read("References").split_whitespace().map(str::to_owned).collect();
    assert_eq!(references.len(), 21, "the root and the latest");
    assert_eq!(references[0], "<p12.morning@example.org>");
    assert_eq!(references[20], format!("<d_{:032x}@example.org>", 29));
    assert_eq!(read("In-Reply-To"), references[20]);
    let text = String::from_utf8(mail).unwrap();
    assert!(text.is_ascii() && text.split("\r\n").all(|line| line.len() < 998 && !line.contains(['\r', '\n'])));
}

#[test]
fn a_mail_without_links_and_thread_bears_none_of_their_headers() {
    let plain = Letter::plain(DeliveryId("d_0123456789abcdef".into()), "li@example.cn", "morning");
    let mail = compose(&channels(settings()), &rich(), &plain);
    for name in ["List-Unsubscribe", "List-Unsubscribe-Post", "References", "In-Reply-To"] {
        assert_eq!(header(&mail, name), None);
    }
    let read = MessageParser::default().parse(&mail).unwrap();
    assert!(!read.body_text(0).unwrap().contains("管理：") && !read.body_html(0).unwrap().contains("管理"));
    let mut open = letter();
    open.links.as_mut().unwrap().unsubscribe = "http://127.0.0.1:8080/leave/x".into();
    let mail = compose(&channels(settings()), &rich(), &open);
    assert!(header(&mail, "List-Unsubscribe").is_some());
    assert_eq!(header(&mail, "List-Unsubscribe-Post"), None, "one click asks for https");
    open.links.as_mut().unwrap().unsubscribe = "https://t.example.org/a>\r\nBcc: x@y.z".into();
    assert!(channels(settings()).compose("mail", &rich(), &open).is_err());
}

#[test]
fn another_reader_sees_text_html_and_pictures_as_they_were_written() {
    let message = Message {
        subject: "3 项区块链中标，共 2,710 万元；首次中标：某某信息技术有限公司\r\nBcc: a@b.c".into(),
        ..rich()
    };
    let mail = compose(&channels(settings()), &message, &letter());
    let read = MessageParser::default().parse(&mail).unwrap();
    assert_eq!(
        read.subject().unwrap().split_whitespace().collect::<Vec<_>>().join(" "),
        message.subject.replace("\r\n", " ")
    );
    assert_eq!(header(&mail, "Bcc"), None);
    let Some(Address::List(from)) = read.from() else { panic!("no sender") };
    assert_eq!((from[0].name(), from[0].address()), (Some("tenderwatch 招标"), Some("watch@example.org")));
    let links = letter().links.unwrap();
    let written = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
    assert_eq!(written(&read.body_text(0).unwrap()), written(&message.text.replace(MANAGE_MARK, &links.manage)));
    let html = read.body_html(0).unwrap().into_owned();
    assert!(html.contains("https://t.example.org/manage/a/b?x=1&amp;y=2") && !html.contains(MANAGE_MARK), "{html}");
    let kinds: Vec<String> = read
        .parts
        .iter()
        .map(|part| {
            part.content_type()
                .map_or(String::new(), |kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("")))
        })
        .collect();
    assert_eq!(kinds, ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]);
    let picture = &read.parts[4];
    let id = picture.content_id().unwrap();
    assert_eq!(id, "chart-1.d_0123456789abcdef0123456789abcdef@example.org");
    assert!(html.contains(&format!("src=\"cid:{id}\"")), "{html}");
    assert!(picture.content_disposition().unwrap().is_inline());
    let Some(HeaderValue::Text(shows)) =
        picture.headers.iter().find(|h| h.name() == "Content-Description").map(|h| &h.value)
    else {
        panic!("the picture is not described");
    };
    assert_eq!(shows, "一年的走势 X-Evil: 1");
    assert!(
        matches!(&picture.body, PartType::Binary(png) | PartType::InlineBinary(png) if **png == *message.images[0].png)
    );
}

fn signing(key: &str) -> Dkim {
    let key = Secret::new(std::fs::read_to_string(fixture(key)).unwrap());
    Dkim { selector: "tw2026".into(), domain: "example.org".into(), key }
}

#[test]
fn a_signature_is_the_same_every_time_and_covers_what_one_click_needs() {
    for (key, algorithm) in [("dkim-rsa.pem", "rsa"), ("dkim-rsa-pkcs1.pem", "rsa"), ("dkim-ed25519.pem", "ed25519")] {
        let channels = channels(Settings { dkim: Some(signing(key)), ..settings() });
        let mail = compose(&channels, &rich(), &letter());
        assert_eq!(compose(&channels, &rich(), &letter()), mail);
        let signature = header(&mail, "DKIM-Signature").unwrap();
        assert!(mail.starts_with(b"DKIM-Signature: "));
        let tags: std::collections::BTreeMap<&str, String> = signature
            .split(';')
            .map(|tag| tag.trim().split_once('=').unwrap())
            .map(|(name, value)| (name, value.replace(' ', "")))
            .collect();
        assert_eq!(tags["a"], format!("{algorithm}-sha256"));
        assert_eq!(
            (tags["c"].as_str(), tags["d"].as_str(), tags["s"].as_str()),
            ("relaxed/relaxed", "example.org", "tw2026")
        );
        assert_eq!(tags["t"], rich().composed_at.as_second().to_string());
        assert!(!tags.contains_key("x"), "a mail that was held is as good as a fresh one");
        let signed: Vec<&str> = tags["h"].split(':').collect();
        for name in
            ["from", "to", "subject", "date", "message-id", "list-id", "list-unsubscribe", "list-unsubscribe-post"]
        {
            assert!(signed.contains(&name), "{name} in {signed:?}");
        }
        for name in ["references", "in-reply-to", "mime-version", "auto-submitted"] {
            assert!(signed.contains(&name), "{name} in {signed:?}");
        }
        assert!(!signed.contains(&"content-type"));
        assert_eq!(signed.iter().filter(|name| **name == "from").count(), 2, "a second sender breaks it");
        let text = String::from_utf8(mail).unwrap();
        assert!(
            text.split("\r\n")
                .all(|line| line.len() < 120 || line.starts_with("List-Unsubscribe") || line.starts_with(' '))
        );
    }
}

#[test]
fn a_key_is_published_as_it_is_and_a_short_one_is_refused() {
    let (name, text) = dkim::record(&signing("dkim-ed25519.pem")).unwrap();
    assert_eq!(name, "tw2026._domainkey.example.org");
    assert!(text.starts_with("v=DKIM1; k=ed25519; p=") && text.len() == "v=DKIM1; k=ed25519; p=".len() + 44, "{text}");
    let (_, text) = dkim::record(&signing("dkim-rsa.pem")).unwrap();
    assert!(text.starts_with("v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"), "{text}");
    assert_eq!(dkim::record(&signing("dkim-rsa-pkcs1.pem")).unwrap().1, text, "one key in two wrappings");
    let error = dkim::record(&signing("dkim-short.pem")).unwrap_err();
    assert!(error.contains("2048"), "{error}");
}

#[tokio::test]
async fn the_envelope_names_the_delivery_and_what_is_sent_is_what_was_signed() {
    let server = Server::start(Protection::Plain, &[]);
    let channels = channels(Settings {
        bounce_to: Some("bounces@example.com".into()),
        dkim: Some(Dkim { domain: "example.com".into(), ..signing("dkim-ed25519.pem") }),
        ..settings_for(&server)
    });
    attempt(&channels).await;
    let taken = server.taken().remove(0);
    assert!(taken.sender.starts_with("MAIL FROM:<bounces+d_0123456789abcdef@example.com>"), "{}", taken.sender);
    assert!(taken.sender.contains("SIZE="), "{}", taken.sender);
    let composed = super::delivery(&channels, "li@example.cn").payload;
    assert_eq!(String::from_utf8(taken.message).unwrap().trim_end(), String::from_utf8(composed).unwrap().trim_end());
}
