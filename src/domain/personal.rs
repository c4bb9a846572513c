//! Personal data stays inside kept bodies: telephone numbers and mail addresses are taken out of every passage that leaves a
//! reader. Knows how they are written in China; lacks names, which the readers leave out by where they stand.

/// What stands in their place.
const TAKEN_OUT: &str = "［…］";

/// The text without telephone numbers and mail addresses.
#[must_use]
pub fn without_contacts(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_part) {
        let (before, from) = rest.split_at(at);
        let end = from.find(|character| !is_part(character)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        kept.push_str(before);
        // What stands at the end of a word belongs to the sentence.
        let core = word.trim_end_matches(['-', '－', '—', '–', '.']);
        if is_telephone(core) || is_mail(core) {
            kept.push_str(TAKEN_OUT);
            kept.push_str(word.strip_prefix(core).unwrap_or_default());
        } else {
            kept.push_str(word);
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

fn is_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '－' | '—' | '–' | '.' | '@' | '_' | '+')
}

/// A mobile number, or one with an area code, or a service number; with an extension or without.
fn is_telephone(word: &str) -> bool {
    let groups: Vec<&str> = word.split(['-', '－', '—', '–']).filter(|group| !group.is_empty()).collect();
    if !groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit())) {
        return false;
    }
    match groups.as_slice() {
        [one] => is_mobile(one) || (one.starts_with('0') && (11..=12).contains(&one.len())),
        [area, number, ..] if area.starts_with('0') => {
            (3..=4).contains(&area.len()) && (7..=8).contains(&number.len()) && groups.len() <= 3
        }
        ["400" | "800", ..] => groups.concat().len() == 10,
        [one, _] => is_mobile(one),
        _ => false,
    }
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1') && digits.bytes().nth(1).is_some_and(|second| second >= b'3')
}

fn is_mail(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_addresses_of_people_are_taken_out() {
        for (text, kept) in [
            ("联系电话：13752310912", "联系电话：［…］"),
            ("刘某010-65917851代理机构", "刘某［…］代理机构"),
            ("0591-87654321-802、0591－8765432", "［…］、［…］"),
            ("电话 01065917851。", "电话 ［…］。"),
            ("400-810-1996", "［…］"),
            ("邮箱：cg_01@example.gov.cn.", "邮箱：［…］."),
            (
                "示例 | 911201057275045684 | 13752310912 | 1,395 | 95.77",
                "示例 | 911201057275045684 | ［…］ | 1,395 | 95.77",
            ),
        ] {
            assert_eq!(without_contacts(text), kept);
        }
    }

    #[test]
    fn sums_days_numbers_and_codes_stay() {
        for text in [
            "预算金额：1395000.00元",
            "2019-09-20 09:30",
            "项目编号：SDGP-2019-13752310912",
            "0747-2061SCCZA005",
            "统一社会信用代码：91350100M000100Y43",
            "12345678901",
            "1,375,231,091元",
            "北京市海淀区1-2号",
        ] {
            assert_eq!(without_contacts(text), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn taking_out_twice_takes_out_no_more(text in ".{0,60}") {
            let once = without_contacts(&text);
            proptest::prop_assert_eq!(without_contacts(&once), once.clone());
        }
    }
}
