//! A budget or a ceiling that a sentence tells: 采购预算为 180 万元. Only a sum that follows its word directly counts; limits and
//! prices a piece do not.

use crate::domain::words::any_of;
use crate::sources::dialect::amounts::{self, Said};
use crate::sources::dialect::figures;
use crate::sources::dialect::fold::{fold, head};

use super::money::{Heard, Told};

/// A sum that follows one of several words in a sentence: 采购预算为 180 万元.
pub(super) fn spoken(line: &str, words: &[&str]) -> Option<Heard> {
    // All that is looked for holds one of these, and no fold makes them.
    if !any_of!(line, ["预算", "总招标金额", "限价", "控制价", "拦标价"]) {
        return None;
    }
    let plain = fold(line);
    for word in words {
        let Some(at) = plain.find(word) else { continue };
        let before = plain.get(..at).unwrap_or_default();
        if ["品目", "超过", "超出", "低于", "高于", "不得", "单价"].iter().any(|lead| before.trim_end().ends_with(lead))
        {
            continue;
        }
        let rest = plain.get(at + word.len()..).unwrap_or_default();
        let clause: String = rest.split(['。', ';', '；']).next().unwrap_or_default().chars().take(60).collect();
        let first = figures::figures(&clause, None).into_iter().next()?;
        let gap: String = clause.chars().take(first.start).filter(|c| *c != ' ').collect();
        let direct = gap.chars().count() <= 10
            && gap.chars().all(|c| {
                matches!(
                    c,
                    ':' | '为'
                        | '是'
                        | '约'
                        | '共'
                        | '计'
                        | '金'
                        | '额'
                        | '人'
                        | '民'
                        | '币'
                        | '¥'
                        | '('
                        | ')'
                        | '总'
                        | '合'
                        | '元'
                        | '万'
                        | '价'
                        | '的'
                        | '大'
                        | '写'
                        | '小'
                )
            });
        if !direct {
            return None;
        }
        return match amounts::read(&clause, None) {
            Said::Sum(figure) => {
                Some(Heard::Sum(Told { figure, place: "body".into(), passage: head(&format!("{word}{clause}"), 200) }))
            }
            Said::NoSum => Some(Heard::NoSum(head(&format!("{word}{clause}"), 200))),
            _ => None,
        };
    }
    None
}
