//! Who buys, who runs the purchase, and by which numbers and name it goes. Telephones and persons are left where they stand.

use crate::domain::organisation::Organisation;
use crate::sources::dialect::fold::{fold, head, is_han, squeeze};
use crate::sources::dialect::names;

use super::labels::Key;
use super::outline::{Kind, Outline};
use super::raw::Raw;
use super::sections::Section;

fn in_body(outline: &Outline, wanted: impl Fn(Section, Key) -> bool) -> Option<&str> {
    outline.pieces.iter().find_map(|piece| match &piece.kind {
        Kind::Field(field) if wanted(piece.section, field.key) && !field.value.is_empty() => Some(field.value.as_str()),
        _ => None,
    })
}

/// A printed address, or nothing where none stands.
fn address(printed: Option<&str>) -> Option<String> {
    let text = printed?.trim().trim_matches('"');
    let plain = squeeze(text);
    let none = matches!(plain.as_str(), "" | "/" | "无" | "-" | "--" | "暂无") || plain.starts_with("详见");
    (!none).then(|| head(text, 300))
}

/// Who buys.
pub(super) fn buyers(raw: &Raw, outline: &Outline) -> Vec<Organisation> {
    let printed = raw
        .summary(&["采购单位", "采购人", "采购单位名称", "采购人名称", "招标人"])
        .filter(|value| names::clean(value).is_some())
        .or_else(|| in_body(outline, |section, key| section == Section::BuyerContact && key == Key::Name))
        .or_else(|| in_body(outline, |_, key| key == Key::Buyer));
    let Some(printed) = printed else { return Vec::new() };
    let mut found = whole_or_repeated(printed);
    let place = address(raw.summary(&["采购单位地址", "采购人地址"]))
        .or_else(|| address(in_body(outline, |section, key| section == Section::BuyerContact && key == Key::Address)))
        .or_else(|| address(in_body(outline, |_, key| key == Key::BuyerAddress)));
    if let Some(first) = found.first_mut() {
        first.address = place;
    }
    found
}

/// The names of a buyer cell: several joined by 、, or one said several times.
fn whole_or_repeated(printed: &str) -> Vec<Organisation> {
    let parts: Vec<&str> = printed.split(' ').filter(|part| !part.is_empty()).collect();
    let repeated =
        parts.len() > 1 && parts.iter().all(|part| parts.first().is_some_and(|first| squeeze(first) == squeeze(part)));
    let text = if repeated { parts.first().copied().unwrap_or(printed) } else { printed };
    names::split(text).0.into_iter().map(Organisation::named).collect()
}

/// Who runs the purchase for the buyer.
pub(super) fn agency(raw: &Raw, outline: &Outline) -> Option<Organisation> {
    let printed = raw
        .summary(&["代理机构名称", "采购代理机构", "采购代理机构名称", "代理机构"])
        .filter(|value| names::clean(value).is_some())
        .or_else(|| in_body(outline, |section, key| section == Section::AgencyContact && key == Key::Name))
        .or_else(|| in_body(outline, |_, key| key == Key::Agency))?;
    let name = names::clean(printed)?;
    let place = address(raw.summary(&["代理机构地址", "采购代理机构地址"]))
        .or_else(|| address(in_body(outline, |section, key| section == Section::AgencyContact && key == Key::Address)))
        .or_else(|| address(in_body(outline, |_, key| key == Key::AgencyAddress)));
    Some(Organisation { name, credit_code: None, address: place })
}

/// A project number at the start of a value, in plain characters.
pub(super) fn number(printed: &str) -> Option<String> {
    let plain = fold(printed);
    let mut text = plain.trim().trim_matches(['"', '\'', '*', ':', ' ']);
    // 三、0658-2104: the number of a heading that was left behind.
    if let Some((lead, rest)) = text.split_once('、')
        && lead.chars().count() <= 2
        && lead.chars().all(super::sections::is_numeral)
    {
        text = rest.trim();
    }
    if text.starts_with('(') && text.ends_with(')') && text.matches('(').count() == 1 {
        text = text.trim_matches(['(', ')']);
    }
    let mut out = String::new();
    let mut depth = 0_i32;
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => {
                depth -= 1;
                if depth < 0 {
                    break;
                }
            }
            ';' | '；' | '。' | ',' | '，' | '、' if depth == 0 => break,
            ' ' => {
                // A number torn by a blank goes on with digits or letters; words end it.
                out.push(' ');
                continue;
            }
            _ => {}
        }
        out.push(c);
        if out.chars().count() > 120 {
            break;
        }
    }
    let out = cut_at_words(out.trim());
    let out = without_remark(&out);
    let useful = out.chars().filter(char::is_ascii_alphanumeric).count();
    let is_date = crate::sources::dialect::dates::first(&out).is_some() && out.contains('年');
    (useful >= 3 && out.chars().count() <= 100 && !is_date).then_some(out)
}

/// A blank ends a number unless both sides look like parts of one.
fn cut_at_words(text: &str) -> String {
    let mut out = String::new();
    for part in text.split(' ').filter(|part| !part.is_empty()) {
        if out.is_empty() {
            out.push_str(part);
            continue;
        }
        let joins =
            out.ends_with(['-', '/', '(', '[', '_']) || part.starts_with(['-', '/', ')', ']', '_', '号', '(', '[']);
        let words = part.chars().filter(|c| is_han(*c)).count();
        // LXZC 2021-092, 2020 220: digits that a blank tore off.
        let lacks_digits = !out.chars().any(|c| c.is_ascii_digit()) && part.starts_with(|c: char| c.is_ascii_digit());
        let digits_on = out.ends_with(|c: char| c.is_ascii_digit())
            && (3..=4).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && text.ends_with(part);
        let joins = joins || lacks_digits && words == 0 || digits_on;
        if !joins || words > 2 {
            break;
        }
        out.push_str(part);
    }
    out
}

/// A remark in brackets behind a number is not part of it: (招标文件编号:…).
fn without_remark(text: &str) -> String {
    let mut out = text.to_owned();
    // QC-2021-2采购任务通知书编号:AB-1: another label grown onto it.
    if let Some(at) = out.find("编号:")
        && let Some(start) = out.get(..at).and_then(|before| before.rfind(|c: char| !is_han(c)))
        && start > 3
    {
        out.truncate(start + out.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8));
    }
    if out.ends_with(')')
        && let Some(open) = out.rfind('(')
        && open > 3
    {
        let inside = out.get(open..).unwrap_or_default();
        if ["编号", "项目", "招标", "如有", "包)", "采购"].iter().any(|word| inside.contains(word)) {
            out.truncate(open);
        }
    }
    if out.matches('(').count() > out.matches(')').count()
        && let Some(open) = out.rfind('(')
        && open > 3
    {
        out.truncate(open);
    }
    out.trim_end_matches([':', '-', ' ', '.']).to_owned()
}

/// Every project number of a notice, the most telling first.
pub(super) fn numbers(raw: &Raw, outline: &Outline, title: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    push(&mut found, raw.summary(&["项目编号", "采购项目编号", "招标编号"]).and_then(number));
    for wanted in [Key::Number, Key::OriginalNumber, Key::SecondNumber] {
        for piece in &outline.pieces {
            let allowed =
                !matches!(piece.section, Section::Fee | Section::Qualification | Section::Documents | Section::Contact);
            if let Kind::Field(field) = &piece.kind
                && field.key == wanted
                && allowed
            {
                for part in several(&field.value) {
                    push(&mut found, number(&part));
                }
            }
        }
    }
    if found.is_empty() {
        push(&mut found, in_title(title));
    }
    if found.is_empty() {
        push(&mut found, outline.lines.iter().take(20).find_map(|(_, line)| in_sentence(line)));
    }
    found
}

fn push(found: &mut Vec<String>, number: Option<String>) {
    if let Some(number) = number
        && !found.contains(&number)
        && found.len() < 12
    {
        found.push(number);
    }
}

/// Two numbers in one value: CG-AQ-2021-054 AQZB-2020-1089, or parted by 、.
fn several(value: &str) -> Vec<String> {
    let plain = fold(value);
    let parts: Vec<&str> = plain.split(['、', ',', '，', ';', '；', ' ']).filter(|part| !part.is_empty()).collect();
    let is_number = |part: &&str| {
        let digits = part.chars().filter(char::is_ascii_digit).count();
        digits >= 4
            && part.chars().count() >= 6
            && part.chars().filter(|c| is_han(*c)).count() * 2 <= part.chars().count()
    };
    if parts.len() > 1 && parts.len() <= 6 && parts.iter().all(is_number) {
        return parts.into_iter().map(str::to_owned).collect();
    }
    vec![value.to_owned()]
}

/// A number that only the title prints: (项目编号:XCSD-2026-A-589).
fn in_title(title: &str) -> Option<String> {
    let plain = fold(title);
    let at = ["项目编号", "招标编号", "采购编号", "采购项目编号"]
        .iter()
        .find_map(|word| plain.find(word).map(|at| at + word.len()))?;
    number(plain.get(at..)?.trim_start_matches([':', ' ']).trim_end_matches([')', ']']))
}

/// A number in brackets of an old page's first sentence: 设备采购项目（编号：QJG2016-03）于….
fn in_sentence(line: &str) -> Option<String> {
    let plain = fold(&head(line, 1_000));
    plain.match_indices("编号").find_map(|(at, word)| {
        let rest = plain.get(at + word.len()..)?.trim_start().strip_prefix([':', '为'])?;
        number(rest).filter(|number| number.chars().filter(char::is_ascii_digit).count() >= 3)
    })
}

/// What is bought, by name.
pub(super) fn project_title(raw: &Raw, outline: &Outline) -> Option<String> {
    let told = |value: &&str| {
        let plain = squeeze(value);
        plain.chars().count() > 1 && !plain.starts_with("详见")
    };
    raw.summary(&["采购项目名称", "项目名称"])
        .filter(told)
        .or_else(|| in_body(outline, |section, key| key == Key::Title && !section.is_contact()).filter(told))
        .or_else(|| in_body(outline, |_, key| key == Key::OriginalTitle).filter(told))
        .map(|title| head(title, 500))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_shape_and_lose_remarks() {
        for (printed, expected) in [
            ("0701-264106070107", Some("0701-264106070107")),
            ("[231025]FAGC[GK]20260002", Some("[231025]FAGC[GK]20260002")),
            ("SCIT-ZG（Z）-2024040007", Some("SCIT-ZG(Z)-2024040007")),
            (
                "榆中财采备字[2025]01188号（YZXDYRMYY-2025043）.1B2",
                Some("榆中财采备字[2025]01188号(YZXDYRMYY-2025043).1B2"),
            ),
            ("0701-264106070107（招标文件编号：0701-264106070107）", Some("0701-264106070107")),
            ("清资招2018052号", Some("清资招2018052号")),
            ("TC18017UF/1", Some("TC18017UF/1")),
            ("/", None),
            ("无", None),
        ] {
            assert_eq!(number(printed).as_deref(), expected, "{printed}");
        }
        assert_eq!(several("CG-AQ-2021-054 AQZB-2020-1089").len(), 2);
    }
}
