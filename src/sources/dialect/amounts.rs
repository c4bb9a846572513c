//! What a place says of a sum: one sum, none, free, a rate, several, capitals that disagree. A rate, a price per piece and a bare
//! small number are told apart from a sum and never become one.

use crate::domain::money::SCALE;

use super::capitals;
use super::figures::{Basis, Figure, UnitBy, figure, figures_in, number_at};
use super::fold::fold;
use super::units::Unit;

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
    let totals: Vec<Figure> = figures.iter().copied().filter(|figure| figure.basis != Basis::Piece).collect();
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

/// Words of another kind of sum that a clause of its own may begin with: 见附件，投标保证金 5000元.
const OTHER_CLAUSES: [&str; 11] =
    ["最高限价", "控制价", "限价", "保证金", "服务费", "代理费", "评审费", "暂列金", "税额", "工本费", "售价"];

/// Whether the first figure stands in a later clause that is about another sum.
fn is_of_another(chars: &[char], first: &Figure) -> bool {
    let lead: String = chars.iter().take(first.start).collect();
    // 最高限价为 人民币(大写): the words before the number are its own.
    let mut lead = lead.as_str();
    loop {
        let trimmed = lead.trim_end_matches([' ', '¥', ':', '(', ')']);
        let trimmed = ["人民币", "RMB", "大写", "小写"]
            .iter()
            .fold(trimmed, |text, word| text.strip_suffix(word).unwrap_or(text));
        if trimmed.len() == lead.len() {
            break;
        }
        lead = trimmed;
    }
    let Some((_, clause)) = lead.rsplit_once([',', ';', '，', '；', '。', ' ']) else {
        return ["保证金", "服务费", "代理费", "评审费", "工本费", "售价"].iter().any(|word| lead.contains(word));
    };
    OTHER_CLAUSES.iter().any(|word| clause.contains(word))
}

/// Leaves out figures that a word of another kind of sum introduces after the first, or all where it introduces the first.
fn before_other_sums(chars: &[char], figures: Vec<Figure>) -> Vec<Figure> {
    let Some(first) = figures.first().copied() else { return figures };
    if is_of_another(chars, &first) {
        return Vec::new();
    }
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
    if let Some((capital, figure)) = beside_in_capitals(chars, figures) {
        return Said::Disagree(capital, figure);
    }
    let before = |figure: &Figure| -> String {
        chars.iter().skip(figure.start.saturating_sub(8)).take(figure.start.min(8)).filter(|c| **c != ' ').collect()
    };
    let over_years: Vec<&Figure> = distinct.iter().filter(|figure| figure.basis == Basis::OverYears).collect();
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
    whole_of_parts(&distinct).map_or(Said::Several(distinct), Said::Sum)
}

/// The one sum that all others add up to: 180万元（包1：100万元，包2：80万元）.
fn whole_of_parts(figures: &[Figure]) -> Option<Figure> {
    let all = figures.iter().map(|figure| figure.money.ten_thousandths).try_fold(0_i64, i64::checked_add)?;
    let currency = figures.first()?.money.currency;
    let ends = [figures.first()?, figures.last()?];
    let whole = ends.into_iter().find(|figure| figure.money.ten_thousandths.checked_mul(2) == Some(all))?;
    (figures.len() > 2 && figures.iter().all(|figure| figure.money.currency == currency)).then_some(*whole)
}

/// Capitals and figures that stand for each other, 叁佰万元整（5000000元）, and disagree, whatever else follows.
fn beside_in_capitals(chars: &[char], figures: &[Figure]) -> Option<(Figure, Figure)> {
    figures.windows(2).find_map(|pair| {
        let [first, second] = pair else { return None };
        if agree(first, second) {
            return None;
        }
        let between: String = chars.iter().take(second.start).skip(first.end).collect();
        let own = between.chars().all(|c| " ()[]¥:人民币大写小元整/".contains(c));
        match (first.in_capitals, second.in_capitals) {
            (true, false) if own => Some((*first, *second)),
            (false, true) if own => Some((*second, *first)),
            _ => None,
        }
    })
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
    // 总价（元）：500,000.00 carries its unit before the number.
    let header = header.or_else(|| Unit::in_label(&lead).filter(|_| lead.contains('(')));
    let lead = lead.trim_end_matches([':', '¥', '$', '约', '(', '为', '是']);
    let lead = match lead.rfind('(') {
        Some(open) if lead.ends_with(')') => lead.get(..open).unwrap_or(lead),
        _ => lead,
    };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Money;

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
            ("总价（元）：500,000.00", "500000"),
            ("报价（万元）：50.5", "505000"),
            ("RMB4500000元", "4500000"),
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
        assert_eq!(yuan("下浮率：12.5%，最高限价为 1873600.00 元"), "NoSum");
        assert_eq!(yuan("见附件 投标保证金：45000元"), "Nothing");
        assert_eq!(yuan("下浮率：12.5%，最高限价为 人民币（大写）：壹万元整（小写）：10000元"), "NoSum");
        assert_eq!(yuan("115万元（万元）/年"), "NoSum");
        assert_eq!(yuan("￥1,430…"), "Unclear");
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
        assert_eq!(yuan("人民币叁拾万元整（￥300000元（大写：贰拾万元整））"), "Disagree");
        assert_eq!(yuan("人民币叁拾万元整（350000元），其中第1包：200000元，第2包：150000元"), "Disagree");
    }

    proptest::proptest! {
        #[test]
        fn a_sum_survives_every_way_of_printing_it(fen in 100_i64..90_000_000_000) {
            let yuan = format!("{}.{:02}", fen / 100, fen % 100);
            let mut grouped = String::new();
            let whole = (fen / 100).to_string();
            for (at, digit) in whole.chars().enumerate() {
                if at > 0 && (whole.len() - at) % 3 == 0 {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            let wan = format!("{}.{:06}", fen / 1_000_000, fen % 1_000_000);
            let prints = [
                format!("{yuan}元"),
                format!("￥{yuan}"),
                format!("{grouped}.{:02}元", fen % 100),
                format!("人民币{yuan}（元）"),
                format!("￥{wan} 万元（人民币）"),
                format!("{wan}（万元）"),
            ];
            for print in prints {
                check(&print, fen)?;
            }
        }
    }

    fn check(print: &str, fen: i64) -> proptest::test_runner::TestCaseResult {
        match read(print, None) {
            Said::Sum(figure) if figure.money == Money::cny(fen * 100) => Ok(()),
            other => Err(proptest::test_runner::TestCaseError::fail(format!("{print}: {other:?}"))),
        }
    }
}
