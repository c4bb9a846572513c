//! A short text with emphasis and links, in no platform's notation: what a chat message is made of before a channel writes it
//! down in its own. A block is never broken but between its lines, a link never at all.

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// As it stands.
    Text(String),
    /// Emphasised.
    Strong(String),
    /// A command to type.
    Code(String),
    /// Words that lead to an address of the web. The address is ASCII and has no blanks, quotes, brackets or parentheses.
    Link {
        /// The words.
        text: String,
        /// Where they lead.
        url: String,
    },
}

impl Span {
    /// Its words, without emphasis and address.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Text(text) | Self::Strong(text) | Self::Code(text) | Self::Link { text, .. } => text,
        }
    }
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Line(pub Vec<Span>);

impl Line {
    /// A line of plain text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self(vec![Span::Text(text.into())])
    }
}

/// What stands together: one item, the totals, the foot.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Block {
    /// Its lines; an empty line is a gap.
    pub lines: Vec<Line>,
}

impl Block {
    /// A block of plain lines.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self { lines: text.lines().map(Line::text).collect() }
    }

    /// Whether nothing would be seen of it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.iter().all(|line| line.0.iter().all(|span| span.words().trim().is_empty()))
    }

    /// Every address in it, in order.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().flat_map(|line| &line.0).filter_map(|span| match span {
            Span::Link { url, .. } => Some(url.as_str()),
            _ => None,
        })
    }

    /// The block written down: each span by `write`, lines joined by a line break.
    #[must_use]
    pub fn written(&self, write: impl Fn(&Span) -> String) -> String {
        let lines: Vec<String> = self.lines.iter().map(|line| line.0.iter().map(&write).collect()).collect();
        lines.join("\n")
    }

    /// As plain text, addresses in parentheses after their words.
    #[must_use]
    pub fn plain(&self) -> String {
        self.written(|span| match span {
            Span::Link { text, url } => format!("{text} ({url})"),
            other => other.words().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_written_span_by_span() {
        let link = Span::Link { text: "原文".into(), url: "http://a.cn/1".into() };
        let block = Block { lines: vec![Line(vec![Span::Strong("中标".into()), link]), Line::text("二")] };
        assert_eq!(block.plain(), "中标原文 (http://a.cn/1)\n二");
        assert_eq!(block.urls().collect::<Vec<_>>(), ["http://a.cn/1"]);
        assert!(!block.is_empty() && Block::text("\n \n").is_empty());
    }
}
