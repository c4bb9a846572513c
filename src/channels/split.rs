//! A long message becomes several: between its blocks, where a block alone is too long between its lines, and where a line alone
//! is too long between its characters. A link stays whole or is left out with a mark; nothing else is lost.

use crate::domain::rich::{Block, Line, Span};

/// The mark of what was left out.
const CUT: &str = "…";

/// How much of a platform's message the blocks may take.
pub(super) struct Room<'m> {
    /// In the unit that the platform counts: bytes, UTF-16 units, characters.
    pub size_max: usize,
    /// Blocks in one message.
    pub blocks_max: usize,
    /// What a block takes as the platform will count it, its separator included.
    pub measure: &'m dyn Fn(&Block) -> usize,
}

/// The blocks in as few parts as have room for them, in their order; at least one part.
pub(super) fn split(blocks: &[Block], room: &Room<'_>) -> Vec<Vec<Block>> {
    let mut parts: Vec<Vec<Block>> = Vec::new();
    let mut part: Vec<Block> = Vec::new();
    let mut used = 0;
    for block in blocks.iter().filter(|block| !block.is_empty()) {
        for piece in pieces(block, room) {
            let needed = (room.measure)(&piece);
            if !part.is_empty() && (used + needed > room.size_max || part.len() >= room.blocks_max.max(1)) {
                parts.push(std::mem::take(&mut part));
                used = 0;
            }
            used += needed;
            part.push(piece);
        }
    }
    if !part.is_empty() || parts.is_empty() {
        parts.push(part);
    }
    parts
}

impl Room<'_> {
    fn holds(&self, block: &Block) -> bool {
        (self.measure)(block) <= self.size_max
    }
}

/// A block that is too long for a message of its own, split between its lines.
fn pieces(block: &Block, room: &Room<'_>) -> Vec<Block> {
    if room.holds(block) {
        return vec![block.clone()];
    }
    let mut pieces: Vec<Block> = Vec::new();
    for line in &block.lines {
        for line in short_lines(line, room) {
            if let Some(piece) = pieces.last_mut() {
                piece.lines.push(line.clone());
                if room.holds(piece) {
                    continue;
                }
                piece.lines.pop();
            }
            pieces.push(Block { lines: vec![line] });
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// A line that is too long, as several that fit.
fn short_lines(line: &Line, room: &Room<'_>) -> Vec<Line> {
    let fits = |spans: &[Span]| room.holds(&Block { lines: vec![Line(spans.to_vec())] });
    if fits(&line.0) {
        return vec![line.clone()];
    }
    let mut lines: Vec<Vec<Span>> = vec![Vec::new()];
    let mut push = |span: Span| {
        if let Some(last) = lines.last_mut() {
            last.push(span.clone());
            if last.len() == 1 || fits(last) {
                return;
            }
            last.pop();
        }
        lines.push(vec![span]);
    };
    for span in &line.0 {
        if fits(std::slice::from_ref(span)) {
            push(span.clone());
            continue;
        }
        match span {
            Span::Link { text, url } => {
                let bare = Span::Link { text: CUT.into(), url: url.clone() };
                let words = Span::Text(format!("{text}{CUT}"));
                // The words may be too long, or the address; an address that fits nowhere is left out whole.
                if fits(std::slice::from_ref(&bare)) {
                    words_of(text, &Span::Text, &fits).into_iter().for_each(&mut push);
                    push(bare);
                } else if fits(std::slice::from_ref(&words)) {
                    push(words);
                } else {
                    words_of(text, &Span::Text, &fits).into_iter().for_each(&mut push);
                    push(Span::Text(CUT.into()));
                }
            }
            Span::Text(text) => words_of(text, &Span::Text, &fits).into_iter().for_each(&mut push),
            Span::Strong(text) => words_of(text, &Span::Strong, &fits).into_iter().for_each(&mut push),
            Span::Code(text) => words_of(text, &Span::Code, &fits).into_iter().for_each(&mut push),
        }
    }
    lines.into_iter().filter(|spans| !spans.is_empty()).map(Line).collect()
}

/// A text in pieces that fit, each as long as can be.
fn words_of(text: &str, make: &dyn Fn(String) -> Span, fits: &dyn Fn(&[Span]) -> bool) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut rest: Vec<char> = text.chars().collect();
    while !rest.is_empty() {
        let piece = |count: usize| make(rest.iter().take(count).collect());
        // The longest beginning that fits; a single character always goes through, or nothing ever would.
        let (mut low, mut high) = (1, rest.len());
        while low < high {
            let middle = (low + high).div_ceil(2);
            if fits(&[piece(middle)]) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        spans.push(piece(low));
        rest.drain(..low);
    }
    spans
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(block: &Block) -> usize {
        block.plain().len() + 2
    }

    fn room(size_max: usize) -> Room<'static> {
        Room { size_max, blocks_max: 20, measure: &bytes }
    }

    #[test]
    fn blocks_stay_whole_where_they_can() {
        let blocks = [Block::text("一二三"), Block::text("四五六"), Block::text("七")];
        assert_eq!(split(&blocks, &room(22)), [blocks[..2].to_vec(), blocks[2..].to_vec()]);
        assert_eq!(split(&[], &room(22)), [Vec::<Block>::new()]);
    }

    #[test]
    fn at_most_so_many_blocks_stand_in_one_message() {
        let blocks = vec![Block::text("x"); 5];
        let parts = split(&blocks, &Room { blocks_max: 2, ..room(1_000) });
        assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
    }

    #[test]
    fn a_link_is_whole_or_not_there() {
        let long = Span::Link { text: "长".repeat(100), url: "http://a.cn/1".into() };
        let parts = split(&[Block { lines: vec![Line(vec![long])] }], &room(60));
        assert_eq!(parts.iter().flatten().flat_map(Block::urls).collect::<Vec<_>>(), ["http://a.cn/1"]);
        let endless = Span::Link { text: "查看".into(), url: format!("http://a.cn/{}", "x".repeat(100)) };
        let parts = split(&[Block { lines: vec![Line(vec![endless])] }], &room(60));
        assert_eq!(parts.iter().flatten().flat_map(Block::urls).count(), 0);
        assert_eq!(parts[0][0].plain(), "查看…");
    }

    proptest! {
        #[test]
        fn every_part_has_room_and_no_word_is_lost(texts in proptest::collection::vec("[a-z一-三 \n]{0,80}", 0..12), size in 20_usize..90) {
            let blocks: Vec<Block> = texts.iter().map(|text| Block::text(text)).collect();
            let parts = split(&blocks, &room(size));
            for part in &parts {
                prop_assert!(part.iter().map(bytes).sum::<usize>() <= size, "{part:?}");
            }
            let words = |blocks: &mut dyn Iterator<Item = &Block>| -> String {
                blocks.map(Block::plain).collect::<String>().split_whitespace().collect()
            };
            prop_assert_eq!(words(&mut parts.iter().flatten()), words(&mut blocks.iter()));
        }
    }
}
