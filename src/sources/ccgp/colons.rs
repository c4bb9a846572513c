//! Labels that a blank or a dash parts from what they say: the line gets the colon that it lacks. Knows only the labels listed
//! here.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::domain::words::Words;
use crate::sources::dialect::fold::is_han;
use crate::sources::dialect::names;

/// Labels of winners that a mere blank parts from the name: 中标供应商 某公司，中标金额 100元.
const NAMED: [&str; 13] = [
    "中标供应商名称",
    "成交供应商名称",
    "中标供应商",
    "成交供应商",
    "中标单位",
    "成交单位",
    "中标人",
    "成交人",
    "中标商",
    "成交商",
    "中标公司",
    "中标候选人",
    "供应商名称",
];

/// Labels that a dash parts from what they say: 成交供应商——某公司, 成交金额—100万元.
const DASHED: [&str; 12] = [
    "中标金额",
    "成交金额",
    "中标价",
    "成交价",
    "成交价格",
    "中标价格",
    "总中标金额",
    "总成交金额",
    "项目编号",
    "采购编号",
    "项目名称",
    "预算金额",
];

/// The first label of a line that a dash follows: its length and that of label and dashes.
fn dashed(rest: &str) -> Option<(usize, usize)> {
    let label = NAMED.iter().chain(&DASHED).find(|label| {
        rest.strip_prefix(**label)
            .is_some_and(|after| after.starts_with(['—', '―', '－', '─', '–']) || after.starts_with("--"))
    })?;
    let after = rest.get(label.len()..)?;
    let value = after.trim_start_matches(['—', '―', '－', '─', '–', '-', ' ']);
    (!value.is_empty()).then_some((label.len(), rest.len() - value.len()))
}

/// The line with the colon that such a label lacks.
pub(super) fn with_colons(line: &str) -> Cow<'_, str> {
    static SEARCH: LazyLock<Words> = LazyLock::new(|| Words::grouped(&[&NAMED, &DASHED]));
    if !SEARCH.stand_in(line) {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len() + 3);
    let mut rest = line;
    let mut fresh = true;
    while let Some(c) = rest.chars().next() {
        // The labels begin with one of these.
        fresh &= matches!(c, '中' | '成' | '供' | '总' | '项' | '采' | '预');
        let label = NAMED.iter().filter(|_| fresh).find(|label| {
            rest.strip_prefix(**label).is_some_and(|after| {
                after.starts_with([' ', '\u{3000}', '\u{a0}'])
                    && names::clean(after.split(['，', ',', '；', ';', '。']).next().unwrap_or_default())
                        .is_some_and(|name| names::looks_like_one(&name))
            })
        });
        if let Some(label) = label {
            out.push_str(label);
            out.push('：');
            rest = rest.get(label.len()..).unwrap_or_default();
        }
        if let Some((label, all)) = dashed(rest).filter(|_| fresh) {
            out.push_str(rest.get(..label).unwrap_or_default());
            out.push('：');
            rest = rest.get(all..).unwrap_or_default();
        }
        fresh = !is_han(c) && !c.is_ascii_alphanumeric();
        let Some(c) = rest.chars().next() else { break };
        out.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    Cow::Owned(out)
}
