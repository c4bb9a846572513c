//! Names of organisations as pages print them: cleaned of blanks and notes, joint bidders parted, what is no name refused.
//! Credit codes are checked by GB 32100-2015. Who is the same as whom is decided elsewhere.

use super::fold::{fold, is_blank, squeeze};

/// How names of organisations end.
const ENDINGS: [&str; 62] = [
    "公司",
    "厂",
    "院",
    "中心",
    "大学",
    "学校",
    "中学",
    "小学",
    "幼儿园",
    "学院",
    "所",
    "局",
    "委员会",
    "委",
    "部",
    "厅",
    "处",
    "站",
    "社",
    "店",
    "馆",
    "队",
    "支队",
    "大队",
    "总队",
    "银行",
    "集团",
    "协会",
    "学会",
    "基金会",
    "联合会",
    "商行",
    "经营部",
    "合作社",
    "事务所",
    "工作室",
    "门市部",
    "分行",
    "支行",
    "政府",
    "办公室",
    "园",
    "场",
    "台",
    "法院",
    "检察院",
    "政协",
    "医院",
    "研究院",
    "办",
    "监狱",
    "行",
    "人社局",
    "Ltd",
    "Inc",
    "企业",
    "有限合伙)",
    "个体工商户)",
    "普通合伙)",
    "特殊普通合伙)",
    "办事处",
    "税务局",
];

/// Words that stand where a name is expected and are none.
const NOT_NAMES: [&str; 22] = [
    "无",
    "/",
    "-",
    "--",
    "—",
    "暂无",
    "详见公告正文",
    "详见公告内文",
    "详见附件",
    "见附件",
    "详见正文",
    "废标",
    "流标",
    "终止",
    "空",
    "null",
    "None",
    "不适用",
    "无供应商",
    "无中标供应商",
    "供应商名称",
    "名称",
];

/// A name without blanks inside, notes behind and punctuation around; nothing where no name stands. Brackets stay as printed:
/// which names are one is decided elsewhere.
#[must_use]
pub fn clean(printed: &str) -> Option<String> {
    let mut chars: Vec<char> = Vec::new();
    for c in printed.chars() {
        if is_blank(c) {
            if chars.last().is_some_and(|last| *last != ' ') {
                chars.push(' ');
            }
        } else {
            chars.push(c);
        }
    }
    let mut name = String::new();
    for (at, c) in chars.iter().enumerate() {
        let beside_latin = |c: Option<&char>| c.is_some_and(char::is_ascii_alphanumeric);
        if *c == ' ' && !(at > 0 && beside_latin(chars.get(at - 1)) && beside_latin(chars.get(at + 1))) {
            continue;
        }
        name.push(*c);
    }
    let name = name.trim_matches(|c: char| "。；;，,、:：.·*'\"“”=_".contains(c));
    let name = without_note(without_order(name));
    // 某公司1000000.00: a sum that lost its unit is no part of the name.
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '，'));
    let name = if bare.ends_with("公司") { bare.to_owned() } else { name };
    let count = name.chars().count();
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let plain = fold(&name);
    if !(2..=120).contains(&count) || letters < 2 || NOT_NAMES.contains(&name.as_str()) {
        return None;
    }
    let cut = name.ends_with('…');
    let remark = ["详见", "见附件", "另见", "http", "备注", "说明:", "注:"].iter().any(|word| plain.starts_with(word));
    (!cut && !remark && !holds_sum(&plain)).then_some(name)
}

/// 含1975.30元暂列金: what counts yuan is no name.
fn holds_sum(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    chars.windows(2).any(|pair| matches!(pair, [digit, '元'] if digit.is_ascii_digit()))
        || chars.windows(3).any(|three| matches!(three, [digit, '万', '元'] if digit.is_ascii_digit()))
}

/// 1、甲公司, （2）乙公司, ③丙公司: the number of a list before a name.
fn without_order(name: &str) -> &str {
    let circled = name.trim_start_matches(|c| matches!(c, '①'..='⑳'));
    let open = circled.trim_start_matches(['（', '(']);
    let rest = open.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = open.len() - rest.len();
    let bare = rest.trim_start_matches(['、', '.', '．', '）', ')', ' ']);
    if (1..=2).contains(&digits) && bare.len() < rest.len() { bare } else { circled }
}

/// A bracketed note about the role or the size of a bidder behind its name is not part of it.
fn without_note(name: &str) -> String {
    const NOTES: [&str; 32] = [
        "￥",
        "¥",
        "折扣系数",
        "￥",
        "¥",
        "%",
        "费率",
        "万元",
        "联合体",
        "牵头",
        "成员",
        "小微",
        "小型",
        "微型",
        "中型",
        "中小",
        "第一",
        "第二",
        "第三",
        "信用代码",
        "中标",
        "成交",
        "排名",
        "监狱企业",
        "主体",
        "残疾人",
        "得分",
        "推荐",
        "采购人",
        "包1",
        "包2",
        "中小企业",
    ];
    let mut name = name.to_owned();
    while name.ends_with(['）', ')']) {
        let Some(open) = name.rfind(['（', '(']) else { break };
        let note = name.get(open..).unwrap_or_default();
        let inside = note.trim_matches(['（', '(', '）', ')']);
        if open == 0 || !NOTES.iter().any(|word| note.contains(word)) && credit_code(inside).is_none() {
            break;
        }
        name.truncate(open);
    }
    // The bracket of a note that was cut off.
    if name.matches(['（', '(']).count() > name.matches(['）', ')']).count()
        && let Some(open) = name.rfind(['（', '('])
        && open > 0
    {
        name.truncate(open);
    }
    name
}

/// Whether a text ends as names of organisations do.
#[must_use]
pub fn looks_like_one(name: &str) -> bool {
    let plain = squeeze(name);
    let bare = match (plain.ends_with(')'), plain.rfind('(')) {
        (true, Some(open)) if open > 0 => plain.get(..open).unwrap_or(&plain).to_owned(),
        _ => plain.clone(),
    };
    let ends = |text: &str| ENDINGS.iter().any(|ending| text.ends_with(ending));
    plain.chars().count() >= 4 && (ends(&plain) || ends(&bare))
}

/// The names in a printed list, and whether the list says that they bid as one.
#[must_use]
pub fn split(printed: &str) -> (Vec<String>, bool) {
    let printed =
        ["主体：", "主体:", "牵头方：", "牵头方:"].iter().fold(printed, |rest, role| rest.trim_start_matches(role));
    let plain = fold(printed);
    let joint = plain.contains("联合体") || plain.contains("牵头");
    let mut text = printed.replace('\n', "；");
    if joint {
        text = roles_as_marks(&members_unwrapped(&text));
        for (role, mark) in [
            ("联合体牵头单位", "；"),
            ("联合体牵头人", "；"),
            ("联合体牵头方", "；"),
            ("联合体成员单位", "；"),
            ("联合体成员", "；"),
            ("联合体主体", "；"),
            ("联合体单位", "；"),
            ("牵头单位", "；"),
            ("牵头人", "；"),
            ("牵头方", "；"),
            ("成员单位", "；"),
            ("成员方", "；"),
        ] {
            for colon in ["：", ":"] {
                text = text.replace(&format!("{role}{colon}"), mark);
            }
            for number in ["1", "2", "3", "一", "二", "三"] {
                for colon in ["：", ":"] {
                    text = text.replace(&format!("{role}{number}{colon}"), mark);
                }
            }
        }
        for mark in ["与", "和"] {
            let parts: Vec<&str> = text.split(mark).collect();
            if parts.len() == 2 && parts.iter().all(|part| looks_like_one(clean(part).as_deref().unwrap_or_default())) {
                text = text.replace(mark, "；");
            }
        }
    }
    let parts = parted(&text);
    let names: Vec<String> = parts.iter().filter_map(|part| clean(part)).collect();
    let all_names = names.len() > 1 && names.iter().all(|name| looks_like_one(name));
    let mut unique: Vec<String> = Vec::new();
    if all_names {
        for name in names {
            if !unique.contains(&name) {
                unique.push(name);
            }
        }
    } else if joint && names.len() > 1 {
        for name in names.into_iter().filter(|name| looks_like_one(name)) {
            if !unique.contains(&name) {
                unique.push(name);
            }
        }
    } else {
        unique.extend(clean(&printed.replace('\n', "")));
    }
    let joint = joint && unique.len() > 1;
    (unique, joint)
}

/// （联合体牵头人）甲公司、（联合体成员）乙公司; 甲公司与乙公司联合体: what only says who leads parts the names.
fn roles_as_marks(text: &str) -> String {
    let mut out = text.trim_end_matches(['。', ' ']).to_owned();
    for tail in ["组成的联合体", "组成联合体", "的联合体", "联合体"] {
        out = out.strip_suffix(tail).map_or_else(|| out.clone(), str::to_owned);
    }
    for role in [
        "联合体牵头人",
        "联合体牵头单位",
        "联合体牵头方",
        "联合体主体",
        "联合体成员",
        "联合体成员单位",
        "联合体",
        "牵头人",
        "牵头单位",
        "成员",
    ] {
        for (open, close) in [("（", "）"), ("(", ")"), ("（", ")"), ("(", "）")] {
            out = out.replace(&format!("{open}{role}{close}"), "；");
        }
    }
    out
}

/// 甲公司（联合体成员：乙公司）, 甲公司（与乙公司组成联合体）: brackets that hold further names become marks of the list.
fn members_unwrapped(text: &str) -> String {
    let mut out = text.to_owned();
    for _ in 0..6 {
        let Some((open, close)) = first_bracket_of_names(&out) else { break };
        let inside = out.get(open..close).unwrap_or_default();
        let inside = inside.trim_start_matches(['（', '(']).trim_start_matches(['与', '和']);
        let inside =
            ["组成联合体", "组成的联合体", "联合体"].iter().fold(inside, |rest, tail| rest.trim_end_matches(tail));
        let inside = inside.to_owned();
        let rest = out.get(close..).unwrap_or_default().trim_start_matches(['）', ')']).to_owned();
        out.truncate(open);
        out.push('；');
        out.push_str(&inside);
        out.push('；');
        out.push_str(&rest);
    }
    out
}

/// Where the first bracket opens and closes that says who joined.
fn first_bracket_of_names(text: &str) -> Option<(usize, usize)> {
    text.match_indices(['（', '(']).find_map(|(open, _)| {
        let close = open + text.get(open..)?.find(['）', ')'])?;
        let inside = text.get(open..close)?;
        let role = inside.contains("联合体") || inside.contains("成员") || inside.contains("牵头");
        let named = inside.contains("公司") || inside.split(['：', ':', '、']).skip(1).any(looks_like_one);
        (open > 0 && role && named).then_some((open, close))
    })
}

/// A list cut at marks that stand outside brackets.
fn parted(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => depth = depth.saturating_sub(1),
            '、' | '，' | ',' | '；' | ';' | '/' | '\n' | '|' | '+' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts
}

/// Values of the characters of a credit code, in order.
const CODE_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const CODE_WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// Whether a unified social credit code is well formed and its check character fits (GB 32100-2015).
#[must_use]
pub fn is_credit_code(code: &str) -> bool {
    let values: Option<Vec<usize>> = code.chars().map(|c| CODE_ALPHABET.find(c)).collect();
    let Some(values) = values.filter(|values| values.len() == 18) else { return false };
    let sum: usize = values.iter().zip(CODE_WEIGHTS).map(|(value, weight)| value * weight).sum();
    values.last() == Some(&((31 - sum % 31) % 31))
}

/// The first credit code in a text whose check character fits.
#[must_use]
pub fn credit_code(text: &str) -> Option<String> {
    let chars: Vec<char> = squeeze(text).to_uppercase().chars().collect();
    let mut at = 0;
    while at < chars.len() {
        let length = chars.iter().skip(at).take_while(|c| c.is_ascii_alphanumeric()).count();
        if length == 18 {
            let code: String = chars.iter().skip(at).take(18).collect();
            if is_credit_code(&code) {
                return Some(code);
            }
        }
        at += length.max(1);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_sums_and_torn_ends_are_no_names() {
        for text in ["备注", "说明：单价合计10元", "含1975.30元暂列金", "天津市联大…", "含1万元暂列金"]
        {
            assert_eq!(clean(text), None, "{text}");
        }
        assert_eq!(clean("某印章有限公司（￥费率2.35%）").as_deref(), Some("某印章有限公司"));
    }

    #[test]
    fn names_are_cleaned_of_blanks_and_notes() {
        assert_eq!(clean(" 天津市联大 医用设备有限公司 ；").as_deref(), Some("天津市联大医用设备有限公司"));
        assert_eq!(clean("腾讯云计算(北京) 有限责任公司").as_deref(), Some("腾讯云计算(北京)有限责任公司"));
        assert_eq!(clean("某医院(某研究所、某中心）").as_deref(), Some("某医院(某研究所、某中心）"));
        assert_eq!(clean("甲有限公司（联合体牵头人）").as_deref(), Some("甲有限公司"));
        assert_eq!(clean("某（上海）有限公司（小型企业）").as_deref(), Some("某（上海）有限公司"));
        assert_eq!(clean("China Hewlett Packard Co Ltd").as_deref(), Some("China Hewlett Packard Co Ltd"));
        assert_eq!(clean("/"), None);
        assert_eq!(clean("详见公告正文"), None);
    }

    #[test]
    fn joint_bidders_are_parted_and_other_lists_too() {
        assert_eq!(
            split("甲建设有限公司、乙设计研究院（联合体）"),
            (vec!["甲建设有限公司".into(), "乙设计研究院".into()], true)
        );
        assert_eq!(
            split("联合体牵头人：甲科技有限公司；联合体成员：乙信息技术股份公司"),
            (vec!["甲科技有限公司".into(), "乙信息技术股份公司".into()], true)
        );
        assert_eq!(split("某县教育局、某县第一中学").0.len(), 2);
        assert_eq!(split("云南省教育、科技委员会").0, ["云南省教育、科技委员会"]);
        assert_eq!(split("某大学 某大学").0, ["某大学某大学"]);
    }

    #[test]
    fn credit_codes_are_checked() {
        for code in [
            "91350100M000100Y43",
            "911100007693890511",
            "12100000400000624D",
            "91440300708461136T",
            "911201057275045684",
        ] {
            assert!(is_credit_code(code), "{code}");
        }
        assert!(!is_credit_code("91350100M000100Y4A"));
        assert!(!is_credit_code("91310115MA1H8R7C6D"));
        assert_eq!(credit_code("统一社会信用代码：91440300708461136T。").as_deref(), Some("91440300708461136T"));
        assert_eq!(credit_code("0123456789"), None);
    }
}
