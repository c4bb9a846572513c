//! What every chat channel makes of messages of 1, 20 and 500 items, written to target/outside/payloads for judges that are not
//! ours (tests/outside/apprise.sh). Here: each is JSON, and no address is lost, cut or told twice.

use std::path::Path;

use serde_json::{Value, json};
use tenderwatch::channels::{Channels, Letter, Settings};
use tenderwatch::domain::delivery::DeliveryId;
use tenderwatch::domain::digest::Message;
use tenderwatch::domain::rich::{Block, Line, Span};

use crate::email::message;
use crate::faults::cases;

/// What item `n` links to.
fn url(n: usize) -> String {
    format!("http://www.ccgp.gov.cn/cggg/dfgg/zbgg/202611/t20261122_{n}.htm")
}

fn item(n: usize) -> Block {
    let title = Span::Link {
        text: format!("某某大学*区块链*平台采购项目（第{n}包）中标公告 <@all>"), url: url(n)
    };
    Block {
        lines: vec![
            Line(vec![Span::Strong("中标".into()), Span::Text(" · ".into()), title]),
            Line::text("采购人：某某大学（北京市）"),
            Line::text(format!("供应商：杭州_{n}_科技 & 上海「链」有限公司 @所有人 <at id=all></at>")),
            Line(vec![
                Span::Text("中标金额：".into()),
                Span::Strong(format!("{n}.50 万元")),
                Span::Text("（预算的 97.0%）".into()),
            ]),
            Line(vec![Span::Text("证据：".into()), Span::Code(format!("tenderwatch project show {n}"))]),
        ],
    }
}

fn digest(items: usize) -> Message {
    let mut blocks = vec![Block { lines: vec![Line(vec![Span::Strong("2026年11月22日".into())])] }];
    blocks.extend((1..=items).map(item));
    blocks.push(Block::text("ccgp 读于 08:00，正常\n每天 08:30（北京时间）"));
    Message { subject: format!("{items} 项区块链中标，共 1,234.5 万元"), blocks, ..message() }
}

/// Every text of a payload.
fn texts(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text}\n"),
        Value::Array(values) => values.iter().map(texts).collect(),
        Value::Object(fields) => fields.values().map(texts).collect(),
        _ => String::new(),
    }
}

#[test]
fn payloads_of_every_length_are_whole_and_kept_for_other_judges() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/outside/payloads");
    std::fs::create_dir_all(&folder).unwrap();
    for case in cases().into_iter().filter(|case| case.name != "webhook") {
        let kind = (case.build)(&format!("http://127.0.0.1:9{}", case.path));
        let channels = Channels::build(&Settings { channels: vec![(case.name.to_owned(), kind)] }).unwrap();
        for items in [1, 20, 500] {
            let message = digest(items);
            let letter = Letter::plain(DeliveryId("d_1".into()), case.name, "daily");
            let payloads: Vec<String> = channels
                .compose(case.name, &message, &letter)
                .unwrap()
                .into_iter()
                .map(|payload| String::from_utf8(payload).unwrap())
                .collect();
            let told: String = payloads.iter().map(|payload| texts(&serde_json::from_str(payload).unwrap())).collect();
            let urls: Vec<String> = (1..=items).map(url).collect();
            for url in &urls {
                assert_eq!(told.matches(url.as_str()).count(), 1, "{} · {items} items · {url}", case.name);
            }
            let kept = json!({ "title": message.subject, "urls": urls, "payloads": payloads });
            std::fs::write(folder.join(format!("{}-{items}.json", case.name)), kept.to_string()).unwrap();
        }
    }
}
