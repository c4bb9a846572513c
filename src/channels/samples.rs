//! Messages for this room's tests, and how to read them back out of Markdown. Not compiled into the program.

use proptest::prelude::*;

use crate::domain::digest::Message;
use crate::domain::rich::{Block, Line, Span};

/// What an outsider might write to be noticed.
pub(crate) const HOSTILE: &str = "**粗** _斜_ ~删~ `码` [点我](http://evil.example/) <http://evil.example/|点我> <!channel> <@U1> @everyone \
     @all #tag /start &lt;b&gt; <b>x</b> ||隐|| {{DATE(2017-02-14T06:00:00Z)}} :tada: \\* www.evil.example";

/// A message of these blocks.
pub(crate) fn message(blocks: Vec<Block>) -> Message {
    Message {
        digest_id: "x".into(),
        composed_at: jiff::Timestamp::UNIX_EPOCH,
        subject: "2 项区块链中标".into(),
        text: String::new(),
        html: String::new(),
        blocks,
        images: Vec::new(),
        json: "{}".into(),
    }
}

/// A message of this subject and these blocks.
pub(crate) fn titled(subject: impl Into<String>, blocks: Vec<Block>) -> Message {
    Message { subject: subject.into(), ..message(blocks) }
}

/// A digest of so many items, each with its own address; what outsiders wrote tries to be more than text.
pub(crate) fn digest(items: usize) -> Message {
    let item = |n: usize| {
        let link =
            |text: String, path: &str| Span::Link { text, url: format!("http://www.ccgp.gov.cn/{path}/t{n}.htm") };
        let title = link(format!("某某大学*区块链*平台<at id=all></at>[{n}](http://evil.cn) <@all>"), "cggg");
        let lines = vec![
            Line(vec![Span::Strong("中标".into()), Span::Text(" · ".into()), title]),
            Line::text(format!("- 供应商：杭州_{n}_科技 & Co.,Ltd @所有人 http://evil.cn/x")),
            Line(vec![Span::Text("中标金额：".into()), Span::Strong(format!("{n}.5万元"))]),
            Line(vec![link("证据".into(), "evidence"), Span::Code(format!("tenderwatch notice show {n}"))]),
        ];
        Block { lines }
    };
    let mut blocks = vec![Block { lines: vec![Line(vec![Span::Strong("11月22日".into())])] }];
    blocks.extend((1..=items).map(item));
    blocks.push(Block::text("每天 08:30"));
    message(blocks)
}

/// Blocks of every length and with every mark.
pub(crate) fn some_blocks() -> impl Strategy<Value = Vec<Block>> {
    let words = "([-#>+=*_~`|@&<! ]{0,3}[a-z0-9一-三.:/\\[\\]()]{1,12}){0,40}";
    let link = (words, 0_usize..900, 0_u32..1_000_000).prop_map(|(text, length, id)| Span::Link {
        text: format!("x{text}"),
        url: format!("https://a.example/{id}?q={}", "y".repeat(length)),
    });
    let span = prop_oneof![words.prop_map(Span::Text), words.prop_map(Span::Strong), words.prop_map(Span::Code), link];
    let line = prop::collection::vec(span, 0..4).prop_map(Line);
    let block = prop::collection::vec(line, 0..8).prop_map(|lines| Block { lines });
    prop::collection::vec(block, 0..12)
}

/// Blocks of anything: words, hostile text, characters outside the first plane, addresses short and too long, in any order.
pub(crate) fn any_blocks() -> impl Strategy<Value = Vec<Block>> {
    let text = prop_oneof!["[ -~一-三𠀀😀\u{300}]{0,60}", Just(HOSTILE.to_owned())];
    let span = (text, 0..5_u8, 1_usize..1_200).prop_map(|(text, kind, length)| match kind {
        0 => Span::Strong(text),
        // A command is our own text; a notation may lack an escape for it.
        1 => Span::Code(text.chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect()),
        2 => Span::Link { text, url: format!("http://a.example/{}", "x".repeat(length)) },
        _ => Span::Text(text),
    });
    let line = prop::collection::vec(span, 0..6).prop_map(Line);
    let block = prop::collection::vec(line, 0..12).prop_map(|lines| Block { lines });
    prop::collection::vec(block, 0..12)
}

/// The words of what is sent of these blocks, as [`bare`] leaves them.
pub(crate) fn words(blocks: &[Block]) -> String {
    let sent = blocks.iter().filter(|block| !block.is_empty());
    bare(&sent.flat_map(|block| &block.lines).flat_map(|line| &line.0).map(Span::words).collect::<String>())
}

/// A text without blanks, seen and unseen, and without the mark of what was left out.
pub(crate) fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '…' && *c != super::inert::BREAK).collect()
}

/// Everything that is said, without marks and blanks; and every address, in order.
pub(crate) fn said(blocks: &[Block]) -> (String, Vec<String>) {
    let words = blocks.iter().flat_map(|block| &block.lines).flat_map(|line| &line.0).map(Span::words);
    // A block of which nothing would be seen is not sent.
    let urls = blocks.iter().filter(|block| !block.is_empty()).flat_map(Block::urls);
    (letters(&words.collect::<String>()), urls.map(ToOwned::to_owned).collect())
}

/// The same of what was written in Markdown whose links are `[words](address)`.
pub(crate) fn told(markdown: &str) -> (String, Vec<String>) {
    let (mut words, mut urls) = (String::new(), Vec::new());
    let mut rest = markdown;
    while let Some((before, after)) = rest.split_once("](") {
        let (url, after) = after.split_once(')').expect("a link is whole");
        words.push_str(before);
        urls.push(url.to_owned());
        rest = after;
    }
    words.push_str(rest);
    (letters(&words), urls)
}

fn letters(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).collect()
}
