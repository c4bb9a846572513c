//! Until when may one offer? The latest round's deadline, as its corrections moved it.

use jiff::civil::Time;

use super::amend;
use super::names;
use super::notice::{Amendment, Notice, NoticeKind};
use super::stamp::Stamp;

/// What a deadline is called.
const DEADLINES: [&str; 7] = ["截止", "开标", "开启", "递交", "提交", "首次响应", "投标时间"];
/// What other dates of a tender are called.
const OTHERS: [&str; 6] = ["获取", "发售", "领取", "报名", "质疑", "公告期限"];
/// How far behind its name a date is looked for, in characters.
const REACH: usize = 40;

/// The deadline that the notices leave, taken in the order of publication.
pub(super) fn deadline(notices: &[&Notice]) -> Option<Stamp> {
    notices.iter().fold(None, |known, notice| match notice.kind {
        NoticeKind::Tender | NoticeKind::Prequalification => notice.dates.deadline_at.or(known),
        NoticeKind::Correction => amended(notice, known).or(notice.dates.deadline_at).or(known),
        _ => known,
    })
}

/// The deadline that a correction's amendments state.
fn amended(notice: &Notice, known: Option<Stamp>) -> Option<Stamp> {
    let offset = known.or(notice.published_at).map_or(Stamp::CHINA, |stamp| stamp.offset);
    let time = known.map(|stamp| stamp.offset.to_datetime(stamp.at).time());
    let found = notice.amendments.iter().filter_map(|amendment| moment(amendment, time)).next_back()?;
    let at = offset.to_timestamp(found).ok()?;
    Some(Stamp { at, offset })
}

/// A day without a time keeps the time that was known.
fn moment(amendment: &Amendment, otherwise: Option<Time>) -> Option<jiff::civil::DateTime> {
    let after = amendment.after.as_deref()?;
    let item = names::squeezed(&amendment.item);
    let names_it = |text: &str| DEADLINES.iter().any(|word| text.contains(word));
    let names_other = |text: &str| OTHERS.iter().any(|word| text.contains(word));
    if names_it(&item) && !names_other(&item) {
        return amend::moment(after)?.reading(otherwise);
    }
    if names_other(&item) {
        return None;
    }
    clauses(after).find_map(|clause| amend::moment(clause)?.reading(otherwise))
}

/// The parts of a text that name a deadline, each from its name on.
fn clauses(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(['\n', '。', '；', ';']).filter(|part| !OTHERS.iter().any(|word| part.contains(word)));
    parts.filter_map(|part| {
        let start = DEADLINES.iter().filter_map(|word| part.find(word)).min()?;
        let tail = part.get(start..)?;
        let end = tail.char_indices().nth(REACH).map_or(tail.len(), |(at, _)| at);
        tail.get(..end)
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::{DateTime, datetime};

    use super::*;

    fn china(reading: DateTime) -> Option<Stamp> {
        Stamp::china(reading)
    }

    fn tender(deadline_at: Option<Stamp>) -> Notice {
        let mut notice = Notice { kind: NoticeKind::Tender, ..Notice::default() };
        notice.dates.deadline_at = deadline_at;
        notice
    }

    fn correction(item: &str, after: &str) -> Notice {
        let amendment = Amendment { item: item.into(), before: None, after: Some(after.into()) };
        Notice { kind: NoticeKind::Correction, amendments: vec![amendment], ..Notice::default() }
    }

    #[test]
    fn a_correction_moves_the_deadline() {
        let first = tender(china(datetime(2026, 9, 20, 9, 30, 0, 0)));
        for (item, after) in [
            ("提交投标文件截止时间", "2026年09月30日 10:00"),
            ("开标时间", "2026-09-30 10:00:00"),
            ("更正内容", "原公告其他不变；投标截止时间：2026年9月30日10时00分"),
        ] {
            let moved = correction(item, after);
            assert_eq!(deadline(&[&first, &moved]), china(datetime(2026, 9, 30, 10, 0, 0, 0)), "{item}");
        }
        let dated = correction("投标截止时间", "延期至2026年9月30日");
        assert_eq!(deadline(&[&first, &dated]), china(datetime(2026, 9, 30, 9, 30, 0, 0)));
    }

    #[test]
    fn other_dates_leave_it_alone() {
        let stamp = china(datetime(2026, 9, 20, 9, 30, 0, 0));
        let first = tender(stamp);
        for (item, after) in [
            ("获取招标文件时间", "2026-09-21至2026-09-27"),
            ("采购需求", "交货期改为2027年1月1日"),
            ("更正内容", "获取采购文件截止时间：2026年9月30日10时00分"),
        ] {
            assert_eq!(deadline(&[&first, &correction(item, after)]), stamp, "{item}");
        }
    }

    #[test]
    fn a_new_round_brings_its_own() {
        let first = tender(china(datetime(2026, 9, 20, 9, 30, 0, 0)));
        let second = tender(china(datetime(2026, 10, 20, 9, 30, 0, 0)));
        assert_eq!(deadline(&[&first, &second, &tender(None)]), china(datetime(2026, 10, 20, 9, 30, 0, 0)));
    }
}
