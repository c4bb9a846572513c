//! Messages for the tests of chat channels: of any number of items, and with text that would like to be more than text.

use proptest::prelude::*;

use crate::domain::digest::Message;
use crate::domain::rich::{Block, Line, Span};

/// What an outsider might write to be noticed.
pub(super) const HOSTILE: &str = "**粗** _斜_ ~删~ `码` [点我](http://evil.example/) <http://evil.example/|点我> <!channel> <@U1> @everyone \
     @all #tag /start &lt;b&gt; <b>x</b> ||隐|| {{DATE(2017-02-14T06:00:00Z)}} :tada: \\* www.evil.example";

/// A digest of so many items between a head and a foot.
pub(super) fn message(items: usize) -> Message {
    let mut blocks = vec![Block::text("2019年9月24日 · 中标")];
    blocks.extend((0..items).map(item));
    blocks.push(Block::text("每日摘要 · daily-108"));
    of(format!("{items} 项区块链中标"), blocks)
}

/// A message of these blocks.
pub(super) fn of(subject: String, blocks: Vec<Block>) -> Message {
    Message {
        digest_id: "daily-108".into(),
        composed_at: jiff::Timestamp::UNIX_EPOCH,
        subject,
        text: String::new(),
        html: String::new(),
        blocks,
        images: Vec::new(),
        json: r#"{"type":"digest","language":"zh","items":[]}"#.into(),
    }
}

/// The address of an item's notice.
pub(super) fn url(n: usize) -> String {
    format!("http://www.ccgp.gov.cn/cggg/dfgg/zbgg/201909/t20190923_{n}.htm")
}

fn item(n: usize) -> Block {
    let title = Span::Link { text: format!("第{n}号 海淀区“一网通办”平台建设项目"), url: url(n) };
    Block {
        lines: vec![
            Line(vec![Span::Strong("中标".into()), Span::Text(" · ".into()), title]),
            Line::text("中标人：太极计算机股份有限公司、联动优势科技有限公司（联合体）"),
            Line(vec![Span::Text("中标金额：".into()), Span::Strong("2,708 万元".into())]),
            Line(vec![Span::Text("凭据：".into()), Span::Code(format!("tenderwatch project show {n}"))]),
        ],
    }
}

/// Blocks of anything: words, marks, addresses long and short, in any order.
pub(super) fn any_blocks() -> impl Strategy<Value = Vec<Block>> {
    let text = prop_oneof!["[ -~一-三𠀀😀\u{300}]{0,60}", Just(HOSTILE.to_owned())];
    let span = (text, 0..5_u8, 1_usize..1_200).prop_map(|(text, kind, length)| match kind {
        0 => Span::Strong(text),
        // A command is our own text; a notation may lack an escape for it.
        1 => Span::Code(text.chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect()),
        2 => Span::Link { text, url: format!("http://a.example/{}", "x".repeat(length)) },
        _ => Span::Text(text),
    });
    let line = proptest::collection::vec(span, 0..6).prop_map(Line);
    let block = proptest::collection::vec(line, 0..12).prop_map(|lines| Block { lines });
    proptest::collection::vec(block, 0..12)
}

/// The words of blocks without blanks and without the marks of what was left out.
pub(super) fn words<'b>(blocks: impl IntoIterator<Item = &'b Block>) -> String {
    let words = blocks.into_iter().flat_map(|block| &block.lines).flat_map(|line| &line.0).map(Span::words);
    bare(&words.collect::<String>())
}

/// A text without blanks, seen and unseen, and without the mark of what was left out.
pub(super) fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '…' && *c != super::inert::BREAK).collect()
}
