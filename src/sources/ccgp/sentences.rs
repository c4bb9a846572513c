//! Winners and failed lots that older pages tell in sentences: 中标供应商为某公司，中标金额为…; 第2包因…废标. Believes no sentence
//! that only recommends.

use crate::domain::words::any_of;
use crate::sources::dialect::fold::fold;
use crate::sources::dialect::names;

use super::lots::{self, Mark};
use super::money::{Heard, hear};
use super::result::{Walk, says_failed};
use super::sections::Section;

/// Where a sentence makes someone the winner, and in which words: 为中标人, 为本项目的成交供应商.
fn made_winner(plain: &str) -> Option<(usize, &str)> {
    const WON: [&str; 10] = [
        "中标供应商",
        "中标人",
        "中标单位",
        "中标商",
        "成交供应商",
        "成交人",
        "成交单位",
        "成交商",
        "中选供应商",
        "中选人",
    ];
    for (at, word) in plain.match_indices('为') {
        let rest = plain.get(at + word.len()..).unwrap_or_default();
        let clause = rest.split([',', '，', '。', ';', '；', ':']).next().unwrap_or_default();
        let Some((gap, won)) = WON.iter().filter_map(|won| Some((clause.find(won)?, *won))).min() else { continue };
        let lead = clause.get(..gap).unwrap_or_default();
        let sure = lead.chars().count() <= 16
            && !["候选", "未", "不", "二", "三", "备选", "推荐"].iter().any(|no| lead.contains(no));
        if sure {
            let end = at + word.len() + gap + won.len();
            return Some((at, plain.get(at..end)?));
        }
    }
    ["中标,", "中标，"].iter().find_map(|tail| Some((plain.find(tail)?, *tail)))
}

impl Walk {
    /// 标段一：甲公司，中标金额：…: below a lot's mark a name needs no label.
    pub(super) fn name_alone(&mut self, line: &str) {
        let open = self.current.as_ref().is_some_and(|win| !win.suppliers.is_empty() || win.failed);
        let known = |lot: &Mark| {
            self.found.wins.iter().any(|win| win.lot.as_ref().is_some_and(|other| other.label == lot.label))
        };
        let waits = self.section == Section::Result && !self.losing && !open;
        if !waits || self.lot.as_ref().is_none_or(known) {
            return;
        }
        let name = line.split(['，', ',', '；', ';']).next().unwrap_or_default();
        if name.contains(['：', ':']) {
            return;
        }
        if name.chars().count() <= 40 && names::clean(name).is_some_and(|name| names::looks_like_one(&name)) {
            self.name(name, "");
        }
    }

    /// Old pages say it in words: 中标供应商为某公司，中标金额为…; 第2包因…废标.
    pub(super) fn sentence(&mut self, line: &str) {
        let plain = fold(line);
        if let Some((_, mark)) = lots::leading(plain.trim())
            && says_failed(&plain)
            && plain.chars().count() < 200
        {
            let kept = self.lot.replace(mark);
            self.fail(line);
            self.lot = kept;
            return;
        }
        if matches!(self.section, Section::Result | Section::Failure)
            && self.lot.is_some()
            && self.current.is_none()
            && says_failed(&plain)
            && plain.chars().count() < 120
        {
            let label = self.lot.as_ref().map(|lot| lot.label.clone());
            let known = self.found.wins.iter().any(|win| win.lot.as_ref().map(|lot| lot.label.clone()) == label);
            if !known {
                self.fail(line);
            }
            return;
        }
        // Whoever is named is named with one of these.
        if !any_of!(&plain, ["中标", "成交", "中选"]) {
            return;
        }
        for lead in [
            "中标供应商为",
            "成交供应商为",
            "中标人是",
            "成交供应商是",
            "中标人为",
            "中标单位为",
            "成交单位为",
            "成交人为",
            "确定成交供应商为",
            "中标供应商是",
            "中标商为",
            "成交商为",
        ] {
            let Some(at) = plain.find(lead) else { continue };
            let rest: String =
                plain.get(at + lead.len()..).unwrap_or_default().trim_start_matches([':', ' ']).to_owned();
            let name: String = rest.split([',', '，', '。', ';', '；']).next().unwrap_or_default().to_owned();
            if names::clean(&name).is_some_and(|name| names::looks_like_one(&name)) {
                self.name(&name, lead);
                self.spoken_sum(&rest);
            }
            return;
        }
        if let Some((at, tail)) = made_winner(&plain) {
            let before = plain.get(..at).unwrap_or_default();
            let clause = before.rsplit([',', '，', '。', ';', '；', ':']).next().unwrap_or_default();
            let name = ["确定", "决定", "评定", "选定", "同意", "由"]
                .iter()
                .find_map(|lead| clause.split_once(lead).map(|(_, name)| name))
                .unwrap_or(clause)
                .trim();
            let told = ["推荐", "拟"].iter().all(|word| !clause.contains(word));
            if told && names::clean(name).is_some_and(|name| names::looks_like_one(&name)) {
                self.name(name, tail);
                self.spoken_sum(plain.get(at..).unwrap_or_default());
            }
        }
    }

    /// The sum that a sentence tells of the winner just named.
    fn spoken_sum(&mut self, rest: &str) {
        let sum_at = ["中标金额", "成交金额", "中标价", "成交价"].iter().find_map(|word| rest.find(word));
        if let Some(tail) = sum_at.and_then(|at| rest.get(at..))
            && let Some(win) = &mut self.current
            && win.sum == Heard::Nothing
        {
            win.sum = hear("", tail, None, "body");
        }
    }
}
