//! The chat templates write `**strong**`, `` `code` `` and `[words](address)`; here that becomes spans, for every platform to
//! write in its own notation. What outsiders wrote comes in numeric references and can be none of these.

use crate::domain::rich::{Block, Line, Span};

/// Reads what a chat template wrote.
pub(super) fn read(text: &str) -> Block {
    Block { lines: text.lines().map(line).collect() }
}

fn line(text: &str) -> Line {
    let mut spans = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some((span, after)) = marked(rest) {
            push_text(&mut spans, &mut plain);
            spans.push(span);
            rest = after;
        } else {
            plain.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    push_text(&mut spans, &mut plain);
    Line(spans)
}

fn push_text(spans: &mut Vec<Span>, plain: &mut String) {
    if !plain.is_empty() {
        spans.push(Span::Text(unescaped(&std::mem::take(plain))));
    }
}

/// The marked span that the text begins with, and what follows it.
fn marked(text: &str) -> Option<(Span, &str)> {
    if let Some(inner) = text.strip_prefix("**") {
        let (words, after) = inner.split_once("**").filter(|(words, _)| !words.is_empty())?;
        return Some((Span::Strong(unescaped(words)), after));
    }
    if let Some(inner) = text.strip_prefix('`') {
        let (words, after) = inner.split_once('`').filter(|(words, _)| !words.is_empty())?;
        return Some((Span::Code(unescaped(words)), after));
    }
    let (words, after) = text.strip_prefix('[')?.split_once("](")?;
    let (url, after) = after.split_once(')')?;
    if words.contains(['[', ']']) || super::plain::url(url).as_deref() != Some(url) {
        return None;
    }
    Some((Span::Link { text: unescaped(words), url: url.to_owned() }, after))
}

/// Numeric references back to their characters.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("&#") {
        out.push_str(before);
        let read = after.split_once(';').and_then(|(digits, after)| {
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let character = digits.parse().ok().and_then(char::from_u32).filter(|_| is_number)?;
            Some((character, after))
        });
        if let Some((character, after)) = read {
            out.push(character);
            rest = after;
        } else {
            out.push_str("&#");
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_become_spans_and_foreign_marks_stay_text() {
        let foreign = crate::telling::plain::markdown("**not** [a](http://b.cn/) `c` &#42;");
        let block = read(&format!("**中标** · [标题](http://a.cn/1) `run` {foreign}\n\n二"));
        let expected = vec![
            Span::Strong("中标".into()),
            Span::Text(" · ".into()),
            Span::Link { text: "标题".into(), url: "http://a.cn/1".into() },
            Span::Text(" ".into()),
            Span::Code("run".into()),
            Span::Text(" **not** [a](http://b.cn/) `c` &#42;".into()),
        ];
        assert_eq!(block.lines, [Line(expected), Line::default(), Line::text("二")]);
    }

    #[test]
    fn an_address_that_is_none_stays_text() {
        let block = read("[x](javascript:alert)");
        assert_eq!(block.urls().count(), 0);
        assert_eq!(block.plain(), "[x](javascript:alert)");
    }

    proptest! {
        #[test]
        fn what_outsiders_write_comes_back_as_text(text in "\\PC{0,60}") {
            let block = read(&crate::telling::plain::markdown(&text));
            prop_assert!(block.lines.iter().all(|line| line.0.iter().all(|span| matches!(span, Span::Text(_)))));
            prop_assert_eq!(block.plain(), text.lines().collect::<Vec<_>>().join("\n"));
        }
    }
}
