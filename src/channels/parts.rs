//! A message as the parts that a platform has room for: the title numbered where there are several, the foot on the last one.

use super::split::{self, Room};
use crate::domain::digest::Message;
use crate::domain::rich::Block;

/// The longest number behind a title.
const NUMBER: &str = " (999/999)";

/// The mark of a title that was cut.
const CUT: char = '…';

/// One message of the platform.
pub(super) struct Part {
    /// The subject, with its number among several.
    pub title: String,
    /// What it tells.
    pub blocks: Vec<Block>,
    /// What stands below the last one.
    pub foot: Option<Block>,
}

/// The message in parts. `room` is what the blocks and the foot may take together; the title has `title_max` of its own, in
/// units that `title_size` counts.
pub(super) fn parts(
    message: &Message,
    room: &Room<'_>,
    title_max: usize,
    title_size: &dyn Fn(&str) -> usize,
) -> Vec<Part> {
    let (foot, blocks) = match message.blocks.split_last() {
        // A foot that would crowd out the news is told like the rest of it.
        Some((foot, blocks)) if !foot.is_empty() && (room.measure)(foot) <= room.size_max / 4 => (Some(foot), blocks),
        _ => (None, message.blocks.as_slice()),
    };
    // Nobody knows yet which part is the last: every one keeps room for the foot.
    let size_max = room.size_max.saturating_sub(foot.map_or(0, room.measure));
    let parts = split::split(blocks, &Room { size_max, blocks_max: room.blocks_max, measure: room.measure });
    let count = parts.len();
    let title_max = if count > 1 { title_max.saturating_sub(NUMBER.len()) } else { title_max };
    let title = short(&message.subject, title_max, title_size);
    let part = |(place, blocks): (usize, Vec<Block>)| {
        let number = place + 1;
        let title = if count > 1 { format!("{title} ({number}/{count})") } else { title.clone() };
        Part { title, blocks, foot: foot.filter(|_| number == count).cloned() }
    };
    parts.into_iter().enumerate().map(part).collect()
}

/// A text in the unit in which most platforms count characters outside the first plane twice, or once: never fewer.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A title that takes at most `max`; what was cut off is marked.
fn short(title: &str, max: usize, size: &dyn Fn(&str) -> usize) -> String {
    if size(title) <= max {
        return title.to_owned();
    }
    let mut short = String::new();
    for character in title.chars() {
        short.push(character);
        short.push(CUT);
        let fits = size(&short) <= max;
        short.pop();
        if !fits {
            short.pop();
            break;
        }
    }
    short.push(CUT);
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::samples;

    fn of(message: &Message, size_max: usize) -> Vec<Part> {
        let measure = |block: &Block| units(&block.plain()) + 1;
        parts(message, &Room { size_max, blocks_max: 9, measure: &measure }, 40, &units)
    }

    #[test]
    fn one_part_bears_no_number_and_several_count_themselves() {
        let one = of(&samples::digest(1), 10_000);
        assert_eq!((one.len(), one[0].title.as_str()), (1, "2 项区块链中标"));
        let several = of(&samples::digest(20), 10_000);
        assert_eq!(several.len(), 3);
        assert_eq!(several[1].title, "2 项区块链中标 (2/3)");
        assert!(several[0].foot.is_none() && several[2].foot.is_some());
    }

    #[test]
    fn a_long_title_is_cut_with_a_mark_and_keeps_its_number() {
        let message = Message { subject: "标".repeat(100), ..samples::digest(20) };
        let several = of(&message, 10_000);
        assert_eq!(several[0].title, format!("{}… (1/3)", "标".repeat(29)));
        assert!(several.iter().all(|part| units(&part.title) <= 40));
        assert_eq!(short("一二三", 2, &units), "一…");
    }

    #[test]
    fn a_foot_as_long_as_the_news_is_split_like_it() {
        let mut message = samples::digest(1);
        message.blocks.push(Block::text(&"脚注".repeat(2_000)));
        let several = of(&message, 1_000);
        assert!(several.len() > 4 && several.iter().all(|part| part.foot.is_none()));
        let told: String = several.iter().flat_map(|part| &part.blocks).map(Block::plain).collect();
        assert_eq!(told.matches("脚注").count(), 2_000);
    }
}
