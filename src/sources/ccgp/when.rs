//! The dates in a notice's own text: opening, the end of handing in, the award, the correction. China dates.

use crate::domain::notice::{Amendment, Dates, NoticeKind};
use crate::domain::stamp::Stamp;
use crate::sources::dialect::dates::{self, Moment};
use crate::sources::dialect::fold::fold;

use super::correction::amended;
use super::labels::Key;
use super::outline::{Kind, Outline};
use super::raw::Raw;
use super::sections::Section;

/// The first date under one of the labels, at a place where it may stand.
fn field(outline: &Outline, key: Key, allowed: impl Fn(Section) -> bool) -> Option<Moment> {
    outline.pieces.iter().find_map(|piece| match &piece.kind {
        Kind::Field(field) if field.key == key && allowed(piece.section) => dates::first(&field.value),
        _ => None,
    })
}

/// The first date with a time in a section.
fn in_section(outline: &Outline, section: Section) -> Option<Moment> {
    outline
        .lines
        .iter()
        .filter(|(at, _)| *at == section)
        .filter_map(|(_, line)| dates::first(line))
        .find(|moment| moment.time.is_some())
}

/// 并于2026年06月25日 09:00（北京时间）前递交投标文件.
fn in_overview(outline: &Outline) -> Option<Moment> {
    outline.lines.iter().take(60).find_map(|(_, line)| {
        let plain = fold(line);
        let ends = ["前递交", "前提交", "前将", "前送达", "之前递交", "之前提交", "前上传"]
            .iter()
            .find_map(|word| plain.find(word))?;
        let before = plain.get(..ends)?;
        dates::all(before).pop().filter(|moment| moment.time.is_some())
    })
}

/// 投标截止时间及开标时间：… is both.
fn with_opening(outline: &Outline) -> Option<Moment> {
    outline.pieces.iter().find_map(|piece| match &piece.kind {
        Kind::Field(field)
            if field.key == Key::Deadline && ["开标", "开启"].iter().any(|word| field.label.contains(word)) =>
        {
            dates::first(&field.value)
        }
        _ => None,
    })
}

fn stamp(moment: &Moment) -> Option<Stamp> {
    moment.time?;
    Stamp::china(moment.at())
}

/// Reads them all.
pub(super) fn dates(raw: &Raw, outline: &Outline, kind: NoticeKind, amendments: &[Amendment]) -> Dates {
    let summary = |labels: &[&str]| raw.summary(labels).and_then(dates::first);
    let mut out = Dates::default();
    let anywhere = |section: Section| !section.is_contact() && section != Section::Documents;
    match kind {
        NoticeKind::Correction => {
            let deadline =
                amended(amendments, &["截止", "递交", "投标文件提交", "响应文件提交"]).and_then(dates::first);
            let opening = amended(amendments, &["开标", "开启"]).and_then(dates::first);
            out.deadline_at = deadline.as_ref().and_then(stamp);
            out.opens_on = opening.map(|moment| moment.day);
        }
        NoticeKind::Tender | NoticeKind::Prequalification | NoticeKind::Other => {
            let deadline = field(outline, Key::Deadline, anywhere)
                .or_else(|| in_section(outline, Section::Submission))
                .or_else(|| in_overview(outline));
            out.deadline_at = deadline.as_ref().and_then(stamp);
            out.opens_on = summary(&[
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
            .or_else(|| with_opening(outline))
            .map(|moment| moment.day);
        }
        _ => {}
    }
    out.awarded_on = summary(&["中标日期", "成交日期"])
        .or_else(|| field(outline, Key::AwardedOn, anywhere))
        .filter(|_| {
            matches!(kind, NoticeKind::Award | NoticeKind::Failed | NoticeKind::Candidates | NoticeKind::Contract)
        })
        .map(|moment| moment.day);
    out.corrected_on = summary(&["更正日期"])
        .or_else(|| field(outline, Key::CorrectedOn, anywhere))
        .filter(|_| kind == NoticeKind::Correction)
        .map(|moment| moment.day);
    out
}
