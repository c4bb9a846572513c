//! What the tests of chat platforms share: a digest, its delivery, and whole payloads in `tests/fixtures/channels`. Run with
//! `TENDERWATCH_BLESS=1` to write those anew, then read the difference before you commit it.

use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;
use tenderwatch::channels::room::Settings;
use tenderwatch::channels::{Channels, Kind, Letter, Settings as ChannelSettings, Thread};
use tenderwatch::domain::delivery::{ClaimedDelivery, DeliveryId, Outcome};
use tenderwatch::domain::digest::Message;
use tenderwatch::domain::rich::{Block, Line, Span};
use tenderwatch::platform::secret::Secret;

use crate::email::message;

pub(crate) const NAME: &str = "room";

/// A room on loopback.
pub(crate) fn settings(url: &str) -> Settings {
    let timeout = std::time::Duration::from_millis(400);
    Settings { allow_private: true, timeout, ..Settings::new(Secret::new(url)) }
}

pub(crate) fn channels(kind: Kind) -> Channels {
    Channels::build(&ChannelSettings { channels: vec![(NAME.into(), kind)] }).unwrap()
}

/// A digest of a correction and an award, with what an outsider might write.
pub(crate) fn digest() -> Message {
    let strong = |text: &str| Span::Strong(text.into());
    let text = |text: &str| Span::Text(text.into());
    let link = |text: &str, n: u32| Span::Link {
        text: text.into(),
        url: format!("http://www.ccgp.gov.cn/cggg/dfgg/gzgg/201909/t20190923_{n}.htm"),
    };
    let block = |lines: Vec<Vec<Span>>| Block { lines: lines.into_iter().map(Line).collect() };
    let blocks = vec![
        block(vec![vec![strong("2019年9月24日 星期二"), text(" · 更正 1 · 中标 1")]]),
        block(vec![
            vec![strong("更正"), text(" · "), link("甘肃省导游服务及旅游商品可信平台", 1_280_104)],
            vec![text("此前（9月3日）告知您预算为 320 万元，现为 "), strong("360 万元")],
            vec![text("采购人：甘肃省*旅游*发展_委员会_ @all <!channel> http://evil.example/")],
            vec![
                text("项目 17 · "),
                link("查看原文", 1_280_104),
                text(" · "),
                Span::Code("tenderwatch project show 17".into()),
            ],
        ]),
        block(vec![
            vec![strong("中标"), text(" · "), link("海淀区“一网通办”平台建设项目 [一期] & <二期>", 1_280_101)],
            vec![text("中标金额："), strong("2,708 万元"), text("（为预算的 95.0%）")],
            vec![text("项目 41 · "), link("查看原文", 1_280_101)],
        ]),
        Block::text("ccgp：正常，最近一次读取 9月24日 08:21\n每日摘要 · 9月24日 08:30 · daily-108"),
    ];
    let json = r#"{"type":"digest","id":"daily-108","language":"zh","items":[{"seq":1,"kind":"corrected"},{"seq":2,"kind":"awarded"}]}"#;
    let subject = "1 项更正，1 项区块链中标，2,708 万元：海淀区“一网通办”平台建设项目".into();
    Message { subject, blocks, json: json.into(), ..message() }
}

/// The digest as a delivery, where its thread has messages that the platform called so.
pub(crate) fn delivery(channels: &Channels, receipts: &[&str]) -> ClaimedDelivery {
    let id = DeliveryId("d_1".into());
    let earlier = (0..receipts.len()).map(|n| DeliveryId(format!("d_0{n}"))).collect();
    let thread = Some(Thread { root: "p17.chat".into(), earlier });
    let letter = Letter { thread, ..Letter::plain(id.clone(), NAME, "chat") };
    let payload = channels.compose(NAME, &digest(), &letter).unwrap().remove(0);
    ClaimedDelivery {
        id,
        channel: NAME.into(),
        receiver: NAME.into(),
        payload,
        attempts: 0,
        composed_at: digest().composed_at,
        receipts: receipts.iter().map(|receipt| (*receipt).to_owned()).collect(),
    }
}

/// What one attempt comes to.
pub(crate) async fn outcome(channels: &Channels) -> Outcome {
    channels.send(&delivery(channels, &[]), Timestamp::UNIX_EPOCH).await.outcome
}

/// The variant's name and what else was expected of it.
pub(crate) fn assert_outcome(outcome: &Outcome, expected: &str, of: &str) {
    assert!(format!("{outcome:?}").starts_with(expected), "{of}: {outcome:?}");
}

/// Holds a payload against the whole artefact.
pub(crate) fn kept(name: &str, payload: &[u8]) {
    let payload: Value = serde_json::from_slice(payload).unwrap();
    let found = serde_json::to_string_pretty(&payload).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/channels").join(format!("{name}.json"));
    if std::env::var_os("TENDERWATCH_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{}\n--- expected\n{expected}--- found\n{found}", path.display());
}
