//! The body as plain text for search and evidence: notary stamps, page furniture and everything about persons left out. Bounded.

use std::sync::LazyLock;

use crate::domain::words::{Words, any_of};
use crate::sources::dialect::fold::squeeze;

use super::labels::Key;
use super::outline::Outline;
use super::sections::Section;

/// The longest text kept, in bytes.
const BYTES_MAX: usize = 64 * 1024;

/// Words of a notary stamp that trading platforms print on every page.
const STAMPS: [&str; 6] = ["区块链已存证", "存证哈希", "区块高度", "存证时间", "上链时间", "链上哈希"];

/// Page furniture that some bodies carry along.
const FURNITURE: [&str; 9] =
    ["打印", "关闭", "我要打印", "返回", "收藏", "分享到", "显示公告概要", "显示公告正文", "相关附件："];

/// The text of a notice.
pub(super) fn text(outline: &Outline) -> String {
    let mut out = String::new();
    for (section, line) in &outline.lines {
        if section.is_contact() || *section == Section::Experts {
            continue;
        }
        let Some(kept) = kept(line) else { continue };
        let kept = if kept.bytes().any(|byte| byte.is_ascii_digit()) { without_telephones(&kept) } else { kept };
        if out.len() + kept.len() + 1 > BYTES_MAX {
            let room = BYTES_MAX.saturating_sub(out.len() + 1);
            let end = (0..=room.min(kept.len())).rev().find(|at| kept.is_char_boundary(*at)).unwrap_or(0);
            out.push_str(kept.get(..end).unwrap_or_default());
            return out;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&kept);
    }
    out
}

/// A line without stamps and contacts, or nothing where nothing is left.
fn kept(line: &str) -> Option<String> {
    let plain = squeeze(line);
    if FURNITURE.contains(&plain.as_str()) || is_contact(&plain) {
        return None;
    }
    static STAMPED: LazyLock<Words> = LazyLock::new(|| Words::of(&STAMPS));
    if !STAMPED.stand_in(&plain) {
        return Some(without_persons(line));
    }
    let text = without_stamp(line);
    (!text.trim().is_empty()).then_some(text)
}

/// A line that is a contact label and its value.
fn is_contact(plain: &str) -> bool {
    let Some((label, _)) = plain.split_once(':') else { return false };
    let label = label.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '、' | '(' | ')' | ','));
    label.chars().count() <= 20 && super::labels::classify(label) == Some(Key::Contact)
}

/// Cuts persons and telephones out of a line that holds other things too.
fn without_persons(line: &str) -> String {
    // All of them hold one of these.
    if !any_of!(line, ["联系人：", "联系电话：", "联系方式：", "电话："]) {
        return line.to_owned();
    }
    let Some(at) = ["项目联系人：", "联系人：", "联系电话：", "联系方式：", "电话："]
        .iter()
        .filter_map(|word| line.find(word))
        .min()
    else {
        return line.to_owned();
    };
    let tail = line.get(at..).unwrap_or_default();
    let long = tail.chars().count() > 120;
    if long { line.to_owned() } else { line.get(..at).unwrap_or_default().trim_end().to_owned() }
}

/// Cuts telephone numbers: a mobile number by itself, a landline with its area. Project numbers look like neither.
fn without_telephones(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut token = String::new();
    let mut before_latin = false;
    for c in line.chars().chain(std::iter::once('\n')) {
        if c.is_ascii_digit() || c == '-' && !token.is_empty() {
            token.push(c);
            continue;
        }
        if !token.is_empty() {
            if !is_telephone(&token) || before_latin || c.is_ascii_alphabetic() {
                out.push_str(&token);
            }
            token.clear();
        }
        before_latin = c.is_ascii_alphanumeric() || c == '[' || c == ']';
        out.push(c);
    }
    out.pop();
    out
}

fn is_telephone(token: &str) -> bool {
    let mobile =
        |text: &str| text.len() == 11 && text.starts_with('1') && matches!(text.as_bytes().get(1), Some(b'3'..=b'9'));
    if mobile(token) {
        return true;
    }
    let parts: Vec<&str> = token.split('-').collect();
    match parts.as_slice() {
        [area, number] | [area, number, _] => {
            area.starts_with('0') && (3..=4).contains(&area.len()) && (7..=8).contains(&number.len())
        }
        _ => false,
    }
}

/// The stamp runs from its first word to the end of its values: hashes, times, heights.
fn without_stamp(line: &str) -> String {
    let Some(start) = STAMPS.iter().filter_map(|stamp| line.find(stamp)).min() else { return line.to_owned() };
    let tail = line.get(start..).unwrap_or_default();
    let mut end = 0;
    for stamp in STAMPS {
        if let Some(at) = tail.rfind(stamp) {
            end = end.max(at + stamp.len());
        }
    }
    let rest: String = tail
        .get(end..)
        .unwrap_or_default()
        .chars()
        .skip_while(|c| c.is_ascii() || matches!(c, '值' | '：' | '　' | '\u{a0}'))
        .collect();
    format!("{}{}", line.get(..start).unwrap_or_default(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notary_stamp_leaves_no_trace() {
        let line = "公告正文 区块链已存证 存证时间 2026-03-16 10:00:00 存证哈希值 0xabc123 区块高度 123456 项目名称";
        assert_eq!(without_stamp(line), "公告正文 项目名称");
        assert_eq!(kept("区块链已存证 区块高度：88"), None);
    }

    #[test]
    fn persons_and_telephones_are_left_out() {
        assert_eq!(kept("项目联系人：某某"), None);
        assert_eq!(kept("电　话：0000"), None);
        assert_eq!(
            without_telephones("咨询：0571-88888888转2，13800000000。编号0701-264106070107"),
            "咨询：转2，。编号0701-264106070107"
        );
        assert_eq!(kept("名称：某医院 联系电话：0000").as_deref(), Some("名称：某医院"));
    }
}
