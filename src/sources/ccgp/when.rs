//! The dates in a notice's own text: opening, the end of handing in, the award, the correction. China dates.

use jiff::civil::Date;

use crate::domain::notice::{Amendment, Dates, NoticeKind};
use crate::domain::stamp::Stamp;
use crate::sources::dialect::dates::{self, Moment};
use crate::sources::dialect::fold::{fold, head};

use super::correction::amended;
use super::labels::Key;
use super::outline::{Kind, Outline};
use super::raw::Raw;
use super::sections::Section;

/// A moment and the text it was read in.
#[derive(Clone)]
struct Read {
    moment: Moment,
    passage: String,
}

fn read(text: &str) -> Option<Read> {
    dates::first(text).map(|moment| Read { moment, passage: head(text, 200) })
}

impl Read {
    fn day(&self) -> Date {
        self.moment.day
    }

    /// The instant, where a time of day stands beside the day.
    fn stamp(&self) -> Option<Stamp> {
        self.moment.time?;
        Stamp::china(self.moment.at())
    }
}

/// The first date under one of the labels, at a place where it may stand.
fn field(outline: &Outline, key: Key, allowed: impl Fn(Section) -> bool) -> Option<Read> {
    outline.pieces.iter().find_map(|piece| match &piece.kind {
        Kind::Field(field) if field.key == key && allowed(piece.section) => read(&field.value),
        _ => None,
    })
}

/// The first date with a time in a section.
fn in_section(outline: &Outline, section: Section) -> Option<Read> {
    let lines = outline.lines.iter().filter(|(at, _)| *at == section);
    lines.filter_map(|(_, line)| read(line)).find(|read| read.moment.time.is_some())
}

/// 并于2026年06月25日 09:00（北京时间）前递交投标文件.
fn in_overview(outline: &Outline) -> Option<Read> {
    outline.lines.iter().take(60).find_map(|(_, line)| {
        let plain = fold(line);
        let ends = ["前递交", "前提交", "前将", "前送达", "之前递交", "之前提交", "前上传"]
            .iter()
            .find_map(|word| plain.find(word))?;
        let before = plain.get(..ends)?;
        let moment = dates::all(before).pop().filter(|moment| moment.time.is_some())?;
        let count = before.chars().count();
        Some(Read { moment, passage: line.chars().skip(count.saturating_sub(60)).take(70).collect() })
    })
}

/// 投标截止时间及开标时间：… is both.
fn with_opening(outline: &Outline) -> Option<Read> {
    outline.pieces.iter().find_map(|piece| match &piece.kind {
        Kind::Field(field)
            if field.key == Key::Deadline && ["开标", "开启"].iter().any(|word| field.label.contains(word)) =>
        {
            read(&field.value)
        }
        _ => None,
    })
}

/// The dates of a notice, and by field the text that each was read in.
#[derive(Default)]
pub(super) struct Found {
    pub dates: Dates,
    pub passages: Vec<(&'static str, String)>,
}

impl Found {
    fn keep<T>(&mut self, name: &'static str, read: Option<Read>, value: impl Fn(&Read) -> Option<T>) -> Option<T> {
        let read = read?;
        let value = value(&read)?;
        self.passages.push((name, read.passage));
        Some(value)
    }
}

/// Reads them all.
pub(super) fn dates(raw: &Raw, outline: &Outline, kind: NoticeKind, amendments: &[Amendment]) -> Found {
    let summary = |labels: &[&str]| raw.summary(labels).and_then(read);
    let mut out = Found::default();
    let anywhere = |section: Section| !section.is_contact() && section != Section::Documents;
    let day = |read: &Read| Some(read.day());
    match kind {
        NoticeKind::Correction => {
            let deadline = amended(amendments, &["截止", "递交", "投标文件提交", "响应文件提交"]).and_then(read);
            let opening = amended(amendments, &["开标", "开启"]).and_then(read);
            out.dates.deadline_at = out.keep("dates.deadline_at", deadline, Read::stamp);
            out.dates.opens_on = out.keep("dates.opens_on", opening, day);
        }
        NoticeKind::Tender | NoticeKind::Prequalification | NoticeKind::Other => {
            let deadline = field(outline, Key::Deadline, anywhere)
                .or_else(|| in_section(outline, Section::Submission))
                .or_else(|| in_overview(outline));
            out.dates.deadline_at = out.keep("dates.deadline_at", deadline, Read::stamp);
            let opening = summary(&[
                "开标时间",
                "响应文件开启时间",
                "开启时间",
                "谈判时间",
                "磋商时间",
                "询价时间",
                "资格预审日期",
            ])
            .or_else(|| field(outline, Key::Opening, anywhere))
            .or_else(|| in_section(outline, Section::Opening))
            .or_else(|| with_opening(outline));
            out.dates.opens_on = out.keep("dates.opens_on", opening, day);
        }
        _ => {}
    }
    if matches!(kind, NoticeKind::Award | NoticeKind::Failed | NoticeKind::Candidates | NoticeKind::Contract) {
        let awarded = summary(&["中标日期", "成交日期"]).or_else(|| field(outline, Key::AwardedOn, anywhere));
        out.dates.awarded_on = out.keep("dates.awarded_on", awarded, day);
    }
    if kind == NoticeKind::Correction {
        let corrected = summary(&["更正日期"]).or_else(|| field(outline, Key::CorrectedOn, anywhere));
        out.dates.corrected_on = out.keep("dates.corrected_on", corrected, day);
    }
    out
}
