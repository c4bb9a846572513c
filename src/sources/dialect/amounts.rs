//! Sums of money in every printed form: unit before, after, in brackets or in a header; thousands marks; capitals; digits torn
//! by blanks. A rate, a price per piece and a bare small number are told apart from a sum and never become one.

use crate::domain::money::{Currency, Money, SCALE};

use super::capitals;
use super::fold::{fold, is_han};

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Currency units in one of it: 10,000 for 万元.
    pub factor: i128,
    /// The currency.
    pub currency: Currency,
}

impl Unit {
    /// 元.
    pub const YUAN: Self = Self { factor: 1, currency: Currency::CNY };
    /// 万元.
    pub const WAN: Self = Self { factor: 10_000, currency: Currency::CNY };

    /// The unit named in a label or a column header, as 预算金额（万元）.
    #[must_use]
    pub fn in_label(label: &str) -> Option<Self> {
        let folded: Vec<char> = fold(label).chars().filter(|c| *c != ' ').collect();
        let text: String = folded.iter().collect();
        if ["元/", "万/", "每", "%", "折", "费率", "率("].iter().any(|word| text.contains(word)) {
            return None;
        }
        let at = folded.iter().position(|c| matches!(c, '(' | '[' | '/' | ':')).map_or(0, |at| at + 1);
        (at..folded.len())
            .find_map(|start| unit_at(&folded, start).filter(|(_, _, named)| *named).map(|(unit, ..)| unit))
    }

    fn money(self, mantissa: i128, decimals: u32) -> Option<Money> {
        let scaled = mantissa.checked_mul(self.factor)?.checked_mul(i128::from(SCALE))?;
        let divisor = 10_i128.checked_pow(decimals)?;
        let rounded = (scaled + divisor / 2) / divisor;
        Some(Money { ten_thousandths: i64::try_from(rounded).ok()?, currency: self.currency })
    }
}

/// Where the unit of a figure stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitBy {
    /// Beside the number.
    Own,
    /// In the label or the column's header.
    Header,
    /// Nowhere: the money is the number as yuan.
    Nowhere,
}

/// One sum as printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The sum; of a figure without a unit, the number as yuan.
    pub money: Money,
    /// Where its unit stands.
    pub unit_by: UnitBy,
    /// How many yuan (ten-thousandths) its last printed place that is not zero stands for.
    pub place: i64,
    /// Written in capitals.
    pub in_capitals: bool,
    /// Blanks tear its digits: trust it only where something agrees.
    pub torn: bool,
    /// Per piece, head or year, or a rate's base: never a total.
    pub per: bool,
    /// For several years together.
    pub over_years: bool,
    /// Where it begins and ends, in characters.
    pub start: usize,
    /// The end.
    pub end: usize,
}

/// What a place says about a sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Nothing: empty, a slash, 详见…, zero.
    Nothing,
    /// Free of charge.
    Free,
    /// A rate, a price per piece: no sum.
    NoSum,
    /// One sum.
    Sum(Figure),
    /// Capitals and figures that disagree.
    Disagree(Figure, Figure),
    /// Several sums, none said to be the whole.
    Several(Vec<Figure>),
    /// Something that was not understood.
    Unclear,
}

const FREE: [&str; 6] = ["免费", "无偿", "零元", "不收取", "免收", "不收费"];
const RATE: [&str; 12] = ["%", "‰", "折", "费率", "下浮", "上浮", "优惠率", "折扣", "单价", "系数", "百分之", "比例"];
/// Words after which another kind of sum stands.
const OTHER_SUMS: [&str; 17] = [
    "最高限价",
    "控制价",
    "保证金",
    "服务费",
    "代理费",
    "单价",
    "首付",
    "评审费",
    "预算",
    "下浮",
    "限价",
    "暂列金",
    "税额",
    "税率",
    "工本费",
    "售价",
    "不含税",
];
const WHOLE: [&str; 8] = ["合计", "共计", "总计", "总价", "总额", "总金额", "总预算", "小计合"];

/// Reads what stands where a sum is expected. `header` is the unit that label or column names.
#[must_use]
pub fn read(value: &str, header: Option<Unit>) -> Said {
    let text = fold(value);
    let chars: Vec<char> = text.chars().collect();
    let figures = before_other_sums(&chars, figures_in(&chars, header));
    let squeezed: String = chars.iter().filter(|c| **c != ' ').collect();
    if figures.is_empty() {
        return without_unit(&chars, &squeezed, header);
    }
    let totals: Vec<Figure> = figures.iter().copied().filter(|figure| !figure.per).collect();
    let nonzero: Vec<Figure> = totals.iter().copied().filter(|figure| figure.money.ten_thousandths > 0).collect();
    if totals.is_empty() {
        return Said::NoSum;
    }
    if nonzero.is_empty() {
        let said_free = FREE.iter().any(|word| squeezed.contains(word)) || matches!(squeezed.as_str(), "0元" | "¥0元");
        return if said_free { Said::Free } else { Said::Nothing };
    }
    choose(&chars, &nonzero)
}

/// Leaves out figures that a word of another kind of sum introduces after the first.
fn before_other_sums(chars: &[char], figures: Vec<Figure>) -> Vec<Figure> {
    let Some(first) = figures.first().copied() else { return figures };
    let text: String = chars.iter().skip(first.end).collect();
    let cut = OTHER_SUMS.iter().filter_map(|word| text.find(word)).min();
    let Some(cut) = cut else { return figures };
    let limit = first.end + text.get(..cut).map_or(0, |before| before.chars().count());
    figures.into_iter().filter(|figure| figure.start < limit).collect()
}

fn choose(chars: &[char], figures: &[Figure]) -> Said {
    let mut distinct: Vec<Figure> = Vec::new();
    for figure in figures {
        match distinct.iter_mut().find(|known| agree(known, figure)) {
            // The finer print of one sum is the better one; a unit of its own before a guessed one.
            Some(known) if figure.place < known.place || known.unit_by == UnitBy::Nowhere || known.torn => {
                let start = known.start;
                *known = Figure { start, ..*figure };
            }
            Some(_) => {}
            None => distinct.push(*figure),
        }
    }
    if let [one] = distinct[..] {
        return Said::Sum(one);
    }
    if let [first, second] = distinct[..]
        && first.in_capitals != second.in_capitals
        && second.start.saturating_sub(first.end) <= 12
    {
        return if first.in_capitals { Said::Disagree(first, second) } else { Said::Disagree(second, first) };
    }
    let before = |figure: &Figure| -> String {
        chars.iter().skip(figure.start.saturating_sub(8)).take(figure.start.min(8)).filter(|c| **c != ' ').collect()
    };
    let over_years: Vec<&Figure> = distinct.iter().filter(|figure| figure.over_years).collect();
    if let [total] = over_years[..] {
        return Said::Sum(*total);
    }
    let whole: Vec<&Figure> =
        distinct.iter().filter(|figure| WHOLE.iter().any(|word| before(figure).contains(word))).collect();
    if let [total] = whole[..] {
        return Said::Sum(*total);
    }
    if let Some(first) = distinct.first() {
        let after: String = chars.iter().skip(first.end).take(12).filter(|c| **c != ' ').collect();
        if ["其中", "包括", "(其中", "(含", "分为"].iter().any(|word| after.contains(word)) {
            return Said::Sum(*first);
        }
    }
    Said::Several(distinct)
}

/// Whether two prints mean one sum: equal, or one rounded from the other.
#[must_use]
pub fn agree(a: &Figure, b: &Figure) -> bool {
    let apart = (a.money.ten_thousandths - b.money.ten_thousandths).abs();
    a.money.currency == b.money.currency && (apart == 0 || apart * 2 <= a.place.max(b.place).min(100 * SCALE))
}

/// A value without any unit beside a number.
fn without_unit(chars: &[char], squeezed: &str, header: Option<Unit>) -> Said {
    if FREE.iter().any(|word| squeezed.contains(word)) {
        return Said::Free;
    }
    if !squeezed.chars().any(|c| c.is_ascii_digit()) {
        let capitals = squeezed.chars().filter(|c| capitals::in_sum(*c)).count();
        return if capitals >= 4 && capitals * 2 > squeezed.chars().count() { Said::Unclear } else { Said::Nothing };
    }
    if let Some(figure) = bare(chars, header) {
        return if figure.money.ten_thousandths == 0 { Said::Nothing } else { Said::Sum(figure) };
    }
    if RATE.iter().any(|word| squeezed.contains(word)) || squeezed.contains("元/") || squeezed.contains('每') {
        return Said::NoSum;
    }
    if ["详见", "见附件", "见公告", "另行", "无", "参见", "见采购", "见招标"]
        .iter()
        .any(|word| squeezed.starts_with(word))
    {
        return Said::Nothing;
    }
    Said::Unclear
}

/// A value that is one number and little else: the unit comes from the header, or from nowhere.
fn bare(chars: &[char], header: Option<Unit>) -> Option<Figure> {
    let start = chars.iter().position(char::is_ascii_digit)?;
    let number = number_at(chars, start)?;
    let lead: String = chars.iter().take(start).filter(|c| **c != ' ').collect();
    let tail: String = chars.iter().skip(number.end).filter(|c| **c != ' ').collect();
    let lead = lead.trim_end_matches([':', '¥', '$', '约', '(', '为', '是']);
    let plain_lead = lead.is_empty()
        || [
            "人民币",
            "RMB",
            "CNY",
            "小写",
            "总价",
            "报价",
            "金额",
            "合计",
            "总计",
            "投标总价",
            "投标报价",
            "最终报价",
            "总价形式报价",
            "价格",
        ]
        .iter()
        .any(|word| lead.ends_with(word));
    let tail = tail.trim_matches(['。', '.', ';', '；', ',', ')', '整']);
    let plain_tail = tail.is_empty()
        || ["(含税", "含税", "(人民币", "(包含", "人民币", "(小写", "左右", "(大写"]
            .iter()
            .any(|word| tail.starts_with(word));
    if !plain_lead || !plain_tail || lead.ends_with('-') {
        return None;
    }
    let unit = header.unwrap_or(Unit::YUAN);
    let unit_by = if header.is_some() { UnitBy::Header } else { UnitBy::Nowhere };
    figure(&number, unit, unit_by)
}

struct Number {
    mantissa: i128,
    decimals: u32,
    end: usize,
    start: usize,
    torn: bool,
}

fn figure(number: &Number, unit: Unit, unit_by: UnitBy) -> Option<Figure> {
    let money = unit.money(number.mantissa, number.decimals)?;
    let mut mantissa = number.mantissa;
    let mut exponent = i64::from(number.decimals);
    while mantissa != 0 && mantissa % 10 == 0 && exponent > 0 {
        mantissa /= 10;
        exponent -= 1;
    }
    let place = unit.money(1, u32::try_from(exponent).ok()?).map_or(1, |money| money.ten_thousandths.max(1));
    Some(Figure {
        money,
        unit_by,
        place,
        in_capitals: false,
        torn: number.torn,
        per: false,
        over_years: false,
        start: number.start,
        end: number.end,
    })
}

/// Reads a number: digits, thousands marks in threes, one decimal point. Blanks between its characters tear it.
fn number_at(chars: &[char], start: usize) -> Option<Number> {
    let mut text = String::new();
    let mut at = start;
    let mut end = start;
    let mut torn = false;
    while let Some(c) = chars.get(at) {
        match c {
            '0'..='9' => {
                if at > end && end > start {
                    torn = true;
                }
                text.push(*c);
                at += 1;
                end = at;
            }
            ',' | '.' | '，' if next_digit(chars, at + 1).is_some() && text.chars().count() < 24 => {
                if at > end {
                    torn = true;
                }
                if chars.get(at + 1) == Some(&' ') {
                    torn = true;
                }
                text.push(if *c == '.' { '.' } else { ',' });
                at = next_digit(chars, at + 1)?;
                end = at;
            }
            ' ' if text.chars().count() < 24 => at += 1,
            _ => break,
        }
        if at > end + 2 {
            break;
        }
    }
    let (whole, part) = match text.split_once('.') {
        Some((_, part)) if part.contains(['.', ',']) => return None,
        Some((whole, part)) => (whole, part),
        None => (text.as_str(), ""),
    };
    if whole.contains(',') {
        let mut groups = whole.split(',');
        let first = groups.next()?;
        if first.is_empty() || first.len() > 3 || groups.any(|group| group.len() != 3) {
            return None;
        }
    }
    let digits: String = whole.chars().filter(char::is_ascii_digit).chain(part.chars()).collect();
    if digits.len() > 24 || digits.is_empty() {
        return None;
    }
    Some(Number { mantissa: digits.parse().ok()?, decimals: u32::try_from(part.len()).ok()?, start, end, torn })
}

fn next_digit(chars: &[char], mut at: usize) -> Option<usize> {
    let start = at;
    while chars.get(at) == Some(&' ') && at < start + 2 {
        at += 1;
    }
    chars.get(at).filter(|c| c.is_ascii_digit()).map(|_| at)
}

const UNITS: [(&str, i128, Currency); 24] = [
    ("亿元", 100_000_000, Currency::CNY),
    ("亿圆", 100_000_000, Currency::CNY),
    ("千万元", 10_000_000, Currency::CNY),
    ("百万元", 1_000_000, Currency::CNY),
    ("十万元", 100_000, Currency::CNY),
    ("万美元", 10_000, Currency::USD),
    ("万元", 10_000, Currency::CNY),
    ("万圆", 10_000, Currency::CNY),
    ("萬元", 10_000, Currency::CNY),
    ("万人民币", 10_000, Currency::CNY),
    ("千元", 1_000, Currency::CNY),
    ("美元", 1, Currency::USD),
    ("美金", 1, Currency::USD),
    ("USD", 1, Currency::USD),
    ("元", 1, Currency::CNY),
    ("圆", 1, Currency::CNY),
    ("RMB", 1, Currency::CNY),
    ("CNY", 1, Currency::CNY),
    ("人民币元", 1, Currency::CNY),
    ("人民币万元", 10_000, Currency::CNY),
    ("人民币", 1, Currency::CNY),
    ("亿", 100_000_000, Currency::CNY),
    ("万", 10_000, Currency::CNY),
    ("W", 10_000, Currency::CNY),
];

/// Foreign units, by their code.
const FOREIGN: [(&str, &str); 8] = [
    ("欧元", "EUR"),
    ("EUR", "EUR"),
    ("英镑", "GBP"),
    ("日元", "JPY"),
    ("港元", "HKD"),
    ("港币", "HKD"),
    ("瑞士法郎", "CHF"),
    ("澳元", "AUD"),
];

/// The unit at a place, where it ends, and whether it names money beyond doubt (万 alone does not).
fn unit_at(chars: &[char], start: usize) -> Option<(Unit, usize, bool)> {
    let text: String = chars.iter().skip(start).take(8).collect();
    let compact: String = text.chars().filter(|c| *c != ' ').collect();
    let end_of = |word: &str| {
        let mut left = word.chars().count();
        let mut at = start;
        while left > 0 {
            if chars.get(at) != Some(&' ') {
                left -= 1;
            }
            at += 1;
        }
        at
    };
    for (word, code) in FOREIGN {
        if compact.starts_with(word) {
            return Some((Unit { factor: 1, currency: Currency::parse(code)? }, end_of(word), true));
        }
    }
    let (word, factor, currency) = UNITS.iter().find(|(word, ..)| compact.starts_with(word))?;
    let doubtful = matches!(*word, "万" | "亿" | "W");
    if doubtful {
        // A blank ends the word: 60万 采用 is a sum, 60万人 a crowd.
        let next = chars.get(end_of(word)).copied().filter(|c| *c != ' ');
        let counts_things = next.is_some_and(|c| is_han(c) && !matches!(c, '整' | '左' | '以' | '人' | '(' | '每'));
        if counts_things || (*word == "W" && next.is_some_and(char::is_alphanumeric)) || next == Some('人') {
            return None;
        }
    }
    Some((Unit { factor: *factor, currency: *currency }, end_of(word), !doubtful || *word != "W"))
}

fn skip_blank(chars: &[char], mut at: usize) -> usize {
    while chars.get(at) == Some(&' ') {
        at += 1;
    }
    at
}

/// Every sum in a text that carries a unit or a currency sign of its own. With a header's unit, a sign alone counts in it.
#[must_use]
pub fn figures(text: &str, header: Option<Unit>) -> Vec<Figure> {
    let chars: Vec<char> = fold(text).chars().collect();
    figures_in(&chars, header)
}

fn figures_in(chars: &[char], header: Option<Unit>) -> Vec<Figure> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        if c.is_ascii_digit() {
            let glued = at > 0
                && chars.get(at - 1).is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '-' | '.' | '_' | '/'));
            if let Some(figure) = digits_at(chars, at, header).filter(|_| !glued) {
                at = figure.end.max(at + 1);
                found.push(figure);
                continue;
            }
            while chars.get(at).is_some_and(|c| c.is_ascii_digit() || matches!(c, ',' | '.')) {
                at += 1;
            }
            continue;
        }
        if capitals::in_sum(*c)
            && let Some(figure) = capitals_at(chars, at)
        {
            at = figure.end;
            found.push(figure);
            continue;
        }
        at += 1;
        if found.len() > 2_000 {
            break;
        }
    }
    found
}

fn digits_at(chars: &[char], start: usize, header: Option<Unit>) -> Option<Figure> {
    let number = number_at(chars, start)?;
    let lead: String = chars.iter().take(start).rev().filter(|c| **c != ' ').take(4).collect();
    let lead = lead.trim_start_matches([':', '(']);
    let sign = lead.starts_with(['¥', '$']) || lead.starts_with("BMR") || lead.starts_with("YNC");
    let dollars = lead.starts_with('$') || lead.starts_with("DSU");
    let mut at = skip_blank(chars, number.end);
    if matches!(chars.get(at), Some('%' | '‰')) {
        return None;
    }
    let bracket = matches!(chars.get(at), Some('(' | '['));
    if bracket {
        at = skip_blank(chars, at + 1);
    }
    let Some((unit, end, _)) = unit_at(chars, at) else {
        if !sign || bracket && header.is_none() {
            return sign.then(|| signed(&number, header, dollars)).flatten();
        }
        return signed(&number, header, dollars);
    };
    let mut figure = figure(&number, unit, UnitBy::Own)?;
    let mut at = skip_blank(chars, end);
    if bracket && matches!(chars.get(at), Some(')' | ']')) {
        at += 1;
    }
    figure.end = at;
    let (per, over_years) = per_at(chars, skip_blank(chars, at), start);
    figure.per = per;
    figure.over_years = over_years;
    Some(figure)
}

fn signed(number: &Number, header: Option<Unit>, dollars: bool) -> Option<Figure> {
    let own = if dollars { Unit { factor: 1, currency: Currency::USD } } else { Unit::YUAN };
    match header {
        Some(unit) => figure(number, unit, UnitBy::Header),
        None => figure(number, own, UnitBy::Own),
    }
}

/// Whether a figure is per something, and whether it is for several years together.
fn per_at(chars: &[char], at: usize, start: usize) -> (bool, bool) {
    let lead: String =
        chars.iter().take(start).rev().filter(|c| **c != ' ').take(6).collect::<Vec<_>>().into_iter().rev().collect();
    if lead.contains("单价") || lead.contains('每') && !lead.contains("每套人") {
        return (true, false);
    }
    let tail: String = chars.iter().skip(at).filter(|c| **c != ' ').take(8).collect();
    let Some(rest) = tail.strip_prefix(['/', '每']) else { return (false, false) };
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let rest = rest.get(digits.len()..).unwrap_or_default();
    let years = digits.parse::<u32>().unwrap_or(1) > 1 || rest.starts_with(['两', '二', '三', '四', '五']);
    if years && rest.trim_start_matches(['两', '二', '三', '四', '五', '个']).starts_with('年') {
        return (false, true);
    }
    // A slash may also part one sum from the next or from nothing: "100万元/".
    let per = rest.chars().next().is_some_and(|c| is_han(c) || c.is_ascii_alphabetic() || c == '(');
    (per && !rest.starts_with(['大', '小', '人']) || rest.starts_with("人") && !rest.starts_with("人民币"), false)
}

fn capitals_at(chars: &[char], start: usize) -> Option<Figure> {
    let mut text = String::new();
    let mut end = start;
    for (at, c) in chars.iter().enumerate().skip(start).take(60) {
        if capitals::in_sum(*c) {
            text.push(*c);
            end = at + 1;
        } else if *c != ' ' || text.is_empty() {
            break;
        }
    }
    let written = text.chars().any(|c| "壹贰貳叁叄肆伍陆陸柒捌玖拾佰仟".contains(c));
    if text.chars().count() < 2 || !written && !text.contains('元') && !text.contains('圆') {
        return None;
    }
    let value = capitals::sum(&text)?;
    Some(Figure {
        money: Money::cny(i64::try_from(value).ok()?),
        unit_by: UnitBy::Own,
        place: 1,
        in_capitals: true,
        torn: false,
        per: false,
        over_years: false,
        start,
        end,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(text: &str) -> String {
        with(text, None)
    }

    fn with(text: &str, header: Option<Unit>) -> String {
        match read(text, header) {
            Said::Sum(figure) if figure.torn => format!("torn {}", figure.money.decimal()),
            Said::Sum(figure) if figure.unit_by == UnitBy::Nowhere => format!("bare {}", figure.money.decimal()),
            Said::Sum(figure) => figure.money.decimal(),
            other => format!("{other:?}").split(['(', ' ']).next().unwrap_or_default().to_owned(),
        }
    }

    #[test]
    fn printed_forms_come_to_yuan() {
        for (text, expected) in [
            ("￥375.000000万元（人民币）", "3750000"),
            ("￥56.980000 万元（人民币）", "569800"),
            ("99.9999999 万元（人民币）", "999999.999"),
            ("9,999,999.99元", "9999999.99"),
            ("182.0000000（万元）", "1820000"),
            ("2,999,650（元）", "2999650"),
            ("60万", "600000"),
            ("约 50 万元", "500000"),
            ("人民币柒佰万元整（￥7000000.00元）", "7000000"),
            ("壹佰柒拾万元整（￥1700000元）", "1700000"),
            ("人民币壹仟贰佰叁拾陆万贰仟伍佰陆拾元肆角玖分（￥ 12362560.49元）。", "12362560.49"),
            ("总价形式报价:569800.00(元)", "569800"),
            ("投标报价：620000（元）", "620000"),
            ("总价：618888（元）", "618888"),
            ("叁拾捌万玖仟陆佰元整（¥389600.00）", "389600"),
            ("1.5 亿元", "150000000"),
            ("0.6万元/年，1.8万元/3年", "18000"),
            ("1800000.00 元，其中：第一包 1000000元，第二包 800000元", "1800000"),
            ("6681049.10元", "6681049.1"),
            ("1945000.00 元，最高限价为 1873600.00 元", "1945000"),
            ("500000元（50万元）", "500000"),
            ("¥12,000.00", "12000"),
            ("12万美元", "120000"),
        ] {
            assert_eq!(yuan(text), expected, "{text}");
        }
    }

    #[test]
    fn a_header_gives_its_unit_to_a_bare_number() {
        assert_eq!(with("1,395", Unit::in_label("中标金额(万元)")), "13950000");
        assert_eq!(with("3750000", Unit::in_label("预算金额（元）")), "3750000");
        assert_eq!(with("620000（元）", Unit::in_label("金额（万元）")), "620000");
        assert_eq!(yuan("500000"), "bare 500000");
        assert_eq!(yuan("人民币 500000"), "bare 500000");
    }

    #[test]
    fn what_is_no_sum_is_never_one() {
        assert_eq!(yuan("164元/人"), "NoSum");
        assert_eq!(yuan("单价：12.78元"), "NoSum");
        assert_eq!(yuan("最高投标费率 2.5 %"), "NoSum");
        assert_eq!(yuan("下浮率：15%"), "NoSum");
        assert_eq!(yuan("60万元/年"), "NoSum");
        assert_eq!(yuan("/"), "Nothing");
        assert_eq!(yuan("0.0(万元)"), "Nothing");
        assert_eq!(yuan("￥0.000000万元"), "Nothing");
        assert_eq!(yuan("详见公告正文"), "Nothing");
        assert_eq!(yuan("免费"), "Free");
        assert_eq!(yuan("0元"), "Free");
        assert_eq!(yuan("12,34万元"), "Unclear");
        assert_eq!(yuan("A包100万元，B包80万元"), "Several");
    }

    #[test]
    fn digits_torn_by_blanks_are_joined_and_marked() {
        assert_eq!(yuan("1 2 , 0 00,000.00元"), "torn 12000000");
        assert_eq!(yuan("￥：5 0 0000元"), "torn 500000");
        assert_eq!(yuan("6 84.95 万元"), "torn 6849500");
        assert_eq!(yuan("约 5 0 万元"), "torn 500000");
        assert_eq!(yuan("伍拾万元整（ ￥：5 0 0000元）"), "500000");
    }

    #[test]
    fn capitals_that_disagree_with_figures_are_both_kept() {
        assert_eq!(yuan("人民币叁拾万元整（￥350000.00元）"), "Disagree");
    }
}
