//! Messages as files: whole or not there, the same for the same delivery, never outside of the folder, and a failure that names
//! the path.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use jiff::Timestamp;
use tenderwatch::channels::folder::Settings;
use tenderwatch::channels::{Channels, Kind, Letter, Links, Settings as ChannelSettings};
use tenderwatch::domain::delivery::{ClaimedDelivery, DeliveryId, Outcome};
use tenderwatch::domain::digest::{Image, MANAGE_MARK, Message};

use crate::email::message;

const ID: &str = "d_0123456789abcdef";

fn channels(path: &Path) -> Channels {
    let kind = Kind::Folder(Settings { path: path.to_owned() });
    Channels::build(&ChannelSettings { channels: vec![("files".into(), kind)] }).unwrap()
}

fn pictured() -> Message {
    let image = Image { id: "chart-1".into(), alt: "awards".into(), png: b"\x89PNG".to_vec() };
    Message { html: "<p>一行</p><img src=\"cid:chart-1\">".into(), images: vec![image], ..message() }
}

fn delivery(channels: &Channels, id: &str, message: &Message) -> ClaimedDelivery {
    let letter = Letter::plain(DeliveryId(id.into()), "files", "daily");
    ClaimedDelivery {
        id: DeliveryId(id.into()),
        channel: "files".into(),
        receiver: "files".into(),
        payload: channels.compose("files", message, &letter).unwrap().remove(0),
        attempts: 0,
        composed_at: message.composed_at,
        receipts: Vec::new(),
    }
}

async fn outcome(channels: &Channels, delivery: &ClaimedDelivery) -> Outcome {
    let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    channels.send(delivery, now).await.outcome
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_message_is_four_files_and_the_same_ones_when_it_comes_again() {
    let folder = tempfile::tempdir().unwrap();
    let channels = channels(folder.path());
    let delivery = delivery(&channels, ID, &pictured());
    // What a crash left behind is no obstacle.
    fs::write(folder.path().join(format!(".{ID}.txt.part")), "half a te").unwrap();
    for _ in 0..2 {
        assert_eq!(outcome(&channels, &delivery).await, Outcome::Accepted);
        let expected = ["chart-1.png", "html", "json", "txt"].map(|ending| format!("{ID}.{ending}"));
        assert_eq!(names(folder.path()), expected);
    }
    let read = |ending: &str| fs::read(folder.path().join(format!("{ID}.{ending}"))).unwrap();
    assert_eq!(read("txt"), message().text.as_bytes());
    assert_eq!(read("chart-1.png"), b"\x89PNG");
    let html = String::from_utf8(read("html")).unwrap();
    assert!(html.contains(&format!("src=\"{ID}.chart-1.png\"")), "{html}");
    let json: serde_json::Value = serde_json::from_slice(&read("json")).unwrap();
    assert_eq!(json["data"]["id"], "daily-7");
    let mode = fs::metadata(folder.path().join(format!("{ID}.json"))).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[tokio::test]
async fn a_link_in_the_way_is_replaced_and_not_followed() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let precious = elsewhere.path().join("precious");
    fs::write(&precious, "mine").unwrap();
    symlink(&precious, folder.path().join(format!(".{ID}.txt.part"))).unwrap();
    symlink(&precious, folder.path().join(format!("{ID}.json"))).unwrap();
    let channels = channels(folder.path());
    assert_eq!(outcome(&channels, &delivery(&channels, ID, &message())).await, Outcome::Accepted);
    assert_eq!(fs::read_to_string(&precious).unwrap(), "mine");
    assert!(!folder.path().join(format!("{ID}.json")).is_symlink());
}

#[tokio::test]
async fn no_id_leads_out_of_the_folder() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("messages");
    fs::create_dir(&folder).unwrap();
    let channels = channels(&folder);
    for id in ["../escaped", "/tmp/escaped", "a/b", "", ".hidden"] {
        let outcome = outcome(&channels, &delivery(&channels, id, &message())).await;
        assert!(matches!(outcome, Outcome::Refused { .. }), "{id:?}: {outcome:?}");
    }
    assert_eq!((names(parent.path()), names(&folder)), (vec!["messages".to_owned()], Vec::new()));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_into_is_named() {
    let parent = tempfile::tempdir().unwrap();
    let missing = parent.path().join("missing");
    let file = parent.path().join("file");
    fs::write(&file, "").unwrap();
    let occupied = parent.path().join("occupied");
    fs::create_dir_all(occupied.join(format!("{ID}.txt"))).unwrap();
    for path in [missing, file, occupied, Path::new("/proc/self").to_owned()] {
        let channels = channels(&path);
        let outcome = outcome(&channels, &delivery(&channels, ID, &message())).await;
        assert!(
            matches!(&outcome, Outcome::Misconfigured { why } if why.contains(path.to_str().unwrap())),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn the_receivers_own_address_stands_where_the_text_asks_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let channels = channels(folder.path());
    let marked = Message { text: format!("manage: {MANAGE_MARK}\n"), ..message() };
    let links = Links { manage: "https://t.example/m".into(), unsubscribe: "https://t.example/u".into() };
    for (links, expected) in [(Some(links), "manage: https://t.example/m\n"), (None, "")] {
        let letter = Letter { links, ..Letter::plain(DeliveryId(ID.into()), "files", "daily") };
        let mut delivery = delivery(&channels, ID, &marked);
        delivery.payload = channels.compose("files", &marked, &letter).unwrap().remove(0);
        assert_eq!(outcome(&channels, &delivery).await, Outcome::Accepted);
        assert_eq!(fs::read_to_string(folder.path().join(format!("{ID}.txt"))).unwrap(), expected);
    }
}
