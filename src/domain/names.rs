//! Is it the same name? Keys of organisations and titles that ignore width, case, blanks, brackets and notice words, and the
//! round and lot that a title or number carries. Knows no aliases: former names are a person's business.

/// Text as it is compared: NFKC, lower case, invisible characters dropped, dashes and brackets of every shape made one.
/// Blanks stay.
#[must_use]
pub fn folded(text: &str) -> String {
    // Nearly every text is made of characters that can be folded one by one.
    let mut simple = String::with_capacity(text.len());
    for c in text.chars() {
        let Some(c) = folded_alone(c) else { return folded_as_specified(text) };
        simple.push(c);
    }
    simple
}

/// What a character is folded to whatever stands beside it; nothing where that has to be looked up.
#[must_use]
pub fn folded_alone(c: char) -> Option<char> {
    match c {
        '\u{4e00}'..='\u{9fff}' | '、' | '。' | '“' | '”' | '‘' | '’' | '·' => Some(c),
        '\t' | '\n' | '\r' | ' '..='~' => Some(plain(c.to_ascii_lowercase())),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).map(|c| plain(c.to_ascii_lowercase())),
        '\u{3000}' | '\u{a0}' => Some(' '),
        '【' | '《' | '】' | '》' | '—' => Some(plain(c)),
        _ => None,
    }
}

fn folded_as_specified(text: &str) -> String {
    let normal = icu_normalizer::ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    normal.chars().filter(|&c| !is_invisible(c)).flat_map(char::to_lowercase).map(plain).collect()
}

/// The same without any blank.
#[must_use]
pub fn squeezed(text: &str) -> String {
    let mut folded = folded(text);
    folded.retain(|c| !c.is_whitespace());
    folded
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}')
}

fn plain(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' => '-',
        '[' | '{' | '【' | '〔' | '〖' | '｛' | '〈' | '《' => '(',
        ']' | '}' | '】' | '〕' | '〗' | '｝' | '〉' | '》' => ')',
        _ => c,
    }
}

/// The identity of an organisation by its name; 有限公司 and 有限责任公司 stay two.
#[must_use]
pub fn key(name: &str) -> String {
    squeezed(name).trim_matches(|c: char| "、,。;:.·\"'“”".contains(c)).to_owned()
}

/// What ends a title without naming the purchase, longest first among those that share an ending.
const NOTICE_WORDS: [&str; 68] = [
    "政府采购项目",
    "政府采购",
    "采购项目",
    "中标候选人",
    "成交候选人",
    "候选人",
    "竞争性磋商",
    "竞争性谈判",
    "公开招标",
    "邀请招标",
    "资格预审",
    "资格审查",
    "单一来源",
    "履约验收",
    "采购意向",
    "评标结果",
    "评审结果",
    "采购结果",
    "框架协议",
    "中标(成交)",
    "(中标)",
    "(成交)",
    "(更正)",
    "(变更)",
    "公告",
    "公示",
    "通知",
    "通告",
    "公布",
    "更正",
    "变更",
    "澄清",
    "补遗",
    "补充",
    "延期",
    "暂停",
    "恢复",
    "撤回",
    "撤销",
    "终止",
    "中止",
    "废标",
    "流标",
    "异常",
    "合同",
    "验收",
    "意向",
    "预公告",
    "询价",
    "谈判",
    "磋商",
    "采购",
    "招标",
    "比选",
    "遴选",
    "拟中标",
    "预中标",
    "中标",
    "成交",
    "结果",
    "信息",
    "事项",
    "重新",
    "重发",
    "再次",
    "项目",
    "书",
    "的",
];

/// Words that announce a change: a count behind them counts changes, not rounds.
const CHANGE_WORDS: [&str; 6] = ["更正", "变更", "澄清", "补遗", "补充", "延期"];

/// A title without notice words, rounds and lot: two notices of one purchase mostly share it.
#[must_use]
pub fn title_stem(title: &str) -> String {
    let mut stem = squeezed(title);
    let behind_agency = stem.split_once("公司关于").map(|(_, rest)| rest);
    if let Some(rest) = behind_agency.or(stem.strip_prefix("关于")).filter(|rest| rest.chars().count() >= 4) {
        stem = rest.to_owned();
    }
    while let Some(shorter) = without_last(&stem) {
        stem = shorter.to_owned();
    }
    stem
}

/// The stem without the buyers' names: 某医院空调采购 and 空调采购 of that hospital are one purchase.
#[must_use]
pub fn title_stem_within(title: &str, buyers: &[&str]) -> String {
    let mut stem = title_stem(title);
    for buyer in buyers.iter().map(|name| key(name)).filter(|name| name.chars().count() >= 4) {
        let without = stem.replace(&buyer, "");
        if without.chars().count() >= 4 {
            stem = without;
        }
    }
    stem.trim_start_matches(['的', '-', '_', '关', '于']).to_owned()
}

/// One notice word, round or mark less at the end of a squeezed title; lots stay.
#[must_use]
pub fn without_notice_word(title: &str) -> Option<&str> {
    let word = NOTICE_WORDS.iter().find_map(|word| title.strip_suffix(word));
    word.or_else(|| without_count(title).map(|(rest, _)| rest)).filter(|rest| !rest.is_empty())
}

/// One notice word, round, lot or mark less at the end; nothing when none stands there or little would be left.
fn without_last(stem: &str) -> Option<&str> {
    let trimmed = stem.trim_end_matches(['-', '_', ',', ':', '.', '。', ';', '、', '/', '"', '”']);
    let shorter = (trimmed.len() < stem.len())
        .then_some(trimmed)
        .or_else(|| NOTICE_WORDS.iter().find_map(|word| stem.strip_suffix(word)))
        .or_else(|| without_count(stem).map(|(rest, _)| rest))
        .or_else(|| without_lot(stem).map(|(rest, _)| rest))
        .or_else(|| without_number(stem))?;
    (shorter.chars().count() >= 2).then_some(shorter)
}

/// How many characters of a title or number a mark may be long.
const MARK_MAX: usize = 16;

/// The bracketed mark at the end: `(第二次)` gives the rest and `第二次`.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let open = text.strip_suffix(')')?.rfind('(')?;
    let (rest, mark) = text.split_at_checked(open)?;
    let inner = mark.strip_prefix('(')?.strip_suffix(')')?;
    (inner.chars().count() <= MARK_MAX).then_some((rest, inner))
}

/// A project number in brackets at the end: `(项目编号：…)`, `(2022-JLNAYT-W1002)`.
fn without_number(text: &str) -> Option<&str> {
    let (rest, mark) = text.split_at_checked(text.strip_suffix(')')?.rfind('(')?)?;
    let digits = mark.chars().filter(char::is_ascii_digit).count();
    (mark.contains("编号") || (mark.is_ascii() && mark.len() >= 8 && digits >= 5)).then_some(rest)
}

/// A round, or the count of a change, at the end.
fn without_count(text: &str) -> Option<(&str, u32)> {
    if let Some((rest, inner)) = bracketed(text) {
        return counted(inner).map(|count| (rest, count));
    }
    if let Some(rest) = text.strip_suffix("(重)") {
        return Some((rest, 2));
    }
    let body = text.strip_suffix('次')?;
    let digits = body.trim_end_matches(|c: char| digit(c).is_some());
    let count = number(body.get(digits.len()..)?)?;
    let rest = digits.strip_suffix('第').unwrap_or(digits);
    (1..=9).contains(&count).then_some((rest, count))
}

/// What a bracketed mark counts: 第二次, 二次, 重, 重发公告第1次.
fn counted(mark: &str) -> Option<u32> {
    if mark.contains('重') && !mark.contains("重大") && !mark.contains("重点") {
        let digits: String = mark.chars().filter(|&c| digit(c).is_some()).collect();
        let repeats = number(&digits).unwrap_or(1);
        let short = mark.chars().all(|c| digit(c).is_some() || "重新发招标采购公告磋商谈判第次".contains(c));
        return (short && repeats <= 9).then(|| repeats + 1);
    }
    let body = NOTICE_WORDS.iter().find_map(|word| mark.strip_suffix(word)).unwrap_or(mark);
    let digits = body.strip_suffix('次')?;
    let count = number(digits.strip_prefix('第').unwrap_or(digits))?;
    (1..=9).contains(&count).then_some(count)
}

/// The round that a title or number names: （第二次） 2, 二次 2, 三次 3, 重发公告第1次 2. A count behind 更正公告 counts corrections
/// and 第二次全国普查 is no round.
#[must_use]
pub fn round_of(title_or_number: &str) -> Option<u32> {
    let text = squeezed(title_or_number);
    let mut rest: &str = &text;
    let mut named = None;
    while !rest.is_empty() {
        if let Some((before, count)) = without_count(rest) {
            let behind = text.get(rest.len()..).unwrap_or_default();
            let counts_change = !rest.ends_with(')') && CHANGE_WORDS.iter().any(|word| behind.starts_with(word));
            if !ends_in_change(before) && !counts_change && count >= 2 {
                named = named.max(Some(count));
            }
            rest = before;
        } else if let Some((before, _)) = bracketed(rest).filter(|(_, inner)| counted(inner).is_none()) {
            rest = before;
        } else if let Some(before) = without_last(rest) {
            if ["重新", "重发", "再次"].iter().any(|word| rest.strip_suffix(word) == Some(before)) {
                named = named.max(Some(2));
            }
            rest = before;
        } else {
            break;
        }
    }
    named.or_else(|| inner_round(&text))
}

/// A bracketed round inside the text, as in `设备(二次)01包`.
fn inner_round(text: &str) -> Option<u32> {
    let ends = text.match_indices(')').filter_map(|(at, _)| text.get(..=at));
    ends.filter_map(|head| {
        without_count(head).filter(|(before, _)| bracketed(head).is_some() && !ends_in_change(before))
    })
    .map(|(_, count)| count)
    .filter(|&count| count >= 2)
    .max()
}

fn ends_in_change(text: &str) -> bool {
    let text = text.trim_end_matches("公告").trim_end_matches("事项");
    CHANGE_WORDS.iter().any(|word| text.ends_with(word))
}

/// What a lot is called, before or behind its label.
const LOT_WORDS: [&str; 7] = ["合同包", "采购包", "标项", "标段", "分标", "包", "标"];

/// The lot at the end of a title or number: `(第3包)`, `02包`, `包1`, `第三标段`; with the label in digits or letters.
#[must_use]
pub fn without_lot(text: &str) -> Option<(&str, String)> {
    if let Some((rest, inner)) = bracketed(text) {
        let (left, label) = bare_lot(inner)?;
        return left.is_empty().then_some((rest, label));
    }
    bare_lot(text)
}

fn bare_lot(text: &str) -> Option<(&str, String)> {
    behind_label(text).or_else(|| before_label(text))
}

/// `第3包`, `a包`: the word stands behind the label.
fn behind_label(text: &str) -> Option<(&str, String)> {
    let body = LOT_WORDS.iter().filter(|word| **word != "标").find_map(|word| text.strip_suffix(word))?;
    let rest = body.trim_end_matches(is_label);
    let label = plain_label(body.get(rest.len()..)?)?;
    Some((rest.strip_suffix('第').unwrap_or(rest), label))
}

/// `包1`, `合同包a`: the word stands before the label.
fn before_label(text: &str) -> Option<(&str, String)> {
    let body = text.trim_end_matches(is_label);
    let label = plain_label(text.get(body.len()..)?)?;
    LOT_WORDS.iter().find_map(|word| body.strip_suffix(word)).map(|rest| (rest, label))
}

fn is_label(c: char) -> bool {
    c.is_ascii_alphanumeric() || digit(c).is_some()
}

/// A lot's label as it is compared: `01`, `一` and `第1包` are `1`; letters in upper case. Nothing for what is no label.
#[must_use]
pub fn lot_label(label: &str) -> Option<String> {
    let squeezed = squeezed(label);
    bare_lot(&squeezed).filter(|(rest, _)| rest.is_empty()).map(|(_, label)| label).or_else(|| plain_label(&squeezed))
}

fn plain_label(text: &str) -> Option<String> {
    if text.is_empty() || text.chars().count() > 8 || !text.chars().all(is_label) {
        return None;
    }
    if let Some(value) = number(text) {
        return Some(value.to_string());
    }
    let trimmed = text.trim_start_matches('0');
    Some(if trimmed.is_empty() { text.to_uppercase() } else { trimmed.to_uppercase() })
}

fn digit(c: char) -> Option<u32> {
    c.to_digit(10)
        .or_else(|| "零一二三四五六七八九十".chars().zip(0..).find_map(|(known, value)| (known == c).then_some(value)))
}

/// Small numbers in Arabic or Chinese digits: `12`, `十二`, `二十`, `三`.
fn number(text: &str) -> Option<u32> {
    if text.is_empty() || text.chars().count() > 4 {
        return None;
    }
    if let Some((tens, ones)) = text.split_once('十') {
        let tens = if tens.is_empty() { 1 } else { tens.chars().try_fold(0, single)? };
        let ones = if ones.is_empty() { 0 } else { ones.chars().try_fold(0, single)? };
        return Some(tens * 10 + ones);
    }
    text.chars().try_fold(0, |value, c| Some(value * 10 + digit(c)?))
}

fn single(before: u32, c: char) -> Option<u32> {
    (before == 0).then(|| digit(c)).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_differ_in_more_than_width_blanks_and_brackets() {
        assert_eq!(key("腾讯云计算（北京）有限责任公司"), key(" 腾讯云计算(北京) 有限责任公司\r\n"));
        assert_eq!(key("ＡＢＣ 公司"), key("abc公司、"));
        assert_ne!(key("甲有限公司"), key("甲有限责任公司"));
    }

    #[test]
    fn a_character_folded_alone_is_folded_as_specified_wherever_it_stands() {
        let alone: Vec<char> =
            (0..0x3_0000).filter_map(char::from_u32).filter(|c| folded_alone(*c).is_some()).collect();
        assert!(alone.len() > 20_000);
        for c in &alone {
            let around = format!("é{c}中{c}a{c}Ａ{c}");
            let expected: String = around.chars().map(|x| folded_alone(x).unwrap_or(x)).collect();
            assert_eq!(folded_as_specified(&around), expected, "{c:?}");
        }
    }

    #[test]
    fn a_stem_forgets_what_is_announced_and_in_which_round() {
        let stem = title_stem("某某大学空调采购项目公开招标公告");
        for title in [
            "某某大学空调采购项目中标公告",
            "某某大学空调采购（二次）竞争性磋商公告",
            "关于某某大学空调项目更正公告(第一次)",
            "某某大学空调采购项目（第3包）成交结果公告",
        ] {
            assert_eq!(title_stem(title), stem, "{title}");
        }
        for title in [
            "某某大学空调（项目编号：JXTC2022130108）竞争性磋商公告",
            "甲招标有限公司关于某某大学空调政府采购项目的公告",
            "某某大学空调(HCQ22C00003)公开招标公告",
        ] {
            assert_eq!(title_stem(title), stem, "{title}");
        }
        assert_eq!(title_stem("集成平台及数据中心支持平台（三期）结果公告"), "集成平台及数据中心支持平台(三期)");
        assert_eq!(
            title_stem_within("福建省老年医院集成平台及数据中心支持平台（三期）中标公告", &["福建省老年医院"]),
            title_stem_within("集成平台及数据中心支持平台（三期）结果公告", &["福建省老年医院"])
        );
    }

    #[test]
    fn a_stem_is_never_empty_where_the_title_is_not() {
        assert_eq!(title_stem("公告"), "公告");
        assert_eq!(title_stem("采购公告"), "采购");
        assert_eq!(title_stem(""), "");
    }

    #[test]
    fn rounds_are_told_from_corrections_and_from_the_worlds_own_counts() {
        for (text, round) in [
            ("某项目（第二次）公开招标公告", Some(2)),
            ("某项目(二次)更正公告（第一次）", Some(2)),
            ("榆中县第一人民医院设备采购(三次)更正公告（第二次）", Some(3)),
            ("某设备采购三次竞争性磋商公告", Some(3)),
            ("某设备采购（重发公告第1次）", Some(2)),
            ("某项目重新招标公告", Some(2)),
            ("XYKLZB（重）", Some(2)),
            ("某设备(二次)01包中标公告", Some(2)),
            ("某项目更正公告（第二次）", None),
            ("获嘉县第二中学灾后重建综合楼项目二次变更公告", None),
            ("第二次全国污染源普查服务采购公告", None),
            ("二次供水改造项目招标公告", None),
            ("某项目招标公告", None),
            ("某项目（第一次）招标公告", None),
        ] {
            assert_eq!(round_of(text), round, "{text}");
        }
    }

    #[test]
    fn a_lots_label_is_one_however_it_is_written() {
        for label in ["1", "01", "一", "第1包", "包一", "标项1", "1标段", "合同包1"] {
            assert_eq!(lot_label(label).as_deref(), Some("1"), "{label}");
        }
        assert_eq!(lot_label("a").as_deref(), Some("A"));
        assert_eq!(lot_label("十二").as_deref(), Some("12"));
        assert_eq!(lot_label("设备及其安装服务"), None);
    }

    proptest! {
        #[test]
        fn folding_is_as_specified(text in "[a-zA-Z0-9 ，。（）【】《》：；！？—…·“”\u{3000}\u{a0}\u{301}\u{200b}ＡｚＺ１﹕中标公告é①㎡ﬁ]{0,30}") {
            prop_assert_eq!(folded(&text), folded_as_specified(&text));
        }

        #[test]
        fn no_text_breaks_a_key(text in "\\PC{0,60}") {
            let _ = (key(&text), title_stem(&text), round_of(&text), lot_label(&text), without_lot(&text));
        }

        #[test]
        fn a_key_is_its_own_key(text in "[ A-Za-z0-9（）()\\-、。公司大学采购项目第二次包招标告]{0,40}") {
            prop_assert_eq!(key(&key(&text)), key(&text));
            prop_assert_eq!(title_stem(&title_stem(&text)), title_stem(&text));
        }

        #[test]
        fn no_marks_break_a_round(text in "[第一二三次重()1-3包标段更正公告招标]{0,20}") {
            let _ = (round_of(&text), lot_label(&text), title_stem(&text));
        }
    }
}
