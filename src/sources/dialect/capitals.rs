//! Chinese numerals as numbers: the capitals of sums (壹佰贰拾万元整) and the small ones of years and lots (二〇二一, 十二).
//! Exact or nothing.

/// The value of one digit, of either writing.
#[must_use]
pub fn digit(c: char) -> Option<i128> {
    Some(match c {
        '零' | '〇' | '○' | 'Ｏ' => 0,
        '一' | '壹' | '壱' | '弌' => 1,
        '二' | '贰' | '貳' | '弍' | '两' | '兩' => 2,
        '三' | '叁' | '叄' | '弎' | '参' | '參' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn rank(c: char) -> Option<i128> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1_000,
        _ => return None,
    })
}

/// Whether a character may stand in a sum written in capitals.
#[must_use]
pub fn in_sum(c: char) -> bool {
    digit(c).is_some()
        || rank(c).is_some()
        || matches!(c, '万' | '萬' | '亿' | '億' | '元' | '圆' | '圓' | '角' | '分' | '整' | '正' | '廿' | '卅')
}

/// A sum in capitals, in ten-thousandths of a yuan. Without 元 it must end in 万 or 亿, or in 整.
#[must_use]
pub fn sum(text: &str) -> Option<i128> {
    let mut total: i128 = 0;
    let mut section: i128 = 0;
    let mut pending: Option<i128> = None;
    let mut parts: i128 = 0;
    let mut yuan = false;
    let mut last_big = false;
    let mut seen_digit = false;
    for c in text.chars() {
        if let Some(value) = digit(c) {
            if pending.is_some_and(|before| before != 0) {
                return None;
            }
            pending = Some(value);
            seen_digit = true;
            last_big = false;
        } else if let Some(rank) = rank(c) {
            section += pending.take().filter(|value| *value != 0).unwrap_or(1) * rank;
            seen_digit = true;
            last_big = false;
        } else {
            match c {
                '廿' => section += 20,
                '卅' => section += 30,
                '万' | '萬' => {
                    section += pending.take().unwrap_or(0);
                    total += section * 10_000;
                    section = 0;
                    last_big = true;
                }
                '亿' | '億' => {
                    total = (total + section + pending.take().unwrap_or(0)) * 100_000_000;
                    section = 0;
                    last_big = true;
                }
                '元' | '圆' | '圓' => {
                    if yuan {
                        return None;
                    }
                    total += section + pending.take().unwrap_or(0);
                    section = 0;
                    yuan = true;
                }
                '角' => parts += pending.take()? * 1_000,
                '分' => parts += pending.take()? * 100,
                '整' | '正' => {}
                _ => return None,
            }
        }
    }
    if !seen_digit {
        return None;
    }
    if yuan {
        return (pending.unwrap_or(0) == 0 && section == 0).then_some(total * 10_000 + parts);
    }
    let closed = last_big || text.ends_with(['整', '正']);
    closed.then(|| (total + section + pending.unwrap_or(0)) * 10_000)
}

/// A small numeral: 三, 十二, 二十, or a row of digits as 二〇二一.
#[must_use]
pub fn small(text: &str) -> Option<i64> {
    let chars: Vec<char> = text.chars().collect();
    if chars.is_empty() || chars.len() > 9 {
        return None;
    }
    let value = if chars.iter().all(|c| digit(*c).is_some()) {
        chars.iter().try_fold(0, |value, c| Some(value * 10 + digit(*c)?))?
    } else {
        let mut value = 0;
        let mut pending = None;
        for c in chars {
            if let Some(d) = digit(c) {
                pending = Some(d);
            } else {
                value += pending.take().unwrap_or(1) * rank(c)?;
            }
        }
        value + pending.unwrap_or(0)
    };
    i64::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_are_read_to_the_last_part() {
        assert_eq!(sum("壹仟贰佰叁拾陆万贰仟伍佰陆拾元肆角玖分"), Some(123_625_604_900));
        assert_eq!(sum("壹佰柒拾万元整"), Some(17_000_000_000));
        assert_eq!(sum("叁拾捌万玖仟陆佰元整"), Some(3_896_000_000));
        assert_eq!(sum("壹亿贰仟万圆整"), Some(1_200_000_000_000));
        assert_eq!(sum("拾万元"), Some(1_000_000_000));
        assert_eq!(sum("贰佰零伍元叁角"), Some(2_053_000));
        assert_eq!(sum("柒佰万"), Some(70_000_000_000));
    }

    #[test]
    fn what_is_not_a_sum_is_none() {
        assert_eq!(sum("整"), None);
        assert_eq!(sum("元"), None);
        assert_eq!(sum("一二三"), None);
        assert_eq!(sum("壹贰叁元"), None);
    }

    #[test]
    fn small_numerals_are_counted_or_spelled() {
        assert_eq!(small("十二"), Some(12));
        assert_eq!(small("二〇二一"), Some(2021));
        assert_eq!(small("二十"), Some(20));
        assert_eq!(small("三"), Some(3));
    }
}
