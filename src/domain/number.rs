//! Is it the same project number? A number as it is compared within a buyer: width, case, blanks, dashes, brackets, lot and
//! round do not matter. What is too short to name a project has no key.

use super::names;

/// The longest number that is believed.
const LENGTH_MAX: usize = 120;
/// Fewer letters and digits than this name nothing.
const LENGTH_MIN: usize = 5;

/// The number as it is compared; empty for `/`, 无, 详见公告 and whatever else names no project.
#[must_use]
pub fn key(number: &str) -> String {
    let whole = names::squeezed(number).to_uppercase();
    let mut rest: &str = whole.trim_matches(is_edge);
    while let Some(shorter) = without_suffix(rest) {
        rest = shorter.trim_end_matches(is_edge);
    }
    if is_number(rest) { rest.to_owned() } else { String::new() }
}

fn is_edge(c: char) -> bool {
    "-_/.:,;、。()".contains(c) && c != ')' && c != '('
}

/// One lot or round less; a bare `-2` only behind a long run of digits that is no date.
fn without_suffix(number: &str) -> Option<&str> {
    let shorter = without_round(number).or_else(|| lot(number).map(|(rest, _)| rest))?;
    is_number(shorter.trim_end_matches(is_edge)).then_some(shorter)
}

fn without_round(number: &str) -> Option<&str> {
    let open = number.rfind('(');
    let marked = open.and_then(|at| number.split_at_checked(at)).filter(|(_, mark)| names::round_of(mark).is_some());
    let first =
        open.and_then(|at| number.split_at_checked(at)).filter(|(_, mark)| matches!(*mark, "(第一次)" | "(一次)"));
    marked.or(first).filter(|_| number.ends_with(')')).map(|(rest, _)| rest).or_else(|| {
        ["二次", "三次", "四次", "重招", "重"]
            .iter()
            .find_map(|mark| number.strip_suffix(mark))
            .map(|rest| rest.trim_end_matches('第'))
    })
}

/// The lot that a number carries at its end (`TC18017UF/1`, `JLSZC202002516-2`, `…包3`), with what stands before it.
#[must_use]
pub fn lot(number: &str) -> Option<(&str, String)> {
    named_lot(number).or_else(|| slashed_lot(number)).or_else(|| dashed_lot(number)).or_else(|| gansu_lot(number))
}

fn named_lot(number: &str) -> Option<(&str, String)> {
    names::without_lot(number).filter(|(rest, _)| rest.len() < number.len())
}

fn slashed_lot(number: &str) -> Option<(&str, String)> {
    let (rest, label) = number.rsplit_once('/')?;
    (is_short_count(label) && !rest.contains('/')).then(|| names::lot_label(label).map(|label| (rest, label))).flatten()
}

fn dashed_lot(number: &str) -> Option<(&str, String)> {
    let (rest, label) = number.rsplit_once('-')?;
    let run = rest.len() - rest.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    (run >= 9 && is_short_count(label) && !label.starts_with('0'))
        .then(|| names::lot_label(label).map(|label| (rest, label)))
        .flatten()
}

/// `….1B2`, as Gansu prints a lot and its round.
fn gansu_lot(number: &str) -> Option<(&str, String)> {
    let (rest, mark) = number.rsplit_once('.')?;
    let (lot, round) = mark.split_once('B')?;
    (is_short_count(lot) && is_short_count(round)).then(|| names::lot_label(lot).map(|label| (rest, label))).flatten()
}

fn is_short_count(text: &str) -> bool {
    (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let marks = text.chars().filter(|c| c.is_alphanumeric()).count();
    text.chars().count() <= LENGTH_MAX && marks >= LENGTH_MIN && digits >= 2
}

/// Whether a key is long enough to name one project in the whole country, so that it links even without a buyer.
#[must_use]
pub fn is_distinctive(key: &str) -> bool {
    key.chars().filter(|c| c.is_alphanumeric()).count() >= 12 && key.chars().filter(char::is_ascii_digit).count() >= 8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn width_case_blanks_dashes_and_brackets_do_not_matter() {
        for (left, right) in [
            ("SCIT-ZG（Z）-2024040007", "scit-zg(z)-2024040007"),
            ("[231025]FAGC[GK]20260002", "【231025】FAGC〔GK〕 20260002"),
            ("0701－264106070107", "0701—264106070107"),
            ("清资招2018052号", "清资招 2018052 号、"),
        ] {
            assert_eq!(key(left), key(right));
            assert!(!key(left).is_empty());
        }
    }

    #[test]
    fn the_lot_and_the_round_do_not_matter() {
        for (number, plain) in [
            ("TC18017UF/1", "TC18017UF"),
            ("TC18017UF/02", "TC18017UF"),
            ("JLSZC202002516-2", "JLSZC202002516"),
            ("ABKLZB2026（重）", "ABKLZB2026"),
            ("HBZB-2026-0101（二次）", "HBZB-2026-0101"),
            ("HBZB-2026-0101(第二次)", "HBZB-2026-0101"),
            ("HBZB-2026-0101第3包", "HBZB-2026-0101"),
            ("HBZB-2026-0101-包1", "HBZB-2026-0101"),
            ("榆中财采备字[2025]01188号（YZXDYRMYY-2025043）.1B2", "榆中财采备字[2025]01188号（YZXDYRMYY-2025043）"),
        ] {
            assert_eq!(key(number), key(plain), "{number}");
        }
    }

    #[test]
    fn a_serial_number_is_no_lot() {
        for (left, right) in [
            ("ZCZX-20260918-1", "ZCZX-20260918-2"),
            ("JXZB2026-04-18", "JXZB2026-04-19"),
            ("330602261390010000010-JL2026-A-28", "330602261390010000010-JL2026-A-29"),
            ("11010226210200025327-XM001", "11010226210200025327-XM002"),
        ] {
            assert_ne!(key(left), key(right));
        }
    }

    #[test]
    fn what_names_no_project_has_no_key() {
        for number in ["", "/", "无", "详见公告正文", "-", "1", "2026", "包1"] {
            assert_eq!(key(number), "", "{number}");
        }
    }

    #[test]
    fn only_a_long_number_stands_for_itself() {
        assert!(is_distinctive(&key("331124263030080000009-浙金丽招2026046号")));
        assert!(!is_distinctive(&key("ZC-2026-001")));
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(number in "[A-Z0-9()（）\\-/.包第次重二三 ]{0,40}") {
            prop_assert_eq!(key(&key(&number)), key(&number));
        }
    }
}
